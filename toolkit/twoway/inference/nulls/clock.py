"""Times redrawn from an account's own hours of the week (N3).

The rate of an account is taken to repeat every week, hour by hour. Given how many posts fall into each of the 168
hours, and the first and the last post, all times within these hours are equally likely. So every post keeps its hour
of the week and gets a new week and a new second: a rate estimated from the same few posts, as a draw with
replacement would need, is not wanted, and the test is exact for any such rate.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import TwowayError

__all__ = ["WeeklyClock", "redraw_times"]

IntArray = NDArray[np.int64]

HOUR, WEEK = 3_600, 604_800


@dataclass(frozen=True, eq=False)
class WeeklyClock:
    """Times of posts by account, ready to be redrawn many times.

    Parameters
    ----------
    times
        Whole seconds.
    accounts
        Number of the account of each.

    Examples
    --------
    >>> clock = WeeklyClock(np.array([0, 50, 700_000, 2_000_000]), np.zeros(4, dtype=int))
    >>> drawn = clock.redraw(np.random.default_rng(1))
    >>> drawn[[0, 3]].tolist(), (drawn // 3_600 % 168).tolist()
    ([0, 2000000], [0, 0, 26, 51])
    """

    times: IntArray
    accounts: IntArray
    _moving: IntArray = field(init=False, repr=False)
    _start: IntArray = field(init=False, repr=False)
    _head: IntArray = field(init=False, repr=False)
    _slot: IntArray = field(init=False, repr=False)
    _room: IntArray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Find for each post how many seconds of its hour of the week lie between the account's first and last."""
        moving, first, last = _inner(self.times, self.accounts)
        slot = self.times[moving] // HOUR * HOUR % WEEK
        # The first and the last week in which the hour overlaps the span.
        early = (first - slot - HOUR) // WEEK + 1
        late = (last - slot) // WEEK
        start = np.maximum(first, slot + early * WEEK)
        head = np.minimum(slot + early * WEEK + HOUR, last + 1) - start
        tail = np.minimum(slot + late * WEEK + HOUR, last + 1) - (slot + late * WEEK)
        weeks = late - early
        room = head + np.where(weeks > 0, (weeks - 1) * HOUR + tail, 0)
        names = ("_moving", "_start", "_head", "_slot", "_room")
        for name, value in zip(names, (moving, start, head, slot + (early + 1) * WEEK, room), strict=True):
            object.__setattr__(self, name, value)

    def redraw(self, rng: np.random.Generator) -> IntArray:
        """Draw new times, each in the hour of the week it had; the first and the last of each account stay."""
        step = (rng.random(len(self._room)) * self._room).astype(np.int64)
        beyond = step - self._head
        later = self._slot + beyond // HOUR * WEEK + beyond % HOUR
        drawn = self.times.copy()
        drawn[self._moving] = np.where(beyond < 0, self._start + step, later)
        return drawn


def _inner(times: IntArray, accounts: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Find the posts between the first and the last of their account, and the times of these two."""
    order = np.lexsort((times, accounts))
    who = accounts[order]
    is_first = np.concatenate([np.ones(min(1, len(who)), dtype=bool), who[1:] != who[:-1]])
    is_last = np.append(is_first[1:], np.ones(min(1, len(who)), dtype=bool))
    block = np.cumsum(is_first) - 1
    first, last = times[order][is_first][block], times[order][is_last][block]
    between = ~is_first & ~is_last
    return order[between], first[between], last[between]


def redraw_times(times: ArrayLike, accounts: ArrayLike, rng: np.random.Generator) -> IntArray:
    """Redraw the times of posts from each account's own hours of the week.

    Keeps the number of posts of each account, how many fall into each hour of the week, and the first and the last
    post; destroys bursts, and reactions to what others post. Hours are those of UTC, so an account's own time moves by
    one hour when clocks are changed.

    Parameters
    ----------
    times
        Whole seconds since 1970.
    accounts
        Number of the account of each post.

    Returns
    -------
    array of int64
        New times, not sorted.

    Raises
    ------
    TwowayError
        If the lengths differ.

    Examples
    --------
    >>> redraw_times([5, 100_000], [0, 0], np.random.default_rng(1)).tolist()
    [5, 100000]
    """
    at, who = np.asarray(times).astype(np.int64), np.asarray(accounts).astype(np.int64)
    if at.shape != who.shape:
        msg = f"{at.shape} times do not fit {who.shape} accounts. They were given to redraw_times. "
        msg += "Give one of each a post."
        raise TwowayError(msg)
    return WeeklyClock(at, who).redraw(rng)
