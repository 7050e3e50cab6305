"""The one-way intraclass correlation: how much of a feature's variation lies between groups, such as agents."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..errors import NotEnoughEvidence, TwowayError
from .results import Interval, check_level

__all__ = ["icc_oneway"]


def icc_oneway(values: ArrayLike, group: ArrayLike, level: float = 0.95) -> Interval:
    """Give ICC(1): the correlation of two values of one group, drawn at random (Shrout and Fleiss).

    ICC(1) = (MSB - MSW) / (MSB + (n0 - 1) MSW), with n0 the common size of the groups, or, where sizes differ, their
    mean less the variance of sizes over their sum.

    Parameters
    ----------
    values
        (n,): a feature of each reply, say; NaN is left out.
    group
        (n,): number or name of the group.
    level
        Confidence level.

    Returns
    -------
    Interval
        Limits from the F distribution: exact for normal values in groups of one size, else close. Negative where groups
        differ less than chance would have it. NaN with the flag `no_variation` where all values are equal.

    Raises
    ------
    NotEnoughEvidence
        If there are fewer than two groups, or no group has two values.

    Examples
    --------
    >>> print(icc_oneway([1, 2, 3, 5, 6, 7], ["a", "a", "a", "b", "b", "b"]))
    0.8846 (95 % interval 0.2433 to 0.9999, icc_1)
    """
    x, names = np.asarray(values, dtype=float), np.asarray(group)
    if x.ndim != 1 or x.shape != names.shape:
        msg = f"Values of shape {x.shape} and groups of shape {names.shape} do not fit. They were given to icc_oneway. "
        msg += "Give one group a value."
        raise TwowayError(msg)
    known = ~np.isnan(x)
    x, code = x[known], np.unique(names[known], return_inverse=True)[1].reshape(-1)
    size = np.bincount(code)
    if len(size) < 2 or len(x) <= len(size):
        msg = f"{len(x)} values in {len(size)} groups tell nothing of differences between and within groups. They were "
        msg += "given to icc_oneway. Give two groups or more, with several values each."
        raise NotEnoughEvidence(msg)
    means = np.bincount(code, weights=x) / size
    between = float((size * (means - x.mean()) ** 2).sum() / (len(size) - 1))
    within = float(((x - means[code]) ** 2).sum() / (len(x) - len(size)))
    n0 = float((len(x) - (size**2).sum() / len(x)) / (len(size) - 1))
    whole = between + (n0 - 1) * within
    if not whole > 1e-14 * max(float(x.mean()) ** 2, 1e-300):
        return Interval(np.nan, np.nan, method="none", flags=("no_variation",), level=level)
    low, high = _limits(between, within, n0, len(size), len(x), check_level(level))
    return Interval(low, high, np.nan, "icc_1", (), (between - within) / whole, len(size), level=level)


def _limits(between: float, within: float, n0: float, n_groups: int, n: int, level: float) -> tuple[float, float]:
    from scipy.stats import f

    if not within > 0:
        return np.nan, np.nan
    degrees, ratio = (n_groups - 1, n - n_groups), between / within
    low = ratio / f.ppf((1 + level) / 2, *degrees)
    high = ratio * f.ppf((1 + level) / 2, *reversed(degrees))
    return float((low - 1) / (low + n0 - 1)), float((high - 1) / (high + n0 - 1))
