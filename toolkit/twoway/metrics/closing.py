"""How settled matters end, and how much of an account's care is open (B8)."""

from __future__ import annotations

from typing import Any

from .kinds import Ratio
from .registry import metric

_RULES: dict[str, Any] = {"needs": ("text",), "traits": ("rules",), "catalog": "B8", "direction": "+"}


@metric(
    **_RULES,
    table="closures",
    references=("EinSte15", "HutGil14"),
    formula=(
        r"\frac{|\{e : \text{last post after the answer thanks or reports success},\ \mathrm{VADER} \ge .3\}|}"
        r"{|\{e : \text{settled in the open},\ \text{person posts after it}\}|}"
    ),
    undefined="no episode was settled in the open, or nobody posted after it",
    misleads=(
        "silence after an answer is unknown, not closure: it is left out of the value, and the bounds count it as not"
        " closed and as closed; thanks may be mere politeness"
    ),
    min_n=20,
)
def visible_closure() -> Ratio:
    """Share of openly settled episodes whose person last thanks or reports success, of those heard of again.

    The first open answer settles a matter, or the post that takes up in time what was passed on.
    """
    return Ratio("confirmed", "heard", low_num="confirmed", high_num="at_most", bound_den="one")


@metric(
    **_RULES,
    table="spent_words",
    references=("HeLeeRui23",),
    formula=r"\frac{\sum \text{words of open answers in public}}{\sum \text{words to persons}}",
    undefined="the account wrote no word to persons",
    misleads=(
        "private words are seen only where the corpus holds private posts: elsewhere the share is too high; long"
        " answers count more than short ones"
    ),
    min_n=200,
)
def care_transparency() -> Ratio:
    """Share of an account's words to persons that stand in open answers of substance."""
    return Ratio("open_words", "words")
