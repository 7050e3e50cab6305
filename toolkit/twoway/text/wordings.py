"""Masked replies brought down to the different wordings of each group, and who got which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from ..errors import SchemaError
from .pairs import ShingleSets, shingle_sets
from .shingles import Places, mix

__all__ = ["SHORTEST", "Wordings", "codes_of", "require_columns", "wordings_of"]

#: A reply of fewer tokens is a courtesy, and like another only if it is the same.
SHORTEST = 5

_NEEDED = ("row", "group", "person", "tokens", "wording", "shingles")


@dataclass(frozen=True)
class Wordings:
    """Replies as numbers: which wording each is, and the shingles of each wording.

    Attributes
    ----------
    of_reply
        (n,): wording of each reply, 0, 1, ...; those of different groups differ. -1 for a reply without a word.
    group, person
        (n,): numbers of each reply's group and person; -1 where unknown.
    is_short
        (n,): fewer than five tokens.
    sets
        Shingles of each wording; none for short ones.
    first
        (w,): place of the first reply with each wording.
    """

    of_reply: Places
    group: Places
    person: Places
    is_short: NDArray[np.bool_]
    sets: ShingleSets
    first: Places


def wordings_of(replies: pa.Table) -> Wordings:
    """Number the wordings of masked replies within each group.

    Parameters
    ----------
    replies
        Columns `row`, `group` (the organization, or its month), `person` (whom the reply goes to), and `tokens`,
        `wording`, `shingles` as `masked_kernel` gives them.

    Returns
    -------
    Wordings
        In the order of the table.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    require_columns(replies, _NEEDED)
    group, person = codes_of(replies["group"]), codes_of(replies["person"])
    tokens = np.asarray(replies["tokens"])
    key = np.asarray(replies["wording"]).astype(np.int64) ^ mix((group + 1).astype(np.uint64)).view(np.int64)
    spoken = np.flatnonzero(tokens > 0)
    _, first, inverse = np.unique(key[spoken], return_index=True, return_inverse=True)
    of_reply = np.full(len(key), -1, dtype=np.int64)
    of_reply[spoken] = inverse
    first = spoken[first]
    lists = pl.from_arrow(replies.select(["shingles"]))["shingles"].gather(first)
    long = pl.Series(tokens[first] >= SHORTEST)
    # Courtesies without shingles are similar to nothing, whatever the threshold.
    kept = pl.select(pl.when(long).then(lists).otherwise(pl.lit([], dtype=pl.List(pl.Int64)))).to_series()
    sets = shingle_sets(kept.to_arrow(), group[first])
    return Wordings(of_reply, group, person, tokens < SHORTEST, sets, first)


def codes_of(column: pa.ChunkedArray | pa.Array) -> Places:
    """Number the values of a column in order of appearance, -1 for null.

    Examples
    --------
    >>> codes_of(pa.array(["b", None, "a", "b"])).tolist()
    [0, -1, 1, 0]
    """
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return np.asarray(whole.dictionary_encode().indices.fill_null(-1)).astype(np.int64)


def require_columns(table: pa.Table, names: Iterable[str]) -> None:
    """Refuse a table that lacks a column.

    Raises
    ------
    SchemaError
        Naming what is missing.
    """
    missing = [name for name in names if name not in table.column_names]
    if missing:
        msg = (
            f"Columns {missing} are missing. The table was given as replies, with columns {table.column_names}. "
            "Join the results of the kernels to persons and groups by row."
        )
        raise SchemaError(msg)
