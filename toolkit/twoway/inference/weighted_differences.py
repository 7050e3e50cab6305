"""What a difference between two groups would be if both were of the same kind of cases: inverse-probability weights.

Each case counts as many times as there are cases like it for each one of its group, so that both groups stand for all
cases. This repairs only what the covariates explain. The standard error knows that the weights were estimated from the
same cases.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..errors import NotEnoughEvidence, TwowayError
from .results import FloatArray, Interval, check_level, t_quantile
from .weighting import chance_of, influence_of, worth_of

__all__ = ["weighted_difference"]


def weighted_difference(
    outcome: ArrayLike,
    is_first: ArrayLike,
    covariates: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    level: float = 0.95,
) -> Interval:
    """Give the difference between the shares of two groups, each weighted to stand for all cases.

    Parameters
    ----------
    outcome
        (n,): 1 or 0.
    is_first
        (n,): 1 where the case is of the first group, 0 where of the second.
    covariates
        (n, k): what may have decided the group and the outcome. Numbers only.
    clusters
        (n,): person of each case; default: every case its own.
    level
        Confidence level.

    Returns
    -------
    Interval
        Hajek-weighted share of the first group less that of the second, with limits by Student's t with one degree of
        freedom a cluster less one. Flag `heavy_weights` where the weighted cases of a group are worth less than half
        of its cases.

    Raises
    ------
    TwowayError
        If the shapes do not fit, or something is NaN.
    NotEnoughEvidence
        If the covariates tell exactly the group, or a group is empty.

    References
    ----------
    Lunceford & Davidian 2004.

    Examples
    --------
    >>> is_hard = [1, 1, 1, 1, 0, 0, 0, 0]
    >>> is_first = [1, 0, 0, 0, 1, 1, 1, 0]
    >>> back = [1, 1, 0, 0, 1, 1, 0, 0]
    >>> round(weighted_difference(back, is_first, is_hard).value, 4)
    0.6667
    """
    y, z = np.asarray(outcome, dtype=float), np.asarray(is_first, dtype=float)
    x = _design(y, z, covariates)
    try:
        chance = chance_of(z, x)
    except NotEnoughEvidence as error:
        msg = (
            "Which group a case is in follows exactly from the covariates, or these repeat each other. They were given"
            " to a weighted difference. Leave out the covariate that decides it, or cases that no other resembles."
        )
        raise NotEnoughEvidence(msg) from error
    groups = np.arange(len(z)) if clusters is None else np.unique(np.asarray(clusters), return_inverse=True)[1]
    shares, pulls, heavy = [], [], False
    for seen, likely in ((z, chance), (1 - z, 1 - chance)):
        weights = seen / likely
        share = float((weights * y).sum() / weights.sum())
        shares.append(share)
        pulls.append(influence_of(y, seen, x, likely, share))
        heavy = heavy or worth_of(weights) < seen.sum() / 2
    sums = np.bincount(groups, pulls[0] - pulls[1])
    m, value = len(sums), shares[0] - shares[1]
    se = float(np.sqrt((sums**2).sum() * m / (m - 1))) if m > 1 else np.nan
    half = float(t_quantile(m - 1, check_level(level))) * se if m > 1 else np.nan
    low, high = max(-1.0, value - half), min(1.0, value + half)
    flags = ("heavy_weights",) if heavy else ()
    return Interval(low, high, se, "inverse_probability", flags, value, m, level=level)


def _design(y: FloatArray, z: FloatArray, covariates: ArrayLike) -> FloatArray:
    x = np.asarray(covariates, dtype=float)
    x = x[:, None] if x.ndim == 1 else x
    fits = y.ndim == 1 and y.shape == z.shape and len(x) == len(y)
    if not fits or not np.isin(z, (0, 1)).all() or not np.isin(y, (0, 1)).all() or not np.isfinite(x).all():
        msg = (
            f"Covariates of shape {x.shape}, {y.size} outcomes and {z.size} groups do not fit, or are not 0 or 1, or"
            " hold NaN. They were given to a weighted difference. Pass one row of known numbers a case."
        )
        raise TwowayError(msg)
    return np.column_stack([np.ones(len(z)), x])
