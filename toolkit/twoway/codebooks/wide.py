"""Codes from a wide sheet: a row for each post; cells name labels, or each label has a column of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from .cells import Cells

__all__ = ["NONE", "Columns", "wide_codes"]

#: A cell that says: coded, and no label applies.
NONE = "none"

#: A column that names labels, or columns of numbers by label.
Columns = str | Sequence[str] | Mapping[str, str]


def wide_codes(
    cells: Cells, codebook: str, columns: Columns, labels: Iterable[str] | None, separator: str, *, is_blank_none: bool
) -> pd.DataFrame:
    """Give the codes of one codebook from a sheet with a row for each post.

    Parameters
    ----------
    cells
        The sheet.
    codebook
        Its name.
    columns
        A column whose cells name labels, or columns of numbers by label.
    labels
        All labels, where cells name them; None takes those that are named.
    separator
        What stands between labels in one cell.
    is_blank_none
        Whether an empty cell says that no label applies.

    Returns
    -------
    DataFrame
        `codebook, label, value, row`: the row is its place in the sheet, from 0.

    Raises
    ------
    SchemaError
        If a column is missing.
    FormatError
        If a cell holds neither a label nor a number.

    Examples
    --------
    >>> from twoway.codebooks.cells import read_cells
    >>> cells = read_cells(pd.DataFrame({"to": ["dm;phone", ""]}))
    >>> wide_codes(cells, "to", "to", None, ";", is_blank_none=False)["value"].tolist()
    [1.0, nan, 1.0, nan]
    """
    if isinstance(columns, str):
        values = _named_labels(cells, columns, labels, separator, is_blank_none=is_blank_none)
    else:
        of_label = columns if isinstance(columns, Mapping) else {column: column for column in columns}
        cells = cells.called(of_label.values())
        cells.require(of_label.values())
        values = {label: cells.numbers(column) for label, column in of_label.items()}
    n = len(cells.frame)
    parts = [
        pd.DataFrame({"codebook": codebook, "label": label, "value": value, "row": np.arange(n)})
        for label, value in values.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _named_labels(
    cells: Cells, column: str, labels: Iterable[str] | None, separator: str, *, is_blank_none: bool
) -> dict[str, np.ndarray]:
    """Turn cells that name labels into 1, 0 and NaN for each label."""
    cells = cells.called([column])
    cells.require([column])
    named = [_split(word, separator, is_blank_none=is_blank_none) for word in cells.words(column)]
    seen = {label for cell in named if cell for label in cell}
    known = sorted(seen) if labels is None else list(labels)
    wrong = [(row, cells.frame[column].iloc[row]) for row, cell in enumerate(named) if cell and not cell <= set(known)]
    cells.refuse(column, wrong, f"labels out of {', '.join(known)}, {NONE}, or nothing,")
    return {label: np.array([np.nan if cell is None else float(label in cell) for cell in named]) for label in known}


def _split(word: str | None, separator: str, *, is_blank_none: bool) -> set[str] | None:
    if word is None:
        return set() if is_blank_none else None
    parts = {part.strip() for part in word.split(separator)} - {""}
    return set() if parts == {NONE} else parts
