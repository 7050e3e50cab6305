"""Care: whether replies to criticism feel with the person and take the matter on (D10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .kinds import Ratio
from .registry import metric

_CARE: dict[str, Any] = {
    "table": "cared",
    "catalog": "D10",
    "direction": "+",
    "needs": ("text", "parent_id"),
    "traits": ("rules", "conversation"),
    "references": ("Her23",),
    "undefined": "the account replied to no criticism",
    "min_n": 50,
}
_MISLEADS = "kind words can be scripted: read it with care_share_free; criticism is found by rules of English wording"
_FORMULA = r"\frac{|\{r : \text{%s}\}|}{|\{r : \text{answers criticism}\}|}"


@metric(**_CARE, formula=_FORMULA % "feels with the person, and acts", misleads=_MISLEADS)
def care_share() -> Ratio:
    """Share of replies to criticism that show empathy, validation or paraphrase, and ownership or substance."""
    return Ratio("care", "one")


@metric(
    **{**_CARE, "table": "cared_free", "undefined": "the account replied to no criticism without a template"},
    formula=r"\frac{|\{r : \text{feels with the person, and acts}\}|}{|\{r : \text{answers criticism, no template}\}|}",
    misleads="templates are found by the words they share, so a script with many slots passes; " + _MISLEADS,
)
def care_share_free() -> Ratio:
    """Share of replies to criticism that care, among those that follow no template."""
    return Ratio("care", "free")


@metric(**_CARE, formula=_FORMULA % "feels with the person", misleads=_MISLEADS)
def care_feeling_share() -> Ratio:
    """Share of replies to criticism that show empathy, validation or paraphrase."""
    return Ratio("feels", "one")


@metric(**_CARE, formula=_FORMULA % "takes the matter on, or answers", misleads=_MISLEADS)
def care_acting_share() -> Ratio:
    """Share of replies to criticism that take the matter on, or answer in the open."""
    return Ratio("acts", "one")


@metric(
    **_CARE,
    formula=_FORMULA % "takes up two words of content",
    misleads="said in other words it is not found; words of one complaint in twenty are the topic and do not count",
)
def care_paraphrase_share() -> Ratio:
    """Share of replies to criticism that take up two words of content or more of the post they answer."""
    return Ratio("paraphrase", "one")


@metric(
    **{**_CARE, "undefined": "no reply to criticism apologizes", "min_n": 30},
    formula=r"\frac{|\{r : \text{apologizes, and says for what}\}|}{|\{r : \text{apologizes}\}|}",
    misleads="a cause can stand in the next sentence; " + _MISLEADS,
)
def apology_cause_share() -> Ratio:
    """Share of apologies in replies to criticism that say what they are for."""
    return Ratio("apologized_for", "apologized")


_LABELS = {
    "empathy": "show empathy",
    "validation": "say that the complaint is justified",
    "apology": "apologize",
    "ownership": "take the matter on",
    "gratitude": "thank the person",
    "well_wishing": "wish the person well",
}


def _declare(label: str, does: str) -> Callable[[], Ratio]:
    def share() -> Ratio:
        return Ratio(f"cares_{label}", "one")

    share.__name__, share.__qualname__ = f"care_{label}_share", f"care_{label}_share"
    share.__doc__ = f"Share of replies to criticism that {does}."
    direction = "0" if label == "apology" else "+"
    metric(**{**_CARE, "direction": direction}, formula=_FORMULA % does, misleads=_MISLEADS)(share)
    return share


_DECLARED = [_declare(label, does) for label, does in _LABELS.items()]
