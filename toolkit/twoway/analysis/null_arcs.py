"""Reciprocity against rewired arcs (N2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..inference.nulls.rewire import rewire_arcs
from ..metrics.arcs import unit_arcs
from .null_pieces import FloatArray, IntArray, UnitIndex, Values, arrays_of, share

__all__ = ["RewiredArcs"]


@dataclass(frozen=True)
class _Pairs:
    """Pairs of a node and a person: the unit, posts each way, and the first and last of them."""

    unit: IntArray
    n_out: FloatArray
    n_in: FloatArray
    answered: NDArray[np.bool_]
    returned: NDArray[np.bool_]


class RewiredArcs:
    """Replies and mentions between nodes and persons, one arc a post and person; persons change places among them.

    The node is the account where accounts are measured, else the organization, as for the metrics. Times stay with the
    posts. In months, persons change places within the month.
    """

    def __init__(self, talk: Any, units: UnitIndex) -> None:
        self._units = units
        arcs = unit_arcs(talk, units.grouping)
        columns = ("unit", "node", "row", "person_ix", "is_approach", "moment")
        found = arrays_of(talk, arcs, *columns, by=("row", "unit", "node", "person_ix"))
        stacked = np.column_stack([found["unit"], found["node"]])
        ends, place = np.unique(stacked, axis=0, return_inverse=True) if len(stacked) else (stacked, np.zeros(0, int))
        self._unit, self._end = units.of(ends[:, 0]), place.ravel()
        self._out, self._moment = found["is_approach"] == 0, found["moment"].astype(float)
        self._persons, self._person = np.unique(found["person_ix"], return_inverse=True)
        self._houses = self._find_houses(talk, found["node"])
        by_month = units.grouping.level == "month"
        self._strata = (
            [np.flatnonzero(found["unit"] == unit) for unit in np.unique(found["unit"])] if by_month else None
        )

    def _find_houses(self, talk: Any, node: IntArray) -> tuple[IntArray, IntArray] | None:
        """Say who belongs to whom, where some accounts are measured and persons at once."""
        accounts = arrays_of(talk, talk.account_frame, "account_ix", "org_ix", by=("account_ix",))
        of_person = accounts["org_ix"][np.searchsorted(accounts["account_ix"], self._persons)]
        by_account = self._units.grouping.level == "account"
        of_node = accounts["org_ix"][np.searchsorted(accounts["account_ix"], node)] if by_account else node
        return (of_person, of_node) if np.isin(of_person, of_node).any() else None

    def observed(self) -> Values:
        """Compute the reciprocities of the corpus."""
        return self._measure(self._person)

    def draw(self, rng: np.random.Generator) -> Values:
        """Rewire the arcs and compute the reciprocities."""
        if self._strata is None:
            return self._measure(self._rewired(np.arange(len(self._person)), rng))
        person = self._person.copy()
        for arcs in self._strata:
            person[arcs] = self._rewired(arcs, rng)
        return self._measure(person)

    def _rewired(self, arcs: IntArray, rng: np.random.Generator) -> IntArray:
        person, out = self._person[arcs], self._out[arcs]
        if self._houses is None:
            return rewire_arcs(person, out, rng)
        of_person, of_node = self._houses
        return rewire_arcs(person, out, rng, person_house=of_person[person], brand_house=of_node[arcs])

    def _measure(self, person: IntArray) -> Values:
        found = self._pairs(person)
        unit, n_out, n_in = found.unit, found.n_out, found.n_in
        total, spoke, heard = self._units.total, n_out > 0, n_in > 0
        pairs, mutual = total(unit), total(unit, spoke & heard)
        arcs = pairs + mutual
        arc, chance = share(2 * mutual, arcs), share(arcs, 2 * pairs)
        least, weight = 2 * np.minimum(n_out, n_in), n_out + n_in
        later = total(unit, found.answered) + total(unit, found.returned)
        return {
            "arc_reciprocity": arc,
            "dyadic_reciprocity": share(mutual, pairs),
            "inbound_reciprocity": share(mutual, total(unit, heard)),
            "outbound_reciprocity": share(mutual, total(unit, spoke)),
            "reciprocity_rho": share(arc - chance, 1 - chance),
            "weighted_reciprocity": share(total(unit, least), total(unit, weight)),
            "arc_reciprocity_ordered": share(later, arcs),
            "dyadic_reciprocity_ordered": share(total(unit, found.answered & found.returned), pairs),
            "inbound_reciprocity_ordered": share(total(unit, found.answered), total(unit, heard)),
            "outbound_reciprocity_ordered": share(total(unit, found.returned), total(unit, spoke)),
            "dyad_balance": share(total(unit, least / weight), pairs),
        }

    def _pairs(self, person: IntArray) -> _Pairs:
        """Count for each pair the arcs each way, and say which way was taken after the other."""
        if not len(person):
            none, no = np.zeros(0), np.zeros(0, dtype=bool)
            return _Pairs(np.zeros(0, dtype=np.int64), none, none, no, no)
        keys = (self._end * len(self._persons) + person) * 2 + self._out
        order = np.argsort(keys, kind="stable")
        keys, moment = keys[order], self._moment[order]
        starts = np.flatnonzero(np.diff(keys, prepend=-1))
        counts = np.diff(np.append(starts, len(keys))).astype(float)
        pairs, place = np.unique(keys[starts] >> 1, return_inverse=True)
        side = keys[starts] & 1
        n, first, last = np.zeros((2, len(pairs))), np.full((2, len(pairs)), np.inf), np.full((2, len(pairs)), -np.inf)
        n[side, place] = counts
        first[side, place] = np.minimum.reduceat(moment, starts)
        last[side, place] = np.maximum.reduceat(moment, starts)
        unit = self._unit[pairs // len(self._persons)]
        return _Pairs(unit, n[1], n[0], last[1] > first[0], last[0] > first[1])
