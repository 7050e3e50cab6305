"""Shapes of conversations against random recursive trees of the same sizes.

Had everybody answered any earlier post alike, some of an author's own posts would have been answered by the next one
in quick succession, and be one unit with it. The units are given here, so a unit may hang below any earlier post but
those it would have merged with: what is left to chance is then exactly what the corpus left open.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..inference.nulls.trees import tree_shapes
from ..metrics.prepared import prepare
from .null_pieces import FloatArray, IntArray, UnitIndex, Values, arrays_of, places_of, share
from .null_posts import ConversationPosts

__all__ = ["RandomTrees"]

#: Metric to the column of a conversation that it is the mean of.
_SHAPES = {
    "conversation_depth_mean": "depth",
    "conversation_width_mean": "width",
    "h_index_mean": "h_index",
    "h_index_max_mean": "h_index_max",
    "structural_virality": "virality",
    "structural_virality_normalized": "virality_norm",
}

#: Size up to which all trees have the same shape.
_FIXED = 2


class RandomTrees:
    """Conversations of the units; each tree is redrawn at its size, its units staying as they are."""

    def __init__(self, talk: Any, units: UnitIndex) -> None:
        self._units = units
        frame = prepare(talk, "conversations", units.grouping)
        columns = ("unit", "root", "size", *_SHAPES.values())
        found = arrays_of(talk, frame, *columns, by=("root", "unit"))
        self._unit = units.of(found["unit"])
        roots, first, self._tree = np.unique(found["root"], return_index=True, return_inverse=True)
        size = found["size"][first]
        self._known = {"virality": size > 1, "virality_norm": size > 3}
        self._shape = {name: found[name][first].astype(float) for name in _SHAPES.values()}
        self._free = np.flatnonzero(size > _FIXED)
        self._read_trees(ConversationPosts(talk), roots[self._free], talk.definitions.thread_gap_s)

    def _read_trees(self, posts: ConversationPosts, roots: IntArray, gap_s: int) -> None:
        """Find for each unit the earlier posts that it could have answered."""
        wanted = places_of(posts.roots, roots) >= 0
        merged = posts.merge()
        heads = np.flatnonzero(merged.is_head() & wanted[posts.root])
        number = np.zeros(len(posts.row), dtype=np.int64)
        number[heads] = np.arange(len(heads))
        self._unit_of_post = number[merged.head]
        self._first_post = np.searchsorted(posts.root, posts.root[heads])
        self._n_open = posts.n_open(gap_s)[heads]
        # A reply before all others, by a clock that is wrong, can only hang below the root.
        self._bound = np.flatnonzero((self._n_open == 0) | (posts.row[heads] == posts.roots[posts.root[heads]]))
        self._root = number[posts.tops()[heads[self._bound]]]
        self._starts = np.searchsorted(posts.root[heads], np.flatnonzero(wanted))

    def _parents(self, rng: np.random.Generator) -> IntArray:
        """Let every unit answer one of the posts open to it, each with the same chance; a root is its own parent."""
        post = self._first_post + (rng.random(len(self._n_open)) * self._n_open).astype(np.int64)
        up = self._unit_of_post[post]
        up[self._bound] = self._root
        return up

    def observed(self) -> Values:
        """Average the shapes of the corpus."""
        return self._measure(self._shape)

    def draw(self, rng: np.random.Generator) -> Values:
        """Redraw the trees and average their shapes."""
        drawn = tree_shapes(self._parents(rng), self._starts)
        shape = {}
        for name, observed in self._shape.items():
            shape[name] = observed.copy()
            shape[name][self._free] = getattr(drawn, name)
        return self._measure(shape)

    def _measure(self, shape: dict[str, FloatArray]) -> Values:
        out, every = {}, np.ones(len(next(iter(shape.values()))), dtype=bool)
        for metric, name in _SHAPES.items():
            known = self._known.get(name, every)
            values = np.where(known, shape[name], 0.0)
            total = self._units.total(self._unit, values[self._tree])
            out[metric] = share(total, self._units.total(self._unit, known[self._tree]))
        return out
