"""Prepared tables of relationships: persons who come back, and how long they stay."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..engine import Frame
from ..windows import after, before, running_max
from .arcs import node_of
from .marks import flag, once

__all__ = ["bonds", "relationships", "relationships_asked", "relationships_unasked", "stories_of", "told_bonds"]

_PAIR = ("node", "person_ix")
_NEVER = -(10**12)


def bonds(talk: Any, by: Any) -> Frame:
    """Give for each unit and person whether they came back after their first mutual episode.

    A story is one of a person with an organization (an account, where accounts are measured) over the whole window,
    and belongs to the unit in which it began.

    Returns
    -------
    Frame
        `unit, cluster` (the person)`, at_s, one, is_watched` (begun late enough to be new, early enough for a
        return to be seen)`, returned, returned_unasked` (came back, never with a question)`, n_replies` (the
        organization's units)`, n_to_regulars, n_to_regulars_unasked, n_repeats, n_repeats_unasked` (mutual episodes
        with persons who came back, those without a question).
    """
    return told_bonds(talk, _episodes(talk, by), _stories(talk, by))


def told_bonds(talk: Any, episodes: Frame, stories: Frame) -> Frame:
    """Give what `bonds` gives, of episodes whose `asks` may mark something else than a question."""
    start, end = talk.corpus.window_s
    d = talk.definitions
    mutual = flag(_is_mutual())
    talked = episodes.group_by("unit", *_PAIR).agg(
        nw.col("n_org").sum().alias("n_replies"),
        nw.col("at_s").min(),
        mutual.sum().alias("_mutual"),
        (mutual * (1 - nw.col("asks"))).sum().alias("_unasked"),
    )
    table = talked.join(stories, on=list(_PAIR), how="left")
    back, asked = nw.col("_back").fill_null(0), nw.col("_asked").fill_null(0)
    new = (nw.col("_first") >= start + d.wash_in_s) & (nw.col("_first") <= end - d.follow_up_s)
    own = (nw.col("unit") == nw.col("_unit")).fill_null(value=False)
    table = table.with_columns(one=nw.lit(1), is_watched=flag(new.fill_null(value=False) & own), _back=back)
    return table.with_columns(
        returned=nw.col("is_watched") * back,
        returned_unasked=nw.col("is_watched") * back * (1 - asked),
        n_to_regulars=nw.col("n_replies") * back,
        n_to_regulars_unasked=nw.col("n_replies") * back * (1 - asked),
        n_repeats=nw.col("_mutual") * back,
        n_repeats_unasked=nw.col("_unasked") * back,
    ).rename({"person_ix": "cluster"})


def _is_mutual() -> nw.Expr:
    return (nw.col("n_org") > 0) & (nw.col("n_person") > 0)


def _episodes(talk: Any, by: Any) -> Frame:
    return by.put(talk.episode_frame).with_columns(node=node_of(by))


def _stories(talk: Any, by: Any) -> Frame:
    # Four tables are made of them.
    return once(by, "stories", lambda: talk.engine.materialize(stories_of(talk, _episodes(talk, by))))


def stories_of(talk: Any, episodes: Frame) -> Frame:
    """Sum up the mutual episodes of each pair: where and when they began, whether any came later, when they ended.

    A story ends before the first silence between two mutual episodes that is longer than `silence_end_s`.
    """
    d, pair = talk.definitions, list(_PAIR)
    columns = ["unit", *pair, "row", "at_s", "last_s", "asks"]
    mutual = episodes.filter(_is_mutual()).select(*columns)
    opens = nw.col("_last_row").is_null()
    mutual = talk.engine.along(
        mutual,
        pair,
        ("row",),
        _next=after("at_s"),
        _last_row=before("row"),
        _begun=nw.when(opens).then(nw.col("at_s")).otherwise(_NEVER),
        _first=running_max("_begun"),
    )
    ends = (nw.col("_next").is_null() | (nw.col("_next") - nw.col("last_s") > d.silence_end_s)).fill_null(value=True)
    again = nw.col("at_s") - nw.col("_first") >= d.return_gap_s
    return mutual.group_by(*pair).agg(
        nw.col("_first").min(),
        nw.when(opens).then(nw.col("unit")).min().alias("_unit"),
        nw.when(opens).then(nw.col("asks")).max().alias("_opens_asking"),
        nw.when(ends).then(nw.col("last_s")).min().alias("_last"),
        flag(again).max().alias("_back"),
        flag(again & (nw.col("asks") == 1)).max().alias("_asked"),
    )


def relationships(talk: Any, by: Any) -> Frame:
    """Give the time from the first to the last mutual exchange of each pair, in the unit where it began.

    Whether somebody still comes is known up to one silence before the window's end: later on nobody is judged. Who
    comes again after such a silence begins anew, which is not counted.

    Returns
    -------
    Frame
        `unit, time` (seconds)`, event` (1 if a silence followed)`, cluster` (the person)`, is_asked` (1 if the first
        episode asked a question).
    """
    start, end = talk.corpus.window_s
    d = talk.definitions
    known = end - d.silence_end_s
    stories = _stories(talk, by)
    stories = stories.filter((nw.col("_first") >= start + d.wash_in_s) & (nw.col("_first") <= known))
    ended = nw.col("_last") <= known
    time = nw.when(ended).then(nw.col("_last")).otherwise(known) - nw.col("_first")
    return stories.select(
        unit="_unit", time=time, event=flag(ended), cluster="person_ix", is_asked=nw.col("_opens_asking")
    )


def relationships_asked(talk: Any, by: Any) -> Frame:
    """Give the relationships whose first episode asked a question."""
    return relationships(talk, by).filter(nw.col("is_asked") == 1)


def relationships_unasked(talk: Any, by: Any) -> Frame:
    """Give the relationships whose first episode asked no question."""
    return relationships(talk, by).filter(nw.col("is_asked") == 0)
