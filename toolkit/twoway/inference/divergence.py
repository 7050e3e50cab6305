"""How far two mixes of the same parts are from each other: divergence, match, and what one has too much of."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..errors import TwowayError
from .results import FloatArray

__all__ = ["jensen_shannon", "mix_match", "surplus"]


def _shares(counts: ArrayLike) -> FloatArray:
    """Divide each mix by its sum; NaN where that is 0."""
    table = np.asarray(counts, dtype=float)
    whole = table.sum(axis=-1, keepdims=True)
    return np.asarray(table / np.where(whole > 0, whole, np.nan))


def jensen_shannon(p: ArrayLike, q: ArrayLike) -> FloatArray:
    """Give the Jensen-Shannon divergence in bits: 0 for equal mixes, 1 for mixes without a part in common.

    Parameters
    ----------
    p, q
        (..., k): counts or shares of the same parts; each mix is divided by its sum.

    Returns
    -------
    array
        (...); NaN where a side is empty. The divergence itself, not its root, which scipy calls the distance.

    Raises
    ------
    TwowayError
        If the numbers of parts differ, or a count is negative.

    Examples
    --------
    >>> float(jensen_shannon([0.5, 0.5, 0], [0, 0.5, 0.5])), round(float(jensen_shannon([7, 2, 1], [1, 2, 7])), 5)
    (0.5, 0.36515)
    """
    from scipy.special import rel_entr

    one, other = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    if one.shape[-1:] != other.shape[-1:] or (one < 0).any() or (other < 0).any():
        msg = (
            f"Mixes of shapes {one.shape} and {other.shape} do not fit, or hold negative numbers. They were given to"
            " jensen_shannon. Pass counts of the same parts."
        )
        raise TwowayError(msg)
    one, other = _shares(one), _shares(other)
    middle = (one + other) / 2
    nats = (rel_entr(one, middle) + rel_entr(other, middle)).sum(axis=-1) / 2
    return np.asarray(np.clip(nats / np.log(2), 0.0, 1.0))


def mix_match(sums: ArrayLike) -> FloatArray:
    """Give 1 minus the divergence of two mixes side by side: (..., 2 k) counts, those of one mix first.

    Examples
    --------
    >>> float(mix_match([5, 5, 0, 0, 5, 5]))
    0.5
    """
    table = np.asarray(sums, dtype=float)
    k = table.shape[-1] // 2
    return np.asarray(1 - jensen_shannon(table[..., :k], table[..., k:]))


def surplus(shares: ArrayLike, resonance: ArrayLike) -> float:
    """Give the sum over parts of what the first mix has more of than the second: 0 for equal ones, at most 1.

    Examples
    --------
    >>> round(surplus([6, 3, 1], [2, 2, 6]), 3), surplus([1, 1], [0, 0])
    (0.5, nan)
    """
    difference = _shares(shares) - _shares(resonance)
    return float(np.maximum(difference, 0).sum() if not np.isnan(difference).any() else np.nan)
