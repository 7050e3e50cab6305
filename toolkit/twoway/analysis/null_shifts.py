"""Participation shifts against conversations whose speakers change places (N5).

Shuffling turns as they are, each with whom it addresses, would put answers before what they answer: by that standard a
conversation in which all is left to chance claims the floor too often and goes on too rarely. So the tree stays, in
time and in depth, and speakers change places in it; whom a turn addresses follows, and so does what is one unit.
"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from ..inference.nulls.trees import depth_first
from .null_pieces import FloatArray, IntArray, UnitIndex, Values, arrays_of, flagged, places_of, share
from .null_posts import ConversationPosts, Merged

__all__ = ["ShuffledSpeakers"]

_GROUP, _UNKNOWN = -1, -2

#: What is counted of each conversation, beside all shifts.
_KINDS = ("abba", "receiving", "claiming", "usurping", "continuing")
_TREE = "pshift_abba_share_tree"


class ShuffledSpeakers:
    """Conversations whose speakers change places among their posts, the reply tree and its times as they are.

    Every account has as many posts in a conversation as before; self-replies in quick succession are then merged as in
    the corpus. Units below a missing parent stay unclassified.
    """

    def __init__(self, talk: Any, units: UnitIndex) -> None:
        self._units = units
        self._posts = posts = ConversationPosts(talk)
        people = talk.corpus.account_frame.select("account_ix", by_person=flagged(nw.col("is_public")))
        found = arrays_of(talk, people, "account_ix", "by_person", by=("account_ix",))
        self._person = found["by_person"][places_of(posts.author, found["account_ix"])] == 1
        # A post in the same second as the one it answers comes after it, whatever their ids.
        self._in_time = np.lexsort((posts.row, posts.depth, posts.at_s, posts.root))
        self._read_members(talk)
        wanted = np.zeros(len(posts.roots), dtype=bool)
        wanted[self._member] = True
        self._moves, self._strata = posts.strata(wanted)

    def _read_members(self, talk: Any) -> None:
        times = talk.conversation_frame.select("root", "at_s")
        members = self._units.grouping.put(talk.member_frame.join(times, on="root", how="inner"))
        found = arrays_of(talk, members.select("unit", "root").unique(), "unit", "root", by=("root", "unit"))
        self._unit, self._member = self._units.of(found["unit"]), places_of(found["root"], self._posts.roots)

    def observed(self) -> Values:
        """Measure the corpus."""
        return self._measure(np.arange(len(self._posts.row)))

    def draw(self, rng: np.random.Generator) -> Values:
        """Let the speakers of every conversation change places, merge what belongs together, and measure again."""
        source = np.arange(len(self._posts.row))
        source[self._moves] = self._moves[self._strata.shuffle(rng)]
        return self._measure(source)

    def _measure(self, source: IntArray) -> Values:
        posts, merged = self._posts, self._posts.merge(source)
        above = np.where(posts.parent >= 0, merged.author[posts.parent], posts.above)
        target = np.where(posts.orphan, _UNKNOWN, np.where(above == merged.author, _GROUP, above))
        seen = merged.first_with(posts.is_seen) >= 0
        order, person = self._in_time[seen[self._in_time]], self._person[source]
        in_time = self._count(order, merged.author, target, person, _KINDS)
        order = self._branch_by_branch(merged)
        in_tree = self._count(order[seen[order]], merged.author, target, person, ("abba",))
        out = {f"pshift_{kind}_share": share(in_time[kind], in_time["all"]) for kind in _KINDS}
        return {**out, _TREE: share(in_tree["abba"], in_tree["all"])}

    def _branch_by_branch(self, merged: Merged) -> IntArray:
        """Put the units of each conversation in depth-first order."""
        posts, heads = self._posts, np.flatnonzero(merged.is_head())
        number = np.zeros(len(posts.row), dtype=np.int64)
        number[heads] = np.arange(len(heads))
        up = posts.parents(merged)[heads]
        # A reply whose own parent has no place in the tree hangs below the root, which is the top of the tree.
        up = np.where(up >= 0, up, posts.tops()[heads])
        starts = np.searchsorted(posts.root[heads], posts.root[heads])
        order = np.empty(len(heads), dtype=np.int64)
        order[starts + depth_first(number[up])] = heads
        return order

    def _count(
        self, order: IntArray, speaker: IntArray, target: IntArray, person: NDArray[np.bool_], kinds: tuple[str, ...]
    ) -> Values:
        """Count the shifts of each unit measured, its conversations followed in some order."""
        root, spoke, to = self._posts.root[order], speaker[order], target[order]
        a, b, x, y = spoke[:-1], to[:-1], spoke[1:], to[1:]
        counts = (root[1:] == root[:-1]) & (b != _UNKNOWN) & (y != _UNKNOWN) & ~((x == a) & (y == b))
        alone, stays, returns = b == _GROUP, x == a, x == b
        rules = {
            "abba": returns & (y == a),
            "receiving": returns,
            "claiming": ~stays & alone,
            "usurping": ~stays & ~returns & ~alone & person[order][1:],
            "continuing": stays,
        }
        sums = {"all": self._sum(root[1:][counts])}
        return sums | {kind: self._sum(root[1:][counts & rules[kind]]) for kind in kinds}

    def _sum(self, root: IntArray) -> FloatArray:
        by_root = np.bincount(root, minlength=len(self._posts.roots))
        return self._units.total(self._unit, by_root[self._member])
