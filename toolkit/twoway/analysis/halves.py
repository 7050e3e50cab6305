"""A metric on random halves of each unit's clusters, and on its months."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from ..engine import Frame
from ..errors import NotEnoughEvidence
from ..inference.composition import composition
from ..inference.incidence import aalen_johansen
from ..inference.intervals import quantile_interval
from ..inference.reliability import split_masks
from ..inference.results import FloatArray
from ..inference.survival import kaplan_meier
from ..interactions.turns import ENDS
from ..metrics.kinds import Competing, Composite, Distribution, Posterior, Ratio, Rows, Smooth, Survival
from ..metrics.prepared import Grouping, prepare
from ..metrics.registry import Metric, get_metric
from ..metrics.sums import UnitSums, cluster_sums, unit_rows
from ..metrics.values import PARTS

__all__ = ["Evidence", "UnitMonths", "evidence_of"]

#: Metrics that need all rows of a half, not only sums, are split at most so often.
MOST_SPLITS = 100

_MONTHS = 1_000_000

Values = Callable[[NDArray[np.bool_]], FloatArray]


@dataclass(frozen=True)
class UnitMonths:
    """Puts a unit on tables that is one unit in one month: unit times a million plus the month as 202401."""

    inner: Grouping

    def put(self, frame: Frame) -> Frame:
        """Add the column `unit`."""
        placed = self.inner.put(frame).with_columns(_unit=nw.col("unit").cast(nw.Int64)).drop("unit")
        placed = Grouping(self.inner.talk, "month").put(placed)
        return placed.with_columns(unit=nw.col("_unit") * _MONTHS + nw.col("unit").cast(nw.Int64)).drop("_unit")

    @staticmethod
    def parts(unit: int) -> tuple[int, int]:
        """Take unit and month apart again."""
        return divmod(unit, _MONTHS)


@dataclass(frozen=True)
class Evidence:
    """All that one unit has to say on one metric, cluster by cluster.

    Attributes
    ----------
    n, n_clusters
        Observations, and clusters they come from.
    size
        Clusters (or buckets of them) that can be dealt to halves.
    ask
        Takes masks (splits, size) of the clusters to keep and gives the values (splits,); NaN where undefined.
    is_slow
        Whether each mask costs a pass over all rows.
    """

    n: float
    n_clusters: int
    size: int
    ask: Values = field(repr=False)
    is_slow: bool = False

    def value(self) -> float:
        """Give the value of all clusters."""
        return float(self.ask(np.ones((1, self.size), dtype=bool))[0])

    def halves(self, splits: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        """Give the values of both halves of so many random splits."""
        masks = split_masks(self.size, splits, rng)
        return self.ask(masks), self.ask(~masks)


def evidence_of(talk: Any, metric: Metric, by: Any) -> dict[int, Evidence]:
    """Collect the evidence of all units on a metric.

    Parameters
    ----------
    talk
        From `annotate`.
    metric
        Of any kind; parts of a composite are split each by their own clusters.
    by
        A grouping: anything with `put`.

    Raises
    ------
    NotEnoughEvidence
        If the source lacks a column that the metric needs.
    """
    missing = metric.missing_columns(talk.corpus.knows)
    if missing:
        msg = f"The source has no column '{missing[0]}', so {metric.name} has no values. It was given to reliability. "
        msg += "Name the column when reading, or take another metric."
        raise NotEnoughEvidence(msg)
    spec = metric.declare()
    if isinstance(spec, Composite):
        return _composite(talk, spec, by)
    frame = prepare(talk, metric.table, by)
    cluster = metric.cluster or "cluster"
    if isinstance(spec, Ratio | Smooth | Posterior):
        count = "" if isinstance(spec, Posterior) else spec.count if isinstance(spec, Smooth) else spec.den
        columns = list(
            dict.fromkeys((*(PARTS if isinstance(spec, Posterior) else spec.columns), *([count] * bool(count))))
        )
        sums = cluster_sums(talk.engine, frame, cluster, columns)
        return {unit: _summed(spec, found, count) for unit, found in sums.items()}
    there = frame.collect_schema().names()
    wanted = dict.fromkeys(("cluster", *_columns(spec)))
    rows = unit_rows(talk.engine, frame, [c for c in wanted if c in there])
    return {unit: _by_rows(found, spec, talk.definitions) for unit, found in rows.items()}


def _columns(spec: Any) -> tuple[str, ...]:
    if isinstance(spec, Distribution):
        return (spec.column,)
    return spec.columns if isinstance(spec, Rows) else ("time", "event" if isinstance(spec, Survival) else "cause")


def _summed(spec: Any, sums: UnitSums, count: str) -> Evidence:
    columns = PARTS if isinstance(spec, Posterior) else spec.columns
    table = sums.table(columns)
    counted = count or PARTS[0]
    n = sums.total(count) if count else float(table.sum())
    table = table[(table != 0).any(axis=1)]

    def ask(masks: NDArray[np.bool_]) -> FloatArray:
        return _from_sums(spec, dict(zip(columns, (masks.astype(float) @ table).T, strict=True)))

    return Evidence(n, sums.n_clusters[counted], len(table), ask)


def _from_sums(spec: Any, totals: dict[str, FloatArray]) -> FloatArray:
    with np.errstate(all="ignore"):
        if isinstance(spec, Ratio):
            den = totals[spec.den]
            return np.asarray(spec.scale * totals[spec.num] / np.where(den > 0, den, np.nan))
        if isinstance(spec, Smooth):
            return np.asarray(spec.combine(*(totals[c] for c in spec.columns)), dtype=float)
    parts = np.column_stack([totals[c] for c in PARTS])
    return np.array([_part(spec.ask, counts) for counts in parts])


def _part(ask: str, counts: FloatArray) -> float:
    if not counts.sum() > 0:
        return np.nan
    found = composition(counts)
    names = ("broadcast", "deflect", "conversation")
    return float(found.parts[names.index(ask)] if ask in names else getattr(found, ask))


def _by_rows(rows: dict[str, NDArray[Any]], spec: Any, d: Any) -> Evidence:
    names, place = np.unique(rows["cluster"], return_inverse=True) if "cluster" in rows else _each(rows)
    one = _curve(rows, spec, d) if isinstance(spec, Survival) else _kept_rows(rows, spec, d)

    def ask(masks: NDArray[np.bool_]) -> FloatArray:
        return np.array([one(mask[place]) for mask in masks], dtype=float)

    n = float(rows[spec.n].sum()) if isinstance(spec, Rows) and spec.n else len(place)
    return Evidence(n, len(names), len(names), ask, is_slow=True)


def _each(rows: dict[str, NDArray[Any]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    index = np.arange(len(next(iter(rows.values()))))
    return index, index


def _curve(rows: dict[str, NDArray[Any]], spec: Survival, d: Any) -> Callable[[NDArray[np.bool_]], float]:
    """Prepare the curve of any part of the rows: times are sorted once."""
    times, place = np.unique(np.asarray(rows["time"], dtype=float), return_inverse=True)
    ended = np.asarray(rows["event"]) > 0

    def one(kept: NDArray[np.bool_]) -> float:
        events = np.bincount(place[kept & ended], minlength=len(times))
        censored = np.bincount(place[kept & ~ended], minlength=len(times))
        used = events + censored > 0
        if not used.any():
            return np.nan
        return float(spec.ask(kaplan_meier(times[used], events[used], censored[used], level=d.level), d).value)

    return one


def _kept_rows(rows: dict[str, NDArray[Any]], spec: Any, d: Any) -> Callable[[NDArray[np.bool_]], float]:
    def one(kept: NDArray[np.bool_]) -> float:
        if not kept.any():
            return np.nan
        part = {name: values[kept] for name, values in rows.items()}
        if isinstance(spec, Distribution):
            values, counts = np.unique(np.asarray(part[spec.column], dtype=float), return_counts=True)
            return float(spec.scale * quantile_interval(values, counts, spec.q, d.level).value)
        if isinstance(spec, Competing):
            curves = aalen_johansen(part["time"], part["cause"], part["cluster"], causes=ENDS, level=d.level)
            return float(spec.ask(curves, d).value)
        found = spec.ask(part, d)
        return np.nan if found is None else float(found.value)

    return one


def _composite(talk: Any, spec: Composite, by: Any) -> dict[int, Evidence]:
    known = [part for part in spec.parts if not get_metric(part).missing_columns(talk.corpus.knows)]
    parts = [evidence_of(talk, get_metric(part), by) for part in known]
    units = set.intersection(*(set(part) for part in parts)) if parts else set()
    return {unit: _joined([part[unit] for part in parts], spec) for unit in units}


def _joined(parts: list[Evidence], spec: Composite) -> Evidence:
    """Deal the clusters of all parts as one row, each part reading its own stretch of it."""
    edges = np.cumsum([0, *(part.size for part in parts)])

    def ask(masks: NDArray[np.bool_]) -> FloatArray:
        stretches = (masks[:, a:b] for a, b in zip(edges[:-1], edges[1:], strict=True))
        with np.errstate(all="ignore"):
            return np.asarray(spec.combine(*(p.ask(m) for p, m in zip(parts, stretches, strict=True))), dtype=float)

    n, n_clusters = min(p.n for p in parts), min(p.n_clusters for p in parts)
    return Evidence(n, n_clusters, int(edges[-1]), ask, is_slow=any(p.is_slow for p in parts))
