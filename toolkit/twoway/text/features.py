"""One pass over the texts: marks of every post, and whom it names."""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from ..engine import one_batch
from . import patterns as p

__all__ = ["FEATURES", "MENTIONS", "marks_of", "mentions_kernel", "said", "wording"]

FEATURES = pa.schema(
    [
        pa.field("row", pa.int64()),
        *[
            pa.field(name, pa.bool_())
            for name in ("has_url", "has_hashtag", "has_at", "is_legacy_repost", "has_question")
        ],
        pa.field("n_words", pa.int64()),
        pa.field("wording", pa.int64()),
    ]
)
MENTIONS = pa.schema(
    [pa.field("row", pa.int64()), pa.field("handle_key", pa.string()), pa.field("position", pa.int64())]
)


def marks_of(text: pl.Expr) -> list[pl.Expr]:
    """Mark texts: `has_url`, `has_hashtag`, `has_at`, `is_legacy_repost`, `has_question`, `n_words`."""
    has_at = text.str.contains("@", literal=True)
    has_mark = text.str.contains(p.QUESTION_MARK)
    has_link = text.str.contains(p.URL)
    bare = pl.when(has_link).then(text.str.replace_all(p.URL, " ")).otherwise(text)
    return [
        has_link.alias("has_url"),
        (text.str.contains("#", literal=True) & text.str.contains(p.HASHTAG)).alias("has_hashtag"),
        (has_at & text.str.contains(p.MENTION)).alias("has_at"),
        (has_at & text.str.contains(p.LEGACY_REPOST)).alias("is_legacy_repost"),
        (has_mark & bare.str.contains(p.QUESTION_MARK)).alias("has_question"),
        bare.str.count_matches(p.WORD).cast(pl.Int64).alias("n_words"),
    ]


def said(text: pl.Expr) -> pl.Expr:
    """Reduce a text to what is said: lower case, links as `xurlx`, without leading handles and signature."""
    body = text.str.replace_all(p.URL, " xurlx ").str.replace_all(p.EMAIL, " xmailx ").str.to_lowercase()
    return body.str.replace(p.LEADING_HANDLES, "").str.replace(p.SIGNATURE, "")


def wording(body: pl.Expr) -> pl.Expr:
    """Number the letters of what is said, so that equal wordings can be counted; null where there are none.

    Handles, links, and the name of who is greeted are left out: the same words to Ann and to Bob are the same wording.
    """
    letters = body.str.replace(p.GREETED, "${1}").str.replace_all(p.NOT_LETTERS, "")
    number = letters.hash(seed=1).reinterpret(signed=True)
    return pl.when(letters != "").then(number).alias("wording")


def mentions_kernel(batch: pa.RecordBatch) -> pa.RecordBatch:
    """List the handles a batch of posts names, one row a handle and post.

    Parameters
    ----------
    batch
        Columns `row`, `text`, `mentions` (space-separated handles, or null to read the text), `is_dotted`.

    Returns
    -------
    pyarrow.RecordBatch
        Columns of `MENTIONS`; handles are lower case without @; `position` counts from 0 and
        is that of the first time.
    """
    frame = pl.from_arrow(pa.Table.from_batches([batch]))
    dotted = bool(frame.height and frame["is_dotted"][0])
    found = pl.col("text").fill_null("").str.extract_all(p.MENTION_DOTTED if dotted else p.MENTION)
    given = pl.col("mentions").str.replace_all(r"[,@]", " ").str.strip_chars().str.split(" ")
    lists = frame.select("row", pl.when(pl.col("mentions").is_null()).then(found).otherwise(given).alias("handle_key"))
    lists = lists.filter(pl.col("handle_key").list.len() > 0)
    rows = lists.with_columns(pl.int_ranges(0, pl.col("handle_key").list.len()).alias("position")).explode(
        "handle_key", "position"
    )
    rows = rows.with_columns(pl.col("handle_key").str.replace(r"^[^@]*@", "").str.to_lowercase().str.strip_chars())
    rows = rows.filter(pl.col("handle_key").str.len_bytes() > 0).select(MENTIONS.names)
    return one_batch(rows.unique(["row", "handle_key"], keep="first", maintain_order=True))
