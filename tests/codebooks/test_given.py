"""Codes of people or models take the place of those of the rules, post by post."""

from __future__ import annotations

import pandas as pd
import pytest

import twoway as tw
from twoway.codebooks import kernel, marks
from twoway.errors import FormatError, SchemaError, TwowayWarning, UnknownName


def codes(rows, codebook="resolution"):
    columns = ["post_id", "label", "value"]
    return pd.DataFrame(rows, columns=columns).assign(codebook=codebook, version="1", coder="ann")


@pytest.fixture(scope="module")
def corpus():
    return tw.load_corpus("twelve_posts")


def resolution_of(talk, post_id):
    table = tw.code(talk, "resolution")
    return table[(table["post_id"] == post_id) & (table["value"] == 1)]["label"].tolist()


def test_a_given_code_replaces_that_of_the_rules(corpus):
    assert resolution_of(tw.annotate(corpus), "p07") == ["deflect"]
    theirs = codes([("p07", "deflect", 0), ("p07", "open_answer", 1)])
    talk = tw.annotate(corpus, codes=theirs)
    assert resolution_of(talk, "p07") == ["open_answer"]
    assert resolution_of(talk, "p04") == resolution_of(tw.annotate(corpus), "p04")


def test_measures_follow_given_codes(corpus):
    before = tw.measure(tw.annotate(corpus), "deflection_rate", by="corpus").table["value"].item()
    ruled = tw.code(corpus, "resolution").query("label == 'deflect' and value == 1")["post_id"]
    theirs = codes([row for post in ruled for row in ((post, "deflect", 0), (post, "open_answer", 1))])
    after = tw.measure(tw.annotate(corpus, codes=theirs), "deflection_rate", by="corpus").table["value"].item()
    assert before > 0
    assert after == 0


def test_destinations_follow_given_codes(corpus):
    rules = tw.annotate(corpus)
    assert rules.engine.collect(rules.marks).to_pandas()["to_phone"].sum() == 0
    talk = tw.annotate(corpus, codes=codes([("p07", "phone", 1)], "destination"))
    assert talk.engine.collect(talk.marks).to_pandas()["to_phone"].sum() == 1


def test_most_coders_decide_and_a_tie_is_no_code(corpus):
    two = codes([("p07", "deflect", 0), ("p07", "deflect", 0), ("p07", "deflect", 1)])
    assert resolution_of(tw.annotate(corpus, codes=two), "p07") == []
    tie = codes([("p07", "deflect", 0), ("p07", "deflect", 1)])
    assert resolution_of(tw.annotate(corpus, codes=tie), "p07") == ["deflect"]


def test_a_label_excludes_the_others_of_its_codebook(corpus):
    """Whoever writes down only what applies has said what does not."""
    talk = tw.annotate(corpus, codes=codes([("p07", "open_answer", 1)]))
    assert resolution_of(talk, "p07") == ["open_answer"]
    shares = tw.measure(talk, ["reply_open_share", "reply_deflect_share"], by="corpus").table["value"]
    assert (
        shares.tolist()
        == tw.measure(talk, ["first_open_share", "deflection_first_rate"], by="corpus").table["value"].tolist()
    )


def test_tone_that_people_gave_leaves_no_tone_of_the_rules():
    posts = pd.DataFrame(
        {
            "post_id": ["q", "z"],
            "account_id": ["ann", "shop"],
            "created_at": [0, 30 * 86_400],
            "text": ["@shop this is the worst service ever", "Good night"],
        }
    )
    corpus = tw.Corpus(posts, pd.DataFrame({"account_id": ["shop"], "role": ["official"]}))
    names = ["response_rate_criticism", "response_rate_praise"]
    given = codes([("q", "praise", 1)], "tone")
    assert tw.measure(tw.annotate(corpus), names, by="corpus").table["n"].tolist() == [1, 0]
    assert tw.measure(tw.annotate(corpus, codes=given), names, by="corpus").table["n"].tolist() == [0, 1]


def test_a_post_whose_coders_name_different_labels_is_not_coded(corpus):
    labels = ["open_answer", "escalate", "clarify"]
    split = codes([("p07", label, int(label == own)) for own in labels for label in [*labels, "deflect"]])
    split["coder"] = [name for name in ("ann", "ben", "cleo") for _ in range(len(labels) + 1)]
    talk = tw.annotate(corpus, codes=split)
    assert resolution_of(talk, "p07") == ["deflect"]
    assert talk.labels.set_index("post_id").loc["p07", "resolution"] == "deflect"


