"""The growing table of simulated posts, and the clocks that date them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from .delay import HOURS

__all__ = ["KINDS", "MISSING", "NONE", "Clock", "Ledger", "draw_times", "hour_profile"]

NONE = -1
#: Links to posts outside the sample are MISSING, MISSING - 1, MISSING - 2, ...
MISSING = -2

#: What a simulated post is, by construction.
KINDS = (
    "original", "thread", "mention", "quote", "repost", "partner_mention", "sister_reply", "orphan_reply",
    "answer", "deflect", "clarify", "acknowledge", "escalate", "fulfill",
    "question", "complaint", "praise", "split", "chase", "followup", "chat", "talk", "digest",
)  # fmt: skip

_FIELDS = (
    "time", "author", "parent", "root", "quote", "repost", "kind", "org", "target", "second", "contact", "turn",
    "round", "destination", "template", "content", "detail",
)  # fmt: skip


class Ledger:
    """Posts as columns of integers, appended block by block; a post is known by its position.

    `parent`, `root`, `quote` and `repost` are positions of posts, `author`, `target` and `second` of accounts, `org`,
    `contact` and `turn` of what their names say; NONE where there is none. `content` and `detail` say more,
    differently for every kind.
    """

    def __init__(self) -> None:
        self._blocks: dict[str, list[np.ndarray]] = {name: [] for name in _FIELDS}
        self.n = 0
        self.n_missing = 0

    def add(self, n: int, kind: str | np.ndarray, **columns: np.ndarray | int) -> np.ndarray:
        """Append n posts and return their positions; a post without root is its own root."""
        at = np.arange(self.n, self.n + n)
        code = KINDS.index(kind) if isinstance(kind, str) else kind
        for name in _FIELDS:
            value = code if name == "kind" else columns.get(name, at if name == "root" else NONE)
            self._blocks[name].append(np.broadcast_to(np.asarray(value, dtype=np.int64), (n,)))
        self.n += n
        return at

    def missing(self, n: int) -> np.ndarray:
        """Return n links to posts outside the sample, each to another one."""
        links = MISSING - np.arange(self.n_missing, self.n_missing + n)
        self.n_missing += n
        return links

    def columns(self) -> dict[str, np.ndarray]:
        """Return all posts so far as one array a column."""
        return {
            name: np.concatenate(blocks) if blocks else np.empty(0, np.int64) for name, blocks in self._blocks.items()
        }


def hour_profile(work: float, evening: float, night: float, weekend: float) -> np.ndarray:
    """Weight the 168 hours of the week (from Monday, UTC): working hours, evening, night; times a weekend factor."""
    hour = np.arange(168) % 24
    day = np.arange(168) // 24
    weight = np.where((hour >= 8) & (hour < 18), work, np.where((hour >= 18) & (hour < 23), evening, night))
    return weight * np.where(day >= 5, weekend, 1.0)


def draw_times(u: np.ndarray, start: int, end: int, profile: np.ndarray) -> np.ndarray:
    """Turn uniform numbers into seconds between start and end that follow the hours of the week."""
    edges = np.minimum(start + np.arange(-(-(end - start) // 3_600) + 1) * 3_600, end)
    # 1970-01-01 was a Thursday: day 3 of a week that starts on Monday.
    hour_of_week = (edges[:-1] // 3_600 + 72) % 168
    mass = np.concatenate([[0.0], np.cumsum(profile[hour_of_week] * np.diff(edges))])
    return np.floor(np.interp(u * mass[-1], mass, edges)).astype(np.int64)


class Clock:
    """Opening time of an organization: seconds that only pass while it is open.

    Parameters
    ----------
    hours
        A name in `delay.HOURS`.
    zone
        IANA name of the local time zone.
    start, end
        Seconds since 1970 between which the clock is needed.
    """

    def __init__(self, hours: str, zone: str, start: int, end: int) -> None:
        days, first, last, _ = HOURS[hours]
        local = ZoneInfo(zone)
        midnight = datetime.fromtimestamp(start, local).replace(hour=0, minute=0, second=0) - timedelta(days=1)
        opens, closes = [], []
        for step in range((end - start) // 86_400 + 16):
            day = midnight + timedelta(days=step)
            if day.weekday() in days:
                opens.append(day.replace(hour=first).timestamp())
                closes.append(day.replace(hour=last).timestamp())
        self.opens, self.closes = np.array(opens), np.array(closes)
        self.passed = np.concatenate([[0.0], np.cumsum(self.closes - self.opens)])

    def open_seconds(self, at: np.ndarray) -> np.ndarray:
        """Return the opening time passed up to some moments."""
        slot = np.searchsorted(self.opens, at, side="right") - 1
        inside = np.minimum(np.asarray(at), self.closes[slot]) - self.opens[slot]
        return self.passed[slot] + inside

    def advance(self, at: np.ndarray, seconds: np.ndarray) -> np.ndarray:
        """Return the moments at which so much more opening time has passed."""
        due = self.open_seconds(at) + seconds
        slot = np.searchsorted(self.passed, due, side="left") - 1
        return self.opens[slot] + due - self.passed[slot]
