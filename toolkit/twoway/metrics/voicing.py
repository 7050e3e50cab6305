"""Whether replies sound like a person: markers of a human voice (D1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .kinds import Ratio
from .registry import metric
from .voice_tables import FAMILIES

_VOICE: dict[str, Any] = {
    "table": "voiced",
    "catalog": "D1",
    "direction": "+",
    "needs": ("text",),
    "traits": ("rules",),
    "references": ("KelMil06", "vHoLie18"),
    "undefined": "the account replied to nobody",
    "min_n": 50,
}
_MISLEADS = "markers can be templated: read it with marker_in_template_share; how human replies feel is asked of people"
_FAMILY = r"\frac{1}{|R_a|} \sum_{r} \frac{|\{m \in \text{%s} : m\ \text{in}\ r\}|}{5}"


@metric(
    **_VOICE,
    formula=r"\frac{1}{|R_a|} \sum_{r} \frac{1}{3} (p_r + i_r + v_r)",
    misleads=_MISLEADS,
)
def human_voice() -> Ratio:
    """Mean share of the markers of a human voice in replies to persons, over three families of five."""
    return Ratio("chv", "one", share=False)


@metric(**_VOICE, formula=_FAMILY % "personal", misleads=_MISLEADS)
def voice_personalization() -> Ratio:
    """Mean share of greeting, first name, you, I and signature in replies to persons."""
    return Ratio("personalization", "one", share=False)


@metric(**_VOICE, formula=_FAMILY % "informal", misleads=_MISLEADS)
def voice_informality() -> Ratio:
    """Mean share of contraction, emoji, interjection, slang and expressive marks in replies to persons."""
    return Ratio("informality", "one", share=False)


@metric(**_VOICE, formula=_FAMILY % "inviting", misleads=_MISLEADS)
def voice_invitation() -> Ratio:
    """Mean share of thanks, apology, empathy, question or invitation, and wishes in replies to persons."""
    return Ratio("invitation", "one", share=False)


#: What each marker is, to say so in the catalogue.
_MARKERS = {
    "greeting": "greet the person",
    "first_name": "call the person by first name",
    "you_form": "address the person as you",
    "i_form": "are written in the first person singular",
    "signature": "are signed by an agent",
    "contraction": "hold a contraction",
    "emoticon": "hold an emoticon or emoji",
    "interjection": "hold an interjection",
    "slang": "hold an abbreviation or slang",
    "expressive": "hold expressive punctuation or stretched words",
    "thanks": "thank",
    "apology": "apologize",
    "empathy": "show empathy",
    "invitation": "ask or invite",
    "wishes": "wish well or joke",
}


def _declare(marker: str, does: str) -> Callable[[], Ratio]:
    def share() -> Ratio:
        return Ratio(f"is_{marker}", "one")

    share.__name__, share.__qualname__ = f"voice_{marker}_share", f"voice_{marker}_share"
    share.__doc__ = f"Share of replies to persons that {does}."
    formula = rf"\frac{{|\{{r : \text{{{does}}}\}}|}}{{|R_a|}}"
    metric(**{**_VOICE, "direction": "0"}, formula=formula, misleads=_MISLEADS, coded=f"voice.{marker}")(share)
    return share


_DECLARED = [_declare(marker, _MARKERS[marker]) for family in FAMILIES.values() for marker in family]
