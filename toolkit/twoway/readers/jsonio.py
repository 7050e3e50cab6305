"""JSON files to Python values, with the line each came from."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ..errors import FormatError
from .base import Ledger
from .encoding import as_utf8
from .sources import Source

__all__ = ["documents", "key_paths"]

# Half of a surrogate pair, written as an escape, is no character at all and would stop every later step.
_LONE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(:?)|([{}\[\]])')


def documents(
    source: Source, ledger: Ledger, *, encoding: str | None = None, keep_digits: bool = False
) -> Iterator[tuple[int | None, Any]]:
    r"""Yield the values of a JSON file: each line of JSON Lines, each item of an array, or the one object it is.

    Objects written one after another without regard to lines are taken apart, too.

    Lines end at "\\n" only: posts contain U+2028, which other splitters take for an end of line. Lines that are no
    JSON are set aside.

    Parameters
    ----------
    source
        What to read.
    ledger
        Where lines set aside are written down.
    encoding
        Name of the encoding, if it is not UTF-8.
    keep_digits
        Whether numbers with a decimal point are returned as text, so that an id such as 988888888888888888.0 keeps
        its digits.

    Yields
    ------
    tuple of int or None, object
        Line number from 1 (None for items of an array) and value.

    Raises
    ------
    FormatError
        If the file is not JSON at all, or a single document that is cut off.
    """
    parse = partial(json.loads, parse_float=str) if keep_digits else json.loads
    data = _LONE.sub(rb"\\ufffd", as_utf8(source.read(), source.name, ledger, encoding))
    start = data.lstrip()[:1]
    several: list[tuple[int, Any]] = []
    if start == b"{":
        lines = [(number, line) for number, line in enumerate(data.split(b"\n"), start=1) if line.strip()]
        if _is_value(lines[0][1]) or not _is_value(data):
            first = lines[0][1]
            if not _is_value(first):
                several = _run_together(data, first, source, ledger, keep_digits=keep_digits)
            yield from several or _lines(lines, parse, source, ledger)
            return
    value = _whole(data, parse, source)
    if isinstance(value, list):
        yield from ((None, item) for item in value)
    else:
        yield 1, value


def _is_value(data: bytes) -> bool:
    try:
        json.loads(data)
    except ValueError:
        return False
    return True


def _run_together(
    data: bytes, first_line: bytes, source: Source, ledger: Ledger, *, keep_digits: bool
) -> list[tuple[int, Any]]:
    """Take objects apart that follow one another without regard to lines.

    What stands between them is set aside. Nothing is returned where the first object does not end, or where lines are
    the better guide.
    """
    text = data.decode("utf-8")
    decoder = json.JSONDecoder(parse_float=str if keep_digits else None)
    found: list[tuple[int, Any]] = []
    at = len(text) - len(text.lstrip())
    line, counted = 1, 0
    while at < len(text):
        line, counted = line + text.count("\n", counted, at), at
        try:
            value, at = decoder.raw_decode(text, at)
        except ValueError as error:
            if not found or _starts_with_value(first_line, decoder):
                return []
            ledger.reject(source.name, line, f"not valid JSON: {str(error).split(':')[0]}")
            at = text.find("\n{", at + 1)
            at = len(text) if at < 0 else at + 1
            continue
        found.append((line, value))
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
    return found


def _starts_with_value(line: bytes, decoder: json.JSONDecoder) -> bool:
    try:
        decoder.raw_decode(line.decode("utf-8").lstrip())
    except ValueError:
        return False
    return True


def _whole(data: bytes, parse: Callable[[bytes], Any], source: Source) -> Any:
    try:
        return parse(data)
    except ValueError as error:
        msg = f"{source.name} is not valid JSON ({error}). "
        msg += "If the file was cut off, fetch it again; if not, save it as JSON Lines."
        raise FormatError(msg) from error


def _lines(
    lines: list[tuple[int, bytes]], parse: Callable[[bytes], Any], source: Source, ledger: Ledger
) -> Iterator[tuple[int, Any]]:
    n_good = 0
    first_problem: ValueError | None = None
    for number, line in lines:
        try:
            value = parse(line)
        except ValueError as error:
            first_problem = first_problem or error
            ledger.reject(source.name, number, f"not valid JSON: {error}")
            continue
        n_good += 1
        yield number, value
    if not n_good:
        msg = f"{source.name} starts like JSON, but no line of it is valid ({first_problem}). "
        msg += "Check what program wrote the file."
        raise FormatError(msg)


def key_paths(text: str) -> set[str]:
    """List the dotted paths of all keys in the beginning of a JSON text; arrays do not count as a step.

    Works on text that breaks off anywhere, so that a few kilobytes tell the format of any file.

    Examples
    --------
    >>> sorted(key_paths('{"data": [{"id": "1", "author": {"id": "2'))
    ['data', 'data.author', 'data.author.id', 'data.id']
    """
    paths: set[str] = set()
    open_at: list[str] = []
    at = ""
    for name, colon, bracket in _TOKEN.findall(text):
        if bracket in ("{", "["):
            open_at.append(at)
        elif bracket:
            at = open_at.pop() if open_at else ""
        elif colon:
            at = f"{open_at[-1]}.{name}" if open_at and open_at[-1] else name
            paths.add(at)
    return paths
