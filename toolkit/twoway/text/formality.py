"""Formality of wording: from tags, or from closed classes alone; and how far apart two registers are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import SchemaError, TwowayError, unknown_name

__all__ = [
    "PARTS",
    "closed_class_formality",
    "formality_score",
    "pool_short",
    "register_distance",
    "tag_counts",
]

FloatArray = NDArray[np.float64]

#: Parts of the full score, and the sign each carries.
PARTS = {
    **dict.fromkeys(("nouns", "adjectives", "prepositions", "articles"), 1),
    **dict.fromkeys(("pronouns", "verbs", "adverbs", "interjections"), -1),
}

#: Tags of the universal sets, old and new, by part; an article is a DET that reads a, an or the.
_PART_OF = {
    **{"NOUN": "nouns", "PROPN": "nouns", "ADJ": "adjectives", "ADP": "prepositions", "PRON": "pronouns"},
    **{"VERB": "verbs", "AUX": "verbs", "ADV": "adverbs", "INTJ": "interjections"},
}
_NO_TOKENS = ("PUNCT", ".", "SYM")
_TAGS = {*_PART_OF, *_NO_TOKENS, "DET", "NUM", "CONJ", "CCONJ", "SCONJ", "PRT", "PART", "X", "SPACE"}


def formality_score(counts: Mapping[str, ArrayLike], tokens: ArrayLike) -> FloatArray:
    """Give the F-score of Heylighen and Dewaele: (formal parts - deictic parts + 100) / 2, in percent of the tokens.

    Nouns, adjectives, prepositions and articles count as formal; pronouns, verbs, adverbs and interjections as deictic.

    Parameters
    ----------
    counts
        Part of speech (`PARTS`) to numbers of tokens, one a text or pool of texts.
    tokens
        All words, those of other parts (numbers, conjunctions) included, punctuation not.

    Returns
    -------
    array
        About 0 to 100, higher is more formal; NaN without tokens.

    Raises
    ------
    SchemaError
        If a part is missing: a part left out is not a part that never occurs.

    Examples
    --------
    >>> parts = {"nouns": 6, "adjectives": 2, "prepositions": 3, "articles": 2}
    >>> deictic = {"pronouns": 2, "verbs": 3, "adverbs": 1, "interjections": 0}
    >>> float(formality_score({**parts, **deictic}, 20))
    67.5
    """
    _complete(counts, tuple(PARTS), "formality_score")
    return _score({name: (sign, counts[name]) for name, sign in PARTS.items()}, tokens)


def closed_class_formality(counts: Mapping[str, ArrayLike], tokens: ArrayLike) -> FloatArray:
    """Give the F-score from closed classes alone, which needs no tagger: (formal - deictic + 100) / 2, in percent.

    Articles and prepositions count as formal; personal and indefinite pronouns, auxiliaries and interjections as
    deictic. Its values are not those of the full score (50 is no class at all): compare like with like.

    Parameters
    ----------
    counts
        Class to numbers of words, as the kernel of function words gives them (`articles`, or `n_articles`).
    tokens
        All words, what an apostrophe ties to them counted apart (`n_parts`): "it's" is a pronoun and an auxiliary.

    Returns
    -------
    array
        0 to 100; NaN without tokens.

    Examples
    --------
    >>> counts = {"articles": 2, "prepositions": 3, "personal_pronouns": 1, "indefinite_pronouns": 1}
    >>> float(closed_class_formality({**counts, "auxiliaries": 2, "interjections": 0}, 20))
    52.5
    """
    plain = {name.removeprefix("n_"): values for name, values in counts.items()}
    _complete(plain, tuple(_CLOSED), "closed_class_formality")
    return _score({name: (sign, plain[name]) for name, sign in _CLOSED.items()}, tokens)


_CLOSED = {
    **dict.fromkeys(("articles", "prepositions"), 1),
    **dict.fromkeys(("personal_pronouns", "indefinite_pronouns", "auxiliaries", "interjections"), -1),
}


def _complete(counts: Mapping[str, Any], wanted: Sequence[str], where: str) -> None:
    missing = [name for name in wanted if name not in counts]
    if missing:
        msg = f"The counts lack {', '.join(missing)}. They were given to {where}. "
        msg += f"Give all of: {', '.join(wanted)}; 0 where a text has none."
        raise SchemaError(msg)


def _score(parts: Mapping[str, tuple[int, ArrayLike]], tokens: ArrayLike) -> FloatArray:
    n = np.asarray(tokens, dtype=float)
    net = sum(sign * np.asarray(values, dtype=float) for sign, values in parts.values())
    with np.errstate(all="ignore"):
        return np.asarray(np.where(n > 0, (100 * np.divide(net, n) + 100) / 2, np.nan))


def tag_counts(
    words: ArrayLike, tags: ArrayLike, text: ArrayLike, n_texts: int
) -> tuple[dict[str, FloatArray], FloatArray]:
    """Count the parts of the full score in tagged texts.

    Parameters
    ----------
    words, tags, text
        One entry a token: the word, its universal tag (either version), and the number of its text from 0.
    n_texts
        Texts.

    Returns
    -------
    tuple
        Part to counts, one a text, and tokens, punctuation left out: what `formality_score` takes.

    Raises
    ------
    UnknownName
        If a tag is not a universal one.

    Examples
    --------
    >>> parts, tokens = tag_counts(["The", "cat", "sat", "."], ["DET", "NOUN", "VERB", "."], [0, 0, 0, 0], 1)
    >>> parts["articles"].tolist(), parts["nouns"].tolist(), tokens.tolist()
    ([1.0], [1.0], [3.0])
    """
    word, tag, where = np.asarray(words, dtype=str), np.asarray(tags, dtype=str), np.asarray(text, dtype=np.int64)
    for name in np.unique(tag):
        if name not in _TAGS:
            raise unknown_name(name, _TAGS, "universal tag", do="Map your tags to the universal set first.")
    is_article = (tag == "DET") & np.isin(np.char.lower(word), ("a", "an", "the"))
    marks = {name: np.isin(tag, [t for t, part in _PART_OF.items() if part == name]) for name in PARTS}
    marks["articles"] = is_article
    counts = {name: np.bincount(where[mark], minlength=n_texts).astype(float) for name, mark in marks.items()}
    return counts, np.bincount(where[~np.isin(tag, _NO_TOKENS)], minlength=n_texts).astype(float)


def pool_short(
    counts: Mapping[str, ArrayLike], tokens: ArrayLike, pool: ArrayLike, min_tokens: int = 20
) -> tuple[dict[str, FloatArray], FloatArray, NDArray[np.int64]]:
    """Put short posts of one pool (an agent's day, say) together, so that each piece is long enough to have a score.

    A post of `min_tokens` words stands for itself. The shorter ones of a pool become one piece; pools that stay short
    are left out.

    Parameters
    ----------
    counts
        Part or class to counts, one a post.
    tokens
        Words of each post.
    pool
        Number or name of each post's pool; posts of two units must not share one.
    min_tokens
        Fewest words of a piece.

    Returns
    -------
    tuple
        Counts of each piece, its words, and the piece of each post (-1 for posts left out).

    Examples
    --------
    >>> counts, words, piece = pool_short({"articles": [2, 1, 1, 0]}, [25, 12, 9, 5], ["a", "a", "a", "b"])
    >>> counts["articles"].tolist(), words.tolist(), piece.tolist()
    ([2.0, 2.0], [25.0, 21.0], [0, 1, 1, -1])
    """
    n, key = np.asarray(tokens, dtype=float), np.asarray(pool)
    if n.shape != key.shape or n.ndim != 1:
        msg = f"Tokens of shape {n.shape} and pools of shape {key.shape} do not fit. They were given to pool_short. "
        msg += "Pass one of each for every post."
        raise TwowayError(msg)
    shared = np.unique(key, return_inverse=True)[1].reshape(-1)
    alone = n >= min_tokens
    joint = np.where(alone, len(n) + np.arange(len(n)), shared)
    whole = np.bincount(joint, weights=n, minlength=2 * len(n))
    kept = whole[joint] >= min_tokens
    # Pieces are numbered in the order of their first posts.
    _, first, code = np.unique(joint[kept], return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    piece = np.full(len(n), -1, dtype=np.int64)
    piece[kept] = rank[code.reshape(-1)]
    places, size = piece[kept], len(first)
    sums = {
        name: np.bincount(places, weights=np.asarray(values, dtype=float)[kept], minlength=size).astype(float)
        for name, values in counts.items()
    }
    words = np.bincount(places, weights=n[kept], minlength=size).astype(float)
    return sums, words, piece


def register_distance(formality: ArrayLike, is_reply: ArrayLike, unit: ArrayLike, n_units: int) -> FloatArray:
    """Give how much more formal replies are than the posts they answer, in standard deviations of all pieces.

    REG = z(replies) - z(posts answered), with one z for both sides: the mean and standard deviation of all pieces
    given. Scores of another reference would make the sides incomparable.

    Parameters
    ----------
    formality
        Score of each piece of text, of replies and of posts answered; NaN is left out.
    is_reply
        Whether the piece is a reply.
    unit
        Number of the unit (account, organization) that replies, from 0; -1 counts for the standard deviation alone.
    n_units
        Units.

    Returns
    -------
    array
        One a unit; above 0, replies are the more formal. NaN where a side is missing, or all scores are equal.

    Examples
    --------
    >>> register_distance([60, 60, 40, 40], [True, True, False, False], [0, 0, 0, 0], 1).round(3).tolist()
    [1.732]
    """
    f, side, code = np.asarray(formality, dtype=float), np.asarray(is_reply, dtype=bool), np.asarray(unit, dtype=int)
    known = ~np.isnan(f)
    spread = f[known].std(ddof=1) if known.sum() > 1 else np.nan
    if not spread > 1e-12 * max(1.0, float(np.abs(f[known]).max(initial=0))):
        return np.full(n_units, np.nan)
    means = [_mean_of(f, known & (code >= 0) & (side == which), code, n_units) for which in (True, False)]
    return np.asarray((means[0] - means[1]) / spread)


def _mean_of(values: FloatArray, kept: NDArray[np.bool_], unit: NDArray[np.int64], n_units: int) -> FloatArray:
    n = np.bincount(unit[kept], minlength=n_units)
    total = np.bincount(unit[kept], weights=values[kept], minlength=n_units)
    return np.asarray(total / np.where(n > 0, n, np.nan))
