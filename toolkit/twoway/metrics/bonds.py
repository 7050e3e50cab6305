"""Prepared tables of relationships: persons who come back, and over whom an account's attention is spread."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..engine import Frame
from .marks import DAY, flag

__all__ = ["addressed", "bonds", "relationships"]


def bonds(talk: Any, by: Any) -> Frame:
    """Give for each unit and person whether they came back after their first mutual episode.

    Returns
    -------
    Frame
        `unit, cluster` (the person)`, at_s, one, is_watched` (begun late enough to be new, early enough for a
        return to be seen)`, returned, returned_unasked` (came back, never with a question)`, n_replies` (the
        organization's units)`, n_to_regulars`.
    """
    start, end = talk.corpus.window_s
    d = talk.definitions
    episodes = by.put(talk.episode_frame)
    talked = episodes.group_by("unit", "person_ix").agg(nw.col("n_org").sum().alias("n_replies"), nw.col("at_s").min())
    table = talked.join(_stories(episodes, d.return_gap_s), on=["unit", "person_ix"], how="left")
    back = nw.col("_back").fill_null(0)
    new = (nw.col("_first") >= start + d.wash_in_s) & (nw.col("_first") <= end - d.follow_up_s)
    table = table.with_columns(
        one=nw.lit(1), is_watched=flag(new.fill_null(value=False)), n_to_regulars=nw.col("n_replies") * back
    )
    return table.with_columns(
        returned=nw.col("is_watched") * back,
        returned_unasked=nw.col("is_watched") * back * (1 - nw.col("_asked").fill_null(0)),
    ).rename({"person_ix": "cluster"})


def _stories(episodes: Frame, gap_s: int) -> Frame:
    """Sum up the mutual episodes of each unit and person: first and last moment, and whether any came later."""
    pair = ["unit", "person_ix"]
    mutual = episodes.filter((nw.col("n_org") > 0) & (nw.col("n_person") > 0))
    firsts = mutual.group_by(*pair).agg(nw.col("at_s").min().alias("_first"))
    mutual = mutual.join(firsts, on=pair, how="inner")
    again = nw.col("at_s") - nw.col("_first") >= gap_s
    return mutual.group_by(*pair).agg(
        nw.col("_first").min(),
        nw.col("last_s").max().alias("_last"),
        flag(again).max().alias("_back"),
        flag(again & (nw.col("asks") == 1)).max().alias("_asked"),
    )


def relationships(talk: Any, by: Any) -> Frame:
    """Give the time from the first to the last mutual exchange of each unit and person, for survival.

    Whether somebody still comes is known up to one silence before the window's end: later on nobody is judged.

    Returns
    -------
    Frame
        `unit, time` (seconds)`, event` (1 if a silence followed)`, cluster` (the person).
    """
    start, end = talk.corpus.window_s
    d = talk.definitions
    known = end - d.silence_end_s
    stories = _stories(by.put(talk.episode_frame), d.return_gap_s)
    stories = stories.filter((nw.col("_first") >= start + d.wash_in_s) & (nw.col("_first") <= known))
    ended = nw.col("_last") <= known
    time = nw.when(ended).then(nw.col("_last")).otherwise(known) - nw.col("_first")
    return stories.select("unit", time=time, event=flag(ended), cluster="person_ix")


def addressed(talk: Any, by: Any) -> Frame:
    """Give the posts of the unit to persons, by reply or mention, counted by day and person.

    Returns
    -------
    Frame
        `unit, cluster` (the day)`, person, n`.
    """
    arcs = talk.arc_frame.filter(
        (nw.col("is_approach") == 0) & ((nw.col("is_reply") == 1) | (nw.col("is_mention") == 1))
    )
    times = talk.links.posts.filter(~nw.col("is_context")).select("row", at_s="created_s")
    arcs = by.put(arcs.join(times, on="row", how="inner")).select("unit", "row", "person_ix", "at_s").unique()
    days = arcs.with_columns(cluster=nw.col("at_s") // DAY)
    return days.group_by("unit", "cluster", "person_ix").agg(nw.len().alias("n")).rename({"person_ix": "person"})
