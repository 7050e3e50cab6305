"""Records from delimited text that breaks the rules: whatever can be saved is, the rest is set aside line by line."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

import polars as pl

from .base import ROW, Ledger, Records
from .layout import Layout, has_sound_quotes, split_record

__all__ = ["read_quoted", "read_unquoted"]

#: A quoted cell of more lines than this is taken for a quote that was never closed.
_MOST_LINES = 500
_LONGEST_CELL = 10_000_000


def read_unquoted(
    data: bytes, layout: Layout, name: str, ledger: Ledger, *, joins_rest: bool, first_line: int = 1
) -> Records:
    """Read a file in which every line is a record and quotes mean nothing.

    Parameters
    ----------
    data
        UTF-8.
    layout
        Delimiter and columns.
    name
        Base name for messages.
    ledger
        Where repairs and lines set aside are written down.
    joins_rest
        Whether the last column is free text and keeps all further delimiters.
    first_line
        Number of the first line, where the data are a part of a file.
    """
    width = len(layout.columns)
    lines = pl.DataFrame({"text": data.decode("utf-8").split("\n")}).with_row_index("line", offset=first_line)
    lines = lines.with_columns(pl.col("text").str.strip_chars_end("\r"))
    lines = lines.filter(pl.col("text").str.strip_chars() != "").slice(int(layout.has_header))
    n_cells = lines["text"].str.count_matches(layout.delimiter, literal=True) + 1
    fits = (n_cells >= width) if joins_rest else (n_cells == width)
    ledger.repair("delimiter_kept_in_text", ((n_cells > width) & fits).sum())
    bad = lines.filter(~fits)
    ledger.reject_many(name, bad["line"], _ragged(n_cells.filter(~fits), width))
    good = lines.filter(fits)
    cells = good["text"].str.splitn(layout.delimiter, width).struct.unnest()
    cells.columns = layout.columns
    return _records(cells, good["line"].to_list(), name)


def _ragged(n_cells: pl.Series, width: int) -> pl.Series:
    return n_cells.cast(pl.String) + f" cells where {width} were expected"


def _records(cells: pl.DataFrame, starts: list[int], name: str) -> Records:
    lines = pl.Series(starts, dtype=pl.Int64)
    # The fast way reads an empty cell as null; both ways must agree.
    empty = cells.with_columns(pl.when(pl.all() != "").then(pl.all()))
    return Records(empty.with_row_index(ROW), name, lines.gather)


def read_quoted(
    data: bytes, layout: Layout, name: str, ledger: Ledger, *, joins_rest: bool, first_line: int = 1
) -> Records:
    """Read a file with quoted cells of which some are broken.

    A record that does not come out with the right number of cells is set aside; a quote that is never closed costs
    its own line only, not the rest of the file.

    Parameters
    ----------
    data, layout, name, ledger, joins_rest, first_line
        As in `read_unquoted`.
    """
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    lines = data.decode("utf-8").split("\n")
    columns: list[list[str]] = [[] for _ in layout.columns]
    starts: list[int] = []
    at = _skip_header(lines, layout) if layout.has_header else 0
    while at < len(lines):
        taken = _next_record(lines, at, layout, joins_rest=joins_rest)
        if taken.problem:
            ledger.reject(name, at + first_line, taken.problem)
        ledger.repair(taken.rule, bool(taken.rule))
        if taken.cells:
            starts.append(at + first_line)
            for column, cell in zip(columns, taken.cells, strict=True):
                column.append(cell)
        at += taken.n_lines
    cells = pl.DataFrame(
        dict(zip(layout.columns, columns, strict=True)), schema=dict.fromkeys(layout.columns, pl.String)
    )
    return _records(cells, starts, name)


@dataclass(frozen=True, slots=True)
class _Taken:
    """What was made of the lines from one on: cells (none if set aside or blank), lines used, repair rule, problem."""

    cells: list[str]
    n_lines: int = 1
    rule: str = ""
    problem: str = ""


def _skip_header(lines: list[str], layout: Layout) -> int:
    first = next(number for number, line in enumerate(lines) if line.strip())
    _, n_lines = _joined(lines, first, layout.delimiter)
    return first + n_lines


def _next_record(lines: list[str], at: int, layout: Layout, *, joins_rest: bool) -> _Taken:
    line, width = lines[at].removesuffix("\r"), len(layout.columns)
    if not line.strip():
        return _Taken([])
    if has_sound_quotes(line, layout.delimiter):
        return _single(line, layout, joins_rest=joins_rest)
    if not _opens_cell(line, layout.delimiter):
        return _forgiven(line, layout, "quotes in the middle of a cell")
    record, n_lines = _joined(lines, at, layout.delimiter)
    cells = split_record(record, layout.delimiter) if record else []
    if len(cells) == width:
        return _Taken(cells, n_lines)
    # If the next line is a record by itself, the fault is the quote in this one; else the long record as a whole is
    # at fault.
    if not record or len(split_record(lines[at + 1].removesuffix("\r"), layout.delimiter)) == width:
        return _forgiven(line, layout, "a quote is opened and never closed")
    return _Taken([], n_lines, problem=_wrong_number(cells, width))


def _single(line: str, layout: Layout, *, joins_rest: bool) -> _Taken:
    cells, width = split_record(line, layout.delimiter), len(layout.columns)
    if len(cells) == width:
        return _Taken(cells)
    if joins_rest and len(cells) > width and '"' not in line:
        return _Taken(line.split(layout.delimiter, width - 1), rule="delimiter_kept_in_text")
    return _Taken([], problem=_wrong_number(cells, width))


def _forgiven(line: str, layout: Layout, problem: str) -> _Taken:
    cells = split_record(line, layout.delimiter)
    return (
        _Taken(cells, rule="stray_quotes_forgiven")
        if len(cells) == len(layout.columns)
        else _Taken([], problem=problem)
    )


def _wrong_number(cells: list[str], width: int) -> str:
    return f"{len(cells)} cells where {width} were expected"


def _opens_cell(line: str, delimiter: str) -> bool:
    edge = re.escape(delimiter)
    rest = re.sub(rf'(?:^|(?<={edge}))"(?:[^"]|"")*"(?={edge}|$)', "", line)
    return re.search(rf'(?:^|{edge})"', rest) is not None


def _joined(lines: list[str], at: int, delimiter: str) -> tuple[str, int]:
    """Join lines until all quotes are closed; the empty string and one line if they never are."""
    n_quotes = 0
    for n_lines, line in enumerate(lines[at : at + _MOST_LINES], start=1):
        n_quotes += line.count('"')
        if n_quotes % 2 == 0:
            record = "\n".join(lines[at : at + n_lines]).removesuffix("\r")
            if has_sound_quotes(record, delimiter):
                return record, n_lines
    return "", 1
