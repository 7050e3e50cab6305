"""The picture of a ranking: one bar a unit over all the places it can have, with its shrunken value beside."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd

from ..errors import NotEnoughEvidence
from ..metrics.registry import all_metrics
from .canvas import literal_ticks, new_axes, note, shorten
from .picture import describe_figure
from .rows import Scale, scale_of, split_flags
from .style import DATA_COLOR, INK, NEUTRAL

__all__ = ["plot_ranking"]

_ROW_INCHES, _FRAME_INCHES, _PANEL_INCHES = 0.27, 1.5, 7.0

#: Units that may stand on either side of the middle, and those surely behind it.
_OPEN_COLOR, _BEHIND_COLOR = "#C4C4C4", "#E69F00"

#: Flags of a value that rests on so little that its bar is drawn hollow.
_LITTLE = frozenset({"small_n", "few_clusters"})


def plot_ranking(ranking: Any, *, ax: Any = None, n_max: int = 40) -> Any:
    """Draw the rank sets of all units as horizontal bars, the best on top.

    Bars that lie wholly in the better half are blue, those wholly in the worse half orange, and all that may stand on
    either side gray; the middle is a line. Bars of units with few cases or few clusters are hollow. Beside each bar
    stand the value as measured and, after an arrow, the value it is shrunken to.

    Parameters
    ----------
    ranking
        From `rank`.
    ax
        Axes to draw on; a new figure if left out.
    n_max
        Most units to draw; of more, those with most observations are kept and the rest is counted in the remark.

    Returns
    -------
    Axes

    Raises
    ------
    NotEnoughEvidence
        If fewer than two units have a place.
    """
    rows = ranking.ranked
    n_places = len(rows)
    if n_places < 2:
        msg = f"Units with enough evidence for a place by {ranking.metric}: {n_places} of {len(ranking.table)}. "
        msg += "A ranking compares at least two. Measure more units, or another metric."
        raise NotEnoughEvidence(msg)
    kept = rows.loc[rows["n"].astype(float).nlargest(n_max).index].sort_index() if n_places > n_max else rows
    ax = new_axes(ax, _PANEL_INCHES, _FRAME_INCHES + _ROW_INCHES * len(kept))
    scale = scale_of(ranking.metric, list(rows["value"]))
    colors = {**dict.fromkeys(ranking.ahead(), DATA_COLOR), **dict.fromkeys(ranking.behind(), _BEHIND_COLOR)}
    for y, row in enumerate(kept.itertuples()):
        _draw_bar(ax, y, row, colors.get(row.unit_id, _OPEN_COLOR))
    _write_columns(ax, kept, scale)
    ax.axvline((n_places + 1) / 2, color=NEUTRAL, linewidth=0.9, linestyle=(0, (4, 3)), zorder=0)
    ax.set_ylim(len(kept) - 0.4, -0.6)
    ax.set_xlim(0.4, n_places + 0.6)
    literal_ticks(ax.yaxis, range(len(kept)), [shorten(unit) for unit in kept["unit_id"]], marks=False)
    literal_ticks(ax.xaxis, _places(n_places), [str(place) for place in _places(n_places)])
    ax.spines["left"].set_visible(False)
    ax.grid(axis="x", color="#EEEEEE", linewidth=0.8)
    ax.set_title(f"Places by {ranking.metric}", parse_math=False)
    label = _axis_words(ranking)
    ax.set_xlabel(label, fontsize="small", parse_math=False)
    note(ax, _remark(ranking, n_places - len(kept)), below=38 + 13 * label.count("\n"))
    hollow = [row.unit_id for row in kept.itertuples() if _rests_on_little(row.flags)]
    little = f" Few cases or clusters: {', '.join(hollow)}." if hollow else ""
    describe_figure(ax, f"Rank sets as bars. {ranking}{little}")
    return ax


def _draw_bar(ax: Any, y: int, row: Any, color: str) -> None:
    low, high = int(row.rank_low), int(row.rank_high)
    hollow = _rests_on_little(row.flags)
    look = {"facecolor": "white" if hollow else color, "edgecolor": color if hollow else "none"}
    ax.barh(y, high - low + 0.7, left=low - 0.35, height=0.52, linewidth=1.6, zorder=2, **look)
    if low == high:
        ax.plot(low, y, marker="D", color=color if hollow else "white", markersize=3.5, zorder=3)


def _rests_on_little(flags: Any) -> bool:
    return not _LITTLE.isdisjoint(split_flags(flags))


def _beside(row: Any, scale: Scale) -> str:
    measured = "not reached" if pd.isna(row.value) else scale.text(row.value)
    return measured if pd.isna(row.shrunken) else f"{measured} → {scale.text(row.shrunken)}"


def _write_columns(ax: Any, kept: pd.DataFrame, scale: Scale) -> None:
    """Write the values, and as far to the right as the longest needs, the numbers of observations."""
    values = [_beside(row, scale) for row in kept.itertuples()]
    counts = [f"n = {int(n):,}" for n in kept["n"]]
    second = 14 + 5.2 * max(map(len, values), default=0)
    for texts, offset, color in ((values, 8.0, INK), (counts, second, NEUTRAL)):
        for y, words in enumerate(texts):
            ax.annotate(
                words, (1, y), (offset, 0), xycoords=ax.get_yaxis_transform(), textcoords="offset points", va="center",
                fontsize="small", color=color, parse_math=False, annotation_clip=False,
            )  # fmt: skip


def _places(n: int) -> list[int]:
    """Choose places for ticks: the first, the last, and round ones between that leave them room."""
    step = next((s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500) if n / s <= 10), max(n // 10, 1))
    between = [place for place in range(step, n, step) if place > 1 and n - place >= 0.6 * step]
    return sorted({1, *between, n})


def _axis_words(ranking: Any) -> str:
    ends = {"+": "1 = highest", "-": "1 = lowest", "0": "1 = highest; no end is better"}
    declared = all_metrics().get(ranking.metric)
    claim = declared.title.replace("`", "").rstrip(".") if declared is not None else ""
    lines = textwrap.wrap(claim, 70, max_lines=2, placeholder=" …")
    return "\n".join([f"place ({ends[ranking.direction]})", *lines])


def _remark(ranking: Any, n_left_out: int) -> str:
    alike, pairs = ranking.sets.n_alike, ranking.sets.n_pairs
    words = [f"{alike:,} of {pairs:,} pairs cannot be told apart ({100 * ranking.level:g} % for all places at once)"]
    if ranking.table["shrunken"].notna().any():
        words.append("beside: value as measured → value shrunken towards the others")
    if ranking.ahead() or ranking.behind():
        words.append("blue: surely in the better half; orange: surely in the worse half")
    if ranking.ranked["flags"].map(_rests_on_little).any():
        words.append("hollow: few cases or few clusters, so the place rests on little")
    unranked = len(ranking.table) - len(ranking.ranked)
    if unranked:
        words.append(f"{unranked:,} units have too little evidence for a place")
    if n_left_out > 0:
        words.append(f"{n_left_out:,} more with fewer observations are not drawn")
    return "\n".join(words)
