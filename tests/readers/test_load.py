"""Telling the format, putting files together, and one clear error for each thing that cannot be read."""

from __future__ import annotations

import gzip
import re
import zipfile

import polars as pl
import pytest

from twoway.errors import CorpusNotFound, FormatError, SchemaError, TwowayError, UnknownName
from twoway.readers import FORMATS, Loaded, load
from twoway.readers.base import Ledger, Piece, join_pieces, merge_accounts
from twoway.readers.choose import Format
from twoway.readers.look import look
from twoway.readers.progress import LARGE, progress_bar
from twoway.readers.sources import Source

ROW = "1,ada,2024-05-01T10:00:00Z,hello"
TWCS = "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id"
TWCS_ROW = "1,Acme,False,Tue Oct 31 22:10:47 +0000 2017,hello,,"
EXPORT = "Export the posts as CSV, Parquet or JSON Lines and read that."


@pytest.mark.parametrize(
    ("name", "content", "kind", "error", "words"),
    [
        ("a.csv", b"", None, FormatError, "a.csv is empty. Leave it out, or fetch it again."),
        ("a.csv.gz", gzip.compress(b" \n", mtime=0), None, FormatError,
         "a.csv.gz is empty. Leave it out, or fetch it again."),
        ("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(99), None, FormatError,
         f"a.csv is a PNG image, not a table or JSON of posts. {EXPORT}"),
        ("a.csv", bytes(range(256)) * 9, None, FormatError,
         f"a.csv is no text, and of no binary kind that is known (Parquet is). {EXPORT}"),
        ("a.csv", b"\n<!DOCTYPE html><html><body>Please log in</body></html>", None, FormatError,
         "a.csv is an HTML page, not a table or JSON of posts: a download often gives a log-in or error page. "
         "Fetch the data itself."),
        ("a.xml", b"<?xml version='1.0'?><posts/>", None, FormatError,
         f"a.xml is XML, which no reader here takes. {EXPORT}"),
        ("a.csv", b'{"id": 1}\n', "twcs", FormatError,
         "a.csv holds JSON, but the format 'twcs' is delimited text. "
         "Leave out format= to have it told from the content."),
        ("a.json", b"id,text\n1,x\n", "twitter_v2", FormatError,
         "a.json holds delimited text, but the format 'twitter_v2' is JSON. "
         "Leave out format= to have it told from the content."),
        ("a.parquet", b"PAR1 and no more", None, FormatError, "a.parquet starts like Parquet but is damaged ("),
        ("a.parquet", b"PAR1 and no more", "table", FormatError, "a.parquet starts like Parquet but is damaged ("),
        ("a.csv", b"id,author,created_at,text\n", None, FormatError,
         "There are no posts in a.csv: a header perhaps, but no rows. Check how the file was exported."),
        ("a.json", b"[]", None, FormatError,
         "There are no posts in a.json: a header perhaps, but no rows. Check how the file was exported."),
        ("a.json", b'[{"id": 1}, {"id', None, FormatError,
         "a.json is not valid JSON (Unterminated string starting at: line 1 column 14 (char 13)). "
         "If the file was cut off, fetch it again; if not, save it as JSON Lines."),
        ("a.json", b'{"id": 1, "text', None, FormatError,
         "a.json starts like JSON, but no line of it is valid (Unterminated string starting at: line 1 column 11 "
         "(char 10)). Check what program wrote the file."),
        ("a.csv", b"id,author,text\n1,ada,x\n", None, SchemaError,
         "No column of a.csv is recognized as created_at (when it was posted, UTC). Found: id, author, text. "
         "Say which it is, columns={'created_at': '...'}."),
        ("a.csv", b"id,created_at,text\n1,2024-05-01,x\n", None, SchemaError,
         "No column of a.csv is recognized as account_id (who posted). Found: id, created_at, text. "
         "Say which it is, columns={'account_id': '...'}, "
         "or give one value for all rows, constants={'account_id': '...'}."),
        ("a.txt", b"77|2024-05-01|hello\n78|2024-05-01|hello\n", None, SchemaError,
         "No column of a.txt is recognized as post_id (identifies the post; a string, so that long numbers keep their "
         "digits). Found: 77, 2024-05-01, hello. "
         "Its first line looks like data: if the file has no header line, give header=['post_id', ...]."),
        ("a.csv", b"tweet_id,author_id,inbound,created_at\n1,a,True,2024-05-01\n", None, SchemaError,
         "a.csv has no column 'text', which the format 'twcs' needs. "
         "Found: tweet_id, author_id, inbound, created_at. Read it as format='table' with columns={...}."),
        ("a.csv", b"id,author,created_at\n1,ada,05/01/24\n2,ada,05/02/24\n", None, SchemaError,
         "No row of a.csv can be used; 2 set aside. The first: a.csv, line 2: created_at '05/01/24' is not a time in a "
         "form that is known. Does the day or the month come first? Say time_format='%d/%m/%y' for the day, or "
         "'%m/%d/%y' for the month."),
        ("a.json", b"[1, 2]", None, SchemaError,
         "No row of a.json can be used; 2 set aside. The first: a.json: a JSON int where an object was expected. "
         "Check that the columns are what they are taken for."),
        ("a.csv", b"id,username,created_at,followers_count,description\n1,ada,2009-05-01,7,hi\n", None, FormatError,
         "a.csv holds accounts, not posts: it has the columns followers_count, description and no text. "
         "Read the file with the posts; if this one does hold posts, say so by columns={...}."),
    ],
)  # fmt: skip
def test_what_cannot_be_read_gives_one_clear_error(write, name, content, kind, error, words):
    with pytest.raises(TwowayError) as caught:
        load(write(name, content), format=kind)
    assert type(caught.value) is error
    # What another library says about damage may change with its version.
    assert str(caught.value) == words or (words.endswith("(") and str(caught.value).startswith(words))


