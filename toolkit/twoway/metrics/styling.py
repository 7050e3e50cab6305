"""Words of grammar: who takes up whose (D3), how alike both sides write (D4), how formal replies are (D2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..inference.coordination import mean_coordination
from .kinds import Ratio, Smooth
from .registry import metric
from .style_tables import COUNTED

_COORDINATION: dict[str, Any] = {
    "table": "coordinated",
    "catalog": "D3",
    "needs": ("text", "parent_id"),
    "traits": ("rules", "signed", "conversation"),
    "references": ("DNM12", "ConvoKit20"),
    "unit": "probability",
    "min_n": 100,
}
_LENGTH = "long posts and long replies hold more of all classes: read it with tw.coordination, which has a null model"
_C = r"\frac{1}{|M|} \sum_m P(m \in r \mid m \in p) - P(m \in r)"


def _columns(side: str) -> tuple[str, ...]:
    return tuple(f"{side}_{name}" for name in COUNTED)


def _coordination(*totals: Any) -> Any:
    return mean_coordination(np.stack(np.broadcast_arrays(*totals), axis=-1))


def _difference(*totals: Any) -> Any:
    half = len(COUNTED)
    return _coordination(*totals[:half]) - _coordination(*totals[half:])


@metric(
    **_COORDINATION,
    direction="+",
    span=(-1.0, 1.0),
    formula=_C,
    undefined="no class of words of grammar stands in three of the posts answered",
    misleads=_LENGTH + "; scripts draw it to 0",
)
def coordination_brand() -> Smooth:
    """How much more often replies to persons hold a class of words of grammar where the post they answer does."""
    return Smooth(_columns("brand"), _coordination, count="brand_n")


@metric(
    **_COORDINATION,
    direction="0",
    span=(-1.0, 1.0),
    formula=_C,
    undefined="no class of words of grammar stands in three of the account's posts that persons reply to",
    misleads=_LENGTH,
)
def coordination_public() -> Smooth:
    """How much more often persons' replies hold a class of words of grammar where the account's post does."""
    return Smooth(_columns("public"), _coordination, count="public_n")


@metric(
    **_COORDINATION,
    direction="+",
    span=(-2.0, 2.0),
    formula=r"C(a \to \mathrm{public}) - C(\mathrm{public} \to a)",
    undefined="one of the two directions is undefined",
    misleads="directions differ in length as well: " + _LENGTH,
)
def coordination_difference() -> Smooth:
    """Coordination of the account to persons less that of persons to the account; above 0 the account defers."""
    return Smooth((*_columns("brand"), *_columns("public")), _difference, count="brand_n")


_MATCHING: dict[str, Any] = {
    "table": "matched",
    "catalog": "D4",
    "needs": ("text",),
    "traits": ("rules",),
    "references": ("GonHanPen10", "Ireland11"),
    "min_n": 30,
}
_FEW = "no person and the account wrote fifty words each to the other in one month"
_TOPIC = "topic and genre make sides alike; does not say who adapts: see coordination_difference"


@metric(
    **_MATCHING,
    direction="+",
    formula=r"\frac{1}{9} \sum_c 1 - \frac{|p_c - q_c|}{p_c + q_c + .0001}",
    undefined=_FEW,
    misleads="a class that neither side uses counts as matched; " + _TOPIC,
)
def style_matching() -> Ratio:
    """Mean language style matching of the account and a person in a month, over nine classes of words of grammar."""
    return Ratio("lsm", "has", share=False)


@metric(
    **_MATCHING,
    direction="+",
    formula=r"\frac{1}{|U|} \sum_{c \in U} 1 - \frac{|p_c - q_c|}{p_c + q_c + .0001},\ U = \{c : p_c + q_c > 0\}",
    undefined=_FEW,
    misleads=_TOPIC,
)
def style_matching_used() -> Ratio:
    """Mean language style matching over the classes of words of grammar that either side uses."""
    return Ratio("lsm_used", "has_used", share=False)


@metric(
    **_MATCHING,
    direction="0",
    formula=r"\frac{|\{c : p_c + q_c = 0\}|}{9}",
    undefined=_FEW,
    misleads="falls with the words pooled",
)
def style_unused_share() -> Ratio:
    """Mean share of classes of words of grammar that neither side uses, which count as matched in style_matching."""
    return Ratio("unused", "has", share=False)


@metric(
    **{**_MATCHING, "undefined": "no person and the account both wrote to each other in one month"},
    direction="0",
    formula=r"\frac{|\{\text{months with fifty words a side}\}|}{|\{\text{months in which both wrote}\}|}",
    misleads="short exchanges are no fault",
)
def style_matched_share() -> Ratio:
    """Share of months of persons and the account that are long enough on both sides to be matched in style."""
    return Ratio("has", "one")


_REGISTER: dict[str, Any] = {
    "table": "worded",
    "catalog": "D2",
    "needs": ("text",),
    "traits": ("rules",),
    "references": ("HeyDew02",),
    "undefined": "no reply to a person holds a word",
    "min_n": 2_000,
}
_CLOSED = "closed classes alone: compare it with itself only, never with the F-score of tagged text"


@metric(
    **_REGISTER,
    direction="-",
    unit="points",
    span=(0.0, 100.0),
    formula=r"50 + 50\, \frac{\mathrm{articles} + \mathrm{prepositions} - \mathrm{pronouns} - \mathrm{auxiliaries}"
    r" - \mathrm{interjections}}{\mathrm{words}}",
    misleads=_CLOSED,
)
def reply_formality() -> Ratio:
    """Formality of replies to persons by closed classes: articles and prepositions less pronouns, auxiliaries, oh."""
    return Ratio("formal", "n_parts", share=False)


@metric(
    **{**_REGISTER, "table": "styled", "undefined": "the account posts nothing in words of its own accord"},
    direction="0",
    unit="points",
    span=(0.0, 100.0),
    formula=r"F\ \text{of posts that answer nobody}",
    misleads="headlines and lists of products lack pronouns and auxiliaries; " + _CLOSED,
)
def original_formality() -> Ratio:
    """Formality of what accounts post of their own accord, by the closed classes of reply_formality."""
    return Ratio("original_formal", "original_parts", share=False)


@metric(
    **{**_REGISTER, "table": "styled", "undefined": "no reply holds a word, or no post of its own accord does"},
    direction="-",
    unit="points",
    span=(-100.0, 100.0),
    formula=r"F_{\mathrm{replies}} - F_{\mathrm{originals}}",
    misleads="near 0 replies sound like announcements, which may be plain speech as well: see original_formality",
)
def formality_above_originals() -> Smooth:
    """Formality of replies to persons less that of the account's own posts; below 0, replies are less formal."""
    columns = ("reply_formal", "reply_parts", "original_formal", "original_parts")
    return Smooth(columns, _points_apart, "reply_parts", flags=_few_words)


