"""What a post says, apart from how it is addressed and signed: the text that rules of codebooks read."""

from __future__ import annotations

import polars as pl

from ..text import patterns as p

__all__ = ["SIGNATURE", "in_sentences", "said"]

#: A link without the mark that ends its sentence.
_LINK = r"(?i)\b(?:https?://|www\.|pic\.twitter\.com/)\S*[\w/=&#-]"
_AFTER = r"[\s.,/]*(?:\(?\d/\d\)?|\s\d)?[\s.]*(?P<links>(?:\s*(?:xurlx|https?://\S+|www\.\S+))*)\s*$"
_MORE = r"(?:\s\p{Lu}{1,3})?"
#: Initials or a first name at the end, after a mark: ^JB, *AnnaB, -Sam, ~ Ellen, /KB. After a dash or a stroke it
#: opens with a capital, so that words joined by a dash are no names.
SIGNATURE = (
    rf"(?:\s*[\^*]{{1,2}}\s?\p{{L}}[\p{{L}}.]{{0,24}}{_MORE}"
    rf"|(?:\s*[–—-]{{1,2}}|\s*~|(?:^|\s)/{{1,2}})\s?\p{{Lu}}[\p{{L}}.]{{0,24}}{_MORE}){_AFTER}"
)
#: Initials alone after the last sentence: "We will call you. KB".
_INITIALS = rf"(?P<end>[.!?)。！])\s*\p{{Lu}}{{2,3}}{_AFTER}"
#: Capitals after the last sentence that are nobody's initials.
_NO_INITIALS = ["WTF", "SMH", "FFS", "LOL", "OMG", "WTH"]
#: Numbering of posts that belong together: 1/2, (2/3), "2:" in front.
_NUMBERED = r"^\s*(?:\(?[1-9]/[1-9]\)?|[1-9]:)\s+|\s*\(?\b[1-9]/[1-9]\)?\s*$"
#: A post cut short by its platform, with a link to the rest of it: not a place the person is sent to.
_CUT = r"(\w)\s?(?:\.\.\.|…)\s*xurlx\s*$"
_HERE = r"\bhere\s?(?:\.\.\.|…)\s*"
_ENTITIES = {
    "&amp;": "&",
    "&gt;": ">",
    "&lt;": "<",
    "&quot;": '"',
    "&#39;": "'",
    "\u00a0": " ",
    "\u200b": "",
    "’": "'",
    "´": "'",
    "ʼ": "'",
    "`": "'",
    "？": "?",
    "؟": "?",
}
#: A sentence that follows without a space: "booked.Please".
_GLUED = r"(\p{Ll}[.!?,])(\p{Lu}\p{Ll})"
#: A sentence that follows a link without a full stop: "https://example.com Call us".
_AFTER_LINK = r"xurlx\s+(\p{Lu})"
#: Full stops that end no sentence.
_ABBREVIATED = {
    "a.m.": "am",
    "p.m.": "pm",
    "u.s.": "usa",
    "u.k.": "uk",
    "e.g.": "eg",
    "i.e.": "ie",
    "approx.": "approx",
    "mrs.": "mrs",
    "mr.": "mr",
    "dr.": "dr",
}
#: A full stop ends a sentence before white space only: 9.30 and example.com hold none.
_END = r"[!?\n]+[\s.!?]*|[.…]+(?:\s+|$)"
_MARK = "\u0001"


def said(text: pl.Expr) -> pl.Expr:
    """Reduce a text to what is said.

    Lower case, without leading handles, signature and numbering; links read `xurlx` (`xcutx` where the platform cut
    the post short), addresses of e-mail `xmailx`; apostrophes are straight, and marks of questions read `?` in
    all scripts.

    Examples
    --------
    >>> frame = pl.DataFrame({"text": ["@7 Hi! We open at 9.30 a.m.Come in: https://example.com ^JB"]})
    >>> frame.select(said(pl.col("text"))).item()
    'hi! we open at 9.30 am come in: xurlx'
    """
    body = text.str.replace_many(list(_ENTITIES), list(_ENTITIES.values()))
    body = body.str.replace_all(_LINK, " xurlx ").str.replace_all(p.EMAIL, " xmailx ")
    body = body.str.replace(p.LEADING_HANDLES, "").str.replace(SIGNATURE, " ${links}")
    body = body.str.replace_many(_NO_INITIALS, [word.lower() for word in _NO_INITIALS])
    body = body.str.replace(_INITIALS, "${end} ${links}").str.replace_all(_NUMBERED, " ")
    body = (
        body.str.replace_all(_GLUED, "$1 $2")
        .str.replace_all(_AFTER_LINK, "xurlx. $1")
        .str.to_lowercase()
        .str.replace(_HERE, "here: ")
    )
    body = body.str.replace(_CUT, "$1 xcutx")
    return body.str.replace_many(list(_ABBREVIATED), list(_ABBREVIATED.values())).str.strip_chars()


def in_sentences(said_text: pl.Expr) -> pl.Expr:
    """Cut what is said into a list of sentences; each keeps the mark that ends it.

    Examples
    --------
    >>> frame = pl.DataFrame({"said": ["hi! we open at 9.30 am on mondays. anything else?"]})
    >>> frame.select(in_sentences(pl.col("said"))).item().to_list()
    ['hi! ', 'we open at 9.30 am on mondays. ', 'anything else?']
    """
    return said_text.str.replace_all(_END, "${0}" + _MARK).str.strip_chars_end(" " + _MARK).str.split(_MARK)
