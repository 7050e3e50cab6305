"""Prepared tables of dialogue acts: what an account's units to persons do, and which ask before they answer."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..codebooks.kernel import column_of
from ..engine import Frame
from ..interactions.episodes import EPISODE, OUTCOMES
from .coded_tables import coded_units, spoken
from .marks import flag
from .outcome_tables import reactions

__all__ = ["ACTS", "acted", "asked_first"]

#: Labels of the codebook `acts`.
ACTS = (
    *("greeting", "yes_no_question", "wh_question", "request_info", "request", "answer", "suggest_action"),
    *("offer_help", "promise", "apology", "thanks", "downplay", "accept", "reject", "complaint", "praise"),
    *("emotion", "bye", "statement"),
)

_OPEN = OUTCOMES["open_answer"]


def acted(talk: Any, by: Any) -> Frame:
    """Units to persons with their acts.

    Returns
    -------
    Frame
        `unit, cluster` (the first person it goes to)`, one, acts__*, asks` (any question), 1 or 0.
    """
    rows = spoken(talk, by, "acts").filter(nw.col("is_directed") == 1).drop("cluster")
    ours = talk.stream_frame.filter(nw.col("is_approach") == 0)
    rows = rows.join(ours.group_by("row").agg(nw.col("person_ix").min()), on="row", how="left")
    # Whoever is spoken to without being known is a person of their own.
    cluster = nw.coalesce(nw.col("person_ix").cast(nw.Int64), -1 - nw.col("row").cast(nw.Int64))
    asks = _any_of(talk.coding.book("acts"), "yes_no_question", "wh_question")
    return rows.with_columns(cluster=cluster, asks=flag(asks))


def _any_of(book: Any, *labels: str) -> nw.Expr:
    return nw.max_horizontal(*[nw.col(column_of(book, label)) for label in labels]) == 1


def asked_first(talk: Any, by: Any) -> Frame:
    """Give the units of organizations within episodes, and those that ask for details before any open answer.

    Returns
    -------
    Frame
        `unit, cluster` (the person)`, one, asks_first`.
    """
    codes = coded_units(talk, "acts").select(unit_row="row", _asks="acts__request_info")
    units = reactions(talk)
    answer = nw.when(nw.col("rank") == _OPEN).then(nw.col("row"))
    first = units.group_by(*EPISODE).agg(answer.min().alias("_answer"))
    units = units.join(first, on=list(EPISODE), how="left").join(codes, on="unit_row", how="inner")
    before = nw.col("_answer").is_null() | (nw.col("row") < nw.col("_answer"))
    units = units.filter(nw.col("is_own") == 1)
    rows = by.put(units.with_columns(asks_first=flag(before & (nw.col("_asks") == 1))))
    return rows.with_columns(one=nw.lit(1), cluster=nw.col("person_ix"))
