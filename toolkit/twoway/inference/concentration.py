"""Whether answers concentrate on the prominent: the concentration index of health economics, for clustered data.

Persons are ranked by prominence (followers). The index is twice the covariance of the outcome with the fractional rank,
over the mean: 0 if prominence does not matter, above 0 if the prominent get more. Erreygers' index is its version for
outcomes between 0 and 1: four times the mean times the concentration index, from -1 to 1.

Standard errors add up, within clusters, the influence of each row: on the covariance, on the mean, and, because a row
moves the ranks of all others, on those. statsmodels and scipy have neither index.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import SchemaError
from .results import WARN_BELOW, FloatArray, Interval, check_level, t_quantile
from .sandwich import cluster_totals, effects_df

__all__ = ["concentration_index", "erreygers_index", "fractional_ranks"]


def fractional_ranks(by: ArrayLike, weights: ArrayLike | None = None) -> FloatArray:
    """Give the share of the total weight that lies below each row, half of what ties with it included.

    Parameters
    ----------
    by
        (n,): what is ranked.
    weights
        (n,): 0 or more. Default: 1.

    Returns
    -------
    array, (n,)
        Between 0 and 1; their weighted mean is 1/2.

    Examples
    --------
    >>> fractional_ranks([10, 20, 20, 400]).tolist()
    [0.125, 0.5, 0.5, 0.875]
    """
    values = np.asarray(by, dtype=float)
    weight = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=float)
    _, place = np.unique(values, return_inverse=True)
    return _middle(np.bincount(place, weight))[place] / weight.sum() if len(values) else values


def concentration_index(
    y: ArrayLike,
    by: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    level: float = 0.95,
) -> Interval:
    """Give the concentration index C = 2 cov(y, r) / mean(y), with limits robust to clusters.

    Parameters
    ----------
    y
        (n,): outcome, 0 or more (answered or not, answers, words).
    by
        (n,): what persons are ranked by (followers); ties share the middle rank.
    weights
        (n,): weight of each row. Default: 1.
    groups
        (n,): cluster of each row (the person). Default: each row is its own.
    level
        Confidence level.

    Returns
    -------
    Interval
        NaN with flag `undefined` where nothing was answered. Rows with something unknown are left out (flag
        `rows_left_out`). Limits are built on Fisher's scale, so they stay between -1 and 1.

    Raises
    ------
    SchemaError
        If lengths differ, or an outcome or a weight is negative.

    Examples
    --------
    >>> concentration_index([0, 0, 1, 1], [5, 80, 300, 9000]).value
    0.5
    """
    return _index(y, by, weights, groups, level, is_erreygers=False)


def erreygers_index(
    y: ArrayLike,
    by: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    level: float = 0.95,
) -> Interval:
    """Give Erreygers' index E = 4 mean(y) C of an outcome between 0 and 1, with limits robust to clusters.

    Parameters
    ----------
    y
        (n,): outcome, from 0 to 1.
    by, weights, groups, level
        As in `concentration_index`.

    Returns
    -------
    Interval
        1 where exactly the upper half got an answer, -1 where exactly the lower half did.

    Raises
    ------
    SchemaError
        If lengths differ, an outcome is outside 0 to 1, or a weight is negative.

    Examples
    --------
    >>> erreygers_index([0, 0, 1, 1], [5, 80, 300, 9000]).value
    1.0
    """
    return _index(y, by, weights, groups, level, is_erreygers=True)


def _index(
    y: ArrayLike,
    by: ArrayLike,
    weights: ArrayLike | None,
    groups: ArrayLike | None,
    level: float,
    *,
    is_erreygers: bool,
) -> Interval:
    outcome, rank_by, weight, cluster, n_left_out = _arranged(y, by, weights, groups, top=1 if is_erreygers else np.inf)
    found = ("rows_left_out",) if n_left_out else ()
    m = int(cluster.max()) + 1 if len(cluster) else 0
    shares = weight / weight.sum() if weight.sum() > 0 else weight
    mean = float(shares @ outcome)
    if not mean > 0:
        flags = ("undefined", *found)
        return Interval(np.nan, np.nan, method="none", flags=flags, n_clusters=m, level=check_level(level))
    value, influence = _influence(outcome, rank_by, shares, mean)
    if is_erreygers:
        influence = 4 * (mean * influence + value * (outcome - mean))
        value = 4 * mean * value
    effects = cluster_totals(shares * influence, cluster, m)
    noise = 1e-12 * float(np.abs(shares).max())
    if m < 2 or float(np.abs(effects).max()) <= noise:
        value = 0.0 if abs(value) < 1e-12 else value
        flags = ("few_clusters" if m < 2 else "no_variation", *found)
        return Interval(np.nan, np.nan, method="none", flags=flags, value=value, n_clusters=m, level=level)
    se = float(np.sqrt((effects**2).sum() * m / (m - 1)))
    half = se * float(t_quantile(effects_df(effects[:, None], cluster), level)[0])
    low, high = _inside(value, half)
    few = ("few_clusters",) if m < WARN_BELOW else ()
    return Interval(low, high, se, "influence_t", (*few, *found), value, m, level=level)


def _influence(y: FloatArray, by: FloatArray, shares: FloatArray, mean: float) -> tuple[float, FloatArray]:
    """Give the concentration index, and what a little more weight on each row would do to it."""
    _, place = np.unique(by, return_inverse=True)
    below = _middle(np.bincount(place, shares))[place]
    # What the rows above this one get, half of its ties included: its presence lifts them all by one place.
    above = mean - _middle(np.bincount(place, shares * y))[place]
    joint = float(shares @ (y * below))
    influence = 2 / mean * (y * below + above - 2 * joint) - 2 * joint / mean**2 * (y - mean)
    value = 2 * float(shares @ ((y - mean) * (below - 0.5))) / mean
    return value, influence


def _inside(value: float, half: float) -> tuple[float, float]:
    """Build limits on Fisher's scale, which has no ends, so that they stay between -1 and 1."""
    if not abs(value) < 1:
        return float("nan"), float("nan")
    step = half / (1 - value**2)
    return float(np.tanh(np.arctanh(value) - step)), float(np.tanh(np.arctanh(value) + step))


