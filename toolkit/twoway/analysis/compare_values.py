"""The values of the groups of a comparison, with their intervals, flags and what chance draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..inference.bounds import Bounds
from ..inference.regrouping import Regrouped
from ..inference.results import Interval
from ..metrics.flags import corpus_facts, flags_for
from ..metrics.measure import measure
from ..metrics.prepared import Grouping
from ..metrics.registry import Metric
from ..metrics.scorecard import Scorecard
from .compare_groups import Groups
from .compare_rows import Evidence, form_of

__all__ = ["Measured", "measured_values"]


class Measured:
    """Values of metrics for groups."""

    def __init__(self, groups: Groups) -> None:
        self.groups = groups
        self.evidence = Evidence(groups)
        self._found: dict[tuple[str, str], tuple[Interval, int, str]] = {}
        self._bounds: dict[tuple[str, str], Bounds] = {}
        self._pooled: set[str] = set()

    def put(self, group: str, metric: str, interval: Interval, n: int, flags: str) -> None:
        """Note one value."""
        self._found[group, metric] = interval, n, flags

    def bound(self, group: str, metric: str, low: float, high: float) -> None:
        """Note what the collection could hide of one value."""
        self._bounds[group, metric] = Bounds(low, high, "worst_case")

    def bounds(self, group: str, metric: str) -> Bounds:
        """Return the least and greatest value that what is hidden allows."""
        return self._bounds[group, metric]

    def pool(self, metric: Metric) -> None:
        """Replace a metric's values by those whose uncertainty comes from organizations."""
        talk, grouping = self.groups.talk, Grouping(self.groups.talk, self.groups.level)
        facts, codes = corpus_facts(talk, grouping), {name: unit for unit, name in grouping.unit_names().items()}
        found = {group: self.evidence.outcome(metric, group) for group in self.groups.names}
        for group, outcome in found.items():
            if outcome is None or np.isnan(self.interval(group, metric.name).value):
                continue
            seen = outcome.interval
            low, high = (float(end) for end in np.clip([seen.low, seen.high], *metric.span_under(talk.definitions)))
            level = talk.definitions.level
            interval = Interval(
                low, high, method=seen.method, value=seen.value, n_clusters=outcome.n_clusters, level=level
            )
            # Whether bots matter was found when the group was measured as one.
            bots = "bot_sensitive" in self.flags(group, metric.name)
            flags = flags_for(metric, codes.get(group), outcome, facts, talk, depends_on_bots=bots)
            self.put(group, metric.name, interval, int(round(outcome.n)), flags)
            self._pooled.add(metric.name)

    def interval(self, group: str, metric: str) -> Interval:
        """Return a value with its interval."""
        return self._found[group, metric][0]

    def n(self, group: str, metric: str) -> int:
        """Return the number of units behind a value."""
        return self._found[group, metric][1]

    def flags(self, group: str, metric: str) -> list[str]:
        """Return the flags of a value."""
        return [flag for flag in self._found[group, metric][2].split(",") if flag]

    def words(self, metric: Metric, *, is_tested: bool) -> str:
        """Say what the interval counts, and what the test deals anew."""
        clusters = self.evidence.clusters(metric)
        pooled = "organizations pooled; " if metric.name in self._pooled else ""
        if not is_tested:
            return f"{pooled}no test"
        form = form_of(metric, self.groups.talk.definitions)
        return f"{pooled}{clusters} permuted" + (
            " (log-rank)" if form is not None and form.question == "logrank" else ""
        )

    def test(self, metric: Metric, first: str, second: str, *, draws: int, seed: int) -> Regrouped | None:
        """Deal the clusters of two groups anew."""
        return self.evidence.test(metric, first, second, draws=draws, seed=seed)


def measured_values(groups: Groups, metrics: Mapping[str, Metric], card: Scorecard | None) -> Measured:
    """Measure all groups; a scorecard by the same level is used as it is."""
    table = _card_rows(groups, metrics, card)
    if table is None:
        table = measure(groups.talk, list(metrics), by=groups.level).table
    level = groups.talk.definitions.level
    out = Measured(groups)
    for row in table.itertuples():
        interval = Interval(
            row.low, row.high, method=row.method, value=row.value, n_clusters=int(row.n_clusters), level=level
        )
        out.put(str(row.unit_id), str(row.metric), interval, int(row.n), str(row.flags or ""))
        out.bound(str(row.unit_id), str(row.metric), row.lower_bound, row.upper_bound)
    if groups.by_organization:
        for metric in metrics.values():
            out.pool(metric)
    return out


def _card_rows(groups: Groups, metrics: Mapping[str, Metric], card: Scorecard | None) -> Any:
    if card is None or groups.members or card.by != groups.level or not set(metrics) <= set(card.metrics):
        return None
    return card.select(*metrics).table
