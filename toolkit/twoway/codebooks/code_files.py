"""Codes written as a file that can be read back."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ..errors import TwowayError
from .cells import PARQUET, table_as_text
from .codes import check_codes

__all__ = ["write_codes"]


def write_codes(codes: pd.DataFrame, path: str | Path) -> Path:
    """Write codes as a long table that `read_codes` gives back unchanged.

    Parameters
    ----------
    codes
        From `read_codes`.
    path
        Ending in `.csv` or `.parquet`. Folders that are not there are made.

    Returns
    -------
    Path
        Where they are.

    Raises
    ------
    SchemaError
        If it is no table of codes.
    TwowayError
        If the ending is another.

    Examples
    --------
    >>> import tempfile
    >>> from twoway.codebooks.codes import read_codes
    >>> sheet = pd.DataFrame({"post_id": ["007"], "sorry": [1]})
    >>> codes = read_codes(sheet, coder="ann", codebooks={"marks": ["sorry"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     read_codes(write_codes(codes, Path(folder) / "codes.csv")).equals(codes)
    True
    """
    table, target = check_codes(codes), Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix.lower() in PARQUET:
        table.to_parquet(target, index=False)
    elif target.suffix.lower() == ".csv":
        target.write_text(table_as_text(table), encoding="utf-8")
    else:
        msg = f"{target.name} does not say how to write the codes. It was given to write_codes. "
        msg += "End it in .csv or .parquet."
        raise TwowayError(msg)
    return target
