"""The one pass over a table: sums of columns for each unit and cluster, brought home as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from ..engine import Engine, Frame

__all__ = ["UnitSums", "cluster_sums", "unit_counts", "unit_rows"]

BUCKETS = 1024

#: Units with at most this many clusters keep one row a cluster; larger ones are hashed to buckets.
KEEP = BUCKETS // 10

_MIX, _RANGE, _BEYOND = 2_654_435_761, 2**32, 10**12

# Numbers below this fit into one of 64 bits.
_FITS = 2**62


@dataclass(frozen=True, slots=True)
class UnitSums:
    """Sums of one unit over its clusters or buckets.

    Attributes
    ----------
    sums
        Column name to array (buckets,).
    n_clusters
        Column name to the number of clusters in which it is not zero.
    """

    sums: dict[str, NDArray[np.float64]]
    n_clusters: dict[str, int]

    def total(self, column: str) -> float:
        """Sum of a column over all clusters."""
        return float(self.sums[column].sum())

    def table(self, columns: tuple[str, ...]) -> NDArray[np.float64]:
        """Columns side by side: (buckets, columns)."""
        return np.column_stack([self.sums[c] for c in columns])


def cluster_sums(engine: Engine, frame: Frame, cluster: str, columns: list[str]) -> dict[int, UnitSums]:
    """Sum columns by unit and cluster in the engine; at most about a thousand rows a unit leave it.

    Parameters
    ----------
    frame
        Prepared table with `unit`.
    cluster
        Name of the cluster column (int64).
    columns
        Columns to sum.

    Returns
    -------
    dict
        Unit to its sums.
    """
    per_cluster = frame.group_by("unit", cluster).agg(*[nw.col(c).sum().cast(nw.Float64).alias(c) for c in columns])
    per_cluster = engine.materialize(per_cluster)
    sizes = per_cluster.group_by("unit").agg(nw.len().alias("_size"))
    most = engine.collect(sizes)["_size"].to_numpy()
    if not len(most) or most.max() <= KEEP:
        return _split(engine.collect(per_cluster.select("unit", *columns, _key=nw.col(cluster))), columns)
    hashed = _BEYOND + (nw.col(cluster).cast(nw.Int64).abs() * _MIX % _RANGE) % BUCKETS
    keyed = per_cluster.join(sizes, on="unit", how="inner").with_columns(
        _key=nw.when(nw.col("_size") <= KEEP).then(nw.col(cluster).cast(nw.Int64)).otherwise(hashed)
    )
    sums = [nw.col(c).sum().alias(c) for c in columns]
    seen = [nw.when(nw.col(c) != 0).then(1).otherwise(0).sum().alias(f"_n_{c}") for c in columns]
    return _split(engine.collect(keyed.group_by("unit", "_key").agg(*sums, *seen)), columns)


def _split(table: Any, columns: list[str]) -> dict[int, UnitSums]:
    if not table.num_rows:
        return {}
    units, keys = table["unit"].to_numpy(), table["_key"].to_numpy()
    order = np.lexsort((keys, units))
    units = units[order]
    values = {c: table[c].to_numpy()[order].astype(float) for c in columns}
    # Where no clusters were thrown together every row is one.
    is_hashed = bool(columns) and f"_n_{columns[0]}" in table.column_names
    counts = {c: table[f"_n_{c}"].to_numpy()[order] if is_hashed else values[c] != 0 for c in columns}
    out = {}
    names, starts = np.unique(units, return_index=True)
    for name, start, stop in zip(names, starts, [*starts[1:], len(units)], strict=True):
        span = slice(start, stop)
        out[int(name)] = UnitSums(
            {c: values[c][span] for c in columns}, {c: int(counts[c][span].sum()) for c in columns}
        )
    return out


def unit_counts(engine: Engine, frame: Frame, columns: list[str]) -> dict[int, dict[str, NDArray[Any]]]:
    """Count the distinct rows of some columns for each unit.

    Returns
    -------
    dict
        Unit to arrays: each column's distinct values, and `count`; sorted by the columns.
    """
    counted = frame.group_by("unit", *columns).agg(nw.len().alias("count"))
    table = engine.collect(counted.sort("unit", *columns))
    names = ["unit", *columns, "count"]
    return _split_by_unit({name: table[name].to_numpy() for name in names}, names[1:])


def unit_rows(engine: Engine, frame: Frame, columns: list[str]) -> dict[int, dict[str, NDArray[Any]]]:
    """Bring home some columns of each unit's rows, sorted by them."""
    table = engine.collect(frame.select("unit", *columns))
    return _split_by_unit(_sorted({name: table[name].to_numpy() for name in ["unit", *columns]}), columns)


def _sorted(arrays: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Sort rows by all columns, the first leading: whole numbers as one number as far as they fit."""
    keys: list[NDArray[Any]] = []
    room = 0
    for column in arrays.values():
        is_whole = column.dtype.kind in "iu" and len(column) > 0
        low = int(column.min()) if is_whole else 0
        width = int(column.max()) - low + 1 if is_whole else 0
        if is_whole and keys and width <= room:
            keys[-1] = keys[-1] * width + (column.astype(np.int64) - low)
            room //= width
        else:
            keys.append(column.astype(np.int64) - low if is_whole and width < _FITS else column)
            room = _FITS // width if is_whole else 0
    order = np.argsort(keys[0], kind="stable") if len(keys) == 1 else np.lexsort(keys[::-1])
    return {name: column[order] for name, column in arrays.items()}


def _split_by_unit(arrays: dict[str, NDArray[Any]], columns: list[str]) -> dict[int, dict[str, NDArray[Any]]]:
    """Split columns that are sorted by unit."""
    if not len(arrays["unit"]):
        return {}
    names, starts = np.unique(arrays["unit"], return_index=True)
    stops = [*starts[1:], len(arrays["unit"])]
    return {
        int(name): {c: arrays[c][start:stop] for c in columns}
        for name, start, stop in zip(names, starts, stops, strict=True)
    }
