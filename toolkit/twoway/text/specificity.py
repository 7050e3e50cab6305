"""Whether a reply fits the post it answers better than the posts of others.

A reply is compared with its own parent and with parents drawn at random from the same stratum (organization, week, and
length of the parent). The AUC is the share of those drawn that it fits less well than its own, ties by half. Replies
that are dealt at random to the parents of a stratum have a mean of exactly one half.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray

from ..errors import SchemaError
from .shingles import Places, sequence_hashes
from .terms import Weights, cosines, weighted_terms
from .wordings import codes_of, require_columns

__all__ = ["length_terciles", "mean_rank", "reply_auc", "specificity"]

#: Parents drawn for each reply, and the fewest from which an AUC is given.
DRAWN, FEWEST = 20, 5

#: Weeks start on Monday; second 0 of 1970 was a Thursday.
WEEK, FIRST_MONDAY = 7 * 86_400, 4 * 86_400

_TERMS = ("reply_terms", "parent_terms")

Floats = NDArray[np.float64]


def length_terciles(words: ArrayLike, groups: ArrayLike) -> Places:
    """Say in which third of its group each length lies; equal lengths lie in the same.

    Parameters
    ----------
    words
        (n,): lengths.
    groups
        (n,): what lengths are compared within (the organization).

    Returns
    -------
    array, (n,)
        0, 1 or 2.

    Examples
    --------
    >>> length_terciles([1, 5, 9, 5, 30, 40], [0] * 6).tolist()
    [0, 0, 1, 0, 2, 2]
    """
    frame = pl.DataFrame({"words": np.asarray(words, dtype=float), "group": np.asarray(groups)})
    rank = pl.col("words").rank("min").over("group") - 1
    return np.asarray(frame.select((3 * rank / pl.len().over("group")).floor().cast(pl.Int64)).to_series().to_numpy())


def reply_auc(
    replies: Any,
    parents: Any,
    strata: ArrayLike,
    *,
    persons: ArrayLike | None = None,
    drawn: int = DRAWN,
    seed: int = 0,
) -> Floats:
    """Give each reply the share of drawn parents that it fits less well than its own, ties by half.

    Parameters
    ----------
    replies, parents
        (n, m): sparse rows of length 1; row i of `parents` is what row i of `replies` answers.
    strata
        (n,): parents are drawn from the same stratum, without replacement, all other parents where there are fewer.
    persons
        (n,): number of who wrote each parent, below 0 for unknown; a person's other posts are then not drawn, which
        moves the mean of replies dealt at random a little if some persons wrote many. Default: they are drawn.
    drawn
        Parents drawn for each reply.
    seed
        Start of the random numbers.

    Returns
    -------
    array, (n,)
        Between 0 and 1; NaN where fewer than five parents could be drawn. A mean of exactly one half is expected of
        replies dealt at random within strata if no two rows share a parent: join the parts of an answer first.

    Raises
    ------
    SchemaError
        If the lengths differ.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> reply_auc(csr_array(np.eye(7)), csr_array(np.eye(7)), [0] * 7).tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]
    """
    stratum = np.asarray(strata)
    n = len(stratum)
    if not replies.shape[0] == parents.shape[0] == n:
        msg = (
            f"{replies.shape[0]} replies, {parents.shape[0]} parents and {n} strata do not fit. They were given to "
            "reply_auc. Pass one row a reply."
        )
        raise SchemaError(msg)
    first, second = _others(stratum, drawn, np.random.default_rng(seed))
    if persons is not None:
        who = np.asarray(persons)
        other = (who[first] != who[second]) | (who[first] < 0)
        first, second = first[other], second[other]
    rows = np.arange(n)
    own, away = cosines(replies, parents, rows, rows), cosines(replies, parents, first, second)
    return mean_rank(own[first], away, first, n)


def mean_rank(own: Floats, away: Floats, reply: Places, n: int, fewest: int = FEWEST) -> Floats:
    """Give each reply's share of comparisons won, ties by half; NaN where there are too few.

    Examples
    --------
    >>> own, away = np.array([0.4, 0.4, 0.4, 0.1, 0.1, 0.1]), np.array([0.1, 0.2, 0.0, 0.1, 0.3, 0.0])
    >>> mean_rank(own, away, np.array([0, 0, 0, 1, 1, 1]), 2, fewest=3).tolist()
    [1.0, 0.5]
    """
    # What differs in the last digits only is a tie: the order of a sum must not decide.
    tie = np.abs(own - away) <= 1e-12
    won = np.where(tie, 0.5, own > away)
    count = np.bincount(reply, minlength=n)
    return np.where(count >= fewest, np.bincount(reply, won, minlength=n) / np.maximum(count, 1), np.nan)


def specificity(pairs: pa.Table, weights: Weights, *, drawn: int = DRAWN, seed: int = 0) -> pa.Table:
    """Say of each reply how much better it fits its own parent than the parents of other replies.

    Parameters
    ----------
    pairs
        One row a reply: `row`, `organization`, `person` (who wrote the parent), `time` (of the parent, in seconds),
        `parent_words`, `parent_terms`, `reply_terms` (from `terms_kernel`), and, if only posts of one topic are to be
        compared, `topic`.
    weights
        From `term_weights` of all public posts.
    drawn
        Parents drawn for each reply, of the same organization, week, third of lengths (and topic), by other persons.
    seed
        Start of the random numbers.

    Returns
    -------
    pyarrow.Table
        In order of time: `row`, `auc` (1: fits its own parent only; .5: any; NaN where fewer than five others could be
        drawn), `is_specific` (AUC of .9 or more; null where there is none).

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    require_columns(pairs, ("row", "organization", "person", "time", "parent_words", *_TERMS))
    order = _in_order(pairs)
    said, asked = (pc.unique(pairs[name].combine_chunks().flatten()) for name in _TERMS)
    shared = np.intersect1d(said, asked, assume_unique=True)
    replies, parents = (weighted_terms(pairs[name], weights, shared)[order] for name in _TERMS)
    # Lists of terms are large: their rows are put in order when they are weights.
    pairs = pairs.drop_columns(_TERMS).take(pa.array(order))
    organization = codes_of(pairs["organization"])
    third = length_terciles(np.asarray(pairs["parent_words"]), organization)
    week = (np.asarray(pairs["time"]).astype(np.int64) - FIRST_MONDAY) // WEEK
    topic = codes_of(pairs["topic"]) if "topic" in pairs.column_names else np.zeros_like(week)
    strata = np.unique(np.column_stack([organization, week, third, topic]), axis=0, return_inverse=True)[1].ravel()
    auc = reply_auc(replies, parents, strata, persons=codes_of(pairs["person"]), drawn=drawn, seed=seed)
    specific = pa.array(auc >= 0.9, mask=np.isnan(auc))
    return pa.table({"row": pairs["row"], "auc": pa.array(auc), "is_specific": specific})


