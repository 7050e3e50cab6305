"""Differences of ratios, and of other smooth functions of sums over clusters, ready to be dealt anew (`regrouping`)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .regrouping import Deal, Spread, Statistic
from .resampling import Combine
from .results import FloatArray

__all__ = ["ratio_of_sums", "ratio_statistic", "sums_statistic"]


def ratio_of_sums(totals: FloatArray) -> FloatArray:
    """Divide the first total by the second; NaN where there is nothing to divide by.

    Examples
    --------
    >>> ratio_of_sums(np.array([[3.0, 4.0], [1.0, 0.0]])).tolist()
    [0.75, nan]
    """
    den = totals[..., 1]
    return np.asarray(totals[..., 0] / np.where(den > 0, den, np.nan))


def ratio_statistic(sums: ArrayLike, deal: Deal) -> Statistic:
    """Make the difference of two ratios of sums over clusters ready to be dealt anew.

    Errors are those about the ratio of both groups together, as in a score test: about each group's own, a small group
    in which a rare thing hardly happened would seem sure of that.

    Parameters
    ----------
    sums
        (pieces, 2): what each piece adds to numerator and denominator, in the order of the deal.
    deal
        How the pieces are laid out.

    Returns
    -------
    callable
        For `regroup`.
    """
    table = np.asarray(sums, dtype=float)
    common = np.nan_to_num(ratio_of_sums(table.sum(axis=0)))
    off, s = table[:, 0] - common * table[:, 1], deal.n_shared
    partner = np.r_[off[s : 2 * s], off[:s], np.zeros(len(off) - 2 * s)]
    columns = np.column_stack([table, off**2, off * partner])
    whole = columns.sum(axis=0)
    a, b = deal.wider()

    def spread(in_first: FloatArray) -> Spread:
        first = in_first @ columns
        second = whole - first
        den_a, den_b = (np.where(side[:, 1] > 0, side[:, 1], np.nan) for side in (first, second))
        difference = first[:, 0] / den_a - second[:, 0] / den_b
        own = a * np.maximum(first[:, 2], 0) / den_a**2, b * np.maximum(second[:, 2], 0) / den_b**2
        return Spread(difference, *own, np.sqrt(a * b) * first[:, 3] / (den_a * den_b))

    return spread


def sums_statistic(sums: ArrayLike, combine: Combine, deal: Deal) -> Statistic:
    """Make the difference of a smooth function of sums over clusters ready to be dealt anew.

    Parameters
    ----------
    sums
        (pieces, k): what each piece adds to k sums, in the order of the deal.
    combine
        Takes totals (..., k), gives values (...), that must not change if all totals are doubled: what is left of a
        cluster along the slope of the function is then its part of the error.
    deal
        How the pieces are laid out.

    Returns
    -------
    callable
        For `regroup`.
    """
    table = np.asarray(sums, dtype=float)
    k, s = table.shape[1], deal.n_shared
    partner = np.zeros_like(table)
    partner[: 2 * s] = np.r_[table[s : 2 * s], table[:s]]
    squares, crosses = (np.einsum("ij,il->ijl", table, other).reshape(-1, k * k) for other in (table, partner))
    columns = np.hstack([table, squares, crosses])
    whole, scale = columns.sum(axis=0), np.abs(table).mean(axis=0)
    wider = deal.wider()

    def spread(in_first: FloatArray) -> Spread:
        first = in_first @ columns
        value_a, slope_a = _slope(first[:, :k], combine, scale)
        value_b, slope_b = _slope(whole[:k] - first[:, :k], combine, scale)
        moments = [first[:, k : k + k * k], whole[k : k + k * k] - first[:, k : k + k * k], first[:, k + k * k :]]
        var_a, var_b, joint = (
            np.einsum("dj,djl,dl->d", left, moment.reshape(-1, k, k), right)
            for left, moment, right in zip(
                (slope_a, slope_b, slope_a), moments, (slope_a, slope_b, slope_b), strict=True
            )
        )
        a, b = wider
        return Spread(value_a - value_b, a * np.maximum(var_a, 0), b * np.maximum(var_b, 0), np.sqrt(a * b) * joint)

    return spread


def _slope(totals: FloatArray, combine: Combine, scale: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give the values and how they change with each total, by central differences."""
    slope = np.zeros_like(totals)
    with np.errstate(all="ignore"):
        for j in range(totals.shape[1]):
            step = np.zeros(totals.shape[1])
            step[j] = 1e-3 * max(scale[j], 1e-12)
            slope[:, j] = (combine(totals + step) - combine(totals - step)) / (2 * step[j])
        return np.asarray(combine(totals), dtype=float), slope
