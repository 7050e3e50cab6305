"""Limits of shrunken shares that know how little a few units say about what units are like.

The limits of Beta(a + k, b + n - k) take a and b as known. Where units differ little, a + b has no finite best value,
and such limits shrink to a point. Here they are those of the posterior averaged over the mean a / (a + b) and the
concentration a + b, on a grid that closes in on where these are likely. A priori the mean is uniform, and so is the
correlation within units, 1 / (1 + a + b) (near equality this is the prior of Tak, Kelly and Morris, 2017).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .results import FloatArray, check_level

__all__ = ["averaged_limits"]

NODES = 17
ROUNDS = 8
UNLIKELY = 1e-4
MOST_STEPS = 60
CLOSE = 1e-9

#: Where the grid starts: the logit of the mean, the logarithm of the concentration.
START = ((-14.0, 14.0), (-4.6, 13.8))


def averaged_limits(k: FloatArray, n: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Give the equal-tailed posterior limits of each unit's share, mean and concentration of all units unknown.

    Parameters
    ----------
    k, n
        (m,): successes and trials of each unit, either may be fractional. Units without trials get the limits of a
        further unit of which nothing is known.
    level
        Confidence level.

    Examples
    --------
    >>> low, high = averaged_limits(np.array([5.0, 10.0, 15.0]), np.array([10.0, 20.0, 30.0]), 0.95)
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([0.27, 0.32, 0.34], [0.73, 0.68, 0.66])
    """
    a, b, weight = _nodes(k[n > 0], n[n > 0])
    up, down = a + k[:, None], b + (n - k)[:, None]
    tail = (1 - check_level(level)) / 2
    return _quantile(up, down, weight, tail), _quantile(up, down, weight, 1 - tail)


def _nodes(k: FloatArray, n: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give likely pairs of a and b with their posterior weights."""
    from scipy.special import expit

    box: tuple[tuple[float, float], ...] = START
    for number in range(ROUNDS):
        axes = [np.linspace(*edges, NODES) for edges in box]
        place, size = (axis.ravel() for axis in np.meshgrid(expit(axes[0]), np.exp(axes[1]), indexing="ij"))
        height = _log_posterior(place, size, k, n)
        weight = np.exp(height - height.max())
        likely = (weight > UNLIKELY).reshape(NODES, NODES)
        closer = tuple(_around(axis, likely.any(axis=1 - i), START[i]) for i, axis in enumerate(axes))
        is_close = all(hi - lo > 0.8 * (edges[1] - edges[0]) for (lo, hi), edges in zip(closer, box, strict=True))
        if is_close or number == ROUNDS - 1:
            break
        box = closer
    kept = likely.ravel()
    return (place * size)[kept], ((1 - place) * size)[kept], weight[kept] / weight[kept].sum()


def _log_posterior(place: FloatArray, size: FloatArray, k: FloatArray, n: FloatArray) -> FloatArray:
    from scipy.special import betaln

    a, b = place * size, (1 - place) * size
    fit = (betaln(a + k[:, None], b + (n - k)[:, None]) - betaln(a, b)).sum(axis=0)
    # Densities of the logit of the mean and of the logarithm of the concentration.
    return np.asarray(fit + np.log(place) + np.log1p(-place) + np.log(size) - 2 * np.log1p(size))


def _around(axis: FloatArray, likely: NDArray[np.bool_], ends: tuple[float, float]) -> tuple[float, float]:
    """Give the stretch of an axis that is likely, one step more on either side."""
    hits, step = axis[likely], axis[1] - axis[0]
    return max(float(hits[0] - step), ends[0]), min(float(hits[-1] + step), ends[1])


def _quantile(up: FloatArray, down: FloatArray, weight: FloatArray, q: float) -> FloatArray:
    """Find the quantile of each row's mixture of beta distributions, by Newton's steps kept between known bounds."""
    from scipy.special import betainc, betaincinv, betaln, xlog1py, xlogy

    low, high = np.zeros(len(up)), np.ones(len(up))
    scale = betaln(up, down)
    x = np.clip(betaincinv(up @ weight, down @ weight, q), 1e-300, 1 - 1e-16)
    for _ in range(MOST_STEPS):
        at = x[:, None]
        gap = betainc(up, down, at) @ weight - q
        low, high = np.where(gap < 0, x, low), np.where(gap < 0, high, x)
        if np.abs(gap).max(initial=0.0) < CLOSE:
            break
        slope = np.exp(np.minimum(xlogy(up - 1, at) + xlog1py(down - 1, -at) - scale, 600.0)) @ weight
        step = x - gap / np.where(slope > 0, slope, np.inf)
        x = np.where((step > low) & (step < high), step, (low + high) / 2)
    return np.asarray(x)
