"""Sheets of codes cell by cell: read as text, so that no id loses a digit, with the place of each cell for errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from ..cleaning.ids import clean_ids
from ..cleaning.words import MISSING_WORDS
from ..errors import CorpusNotFound, FormatError, SchemaError, unknown_name
from .sheet_files import read_sheet_file

__all__ = ["PARQUET", "Cells", "read_cells", "table_as_text"]

#: "none" is missing where a number is due, but says something where labels are named.
_NO_LABEL_GIVEN = tuple(word for word in MISSING_WORDS if word != "none")
#: Marks by which coders say that a label applies, or not; spreadsheets write TRUE in the language of their user.
_YES = ("true", "wahr", "vrai", "verdadero", "vero", "waar", "yes", "ja", "oui", "x", "✓", "✔", "☑")
_NO = ("false", "falsch", "faux", "falso", "onwaar", "no", "nein", "non", "☐")
_MARKS = {**dict.fromkeys(_YES, 1.0), **dict.fromkeys(_NO, 0.0)}
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_MOST_WRONG = 5

PARQUET = {".parquet", ".pq"}


@dataclass(frozen=True)
class Cells:
    """Hold a sheet as it was written.

    Parameters
    ----------
    frame
        One column each as found; cells of files are text.
    name
        File, or "the table".
    rows
        Number of each row: in a CSV file as a spreadsheet counts, the header being 1; in a frame from 0.
    has_commas
        Whether numbers may have a decimal comma.
    """

    frame: pd.DataFrame
    name: str
    rows: Sequence[int]
    has_commas: bool = False

    def called(self, columns: Iterable[str]) -> Cells:
        """Return the sheet with columns called as they should be, where only case or spaces around differ."""
        there = {str(name).strip().lower(): name for name in self.frame.columns}
        new = {there[c.lower()]: c for c in columns if c not in self.frame.columns and c.lower() in there}
        return replace(self, frame=self.frame.rename(columns=new)) if new else self

    def require(self, columns: Iterable[str]) -> None:
        """Refuse a sheet that lacks a column.

        Raises
        ------
        SchemaError
            With the columns that are there.
        """
        lacking = [column for column in columns if column not in self.frame.columns]
        if lacking:
            there = ", ".join(map(str, self.frame.columns))
            near = unknown_name(lacking[0], map(str, self.frame.columns), "column")
            msg = f"{self.name} has no column {', '.join(map(repr, lacking))}, only: {there}. "
            msg += f"Name the column by an argument, or in the sheet. {near if 'Did you mean' in str(near) else ''}"
            raise SchemaError(msg.strip())

    def refuse(self, column: str, wrong: Sequence[tuple[int, Any]], allowed: str) -> None:
        """Raise an error that lists wrong cells of a column, if there are any.

        Raises
        ------
        FormatError
            With row and content of the first of them, and what is allowed.
        """
        if wrong:
            listed = ", ".join(f"row {self.rows[row]} ({content!r})" for row, content in wrong[:_MOST_WRONG])
            more = f" and {len(wrong) - _MOST_WRONG} more" if len(wrong) > _MOST_WRONG else ""
            msg = f"{self.name}, column {column!r}: {allowed} expected, but found {listed}{more}. "
            msg += "Correct these cells and read the sheet again."
            raise FormatError(msg)

    def ids(self, column: str) -> list[str]:
        """Give a column of ids as strings.

        Raises
        ------
        FormatError
            If an id is missing, or a spreadsheet or a float has eaten its last digits.
        """
        values = self.frame[column]
        plain = values.tolist() if pd.api.types.is_numeric_dtype(values) else [_text(value) or None for value in values]
        clean = clean_ids(pl.Series(column, plain))
        if "id_precision_lost" in clean.repairs:
            msg = f"{self.name}, column {column!r}: some ids went through a float and lost their last digits. "
            msg += "Read them as text from the source."
            raise FormatError(msg)
        found: pl.Series = clean.values  # noqa: PD011 - no pandas
        broken = clean.is_scientific | found.is_null()
        wrong = [(int(row), values.iloc[int(row)]) for row in broken.arg_true()]
        self.refuse(column, wrong, "an id with all its digits")
        return found.to_list()

    def words(self, column: str) -> list[str | None]:
        """Give a column as stripped text; None where nothing, or a word for nothing other than "none", is written."""
        texts = (_text(value) for value in self.frame[column])
        return [None if text.lower() in _NO_LABEL_GIVEN else text for text in texts]

    def numbers(self, column: str, allowed: Sequence[float] | None = None) -> np.ndarray:
        """Give a column as numbers; NaN where nothing is written.

        Marks such as x, yes or TRUE are 1, and no or FALSE 0, in columns of ones and zeros.

        Raises
        ------
        FormatError
            If something else is written, or a number that is not allowed.
        """
        column_cells = self.frame[column].tolist()
        values = [_number(value, has_commas=self.has_commas) for value in column_cells]
        plain = {value for value in values if value is not None and value == value}
        is_binary = (plain if allowed is None else {float(value) for value in allowed}) <= {0.0, 1.0}
        marks = [_MARKS.get(_text(cell).lower()) if is_binary else None for cell in column_cells]
        values = [mark if value is None else value for value, mark in zip(values, marks, strict=True)]
        ok = None if allowed is None else {float(value) for value in allowed}
        wrong = [
            (row, column_cells[row])
            for row, value in enumerate(values)
            if value is None or (ok is not None and value == value and value not in ok)
        ]
        some = "a number" if ok is None else " or ".join(f"{value:g}" for value in sorted(ok))
        self.refuse(column, wrong, f"{some} (or nothing)")
        return np.array([np.nan if value is None else value for value in values], dtype=float)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    return "" if pd.isna(value) else str(value)


def _number(value: Any, *, has_commas: bool) -> float | None:
    """Give a number, NaN for nothing, None for what is no number."""
    text = _text(value).lower()
    if text in MISSING_WORDS:
        return np.nan
    if has_commas and _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return None
    return number if np.isfinite(number) else None


def read_cells(source: str | Path | pd.DataFrame) -> Cells:
    """Read a sheet: a CSV file (comma, semicolon or tab), a Parquet file, or a pandas frame.

    Parameters
    ----------
    source
        Path or frame.

    Returns
    -------
    Cells
        Cells of CSV files are text, exactly as written.

    Raises
    ------
    CorpusNotFound
        If there is no such file.
    FormatError
        If a file is a workbook, a row has more cells than the header, or a column appears twice.

    Examples
    --------
    >>> read_cells(pd.DataFrame({"post_id": [7], "sorry": [1]})).ids("post_id")
    ['7']
    """
    if isinstance(source, pd.DataFrame):
        cells = Cells(source.reset_index(drop=True), "the table", range(len(source)))
    else:
        path = Path(source)
        if not path.is_file():
            msg = (
                f"There is no file {path.name} in {path.parent}. It was to be read as a sheet of codes. Check the path."
            )
            raise CorpusNotFound(msg)
        cells = _from_parquet(path) if path.suffix.lower() in PARQUET else _from_csv(path)
    twice = cells.frame.columns[cells.frame.columns.duplicated()].tolist()
    if twice:
        msg = f"{cells.name} has two columns {twice[0]!r}. It was to be read as a sheet of codes. Rename one of them."
        raise FormatError(msg)
    return cells


def _from_parquet(path: Path) -> Cells:
    frame = pd.read_parquet(path)
    return Cells(frame.reset_index(drop=True), path.name, range(len(frame)))


def _from_csv(path: Path) -> Cells:
    file = read_sheet_file(path)
    frame = pd.DataFrame(file.rows, columns=file.header, dtype=object)
    # Where a comma stands between cells it is no decimal comma.
    return Cells(frame, path.name, file.places, has_commas=file.delimiter != ",")


def table_as_text(frame: pd.DataFrame) -> str:
    """Write a frame as CSV in which whole numbers have no decimal point and missing ones no text.

    Examples
    --------
    >>> table_as_text(pd.DataFrame({"a": [1.0, float("nan"), 0.1]})).splitlines()
    ['a', '1', '""', '0.1']
    """
    shown = frame.copy()
    for column in shown.columns:
        if pd.api.types.is_float_dtype(shown[column]):
            shown[column] = pd.Series([_digits(value) for value in shown[column]], index=shown.index, dtype=object)
    return shown.to_csv(index=False, lineterminator="\n")


def _digits(value: float) -> str:
    if np.isnan(value):
        return ""
    return str(int(value)) if float(value).is_integer() else repr(float(value))
