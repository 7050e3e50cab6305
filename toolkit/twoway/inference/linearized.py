"""Closed-form intervals for ratios of sums: cluster-robust, without a single draw."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TwowayError
from .intervals import effective_clusters
from .resampling import Combine, jackknife_df, leave_one_out
from .results import FloatArray, Interval, check_level, t_quantile

__all__ = ["Moments", "cluster_moments", "delta_interval", "linearized_ratio", "ratio_moments", "variety_interval"]


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Hold what a ratio and its standard error need: six numbers for each ratio, whatever the size of the corpus.

    Parameters
    ----------
    num, den
        Sums over clusters of the numerator x and the denominator y.
    num2, cross, den2
        Sums over clusters of x squared, x times y, y squared.
    n_clusters
        Clusters in which x or y is not 0.
    """

    num: FloatArray
    den: FloatArray
    num2: FloatArray
    cross: FloatArray
    den2: FloatArray
    n_clusters: NDArray[np.int64]

    @property
    def value(self) -> FloatArray:
        """The ratio; NaN where the denominator is 0."""
        return np.asarray(self.num / np.where(self.den == 0, np.nan, self.den))

    @property
    def effective(self) -> FloatArray:
        """Effective number of clusters, by Kish; NaN where the denominator is 0."""
        return np.asarray(self.den**2 / np.where(self.den2 > 0, self.den2, np.nan))

    @property
    def se(self) -> FloatArray:
        """Linearized standard error with the factor m/(m-1); NaN below two clusters."""
        p, m = self.value, np.where(self.n_clusters > 1, self.n_clusters, np.nan)
        squares = self.num2 - 2 * p * self.cross + p**2 * self.den2
        # Rounding can leave a trace where all residuals are 0; a trace below the rounding of its own terms is none.
        noise = 1e-13 * (self.num2 + p**2 * self.den2)
        squares = np.where(np.isnan(squares) | (squares > noise), squares, 0.0)
        return np.asarray(np.sqrt(squares * m / (m - 1)) / self.den)


def cluster_moments(num: ArrayLike, den: ArrayLike) -> Moments:
    """Add up the moments of per-cluster numerators and denominators.

    Parameters
    ----------
    num, den
        (m,) or (m, k): one row for each cluster (or bucket), one column for each ratio.

    Returns
    -------
    Moments
        With arrays of shape (k,).

    Raises
    ------
    TwowayError
        If the shapes differ, or a value is NaN, or a denominator is negative.

    Examples
    --------
    >>> moments = cluster_moments([0, 1, 1], [3, 1, 1])
    >>> moments.value.tolist(), moments.n_clusters.tolist()
    ([0.4], [3])
    """
    x, y = check_clusters(num, den)
    used = (x != 0) | (y != 0)
    return Moments(
        x.sum(axis=0), y.sum(axis=0), (x**2).sum(axis=0), (x * y).sum(axis=0), (y**2).sum(axis=0), used.sum(axis=0)
    )


