"""When people ask and when they are answered: counts by hour of the week, and the map of them."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from ..errors import SchemaError, unknown_name
from .canvas import literal_ticks, new_axes, percent
from .picture import describe_figure

__all__ = ["hour_table", "plot_hour_map"]

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WHAT = {"approaches": "posts to the accounts", "replies": "posts of the accounts to persons"}
_COLUMNS = ("weekday", "hour", *_WHAT)
# 1 January 1970 was a Thursday; hours are counted from Monday 0:00.
_THURSDAY = 72


def hour_table(talk: Any) -> pd.DataFrame:
    """Count posts to the measured accounts, and posts of theirs to persons, by hour of the week in UTC.

    Parameters
    ----------
    talk
        The interactions of a corpus.

    Returns
    -------
    DataFrame
        168 rows: `weekday` (0 is Monday), `hour`, `approaches`, `replies`.
    """
    posts = talk.stream_frame.filter(~nw.col("is_context")).select("row", "created_s", "is_approach").unique()
    hours = posts.with_columns(_hour=(nw.col("created_s") // 3_600 + _THURSDAY) % 168)
    counted = talk.engine.collect(hours.group_by("_hour", "is_approach").agg(nw.len().alias("n"))).to_pandas()
    whole = pd.DataFrame({"weekday": np.repeat(range(7), 24), "hour": np.tile(range(24), 7)})
    for side, name in ((1, "approaches"), (0, "replies")):
        rows = counted[counted["is_approach"] == side].set_index("_hour")["n"]
        whole[name] = rows.reindex(range(168), fill_value=0).to_numpy(dtype="int64")
    return whole


def plot_hour_map(talk: Any, ax: Any = None, *, what: str = "both") -> Any:
    """Draw when people approach the accounts and when the accounts answer, by hour of the week in UTC.

    Each map is colored by its share of all its posts, on one scale, so that the shapes can be compared although the
    numbers differ.

    Parameters
    ----------
    talk
        The interactions of a corpus, or the table of `hour_table`.
    ax
        Axes to draw on (two for `what="both"`); a new figure if left out.
    what
        `"approaches"`, `"replies"`, or `"both"` side by side.

    Returns
    -------
    Axes, or array of two Axes

    Raises
    ------
    UnknownName
        If `what` is none of these.
    SchemaError
        If a table lacks a column.
    """
    if what not in {*_WHAT, "both"}:
        raise unknown_name(what, [*_WHAT, "both"], "map of hours")
    table = talk if isinstance(talk, pd.DataFrame) else hour_table(talk)
    for column in _COLUMNS:
        if column not in table.columns:
            msg = f"The table has no column '{column}'. It was given to plot_hour_map. "
            msg += "Give the interactions, or hour_table(talk)."
            raise SchemaError(msg)
    names = list(_WHAT) if what == "both" else [what]
    axes = _two_axes(ax) if what == "both" else [new_axes(ax, 6.4, 2.9)]
    top = max((_shares(table, name).max() for name in names), default=0.0)
    for panel, name in zip(axes, names, strict=True):
        _draw_map(panel, table, name, top or 1.0)
    if len(axes) == 2:
        axes[1].set_yticklabels([])
    _color_bar(axes)
    return np.array(axes) if what == "both" else axes[0]


def _two_axes(ax: Any) -> list[Any]:
    if ax is not None:
        return list(np.ravel(ax))
    from matplotlib import pyplot as plt

    return list(plt.subplots(1, 2, figsize=(9.6, 2.9), layout="constrained")[1])


def _shares(table: pd.DataFrame, name: str) -> np.ndarray:
    week = table.pivot_table(index="weekday", columns="hour", values=name, aggfunc="sum", fill_value=0)
    counts = week.reindex(index=range(7), columns=range(24), fill_value=0).to_numpy(dtype=float)
    return counts / counts.sum() if counts.sum() else counts


def _draw_map(ax: Any, table: pd.DataFrame, name: str, top: float) -> None:
    shares = _shares(table, name)
    ax.pcolormesh(
        np.arange(25), np.arange(8), shares, cmap="Blues", vmin=0, vmax=top, edgecolors="#E6E6E6", linewidth=0.4
    )
    ax.set(xlim=(0, 24), ylim=(7, 0), xlabel="hour of the day, UTC")
    literal_ticks(ax.xaxis, np.arange(0, 24, 3) + 0.5, [f"{hour}" for hour in range(0, 24, 3)])
    literal_ticks(ax.yaxis, np.arange(7) + 0.5, _DAYS, marks=False)
    for side in ax.spines.values():
        side.set_visible(False)
    n = int(table[name].sum())
    ax.set_title(f"{_WHAT[name]} (n = {n:,})", fontsize="medium", fontweight="bold")
    describe_figure(ax, _words(shares, name, n))


def _color_bar(axes: list[Any]) -> None:
    mesh = axes[-1].collections[0]
    bar = axes[-1].figure.colorbar(mesh, ax=axes, format=lambda share, _: f"{100 * share:g} %", shrink=0.9, pad=0.02)
    bar.outline.set_visible(False)
    bar.set_label("share of the map's posts")


def _words(shares: np.ndarray, name: str, n: int) -> str:
    start = f"Map of {n:,} {_WHAT[name]} by weekday and hour, UTC."
    if not n:
        return f"{start} There are none."
    day, hour = np.unravel_index(int(shares.argmax()), shares.shape)
    busiest = f"Busiest hour: {_DAYS[day]} {hour}:00, {percent(shares.max())} of all."
    return f"{start} {busiest} On Saturday and Sunday: {percent(shares[5:].sum())}."
