"""Test whether two groups differ by dealing their clusters anew: persons change groups, never single turns.

A permutation test counts how often a difference as large as the one found comes about when it is chance who belongs to
which group (U9). Each difference is divided by its own standard error, robust to clusters: then the test holds for
values that are equal in groups whose spread or size differs. Clusters found in both groups (a person who talks with
two brands) keep one part in each; only which part is whose is drawn.

Own code: `scipy.stats.permutation_test` calls a statistic draw by draw and knows no clusters; here all draws are
products of matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TwowayError
from .results import FloatArray
from .shown import Shown

__all__ = ["Deal", "Regrouped", "Spread", "Statistic", "deal_of", "regroup"]

#: Most cells of a matrix of draws by clusters that are held at once.
CELLS = 4_000_000

#: Correlations are trusted to make an interval shorter only from this many shared clusters on.
TRUST_SHARED = 30

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Hold the differences of many deals and how uncertain they are, one entry a deal.

    Parameters
    ----------
    differences
        First group minus second.
    first, second
        Variances of the two values, robust to clusters.
    joint
        Covariance of the two values, from clusters in both groups.
    """

    differences: FloatArray
    first: FloatArray
    second: FloatArray
    joint: FloatArray

    def studentized(self, middle: float = 0.0) -> FloatArray:
        """Divide each difference, less a middle, by its error; without any error it is 0, or infinitely many."""
        error = np.sqrt(np.maximum(self.first + self.second - 2 * self.joint, 0.0))
        off = self.differences - middle
        is_still = error <= 1e-7 * (np.abs(off) + np.sqrt(self.first + self.second))
        without = np.where(np.abs(off) > 1e-9, np.copysign(np.inf, off), 0.0 * off)
        return np.where(is_still, without, off / np.where(is_still, 1.0, error))

    def correlation(self) -> float:
        """Give the correlation of the errors of the two values in the first deal; 0 where one has none."""
        size = float(np.sqrt(self.first[0] * self.second[0]))
        return float(np.clip(self.joint[0] / size, -1.0, 1.0)) if size > 0 else 0.0


#: Takes who is in the first group, (draws, pieces) of 0 and 1.
Statistic = Callable[[FloatArray], Spread]


