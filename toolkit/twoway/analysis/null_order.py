"""Who continues an exchange, and who takes the floor, against shuffled turns (N5)."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from ..inference.nulls.shuffles import Strata
from ..metrics.prepared import prepare
from .null_pieces import FloatArray, IntArray, UnitIndex, Values, arrays_of, flagged, places_of, share

__all__ = ["ShuffledAuthors", "ShuffledSides"]


class ShuffledAuthors:
    """Reply trees whose authors change places within a conversation.

    The tree stays, and every account has as many units in a conversation as before. Who speaks and whether that unit
    is counted (it is public, and of the sample) move together. Posts of one account in quick succession, one unit in
    the corpus, are never torn apart, but two units of an account may come to stand in a row.
    """

    _METRICS = ("interactive_share", "interactivity_order_mean")

    def __init__(self, talk: Any, units: UnitIndex) -> None:
        self._units = units
        self._read_tree(talk)
        self._read_speakers(talk)
        in_tree, sizes = np.unique(self._root, return_inverse=True, return_counts=True)[1:]
        counted = np.bincount(in_tree, weights=self._speaker_unit >= 0) > 0
        self._moves = np.flatnonzero((sizes > 1)[in_tree] & counted[in_tree])
        self._strata = Strata(in_tree[self._moves].astype(np.int64))

    def _read_tree(self, talk: Any) -> None:
        above = talk.links.posts.select("row", "parent_ix")
        tree = talk.tree_frame.join(above, on="row", how="left")
        tree = tree.with_columns(**{name: flagged(nw.col(name)) for name in ("is_orphan", "is_hung")})
        columns = ("row", "root", "account_ix", "true_parent", "parent_ix", "is_orphan", "is_hung")
        found = arrays_of(talk, tree, *columns, by=("row",))
        self._row, self._root, self._author = found["row"], found["root"], found["account_ix"]
        self._parent = places_of(found["true_parent"], self._row)
        self._above = found["parent_ix"]
        self._orphan, self._hung = found["is_orphan"] == 1, found["is_hung"] == 1

    def _read_speakers(self, talk: Any) -> None:
        said = prepare(talk, "posted", self._units.grouping)
        found = arrays_of(talk, said.filter(nw.col("talks") == 1), "row", "unit", by=("row",))
        self._speaker_unit = np.full(len(self._row), -1)
        self._speaker_unit[np.searchsorted(self._row, found["row"])] = self._units.of(found["unit"])

    def observed(self) -> Values:
        """Measure the corpus."""
        return self._measure(self._author, self._speaker_unit)

    def draw(self, rng: np.random.Generator) -> Values:
        """Let authors change places and measure again."""
        source = np.arange(len(self._author))
        source[self._moves] = self._moves[self._strata.shuffle(rng)]
        return self._measure(self._author[source], self._speaker_unit[source])

    def _measure(self, author: IntArray, unit: IntArray) -> Values:
        at = np.flatnonzero(unit >= 0)
        order, known = self._orders(author, at)
        total, who = self._units.total, unit[at]
        n = total(who, known)
        values = (total(who, known & (order == 2)), total(who, np.where(known, order, 0)))
        return {name: share(value, n) for name, value in zip(self._METRICS, values, strict=True)}

    def _orders(self, author: IntArray, at: IntArray) -> tuple[IntArray, NDArray[np.bool_]]:
        """Give units their order, 2 for 2 and more, and say whether it is known."""
        parent = self._parent[at]
        grand = np.where(parent >= 0, self._parent[parent], -1)
        answers = (parent >= 0) & (author[parent] != author[at])
        goes_on = answers & (grand >= 0) & (author[grand] == author[at])
        # A reply to a post without a place in the tree has order 1, unless to oneself.
        least = self._hung[at] & (self._above[at] != author[at])
        order = np.where(answers, 1 + goes_on, least)
        return order, ~np.where(answers, self._orphan[parent], self._orphan[at])


class ShuffledSides:
    """Episodes whose turns, the organization's and the person's, come in a random order."""

    def __init__(self, talk: Any, units: UnitIndex) -> None:
        self._units = units
        key = ("org_ix", "person_ix", "episode_no")
        frame = prepare(talk, "episodes", units.grouping)
        columns = (*key, "unit", "n_org", "n_person", "has_turns", "turn_taking")
        found = arrays_of(talk, frame, *columns, by=key)
        self._unit = units.of(found["unit"])
        self._has, self._index = found["has_turns"] == 1, found["turn_taking"]
        self._steps = np.maximum(found["n_org"] + found["n_person"] - 1, 1)
        numbered = {name: found[name] for name in key}
        free = (found["n_org"] > 0) & (found["n_person"] > 0)
        self._read_turns(talk, key, numbered, free)

    def _read_turns(self, talk: Any, key: tuple[str, ...], numbered: dict[str, IntArray], free: Any) -> None:
        heads = talk.stream_frame.filter(nw.col("is_head") == 1)
        turns = arrays_of(talk, heads, *key, "row", "is_approach", by=(*key, "row"))
        stacked = np.concatenate([np.column_stack([part[name] for name in key]) for part in (numbered, turns)])
        code = np.unique(stacked, axis=0, return_inverse=True)[1].ravel() if len(stacked) else np.zeros(0, dtype=int)
        n = len(self._has)
        place = np.full(int(code.max(initial=-1)) + 1, -1)
        place[code[:n]] = np.arange(n)
        episode = place[code[n:]]
        kept = (episode >= 0) & free[episode] if n else np.zeros(len(episode), dtype=bool)
        self._episode, self._side = episode[kept], turns["is_approach"][kept]
        self._strata = Strata(self._episode)
        self._free = free

    def observed(self) -> Values:
        """Measure the corpus."""
        return self._measure(self._index)

    def draw(self, rng: np.random.Generator) -> Values:
        """Shuffle the turns of every episode and measure again."""
        side = self._side[self._strata.shuffle(rng)]
        passes = (side[1:] != side[:-1]) & (self._episode[1:] == self._episode[:-1])
        n = np.bincount(self._episode[1:][passes], minlength=len(self._has))
        return self._measure(np.where(self._free, n / self._steps, self._index))

    def _measure(self, index: FloatArray) -> Values:
        total = self._units.total(self._unit, np.where(self._has, index, 0.0))
        return {"turn_taking_index": share(total, self._units.total(self._unit, self._has))}
