"""Waits counted at distinct times: what waiting curves are made of."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TwowayError
from .results import FloatArray

__all__ = ["check_counts", "counted", "grouped"]


def counted(spans: FloatArray, ended: NDArray[np.bool_]) -> tuple[FloatArray, FloatArray, FloatArray, NDArray[np.intp]]:
    """Group single durations to distinct times with how many ended and were censored at each.

    Returns
    -------
    times, events, censored, place
        The last is the place of each duration among the times.

    Raises
    ------
    TwowayError
        If there are more or fewer endings than durations.
    """
    if spans.shape != ended.shape:
        msg = (
            f"{spans.shape} durations do not fit {ended.shape} endings. "
            "They were given to count_times. "
            "Pass one of each for every subject."
        )
        raise TwowayError(msg)
    times, place = np.unique(spans, return_inverse=True)
    events = np.bincount(place[ended], minlength=len(times)).astype(float)
    return times, events, np.bincount(place, minlength=len(times)) - events, place


def grouped(times: ArrayLike, events: ArrayLike, censored: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Sort counts by distinct times, and add up those at the same time.

    Examples
    --------
    >>> [column.tolist() for column in grouped([9, 5, 9], [1, 0, 2], [0, 1, 0])]
    [[5.0, 9.0], [0.0, 3.0], [1.0, 0.0]]
    """
    t, d, c = (np.asarray(column, dtype=float) for column in (times, events, censored))
    check_counts(t, d, c)
    some = (d + c) > 0
    distinct, place = np.unique(t[some], return_inverse=True)
    size = len(distinct)
    events, lost = (np.bincount(place, column[some], minlength=size).astype(float) for column in (d, c))
    return distinct, events, lost


def check_counts(t: FloatArray, d: FloatArray, c: FloatArray) -> None:
    """Refuse times and counts of different length, times that are unknown or negative, and counts below 0.

    Raises
    ------
    TwowayError
        If there are such.
    """
    if not (t.shape == d.shape == c.shape and t.ndim == 1):
        msg = (
            f"{t.shape} times, {d.shape} events and {c.shape} censored do not fit. "
            "They were given to a survival curve. "
            "Pass one count of each for every time."
        )
        raise TwowayError(msg)
    if not (np.isfinite(t).all() and (t >= 0).all() and (d >= 0).all() and (c >= 0).all()):
        msg = (
            "Some times or counts are negative, NaN or infinite. "
            "They were given to a survival curve. "
            "Repair clock errors and drop the rest first."
        )
        raise TwowayError(msg)
