"""Feelings: how wide their range is on both sides (D11), and how persons feel at the end (B16)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..inference.linearized import variety_interval
from ..inference.results import Interval
from ..inference.spread import quantile_spread
from .feeling_tables import CLASSES
from .kinds import Ratio, Rows, Smooth
from .registry import metric

_VADER = "VADER reads words, not irony, and knows emoji as words without feeling"
_RANGE: dict[str, Any] = {
    "table": "felt",
    "catalog": "D11",
    "needs": ("text",),
    "traits": ("rules",),
    "references": ("HutGil14",),
    "min_n": 100,
}
_BRAND: dict[str, Any] = {
    **_RANGE,
    "direction": "+",
    "undefined": "the account replied to nobody in words",
    "misleads": "words of apology are left out; " + _VADER,
}
_PUBLIC: dict[str, Any] = {
    **_RANGE,
    "direction": "0",
    "undefined": "nobody addressed the account in words",
    "misleads": _VADER,
}
_SD: dict[str, Any] = {
    "formula": r"\sqrt{\frac{1}{n - 1} \sum_i (v_i - \bar v)^2}",
    "unit": "VADER units",
    "span": (0.0, 2.0),
}
_P: dict[str, Any] = {"formula": r"P_{90}(v) - P_{10}(v)", "unit": "VADER units", "span": (0.0, 2.0)}
_H: dict[str, Any] = {"formula": r"-\frac{1}{\ln 5} \sum_{k=1}^{5} p_k \ln p_k"}


def _sd(n: Any, s: Any, q: Any) -> Any:
    with np.errstate(all="ignore"):
        n, s, q = np.asarray(n, dtype=float), np.asarray(s, dtype=float), np.asarray(q, dtype=float)
        variance = (q - s * s / n) / (n - 1)
        # Sums of equal values leave a remainder of rounding, on either side of 0.
        return np.where(n > 1, np.sqrt(np.maximum(np.where(variance < 1e-12, 0.0, variance), 0.0)), np.nan)


def _evenness(*counts: Any) -> Any:
    table = np.stack(np.broadcast_arrays(*counts), axis=-1).astype(float)
    whole = table.sum(axis=-1, keepdims=True)
    with np.errstate(all="ignore"):
        p = table / whole
        terms = np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0)), 0.0)
        return np.where(whole[..., 0] > 0, np.abs(terms.sum(axis=-1)) / np.log(len(CLASSES)), np.nan)


def _evenness_limits(sums: Any, level: float) -> Interval:
    return variety_interval(sums, lambda totals: _evenness(*np.moveaxis(totals, -1, 0)), (0.0, 1.0), level)


def _between(side: str) -> Any:
    def ask(rows: dict[str, Any], definitions: Any) -> Any:
        mine = rows[f"{side}_n"] == 1
        if not mine.any():
            return None
        d = definitions
        return quantile_spread(
            rows["compound"][mine], rows["cluster"][mine], draws=max(d.draws, 100), seed=d.seed, level=d.level
        )

    return ask


@metric(**_BRAND, **_SD)
def emotional_range_brand() -> Smooth:
    """Standard deviation of the sentiment of replies to persons."""
    return Smooth(("brand_n", "brand_s", "brand_q"), _sd, count="brand_n")


@metric(**_PUBLIC, **_SD)
def emotional_range_public() -> Smooth:
    """Standard deviation of the sentiment of persons' posts to the account."""
    return Smooth(("public_n", "public_s", "public_q"), _sd, count="public_n")


@metric(**_BRAND, **_P)
def emotional_spread_brand() -> Rows:
    """Distance of the tenth and the ninetieth percentile of the sentiment of replies to persons."""
    return Rows(("compound", "brand_n"), _between("brand"), n="brand_n")


@metric(**_PUBLIC, **_P)
def emotional_spread_public() -> Rows:
    """Distance of the tenth and the ninetieth percentile of the sentiment of persons' posts to the account."""
    return Rows(("compound", "public_n"), _between("public"), n="public_n")


@metric(**_BRAND, **_H)
def emotional_entropy_brand() -> Smooth:
    """Evenness of replies over strong and weak, negative and positive, and no feeling; 1: all five as often."""
    return Smooth(tuple(f"brand_{name}" for name in CLASSES), _evenness, count="brand_n", limits=_evenness_limits)


@metric(**_PUBLIC, **_H)
def emotional_entropy_public() -> Smooth:
    """Evenness of persons' posts over strong and weak, negative and positive, and no feeling; 1: all five as often."""
    return Smooth(tuple(f"public_{name}" for name in CLASSES), _evenness, count="public_n", limits=_evenness_limits)


@metric(
    **{**_RANGE, "table": "upset", "needs": ("text", "parent_id"), "traits": ("rules", "conversation"), "min_n": 50},
    direction="+",
    formula=r"\frac{|\{r : |v_r| \ge .05\}|}{|\{r : v_{\mathrm{parent}(r)} \le -.5\}|}",
    undefined="the account replied to no strongly negative post",
    misleads="a kind script moves as well; words of apology are left out; " + _VADER,
)
def moved_reply_share() -> Ratio:
    """Share of replies to strongly negative posts that are not flat themselves."""
    return Ratio("is_moved", "one")


_AFFECT: dict[str, Any] = {
    "table": "affected",
    "catalog": "B16",
    "direction": "+",
    "needs": ("text",),
    "traits": ("rules", "signed"),
    "references": ("Her23", "HutGil14"),
    "unit": "VADER units",
    "span": (-2.0, 2.0),
    "min_n": 50,
    "undefined": "no person posted twice in an episode",
}
_SURVIVORS = "only persons who posted again, and extremes move to the middle by themselves: see tw.affect_change; "


@metric(
    **_AFFECT,
    formula=r"\frac{1}{|E_2|} \sum_e v(\text{last}) - v(\text{first})",
    misleads=_SURVIVORS + "thanks are polite whatever happened: see affect_change_without_thanks",
)
def affect_change() -> Ratio:
    """Mean change of sentiment from a person's first to last post of an episode."""
    return Ratio("change", "has_two", share=False)


@metric(
    **_AFFECT,
    formula=r"\frac{1}{|E_2|} \sum_e v'(\text{last}) - v'(\text{first})",
    misleads=_SURVIVORS + _VADER,
)
def affect_change_without_thanks() -> Ratio:
    """Mean change of sentiment from a person's first to last post of an episode, words of thanks not counted."""
    return Ratio("change_plain", "has_two", share=False)


@metric(
    **{
        **_AFFECT,
        "direction": "0",
        "traits": (),
        "unit": "share",
        "span": (0.0, 1.0),
        "undefined": "nobody addressed the account in words",
    },
    formula=r"\frac{|\{e : \text{one post of the person}\}|}{|E|}",
    misleads="whoever was helped at once need not write again",
)
def affect_unknown_share() -> Ratio:
    """Share of episodes in which the person posted once, so that no change of sentiment can be seen."""
    return Ratio("is_single", "one")
