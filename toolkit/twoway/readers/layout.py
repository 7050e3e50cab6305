"""How a delimited text file is laid out: delimiter, header, quotes; told from its content."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass

from ..errors import FormatError, SchemaError

__all__ = ["Layout", "are_cells_quoted", "find_layout", "has_sound_quotes", "split_record"]

_CANDIDATES = ",\t;|"
_SAMPLE_RECORDS = 200


@dataclass(frozen=True)
class Layout:
    """Delimiter, column names, and whether the first line holds them."""

    delimiter: str
    columns: list[str]
    has_header: bool


def find_layout(head: bytes, name: str, *, delimiter: str | None = None, header: list[str] | None = None) -> Layout:
    r"""Tell the layout of a delimited file from its beginning.

    Parameters
    ----------
    head
        The first bytes, UTF-8; a last line that is cut off does no harm.
    name
        Base name for messages.
    delimiter
        One character; told from the content when None.
    header
        Column names of a file that has no header line.

    Raises
    ------
    FormatError
        If the delimiter is not one character, or no delimiter divides the lines.
    SchemaError
        If `header` has not as many names as the first line has cells.

    Examples
    --------
    >>> find_layout(b"id|date|text\n1|2017-10-31|so, it is\n", "a.txt").columns
    ['id', 'date', 'text']
    """
    if delimiter is not None and (len(delimiter) != 1 or not delimiter.isascii()):
        msg = f"delimiter={delimiter!r} cannot divide {name}: it is not one plain character. "
        msg += "Give for instance ',' or '\\t'."
        raise FormatError(msg)
    # `\r\n` and the lone `\r` of old Macintosh files read alike here.
    text = head.decode("utf-8", "replace").removeprefix("\ufeff")
    lines = [line for line in re.split(r"\r\n|\n|\r", text)[: 4 * _SAMPLE_RECORDS] if line.strip()]
    chosen = delimiter or (_best_delimiter(lines, len(header)) if header else None) or _best_delimiter(lines, None)
    if not lines or chosen is None:
        msg = f"{name} is text, but no comma, tab, semicolon or pipe divides its lines. "
        msg += "Give the character, delimiter='...'."
        raise FormatError(msg)
    first = split_record(_first_record(lines, chosen), chosen)
    if header is None:
        return Layout(chosen, _unique(first), has_header=True)
    if len(first) < len(header):
        msg = f"header= names {len(header)} columns, but the first line of {name} has {len(first)} cells. "
        msg += "Name each column once."
        raise SchemaError(msg)
    return Layout(chosen, list(header), has_header=False)


def _unique(cells: list[str]) -> list[str]:
    seen: Counter[str] = Counter()
    names = []
    for position, cell in enumerate(cells):
        name = cell.strip().removeprefix("\ufeff") or f"column_{position + 1}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return names


def split_record(record: str, delimiter: str) -> list[str]:
    """Split one record into cells, forgiving stray quotes.

    Examples
    --------
    >>> split_record('1,"so, it is",2', ",")
    ['1', 'so, it is', '2']
    """
    if '"' not in record:
        return record.split(delimiter)
    # A lone carriage return inside a cell would stop the csv module.
    cells = next(csv.reader([record.replace("\r", "\ue000")], delimiter=delimiter), [])
    return [cell.replace("\ue000", "\r") for cell in cells]


def has_sound_quotes(record: str, delimiter: str) -> bool:
    """Tell whether all quotes of a record open and close where they should.

    Examples
    --------
    >>> has_sound_quotes('1,"so, it is",2', ","), has_sound_quotes('1,"so', ",")
    (True, False)
    """
    edge = re.escape(delimiter)
    inside = re.sub(rf'(?:^|(?<={edge}))"(?:[^"]|"")*"(?={edge}|\r?$)', "", record)
    return '"' not in inside


def _first_record(lines: list[str], delimiter: str) -> str:
    record = lines[0]
    for line in lines[1:20]:
        if record.count('"') % 2 == 0:
            break
        record += "\n" + line
    return record if has_sound_quotes(record, delimiter) else lines[0]


def _best_delimiter(lines: list[str], n_columns: int | None) -> str | None:
    scores = {delimiter: _score(lines[:_SAMPLE_RECORDS], delimiter, n_columns) for delimiter in _CANDIDATES}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > (0, 0) else None


def _score(lines: list[str], delimiter: str, n_columns: int | None) -> tuple[float, int]:
    """Share of lines with as many cells as the first, then how many cells; nothing for a single cell."""
    width = len(split_record(lines[0], delimiter)) if lines else 0
    width = min(width, n_columns) if n_columns and width >= n_columns else width
    if width < 2 or (n_columns and width != n_columns):
        return (0, 0)
    widths = [len(split_record(line, delimiter)) for line in lines]
    fits = sum(found == width for found in widths) / len(lines)
    return (round(fits, 1), width)


def are_cells_quoted(text: str, delimiter: str) -> bool:
    r"""Weigh whole quoted cells, which may span lines, against quotes that stand anywhere else.

    Examples
    --------
    >>> are_cells_quoted('1,"so, it is"\n2,6" long\n', ","), are_cells_quoted('1|"Healthy" labels', "|")
    (True, False)
    """
    edge = re.escape(delimiter)
    rest, n_cells = re.subn(rf'(?:^|(?<={edge})|(?<=\n))"(?:[^"]|"")*"(?={edge}|\r?\n|$)', "", text)
    return n_cells > 0 and n_cells >= rest.count('"') / 2