def _few_words(_reply: Any, n_reply: Any, _original: Any, n_original: Any) -> tuple[str, ...]:
    return ("small_n",) if min(n_reply, n_original) < _REGISTER["min_n"] else ()


def _points_apart(reply: Any, n_reply: Any, original: Any, n_original: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.asarray(reply) / n_reply - np.asarray(original) / n_original


@metric(
    **{**_REGISTER, "table": "registered", "min_n": 100, "undefined": "one side has no piece of twenty words"},
    direction="-",
    unit="standard deviations",
    span=(-float("inf"), float("inf")),
    formula=r"z(F_{\mathrm{replies}}) - z(F_{\mathrm{posts\ answered}})",
    misleads="persons who write in headlines have few pronouns as well; one z for both sides",
)
def register_distance() -> Smooth:
    """How much more formal replies are than the posts they answer, in standard deviations of both together."""
    return Smooth(("is_reply", "is_asked", "f_reply", "f_asked", "ff"), _distance, count="one")


def _distance(n_reply: Any, n_asked: Any, f_reply: Any, f_asked: Any, squares: Any) -> Any:
    n = n_reply + n_asked
    with np.errstate(all="ignore"):
        spread = np.sqrt((squares - (f_reply + f_asked) ** 2 / n) / (n - 1))
        gap = f_reply / n_reply - f_asked / n_asked
        # What sums of squares of equal scores leave over is rounding.
        return np.where(spread > 1e-6 * np.sqrt(squares / n), gap / spread, np.nan)


_CUES = {
    "corporate": "turns of phrase of the corporate statement (we are committed, takes seriously)",
    "self_naming": "names of the organization as of a third person",
    "passive": "passives",
    "hedge": "hedges",
    "legal": "turns of phrase of the law",
    "all": "cues of the press statement",
}


def _declare(cue: str, what: str) -> Callable[[], Ratio]:
    def rate() -> Ratio:
        return Ratio("n_cues" if cue == "all" else f"n_{cue}", "n_words", share=False, scale=100.0)

    name = "statement_cue_rate" if cue == "all" else f"statement_{cue}_rate"
    rate.__name__, rate.__qualname__ = name, name
    rate.__doc__ = f"Number of {what} per 100 words of replies to persons."
    metric(
        **{**_REGISTER, "references": ("KelMil06",)},
        direction="-",
        unit="per 100 words",
        span=(0.0, float("inf")),
        formula=r"100\, \frac{|\{\text{cues in replies}\}|}{|\{\text{words of replies}\}|}",
        misleads="a list of English cues: it misses new turns of phrase, and some are plain courtesy",
    )(rate)
    return rate


_DECLARED = [_declare(cue, what) for cue, what in _CUES.items()]
