"""Test whether two groups wait equally long, by dealing persons to the groups anew.

Three questions can be asked of waiting times: do the shares waiting differ at one time, do the mean waits up to a time
differ, do the curves differ at all (log-rank). Each difference is divided by a standard error that adds up what a
person's waits do before it is squared, as `ClusterInfluence` does for one curve; the one of the log-rank test is that
of Lin and Wei. All draws are products of matrices over persons and times.

`statsmodels.duration.survdiff` and R's `survdiff` take waits to be independent; both find the same numerator.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TwowayError, unknown_name
from .endings import check_endings
from .regrouping import Deal, Spread, Statistic
from .results import FloatArray

__all__ = ["QUESTIONS", "Waits", "count_waits", "waits_statistic"]

#: What can be asked: the share waiting at a time, the mean wait up to a time, the whole curve.
QUESTIONS = ("share", "mean", "logrank")

#: Most times that are told apart; beyond, neighbors are joined at quantiles of the times of events.
MAX_TIMES = 160


@dataclass(frozen=True, slots=True, eq=False)
class Waits:
    """Hold how many waits of each piece ended at each time, and how many were still watched.

    Parameters
    ----------
    times
        Ascending.
    ended, at_risk
        (pieces, times).
    """

    times: FloatArray
    ended: FloatArray
    at_risk: FloatArray


def count_waits(time: ArrayLike, event: ArrayLike, piece: ArrayLike, n_pieces: int, *, keep: float = np.nan) -> Waits:
    """Count waits by piece and time.

    Parameters
    ----------
    time, event
        Of each wait: how long, and whether it ended in the event.
    piece
        Whose wait it is, numbered from 0 in the order of the deal.
    n_pieces
        How many there are.
    keep
        A time that must stay a border where neighboring times are joined.

    Returns
    -------
    Waits
        Times of events only.

    Examples
    --------
    >>> waits = count_waits([5, 9, 7], [1, 0, 1], [0, 0, 1], 2)
    >>> waits.times.tolist(), waits.ended.tolist(), waits.at_risk.tolist()
    ([5.0, 7.0], [[1.0, 0.0], [0.0, 1.0]], [[2.0, 1.0], [1.0, 1.0]])
    """
    spans, hits = np.asarray(time, dtype=float), check_endings(event, "count_waits")
    owner = np.asarray(piece, dtype=np.intp)
    borders = np.unique(spans[hits])
    if len(borders) > MAX_TIMES:
        chosen = np.quantile(spans[hits], np.linspace(0, 1, MAX_TIMES), method="inverted_cdf")
        last_kept = borders[borders <= keep][-1:]
        borders = np.unique(np.r_[chosen, last_kept])
    size = len(borders)
    # An event belongs to the first border at or after it; a wait is at risk at all borders up to its time, and at that
    # of its own event.
    place = np.searchsorted(borders, spans, side="left")
    ended = np.bincount(owner[hits] * size + place[hits], minlength=n_pieces * size).reshape(n_pieces, size)
    last = np.where(hits, place, np.searchsorted(borders, spans, side="right") - 1)
    seen = last >= 0
    watched = np.bincount(owner[seen] * size + last[seen], minlength=n_pieces * size).reshape(n_pieces, size)
    at_risk = watched[:, ::-1].cumsum(axis=1)[:, ::-1]
    return Waits(borders, ended.astype(float), at_risk.astype(float))


def waits_statistic(waits: Waits, deal: Deal, question: str, at: float = np.nan, *, own: bool = False) -> Statistic:
    """Make the difference of two groups' waiting times ready to be dealt anew.

    Errors are those about the curve of both groups together, as in the log-rank test: about its own curve, a small
    group in which hardly anybody was answered would seem sure of that.

    Parameters
    ----------
    waits
        From `count_waits`.
    deal
        How the pieces are laid out.
    question
        `"share"`: no longer waiting at a time; `"mean"`: mean wait up to a time; `"logrank"`: events above what both
        groups together would lead to expect.
    at
        The time; not used by `"logrank"`.
    own
        Take errors about each group's own curve instead, as its interval does.

    Returns
    -------
    callable
        For `regroup`.

    Raises
    ------
    UnknownName
        If there is no such question.
    TwowayError
        If the time is missing or not positive.

    Examples
    --------
    >>> from twoway.inference.regrouping import deal_of, regroup
    >>> deal, order = deal_of(range(4), range(4, 8))
    >>> waits = count_waits([1, 2, 2, 3, 9, 8, 9, 7], [1] * 8, range(8), 8)
    >>> test = regroup(waits_statistic(waits, deal, "mean", at=10.0), deal, draws=999)
    >>> test.difference, test.p < 0.05
    (-6.25, True)
    """
    if question not in QUESTIONS:
        raise unknown_name(question, QUESTIONS, "question about waiting times")
    if question == "logrank":
        return _logrank(waits, deal)
    if not at > 0:
        msg = f"at={at} is no time. It was given to waits_statistic. Use a positive time in the unit of the waits."
        raise TwowayError(msg)
    both = waits.at_risk.sum(axis=0), waits.ended.sum(axis=0)
    common = None if own else _Law.of(both[0][None, :], both[1][None, :], waits, question, at)
    wide_a, wide_b = deal.wider()

    def spread(in_first: FloatArray) -> Spread:
        risk, ended = in_first @ waits.at_risk, in_first @ waits.ended
        laws = [
            _Law.of(risk, ended, waits, question, at),
            _Law.of(both[0] - risk, both[1] - ended, waits, question, at),
        ]
        value_a, value_b = (law.value for law in laws)
        part_a = (common or laws[0]).effects(risk, waits)
        part_b = (common or laws[1]).effects(both[0] - risk, waits)
        part_a, part_b = part_a * in_first, part_b * (1 - in_first)
        joint = (_shared(part_a, deal) * _shared(part_b, deal)).sum(axis=1)
        own = [(part**2).sum(axis=1) for part in (part_a, part_b)]
        return Spread(value_a - value_b, wide_a * own[0], wide_b * own[1], np.sqrt(wide_a * wide_b) * joint)

    return spread


def _shared(parts: FloatArray, deal: Deal) -> FloatArray:
    """Add up the two pieces of each shared cluster."""
    return parts[:, : deal.n_shared] + parts[:, deal.n_shared : 2 * deal.n_shared]


@dataclass(frozen=True, slots=True, eq=False)
class _Law:
    """Hold the answers of many curves, their hazards at each time, and how the answer moves with each hazard."""

    value: FloatArray
    hazard: FloatArray
    slope: FloatArray

    @classmethod
    def of(cls, risk: FloatArray, ended: FloatArray, waits: Waits, question: str, at: float) -> _Law:
        hazard = ended / np.where(risk > 0, risk, 1.0)
        survival: FloatArray = np.cumprod(1 - hazard, axis=1).astype(float)
        room = _areas(survival, waits.times, at) if question == "mean" else _shares(survival, waits.times, at)
        # The share no longer waiting rises with each event, the mean wait falls; both by what remains to be lost.
        sign = -1.0 if question == "mean" else 1.0
        value = room[:, 0] if question == "mean" else 1 - room[:, 0]
        left = 1 - hazard
        slope = sign * np.where(left > 1e-9, room[:, 1:] / np.where(left > 1e-9, left, 1.0), 0.0)
        return cls(value, hazard, slope)

    def effects(self, risk: FloatArray, waits: Waits) -> FloatArray:
        """Give what each piece does to the answer of a group with so many at risk: (draws, pieces)."""
        weight = np.where(risk > 0.5, self.slope / np.where(risk > 0.5, risk, 1.0), 0.0)
        return np.asarray(weight @ waits.ended.T - (weight * self.hazard) @ waits.at_risk.T)


def _areas(survival: FloatArray, times: FloatArray, tau: float) -> FloatArray:
    """Give the area under each curve up to tau, first all of it, then what lies after each time."""
    steps = np.diff(np.minimum(np.r_[0.0, times, np.inf], tau))
    pieces = np.hstack([np.ones((len(survival), 1)), survival]) * steps
    return np.asarray(pieces[:, ::-1].cumsum(axis=1)[:, ::-1])


def _shares(survival: FloatArray, times: FloatArray, at: float) -> FloatArray:
    """Give the share waiting at a time, then once more for each time up to it, 0 for later ones."""
    seen = int(np.searchsorted(times, at, side="right"))
    value = survival[:, seen - 1 : seen] if seen else np.ones((len(survival), 1))
    return np.hstack([value, value * (np.arange(len(times)) < seen)])


def _logrank(waits: Waits, deal: Deal) -> Statistic:
    all_risk, all_ended = waits.at_risk.sum(axis=0), waits.ended.sum(axis=0)
    # What each piece had above what was to be expected of it, were all alike: no deal changes that.
    above: NDArray[np.float64] = waits.ended - waits.at_risk * (all_ended / np.where(all_risk > 0, all_risk, 1.0))
    total = above.sum(axis=1)

    def spread(in_first: FloatArray) -> Spread:
        share = (in_first @ waits.at_risk) / np.where(all_risk > 0, all_risk, 1.0)
        parts = in_first * total - share @ above.T
        size = (_shared(parts, deal) ** 2).sum(axis=1) + (parts[:, 2 * deal.n_shared :] ** 2).sum(axis=1)
        return Spread(in_first @ total, size, np.zeros_like(size), np.zeros_like(size))

    return spread
