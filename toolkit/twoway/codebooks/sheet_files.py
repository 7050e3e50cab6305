"""Sheets as spreadsheets save them: text files in several encodings and with several delimiters."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass
from pathlib import Path

from ..errors import FormatError

__all__ = ["SheetFile", "read_sheet_file"]

_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods", ".numbers")
#: How workbooks begin, whatever their name: zip archives and the older files of Excel.
_WORKBOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True)
class SheetFile:
    """Hold the cells of a file as text.

    Parameters
    ----------
    header
        Names of the columns.
    rows
        Cells of each row, as many as there are columns.
    places
        Number of each row as a spreadsheet counts, the header being 1 where it comes first.
    delimiter
        What stands between cells.
    """

    header: list[str]
    rows: list[list[str]]
    places: list[int]
    delimiter: str


def read_sheet_file(path: Path) -> SheetFile:
    r"""Read a text file of cells separated by commas, semicolons or tabs: UTF-8, UTF-16 with its mark, or cp1252.

    Left out are a first line `sep=;`, rows without text, and empty columns without a name. Cells that a spreadsheet
    dropped from the end of a row are empty.

    Parameters
    ----------
    path
        Of the file.

    Returns
    -------
    SheetFile

    Raises
    ------
    FormatError
        If it is a workbook or empty, a row has more cells than the header or is torn off after the first, or a column
        with entries has no name.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "sheet.csv"
    ...     _ = path.write_text("sep=;\nitem;marks.sorry;;\ns1;1;;\n", encoding="utf-16")
    ...     read_sheet_file(path).rows
    [['s1', '1']]
    """
    data = path.read_bytes()
    if path.suffix.lower() in _WORKBOOKS or data.startswith(_WORKBOOK_STARTS):
        msg = f"{path.name} is a workbook. It was to be read as a sheet of codes. Save it as CSV UTF-8 in your program."
        raise FormatError(msg)
    text = _decoded(data)
    first, _, rest = text.partition("\n")
    is_told = first.strip().strip('"').lower().startswith("sep=")
    delimiter = first.strip().strip('"')[4:5] or "\t" if is_told else max(",;\t", key=first.count)
    lines = enumerate(csv.reader(io.StringIO(rest if is_told else text, newline=""), delimiter=delimiter), 1 + is_told)
    rows = [(place, row) for place, row in lines if any(cell.strip() for cell in row)]
    if not rows:
        msg = f"{path.name} is empty. It was to be read as a sheet of codes. Check the path."
        raise FormatError(msg)
    header = [name.strip() for name in rows[0][1]]
    places = [place for place, _ in rows[1:]]
    body = [_fitted(row, len(header), place, path.name) for place, row in rows[1:]]
    kept = _named_columns(header, body, path.name)
    return SheetFile([header[i] for i in kept], [[row[i] for i in kept] for row in body], places, delimiter)


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What spreadsheets on Windows save when they are not told otherwise.
        return data.decode("cp1252", errors="replace")


def _fitted(row: list[str], n: int, place: int, name: str) -> list[str]:
    """Put back empty cells that were dropped from the end of a row, and drop those beyond the header."""
    more = any(cell.strip() for cell in row[n:])
    is_torn = len(row) == 1 and n > 2
    if more or is_torn:
        msg = f"{name}, row {place}: {len(row)} cell{'' if is_torn else 's'}, but the header has {n}. "
        msg += "Quote texts that hold the delimiter or a line break, and read the sheet again."
        raise FormatError(msg)
    return [*row[:n], *[""] * (n - len(row))]


def _named_columns(header: list[str], body: list[list[str]], name: str) -> list[int]:
    """Leave out columns without a name, if they hold nothing."""
    for i, column in enumerate(header):
        if not column and any(row[i].strip() for row in body):
            msg = f"{name}, column {i + 1} has entries and no name. It was to be read as a sheet of codes. "
            msg += "Name it in the first row, or remove it."
            raise FormatError(msg)
    return [i for i, column in enumerate(header) if column]
