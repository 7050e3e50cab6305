"""Intervals for shares, differences and quantiles when the units are independent."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TwowayError
from .results import FloatArray, Interval, check_level, normal_quantile

__all__ = [
    "design_effect",
    "difference_interval",
    "effective_clusters",
    "effective_n",
    "newcombe",
    "quantile_interval",
    "wilson",
    "wilson_limits",
]


def wilson_limits(k: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Give Wilson's score limits for many shares at once.

    Parameters
    ----------
    k
        Successes. May be fractional, as an effective count is.
    n
        Trials, or an effective number of them. 0 gives NaN.
    level
        Confidence level.

    Returns
    -------
    tuple of arrays
        Lower and upper limits, of the common shape of `k` and `n`; exactly 0 (1) where no (every) trial succeeded.

    Raises
    ------
    TwowayError
        If some `k` is negative or above its `n`.

    Examples
    --------
    >>> low, high = wilson_limits([4, 8, 0], 10)
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.1682, 0.4902, 0.0], [0.6873, 0.9433, 0.2775])
    """
    successes, trials = np.broadcast_arrays(np.asarray(k, dtype=float), np.asarray(n, dtype=float))
    if np.any((successes < 0) | (successes > trials)):
        msg = (
            "Some counts of successes are negative or above their trials. They were given to wilson. Pass 0 <= k <= n."
        )
        raise TwowayError(msg)
    some = np.where(trials > 0, trials, np.nan)
    # Written out, and held against statsmodels by a test: importing that costs more than all intervals of a scorecard.
    z2 = normal_quantile(level) ** 2
    center = (successes + z2 / 2) / (some + z2)
    half = np.sqrt(z2 * (successes * (some - successes) / some + z2 / 4)) / (some + z2)
    low = np.where(successes == 0, 0.0, center - half)
    high = np.where(successes == trials, 1.0, center + half)
    missing = np.isnan(some)
    return np.where(missing, np.nan, low), np.where(missing, np.nan, high)


def wilson(k: float, n: float, level: float = 0.95) -> Interval:
    """Give Wilson's score interval of one share: right at 0 and at n, never outside [0, 1].

    Parameters
    ----------
    k, n
        Successes and trials; either may be fractional (an effective number). n = 0, or either NaN, gives NaN with
        flag ``undefined``.
    level
        Confidence level.

    Returns
    -------
    Interval
        Limits of the share k/n.

    Raises
    ------
    TwowayError
        If k is negative or above n.

    Examples
    --------
    >>> print(wilson(8, 10))
    0.8 (95 % interval 0.4902 to 0.9433, wilson)
    """
    low, high = wilson_limits(k, n, level)
    value = k / n if n > 0 else np.nan
    se = float(np.sqrt(value * (1 - value) / n)) if n > 0 else np.nan
    flags = ("undefined",) if np.isnan(value) else ()
    return Interval(float(low), float(high), se, "wilson", flags, float(value), level=level)


def difference_interval(first: Interval, second: Interval) -> Interval:
    """Give the interval of a difference of two independent values from their own intervals.

    The distances from each value to its limits are added in squares, side by side (the method of variance
    estimates recovery). On two Wilson intervals this is Newcombe's hybrid score interval, his method 10; it
    keeps the lopsidedness of the parts, which a standard error throws away.

    Parameters
    ----------
    first, second
        Intervals with values, both at the same level. Their data must not overlap: for values from shared clusters
        take the difference within each bootstrap draw instead.

    Returns
    -------
    Interval
        Of first minus second.

    Raises
    ------
    TwowayError
        If the two levels differ.

    Examples
    --------
    >>> print(difference_interval(wilson(60, 100), wilson(30, 60)))
    0.1 (95 % interval -0.05699 to 0.2525, mover)
    """
    if first.level != second.level:
        msg = (
            f"The two intervals have levels {first.level} and {second.level}. "
            "They were given to difference_interval. "
            "Compute both at one level."
        )
        raise TwowayError(msg)
    low = np.hypot(first.value - first.low, second.high - second.value)
    high = np.hypot(first.high - first.value, second.value - second.low)
    value = first.value - second.value
    flags = tuple(dict.fromkeys(first.flags + second.flags))
    n_clusters = first.n_clusters + second.n_clusters
    se = float(np.hypot(first.se, second.se))
    return Interval(
        float(value - low), float(value + high), se, "mover", flags, float(value), n_clusters, level=first.level
    )


def newcombe(k1: float, n1: float, k2: float, n2: float, level: float = 0.95) -> Interval:
    """Give Newcombe's hybrid score interval (method 10) of the difference k1/n1 - k2/n2.

    Raises
    ------
    TwowayError
        If some k is negative or above its n.

    Examples
    --------
    >>> print(newcombe(60, 100, 30, 60, level=0.90))
    0.1 (90 % interval -0.03245 to 0.2292, newcombe)
    """
    both = difference_interval(wilson(k1, n1, level), wilson(k2, n2, level))
    return Interval(both.low, both.high, both.se, "newcombe", both.flags, both.value, level=level)


