"""The strategy triangle: what an organization's posts are made of, with how sure the label is."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SchemaError
from .canvas import new_axes, note, shorten, write
from .picture import describe_figure
from .style import INK, NEUTRAL, STRATEGY_COLORS, STRATEGY_MARKERS, color_of

__all__ = ["corner_points", "plot_strategy_triangle"]

_HEIGHT = math.sqrt(3) / 2
_PARTS = ("broadcast", "deflect", "conversation")
_MOST_NAMED, _MOST_OUTLINED = 24, 12


def corner_points(shares: Any) -> np.ndarray:
    """Place compositions in the triangle: broadcast at the left, deflect at the right, conversation at the top.

    Parameters
    ----------
    shares
        (..., 3) shares of broadcast, deflect, conversation.

    Returns
    -------
    array, (..., 2)

    Examples
    --------
    >>> corner_points([[1, 0, 0], [0, 1, 0], [0.25, 0.25, 0.5]]).round(3).tolist()
    [[0.0, 0.0], [1.0, 0.0], [0.5, 0.433]]
    """
    parts = np.asarray(shares, dtype=float)
    parts = parts / parts.sum(axis=-1, keepdims=True)
    return np.stack([parts[..., 1] + parts[..., 2] / 2, parts[..., 2] * _HEIGHT], axis=-1)


def plot_strategy_triangle(strategy: Any, ax: Any = None) -> Any:
    """Draw every unit as a point between broadcast, deflect and conversation.

    Color and marker give the label; the fainter a point is, the less probable its label. An outline holds 95 % of the
    draws of each of the twelve largest units, where the strategy carries draws. Units without posts are left out and
    counted.

    Parameters
    ----------
    strategy
        A `Strategy`, or its table (`unit_id, n, broadcast, deflect, conversation, label` and the `p_` columns). Draws
        are asked of `strategy.draws(unit_id)`, an array of (draws, 3), where it has them.
    ax
        Axes to draw on; a new figure if left out.

    Returns
    -------
    Axes

    Raises
    ------
    SchemaError
        If the table lacks a column.
    """
    table = _checked(strategy)
    known = table.dropna(subset=list(_PARTS))
    known = known[known[list(_PARTS)].sum(axis=1) > 0]
    ax = new_axes(ax, 7.2, 5.4)
    _draw_frame(ax)
    draws = getattr(strategy, "draws", lambda _: None)
    outlined = set(known.nlargest(_MOST_OUTLINED, "n")["unit_id"])
    points = corner_points(known[list(_PARTS)].to_numpy(dtype=float)) if len(known) else np.empty((0, 2))
    for (x, y), row in zip(points, known.to_dict("records"), strict=True):
        if row["unit_id"] in outlined:
            _draw_outline(ax, draws(row["unit_id"]), row["label"])
        color, marker = color_of(row["label"]), STRATEGY_MARKERS.get(row["label"], "o")
        ax.plot(x, y, marker=marker, color="white", markersize=10, linestyle="none", zorder=3)
        ax.plot(x, y, marker=marker, color=color, alpha=_certainty(row), markeredgewidth=0, markersize=8, zorder=4)
        ax.plot(x, y, marker=marker, color=color, markerfacecolor="none", markersize=8, linestyle="none", zorder=5)
    _name_points(ax, points, known)
    _legend(ax)
    if len(table) > len(known):
        note(ax, f"{len(table) - len(known)} without posts to classify are not drawn", below=26)
    describe_figure(ax, _words(known, len(table) - len(known)))
    return ax


def _checked(strategy: Any) -> pd.DataFrame:
    table = getattr(strategy, "table", strategy)
    for column in ("unit_id", "n", *_PARTS, "label"):
        if column not in getattr(table, "columns", ()):
            msg = f"The table has no column '{column}'. It was given to plot_strategy_triangle. "
            msg += "Give what tw.strategy(talk) returns, or its .table."
            raise SchemaError(msg)
    return table


def _certainty(row: dict[str, Any]) -> float:
    chance = row.get(f"p_{row['label']}", 1.0)
    return 1.0 if pd.isna(chance) else 0.15 + 0.85 * float(chance) ** 2


def _draw_frame(ax: Any) -> None:
    for level in (0.2, 0.4, 0.6, 0.8):
        for part in range(3):
            ends = np.zeros((2, 3))
            ends[:, part] = level
            ends[0, (part + 1) % 3] = ends[1, (part + 2) % 3] = 1 - level
            ax.plot(*corner_points(ends).T, color="#E6E6E6", linewidth=0.8, zorder=0)
        write(
            ax,
            level / 2 - 0.012,
            level * _HEIGHT + 0.008,
            f"{level:.0%}".replace("%", " %"),
            ha="right",
            fontsize="x-small",
            color=NEUTRAL,
        )
    ax.plot(*corner_points([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]).T, color=INK, linewidth=1.2, zorder=1)
    corners = {"all broadcast": (0.0, -0.03, "center", "top"), "all deflection": (1, -0.03, "center", "top")}
    corners["all conversation"] = (0.5, _HEIGHT + 0.02, "center", "bottom")
    for words, (x, y, across, along) in corners.items():
        write(ax, x, y, words, ha=across, va=along, fontweight="bold")
    ax.set(xlim=(-0.42, 1.42), ylim=(-0.1, _HEIGHT + 0.1), aspect="equal")
    ax.axis("off")


def _draw_outline(ax: Any, draws: Any, label: str) -> None:
    """Outline the 95 % of the draws nearest to their middle; unlike an ellipse, a hull of draws stays inside."""
    shares = np.asarray(draws if draws is not None else np.empty((0, 3)), dtype=float)
    if len(shares) < 20 or not np.isfinite(shares).all():
        return
    from scipy.spatial import ConvexHull

    points = corner_points(shares)
    off = points - points.mean(axis=0)
    far = np.einsum("ij,jk,ik->i", off, np.linalg.pinv(np.cov(off.T)), off)
    points = points[far <= np.quantile(far, 0.95)]
    edge = points[ConvexHull(points).vertices]
    ax.fill(*edge.T, facecolor=color_of(label), alpha=0.1, linewidth=0, zorder=2)
    ax.plot(*np.vstack([edge, edge[:1]]).T, color=color_of(label), linewidth=0.8, alpha=0.7, zorder=2)


def _name_points(ax: Any, points: np.ndarray, table: pd.DataFrame) -> None:
    """Write the names in two columns beside the triangle, each led to its point, so that no two can overlap."""
    named = table.assign(x=points[:, 0], y=points[:, 1]).nlargest(_MOST_NAMED, "n").sort_values(["x", "unit_id"])
    half = (len(named) + 1) // 2
    for side, rows in (("left", named.iloc[:half]), ("right", named.iloc[half:])):
        rows = rows.sort_values(["y", "unit_id"])
        heights = _spread(rows["y"].to_numpy(), gap=0.062, low=0.03, high=_HEIGHT)
        edge, end = (-0.2, "right") if side == "left" else (1.2, "left")
        for height, row in zip(heights, rows.to_dict("records"), strict=True):
            inner = edge + (0.02 if side == "left" else -0.02)
            ax.plot([row["x"], inner], [row["y"], height], color=NEUTRAL, linewidth=0.6, zorder=1)
            words = f"{shorten(row['unit_id'], 22)}  n = {row['n']:,.0f}"
            write(ax, edge, height, words, ha=end, va="center", fontsize="small")


def _spread(wanted: np.ndarray, *, gap: float, low: float, high: float) -> np.ndarray:
    """Move ascending heights apart until neighbors keep a gap, and keep them between low and high if they fit."""
    heights = np.clip(wanted.astype(float), low, high)
    for i in range(1, len(heights)):
        heights[i] = max(heights[i], heights[i - 1] + gap)
    over = heights[-1] - high if len(heights) else 0.0
    for i in range(len(heights) - 1, -1, -1):
        limit = high if i == len(heights) - 1 else heights[i + 1] - gap
        heights[i] = min(heights[i], limit) if over > 0 else heights[i]
    return heights


def _legend(ax: Any) -> None:
    for label, color in STRATEGY_COLORS.items():
        ax.plot([], [], marker=STRATEGY_MARKERS[label], color=color, linestyle="none", markersize=8, label=label)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, -0.1), ncols=4, handletextpad=0.2, columnspacing=1.4)


def _words(known: pd.DataFrame, n_empty: int) -> str:
    counts = known["label"].value_counts()
    listed = ", ".join(f"{counts.get(label, 0)} {label}" for label in STRATEGY_COLORS)
    empty = f" {n_empty} without posts to classify are not drawn." if n_empty else ""
    return f"Triangle of {len(known)} units between broadcast, deflection and conversation: {listed}.{empty}"
