"""The partial likelihood of Cox with Efron's treatment of ties: value, slope, curvature, and each wait's part in them.

Everything is a cumulative sum over waits in order of time, so that a million waits take a second, not a day.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .results import FloatArray

__all__ = ["Likelihood", "RiskSets"]

Index = NDArray[np.intp]


class RiskSets:
    """Waits in order of stratum and time, with the moments at which some of them ended.

    Parameters
    ----------
    durations, is_event
        Time to the end, and whether it was an event.
    covariates
        (n, p).
    strata
        Stratum of each wait: its risk is compared only with that of others in it.
    """

    def __init__(self, durations: FloatArray, is_event: NDArray[np.bool_], covariates: FloatArray, strata: Index):
        order = np.lexsort((durations, strata))
        self.order: Index = order
        self.event = is_event[order]
        # The partial likelihood knows differences only; small numbers keep the sums exact.
        around = (covariates - covariates.mean(axis=0))[order] if len(order) else covariates
        # Column by column, as running sums go through it.
        self.x = np.asfortranarray(around)
        time, stratum = durations[order], strata[order]
        self.durations: FloatArray = time
        n = len(order)
        changed = np.diff(stratum) != 0
        starts = np.concatenate([[True], changed | (np.diff(time) != 0)])[:n]
        group = np.cumsum(starts) - 1
        has_event = np.bincount(group, self.event) > 0
        slots_by_group = np.cumsum(has_event)
        self.reach: Index = slots_by_group[group] if n else np.zeros(0, dtype=np.intp)
        self.edges: Index = np.concatenate([[0], np.flatnonzero(changed) + 1, [n]]) if n else np.zeros(1, dtype=np.intp)
        done = np.concatenate([[0], self.reach[self.edges[1:-1] - 1]]) if n else np.zeros(0, dtype=np.intp)
        self.floor: Index = np.repeat(done, np.diff(self.edges))
        self.first: Index = np.flatnonzero(starts)[has_event] if n else np.zeros(0, dtype=np.intp)
        self.dead: Index = np.flatnonzero(self.event)
        self.slot: Index = self.reach[self.dead] - 1
        self.n_deaths = np.bincount(self.slot, minlength=len(self.first))
        rank = np.arange(len(self.dead)) - (np.cumsum(self.n_deaths) - self.n_deaths)[self.slot]
        self.fraction: FloatArray = rank / self.n_deaths[self.slot]
        self.times: FloatArray = time[self.first]

    @property
    def n_events(self) -> int:
        """Waits that ended in the event."""
        return len(self.dead)

    @property
    def n_strata(self) -> int:
        """Strata with waits."""
        return len(self.edges) - 1

    def at(self, coefficients: ArrayLike) -> Likelihood:
        """Evaluate the likelihood at some coefficients."""
        return Likelihood(self, np.asarray(coefficients, dtype=float))

    def only(self, columns: Index) -> RiskSets:
        """Give the same waits with some of the covariates."""
        other = copy(self)
        other.x = np.asfortranarray(self.x[:, columns])
        return other

    def by_slot(self, values: FloatArray) -> FloatArray:
        """Add up values of the waits that ended (or of the steps that stand for them) at each moment."""
        return _sum_by(self.slot, values, len(self.first))

    def at_risk(self, values: FloatArray) -> FloatArray:
        """Add up values of all waits at risk at each moment."""
        if values.ndim > 1:
            return _by_column(self.at_risk, values, len(self.first))
        sums = np.empty_like(values)
        for start, end in zip(self.edges[:-1], self.edges[1:], strict=True):
            sums[start:end] = np.cumsum(values[start:end][::-1])[::-1]
        return sums[self.first]

    def while_at_risk(self, values: FloatArray, tied: FloatArray) -> FloatArray:
        """Add up, for each wait, values of the moments it was at risk; less `tied` at the moment it ended."""
        total = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0)])
        out = total[self.reach] - total[self.floor]
        out[self.dead] -= tied[self.slot]
        return out


@dataclass(frozen=True, slots=False, eq=False)
class Likelihood:
    """The log partial likelihood at one set of coefficients.

    Waits that end together leave one after the other in all orders at once (Efron): `denominator` and `mean` have one
    entry for each of these steps, one a wait that ended.
    """

    sets: RiskSets
    coefficients: FloatArray

    @cached_property
    def predictor(self) -> FloatArray:
        """Linear predictor of each wait, its largest in a stratum 0."""
        raw = self.sets.x @ self.coefficients
        edges = self.sets.edges
        return np.asarray(raw - np.repeat(np.maximum.reduceat(raw, edges[:-1]), np.diff(edges)))

    @cached_property
    def risk(self) -> FloatArray:
        """Relative risk of each wait."""
        return np.asarray(np.exp(np.maximum(self.predictor, -600.0)))

    @cached_property
    def denominator(self) -> FloatArray:
        """Total risk at each step."""
        s = self.sets
        return np.asarray(s.at_risk(self.risk)[s.slot] - s.fraction * s.by_slot(self.risk[s.dead])[s.slot])

    @cached_property
    def mean(self) -> FloatArray:
        """Mean covariates of those at risk at each step, weighted by risk."""
        s = self.sets
        weighted = self.risk[:, None] * s.x
        sums = s.at_risk(weighted)[s.slot] - s.fraction[:, None] * s.by_slot(weighted[s.dead])[s.slot]
        return np.asarray(sums / self.denominator[:, None])

    @property
    def value(self) -> float:
        """Log partial likelihood."""
        return float(self.predictor[self.sets.dead].sum() - np.log(self.denominator).sum())

    @cached_property
    def residuals(self) -> FloatArray:
        """Schoenfeld residuals: covariates of each wait that ended less the mean of those at risk then."""
        s = self.sets
        return np.asarray(s.x[s.dead] - (s.by_slot(self.mean) / s.n_deaths[:, None])[s.slot])

    def score(self, weights: FloatArray | None = None) -> FloatArray:
        """Slope of the log likelihood; each step counted with a weight if some are given."""
        return np.asarray((self.residuals * _column(weights, len(self.residuals))).sum(axis=0))

    def information(self, weights: FloatArray | None = None) -> FloatArray:
        """Curvature of the log likelihood, downwards; each step counted with a weight if some are given."""
        return self._curvature.copy() if weights is None else self._weighted_curvature(weights)

    @cached_property
    def _curvature(self) -> FloatArray:
        return self._weighted_curvature(None)

    def _weighted_curvature(self, weights: FloatArray | None) -> FloatArray:
        s = self.sets
        each = _column(weights, len(s.dead))
        at_risk = self._exposure(each[:, 0] / self.denominator)
        squares = (s.x * (self.risk * at_risk)[:, None]).T @ s.x
        return np.asarray(squares - (self.mean * each).T @ self.mean)

    def effects(self, weights: FloatArray | None = None) -> FloatArray:
        """Score residuals: what each wait adds to the score, in the order in which waits were given."""
        s = self.sets
        each = _column(weights, len(s.dead))
        rate = each / self.denominator[:, None]
        means = rate * self.mean
        around = s.while_at_risk(s.by_slot(means), s.by_slot(s.fraction[:, None] * means))
        own = -self.risk[:, None] * (s.x * self._exposure(rate[:, 0])[:, None] - around)
        own[s.dead] += each * self.residuals
        out = np.empty_like(own)
        out[s.order] = own
        return out

    def _exposure(self, rate: FloatArray) -> FloatArray:
        s = self.sets
        return s.while_at_risk(s.by_slot(rate), s.by_slot(s.fraction * rate))


def _column(weights: FloatArray | None, n: int) -> FloatArray:
    return np.ones((n, 1)) if weights is None else np.asarray(weights, dtype=float)[:, None]


def _sum_by(place: Index, values: FloatArray, size: int) -> FloatArray:
    if values.ndim == 1:
        return np.asarray(np.bincount(place, values, minlength=size), dtype=float)
    return _by_column(lambda column: np.bincount(place, column, minlength=size), values, size)


def _by_column(add: Callable[[FloatArray], NDArray[Any]], values: FloatArray, size: int) -> FloatArray:
    out = np.empty((size, values.shape[1]), order="F")
    for k in range(values.shape[1]):
        out[:, k] = add(values[:, k])
    return out
