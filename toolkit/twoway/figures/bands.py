"""How long people wait by the time of day at which they ask."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import NotEnoughEvidence
from .canvas import duration, literal_ticks, new_axes, note, shorten, write
from .picture import describe_figure
from .style import DATA_COLOR, NEUTRAL

__all__ = ["plot_hour_bands"]

MOST = 12
_ORDER = ("night", "morning", "afternoon", "evening")
_HOURS = {"night": "0-6", "morning": "6-12", "afternoon": "12-18", "evening": "18-24"}


def plot_hour_bands(latency: Any, ax: Any = None) -> Any:
    """Draw the mean wait within 24 hours by the local hour in which a turn began, one line a unit.

    Parameters
    ----------
    latency
        What `business_latency` returns.
    ax
        Axes to draw on; a new figure if left out.

    Returns
    -------
    Axes
        With the twelve units of most turns; the others are counted in the remark.

    Raises
    ------
    NotEnoughEvidence
        If no unit was asked anything.
    """
    bands = latency.bands.dropna(subset=["rmst"])
    if bands.empty:
        msg = "No turn was owed, so there is no wait to draw. It was given to plot_hour_bands. Name other accounts."
        raise NotEnoughEvidence(msg)
    sizes = bands.groupby("unit_id")["n"].sum().sort_values(ascending=False, kind="stable")
    kept = list(sizes.index[:MOST])
    panel = new_axes(ax, 7.0, 4.4)
    wide = bands[bands["unit_id"].isin(kept)].pivot_table(index="unit_id", columns="band", values="rmst")
    wide = wide.reindex(columns=list(_ORDER))
    for row in wide.to_numpy(dtype=float):
        panel.plot(range(4), row / 60, "o-", color=DATA_COLOR, linewidth=1.2, markersize=4, alpha=0.75)
    _label_ends(panel, wide)
    literal_ticks(panel.xaxis, range(4), [f"{name}\n{_HOURS[name]}" for name in _ORDER])
    panel.set_xlim(-0.2, 3.2)
    panel.set_ylim(0, 24)
    panel.set_yticks([0, 6, 12, 18, 24])
    panel.grid(axis="y", color="#E3E3E3", linewidth=0.8)
    panel.set_ylabel("hours waited, of the first 24", fontsize="small")
    panel.set_title("Waits by the local time of day at which people asked")
    more = f"; {len(sizes) - len(kept)} more units are not drawn" if len(sizes) > len(kept) else ""
    note(panel, f"restricted mean, the unanswered included{more}", below=48)
    describe_figure(panel, _words(wide))
    return panel


def _label_ends(ax: Any, wide: Any) -> None:
    """Name each line at its right end, moved apart where names would overlap."""
    ends = wide["evening"].fillna(wide.mean(axis=1)) / 60
    ends = ends.sort_values()
    place = -np.inf
    for unit, height in ends.items():
        place = max(float(height), place + 1.15)
        write(ax, 3.08, min(place, 24.0), shorten(unit, 22), fontsize="small", va="center", clip_on=False)
        if abs(place - height) > 0.2:
            ax.plot([3.0, 3.07], [height, place], color=NEUTRAL, linewidth=0.6, clip_on=False)


def _words(wide: Any) -> str:
    mean = wide.mean()
    slow, quick = mean.idxmax(), mean.idxmin()
    return (
        f"Mean waits of {len(wide)} units by time of day: longest for the {slow} ({duration(mean[slow])} on average),"
        f" shortest for the {quick} ({duration(mean[quick])})."
    )
