"""Turns owed: what an organization was asked, and the first answer to each."""

from __future__ import annotations

import narwhals.stable.v2 as nw

from ..definitions import Definitions
from ..engine import Engine, Frame

__all__ = ["ATTRIBUTIONS", "CAUSES", "answer_table", "turn_table"]

#: How an answer was found, by its level in the tables.
ATTRIBUTIONS = ("strict", "inferred", "mention_inferred")

#: What the first answer to a turn can do, by its number in the tables, from 1.
CAUSES = ("open_answer", "escalate", "deflect", "acknowledge")
_CAUSE_OF = {"open_answer": 1, "escalate": 2, "deflect": 3, "clarify": 4, "acknowledge": 4}

#: So many posts in the same words make them a formula.
_REPEATED = 3

TURN = ("org_ix", "person_ix", "turn_no")


def answer_table(engine: Engine, stream: Frame, definitions: Definitions) -> Frame:
    """Attach posts of the organization to the turns they answer.

    A post answers the turn its parent belongs to (strict). One that replies to no turn, but mentions the person,
    answers the person's latest
    turn within the horizon: `inferred` in the same conversation, else `mention_inferred`. So a post answers one turn
    of a person at most.

    Returns
    -------
    Frame
        `org_ix, person_ix, turn_no, row, account_ix, created_s, level` (0 strict, 1 inferred, 2 mention_inferred).
    """
    asked = stream.filter(nw.col("is_approach") == 1)
    said = stream.filter(nw.col("is_approach") == 0).select(
        "org_ix", "person_ix", "row", "account_ix", "created_s", "root", "turn_no", "is_mention", "parent_row"
    )
    linked = asked.select(
        "org_ix", "person_ix", nw.col("row").alias("parent_row"), nw.col("turn_no").alias("_strict_turn")
    )
    said = engine.materialize(said.join(linked, on=["org_ix", "person_ix", "parent_row"], how="left"))
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


def turn_table(
    engine: Engine, stream: Frame, answers: Frame, marks: Frame, window_s: tuple[int, int], definitions: Definitions
) -> Frame:
    """Build the table of turns owed.

    Parameters
    ----------
    marks
        `row, has_question, resolution, wording` of posts, and `_author`, the account.
    window_s
        The observed period; everything is censored at its end.

    Returns
    -------
    Frame
        One row a turn: `org_ix, person_ix, turn_no, row` (of its first post)`, account_ix` (addressed first)`, at_s,
        root, n_posts, n_units,
        has_question, is_bystander, is_context, reply_row, reply_account_ix, level, latency_s, strict_latency_s,
        live_latency_s` (automatic answers left out)`, cause` (of the first answer; of several in one second, the
        lowest)`, n_too_early`. Latencies and cause are null where nobody answered.
    """
    asked = stream.filter(nw.col("is_approach") == 1)
    crowd = asked.group_by("row").agg(nw.len().alias("n_addressed"))
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
    )
    starts = asked.filter(nw.col("is_start") == 1).select(
        *TURN, "row", "account_ix", "root", "is_context", at_s="created_s"
    )
    turns = engine.materialize(starts.join(sums, on=list(TURN), how="inner"))
    timed = answers.join(turns.select(*TURN, "at_s"), on=list(TURN), how="inner")
    timed = timed.join(marks.select("row", "resolution", "wording"), on="row", how="left")
    timed = engine.materialize(timed.with_columns(_lag=nw.col("created_s") - nw.col("at_s")))
    answered = _first_answers(engine, _with_automatic(engine, timed, marks, definitions), definitions)
    turns = turns.join(answered, on=list(TURN), how="left")
    # A unit whose first post did not address the organization still counts once.
    units = nw.when(nw.col("n_units") < 1).then(1).otherwise(nw.col("n_units"))
    start, _ = window_s
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
        _cause=_cause(),
    )
    if definitions.attribution == "strict":
        usable = usable.filter(nw.col("level") == 0)
    good = engine.materialize(usable.filter(nw.col("_early") == 0))
    first = good.group_by(*TURN).agg(
        nw.col("row").min().alias("reply_row"),
        nw.col("latency_s").min(),
        nw.when(nw.col("level") == 0).then(nw.col("latency_s")).min().alias("strict_latency_s"),
        nw.when(nw.col("_auto") == 0).then(nw.col("latency_s")).min().alias("live_latency_s"),
    )
    which = good.select(
        *TURN, nw.col("row").alias("reply_row"), nw.col("account_ix").alias("reply_account_ix"), "level"
    )
    same = good.join(first.select(*TURN, _first="latency_s"), on=list(TURN), how="inner")
    same = same.filter(nw.col("latency_s") == nw.col("_first"))
    causes = same.group_by(*TURN).agg(nw.col("_cause").min().alias("cause"))
    first = first.join(which, on=[*TURN, "reply_row"], how="left").join(causes, on=list(TURN), how="left")
    counts = usable.group_by(*TURN).agg(nw.col("_early").sum().alias("n_too_early"))
    return counts.join(first, on=list(TURN), how="left")


def _cause() -> nw.Expr:
    cause = nw.lit(_CAUSE_OF["acknowledge"])
    for name, number in _CAUSE_OF.items():
        cause = nw.when(nw.col("resolution") == name).then(number).otherwise(cause)
    return cause
