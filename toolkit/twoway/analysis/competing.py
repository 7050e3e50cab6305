"""Answered in the open, handed on, deflected or acknowledged: what becomes of turns owed as time goes by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ..errors import NotEnoughEvidence, unknown_name
from ..inference.gray import gray
from ..inference.incidence import aalen_johansen
from ..inference.incidence_curves import IncidenceCurves
from ..inference.results import WARN_BELOW
from ..interactions.turns import CAUSES, ENDS
from ..metrics.prepared import Grouping, prepare
from ..talks import answering_flags, caution, talk_of

__all__ = ["FLAGS", "CumulativeIncidence", "GrayTest", "cumulative_incidence"]

FLAGS = {
    "repeated_waits": "some persons wait more than once, which the test takes for independent: its p is too small",
}

_COLUMNS = ["unit_id", "cause", "minutes", "incidence", "low", "high", "n_at_risk", "n_clusters", "method", "flags"]


@dataclass(frozen=True, eq=False)
class GrayTest:
    """Hold Gray's tests of the units having equal cumulative incidences.

    Attributes
    ----------
    table
        One row a cause: `cause, statistic` (chi-square)`, df, p, n_events, flags`. NaN where nothing can be told.
    n_units
        Units that were compared.
    """

    table: pd.DataFrame
    n_units: int

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Write one sentence."""
        parts = [f"{row.cause.replace('_', ' ')} {p_words(row.p)}" for row in self.table.itertuples()]
        flags = sorted({flag for cell in self.table["flags"] for flag in cell.split(",") if flag})
        notes = "".join(f" {FLAGS[flag].capitalize()}." for flag in flags)
        return f"Whether {self.n_units} units have equal shares by cause over time: {', '.join(parts)}.{notes}"

    def _repr_html_(self) -> str:
        return self.table.round(4).to_html(index=False)


