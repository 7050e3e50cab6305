"""What every reader hands on, and the ledger in which it writes down what it did to the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import polars as pl

from ..schema import ACCOUNTS, POSTS

__all__ = ["ROW", "Ledger", "Loaded", "Piece", "Records", "join_pieces", "merge_accounts"]

#: Name of the helper column that numbers the records of one file from 0.
ROW = "__row"

_REJECTED = {"file": pl.String, "line": pl.Int64, "reason": pl.String}
_POST_ORDER = [column.name for column in POSTS]
_ACCOUNT_ORDER = [column.name for column in ACCOUNTS]


@dataclass(frozen=True)
class Loaded:
    """The tables of one source, with everything that was changed or set aside on the way.

    Parameters
    ----------
    posts
        One row a post; only the columns that the source really has.
    accounts
        One row an account.
    repairs
        Name of a rule to the number of rows it changed.
    rejected
        Columns `file`, `line` (physical line where the record starts, from 1; null where it cannot be known) and
        `reason`.
    source
        Format, base names and checksums of what was read.
    """

    posts: pl.DataFrame
    accounts: pl.DataFrame
    repairs: dict[str, int]
    rejected: pl.DataFrame
    source: str


@dataclass(frozen=True)
class Piece:
    """Posts and accounts of one file, before the files of a source are put together."""

    posts: pl.DataFrame
    accounts: pl.DataFrame


@dataclass(frozen=True)
class Records:
    """The raw records of one file, and a way back to the lines they came from.

    Parameters
    ----------
    frame
        One row a record, with the record number in the column `ROW`.
    file
        Name to use in messages.
    line_of
        Turns record numbers into physical line numbers, or nulls.
    """

    frame: pl.DataFrame
    file: str
    line_of: Callable[[pl.Series], pl.Series]


@dataclass
class Ledger:
    """Rows repaired by a named rule, rows set aside with a reason, and remarks on whole files.

    Examples
    --------
    >>> ledger = Ledger()
    >>> ledger.repair("id_decimal_point_removed", 2)
    >>> ledger.reject("a.csv", 7, "post_id is missing")
    >>> ledger.repairs, ledger.rejected().rows()
    ({'id_decimal_point_removed': 2}, [('a.csv', 7, 'post_id is missing')])
    """

    counts: Counter[str] = field(default_factory=Counter)
    set_aside: list[pl.DataFrame] = field(default_factory=list)
    remarks: dict[str, list[str]] = field(default_factory=dict)

    def repair(self, rule: str, n_rows: int) -> None:
        """Count rows that a rule changed; a rule that changed nothing is not listed."""
        if n_rows:
            self.counts[rule] += int(n_rows)

    def reject(self, file: str, line: int | None, reason: str) -> None:
        """Set one record aside."""
        self.reject_many(file, pl.Series([line], dtype=pl.Int64), pl.Series([reason]))

    def reject_many(self, file: str, lines: pl.Series, reasons: pl.Series) -> None:
        """Set records aside, a reason each."""
        if len(reasons):
            columns = [
                pl.lit(file).alias("file"),
                lines.cast(pl.Int64).alias("line"),
                reasons.cast(pl.String).alias("reason"),
            ]
            self.set_aside.append(pl.select(columns))

    def remark(self, file: str, text: str) -> None:
        """Note something about a whole file, to be shown beside its name."""
        if text and text not in self.remarks.setdefault(file, []):
            self.remarks[file].append(text)

    @property
    def repairs(self) -> dict[str, int]:
        """Rules in alphabetic order with the number of rows they changed."""
        return dict(sorted(self.counts.items()))

    def rejected(self) -> pl.DataFrame:
        """All records set aside, in the order of reading."""
        return pl.concat([pl.DataFrame(schema=_REJECTED), *self.set_aside])


def merge_accounts(accounts: pl.DataFrame, ledger: Ledger) -> pl.DataFrame:
    """Keep one row an account: of each column the first value that is not null.

    Examples
    --------
    >>> twice = pl.DataFrame({"account_id": ["1", "1"], "handle": [None, "ada"]})
    >>> merge_accounts(twice, Ledger()).rows()
    [('1', 'ada')]
    """
    columns = [name for name in _ACCOUNT_ORDER if name in accounts.columns]
    others = [name for name in columns if name != "account_id"]
    merged = accounts.group_by("account_id", maintain_order=True).agg(
        [pl.col(name).drop_nulls().first() for name in others]
        + ([pl.col("handle").str.to_lowercase().drop_nulls().n_unique().alias(ROW)] if "handle" in others else [])
    )
    if "handle" in others:
        ledger.repair("account_with_several_handles", (merged[ROW] > 1).sum())
    return merged.select(columns)


def join_pieces(pieces: Iterable[tuple[str, Piece]], ledger: Ledger) -> Piece:
    """Put the files of one source below one another.

    A column that only some of the files have is kept, and the posts for which it is unknown are counted: there a null
    means "unknown", not "none".

    Parameters
    ----------
    pieces
        File name and content.
    ledger
        Where those posts are counted.
    """
    parts = [(name, piece) for name, piece in pieces if piece.posts.height or piece.accounts.height]
    posts = [piece.posts for _, piece in parts if piece.posts.height]
    found = {name for frame in posts for name in frame.columns}
    for frame in posts:
        for name in sorted(found - set(frame.columns)):
            ledger.repair(f"{name}_absent_in_some_files", frame.height)
    together = (
        pl.concat(posts, how="diagonal") if posts else pl.DataFrame(schema=dict.fromkeys(_POST_ORDER[:3], pl.String))
    )
    order = [name for name in _POST_ORDER if name in together.columns]
    accounts = [piece.accounts for _, piece in parts if piece.accounts.height]
    known = pl.concat(accounts, how="diagonal_relaxed") if accounts else pl.DataFrame(schema={"account_id": pl.String})
    return Piece(together.select(order + [name for name in together.columns if name not in order]), known)
