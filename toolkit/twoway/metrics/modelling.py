"""The four models of public relations in what an organization posts (A4)."""

from __future__ import annotations

from typing import Any

from .kinds import Ratio
from .registry import metric

_MODELS: dict[str, Any] = {
    "table": "models",
    "catalog": "A4",
    "references": ("GruHunt84", "WatJam11"),
    "needs": ("text",),
    "traits": ("rules", "response"),
    "horizon": "horizon_s",
    "undefined": "the account posted nothing but plain reposts, or only solicitations too late to be judged",
    "min_n": 100,
}
_SELLS: dict[str, Any] = {**_MODELS, "traits": ("rules", "response", "paid")}
_RULES = "rules for English wording confuse informing with selling: code 200 posts by hand and correct the shares"
_ALL = r"n_{PA} + n_{PI} + n_{2A} + n_{2S}"


@metric(
    **_SELLS,
    direction="-",
    formula=rf"\frac{{n_{{PA}}}}{{{_ALL}}}",
    misleads=_RULES,
    composed="pr_model.solicits|promotional",
)
def press_agentry_share() -> Ratio:
    """Share of units that sell, to nobody in particular: press agentry."""
    return Ratio("agentry", "judged", low_num="agentry", bound_den="one")


@metric(
    **_SELLS,
    direction="-",
    formula=rf"\frac{{n_{{PI}}}}{{{_ALL}}}",
    misleads=_RULES,
    composed="pr_model.solicits|promotional",
)
def public_information_share() -> Ratio:
    """Share of units that inform without asking, selling or answering: public information."""
    return Ratio("informing", "judged", low_num="informing", bound_den="one")


@metric(
    **_MODELS,
    direction="0",
    formula=rf"\frac{{n_{{2A}}}}{{{_ALL}}}",
    misleads="replies to those who took part may be missing from the collection; " + _RULES,
    composed="pr_model.solicits",
)
def two_way_asymmetrical_share() -> Ratio:
    """Share of units that ask the public for something and do not take up what comes back within the horizon."""
    return Ratio("asymmetric", "judged", low_num="asymmetric", high_num="high_asymmetric", bound_den="one")


@metric(
    **_MODELS,
    direction="+",
    formula=rf"\frac{{n_{{2S}}}}{{{_ALL}}}",
    misleads="whoever replies counts, also with a formula or a deflection; " + _RULES,
    composed="pr_model.solicits",
)
def two_way_symmetrical_share() -> Ratio:
    """Share of units that reply to a person, or ask the public and take up what comes back within the horizon."""
    return Ratio("symmetric", "judged", low_num="symmetric", high_num="high_symmetric", bound_den="one")


@metric(
    **_MODELS,
    direction="+",
    formula=rf"TW = \frac{{n_{{2A}} + n_{{2S}}}}{{{_ALL}}}",
    misleads="a question that nobody takes up counts as much as an answer: read it with pr_symmetry; " + _RULES,
    composed="pr_model.solicits",
)
def two_way_share() -> Ratio:
    """Share of units that follow a two-way model: they reply to a person or ask the public for something.

    Solicitations of the last days of the window, whose horizon is not over, are left out of all shares of models.
    """
    return Ratio("two_way", "judged", low_num="two_way", high_num="high_two_way", bound_den="one")


@metric(
    **{**_MODELS, "undefined": "no unit that could be judged follows a two-way model"},
    direction="+",
    formula=r"S = \frac{n_{2S}}{n_{2A} + n_{2S}}",
    misleads="1 for an account that only replies; " + _RULES,
    composed="pr_model.solicits",
)
def pr_symmetry() -> Ratio:
    """Share of symmetrical units among those that follow a two-way model."""
    return Ratio("symmetric", "two_way", low_num="symmetric", high_num="high_symmetric", bound_den="high_two_way")
