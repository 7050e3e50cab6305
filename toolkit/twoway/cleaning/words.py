"""Ids and times out of whatever form a source gives them in.

Polars expressions, so that one rule serves every reader and every engine. Nothing is guessed in silence: what cannot
be read is null,
and the caller counts it.
"""

from __future__ import annotations

import polars as pl

__all__ = ["MISSING_WORDS", "clean_flag", "clean_id", "clean_time", "is_lossy_number"]

#: Words that stand for "no value" in exported tables, lower case.
MISSING_WORDS = ("", "nan", "none", "null", "na", "n/a", "<na>", "nat")

_TWITTER = "%a %b %d %H:%M:%S %z %Y"
_ZONED = ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z")
_NAIVE = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M")
_DATES = ("%Y-%m-%d",)


def clean_id(name: str, dtype: pl.DataType) -> pl.Expr:
    """Turn a column of ids into strings that keep every digit.

    `988888888888888888.0` loses its `.0`; floats are written as whole numbers; NaN, empty text and words such as
    "nan" are null; of a
    comma list the first id is kept.

    Examples
    --------
    >>> frame = pl.DataFrame({"id": ["988888888888888888.0", " 7 ", "nan", "3,4"]})
    >>> frame.select(clean_id("id", frame.schema["id"]))["id"].to_list()
    ['988888888888888888', '7', None, '3']
    """
    column = pl.col(name)
    if dtype.is_float():
        whole = pl.when(column.is_finite()).then(column).otherwise(None)
        return whole.cast(pl.Int64, strict=False).cast(pl.String).alias(name)
    text = column.cast(pl.String).str.strip_chars()
    text = pl.when(text.str.contains(",", literal=True)).then(text.str.extract(r"^\s*([^,\s]+)")).otherwise(text)
    text = pl.when(text.str.ends_with("0")).then(text.str.replace(r"^(-?\d+)\.0+$", "$1")).otherwise(text)
    missing = text.str.len_bytes() <= 4
    return pl.when(missing & text.str.to_lowercase().is_in(MISSING_WORDS)).then(None).otherwise(text).alias(name)


def is_lossy_number(name: str, dtype: pl.DataType) -> pl.Expr:
    """Mark ids that came as floats above 2^53: their last digits are gone.

    Examples
    --------
    >>> frame = pl.DataFrame({"id": [988888888888888888.0, 7.0]})
    >>> frame.select(is_lossy_number("id", frame.schema["id"]))["id"].to_list()
    [True, False]
    """
    if not dtype.is_float():
        return pl.lit(value=False).alias(name)
    return (pl.col(name).abs() > 2**53).fill_null(value=False).alias(name)


def clean_time(name: str, dtype: pl.DataType) -> pl.Expr:
    """Turn a column of times into whole seconds since 1970, UTC; null where it cannot be read.

    Read are: datetimes (naive ones as UTC), dates, whole seconds, milliseconds or microseconds, ISO text with or
    without a zone,
    and Twitter's own text form.

    Examples
    --------
    >>> frame = pl.DataFrame({"t": ["Tue Oct 31 22:10:47 +0000 2017", "2017-10-31T22:10:47Z", "soon"]})
    >>> frame.select(clean_time("t", frame.schema["t"]))["t"].to_list()
    [1509487847, 1509487847, None]
    """
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime) or dtype == pl.Datetime:
        return column.dt.epoch("s").alias(name)
    if dtype == pl.Date:
        return (column.cast(pl.Datetime("us")).dt.epoch("s")).alias(name)
    if dtype.is_numeric():
        return _from_number(column).alias(name)
    return _from_text(column.cast(pl.String).str.strip_chars()).alias(name)


def _from_number(column: pl.Expr) -> pl.Expr:
    whole = column.cast(pl.Int64, strict=False)
    size = whole.abs()
    return pl.when(size < 10**11).then(whole).when(size < 10**14).then(whole // 1_000).otherwise(whole // 1_000_000)


def _from_text(text: pl.Expr) -> pl.Expr:
    is_twitter = text.str.contains(r"^[A-Z][a-z]{2} [A-Z][a-z]{2} \d")
    is_number = text.str.contains(r"^\d{9,16}(\.0+)?$")
    is_zoned = text.str.contains(r"^\d{4}-\d\d-\d\d[T ].*(Z|[+-]\d\d:?\d\d)$")
    plain = pl.when(is_twitter | is_number | is_zoned).then(None).otherwise(text)
    readings = [
        # The weekday is cut off: a wrong one must not lose the post.
        _parse(pl.when(is_twitter).then(text).str.slice(4), _TWITTER[3:].strip(), zoned=True),
        *[_parse(pl.when(is_zoned).then(text).str.replace(r"Z$", "+00:00"), form, zoned=True) for form in _ZONED],
        *[_parse(plain, form, zoned=False) for form in _NAIVE],
        *[plain.str.to_date(form, strict=False).cast(pl.Datetime("us")).dt.epoch("s") for form in _DATES],
        _from_number(pl.when(is_number).then(text).str.replace(r"\.0+$", "").cast(pl.Int64, strict=False)),
    ]
    return pl.coalesce(readings)


def _parse(text: pl.Expr, form: str, *, zoned: bool) -> pl.Expr:
    zone = {"time_zone": "UTC"} if zoned else {}
    return text.str.to_datetime(form, strict=False, time_unit="us", **zone).dt.epoch("s")


def clean_flag(name: str, dtype: pl.DataType) -> pl.Expr:
    """Turn a column of yes and no into true and false; null where it says neither.

    Examples
    --------
    >>> frame = pl.DataFrame({"f": ["True", "0", "maybe"]})
    >>> frame.select(clean_flag("f", frame.schema["f"]))["f"].to_list()
    [True, False, None]
    """
    column = pl.col(name)
    if dtype == pl.Boolean:
        return column
    if dtype.is_numeric():
        return (column != 0).alias(name)
    word = column.cast(pl.String).str.strip_chars().str.to_lowercase()
    yes, no = word.is_in(["true", "1", "1.0", "yes", "t", "y"]), word.is_in(["false", "0", "0.0", "no", "f", "n"])
    return pl.when(yes).then(True).when(no).then(False).otherwise(None).alias(name)
