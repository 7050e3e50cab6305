"""How positive or negative texts are, by VADER: the numbers of NLTK, at a tenth of its time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import count

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import SchemaError, TwowayError
from .lexicon import APOLOGY_WORDS, LEXICON_SHA256, THANKS_WORDS, vader_lexicon
from .vader_rules import Rules, Scores

__all__ = ["APOLOGY_WORDS", "SCORES", "SENTIMENT", "THANKS_WORDS", "sentiment_kernel", "vader", "vader_version"]

#: Names of the scores, in order.
SCORES = ("compound", "pos", "neg", "neu")

SENTIMENT = pa.schema([pa.field("row", pa.int64()), *[pa.field(name, pa.float64()) for name in SCORES]])

_UNKNOWN = (None, None, None, None)


def vader_version(without: Sequence[str] = ()) -> str:
    """Name the rules and the lexicon that make the scores, for every output that rests on them.

    Parameters
    ----------
    without
        Words left out of the lexicon.

    Examples
    --------
    >>> vader_version()
    'vader (nltk 3.10 rules), lexicon sha256:915c70b9'
    >>> vader_version(["thx", "thanks"])
    'vader (nltk 3.10 rules), lexicon sha256:915c70b9 without thanks, thx'
    """
    left_out = ", ".join(_left_out(without))
    name = f"vader (nltk 3.10 rules), lexicon sha256:{LEXICON_SHA256[:8]}"
    return f"{name} without {left_out}" if left_out else name


def sentiment_kernel(batch: pa.RecordBatch, *, without: Sequence[str] = ()) -> pa.RecordBatch:
    """Score a batch of posts.

    Parameters
    ----------
    batch
        Columns `row`, `text`; and `SCORES` with all words counted, where they are known: they are kept for texts that
        hold none of the words left out.
    without
        Words that count as having no sentiment, such as `APOLOGY_WORDS`.

    Returns
    -------
    pyarrow.RecordBatch
        Columns of `SENTIMENT`; scores are null where the text is, and 0 where it holds no words.
    """
    left_out = _left_out(without)
    known = left_out and SCORES[0] in batch.schema.names
    scores = _scores_again(batch, left_out) if known else _columns(batch.column("text").to_pylist(), left_out)
    return pa.RecordBatch.from_arrays([batch.column("row").cast(pa.int64()), *scores], schema=SENTIMENT)


def _columns(texts: Sequence[str | None], left_out: tuple[str, ...]) -> list[pa.Array]:
    columns = zip(*_score(texts, left_out), strict=True)
    return [pa.array(column, pa.float64()) for column in columns] or [pa.array([], pa.float64())] * len(SCORES)


def _scores_again(batch: pa.RecordBatch, left_out: tuple[str, ...]) -> list[pa.Array]:
    """Score the texts that hold a word left out, and keep the scores of all others."""
    text = pl.Series("text", batch.column("text"), dtype=pl.String)
    has_word = text.str.to_lowercase().str.contains_any(list(left_out)).fill_null(value=False)
    mask = has_word.to_arrow()
    found = _columns(text.filter(has_word).to_list(), left_out)
    return [pc.replace_with_mask(batch.column(name), mask, new) for name, new in zip(SCORES, found, strict=True)]


def vader(texts: Sequence[str] | pd.Series, *, without: Sequence[str] = ()) -> pd.DataFrame:
    """Score texts by VADER: the same floating-point numbers as NLTK's `SentimentIntensityAnalyzer`.

    Parameters
    ----------
    texts
        As they were posted: case, punctuation and emoticons count. Unknown ones (None, NaN) stay unknown.
    without
        Words that count as having no sentiment: `APOLOGY_WORDS` for the replies of brands, `THANKS_WORDS` for last
        posts, which are often polite whatever happened. They leave the lexicon, and are read like any other word that
        it lacks. Words that are not in it change nothing.

    Returns
    -------
    pandas.DataFrame
        One row a text, with the index of a series: `compound` from -1 to 1, and the shares of positive, negative and
        neutral words, `pos`, `neg`, `neu`, which add up to 1. As in NLTK, all are 0 for a text without words.

    Raises
    ------
    SchemaError
        If a text is no text.
    TwowayError
        If the words to leave out are given as one text.

    Notes
    -----
    English only; emoji count as words without sentiment, hashtags are not read, and irony is taken at its word.

    References
    ----------
    Hutto & Gilbert 2014.

    Examples
    --------
    >>> vader(["Worst service ever.", "Thanks, that fixed it!"])
       compound    pos    neg    neu
    0   -0.6249  0.000  0.672  0.328
    1    0.4926  0.516  0.000  0.484
    >>> [vader(["We are sorry it is late."], without=words)["compound"].item() for words in ([], APOLOGY_WORDS)]
    [-0.0772, 0.0]
    """
    if isinstance(texts, str):
        msg = "One text was given to vader where it expects many. Pass a list or a series: vader([text])."
        raise SchemaError(msg)
    index = texts.index if isinstance(texts, pd.Series) else None
    known = [_known(text, place) for place, text in zip(count(), texts, strict=False)]
    return pd.DataFrame(list(_score(known, without)), columns=list(SCORES), index=index, dtype=float)


def _known(text: object, place: int) -> str | None:
    """Give a text, or None for an unknown one."""
    if isinstance(text, str):
        return text
    if text is None or text is pd.NA or text != text:
        return None
    msg = (
        f"{text!r} ({type(text).__name__}) is not a text. It stands at position {place} of the texts given to vader. "
        "Pass strings, None for unknown ones."
    )
    raise SchemaError(msg)


def _score(texts: Iterable[str | None], without: Sequence[str]) -> list[Scores | tuple[None, ...]]:
    score = _rules(_left_out(without)).scores
    return [_UNKNOWN if text is None else score(text) for text in texts]


def _left_out(without: Sequence[str]) -> tuple[str, ...]:
    if isinstance(without, str):
        msg = (
            f"without={without!r} is one text. It was given to vader. Pass the words as a list: without=[{without!r}]."
        )
        raise TwowayError(msg)
    return tuple(sorted({word.lower() for word in without}))


@lru_cache(maxsize=8)
def _rules(left_out: tuple[str, ...]) -> Rules:
    lexicon = vader_lexicon()
    return Rules({word: value for word, value in lexicon.items() if word not in left_out} if left_out else lexicon)
