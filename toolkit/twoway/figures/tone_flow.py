"""The flow of tone: from a person's first post to the last of the same episode."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .canvas import new_axes, note, percent, shorten, write
from .picture import describe_figure
from .style import NEUTRAL

__all__ = ["plot_tone_flow"]

_ORDER = ("praise", "neutral", "criticism")
_COLORS = {"praise": "#009E73", "neutral": "#999999", "criticism": "#D55E00"}
_GAP, _BAR = 0.04, 0.035


def plot_tone_flow(flow: Any, ax: Any = None, *, unit: str | None = None) -> Any:
    """Draw how the tone of persons goes from their first to their last post, as bands between two columns.

    Parameters
    ----------
    flow
        What `tone_flow` returns.
    ax
        Axes to draw on; a new figure if left out.
    unit
        Which unit; default the one with most episodes.

    Returns
    -------
    Axes
    """
    table = flow.table
    chosen = unit if unit is not None else table.groupby("unit_id")["n"].sum().idxmax()
    rows = table[table["unit_id"] == chosen]
    panel = new_axes(ax, 5.6, 4.2)
    wide = rows.pivot_table(index="first", columns="last", values="n", aggfunc="sum")
    counts = wide.reindex(index=_ORDER, columns=_ORDER).fillna(0.0)
    total = float(counts.to_numpy().sum())
    shares = counts / total if total else counts
    starts = [_columns(shares.sum(axis=axis)) for axis in (1, 0)]
    _bands(panel, shares, [dict(start) for start in starts])
    for side, (axis, place) in enumerate(((1, 0.0), (0, 1.0))):
        _column(panel, shares.sum(axis=axis), starts[side], place)
    panel.set_xlim(-0.32, 1.32)
    panel.set_ylim(-0.03, 1 + 2 * _GAP + 0.09)
    panel.set_axis_off()
    of = "" if chosen == "all" else f": {shorten(chosen, 24)}"
    panel.set_title(f"Tone of persons, from first to last post{of}", parse_math=False, pad=14)
    note(panel, f"{int(total):,} episodes with two posts or more by the person; tone by rules", below=6)
    describe_figure(panel, _words(counts, str(chosen)))
    return panel


def _columns(shares: pd.Series) -> dict[str, float]:
    """Give the lower edge of each tone's block, criticism lowest."""
    edges, at = {}, 0.0
    for tone in reversed(_ORDER):
        edges[tone] = at
        at += float(shares[tone]) + _GAP
    return edges


def _bands(ax: Any, shares: pd.DataFrame, at: list[dict[str, float]]) -> None:
    x = np.linspace(0, 1, 60)
    ease = x * x * (3 - 2 * x)
    for first in reversed(_ORDER):
        for last in reversed(_ORDER):
            size = float(shares.loc[first, last])
            low = at[0][first] + (at[1][last] - at[0][first]) * ease
            at[0][first] += size
            at[1][last] += size
            if size > 0:
                ax.fill_between(x, low, low + size, color=_COLORS[first], alpha=0.45, linewidth=0)


def _column(ax: Any, shares: pd.Series, starts: dict[str, float], place: float) -> None:
    is_left = place < 0.5
    for tone in _ORDER:
        low, size = starts[tone], float(shares[tone])
        edge = place - _BAR if is_left else place
        ax.fill_between([edge, edge + _BAR], low, low + size, color=_COLORS[tone], linewidth=0)
        x = place - 0.06 if is_left else place + 0.06
        write(ax, x, low + size / 2, f"{tone} {percent(size)}", ha="right" if is_left else "left", va="center")
    words = "first post" if is_left else "last post"
    write(ax, place, 1 + 2 * _GAP + 0.055, words, ha="center", fontsize="small", color=NEUTRAL)


def _words(counts: pd.DataFrame, unit: str) -> str:
    critical = counts.loc["criticism"]
    if not critical.sum():
        return f"Flow of tone from first to last post for {unit}; no episode began with criticism."
    better = float((critical.sum() - critical["criticism"]) / critical.sum())
    return f"Flow of tone for {unit}: of episodes that began with criticism, {percent(better)} did not end with it."
