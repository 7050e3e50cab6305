"""Three parts of a whole: shares, log-ratios, distances.

An account's posts fall into broadcasts, deflections and open conversation. The three shares add up to one, so they
carry two numbers, not three, and ordinary correlations between them mean nothing: they are compared by log-ratios.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..errors import TwowayError
from .results import FloatArray
from .shown import Shown

__all__ = [
    "Composition",
    "aitchison_distance",
    "balances",
    "clr",
    "composition",
    "replace_zeros",
]


@dataclass(frozen=True, slots=True, eq=False)
class Composition(Shown):
    """Hold one composition and its coordinates.

    Parameters
    ----------
    counts
        Units in each part: broadcast, deflect, conversation.
    parts
        Shares as seen; zeros stay zeros. NaN if there are no units.
    shares
        Shares with zeros replaced, from which the logarithms are taken.
    clr
        Centered log-ratios; they add up to 0.
    z1
        Balance of conversation against the other two: above 0 is conversational.
    z2
        Balance of broadcast against deflection.
    """

    SHOWN = ("counts", "parts", "shares", "clr")

    counts: FloatArray
    parts: FloatArray
    shares: FloatArray
    clr: FloatArray
    z1: float
    z2: float

    def __str__(self) -> str:
        """Write one sentence."""
        parts = ", ".join(f"{part:.3g}" for part in self.parts)
        return f"Parts {parts} of {self.counts.sum():,.0f} units, with balances {self.z1:.3g} and {self.z2:.3g}."


def composition(counts: ArrayLike) -> Composition:
    """Turn three counts into shares, centered log-ratios and balances.

    Parameters
    ----------
    counts
        Broadcast, deflect, conversation.

    Returns
    -------
    Composition
        All NaN if the counts are all 0.

    Raises
    ------
    TwowayError
        If there are not three counts, or one is negative or NaN.

    References
    ----------
    Aitchison 1986; Martín-Fernández, Barceló-Vidal & Pawlowsky-Glahn 2003.

    Examples
    --------
    >>> made = composition([8, 2, 0])
    >>> made.shares.round(2).tolist(), round(made.z1, 3)
    ([0.76, 0.19, 0.05], -1.656)
    """
    seen = np.asarray(counts, dtype=float)
    if seen.shape != (3,) or not (seen >= 0).all():
        msg = f"{seen.tolist()} is not a composition. It was given to composition. Pass three counts of at least 0."
        raise TwowayError(msg)
    n = seen.sum()
    parts = seen / (n if n > 0 else np.nan)
    shares = replace_zeros(seen)
    z1, z2 = balances(shares)
    return Composition(seen, parts, shares, clr(shares), float(z1), float(z2))


def replace_zeros(counts: ArrayLike) -> FloatArray:
    """Turn counts into shares in which a zero counts as half a unit, taken from the other parts in proportion.

    Parameters
    ----------
    counts
        (..., parts).

    Returns
    -------
    array
        Shares above 0 that add up to 1; NaN where all counts are 0. The share put for a zero is 0.5/n; with one
        unit in all it is 1/(2 parts), since half a unit for each of two zeros would leave nothing for what was seen.

    Examples
    --------
    >>> replace_zeros([8, 2, 0]).round(3).tolist(), replace_zeros([1, 0, 0]).round(3).tolist()
    ([0.76, 0.19, 0.05], [0.667, 0.167, 0.167])
    """
    seen = np.asarray(counts, dtype=float)
    n = seen.sum(axis=-1, keepdims=True)
    n = np.where(n > 0, n, np.nan)
    zero = seen == 0
    delta = 0.5 / n
    # With one unit in all, half a unit for each of two zeros would leave nothing for what was seen.
    delta = np.where(delta * zero.sum(axis=-1, keepdims=True) >= 1, 0.5 / seen.shape[-1], delta)
    return np.asarray(np.where(zero, delta, seen / n * (1 - delta * zero.sum(axis=-1, keepdims=True))))


def clr(shares: ArrayLike) -> FloatArray:
    """Give centered log-ratios: each logarithm less the mean of them.

    Examples
    --------
    >>> clr([0.6, 0.3, 0.1]).round(5).tolist()
    [0.8283, 0.13516, -0.96346]
    """
    logs = np.log(np.asarray(shares, dtype=float))
    return np.asarray(logs - logs.mean(axis=-1, keepdims=True))


def balances(shares: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Give the two balances of (broadcast, deflect, conversation).

    Parameters
    ----------
    shares
        (..., 3), all above 0.

    Returns
    -------
    z1, z2
        sqrt(2/3) ln(C / sqrt(B D)) and sqrt(1/2) ln(B / D). Distances between pairs are Aitchison distances.

    Examples
    --------
    >>> [round(float(z), 5) for z in balances([0.6, 0.3, 0.1])]
    [-1.17999, 0.49013]
    """
    b, d, c = np.moveaxis(np.log(np.asarray(shares, dtype=float)), -1, 0)
    return np.asarray(np.sqrt(2 / 3) * (c - (b + d) / 2)), np.asarray(np.sqrt(1 / 2) * (b - d))


def aitchison_distance(first: ArrayLike, second: ArrayLike) -> FloatArray:
    """Give the distance between compositions: the Euclidean distance of their centered log-ratios.

    Examples
    --------
    >>> round(float(aitchison_distance([0.6, 0.3, 0.1], [0.2, 0.2, 0.6])), 5)
    2.13405
    """
    return np.asarray(np.linalg.norm(clr(first) - clr(second), axis=-1))
