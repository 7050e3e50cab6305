"""Where a table goes: to a file, by its ending, or to the screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pandas as pd

from ..errors import FormatError

__all__ = ["FILE_HELP", "writer"]

#: What the option that names the file says of itself.
FILE_HELP = "Write .csv, .parquet or .json, folders made if not there; CSV to the screen if left out."


def writer(output: str | None) -> Callable[[pd.DataFrame], None]:
    """Choose how to write, by the ending of the file."""
    if output is None:
        return lambda table: click.echo(table.to_csv(index=False, lineterminator="\n"), nl=False)
    path = Path(output)
    writers: dict[str, Callable[[pd.DataFrame], Any]] = {
        ".csv": lambda table: table.to_csv(path, index=False, lineterminator="\n"),
        ".parquet": lambda table: table.to_parquet(path, index=False),
        ".json": lambda table: path.write_text(_records(table) + "\n", encoding="utf-8"),
    }
    if path.suffix.lower() not in writers:
        msg = f"'{output}' has an ending that says no known kind of file. It was given to --output. "
        msg += "End it in .csv, .parquet or .json."
        raise FormatError(msg)

    def write(table: pd.DataFrame) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        writers[path.suffix.lower()](table)

    return write


def _records(table: pd.DataFrame) -> str:
    # JSON has no word for infinite or missing numbers but null.
    return table.to_json(orient="records", indent=1, double_precision=15, force_ascii=False)
