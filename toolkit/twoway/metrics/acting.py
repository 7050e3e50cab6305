"""What accounts do when they talk with persons: dialogue acts, their variety, and asking before answering (B11)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..inference.linearized import variety_interval
from ..inference.results import Interval
from .act_tables import ACTS
from .kinds import Ratio, Smooth
from .registry import metric

_RULES: dict[str, Any] = {
    "catalog": "B11",
    "needs": ("text",),
    "traits": ("rules",),
    "references": ("Oraby17",),
    "min_n": 200,
}
_ACT: dict[str, Any] = {
    **_RULES,
    "table": "acted",
    "undefined": "the account spoke to nobody",
    "misleads": "an act is read from words alone, and one unit can hold several: shares do not add up to 1",
}


def _share(act: str) -> str:
    return rf"\frac{{|\{{u : \text{{{act}}} \in \mathrm{{acts}}(u)\}}|}}{{|\{{u : \text{{unit to a person}}\}}|}}"


@metric(**_ACT, direction="+", formula=_share("answer"), coded="acts.answer")
def act_answer_share() -> Ratio:
    """Share of units to persons that answer: a yes or no in front, or facts and reasons."""
    return Ratio("acts__answer", "one")


@metric(**_ACT, direction="+", formula=_share("suggest action"), coded="acts.suggest_action")
def act_suggest_action_share() -> Ratio:
    """Share of units to persons that tell them what to do or to try."""
    return Ratio("acts__suggest_action", "one")


@metric(**_ACT, direction="+", formula=_share("offer help"), coded="acts.offer_help")
def act_offer_help_share() -> Ratio:
    """Share of units to persons that offer help."""
    return Ratio("acts__offer_help", "one")


@metric(**_ACT, direction="0", formula=_share("promise"), coded="acts.promise")
def act_promise_share() -> Ratio:
    """Share of units to persons that say somebody is at it, or will be."""
    return Ratio("acts__promise", "one")


@metric(**_ACT, direction="0", formula=_share("question"), coded="acts.yes_no_question|wh_question")
def act_question_share() -> Ratio:
    """Share of units to persons that ask a question, of yes or no or an open one."""
    return Ratio("asks", "one")


@metric(**_ACT, direction="0", formula=_share("request info"), coded="acts.request_info")
def act_request_info_share() -> Ratio:
    """Share of units to persons that ask for details."""
    return Ratio("acts__request_info", "one")


@metric(**_ACT, direction="0", formula=_share("apology"), coded="acts.apology")
def act_apology_share() -> Ratio:
    """Share of units to persons that say sorry."""
    return Ratio("acts__apology", "one")


@metric(**_ACT, direction="0", formula=_share("thanks"), coded="acts.thanks")
def act_thanks_share() -> Ratio:
    """Share of units to persons that thank."""
    return Ratio("acts__thanks", "one")


@metric(**_ACT, direction="0", formula=_share("greeting"), coded="acts.greeting")
def act_greeting_share() -> Ratio:
    """Share of units to persons that open with a salutation."""
    return Ratio("acts__greeting", "one")


@metric(**_ACT, direction="0", formula=_share("statement"), coded="acts.statement")
def act_statement_share() -> Ratio:
    """Share of units to persons that state something and do nothing else in that sentence."""
    return Ratio("acts__statement", "one")


@metric(
    **{**_ACT, "misleads": "grows with the number of units until all acts have been seen; variety is not quality"},
    direction="+",
    unit="acts",
    span=(1.0, float(len(ACTS))),
    formula=r"\exp\left(-\sum_j p_j \ln p_j\right),\ p_j\ \text{the share of act}\ j\ \text{in all acts}",
)
def act_diversity() -> Smooth:
    """Number of equally frequent dialogue acts that would be as varied as the account's (Hill number of order 1)."""
    return Smooth(tuple(f"acts__{act}" for act in ACTS), effective_acts, "one", limits=_diversity_limits)


def _diversity_limits(sums: Any, level: float) -> Interval:
    return variety_interval(
        sums, lambda totals: effective_acts(*np.moveaxis(totals, -1, 0)), (1.0, float(len(ACTS))), level
    )


def effective_acts(*counts: Any) -> Any:
    """Give the exponential of the entropy of counts, NaN where there are none.

    Parameters
    ----------
    counts
        One number or array an act.

    Examples
    --------
    >>> float(effective_acts(2, 2, 0)), round(float(effective_acts(3, 1)), 4)
    (2.0, 1.7548)
    """
    n = np.stack(np.broadcast_arrays(*[np.asarray(c, dtype=float) for c in counts]))
    total = n.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = n / total
        entropy = -np.where(p > 0, p * np.log(p), 0.0).sum(axis=0)
    return np.where(total > 0, np.exp(entropy), np.nan)


@metric(
    **{**_RULES, "min_n": 30},
    table="asked_first",
    direction="0",
    formula=r"\frac{|\{u : \text{asks for details, no open answer before it}\}|}{|\{u : \text{unit in an episode}\}|}",
    undefined="the account said nothing in any episode",
    misleads="some matters cannot be answered without details; what counts is whether an answer follows",
)
def request_before_answer_share() -> Ratio:
    """Share of an account's units in episodes that ask for details before anything was answered."""
    return Ratio("asks_first", "one")
