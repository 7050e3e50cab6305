"""Reciprocity against rewired arcs (N2)."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from ..inference.nulls.rewire import rewire_arcs
from .null_pieces import FloatArray, IntArray, UnitIndex, Values, arrays_of, share

__all__ = ["RewiredArcs"]

#: Levels whose units differ in whom they talk with; months and the whole corpus have the same brands in each unit.
_APART = ("account", "organization", "role")


class RewiredArcs:
    """Replies and mentions between units and persons, one arc a post and person; persons change places among them.

    Months, and the corpus as a whole, hold all brands at once: exchanging brands moves nothing there.
    """

    def __init__(self, talk: Any, units: UnitIndex) -> None:
        self._units = units
        arcs = talk.arc_frame.filter((nw.col("is_reply") == 1) | (nw.col("is_mention") == 1))
        times = talk.links.posts.filter(~nw.col("is_context")).select("row", at_s="created_s")
        arcs = units.grouping.put(arcs.join(times, on="row", how="inner"))
        arcs = arcs.group_by("unit", "row", "person_ix").agg(nw.col("is_approach").min(), nw.col("org_ix").min())
        columns = ("unit", "row", "person_ix", "is_approach", "org_ix")
        found = arrays_of(talk, arcs, *columns, by=("row", "unit", "person_ix"))
        self._unit = units.of(found["unit"])
        self._out = found["is_approach"] == 0
        self._persons, self._person = np.unique(found["person_ix"], return_inverse=True)
        self._houses = self._find_houses(talk, found["org_ix"])

    def _find_houses(self, talk: Any, brand_house: IntArray) -> tuple[IntArray, IntArray] | None:
        """Say who belongs to whom, where some accounts are measured and persons at once."""
        accounts = arrays_of(talk, talk.corpus.account_frame, "account_ix", "org_ix", by=("account_ix",))
        of_person = accounts["org_ix"][np.searchsorted(accounts["account_ix"], self._persons)]
        return (of_person, brand_house) if np.isin(of_person, brand_house).any() else None

    def observed(self) -> Values:
        """Compute the reciprocities of the corpus."""
        return self._measure(self._person)

    def draw(self, rng: np.random.Generator) -> Values:
        """Rewire the arcs and compute the reciprocities."""
        if self._units.grouping.level not in _APART:
            return self.observed()
        if self._houses is None:
            return self._measure(rewire_arcs(self._person, self._out, rng))
        of_person, of_brand = self._houses
        houses = {"person_house": of_person[self._person], "brand_house": of_brand}
        return self._measure(rewire_arcs(self._person, self._out, rng, **houses))

    def _measure(self, person: IntArray) -> Values:
        unit, n_out, n_in = self._pairs(person)
        total, spoke, heard = self._units.total, n_out > 0, n_in > 0
        pairs, mutual = total(unit), total(unit, spoke & heard)
        arcs = pairs + mutual
        arc, chance = share(2 * mutual, arcs), share(arcs, 2 * pairs)
        weights = total(unit, n_out + n_in)
        return {
            "arc_reciprocity": arc,
            "dyadic_reciprocity": share(mutual, pairs),
            "inbound_reciprocity": share(mutual, total(unit, heard)),
            "outbound_reciprocity": share(mutual, total(unit, spoke)),
            "reciprocity_rho": share(arc - chance, 1 - chance),
            "weighted_reciprocity": share(2 * total(unit, np.minimum(n_out, n_in)), weights),
        }

    def _pairs(self, person: IntArray) -> tuple[IntArray, FloatArray, FloatArray]:
        """Count for each pair of a unit and a person the arcs each way."""
        if not len(person):
            return np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0)
        keys = ((self._unit + 1) * len(self._persons) + person) * 2 + self._out
        found, count = np.unique(keys, return_counts=True)
        pair, is_out = found >> 1, found & 1
        starts = np.flatnonzero(np.diff(pair, prepend=-1))
        n_out, n_in = np.add.reduceat(count * is_out, starts), np.add.reduceat(count * (1 - is_out), starts)
        return pair[starts] // len(self._persons) - 1, n_out.astype(float), n_in.astype(float)
