"""What is true of a simulated corpus: values that follow from the laws, and counts of what was realized."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .laws import (
    DESTINATIONS,
    REACTIONS,
    OrganizationLaw,
    TownLaw,
    answer_by_kind,
    later_reactions,
    reactions_by_kind,
)
from .roster import Roster

__all__ = ["ACCOUNTABILITY_WEIGHTS", "Truth", "complete_contact_s", "law_table", "long_table"]

HOUR = 3_600
#: How little a destination lets the public see (0 all, 1 nothing), in the order of DESTINATIONS.
ACCOUNTABILITY_WEIGHTS = (0.9, 1.0, 1.0, 1.0, 1.0, 0.25, 0.5)
#: Numbers of the law that stand in the truth as they are.
_COPIED = ("template_share", "p_return", "p_return_deflect", "p_return_clarify", "p_fulfill", "care_takeover")
_DUE = "turns that began at least seven days before the end"
_REPLIED = "episodes with a reply"
_COMPLETE = "complete contacts: tail_days covers the longest contact"


@dataclass(frozen=True, slots=True)
class Truth:
    """What a simulation knows about the corpus it made.

    Attributes
    ----------
    organizations
        One row an organization: the law in force and the realized counts.
    accounts
        One row an organization's account.
    long
        `organization, parameter, value, condition`: population values known exactly, under the names of the metrics
        they belong to.
    labels
        One row a post: what it is by construction.
    turns
        One row a turn owed: when it began, whether, when and how it was answered.
    design
        The arguments and settings of the simulation.
    """

    organizations: pd.DataFrame
    accounts: pd.DataFrame
    long: pd.DataFrame
    labels: pd.DataFrame
    turns: pd.DataFrame
    design: dict[str, object] = field(default_factory=dict)


def complete_contact_s(law: OrganizationLaw, town: TownLaw) -> int:
    """Return how long a contact can last, in seconds."""
    return town.rounds * (law.max_delay_s + 12 * HOUR) + law.max_delay_s + 60 * HOUR


def first_reactions(law: OrganizationLaw, town: TownLaw) -> np.ndarray:
    """Return the shares of `REACTIONS` among first reactions, over all kinds of approach."""
    kinds = np.array([town.question_share, town.complaint_share, town.praise_share])
    mass = (kinds * answer_by_kind(law, town)) @ reactions_by_kind(law)
    return mass / mass.sum()


def replies_per_contact(law: OrganizationLaw, town: TownLaw) -> float:
    """Return the expected number of an organization's replies in a complete contact, kept promises included."""
    state = first_reactions(law, town) * law.p_answer
    back = np.array(law.returns)
    total = 0.0
    for _ in range(town.rounds + 1):
        total += state.sum() + state[REACTIONS.index("escalate")] * law.p_fulfill
        state = (state * back * law.p_answer) @ later_reactions()
    return float(total)


def chases(law: OrganizationLaw, town: TownLaw) -> np.ndarray:
    """Return the probability that a turn is chased at least j times, j = 1, 2, ...

    The j-th chase comes after the sum of j uniform waits; it is posted if all coins fell and the turn is still
    unanswered then.
    """
    density, step = np.array([1.0]), 30.0
    grid = np.full(int(9 * HOUR / step), step / (9 * HOUR))
    chances = []
    for j in range(1, town.max_chases + 1):
        density = np.convolve(density, grid)
        waits = j * 2 * HOUR + (np.arange(len(density)) + j / 2) * step
        answered = law.p_answer * float(density @ law.delay.cdf(waits))
        chances.append(town.chase_share**j * (1 - answered))
    return np.array(chances)


