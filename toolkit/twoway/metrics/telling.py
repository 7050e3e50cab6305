"""What accounts tell unasked: candour (A9), selling (A10), and themselves (A11)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..inference.ratios import ratio_interval
from ..inference.results import Interval
from .kinds import Ratio, Smooth
from .registry import metric

_TEXT: dict[str, Any] = {"needs": ("text",), "traits": ("rules",)}
_CANDID: dict[str, Any] = {**_TEXT, "table": "candid", "catalog": "A9", "references": ("Coombs07",), "min_n": 10}
_NEITHER = "no original of the account is in either class"
_FAULTS = (
    "an account with more faults looks more candid: adverse_coverage, held against an outside list, is the fair one;"
    " rules cannot tell the account's own recalls and awards from those of others it reports on, as news media do"
)


@metric(
    **_CANDID,
    direction="+",
    formula=r"\frac{n_{\mathrm{adverse}}}{n_{\mathrm{adverse}} + n_{\mathrm{favorable}}}",
    undefined=_NEITHER,
    misleads=_FAULTS,
)
def candour_ratio() -> Ratio:
    """Share of adverse announcements among original units that announce what speaks against or for the account.

    Adverse are recalls, outages, delays, known faults, corrections and apologies to all; favorable are awards, ranks,
    pride and records. A unit of both kinds counts in both. Replies are left out: they react.
    """
    return Ratio("adverse", "in_classes")


def log_odds(adverse: Any, favorable: Any) -> Any:
    """Give ln((adverse + .5) / (favorable + .5)); NaN where both are 0.

    Examples
    --------
    >>> round(float(log_odds(2, 6)), 4), float(log_odds(0, 0))
    (-0.9555, nan)
    """
    adverse, favorable = np.asarray(adverse, dtype=float), np.asarray(favorable, dtype=float)
    return np.where(adverse + favorable > 0, np.log((adverse + 0.5) / (favorable + 0.5)), np.nan)


@metric(
    **{**_CANDID, "traits": ("rules", "signed")},
    direction="+",
    unit="log odds",
    span=(-float("inf"), float("inf")),
    formula=r"\ln \frac{n_{\mathrm{adverse}} + 0.5}{n_{\mathrm{favorable}} + 0.5}",
    undefined=_NEITHER,
    misleads=_FAULTS,
)
def candour_log_odds() -> Smooth:
    """Log odds that an announcement of an original unit speaks against the account, not for it.

    Its limits are the log odds of those of the ratio: open on one side where all announcements are of one class.
    """
    return Smooth(("adverse", "favorable"), log_odds, count="in_classes", limits=_log_odds_limits)


def _log_odds_limits(sums: Any, level: float) -> Interval:
    adverse, favorable = np.asarray(sums, dtype=float).T
    found = ratio_interval(adverse, adverse + favorable, proportion=True, level=level)
    value = float(log_odds(adverse.sum(), favorable.sum()))
    with np.errstate(divide="ignore"):
        low, high = (float(np.log(side) - np.log1p(-side)) for side in (found.low, found.high))
    return replace(found, value=value, low=min(low, value), high=max(high, value), se=float("nan"))


_SELLS: dict[str, Any] = {"table": "selling", "catalog": "A10", "references": ("BurSob11",), "direction": "-"}
_NOTHING = "the account posted no originals"


@metric(
    **_SELLS,
    needs=("text",),
    traits=("rules", "paid"),
    formula=r"\frac{|\{p \in O_a : \text{offer, buy, price, coupon or contest, or paid}\}|}{|O_a|}",
    undefined=_NOTHING,
    misleads="selling in pictures is not seen; what the source does not call paid for is judged by its words alone",
)
def promotional_share() -> Ratio:
    """Share of original units that sell by what they say, or were paid for."""
    return Ratio("promotes", "one")


@metric(
    **_SELLS,
    needs=("text", "is_promoted"),
    traits=("paid",),
    formula=r"\frac{|\{p \in O_a : \text{paid}\}|}{|\{p \in O_a : \text{known whether paid}\}|}",
    undefined="the account posted no originals, or the source does not say what was paid for",
    misleads="paid reach hides falling engagement: read what follows from unpaid originals",
)
def paid_share() -> Ratio:
    """Share of original units that were paid for, among those of which the source says whether they were."""
    return Ratio("paid", "told_paid")


@metric(
    **{**_SELLS, "table": "repeated", "references": ("Broder97",)},
    needs=("text",),
    traits=("words",),
    formula=r"\frac{|\{p \in O_a : \exists p' \in O_a,\ J(p, p') \ge .8,\ 0 < t_p - t_{p'} \le 30\,\mathrm{d}\}|}"
    r"{|O_a|}",
    undefined=_NOTHING,
    misleads="numbers, names and links are masked, so a daily notice repeats itself; grows with how often it posts",
)
def repeated_share() -> Ratio:
    """Share of original units that say almost word for word what the account posted in the 30 days before.

    30 days are the default of the setting `repeat_s`. Originals of fewer than five words repeat only word for word.
    """
    return Ratio("repeats", "one")


_SELF: dict[str, Any] = {**_TEXT, "catalog": "A11", "references": ("Naaman10", "Hutto13"), "direction": "-"}
_WE = (
    "a we that takes the reader in cannot be told from one that does not; apologies need a we; a name that is a common"
    " word counts wherever it stands: give names of products in Definitions.own_names"
)


@metric(
    **_SELF,
    table="focused",
    min_n=500,
    formula=r"\frac{f_{\mathrm{self}}}{f_{\mathrm{self}} + f_{\mathrm{you}}}",
    undefined="no word of the account's originals stands for itself or for the reader",
    misleads=_WE,
)
def self_focus() -> Ratio:
    """Share of words for oneself among words for oneself and for the reader, in original units.

    Oneself: we, us, our, own names of the account and its organization (not I: that is a person speaking). The reader:
    you, your, and persons named by handle.
    """
    return Ratio("self_originals", "both_originals")


@metric(
    **_SELF,
    table="focused",
    min_n=500,
    formula=r"\frac{f_{\mathrm{self}}}{f_{\mathrm{self}} + f_{\mathrm{you}}}",
    undefined="no word of the account's replies stands for itself or for the person",
    misleads="the handle of the person who is answered does not count, as platforms put it there; " + _WE,
)
def self_focus_replies() -> Ratio:
    """Share of words for oneself among words for oneself and for the person, in replies."""
    return Ratio("self_replies", "both_replies")


@metric(
    **_SELF,
    table="focused",
    min_n=100,
    formula=r"\frac{|\{w\ \text{for oneself} : \text{praise within 5 words}\}|}{f_{\mathrm{self}}}",
    undefined="no word of the account's originals stands for itself",
    misleads="praise of others close to a we counts as well; irony is not seen",
)
def self_praise_share() -> Ratio:
    """Share of words for oneself in original units with a word of praise within five words."""
    return Ratio("praised_originals", "self_originals")


@metric(
    **_SELF,
    table="self_told",
    formula=r"\frac{|\{p \in O_a : p\ \text{is about the account}\}|}{|O_a|}",
    undefined=_NOTHING,
    misleads="a post that speaks of the account by name only, or in pictures, is missed",
    coded="self_reference.about_itself",
)
def meformer_share() -> Ratio:
    """Share of original units that are about the account itself."""
    return Ratio("about_itself", "one")
