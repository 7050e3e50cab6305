"""Which of two units is surely the larger: every pair at once, as tables of units by units."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .results import FloatArray

__all__ = ["above_by_draws", "above_by_holm", "apart_by_limits", "standardized"]


def standardized(y: FloatArray, down: FloatArray, up: FloatArray) -> FloatArray:
    """Give by how many standard errors each row lies above each column; -inf where that is not known.

    Parameters
    ----------
    y, down, up
        Values, and their standard errors downward and upward; NaN counts as endless.

    Examples
    --------
    >>> standardized(np.array([3.0, 1.0]), np.array([0.3, 0.3]), np.array([0.4, 0.4]))[0, 1]
    np.float64(4.0)
    """
    below, over = (np.where(np.isnan(x), np.inf, x) for x in (down, up))
    with np.errstate(all="ignore"):
        gap = y[:, None] - y[None, :]
        t = gap / np.hypot(below[:, None], over[None, :])
    # Two certain values, both without error, are apart as soon as they differ.
    t = np.where(np.isnan(t) & np.isfinite(gap), 0.0, t)
    return np.where(np.isfinite(y)[:, None] & np.isfinite(y)[None, :] & ~np.isnan(t), t, -np.inf)


def apart_by_limits(y: FloatArray, bottom: FloatArray, top: FloatArray) -> NDArray[np.bool_]:
    """Tell apart pairs of which one has no finite value, by limits that do not overlap.

    Examples
    --------
    >>> apart_by_limits(np.array([np.nan, 2.0]), np.array([5.0, 1.0]), np.array([np.inf, 4.0])).tolist()
    [[False, True], [False, False]]
    """
    is_open = ~np.isfinite(y)
    with np.errstate(invalid="ignore"):
        return (is_open[:, None] | is_open[None, :]) & (bottom[:, None] > top[None, :])


def above_by_draws(y: FloatArray, draws: FloatArray, level: float) -> tuple[NDArray[np.bool_], float]:
    """Tell pairs apart by the largest standardized difference of bootstrap draws; also give its quantile.

    Examples
    --------
    >>> drawn = np.random.default_rng(1).normal([0.0, 1.0], 0.1, (500, 2))
    >>> above_by_draws(np.array([0.0, 1.0]), drawn, 0.95)[0].tolist()
    [[False, False], [True, False]]
    """
    deviations = draws - y
    variances = np.cov(deviations, rowvar=False)
    spread = np.sqrt(np.maximum(variances.diagonal()[:, None] + variances.diagonal()[None, :] - 2 * variances, 0.0))
    np.fill_diagonal(spread, np.inf)
    spread = np.where(spread > 0, spread, np.inf)
    largest = np.array([np.abs((d[:, None] - d[None, :]) / spread).max() for d in deviations])
    critical = float(np.quantile(largest, level, method="higher"))
    return (y[:, None] - y[None, :]) / spread > critical, critical


def above_by_holm(
    y: FloatArray, down: FloatArray, up: FloatArray, df: FloatArray | None, level: float
) -> NDArray[np.bool_]:
    """Tell pairs apart by Holm's steps over both directions of every pair, from the surest on.

    Examples
    --------
    >>> one = np.array([0.1, 0.1])
    >>> above_by_holm(np.array([0.0, 1.0]), one, one, None, 0.95).tolist()
    [[False, False], [True, False]]
    """
    from scipy.special import ndtr, stdtr

    t = standardized(y, down, up)
    n = len(y)
    pair = ~np.eye(n, dtype=bool)
    if df is None:
        p = ndtr(-t[pair])
    else:
        a, b = (np.nan_to_num(x, nan=np.inf) ** 2 for x in (down[:, None], up[None, :]))
        with np.errstate(all="ignore"):
            joint = (a + b) ** 2 / (a**2 / df[:, None] + b**2 / df[None, :])
        p = stdtr(np.nan_to_num(joint, nan=1.0)[pair], -t[pair])
    order = np.argsort(p, kind="stable")
    fails = p[order] > (1 - level) / (len(p) - np.arange(len(p)))
    n_kept = int(np.argmax(fails)) if fails.any() else len(p)
    told = np.zeros(len(p), dtype=bool)
    told[order[:n_kept]] = True
    out = np.zeros((n, n), dtype=bool)
    out[pair] = told
    return out
