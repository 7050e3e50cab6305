"""Shares when posts vanish and some kinds vanish more often: what remains stands in for what is gone.

Each case that could still be seen counts as many times as there were cases like it for each one that remained (inverse
probability of censoring). This repairs only what the covariates explain; `bounds` says what the rest could hide.
The standard error has no counterpart in statsmodels: it knows that the weights were estimated from the same cases.
"""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import ArrayLike

from ..errors import NotEnoughEvidence, TwowayError
from .intervals import wilson_limits
from .results import FloatArray, Interval, check_level, t_quantile

__all__ = ["FLAGS", "chance_of", "influence_of", "remaining_probability", "weighted_share", "worth_of"]

FLAGS = {
    "heavy_weights": "a few rare survivors stand for many vanished cases: the weighted share rests on them",
}


def remaining_probability(is_seen: ArrayLike, covariates: ArrayLike) -> FloatArray:
    """Estimate for each case how likely it was to stay visible, by logistic regression on its covariates.

    Parameters
    ----------
    is_seen
        (n,): 1 where the case could still be seen when it was collected or looked at again, else 0.
    covariates
        (n, k): what is known of every case, seen or not: complaint, valence, age ... Numbers only.

    Returns
    -------
    array
        Probabilities, (n,).

    Raises
    ------
    TwowayError
        If the shapes do not fit, or a covariate is NaN.
    NotEnoughEvidence
        If some covariates tell exactly who vanished: nothing that remained stands in for those cases.

    Examples
    --------
    >>> remaining_probability([1, 1, 1, 0, 1, 0, 0, 0], [0, 0, 0, 0, 1, 1, 1, 1]).round(2).tolist()
    [0.75, 0.75, 0.75, 0.75, 0.25, 0.25, 0.25, 0.25]
    """
    seen, x = _checked(is_seen, covariates)
    if seen.all():
        return np.ones(len(seen))
    return chance_of(seen, x)


def _checked(is_seen: ArrayLike, covariates: ArrayLike) -> tuple[FloatArray, FloatArray]:
    seen, x = np.asarray(is_seen, dtype=float), np.asarray(covariates, dtype=float)
    x = x[:, None] if x.ndim == 1 else x
    if seen.ndim != 1 or len(x) != len(seen) or not np.isin(seen, (0, 1)).all() or not np.isfinite(x).all():
        msg = (
            f"Covariates of shape {x.shape} do not fit {seen.size} cases, or hold NaN, or is_seen is not 0 or 1. "
            "They were given to a share with weights. "
            "Pass one row of known numbers for each case, seen or not."
        )
        raise TwowayError(msg)
    if not seen.any():
        msg = "None of the cases could be seen. They were given to a share with weights. Use bounds: they need none."
        raise NotEnoughEvidence(msg)
    return seen, np.column_stack([np.ones(len(seen)), x])


def chance_of(seen: FloatArray, x: FloatArray) -> FloatArray:
    """Fit the chance of each case to be seen, by logistic regression on a design with its constant."""
    from statsmodels.discrete.discrete_model import Logit
    from statsmodels.tools.sm_exceptions import (
        ConvergenceWarning,
        HessianInversionWarning,
        PerfectSeparationError,
        PerfectSeparationWarning,
    )

    bad = (PerfectSeparationError, PerfectSeparationWarning, ConvergenceWarning, HessianInversionWarning)
    with warnings.catch_warnings():
        for kind in bad[1:]:
            warnings.simplefilter("error", kind)
        try:
            fit = Logit(seen, x).fit(disp=0, maxiter=100)
        except (*bad, np.linalg.LinAlgError) as error:
            msg = (
                "Which cases vanished follows exactly from the covariates, or these repeat each other. "
                "They were given to a share with weights. "
                "Leave out the covariate that decides it, or use bounds."
            )
            raise NotEnoughEvidence(msg) from error
    return np.asarray(fit.predict(x), dtype=float)


