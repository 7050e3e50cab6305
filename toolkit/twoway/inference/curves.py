"""What a Kaplan-Meier curve can be asked: the share still waiting, a quantile, the restricted mean."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..errors import TwowayError
from .bands import SMALLEST, first_at_or_below, known_before, log_log_limits, tells_nothing
from .influence import ClusterInfluence, greenwood_terms
from .intervals import wilson_limits
from .results import WARN_BELOW, FloatArray, Interval, normal_quantile
from .scores import score_limits
from .shown import Shown

__all__ = ["SurvivalCurve"]


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalCurve(Shown):
    """Hold a Kaplan-Meier curve: the share still waiting after each time at which something happened.

    Parameters
    ----------
    times
        Distinct times with at least one event, ascending, in the unit that was given.
    survival
        Share still waiting just after each time.
    se
        Standard error of it, by Greenwood or robust to clusters; NaN where the curve is 0.
    low, high
        Limits on the log-log scale. NaN where the curve is 0, as in R: the scale does not exist there, and before the
        first event, where the curve is 1. `at` answers in both places by another method.
    n_at_risk
        How many were still waiting just before each time.
    n_events
        How many ended at each time.
    last_time
        Longest time watched, whether it ended in an event or not; NaN if nobody was watched.
    n
        All who were watched.
    known_times, known
        Every distinct time, and how many were not censored up to and including it.
    level
        Confidence level.
    influence
        What each cluster does to the curve; None if the subjects are independent.
    """

    SHOWN = ("times", "survival", "se", "low", "high", "n_at_risk", "n_events")

    times: FloatArray
    survival: FloatArray
    se: FloatArray
    low: FloatArray
    high: FloatArray
    n_at_risk: FloatArray
    n_events: FloatArray
    last_time: float
    n: float
    known_times: FloatArray
    known: FloatArray
    level: float = 0.95
    influence: ClusterInfluence | None = None

    @property
    def n_clusters(self) -> int:
        """Clusters behind the curve; 0 if the subjects are taken to be independent."""
        return 0 if self.influence is None else self.influence.n_clusters

    @property
    def critical(self) -> float:
        """Standard errors from the middle to a limit: normal, or Student's t with effective clusters less one."""
        return normal_quantile(self.level) if self.influence is None else self.influence.critical(self.level)

    def at(self, time: float) -> Interval:
        """Give the share still waiting after a time.

        Parameters
        ----------
        time
            In the unit of the curve.

        Returns
        -------
        Interval
            Log-log limits; where the curve is exactly 1 or 0, Wilson's limits with the number whose state at that
            time is known, and likewise, with flag ``no_variation``, where clusters cannot tell how they differ: there
            is one only, or all are alike. NaN with flag ``beyond_follow_up`` if nobody was watched for so long and the
            curve has not reached 0.

        Examples
        --------
        >>> from twoway.inference import kaplan_meier
        >>> curve = kaplan_meier([5, 10, 15, 30, 60], [1, 0, 1, 1, 0], [0, 1, 0, 0, 1])
        >>> print(curve.at(15))
        0.5333 (95 % interval 0.06833 to 0.8631, log_log)
        >>> print(curve.at(1))
        1 (95 % interval 0.5655 to 1, wilson_known; at_boundary)
        """
        i = int(np.searchsorted(self.times, time, side="right")) - 1
        value = 1.0 if i < 0 else float(self.survival[i])
        if not (time <= self.last_time or (self.n > 0 and value == 0)):
            return self._silent()
        if not 0 < value < 1:
            bottom, top = self._edge_limits(time, value)
            return self._interval(bottom, top, np.nan, "wilson_known", value, ("at_boundary",))
        se = float(self.se[i])
        if self.influence is not None:
            se = value * float(np.sqrt(self.influence.log_variance(time)))
            if tells_nothing(value, se, self.n_clusters):
                return self._interval(*self._edge_limits(time, value), np.nan, "wilson_known", value, ("no_variation",))
        low, high = log_log_limits(value, se, self.critical)
        return self._interval(float(low), float(high), se, "log_log", value)

    def event_share_at(self, time: float) -> Interval:
        """Give the share that has ended by a time: one minus the share still waiting.

        Examples
        --------
        >>> from twoway.inference import kaplan_meier
        >>> curve = kaplan_meier([5, 10, 15, 30, 60], [1, 0, 1, 1, 0], [0, 1, 0, 0, 1])
        >>> print(curve.event_share_at(15))
        0.4667 (95 % interval 0.1369 to 0.9317, log_log)
        """
        waiting = self.at(time)
        return replace(waiting, low=1 - waiting.high, high=1 - waiting.low, value=1 - waiting.value)

    def quantile(self, q: float = 0.5) -> Interval:
        """Give the time by which a share `q` has ended, with limits by inverting the band.

        Where the curve stays exactly at 1 - q for a while, the middle of that stretch is taken (as R does; with nobody
        censored this is the usual median). Where the curve ends at 0 the band is closed with Wilson's upper limit.

        Parameters
        ----------
        q
            Share, between 0 and 1; 0.5 is the median.

        Returns
        -------
        Interval
            NaN with flag ``not_reached`` if the curve never falls to 1 - q; a limit at which the band never gets
            there is infinite.

        Raises
        ------
        TwowayError
            If `q` is outside (0, 1).

        Examples
        --------
        >>> from twoway.inference import kaplan_meier
        >>> curve = kaplan_meier([5, 10, 15, 30, 60], [1, 0, 1, 1, 0], [0, 1, 0, 0, 1])
        >>> print(curve.quantile())
        30 (95 % interval 5 to inf, log_log; open_ended)
        """
        if not 0 < q < 1:
            msg = (
                f"q={q} is not a quantile. "
                "It was given to SurvivalCurve.quantile. "
                "Use a number between 0 and 1, such as 0.5 for the median."
            )
            raise TwowayError(msg)
        if not self.n > 0:
            return self._silent()
        lower, upper = self._closed_band()
        value = first_at_or_below(self.times, self.survival, 1 - q)
        low, high = first_at_or_below(self.times, lower, 1 - q), first_at_or_below(self.times, upper, 1 - q)
        flat = self.influence is not None and bool(np.isnan(self.se[(self.survival > 0) & (self.survival < 1)]).any())
        reasons = {"not_reached": np.isnan(value), "open_ended": np.isnan(high), "no_variation": flat}
        flags = tuple(name for name, hit in reasons.items() if hit)
        low, high = (np.inf if np.isnan(limit) else limit for limit in (low, high))
        return self._interval(low, high, np.nan, "log_log", value, flags)

    def rmst(self, tau: float) -> Interval:
        """Give the restricted mean: the mean time waited, no wait counting for more than `tau`.

        Parameters
        ----------
        tau
            Horizon, in the unit of the curve.

        Returns
        -------
        Interval
            Wilson's limits of the mean as a share of `tau`, at Greenwood's standard error (`score_limits`). NaN with
            flag ``beyond_follow_up`` if the curve is not known up to `tau`.

        Raises
        ------
        TwowayError
            If `tau` is not positive.

        Examples
        --------
        >>> from twoway.inference import kaplan_meier
        >>> curve = kaplan_meier([5, 10, 15, 30, 60], [1, 0, 1, 1, 0], [0, 1, 0, 0, 1])
        >>> mean = curve.rmst(60)
        >>> round(mean.value, 3), round(mean.se, 3)
        (29.0, 10.172)
        """
        if not tau > 0:
            msg = (
                f"tau={tau} is no horizon. "
                "It was given to SurvivalCurve.rmst. "
                "Use a positive time in the unit of the curve."
            )
            raise TwowayError(msg)
        ended = len(self.survival) > 0 and self.survival[-1] == 0
        if not (self.n > 0 and (tau <= self.last_time or ended)):
            return self._silent()
        value, remaining = self._area(tau)
        if self.influence is None:
            # After the last one has ended nothing remains to vary: 0 times an infinite term counts as 0.
            hazard = greenwood_terms(self.n_events, self.n_at_risk)
            se = float(np.sqrt((remaining**2 * np.where(remaining > 0, hazard, 0.0)).sum()))
            critical = self.critical
        else:
            effects = self.influence.area_effects(remaining)
            se, critical = float(np.sqrt((effects**2).sum())), self.influence.critical_of(effects, self.level)
        low, high, flags = self._mean_limits(value / tau, se / tau, tau, critical)
        se = np.nan if "no_variation" in flags else se
        return self._interval(min(low * tau, value), max(high * tau, value), se, "wilson", value, flags)

    def _mean_limits(
        self, share: float, se: float, tau: float, critical: float
    ) -> tuple[float, float, tuple[str, ...]]:
        if se > SMALLEST and not (self.influence is not None and self.n_clusters < 2):
            return *score_limits(share, se, critical, self.level), ()
        return *self._edge_limits(tau, share), ("no_variation" if 0 < share < 1 else "at_boundary",)

    def _area(self, tau: float) -> tuple[float, FloatArray]:
        """Give the area under the curve up to tau, and how much of it lies after each event time."""
        steps = np.minimum(np.concatenate([[0.0], self.times, [np.inf]]), tau)
        areas = np.concatenate([[1.0], self.survival]) * np.diff(steps)
        return float(areas.sum()), areas[::-1].cumsum()[::-1][1:]

    def _silent(self) -> Interval:
        return self._interval(
            np.nan, np.nan, np.nan, "none", np.nan, ("beyond_follow_up" if self.n > 0 else "undefined",)
        )

    def _interval(
        self, low: float, high: float, se: float, method: str, value: float, flags: tuple[str, ...] = ()
    ) -> Interval:
        few = ("few_clusters",) if self.influence is not None and self.n_clusters < WARN_BELOW else ()
        name = f"{method}_clustered" if self.influence is not None and method != "none" else method
        return Interval(low, high, se, name, few + flags, value, self.n_clusters, level=self.level)

    def _edge_limits(self, time: float, value: float) -> tuple[float, float]:
        known = float(known_before(self.known_times, self.known, self.n, time))
        known *= 1.0 if self.influence is None else self.influence.effective / self.n
        low, high = wilson_limits(value * known, known, self.level)
        return float(low), float(high)

    def _closed_band(self) -> tuple[FloatArray, FloatArray]:
        lower, upper = self.low, self.high
        if len(self.survival) and self.survival[-1] == 0:
            _, top = self._edge_limits(self.times[-1], 0.0)
            before = upper[-2] if len(upper) > 1 else 1.0
            lower, upper = np.append(lower[:-1], 0.0), np.append(upper[:-1], min(top, before))
        return lower, upper

    def __str__(self) -> str:
        """Write one sentence."""
        half = self.quantile().value
        when = "half are not seen to end" if np.isnan(half) else f"half have ended by {half:.4g}"
        return f"Of {self.n:,.0f} waits {self.n_events.sum():,.0f} ended, and {when}."
