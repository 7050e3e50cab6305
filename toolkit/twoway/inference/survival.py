"""Kaplan-Meier curves and the log-rank test from counts: how long until an answer, the never answered kept as censored.

Own code, because `statsmodels.duration.SurvfuncRight` gives the standard error of the cumulative hazard, not of the
curve, as soon as it is given frequency weights, and knows no clusters; the tests hold this against it and against R.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from ..errors import TwowayError
from .bands import known_before, log_log_limits, tells_nothing
from .counting import check_counts, counted, grouped
from .curves import SurvivalCurve
from .endings import check_endings
from .influence import ClusterInfluence, greenwood_terms
from .intervals import wilson_limits
from .results import FloatArray, check_level, normal_quantile
from .shown import Shown

__all__ = ["LogRank", "clustered_kaplan_meier", "count_times", "kaplan_meier", "logrank"]


def count_times(durations: ArrayLike, is_event: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Group single durations to distinct times with counts.

    Parameters
    ----------
    durations
        Time to the event or to the end of watching.
    is_event
        Whether it ended in the event; else it is censored.

    Returns
    -------
    times, events, censored
        Ready for `kaplan_meier`.

    Raises
    ------
    TwowayError
        If the two differ in length, or an ending is NaN or neither 0 nor 1.

    Examples
    --------
    >>> [column.tolist() for column in count_times([5, 5, 9], [True, False, True])]
    [[5.0, 9.0], [1.0, 1.0], [1.0, 0.0]]
    """
    return counted(np.asarray(durations, dtype=float), check_endings(is_event, "count_times"))[:3]


def kaplan_meier(times: ArrayLike, events: ArrayLike, censored: ArrayLike, *, level: float = 0.95) -> SurvivalCurve:
    """Estimate the share still waiting over time, from counts at distinct times.

    Parameters
    ----------
    times
        Distinct times in any order, none negative. Repeated times are added up.
    events
        How many waits ended at each time.
    censored
        How many stopped being watched at each time; at equal times they are taken to have been watched a moment longer.
    level
        Confidence level of the band.

    Returns
    -------
    SurvivalCurve
        With Greenwood's standard error and log-log limits.

    Raises
    ------
    TwowayError
        If lengths differ, a time is NaN, infinite or negative, or a count is negative or NaN.

    References
    ----------
    Kaplan & Meier 1958; Greenwood 1926.

    Examples
    --------
    >>> curve = kaplan_meier([5, 10, 15, 30, 60], [1, 0, 1, 1, 0], [0, 1, 0, 0, 1])
    >>> curve.survival.round(4).tolist(), curve.se.round(4).tolist()
    ([0.8, 0.5333, 0.2667], [0.1789, 0.2483, 0.2257])
    """
    curve = _without_band(*grouped(times, events, censored), level)
    survival = curve.survival
    variance = np.cumsum(greenwood_terms(curve.n_events, curve.n_at_risk))
    se = survival * np.sqrt(np.where(survival > 0, variance, np.nan))
    low, high = log_log_limits(survival, se, normal_quantile(level))
    return replace(curve, se=se, low=low, high=high)


def _without_band(t: FloatArray, d: FloatArray, c: FloatArray, level: float) -> SurvivalCurve:
    at_risk = (d + c)[::-1].cumsum()[::-1]
    hit = d > 0
    n = float(at_risk[0]) if len(t) else 0.0
    nothing = np.zeros(0)
    return SurvivalCurve(
        times=t[hit],
        survival=np.cumprod(1 - d[hit] / at_risk[hit]),
        se=nothing,
        low=nothing,
        high=nothing,
        n_at_risk=at_risk[hit],
        n_events=d[hit],
        last_time=float(t[-1]) if n > 0 else np.nan,
        n=n,
        known_times=t,
        known=n - c.cumsum(),
        level=check_level(level),
    )


