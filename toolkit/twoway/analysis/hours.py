"""Answering by the clock: business time, what asking after hours costs, and waits by time of day."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..inference.survival import clustered_kaplan_meier
from ..metrics.measure import measure
from ..metrics.prepared import Grouping
from ..metrics.waits import opening_hours
from ..talks import answering_flags, caution, talk_of
from .covariates import HOUR_BANDS, turn_covariates

__all__ = ["BusinessLatency", "business_latency"]

_METRICS = {
    "business_latency_median": "business_median",
    "latency_median": "calendar_median",
    "after_hours_penalty": "penalty",
    "cover_share": "cover",
}
#: Most hours of different organizations that are written out in one cell.
_MOST_HOURS = 3

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, eq=False)
class BusinessLatency:
    """How long people wait in opening time, and at what time of day they wait longest.

    Attributes
    ----------
    table
        One row a unit: `unit_id, hours, n, business_median, business_low, business_high, calendar_median,
        calendar_low, calendar_high, penalty, penalty_low, penalty_high, cover, cover_low, cover_high, flags, reason`;
        times in minutes. `hours` are those that were used, of several organizations those of each.
        `reason` says why a unit has no hours, empty where it has some.
    bands
        One row a unit and band of the local hour in which the turn began: `unit_id, band, n, n_clusters, median,
        low, high, rmst, rmst_low, rmst_high` (minutes of waiting within the restricted horizon)`, method, flags`.
    """

    table: pd.DataFrame
    bands: pd.DataFrame
    by: str

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw the restricted mean wait by the time of day at which people asked."""
        from ..figures.bands import plot_hour_bands

        return plot_hour_bands(self, ax=ax, **options)

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    @property
    def sentences(self) -> tuple[str, ...]:
        """One sentence a unit."""
        return tuple(f"{_sentence(row)}." for row in self.table.itertuples())

    def __str__(self) -> str:
        """Write one sentence; `sentences` has one a unit."""
        flags = ",".join(self.table["flags"]).split(",") if len(self.table) else []
        if len(self.table) == 1:
            return f"{_sentence(next(self.table.itertuples()))}{caution(flags)}."
        told = self.table.dropna(subset=["penalty", "penalty_low", "penalty_high"])
        longer, shorter = int((told["penalty_low"] > 0).sum()), int((told["penalty_high"] < 0).sum())
        none = int((self.table["reason"] != "").sum())
        unknown = f"; {none} {'has' if none == 1 else 'have'} no known opening hours" if none else ""
        return (
            f"Asking after hours clearly means a longer wait at {longer} of {len(self.table)} units and a shorter one"
            f" at {shorter}{unknown}{caution(flags)}."
        )

    def _repr_html_(self) -> str:
        return self.table.round(3).to_html(index=False)


def _sentence(row: Any) -> str:
    if row.reason:
        return f"{row.unit_id} cannot be judged by the clock: {row.reason}"
    if row.business_median != row.business_median:
        middle = "has no median wait in opening time"
    else:
        middle = f"answers half of all turns within {row.business_median:,.0f} minutes of opening time"
    if row.penalty != row.penalty:
        return f"{row.unit_id} {middle}"
    sure = f"{row.penalty_low:+,.0f} to {row.penalty_high:+,.0f}"
    if not (row.penalty_low > 0 or row.penalty_high < 0):
        said = f"whether asking after hours means a longer wait cannot be told ({row.penalty:+,.0f} minutes, {sure})"
    else:
        more = "longer" if row.penalty > 0 else "shorter"
        said = f"asking after hours means {abs(row.penalty):,.0f} minutes {more} ({sure})"
    return f"{row.unit_id} {middle}; {said}"


def business_latency(talk: Any, by: str = "organization", hours: str | None = None) -> BusinessLatency:
    """Measure waits in opening time and by time of day, in the time zone of the account that was addressed.

    Parameters
    ----------
    talk
        From `annotate`.
    by
        `"organization"`, `"account"`, ... as in `measure`.
    hours
        Opening hours such as `"mon-fri 09:00-18:00"`, or `"inferred"`; those of the definitions if left out.

    Returns
    -------
    BusinessLatency
        Units whose hours are neither stated nor shown by 50 posts to persons have NaN, and a reason.

    Raises
    ------
    SchemaError
        If the hours cannot be read, or it is given no talk.
    UnknownName
        If there is no such level.

    Examples
    --------
    >>> import twoway as tw
    >>> talk = tw.annotate(tw.load_corpus("town_square"))
    >>> found = tw.business_latency(talk, hours="mon-fri 09:00-18:00")
    >>> found.table.loc[0, ["unit_id", "hours"]].tolist()
    ['City of Quillmere', 'mon-fri 09:00-18:00']
    """
    talk = talk_of(talk, "business_latency")
    if hours is not None:
        # Nothing that has been computed of the talk depends on the opening hours.
        talk = copy.copy(talk)
        talk.definitions = talk.definitions.replace(business_hours=hours)
    card = measure(talk, list(_METRICS), by=by)
    rows = card.table.set_index(["unit_id", "metric"])
    units = dict.fromkeys(card.table["unit_id"])
    turns = _by_unit(talk, by)
    told = _told_hours(talk)
    own = {} if by == "organization" else turns.groupby("_unit")["unit_id"].unique().to_dict()
    table = pd.DataFrame([_row(str(unit), rows, _used(told, own.get(str(unit), [unit]))) for unit in units])
    return BusinessLatency(table, _bands(talk, turns), by)


