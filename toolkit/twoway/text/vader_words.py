"""The words and weights of VADER's rules as NLTK has them.

Written out, and held against NLTK's own by a test: importing NLTK takes as long as scoring a hundred thousand texts.
The lists are C. J. Hutto's (MIT License), as changed in NLTK (Apache License 2.0).
"""

from __future__ import annotations

__all__ = [
    "ASIDE_PAIRS",
    "BOOSTS",
    "CAPITALS",
    "DAMPEN",
    "IDIOMS",
    "MARKS",
    "NEGATE",
    "NEGATIONS",
    "PHRASE_ENDS",
]

#: What an intensifier adds to the strength of a word, and what a downtoner takes off.
BOOST = 0.293
DAMPEN = -0.293

#: What capitals add to the strength of a word where not all words have them.
CAPITALS = 0.733

#: What a negation multiplies a word by.
NEGATE = -0.74

_NEGATIONS = (
    "aint arent cannot cant couldnt darent despite didnt doesnt dont hadnt hasnt havent isnt mightnt mustnt neednt "
    "neither never none nope nor not nothing nowhere oughtnt rarely seldom shant shouldnt uh-uh uhuh wasnt werent "
    "without wont wouldnt"
)

#: Negations; any word with "n't" in it is one as well.
NEGATIONS = frozenset(_NEGATIONS.split())

_INTENSIFIERS = (
    "absolutely amazingly awfully completely considerably decidedly deeply effing enormously entirely especially "
    "exceptionally extremely fabulously flippin flipping frickin fricking friggin frigging fucking fully greatly "
    "hella highly hugely incredibly intensely majorly more most particularly purely quite really remarkably so "
    "substantially thoroughly totally tremendously uber unbelievably unusually utterly very"
)
_DOWNTONERS = (
    "almost barely hardly kind-of kinda kindof less little marginally occasionally partly scarcely slightly somewhat "
    "sort-of sorta sortof"
)

#: Words that make the next ones stronger or weaker, each with what it adds; no sentiment of their own.
BOOSTS: dict[str, float] = {
    **dict.fromkeys(_INTENSIFIERS.split(), BOOST),
    **dict.fromkeys(_DOWNTONERS.split(), DAMPEN),
}

#: Downtoners of two words.
ASIDE_PAIRS = frozenset({"just enough", "kind of", "sort of"})

#: Phrases whose sentiment is not that of their words.
IDIOMS: dict[str, float] = {
    "the shit": 3,
    "the bomb": 3,
    "bad ass": 1.5,
    "yeah right": -2,
    "cut the mustard": 2,
    "kiss of death": -1.5,
    "hand to mouth": -2,
}

#: Last words of the phrases above: where none is near, no phrase is.
PHRASE_ENDS = frozenset(phrase.rsplit(" ", 1)[-1] for phrase in (*IDIOMS, *ASIDE_PAIRS))

#: Runs of punctuation that are taken off one end of a word; any other run stays, and hides the word.
MARKS = frozenset({".", "!", "?", ",", ";", ":", "-", "'", '"', "!!", "!!!", "??", "???", "?!?", "!?!", "?!?!", "!?!?"})
