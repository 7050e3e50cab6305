"""One pass over the texts: marks of every post, and what each brand reply does."""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from ..engine import one_batch
from . import patterns as p

__all__ = ["FEATURES", "MENTIONS", "RESOLUTIONS", "features_kernel", "mentions_kernel"]

#: What a brand's reply can do, in order of precedence.
RESOLUTIONS = ("open_answer", "escalate", "deflect", "clarify", "acknowledge")

FEATURES = pa.schema(
    [
        pa.field("row", pa.int64()),
        *[
            pa.field(name, pa.bool_())
            for name in ("has_url", "has_hashtag", "has_at", "is_legacy_repost", "has_question")
        ],
        pa.field("n_words", pa.int64()),
        *[pa.field(f"to_{name}", pa.bool_()) for name in p.DESTINATIONS],
        pa.field("resolution", pa.string()),
        pa.field("wording", pa.int64()),
    ]
)
MENTIONS = pa.schema(
    [pa.field("row", pa.int64()), pa.field("handle_key", pa.string()), pa.field("position", pa.int64())]
)


def features_kernel(batch: pa.RecordBatch, *, substance_words: int = 8) -> pa.RecordBatch:
    """Mark a batch of posts.

    Parameters
    ----------
    batch
        Columns `row`, `text`, `is_brand` (whether the reply rules apply).
    substance_words
        Content words outside the pointing sentence that make a reply an open answer.

    Returns
    -------
    pyarrow.RecordBatch
        Columns of `FEATURES`; `to_*` are false, and `resolution` and `wording` (a number that stands for the letters
        of the text; handles, links, signature and the name in a greeting left out) null, for posts that are not the
        brand's.
    """
    frame = pl.from_arrow(pa.Table.from_batches([batch])).with_columns(pl.col("text").fill_null(""))
    marks = frame.select("row", *_marks(pl.col("text")))
    brand = _what_replies_do(frame.filter(pl.col("is_brand")).select("row", "text"), substance_words)
    full = marks.join(brand, on="row", how="left", maintain_order="left")
    full = full.with_columns(pl.col(f"to_{name}").fill_null(value=False) for name in p.DESTINATIONS)
    return one_batch(full.select(FEATURES.names))


def _marks(text: pl.Expr) -> list[pl.Expr]:
    has_at = text.str.contains("@", literal=True)
    has_mark = text.str.contains("?", literal=True)
    has_link = text.str.contains(p.URL)
    bare = pl.when(has_link).then(text.str.replace_all(p.URL, " ")).otherwise(text)
    return [
        has_link.alias("has_url"),
        (text.str.contains("#", literal=True) & text.str.contains(p.HASHTAG)).alias("has_hashtag"),
        (has_at & text.str.contains(p.MENTION)).alias("has_at"),
        (has_at & text.str.contains(p.LEGACY_REPOST)).alias("is_legacy_repost"),
        (has_mark & bare.str.contains("?", literal=True)).alias("has_question"),
        bare.str.count_matches(p.WORD).cast(pl.Int64).alias("n_words"),
    ]


def _what_replies_do(brand: pl.DataFrame, substance_words: int) -> pl.DataFrame:
    """Name where each reply sends the person, and what it does, sentence by sentence."""
    body = pl.col("text").str.replace_all(p.URL, " xurlx ").str.replace_all(p.EMAIL, " xmailx ").str.to_lowercase()
    body = body.str.replace(p.LEADING_HANDLES, "").str.replace(p.SIGNATURE, "")
    cut = body.str.replace_all(p.SENTENCE_END, "${0}\u0001").str.split("\u0001")
    said = brand.select("row", cut.alias("s")).explode("s").with_columns(pl.col("s").fill_null(""))
    s = pl.col("s")
    said = said.with_columns(
        *[s.str.contains(rule).alias(f"to_{name}") for name, rule in p.DESTINATIONS.items()],
        asks=s.str.contains(p.ASK),
        passes_on=s.str.contains(p.ESCALATE),
        is_kind=s.str.contains(p.ACKNOWLEDGE),
        has_link=s.str.contains("xurlx", literal=True),
    )
    points = pl.any_horizontal(*[pl.col(f"to_{name}") for name in p.DESTINATIONS])
    plain = ~(points | pl.col("asks") | pl.col("passes_on") | pl.col("is_kind"))
    said = said.with_columns(
        solid=pl.when(plain).then(s).otherwise(pl.lit("")).str.count_matches(p.CONTENT_WORD),
        passes_on=pl.col("passes_on") & ~points,
    )
    flags = [*[f"to_{name}" for name in p.DESTINATIONS], "asks", "passes_on", "has_link"]
    found = said.group_by("row").agg(*[pl.col(name).any() for name in flags], pl.col("solid").sum())
    found = found.with_columns(_own_page()).join(brand.select("row", _wording(body)), on="row", how="left")
    return found.select("row", *[f"to_{name}" for name in p.DESTINATIONS], _resolution(substance_words), "wording")


def _wording(body: pl.Expr) -> pl.Expr:
    """Number the letters of a text, so that equal wordings can be counted; null where there are none.

    Who is greeted by name is left out: the same words to Ann and to Bob are the same wording.
    """
    letters = body.str.replace(p.GREETED, "${1}").str.replace_all(p.NOT_LETTERS, "")
    number = letters.hash(seed=1).reinterpret(signed=True)
    return pl.when(letters != "").then(number).alias("wording")


def _own_page() -> pl.Expr:
    """A form or a chat is reached by a link, and a private message often too.

    The link is then not a page of its own.
    """
    taken = pl.col("to_form") | pl.col("to_chat") | (pl.col("to_dm") & pl.col("has_link"))
    return (pl.col("to_page") & ~taken).alias("to_page")


def _resolution(substance_words: int) -> pl.Expr:
    points = pl.any_horizontal(*[pl.col(f"to_{name}") for name in p.DESTINATIONS])
    return (
        pl.when(pl.col("solid") >= substance_words)
        .then(pl.lit("open_answer"))
        .when(pl.col("passes_on") & ~pl.col("to_dm"))
        .then(pl.lit("escalate"))
        .when(points)
        .then(pl.lit("deflect"))
        .when(pl.col("asks"))
        .then(pl.lit("clarify"))
        .otherwise(pl.lit("acknowledge"))
        .alias("resolution")
    )


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
