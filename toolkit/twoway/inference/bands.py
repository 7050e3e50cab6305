"""Limits of a waiting curve, and reading times off it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .results import FloatArray

__all__ = ["SMALLEST", "first_at_or_below", "known_before", "log_log_limits", "tells_nothing"]

# R's survfit compares a curve with a level up to this much, so that 0.5 reached by products of fractions counts as 0.5.
TOLERANCE = 1.5e-8

# Effects of clusters that cancel leave rounding errors in the place of a standard error.
SMALLEST = 1e-9


def log_log_limits(survival: ArrayLike, se: ArrayLike, critical: float) -> tuple[FloatArray, FloatArray]:
    """Give limits of a survival share on the log-log scale, which never leave [0, 1].

    Parameters
    ----------
    survival, se
        Shares and their standard errors.
    critical
        Standard errors from the middle to a limit.

    Returns
    -------
    tuple of arrays
        Lower and upper limits; NaN where a share is 0 or 1, because the scale does not exist there.

    Examples
    --------
    >>> low, high = log_log_limits([0.8, 0.0], [0.1789, float("nan")], 1.96)
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([0.2, nan], [0.97, nan])
    """
    share, error = np.asarray(survival, dtype=float), np.asarray(se, dtype=float)
    inside = (share > 0) & (share < 1)
    log = np.log(np.where(inside, share, 0.5))
    width = np.minimum(critical * np.where(inside, error, np.nan) / np.where(inside, share, 1.0) / -log, 700)
    return np.exp(log * np.exp(width)), np.exp(log * np.exp(-width))


def first_at_or_below(times: FloatArray, curve: FloatArray, level: float) -> float:
    """Give the time at which a falling curve first is at or below a level; NaN if it never is.

    Where it stays exactly at the level, the middle of that stretch.

    Examples
    --------
    >>> first_at_or_below(np.array([1.0, 2.0, 5.0]), np.array([0.8, 0.5, 0.2]), 0.5)
    3.5
    """
    hits = np.flatnonzero(np.nan_to_num(curve, nan=np.inf) <= level + TOLERANCE)
    if not len(hits):
        return np.nan
    first = hits[0]
    lower = np.flatnonzero(curve < level - TOLERANCE)
    if curve[first] >= level - TOLERANCE and len(lower):
        return float((times[first] + times[lower[0]]) / 2)
    return float(times[first])


def tells_nothing(value: ArrayLike, se: ArrayLike, n_clusters: int) -> NDArray[np.bool_]:
    """Say where clusters cannot tell how uncertain a value is: there is one only, or all do the same.

    Examples
    --------
    >>> tells_nothing([0.5, 0.5], [0.1, 1e-17], 12).tolist(), bool(tells_nothing(0.5, 0.1, 1))
    ([False, True], True)
    """
    return np.asarray((n_clusters < 2) | ~(np.asarray(se) > SMALLEST * np.asarray(value)))


def known_before(known_times: FloatArray, known: FloatArray, n: float, times: ArrayLike) -> FloatArray:
    """Count the waits whose state at some times is known: those not censored before.

    Who is censored at that very time was still waiting then.

    Parameters
    ----------
    known_times, known, n
        Of the curve.
    times
        In the unit of the curve.

    Examples
    --------
    >>> known_before(np.array([5.0, 10.0, 15.0]), np.array([5.0, 4.0, 4.0]), 5, [5, 10, 15]).tolist()
    [5.0, 5.0, 4.0]
    """
    before = np.searchsorted(known_times, np.asarray(times, dtype=float), side="left")
    return np.concatenate([[n], known])[before]
