"""How often people are answered by how many follow them, with intervals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .canvas import new_axes, note, percent, shorten, write
from .parts import share_axis
from .picture import describe_figure
from .style import DATA_COLOR, NEUTRAL

__all__ = ["plot_attention"]

MOST = 12


def plot_attention(curve: Any, ax: Any = None) -> Any:
    """Draw response rates over followers, on a logarithmic axis; several units as small multiples.

    Parameters
    ----------
    curve
        What `attention_by_followers` returns.
    ax
        Axes for one unit; a new figure if left out.

    Returns
    -------
    Axes, or array of Axes
        One a unit, twelve at most.
    """
    table = curve.table
    units = list(dict.fromkeys(table["unit_id"]))[:MOST]
    if len(units) == 1 or ax is not None:
        panel = new_axes(ax, 6.0, 3.8)
        _draw(panel, table[table["unit_id"] == units[0]], str(units[0]))
        note(panel, "bars: 95 % intervals, counting persons; each point holds about as many turns", below=44)
        return panel
    from matplotlib import pyplot as plt

    columns = min(3, len(units))
    lines = -(-len(units) // columns)
    figure = plt.figure(figsize=(3.0 * columns, 2.4 * lines), layout="constrained")
    axes = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for panel, unit in zip(axes, units, strict=False):
        _draw(panel, table[table["unit_id"] == unit], str(unit))
    for panel in axes[len(units) :]:
        panel.set_visible(False)
    return axes[: len(units)]


def _draw(ax: Any, rows: pd.DataFrame, unit: str) -> None:
    middle = np.sqrt((rows["followers_low"] + 1) * (rows["followers_high"] + 1))
    overall = float((rows["rate"] * rows["n"]).sum() / rows["n"].sum())
    ax.axhline(overall, color=NEUTRAL, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    ax.plot(middle, rows["rate"], color=DATA_COLOR, linewidth=1.0, alpha=0.5, zorder=2)
    ax.vlines(middle, rows["low"], rows["high"], color=DATA_COLOR, linewidth=2.2, zorder=2)
    ax.plot(middle, rows["rate"], "o", color=DATA_COLOR, markersize=6, zorder=3)
    ax.set_xscale("log")
    ax.set_ylim(0, 1)
    share_axis(ax.yaxis)
    ax.set_xlabel("followers of who asked", fontsize="small")
    ax.set_title("answered within the horizon" if unit == "all" else shorten(unit, 24), parse_math=False)
    write(
        ax, 1.0, overall, f" all {percent(overall)}", transform=ax.get_yaxis_transform(), va="center", fontsize="small"
    )
    few, many = rows.iloc[0], rows.iloc[-1]
    describe_figure(
        ax,
        f"Response rate over followers for {unit}: {percent(few['rate'])} among the least followed,"
        f" {percent(many['rate'])} among the most followed, {percent(overall)} over all.",
    )
