"""Originals whose replies change places, and accounts whose posts are drawn from those of all accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from ..inference.diversity import evenness, hill, miller_madow, shannon
from ..inference.nulls.shuffles import strata_of
from ..metrics.model_tables import CONTENT
from ..metrics.prepared import prepare
from .null_pieces import FloatArray, IntArray, UnitIndex, Values, arrays_of, share

__all__ = ["PermutedReplies", "SectorPosts"]

#: What the diet of content comes to, from counts of its classes: (units, classes).
DIET: dict[str, Callable[[FloatArray], FloatArray]] = {
    "content_entropy": shannon,
    "content_entropy_corrected": miller_madow,
    "content_evenness": evenness,
    "content_classes_seen": lambda counts: hill(counts, 0),
    "content_classes_effective": lambda counts: hill(counts, 1),
    "content_classes_dominant": lambda counts: hill(counts, 2),
}


class PermutedReplies:
    """Originals early enough to be judged; what each drew from persons goes to another one of the account."""

    def __init__(self, talk: Any, units: UnitIndex) -> None:
        self._units = units
        waits = {name: nw.col(name).cast(nw.Float64) for name in ("drawn_s", "back_s")}
        frame = prepare(talk, "originals", units.grouping).filter(nw.col("is_due") == 1).with_columns(**waits)
        columns = ("row", "unit", "account_ix", "drawn_s", "back_s", "drawn", "left")
        found = arrays_of(talk, frame, *columns, by=("row", "unit"))
        self._unit, self._drawn_s, self._back_s = units.of(found["unit"]), found["drawn_s"], found["back_s"]
        self._seen = found["drawn"].astype(float), found["left"].astype(float)
        self._strata = strata_of(found["unit"], found["account_ix"])

    def observed(self) -> Values:
        """Measure the corpus."""
        return self._measure(*self._seen)

    def draw(self, rng: np.random.Generator) -> Values:
        """Give each original what another one drew, and see where the organization had come back after that time."""
        drawn_s = self._drawn_s[self._strata.shuffle(rng)]
        drawn = ~np.isnan(drawn_s)
        # Who never came back has no time: the comparison is then false.
        return self._measure(drawn.astype(float), (drawn & ~(self._back_s > drawn_s)).astype(float))

    def _measure(self, drawn: FloatArray, left: FloatArray) -> Values:
        total = self._units.total
        return {"post_and_leave_rate": share(total(self._unit, left), total(self._unit, drawn))}


class SectorPosts:
    """What accounts post; each unit gets as many posts as it has, drawn from those of all units together."""

    def __init__(self, talk: Any, units: UnitIndex) -> None:
        self._units = units
        names = [f"is_{name}" for name in CONTENT]
        found = arrays_of(talk, prepare(talk, "content", units.grouping), "row", "unit", *names, by=("row", "unit"))
        kinds = np.stack([found[name] for name in names], axis=1)
        self._diet = _Pool(units.of(found["unit"]), kinds, len(units))
        focused = prepare(talk, "focused", units.grouping)
        self._focus: dict[str, _Pool] = {}
        for metric, side in (("self_focus", "originals"), ("self_focus_replies", "replies")):
            columns = (f"self_{side}", f"both_{side}")
            found = arrays_of(talk, focused.filter(nw.col(columns[1]) > 0), "row", "unit", *columns, by=("row", "unit"))
            rows = np.stack([found[name] for name in columns], axis=1)
            self._focus[metric] = _Pool(units.of(found["unit"]), rows, len(units))

    def observed(self) -> Values:
        """Measure the corpus."""
        return self._measure(lambda pool: pool.seen)

    def draw(self, rng: np.random.Generator) -> Values:
        """Draw all posts anew and measure again."""
        return self._measure(lambda pool: pool.draw(rng))

    def _measure(self, sums: Callable[[_Pool], FloatArray]) -> Values:
        counts = sums(self._diet)
        out: Values = {name: value(counts) for name, value in DIET.items()}
        for name, pool in self._focus.items():
            own, both = sums(pool).T
            out[name] = share(own, both)
        return out


class _Pool:
    """The posts of all units as rows of numbers, which are added up by unit."""

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
