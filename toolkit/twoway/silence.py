"""The silence curve: how many turns are still unanswered as time goes by."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any

import pandas as pd

from .inference.curves import SurvivalCurve
from .inference.survival import clustered_kaplan_meier
from .metrics.prepared import Grouping, prepare
from .talks import answering_flags, caution, talk_of

__all__ = ["SilenceCurve", "silence_curve"]


@dataclass(frozen=True, eq=False)
class SilenceCurve:
    """Kaplan-Meier curves of waiting for an answer, the unanswered kept.

    Attributes
    ----------
    table
        `unit_id, minutes, survival, low, high, n_at_risk, n_clusters, method, flags`: the share still waiting just
        after that time, its pointwise interval, the turns still watched just before, and the persons, the method and
        the flags of the whole curve. Each unit starts with a row at 0 minutes.
    curves
        The curves themselves, in seconds, by unit.
    flags
        What the corpus cannot show of answers.
    """

    table: pd.DataFrame
    curves: dict[str, SurvivalCurve] = field(repr=False)
    by: str
    flags: tuple[str, ...] = ()

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
        """Write one sentence: of one unit, half its answers and who still waits after a day; of many, their range."""
        if not self.curves:
            return "Nobody waited for an answer of any unit."
        turns = f"{sum(c.n for c in self.curves.values()):,.0f} turns owed"
        waiting = {name: 1 - c.event_share_at(86_400.0).value for name, c in self.curves.items()}
        known = {name: share for name, share in waiting.items() if share == share}
        if len(self.curves) == 1:
            name, curve = next(iter(self.curves.items()))
            words = f"Of {turns} to {name}, {_half(curve)}"
            words += f"; {waiting[name]:.0%} still wait after 24 hours" if known else ""
        else:
            words = f"Of {turns} to {len(self.curves)} units, {_halves(self.curves)}"
            if known:
                least, most = min(known, key=lambda name: known[name]), max(known, key=lambda name: known[name])
                words += f"; after 24 hours, between {known[least]:.0%} ({least}) and {known[most]:.0%} ({most}) still"
                words += " wait"
        return f"{words}{caution(self.flags)}."

    def _repr_html_(self) -> str:
        rows = [
            {
                self.by: name,
                "turns": int(c.n),
                "persons": c.n_clusters,
                "median (minutes)": c.quantile(0.5).value / 60,
                "answered within 24 h": c.event_share_at(86_400.0).value,
            }
            for name, c in self.curves.items()
        ]
        return f"<p>{escape(str(self))}</p>" + pd.DataFrame(rows).round(3).to_html(index=False)


def _half(curve: SurvivalCurve) -> str:
    """Say when half were answered, or that so many never were."""
    median = curve.quantile(0.5).value / 60
    return f"half were answered within {median:,.0f} minutes" if median == median else "fewer than half were answered"


def _halves(curves: dict[str, SurvivalCurve]) -> str:
    medians = {name: curve.quantile(0.5).value / 60 for name, curve in curves.items()}
    known = {name: median for name, median in medians.items() if median == median}
    if not known:
        return "fewer than half were answered in every unit"
    first, last = min(known, key=lambda name: known[name]), max(known, key=lambda name: known[name])
    words = f"half were answered within {known[first]:,.0f} ({first}) to {known[last]:,.0f} minutes ({last})"
    never = len(medians) - len(known)
    return f"{words}, and in {never} unit{'s' if never > 1 else ''} fewer than half ever" if never else words


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

    Raises
    ------
    SchemaError
        If it is given no talk.
    """
    talk = talk_of(talk, "silence_curve")
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
    flags = answering_flags(talk)
    columns = ["unit_id", "minutes", "survival", "low", "high", "n_at_risk", "n_clusters", "method", "flags"]
    pieces = [_piece(name, curve, flags)[columns] for name, curve in curves.items()]
    table = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=columns)
    return SilenceCurve(table, curves, by, flags)


def _piece(name: str, curve: SurvivalCurve, flags: tuple[str, ...]) -> pd.DataFrame:
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
    told = [flag for flag in curve.quantile(0.5).flags if flag == "few_clusters"]
    return pd.concat([start, steps], ignore_index=True).assign(
        unit_id=name, n_clusters=curve.n_clusters, method="log_log_clustered", flags=",".join([*flags, *told])
    )
