"""Shapes of conversations against random recursive trees of the same sizes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..inference.nulls.trees import RecursiveTrees
from ..metrics.prepared import prepare
from .null_pieces import FloatArray, UnitIndex, Values, arrays_of, share

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
    """Conversations of the units; each tree is redrawn at its size."""

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
        self._trees = RecursiveTrees(size[self._free])

    def observed(self) -> Values:
        """Average the shapes of the corpus."""
        return self._measure(self._shape)

    def draw(self, rng: np.random.Generator) -> Values:
        """Redraw the trees and average their shapes."""
        drawn = self._trees.shapes(rng)
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
