"""The lexicon of VADER as NLTK ships it: how positive or negative ten readers found each word.

NLTK's data cannot be installed as a package. The package `vaderSentiment` carries a later edition that differs from it
in six entries; these are set back here, and a checksum of the whole table says that nothing else differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from types import MappingProxyType

from ..errors import FormatError

__all__ = ["APOLOGY_WORDS", "LEXICON_SHA256", "THANKS_WORDS", "lexicon_sha256", "read_lexicon", "vader_lexicon"]

#: Checksum of NLTK's table, by `lexicon_sha256`.
LEXICON_SHA256 = "915c70b9aff2421eb78d066671004c76a794b5a112751897ca16061f3c25620d"

#: Where vaderSentiment 3.3.2 differs from NLTK: entries with another value there, and entries NLTK lacks.
_AS_IN_NLTK = {":p": 1.4, "badass": -0.6}
_NOT_IN_NLTK = frozenset({"flawed", "heart", "hearts"})

#: What an apology is made of. VADER scores "sorry" as negative and "apologize" as positive, so that brands look sad or
#: glad by their choice of formula.
APOLOGY_WORDS = (
    "sorry", "apology", "apologies", "apologise", "apologised", "apologises", "apologising", "apologize", "apologized",
    "apologizes", "apologizing",
)  # fmt: skip

#: What thanks are made of: politeness at the end of an exchange, which says little about how it went.
THANKS_WORDS = (
    "thank", "thanks", "thanked", "thankful", "thankyou", "thx", "tnx", "tx", "txs", "ty", "tyvm", "10q", "cheers",
)  # fmt: skip


def read_lexicon(text: str) -> dict[str, float]:
    r"""Read a lexicon in VADER's layout: word, tab, value, and columns that are not needed.

    Of an entry that stands twice the last counts, as in NLTK. Entries with capitals are left out: words are looked up
    in lower case and never meet them.

    Examples
    --------
    >>> read_lexicon("fine\t0.8\t0.6\n:D\t2.3\t0.8\nfine\t0.9\t0.5\n")
    {'fine': 0.9}
    """
    rows = (line.strip().split("\t")[:2] for line in text.split("\n") if line.strip())
    return {word: float(value) for word, value in rows if word == word.lower()}


def lexicon_sha256(lexicon: Mapping[str, float]) -> str:
    """Give the checksum of a lexicon: of its lines of word, tab, value, sorted by word.

    Examples
    --------
    >>> lexicon_sha256({"fine": 0.8, "bad": -2.5})[:8] == lexicon_sha256({"bad": -2.5, "fine": 0.8})[:8]
    True
    """
    lines = (f"{word}\t{value}\n" for word, value in sorted(lexicon.items()))
    return sha256("".join(lines).encode()).hexdigest()


@cache
def vader_lexicon() -> Mapping[str, float]:
    """Give NLTK's lexicon: words and emoticons in lower case, each with its value from -4 to 4.

    Raises
    ------
    FormatError
        If the installed `vaderSentiment` has another lexicon than the one known here.

    References
    ----------
    Hutto & Gilbert 2014.

    Examples
    --------
    >>> lexicon = vader_lexicon()
    >>> len(lexicon), lexicon["great"], lexicon["sorry"], "heart" in lexicon
    (7489, 3.1, -0.3, False)
    """
    text = files("vaderSentiment").joinpath("vader_lexicon.txt").read_text(encoding="utf-8")
    found = {word: value for word, value in (read_lexicon(text) | _AS_IN_NLTK).items() if word not in _NOT_IN_NLTK}
    if lexicon_sha256(found) != LEXICON_SHA256:
        msg = (
            "The lexicon of VADER is not the one that scores are defined by. It was read from the installed package"
            " vaderSentiment. Install version 3.3.2 of it."
        )
        raise FormatError(msg)
    return MappingProxyType(found)
