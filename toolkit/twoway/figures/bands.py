"""How long people wait by the time of day at which they ask."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..errors import NotEnoughEvidence, unknown_name
from .canvas import duration, literal_ticks, name_grid, new_axes, new_grid, shorten, shown_words
from .picture import describe_figure
from .style import DATA_COLOR, INK, NEUTRAL

__all__ = ["plot_hour_bands"]

MOST = 12
#: Below so many turns a mark is hollow: a mean of so few says little.
FEW = 10
_ORDER = ("night", "morning", "afternoon", "evening")
_HOURS = {"night": "0–6", "morning": "6–12", "afternoon": "12–18", "evening": "18–24"}
_TOPS = (1, 3, 6, 12, 24, 48, 72, 96, 168, 336, 720)
_REMARK = f"clock of each account, UTC where its zone is unknown\nbelow the marks n; hollow: n below {FEW}"


def plot_hour_bands(latency: Any, ax: Any = None, *, units: Sequence[str] | None = None) -> Any:
    """Draw the restricted mean wait by the hour in which a turn began, a panel a unit and a mark a quarter of the day.

    Marks of fewer than ten turns are hollow, a quarter of the day without turns has none, and the number of turns
    stands beside each. Where the bands carry `rmst_low` and `rmst_high`, they are drawn as intervals.

    Parameters
    ----------
    latency
        What `business_latency` returns.
    ax
        Axes to draw one unit on; a new figure if left out.
    units
        Which units to draw, in this order; the twelve of most turns if left out (the largest on a given `ax`).

    Returns
    -------
    Axes, or array of Axes
        One a unit; a single one if only one is drawn.

    Raises
    ------
    NotEnoughEvidence
        If no unit was asked anything.
    UnknownName
        If a unit is not among the bands.
    """
    bands = latency.bands.dropna(subset=["rmst"])
    if bands.empty:
        msg = "No turn was owed, so there is no wait to draw. It was given to plot_hour_bands. Name other accounts."
        raise NotEnoughEvidence(msg)
    chosen, n_all = _chosen(bands, units, 1 if ax is not None else MOST)
    axes = _axes(ax, len(chosen))
    for panel, unit in zip(axes, chosen, strict=True):
        rows = bands[bands["unit_id"] == unit].set_index("band").reindex(list(_ORDER))
        _draw(panel, rows)
        panel.set_title(shorten(unit, 24), fontsize="small", parse_math=False, y=1.0)
        describe_figure(panel, _words(unit, rows))
    _frame(axes[0], bands[bands["unit_id"].isin(chosen)])
    _say(axes, shown_words(len(chosen), n_all))
    return axes[0] if len(axes) == 1 else pd.Series(axes, dtype=object).to_numpy()


def _chosen(bands: pd.DataFrame, units: Sequence[str] | None, most: int) -> tuple[list[str], int]:
    sizes = bands.groupby("unit_id")["n"].sum().sort_values(ascending=False, kind="stable")
    for unit in units or ():
        if unit not in sizes.index:
            raise unknown_name(unit, list(sizes.index), "unit with waits by the time of day")
    wanted = list(sizes.index) if units is None else list(units)
    return wanted[:most], len(wanted)


def _axes(ax: Any, n: int) -> list[Any]:
    if ax is not None or n == 1:
        return [new_axes(ax, 5.4, 3.8)]
    return new_grid(n, 4, (1.6, 1.15))


def _draw(ax: Any, rows: pd.DataFrame) -> None:
    for place, row in enumerate(rows.to_dict("records")):
        if math.isnan(row["rmst"]):
            continue
        wait = row["rmst"] / 60
        low, high = row.get("rmst_low", math.nan) / 60, row.get("rmst_high", math.nan) / 60
        if not (math.isnan(low) or math.isnan(high)):
            ax.plot([place, place], [low, high], color=DATA_COLOR, linewidth=1.8, solid_capstyle="butt")
        face = "white" if row["n"] < FEW else DATA_COLOR
        ax.plot(place, wait, "o", color=DATA_COLOR, markerfacecolor=face, markersize=5.5, zorder=3)
        ax.annotate(
            f"{row['n']:,.0f}", (place, 0), (0, 2), xycoords=ax.get_xaxis_transform(), textcoords="offset points",
            ha="center", va="bottom", fontsize="x-small", color=NEUTRAL, parse_math=False,
        )  # fmt: skip


def _frame(ax: Any, bands: pd.DataFrame) -> None:
    """Scale the axes that all panels share: as high as the longest wait asks, with room for the counts below zero."""
    ends = bands[[name for name in ("rmst", "rmst_high") if name in bands]].max().max() / 60
    top = next((hours for hours in _TOPS if ends <= hours), math.ceil(ends / 24) * 24)
    literal_ticks(ax.xaxis, range(4), [_HOURS[name] for name in _ORDER])
    ax.tick_params(axis="both", labelsize="x-small")
    ax.set_xlim(-0.5, 3.5)
    ax.set_ylim(-0.2 * top, 1.06 * top)
    literal_ticks(ax.yaxis, [0, top / 2, top], [f"{hours:g} h" for hours in (0, top / 2, top)])


def _say(axes: Sequence[Any], left_out: str) -> None:
    for panel in axes:
        panel.grid(axis="y", color="#E3E3E3", linewidth=0.8)
        panel.tick_params(axis="both", labelsize="x-small")
    below = "\n".join(["hour at which people asked", _REMARK, *([left_out] if left_out else [])])
    beside = "mean wait, the unanswered included"
    if len(axes) == 1:
        axes[0].set_xlabel(below, fontsize="x-small")
        axes[0].set_ylabel(beside, fontsize="x-small")
        return
    figure = axes[0].figure
    figure.suptitle("Waits by the time of day at which people asked", fontsize="medium", fontweight="bold")
    figure.supylabel(beside, fontsize="small", color=INK)
    name_grid(figure, below, "small")


def _words(unit: str, rows: pd.DataFrame) -> str:
    told = [f"{band} {duration(row.rmst)} (n = {row.n:,.0f})" for band, row in rows.dropna(subset=["rmst"]).iterrows()]
    return f"Mean waits of {unit} by the time of day: {', '.join(told)}."
