"""The laws a simulated town follows.

Everything random in a simulation is drawn from the numbers in `OrganizationLaw` and `TownLaw`, and every exact truth
is computed from the same numbers, never from the draws. Durations are in seconds unless a name says otherwise.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from .delay import HOURS, Delay

__all__ = [
    "DESTINATIONS",
    "REACTIONS",
    "STRATEGIES",
    "OrganizationLaw",
    "TownLaw",
    "answer_by_kind",
    "later_reactions",
    "reactions_by_kind",
    "strategy_law",
]

STRATEGIES = ("conversational", "deflect", "broadcast", "mixed")
REACTIONS = ("deflect", "clarify", "acknowledge", "escalate", "answer")
DESTINATIONS = ("dm", "phone", "email", "form", "chat", "handle", "page")


@dataclass(frozen=True, slots=True)
class OrganizationLaw:
    """What one organization does: all probabilities are of this organization alone.

    Parameters
    ----------
    strategy
        One of `STRATEGIES`; a label of the design, from which the other numbers were chosen.
    p_answer
        Probability that a turn owed is answered at all, the average over kinds of approach and over persons.
    praise_advantage
        How much likelier praise is answered than questions and complaints; the average stays `p_answer`, and the
        difference is cut where a probability would leave 0 to 1.
    delay_median_min, delay_sigma
        Law of the delay, see `Delay`; minutes of the calendar, or of opening time where `hours` is set.
    hours
        `""`, `"office"` (Monday to Friday, 9 to 18, local time) or `"shop"` (Monday to Saturday, 8 to 18).
    deflect
        Probability that the first reaction to a question or a complaint that is answered is a deflection.
    clarify, acknowledge, escalate
        Probabilities of the other first reactions, given that it is no deflection; the rest are open answers.
    praise_acknowledge
        Probability that answered praise gets thanks only; the rest are open answers. Praise is never deflected.
    destinations
        Weights of `DESTINATIONS` among deflections; `handle` falls to `page` where there is no sister account.
    template_share
        Share of replies other than open answers that come word for word from the organization's own bank.
    p_return, p_return_deflect, p_return_clarify
        Probability that the person writes again after an answer or thanks, a deflection, a question for details.
    p_fulfill
        Probability that an escalation is followed by the answer, 2 to 60 hours later.
    initiatives_per_week, approaches_per_week
        Posts on its own initiative (threads and replies not counted), and contacts that the public opens.
    directed_share
        Share of its own initiatives that address a person: half by mention, half by quoting.
    repost_share
        Share of its own initiatives that are plain reposts.
    thread_share
        Share of its originals that it continues itself within 20 minutes.
    care_takeover
        Share of the turns addressed to the official account that its care account answers.
    """

    strategy: str = "mixed"
    p_answer: float = 0.5
    praise_advantage: float = 0.0
    delay_median_min: float = 180.0
    delay_sigma: float = 1.1
    hours: str = ""
    deflect: float = 0.35
    clarify: float = 0.18
    acknowledge: float = 0.18
    escalate: float = 0.15
    praise_acknowledge: float = 0.7
    destinations: tuple[float, ...] = (0.4, 0.1, 0.12, 0.1, 0.06, 0.1, 0.12)
    template_share: float = 0.35
    p_return: float = 0.25
    p_return_deflect: float = 0.25
    p_return_clarify: float = 0.75
    p_fulfill: float = 0.5
    initiatives_per_week: float = 10.0
    approaches_per_week: float = 14.0
    directed_share: float = 0.08
    repost_share: float = 0.08
    thread_share: float = 0.08
    care_takeover: float = 0.0

    @property
    def delay(self) -> Delay:
        """The law of the delay, on the clock that `hours` names."""
        return Delay(
            self.delay_median_min * 60, self.delay_sigma, HOURS[self.hours].limit_s if self.hours else 48 * 3_600
        )

    @property
    def returns(self) -> tuple[float, ...]:
        """The probability that the person comes back after each of `REACTIONS`; after an escalation people wait."""
        return (self.p_return_deflect, self.p_return_clarify, self.p_return, 0.0, self.p_return)

    @property
    def max_delay_s(self) -> int:
        """The longest possible delay on the calendar: 48 hours, or 72 with opening hours."""
        return 72 * 3_600 if self.hours else 48 * 3_600


@dataclass(frozen=True, slots=True)
class TownLaw:
    """What holds for all organizations and the whole public of a simulation.

    Parameters
    ----------
    person_sd
        How much persons differ in being answered: a person's own probability of an answer to the first turn of a
        contact follows a beta distribution around the mean p with standard deviation `person_sd * sqrt(p (1 - p))`,
        so that `person_sd**2` is the correlation of two such turns of one person to one organization.
    spread
        How much organizations of one strategy differ from one another; 0 gives them the same law.
    rounds
        How many times at most a person comes back in one contact.
    tail_days
        No contact opens in the last so many days; enough of them (see `complete_contact_s`) make every contact
        complete.
    question_share, complaint_share
        What approaches are; the rest are praise.
    mention_share, reply_share
        How they are made; the rest are quotes of an original.
    chase_share, max_chases
        Probability that a person asks again while unanswered, 2 to 11 hours after the last time, and how often at most.
    split_share
        Probability that an opening approach is continued by its author within 10 minutes.
    second_share
        Probability that an opening mention names a second organization as well.
    chat_share
        Probability that another person answers an approach or some talk.
    talk_per_approach, reposts_per_initiative
        Public posts that address nobody, and plain reposts of an organization's posts, in proportion.
    orphan_share
        Replies to posts outside the sample, as a share of the contacts; half by organizations, half by persons.
    deleted_share
        Share of posts by persons whose text is gone.
    activity_tail
        Exponent of the Pareto law of persons' activity; smaller is more unequal.
    n_partners, n_bots
        Partner accounts and bots.
    has_text
        Whether posts have texts; without, the text column is null and only the links and mentions speak.
    """

    person_sd: float = 0.3
    spread: float = 1.0
    rounds: int = 3
    tail_days: float = 0.0
    question_share: float = 0.4
    complaint_share: float = 0.35
    mention_share: float = 0.6
    reply_share: float = 0.32
    chase_share: float = 0.3
    max_chases: int = 2
    split_share: float = 0.08
    second_share: float = 0.03
    chat_share: float = 0.12
    talk_per_approach: float = 0.2
    reposts_per_initiative: float = 0.35
    orphan_share: float = 0.03
    deleted_share: float = 0.01
    activity_tail: float = 1.3
    n_partners: int = 2
    n_bots: int = 1
    has_text: bool = True

    @property
    def praise_share(self) -> float:
        """Share of opening approaches that praise."""
        return round(1 - self.question_share - self.complaint_share, 12)


@lru_cache(maxsize=1)
def _strategies() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files(__package__).joinpath("strategies.toml").read_text(encoding="utf-8"))


def strategy_law(strategy: str, **changes: Any) -> OrganizationLaw:
    """Return the usual law of a strategy, with some numbers changed.

    Examples
    --------
    >>> strategy_law("broadcast", p_answer=0.2).p_answer
    0.2
    """
    usual = {key: tuple(value) if isinstance(value, list) else value for key, value in _strategies()[strategy].items()}
    return OrganizationLaw(strategy=strategy, **{**usual, **changes})


def answer_by_kind(law: OrganizationLaw, town: TownLaw) -> np.ndarray:
    """Return the probabilities of an answer to a question, a complaint, and praise; their average is `p_answer`."""
    p, share = law.p_answer, town.praise_share
    most = min(p / max(share, 1e-9), (1 - p) / max(1 - share, 1e-9))
    least = -min((1 - p) / max(share, 1e-9), p / max(1 - share, 1e-9))
    gain = min(max(law.praise_advantage, least), most)
    other = p - gain * share
    return np.clip([other, other, other + gain], 0.0, 1.0)


def reactions_by_kind(law: OrganizationLaw) -> np.ndarray:
    """Return the law of the first reaction: rows for questions, complaints and praise, columns as in `REACTIONS`."""
    usual = [law.deflect, *((1 - law.deflect) * share for share in (law.clarify, law.acknowledge, law.escalate))]
    praise = [0.0, 0.0, law.praise_acknowledge, 0.0]
    return np.array([[*row, 1 - sum(row)] for row in (usual, usual, praise)])


def later_reactions() -> np.ndarray:
    """Return the law of the next reaction given the last: who deflects goes on deflecting, others never start."""
    return np.array(
        [
            [1.0, 0.0, 0.0, 0.0, 0.0],
            [0.0, 0.0, 0.1, 0.2, 0.7],
            [0.0, 0.0, 0.8, 0.0, 0.2],
            [0.0, 0.0, 0.2, 0.0, 0.8],
            [0.0, 0.0, 0.4, 0.0, 0.6],
        ]
    )
