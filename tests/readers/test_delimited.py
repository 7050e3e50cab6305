"""Delimited text: sound files, broken files, and the agreement of both ways to read them."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twoway.errors import FormatError, SchemaError
from twoway.readers import delimited
from twoway.readers.base import ROW, Ledger
from twoway.readers.delimited import read_delimited
from twoway.readers.layout import find_layout
from twoway.readers.sources import Source
from twoway.readers.tolerant import read_quoted


@pytest.fixture
def read(write):
    """Read bytes and return rows, line numbers and the ledger."""

    def run(content: str | bytes, **options: object) -> tuple[list[tuple], list[int], Ledger]:
        ledger = Ledger()
        records = read_delimited(Source(write("a.csv", content)), ledger, **options)
        frame = records.frame.drop(ROW)
        return frame.rows(), records.line_of(records.frame[ROW]).to_list(), ledger

    return run


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_all_ends_of_lines(read, end):
    rows, lines, ledger = read(end.join(["a,b,c", "1,2,3", "4,5,6", ""]))
    assert rows == [("1", "2", "3"), ("4", "5", "6")]
    assert lines == [2, 3]
    assert ledger.repairs == {}


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_common_delimiters_are_told(read, delimiter):
    others = ",\t;|".replace(delimiter, "")
    assert read(f"a{delimiter}b\n1{delimiter}so{others}it is\n2{delimiter}y\n")[0] == [
        ("1", f"so{others}it is"),
        ("2", "y"),
    ]


def test_any_delimiter_can_be_given(read):
    assert read("a~b\n1~2\n", delimiter="~")[0] == [("1", "2")]


def test_newlines_quotes_and_delimiters_inside_quotes(read):
    rows, lines, _ = read('a,b\n1,"two\nlines, ""quoted"""\n3,"x\r\ny"\n5,6\n')
    assert rows == [("1", 'two\nlines, "quoted"'), ("3", "x\r\ny"), ("5", "6")]
    assert lines == [2, 4, 6]


def test_a_header_cell_may_span_lines(read):
    rows, lines, _ = read('"a","b\nb"\n1,2\n')
    assert rows == [("1", "2")]
    assert lines == [3]


def test_ragged_rows_are_set_aside_with_their_lines(read):
    rows, lines, ledger = read('a,b,c\n1,2,3\n4,5\n6,7,8,9\n"u\nv",2\n"w",5,6\n')
    assert rows == [("1", "2", "3"), ("w", "5", "6")]
    assert lines == [2, 7]
    assert ledger.rejected().rows() == [
        ("a.csv", 3, "2 cells where 3 were expected"),
        ("a.csv", 4, "4 cells where 3 were expected"),
        ("a.csv", 5, "2 cells where 3 were expected"),
    ]


def test_one_short_row_in_a_file_without_quotes(read):
    rows, lines, ledger = read("a,b\n1,2\n3\n5,6\n")
    assert rows == [("1", "2"), ("5", "6")]
    assert lines == [2, 4]
    assert ledger.rejected()["line"].to_list() == [3]


def test_blank_lines_are_no_records(read):
    rows, lines, ledger = read('a,b\n\n1,"2"\n   \n3,4\n\n\n')
    assert rows == [("1", "2"), ("3", "4")]
    assert lines == [3, 5]
    assert ledger.rejected().height == 0


def test_a_quote_never_closed_costs_its_own_line_only(read):
    rows, _, ledger = read('a,b,c\n1,"x",3\n2,"never closed,4\n3,"y",5\n4,z,6\n')
    assert rows == [("1", "x", "3"), ("3", "y", "5"), ("4", "z", "6")]
    assert ledger.rejected().rows() == [("a.csv", 3, "a quote is opened and never closed")]


def test_stray_quotes_are_forgiven_and_counted(read):
    rows, _, ledger = read('a,b,c\n1,"x",3\n2,5" tall,4\n3,"5" wide,6\n4,"y","z"\n')
    assert rows == [("1", "x", "3"), ("2", '5" tall', "4"), ("3", "5 wide", "6"), ("4", "y", "z")]
    assert ledger.repairs == {"stray_quotes_forgiven": 2}


