"""The only file that knows engines: native frame to Narwhals, materialize, Arrow-batch kernels, collect.

Polars is the embedded engine and takes pandas, Polars and Arrow frames. A DuckDB relation or a Spark frame stays in
its own engine
from the first table to the last sum. All engines offer the same seven verbs, so no other module names one.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl
import pyarrow as pa

from .errors import SchemaError
from .windows import Look, by_sorting, by_windows

__all__ = ["Engine", "Frame", "Kernel", "engine_of", "one_batch"]

Frame = nw.LazyFrame
Kernel = Callable[[pa.RecordBatch], pa.RecordBatch]

BATCH_ROWS = 131_072
_serial = itertools.count()


class Engine(ABC):
    """What every engine can do for the rest of the library."""

    name: str

    #: Kind of row and account numbers; what fits into memory needs no more than 32 bits.
    index: type[nw.Int32] | type[nw.Int64] = nw.Int64

    @abstractmethod
    def adopt(self, native: Any) -> Frame:
        """Take a user's frame into the engine."""

    @abstractmethod
    def from_arrow(self, table: pa.Table) -> Frame:
        """Take a small local table into the engine."""

    @abstractmethod
    def materialize(self, frame: Frame) -> Frame:
        """Compute a frame once, so that later steps read it instead of repeating it."""

    @abstractmethod
    def map_batches(self, frame: Frame, kernel: Kernel, schema: pa.Schema) -> Frame:
        """Run a kernel over all Arrow batches of a frame; the result is materialized."""

    @abstractmethod
    def number(self, frame: Frame, name: str, order_by: list[str]) -> Frame:
        """Number the rows from 0 in the given order (int64)."""

    def along(self, frame: Frame, by: Sequence[str], order: Sequence[str], **looks: Look | nw.Expr) -> Frame:
        """Add columns found along the rows of each group in order, one after the other (see `windows`)."""
        return by_windows(frame, by, order, looks)

    def collect(self, frame: Frame) -> pa.Table:
        """Bring a (small) frame to this process."""
        collected = frame.collect(backend="pyarrow") if self.name != "polars" else frame.collect()
        return _plain_strings(collected.to_arrow())


