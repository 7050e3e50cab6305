"""A comparison: one row a pair of groups, one sentence a row, and a picture."""

from __future__ import annotations

import html
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from ..figures.canvas import duration, number
from ..figures.rows import Scale, scale_of

__all__ = ["COLUMNS", "FLAGS", "Comparison"]

COLUMNS = [
    *("metric", "group_a", "group_b", "value_a", "value_b", "difference", "low", "high"),
    *("lower_bound", "upper_bound"),
    *("ratio", "ratio_low", "ratio_high", "effect_size", "effect", "p", "p_adjusted", "equivalent", "margin"),
    *("n_a", "n_b", "n_clusters_a", "n_clusters_b", "shared", "method", "flags"),
]

#: Least share of clusters in both groups that a sentence mentions; the flag knows no least.
WORTH_SAYING = 0.05

FLAGS = {
    "shared_clusters": "some persons (or conversations) are in both groups; the column `shared` gives their share of"
    " the smaller group",
    "no_permutation": "the metric has no form in which persons could be dealt to the groups anew: no p-value",
    "test_disagrees": "test and interval do not agree on whether there is a difference: take it as a hint at most",
    "fewest_draws": "p is the smallest that so many draws can give: ask for more draws to tell how small it is",
}


@dataclass(frozen=True, eq=False)
class Comparison:
    """Differences between groups.

    Attributes
    ----------
    table
        One row a metric and pair: `metric, group_a, group_b, value_a, value_b, difference` (a minus b)`, low, high,
        lower_bound, upper_bound` (of the difference, from what the collection could hide of either value)`, ratio,
        ratio_low, ratio_high` (a over b; NaN where values can be negative)`, effect_size, effect` (`cohens_h`,
        `log_ratio` or `standardized_difference`)`, p, p_adjusted, equivalent, margin` (if asked)`, n_a, n_b,
        n_clusters_a, n_clusters_b, shared` (share of the smaller group's clusters that are in both)`, method, flags`.
    by
        What the groups are.
    level
        Confidence level.
    correction
        How p-values are corrected for their number.
    draws
        Of the test.
    left_out
        Metric to the units without a value.
    definitions
        The definitions in force.
    """

    table: pd.DataFrame
    by: str
    level: float
    correction: str
    draws: int
    left_out: dict[str, tuple[str, ...]]
    definitions: Any

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw the differences as a forest, with zero and the margin of equivalence."""
        from ..figures.differences import plot_differences

        return plot_differences(self, ax=ax, **options)

    def __len__(self) -> int:
        """Count the comparisons."""
        return len(self.table)

    @property
    def sentences(self) -> tuple[str, ...]:
        """One sentence a comparison, and one a metric without a value for some unit."""
        lines = [f"{_sentence(row, self)}." for row in self.table.itertuples()]
        return *lines, *(f"{name} has no value for {', '.join(units)}." for name, units in self.left_out.items())

    def __str__(self) -> str:
        """Write one sentence; `sentences` has one a comparison."""
        out = "".join(f"; {name} has no value for {', '.join(units)}" for name, units in self.left_out.items())
        if len(self) == 1:
            return f"{_sentence(next(self.table.itertuples()), self)}{out}."
        return f"{_summary(self)}{out}."

    def __repr__(self) -> str:
        """Write one line."""
        return f"<Comparison of {self.table['metric'].nunique()} metrics by {self.by}: {len(self)} pairs>"

    def _repr_html_(self) -> str:
        rows = [
            {
                "metric": row.metric,
                "groups": f"{row.group_a} − {row.group_b}",
                "values": f"{scale_of(row.metric).text(row.value_a)} − {scale_of(row.metric).text(row.value_b)}",
                "difference": _amount(row.difference, row.metric, signed=True),
                f"{100 * self.level:g} % interval": _span(row, row.metric),
                "bounds": _span(_bounds(row), row.metric),
                f"p ({self.correction})": _p(row.p_adjusted),
                "flags": row.flags,
            }
            for row in self.table.itertuples()
        ]
        caption = html.escape(repr(self)[1:-1])
        return f"<p>{caption}</p>" + pd.DataFrame(rows).to_html(index=False, escape=True)


def _amount(value: float, metric: str, *, signed: bool = False) -> str:
    """Write a difference in the unit of the metric; of shares, in percentage points."""
    if np.isnan(value):
        return "–"
    sign = ("−" if value < 0 else "+") if signed and value else ""
    scale: Scale = scale_of(metric)
    if np.isinf(value):
        return f"{sign}∞"
    if scale.is_share:
        points = abs(100 * value)
        return f"{sign}{points:.1f} points" if points < 9.95 else f"{sign}{points:.0f} points"
    return sign + (duration(abs(value)) if scale.unit == "minutes" else number(abs(value)))


def _span(row: Any, metric: str) -> str:
    if np.isnan(row.low) or np.isnan(row.high):
        return "–"
    low, high = (_amount(end, metric, signed=True) for end in (row.low, row.high))
    return f"{low.removesuffix(' points')} to {high}"


def _p(value: float) -> str:
    if np.isnan(value):
        return "–"
    return "< 0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def _bounds(row: Any) -> SimpleNamespace:
    return SimpleNamespace(low=row.lower_bound, high=row.upper_bound)


def _summary(whole: Comparison) -> str:
    """Count what many comparisons show, and name the clearest."""
    table = whole.table
    shown = table[[_is_shown(row, whole) for row in table.itertuples()]]
    metrics = table["metric"].unique()
    of = metrics[0] if len(metrics) == 1 else f"{len(metrics)} metrics"
    start = f"{len(table)} pairs compared by {whole.by} in {of}: {len(shown)} differ by more than chance makes"
    raised = set(",".join(table["flags"]).split(","))
    notes = [words for flag, words in _NOTES.items() if flag in raised]
    if len(shown):
        first = shown.sort_values(["p_adjusted", "effect_size"], key=abs, ascending=[True, False], kind="stable")
        row = next(first.itertuples())
        way = "higher" if row.difference > 0 else "lower"
        amount = _amount(abs(row.difference), row.metric)
        notes.insert(0, f"most clearly {row.metric}, {amount} {way} for {row.group_a} than for {row.group_b}")
    return "; ".join([start, *notes])


_NOTES = {
    "test_disagrees": "for some, interval and test do not agree",
    "reply_selected": "the collection seems chosen by its answers, so the values say little",
}


def _sentence(row: Any, whole: Comparison) -> str:
    scale = scale_of(row.metric)
    one, other = (
        f"{name} ({scale.text(value)})" for name, value in ((row.group_a, row.value_a), (row.group_b, row.value_b))
    )
    if row.difference == 0:
        start = f"{row.metric} is the same for {one} and {other}"
    else:
        way = "higher" if row.difference > 0 else "lower"
        start = f"{row.metric} is {_amount(abs(row.difference), row.metric)} {way} for {one} than for {other}"
    span = f"{100 * whole.level:g} % interval {_span(row, row.metric)}"
    has_interval = not (np.isnan(row.low) or np.isnan(row.high))
    kind = "p" if whole.correction == "none" else "adjusted p"
    p = _p(row.p_adjusted)
    test = "no test" if np.isnan(row.p_adjusted) else f"{kind} {p}" if p.startswith("<") else f"{kind} = {p}"
    verdict = _verdict(row, whole, has_interval=has_interval)
    return f"{start} ({span if has_interval else 'no interval'}, {test}): {verdict}"


def _is_shown(row: Any, whole: Comparison) -> bool:
    if pd.isna(row.p_adjusted):
        return bool(row.low > 0 or row.high < 0)
    return bool(row.p_adjusted <= 1 - whole.level)


def _verdict(row: Any, whole: Comparison, *, has_interval: bool) -> str:
    """Say what the comparison shows, and what it does not."""
    shown, flags = _is_shown(row, whole), row.flags.split(",")
    parts = []
    if row.equivalent is True or (not pd.isna(row.equivalent) and bool(row.equivalent)):
        parts.append(f"the two are equal up to {_amount(row.margin, row.metric)}")
    elif np.isnan(row.p_adjusted) and not has_interval:
        parts.append("whether this is more than chance cannot be told")
    elif "test_disagrees" in flags:
        parts.append(
            "the test finds more than chance makes, but the interval holds zero: a hint at most"
            if shown
            else "the interval leaves zero out, but the test finds no more than chance makes: a hint at most"
        )
    elif not shown:
        parts.append("this shows no difference, nor that there is none")
    if shown and "test_disagrees" not in flags:
        parts.append("more than chance makes, but it does not show why the groups differ")
    if row.lower_bound < row.low or row.upper_bound > row.high:
        parts.append(f"with what the collection could hide it may be {_span(_bounds(row), row.metric)}")
    if "reply_selected" in flags:
        parts.append("the collection seems chosen by its answers, so both values say little")
    if row.shared >= WORTH_SAYING:
        parts.append(f"{100 * row.shared:.0f} % of the smaller group's {_clusters(row.method)} are in both groups")
    return "; ".join(parts)


def _clusters(method: str) -> str:
    return method.removesuffix(" (log-rank)").removesuffix(" permuted").rsplit("; ", 1)[-1]
