"""Texts that no person wrote, to find where two readings of VADER's rules part; and NLTK's reading of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from twoway.text.lexicon import vader_lexicon
from twoway.text.vader_words import ASIDE_PAIRS, BOOSTS, IDIOMS, MARKS, NEGATIONS

_TRIGGERS = (
    "never so this but BUT But least at very kind of Kind sort just enough without doubt the shit bomb bad ass yeah "
    "right cut mustard kiss death hand to mouth no not isn't ISN'T Don't ain't can't n't least, but, never, so! kind. "
    "of? LEAST NEVER SO THIS KIND OF nothing despite uh-uh kind-of too only cannot"
)
_PLAIN = "train parcel I a we it was today Tuesday @helper #late https://t.co/xY9 app 24 7 x X the THE OK Ok"
TRIGGERS, PLAIN = tuple(_TRIGGERS.split()), tuple(_PLAIN.split())
EMOTICONS = (
    ":)",
    ":(",
    ":D",
    ":-D",
    ":P",
    ":p",
    "D:",
    "xD",
    "XD",
    "<3",
    "</3",
    ":-(",
    ";)",
    ":'(",
    ":/",
    "o.O",
    "^_^",
    ":-Þ",
)
ODD = (
    "😡", "😀😀", "❤️", "love❤", "don’t", "isn’t", "Straße", "STRASSE", "İyi", "ﬁne", "ſorry", "\u212aind", "ΑΓΑΠΗΣ",
    "café", "e\u0301", "\ud83d", "\u200bgood", "good\u200b", "好", "très", "“great”", "great…", "ǅ", "Ⅷ", "ª", "½",
)  # fmt: skip
SPACES = (" ", " ", " ", " ", "  ", "\n", "\t", "\u00a0", "\u2003", "\u3000", "\x1c", "\x85", "\r\n", "\u2028")
RUNS = (
    *sorted(MARKS),
    "...",
    "…",
    "!!!!",
    "!!!!!",
    "????",
    "?!",
    "!?",
    "''",
    "--",
    "(",
    ")",
    "*",
    "#",
    "@",
    "_",
    "~",
    ".,",
    "’",
)
PHRASES = (
    *IDIOMS,
    *ASIDE_PAIRS,
    "at least",
    "very least",
    "never so",
    "never this",
    "Never so",
    "NEVER this",
    "without doubt",
    "kind OF",
    "The bomb",
)


def nltk_analyzer(lexicon: Mapping[str, float] | str | None = None):
    """Make NLTK's analyzer without its data files: with the text of a lexicon, or a table; ours by default."""
    from nltk.sentiment.vader import SentimentIntensityAnalyzer, VaderConstants

    made = SentimentIntensityAnalyzer.__new__(SentimentIntensityAnalyzer)
    if isinstance(lexicon, str):
        made.lexicon_file = lexicon.rstrip("\n")
        made.lexicon = made.make_lex_dict()
    else:
        made.lexicon = dict(vader_lexicon() if lexicon is None else lexicon)
    made.constants = VaderConstants()
    return made


def salads(n: int, seed: int, lexicon: Mapping[str, float] | None = None) -> Iterator[str]:
    """Mix `n` texts out of words that trigger rules; most are short, some repeat themselves, a few are very long."""
    rng = np.random.default_rng(seed)
    scored = sorted(vader_lexicon() if lexicon is None else lexicon)
    few = [scored[i] for i in rng.integers(0, len(scored), 12)]
    kinds: Sequence[Sequence[str]] = (
        scored, few, tuple(BOOSTS), tuple(NEGATIONS), TRIGGERS, PLAIN, EMOTICONS, ODD, RUNS, PHRASES,
    )  # fmt: skip
    chances = np.array([4, 4, 3, 2, 6, 5, 0.7, 0.7, 0.4, 2.5])
    for number in range(n):
        size = int(rng.geometric(0.09)) - 1 if number % 1000 else int(rng.integers(300, 3000))
        picked = rng.choice(len(kinds), size, p=chances / chances.sum())
        loud = rng.random() * 0.6 * (rng.random() < 0.5)
        words = [dressed(kinds[k][rng.integers(len(kinds[k]))], loud, rng) for k in picked]
        spaces = [SPACES[0] if rng.random() < 0.8 else SPACES[rng.integers(len(SPACES))] for _ in words]
        yield "".join(word + space for word, space in zip(words, spaces, strict=True))


def dressed(word: str, loud: float, rng: np.random.Generator) -> str:
    """Put a word in capitals, and punctuation before or after it, now and then."""
    if rng.random() < loud:
        word = word.upper()
    elif rng.random() < 0.04:
        word = word.title()
    if rng.random() < 0.12:
        word += RUNS[rng.integers(len(RUNS))]
    if rng.random() < 0.06:
        word = RUNS[rng.integers(len(RUNS))] + word
    return word


def parted(analyzer, texts: Sequence[str], scores: Sequence[Sequence[float]]) -> list[tuple[str, object, object]]:
    """List the texts that NLTK scores otherwise, in any bit of any of the four numbers."""
    found = []
    for text, ours in zip(texts, scores, strict=True):
        theirs = analyzer.polarity_scores(text)
        wanted = tuple(float(theirs[name]) for name in ("compound", "pos", "neg", "neu"))
        if [value.hex() for value in map(float, ours)] != [value.hex() for value in wanted]:
            found.append((text, tuple(ours), wanted))
    return found
