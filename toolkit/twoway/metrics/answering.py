"""How accounts answer: rate, speed, and being ignored (B1, B2, B10)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..inference.results import Interval
from .kinds import Ratio, Survival
from .registry import metric

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0

_RATE: dict[str, Any] = {
    "table": "received",
    "catalog": "B1",
    "direction": "+",
    "references": ("Avidar13", "EinSte15", "Gun18"),
    "traits": ("response", "diluted"),
    "undefined": "no turn was owed early enough to be judged",
    "horizon": "horizon_s",
}
_RATE_MISLEADS = (
    "collections made from the answers hold answered threads only; answers in private and deleted posts look like"
    " silence"
)


@metric(
    **_RATE,
    formula=r"\frac{|\{t \in R_a : t\ \text{answered within}\ H\}|}{|\{t \in R_a : t\ \text{due}\}|}",
    misleads=_RATE_MISLEADS,
)
def response_rate() -> Ratio:
    """Share of turns owed that the account's organization answered within the horizon."""
    return Ratio("is_answered_in_time", "is_due", high_num="high")


@metric(
    **{**_RATE, "horizon": DAY},
    formula=r"\frac{|\{t : T_t \le 24\,\mathrm{h}\}|}{|\{t\ \text{due at 24 h}\}|}",
    misleads=_RATE_MISLEADS,
)
def response_rate_24h() -> Ratio:
    """Share of turns owed that were answered within 24 hours."""
    return Ratio("is_answered_24h", "is_due_24h", high_num="high_24h")


@metric(
    **{**_RATE, "horizon": HOUR},
    formula=r"\frac{|\{t : T_t \le 1\,\mathrm{h}\}|}{|\{t\ \text{due at 1 h}\}|}",
    misleads=_RATE_MISLEADS,
)
def response_rate_1h() -> Ratio:
    """Share of turns owed that were answered within an hour."""
    return Ratio("is_answered_1h", "is_due_1h", high_num="high_1h")


@metric(
    **{**_RATE, "traits": ("response", "diluted", "strict")},
    needs=("parent_id",),
    formula=r"\frac{|\{t : \exists b,\ \mathrm{parent}(b) \in t,\ T \le H\}|}{|\{t\ \text{due}\}|}",
    misleads=(
        "answers given by mention, and replies to posts that are missing, do not count: a lower limit where parents"
        " are missing"
    ),
)
def response_rate_strict() -> Ratio:
    """Share of turns owed that were answered through the reply function, within the horizon."""
    return Ratio("is_answered_strict", "is_due", high_num="high_strict")


@metric(
    **{**_RATE, "undefined": "no turn with a question was owed"},
    needs=("text",),
    formula=r"RR_a(H)\ \text{over turns with a question}",
    misleads="finds question marks, so questions without one are left out",
)
def response_rate_questions() -> Ratio:
    """Share of turns owed with a question that were answered within the horizon."""
    return Ratio("question_answered", "question_due", high_num="high_questions")


@metric(
    **{**_RATE, "table": "persons", "undefined": "nobody addressed the account early enough"},
    formula=r"\frac{|\{x : x\ \text{answered at least once}\}|}{|\{x : x\ \text{approached}\}|}",
    misleads="one answer to a person who asked ten times counts as answered",
)
def person_response_rate() -> Ratio:
    """Share of persons who approached the account that were answered at least once within the horizon."""
    return Ratio("is_answered", "one", high_num="high")


_WAIT: dict[str, Any] = {
    "table": "waiting",
    "catalog": "B2",
    "references": ("KapMei58", "EinSte15"),
    "traits": ("response",),
    "undefined": "nobody addressed the account",
}
_WAIT_MISLEADS = (
    "autoresponders answer within a minute; deleted questions leave the collection more often when they were complaints"
)


@metric(
    **{**_WAIT, "traits": ("response", "delayed")},
    direction="-",
    unit="minutes",
    span=(0.0, float("inf")),
    formula=r"\min\{t : \hat S_a(t) \le .5\}",
    misleads="undefined, not large, where fewer than half were answered; " + _WAIT_MISLEADS,
)
def latency_median() -> Survival:
    """Minutes by which half of all turns owed were answered, the unanswered counted as still waiting.

    Where the curve stands at one half exactly, it is the middle of that stretch, as in R.
    """
    return Survival(lambda curve, _: _minutes(curve.quantile(0.5)), scale=1 / MINUTE)


@metric(
    **{**_WAIT, "traits": ("response", "diluted")},
    direction="+",
    horizon=15 * MINUTE,
    formula=r"1 - \hat S_a(15\,\mathrm{min})",
    misleads=_WAIT_MISLEADS,
)
def answered_within_15min() -> Survival:
    """Share of turns owed answered within 15 minutes, by Kaplan-Meier."""
    return Survival(lambda curve, _: curve.event_share_at(15 * MINUTE))


