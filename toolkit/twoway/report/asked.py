"""What a report asks beyond the scorecard: places, first reactions, what posts say, hours, attention, chance, dyads.

Each question has a sentence and a picture, or the reason why the corpus cannot answer it. What posts say is in `said`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..analysis.attention import attention_by_followers
from ..analysis.census import dyad_census
from ..analysis.competing import cumulative_incidence
from ..analysis.hours import business_latency
from ..analysis.nulls import null_test
from ..analysis.ranking import rank
from ..analysis.shifts import participation_shifts
from ..errors import TwowayError
from ..figures.canvas import percent
from ..metrics.registry import get_metric
from .answer import Answer, Question, Shown, answer_of
from .captions import level_words, methods_words, read_by, with_interval
from .findings import Findings
from .progress import Tell, silent
from .said import SAID

__all__ = ["QUESTIONS", "answers"]

#: Above so many posts the null models, which draw the corpus anew many times, are left to `tw.null_test`.
MOST_POSTS = 200_000

DRAWS = 100

#: Metrics that mean little unless they are read against chance.
_AGAINST_CHANCE = ("arc_reciprocity", "weighted_reciprocity", "interactive_share", "pshift_abba_share", "h_index_mean")


def _places(metric: str, cases: str) -> Callable[[Findings], Shown]:
    def ask(found: Findings) -> Shown:
        result = rank(found.card, metric)
        caption = (
            f"n beside the bars: {cases}. Each bar holds the true place with {level_words(found)} confidence for all"
            " organizations at once, from tests of all pairs (rank sets of Mogstad and others)."
        )
        return Shown(_sentences(result), result.plot, caption)

    return ask


def _incidence(found: Findings) -> Shown | None:
    result = cumulative_incidence(found.talk)
    if not len(result.table):
        return None
    opened, sent = found.whole.loc["cif_open_24h"], found.whole.loc["cif_deflect_24h"]
    day = (
        f"Within 24 hours {with_interval(opened, percent)} of all turns owed were first answered in public, and"
        f" {with_interval(sent, percent)} first sent elsewhere."
    )
    caption = (
        f"n over the panels: turns owed, {len(result.waits):,} in all. Estimated by Aalen and Johansen's method, which"
        f" keeps the unanswered in. {methods_words([opened['method'], sent['method']], level_words(found))}"
        f" {read_by(found, 'resolution')}"
    )
    return Shown((*_sentences(result), day), result.plot, caption)


def _clock(found: Findings) -> Shown | None:
    result = business_latency(found.talk)
    caption = (
        "n below the marks: turns owed. Marks are restricted mean waits, the unanswered included; lines and brackets"
        f" are {level_words(found)} intervals by Kaplan-Meier curves whose variance counts persons."
    )
    return Shown(_sentences(result), result.plot, caption) if len(result.table) else None


def _attention(found: Findings) -> Shown:
    result = attention_by_followers(found.talk)
    n = result.table["n"].sum()
    caption = f"n = {n:,} turns owed that are due. {methods_words(result.table['method'], level_words(found))}"
    return Shown(_sentences(result), result.plot, caption)


def _shifts(found: Findings) -> Shown | None:
    result = participation_shifts(found.talk, by="corpus")
    if not len(result.table):
        return None
    n = result.table.groupby("order")["n"].sum()
    caption = (
        f"n = {' and '.join(f'{size:,} shifts in order of the {order}' for order, size in n.items())}."
        f" {level_words(found)} intervals count conversations."
    )
    return Shown(_sentences(result), result.plot, caption)


def _chance(found: Findings) -> Shown:
    if found.talk.corpus.n_posts > MOST_POSTS:
        msg = (
            f"The corpus has more than {MOST_POSTS:,} posts, so the null models were not run. They stand in the report"
            " of chance. Call tw.null_test(talk, metrics)."
        )
        raise TwowayError(msg)
    result = null_test(found.talk, list(_AGAINST_CHANCE), draws=DRAWS, progress=False)
    n = result.table["unit_id"].nunique()
    caption = (
        f"n = {n:,} organizations, {DRAWS} draws of each null model. p is the share of draws as far from their mean,"
        f" never below {1 / (DRAWS + 1):.2f}; there are no intervals."
    )
    return Shown(_sentences(result), result.plot, caption)


def _census(found: Findings) -> Shown | None:
    result = dyad_census(found.talk)
    n = int(result.matrix.to_numpy().sum())
    caption = f"n = {n:,} times that an account was addressed. A count of what was collected has no interval."
    return Shown(_sentences(result), result.plot, caption) if len(result.table) else None


QUESTIONS = (
    Question(
        "places-latency",
        "Who answers sooner",
        "The places each organization can have by its mean wait within 24 hours, the unanswered included, right for all"
        " at once.",
        "Where bars overlap the order is not known.",
        _places("latency_rmst_24h", "turns owed"),
    ),
    Question(
        "places-response",
        "Who answers more",
        "The same by the share of turns owed that were answered.",
        "Answers in private are not seen, and not every mention asks for one.",
        _places("response_rate", "turns owed that are due"),
    ),
    Question(
        "incidence",
        "Answered or deflected first",
        "What the first reaction to a turn was, and when: shares of all turns owed, those never answered included.",
        "An open answer may follow a deflection; only the first reaction counts here.",
        _incidence,
        "Nobody addressed a measured account, so no turn was owed.",
    ),
    *SAID,
    Question(
        "clock",
        "Waits by the clock",
        "Opening hours are those in which an organization speaks to people, unless they are stated.",
        "Hours that are told from posts make whoever posts at night look open at night.",
        _clock,
        "Nobody addressed a measured account, so nobody waited.",
    ),
    Question(
        "attention",
        "Attention by followers",
        "Whether people with more followers are answered more often; all organizations together.",
        "Who has more followers may also ask differently, or ask other organizations.",
        _attention,
    ),
    Question(
        "shifts",
        "Who takes the floor next",
        "Thirteen ways in which one turn follows another, all conversations together.",
        "Whom a post speaks to is told by reply links and names: who answers without either looks as if speaking to"
        " all.",
        _shifts,
        "No conversation has two turns in a row that could be told apart: the posts have no reply links, or nobody"
        " replied.",
    ),
    Question(
        "chance",
        "Against chance",
        "Values beside what they would be if arcs, speakers or trees were drawn at random with all activity kept.",
        "To differ from chance is not to be large: read the values themselves.",
        _chance,
    ),
    Question(
        "census",
        "Who addresses whom",
        "Posts from each group of accounts to each other, by reply or mention.",
        "A post that addresses several counts once for each.",
        _census,
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
    for question in QUESTIONS:
        out.append(answer_of(found, question))
        tell(question.title)
    return out


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
