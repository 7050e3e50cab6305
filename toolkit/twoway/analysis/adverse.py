"""Coverage of adverse events: how many recalls, outages and the like of an outside list an account announced itself."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from ..codebooks.wordlist import word_pattern
from ..errors import FormatError, SchemaError, unknown_name
from ..inference.intervals import wilson
from ..metrics.content_tables import candid
from ..metrics.prepared import Grouping
from ..talks import talk_of

__all__ = ["FLAGS", "AdverseCoverage", "adverse_coverage"]

FLAGS = {
    "no_list": "no outside list of events was given, or none on it is of the organization: no coverage",
    "outside_window": "events outside the window, or too close to its end, were left out",
    "no_terms": "events are told apart by time alone: any adverse announcement close to one counts as its own",
}

_TABLE = ["organization", "n_events", "n_announced", "coverage", "low", "high", "method", "flags"]


@dataclass(frozen=True, eq=False)
class AdverseCoverage:
    """Adverse events of an outside list, and whether the organizations announced them.

    Attributes
    ----------
    table
        One row an organization: `organization, n_events` (judged)`, n_announced, coverage, low, high, method, flags`;
        the coverage is NaN without an event.
    events
        One row an event: `organization, at, terms, is_judged, is_announced, post_id` (of the first announcement)`,
        hours` (from the event to it; negative where the organization spoke first).
    within_h, ahead_h
        How many hours after an event, and before it, an announcement counts.
    """

    table: pd.DataFrame
    events: pd.DataFrame
    within_h: float
    ahead_h: float

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Write one sentence."""
        n, k = int(self.table["n_events"].sum()), int(self.table["n_announced"].sum())
        if not n:
            return "Coverage of adverse events is undefined: no event of an outside list can be judged."
        found = wilson(k, n)
        return (
            f"Of {n:,} adverse events on the list, {k:,} ({found.value:.0%}, {found.low:.0%} to {found.high:.0%}) were"
            f" announced by the organizations within {self.within_h:g} hours."
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(str(self))}</p>{self.table.round(4).to_html(index=False, na_rep='–')}"


def adverse_coverage(
    talk: Any, events: Any = None, *, within_h: float = 24.0, ahead_h: float = 24.0
) -> AdverseCoverage:
    """Give the share of adverse events, known from outside, that organizations announced in time on their accounts.

    Unlike the candour ratio it does not reward an account for having more faults.

    Parameters
    ----------
    talk
        From `annotate`.
    events
        A table, or what pandas makes one of: `at` (a time, UTC), `organization` (may be left out if one is measured)
        and, if known, `terms`: words separated by |, one of which the announcement must hold. Without a list nothing
        is covered or missed: NaN.
    within_h, ahead_h
        How many hours after the event, and before it, an announcement counts. Who tells of a fault before the
        authority does is no less candid.

    Returns
    -------
    AdverseCoverage
        Announcements are original posts that the codebook `candour` gives a label that speaks against the account.

    Raises
    ------
    SchemaError
        If it is given no talk, or the list lacks a column.
    FormatError
        If a time cannot be read.
    UnknownName
        If an organization of the list is not measured.

    References
    ----------
    Coombs 2007.

    Examples
    --------
    >>> import twoway as tw
    >>> talk = tw.annotate(tw.load_corpus("twelve_posts"))
    >>> print(adverse_coverage(talk))
    Coverage of adverse events is undefined: no event of an outside list can be judged.
    """
    talk = talk_of(talk, "adverse_coverage")
    names = Grouping(talk, "organization").unit_names()
    listed = _listed(events, sorted(names.values()))
    start, end = (pd.Timestamp(s, unit="s", tz="UTC") for s in talk.corpus.window_s)
    within = pd.Timedelta(hours=within_h)
    listed["is_judged"] = (listed["at"] >= start) & (listed["at"] + within <= end)
    posts = _announcements(talk, names)
    found = [_first(row, posts, within, pd.Timedelta(hours=ahead_h)) for row in listed.to_dict("records")]
    listed[["post_id", "hours"]] = pd.DataFrame(found, columns=["post_id", "hours"], index=listed.index)
    listed["is_announced"] = listed["is_judged"] & listed["post_id"].notna()
    order = ["organization", "at", "terms", "is_judged", "is_announced", "post_id", "hours"]
    rows = [
        _row(name, listed[listed["organization"] == name], talk.definitions.level) for name in sorted(names.values())
    ]
    return AdverseCoverage(pd.DataFrame(rows, columns=_TABLE), listed[order], float(within_h), float(ahead_h))


