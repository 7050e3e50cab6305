"""What became of persons who were sent elsewhere: heard there, unheard, or back in anger (B9)."""

from __future__ import annotations

from typing import Any

from .kinds import Ratio
from .pointer_tables import ANGER_S
from .registry import metric

DAY = 86_400.0

_RULES: dict[str, Any] = {
    "catalog": "B9",
    "needs": ("text",),
    "references": ("EinSte15", "Her19"),
    "min_n": 20,
}
_POINTER: dict[str, Any] = {**_RULES, "table": "pointers", "traits": ("rules", "destinations", "selected")}
_MISLEADS = "accounts outside the corpus are left out; the person may have written there in private"


@metric(
    **_POINTER,
    direction="+",
    horizon=DAY,
    formula=r"\frac{|\{(x, X) : \text{wrote there, answered within 24 h}\}|}{|\{(x, X) : \text{wrote there}\}|}",
    undefined="nobody who was sent to another handle wrote there a day before the window's end or earlier",
    misleads="rests on the few who went; " + _MISLEADS,
)
def destination_response_rate() -> Ratio:
    """Share of persons sent to another handle and writing there who were answered there within 24 hours."""
    return Ratio("answered_24h", "asked_24h")


@metric(
    **_POINTER,
    direction="0",
    horizon="horizon_s",
    formula=r"\frac{|\{(x, X) : x\ \text{wrote to}\ X\ \text{within}\ H\}|}{|\{(x, X) : x\ \text{sent to}\ X\}|}",
    undefined="nobody was sent to another handle of the corpus early enough",
    misleads="low where the pointer is useless and where it was enough to know; " + _MISLEADS,
)
def pointer_compliance() -> Ratio:
    """Share of persons sent to another handle who wrote there within the horizon."""
    return Ratio("complied", "due")


@metric(
    **_POINTER,
    direction="-",
    horizon="horizon_s",
    formula=r"\frac{|\{(x, X) : \text{wrote there, silence for}\ H\}|}{|\{(x, X) : \text{wrote there}\}|}",
    undefined="nobody who was sent to another handle wrote there early enough",
    misleads="an answer there in private looks like none; " + _MISLEADS,
)
def black_hole_rate() -> Ratio:
    """Share of persons sent to another handle and writing there who were not answered within the horizon."""
    return Ratio("unheard", "asked")


@metric(
    **_RULES,
    table="returns",
    traits=("rules",),
    direction="-",
    horizon=float(ANGER_S),
    formula=r"\frac{|\{e : \text{sent to private, criticism within 7 d}\}|}{|\{e : \text{sent to private}\}|}",
    undefined="nobody was sent to a private place a week before the window's end or earlier",
    misleads="the anger may be about something else; who was helped in private, and who gave up, both stay silent",
)
def return_in_anger() -> Ratio:
    """Share of episodes sent to a private place whose person criticized the account in public within 7 days.

    One less this share bounds from above how often a matter handed on was settled out of sight.
    """
    return Ratio("angry", "due")
