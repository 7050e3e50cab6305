"""Wilson's score for values between 0 and 1 that count nothing: restricted means, and functions of several shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .intervals import wilson_limits
from .linearized import check_clusters
from .resampling import jackknife_df
from .results import REFUSE_BELOW, WARN_BELOW, FloatArray, Interval, check_level, normal_quantile, t_quantile

__all__ = ["composite_interval", "score_limits"]


def score_limits(share: float, se: float, critical: float, level: float = 0.95) -> tuple[float, float]:
    """Give Wilson's limits of a value between 0 and 1 from its standard error.

    The number of cases is the one at which a simple share would be as uncertain. Normal limits miss too often near 0
    and 1, where the error depends on the value.

    Parameters
    ----------
    share
        The value, between 0 and 1.
    se
        Its standard error, above 0.
    critical
        Standard errors from the middle to a limit.
    level
        Confidence level.

    Returns
    -------
    tuple
        Lower and upper limit.

    Examples
    --------
    >>> low, high = score_limits(0.4, (0.4 * 0.6 / 10) ** 0.5, 1.959964)
    >>> round(low, 4), round(high, 4)
    (0.1682, 0.6873)
    """
    # Wilson's formula sees the quantile z and n only as z^2/n, so a smaller n puts `critical` in the place of z.
    n = share * (1 - share) / se**2 * (normal_quantile(level) / critical) ** 2
    low, high = wilson_limits(share * n, n, level)
    return float(low), float(high)


def composite_interval(
    own: Sequence[tuple[ArrayLike, ArrayLike]],
    shared: Sequence[tuple[ArrayLike, ArrayLike]],
    combine: Callable[..., Any],
    *,
    level: float = 0.95,
) -> Interval:
    """Give the interval of a function of shares that have different clusters but are not independent.

    Each share's part of the variance comes from leaving out its own clusters in turn. What two shares have in common
    is found by leaving out clusters that both of them have, such as days, and is counted only where it adds to the
    uncertainty. Limits are Wilson's, Student's t has the fewest degrees of freedom of any share.

    Parameters
    ----------
    own
        For each share the sums (m_i,) of its numerator and denominator by its own clusters.
    shared
        For each share the sums (m,) by the common clusters, in one order.
    combine
        Takes the shares and gives a value between 0 and 1.
    level
        Confidence level.

    Returns
    -------
    Interval
        NaN limits and flag ``undefined`` if a share is 0/0. At 0 and 1, and below 10 clusters, Wilson's limits with
        the number of clusters. `n_clusters` is that of the share with the fewest.

    Raises
    ------
    TwowayError
        If the shapes of a numerator and its denominator differ, a sum is NaN, or a denominator is negative.

    Examples
    --------
    >>> days = [3, 1, 4, 2, 2, 3, 1, 4, 2, 3, 0, 5], [4, 2, 4, 3, 4, 4, 2, 5, 4, 3, 1, 6]
    >>> persons = [1, 0, 1, 0, 1, 1, 0, 0, 1, 1], [2, 1, 1, 1, 2, 2, 1, 2, 1, 1]
    >>> late = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1], [1, 2, 0, 1, 1, 2, 1, 1, 1, 1, 1, 2]
    >>> print(composite_interval([days, persons], [days, late], lambda one, other: one * other))
    0.3061 (95 % interval 0.1407 to 0.543, wilson_composite; few_clusters)
    """
    owned, common = ([check_clusters(num, den) for num, den in sums] for sums in (own, shared))
    sizes = [int(_used(sums).sum()) for sums in owned]
    m = min(sizes)
    shares = [_divide(x.sum(), y.sum()) for x, y in owned]
    value = float(combine(*shares))
    if np.isnan(value):
        return Interval(np.nan, np.nan, method="none", flags=("undefined",), level=check_level(level))
    moved = [_moved(owned[i], i, shares, combine) for i in range(len(owned))]
    edges = [_edge(i, k, shares, combine, level) for i, k in enumerate(sizes)]
    variance = sum(float(step @ step) for step in moved) + sum(edges) + _shared(common, shares, combine)
    flags = ("few_clusters",) if m < WARN_BELOW else ()
    if m < REFUSE_BELOW or not 0 < value < 1 or not variance > 0:
        low, high = (float(limit) for limit in wilson_limits(value * m, m, level))
        at_edge = () if 0 < value < 1 else ("at_boundary",)
        return Interval(low, high, np.nan, "wilson_clusters", flags + at_edge, value, m, level=level)
    se, df = float(np.sqrt(variance)), min(_df(step, k) for step, k in zip(moved, sizes, strict=True))
    low, high = score_limits(value, se, float(t_quantile(df, level)), level)
    return Interval(low, high, se, "wilson_composite", flags, value, m, level=level)


def _df(step: FloatArray, n_clusters: int) -> float:
    return float(jackknife_df(step, n_clusters, n_clusters)) if step.any() else np.inf


def _edge(i: int, n_clusters: int, shares: list[float], combine: Callable[..., Any], level: float) -> float:
    """Give a share of exactly 0 or 1, whose clusters show no spread, the variance that Wilson's far limit means."""
    if 0 < shares[i] < 1:
        return 0.0
    low, high = (float(limit) for limit in wilson_limits(shares[i] * n_clusters, n_clusters, level))
    far = high if shares[i] == 0 else low
    step = combine(*shares[:i], far, *shares[i + 1 :]) - combine(*shares)
    return float(step / normal_quantile(level)) ** 2


def _divide(num: float, den: float) -> float:
    return float(num) / float(den) if den > 0 else np.nan


def _used(sums: tuple[FloatArray, FloatArray]) -> NDArray[np.bool_]:
    return np.asarray(((sums[0] != 0) | (sums[1] != 0))[:, 0])


def _moved(sums: tuple[FloatArray, FloatArray], i: int, shares: list[float], combine: Callable[..., Any]) -> FloatArray:
    """Say how far the value moves when each cluster of one share is left out, on the scale of the jackknife."""
    num, den = (column[:, 0] for column in sums)
    used, rest = _used(sums), den.sum() - den
    left = np.where(used & (rest > 0), (num.sum() - num) / np.where(rest > 0, rest, 1.0), shares[i])
    steps = np.array([combine(*shares[:i], one, *shares[i + 1 :]) for one in left]) - combine(*shares)
    m = int(used.sum())
    return np.asarray(steps * np.sqrt((m - 1) / m), dtype=float)


def _shared(common: list[tuple[FloatArray, FloatArray]], shares: list[float], combine: Callable[..., Any]) -> float:
    """Give twice the sum of the covariances, none of them below 0."""
    steps = [_moved(sums, i, shares, combine) for i, sums in enumerate(common)]
    pairs = ((a, b) for k, a in enumerate(steps) for b in steps[k + 1 :])
    return 2 * sum(max(0.0, float(a @ b)) for a, b in pairs)