def clustered_kaplan_meier(
    durations: ArrayLike, is_event: ArrayLike, clusters: ArrayLike, *, level: float = 0.95
) -> SurvivalCurve:
    """Estimate the share still waiting over time when one person may wait many times.

    The curve is that of `kaplan_meier`; standard errors and limits count persons, not waits. Limits use Student's t.

    Parameters
    ----------
    durations
        Time to the event or to the end of watching, one for each wait.
    is_event
        Whether it ended in the event; else it is censored.
    clusters
        Who waited: any labels.
    level
        Confidence level of the band.

    Returns
    -------
    SurvivalCurve
        Its answers carry ``n_clusters`` and, below 30 clusters, the flag ``few_clusters``. Where clusters cannot tell
        how they differ (one only, or all alike), the standard error is NaN, and limits are Wilson's with the effective
        number of clusters, flagged ``no_variation``.

    Raises
    ------
    TwowayError
        If lengths differ, a time is NaN, infinite or negative, or an ending neither 0 nor 1.

    Examples
    --------
    >>> curve = clustered_kaplan_meier([5, 10, 15, 30, 60], [1, 0, 1, 1, 0], ["ann", "ann", "bob", "bob", "cy"])
    >>> curve.survival.round(4).tolist(), curve.se.round(4).tolist()
    ([0.8, 0.5333, 0.2667], [0.1497, 0.145, 0.2469])
    """
    labels = np.asarray(clusters)
    spans, ended = np.asarray(durations, dtype=float), check_endings(is_event, "clustered_kaplan_meier")
    if labels.shape != spans.shape:
        msg = (
            f"{labels.shape} clusters do not fit {spans.shape} durations. "
            "They were given to clustered_kaplan_meier. "
            "Pass one for every wait."
        )
        raise TwowayError(msg)
    times, events, lost, step = counted(spans, ended)
    check_counts(times, events, lost)
    curve = _without_band(times, events, lost, level)
    place = np.cumsum(events > 0, dtype=np.intp)[step]
    codes = np.unique(labels, return_inverse=True)[1]
    influence = ClusterInfluence(curve.times, curve.n_events, curve.n_at_risk, place, ended, codes)
    survival = curve.survival
    se = survival * np.sqrt(np.where(survival > 0, influence.curve_variances(), np.nan))
    low, high = log_log_limits(survival, se, influence.critical(level))
    silent = (survival > 0) & (survival < 1) & tells_nothing(survival, se, influence.n_clusters)
    if silent.any():
        known = known_before(curve.known_times, curve.known, curve.n, curve.times[silent])
        worth = known * influence.effective / curve.n
        low[silent], high[silent] = wilson_limits(survival[silent] * worth, worth, level)
        se[silent] = np.nan
    return replace(curve, se=se, low=low, high=high, influence=influence)


@dataclass(frozen=True, slots=True)
class LogRank(Shown):
    """Hold a log-rank test of groups waiting equally long.

    Parameters
    ----------
    statistic, df, p_value
        Chi-square, its degrees of freedom, and the chance of one as large if all groups wait alike.
    observed, expected
        Events of each group, and how many it would have had.
    """

    SHOWN = ("observed", "expected", "statistic", "df", "p_value")

    statistic: float
    df: int
    p_value: float
    observed: tuple[float, ...]
    expected: tuple[float, ...]

    def __str__(self) -> str:
        """Write one sentence."""
        if np.isnan(self.statistic):
            return f"No event tells the {len(self.observed)} groups apart."
        return f"{len(self.observed)} groups: chi-square {self.statistic:.3g} on {self.df}, p = {self.p_value:.2g}."


def logrank(*groups: tuple[ArrayLike, ArrayLike, ArrayLike]) -> LogRank:
    """Test whether groups wait equally long, from counts at distinct times.

    `statsmodels.duration.survdiff` does the same for single subjects, but takes no counts. The test takes waits to be
    independent; with persons who wait many times its p-value is too small.

    Parameters
    ----------
    groups
        Two or more times `(times, events, censored)`, as for `kaplan_meier`.

    Returns
    -------
    LogRank
        NaN where no event tells the groups apart.

    Raises
    ------
    TwowayError
        If there are fewer than two groups, or the counts of one are refused by `kaplan_meier`.

    Examples
    --------
    >>> fast = ([1, 2, 3], [1, 1, 1], [0, 0, 0])
    >>> slow = ([4, 5, 6], [1, 1, 1], [0, 0, 0])
    >>> test = logrank(fast, slow)
    >>> round(test.statistic, 3), test.df, round(test.p_value, 3)
    (5.052, 1, 0.025)
    """
    if len(groups) < 2:
        msg = f"{len(groups)} group is not enough to compare. It was given to logrank. Pass at least two."
        raise TwowayError(msg)
    counts = [grouped(*group) for group in groups]
    times = np.unique(np.concatenate([t[d > 0] for t, d, _ in counts]))
    deaths, risk = np.array([_on_times(times, *group) for group in counts]).transpose(1, 0, 2)
    total, all_risk = deaths.sum(axis=0), risk.sum(axis=0)
    share = risk / all_risk
    expected = (share * total).sum(axis=1)
    spread = total * (all_risk - total) / np.maximum(all_risk - 1, 1)
    covariance = np.diag((share * spread).sum(axis=1)) - (share * spread) @ share.T
    difference = deaths.sum(axis=1) - expected
    # The last group is told by the others; a group without anyone at risk tells nothing.
    free = np.flatnonzero(np.diag(covariance) > 1e-12)[:-1]
    df = len(free)
    statistic = np.nan
    if df:
        statistic = float(difference[free] @ np.linalg.solve(covariance[np.ix_(free, free)], difference[free]))
    return LogRank(
        statistic, df, _chi2_tail(statistic, df), tuple(deaths.sum(axis=1).tolist()), tuple(expected.tolist())
    )


def _on_times(times: FloatArray, t: FloatArray, d: FloatArray, c: FloatArray) -> tuple[FloatArray, FloatArray]:
    at_risk = np.append((d + c)[::-1].cumsum()[::-1], 0.0)[np.searchsorted(t, times, side="left")]
    deaths = np.zeros(len(times))
    hit = d > 0
    deaths[np.searchsorted(times, t[hit])] = d[hit]
    return deaths, at_risk


def _chi2_tail(statistic: float, df: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(df, statistic)) if df else np.nan
