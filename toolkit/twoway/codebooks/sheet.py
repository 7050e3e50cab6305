"""A blind sheet for coding by hand: texts in random order, an empty column for each label, nothing that gives a hint.

Three files side by side: `name.csv` for the coder, `name-definitions.csv` with what each column means, and
`name-key.csv` with stratum and chance of each post, which stays with the researcher. Each coder gets a copy of the
first two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..errors import SchemaError, TwowayError
from .book import Codebook
from .cells import table_as_text
from .draw import draw_posts

__all__ = ["SAFE_DIGITS", "CodingSheet", "SheetCodebook", "coding_sheet", "definitions_of", "sheet_codebook"]

#: A cell that opens with one of these is taken for a formula by spreadsheets; "@" opens half of all replies.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: Digits that a spreadsheet keeps of a number.
SAFE_DIGITS = 15


@dataclass(frozen=True)
class SheetCodebook:
    """A codebook as a sheet asks it: labels with their definitions.

    Parameters
    ----------
    name, version
        Of the codebook.
    labels
        Definition of each label.
    exclusive
        Whether a post gets exactly one label.
    allowed
        What may be entered: 0 and 1, or the points of a scale.
    """

    name: str
    labels: Mapping[str, str]
    version: str = "1"
    exclusive: bool = False
    allowed: tuple[float, ...] = (0.0, 1.0)

    def __post_init__(self) -> None:
        """Refuse names that could not be read back, and scales of which exactly one label can apply."""
        odd = [name for name in (self.name, *self.labels) if not str(name).strip() or "." in str(name)]
        if odd or not self.labels or (self.exclusive and set(self.allowed) != {0, 1}):
            msg = f"Codebook {self.name!r} with labels {list(self.labels)} cannot be asked. "
            msg += "It was given to coding_sheet. "
            msg += "Give names without a dot, at least one label, and 0 and 1 where exactly one applies."
            raise SchemaError(msg)


@dataclass(frozen=True, eq=False)
class CodingSheet:
    """Say where the files are and what was drawn.

    Parameters
    ----------
    sheet, definitions, key
        Paths.
    strata
        One row a stratum: `stratum, n_posts, n_drawn, probability`.
    seed
        Seed of the draw.
    """

    sheet: Path
    definitions: Path
    key: Path
    strata: pd.DataFrame
    seed: int

    def __str__(self) -> str:
        """Say what to do with the files."""
        drawn, posts = self.strata["n_drawn"].sum(), self.strata["n_posts"].sum()
        return (
            f"{drawn:,} of {posts:,} posts from {len(self.strata):,} strata in {self.sheet.name} (seed {self.seed}). "
            f"Give it to coders with {self.definitions.name}; keep {self.key.name} to yourself."
        )


def coding_sheet(
    posts: pd.DataFrame,
    n: int,
    path: str | Path,
    *,
    codebooks: Iterable[Any] | Mapping[str, Mapping[str, str]],
    seed: int,
    strata: str | None = None,
    allocation: str = "proportional",
    cap: int | None = None,
    post_id: str = "post_id",
    text: str = "text",
    context: str | None = None,
) -> CodingSheet:
    """Draw posts and write a blind sheet for coding them by hand.

    Parameters
    ----------
    posts
        One row a post.
    n
        Posts to draw.
    path
        Of the sheet, ending in `.csv`; the other two files go beside it. Folders that are not there are made.
    codebooks
        What is asked: codebooks (anything with `name, version, exclusive, labels`, such as `SheetCodebook`), or a
        mapping from name to labels with definitions.
    seed
        Same seed, same posts in the same order.
    strata
        Column to draw within, such as the organization. Default: from all posts at once.
    allocation, cap
        How many each stratum gives: `"proportional"` or `"equal"`, and the most of one.
    post_id, text, context
        Columns of the post's id, its text, and the text it answers.

    Returns
    -------
    CodingSheet
        The sheet has columns `item, post_id, context, text`, and `codebook.label` for each label. Cells that a
        spreadsheet would take for a formula or a number that it cannot hold get an apostrophe in front.

    Raises
    ------
    SchemaError
        If a column is missing, an id comes twice, or a codebook cannot be asked.
    NotEnoughEvidence
        If there are not so many posts.
    TwowayError
        If the name does not end in `.csv`, or a file is there already: it may hold hours of somebody's work.

    Examples
    --------
    >>> import tempfile
    >>> posts = pd.DataFrame({"post_id": ["1", "2"], "text": ["@ana Sorry!", "Open from 9"], "org": ["a", "b"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = coding_sheet(posts, 2, f"{folder}/sheet.csv", codebooks={"marks": {"sorry": "an apology"}}, seed=1)
    ...     print(sorted(made.sheet.read_text(encoding="utf-8-sig").splitlines()[1:]))
    ['s1,2,,Open from 9,', "s2,1,,'@ana Sorry!,"]
    """
    target = _target(path)
    asked = definitions_of(codebooks)
    frame = _checked(posts, [post_id, text, *(c for c in (context, strata) if c)], post_id)
    groups = frame[strata].astype(str) if strata else np.full(len(frame), "all posts")
    drawn = draw_posts(groups, n, allocation=allocation, cap=cap, seed=seed)
    chosen = frame.iloc[drawn.rows]
    items = [f"s{i:0{len(str(len(chosen)))}d}" for i in range(1, len(chosen) + 1)]
    ids = chosen[post_id].astype(str).tolist()
    sheet = pd.DataFrame({"item": items, "post_id": [_guarded_id(value) for value in ids]})
    sheet["context"] = [_guarded(value) for value in chosen[context]] if context else ""
    sheet["text"] = [_guarded(value) for value in chosen[text]]
    for column in asked["column"]:
        sheet[column] = ""
    stratum = np.asarray(groups, dtype=object)[drawn.rows]
    key = pd.DataFrame({"item": items, "post_id": ids, "stratum": stratum, "probability": drawn.probability})
    files = [target, *(target.with_name(f"{target.stem}-{kind}.csv") for kind in ("definitions", "key"))]
    _write_all(dict(zip(files, (sheet, asked, key), strict=True)))
    return CodingSheet(files[0], files[1], files[2], drawn.strata, seed)


def definitions_of(codebooks: Iterable[Any] | Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    """Give the columns of a sheet: `column, codebook, version, label, exclusive, allowed, definition`.

    Examples
    --------
    >>> definitions_of({"marks": {"sorry": "an apology"}})[["column", "allowed", "definition"]].values.tolist()
    [['marks.sorry', '0;1', 'an apology']]
    """
    if isinstance(codebooks, Mapping):
        books = [SheetCodebook(name, labels) for name, labels in codebooks.items()]
    else:
        books = [sheet_codebook(book) for book in codebooks]
    rows = [
        {
            "column": f"{book.name}.{label}", "codebook": book.name, "version": book.version, "label": label,
            "exclusive": int(book.exclusive), "allowed": ";".join(f"{value:g}" for value in book.allowed),
            "definition": definition,
        }
        for book in books
        for label, definition in book.labels.items()
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    if table.empty or table["column"].duplicated().any():
        msg = "The codebooks have no label, or two have the same name. They were given to coding_sheet. Name each once."
        raise SchemaError(msg)
    return table


def sheet_codebook(book: Any) -> SheetCodebook:
    """Take from any codebook what a sheet asks: never its rules.

    Raises
    ------
    SchemaError
        If it lacks a name or labels.

    Examples
    --------
    >>> sheet_codebook(SheetCodebook("marks", {"sorry": "an apology"})).name
    'marks'
    """
    if isinstance(book, SheetCodebook):
        return book
    try:
        labels = {label.name: label.definition for label in book.labels}
        # What the rules write beside their codes, or people and rules would seem to use different versions.
        version = book.coded_as if isinstance(book, Codebook) else str(book.version)
        return SheetCodebook(book.name, labels, version, bool(book.exclusive))
    except AttributeError as error:
        msg = f"{type(book).__name__} is no codebook ({error}). It was given to coding_sheet. Pass SheetCodebook(...)."
        raise SchemaError(msg) from error


def _target(path: str | Path) -> Path:
    target = Path(path)
    if target.suffix.lower() != ".csv":
        msg = f"{target.name} does not end in .csv. It was given to coding_sheet. Spreadsheets open .csv: name it so."
        raise TwowayError(msg)
    return target


def _checked(posts: pd.DataFrame, columns: list[str], post_id: str) -> pd.DataFrame:
    lacking = [column for column in columns if column not in posts.columns]
    if lacking:
        msg = (
            f"The posts lack {', '.join(lacking)}. They were given to coding_sheet. Name the columns by its arguments."
        )
        raise SchemaError(msg)
    ids = posts[post_id]
    if ids.isna().any() or ids.duplicated().any() or pd.api.types.is_float_dtype(ids):
        msg = f"Column {post_id!r} holds ids that are missing, doubled, or numbers with a decimal point. "
        msg += "The posts were given to coding_sheet. Pass one row a post, with ids as text."
        raise SchemaError(msg)
    return posts.reset_index(drop=True)


def _guarded(value: Any) -> str:
    text = "" if pd.isna(value) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _guarded_id(value: str) -> str:
    is_hurt = value.isdigit() and (len(value) > SAFE_DIGITS or (value.startswith("0") and len(value) > 1))
    return f"'{value}" if is_hurt else _guarded(value)


def _write_all(files: dict[Path, pd.DataFrame]) -> None:
    there = [path.name for path in files if path.exists()]
    if there:
        msg = f"{', '.join(there)} is there already, and may hold codes. It was to be written by coding_sheet. "
        msg += "Choose another name, or remove it yourself."
        raise TwowayError(msg)
    for path, frame in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        # With a mark at the start, or spreadsheets take accented letters for two characters each.
        path.write_text(table_as_text(frame), encoding="utf-8-sig", newline="")
