"""Bytes to UTF-8, and text back from having been read in the wrong encoding."""

from __future__ import annotations

import codecs
import re

import numpy as np
import polars as pl
import pyarrow as pa

from ..errors import FormatError, unknown_name
from .base import Ledger

__all__ = ["as_utf8", "is_utf16", "repair_mojibake", "undo_cp1252"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# The characters that bytes 0x80-0xBF, the tail bytes of UTF-8, become under cp1252; the five that cp1252 leaves out
# stay controls.
_TAILS = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0xC0))
# Characters that may well follow an accented capital in healthy text ("BEYONCÉ’S", "OLÉ…"): such a pair alone proves
# nothing.
# A hard space is among them ("CAFÉ !"), save after a lone "Ã": that was "à".
_HARMLESS = "…’‘”“»«™®°–—•·ªº´ \u00a0"
_TELLING = "".join(char for char in _TAILS if char not in _HARMLESS)
# A column is damaged throughout if proven rows are this many times those that prove the opposite.
_CLEAR_MAJORITY = 10
_SEQUENCE = f"[\u00c2-\u00f4][{re.escape(_TAILS)}]"
_PROOF = f"[\u00c2-\u00f4][{re.escape(_TAILS)}]{{0,2}}[{re.escape(_TELLING)}]|(?:^|\\W)\u00c3\u00a0"


def as_utf8(data: bytes, name: str, ledger: Ledger, encoding: str | None = None) -> bytes:
    """Return the same content as UTF-8 without a byte order mark.

    Bytes that are not UTF-8 are read line by line as Windows cp1252 (latin-1 where cp1252 has no character), so that
    a few stray lines do not change the reading of the others; the lines are counted under
    `line_not_utf8_read_as_cp1252`.

    Parameters
    ----------
    data
        The bytes of a file.
    name
        Base name for messages.
    ledger
        Where repaired lines are counted.
    encoding
        Name of the encoding, where the caller knows it; then nothing is guessed.

    Raises
    ------
    FormatError
        If the content does not fit the named encoding, or is UTF-16 without a mark.
    UnknownName
        If there is no encoding of that name.

    Examples
    --------
    >>> as_utf8("naïve".encode("cp1252"), "a.csv", Ledger()).decode()
    'naïve'
    """
    if encoding is not None:
        return _decoded(data, name, encoding).removeprefix("\ufeff").encode()
    for mark, by_mark in _BOMS:
        if data.startswith(mark):
            return data[3:] if by_mark == "utf-8-sig" and _is_utf8(data) else _marked(data, name, by_mark, ledger)
    if is_utf16(data):
        which = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"
        msg = f"{name} is full of zero bytes, as UTF-16 without a mark is. "
        msg += f"Give encoding='{which}', or save it again as UTF-8."
        raise FormatError(msg)
    return data if _is_utf8(data) else _by_line(data, name, ledger)


def is_utf16(data: bytes) -> bool:
    """Tell whether text is UTF-16, by its mark or by every other byte being zero.

    Examples
    --------
    >>> is_utf16("id,text".encode("utf-16-le")), is_utf16(b"id,text")
    (True, False)
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    zeros = sorted([data[:4000:2].count(0), data[1:4000:2].count(0)])
    half = len(data[:4000]) / 2
    return half > 1 and zeros[1] > 0.6 * half and zeros[0] < 0.1 * half


def _marked(data: bytes, name: str, encoding: str, ledger: Ledger) -> bytes:
    if encoding == "utf-8-sig":
        return _by_line(data[3:], name, ledger)
    ledger.remark(name, f"read as {encoding}")
    return _decoded(data, name, encoding).encode()


def _decoded(data: bytes, name: str, encoding: str) -> str:
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise unknown_name(encoding, ("utf-8", "utf-16", "cp1252", "latin-1", "mac-roman"), "encoding") from error
    try:
        return data.decode(encoding)
    except UnicodeError as error:
        where = f" (byte {error.start:,})" if isinstance(error, UnicodeDecodeError) else ""
        msg = f"{name} is not {encoding} text{where}. "
        msg += "Leave out encoding= to have it told from the content, or name another one."
        raise FormatError(msg) from error


def _is_utf8(data: bytes) -> bool:
    # Arrow checks the bytes where they lie; decoding them would take up to four bytes a character, and four times as
    # long.
    ends = pa.py_buffer(np.array([0, len(data)], dtype=np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, ends, pa.py_buffer(data)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _by_line(data: bytes, name: str, ledger: Ledger) -> bytes:
    lines = data.split(b"\n")
    n_changed = 0
    for number, line in enumerate(lines):
        if not line.isascii() and not _is_utf8(line):
            lines[number] = _windows(line).encode()
            n_changed += 1
    ledger.repair("line_not_utf8_read_as_cp1252", n_changed)
    ledger.remark(name, f"{n_changed:,} lines read as cp1252")
    return b"\n".join(lines)


def _windows(line: bytes) -> str:
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def undo_cp1252(text: str) -> str | None:
    """Undo a reading of UTF-8 bytes as cp1252, or return None where the text cannot have come about that way.

    Examples
    --------
    >>> undo_cp1252("Itâ€™s")
    'It’s'
    >>> undo_cp1252("São Paulo") is None
    True
    """
    try:
        raw = b"".join(_byte(char) for char in text)
        return raw.decode("utf-8")
    except UnicodeError:
        return None


def _undo_all(text: str) -> str | None:
    # Some texts went through the mill twice.
    repaired = undo_cp1252(text)
    while repaired is not None and re.search(_PROOF, repaired) and (again := undo_cp1252(repaired)) is not None:
        repaired = again
    return repaired


def _byte(char: str) -> bytes:
    # Readers differ on the five bytes that cp1252 does not define: most keep them as control characters.
    return char.encode("latin-1") if char < "\u00a0" else char.encode("cp1252")


def repair_mojibake(texts: pl.Series) -> tuple[pl.Series, int]:
    """Repair texts that are UTF-8 read as cp1252, row by row, and leave all others alone.

    A row is changed only if all of it can be turned back *and* it holds a pair of characters that healthy text does
    not have. Where nearly all rows of the column are proven to be damaged in that way, such a pair is not asked for.

    Parameters
    ----------
    texts
        Texts; nulls stay.

    Returns
    -------
    Series, int
        The texts and the number of rows changed.

    Examples
    --------
    >>> repaired, n = repair_mojibake(pl.Series(["Itâ€™s", "BEYONCÉ’S", "São Paulo", None]))
    >>> repaired.to_list(), n
    (['It’s', 'BEYONCÉ’S', 'São Paulo', None], 1)
    """
    suspects = texts.str.contains(_SEQUENCE).fill_null(value=False)
    if not suspects.any():
        return texts, 0
    rows = suspects.arg_true()
    before = texts.gather(rows)
    after = pl.Series([_undo_all(text) for text in before], dtype=pl.String)
    proven = before.str.contains(_PROOF) & after.is_not_null()
    n_healthy = texts.str.contains(r"[^\x00-\x7F]").sum() - after.is_not_null().sum()
    is_all_damaged = proven.sum() >= _CLEAR_MAJORITY * max(1, n_healthy)
    accept = after.is_not_null() if is_all_damaged else proven
    fixed = texts.clone().scatter(rows.filter(accept), after.filter(accept))
    return fixed, int(accept.sum())
