"""Which codebooks are in force: those a user named, and the bundled ones that rest on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..errors import FormatError, SchemaError, TwowayError
from .book import Codebook
from .load import load_codebook, parse_codebook

__all__ = ["chosen", "resting_on"]


def chosen(given: Any, where: str, known: Mapping[str, Codebook] | None = None) -> list[Codebook]:
    """Load the codebooks that an argument names.

    Parameters
    ----------
    given
        Names of bundled codebooks, paths of TOML files, or codebooks as loaded; one or several.
    where
        The function it was given to.
    known
        Codebooks of the user's that names stand for.

    Raises
    ------
    SchemaError
        If it is something else.
    FormatError
        If two different codebooks have one name.

    Examples
    --------
    >>> [book.name for book in chosen("tone", "tw.code")]
    ['tone']
    """
    several = [given] if isinstance(given, str | Path | Codebook) else given
    entries = list(several) if isinstance(several, Iterable) and not hasattr(several, "columns") else [several]
    books: dict[str, Codebook] = {}
    for entry in entries:
        if not isinstance(entry, str | Path | Codebook):
            msg = (
                f"{type(entry).__name__} names no codebook. It was given to {where}. Name a bundled one, such as"
                " 'tone', or the TOML file of your own."
            )
            raise SchemaError(msg)
        book = (known or {}).get(str(entry)) or load_codebook(entry)
        if books.setdefault(book.name, book) != book:
            msg = (
                f"Two codebooks are called '{book.name}'. They were given to {where} together. Leave one out, or give"
                " it another name in its file."
            )
            raise FormatError(msg)
    return list(books.values())


def resting_on(book: Codebook, own: Mapping[str, Codebook]) -> Codebook:
    """Return a codebook as it is where a user's own stand in for the bundled ones that it uses.

    Parameters
    ----------
    book
        The codebook.
    own
        The user's codebooks by name.

    Raises
    ------
    FormatError
        If the codebook cannot rest on the one of the user's.

    Examples
    --------
    >>> resting_on(load_codebook("ica"), {}) == load_codebook("ica")
    True
    """
    # A codebook that uses its own name goes on from the bundled one.
    others = {name: entry for name, entry in own.items() if name != book.name}
    now = {name: resting_on(others.get(name, load_codebook(name)), others) for name in book.uses}
    changed = {name: entry for name, entry in now.items() if entry != load_codebook(name)}
    if not changed:
        return book
    for name, entry in changed.items():
        _check_new_names(book, entry, _names(entry) - _names(load_codebook(name)))
    try:
        return parse_codebook(book.text, f"{book.name}.toml", changed)
    except TwowayError as error:
        names = " and ".join(f"'{name}'" for name in changed if name in own)
        msg = f"{error} '{book.name}' uses {names or 'others'} of yours: keep the labels, and let their rules name only"
        msg += " patterns and sentences."
        raise FormatError(msg) from None


def _check_new_names(book: Codebook, used: Codebook, new: set[str]) -> None:
    """Refuse names that stand for something else in a codebook that is about to take them over."""
    for name in sorted(new & _names(book)):
        if any(getattr(used, part).get(name) != getattr(book, part).get(name) for part in _SHARED):
            msg = (
                f"The name '{name}' stands for something else in '{book.name}', which uses '{used.name}'. It stands in"
                f" the codebook '{used.name}' of yours. Give it another name there."
            )
            raise FormatError(msg)


_SHARED = ("patterns", "written", "sentences")


def _names(book: Codebook) -> set[str]:
    return {name for part in _SHARED for name in getattr(book, part)}
