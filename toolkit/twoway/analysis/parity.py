"""Criticism and praise in the same vein: `tw.parity`, a test of equality with its sensitivity (B14, B15)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import TwowayError, unknown_name
from ..inference.differences import tost_level
from ..inference.parity_effects import log_odds_difference, share_difference
from ..inference.parity_test import shuffled_p, verdict_of
from ..inference.results import Interval
from ..inference.survival import clustered_kaplan_meier
from ..metrics.marks import WEEK
from ..metrics.prepared import Grouping, prepare
from ..talks import answering_flags, reading_flags, talk_of, with_flags
from .parity_adjusted import odds_ratios, shares_apart, speed_apart, turns_alike
from .parity_result import Parity

__all__ = ["parity"]

#: What may be compared, and among which turns (None: all that are due).
OUTCOMES = {"answered": None, "deflected": "is_told", "substantive": "is_told", "latency": None}

#: Ratios of hazards within these do not matter.
SPEED_MARGIN = (0.8, 1.25)

_COLUMN = {"answered": "is_answered", "deflected": "deflected", "substantive": "substantive"}


def parity(
    talk: Any,
    outcome: str = "answered",
    by: str = "organization",
    delta: float = 0.10,
    *,
    mixed: str = "criticism",
    questions_only: bool = False,
    n_shuffles: int = 999,
    seed: int = 0,
) -> Parity:
    """Test whether criticism and praise are treated in the same vein.

    To claim equality takes a test of equality: the two are called equivalent only if the 90 % interval of what sets
    them apart lies within a margin (two one-sided tests at 5 %).

    Praise asks less often than criticism, and what asks nothing needs no answer. So both are also compared among turns
    alike: of those kinds (asks or not, addresses one organization or several) in which at least five critics and five
    admirers wrote. For either, a logistic regression on kind and length says how likely an answer is; averaged over
    all these turns, they give two shares and their difference (g-computation). Waits are compared within such kinds
    and among turns of equal length. Persons are the clusters of all intervals.

    Parameters
    ----------
    talk
        From `annotate`.
    outcome
        `"answered"` (within the horizon), `"deflected"` or `"substantive"` (of what was answered), or `"latency"`
        (ratio of hazards, with a margin of 0.8 to 1.25).
    by
        `"account"`, `"organization"`, `"role"`, `"month"` or `"corpus"`.
    delta
        The largest difference of shares that does not matter.
    mixed
        Where posts that hold both belong: `"criticism"`, or `"dropped"`.
    questions_only
        Whether only turns that ask something count: praise often needs no answer.
    n_shuffles
        Shuffles of tone within a person's week.
    seed
        Of the shuffles.

    Returns
    -------
    Parity
        One row a unit.

    Raises
    ------
    SchemaError
        If it is given no talk.
    UnknownName
        If outcome, level or the place of mixed posts is not known.
    TwowayError
        If delta is not between 0 and 1.

    Notes
    -----
    Limits of odds ratios take into account that each person pulls the fit towards itself (Mancl and DeRouen), and use
    Student's t, so they are wider than plain ones: 60 of 100 against 30 of 60, each by another person, have an odds
    ratio of 1.5 with limits of 0.777 and 2.894, and of 0.787 and 2.859 without the correction.

    References
    ----------
    Newcombe 1998; Schuirmann 1987; Liang & Zeger 1986; Mancl & DeRouen 2001; Robins 1986; Crump et al. 2009.

    Examples
    --------
    >>> import twoway as tw
    >>> found = tw.parity(tw.annotate(tw.load_corpus("town_square")), by="corpus")
    >>> sorted(set(found.table["verdict"]) - {"equivalent", "different", "inconclusive", "undefined"})
    []
    """
    talk = talk_of(talk, "parity")
    if outcome not in OUTCOMES:
        raise unknown_name(outcome, OUTCOMES, "outcome of parity")
    if mixed not in {"criticism", "dropped"}:
        raise unknown_name(mixed, ("criticism", "dropped"), "place of mixed posts in parity")
    if not 0 < delta < 1:
        msg = f"delta={delta!r} is no margin of shares. It was given to parity. Give a number between 0 and 1."
        raise TwowayError(msg)
    grouping = Grouping(talk, by)
    turns = _turns(talk, grouping, outcome, is_dropped=mixed == "dropped", questions_only=questions_only)
    shares = _collected(talk, "amplified", grouping) if _knows_shares(talk) else None
    rng = np.random.default_rng(seed)
    rows = []
    for unit, name in grouping.unit_names().items():
        mine = turns[turns["unit"] == unit]
        row = _row(mine, outcome, delta, talk.definitions.level, n_shuffles, rng)
        loud = None if shares is None else _amplification(shares[shares["unit"] == unit], talk.definitions.level)
        rows.append({"unit_id": name, **row, **_quadrant(loud, row, delta, outcome)})
    flags = (*answering_flags(talk), *reading_flags(talk))
    return Parity(with_flags(pd.DataFrame(rows), flags), outcome, by, delta, flags, talk.definitions.level)


def _collected(talk: Any, table: str, grouping: Grouping) -> pd.DataFrame:
    return talk.engine.collect(prepare(talk, table, grouping)).to_pandas()


def _knows_shares(talk: Any) -> bool:
    return any(talk.corpus.knows(column) for column in ("repost_of_id", "quote_of_id"))


def _turns(talk: Any, grouping: Grouping, outcome: str, *, is_dropped: bool, questions_only: bool) -> pd.DataFrame:
    """Give the turns that are compared."""
    turns = _collected(talk, "toned_raced" if outcome == "latency" else "toned", grouping)
    turns = turns[turns["is_critical"] + turns["is_praising"] > 0]
    if is_dropped:
        turns = turns[turns["is_mixed"] == 0]
    if questions_only:
        turns = turns[turns["has_question"] == 1]
    among = OUTCOMES[outcome]
    return turns if among is None else turns[turns[among] == 1]


def _row(
    turns: pd.DataFrame, outcome: str, delta: float, level: float, n_shuffles: int, rng: np.random.Generator
) -> dict[str, Any]:
    critical = turns["is_critical"].to_numpy(dtype=float)
    counts = {"n_criticism": int(critical.sum()), "n_praise": int((1 - critical).sum())}
    counts["n_persons"] = int(turns["cluster"].nunique())
    alike = {"n_alike": len(turns_alike(turns))}
    levels = (level, tost_level(level))
    if outcome == "latency":
        medians = {
            "median_criticism": _median_minutes(turns[critical == 1], level),
            "median_praise": _median_minutes(turns[critical == 0], level),
        }
        raw = _limits([speed_apart(turns, at) for at in levels], SPEED_MARGIN, 1.0)
        adjusted = _limits([speed_apart(turns, at, is_adjusted=True) for at in levels], SPEED_MARGIN, 1.0)
        return {**counts, **medians, "effect": "hazard ratio", **raw, **alike, **_adjusted(adjusted)}
    hit = turns[_COLUMN[outcome]].to_numpy(dtype=float)
    given = (hit, critical, 1 - critical, turns["cluster"].to_numpy())
    rates = {"rate_criticism": _mean(hit[critical == 1]), "rate_praise": _mean(hit[critical == 0])}
    raw = _limits([share_difference(*given, at) for at in levels], (-delta, delta), 0.0)
    adjusted = _limits([shares_apart(hit, turns, at) for at in levels], (-delta, delta), 0.0)
    weeks = turns["cluster"].astype(str) + ":" + (turns["at_s"] // WEEK).astype(str)
    p, n_moved = shuffled_p(hit, critical, weeks.to_numpy(), n_shuffles, rng)
    row = {**counts, **rates, "effect": "difference of shares", **raw, **alike, **_adjusted(adjusted)}
    return {**row, **odds_ratios(hit, turns, level), "p_shuffled": p, "n_shuffled": n_moved}


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _limits(both: list[Interval], margin: tuple[float, float], null: float) -> dict[str, Any]:
    wide, narrow = both
    return {
        "value": wide.value,
        "low": wide.low,
        "high": wide.high,
        "low_narrow": narrow.low,
        "high_narrow": narrow.high,
        "margin_low": margin[0],
        "margin_high": margin[1],
        "verdict": verdict_of(wide, narrow, margin, null),
        "method": wide.method,
        "flags": ",".join(wide.flags),
    }


def _adjusted(limits: dict[str, Any]) -> dict[str, Any]:
    return {f"adjusted_{name}": told for name, told in limits.items() if not name.startswith("margin")}


def _median_minutes(turns: pd.DataFrame, level: float) -> float:
    """Give the minutes after which half was answered (Kaplan-Meier); NaN where that was not seen."""
    if turns.empty:
        return float("nan")
    rows = (turns[name].to_numpy() for name in ("time", "event", "cluster"))
    return float(clustered_kaplan_meier(*rows, level=level).quantile(0.5).value) / 60


def _amplification(posts: pd.DataFrame, level: float) -> Interval:
    hit, praising, critical, who = (
        posts[name].to_numpy() for name in ("is_shared", "is_praising", "is_critical", "cluster")
    )
    return log_odds_difference(hit, praising, critical, who, level)


def _quadrant(loud: Interval | None, row: dict[str, Any], delta: float, outcome: str) -> dict[str, Any]:
    """Say whether praise is amplified more, and criticism answered no less: boasting is no harm to who talks."""
    asymmetry = float("nan") if loud is None else loud.value
    if outcome != "answered":
        return {"amplification": asymmetry, "quadrant": ""}
    if np.isnan([asymmetry, row["value"]]).any():
        return {"amplification": asymmetry, "quadrant": "undefined"}
    boasts, talks = asymmetry > 0, row["value"] >= -delta
    names = {(1, 1): "boast but talk", (1, 0): "boast and duck", (0, 1): "talk", (0, 0): "duck"}
    return {"amplification": asymmetry, "quadrant": names[int(boasts), int(talks)]}
