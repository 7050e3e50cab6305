"""Which of two units is surely the larger: every pair at once, as tables of units by units."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .results import FloatArray

__all__ = ["above_by_draws", "above_by_holm", "apart_by_limits", "normal_scores", "standardized"]


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


def normal_scores(t: FloatArray, down: FloatArray, up: FloatArray, df: FloatArray | None) -> FloatArray:
    """Bring each pair's standardized difference to the normal scale, by Welch's degrees of freedom of the pair.

    A pair with few clusters then needs a larger difference, without raising the bar for all others.

    Examples
    --------
    >>> one = np.array([1.0, 1.0])
    >>> scores = normal_scores(np.array([[0.0, 3.0], [-3.0, 0.0]]), one, one, np.array([5.0, 5.0]))
    >>> scores[0, 1].round(2)
    np.float64(2.47)
    """
    if df is None:
        return t
    from scipy.special import ndtri, stdtr

    a, b = (np.where(np.isfinite(x), x, 0.0) ** 2 for x in (down[:, None], up[None, :]))
    with np.errstate(all="ignore"):
        joint = (a + b) ** 2 / (a**2 / df[:, None] + b**2 / df[None, :])
        scores = -ndtri(stdtr(np.nan_to_num(joint, nan=1.0, posinf=1e9), -t))
    # Beyond what a normal tail can express, the difference itself will do.
    return np.where(np.isfinite(scores), scores, t)


def above_by_holm(z: FloatArray, level: float) -> NDArray[np.bool_]:
    """Tell pairs apart by Holm's steps over both directions of every pair, from the surest on.

    Examples
    --------
    >>> above_by_holm(np.array([[0.0, -7.1], [7.1, 0.0]]), 0.95).tolist()
    [[False, False], [True, False]]
    """
    from scipy.special import ndtr

    n = len(z)
    pair = ~np.eye(n, dtype=bool)
    p = ndtr(-z[pair])
    order = np.argsort(p, kind="stable")
    fails = p[order] > (1 - level) / (len(p) - np.arange(len(p)))
    n_kept = int(np.argmax(fails)) if fails.any() else len(p)
    told = np.zeros(len(p), dtype=bool)
    told[order[:n_kept]] = True
    out = np.zeros((n, n), dtype=bool)
    out[pair] = told
    return out
