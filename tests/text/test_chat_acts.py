"""Dialogue acts in chat: the figures of the NLTK book, and how far our own rules reach there."""

from __future__ import annotations

import xml.etree.ElementTree as ET
import zipfile
from collections import Counter

import polars as pl
import pytest

from twoway.codebooks.kernel import coded
from twoway.codebooks.load import load_codebook

CLASSES = {
    "Statement": 3185,
    "System": 2632,
    "Greet": 1363,
    "Emotion": 1106,
    "ynQuestion": 550,
    "whQuestion": 533,
    "Accept": 233,
    "Bye": 195,
    "Emphasis": 190,
    "Continuer": 168,
    "Reject": 159,
    "yAnswer": 108,
    "nAnswer": 72,
    "Clarify": 38,
    "Other": 35,
}
#: F1 of our rules on chat, for which they were not written: a little under what was measured.
FLOORS = {
    ("greeting",): ({"Greet"}, 0.85),
    ("yes_no_question", "wh_question"): ({"ynQuestion", "whQuestion"}, 0.79),
    ("wh_question",): ({"whQuestion"}, 0.70),
    ("bye",): ({"Bye"}, 0.68),
    ("accept",): ({"Accept", "yAnswer"}, 0.55),
    ("emotion",): ({"Emotion"}, 0.58),
    ("statement",): ({"Statement"}, 0.58),
}


@pytest.fixture(scope="module")
def chat(shared_data):
    """Class and text of each post, in the order of the corpus."""
    with zipfile.ZipFile(shared_data("nltk/nps_chat.zip")) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".xml"))
        posts = [post for name in names for post in ET.fromstring(archive.read(name)).iter("Post")]
    return [(post.get("class"), post.text or "") for post in posts]


def test_the_classes_are_counted_as_published(chat):
    assert Counter(kind for kind, _ in chat) == CLASSES
    assert len(chat) == 10_567


def test_naive_bayes_reads_two_thirds(chat):
    """First 10,000 posts, words present, the first tenth held out: 0.667, printed in the book as 0.67."""
    nltk = pytest.importorskip("nltk")
    cut = nltk.tokenize.NLTKWordTokenizer()
    sets = [({word.lower(): True for word in cut.tokenize(text)}, kind) for kind, text in chat[:10_000]]
    model = nltk.NaiveBayesClassifier.train(sets[1_000:])
    assert nltk.classify.accuracy(model, sets[:1_000]) == pytest.approx(0.667, abs=0.0051)


@pytest.mark.parametrize("labels", FLOORS)
def test_our_rules_read_chat(chat, labels):
    kinds, floor = FLOORS[labels]
    said = [(kind, text) for kind, text in chat if kind != "System"]
    frame = pl.DataFrame({"row": range(len(said)), "text": [text for _, text in said]})
    codes = coded(frame, [load_codebook("acts")], {}).sort("row")
    found = [any(flags) for flags in zip(*[codes[f"acts__{label}"] for label in labels], strict=True)]
    truth = [kind in kinds for kind, _ in said]
    both = sum(a and b for a, b in zip(truth, found, strict=True))
    assert 2 * both / (sum(truth) + sum(found)) >= floor
