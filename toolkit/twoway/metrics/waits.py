"""Prepared tables of waiting: how long turns stayed unanswered, by the calendar, by opening hours, by cause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa

from ..cleaning.hours import parse_hours
from ..engine import Frame
from ..openings import OpenTimes, infer_hours, local_minute_of_week, open_times
from ..windows import after
from .marks import flag

__all__ = [
    "business",
    "competing",
    "given_up",
    "live_waiting",
    "opening_hours",
    "raced",
    "raced_turns",
    "waiting",
    "watched_until",
    "with_hidden",
]

_WAITED = ("unit", "time", "event", "could_hide")

# Clocks of the world differ by whole quarters of an hour, so all moments of a quarter are in one hour of the week.
_QUARTER = 900


def _watched(talk: Any, by: Any) -> Frame:
    """Give turns in the window with `until_s`, and whether the collection could hide their answer."""
    end = talk.corpus.window_s[1]
    turns = talk.turn_frame.filter(~nw.col("is_context") & (nw.col("at_s") <= end))
    return by.put(watched_until(talk, with_hidden(talk, turns)))


def watched_until(talk: Any, turns: Frame) -> Frame:
    """Add `until_s`, when turns stopped being watched: at the window's end, or when their first post was deleted."""
    end = talk.corpus.window_s[1]
    if not talk.corpus.knows("deleted_at"):
        return turns.with_columns(until_s=nw.lit(end).cast(nw.Int64))
    gone = talk.corpus.post_frame.filter(~nw.col("deleted_s").is_null()).select("row", "deleted_s")
    turns = turns.join(gone, on="row", how="left")
    until = nw.when(nw.col("deleted_s") < end).then(nw.col("deleted_s")).otherwise(end)
    # A post that was deleted before it was made is a clock error.
    late = nw.when(until < nw.col("at_s")).then(nw.col("at_s")).otherwise(until)
    return turns.with_columns(until_s=late).drop("deleted_s")


def with_hidden(talk: Any, turns: Frame) -> Frame:
    """Mark the turns whose answer the collection could hide: `could_hide` (0 or 1)."""
    hidden = talk.hidden_frame.with_columns(could_hide=nw.lit(1))
    turns = turns.join(hidden, on=["org_ix", "person_ix", "turn_no"], how="left")
    return turns.with_columns(could_hide=nw.col("could_hide").fill_null(0))


def _censored(turns: Frame, latency: str) -> Frame:
    # An answer in the second of its question counts as one after a second: also where watching ends in that second.
    in_time = (nw.col("at_s") + nw.col(latency) <= nw.col("until_s")) | (nw.col(latency) <= 1)
    hit = (~nw.col(latency).is_null()) & in_time
    turns = turns.with_columns(event=flag(hit), _open=nw.col("until_s") - nw.col("at_s"))
    return turns.with_columns(time=nw.when(nw.col("event") == 1).then(nw.col(latency)).otherwise(nw.col("_open")))


def waiting(talk: Any, by: Any) -> Frame:
    """Give waiting times of turns in seconds, censored at the end of the window."""
    return _censored(_watched(talk, by), "latency_s").select(*_WAITED, cluster="person_ix")


def live_waiting(talk: Any, by: Any) -> Frame:
    """Give waiting times for answers that are not automatic."""
    return _censored(_watched(talk, by), "live_latency_s").select(*_WAITED, cluster="person_ix")


def competing(talk: Any, by: Any) -> Frame:
    """Give waiting times with the cause that ended them: a place in `ENDS` from 1, or 0 for none."""
    turns = _censored(_watched(talk, by), "latency_s")
    cause = nw.when(nw.col("event") == 1).then(nw.col("cause")).otherwise(0)
    return turns.select("unit", "time", "could_hide", cause=cause, cluster="person_ix")


def raced_turns(talk: Any, by: Any) -> Frame:
    """Give turns in the window with `time`, `event` and the words of the post they begin with."""
    words = talk.marks.select("row", "n_words")
    turns = _censored(_watched(talk, by).join(words, on="row", how="left"), "latency_s")
    return turns.with_columns(n_words=nw.col("n_words").fill_null(0))


def raced(talk: Any, by: Any) -> Frame:
    """Give waiting times with what may make an answer quicker."""
    turns = raced_turns(talk, by)
    columns = ["unit", "org_ix", "time", "event", "has_question", "is_bystander", "n_words"]
    return turns.select(*columns, cluster="person_ix")


