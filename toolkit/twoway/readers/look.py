"""What a file is, told from its first bytes and never from its name."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field

import polars as pl

from ..errors import FormatError
from .base import Ledger
from .encoding import as_utf8, is_utf16
from .jsonio import key_paths
from .layout import find_layout
from .sources import HEAD_BYTES, Source

__all__ = ["DELIMITED", "JSON", "PARQUET", "Head", "look", "require"]

DELIMITED, JSON, PARQUET = "delimited text", "JSON", "Parquet"

_BINARY = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a zip archive or an office document (Excel and the like are zip archives)",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"SQLite format 3": "an SQLite database",
    b"ARROW1": "an Arrow or Feather file",
    b"RDX": "data saved by R",
    b"X\n\x00\x00\x00": "data saved by R",
    b"\x80\x04": "a Python pickle",
    b"\x80\x05": "a Python pickle",
    b"ORC": "an ORC file",
    b"Obj\x01": "an Avro file",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"BZh": "bzip2 compressed data",
    b"\xfd7zXZ": "xz compressed data",
}
# Control characters that no text has.
_ODD = bytes(byte for byte in range(32) if byte not in b"\t\n\f\r\x1b")
_DO = "Export the posts as CSV, Parquet or JSON Lines and read that."


@dataclass(frozen=True)
class Head:
    """The kind of a file, with what its beginning shows.

    Parameters
    ----------
    source
        The file.
    kind
        `DELIMITED`, `JSON` or `PARQUET`.
    columns
        Column names of a table.
    keys
        Dotted paths of the keys of a JSON file, as far as its beginning goes.
    """

    source: Source
    kind: str
    columns: list[str] = field(default_factory=list)
    keys: frozenset[str] = frozenset()

    def has(self, *names: str) -> bool:
        """Tell whether all these columns or key paths are there."""
        return set(names) <= (self.keys | set(self.columns))


def look(
    source: Source, *, delimiter: str | None = None, header: list[str] | None = None, encoding: str | None = None
) -> Head:
    """Look at the beginning of a file.

    Parameters
    ----------
    source
        The file.
    delimiter, header, encoding
        As in `read_table`, where the caller knows them.

    Raises
    ------
    FormatError
        If the file is empty, or of a kind that no reader can use, saying which.
    """
    head = source.head
    if head.startswith(b"PAR1"):
        return Head(source, PARQUET, columns=parquet_columns(source))
    _refuse_binary(head, source.name, is_text=encoding is not None or is_utf16(head))
    # A character cut in two at the end is no sign of another encoding.
    text = as_utf8(_whole_lines(head), source.name, Ledger(), encoding)
    if not text.strip():
        msg = f"{source.name} is empty. Leave it out, or fetch it again."
        raise FormatError(msg)
    _refuse_markup(text, source.name)
    if text.lstrip()[:1] in (b"{", b"["):
        return Head(source, JSON, keys=frozenset(key_paths(text.decode("utf-8"))))
    layout = find_layout(text, source.name, delimiter=delimiter, header=header)
    return Head(source, DELIMITED, columns=layout.columns)


def _opens_like_json(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def _whole_lines(head: bytes) -> bytes:
    if len(head) < HEAD_BYTES:
        return head
    if is_utf16(head):
        return head[: len(head) // 4 * 4]
    end = max(head.rfind(byte) for byte in (b"\n", b"\r", b",", b" "))
    return head[: end + 1] if end > 0 else head


def parquet_columns(source: Source) -> list[str]:
    """List the column names of a Parquet file.

    Raises
    ------
    FormatError
        If the file is damaged.
    """
    try:
        return list(pl.read_parquet_schema(io.BytesIO(source.read())))
    except (pl.exceptions.PolarsError, OSError) as error:
        msg = f"{source.name} starts like Parquet but is damaged ({error}). Fetch the file again."
        raise FormatError(msg) from error


def _refuse_binary(head: bytes, name: str, *, is_text: bool) -> None:
    for magic, words in _BINARY.items():
        if head.startswith(magic):
            msg = f"{name} is {words}, not a table or JSON of posts. {_DO}"
            raise FormatError(msg)
    weighed = head[:4000]
    n_odd = len(weighed) - len(weighed.translate(None, _ODD))
    if n_odd > len(weighed) / 10 and not is_text:
        msg = f"{name} is no text, and of no binary kind that is known (Parquet is). {_DO}"
        raise FormatError(msg)


def _refuse_markup(text: bytes, name: str) -> None:
    start = text[:500].lstrip().lower()
    if re.match(rb"<(!doctype html|html|head|body)", start):
        msg = f"{name} is an HTML page, not a table or JSON of posts: a download often gives a log-in or error page. "
        msg += "Fetch the data itself."
        raise FormatError(msg)
    if start.startswith(b"<?xml"):
        msg = f"{name} is XML, which no reader here takes. {_DO}"
        raise FormatError(msg)


def require(source: Source, kind: str, format_name: str) -> None:
    """Refuse a file whose kind a format never has.

    Raises
    ------
    FormatError
        Naming the file, what it holds and what the format asks for.
    """
    # The keys of JSON take longest to find, and nobody asks for them here.
    found = JSON if _opens_like_json(source.head) else look(source).kind
    if found != kind:
        msg = f"{source.name} holds {found}, but the format '{format_name}' is {kind}. "
        msg += "Leave out format= to have it told from the content."
        raise FormatError(msg)
