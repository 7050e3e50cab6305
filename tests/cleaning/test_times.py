"""Times in the forms that exports use."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from twoway.cleaning.times import read_times
from twoway.errors import UnknownName

NOON = datetime(2017, 10, 31, 12, 0, tzinfo=UTC)


def times(*values: object, **options: str) -> list[datetime | None]:
    return read_times(pl.Series(values), **options).values.to_list()


@pytest.mark.parametrize(
    "written",
    [
        "Tue Oct 31 12:00:00 +0000 2017",
        "Tue Oct 31 14:00:00 +0200 2017",
        "Fri Oct 31 12:00:00 +0000 2017",  # a wrong weekday must not lose the post
        "2017-10-31T12:00:00Z",
        "2017-10-31T12:00:00.000Z",
        "2017-10-31 12:00:00+00:00",
        "2017-10-31 04:00:00 -0800",
        "2017-10-31T12:00:00 UTC",
        "2017-10-31 14:00:00+02",
        "2017-10-31T17:30:00+05:30",
        "1509451200",
        "1509451200.0",
        "1509451200000",
        "1509451200000000",
        " 2017-10-31T12:00:00Z ",
    ],
)
def test_a_time_with_a_zone_is_read_without_a_repair(written):
    read = read_times(pl.Series([written]))
    assert read.values.to_list() == [NOON]
    assert read.repairs == {}


@pytest.mark.parametrize(
    "written",
    ["2017-10-31 12:00:00", "2017-10-31T12:00:00.000000", "2017-10-31 12:00", "2017-10-31T12:00", "20171031120000"],
)
def test_a_time_without_a_zone_is_taken_as_utc_and_counted(written):
    read = read_times(pl.Series([written, None]))
    assert read.values.to_list() == [NOON, None]
    assert read.repairs == {"time_without_zone_read_as_utc": 1}


@pytest.mark.parametrize("values", [["2017-10-31"], ["20171031"], [date(2017, 10, 31)]])
def test_a_date_alone_is_midnight_and_counted(values):
    read = read_times(pl.Series(values))
    assert read.values.to_list() == [datetime(2017, 10, 31, tzinfo=UTC)]
    assert read.repairs == {"time_is_date_only": 1}


def test_fractions_of_seconds_are_kept():
    assert times("2017-10-31T12:00:00.123456Z", "1509451200.25") == [
        NOON.replace(microsecond=123456),
        NOON.replace(microsecond=250000),
    ]


def test_forms_may_be_mixed_row_by_row():
    read = read_times(pl.Series(["Tue Oct 31 12:00:00 +0000 2017", "2017-10-31 12:00:00", "1509451200", "soon", None]))
    assert read.values.to_list() == [NOON, NOON, NOON, None, None]
    assert read.is_unreadable.to_list() == [False, False, False, True, False]
    assert read.repairs == {"time_without_zone_read_as_utc": 1}


@pytest.mark.parametrize("missing", ["", "nan", "NaT", "None", "NA"])
def test_words_for_nothing_are_missing_not_unreadable(missing):
    read = read_times(pl.Series(["2017-10-31T12:00:00Z", missing]))
    assert read.is_unreadable.to_list() == [False, False]


@pytest.mark.parametrize("wrong", ["2017-13-31", "2017-02-30T00:00:00Z", "10/16/17 22:59", "12345", "1,5"])
def test_what_is_no_time_is_unreadable(wrong):
    assert read_times(pl.Series([wrong])).is_unreadable.to_list() == [True]


@pytest.mark.parametrize(
    "values",
    [[1509451200], [1509451200000], [1509451200.0], [datetime(2017, 10, 31, 12, tzinfo=UTC)]],
)
def test_numbers_and_datetimes_are_taken_as_they_are(values):
    assert times(*values) == [NOON]


def test_numbers_that_are_not_numbers_are_missing():
    read = read_times(pl.Series([1509451200.0, float("nan"), None]))
    assert read.values.to_list() == [NOON, None, None]
    assert not read.is_unreadable.any()


def test_datetimes_without_a_zone_are_counted():
    read = read_times(pl.Series([datetime(2017, 10, 31, 12)]))  # noqa: DTZ001
    assert read.values.to_list() == [NOON]
    assert read.repairs == {"time_without_zone_read_as_utc": 1}


def test_the_zone_of_times_without_one_can_be_given():
    read = read_times(pl.Series(["2017-10-31 13:00:00", "2017-10-31T12:00:00Z"]), time_zone="Europe/Berlin")
    assert read.values.to_list() == [NOON, NOON]
    assert read.repairs == {"time_without_zone_read_as_Europe/Berlin": 1}


def test_hours_that_a_change_of_clocks_repeats_or_leaves_out_are_still_read():
    read = times("2017-10-29 02:30:00", "2017-03-26 02:30:00", time_zone="Europe/Berlin")
    assert read == [datetime(2017, 10, 29, 0, 30, tzinfo=UTC), datetime(2017, 3, 26, 1, 30, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("form", "written", "expected"),
    [
        ("%m/%d/%y %H:%M", "10/31/17 12:00", NOON),
        ("%d.%m.%Y", "31.10.2017", NOON.replace(hour=0)),
        ("%d %b %Y %H:%M %z", "31 Oct 2017 13:00 +0100", NOON),
    ],
)
def test_a_form_can_be_given(form, written, expected):
    assert times(written, time_format=form) == [expected]


def test_a_given_form_is_the_only_one_tried():
    assert times("2017-10-31T12:00:00Z", time_format="%m/%d/%y %H:%M") == [None]


def test_an_unknown_zone_is_named():
    with pytest.raises(UnknownName, match="^'Berlin' is not a known time zone. Did you mean 'Europe/Berlin'?"):
        times("2017-10-31", time_zone="Berlin")
