"""Breadth at equal numbers of posts: how many distinct persons a random sample of them would reach."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .results import FloatArray, Interval, t_quantile

__all__ = ["rarefied", "rarefied_interval"]


def rarefied(counts: ArrayLike, size: int, *, times: ArrayLike = 1.0) -> float:
    """Give the expected number of kinds among `size` items drawn without replacement (Hurlbert).

    Parameters
    ----------
    counts
        How many items there are of each kind.
    size
        How many are drawn.
    times
        How many kinds have each of these counts.

    Returns
    -------
    float
        NaN where there are fewer items than are drawn.

    References
    ----------
    Hurlbert 1971; the same number as R's `vegan::rarefy`.

    Examples
    --------
    >>> [round(rarefied([5, 3, 2], size), 4) for size in (1, 4, 10)]
    [1.0, 2.4762, 3.0]
    """
    n = np.asarray(counts, dtype=float)
    weight = np.broadcast_to(np.asarray(times, dtype=float), n.shape)
    return float(weight @ _seen(n, float(weight @ n), size))


def _seen(n: FloatArray, total: FloatArray | float, size: int) -> FloatArray:
    """Give the chance that a kind with n of all items is among those drawn."""
    from scipy.special import gammaln

    whole = np.asarray(total, dtype=float)
    rest = whole - n
    possible = (rest >= size) & (whole >= size)
    safe_rest, safe = np.where(possible, rest, size), np.where(possible, whole, size)
    log = gammaln(safe_rest + 1) - gammaln(safe_rest - size + 1) - gammaln(safe + 1) + gammaln(safe - size + 1)
    return np.where(whole >= size, np.where(possible, -np.expm1(log), 1.0), np.nan)


def rarefied_interval(
    person: ArrayLike, n: ArrayLike, cluster: ArrayLike, size: int, level: float = 0.95
) -> Interval | None:
    """Give the expected number of persons among `size` posts, with a jackknife over days.

    Parameters
    ----------
    person, n, cluster
        (k,): how many posts went to which person on which day, one row each.
    size
        How many posts are drawn.
    level
        Confidence level.

    Returns
    -------
    Interval
        Student's t on the logarithm; None if there are no posts. NaN where there are fewer posts than are drawn, no
        limits where leaving out a day leaves fewer.

    Examples
    --------
    >>> days = [d for d in range(30) for _ in range(3)]
    >>> found = rarefied_interval(list(range(60)) + list(range(30)), [1] * 90, days, 50)
    >>> round(found.value, 2), bool(found.low < found.value < found.high), found.n_clusters
    (40.82, True, 30)
    """
    posts = np.asarray(n, dtype=float)
    if not len(posts):
        return None
    people, days = (np.unique(np.asarray(c), return_inverse=True)[1] for c in (person, cluster))
    totals = np.bincount(people, posts)
    value = rarefied(totals, size)
    left = _without_each_day(posts, people, days, totals, size)
    m = len(left)
    se = float(np.sqrt(((left - left.mean()) ** 2).sum() * (m - 1) / m)) if m > 1 else np.nan
    method = "log_jackknife_t" if np.isfinite(value * se) and se > 0 else "none"
    width = np.exp(float(t_quantile(m - 1, level)) * se / value) if method != "none" else np.nan
    return Interval(value / width, min(value * width, size), se, method, (), value, m, level=level)


def _without_each_day(
    posts: FloatArray, people: NDArray[np.intp], days: NDArray[np.intp], totals: ArrayLike, size: int
) -> FloatArray:
    """Give the value with each day left out: all persons under the smaller total, then those of the day mended."""
    each = np.asarray(totals, dtype=float)
    kinds, times = np.unique(each, return_counts=True)
    rest = each.sum() - np.bincount(days, posts)
    everyone = (times * _seen(kinds[None, :], rest[:, None], size)).sum(axis=1)
    of_day = rest[days]
    change = _seen(each[people] - posts, of_day, size) - _seen(each[people], of_day, size)
    return np.asarray(everyone + np.bincount(days, change))
