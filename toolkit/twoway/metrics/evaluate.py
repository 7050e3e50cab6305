"""From sums to values and intervals, one function for each kind of metric."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ..definitions import Definitions
from ..inference.bootstrap import percentile_interval, smooth_interval
from ..inference.composition import composition
from ..inference.incidence import aalen_johansen
from ..inference.intervals import quantile_interval
from ..inference.linearized import delta_interval
from ..inference.posterior import balance_interval, dirichlet_draws, effective_counts
from ..inference.ratios import ratio_intervals
from ..inference.resampling import poisson_weights
from ..inference.results import REFUSE_BELOW, WARN_BELOW, Interval
from ..inference.scores import composite_interval
from ..inference.survival import clustered_kaplan_meier
from ..interactions.turns import ENDS
from .kinds import Competing, Distribution, Posterior, Ratio, Rows, Smooth, Survival
from .registry import Metric
from .sums import UnitSums
from .unseen import could_be_answered, ended_at_once, other_curves

__all__ = [
    "Outcome",
    "competing_outcomes",
    "composite_outcome",
    "distribution_outcome",
    "posterior_outcomes",
    "ratio_outcomes",
    "rows_outcomes",
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
    sides = (ratio.low_num, ratio.high_num)
    whole = sums.total(ratio.bound_den or ratio.den)
    if sides == (None, None) or not whole > 0:
        return np.nan, np.nan
    value = sums.total(ratio.num) / sums.total(ratio.den)
    low, high = (value if side is None else sums.total(side) / whole for side in sides)
    return low, high


def smooth_outcome(sums: UnitSums, metric: Metric, smooth: Smooth, d: Definitions, *, bootstrap: bool) -> Outcome:
    """Evaluate a smooth function of sums for one unit."""
    n, n_clusters = sums.total(smooth.count), sums.n_clusters[smooth.count]
    table = sums.table(smooth.columns)
    with np.errstate(all="ignore"):
        value = float(smooth.combine(*table.sum(axis=0)))
    if np.isnan(value):
        return Outcome(_undefined(d.level), n, n_clusters)
    if bootstrap and smooth.limits is None:
        weights = poisson_weights(len(table), d.draws, d.seed)
        found = smooth_interval(table, _over_last(smooth), weights=weights, level=d.level, n_clusters=n_clusters)
    else:
        low, high = (end if np.isfinite(end) else None for end in metric.span)
        jackknife = partial(delta_interval, combine=_over_last(smooth), bounds=(low, high))
        found = _kept((smooth.limits or jackknife)(table, level=d.level), n_clusters)
    sides = [
        float(smooth.combine(*sums.table(side).sum(axis=0))) if side else np.nan for side in (smooth.low, smooth.high)
    ]
    flags = (*found.flags, *smooth.flags(*table.sum(axis=0)))
    return Outcome(replace(found, value=value, flags=flags), n, n_clusters, (sides[0], sides[1]))


def _over_last(smooth: Smooth) -> Any:
    return lambda totals: smooth.combine(*np.moveaxis(totals, -1, 0))


def _kept(found: Interval, n_clusters: int) -> Interval:
    """Refuse an interval from fewer than ten clusters, and flag one from fewer than thirty; warnings stand."""
    few = ("few_clusters",) if n_clusters < WARN_BELOW else ()
    flags = tuple(dict.fromkeys((*found.flags, *few)))
    if n_clusters < REFUSE_BELOW:
        return Interval(np.nan, np.nan, method="none", flags=flags, value=found.value, level=found.level)
    return replace(found, flags=flags)


def _scaled(found: Interval, k: float) -> Interval:
    return replace(found, value=found.value * k, low=found.low * k, high=found.high * k, se=found.se * k)


def _of_persons(found: Interval, n_persons: int) -> Interval:
    """Give no interval where one person did all the waiting."""
    return found if n_persons > 1 else replace(found, low=np.nan, high=np.nan, se=np.nan, method="none")


def _between(values: list[float]) -> tuple[float, float]:
    """Give the least and the greatest value; NaN where the first, the one seen, is undefined."""
    return (float(np.nanmin(values)), float(np.nanmax(values))) if values[0] == values[0] else (np.nan, np.nan)


def _censored(found: Interval, time: Any, ended: Any, limit: float, d: Definitions) -> Interval:
    """Flag a value that rests on many waits that were not watched to their end, nor for as long as the value needs."""
    share = float(((ended == 0) & (time < limit)).mean()) if len(time) else 0.0
    return replace(found, flags=(*found.flags, "censored_share")) if share > d.censored_cut else found


def survival_outcomes(waits: dict[str, Any], metrics: dict[str, Metric], d: Definitions) -> dict[str, Outcome]:
    """Read all answers off one unit's Kaplan-Meier curve, whose errors count persons, not turns."""
    curve = clustered_kaplan_meier(waits["time"], waits["event"], waits["cluster"], level=d.level)
    # At best whoever may have been answered unseen was answered at once.
    others = other_curves(waits, d.unseen_share)
    out = {}
    for name, m in metrics.items():
        spec = m.declare()
        if not isinstance(spec, Survival):
            continue
        seen = spec.ask(curve, d)
        values = [seen.value, *[spec.ask(other, d).value for other in others or []]]
        bounds = _between(values) if others is not None else (np.nan, np.nan)
        if np.isnan(seen.value) and "not_reached" in seen.flags:
            reached = values[1] if len(values) > 1 and values[1] == values[1] else curve.last_time * spec.scale
            bounds = (reached, np.inf)
        if "most" in waits:
            bounds = (seen.value, float(max(seen.value, waits["most"][0])))
        limit = m.horizon_under(d) if m.horizon else seen.value / spec.scale
        seen = _of_persons(_censored(seen, waits["time"], waits["event"], limit, d), curve.n_clusters)
        out[name] = Outcome(seen, curve.n, curve.n_clusters, bounds)
    return out


