"""What is asked of a talk before anything is computed from it: that it is one, and what its corpus cannot show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from .errors import NotEnoughEvidence, SchemaError, TwowayError
from .metrics.flags import FLAG_MEANINGS, FOREIGN_SHARE, corpus_facts
from .metrics.language_shares import foreign_shares
from .metrics.prepared import Grouping

__all__ = ["answering_flags", "caution", "needs_text", "reading_flags", "talk_of", "with_flags", "wanted_names"]


def talk_of(given: Any, name: str) -> Any:
    """Return what `annotate` made, and refuse anything else.

    Parameters
    ----------
    given
        What should be a talk; a scorecard stands for the talk it was measured on.
    name
        Of the function it was given to.

    Raises
    ------
    SchemaError
        If it is a corpus, or anything else.
    """
    card = hasattr(given, "talk") and hasattr(given, "metrics")
    talk = given.talk if card else given
    if hasattr(talk, "corpus") and hasattr(talk, "definitions"):
        return talk
    if card:
        what, do = "The scorecard has lost the talk it was measured on", "Pass what tw.annotate or tw.measure returns."
    elif hasattr(given, "post_frame"):
        what, do = "This is a corpus, and nobody has said yet who answers whom", "Pass tw.annotate(corpus)."
    else:
        what, do = "This is no talk", "Pass what tw.annotate(corpus) returns."
    msg = f"{what}. It was given to {name}. {do}"
    raise SchemaError(msg)


def answering_flags(talk: Any) -> tuple[str, ...]:
    """List the flags of the corpus that concern whatever is said of answers."""
    facts = corpus_facts(talk, Grouping(talk, "corpus"))
    flags = {
        "reply_selected": facts.is_selected,
        "orphan_share": facts.orphan_shares.get(0, 0.0) > talk.definitions.orphan_cut,
        "no_reply_ids": not talk.corpus.knows("parent_id"),
    }
    return tuple(flag for flag, is_raised in flags.items() if is_raised)


def reading_flags(talk: Any) -> tuple[str, ...]:
    """List the flags of the corpus that concern whatever text rules say."""
    share = foreign_shares(talk, Grouping(talk, "corpus")).of(None)
    return ("lexicon_language_mismatch",) if share > FOREIGN_SHARE else ()


def needs_text(talk: Any, name: str) -> None:
    """Refuse a talk whose source has no text: without words every post would count as saying nothing.

    Raises
    ------
    NotEnoughEvidence
        Naming the function.
    """
    if not talk.corpus.knows("text"):
        msg = f"The source has no text. It was asked for by {name}. Give the column text."
        raise NotEnoughEvidence(msg)


def with_flags(table: pd.DataFrame, flags: Iterable[str]) -> pd.DataFrame:
    """Add flags of the whole corpus to those of every row, so that they stand in what is written to files as well.

    Examples
    --------
    >>> table = pd.DataFrame({"flags": ["", "few_clusters"]})
    >>> with_flags(table, ["lexicon_language_mismatch"])["flags"].tolist()
    ['lexicon_language_mismatch', 'few_clusters,lexicon_language_mismatch']
    """
    more = tuple(flags)
    own = [flag.split(",") if flag else [] for flag in table["flags"]]
    return table.assign(flags=[",".join(dict.fromkeys([*each, *more])) for each in own])


def caution(flags: Iterable[str]) -> str:
    """Write the end of a sentence for what no reader must miss; empty if there is nothing.

    Examples
    --------
    >>> caution(["reply_selected", "few_clusters"])
    '; the collection seems to be chosen by its answers, so rates of answering say little'
    >>> caution(["few_clusters"])
    ''
    """
    return f"; {FLAG_MEANINGS['reply_selected']}" if "reply_selected" in flags else ""


def wanted_names(names: str | Iterable[str], what: str, where: str) -> list[str]:
    """List names that are given as one or as several, each once, and refuse none at all.

    Raises
    ------
    TwowayError
        If there is none.

    Examples
    --------
    >>> wanted_names("url_share", "metric", "compare")
    ['url_share']
    """
    listed = [names] if isinstance(names, str) else list(dict.fromkeys(names))
    if not listed:
        msg = f"No {what} is named. An empty list was given to {where}. Name at least one {what}."
        raise TwowayError(msg)
    return listed
