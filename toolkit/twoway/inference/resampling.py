"""The bucketed Poisson cluster bootstrap: weights, drawn totals, and what is left when a cluster is left out.

A cluster (a person, a conversation) is hashed to a bucket, the engine adds up what a measure needs per bucket, and a
bootstrap draw gives each bucket an independent Poisson(1) weight. Only the sums leave the engine, whatever the size
of the corpus. Weights do not add up to a fixed number, so what is computed from them must not depend on scale:
ratios, shares and functions of them are fine, totals are not.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TwowayError
from .results import FloatArray

__all__ = ["Combine", "bootstrap_sums", "jackknife_df", "leave_one_out", "poisson_weights", "ratio_draws"]

DRAWS = 2000
SEED = 20_260_101
MAX_CELLS = 2**25
EXACT_IN_FLOAT32 = 2**24

Combine = Callable[[FloatArray], FloatArray]


@lru_cache(maxsize=1)
def _poisson_table() -> NDArray[np.float32]:
    from scipy.special import pdtr

    quantiles = (np.arange(2**16) + 0.5) / 2**16
    return np.searchsorted(pdtr(np.arange(20), 1.0), quantiles).astype(np.float32)


@lru_cache(maxsize=4)
def _weight_rows(capacity: int, draws: int, seed: int) -> NDArray[np.float32]:
    # The raw stream is the only part of numpy's generators promised to stay the same across versions.
    raw = np.random.PCG64(seed).random_raw(-(-capacity * draws // 4))
    lookup = raw.astype("<u8").view("<u2")[: capacity * draws]
    rows = _poisson_table()[lookup].reshape(capacity, draws)
    rows.setflags(write=False)
    return rows


def poisson_weights(n_buckets: int, draws: int = DRAWS, seed: int = SEED) -> NDArray[np.float32]:
    """Give each bucket a Poisson(1) weight in each bootstrap draw.

    The weights come from a table of 65,536 equally likely Poisson quantiles: their mean is exactly 1, the variance
    0.99997 and the third central moment 0.9998, instead of 1 each; the largest weight is 8. The same bucket always has
    the same weights, however many buckets there are, so values that share clusters are drawn together.

    Parameters
    ----------
    n_buckets
        Buckets, or clusters if there are few.
    draws
        Bootstrap draws.
    seed
        Same seed, same weights, on every machine.

    Returns
    -------
    array of float32, (draws, n_buckets)
        Read-only, because it is kept and handed out again.

    Raises
    ------
    TwowayError
        If the table of weights would not fit into memory: the clusters were not bucketed.

    Examples
    --------
    >>> weights = poisson_weights(1024)
    >>> weights.shape, bool(abs(weights.mean() - 1) < 0.01)
    ((2000, 1024), True)
    >>> bool((poisson_weights(3) == weights[:, :3]).all())
    True
    """
    if n_buckets < 0 or draws < 1:
        msg = (
            f"n_buckets={n_buckets}, draws={draws} cannot be drawn. "
            "They were given to poisson_weights. "
            "Pass n_buckets >= 0 and draws >= 1."
        )
        raise TwowayError(msg)
    if n_buckets * draws > MAX_CELLS:
        msg = (
            f"{n_buckets} buckets times {draws} draws are more weights than memory should hold. "
            "They were asked of poisson_weights. Hash the clusters to 1024 buckets and pass the sums of each bucket."
        )
        raise TwowayError(msg)
    capacity = 1 << max(6, (n_buckets - 1).bit_length())
    return _weight_rows(capacity, draws, seed)[:n_buckets].T


def bootstrap_sums(sums: ArrayLike, weights: NDArray[np.float32]) -> FloatArray:
    """Draw weighted totals of per-bucket sums.

    Whole-number sums small enough to be exact in single precision are multiplied there, twice as fast; all others in
    double.

    Parameters
    ----------
    sums
        (n_buckets, k): k sums of each bucket.
    weights
        (draws, n_buckets), from `poisson_weights`.

    Returns
    -------
    array, (draws, k)
        Weighted totals in each draw.

    Raises
    ------
    TwowayError
        If the numbers of buckets differ.

    Examples
    --------
    >>> import numpy as np
    >>> bootstrap_sums([[1, 2], [10, 20]], np.array([[1, 1], [0, 2]], dtype=np.float32)).tolist()
    [[11.0, 22.0], [20.0, 40.0]]
    """
    table = np.asarray(sums, dtype=float)
    if table.ndim != 2 or table.shape[0] != weights.shape[1]:
        msg = (
            f"Sums of shape {table.shape} do not fit weights of shape {weights.shape}. "
            "They were given to bootstrap_sums. "
            "Pass (n_buckets, k) sums and (draws, n_buckets) weights."
        )
        raise TwowayError(msg)
    if _exact_in_float32(table, weights):
        return (weights @ table.astype(np.float32)).astype(float)
    out = np.empty((weights.shape[0], table.shape[1]))
    for start in range(0, len(out), 256):
        part = slice(start, start + 256)
        out[part] = weights[part].astype(float) @ table
    return out


def _exact_in_float32(table: FloatArray, weights: NDArray[np.float32]) -> bool:
    if not table.size or not weights.size:
        return True
    largest = float(np.abs(table).sum(axis=0).max()) * float(weights.max())
    return largest < EXACT_IN_FLOAT32 and bool((table == np.floor(table)).all())


def ratio_draws(num: ArrayLike, den: ArrayLike) -> FloatArray:
    """Divide drawn totals; 0/0 is NaN without a warning.

    Examples
    --------
    >>> ratio_draws([1.0, 0.0], [2.0, 0.0]).tolist()
    [0.5, nan]
    """
    top, bottom = np.asarray(num, dtype=float), np.asarray(den, dtype=float)
    return np.asarray(top / np.where(bottom == 0, np.nan, bottom))


def leave_one_out(sums: ArrayLike, combine: Combine) -> FloatArray:
    """Compute a function of totals with each cluster left out in turn; empty clusters are skipped.

    Examples
    --------
    >>> leave_one_out([[1, 2], [0, 0], [1, 1]], lambda s: s[..., 0] / s[..., 1]).tolist()
    [1.0, 0.5]
    """
    table = np.asarray(sums, dtype=float)
    table = table[(table != 0).any(axis=1)]
    with np.errstate(all="ignore"):
        return np.asarray(combine(table.sum(axis=0) - table), dtype=float)


def jackknife_df(moved: ArrayLike, n_clusters: ArrayLike, effective: ArrayLike) -> FloatArray:
    """Say how many degrees of freedom a jackknife variance has.

    A variance that rests on a few clusters (one large, or the only ones with an event) is itself uncertain.
    Satterthwaite's rule gives it the degrees of freedom of the chi-square with the same relative spread, which is
    estimated from the fourth moment of what leaving out each cluster moves. It is at most the effective number of
    clusters less one.

    Parameters
    ----------
    moved
        (m,) or (m, k): by how much the value moves when each cluster is left out.
    n_clusters, effective
        Clusters, and the effective number of them by size.

    Returns
    -------
    array
        At least 1, at most effective - 1.

    Examples
    --------
    >>> alike, one_only = [1, -1] * 10, [0] * 19 + [1]
    >>> float(jackknife_df(alike, 20, 20)), float(jackknife_df(one_only, 20, 20).round(1))
    (19.0, 2.1)
    """
    squares = np.asarray(moved, dtype=float) ** 2
    total = squares.sum(axis=0)
    share = (squares**2).sum(axis=0) / np.where(total > 0, total, 1.0) ** 2
    excess = share - 1 / np.maximum(np.asarray(n_clusters, dtype=float), 1)
    satterthwaite = np.where(excess > 0, 2 / np.where(excess > 0, excess, 1.0), np.inf)
    most = np.nan_to_num(np.asarray(effective, dtype=float) - 1)
    return np.asarray(np.maximum(np.minimum(satterthwaite, most), 1.0))