def _listed(events: Any, names: list[str]) -> pd.DataFrame:
    """Bring the list to `organization, at, terms`, and refuse what cannot be read."""
    if events is None:
        return pd.DataFrame({"organization": [], "at": pd.to_datetime([], utc=True), "terms": []})
    table = pd.DataFrame(events).copy().reset_index(drop=True)
    if "organization" not in table and len(names) == 1:
        table["organization"] = names[0]
    for column in ("at", "organization"):
        if column not in table:
            msg = (
                f"The list of events has no column '{column}'. It was given to adverse_coverage. It needs at (a time)"
                " and, if several organizations are measured, organization."
            )
            raise SchemaError(msg)
    strange = sorted(set(table["organization"]) - set(names))
    if strange:
        raise unknown_name(str(strange[0]), names, "organization", do="It stands in the list of events.")
    if "terms" not in table:
        table["terms"] = None
    try:
        table["at"] = pd.to_datetime(table["at"], utc=True)
    except (ValueError, TypeError) as error:
        msg = (
            f"A time of the list of events cannot be read: {error}. It stands in the column 'at'. Write for instance"
            " 2024-03-05 14:00."
        )
        raise FormatError(msg) from None
    return table


def _announcements(talk: Any, names: dict[int, str]) -> pd.DataFrame:
    """Bring home what the organizations told against themselves: `organization, at, post_id, text`, by time."""
    told = candid(talk, Grouping(talk, "organization")).filter(nw.col("adverse") == 1)
    posts = talk.corpus.post_frame.select("row", "post_id", "text").join(talk.merged_frame, on="row", how="left")
    posts = posts.with_columns(first=nw.coalesce("unit_row", "row"))
    told = told.select("unit", "at_s", first="row").join(posts, on="first", how="inner")
    each = talk.engine.collect(told).to_pandas().sort_values(["at_s", "first", "row"])
    # A thread is one announcement.
    each["text"] = each.fillna({"text": ""}).groupby("first")["text"].transform(" ".join)
    posts = each.drop_duplicates("first").reset_index(drop=True)
    at = pd.to_datetime(posts["at_s"].astype("int64"), unit="s", utc=True)
    return posts.assign(organization=posts["unit"].map(names), at=at)


def _first(event: dict[str, Any], posts: pd.DataFrame, within: Any, ahead: Any) -> tuple[str | None, float]:
    """Find the first announcement of an event, and how many hours after it."""
    near = posts["at"].between(event["at"] - ahead, event["at"] + within)
    own = posts[near & (posts["organization"] == event["organization"])]
    terms = tuple(t.strip() for t in str(event["terms"]).split("|") if t.strip()) if _is_text(event["terms"]) else ()
    if terms:
        own = own[own["text"].fillna("").str.lower().str.contains(word_pattern(terms), regex=True)]
    if own.empty:
        return None, float("nan")
    first = own.iloc[0]
    return str(first["post_id"]), (first["at"] - event["at"]).total_seconds() / 3_600


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _row(name: str, events: pd.DataFrame, level: float) -> tuple[Any, ...]:
    judged = events[events["is_judged"].astype(bool)]
    n, k = len(judged), int(judged["is_announced"].sum())
    flags = {
        "no_list": events.empty,
        "undefined": not n,
        "outside_window": len(events) > n,
        "no_terms": bool(n) and not judged["terms"].map(_is_text).all(),
    }
    told = ",".join(flag for flag, holds in flags.items() if holds)
    if not n:
        return (name, 0, 0, np.nan, np.nan, np.nan, "none", told)
    found = wilson(k, n, level)
    return (name, n, k, found.value, found.low, found.high, "wilson", told)
