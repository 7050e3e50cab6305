"""Prepared tables on whom an account attends to: followers of those who asked, and people it addressed first."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..engine import Frame
from ..windows import running_max
from .marks import DAY, flag
from .waits import with_hidden

__all__ = ["attended", "outreach", "turns_with_followers"]


_NEVER = -(10**12)


def turns_with_followers(talk: Any) -> Frame:
    """Join to every turn in the window what is known of its first post: followers, words, private destinations.

    Followers are those at the time of the post where the source has them, else those when the account was read.

    Returns
    -------
    Frame
        The turns that no context post began, with `n_followers` (null where unknown), `is_read_later` (1 if that is
        the account's count), `n_words`, `is_due`, `is_answered`.
    """
    end, horizon = talk.corpus.window_s[1], talk.definitions.horizon_s
    turns = talk.turn_frame.filter(~nw.col("is_context") & (nw.col("at_s") <= end))
    then = talk.corpus.post_frame.select("row", _then=nw.col("n_followers"))
    now = talk.corpus.account_frame.select(person_ix="account_ix", _now="n_followers")
    words = talk.marks.select("row", "n_words")
    wide = (
        turns.join(then, on="row", how="left").join(now, on="person_ix", how="left").join(words, on="row", how="left")
    )
    due = flag(nw.col("at_s") <= end - horizon)
    wide = wide.with_columns(
        n_followers=nw.coalesce("_then", "_now"),
        is_read_later=flag(nw.col("_then").is_null() & ~nw.col("_now").is_null()),
        n_words=nw.col("n_words").fill_null(0),
        is_due=due,
    )
    return wide.with_columns(is_answered=nw.col("is_due") * flag(nw.col("latency_s") <= horizon)).drop("_then", "_now")


def attended(talk: Any, by: Any) -> Frame:
    """Give turns that are due, with the followers of who asked."""
    due = with_hidden(talk, turns_with_followers(talk).filter(nw.col("is_due") == 1))
    turns = by.put(due).with_columns(cluster=nw.col("person_ix"))
    crowd = nw.col("is_bystander")
    answered = nw.col("is_answered")
    most = answered + nw.col("could_hide") * talk.definitions.unseen_share * (1 - answered)
    return turns.with_columns(
        one=nw.lit(1),
        crowd=crowd,
        alone=1 - crowd,
        crowd_answered=crowd * nw.col("is_answered"),
        alone_answered=(1 - crowd) * nw.col("is_answered"),
        crowd_high=crowd * most,
        alone_high=(1 - crowd) * most,
        followers=nw.col("n_followers").cast(nw.Float64),
        has_followers=flag(~nw.col("n_followers").is_null()),
    )


def outreach(talk: Any, by: Any) -> Frame:
    """Give units directed to persons: who had addressed the organization before, and who had not.

    Returns
    -------
    Frame
        `unit, cluster` (the day)`, known, proactive, helpful, directed, proactive_high`, one row a unit.
    """
    ours = _contacts(talk).group_by("row").agg(nw.col("is_cold").min())
    merged = talk.merged_frame.select("row", "unit_row")
    ours = ours.join(merged, on="row", how="left").with_columns(unit_row=nw.coalesce("unit_row", "row"))
    ours = ours.group_by("unit_row").agg(nw.col("is_cold").min()).rename({"unit_row": "row"})
    said = talk.said_frame.filter((nw.col("is_directed") == 1) & (nw.col("is_repost") == 0))
    said = said.select("row", "account_ix", "org_ix", "at_s")
    above = talk.links.posts.select("row", "parent_row", "is_orphan")
    asked = talk.marks.filter(nw.col("has_question")).select(parent_row="row", _question="has_question")
    wide = said.join(ours, on="row", how="left").join(above, on="row", how="left")
    wide = by.put(wide.join(asked, on="parent_row", how="left"))
    known = flag(~nw.col("is_cold").is_null() & ~nw.col("is_orphan"))
    cold = nw.col("is_cold").fill_null(0)
    wide = wide.with_columns(cluster=nw.col("at_s") // DAY, directed=nw.lit(1), known=known)
    wide = wide.with_columns(proactive=nw.col("known") * cold)
    return wide.with_columns(
        helpful=nw.col("proactive") * flag(nw.col("_question")),
        proactive_high=nw.col("proactive") + 1 - nw.col("known"),
    )


def _contacts(talk: Any) -> Frame:
    """Say of every post from an organization to a person whether the person had lately addressed the organization."""
    pair = ("org_ix", "person_ix")
    stream = talk.stream_frame.select("row", *pair, "is_approach", "created_s")
    # Engines disagree on how a running maximum treats nulls, so "never" is a time long before any post.
    asked = nw.when(nw.col("is_approach") == 1).then(nw.col("created_s")).otherwise(_NEVER)
    stream = stream.with_columns(_asked=asked)
    ours = talk.engine.along(stream, pair, ("row",), _last=running_max("_asked")).filter(nw.col("is_approach") == 0)
    lately = nw.col("created_s") - nw.col("_last") <= talk.definitions.contact_memory_s
    return ours.with_columns(is_cold=1 - flag(lately))