def given_up(talk: Any, by: Any) -> Frame:
    """Give for each person an organization left unanswered the time until they asked it again.

    Whom of its accounts they ask then, and when, does not matter, so the next turn is looked for before turns are
    grouped. Who may have been answered unseen (`could_drop`) may not belong here. A chase within the unanswered turn is
    no return: turns owed are what is counted (B10).
    """
    end, horizon = talk.corpus.window_s[1], talk.definitions.horizon_s
    turns = talk.turn_frame.filter(~nw.col("is_context") & (nw.col("at_s") <= end))
    pair = ("org_ix", "person_ix")
    turns = turns.select(*pair, "turn_no", "row", "account_ix", "at_s", "latency_s")
    turns = talk.engine.along(turns, pair, ("row",), _next=after("at_s"))
    unanswered = ~(nw.col("latency_s") <= horizon).fill_null(value=False)
    ignored = with_hidden(talk, turns.filter((nw.col("at_s") <= end - horizon) & unanswered))
    ignored = by.put(talk.engine.materialize(ignored.rename({"could_hide": "could_drop"})))
    key = ["unit", *pair]
    first = ignored.group_by(*key).agg(nw.col("row").min())
    rows = ignored.join(first, on=[*key, "row"], how="inner")
    back = ~nw.col("_next").is_null()
    time = nw.when(back).then(nw.col("_next")).otherwise(end) - nw.col("at_s")
    return rows.select("unit", "could_drop", time=time, event=flag(back), cluster="person_ix")


def business(talk: Any, by: Any) -> Frame:
    """Give waiting times in seconds of opening time and of the calendar, where opening hours are known.

    Returns
    -------
    Frame
        `unit, cluster, time` (open seconds)`, event, calendar` (seconds)`, inside` (1 if begun while open)`, one`.
    """
    turns = _censored(_watched(talk, by), "latency_s")
    columns = ["unit", "person_ix", "org_ix", "account_ix", "at_s", "time", "event"]
    table = talk.engine.collect(turns.filter(~nw.col("org_ix").is_null()).select(*columns))
    rows = {name: table[name].to_numpy() for name in columns}
    hours, zones = opening_hours(talk), _zones(talk)
    times = cache(lambda org, zone: open_times(hours[org], zone, *talk.corpus.window_s))
    pieces = [
        _business_rows({name: column[some] for name, column in rows.items()}, times(org, zones.get(account, "UTC")))
        for org, account, some in _by_account(rows)
        if org in hours
    ]
    names = ("unit", "cluster", "time", "event", "calendar", "inside", "one")
    empty = dict.fromkeys(names, np.zeros(0, dtype=np.int64))
    whole = {name: np.concatenate([piece[name] for piece in (empty, *pieces)]).astype(np.int64) for name in names}
    return talk.engine.from_arrow(pa.table(whole))


def _by_account(rows: dict[str, Any]) -> Iterator[tuple[int, int, Any]]:
    """Give for each organization and account their numbers and the places of their rows."""
    order = np.lexsort((rows["account_ix"], rows["org_ix"]))
    org, account = rows["org_ix"][order], rows["account_ix"][order]
    cuts = np.flatnonzero((np.diff(org) != 0) | (np.diff(account) != 0)) + 1
    for some in np.split(order, cuts) if len(order) else ():
        yield int(rows["org_ix"][some[0]]), int(rows["account_ix"][some[0]]), some


def _business_rows(rows: dict[str, Any], times: OpenTimes) -> dict[str, Any]:
    start, waited = rows["at_s"], rows["time"]
    open_s = times.seconds_until(start + waited) - times.seconds_until(start)
    return {
        "unit": rows["unit"],
        "cluster": rows["person_ix"],
        "time": np.rint(open_s),
        "event": rows["event"],
        "calendar": waited,
        "inside": times.is_open(start),
        "one": np.ones(len(start)),
    }


def _zones(talk: Any) -> dict[int, str]:
    """Give the time zones of the accounts that have one, by their numbers."""
    told = talk.corpus.account_frame.filter(~nw.col("time_zone").is_null()).select("account_ix", "time_zone")
    table = talk.engine.collect(told)
    return dict(zip(table["account_ix"].to_pylist(), table["time_zone"].to_pylist(), strict=True))


def opening_hours(talk: Any) -> dict[int, tuple[tuple[int, int, int], ...]]:
    """Give the opening hours of each organization by its number: as stated, or inferred from when it speaks to people.

    An organization that spoke to people too rarely (`Definitions.hours_posts`) has none.
    """
    stated = talk.definitions.business_hours
    if stated != "inferred":
        focal = talk.corpus.account_frame.filter(nw.col("is_focal")).select("org_ix").unique()
        hours = parse_hours(stated)
        return {int(org): hours for org in talk.engine.collect(focal)["org_ix"].to_pylist() if org is not None}
    said = talk.said_frame.filter((nw.col("is_directed") == 1) & (nw.col("is_repost") == 0))
    said = said.filter(~nw.col("org_ix").is_null()).with_columns(quarter=nw.col("at_s") // _QUARTER)
    counted = talk.engine.collect(said.group_by("org_ix", "account_ix", "quarter").agg(nw.len().alias("n")))
    rows = {name: counted[name].to_numpy() for name in counted.column_names}
    zones = _zones(talk)
    spoken: dict[int, list[Any]] = defaultdict(list)
    for org, account, some in _by_account(rows):
        minutes = local_minute_of_week(rows["quarter"][some] * _QUARTER, zones.get(account, "UTC"))
        spoken[org].append((minutes, rows["n"][some]))
    joined = {org: tuple(map(np.concatenate, zip(*parts, strict=True))) for org, parts in spoken.items()}
    least = talk.definitions.hours_posts
    return {org: infer_hours(minutes, n) for org, (minutes, n) in joined.items() if n.sum() >= least}
