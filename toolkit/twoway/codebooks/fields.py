"""What may stand in the file of a codebook: its parts, and what each of them holds."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..errors import FormatError, unknown_name
from .book import SCOPES
from .wordlist import is_blank

__all__ = ["NAMED", "read_fields"]

#: What each part holds.
_PARTS = {
    "name": "text", "version": "version", "language": "text", "applies_to": "text", "exclusive": "flag",
    "about": "text", "uses": "texts", "words": "table", "patterns": "table", "written": "table", "asides": "texts",
    "core": "table", "sentences": "table", "numbers": "table", "scores": "table", "labels": "tables",
}  # fmt: skip
#: Parts whose entries have names of their own, and what each entry holds.
NAMED = {
    "words": "texts", "patterns": "text", "written": "text", "core": "text", "sentences": "text", "numbers": "number",
    "scores": "table",
}  # fmt: skip
_LABEL_PARTS = {
    "name": "text", "definition": "text", "positive": "texts", "negative": "texts", "rule": "text",
}  # fmt: skip


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_list_of(value: object, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(entry, kind) for entry in value)


#: For each kind of value: how to tell it, what it is called, how it is written.
_KINDS: dict[str, tuple[Callable[[Any], bool], str, str]] = {
    "text": (lambda value: isinstance(value, str), "a text", 'it in quotes: {key} = "..."'),
    "version": (lambda value: isinstance(value, str) or _is_number(value), "a text", '{key} = "1.0"'),
    "texts": (lambda value: _is_list_of(value, str), "a list of texts", '{key} = ["...", "..."]'),
    "flag": (lambda value: isinstance(value, bool), "true or false", "{key} = true or {key} = false, without quotes"),
    "number": (_is_number, "a number", "{key} = 8, without quotes"),
    "table": (lambda value: isinstance(value, dict), "a table", "[{key}] on a line of its own, its entries below"),
    "tables": (lambda value: _is_list_of(value, dict), "a list of labels", "[[labels]] above each label"),
}


def read_fields(text: str, file: str) -> dict[str, Any]:
    r"""Read the parts of a codebook, and check that each holds what it should, and that none is missing or odd.

    Raises
    ------
    FormatError
        If the text is no TOML, a part is missing, or holds something else.
    UnknownName
        If there is no such part, or no such group of posts.

    Examples
    --------
    >>> label = '[[labels]]\nname = "late"\ndefinition = "Says that it is late."\nrule = "late"'
    >>> read_fields(f'name = "mine"\nversion = 1\napplies_to = "all"\n{label}', "mine.toml")["applies_to"]
    'all'
    """
    try:
        raw = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        msg = f"The codebook cannot be read as TOML: {error}. It stands in {file}. Mend that line."
        raise FormatError(msg) from None
    for part, value in raw.items():
        if part not in _PARTS:
            raise unknown_name(part, sorted(_PARTS), "part of a codebook", do=f"It stands in {file}.")
        _check(part, value, _PARTS[part], file)
        for name, entry in value.items() if part in NAMED else ():
            _check(name, entry, NAMED[part], f"{file}, [{part}]")
    _check_words(raw.get("words", {}), file)
    missing = [part for part in ("name", "version", "applies_to", "labels") if not raw.get(part)]
    if missing:
        msg = f"The codebook has no {' and no '.join(missing)}. It stands in {file}. Add what is missing."
        raise FormatError(msg)
    if raw["applies_to"] not in SCOPES:
        raise unknown_name(raw["applies_to"], SCOPES, "group of posts (applies_to)", do=f"It stands in {file}.")
    _check_labels(raw["labels"], file)
    return raw


def _check(key: str, value: object, kind: str, where: str) -> None:
    """Refuse a value of another kind than is expected."""
    holds, called, written = _KINDS[kind]
    if not holds(value):
        shown = "a table" if isinstance(value, dict) else repr(value)
        shown = shown if len(shown) <= 60 else shown[:57] + "..."
        msg = f"'{key}' is {shown}, but has to be {called}. It stands in {where}. Write {written.format(key=key)}."
        raise FormatError(msg)


def _check_words(lists: Mapping[str, Iterable[str]], file: str) -> None:
    """Refuse what would be found in every text."""
    for name, words in lists.items():
        blank = [word for word in words if is_blank(word)]
        if not words or blank:
            what = f"holds an entry without a word, {blank[0]!r}" if blank else "is empty"
            msg = (
                f"The list of words '{name}' {what}, so that it would match every post. It stands in {file}, [words]."
                f" {'Take that entry out' if blank else 'Write the words into it, or take it out'}."
            )
            raise FormatError(msg)


def _check_labels(labels: Iterable[Mapping[str, Any]], file: str) -> None:
    """Refuse entries of labels that are of another kind, and labels of one name."""
    names: set[str] = set()
    for label in labels:
        where = f"{file}, label '{label.get('name', '')}'"
        for part, value in label.items():
            if part not in _LABEL_PARTS:
                msg = f"A label has an entry '{part}'. It stands in {where}. A label has {', '.join(_LABEL_PARTS)}."
                raise FormatError(msg)
            _check(part, value, _LABEL_PARTS[part], where)
        lacking = [part for part in ("name", "definition", "rule") if not label.get(part)]
        if lacking:
            msg = f"A label lacks {' and '.join(lacking)}. It stands in {where}. Add what is missing."
            raise FormatError(msg)
        if label["name"] in names:
            msg = f"Two labels are called '{label['name']}'. They stand in {file}. Give one of them another name."
            raise FormatError(msg)
        names.add(label["name"])
