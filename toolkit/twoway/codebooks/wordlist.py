"""Lists of words and phrases as regexes: where a word ends, and how its signs may be written."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

__all__ = ["is_blank", "word_pattern"]

#: Letters of scripts that put no space between words: Thai, Lao, Burmese, Khmer, kana, Chinese characters.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff]"
)
#: Asks for the coloured form of a sign; many texts leave it out.
_COLOURED = "\ufe0f"
_APOSTROPHES = str.maketrans(dict.fromkeys("’ʼ´`", "'"))


def is_blank(word: str) -> bool:
    """Say whether an entry of a list holds no word and no sign, so that it would be found in every text.

    Examples
    --------
    >>> [is_blank(word) for word in ("", " ", "*", "a*", ":(")]
    [True, True, True, False, False]
    """
    return not word.replace(_COLOURED, "").strip(" *\t\r\n\u00a0")


def word_pattern(words: Iterable[str], language: str = "") -> str:
    r"""Turn a list of words into one regex: `*` stands for the rest of a word, spaces for any white space.

    A word is found as a whole, but for ends that are no letter or digit (`#fail`, `c++`, `👍`, `:(`) and for scripts
    without spaces between words. The rest of an English word (`language` is `"en"`) is of the letters a to z.

    Examples
    --------
    >>> word_pattern(("thank*", "don't", "well done"))
    "\\b(?:thank\\w*|don['’]?t|well\\s+done)\\b"
    >>> word_pattern(("late", "#fail", "c++", "退款"))
    '\\b(?:late)\\b|(?:\\#fail)\\b|\\b(?:c\\+\\+)|(?:退款)'
    """
    # All letters there are make long lists slow to prepare.
    rest = "[a-z0-9_]*" if language == "en" else r"\w*"
    by_ends: dict[tuple[str, str], list[str]] = defaultdict(list)
    for word in words:
        clean = " ".join(unicodedata.normalize("NFC", word).translate(_APOSTROPHES).lower().split())
        by_ends[_border(clean), _border(clean[::-1])].append(_regex(clean, rest))
    return "|".join(f"{left}(?:{'|'.join(parts)}){right}" for (left, right), parts in by_ends.items())


def _border(word: str) -> str:
    r"""Say what must stand before a word: `\b` before letters and digits, nothing before other signs."""
    first = word.strip("*" + _COLOURED)[:1]
    kind = unicodedata.category(first) if first else ""
    # What the engine takes for parts of words: letters, accents, digits and the low line.
    is_inside = kind[:1] in {"L", "M"} or kind in {"Nd", "Nl", "Pc"} or word.startswith("*")
    return r"\b" if is_inside and not _UNSPACED.match(first) else ""


def _regex(word: str, rest: str) -> str:
    part = re.escape(word).replace(r"\*", rest).replace(r"\ ", r"\s+").replace("'", "['’]?")
    return part.replace(r"\-", "-").replace(_COLOURED, _COLOURED + "?")
