"""How much of the differences between units would be found again: halves, months, items.

Spearman-Brown and split halves, the intraclass correlation ICC(2,1), Cronbach's alpha and McDonald's omega. statsmodels
has none of them but the factor model behind omega; R's psych finds the same numbers (see the tests).
"""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import NotEnoughEvidence, TwowayError
from .results import FloatArray, Interval, check_level

__all__ = [
    "cronbach_alpha",
    "half_correlations",
    "icc_agreement",
    "mcdonald_omega",
    "needed_n",
    "spearman_brown",
    "split_masks",
]


def spearman_brown(r: ArrayLike, factor: float = 2.0) -> FloatArray:
    """Give the reliability of a measurement `factor` times as long as the one of reliability r.

    Parameters
    ----------
    r
        Reliability now; for two halves, their correlation.
    factor
        2 makes a whole out of halves.

    Examples
    --------
    >>> float(spearman_brown(0.6).round(6))
    0.75
    """
    x = np.asarray(r, dtype=float)
    with np.errstate(all="ignore"):
        whole = factor * x / (1 + (factor - 1) * x)
    return np.asarray(np.where(1 + (factor - 1) * x > 0, whole, np.nan))


def needed_n(reliability: ArrayLike, n: ArrayLike, target: float = 0.80) -> FloatArray:
    """Say how many observations a unit needs for a reliability, by the Spearman-Brown prophecy.

    Parameters
    ----------
    reliability
        Reliability at n observations.
    n
        Observations a unit.
    target
        The reliability wished for.

    Returns
    -------
    array
        NaN where the reliability is not above 0, so that no number helps; 0 where it is 1.

    Raises
    ------
    TwowayError
        If the target is not between 0 and 1.

    Examples
    --------
    >>> float(needed_n(0.5, 20).round(6))
    80.0
    """
    if not 0 < target < 1:
        msg = f"A reliability of {target} cannot be aimed at. It was given to needed_n. Give a number between 0 and 1."
        raise TwowayError(msg)
    x = np.asarray(reliability, dtype=float)
    x = np.where((x > 0) & (x <= 1), x, np.nan)
    return np.asarray(np.asarray(n, dtype=float) * target * (1 - x) / (x * (1 - target)))


