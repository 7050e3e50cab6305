"""The four models of public relations in what an organization posts, as bars of parts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from .canvas import new_axes, percent, shown_words
from .parts import beside, bracketed, draw_parts, frame_parts, height_of, named, part_shares
from .picture import describe_figure
from .rows import level_of, rows_of

__all__ = ["MODEL_PARTS", "plot_pr_models"]

MOST = 20

#: Name and color of each model, by the metric of its share, from one-way to two-way.
MODEL_PARTS = {
    "press_agentry_share": ("press agentry", "#D55E00"),
    "public_information_share": ("public information", "#F2C9A0"),
    "two_way_asymmetrical_share": ("two-way asymmetrical", "#A6D9F2"),
    "two_way_symmetrical_share": ("two-way symmetrical", "#0072B2"),
}

_NOTHING = (
    "Nobody posted anything that could be judged, so there are no models to draw. It was given to plot_pr_models."
    " Name other units."
)


def plot_pr_models(card: Any, ax: Any = None, *, by: str | None = None) -> Any:
    """Draw one bar a unit, split by model of public relations, with the two-way share and its symmetry at its end.

    Parameters
    ----------
    card
        What `measure` returns for the four shares of `MODEL_PARTS`, `two_way_share` and `pr_symmetry`; or its table.
    ax
        Axes to draw on; a new figure if left out.
    by
        Kind of unit; needed only where the table holds several.

    Returns
    -------
    Axes
        Units sorted by their two-way share, the largest on top: twenty with most posts at most.

    Raises
    ------
    UnknownName
        If one of these metrics is not in the table.
    NotEnoughEvidence
        If nobody posted anything that could be judged.
    """
    shares = part_shares(card, list(MODEL_PARTS), by, _NOTHING)
    two_way, symmetry = (rows_of(card, metric, by).loc[shares.index] for metric in ("two_way_share", "pr_symmetry"))
    kept = two_way.loc[two_way["n"].nlargest(MOST).index].sort_values("value", ascending=False, kind="stable")
    panel = new_axes(ax, 8.6, height_of(len(kept)))
    draw_parts(panel, shares.loc[kept.index], MODEL_PARTS)
    written = [bracketed(row, percent) for _, row in kept.iterrows()]
    beside(panel, f"two-way ({level_of(card)} interval)", written, right=6)
    beside(panel, "symmetry", [percent(value) for value in symmetry["value"].loc[kept.index]], right=130)
    left_out = shown_words(len(kept), len(shares), "those with most posts")
    remark = "two-way: both blue parts; symmetry: the dark one's share of them"
    frame_parts(
        panel, named(kept.index, kept["n"]), title="Models of public relations", n_columns=4,
        of="share of posts, plain reposts left out", remark=f"{remark}\n{left_out}".rstrip(),
    )  # fmt: skip
    describe_figure(panel, _words(shares.loc[kept.index], kept))
    return panel


def _words(shares: pd.DataFrame, two_way: pd.DataFrame) -> str:
    parts = [f"{unit} {percent(two_way.loc[unit, 'value'])}" for unit in dict.fromkeys(two_way.index[[0, -1]])]
    return (
        f"Bars of four models of public relations for {len(shares)} units, sorted by the share that is two-way:"
        f" from {' to '.join(parts)}."
    )
