"""What each cluster did in each group, ready to be dealt anew: sums for ratios, waits for times until an answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from ..inference.regrouped_curves import count_waits, waits_statistic
from ..inference.regrouped_sums import ratio_of_sums, ratio_statistic, sums_statistic
from ..inference.regrouping import Deal, Regrouped, deal_of, regroup
from ..metrics.evaluate import Outcome, posterior_outcomes, ratio_outcomes, smooth_outcome, survival_outcomes
from ..metrics.prepared import Grouping, prepare
from ..metrics.registry import Metric, Posterior, Ratio, Smooth, Survival
from ..metrics.sums import UnitSums
from ..metrics.values import PARTS
from .compare_groups import GroupedTalk, Groups

__all__ = ["Evidence", "Form", "form_of"]


#: What the clusters of each table are. Days and weeks are drawn for each group on its own: a day of one group and the
#: same day of another are two days. Persons and conversations are the same ones wherever they are met.
_CLUSTERS = {
    "posted": "days", "outreach": "days", "addressed": "days", "gaps": "weeks", "conversations": "conversations",
    "floors": "conversations", "public_units": "conversations",
    "balances": "conversations", "hosted": "conversations", "insiders": "days",
}  # fmt: skip

#: Most clusters that are told apart; beyond, as many are joined in every group as bring their number below.
_MOST = {"sums": 20_000, "waits": 4_000}

#: Doubling all totals may change a value by no more than this part of it, else no deal of clusters leaves it alone.
_SCALE_FREE = 0.02


@dataclass(frozen=True)
class Form:
    """Say how a metric is computed from clusters: from sums, by `combine`; or from waits, by a question."""

    columns: tuple[str, ...]
    combine: Callable[[np.ndarray], np.ndarray] | None = None
    question: str = ""
    at: float = np.nan
    is_ratio: bool = False
    scale: float = 1.0

    @property
    def is_waits(self) -> bool:
        """Whether it is read off a curve of waiting times."""
        return bool(self.question)


def form_of(metric: Metric, definitions: Any) -> Form | None:
    """Say how a metric is computed from clusters that could belong to either group; None if it cannot be.

    Quantiles, products of metrics and balances of logarithms have no such form, nor has what grows with the number of
    clusters.
    """
    spec = metric.declare()
    if isinstance(spec, Ratio):
        scale = spec.scale
        return Form((spec.num, spec.den), lambda totals: scale * ratio_of_sums(totals), is_ratio=True, scale=scale)
    if isinstance(spec, Smooth):
        combine = spec.combine
        return Form(tuple(spec.columns), lambda totals: combine(*np.moveaxis(totals, -1, 0)))
    if isinstance(spec, Posterior) and spec.ask in {"broadcast", "deflect", "conversation"}:
        place = ("broadcast", "deflect", "conversation").index(spec.ask)
        return Form(PARTS, lambda totals: ratio_of_sums(np.stack([totals[..., place], totals.sum(-1)], axis=-1)))
    if isinstance(spec, Survival):
        return Form(("time", "event"), None, *_question(metric, definitions))
    return None


def _question(metric: Metric, d: Any) -> tuple[str, float]:
    within = re.search(r"within_(\d+)(min|h)", metric.name)
    if within:
        return "share", float(within[1]) * {"min": 60.0, "h": 3_600.0}[within[2]]
    if "rmst" in metric.name:
        return "mean", float(d.rmst_s)
    if metric.name == "give_up_share":
        return "share", float(d.give_up_s)
    return "logrank", np.nan


class Evidence:
    """Rows of all groups, each table fetched once."""

    def __init__(self, groups: Groups) -> None:
        self.groups = groups
        self.talk = groups.talk
        self._tables: dict[tuple[str, ...], pd.DataFrame] = {}

    def clusters(self, metric: Metric) -> str:
        """Name what is drawn: persons, days, organizations ..."""
        if self.groups.by_organization:
            return "organizations"
        return "conversations" if metric.cluster == "conversation" else _CLUSTERS.get(metric.table, "persons")

    def rows(self, metric: Metric, form: Form, *, counts: tuple[str, ...] = ()) -> pd.DataFrame:
        """Return `group, cluster` and the columns of a form: sums by cluster, or single waits."""
        cluster = metric.cluster or "cluster"
        columns = tuple(dict.fromkeys((*form.columns, *counts)))
        key = (metric.table, cluster, *columns)
        if key not in self._tables:
            self._tables[key] = self._fetch(metric.table, cluster, columns, is_waits=form.is_waits)
        return self._tables[key]

    def _fetch(self, table: str, cluster: str, columns: tuple[str, ...], *, is_waits: bool) -> pd.DataFrame:
        whole = self.groups.by_organization
        talk = self.talk.talk if whole and isinstance(self.talk, GroupedTalk) else self.talk
        grouping = Grouping(talk, "organization" if whole else self.groups.level)
        frame = prepare(talk, table, grouping)
        if is_waits:
            frame = frame.select("unit", *columns, cluster=nw.col("unit") if whole else nw.col(cluster))
        else:
            sums = [nw.col(c).sum().cast(nw.Float64).alias(c) for c in columns]
            frame = frame.with_columns(_cluster=nw.col("unit") if whole else nw.col(cluster))
            frame = frame.group_by("unit", "_cluster").agg(*sums).rename({"_cluster": "cluster"})
        rows = talk.engine.collect(frame).to_pandas()
        names = grouping.unit_names()
        if whole:
            group_of = {member: name for name, members in self.groups.members.items() for member in members}
            names = {unit: group_of.get(name, "") for unit, name in names.items()}
        rows["group"] = rows["unit"].map(names)
        return rows[rows["group"].isin(self.groups.names)].sort_values(["group", "cluster", *columns[:1]])

    def outcome(self, metric: Metric, group: str) -> Outcome | None:
        """Measure a group from its organizations, as many independent parts of it; None where that cannot be done."""
        spec, d = metric.declare(), self.talk.definitions
        form = form_of(metric, d)
        if form is None:
            return None
        counts = (spec.count,) if isinstance(spec, Smooth) else ()
        rows = self.rows(metric, form, counts=counts)
        rows = rows[rows["group"] == group]
        if not len(rows):
            return None
        if isinstance(spec, Survival):
            waits = {c: rows[c].to_numpy() for c in ("time", "event", "cluster")}
            return survival_outcomes(waits, {metric.name: metric}, d)[metric.name]
        columns = dict.fromkeys((*form.columns, *counts))
        found = {c: rows[c].to_numpy(dtype=float) for c in columns}
        sums = UnitSums(found, {c: int(np.count_nonzero(values)) for c, values in found.items()})
        if isinstance(spec, Ratio):
            spec = Ratio(spec.num, spec.den, share=spec.share, scale=spec.scale)
            return ratio_outcomes(sums, {metric.name: spec}, d, bootstrap=False)[metric.name]
        if isinstance(spec, Smooth):
            return smooth_outcome(sums, metric, spec, d, bootstrap=False)
        return posterior_outcomes(sums.table(PARTS), {metric.name: metric}, d)[metric.name]

    def test(self, metric: Metric, first: str, second: str, *, draws: int, seed: int) -> Regrouped | None:
        """Deal the clusters of two groups anew; None where the metric has no form that allows it."""
        form = form_of(metric, self.talk.definitions)
        if form is None:
            return None
        rows = self.rows(metric, form)
        pair = [rows[rows["group"] == name] for name in (first, second)]
        if any(not len(one) for one in pair):
            return None
        is_calendar = self.clusters(metric) in {"days", "weeks"}
        return (_test_waits if form.is_waits else _test_sums)(
            form, pair[0], pair[1], draws=draws, seed=seed, is_calendar=is_calendar
        )


def _test_sums(
    form: Form, first: pd.DataFrame, second: pd.DataFrame, *, draws: int, seed: int, is_calendar: bool
) -> Regrouped | None:
    columns = list(form.columns)
    pair = [one.loc[(one[columns] != 0).any(axis=1)] for one in (first, second)]
    if form.combine is None or any(not _is_scale_free(form, one[columns].to_numpy(dtype=float)) for one in pair):
        return None
    names = [one["cluster"].to_numpy() for one in pair]
    deal, order, shared = _dealt(names, _MOST["sums"], is_calendar=is_calendar)
    table = np.vstack([one[columns].to_numpy(dtype=float) for one in pair])
    pieces = np.zeros((deal.n_pieces, len(columns)))
    np.add.at(pieces, order, table)
    own = sums_statistic(pieces, form.combine, deal)
    statistic = ratio_statistic(pieces * [form.scale, 1.0], deal) if form.is_ratio else own
    test = regroup(statistic, deal, draws=draws, seed=seed, errors=own)
    return _with_shared(test, shared)


def _is_scale_free(form: Form, table: np.ndarray) -> bool:
    if form.combine is None or not len(table):
        return False
    with np.errstate(all="ignore"):
        value, doubled = (float(form.combine(k * table.sum(axis=0))) for k in (1.0, 2.0))
    return bool(abs(doubled - value) <= _SCALE_FREE * max(abs(value), 0.1))


def _test_waits(
    form: Form, first: pd.DataFrame, second: pd.DataFrame, *, draws: int, seed: int, is_calendar: bool
) -> Regrouped:
    names, place = [], []
    for one in (first, second):
        own, inverse = np.unique(one["cluster"].to_numpy(), return_inverse=True)
        names.append(own)
        place.append(inverse)
    deal, order, shared = _dealt(names, _MOST["waits"], is_calendar=is_calendar)
    piece = order[np.concatenate([place[0], len(names[0]) + place[1]])]
    both = pd.concat([first, second])
    waits = count_waits(both["time"], both["event"], piece, deal.n_pieces, keep=form.at)
    about_both, about_own = (waits_statistic(waits, deal, form.question, form.at, own=own) for own in (False, True))
    test = regroup(about_both, deal, draws=draws, seed=seed, errors=about_own)
    return _with_shared(test, shared)


def _dealt(names: list[np.ndarray], most: int, *, is_calendar: bool) -> tuple[Deal, np.ndarray, float]:
    """Lay out the clusters of two groups; give for each, the first group's before the second's, its piece."""
    first, second = (np.asarray(one, dtype=np.int64) for one in names)
    if is_calendar:
        second = second + (first.max(initial=0) + 1 - second.min(initial=0))
    deal, order = deal_of(first, second)
    piece = np.empty(len(order), dtype=np.intp)
    piece[order] = np.arange(len(order))
    size = -(-len(order) // most)
    return (deal, piece, deal.shared) if size == 1 else (*_joined(deal, piece, size), deal.shared)


def _joined(deal: Deal, piece: np.ndarray, size: int) -> tuple[Deal, np.ndarray]:
    """Join clusters, the same number in either group, so that what is dealt stays alike."""
    counts = np.array([deal.n_shared, deal.n_shared, deal.n_first, deal.n_second])
    starts = np.r_[0, np.cumsum(counts)[:-1]]
    fewer = -(-counts // size)
    kind = np.searchsorted(np.cumsum(counts), piece, side="right")
    inside = piece - starts[kind]
    # Neighbors in a table may be alike: every so many-th one is taken.
    joined = np.r_[0, np.cumsum(fewer)[:-1]][kind] + inside % np.maximum(fewer, 1)[kind]
    return Deal(int(fewer[0]), int(fewer[2]), int(fewer[3])), joined


def _with_shared(test: Regrouped, shared: float) -> Regrouped:
    return Regrouped(test.p, test.statistic, test.difference, test.correlation, shared, test.draws)
