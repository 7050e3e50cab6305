"""Silence curves: what share of the people is still waiting after a time, those never answered included."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SchemaError, unknown_name
from .canvas import duration, name_grid, new_axes, new_grid, percent, place_of, shorten, shown_words, waiting_axis
from .parts import share_axis
from .picture import describe_figure
from .style import INK, NEUTRAL, color_of

__all__ = ["plot_silence_curve", "plot_silence_panels"]

_COLUMNS = ("unit_id", "minutes", "survival", "low", "high", "n_at_risk")
_DEFAULT_END = 10_080.0
# Distinct enough for the few curves that one axes can hold; from the same palette as the strategies.
_CYCLE = (("#0072B2", "-"), ("#D55E00", "-"), ("#009E73", "-"), ("#CC79A7", "--"), ("#000000", "--"), ("#56B4E9", "-."))
_MOST_CURVES = len(_CYCLE)


def plot_silence_curve(
    curve: Any,
    ax: Any = None,
    *,
    units: Sequence[str] | None = None,
    labels: Mapping[str, str] | None = None,
    longest: float = _DEFAULT_END,
) -> Any:
    """Draw Kaplan-Meier curves of the time people wait for a first answer, with a table of how many were still waiting.

    Parameters
    ----------
    curve
        A `SilenceCurve`, or its table (`unit_id, minutes, survival, low, high, n_at_risk`).
    ax
        Axes to draw on; a new figure if left out.
    units
        Which units to draw; the six with most turns if left out.
    labels
        Strategy of each unit, for colors; without it, colors only tell the curves apart.
    longest
        Where the time axis ends, in minutes; 7 days if left out.

    Returns
    -------
    Axes

    Raises
    ------
    SchemaError
        If the table lacks a column.
    UnknownName
        If a unit is not in it.
    """
    steps = _steps(curve)
    chosen = _chosen(steps, units)
    ax = new_axes(ax, 7.2, 4.0 + 0.2 * len(chosen))
    for position, unit in enumerate(chosen):
        color, line = _CYCLE[position % len(_CYCLE)]
        color = color_of(labels[unit]) if labels and unit in labels else color
        look = {"color": color, "linestyle": line, "label": shorten(unit)}
        _draw_curve(ax, steps[unit], longest, band=len(chosen) <= 4, places=400, **look)
    _frame(ax, longest)
    if len(chosen) > 1:
        ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=min(3, len(chosen)), borderaxespad=0.2)
    watched = getattr(curve, "at_risk", None)
    _risk_table(ax, {unit: steps[unit] for unit in chosen}, watched)
    n_asked = len(steps) if units is None else len(units)
    ax.set_xlabel(_x_words(len(chosen), n_asked), labelpad=16 + 13 * (len(chosen) + (len(chosen) > 1) - 1))
    describe_figure(ax, _words({unit: steps[unit] for unit in chosen}, longest, _watched(curve)))
    return ax


def plot_silence_panels(
    curve: Any, *, labels: Mapping[str, str] | None = None, n_units: int = 12, longest: float = _DEFAULT_END
) -> Any:
    """Draw one small panel a unit, each curve before the others in gray: for more units than one axes can tell apart.

    Parameters
    ----------
    curve, labels, longest
        As in `plot_silence_curve`.
    n_units
        Most panels; of more units those with most turns are drawn.

    Returns
    -------
    array of Axes
        One a unit, in order of size.
    """
    steps = _steps(curve)
    chosen = _chosen(steps, None, n_units)
    axes = new_grid(len(chosen), 3, (2.05, 1.45))
    lines = {unit: _stairs(steps[unit], longest) for unit in chosen}
    for ax, unit in zip(axes, chosen, strict=True):
        _draw_others(ax, [lines[other] for other in chosen if other != unit])
        _draw_curve(ax, steps[unit], longest, band=True, places=150, color=color_of((labels or {}).get(unit)))
        n = steps[unit]["n_at_risk"].iloc[0]
        ax.set_title(f"{shorten(unit, 22)}  (n = {n:,.0f})", fontsize="small", parse_math=False, y=1.0)
        describe_figure(ax, _words({unit: steps[unit]}, longest, _watched(curve)))
    # The panels share their axes, so the first speaks for all.
    _frame(axes[0], longest, apart=0.2, grid=False)
    _outer_labels(axes, _x_words(len(chosen), len(steps)))
    return np.array(axes)


def _x_words(n_shown: int, n_all: int) -> str:
    left_out = shown_words(n_shown, n_all)
    return "time since the first post that asked" + (f"\n{left_out}" if left_out else "")


def _outer_labels(axes: Sequence[Any], words: str) -> None:
    figure = axes[0].figure
    for ax in axes:
        ax.set_ylabel("")
    figure.supylabel("still waiting", fontsize="medium", color=INK)
    name_grid(figure, words)


def _steps(curve: Any) -> dict[str, pd.DataFrame]:
    """Split a table of curves by unit; every curve begins at time 0, where all are waiting."""
    table = getattr(curve, "table", curve)
    for column in _COLUMNS:
        if column not in getattr(table, "columns", ()):
            msg = f"The table has no column '{column}'. It was given to a plot of silence. "
            msg += "Give what tw.silence_curve(talk) returns, or its .table."
            raise SchemaError(msg)
    out = {}
    for unit, rows in table.groupby("unit_id", sort=True):
        rows = rows[list(_COLUMNS[1:])].sort_values("minutes", kind="stable")
        n = rows["n_at_risk"].max()
        start = pd.DataFrame({"minutes": [0.0], "survival": [1.0], "low": [1.0], "high": [1.0], "n_at_risk": [n]})
        out[str(unit)] = pd.concat([start, rows.astype(float), *_end(curve, str(unit), rows)], ignore_index=True)
    return out


def _end(curve: Any, unit: str, rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Carry the last step on to the longest time anybody was watched, where the curve knows it."""
    last = getattr(getattr(curve, "curves", {}).get(unit), "last_time", math.nan) / 60
    if rows.empty or not last > rows["minutes"].iloc[-1]:
        return []
    return [rows.iloc[[-1]].assign(minutes=last, n_at_risk=curve.at_risk(unit, [last])[0]).astype(float)]


