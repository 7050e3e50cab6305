"""Parity of criticism and praise: what sets them apart by unit, over the margin of equivalence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .canvas import literal_ticks, new_axes, note, shorten, write
from .picture import describe_figure
from .style import DATA_COLOR, NEUTRAL

__all__ = ["plot_parity"]

_ROW_INCHES, _FRAME_INCHES, _WIDTH_INCHES = 0.38, 1.5, 7.0

#: How far below a difference lies the one among turns alike, in rows.
_BELOW = 0.3
_MARKS = {"equivalent": "s", "different": "o", "inconclusive": "o"}

#: What each outcome is called over the figure.
_TITLES = {
    "answered": "Answered: criticism against praise",
    "deflected": "Sent elsewhere, of those answered: criticism against praise",
    "substantive": "Answered in public, of those answered: criticism against praise",
    "latency": "Speed of answers: criticism against praise",
}

# Ratios beyond this are drawn at the edge: one wild interval would squeeze all others, and the margin, to a line.
_FARTHEST = 20.0


def plot_parity(parity: Any, ax: Any = None, *, n_max: int = 40) -> Any:
    """Draw criticism against praise for every unit; the margin of equivalence is a band.

    The thick part of each line decides on equivalence (90 %), the thin one on difference (95 %). Squares are
    equivalent, filled circles different, hollow circles neither. Below each, in gray, is the same among turns alike.

    Parameters
    ----------
    parity
        What `parity` returns.
    ax
        Axes to draw on; a new figure if left out.
    n_max
        Most rows to draw; of more, those with most turns are kept.

    Returns
    -------
    Axes
    """
    table = parity.table[parity.table["value"].notna()]
    n = table["n_criticism"] + table["n_praise"]
    rows = table.loc[n.nlargest(n_max).index].sort_values("value", ascending=False)
    panel = new_axes(ax, _WIDTH_INCHES, _FRAME_INCHES + _ROW_INCHES * max(len(rows), 1))
    is_ratio = parity.outcome == "latency"
    if len(rows):
        _head_counts(panel)
        low, high = float(rows["margin_low"].iloc[0]), float(rows["margin_high"].iloc[0])
        panel.axvspan(low, high, color="#EFEFEF", linewidth=0, zorder=0)
    panel.axvline(1.0 if is_ratio else 0.0, color=NEUTRAL, linewidth=1.0, zorder=1)
    for y, row in enumerate(rows.itertuples()):
        _draw_row(panel, y, row)
    panel.set_ylim(max(len(rows), 1) - 0.4, -0.6)
    names = [shorten(row.unit_id, 24) for row in rows.itertuples()]
    literal_ticks(panel.yaxis, range(len(rows)), names, marks=False)
    panel.grid(axis="x", color="#E3E3E3", linewidth=0.8)
    panel.spines["left"].set_visible(False)
    panel.set_title(_TITLES[parity.outcome], parse_math=False, pad=16)
    _name_axis(panel, is_ratio=is_ratio)
    note(panel, _remark(parity.level, len(parity.table) - len(rows)), below=44)
    describe_figure(panel, _words(rows, parity))
    return panel


def _draw_row(ax: Any, y: int, row: Any) -> None:
    raw = (row.value, (row.low, row.high), (row.low_narrow, row.high_narrow), row.verdict)
    _draw_one(ax, y, raw, DATA_COLOR, size=7)
    limits = (row.adjusted_low, row.adjusted_high), (row.adjusted_low_narrow, row.adjusted_high_narrow)
    if np.isfinite(row.adjusted_value):
        _draw_one(ax, y + _BELOW, (row.adjusted_value, *limits, row.adjusted_verdict), NEUTRAL, size=4.5)
    words = f"{row.n_criticism:,} / {row.n_praise:,}"
    write(ax, 1.03, y, words, transform=ax.get_yaxis_transform(), va="center", fontsize="small")


def _draw_one(ax: Any, y: float, told: tuple[Any, Any, Any, str], color: str, *, size: float) -> None:
    """Draw a value, its wide and its narrow limits; the mark tells the verdict."""
    value, wide, narrow, verdict = told
    for limits, width in ((wide, 1.0), (narrow, 3.0 * size / 7)):
        if np.isfinite(limits).all():
            ax.plot(limits, [y, y], color=color, linewidth=width, solid_capstyle="butt", zorder=2)
    face = "white" if verdict in {"inconclusive", "undefined"} else color
    ax.plot(value, y, marker=_MARKS.get(verdict, "o"), color=color, markerfacecolor=face, markersize=size, zorder=3)


def _head_counts(ax: Any) -> None:
    words = "criticism / praise"
    write(ax, 1.03, -0.85, words, transform=ax.get_yaxis_transform(), va="center", fontsize="small", color=NEUTRAL)


def _name_axis(ax: Any, *, is_ratio: bool) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    if is_ratio:
        ax.set_xscale("log")
        low, high = ax.get_xlim()
        ax.set_xlim(max(low, 1 / _FARTHEST), min(high, _FARTHEST))
        ax.xaxis.set_major_locator(FixedLocator([0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20]))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.set_xlabel("hazard ratio: above 1, criticism is answered sooner", fontsize="small")
        return
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _signed(100 * value)))
    ax.set_xlabel("percentage points: above 0, more often after criticism", fontsize="small")


def _signed(points: float) -> str:
    """Write points with their sign, and nothing as nothing.

    Examples
    --------
    >>> _signed(10.0), _signed(-10.0), _signed(0.0)
    ('+10', '−10', '0')
    """
    return "0" if abs(points) < 1e-9 else f"{points:+.3g}".replace("-", "−")


def _remark(level: float, n_left_out: int) -> str:
    parts = [
        f"band: differences that do not matter; thick: {100 * (2 * level - 1):g} %, thin: {100 * level:g} % interval",
        "gray, below: among turns alike in whether they ask, how many they address, and length",
        "square: equivalent, filled circle: different, hollow: cannot be told; beside: numbers of turns",
    ]
    parts += [f"{n_left_out:,} units lack criticism, praise or a difference and are not drawn"] if n_left_out else []
    return "\n".join(parts)


def _words(rows: pd.DataFrame, parity: Any) -> str:
    counts = rows["verdict"].value_counts()
    told = ", ".join(f"{n} {name}" for name, n in counts.items())
    return f"Forest plot of {parity.outcome} after criticism against praise for {len(rows)} units: {told or 'no unit'}."
