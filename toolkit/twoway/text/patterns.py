"""Every regex of the library, written once, in the Rust dialect that Polars runs.

No look-around, and only the kernel of this package applies them: engines disagree on word borders.
"""

from __future__ import annotations

__all__ = [
    "ACKNOWLEDGE",
    "ASK",
    "CONTENT_WORD",
    "DESTINATIONS",
    "EMAIL",
    "ESCALATE",
    "GREETED",
    "HASHTAG",
    "LEADING_HANDLES",
    "LEGACY_REPOST",
    "MENTION",
    "MENTION_DOTTED",
    "NOT_LETTERS",
    "RULES_VERSION",
    "SENTENCE_END",
    "SIGNATURE",
    "URL",
    "WORD",
]

#: Changes whenever a rule below does; stands in every output that rests on them.
RULES_VERSION = "destinations-0.1"

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

_MESSAGE = r"(?:d\.?m['’]?s?(?:ed|ing)?|direct[ -]?messag(?:e|es|ing)|private[ -]?messag(?:e|es|ing)|inbox(?: us| me))"
_HELP = r"(?:check|visit|see|read|find|head|go|look|refer|click|use|follow|access|steps?|details?|info(?:rmation)?|more|here|link|page|site|website|via|at|try|fill|report|let us know|share)"

#: Where a reply sends the person: one alternation a destination, matched on lower-case text whose links read `xurlx`.
DESTINATIONS: dict[str, str] = {
    "dm": (
        rf"\b{_MESSAGE}\b|\bmessage (?:us|me)\b|\b(?:so(?: that)? )?(?:we|i) can message you\b|\bprivate(?:ly)?\b[^.!?]*\b(?:link|secured?|message|us|chat)\b|\bsend (?:us|me) (?:a|your) (?:private )?(?:message|note)\b"
    ),
    "phone": (
        r"\b(?:call|phone|ring|dial|telephone|hotline|helpline|toll[ -]free|speak to|reach)\b[^.!?]*(?:\+?\d[\d\s().-]{5,}\d)"
        r"|\b(?:call|phone|ring)\s+(?:us|our|the|customer)\b|\b(?:give us a (?:call|ring))\b"
    ),
    "email": r"xmailx|\be-?mail (?:us|me|our|the|address to)\b|\b(?:by|via|through) e-?mail\b",
    "form": r"\b(?:form|survey|questionnaire)\b",
    "chat": r"\b(?:chat\b[^.!?]*\b(?:xurlx|website|site|online)|live ?chat|web ?chat|chat (?:with|to) (?:us|an?|our|one)|chat team|via chat|start a chat|through (?:our|the) app|in (?:our|the) app)\b",
    "handle": (
        r"\b(?:contact|reach|tweet|ask|follow|try|message|dm|team at|over at|colleagues at|friends at|help from|get in touch with|please)\b[^.!?@]{0,60}@\w+"
        r"|@\w+[^.!?]{0,20}\b(?:can|will|are able to|team|should be able|would be)\b|\b(?:want|is for|belongs to|one for)\s+@\w+"
    ),
    "page": rf"\b{_HELP}\b[^.!?]*xurlx|xurlx|\b(?:our|the) (?:help ?page|website|web page|help cent(?:er|re)|faqs?|site)\b",
}

ESCALATE = (
    r"\b(?:(?:pass(?:ed|ing)?|forward(?:ed|ing)?|sen[td]|shar(?:ed|ing)|rais(?:ed|ing)|report(?:ed|ing)?|flag(?:ged|ging)?|relay(?:ed|ing)?|hand(?:ed|ing)?|escalat(?:ed|ing))\s+"
    r"(?:this|it|that|your|the|these|them|along|on|up|over)\b"
    r"|(?:look(?:ing|ed)?|dig(?:ging)?|check(?:ing)?)\s+(?:further\s+)?into (?:this|it|that|the|what|your)"
    r"|(?:i|we)(?:'|’)?(?:ll| will| am| are|m|re)\s+(?:check(?:ing)?|ask(?:ing)?|investigat(?:e|ing)|chas(?:e|ing)|follow(?:ing)? up|find(?:ing)? out|get(?:ting)? back|come back|update you|let you know|look into)"
    r"|(?:will|to) (?:come back|get back) to you|(?:team|colleagues|engineers|crew) (?:is|are) (?:looking|working|investigating|checking|aware)"
    r"|(?:we|i)(?:'|’)?(?:ve| have) (?:let|told|asked|notified|informed) (?:our|the)|get (?:this|it) passed|following up|working (?:on|to) (?:it|this|a fix|fix|resolve|restore|get)|being (?:looked|investigated|worked))\b"
)

ASK = (
    r"\?|\b(?:could|can|would|will) you (?:please )?(?:tell|let|share|confirm|give|advise|clarify|describe|try|provide|send)\b"
    r"|\b(?:please|pls) (?:tell|confirm|advise|clarify|describe|share|provide|specify)\b|\blet (?:us|me) know (?:which|what|when|where|how|the|your|more)\b|\bmore (?:details|information|info) (?:about|on)\b"
)

ACKNOWLEDGE = (
    r"\b(?:sorry|apologi[sz]e|apologies|thank(?:s| you)?|thx|cheers|appreciate|glad|happy|pleased|delighted|great to hear|welcome|congrat\w*|enjoy|love|lovely|hope|hear that|feel free|reach out to us|let (?:us|me) know if|if you (?:need|have) any|tweet away|pleasure|eager"
    r"|understand|frustrat\w*|disappoint\w*|inconvenience|feedback|patience|hi|hello|hey|good (?:morning|afternoon|evening)|have a (?:great|good|nice|lovely)|here to help|here for you)\b"
)
