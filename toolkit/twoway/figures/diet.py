"""What accounts post: bars of ten classes of content, and how many equally frequent classes would be as mixed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..errors import NotEnoughEvidence
from .canvas import literal_ticks, new_axes, note, number, percent, shorten, shown_words, write
from .picture import describe_figure
from .rows import rows_of, split_flags
from .style import INK, NEUTRAL

__all__ = ["DIET_COLORS", "plot_content_diet"]

MOST = 20
_INCHES = 0.42

#: One color a class, by the metric of its share: neighbors in a bar differ in lightness, and survive a gray printer.
DIET_COLORS = {
    "content_answer_share": "#0072B2",
    "content_notice_share": "#F0E442",
    "content_how_to_share": "#009E73",
    "content_product_share": "#A6D9F2",
    "content_promotion_share": "#D55E00",
    "content_award_share": "#F2C9A0",
    "content_community_share": "#5B4B8A",
    "content_staff_share": "#E8A9C8",
    "content_small_talk_share": "#7A5C3E",
    "content_other_share": "#DDDDDD",
}
_NAMES = {
    "content_answer_share": "answers, care",
    "content_notice_share": "service notices",
    "content_how_to_share": "how-to",
    "content_product_share": "product news",
    "content_promotion_share": "promotion",
    "content_award_share": "self-praise",
    "content_community_share": "community",
    "content_staff_share": "staff",
    "content_small_talk_share": "small talk",
    "content_other_share": "other",
}
_HILL = {"content_classes_effective": "¹D", "content_classes_dominant": "²D"}

# A part narrower than this has no room for its number.
_LEAST_WRITTEN = 0.07


def plot_content_diet(card: Any, ax: Any = None, *, by: str | None = None) -> Any:
    """Draw one bar a unit, split by class of content, with the effective numbers of classes at its end.

    Parameters
    ----------
    card
        What `measure` returns for the ten shares of `DIET_COLORS`, `content_classes_effective` and
        `content_classes_dominant`; or its long table.
    ax
        Axes to draw on; a new figure if left out.
    by
        Kind of unit; needed only where the table holds several.

    Returns
    -------
    Axes
        Units sorted by how mixed they are, the most mixed on top: twenty with most posts at most.

    Raises
    ------
    UnknownName
        If one of these metrics is not in the table.
    NotEnoughEvidence
        If nobody posted anything.
    """
    shares = pd.DataFrame({metric: rows_of(card, metric, by)["value"] for metric in DIET_COLORS}).dropna()
    hills = {metric: rows_of(card, metric, by) for metric in _HILL}
    if shares.empty:
        msg = (
            "Nobody posted anything, so there is no diet to draw. It was given to plot_content_diet. Name other units."
        )
        raise NotEnoughEvidence(msg)
    mixed = hills["content_classes_effective"].loc[shares.index]
    kept = mixed.loc[mixed["n"].nlargest(MOST).index].sort_values("value", ascending=False, kind="stable")
    panel = new_axes(ax, 8.6, _INCHES * len(kept) + 2.4)
    _bars(panel, shares.loc[kept.index])
    _numbers(panel, kept, hills["content_classes_dominant"].loc[kept.index])
    _frame(panel, kept, shown_words(len(kept), len(shares), "those with most posts"))
    describe_figure(panel, _words(shares.loc[kept.index], kept))
    return panel


def _bars(ax: Any, shares: pd.DataFrame) -> None:
    places = range(len(shares))
    left = pd.Series(0.0, index=shares.index)
    for metric, color in DIET_COLORS.items():
        part = shares[metric]
        ax.barh(places, part, 0.72, left=left, color=color, edgecolor="white", linewidth=0.8, label=_NAMES[metric])
        for place, start, width in zip(places, left, part, strict=True):
            if width >= _LEAST_WRITTEN:
                dark = color in {"#0072B2", "#5B4B8A", "#7A5C3E", "#009E73", "#D55E00"}
                write(
                    ax, start + width / 2, place, percent(width).removesuffix(" %"), ha="center", va="center",
                    fontsize="small", color="white" if dark else INK,
                )  # fmt: skip
        left = left + part


def _numbers(ax: Any, effective: pd.DataFrame, dominant: pd.DataFrame) -> None:
    across = ax.get_yaxis_transform()
    for place, (unit, row) in enumerate(effective.iterrows()):
        limits = "" if pd.isna(row["low"]) else f" ({number(row['low'])} to {number(row['high'])})"
        mark = "*" if "small_n" in split_flags(row["flags"]) else ""
        words = f" {number(row['value'])}{limits}   {number(dominant.loc[unit, 'value'])}{mark}"
        write(ax, 1.01, place, words, transform=across, va="center", fontsize="small")
    write(ax, 1.01, -0.75, " ¹D (95 % interval)   ²D", transform=across, va="center", fontsize="small", color=NEUTRAL)


def _frame(ax: Any, kept: pd.DataFrame, left_out: str) -> None:
    from matplotlib.ticker import PercentFormatter

    names = [f"{shorten(unit, 24)}  n = {n:,.0f}" for unit, n in kept["n"].items()]
    literal_ticks(ax.yaxis, range(len(kept)), names, marks=False)
    ax.set_ylim(len(kept) - 0.4, -0.6)
    ax.set_xlim(0, 1)
    ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    ax.spines["left"].set_visible(False)
    ax.set_xlabel("share of posts, plain reposts left out", fontsize="small")
    ax.set_title("What is posted", parse_math=False, pad=22)
    handles, labels = ax.get_legend_handles_labels()
    ax.legend(
        handles, labels, ncols=5, loc="upper left", bbox_to_anchor=(0, 0), bbox_transform=ax.transAxes,
        borderaxespad=3.6, fontsize="small", frameon=False, handlelength=1.0, columnspacing=1.2,
    )  # fmt: skip
    few = "\n*: fewer posts than the reporting floor" if kept["flags"].str.contains("small_n").any() else ""
    note(ax, f"¹D, ²D: as many equally frequent classes would be as mixed{few}\n{left_out}".rstrip(), below=86)


def _words(shares: pd.DataFrame, effective: pd.DataFrame) -> str:
    parts = []
    for unit in (effective.index[0], effective.index[-1])[: len(effective)]:
        first = str(shares.loc[unit].idxmax())
        parts.append(
            f"{unit} mixes {number(effective.loc[unit, 'value'])} effective classes, most of all {_NAMES[first]}"
            f" ({percent(shares.loc[unit, first])})"
        )
    return f"Bars of ten classes of content for {len(shares)} units. " + "; ".join(parts) + "."
