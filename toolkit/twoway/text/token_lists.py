"""The words of each post as numbers, in order, and its bare text: what measures of variety read."""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from ..engine import one_batch
from . import patterns as p
from .masking import bare_text
from .shingles import as_lists, token_hashes

__all__ = ["BARE", "TOKENS", "bare_kernel", "tokens_kernel"]

TOKENS = pa.schema([pa.field("row", pa.int64()), pa.field("tokens", pa.list_(pa.int64()))])

BARE = pa.schema([pa.field("row", pa.int64()), pa.field("text", pa.string())])


def tokens_kernel(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Number the words of a batch of posts, in order; equal words have equal numbers in every batch.

    Parameters
    ----------
    batch
        Columns `row`, `text`.

    Returns
    -------
    pyarrow.RecordBatch
        Columns of `TOKENS`: words in lower case without handles, links, names, signature and quoted lines.

    Examples
    --------
    >>> found = tokens_kernel(pa.record_batch({"row": [0], "text": ["@ann We are here, are we? ^JB"]}))
    >>> a, b, c, d, e = found["tokens"].to_pylist()[0]
    >>> (a == e, b == d, a == b)
    (True, True, False)
    """
    frame = pl.from_arrow(pa.Table.from_batches([batch]))
    words = frame.select(bare_text(pl.col("text")).str.extract_all(p.WORD).alias("t"))["t"]
    hashes, starts = token_hashes(words.to_arrow())
    lists = pl.from_arrow(as_lists(hashes.view("int64"), starts))
    return one_batch(frame.select(pl.col("row").cast(pl.Int64)).with_columns(tokens=lists))


def bare_kernel(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Give the posts of a batch in lower case without handles, links, names, signature and quoted lines.

    Parameters
    ----------
    batch
        Columns `row`, `text`.

    Examples
    --------
    >>> bare_kernel(pa.record_batch({"row": [0], "text": ["@ann It is here ^JB"]}))["text"].to_pylist()
    ['it is here']
    """
    frame = pl.from_arrow(pa.Table.from_batches([batch]))
    return one_batch(frame.select(pl.col("row").cast(pl.Int64), bare_text(pl.col("text")).str.strip_chars()))
