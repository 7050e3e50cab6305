"""The long table of codes: what is read, what is refused, and that nothing written is never a zero."""

import numpy as np
import pandas as pd
import pytest

from twoway.codebooks.code_files import write_codes
from twoway.codebooks.codes import COLUMNS, check_codes, read_codes
from twoway.errors import CorpusNotFound, FormatError, SchemaError, TwowayError, TwowayWarning, UnknownName

LONG_ID = "988888888888888881"
NAN = float("nan")


def wide(tmp_path, text, name="codes.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def values(codes, label):
    return codes[codes["label"] == label].set_index("post_id")["value"].to_dict()


def test_a_cell_may_name_labels(tmp_path):
    path = wide(tmp_path, f"post_id,does,to\n{LONG_ID},deflect,dm; phone\n2,answer,none\n3,,\n")
    codes = read_codes(path, coder="ann", codebooks={"resolution": "does", "destination": "to"}, version="1")
    assert list(codes.columns) == list(COLUMNS)
    assert values(codes, "deflect") == pytest.approx({LONG_ID: 1, "2": 0, "3": NAN}, nan_ok=True)
    assert values(codes, "dm") == pytest.approx({LONG_ID: 1, "2": 0, "3": NAN}, nan_ok=True)
    assert values(codes, "phone") == values(codes, "dm") | {"3": pytest.approx(NAN, nan_ok=True)}
    assert set(codes["version"]) == {"1"}
    assert set(codes["coder"]) == {"ann"}


def test_an_empty_cell_is_a_zero_only_if_somebody_says_so(tmp_path):
    path = wide(tmp_path, "post_id,to\n1,dm\n2,\n")
    codes = read_codes(path, coder="a", codebooks={"to": "to"}, blank_means_none=["to"])
    assert codes["value"].tolist() == [1.0, 0.0]


def test_labels_may_have_columns_of_their_own(tmp_path):
    path = wide(tmp_path, "id;a_sorry;a_thanks;stars\n1;1;0;4\n2;TRUE;NA;2.5\n")
    codes = read_codes(
        path,
        coder="a",
        post_id="id",
        codebooks={"marks": {"sorry": "a_sorry", "thanks": "a_thanks"}, "rate": ["stars"]},
    )
    assert values(codes, "sorry") == {"1": 1, "2": 1}
    assert values(codes, "thanks") == pytest.approx({"1": 0, "2": NAN}, nan_ok=True)
    assert values(codes, "stars") == {"1": 4, "2": 2.5}
    assert codes.groupby("label")["codebook"].first().to_dict() == {
        "sorry": "marks",
        "thanks": "marks",
        "stars": "rate",
    }


@pytest.mark.parametrize("name", ["codes.csv", "codes.parquet"])
def test_a_written_table_comes_back(tmp_path, name, rng):
    codes = pd.DataFrame(
        {
            "post_id": ["007", LONG_ID, 'a "quoted", id', "8"],
            "codebook": "résumé",
            "version": "1.0",
            "label": "none",
            "value": [1.0, NAN, 0.1 + 0.2, 1e-7],
            "coder": "ann",
            "weight": rng.random(4),
        }
    )
    again = read_codes(write_codes(codes, tmp_path / name))
    pd.testing.assert_frame_equal(again, check_codes(codes))


def test_spreadsheets_of_other_countries_are_read(tmp_path):
    path = wide(tmp_path, "\ufeffpost_id;does\r\n7;über\r\n\r\n8;\r\n", encoding="utf-8")
    assert values(read_codes(path, coder="a", codebooks={"b": "does"}), "über")["7"] == 1
    path = wide(tmp_path, "post_id\tdoes\n7\tüber\n", encoding="cp1252")
    assert values(read_codes(path, coder="a", codebooks={"b": "does"}), "über")["7"] == 1


def test_frames_keep_their_ids():
    frame = pd.DataFrame({"post_id": [988888888888888881, 2], "sorry": [True, False]})
    codes = read_codes(frame, coder="a", codebooks={"m": ["sorry"]})
    assert values(codes, "sorry") == {LONG_ID: 1, "2": 0}
    frame["post_id"] = frame["post_id"].astype(float)
    with pytest.raises(FormatError, match="the table, column 'post_id': some ids went through a float"):
        read_codes(frame, coder="a", codebooks={"m": ["sorry"]})


def test_wrong_cells_are_named_by_file_row_and_column(tmp_path):
    path = wide(tmp_path, "post_id,does,sorry\n1,deflect,1\n2,deflct,0\n\n9.88E+17,answer,0\n")
    with pytest.raises(FormatError, match=r"codes.csv, column 'post_id': an id .* found row 5 \('9.88E\+17'\)"):
        read_codes(path, coder="a", codebooks={"m": ["sorry"]})
    path = wide(tmp_path, "post_id,does,sorry\n1,deflect,1\n2,deflct,maybe\n")
    with pytest.raises(FormatError) as caught:
        read_codes(path, coder="a", codebooks={"m": ["sorry"]})
    assert str(caught.value) == (
        "codes.csv, column 'sorry': a number (or nothing) expected, but found row 3 ('maybe'). "
        "Correct these cells and read the sheet again."
    )
    with pytest.raises(FormatError, match=r"labels out of answer, deflect, none, or nothing, .* row 3 \('deflct'\)"):
        read_codes(path, coder="a", codebooks={"r": "does"}, labels={"r": ["answer", "deflect"]})


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("", FormatError, "codes.csv is empty"),
        ("post_id,a\n1,2,3\n", FormatError, "codes.csv, row 2: 3 cells, but the header has 2"),
        ("post_id,a,b\n1,2,3\ntorn text\n", FormatError, "codes.csv, row 3: 1 cell, but the header has 3"),
        ("post_id,a,,\n1,2,,3\n", FormatError, "column 4 has entries and no name"),
        ("PK\x03\x04", FormatError, "codes.csv is a workbook.* Save it as CSV UTF-8"),
        ("post_id,a,a\n1,2,3\n", FormatError, "two columns 'a'"),
        ("post,a\n1,2\n", SchemaError, "no column 'post_id', only: post, a"),
        ("post_id,a\n,2\n", FormatError, "an id with all its digits expected, but found row 2"),
        ("post_id,a,w\n1,2,0\n", FormatError, "a weight above 0"),
    ],
)
def test_sheets_that_cannot_be_are_refused(tmp_path, text, error, words):
    path = wide(tmp_path, text)
    with pytest.raises(error, match=words):
        read_codes(path, coder="a", codebooks={"b": ["a"]}, weight="w" if ",w" in text else None)


