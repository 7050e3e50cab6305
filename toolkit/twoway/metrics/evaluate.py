"""From sums to values and intervals, one function for each kind of metric."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..definitions import Definitions
from ..inference.bootstrap import percentile_interval, smooth_interval
from ..inference.composition import composition
from ..inference.intervals import quantile_interval
from ..inference.linearized import delta_interval
from ..inference.posterior import balance_interval, dirichlet_draws, effective_counts
from ..inference.ratios import ratio_intervals
from ..inference.resampling import poisson_weights
from ..inference.results import REFUSE_BELOW, WARN_BELOW, Interval
from ..inference.scores import composite_interval
from ..inference.survival import clustered_kaplan_meier
from .registry import Distribution, Metric, Posterior, Ratio, Smooth, Survival
from .sums import UnitSums

__all__ = [
    "Outcome",
    "composite_outcome",
    "distribution_outcome",
    "posterior_outcomes",
    "ratio_outcomes",
    "smooth_outcome",
    "survival_outcomes",
    "undefined_outcome",
]


class Outcome:
    """What one metric says of one unit."""

    __slots__ = ("bounds", "draws", "interval", "n", "n_clusters")

    def __init__(
        self,
        interval: Interval,
        n: float,
        n_clusters: int,
        bounds: tuple[float, float] = (np.nan, np.nan),
        draws: Any = None,
    ) -> None:
        self.interval = interval
        self.n = n
        self.n_clusters = n_clusters
        self.bounds = bounds
        self.draws = draws

    @property
    def value(self) -> float:
        """The value, NaN where undefined."""
        return self.interval.value


def _undefined(level: float) -> Interval:
    return Interval(np.nan, np.nan, method="none", flags=("undefined",), value=np.nan, level=level)


def undefined_outcome(level: float) -> Outcome:
    """Say that there is nothing to divide by."""
    return Outcome(_undefined(level), 0, 0)


def ratio_outcomes(sums: UnitSums, ratios: dict[str, Ratio], d: Definitions, *, bootstrap: bool) -> dict[str, Outcome]:
    """Evaluate all ratios over one table for one unit at once."""
    names = [name for name, ratio in ratios.items() if sums.total(ratio.den) > 0]
    out = {name: Outcome(_undefined(d.level), 0, 0) for name in ratios if name not in names}
    if not names:
        return out
    num, den = (sums.table(tuple(getattr(ratios[n], side) for n in names)) for side in ("num", "den"))
    clusters = [sums.n_clusters[ratios[n].den] for n in names]
    weights = poisson_weights(len(num), d.draws, d.seed) if bootstrap else None
    share = np.array([ratios[n].share for n in names])
    found = ratio_intervals(num, den, proportion=share, weights=weights, level=d.level, n_clusters=np.array(clusters))
    for i, name in enumerate(names):
        ratio, interval = ratios[name], found[i]
        scaled = _scaled(interval, ratio.scale)
        out[name] = Outcome(scaled, sums.total(ratio.den), clusters[i], _bounds(sums, ratio))
    return out


def _bounds(sums: UnitSums, ratio: Ratio) -> tuple[float, float]:
    if ratio.bound_den is None or ratio.low_num is None or ratio.high_num is None:
        return np.nan, np.nan
    whole = sums.total(ratio.bound_den)
    return (sums.total(ratio.low_num) / whole, sums.total(ratio.high_num) / whole) if whole > 0 else (np.nan, np.nan)


def smooth_outcome(
    sums: UnitSums, metric: Metric, smooth: Smooth, d: Definitions, weeks: float, *, bootstrap: bool
) -> Outcome:
    """Evaluate a smooth function of sums for one unit."""
    n, n_clusters = sums.total(smooth.count), sums.n_clusters[smooth.count]
    table = sums.table(smooth.columns)
    k = 1.0
    if smooth.per_week:
        k = 1.0 / weeks if weeks > 0 else np.nan
    with np.errstate(all="ignore"):
        value = float(smooth.combine(*table.sum(axis=0)))
    if np.isnan(value * k):
        return Outcome(_undefined(d.level), n, n_clusters)
    if bootstrap:
        weights = poisson_weights(len(table), d.draws, d.seed)
        found = smooth_interval(table, _over_last(smooth), weights=weights, level=d.level, n_clusters=n_clusters)
    else:
        low, high = (end if np.isfinite(end) else None for end in metric.span)
        found = _kept(delta_interval(table, _over_last(smooth), level=d.level, bounds=(low, high)), n_clusters)
    return Outcome(_scaled(replace(found, value=value), k), n, n_clusters)


def _over_last(smooth: Smooth) -> Any:
    return lambda totals: smooth.combine(*np.moveaxis(totals, -1, 0))


def _kept(found: Interval, n_clusters: int) -> Interval:
    """Refuse an interval from fewer than ten clusters, and flag one from fewer than thirty."""
    few = ("few_clusters",) if n_clusters < WARN_BELOW else ()
    if n_clusters < REFUSE_BELOW:
        return Interval(np.nan, np.nan, method="none", flags=few, value=found.value, level=found.level)
    return replace(found, flags=tuple(dict.fromkeys((*found.flags, *few))))


def _scaled(found: Interval, k: float) -> Interval:
    return replace(found, value=found.value * k, low=found.low * k, high=found.high * k, se=found.se * k)


def _of_persons(found: Interval, n_persons: int) -> Interval:
    """Give no interval where one person did all the waiting."""
    return found if n_persons > 1 else replace(found, low=np.nan, high=np.nan, se=np.nan, method="none")


def survival_outcomes(waits: dict[str, Any], metrics: dict[str, Metric], d: Definitions) -> dict[str, Outcome]:
    """Read all answers off one unit's Kaplan-Meier curve, whose errors count persons, not turns."""
    curve = clustered_kaplan_meier(waits["time"], waits["event"], waits["cluster"], level=d.level)
    asks = {name: m.declare() for name, m in metrics.items()}
    return {
        name: Outcome(_of_persons(spec.ask(curve, d), curve.n_clusters), curve.n, curve.n_clusters)
        for name, spec in asks.items()
        if isinstance(spec, Survival)
    }