def _used(told: dict[str, str], organizations: Iterable[str]) -> str:
    """Write the hours that were used for some organizations: of each, where they differ."""
    found = {name: told[name] for name in sorted(organizations) if told.get(name, "unknown") != "unknown"}
    different = set(found.values())
    if len(different) < 2:
        return next(iter(different), "unknown")
    if len(different) > _MOST_HOURS:
        return f"those of each of {len(found)} organizations"
    return " | ".join(f"{name}: {words}" for name, words in found.items())


def _row(unit: str, rows: pd.DataFrame, hours: str) -> dict[str, Any]:
    out: dict[str, Any] = {"unit_id": unit, "hours": hours, "n": int(rows.loc[(unit, "cover_share"), "n"])}
    flags: dict[str, None] = {}
    for metric, name in _METRICS.items():
        found = rows.loc[(unit, metric)]
        stem = name.removesuffix("_median")
        out |= {name: found["value"], f"{stem}_low": found["low"], f"{stem}_high": found["high"]}
        flags |= dict.fromkeys(flag for flag in str(found["flags"]).split(",") if flag)
    why = "no opening hours are stated, and too few of its posts to persons show any" if hours == "unknown" else ""
    return {**out, "flags": ",".join(flags), "reason": why}


def _told_hours(talk: Any) -> dict[str, str]:
    """Write the opening hours of each organization: as stated, or as inferred."""
    stated = talk.definitions.business_hours
    names = Grouping(talk, "organization").unit_names()
    found = opening_hours(talk)
    if stated != "inferred":
        return dict.fromkeys(names.values(), stated)
    return {name: _written(found[org]) if org in found else "unknown" for org, name in names.items()}


def _written(hours: tuple[tuple[int, int, int], ...]) -> str:
    """Write weekly hours day by day, neighboring hours joined, days alike named once."""
    days: dict[int, list[list[int]]] = {}
    for day, start, end in hours:
        spans = days.setdefault(day, [])
        if spans and spans[-1][1] == start:
            spans[-1][1] = end
        else:
            spans.append([start, end])
    texts = {day: ", ".join(f"{a // 60:02d}:00-{b // 60:02d}:00" for a, b in spans) for day, spans in days.items()}
    alike: dict[str, list[str]] = {}
    for day, text in sorted(texts.items()):
        alike.setdefault(text, []).append(_DAYS[day])
    return "; ".join(f"{' '.join(names)} {text}" for text, names in alike.items())


def _by_unit(talk: Any, by: str) -> pd.DataFrame:
    """List the turns owed with the unit that each belongs to."""
    turns = turn_covariates(talk)
    if by == "role":
        accounts = talk.engine.collect(talk.corpus.account_frame.select("account_id", "role")).to_pandas()
        return turns.assign(_unit=turns["account_id"].map(accounts.set_index("account_id")["role"]))
    columns = {"organization": "unit_id", "account": "account_id", "month": "month"}
    return turns.assign(_unit=turns[columns[by]] if by in columns else "all")


def _bands(talk: Any, turns: pd.DataFrame) -> pd.DataFrame:
    corpus_flags, level = answering_flags(talk), talk.definitions.level
    rows = []
    for (unit, band), here in turns.groupby(["_unit", "hour_band"]):
        curve = clustered_kaplan_meier(here["time_s"], here["event"], here["person_id"], level=level)
        median, mean = curve.quantile(0.5), curve.rmst(float(talk.definitions.rmst_s))
        found: dict[str, Any] = {"n": len(here), "n_clusters": curve.n_clusters, "median": median.value / 60}
        found |= {"low": median.low / 60, "high": median.high / 60, "rmst": mean.value / 60}
        found |= {"rmst_low": mean.low / 60, "rmst_high": mean.high / 60, "method": median.method}
        flags = dict.fromkeys((*corpus_flags, *median.flags, *mean.flags))
        rows.append({"unit_id": unit, "band": band, **found, "flags": ",".join(flags)})
    columns = ["unit_id", "band", "n", "n_clusters", "median", "low", "high"]
    columns += ["rmst", "rmst_low", "rmst_high", "method", "flags"]
    table = pd.DataFrame(rows, columns=columns)
    place = table["band"].map({name: i for i, name in enumerate(HOUR_BANDS.values())})
    return table.assign(_place=place).sort_values(["unit_id", "_place"], ignore_index=True)[columns]
