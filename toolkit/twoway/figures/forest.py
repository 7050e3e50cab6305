"""The forest plot: one metric, one row a unit, with interval, number of observations, bounds and flags."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..metrics.registry import all_metrics
from .canvas import literal_ticks, new_axes, note, percent, shorten, waiting_axis, write
from .picture import describe_figure
from .rows import Scale, rows_of, scale_of, split_flags
from .style import NEUTRAL, STRATEGY_MARKERS, color_of

__all__ = ["plot_scorecard"]

_ROW_INCHES, _FRAME_INCHES, _PANEL_INCHES = 0.3, 1.1, 6.6


def plot_scorecard(
    card: Any,
    metric: str | Sequence[str],
    *,
    by: str | None = None,
    ax: Any = None,
    labels: Mapping[str, str] | None = None,
    n_max: int = 40,
) -> Any:
    """Draw a metric of every unit with its interval, sorted, the number of observations beside it.

    A thin gray line gives the bounds that the corpus cannot narrow, where there are any; hollow marks and letters give
    the flags; an arrow says that an interval has no end.

    Parameters
    ----------
    card
        A scorecard, or its long table.
    metric
        One metric, or several for panels side by side in the order of the first.
    by
        What the rows are (`organization`, `account`, ...); needed only for a table that holds several.
    ax
        Axes to draw on (as many as metrics); a new figure if left out.
    labels
        Strategy of each unit, for colors and markers.
    n_max
        Most rows to draw; of more, those with most observations are kept and the rest is counted in the remark.

    Returns
    -------
    Axes, or array of Axes
        One a metric.

    Raises
    ------
    UnknownName
        If a metric, or `by`, is not in the table.
    TwowayError
        If the table holds several kinds of units and `by` is left out.
    """
    metrics = [metric] if isinstance(metric, str) else list(metric)
    tables = [rows_of(card, name, by) for name in metrics]
    order = _order(tables[0], n_max)
    panels = [table.reindex(order) for table in tables]
    axes = _axes(ax, len(metrics), len(order))
    letters = _letters(panels)
    for position, (name, rows, panel) in enumerate(zip(metrics, panels, axes, strict=True)):
        _draw(panel, name, rows, labels or {}, letters)
        if position and ax is None:
            panel.set_yticklabels([])
        note(panel, _remark(rows, letters, 0 if position else len(tables[0]) - len(order)), below=58)
    return axes[0] if isinstance(metric, str) else np.array(axes)


def _order(table: pd.DataFrame, n_max: int) -> list[str]:
    kept = table.nlargest(n_max, "n") if len(table) > n_max else table
    ids = kept.index.to_series()
    # Months are read from left to right and from top to bottom, whatever their values.
    if (kept["unit"] == "month").all():
        return sorted(ids)
    return list(
        kept.assign(_id=ids.astype(str))
        .sort_values(["value", "_id"], ascending=[False, True], na_position="last")
        .index
    )


def _axes(ax: Any, n_panels: int, n_rows: int) -> list[Any]:
    if ax is not None:
        return list(np.ravel(ax))
    height = _FRAME_INCHES + _ROW_INCHES * n_rows
    if n_panels == 1:
        return [new_axes(None, _PANEL_INCHES, height)]
    from matplotlib import pyplot as plt

    return list(plt.subplots(1, n_panels, figsize=(2.2 + 4.0 * n_panels, height), layout="constrained")[1])


def _draw(ax: Any, metric: str, rows: pd.DataFrame, labels: Mapping[str, str], letters: Mapping[str, str]) -> None:
    scale = scale_of(metric, list(rows["value"]))
    edges, shared = _limits(rows, scale), _shared(rows)
    for y, (unit, row) in enumerate(rows.iterrows()):
        marks = sorted(letters[flag] for flag in split_flags(row["flags"]) if flag not in shared)
        _draw_row(ax, y, row, edges, labels.get(str(unit), ""), is_hollow=bool(marks))
        n = "" if pd.isna(row["n"]) else f"n = {row['n']:,.0f}"
        beside = f"{n}  [{' '.join(marks)}]" if marks else n
        write(ax, 1.03, y, beside, transform=ax.get_yaxis_transform(), va="center", fontsize="small")
    ax.set_ylim(len(rows) - 0.4, -0.6)
    literal_ticks(ax.yaxis, range(len(rows)), [shorten(unit) for unit in rows.index], marks=False)
    ax.grid(axis="x", color="#E3E3E3", linewidth=0.8)
    ax.spines["left"].set_visible(False)
    ax.set_title(metric, parse_math=False)
    _scale_axis(ax, scale, edges)
    ax.set_xlabel(_claim(metric, scale), fontsize="small", parse_math=False)
    describe_figure(ax, _words(metric, rows, scale))


def _claim(metric: str, scale: Scale) -> str:
    """Say in at most two lines what the values are, from the metric's own declaration."""
    declared = all_metrics().get(metric)
    words = declared.title.replace("`", "").rstrip(".") if declared is not None else scale.unit
    return "\n".join(textwrap.wrap(words, 54, max_lines=2, placeholder=" …"))