def test_a_label_that_people_deny_is_none(corpus):
    talk = tw.annotate(corpus, codes=codes([("p07", "deflect", 0)]))
    assert resolution_of(talk, "p07") == []
    assert "p07" not in set(talk.labels["post_id"])
    assert tw.measure(talk, "deflection_rate", by="corpus").table["value"].item() == 0


def test_a_label_the_codebook_does_not_have_is_refused(corpus):
    with pytest.raises(SchemaError, match=r"'shrug' is not one of open_answer, escalate, deflect.* Correct it"):
        tw.annotate(corpus, codes=codes([("p07", "shrug", 1)]))
    with pytest.raises(SchemaError, match="Did you mean 'deflect'"):
        tw.annotate(corpus, codes=codes([("p07", "deflekt", 1)]))


def test_a_table_without_labels_is_refused(corpus):
    with pytest.raises(SchemaError, match="The table of codes has no column label"):
        tw.annotate(corpus, codes=codes([("p07", "deflect", 1)]).drop(columns="label"))
    with pytest.raises(SchemaError, match="list is no table of codes"):
        tw.annotate(corpus, codes=[1])


@pytest.fixture(scope="module")
def without_a_text():
    """A question, a reply whose text was not collected, and one that says sorry."""
    posts = pd.DataFrame(
        [
            ("q", "ann", 0, "@shop why is it dark?", None),
            ("a", "shop", 60, None, "q"),
            ("b", "shop", 4_000, "@ann So sorry to hear that!", "q"),
        ],
        columns=["post_id", "account_id", "created_at", "text", "parent_id"],
    )
    return tw.Corpus(posts, pd.DataFrame({"account_id": ["shop", "ann"], "role": ["official", "public"]}))


def test_a_text_that_was_not_collected_has_no_codes_but_those_that_people_gave(without_a_text):
    every = tw.code(without_a_text)
    assert "a" not in set(every["post_id"])
    assert {"care", "resolution", "voice"} <= set(every.loc[every["post_id"] == "b", "codebook"])
    theirs = pd.concat([codes([("a", "apology", 1)], "care"), codes([("a", "acknowledge", 1)])], ignore_index=True)
    found = tw.code(tw.annotate(without_a_text, codes=theirs), ["care", "resolution"])
    mine = found[found["post_id"] == "a"]
    # Of a codebook with one label a post the others are known not to apply.
    assert mine.groupby("codebook", observed=True)["label"].apply(list).map(len).to_dict() == {
        "care": 1,
        "resolution": 5,
    }
    assert mine.loc[mine["value"] == 1, "label"].tolist() == ["apology", "acknowledge"]


def test_a_reply_all_of_whose_labels_people_deny_does_nothing(without_a_text):
    labels = ["open_answer", "escalate", "deflect", "clarify", "acknowledge"]
    talk = tw.annotate(without_a_text, codes=codes([("b", label, 0) for label in labels]))
    assert talk.labels[["post_id", "resolution"]].values.tolist() == [["b", "none"]]
    assert talk.episodes["outcome"].tolist() == ["none"]


def test_texts_are_read_once_for_the_marks_and_the_codes_they_rest_on(corpus, monkeypatch):
    read, whole = [], kernel.code_frame

    def noted(frame, books, numbers):
        read.extend(book.name for book in books)
        return whole(frame, books, numbers)

    for module in (kernel, marks):
        monkeypatch.setattr(module, "code_frame", noted)
    codes = tw.annotate(corpus).coding.codes("tone", "resolution")
    talk = tw.annotate(corpus)
    told = talk.engine.collect(talk.marks).to_pandas().set_index("row")["resolution"].dropna()
    assert read == ["resolution", "destination", "tone", "resolution", "destination"]
    labels = talk.engine.collect(codes).to_pandas().set_index("row").loc[told.index]
    assert len(told) > 0
    assert all(labels.loc[row, f"resolution__{label}"] for row, label in told.items())


