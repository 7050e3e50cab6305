"""The codes of a corpus as one long table: which post got which label, from which codebook, by whom."""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .codebooks.book import Codebook
from .codebooks.chosen import chosen
from .codebooks.kernel import column_of
from .codebooks.load import list_codebooks
from .corpus import Corpus
from .errors import SchemaError
from .interactions.annotate import Interactions, annotate

__all__ = ["CODE_COLUMNS", "code"]

#: Columns of every table of codes.
CODE_COLUMNS = ("post_id", "codebook", "version", "label", "value", "coder")


def code(source: Corpus | Interactions, codebooks: Any = None, *, coder: str = "rules") -> pd.DataFrame:
    """Code the posts of a corpus by the rules of codebooks.

    Parameters
    ----------
    source
        A corpus, or what `annotate` made of it.
    codebooks
        Names of bundled codebooks, paths of TOML files of your own, or codebooks as loaded; one or several. A name
        stands for the codebook of yours where `annotate` was given one. All bundled ones if left out.
    coder
        What stands in the column `coder`.

    Returns
    -------
    pandas.DataFrame
        `post_id, codebook, version, label, value, coder`: a row for every label of a codebook and every post it applies
        to, `value` 1 or 0. A post whose text is not known has no rows: what it says is not known either. `version` ends
        in the hash of the codebook. Rows are in order of time, then of labels.

    Raises
    ------
    UnknownName, CorpusNotFound, FormatError
        If a codebook does not exist or cannot be read.
    SchemaError
        If the source is no corpus, or what should name codebooks is something else.
    TwowayError
        If no codebook is named.

    Examples
    --------
    >>> import twoway as tw
    >>> codes = tw.code(tw.load_corpus("twelve_posts"), "resolution")
    >>> codes[codes["value"] == 1].groupby("label", observed=True).size()["deflect"].item()
    2
    """
    talk = _talk_of(source)
    asked = [] if codebooks is None else chosen(codebooks, "code", talk.coding.own)
    coding = talk.coding.with_books(asked)
    names = list_codebooks() if codebooks is None else [book.name for book in asked]
    books = [coding.book(name) for name in names]
    frame = coding.codes(*[book.name for book in books])
    table = talk.engine.collect(frame.join(talk.corpus.post_frame.select("row", "post_id"), on="row", how="inner"))
    parts = [_long(table.sort_by("row"), book, coder) for book in books]
    return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]


def _talk_of(source: Any) -> Interactions:
    if isinstance(source, Corpus):
        return annotate(source)
    if isinstance(source, Interactions):
        return source
    msg = f"{type(source).__name__} is no corpus. It was given to code. Pass what tw.read or tw.annotate returns."
    raise SchemaError(msg)


def _long(table: pa.Table, book: Codebook, coder: str) -> pd.DataFrame:
    """Turn one column a label into one row a post and label that is coded."""
    columns = [column_of(book, label) for label in book.label_names]
    coded = table.filter(reduce(pc.or_, [pc.is_valid(table[name]) for name in columns]))
    # People may have coded some of the labels of a post whose text is not known.
    cells = [coded[name].combine_chunks().cast(pa.int8()) for name in columns]
    known = np.column_stack([cell.is_valid().to_numpy(zero_copy_only=False) for cell in cells]).ravel()
    values = np.column_stack([cell.fill_null(0).to_numpy() for cell in cells])
    n, k = values.shape

    def constant(word: str) -> pd.Categorical:
        return pd.Categorical.from_codes(np.zeros(n * k, dtype="int8"), [word])

    long = pd.DataFrame(
        {
            "post_id": coded["post_id"].to_pandas().repeat(k).to_numpy(),
            "codebook": constant(book.name),
            "version": constant(book.coded_as),
            "label": pd.Categorical.from_codes(np.tile(np.arange(k), n), list(book.label_names)),
            "value": values.ravel(),
            "coder": constant(coder),
        }
    )
    return long if known.all() else long[known].reset_index(drop=True)