def _draw_row(ax: Any, y: int, row: pd.Series, edges: tuple[float, float], label: str, *, is_hollow: bool) -> None:
    if pd.isna(row["value"]):
        write(
            ax, 0.01, y, "undefined", transform=ax.get_yaxis_transform(), va="center", fontsize="small", color=NEUTRAL
        )
        return
    color = color_of(label)
    bounds = [row.get("lower_bound", math.nan), row.get("upper_bound", math.nan)]
    if not pd.isna(bounds).any() and bounds[1] > bounds[0]:
        ax.plot(np.clip(bounds, *edges), [y, y], color=NEUTRAL, linewidth=0.9, marker="|", markersize=6, zorder=1)
    if not (pd.isna(row["low"]) or pd.isna(row["high"])):
        ends = np.clip([row["low"], row["high"]], *edges)
        ax.plot(ends, [y, y], color=color, linewidth=2.2, solid_capstyle="butt", zorder=2)
        if row["high"] > edges[1]:
            ax.plot(edges[1], y, marker=">", color=color, markersize=6, clip_on=False, zorder=2)
    face = "white" if is_hollow else color
    marker = STRATEGY_MARKERS.get(label, "o")
    ax.plot(row["value"], y, marker=marker, color=color, markerfacecolor=face, markersize=7, clip_on=False, zorder=3)


def _shared(rows: pd.DataFrame) -> set[str]:
    """Find the flags of every row: they belong to the metric or the corpus, and mark no single value."""
    each = [set(split_flags(flags)) for flags in rows["flags"]]
    return set.intersection(*each) if len(each) > 1 else set()


def _own(rows: pd.DataFrame) -> set[str]:
    return {flag for cell in rows["flags"] for flag in split_flags(cell)} - _shared(rows)


def _letters(panels: Sequence[pd.DataFrame]) -> dict[str, str]:
    found = {flag for rows in panels for flag in _own(rows)}
    return {flag: chr(ord("a") + position) for position, flag in enumerate(sorted(found))}


def _limits(rows: pd.DataFrame, scale: Scale) -> tuple[float, float]:
    """Find where the axis begins and ends: the whole span of a share, else what the finite numbers need."""
    if scale.is_share:
        return 0.0, 1.0
    numbers = rows[["value", "low", "high"]].to_numpy(dtype=float).ravel()
    numbers = numbers[np.isfinite(numbers)]
    if not numbers.size:
        return 0.0, 1.0
    low, high = float(min(numbers.min(), 0.0)), float(max(numbers.max(), 0.0))
    # An interval that ends at the frame would look cut off.
    room = 0.03 * (high - low) if low < 0 else 0.0
    return (low - room, high + room if high > low else low + 1.0)


def _scale_axis(ax: Any, scale: Scale, edges: tuple[float, float]) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    ax.set_xlim(*edges)
    if scale.unit == "minutes":
        waiting_axis(ax, edges[1], apart=0.13)
        return
    ax.xaxis.set_major_locator(MaxNLocator(6))
    if scale.is_share:
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value)))
    if edges[0] < 0:
        ax.axvline(0, color=NEUTRAL, linewidth=0.8, zorder=0)


def _remark(rows: pd.DataFrame, letters: Mapping[str, str], n_left_out: int) -> str:
    parts = [f"[{letters[flag]}] {flag.replace('_', ' ')}" for flag in sorted(_own(rows))]
    parts += [f"[all] {flag.replace('_', ' ')}" for flag in sorted(_shared(rows))]
    if n_left_out > 0:
        parts.append(f"{n_left_out:,} more with fewer observations are not drawn")
    lines = ["   ".join(parts[start : start + 3]) for start in range(0, len(parts), 3)]
    return "\n".join(lines)


def _words(metric: str, rows: pd.DataFrame, scale: Scale) -> str:
    known = rows["value"].dropna()
    kind = rows["unit"].iloc[0] if len(rows) else "unit"
    start = f"Forest plot of {metric} for {len(rows)} {kind}s, sorted, with intervals."
    if known.empty:
        return f"{start} It is undefined for all of them."
    top, bottom = known.idxmax(), known.idxmin()
    ends = f"Highest: {top}, {scale.text(known[top])}; lowest: {bottom}, {scale.text(known[bottom])}."
    missing = len(rows) - len(known)
    return f"{start} {ends}" + (f" Undefined for {missing}." if missing else "")
