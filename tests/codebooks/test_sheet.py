"""Blind sheets for coding by hand: who is drawn with which chance, what is shown, what is taken back."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from twoway.codebooks.codes import read_codes
from twoway.codebooks.draw import draw_posts
from twoway.codebooks.sheet import SheetCodebook, coding_sheet
from twoway.codebooks.sheet_reading import read_sheet
from twoway.errors import FormatError, NotEnoughEvidence, SchemaError, TwowayError, TwowayWarning, UnknownName
from twoway.inference.corrected import corrected_prevalence

BOOKS = (
    SheetCodebook("does", {"answer": "gives help in public", "deflect": "sends elsewhere"}, "1.2", exclusive=True),
    SheetCodebook("marks", {"sorry": "an apology", "thanks": "thanks"}),
    SheetCodebook("warmth", {"degree": "1 cold to 5 warm"}, allowed=(1, 2, 3, 4, 5)),
)
LABELS = ["does.answer", "does.deflect", "marks.sorry", "marks.thanks", "warmth.degree"]


def posts(n=200):
    return pd.DataFrame(
        {
            "post_id": [str(988888888888888000 + i) for i in range(n)],
            "text": [f"@person{i} Sorry, we are closed today." for i in range(n)],
            "parent": [f"Is shop {i} open, or not?" if i % 2 else None for i in range(n)],
            "org": ["large" if i < 0.9 * n else "small" for i in range(n)],
            "rule_codes": "deflect",
        }
    )


@pytest.fixture
def made(tmp_path):
    return coding_sheet(
        posts(), 20, tmp_path / "sheet.csv", codebooks=BOOKS, strata="org", allocation="equal", seed=3, context="parent"
    )


def filled(made, change=None):
    """Fill a sheet as a careful coder would, in another order of rows."""
    sheet = pd.read_csv(made.sheet, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    sheet["does.answer"] = ["1" if i % 2 else "" for i in range(len(sheet))]
    sheet["does.deflect"] = ["" if i % 2 else "1" for i in range(len(sheet))]
    sheet["marks.sorry"], sheet["marks.thanks"], sheet["warmth.degree"] = "1", "", "4"
    if change:
        change(sheet)
    path = made.sheet.with_name("ann.csv")
    sheet.sample(frac=1, random_state=1).to_csv(path, index=False, sep=";", encoding="cp1252")
    return path


def test_a_sheet_is_blind(made):
    sheet = pd.read_csv(made.sheet, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert list(sheet.columns) == ["item", "post_id", "context", "text", *LABELS]
    assert (sheet[LABELS] == "").all().all()
    assert "deflect" not in sheet[["context", "text"]].to_string()
    assert not {"large", "small"} & set(sheet.to_numpy().ravel())
    assert sheet["text"].str.startswith("'@").all(), "no spreadsheet takes a text for a formula"
    assert sheet["post_id"].str.fullmatch(r"'\d{18}").all(), "no spreadsheet cuts an id"
    assert sheet["post_id"].tolist() != sorted(sheet["post_id"])
    definitions = pd.read_csv(made.definitions, dtype=str)
    assert definitions["column"].tolist() == LABELS
    assert definitions["definition"].tolist()[4] == "1 cold to 5 warm"
    assert str(made).startswith("20 of 200 posts from 2 strata in sheet.csv (seed 3).")


def test_the_key_holds_the_chances(made):
    key = pd.read_csv(made.key, dtype={"post_id": str})
    assert key.groupby("stratum")["probability"].first().to_dict() == {"large": 10 / 180, "small": 10 / 20}
    assert key["stratum"].value_counts().to_dict() == {"large": 10, "small": 10}
    truth = posts().set_index("post_id")["org"]
    assert (truth[key["post_id"]].to_numpy() == key["stratum"]).all()


def test_a_filled_sheet_comes_back_with_weights(made):
    codes = read_sheet(filled(made), key=made.key, coder="ann")
    key = pd.read_csv(made.key, dtype={"post_id": str}).set_index("post_id")
    assert codes["post_id"].nunique() == 20
    assert np.allclose(codes["weight"], 1 / key.loc[codes["post_id"], "probability"])
    said = codes.pivot_table(index="post_id", columns=["codebook", "label"], values="value", dropna=False)
    assert (said["does"].sum(axis=1) == 1).all(), "one label makes the empty cells beside it 0"
    assert said[("marks", "sorry")].eq(1).all()
    assert said[("marks", "thanks")].isna().all(), "empty is not coded"
    assert said[("warmth", "degree")].eq(4).all()
    assert codes.groupby("codebook")["version"].first().to_dict() == {"does": "1.2", "marks": "1", "warmth": "1"}
    assert read_codes(codes).equals(codes)
    zeros = read_sheet(filled(made), key=made.key, coder="ann", blanks="zero_in_coded_rows")
    assert (zeros.loc[zeros["label"] == "thanks", "value"] == 0).all()


@pytest.mark.parametrize(
    "hurt", [lambda x: f"{float(x):.5E}", lambda x: f"{float(x):.2E}".replace(".", ","), lambda x: x[:15] + "000"]
)
def test_ids_hurt_by_a_spreadsheet_are_taken_from_the_key(made, hurt):
    def excel(sheet):
        sheet["post_id"] = [hurt(x.removeprefix("'")) for x in sheet["post_id"]]

    codes = read_sheet(filled(made, excel), key=made.key, coder="ann")
    assert codes["post_id"].str.fullmatch(r"98888888888888\d{4}").all()


def set_cell(column, value):
    def change(sheet):
        sheet.loc[sheet["item"] == "s07", column] = value

    return change


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        (
            "marks.sorry",
            "2",
            r"ann.csv, column 'marks.sorry': 0 or 1 \(or nothing\) expected, but found row \d+ \('2'\)",
        ),
        ("marks.sorry", "perhaps", r"'marks.sorry': 0 or 1 \(or nothing\) expected"),
        ("warmth.degree", "TRUE", r"'warmth.degree': 1 or 2 or 3 or 4 or 5 \(or nothing\) expected"),
        ("warmth.degree", "6", r"'warmth.degree': 1 or 2 or 3 or 4 or 5 \(or nothing\) expected"),
        ("does.answer", "1", r"rows? \d+: codebook 'does' needs exactly one label"),
        ("item", "s99", r"column 'item': an item of the key expected, but found row \d+ \('s99'\)"),
        ("item", "s08", r"column 'item': each item once expected"),
        ("post_id", "7", r"column 'post_id': the post that the key has .* \('7'\)"),
    ],
)
def test_wrong_entries_are_named(made, column, value, words):
    def change(sheet):
        sheet.loc[sheet["item"] == "s07", ["does.answer", "does.deflect"]] = ["0", "1"]
        set_cell(column, value)(sheet)

    with pytest.raises(FormatError, match=words):
        read_sheet(filled(made, change), key=made.key, coder="ann")


def test_no_label_where_one_must_be_is_refused(made):
    def change(sheet):
        sheet.loc[sheet["item"] == "s07", ["does.answer", "does.deflect"]] = ["0", "0"]

    with pytest.raises(FormatError, match="has none or several"):
        read_sheet(filled(made, change), key=made.key, coder="ann")


def test_columns_sorted_one_by_one_are_noticed(made):
    def change(sheet):
        sheet["item"] = sorted(sheet["item"], reverse=True)

    with pytest.raises(FormatError, match="sorted one by one"):
        read_sheet(filled(made, change), key=made.key, coder="ann")


def test_rows_left_out_are_said(made):
    path = filled(made)
    path.write_bytes(b"\n".join(path.read_bytes().splitlines()[:-2]))
    with pytest.warns(TwowayWarning, match="2 of 20 items of the key are not in ann.csv"):
        codes = read_sheet(path, key=made.key, coder="ann")
    assert codes["post_id"].nunique() == 18


def test_a_sheet_that_nobody_filled_is_said_to_be_empty(made):
    with pytest.warns(TwowayWarning, match="is filled in any of 20 rows: nothing is coded"):
        assert read_sheet(made.sheet, key=made.key, coder="ann")["value"].isna().all()


def test_a_coder_has_a_name(made):
    with pytest.raises(SchemaError, match="coder=' ' names nobody. It was given to read_sheet"):
        read_sheet(filled(made), key=made.key, coder=" ")


def test_capitals_in_the_header_are_read(made):
    path = filled(made)
    first, rest = path.read_text(encoding="cp1252").split("\n", 1)
    path.write_text(f"{first.upper()}\n{rest}", encoding="cp1252")
    assert read_sheet(path, key=made.key, coder="ann")["post_id"].nunique() == 20


@pytest.mark.parametrize("name", ["q3.xlsx", "q2"])
def test_a_sheet_is_called_what_it_is(tmp_path, name):
    with pytest.raises(TwowayError, match=f"{name} does not end in .csv"):
        coding_sheet(posts(), 5, tmp_path / name, codebooks=BOOKS, seed=1)


def test_folders_of_a_sheet_are_made(tmp_path):
    assert coding_sheet(posts(), 5, tmp_path / "new" / "sheet.csv", codebooks=BOOKS, seed=1).key.is_file()


def test_a_sheet_in_work_is_never_overwritten(made):
    with pytest.raises(TwowayError, match="may hold codes"):
        coding_sheet(posts(), 5, made.sheet, codebooks=BOOKS, seed=1)


def test_any_codebook_can_be_asked(tmp_path):
    label = SimpleNamespace(name="sorry", definition="an apology", rule="words(sorry)")
    book = SimpleNamespace(name="marks", version="0.3", exclusive=False, labels=(label,))
    made = coding_sheet(posts(), 5, tmp_path / "sheet.csv", codebooks=[book], seed=1)
    assert "words(sorry)" not in made.definitions.read_text()
    assert list(made.strata["stratum"]) == ["all posts"]
    with pytest.raises(SchemaError, match="is no codebook"):
        coding_sheet(posts(), 5, tmp_path / "other.csv", codebooks=["marks"], seed=1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"codebooks": {"a.b": {"x": ""}}}, "cannot be asked"),
        ({"codebooks": {}}, "no label"),
        ({"text": "words"}, "lack words"),
        ({"posts": pd.concat([posts(), posts()])}, "doubled"),
    ],
)
def test_what_cannot_be_asked_is_refused(tmp_path, change, words):
    arguments = {"codebooks": BOOKS, "seed": 1} | change
    with pytest.raises(SchemaError, match=words):
        coding_sheet(arguments.pop("posts", posts()), 5, tmp_path / "sheet.csv", **arguments)
    assert not list(tmp_path.iterdir())


def test_names_are_checked(made):
    with pytest.raises(UnknownName, match="rule for empty cells"):
        read_sheet(made.sheet, key=made.key, coder="ann", blanks="no")
    with pytest.raises(SchemaError, match="Give definitions="):
        read_sheet(made.sheet, key=pd.read_csv(made.key, dtype={"post_id": str}), coder="ann")
    with pytest.raises(UnknownName, match="allocation"):
        draw_posts(["a"], 1, allocation="even", seed=1)
    with pytest.raises(TwowayError, match="whole numbers above 0"):
        draw_posts(["a"], 0, seed=1)
    with pytest.raises(NotEnoughEvidence, match="there are 3 under a cap of 2"):
        draw_posts(["a", "b", "b", "b"], 4, cap=2, seed=1)


@pytest.mark.parametrize(
    ("n", "allocation", "cap", "asked"),
    [
        (10, "proportional", None, [6.0, 3.0, 1.0]),
        (10, "proportional", 5, [5.0, 3.75, 1.25]),
        (12, "equal", None, [4.0, 4.0, 4.0]),
        (32, "equal", None, [11.0, 11.0, 10.0]),
        (7, "proportional", None, [4.2, 2.1, 0.7]),
    ],
)
def test_allocations_worked_by_hand(n, allocation, cap, asked):
    strata = np.repeat(["a", "b", "c"], [60, 30, 10])
    drawn = draw_posts(strata, n, allocation=allocation, cap=cap, seed=1)
    assert (drawn.strata["probability"] * drawn.strata["n_posts"]).tolist() == pytest.approx(asked)
    assert drawn.strata["n_drawn"].sum() == n
    assert (abs(drawn.strata["n_drawn"] - asked) < 1).all()
    assert len(set(drawn.rows.tolist())) == n
    assert drawn.rows.tolist() == draw_posts(strata, n, allocation=allocation, cap=cap, seed=1).rows.tolist()


def test_every_post_is_drawn_as_often_as_the_key_says():
    strata = np.repeat(["a", "b", "c"], [25, 12, 3])
    seen, chance = np.zeros(40), np.zeros(40)
    for seed in range(4000):
        drawn = draw_posts(strata, 7, cap=3, seed=seed)
        seen[drawn.rows] += 1
        chance[drawn.rows] = drawn.probability
    # Standard error of a share of 0.2 over 4,000 draws: 0.0063; the largest of 40 stays within four of them.
    assert np.abs(seen / 4000 - chance).max() < 0.03
    assert chance.sum() == pytest.approx(7)


def test_a_sheet_leads_to_a_corrected_share(tmp_path, rng):
    corpus = posts(1000)
    truth = rng.random(1000) < np.where(corpus["org"] == "small", 0.8, 0.2)
    rules = rng.random(1000) < np.where(truth, 0.9, 0.1)
    made = coding_sheet(
        corpus, 200, tmp_path / "sheet.csv", codebooks=BOOKS[1:2], strata="org", allocation="equal", seed=3
    )
    sheet = pd.read_csv(made.sheet, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    known = dict(zip(corpus["post_id"], truth, strict=True))
    sheet["marks.sorry"] = [str(int(known[x.removeprefix("'")])) for x in sheet["post_id"]]
    sheet.to_csv(made.sheet, index=False)
    codes = read_sheet(made.sheet, key=made.key, coder="ann")
    codes = codes[codes["label"] == "sorry"].set_index("post_id").reindex(corpus["post_id"])
    found = corrected_prevalence(rules, codes["value"], weights=codes["weight"])
    assert found.n_labeled == 200
    assert found.low < truth.mean() < found.high
    assert codes["value"].mean() > found.high, "labels alone, not weighted, are far off"
