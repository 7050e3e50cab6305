"""What each cluster does to a cumulative incidence: standard errors that hold when one person waits many times.

As in `influence`, the first-order effect of every wait (the infinitesimal jackknife) is added up within clusters before
it is squared. A wait that ends by cause k raises that incidence at once; every wait, while it is watched, is one of
those who might have ended, and changes how many were left for later. The effect on the incidence of cause k at time t
is X - F(t) B, where X and B are sums over what happened to the wait so far, so the squares summed over clusters need
six running sums only. They are kept for all times in one pass, whatever the number of clusters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .intervals import effective_clusters
from .leaving import Leaving, from_zero
from .results import FloatArray

__all__ = ["CauseInfluence"]


@dataclass(frozen=True, eq=False)
class CauseInfluence:
    """Hold the waits with their causes and clusters, and turn them into variances of cumulative incidences.

    Parameters
    ----------
    times, deaths, risk, before
        Times at which something ended, ascending: how many ended by each cause (one column a cause), how many were
        watched just before, and the share still waiting just before.
    place
        For each wait, at how many of these times it was still watched.
    causes
        Of each wait: 0 where it was censored, else its cause from 1.
    clusters
        Cluster of each wait, numbered from 0.
    """

    times: FloatArray
    deaths: FloatArray
    risk: FloatArray
    before: FloatArray
    place: NDArray[np.intp]
    causes: NDArray[np.intp]
    clusters: NDArray[np.intp]

    @cached_property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return int(self.clusters.max()) + 1 if len(self.clusters) else 0

    @cached_property
    def effective(self) -> float:
        """Effective number of clusters, by Kish; 0 without waits."""
        return float(effective_clusters(np.bincount(self.clusters))) if len(self.clusters) else 0.0

    @cached_property
    def incidence(self) -> FloatArray:
        """Cumulative incidence just after each time, one column a cause."""
        return np.asarray(np.cumsum(self._step[:, None] * self.deaths, axis=0))

    def effects(self, cause: int, time: float) -> FloatArray:
        """Give what each cluster does to the incidence of a cause at a time."""
        seen = int(np.searchsorted(self.times, time, side="right"))
        incidence = self.incidence[:seen, cause - 1]
        if not seen:
            return np.zeros(self.n_clusters)
        rest = (incidence[-1] - incidence) * self._later[:seen]
        step, total = self._step[:seen], self.deaths[:seen].sum(axis=1)
        expected = (step * self.deaths[:seen, cause - 1] - rest * total) / self.risk[:seen]
        expected = np.concatenate([[0.0], np.cumsum(expected)])
        effect = -expected[np.minimum(self.place, seen)]
        hit = (self.causes > 0) & (self.place <= seen)
        at = self.place[hit] - 1
        effect[hit] += np.where(self.causes[hit] == cause, step[at], 0.0) - rest[at]
        return np.asarray(np.bincount(self.clusters, effect, minlength=self.n_clusters), dtype=float)

    def variances(self) -> FloatArray:
        """Give the variance of every incidence just after every time, one column a cause."""
        later, total = self._later, self.deaths.sum(axis=1)
        leaving = Leaving(self.place, self.clusters, len(self.times))
        hit, at = self.causes > 0, np.maximum(self.place - 1, 0)
        own_later = np.where(hit, _pick(later, at), 0.0)
        gone = from_zero(later * total / self.risk)
        b = leaving.running(own_later - gone[self.place])
        waiting = leaving.still_watched()
        bb, by, yy = (leaving.product(*pair) for pair in ((b, b), (b, waiting), (waiting, waiting)))
        out = np.empty_like(self.deaths)
        for column, incidence in enumerate(self.incidence.T):
            own = np.where(self.causes == column + 1, _pick(self._step, at), 0.0)
            own += own_later * _pick(incidence, at)
            lost = from_zero((self._step * self.deaths[:, column] + incidence * later * total) / self.risk)
            x = leaving.running(own - lost[self.place])
            xx, xb, xy = (leaving.product(*pair) for pair in ((x, x), (x, b), (x, waiting)))
            drift = lost[1:] - incidence * gone[1:]
            squares = xx + incidence**2 * bb + drift**2 * yy
            out[:, column] = squares - 2 * (incidence * xb + drift * xy - incidence * drift * by)
        return np.maximum(out, 0.0)

    def ended_by(self, causes: tuple[int, ...], time: float) -> FloatArray:
        """Count in each cluster the waits that ended by one of some causes up to a time."""
        seen = int(np.searchsorted(self.times, time, side="right"))
        hit = np.isin(self.causes, list(causes)) & (self.place <= seen)
        return np.bincount(self.clusters[hit], minlength=self.n_clusters).astype(float)

    @cached_property
    def _step(self) -> FloatArray:
        return self.before / self.risk

    @cached_property
    def _later(self) -> FloatArray:
        # Where all who were watched ended, nothing comes later that could change.
        left = self.risk - self.deaths.sum(axis=1)
        return np.where(left > 0, 1 / np.where(left > 0, left, 1.0), 0.0)


def _pick(values: FloatArray, at: NDArray[np.intp]) -> FloatArray:
    return values[at] if len(values) else np.zeros(len(at))