def test_a_stray_quote_in_a_ragged_line_is_set_aside(read):
    rows, _, ledger = read('a,b\n"1","2"\n5" tall,4,5\n')
    assert rows == [("1", "2")]
    assert ledger.rejected().rows() == [("a.csv", 3, "quotes in the middle of a cell")]


def test_quotes_that_mean_nothing_stay_in_the_text(read):
    content = '1|x|"Healthy" labels\n2|y|so | it is\n3|z\n'
    rows, lines, ledger = read(content, header=["id", "date", "text"], takes_rest=lambda name: name == "text")
    assert rows == [("1", "x", '"Healthy" labels'), ("2", "y", "so | it is")]
    assert lines == [1, 2]
    assert ledger.repairs == {"delimiter_kept_in_text": 1}
    assert ledger.rejected().rows() == [("a.csv", 3, "2 cells where 3 were expected")]


def test_the_last_column_takes_the_rest_in_a_quoted_file_too(read):
    rows, _, ledger = read('a,text\n1,"x"\n2,so, it is\n3\n', takes_rest=lambda name: name == "text")
    assert rows == [("1", "x"), ("2", "so, it is")]
    assert ledger.repairs == {"delimiter_kept_in_text": 1}
    assert ledger.rejected()["line"].to_list() == [4]


def test_a_last_column_that_is_no_text_takes_nothing(read):
    assert read("a,n\n1,2\n2,3,4\n", takes_rest=lambda name: name == "text")[0] == [("1", "2")]


def test_nul_bytes_are_removed_and_counted(read):
    rows, _, ledger = read(b"a,b,c\n1,x\x00y,z\n2,y,z\n")
    assert rows == [("1", "xy", "z"), ("2", "y", "z")]
    assert ledger.repairs == {"nul_bytes_removed": 1}


def test_headers_in_the_middle_are_removed_and_counted(read):
    rows, lines, ledger = read("a,b\n1,2\na,b\n3,4\n\ufeffa,b\n5,b\n")
    assert rows == [("1", "2"), ("3", "4"), ("5", "b")]
    assert lines == [2, 4, 6]
    assert ledger.repairs == {"repeated_header_removed": 2}


def test_a_byte_order_mark_is_no_part_of_the_first_name(write):
    records = read_delimited(Source(write("a.csv", b"\xef\xbb\xbfid,b\n1,2\n")), Ledger())
    assert records.frame.columns == [ROW, "id", "b"]


def test_names_that_are_missing_or_repeated_are_told_apart(write):
    records = read_delimited(Source(write("a.csv", ",a,a\n1,2,3\n")), Ledger())
    assert records.frame.columns == [ROW, "column_1", "a", "a_2"]


@pytest.mark.parametrize("content", ["a,b\n", "a,b", "a,b\r\n\r\n"])
def test_a_header_alone_holds_no_records(read, content):
    assert read(content)[0] == []


def test_a_file_of_one_column_is_an_error(read):
    with pytest.raises(FormatError) as caught:
        read("hello\nworld\n")
    assert str(caught.value) == (
        "a.csv is text, but no comma, tab, semicolon or pipe divides its lines. Give the character, delimiter='...'."
    )


@pytest.mark.parametrize("delimiter", ["", "||", "·"])
def test_a_delimiter_is_one_plain_character(read, delimiter):
    with pytest.raises(FormatError) as caught:
        read("a,b\n1,2\n", delimiter=delimiter)
    assert str(caught.value) == (
        f"delimiter={delimiter!r} cannot divide a.csv: it is not one plain character. Give for instance ',' or '\\t'."
    )


def test_a_header_with_too_many_names_is_an_error(read):
    with pytest.raises(SchemaError) as caught:
        read("1,2\n", header=["a", "b", "c"])
    assert str(caught.value) == (
        "header= names 3 columns, but the first line of a.csv has 2 cells. Name each column once."
    )


