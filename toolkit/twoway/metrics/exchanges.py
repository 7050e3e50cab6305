"""What organizations and persons say to each other, one row a post: the ground of every table of how it is worded."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..engine import Frame
from ..interactions.episodes import EPISODE
from ..interactions.episodes import reacting as reacting_in

__all__ = [
    "answers",
    "approaches",
    "hidden_episodes",
    "reacting",
    "reactions",
    "replies_to_persons",
]

_TOLD = ("row", "account_ix", "org_ix", "at_s", "person_ix")


#: Persons of whom nothing is known are numbered from here by their reply: each counts as one of its own.
_UNKNOWN = 2**31


def replies_to_persons(talk: Any) -> Frame:
    """List the replies of organizations to persons: `row, account_ix, org_ix, at_s, person_ix`.

    Also where the post that is answered was not collected: then the person is whom the reply names first.
    """
    own = talk.corpus.account_frame.filter(nw.col("is_brand")).select("account_ix", "org_ix")
    said = talk.links.posts.filter(~nw.col("is_context") & ~nw.col("is_private") & ~nw.col("is_repost"))
    said = said.filter(~nw.col("parent_id_given").is_null() & ~nw.col("is_self_reply"))
    said = said.select("row", "account_ix", "created_s", "parent_ix").join(own, on="account_ix", how="inner")
    asked = talk.account_frame.select(parent_ix="account_ix", _org="org_ix", _public="is_public")
    said = said.join(asked, on="parent_ix", how="left").filter(nw.col("_public").fill_null(value=True))
    said = said.filter(nw.col("_org").fill_null(-1) != nw.col("org_ix"))
    first = talk.mention_frame.filter(nw.col("position") == 0).select("row", _named="target_ix")
    said = said.join(first.group_by("row").agg(nw.col("_named").min()), on="row", how="left")
    person = nw.coalesce("parent_ix", "_named", nw.col("row") + _UNKNOWN)
    return said.select("row", "account_ix", "org_ix", at_s="created_s", person_ix=person)


def reacting(talk: Any) -> Frame:
    """List the posts of organizations that react to a person, up to the window's end, context too."""
    return reacting_in(talk.stream_frame.filter(nw.col("created_s") <= talk.corpus.window_s[1]))


def hidden_episodes(talk: Any) -> Frame:
    """List the episodes with a turn whose answer the collection could hide: `could_hide`, 1."""
    starts = talk.stream_frame.filter(nw.col("is_start") == 1).select(*EPISODE, "turn_no")
    hidden = starts.join(talk.hidden_frame, on=["org_ix", "person_ix", "turn_no"], how="semi")
    return hidden.select(*EPISODE).unique().with_columns(could_hide=nw.lit(1))


def approaches(talk: Any) -> Frame:
    """List the posts of persons to organizations, once for each: columns as of `replies_to_persons`."""
    theirs = talk.stream_frame.filter((nw.col("is_approach") == 1) & ~nw.col("is_context"))
    return theirs.select("row", "account_ix", "org_ix", "person_ix", at_s="created_s")


def answers(talk: Any) -> Frame:
    """List the replies of organizations with the post of the person they reply to, `parent_row`."""
    return _linked(talk, is_approach=0, parent="person_ix")


def reactions(talk: Any) -> Frame:
    """List the replies of persons with the post of the organization they reply to, `parent_row`."""
    return _linked(talk, is_approach=1, parent="account_ix")


def _linked(talk: Any, *, is_approach: int, parent: str) -> Frame:
    linked = (nw.col("is_approach") == is_approach) & (nw.col("is_reply") == 1) & ~nw.col("is_context")
    linked = linked & ~nw.col("parent_row").is_null() & (nw.col("parent_ix") == nw.col(parent))
    return talk.stream_frame.filter(linked).with_columns(at_s=nw.col("created_s")).select(*_TOLD, "parent_row")
