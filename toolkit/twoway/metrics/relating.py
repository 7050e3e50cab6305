"""Whether talk lasts: people who come back, who give up, and who get most of the replies (B10, C11)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..inference.results import Interval
from .kinds import Ratio, Survival
from .registry import metric

DAY = 86_400.0

_BOND: dict[str, Any] = {"table": "bonds", "catalog": "C11", "references": ("Avidar13",), "direction": "+"}
_NEW = (
    "no person's first exchange begins 90 days after the window's start and 30 before its end (Definitions.wash_in_s,"
    " follow_up_s)"
)
_STAND_IN = (
    "a question stands in for a complaint, of which there are no labels: a complaint need not hold a question mark"
)
_CAUSES = "people also come back because nothing was solved: see returning_without_question_share"


@metric(
    **_BOND,
    formula=r"R_2 = \frac{|\{x : \text{mutual episodes} \ge 7\,\mathrm{d}\ \text{apart}\}|}"
    r"{|\{x : \text{new, watched}\}|}",
    undefined=_NEW,
    misleads=_CAUSES,
)
def returning_share() -> Ratio:
    """Share of new persons who, after an exchange with the organization, have another a week or more later."""
    return Ratio("returned", "is_watched")


@metric(
    **_BOND,
    formula=r"\frac{|\{x\ \text{returned} : \text{no question in later episodes}\}|}{|\{x\ \text{returned}\}|}",
    undefined="nobody returned",
    misleads=_STAND_IN,
    needs=("text",),
    min_n=10,
)
def returning_without_question_share() -> Ratio:
    """Share of those who returned who did so without a question."""
    return Ratio("returned_unasked", "returned")


@metric(
    **_BOND,
    formula=r"\frac{\sum_{x\ \text{regular}} n_{a \to x}}{\sum_x n_{a \to x}}",
    undefined="the organization replied to nobody",
    misleads="longer windows make more regulars; " + _CAUSES,
)
def regulars_reply_share() -> Ratio:
    """Share of the organization's units in episodes that go to persons with exchanges a week or more apart."""
    return Ratio("n_to_regulars", "n_replies")


@metric(
    **_BOND,
    formula=r"\frac{\sum_{x\ \text{regular, no question in later episodes}} n_{a \to x}}{\sum_x n_{a \to x}}",
    undefined="the organization replied to nobody",
    misleads=_STAND_IN,
    needs=("text",),
)
def regulars_without_question_reply_share() -> Ratio:
    """Share of the organization's units in episodes that go to persons who came back without a question."""
    return Ratio("n_to_regulars_unasked", "n_replies")


@metric(
    **_BOND,
    formula=r"\frac{|\{\text{mutual episodes with regulars without a question}\}|}"
    r"{|\{\text{mutual episodes with regulars}\}|}",
    undefined="nobody has two exchanges a week or more apart",
    misleads=_STAND_IN,
    needs=("text",),
)
def repeat_episodes_without_question_share() -> Ratio:
    """Share of the exchanges with persons who come back in which they asked no question."""
    return Ratio("n_repeats_unasked", "n_repeats")


_LASTS: dict[str, Any] = {
    **_BOND,
    "unit": "days",
    "span": (0.0, float("inf")),
    "formula": r"\min\{t : \hat S(t) \le .5\},\ t\ \text{from the first mutual exchange to the last before 90 days of"
    r" silence}",
    "undefined": "no person's first exchange begins 90 days after the window's start and 90 before its end"
    " (Definitions.wash_in_s, silence_end_s)",
}


@metric(**{**_LASTS, "table": "relationships"}, misleads="0 where most people come once; " + _CAUSES)
def relationship_days_median() -> Survival:
    """Days by which half of the relationships had their last exchange, those that go on counted as such.

    A relationship ends before its first silence of more than 90 days, also if the person comes again later.
    """
    return _median()


@metric(**{**_LASTS, "table": "relationships_asked"}, misleads=_STAND_IN, needs=("text",))
def relationship_days_median_question() -> Survival:
    """Days by which half of the relationships that began with a question had their last exchange."""
    return _median()


@metric(**{**_LASTS, "table": "relationships_unasked"}, misleads=_STAND_IN, needs=("text",))
def relationship_days_median_no_question() -> Survival:
    """Days by which half of the relationships that began without a question had their last exchange."""
    return _median()


def _median() -> Survival:
    return Survival(lambda curve, _: _days(curve.quantile(0.5)), scale=1 / DAY)


def _days(interval: Interval) -> Interval:
    return replace(interval, value=interval.value / DAY, low=interval.low / DAY, high=interval.high / DAY)


@metric(
    table="given_up",
    catalog="B10",
    direction="-",
    references=("Her19",),
    traits=("response",),
    horizon="give_up_s",
    formula=r"\hat S(90\,\mathrm{d}),\ t\ \text{from the first unanswered turn to the next turn}",
    undefined="nobody was left unanswered, or nobody unanswered was watched for 90 days (Definitions.give_up_s)",
    misleads="people who got help elsewhere fall silent too",
)
def give_up_share() -> Survival:
    """Share of persons left unanswered who do not ask the organization again within 90 days, by Kaplan-Meier.

    Asking again means a further turn owed, by any account of the organization. Posts that only repeat the unanswered
    turn are counted by chase_rate; a person who chases and then falls silent has given up.
    """
    return Survival(lambda curve, d: curve.at(float(d.give_up_s)))
