"""Scripts of organizations against what the public's own replies repeat, at the same lengths and as many replies.

Each reply of an organization is replaced by one that a person wrote to another person, about as long. Replies are drawn
without replacement, for one that is drawn twice would repeat itself. Where the public wrote less than ten times as much
as the organization, both are read at fewer replies: of n replies and N of the public, at nN / (N + 2n) of each. Draws
from so small a pool are too much alike, and this is how many they may be for their spread to be at least that of the
difference which is tested (Hoeffding 1948, on means over all samples).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..metrics.marks import DAY
from ..metrics.prepared import prepare
from ..metrics.voice_tables import clustered, public_replies
from ..text.duplicates import chance_among
from ..text.likeness import Likeness
from ..text.wordings import SHORTEST
from .null_pieces import FloatArray, IntArray, UnitIndex, Values, arrays_of, places_of, share

__all__ = ["PublicReplies", "class_of_lengths", "sample_sizes"]

Flags = NDArray[np.bool_]

#: Replies of the public that are read, and of one organization: a part drawn once where there are more.
MOST_PUBLIC, MOST_OWN = 10_000, 5_000

#: Times an organization's replies that the public wrote of a length, from which all are drawn.
AMPLE = 10

#: Fewest replies that are compared where an organization wrote more.
FEWEST = 20

#: Classes of length of replies of five words or more; shorter ones have the same number of words.
CLASSES = 3

#: Samples of an organization's own replies over which its values at fewer replies are means.
SAMPLES = 50

#: Replies in the samples of the rarefied metrics.
_RAREFIED = 200

#: Marks of replies of the prepared table `scripted`.
_MARKS = (
    *("known", "duplicate", "rarefied", "has_rarefied", "monthly", "has_monthly", "short", "short_duplicate"),
    *("template", "complete", "has_complete", "top10", "template_no"),
)

#: Metrics of replies of five words or more that grow with their number.
_LONG = (
    *("near_duplicate_share", "template_share", "template_share_complete", "template_top10_share"),
    "effective_templates",
)


def class_of_lengths(tokens: IntArray, public: IntArray) -> IntArray:
    """Class lengths: each number of words below five is a class, longer ones are cut at the public's terciles.

    Examples
    --------
    >>> class_of_lengths(np.array([1, 4, 5, 30]), np.arange(5, 30)).tolist()
    [0, 3, 4, 6]
    """
    longer = public[public >= SHORTEST]
    cuts = np.quantile(longer, np.arange(1, CLASSES) / CLASSES) if len(longer) else np.zeros(0)
    return np.where(tokens < SHORTEST, tokens - 1, SHORTEST - 1 + np.searchsorted(cuts, tokens, side="right"))


def sample_sizes(own: IntArray, public: IntArray) -> IntArray:
    """Say how many replies of each class of length are compared.

    Parameters
    ----------
    own, public
        (classes,): replies of the organization, and of the public.

    Returns
    -------
    array, (classes,)
        All of the organization's where the public wrote ten times as many in every class; else the same part of each
        class, 0 where that comes to fewer than twenty.

    Examples
    --------
    >>> sample_sizes(np.array([10, 20]), np.array([100, 200])).tolist()
    [10, 20]
    >>> sample_sizes(np.array([100, 50]), np.array([200, 400])).tolist()
    [50, 25]
    >>> sample_sizes(np.array([100, 50]), np.array([10, 400])).tolist()
    [0, 0]
    """
    used = own > 0
    if (AMPLE * own[used] <= public[used]).all():
        return own
    part = (public[used] / (public[used] + 2 * own[used])).min()
    sizes = np.round(part * own).astype(np.int64)
    return sizes if sizes.sum() >= FEWEST else np.zeros_like(sizes)


class PublicReplies:
    """Replies of organizations, and those of persons to persons which are drawn in their place."""

    def __init__(self, talk: Any, units: UnitIndex) -> None:
        self._units, self._table = units, clustered(talk, units.grouping)[0]
        rows = prepare(talk, "scripted", units.grouping)
        found = arrays_of(talk, rows, "row", "unit", "org_ix", "at_s", *_MARKS, by=("row", "unit"))
        self._marks = {name: found[name] for name in _MARKS}
        self._unit, self._org = units.of(found["unit"]), np.unique(found["org_ix"], return_inverse=True)[1]
        month = units.grouping.month_of_days()
        days, day = np.unique(found["at_s"] // DAY, return_inverse=True)
        months = np.array([month[day] for day in days.tolist()], dtype=np.int64)[day]
        self._month = np.unique(self._org * 1_000_000 + months, return_inverse=True)[1]
        self._at = places_of(found["row"], np.asarray(self._table["row"]).astype(np.int64))
        self._kinds = {"long": self._marks["known"] == 1, "short": self._marks["short"] == 1}
        pool = public_replies(talk, MOST_PUBLIC)
        self._public = Likeness(pool)
        self._read_lengths(np.asarray(pool["tokens"]).astype(np.int64), np.random.default_rng(talk.definitions.seed))
        self._lost = self._lacking()
        # Replies of the public are of no month of the organization's: where few are drawn, they are one sample.
        self._month[self._is_fewer] = self._month.max(initial=-1) + 1 + self._org[self._is_fewer]

    def _read_lengths(self, public: IntArray, rng: np.random.Generator) -> None:
        """Say of each organization and class of length which replies it has, and how many are compared."""
        tokens = np.asarray(self._table["tokens"]).astype(np.int64)[self._at]
        own, theirs = class_of_lengths(tokens, public), class_of_lengths(public, public)
        self._pools = [np.flatnonzero(theirs == i) for i in range(SHORTEST - 1 + CLASSES)]
        sizes = np.array([len(rows) for rows in self._pools])
        #: Of each organization and class: places of its replies, the class, how many are compared.
        self._strata: list[tuple[IntArray, int, int]] = []
        self._is_fewer, self._is_lost = (np.zeros(len(own), dtype=bool) for _ in range(2))
        for org in range(int(self._org.max(initial=-1)) + 1):
            for is_kind in self._kinds.values():
                mine = np.flatnonzero(is_kind & (self._org == org))
                read = np.sort(rng.choice(mine, MOST_OWN, replace=False)) if len(mine) > MOST_OWN else mine
                compared = sample_sizes(np.bincount(own[read], minlength=len(sizes)), sizes)
                self._is_lost[mine] = compared.sum() == 0
                self._is_fewer[mine] = 0 < compared.sum() < len(mine)
                at = [(read[own[read] == i], i, int(n)) for i, n in enumerate(compared) if n]
                self._strata += at

    def observed(self) -> Values:
        """Measure the corpus."""
        total, marks, unit = self._units.total, self._marks, self._unit
        known, short = total(unit, marks["known"]), total(unit, marks["short"])
        pairs = {
            "near_duplicate_share": share(total(unit, marks["duplicate"]), known),
            "near_duplicate_share_rarefied": self._ratio("rarefied"),
            "near_duplicate_share_monthly": self._ratio("monthly"),
            "short_duplicate_share": share(total(unit, marks["short_duplicate"]), short),
            "template_share": share(total(unit, marks["template"]), known),
            "template_share_complete": self._ratio("complete"),
            "template_top10_share": share(total(unit, marks["top10"]), known),
        }
        is_known = self._kinds["long"]
        return {**pairs, "effective_templates": self._effective(unit[is_known], marks["template_no"][is_known])}

    def _ratio(self, name: str) -> FloatArray:
        total, has = self._units.total, self._marks[f"has_{name}"]
        return share(total(self._unit, self._marks[name] * has), total(self._unit, has))

    def draw(self, rng: np.random.Generator) -> Values:
        """Put replies of persons to persons in the places of the organizations' replies, and measure these."""
        places, chosen = self._choose(rng, lambda _, kind, n: rng.choice(self._pools[kind], n, replace=False))
        found = self._measure(self._public, chosen, places)
        return {name: np.where(self._lost[name], np.nan, values) for name, values in found.items()}

    def compared(self, rng: np.random.Generator) -> Values:
        """Sample as many replies as are drawn: (samples, units) values, NaN where these are all of the unit's."""
        if not self._is_fewer.any():
            return {}
        read = np.sort(np.concatenate([at for at, _, _ in self._strata]))
        alike = Likeness(self._table.take(self._at[read]))
        samples = []
        for _ in range(SAMPLES):
            places, _ = self._choose(rng, lambda at, _, n: at[:n])
            samples.append(self._measure(alike, np.searchsorted(read, places), places))
        kinds = {**dict.fromkeys(_LONG, "long"), "short_duplicate_share": "short"}
        fewer = {kind: self._any(self._is_fewer & is_it) for kind, is_it in self._kinds.items()}
        out = {}
        for name in samples[0]:
            is_meant = ~self._lost[name] & (fewer[kinds[name]] if name in kinds else False)
            out[name] = np.where(is_meant, np.array([sample[name] for sample in samples]), np.nan)
        return out

    def _choose(
        self, rng: np.random.Generator, pick: Callable[[IntArray, int, int], IntArray]
    ) -> tuple[IntArray, IntArray]:
        """Choose the places of replies that are compared, and what is put there."""
        places, chosen = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        for at, kind, n in self._strata:
            mine = at if n == len(at) else rng.permutation(at)[:n]
            places.append(mine)
            chosen.append(pick(mine, kind, n))
        return np.concatenate(places), np.concatenate(chosen)

    def lacking(self) -> dict[str, Flags]:
        """Say of each metric which units the public wrote too little for."""
        return self._lost

    def _lacking(self) -> dict[str, Flags]:
        lost = {name: self._any(self._is_lost & self._kinds["long"]) for name in _LONG}
        lost["short_duplicate_share"] = self._any(self._is_lost & self._kinds["short"])
        compared = np.zeros(int(self._org.max(initial=-1)) + 1)
        for at, kind, n in self._strata:
            compared[self._org[at[0]]] += n * (kind >= SHORTEST - 1)
        for name in ("rarefied", "monthly"):
            has = self._marks[f"has_{name}"] == 1
            lost[f"near_duplicate_share_{name}"] = self._any(has & (compared[self._org] < _RAREFIED))
        return lost

    def _any(self, rows: Flags) -> Flags:
        return self._units.total(self._unit, rows) > 0

    def _measure(self, alike: Likeness, chosen: IntArray, places: IntArray) -> Values:
        """Measure replies as if they stood in some places of the organizations' own."""
        unit, long = self._unit[places], self._kinds["long"][places]
        partners = alike.partners(chosen, self._org[places])
        short = unit[~long]
        out = {"short_duplicate_share": self._mean(short, partners[~long] > 0)}
        unit, places, chosen, partners = unit[long], places[long], chosen[long], partners[long]
        found = alike.scripts(chosen, self._org[places])
        out["near_duplicate_share"] = self._mean(unit, partners > 0)
        out["template_share"] = self._mean(unit, found.is_template)
        is_told = ~self._any_of_org(found.is_unknown, places)
        out["template_share_complete"] = self._mean(unit[is_told], found.is_complete[is_told])
        counts, of_unit = self._uses(unit, found.number)
        out["template_top10_share"] = share(_top(counts, of_unit, len(self._units)), self._units.total(unit))
        out["effective_templates"] = self._effective(unit, found.number)
        out["near_duplicate_share_rarefied"] = self._chance(unit, partners, self._org[places])
        if self._marks["has_monthly"].any():
            partners = alike.partners(chosen, self._month[places])
        out["near_duplicate_share_monthly"] = self._chance(unit, partners, self._month[places])
        return out

    def _mean(self, unit: IntArray, values: NDArray[Any]) -> FloatArray:
        return share(self._units.total(unit, values), self._units.total(unit))

    def _chance(self, unit: IntArray, partners: IntArray, group: IntArray) -> FloatArray:
        chance = chance_among(partners, np.bincount(group, minlength=1)[group], _RAREFIED)
        known = ~np.isnan(chance)
        return self._mean(unit[known], chance[known])

    def _any_of_org(self, rows: Flags, places: IntArray) -> Flags:
        org = self._org[places]
        return np.asarray(np.bincount(org, weights=rows, minlength=1)[org] > 0)

    def _uses(self, unit: IntArray, number: IntArray) -> tuple[FloatArray, IntArray]:
        """Count the replies of each unit and wording: the counts, and the unit of each."""
        is_in = unit >= 0
        size = int(number.max(initial=0)) + 1
        pairs, counts = np.unique(unit[is_in] * size + number[is_in], return_counts=True)
        return counts.astype(float), pairs // size

    def _effective(self, unit: IntArray, number: IntArray) -> FloatArray:
        counts, of_unit = self._uses(unit, number)
        n = self._units.total(unit)
        with np.errstate(all="ignore"):
            return np.exp(np.log(n) - share(self._units.total(of_unit, counts * np.log(counts)), n))


def _top(counts: FloatArray, unit: IntArray, n_units: int, n: int = 10) -> FloatArray:
    """Add up the ten largest counts of each unit."""
    order = np.lexsort((-counts, unit))
    unit, counts = unit[order], counts[order]
    place = np.arange(len(unit)) - np.searchsorted(unit, unit)
    return np.bincount(unit[place < n], weights=counts[place < n], minlength=n_units).astype(float)
