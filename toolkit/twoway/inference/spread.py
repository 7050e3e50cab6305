"""How far apart two quantiles of values lie, where values come in clusters."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TwowayError
from .bootstrap import percentile_interval
from .resampling import poisson_weights
from .results import FloatArray, Interval, check_level

__all__ = ["quantile_spread"]

#: Values are put into so many classes, and clusters into so many groups, when the interval is drawn.
BINS, GROUPS = 200, 512


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
        Of the bootstrap. Its draws round values to one two-hundredth of their range; the value itself is exact.
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
    counts = np.ones((1, len(x)))
    value = float(_distance(np.sort(x), counts, low, high)[0])
    drawn = _drawn(x, code, n_clusters, (low, high), draws, seed)
    return percentile_interval(drawn, width, value=[value], n_clusters=n_clusters)[0]


def _drawn(
    x: FloatArray, code: NDArray[np.int64], n_clusters: int, quantiles: tuple[float, float], draws: int, seed: int
) -> FloatArray:
    step = (float(np.ptp(x)) or 1.0) / BINS
    place = np.minimum(((x - x.min()) / step).astype(np.int64), BINS - 1)
    size = min(n_clusters, GROUPS)
    # Which clusters share a group is drawn as well: numbers in order of time would put neighbors together.
    group = np.random.default_rng(seed).permutation(n_clusters)[code] % size
    table = np.zeros((size, BINS))
    np.add.at(table, (group, place), 1.0)
    middles = x.min() + step * (np.arange(BINS) + 0.5)
    weights = poisson_weights(size, draws, seed)
    totals = weights @ table
    return _distance(middles, totals[totals.sum(axis=1) > 0], *quantiles)


def _distance(ordered: FloatArray, counts: FloatArray, low: float, high: float) -> FloatArray:
    """Give the distance of the quantiles of values in order that stand for so many observations each, row by row."""
    below = counts.cumsum(axis=1)
    whole = below[:, -1:]
    ends = [ordered[(below >= q * whole - 1e-9).argmax(axis=1)] for q in (low, high)]
    return np.asarray(ends[1] - ends[0])
