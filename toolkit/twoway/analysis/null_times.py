"""Bursts and memory against redrawn times (N3); attention to followers against shuffled answers (N1)."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from ..inference.nulls.clock import WeeklyClock
from ..inference.nulls.shuffles import Strata, mid_ranks, permute_answers, strata_of, terciles, week_of
from ..metrics.prepared import prepare
from ..metrics.timing import burstiness_of, memory_of
from .null_pieces import FloatArray, IntArray, UnitIndex, Values, arrays_of, share

__all__ = ["RedrawnTimes", "ShuffledAnswers"]

_DAY = 86_400


class _Series:
    """The times of some units of all accounts, sorted by account, and what they come to."""

    def __init__(self, times: IntArray, accounts: IntArray) -> None:
        self.times = times
        self.accounts = accounts
        self.clock = WeeklyClock(times, accounts)
        self._same = accounts[1:] == accounts[:-1]
        self._both = self._same[1:] & self._same[:-1]

    def redraw(self, rng: np.random.Generator) -> IntArray:
        """Draw new times, in order within each account."""
        drawn = self.clock.redraw(rng)
        return drawn[np.lexsort((drawn, self.accounts))]

    def gaps(self, times: IntArray) -> tuple[FloatArray, IntArray]:
        """Give the gaps within accounts, and the position of the later unit of each."""
        return np.diff(times)[self._same].astype(float), np.flatnonzero(self._same) + 1

    def gap_pairs(self, times: IntArray) -> tuple[FloatArray, FloatArray, IntArray]:
        """Give successive gaps within accounts, and the position of the last unit of each two."""
        gap = np.diff(times).astype(float)
        return gap[:-1][self._both], gap[1:][self._both], np.flatnonzero(self._both) + 2


class RedrawnTimes:
    """Units of the accounts in time; every account posts as often, in its own hours of the week."""

    def __init__(self, talk: Any, units: UnitIndex) -> None:
        self._units = units
        columns = ("account_ix", "at_s", "row", "is_directed", "is_repost")
        said = arrays_of(talk, talk.said_frame, *columns, by=("account_ix", "at_s", "row"))
        is_post = said["is_repost"] == 0
        kinds = {"": is_post | True, "_originals": is_post & (said["is_directed"] == 0)}
        kinds["_replies"] = is_post & (said["is_directed"] == 1)
        self._series = {name: _Series(said["at_s"][rule], said["account_ix"][rule]) for name, rule in kinds.items()}
        self._unit_of_account = self._accounts(talk)
        self._first_day, self._unit_of_day = self._days()

    def _accounts(self, talk: Any) -> IntArray:
        names = {"account": "account_ix", "organization": "org_ix", "role": "role_ix"}
        found = arrays_of(talk, talk.corpus.account_frame, "account_ix", "org_ix", "role_ix", by=("account_ix",))
        column = names.get(self._units.grouping.level)
        codes = found[column] if column else np.zeros(len(found["account_ix"]), dtype=np.int64)
        out = np.full(int(found["account_ix"].max(initial=-1)) + 1, -1)
        out[found["account_ix"]] = self._units.of(codes)
        return out

    def _days(self) -> tuple[int, IntArray | None]:
        if self._units.grouping.level != "month":
            return 0, None
        months = self._units.grouping.month_of_days()
        return min(months), self._units.of(np.array([months[day] for day in sorted(months)], dtype=np.int64))

    def _unit(self, series: _Series, times: IntArray, at: IntArray) -> IntArray:
        if self._unit_of_day is None:
            return self._unit_of_account[series.accounts[at]]
        return self._unit_of_day[times[at] // _DAY - self._first_day]

    def observed(self) -> Values:
        """Measure the corpus."""
        return self._measure({name: series.times for name, series in self._series.items()})

    def draw(self, rng: np.random.Generator) -> Values:
        """Redraw all times and measure again."""
        return self._measure({name: series.redraw(rng) for name, series in self._series.items()})

    def _measure(self, times: dict[str, IntArray]) -> Values:
        out, total = {}, self._units.total
        for name, series in self._series.items():
            gap, at = series.gaps(times[name])
            unit = self._unit(series, times[name], at)
            out[f"burstiness{name}"] = burstiness_of(total(unit), total(unit, gap), total(unit, gap * gap))
        x, y, at = self._series[""].gap_pairs(times[""])
        unit = self._unit(self._series[""], times[""], at)
        sums = [total(unit, column) for column in (x, y, x * x, y * y, x * y)]
        return {**out, "memory": memory_of(total(unit), *sums)}


class ShuffledAnswers:
    """Turns due, and the followers of who asked; answers change places within organization, week and length."""

    def __init__(self, talk: Any, units: UnitIndex) -> None:
        self._units = units
        columns = ("unit", "org_ix", "row", "person_ix", "at_s", "n_words", "is_answered", "followers", "crowd")
        frame = prepare(talk, "attended", units.grouping).with_columns(nw.col("followers").cast(nw.Float64))
        found = arrays_of(talk, frame, *columns, by=("row", "org_ix", "unit"))
        self._everyone = self._turns(found)
        self._crowd = found["crowd"].astype(float)
        known = ~np.isnan(found["followers"])
        found = {name: values[known] for name, values in found.items()}
        self._known = self._turns(found)
        groups, size = np.unique(found["unit"], return_inverse=True, return_counts=True)[1:]
        # Fractional ranks, less one half: their mean is then 0 in every unit.
        self._rank = (mid_ranks(found["followers"], groups) - 0.5) / size[groups] - 0.5
        self._is_top = _most_followed(groups, found["person_ix"], found["followers"])

    def _turns(self, found: dict[str, Any]) -> tuple[IntArray, FloatArray, Strata]:
        """Give of each turn its unit, whether it was answered, and with which others it may change places."""
        length = terciles(found["n_words"], found["org_ix"])
        strata = strata_of(found["unit"], found["org_ix"], week_of(found["at_s"]), length)
        return self._units.of(found["unit"]), found["is_answered"].astype(float), strata

    def observed(self) -> Values:
        """Measure the corpus."""
        return self._measure(self._known[1], self._everyone[1])

    def draw(self, rng: np.random.Generator) -> Values:
        """Give the answers to other turns and measure again."""
        known, everyone = (permute_answers(turns[1], turns[2], rng) for turns in (self._known, self._everyone))
        return self._measure(known, everyone)

    def _measure(self, answered: FloatArray, of_all: FloatArray) -> Values:
        unit, total = self._known[0], self._units.total
        n = total(unit)
        mean = share(total(unit, answered), n)
        index = share(2 * share(total(unit, answered * self._rank), n), mean)
        # Where all have as many followers, nobody could be favored.
        differ = total(unit, self._rank**2) > 0
        index = np.where(differ, index, np.nan)
        top = np.where(differ, share(total(unit, answered * self._is_top), total(unit, answered)), np.nan)
        found = {"follower_concentration": index, "follower_erreygers": 4 * mean * index, "top_followed_share": top}
        return {**found, "bystander_ratio": self._bystanders(of_all)}

    def _bystanders(self, answered: FloatArray) -> FloatArray:
        unit, total, alone = self._everyone[0], self._units.total, 1 - self._crowd
        crowded = share(total(unit, answered * self._crowd), total(unit, self._crowd))
        return share(crowded, share(total(unit, answered * alone), total(unit, alone)))


def _most_followed(units: IntArray, persons: IntArray, followers: FloatArray) -> FloatArray:
    """Mark the turns of the tenth of a unit's persons who have the most followers, those level with the last too."""
    if not len(units):
        return np.zeros(0)
    pairs, pair = np.unique(np.column_stack([units, persons]), axis=0, return_inverse=True)
    pair, most = pair.ravel(), np.full(len(pairs), -np.inf)
    np.maximum.at(most, pair, followers)
    order = np.lexsort((-most, pairs[:, 0]))
    sizes = np.bincount(pairs[:, 0])
    last = np.cumsum(sizes) - sizes + np.ceil(sizes / 10).astype(int) - 1
    return np.asarray(most >= most[order][last][pairs[:, 0]], dtype=float)[pair]