@dataclass(frozen=True, slots=True, eq=False)
class Deal:
    """Hold which pieces, each what one cluster did in one group, can be dealt to which group.

    Parameters
    ----------
    n_shared
        Clusters in both groups: their pieces come first, those of the first group, then of the second, in one order.
    n_first, n_second
        Clusters of one group only; their pieces follow.
    """

    n_shared: int
    n_first: int
    n_second: int

    @property
    def n_pieces(self) -> int:
        """Number of pieces."""
        return 2 * self.n_shared + self.n_first + self.n_second

    @property
    def shared(self) -> float:
        """Share of the smaller group's clusters that are in the other group as well."""
        least = self.n_shared + min(self.n_first, self.n_second)
        return self.n_shared / least if least else 0.0

    def found(self) -> FloatArray:
        """Say which pieces are in the first group, as found: (1, pieces)."""
        s = self.n_shared
        return np.repeat([1.0, 0.0, 1.0, 0.0], [s, s, self.n_first, self.n_second])[None, :]

    def expected(self) -> FloatArray:
        """Say how often each piece is in the first group, over all deals: (1, pieces)."""
        alone = self.n_first / max(self.n_first + self.n_second, 1)
        return np.repeat([0.5, alone], [2 * self.n_shared, self.n_first + self.n_second])[None, :]

    def wider(self) -> tuple[float, float]:
        """Give by how much a sum of n squares about their mean falls short of the variance, n / (n - 1) a group."""
        sizes = self.n_shared + self.n_first, self.n_shared + self.n_second
        return sizes[0] / max(sizes[0] - 1, 1), sizes[1] / max(sizes[1] - 1, 1)

    def drawn(self, draws: int, seed: int) -> Iterator[FloatArray]:
        """Draw who is in the first group, some draws at a time."""
        rng = np.random.default_rng(seed)
        single = np.repeat([True, False], [self.n_first, self.n_second])
        step = max(1, CELLS // max(self.n_pieces, 1))
        for start in range(0, draws, step):
            size = min(step, draws - start)
            swap = rng.random((size, self.n_shared)) < 0.5
            alone = rng.permuted(np.broadcast_to(single, (size, len(single))), axis=1)
            yield np.concatenate([swap, ~swap, alone], axis=1, dtype=float)


def deal_of(first: ArrayLike, second: ArrayLike) -> tuple[Deal, NDArray[np.intp]]:
    """Lay out the clusters of two groups, those in both side by side.

    Parameters
    ----------
    first, second
        Names of the clusters of each group, none twice.

    Returns
    -------
    Deal, array
        And the order in which rows of the first, then of the second group become pieces.

    Examples
    --------
    >>> deal, order = deal_of(["ann", "bob"], ["cy", "ann", "dee"])
    >>> deal, order.tolist()
    (Deal(n_shared=1, n_first=1, n_second=2), [0, 3, 1, 2, 4])
    """
    a, b = np.asarray(first), np.asarray(second)
    _, in_a, in_b = np.intersect1d(a, b, assume_unique=True, return_indices=True)
    only_a, only_b = (np.setdiff1d(np.arange(len(x)), found) for x, found in ((a, in_a), (b, in_b)))
    order = np.concatenate([in_a, len(a) + in_b, only_a, len(a) + only_b]).astype(np.intp)
    return Deal(len(in_a), len(only_a), len(only_b)), order


@dataclass(frozen=True, slots=True)
class Regrouped(Shown):
    """Hold what dealing the clusters anew says of a difference.

    Parameters
    ----------
    p
        Share of deals, the one found among them, with a difference at least as large, either way; each difference in
        its own standard errors. NaN where nothing can be dealt.
    statistic
        The difference found, in standard errors.
    difference
        The difference found.
    correlation
        Of the errors of the two values, 0 without shared clusters.
    shared
        Share of the smaller group's clusters that are in both groups.
    draws
        Deals drawn.
    """

    SHOWN = ("difference", "statistic", "p", "correlation", "shared", "draws")

    p: float
    statistic: float
    difference: float
    correlation: float
    shared: float
    draws: int

    @property
    def is_floor(self) -> bool:
        """Whether p is the least that so many draws can give."""
        return bool(self.p * (self.draws + 1) <= 1 + 1e-9)

    def __str__(self) -> str:
        """Write one sentence."""
        if np.isnan(self.p):
            return "Nothing can be dealt anew, so the difference cannot be tested."
        found = f"A difference of {self.difference:.4g}, {self.statistic:.3g} standard errors"
        return f"{found}; p = {self.p:.2g} in {self.draws:,} deals."


def regroup(
    statistic: Statistic, deal: Deal, *, draws: int = 2000, seed: int = 20_260_101, errors: Statistic | None = None
) -> Regrouped:
    """Deal the clusters of two groups anew many times, and count differences as large as the one found.

    Persons in both groups may be of another kind than the rest, and make up more of one group than of the other: then
    the deals lie about a middle other than 0, which is taken off.

    Parameters
    ----------
    statistic
        From `ratio_statistic`, `sums_statistic` or `waits_statistic`.
    deal
        From `deal_of`, in whose order the pieces stand.
    draws
        How many deals.
    seed
        Of the draws.
    errors
        What the correlation of the two values is taken from; by default the statistic itself.

    Returns
    -------
    Regrouped
        With p = (1 + as large) / (1 + draws), never 0. A deal whose difference is undefined counts as as large.

    Raises
    ------
    TwowayError
        If `draws` is not positive.

    Examples
    --------
    >>> from twoway.inference.regrouped_sums import ratio_statistic
    >>> answered, owed = [2, 1, 2, 2, 1, 0, 0, 0, 1, 0], [2, 1, 2, 2, 1, 2, 1, 1, 2, 1]
    >>> deal, order = deal_of(range(5), range(5, 10))
    >>> test = regroup(ratio_statistic(np.c_[answered, owed][order], deal), deal, draws=999)
    >>> round(test.difference, 3), test.p < 0.05
    (0.857, True)
    """
    if draws < 1:
        msg = f"draws={draws} are no draws. They were given to regroup. Use at least 1, better 2000."
        raise TwowayError(msg)
    seen = statistic(deal.found())
    found = float(seen.studentized()[0])
    correlation = (seen if errors is None else errors(deal.found())).correlation()
    correlation = correlation if deal.n_shared >= TRUST_SHARED else min(correlation, 0.0)
    facts = found, float(seen.differences[0]), correlation, deal.shared, draws
    if np.isnan(found) or not (deal.n_shared or (deal.n_first and deal.n_second)):
        return Regrouped(np.nan, *facts)
    middle = float(statistic(deal.expected()).differences[0]) if deal.n_shared else 0.0
    # Sums in another order differ in the last digits: a tie must stay one.
    bar = abs(found) * (1 - 1e-9)
    as_large = sum(int((~(np.abs(statistic(who).studentized(middle)) < bar)).sum()) for who in deal.drawn(draws, seed))
    return Regrouped((1 + as_large) / (1 + draws), *facts)
