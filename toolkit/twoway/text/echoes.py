"""Words of content of each post, to find what a reply takes up of the post it answers."""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from ..engine import one_batch
from . import patterns as p
from .function_words import word_classes
from .masking import bare_text

__all__ = ["CONTENT_WORDS", "content_words_kernel"]

#: What the kernel gives: one row a post and different word.
CONTENT_WORDS = pa.schema([pa.field("row", pa.int64()), pa.field("word", pa.int64())])

#: Shorter words are no words of content.
SHORTEST = 4

#: Courtesies and words of the channel: whoever repeats them repeats no matter.
_COURTESIES = frozenset((
    "please", "thanks", "thank", "sorry", "apologies", "apologize", "apologise", "hello", "help", "team", "send",
    "message", "direct", "tweet", "twitter", "know", "just", "like", "need", "want", "make", "take", "look", "check",
    "still", "really", "going", "back", "time", "today", "please", "link", "here", "email", "number", "contact",
    "customer", "service", "account", "details", "issue", "issues", "problem", "problems", "regards", "welcome",
    "appreciate", "concern",
))  # fmt: skip


def content_words_kernel(batch: pa.RecordBatch) -> pa.RecordBatch:
    """List the different words of content of a batch of posts, as numbers.

    Parameters
    ----------
    batch
        Columns `row`, `text`.

    Returns
    -------
    pyarrow.RecordBatch
        Columns of `CONTENT_WORDS`. A plural counts as its singular. Handles, links, names, the signature and quoted
        lines are left out, and so are words of grammar, courtesies and words of three letters or fewer.

    Examples
    --------
    >>> texts = ["@shop the kettles leak!", "Hi Ann, a kettle that leaks? ^JB"]
    >>> batch = pa.record_batch({"row": [0, 1], "text": texts})
    >>> found = content_words_kernel(batch).to_pydict()
    >>> found["row"], len(set(found["word"]))
    ([0, 0, 1, 1], 2)
    """
    frame = pl.from_arrow(pa.Table.from_batches([batch]))
    words = frame.select("row", bare_text(pl.col("text")).str.extract_all(p.WORD).alias("word"))
    words = words.explode("word").drop_nulls("word")
    stem = pl.col("word").str.replace(r"'s?$", "").str.replace(r"([^s])s$", "${1}")
    grammar = frozenset().union(*word_classes().values()) | _COURTESIES
    words = words.filter(~pl.col("word").is_in(list(grammar)) & (pl.col("word").str.len_chars() >= SHORTEST))
    words = words.filter(pl.col("word").str.contains(r"\p{L}")).with_columns(stem.hash(seed=1).reinterpret(signed=True))
    return one_batch(words.unique(maintain_order=True).select(pl.col("row").cast(pl.Int64), "word"))
