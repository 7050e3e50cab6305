"""What organizations and persons say to each other, one row a post: the ground of every table of how it is worded."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..engine import Frame

__all__ = ["answers", "approaches", "reactions", "replies_to_persons"]

_TOLD = ("row", "account_ix", "org_ix", "at_s", "person_ix")


def replies_to_persons(talk: Any) -> Frame:
    """List the replies of organizations to persons: `row, account_ix, org_ix, at_s, person_ix`, the first person's."""
    ours = talk.stream_frame.filter((nw.col("is_approach") == 0) & (nw.col("is_reply") == 1) & ~nw.col("is_context"))
    return ours.group_by("row", "account_ix", "org_ix").agg(
        nw.col("created_s").min().alias("at_s"), nw.col("person_ix").min()
    )


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