def latency_truth(law: OrganizationLaw) -> dict[str, float]:
    """Return what follows from the answer probability and the delay on the calendar; minutes for durations."""
    delay = law.delay
    spans = {"15min": HOUR // 4, "1h": HOUR, "24h": 24 * HOUR}
    within = {name: law.p_answer * float(delay.cdf(seconds)) for name, seconds in spans.items()}
    values = {f"answered_within_{name}": share for name, share in within.items()}
    values |= {"response_rate_1h": within["1h"], "response_rate_24h": within["24h"]}
    values["latency_rmst_24h"] = (24 * HOUR - law.p_answer * float(delay.area(24 * HOUR))) / 60
    if law.p_answer > 0.5:
        values["latency_median"] = float(delay.quantile(0.5 / law.p_answer)) / 60
    return values


def law_table(roster: Roster) -> pd.DataFrame:
    """Put the laws of all organizations in one table, a row each."""
    rows = []
    for o, (sheet, law) in enumerate(zip(roster.sheets, roster.laws, strict=True)):
        by_kind, first = answer_by_kind(law, roster.town), first_reactions(law, roster.town)
        row: dict[str, object] = {"organization": sheet.name, "slug": sheet.slug, "sector": sheet.sector}
        row |= {"strategy": law.strategy, "hours": law.hours or "always", "p_answer": law.p_answer}
        row |= {"p_answer_praise": float(by_kind[2]), "p_answer_other": float(by_kind[0])}
        row |= {"person_correlation": roster.town.person_sd**2}
        row |= {"delay_clock": "opening time" if law.hours else "calendar"}
        row |= {"delay_median_min": float(law.delay.quantile(0.5)) / 60, "delay_sigma": law.delay_sigma}
        row |= dict(zip((f"p_first_{name}" for name in REACTIONS), first.tolist(), strict=True))
        row |= dict(zip((f"destination_{name}" for name in DESTINATIONS), roster.destination_weights(o), strict=True))
        row |= {name: getattr(law, name) for name in _COPIED}
        row["replies_per_contact"] = replies_per_contact(law, roster.town)
        rows.append(row)
    return pd.DataFrame(rows)


def long_table(roster: Roster, organizations: pd.DataFrame) -> pd.DataFrame:
    """List the population values that are known exactly, with the condition under which they are."""
    rows = []
    for o, law in enumerate(roster.laws):
        parts = [(_DUE, _answer_truth(law, roster.town)), (_REPLIED, _deflection_truth(roster, o))]
        if roster.town.tail_days * 24 * HOUR >= complete_contact_s(law, roster.town):
            expected = float(organizations["broadcast_share_expected"].iloc[o])
            parts.append((_COMPLETE, _complete_truth(law, roster.town, expected)))
        name = organizations["organization"].iloc[o]
        rows += [(name, parameter, value, condition) for condition, part in parts for parameter, value in part.items()]
    return pd.DataFrame(rows, columns=["organization", "parameter", "value", "condition"])


def _answer_truth(law: OrganizationLaw, town: TownLaw) -> dict[str, float]:
    """Return what is true of turns; what hangs on the calendar only without opening hours."""
    values = {"response_rate": law.p_answer, "response_rate_strict": law.p_answer, "silence_rate": 1 - law.p_answer}
    if not law.hours:
        chased = chases(law, town)
        values |= latency_truth(law)
        values |= {"chase_rate": float(chased[:1].sum()), "chases_per_turn": float(chased.sum())}
    return values


def _complete_truth(law: OrganizationLaw, town: TownLaw, broadcast: float) -> dict[str, float]:
    """Return what is true when no contact is cut by the end of the window."""
    values = {"deflection_rate_all": law.p_answer * float(first_reactions(law, town)[0])}
    return values | {"broadcast_index": broadcast, "broadcast_strategy_score": broadcast * (1 - law.p_answer)}


def _deflection_truth(roster: Roster, o: int) -> dict[str, float]:
    law = roster.laws[o]
    first = float(first_reactions(law, roster.town)[0])
    weights = roster.destination_weights(o)
    values = {"deflection_first_rate": first, "deflection_rate": first}
    if first > 0:
        values |= {f"destination_{name}_share": float(w) for name, w in zip(DESTINATIONS, weights, strict=True)}
        values["accountability_loss"] = float(weights @ np.array(ACCOUNTABILITY_WEIGHTS))
    return values
