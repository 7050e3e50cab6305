"""Is every account a person? Attention to the followed and the unfollowed, asked for and unasked (B12, B13)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..inference.concentration import concentration_index, erreygers_index
from ..inference.models import logit_clustered
from ..inference.ratios import ratio_interval
from ..inference.results import Interval
from .kinds import Ratio, Rows, Smooth
from .registry import metric

_INF = float("inf")
_ASKED = ("followers", "is_answered", "has_followers")

_REACH: dict[str, Any] = {
    "table": "outreach",
    "catalog": "B12",
    "references": ("vanNoWil12",),
    "undefined": "the account addressed nobody known",
    "needs": ("parent_id",),
    "traits": ("conversation",),
}
_UNASKED = (
    "collections made of mentions hold few posts that nobody asked for; who asked before the collection began looks"
    " as if they never had"
)


@metric(
    **_REACH,
    direction="0",
    formula=r"\frac{|\{p \in U_a : p\ \text{directed},\ \text{nobody it speaks to addressed } a \text{ in 30 d}\}|}"
    r"{|\{p \in U_a : p\ \text{directed}\}|}",
    misleads=_UNASKED,
)
def proactive_share() -> Ratio:
    """Share of units directed to persons none of whom had addressed the organization in the last 30 days."""
    return Ratio("proactive", "known", low_num="proactive", high_num="proactive_high", bound_den="directed")


@metric(
    **{**_REACH, "needs": ("parent_id", "text")},
    direction="+",
    formula=r"\frac{|\{p : p\ \text{proactive},\ \mathrm{parent}(p)\ \text{asks}\}|}{|\{p\ \text{directed}\}|}",
    misleads="finds questions by their question mark; " + _UNASKED,
)
def proactive_helpful_share() -> Ratio:
    """Share of units directed to persons that answer an unaddressed question unasked."""
    return Ratio("helpful", "known")


_EQUAL: dict[str, Any] = {
    "table": "attended",
    "catalog": "B13",
    "references": ("Gun18", "Erreygers09"),
    "traits": ("response", "followers"),
    "min_n": 100,
}
_PROMINENT = (
    "prominent people write differently and are answered for other reasons too; followers are counted when the account"
    " was read, unless the source gives them for each post"
)
_NO_FOLLOWERS = "followers are unknown, or all who asked have as many"


@metric(
    **{**_EQUAL, "traits": ("response", "followers", "signed")},
    direction="0",
    unit="index",
    span=(-1.0, 1.0),
    formula=r"C = \frac{2\,\mathrm{cov}(y, r)}{\bar y}",
    undefined=f"nobody was answered, or {_NO_FOLLOWERS}",
    misleads="its range depends on how many are answered: compare follower_erreygers; " + _PROMINENT,
)
def follower_concentration() -> Rows:
    """Concentration of answers on the followed: 0 even, above 0 in favor of persons with more followers."""
    return Rows(_ASKED, lambda rows, d: _concentration(rows, d, erreygers=False), n="has_followers")


@metric(
    **{**_EQUAL, "traits": ("response", "followers", "signed")},
    direction="0",
    unit="index",
    span=(-1.0, 1.0),
    formula=r"E = 4 \bar y C",
    undefined=f"nobody was answered, or {_NO_FOLLOWERS}",
    misleads=_PROMINENT,
)
def follower_erreygers() -> Rows:
    """Erreygers' index of answers over followers: 0 treats all alike, 1 answers exactly the more followed half."""
    return Rows(_ASKED, lambda rows, d: _concentration(rows, d, erreygers=True), n="has_followers")


@metric(
    **_EQUAL,
    direction="0",
    unit="odds ratio",
    span=(0.0, _INF),
    formula=r"\exp(\beta),\ \mathrm{logit}\,P(y) = \alpha + \beta \log_{10}(1 + f) + \gamma^\top z",
    undefined=f"all or none were answered, or {_NO_FOLLOWERS}",
    misleads="adjusted for question, bystanders and length only; " + _PROMINENT,
)
def follower_odds_ratio() -> Rows:
    """Odds of an answer for ten times the followers, among turns alike in question, bystanders and length."""
    return Rows((*_ASKED, "has_question", "is_bystander", "n_words"), _odds_ratio, n="has_followers")


@metric(
    **_EQUAL,
    direction="0",
    formula=r"\frac{|\{t\ \text{answered} : f_t \ge f_{(.9)}\}|}{|\{t\ \text{answered}\}|}",
    undefined=f"nobody was answered, or {_NO_FOLLOWERS}",
    misleads="a tenth would be even; ties in followers make the top larger; " + _PROMINENT,
)
def top_followed_share() -> Rows:
    """Share of answers that go to the tenth of the persons asking who have the most followers."""
    return Rows(_ASKED, _top_share, n="has_followers")


@metric(
    **{**_EQUAL, "traits": ("response",)},
    direction="0",
    unit="rate ratio",
    span=(0.0, _INF),
    formula=r"\frac{RR(m \ge 2)}{RR(m = 1)}",
    undefined="nobody addressed several organizations at once, or nobody was answered who addressed one",
    misleads="posts to many organizations are often not meant for any of them",
)
def bystander_ratio() -> Smooth:
    """Response rate of turns that address several organizations against that of turns to this one alone."""
    return Smooth(("crowd_answered", "crowd", "alone_answered", "alone"), _rate_ratio, count="crowd")


def _rate_ratio(hit: np.ndarray, n: np.ndarray, other_hit: np.ndarray, other_n: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        ratio = (hit / n) / (other_hit / other_n)
    return np.where((n > 0) & (other_hit > 0), ratio, np.nan)


def _known(rows: dict[str, Any]) -> dict[str, Any] | None:
    """Keep the turns of persons whose followers are known; None if they do not differ."""
    known = ~np.isnan(rows["followers"].astype(float))
    kept = {name: values[known] for name, values in rows.items()}
    return kept if len(np.unique(kept["followers"])) > 1 else None


def _concentration(rows: dict[str, Any], d: Any, *, erreygers: bool) -> Interval | None:
    kept = _known(rows)
    if kept is None:
        return None
    index = erreygers_index if erreygers else concentration_index
    return index(kept["is_answered"], kept["followers"], groups=kept["cluster"], level=d.level)


def _odds_ratio(rows: dict[str, Any], d: Any) -> Interval | None:
    kept = _known(rows)
    if kept is None or len(np.unique(kept["is_answered"])) < 2:
        return None
    columns = {
        "followers": np.log10(1 + np.clip(kept["followers"].astype(float), 0, None)),
        "question": kept["has_question"].astype(float),
        "bystander": kept["is_bystander"].astype(float),
        "words": np.log1p(kept["n_words"].astype(float)),
    }
    fit = logit_clustered(kept["is_answered"], columns, kept["cluster"], level=d.level)
    return fit.ratio("followers")


def _top_share(rows: dict[str, Any], d: Any) -> Interval | None:
    kept = _known(rows)
    if kept is None or not kept["is_answered"].any():
        return None
    people, first, who = np.unique(kept["cluster"], return_index=True, return_inverse=True)
    most = np.full(len(people), -np.inf)
    np.maximum.at(most, who, kept["followers"].astype(float))
    edge = np.sort(most)[-int(np.ceil(len(people) / 10))]
    answered = np.bincount(who, kept["is_answered"])
    found = ratio_interval(np.where(most >= edge, answered, 0.0), answered, proportion=True, level=d.level)
    return replace(found, n_clusters=int((answered > 0).sum()))
