"""Prepared tables of tone: what was owed to those who criticize and praise, and whom of them an account amplifies."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..codebooks.kernel import column_of
from ..engine import Frame
from ..interactions.episodes import EPISODE, OUTCOMES, outcome_rank
from .arcs import node_of
from .attention_tables import outreach
from .bonds import stories_of, told_bonds
from .coded_tables import coded_units
from .marks import flag, once
from .unit_marks import payments
from .waits import raced_turns, with_hidden

__all__ = ["amplified", "bonds_toned", "reached", "tones", "toned", "toned_raced"]

_TONES = ("criticism", "praise", "mixed")


def tones(talk: Any, by: Any) -> Frame:
    """Give the tone of every post by a person that starts a unit.

    Returns
    -------
    Frame
        `row, is_critical` (mixed posts too)`, is_praising, is_mixed`, 1 or 0.
    """
    return once(by, "tones", lambda: _tones(talk))


def _tones(talk: Any) -> Frame:
    criticism, praise, mixed = (nw.col(column_of(talk.coding.book("tone"), name)) for name in _TONES)
    coded = coded_units(talk, "tone")
    # To name what is good as well takes nothing from a complaint that wants an answer.
    return talk.engine.materialize(
        coded.select("row", is_critical=flag(criticism + mixed > 0), is_praising=flag(praise > 0), is_mixed=mixed)
    )


def _with_tone(talk: Any, by: Any, turns: Frame) -> Frame:
    """Join the tone of the post a turn begins with: later ones may be what waiting made of it."""
    turns = turns.join(talk.merged_frame, on="row", how="left").with_columns(
        _unit=nw.coalesce("unit_row", "row").cast(nw.Int64)
    )
    coded = tones(talk, by).with_columns(_unit=nw.col("row").cast(nw.Int64)).drop("row")
    turns = turns.join(coded, on="_unit", how="left").drop("_unit", "unit_row")
    return turns.with_columns(
        **{name: nw.col(name).fill_null(0) for name in ("is_critical", "is_praising", "is_mixed")}
    )


def toned(talk: Any, by: Any) -> Frame:
    """Give turns that are due, with the tone they began with and what became of them.

    Returns
    -------
    Frame
        `unit, cluster` (the person)`, org_ix, at_s, is_critical, is_praising, is_mixed, has_question, is_bystander,
        n_words, is_answered, latency_s, is_told` (answered, and the text of the reply is known)`, deflected,
        substantive` (what the first reply did, where there was one in time) and columns to be summed.
    """
    end, horizon = talk.corpus.window_s[1], talk.definitions.horizon_s
    turns = talk.turn_frame.filter(~nw.col("is_context") & (nw.col("at_s") <= end - horizon))
    turns = by.put(with_hidden(talk, _with_tone(talk, by, turns)))
    turns = turns.join(_did(talk), on="reply_row", how="left").with_columns(cluster=nw.col("person_ix"))
    turns = turns.join(talk.marks.select("row", "n_words"), on="row", how="left")
    turns = turns.with_columns(n_words=nw.col("n_words").fill_null(0))
    turns = turns.with_columns(is_answered=flag(nw.col("latency_s") <= horizon))
    done = nw.col("is_answered")
    turns = turns.with_columns(
        is_told=done * flag(~nw.col("_did").is_null()),
        valent=nw.col("is_critical") + nw.col("is_praising"),
        deflected=done * flag(nw.col("_did") == OUTCOMES["deflect"]),
        substantive=done * flag(nw.col("_did") == OUTCOMES["open_answer"]),
    )
    most = done + nw.col("could_hide") * talk.definitions.unseen_share * (1 - done)
    return turns.with_columns(
        critical_answered=nw.col("is_critical") * done,
        praising_answered=nw.col("is_praising") * done,
        critical_high=nw.col("is_critical") * most,
        praising_high=nw.col("is_praising") * most,
        question_valent=nw.col("valent") * nw.col("has_question"),
        told_valent=nw.col("valent") * nw.col("is_told"),
    ).drop("_did")


def _did(talk: Any) -> Frame:
    """Say what the unit did that a reply belongs to."""
    posts = talk.marks.filter(~nw.col("resolution").is_null()).select("row", "resolution")
    posts = posts.join(talk.merged_frame, on="row", how="left")
    posts = posts.with_columns(_unit=nw.coalesce("unit_row", "row"), _rank=outcome_rank())
    units = posts.group_by("_unit").agg(nw.col("_rank").max().alias("_did"))
    return posts.select("_unit", reply_row="row").join(units, on="_unit", how="inner").drop("_unit")


def toned_raced(talk: Any, by: Any) -> Frame:
    """Give waiting times of critical and praising turns, with what may make an answer quicker."""
    turns = _with_tone(talk, by, raced_turns(talk, by))
    turns = turns.filter(nw.col("is_critical") + nw.col("is_praising") > 0)
    columns = ["unit", "org_ix", "time", "event", "is_critical", "is_praising", "is_mixed"]
    columns += ["has_question", "is_bystander", "n_words"]
    return turns.select(*columns, cluster="person_ix")


def amplified(talk: Any, by: Any) -> Frame:
    """Give what persons said to an organization, with its tone and whether the organization passed it on.

    A post counts once for every organization it addresses, under the account it names first. Promoted posts, and those
    that may be, are left out: what was paid for is no voice of the public.

    Returns
    -------
    Frame
        `unit, cluster` (the person)`, at_s, is_critical, is_praising, is_shared`, one row a unit of posts and
        organization.
    """
    to = talk.arc_frame.filter(nw.col("is_approach") == 1)
    first = to.with_columns(_first=nw.col("position").min().over("org_ix", "row"))
    first = first.filter(nw.col("position") == nw.col("_first"))
    said = first.group_by("org_ix", "row", "person_ix").agg(nw.col("account_ix").min())
    said = _as_units(talk, said)
    said = said.join(_shared(talk), on=["org_ix", "row"], how="left")
    said = said.with_columns(is_shared=nw.col("is_shared").fill_null(0)).join(tones(talk, by), on="row", how="inner")
    # Both in one post: nobody can say which of the two was passed on.
    said = said.filter(nw.col("is_mixed") == 0)
    return by.put(said).with_columns(cluster=nw.col("person_ix"), valent=nw.col("is_critical") + nw.col("is_praising"))


def _as_units(talk: Any, said: Frame) -> Frame:
    """Put in the place of posts the units they belong to: `org_ix, row, person_ix, account_ix, at_s`, none paid for."""
    posts = talk.links.posts.filter(~nw.col("is_context") & ~nw.col("is_repost"))
    said = said.join(posts.select("row", at_s="created_s"), on="row", how="inner")
    paid = payments(talk).filter((nw.col("paid") == 1) | (nw.col("open_paid") == 1)).select("row")
    said = said.join(paid, on="row", how="anti").join(talk.merged_frame, on="row", how="left")
    said = said.with_columns(_unit=nw.coalesce("unit_row", "row"))
    said = said.with_columns(_first=nw.col("row").min().over("org_ix", "_unit"))
    said = said.filter(nw.col("row") == nw.col("_first"))
    return said.select("org_ix", "person_ix", "account_ix", "at_s", row="_unit")


def _shared(talk: Any) -> Frame:
    """List the units of which an organization reposted or quoted a post: `org_ix, row, is_shared`."""
    posts = talk.corpus.post_frame
    ids = posts.select("row", _id="post_id")
    ours = talk.corpus.account_frame.filter(nw.col("is_focal")).select("account_id", "org_ix")
    passed = posts.with_columns(_id=nw.coalesce("repost_of_id", "quote_of_id")).filter(~nw.col("_id").is_null())
    passed = passed.join(ours, on="account_id", how="inner").select("org_ix", "_id").unique()
    passed = passed.join(ids, on="_id", how="inner").join(talk.merged_frame, on="row", how="left")
    passed = passed.select("org_ix", row=nw.coalesce("unit_row", "row")).unique()
    return passed.with_columns(is_shared=nw.lit(1))


def reached(talk: Any, by: Any) -> Frame:
    """Give what `outreach` gives, with whether the post reached out to complains."""
    wide = outreach(talk, by)
    above = talk.links.posts.select("row", "parent_row")
    coded = tones(talk, by).select(parent_row="row", is_critical="is_critical")
    wide = wide.join(above.join(coded, on="parent_row", how="inner").select("row", "is_critical"), on="row", how="left")
    return wide.with_columns(soothing=nw.col("proactive") * nw.col("is_critical").fill_null(0))


def bonds_toned(talk: Any, by: Any) -> Frame:
    """Give what `bonds` gives, with complaints in the place of questions."""
    theirs = talk.stream_frame.filter(nw.col("is_approach") == 1).join(tones(talk, by), on="row", how="inner")
    complains = theirs.group_by(*EPISODE).agg(asks=nw.col("is_critical").max())
    episodes = by.put(talk.episode_frame.drop("asks").join(complains, on=list(EPISODE), how="left"))
    episodes = episodes.with_columns(node=node_of(by), asks=nw.col("asks").fill_null(0))
    return told_bonds(talk, episodes, talk.engine.materialize(stories_of(talk, episodes)))
