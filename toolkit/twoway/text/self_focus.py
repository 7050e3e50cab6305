"""Who a post is about: words for oneself, words for the person addressed, and praise close to oneself."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from ..engine import one_batch
from . import patterns as p
from .own_names import OWN, mark_own_names
from .word_table import bare_text, words_of

__all__ = ["FOCUS", "praise_version", "self_focus_kernel"]

#: What the kernel gives for each post.
FOCUS = pa.schema(
    [
        pa.field(name, pa.int64())
        for name in ("row", "n_we", "n_own_names", "n_you", "n_handles", "n_self_praised", "opens_with_handle")
    ]
)

_WE = ("we", "us", "our", "ours", "ourselves")
_YOU = ("you", "your", "yours", "yourself", "yourselves", "u", "ur", "ya", "y'all", "yall")

#: Words between oneself and a word of praise, at most, the latter included.
PRAISE_REACH = 5

# A word of praise this far behind a negation praises nothing ("not great", "not that great").
_DENIED_WITHIN = 2


@cache
def _source() -> bytes:
    return resources.files(__package__).joinpath("praise_words.toml").read_bytes()


@cache
def _list() -> dict[str, Any]:
    return tomllib.loads(_source().decode("utf-8"))


@cache
def praise_version() -> str:
    """Name the list of words of praise: its name, version and the start of the hash of its file.

    Examples
    --------
    >>> praise_version().startswith("praise-words-en-0.")
    True
    """
    found = _list()
    return f"{found['name']}-{found['version']}-{hashlib.sha256(_source()).hexdigest()[:8]}"


def self_focus_kernel(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Count in a batch of posts the words for oneself (we, own names) and for the person addressed (you).

    Forms of I are not counted: an agent who says I speaks as a person. A we that takes the reader in cannot be told
    from one that does not.

    Parameters
    ----------
    batch
        Columns `row`, `text`, `own_names` (names of the account's own organization, products and services separated by
        `|`, or null).

    Returns
    -------
    pyarrow.RecordBatch
        Columns of `FOCUS`, one row a post in the order given. `n_self_praised` counts the words for oneself with a word
        of praise, not denied, within five words; `n_handles` the handles named, which may count as addressing persons;
        `opens_with_handle` is 1 or 0.
        Token self-focus is (n_we + n_own_names) / (n_we + n_own_names + n_you), of sums.

    Examples
    --------
    >>> text = "Our bread is simply the best. We at Acme love what you do, @ann"
    >>> batch = pa.RecordBatch.from_pydict({"row": [1], "text": [text], "own_names": ["Acme"]})
    >>> list(self_focus_kernel(batch).to_pylist()[0].values())
    [1, 2, 1, 1, 1, 3, 0]
    """
    frame = pl.from_arrow(pa.Table.from_batches([batch]))
    text = pl.col("text").fill_null("")
    handles = frame.select(
        "row",
        text.str.count_matches(r"(?:^|[^\w@/.])@\w+").alias("n_handles"),
        text.str.contains(p.OPENS_WITH_HANDLE).cast(pl.Int64).alias("opens_with_handle"),
    )
    bare = frame.with_columns(bare_text(frame["text"]).alias("text"))
    quiet = bare.select("row", pl.col("text").str.contains(r"\p{Ll}").alias("is_quiet"))
    words = words_of(mark_own_names(bare), is_bare=True).join(quiet, on="row", how="left", maintain_order="left")
    marked = words.with_columns(_marks())
    marked = marked.with_columns(pl.Series("praised", _is_praised(marked), dtype=pl.Boolean))
    counts = marked.group_by("row").agg(
        pl.col("we").sum().alias("n_we"),
        pl.col("own").sum().alias("n_own_names"),
        pl.col("you").sum().alias("n_you"),
        pl.col("praised").sum().alias("n_self_praised"),
    )
    full = handles.join(counts, on="row", how="left", maintain_order="left").with_columns(pl.all().fill_null(0))
    return one_batch(full.select(pl.col(name).cast(pl.Int64) for name in FOCUS.names))


def _marks() -> list[pl.Expr]:
    """Mark each word; US in capitals among small letters is a country."""
    word = pl.col("word").str.to_lowercase()
    host = word.str.replace(r"'(?:ll|ve|re|d|s)$", "")
    is_country = (pl.col("word") == "US") & pl.col("is_quiet")
    return [
        ((host.is_in(_WE) & ~is_country) | (word == "let's")).alias("we"),
        (host == OWN).alias("own"),
        (host.is_in(_YOU) | (word == "y'all")).alias("you"),
        word.is_in(_list()["words"].split()).alias("praise"),
        (word.is_in(_list()["negations"].split()) | word.str.ends_with("n't")).alias("denial"),
    ]


def _is_praised(words: pl.DataFrame) -> NDArray[np.bool_]:
    """Say of each word whether it stands for oneself, close to praise in the same text."""
    new_text = (words["row"] != words["row"].shift(1)).fill_null(value=True).to_numpy()
    # Texts laid out in one line, with more room between two of them than any word reaches.
    place = np.arange(len(words)) + (PRAISE_REACH + 1) * np.cumsum(new_text)
    praise, denial = (place[words[name].to_numpy()] for name in ("praise", "denial"))
    before = np.searchsorted(denial, praise) - 1
    gap = (
        praise - np.where(before >= 0, denial[np.maximum(before, 0)], -PRAISE_REACH) if len(denial) else praise + np.inf
    )
    praise = praise[gap > _DENIED_WITHIN]
    own = (words["we"] | words["own"]).to_numpy()
    n_near = np.searchsorted(praise, place + PRAISE_REACH, "right") - np.searchsorted(praise, place - PRAISE_REACH)
    return np.asarray(own & (n_near > 0))
