"""The default interval of a ratio of sums over clusters: one door for all measures that are ratios.

Which method is used, and why, was settled by simulated coverage (the table is in the tests of this package):

======================  ==============================================================================================
a share, 0 < p < 1      Wilson's score interval with an effective n: the n at which a simple share would be as uncertain
                        as the jackknife over clusters finds this one; Student's t with the jackknife's own degrees of
                        freedom
a share, p = 0 or 1     Wilson's interval with the effective number of clusters as n: the data show no spread at all
a ratio above 0         logarithm, jackknife standard error, Student's t
a signed ratio          jackknife standard error, Student's t
fewer than 10 clusters  a share: as at 0 and 1, flag ``few_clusters``; any other ratio: none
======================  ==============================================================================================
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TwowayError
from .bootstrap import percentile_interval
from .intervals import wilson_limits
from .linearized import Moments, check_clusters, cluster_moments
from .resampling import bootstrap_sums, jackknife_df, ratio_draws
from .results import REFUSE_BELOW, WARN_BELOW, FloatArray, Interval, Intervals, check_level, normal_quantile, t_quantile

__all__ = ["ratio_interval", "ratio_intervals", "ratio_intervals_from_moments"]


def ratio_interval(
    num: ArrayLike,
    den: ArrayLike,
    *,
    proportion: bool,
    weights: NDArray[np.float32] | None = None,
    level: float = 0.95,
    n_clusters: int | None = None,
) -> Interval:
    """Give the recommended interval of one ratio of sums over clusters.

    Parameters
    ----------
    num, den
        (m,): sums of the numerator and denominator in each cluster or bucket. Rows with neither are not counted.
    proportion
        Whether the numerator counts some of the units of the denominator, so that the value is a share.
    weights
        Bootstrap weights (draws, m). If given, percentiles of the bootstrap replace the closed form.
    level
        Confidence level.
    n_clusters
        Clusters behind the buckets; default the number of rows that are not empty.

    Returns
    -------
    Interval
        With value, limits, standard error, method and flags.

    Raises
    ------
    TwowayError
        If the shapes differ, a sum is NaN, a denominator is negative, or a share's numerator exceeds its denominator.

    Examples
    --------
    >>> answered = [2, 0, 1, 1, 0, 3, 1, 0, 1, 2, 1, 0]
    >>> owed = [2, 1, 2, 1, 3, 3, 1, 1, 2, 4, 1, 1]
    >>> print(ratio_interval(answered, owed, proportion=True))
    0.5455 (95 % interval 0.2789 to 0.7883, wilson_clustered; few_clusters)
    """
    counts = None if n_clusters is None else np.asarray([n_clusters])
    x, y = np.asarray(num, dtype=float), np.asarray(den, dtype=float)
    many = ratio_intervals(
        x[:, None], y[:, None], proportion=proportion, weights=weights, level=level, n_clusters=counts
    )
    return many[0]


def ratio_intervals(
    num: ArrayLike,
    den: ArrayLike,
    *,
    proportion: ArrayLike,
    signed: ArrayLike | None = None,
    weights: NDArray[np.float32] | None = None,
    level: float = 0.95,
    n_clusters: ArrayLike | None = None,
) -> Intervals:
    """Give the recommended intervals of many ratios over the same clusters at once.

    Parameters
    ----------
    num, den
        (m, k): one row for each cluster or bucket, one column for each ratio.
    proportion
        Whether the ratios are shares: one answer, or one for each column.
    signed
        Whether a ratio that is no share can be negative: one answer, or one for each column. Default: see whether one
        is.
    weights
        Bootstrap weights (draws, m). If given, percentiles of the bootstrap replace the closed form.
    level
        Confidence level.
    n_clusters
        (k,): clusters behind the buckets; default the number of rows that are not empty in that column.

    Returns
    -------
    Intervals
        One for each column.

    Raises
    ------
    TwowayError
        If the shapes differ, a sum is NaN, a denominator is negative, or a share's numerator exceeds its denominator.

    Examples
    --------
    >>> import numpy as np
    >>> den = np.full((40, 2), 2)
    >>> num = np.c_[np.arange(40) % 3, np.zeros(40)]
    >>> both = ratio_intervals(num, den, proportion=True)
    >>> both.method, both[1].flags, both.high.round(3).tolist()
    (('wilson_clustered', 'wilson_clusters'), ('at_boundary',), [0.617, 0.088])
    """
    x, y = check_clusters(num, den)
    share = np.broadcast_to(np.asarray(proportion, dtype=bool), x.shape[1:])
    if ((x < 0) | (x > y))[:, share].any():
        msg = (
            "Some numerators of a share are negative or above their denominators. "
            "They hold one row for each cluster. "
            "Count parts of the whole, or say proportion=False."
        )
        raise TwowayError(msg)
    moments = cluster_moments(x, y)
    minus = np.asarray((x < 0).any(axis=0) if signed is None else signed, dtype=bool)
    se, df = _jackknife(x, y, moments)
    limits = _closed_form(moments, se, df, share, np.broadcast_to(minus, share.shape), level)
    if weights is not None:
        limits = _bootstrapped(x, y, weights, limits, moments, level)
    return _finish(moments, limits, share, level, n_clusters)


def ratio_intervals_from_moments(
    moments: Moments, *, proportion: ArrayLike, signed: ArrayLike = False, level: float = 0.95
) -> Intervals:
    """Give the recommended intervals from sufficient statistics: six numbers a ratio instead of a row a cluster.

    The linearized standard error takes the place of the jackknife's, and effective clusters less one that of its
    degrees of freedom: a little narrower for few clusters and rare events, the same for many.

    Parameters
    ----------
    moments
        Of k ratios.
    proportion, signed
        Whether the ratios are shares, and whether their numerators may be negative: one answer, or one for each ratio.
    level
        Confidence level.

    Returns
    -------
    Intervals
        One for each ratio.

    Examples
    --------
    >>> import numpy as np
    >>> moments = cluster_moments(np.arange(40) % 3, np.full(40, 2))
    >>> print(ratio_intervals_from_moments(moments, proportion=True)[0])
    0.4875 (95 % interval 0.3598 to 0.6168, wilson_clustered)
    """
    k = moments.num.shape
    share, minus = (np.broadcast_to(np.asarray(flag, dtype=bool), k) for flag in (proportion, signed))
    df = np.nan_to_num(moments.effective - 1)
    return _finish(moments, _closed_form(moments, moments.se, df, share, minus, level), share, level, None)


_Limits = tuple[FloatArray, FloatArray, FloatArray, NDArray[np.object_]]


def _jackknife(x: FloatArray, y: FloatArray, moments: Moments) -> tuple[FloatArray, FloatArray]:
    # Leaving cluster c out moves the ratio by its residual over what remains: no loop needed.
    rest = moments.den - y
    used = (x != 0) | (y != 0)
    residual = x - np.nan_to_num(moments.value) * y
    moved = np.where(used & (residual != 0), residual / np.where(rest > 0, rest, np.nan), 0.0)
    m = np.where(moments.n_clusters > 1, moments.n_clusters, np.nan)
    se = np.sqrt((moved**2).sum(axis=0) * (m - 1) / m)
    trace = 1e-12 * np.abs(np.nan_to_num(moments.value))
    df = jackknife_df(np.nan_to_num(moved), moments.n_clusters, moments.effective)
    return np.asarray(np.where(se < trace, 0.0, se)), df


def _closed_form(
    moments: Moments,
    se: FloatArray,
    df: FloatArray,
    share: NDArray[np.bool_],
    signed: NDArray[np.bool_],
    level: float,
) -> _Limits:
    value, effective = moments.value, moments.effective
    t = t_quantile(df, level)
    edge = share & ((value == 0) | (value == 1))
    alone = edge | (share & (moments.n_clusters < REFUSE_BELOW))
    low, high = value - t * se, value + t * se
    method = np.where(signed, "jackknife_t", "log_jackknife_t").astype(object)
    positive = ~signed & (value > 0)
    spread = np.exp(np.minimum(t * se / np.where(positive, value, np.nan), 700))
    low, high = np.where(positive, value / spread, low), np.where(positive, value * spread, high)
    n = np.nan_to_num(np.where(alone, effective, _effective_n(moments, se, t, level))) * share
    score_low, score_high = wilson_limits(np.nan_to_num(value) * n, n, level)
    low, high = np.where(share, score_low, low), np.where(share, score_high, high)
    method[share] = "wilson_clustered"
    method[alone] = "wilson_clusters"
    return low, high, se, method


def _effective_n(moments: Moments, se: FloatArray, t: FloatArray, level: float) -> FloatArray:
    # Clusters that agree more than chance allows would make n infinite: it is held at the number of units seen.
    p = moments.value
    most = np.maximum(moments.den, moments.n_clusters)
    variance = np.where(se > 0, se**2, np.nan)
    n = np.where(se > 0, p * (1 - p) / variance, most)
    # Wilson's formula sees the quantile z and n only as z^2/n, so this is the same interval with t in the place of z.
    return np.asarray(np.minimum(n, most) * (normal_quantile(level) / t) ** 2)


def _bootstrapped(
    x: FloatArray, y: FloatArray, weights: NDArray[np.float32], limits: _Limits, moments: Moments, level: float
) -> _Limits:
    low, high, se, method = limits[0].copy(), limits[1].copy(), limits[2].copy(), limits[3].copy()
    top, bottom = np.split(bootstrap_sums(np.hstack([x, y]), weights), 2, axis=1)
    draws = ratio_draws(top, bottom)
    for j in np.flatnonzero(method != "wilson_clusters"):
        drawn = percentile_interval(draws[:, j], level, n_clusters=int(moments.n_clusters[j]))[0]
        low[j], high[j], se[j], method[j] = drawn.low, drawn.high, drawn.se, drawn.method
    return low, high, se, method


def _finish(
    moments: Moments, limits: _Limits, share: NDArray[np.bool_], level: float, n_clusters: ArrayLike | None
) -> Intervals:
    low, high, se, method = limits
    m = moments.n_clusters if n_clusters is None else np.asarray(n_clusters, dtype=np.int64)
    value = moments.value
    undefined = np.isnan(value)
    still = ~share & (np.nan_to_num(se) == 0)
    none = undefined | (~share & (moments.n_clusters < REFUSE_BELOW)) | still
    method[none] = "none"
    reasons = {
        "undefined": undefined,
        "few_clusters": ~undefined & (m < WARN_BELOW),
        "uneven_clusters": (m >= WARN_BELOW) & (moments.effective < REFUSE_BELOW),
        "at_boundary": share & ((value == 0) | (value == 1)),
        "no_variation": ~undefined & still & (moments.n_clusters >= REFUSE_BELOW),
    }
    return Intervals(
        low=np.where(none, np.nan, low),
        high=np.where(none, np.nan, high),
        value=value,
        se=np.where(np.nan_to_num(se) == 0, np.nan, se).astype(float),
        method=tuple(method),
        flags=tuple(tuple(name for name, hit in reasons.items() if hit[j]) for j in range(len(value))),
        n_clusters=m,
        level=check_level(level),
    )
