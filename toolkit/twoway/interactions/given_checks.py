"""What cannot be used of the codes that people or models gave, said before anything is measured with them."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

from ..codebooks.book import SCOPES, Codebook
from ..codebooks.cells import Cells, read_cells
from ..codebooks.codes import read_codes
from ..codebooks.load import list_codebooks
from ..engine import Engine, Frame
from ..errors import SchemaError, TwowayWarning, unknown_name

__all__ = ["NEEDED", "check_given", "read_given"]

#: Columns that codes must have to take the place of those of the rules.
NEEDED = ("post_id", "codebook", "label", "value")

_SHOWN = 3
#: Ids whose other spellings are looked for, and how many zeros may have been lost.
_TRIED, _MOST_ZEROS = 200, 12


class _Coding(Protocol):
    engine: Engine
    posts: Frame

    def book(self, name: str) -> Codebook: ...
    def knows(self, name: str) -> bool: ...
    def people(self, name: str) -> Frame | None: ...
    def outside(self, name: str) -> int: ...


def read_given(codes: str | Path | pd.DataFrame | Cells) -> Cells:
    """Read codes that take the place of those of the rules.

    Parameters
    ----------
    codes
        CSV or Parquet file, frame, or what this function gave before.

    Returns
    -------
    Cells
        Names are text, values numbers, NaN where nothing was coded; with the place of each row for errors.

    Raises
    ------
    SchemaError
        If it is no table, or a column is missing.
    FormatError
        If a value is no number: with its row.
    CorpusNotFound
        If there is no such file.

    Examples
    --------
    >>> frame = pd.DataFrame({"post_id": [7], "codebook": ["tone"], "label": ["praise"], "value": ["1"]})
    >>> read_given(frame).frame["value"].tolist()
    [1.0]
    """
    if isinstance(codes, Cells):
        return codes
    if isinstance(codes, str | Path):
        read = read_codes(codes)
        cells = read_cells(codes)
        return Cells(read, cells.name, cells.rows)
    if not isinstance(codes, pd.DataFrame):
        msg = f"{type(codes).__name__} is no table of codes. It was given as codes. Give a file or a long table."
        raise SchemaError(msg)
    missing = [name for name in NEEDED if name not in codes.columns]
    if missing:
        msg = (
            f"The table of codes has no column {', '.join(missing)}. It was given as codes. Give a long table with"
            f" {', '.join(NEEDED)}."
        )
        raise SchemaError(msg)
    frame = codes.reset_index(drop=True)
    cells = Cells(frame, "the table of codes", range(len(frame)))
    is_number = pd.api.types.is_numeric_dtype(frame["value"])
    values = frame["value"].to_numpy(dtype=float, na_value=np.nan) if is_number else cells.numbers("value")
    named = {name: frame[name].astype("str") for name in ("post_id", "codebook", "label")}
    return Cells(frame.assign(value=values, **named), cells.name, cells.rows)


def check_given(coding: _Coding, cells: Cells) -> None:
    """Refuse codes that cannot be right, and warn of those that are left out.

    Raises
    ------
    UnknownName
        If no code is of a codebook that exists.
    SchemaError
        If a codebook has no such label, or no coded post is in the corpus.
    FormatError
        If a value is neither 1 nor 0, or a coder gave a post two labels that exclude each other.

    Warns
    -----
    TwowayWarning
        If codes are left out: those of codebooks that do not exist, of posts that are not in the corpus, and of posts
        to which the codebook does not apply.
    """
    used = _of_known_books(coding, cells)
    if used.empty:
        return
    _check_values(cells, used)
    books = [coding.book(str(name)) for name in used["codebook"].unique()]
    for book in books:
        # Asked for here, so that a label that does not exist is refused at once.
        coding.people(book.name)
        if book.exclusive:
            _check_exclusive(cells, used[used["codebook"] == book.name], book)
    _check_posts(coding, used["post_id"])
    for book in books:
        n = coding.outside(book.name)
        if n:
            msg = f"{n:,} {_posts(n)} coded by {book.name!r} {'is' if n == 1 else 'are'} not among those it applies to"
            _warn(f"{msg} ({SCOPES[book.applies_to]}). These codes are left out.")


def _of_known_books(coding: _Coding, cells: Cells) -> pd.DataFrame:
    """Leave out what is not coded, and codes of codebooks that do not exist."""
    used = cells.frame[cells.frame["value"].notna()]
    if len(cells.frame) and used.empty:
        _warn(f"No value is written in {cells.name}: nothing is coded, and the rules decide alone.")
    strange = [name for name in used["codebook"].unique() if not coding.knows(name)]
    if not strange:
        return used
    options = list(dict.fromkeys([*list_codebooks(), *(n for n in used["codebook"].unique() if coding.knows(n))]))
    error = unknown_name(strange[0], options, "codebook", do="Give one of your own by codebooks=.")
    is_strange = used["codebook"].isin(strange)
    if is_strange.all():
        raise error
    _warn(f"{is_strange.sum():,} of {len(used):,} codes are of no known codebook and are left out. {error}")
    return used[~is_strange]


def _check_values(cells: Cells, used: pd.DataFrame) -> None:
    odd = used.loc[~used["value"].isin([0, 1]), "value"]
    cells.refuse("value", [(int(row), value) for row, value in odd.items()], "1 or 0 (or nothing)")


def _check_exclusive(cells: Cells, own: pd.DataFrame, book: Codebook) -> None:
    if "coder" not in own:
        return
    applies = own[own["value"] == 1].drop_duplicates(["post_id", "coder", "label"])
    several = applies[applies.duplicated(["post_id", "coder"], keep=False)]
    told = [
        (int(row), f"{label} of post {post}")
        for row, label, post in zip(several.index, several["label"], several["post_id"], strict=True)
    ]
    cells.refuse("value", told, f"one label of {book.name!r} a post and coder, as they exclude each other,")


def _check_posts(coding: _Coding, post_ids: pd.Series) -> None:
    """Say which coded posts are not in the corpus, and what may have become of their ids."""
    ids = post_ids.unique()
    lost = _missing_of(coding, ids)
    if not lost:
        return
    shown = ", ".join(map(repr, lost[:_SHOWN])) + (", ..." if len(lost) > _SHOWN else "")
    msg = f"{len(lost):,} of {len(ids):,} coded posts match no post of the corpus ({shown})."
    msg += _hint(coding, lost[:_TRIED])
    if len(lost) == len(ids):
        msg += " They were given as codes. Give the ids that the corpus has."
        raise SchemaError(msg)
    _warn(f"{msg} Their codes are left out.")


def _missing_of(coding: _Coding, ids: Any) -> list[str]:
    table = pa.table({"post_id": pa.array([str(post) for post in ids], pa.string())})
    lost = coding.engine.from_arrow(table).join(coding.posts.select("post_id"), on="post_id", how="anti")
    return sorted(coding.engine.collect(lost)["post_id"].to_pylist())


def _hint(coding: _Coding, lost: list[str]) -> str:
    """Look for other spellings of ids in the corpus."""
    spelt = [(post, whole, whole.zfill(len(whole) + n)) for post in lost for whole in [post.removesuffix(".0")]
             for n in range(_MOST_ZEROS) if whole]  # fmt: skip
    missing = set(_missing_of(coding, dict.fromkeys(right for _, _, right in spelt)))
    found = [(post, whole, right) for post, whole, right in spelt if right not in missing and right != post]
    zeros = next(((post, right) for post, whole, right in found if right != whole), None)
    decimals = next(((post, right) for post, whole, right in found if post != whole), None)
    hints = [f"{what} ({pair[0]!r} for {pair[1]!r})" for what, pair in
             (("leading zeros were lost", zeros), ("ids were written as decimals", decimals)) if pair]  # fmt: skip
    return f" It seems that {' and '.join(hints)}: keep ids as text." if hints else ""


def _posts(n: int) -> str:
    return "post" if n == 1 else "posts"


def _warn(message: str) -> None:
    # The caller of `annotate`.
    warnings.warn(message, TwowayWarning, stacklevel=5)
