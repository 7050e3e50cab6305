"""How mixed something is: entropy, evenness and effective numbers of classes, and the distance to a known mix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..errors import TwowayError
from .results import FloatArray
from .shown import Shown

__all__ = [
    "FUNCTION_MIX",
    "Diversity",
    "MixDistance",
    "diversity",
    "evenness",
    "hill",
    "miller_madow",
    "mix_distance",
    "shannon",
]

#: Information, community, action: the mix that Lovejoy and Saxton (2012) found among nonprofit organizations.
FUNCTION_MIX = (0.586, 0.258, 0.156)


def _checked(counts: ArrayLike) -> FloatArray:
    n = np.asarray(counts, dtype=float)
    if n.ndim < 1 or not (n >= 0).all():
        msg = f"{n.tolist()} are no counts. They were given as classes that are counted. Pass numbers of at least 0."
        raise TwowayError(msg)
    return n


def _shares(counts: FloatArray) -> FloatArray:
    n = counts.sum(axis=-1, keepdims=True)
    return np.asarray(counts / np.where(n > 0, n, np.nan))


def shannon(counts: ArrayLike) -> FloatArray:
    """Give Shannon's entropy of classes, in nats.

    Parameters
    ----------
    counts
        (..., classes).

    Returns
    -------
    array
        (...), NaN where nothing was counted.

    Raises
    ------
    TwowayError
        If a count is negative or NaN.

    References
    ----------
    Jost 2006; the same number as R's `vegan::diversity`.

    Examples
    --------
    >>> round(float(shannon([6, 3, 1])), 5)
    0.89795
    """
    p = _shares(_checked(counts))
    # 0 + turns the -0 of a single class into 0.
    return np.asarray(0 + -(p * np.log(np.where(p == 0, 1.0, p))).sum(axis=-1))


def miller_madow(counts: ArrayLike) -> FloatArray:
    """Give Shannon's entropy with Miller and Madow's correction for small numbers: (seen classes - 1) / 2n is added.

    Examples
    --------
    >>> round(float(miller_madow([6, 3, 1])), 5)
    0.99795
    """
    n = _checked(counts)
    total = n.sum(axis=-1)
    return np.asarray(shannon(n) + ((n > 0).sum(axis=-1) - 1) / (2 * np.where(total > 0, total, np.nan)))


def evenness(counts: ArrayLike, classes: int | None = None) -> FloatArray:
    """Give Pielou's evenness: entropy over the greatest there could be.

    Parameters
    ----------
    counts
        (..., classes).
    classes
        Number of classes there are, fixed in advance; by default those that were given, seen or not.

    Returns
    -------
    array
        NaN for a single class.

    Raises
    ------
    TwowayError
        If there are fewer classes than counts above 0.

    Examples
    --------
    >>> round(float(evenness([6, 3, 1])), 5), float(evenness([5]))
    (0.81735, nan)
    """
    n = _checked(counts)
    k = n.shape[-1] if classes is None else classes
    if (n > 0).sum(axis=-1).max() > k:
        msg = f"More than {k} classes were counted. classes={k} was given to evenness. Give the number there are."
        raise TwowayError(msg)
    return np.asarray(shannon(n) / (np.log(k) if k > 1 else np.nan))


def hill(counts: ArrayLike, order: float) -> FloatArray:
    """Give Hill's number: how many equally frequent classes would be as mixed.

    Parameters
    ----------
    counts
        (..., classes).
    order
        0 counts the classes seen, 1 is the exponential of the entropy, 2 the inverse of Simpson's concentration.

    References
    ----------
    Hill 1973; the same number as R's `vegan::renyi(hill = TRUE)`.

    Examples
    --------
    >>> [round(float(hill([6, 3, 1], order)), 4) for order in (0, 1, 2)]
    [3.0, 2.4546, 2.1739]
    """
    n = _checked(counts)
    p = _shares(n)
    if order == 1:
        return np.asarray(np.exp(shannon(n)))
    powers = np.where(p > 0, np.where(p > 0, p, 1.0) ** order, 0.0).sum(axis=-1)
    empty = np.isnan(p).any(axis=-1)
    return np.asarray(np.where(empty, np.nan, np.where(empty, 1.0, powers) ** (1 / (1 - order))))


@dataclass(frozen=True, slots=True)
class Diversity(Shown):
    """Hold how mixed some classes are.

    Parameters
    ----------
    n, classes
        How much was counted, of how many classes there are.
    entropy, corrected
        Shannon's entropy in nats, as seen and by Miller and Madow.
    evenness
        Entropy over the greatest there could be.
    d0, d1, d2
        Hill's numbers of order 0, 1 and 2.
    """

    SHOWN = ("n", "classes", "entropy", "corrected", "evenness", "d0", "d1", "d2")

    n: float
    classes: int
    entropy: float
    corrected: float
    evenness: float
    d0: float
    d1: float
    d2: float

    def __str__(self) -> str:
        """Write one sentence."""
        return (
            f"{self.n:,.0f} in {self.d0:.0f} of {self.classes} classes, as mixed as {self.d1:.3g} equally frequent"
            f" ones (evenness {self.evenness:.3g})."
        )


def diversity(counts: ArrayLike) -> Diversity:
    """Give entropy, evenness and Hill's numbers of classes at once.

    Parameters
    ----------
    counts
        One for each class there is, seen or not.

    Examples
    --------
    >>> print(diversity([6, 3, 1]))
    10 in 3 of 3 classes, as mixed as 2.45 equally frequent ones (evenness 0.817).
    """
    n = _checked(counts).ravel()
    hills = (float(hill(n, order)) for order in (0, 1, 2))
    return Diversity(float(n.sum()), len(n), float(shannon(n)), float(miller_madow(n)), float(evenness(n)), *hills)


@dataclass(frozen=True, slots=True)
class MixDistance(Shown):
    """Hold how far counted classes are from a known mix.

    Parameters
    ----------
    chi2, df, p
        Pearson's statistic, its degrees of freedom, and the chance of one as large under the known mix, as if units
        were independent.
    aitchison
        Distance of the centered log-ratios, zeros counted as half a unit.
    """

    SHOWN = ("chi2", "df", "p", "aitchison")

    chi2: float
    df: int
    p: float
    aitchison: float

    def __str__(self) -> str:
        """Write one sentence."""
        return f"Chi-squared {self.chi2:.4g} on {self.df} degrees of freedom, p = {self.p:.3g}."


def mix_distance(counts: ArrayLike, reference: ArrayLike) -> MixDistance:
    """Compare counted classes with a known mix.

    Parameters
    ----------
    counts
        (k,).
    reference
        (k,): shares of the known mix, or numbers in the same proportions, all above 0.

    Returns
    -------
    MixDistance
        NaN where nothing was counted.

    Raises
    ------
    TwowayError
        If the shapes differ, or a part of the reference is not above 0.

    Examples
    --------
    >>> print(mix_distance([50, 35, 15], FUNCTION_MIX))
    Chi-squared 4.566 on 2 degrees of freedom, p = 0.102.
    """
    from scipy.stats import chi2  # slow to import

    from .composition import aitchison_distance, replace_zeros

    n, mix = _checked(counts), np.asarray(reference, dtype=float)
    if n.ndim != 1 or n.shape != mix.shape or not (mix > 0).all():
        msg = (
            f"A mix of shape {mix.shape} does not fit counts of shape {n.shape}, or has a part that is not above 0. It"
            " was given to mix_distance. Pass one share above 0 for each class."
        )
        raise TwowayError(msg)
    mix = mix / mix.sum()
    total = n.sum() if n.sum() > 0 else np.nan
    value = float(((n - total * mix) ** 2 / (total * mix)).sum())
    df = len(n) - 1
    return MixDistance(value, df, float(chi2.sf(value, df)), float(aitchison_distance(replace_zeros(n), mix)))
