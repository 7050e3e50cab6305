"""Linguistic coordination by chance: who replies, in what style and at what length stays, taking up does not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..errors import TwowayError
from .coordination import (
    Coordination,
    CoordinationSums,
    FloatArray,
    Totals,
    checked_flags,
    coordination_of,
    coordination_scores,
    coordination_sums,
    mean_known,
)
from .nulls.shuffles import Strata, mid_ranks, strata_of
from .nulls.summary import NullSummary, null_summary

__all__ = ["CoordinationNull", "Directions", "compare_directions", "length_left", "length_matched"]


def length_matched(groups: ArrayLike, lengths: ArrayLike, size: int = 10) -> Strata:
    """Group exchanges that agree in brand and week, say, and whose posts are of about one length.

    Thirds of the lengths are not enough: within a third long posts still get long replies, and a share of the false
    coordination is left. Each group is cut into as many classes of length as leave about `size` exchanges in each, and
    three at least; posts of one length stay together.

    Parameters
    ----------
    groups
        (exchanges,): number or name of what has to agree.
    lengths
        (exchanges,): words of the post replied to.
    size
        Exchanges wished for in a stratum. Fewer match closer, but leave more replies with their own post by chance.

    Examples
    --------
    >>> length_matched(["a"] * 6, [1, 2, 3, 4, 5, 6], size=2).codes.tolist()
    [0, 0, 1, 1, 2, 2]
    """
    if size < 2:
        msg = f"Strata of size {size} leave nothing to exchange. It was given to length_matched. Give 2 or more."
        raise TwowayError(msg)
    codes = np.unique(np.asarray(groups), return_inverse=True)[1].reshape(-1).astype(np.int64)
    n = np.bincount(codes)[codes] if len(codes) else np.empty(0)
    n_classes = np.maximum(n // size, 3)
    below = mid_ranks(lengths, codes) - 0.5
    return strata_of(codes, np.minimum((n_classes * below / n).astype(np.int64), n_classes - 1))


def length_left(post_lengths: ArrayLike, reply_lengths: ArrayLike, strata: Strata) -> float:
    """Say how much of the correlation of post and reply lengths is left within strata.

    Parameters
    ----------
    post_lengths, reply_lengths
        (exchanges,): words.
    strata
        Of the exchanges; one stratum for all gives the plain correlation.

    Returns
    -------
    float
        Covariance of log lengths within strata over their standard deviations among all exchanges: near 0, matching has
        taken away what length can explain. NaN where all posts, or all replies, are of one length.

    Examples
    --------
    >>> lengths = [1, 2, 8, 9]
    >>> [round(length_left(lengths, lengths, strata_of(codes)), 2) for codes in ([0, 0, 0, 0], [0, 0, 1, 1])]
    [1.0, 0.05]
    """
    n = np.bincount(strata.codes)[strata.codes]
    x, y = (np.log1p(np.asarray(lengths, dtype=float)) for lengths in (post_lengths, reply_lengths))
    inner = [v - np.bincount(strata.codes, weights=v)[strata.codes] / n for v in (x, y)]
    room = float(x.var() * y.var()) if len(x) else 0.0
    return float(inner[0] @ inner[1] / len(x) / room**0.5) if room > 1e-20 else np.nan


class CoordinationNull:
    """Coordination where replies are exchanged among the posts of a stratum (N1): style stays, taking up does not.

    Parameters
    ----------
    post_has, reply_has, speaker, n_speakers
        As in `coordination_sums`.
    strata
        Of the exchanges, such as `length_matched(brand_week, words)`. Replies stay with their speaker in any case.
        Posts in a language without the words get replies in it: keep to one language, or make it a label too.
    min_posts, min_replies
        As in `coordination_scores`.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> post = rng.random((200, 8)) < 0.4
    >>> null = CoordinationNull(post, post, np.zeros(200, dtype=int), strata_of(np.zeros(200)))
    >>> observed, draws = null.observed(), [null.draw(rng) for _ in range(50)]
    >>> bool(observed[0] > 0.4), bool(abs(np.mean(draws)) < 0.02)
    (True, True)
    """

    def __init__(
        self,
        post_has: ArrayLike,
        reply_has: ArrayLike,
        speaker: ArrayLike,
        strata: Strata,
        *,
        n_speakers: int | None = None,
        min_posts: int = 3,
        min_replies: int = 0,
    ) -> None:
        self._post, self._reply, who = checked_flags(post_has, reply_has, speaker, "CoordinationNull")
        if len(strata.codes) != len(who):
            msg = f"Strata of {len(strata.codes)} positions do not fit {len(who)} exchanges. They were given to "
            msg += "CoordinationNull. Give every exchange a stratum."
            raise TwowayError(msg)
        self._least = (min_posts, min_replies)
        self._sums = coordination_sums(self._post, self._reply, who, n_speakers)
        self._totals = Totals(who, len(self._sums.n))
        self._strata = strata_of(strata.codes, who)

    def observed(self) -> FloatArray:
        """Measure the exchanges as they were: one value a speaker, the mean over the classes that are known."""
        return self._values(self._sums.n_both)

    def found(self) -> Coordination:
        """Measure the exchanges as they were, with scores by class and means over speakers."""
        return coordination_of(self._sums, *self._least)

    def draw(self, rng: np.random.Generator) -> FloatArray:
        """Exchange replies within strata and measure again."""
        return self._values(self._totals.of(self._post & self._reply[self._strata.shuffle(rng)]))

    def _values(self, n_both: FloatArray) -> FloatArray:
        sums = CoordinationSums(self._sums.n, self._sums.n_post, self._sums.n_reply, n_both)
        scores = coordination_scores(sums, *self._least)[0]
        return mean_known(scores, ~np.isnan(scores))


@dataclass(frozen=True, eq=False)
class Directions:
    """Coordination of brands and of their publics against the null model, one entry a brand.

    Attributes
    ----------
    brand
        Of the brand to the public.
    public
        Of the public to the brand.
    difference
        The first less the second: above its null model, the brand defers.
    """

    brand: NullSummary
    public: NullSummary
    difference: NullSummary


def compare_directions(
    brand: CoordinationNull,
    public: CoordinationNull,
    rng: np.random.Generator,
    *,
    draws: int = 200,
    alternative: str = "two-sided",
) -> Directions:
    """Compare who takes up whose words, each direction against its own null model.

    Parameters
    ----------
    brand, public
        Both with the numbers of the brands as speakers, and the same `n_speakers`.
    rng, draws
        Of the null models; the directions are drawn one after the other.
    alternative
        As in `null_summary`.

    Raises
    ------
    TwowayError
        If the numbers of speakers differ.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> post, speaker, strata = rng.random((200, 8)) < 0.4, np.zeros(200, dtype=int), strata_of(np.zeros(200))
    >>> echo, none = (CoordinationNull(post, reply, speaker, strata) for reply in (post, post[::-1]))
    >>> float(compare_directions(echo, none, rng, draws=50).difference.p[0].round(3))
    0.039
    """
    observed = [model.observed() for model in (brand, public)]
    if observed[0].shape != observed[1].shape:
        msg = f"{len(observed[0])} brands and {len(observed[1])} publics are no pairs. They were given to "
        msg += "compare_directions. Number the brands alike, and name n_speakers in both."
        raise TwowayError(msg)
    drawn = [np.array([model.draw(rng) for _ in range(draws)]) for model in (brand, public)]
    pairs = [*zip(observed, drawn, strict=True), (observed[0] - observed[1], drawn[0] - drawn[1])]
    return Directions(*(null_summary(value, sample, alternative) for value, sample in pairs))
