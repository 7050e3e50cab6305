"""What became of the matters people brought forward: bars of seven endings of episodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from .canvas import new_axes, percent, shown_words
from .parts import draw_parts, frame_parts, height_of, named, part_shares
from .picture import describe_figure
from .rows import rows_of

__all__ = ["OUTCOME_PARTS", "plot_outcomes"]

MOST = 20

#: Name and color of each ending, by the metric of its share, the best first.
OUTCOME_PARTS = {
    "outcome_open_share": ("answered in public", "#0072B2"),
    "outcome_escalate_closed_share": ("passed on, taken up again", "#009E73"),
    "outcome_escalate_open_share": ("passed on, no word after", "#A6D9F2"),
    "outcome_deflected_share": ("sent elsewhere", "#E69F00"),
    "outcome_stalled_share": ("asked back, then nothing", "#7A5C3E"),
    "outcome_acknowledged_share": ("only thanks or apology", "#F0E8C0"),
    "outcome_ignored_share": ("no reply", "#BDBDBD"),
}

_NOTHING = "There was no episode, so nothing became of any. It was given to plot_outcomes. Name other units."


def plot_outcomes(card: Any, ax: Any = None, *, by: str | None = None, labels: Mapping[str, str] | None = None) -> Any:
    """Draw one bar a unit, split by what became of its episodes, the best ending on the left.

    Parameters
    ----------
    card
        What `measure` returns for the seven shares of `OUTCOME_PARTS`; or its table.
    ax
        Axes to draw on; a new figure if left out.
    by
        Kind of unit; needed only where the table holds several.
    labels
        A word a unit, such as its strategy: it stands after the name, and units of one word stand together.

    Returns
    -------
    Axes
        Units sorted by the share that was answered in public: twenty with most episodes at most.

    Raises
    ------
    UnknownName
        If one of these metrics is not in the table.
    NotEnoughEvidence
        If there was no episode.
    """
    shares = part_shares(card, list(OUTCOME_PARTS), by, _NOTHING)
    n = rows_of(card, "outcome_open_share", by)["n"].loc[shares.index]
    kept = shares.loc[n.nlargest(MOST).index].sort_values("outcome_open_share", ascending=False, kind="stable")
    words = pd.Series({unit: (labels or {}).get(str(unit), "") for unit in kept.index}, dtype=object)
    # Among units of one word the order of their shares stays.
    kept = kept.loc[words.loc[kept.index].sort_values(kind="stable").index]
    panel = new_axes(ax, 8.0, height_of(len(kept)) + 0.2)
    draw_parts(panel, kept, OUTCOME_PARTS)
    names = [f"{unit} ({words[unit]})" if words[unit] else str(unit) for unit in kept.index]
    left_out = shown_words(len(kept), len(shares), "those with most episodes")
    frame_parts(
        panel, named(names, n.loc[kept.index]), title="What became of each matter", of="share of episodes",
        remark=left_out, n_columns=3, pad=8,
    )  # fmt: skip
    describe_figure(panel, _words(kept))
    return panel


def _words(shares: pd.DataFrame) -> str:
    best, worst = shares["outcome_open_share"].idxmax(), shares["outcome_ignored_share"].idxmax()
    return (
        f"Bars of seven endings of episodes for {len(shares)} units. Most were answered in public by {best}"
        f" ({percent(shares.loc[best, 'outcome_open_share'])}); most got no reply from {worst}"
        f" ({percent(shares.loc[worst, 'outcome_ignored_share'])})."
    )
