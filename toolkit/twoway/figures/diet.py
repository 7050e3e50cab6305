"""What accounts post: bars of ten classes of content, and how many equally frequent classes would be as mixed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from .canvas import new_axes, number, percent, shown_words
from .parts import beside, bracketed, draw_parts, frame_parts, height_of, named, part_shares
from .picture import describe_figure
from .rows import level_of, rows_of, split_flags

__all__ = ["DIET_COLORS", "plot_content_diet"]

MOST = 20

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

_NOTHING = "Nobody posted anything, so there is no diet to draw. It was given to plot_content_diet. Name other units."


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
    shares = part_shares(card, list(DIET_COLORS), by, _NOTHING)
    effective, dominant = (rows_of(card, metric, by).loc[shares.index] for metric in _HILL)
    kept = effective.loc[effective["n"].nlargest(MOST).index].sort_values("value", ascending=False, kind="stable")
    panel = new_axes(ax, 8.6, height_of(len(kept)))
    draw_parts(panel, shares.loc[kept.index], {metric: (_NAMES[metric], DIET_COLORS[metric]) for metric in DIET_COLORS})
    marks = ["*" if "small_n" in split_flags(flags) else "" for flags in kept["flags"]]
    beside(panel, f"¹D ({level_of(card)} interval)", [bracketed(row) for _, row in kept.iterrows()], right=6)
    simpson = [number(value) for value in dominant["value"].loc[kept.index]]
    beside(panel, "²D", [f"{value}{mark}" for value, mark in zip(simpson, marks, strict=True)], right=118)
    few = "\n*: fewer posts than the reporting floor" if any(marks) else ""
    left_out = shown_words(len(kept), len(shares), "those with most posts")
    frame_parts(
        panel, named(kept.index, kept["n"]), title="What is posted", of="share of posts, plain reposts left out",
        remark=f"¹D, ²D: as many equally frequent classes would be as mixed{few}\n{left_out}".rstrip(), n_columns=5,
    )  # fmt: skip
    describe_figure(panel, _words(shares.loc[kept.index], kept))
    return panel


def _words(shares: pd.DataFrame, effective: pd.DataFrame) -> str:
    parts = []
    for unit in (effective.index[0], effective.index[-1])[: len(effective)]:
        first = str(shares.loc[unit].idxmax())
        parts.append(
            f"{unit} mixes {number(effective.loc[unit, 'value'])} effective classes, most of all {_NAMES[first]}"
            f" ({percent(shares.loc[unit, first])})"
        )
    return f"Bars of ten classes of content for {len(shares)} units. " + "; ".join(parts) + "."
