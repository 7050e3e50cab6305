"""Pairs of an organization and a person, and how often each addressed the other."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..engine import Frame
from .arcs import node_of, unit_arcs
from .marks import flag
from .waits import with_hidden

__all__ = ["dyads"]

_PAIR = ("unit", "node", "person_ix")


def dyads(talk: Any, by: Any) -> Frame:
    """Build one row a pair of a node of the unit and a person with a reply or mention between them.

    The node is the account where accounts are measured, and the organization at all other levels: sums over a role, a
    month or the corpus add up the pairs of its organizations.

    Returns
    -------
    Frame
        `unit, node, cluster` (the person)`, n_out, n_in` (posts) and 0/1 columns.
    """
    arcs = unit_arcs(talk, by)
    out, inward = nw.col("is_approach") == 0, nw.col("is_approach") == 1
    pairs = arcs.group_by(*_PAIR).agg(
        flag(out).sum().alias("n_out"),
        flag(inward).sum().alias("n_in"),
        nw.when(inward).then(nw.col("moment")).min().alias("first_in"),
        nw.when(inward).then(nw.col("moment")).max().alias("last_in"),
        nw.when(out).then(nw.col("moment")).min().alias("first_out"),
        nw.when(out).then(nw.col("moment")).max().alias("last_out"),
        nw.when(out).then(nw.col("is_lost")).otherwise(0).max().alias("answers_lost"),
    )
    unseen = by.put(with_hidden(talk, talk.turn_frame).filter(nw.col("could_hide") == 1))
    unseen = unseen.with_columns(node=node_of(by)).select(*_PAIR).unique().with_columns(could_hide=nw.lit(1))
    pairs = pairs.join(unseen, on=list(_PAIR), how="left").with_columns(could_hide=nw.col("could_hide").fill_null(0))
    pairs = talk.engine.materialize(pairs.rename({"person_ix": "cluster"}))
    return _with_bounds(_with_indicators(pairs), talk.definitions.unseen_share)


def _with_indicators(pairs: Frame) -> Frame:
    spoke, heard = nw.col("n_out") > 0, nw.col("n_in") > 0
    table = pairs.with_columns(
        one=nw.lit(1),
        addressed=flag(spoke),
        approached=flag(heard),
        mutual=flag(spoke & heard),
        answered_after=flag(nw.col("last_out") > nw.col("first_in")),
        returned_after=flag(nw.col("last_in") > nw.col("first_out")),
    )
    less = nw.when(nw.col("n_out") < nw.col("n_in")).then(nw.col("n_out")).otherwise(nw.col("n_in"))
    weight = (nw.col("n_out") + nw.col("n_in")).cast(nw.Float64)
    table = table.with_columns(
        mutual_arcs=2 * nw.col("mutual"),
        arcs=1 + nw.col("mutual"),
        later_arcs=nw.col("answered_after") + nw.col("returned_after"),
        mutual_after=nw.col("answered_after") * nw.col("returned_after"),
        returned_weight=2 * less,
        weight=weight,
    )
    # One less the difference over the sum is twice the smaller over the sum.
    return table.with_columns(balance=nw.col("returned_weight") / nw.col("weight"))


def _with_bounds(table: Frame, share: float) -> Frame:
    """Give the most pairs that could be mutual: answers unseen, and persons answered whose own posts are missing."""
    back = nw.col("approached") * (1 - nw.col("addressed")) * nw.col("could_hide") * share
    asked = nw.col("addressed") * (1 - nw.col("approached")) * nw.col("answers_lost") * share
    open_ = nw.when((nw.col("could_hide") == 1) | (nw.col("answers_lost") == 1)).then(share).otherwise(0.0)
    table = table.with_columns(_back=back, _both=back + asked, _open=open_)
    return table.with_columns(
        high_mutual=nw.col("mutual") + nw.col("_both"),
        high_mutual_in=nw.col("mutual") + nw.col("_back"),
        high_out=nw.col("mutual") + asked,
        high_mutual_arcs=nw.col("mutual_arcs") + 2 * nw.col("_both"),
        high_arcs=nw.col("arcs") + nw.col("_both"),
        high_after=nw.col("answered_after")
        + nw.col("approached") * (1 - nw.col("answered_after")) * nw.col("could_hide") * share,
        high_returned_after=nw.col("returned_after")
        + nw.col("addressed") * (1 - nw.col("returned_after")) * nw.col("answers_lost") * share,
        high_later_arcs=nw.col("later_arcs")
        + (nw.col("arcs") + nw.col("_both") - nw.col("later_arcs")) * nw.col("_open"),
        high_mutual_after=nw.col("mutual_after") + (1 - nw.col("mutual_after")) * nw.col("_open"),
    )
