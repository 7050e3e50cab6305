"""Prepared table of whether persons go on after a reply, by what the reply does."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..engine import Frame
from ..interactions.episodes import EPISODE, OUTCOMES
from .marks import flag
from .outcome_tables import reactions

__all__ = ["REENTRY_S", "TYPES", "UNIT", "continued", "last_asked", "next_posts"]

#: A person who posts again in the conversation within this time, in seconds, goes on.
REENTRY_S = 259_200

#: What tells the units of organizations within episodes apart.
UNIT = (*EPISODE, "unit_row")

#: What a reply can do.
TYPES = ("open_answer", "clarify", "escalate", "deflect", "acknowledge")


def next_posts(talk: Any) -> Frame:
    """Give the units of organizations to persons, each with the person's next public post in that conversation.

    Units that are context are left out.

    Returns
    -------
    Frame
        What `reactions` has, and `root, back_row, back_s`, null where the person does not post again in the window.
    """
    end = talk.corpus.window_s[1]
    roots = talk.stream_frame.select("row", "org_ix", "person_ix", "root")
    units = reactions(talk).filter(nw.col("is_own") == 1)
    units = units.join(roots, on=["row", "org_ix", "person_ix"], how="inner")
    threads = talk.links.threads.select("row", "root")
    posts = talk.links.posts.filter(~nw.col("is_private") & ~nw.col("is_repost") & (nw.col("created_s") <= end))
    posts = posts.select("row", "created_s", person_ix="account_ix").join(threads, on="row", how="left")
    posts = posts.select("person_ix", root=nw.coalesce("root", "row"), back_row="row", back_s="created_s")
    key = ["unit_row", "org_ix", "person_ix", "row"]
    later = units.select(*key, "root").join(posts, on=["person_ix", "root"], how="inner")
    later = later.filter(nw.col("back_row") > nw.col("row"))
    first = later.group_by(*key).agg(nw.col("back_row").min(), nw.col("back_s").min())
    return talk.engine.materialize(units.join(first, on=key, how="left"))


def last_asked(talk: Any, units: Frame) -> Frame:
    """Find the person's last post before each unit: the keys of `UNIT` and `asked_row`; none where it was the first."""
    theirs = talk.stream_frame.filter(nw.col("is_approach") == 1).select(*EPISODE, asked_row="row")
    before = units.select(*UNIT, "row").join(theirs, on=list(EPISODE), how="inner")
    return before.filter(nw.col("asked_row") < nw.col("row")).group_by(*UNIT).agg(nw.col("asked_row").max())


def continued(talk: Any, by: Any) -> Frame:
    """Give the units of organizations to persons, by what they do, and whether the person went on.

    Returns
    -------
    Frame
        `unit, cluster` (the person) and, for each of `TYPES`, `due_*` (watched for long enough) and `back_*`.
    """
    units = by.put(next_posts(talk))
    due = nw.col("at_s") <= talk.corpus.window_s[1] - REENTRY_S
    back = (nw.col("back_s") - nw.col("at_s") <= REENTRY_S).fill_null(value=False)
    columns: dict[str, nw.Expr] = {}
    for name in TYPES:
        is_it = nw.col("rank") == OUTCOMES[name]
        columns |= {f"due_{name}": flag(due & is_it), f"back_{name}": flag(due & is_it & back)}
    return units.with_columns(cluster=nw.col("person_ix"), **columns)