def _chosen(steps: Mapping[str, pd.DataFrame], units: Sequence[str] | None, most: int = _MOST_CURVES) -> list[str]:
    if units is None:
        return sorted(steps, key=lambda unit: (-steps[unit]["n_at_risk"].iloc[0], unit))[:most]
    for unit in units:
        if unit not in steps:
            raise unknown_name(unit, steps, "unit of these curves")
    return list(units)


def _draw_curve(ax: Any, steps: pd.DataFrame, longest: float, *, band: bool, places: int, **look: Any) -> None:
    seen = _thinned(steps[steps["minutes"] <= longest], longest, places)
    # The last state holds until the end of the axis, or until the last time anybody was watched.
    last = seen.iloc[[-1]].assign(minutes=min(longest, float(steps["minutes"].max())))
    seen = pd.concat([seen, last], ignore_index=True)
    if band:
        shade = {"step": "post", "color": look["color"], "alpha": 0.16, "linewidth": 0}
        ax.fill_between(seen["minutes"], seen["low"], seen["high"], **shade)
    ax.plot(seen["minutes"], seen["survival"], drawstyle="steps-post", **{"linewidth": 1.8, **look})


def _draw_others(ax: Any, lines: Sequence[Any]) -> None:
    """Draw the curves of other units in gray, all as one line collection: hundreds of lines would take their time."""
    from matplotlib.collections import LineCollection

    ax.add_collection(LineCollection(lines, colors="#D9D9D9", linewidths=0.8, zorder=1.8), autolim=False)


def _stairs(steps: pd.DataFrame, longest: float) -> Any:
    seen = _thinned(steps[steps["minutes"] <= longest], longest, 60)
    times = np.append(seen["minutes"].to_numpy(), min(longest, float(steps["minutes"].max())))
    heights = seen["survival"].to_numpy()
    return np.column_stack([np.repeat(times, 2)[1:-1], np.repeat(heights, 2)])


def _thinned(steps: pd.DataFrame, longest: float, places: int) -> pd.DataFrame:
    """Keep the last step of each of some places on the axis: no eye sees more, and the file stays small."""
    place = pd.Series(np.floor(place_of(steps["minutes"], longest) * places), index=steps.index)
    return steps[~place.duplicated(keep="last") | (steps["minutes"] == 0)]


def _frame(ax: Any, longest: float, *, apart: float = 0.11, grid: bool = True) -> None:
    waiting_axis(ax, longest, apart=apart)
    ax.set_ylim(0, 1.02)
    share_axis(ax.yaxis)
    ax.set_ylabel("still waiting for an answer")
    if grid:
        ax.grid(color="#E9E9E9", linewidth=0.8)


def _risk_table(ax: Any, steps: Mapping[str, pd.DataFrame], watched: Any) -> None:
    """Write how many were still waiting below the ticks, a row a curve."""
    ticks = list(ax.get_xticks())
    place = {
        "textcoords": "offset points",
        "va": "top",
        "fontsize": "x-small",
        "parse_math": False,
        "annotation_clip": False,
    }
    several = len(steps) > 1
    first = {"xycoords": "axes fraction", "ha": "right", **place}
    ax.annotate("still waiting:", (0, 0), (-14, -20), color=NEUTRAL, **first)
    for row, (unit, table) in enumerate(steps.items()):
        drop = -20 - 13 * (row + several)
        if several:
            ax.annotate(shorten(unit, 20), (0, 0), (-14, drop), **first)
        counts = [f"{n:,}" for n in watched(unit, ticks)] if watched else [_at_risk(table, tick) for tick in ticks]
        for tick, count in zip(ticks, counts, strict=True):
            ax.annotate(count, (tick, 0), (0, drop), xycoords=ax.get_xaxis_transform(), ha="center", **place)


def _at_risk(steps: pd.DataFrame, minutes: float) -> str:
    """Read the number at risk off a bare table, which knows it only at steps: those censored since are missing."""
    later = steps[steps["minutes"] >= minutes] if minutes > 0 else steps
    return f"{later['n_at_risk'].iloc[0]:,.0f}" if len(later) else "–"


def _median(steps: pd.DataFrame) -> float:
    below = steps[steps["survival"] <= 0.5]
    return float(below["minutes"].iloc[0]) if len(below) else math.nan


def _watched(curve: Any) -> dict[str, float]:
    """Return the longest time that anybody was watched, in minutes, of the units of which a curve knows it."""
    return {str(unit): one.last_time / 60 for unit, one in getattr(curve, "curves", {}).items()}


def _words(steps: Mapping[str, pd.DataFrame], longest: float, watched: Mapping[str, float]) -> str:
    parts = []
    for unit, table in steps.items():
        share = table[table["minutes"] <= longest]["survival"].iloc[-1]
        half = _median(table)
        waited = (
            "fewer than half were seen answered" if math.isnan(half) else f"half were answered within {duration(half)}"
        )
        until = longest if share == 0 else min(longest, watched.get(unit, math.inf))
        left = f"{percent(share)} still waiting after {duration(until)}"
        parts.append(f"{unit}: {table['n_at_risk'].iloc[0]:,.0f} turns, {waited}, {left}")
    return "Silence curves. " + "; ".join(parts) + "."
