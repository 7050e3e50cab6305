"""Replies that somebody else got too, word for word or nearly so.

A reply is a near-duplicate if a reply of the same group to a *different* person has a Jaccard similarity of masked word
3-shingles of at least the threshold. The share grows with the number of replies looked at, so the chance of a reply to
have a duplicate among a fixed number of them is given as well: the mean over all samples of that size, in closed form.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .pairs import similar_pairs, similar_to
from .shingles import Places
from .wordings import Wordings, wordings_of

__all__ = ["near_duplicates", "rarefied_duplicates", "resemblance"]

Floats = NDArray[np.float64]


def resemblance(first: str, second: str) -> float:
    """Give the Jaccard similarity of the masked word 3-shingles of two texts.

    Parameters
    ----------
    first, second
        As they were written.

    Returns
    -------
    float
        Between 0 and 1; NaN where both have fewer than three tokens.

    References
    ----------
    Broder 1997.

    Examples
    --------
    >>> resemblance("we are sorry to hear that", "We are sorry to hear this!")
    0.6
    """
    from .masking import masked_kernel

    done = masked_kernel(pa.record_batch({"row": [0, 1], "text": [first, second]}))
    one, other = (set(shingles) for shingles in done["shingles"].to_pylist())
    return len(one & other) / len(one | other) if one | other else float("nan")


def near_duplicates(replies: pa.Table, *, threshold: float = 0.8) -> pa.Table:
    """Say of each reply whether another person of its group got a near-duplicate of it.

    Parameters
    ----------
    replies
        Columns `row`, `group`, `person`, `tokens`, `wording`, `shingles`; see `wordings_of`.
    threshold
        Jaccard similarity from which two replies are near-duplicates.

    Returns
    -------
    pyarrow.Table
        `row`, `is_short` (fewer than five tokens: compared word for word, to be reported apart), `is_duplicate` (null
        where the person is unknown, or nothing is said in words), in the order of the replies. The share of
        near-duplicates is a ratio of sums over the replies that are not short.

    Raises
    ------
    SchemaError
        If a column is missing, or the threshold is not above 0 and at most 1.

    Examples
    --------
    >>> from twoway.text.masking import masked_kernel
    >>> texts = ["Hi Ann, we are sorry to hear that", "Hi Bob, we are sorry to hear that", "It leaves at noon, gate A"]
    >>> masked = masked_kernel(pa.record_batch({"row": [0, 1, 2], "text": texts}))
    >>> table = pa.Table.from_batches([masked]).append_column("group", [["x", "x", "x"]])
    >>> near_duplicates(table.append_column("person", [["ann", "bob", "eve"]]))["is_duplicate"].to_pylist()
    [True, True, False]
    """
    words = wordings_of(replies)
    known = _known(words)
    varied = _goes_to_several(words, known, threshold)
    flags = np.zeros(len(known), dtype=bool)
    flags[known] = varied[words.of_reply[known]]
    columns = {
        "row": replies["row"],
        "is_short": pa.array(words.is_short),
        "is_duplicate": pa.array(flags, mask=~known),
    }
    return pa.table(columns)


def rarefied_duplicates(replies: pa.Table, *, size: int = 200, threshold: float = 0.8) -> pa.Table:
    """Give each reply's chance to have a near-duplicate among `size` replies drawn from its group, itself included.

    Parameters
    ----------
    replies
        As for `near_duplicates`; the group is what is drawn from (an organization's month).
    size
        How many replies are drawn, without replacement, from those of five tokens or more to known persons.
    threshold
        Jaccard similarity from which two replies are near-duplicates.

    Returns
    -------
    pyarrow.Table
        `row`, `partners` (near-duplicates to other persons in the whole group), `chance` (null for short replies and
        unknown persons, NaN where the group has fewer replies than are drawn). The mean chance of a group is the mean
        share of near-duplicates over all its samples of that size.

    Raises
    ------
    SchemaError
        If a column is missing, or the threshold is not above 0 and at most 1.

    References
    ----------
    Hurlbert 1971: 1 - C(N-1-d, size-1) / C(N-1, size-1) for a reply with d near-duplicates among the N of its group.

    Examples
    --------
    >>> from twoway.text.masking import masked_kernel
    >>> texts = ["Hi Ann, we are sorry to hear that", "Hi Bob, we are sorry to hear that", "It leaves at noon, gate A"]
    >>> masked = masked_kernel(pa.record_batch({"row": [0, 1, 2], "text": texts}))
    >>> table = pa.Table.from_batches([masked]).append_column("group", [["x", "x", "x"]])
    >>> table = table.append_column("person", [["ann", "bob", "eve"]])
    >>> rarefied_duplicates(table, size=2)["chance"].to_pylist()
    [0.5, 0.5, 0.0]
    """
    words = wordings_of(replies)
    drawn = _known(words) & ~words.is_short
    rows = np.flatnonzero(drawn)
    partners = _partners(words, rows, threshold)
    group = words.group[rows] + 1
    whole = np.bincount(group, minlength=1)[group] if len(group) else group
    count, chance = np.zeros(len(drawn), dtype=np.int64), np.zeros(len(drawn))
    count[rows], chance[rows] = partners, chance_among(partners, whole, size)
    columns = {"row": replies["row"], "partners": pa.array(count, mask=~drawn), "chance": pa.array(chance, mask=~drawn)}
    return pa.table(columns)


def chance_among(partners: Places, whole: Places, size: int) -> Floats:
    """Give the chance that at least one of d partners is among the size - 1 others drawn.

    Examples
    --------
    >>> chance_among(np.array([1, 0, 2, 1]), np.array([3, 3, 3, 1]), 2).tolist()
    [0.5, 0.0, 1.0, nan]
    """
    from scipy.special import gammaln

    others, drawn = np.asarray(whole, dtype=float) - 1, size - 1
    rest = others - partners
    possible = (others >= drawn) & (rest >= drawn)
    top, bottom = np.where(possible, rest, drawn), np.where(possible, others, drawn)
    log = gammaln(top + 1) - gammaln(top - drawn + 1) - gammaln(bottom + 1) + gammaln(bottom - drawn + 1)
    chance = np.where(possible, -np.expm1(log), 1.0)
    return np.where(others >= drawn, np.where(np.asarray(partners) > 0, np.clip(chance, 0, 1), 0.0), np.nan)


def _known(words: Wordings) -> NDArray[np.bool_]:
    return (words.of_reply >= 0) & (words.person >= 0)


def _goes_to_several(words: Wordings, known: NDArray[np.bool_], threshold: float) -> NDArray[np.bool_]:
    """Say of each wording whether it, or one similar to it, went to two persons or more."""
    n = len(words.sets)
    wording, person = words.of_reply[known], words.person[known]
    least, most = np.full(n, np.iinfo(np.int64).max), np.full(n, -1)
    np.minimum.at(least, wording, person)
    np.maximum.at(most, wording, person)
    lowest, highest = least.copy(), most.copy()

    def unsettled(rows: Places) -> NDArray[np.bool_]:
        return (lowest == highest)[rows]

    for first, second in similar_to(words.sets, threshold, unsettled):
        for one, other in ((first, second), (second, first)):
            np.minimum.at(lowest, one, least[other])
            np.maximum.at(highest, one, most[other])
    return np.asarray(lowest < highest)


def _partners(words: Wordings, rows: Places, threshold: float) -> Places:
    """Count the replies to other persons that are similar to each of some replies."""
    from scipy.sparse import coo_array

    n, wording, person = len(words.sets), words.of_reply[rows], words.person[rows]
    replies = np.bincount(wording, minlength=n)
    shape = (n, int(person.max(initial=0)) + 1)
    sent = coo_array((np.ones(len(rows), dtype=np.int64), (wording, person)), shape=shape).tocsr()
    everyone, again = replies.copy(), sent.copy()
    cells = sent.astype(bool).astype(np.int64)
    for first, second in similar_pairs(words.sets, threshold):
        ones = np.ones(2 * len(first), dtype=np.int64)
        ends = np.concatenate([first, second]), np.concatenate([second, first])
        alike = coo_array((ones, ends), shape=(n, n)).tocsr()
        everyone = everyone + alike @ replies
        # To the same person, where that person got the one wording and the other.
        again = again + (alike @ sent).multiply(cells)
    return np.asarray(everyone[wording] - again.tocsr()[wording, person])
