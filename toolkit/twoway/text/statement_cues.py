"""Turns of phrase of the press statement, counted in each post by a list of our own."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from importlib import resources
from typing import Any

import polars as pl
import pyarrow as pa

from ..engine import one_batch
from . import patterns as p
from .own_names import mark_own_names
from .word_table import bare_text

__all__ = ["CUES", "STATEMENT_CUES", "cues_version", "statement_cues_kernel"]

STATEMENT_CUES = ("corporate", "self_naming", "passive", "hedge", "legal")

#: What the kernel gives for each post.
CUES = pa.schema([pa.field(name, pa.int64()) for name in ("row", "n_words", *(f"n_{cue}" for cue in STATEMENT_CUES))])


@cache
def _source() -> bytes:
    return resources.files(__package__).joinpath("statement_cues.toml").read_bytes()


@cache
def _list() -> dict[str, Any]:
    return tomllib.loads(_source().decode("utf-8"))


@cache
def cues_version() -> str:
    """Name the list of cues: its name, version and the start of the hash of its file.

    Examples
    --------
    >>> cues_version().startswith("statement-cues-en-0.")
    True
    """
    found = _list()
    return f"{found['name']}-{found['version']}-{hashlib.sha256(_source()).hexdigest()[:8]}"


def statement_cues_kernel(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Count the cues of the press statement in a batch of posts.

    Parameters
    ----------
    batch
        Columns `row`, `text`, `own_names` (names of the account's own organization separated by `|`, or null).

    Returns
    -------
    pyarrow.RecordBatch
        Columns of `CUES`, one row a post in the order given. Per 100 words is 100 * n_corporate / n_words and so on,
        of sums: a rate of a single short post says little.

    Examples
    --------
    >>> text = "Acme Tea takes safety very seriously. The matter is being investigated."
    >>> batch = pa.RecordBatch.from_pydict({"row": [1], "text": [text], "own_names": ["Acme Tea"]})
    >>> {name: n for name, n in statement_cues_kernel(batch).to_pylist()[0].items() if n}
    {'row': 1, 'n_words': 11, 'n_corporate': 1, 'n_self_naming': 1, 'n_passive': 1}
    """
    frame = pl.from_arrow(pa.Table.from_batches([batch]))
    bare = frame.with_columns(bare_text(frame["text"]).alias("text"))
    said = mark_own_names(bare).with_columns(pl.col("text").fill_null("").str.to_lowercase())
    rules = {rule["code"]: rule for rule in _list()["cue"]}
    counts = [_count(rules[cue]).cast(pl.Int64).alias(f"n_{cue}") for cue in STATEMENT_CUES]
    n_words = bare["text"].str.count_matches(p.WORD).cast(pl.Int64).alias("n_words")
    return one_batch(said.select("row", *counts).with_columns(n_words).select(CUES.names))


def _count(rule: dict[str, Any]) -> pl.Expr:
    patterns = rule["patterns"]
    found = pl.sum_horizontal(pl.col("text").str.count_matches(pattern).cast(pl.Int64) for pattern in patterns)
    taken = [pl.col("text").str.count_matches(pattern).cast(pl.Int64) for pattern in rule.get("except", ())]
    return (found - pl.sum_horizontal(taken)).clip(lower_bound=0) if taken else found
