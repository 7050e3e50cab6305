"""Who continues an exchange, and how two sides take turns, against shuffled authors and turns (N5)."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from ..inference.nulls.shuffles import Strata
from ..metrics.prepared import prepare
from .null_pieces import FloatArray, IntArray, UnitIndex, Values, arrays_of, flagged, places_of, share
from .null_posts import ConversationPosts, Merged

__all__ = ["ShuffledAuthors", "ShuffledSides"]

_DAY = 86_400


class ShuffledAuthors:
    """Reply trees whose authors change places within a conversation.

    The tree stays, in time, and every account has as many posts in a conversation as before; self-replies in quick
    succession are then merged as in the corpus. Who speaks and whether that is counted (it is public, and of the
    sample) move together.
    """

    def __init__(self, talk: Any, units: UnitIndex) -> None:
        self._units = units
        self._posts = ConversationPosts(talk)
        self._read_speakers(talk)
        self._read_members(talk)
        counted = np.bincount(self._posts.root, weights=self._counts, minlength=len(self._posts.roots)) > 0
        counted[self._member] = True
        self._moves, self._strata = self._posts.strata(counted)

    def _read_speakers(self, talk: Any) -> None:
        focal = talk.corpus.account_frame.filter(nw.col("is_focal")).select("account_ix", "org_ix")
        said = talk.links.posts.filter(~nw.col("is_repost")).select("row", "account_ix", at_s="created_s")
        said = self._units.grouping.put(said.join(focal, on="account_ix", how="inner"))
        found = arrays_of(talk, said, "row", "unit", by=("row",))
        by_row = np.argsort(self._posts.row)
        self._speaker_unit = np.full(len(by_row), -1)
        at = by_row[np.searchsorted(self._posts.row[by_row], found["row"])]
        self._speaker_unit[at] = self._units.of(found["unit"])
        self._counts = self._posts.is_own & (self._speaker_unit >= 0)
        self._month = self._months() if self._units.grouping.level == "month" else None

    def _read_members(self, talk: Any) -> None:
        """Find the conversations of each unit, and which posts are of persons but not of its own organization."""
        found = arrays_of(
            talk,
            talk.corpus.account_frame.with_columns(person=flagged(nw.col("is_public"))),
            "account_ix",
            "org_ix",
            "person",
            by=("account_ix",),
        )
        who = places_of(self._posts.author, found["account_ix"])
        self._person = (found["person"][who] == 1) & self._posts.is_own
        times = talk.conversation_frame.select("root", "at_s")
        members = self._units.grouping.put(talk.member_frame.join(times, on="root", how="inner"))
        rows = arrays_of(
            talk,
            members.select("unit", "root", "org_ix").unique(),
            "unit",
            "root",
            "org_ix",
            by=("root", "org_ix", "unit"),
        )
        self._unit, self._member = self._units.of(rows["unit"]), places_of(rows["root"], self._posts.roots)
        width = int(found["org_ix"].max(initial=0)) + 2
        pairs, self._pair = np.unique(self._member * width + rows["org_ix"], return_inverse=True)
        self._own = places_of(self._posts.root * width + found["org_ix"][who], pairs)

    def _months(self) -> IntArray:
        """Number the month of each post: months stay where they are when authors move."""
        months = self._units.grouping.month_of_days()
        days, codes = np.array(list(months)), np.array(list(months.values()))
        place = np.clip(self._posts.at_s // _DAY - days[0], 0, len(days) - 1)
        return self._units.of(codes[place])

    def observed(self) -> Values:
        """Measure the corpus."""
        return self._measure(np.arange(len(self._posts.row)))

    def draw(self, rng: np.random.Generator) -> Values:
        """Let authors change places, merge what belongs together, and measure again."""
        source = np.arange(len(self._posts.row))
        source[self._moves] = self._moves[self._strata.shuffle(rng)]
        return self._measure(source)

    def _measure(self, source: IntArray) -> Values:
        merged = self._posts.merge(source)
        first = merged.first_with(self._counts)
        at = np.flatnonzero(first >= 0)
        who = self._speaker_unit[source[first[at]]] if self._month is None else self._month[first[at]]
        order, known = self._posts.orders(merged, at)
        total = self._units.total
        return {
            "interactive_share": share(total(who, known & (order == 2)), total(who, known)),
            "interactivity_order_mean": share(total(who, order), total(who)),
            "public_interactive_share": self._of_persons(merged),
        }

    def _of_persons(self, merged: Merged) -> FloatArray:
        """Give the share of persons' units that continue an exchange; a unit's own organization is left out."""
        at = np.flatnonzero(merged.first_with(self._person) >= 0)
        order, known = self._posts.orders(merged, at)
        root, own = self._posts.root[at], self._own[merged.source[at]]
        sums = []
        for mark in (known & (order == 2), known):
            every = np.bincount(root, weights=mark, minlength=len(self._posts.roots))[self._member]
            inside = np.bincount(own + 1, weights=mark, minlength=int(self._pair.max(initial=0)) + 2)[self._pair + 1]
            sums.append(self._units.total(self._unit, every - inside))
        return share(*sums)


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
        heads = talk.stream_frame.filter((nw.col("is_head") == 1) & (nw.col("created_s") <= talk.corpus.window_s[1]))
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
