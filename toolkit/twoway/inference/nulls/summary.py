"""An observed value against draws from a null model: mean, spread, z and permutation p."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import TwowayError, unknown_name
from ..shown import Shown

__all__ = ["ALTERNATIVES", "NullSummary", "null_summary"]

FloatArray = NDArray[np.float64]

#: What counts as extreme: values above the null, below it, or far from it on either side.
ALTERNATIVES = ("two-sided", "greater", "less")

# Sums taken in another order differ by rounding; values this close, relative to their size, are alike.
_ALIKE = 1e-10


@dataclass(frozen=True, eq=False)
class NullSummary(Shown):
    """Observed values beside their null model, one entry a value.

    Attributes
    ----------
    observed
        The values.
    mean, sd
        Of the draws that are defined; `sd` divides by their number less one, and is 0 where they do not vary.
    z
        (observed - mean) / sd; NaN where the draws do not vary.
    p
        Permutation p of the alternative asked for.
    p_greater, p_less
        (1 + draws at or above, at or below the observed value) / (1 + draws).
    low, high
        Middle 95 % of the draws.
    n_draws
        Draws in which the value is defined.
    """

    SHOWN = ("observed", "mean", "sd", "z", "p", "p_greater", "p_less", "low", "high", "n_draws")

    observed: FloatArray
    mean: FloatArray
    sd: FloatArray
    z: FloatArray
    p: FloatArray
    p_greater: FloatArray
    p_less: FloatArray
    low: FloatArray
    high: FloatArray
    n_draws: NDArray[np.int64]

    def __str__(self) -> str:
        """Write one sentence."""
        far, tested = int((self.p < 0.05).sum()), int(np.isfinite(self.p).sum())
        return (
            f"{tested:,} of {len(self.observed):,} values can be held against their null model; {far:,} have p < 0.05."
        )


def null_summary(
    observed: ArrayLike,
    draws: ArrayLike,
    alternative: str = "two-sided",
    *,
    moves: ArrayLike = False,
    samples: ArrayLike | None = None,
) -> NullSummary:
    """Compare observed values with draws from a null model.

    The observed arrangement counts as one of the draws, so p is never 0 and a test at any level keeps it. Two-sided p
    is twice the smaller one-sided p, at most 1. Values that differ by rounding alone count as equal.

    Parameters
    ----------
    observed
        (k,) values.
    draws
        (B, k): the same from B draws; NaN where undefined.
    alternative
        `"two-sided"`, `"greater"` or `"less"`.
    moves
        (k,): whether draws differ even where their values do not vary, such as samples without a single repetition.
    samples
        (S, k): values of samples where the observed value is the mean of such; NaN elsewhere. A mean of rare events is
        between the values that a draw can take, so p is that of one sample, averaged over them.

    Returns
    -------
    NullSummary
        NaN where the value or all of its draws are undefined; where draws do not vary, z is NaN too, and so is p unless
        they differ by `moves`: nothing could move.

    Raises
    ------
    UnknownName
        If there is no such alternative.
    TwowayError
        If the shapes do not fit.

    Examples
    --------
    >>> found = null_summary([5.0], [[1.0], [2.0], [3.0], [2.0]], "greater")
    >>> found.p.tolist(), found.mean.tolist(), found.z.round(3).tolist()
    ([0.2], [2.0], [3.674])
    """
    if alternative not in ALTERNATIVES:
        raise unknown_name(alternative, ALTERNATIVES, "alternative")
    value, table = np.asarray(observed, dtype=float), np.asarray(draws, dtype=float)
    if table.ndim != 2 or value.shape != table.shape[1:]:
        msg = f"Draws of shape {table.shape} do not fit {value.shape} values. They were given to null_summary. "
        msg += "Pass one row a draw, one column a value."
        raise TwowayError(msg)
    known = ~np.isnan(table) & ~np.isnan(value)
    n = known.sum(axis=0)
    mean, sd = _moments(table, known, n)
    room = _ALIKE * np.maximum(1.0, np.abs(value))
    still = ~(sd > _ALIKE * np.maximum(1.0, np.abs(mean)))
    with np.errstate(all="ignore"):
        above, under = _tails(value, table, samples, known, room)
        z = np.where(still, np.nan, (value - mean) / np.where(still, 1.0, sd))
    is_tested = ~still | (np.asarray(moves, dtype=bool) & (n > 1))
    above, under = (np.where(is_tested, p, np.nan) for p in (above, under))
    sides = {"greater": above, "less": under, "two-sided": np.minimum(1.0, 2 * np.minimum(above, under))}
    sd = np.where(still & (n > 1), 0.0, sd)
    low, high = _middle(table, known, n)
    return NullSummary(value, mean, sd, z, sides[alternative], above, under, low, high, n)


def _tails(
    value: FloatArray, table: FloatArray, samples: ArrayLike | None, known: NDArray[np.bool_], room: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Give the shares of draws at or above, and at or below the value, which counts among them."""
    rows = value[None] if samples is None else np.asarray(samples, dtype=float)
    rows = np.where(np.isnan(rows), value, rows)
    above = np.mean([((table >= row - room) & known).sum(axis=0) for row in rows], axis=0)
    under = np.mean([((table <= row + room) & known).sum(axis=0) for row in rows], axis=0)
    n = known.sum(axis=0)
    return (1 + above) / (1 + n), (1 + under) / (1 + n)


def _moments(table: FloatArray, known: NDArray[np.bool_], n: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    with np.errstate(all="ignore"):
        mean = np.where(n > 0, np.where(known, table, 0.0).sum(axis=0) / n, np.nan)
        spread = (np.where(known, table - mean, 0.0) ** 2).sum(axis=0)
        sd = np.where(n > 1, np.sqrt(spread / (n - 1)), np.nan)
    return mean, sd


def _middle(table: FloatArray, known: NDArray[np.bool_], n: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    """Give the 2.5th and 97.5th percentiles of the defined draws, as order statistics."""
    ordered = np.sort(np.where(known, table, np.inf), axis=0)
    out = []
    for share in (0.025, 0.975):
        place = np.clip(np.round(share * (n - 1)).astype(int), 0, max(len(table) - 1, 0))
        picked = np.take_along_axis(ordered, place[None, :], axis=0)[0] if len(table) else np.full(n.shape, np.nan)
        out.append(np.where(n > 0, picked, np.nan))
    return out[0], out[1]
