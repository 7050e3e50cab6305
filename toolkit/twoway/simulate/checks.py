"""Which numbers a law may hold."""

from __future__ import annotations

from ..errors import TwowayError, unknown_name
from .delay import HOURS
from .laws import DESTINATIONS, OrganizationLaw, TownLaw

__all__ = ["check_law", "check_town"]

_LAW_PROBABILITIES = (
    "p_answer", "deflect", "clarify", "acknowledge", "escalate", "praise_acknowledge", "template_share", "p_return",
    "p_return_deflect", "p_return_clarify", "p_fulfill", "directed_share", "repost_share", "thread_share",
    "care_takeover",
)  # fmt: skip
_TOWN_PROBABILITIES = (
    "question_share", "complaint_share", "praise_share", "mention_share", "reply_share", "chase_share", "split_share",
    "second_share", "chat_share", "orphan_share", "deleted_share",
)  # fmt: skip


def check_law(law: OrganizationLaw) -> OrganizationLaw:
    """Refuse a law that no organization could follow.

    Raises
    ------
    TwowayError
        If a probability, a sum of probabilities, a duration or a weight is out of range.
    UnknownName
        If the opening hours have no such name.
    """
    _check_between(law, _LAW_PROBABILITIES, 0.0, 1.0)
    _check_between(law, ("delay_median_min", "delay_sigma"), 1e-6, 1e9)
    _check_between(law, ("initiatives_per_week", "approaches_per_week"), 0.0, 1e6)
    total = law.clarify + law.acknowledge + law.escalate
    if total > 1 + 1e-9:
        msg = f"clarify, acknowledge and escalate add up to {total:.3f}. They were given as parameters. Give at most 1."
        raise TwowayError(msg)
    if len(law.destinations) != len(DESTINATIONS) or min(law.destinations) < 0 or sum(law.destinations) <= 0:
        msg = f"destinations={law.destinations} are not weights. They were given as a parameter. "
        msg += f"Give {len(DESTINATIONS)} numbers from 0 up, for {', '.join(DESTINATIONS)}."
        raise TwowayError(msg)
    if law.hours not in {"", *HOURS}:
        raise unknown_name(law.hours, ["", *HOURS], "name of opening hours")
    return law


def check_town(town: TownLaw) -> TownLaw:
    """Refuse a law that no town could follow.

    Raises
    ------
    TwowayError
        If a number is out of range.
    """
    _check_between(town, _TOWN_PROBABILITIES, 0.0, 1.0)
    _check_between(town, ("person_sd",), 0.0, 0.99)
    _check_between(town, ("max_chases",), 0, 2)
    _check_between(town, ("rounds",), 0, 10)
    _check_between(town, ("n_partners", "n_bots"), 0, 99)
    _check_between(town, ("tail_days", "spread", "talk_per_approach", "reposts_per_initiative"), 0.0, 1e6)
    _check_between(town, ("activity_tail",), 0.1, 1e3)
    return town


def _check_between(law: OrganizationLaw | TownLaw, names: tuple[str, ...], least: float, most: float) -> None:
    for name in names:
        value = getattr(law, name)
        if not least <= value <= most:
            msg = f"{name}={value} is out of range. It was given as a parameter. "
            msg += f"Give a number from {least:g} to {most:g}."
            raise TwowayError(msg)
