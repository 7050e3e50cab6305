"""Gray's test: whether groups end by a cause equally often as time goes by, other causes not taken for censoring.

Own code: neither statsmodels nor scipy has this test. The tests hold it against `cmprsk::cuminc` of R.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TwowayError
from .results import FloatArray
from .shown import Shown

__all__ = ["GrayResult", "gray"]


@dataclass(frozen=True, slots=True)
class GrayResult(Shown):
    """Hold a test of groups having equal cumulative incidences of one cause.

    Parameters
    ----------
    cause
        Number of the cause.
    statistic, df, p_value
        Chi-square, its degrees of freedom, and the chance of one as large if the incidences are equal. NaN where the
        waits cannot tell the groups apart.
    n_events
        Waits that ended by the cause, in all groups.
    flags
        ``undefined`` where the statistic is.
    """

    SHOWN = ("cause", "statistic", "df", "p_value", "n_events", "flags")

    cause: int
    statistic: float
    df: int
    p_value: float
    n_events: int
    flags: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Write one sentence."""
        if np.isnan(self.statistic):
            return f"The {self.n_events:,} waits that ended by cause {self.cause} cannot tell the groups apart."
        numbers = f"chi-square {self.statistic:.3g} on {self.df}, p = {self.p_value:.2g}"
        return f"Cause {self.cause} in {self.df + 1} groups, {self.n_events:,} events: {numbers}."


@dataclass(frozen=True, slots=True, eq=False)
class _Counts:
    """Counts at the pooled times, one column a group, and the curves just before and after each time."""

    by_cause: FloatArray
    by_others: FloatArray
    risk: FloatArray
    waiting_before: FloatArray
    waiting: FloatArray
    ended_before: FloatArray


def gray(durations: ArrayLike, causes: ArrayLike, groups: ArrayLike, cause: int = 1) -> GrayResult:
    """Test whether groups have equal cumulative incidences of a cause.

    The log-rank test with other causes censored compares hazards; this compares what became of the waits, and so sees
    also the groups whose waits are cut off by other causes. It takes waits to be independent: with persons who wait
    many times its p-value is too small.

    Parameters
    ----------
    durations
        Time to the end, or to the end of watching, one for each wait.
    causes
        0 where the wait is censored, else the number of its cause from 1.
    groups
        Group of each wait: any labels.
    cause
        Number of the cause that is compared.

    Returns
    -------
    GrayResult
        With groups less one degrees of freedom.

    Raises
    ------
    TwowayError
        If lengths differ, a duration is NaN, infinite or negative, or there are fewer than two groups.

    References
    ----------
    Gray 1988.

    Examples
    --------
    >>> days, ends = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1, 1, 2, 1, 0, 2, 2, 1, 2, 0]
    >>> test = gray(days, ends, ["a", "a", "a", "a", "a", "b", "b", "b", "b", "b"])
    >>> round(test.statistic, 3), test.df, round(test.p_value, 3), test.n_events
    (3.714, 1, 0.054, 4)
    """
    spans, ends, codes = _checked(durations, causes, groups)
    n_events = int((ends == cause).sum())
    n_groups = int(codes.max()) + 1
    if not n_events:
        return GrayResult(cause, np.nan, n_groups - 1, np.nan, 0, ("undefined",))
    counts = _count(spans, ends, codes, cause, n_groups)
    score, variance = _score(counts)
    if np.linalg.matrix_rank(variance, hermitian=True) < len(score):
        return GrayResult(cause, np.nan, n_groups - 1, np.nan, n_events, ("undefined",))
    statistic = float(score @ np.linalg.solve(variance, score))
    return GrayResult(cause, statistic, n_groups - 1, _chi2_tail(statistic, n_groups - 1), n_events)


def _count(spans: FloatArray, ends: NDArray[np.intp], codes: NDArray[np.intp], cause: int, n_groups: int) -> _Counts:
    times = np.unique(spans[ends > 0])
    shape = (len(times), n_groups)

    def counted(chosen: NDArray[np.bool_], side: str) -> FloatArray:
        place = np.searchsorted(times, spans[chosen], side=side)  # type: ignore[call-overload]
        inside = place < len(times)
        cells = place[inside] * n_groups + codes[chosen][inside]
        return np.bincount(cells, minlength=shape[0] * n_groups).reshape(shape).astype(float)

    by_cause, by_others = counted(ends == cause, "left"), counted((ends > 0) & (ends != cause), "left")
    gone = counted(np.ones(len(spans), dtype=bool), "right")
    # Who left before a time is not at risk at it.
    risk = np.asarray(np.bincount(codes, minlength=n_groups) - np.cumsum(gone, axis=0), dtype=float)
    watched = np.where(risk > 0, risk, 1.0)
    waiting = np.asarray(np.cumprod(1 - (by_cause + by_others) / watched, axis=0), dtype=float)
    waiting_before = _lag(waiting, 1.0)
    ended = np.asarray(np.cumsum(waiting_before * by_cause / watched, axis=0), dtype=float)
    return _Counts(by_cause, by_others, risk, waiting_before, waiting, _lag(ended, 0.0))


