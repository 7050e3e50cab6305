"""Participation shifts against conversations whose speakers change places (N5).

Shuffling turns as they are, each with whom it addresses, would put answers before what they answer: by that standard a
conversation in which all is left to chance claims the floor too often and goes on too rarely. So the tree stays, in
time and in depth, and speakers change places in it; whom a turn addresses follows.
"""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from ..inference.nulls.shuffles import Strata
from ..interactions.conversations import unit_links
from ..metrics.prepared import prepare
from ..threads import preorder
from .null_pieces import FloatArray, IntArray, UnitIndex, Values, arrays_of, flagged, places_of, share

__all__ = ["ShuffledSpeakers"]

_GROUP, _UNKNOWN = -1, -2

#: What is counted of each conversation, beside all shifts.
_KINDS = ("abba", "receiving", "claiming", "usurping", "continuing")
_TREE = "pshift_abba_share_tree"


class ShuffledSpeakers:
    """Conversations whose speakers change places among their units, the reply tree and its times as they are.

    Every account speaks as often in a conversation as before. Units below a missing parent stay unclassified.
    """

    def __init__(self, talk: Any, units: UnitIndex) -> None:
        self._units = units
        self._read_units(talk)
        self._read_places(talk)
        members = arrays_of(talk, prepare(talk, "conversations", units.grouping), "unit", "root", by=("root", "unit"))
        member = places_of(members["root"], self._roots)
        self._unit, self._member = units.of(members["unit"])[member >= 0], member[member >= 0]

    def _read_units(self, talk: Any) -> None:
        posts = talk.links.posts.filter(~nw.col("is_private"))
        posts = posts.select("row", "parent_ix", _lost=flagged(nw.col("is_orphan")))
        people = talk.corpus.account_frame.select("account_ix", by_person=flagged(nw.col("is_public")))
        said = talk.tree_frame.select("row", "root", "account_ix", "true_parent").join(posts, on="row", how="inner")
        said = said.join(people, on="account_ix", how="inner")
        columns = ("row", "root", "account_ix", "true_parent", "parent_ix", "_lost", "by_person")
        found = arrays_of(talk, said, *columns, by=("row",))
        self._row, self._speaker, self._person = found["row"], found["account_ix"], found["by_person"] == 1
        self._parent = places_of(found["true_parent"], self._row)
        # A parent that is private, or a plain repost, is not among the units: its author stays.
        self._above, self._lost = found["parent_ix"], found["_lost"] == 1
        self._roots, self._root = np.unique(found["root"], return_inverse=True)
        self._strata = Strata(self._root.astype(np.int64))

    def _read_places(self, talk: Any) -> None:
        """Put the units of a conversation in the order of time, and in depth-first order."""
        places = preorder(talk.engine, unit_links(talk.tree_frame), talk.size_frame)
        found = arrays_of(talk, places, "node", "place", by=("node",))
        deep = np.zeros(len(self._row), dtype=np.int64)
        at = places_of(self._row, found["node"])
        deep[at >= 0] = found["place"][at[at >= 0]]
        self._in_time = np.lexsort((self._row, self._root))
        self._in_tree = np.lexsort((self._row, deep, self._root))

    def observed(self) -> Values:
        """Measure the corpus."""
        return self._measure(np.arange(len(self._row)))

    def draw(self, rng: np.random.Generator) -> Values:
        """Let the speakers of every conversation change places and measure again."""
        return self._measure(self._strata.shuffle(rng))

    def _measure(self, source: IntArray) -> Values:
        speaker, person = self._speaker[source], self._person[source]
        target = np.where(self._parent >= 0, speaker[self._parent], self._above)
        target = np.where(self._lost, _UNKNOWN, np.where(target == speaker, _GROUP, target))
        in_time = self._count(self._in_time, speaker, target, person, _KINDS)
        in_tree = self._count(self._in_tree, speaker, target, person, ("abba",))
        out = {f"pshift_{kind}_share": share(in_time[kind], in_time["all"]) for kind in _KINDS}
        return {**out, _TREE: share(in_tree["abba"], in_tree["all"])}

    def _count(
        self, order: IntArray, speaker: IntArray, target: IntArray, person: NDArray[np.bool_], kinds: tuple[str, ...]
    ) -> Values:
        """Count the shifts of each unit measured, its conversations followed in some order."""
        root, spoke, to = self._root[order], speaker[order], target[order]
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
        by_root = np.bincount(root, minlength=len(self._roots))
        return self._units.total(self._unit, by_root[self._member])