def test_who_coded_is_said_once(tmp_path):
    path = wide(tmp_path, "post_id,codebook,label,value\n1,b,x,1\n")
    with pytest.raises(SchemaError, match="has no column 'coder'"):
        read_codes(path)
    both = wide(tmp_path, "post_id,codebook,label,value,coder\n1,b,x,1,ann\n")
    with pytest.raises(SchemaError, match="says it again"):
        read_codes(both, coder="ann")
    assert read_codes(both, version={"b": "2"})["version"].tolist() == ["2"]


def test_duplicates_are_handled_by_a_named_rule(tmp_path):
    head = "post_id,codebook,label,value,coder\n"
    path = wide(tmp_path, head + "1,b,x,1,ann\n2,b,x,1,ann\n1,b,x,0,ann\n2,b,x,1,ann\n1,b,x,0,ben\n")
    with pytest.raises(FormatError, match=r"rows \[2, 4\]: 'ann' coded b.x of post '1' more than once"):
        read_codes(path)
    with pytest.raises(FormatError, match=r"rows \[2, 4\]"):
        read_codes(path, duplicates="same")
    for rule, kept in (("first", 1.0), ("last", 0.0)):
        with pytest.warns(TwowayWarning, match="2 codes of codes.csv came twice"):
            codes = read_codes(path, duplicates=rule)
        ann = codes[codes["coder"] == "ann"].set_index("post_id")["value"]
        assert (ann["1"], ann["2"], len(codes)) == (kept, 1.0, 3)
    path = wide(tmp_path, head + "1,b,x,1,ann\n2,b,x,,ann\n1,b,x,1.0,ann\n2,b,x,,ann\n")
    assert len(read_codes(path, duplicates="same")) == 2
    with pytest.raises(UnknownName, match="rule for duplicates"):
        read_codes(path, duplicates="drop")


def test_other_tables_are_refused(tmp_path):
    with pytest.raises(SchemaError, match="is no table of codes"):
        check_codes([1])
    with pytest.raises(SchemaError, match="lacks codebook, version, label, value, coder"):
        check_codes(pd.DataFrame({"post_id": ["1"]}))
    with pytest.raises(CorpusNotFound, match="no file nowhere.csv"):
        read_codes(tmp_path / "nowhere.csv")
    codes = read_codes(pd.DataFrame({"post_id": ["1"], "x": [1]}), coder="a", codebooks={"b": ["x"]})
    with pytest.raises(TwowayError, match="End it in .csv"):
        write_codes(codes, tmp_path / "codes.xlsx")


