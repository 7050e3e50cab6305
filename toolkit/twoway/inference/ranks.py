"""Simultaneous rank sets: the places that units can have, given how sure their values are.

A unit's set runs from one more than the number of units that are surely ahead of it to the number of all less those
surely behind it, where all pairs are tested at once, so that with the stated confidence every true rank lies in its set
(Mogstad, Romano, Shaikh and Wilhelm; Klein, Wright and Wieczorek). statsmodels has no such sets.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import NotEnoughEvidence, TwowayError, unknown_name
from .maxima import max_t_quantile
from .pairwise import above_by_draws, above_by_holm, apart_by_limits, normal_scores, standardized
from .results import FloatArray, check_level, normal_quantile, t_quantile
from .shown import Shown

__all__ = ["METHODS", "SCALES", "RankSets", "distances", "on_scale", "rank_sets"]

METHODS = ("max_t", "holm")

#: On which scale the limits of a value lie about evenly around it: "arcsine" and "logit" for shares, "log" for times
#: and counts above 0, "root" for counts that can be 0.
SCALES = ("identity", "logit", "arcsine", "log", "root")


@dataclass(frozen=True, slots=True, eq=False)
class RankSets(Shown):
    """Hold the rank set of each unit; rank 1 is the best.

    Parameters
    ----------
    low, high
        Best and worst place of each unit; 0 for a unit that could not be ranked.
    is_ahead
        (units, units): whether the unit of the row is surely ahead of the unit of the column.
    is_ranked
        Which units have a value and limits.
    critical
        Standard errors that two values must lie apart; NaN for Holm's method, where each pair has its own.
    method, level
        How all pairs were tested at once, and with what confidence.

    Examples
    --------
    >>> print(rank_sets([0.9, 0.6, 0.58], [0.02, 0.05, 0.05]))
    3 units ranked, 1 of 3 pairs cannot be told apart (max_t, 95 %)
    """

    SHOWN = ("low", "high", "is_ranked")

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    is_ahead: NDArray[np.bool_] = field(repr=False)
    is_ranked: NDArray[np.bool_]
    critical: float
    method: str
    level: float = 0.95

    @property
    def n_pairs(self) -> int:
        """Pairs of ranked units."""
        n = int(self.is_ranked.sum())
        return n * (n - 1) // 2

    @property
    def n_alike(self) -> int:
        """Pairs of ranked units that cannot be told apart."""
        return self.n_pairs - int(self.is_ahead.sum())

    @property
    def n_settled(self) -> int:
        """Units whose set is a single place."""
        return int((self.is_ranked & (self.low == self.high)).sum())

    def __str__(self) -> str:
        """Write one line."""
        left_out = int((~self.is_ranked).sum())
        more = f", {left_out} not ranked" if left_out else ""
        return (
            f"{int(self.is_ranked.sum())} units ranked{more}, {self.n_alike:,} of {self.n_pairs:,} pairs cannot be"
            f" told apart ({self.method}, {100 * self.level:g} %)"
        )


def on_scale(x: ArrayLike, scale: str) -> FloatArray:
    """Bring values to a scale on which their limits lie about evenly around them.

    Raises
    ------
    UnknownName
        If there is no such scale.

    Examples
    --------
    >>> on_scale([0.5, 0.0], "logit").tolist(), on_scale([1.0, 4.0], "root").tolist()
    ([0.0, -inf], [1.0, 2.0])
    """
    if scale not in SCALES:
        raise unknown_name(scale, SCALES, "scale of ranks")
    y = np.asarray(x, dtype=float)
    with np.errstate(all="ignore"):
        if scale == "logit":
            return np.asarray(np.log(y / (1 - y)))
        if scale == "arcsine":
            return np.asarray(np.arcsin(np.sqrt(np.clip(y, 0.0, 1.0))))
        if scale == "log":
            return np.asarray(np.log(y))
        return np.sqrt(y) if scale == "root" else y.copy()


def distances(
    value: ArrayLike, low: ArrayLike, high: ArrayLike, *, level: float = 0.95, df: ArrayLike | None = None,
    scale: str = "identity",
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Turn limits into one standard error downward and one upward, on a scale.

    Parameters
    ----------
    value, low, high
        Values and limits; infinite where a side is open.
    level
        Confidence level of the limits.
    df
        Degrees of freedom the limits were built with (Student's t); None for the normal distribution.
    scale
        Out of `SCALES`.

    Returns
    -------
    tuple of arrays
        How far each value may lie above and below its truth, in standard errors; NaN where not known.

    Examples
    --------
    >>> down, up = distances([0.4], [0.1682], [0.6873])
    >>> down.round(3).tolist(), up.round(3).tolist()
    ([0.118], [0.147])
    """
    y, bottom, top = (on_scale(x, scale) for x in (value, low, high))
    q = normal_quantile(level) if df is None else t_quantile(np.asarray(df, dtype=float), level)
    with np.errstate(invalid="ignore"):
        return np.asarray((y - bottom) / q), np.asarray((top - y) / q)


