"""Whether texts are in English, where nobody says: rules made of English words say nothing of others."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

import polars as pl
import pyarrow as pa

from ..engine import one_batch
from . import patterns as p
from .function_words import word_classes
from .word_table import bare_text

__all__ = ["FOREIGN", "foreign_kernel", "looks_foreign"]

#: What the kernel gives: 1 or 0, null where nothing can be told.
FOREIGN = pa.schema([pa.field("row", pa.int64()), pa.field("is_foreign", pa.int64())])

#: A text of fewer words is of any language, and a smaller share of words of others is made of names.
FEWEST_WORDS, LEAST_SHARE = 4, 0.2

_LETTER, _LATIN = r"\p{L}", r"\p{Latin}"


@cache
def _words() -> tuple[frozenset[str], frozenset[str]]:
    """Give frequent words of other languages that English words of grammar are not spelled like, and these."""
    source = resources.files(__package__).joinpath("other_languages.toml").read_text(encoding="utf-8")
    others = {word for words in tomllib.loads(source)["words"].values() for word in words.split()}
    english = frozenset().union(*word_classes().values())
    return frozenset(others - english), english


def looks_foreign(texts: pl.Series) -> pl.Series:
    """Say which texts are not in English, as far as can be told.

    Parameters
    ----------
    texts
        As they were posted.

    Returns
    -------
    polars.Series
        True where most letters are not Latin, or two or more frequent words of other languages make a fifth of all
        words, and more than English words of grammar do; null for texts of fewer than four words in Latin letters.

    Examples
    --------
    >>> texts = ["@ann Lo sentimos, por favor envíanos un mensaje", "@ann We are sorry, send us one", "ご不便", "Ok!"]
    >>> looks_foreign(pl.Series(texts)).to_list()
    [True, False, True, None]
    """
    others, english = _words()
    frame = bare_text(texts).alias("text").to_frame()
    letters, latin = (pl.col("text").str.count_matches(pattern).cast(pl.Int64) for pattern in (_LETTER, _LATIN))
    words = pl.col("text").str.to_lowercase().str.extract_all(p.WORD)
    first, second = (words.list.eval(pl.element().is_in(list(known))).list.sum() for known in (others, english))
    told = frame.select(letters=letters, latin=latin, n=words.list.len(), others=first, english=second)
    rule = pl.when(pl.col("latin") * 2 < pl.col("letters")).then(pl.lit(value=True))
    most = pl.max_horizontal(pl.col("english"), LEAST_SHARE * pl.col("n"))
    rule = rule.when(pl.col("n") >= FEWEST_WORDS).then((pl.col("others") > 1) & (pl.col("others") > most))
    return told.select(rule.otherwise(None)).to_series()


def foreign_kernel(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Say of a batch of posts, with columns `row` and `text`, which look as if they were not in English."""
    frame = pl.from_arrow(pa.Table.from_batches([batch]))
    told = looks_foreign(frame["text"]).cast(pl.Int64).alias("is_foreign")
    return one_batch(frame.select(pl.col("row").cast(pl.Int64), told))
