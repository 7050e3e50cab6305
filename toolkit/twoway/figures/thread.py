"""One conversation as a tree: who answered whom, and when. Persons are numbered, never named."""

from __future__ import annotations

import textwrap
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pyarrow as pa

from ..errors import SchemaError, unknown_name
from ..schema import BRAND_ROLES
from .canvas import duration, new_axes, note, shorten, write
from .picture import describe_figure
from .style import INK, NEUTRAL, SIDE_COLORS

__all__ = ["conversation_posts", "plot_conversation"]

_MOST_POSTS = 60
_TEXT_WIDTH, _TEXT_LINES = 62, 3


def conversation_posts(talk: Any, root_id: str) -> pd.DataFrame:
    """List the posts of one conversation in reading order: each answer below the post it answers.

    Parameters
    ----------
    talk
        The interactions of a corpus.
    root_id
        Id of the post that starts it, as in `talk.conversations`; any other post of it will do as well.

    Returns
    -------
    DataFrame
        `post_id, parent_id, level` (steps below the root)`, minutes` (since the root)`, side` (organization, person,
        other)`, who` (handle of an organization's account, else a number)`, text`.

    Raises
    ------
    UnknownName
        If there is no such post.
    """
    rows = _rows(talk, str(root_id))
    start = rows["created_s"].min()
    rows["minutes"] = (rows["created_s"] - start) / 60
    rows["side"] = _sides(rows)
    rows["who"] = _who(rows)
    return _in_reading_order(rows)[["post_id", "parent_id", "level", "minutes", "side", "who", "text"]]


def _rows(talk: Any, post_id: str) -> pd.DataFrame:
    """Collect the posts of the conversation that a post belongs to, with the accounts behind them."""
    engine, posts, links = talk.engine, talk.corpus.post_frame, talk.links
    found = engine.collect(posts.filter(nw.col("post_id") == post_id).select("row"))
    if not found.num_rows:
        raise unknown_name(
            post_id,
            talk.conversations["root_id"].head(200),
            "post of this corpus",
            do="talk.conversations lists roots.",
        )
    tree = links.posts.select("row", "account_ix", "created_s", "parent_row").join(
        links.threads.select("row", "root"), on="row", how="left"
    )
    tree = tree.with_columns(root=nw.coalesce("root", "row"))
    root = engine.collect(
        tree.join(engine.from_arrow(pa.table({"row": found["row"]})), on="row", how="semi").select("root")
    )
    members = tree.filter(nw.col("root") == int(root["root"][0].as_py()))
    accounts = talk.corpus.account_frame.select("account_ix", "handle", "role", "is_focal")
    full = members.join(posts.select("row", "post_id", "text"), on="row", how="inner").join(
        accounts, on="account_ix", how="left"
    )
    rows = engine.collect(full).to_pandas().sort_values("row", ignore_index=True)
    # Where everybody is measured against everybody, the measured accounts are persons too.
    rows["is_named"] = rows["role"].isin(BRAND_ROLES) | (rows["is_focal"] & (talk.corpus.sides != "mutual"))
    ids = rows.set_index("row")["post_id"]
    rows["parent_id"] = rows["parent_row"].map(ids)
    return rows


def _sides(rows: pd.DataFrame) -> np.ndarray:
    other = rows["role"].isin(["partner", "bot"])
    return np.select([rows["is_named"], other], ["organization", "other"], default="person")


def _who(rows: pd.DataFrame) -> list[str]:
    """Name organizations by handle and number everybody else, in order of appearance."""
    numbers: dict[int, int] = {}
    out = []
    for account, side, handle in zip(rows["account_ix"], rows["side"], rows["handle"], strict=True):
        if side == "organization":
            out.append(f"@{handle}")
        else:
            out.append(f"{'account' if side == 'other' else 'person'} {numbers.setdefault(account, len(numbers) + 1)}")
    return out


def _in_reading_order(rows: pd.DataFrame) -> pd.DataFrame:
    root = rows["post_id"].iloc[0]
    # Orphans hang below the root, as in every measure of trees.
    above = rows["parent_id"].where(rows["parent_id"].notna() | (rows["post_id"] == root), root)
    below: dict[str, list[int]] = {}
    for position, parent in enumerate(above):
        if position:
            below.setdefault(parent, []).append(position)
    order: list[tuple[int, int]] = []
    waiting = [(0, 0)]
    while waiting:
        position, level = waiting.pop()
        order.append((position, level))
        waiting.extend((child, level + 1) for child in reversed(below.get(rows["post_id"].iloc[position], [])))
    out = rows.assign(parent_id=above).iloc[[position for position, _ in order]]
    return out.assign(level=[level for _, level in order]).reset_index(drop=True)


