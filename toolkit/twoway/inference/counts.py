"""Counts that vary more than chance makes them: the negative binomial fit behind `models.negative_binomial`.

statsmodels finds coefficients and dispersion. What it leaves open is settled before it is asked: whether the counts
vary more than Poisson's at all (else its search runs off to a dispersion of 0), and whether some columns tell the zeros
apart without error (else it runs off to minus infinity).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .results import FloatArray
from .sandwich import Pulls, cluster_totals

__all__ = ["Counts", "fit_counts"]

STEPS = 60
SETTLED = 1e-9
STEPS_UNTIL_SEPARATED = 30
STILL_MOVING = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Hold a fitted regression of counts, in the units of its design.

    Parameters
    ----------
    coefficients
        (k,): logarithms of rates.
    alpha
        Variance = mean + alpha * mean squared; 0 is Poisson's law.
    pulls
        What standard errors are made of; the information is the expected one, the dispersion taken as known, as in
        MASS::glm.nb.
    method
        Name, fit for a table.
    is_settled, is_separated
        Whether the search came to rest; whether columns tell the zeros apart without error.
    """

    coefficients: FloatArray
    alpha: float
    pulls: Pulls
    method: str
    is_settled: bool
    is_separated: bool


def fit_counts(y: FloatArray, z: FloatArray, groups: NDArray[np.intp], offset: FloatArray) -> Counts:
    """Fit counts by a negative binomial law, or by Poisson's where they vary no more than that.

    Parameters
    ----------
    y
        (n,): counts, not all 0.
    z
        (n, k): columns, the first of ones, the others scaled, without repetitions.
    groups
        (n,): clusters, from 0.
    offset
        (n,): logarithm of the exposure.
    """
    beta, is_settled, is_separated = _poisson(y, z, offset)
    if is_separated:
        beta, is_settled, _ = _poisson(y, z, offset, is_penalized=True)
    mean = np.exp(z @ beta + offset)
    # The slope of the likelihood in the dispersion, at none: without an upward slope there is nothing to find.
    excess = float(((y - mean) ** 2 - y).sum())
    alpha, method = 0.0, "poisson_cr1"
    if excess > 0:
        alpha, method = excess / float((mean**2).sum()), "nb2_cr1"
        if not is_separated:
            beta, alpha, is_settled = _negative_binomial(y, z, offset, beta, alpha)
    method = f"{method.split('_')[0]}_firth" if is_separated else method
    mean = np.exp(z @ beta + offset)
    weight = 1 / (1 + alpha * mean)
    m = int(groups.max()) + 1
    scores = cluster_totals(z * ((y - mean) * weight)[:, None], groups, m)
    weighted = z * np.sqrt(mean * weight)[:, None]
    pulls = Pulls(scores, weighted.T @ weighted, weighted, np.zeros(m))
    return Counts(beta, alpha, pulls, method, is_settled, is_separated)


def _negative_binomial(
    y: FloatArray, z: FloatArray, offset: FloatArray, beta: FloatArray, alpha: float
) -> tuple[FloatArray, float, bool]:
    """Search coefficients and dispersion together, from Poisson's coefficients."""
    from statsmodels.discrete.discrete_model import NegativeBinomial

    model = NegativeBinomial(y, z, offset=offset)
    start = np.append(beta, alpha)
    with warnings.catch_warnings():
        # Said by a flag instead.
        warnings.simplefilter("ignore")
        for methods in (("newton",), ("bfgs", "newton"), ("nm", "newton")):
            found = start
            for method in methods:
                with np.errstate(all="ignore"):
                    fit = model.fit(found, method=method, maxiter=500, disp=0, skip_hessian=True)
                found = np.asarray(fit.params)
            slope = model.score(found) / len(y)
            if np.isfinite(found).all() and found[-1] > 0 and np.abs(slope).max() < 1e-6:
                return found[:-1], float(found[-1]), True
    return beta, alpha, False


def _poisson(
    y: FloatArray, z: FloatArray, offset: FloatArray, *, is_penalized: bool = False
) -> tuple[FloatArray, bool, bool]:
    """Fit Poisson's law; say whether the search came to rest, and whether it ran off because zeros can be told apart.

    With Firth's penalty half of its leverage is added to each count, which keeps the estimates finite.
    """
    beta = np.zeros(z.shape[1])
    beta[0] = np.log(y.sum()) - _log_total(offset)
    step = np.inf
    for number in range(4 * STEPS if is_penalized else STEPS):
        mean = np.exp(np.minimum(z @ beta + offset, 500.0))
        information = (z.T * mean) @ z
        inverse = np.linalg.pinv(information)
        extra = mean * np.einsum("ij,jk,ik->i", z, inverse, z) / 2 if is_penalized else 0.0
        move = inverse @ (z.T @ (y + extra - mean))
        longest = float(np.abs(z @ move).max())
        beta = beta + move * min(1.0, 3.0 / max(longest, 1e-300))
        step = longest
        if step < SETTLED or (not is_penalized and number >= STEPS_UNTIL_SEPARATED and step > STILL_MOVING):
            break
    return beta, step < 1e-6, step > STILL_MOVING


def _log_total(offset: FloatArray) -> float:
    top = float(offset.max())
    return top + float(np.log(np.exp(offset - top).sum()))