def _in_order(pairs: pa.Table) -> Places:
    """Put replies in an order that no id decides, so that renamed posts meet the same others."""
    keys = []
    for name in reversed(_TERMS):
        lists = pairs[name].combine_chunks()
        starts = np.asarray(lists.offsets).astype(np.int64)
        terms = np.ascontiguousarray(np.asarray(lists.flatten()), dtype=np.int64).view(np.uint64)
        keys.append(sequence_hashes(terms, starts - starts[:1]))
    return np.lexsort((*keys, np.asarray(pairs["time"])))


def _others(strata: NDArray[Any], drawn: int, rng: np.random.Generator) -> tuple[Places, Places]:
    """Draw for each row other rows of its stratum, without replacement.

    The rows of a stratum are put into random order on a ring, and each meets those a few random steps ahead of it: a
    fair draw for each, in which every row is met equally often.
    """
    shuffled = rng.permutation(len(strata))
    order = shuffled[np.argsort(strata[shuffled], kind="stable")]
    cuts = np.flatnonzero(strata[order][1:] != strata[order][:-1]) + 1
    first, second = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for ring in np.split(order, cuts):
        steps = rng.permutation(np.arange(1, len(ring)))[:drawn]
        twice = np.concatenate([ring, ring])
        first += [ring] * len(steps)
        second += [twice[step : step + len(ring)] for step in steps]
    return np.concatenate(first), np.concatenate(second)
