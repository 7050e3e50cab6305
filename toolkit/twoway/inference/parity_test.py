"""Are criticism and praise treated alike? Two one-sided tests, and labels shuffled within strata."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..errors import TwowayError
from .results import Interval

__all__ = ["VERDICTS", "shuffled_p", "verdict_of"]

#: What a test of equivalence can say.
VERDICTS = ("equivalent", "different", "inconclusive", "undefined")


def verdict_of(wide: Interval, narrow: Interval, margin: tuple[float, float], null: float = 0.0) -> str:
    """Say whether two groups are treated alike up to a margin.

    Parameters
    ----------
    wide, narrow
        Intervals of what sets them apart at the level wanted (95 %), and at `tost_level` of it (90 %).
    margin
        Lower and upper end of what does not matter.
    null
        The value where nothing sets them apart.

    Returns
    -------
    str
        `equivalent` if the narrow interval lies within the margin; else `different` if the wide one leaves out the
        null; else `inconclusive`; `undefined` without limits.

    Raises
    ------
    TwowayError
        If the margin does not enclose the null.

    References
    ----------
    Schuirmann 1987.

    Examples
    --------
    >>> wide, narrow = Interval(-0.057, 0.2525, value=0.1), Interval(-0.0324, 0.2292, value=0.1)
    >>> verdict_of(wide, narrow, (-0.1, 0.1))
    'inconclusive'
    """
    if not margin[0] < null < margin[1]:
        msg = f"The margin {margin} does not enclose {null}. It was given to a test of equivalence. Widen it."
        raise TwowayError(msg)
    if np.isnan([wide.low, wide.high, narrow.low, narrow.high]).any():
        return "undefined"
    if margin[0] < narrow.low and narrow.high < margin[1]:
        return "equivalent"
    return "different" if wide.low > null or wide.high < null else "inconclusive"


def shuffled_p(
    hit: ArrayLike, label: ArrayLike, strata: ArrayLike, n_shuffles: int, rng: np.random.Generator
) -> tuple[float, int]:
    """Test a difference of shares by shuffling labels within strata.

    Parameters
    ----------
    hit
        (n,): 0 or 1.
    label
        (n,): 1 for the first group, 0 for the second.
    strata
        (n,): labels are exchanged only within these.
    n_shuffles
        Shuffles to draw.
    rng
        Where they come from.

    Returns
    -------
    p
        Two-sided, how far the difference lies from the mean of the shuffled ones; NaN where no stratum holds both.
    n
        Rows in strata that hold both.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> p, n = shuffled_p([1, 0] * 20, [1, 0] * 20, [i // 4 for i in range(40)], 199, rng)
    >>> round(p, 3), n
    (0.005, 40)
    """
    y, x = np.asarray(hit, dtype=float), np.asarray(label, dtype=float)
    _, stratum = np.unique(np.asarray(strata), return_inverse=True)
    share = np.bincount(stratum, x) / np.bincount(stratum) if len(x) else np.zeros(0)
    moves = ((share > 0) & (share < 1))[stratum]
    if not moves.any():
        return float("nan"), 0
    # Rows of strata with one label stay what they are, so only the hits of the first group among the others vary.
    y, x, stratum = y[moves], x[moves], stratum[moves]
    order = np.argsort(stratum, kind="stable")
    y, x, stratum = y[order], x[order], stratum[order]
    found = float(y @ x)
    drawn = np.array([y @ x[np.lexsort((rng.random(len(x)), stratum))] for _ in range(n_shuffles)])
    middle = float((np.bincount(stratum, y) * np.bincount(stratum, x) / np.bincount(stratum).clip(1)).sum())
    further = np.abs(drawn - middle) >= abs(found - middle) - 1e-9
    return float((1 + further.sum()) / (1 + n_shuffles)), int(moves.sum())
