"""The diet of content: shares of ten classes, how evenly they are mixed, and how many they amount to (A8)."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ..inference.diversity import evenness, hill, miller_madow, shannon
from ..inference.rarefaction import rarefied_interval
from ..inference.results import Interval
from .kinds import Ratio, Rows, Smooth
from .model_tables import CONTENT
from .registry import metric

_CONTENT: dict[str, Any] = {
    "table": "content",
    "catalog": "A8",
    "references": ("Hill73", "Jost06"),
    "needs": ("text",),
    "traits": ("rules", "response"),
    "undefined": "the account posted nothing but plain reposts",
    "min_n": 50,
}
_RULES = "rests on rules for English wording; a post of several kinds counts as the first"
_COARSE = "coarse classes hide monotony, and errors of the rules make the mix look more even; " + _RULES
_COLUMNS = tuple(f"is_{name}" for name in CONTENT)
#: Whatever answers a person is of the first class, so a class is not told by the label alone.
_CLASSES = "content." + "|".join(CONTENT)


def _share(name: str) -> str:
    return rf"p_k = \frac{{n_k}}{{n}},\ k = \text{{{name}}}"


@metric(
    **_CONTENT,
    direction="+",
    formula=_share("answer or care"),
    misleads="care accounts post little else",
    composed=_CLASSES,
)
def content_answer_share() -> Ratio:
    """Share of units that answer or care for one person."""
    return Ratio("is_answer_care", "one")


@metric(**_CONTENT, direction="0", formula=_share("service notice"), misleads=_RULES, composed=_CLASSES)
def content_notice_share() -> Ratio:
    """Share of units with notices of service and hazards: faults, delays, closures, recalls."""
    return Ratio("is_service_notice", "one")


@metric(**_CONTENT, direction="0", formula=_share("how-to"), misleads=_RULES, composed=_CLASSES)
def content_how_to_share() -> Ratio:
    """Share of units that teach: instructions, tips, recipes."""
    return Ratio("is_how_to", "one")


@metric(**_CONTENT, direction="0", formula=_share("product news"), misleads=_RULES, composed=_CLASSES)
def content_product_share() -> Ratio:
    """Share of units with news of products, places, releases and partnerships."""
    return Ratio("is_product_news", "one")


@metric(**_CONTENT, direction="-", formula=_share("promotion"), misleads=_RULES, composed=_CLASSES)
def content_promotion_share() -> Ratio:
    """Share of units that promote: offers, prices, contests, calls to buy."""
    return Ratio("is_promotion", "one")


@metric(**_CONTENT, direction="-", formula=_share("award"), misleads=_RULES, composed=_CLASSES)
def content_award_share() -> Ratio:
    """Share of units in which the organization praises itself: awards, rankings, records, pride."""
    return Ratio("is_award_praise", "one")


@metric(**_CONTENT, direction="+", formula=_share("community"), misleads=_RULES, composed=_CLASSES)
def content_community_share() -> Ratio:
    """Share of units for the community: thanks, greetings, works of others, causes, questions to all."""
    return Ratio("is_community", "one")


@metric(**_CONTENT, direction="0", formula=_share("staff"), misleads=_RULES, composed=_CLASSES)
def content_staff_share() -> Ratio:
    """Share of units on staff and what goes on behind the scenes."""
    return Ratio("is_behind_scenes", "one")


@metric(**_CONTENT, direction="0", formula=_share("small talk"), misleads=_RULES, composed=_CLASSES)
def content_small_talk_share() -> Ratio:
    """Share of units with humor and small talk."""
    return Ratio("is_small_talk", "one")


@metric(
    **_CONTENT,
    direction="0",
    formula=_share("other"),
    misleads="what no rule knows, news above all; " + _RULES,
    composed=_CLASSES,
)
def content_other_share() -> Ratio:
    """Share of units of no other class."""
    return Ratio("is_other", "one")


def _of_counts(statistic: Any) -> Smooth:
    """Declare a function of the ten counts."""
    return Smooth(_COLUMNS, lambda *counts: statistic(np.stack(np.broadcast_arrays(*counts), axis=-1)), "one")


@metric(
    **_CONTENT,
    direction="0",
    unit="nats",
    span=(0.0, math.log(len(CONTENT))),
    formula=r"H = -\sum_k p_k \ln p_k",
    misleads="too low for few posts: see content_entropy_corrected; " + _COARSE,
)
def content_entropy() -> Smooth:
    """Shannon's entropy of the ten classes of content."""
    return _of_counts(shannon)


@metric(
    **_CONTENT,
    direction="0",
    unit="nats",
    span=(0.0, math.log(len(CONTENT)) + 0.5),
    formula=r"H + \frac{S - 1}{2 n}",
    misleads=_COARSE,
)
def content_entropy_corrected() -> Smooth:
    """Entropy of the classes of content, with Miller and Madow's correction for small numbers."""
    return _of_counts(miller_madow)


@metric(**_CONTENT, direction="0", unit="index", formula=r"J = \frac{H}{\ln K},\ K = 10", misleads=_COARSE)
def content_evenness() -> Smooth:
    """Pielou's evenness of the ten classes of content: 0 one class only, 1 all alike."""
    return _of_counts(evenness)


_NUMBER: dict[str, Any] = {
    **_CONTENT,
    "direction": "0",
    "unit": "classes",
    "span": (1.0, float(len(CONTENT))),
    "misleads": "more mixed is not more two-way; " + _COARSE,
}


@metric(
    **{**_NUMBER, "misleads": "grows with the number of units: compare content_classes_rarefied; " + _COARSE},
    formula=r"{}^0D = |\{k : n_k > 0\}|",
)
def content_classes_seen() -> Smooth:
    """Number of classes of content that were posted at all.

    It has no interval: more units can only add to it.
    """
    return replace(_of_counts(partial(hill, order=0)), limits=_no_limits)


def _no_limits(sums: Any, level: float) -> Interval:
    return Interval(np.nan, np.nan, method="none", n_clusters=len(sums), level=level)


@metric(**_NUMBER, formula=r"{}^1D = e^{H}")
def content_classes_effective() -> Smooth:
    """Effective number of classes of content: how many equally frequent ones would be as mixed."""
    return _of_counts(partial(hill, order=1))


@metric(**_NUMBER, formula=r"{}^2D = \frac{1}{\sum_k p_k^2}")
def content_classes_dominant() -> Smooth:
    """Effective number of classes of content by Simpson's concentration, which the frequent ones decide."""
    return _of_counts(partial(hill, order=2))


@metric(
    **{
        **_NUMBER,
        "table": "content_days",
        "references": ("Hill73", "Jost06", "Hurlbert71"),
        "undefined": "the account posted fewer than 50 units (Definitions.rarefy_n)",
    },
    formula=r"\sum_k \left[1 - \frac{\binom{n - n_k}{50}}{\binom{n}{50}}\right]",
)
def content_classes_rarefied() -> Rows:
    """Classes of content to be expected among 50 units drawn at random, comparable between accounts of any volume."""
    return Rows(
        ("kind", "n"),
        lambda rows, d: rarefied_interval(rows["kind"], rows["n"], rows["cluster"], d.rarefy_n, d.level),
        n="n",
    )
