"""A ranking: the places that each unit can have, and the value it is shrunken to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..inference.ranks import RankSets
from ..talks import caution

__all__ = ["Ranking"]

_SHOWN = ["unit_id", "rank", "value", "low", "high", "lower_bound", "upper_bound", "shrunken", "n"]


@dataclass(frozen=True, eq=False)
class Ranking:
    """The rank sets of all units in one metric.

    Attributes
    ----------
    table
        One row a unit, by the middle of its set: `unit_id, value, low, high, lower_bound, upper_bound` (what the
        collection could hide)`, n, n_clusters, shrunken, shrunken_low, shrunken_high, rank, rank_low, rank_high, flags,
        reason`. `rank` is the whole set in words ("2–5"), because no place inside it
        can be told from another: the order of the rows is no rank. Units that could not be ranked stand last, with the
        reason.
    metric, by
        What was ranked, and the kind of unit.
    direction
        `"+"` the highest is first, `"-"` the lowest is first, `"0"` the highest is first but no end is better.
    method, level
        How all pairs were tested at once, and with what confidence.
    critical
        Standard errors that two values must lie apart at that confidence; NaN for Holm's steps.
    sets
        The sets and the pairs told apart, in the order of `order`.
    order
        Names of the units in `sets`.
    flags
        Reasons for care about the whole ranking.
    """

    table: pd.DataFrame
    metric: str
    by: str
    direction: str
    method: str
    level: float
    critical: float
    sets: RankSets
    order: tuple[str, ...]
    flags: tuple[str, ...] = ()

    @property
    def ranked(self) -> pd.DataFrame:
        """Rows of the units that have a place."""
        return self.table[self.table["rank_low"].notna()]

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def ahead(self) -> list[str]:
        """List the units surely in the better half: their whole set lies in the first floor(N/2) places."""
        rows = self.ranked
        return list(rows.loc[rows["rank_high"] <= len(rows) // 2, "unit_id"])

    def behind(self) -> list[str]:
        """List the units surely in the worse half: their whole set lies in the last floor(N/2) places."""
        rows = self.ranked
        return list(rows.loc[rows["rank_low"] > len(rows) - len(rows) // 2, "unit_id"])

    def pairs(self) -> pd.DataFrame:
        """List the pairs of units that can be told apart: `ahead, behind`."""
        first, second = self.sets.is_ahead.nonzero()
        names = pd.Series(self.order, dtype=object)
        return pd.DataFrame({"ahead": names.iloc[first].to_numpy(), "behind": names.iloc[second].to_numpy()})

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw the rank sets as bars, with the shrunken values beside."""
        from ..figures.ranks import plot_ranking

        return plot_ranking(self, ax=ax, **options)

    def __str__(self) -> str:
        """Say what is settled and what is not."""
        rows, n_left_out = self.ranked, len(self.table) - len(self.ranked)
        if len(rows) < 2:
            one = f"only {rows['unit_id'].iloc[0]} has" if len(rows) else "no unit has"
            return f"Nothing can be ranked by {self.metric}: {one} a value with an interval{caution(self.flags)}."
        ends = {"+": "highest first", "-": "lowest first", "0": "highest first, though no end is better"}
        words = [
            f"{len(rows)} units ranked by {self.metric} ({ends[self.direction]}): {self._settled()}.",
            f"{_sentence_case(self._end('rank_high', 1, 'first'))}; {self._end('rank_low', len(rows), 'last')}.",
            f"{self.sets.n_alike:,} of {self.sets.n_pairs:,} pairs cannot be told apart with"
            f" {100 * self.level:g} % confidence in all places at once.",
        ]
        if n_left_out:
            words.append(f"{n_left_out} could not be ranked.")
        wide = self._wider()
        if wide:
            words.append(f"What the collection could hide reaches beyond the interval of {wide} of them.")
        if "reply_selected" in self.flags:
            words.append(caution(self.flags)[2:].capitalize() + ".")
        return " ".join(words)

    def _wider(self) -> int:
        rows = self.ranked
        return int(((rows["lower_bound"] < rows["low"]) | (rows["upper_bound"] > rows["high"])).sum())

    def _settled(self) -> str:
        n = self.sets.n_settled
        return "no place is settled" if not n else f"{n} {'place is' if n == 1 else 'places are'} settled"

    def _end(self, column: str, place: int, word: str) -> str:
        rows = self.ranked
        found = rows.loc[rows[column] == place, "unit_id"]
        # Only a set that ends at this place from both sides is sure of it.
        sure = [u for u in found if (rows.loc[rows["unit_id"] == u, ["rank_low", "rank_high"]] == place).all(axis=None)]
        if sure:
            return f"{sure[0]} is surely {word}"
        other = "rank_low" if column == "rank_high" else "rank_high"
        return f"any of {int((rows[other] == place).sum())} may be {word}"

    def _repr_html_(self) -> str:
        """Show the units with places, then those without."""
        shown = self.ranked[_SHOWN].rename(columns={"rank": "places", "unit_id": self.by})
        rest = self.table.loc[self.table["rank_low"].isna(), ["unit_id", "reason"]]
        rest = rest.rename(columns={"unit_id": f"{self.by} not ranked"})
        html = shown.to_html(index=False, float_format=lambda x: f"{x:.3g}", na_rep="–")
        return html + (rest.to_html(index=False) if len(rest) else "") + f"<p>{_escaped(str(self))}</p>"


def _sentence_case(words: str) -> str:
    return words[:1].upper() + words[1:] if words.startswith("any of") else words


def _escaped(words: str) -> str:
    from html import escape

    return escape(words)