def split_masks(m: int, splits: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Deal m clusters to two halves at random, many times: (splits, m), True for the first half.

    Halves are of equal size; an odd cluster falls to either side.

    Examples
    --------
    >>> import numpy as np
    >>> split_masks(5, 4, np.random.default_rng(1)).sum(axis=1).tolist()
    [2, 3, 3, 2]
    """
    order = rng.random((splits, m)).argsort(axis=1).argsort(axis=1)
    size = m // 2 + (rng.random(splits) < 0.5) * (m % 2)
    return np.asarray(order < size[:, None])


def half_correlations(first: ArrayLike, second: ArrayLike) -> FloatArray:
    """Correlate the halves of all units, split by split.

    Parameters
    ----------
    first, second
        (splits, units): value of each half; NaN where undefined, which leaves that unit out of that split.

    Returns
    -------
    array
        (splits,): Pearson correlations over units; NaN with fewer than three units or without any variation.

    Raises
    ------
    TwowayError
        If the shapes differ.

    Examples
    --------
    >>> half_correlations([[1, 2, 3]], [[1, 3, 5]]).round(6).tolist()
    [1.0]
    """
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if a.shape != b.shape or a.ndim != 2:
        msg = f"Halves of shapes {a.shape} and {b.shape} do not match. They were given to half_correlations. "
        msg += "Pass two tables (splits, units)."
        raise TwowayError(msg)
    both = np.isfinite(a) & np.isfinite(b)
    n = both.sum(axis=1)
    count = np.maximum(n, 1)[:, None]
    a, b = (np.where(both, x, 0.0) for x in (a, b))
    a, b = (np.where(both, x - x.sum(axis=1, keepdims=True) / count, 0.0) for x in (a, b))
    spread = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    known = (n >= 3) & (spread > 1e-14)
    return np.where(known, (a * b).sum(axis=1) / np.where(known, spread, 1.0), np.nan)


def icc_agreement(table: ArrayLike, level: float = 0.95) -> Interval:
    """Give ICC(2,1): how far one occasion, out of many that might have been, tells what any other would tell.

    Two-way random effects, absolute agreement, single measurement (Shrout and Fleiss): units differ, occasions differ
    as a whole, and what is left counts as error.

    Parameters
    ----------
    table
        (units, occasions), such as months. Rows with NaN are left out.
    level
        Confidence level.

    Returns
    -------
    Interval
        Limits by McGraw and Wong. NaN with the flag `no_variation` where all values are equal.

    Raises
    ------
    NotEnoughEvidence
        If fewer than two complete units, or fewer than two occasions, are given.

    Examples
    --------
    >>> judges = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> print(icc_agreement(judges))
    0.2898 (95 % interval 0.01879 to 0.7611, icc_2_1)
    """
    x = _complete(table, "icc_agreement")
    n, k = x.shape
    grand = x.mean()
    between = k * ((x.mean(axis=1) - grand) ** 2).sum() / (n - 1)
    columns = n * ((x.mean(axis=0) - grand) ** 2).sum() / (k - 1)
    error = ((x - x.mean(axis=1, keepdims=True) - x.mean(axis=0) + grand) ** 2).sum() / ((n - 1) * (k - 1))
    whole = between + (k - 1) * error + k * (columns - error) / n
    if not whole > 1e-14 * max(grand**2, 1e-300):
        return Interval(np.nan, np.nan, method="none", flags=("no_variation",), level=level)
    value = float((between - error) / whole)
    low, high = _icc_limits(value, between, columns, error, n, k, check_level(level))
    return Interval(low, high, np.nan, "icc_2_1", (), value, n, level=level)


def _icc_limits(
    value: float, between: float, columns: float, error: float, n: int, k: int, level: float
) -> tuple[float, float]:
    from scipy.stats import f

    if not error > 0:
        return np.nan, np.nan
    ratio = columns / error
    rest = n * (1 + (k - 1) * value) - k * value
    df = (k - 1) * (n - 1) * (k * value * ratio + rest) ** 2 / ((n - 1) * (k * value * ratio) ** 2 + rest**2)
    up, down = f.ppf((1 + level) / 2, n - 1, df), f.ppf((1 + level) / 2, df, n - 1)
    others = k * columns + (k * n - k - n) * error
    low = n * (between - up * error) / (up * others + n * between)
    return float(low), float(n * (down * between - error) / (others + n * down * between))


def cronbach_alpha(items: ArrayLike, level: float = 0.95) -> Interval:
    """Give Cronbach's alpha: how far several items of one facet say the same of units.

    Parameters
    ----------
    items
        (units, items), all in one direction. Rows with NaN are left out.
    level
        Confidence level.

    Returns
    -------
    Interval
        Limits by Feldt. NaN with the flag `no_variation` where the sum of items does not vary.

    Raises
    ------
    NotEnoughEvidence
        If fewer than two complete units, or fewer than two items, are given.

    Examples
    --------
    >>> print(cronbach_alpha([[1, 2, 1], [2, 2, 3], [3, 3, 3], [4, 5, 4], [5, 5, 4]]))
    0.9538 (95 % interval 0.7664 to 0.9949, feldt)
    """
    from scipy.stats import f

    x = _complete(items, "cronbach_alpha")
    n, k = x.shape
    value = _alpha(np.cov(x, rowvar=False))
    if np.isnan(value):
        return Interval(np.nan, np.nan, method="none", flags=("no_variation",), level=level)
    tail = (1 - check_level(level)) / 2
    low, high = (1 - (1 - value) * f.ppf(q, n - 1, (n - 1) * (k - 1)) for q in (1 - tail, tail))
    return Interval(float(low), float(high), np.nan, "feldt", (), value, n, level=level)


def _alpha(covariance: FloatArray) -> float:
    k, whole = len(covariance), covariance.sum()
    return float(k / (k - 1) * (1 - np.trace(covariance) / whole)) if whole > 1e-14 else np.nan


def mcdonald_omega(items: ArrayLike) -> float:
    """Give McDonald's omega total for one factor: the part of the sum of items that their common factor explains.

    Unlike alpha it does not take all items to be equally good. The factor is fitted by maximum likelihood.

    Parameters
    ----------
    items
        (units, items), all in one direction. Rows with NaN are left out.

    Raises
    ------
    NotEnoughEvidence
        If fewer than three items or units are given, an item does not vary, or the fit fails.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> factor = rng.normal(size=(4000, 1))
    >>> round(mcdonald_omega(factor + rng.normal(size=(4000, 4))), 1)
    0.8
    """
    x = _complete(items, "mcdonald_omega", at_least=3)
    return _omega(np.cov(x, rowvar=False), len(x))


def _omega(covariance: FloatArray, n: int) -> float:
    from statsmodels.multivariate.factor import Factor

    sds = np.sqrt(covariance.diagonal())
    msg = "One factor could not be fitted. The items were given to mcdonald_omega. Leave out items that do not vary."
    if not (sds > 0).all():
        raise NotEnoughEvidence(msg)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = Factor(corr=covariance / np.outer(sds, sds), n_factor=1, nobs=n, method="ml")
        fit = model.fit(opt_method="BFGS", opt={"gtol": 1e-10, "maxiter": 2000})
    if not np.isfinite(fit.loadings).all():
        raise NotEnoughEvidence(msg)
    common = float((fit.loadings[:, 0] * sds).sum() ** 2)
    return common / (common + float((fit.uniqueness * sds**2).sum()))


def _complete(table: ArrayLike, what: str, at_least: int = 2) -> FloatArray:
    x = np.asarray(table, dtype=float)
    x = x[np.isfinite(x).all(axis=1)] if x.ndim == 2 else np.empty((0, 0))
    if min(x.shape) < at_least:
        msg = f"{x.shape[0]} complete rows of {x.shape[1]} columns say nothing of agreement. "
        msg += f"They were given to {what}. Pass at least {at_least} of each."
        raise NotEnoughEvidence(msg)
    return x
