"""Audience fit: whether an organization posts about what people bring to it, and who follows whom in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..codebooks.topics import check_topics
from ..errors import NotEnoughEvidence, unknown_name
from ..inference.divergence import mix_match, surplus
from ..inference.leading import lead_index
from ..inference.linearized import delta_interval
from ..inference.nulls.summary import null_summary
from ..inference.results import REFUSE_BELOW, WARN_BELOW, FloatArray
from ..metrics.prepared import Grouping
from ..talks import needs_text, talk_of
from .audience_posts import SidePosts, find_topics, side_posts, topic_shares

__all__ = ["FLAGS", "AudienceFit", "audience_fit"]

FLAGS = {
    "few_posts": "fewer than 200 posts of one side name a topic: divergence comes out too large",
    "few_weeks": "fewer than 10 weeks: no interval",
    "few_named": "fewer than half of the posts of one side name a topic: the rest is not judged",
    "no_counts": "the source counts neither shares nor replies: no resonance",
    "short_series": "fewer than 56 days, or topics that never vary: nothing is said of who leads",
}

_LEVELS = ("organization", "account", "corpus")
_MIN_POSTS = 200
_COLUMNS = [
    *("unit_id", "n_brand", "n_public", "named_brand", "named_public", "match", "low", "high", "null_mean", "z", "p"),
    *("resonance_gap", "lead", "follows", "leads", "lead_p", "flags"),
]


@dataclass(frozen=True, eq=False)
class AudienceFit:
    """What organizations post about, beside what people bring to them.

    Attributes
    ----------
    table
        One row a unit: `unit_id, n_brand, n_public` (posts that name a topic)`, named_brand, named_public` (their
        share)`, match` (1 - Jensen-Shannon divergence of the two mixes of topics)`, low, high` (over weeks)`,
        null_mean, z, p` (against posts dealt to the sides anew: p is small where the sides differ by more than
        chance)`, resonance_gap` (how much of the posts goes to topics beyond what these are shared and replied to)`,
        lead` (1: the organization follows people, -1: it leads them)`, follows, leads, lead_p, flags`.
    mixes
        One row a unit and topic: `unit_id, topic, brand, public, resonance`, each a share.
    topics
        The words of each topic.
    by
        Level.
    draws
        Of the null models.
    """

    table: pd.DataFrame
    mixes: pd.DataFrame
    topics: dict[str, tuple[str, ...]]
    by: str
    draws: int

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Write one sentence."""
        known = self.table[self.table["match"].notna()]
        if known.empty:
            return "Audience fit is undefined: on one side no post names a topic."
        if len(known) == 1:
            row = known.iloc[0]
            limits = "" if np.isnan(row["low"]) else f" ({row['low']:.2f} to {row['high']:.2f})"
            return (
                f"{row['unit_id']}: what is posted and what people bring match by {row['match']:.2f}{limits} over"
                f" {len(self.topics)} topics; {row['null_mean']:.2f} if both sides spoke alike."
            )
        best, least = (known.loc[known["match"].agg(end)] for end in ("idxmax", "idxmin"))
        return (
            f"Over {len(self.topics)} topics, posts match best what people bring for {best['unit_id']}"
            f" ({best['match']:.2f}) and least for {least['unit_id']} ({least['match']:.2f}), of {len(known)}"
            f" {self.by}s."
        )

    def _repr_html_(self) -> str:
        words = "; ".join(f"{name}: {', '.join(group)}" for name, group in self.topics.items())
        table = self.table.round(4).to_html(index=False, na_rep="–")
        return f"<p>{escape(str(self))}</p>{table}<p>{escape(words)}</p>"


