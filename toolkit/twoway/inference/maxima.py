"""How large the largest of all standardized differences between units can become by chance.

With two thousand units there are two million pairs; only pairs of units that lie far out can hold the largest
difference, so in each draw a few units decide, and a bound says which.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .results import FloatArray, check_level

__all__ = ["max_t_quantile"]

#: Units that are compared first in each draw; a bound tells which others could hold a larger difference.
CANDIDATES = 16

_CHUNK = 2_000_000


def max_t_quantile(
    down: ArrayLike,
    up: ArrayLike,
    level: float = 0.95,
    *,
    n_draws: int = 10_000,
    seed: int = 1,
) -> float:
    """Give the quantile of the largest standardized difference of all pairs of independent units.

    Parameters
    ----------
    down, up
        Standard errors of each unit downward and upward; units with NaN or infinite ones count with their other side.
    level
        Quantile.
    n_draws, seed
        Of the simulation. Its own error moves the level by about 0.002 at the default.

    Returns
    -------
    float
        For equal errors Tukey's studentized range divided by the root of 2; infinite for fewer than two units.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.stats import studentized_range
    >>> ones = np.ones(10)
    >>> bool(abs(max_t_quantile(ones, ones) - studentized_range.ppf(0.95, 10, np.inf) / 2**0.5) < 0.05)
    True
    """
    one, other = (np.asarray(x, dtype=float) for x in (down, up))
    one, other = np.where(np.isfinite(one), one, other), np.where(np.isfinite(other), other, one)
    # Certain units cannot be at fault, and units without any finite error are never told apart.
    used = np.isfinite(one) & np.isfinite(other) & (one + other > 0)
    n = int(used.sum())
    if n == 0 or len(one) < 2:
        return np.inf if len(one) < 2 else 0.0
    if n == 1:
        # Against certain values one unit's error decides alone.
        one, other, used = np.append(one[used], 0.0), np.append(other[used], 0.0), np.ones(2, dtype=bool)
        n = 2
    rng = np.random.default_rng(seed)
    size = max(1, _CHUNK // max(n, min(n, CANDIDATES) ** 2))
    parts = [_largest(one[used], other[used], min(size, n_draws - start), rng) for start in range(0, n_draws, size)]
    return float(np.quantile(np.concatenate(parts), check_level(level), method="higher"))


def _largest(down: FloatArray, up: FloatArray, n_draws: int, rng: np.random.Generator) -> FloatArray:
    z = rng.standard_normal((n_draws, len(down)))
    if len(down) <= CANDIDATES:
        return _all_pairs(z, np.broadcast_to(down, z.shape), np.broadcast_to(up, z.shape))
    far = np.abs(z)
    order = np.argpartition(far, -CANDIDATES, axis=1)[:, -CANDIDATES:]
    found = _all_pairs(np.take_along_axis(z, order, axis=1), down[order], up[order])
    # No pair exceeds the root of the sum of its two squares, so only units that could pass what was found matter.
    could = z**2 + far.max(axis=1, keepdims=True) ** 2 > found[:, None] ** 2
    for i in np.flatnonzero(could.sum(axis=1) > CANDIDATES):
        at = np.flatnonzero(could[i])
        found[i] = _all_pairs(z[i][None, at], down[None, at], up[None, at])[0]
    return found


def _all_pairs(z: FloatArray, down: FloatArray, up: FloatArray) -> FloatArray:
    """Give for each row of draws the largest standardized difference of all its pairs."""
    move = z * np.where(z > 0, down, up)
    gap = move[:, :, None] - move[:, None, :]
    with np.errstate(all="ignore"):
        t = gap / np.sqrt(down[:, :, None] ** 2 + up[:, None, :] ** 2)
    return np.asarray(np.nan_to_num(t, nan=0.0).max(axis=(1, 2)))
