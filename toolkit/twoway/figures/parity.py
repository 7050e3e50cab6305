"""Parity of criticism and praise: what sets them apart by unit, over the margin of equivalence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .canvas import literal_ticks, new_axes, note, shorten, write
from .picture import describe_figure
from .style import DATA_COLOR, NEUTRAL

__all__ = ["plot_parity"]

_ROW_INCHES, _FRAME_INCHES, _WIDTH_INCHES = 0.3, 1.35, 7.0
_MARKS = {"equivalent": "s", "different": "o", "inconclusive": "o"}


def plot_parity(parity: Any, ax: Any = None, *, n_max: int = 40) -> Any:
    """Draw criticism against praise for every unit; the margin of equivalence is a band.

    The thick part of each line decides on equivalence (90 %), the thin one on difference (95 %). Squares are
    equivalent, filled circles different, hollow circles neither.

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
    panel.set_title(f"{parity.outcome}: criticism against praise", parse_math=False)
    _name_axis(panel, is_ratio=is_ratio)
    note(panel, _remark(len(parity.table) - len(rows)), below=44)
    describe_figure(panel, _words(rows, parity))
    return panel


def _draw_row(ax: Any, y: int, row: Any) -> None:
    for low, high, width in ((row.low, row.high, 1.0), (row.low_narrow, row.high_narrow, 3.0)):
        if np.isfinite([low, high]).all():
            ax.plot([low, high], [y, y], color=DATA_COLOR, linewidth=width, solid_capstyle="butt", zorder=2)
    face = "white" if row.verdict in {"inconclusive", "undefined"} else DATA_COLOR
    ax.plot(
        row.value,
        y,
        marker=_MARKS.get(row.verdict, "o"),
        color=DATA_COLOR,
        markerfacecolor=face,
        markersize=7,
        zorder=3,
    )
    words = f"{row.n_criticism:,} / {row.n_praise:,}"
    write(ax, 1.03, y, words, transform=ax.get_yaxis_transform(), va="center", fontsize="small")


def _name_axis(ax: Any, *, is_ratio: bool) -> None:
    from matplotlib.ticker import FuncFormatter

    if is_ratio:
        ax.set_xscale("log")
        ax.set_xlabel("hazard ratio: above 1, criticism is answered sooner", fontsize="small")
        return
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:+.3g}".replace("-", "−")))
    ax.set_xlabel("percentage points: above 0, more often after criticism", fontsize="small")


def _remark(n_left_out: int) -> str:
    parts = [
        "band: differences that do not matter; thick: 90 %, thin: 95 % interval",
        "square: equivalent, filled circle: different, hollow: cannot be told",
        "numbers: turns of criticism / of praise",
    ]
    parts += [f"{n_left_out:,} units are not drawn"] if n_left_out else []
    return "\n".join(parts)


def _words(rows: pd.DataFrame, parity: Any) -> str:
    counts = rows["verdict"].value_counts()
    told = ", ".join(f"{n} {name}" for name, n in counts.items())
    return f"Forest plot of {parity.outcome} after criticism against praise for {len(rows)} units: {told or 'no unit'}."
