"""What curves of cumulative incidence can be asked: the share ended by a cause, and one cause's share of two."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..errors import unknown_name
from .bands import known_before
from .incidence_effects import CauseInfluence
from .intervals import effective_clusters, wilson_limits
from .resampling import jackknife_df
from .results import REFUSE_BELOW, WARN_BELOW, FloatArray, Interval, normal_quantile, t_quantile
from .shown import Shown

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["IncidenceCurves", "incidence_limits"]

Cause = int | str


@dataclass(frozen=True, eq=False)
class IncidenceCurves(Shown):
    """Hold what share of waits has ended by each cause, after each time at which one ended.

    At every time the incidences of all causes and the share still waiting add up to 1.

    Parameters
    ----------
    times
        Distinct times at which something ended, ascending, in the unit that was given.
    incidence
        (times, causes): share ended by each cause, just after each time.
    survival
        Share still waiting just after each time.
    n_at_risk
        How many were still waiting just before each time.
    causes
        Names of the causes, in the order of their numbers 1, 2, ...
    last_time
        Longest time watched; NaN if nobody was.
    n
        All who were watched.
    known_times, known
        Every distinct time, and how many were not censored up to and including it.
    level
        Confidence level.
    influence
        What each cluster does to the curves.
    """

    times: FloatArray
    incidence: FloatArray
    survival: FloatArray
    n_at_risk: FloatArray
    causes: tuple[str, ...]
    last_time: float
    n: int
    known_times: FloatArray
    known: FloatArray
    level: float
    influence: CauseInfluence

    @property
    def n_clusters(self) -> int:
        """Clusters behind the curves."""
        return self.influence.n_clusters

    @property
    def n_events(self) -> FloatArray:
        """Waits that ended by each cause."""
        return np.asarray(self.influence.deaths.sum(axis=0))

    # At all times they cost more than the curves, and a single share (`at`) needs none of them.
    @cached_property
    def se(self) -> FloatArray:
        """Standard errors (times, causes), robust to clusters."""
        return np.asarray(np.sqrt(self.influence.variances()))

    @property
    def low(self) -> FloatArray:
        """Wilson's lower limits at the standard errors, with Student's t for effective clusters less one."""
        return self._limits[0]

    @property
    def high(self) -> FloatArray:
        """Wilson's upper limits at the standard errors, with Student's t for effective clusters less one."""
        return self._limits[1]

    @cached_property
    def _limits(self) -> tuple[FloatArray, FloatArray]:
        m = max(self.n_clusters, 2)
        critical = float(t_quantile(self.influence.effective - 1, self.level)) * float(np.sqrt(m / (m - 1)))
        reached = known_before(self.known_times, self.known, self.n, self.times)[:, None]
        worth = reached * self.influence.effective / max(self.n, 1)
        return incidence_limits(self.incidence, self.se, critical, self.n, self.level, worth)

    def at(self, cause: Cause, time: float) -> Interval:
        """Give the share that has ended by a cause up to and including a time.

        Parameters
        ----------
        cause
            Its name, or its number from 1.
        time
            In the unit of the curves.

        Returns
        -------
        Interval
            Wilson's limits at the standard error over clusters, with Student's t of the jackknife's degrees of freedom.
            Where the share is exactly 0 or 1, and below 10 clusters, Wilson's limits with the effective number of
            clusters whose state is known. NaN with flag ``beyond_follow_up`` if nobody was watched for so long and some
            were still waiting.

        Raises
        ------
        UnknownName
            If there is no such cause.

        Examples
        --------
        >>> from twoway.inference.incidence import aalen_johansen
        >>> curves = aalen_johansen([1, 2, 3, 4, 5], [1, 2, 0, 1, 2], causes=("answer", "deflect"))
        >>> [round(curves.at("answer", t).value, 3) for t in (0.5, 1, 3, 4, 5)]
        [0.0, 0.2, 0.2, 0.5, 0.5]
        >>> print(curves.at("answer", 5))
        0.5 (95 % interval 0.15 to 0.85, wilson_clusters; few_clusters)
        """
        number = self._number(cause)
        if not self._watched(time):
            return self._silent()
        value = self._value(number, time)
        effects = self.influence.effects(number, time)
        worth = self.known_at(time) * self.influence.effective / self.n
        return self._interval(value, effects, self.n, worth, self.n_clusters)

    def share_at(self, cause: Cause, other: Cause, time: float) -> Interval:
        """Give, of those that ended by one of two causes up to a time, the share that ended by the first.

        Incidences, not counts, are divided: waits that could not be watched for long do not pull the share towards
        the cause that comes sooner.

        Parameters
        ----------
        cause, other
            Names of two causes, or their numbers from 1.
        time
            In the unit of the curves.

        Returns
        -------
        Interval
            As from `at`; its clusters are those with a wait that ended by one of the two. NaN with flag ``undefined``
            if there is none.

        Raises
        ------
        UnknownName
            If there is no such cause.

        Examples
        --------
        >>> from twoway.inference.incidence import aalen_johansen
        >>> curves = aalen_johansen([1, 2, 3, 4, 5], [1, 2, 0, 1, 2], causes=("answer", "deflect"))
        >>> round(curves.share_at("answer", "deflect", 4).value, 4)
        0.7143
        """
        first, second = self._number(cause), self._number(other)
        if not self._watched(time):
            return self._silent()
        one, two = self._value(first, time), self._value(second, time)
        counts = self.influence.ended_by((first, second), time)
        if not one + two > 0:
            return self._nothing("undefined")
        moved = two * self.influence.effects(first, time) - one * self.influence.effects(second, time)
        worth = float(effective_clusters(counts))
        m = int((counts > 0).sum())
        return self._interval(one / (one + two), moved / (one + two) ** 2, counts.sum(), worth, m)

    def survival_at(self, time: float) -> float:
        """Give the share still waiting just after a time; NaN beyond what was watched."""
        i = int(np.searchsorted(self.times, time, side="right")) - 1
        if not self._watched(time):
            return float("nan")
        return 1.0 if i < 0 else float(self.survival[i])

    def known_at(self, time: float) -> float:
        """Count the waits whose state at a time is known: those not censored before it."""
        i = int(np.searchsorted(self.known_times, time, side="left")) - 1
        return float(self.n if i < 0 else self.known[i])

    def _number(self, cause: Cause) -> int:
        if cause in self.causes:
            return self.causes.index(str(cause)) + 1
        if isinstance(cause, int | np.integer) and 1 <= cause <= len(self.causes):
            return int(cause)
        raise unknown_name(cause, self.causes, "cause of these curves")

    def _watched(self, time: float) -> bool:
        ended = len(self.survival) > 0 and self.survival[-1] == 0
        return self.n > 0 and bool(time <= self.last_time or (ended and time > self.last_time))

    def _value(self, number: int, time: float) -> float:
        i = int(np.searchsorted(self.times, time, side="right")) - 1
        return 0.0 if i < 0 else float(np.clip(self.incidence[i, number - 1], 0, 1))

    def _silent(self) -> Interval:
        return self._nothing("beyond_follow_up" if self.n > 0 else "undefined")

    def _nothing(self, flag: str) -> Interval:
        flags = (("few_clusters",) if self.n_clusters < WARN_BELOW else ()) + (flag,)
        return Interval(np.nan, np.nan, method="none", flags=flags, n_clusters=self.n_clusters, level=self.level)

    def _interval(self, value: float, effects: FloatArray, most: float, worth: float, m: int) -> Interval:
        """Give limits from what each cluster does; where clusters tell none, from `worth` cases."""
        se = float(np.sqrt((effects**2).sum()))
        at_edge = value < 1e-12 or value > 1 - 1e-12
        flags: tuple[str, ...] = ("few_clusters",) if m < WARN_BELOW else ()
        if at_edge or m < REFUSE_BELOW or not se > 1e-12:
            value = float(np.round(value)) if at_edge else value
            low, high = (float(limit) for limit in wilson_limits(value * worth, worth, self.level))
            flags += ("at_boundary",) if at_edge else ()
            name, se = "wilson_clusters", np.nan if at_edge else se
        else:
            df = float(jackknife_df(effects, m, worth))
            critical = float(t_quantile(df, self.level)) * float(np.sqrt(m / (m - 1)))
            low, high = (
                float(limit[0]) for limit in incidence_limits(np.array([value]), se, critical, most, self.level)
            )
            name = "wilson_clustered"
        return Interval(low, high, se, name, flags, value, m, level=self.level)

    def to_frame(self) -> pd.DataFrame:
        """Return a new table: one row a cause and time."""
        import pandas as pd

        size, k = len(self.times), len(self.causes)
        return pd.DataFrame(
            {"cause": np.repeat(self.causes, size), "times": np.tile(self.times, k)}
            | {name: getattr(self, name).T.ravel() for name in ("incidence", "se", "low", "high")}
            | {name: np.tile(getattr(self, name), k) for name in ("survival", "n_at_risk")}
        )

    def __str__(self) -> str:
        """Write one sentence."""
        last = self.incidence[-1] if len(self.incidence) else np.zeros(len(self.causes))
        shares = ", ".join(f"{share:.3g} by {cause}" for cause, share in zip(self.causes, last, strict=True))
        return f"Of {self.n:,} waits, watched up to {self.last_time:.4g}, these shares ended: {shares}."


def incidence_limits(
    value: FloatArray, se: ArrayLike, critical: float, most: ArrayLike, level: float, worth: ArrayLike | None = None
) -> tuple[FloatArray, FloatArray]:
    """Give Wilson's limits of many shares from their standard errors.

    Parameters
    ----------
    value, se
        Shares and their standard errors.
    critical
        Standard errors from the middle to a limit.
    most
        Cases that a limit may rest on at most: clusters can agree more than chance allows.
    level
        Confidence level.
    worth
        Cases that a share is worth which is exactly 0 or 1, or whose standard error is 0.

    Examples
    --------
    >>> low, high = incidence_limits(np.array([0.4]), (0.4 * 0.6 / 10) ** 0.5, 1.959964, 20, 0.95)
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.1682], [0.6873])
    """
    share = np.clip(value, 0.0, 1.0)
    error, most = np.broadcast_to(se, share.shape), np.broadcast_to(most, share.shape)
    cases = np.where(error > 1e-12, share * (1 - share) / np.where(error > 1e-12, error, 1.0) ** 2, np.inf)
    # Wilson's formula sees the quantile z and n only as z^2/n, so this puts `critical` in the place of z.
    n = np.minimum(cases, most) * (normal_quantile(level) / critical) ** 2
    if worth is not None:
        edge = (share < 1e-12) | (share > 1 - 1e-12)
        # One cluster, or clusters all alike, say nothing of how they differ.
        n, share = np.where(edge | ~(error > 1e-12), worth, n), np.where(edge, np.round(share), share)
    return wilson_limits(share * n, n, level)
