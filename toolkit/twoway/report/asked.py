"""What a report asks beyond the scorecard: places, first reactions, hours, attention, shifts, chance, dyads.

Each question has a sentence and a picture, or the reason why the corpus cannot answer it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..analysis.attention import attention_by_followers
from ..analysis.census import dyad_census
from ..analysis.competing import cumulative_incidence
from ..analysis.hours import business_latency
from ..analysis.nulls import null_test
from ..analysis.ranking import rank
from ..analysis.shifts import participation_shifts
from ..errors import TwowayError
from ..metrics.registry import get_metric
from .findings import Findings
from .pictures import svg_of
from .progress import Tell, silent
from .reasons import for_readers

__all__ = ["Answer", "answers"]

#: Above so many posts the null models, which draw the corpus anew many times, are left to `tw.null_test`.
MOST_POSTS = 200_000

DRAWS = 100

#: Metrics that mean little unless they are read against chance.
_AGAINST_CHANCE = ("arc_reciprocity", "weighted_reciprocity", "interactive_share", "pshift_abba_share", "h_index_mean")

_SHOWN = 6


@dataclass(frozen=True)
class Answer:
    """One question of a report.

    Attributes
    ----------
    id, title, about
        Name, heading, and how to read it.
    sentences, more
        Findings in words: the first few, and the rest to unfold.
    figure
        SVG, or empty.
    reason
        Why there is no answer; empty where there is one.
    """

    id: str
    title: str
    about: str
    sentences: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    figure: Any = ""
    reason: str = ""


def _places(metric: str) -> Callable[[Findings], Any]:
    return lambda found: rank(found.card, metric)


def _chance(found: Findings) -> Any:
    if found.talk.corpus.n_posts > MOST_POSTS:
        msg = (
            f"The corpus has more than {MOST_POSTS:,} posts, so the null models were not run. They stand in the report"
            " of chance. Call tw.null_test(talk, metrics)."
        )
        raise TwowayError(msg)
    return null_test(found.talk, list(_AGAINST_CHANCE), draws=DRAWS, progress=False)


_QUESTIONS: tuple[tuple[str, str, str, Callable[[Findings], Any]], ...] = (
    (
        "places-latency",
        "Who answers sooner",
        "The places each organization can have by its mean wait within 24 hours, the unanswered included, right for all"
        " at once. Where bars overlap the order is not known.",
        _places("latency_rmst_24h"),
    ),
    (
        "places-response",
        "Who answers more",
        "The same by the share of turns owed that were answered.",
        _places("response_rate"),
    ),
    (
        "incidence",
        "Answered or deflected first",
        "What the first reaction to a turn was, and when: shares of all turns owed, those never answered included.",
        lambda found: cumulative_incidence(found.talk),
    ),
    (
        "clock",
        "Waits by the clock",
        "Opening hours are those in which an organization speaks to people, unless they are stated.",
        lambda found: business_latency(found.talk),
    ),
    (
        "attention",
        "Attention by followers",
        "Whether people with more followers are answered more often; all organizations together.",
        lambda found: attention_by_followers(found.talk),
    ),
    (
        "shifts",
        "Who takes the floor next",
        "Thirteen ways in which one turn follows another, all conversations together.",
        lambda found: participation_shifts(found.talk, by="corpus"),
    ),
    (
        "chance",
        "Against chance",
        "Values beside what they would be if arcs, speakers or trees were drawn at random with all activity kept.",
        _chance,
    ),
    (
        "census",
        "Who addresses whom",
        "Posts from each group of accounts to each other, by reply or mention.",
        lambda found: dyad_census(found.talk),
    ),
)


def answers(found: Findings, tell: Tell = silent) -> list[Answer]:
    """Ask all questions of a corpus.

    Parameters
    ----------
    found
        From `find`.
    tell
        Called with the heading of each question that was asked.

    Returns
    -------
    list of Answer
        One a question, also where the corpus cannot answer it.
    """
    out = []
    for question in _QUESTIONS:
        out.append(_answer(found, *question))
        tell(question[1])
    return out


def _answer(found: Findings, name: str, title: str, about: str, ask: Callable[[Findings], Any]) -> Answer:
    try:
        result = ask(found)
        if not len(result.table):
            return Answer(name, title, about, reason=_NOTHING.get(name, _NOTHING[""]))
        lines = _sentences(result)
        figure = svg_of(name, result.plot)
    except TwowayError as error:
        return Answer(name, title, about, reason=for_readers(str(error)))
    return Answer(name, title, about, lines[:_SHOWN], lines[_SHOWN:], figure)


_NOTHING = {
    "": "No post of the collection belongs to this question.",
    "incidence": "Nobody addressed a measured account, so no turn was owed.",
    "clock": "Nobody addressed a measured account, so nobody waited.",
    "shifts": "No conversation has two turns in a row that could be told apart: the posts have no reply links, or"
    " nobody replied.",
}


def _sentences(result: Any) -> tuple[str, ...]:
    """Take a result's sentences, and say in one how many units have no wait by the clock, and why."""
    told = getattr(result, "sentences", str(result).splitlines())
    lines = tuple(line for line in told if line.strip())
    if "business_median" not in result.table or len(lines) != len(result.table):
        return lines
    empty = result.table["business_median"].isna().to_numpy()
    kept = tuple(line for line, is_empty in zip(lines, empty, strict=True) if not is_empty)
    if not empty.any():
        return kept
    reasons = result.table["reason"][empty].replace("", get_metric("business_latency_median").undefined)
    why = "; or ".join(reasons.value_counts().index)
    return (*kept, f"{empty.sum():,} of {len(empty):,} have no median wait in opening time: {why}.")
