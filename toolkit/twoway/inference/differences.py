"""Say how far apart two values are: difference, ratio, equivalence, and the p-values of many comparisons.

Limits of a difference or a ratio are built from the limits of the two values (MOVER), because those are well
calibrated and lopsided where they have to be, which a standard error is not. Own code: statsmodels has Newcombe's
interval for independent proportions only, nothing for ratios of other values, and no correlation between the two.
Adjusted p-values are statsmodels'.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TwowayError, unknown_name
from .intervals import difference_interval
from .results import FloatArray, Interval

__all__ = [
    "CORRECTIONS",
    "adjust_p",
    "is_equivalent",
    "paired_difference",
    "ratio_of_two",
    "tost_level",
]

#: Corrections of p-values for many comparisons, by the name users give and the name statsmodels gives.
CORRECTIONS = {"bh": "fdr_bh", "holm": "holm", "none": ""}


def paired_difference(first: Interval, second: Interval, correlation: float = 0.0) -> Interval:
    """Give the interval of a difference of two values whose errors may be correlated.

    Without correlation it is `difference_interval`, so on two Wilson intervals Newcombe's method 10. With it, the
    squares of the distances to the limits are joined as the two sides of a triangle are.

    Parameters
    ----------
    first, second
        Intervals with values, both at the same level.
    correlation
        Of the errors of the two values, between -1 and 1: above 0 where the same persons move both.

    Returns
    -------
    Interval
        Of first minus second; NaN limits where one of the two has none.

    Raises
    ------
    TwowayError
        If the two levels differ, or the correlation is outside -1 to 1.

    References
    ----------
    Newcombe 1998; Zou & Donner 2008.

    Examples
    --------
    >>> from twoway.inference.intervals import wilson
    >>> print(paired_difference(wilson(60, 100), wilson(30, 60)))
    0.1 (95 % interval -0.05699 to 0.2525, mover)
    >>> print(paired_difference(wilson(60, 100), wilson(30, 60), correlation=0.5))
    0.1 (95 % interval -0.01237 to 0.2102, mover_paired)
    """
    _check_correlation(correlation)
    apart = difference_interval(first, second)
    low = _third_side(first.value - first.low, second.high - second.value, correlation)
    high = _third_side(first.high - first.value, second.value - second.low, correlation)
    se = _third_side(first.se, second.se, correlation)
    method = "mover_paired" if correlation else "mover"
    limits = apart.value - low, apart.value + high
    return Interval(*limits, se, method, apart.flags, apart.value, apart.n_clusters, level=apart.level)


def _check_correlation(correlation: float) -> None:
    if not -1 <= correlation <= 1:
        msg = (
            f"correlation={correlation} is no correlation. It was given to a comparison of two values. Use a number"
            " between -1 and 1."
        )
        raise TwowayError(msg)


def _third_side(a: float, b: float, correlation: float) -> float:
    """Give the third side of a triangle, from two sides and the cosine between them; infinite if a side is."""
    if np.isnan(a) or np.isnan(b):
        return np.nan
    if np.isinf(a) or np.isinf(b):
        return np.inf
    return float(np.sqrt(max(a * a + b * b - 2 * correlation * a * b, 0.0)))


def ratio_of_two(first: Interval, second: Interval, correlation: float = 0.0) -> Interval:
    """Give the interval of a ratio of two values, neither of which can be negative, from their own intervals.

    MOVER-R: the limits of `first - ratio * second` are set to 0 and solved for the ratio. Written with the root in the
    denominator of the lower limit, so that nothing cancels and a second value with a far upper limit does no harm.

    Parameters
    ----------
    first, second
        Intervals with values of at least 0, both at the same level.
    correlation
        Of the errors of the two values.

    Returns
    -------
    Interval
        Of first over second. Where the second value is 0 the ratio is NaN, with the flag ``undefined``; where its
        lower limit is 0 the upper limit is infinite, with the flag ``open_ended``.

    Raises
    ------
    TwowayError
        If the levels differ, a value or a lower limit is negative, or the correlation is outside -1 to 1.

    References
    ----------
    Donner & Zou 2012.

    Examples
    --------
    >>> from twoway.inference.intervals import wilson
    >>> print(ratio_of_two(wilson(60, 100), wilson(30, 60)))
    1.2 (95 % interval 0.904 to 1.642, mover_r)
    """
    _check_correlation(correlation)
    flags = difference_interval(first, second).flags
    a, low_a, high_a = first.value, first.low, first.high
    b, low_b, high_b = second.value, second.low, second.high
    if min(np.nan_to_num([a, b, low_a, low_b])) < 0:
        msg = (
            f"A ratio of {a:.4g} and {b:.4g} was asked for, and a value or a limit is below 0. They were given to"
            " ratio_of_two. Compare values that can be negative by their difference."
        )
        raise TwowayError(msg)
    clusters, level = first.n_clusters + second.n_clusters, first.level
    if not b > 0 or np.isnan(a):
        flags = tuple(dict.fromkeys((*flags, "undefined")))
        return Interval(np.nan, np.nan, method="mover_r", flags=flags, n_clusters=clusters, level=level)
    low = _lower_ratio(a, low_a, b, high_b, correlation)
    high = _upper_ratio(a, high_a, b, low_b, correlation)
    if np.isinf(high):
        flags = tuple(dict.fromkeys((*flags, "open_ended")))
    return Interval(low, high, np.nan, "mover_r", flags, a / b, clusters, level=level)


def _lower_ratio(a: float, low_a: float, b: float, high_b: float, correlation: float) -> float:
    if np.isnan(low_a) or np.isnan(high_b):
        return np.nan
    if low_a <= 0 or np.isinf(high_b):
        return 0.0
    middle = a * b - correlation * (a - low_a) * (high_b - b)
    top, bottom = low_a * (2 * a - low_a), high_b * (2 * b - high_b)
    root = np.sqrt(max(middle**2 - top * bottom, 0.0))
    return float(top / (middle + root)) if middle + root > 0 else 0.0


def _upper_ratio(a: float, high_a: float, b: float, low_b: float, correlation: float) -> float:
    if np.isnan(high_a) or np.isnan(low_b):
        return np.nan
    if low_b <= 0 or np.isinf(high_a):
        return np.inf
    middle = a * b - correlation * (high_a - a) * (b - low_b)
    top, bottom = high_a * (2 * a - high_a), low_b * (2 * b - low_b)
    return float((middle + np.sqrt(max(middle**2 - top * bottom, 0.0))) / bottom)


def tost_level(level: float = 0.95) -> float:
    """Give the level of the interval that decides on equivalence: two one-sided tests, so 90 % for a level of 95 %.

    Examples
    --------
    >>> round(tost_level(0.95), 10)
    0.9
    """
    if not 0.5 < level < 1:
        msg = (
            f"level={level} leaves no interval for a test of equivalence. It was given to a comparison. Use a level"
            " above 0.5, such as 0.95."
        )
        raise TwowayError(msg)
    return 2 * level - 1


def is_equivalent(narrow: Interval, margin: float) -> bool | None:
    """Say whether two values are the same up to a margin: their narrower interval has to lie inside it.

    Parameters
    ----------
    narrow
        Interval of the difference at `tost_level`, 90 % as a rule.
    margin
        The largest difference that does not matter, in the unit of the value.

    Returns
    -------
    bool or None
        None where there is no interval. False does not say that the values differ.

    Raises
    ------
    TwowayError
        If the margin is not positive.

    References
    ----------
    Schuirmann 1987.

    Examples
    --------
    >>> from twoway.inference.intervals import newcombe
    >>> is_equivalent(newcombe(600, 1000, 590, 1000, level=0.90), margin=0.05)
    True
    """
    if not margin > 0:
        msg = f"margin={margin} is not positive. It was given to a test of equivalence. Give a number above 0."
        raise TwowayError(msg)
    if np.isnan(narrow.low) or np.isnan(narrow.high):
        return None
    return bool(narrow.low > -margin and narrow.high < margin)


def adjust_p(p: ArrayLike, correction: str = "bh") -> FloatArray:
    """Adjust p-values for how many there are; those that are NaN stay so and are not counted.

    Parameters
    ----------
    p
        P-values.
    correction
        `"bh"` (Benjamini and Hochberg: keeps false discoveries rare among what is found), `"holm"` (keeps the chance
        of any false one small), or `"none"`.

    Returns
    -------
    array
        Adjusted p-values, none above 1.

    Raises
    ------
    UnknownName
        If there is no such correction.

    References
    ----------
    Benjamini & Hochberg 1995; Holm 1979.

    Examples
    --------
    >>> adjust_p([0.01, 0.04, 0.03, float("nan")]).round(3).tolist()
    [0.03, 0.04, 0.04, nan]
    >>> adjust_p([0.01, 0.04, 0.03], "holm").round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    if correction not in CORRECTIONS:
        raise unknown_name(correction, CORRECTIONS, "correction for many comparisons")
    out: FloatArray = np.array(p, dtype=float)
    some: NDArray[np.bool_] = ~np.isnan(out)
    if correction != "none" and some.any():
        from statsmodels.stats.multitest import multipletests

        test: Callable[..., tuple[NDArray[np.bool_], FloatArray, float, float]] = multipletests
        out[some] = test(out[some], method=CORRECTIONS[correction])[1]
    return out
