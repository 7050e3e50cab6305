"""Voice of replies: which markers of a human voice each unit shows, and how far few wordings go."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import NotEnoughEvidence, unknown_name
from .canvas import literal_ticks, new_axes, note, percent, shorten, shown_words
from .parts import named, share_axis
from .picture import describe_figure
from .style import DATA_COLOR

__all__ = ["plot_templates", "plot_voice_profile"]

#: Markers in the order of their families, and what each family is called.
MARKERS = {
    "personal": ("greeting", "first_name", "you_form", "i_form", "signature"),
    "informal": ("contraction", "emoticon", "interjection", "slang", "expressive"),
    "inviting": ("thanks", "apology", "empathy", "invitation", "wishes"),
}

_MARKER_WORDS = {"you_form": "“you”", "i_form": "“I”"}

MOST_UNITS, MOST_WORDINGS = 20, 12

_CELL, _DARK = 0.4, 0.6


def plot_voice_profile(card: Any, ax: Any = None, *, n_max: int = MOST_UNITS) -> Any:
    """Draw which share of replies shows each of the fifteen markers of a human voice, a row a unit.

    Parameters
    ----------
    card
        From `measure`, with the metrics `voice_*_share`; with `human_voice` the most human is on top.
    ax
        Axes to draw on; a new figure if left out.
    n_max
        Most units to draw: those with most replies.

    Returns
    -------
    Axes
        Percent in the cells; the darker, the more.

    Raises
    ------
    NotEnoughEvidence
        If the card has no share of a marker.
    """
    markers = [name for family in MARKERS.values() for name in family]
    rows = card.table[card.table["metric"].isin([f"voice_{name}_share" for name in markers])]
    rows = rows[rows["value"].notna()]
    if rows.empty:
        msg = "No unit has a share of a marker of a human voice. It was asked of plot_voice_profile. "
        msg += "Measure voice_greeting_share and the others of their kind."
        raise NotEnoughEvidence(msg)
    sizes = rows.groupby("unit_id")["n"].max()
    kept = list(sizes.sort_values(ascending=False, kind="stable").index[:n_max])
    table = rows.pivot_table(index="unit_id", columns="metric", values="value").loc[kept]
    table.columns = [str(name).removeprefix("voice_").removesuffix("_share") for name in table.columns]
    table = table.reindex(columns=markers)
    table = table.loc[_order(card, table)]
    panel = new_axes(ax, _CELL * len(markers) + 3.8, _CELL * len(table) + 2.6)
    _shade(panel, table)
    literal_ticks(panel.yaxis, range(len(table)), named(table.index, sizes.loc[table.index]), marks=False)
    panel.set_title("Markers of a human voice", parse_math=False)
    note(panel, "\n".join(_remark(len(kept), len(sizes))), below=30)
    describe_figure(panel, _words(table))
    return panel


def _order(card: Any, table: pd.DataFrame) -> list[Any]:
    whole = card.table[card.table["metric"] == "human_voice"].set_index("unit_id")["value"].reindex(table.index)
    by = whole if whole.notna().any() else table.mean(axis=1)
    return list(by.sort_values(ascending=False, kind="stable").index)


def _shade(ax: Any, table: pd.DataFrame) -> None:
    shares = table.to_numpy(dtype=float)
    across, down = np.arange(shares.shape[1] + 1) - 0.5, np.arange(shares.shape[0] + 1) - 0.5
    ax.pcolormesh(across, down, np.ma.masked_invalid(shares), cmap="Blues", vmin=0, vmax=1, edgecolors="white", lw=0.4)
    ax.set_ylim(down[-1], down[0])
    for (i, j), share in np.ndenumerate(shares):
        if share == share:
            color = "white" if share > _DARK else "black"
            ax.text(j, i, f"{100 * share:.0f}", ha="center", va="center", fontsize=7, color=color, in_layout=False)
    literal_ticks(
        ax.xaxis,
        range(shares.shape[1]),
        [_MARKER_WORDS.get(name, name.replace("_", " ")) for name in table.columns],
        marks=False,
    )
    ax.xaxis.tick_top()
    ax.tick_params(axis="x", labelrotation=50)
    for label in ax.get_xticklabels():
        label.set_ha("left")
        label.set_rotation_mode("anchor")
    edges = np.cumsum([0, *[len(names) for names in MARKERS.values()]])
    for edge in edges[1:-1]:
        ax.axvline(edge - 0.5, color="#808080", linewidth=1.2)
    for name, first, last in zip(MARKERS, edges, edges[1:], strict=False):
        note(ax, name, below=8, at=(first + last) / 2 / edges[-1])
    ax.spines[:].set_visible(False)


def _remark(n_shown: int, n_all: int) -> list[str]:
    lines = ["percent of replies to persons that show the marker; on top who shows most over all three families"]
    left_out = shown_words(n_shown, n_all, "those with most replies")
    return [*lines, left_out] if left_out else lines


def _words(table: pd.DataFrame) -> str:
    means = table.mean(axis=0)
    most, least = str(means.idxmax()), str(means.idxmin())
    return (
        f"Shares of replies with each of fifteen markers of a human voice, {len(table)} units. Most frequent on"
        f" average: {most.replace('_', ' ')} ({percent(float(means[most]))}); least: {least.replace('_', ' ')}"
        f" ({percent(float(means[least]))})."
    )


def plot_templates(bank: Any, ax: Any = None, *, unit: str | None = None, n_max: int = MOST_WORDINGS) -> Any:
    """Draw the share of replies that follow each of the most used wordings of one organization.

    Parameters
    ----------
    bank
        What `templates` returns; wordings are written out only where it shows them.
    ax
        Axes to draw on; a new figure if left out.
    unit
        Which organization; the one with most replies if left out.
    n_max
        Most wordings to draw.

    Returns
    -------
    Axes

    Raises
    ------
    UnknownName
        If there is no such organization.
    NotEnoughEvidence
        If it has no wording that three persons got.
    """
    units = [str(name) for name in bank.summary["unit_id"]]
    if unit is not None and unit not in units:
        raise unknown_name(unit, units, "organization with replies")
    n = bank.summary.set_index("unit_id")["n"]
    # An organization without a wording that three persons got has nothing to draw, however much it wrote.
    told = n.loc[n.index.isin(bank.table["unit_id"])]
    chosen = unit if unit is not None else str((told if len(told) else n).idxmax())
    rows = bank.table[bank.table["unit_id"] == chosen].head(n_max).reset_index(drop=True)
    if rows.empty:
        msg = f"No wording of {chosen} went to three persons. It was given to plot_templates. "
        msg += "Name another organization."
        raise NotEnoughEvidence(msg)
    panel = new_axes(ax, 7.4, 0.36 * len(rows) + 1.6)
    panel.barh(rows.index, rows["share"], color=DATA_COLOR, height=0.62)
    shown = rows["wording"] if "wording" in rows else [f"wording {i + 1}" for i in rows.index]
    literal_ticks(panel.yaxis, rows.index, [shorten(words, 58) for words in shown], marks=False)
    n_all = int((bank.table["unit_id"] == chosen).sum())
    _frame_bars(panel, rows, f"{shorten(chosen, 30)}  n = {n[chosen]:,.0f}", n_all)
    whole = bank.summary.set_index("unit_id").loc[chosen]
    describe_figure(
        panel,
        f"The {len(rows)} most used wordings of {chosen}. The first makes up {percent(float(rows['share'][0]))} of"
        f" replies; all wordings that three persons or more got, {percent(float(whole['template_share']))}.",
    )
    return panel


def _frame_bars(ax: Any, rows: pd.DataFrame, unit: str, n_all: int) -> None:
    for i, row in rows.iterrows():
        ax.text(row["share"], i, f"  {int(row['n_persons']):,} persons", va="center", fontsize=7)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0, float(rows["share"].max()) * 1.35)
    share_axis(ax.xaxis)
    ax.grid(axis="x", color="#E3E3E3", linewidth=0.8)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel("share of replies of five words or more", fontsize="small")
    ax.set_title(f"Most used wordings\n{unit}", parse_math=False)
    left_out = shown_words(len(rows), n_all, "the most used")
    if left_out:
        note(ax, left_out, below=40)
