"""Turns owed: what an organization was asked, and the first answer to each."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from ..definitions import Definitions
from ..engine import Engine, Frame
from ..schema import BRAND_ROLES

__all__ = ["ATTRIBUTIONS", "CAUSES", "ENDS", "answer_table", "crowd_table", "turn_table"]

#: How an answer was found, by its level in the tables.
ATTRIBUTIONS = ("strict", "inferred", "mention_inferred")

#: What the first answer to a turn can do, by its number in the tables, from 1.
CAUSES = ("open_answer", "escalate", "deflect", "acknowledge")

#: All ends of waiting, by their numbers from 1: the causes, and an answer that says nothing or whose text is not known.
ENDS = (*CAUSES, "unread")
_CAUSE_OF = {"open_answer": 1, "escalate": 2, "deflect": 3, "clarify": 4, "acknowledge": 4}

#: So many posts in the same words make them a formula.
_REPEATED = 3

TURN = ("org_ix", "person_ix", "turn_no")

#: What a turn takes from its first post, and what is counted over all of its posts.
_OF_START = {name: name for name in ("row", "account_ix", "root", "is_context")} | {"created_s": "at_s"}
_SUMS = ("n_posts", "n_units", "has_question", "is_bystander", "n_addressed")

# Packs a post with its account, its level, or a latency with its cause, into one number: the least holds both.
_ACCOUNTS, _KINDS = 2**31, 8


def answer_table(engine: Engine, stream: Frame, merged: Frame, definitions: Definitions) -> Frame:
    """Attach posts of the organization to the turns they answer.

    A post answers the turn its parent belongs to (strict), through any post of the unit: a reply to the second half of
    what a person said answers the first. One that replies to no turn, but mentions the person, answers the person's
    latest turn within the horizon: `inferred` in the same conversation, else `mention_inferred`. So a post answers one
    turn of a person at most.

    Parameters
    ----------
    stream
        From `event_stream`.
    merged
        `row, unit_row` of posts that are not the first of their unit.

    Returns
    -------
    Frame
        `org_ix, person_ix, turn_no, row, account_ix, created_s, level` (0 strict, 1 inferred, 2 mention_inferred).
    """
    asked = stream.filter(nw.col("is_approach") == 1)
    said = stream.filter(nw.col("is_approach") == 0).select(
        "org_ix", "person_ix", "row", "account_ix", "created_s", "root", "turn_no", "is_mention", "parent_row"
    )
    linked = _linked_turns(asked, said, merged)
    said = engine.materialize(said.join(linked, on=["org_ix", "person_ix", "row"], how="left"))
    columns = [*TURN, "row", "account_ix", "created_s", "level"]
    strict = (
        said.filter(~nw.col("_strict_turn").is_null())
        .with_columns(turn_no=nw.col("_strict_turn"), level=nw.lit(0))
        .select(*columns)
    )
    starts = asked.filter(nw.col("is_start") == 1).select(
        *TURN, nw.col("root").alias("_root"), nw.col("created_s").alias("_start")
    )
    loose = said.filter(nw.col("_strict_turn").is_null() & (nw.col("is_mention") == 1)).join(
        starts, on=list(TURN), how="inner"
    )
    loose = loose.filter(nw.col("created_s") - nw.col("_start") <= definitions.horizon_s)
    loose = loose.with_columns(level=nw.when(nw.col("root") == nw.col("_root")).then(1).otherwise(2)).select(*columns)
    return engine.materialize(nw.concat([strict, loose]))


def _linked_turns(asked: Frame, said: Frame, merged: Frame) -> Frame:
    """Find for each reply the turn that its parent's unit belongs to: `org_ix, person_ix, row, _strict_turn`.

    Where a unit spans two turns, it is the one of the last post up to the parent, else the first.
    """
    pair = ["org_ix", "person_ix"]
    units = merged.select(parent_row="row", unit="unit_row")
    replies = said.filter(~nw.col("parent_row").is_null()).select(*pair, "row", "parent_row")
    replies = replies.join(units, on="parent_row", how="left").with_columns(unit=nw.coalesce("unit", "parent_row"))
    asked = asked.select(*pair, asked_row="row", _turn="turn_no")
    asked = asked.join(units.rename({"parent_row": "asked_row"}), on="asked_row", how="left")
    asked = asked.with_columns(unit=nw.coalesce("unit", "asked_row"))
    found = (
        replies.join(asked, on=[*pair, "unit"], how="inner")
        .group_by(*pair, "row")
        .agg(
            nw.when(nw.col("asked_row") <= nw.col("parent_row")).then(nw.col("_turn")).max().alias("_before"),
            nw.col("_turn").min().alias("_first"),
        )
    )
    return found.select(*pair, "row", _strict_turn=nw.coalesce("_before", "_first"))


def crowd_table(engine: Engine, addresses: Frame, accounts: Frame) -> Frame:
    """Count how many organizations each post addresses, whether they are measured or not.

    Returns
    -------
    Frame
        `row, n_addressed`, for posts that address one.
    """
    brands = accounts.filter(nw.col("is_focal") | nw.col("role").is_in(list(BRAND_ROLES)))
    named = addresses.join(brands.select(target_ix="account_ix", org="org_ix"), on="target_ix", how="inner")
    return engine.materialize(named.group_by("row").agg(nw.col("org").n_unique().alias("n_addressed")))


def turn_table(
    engine: Engine,
    stream: Frame,
    answers: Frame,
    marks: Frame,
    crowd: Frame,
    window_s: tuple[int, int],
    definitions: Definitions,
) -> Frame:
    """Build the table of turns owed.

    Parameters
    ----------
    answers
        From `answer_table`, with `resolution` (what the post does) and `unit_row` (the first post of its unit, null
        where that is itself).
    marks
        `row, has_question, wording` of posts, and `_author`, the account.
    crowd
        `row, n_addressed`: how many organizations, measured or not, a post addresses.
    window_s
        The observed period; everything is censored at its end: what a person posts later is no part of a turn.

    Returns
    -------
    Frame
        One row a turn: `org_ix, person_ix, turn_no, row` (of its first post)`, account_ix` (addressed first)`, at_s,
        root, n_posts, n_units, has_question, is_bystander, n_addressed` (the most organizations one of its posts
        addresses)`, is_context, reply_row, reply_account_ix, level, latency_s, strict_latency_s, live_latency_s`
        (automatic answers left out)`, cause` (the lowest of what the first answer's unit says to the person; of several
        answers in one second, the lowest)`, n_too_early`. Latencies and cause are null where nobody answered.
    """
    start, end = window_s
    asked = stream.filter((nw.col("is_approach") == 1) & (nw.col("created_s") <= end))
    asked = asked.join(crowd, on="row", how="left").join(marks.select("row", "has_question"), on="row", how="left")
    asked = asked.with_columns(
        _question=nw.when(nw.col("has_question")).then(1).otherwise(0),
        _crowd=nw.when(nw.col("n_addressed") > 1).then(1).otherwise(0),
    )
    sums = asked.group_by(*TURN).agg(
        nw.len().alias("n_posts"),
        nw.col("is_head").sum().alias("n_units"),
        nw.col("_question").max().alias("has_question"),
        nw.col("_crowd").max().alias("is_bystander"),
        nw.col("n_addressed").max(),
        *[nw.when(nw.col("is_start") == 1).then(nw.col(c)).max().alias(to) for c, to in _OF_START.items()],
    )
    turns = engine.materialize(sums.filter(~nw.col("row").is_null()).select(*TURN, *_OF_START.values(), *_SUMS))
    timed = answers.join(turns.select(*TURN, "at_s"), on=list(TURN), how="inner")
    timed = timed.join(marks.select("row", "wording"), on="row", how="left")
    timed = timed.with_columns(_lag=nw.col("created_s") - nw.col("at_s"))
    timed = engine.materialize(_with_causes(timed, end, definitions.skew_s))
    answered = _first_answers(engine, _with_automatic(engine, timed, marks, definitions), definitions)
    turns = turns.join(answered, on=list(TURN), how="left")
    # A unit whose first post did not address the organization still counts once.
    units = nw.when(nw.col("n_units") < 1).then(1).otherwise(nw.col("n_units"))
    turns = turns.filter(nw.col("at_s") >= start).with_columns(
        n_units=units, n_too_early=nw.col("n_too_early").fill_null(0)
    )
    return engine.materialize(turns)


def _with_automatic(engine: Engine, timed: Frame, marks: Frame, definitions: Definitions) -> Frame:
    """Mark answers that came too quickly for a person, in words that recur."""
    quick = timed.filter((nw.col("_lag") < definitions.auto_s) & ~nw.col("wording").is_null())
    quick = engine.materialize(quick.select("row", "account_ix", "wording").unique())
    key = ["account_ix", "wording"]
    same = marks.select("row", "wording", account_ix="_author").join(quick.select(*key).unique(), on=key, how="semi")
    counts = same.group_by(*key).agg(nw.len().alias("_n")).filter(nw.col("_n") >= _REPEATED)
    automatic = quick.join(counts, on=key, how="semi").select("row", _auto=nw.lit(1))
    return timed.join(automatic.unique(), on="row", how="left").with_columns(_auto=nw.col("_auto").fill_null(0))


def _first_answers(engine: Engine, timed: Frame, definitions: Definitions) -> Frame:
    """Find the first usable answer of each turn.

    Replies that precede their turn by more than the clock skew are dropped and counted.
    """
    early = nw.col("_lag") < -definitions.skew_s
    usable = timed.with_columns(
        latency_s=nw.when(nw.col("_lag") < 1).then(1).otherwise(nw.col("_lag")),
        _early=nw.when(early).then(1).otherwise(0),
    )
    if definitions.attribution == "strict":
        usable = usable.filter(nw.col("level") == 0)
    row, latency = nw.col("row").cast(nw.Int64), nw.col("latency_s")
    packed = {
        "_author": row * _ACCOUNTS + nw.col("account_ix"),
        "_level": row * _KINDS + nw.col("level"),
        "_ended": latency * _KINDS + nw.col("_cause"),
    }
    good = nw.col("_early") == 0
    sums = usable.group_by(*TURN).agg(
        nw.col("_early").sum().alias("n_too_early"),
        *[nw.when(good).then(value).min().alias(name) for name, value in packed.items()],
        nw.when(good & (nw.col("level") == 0)).then(latency).min().alias("strict_latency_s"),
        nw.when(good & (nw.col("_auto") == 0)).then(latency).min().alias("live_latency_s"),
    )
    return sums.select(
        *TURN,
        "n_too_early",
        reply_row=(nw.col("_level") // _KINDS).cast(engine.index),
        latency_s=nw.col("_ended") // _KINDS,
        strict_latency_s="strict_latency_s",
        live_latency_s="live_latency_s",
        reply_account_ix=(nw.col("_author") % _ACCOUNTS).cast(engine.index),
        level=(nw.col("_level") % _KINDS).cast(nw.Int32),
        cause=(nw.col("_ended") % _KINDS).cast(nw.Int32),
    )


def _with_causes(timed: Frame, end: int, skew_s: int) -> Frame:
    """Add what each answer does, as `_cause`: the lowest of what its unit says to the person up to the window's end."""
    timed = timed.with_columns(_cause=_cause(), unit_row=nw.coalesce("unit_row", "row"))
    counts = (nw.col("created_s") <= end) & (nw.col("_lag") >= -skew_s)
    best = nw.when(counts).then(nw.col("_cause")).min().over("org_ix", "person_ix", "unit_row")
    timed = timed.with_columns(_best=best)
    return timed.with_columns(_cause=nw.min_horizontal("_cause", "_best")).drop("_best", "unit_row")


def _cause() -> nw.Expr:
    cause = nw.lit(len(ENDS))
    for name, number in _CAUSE_OF.items():
        cause = nw.when(nw.col("resolution") == name).then(number).otherwise(cause)
    return cause
