"""Sheets for coding by hand, drawn from a corpus."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw

from .codebooks.book import Codebook
from .codebooks.chosen import chosen
from .codebooks.sheet import CodingSheet
from .codebooks.sheet import coding_sheet as sheet_of
from .corpus import Corpus
from .errors import SchemaError, unknown_name
from .interactions.annotate import Interactions, annotate

__all__ = ["coding_sheet"]

#: What posts can be drawn within.
STRATA = ("account", "organization", "role", "month")


def coding_sheet(
    source: Corpus | Interactions,
    n: int,
    path: str | Path,
    *,
    codebooks: Any,
    strata: str | None = None,
    allocation: str = "proportional",
    cap: int | None = None,
    seed: int = 20_260_101,
) -> CodingSheet:
    """Draw posts that codebooks apply to and write a blind sheet for coding them by hand.

    Beside the sheet stand the definitions, and a key with the chance of each post to be drawn: keep the key from the
    coders. `twoway.read_sheet` reads the filled sheet.

    Parameters
    ----------
    source
        A corpus, or what `annotate` made of it.
    n
        Posts to draw.
    path
        Of the sheet, ending in `.csv`. Folders that are not there are made.
    codebooks
        Names or files of codebooks to code by, one or several; all must apply to the same posts.
    strata
        What to draw within: `"account"`, `"organization"`, `"role"` or `"month"`. Default: from all posts at once.
    allocation, cap
        How many each stratum gives: `"proportional"` or `"equal"`, and the most of one.
    seed
        Same seed, same posts in the same order.

    Returns
    -------
    CodingSheet
        Where the three files are, and how many posts each stratum gave.

    Raises
    ------
    SchemaError
        If the codebooks apply to different posts.
    UnknownName
        If a codebook or the kind of strata does not exist.
    NotEnoughEvidence
        If there are not so many posts.
    TwowayError
        If the name does not end in `.csv`, or a file is there already.

    Examples
    --------
    >>> import tempfile
    >>> import twoway as tw
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = tw.coding_sheet(tw.load_corpus("town_square"), 20, f"{folder}/sheet.csv", codebooks="resolution")
    ...     len(made.sheet.read_text(encoding="utf-8-sig").splitlines()) > 20
    True
    """
    if strata is not None and strata not in STRATA:
        raise unknown_name(strata, STRATA, "kind of strata")
    talk = annotate(source) if isinstance(source, Corpus) else source
    books = chosen(codebooks, "coding_sheet", talk.coding.own)
    if len({book.applies_to for book in books}) > 1:
        told = ", ".join(f"{book.name} to {book.applies_to}" for book in books)
        msg = f"The codebooks apply to different posts: {told}. They were given to coding_sheet."
        msg += " Write a sheet for each."
        raise SchemaError(msg)
    posts = _posts(talk, books, strata)
    asked: dict[str, Any] = {"codebooks": books, "seed": seed, "strata": strata, "allocation": allocation, "cap": cap}
    return sheet_of(posts, n, path, context="context", **asked)


def _posts(talk: Interactions, books: Sequence[Codebook], strata: str | None) -> Any:
    """List the posts the codebooks apply to, with the posts they answer."""
    codes = talk.coding.with_books(books).codes(*[book.name for book in books])
    first = next(name for name in codes.collect_schema().names() if name != "row")
    rows = codes.filter(~nw.col(first).is_null()).select("row")
    posts = talk.corpus.post_frame.select("row", "post_id", "account_id", "text", "created_s")
    sides = talk.corpus.account_frame.select("account_id", "organization", "role")
    before = talk.corpus.post_frame.select(parent_row="row", context="text")
    links = talk.links.posts.select("row", "parent_row")
    table = rows.join(posts, on="row", how="inner").join(sides, on="account_id", how="left")
    table = table.join(links, on="row", how="left").join(before, on="parent_row", how="left")
    frame = talk.engine.collect(table).to_pandas().sort_values("row", ignore_index=True)
    frame = frame.assign(
        account=frame["account_id"], context=frame["context"].fillna(""), text=frame["text"].fillna("")
    )
    if strata == "month":
        import pandas as pd

        frame["month"] = pd.to_datetime(frame["created_s"], unit="s").dt.strftime("%Y-%m")
    return frame
