"""The prepared table of single replies: what each does."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..codebooks.kernel import column_of
from ..engine import Frame
from .exchanges import replies_to_persons
from .marks import flag

__all__ = ["replies"]


def replies(talk: Any, by: Any) -> Frame:
    """Give each post of an organization to a person, with what it does: one of `says_*` is 1, none if it says nothing.

    A post to several persons counts once, for the first of them.
    """
    book = talk.coding.book("resolution")
    codes = talk.coding.codes("resolution")
    known = codes.filter(~nw.col(column_of(book, book.label_names[0])).is_null())
    ours = replies_to_persons(talk).rename({"person_ix": "cluster"})
    rows = by.put(ours.join(known, on="row", how="inner")).with_columns(one=nw.lit(1))
    return rows.with_columns(**{f"says_{name}": flag(nw.col(column_of(book, name))) for name in book.label_names})
