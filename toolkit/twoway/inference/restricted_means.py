"""The difference of two restricted mean waiting times, also where one person waits in both groups."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TwowayError
from .curves import SurvivalCurve
from .endings import check_endings
from .intervals import effective_clusters
from .resampling import jackknife_df
from .results import WARN_BELOW, FloatArray, Interval, t_quantile
from .survival import clustered_kaplan_meier

__all__ = ["FLAGS", "rmst_difference"]

FLAGS = {
    "strata_left_out": "some strata could not be compared, because a group is empty there or was watched too briefly"
}

Index = NDArray[np.intp]


def rmst_difference(
    durations: ArrayLike,
    is_event: ArrayLike,
    in_first: ArrayLike,
    clusters: ArrayLike,
    tau: float,
    *,
    strata: ArrayLike | None = None,
    level: float = 0.95,
) -> Interval:
    """Give the difference of the mean times waited in two groups, no wait counting for more than `tau`.

    It asks nothing of the shape of the curves, so it stands where hazards are not proportional. A cluster with waits in
    both groups moves both means; what it does to the difference is added up before it is squared.

    Parameters
    ----------
    durations
        Time to the event or to the end of watching, one for each wait.
    is_event
        Whether it ended in the event; else it is censored.
    in_first
        Whether the wait belongs to the first group.
    clusters
        Who waited: any labels.
    tau
        Horizon, in the unit of the durations.
    strata
        Stratum of each wait. Groups are then compared within strata; the differences are averaged, each weighing
        n1 n2 / (n1 + n2) for n1 and n2 waits in the groups. Strata in which a group is empty or was not watched up to
        `tau` are left out.
    level
        Confidence level.

    Returns
    -------
    Interval
        First group minus second; limits by Student's t with the jackknife's degrees of freedom. NaN with flag
        ``beyond_follow_up`` if the groups were watched up to `tau` in no stratum; ``strata_left_out`` if in some only.
        Limits are NaN with flag ``no_variation`` where there is one cluster, or all move the difference alike.

    Raises
    ------
    TwowayError
        If lengths differ, a time is NaN, infinite or negative, or `tau` is not positive.

    References
    ----------
    Royston & Parmar 2013.

    Examples
    --------
    >>> time, ended = [5, 10, 15, 30, 60, 2, 4, 8, 9, 60], [1, 0, 1, 1, 0, 1, 1, 1, 1, 0]
    >>> first = [True] * 5 + [False] * 5
    >>> difference = rmst_difference(time, ended, first, range(10), 60)
    >>> round(difference.value, 2), difference.flags
    (12.4, ('few_clusters',))
    """
    spans, first, labels = np.asarray(durations, dtype=float), np.asarray(in_first, bool), np.asarray(clusters)
    ended = check_endings(is_event, "rmst_difference")
    _check_lengths(spans, ended, first, labels)
    codes = np.unique(labels, return_inverse=True)[1]
    blocks = (
        np.zeros(len(spans), dtype=int) if strata is None else np.unique(np.asarray(strata), return_inverse=True)[1]
    )
    m = int(codes.max()) + 1 if len(codes) else 0
    value, total, moved, left_out = 0.0, 0.0, np.zeros(m), False
    for block in range(int(blocks.max(initial=-1)) + 1):
        here = blocks == block
        sides = [here & first, here & ~first]
        curves = [clustered_kaplan_meier(spans[side], ended[side], codes[side], level=level) for side in sides]
        gap = curves[0].rmst(tau).value - curves[1].rmst(tau).value
        left_out |= bool(np.isnan(gap))
        if not np.isnan(gap):
            weight = curves[0].n * curves[1].n / (curves[0].n + curves[1].n)
            value, total = value + weight * gap, total + weight
            for sign, side, curve in zip((1, -1), sides, curves, strict=True):
                moved[np.unique(codes[side])] += sign * weight * _effects(curve, tau)
    few: tuple[str, ...] = ("few_clusters",) if m < WARN_BELOW else ()
    if not total > 0:
        return Interval(np.nan, np.nan, method="none", flags=(*few, "beyond_follow_up"), n_clusters=m, level=level)
    few += ("strata_left_out",) if left_out else ()
    return _interval(value / total, moved / total, codes, few, level)


def _check_lengths(*columns: NDArray[Any]) -> None:
    shapes = [column.shape for column in columns]
    if len(set(shapes)) > 1:
        spans, ended, first, labels = shapes
        msg = (
            f"{spans} durations, {ended} endings, {first} groups and {labels} clusters do not "
            "fit. They were given to rmst_difference. Pass one of each for every wait."
        )
        raise TwowayError(msg)


def _interval(value: float, moved: FloatArray, codes: Index, flags: tuple[str, ...], level: float) -> Interval:
    m = len(moved)
    if m < 2 or not np.abs(moved).max() > 1e-12:
        flags += ("no_variation",)
        return Interval(np.nan, np.nan, np.nan, "none", flags, value, m, level=level)
    se = float(np.sqrt((moved**2).sum()))
    df = jackknife_df(moved, m, float(effective_clusters(np.bincount(codes))))
    half = float(t_quantile(df, level)) * float(np.sqrt(m / max(m - 1, 1))) * se
    return Interval(value - half, value + half, se, "rmst_clustered", flags, value, m, level=level)


def _effects(curve: SurvivalCurve, tau: float) -> FloatArray:
    """Give what each cluster does to the area under a curve up to tau."""
    steps = np.minimum(np.concatenate([[0.0], curve.times, [np.inf]]), tau)
    areas = np.concatenate([[1.0], curve.survival]) * np.diff(steps)
    remaining = areas[::-1].cumsum()[::-1][1:]
    return np.zeros(0) if curve.influence is None else curve.influence.area_effects(remaining)
