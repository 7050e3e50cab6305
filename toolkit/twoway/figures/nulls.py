"""Measured values against their null models: where chance alone would put them, and where they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import NotEnoughEvidence, unknown_name
from .canvas import literal_ticks, new_axes, note, number, percent, shorten, write
from .picture import describe_figure
from .rows import Scale, scale_of, split_flags
from .style import DATA_COLOR, NEUTRAL

__all__ = ["distances", "is_above", "plot_null_test"]

_ROW_INCHES, _FRAME_INCHES, _WIDTH = 0.26, 1.1, 6.6
_RANGE, _NOTABLE, _MIDDLE = "#D9D9D9", 0.05, 1.96


def is_above(rows: Any) -> Any:
    """Say of rows of a null test, or of one, whether the value is above the mean of the draws."""
    return rows["observed"] > rows["null_mean"]


def distances(rows: pd.DataFrame) -> pd.Series:
    """Give how many standard deviations values are from the null; infinitely many where no two draws differ."""
    return rows["z"].abs().fillna(np.inf)


def plot_null_test(test: Any, metric: str | None = None, *, ax: Any = None, n_max: int = 40) -> Any:
    """Draw one metric of all units against the range of its null model, or z of all metrics in one picture.

    A gray bar holds the middle 95 % of the draws, a line in it their mean; the point is the value, filled where p is
    at most 0.05. Without a metric, each row is a metric and each point a unit, by how many standard deviations of the
    null model it is away.

    Parameters
    ----------
    test
        From `null_test`.
    metric
        One metric; all of the test, as z, if left out (unless it holds one only).
    ax
        Axes to draw on; a new figure if left out.
    n_max
        Most rows to draw.

    Returns
    -------
    Axes

    Raises
    ------
    UnknownName
        If the metric was not tested.
    NotEnoughEvidence
        If nothing could be compared.
    """
    names = list(dict.fromkeys(test.table["metric"]))
    if metric is not None and metric not in names:
        raise unknown_name(metric, names, "metric of this null test")
    is_single = metric is not None or len(names) == 1
    if test.table["p" if is_single else "z"].isna().all():
        msg = "No value could be compared with its null model. They were given to plot_null_test. "
        msg += "The column flags of the table says why; one organization alone has no null of reciprocity."
        raise NotEnoughEvidence(msg)
    if not is_single:
        return _overview(test, names[:n_max], ax)
    return _panel(test, metric or names[0], ax, n_max)


def _panel(test: Any, metric: str, ax: Any, n_max: int) -> Any:
    table = test.table.merge(test.ranges, on=["unit_id", "metric"])
    rows = table[(table["metric"] == metric)].sort_values(["observed", "unit_id"], ascending=[False, True])
    left_out = max(0, len(rows) - n_max)
    rows = rows.head(n_max).reset_index(drop=True)
    ax = new_axes(ax, _WIDTH, _FRAME_INCHES + _ROW_INCHES * len(rows))
    scale = scale_of(metric, list(rows["observed"]))
    for y, row in rows.iterrows():
        _draw_row(ax, int(y), row)
    _frame(ax, [shorten(unit) for unit in rows["unit_id"]], metric)
    if scale.is_share:
        ax.set_xlim(left=0)
        _percent_axis(ax)
    ax.set_xlabel(f"gray: middle 95 % of {test.draws:,} draws of {rows['null'].iloc[0]}", fontsize="small")
    if left_out:
        note(ax, f"{left_out:,} more with lower values are not drawn", below=44)
    describe_figure(ax, _words(metric, rows, scale))
    return ax


def _draw_row(ax: Any, y: int, row: pd.Series) -> None:
    if pd.isna(row["observed"]):
        words = "undefined"
    elif "nothing_moves" in split_flags(row["flags"]):
        words = "no null: nothing moves"
    elif "small_pool" in split_flags(row["flags"]):
        words = "no null: too few posts"
    else:
        words = f"z = {number(row['z'])}" if not pd.isna(row["z"]) else "all draws alike"
        ax.barh(y, row["high"] - row["low"], left=row["low"], height=0.62, color=_RANGE, zorder=1)
        ax.plot([row["null_mean"]] * 2, [y - 0.31, y + 0.31], color=NEUTRAL, linewidth=1.4, zorder=2)
    if not pd.isna(row["observed"]):
        _point(ax, row["observed"], y, is_far=row["p"] <= _NOTABLE)
    write(ax, 1.03, y, words, transform=ax.get_yaxis_transform(), va="center", fontsize="small")


def _point(ax: Any, x: float, y: float, *, is_far: bool) -> None:
    face = DATA_COLOR if is_far else "white"
    ax.plot(x, y, marker="o", color=DATA_COLOR, markerfacecolor=face, markersize=6, clip_on=False, zorder=3)


def _frame(ax: Any, labels: list[str], title: str) -> None:
    ax.set_ylim(len(labels) - 0.4, -0.6)
    literal_ticks(ax.yaxis, range(len(labels)), labels, marks=False)
    ax.grid(axis="x", color="#E3E3E3", linewidth=0.8)
    ax.spines["left"].set_visible(False)
    ax.set_title(title, parse_math=False)


def _percent_axis(ax: Any) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator(6))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value)))


def _words(metric: str, rows: pd.DataFrame, scale: Scale) -> str:
    tested = rows[rows["p"].notna()]
    far = tested[tested["p"] <= _NOTABLE]
    n_above = int(is_above(far).sum())
    start = (
        f"{metric} of {len(rows)} units against {rows['null'].iloc[0]}: {n_above} above the null, "
        f"{len(far) - n_above} below, {len(tested) - len(far)} within it, {len(rows) - len(tested)} not tested."
    )
    if far.empty:
        return start
    top = far.loc[distances(far).idxmax()]
    return f"{start} Farthest: {top['unit_id']}, {scale.text(top['observed'])} against {scale.text(top['null_mean'])}."


def _overview(test: Any, names: list[str], ax: Any) -> Any:
    ax = new_axes(ax, _WIDTH, _FRAME_INCHES + _ROW_INCHES * len(names))
    rows = test.table[test.table["metric"].isin(names)]
    ax.axvspan(-_MIDDLE, _MIDDLE, color=_RANGE, zorder=0)
    ax.axvline(0, color=NEUTRAL, linewidth=1.2, zorder=1)
    for y, name in enumerate(names):
        for _, row in rows[(rows["metric"] == name) & rows["z"].notna()].iterrows():
            _point(ax, row["z"], y, is_far=row["p"] <= _NOTABLE)
    _z_axis(ax, rows["z"].dropna().to_numpy())
    _frame(ax, names, "Distance from chance")
    ax.set_xlabel("standard deviations of the null model (z); one point a unit", fontsize="small")
    note(
        ax,
        "Gray: where about 95 of 100 values lie by chance. Filled: p at most 0.05.",
        below=44,
    )
    describe_figure(ax, _overview_words(names, rows))
    return ax


def _z_axis(ax: Any, z: Any) -> None:
    """Scale the axis linearly near chance and about logarithmically beyond, so that both can be read."""
    from matplotlib.ticker import FuncFormatter, NullLocator

    ax.set_xscale("asinh", linear_width=4.0)
    edge = max(4.0, float(np.abs(z).max()) * 1.15)
    ax.set_xlim(-edge, edge)
    steps = [step for step in (2, 5, 10, 30, 100, 300, 1_000) if step <= edge]
    ax.set_xticks([*[-step for step in reversed(steps)], 0, *steps])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}".replace("-", "−")))


def _overview_words(names: list[str], rows: pd.DataFrame) -> str:
    parts = []
    for name in names:
        far = rows[(rows["metric"] == name) & (rows["p"] <= _NOTABLE)]
        n_above = int(is_above(far).sum())
        parts.append(f"{name}: {n_above} above, {len(far) - n_above} below")
    return f"Distance from chance of {len(names)} metrics for {rows['unit_id'].nunique()} units. {'; '.join(parts)}."
