"""Topics as groups of keywords: which of them a post names, and groups found in the posts themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from ..engine import one_batch
from ..errors import SchemaError
from ..text.function_words import word_classes
from ..text.word_table import words_of
from .said import said
from .wordlist import word_pattern

__all__ = ["MASKS", "check_topics", "keyword_groups", "topics_kernel"]

#: What the kernel gives: a post's topics as the bits of one number, and its words.
MASKS = pa.schema([pa.field("row", pa.int64()), pa.field("mask", pa.int64()), pa.field("n_words", pa.int64())])

MOST_TOPICS = 60

#: Words considered, at most; in how many posts a word has to be, and in what share of them it may be.
_VOCABULARY, _LEAST, _MOST = 600, 5, 0.5
_ROUNDS = 150
_TINY = 1e-12


def check_topics(topics: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Bring topics to tuples of words, and refuse what are none.

    Raises
    ------
    SchemaError
        If there are fewer than two topics, more than 60, or one without a word.

    Examples
    --------
    >>> check_topics({"price": ["price*", "cheap"], "taste": ["taste*"]})
    {'price': ('price*', 'cheap'), 'taste': ('taste*',)}
    """
    words = {str(name): (group,) if isinstance(group, str) else tuple(group) for name, group in topics.items()}
    blank = [name for name, group in words.items() if not group or not all(str(word).strip() for word in group)]
    if not 2 <= len(words) <= MOST_TOPICS or blank:
        what = f"The topic '{blank[0]}' has no words" if blank else f"{len(words)} topics were given"
        msg = f"{what}. They were given as topics. Give 2 to {MOST_TOPICS} topics, each with a list of words."
        raise SchemaError(msg)
    return {name: tuple(str(word) for word in group) for name, group in words.items()}


def topics_kernel(batch: pa.RecordBatch, topics: Mapping[str, Sequence[str]]) -> pa.RecordBatch:
    """Say of a batch of posts which topics they name.

    Parameters
    ----------
    batch
        Columns `row`, `text`.
    topics
        Words of each topic, as in codebooks: whole words, `*` stands for the rest of one.

    Returns
    -------
    pyarrow.RecordBatch
        Columns of `MASKS`; bit k of `mask` is the k-th topic.

    Examples
    --------
    >>> batch = pa.RecordBatch.from_pydict({"row": [1], "text": ["Cheap and tasty!"]})
    >>> topics_kernel(batch, {"price": ["cheap"], "staff": ["staff"], "taste": ["tast*"]}).to_pylist()
    [{'row': 1, 'mask': 5, 'n_words': 3}]
    """
    frame = pl.from_arrow(pa.Table.from_batches([batch])).with_columns(said=said(pl.col("text").fill_null("")))
    bits = [
        pl.col("said").str.contains(word_pattern(tuple(words))).cast(pl.Int64) * 2**k
        for k, words in enumerate(topics.values())
    ]
    n_words = pl.col("said").str.count_matches(r"[\p{L}\p{N}]+").cast(pl.Int64)
    return one_batch(frame.select("row", mask=pl.sum_horizontal(bits), n_words=n_words))


def keyword_groups(texts: Sequence[str], k: int, *, n_words: int = 8, seed: int = 0) -> dict[str, tuple[str, ...]]:
    """Find groups of keywords in posts: topics by non-negative factors of TF-IDF, each told by its heaviest words.

    A word belongs to one group only, that in which it weighs most; a group bears the names of its first two words.

    Parameters
    ----------
    texts
        Posts.
    k
        How many groups.
    n_words
        Words a group, at most.
    seed
        Of the start of the search: same posts, same seed, same groups.

    Returns
    -------
    dict
        Name to words; fewer than `k` groups where posts have too few words that come back.

    Examples
    --------
    >>> texts = ["late train", "train late today", "hot soup", "soup was hot"] * 5
    >>> sorted(sorted(words) for words in keyword_groups(texts, 2).values())
    [['hot', 'soup'], ['late', 'today', 'train']]
    """
    words, table = _tf_idf(texts)
    if len(words) < k:
        return {}
    weights = _factors(table, k, seed)
    home = weights.argmax(axis=0)
    groups: dict[str, tuple[str, ...]] = {}
    for topic in range(k):
        mine = np.flatnonzero((home == topic) & (weights[topic] > _TINY))
        best = [words[i] for i in mine[np.argsort(-weights[topic, mine], kind="stable")][:n_words]]
        if best:
            groups["/".join(best[:2])] = tuple(best)
    return groups


def _tf_idf(texts: Sequence[str]) -> tuple[list[str], Any]:
    """Give the words that come back, and a sparse table of posts by words, each post of length 1."""
    from scipy.sparse import csr_array

    frame = pl.DataFrame({"row": range(len(texts)), "text": list(texts)}, schema={"row": pl.Int64, "text": pl.String})
    words = words_of(frame).with_columns(pl.col("word").str.to_lowercase())
    grammar = [word for group in word_classes().values() for word in group]
    words = words.filter(
        (pl.col("word").str.len_chars() > 2) & pl.col("word").str.contains(r"^\p{L}+$") & ~pl.col("word").is_in(grammar)
    )
    posts = words.group_by("word").agg(pl.col("row").n_unique().alias("df"))
    top = max(_MOST * len(texts), _LEAST)
    kept = posts.filter((pl.col("df") >= _LEAST) & (pl.col("df") <= top)) if len(texts) >= 4 * _LEAST else posts
    kept = kept.sort(["df", "word"], descending=[True, False]).head(_VOCABULARY).sort("word").with_row_index("ix")
    counts = words.join(kept, on="word").group_by("row", "ix", "df").agg(pl.len().alias("tf")).sort("row", "ix")
    value = counts["tf"].to_numpy() * np.log(len(texts) / counts["df"].to_numpy())
    norm = np.sqrt(np.bincount(counts["row"].to_numpy(), value**2, len(texts)))
    row = counts["row"].to_numpy()
    value = value / np.where(norm[row] > 0, norm[row], 1.0)
    shape = (len(texts), len(kept))
    return kept["word"].to_list(), csr_array((value, (row, counts["ix"].to_numpy())), shape=shape)


def _factors(table: Any, k: int, seed: int) -> NDArray[np.float64]:
    """Factor posts by words into k topics by multiplicative updates (Lee and Seung): (k, words) weights."""
    rng = np.random.default_rng(seed)
    posts, words = rng.random((table.shape[0], k)) + 0.1, rng.random((k, table.shape[1])) + 0.1
    for _ in range(_ROUNDS):
        words *= (table.T @ posts).T / (posts.T @ posts @ words + _TINY)
        posts *= (table @ words.T) / (posts @ (words @ words.T) + _TINY)
    return words * np.sqrt((posts**2).sum(axis=0))[:, None]
