"""One door to all metrics: a talk in, a scorecard out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from ..errors import unknown_name
from .bounding import Unseen, unlinked_replies, widened
from .coded_tables import read_for
from .correcting import with_corrections
from .evaluate import (
    Outcome,
    competing_outcomes,
    composite_outcome,
    distribution_outcome,
    posterior_outcomes,
    ratio_outcomes,
    rows_outcomes,
    smooth_outcome,
    survival_outcomes,
    undefined_outcome,
)
from .flags import corpus_facts, flags_for
from .kinds import Competing, Composite, Distribution, Posterior, Ratio, Rows, Smooth, Survival
from .prepared import Grouping, prepare
from .registry import Metric, all_metrics, get_metric
from .scorecard import COLUMNS, Scorecard
from .sums import UnitSums, cluster_sums, unit_counts, unit_rows
from .values import PARTS, value_outcomes

__all__ = ["measure", "values_of"]


def measure(
    talk: Any, metrics: Iterable[str] | str | None = None, *, by: str = "account", interval: str = "closed"
) -> Scorecard:
    """Compute metrics for every measured unit, with intervals.

    Parameters
    ----------
    talk
        From `annotate`.
    metrics
        Names; all by default.
    by
        `"account"`, `"organization"`, `"role"`, `"month"` or `"corpus"`.
    interval
        For ratios: `"closed"` (jackknife over clusters, Wilson's score for shares) or `"bootstrap"` (bucketed
        Poisson cluster bootstrap).

    Returns
    -------
    Scorecard
        One row a unit and metric. Undefined values are NaN with the flag `undefined`, never 0.

    Raises
    ------
    UnknownName
        If a metric, level or interval does not exist.
    """
    if interval not in {"closed", "bootstrap"}:
        raise unknown_name(interval, ["closed", "bootstrap"], "kind of interval")
    wanted = list(all_metrics()) if metrics is None else [metrics] if isinstance(metrics, str) else list(metrics)
    chosen = {name: get_metric(name) for name in wanted}
    grouping = Grouping(talk, by)
    pass_ = _Pass(grouping, interval)
    outcomes = pass_.run(_with_parts(chosen))
    moved = _bot_shifts(talk, by, chosen, outcomes) if talk.corpus.has_bots() else {}
    facts = corpus_facts(talk, grouping)
    rows = []
    for unit, label in sorted(grouping.unit_names().items(), key=lambda item: item[1]):
        for name, metric in chosen.items():
            key = (unit, name)
            outcome = pass_.blank() if _is_unknowable(metric, talk) else outcomes.get(key) or pass_.blank()
            flags = flags_for(metric, unit, outcome, facts, talk, depends_on_bots=key in moved)
            unseen = Unseen(facts.is_selected, talk.corpus.knows("parent_id"), pass_.unlinked.get(unit, 0), outcome.n)
            bounds = widened(metric, outcome.bounds, talk.definitions, unseen)
            told = (*bounds, outcome.interval.method or "none", flags)
            said = (*_row(metric, outcome, talk.definitions), *told, *_terms(metric, talk))
            rows.append((by, label, *said, moved.get(key, np.nan)))
    table = with_corrections(pd.DataFrame(rows, columns=COLUMNS), grouping, chosen)
    return Scorecard(table, talk=talk, by=by, interval=interval)


#: A share that moves by more than this when bots count as persons is flagged; other values, by more than this part.
BOT_SHIFT = 0.02


def _bot_shifts(
    talk: Any, by: str, chosen: dict[str, Metric], outcomes: dict[tuple[int, str], Outcome]
) -> dict[tuple[int, str], float]:
    """Find the values that would move if bots counted as persons, and by how much; NaN where one is undefined."""
    others = values_of(Grouping(talk.counting_bots(), by), chosen)
    out = {}
    for key in outcomes.keys() | others.keys():
        one, other = outcomes[key].value if key in outcomes else np.nan, others.get(key, np.nan)
        if np.isnan(one) and np.isnan(other):
            continue
        scale = 1.0 if get_metric(key[1]).span[1] <= 1 else max(abs(one), abs(other))
        if np.isnan(one) or np.isnan(other) or abs(one - other) > BOT_SHIFT * scale:
            out[key] = other - one
    return out


def values_of(grouping: Grouping, names: Iterable[str]) -> dict[tuple[int, str], float]:
    """Give the values of metrics as `measure` does, by unit and name; nothing is said of how sure they are."""
    found = _Pass(grouping, None).run(_with_parts({name: get_metric(name) for name in names}))
    return {key: outcome.value for key, outcome in found.items()}


def _with_parts(chosen: dict[str, Metric]) -> dict[str, Metric]:
    full = dict(chosen)
    for metric in chosen.values():
        spec = metric.declare()
        if isinstance(spec, Composite):
            full |= {part: get_metric(part) for part in spec.parts}
    return full


def _is_unknowable(metric: Metric, talk: Any) -> bool:
    return bool(metric.missing_columns(talk.corpus.knows))


def _terms(metric: Metric, talk: Any) -> tuple[float, str]:
    """Say how long a case was waited for, and how answers were found."""
    return metric.horizon_under(talk.definitions), metric.attribution_under(talk.definitions)


def _row(metric: Metric, outcome: Outcome, definitions: Any) -> tuple[Any, ...]:
    """Give the metric, its value and limits, and what they rest on."""
    found = outcome.interval
    n = outcome.n if outcome.n == outcome.n else 0
    # Limits on another scale may leave the range of the metric, where nothing can be. A lower limit beyond all that was
    # watched is none.
    low, high = np.clip([found.low, found.high], *metric.span_under(definitions))
    low = low if low < np.inf else np.nan
    return metric.name, found.value, low, high, int(round(n)), int(outcome.n_clusters)


_KINDS: dict[Any, type] = {survival_outcomes: Survival, competing_outcomes: Competing, rows_outcomes: Rows}


def _home_columns(spec: Any) -> tuple[str, ...]:
    if isinstance(spec, Rows):
        return spec.columns
    return ("time", "event" if isinstance(spec, Survival) else "cause", "could_hide", "could_drop", "most")


def _used_columns(members: dict[str, Metric]) -> set[str]:
    """List the columns of a table that some metrics read; the others need not be computed."""
    used = {"unit", "cluster", "at_s", *[m.cluster for m in members.values() if m.cluster]}
    for metric in members.values():
        spec = metric.declare()
        if isinstance(spec, Rows | Survival | Competing):
            used |= {*_home_columns(spec)}
        elif isinstance(spec, Ratio | Smooth | Posterior):
            used |= {*_summed_columns(spec)}
        elif isinstance(spec, Distribution):
            used.add(spec.column)
    return used


def _summed_columns(spec: Ratio | Smooth | Posterior) -> tuple[str, ...]:
    more = (spec.count, *spec.low, *spec.high) if isinstance(spec, Smooth) else ()
    return PARTS if isinstance(spec, Posterior) else (*spec.columns, *more)


class _Pass:
    """All metrics of one call, table by table: each table is prepared once and summed once."""

    def __init__(self, grouping: Grouping, interval: str | None) -> None:
        self.talk = grouping.talk
        self.grouping = grouping
        self.bootstrap = interval == "bootstrap"
        self.only_values = interval is None
        self.d = self.talk.definitions
        self.sums: dict[str, dict[int, UnitSums]] = {}
        self.days: dict[str, Any] = {}
        self.parts: set[str] = set()
        self.unlinked = {} if self.only_values else unlinked_replies(self.talk, grouping)
        self.out: dict[tuple[int, str], Outcome] = {}

    def blank(self) -> Outcome:
        """Say nothing."""
        return undefined_outcome(self.d.level)

    def run(self, metrics: dict[str, Metric]) -> dict[tuple[int, str], Outcome]:
        """Evaluate all metrics for all units."""
        tables: dict[str, dict[str, Metric]] = defaultdict(dict)
        for name, metric in metrics.items():
            tables[metric.table][name] = metric
        composites = tables.pop("", {})
        specs = [metric.declare() for metric in composites.values()]
        self.parts = {part for spec in specs if isinstance(spec, Composite) for part in spec.parts}
        read_for(self.talk, tables)
        for table, members in tables.items():
            self._table(table, members)
        for name, metric in composites.items():
            self._composite(name, metric)
        return self.out

    def _table(self, table: str, members: dict[str, Metric]) -> None:
        frame = prepare(self.talk, table, self.grouping, _used_columns(members))
        specs = {name: metric.declare() for name, metric in members.items()}
        at_home = {name: members[name] for name, spec in specs.items() if isinstance(spec, Survival | Competing | Rows)}
        if at_home:
            self._at_home(frame, at_home)
        for name, spec in specs.items():
            if isinstance(spec, Distribution):
                for unit, counts in unit_counts(self.talk.engine, frame, [spec.column]).items():
                    self.out[unit, name] = distribution_outcome(counts, spec, self.d)
        by_cluster: dict[str, dict[str, Any]] = defaultdict(dict)
        for name, spec in specs.items():
            if isinstance(spec, Ratio | Smooth | Posterior):
                by_cluster[members[name].cluster or "cluster"][name] = spec
        for cluster, summed in by_cluster.items():
            self._summed(frame, cluster, summed, members)
        self._keep_days(table, frame)

    def _at_home(self, frame: Any, members: dict[str, Metric]) -> None:
        """Evaluate what needs all rows of a unit, not only their sums."""
        there = frame.collect_schema().names()
        wanted = {"cluster": None, **dict.fromkeys(c for m in members.values() for c in _home_columns(m.declare()))}
        columns = [c for c in wanted if c in there]
        for unit, rows in unit_rows(self.talk.engine, frame, columns).items():
            for outcomes in (survival_outcomes, competing_outcomes, rows_outcomes):
                kind = _KINDS[outcomes]
                mine = {name: m for name, m in members.items() if isinstance(m.declare(), kind)}
                known = rows if kind is Rows else {**rows, "n_unlinked": self.unlinked.get(unit, 0)}
                if mine:
                    self.out |= {(unit, name): found for name, found in outcomes(known, mine, self.d).items()}

    def _summed(self, frame: Any, cluster: str, specs: dict[str, Any], members: dict[str, Metric]) -> None:
        columns: dict[str, None] = {}
        for spec in specs.values():
            columns |= dict.fromkeys(_summed_columns(spec))
        found = cluster_sums(self.talk.engine, frame, cluster, list(columns))
        self.sums |= {name: found for name, spec in specs.items() if isinstance(spec, Ratio)}
        for unit, sums in found.items():
            done = value_outcomes(sums, specs, self.d) if self.only_values else self._judged(sums, specs, members)
            self.out |= {(unit, name): outcome for name, outcome in done.items()}

    def _judged(self, sums: UnitSums, specs: dict[str, Any], members: dict[str, Metric]) -> dict[str, Outcome]:
        """Evaluate what is read off the sums of one unit, with intervals."""
        ratios = {name: spec for name, spec in specs.items() if isinstance(spec, Ratio)}
        posteriors = {name: members[name] for name, spec in specs.items() if isinstance(spec, Posterior)}
        done = ratio_outcomes(sums, ratios, self.d, bootstrap=self.bootstrap)
        for name, spec in specs.items():
            if isinstance(spec, Smooth):
                done[name] = smooth_outcome(sums, members[name], spec, self.d, bootstrap=self.bootstrap)
        return done | (posterior_outcomes(sums.table(PARTS), posteriors, self.d) if posteriors else {})

    def _composite(self, name: str, metric: Metric) -> None:
        spec = metric.declare()
        if not isinstance(spec, Composite):
            return
        known = [part for part in spec.parts if not _is_unknowable(get_metric(part), self.talk)]
        missing = tuple(spec.optional[part] for part in spec.parts if part not in known and part in spec.optional)
        if len(known) + len(missing) < len(spec.parts):
            return
        ratios = {part: r for part in known if isinstance(r := get_metric(part).declare(), Ratio)}
        days = self._by_day(ratios)
        for unit in {unit for unit, part in self.out if part == known[0]}:
            parts = [self.out[unit, part] for part in known if (unit, part) in self.out]
            if len(parts) < len(known) or any(np.isnan(part.value) for part in parts):
                continue
            own = [tuple(self.sums[part][unit].table((r.num, r.den)).T) for part, r in ratios.items()]
            shared = [tuple(days[unit].table((f"num_{i}", f"den_{i}")).T) for i in range(len(ratios))]
            # Without the parts that can be taken away the value is a share.
            span = (0.0, 1.0) if missing else metric.span
            self.out[unit, name] = composite_outcome(parts, own, shared, spec.combine, self.d, span=span, flags=missing)

    def _by_day(self, ratios: dict[str, Ratio]) -> dict[int, UnitSums]:
        """Sum all parts by day, in one table, so that one row means the same day (or bucket of days) for all."""
        columns = [f"{side}_{i}" for i in range(len(ratios)) for side in ("num", "den")]
        frames = []
        for i, part in enumerate(ratios):
            own = {f"num_{i}": nw.col(f"num {part}"), f"den_{i}": nw.col(f"den {part}")}
            zero = {c: nw.lit(0.0) for c in columns if c not in own}
            frame = self.days[get_metric(part).table].select("unit", "_day", **own)
            frames.append(frame.with_columns(**zero).select("unit", "_day", *columns))
        return cluster_sums(self.talk.engine, nw.concat(frames), "_day", columns)

    def _keep_days(self, table: str, frame: Any) -> None:
        """Keep the daily sums of what composites are made of, so that no table has to be prepared again."""
        ratios = {part: r for part in self.parts if isinstance(r := get_metric(part).declare(), Ratio)}
        ratios = {part: r for part, r in ratios.items() if get_metric(part).table == table}
        if ratios:
            sides = [(f"num {part}", r.num) for part, r in ratios.items()]
            sides += [(f"den {part}", r.den) for part, r in ratios.items()]
            sums = [nw.col(column).sum().cast(nw.Float64).alias(name) for name, column in sides]
            daily = frame.with_columns(_day=nw.col("at_s") // 86_400).group_by("unit", "_day").agg(*sums)
            self.days[table] = self.talk.engine.materialize(daily)