def rank_sets(
    value: ArrayLike,
    se: ArrayLike | None = None,
    *,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
    limits_level: float = 0.95,
    df: ArrayLike | None = None,
    scale: str = "identity",
    best: str = "high",
    method: str = "max_t",
    draws: ArrayLike | None = None,
    level: float = 0.95,
    n_draws: int = 10_000,
    seed: int = 1,
) -> RankSets:
    """Give each unit the set of places that it can have, all sets right at once with the stated confidence.

    Two units are told apart when their difference is larger than its own uncertainty at the simultaneous level. Where
    limits are given, the uncertainty of a difference is put together from the side of each interval that faces the
    other (the method of variance estimates recovery), so lopsided intervals and values at 0 or 1 are treated fairly.
    Units are taken to be independent unless `draws` say otherwise.

    Parameters
    ----------
    value
        (n,). A value that is not finite (a median that was never reached) can still be ranked by its limits: it is
        told apart from another unit only where their limits do not overlap; give limits at a simultaneous level then.
    se
        (n,): standard errors, on the scale; or give limits.
    low, high
        (n,): limits of each value; infinite where open.
    limits_level, df
        How the limits (or standard errors) were built: confidence level, degrees of freedom of Student's t.
    scale
        Out of `SCALES`: where the limits lie about evenly around the values.
    best
        `"high"` or `"low"`: which end has rank 1.
    method
        `"max_t"`: the largest of all standardized differences, found by simulation; `"holm"`: Holm's steps over both
        directions of every pair, needing no draws.
    draws
        (draws, n): values in bootstrap draws on the scale of `value`, for units that share clusters; for `"max_t"`.
    level
        Simultaneous confidence.
    n_draws, seed
        Of the simulation.

    Returns
    -------
    RankSets
        Units without value and limits are left out and reported.

    Raises
    ------
    UnknownName
        If the method, the scale or the best end does not exist.
    TwowayError
        If neither standard errors nor limits are given, or shapes differ.
    NotEnoughEvidence
        If no unit can be ranked.

    Examples
    --------
    >>> found = rank_sets([0.9, 0.6, 0.58], [0.02, 0.05, 0.05], method="holm")
    >>> list(zip(found.low.tolist(), found.high.tolist()))
    [(1, 1), (2, 3), (2, 3)]
    """
    if method not in METHODS:
        raise unknown_name(method, METHODS, "method of ranking")
    if best not in {"high", "low"}:
        raise unknown_name(best, ["high", "low"], "best end")
    y = on_scale(value, scale)
    down, up, bottom, top = _uncertainty(y, value, se, low, high, limits_level, df, scale)
    at = _ranked(y, down, up, bottom, top)
    freedom = None if df is None else np.broadcast_to(np.asarray(df, dtype=float), y.shape)[at]
    is_ranked = np.isin(np.arange(len(y)), at)
    y, down, up, bottom, top = (x[at] for x in (y, down, up, bottom, top))
    check_level(level)
    if draws is not None:
        above, critical = above_by_draws(y, on_scale(draws, scale)[:, at], level)
    else:
        z = normal_scores(standardized(y, down, up), down, up, freedom)
        critical = np.nan if method == "holm" else max_t_quantile(down, up, level, n_draws=n_draws, seed=seed)
        above = above_by_holm(z, level) if method == "holm" else z > critical
    above |= apart_by_limits(y, bottom, top)
    ahead = above if best == "high" else above.T
    return _sets(ahead, at, is_ranked, critical, method, level)


def _ranked(y: FloatArray, down: FloatArray, up: FloatArray, bottom: FloatArray, top: FloatArray) -> NDArray[np.int64]:
    """Find the units with a value and a limit; a side that is not known is endless and tells no unit apart."""
    is_ranked = np.where(np.isfinite(y), ~(np.isnan(down) & np.isnan(up)), ~np.isnan(bottom) | ~np.isnan(top))
    if not is_ranked.any():
        msg = (
            f"None of {y.size} units has a value with limits. They were given to rank_sets. "
            "Rank units with more evidence, or another metric."
        )
        raise NotEnoughEvidence(msg)
    return np.flatnonzero(is_ranked)


def _uncertainty(
    y: FloatArray, value: ArrayLike, se: ArrayLike | None, low: ArrayLike | None, high: ArrayLike | None,
    limits_level: float, df: ArrayLike | None, scale: str,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:  # fmt: skip
    given = [x for x in (se, low, high, df) if x is not None]
    if (
        y.ndim != 1
        or (se is None) == (low is None or high is None)
        or any(np.shape(x) not in {(), y.shape} for x in given)
    ):
        msg = (
            f"Values of shape {y.shape} came without one standard error, or one pair of limits, for each. "
            "They were given to rank_sets. "
            "Pass se, or both low and high, of the same length."
        )
        raise TwowayError(msg)
    if se is not None:
        error = np.broadcast_to(np.asarray(se, dtype=float), y.shape)
        error = np.where(error >= 0, error, np.nan)
        return error, error, np.full(y.shape, np.nan), np.full(y.shape, np.nan)
    low, high = (np.broadcast_to(np.asarray(x, dtype=float), y.shape) for x in (low, high))
    down, up = distances(value, low, high, level=limits_level, df=df, scale=scale)
    return down, up, on_scale(low, scale), on_scale(high, scale)


def _sets(
    ahead: NDArray[np.bool_], at: NDArray[np.int64], is_ranked: NDArray[np.bool_], critical: float, method: str,
    level: float,
) -> RankSets:  # fmt: skip
    n = len(is_ranked)
    low, high = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    low[at] = 1 + ahead.sum(axis=0)
    high[at] = len(at) - ahead.sum(axis=1)
    full = np.zeros((n, n), dtype=bool)
    full[np.ix_(at, at)] = ahead
    return RankSets(low, high, full, is_ranked, float(critical), method, level)