@dataclass(frozen=True, eq=False)
class CumulativeIncidence:
    """What share of turns owed has been ended by each kind of first answer, over time.

    Attributes
    ----------
    table
        `unit_id, cause, minutes, incidence, low, high, n_at_risk, n_clusters, method, flags`: the share ended by the
        cause just after that time, its pointwise interval, the turns still watched and unanswered just before, and
        the persons, the method and the flags of the whole curve. Each curve starts at 0 minutes. At any time the causes
        and the share still waiting add up to 1; `unread`, answers that say nothing or whose text is not known, is one
        of them where there are any.
    curves
        The curves themselves, in seconds, by unit.
    by
        Level, as in `measure`.
    flags
        What the corpus cannot show of answers.
    """

    table: pd.DataFrame
    curves: dict[str, IncidenceCurves] = field(repr=False)
    by: str
    waits: pd.DataFrame = field(repr=False)
    flags: tuple[str, ...] = ()

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw what became of the turns, a panel a unit."""
        from ..figures.incidence import plot_incidence

        return plot_incidence(self, ax=ax, **options)

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def at(self, minutes: float) -> pd.DataFrame:
        """List the share ended by each cause up to a time.

        Returns
        -------
        pandas.DataFrame
            `unit_id, cause, incidence, low, high, se, n, n_clusters, flags`.
        """
        rows = [
            {"unit_id": name, "cause": cause, **_cells(curve.at(cause, minutes * 60), "incidence", curve.n)}
            for name, curve in self.curves.items()
            for cause in _ends_in(self.curves)
        ]
        return pd.DataFrame(rows)

    def open_answer_share(self, minutes: float = 10_080.0, cause: str = "open_answer", other: str = "deflect") -> Any:
        """List, of turns ended by an open answer or a deflection up to a time, the share ended by an open answer.

        Where nobody was watched for so long, the last time anybody was is taken.

        Parameters
        ----------
        minutes
            Time; 7 days if left out.
        cause, other
            The two causes, if others are to be compared.

        Returns
        -------
        pandas.DataFrame
            `unit_id, share, low, high, se, n, n_clusters, flags`.

        Raises
        ------
        UnknownName
            If there is no such cause.
        """
        rows = []
        for name, curve in self.curves.items():
            interval = curve.share_at(cause, other, min(minutes * 60, curve.last_time))
            rows.append({"unit_id": name, **_cells(interval, "share", curve.n)})
        return pd.DataFrame(rows)

    def gray(self, cause: str | None = None) -> GrayTest:
        """Test by Gray's method whether all units have the same incidence of a cause.

        Parameters
        ----------
        cause
            One cause; all of them if left out.

        Returns
        -------
        GrayTest
            With flag ``repeated_waits`` where persons wait more than once.

        Raises
        ------
        UnknownName
            If there is no such cause.
        NotEnoughEvidence
            If there are fewer than two units.
        """
        if cause is not None and cause not in CAUSES:
            raise unknown_name(cause, CAUSES, "cause")
        if len(self.curves) < 2:
            msg = f"There is {len(self.curves)} unit, and two are needed. It was given to gray. Choose another level."
            raise NotEnoughEvidence(msg)
        waits = self.waits
        flags = "repeated_waits" if waits["cluster"].duplicated().any() else ""
        rows = []
        for name in CAUSES if cause is None else (cause,):
            test = gray(waits["time"], waits["cause"], waits["unit_id"], CAUSES.index(name) + 1)
            found = {"statistic": test.statistic, "df": test.df, "p": test.p_value, "n_events": test.n_events}
            rows.append({"cause": name, **found, "flags": flags})
        return GrayTest(pd.DataFrame(rows), len(self.curves))

    def __str__(self) -> str:
        """Write one sentence."""
        ended = self.waits["cause"].value_counts()
        names = [name.replace("_", " ") for name in _ends_in(self.curves)]
        listed = ", ".join(f"{ended.get(k + 1, 0):,} by {name}" for k, name in enumerate(names))
        n, waiting = len(self.waits), ended.get(0, 0)
        units = f"{len(self.curves)} unit{'s' if len(self.curves) != 1 else ''}"
        return f"Of {n:,} turns owed to {units}, {waiting:,} were seen unanswered; ended {listed}{caution(self.flags)}."

    def _repr_html_(self) -> str:
        rows = [
            {"unit": name, "turns": curve.n}
            | {f"{cause.replace('_', ' ')} within 24 h": curve.at(cause, 86_400.0).value for cause in CAUSES}
            for name, curve in self.curves.items()
        ]
        return pd.DataFrame(rows).round(3).to_html(index=False)


def cumulative_incidence(talk: Any, by: str = "organization") -> CumulativeIncidence:
    """Estimate for each unit the share of turns owed ended by each kind of first answer.

    What ends a turn is its first answer; answers in the same second count as the first of these that is among them.
    Deflections are not taken for censoring, which would overstate how many are answered in the open. Limits count
    persons, not turns.

    Parameters
    ----------
    talk
        From `annotate`.
    by
        Level, as in `measure`.

    Returns
    -------
    CumulativeIncidence
        Units that nobody addressed are left out.

    Raises
    ------
    SchemaError
        If it is given no talk.
    NotEnoughEvidence
        If the source has no text, so that kinds of answers cannot be told apart.

    References
    ----------
    Aalen & Johansen 1978; Gray 1988.

    Examples
    --------
    >>> import twoway as tw
    >>> from twoway.analysis.competing import cumulative_incidence
    >>> print(cumulative_incidence(tw.annotate(tw.load_corpus("twelve_posts"))))
    Of 5 turns owed to 1 unit, 3 were seen unanswered; ended 1 by open answer, 0 by escalate, 1 by deflect, ...
    """
    talk = talk_of(talk, "cumulative_incidence")
    if not talk.corpus.knows("text"):
        msg = (
            "The source has no text, so open answers and deflections cannot be told apart. "
            "It was given to cumulative_incidence. Map the text column when reading."
        )
        raise NotEnoughEvidence(msg)
    grouping = Grouping(talk, by)
    waits = talk.engine.collect(prepare(talk, "competing", grouping)).to_pandas()
    waits = waits.assign(unit_id=waits["unit"].map(grouping.unit_names()))
    waits = waits.sort_values(["unit_id", "time", "cause", "cluster"], ignore_index=True)
    curves = {
        str(name): aalen_johansen(
            rows["time"], rows["cause"], rows["cluster"], causes=ENDS, level=talk.definitions.level
        )
        for name, rows in waits.groupby("unit_id")
    }
    flags = answering_flags(talk)
    ends = _ends_in(curves)
    pieces = [_piece(name, curve, flags, ends) for name, curve in curves.items()]
    table = pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=_COLUMNS)
    return CumulativeIncidence(table, curves, by, waits[["unit_id", "time", "cause", "cluster"]], flags)


def p_words(p: float) -> str:
    """Write a p-value as a reader needs it.

    Examples
    --------
    >>> p_words(0.0312), p_words(1e-9), p_words(float("nan"))
    ('p = 0.031', 'p < 0.0001', 'p unknown')
    """
    if np.isnan(p):
        return "p unknown"
    return f"p = {p:.2g}" if p >= 0.0001 else "p < 0.0001"


def _ends_in(curves: dict[str, IncidenceCurves]) -> tuple[str, ...]:
    return ENDS if any(curve.incidence[:, len(CAUSES) :].any() for curve in curves.values()) else CAUSES


def _piece(name: str, curve: IncidenceCurves, flags: tuple[str, ...], ends: tuple[str, ...]) -> pd.DataFrame:
    minutes = np.concatenate([[0.0], curve.times / 60])
    few = ("few_clusters",) if curve.n_clusters < WARN_BELOW else ()
    at_risk = np.concatenate([[float(curve.n)], curve.n_at_risk])

    def column(values: np.ndarray, k: int) -> np.ndarray:
        return np.concatenate([[0.0], values[:, k]])

    parts = [
        pd.DataFrame(
            {
                "unit_id": name,
                "cause": cause,
                "minutes": minutes,
                "incidence": column(curve.incidence, k),
                "low": column(curve.low, k),
                "high": column(curve.high, k),
                "n_at_risk": at_risk,
                "n_clusters": curve.n_clusters,
                "method": "wilson_clusters",
                "flags": ",".join([*flags, *few]),
            }
        )
        for k, cause in enumerate(ends)
    ]
    return pd.concat(parts, ignore_index=True)[_COLUMNS]


def _cells(interval: Any, name: str, n: int) -> dict[str, Any]:
    told = {key: getattr(interval, key) for key in ("low", "high", "se")}
    flags = ",".join(interval.flags)
    return {name: interval.value, **told, "n": n, "n_clusters": interval.n_clusters, "flags": flags}