def _middle(totals: NDArray[np.number]) -> FloatArray:
    """Add up totals below each place, half of its own included."""
    return np.asarray(np.cumsum(totals) - totals / 2)


def _arranged(
    y: ArrayLike, by: ArrayLike, weights: ArrayLike | None, groups: ArrayLike | None, *, top: float
) -> tuple[FloatArray, FloatArray, FloatArray, NDArray[np.intp], int]:
    import pandas as pd

    outcome, rank_by = np.asarray(y, dtype=float), np.asarray(by, dtype=float)
    n = len(outcome)
    weight = np.ones(n) if weights is None else np.asarray(weights, dtype=float)
    labels = pd.Series(np.arange(n) if groups is None else np.asarray(groups))
    if {len(rank_by), len(weight), len(labels)} != {n}:
        msg = (
            f"Columns of {n}, {len(rank_by)}, {len(weight)} and {len(labels)} rows do not fit. They were given to a "
            "concentration index as y, by, weights and groups. Pass columns of one table."
        )
        raise SchemaError(msg)
    if (outcome < 0).any() or (outcome > top).any() or (weight < 0).any():
        msg = (
            "Some outcomes or weights are outside their range. They were given to a concentration index. "
            f"Pass outcomes from 0 to {top:g} and weights from 0 on."
        )
        raise SchemaError(msg)
    known = np.isfinite(outcome) & ~np.isnan(rank_by) & (weight > 0) & labels.notna().to_numpy()
    n_left_out = int((~known & ~(weight == 0)).sum())
    return outcome[known], rank_by[known], weight[known], pd.factorize(labels[known])[0], n_left_out
