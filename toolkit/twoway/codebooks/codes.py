"""The long table of codes: what a coder, a person or a set of rules, said of a post.

==========  ===========================================================================================
post_id     which post; text
codebook    which question was asked of it
version     of the codebook; may be empty
label       which of its labels
value       1 applies, 0 does not; other numbers for ordinal, interval and ratio scales; NaN = not coded
coder       who said so
==========  ===========================================================================================

A sample drawn with unequal chances also has a `weight` for each row, one over the chance of its post. Nothing written
means not coded. It never means 0.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..cleaning.words import MISSING_WORDS
from ..errors import FormatError, SchemaError, TwowayWarning, unknown_name
from .cells import Cells, read_cells
from .wide import Columns, wide_codes

__all__ = ["COLUMNS", "DUPLICATES", "check_codes", "named_coder", "read_codes"]

COLUMNS = ("post_id", "codebook", "version", "label", "value", "coder")
KEY = ["post_id", "codebook", "version", "label", "coder"]
WEIGHT = "weight"

#: What to do if a coder coded a post twice.
DUPLICATES = {
    "error": "refuse the table",
    "same": "drop repeats that say the same, refuse those that do not",
    "first": "keep what was written first",
    "last": "keep what was written last",
}


def read_codes(
    source: str | Path | pd.DataFrame,
    *,
    codebooks: Mapping[str, Columns] | None = None,
    labels: Mapping[str, Iterable[str]] | None = None,
    coder: str | None = None,
    version: str | Mapping[str, str] = "",
    post_id: str = "post_id",
    weight: str | None = None,
    blank_means_none: Iterable[str] = (),
    separator: str = ";",
    duplicates: str = "error",
) -> pd.DataFrame:
    """Read codes from a long table, or from a wide sheet with a row for each post.

    Parameters
    ----------
    source
        CSV or Parquet file, or a frame.
    codebooks
        For a wide sheet: which columns belong to which codebook. A column name, if its cells name the labels that apply
        (`deflect`, or several as in `dm;web_page`); a list of columns of numbers, one for each label; or a mapping from
        label to column. Left out, the source is the long table itself.
    labels
        All labels of each codebook whose cells name labels. Given, other words are refused; left out, the labels are
        those that the column names. The word `none` says that no label applies.
    coder, version
        Who coded, and of which version (one, or by codebook), where the source has no column that says so.
    post_id
        Column of ids.
    weight
        Column with one over the chance of each post to be drawn, if there is one. A long table has it as `weight`.
    blank_means_none
        Codebooks in whose column an empty cell says that no label applies. Otherwise it is not coded.
    separator
        What stands between labels in one cell.
    duplicates
        What to do if a coder coded a post twice: one of `DUPLICATES`.

    Returns
    -------
    DataFrame
        `post_id, codebook, version, label, value, coder`, and `weight` where known.

    Raises
    ------
    CorpusNotFound
        If there is no such file.
    SchemaError
        If a column is missing, or nothing says who coded.
    FormatError
        If cells cannot be read: file, row, column, and what is allowed. Also for duplicates.
    UnknownName
        If there is no such rule for duplicates.

    Examples
    --------
    >>> sheet = pd.DataFrame({"post_id": ["7", "8"], "to": ["dm;phone", "none"], "sorry": [1, ""]})
    >>> codes = read_codes(sheet, coder="ann", codebooks={"to": "to", "marks": ["sorry"]})
    >>> codes[["post_id", "codebook", "label", "value"]].values.tolist()[::2]
    [['7', 'to', 'dm', 1.0], ['7', 'to', 'phone', 1.0], ['7', 'marks', 'sorry', 1.0]]
    >>> codes["value"].tolist()
    [1.0, 0.0, 1.0, 0.0, 1.0, nan]
    """
    if duplicates not in DUPLICATES:
        raise unknown_name(duplicates, DUPLICATES, "rule for duplicates")
    cells = read_cells(source)
    cells = cells.called(
        [post_id, "coder", *([weight] if weight else []), *([*COLUMNS, WEIGHT] if codebooks is None else [])]
    )
    if codebooks is None:
        codes, rows = _long(cells, coder, version, post_id), np.arange(len(cells.frame))
        weight = WEIGHT if weight is None and WEIGHT in cells.frame.columns else weight
    else:
        blanks = set(blank_means_none)
        parts = [
            wide_codes(cells, name, columns, (labels or {}).get(name), separator, is_blank_none=name in blanks)
            for name, columns in codebooks.items()
        ]
        codes = pd.concat(parts, ignore_index=True)
        rows = codes.pop("row").to_numpy(dtype=int)
        codes.insert(0, "post_id", np.array(_ids(cells, post_id), dtype=object)[rows])
        codes["version"] = [
            version if isinstance(version, str) else version.get(name, "") for name in codes["codebook"]
        ]
        codes["coder"] = _coder(cells, coder)[rows]
    if weight is not None:
        codes[WEIGHT] = _weights(cells, weight)[rows]
    settled = _settle(codes, cells, rows, duplicates)
    return check_codes(settled)


def _ids(cells: Cells, post_id: str) -> list[str]:
    cells.require([post_id])
    return cells.ids(post_id)


def _weights(cells: Cells, weight: str) -> np.ndarray:
    cells.require([weight])
    values = cells.numbers(weight)
    wrong = [(int(row), cells.frame[weight].iloc[row]) for row in np.flatnonzero(values <= 0)]
    cells.refuse(weight, wrong, "a weight above 0")
    return values


def _coder(cells: Cells, coder: str | None) -> np.ndarray:
    """Give who coded each row, from the argument or the column, never from both."""
    is_there = "coder" in cells.frame.columns
    if is_there == (coder is not None):
        words = "has a column 'coder' and coder= says it again" if is_there else "has no column 'coder'"
        msg = f"{cells.name} {words}. It was given to read_codes. Say in one way who coded: coder='ann'."
        raise SchemaError(msg)
    if coder is None:
        return np.array(_named(cells, "coder"), dtype=object)
    return np.array([named_coder(coder, "read_codes")] * len(cells.frame), dtype=object)


def named_coder(coder: str, where: str) -> str:
    """Return the name of a coder, and refuse an empty one.

    Raises
    ------
    SchemaError
        If it is empty, or a word for nothing.
    """
    if not isinstance(coder, str) or coder.strip().lower() in MISSING_WORDS:
        msg = f"coder={coder!r} names nobody. It was given to {where}. Say who coded: coder='ann'."
        raise SchemaError(msg)
    return coder


def _named(cells: Cells, column: str) -> list[str]:
    words = cells.words(column)
    wrong = [(row, cells.frame[column].iloc[row]) for row, word in enumerate(words) if word is None]
    cells.refuse(column, wrong, "a name")
    return [str(word) for word in words]


def _long(cells: Cells, coder: str | None, version: str | Mapping[str, str], post_id: str) -> pd.DataFrame:
    cells.require([post_id, "codebook", "label", "value"])
    books = _named(cells, "codebook")
    if "version" in cells.frame.columns:
        versions = [word or "" for word in cells.words("version")]
    else:
        versions = [version if isinstance(version, str) else version.get(book, "") for book in books]
    return pd.DataFrame(
        {
            "post_id": cells.ids(post_id),
            "codebook": books,
            "version": versions,
            "label": _named(cells, "label"),
            "value": cells.numbers("value"),
            "coder": _coder(cells, coder),
        }
    )


def _settle(codes: pd.DataFrame, cells: Cells, rows: np.ndarray, rule: str) -> pd.DataFrame:
    """Apply the rule for duplicates."""
    repeated = codes.duplicated(KEY, keep=False)
    if not repeated.any():
        return codes
    if rule in {"first", "last"}:
        kept = codes[~codes.duplicated(KEY, keep=rule)]
        msg = f"{len(codes) - len(kept):,} codes of {cells.name} came twice and were dropped by the rule {rule!r}."
        warnings.warn(msg, TwowayWarning, stacklevel=3)
        return kept.reset_index(drop=True)
    # A repeat that says the same is a duplicate with its value as well.
    differing = codes[repeated & ~codes.duplicated([*KEY, "value"], keep=False)] if rule == "same" else codes[repeated]
    if differing.empty:
        return codes[~codes.duplicated(KEY)].reset_index(drop=True)
    culprit = tuple(differing[KEY].iloc[0])
    places = [cells.rows[int(row)] for row in rows[(codes[KEY] == list(culprit)).all(axis=1).to_numpy()]]
    what = dict(zip(KEY, culprit, strict=True))
    msg = f"{cells.name}, rows {places}: {what['coder']!r} coded {what['codebook']}.{what['label']} of post "
    msg += f"{what['post_id']!r} more than once. Remove one, or say duplicates='same', 'first' or 'last'."
    raise FormatError(msg)


def check_codes(codes: pd.DataFrame) -> pd.DataFrame:
    """Return the table in its one form: columns in order, text as text, values as numbers.

    Parameters
    ----------
    codes
        Long table of codes.

    Returns
    -------
    DataFrame
        A copy; `weight` is kept where there is one.

    Raises
    ------
    SchemaError
        If it is no frame, lacks a column, or a coder coded the same twice.
    FormatError
        If a value is no number: with its row.

    Examples
    --------
    >>> code = {"post_id": "7", "codebook": "marks", "version": "", "label": "sorry", "value": 1, "coder": "ann"}
    >>> check_codes(pd.DataFrame([code]))["value"].tolist()
    [1.0]
    """
    if not isinstance(codes, pd.DataFrame):
        msg = f"{type(codes).__name__} is no table of codes. A long table was expected. Make one with read_codes."
        raise SchemaError(msg)
    lacking = [column for column in COLUMNS if column not in codes.columns]
    if lacking:
        msg = f"The table of codes lacks {', '.join(lacking)}. It needs {', '.join(COLUMNS)}. Make it with read_codes."
        raise SchemaError(msg)
    table = codes[[*COLUMNS, *(c for c in (WEIGHT,) if c in codes.columns)]].copy()
    for column in KEY:
        table[column] = table[column].astype("str")
    table["value"] = _values(table)
    twice = table.duplicated(KEY)
    if twice.any():
        what = table.loc[twice, KEY].iloc[0]
        msg = f"{what['coder']!r} coded {what['codebook']}.{what['label']} of post {what['post_id']!r} more than once. "
        msg += "The codes were given as one table. Give tables of one coder different names of coders, or drop repeats."
        raise SchemaError(msg)
    return table.reset_index(drop=True)


def _values(table: pd.DataFrame) -> Any:
    if pd.api.types.is_numeric_dtype(table["value"]):
        return table["value"].astype(float)
    return read_cells(table[["value"]]).numbers("value")