def plot_conversation(talk: Any, root_id: str, ax: Any = None, *, text: bool = False, n_max: int = _MOST_POSTS) -> Any:
    """Draw one conversation as a tree, a row a post, each answer indented below the post it answers.

    Accounts of organizations are filled and carry their handle; persons are hollow and numbered in order of appearance.

    Parameters
    ----------
    talk
        The interactions of a corpus, or the table of `conversation_posts`.
    root_id
        Id of a post of the conversation.
    ax
        Axes to draw on; a new figure if left out.
    text
        Whether to print what was said, wrapped. Think of the people in it before you publish such a figure.
    n_max
        Most posts to draw, in reading order.

    Returns
    -------
    Axes

    Raises
    ------
    UnknownName
        If there is no such post.
    """
    posts = talk if isinstance(talk, pd.DataFrame) else conversation_posts(talk, root_id)
    if posts.empty:
        msg = f"The conversation '{root_id}' has no posts. It was given to plot_conversation. "
        msg += "Give a root_id of talk.conversations."
        raise SchemaError(msg)
    shown = posts.head(n_max)
    words = [_wrapped(said) if text else [] for said in shown["text"]]
    heights = _heights(words)
    ax = new_axes(ax, 7.2, max(1.6, 0.5 + 0.3 * (heights[-1] + 1)))
    levels = dict(zip(shown["post_id"], zip(shown["level"], heights, strict=True), strict=True))
    for row, y, said in zip(shown.to_dict("records"), heights, words, strict=True):
        _draw_post(ax, row, y, said, levels)
    ax.set(xlim=(-0.5, max(6.0, shown["level"].max() + 5)), ylim=(heights[-1] + 0.9 + len(words[-1]) * 0.6, -0.8))
    ax.axis("off")
    ax.set_title(f"A conversation of {len(posts)} posts by {posts['who'].nunique()} accounts")
    more = f"; {len(posts) - len(shown):,} more posts are not drawn" if len(posts) > len(shown) else ""
    note(ax, f"filled: the organization's side; hollow: persons; times since the first post{more}", below=2)
    describe_figure(ax, _described(posts))
    return ax


def _wrapped(said: Any) -> list[str]:
    if said is None or pd.isna(said):
        return []
    return textwrap.wrap(" ".join(str(said).split()), _TEXT_WIDTH, max_lines=_TEXT_LINES, placeholder=" …")


def _heights(words: list[list[str]]) -> list[float]:
    heights, y = [], 0.0
    for lines in words:
        heights.append(y)
        y += 1 + 0.62 * len(lines)
    return heights


def _draw_post(ax: Any, row: dict[str, Any], y: float, said: list[str], places: dict[str, tuple[int, float]]) -> None:
    x = row["level"]
    if row["parent_id"] in places and x > 0:
        above_x, above_y = places[row["parent_id"]]
        ax.plot([above_x, above_x, x], [above_y, y, y], color="#BDBDBD", linewidth=1.2, zorder=1)
    ax.plot(x, y, marker="o", markersize=10, markerfacecolor=SIDE_COLORS[row["side"]], markeredgecolor=INK, zorder=3)
    weight = "bold" if row["side"] == "organization" else "normal"
    name = write(ax, x + 0.28, y, shorten(row["who"], 30), va="center", fontweight=weight)
    when = "" if not row["level"] and not row["minutes"] else f"+{duration(row['minutes'])}"
    ax.annotate(
        when, (1, 0.5), (6, 0), xycoords=name, textcoords="offset points", va="center", fontsize="small", color=NEUTRAL
    )
    for line, words in enumerate(said, start=1):
        write(ax, x + 0.28, y + 0.15 + 0.6 * line, words, va="center", fontsize="small")


def _described(posts: pd.DataFrame) -> str:
    sides = posts["side"].value_counts()
    whole = f"{len(posts)} posts by {posts['who'].nunique()} accounts, up to {posts['level'].max()} steps deep"
    split = f"{sides.get('organization', 0)} posts by organizations, {sides.get('person', 0)} by persons"
    return f"A conversation of {whole}: {split}, over {duration(posts['minutes'].max())}."
