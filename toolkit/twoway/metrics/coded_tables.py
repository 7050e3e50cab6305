"""Codes joined to what the measured accounts posted: the ground of every table that reads what was said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import narwhals.stable.v2 as nw

from ..codebooks.kernel import column_of
from ..engine import Frame
from ..interactions.units import shared_units
from .marks import DAY, flag

__all__ = ["BOOKS", "begun", "coded_units", "read_for", "spoken"]

#: The codebooks that prepared tables read.
BOOKS = {
    "outcomes": ("personal_data",),
    "replies": ("resolution",),
    "scripted": ("voice",),
    "voiced": ("voice",),
    "cared": ("care", "resolution", "tone"),
    "cared_free": ("care", "resolution", "tone"),
    "acted": ("acts",),
    "asked_first": ("acts",),
    "returns": ("tone",),
    "handoffs": ("tone",),
    "closures": ("closing", "personal_data"),
    "models": ("pr_model",),
    "dialogic": ("dialogic",),
    "functions": ("ica",),
    "originals": ("pr_model",),
    "content": ("content",),
    "content_days": ("content",),
    "candid": ("candour",),
    "selling": ("offers",),
    "self_told": ("self_reference",),
    "asked": ("questions",),
    "toned": ("tone",),
    "toned_raced": ("tone",),
    "amplified": ("tone",),
    "bonds_toned": ("tone",),
    "reached": ("tone",),
    "debated": ("debate", "tone"),
}


def read_for(talk: Any, tables: Iterable[str]) -> None:
    """Code the posts with all codebooks that some tables read, in one pass over the texts instead of one a book."""
    books = dict.fromkeys(book for table in tables for book in BOOKS.get(table, ()))
    talk.coding.read(*books)


def coded_units(talk: Any, *books: str) -> Frame:
    """Give the codes of units: `row` of the unit and a column `book__label` a label, 1 or 0.

    A unit has a label if any of its posts has it; of an exclusive codebook it has the first of those in the order of
    the labels. Units that no codebook applies to are left out.
    """
    codes = talk.coding.codes(*books)
    names = [column_of(talk.coding.book(book), label) for book in books for label in talk.coding.book(book).label_names]
    known = ~nw.all_horizontal(*[nw.col(name).is_null() for name in names], ignore_nulls=False)
    codes = codes.filter(known).with_columns(**{name: flag(nw.col(name)) for name in names})
    # Few posts share a unit with others, and only those have to be grouped.
    members = shared_units(talk.merged_frame)
    shared = codes.join(members, on="row", how="inner")
    shared = shared.group_by("unit_row").agg(*[nw.col(name).max() for name in names]).rename({"unit_row": "row"})
    alone = codes.join(members, on="row", how="anti")
    units = nw.concat([frame.select("row", *names) for frame in (alone, shared)])
    for book in map(talk.coding.book, books):
        units = units.with_columns(**_first_only(book)) if book.exclusive else units
    return talk.engine.materialize(units)


def _first_only(book: Any) -> dict[str, nw.Expr]:
    """Keep of the labels of an exclusive codebook the first that a unit has."""
    out: dict[str, nw.Expr] = {}
    taken = nw.lit(0)
    for label in book.label_names:
        name = column_of(book, label)
        out[name] = nw.col(name) * (1 - taken)
        taken = nw.when(nw.col(name) == 1).then(1).otherwise(taken)
    return out


def spoken(talk: Any, by: Any, *books: str) -> Frame:
    """Units by measured accounts with their codes, reposts left out.

    Returns
    -------
    Frame
        What `talk.said_frame` has (`account_ix, org_ix, at_s, kind_*, is_directed, is_directed_reply, has_url, n_words,
        root`, ...), a column `book__label` a label, 1 or 0, and `unit`, `cluster` (the day), `one`.
    """
    units = talk.said_frame.filter(nw.col("is_repost") == 0).join(coded_units(talk, *books), on="row", how="inner")
    return by.put(units).with_columns(cluster=nw.col("at_s") // DAY, one=nw.lit(1))


def begun(talk: Any) -> Frame:
    """List the original units: those of posts that answer nobody and open with no handle: `row`, `is_original` (1)."""
    rows = talk.coding.scope("originals").join(talk.merged_frame, on="row", how="left")
    return rows.select(row=nw.coalesce("unit_row", "row")).unique().with_columns(is_original=nw.lit(1))