def _run(kernel: Kernel, batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Apply a kernel to one batch and hold it to the schema it promised."""
    done = kernel(batch)
    return pa.RecordBatch.from_arrays([done.column(f.name).cast(f.type) for f in schema], schema=schema)


def one_batch(frame: pl.DataFrame) -> pa.RecordBatch:
    """Give a Polars frame as one Arrow batch, also when it has no rows."""
    table = frame.to_arrow().combine_chunks()
    batches = table.to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)


def _plain_strings(table: pa.Table) -> pa.Table:
    fields = [
        pa.field(f.name, pa.string()) if pa.types.is_large_string(f.type) or pa.types.is_string_view(f.type) else f
        for f in table.schema
    ]
    return table.cast(pa.schema(fields))


class PolarsEngine(Engine):
    """Polars in memory: the engine for pandas, Polars and Arrow frames."""

    name = "polars"
    index = nw.Int32

    def adopt(self, native: Any) -> Frame:
        if isinstance(native, pl.LazyFrame):
            return nw.from_native(native)
        if isinstance(native, pl.DataFrame):
            return nw.from_native(native.lazy())
        if isinstance(native, pa.Table):
            return self.from_arrow(native)
        return nw.from_native(_polars_from_pandas(native).lazy())

    def from_arrow(self, table: pa.Table) -> Frame:
        return nw.from_native(pl.from_arrow(table).lazy())

    def materialize(self, frame: Frame) -> Frame:
        return frame.collect().lazy()

    def map_batches(self, frame: Frame, kernel: Kernel, schema: pa.Schema) -> Frame:
        table = frame.to_native().collect()
        pieces = [pl.from_arrow(pa.Table.from_batches([], schema=schema))]
        for piece in table.iter_slices(BATCH_ROWS):
            for batch in piece.to_arrow().combine_chunks().to_batches():
                pieces.append(pl.from_arrow(pa.Table.from_batches([_run(kernel, batch, schema)])))
        return nw.from_native(pl.concat(pieces).lazy())

    def along(self, frame: Frame, by: Sequence[str], order: Sequence[str], **looks: Look | nw.Expr) -> Frame:
        return by_sorting(frame.to_native().collect(), by, order, looks)

    def number(self, frame: Frame, name: str, order_by: list[str]) -> Frame:
        native = frame.to_native().sort(order_by).with_row_index(name).with_columns(pl.col(name).cast(pl.Int64))
        return nw.from_native(native.collect().lazy())


def _polars_from_pandas(frame: Any) -> pl.DataFrame:
    """Convert pandas, giving columns of mixed Python objects as text."""
    mixed = [name for name in frame.columns if str(frame[name].dtype) == "object"]
    if not mixed:
        return pl.from_pandas(frame)
    return pl.from_pandas(frame.assign(**{name: frame[name].map(_as_text).astype("str") for name in mixed}))


def _as_text(value: Any) -> str | None:
    if value is None or value != value:
        return None
    if isinstance(value, (list, tuple, set)):
        return " ".join(str(item) for item in value)
    return str(value)


class DuckDBEngine(Engine):
    """One DuckDB connection of our own; the user's relation is copied into it once."""

    name = "duckdb"

    def __init__(self) -> None:
        import duckdb

        self._connection = duckdb.connect()
        self._connection.execute("SET TimeZone='UTC'; SET preserve_insertion_order=false")

    def adopt(self, native: Any) -> Frame:
        return self._table_from(native.to_arrow_reader(BATCH_ROWS))

    def from_arrow(self, table: pa.Table) -> Frame:
        return self._table_from(table)

    def materialize(self, frame: Frame) -> Frame:
        name = self._name()
        frame.to_native().create(name)
        return nw.from_native(self._connection.table(name))

    def map_batches(self, frame: Frame, kernel: Kernel, schema: pa.Schema) -> Frame:
        reader = self.materialize(frame).to_native().to_arrow_reader(BATCH_ROWS)

        def batches() -> Iterator[pa.RecordBatch]:
            for batch in reader:
                yield _run(kernel, batch, schema)

        # Read to the end first: the connection refuses new statements while a result is half read.
        return self._table_from(pa.Table.from_batches(list(batches()), schema=schema))

    def number(self, frame: Frame, name: str, order_by: list[str]) -> Frame:
        order = ", ".join(f'"{column}"' for column in order_by)
        relation = frame.to_native().project(f'*, row_number() OVER (ORDER BY {order}) - 1 AS "{name}"')
        return self.materialize(nw.from_native(relation))

    def _table_from(self, source: Any) -> Frame:
        name, view = self._name(), self._name()
        self._connection.register(view, source)
        self._connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM "{view}"')
        self._connection.unregister(view)
        return nw.from_native(self._connection.table(name))

    @staticmethod
    def _name() -> str:
        return f"twoway_{next(_serial)}"


class SparkEngine(Engine):
    """The Spark session a frame came with; kernels run through `mapInArrow`."""

    name = "spark"

    def __init__(self, session: Any) -> None:
        self._session = session
        session.conf.set("spark.sql.session.timeZone", "UTC")

    def adopt(self, native: Any) -> Frame:
        return nw.from_native(native)

    def from_arrow(self, table: pa.Table) -> Frame:
        return nw.from_native(self._session.createDataFrame(table))

    def materialize(self, frame: Frame) -> Frame:
        done = frame.to_native().localCheckpoint()
        if not hasattr(done, "_jdf"):  # Spark Connect
            return nw.from_native(done)
        # A checkpoint keeps the size estimate of the plan before it, and estimates of joins multiply: after some
        # forty steps the number
        # alone fills the heap. A frame made anew from the checkpointed rows starts without one.
        fresh = self._session._jsparkSession.createDataFrame(done._jdf.javaRDD(), done._jdf.schema())
        return nw.from_native(type(done)(fresh, self._session))

    def map_batches(self, frame: Frame, kernel: Kernel, schema: pa.Schema) -> Frame:
        def over(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                yield _run(kernel, batch, schema)

        from pyspark.sql.pandas.types import from_arrow_schema

        return self.materialize(nw.from_native(frame.to_native().mapInArrow(over, from_arrow_schema(schema))))

    def number(self, frame: Frame, name: str, order_by: list[str]) -> Frame:
        from pyspark.sql import functions

        # After a global sort the partitions are in order: number within each, then add what the ones before it hold.
        ordered = frame.to_native().orderBy(*order_by).withColumn("_id", functions.monotonically_increasing_id())
        placed = self.materialize(
            nw.from_native(ordered.withColumn("_part", functions.shiftright("_id", 33)))
        ).to_native()
        counts = sorted((row["_part"], row["count"]) for row in placed.groupBy("_part").count().collect())
        before, offsets = 0, []
        for part, n in counts:
            offsets.append((part, before))
            before += n
        table = self._session.createDataFrame(offsets, "_part long, _before long")
        local = functions.col("_id") - functions.shiftleft("_part", 33)
        numbered = (
            placed.join(table, "_part")
            .withColumn(name, local + functions.col("_before"))
            .drop("_id", "_part", "_before")
        )
        return self.materialize(nw.from_native(numbered))


def engine_of(native: Any) -> Engine:
    """Choose the engine that a user's frame lives in.

    Parameters
    ----------
    native
        A pandas, Polars or Arrow frame, a DuckDB relation, or a PySpark frame.

    Raises
    ------
    SchemaError
        If it is none of these.

    Examples
    --------
    >>> import pandas as pd
    >>> engine_of(pd.DataFrame()).name
    'polars'
    """
    home = type(native).__module__.split(".")[0]
    if type(native).__name__ in {"DataFrame", "LazyFrame", "Table"} and home in {"pandas", "polars", "pyarrow"}:
        return PolarsEngine()
    if home in {"duckdb", "_duckdb"} and hasattr(native, "columns"):
        return DuckDBEngine()
    if home == "pyspark" and hasattr(native, "sparkSession"):
        return SparkEngine(native.sparkSession)
    msg = (
        f"A {type(native).__name__} of '{home}' is not a table twoway can read. It was given as posts or accounts. "
        "Give a pandas, Polars, Arrow, DuckDB or PySpark frame, or read a file with tw.read(path)."
    )
    raise SchemaError(msg)
