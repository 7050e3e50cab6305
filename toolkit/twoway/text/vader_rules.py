"""The rules of VADER as NLTK applies them, quirks included, with all that a word alone decides worked out once a word.

Quirks that change numbers, and are kept because others' numbers have them too:

- a word seen again is scored by what stands before its first place;
- "never", "so", "this", idioms and pairs such as "kind of" count in lower case only;
- idioms, and downtoners of two words, are looked for only where three words stand before, the third not in the lexicon;
- "so" or "this" right before a word makes it a quarter stronger wherever a third word stands before it;
- only the first "but" counts;
- punctuation of other kinds than `MARKS` hides a word ("great..."), and words of one letter are no words.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import compress, count
from math import fabs, sqrt
from operator import attrgetter
from string import punctuation
from typing import NamedTuple

from .vader_words import (
    ASIDE_PAIRS,
    BOOSTS,
    CAPITALS,
    DAMPEN,
    IDIOMS,
    MARKS,
    NEGATE,
    NEGATIONS,
    PHRASE_ENDS,
)

__all__ = ["Rules", "Scores"]

#: compound, positive, negative, neutral.
Scores = tuple[float, float, float, float]

NOTHING: Scores = (0.0, 0.0, 0.0, 0.0)
ALL_NEUTRAL: Scores = (0.0, 0.0, 0.0, 1.0)

#: Words kept in memory; names and links come once, and would fill it.
MOST_WORDS = 2**16

#: What an intensifier keeps of its force one, two and three words before.
FADING = (1.0, 0.95, 0.9)

_NO_PUNCTUATION = str.maketrans("", "", punctuation)


class Word(NamedTuple):
    """Hold what the rules ask of a word, all of which it answers by itself.

    Attributes
    ----------
    text, lower
        As written, punctuation taken off, and in lower case.
    value
        From the lexicon; None for a word it lacks.
    is_scored
        Whether it has a value and is no intensifier or downtoner.
    boost
        What it adds to the words after it.
    is_upper, is_negation, ends_phrase
        Whether it is all capitals, a negation, the last word of some idiom or pair.
    """

    text: str
    lower: str
    value: float | None
    is_scored: bool
    boost: float
    is_upper: bool
    is_negation: bool
    ends_phrase: bool


#: Asked of all words of a text at once, these are faster than a loop.
IS_SCORED, IS_UPPER, ENDS_PHRASE = (attrgetter(name) for name in ("is_scored", "is_upper", "ends_phrase"))


class Rules(dict[str, Word | None]):
    """Score texts by one lexicon; as a mapping it holds the words met so far, None for what is no word.

    Parameters
    ----------
    lexicon
        Words in lower case, each with its value.

    Examples
    --------
    >>> Rules({"fine": 0.8}).scores("Not so fine!")
    (-0.2734, 0.0, 0.512, 0.488)
    """

    def __init__(self, lexicon: Mapping[str, float]) -> None:
        super().__init__()
        self._lexicon = lexicon

    def __missing__(self, raw: str) -> Word | None:
        """Work out a word that was not met before."""
        if len(self) >= MOST_WORDS:
            self.clear()
        word = self[raw] = self._word(strip_marks(raw)) if len(raw) > 1 else None
        return word

    def _word(self, text: str) -> Word:
        lower = text.lower()
        value, boost = self._lexicon.get(lower), BOOSTS.get(lower)
        is_scored, is_negation = value is not None and boost is None, lower in NEGATIONS or "n't" in lower
        return Word(text, lower, value, is_scored, boost or 0.0, text.isupper(), is_negation, text in PHRASE_ENDS)

    def scores(self, text: str) -> Scores:
        """Score one text.

        Parameters
        ----------
        text
            As it was posted.

        Returns
        -------
        tuple of float
            Compound from -1 to 1, and the shares of positive, negative and neutral words: four zeros for a text without
            words.
        """
        words = list(filter(None, map(self.__getitem__, text.split())))
        places = list(compress(count(), map(IS_SCORED, words)))
        if not places:
            return ALL_NEUTRAL if words else NOTHING
        found = valences(words, places)
        if "but" in text.lower():
            found = but_check(words, places, found)
        return combine(found, len(words), emphasis(text))


def strip_marks(raw: str) -> str:
    """Take a known run of punctuation off one end of a word, if the rest has no punctuation and two letters or more.

    Examples
    --------
    >>> strip_marks("great!!"), strip_marks("(great)"), strip_marks("don't!")
    ('great', '(great)', "don't!")
    """
    if raw.isalnum():
        return raw
    bare = raw.translate(_NO_PUNCTUATION)
    n_marks = len(raw) - len(bare)
    # All the punctuation there is stands at that end, so what is left of it is the bare word.
    if len(bare) > 1 and n_marks and (raw[:n_marks] in MARKS or raw[-n_marks:] in MARKS):
        return bare
    return raw


def valences(words: list[Word], places: list[int]) -> list[float]:
    """Score the words of the lexicon, each by what stands before its first place."""
    n_upper = sum(map(IS_UPPER, words))
    some_upper = 0 < n_upper < len(words)
    first: dict[str, int] = {}
    known: dict[int, float] = {}
    found = []
    for place in places:
        i = first.setdefault(words[place].text, place)
        if i not in known:
            known[i] = valence(words, i, some_upper)
        found.append(known[i])
    return found


def valence(words: list[Word], i: int, some_upper: bool) -> float:
    """Score one word of the lexicon by itself and by the three words before it."""
    word = words[i]
    if word.lower == "kind" and i < len(words) - 1 and words[i + 1].lower == "of":
        return 0.0
    score = word.value or 0.0
    if some_upper and word.is_upper:
        score += CAPITALS if score > 0 else -CAPITALS
    for back in range(1, min(i, 3) + 1):
        before = words[i - back]
        if before.value is None:
            if before.boost:
                score += boost(before, score, some_upper) * FADING[back - 1]
            if before.is_negation or back == 3:
                score = negate(score, words, i, back)
            if back == 3:
                score = phrases(score, words, i)
    return score * NEGATE if i and is_least(words, i) else score


def is_least(words: list[Word], i: int) -> bool:
    """Say whether "least" stands right before a word, and neither "at" nor "very" before that."""
    before = words[i - 1]
    is_said = before.lower == "least" and before.value is None
    return is_said and (i == 1 or words[i - 2].lower not in {"at", "very"})


def boost(word: Word, score: float, some_upper: bool) -> float:
    """Say what an intensifier or downtoner adds to a score."""
    added = -word.boost if score < 0 else word.boost
    if some_upper and word.is_upper:
        added += CAPITALS if score > 0 else -CAPITALS
    return added


def negate(score: float, words: list[Word], i: int, back: int) -> float:
    """Turn a score round where the word so many before is a negation, or raise it after "never so", "so" and "this"."""
    said = words[i - back]
    if back == 2 and said.text == "never" and words[i - 1].text in {"so", "this"}:
        return score * 1.5
    if back == 3:
        is_never_so = said.text == "never" and words[i - 2].text in {"so", "this"}
        if is_never_so or words[i - 1].text in {"so", "this"}:
            return score * 1.25
    return score * NEGATE if said.is_negation else score


def phrases(score: float, words: list[Word], i: int) -> float:
    """Put the score of an idiom for that of its word, and take off what a downtoner of two words does."""
    if not any(map(ENDS_PHRASE, words[i - 2 : i + 3])):
        return score
    three, two, one, zero, *after = (word.text for word in words[i - 3 : i + 3])
    for phrase in (f"{one} {zero}", f"{two} {one} {zero}", f"{two} {one}", f"{three} {two} {one}", f"{three} {two}"):
        if phrase in IDIOMS:
            score = IDIOMS[phrase]
            break
    for n in range(1, len(after) + 1):
        score = IDIOMS.get(" ".join((zero, *after[:n])), score)
    return score + DAMPEN if f"{three} {two}" in ASIDE_PAIRS or f"{two} {one}" in ASIDE_PAIRS else score


def but_check(words: list[Word], places: list[int], found: list[float]) -> list[float]:
    """Halve what stands before the first "but", and raise what stands after it by half."""
    but = next((i for i, word in enumerate(words) if word.lower == "but"), None)
    if but is None:
        return found
    factors = [0.5 if place < but else 1.5 if place > but else 1.0 for place in places]
    return [score * factor for score, factor in zip(found, factors, strict=True)]


def emphasis(text: str) -> float:
    """Say what exclamation and question marks add to the whole."""
    asked = text.count("?")
    from_asked = 0.0 if asked < 2 else asked * 0.18 if asked < 4 else 0.96
    return min(text.count("!"), 4) * 0.292 + from_asked


def combine(found: list[float], n_words: int, marks: float) -> Scores:
    """Bring the scores of the words to those of the text.

    Parameters
    ----------
    found
        Scores of the words of the lexicon, in order.
    n_words
        Words in all.
    marks
        From `emphasis`.
    """
    # sum, because from Python 3.12 on it adds up more exactly than a loop does, for NLTK as well.
    total = float(sum(found))
    if total:
        total += marks if total > 0 else -marks
    up = down = 0.0
    neutral = n_words
    for score in found:
        if score:
            neutral -= 1
        if score > 0:
            up += score + 1
        elif score < 0:
            down += score - 1
    if up > fabs(down):
        up += marks
    elif up < fabs(down):
        down -= marks
    whole = up + fabs(down) + neutral
    compound = total / sqrt(total * total + 15)
    return round(compound, 4), round(fabs(up / whole), 3), round(fabs(down / whole), 3), round(neutral / whole, 3)
