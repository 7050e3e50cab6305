"""Which of the formats the files are, told from their content."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import CorpusNotFound, FormatError, TwowayError, unknown_name
from .base import Ledger, Piece
from .look import Head, look
from .sources import Source

__all__ = ["Format", "choose_format", "fitting_formats", "list_names"]


@dataclass(frozen=True)
class Format:
    """One format: how to tell it, how to read a file of it, and what to do when all its files are together.

    Parameters
    ----------
    read
        From a file and a ledger to a `Piece`; its keyword-only parameters are the options of the format.
    sniff
        Tells from the head of a file whether it is this format; may raise FormatError for what is surely not posts.
    summary
        One line for people.
    finish
        Applied to all files together.
    """

    read: Callable[..., Piece]
    sniff: Callable[[Head], bool]
    summary: str
    finish: Callable[[Piece, Ledger], Piece]

    @property
    def options(self) -> list[str]:
        """Names of the options."""
        parameters = inspect.signature(self.read).parameters.values()
        return [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]


def fitting_formats(formats: Mapping[str, Format], name: str | None, options: Mapping[str, Any]) -> dict[str, Format]:
    """Narrow the formats down to the one that is named, or to those that know all given options.

    Raises
    ------
    UnknownName
        If there is no such format or option.
    FormatError
        If no single format has all the options.
    """
    if name is not None and name not in formats:
        raise unknown_name(name, formats, "format", do="Leave out format= to have it told from the content.")
    wanted = {name: formats[name]} if name else dict(formats)
    known = sorted({option for format in wanted.values() for option in format.options})
    for option in options:
        if option not in known:
            what = f"option of the format '{name}'" if name else "option of any format"
            raise unknown_name(option, [*known, "format", "progress"], what)
    fitting = {key: format for key, format in wanted.items() if set(options) <= set(format.options)}
    if not fitting:
        msg = f"No format has all of the options {', '.join(options)}. Give the options of one format: "
        msg += "; ".join(f"{key}: {', '.join(format.options)}" for key, format in wanted.items()) + "."
        raise FormatError(msg)
    return fitting


def choose_format(
    sources: list[Source], formats: Mapping[str, Format], ledger: Ledger, looked: Mapping[str, Any]
) -> tuple[str, list[Source]]:
    """Tell the format of all files together, and which of them to read.

    Files that were only found in a folder or archive, and are something else, are set aside with a reason; a file that
    was named must be of the format.

    Parameters
    ----------
    sources
        What was found.
    formats
        The formats that come into question, the first choice first.
    ledger
        Where files are set aside.
    looked
        What the caller knows about the layout (`delimiter`, `header`, `encoding`).

    Raises
    ------
    FormatError
        If the files are of several formats, or a named file is of none.
    CorpusNotFound
        If nothing can be read as posts.
    """
    told: dict[str, list[Source]] = {}
    doubtful: list[Source] = []
    for source in sources:
        try:
            head = look(source, **looked)
            name = next((name for name, format in formats.items() if format.sniff(head)), None)
        except TwowayError as error:
            if source.is_named:
                raise
            ledger.reject(source.name, None, f"not read: {error}")
            continue
        finally:
            source.forget_long_head()
        if name:
            told.setdefault(name, []).append(source)
        else:
            doubtful.append(source)
    return _decide(told, doubtful, formats, ledger)


def _decide(
    told: dict[str, list[Source]], doubtful: list[Source], formats: Mapping[str, Format], ledger: Ledger
) -> tuple[str, list[Source]]:
    if len(told) > 1:
        each = "; ".join(f"{name}: {list_names(sources)}" for name, sources in told.items())
        msg = f"The files are of different formats ({each}). "
        msg += "Read each format by itself, or name the one that fits all, format='...'."
        raise FormatError(msg)
    if not told and not doubtful:
        reason = ledger.rejected()["reason"][0].removeprefix("not read: ")
        msg = f"Nothing that was found can be read as posts. The first reason: {reason}"
        raise CorpusNotFound(msg)
    if not told:
        # The reader of the one format that is left says best what is missing.
        return ("table" if "table" in formats else next(iter(formats))), doubtful
    name, sources = next(iter(told.items()))
    named = [source for source in doubtful if source.is_named]
    if named and len(formats) > 1:
        msg = f"{named[0].name} is not recognized as '{name}', as {sources[0].name} is. "
        msg += "Read it by itself, or name the format that fits all, format='...'."
        raise FormatError(msg)
    for source in doubtful:
        if not source.is_named:
            ledger.reject(source.name, None, f"not read: not recognized as '{name}', as the other files are")
    return name, sources + named


def list_names(sources: list[Source]) -> str:
    """List base names, at most three."""
    names = [source.name for source in sources]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
