"""Replies by the agent who signed them: a number nobody can trace back, and the wording without the signature.

Nothing here gives away who an agent is. Measure differences between agents, never agents.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..engine import one_batch
from ..errors import TwowayError
from . import patterns as p
from .signatures import signatures_of, without_links

__all__ = ["SIGNED", "agents_kernel", "gram_features"]

#: What the kernel gives for each post.
SIGNED = pa.schema(
    [
        pa.field("row", pa.int64()),
        pa.field("agent", pa.int64()),
        pa.field("body", pa.string()),
        *[pa.field(name, pa.int64()) for name in ("n_words", "n_characters", "n_exclamations")],
    ]
)

# Code points take 21 bits; three of them fit into one whole number.
_BITS = 21


def agents_kernel(batch: pa.RecordBatch, *, salt: int) -> pa.RecordBatch:
    """Number the agents who signed a batch of an account's posts, and take the signatures off.

    Parameters
    ----------
    batch
        Columns `row`, `text`, `account` (number of the account; AB of one account is not AB of another).
    salt
        Any whole number from 0, the same for all batches, drawn at random and thrown away: without it no agent's number
        can be traced back to initials.

    Returns
    -------
    pyarrow.RecordBatch
        Columns of `SIGNED`, one row a post in the order given: `agent` is null where nobody signed; `body` is the text
        without links, handles and signature, digits written as 0.

    Examples
    --------
    >>> texts = ["@ann Try 2 things ^JB", "Sure! ^jb", "Bye /MC", "Unsigned"]
    >>> batch = pa.RecordBatch.from_pydict({"row": [0, 1, 2, 3], "text": texts, "account": [5, 5, 5, 5]})
    >>> found = agents_kernel(batch, salt=20)
    >>> found["body"].to_pylist()
    ['Try 0 things', 'Sure!', 'Bye', 'Unsigned']
    >>> a, b, c, d = found["agent"].to_pylist()
    >>> (a == b, a == c, d)
    (True, False, None)
    """
    if salt < 0:
        msg = f"The salt {salt} is below 0. It was given to agents_kernel. Draw one with secrets.randbits(63)."
        raise TwowayError(msg)
    frame = pl.from_arrow(pa.Table.from_batches([batch]))
    signed = pl.concat([frame.drop("text"), signatures_of(without_links(frame["text"]))], how="horizontal")
    key = pl.concat_str(pl.col("account").cast(pl.String), pl.lit(" "), pl.col("name"))
    plain = pl.col("body").str.replace_all(r"\d", "0").str.replace_all(r"\s+", " ").str.strip_chars()
    body = pl.col("body")
    out = signed.with_columns(plain).select(
        "row",
        pl.when(pl.col("name").is_not_null()).then(key.hash(seed=salt).reinterpret(signed=True)).alias("agent"),
        "body",
        body.str.count_matches(p.WORD).alias("n_words"),
        body.str.len_chars().alias("n_characters"),
        body.str.count_matches("!", literal=True).alias("n_exclamations"),
    )
    return one_batch(out.with_columns(pl.col("^n_.*$").cast(pl.Int64)).select(SIGNED.names))


def gram_features(bodies: Sequence[str], n_features: int = 1_000) -> csr_array:
    """Describe texts by their character 3-grams: the most frequent ones, as square roots of counts, of length one.

    Parameters
    ----------
    bodies
        Texts, such as the `body` of `agents_kernel`.
    n_features
        Grams kept; which ones depends on all texts together and on no label.

    Returns
    -------
    scipy.sparse.csr_array
        (texts, grams), rows of Euclidean length 1, or 0 for texts without any of the grams. Case counts, and spaces do.

    Examples
    --------
    >>> gram_features(["abcabc", "abc", "xy"], 1).toarray().tolist()
    [[1.0], [1.0], [0.0]]
    """
    text, gram = _grams(bodies)
    kinds, code, n = np.unique(gram, return_inverse=True, return_counts=True)
    kept = np.sort(np.lexsort((kinds, -n))[:n_features])
    column = np.full(len(kinds), -1)
    column[kept] = np.arange(len(kept))
    place = column[code.reshape(-1)]
    here = place >= 0
    shape = (len(bodies), max(len(kept), 1))
    counts = csr_array((np.ones(int(here.sum()), dtype=np.float32), (text[here], place[here])), shape=shape)
    counts.sum_duplicates()
    # The length of a row of square roots is the root of the sum of its counts.
    total = np.bincount(text[here], minlength=len(bodies))
    counts.data = np.sqrt(counts.data / np.repeat(total, np.diff(counts.indptr))).astype(np.float32)
    return counts


def _grams(bodies: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List all 3-grams as whole numbers, each with the number of its text."""
    lengths = np.fromiter((len(body) for body in bodies), dtype=np.int64, count=len(bodies))
    points = np.frombuffer("".join(bodies).encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.int64)
    text = np.repeat(np.arange(len(bodies)), lengths)
    if len(points) < 3:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    inside = text[:-2] == text[2:]
    gram = (points[:-2] << 2 * _BITS) | (points[1:-1] << _BITS) | points[2:]
    return text[:-2][inside], gram[inside]
