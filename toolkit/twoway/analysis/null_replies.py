"""Originals whose replies change places, replies whose persons do, and accounts that post what all accounts post."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from ..inference.diversity import evenness, hill, miller_madow, shannon
from ..inference.nulls.shuffles import permute_answers, strata_of, terciles, week_of
from ..metrics.model_tables import CONTENT
from ..metrics.prepared import prepare
from ..metrics.reentry_tables import TYPES, UNIT, last_asked
from .null_pieces import FloatArray, Pool, UnitIndex, Values, arrays_of, share

__all__ = ["CLASS_SHARES", "PermutedReplies", "SectorPosts", "ShuffledReturns"]

#: Shares of the classes of content, in the order of `CONTENT`.
CLASS_SHARES = tuple(
    f"content_{name}_share"
    for name in (
        *("answer", "notice", "award", "promotion", "how_to", "product", "staff"),
        *("community", "small_talk", "other"),
    )
)

#: What else accounts say of themselves: a table, and the columns of which metrics are ratios of sums.
_SELF = {
    "self_focus": ("focused", "self_originals", "both_originals"),
    "self_focus_replies": ("focused", "self_replies", "both_replies"),
    "self_praise_share": ("focused", "praised_originals", "self_originals"),
    "meformer_share": ("self_told", "about_itself", "one"),
}

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


class ShuffledReturns:
    """Replies to persons, by what they do; who goes on changes places within organization, week and length.

    The length is that of the person's last post before the reply.
    """

    def __init__(self, talk: Any, units: UnitIndex) -> None:
        self._units = units
        frame = prepare(talk, "continued", units.grouping)
        words = talk.marks.select(asked_row="row", asked_words="n_words")
        asked = last_asked(talk, frame).join(words, on="asked_row", how="left")
        # Who was written to first has no post before, which counts as the shortest.
        words_before = nw.col("asked_words").fill_null(-1)
        frame = frame.join(asked, on=list(UNIT), how="left").with_columns(asked_words=words_before)
        due, back = ([f"{name}_{kind}" for kind in TYPES] for name in ("due", "back"))
        key = (*UNIT, "unit")
        found = arrays_of(talk, frame, *key, "at_s", "asked_words", *due, *back, by=key)
        watched = np.stack([found[name] for name in due], axis=1)
        judged = watched.any(axis=1)
        found = {name: values[judged] for name, values in found.items()}
        self._kind = watched[judged].argmax(axis=1)
        self._back = np.stack([found[name] for name in back], axis=1).sum(axis=1).astype(float)
        self._unit = units.of(found["unit"])
        length = terciles(found["asked_words"], found["org_ix"])
        self._strata = strata_of(found["unit"], found["org_ix"], week_of(found["at_s"]), length)

    def observed(self) -> Values:
        """Measure the corpus."""
        return self._measure(self._back)

    def draw(self, rng: np.random.Generator) -> Values:
        """Let who goes on change places and measure again."""
        return self._measure(permute_answers(self._back, self._strata, rng))

    def _measure(self, back: FloatArray) -> Values:
        out, total = {}, self._units.total
        for i, name in enumerate(TYPES):
            is_it = self._kind == i
            metric = f"continuation_{name.removesuffix('_answer')}"
            out[metric] = share(total(self._unit, back * is_it), total(self._unit, is_it))
        return out


class SectorPosts:
    """What accounts post; each unit gets as many posts as it has, drawn from those of all units together."""

    def __init__(self, talk: Any, units: UnitIndex) -> None:
        self._units = units
        names = [f"is_{name}" for name in CONTENT]
        found = arrays_of(talk, prepare(talk, "content", units.grouping), "row", "unit", *names, by=("row", "unit"))
        kinds = np.stack([found[name] for name in names], axis=1)
        self._diet = Pool(units.of(found["unit"]), kinds, len(units))
        tables = {name: prepare(talk, name, units.grouping) for name in ("focused", "self_told")}
        self._focus: dict[str, Pool] = {}
        for metric, (table, *columns) in _SELF.items():
            frame = tables[table].filter(nw.col(columns[1]) > 0)
            found = arrays_of(talk, frame, "row", "unit", *columns, by=("row", "unit"))
            rows = np.stack([found[name] for name in columns], axis=1)
            self._focus[metric] = Pool(units.of(found["unit"]), rows, len(units))

    def observed(self) -> Values:
        """Measure the corpus."""
        return self._measure(lambda pool: pool.seen)

    def draw(self, rng: np.random.Generator) -> Values:
        """Draw all posts anew and measure again."""
        return self._measure(lambda pool: pool.draw(rng))

    def _measure(self, sums: Callable[[Pool], FloatArray]) -> Values:
        counts = sums(self._diet)
        out: Values = {name: value(counts) for name, value in DIET.items()}
        out |= {name: share(part, counts.sum(axis=1)) for name, part in zip(CLASS_SHARES, counts.T, strict=True)}
        for name, pool in self._focus.items():
            part, whole = sums(pool).T
            out[name] = share(part, whole)
        return out
