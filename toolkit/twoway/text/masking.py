"""Texts with what changes from person to person masked: what is left is the wording.

A handle, link, name, number or mail address becomes a slot, the handles at the head of a reply (whom it goes to) and
the agent's signature at its end are taken off. All by Polars regexes, no loop over posts.
"""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from ..engine import one_batch
from . import patterns as p
from .shingles import SHINGLE, as_lists, sequence_hashes, shingle_hashes, token_hashes

__all__ = ["MASKED", "bare_text", "masked_kernel"]

_IN = p.STAND_INS

MASKED = pa.schema(
    [
        pa.field("row", pa.int64()),
        pa.field("slotted", pa.string()),
        pa.field("agent", pa.string()),
        pa.field("tokens", pa.int64()),
        pa.field("wording", pa.int64()),
        pa.field("shingles", pa.list_(pa.int64())),
    ]
)


def masked_kernel(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Mask a batch of texts, and cut each into hashed 3-shingles of its words.

    Parameters
    ----------
    batch
        Columns `row`, `text`.

    Returns
    -------
    pyarrow.RecordBatch
        Columns of `MASKED`: `slotted` (the text with its slots shown), `agent` (who signed, lower case, or null),
        `tokens` (how many words and slots), `wording` (a number that equal token sequences share), `shingles`
        (numbers of the distinct runs of three tokens, sorted; the same in every batch, engine and release).

    References
    ----------
    Broder 1997, shingles; masked as in the catalog's D5.

    Examples
    --------
    >>> texts = ["@ann Hi Ann! See https://a.org now, order 12 ^JB", "@bob Hi Bob! See https://b.org now, order 7 /KL"]
    >>> done = masked_kernel(pa.record_batch({"row": [0, 1], "text": texts}))
    >>> done["slotted"].to_pylist()
    ['Hi {name}! See {link} now, order {number}', 'Hi {name}! See {link} now, order {number}']
    >>> done["agent"].to_pylist(), done["tokens"].to_pylist(), len(set(done["wording"].to_pylist()))
    (['jb', 'kl'], [7, 7], 1)
    """
    frame = pl.from_arrow(pa.Table.from_batches([batch])).select("row", _opened(pl.col("text")).alias("t"))
    frame = frame.with_columns(_agent(pl.col("t")).alias("agent"))
    frame = frame.with_columns(_unnamed(_unsigned().str.replace_all(p.NUMBER, _IN["number"])).alias("t"))
    tokens = frame.select(pl.col("t").str.to_lowercase().str.extract_all(p.MASKED_TOKEN))["t"]
    hashes, starts = token_hashes(tokens.to_arrow())
    shingles, cuts = shingle_hashes(hashes, starts, SHINGLE)
    done = frame.select("row", _shown(pl.col("t")).alias("slotted"), "agent").with_columns(
        tokens=tokens.list.len().cast(pl.Int64),
        wording=pl.Series(sequence_hashes(hashes, starts)),
        shingles=pl.from_arrow(as_lists(shingles, cuts)),
    )
    return one_batch(done.select(MASKED.names))


def bare_text(text: pl.Expr) -> pl.Expr:
    """Give texts in lower case without handles, links, names, signature and quoted lines.

    Parameters
    ----------
    text
        A column of texts.

    Returns
    -------
    polars.Expr
        Numbers are kept: an order number said again is an answer to it.

    Examples
    --------
    >>> pl.select(bare_text(pl.lit("@ann Hi Ann, order 12 left: https://a.org ^JB")).str.strip_chars()).item()
    'hi  , order 12 left:'
    """
    plain = _opened(text.str.replace_all(p.QUOTED, " "))
    signed = pl.when(_agent(plain).is_null()).then(plain).otherwise(_cut(plain))
    return _unnamed(signed).str.replace_all(rf"[{''.join(_IN.values())}]", " ").str.to_lowercase()


def _opened(text: pl.Expr) -> pl.Expr:
    """Take the leading handles off, and put a stand-in for each link, mail address and other handle."""
    plain = text.fill_null("").str.replace_all("’", "'", literal=True).str.replace_all(p.ESCAPED, " ")
    plain = plain.str.replace(p.LEADING_HANDLES, "").str.replace_all(p.URL, _IN["link"])
    return plain.str.replace_all(p.EMAIL, _IN["mail"]).str.replace_all(p.HANDLE, _IN["handle"])


def _agent(opened: pl.Expr) -> pl.Expr:
    name = pl.coalesce(opened.str.extract(p.SIGNED, 1), opened.str.extract(p.SIGNED_BY_NAME, 3)).str.to_lowercase()
    return pl.when(~name.is_in(p.NOT_NAMES)).then(name)


def _unsigned() -> pl.Expr:
    return pl.when(pl.col("agent").is_null()).then(pl.col("t")).otherwise(_cut(pl.col("t")))


def _cut(opened: pl.Expr) -> pl.Expr:
    by_mark = opened.str.contains(p.SIGNED)
    return (
        pl.when(by_mark)
        .then(opened.str.replace(p.SIGNED, ""))
        .otherwise(opened.str.replace(p.SIGNED_BY_NAME, "${1}${2}"))
    )


def _unnamed(text: pl.Expr) -> pl.Expr:
    """Put a stand-in for who is greeted, or called, by name."""
    slot = "${1}" + _IN["name"] + "${2}"
    plain = text.str.replace_all(p.COURTESY, "${1}").str.replace(p.NAME_GREETED, slot)
    plain = plain.str.replace(p.NAME_GREETED_LOWER, slot)
    return plain.str.replace(p.NAME_OPENING, slot).str.replace_all(p.NAME_CALLED, slot)


def _shown(text: pl.Expr) -> pl.Expr:
    return text.str.replace_many(list(_IN.values()), [f"{{{name}}}" for name in _IN]).str.strip_chars()
