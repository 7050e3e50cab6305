"""Replies and mentions between a unit and persons, one row a post: what all tables of relations are made of."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..engine import Frame

__all__ = ["in_sample", "node_of", "said_in_sample", "unit_arcs"]

# Depths in a thread are told apart up to here; the second of a post comes first.
_DEPTHS = 4_096


def node_of(by: Any) -> nw.Expr:
    """Say who is at the unit's end of a relation: the account where accounts are measured, else the organization.

    A role, a month or the whole corpus holds several organizations. That a person addressed one of them and was
    addressed by another is no reciprocity.
    """
    return nw.col("account_ix" if by.level == "account" else "org_ix")


def in_sample(talk: Any, frame: Frame) -> Frame:
    """Keep the rows of posts of the sample (context left out), and say when they were posted.

    Returns
    -------
    Frame
        With `at_s`, `moment` and `is_lost` (1 if the post answered is missing). A larger `moment` comes later: in the
        same second a post comes before the replies to it; other posts of one second are not told apart.
    """
    lost = nw.when(nw.col("is_orphan")).then(1).otherwise(0)
    posts = talk.links.posts.filter(~nw.col("is_context")).select("row", at_s="created_s", is_lost=lost)
    frame = frame.join(posts, on="row", how="inner")
    frame = frame.join(talk.links.threads.select("row", "depth"), on="row", how="left")
    depth = nw.col("depth").fill_null(0).cast(nw.Int64)
    depth = nw.when(depth < _DEPTHS).then(depth).otherwise(_DEPTHS - 1)
    return frame.with_columns(moment=nw.col("at_s").cast(nw.Int64) * _DEPTHS + depth).drop("depth")


def said_in_sample(talk: Any) -> Frame:
    """List who addresses whom by reply or mention in posts of the sample, with `at_s`; context is left out."""
    said = talk.address_frame.filter((nw.col("is_reply") == 1) | (nw.col("is_mention") == 1))
    times = talk.links.posts.filter(~nw.col("is_context")).select("row", at_s="created_s")
    return said.join(times, on="row", how="inner")


def unit_arcs(talk: Any, by: Any) -> Frame:
    """List the replies and mentions between nodes of the unit and persons, in posts of the sample.

    Returns
    -------
    Frame
        `unit, node` (see `node_of`)`, row, person_ix, is_approach, at_s, moment, is_lost` (see `in_sample`), one row a
        post, node and person.
    """
    arcs = talk.arc_frame.filter((nw.col("is_reply") == 1) | (nw.col("is_mention") == 1))
    arcs = by.put(in_sample(talk, arcs)).with_columns(node=node_of(by))
    if by.level == "account":
        # A post names a person and an account of the organization once; several accounts make several rows.
        return arcs.select("unit", "node", "row", "person_ix", "is_approach", "at_s", "moment", "is_lost")
    several = ("is_approach", "at_s", "moment", "is_lost")
    return arcs.group_by("unit", "node", "row", "person_ix").agg(*[nw.col(name).min() for name in several])
