"""Whether accounts ask, and come back to those who answer (A12)."""

from __future__ import annotations

from typing import Any

from .kinds import Ratio
from .registry import metric

_ASK: dict[str, Any] = {"table": "asked", "catalog": "A12", "references": ("KentTay98", "LovSax12"), "direction": "+"}
_RULES = "rests on rules for English wording; a question that a statement follows counts as answered by its own author"


@metric(
    **_ASK,
    needs=("text",),
    traits=("rules",),
    formula=r"\frac{|\{p \in O_a : p\ \text{asks or invites}\}|}{|O_a|}",
    undefined="the account posted no originals",
    misleads="questions that nobody means are cheap: read it with genuine_question_rate; " + _RULES,
    coded="questions.question|invitation|poll",
)
def question_share() -> Ratio:
    """Share of original units with a question to the readers, an invitation to answer, or a poll.

    Rhetorical questions do not count: those that end in ?!, or are followed in the post by their answer or by a link.
    """
    return Ratio("asks", "is_original")


@metric(
    **_ASK,
    needs=("text", "parent_id"),
    traits=("rules", "response", "strict", "conversation"),
    min_n=10,
    horizon="horizon_s",
    formula=r"\frac{|\{q : \text{a person replied, and}\ a\ \text{replied to one, by}\ t_q + H\}|}"
    r"{|\{q : \text{a person replied by}\ t_q + H,\ t_q \le t_1 - H\}|}",
    undefined="no question was answered by anybody, or none early enough to be judged",
    misleads="thanks by a like, or in private, are not seen; " + _RULES,
)
def genuine_question_rate() -> Ratio:
    """Share of questions answered by persons in which the organization came back to one of them, within the horizon."""
    return Ratio("returned", "drew")


@metric(
    **_ASK,
    needs=("text", "parent_id"),
    traits=("rules",),
    formula=r"\frac{|\{p \in R_a : p\ \text{ends in a question}\}|}{|R_a|}",
    undefined="the account replied to nobody outside its organization",
    misleads="asking for a number to be sent in private is a question as well",
    coded="questions.ends_in_question",
)
def reply_question_share() -> Ratio:
    """Share of replies whose last sentence, signature aside, is a question."""
    return Ratio("reply_asks", "is_reply")
