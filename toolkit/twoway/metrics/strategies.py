"""Broadcast, deflect, converse: the composition of what an account does (I1)."""

from __future__ import annotations

from typing import Any

from .registry import Posterior, metric

_PART: dict[str, Any] = {
    "table": "posted",
    "catalog": "I1",
    "references": ("Aitchison86", "MarFer03"),
    "needs": ("text",),
    "traits": ("rules",),
    "undefined": "the account posted nothing but plain reposts",
}
_MISLEADS = (
    "shares that sum to one move together: compare log-ratios, never correlate shares; deflections are found by text"
    " rules"
)


@metric(**_PART, direction="-", formula=r"x_B", misleads=_MISLEADS)
def broadcast_part() -> Posterior:
    """Part of the account's units that speak to nobody in particular."""
    return Posterior("broadcast")


@metric(**_PART, direction="-", formula=r"x_D", misleads=_MISLEADS)
def deflect_part() -> Posterior:
    """Part of the account's units that send a person elsewhere."""
    return Posterior("deflect")


@metric(**_PART, direction="+", formula=r"x_C", misleads=_MISLEADS)
def conversation_part() -> Posterior:
    """Part of the account's units that talk with a person in the open."""
    return Posterior("conversation")


@metric(
    **{**_PART, "traits": ("rules", "signed")},
    direction="+",
    unit="log-ratio",
    span=(float("-inf"), float("inf")),
    formula=r"z_1 = \sqrt{2/3}\,\ln\frac{C}{\sqrt{BD}}",
    misleads=_MISLEADS,
)
def strategy_z1() -> Posterior:
    """Open conversation against broadcast and deflection, as a balance of logarithms."""
    return Posterior("z1")


@metric(
    **{**_PART, "traits": ("rules", "signed")},
    direction="0",
    unit="log-ratio",
    span=(float("-inf"), float("inf")),
    formula=r"z_2 = \sqrt{1/2}\,\ln\frac{B}{D}",
    misleads=_MISLEADS,
)
def strategy_z2() -> Posterior:
    """Broadcast against deflection, as a balance of logarithms."""
    return Posterior("z2")