def audience_fit(
    talk: Any,
    topics: Mapping[str, Sequence[str]] | None = None,
    by: str = "organization",
    *,
    k: int = 8,
    draws: int = 100,
    seed: int | None = None,
) -> AudienceFit:
    """Compare the topics of an organization's originals with those of what people address to it.

    A post that names several topics counts in parts for each; one that names none is left out. Replies of the
    organization are left out: they follow the person by construction.

    Parameters
    ----------
    talk
        From `annotate`.
    topics
        Words of each topic (`*` stands for the rest of a word). Without it `k` groups of keywords are found in equally
        many posts of both sides: non-negative factors of TF-IDF, told by their heaviest words.
    by
        `"organization"`, `"account"` or `"corpus"`.
    k
        How many topics to find.
    draws
        Draws of the null models: posts dealt to the sides anew within week and third of length (N1), and series with
        phases drawn anew.
    seed
        Of the draws and of the topics; that of the definitions if left out.

    Returns
    -------
    AudienceFit
        NaN where a side is empty. Match lies between 0 and 1; what people bring are complaints more than wishes.

    Raises
    ------
    SchemaError
        If it is given no talk, or the topics hold no words.
    UnknownName
        If there is no such level.
    NotEnoughEvidence
        If no topics are given and the posts are too few to find any.

    References
    ----------
    Barbera et al. 2019.

    Examples
    --------
    >>> import twoway as tw
    >>> talk = tw.annotate(tw.load_corpus("town_square"))
    >>> topics = {"time": ["open*", "late", "hour*"], "money": ["price*", "pay*", "bill*"], "thanks": ["thank*"]}
    >>> found = audience_fit(talk, topics, by="corpus", draws=10)
    >>> bool(0 < found.table["match"].item() < 1), bool(found.mixes["brand"].sum().round(6) == 1)
    (True, True)
    """
    talk = talk_of(talk, "audience_fit")
    if by not in _LEVELS:
        raise unknown_name(by, _LEVELS, "level of audience_fit")
    needs_text(talk, "audience_fit")
    root = talk.definitions.seed if seed is None else int(seed)
    words = check_topics(topics) if topics is not None else find_topics(talk, k, root)
    if len(words) < 2:
        msg = (
            "Too few words come back in the posts of both sides to find topics in them. They were looked for by"
            " audience_fit. Give topics={'name': ['word', ...], ...}."
        )
        raise NotEnoughEvidence(msg)
    grouping = Grouping(talk, by)
    posts = side_posts(talk, grouping, words)
    names = sorted(grouping.unit_names().items(), key=lambda item: item[1])
    judge = _Judge(list(words), talk.definitions.level, draws, root)
    rows = [judge.row(name, posts.get(unit)) for unit, name in names]
    mixes = [judge.mixes(name, posts.get(unit)) for unit, name in names]
    return AudienceFit(pd.DataFrame(rows, columns=_COLUMNS), pd.concat(mixes, ignore_index=True), words, by, draws)


