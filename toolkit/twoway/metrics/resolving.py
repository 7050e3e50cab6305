"""What became of matters people brought forward: outcomes of episodes, open resolution, hand-offs (B6, B8, B9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..codebooks.marks import RESOLUTIONS as TYPES
from .kinds import Ratio, Survival
from .registry import metric

_RULES: dict[str, Any] = {"needs": ("text",), "traits": ("rules",), "references": ("EinSte15",)}
_EPISODE: dict[str, Any] = {
    **_RULES,
    "table": "outcomes",
    "catalog": "B6",
    "undefined": "there was no episode",
    "traits": ("rules", "selected"),
}
_ANSWERED: dict[str, Any] = {**_EPISODE, "traits": ("rules", "response", "diluted")}
_MISLEADS = "rests on rules for English wording; what was settled in private is not seen"
_DONE: dict[str, Any] = {"composed": "resolution." + "|".join(TYPES)}


def _of(name: str) -> str:
    return rf"\frac{{|\{{e : \text{{outcome}}(e) = \text{{{name}}}\}}|}}{{|E_a|}}"


@metric(**_ANSWERED, **_DONE, direction="+", formula=_of("open answer"), misleads=_MISLEADS)
def outcome_open_share() -> Ratio:
    """Share of episodes in which the person got an answer of substance in public."""
    return Ratio("became_open", "known", high_num="high_open")


@metric(**_ANSWERED, **_DONE, direction="+", formula=_of("escalated, closed"), misleads=_MISLEADS)
def outcome_escalate_closed_share() -> Ratio:
    """Share of episodes whose best was that the matter was passed on and the account came back in time."""
    return Ratio("became_escalate_closed", "known", high_num="high_escalate_closed")


@metric(**_ANSWERED, **_DONE, direction="0", formula=_of("escalated, open"), misleads=_MISLEADS)
def outcome_escalate_open_share() -> Ratio:
    """Share of episodes whose best was that the matter was passed on, with no word after it in public."""
    return Ratio("became_escalate_open", "known", high_num="high_escalate_open")


@metric(
    **_ANSWERED,
    **_DONE,
    direction="-",
    formula=_of("deflected"),
    misleads="some matters have to go private; " + _MISLEADS,
)
def outcome_deflected_share() -> Ratio:
    """Share of episodes whose best was that the person was sent elsewhere."""
    return Ratio("became_deflected", "known", high_num="high_deflected")


@metric(
    **_ANSWERED, **_DONE, direction="-", formula=_of("stalled"), misleads="the person may not have told what was asked"
)
def outcome_stalled_share() -> Ratio:
    """Share of episodes in which the account asked for details last and nothing followed."""
    return Ratio("became_stalled", "known", high_num="high_stalled")


@metric(
    **_ANSWERED, **_DONE, direction="0", formula=_of("acknowledged"), misleads="thanks may be all that praise needs"
)
def outcome_acknowledged_share() -> Ratio:
    """Share of episodes in which the person got thanks, apology or small talk and nothing more."""
    return Ratio("became_acknowledged", "known", high_num="high_acknowledged")


@metric(
    **{**_EPISODE, "needs": (), "traits": ("response", "delayed")},
    direction="-",
    formula=_of("ignored"),
    misleads="not every mention asks for a reply",
)
def outcome_ignored_share() -> Ratio:
    """Share of episodes in which no reply to the person is in the corpus."""
    return Ratio("became_ignored", "one", low_num="low_ignored")


_REPLY: dict[str, Any] = {**_RULES, "table": "replies", "catalog": "B6", "undefined": "the account replied to nobody"}


def _says(name: str) -> str:
    return rf"\frac{{|\{{r : \text{{{name}}}\}}|}}{{|\{{r : \text{{reply to a person}}\}}|}}"


@metric(**_REPLY, direction="+", formula=_says("open answer"), misleads=_MISLEADS, coded="resolution.open_answer")
def reply_open_share() -> Ratio:
    """Share of replies to persons that answer in public."""
    return Ratio("says_open_answer", "one")


@metric(**_REPLY, direction="+", formula=_says("escalate"), misleads=_MISLEADS, coded="resolution.escalate")
def reply_escalate_share() -> Ratio:
    """Share of replies to persons that pass the matter on."""
    return Ratio("says_escalate", "one")


@metric(
    **_REPLY,
    direction="-",
    formula=_says("deflect"),
    misleads="an open answer may follow; " + _MISLEADS,
    coded="resolution.deflect",
)
def reply_deflect_share() -> Ratio:
    """Share of replies to persons that only send them elsewhere."""
    return Ratio("says_deflect", "one")


@metric(**_REPLY, direction="0", formula=_says("clarify"), misleads=_MISLEADS, coded="resolution.clarify")
def reply_clarify_share() -> Ratio:
    """Share of replies to persons that ask for details in public."""
    return Ratio("says_clarify", "one")


@metric(**_REPLY, direction="0", formula=_says("acknowledge"), misleads=_MISLEADS, coded="resolution.acknowledge")
def reply_acknowledge_share() -> Ratio:
    """Share of replies to persons that only thank, apologize, greet or wish well."""
    return Ratio("says_acknowledge", "one")


def _first(name: str) -> str:
    return rf"\frac{{|\{{e : \text{{first reaction}} = \text{{{name}}}\}}|}}{{|\{{e : \text{{replied}}\}}|}}"


_FIRST: dict[str, Any] = {
    **_EPISODE,
    **_RULES,
    **_DONE,
    "undefined": "no episode was replied to",
    "misleads": _MISLEADS,
}


@metric(**_FIRST, direction="+", formula=_first("open answer"))
def first_open_share() -> Ratio:
    """Share of replied episodes whose first reaction answers in public."""
    return Ratio("first_open_answer", "is_first_read")


@metric(**_FIRST, direction="+", formula=_first("escalate"))
def first_escalate_share() -> Ratio:
    """Share of replied episodes whose first reaction passes the matter on."""
    return Ratio("first_escalate", "is_first_read")


@metric(**_FIRST, direction="0", formula=_first("clarify"))
def first_clarify_share() -> Ratio:
    """Share of replied episodes whose first reaction asks for details in public."""
    return Ratio("first_clarify", "is_first_read")


@metric(**_FIRST, direction="0", formula=_first("acknowledge"))
def first_acknowledge_share() -> Ratio:
    """Share of replied episodes whose first reaction only thanks, apologizes or greets."""
    return Ratio("first_acknowledge", "is_first_read")


@metric(
    **{**_EPISODE, **_RULES, "undefined": "no episode was answered openly"},
    direction="0",
    formula=r"\frac{|\{e : \text{open answer with a link or an offer to write}\}|}{|\{e : \text{open answer}\}|}",
    misleads=_MISLEADS,
    min_n=10,
)
def assisted_open_share() -> Ratio:
    """Share of openly answered episodes whose answer also links to a page or offers a private message."""
    return Ratio("assisted", "became_open")


@metric(
    **{**_EPISODE, "traits": ("rules",), "catalog": "B7", "references": ("EinSte15", "Gol21", "HeLeeRui23")},
    **_DONE,
    direction="-",
    formula=r"\frac{|\{e : \text{deflected, no personal data}\}|}{|\{e : \text{replied, no personal data}\}|}",
    misleads="what needs private data is itself read by rules; " + _MISLEADS,
)
def avoidable_deflection_rate() -> Ratio:
    """Share of deflections among replied episodes in which the person named nothing that must stay private."""
    return Ratio("avoidable_deflected", "avoidable")


@metric(
    **{**_ANSWERED, **_DONE, "catalog": "B8"},
    direction="+",
    formula=r"\frac{|\{e : \text{open answer}\}| + |\{e : \text{escalated, closed}\}|}{|E_a|}",
    misleads="an open answer need not be a good one; " + _MISLEADS,
)
def open_resolution_rate() -> Ratio:
    """Share of episodes settled in the open: answered in public, or passed on and taken up again in time."""
    return Ratio("settled", "known", high_num="high_settled")


@metric(
    **_RULES,
    table="handoffs",
    catalog="B9",
    direction="+",
    unit="probability",
    horizon="handoff_s",
    min_n=20,
    formula=r"1 - \hat S(72\,\mathrm{h}),\ t\ \text{from a hand-off to the next public unit to the person}",
    undefined="no matter was handed on, or none was watched for 72 hours (Definitions.handoff_s)",
    misleads="counts what was settled silently in private as failed; " + _MISLEADS,
)
def follow_through() -> Survival:
    """Probability that a matter handed on is taken up again in public within 72 hours, by Kaplan-Meier.

    What was settled in private is not seen: the upper bound is one less `return_in_anger`, and 1 where nobody was sent
    to a private place.
    """
    return Survival(lambda curve, d: curve.event_share_at(float(d.handoff_s)))


_BECAME = {
    "open": "was answered in public",
    "escalate_closed": "was at best passed on and taken up in time",
    "escalate_open": "was at best passed on, with no word after it",
    "deflected": "was at best sent elsewhere",
    "stalled": "was asked for details last",
    "acknowledged": "got thanks, apology or small talk",
    "ignored": "got no reply",
}


def _declare(name: str, became: str) -> Callable[[], Ratio]:
    def share() -> Ratio:
        return Ratio(f"private_{name}", "known_private")

    told = name.replace("_", ", ")
    share.__name__ = share.__qualname__ = f"outcome_{name}_share_private"
    share.__doc__ = f"Share of episodes with data that must not stand in public whose person {became}."
    metric(
        **{**_EPISODE, "undefined": "nobody named data that must not stand in public"},
        **({} if name == "ignored" else _DONE),
        direction="0",
        formula=rf"\frac{{|\{{e : \text{{{told}}}, \text{{private}}\}}|}}{{|\{{e : \text{{private}}\}}|}}",
        misleads="to deflect is necessary here; what needs private data is itself read by rules; " + _MISLEADS,
    )(share)
    return share


_DECLARED = [_declare(name, became) for name, became in _BECAME.items()]
