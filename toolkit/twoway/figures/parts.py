"""Bars of parts: one bar a unit, split into shares that add up to one, with numbers beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from ..errors import NotEnoughEvidence
from .canvas import literal_ticks, note, number, percent, shorten
from .rows import rows_of
from .style import INK, NEUTRAL

__all__ = ["beside", "bracketed", "draw_parts", "frame_parts", "height_of", "named", "part_shares", "share_axis"]

_INCHES, _FRAME_INCHES = 0.36, 2.2

# A part narrower than this has no room for its number.
_LEAST_WRITTEN = 0.07

# Points from the axes to its legend, and from one row of a legend to the next.
_LEGEND_BELOW, _LEGEND_ROW = 36, 14


def part_shares(card: Any, metrics: Sequence[str], by: str | None, nothing: str) -> pd.DataFrame:
    """Return the shares of all parts, a row a unit that has them all.

    Raises
    ------
    UnknownName
        If one of the metrics is not in the table.
    NotEnoughEvidence
        If no unit has them, in the words of `nothing`.
    """
    shares = pd.DataFrame({metric: rows_of(card, metric, by)["value"] for metric in metrics}).dropna()
    if shares.empty:
        raise NotEnoughEvidence(nothing)
    return shares


def height_of(n_rows: int) -> float:
    """Return how many inches a figure of so many bars needs."""
    return _INCHES * n_rows + _FRAME_INCHES


def draw_parts(ax: Any, shares: pd.DataFrame, parts: Mapping[str, tuple[str, str]]) -> None:
    """Draw a bar a row; `parts` gives name and color of each column, in the order of the bar."""
    places = range(len(shares))
    left = pd.Series(0.0, index=shares.index)
    for column, (name, color) in parts.items():
        ax.barh(places, shares[column], 0.72, left=left, color=color, edgecolor="white", linewidth=0.8, label=name)
        for place, start, width in zip(places, left, shares[column], strict=True):
            if width >= _LEAST_WRITTEN:
                ax.text(
                    start + width / 2, place, percent(width).removesuffix(" %"), ha="center", va="center",
                    fontsize="small", color="white" if _is_dark(color) else INK, in_layout=False,
                )  # fmt: skip
        left = left + shares[column]


def _is_dark(color: str) -> bool:
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(color)
    return 0.3 * red + 0.59 * green + 0.11 * blue < 0.55


def bracketed(row: Any, written: Any = number) -> str:
    """Write a value with its interval in brackets.

    Examples
    --------
    >>> bracketed({"value": 2.0, "low": 1.5, "high": 2.5}), bracketed({"value": 2.0, "low": float("nan")})
    ('2.00 (1.50 to 2.50)', '2.00')
    """
    limits = "" if pd.isna(row["low"]) else f" ({written(row['low'])} to {written(row['high'])})"
    return f"{written(row['value'])}{limits}"


def beside(ax: Any, head: str, cells: Sequence[str], *, right: float) -> None:
    """Write a column of words to the right of the bars, `right` points from the axes, with its heading."""
    for place, words in [(-0.8, head), *enumerate(cells)]:
        ax.annotate(
            words, (1, place), (right, 0), xycoords=ax.get_yaxis_transform(), textcoords="offset points",
            va="center", fontsize="small", color=NEUTRAL if place < 0 else INK, parse_math=False, annotation_clip=False,
        )  # fmt: skip


def share_axis(axis: Any) -> None:
    """Write the ticks of an axis of shares as percentages."""
    from matplotlib.ticker import FuncFormatter

    axis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.3g} %"))


def frame_parts(
    ax: Any, names: Sequence[str], *, title: str, of: str, remark: str, n_columns: int, pad: float = 22
) -> None:
    """Name the bars, the axis and the parts, and put a remark below; the title stands `pad` points above the bars."""
    from matplotlib.transforms import ScaledTranslation

    literal_ticks(ax.yaxis, range(len(names)), names, marks=False)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.set_xlim(0, 1)
    share_axis(ax.xaxis)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(of, fontsize="small")
    ax.set_title(title, parse_math=False, pad=pad)
    handles, labels = ax.get_legend_handles_labels()
    # A legend is filled column by column, and read row by row.
    order = [place for first in range(n_columns) for place in range(first, len(labels), n_columns)]
    down = ScaledTranslation(0, -_LEGEND_BELOW / 72, ax.figure.dpi_scale_trans)
    ax.legend(
        [handles[place] for place in order], [labels[place] for place in order], ncols=n_columns, loc="upper left",
        bbox_to_anchor=(0, 0), bbox_transform=ax.transAxes + down, borderaxespad=0, borderpad=0, fontsize="small",
        handlelength=1.0, columnspacing=1.2,
    )  # fmt: skip
    n_rows = -(-len(labels) // n_columns)
    note(ax, remark, below=_LEGEND_BELOW + 8 + _LEGEND_ROW * n_rows)


def named(units: Iterable[Any], n: Iterable[float]) -> list[str]:
    """Name units with the number of what their bars are made of."""
    return [f"{shorten(unit, 36)}  n = {size:,.0f}" for unit, size in zip(units, n, strict=True)]
