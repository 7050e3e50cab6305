"""The silence curve: how many turns are still unanswered as time goes by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from .inference.curves import SurvivalCurve
from .inference.survival import clustered_kaplan_meier
from .metrics.prepared import Grouping, prepare

__all__ = ["SilenceCurve", "silence_curve"]


@dataclass(frozen=True)
class SilenceCurve:
    """Kaplan-Meier curves of waiting for an answer, the unanswered kept.

    Attributes
    ----------
    table
        `unit_id, minutes, survival, low, high, n_at_risk`: the share still waiting just after that time, its
        pointwise interval, and the turns
        still watched just before. Each unit starts with a row at 0 minutes.
    curves
        The curves themselves, in seconds, by unit.
    """

    table: pd.DataFrame
    curves: dict[str, SurvivalCurve]
    by: str

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw the curves with their bands and the numbers at risk."""
        from .figures.silence import plot_silence_curve

        return plot_silence_curve(self, ax=ax, **options)

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def at_risk(self, unit_id: str, minutes: list[float]) -> list[int]:
        """Count the turns of a unit that are still unanswered and watched at some times."""
        curve = self.curves[unit_id]
        gone = curve.n_events
        out = []
        for minute in minutes:
            watched = curve.n - float((curve.known_times < minute * 60) @ _steps(curve.known, curve.n))
            out.append(int(watched - gone[curve.times < minute * 60].sum()))
        return out

    def __str__(self) -> str:
        """Write one sentence."""
        return (
            f"Waiting times of {int(sum(c.n for c in self.curves.values())):,} turns owed to {len(self.curves)} units."
        )

    def _repr_html_(self) -> str:
        rows = [
            {
                "unit": name,
                "turns": int(c.n),
                "median (minutes)": c.quantile(0.5).value / 60,
                "answered within 24 h": c.event_share_at(86_400.0).value,
            }
            for name, c in self.curves.items()
        ]
        return pd.DataFrame(rows).round(3).to_html(index=False)


def _steps(known: Any, n: float) -> Any:
    import numpy as np

    return np.concatenate([[n], known])[:-1] - known


def silence_curve(talk: Any, by: str = "organization") -> SilenceCurve:
    """Estimate for each unit the share of turns owed still unanswered over time; limits count persons, not turns.

    Parameters
    ----------
    talk
        From `annotate`.
    by
        Level, as in `measure`.

    Returns
    -------
    SilenceCurve
        Units that nobody addressed are left out.
    """
    grouping = Grouping(talk, by)
    waits = talk.engine.collect(prepare(talk, "waiting", grouping)).to_pandas()
    names = grouping.unit_names()
    curves = {}
    for unit, rows in waits.groupby("unit"):
        rows = rows.sort_values(["time", "event", "cluster"])
        curves[names[int(unit)]] = clustered_kaplan_meier(
            rows["time"], rows["event"], rows["cluster"], level=talk.definitions.level
        )
    curves = dict(sorted(curves.items()))
    columns = ["unit_id", "minutes", "survival", "low", "high", "n_at_risk"]
    pieces = [_piece(name, curve)[columns] for name, curve in curves.items()]
    table = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=columns)
    return SilenceCurve(table, curves, by)


def _piece(name: str, curve: SurvivalCurve) -> pd.DataFrame:
    steps = pd.DataFrame(
        {
            "minutes": curve.times / 60,
            "survival": curve.survival,
            "low": curve.low,
            "high": curve.high,
            "n_at_risk": curve.n_at_risk,
        }
    )
    start = pd.DataFrame({"minutes": [0.0], "survival": [1.0], "low": [1.0], "high": [1.0], "n_at_risk": [curve.n]})
    return pd.concat([start, steps], ignore_index=True).assign(unit_id=name)