@metric(
    **{**_WAIT, "traits": ("response", "diluted")},
    direction="+",
    horizon=HOUR,
    formula=r"1 - \hat S_a(1\,\mathrm{h})",
    misleads=_WAIT_MISLEADS,
)
def answered_within_1h() -> Survival:
    """Share of turns owed answered within an hour, by Kaplan-Meier."""
    return Survival(lambda curve, _: curve.event_share_at(HOUR))


@metric(
    **{**_WAIT, "traits": ("response", "diluted")},
    direction="+",
    horizon=DAY,
    formula=r"1 - \hat S_a(24\,\mathrm{h})",
    misleads=_WAIT_MISLEADS,
)
def answered_within_24h() -> Survival:
    """Share of turns owed answered within 24 hours, by Kaplan-Meier."""
    return Survival(lambda curve, _: curve.event_share_at(DAY))


@metric(
    **{**_WAIT, "traits": ("response", "delayed")},
    direction="-",
    unit="minutes",
    span=(0.0, 1_440.0),
    scales_with="rmst_s",
    horizon="rmst_s",
    formula=r"\int_0^{24\,\mathrm{h}} \hat S_a(t)\,dt",
    misleads="a mean over a day: it does not tell one long wait from many short ones; " + _WAIT_MISLEADS,
)
def latency_rmst_24h() -> Survival:
    """Mean minutes of waiting within the first 24 hours (restricted mean), the unanswered included.

    24 hours is the default of the setting `rmst_s`; with another one the mean looks, and reaches, as far as that.
    """
    return Survival(lambda curve, d: _minutes(curve.rmst(float(d.rmst_s))))


def _minutes(interval: Interval) -> Interval:
    """Rescale an interval in seconds."""
    return replace(
        interval,
        value=interval.value / MINUTE,
        low=interval.low / MINUTE,
        high=interval.high / MINUTE,
        se=interval.se / MINUTE,
    )


_LIVE: dict[str, Any] = {**{**_WAIT, "traits": ("response", "delayed")}, "table": "live_waiting", "needs": ("text",)}
_AUTOMATIC = (
    "an answer within a minute in words the account used three times is taken to be automatic: a person with a"
    " formula at hand may be as quick"
)


@metric(
    **{**_LIVE, "traits": ("response", "delayed")},
    direction="-",
    unit="minutes",
    span=(0.0, float("inf")),
    formula=r"\min\{t : \hat S_a(t) \le .5\}\ \text{without automatic answers}",
    misleads=_AUTOMATIC,
)
def latency_median_no_auto() -> Survival:
    """Minutes by which half of all turns owed were answered by what is no automatic reply."""
    return Survival(lambda curve, _: _minutes(curve.quantile(0.5)), scale=1 / MINUTE)


@metric(
    **{**_LIVE, "traits": ("response", "diluted")},
    direction="+",
    horizon=15 * MINUTE,
    formula=r"1 - \hat S_a(15\,\mathrm{min})\ \text{without automatic answers}",
    misleads=_AUTOMATIC,
)
def answered_within_15min_no_auto() -> Survival:
    """Share of turns owed answered within 15 minutes by what is no automatic reply, by Kaplan-Meier."""
    return Survival(lambda curve, _: curve.event_share_at(15 * MINUTE))


_IGNORED: dict[str, Any] = {
    "table": "received",
    "catalog": "B10",
    "direction": "-",
    "references": ("Her19",),
    "traits": ("response",),
    "undefined": "nobody addressed the account",
}


@metric(
    **_IGNORED,
    formula=r"\frac{|\{t \in R_a : \text{posts before the first reply} \ge 2\}|}{|R_a|}",
    misleads="people who split a message without threading it look impatient",
)
def chase_rate() -> Ratio:
    """Share of turns owed in which the person had to ask more than once before the first reply."""
    return Ratio("is_chased", "one", low_num="low_chased", bound_den="most_turns")


@metric(
    **_IGNORED,
    unit="posts",
    span=(0.0, float("inf")),
    formula=r"\frac{\sum_t (\text{posts}_t - 1)}{|R_a|}",
    misleads="a few persistent people carry it",
)
def chases_per_turn() -> Ratio:
    """Mean number of further posts a person made in one turn owed before being answered."""
    return Ratio("n_chases", "one", share=False, low_num="low_chases", bound_den="most_turns")


@metric(
    **{**_IGNORED, "table": "persons", "undefined": "no person had two turns owed early enough"},
    horizon="horizon_s",
    formula=r"\frac{|\{x : n_x \ge 2,\ k_x = 0\}|}{|\{x : n_x \ge 2\}|}",
    misleads="rests on the people who came back, not on those who gave up at once",
)
def ignored_twice_share() -> Ratio:
    """Share of persons with two or more separate turns owed who were never answered within the horizon."""
    return Ratio("is_ignored_twice", "has_two", low_num="low_ignored_twice")
