"""How large a difference is, on scales that are the same for all metrics of one kind."""

from __future__ import annotations

import numpy as np

from .results import Interval, normal_quantile

__all__ = ["cohens_h", "log_ratio", "standardized_difference"]


def cohens_h(first: float, second: float) -> float:
    """Give the distance of two shares on the arcsine scale, where equal steps are equally hard to tell apart.

    References
    ----------
    Cohen 1988.

    Examples
    --------
    >>> round(cohens_h(0.6, 0.5), 4)
    0.2014
    """
    a, b = np.clip([first, second], 0.0, 1.0)
    return float(2 * np.arcsin(np.sqrt(a)) - 2 * np.arcsin(np.sqrt(b)))


def log_ratio(first: float, second: float) -> float:
    """Give the natural logarithm of the ratio of two positive values; infinite if one is 0, NaN if both are.

    Examples
    --------
    >>> round(log_ratio(20.0, 10.0), 4)
    0.6931
    """
    if first <= 0 and second <= 0:
        return np.nan
    with np.errstate(divide="ignore"):
        return float(np.log(np.float64(first)) - np.log(np.float64(second)))


def standardized_difference(first: Interval, second: Interval) -> float:
    """Give a difference in standard deviations of one cluster's part, taken from the lengths of the two intervals.

    Examples
    --------
    >>> one = Interval(0.8, 1.2, value=1.0, n_clusters=96)
    >>> other = Interval(0.3, 0.7, value=0.5, n_clusters=96)
    >>> round(standardized_difference(one, other), 3)
    0.5
    """
    half = 2 * normal_quantile(first.level)
    spreads = [(one.high - one.low) / half * np.sqrt(one.n_clusters) for one in (first, second)]
    pooled = float(np.sqrt(np.mean(np.square(spreads))))
    return float((first.value - second.value) / pooled) if pooled > 0 and np.isfinite(pooled) else np.nan
