"""Is one group treated as the other? Differences of two shares, and of the log odds of two shares, over clusters."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..errors import SchemaError
from .differences import paired_difference
from .intervals import newcombe
from .ratios import ratio_interval
from .results import REFUSE_BELOW, WARN_BELOW, FloatArray, Interval, check_level, t_quantile

__all__ = ["log_odds_difference", "share_difference"]


def share_difference(
    hit: ArrayLike, first: ArrayLike, second: ArrayLike, groups: ArrayLike, level: float = 0.95
) -> Interval:
    """Give the difference of the shares of hits in two groups of rows, with an interval that counts clusters.

    Where no cluster has two rows it is Newcombe's interval. Otherwise the two shares get intervals over clusters, and
    these are joined with the correlation of the two that the clusters with rows in both groups bring about.

    Parameters
    ----------
    hit
        (n,): 0 or 1.
    first, second
        (n,): 1 for the rows of the first, of the second group; a row may be in neither.
    groups
        (n,): cluster of each row.
    level
        Confidence level.

    Returns
    -------
    Interval
        Share of the first less share of the second; NaN where a group is empty.

    Raises
    ------
    SchemaError
        If a row is in both groups.

    References
    ----------
    Newcombe 1998; Zou & Donner 2008.

    Examples
    --------
    >>> hit = [1] * 60 + [0] * 40 + [1] * 30 + [0] * 30
    >>> critical = [1] * 100 + [0] * 60
    >>> print(share_difference(hit, critical, [1 - c for c in critical], range(160)))
    0.1 (95 % interval -0.05699 to 0.2525, newcombe)
    """
    y, a, b = (np.asarray(x, dtype=float) for x in (hit, first, second))
    _check_apart(a, b)
    used = (a + b) > 0
    y, a, b = y[used], a[used], b[used]
    _, who = np.unique(np.asarray(groups)[used], return_inverse=True)
    n = (float(a.sum()), float(b.sum()))
    if min(n) == 0:
        return Interval(np.nan, np.nan, np.nan, "none", ("undefined",), np.nan, level=level)
    hits = ((y * a).sum(), (y * b).sum())
    if len(who) == who.max() + 1:
        found = newcombe(float(hits[0]), n[0], float(hits[1]), n[1], level)
        flags = ("few_clusters",) if len(who) < WARN_BELOW else ()
        return Interval(found.low, found.high, found.se, found.method, flags, found.value, len(who), level=level)
    sums = [np.bincount(who, x) for x in (y * a, a, y * b, b)]
    one = ratio_interval(sums[0], sums[1], proportion=True, level=level)
    other = ratio_interval(sums[2], sums[3], proportion=True, level=level)
    pulls = [sums[i] - sums[i].sum() / sums[i + 1].sum() * sums[i + 1] for i in (0, 2)]
    found = paired_difference(one, other, _correlation(*pulls))
    return Interval(
        found.low, found.high, found.se, "newcombe_clustered", found.flags, found.value, int(who.max()) + 1, level=level
    )


def log_odds_difference(
    hit: ArrayLike, first: ArrayLike, second: ArrayLike, groups: ArrayLike, level: float = 0.95
) -> Interval:
    """Give the difference of the log odds of hits in two groups of rows, half a case added to every cell.

    The variance of independent rows is the sum of the inverses of the four cells; where rows of one cluster resemble
    one another it is raised to what the clusters show, and never lowered.

    Parameters
    ----------
    hit
        (n,): 0 or 1.
    first, second
        (n,): 1 for the rows of the first, of the second group; a row may be in neither.
    groups
        (n,): cluster of each row.
    level
        Confidence level.

    Returns
    -------
    Interval
        Log odds of the first less log odds of the second; NaN where a group is empty.

    Raises
    ------
    SchemaError
        If a row is in both groups.

    Examples
    --------
    >>> hit = [1] * 12 + [0] * 188 + [1] + [0] * 149
    >>> praising = [1] * 200 + [0] * 150
    >>> found = log_odds_difference(hit, praising, [1 - p for p in praising], range(350))
    >>> round(found.value, 4), round(found.se, 4)
    (1.8885, 0.871)
    """
    check_level(level)
    y, a, b = (np.asarray(x, dtype=float) for x in (hit, first, second))
    _check_apart(a, b)
    used = (a + b) > 0
    y, a, b = y[used], a[used], b[used]
    _, who = np.unique(np.asarray(groups)[used], return_inverse=True)
    cells = [float((y * a).sum()), float(((1 - y) * a).sum()), float((y * b).sum()), float(((1 - y) * b).sum())]
    if cells[0] + cells[1] == 0 or cells[2] + cells[3] == 0:
        return Interval(np.nan, np.nan, np.nan, "none", ("undefined",), np.nan, level=level)
    yes_a, no_a, yes_b, no_b = (cell + 0.5 for cell in cells)
    value = float(np.log(yes_a / no_a) - np.log(yes_b / no_b))
    variance = 1 / yes_a + 1 / no_a + 1 / yes_b + 1 / no_b
    m = int(who.max()) + 1
    pull = _pulls(y, a, yes_a, no_a) - _pulls(y, b, yes_b, no_b)
    clustered = float((np.bincount(who, pull) ** 2).sum()) * (m / (m - 1) if 1 < m < len(who) else 1.0)
    alone = float((pull**2).sum())
    se = float(np.sqrt(variance * max(1.0, clustered / alone if alone > 0 else 1.0)))
    flags = ("few_clusters",) if m < WARN_BELOW else ()
    if m < REFUSE_BELOW:
        return Interval(np.nan, np.nan, se, "log_odds_half", flags, value, m, level=level)
    half = float(t_quantile(np.asarray(m - 1.0), level)) * se
    return Interval(value - half, value + half, se, "log_odds_half", flags, value, m, level=level)


def _check_apart(a: FloatArray, b: FloatArray) -> None:
    if ((a > 0) & (b > 0)).any():
        msg = "A row is in both groups. They were given to a comparison of two shares. Put every row into one of them."
        raise SchemaError(msg)


def _pulls(y: FloatArray, group: FloatArray, yes: float, no: float) -> FloatArray:
    """Say how much each row moves the log odds of its group."""
    share = yes / (yes + no)
    return group * (y - share) / ((yes + no) * share * (1 - share))


def _correlation(a: FloatArray, b: FloatArray) -> float:
    """Give the correlation of two estimates from what each cluster adds to them."""
    size = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return float(np.clip((a * b).sum() / size, -1.0, 1.0)) if size > 0 else 0.0
