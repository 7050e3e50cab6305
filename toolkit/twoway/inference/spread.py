"""How far apart two quantiles of values lie, where values come in clusters."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TwowayError
from .bootstrap import percentile_interval
from .resampling import poisson_weights
from .results import FloatArray, Interval, check_level

__all__ = ["quantile_spread"]

Codes = NDArray[np.int64]

#: Clusters are put into so many groups when the interval is drawn.
GROUPS = 512

#: Quantiles of draws are looked for within so many standard errors of the quantiles observed; values beyond are not
#: told apart.
REACH = 8


def quantile_spread(
    values: ArrayLike,
    clusters: ArrayLike,
    low: float = 0.1,
    high: float = 0.9,
    *,
    draws: int = 1_000,
    seed: int = 0,
    level: float = 0.95,
) -> Interval:
    """Give the distance of two quantiles, with a bootstrap over clusters.

    Parameters
    ----------
    values, clusters
        (n,): one of each an observation; NaN is left out.
    low, high
        The quantiles: the smallest values with at least so large a share of values at or below them.
    draws, seed
        Of the bootstrap.
    level
        Confidence level.

    Returns
    -------
    Interval
        NaN without values; `n_clusters` says how many clusters there are.

    Raises
    ------
    TwowayError
        If lengths differ, or the quantiles are not 0 < low < high < 1.

    Examples
    --------
    >>> quantile_spread([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], range(10)).value
    8.0
    """
    x, who = np.asarray(values, dtype=float), np.asarray(clusters)
    if x.shape != who.shape or x.ndim != 1 or not 0 < low < high < 1:
        msg = (
            f"Values of shape {x.shape}, clusters of shape {who.shape} and quantiles {low} and {high} do not fit. They"
        )
        msg += " were given to quantile_spread. Give one cluster a value, and 0 < low < high < 1."
        raise TwowayError(msg)
    width = check_level(level)
    known = ~np.isnan(x)
    x, code = x[known], np.unique(who[known], return_inverse=True)[1].reshape(-1)
    if not len(x):
        return Interval(np.nan, np.nan, method="none", flags=("undefined",), value=np.nan, level=width)
    n_clusters = int(code.max()) + 1
    levels, place = np.unique(x, return_inverse=True)
    value = float(_distance(levels, np.bincount(place).astype(float)[None], low, high)[0])
    levels, place = _near(levels, place.reshape(-1), code, (low, high))
    drawn = _distance(levels, _drawn(code, place, n_clusters, draws, seed), low, high)
    return percentile_interval(drawn, width, value=[value], n_clusters=n_clusters)[0]


def _drawn(code: Codes, place: Codes, n_clusters: int, draws: int, seed: int) -> FloatArray:
    """Draw clusters, and count for each draw that has any how often it holds each value."""
    size, n = min(n_clusters, GROUPS), int(place.max()) + 1
    # Which clusters share a group is drawn as well: numbers in order of time would put neighbors together.
    group = np.random.default_rng(seed).permutation(n_clusters)[code] % size
    table = np.bincount(group * n + place, minlength=size * n).reshape(size, n)
    totals = poisson_weights(size, draws, seed) @ table.astype(np.float32)
    return np.asarray(totals[totals.sum(axis=1) > 0], dtype=np.float64)


def _near(levels: FloatArray, place: Codes, code: Codes, quantiles: tuple[float, float]) -> tuple[FloatArray, Codes]:
    """Tell apart only values that a quantile of a draw can be; those in between count as the next higher one."""
    at_or_below = np.cumsum(np.bincount(place)) / len(place)
    is_kept = np.zeros(len(levels), dtype=bool)
    is_kept[-1] = True
    for q in quantiles:
        here = (place <= np.searchsorted(at_or_below, q)) - q
        error = np.sqrt((np.bincount(code, weights=here) ** 2).sum()) / len(place)
        ends = np.searchsorted(at_or_below, [q - REACH * error - 1e-9, q + REACH * error + 1e-9])
        is_kept[ends[0] : ends[1] + 1] = True
    return levels[is_kept], np.searchsorted(np.flatnonzero(is_kept), place)


def _distance(ordered: FloatArray, counts: FloatArray, low: float, high: float) -> FloatArray:
    """Give the distance of the quantiles of values in order that stand for so many observations each, row by row."""
    below = counts.cumsum(axis=1)
    whole = below[:, -1:]
    ends = [ordered[(below >= q * whole - 1e-9).argmax(axis=1)] for q in (low, high)]
    return np.asarray(ends[1] - ends[0])
