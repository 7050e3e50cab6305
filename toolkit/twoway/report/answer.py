"""One question of a report and its answer: sentences and a picture with a caption, or why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import TwowayError
from .findings import Findings
from .pictures import svg_of
from .reasons import for_readers

__all__ = ["Answer", "Question", "Shown", "answer_of"]

_SENTENCES = 6

_NOTHING = "No post of the collection belongs to this question."


@dataclass(frozen=True)
class Shown:
    """What a corpus has to say to a question.

    Attributes
    ----------
    sentences
        Findings in words, the first few of which are shown at once.
    plot
        Draws the picture.
    caption
        What the picture rests on: number of cases, method of the intervals, and by what the posts were read.
    """

    sentences: tuple[str, ...]
    plot: Callable[[], Any]
    caption: str = ""


@dataclass(frozen=True)
class Question:
    """What a report asks.

    Attributes
    ----------
    id, title
        Name, and heading.
    about
        What is read.
    misleads
        What a reader must not conclude.
    ask
        From findings to what is shown; raises a `TwowayError` that says why, where the corpus cannot show it.
    nothing
        Why there is no answer, where the result holds no rows.
    """

    id: str
    title: str
    about: str
    misleads: str
    ask: Callable[[Findings], Shown | None]
    nothing: str = _NOTHING


@dataclass(frozen=True)
class Answer:
    """One question of a report, answered.

    Attributes
    ----------
    id, title, about, misleads
        Of the question.
    sentences, more
        Findings in words: the first few, and the rest to unfold.
    figure, caption
        SVG, or empty; what it rests on.
    reason
        Why there is no answer; empty where there is one.
    """

    id: str
    title: str
    about: str
    misleads: str = ""
    sentences: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    figure: Any = ""
    caption: str = ""
    reason: str = ""


def answer_of(found: Findings, question: Question) -> Answer:
    """Ask a question of a corpus.

    Parameters
    ----------
    found
        From `find`.
    question
        What to ask.
    """
    asked = (question.id, question.title, question.about, question.misleads)
    try:
        shown = question.ask(found)
        if shown is None:
            return Answer(*asked, reason=question.nothing)
        figure = svg_of(question.id, shown.plot)
    except TwowayError as error:
        return Answer(*asked, reason=for_readers(str(error)))
    lines = shown.sentences
    return Answer(*asked, lines[:_SENTENCES], lines[_SENTENCES:], figure, shown.caption)
