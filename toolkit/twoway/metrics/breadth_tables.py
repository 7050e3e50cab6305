"""Prepared tables of breadth: over whom the attention of a unit is spread, day by day."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..engine import Frame
from .arcs import node_of, said_in_sample, unit_arcs
from .marks import DAY, flag

__all__ = ["addressed", "insiders"]

_PAIR = ("unit", "node", "person_ix")

# One number for an organization (or account) and a person.
_WIDTH = 2**31


def addressed(talk: Any, by: Any) -> Frame:
    """Give the posts of the unit to persons, by reply or mention, counted by day and person.

    Returns
    -------
    Frame
        `unit, cluster` (the day)`, person` (numbered with the organization or account that addressed them)`, n, w`
        (posts; each split over its addressees in `w`)`, is_new` (1 on the day of the first post ever, within the
        window)`, weeks` (of the unit)`, is_first` (1 on the person's first day in the unit)`, ties` (half of the
        person's ties to others addressed)`, n_alters, n_ties` (of the organization).
    """
    arcs = talk.engine.materialize(unit_arcs(talk, by).filter(nw.col("is_approach") == 0))
    fan = arcs.group_by("unit", "node", "row").agg(nw.len().alias("_fan"))
    known = talk.arc_frame.filter(
        (nw.col("is_approach") == 0) & ((nw.col("is_reply") == 1) | (nw.col("is_mention") == 1))
    )
    # Context counts here: whom the unit is known to have addressed before is no new tie.
    known = known.select("row", "person_ix", node=node_of(by))
    firsts = known.group_by("node", "person_ix").agg(nw.col("row").min().alias("_first"))
    # Computed one by one: as one plan, Polars joins the two small tables first, on the node alone.
    arcs = talk.engine.materialize(arcs.join(fan, on=["unit", "node", "row"], how="inner"))
    arcs = arcs.join(talk.engine.materialize(firsts), on=["node", "person_ix"], how="inner")
    start, end = talk.corpus.window_s
    is_new = (nw.col("row") == nw.col("_first")) & (nw.col("at_s") >= start) & (nw.col("at_s") <= end)
    arcs = arcs.with_columns(cluster=nw.col("at_s") // DAY, w=1.0 / nw.col("_fan"), is_new=flag(is_new))
    days = arcs.group_by(*_PAIR, "cluster").agg(nw.len().alias("n"), nw.col("w").sum(), nw.col("is_new").sum())
    days = days.join(_alters(talk, by, arcs), on=list(_PAIR), how="inner")
    days = days.with_columns(is_first=flag(nw.col("cluster") == nw.col("cluster").min().over(*_PAIR)))
    person = nw.col("node").cast(nw.Int64) * _WIDTH + nw.col("person_ix").cast(nw.Int64)
    return by.with_weeks(days.with_columns(person=person)).drop("node", "person_ix")


def _alters(talk: Any, by: Any, arcs: Frame) -> Frame:
    """List whom each node addressed: half of their ties to one another, and the sums of the node."""
    alters = talk.engine.materialize(arcs.select(*_PAIR).unique())
    alters = alters.join(_ties(talk, by, alters), on=list(_PAIR), how="left")
    alters = alters.with_columns(ties=nw.col("ties").fill_null(0.0))
    sums = alters.group_by("unit", "node").agg(nw.len().alias("n_alters"), nw.col("ties").sum().alias("n_ties"))
    return talk.engine.materialize(alters.join(sums, on=["unit", "node"], how="inner"))


def _ties(talk: Any, by: Any, alters: Frame) -> Frame:
    """Count, for each person a node addressed, half of the ties to others it addressed; in a month, those of it."""
    time = ["unit"] if by.level == "month" else []
    said = said_in_sample(talk)
    said = by.put(said) if time else said
    up = nw.col("source_ix") < nw.col("target_ix")
    low = nw.when(up).then(nw.col("source_ix")).otherwise(nw.col("target_ix"))
    high = nw.when(up).then(nw.col("target_ix")).otherwise(nw.col("source_ix"))
    edges = talk.engine.materialize(said.select(*time, a=low, b=high).unique())
    first = edges.join(alters.rename({"person_ix": "a"}), on=["a", *time], how="inner")
    both = first.join(alters.rename({"person_ix": "b"}), on=["unit", "node", "b"], how="inner")
    both = talk.engine.materialize(both.select("unit", "node", "a", "b"))
    ends = nw.concat([both.select("unit", "node", person_ix=nw.col(end)) for end in ("a", "b")])
    return ends.group_by(*_PAIR).agg((nw.len() * 0.5).alias("ties"))


def insiders(talk: Any, by: Any) -> Frame:
    """Build one row a post of the unit and account it addresses, by day.

    Persons outside, or partners and its own organization.
    """
    accounts = talk.account_frame
    source = accounts.filter(nw.col("is_brand")).select(source_ix="account_ix", org_ix="org_ix")
    target = accounts.select(target_ix="account_ix", _org="org_ix", _public="is_public", _role="role")
    said = said_in_sample(talk).join(source, on="source_ix", how="inner").join(target, on="target_ix", how="inner")
    said = by.put(said.with_columns(account_ix=nw.col("source_ix")))
    own = nw.col("_org").fill_null(-1) == nw.col("org_ix")
    said = said.with_columns(outside=flag(nw.col("_public") & ~own), inside=flag(own | (nw.col("_role") == "partner")))
    said = said.with_columns(balance=nw.col("outside") - nw.col("inside"), both=nw.col("outside") + nw.col("inside"))
    return said.select("unit", "outside", "inside", "balance", "both", cluster=nw.col("at_s") // DAY)