def check_clusters(num: ArrayLike, den: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Bring per-cluster sums to two tables of one shape (m, k), or refuse them.

    Raises
    ------
    TwowayError
        If the shapes differ, or a value is NaN, or a denominator is negative.

    Examples
    --------
    >>> check_clusters([1, 2], [2, 2])[0].shape
    (2, 1)
    """
    x, y = np.asarray(num, dtype=float), np.asarray(den, dtype=float)
    if x.shape != y.shape or x.ndim not in {1, 2}:
        msg = (
            f"Numerators of shape {x.shape} do not fit denominators of shape {y.shape}. "
            "They hold one row for each cluster. "
            "Pass two tables (m, k)."
        )
        raise TwowayError(msg)
    if np.isnan(x).any() or np.isnan(y).any() or (y < 0).any():
        msg = (
            "Some cluster sums are NaN or some denominators negative. "
            "They hold one row for each cluster. "
            "Leave out what is unknown before adding up."
        )
        raise TwowayError(msg)
    return (x[:, None], y[:, None]) if x.ndim == 1 else (x, y)


def linearized_ratio(num: ArrayLike, den: ArrayLike, level: float = 0.95) -> Interval:
    """Give the cluster-robust interval of one ratio of sums: value -+ t * linearized standard error.

    The degrees of freedom are the effective number of clusters less one, so a few huge clusters widen the interval.

    Parameters
    ----------
    num, den
        Per-cluster sums, (m,).
    level
        Confidence level.

    Returns
    -------
    Interval
        Not kept inside [0, 1]; for shares `ratio_interval` is better.

    Raises
    ------
    TwowayError
        If the shapes differ, or a value is NaN, or a denominator is negative.

    Examples
    --------
    >>> print(linearized_ratio([0, 1, 1], [3, 1, 1]))
    0.4 (95 % interval -2.4 to 3.2, linearized_t)
    """
    return ratio_moments(cluster_moments(num, den), level)


def ratio_moments(moments: Moments, level: float = 0.95) -> Interval:
    """Give the interval of `linearized_ratio` from sufficient statistics alone.

    Parameters
    ----------
    moments
        Of one ratio: its arrays hold one entry.
    level
        Confidence level.

    Examples
    --------
    >>> round(ratio_moments(cluster_moments([0, 1, 1], [3, 1, 1])).se, 4)
    0.36
    """
    value, se = float(np.squeeze(moments.value)), float(np.squeeze(moments.se))
    half = float(np.squeeze(t_quantile(moments.effective - 1, level))) * se
    flags = ("undefined",) if np.isnan(value) else ()
    m = int(np.squeeze(moments.n_clusters))
    return Interval(value - half, value + half, se, "linearized_t", flags, value, m, level=check_level(level))


def delta_interval(
    sums: ArrayLike,
    combine: Combine,
    *,
    level: float = 0.95,
    bounds: tuple[float | None, float | None] = (None, None),
    sizes: ArrayLike | None = None,
    is_biased: bool = False,
) -> Interval:
    """Give the jackknife interval of any smooth function of per-cluster sums, without draws.

    Each cluster is left out in turn; the spread of the results gives the standard error, and how evenly it comes from
    the clusters the degrees of freedom of Student's t (`jackknife_df`). On a bounded scale the interval is built for
    the logit (two bounds) or the logarithm (one), so it never leaves the range.

    Parameters
    ----------
    sums
        (m, k): k sums of each cluster or bucket. Empty rows are not counted.
    combine
        Takes an array (..., k) of totals and gives the values (...).
    level
        Confidence level.
    bounds
        Lower and upper end of the range of the value; None where there is none.
    sizes
        (m,): units in each cluster, for the effective number of clusters. Default: all alike.
    is_biased
        Whether few clusters make the value too small or too large by itself, as they do an entropy. The limits are
        then built around the value less the bias that the jackknife finds, at most half way to an end of the range.

    Returns
    -------
    Interval
        NaN limits where the value is undefined, does not change with any cluster, or sits on a bound.

    Raises
    ------
    TwowayError
        If only an upper bound is given.

    Examples
    --------
    >>> share = delta_interval([[3, 5], [1, 4], [2, 2], [5, 9]], lambda s: s[..., 0] / s[..., 1], bounds=(0, 1))
    >>> print(share)
    0.55 (95 % interval 0.3055 to 0.7725, jackknife_t)
    """
    table = np.asarray(sums, dtype=float)
    used = (table != 0).any(axis=1)
    m = int(used.sum())
    with np.errstate(all="ignore"):
        value = float(combine(table.sum(axis=0)))
    left_out = leave_one_out(table, combine)
    se = float(np.sqrt(((left_out - value) ** 2).sum() * (m - 1) / m)) if m > 1 else np.nan
    effective = m if sizes is None else float(effective_clusters(np.asarray(sizes)[used]))
    half = float(t_quantile(jackknife_df(left_out - value, m, effective), level)) * se
    center = _less_bias(value, left_out, bounds) if is_biased and m > 1 else value
    low, high = _transformed_limits(center, half, bounds)
    if np.isnan(value) or not se > 1e-12 * abs(value):
        reason = "undefined" if np.isnan(value) else "no_variation"
        return Interval(np.nan, np.nan, np.nan, "none", (reason,), value, m, level=level)
    return Interval(low, high, se, "jackknife_t", (), value, m, level=level)


def variety_interval(counts: ArrayLike, combine: Combine, bounds: tuple[float, float], level: float = 0.95) -> Interval:
    """Give the interval of a variety, such as an entropy, of classes counted in each cluster.

    A few clusters show too few classes, so the value is too small by itself; limits around it lie too low.

    Parameters
    ----------
    counts
        (m, k): how often each cluster has each class.
    combine, bounds, level
        As in `delta_interval`.

    Examples
    --------
    >>> def effective(counts):
    ...     p = counts / counts.sum(axis=-1, keepdims=True)
    ...     return np.exp(-(p * np.log(np.where(p > 0, p, 1))).sum(axis=-1))
    >>> print(variety_interval([[2, 1, 0], [1, 0, 1], [1, 2, 0], [2, 0, 0]] * 3, effective, (1, 3)))
    2.455 (95 % interval 1.925 to 2.844, jackknife_t)
    """
    table = np.asarray(counts, dtype=float)
    found = delta_interval(table, combine, level=level, bounds=bounds, sizes=table.sum(axis=1), is_biased=True)
    # Where next to nothing was seen the bias may exceed the limits: they still hold the value they belong to.
    return replace(
        found, low=float(np.minimum(found.low, found.value)), high=float(np.maximum(found.high, found.value))
    )


def _less_bias(value: float, left_out: FloatArray, bounds: tuple[float | None, float | None]) -> float:
    center = value + (len(left_out) - 1) * (value - float(left_out.mean()))
    lower, upper = (end if end is None else (value + end) / 2 for end in bounds)
    center = center if lower is None else max(center, lower)
    return center if upper is None else min(center, upper)


def _transformed_limits(value: float, half: float, bounds: tuple[float | None, float | None]) -> tuple[float, float]:
    lower, upper = bounds
    if lower is None and upper is None:
        return value - half, value + half
    if lower is None:
        msg = (
            f"bounds=(None, {upper}) has no lower end. "
            "They were given to delta_interval. "
            "Measure the value from its upper end instead, or give both."
        )
        raise TwowayError(msg)
    above = value - lower
    below = np.inf if upper is None else upper - value
    if not (above > 0 and below > 0):
        return np.nan, np.nan
    # The slope of the log-odds of the place between the bounds; without an upper bound, the slope of the logarithm.
    step = min(half * (1 / above + 1 / below), 700.0)
    return _place(lower, upper, above, below, -step), _place(lower, upper, above, below, step)


def _place(lower: float, upper: float | None, above: float, below: float, step: float) -> float:
    if upper is None:
        return float(lower + above * np.exp(step))
    return float(lower + (upper - lower) / (1 + below / above * np.exp(-step)))
