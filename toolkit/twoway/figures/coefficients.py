"""A forest of ratios: by what factor each covariate of a model changes a hazard or odds, on a logarithmic axis."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SchemaError
from .canvas import literal_ticks, new_axes, note, number, shorten, write
from .picture import describe_figure
from .style import DATA_COLOR, NEUTRAL

__all__ = ["plot_ratios"]

_RATIOS = {"ratio": "ratio", "hazard_ratio": "hazard ratio", "odds_ratio": "odds ratio"}
#: Terms of the models of this library as a reader would say them; of a name in brackets or after a colon, the level.
_WORDS = {
    "log10_followers": "ten times as many followers",
    "is_bystander": "several organizations addressed at once",
    "has_question": "a question in the turn",
    "log_words": "2.7 times as many words",
    "is_weekend": "the weekend, not a weekday",
    "is_first_contact": "a first contact",
}
_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.33, 0.5, 0.67, 1, 1.5, 2, 3, 5, 10, 20, 50, 100)
# Beyond these a ratio says "far away", and would squeeze all others together.
_FARTHEST = 50.0


def plot_ratios(
    fit: Any,
    ax: Any = None,
    *,
    labels: Mapping[str, str] | None = None,
    less: str = "",
    more: str = "",
) -> Any:
    """Draw each term's ratio with its interval on a logarithmic axis, 1 (no difference) marked.

    Hollow marks show no clear difference: their interval holds 1 or is unknown. An arrow says that an interval goes on
    beyond the axis.

    Parameters
    ----------
    fit
        A fitted model, or its table: `term`, one of `ratio`, `hazard_ratio` or `odds_ratio`, `low`, `high`, and
        `flags` if there are any.
    ax
        Axes to draw on; a new figure if left out.
    labels
        Words for terms.
    less, more
        What a ratio below and above 1 means, written under the axis.

    Returns
    -------
    Axes

    Raises
    ------
    SchemaError
        If the table lacks a column.
    """
    rows, what = _rows(fit)
    labels = {**_terms(rows["term"], getattr(fit, "baselines", {})), **(labels or {})}
    ax = new_axes(ax, 6.6, 1.3 + 0.32 * max(len(rows), 1))
    edges = _edges(rows)
    for y, row in enumerate(rows.itertuples(index=False)):
        _draw_row(ax, y, row, edges)
    ax.set_xscale("log")
    ax.set_xlim(*edges)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.minorticks_off()
    ticks = _ticks(edges)
    literal_ticks(ax.xaxis, ticks, [f"{tick:g}" for tick in ticks])
    terms = [shorten(labels[term], 48) for term in rows["term"]]
    literal_ticks(ax.yaxis, range(len(rows)), terms, marks=False)
    ax.axvline(1.0, color=NEUTRAL, linewidth=0.9, zorder=0)
    ax.grid(axis="x", color="#E3E3E3", linewidth=0.8)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(_axis_words(what, less, more), fontsize="small")
    remark = _remark(rows)
    if remark:
        note(ax, remark, below=44)
    describe_figure(ax, _words(rows, what, labels))
    return ax


def _terms(terms: Any, baselines: Mapping[str, str]) -> dict[str, str]:
    """Say each term in words, a level of a covariate beside the one it is compared with."""
    out = {}
    for term in terms:
        name, _, level = term.partition(": ")
        if level and name in baselines:
            out[term] = f"{level} rather than {baselines[name]}"
        else:
            out[term] = _WORDS.get(term, term.replace("_", " "))
    return out


def _remark(rows: pd.DataFrame) -> str:
    """Say what hollow marks mean, and which flags which terms carry, where there are any."""
    lines = [] if all(_is_clear(row) for row in rows.itertuples()) else ["hollow: no clear difference"]
    flags = [[flag for flag in str(cell).split(",") if flag] for cell in rows["flags"]]
    for flag in sorted({flag for cell in flags for flag in cell}):
        n = sum(flag in cell for cell in flags)
        lines.append(f"{flag.replace('_', ' ')}: " + ("all terms" if n == len(rows) else f"{n} of {len(rows)} terms"))
    return "\n".join(lines)


def _is_clear(row: Any) -> bool:
    return bool(row.low > 1 or row.high < 1)


def _rows(fit: Any) -> tuple[pd.DataFrame, str]:
    table = getattr(fit, "table", fit)
    columns = list(getattr(table, "columns", ()))
    found = next((name for name in _RATIOS if name in columns), "ratio")
    for column in ("term", found, "low", "high"):
        if column not in columns:
            msg = f"The table has no column '{column}'. It was given to a plot of ratios. "
            msg += "Give a fitted model, or a table with term, ratio, low and high."
            raise SchemaError(msg)
    rows = table.rename(columns={found: "ratio"})
    if "flags" not in rows:
        rows = rows.assign(flags="")
    rows = rows.assign(flags=rows["flags"].fillna(""), term=rows["term"].astype(str))
    return rows.dropna(subset=["ratio"]).reset_index(drop=True), _RATIOS[found]


def _edges(rows: pd.DataFrame) -> tuple[float, float]:
    """Find an axis that is as long to the left of 1 as to the right of it, so that a half looks like a double."""
    sizes = np.abs(np.log(np.clip(rows[["ratio", "low", "high"]].to_numpy(dtype=float), 1e-300, 1e300)))
    widest = float(np.nanmax(sizes, initial=math.log(1.5)))
    farthest = math.exp(min(widest * 1.08, math.log(_FARTHEST)))
    return 1 / farthest, farthest


def _draw_row(ax: Any, y: int, row: Any, edges: tuple[float, float]) -> None:
    if not (math.isnan(row.low) or math.isnan(row.high)):
        ends = np.clip([row.low, row.high], *edges)
        ax.plot(ends, [y, y], color=DATA_COLOR, linewidth=2.2, solid_capstyle="butt", zorder=2)
        for end, marker, is_beyond in ((edges[0], "<", row.low < edges[0]), (edges[1], ">", row.high > edges[1])):
            if is_beyond:
                ax.plot(end, y, marker=marker, color=DATA_COLOR, markersize=6, clip_on=False, zorder=2)
    if edges[0] <= row.ratio <= edges[1]:
        face = DATA_COLOR if _is_clear(row) else "white"
        ax.plot(row.ratio, y, marker="o", color=DATA_COLOR, markerfacecolor=face, markersize=7, zorder=3)
    beside = f"{number(row.ratio)}  ({number(row.low)} to {number(row.high)})"
    write(ax, 1.03, y, beside, transform=ax.get_yaxis_transform(), va="center", fontsize="small")


def _ticks(edges: tuple[float, float]) -> list[float]:
    inside = [tick for tick in _TICKS if edges[0] <= tick <= edges[1]]
    # Every other one where the axis is long; 1 is always among them.
    step = 1 + len(inside) // 7
    middle = inside.index(1)
    return [tick for place, tick in enumerate(inside) if (place - middle) % step == 0]


def _axis_words(what: str, less: str, more: str) -> str:
    left, right = (f"← {less}   " if less else ""), (f"   {more} →" if more else "")
    return f"{left}{what} (logarithmic){right}"


def _words(rows: pd.DataFrame, what: str, labels: Mapping[str, str]) -> str:
    start = f"Forest plot of {what}s for {len(rows)} terms, with intervals."
    if rows.empty:
        return f"{start} None could be estimated."
    parts = [f"{labels[row.term]} {number(row.ratio)}" for row in rows.itertuples()]
    apart = rows[(rows["low"] > 1) | (rows["high"] < 1)]
    names = ", ".join(labels[term] for term in apart["term"])
    return f"{start} {'; '.join(parts)}. Away from 1: {names or 'none'}."