def test_an_office_document_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/sheet1.xml", "<x/>")
    with pytest.raises(FormatError) as caught:
        load(tmp_path / "a.xlsx")
    assert str(caught.value) == (
        "a.xlsx is a zip archive or an office document (Excel and the like are zip archives), "
        f"not a table or JSON of posts. {EXPORT}"
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"format": "twc"}, "'twc' is not a known format. Did you mean 'twcs'? Known: activity_streams, reddit, "
         "reply_pairs, table, twcs, twitter_v1, twitter_v2. Leave out format= to have it told from the content."),
        ({"colums": {}}, "'colums' is not a known option of any format. Did you mean 'columns'? Known: columns, "
         "constants, delimiter, encoding, format, header, progress, time_format, time_zone."),
        ({"format": "twcs", "columns": {}}, "'columns' is not a known option of the format 'twcs'. "
         "Known: encoding, format, progress."),
    ],
)  # fmt: skip
def test_misspelled_formats_and_options_are_named(write, csv_of, options, words):
    with pytest.raises(UnknownName) as caught:
        load(write("a.csv", csv_of(ROW)), **options)
    assert str(caught.value) == words


def test_options_that_no_single_format_has(write, csv_of, monkeypatch):
    def read(source: Source, ledger: Ledger, *, depth: int = 1) -> Piece:
        raise NotImplementedError

    monkeypatch.setitem(FORMATS, "deep", Format(read, bool, "a format with another option", Piece))
    with pytest.raises(FormatError) as caught:
        load(write("a.csv", csv_of(ROW)), depth=1, header=["a"])
    assert str(caught.value).startswith(
        "No format has all of the options depth, header. Give the options of one format: twcs: encoding; "
    )


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (f"{TWCS}\n{TWCS_ROW}\n", "twcs"),
        (f",{TWCS}\n0,{TWCS_ROW}\n", "twcs"),
        ("customer_tweet_id,customer_id,created_at_customer,reply_tweet_id,agent_id,created_at_reply\n"
         "1,7,2017-10-31,2,Acme,2017-10-31\n", "reply_pairs"),
        ('{"data": [{"id": "1", "text": "x", "author_id": "7", "created_at": "2024-05-01T10:00:00Z"}]}', "twitter_v2"),
        (f"id,author,created_at,text\n{ROW}\n", "table"),
        ('{"id": "1", "author": "ada", "date": "2024-05-01", "text": "x"}\n', "table"),
    ],
)  # fmt: skip
def test_the_format_is_told_from_the_content(write, content, name):
    assert load(write("misleading.dat", content)).source.startswith(f"{name}: misleading.dat (sha256 ")


def test_every_format_has_a_summary_and_only_keyword_options():
    assert list(FORMATS) == [
        "twcs", "reply_pairs", "twitter_v2", "twitter_v1", "activity_streams", "reddit", "table"
    ]  # fmt: skip
    for format in FORMATS.values():
        assert format.summary
        assert "encoding" in format.options


def test_a_loaded_source_names_files_and_checksums(write, csv_of):
    first, second = write("a.csv", csv_of(ROW)), write("b.csv", csv_of(ROW))
    loaded = load([first, second])
    assert isinstance(loaded, Loaded)
    assert re.fullmatch(
        r"table: a\.csv \(sha256 [0-9a-f]{16}; columns post_id=id, handle=author\), "
        r"b\.csv \(sha256 [0-9a-f]{16}; columns post_id=id, handle=author\)",
        loaded.source,
    )


def test_many_files_are_named_together(write, csv_of, tmp_path):
    for number in range(9):
        write(f"{number}.csv", csv_of(ROW))
    assert re.fullmatch(
        r"table: 9 files, 0\.csv to 8\.csv, sha256 of their checksums [0-9a-f]{16}", load(tmp_path).source
    )


def test_posts_found_twice_are_left_in_and_accounts_are_merged(write, csv_of):
    loaded = load([write("a.csv", csv_of(ROW)), write("b.csv", csv_of(ROW, "2,bob,2024-05-01T10:00:00Z,hi"))])
    assert loaded.posts["post_id"].to_list() == ["1", "1", "2"]
    assert loaded.accounts["account_id"].to_list() == ["ada", "bob"]


