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
    df: ArrayLike | None = None,
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
    df
        Degrees of freedom of the standard errors; None where they are known.
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
        df = None if df is None else float(np.min(np.asarray(df, dtype=float)))
        n = 2
    freedom = None if df is None else np.maximum(np.broadcast_to(np.asarray(df, dtype=float), used.shape)[used], 1.0)
    rng = np.random.default_rng(seed)
    size = max(1, _CHUNK // max(n, min(n, CANDIDATES) ** 2))
    parts = [
        _largest(one[used], other[used], freedom, min(size, n_draws - start), rng) for start in range(0, n_draws, size)
    ]
    return float(np.quantile(np.concatenate(parts), check_level(level), method="higher"))


def _largest(
    down: FloatArray, up: FloatArray, df: FloatArray | None, n_draws: int, rng: np.random.Generator
) -> FloatArray:
    z = rng.standard_normal((n_draws, len(down)))
    wobble = np.ones_like(z) if df is None else np.sqrt(rng.chisquare(df, z.shape) / df)
    if len(down) <= CANDIDATES:
        return _all_pairs(z, wobble, np.broadcast_to(down, z.shape), np.broadcast_to(up, z.shape))
    t = np.abs(z / wobble)
    order = np.argpartition(t, -CANDIDATES, axis=1)[:, -CANDIDATES:]
    chosen = (np.take_along_axis(x, order, axis=1) for x in (z, wobble, *np.broadcast_arrays(down, up, z)[:2]))
    found = _all_pairs(*chosen)
    # No pair exceeds the root of the sum of its two squares, so only units that could pass what was found matter.
    could = t**2 + t.max(axis=1, keepdims=True) ** 2 > found[:, None] ** 2
    for i in np.flatnonzero(could.sum(axis=1) > CANDIDATES):
        at = np.flatnonzero(could[i])
        found[i] = _all_pairs(*(x[None, at] for x in (z[i], wobble[i], down, up)))[0]
    return found


def _all_pairs(z: FloatArray, wobble: FloatArray, down: FloatArray, up: FloatArray) -> FloatArray:
    """Give for each row of draws the largest standardized difference of all its pairs."""
    move = z * np.where(z > 0, down, up)
    below, above = wobble * down, wobble * up
    gap = move[:, :, None] - move[:, None, :]
    with np.errstate(all="ignore"):
        t = gap / np.sqrt(below[:, :, None] ** 2 + above[:, None, :] ** 2)
    return np.asarray(np.nan_to_num(t, nan=0.0).max(axis=(1, 2)))
