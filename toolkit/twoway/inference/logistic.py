"""Logistic regression of answers that come in clusters: Newton's method, Firth's penalty, exchangeable equations.

Written out, because statsmodels goes through clusters one by one in its estimating equations (8,500 persons take two
seconds, a large corpus minutes) and has no Firth penalty. The inverse of an exchangeable correlation matrix is known
in closed form, so everything here is sums over clusters. Held against statsmodels and geepack by tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .results import FloatArray
from .sandwich import Pulls, cluster_totals

__all__ = ["Logistic", "fit_exchangeable", "fit_firth", "fit_plain", "predicted"]

STEPS = 60
SETTLED = 1e-9

# Where an outcome can be told without error, a Newton step moves the log odds by about 1 for ever. Steps of a fit
# that settles are far below this long before.
STEPS_UNTIL_SEPARATED = 25
STILL_MOVING = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Logistic:
    """Hold a fitted logistic regression, in the units of its design.

    Parameters
    ----------
    coefficients
        (k,): log odds.
    pulls
        What standard errors are made of.
    correlation
        Of two outcomes in a cluster, beyond what the columns explain; 0 where not estimated.
    is_settled, is_separated, is_limited
        Whether the search came to rest; whether the outcome can be told without error; whether the correlation had
        to be kept inside what is possible.
    """

    coefficients: FloatArray
    pulls: Pulls
    correlation: float = 0.0
    is_settled: bool = True
    is_separated: bool = False
    is_limited: bool = False


def fit_plain(y: FloatArray, z: FloatArray, groups: NDArray[np.intp]) -> Logistic:
    """Fit by maximum likelihood; where that has no maximum, say so.

    Parameters
    ----------
    y
        (n,): 0 or 1, both present.
    z
        (n, k): columns, scaled, without repetitions.
    groups
        (n,): clusters, from 0.

    Examples
    --------
    >>> import numpy as np
    >>> y, ones = np.array([1.0, 1.0, 1.0, 0.0]), np.ones((4, 1))
    >>> float(fit_plain(y, ones, np.arange(4)).coefficients[0].round(4)) == round(float(np.log(3)), 4)
    True
    """
    beta = np.zeros(z.shape[1])
    step = np.inf
    for number in range(STEPS):
        mean = _logistic(z @ beta)
        move = _solve((z.T * (mean * (1 - mean))) @ z, z.T @ (y - mean))
        beta = beta + _damped(move, z)
        step = float(np.abs(z @ move).max())
        if step < SETTLED or (number >= STEPS_UNTIL_SEPARATED and step > STILL_MOVING):
            break
    is_separated = step > STILL_MOVING
    return _finish(y, z, groups, beta, 0.0, is_settled=step < 1e-6, is_separated=is_separated)


def fit_firth(y: FloatArray, z: FloatArray, groups: NDArray[np.intp]) -> Logistic:
    """Fit with Firth's penalty, which gives finite log odds also where the outcome can be told without error.

    Examples
    --------
    >>> import numpy as np
    >>> y = np.array([0.0, 0.0, 1.0, 1.0])
    >>> z = np.column_stack([np.ones(4), y])  # as many answered as rows in both halves, half a row added to each
    >>> bool(np.isclose(fit_firth(y, z, np.arange(4)).coefficients[1], 2 * np.log(5)))
    True
    """
    beta, step = np.zeros(z.shape[1]), np.inf
    reached = _firth_height(y, z, beta)
    for _ in range(4 * STEPS):
        slope, pull = _firth_parts(y, z, _logistic(z @ beta))
        move = _damped(_solve(slope, z.T @ pull), z)
        step = float(np.abs(z @ move).max())
        height = _firth_height(y, z, beta + move)
        # The penalty bends the likelihood: a full step can lead downhill, back and forth for ever.
        while height < reached - 1e-9 * abs(reached) and step > SETTLED:
            move, step = move / 2, step / 2
            height = _firth_height(y, z, beta + move)
        beta, reached = beta + move, height
        if step < SETTLED:
            break
    pull = _firth_parts(y, z, _logistic(z @ beta))[1]
    return _finish(y, z, groups, beta, 0.0, is_settled=step < 1e-6, is_separated=True, pull=pull)


def fit_exchangeable(y: FloatArray, z: FloatArray, groups: NDArray[np.intp]) -> Logistic:
    """Fit generalized estimating equations in which any two outcomes of a cluster are equally alike.

    The correlation is the mean product of Pearson residuals over pairs, divided by their mean square, without taking
    off the number of columns, as in geepack: with few pairs that would make it negative or infinite.

    Examples
    --------
    >>> import numpy as np
    >>> y = np.array([1, 1, 0, 1, 0, 0, 1, 1, 1, 1, 0, 1.0])
    >>> z = np.column_stack([np.ones(12), np.tile([0.0, 1.0], 6)])
    >>> fit_exchangeable(y, z, np.repeat(np.arange(6), 2)).coefficients.round(5) + 0.0
    array([0.     , 1.60944])
    """
    plain = fit_plain(y, z, groups)
    if plain.is_separated:
        return plain
    beta, limited, alike, step = plain.coefficients, False, 0.0, np.inf
    sizes = np.bincount(groups).astype(float)
    for number in range(2 * STEPS):
        # In small tables estimate and correlation can chase each other for ever; then the correlation is held.
        if number < STEPS:
            alike, limited = _correlation(y, z @ beta, groups, sizes)
        pulls = _equations(y, z, beta, groups, alike)
        move = _solve(pulls.information, pulls.scores.sum(axis=0))
        beta = beta + _damped(move, z)
        step = float(np.abs(z @ move).max())
        if step < SETTLED:
            break
    return _finish(y, z, groups, beta, alike, is_settled=step < 1e-6, is_limited=limited)


def predicted(rows: FloatArray, coefficients: FloatArray) -> FloatArray:
    """Give the chance of a hit in each row (n, k) from log odds (k,).

    Examples
    --------
    >>> import numpy as np
    >>> predicted(np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([0.0, np.log(3)])).round(2).tolist()
    [0.5, 0.75]
    """
    return _logistic(rows @ coefficients)


def _correlation(
    y: FloatArray, log_odds: FloatArray, groups: NDArray[np.intp], sizes: FloatArray
) -> tuple[float, bool]:
    """Estimate the correlation within clusters, kept where the matrix can be inverted; say whether it was kept."""
    mean = _logistic(log_odds)
    residual = (y - mean) / np.sqrt(_variance(mean))
    pairs = float((sizes * (sizes - 1)).sum())
    if pairs == 0:
        return 0.0, False
    products = float((np.bincount(groups, residual) ** 2).sum() - residual @ residual)
    alike = products / pairs / float(residual @ residual / len(y))
    low, high = -0.95 / max(float(sizes.max()) - 1, 1.0), 0.95
    return float(np.clip(alike, low, high)), not low <= alike <= high


def _equations(
    y: FloatArray,
    z: FloatArray,
    beta: FloatArray,
    groups: NDArray[np.intp],
    alike: float,
    pull: FloatArray | None = None,
) -> Pulls:
    """Give each cluster's scores and the information, for equally alike outcomes within clusters."""
    m = int(groups.max()) + 1
    mean = _logistic(z @ beta)
    spread = np.sqrt(_variance(mean))
    weighted, residual = z * spread[:, None], (y - mean if pull is None else pull) / spread
    shared = np.asarray(alike / (1 + (np.bincount(groups, minlength=m) - 1) * alike), dtype=float)
    sums, left = cluster_totals(weighted, groups, m), cluster_totals(residual, groups, m)
    scores = cluster_totals(weighted * residual[:, None], groups, m) - (shared * left)[:, None] * sums
    information = weighted.T @ weighted - (sums.T * shared) @ sums
    return Pulls(scores / (1 - alike), information / (1 - alike), weighted, shared, 1 / (1 - alike))


