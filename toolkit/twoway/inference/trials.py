"""How many independent trials clustered ones are worth, read off a standard error or an interval."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .results import FloatArray, normal_quantile

__all__ = ["effective_trials", "implied_trials"]


def effective_trials(value: ArrayLike, se: ArrayLike, n: ArrayLike) -> FloatArray:
    """Say how many independent trials a share is worth: value (1 - value) / se^2, at most n.

    Parameters
    ----------
    value, se
        Shares and their standard errors, robust to clusters.
    n
        Trials counted; the answer where the share is 0 or 1, or no standard error is known.

    Examples
    --------
    >>> effective_trials([0.5, 0.0], [0.1, 0.0], [100, 40]).round(6).tolist()
    [25.0, 40.0]
    """
    p, e, trials = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (value, se, n)))
    with np.errstate(all="ignore"):
        worth = p * (1 - p) / e**2
    return np.where(np.isfinite(worth) & (worth > 0), np.minimum(worth, trials), trials)


def implied_trials(value: ArrayLike, low: ArrayLike, high: ArrayLike, level: float = 0.95) -> FloatArray:
    """Say how many independent trials would give a share an interval as wide as the one it has, by Wilson's formula.

    Parameters
    ----------
    value, low, high
        Shares and their limits, robust to clusters.
    level
        Confidence level of the limits.

    Returns
    -------
    array
        NaN where a limit is not known; 0 where the limits span everything.

    Examples
    --------
    >>> implied_trials([0.4, 0.0], [0.1682, 0.0], [0.6873, 0.2775]).round(1).tolist()
    [10.0, 10.0]
    """
    p, bottom, top = (np.asarray(x, dtype=float) for x in (value, low, high))
    z2, width2 = normal_quantile(level) ** 2, (top - bottom) ** 2
    # The width of Wilson's interval, squared, is a ratio of two polynomials of n: solved for n.
    half = z2 * (width2 - 2 * p * (1 - p))
    with np.errstate(all="ignore"):
        root = (-half + np.sqrt(half**2 + width2 * z2**2 * (1 - width2))) / width2
    return np.maximum(root, 0.0)
