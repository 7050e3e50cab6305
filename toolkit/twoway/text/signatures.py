"""The mark an agent closes a reply with: ^AB, *AB, /JS, -Name, ~AT; found, or taken off.

Handles, links, part numbers, smileys and abbreviations such as time zones are no signatures. A dash or slash asks for a
capital letter, and for no letter or digit right before it, unless a closing word stands there ("thanks-Mia").
"""

from __future__ import annotations

import polars as pl

from . import patterns as p

__all__ = ["signatures_of", "without_links"]

#: What may follow a signature: dots, and the number of a part ("1/2").
_TAIL = r"[\s.…]*(?:\(?\d{1,2}/\d{1,2}\)?)?[\s.…]*$"
_NAME = r"\p{Lu}(?:\p{L}{0,14}|\.\p{Lu}\.?)"

#: Each holds what stands before the mark, and the name; the first that fits counts.
_SHAPES = (
    rf"(^|[^\^])\^\s?(\p{{L}}{{1,14}}){_TAIL}",
    rf"(^|[^\p{{L}}\p{{N}}_*@/:;=-])\*\s?({_NAME}){_TAIL}",
    rf"(^|[^\p{{L}}\p{{N}}_/@#:;=~–—-])/\s?({_NAME}){_TAIL}",
    rf"(^|[^\p{{L}}\p{{N}}_/@#:;=~–—-])[~–—-]{{1,2}}\s?({_NAME}(?:\s\p{{Lu}}\.?)?){_TAIL}",
    rf"(\b(?i:thanks?|you|day|ahead|dm|cheers|regards|help|assist))\s?[~–—-]\s?({_NAME}){_TAIL}",
)

# A text that closes with a mark and a few letters may be signed; all others need no second look.
_MAYBE = r"[\^*/~–—-]\s?\p{L}[\p{L}\s.…\d/()]*$"

#: Shapes whose mark is a dash, which does more than sign.
_DASHED = (3, 4)

#: Words that follow a dash at the end of a text and sign nothing.
_NO_NAMES = (
    *("am", "pm", "est", "edt", "cst", "cdt", "mst", "mdt", "pst", "pdt", "gmt", "bst", "utc", "cet", "ist"),
    *("dm", "dms", "pm", "faq", "faqs", "asap", "lol", "omg", "ok", "okay", "usa", "uk", "eu", "us", "tv", "pc", "id"),
    *("thanks", "thank", "thx", "cheers", "regards", "sorry", "please", "enjoy", "hope", "yes", "no", "sincerely"),
    *("love", "best", "here", "team", "done", "now", "today", "tomorrow", "always", "again", "never", "why", "how"),
)


def without_links(texts: pl.Series) -> pl.Series:
    """Leave out links, e-mail addresses and handles, which stand before and after signatures; null counts as empty.

    Examples
    --------
    >>> without_links(pl.Series(["@ann see https://a.example/x ^JB", None])).to_list()
    ['see   ^JB', '']
    """
    return texts.fill_null("").str.replace_all(rf"(?:{p.URL})|(?:{p.EMAIL}|@\w+)(?:/\w+)*", " ").str.strip_chars()


def signatures_of(texts: pl.Series) -> pl.DataFrame:
    """Tell the signatures that close texts, and the texts without them.

    Names of agents stay within this folder: what goes on are the numbers that `agents_kernel` gives them.

    Parameters
    ----------
    texts
        From `without_links`.

    Returns
    -------
    polars.DataFrame
        One row a text, in order: `name` in lower case, null without a signature, and `body`.

    Examples
    --------
    >>> texts = pl.Series(["Try it. ^JB", "See you!-Mia", "Ask us /LS 1/2", "Call 9am-5pm - EST", "A TX-A", "ok :-D"])
    >>> signatures_of(texts).rows()[:3]
    [('jb', 'Try it.'), ('mia', 'See you!'), ('ls', 'Ask us')]
    >>> signatures_of(texts).rows()[3:]
    [(None, 'Call 9am-5pm - EST'), (None, 'A TX-A'), (None, 'ok :-D')]
    """
    frame = texts.alias("text").to_frame().with_row_index("at")
    maybe = frame.filter(pl.col("text").str.contains(_MAYBE))
    found = maybe.with_columns(pl.col("text").str.extract(shape, 2).alias(f"_{i}") for i, shape in enumerate(_SHAPES))
    for i in _DASHED:
        word = pl.col(f"_{i}").str.to_lowercase()
        found = found.with_columns(pl.when(~word.is_in(_NO_NAMES)).then(f"_{i}").alias(f"_{i}"))
    bare: pl.Expr = pl.lit(None, dtype=pl.String)
    for i, shape in reversed(list(enumerate(_SHAPES))):
        bare = pl.when(pl.col(f"_{i}").is_not_null()).then(pl.col("text").str.replace(shape, "${1}")).otherwise(bare)
    name = pl.coalesce(f"_{i}" for i in range(len(_SHAPES))).str.to_lowercase().str.replace_all(".", "", literal=True)
    found = found.select("at", name.alias("name"), bare.str.strip_chars().alias("body"))
    full = frame.join(found.filter(pl.col("name").is_not_null()), on="at", how="left", maintain_order="left")
    return full.select("name", pl.coalesce("body", "text").alias("body"))
