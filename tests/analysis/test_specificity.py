"""What the topic of a post tells of the wording of its reply, and how well replies fit within one topic (D8)."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from handmade import annotated, post, tables

import twoway as tw
from twoway.analysis import specificity as analysis
from twoway.errors import NotEnoughEvidence, TwowayError
from twoway.inference.information import InformationNull, entropies, mutual_information
from twoway.inference.nulls.shuffles import strata_of
from twoway.metrics import voice_tables

TOPICS = {"bag": ["bag*"], "bill": ["bill*"]}
SAID = {
    "bag": "your luggage is with our colleagues at the desk in hall two",
    "bill": "the amount will be back with you before the month is over",
    "any": "thank you for the message, we have read it with great interest",
}


def talk_of(pairs):
    rows, roles = [], {"shop": "official"}
    for i, (asked, said) in enumerate(pairs):
        roles[f"p{i:03d}"] = "public"
        rows.append(post(f"q{i:03d}", f"p{i:03d}", 10 * i, f"@shop {asked}"))
        rows.append(post(f"a{i:03d}", "shop", 10 * i + 1, said, f"q{i:03d}"))
    return annotated(*tables(rows, roles))


def by_loop(pairs):
    n, both = len(pairs), Counter(pairs)
    one, other = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    return sum(k / n * math.log2(k * n / (one[a] * other[b])) for (a, b), k in both.items())


def test_information_on_paper_and_by_a_loop():
    assert mutual_information([0, 0, 1, 1], [5, 5, 6, 6], [0] * 4, 1).tolist() == [1.0]
    # Of four pairs: 2, 1, 0, 1; both labels 2 to 2 and 3 to 1.
    found = mutual_information([0, 0, 0, 1], [0, 0, 1, 1], [0] * 4, 1)[0]
    assert found == pytest.approx(0.5 * math.log2(4 / 3) + 0.25 * math.log2(2 / 3) + 0.25 * math.log2(2))
    rng = np.random.default_rng(3)
    first, second, unit = rng.integers(0, 5, 500), rng.integers(-2, 40, 500), rng.integers(0, 3, 500)
    found = mutual_information(first, second, unit, 4)
    for i in range(3):
        mine = unit == i
        assert found[i] == pytest.approx(by_loop(list(zip(first[mine].tolist(), second[mine].tolist(), strict=True))))
    assert math.isnan(found[3])
    assert entropies([], [], 1).tolist() == pytest.approx([math.nan], nan_ok=True)


def test_labels_dealt_at_random_lie_within_their_null_model():
    rng = np.random.default_rng(4)
    first, second = rng.integers(0, 4, 600), rng.integers(0, 90, 600)
    null = InformationNull(first, second, np.zeros(600, dtype=int), 1, strata_of(rng.integers(0, 6, 600)))
    draws = [null.draw(rng)[0] for _ in range(200)]
    assert abs(null.observed()[0] - np.mean(draws)) < 3 * np.std(draws)
    assert np.mean(draws) > 0.2, "many labels share bits by chance alone"
    with pytest.raises(TwowayError, match="do not fit"):
        InformationNull(first, second[1:], first, 1, strata_of(first))


def test_topics_that_pick_the_wording_and_topics_that_do_not():
    asked = {"bag": "where is my bag today", "bill": "why this bill at all"}
    names = ["bag", "bill"] * 30
    picked = tw.specificity(talk_of([(asked[n], SAID[n]) for n in names]), TOPICS, draws=60).table.iloc[0]
    assert (picked["n"], picked["n_wordings"]) == (60, 2)
    assert picked["information"] == picked["topic_entropy"] == pytest.approx(1.0)
    assert picked["excess"] == pytest.approx(1.0)
    assert picked["p"] < 0.05
    same = tw.specificity(talk_of([(asked[n], SAID["any"]) for n in names]), TOPICS, draws=60).table.iloc[0]
    assert (same["information"], same["excess"]) == (0, 0)
    crossed = [(asked[n], SAID[names[i // 2 % 2]]) for i, n in enumerate(names)]
    crossed = tw.specificity(talk_of(crossed), TOPICS, draws=60).table.iloc[0]
    assert crossed["information"] == pytest.approx(0, abs=1e-9)


def test_replies_that_know_no_more_than_the_topic_are_interchangeable_within_it():
    colors = ["red", "blue", "green", "amber", "white", "black", "brown", "violet", "silver", "golden"]
    asked = [f"where is my {color} bag today" for color in colors] + [
        f"why is this {color} bill here" for color in colors
    ]
    said = ["the bag comes by train"] * 10 + ["a bill came by letter"] * 10
    table = tw.specificity(talk_of(list(zip(asked, said, strict=True))), TOPICS, draws=10).table.iloc[0]
    assert table["specificity"] > 0.7
    assert table["within_topic"] == pytest.approx(0.5)
    assert table["n_within"] == 20


def test_several_topics_and_none_are_kinds_of_their_own():
    asked = ["my bag and my bill", "my bag here", "hello you all", "your bill there"] * 6
    table = tw.specificity(talk_of([(text, SAID["any"]) for text in asked]), TOPICS, draws=10).table.iloc[0]
    assert table["topic_entropy"] == pytest.approx(2.0)


def test_without_replies_nothing_is_said():
    talk = annotated(*tables([post("1", "shop", 0, "Good morning")], {"shop": "official"}))
    table = tw.specificity(talk, TOPICS, draws=10).table.iloc[0]
    assert table["n"] == 0
    assert table[["specificity", "within_topic", "information", "p", "excess"]].isna().all()
    with pytest.raises(NotEnoughEvidence, match="specificity"):
        tw.specificity(talk, draws=10)


def test_it_says_what_it_found():
    found = tw.specificity(talk_of([("where is my bag", SAID["bag"])] * 12), TOPICS, draws=10)
    assert "2 topics" in str(found)
    assert "<table" in found._repr_html_()
    assert found.to_frame().equals(found.table)


def test_terms_are_found_once_and_the_value_is_that_of_measure(monkeypatch):
    talk = talk_of(
        [(f"where is my {c} bag today", SAID["bag"] if i % 2 else SAID["any"]) for i, c in enumerate("abcdefghij" * 2)]
    )
    found, calls = voice_tables.answered_pairs, []
    for module in (voice_tables, analysis):
        monkeypatch.setattr(module, "answered_pairs", lambda given: calls.append(given) or found(given))
    table = tw.specificity(talk, TOPICS, draws=10).table
    assert len(calls) == 1
    card = tw.measure(talk, "reply_specificity", by="organization").table
    assert table["specificity"].tolist() == card["value"].tolist()
    assert table["specificity"].notna().all()