def test_real_codes_are_read_whole(shared_data):
    path = shared_data("coded_replies/codes.csv")
    given = {"resolution": "a_resolution", "destination": "a_destination", "marks": {"is_question": "a_is_question"}}
    codes = read_codes(path, coder="a", codebooks=given, post_id="reply_tweet_id", blank_means_none=["destination"])
    assert codes["post_id"].nunique() == 350
    one_each = codes[codes["codebook"] == "resolution"].groupby("post_id")["value"].sum()
    assert (one_each == 1).all()
    raw = pd.read_csv(path)
    assert (
        codes.loc[codes["label"] == "dm", "value"].sum()
        == raw["a_destination"].fillna("").str.split(";").map(lambda places: "dm" in places).sum()
    )
    assert np.isnan(codes["value"]).sum() == raw["a_is_question"].isna().sum()


@pytest.mark.parametrize(
    ("brand", "counts"),
    [
        ("AmazonHelp", {"Provide URL": 39}),
        ("SpotifyCares", {"Provide URL": 54, "Request username via DM": 15, "Request email address via DM": 25}),
    ],
)
def test_hand_labels_of_another_study_are_read(shared_data, brand, counts):
    path = shared_data(f"twcs/labels_{brand}-100-outbound.csv")
    codes = read_codes(path, coder="people", codebooks={"acts": list(counts)}, post_id="tweet_id")
    assert codes.groupby("label")["value"].sum().to_dict() == counts
    assert codes["value"].notna().all()


# -- files as spreadsheets save them -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("sep=;\nid;sorry\n007;1\n8;0\n", "utf-8-sig"),
        ("id\tsorry\n007\t1\n8\t0\n", "utf-16"),
        ("id,sorry,,\n007,1,,\n8,0,,\n", "utf-8"),
        ("id,sorry,late,rude\n007,1\n8,0,,,,\n", "utf-8"),
        ("id,sorry\n007,1\n \n8,0\n , \n", "utf-8"),
        ("ID, Sorry \n007,1\n8,0\n", "utf-8"),
        ("id;sorry\n007;1,0\n8;0,0\n", "utf-8"),
        ("id,sorry\n007,x\n8,no\n", "utf-8"),
        ("id,sorry\n007,X\n8,FALSCH\n", "utf-8"),
        ("id,sorry\n007,✓\n8,0\n", "utf-8"),
        ("id,sorry\n007,Yes\n8,FALSE\n", "utf-8"),
        ("id,sorry\n007,WAHR\n8,0\n", "utf-8"),
    ],
)
def test_what_spreadsheets_do_to_a_file_is_undone(tmp_path, text, encoding):
    """One post is coded 1, the other 0; an id keeps its zeros."""
    path = wide(tmp_path, text, encoding=encoding)
    codes = read_codes(path, coder="ann", post_id="id", codebooks={"marks": ["sorry"]})
    assert values(codes, "sorry") == {"007": 1, "8": 0}


def test_rows_are_counted_with_the_first_line(tmp_path):
    path = wide(tmp_path, "sep=;\nid;sorry\n7;1\n8;maybe\n")
    with pytest.raises(FormatError, match="found row 4"):
        read_codes(path, coder="ann", post_id="id", codebooks={"marks": ["sorry"]})


@pytest.mark.parametrize(
    ("text", "words"), [("id,stars\n1,4\n2,x\n", r"row 3 \('x'\)"), ('id,stars\n1,"1,0"\n', r"row 2 \('1,0'\)")]
)
def test_what_would_be_a_guess_is_refused(tmp_path, text, words):
    """A tick on a scale of stars, and a comma that may part thousands."""
    with pytest.raises(FormatError, match=words):
        read_codes(wide(tmp_path, text), coder="ann", post_id="id", codebooks={"rate": ["stars"]})


def test_a_coder_has_a_name(tmp_path):
    with pytest.raises(SchemaError, match="coder='' names nobody. It was given to read_codes"):
        read_codes(wide(tmp_path, "post_id,a\n1,1\n"), coder="", codebooks={"m": ["a"]})


def test_folders_are_made(tmp_path):
    codes = read_codes(wide(tmp_path, "post_id,a\n1,1\n"), coder="ann", codebooks={"m": ["a"]})
    assert write_codes(codes, tmp_path / "new" / "deep" / "codes.csv").is_file()
