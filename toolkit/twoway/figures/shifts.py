"""The thirteen ways in which the floor changes hands, as shares with intervals."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..errors import NotEnoughEvidence, unknown_name
from .canvas import literal_ticks, new_axes, note, percent, shorten, shown_words
from .parts import share_axis
from .picture import describe_figure
from .style import DATA_COLOR, NEUTRAL

__all__ = ["plot_participation_shifts"]


def plot_participation_shifts(shifts: Any, ax: Any = None, *, unit: str | None = None) -> Any:
    """Draw the shares of the thirteen kinds for one unit, in time order (filled) and tree order (open).

    Parameters
    ----------
    shifts
        What `participation_shifts` returns.
    ax
        Axes to draw on; a new figure if left out.
    unit
        Which unit; the one with most shifts if left out.

    Returns
    -------
    Axes

    Raises
    ------
    UnknownName
        If there is no such unit.
    NotEnoughEvidence
        If nobody had a shift.
    """
    table = shifts.table
    if table.empty:
        msg = "No conversation has two turns that differ, so there is no shift to draw. Name other accounts."
        raise NotEnoughEvidence(msg)
    units = list(dict.fromkeys(table["unit_id"]))
    is_largest = unit is None
    if unit is None:
        unit = str(table.groupby("unit_id")["n"].sum().idxmax())
    if unit not in units:
        raise unknown_name(unit, units, "unit with participation shifts")
    rows = table[table["unit_id"] == unit]
    panel = new_axes(ax, 7.4, 4.8)
    in_time, in_tree = (rows[rows["order"] == order].reset_index(drop=True) for order in ("time", "tree"))
    _draw(panel, in_time, -0.14, filled=True)
    _draw(panel, in_tree, 0.14, filled=False)
    _frame(panel, in_time, unit, shown_words(1, len(units), "the one with most shifts" if is_largest else "as named"))
    describe_figure(panel, _words(in_time, unit))
    return panel


def _draw(ax: Any, rows: pd.DataFrame, offset: float, *, filled: bool) -> None:
    places = rows.index + offset
    ax.hlines(places, rows["low"], rows["high"], color=DATA_COLOR if filled else NEUTRAL, linewidth=2.0, zorder=2)
    face = DATA_COLOR if filled else "white"
    edge = DATA_COLOR if filled else NEUTRAL
    ax.plot(rows["share"], places, "o", color=edge, markerfacecolor=face, markersize=5.5, zorder=3)


def _frame(ax: Any, rows: pd.DataFrame, unit: str, left_out: str) -> None:
    literal_ticks(ax.yaxis, rows.index, [f"{r.shift}  {r.meaning}" for r in rows.itertuples()], marks=False)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(left=0)
    share_axis(ax.xaxis)
    ax.grid(axis="x", color="#E3E3E3", linewidth=0.8)
    ax.spines["left"].set_visible(False)
    for border in rows.index[rows["family"].ne(rows["family"].shift())][1:]:
        ax.axhline(border - 0.5, color="#D0D0D0", linewidth=0.8)
    ax.set_xlabel("share of all shifts", fontsize="small")
    # Over the narrow axes a title on one line would leave the page.
    ax.set_title("Who takes the floor next" + ("" if unit == "all" else f"\n{shorten(unit, 30)}"), parse_math=False)
    remark = "filled: in the order of time\nopen: branch by branch; 0 stands for everybody"
    note(ax, remark + (f"\n{left_out}" if left_out else ""), below=40)


def _words(rows: pd.DataFrame, unit: str) -> str:
    most = rows.loc[rows["share"].idxmax()]
    back = rows.set_index("shift").loc["AB-BA"]
    return (
        f"Shares of thirteen participation shifts of {unit}. Most frequent: {most['meaning']}"
        f" ({percent(most['share'])})."
        f" The one spoken to answers the speaker in {percent(back['share'])}."
    )
