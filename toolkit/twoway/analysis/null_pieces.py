"""What the null models share: the units measured, the posts of all together, tables as sorted arrays, shares."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..engine import Frame
from ..metrics.prepared import Grouping

__all__ = [
    "FloatArray",
    "IntArray",
    "MatchedNull",
    "NullModel",
    "Pool",
    "UnitIndex",
    "Values",
    "arrays_of",
    "flagged",
    "places_of",
    "share",
]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

#: Metric to one value a unit.
Values = dict[str, FloatArray]


class NullModel(Protocol):
    """A corpus made ready for one null model: the observed values, and values of draws."""

    def observed(self) -> Values:
        """Compute the values of the corpus."""
        ...

    def draw(self, rng: np.random.Generator) -> Values:
        """Compute the values of one draw."""
        ...


@runtime_checkable
class MatchedNull(NullModel, Protocol):
    """A null model that puts other posts in the place of a unit's own, as far as there are such."""

    def compared(self, rng: np.random.Generator) -> Values:
        """Sample as many posts of units as are drawn for them: (samples, units) values, NaN where these are all."""
        ...

    def lacking(self) -> dict[str, NDArray[np.bool_]]:
        """Say of each metric which units have too few posts to be held against."""
        ...


class UnitIndex:
    """The units that are measured, numbered in order of their names."""

    def __init__(self, talk: Any, grouping: Grouping) -> None:
        self.talk = talk
        self.grouping = grouping
        named = sorted(grouping.unit_names().items(), key=lambda item: item[1])
        self.codes = np.array([code for code, _ in named], dtype=np.int64)
        self.names = [name for _, name in named]

    def __len__(self) -> int:
        """Count the units."""
        return len(self.codes)

    def of(self, codes: IntArray) -> IntArray:
        """Number units by their codes in the prepared tables; -1 for a unit that is not measured."""
        order = np.argsort(self.codes)
        place = places_of(codes, self.codes[order])
        return np.where(place >= 0, order[place], -1)

    def total(self, unit: IntArray, weights: NDArray[Any] | None = None) -> FloatArray:
        """Add up by unit; entries of units that are not measured are left out."""
        kept = unit >= 0
        values = None if weights is None else np.asarray(weights, dtype=float)[kept]
        return np.bincount(unit[kept], weights=values, minlength=len(self)).astype(float)


class Pool:
    """Posts of all units as rows of numbers, which are added up by unit."""

    def __init__(self, unit: IntArray, rows: FloatArray, n_units: int) -> None:
        kept = unit >= 0
        self._kinds, kind = np.unique(rows[kept].astype(float), axis=0, return_inverse=True)
        self._each = np.bincount(kind.ravel(), minlength=len(self._kinds))
        self._n = np.bincount(unit[kept], minlength=n_units)
        self.seen = np.zeros((n_units, rows.shape[1]))
        np.add.at(self.seen, unit[kept], rows[kept])

    def draw(self, rng: np.random.Generator) -> FloatArray:
        """Draw as many posts for each unit as it has, with their share in all of them as chance."""
        if not self._n.sum():
            return self.seen
        drawn = rng.multinomial(self._n, self._each / self._each.sum()) @ self._kinds
        # Who posted all there is has nobody to be like.
        return np.where((self._n == self._n.sum())[:, None], self.seen, drawn)


def arrays_of(talk: Any, frame: Frame, *columns: str, by: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    """Bring columns of a table home as arrays in one order, whatever the engine; nulls become -1 (numbers: NaN)."""
    table = talk.engine.collect(frame.select(*columns))
    out = {}
    for name in columns:
        # Engines give sums of whole numbers as decimals, and whole numbers with nulls have no array of their own.
        column = table[name].cast(pa.float64()).to_numpy()
        is_float = pa.types.is_floating(table[name].type)
        out[name] = column if is_float else np.where(np.isnan(column), -1, column).astype(np.int64)
    order = np.lexsort([out[name] for name in reversed(by)])
    return {name: values[order] for name, values in out.items()}


def places_of(values: IntArray, known: IntArray) -> IntArray:
    """Find numbers in a sorted array without repeats; -1 for those that are not in it.

    Examples
    --------
    >>> places_of(np.array([7, 5, 4]), np.array([4, 7])).tolist()
    [1, -1, 0]
    """
    if not len(known):
        return np.full(len(values), -1)
    place = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return np.where(known[place] == values, place, -1)


def share(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Divide, NaN where there is nothing to divide by."""
    return np.asarray(part / np.where(whole > 0, whole, np.nan))


def flagged(rule: nw.Expr) -> nw.Expr:
    """Turn a condition into 1 and 0, unknown into 0."""
    return nw.when(rule.fill_null(value=False)).then(1).otherwise(0)
