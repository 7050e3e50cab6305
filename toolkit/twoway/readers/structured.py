"""Parquet and JSON tables to flat records, nested values under dotted names."""

from __future__ import annotations

import io
import json
from typing import Any

import polars as pl

from ..errors import FormatError
from .base import ROW, Ledger, Records
from .jsonio import documents
from .sources import Source

__all__ = ["flatten", "read_json_records", "read_parquet_records"]


def read_parquet_records(source: Source) -> Records:
    """Read a Parquet file; line numbers cannot be known.

    Raises
    ------
    FormatError
        If the file is damaged.
    """
    try:
        frame = pl.read_parquet(io.BytesIO(source.read()))
    except (pl.exceptions.PolarsError, OSError) as error:
        msg = f"{source.name} starts like Parquet but is damaged ({error}). Fetch the file again."
        raise FormatError(msg) from error
    while nested := [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Struct)]:
        fields = [(name, field.name) for name in nested for field in frame.schema[name].fields]
        frame = frame.with_columns(
            pl.col(name).struct.field(inner).alias(f"{name}.{inner}") for name, inner in fields
        ).drop(nested)
    return Records(frame.with_row_index(ROW), source.name, _no_lines)


def _no_lines(rows: pl.Series) -> pl.Series:
    return pl.Series([None] * len(rows), dtype=pl.Int64)


def read_json_records(source: Source, ledger: Ledger, encoding: str | None = None) -> Records:
    """Read JSON Lines or a JSON array of objects; every value becomes text, so that long ids keep their digits."""
    lines: list[int | None] = []
    columns: dict[str, list[Any]] = {}
    for line, value in documents(source, ledger, encoding=encoding, keep_digits=True):
        if not isinstance(value, dict):
            ledger.reject(source.name, line, f"a JSON {type(value).__name__} where an object was expected")
            continue
        for name, cell in flatten(value).items():
            cells = columns.setdefault(name, [])
            # A key that earlier objects did not have: they get nulls.
            cells += [None] * (len(lines) - len(cells))
            cells.append(cell)
        lines.append(line)
    series = [
        pl.Series(name, cells + [None] * (len(lines) - len(cells)), dtype=pl.String) for name, cells in columns.items()
    ]
    numbers = pl.Series(lines, dtype=pl.Int64)
    return Records(pl.DataFrame(series).with_row_index(ROW), source.name, numbers.gather)


def flatten(value: dict[str, Any], prefix: str = "") -> dict[str, str | None]:
    """Write nested objects as dotted names and every value as text.

    Examples
    --------
    >>> flatten({"id": 988888888888888888, "user": {"name": "ada"}, "tags": ["a", "b"], "is_quote": False})
    {'id': '988888888888888888', 'user.name': 'ada', 'tags': 'a b', 'is_quote': 'false'}
    """
    flat: dict[str, str | None] = {}
    for key, inner in value.items():
        if isinstance(inner, dict) and inner:
            flat |= flatten(inner, f"{prefix}{key}.")
        else:
            flat[prefix + key] = _text(inner)
    return flat


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
        return " ".join(str(item) for item in value)
    return json.dumps(value, ensure_ascii=False)
