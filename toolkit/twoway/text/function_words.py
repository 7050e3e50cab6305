"""Words of grammar in each post: articles, auxiliaries, pronouns and so on, counted by our own closed-class lists."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from importlib import resources

import polars as pl
import pyarrow as pa

from ..engine import one_batch
from .word_table import words_of

__all__ = [
    "COORDINATION_CLASSES",
    "COUNTS",
    "MATCHING_CLASSES",
    "WORD_CLASSES",
    "function_words_kernel",
    "word_classes",
    "words_version",
]

#: Classes whose echo linguistic coordination counts.
COORDINATION_CLASSES = (
    *("articles", "auxiliaries", "conjunctions", "adverbs"),
    *("personal_pronouns", "indefinite_pronouns", "prepositions", "quantifiers"),
)

#: Classes of language style matching.
MATCHING_CLASSES = (*COORDINATION_CLASSES, "negations")

WORD_CLASSES = (*MATCHING_CLASSES, "interjections")

#: What the kernel gives for each post.
_NAMES = ("row", "n_tokens", "n_parts", *(f"n_{c}" for c in WORD_CLASSES))
COUNTS = pa.schema([pa.field(name, pa.int64()) for name in _NAMES])

_CLITIC = r"(n't|'(?:ll|ve|re|m|d|s))$"

# can't, won't, shan't and ain't lose more than an apostrophe; what is left of them is an auxiliary all the same.
_IRREGULAR = ("ca", "wo", "sha", "ai")


@cache
def _lists() -> dict[str, dict[str, str]]:
    return tomllib.loads(_source().decode("utf-8"))


@cache
def _source() -> bytes:
    return resources.files(__package__).joinpath("function_words.toml").read_bytes()


@cache
def words_version() -> str:
    """Name the word lists: their name, version and the start of the hash of their file.

    Examples
    --------
    >>> words_version().startswith("closed-classes-en-0.")
    True
    """
    lists = _lists()
    return f"{lists['name']}-{lists['version']}-{hashlib.sha256(_source()).hexdigest()[:8]}"


def word_classes() -> dict[str, frozenset[str]]:
    """Give the words of each class, in lower case, without those that an apostrophe makes.

    Examples
    --------
    >>> sorted(word_classes()["articles"])
    ['a', 'an', 'the']
    """
    return {name: frozenset(words.split()) for name, words in _lists()["classes"].items()}


def function_words_kernel(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Count the words of grammar in a batch of posts.

    A word counts once for each class it is in, and "don't" is one word that is an auxiliary and a negation. Links,
    handles and a closing signature are no words of the author. "US" and "IT" in capitals are names, unless the post
    has no small letter.

    Parameters
    ----------
    batch
        Columns `row`, `text`.

    Returns
    -------
    pyarrow.RecordBatch
        Columns of `COUNTS`, one row a post in the order given; 0 where there are no words. `n_parts` counts what an
        apostrophe ties to a word as a word of its own, as taggers do. English only: in other languages all counts mean
        little.

    Examples
    --------
    >>> batch = pa.RecordBatch.from_pydict({"row": [3], "text": ["@ann It's the answer ^JB"]})
    >>> found = function_words_kernel(batch).to_pylist()[0]
    >>> {name: n for name, n in found.items() if n}
    {'row': 3, 'n_tokens': 3, 'n_parts': 4, 'n_articles': 1, 'n_auxiliaries': 1, 'n_indefinite_pronouns': 1}
    """
    frame = pl.from_arrow(pa.Table.from_batches([batch])).select("row", "text")
    words = words_of(frame)
    names = ["n_parts", *(f"n_{name}" for name in WORD_CLASSES)]
    found = words.join(_classify(words["word"].unique()), on="word", how="left")
    counts = found.group_by("row").agg(pl.len().alias("n_tokens"), *[pl.col(name).sum() for name in names])
    capitals = _capital_names(frame, words)
    full = frame.select("row").join(counts, on="row", how="left", maintain_order="left")
    full = full.join(capitals, on="row", how="left", maintain_order="left").with_columns(pl.all().fill_null(0))
    for word, name in _CAPITALS.items():
        full = full.with_columns(pl.col(name) - pl.col(f"_{word}"))
    return one_batch(full.select(pl.col(name).cast(pl.Int64) for name in COUNTS.names))


#: Words that are names where they stand in capitals among small letters, and the class that would count them.
_CAPITALS = {"US": "n_personal_pronouns", "IT": "n_indefinite_pronouns"}


def _capital_names(frame: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    quiet = frame.filter(pl.col("text").str.contains(r"\p{Ll}")).select("row")
    names = words.filter(pl.col("word").is_in(list(_CAPITALS))).join(quiet, on="row", how="semi")
    return names.group_by("row").agg((pl.col("word") == word).sum().alias(f"_{word}") for word in _CAPITALS)


def _classify(words: pl.Series) -> pl.DataFrame:
    """Say of each different word which classes it is in."""
    lists, classes = _lists(), word_classes()
    whole = {word: set(names.split()) for word, names in lists["whole"].items()}
    bare = set(lists["bare"]["words"].split())
    frame = pl.DataFrame({"word": words}).with_columns(full=pl.col("word").str.to_lowercase())
    # dont, im, theyre: put the apostrophe back, and they are read like all others.
    again = pl.col("full").str.replace(r"nt$", "n't").str.replace(r"(ll|ve|re|m|d|s)$", "'${1}")
    frame = frame.with_columns(full=pl.when(pl.col("full").is_in(bare)).then(again).otherwise(pl.col("full")))
    frame = frame.with_columns(clitic=pl.col("full").str.extract(_CLITIC), stem=pl.col("full").str.replace(_CLITIC, ""))
    # I'd've, couldn't've
    frame = frame.with_columns(inner=pl.col("stem").str.extract(_CLITIC), stem=pl.col("stem").str.replace(_CLITIC, ""))
    columns = [_is_in(name, classes[name], whole).cast(pl.Int64).alias(f"n_{name}") for name in WORD_CLASSES]
    tied = pl.col("clitic").is_not_null().cast(pl.Int64) + pl.col("inner").is_not_null().cast(pl.Int64)
    return frame.select("word", (1 + tied).alias("n_parts"), *columns)


def _is_in(name: str, words: frozenset[str], whole: dict[str, set[str]]) -> pl.Expr:
    lists = _lists()
    adds = [clitic for clitic, names in lists["clitics"].items() if name in names.split()]
    tied = pl.col("clitic").is_in(adds) | pl.col("inner").is_in(adds)
    parts = pl.col("stem").is_in(words) | tied.fill_null(value=False)
    if name == "auxiliaries":
        verb = (pl.col("clitic") == "'s") & pl.col("stem").is_in(lists["is_after"]["words"].split())
        parts = parts | verb.fill_null(value=False)
    special = pl.col("full").is_in([word for word, names in whole.items() if name in names])
    return pl.when(pl.col("full").is_in(list(whole))).then(special).otherwise(parts)