def distribution_outcome(counts: dict[str, Any], spec: Distribution, d: Definitions) -> Outcome:
    """Take a quantile of one unit's rows."""
    found = quantile_interval(counts[spec.column], counts["count"], spec.q, d.level)
    n = int(counts["count"].sum())
    return Outcome(_scaled(found, spec.scale), n, n)


def posterior_outcomes(by_day: Any, metrics: dict[str, Metric], d: Definitions) -> dict[str, Outcome]:
    """Answer from the Dirichlet posterior of broadcast, deflect and conversation, given as counts: (days, 3)."""
    counts = by_day.sum(axis=0)
    n, days = float(counts.sum()), int((by_day.sum(axis=1) > 0).sum())
    if n == 0:
        return {name: Outcome(_undefined(d.level), 0, 0) for name in metrics}
    seen, draws = composition(counts), dirichlet_draws(effective_counts(by_day, d.level), d.draws, d.seed)
    parts = percentile_interval(draws, d.level, value=seen.parts)
    z = dict(zip(("z1", "z2"), balance_interval(draws, d.level), strict=True))
    answers = {
        name: _reaching(replace(parts[i], method="dirichlet"))
        for i, name in enumerate(("broadcast", "deflect", "conversation"))
    }
    answers |= {name: replace(interval, value=getattr(seen, name)) for name, interval in z.items()}
    out = {}
    for name, m in metrics.items():
        spec = m.declare()
        ask = spec.ask if isinstance(spec, Posterior) else ""
        out[name] = Outcome(answers[ask], n, days)
    return out


def _reaching(part: Interval) -> Interval:
    """Let the interval of a part that was never, or always, seen reach 0 or 1."""
    return replace(part, low=min(part.low, part.value), high=max(part.high, part.value))


def composite_outcome(parts: list[Outcome], own: list[Any], shared: list[Any], combine: Any, d: Definitions) -> Outcome:
    """Combine metrics of one unit that rest on the same events: their errors add up where days move both.

    Parameters
    ----------
    parts
        The metrics of the unit.
    own, shared
        For each part its numerators and denominators, by its own clusters and by day.
    """
    found = composite_interval(own, shared, combine, level=d.level)
    return Outcome(found, min(p.n for p in parts), found.n_clusters)
