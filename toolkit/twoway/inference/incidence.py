"""Cumulative incidence: how many have ended by each of several causes as time goes by (Aalen and Johansen).

Own code, because `statsmodels.duration.CumIncidenceRight` knows no clusters, gives NaN for a standard error once
nobody is left waiting, and has no limits that stay between 0 and 1; the tests hold this against it and against R.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TwowayError
from .incidence_curves import IncidenceCurves
from .incidence_effects import CauseInfluence
from .results import FloatArray, check_level

__all__ = ["aalen_johansen"]


def aalen_johansen(
    durations: ArrayLike,
    causes_of: ArrayLike,
    clusters: ArrayLike | None = None,
    *,
    causes: Sequence[str] | None = None,
    level: float = 0.95,
) -> IncidenceCurves:
    """Estimate the share ended by each of several causes over time; other causes are not taken for censoring.

    One minus Kaplan-Meier with the other causes censored would say what happens if these causes did not exist; it
    overstates every cause. Waits censored at a time at which others end are taken to have been watched a moment longer.
    Causes may share a time: each is counted among those who were waiting just before.

    Parameters
    ----------
    durations
        Time to the end, or to the end of watching, one for each wait.
    causes_of
        0 where the wait is censored, else the number of its cause from 1.
    clusters
        Who waited: any labels. Left out, every wait stands for itself.
    causes
        Names of the causes; by default their numbers.
    level
        Confidence level.

    Returns
    -------
    IncidenceCurves
        Its answers carry ``n_clusters`` and, below 30 clusters, the flag ``few_clusters``.

    Raises
    ------
    TwowayError
        If lengths differ, a time is NaN, infinite or negative, or a cause is none of those named.

    References
    ----------
    Aalen & Johansen 1978.

    Examples
    --------
    >>> curves = aalen_johansen([1, 2, 3, 4, 5], [1, 2, 0, 1, 2])
    >>> curves.incidence.round(3).T.tolist(), curves.survival.round(3).tolist()
    ([[0.2, 0.2, 0.5, 0.5], [0.0, 0.2, 0.2, 0.5]], [0.8, 0.6, 0.3, 0.0])
    """
    spans, ends, owners, names = _checked(durations, causes_of, clusters, causes)
    grid, inverse = np.unique(spans, return_inverse=True)
    counts = np.bincount(inverse * (len(names) + 1) + ends, minlength=len(grid) * (len(names) + 1))
    table = counts.reshape(len(grid), len(names) + 1).astype(float)
    at_risk = table.sum(axis=1)[::-1].cumsum()[::-1]
    hit = table[:, 1:].sum(axis=1) > 0
    deaths, risk = table[hit, 1:], at_risk[hit]
    survival = np.cumprod(1 - deaths.sum(axis=1) / risk)
    before = np.concatenate([[1.0], survival])[:-1]
    place = np.cumsum(hit)[inverse]
    influence = CauseInfluence(grid[hit], deaths, risk, before, place, ends, owners)
    return IncidenceCurves(
        times=grid[hit], incidence=influence.incidence, survival=survival, n_at_risk=risk, causes=names,
        last_time=float(grid[-1]) if len(grid) else np.nan, n=len(spans), known_times=grid,
        known=len(spans) - np.cumsum(table[:, 0]), level=check_level(level), influence=influence,
    )  # fmt: skip


def _checked(
    durations: ArrayLike, causes_of: ArrayLike, clusters: ArrayLike | None, causes: Sequence[str] | None
) -> tuple[FloatArray, NDArray[np.intp], NDArray[np.intp], tuple[str, ...]]:
    spans, given = np.asarray(durations, dtype=float), np.asarray(causes_of, dtype=float)
    labels = np.arange(len(spans)) if clusters is None else np.asarray(clusters)
    if not (spans.shape == given.shape == labels.shape and spans.ndim == 1):
        msg = (
            f"{spans.shape} durations, {given.shape} causes and {labels.shape} clusters do not fit. "
            "They were given to aalen_johansen. "
            "Pass one of each for every wait."
        )
        raise TwowayError(msg)
    if not (np.isfinite(spans).all() and (spans >= 0).all()):
        msg = (
            "Some durations are negative, NaN or infinite. "
            "They were given to aalen_johansen. "
            "Repair clock errors and drop the rest first."
        )
        raise TwowayError(msg)
    most = int(np.nanmax(given, initial=0))
    names = tuple(causes) if causes is not None else tuple(str(k) for k in range(1, max(most, 1) + 1))
    if not ((given >= 0) & (given <= len(names)) & (given == np.floor(given))).all():
        msg = (
            f"Some causes are none of 0 (censored) to {len(names)}. "
            "They were given to aalen_johansen. "
            "Number the causes from 1 in the order of their names."
        )
        raise TwowayError(msg)
    return spans, given.astype(np.intp), np.unique(labels, return_inverse=True)[1], names