def _score(counts: _Counts) -> tuple[FloatArray, FloatArray]:
    """Give the scores of all groups but the last, and their covariance under equal incidences."""
    some, n_events = counts.risk > 0, counts.by_cause.sum(axis=1)
    # Those at risk in the sense of Gray: who ended by another cause is kept, as far as censoring would have let them.
    size = np.where(some, counts.risk / np.where(some, counts.waiting_before, 1.0), 0.0)
    pooled = size.sum(axis=1)
    weight = size * (1 - counts.ended_before)
    score = (counts.by_cause - (n_events / weight.sum(axis=1))[:, None] * weight).sum(axis=0)[:-1]
    incidence = np.cumsum(n_events / pooled)
    left = 1 - _lag(incidence, 0.0)
    rate = np.where(n_events > 0, n_events / (pooled * np.where(left > 0, left, 1.0)), 0.0)
    variance = np.zeros((len(score), len(score)))
    for k in np.flatnonzero(some.any(axis=0)).tolist():
        own = np.where(np.arange(len(size[0])) == k, 1.0, 0.0)[:-1]
        direct = size[:, :-1] * (own - (size[:, k] / pooled)[:, None])
        drift = np.cumsum(direct * rate[:, None], axis=0)
        later = drift[-1] - drift
        alive = counts.waiting[:, k] > 0
        apart = (1 - incidence) / np.where(alive, counts.waiting[:, k], 1.0)
        variance += _spread(counts, k, pooled, direct, later, np.where(alive, apart, 0.0))
    return score, variance


def _spread(
    counts: _Counts, k: int, pooled: FloatArray, direct: FloatArray, later: FloatArray, apart: FloatArray
) -> FloatArray:
    """Give what group k adds to the covariance: its events of the cause, and those of the others."""
    risk, before = counts.risk[:, k], counts.waiting_before[:, k]
    some = risk > 0
    watched = np.where(some, risk, 1.0)
    events, others = counts.by_cause.sum(axis=1), counts.by_others[:, k]
    several = events > 1
    tied = 1 - np.where(several, (events - 1) / np.where(several, pooled * before - 1, 1.0), 0.0)
    own = np.where(some, tied * before * events / (pooled * watched), 0.0)
    moved = direct + (1 - apart)[:, None] * later
    tied = 1 - np.where(others > 1, (others - 1) / np.where(others > 1, watched - 1, 1.0), 0.0)
    other = np.where(some & (apart > 0), tied * (before / watched) ** 2 * others, 0.0)
    cut = apart[:, None] * later
    return np.asarray((moved * own[:, None]).T @ moved + (cut * other[:, None]).T @ cut)


def _lag(curve: FloatArray, start: float) -> FloatArray:
    return np.concatenate([np.full((1, *curve.shape[1:]), start), curve])[:-1]


def _chi2_tail(statistic: float, df: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(df, statistic))


def _checked(
    durations: ArrayLike, causes: ArrayLike, groups: ArrayLike
) -> tuple[FloatArray, NDArray[np.intp], NDArray[np.intp]]:
    spans, ends, labels = np.asarray(durations, dtype=float), np.asarray(causes, dtype=np.intp), np.asarray(groups)
    if not (spans.shape == ends.shape == labels.shape and spans.ndim == 1):
        msg = (
            f"{spans.shape} durations, {ends.shape} causes and {labels.shape} groups do not fit. "
            "They were given to gray. "
            "Pass one of each for every wait."
        )
        raise TwowayError(msg)
    if not (np.isfinite(spans).all() and (spans >= 0).all()):
        msg = (
            "Some durations are negative, NaN or infinite. "
            "They were given to gray. "
            "Repair clock errors and drop the rest first."
        )
        raise TwowayError(msg)
    names, codes = np.unique(labels, return_inverse=True)
    if len(names) < 2:
        msg = f"{len(names)} group is not enough to compare. It was given to gray. Pass waits of at least two."
        raise TwowayError(msg)
    return spans, ends, codes
