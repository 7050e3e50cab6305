"""Whether a reply opens the door or closes it: who goes on after which kind of reply (C10)."""

from __future__ import annotations

from typing import Any

from .kinds import Ratio
from .reentry_tables import REENTRY_S
from .registry import metric

_MISLEADS = (
    "silence after an answer may be the best that could happen, and renewed anger goes on too: read by kind of reply"
    " and with tw.reentry(talk); who asks for details wants a reply; posts that were not collected look like silence"
)
_BACK: dict[str, Any] = {
    "table": "continued",
    "catalog": "C10",
    "direction": "0",
    "unit": "probability",
    "needs": ("text",),
    "traits": ("rules", "crowd", "conversation"),
    "references": ("Back13",),
    "horizon": float(REENTRY_S),
    "undefined": "no such reply was given 72 hours before the window's end or earlier",
    "misleads": _MISLEADS,
    "min_n": 50,
}


def _after(name: str) -> str:
    return rf"P(\text{{person posts in the conversation within 72 h}} \mid \text{{{name}}})"


@metric(**_BACK, formula=_after("open answer"))
def continuation_open() -> Ratio:
    """Share of open answers after which the person posts in the conversation within 72 hours."""
    return Ratio("back_open_answer", "due_open_answer")


@metric(**_BACK, formula=_after("clarify"))
def continuation_clarify() -> Ratio:
    """Share of requests for details after which the person posts in the conversation within 72 hours."""
    return Ratio("back_clarify", "due_clarify")


@metric(**_BACK, formula=_after("escalate"))
def continuation_escalate() -> Ratio:
    """Share of replies that pass the matter on after which the person posts in the conversation within 72 hours."""
    return Ratio("back_escalate", "due_escalate")


@metric(**_BACK, formula=_after("deflect"))
def continuation_deflect() -> Ratio:
    """Share of deflections after which the person posts in the conversation within 72 hours."""
    return Ratio("back_deflect", "due_deflect")


@metric(**_BACK, formula=_after("acknowledge"))
def continuation_acknowledge() -> Ratio:
    """Share of thanks, apologies and greetings after which the person posts in the conversation within 72 hours."""
    return Ratio("back_acknowledge", "due_acknowledge")
