"""Participation shifts: the thirteen ways in which the floor changes hands, counted and shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from ..inference.ratios import ratio_intervals
from ..interactions.shifts import FAMILIES, SHIFTS
from ..metrics.prepared import Grouping
from ..metrics.sums import cluster_sums
from ..talks import talk_of

__all__ = ["ParticipationShifts", "participation_shifts"]

#: What each kind means in words.
MEANINGS = {
    "AB-BA": "the one spoken to answers",
    "AB-B0": "the one spoken to speaks to all",
    "AB-BY": "the one spoken to speaks to another",
    "A0-XA": "somebody answers a word to all",
    "A0-X0": "somebody speaks to all after a word to all",
    "A0-XY": "somebody speaks to another after a word to all",
    "AB-XA": "a third one answers the speaker",
    "AB-XB": "a third one speaks to the one spoken to",
    "AB-X0": "a third one speaks to all",
    "AB-XY": "a third one speaks to a fourth",
    "A0-AY": "the speaker to all goes on to one",
    "AB-A0": "the speaker goes on to all",
    "AB-AY": "the speaker goes on to another",
}


@dataclass(frozen=True)
class ParticipationShifts:
    """How the floor changes hands in the conversations of each unit.

    Attributes
    ----------
    table
        `unit_id, order` (`time`, or `tree`: depth first)`, shift, family, meaning, n, share, low, high`; shares are of
        all shifts of the unit in that order.
    """

    table: pd.DataFrame
    by: str

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw the shares of the thirteen kinds with their intervals."""
        from ..figures.shifts import plot_participation_shifts

        return plot_participation_shifts(self, ax=ax, **options)

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Write a sentence a unit."""
        in_time = self.table[self.table["order"] == "time"]
        return "\n".join(_sentence(str(unit), rows) for unit, rows in in_time.groupby("unit_id")) or "No shifts."

    def _repr_html_(self) -> str:
        return self.table.round(3).to_html(index=False)


def _sentence(unit: str, rows: pd.DataFrame) -> str:
    back = rows.set_index("shift").loc["AB-BA"]
    families = rows.groupby("family")["share"].sum()
    return (
        f"{unit}: of {int(rows['n'].sum()):,} shifts, {back['share']:.0%} ({back['low']:.0%} to {back['high']:.0%}) go"
        f" back to the one who spoke; others join in unasked in {families['usurping']:.0%}."
    )


def participation_shifts(talk: Any, by: str = "organization") -> ParticipationShifts:
    """Count how the floor changes hands in the conversations each unit takes part in.

    Parameters
    ----------
    talk
        From `annotate`.
    by
        Level, as in `measure`.

    Returns
    -------
    ParticipationShifts
        Units without a shift are left out. Intervals count conversations. Read the shares against turns in random
        order: `tw.null_test(talk, ["pshift_abba_share"])`.

    References
    ----------
    Gibson 2003.

    Examples
    --------
    >>> import twoway as tw
    >>> talk = tw.annotate(tw.load_corpus("twelve_posts"))
    >>> table = tw.participation_shifts(talk).table
    >>> table.query("order == 'time' and n > 0")[["shift", "n"]].values.tolist()
    [['AB-BA', 2], ['AB-B0', 1], ['A0-XA', 3]]
    """
    talk = talk_of(talk, "participation_shifts")
    grouping = Grouping(talk, by)
    names = grouping.unit_names()
    pieces = [
        _table(str(names[unit]), order, sums, talk.definitions.level)
        for order, is_tree in (("time", False), ("tree", True))
        for unit, sums in _sums(talk, grouping, depth_first=is_tree).items()
    ]
    columns = ["unit_id", "order", "shift", "family", "meaning", "n", "share", "low", "high"]
    table = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=columns)
    return ParticipationShifts(table.sort_values(["unit_id", "order"], kind="stable", ignore_index=True), by)


def _sums(talk: Any, grouping: Grouping, *, depth_first: bool) -> dict[int, Any]:
    times = talk.conversation_frame.select("root", "at_s")
    members = grouping.put(talk.member_frame.join(times, on="root", how="inner")).select("unit", "root").unique()
    steps = talk.shift_frame(depth_first=depth_first).join(members, on="root", how="inner")
    kinds = {f"s{i}": nw.when(nw.col("kind") == i).then(1).otherwise(0) for i in range(len(SHIFTS))}
    return cluster_sums(talk.engine, steps.with_columns(**kinds), "root", list(kinds))


def _table(unit: str, order: str, sums: Any, level: float) -> pd.DataFrame:
    counts = sums.table(tuple(f"s{i}" for i in range(len(SHIFTS))))
    whole = np.repeat(counts.sum(axis=1, keepdims=True), len(SHIFTS), axis=1)
    found = ratio_intervals(counts, whole, proportion=True, level=level)
    return pd.DataFrame(
        {
            "unit_id": unit,
            "order": order,
            "shift": SHIFTS,
            "family": FAMILIES,
            "meaning": [MEANINGS[name] for name in SHIFTS],
            "n": counts.sum(axis=0).astype(int),
            "share": found.value,
            "low": found.low,
            "high": found.high,
        }
    )