def competing_outcomes(waits: dict[str, Any], metrics: dict[str, Metric], d: Definitions) -> dict[str, Outcome]:
    """Read all answers off one unit's cumulative incidence curves."""

    def curves(causes: Any, time: Any) -> Any:
        return aalen_johansen(time, causes, waits["cluster"], causes=ENDS, level=d.level)

    seen = curves(waits["cause"], waits["time"])
    found = could_be_answered(waits["could_hide"], waits["cause"])
    # Hidden answers were all open, or all deflections.
    ends = [1, 3] if found.any() or waits.get("n_unlinked", 0) else []
    others = [ended_at_once(waits, found, d.unseen_share, cause, ENDS) for cause in ends]
    out = {}
    for name, m in metrics.items():
        spec = m.declare()
        if isinstance(spec, Competing):
            interval = spec.ask(seen, d)
            bounds = _between([interval.value, *[spec.ask(one, d).value for one in others]])
            n = interval.n_clusters
            interval = _censored(interval, waits["time"], waits["cause"], m.horizon_under(d), d)
            out[name] = Outcome(_of_persons(interval, n), seen.n, n, bounds)
    return out


def rows_outcomes(rows: dict[str, Any], metrics: dict[str, Metric], d: Definitions) -> dict[str, Outcome]:
    """Ask one unit's rows."""
    out = {}
    for name, m in metrics.items():
        spec = m.declare()
        if not isinstance(spec, Rows):
            continue
        n = float(rows[spec.n].sum()) if spec.n else len(rows["cluster"])
        found = spec.ask(rows, d)
        if found is None or found.value != found.value:
            out[name] = Outcome(_undefined(d.level), n if found is not None else 0, 0)
        else:
            out[name] = Outcome(_kept(found, found.n_clusters), n, found.n_clusters)
    return out


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


def composite_outcome(
    parts: list[Outcome],
    own: list[Any],
    shared: list[Any],
    combine: Any,
    d: Definitions,
    *,
    span: tuple[float, float] = (0.0, 1.0),
    flags: tuple[str, ...] = (),
) -> Outcome:
    """Combine metrics of one unit that rest on the same events: their errors add up where days move both.

    Parameters
    ----------
    parts
        The metrics of the unit.
    own, shared
        For each part its numerators and denominators, by its own clusters and by day.
    span
        Least and greatest value there can be.
    flags
        What to beware of besides.
    """
    low, width = span[0], span[1] - span[0]
    found = composite_interval(own, shared, lambda *shares: (combine(*shares) - low) / width, level=d.level)
    moved = {name: getattr(found, name) * width + low for name in ("value", "low", "high")}
    found = replace(found, **moved, se=found.se * width, flags=(*found.flags, *flags))
    return Outcome(found, min(p.n for p in parts), found.n_clusters)
