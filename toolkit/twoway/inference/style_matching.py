"""Language style matching (LSM): how alike two sides use the words of grammar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TwowayError
from .nulls.shuffles import Strata, strata_of

__all__ = ["StyleMatching", "StyleMatchingNull", "StyleMeans", "matched_percents", "pool_counts", "style_matching"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Keeps 0/0 away where neither side uses a class; of the published formula, and in percent.
_LEAST = 0.0001


@dataclass(frozen=True, eq=False)
class StyleMatching:
    """How alike pairs of texts use the words of grammar.

    Attributes
    ----------
    value
        (pairs,): mean of all classes, 0 to 1; NaN where a side has too few words.
    value_used
        (pairs,): mean of the classes that either side uses; NaN without any.
    unused_share
        (pairs,): share of classes that neither side uses. They count as perfectly matched in `value`.
    by_class
        (pairs, classes).
    """

    value: FloatArray
    value_used: FloatArray
    unused_share: FloatArray
    by_class: FloatArray


def matched_percents(first: ArrayLike, second: ArrayLike) -> FloatArray:
    """Match two uses of a class, in percent of words: 1 - |p1 - p2| / (p1 + p2 + .0001).

    Fractions instead of percents give other numbers: the constant is then no longer small.

    Examples
    --------
    >>> float(matched_percents(5, 3).round(6)), float(matched_percents(0.05, 0.03).round(6))
    (0.750003, 0.750312)
    """
    p, q = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    return np.asarray(1 - np.abs(p - q) / (p + q + _LEAST))


def pool_counts(counts: ArrayLike, pool: ArrayLike, n_pools: int) -> FloatArray:
    """Add up counts of posts by pool (an episode, a person's month).

    Parameters
    ----------
    counts
        (posts, classes), or (posts,) for words.
    pool
        (posts,): number of the pool from 0; below 0, left out.
    n_pools
        Pools.

    Examples
    --------
    >>> pool_counts([[1, 0], [2, 1], [9, 9]], [0, 0, -1], 1).tolist()
    [[3.0, 1.0]]
    """
    table, code = np.asarray(counts, dtype=float), np.asarray(pool, dtype=np.int64)
    out = np.zeros((n_pools, *table.shape[1:]))
    np.add.at(out, code[code >= 0], table[code >= 0])
    return out


def style_matching(
    first: ArrayLike, first_words: ArrayLike, second: ArrayLike, second_words: ArrayLike, *, min_words: int = 50
) -> StyleMatching:
    """Measure language style matching of pairs, each side pooled to enough words.

    Parameters
    ----------
    first, second
        (pairs, classes): words of each class by each side. Counts, so that nobody has to mind the unit.
    first_words, second_words
        (pairs,): all words of each side.
    min_words
        Fewest words of a side; below, all is NaN.

    Raises
    ------
    TwowayError
        If the shapes do not fit, or a class has more words than there are.

    Examples
    --------
    >>> found = style_matching([[5, 0]], [100], [[3, 0]], [100])
    >>> [float(x[0].round(6)) for x in (found.value, found.value_used, found.unused_share)]
    [0.875002, 0.750003, 0.5]
    """
    p, q, enough = _percents(first, first_words, second, second_words, min_words)
    found = _matched(p, q)
    return StyleMatching(
        np.where(enough, found.value, np.nan),
        np.where(enough, found.value_used, np.nan),
        np.where(enough, found.unused_share, np.nan),
        np.where(enough[:, None], found.by_class, np.nan),
    )


def _matched(p: FloatArray, q: FloatArray) -> StyleMatching:
    """Match pairs of (pairs, classes) percents."""
    by_class = matched_percents(p, q)
    used = (p > 0) | (q > 0)
    n_used = used.sum(axis=1)
    value_used = (by_class * used).sum(axis=1) / np.where(n_used > 0, n_used, np.nan)
    return StyleMatching(by_class.mean(axis=1), value_used, 1 - n_used / p.shape[1], by_class)


def _percents(
    first: ArrayLike, first_words: ArrayLike, second: ArrayLike, second_words: ArrayLike, min_words: int
) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
    one, two = (np.asarray(counts, dtype=float) for counts in (first, second))
    words = [np.asarray(n, dtype=float) for n in (first_words, second_words)]
    if one.ndim != 2 or one.shape != two.shape or any(n.shape != one.shape[:1] for n in words) or not one.shape[1]:
        msg = f"Counts of shapes {one.shape} and {two.shape} and words of shapes {words[0].shape} and {words[1].shape} "
        msg += "do not fit. They were given to style_matching. Pass (pairs, classes) twice, and words a pair and side."
        raise TwowayError(msg)
    if any((counts > n[:, None]).any() for counts, n in zip((one, two), words, strict=True)):
        msg = "A class holds more words than there are. It was given to style_matching. "
        msg += "Pass counts of words, and of all words: no percents and no shares."
        raise TwowayError(msg)
    with np.errstate(all="ignore"):
        shares = [
            np.where(n[:, None] > 0, 100 * counts / n[:, None], 0.0)
            for counts, n in zip((one, two), words, strict=True)
        ]
    return shares[0], shares[1], (words[0] >= max(min_words, 1)) & (words[1] >= max(min_words, 1))


class StyleMeans(NamedTuple):
    """Means of the pairs of each unit, named as in `StyleMatching`: (units,) each, NaN without a pair."""

    value: FloatArray
    value_used: FloatArray
    unused_share: FloatArray


class StyleMatchingNull:
    """Style matching where the second sides are exchanged among the pairs of a stratum (N1): pairs of other persons.

    Parameters
    ----------
    first, first_words, second, second_words, min_words
        As in `style_matching`.
    unit
        (pairs,): number of the account or organization, from 0. Sides stay with their unit.
    strata
        Of the pairs, such as months and classes of length.
    n_units
        Units in all, some of them perhaps without a pair; by default those up to the highest number.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> counts, words = rng.integers(0, 20, (40, 9)), np.full(40, 200)
    >>> null = StyleMatchingNull(counts, words, counts, words, np.zeros(40, dtype=int), strata_of(np.zeros(40)))
    >>> null.observed().value.tolist(), bool(null.draw(rng).value[0] < 0.8)
    ([1.0], True)
    """

    def __init__(
        self,
        first: ArrayLike,
        first_words: ArrayLike,
        second: ArrayLike,
        second_words: ArrayLike,
        unit: ArrayLike,
        strata: Strata,
        *,
        min_words: int = 50,
        n_units: int | None = None,
    ) -> None:
        p, q, enough = _percents(first, first_words, second, second_words, min_words)
        # Sides with too few words have no percents to give, so they take no part in the exchange.
        self._first, self._second = p[enough], q[enough]
        codes = np.asarray(unit, dtype=np.int64)
        if codes.shape != enough.shape or strata.codes.shape != enough.shape:
            msg = f"{len(enough)} pairs, units of shape {codes.shape} and {len(strata.codes)} strata do not fit. They "
            msg += "were given to StyleMatchingNull. Give every pair a unit and a stratum."
            raise TwowayError(msg)
        self._n_units = int(codes.max(initial=-1)) + 1 if n_units is None else n_units
        self._unit = codes[enough]
        self._strata = strata_of(strata.codes[enough], self._unit)

    def observed(self) -> StyleMeans:
        """Measure the pairs as they were."""
        return self._means(self._second)

    def draw(self, rng: np.random.Generator) -> StyleMeans:
        """Exchange the second sides within strata and measure again."""
        return self._means(self._second[self._strata.shuffle(rng)])

    def _means(self, second: FloatArray) -> StyleMeans:
        found = _matched(self._first, second)
        return StyleMeans(*[self._mean(values) for values in (found.value, found.value_used, found.unused_share)])

    def _mean(self, values: FloatArray) -> FloatArray:
        known = ~np.isnan(values)
        n = np.bincount(self._unit[known], minlength=self._n_units)
        total = np.bincount(self._unit[known], weights=values[known], minlength=self._n_units)
        return np.asarray(total / np.where(n > 0, n, np.nan))
