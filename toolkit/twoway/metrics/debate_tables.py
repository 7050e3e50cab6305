"""The prepared table of debates: who takes part in a conversation, in what tone, and whether the account stays."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..engine import Frame
from .coded_tables import coded_units
from .marks import flag
from .tone_tables import tones

__all__ = ["ABUSIVE_SHARE", "debated"]

#: A conversation in which more than this share of persons' posts insults somebody is abuse, not debate.
ABUSIVE_SHARE = 0.1

#: From how many persons, and how deep, a conversation may be a debate.
PERSONS, DEPTH = 3, 3


def debated(talk: Any, by: Any) -> Frame:
    """Give conversations of the unit with what persons outside its organization say in them, and how.

    Returns
    -------
    Frame
        `unit, cluster` (the conversation)`, at_s, is_crowd` (three persons or more)`, is_abusive, is_fair` (a crowd
        that is not abusive)`, is_robust` (fair, deep and of both polarities)`, n_praising, n_critical, polar,
        balanced` (posts of either polarity; twice the rarer of the two)`, has_critical` (a reply)`, stays` (the
        organization posted after it)`, n_replies, n_objections`, the last six 0 where it is abusive: one row a unit,
        conversation and organization.
    """
    people = talk.corpus.account_frame.select("account_ix", _org="org_ix", _public="is_public")
    units = talk.tree_frame.filter(nw.col("is_visible")).join(people, on="account_ix", how="inner")
    said = _coded(talk, by, units)
    members = talk.member_frame.join(talk.conversation_frame.select("root", "at_s", "depth"), on="root", how="inner")
    table = by.put(members).select("unit", "root", "at_s", "depth", "org_ix").unique()
    pairs = table.select("root", "org_ix").unique()
    theirs = said.filter(nw.col("_public")).join(pairs, on="root", how="inner")
    theirs = theirs.filter(nw.col("_org").is_null() | (nw.col("_org") != nw.col("org_ix")))
    table = table.join(_sums(theirs), on=["root", "org_ix"], how="inner")
    table = table.join(_stays(units, theirs, pairs), on=["root", "org_ix"], how="left")
    return _judged(table)


def _coded(talk: Any, by: Any, units: Frame) -> Frame:
    """Join tone and signs of argument to units; of what was not coded, `told` is 0."""
    signs = coded_units(talk, "debate").rename({"debate__insult": "insults", "debate__disagreement": "objects"})
    names = ("is_critical", "is_praising", "insults", "objects")
    wide = units.join(tones(talk, by).drop("is_mixed"), on="row", how="left").join(signs, on="row", how="left")
    told = flag(~nw.col("insults").is_null())
    answers = told * flag(~nw.col("parent_ix").is_null() & (nw.col("parent_ix") != nw.col("account_ix")))
    return wide.with_columns(**{name: nw.col(name).fill_null(0) for name in names}, answers=answers, told=told)


def _sums(theirs: Frame) -> Frame:
    theirs = theirs.with_columns(objection=nw.col("objects") * nw.col("answers"))
    return theirs.group_by("root", "org_ix").agg(
        nw.col("account_ix").n_unique().alias("n_persons"),
        nw.col("told").sum().alias("n_said"),
        nw.col("is_critical").sum().alias("n_critical"),
        nw.col("is_praising").sum().alias("n_praising"),
        nw.col("insults").sum().alias("n_insults"),
        nw.col("answers").sum().alias("n_replies"),
        nw.col("objection").sum().alias("n_objections"),
    )


def _stays(units: Frame, theirs: Frame, pairs: Frame) -> Frame:
    """Say whether the organization posted after the first critical reply."""
    ours = units.filter(~nw.col("_org").is_null()).join(pairs, left_on=["root", "_org"], right_on=["root", "org_ix"])
    last = ours.group_by("root", "_org").agg(nw.col("created_s").max().alias("_last")).rename({"_org": "org_ix"})
    replies = theirs.filter((nw.col("is_critical") == 1) & (nw.col("depth") > 0))
    first = replies.group_by("root", "org_ix").agg(nw.col("created_s").min().alias("_first"))
    both = first.join(last, on=["root", "org_ix"], how="left")
    stays = flag(nw.col("_last") > nw.col("_first"))
    return both.select("root", "org_ix", has_critical=nw.lit(1), stays=stays)


def _judged(table: Frame) -> Frame:
    """Judge conversations; of abusive ones nothing counts but that they are."""
    up, down = nw.col("n_praising"), nw.col("n_critical")
    rarer = nw.when(up < down).then(up).otherwise(down)
    table = table.with_columns(
        is_crowd=flag(nw.col("n_persons") >= PERSONS),
        fair=1 - flag(nw.col("n_insults") > nw.col("n_said") * ABUSIVE_SHARE),
        deep=flag((nw.col("depth") >= DEPTH) & (up > 0) & (down > 0)),
        has_critical=nw.col("has_critical").fill_null(0),
        stays=nw.col("stays").fill_null(0),
        polar=up + down,
        balanced=2 * rarer,
        cluster=nw.col("root"),
    )
    counted = ("polar", "balanced", "has_critical", "stays", "n_replies", "n_objections")
    table = table.with_columns(
        is_abusive=nw.col("is_crowd") * (1 - nw.col("fair")),
        is_fair=nw.col("is_crowd") * nw.col("fair"),
        **{name: nw.col(name) * nw.col("fair") for name in counted},
    )
    return table.with_columns(is_robust=nw.col("is_fair") * nw.col("deep"))
