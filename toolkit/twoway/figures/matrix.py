"""Who addresses whom: posts between groups of accounts as a shaded matrix."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..errors import NotEnoughEvidence
from .canvas import literal_ticks, new_axes, note, shorten
from .picture import describe_figure

__all__ = ["plot_dyad_matrix"]

MOST = 30
_INCHES = 0.36
_OTHERS = "others: accounts that are neither measured nor counted as persons"


def plot_dyad_matrix(census: Any, ax: Any = None) -> Any:
    """Draw how many posts each group (rows) addressed to each group (columns), shaded by their logarithm.

    Parameters
    ----------
    census
        What `dyad_census` returns.
    ax
        Axes to draw on; a new figure if left out.

    Returns
    -------
    Axes
        With the thirty groups of most posts; the others are counted in the remark.

    Raises
    ------
    NotEnoughEvidence
        If nobody addressed anybody.
    """
    whole = census.matrix
    if whole.empty or not whole.to_numpy().any():
        msg = "Nobody addressed anybody, so there is no matrix to draw. It was given to plot_dyad_matrix."
        raise NotEnoughEvidence(msg)
    volume = whole.sum(axis=1) + whole.sum(axis=0)
    kept = [name for name in whole.index if name in set(volume.nlargest(MOST).index)]
    table = whole.loc[kept, kept]
    size = _INCHES * len(kept)
    panel = new_axes(ax, max(size + 3.0, 6.4), size + 2.6)
    _shade(panel, table)
    names = [shorten(name, 22) for name in kept]
    literal_ticks(panel.yaxis, range(len(kept)), names, marks=False)
    literal_ticks(panel.xaxis, range(len(kept)), names, marks=False)
    panel.xaxis.tick_top()
    panel.tick_params(axis="x", labelrotation=50)
    for label in panel.get_xticklabels():
        label.set_ha("left")
        label.set_rotation_mode("anchor")
    panel.spines[:].set_visible(False)
    left_out = len(whole) - len(kept)
    note(panel, "\n".join(_remark(list(whole.index), left_out)), below=10)
    describe_figure(panel, _words(table))
    return panel


def _remark(groups: list[str], n_left_out: int) -> list[str]:
    lines = ["rows speak, columns are spoken to", "the darker, the more posts (on a logarithmic scale); blank: never"]
    lines += [_OTHERS] if "others" in groups else []
    lines += [f"{n_left_out} groups with fewer posts are not drawn"] if n_left_out else []
    return lines


def _shade(ax: Any, table: pd.DataFrame) -> None:
    counts = table.to_numpy(dtype=float)
    shade = np.ma.masked_where(counts == 0, np.log10(np.maximum(counts, 1)))
    top = max(float(shade.max()), 1.0)
    edges = np.arange(len(table) + 1) - 0.5
    # Squares rather than an image, which in a page would be a file within the file.
    drawn = ax.pcolormesh(edges, edges, shade, cmap="Blues", vmin=-0.3 * top, vmax=top, edgecolors="white", lw=0.4)
    ax.set_aspect("equal")
    ax.set_ylim(edges[-1], edges[0])
    for (i, j), count in np.ndenumerate(counts):
        if count:
            color = _readable_on(drawn.cmap(drawn.norm(np.log10(count))))
            ax.text(j, i, _short(count), ha="center", va="center", fontsize=7, color=color, in_layout=False)


def _readable_on(color: Any) -> str:
    """Choose black or white letters, whichever differ more in luminance from what they stand on."""
    channels = np.asarray(color[:3])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ (0.2126, 0.7152, 0.0722))
    return "white" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "black"


def _short(count: float) -> str:
    """Write a count in at most four signs."""
    if count < 1_000:
        return f"{count:.0f}"
    return f"{count / 1_000:.1f}k" if count < 10_000 else f"{count / 1_000:.0f}k"


def _words(table: pd.DataFrame) -> str:
    source, target = np.unravel_index(int(table.to_numpy().argmax()), table.shape)
    return (
        f"Matrix of posts between {len(table)} groups. Most posts go from {table.index[source]} to"
        f" {table.columns[target]}: {int(table.iloc[source, target]):,}."
    )
