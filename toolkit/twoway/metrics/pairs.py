"""Pairs of a unit and a person, and how often each addressed the other."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..engine import Frame
from .waits import with_hidden

__all__ = ["dyads", "insiders"]


def dyads(talk: Any, by: Any) -> Frame:
    """Build one row a unit and person with a reply or mention between them.

    The ties among the persons a unit addressed are counted as well.

    Returns
    -------
    Frame
        `unit, cluster` (the person)`, n_out, n_in` (posts)`, w_out` (directed posts, each split over its addressees)
        and 0/1 columns.
    """
    arcs = talk.arc_frame.filter((nw.col("is_reply") == 1) | (nw.col("is_mention") == 1))
    lost = nw.when(nw.col("is_orphan")).then(1).otherwise(0)
    times = talk.links.posts.filter(~nw.col("is_context")).select("row", at_s="created_s", _lost=lost)
    arcs = by.put(arcs.join(times, on="row", how="inner"))
    arcs = arcs.group_by("unit", "row", "person_ix").agg(nw.col("is_approach").min(), nw.col("_lost").max())
    fan = arcs.filter(nw.col("is_approach") == 0).group_by("unit", "row").agg(nw.len().alias("_fan"))
    arcs = arcs.join(fan, on=["unit", "row"], how="left")
    out, inward = nw.col("is_approach") == 0, nw.col("is_approach") == 1
    pairs = arcs.group_by("unit", "person_ix").agg(
        nw.when(out).then(1).otherwise(0).sum().alias("n_out"),
        nw.when(inward).then(1).otherwise(0).sum().alias("n_in"),
        nw.when(out).then(1.0 / nw.col("_fan")).otherwise(0.0).sum().alias("w_out"),
        nw.when(inward).then(nw.col("row")).min().alias("first_in"),
        nw.when(out).then(nw.col("row")).max().alias("last_out"),
        nw.when(out).then(nw.col("_lost")).otherwise(0).max().alias("answers_lost"),
    )
    unseen = by.put(with_hidden(talk, talk.turn_frame).filter(nw.col("could_hide") == 1))
    unseen = unseen.select("unit", "person_ix").unique().with_columns(could_hide=nw.lit(1))
    pairs = pairs.join(unseen, on=["unit", "person_ix"], how="left").with_columns(
        could_hide=nw.col("could_hide").fill_null(0)
    )
    pairs = talk.engine.materialize(pairs.rename({"person_ix": "cluster"}))
    return _with_bounds(_with_indicators(talk, pairs), talk.definitions.unseen_share)


def _with_bounds(table: Frame, share: float) -> Frame:
    """Give the most pairs that could be mutual: answers unseen, and persons answered whose own posts are missing."""
    back = nw.col("approached") * (1 - nw.col("addressed")) * nw.col("could_hide") * share
    asked = nw.col("addressed") * (1 - nw.col("approached")) * nw.col("answers_lost") * share
    table = table.with_columns(_back=back, _both=back + asked)
    return table.with_columns(
        high_mutual=nw.col("mutual") + nw.col("_both"),
        high_mutual_in=nw.col("mutual") + nw.col("_back"),
        high_out=nw.col("mutual") + asked,
        high_mutual_arcs=nw.col("mutual_arcs") + 2 * nw.col("_both"),
        high_arcs=nw.col("arcs") + nw.col("_both"),
        high_after=nw.col("answered_after")
        + nw.col("approached") * (1 - nw.col("answered_after")) * nw.col("could_hide") * share,
    )


def _with_indicators(talk: Any, pairs: Frame) -> Frame:
    spoke, heard = nw.col("n_out") > 0, nw.col("n_in") > 0
    n = nw.col("n_out").cast(nw.Float64)
    table = pairs.with_columns(
        one=nw.lit(1),
        addressed=nw.when(spoke).then(1).otherwise(0),
        approached=nw.when(heard).then(1).otherwise(0),
        mutual=nw.when(spoke & heard).then(1).otherwise(0),
        answered_after=nw.when(nw.col("last_out") > nw.col("first_in")).then(1).otherwise(0),
        n_log_n=nw.when(spoke).then(n * nw.when(spoke).then(n).otherwise(1.0).log()).otherwise(0.0),
    )
    less = nw.when(nw.col("n_out") < nw.col("n_in")).then(nw.col("n_out")).otherwise(nw.col("n_in"))
    weight = (nw.col("n_out") + nw.col("n_in")).cast(nw.Float64)
    table = table.with_columns(
        mutual_arcs=2 * nw.col("mutual"), arcs=1 + nw.col("mutual"), returned_weight=2 * less, weight=weight
    )
    # One less the difference over the sum is twice the smaller over the sum.
    table = table.with_columns(balance=nw.col("returned_weight") / nw.col("weight"))
    return table.join(_ties(talk, table), on=["unit", "cluster"], how="left").with_columns(
        ties=nw.col("ties").fill_null(0.0)
    )


def _ties(talk: Any, table: Frame) -> Frame:
    """Count, for each person a unit addressed, half of the ties to others it addressed."""
    said = talk.address_frame.filter((nw.col("is_reply") == 1) | (nw.col("is_mention") == 1))
    context = talk.links.posts.filter(nw.col("is_context")).select("row")
    said = said.join(context, on="row", how="anti")
    low = nw.when(nw.col("source_ix") < nw.col("target_ix")).then(nw.col("source_ix")).otherwise(nw.col("target_ix"))
    high = nw.when(nw.col("source_ix") < nw.col("target_ix")).then(nw.col("target_ix")).otherwise(nw.col("source_ix"))
    edges = talk.engine.materialize(said.select(a=low, b=high).unique())
    alters = table.filter(nw.col("addressed") == 1).select("unit", "cluster")
    first = edges.join(alters.rename({"cluster": "a"}), on="a", how="inner")
    both = talk.engine.materialize(first.join(alters.rename({"cluster": "b"}), on=["unit", "b"], how="inner"))
    ends = nw.concat(
        [both.select("unit", nw.col("a").alias("cluster")), both.select("unit", nw.col("b").alias("cluster"))]
    )
    return ends.group_by("unit", "cluster").agg((nw.len() * 0.5).alias("ties"))


def insiders(talk: Any, by: Any) -> Frame:
    """Build one row a post of the unit and account it addresses.

    Persons outside, or partners and its own organization.
    """
    accounts = talk.corpus.account_frame
    source = accounts.filter(nw.col("is_brand")).select(source_ix="account_ix", org_ix="org_ix")
    target = accounts.select(target_ix="account_ix", _org="org_ix", _public="is_public", _role="role")
    said = talk.address_frame.filter((nw.col("is_reply") == 1) | (nw.col("is_mention") == 1))
    said = said.join(source, on="source_ix", how="inner").join(target, on="target_ix", how="inner")
    times = talk.links.posts.filter(~nw.col("is_context")).select("row", at_s="created_s")
    said = by.put(said.join(times, on="row", how="inner").with_columns(account_ix=nw.col("source_ix")))
    own = nw.col("_org").fill_null(-1) == nw.col("org_ix")
    said = said.with_columns(
        outside=nw.when(nw.col("_public") & ~own).then(1).otherwise(0),
        inside=nw.when(own | (nw.col("_role") == "partner")).then(1).otherwise(0),
    )
    said = said.with_columns(balance=nw.col("outside") - nw.col("inside"), both=nw.col("outside") + nw.col("inside"))
    return said.select("unit", "outside", "inside", "balance", "both", cluster=nw.col("target_ix"))
