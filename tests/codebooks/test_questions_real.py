"""Rules for questions against posts of chat that people labeled."""

from __future__ import annotations

import zipfile
from xml.etree import ElementTree

import pandas as pd
import polars as pl
import pytest

from twoway.codebooks.kernel import coded, column_of
from twoway.codebooks.load import load_codebook


@pytest.fixture(scope="module")
def chat(shared_data):
    """The 10,567 posts of nps_chat: `kind`, `text`."""
    rows = []
    with zipfile.ZipFile(shared_data("nltk") / "nps_chat.zip") as archive:
        for name in archive.namelist():
            if name.endswith(".xml"):
                posts = ElementTree.fromstring(archive.read(name)).iter("Post")
                rows += [(p.get("class"), (p.text or "").strip()) for p in posts]
    return pd.DataFrame(rows, columns=["kind", "text"])


def test_questions_of_chat_are_as_many_as_their_labels_say(chat):
    assert len(chat) == 10_567
    people = chat[chat["kind"] != "System"]
    assert len(people) == 10_567 - 2_632
    is_question = people["kind"].isin(["ynQuestion", "whQuestion"])
    assert is_question.sum() == 550 + 533
    assert is_question.mean() == pytest.approx(0.1365, abs=5e-5)


def test_rules_find_questions_that_people_labeled(chat):
    """Many questions of chat lack a question mark; the floors are what the first rule set reaches."""
    people = chat[chat["kind"] != "System"].reset_index(drop=True)
    book = load_codebook("questions")
    frame = pl.DataFrame({"row": range(len(people)), "text": people["text"].tolist()})
    found = coded(frame, [book], {}).sort("row")
    guess = pd.Series(found[column_of(book, "question")] | found[column_of(book, "rhetorical")])
    truth = people["kind"].isin(["ynQuestion", "whQuestion"])
    hits = (truth & guess).sum()
    assert hits / guess.sum() > 0.9
    assert hits / truth.sum() > 0.7
