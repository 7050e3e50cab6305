"""Every regex of the library, written once, in the Rust dialect that Polars runs.

No look-around, and only the kernel of this package applies them: engines disagree on word borders.
"""

from __future__ import annotations

__all__ = [
    "ACCENT",
    "CONTENT_WORD",
    "EMAIL",
    "COURTESY",
    "ESCAPED",
    "GREETED",
    "HANDLE",
    "HASHTAG",
    "LEADING_HANDLES",
    "LEGACY_REPOST",
    "MENTION",
    "MENTION_DOTTED",
    "MASKED_TOKEN",
    "NAME_CALLED",
    "NAME_GREETED",
    "NAME_GREETED_LOWER",
    "NAME_OPENING",
    "NOT_LETTERS",
    "NOT_NAMES",
    "NUMBER",
    "OPENS_WITH_HANDLE",
    "QUESTION_MARK",
    "QUOTED",
    "SENTENCE_END",
    "SIGNATURE",
    "SIGNED",
    "SIGNED_BY_NAME",
    "STAND_INS",
    "URL",
    "WORD",
]

EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
URL = r"(?i)\bhttps?://\S+|\bwww\.\S+|\bpic\.twitter\.com/\S+"
HASHTAG = r"(?:^|[^\w&/])#\w*[^\W\d_]\w*"
MENTION = r"(?:^|[^\w@/.]|(?:^|[^\w])\.)@(\w{1,50})"
MENTION_DOTTED = r"(?:^|[^\w@/.]|(?:^|[^\w])\.)@(\w[\w-]*(?:\.\w[\w-]*)*(?:@\w[\w-]*(?:\.\w[\w-]*)+)?)"
LEGACY_REPOST = r"(?i)(?:^|[^\w])(?:rt|mt|via)[\s:]+@\w+"
WORD = r"[\p{L}\p{N}]\w*(?:['’]\w+)*"
#: Of all scripts that have one of their own.
QUESTION_MARK = "[?？؟]"
#: An accent that follows its letter as a character of its own.
ACCENT = "[\u0300-\u036f]"
SENTENCE_END = r"[.!?\n]+"
CONTENT_WORD = r"[\p{L}\p{N}][\p{L}\p{N}'’]{3,}"
#: A post to somebody; a dot before the handle is put there so that everybody sees it.
OPENS_WITH_HANDLE = r"^\s*@\w+"
LEADING_HANDLES = r"^(?:\s*\.?@\w+[,:]?)+\s*"
SIGNATURE = r"(?:\s[\^*~/–—-]{1,2}\s?\p{L}{1,12}|\s\^\w{1,4})\s*(?:xurlx\s*)*(?:\d/\d)?\s*$"

_GREETING = r"hi|hiya|hello|hey|dear|good (?:morning|afternoon|evening|day)|hallo|hola|bonjour"

#: A greeting, and up to two words between it and the next mark: a name.
GREETED = (
    rf"^(\W*(?:(?:{_GREETING})[\s,]|thank(?:s| you),))"
    r"[\s,]*\p{L}[\p{L}'’-]*(?:\s\p{L}[\p{L}'’-]*)?\s*[,!.–—-]"
)

#: Characters of Unicode's private area that stand for what was masked, so that no later rule takes them for words.
STAND_INS = {"handle": "\ue001", "link": "\ue002", "name": "\ue003", "number": "\ue004", "mail": "\ue005"}

#: Characters that a site escaped, and the heart that would leave a number behind.
ESCAPED = r"(?:&lt;|<)3+|&(?:[a-z]{2,6}|#\d{1,6}|#x[0-9a-fA-F]{1,6});"

HANDLE = r"@\w+(?:@[\w-]+(?:\.[\w-]+)+|(?:\.\w[\w-]*)+)?"

#: Anything with a digit in it (an amount, a booking code, a version); numbers that follow each other are one.
NUMBER = r"\+?\w*\d\w*(?:(?:,|[\s.:/()+-]{1,3})\w*\d\w*)*"

#: Lines of a mail that quote the one before, when more text follows.
QUOTED = r"(?m)^\s*>[^\n]*\n"

MASKED_TOKEN = rf"[\ue001-\ue005]|{WORD}"

_TAIL = r"[\s.]*(?:\ue002\s*)*(?:\(?\d/\d\)?)?\s*$"

#: Who signed, at the end of a text: ^AB, *AB, ~Ann, - Ann, /AB.
SIGNED = rf"(?:\s(?:[\^*~–—-]{{1,2}}\s?|/)|\^)(\p{{L}}\w{{0,11}}){_TAIL}"

#: Who signed with a dash or a smile before a name in capitals: -Ann, Thanks-Ann, soon- Ann, =) Ann.
SIGNED_BY_NAME = (
    r"(?:(^|[\s.!?,:;)\ue001-\ue005]|(?i:thanks|thank you|thx|tq|cheers|regards|sorry|soon|day|bye))\s?[-–—]{1,2}\s?"
    rf"|(\p{{L}})[-–—]\s+|[:=;]['-]?\)\s?)(\p{{Lu}}\p{{L}}{{0,11}}){_TAIL}"
)

#: What ends a text like a signature, and is none.
NOT_NAMES = ("bye", "cheers", "enjoy", "no", "ok", "please", "regards", "sorry", "thank", "thanks", "thx", "yes")

#: A comma before courtesy, which would make a name of it.
COURTESY = r",(\s?(?:Thanks|Thank|Thx|Tq|Cheers|Please|Pls|Regards|Sorry|Enjoy|Yes|No)\b)"

_NAME = r"\p{Lu}[\p{L}'-]+(?:\s\p{Lu}[\p{L}'-]+)?"

#: A person greeted by name or by the word that stands in for one.
NAME_GREETED = (
    rf"^(\W*(?i:{_GREETING})(?:\s+|,\s*))(?:{_NAME}|(?i:there|all|guys|folks|friends?))(\s*(?:[,!.:;(=–—-]|$))"
)
NAME_GREETED_LOWER = rf"^(\W*(?i:{_GREETING})\s+)\p{{Ll}}[\p{{L}}'-]*(\s*(?:[,!.:;(=–—-]|$))"

#: A person called by name, in capitals, at the end of a sentence, or after the words that open an answer.
NAME_CALLED = rf"((?:,|\b(?i:thanks|thank you|sorry|sure|welcome|hear you))\s?){_NAME}(\s?(?:[.!?:;]|$))"
NAME_OPENING = rf"^(\W*(?i:thanks|thank you|sorry|sure|okay|ok|yes|no|aw|oh|great|nice)\s){_NAME}(\s?,)"
NOT_LETTERS = r"@\w+|xurlx|xmailx|[^\p{L}]+"
