"""Empirical Bayes: values of small units, drawn towards what units of their kind are like.

Shares by the beta-binomial model, fitted by maximum likelihood; other values by the normal model with the spread
between units fitted by restricted maximum likelihood. statsmodels has neither; R's VGAM finds the same numbers (see the
tests). Counts may be fractional: turns of one person hang together, so a unit's turns are entered at their worth, an
effective number (`trials`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import NotEnoughEvidence, TwowayError
from .hyperposterior import averaged_limits
from .results import FloatArray, check_level, normal_quantile
from .shown import Shown

__all__ = ["FLAGS", "Shrunken", "shrink_normal", "shrink_shares"]

FLAGS = {
    "no_overdispersion": "units differ no more than chance lets them: values are drawn to one common value",
    "all_or_nothing": "every unit is at 0 or at 1: none learns from the others",
    "few_units": "fewer than ten units: how much they differ is itself hardly known",
}

#: Beyond this a + b the beta-binomial is a binomial for any data at hand.
LARGE = 1e6

#: Below this every unit has a share of its own, 0 or 1; limits then come from half a success on either side.
SMALL = 1e-2

FEW_UNITS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Shrunken(Shown):
    """Hold the values of units after each has learned from the others.

    Parameters
    ----------
    value, low, high
        Posterior mean and equal-tailed posterior limits of each unit; NaN where a unit has no evidence.
    center, spread
        Mean and standard deviation of the fitted distribution of units.
    prior
        Its parameters: (a, b) of the beta, or (mean, variance) of the normal distribution.
    weight
        How much of each value is the unit's own, between 0 and 1.
    flags
        Names out of `FLAGS`.
    """

    SHOWN = ("value", "low", "high", "weight", "used")

    value: FloatArray
    low: FloatArray
    high: FloatArray
    center: float
    spread: float
    prior: tuple[float, float]
    weight: FloatArray
    flags: tuple[str, ...] = ()
    level: float = 0.95
    used: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, dtype=bool))

    def __str__(self) -> str:
        """Say in one line what the units are like."""
        notes = f" ({', '.join(self.flags)})" if self.flags else ""
        return f"{int(self.used.sum())} units around {self.center:.4g}, spread {self.spread:.4g}{notes}"


def shrink_shares(
    k: ArrayLike, n: ArrayLike, *, prior: tuple[float, float] | None = None, level: float = 0.95
) -> Shrunken:
    """Draw the shares k/n of units towards their common distribution, small units more than large ones.

    The shares of units are taken to follow a Beta(a, b) distribution; a and b maximize the beta-binomial likelihood.
    Each unit's value is the mean of Beta(a + k, b + n - k). Its limits are averaged over all a and b that the units
    leave possible (`hyperposterior`); with a prior given they are those of the beta distribution.

    Parameters
    ----------
    k, n
        Successes and trials of each unit; either may be fractional (effective numbers). Units with n = 0 get the
        prior's own mean and limits, with weight 0.
    prior
        (a, b) if it is known; nothing is fitted then.
    level
        Confidence level of the posterior limits.

    Returns
    -------
    Shrunken
        Flag `no_overdispersion` where the units differ no more than by chance (a + b has no finite maximum).

    Notes
    -----
    Of 6 (20) units with 20 trials each, 95 % limits held the truth of 96.4 (96.0) of 100 where truths come from
    Beta(20, 20). Where all truths are 0.5 they held 97.9 (99.5), at 0.1 96.7 (99.7): units that do not differ at all
    cannot be told from units that differ a little, so limits that suffice for these are wider than those need.

    Raises
    ------
    TwowayError
        If some k is negative or above its n.
    NotEnoughEvidence
        If fewer than two units have trials, and no prior is given.

    Examples
    --------
    >>> shrink_shares([1, 80], [1, 100], prior=(2, 2)).value.round(4).tolist()
    [0.6, 0.7885]
    >>> shrink_shares([8, 45, 1, 30, 12], [10, 50, 5, 60, 20]).value.round(4).tolist()
    [0.739, 0.8722, 0.4345, 0.512, 0.6079]
    """
    from scipy.special import betaincinv

    hits, trials = _counts(k, n)
    a, b, flags = (prior[0], prior[1], ()) if prior is not None else _fit_beta(hits, trials)
    tail = (1 - check_level(level)) / 2
    up, down = a + hits, b + trials - hits
    whole, value = a + b, up / (up + down)
    if prior is None and "all_or_nothing" not in flags:
        low, high = averaged_limits(hits, trials, level)
        low, high = np.minimum(low, value), np.maximum(high, value)
    else:
        spare = 0.5 if "all_or_nothing" in flags else 0.0
        low, high = betaincinv(up + spare, down + spare, tail), betaincinv(up + spare, down + spare, 1 - tail)
    return Shrunken(
        value, low, high, a / whole, float(np.sqrt(a * b / (whole + 1)) / whole), (a, b),
        trials / (trials + whole), flags, level, trials > 0,
    )  # fmt: skip


def _counts(k: ArrayLike, n: ArrayLike) -> tuple[FloatArray, FloatArray]:
    hits, trials = (np.atleast_1d(x) for x in np.broadcast_arrays(np.asarray(k, float), np.asarray(n, float)))
    # A share times an effective number may pass it by rounding.
    if not np.all((hits >= 0) & (hits <= trials * (1 + 1e-12))):
        msg = (
            "Some counts of successes are negative, NaN or above their trials. They were given to shrink_shares. "
            "Pass 0 <= k <= n."
        )
        raise TwowayError(msg)
    return np.minimum(hits, trials), trials


def _few(n_units: int, what: str) -> tuple[str, ...]:
    if n_units < 2:
        msg = (
            f"Only {n_units} of the units has any evidence. They were given to {what}. "
            "Units can learn from others only where there are at least two."
        )
        raise NotEnoughEvidence(msg)
    return ("few_units",) if n_units < FEW_UNITS else ()


def _fit_beta(hits: FloatArray, trials: FloatArray) -> tuple[float, float, tuple[str, ...]]:
    """Find the a and b of greatest likelihood, searched as mean and concentration on unbounded scales."""
    from scipy.optimize import minimize
    from scipy.special import expit, logit

    used = trials > 0
    k, n = hits[used], trials[used]
    few = _few(len(k), "shrink_shares")
    mean = k.sum() / n.sum()
    if mean in (0.0, 1.0):
        # All agree at an end of the scale, where the likelihood only grows: keep half a success in reserve.
        mean = (k.sum() + 0.5) / (n.sum() + 1)
        return float(LARGE * mean), float(LARGE * (1 - mean)), ("no_overdispersion", *few)
    starts = [(logit(mean), np.log(size)) for size in (_moment_size(k, n, mean), 0.5, 5.0, 100.0)]
    options = {"xatol": 1e-10, "fatol": 1e-12, "maxiter": 4000, "maxfev": 4000}
    found = [minimize(_minus_log_likelihood, s, args=(k, n), method="Nelder-Mead", options=options) for s in starts]
    best = min(found, key=lambda fit: fit.fun)
    size = float(np.exp(best.x[1]))
    # At the edge the pooled binomial is as likely, and the concentration has no finite best value.
    pooled = _minus_log_likelihood(np.array([logit(mean), np.log(LARGE)]), k, n)
    if size >= LARGE or best.fun > pooled - 1e-7:
        return float(LARGE * mean), float(LARGE * (1 - mean)), ("no_overdispersion", *few)
    if size < SMALL:
        return float(SMALL * mean), float(SMALL * (1 - mean)), ("all_or_nothing", *few)
    middle = float(expit(best.x[0]))
    return middle * size, (1 - middle) * size, few


def _moment_size(k: FloatArray, n: FloatArray, mean: float) -> float:
    """Guess a + b from how much shares vary beyond chance."""
    spread = float((n * (k / n - mean) ** 2).sum() / n.sum())
    chance = mean * (1 - mean) * len(n) / n.sum()
    correlation = min(max((spread - chance) / (mean * (1 - mean)), 1e-4), 0.9)
    return 1 / correlation - 1


def _minus_log_likelihood(x: FloatArray, k: FloatArray, n: FloatArray) -> float:
    from scipy.special import betaln, expit

    size = np.exp(np.clip(x[1], -12, 24))
    a, b = size * expit(x[0]), size * expit(-x[0])
    if not (a > 0 and b > 0):
        return np.inf
    return float(-(betaln(a + k, b + n - k) - betaln(a, b)).sum())


def shrink_normal(value: ArrayLike, se: ArrayLike, *, level: float = 0.95) -> Shrunken:
    """Draw values of units towards their common mean, uncertain ones more than certain ones.

    Each value is taken as normal around the unit's truth with its standard error, the truths as normal around a common
    mean. The spread between units is that of restricted maximum likelihood. As Morris (1983) has it, values are drawn a
    little less than that spread suggests, and the limits carry the uncertainty of the mean and of the spread; three
    units or fewer say too little about it, and keep their values.

    Parameters
    ----------
    value, se
        Values and standard errors. Units where either is not a finite number are left as NaN, with weight 0; a
        value whose standard error is 0 stays where it is, and teaches the others nothing.
    level
        Confidence level of the limits.

    Returns
    -------
    Shrunken
        Flag `no_overdispersion` where the fitted spread is 0.

    Raises
    ------
    TwowayError
        If a standard error is negative, or the shapes differ.
    NotEnoughEvidence
        If fewer than two units have a value and a standard error.

    Examples
    --------
    >>> shrink_normal([10.0, 12.0, 11.0, 13.0, 20.0], [1.0, 1.0, 1.0, 1.0, 6.0]).value.round(2).tolist()
    [10.47, 11.88, 11.18, 12.59, 15.88]
    """
    y, e = (np.atleast_1d(np.asarray(x, dtype=float)) for x in (value, se))
    if y.shape != e.shape or np.any(e < 0):
        msg = "Some standard errors are negative or missing. They were given to shrink_normal. Pass one for each value."
        raise TwowayError(msg)
    used = np.isfinite(y) & np.isfinite(e)
    flags = _few(int(used.sum()), "shrink_normal")
    y, e = np.where(used, y, 0.0), np.where(used, e, 1.0)
    # Certain values say nothing of how errors and units mix, and several equal ones would swallow all others.
    learns = used & (e > 0)
    learns = learns if learns.sum() >= 2 else used
    variance = _between(y[learns], e[learns] ** 2)
    total = np.maximum(e**2 + variance, 1e-300)
    precision = np.where(learns, 1 / total, 0.0)
    center = float((precision * y).sum() / precision.sum())
    pull, doubt = _morris(e**2, total, precision, variance, int(learns.sum()))
    mean = y - pull * (y - center)
    own_part = e**2 * (1 - (1 - precision / precision.sum()) * pull)
    half = normal_quantile(level) * np.sqrt(own_part + doubt * (y - center) ** 2)
    if variance == 0:
        flags = ("no_overdispersion", *flags)
    blank = np.where(used, 0.0, np.nan)
    return Shrunken(
        mean + blank, mean - half + blank, mean + half + blank, center, float(np.sqrt(variance)),
        (center, float(variance)), np.where(used, 1 - pull, 0.0), flags, level, used,
    )  # fmt: skip


def _morris(
    v: FloatArray, total: FloatArray, precision: FloatArray, variance: float, m: int
) -> tuple[FloatArray, FloatArray]:
    """Give Morris's pull towards the mean, held back for what m units cannot tell, and the variance of that pull."""
    if m <= 3:
        return np.zeros_like(v), np.zeros_like(v)
    pull = (m - 3) / (m - 1) * v / total
    usual = float((precision * v).sum() / precision.sum())
    return pull, 2 / (m - 3) * pull**2 * (usual + variance) / total


def _between(y: FloatArray, v: FloatArray) -> float:
    """Find the variance between units by restricted maximum likelihood: bounded search on a fine grid, then within."""
    from scipy.optimize import minimize_scalar

    top = float(np.var(y, ddof=1)) * 10
    if top == 0:
        return 0.0
    grid = np.concatenate([[0.0], np.geomspace(top * 1e-8, top, 120)])
    losses = np.array([_restricted_loss(t, y, v) for t in grid])
    best = int(losses.argmin())
    if best == 0:
        return 0.0
    edges = grid[best - 1], grid[min(best + 1, len(grid) - 1)]
    fit = minimize_scalar(_restricted_loss, bounds=edges, args=(y, v), method="bounded", options={"xatol": top * 1e-12})
    return float(fit.x)


def _restricted_loss(variance: float, y: FloatArray, v: FloatArray) -> float:
    total = np.maximum(v + variance, 1e-300)
    center = (y / total).sum() / (1 / total).sum()
    return float(np.log(total).sum() + np.log((1 / total).sum()) + ((y - center) ** 2 / total).sum())
