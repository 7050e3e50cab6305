"""Ids as strings that keep every digit, and a count of each oddity met on the way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import polars as pl

from .words import MISSING_WORDS

__all__ = ["SCIENTIFIC", "CleanIds", "clean_ids"]

_EXACT = 2**53
#: A number written with an exponent.
SCIENTIFIC = r"^\d(?:\.(\d+))?[eE]\+?(\d+)$"
_STATUS_ADDRESS = r"^https?://\S+/status(?:es)?/(\d+)"
# Spreadsheets write long numbers with twelve digits and more as 9.88E+11, and the digits are gone; below, nothing is
# lost.
_LARGEST_SAFE_EXPONENT = 10


@dataclass(frozen=True)
class CleanIds:
    """Ids as strings, the rows each rule changed, and which ids are in scientific notation (their digits are lost)."""

    values: pl.Series
    repairs: dict[str, int]
    is_scientific: pl.Series


def clean_ids(values: pl.Series, *, lists: bool = False, guarded: bool = True) -> CleanIds:
    """Turn a column of ids into strings.

    Parameters
    ----------
    values
        Ids of any type. NaN, empty text and words such as "nan", "None", "null" and "NA" become null; "0" stays an id.
    lists
        Whether a cell may hold several ids separated by commas; the first is taken.
    guarded
        Whether an x before the digits of all ids is a guard, as files of rtweet have it. Say no where other columns or
        further rows, judged by themselves, might keep it.

    Returns
    -------
    CleanIds
        Repairs are `id_decimal_point_removed` ("7.0"), `id_precision_lost` (a float above 2^53: the last digits are
        not those of the platform), `id_exponent_written_out` ("1e+05"), `id_first_of_several_taken`,
        `id_taken_from_address`,
        `id_guard_removed` ("x123", "'123": guards against spreadsheets).

    Examples
    --------
    >>> clean = clean_ids(pl.Series(["988888888888888888.0", " 7 ", "nan", "3,4", "9.88e+17"]), lists=True)
    >>> clean.values.to_list()
    ['988888888888888888', '7', None, '3', '9.88e+17']
    >>> clean.is_scientific.to_list()
    [False, False, False, False, True]
    >>> clean.repairs
    {'id_decimal_point_removed': 1, 'id_first_of_several_taken': 1}
    """
    if values.dtype.is_float():
        return _from_floats(values)
    text = values.cast(pl.String).str.strip_chars()
    # One cheap pass finds the ids that are plain digits, nearly always all of them; only the others are looked at
    # closely.
    odd = (~text.str.contains(r"^[0-9]+$")).fill_null(value=False)
    nothing = pl.repeat(value=False, n=len(text), eager=True)
    if not odd.any():
        return CleanIds(text.alias(values.name), {}, nothing)
    rows = odd.arg_true()
    fixed, counts, scientific = _fix_odd(
        text.gather(rows), only_odd=guarded and bool(text.is_not_null().sum() == odd.sum()), lists=lists
    )
    return CleanIds(text.scatter(rows, fixed).alias(values.name), counts, nothing.scatter(rows, scientific))


def _from_floats(values: pl.Series) -> CleanIds:
    finite = pl.select(pl.when(values.is_finite()).then(values)).to_series()
    whole = finite.cast(pl.Int64, strict=False)
    lost = int((finite.abs() > _EXACT).sum())
    # Numbers beyond 64 bits or with a fraction are no ids; they are kept as they are printed, to be set aside by name.
    odd = finite.is_not_null() & (whole.is_null() | (whole.cast(pl.Float64) != finite))
    text = pl.select(pl.when(odd).then(finite.cast(pl.String)).otherwise(whole.cast(pl.String))).to_series()
    return CleanIds(text.alias(values.name), {"id_precision_lost": lost} if lost else {}, odd.fill_null(value=False))


def _fix_odd(text: pl.Series, *, only_odd: bool, lists: bool) -> tuple[pl.Series, dict[str, int], pl.Series]:
    counts: Counter[str] = Counter()
    short = text.str.len_bytes() <= max(len(word) for word in MISSING_WORDS)
    text = pl.select(pl.when(~(short & text.str.to_lowercase().is_in(MISSING_WORDS))).then(text)).to_series()
    if lists:
        text = _replace(text, r"^\[?\s*[\"']?([^,\s\"']+?)[\"']?\s*,.*$", "id_first_of_several_taken", counts)
    text = _replace(text, r"^(?:'|=\")(\d+)\"?$", "id_guard_removed", counts)
    if only_odd and text.str.contains(r"^x\d+$").all(ignore_nulls=True):
        text = _replace(text, r"^x(\d+)$", "id_guard_removed", counts)
    text = _replace(text, _STATUS_ADDRESS + r".*$", "id_taken_from_address", counts)
    counts["id_precision_lost"] += _n_inexact(text)
    text = _replace(text, r"^(\d+)\.0+$", "id_decimal_point_removed", counts)
    text = _write_out(text, counts)
    scientific = text.str.contains(SCIENTIFIC).fill_null(value=False)
    return text, {rule: n for rule, n in sorted(counts.items()) if n}, scientific


def _replace(text: pl.Series, pattern: str, rule: str, counts: Counter[str]) -> pl.Series:
    hit = text.str.contains(pattern).fill_null(value=False)
    if not hit.any():
        return text
    counts[rule] += int(hit.sum())
    return text.str.replace(pattern, "$1")


def _n_inexact(text: pl.Series) -> int:
    # "988888888888888888.0" has its own digits; "988888888888888832.0" is what is left of an id that was once a float.
    long = text.filter(text.str.contains(r"^\d{16,}\.0+$")).drop_nulls()
    return sum(int(whole) > _EXACT and int(float(whole)) == int(whole) for whole in long.str.extract(r"^(\d+)"))


def _write_out(text: pl.Series, counts: Counter[str]) -> pl.Series:
    rows = text.str.contains(SCIENTIFIC).fill_null(value=False).arg_true()
    if not len(rows):
        return text
    plain = pl.Series([_digits(value) for value in text.gather(rows)], dtype=pl.String)
    counts["id_exponent_written_out"] += int(plain.is_not_null().sum())
    return text.scatter(rows.filter(plain.is_not_null()), plain.drop_nulls())


def _digits(scientific: str) -> str | None:
    mantissa, exponent = scientific.lower().split("e")
    whole, _, fraction = mantissa.partition(".")
    power = int(exponent)
    if power > _LARGEST_SAFE_EXPONENT or len(fraction) > power:
        return None
    return (whole + fraction).ljust(power + 1, "0")
