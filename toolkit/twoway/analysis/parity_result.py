"""What `parity` returns: a table, sentences, and a figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..inference.parity_test import VERDICTS
from ..talks import caution

__all__ = ["Parity"]


@dataclass(frozen=True, eq=False)
class Parity:
    """How criticism is treated against praise, with verdicts of equivalence.

    Attributes
    ----------
    table
        `unit_id, n_criticism, n_praise, n_persons, rate_criticism, rate_praise` (of latency the median minutes,
        `median_criticism, median_praise`)`, effect, value, low, high, low_narrow, high_narrow` (the interval that
        decides on equivalence)`, margin_low, margin_high, verdict, method, flags, n_alike` (turns of kinds that both
        critics and admirers wrote)`, adjusted_value, adjusted_low, adjusted_high, adjusted_low_narrow,
        adjusted_high_narrow, adjusted_verdict, adjusted_method, adjusted_flags` (the same among those turns, if both
        asked as often, addressed as many and were as long)`, odds_ratio, odds_low, odds_high, adjusted_odds_ratio,
        adjusted_odds_low, adjusted_odds_high` (of all turns, question, bystanders and length being equal)`, p_shuffled,
        n_shuffled` (turns whose tone could be shuffled)`, amplification, quadrant`: one row a unit.
    outcome, by, delta
        As asked for.
    level
        Of the intervals of a difference; those that decide on equivalence are narrower.
    flags
        What the corpus cannot show of answers, and whether the rules of tone fit its language.
    """

    table: pd.DataFrame
    outcome: str
    by: str
    delta: float
    flags: tuple[str, ...] = ()
    level: float = 0.95

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw what sets criticism and praise apart, over the margin of equivalence."""
        from ..figures.parity import plot_parity

        return plot_parity(self, ax=ax, **options)

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    @property
    def sentences(self) -> tuple[str, ...]:
        """One sentence a unit."""
        return tuple(_sentence(row, self.outcome) for _, row in self.table.iterrows())

    def __str__(self) -> str:
        """Write one sentence; `sentences` has one a unit."""
        if len(self.table) == 1:
            return self.sentences[0].rstrip(".") + caution(self.flags) + "."
        counts = self.table["verdict"].value_counts()
        alike = self.table["adjusted_verdict"].value_counts()
        told = [", ".join(f"{n.get(name, 0)} {name}" for name in VERDICTS) for n in (counts, alike)]
        return (
            f"{self.outcome}, criticism against praise by {self.by}: {told[0]}; among turns alike {told[1]}"
            f"{caution(self.flags)}."
        )

    def _repr_html_(self) -> str:
        return self.table.round(3).to_html(index=False)


def _sentence(row: pd.Series, outcome: str) -> str:
    if row["verdict"] == "undefined":
        return f"{row['unit_id']}: nothing can be said of {outcome} after criticism against praise."
    return (
        f"{row['unit_id']}: {outcome}, criticism against praise, {row['effect']} {row['value']:.3g}"
        f" ({row['low']:.3g} to {row['high']:.3g}): {row['verdict']} within {row['margin_low']:g} to"
        f" {row['margin_high']:g}; {_alike(row)}."
    )


def _alike(row: pd.Series) -> str:
    if row["adjusted_verdict"] == "undefined":
        return "too few turns are alike to compare them"
    limits = f"({row['adjusted_low']:.3g} to {row['adjusted_high']:.3g})"
    return f"among {row['n_alike']:,} turns alike {row['adjusted_value']:.3g} {limits}: {row['adjusted_verdict']}"