def test_a_column_that_only_some_files_have_is_counted(write, csv_of):
    with_parent = csv_of(f"{ROW},7", header="id,author,created_at,text,reply_to_id")
    loaded = load([write("a.csv", csv_of(ROW, ROW)), write("b.csv", with_parent)])
    assert loaded.posts["parent_id"].to_list() == [None, None, "7"]
    assert loaded.repairs == {"parent_id_absent_in_some_files": 2}


def test_of_an_account_the_first_known_values_are_kept():
    ledger = Ledger()
    accounts = pl.DataFrame(
        {"account_id": ["1", "1", "2"], "handle": [None, "ada", "bob"], "n_followers": [5, 6, None]}
    )
    assert merge_accounts(accounts, ledger).rows() == [("1", "ada", 5), ("2", "bob", None)]
    assert ledger.repairs == {}


def test_an_account_that_changed_its_handle_is_counted():
    ledger = Ledger()
    merge_accounts(pl.DataFrame({"account_id": ["1", "1", "1"], "handle": ["ada", "Ada", "lovelace"]}), ledger)
    assert ledger.repairs == {"account_with_several_handles": 1}


def test_no_pieces_make_an_empty_piece():
    piece = join_pieces([], Ledger())
    assert piece.posts.height == piece.accounts.height == 0


def test_files_of_several_formats_are_refused(write, csv_of):
    with pytest.raises(FormatError) as caught:
        load([write("a.csv", csv_of(ROW)), write("b.csv", f"{TWCS}\n{TWCS_ROW}\n")])
    assert str(caught.value) == (
        "The files are of different formats (table: a.csv; twcs: b.csv). "
        "Read each format by itself, or name the one that fits all, format='...'."
    )


def test_a_named_file_that_does_not_fit_the_others_is_refused(write):
    with pytest.raises(FormatError) as caught:
        load([write("a.csv", f"{TWCS}\n{TWCS_ROW}\n"), write("b.csv", "x,y\n1,2\n")])
    assert str(caught.value) == (
        "b.csv is not recognized as 'twcs', as a.csv is. "
        "Read it by itself, or name the format that fits all, format='...'."
    )


def test_other_files_in_a_folder_are_set_aside_with_a_reason(write, tmp_path):
    write("data/a.csv", f"{TWCS}\n{TWCS_ROW}\n")
    write("data/b.csv", "x,y\n1,2\n")
    write("data/c.png", b"\x89PNG")
    write("data/README.md", "about")
    loaded = load(tmp_path / "data")
    assert loaded.posts.height == 1
    assert loaded.rejected.rows() == [
        ("c.png", None, f"not read: c.png is a PNG image, not a table or JSON of posts. {EXPORT}"),
        ("b.csv", None, "not read: not recognized as 'twcs', as the other files are"),
    ]
    assert loaded.source.endswith("; left out: README.md")


def test_a_named_format_reads_named_files_that_are_not_recognized(write, csv_of):
    files = [write("a.csv", csv_of(ROW)), write("b.csv", "id,who,created_at\n2,bob,2024-05-01T10:00:00Z\n")]
    with pytest.raises(SchemaError, match="^No column of b.csv is recognized as account_id"):
        load(files, format="table")


def test_a_folder_with_nothing_to_read(write, tmp_path):
    write("c.png", b"\x89PNG")
    write("README.md", "about")
    with pytest.raises(CorpusNotFound) as caught:
        load(tmp_path)
    assert str(caught.value) == (
        "Nothing that was found can be read as posts. "
        f"The first reason: c.png is a PNG image, not a table or JSON of posts. {EXPORT}"
    )


def test_a_file_without_rows_does_not_spoil_the_others(write, csv_of):
    assert load([write("a.csv", csv_of()), write("b.csv", csv_of(ROW))]).posts.height == 1


def test_a_table_larger_than_its_head_is_told(write, csv_of):
    rows = [f"{number},ada,2024-05-01T10:00:00Z,é{'x' * 100}" for number in range(4000)]
    path = write("a.csv", csv_of(*rows))
    assert look(Source(path)).columns == ["id", "author", "created_at", "text"]
    assert load(path).posts.height == 4000
    wide = write("b.csv", csv_of(*rows).encode("utf-16"))
    assert load(wide).posts.height == 4000


@pytest.mark.parametrize(("size", "show", "is_shown"), [(10, None, False), (LARGE + 1, None, True), (10, True, True)])
def test_the_bar_appears_only_for_large_files(capsys, size, show, is_shown):
    with progress_bar(size, show=show) as bar:
        bar.update(size)
    captured = capsys.readouterr()
    assert ("reading" in captured.err) is is_shown
    assert captured.out == ""


def test_the_bar_can_be_asked_for(write, csv_of, capsys):
    load(write("a.csv", csv_of(ROW)), progress=True)
    assert "reading: 100%" in capsys.readouterr().err
