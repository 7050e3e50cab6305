"""Linguistic coordination: how far those who reply take up the word classes of the posts they reply to.

Definitions of Danescu-Niculescu-Mizil and others (2012); aggregates as ConvoKit computes them (see the tests). Long
posts hold more word classes than short ones, so replies as long as their posts seem to coordinate where nobody does:
compare with the null model of `coordination_null`, over strata matched in length.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import TwowayError

__all__ = [
    "Coordination",
    "CoordinationSums",
    "Totals",
    "checked_flags",
    "coordination",
    "coordination_of",
    "coordination_scores",
    "coordination_sums",
    "mean_coordination",
    "mean_known",
]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CoordinationSums:
    """Counts of exchanges, a post and its reply, by who replies: all that coordination needs.

    Attributes
    ----------
    n
        (speakers,) exchanges.
    n_post, n_reply, n_both
        (speakers, classes): exchanges whose post, whose reply, or both of them hold the class. Sums of any part of the
        exchanges, such as those with one person, add up.
    """

    n: FloatArray
    n_post: FloatArray
    n_reply: FloatArray
    n_both: FloatArray


@dataclass(frozen=True, eq=False)
class Coordination:
    """How far each speaker takes up the word classes of the posts replied to.

    Attributes
    ----------
    scores
        (speakers, classes): P(class in reply | class in post) - P(class in reply), -1 to 1; NaN with too few posts.
    scp
        (speakers, classes): P(class in reply | class in post) - P(class in reply | class not in post); NaN where either
        is undefined.
    speaker
        (speakers,): mean over the classes that are known; NaN without any.
    agg1, agg2, agg3
        Means over speakers: of those with all classes; with unknown classes filled by the mean of the other speakers
        (NaN where nobody has a class); with unknown classes filled by the speaker's own mean.
    n_agg1, n_agg3
        Speakers behind the first aggregate, and behind the others.
    """

    scores: FloatArray
    scp: FloatArray
    speaker: FloatArray
    agg1: float
    agg2: float
    agg3: float
    n_agg1: int
    n_agg3: int


def coordination_sums(
    post_has: ArrayLike, reply_has: ArrayLike, speaker: ArrayLike, n_speakers: int | None = None
) -> CoordinationSums:
    """Count exchanges by speaker and word class.

    Parameters
    ----------
    post_has, reply_has
        (exchanges, classes): whether the post, and the reply to it, hold the class. Leave self-replies out.
    speaker
        (exchanges,): number of who replies, from 0; a group replying as one (the public of a brand) has one number.
    n_speakers
        Speakers, also those without exchanges.

    Raises
    ------
    TwowayError
        If the shapes do not fit.

    Examples
    --------
    >>> coordination_sums([[1], [0]], [[1], [1]], [0, 0]).n_both.tolist()
    [[1.0]]
    """
    post, reply, who = checked_flags(post_has, reply_has, speaker, "coordination_sums")
    size = int(who.max(initial=-1)) + 1 if n_speakers is None else n_speakers
    by_speaker = Totals(who, size)
    n = np.bincount(who, minlength=size).astype(float)
    return CoordinationSums(n, by_speaker.of(post), by_speaker.of(reply), by_speaker.of(post & reply))


def coordination_scores(
    sums: CoordinationSums, min_posts: int = 3, min_replies: int = 0
) -> tuple[FloatArray, FloatArray]:
    """Give C and SCP of each speaker and class from counts; any leading axes, such as draws of a bootstrap, are kept.

    Parameters
    ----------
    sums
        Counts of exchanges.
    min_posts, min_replies
        Fewest posts, and replies, that hold the class; below, both are NaN.

    Examples
    --------
    >>> counts = [np.array(x, dtype=float) for x in ([10], [[5]], [[6]], [[4]])]
    >>> [float(x[0, 0].round(2)) for x in coordination_scores(CoordinationSums(*counts))]
    [0.2, 0.4]
    """
    n = sums.n[..., None]
    enough = (sums.n_post >= max(min_posts, 1)) & (sums.n_reply >= min_replies)
    lacking = n - sums.n_post
    with np.errstate(all="ignore"):
        given = np.where(enough, sums.n_both / sums.n_post, np.nan)
        base = sums.n_reply / n
        without = np.where(lacking > 0, (sums.n_reply - sums.n_both) / lacking, np.nan)
    return given - base, given - without


def mean_coordination(totals: ArrayLike, min_posts: int = 3) -> FloatArray:
    """Give the mean coordination over the known classes from totals in one row, as a bootstrap hands them over.

    Parameters
    ----------
    totals
        (..., 1 + 3 * classes): exchanges, then the counts n_post, n_reply and n_both of all classes. With one row a
        person (or conversation), `smooth_interval(rows, mean_coordination)` gives the interval.
    min_posts
        As in `coordination_scores`.

    Raises
    ------
    TwowayError
        If the last axis cannot be one count and three of each class.

    Examples
    --------
    >>> float(mean_coordination([10, 5, 6, 4]).round(2))
    0.2
    """
    table = np.asarray(totals, dtype=float)
    width = table.shape[-1] if table.ndim else 0
    if width < 4 or width % 3 != 1:
        msg = f"Totals of shape {table.shape} are no counts of exchanges. They were given to mean_coordination. "
        msg += "Pass the exchanges and then three counts of every class on the last axis."
        raise TwowayError(msg)
    parts = np.split(table[..., 1:], 3, axis=-1)
    scores = coordination_scores(CoordinationSums(table[..., 0], *parts), min_posts)[0]
    return mean_known(scores, ~np.isnan(scores))


def coordination(
    post_has: ArrayLike, reply_has: ArrayLike, speaker: ArrayLike, *, min_posts: int = 3, min_replies: int = 0
) -> Coordination:
    """Measure linguistic coordination of speakers to those they reply to.

    Both directions are two calls: the brand's replies to the public, and the public's to the brand, each with the
    number of the brand as speaker; COORD is the difference of `speaker`, above 0 where the brand defers.

    Parameters
    ----------
    post_has, reply_has, speaker
        As in `coordination_sums`.
    min_posts, min_replies
        As in `coordination_scores`.

    Returns
    -------
    Coordination
        Templates and short posts draw values to 0; posts and replies alike in length draw them up.

    Examples
    --------
    >>> post = [[True]] * 5 + [[False]] * 5
    >>> reply = [[True]] * 4 + [[False]] + [[True]] * 2 + [[False]] * 3
    >>> found = coordination(post, reply, [0] * 10)
    >>> round(found.agg3, 2), float(found.scp[0, 0].round(2))
    (0.2, 0.4)
    """
    return coordination_of(coordination_sums(post_has, reply_has, speaker), min_posts, min_replies)


def coordination_of(sums: CoordinationSums, min_posts: int = 3, min_replies: int = 0) -> Coordination:
    """Measure linguistic coordination from counts; see `coordination`."""
    scores, scp = coordination_scores(sums, min_posts, min_replies)
    known = ~np.isnan(scores)
    own = mean_known(scores, known)
    is_full = known.all(axis=1) & (known.shape[1] > 0)
    group = mean_known(scores.T, known.T)
    filled = np.where(known, scores, group)[known.any(axis=1)]
    agg2 = float(filled.mean(axis=1).mean()) if len(filled) and not np.isnan(group).any() else np.nan
    return Coordination(
        scores, scp, own, _average(own[is_full]), agg2, _average(own), int(is_full.sum()), int(known.any(axis=1).sum())
    )


class Totals:
    """Totals of flags by speaker, the order of speakers found once."""

    def __init__(self, speaker: IntArray, n_speakers: int) -> None:
        self._order = np.argsort(speaker, kind="stable")
        self._present, self._starts = np.unique(speaker[self._order], return_index=True)
        self._size = n_speakers

    def of(self, flags: BoolArray) -> FloatArray:
        """Add up (exchanges, classes) to (speakers, classes)."""
        out = np.zeros((self._size, flags.shape[1]))
        if len(self._present):
            out[self._present] = np.add.reduceat(flags[self._order], self._starts, axis=0, dtype=np.int64)
        return out


def checked_flags(
    post_has: ArrayLike, reply_has: ArrayLike, speaker: ArrayLike, where: str
) -> tuple[BoolArray, BoolArray, IntArray]:
    """Bring flags and speakers to arrays, or say why they do not fit."""
    post, reply = np.asarray(post_has, dtype=bool), np.asarray(reply_has, dtype=bool)
    who = np.asarray(speaker, dtype=np.int64)
    if post.ndim != 2 or post.shape != reply.shape or who.shape != post.shape[:1]:
        msg = f"Flags of shapes {post.shape} and {reply.shape} and speakers of shape {who.shape} do not fit. They were "
        msg += f"given to {where}. Pass (exchanges, classes) twice, and one speaker an exchange."
        raise TwowayError(msg)
    return post, reply, who


def mean_known(values: FloatArray, known: BoolArray) -> FloatArray:
    """Average the known values of each row."""
    n = known.sum(axis=-1)
    return np.asarray(np.where(known, values, 0.0).sum(axis=-1) / np.where(n > 0, n, np.nan))


def _average(values: FloatArray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else np.nan