@dataclass(frozen=True)
class _Judge:
    """Judges one unit after the other in the same way."""

    topics: list[str]
    level: float
    draws: int
    seed: int

    def row(self, name: str, posts: SidePosts | None) -> list[Any]:
        """Give the row of one unit."""
        if posts is None:
            return [name, 0, 0, *[np.nan] * 13, "undefined"]
        k = len(self.topics)
        named = posts.mask > 0
        n = [int(posts.n[named & side].sum()) for side in (posts.is_brand, ~posts.is_brand)]
        whole = [int(posts.n[side].sum()) for side in (posts.is_brand, ~posts.is_brand)]
        shares = [part / of if of else np.nan for part, of in zip(n, whole, strict=True)]
        weeks = _sums(posts, posts.week, k)
        match = delta_interval(weeks, mix_match, level=self.level, bounds=(0.0, 1.0))
        n_weeks = int((weeks > 0).any(axis=1).sum())
        limits = [match.low, match.high] if n_weeks >= REFUSE_BELOW else [np.nan, np.nan]
        gap = self._gap(posts)
        days = _sums(posts, posts.day, k)
        lead = lead_index(days[:, :k], days[:, k:], draws=self.draws, seed=self.seed)
        flags = {
            "undefined": not min(n),
            "few_posts": 0 < min(n) < _MIN_POSTS,
            "few_named": bool(min(n)) and min(shares) < 0.5,
            "few_weeks": n_weeks < REFUSE_BELOW,
            "few_clusters": REFUSE_BELOW <= n_weeks < WARN_BELOW,
            "no_counts": bool(np.isnan(posts.resonance).all()),
            "short_series": bool(np.isnan(lead.value)),
        }
        told = ",".join(flag for flag, holds in flags.items() if holds)
        null = self._null(posts, match.value)
        leading = [lead.value, lead.follows, lead.leads, lead.p]
        return [name, *n, *shares, match.value, *limits, *null, gap, *leading, told]

    def _gap(self, posts: SidePosts) -> float:
        """Say how much of the posts goes to topics beyond their part in shares and replies."""
        parts = topic_shares(posts.mask, len(self.topics)) * posts.is_brand[:, None]
        return surplus(parts.T @ posts.n, parts.T @ posts.resonance)

    def _null(self, posts: SidePosts, match: float) -> list[float]:
        """Deal the posts to the sides anew, within week and third of length, and compare the match."""
        if np.isnan(match):
            return [np.nan] * 3
        rng = np.random.default_rng(self.seed)
        dealer = _Dealer(posts, len(self.topics))
        sample = np.array([[dealer.match(rng)] for _ in range(self.draws)]).reshape(-1, 1)
        found = null_summary([match], sample, "less")
        return [float(column[0]) for column in (found.mean, found.z, found.p)]

    def mixes(self, name: str, posts: SidePosts | None) -> pd.DataFrame:
        """Give the shares of the topics on both sides, and of what comes back."""
        k = len(self.topics)
        table = pd.DataFrame({"unit_id": name, "topic": self.topics})
        if posts is None:
            return table.assign(brand=np.nan, public=np.nan, resonance=np.nan)
        parts = topic_shares(posts.mask, k)
        brand, public = (parts.T @ (posts.n * side) for side in (posts.is_brand, ~posts.is_brand))
        echo = (parts * posts.is_brand[:, None]).T @ posts.resonance
        with np.errstate(invalid="ignore"):
            return table.assign(brand=brand / brand.sum(), public=public / public.sum(), resonance=echo / echo.sum())


def _sums(posts: SidePosts, period: NDArray[np.int64], k: int) -> FloatArray:
    """Add up topics by period, without gaps: (periods, 2 k), those of the organization first."""
    first = int(period.min())
    parts = topic_shares(posts.mask, k) * posts.n[:, None]
    out = np.zeros((int(period.max()) - first + 1, 2 * k))
    for side, start in ((posts.is_brand, 0), (~posts.is_brand, k)):
        np.add.at(out[:, start : start + k], period[side] - first, parts[side])
    return out


class _Dealer:
    """Deals posts to the two sides within strata, as many to each as it has there."""

    def __init__(self, posts: SidePosts, k: int) -> None:
        named = posts.mask > 0
        order = np.lexsort((posts.mask[named], posts.stratum[named]))
        stratum, mask = posts.stratum[named][order], posts.mask[named][order]
        n, is_brand = posts.n[named][order], posts.is_brand[named][order]
        keys, place = np.unique(np.column_stack([stratum, mask]), axis=0, return_inverse=True)
        self._n = np.bincount(place.ravel(), n, len(keys)).astype(np.int64)
        self._parts = topic_shares(keys[:, 1], k)
        _, self._starts = np.unique(keys[:, 0], return_index=True)
        own = np.bincount(place.ravel(), n * is_brand, len(keys))
        self._own = np.add.reduceat(own, self._starts).astype(np.int64)

    def match(self, rng: np.random.Generator) -> float:
        """Deal once, and give the match."""
        stops = [*self._starts[1:], len(self._n)]
        drawn = np.concatenate(
            [
                rng.multivariate_hypergeometric(self._n[start:stop], own, method="marginals")
                for start, stop, own in zip(self._starts, stops, self._own, strict=True)
            ]
        )
        sums = np.concatenate([self._parts.T @ drawn, self._parts.T @ (self._n - drawn)])
        return float(mix_match(sums))
