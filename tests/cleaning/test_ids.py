"""Ids: strings that keep every digit."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.cleaning.ids import clean_ids


def cleaned(*values: object, **options: bool) -> list[str | None]:
    return clean_ids(pl.Series(values), **options).values.to_list()


@pytest.mark.parametrize("missing", ["", " ", "nan", "NaN", "None", "null", "NULL", "NA", "<NA>"])
def test_words_for_nothing_are_null(missing):
    assert cleaned("7", missing) == ["7", None]


def test_zero_is_an_id():
    assert cleaned("0", "00012") == ["0", "00012"]


@pytest.mark.parametrize(
    ("given_id", "kept", "rule"),
    [
        ("988888888888888888.0", "988888888888888888", "id_decimal_point_removed"),
        ("3.000", "3", "id_decimal_point_removed"),
        ("1e+05", "100000", "id_exponent_written_out"),
        ("2.5e3", "2500", "id_exponent_written_out"),
        ("'123", "123", "id_guard_removed"),
        ('="123"', "123", "id_guard_removed"),
        ("https://twitter.com/ada/status/99?s=20", "99", "id_taken_from_address"),
    ],
)
def test_each_oddity_is_repaired_and_counted(given_id, kept, rule):
    clean = clean_ids(pl.Series(["5", given_id]))
    assert clean.values.to_list() == ["5", kept]
    assert clean.repairs == {rule: 1}


def test_ids_that_are_no_numbers_stay_as_they_are():
    address = "at://did:plc:abc/app.bsky.feed.post/3k"
    assert cleaned("t3_x1", address, "x12", "7") == ["t3_x1", address, "x12", "7"]


def test_the_guard_of_rtweet_is_removed_only_where_all_ids_have_it():
    clean = clean_ids(pl.Series(["x1234", "x99", None]))
    assert clean.values.to_list() == ["1234", "99", None]
    assert clean.repairs == {"id_guard_removed": 2}


@pytest.mark.parametrize("several", ["3,4", " 3 , 4,5", "[3, 4]", "['3', '4']"])
def test_of_several_ids_the_first_is_taken_where_a_list_may_stand(several):
    clean = clean_ids(pl.Series([several]), lists=True)
    assert clean.values.to_list() == ["3"]
    assert clean.repairs == {"id_first_of_several_taken": 1}


@pytest.mark.parametrize("lost", ["9.88e+17", "9.88E17", "2.55555e3", "9.888888888888889e+17"])
def test_scientific_notation_that_lost_digits_is_marked(lost):
    clean = clean_ids(pl.Series(["5", lost]))
    assert clean.values.to_list() == ["5", lost]
    assert clean.is_scientific.to_list() == [False, True]
    assert clean.repairs == {}


def test_floats_above_two_to_the_53_are_flagged():
    clean = clean_ids(pl.Series([988888888888888888.0, 7.0, None, float("nan")]))
    assert clean.values.to_list() == ["988888888888888832", "7", None, None]
    assert clean.repairs == {"id_precision_lost": 1}


def test_floats_that_are_no_whole_numbers_are_marked():
    assert clean_ids(pl.Series([1.5, 1e30, 2.0])).is_scientific.to_list() == [True, True, False]


def test_a_float_printed_in_full_is_flagged_too():
    # 988888888888888832 is what double precision makes of 988888888888888888; the latter cannot have been a float.
    clean = clean_ids(pl.Series(["988888888888888832.0", "988888888888888888.0"]))
    assert clean.repairs == {"id_decimal_point_removed": 2, "id_precision_lost": 1}


def test_integers_of_any_width_keep_their_digits():
    assert cleaned(2**63 - 1, 1) == ["9223372036854775807", "1"]


@given(st.lists(st.integers(0, 2**70), min_size=1))
def test_digits_survive_whatever_their_number(numbers):
    assert cleaned(*[str(number) for number in numbers]) == [str(number) for number in numbers]


# Odd numbers beyond 2^53 have no double of their own.
@given(st.lists(st.integers(2**53, 2**62).map(lambda number: 2 * number + 1), min_size=1))
def test_a_decimal_point_costs_no_digit(numbers):
    clean = clean_ids(pl.Series([f"{number}.0" for number in numbers]))
    assert clean.values.to_list() == [str(number) for number in numbers]
    assert "id_precision_lost" not in clean.repairs


@given(st.lists(st.text(max_size=30), min_size=1))
def test_cleaning_twice_changes_nothing_more(texts):
    once = clean_ids(pl.Series(texts, dtype=pl.String), lists=True)
    again = clean_ids(once.values.filter(~once.is_scientific), lists=True)
    expected = once.values.filter(~once.is_scientific)
    stable = ~expected.str.contains(r"^[\[\"'=x]|,").fill_null(value=False)
    assert again.values.filter(stable).to_list() == expected.filter(stable).to_list()
