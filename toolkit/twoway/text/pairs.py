"""All pairs of similar texts, exactly, without comparing every text with every other.

Two sets with a Jaccard similarity of at least t share an element among the rarest few of each: those that remain when
the most that may differ is taken away (prefix filtering). Only pairs that do are compared. Nothing is lost and nothing
is drawn at random, which MinHash, the usual way, cannot say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..errors import SchemaError
from .shingles import Places, mix

__all__ = ["ShingleSets", "jaccard", "shingle_sets", "similar_pairs", "similar_to"]

#: Entries of the index met at a time, and pairs laid side by side at a time.
BLOCK_PAIRS, COMPARED = 1_000_000, 100_000

#: A product such as 0.7 * 30 may come out a little above the whole number it is.
TINY = 1e-9

Flags = NDArray[np.bool_]
Pairs = tuple[Places, Places]


@dataclass(frozen=True)
class ShingleSets:
    """Sets of shingles as rows of a sparse matrix of ones, the rarest shingle in the first column."""

    matrix: Any
    sizes: Places

    def __len__(self) -> int:
        return len(self.sizes)


def shingle_sets(shingles: pa.ListArray, groups: NDArray[np.integer] | None = None) -> ShingleSets:
    """Lay out sets of shingles so that similar ones can be found.

    Parameters
    ----------
    shingles
        (n,): lists of distinct int64, as `masked_kernel` gives them.
    groups
        (n,): sets of different groups (organizations) share nothing. Default: all are of one.

    Returns
    -------
    ShingleSets
        One row a set.

    Examples
    --------
    >>> sets = shingle_sets(pa.array([[1, 2, 3], [2, 3, 4], []]))
    >>> sets.sizes.tolist(), sets.matrix.shape
    ([3, 3, 0], (3, 4))
    """
    from scipy.sparse import csr_array

    whole = shingles.combine_chunks() if isinstance(shingles, pa.ChunkedArray) else shingles
    starts = np.asarray(whole.offsets).astype(np.int64)
    values = np.asarray(whole.values)[starts[0] : starts[-1]].astype(np.int64)
    sizes = np.diff(starts)
    if groups is not None:
        values = values ^ mix(np.repeat(np.asarray(groups), sizes).astype(np.uint64)).view(np.int64)
    _, column, counts = np.unique(values, return_inverse=True, return_counts=True)
    rank = np.empty(len(counts), dtype=np.int32)
    rank[np.argsort(counts, kind="stable")] = np.arange(len(counts), dtype=np.int32)
    ones = np.ones(len(values), dtype=np.int32)
    matrix = csr_array((ones, rank[column], starts - starts[0]), shape=(len(sizes), len(counts)))
    matrix.sort_indices()
    return ShingleSets(matrix, sizes)


def jaccard(sets: ShingleSets, first: Places, second: Places) -> NDArray[np.float64]:
    """Give the Jaccard similarity |A ∩ B| / |A ∪ B| of pairs of sets.

    Parameters
    ----------
    sets
        From `shingle_sets`.
    first, second
        (k,): row numbers.

    Returns
    -------
    array, (k,)
        NaN where both sets are empty.

    Examples
    --------
    >>> sets = shingle_sets(pa.array([[1, 2, 3, 4], [1, 2, 3, 5]]))
    >>> jaccard(sets, np.array([0]), np.array([1])).tolist()
    [0.6]
    """
    common = np.zeros(len(first))
    for start in range(0, len(first), COMPARED):
        part = slice(start, start + COMPARED)
        common[part] = sets.matrix[first[part]].multiply(sets.matrix[second[part]]).sum(axis=1)
    union = sets.sizes[first] + sets.sizes[second] - common
    return np.divide(common, union, out=np.full(len(common), np.nan), where=union > 0)


def similar_pairs(
    sets: ShingleSets, threshold: float, *, matters: Callable[[Places, Places], Flags] | None = None
) -> Iterator[Pairs]:
    """Find all pairs of sets whose Jaccard similarity is at least a threshold.

    Parameters
    ----------
    sets
        From `shingle_sets`; empty sets are similar to none.
    threshold
        Above 0, up to 1.
    matters
        Asked before pairs are compared: which of them could still tell something. Default: all.

    Yields
    ------
    tuple of arrays
        Row numbers of the pairs, each pair once, in blocks.

    Raises
    ------
    SchemaError
        If the threshold is not above 0 and at most 1.

    References
    ----------
    Bayardo, Ma and Srikant 2007; Xiao et al. 2008.

    Examples
    --------
    >>> sets = shingle_sets(pa.array([[1, 2, 3, 4], [1, 2, 3, 5], [7, 8]]))
    >>> [(a.tolist(), b.tolist()) for a, b in similar_pairs(sets, 0.6)]
    [([1], [0])]
    """
    _check(threshold)
    # From small to large: a set then meets smaller ones only, of which fewer shingles must be kept.
    order = np.argsort(sets.sizes, kind="stable")
    probes = _prefixes(sets, threshold)[order]
    index = _prefixes(sets, 2 * threshold / (1 + threshold))[order].T.tocsr()
    work = _work(probes, index)
    start = 0
    while start < len(order):
        stop = _until(work, start)
        found = (probes[start:stop] @ index).tocoo()
        before = found.col < found.row + start
        first, second = order[found.row[before] + start], order[found.col[before]]
        if matters is not None:
            keep = matters(first, second)
            first, second = first[keep], second[keep]
        first, second = _alike(sets, first, second, threshold)
        if len(first):
            yield first, second
        start = stop


def similar_to(sets: ShingleSets, threshold: float, wanted: Callable[[Places], Flags]) -> Iterator[Pairs]:
    """Find everything similar to some of the sets, a block of them at a time.

    Parameters
    ----------
    sets, threshold
        As for `similar_pairs`.
    wanted
        Asked before each block which of the given rows still are to be looked up: what was found before may have
        settled them.

    Yields
    ------
    tuple of arrays
        Row numbers: of the sets looked up, and of those similar to them.

    Raises
    ------
    SchemaError
        If the threshold is not above 0 and at most 1.

    Examples
    --------
    >>> sets = shingle_sets(pa.array([[1, 2, 3, 4], [1, 2, 3, 5], [7, 8]]))
    >>> [(a.tolist(), b.tolist()) for a, b in similar_to(sets, 0.6, lambda rows: rows == 0)]
    [([0], [1])]
    """
    _check(threshold)
    prefixes = _prefixes(sets, threshold)
    index = prefixes.T.tocsr()
    work = np.diff(_work(prefixes, index))
    rows = np.flatnonzero(sets.sizes)
    while len(rows := rows[wanted(rows)]):
        now = rows[: _until(np.concatenate([[0], np.cumsum(work[rows])]), 0)]
        found = (prefixes[now] @ index).tocoo()
        first, second = _alike(sets, now[found.row], found.col.astype(np.int64), threshold)
        rows = rows[len(now) :]
        yield first[first != second], second[first != second]


def _alike(sets: ShingleSets, first: Places, second: Places, threshold: float) -> Pairs:
    """Keep the pairs that are as similar as they must be; those of too different a size are not compared."""
    one, other = sets.sizes[first], sets.sizes[second]
    keep = np.minimum(one, other) >= threshold * np.maximum(one, other) - TINY
    first, second = first[keep], second[keep]
    keep = jaccard(sets, first, second) >= threshold
    return first[keep], second[keep]


def _prefixes(sets: ShingleSets, share: float) -> Any:
    """Keep the rarest shingles of each set: one more than may be missing where `share` of them must be found."""
    from scipy.sparse import csr_array

    must = np.ceil(share * sets.sizes - TINY).astype(np.int64)
    length = np.where(sets.sizes > 0, sets.sizes - must + 1, 0)
    starts = sets.matrix.indptr.astype(np.int64)
    place = np.arange(starts[-1]) - np.repeat(starts[:-1], sets.sizes)
    indices = sets.matrix.indices[place < np.repeat(length, sets.sizes)]
    cuts = np.concatenate([[0], np.cumsum(length)])
    return csr_array((np.ones(len(indices), dtype=np.int32), indices, cuts), shape=sets.matrix.shape)


def _work(probes: Any, index: Any) -> Places:
    """Add up, row by row, how many entries of an index each row meets."""
    uses = np.diff(index.indptr).astype(np.int64)
    return np.concatenate([[0], np.cumsum(uses[probes.indices])])[probes.indptr]


def _until(work: Places, start: int) -> int:
    """Say where a block of rows ends that meets about as many entries as can be held."""
    return max(int(np.searchsorted(work, work[start] + BLOCK_PAIRS, side="right")) - 1, start + 1)


def _check(threshold: float) -> None:
    if not 0 < threshold <= 1:
        msg = f"{threshold} is not a similarity to look for. It was given as threshold. Pass a number above 0, up to 1."
        raise SchemaError(msg)
