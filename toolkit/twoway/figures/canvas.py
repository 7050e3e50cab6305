"""Small helpers of drawing: a fresh axes, words taken literally, durations and shares as people write them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from .style import INK, NEUTRAL

__all__ = [
    "DURATIONS",
    "duration",
    "literal_ticks",
    "minutes_at",
    "name_grid",
    "new_axes",
    "new_grid",
    "note",
    "number",
    "percent",
    "place_of",
    "shorten",
    "shown_words",
    "waiting_axis",
    "write",
]

#: Minutes at which a time axis may carry a tick, with the words for them.
DURATIONS = {
    1: "1 min", 5: "5 min", 15: "15 min", 60: "1 h", 360: "6 h", 1_440: "24 h", 4_320: "3 d", 10_080: "7 d",
    43_200: "30 d", 129_600: "90 d", 525_600: "1 y", 1_576_800: "3 y", 5_256_000: "10 y",
}  # fmt: skip

# Up to this many minutes a waiting axis is close to linear; beyond, close to logarithmic.
LINEAR_MINUTES = 5.0

# Inches around and between the panels of a grid: room for tick labels, names of axes in three lines, titles, a legend.
_LEFT, _RIGHT, _TOP, _BOTTOM, _GAP = 0.95, 0.1, 0.6, 1.1, (0.32, 0.34)

# Which ticks to keep first where there is no room for all.
_TELLING = (60, 1_440, 10_080, 15, 360)


def new_axes(ax: Any, width: float, height: float) -> Any:
    """Return the axes that were given, or those of a new figure of that size in inches."""
    if ax is not None:
        return ax
    from matplotlib import pyplot as plt

    return plt.subplots(figsize=(width, height), layout="constrained")[1]


def new_grid(n: int, n_columns: int, panel: tuple[float, float]) -> list[Any]:
    """Return the axes of a new figure of `n` panels of a size in inches, which share both axes.

    The margins are fixed, since to measure the labels of a dozen panels again and again takes most of a drawing's time.
    """
    from matplotlib import pyplot as plt

    columns = min(n_columns, n)
    rows = math.ceil(n / columns)
    across, down = columns * (panel[0] + _GAP[0]) - _GAP[0], rows * (panel[1] + _GAP[1]) - _GAP[1]
    width, height = _LEFT + across + _RIGHT, _TOP + down + _BOTTOM
    figure, grid = plt.subplots(rows, columns, figsize=(width, height), sharex=True, sharey=True, squeeze=False)
    figure.subplots_adjust(
        left=_LEFT / width, right=1 - _RIGHT / width, bottom=_BOTTOM / height, top=1 - _TOP / height,
        wspace=_GAP[0] / panel[0], hspace=_GAP[1] / panel[1],
    )  # fmt: skip
    for spare in grid.flat[n:]:
        spare.set_visible(False)
    for lowest in grid.flat[max(n - columns, 0) : n]:
        # Above a spare panel, nothing else would name the ticks.
        lowest.tick_params(labelbottom=True)
    return list(grid.flat[:n])


def name_grid(figure: Any, words: str, size: str = "medium") -> None:
    """Name the x axes of a grid of panels, close below the labels of their ticks."""
    figure.supxlabel(words, y=(_BOTTOM - 0.36) / figure.get_figheight(), va="top", fontsize=size, color=INK)


def write(ax: Any, x: float, y: float, words: str, **options: Any) -> Any:
    """Put words on the axes exactly as they are: a dollar sign in a handle starts no formula."""
    return ax.text(x, y, words, parse_math=False, **{"color": INK, **options})


def literal_ticks(axis: Any, positions: Iterable[float], labels: Iterable[str], *, marks: bool = True) -> None:
    """Set ticks whose labels are taken literally, with or without a mark on the axis."""
    axis.set_ticks(list(positions), labels=list(labels))
    if not marks:
        # Without a mark, the label needs the room that a point on the edge takes.
        axis.set_tick_params(length=0, pad=8)
    for label in axis.get_ticklabels():
        label.set_parse_math(False)


def note(ax: Any, words: str, *, below: float, at: float | None = None) -> None:
    """Put a small gray remark `below` points under the axes, at its left or centered `at` a share of its width."""
    ax.annotate(
        words, (at or 0, 0), (0, -below), xycoords="axes fraction", textcoords="offset points", parse_math=False,
        ha="left" if at is None else "center", va="top", fontsize="small", color=NEUTRAL, annotation_clip=False,
    )  # fmt: skip


def shorten(words: Any, limit: int = 28) -> str:
    """Cut long words in the middle of nowhere, with a sign that they were cut.

    Examples
    --------
    >>> shorten("a very long name of an organization", 12)
    'a very long…'
    """
    text = " ".join(str(words).split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def percent(share: float) -> str:
    """Write a share as a percentage, with as many digits as it deserves; never 0 or 100 where it is not.

    Examples
    --------
    >>> percent(0.4567), percent(0.0042), percent(1.0), percent(float("nan"))
    ('46 %', '0.4 %', '100 %', '–')
    >>> percent(0.0001), percent(0.9999), percent(0.0099)
    ('<0.1 %', '>99.9 %', '1 %')
    """
    if pd.isna(share):
        return "–"
    value = 100 * share
    if 0 < value < 0.05:
        return "<0.1 %"
    if 99.95 < value < 100:
        return ">99.9 %"
    return f"{value:.1f} %" if 0 < value < 0.95 or 99.05 < value < 100 else f"{value:.0f} %"


def number(value: float) -> str:
    """Write a number with three digits that count, and no exponent.

    Examples
    --------
    >>> number(0.12345), number(12.345), number(12345.6), number(3.0), number(float("inf"))
    ('0.123', '12.3', '12,346', '3.00', '∞')
    """
    if pd.isna(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{value:,.{digits}f}".replace("-", "−")


def duration(minutes: float) -> str:
    """Write minutes in the unit a person would use.

    Examples
    --------
    >>> duration(0.5), duration(12), duration(90), duration(60 * 30), duration(60 * 24 * 12)
    ('30 s', '12 min', '1.5 h', '30 h', '12 d')
    """
    if pd.isna(minutes):
        return "–"
    if math.isinf(minutes):
        return "∞"
    for limit, unit, size in ((1, "s", 1 / 60), (60, "min", 1), (48 * 60, "h", 60), (730 * 1_440, "d", 1_440)):
        if abs(minutes) < limit:
            return f"{_two_digits(minutes / size)} {unit}"
    return f"{_two_digits(minutes / 525_600)} y"


def _two_digits(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0") if abs(value) < 10 else f"{value:,.0f}"


def waiting_axis(ax: Any, longest: float, *, apart: float = 0.11) -> None:
    """Scale the x axis for waiting times in minutes: linear for the first 5, about logarithmic beyond, ticks in words.

    Parameters
    ----------
    longest
        Where the axis ends, in minutes.
    apart
        Least distance of two ticks, as a share of the axis.
    """
    from matplotlib.ticker import NullLocator

    ax.set_xscale("asinh", linear_width=LINEAR_MINUTES)
    ax.set_xlim(0, longest)
    kept = [0]
    for minutes in sorted(DURATIONS, key=lambda m: (_TELLING.index(m) if m in _TELLING else len(_TELLING), m)):
        places = [place_of(minutes, longest) - place_of(other, longest) for other in kept]
        if minutes <= longest * 1.001 and min(abs(place) for place in places) >= apart:
            kept.append(minutes)
    literal_ticks(ax.xaxis, sorted(kept), [DURATIONS.get(minutes, "0") for minutes in sorted(kept)])
    ax.xaxis.set_minor_locator(NullLocator())


def place_of(minutes: Any, longest: float) -> Any:
    """Return where on a waiting axis, from 0 to 1, some minutes stand.

    Examples
    --------
    >>> round(float(place_of(60, 10_080)), 2)
    0.38
    """
    return np.arcsinh(np.asarray(minutes, dtype=float) / LINEAR_MINUTES) / np.arcsinh(longest / LINEAR_MINUTES)


def minutes_at(place: float, longest: float) -> float:
    """Return how many minutes stand at a place of a waiting axis, from 0 to 1.

    Examples
    --------
    >>> round(minutes_at(1.0, 10_080))
    10080
    """
    return float(LINEAR_MINUTES * np.sinh(place * np.arcsinh(longest / LINEAR_MINUTES)))


def shown_words(n_shown: int, n_all: int, rule: str = "the most addressed") -> str:
    """Say how many units a figure shows and by which rule; empty where it shows all.

    Examples
    --------
    >>> shown_words(6, 16)
    '6 of 16 shown: the most addressed'
    >>> shown_words(6, 6)
    ''
    """
    return f"{n_shown:,} of {n_all:,} shown: {rule}" if n_shown < n_all else ""
