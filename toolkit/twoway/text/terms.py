"""Words and pairs of words of texts, weighed by how rare they are among posts of the public."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from ..engine import one_batch
from . import patterns as p
from .masking import bare_text
from .shingles import Places, as_lists, gram_hashes, token_hashes

__all__ = ["TERMS", "Weights", "cosines", "term_weights", "terms_kernel", "weighted_terms"]

TERMS = pa.schema([pa.field("row", pa.int64()), pa.field("words", pa.int64()), pa.field("terms", pa.list_(pa.int64()))])

Floats = NDArray[np.float64]


def terms_kernel(batch: pa.RecordBatch) -> pa.RecordBatch:
    """List the words and pairs of words of a batch of texts, as numbers.

    Parameters
    ----------
    batch
        Columns `row`, `text`.

    Returns
    -------
    pyarrow.RecordBatch
        Columns of `TERMS`: `words` (how many), `terms` (numbers of all words and neighboring pairs, repeated as they
        are in the text), without handles, links, names, signature and quoted lines.

    Examples
    --------
    >>> done = terms_kernel(pa.record_batch({"row": [0, 1], "text": ["@ann my bag is lost", "Hi Bob, my bag? ^JB"]}))
    >>> done["words"].to_pylist(), [len(terms) for terms in done["terms"].to_pylist()]
    ([4, 3], [7, 5])
    """
    frame = pl.from_arrow(pa.Table.from_batches([batch]))
    words = frame.select(bare_text(pl.col("text")).str.extract_all(p.WORD).alias("t"))["t"]
    hashes, starts = token_hashes(words.to_arrow())
    pairs, text = gram_hashes(hashes, starts, 2)
    n_words = np.diff(starts)
    cuts = starts + np.concatenate([[0], np.cumsum(np.maximum(n_words - 1, 0))])
    terms = np.empty(cuts[-1], dtype=np.int64)
    # Of each text first the words, then the pairs.
    terms[np.arange(len(hashes)) + np.repeat((cuts - starts)[:-1], n_words)] = hashes.view(np.int64)
    terms[np.arange(len(pairs)) + starts[1:][text]] = pairs.view(np.int64)
    done = frame.select("row").with_columns(
        words=words.list.len().cast(pl.Int64), terms=pl.from_arrow(as_lists(terms, cuts))
    )
    return one_batch(done.select(TERMS.names))


@dataclass(frozen=True)
class Weights:
    """How rare each known term is: sorted terms, their weights, and the weight of a term never seen."""

    terms: Places
    weight: Floats
    unseen: float


def term_weights(public: pa.ChunkedArray | pa.ListArray) -> Weights:
    """Weigh terms by how few posts use them: ln((1 + n) / (1 + df)) + 1.

    Parameters
    ----------
    public
        (n,): terms of all posts of the public.

    Returns
    -------
    Weights
        For `cosines`.

    Examples
    --------
    >>> weights = term_weights(pa.array([[1, 2, 2], [1]]))
    >>> weights.terms.tolist(), weights.weight.round(4).tolist(), round(weights.unseen, 4)
    ([1, 2], [1.0, 1.4055], 2.0986)
    """
    values, starts = _flat(public)
    n = len(starts) - 1
    known, place = _placed(values)
    # One number a text and term: a term counts once a text.
    uses = np.repeat(np.arange(n) * len(known), np.diff(starts))
    uses += place
    uses.sort()
    new = np.ones(len(uses), dtype=bool)
    new[1:] = uses[1:] != uses[:-1]
    counts = np.bincount(uses[new] % max(len(known), 1), minlength=len(known))
    return Weights(known, np.log((1 + n) / (1 + counts)) + 1, float(np.log(1 + n) + 1))


def weighted_terms(texts: pa.ChunkedArray | pa.ListArray, weights: Weights, columns: Places | None = None) -> Any:
    """Lay out texts as sparse rows of TF-IDF weights, each of length 1 (0 where there are no terms).

    Parameters
    ----------
    texts
        (n,): terms of each text.
    weights
        From `term_weights`.
    columns
        Sorted terms that the columns stand for; others count for the length of the rows only. Default: those of the
        weights.

    Returns
    -------
    scipy.sparse.csr_array, (n, len(columns))
        Counts times weights.

    Examples
    --------
    >>> weights = term_weights(pa.array([[1, 2], [1]]))
    >>> weighted_terms(pa.array([[1, 1, 2], [], [9]]), weights).toarray().round(4).tolist()
    [[0.8182, 0.575], [0.0, 0.0], [0.0, 0.0]]
    """
    from scipy.sparse import csr_array

    values, starts = _flat(texts)
    known = weights.terms if columns is None else columns
    distinct, place = _placed(values)
    heavy = np.where(_is_in(distinct, weights.terms), weights.weight[_at(distinct, weights.terms)], weights.unseen)
    shape = (len(starts) - 1, len(distinct))
    matrix = csr_array((np.ones(len(values)), place, starts), shape=shape)
    matrix.sum_duplicates()
    matrix.data *= heavy[matrix.indices]
    squares = csr_array((matrix.data**2, matrix.indices, matrix.indptr), shape=shape)
    length = np.sqrt(np.asarray(squares.sum(axis=1)).ravel())
    matrix.data /= np.repeat(np.where(length > 0, length, 1.0), np.diff(matrix.indptr))
    keep = _is_in(distinct, known)[matrix.indices]
    # Both are sorted, so what is kept of a row stays in order.
    column = _at(distinct, known)[matrix.indices[keep]]
    ends = np.concatenate([[0], np.cumsum(keep)])[matrix.indptr]
    return csr_array((matrix.data[keep], column, ends), shape=(shape[0], len(known)))


def cosines(replies: Any, parents: Any, first: Places, second: Places) -> Floats:
    """Give the cosine similarity of pairs of rows of two matrices whose rows have length 1.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> unit = csr_array(np.eye(2))
    >>> cosines(unit, unit, np.array([0, 0]), np.array([0, 1])).tolist()
    [1.0, 0.0]
    """
    found = np.zeros(len(first))
    for start in range(0, len(first), 100_000):
        part = slice(start, start + 100_000)
        found[part] = replies[first[part]].multiply(parents[second[part]]).sum(axis=1)
    return found


def _flat(lists: pa.ChunkedArray | pa.ListArray) -> tuple[Places, Places]:
    whole = lists.combine_chunks() if isinstance(lists, pa.ChunkedArray) else lists
    starts = np.asarray(whole.offsets).astype(np.int64)
    return np.asarray(whole.values)[starts[0] : starts[-1]].astype(np.int64, copy=False), starts - starts[0]


def _placed(values: Places) -> tuple[Places, NDArray[np.int32]]:
    """Give the distinct terms, sorted, and the place of each term among them."""
    coded = pa.array(values).dictionary_encode()
    distinct = np.asarray(coded.dictionary)
    order = np.argsort(distinct)
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return distinct[order], place[np.asarray(coded.indices)]


def _at(terms: Places, known: Places) -> Places:
    """Give the place of each term among sorted ones; any place where it is not among them."""
    return np.minimum(np.searchsorted(known, terms), max(len(known) - 1, 0))


def _is_in(terms: Places, known: Places) -> NDArray[np.bool_]:
    return known[_at(terms, known)] == terms if len(known) else np.zeros(len(terms), dtype=bool)