# -- codes that cannot be used -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def numbered():
    """The shop answers two persons; ids have leading zeros."""
    posts = pd.DataFrame(
        {
            "post_id": ["001", "002", "003", "004"],
            "account_id": ["ann", "shop", "ben", "shop"],
            "created_at": [0, 60, 3_600, 3_700],
            "text": ["@shop open?", "@ann Yes.", "@shop hello", "@ben Please send us a DM."],
            "parent_id": [None, "001", None, "003"],
        }
    )
    return tw.Corpus(posts, pd.DataFrame({"account_id": ["shop"], "role": ["official"]}))


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        (
            ["2", "4"],
            r"2 of 2 coded posts match no post of the corpus \('2', '4'\)\. .*zeros were lost \('2' for '002'\)",
        ),
        ([2.0, 4.0], r"\('2\.0', '4\.0'\)\. It seems that leading zeros .* and ids were written as decimals"),
        (["x", "y"], r"2 of 2 coded posts match no post of the corpus \('x', 'y'\)\. They were given as codes"),
    ],
)
def test_codes_of_no_post_of_the_corpus_are_refused(numbered, ids, words):
    with pytest.raises(SchemaError, match=words):
        tw.annotate(numbered, codes=codes([(post, "deflect", 1) for post in ids]))


def test_some_codes_of_no_post_are_said(numbered):
    theirs = codes([(post, "deflect", 1) for post in ("002", "4", "5", "6", "7")])
    with pytest.warns(
        TwowayWarning, match=r"4 of 5 coded posts match .* \('4', '5', '6', \.\.\.\).*'4' for '004'"
    ) as told:
        talk = tw.annotate(numbered, codes=theirs)
    assert len(told) == 1
    assert told[0].filename == __file__
    assert resolution_of(talk, "002") == ["deflect"]


def test_codes_of_no_codebook_are_said(numbered):
    wrong = codes([("002", "deflect", 1)], "resolutionn")
    with pytest.raises(UnknownName, match=r"'resolutionn' is not a known codebook\. Did you mean 'resolution'"):
        tw.annotate(numbered, codes=wrong)
    both = pd.concat([wrong, codes([("002", "deflect", 1)])])
    with pytest.warns(TwowayWarning, match=r"1 of 2 codes are of no known codebook .*'resolution'"):
        talk = tw.annotate(numbered, codes=both)
    assert resolution_of(talk, "002") == ["deflect"]


def test_codes_of_posts_a_codebook_does_not_apply_to_are_left_out(numbered):
    theirs = codes([("001", "deflect", 1), ("002", "deflect", 1)])
    with pytest.warns(TwowayWarning, match=r"1 post coded by 'resolution' is not among those it applies to"):
        talk = tw.annotate(numbered, codes=theirs)
    assert resolution_of(talk, "001") == []
    assert "001" not in set(talk.labels["post_id"])
    assert resolution_of(talk, "002") == ["deflect"]


@pytest.mark.parametrize("value", [2, 0.6, -1, "yes please", "2"])
def test_values_other_than_one_and_zero_are_refused(numbered, value):
    theirs = codes([("002", "deflect", 1), ("004", "deflect", value)])
    with pytest.raises(FormatError, match=r"column 'value': .*expected, but found row 1"):
        tw.annotate(numbered, codes=theirs)


@pytest.mark.parametrize("blank", [None, "", float("nan")])
def test_nothing_is_not_coded(numbered, blank):
    theirs = codes([("002", "deflect", 1), ("004", "deflect", blank)])
    assert resolution_of(tw.annotate(numbered, codes=theirs), "004") == ["deflect"]
    with pytest.warns(TwowayWarning, match="nothing is coded"):
        tw.annotate(numbered, codes=theirs[1:])


def test_two_labels_by_one_coder_that_exclude_each_other_are_refused(numbered):
    theirs = codes([("002", "deflect", 1), ("004", "deflect", 1), ("004", "clarify", 1)])
    with pytest.raises(FormatError, match=r"one label of 'resolution' .* row 1 \('deflect of post 004'\), row 2"):
        tw.annotate(numbered, codes=theirs)
    theirs["coder"] = ["ann", "ann", "ben"]
    assert resolution_of(tw.annotate(numbered, codes=theirs), "004") == ["deflect"], "a tie is no code"


def test_a_file_is_as_good_as_a_frame(numbered, tmp_path):
    path = tw.write_codes(codes([("004", "clarify", 1)]), tmp_path / "codes.csv")
    assert resolution_of(tw.annotate(numbered, codes=path), "004") == ["clarify"]
    path.write_text(path.read_text().replace(",1,", ",3,"))
    with pytest.raises(FormatError, match=r"codes\.csv, column 'value': 1 or 0 .* row 2 \(3"):
        tw.annotate(numbered, codes=str(path))
