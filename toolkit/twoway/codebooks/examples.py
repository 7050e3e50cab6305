"""Whether the rules of a codebook code its examples as they are meant."""

from __future__ import annotations

import warnings

import polars as pl

from ..errors import TwowayWarning
from .book import Codebook
from .kernel import coded, column_of

__all__ = ["check_examples"]

_SHOWN = 5


def check_examples(book: Codebook, file: str) -> None:
    """Warn of examples that the rules code otherwise than the codebook says.

    Parameters
    ----------
    book
        The codebook.
    file
        Where it stands.

    Warns
    -----
    TwowayWarning
        Listing the examples and what the rules make of them.
    """
    shown = [
        (label.name, text, is_meant)
        for label in book.labels
        for texts, is_meant in ((label.positive, True), (label.negative, False))
        for text in texts
    ]
    if not shown:
        return
    texts = list(dict.fromkeys(text for _, text, _ in shown))
    found = coded(pl.DataFrame({"row": range(len(texts)), "text": texts}), [book], {}).sort("row")
    codes = {name: dict(zip(texts, found[column_of(book, name)], strict=True)) for name in book.label_names}
    odd = [
        f"'{name}' {'is not given to its example' if is_meant else 'is given to its counter-example'} {text!r}"
        for name, text, is_meant in shown
        if codes[name][text] != is_meant
    ]
    if odd:
        more = f"; and {len(odd) - _SHOWN} more" if len(odd) > _SHOWN else ""
        msg = (
            f"The rules code {len(odd)} of {len(shown)} examples otherwise than {file} says: "
            f"{'; '.join(odd[:_SHOWN])}{more}. Mend the rules or the examples."
        )
        warnings.warn(msg, TwowayWarning, stacklevel=3)
