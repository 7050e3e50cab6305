"""Business time: how many seconds an organization was open between two moments, in its own zone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

__all__ = ["OpenTimes", "infer_hours", "local_minute_of_week", "open_times"]

DAY_MINUTES, WEEK_S = 1_440, 604_800

#: Weekday of the first of January 1970, Monday being 0.
_THURSDAY = 3

#: Hours of the week with at least this share of the fullest hour's posts count as open.
OPEN_FROM = 0.05

Stretches = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class OpenTimes:
    """Hold when an organization is open: disjoint stretches, in seconds since 1970.

    Examples
    --------
    >>> from twoway.cleaning.hours import parse_hours
    >>> friday, monday = 1_709_315_400, 1_709_543_400  # 17:50 and, three days later, 09:10
    >>> times = open_times(parse_hours("mon-fri 09:00-18:00"), "UTC", friday, monday)
    >>> float(times.seconds_until(monday) - times.seconds_until(friday)) / 60
    20.0
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def is_open(self, at: ArrayLike) -> NDArray[np.bool_]:
        """Say whether it is open at some moments."""
        t = np.asarray(at)
        i = np.searchsorted(self.starts, t, side="right") - 1
        return np.asarray((i >= 0) & (t < self.ends[np.maximum(i, 0)])) if len(self.ends) else np.zeros(t.shape, bool)

    def seconds_until(self, at: ArrayLike) -> NDArray[np.float64]:
        """Give the seconds it was open from the beginning of time to some moments: differences are what counts."""
        t = np.asarray(at, dtype=float)
        if not len(self.ends):
            return np.zeros(t.shape)
        before = np.concatenate([[0], np.cumsum(self.ends - self.starts)])
        i = np.searchsorted(self.starts, t, side="right") - 1
        here = np.clip(t - self.starts[np.maximum(i, 0)], 0, (self.ends - self.starts)[np.maximum(i, 0)])
        return np.asarray(np.where(i < 0, 0.0, before[np.maximum(i, 0)] + here))


def open_times(hours: Stretches, zone: str, first_s: int, last_s: int) -> OpenTimes:
    """Lay weekly opening hours over a period, by the clock of a time zone.

    Parameters
    ----------
    hours
        (day, first minute, last minute), from `parse_hours` or `infer_hours`.
    zone
        IANA name. An hour that the clock skips begins later; one that it repeats is counted twice.
    first_s, last_s
        The period, seconds since 1970; a week is added on both sides.
    """
    first, last = (np.datetime64(second, "s").astype("datetime64[D]") for second in (first_s - WEEK_S, last_s + WEEK_S))
    days = np.arange(first, last + 1)
    weekday = (days.astype(np.int64) + _THURSDAY) % 7
    on = [days[weekday == day].astype("datetime64[m]") for day in range(7)]
    if not hours:
        return OpenTimes(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    starts = _seconds(np.concatenate([on[day] + start for day, start, _ in hours]), zone, first=True)
    ends = _ends(np.concatenate([on[day] + end for day, _, end in hours]), zone)
    order = np.argsort(starts, kind="stable")
    return OpenTimes(*_merged(starts[order], ends[order]))


def _ends(clock: NDArray[np.datetime64], zone: str) -> NDArray[np.int64]:
    """Turn wall-clock times at which hours end into seconds since 1970.

    What ends as a repeated hour begins has ended before it comes the first time; what ends within it ends in the
    second. Hence a second after the last open one, unless the clock skips that.
    """
    last = (clock.astype("datetime64[s]") - np.timedelta64(1, "s")).astype("datetime64[s]")
    return np.minimum(_seconds(last, zone, first=False) + 1, _seconds(clock, zone, first=False))


def _seconds(clock: NDArray[np.datetime64], zone: str, *, first: bool) -> NDArray[np.int64]:
    """Turn wall-clock times into seconds since 1970; of two hours with the same name, the first or the second."""
    if zone == "UTC":
        return clock.astype("datetime64[s]").astype(np.int64)
    local = pd.DatetimeIndex(clock.astype("datetime64[s]"))
    local = local.tz_localize(zone, ambiguous=np.full(len(local), first), nonexistent="shift_forward")
    return np.asarray(local.tz_convert("UTC").tz_localize(None).astype("datetime64[s]").astype("int64"))


def _merged(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Join stretches that touch or overlap."""
    reach = np.maximum.accumulate(ends)
    new = np.concatenate([[True], starts[1:] > reach[:-1]])
    last = np.flatnonzero(np.append(new[1:], True))
    return starts[new], reach[last]


def local_minute_of_week(at_s: ArrayLike, zone: str) -> NDArray[np.int64]:
    """Give the minute of the week, from Monday 0:00, that a zone's clock shows at some moments.

    Examples
    --------
    >>> local_minute_of_week([1_709_315_400], "Europe/Berlin").tolist()
    [6890]
    """
    local = pd.to_datetime(np.asarray(at_s), unit="s", utc=True).tz_convert(zone)
    return np.asarray(local.day_of_week * DAY_MINUTES + local.hour * 60 + local.minute, dtype=np.int64)


def infer_hours(minutes: ArrayLike, counts: ArrayLike | None = None) -> Stretches:
    """Find the hours of the week in which an organization speaks to people.

    Parameters
    ----------
    minutes
        Minute of the week, local, of each post.
    counts
        How many posts each of them stands for; one, if left out.

    Returns
    -------
    tuple
        Hours with at least 5 % of the posts of the fullest one.

    Examples
    --------
    >>> infer_hours([540] * 40 + [600] * 2 + [5000])
    ((0, 540, 600), (0, 600, 660))
    """
    weights = None if counts is None else np.asarray(counts, dtype=float)
    cells = np.bincount(np.asarray(minutes, dtype=np.int64) // 60, weights, minlength=168)
    is_open = np.flatnonzero((cells > 0) & (cells >= OPEN_FROM * cells.max()))
    return tuple((int(cell) // 24, int(cell) % 24 * 60, int(cell) % 24 * 60 + 60) for cell in is_open)
