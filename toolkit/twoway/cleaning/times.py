"""Times in the forms that exports use, as UTC with microseconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import available_timezones

import polars as pl

from ..errors import unknown_name
from .words import MISSING_WORDS

__all__ = ["ReadTimes", "is_time_zone", "read_times"]

UTC = pl.Datetime("us", "UTC")
_SAMPLE = 200


@dataclass(frozen=True)
class ReadTimes:
    """Times in UTC, the rows each rule changed, and the rows whose time is there but cannot be read."""

    values: pl.Series
    repairs: dict[str, int]
    is_unreadable: pl.Series


@dataclass(frozen=True)
class _Form:
    """One way of writing a time: how to read it (null where it does not fit) and the rule to count, if any."""

    read: Callable[[pl.Series], pl.Series]
    rule: str = ""


def is_time_zone(name: str) -> bool:
    """Say whether a name is an IANA time zone.

    Examples
    --------
    >>> is_time_zone("Europe/Berlin"), is_time_zone("Eastern Time (US & Canada)")
    (True, False)
    """
    return name in available_timezones()


def read_times(values: pl.Series, *, time_format: str | None = None, time_zone: str = "UTC") -> ReadTimes:
    """Read times, whatever form each row has.

    Known are ISO 8601 with or without a zone, Twitter's "Tue Oct 31 22:10:47 +0000 2017", seconds, milliseconds or
    microseconds since 1970, "20171031", and dates alone.

    Parameters
    ----------
    values
        Text, numbers, dates or datetimes.
    time_format
        How times are written, in `strptime` letters, for instance "%m/%d/%y %H:%M"; then no other form is tried.
    time_zone
        IANA name of the zone in which times that name no zone were written.

    Returns
    -------
    ReadTimes
        Repairs are `time_without_zone_read_as_utc` (or `..._as_<zone>`), `time_is_date_only` (midnight is assumed).

    Raises
    ------
    UnknownName
        If there is no such time zone.

    Examples
    --------
    >>> read = read_times(pl.Series(["Tue Oct 31 22:10:47 +0000 2017", "2017-10-31T22:10:47.5Z", "1509487847", "soon"]))
    >>> read.values.dt.to_string("%H:%M:%S%.f").to_list(), read.is_unreadable.to_list()
    (['22:10:47', '22:10:47.500', '22:10:47', None], [False, False, False, True])
    """
    if time_zone != "UTC" and time_zone not in available_timezones():
        raise unknown_name(time_zone, available_timezones(), "time zone", do="Names look like 'Europe/Berlin'.")
    if values.dtype == pl.Date:
        counts = {"time_is_date_only": int(values.is_not_null().sum())}
        return _result(values, values.cast(pl.Datetime("us")).dt.replace_time_zone("UTC"), counts)
    if isinstance(values.dtype, pl.Datetime):
        return _from_datetimes(values, time_zone)
    if values.dtype.is_numeric():
        known = values.fill_nan(None) if values.dtype.is_float() else values
        return _result(known, _from_numbers(known), {})
    text = values.cast(pl.String).str.strip_chars()
    if (text.str.len_bytes() <= max(len(word) for word in MISSING_WORDS)).any():
        text = pl.select(pl.when(~text.str.to_lowercase().is_in(MISSING_WORDS)).then(text)).to_series()
    forms = [_custom(time_format, time_zone)] if time_format else _forms(time_zone)
    return _from_text(text, forms)


def _result(before: pl.Series, after: pl.Series, counts: dict[str, int]) -> ReadTimes:
    known = {rule: n for rule, n in counts.items() if n and rule}
    return ReadTimes(after.cast(UTC).alias(before.name), known, before.is_not_null() & after.is_null())


def _from_datetimes(values: pl.Series, time_zone: str) -> ReadTimes:
    if values.dtype.time_zone is not None:
        return _result(values, values.dt.convert_time_zone("UTC"), {})
    return _result(
        values,
        _place(values.cast(pl.Datetime("us")), time_zone),
        {_zone_rule(time_zone): int(values.is_not_null().sum())},
    )


def _zone_rule(time_zone: str) -> str:
    return f"time_without_zone_read_as_{'utc' if time_zone == 'UTC' else time_zone}"


def _place(naive: pl.Series, time_zone: str) -> pl.Series:
    # The hour that a change of clocks repeats or leaves out has no single reading; the earlier one keeps the post.
    placed = naive.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
    if time_zone != "UTC":
        shifted = naive.dt.offset_by("1h").dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
        placed = placed.to_frame("a").select(pl.col("a").fill_null(shifted.rename("b")))["a"]
    return placed.dt.convert_time_zone("UTC")


def _from_numbers(values: pl.Series) -> pl.Series:
    # Seconds, milliseconds, microseconds or nanoseconds since 1970 are a thousand times apart: the size tells which.
    number = values.cast(pl.Float64, strict=False)
    size = number.abs()
    whole = values.cast(pl.Int64, strict=False)
    micros = (
        pl.when(size < 1e11).then((number * 1e6).round().cast(pl.Int64, strict=False))
        .when(size < 1e14).then(whole * 1_000)
        .when(size < 1e17).then(whole)
        .otherwise(whole // 1_000)
    )  # fmt: skip
    return (
        pl.select(pl.when(number.is_finite()).then(micros))
        .to_series()
        .cast(pl.Datetime("us"))
        .dt.replace_time_zone("UTC")
    )


def _zoned(form: str) -> Callable[[pl.Series], pl.Series]:
    def read(text: pl.Series) -> pl.Series:
        return text.str.to_datetime(form, strict=False, time_unit="us", time_zone="UTC")

    return read


def _naive(form: str, time_zone: str) -> Callable[[pl.Series], pl.Series]:
    def read(text: pl.Series) -> pl.Series:
        return _place(text.str.to_datetime(form, strict=False, time_unit="us"), time_zone)

    return read


def _custom(form: str, time_zone: str) -> _Form:
    if "%z" in form or "%#z" in form or "%:z" in form:
        return _Form(_zoned(form))
    if not any(letter in form for letter in ("%H", "%I", "%T", "%R", "%c", "%s")):
        return _Form(
            lambda text: _place(text.str.to_date(form, strict=False).cast(pl.Datetime("us")), "UTC"),
            "time_is_date_only",
        )
    return _Form(_naive(form, time_zone), _zone_rule(time_zone))


def _twitter(text: pl.Series) -> pl.Series:
    # The weekday is cut off: a wrong one must not lose the post.
    return _zoned("%b %d %H:%M:%S %z %Y")(text.str.slice(4))


def _iso_zoned(text: pl.Series) -> pl.Series:
    plain = (
        text.str.replace(r"^(\S{10})T", "$1 ")
        .str.replace(r"\s*(Z|z|UTC|GMT)$", "+0000")
        .str.replace(r"\s+([+-]\d\d:?\d\d)$", "$1")
    )
    plain = plain.str.replace(r"([+-]\d\d)$", "${1}00")
    return _zoned("%Y-%m-%d %H:%M:%S%.f%z")(plain)


def _digits(text: pl.Series) -> pl.Series:
    # Fourteen digits are left to year, month, day, hour, minute and second.
    number = text.str.extract(r"^((?:\d{9,13}|\d{15,19})(?:\.\d+)?)$")
    exact = number.str.replace(r"\.0+$", "").cast(pl.Int64, strict=False)
    return pl.select(_from_numbers(exact).fill_null(_from_numbers(number.cast(pl.Float64, strict=False)))).to_series()


def _compact(form: str, width: int, time_zone: str) -> Callable[[pl.Series], pl.Series]:
    return lambda text: _naive(form, time_zone)(text.str.extract(rf"^(\d{{{width}}})$"))


def _forms(time_zone: str) -> list[_Form]:
    naive = _zone_rule(time_zone)
    return [
        _Form(_twitter),
        _Form(_iso_zoned),
        *[_Form(_naive(f"%Y-%m-%d{gap}%H:%M{rest}", time_zone), naive) for gap in " T" for rest in (":%S%.f", "")],
        _Form(
            lambda text: _place(text.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us")), "UTC"),
            "time_is_date_only",
        ),
        _Form(_compact("%Y%m%d%H%M%S", 14, time_zone), naive),
        _Form(
            lambda text: _compact("%Y%m%d%H%M", 12, "UTC")(text.str.extract(r"^(\d{8})$") + "0000"), "time_is_date_only"
        ),
        _Form(_digits),
    ]


def _from_text(text: pl.Series, forms: list[_Form]) -> ReadTimes:
    sample = text.drop_nulls().head(_SAMPLE)
    # The form that fits most of a sample goes first, so that a uniform column of millions is parsed once.
    order = sorted(forms, key=lambda form: -int(form.read(sample).is_not_null().sum())) if len(forms) > 1 else forms
    values = pl.Series(text.name, [None], dtype=UTC).new_from_index(0, len(text))
    counts: Counter[str] = Counter()
    for form in order:
        rows = (text.is_not_null() & values.is_null()).arg_true()
        if not len(rows):
            break
        is_whole = len(rows) == len(text)
        read = form.read(text if is_whole else text.gather(rows)).cast(UTC)
        found = read.is_not_null()
        counts[form.rule] += int(found.sum())
        values = read if is_whole else values.scatter(rows.filter(found), read.filter(found))
    return _result(text, values, dict(counts))
