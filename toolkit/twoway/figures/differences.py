"""The forest of differences: one row a pair of groups, with interval, zero, and the margin of what does not matter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import unknown_name
from .canvas import duration, literal_ticks, new_axes, note, number, percent, shorten, write
from .picture import describe_figure
from .rows import Scale, scale_of, split_flags
from .style import DATA_COLOR, NEUTRAL

__all__ = ["plot_differences"]

_ROW_INCHES, _FRAME_INCHES, _WIDTH_INCHES = 0.3, 1.35, 7.0


def plot_differences(
    comparison: Any, metric: str | Sequence[str] | None = None, *, ax: Any = None, n_max: int = 40
) -> Any:
    """Draw the differences of a comparison with their intervals; zero is a line, the margin of equivalence a band.

    Filled marks are differences that remain after the correction for their number; the numbers beside are adjusted
    p-values.

    Parameters
    ----------
    comparison
        What `compare` returns.
    metric
        One metric, or several for panels one below the other; all by default.
    ax
        Axes to draw on (as many as metrics); a new figure if left out.
    n_max
        Most rows of a panel; of more, the largest differences are kept and the rest is counted in the remark.

    Returns
    -------
    Axes, or array of Axes
        One a metric.

    Raises
    ------
    UnknownName
        If a metric was not compared.
    """
    table = comparison.table
    known = list(dict.fromkeys(table["metric"]))
    chosen = known if metric is None else [metric] if isinstance(metric, str) else list(metric)
    for name in chosen:
        if name not in known:
            raise unknown_name(name, known, "metric of this comparison")
    panels = [_rows(table[table["metric"] == name], n_max) for name in chosen]
    axes = _axes(ax, [len(rows) for rows in panels])
    for name, rows, panel in zip(chosen, panels, axes, strict=True):
        n_left_out = int((table["metric"] == name).sum()) - len(rows)
        _draw(panel, name, rows, comparison.level)
        note(panel, _remark(rows, scale_of(name), n_left_out), below=44)
    return axes[0] if len(chosen) == 1 else np.array(axes)


def _rows(rows: pd.DataFrame, n_max: int) -> pd.DataFrame:
    if len(rows) <= n_max:
        return rows
    return rows.loc[rows["difference"].abs().nlargest(n_max).index.sort_values()]


def _axes(ax: Any, sizes: list[int]) -> list[Any]:
    if ax is not None:
        return list(np.ravel(ax))
    heights = [_FRAME_INCHES + _ROW_INCHES * size for size in sizes]
    if len(sizes) == 1:
        return [new_axes(None, _WIDTH_INCHES, heights[0])]
    from matplotlib import pyplot as plt

    figure = plt.figure(figsize=(_WIDTH_INCHES, sum(heights)), layout="constrained")
    return list(figure.subplots(len(sizes), 1, height_ratios=heights))


def _draw(ax: Any, metric: str, rows: pd.DataFrame, level: float) -> None:
    scale = scale_of(metric)
    margins = rows["margin"].dropna()
    if len(margins):
        ax.axvspan(-float(margins.iloc[0]), float(margins.iloc[0]), color="#EFEFEF", linewidth=0, zorder=0)
    ax.axvline(0, color=NEUTRAL, linewidth=1.0, zorder=1)
    ax.set_xlim(*_limits(rows))
    for y, row in enumerate(rows.itertuples()):
        _draw_row(ax, y, row, is_shown=bool(row.p_adjusted <= 1 - level))
    ax.set_ylim(len(rows) - 0.4, -0.6)
    names = [f"{shorten(row.group_a, 20)} − {shorten(row.group_b, 20)}" for row in rows.itertuples()]
    literal_ticks(ax.yaxis, range(len(rows)), names, marks=False)
    ax.grid(axis="x", color="#E3E3E3", linewidth=0.8)
    ax.spines["left"].set_visible(False)
    ax.set_title(metric, parse_math=False)
    _name_axis(ax, scale)
    describe_figure(ax, _words(metric, rows, scale))


def _limits(rows: pd.DataFrame) -> tuple[float, float]:
    numbers = rows[["difference", "low", "high"]].to_numpy(dtype=float).ravel()
    numbers = np.r_[numbers, rows["margin"].to_numpy(dtype=float), -rows["margin"].to_numpy(dtype=float), 0.0]
    numbers = numbers[np.isfinite(numbers)]
    low, high = float(numbers.min()), float(numbers.max())
    room = 0.04 * (high - low) or 1.0
    return low - room, high + room


def _draw_row(ax: Any, y: int, row: Any, *, is_shown: bool) -> None:
    edges = ax.get_xlim()
    if np.isfinite(row.difference):
        if not (np.isnan(row.low) or np.isnan(row.high)):
            ends = np.clip([row.low, row.high], *edges)
            ax.plot(ends, [y, y], color=DATA_COLOR, linewidth=2.2, solid_capstyle="butt", zorder=2)
            for end, edge, marker in ((row.low, edges[0], "<"), (row.high, edges[1], ">")):
                if not np.isfinite(end):
                    ax.plot(edge, y, marker=marker, color=DATA_COLOR, markersize=6, clip_on=False, zorder=3)
        face = DATA_COLOR if is_shown else "white"
        ax.plot(row.difference, y, marker="o", color=DATA_COLOR, markerfacecolor=face, markersize=7, zorder=3)
    words = "no test" if pd.isna(row.p_adjusted) else f"p = {row.p_adjusted:.3f}"
    words = "p < 0.001" if row.p_adjusted < 0.001 else words
    write(ax, 1.03, y, words, transform=ax.get_yaxis_transform(), va="center", fontsize="small")


def _name_axis(ax: Any, scale: Scale) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator(6))
    if scale.is_share:
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _points(value)))
        label = "difference in percentage points"
    else:
        label = f"difference in {scale.unit}" if scale.unit else "difference"
    ax.set_xlabel(label, fontsize="small", parse_math=False)


def _points(share: float) -> str:
    return f"{100 * share:+.3g}".replace("-", "−") if abs(share) > 1e-9 else "0"


_BEWARE = {
    "few_clusters": "few persons or conversations stand behind some rows: their intervals are rough",
    "fewest_draws": "some p are the smallest that so many draws can give",
    "shared_clusters": "some persons or conversations are in both groups of a row",
    "no_permutation": "some metrics have no test by dealing persons anew: no p",
}


def _remark(rows: pd.DataFrame, scale: Scale, n_left_out: int) -> str:
    flags = sorted({flag for cell in rows["flags"] for flag in split_flags(cell)})
    parts = ["filled: more than chance makes; hollow: no clear difference"]
    margin = rows["margin"].max()
    written = f"{100 * margin:g} points" if scale.is_share else f"{margin:g} {scale.unit}".strip()
    parts += [f"band: ±{written} do not matter"] if margin > 0 else []
    # What needs a sentence stands in the table's flags; here stands only what a reader of the picture must know.
    parts += [words for flag, words in _BEWARE.items() if flag in flags]
    parts += [f"{n_left_out:,} smaller differences are not drawn"] if n_left_out else []
    return "\n".join(parts)


def _words(metric: str, rows: pd.DataFrame, scale: Scale) -> str:
    far = rows.loc[rows["difference"].abs().idxmax()]
    size = abs(float(far["difference"]))
    amount = percent(size) if scale.is_share else duration(size) if scale.unit == "minutes" else number(size)
    way = "higher" if far["difference"] > 0 else "lower"
    return (
        f"Forest plot of {len(rows)} differences of {metric} with intervals and a line at zero. The largest:"
        f" {far['group_a']} is {amount} {way} than {far['group_b']}."
    )