def test_the_number_of_names_helps_to_tell_the_delimiter(read):
    # Read as commas, the first line would have three cells as well.
    content = "1|so, it, is|x\n2|it is|y\n3|yes|z\n"
    assert read(content, header=["a", "b", "c"])[0][0] == ("1", "so, it, is", "x")


def test_what_polars_gives_up_on_is_read_tolerantly(read, monkeypatch):
    def fail(*_args: object, **_options: object) -> pl.DataFrame:
        msg = "out of sorts"
        raise pl.exceptions.ComputeError(msg)

    monkeypatch.setattr(delimited.pl, "read_csv", fail)
    rows, lines, _ = read('a,b\n1,"x\ny"\n2,z\n')
    assert rows == [("1", "x\ny"), ("2", "z")]
    assert lines == [2, 4]


def test_windows_newlines_inside_a_cell_of_a_broken_file(read):
    rows, lines, _ = read('a,b\r\n1,"x\r\ny"\r\n3\r\n4,5\r\n')
    assert rows == [("1", "x\r\ny"), ("4", "5")]
    assert lines == [2, 5]


@pytest.mark.parametrize("quoted", [True, False])
def test_a_large_file_with_broken_records_is_read_in_blocks(read, monkeypatch, quoted):
    rows = [
        f'{number},"two\nlines, {number}",x' if quoted else f"{number},one line {number},x" for number in range(100)
    ]
    content = "\n".join(["a,b,c", *rows[:50], "broken,row", *rows[50:], "cut o"])
    whole = read(content)
    monkeypatch.setattr(delimited, "BLOCK", 200)
    in_blocks = read(content)
    assert in_blocks[:2] == whole[:2]
    assert in_blocks[2].rejected().equals(whole[2].rejected())
    assert whole[2].rejected()["line"].to_list() == ([102, 203] if quoted else [52, 103])


def test_a_quote_that_is_never_closed_keeps_a_large_file_whole(read, monkeypatch):
    monkeypatch.setattr(delimited, "BLOCK", 20)
    rows, _, ledger = read('a,b,c\n1,"x",1\n2,"y,2\n3,"z",3\n4,"v",4\n5,"w",5\n')
    assert [row[0] for row in rows] == ["1", "3", "4", "5"]
    assert ledger.rejected()["line"].to_list() == [3]


def test_a_quote_that_is_never_closed_in_the_last_cell_is_forgiven(read):
    rows, _, ledger = read('a,b\n1,"x"\n2,"y\n3,"z"\n')
    assert rows == [("1", "x"), ("2", "y"), ("3", "z")]
    assert ledger.repairs == {"stray_quotes_forgiven": 1}


@pytest.mark.parametrize("rest", ["", "4,5\n"])
def test_blank_lines_before_the_header(read, rest):
    rows, lines, ledger = read(f"\n\na,b,c\n1,2,3\n{rest}")
    assert rows == [("1", "2", "3")]
    assert lines == [4]
    assert ledger.repairs == {}


CELL = st.text(st.sampled_from(list('abé😀 ,|"\n;1')), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6))
def test_both_ways_agree_with_each_other_and_with_the_csv_module(write, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([("x", "y", "z"), *rows])
    data = text.getvalue().encode()
    layout = find_layout(data, "a.csv", delimiter=",")
    fast = read_delimited(Source(write("a.csv", data)), Ledger(), delimiter=",")
    slow = read_quoted(data, layout, "a.csv", Ledger(), joins_rest=False)
    expected = [tuple(cell or None for cell in row) for row in rows]
    assert [tuple(cell or None for cell in row) for row in fast.frame.drop(ROW).rows()] == expected
    assert slow.frame.drop(ROW).rows() == expected
    numbers = pl.Series(range(len(rows)))
    assert fast.line_of(numbers).to_list() == slow.line_of(numbers).to_list()
