"""Shares of coded replies, as the rules found them and, where people coded some, corrected for the rules' errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..errors import NotEnoughEvidence
from .canvas import literal_ticks, note, percent, shorten, shown_words, write
from .parts import share_axis
from .picture import describe_figure
from .rows import level_of, rows_of
from .style import DATA_COLOR, NEUTRAL

__all__ = ["REPLY_SHARES", "plot_corrected"]

#: What is drawn if nothing else is asked for: title of each panel, by metric.
REPLY_SHARES = {"reply_open_share": "Answers in public", "reply_deflect_share": "Only sends elsewhere"}

_ROW_INCHES, _FRAME_INCHES, _APART = 0.34, 1.8, 0.17


def plot_corrected(
    card: Any, metrics: Mapping[str, str] = REPLY_SHARES, *, by: str | None = None, n_max: int = 40
) -> Any:
    """Draw shares of coded posts with their intervals, a panel a metric: by the rules, and corrected where they are.

    Parameters
    ----------
    card
        What `measure` returns for the metrics; corrected shares stand in it where codes by people were given.
    metrics
        Title of each panel, by metric.
    by
        Kind of unit; needed only where the table holds several.
    n_max
        Most units to draw: those with most posts.

    Returns
    -------
    array of Axes
        One a metric; units sorted by the first, the largest on top.

    Raises
    ------
    UnknownName
        If a metric is not in the table.
    NotEnoughEvidence
        If no unit has any of the shares.
    """
    import numpy as np
    from matplotlib import pyplot as plt

    tables = [rows_of(card, metric, by) for metric in metrics]
    known = tables[0][tables[0]["value"].notna()]
    if known.empty:
        msg = f"No unit has a share {next(iter(metrics))}. It was given to plot_corrected. Name other units."
        raise NotEnoughEvidence(msg)
    kept = known.loc[known["n"].nlargest(n_max).index].sort_values("value", ascending=False, kind="stable").index
    size = (2.2 + 3.4 * len(metrics), _FRAME_INCHES + _ROW_INCHES * len(kept))
    axes = np.ravel(plt.subplots(1, len(metrics), figsize=size, sharey=True, layout="constrained")[1])
    for ax, table, title in zip(axes, tables, metrics.values(), strict=True):
        _draw(ax, table.loc[kept])
        if ax is axes[-1] or not table["n"].equals(tables[-1]["n"]):
            _count(ax, table.loc[kept])
        ax.set_title(title, parse_math=False)
        describe_figure(ax, _words(title, table.loc[kept]))
    literal_ticks(axes[0].yaxis, range(len(kept)), [shorten(unit, 24) for unit in kept], marks=False)
    for ax in axes[1:]:
        ax.tick_params(axis="y", length=0)
    axes[0].set_ylim(len(kept) - 0.4, -0.6)
    left_out = shown_words(len(kept), len(known), "those with most replies")
    note(axes[0], f"{_remark(tables[0].loc[kept], level_of(card))}\n{left_out}".rstrip(), below=42)
    return axes


def _draw(ax: Any, rows: pd.DataFrame) -> None:
    is_corrected = "corrected" in rows
    for place, (_, row) in enumerate(rows.iterrows()):
        told = is_corrected and not pd.isna(row["corrected"])
        raw = NEUTRAL if is_corrected else DATA_COLOR
        _mark(ax, place - _APART * told, [row["value"], row["low"], row["high"]], raw, is_hollow=is_corrected)
        if told:
            limits = [row["corrected"], row["corrected_low"], row["corrected_high"]]
            _mark(ax, place + _APART, limits, DATA_COLOR, is_hollow=False)
    ax.set_xlim(0, 1)
    share_axis(ax.xaxis)
    ax.grid(axis="x", color="#E3E3E3", linewidth=0.8)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel("share of replies to persons", fontsize="small")


def _count(ax: Any, rows: pd.DataFrame) -> None:
    coded = [f", {n:,.0f} coded" for n in rows["n_labeled"]] if "n_labeled" in rows else [""] * len(rows)
    for place, (n, words) in enumerate(zip(rows["n"], coded, strict=True)):
        across = ax.get_yaxis_transform()
        write(ax, 1.04, place, f"n = {n:,.0f}{words}", transform=across, va="center", fontsize="x-small")


def _mark(ax: Any, y: float, limits: list[float], color: str, *, is_hollow: bool) -> None:
    value, low, high = limits
    ax.plot([low, high], [y, y], color=color, linewidth=1.8, solid_capstyle="butt", zorder=2)
    ax.plot(
        value,
        y,
        "o",
        color=color,
        markerfacecolor="white" if is_hollow else color,
        markersize=5.5,
        clip_on=False,
        zorder=3,
    )


def _remark(rows: pd.DataFrame, level: str) -> str:
    if "corrected" not in rows:
        return f"by rules, whose errors are not taken off; bars: {level} intervals"
    pooled = int(rows["flags"].str.contains("pooled_errors").sum())
    said = "gray, hollow: by rules, given codes in their place; blue: corrected for the errors of the rules"
    said += f"\nbars: {level} intervals"
    return said + (f"; {pooled} of {len(rows)} corrected with the error rates of all units" if pooled else "")


def _words(title: str, rows: pd.DataFrame) -> str:
    known = rows["value"].dropna()
    corrected = rows["corrected"].notna().sum() if "corrected" in rows else 0
    beside = f", {corrected} also corrected for the errors of the rules" if corrected else ""
    return (
        f"{title}: shares of replies for {len(known)} units{beside}. Largest by rules: {known.idxmax()},"
        f" {percent(known.max())}; smallest: {known.idxmin()}, {percent(known.min())}."
    )
