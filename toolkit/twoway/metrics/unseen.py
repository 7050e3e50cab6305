"""Curves of waiting on which answers that the collection could hide came at once: the other end of the bounds (J1).

A wait that may have had a hidden answer is split in two, by the share of such answers that are taken to exist
(`Definitions.unseen_share`), so it does not matter whom one would choose, in what order persons stand, or how few.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..inference.results import FloatArray, Interval
from ..inference.survival import kaplan_meier

__all__ = ["HiddenIncidence", "answered_at_once", "could_be_answered", "ended_at_once", "other_curves"]


def could_be_answered(could_hide: Any, ended: Any) -> Any:
    """Find the waits without an answer that may have had one unseen."""
    return (could_hide > 0) & (ended == 0)


def other_curves(waits: dict[str, Any], share: float) -> list[Any] | None:
    """Give the curves that hidden answers would make of one unit's waits; None where the table knows of none."""
    if "could_drop" in waits:
        # Whoever was answered unseen was not left unanswered: at worst only those who came back, or who did not.
        sides = [(waits["could_drop"] > 0) & (waits["event"] == event) for event in (0, 1)]
        return [left_out(waits, found, share) for found in sides if found.any()]
    if "could_hide" not in waits:
        return None
    found, more = could_be_answered(waits["could_hide"], waits["event"]), waits.get("n_unlinked", 0)
    return [answered_at_once(waits, found, share, more)] if found.any() or more else []


def answered_at_once(waits: dict[str, Any], found: Any, share: float, more: int = 0) -> Any:
    """Give the Kaplan-Meier curve on which a share of the waits found was answered after a second.

    So were as many `more` waits, of which only the answers were collected.
    """
    weight = np.where(found, share, 0.0)
    waits = _with_more(waits, "event", more)
    weight = np.concatenate([weight, np.zeros(more)])
    times = np.concatenate([waits["time"], np.ones(len(weight))])
    ended = np.concatenate([(waits["event"] > 0) * (1 - weight), weight])
    left = np.concatenate([(waits["event"] == 0) * (1 - weight), np.zeros(len(weight))])
    return kaplan_meier(times, ended, left)


def _with_more(waits: dict[str, Any], end: str, more: int, cause: int = 1) -> dict[str, Any]:
    """Add waits that ended after a second."""
    ended = np.full(more, cause)
    return {"time": np.concatenate([waits["time"], np.ones(more)]), end: np.concatenate([waits[end], ended])}


def left_out(waits: dict[str, Any], found: Any, share: float) -> Any:
    """Give the Kaplan-Meier curve without a share of the waits found, which should perhaps not have been watched."""
    weight = 1 - np.where(found, share, 0.0)
    return kaplan_meier(waits["time"], (waits["event"] > 0) * weight, (waits["event"] == 0) * weight)


@dataclass(frozen=True, slots=True, eq=False)
class HiddenIncidence:
    """Hold cumulative incidences of weighted waits; it answers like `IncidenceCurves`, without limits.

    Parameters
    ----------
    times
        Distinct times at which waits ended or stopped being watched, ascending.
    incidence
        (times, causes): share ended by each cause.
    survival
        Share still waiting just after each time.
    causes
        Their names.
    """

    times: FloatArray
    incidence: FloatArray
    survival: FloatArray
    causes: tuple[str, ...]

    @property
    def last_time(self) -> float:
        """Longest time watched."""
        return float(self.times[-1])

    def at(self, cause: str, time: float) -> Interval:
        """Give the share ended by a cause up to a time; NaN beyond what was watched."""
        return Interval(np.nan, np.nan, value=self._value(cause, time))

    def share_at(self, cause: str, other: str, time: float) -> Interval:
        """Give the share of one cause among two; NaN where neither ended anything."""
        one, two = self._value(cause, time), self._value(other, time)
        return Interval(np.nan, np.nan, value=one / (one + two) if one + two > 0 else np.nan)

    def _value(self, cause: str, time: float) -> float:
        if time > self.last_time and self.survival[-1] > 0:
            return float("nan")
        i = int(np.searchsorted(self.times, time, side="right")) - 1
        return 0.0 if i < 0 else float(self.incidence[i, self.causes.index(cause)])


def ended_at_once(waits: dict[str, Any], found: Any, share: float, cause: int, causes: tuple[str, ...]) -> Any:
    """Give the incidences (Aalen-Johansen) on which a share of the waits found ended by one cause after a second."""
    more = waits.get("n_unlinked", 0)
    weight = np.concatenate([np.where(found, share, 0.0), np.zeros(more)])
    waits = _with_more(waits, "cause", more, cause)
    spans = np.concatenate([waits["time"], np.ones(len(weight))])
    ends = np.concatenate([waits["cause"], np.full(len(weight), cause)]).astype(np.intp)
    counts = np.concatenate([1 - weight, weight])
    times, place = np.unique(spans[counts > 0], return_inverse=True)
    width = len(causes) + 1
    table = np.bincount(place * width + ends[counts > 0], counts[counts > 0], minlength=len(times) * width)
    table = table.reshape(len(times), width)
    at_risk = table.sum(axis=1)[::-1].cumsum()[::-1]
    survival = np.cumprod(1 - table[:, 1:].sum(axis=1) / at_risk)
    before = np.concatenate([[1.0], survival])[:-1]
    incidence = np.cumsum(before[:, None] * table[:, 1:] / at_risk[:, None], axis=0)
    return HiddenIncidence(times, incidence, np.where(survival < 1e-12, 0.0, survival), causes)
