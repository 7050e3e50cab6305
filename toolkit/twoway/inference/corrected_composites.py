"""Shares that several labels and facts make together, corrected by what they are where people coded all the labels."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import SchemaError
from .corrected_groups import MIN_LABELED, Prevalences
from .powered import Labels, Pool, least_variance, score_limits, variances
from .prevalence import Prevalence, label_flags
from .results import FloatArray, check_level

__all__ = ["Composites", "corrected_composites"]


@dataclass(frozen=True, slots=True, eq=False)
class Composites:
    """Hold a ratio's two sides for each unit, as made of the codes of the rules and of those of people.

    Parameters
    ----------
    num, den
        (n,): what the unit adds to numerator and denominator by the rules, from 0 to 1, the first no more than the
        second.
    true_num, true_den
        (n,): the same by people; NaN where they did not code every label of every post.
    cluster
        (n,): who units of a kind hang together by.
    weights
        (n,): one over the chance of each coded unit to be drawn; ignored for the others.
    """

    num: FloatArray
    den: FloatArray
    true_num: FloatArray
    true_den: FloatArray
    cluster: NDArray[np.int64]
    weights: FloatArray

    def part(self, use: NDArray[np.bool_]) -> Composites:
        """Take out some of the units."""
        cluster = np.unique(self.cluster[use], return_inverse=True)[1]
        sides = (self.num[use], self.den[use], self.true_num[use], self.true_den[use])
        return Composites(*sides, cluster, self.weights[use])

    @property
    def labeled(self) -> NDArray[np.bool_]:
        """The units that people coded, of those that count by either."""
        return ~np.isnan(self.true_num) & ((self.den > 0) | (self.true_den > 0))


def _arranged(
    sides: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike], clusters: ArrayLike, weights: ArrayLike | None
) -> Composites:
    """Bring both sides of a ratio, clusters and weights to arrays that pair, or refuse them."""
    num, den, true_num, true_den = (np.asarray(side, dtype=float) for side in sides)
    cluster = np.unique(np.asarray(clusters), return_inverse=True)[1]
    weight = np.ones(len(num)) if weights is None else np.asarray(weights, dtype=float)
    fits = num.shape == den.shape == true_num.shape == true_den.shape == cluster.shape == weight.shape
    if not fits or np.isnan([num, den]).any() or not (_pairs(num, den) and _pairs(true_num, true_den)):
        msg = (
            "Numerators and denominators do not pair: lengths differ, one by the rules is missing, or a numerator is"
            " not from 0 to its denominator. They were given to corrected_composites. Pass both for every unit."
        )
        raise SchemaError(msg)
    return Composites(num, den, true_num, true_den, cluster, weight)


def _pairs(num: FloatArray, den: FloatArray) -> bool:
    known = ~np.isnan(num)
    return bool((known == ~np.isnan(den)).all() and ((num >= 0) & (num <= den) & (den <= 1))[known].all())


def corrected_composites(
    num: ArrayLike,
    den: ArrayLike,
    true_num: ArrayLike,
    true_den: ArrayLike,
    groups: ArrayLike,
    clusters: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    min_labeled: int = MIN_LABELED,
    level: float = 0.95,
) -> Prevalences:
    """Give the ratio of each group, such as an organization, corrected by its own units that people coded.

    To the mean of either side over all units, as the rules make it, is added its mean error in the sample that people
    coded (the difference estimator of surveys, prediction-powered inference with lam = 1). Rules are trusted alike in
    every ratio, so what adds up before the correction adds up after it: shares of classes to 1, a mean of shares to the
    mean of the corrected ones. The variance is that of the two means together, by cluster.

    No error rates are borrowed from other groups. Those of a composite hang on how much of it is fact: who only replies
    is never misread in a label that replies have in any case.

    Parameters
    ----------
    num, den, true_num, true_den
        As in `Composites`; people's must come from a random sample.
    groups, clusters
        (n,): group and cluster of each unit.
    weights
        (n,): one over the chance of each coded unit to be drawn for coding; ignored for the others.
    min_labeled
        Coded units that a group needs.
    level
        Confidence level.

    Returns
    -------
    Prevalences
        NaN with flag ``too_few_labels`` where people coded fewer units, ``undefined`` where the corrected denominator
        is not above 0.

    Raises
    ------
    SchemaError
        If lengths differ, a side of the rules is missing, or a numerator is not from 0 to its denominator.

    References
    ----------
    Särndal, Swensson & Wretman 1992; Angelopoulos et al. 2023.

    Examples
    --------
    Of eighty units the rules call forty two-way, and forty were coded by people, who find that half of these are not.

    >>> rules, nan = [1, 0] * 40, float("nan")
    >>> people = [1, 0, 0, 0] * 10 + [nan] * 40
    >>> found = corrected_composites(rules, [1] * 80, people, [1] * 40 + [nan] * 40, ["shop"] * 80, range(80))["shop"]
    >>> found.raw, found.corrected, round(found.low, 3), round(found.high, 3), found.n_labeled
    (0.5, 0.25, 0.112, 0.407, 40)
    """
    check_level(level)
    units = _arranged((num, den, true_num, true_den), clusters, weights)
    names, index = np.unique(np.asarray(groups), return_inverse=True)
    rows = tuple(_corrected(units.part(index == i), min_labeled, level) for i in range(len(names)))
    return Prevalences(tuple(names.tolist()), rows)


def _corrected(units: Composites, least: int, level: float) -> Prevalence:
    seen, total, n_labeled = ~np.isnan(units.true_num), float(units.den.sum()), int(units.labeled.sum())
    raw = float(units.num.sum()) / total if total else np.nan
    found = Prevalence(
        raw, np.nan, np.nan, np.nan, method="ppi", n_labeled=n_labeled, n=int((units.den > 0).sum()), lam=1.0,
        flags=("too_few_labels",), level=level,
    )  # fmt: skip
    if n_labeled < max(least, 2):
        return found
    errors = [(true - ruled)[seen] for true, ruled in ((units.true_num, units.num), (units.true_den, units.den))]
    means = [float(np.average(error, weights=units.weights[seen])) for error in errors]
    top, bottom = (float(ruled.mean() + mean) for ruled, mean in zip((units.num, units.den), means, strict=True))
    if bottom <= 0:
        return replace(found, flags=("undefined",))
    share = top / bottom
    # By how much each unit moves the ratio: what it adds to the numerator, less what its denominator stands for.
    ruled, true = (units.num - share * units.den) / bottom, (units.true_num - share * units.true_den) / bottom
    labels = Labels(true[seen], ruled[seen], units.weights[seen], units.cluster[seen])
    is_clustered = len(np.unique(units.cluster)) < len(units.cluster)
    pool = Pool(ruled, units.cluster, is_all=True)
    variance, of_labels = variances(labels, pool, 1.0, labels.truth - labels.predicted, is_clustered)
    n_eff = labels.effective(units.labeled[seen].astype(float))
    # Where no error was seen one may still be: in one unit of those coded, whatever cluster it is in.
    unsure = variance + max(least_variance(n_labeled) - of_labels, 0.0)
    low, high = score_limits(share, unsure, n_eff, level, is_fixed=True)
    flags = label_flags(share, low, n_eff, is_perfect=not any(e.any() for e in errors))
    corrected = float(np.clip(share, 0, 1))
    return replace(found, corrected=corrected, low=low, high=high, se=float(np.sqrt(variance)), flags=flags)
