"""Looks along the rows of a group in order: the row before or after, and running sums and greatest values.

Most engines answer each look by itself, with a window. Polars groups and sorts anew for every window, so there the
table is sorted once and each look is a step along the whole table that stops at the ends of groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals.stable.v2 as nw
import polars as pl

__all__ = ["Look", "after", "before", "by_sorting", "by_windows", "running_max", "running_sum"]


@dataclass(frozen=True, slots=True)
class Look:
    """One look along the rows of a group.

    Parameters
    ----------
    column
        What is looked at; it may have been found by an earlier look.
    kind
        `"shift"`, `"cum_sum"` or `"cum_max"`.
    n
        For a shift: how many rows back; negative ones lie ahead.
    """

    column: str
    kind: str
    n: int = 0


def before(column: str) -> Look:
    """Look at the row before; null at the first one.

    Examples
    --------
    >>> before("row")
    Look(column='row', kind='shift', n=1)
    """
    return Look(column, "shift", 1)


def after(column: str) -> Look:
    """Look at the row after; null at the last one."""
    return Look(column, "shift", -1)


def running_sum(column: str) -> Look:
    """Sum up to this row, which is included; the column must have no nulls."""
    return Look(column, "cum_sum")


def running_max(column: str) -> Look:
    """Find the greatest value up to this row, which is included; the column must have no nulls."""
    return Look(column, "cum_max")


def by_windows(
    frame: nw.LazyFrame, by: Sequence[str], order: Sequence[str], looks: dict[str, Look | nw.Expr]
) -> nw.LazyFrame:
    """Answer every look by a window function."""
    for name, look in looks.items():
        if isinstance(look, Look):
            column = nw.col(look.column)
            found = column.shift(look.n) if look.kind == "shift" else getattr(column, look.kind)()
            frame = frame.with_columns(found.over(*by, order_by=list(order)).alias(name))
        else:
            frame = frame.with_columns(look.alias(name))
    return frame


def by_sorting(
    frame: pl.DataFrame, by: Sequence[str], order: Sequence[str], looks: dict[str, Look | nw.Expr]
) -> nw.LazyFrame:
    """Sort a Polars table, and answer every look by a step along it."""
    keys = [*by, *order]
    ordered = frame if _is_sorted(frame, keys) else frame.sort(keys)
    steps = nw.from_native(ordered.lazy())
    for name, look in looks.items():
        if isinstance(look, Look):
            steps = nw.from_native(steps.to_native().with_columns(_step(look, by).alias(name)))
        else:
            steps = steps.with_columns(look.alias(name))
    return steps


def _is_sorted(frame: pl.DataFrame, keys: Sequence[str]) -> bool:
    """Say whether the rows are in order; telling is much quicker than sorting what is sorted."""
    rising = pl.lit(value=True)
    for key in reversed(keys):
        last = pl.col(key).shift(1)
        rising = (last < pl.col(key)) | ((last == pl.col(key)) & rising)
    return bool(frame.select(rising.slice(1).fill_null(value=False).all()).item())


def _step(look: Look, by: Sequence[str]) -> pl.Expr:
    column = pl.col(look.column)
    if look.kind == "shift":
        same = pl.all_horizontal([pl.col(key).eq_missing(pl.col(key).shift(look.n)) for key in by])
        return pl.when(same).then(column.shift(look.n))
    begins = pl.any_horizontal([pl.col(key).ne_missing(pl.col(key).shift(1)) for key in by])
    if look.kind == "cum_sum":
        total = column.cum_sum()
        return total - pl.when(begins).then(total - column).forward_fill()
    # Each group stands higher than all before it, so that no running maximum reaches from one into the next.
    width = (column.max() - column.min() + 1).cast(pl.Int128)
    floor = begins.cast(pl.Int128).cum_sum() * width
    return ((floor + column).cum_max() - floor).cast(pl.Int64)
