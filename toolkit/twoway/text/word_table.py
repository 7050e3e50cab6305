"""The words of texts as a table of one row a word; what its author did not word is left out."""

from __future__ import annotations

import polars as pl

from . import patterns as p
from .signatures import signatures_of, without_links

__all__ = ["bare_text", "words_of"]


def bare_text(texts: pl.Series) -> pl.Series:
    """Leave out links, e-mail addresses, handles, character entities and a closing signature; curly ' becomes plain.

    Examples
    --------
    >>> bare_text(pl.Series(["@ann It’s here &amp; there: https://a.example/x ^JB", None])).to_list()
    ["It's here   there:", '']
    """
    plain = without_links(texts).str.replace_all(r"&#?\w+;", " ").str.replace_all("’", "'", literal=True)
    return signatures_of(plain)["body"]


def words_of(frame: pl.DataFrame, *, is_bare: bool = False) -> pl.DataFrame:
    """List the words of texts, as written and in order; a text without words has no row.

    Parameters
    ----------
    frame
        Columns `row`, `text`.
    is_bare
        Whether the texts come from `bare_text` already.

    Returns
    -------
    polars.DataFrame
        Columns `row`, `word`.

    Examples
    --------
    >>> words_of(pl.DataFrame({"row": [7, 8], "text": ["Don't go!", "@ann"]})).rows()
    [(7, "Don't"), (7, 'go')]
    """
    text = frame["text"] if is_bare else bare_text(frame["text"])
    found = frame.select("row", text.str.extract_all(p.WORD).alias("word"))
    return found.filter(pl.col("word").list.len() > 0).explode("word")
