"""Reading a sheet that somebody coded by hand, cell by cell, back into the long table of codes."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from ..cleaning.ids import SCIENTIFIC
from ..errors import FormatError, SchemaError, TwowayWarning, unknown_name
from .cells import Cells, read_cells
from .codes import check_codes, named_coder
from .sheet import SAFE_DIGITS

__all__ = ["BLANKS", "read_sheet"]

BLANKS = {
    "missing": "an empty cell is not coded",
    "zero_in_coded_rows": "an empty cell is 0 where the coder filled some other cell of the same codebook and row",
}


def read_sheet(
    path: str | Path | pd.DataFrame,
    *,
    key: str | Path | pd.DataFrame,
    coder: str,
    definitions: str | Path | pd.DataFrame | None = None,
    blanks: str = "missing",
) -> pd.DataFrame:
    """Read a coded sheet into the long table of codes, each with its weight.

    Parameters
    ----------
    path
        The sheet, as `coding_sheet` wrote it and somebody filled it. Rows may have another order; rows may be lacking.
        An x, a tick, yes or TRUE is a 1, no or FALSE a 0, where 0 and 1 are allowed.
    key
        The key that was written with it.
    coder
        Who filled it.
    definitions
        The definitions that were written with it. Default: the file beside the key.
    blanks
        What an empty cell says: one of `BLANKS`. In a codebook of which exactly one label applies, a single 1 makes
        the empty cells beside it 0 in any case.

    Returns
    -------
    DataFrame
        Codes as from `read_codes`, with `weight`: one over the chance of the post to be drawn.

    Raises
    ------
    FormatError
        If a cell holds what is not allowed: with column, row, content, and what is. Also if items were shifted
        against posts, doubled, or are not in the key, or a post has not exactly one label where it must.
    SchemaError
        If a column is missing, or the coder has no name.
    UnknownName
        If there is no such rule for empty cells.

    Warns
    -----
    TwowayWarning
        If items of the key are not in the sheet, or nothing is filled in.

    Examples
    --------
    >>> asked = pd.DataFrame({"column": ["marks.sorry"], "codebook": ["marks"], "version": ["1"], "label": ["sorry"]})
    >>> asked = asked.assign(exclusive=0, allowed="0;1")
    >>> key = pd.DataFrame({"item": ["s1", "s2"], "post_id": ["70", "80"], "probability": [0.5, 0.1]})
    >>> sheet = pd.DataFrame({"item": ["s2", "s1"], "post_id": ["80", "70"], "marks.sorry": ["1", ""]})
    >>> codes = read_sheet(sheet, key=key, coder="ann", definitions=asked)
    >>> codes[["post_id", "value", "weight"]].values.tolist()
    [['80', 1.0, 10.0], ['70', nan, 2.0]]
    """
    if blanks not in BLANKS:
        raise unknown_name(blanks, BLANKS, "rule for empty cells")
    named_coder(coder, "read_sheet")
    keys, asked = _key(key), _definitions(key, definitions)
    columns = ["item", "post_id", *asked["column"]]
    cells = read_cells(path).called(columns)
    cells.require(columns)
    places = _places(cells, keys)
    parts = []
    for codebook, labels in asked.groupby("codebook", sort=False):
        values = np.column_stack([cells.numbers(row.column, _allowed(row.allowed)) for row in labels.itertuples()])
        values = _filled(cells, str(codebook), labels, values, blanks)
        for column, row in enumerate(labels.itertuples()):
            about = {"codebook": codebook, "version": str(row.version), "label": row.label, "coder": coder}
            parts.append(keys.iloc[places][["post_id", "weight"]].assign(value=values[:, column], **about))
    codes = check_codes(pd.concat(parts, ignore_index=True))
    if codes["value"].isna().all():
        msg = f"No label column of {cells.name} is filled in any of {len(cells.frame):,} rows: nothing is coded."
        warnings.warn(msg, TwowayWarning, stacklevel=2)
    return codes


def _key(key: str | Path | pd.DataFrame) -> pd.DataFrame:
    columns = ["item", "post_id", "probability"]
    cells = read_cells(key).called(columns)
    cells.require(columns)
    chance = cells.numbers("probability")
    wrong = [(int(i), cells.frame["probability"].iloc[i]) for i in np.flatnonzero(~((chance > 0) & (chance <= 1)))]
    cells.refuse("probability", wrong, "a chance above 0, at most 1,")
    items = [word or "" for word in cells.words("item")]
    return pd.DataFrame({"item": items, "post_id": cells.ids("post_id"), "weight": 1 / chance})


def _definitions(key: str | Path | pd.DataFrame, definitions: str | Path | pd.DataFrame | None) -> pd.DataFrame:
    if definitions is None:
        if isinstance(key, pd.DataFrame):
            msg = (
                "Nothing says what the columns mean. A frame was given as key to read_sheet. Give definitions= as well."
            )
            raise SchemaError(msg)
        path = Path(key)
        definitions = path.with_name(f"{path.stem.removesuffix('-key')}-definitions{path.suffix}")
    columns = ["column", "codebook", "version", "label", "exclusive", "allowed"]
    cells = read_cells(definitions).called(columns)
    cells.require(columns)
    return cells.frame.assign(exclusive=cells.numbers("exclusive", (0, 1)) == 1)


def _allowed(points: str) -> list[float]:
    return [float(point) for point in str(points).split(";")]


def _places(cells: Cells, keys: pd.DataFrame) -> np.ndarray:
    """Find each row of the sheet in the key, by its item; the post must be the one that the key has."""
    items = cells.words("item")
    place = {item: i for i, item in enumerate(keys["item"])}
    cells.refuse("item", [(i, item) for i, item in enumerate(items) if item not in place], "an item of the key")
    doubled = pd.Series(items).duplicated()
    cells.refuse("item", [(int(i), items[i]) for i in np.flatnonzero(doubled)], "each item once")
    found = np.array([place[item] for item in items if item is not None], dtype=np.int64)
    told, known = cells.words("post_id"), keys["post_id"].iloc[found].tolist()
    moved = [(i, post) for i, (post, truth) in enumerate(zip(told, known, strict=True)) if not _is_same(post, truth)]
    cells.refuse("post_id", moved, "the post that the key has for the item (were columns sorted one by one?)")
    if len(found) < len(keys):
        msg = f"{len(keys) - len(found):,} of {len(keys):,} items of the key are not in {cells.name}: not coded."
        warnings.warn(msg, TwowayWarning, stacklevel=4)
    return found


def _is_same(told: str | None, truth: str) -> bool:
    """Whether an id is the one of the key, or what a spreadsheet leaves of it."""
    if told is None:
        return False
    plain = told.removeprefix("'").removesuffix(".0")
    if plain in {truth, truth.lstrip("0")}:
        return True
    if not truth.isdigit():
        return False
    if match := re.fullmatch(SCIENTIFIC, plain.replace(",", ".")):
        digits = len(match[1] or "")
        return f"{float(plain.replace(',', '.')):.{digits}e}" == f"{float(truth):.{digits}e}"
    cut = truth[:SAFE_DIGITS].ljust(len(truth), "0")
    return plain == cut or (plain.isdigit() and len(truth) > SAFE_DIGITS and float(plain) == float(truth))


def _filled(cells: Cells, codebook: str, labels: pd.DataFrame, values: np.ndarray, blanks: str) -> np.ndarray:
    """Apply the rule for empty cells, and where exactly one label applies, see that one does."""
    empty = np.isnan(values)
    is_exclusive = bool(labels["exclusive"].iloc[0])
    coded = (~empty).any(axis=1)
    one = (np.nan_to_num(values) == 1).sum(axis=1)
    fill = coded if blanks == "zero_in_coded_rows" else (one == 1) & is_exclusive
    full = np.where(empty & fill[:, None], 0.0, values)
    if is_exclusive:
        wrong = (one > 1) | ((one == 0) & ~np.isnan(full).any(axis=1))
        if wrong.any():
            rows = ", ".join(str(cells.rows[int(i)]) for i in np.flatnonzero(wrong)[:5])
            msg = f"{cells.name}, rows {rows}: codebook {codebook!r} needs exactly one label, and has none or several. "
            msg += "Enter a single 1 in the columns of each of these rows."
            raise FormatError(msg)
    return full