def _finish(
    y: FloatArray,
    z: FloatArray,
    groups: NDArray[np.intp],
    beta: FloatArray,
    alike: float,
    *,
    pull: FloatArray | None = None,
    **notes: Any,
) -> Logistic:
    return Logistic(beta, _equations(y, z, beta, groups, alike, pull), alike, **notes)


def _firth_parts(y: FloatArray, z: FloatArray, mean: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give minus the slope and the values of Firth's scores, read as half a leverage added to both outcomes."""
    weight = _variance(mean)
    leverage = weight * np.einsum("ij,ij->i", z, _solve((z.T * weight) @ z, z.T).T)
    return (z.T * (weight * (1 + leverage))) @ z, y - mean + leverage * (0.5 - mean)


def _firth_height(y: FloatArray, z: FloatArray, beta: FloatArray) -> float:
    """Give the logarithm of the likelihood with Firth's penalty."""
    log_odds = z @ beta
    likelihood = float((y * log_odds - np.logaddexp(0.0, log_odds)).sum())
    weight = _variance(_logistic(log_odds))
    return likelihood + float(np.linalg.slogdet((z.T * weight) @ z)[1]) / 2


def _logistic(log_odds: FloatArray) -> FloatArray:
    from scipy.special import expit

    return np.asarray(expit(log_odds))


def _variance(mean: FloatArray) -> FloatArray:
    # Never exactly 0: where the outcome is told without error, residuals are divided by its root.
    return np.maximum(mean * (1 - mean), 1e-12)


def _damped(move: FloatArray, z: FloatArray) -> FloatArray:
    """Shorten a step that would change some log odds by more than 5: beyond, the curvature says nothing."""
    longest = float(np.abs(z @ move).max())
    return move * min(1.0, 5.0 / longest) if longest > 0 else move


def _solve(information: FloatArray, pull: FloatArray) -> FloatArray:
    try:
        return np.asarray(np.linalg.solve(information, pull))
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(information, pull, rcond=None)[0])
