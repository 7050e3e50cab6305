"""Prepared tables of conversations: their shape, who takes the floor, and what becomes of threads an account hosts."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..engine import Frame
from .marks import entropy, flag

__all__ = ["balances", "conversations", "floors", "hosted", "public_units"]


def _members(talk: Any, by: Any, conversations: Frame) -> Frame:
    """List the conversations each unit takes part in: `unit, root, at_s, _org`, one row an organization of the unit."""
    members = talk.member_frame.join(conversations.select("root", "at_s"), on="root", how="inner")
    return by.put(members).select("unit", "root", "at_s", _org="org_ix").unique()


def _with_top(talk: Any) -> Frame:
    """Leave out the conversations whose top is missing: a reply to a missing post is not a post nobody answered."""
    return talk.conversation_frame.filter(nw.col("is_topless") == 0)


def floors(talk: Any, by: Any) -> Frame:
    """Give conversations the unit takes part in, one row each, with the shifts in them."""
    members = _members(talk, by, talk.conversation_frame).select("unit", "root", "at_s").unique()
    sums = [name for name in talk.shift_sum_frame.collect_schema().names() if name != "root"]
    table = members.join(talk.shift_sum_frame, on="root", how="inner")
    return table.with_columns(*[nw.col(name).fill_null(0) for name in sums], cluster=nw.col("root"))


def conversations(talk: Any, by: Any) -> Frame:
    """Give conversations the unit takes part in, one row each; those without a top are left out."""
    whole = _with_top(talk)
    members = _members(talk, by, whole).select("unit", "root").unique()
    table = members.join(whole, on="root", how="inner")
    return table.with_columns(
        cluster=nw.col("root"),
        one=nw.lit(1),
        is_single=flag(nw.col("size") == 1),
        is_tree=flag(~nw.col("virality").is_null()),
        is_rich=flag(~nw.col("virality_norm").is_null()),
        is_shared=flag(nw.col("n_participants") > 1),
        virality=nw.col("virality").fill_null(0.0),
        virality_norm=nw.col("virality_norm").fill_null(0.0),
        participant_gini=nw.col("participant_gini").fill_null(0.0),
    )


def _people(talk: Any) -> Frame:
    return talk.corpus.account_frame.select("account_ix", _org="org_ix", _public="is_public")


def balances(talk: Any, by: Any) -> Frame:
    """Give conversations of the unit with the turns of its organization against those of all persons.

    Conversations without a top are left out.

    Returns
    -------
    Frame
        `unit, cluster` (the conversation)`, at_s, n_own, one, balance` (bits)`, is_mixed`, one row a unit,
        conversation and organization.
    """
    said = talk.tree_frame.filter(nw.col("is_visible")).join(_people(talk), on="account_ix", how="inner")
    own = said.filter(~nw.col("_org").is_null()).group_by("root", "_org")
    own = own.agg(nw.len().alias("n_own"), flag(nw.col("_public")).sum().alias("_own_public"))
    public = said.group_by("root").agg(flag(nw.col("_public")).sum().alias("_all_public"))
    members = _members(talk, by, _with_top(talk))
    table = members.join(own, on=["root", "_org"], how="left").join(public, on="root", how="left")
    counts = {name: nw.col(name).fill_null(0) for name in ("n_own", "_own_public", "_all_public")}
    table = table.with_columns(**counts).with_columns(n_persons=nw.col("_all_public") - nw.col("_own_public"))
    return table.with_columns(
        cluster=nw.col("root"),
        one=nw.lit(1),
        is_mixed=flag(nw.col("n_own") + nw.col("n_persons") > 0),
        balance=entropy("n_own", "n_persons"),
    )


def public_units(talk: Any, by: Any) -> Frame:
    """Give what persons outside its organization said in conversations of the unit, and how much of it continues.

    Returns
    -------
    Frame
        `unit, cluster` (the conversation)`, at_s, n_public, order_known, interactive, interactive_high`, one row a
        unit, conversation and organization.
    """
    known, goes_on = nw.col("is_order_known"), flag(nw.col("order") >= 2)
    said = talk.tree_frame.filter(nw.col("is_own")).join(
        _people(talk).filter(nw.col("_public")), on="account_ix", how="inner"
    )
    said = said.join(talk.order_frame, on="row", how="inner").with_columns(n_public=nw.lit(1), order_known=known)
    said = said.with_columns(interactive=known * goes_on, interactive_high=1 - known + known * goes_on)
    names = ("n_public", "order_known", "interactive", "interactive_high")
    every = said.group_by("root").agg(*[nw.col(name).sum() for name in names])
    own = said.filter(~nw.col("_org").is_null()).group_by("root", "_org")
    own = own.agg(*[nw.col(name).sum().alias(f"_{name}") for name in names])
    table = _members(talk, by, talk.conversation_frame).join(every, on="root", how="inner")
    table = table.join(own, on=["root", "_org"], how="left")
    rest = {name: nw.col(name) - nw.col(f"_{name}").fill_null(0) for name in names}
    return table.with_columns(**rest, cluster=nw.col("root"))


def hosted(talk: Any, by: Any) -> Frame:
    """Give conversations in which the unit posted: who answers whom there, and whether it kept the gate.

    Returns
    -------
    Frame
        `unit, cluster` (the conversation)`, at_s, one, n_public` (replies by persons)`, n_c2c` (those to another
        person)`, is_gated` (its organization limited replies to a post of its own, or its
        own root is gone).
    """
    times = talk.conversation_frame.select("root", "at_s")
    wrote_of_org = talk.member_frame.filter(nw.col("n_units") > 0).join(times, on="root", how="inner")
    wrote = by.put(wrote_of_org).select("unit", "root", "at_s").unique()
    people = _people(talk).filter(nw.col("_public")).select("account_ix")
    replies = talk.tree_frame.filter(nw.col("is_own")).select("root", "account_ix", "parent_ix")
    replies = replies.filter(~nw.col("parent_ix").is_null() & (nw.col("parent_ix") != nw.col("account_ix")))
    replies = replies.join(people, on="account_ix", how="semi")
    persons = people.select(parent_ix="account_ix", _to_person=nw.lit(1))
    counts = replies.join(persons, on="parent_ix", how="left").group_by("root")
    counts = counts.agg(nw.len().alias("n_public"), flag(nw.col("_to_person") == 1).sum().alias("n_c2c"))
    gated = by.put(wrote_of_org.join(_gated(talk), on=["root", "org_ix"], how="inner"))
    gated = gated.select("unit", "root", is_gated=nw.lit(1)).unique()
    table = wrote.join(counts, on="root", how="left").join(gated, on=["unit", "root"], how="left")
    filled = {name: nw.col(name).fill_null(0) for name in ("n_public", "n_c2c", "is_gated")}
    return table.with_columns(**filled, cluster=nw.col("root"), one=nw.lit(1))


def _gated(talk: Any) -> Frame:
    """List the conversations in which an organization limited replies to a post of its own, or took down its own root.

    What is limited by others, or taken down by others, is not its doing.
    """
    posts = talk.links.posts.join(talk.links.threads, on="row", how="left")
    posts = posts.filter(~nw.col("is_repost")).select("row", "account_ix", root=nw.coalesce("root", "row"))
    posts = posts.join(talk.corpus.post_frame.select("row", "is_restricted", "deleted_s"), on="row", how="inner")
    taken_down = ~nw.col("deleted_s").is_null() & (nw.col("row") == nw.col("root"))
    posts = posts.filter(nw.col("is_restricted").fill_null(value=False) | taken_down)
    orgs = talk.corpus.account_frame.filter(~nw.col("org_ix").is_null()).select("account_ix", "org_ix")
    return posts.join(orgs, on="account_ix", how="inner").select("root", "org_ix").unique()
