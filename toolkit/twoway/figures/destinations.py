"""Where a unit sends people: shares of destinations as bars with their intervals, the least public ones hatched."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..errors import NotEnoughEvidence, SchemaError, unknown_name
from .canvas import literal_ticks, new_axes, note, percent, shorten, shown_words
from .parts import share_axis
from .picture import describe_figure
from .style import DATA_COLOR, INK

__all__ = ["DESTINATION_WORDS", "plot_destinations"]

#: Destinations by the metric that gives their share, the most public first, in words.
DESTINATION_WORDS = {
    "destination_handle_share": "another account",
    "destination_page_share": "a web page",
    "destination_dm_share": "private message",
    "destination_form_share": "a form",
    "destination_email_share": "e-mail",
    "destination_phone_share": "telephone",
    "destination_chat_share": "chat or app",
    "destination_store_share": "a store or counter",
}

_PUBLIC = ("destination_handle_share", "destination_page_share")


def plot_destinations(card: Any, ax: Any = None, *, unit: str | None = None) -> Any:
    """Draw to which places one unit sends people, as shares of all destinations of its deflections.

    Parameters
    ----------
    card
        What `measure` returns for the `destination_*_share` metrics, or its table.
    ax
        Axes to draw on; a new figure if left out.
    unit
        Which unit; the one with most deflections if left out.

    Returns
    -------
    Axes

    Raises
    ------
    SchemaError
        If the card holds no destination.
    UnknownName
        If there is no such unit.
    NotEnoughEvidence
        If nobody was sent anywhere.
    """
    table = getattr(card, "table", card)
    rows = table[table["metric"].isin(DESTINATION_WORDS)] if "metric" in table.columns else table[:0]
    if rows.empty:
        msg = (
            "The card holds no share of a destination. It was given to plot_destinations. Measure them first:"
            " tw.measure(talk, list(DESTINATION_WORDS))."
        )
        raise SchemaError(msg)
    known = rows[rows["value"].notna()]
    if known.empty:
        msg = "Nobody was sent to another place, so there is no destination to draw. Name other accounts."
        raise NotEnoughEvidence(msg)
    is_largest = unit is None
    if unit is None:
        unit = str(known.groupby("unit_id")["n"].max().idxmax())
    if unit not in set(known["unit_id"]):
        raise unknown_name(unit, sorted(set(known["unit_id"])), "unit that sent people elsewhere")
    places = [name for name in DESTINATION_WORDS if name in set(known["metric"])]
    mine = known[known["unit_id"] == unit].set_index("metric").reindex(places)
    panel = new_axes(ax, 6.4, 3.6)
    _draw(panel, mine)
    shown = shown_words(1, known["unit_id"].nunique(), "the one with most" if is_largest else "as named")
    _frame(panel, mine, unit, shown)
    describe_figure(panel, _words(mine, unit))
    return panel


def _draw(ax: Any, rows: pd.DataFrame) -> None:
    for place, row in enumerate(rows.itertuples()):
        is_public = row.Index in _PUBLIC
        face = {"facecolor": DATA_COLOR} if is_public else {"facecolor": "white", "hatch": "////"}
        ax.barh(place, row.value, height=0.62, edgecolor=DATA_COLOR, linewidth=1.0, zorder=2, **face)
        ax.plot([row.low, row.high], [place, place], color=INK, linewidth=1.6, zorder=3, solid_capstyle="butt")


def _frame(ax: Any, rows: pd.DataFrame, unit: str, left_out: str) -> None:
    literal_ticks(ax.yaxis, range(len(rows)), [DESTINATION_WORDS[name] for name in rows.index], marks=False)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0, 1)
    share_axis(ax.xaxis)
    ax.grid(axis="x", color="#E3E3E3", linewidth=0.8)
    ax.spines["left"].set_visible(False)
    n = rows["n"].max()
    ax.set_xlabel(f"share of {n:,.0f} destinations", fontsize="small")
    ax.set_title("Where people are sent" + ("" if unit == "all" else f": {shorten(unit, 24)}"), parse_math=False)
    remark = "filled: others can read along; hatched: nobody else can"
    note(ax, remark + (f"\n{left_out}" if left_out else ""), below=40)


def _words(rows: pd.DataFrame, unit: str) -> str:
    ordered = rows.sort_values("value", ascending=False)
    parts = [f"{DESTINATION_WORDS[name]} {percent(value)}" for name, value in ordered["value"].items() if value > 0]
    who = "Where people are sent" if unit == "all" else f"Where {unit} sends people"
    return f"{who}, of {rows['n'].max():,.0f} destinations: {', '.join(parts)}."
