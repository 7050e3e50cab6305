"""How much of the range of emotions texts use: spread and classes of sentiment scores from -1 to 1.

A flat voice keeps to a few shades whatever it is told. Scores of one person's posts are alike, so all intervals take
clusters. statsmodels and scipy have standard deviations and entropies, but none for clustered rows.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ..errors import SchemaError
from .differences import paired_difference
from .intervals import quantile_interval
from .linearized import delta_interval, variety_interval
from .ratios import ratio_interval
from .results import REFUSE_BELOW, WARN_BELOW, FloatArray, Interval
from .sentiment_classes import FLAT_BELOW, STRONG_FROM, class_entropy, sentiment_classes, sentiment_spread

__all__ = [
    "class_entropy_interval",
    "decile_range_interval",
    "emotional_range",
    "spread_interval",
    "unflat_share_interval",
]


def spread_interval(scores: ArrayLike, groups: ArrayLike | None = None, level: float = 0.95) -> Interval:
    """Give the standard deviation of scores, with limits robust to clusters.

    Parameters
    ----------
    scores
        (n,): from -1 to 1; unknown ones (NaN) are left out.
    groups
        (n,): cluster of each row (the person, or the conversation). Default: each row is its own.
    level
        Confidence level.

    Returns
    -------
    Interval
        By the jackknife over clusters, on the scale of the logarithm. NaN with flag `undefined` below two scores; no
        limits below 10 clusters (flag `few_clusters`).

    Raises
    ------
    SchemaError
        If lengths differ.

    Examples
    --------
    >>> spread_interval([-0.6, 0, 0.6]).value.__round__(9)
    0.6
    """
    x, cluster = _known(scores, groups)
    sums = _cluster_sums(np.column_stack([np.ones(len(x)), x, x * x]), cluster)
    found = delta_interval(sums, _of_columns(sentiment_spread), bounds=(0, None), sizes=sums[:, 0], level=level)
    return _cautious(found)


def class_entropy_interval(scores: ArrayLike, groups: ArrayLike | None = None, level: float = 0.95) -> Interval:
    """Give the evenness of the five classes of sentiment, with limits robust to clusters.

    Parameters
    ----------
    scores, groups, level
        As in `spread_interval`.

    Returns
    -------
    Interval
        From 0 (one class only) to 1 (all five equally common), by the jackknife over clusters on the scale of the
        logit. NaN with flag `undefined` without scores; no limits below 10 clusters, or where the value is 0 or 1.

    Notes
    -----
    Few texts look less even than many from the same source: with n texts the value is about 1.2 / n too low.

    Raises
    ------
    SchemaError
        If lengths differ.

    Examples
    --------
    >>> class_entropy_interval([-0.8, -0.2, 0, 0.2, 0.8]).value
    1.0
    """
    x, cluster = _known(scores, groups)
    counts = _cluster_sums(sentiment_classes(x), cluster)
    return _cautious(variety_interval(counts, _of_columns(class_entropy), (0, 1), level))


def decile_range_interval(scores: ArrayLike, groups: ArrayLike | None = None, level: float = 0.95) -> Interval:
    """Give the distance from the first to the last decile of scores (P90 - P10), with limits robust to clusters.

    Parameters
    ----------
    scores, groups, level
        As in `spread_interval`.

    Returns
    -------
    Interval
        From 0 to 2. Limits of each decile are where the curve of shares meets the limits of its share (Woodruff), with
        clusters; the two are joined with their correlation. No limits below 10 clusters.

    Raises
    ------
    SchemaError
        If lengths differ.

    References
    ----------
    Woodruff 1952; Zou & Donner 2008.

    Examples
    --------
    >>> round(decile_range_interval([x / 10 for x in range(-10, 11)]).value, 9)
    1.6
    """
    x, cluster = _known(scores, groups)
    if len(x) < 2 or np.ptp(x) == 0:
        value, reason = (np.nan, "undefined") if len(x) < 2 else (0.0, "no_variation")
        m = int(cluster.max(initial=-1)) + 1
        return _cautious(
            Interval(np.nan, np.nan, method="none", flags=(reason,), value=value, n_clusters=m, level=level)
        )
    tenth, tenth_pull = _quantile(x, cluster, 0.1, level)
    ninth, ninth_pull = _quantile(x, cluster, 0.9, level)
    size = np.sqrt((tenth_pull**2).sum() * (ninth_pull**2).sum())
    alike = float(tenth_pull @ ninth_pull / size) if size > 0 else 0.0
    found = paired_difference(ninth, tenth, min(max(alike, -1.0), 1.0))
    low, high = max(found.low, 0.0), min(found.high, 2.0)  # NaN stays, as the first of each pair
    n_clusters = len(tenth_pull)
    return _cautious(replace(found, low=low, high=high, method="inverted_shares", n_clusters=n_clusters))


def _quantile(x: FloatArray, cluster: NDArray[np.intp], q: float, level: float) -> tuple[Interval, FloatArray]:
    """Give a quantile with limits, and by how much each cluster pulls at the share below it.

    A value lies within the limits if the share up to it could be as large as q, and the share below it as small.
    """
    distinct, place, counts = np.unique(x, return_inverse=True, return_counts=True)
    value, sizes = quantile_interval(distinct, counts, q, level).value, np.bincount(cluster).astype(float)

    def share(k: int) -> Interval:
        """Give the share of the k lowest of the distinct values."""
        return ratio_interval(np.bincount(cluster, place < k), sizes, proportion=True, level=level)

    least = bisect_left(range(1, len(distinct)), q, key=lambda k: share(k).high)
    most = bisect_right(range(1, len(distinct)), q, key=lambda k: share(k).low)
    # Ties at the quantile count in part, so that the share below it is the q that was asked for.
    under, at = (x < value).mean(), (x == value).mean()
    part = min(max((q - under) / at, 0.0), 1.0) if at > 0 else 0.0
    pull = np.bincount(cluster, (x < value) + part * (x == value)) - q * sizes
    limits = float(distinct[least]), float(distinct[most])
    return Interval(*limits, method="inverted_shares", value=value, level=level), pull


def unflat_share_interval(
    replies: ArrayLike, parents: ArrayLike, groups: ArrayLike | None = None, level: float = 0.95
) -> Interval:
    """Give the share of replies to strongly negative posts that are not flat themselves.

    Parameters
    ----------
    replies, parents
        (n,): scores of the replies, apologies left out, and of what they reply to. Pairs with an unknown one are left
        out.
    groups
        (n,): cluster of each pair (the person). Default: each is its own.
    level
        Confidence level.

    Returns
    -------
    Interval
        NaN with flag `undefined` where nothing replied to is strongly negative.

    Raises
    ------
    SchemaError
        If lengths differ.

    Examples
    --------
    >>> unflat_share_interval([0.0, 0.4, -0.3, 0.9], [-0.7, -0.6, -0.9, 0.8]).value.__round__(4)
    0.6667
    """
    said, asked = np.asarray(replies, dtype=float), np.asarray(parents, dtype=float)
    _check_lengths(len(said), len(asked), "parents")
    is_counted = (asked <= -STRONG_FROM) & ~np.isnan(said)
    x, cluster = _known(np.where(is_counted, np.abs(said), np.nan), groups)
    sums = _cluster_sums(np.column_stack([x >= FLAT_BELOW, np.ones(len(x))]), cluster)
    return ratio_interval(sums[:, 0], sums[:, 1], proportion=True, level=level)


def emotional_range(scores: ArrayLike, groups: ArrayLike | None = None, level: float = 0.95) -> pd.DataFrame:
    """Give the spread, the decile range and the evenness of the five classes of scores, one row each.

    Parameters
    ----------
    scores, groups, level
        As in `spread_interval`. Pass the brand's and the public's scores apart, the brand's without apologies.

    Returns
    -------
    pandas.DataFrame
        `measure` (`sd`, `p90_p10`, `entropy`) and the columns of an `Interval`.

    Raises
    ------
    SchemaError
        If lengths differ.

    Examples
    --------
    >>> emotional_range([-0.6, -0.2, 0, 0.2, 0.6])[["measure", "value"]].round(3).values.tolist()
    [['sd', 0.447], ['p90_p10', 1.2], ['entropy', 1.0]]
    """
    parts = {"sd": spread_interval, "p90_p10": decile_range_interval, "entropy": class_entropy_interval}
    rows = [function(scores, groups, level).to_frame().assign(measure=name) for name, function in parts.items()]
    table = pd.concat(rows, ignore_index=True)
    return table[["measure", *table.columns.drop("measure")]]


def _known(scores: ArrayLike, groups: ArrayLike | None) -> tuple[FloatArray, NDArray[np.intp]]:
    """Keep the scores that are known, with their clusters numbered from 0."""
    x = np.asarray(scores, dtype=float)
    labels = np.arange(len(x)) if groups is None else pd.Series(groups).to_numpy()
    _check_lengths(len(x), len(labels), "groups")
    kept = ~(np.isnan(x) | pd.isna(labels))
    return x[kept], pd.factorize(labels[kept])[0]


def _check_lengths(n: int, other: int, name: str) -> None:
    if n != other:
        msg = (
            f"There are {n} scores, and {other} entries in {name}. They were given to a measure of sentiment. "
            "Pass columns of one table."
        )
        raise SchemaError(msg)


def _cluster_sums(columns: NDArray[Any], cluster: NDArray[np.intp]) -> FloatArray:
    m = int(cluster.max(initial=-1)) + 1
    sums = [np.bincount(cluster, column, m) for column in np.asarray(columns, dtype=float).T]
    return np.asarray(np.column_stack(sums), dtype=float)


def _of_columns(function: Any) -> Any:
    """Let a function of several sums take them as the last axis of one array."""
    return lambda sums: function(*np.moveaxis(sums, -1, 0))


def _cautious(found: Interval) -> Interval:
    """Take the limits away where clusters are too few, and flag where they are few."""
    if found.n_clusters >= WARN_BELOW or np.isnan(found.value):
        return found
    flags = tuple(dict.fromkeys((*found.flags, "few_clusters")))
    if found.n_clusters >= REFUSE_BELOW:
        return replace(found, flags=flags)
    return replace(found, low=np.nan, high=np.nan, se=np.nan, method="none", flags=flags)
