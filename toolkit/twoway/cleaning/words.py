"""Words that say nothing, and words that say yes or no."""

from __future__ import annotations

import polars as pl

__all__ = ["MISSING_WORDS", "clean_flag"]

#: Words that stand for "no value" in exported tables, lower case.
MISSING_WORDS = ("", "nan", "none", "null", "na", "n/a", "<na>", "nat")


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
