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

#: A larger share of turns whose followers are unknown, or of a later day, is flagged.
MISSING_SHARE = 0.05

_ASKED = ("org_ix", "followers", "is_answered", "has_followers", "is_read_later")

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
    "horizon": "horizon_s",
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
    """Odds of an answer for ten times the followers, among turns alike in question, bystanders and length.

    Each organization has a level of its own; those that answered all or none of the turns tell nothing of the odds.
    """
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
    return Smooth(
        ("crowd_answered", "crowd", "alone_answered", "alone"),
        _rate_ratio,
        count="crowd",
        low=("crowd_answered", "crowd", "alone_high", "alone"),
        high=("crowd_high", "crowd", "alone_answered", "alone"),
    )


def _rate_ratio(hit: np.ndarray, n: np.ndarray, other_hit: np.ndarray, other_n: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        ratio = (hit / n) / (other_hit / other_n)
    return np.where((n > 0) & (other_hit > 0), ratio, np.nan)


def _known(rows: dict[str, Any]) -> dict[str, Any] | None:
    """Keep the turns of persons whose followers are known; None if they do not differ."""
    known = ~np.isnan(rows["followers"].astype(float))
    kept = {name: values[known] for name, values in rows.items()}
    return kept if len(np.unique(kept["followers"])) > 1 else None


def _flagged(found: Interval, rows: dict[str, Any], *, pooled: bool) -> Interval:
    """Say what is true of a unit's turns: followers not counted, or counted later, and organizations mixed."""
    flags = {
        "followers_missing": float((rows["has_followers"] == 0).mean()) > MISSING_SHARE,
        "followers_when_read": float(rows["is_read_later"].mean()) > MISSING_SHARE,
        "organizations_pooled": pooled and len(np.unique(rows["org_ix"])) > 1,
    }
    return replace(found, flags=(*found.flags, *[name for name, holds in flags.items() if holds]))


def _concentration(rows: dict[str, Any], d: Any, *, erreygers: bool) -> Interval | None:
    kept = _known(rows)
    if kept is None:
        return None
    index = erreygers_index if erreygers else concentration_index
    found = index(kept["is_answered"], kept["followers"], groups=kept["cluster"], level=d.level)
    return _flagged(found, rows, pooled=True)


def _odds_ratio(rows: dict[str, Any], d: Any) -> Interval | None:
    kept = _known(rows)
    kept = None if kept is None else _undecided(kept)
    if kept is None or not len(kept["is_answered"]):
        return None
    columns = {
        "followers": np.log10(1 + np.clip(kept["followers"].astype(float), 0, None)),
        "question": kept["has_question"].astype(float),
        "bystander": kept["is_bystander"].astype(float),
        "words": np.log1p(kept["n_words"].astype(float)),
    }
    if len(np.unique(columns["followers"])) < 2:
        return None
    columns |= {f"organization {org}": (kept["org_ix"] == org) * 1.0 for org in np.unique(kept["org_ix"])[1:]}
    fit = logit_clustered(kept["is_answered"], columns, kept["cluster"], level=d.level)
    return _flagged(fit.ratio("followers"), rows, pooled=False)


def _undecided(rows: dict[str, Any]) -> dict[str, Any]:
    """Keep the turns of organizations that answered some and left others: only these tell what an answer depends on."""
    _, org = np.unique(rows["org_ix"], return_inverse=True)
    share = np.bincount(org, rows["is_answered"]) / np.bincount(org)
    mixed = ((share > 0) & (share < 1))[org]
    return {name: values[mixed] for name, values in rows.items()}


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
    return _flagged(replace(found, n_clusters=int((answered > 0).sum())), rows, pooled=True)
