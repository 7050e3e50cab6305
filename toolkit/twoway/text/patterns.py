"""Every regex of the library, written once, in the Rust dialect that Polars runs.

No look-around, and only the kernel of this package applies them: engines disagree on word borders.
"""

from __future__ import annotations

__all__ = [
    "CONTENT_WORD",
    "EMAIL",
    "GREETED",
    "HASHTAG",
    "LEADING_HANDLES",
    "LEGACY_REPOST",
    "MENTION",
    "MENTION_DOTTED",
    "NOT_LETTERS",
    "SENTENCE_END",
    "SIGNATURE",
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
SENTENCE_END = r"[.!?\n]+"
CONTENT_WORD = r"[\p{L}\p{N}][\p{L}\p{N}'’]{3,}"
LEADING_HANDLES = r"^(?:\s*\.?@\w+[,:]?)+\s*"
SIGNATURE = r"(?:\s[\^*~/–—-]{1,2}\s?\p{L}{1,12}|\s\^\w{1,4})\s*(?:xurlx\s*)*(?:\d/\d)?\s*$"

#: A greeting, and up to two words between it and the next mark: a name.
GREETED = (
    r"^(\W*(?:(?:hi|hiya|hello|hey|dear|good (?:morning|afternoon|evening|day)|hallo|hola|bonjour)[\s,]|thank(?:s| you),))"
    r"[\s,]*\p{L}[\p{L}'’-]*(?:\s\p{L}[\p{L}'’-]*)?\s*[,!.–—-]"
)
NOT_LETTERS = r"@\w+|xurlx|xmailx|[^\p{L}]+"
