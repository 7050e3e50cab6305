"""Shares that ended in time, where watching stopped for reasons of its own: inverse probability of censoring weights.

A question that was deleted is watched no longer, and complaints are deleted sooner than praise. Kaplan and Meier take
whoever is watched no longer for like those still waiting; weights by kind of question ask it only within a kind.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TwowayError
from .linearized import linearized_ratio
from .results import FloatArray, Interval
from .survival import count_times, kaplan_meier

__all__ = ["censoring_weights", "share_ended_weighted"]


def censoring_weights(durations: ArrayLike, is_event: ArrayLike, strata: ArrayLike | None = None) -> FloatArray:
    """Weigh each wait that ended by one over the chance of being watched for so long, within its stratum.

    Parameters
    ----------
    durations
        Time to the end, or to the end of watching, one for each wait.
    is_event
        Whether it ended; else it was watched no longer.
    strata
        Labels of waits alike in what makes watching stop and in how long they take; one stratum if left out.

    Returns
    -------
    numpy.ndarray
        1 / G(t-) for waits that ended, G the Kaplan-Meier curve of watching on; 0 for the others.

    Raises
    ------
    TwowayError
        If lengths differ.

    References
    ----------
    Robins & Rotnitzky 1992.

    Examples
    --------
    >>> censoring_weights([1, 2, 3], [1, 0, 1]).tolist()
    [1.0, 0.0, 2.0]
    """
    spans, ended, kinds = _checked(durations, is_event, strata)
    weights = np.zeros(len(spans))
    for kind in np.unique(kinds):
        mine = kinds == kind
        weights[mine] = _within(spans[mine], ended[mine])
    return weights


def _within(spans: FloatArray, ended: NDArray[np.bool_]) -> FloatArray:
    # Those that end at a time end before those that are left at it, so their chance is that of just before.
    times, events, left = count_times(spans, ended)
    at_risk = (events + left)[::-1].cumsum()[::-1] - events
    stays = np.where(at_risk > 0, 1 - left / np.maximum(at_risk, 1), 1.0)
    before = np.concatenate([[1.0], np.cumprod(stays)])[:-1]
    chance = before[np.searchsorted(times, spans)]
    return np.where(ended, 1 / np.where(chance > 0, chance, 1.0), 0.0)


def share_ended_weighted(
    durations: ArrayLike,
    is_event: ArrayLike,
    time: float,
    *,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    level: float = 0.95,
) -> Interval:
    """Estimate the share that ended by a time, waits that are watched no longer replaced by those of their stratum.

    Parameters
    ----------
    durations, is_event, strata
        As in `censoring_weights`.
    time
        Up to when.
    clusters
        Who waited: any labels; waits stand for themselves if left out.
    level
        Confidence level.

    Returns
    -------
    Interval
        Limits count clusters and take the weights as known, so they are a little wide. NaN with the flag
        ``beyond_follow_up`` where nobody of some stratum was watched for so long.

    Raises
    ------
    TwowayError
        If lengths differ.

    References
    ----------
    Robins & Rotnitzky 1992.

    Examples
    --------
    >>> share_ended_weighted([1, 2, 3, 4], [1, 0, 1, 1], 3).value
    0.625
    """
    spans, ended, kinds = _checked(durations, is_event, strata)
    who = np.arange(len(spans)) if clusters is None else np.unique(np.asarray(clusters), return_inverse=True)[1]
    weights = np.where(spans <= time, censoring_weights(spans, ended, kinds), 0.0)
    found = linearized_ratio(np.bincount(who, weights), np.bincount(who, np.ones(len(spans))), level)
    if not all(_is_watched(spans[kinds == kind], ended[kinds == kind], time) for kind in np.unique(kinds)):
        nan = float("nan")
        return replace(found, value=nan, low=nan, high=nan, se=nan, method="none", flags=("beyond_follow_up",))
    low, high = (float(np.clip(end, 0.0, 1.0)) for end in (found.low, found.high))
    return replace(found, low=low, high=high, method="ipcw_clustered" if clusters is not None else "ipcw")


def _is_watched(spans: FloatArray, ended: NDArray[np.bool_], time: float) -> bool:
    """Say whether somebody was watched up to a time, or nobody was left waiting before it."""
    return bool(spans.max() >= time or kaplan_meier(*count_times(spans, ended)).survival[-1] == 0)


def _checked(
    durations: ArrayLike, is_event: ArrayLike, strata: ArrayLike | None
) -> tuple[FloatArray, NDArray[np.bool_], NDArray[np.intp]]:
    spans, ended = np.asarray(durations, dtype=float), np.asarray(is_event, dtype=bool)
    kinds = np.zeros(len(spans), dtype=np.intp) if strata is None else np.unique(strata, return_inverse=True)[1]
    if not spans.shape == ended.shape == kinds.shape or not len(spans):
        msg = (
            f"{len(spans)} durations, {len(ended)} endings and {len(kinds)} strata do not fit. "
            "They were given to censoring_weights. "
            "Pass one of each for every wait."
        )
        raise TwowayError(msg)
    return spans, ended, kinds
