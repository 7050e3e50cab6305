"""What each cluster does to a Kaplan-Meier curve: standard errors that hold when one person waits many times.

A person's turns are answered alike, so Greenwood's formula, which takes waits to be independent, is too sure. Here
the first-order effect of every wait on the curve (the infinitesimal jackknife) is added up within clusters before it
is squared. With one wait to a cluster the result is Greenwood's, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .intervals import effective_clusters
from .leaving import Leaving, from_zero
from .resampling import jackknife_df
from .results import FloatArray, t_quantile

__all__ = ["ClusterInfluence", "greenwood_terms"]


def greenwood_terms(deaths: FloatArray, risk: FloatArray) -> FloatArray:
    """Give the terms d / (n (n - d)) of Greenwood's sum; infinite where all at risk ended.

    Examples
    --------
    >>> import numpy as np
    >>> greenwood_terms(np.array([1.0, 2.0]), np.array([5.0, 2.0])).tolist()
    [0.05, inf]
    """
    left = risk - deaths
    return np.asarray(np.where(left > 0, deaths / (risk * np.where(left > 0, left, 1.0)), np.inf))


@dataclass(frozen=True, eq=False)
class ClusterInfluence:
    """Hold the waits with their clusters, and turn them into variances of the curve.

    Parameters
    ----------
    times, deaths, risk
        Of the curve: event times, how many ended at each, how many were still waiting just before.
    place
        For each wait, at how many event times it was still watched.
    ended
        Whether each wait ended in an event.
    clusters
        Cluster of each wait, numbered from 0.
    """

    times: FloatArray
    deaths: FloatArray
    risk: FloatArray
    place: NDArray[np.intp]
    ended: NDArray[np.bool_]
    clusters: NDArray[np.intp]

    @cached_property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return int(self.clusters.max()) + 1 if len(self.clusters) else 0

    @cached_property
    def effective(self) -> float:
        """Effective number of clusters, by Kish."""
        return float(effective_clusters(np.bincount(self.clusters)))

    def critical(self, level: float) -> float:
        """Give the two-sided quantile of Student's t with effective clusters less one."""
        return float(t_quantile(self.effective - 1, level)) if len(self.clusters) else float("nan")

    def log_variance(self, time: float) -> float:
        """Give the variance of the logarithm of the curve at a time at which the curve is above 0."""
        seen = int(np.searchsorted(self.times, time, side="right"))
        return self._variance(1 / (self.risk - self.deaths)[:seen], seen)

    def critical_of(self, effects: FloatArray, level: float) -> float:
        """Give the two-sided quantile of Student's t for what each cluster does to one value.

        A variance that rests on a few clusters is itself uncertain, see `jackknife_df`; and a sum of m squares about 0
        falls short of the jackknife's by (m - 1) / m.
        """
        m = self.n_clusters
        df = float(jackknife_df(effects, m, self.effective))
        return float(t_quantile(df, level)) * float(np.sqrt(m / max(m - 1, 1)))

    def area_effects(self, remaining: FloatArray) -> FloatArray:
        """Give what each cluster does to the area under the curve, from the area that lies after each event time."""
        left = self.risk - self.deaths
        weight = np.where(remaining > 0, remaining / np.where(left > 0, left, 1.0), 0.0)
        return self._effects(weight, len(weight))

    def curve_variances(self) -> FloatArray:
        """Give the variance of the logarithm of the curve at every event time; infinite where the curve is 0.

        What a cluster does is the sum over its waits that have left, less what those still watched might have done:
        its square summed over clusters needs three running sums only.
        """
        left = self.risk - self.deaths
        weight = np.where(left > 0, 1 / np.where(left > 0, left, 1.0), 0.0)
        might = from_zero(weight * self.deaths / self.risk)
        own = np.where(self.ended, weight[np.maximum(self.place - 1, 0)], 0.0) if len(weight) else np.zeros(0)
        leaving = Leaving(self.place, self.clusters, len(self.times))
        gone = leaving.running(own - might[self.place] if len(weight) else np.zeros(len(self.place)))
        watched = leaving.still_watched()
        squares = leaving.product(gone, gone) - 2 * might[1:] * leaving.product(gone, watched)
        out = np.maximum(squares + might[1:] ** 2 * leaving.product(watched, watched), 0.0)
        return np.asarray(np.where(left > 0, out, np.inf))

    def _variance(self, weight: FloatArray, seen: int) -> float:
        return float((self._effects(weight, seen) ** 2).sum())

    def _effects(self, weight: FloatArray, seen: int) -> FloatArray:
        weight = weight[:seen]
        expected = np.concatenate([[0.0], np.cumsum(weight * self.deaths[:seen] / self.risk[:seen])])
        reached = np.minimum(self.place, seen)
        effect = -expected[reached]
        hit = self.ended & (self.place <= seen)
        effect[hit] += weight[self.place[hit] - 1]
        return np.asarray(np.bincount(self.clusters, effect), dtype=float)
