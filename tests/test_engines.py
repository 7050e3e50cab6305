"""One computation, four engines: the same numbers from pandas, Polars, DuckDB and Spark frames of one corpus."""

from __future__ import annotations

import os
import shutil
import sys

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import twoway as tw
from twoway.engine import engine_of
from twoway.errors import SchemaError
from twoway.simulate import simulate_tables

#: Sums may be added up in another order; nothing else may differ.
RELATIVE = 1e-9


@pytest.fixture(scope="module")
def tables():
    """Posts and accounts of a small town, with what real exports do to them."""
    made = simulate_tables(5, n_organizations=4, n_people=80, days=20, posts=500)
    posts = made.posts.copy()
    posts.loc[posts.index[3], "text"] = "naïve ve I’m ñi 😡 ? @" + str(made.accounts["handle"].iloc[0])
    return pd.concat([posts, posts.iloc[[7]]], ignore_index=True), made.accounts


@pytest.fixture(scope="module")
def reference(tables):
    """The scorecards from pandas frames."""
    return scorecards(*tables)


def scorecards(posts, accounts, levels=("organization", "month")):
    """Measure by one level after another."""
    talk = tw.annotate(tw.Corpus(posts, accounts))
    return [tw.measure(talk, by=by).table for by in levels]


def assert_same(found, expected):
    """Compare long tables value by value."""
    for one, other in zip(found, expected, strict=True):
        words = ["unit", "unit_id", "metric", "method", "flags", "attribution"]
        pd.testing.assert_frame_equal(one[words], other[words])
        numbers = [c for c in one.columns if c not in words]
        np.testing.assert_allclose(
            one[numbers].to_numpy(float), other[numbers].to_numpy(float), rtol=RELATIVE, atol=1e-12
        )


def as_text(frame):
    """Give times as text, which every engine hands over unchanged."""
    return frame.assign(created_at=frame["created_at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"))


def test_polars_gives_the_numbers_of_pandas(tables, reference):
    posts, accounts = tables
    assert_same(scorecards(pl.from_pandas(posts), pl.from_pandas(accounts)), reference)
    assert_same(scorecards(pl.from_pandas(posts).lazy(), accounts), reference)


def test_arrow_gives_the_numbers_of_pandas(tables, reference):
    posts, accounts = tables
    assert_same(scorecards(pa.Table.from_pandas(posts, preserve_index=False), accounts), reference)


def test_duckdb_gives_the_numbers_of_pandas(tables, reference):
    duckdb = pytest.importorskip("duckdb")
    posts, accounts = tables
    connection = duckdb.connect()
    connection.register("frame", posts.sample(frac=1, random_state=1))
    connection.execute("CREATE TABLE posts AS SELECT * FROM frame")
    assert_same(scorecards(connection.table("posts"), accounts), reference)
    assert connection.table("posts").aggregate("count(*)").fetchall() == [(len(posts),)], (
        "the user's table is untouched"
    )


@pytest.fixture(scope="module")
def spark():
    """A Spark session on two cores."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java, and there is no java on the path")
    sql = pytest.importorskip("pyspark.sql")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    # Compiling code for each of some hundred small queries would take most of the time, by Spark and by Java alike.
    # What helps with large data or with debugging is switched off as well.
    settings = {
        "spark.sql.shuffle.partitions": "2",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": "2g",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.shuffle.compress": "false",
        "spark.broadcast.compress": "false",
        "spark.python.sql.dataFrameDebugging.enabled": "false",
        "spark.sql.constraintPropagation.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.adaptive.enabled": "false",
    }
    builder = sql.SparkSession.builder.master("local[2]").appName("twoway tests")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.mark.filterwarnings("ignore")
def test_spark_gives_the_numbers_of_pandas(spark, tables):
    posts, accounts = tables
    # With bots everything is measured twice, which the other engines do above; here it would take minutes.
    accounts = accounts.assign(role=accounts["role"].replace("bot", "partner"))
    rows = pa.Table.from_pandas(as_text(posts), preserve_index=False)
    levels = ["organization"]
    assert_same(scorecards(spark.createDataFrame(rows), accounts, levels), scorecards(posts, accounts, levels))


def test_other_objects_are_refused_with_what_to_give_instead():
    with pytest.raises(SchemaError) as caught:
        engine_of([1, 2])
    assert str(caught.value) == (
        "A list of 'builtins' is not a table twoway can read. It was given as posts or accounts. "
        "Give a pandas, Polars, Arrow, DuckDB or PySpark frame, or read a file with tw.read(path)."
    )


def test_rows_are_numbered_in_the_order_asked_for():
    frame = pd.DataFrame({"at": [30, 10, 20], "id": ["c", "a", "b"]})
    engine = engine_of(frame)
    numbered = engine.collect(engine.number(engine.adopt(frame), "row", ["at"])).to_pandas()
    assert dict(zip(numbered["id"], numbered["row"], strict=True)) == {"a": 0, "b": 1, "c": 2}


def test_a_kernel_sees_every_row_once_also_of_an_empty_frame():
    schema = pa.schema([pa.field("x", pa.int64())])
    for values in ([], list(range(300_000))):
        frame = pl.DataFrame({"x": pl.Series(values, dtype=pl.Int64)})
        engine = engine_of(frame)
        mapped = engine.map_batches(engine.adopt(frame), lambda batch: batch, schema)
        assert engine.collect(mapped.select(nw.col("x").sum()))["x"][0].as_py() in (sum(values), None)
