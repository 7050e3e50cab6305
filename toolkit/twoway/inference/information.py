"""Mutual information of two labels: how much the one tells of the other, in bits, beyond what chance makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TwowayError
from .nulls.shuffles import Strata, strata_of

__all__ = ["InformationNull", "entropies", "mutual_information"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def entropies(labels: ArrayLike, unit: ArrayLike, n_units: int) -> FloatArray:
    """Give the entropy of the labels of each unit, in bits; NaN without any.

    Examples
    --------
    >>> entropies([0, 0, 1, 1, 5], [0, 0, 0, 0, 1], 3).tolist()
    [1.0, 0.0, nan]
    """
    who = np.asarray(unit, dtype=np.int64)
    n = np.bincount(who, minlength=n_units).astype(float)
    code = np.unique(np.asarray(labels), return_inverse=True)[1].reshape(-1).astype(np.int64)
    pairs, k = np.unique(code * n_units + who, return_counts=True)
    owner = pairs % max(n_units, 1)
    p = k / n[owner]
    return np.where(n > 0, np.abs(np.bincount(owner, weights=p * np.log2(p), minlength=n_units)), np.nan)


def mutual_information(first: ArrayLike, second: ArrayLike, unit: ArrayLike, n_units: int) -> FloatArray:
    """Give the mutual information of two labels within each unit, in bits; NaN without any.

    It grows with the number of different labels, whatever they have to do with each other: compare with
    `InformationNull`.

    Examples
    --------
    >>> mutual_information([0, 0, 1, 1], [7, 7, 8, 8], [0, 0, 0, 0], 1).tolist()
    [1.0]
    >>> mutual_information([0, 0, 1, 1], [7, 8, 7, 8], [0, 0, 0, 0], 1).tolist()
    [0.0]
    """
    one, other = (np.unique(np.asarray(x), return_inverse=True)[1].reshape(-1) for x in (first, second))
    both = one.astype(np.int64) * (int(other.max(initial=0)) + 1) + other
    parts = [entropies(x, unit, n_units) for x in (one, other, both)]
    return np.maximum(parts[0] + parts[1] - parts[2], 0.0)


@dataclass(frozen=True, eq=False)
class InformationNull:
    """Mutual information where the second labels are exchanged within strata (N1): both mixes stay, pairs do not.

    Attributes
    ----------
    first, second
        (n,): labels, such as topics of posts and wordings of the replies to them.
    unit, n_units
        (n,): number of the unit, from 0; labels stay with it.
    strata
        What labels are exchanged within.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> topic = rng.integers(0, 2, 400)
    >>> null = InformationNull(topic, topic, np.zeros(400, dtype=int), 1, strata_of(np.zeros(400)))
    >>> bool(null.observed()[0] > 0.99), bool(null.draw(rng)[0] < 0.05)
    (True, True)
    """

    first: IntArray
    second: IntArray
    unit: IntArray
    n_units: int
    strata: Strata

    def __post_init__(self) -> None:
        """Refuse labels that do not belong together."""
        lengths = {len(x) for x in (self.first, self.second, self.unit, self.strata.codes)}
        if len(lengths) > 1:
            msg = f"Labels, units and strata of lengths {sorted(lengths)} do not fit. They were given to "
            msg += "InformationNull. Give one of each an observation."
            raise TwowayError(msg)

    def observed(self) -> FloatArray:
        """Measure the labels as they were, one value a unit."""
        return mutual_information(self.first, self.second, self.unit, self.n_units)

    def draw(self, rng: np.random.Generator) -> FloatArray:
        """Exchange the second labels within strata and units, and measure again."""
        return mutual_information(self.first, self.second[self._within.shuffle(rng)], self.unit, self.n_units)

    @cached_property
    def _within(self) -> Strata:
        return strata_of(self.strata.codes, self.unit)
