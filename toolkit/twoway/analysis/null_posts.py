"""The posts of all conversations, ready for their authors to change places and for what then belongs together to merge.

A self-reply in quick succession is one unit with its parent, so in quick conversations two posts in a row by one author
never show as two units. Shuffling units would bring such neighbors about and shuffling posts does not: chance has to go
through the same merging as the corpus.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from ..inference.nulls.shuffles import Strata
from .null_pieces import IntArray, arrays_of, flagged, places_of

__all__ = ["ConversationPosts", "Merged"]


@dataclass(frozen=True, eq=False)
class Merged:
    """The units that posts come to under some authors, one entry a post.

    Attributes
    ----------
    source
        The post whose author stands here.
    author
        Who that is.
    head
        The first post of its unit.
    """

    source: IntArray
    author: IntArray
    head: IntArray

    def is_head(self) -> NDArray[np.bool_]:
        """Mark the posts that are the first of their units."""
        return self.head == np.arange(len(self.head))

    def first_with(self, mark: NDArray[np.bool_]) -> IntArray:
        """Find the first post of each unit whose author brings a mark along, at the unit's head; -1 without one."""
        marked = np.flatnonzero(mark[self.source])
        first = np.full(len(self.head), -1)
        # Of several assignments to one place the last one stays, so the earliest post comes last.
        first[self.head[marked][::-1]] = marked[::-1]
        return first


class ConversationPosts:
    """All posts that have a place in a tree, by conversation and in time; plain reposts have none.

    Attributes
    ----------
    row, author, at_s
        Of each post.
    roots, root
        Rows of the roots, and the number of each post's conversation among them.
    parent
        Place of the post answered; -1 without one.
    above
        Author of the post answered, also where that has no place in a tree; -1 if unknown.
    orphan, hung
        Whether the parent is missing; whether it has no place in the tree.
    depth
        Steps below the root, counting posts.
    is_seen, is_own
        Whether everybody can see the post; whether it is of the sample as well. They go with the author: a collection
        that knows persons only as context does so whatever they say.
    """

    def __init__(self, talk: Any) -> None:
        found = arrays_of(talk, _posts(talk), *_COLUMNS, by=("root", "row"))
        self.row, self.author, self.at_s = found["row"], found["account_ix"], found["created_s"]
        self.above, self.depth = found["parent_ix"], found["depth"]
        marks = ("is_orphan", "is_hung", "is_quick", "is_seen", "is_own")
        self.orphan, self.hung, quick, self.is_seen, self.is_own = (found[name] == 1 for name in marks)
        self.roots, self.root = np.unique(found["root"], return_inverse=True)
        by_row = np.argsort(self.row)
        place = places_of(found["tree_parent"], self.row[by_row])
        self.parent = np.where(place >= 0, by_row[place], -1)
        self._quick = np.flatnonzero(quick)
        self._opens = np.concatenate([np.ones(min(1, len(self.row)), dtype=bool), self.root[1:] != self.root[:-1]])

    def strata(self, wanted: NDArray[np.bool_]) -> tuple[IntArray, Strata]:
        """Give the posts of those of the wanted conversations that have two posts or more, and their strata."""
        sizes = np.bincount(self.root, minlength=len(self.roots))
        moves = np.flatnonzero(((sizes > 1) & wanted)[self.root])
        return moves, Strata(self.root[moves].astype(np.int64))

    def merge(self, source: IntArray | None = None) -> Merged:
        """Merge self-replies in quick succession, with nobody else in between, as the corpus does."""
        places = np.arange(len(self.row))
        source = places if source is None else source
        author = self.author[source]
        streak = self._streaks(author)
        up = self.parent[self._quick]
        joins = (author[up] == author[self._quick]) & (up >= streak[self._quick])
        later = self._quick[joins]
        head = places.copy()
        head[later] = up[joins]
        while len(later):
            further = head[head[later]]
            if (further == head[later]).all():
                break
            head[later] = further
        return Merged(source, author, head)

    def _streaks(self, author: IntArray) -> IntArray:
        """Give for each post where its author began to post without anybody else in between."""
        begins = self._opens.copy()
        begins[1:] |= author[1:] != author[:-1]
        places = np.arange(len(author))
        return np.asarray(np.maximum.accumulate(np.where(begins, places, 0)) if len(places) else places)

    def n_open(self, gap_s: int) -> IntArray:
        """Count the earlier posts of its conversation that each post could answer and be a unit of its own.

        They are the first ones, since those it would merge with came last. Where it would merge with all, all count.
        """
        places = np.arange(len(self.row))
        start = np.searchsorted(self.root, self.root)
        since = self.at_s - self.at_s.min(initial=0)
        width = int(since.max(initial=0)) + 1
        quick = np.searchsorted(self.root * width + since, self.root * width + np.maximum(since - gap_s, 0))
        n = np.minimum(places, np.maximum(self._streaks(self.author), quick)) - start
        return np.where(n > 0, n, places - start)

    def parents(self, merged: Merged) -> IntArray:
        """Give the head of the unit that each post answers; -1 without one."""
        return np.where(self.parent >= 0, merged.head[self.parent], -1)

    def tops(self) -> IntArray:
        """Give the root of each post's conversation."""
        top = np.empty(len(self.roots), dtype=np.int64)
        at = np.flatnonzero(self.row == self.roots[self.root])
        top[self.root[at]] = at
        return top[self.root]

    def orders(self, merged: Merged, at: IntArray) -> tuple[IntArray, NDArray[np.bool_]]:
        """Give the units with these heads their order, 2 for 2 and more, the least where it is not known to be more.

        Returns
        -------
        tuple
            Orders, and whether they are known.
        """
        author, up = merged.author, self.parents(merged)
        parent = up[at]
        grand = np.where(parent >= 0, up[parent], -1)
        answers = (parent >= 0) & (author[parent] != author[at])
        goes_on = answers & (grand >= 0) & (author[grand] == author[at])
        # A reply to a post without a place in the tree has order 1, unless to oneself.
        least = self.hung[at] & (self.above[at] != author[at])
        order = np.where(answers, 1 + goes_on, least)
        return order, ~np.where(answers, self.orphan[parent], self.orphan[at])


_COLUMNS = (
    *("row", "root", "account_ix", "created_s", "tree_parent", "parent_ix", "depth"),
    *("is_orphan", "is_hung", "is_quick", "is_seen", "is_own"),
)


def _posts(talk: Any) -> Any:
    """List the posts of the trees, and say which could go with their parents if the author were the same."""
    posts = talk.links.posts.filter(~nw.col("is_repost")).join(talk.links.threads, on="row", how="left")
    quick = nw.col("created_s") - nw.col("parent_s") <= talk.definitions.thread_gap_s
    later = ~nw.col("tree_parent").is_null() & (nw.col("parent_row") < nw.col("row"))
    return posts.with_columns(
        root=nw.coalesce("root", "row"),
        depth=nw.col("depth").fill_null(0),
        is_quick=flagged(quick & later),
        is_seen=flagged(~nw.col("is_private")),
        is_own=flagged(~nw.col("is_private") & ~nw.col("is_context")),
        **{name: flagged(nw.col(name)) for name in ("is_orphan", "is_hung")},
    )
