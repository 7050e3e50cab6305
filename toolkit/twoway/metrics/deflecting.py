"""Where accounts send people: deflection and its destinations (B7)."""

from __future__ import annotations

from typing import Any

from ..codebooks.marks import RESOLUTIONS
from .registry import Ratio, metric

_RULES: dict[str, Any] = {
    "table": "episodes",
    "catalog": "B7",
    "references": ("EinSte15", "Her19", "HeLeeRui23"),
    "needs": ("text",),
    "traits": ("rules",),
}
_DONE: dict[str, Any] = {"composed": "resolution." + "|".join(RESOLUTIONS)}
_MISLEADS = "rests on rules for English wording; some matters have to go private for safety"
_TO: dict[str, Any] = {"undefined": "no episode was deflected", "direction": "0", "min_n": 10}


@metric(
    **_RULES,
    **_DONE,
    direction="-",
    formula=r"\frac{|\{e : \text{deflected}\}|}{|\{e : \text{replied}\}|}",
    undefined="no episode was replied to",
    misleads=_MISLEADS,
)
def deflection_rate() -> Ratio:
    """Share of replied episodes in which the best the account did was to send the person elsewhere."""
    return Ratio("deflected", "is_read", low_num="deflected", high_num="high_deflected", bound_den="high_read")


@metric(
    **{**_RULES, "traits": ("rules", "response", "diluted")},
    **_DONE,
    direction="-",
    formula=r"\frac{|\{e : \text{deflected}\}|}{|E_a|}",
    undefined="there was no episode",
    misleads="low for accounts that ignore everybody; " + _MISLEADS,
)
def deflection_rate_all() -> Ratio:
    """Share of all episodes that ended in a deflection."""
    return Ratio("deflected", "known", high_num="high_deflected")


@metric(
    **_RULES,
    **_DONE,
    direction="-",
    formula=r"\frac{|\{e : \text{first reaction deflects}\}|}{|\{e : \text{replied}\}|}",
    undefined="no episode was replied to",
    misleads="an open answer may follow; " + _MISLEADS,
)
def deflection_first_rate() -> Ratio:
    """Share of replied episodes whose first reaction sends the person elsewhere."""
    return Ratio(
        "first_deflected",
        "is_first_read",
        low_num="first_deflected",
        high_num="high_first_deflected",
        bound_den="high_first_read",
    )


@metric(
    **_RULES,
    direction="-",
    formula=r"\sum_d \delta_d w_d",
    undefined="no episode was deflected",
    min_n=10,
    misleads="the weights are a convention: read the destination shares",
)
def accountability_loss() -> Ratio:
    """Mean loss of public visibility over the destinations of deflections, by a stated weight for each.

    The weights are a setting, `Definitions.destination_loss`.
    """
    return Ratio("lost", "pointed")


@metric(**_RULES, **_TO, formula=r"\delta_{\mathrm{dm}}", misleads=_MISLEADS)
def destination_dm_share() -> Ratio:
    """Share of deflections' destinations that are private messages."""
    return Ratio("to_dm", "pointed")


@metric(**_RULES, **_TO, formula=r"\delta_{\mathrm{phone}}", misleads=_MISLEADS)
def destination_phone_share() -> Ratio:
    """Share of deflections' destinations that are telephone numbers."""
    return Ratio("to_phone", "pointed")


@metric(**_RULES, **_TO, formula=r"\delta_{\mathrm{email}}", misleads=_MISLEADS)
def destination_email_share() -> Ratio:
    """Share of deflections' destinations that are e-mail addresses."""
    return Ratio("to_email", "pointed")


@metric(**_RULES, **_TO, formula=r"\delta_{\mathrm{form}}", misleads=_MISLEADS)
def destination_form_share() -> Ratio:
    """Share of deflections' destinations that are forms."""
    return Ratio("to_form", "pointed")


@metric(**_RULES, **_TO, formula=r"\delta_{\mathrm{chat}}", misleads=_MISLEADS)
def destination_chat_share() -> Ratio:
    """Share of deflections' destinations that are chats or apps."""
    return Ratio("to_chat", "pointed")


@metric(**_RULES, **_TO, formula=r"\delta_{\mathrm{handle}}", misleads=_MISLEADS)
def destination_handle_share() -> Ratio:
    """Share of deflections' destinations that are other accounts."""
    return Ratio("to_handle", "pointed")


@metric(**_RULES, **_TO, formula=r"\delta_{\mathrm{store}}", misleads=_MISLEADS)
def destination_store_share() -> Ratio:
    """Share of deflections' destinations that are shops, branches or counters."""
    return Ratio("to_store", "pointed")


@metric(
    **_RULES,
    **_TO,
    formula=r"\delta_{\mathrm{page}}",
    misleads="a short link may lead to a form or a chat; " + _MISLEADS,
)
def destination_page_share() -> Ratio:
    """Share of deflections' destinations that are public pages."""
    return Ratio("to_page", "pointed")