def design_effect(mean_cluster: ArrayLike, icc: ArrayLike) -> FloatArray:
    """Say by how much clustering inflates a variance: 1 + (mean cluster size - 1) * ICC.

    Examples
    --------
    >>> float(design_effect(5, 0.2))
    1.8
    """
    return np.asarray(1 + (np.asarray(mean_cluster, dtype=float) - 1) * np.asarray(icc, dtype=float))


def effective_n(n: ArrayLike, mean_cluster: ArrayLike, icc: ArrayLike) -> FloatArray:
    """Say how many independent units clustered units are worth: n over the design effect.

    Examples
    --------
    >>> round(float(effective_n(100, 5, 0.2)), 2)
    55.56
    """
    return np.asarray(np.asarray(n, dtype=float) / design_effect(mean_cluster, icc))


def effective_clusters(sizes: ArrayLike) -> FloatArray:
    """Say how many equally large clusters unequal ones are worth, by Kish: (sum of sizes)^2 / sum of squared sizes.

    Parameters
    ----------
    sizes
        Units in each cluster along the first axis; further axes are separate cases.

    Returns
    -------
    array
        Between 1 and the number of clusters; NaN where all sizes are 0.

    Examples
    --------
    >>> float(effective_clusters([5, 5, 5, 5])), float(effective_clusters([100, 1, 1, 1]).round(2))
    (4.0, 1.06)
    """
    y = np.asarray(sizes, dtype=float)
    squares = (y**2).sum(axis=0)
    return np.asarray(y.sum(axis=0) ** 2 / np.where(squares > 0, squares, np.nan))


def quantile_interval(values: ArrayLike, counts: ArrayLike, q: float = 0.5, level: float = 0.95) -> Interval:
    """Give the distribution-free interval of a quantile, from counts of distinct values.

    The limits are order statistics whose ranks are binomial quantiles, so coverage is at least the level.
    Nothing is expanded: a million equal values cost as much as one. Use it for uncensored values only;
    for times with unanswered turns take `SurvivalCurve.quantile`.

    Parameters
    ----------
    values, counts
        Distinct values in any order and how often each was seen (whole numbers).
    q
        The quantile, between 0 and 1.
    level
        Confidence level.

    Returns
    -------
    Interval
        Of the sample quantile (mean of the two middle values where the rank is whole). A side with too
        few observations is infinite, flag ``open_ended``.

    Raises
    ------
    TwowayError
        If `q` is outside (0, 1), or counts are negative or not whole.

    Examples
    --------
    >>> print(quantile_interval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1] * 10))
    5.5 (95 % interval 2 to 9, order_statistic)
    """
    xs, cumulative = _sorted_counts(values, counts, q)
    n = int(cumulative[-1]) if len(cumulative) else 0
    if n == 0:
        return Interval(np.nan, np.nan, method="order_statistic", flags=("undefined",), level=level)
    alpha = 1 - check_level(level)
    low_rank, high_rank = _binomial_quantile(alpha / 2, n, q), _binomial_quantile(1 - alpha / 2, n, q) + 1
    low = float(_order_statistic(xs, cumulative, low_rank)) if low_rank >= 1 else -np.inf
    high = float(_order_statistic(xs, cumulative, high_rank)) if high_rank <= n else np.inf
    flags = () if np.isfinite(high - low) else ("open_ended",)
    value = _sample_quantile(xs, cumulative, n, q)
    return Interval(low, high, method="order_statistic", flags=flags, value=value, level=level)


def _binomial_quantile(tail: float, n: int, q: float) -> int:
    """Give the least count whose cumulative probability reaches `tail`."""
    from scipy.special import bdtr, bdtrik

    above = int(np.ceil(bdtrik(tail, n, q)))
    return above - 1 if above >= 1 and bdtr(above - 1, n, q) >= tail * (1 - 1e-12) else above


def _sorted_counts(values: ArrayLike, counts: ArrayLike, q: float) -> tuple[FloatArray, NDArray[np.int64]]:
    if not 0 < q < 1:
        msg = (
            f"q={q} is not a quantile. "
            "It was given to quantile_interval. "
            "Use a number between 0 and 1, such as 0.5 for the median."
        )
        raise TwowayError(msg)
    xs, weights = np.asarray(values, dtype=float), np.asarray(counts, dtype=float)
    if xs.shape != weights.shape or np.any(weights < 0) or np.any(weights != np.floor(weights)) or np.isnan(xs).any():
        msg = (
            "The counts do not fit the values. "
            "They were given to quantile_interval. "
            "Pass one whole count of at least 0 for each value, no NaN."
        )
        raise TwowayError(msg)
    order = np.argsort(xs, kind="stable")
    return xs[order], np.cumsum(weights[order]).astype(np.int64)


def _order_statistic(xs: FloatArray, cumulative: NDArray[np.int64], rank: int) -> float:
    return float(xs[np.searchsorted(cumulative, rank, side="left")])


def _sample_quantile(xs: FloatArray, cumulative: NDArray[np.int64], n: int, q: float) -> float:
    position = n * q
    if abs(position - round(position)) < 1e-9 * n and 1 <= round(position) < n:
        rank = round(position)
        return (_order_statistic(xs, cumulative, rank) + _order_statistic(xs, cumulative, rank + 1)) / 2
    return _order_statistic(xs, cumulative, max(1, int(np.ceil(position - 1e-9 * n))))
