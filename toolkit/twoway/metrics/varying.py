"""How varied replies are worded: words per factor, running type-token ratio, compressibility (D7)."""

from __future__ import annotations

from typing import Any

import numpy as np

from .kinds import Ratio, Smooth
from .registry import metric

_VARIETY: dict[str, Any] = {
    "table": "varied",
    "catalog": "D7",
    "direction": "+",
    "needs": ("text",),
    "traits": ("words",),
    "undefined": "the account replied a hundred words in no week",
    "min_n": 2_000,
}
_MATTER = "many matters make many words, whoever writes them"


def _per_factor(words: Any, forward: Any, backward: Any) -> Any:
    with np.errstate(all="ignore"):
        # A text without one factor has at least as many words in it as are there.
        ends = [words / np.maximum(factors, 1.0) for factors in (forward, backward)]
        return np.where(np.asarray(words) > 0, (ends[0] + ends[1]) / 2, np.nan)


def _capped(words: Any, forward: Any, backward: Any) -> tuple[str, ...]:
    return ("capped",) if words > 0 and min(forward, backward) < 1 else ()


@metric(
    **_VARIETY,
    references=("McCJar10",),
    unit="words",
    span=(1.0, float("inf")),
    formula=r"\frac{1}{2} \left( \frac{n}{f_{\mathrm{forward}}} + \frac{n}{f_{\mathrm{backward}}} \right)",
    misleads="a factor ends below a type-token ratio of .72, and each week starts anew; " + _MATTER,
)
def reply_mtld() -> Smooth:
    """Measure of textual lexical diversity of replies: words until different ones fall below .72 of all."""
    return Smooth(("words", "forward", "backward"), _per_factor, count="words", flags=_capped)


@metric(
    **_VARIETY,
    references=("CovMcF10",),
    formula=r"\frac{1}{W} \sum_{w=1}^{W} \frac{|\{\text{different words in}\ w\}|}{50}",
    misleads="says nothing of what comes back after fifty words; " + _MATTER,
)
def reply_mattr() -> Ratio:
    """Moving-average type-token ratio of replies: the share of different words in fifty words on end."""
    return Ratio("ttr", "windows", share=False)


def _relative(brand: Any, has_brand: Any, public: Any, has_public: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.asarray(brand) / has_brand / (np.asarray(public) / has_public)


@metric(
    **{
        **_VARIETY,
        "table": "compressed",
        "traits": (),
        "undefined": "replies, or persons' posts to the account, hold fewer than 20,000 bytes",
        "min_n": 10,
    },
    references=("Broder97",),
    unit="ratio",
    span=(0.0, float("inf")),
    formula=r"\frac{\mathrm{deflate}(\mathrm{replies}) / 20000}{\mathrm{deflate}(\mathrm{posts}) / 20000}",
    misleads="rests on the version of zlib: compare within one; persons who all say the same raise it",
)
def relative_compression() -> Smooth:
    """Compressed size of replies over that of persons' posts to the account, at equal bytes; below 1: more alike."""
    return Smooth(("brand", "has_brand", "public", "has_public"), _relative, count="has_brand")
