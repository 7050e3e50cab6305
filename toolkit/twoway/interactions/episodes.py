"""Episodes: one matter between a person and an organization, and what became of it."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from ..codebooks.marks import DESTINATIONS, RESOLUTIONS
from ..engine import Engine, Frame

__all__ = ["EPISODE", "OUTCOMES", "episode_table", "outcome_rank", "reacting"]

EPISODE = ("org_ix", "person_ix", "episode_no")

# Packs a post with its account, or with what it does, into one number: the least holds both of the first post.
_ACCOUNTS, _RANKS = 2**31, 16

#: Outcome of an episode by rank; the highest any reply reaches counts.
OUTCOMES = {name: len(RESOLUTIONS) - rank for rank, name in enumerate(RESOLUTIONS)}


def outcome_rank() -> nw.Expr:
    """Rank what a post does by its column `resolution`; 0 where it does nothing, or what it does is not known."""
    rank = nw.lit(0)
    for name, value in OUTCOMES.items():
        rank = nw.when(nw.col("resolution") == name).then(value).otherwise(rank)
    return rank


def reacting(stream: Frame) -> Frame:
    """Keep of a stream the posts of organizations that react to a person: replies, and mentions after being asked."""
    asked = stream.filter(nw.col("is_approach") == 1).group_by(*EPISODE).agg(nw.col("row").min().alias("_asked"))
    ours = stream.filter(nw.col("is_approach") == 0).join(asked, on=list(EPISODE), how="left")
    # To name a person who has not asked yet is no reaction.
    return ours.filter((nw.col("is_reply") == 1) | (nw.col("row") > nw.col("_asked"))).drop("_asked")


def episode_table(engine: Engine, stream: Frame, deeds: Frame, words: Frame, merged: Frame) -> Frame:
    """Build the table of episodes.

    Parameters
    ----------
    stream
        From `event_stream`, up to the window's end: nobody can tell what would have become of a matter later.
    deeds
        From `deed_table`.
    words
        `row, n_words, has_question`.
    merged
        `row, unit_row` of posts that are not the first of their unit: what is said at once is one reaction.

    Returns
    -------
    Frame
        One row an episode in which the person approached or was replied to: keys, `row` (of its first event),
        `account_ix`, `at_s`, `is_approached`, `is_replied`, `outcome` and `first_reaction`
        (ranks of `OUTCOMES`, 0 for none), `is_read` and `is_first_read` (the text of a reply, of the first one, is
        known), `to_*` (deflections by destination, counted where the outcome is a
        deflection), the turn counts `n_org, n_person, n_runs, words_org, words_person`, `asks` (1 if the person put a
        question), `last_s` and `is_own` (1 if one of its posts is of the sample; else all are context).
    """
    talk = _exchanged(engine, stream.join(words, on="row", how="left"))
    reactions = _reactions(engine, stream, deeds, merged)
    full = talk.join(reactions, on=list(EPISODE), how="left")
    counts = [
        "n_org",
        "n_person",
        "words_org",
        "words_person",
        "is_replied",
        "outcome",
        "first_reaction",
        "is_read",
        "is_first_read",
        *[f"to_{d}" for d in DESTINATIONS],
    ]
    return engine.materialize(
        full.with_columns(
            *[nw.col(name).fill_null(0) for name in counts],
            is_approached=nw.when(nw.col("first_ask").is_null()).then(0).otherwise(1),
        ).drop("first_ask")
    ).filter((nw.col("is_approached") == 1) | (nw.col("is_replied") == 1))


def _exchanged(engine: Engine, said: Frame) -> Frame:
    """Sum up what both sides said in each episode."""
    ours, theirs = nw.col("is_approach") == 0, nw.col("is_approach") == 1
    n_words = nw.col("n_words").fill_null(0)
    talk = said.group_by(*EPISODE).agg(
        (nw.col("row").cast(nw.Int64) * _ACCOUNTS + nw.col("account_ix")).min().alias("_first"),
        nw.col("created_s").min().alias("at_s"),
        nw.col("created_s").max().alias("last_s"),
        nw.when(nw.col("is_context")).then(0).otherwise(1).max().alias("is_own"),
        nw.when(theirs & nw.col("has_question")).then(1).otherwise(0).max().alias("asks"),
        nw.when(theirs).then(nw.col("row")).min().alias("first_ask"),
        nw.when(ours).then(nw.col("is_head")).sum().alias("n_org"),
        nw.when(theirs).then(nw.col("is_head")).sum().alias("n_person"),
        nw.col("is_run_start").sum().alias("n_runs"),
        nw.when(ours).then(n_words).sum().alias("words_org"),
        nw.when(theirs).then(n_words).sum().alias("words_person"),
    )
    talk = talk.with_columns(
        row=(nw.col("_first") // _ACCOUNTS).cast(engine.index),
        account_ix=(nw.col("_first") % _ACCOUNTS).cast(engine.index),
    )
    return engine.materialize(talk.drop("_first"))


def _reactions(engine: Engine, stream: Frame, deeds: Frame, merged: Frame) -> Frame:
    """Sum up what the organization did in each episode."""
    ours = reacting(stream).select(*EPISODE, nw.col("row").alias("reply"))
    ours = ours.join(deeds.rename({"row": "reply"}), on="reply", how="left")
    ours = ours.join(merged.select(reply="row", _unit="unit_row"), on="reply", how="left")
    read = nw.when(nw.col("resolution").is_null()).then(0).otherwise(1)
    # Whatever is known to be done was read; the lowest bit says so of what does nothing.
    ours = ours.with_columns(_rank=outcome_rank(), _read=read, _unit=nw.coalesce("_unit", "reply"))
    ours = ours.with_columns(_both=2 * nw.col("_rank") + nw.col("_read"))
    ours = engine.materialize(ours.with_columns(_does=nw.col("_both").max().over(*EPISODE, "_unit")))
    deflects = nw.col("_rank") == OUTCOMES["deflect"]
    sums = ours.group_by(*EPISODE).agg(
        (nw.col("reply").cast(nw.Int64) * _RANKS + nw.col("_does")).min().alias("_first"),
        nw.col("_rank").max().alias("outcome"),
        nw.col("_read").max().alias("is_read"),
        *[nw.when(deflects & nw.col(f"to_{d}")).then(1).otherwise(0).max().alias(f"to_{d}") for d in DESTINATIONS],
    )
    does = (nw.col("_first") % _RANKS).cast(nw.Int32)
    sums = sums.with_columns(first_reaction=does // 2, is_first_read=does % 2, is_replied=nw.lit(1))
    kept = nw.col("outcome") == OUTCOMES["deflect"]
    return sums.drop("_first").with_columns(
        *[nw.when(kept).then(nw.col(f"to_{d}")).otherwise(0).alias(f"to_{d}") for d in DESTINATIONS]
    )