def weighted_share(
    outcome: ArrayLike,
    is_seen: ArrayLike,
    covariates: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    level: float = 0.95,
) -> Interval:
    """Give a share over all cases from those that could be seen, each weighted by how rarely its kind remained.

    Parameters
    ----------
    outcome
        (n,): 1 or 0 for cases that were seen, such as whether a turn was answered; ignored for the others (NaN is
        welcome).
    is_seen, covariates
        As in `remaining_probability`.
    clusters
        (n,): person of each case; cases of one person vary together. Default: every case its own.
    level
        Confidence level.

    Returns
    -------
    Interval
        Hajek-weighted share. The standard error comes from the influence of each case, also on the weights; limits are
        built for the logit, by Student's t with one degree of freedom a cluster less one. Flag `heavy_weights` where
        the weighted cases are worth less than half of those that were seen.

    Raises
    ------
    TwowayError
        If the shapes do not fit, or a covariate or the outcome of a seen case is NaN.
    NotEnoughEvidence
        If nothing could be seen, or the covariates tell exactly who vanished.

    Examples
    --------
    >>> is_complaint = [1, 1, 1, 1, 0, 0, 0, 0]
    >>> is_seen = [1, 0, 0, 1, 1, 1, 1, 0]
    >>> answered = [0, 0, 0, 1, 1, 1, 1, 0]
    >>> weighted_share(answered, is_seen, is_complaint).value
    0.75
    """
    seen, x = _checked(is_seen, covariates)
    y = _outcome(outcome, seen)
    groups = np.arange(len(seen)) if clusters is None else np.unique(np.asarray(clusters), return_inverse=True)[1]
    chance = np.ones(len(seen)) if seen.all() else chance_of(seen, x)
    weights = seen / chance
    value = float((weights * y).sum() / weights.sum())
    sums = np.bincount(groups, influence_of(y, seen, x, chance, value))
    m = len(sums)
    se = float(np.sqrt((sums**2).sum() * m / (m - 1))) if m > 1 else np.nan
    worth = worth_of(weights)
    low, high = _limits(value, se, m, worth, check_level(level))
    flags = ("heavy_weights",) if worth < seen.sum() / 2 else ()
    return Interval(low, high, se, "inverse_probability", flags, value, m, level=level)


def _outcome(outcome: ArrayLike, seen: FloatArray) -> FloatArray:
    y = np.asarray(outcome, dtype=float)
    if y.shape != seen.shape or not np.isin(y[seen == 1], (0, 1)).all():
        msg = (
            "The outcome of some seen case is not 0 or 1, or is missing. It was given to a share with weights. "
            "Mark cases whose outcome is unknown as not seen."
        )
        raise TwowayError(msg)
    return np.where(seen == 1, y, 0.0)


def worth_of(weights: FloatArray) -> float:
    """Say how many equally weighted cases weighted ones are worth, by Kish."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def influence_of(y: FloatArray, seen: FloatArray, x: FloatArray, chance: FloatArray, value: float) -> FloatArray:
    """Give the influence of each case on the share, through its own value and through the weights of all."""
    weights = seen / chance
    direct = weights * (y - value)
    if not seen.all():
        bread = np.linalg.pinv((x * (chance * (1 - chance))[:, None]).T @ x)
        pull = ((direct * (1 - chance))[:, None] * x).sum(axis=0)
        direct = direct - (x * (seen - chance)[:, None]) @ (bread @ pull)
    return np.asarray(direct / weights.sum())


def _limits(value: float, se: float, m: int, worth: float, level: float) -> tuple[float, float]:
    if not 0 < value < 1:
        low, high = wilson_limits(value * worth, worth, level)
        return float(low), float(high)
    if not se > 0:
        return np.nan, np.nan
    half = float(t_quantile(m - 1, level)) * se / (value * (1 - value))
    odds = value / (1 - value)
    return float(1 / (1 + np.exp(min(half, 700.0)) / odds)), float(1 / (1 + np.exp(-min(half, 700.0)) / odds))
