"""What became of the turns owed: stacked shares by kind of first answer over time, or one curve a kind."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SchemaError, unknown_name
from .canvas import (
    duration,
    minutes_at,
    name_grid,
    new_axes,
    new_grid,
    note,
    percent,
    place_of,
    shorten,
    shown_words,
    waiting_axis,
    write,
)
from .parts import share_axis
from .picture import describe_figure
from .style import INK, NEUTRAL

__all__ = ["CAUSE_COLORS", "plot_incidence"]

#: One color a kind of first answer, out of Okabe and Ito's palette; hatching tells them apart without color.
CAUSE_COLORS = {"open_answer": "#0072B2", "acknowledge": "#56B4E9", "escalate": "#009E73", "deflect": "#E69F00"}

_HATCHES = {"open_answer": "", "acknowledge": "...", "escalate": "///", "deflect": "\\\\\\"}
_LINES: dict[str, Any] = {"open_answer": "-", "acknowledge": ":", "escalate": "-.", "deflect": "--"}
# For causes of the user's own.
_MORE = ("#CC79A7", "#D55E00", "#F0E442", "#000000")
_COLUMNS = ("unit_id", "cause", "minutes", "incidence", "low", "high", "n_at_risk")
_KINDS = ("stacked", "lines")
_DEFAULT_END = 10_080.0
_MOST_PANELS = 12
# What nobody watched, and the least width of a last step, as a share of the axis.
_UNWATCHED, _LEAST_STEP = "#E4E4E4", 0.015


def plot_incidence(
    curves: Any,
    ax: Any = None,
    *,
    units: Sequence[str] | None = None,
    kind: str = "stacked",
    longest: float = _DEFAULT_END,
) -> Any:
    """Draw what share of turns each kind of first answer has ended over time, a panel a unit.

    Where a unit was watched for less than the axis is long, the rest is gray.

    Parameters
    ----------
    curves
        A `CumulativeIncidence`, or its table (`unit_id, cause, minutes, incidence, low, high, n_at_risk`).
    ax
        Axes to draw one unit on; a new figure if left out.
    units
        Which units to draw, in this order; the twelve with most turns if left out (the largest on a given `ax`).
    kind
        `stacked` areas, in which what is left white still waits, or `lines` with their intervals.
    longest
        Where the time axis ends, in minutes; 7 days if left out.

    Returns
    -------
    Axes, or array of Axes
        One a unit; a single one if only one is drawn.

    Raises
    ------
    SchemaError
        If the table lacks a column, or holds no unit.
    UnknownName
        If a unit is not in it, or there is no such kind.
    """
    steps = {unit: rows.assign(until=_until(rows, longest)) for unit, rows in _steps(curves).items()}
    if kind not in _KINDS:
        raise unknown_name(kind, _KINDS, "kind of plot")
    chosen = _chosen(steps, units, 1 if ax is not None else _MOST_PANELS)
    axes = _axes(ax, len(chosen))
    causes = list(dict.fromkeys(cause for unit in chosen for cause in steps[unit]["cause"].unique()))
    causes = sorted(causes, key=lambda cause: (list(CAUSE_COLORS).index(cause) if cause in CAUSE_COLORS else 9, cause))
    for panel, unit in zip(axes, chosen, strict=True):
        _draw(panel, steps[unit], causes, kind, longest, places=300 if len(chosen) == 1 else 120)
        _mark_end(panel, steps[unit], longest)
        n = steps[unit]["n_at_risk"].max()
        size = {} if len(chosen) == 1 else {"fontsize": "small"}
        panel.set_title(f"{shorten(unit, 22)}  (n = {n:,.0f})", parse_math=False, y=1.0, **size)
        describe_figure(panel, _words(unit, steps[unit], causes, longest))
    # The panels share their axes, so the first speaks for all.
    _frame(axes[0], longest, apart=0.11 if len(chosen) == 1 else 0.22)
    if kind == "lines":
        highest = max(float(steps[unit]["high"].max()) for unit in chosen)
        axes[0].set_ylim(0, min(1.0, 1.1 * highest) if highest > 0 else 1.0)
    _say_left_out(axes, len(steps) if units is None else len(units))
    _legend(axes, causes, kind, alone=ax is not None or len(chosen) == 1)
    return axes[0] if len(chosen) == 1 else np.array(axes)


def _steps(curves: Any) -> dict[str, pd.DataFrame]:
    table = getattr(curves, "table", curves)
    for column in _COLUMNS:
        if column not in getattr(table, "columns", ()):
            msg = f"The table has no column '{column}'. It was given to a plot of incidence. "
            msg += "Give what tw.cumulative_incidence(talk) returns, or its .table."
            raise SchemaError(msg)
    if not len(table):
        msg = "The table holds no unit. It was given to a plot of incidence. Measure accounts that somebody addressed."
        raise SchemaError(msg)
    ends = {unit: curve.last_time / 60 for unit, curve in getattr(curves, "curves", {}).items()}
    return {str(unit): rows.assign(last=ends.get(unit, math.inf)) for unit, rows in table.groupby("unit_id")}


def _chosen(steps: Mapping[str, pd.DataFrame], units: Sequence[str] | None, most: int) -> list[str]:
    if units is None:
        return sorted(steps, key=lambda unit: (-steps[unit]["n_at_risk"].max(), unit))[:most]
    for unit in units:
        if unit not in steps:
            raise unknown_name(unit, steps, "unit of these curves")
    return list(units)[:most]


def _axes(ax: Any, n: int) -> list[Any]:
    if ax is not None or n == 1:
        return [new_axes(ax, 7.2, 4.4)]
    axes = new_grid(n, 3, (2.05, 1.45))
    figure = axes[0].figure
    figure.supylabel("turns owed", fontsize="medium", color=INK)
    name_grid(figure, "time since the first post that asked")
    return axes


def _draw(ax: Any, rows: pd.DataFrame, causes: Sequence[str], kind: str, longest: float, *, places: int) -> None:
    bottom: Any = 0.0
    for cause in causes:
        seen = _seen(rows[rows["cause"] == cause], longest, places)
        color, place = _color(cause, causes), seen["minutes"]
        if kind == "lines":
            shade = {"step": "post", "color": color, "alpha": 0.16, "linewidth": 0}
            ax.fill_between(place, seen["low"], seen["high"], **shade)
            line = _LINES.get(cause, "-")
            ax.plot(place, seen["incidence"], drawstyle="steps-post", color=color, linestyle=line, linewidth=1.8)
            continue
        top = bottom + seen["incidence"].to_numpy()
        look = {"facecolor": color, "edgecolor": "white", "linewidth": 0.4, "hatch": _HATCHES.get(cause, "xxx")}
        ax.fill_between(place, np.broadcast_to(bottom, top.shape), top, step="post", **look)
        bottom = top


def _seen(rows: pd.DataFrame, longest: float, places: int) -> pd.DataFrame:
    """Keep the last step of each of some places on the axis, and hold it to the end of what was watched."""
    rows = rows.sort_values("minutes", kind="stable")
    kept = rows[rows["minutes"] <= longest]
    place = pd.Series(np.floor(place_of(kept["minutes"], longest) * places), index=kept.index)
    kept = kept[~place.duplicated(keep="last") | (kept["minutes"] == 0)]
    return pd.concat([kept, kept.iloc[[-1]].assign(minutes=kept["until"].iloc[0])], ignore_index=True)


def _until(rows: pd.DataFrame, longest: float) -> float:
    """Find where what is known of a unit ends on the axis: with the last turn watched, never if none still waits."""
    last_step = float(rows["minutes"].max())
    if float(rows.groupby("cause")["incidence"].max().sum()) > 1 - 1e-9:
        return longest
    watched = float(rows["last"].iloc[0])
    # An event at the very end of the watch would be a step of no width, which nobody sees.
    seen = minutes_at(float(place_of(min(last_step, longest), longest)) + _LEAST_STEP, longest)
    return min(longest, max(watched if math.isfinite(watched) else last_step, seen))


def _mark_end(ax: Any, rows: pd.DataFrame, longest: float) -> None:
    """Shade what nobody watched, and say in words that nobody answered where the panel would be empty."""
    until = float(rows["until"].iloc[0])
    if until < longest:
        ax.axvspan(until, longest, facecolor=_UNWATCHED, edgecolor="none", zorder=1.5)
        ax.axvline(until, color=NEUTRAL, linewidth=0.9, zorder=1.6)
    if not rows.loc[rows["minutes"] <= longest, "incidence"].gt(0).any():
        middle = float(place_of(until, longest)) / 2
        write(ax, middle, 0.5, "nobody answered", transform=ax.transAxes, ha="center", va="center", fontsize="small")


def _say_left_out(axes: Sequence[Any], n_all: int) -> None:
    words = shown_words(len(axes), n_all)
    if not words:
        return
    if len(axes) == 1:
        note(axes[0], words, below=44)
    else:
        figure = axes[0].figure
        name_grid(figure, f"{figure.get_supxlabel()}\n{words}")


def _color(cause: str, causes: Sequence[str]) -> str:
    own = [name for name in causes if name not in CAUSE_COLORS]
    return CAUSE_COLORS[cause] if cause in CAUSE_COLORS else _MORE[own.index(cause) % len(_MORE)]


def _frame(ax: Any, longest: float, *, apart: float) -> None:
    waiting_axis(ax, longest, apart=apart)
    ax.set_ylim(0, 1)
    share_axis(ax.yaxis)


def _legend(axes: Sequence[Any], causes: Sequence[str], kind: str, *, alone: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    labels = [cause.replace("_", " ") for cause in causes]
    unwatched = Patch(facecolor=_UNWATCHED, edgecolor=NEUTRAL)
    if kind == "lines":
        handles: list[Any] = [
            Line2D([], [], color=_color(cause, causes), linestyle=_LINES.get(cause, "-"), linewidth=1.8)
            for cause in causes
        ]
    else:
        handles = [
            Patch(facecolor=_color(cause, causes), edgecolor="white", hatch=_HATCHES.get(cause, "xxx"))
            for cause in causes
        ]
        handles.append(Patch(facecolor="white", edgecolor=NEUTRAL))
        labels.append("still waiting")
    if any(len(panel.patches) for panel in axes):
        handles.append(unwatched)
        labels.append("not watched any longer")
    if alone:
        axes[0].set_ylabel("turns owed")
        axes[0].set_xlabel("time since the first post that asked")
        axes[0].legend(handles, labels, loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0)
    else:
        axes[0].figure.legend(handles, labels, loc="upper left", ncols=len(labels), fontsize="small")


def _words(unit: str, rows: pd.DataFrame, causes: Sequence[str], longest: float) -> str:
    kept = rows[rows["minutes"] <= longest]
    last = kept.sort_values("minutes", kind="stable").groupby("cause")["incidence"].last()
    parts = [f"{percent(float(last.get(cause, 0.0)))} {cause.replace('_', ' ')}" for cause in causes]
    left = percent(max(0.0, 1 - float(last.sum())))
    n, until = rows["n_at_risk"].max(), min(longest, float(rows["until"].iloc[0]))
    return (
        f"First answers over time. {unit}: {n:,.0f} turns; after {duration(until)} {', '.join(parts)}, {left} "
        f"still waiting{'' if until >= longest else ', and none was watched for longer'}."
    )
