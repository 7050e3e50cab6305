"""Rules for English wording say so where posts are in other languages, also where no source says which."""

from __future__ import annotations

import pytest
from handmade import DAY, MINUTE, annotated, post, tables

import twoway as tw

SPANISH = "Hoy abrimos una nueva tienda en el centro de la ciudad"
JAPANESE = "新しいランプを発売しました。どれが好きですか。ぜひ教えてください。"
ENGLISH = "We open the new shop in the center of town on Monday"
FLAG = "lexicon_language_mismatch"


def flags_of(texts, lang=None):
    rows = [post(f"p{i}", "shop", i * DAY / MINUTE, text) for i, text in enumerate(texts)]
    rows = rows if lang is None else [{**row, "lang": lang} for row in rows]
    table = tw.measure(annotated(*tables(rows, {"shop": "official"})), ["question_share", "self_link_share"]).table
    return table.set_index("metric")["flags"]


@pytest.mark.parametrize(
    ("texts", "is_flagged"),
    [
        ([SPANISH] * 30, True),
        ([JAPANESE] * 30, True),
        ([ENGLISH] * 30, False),
        ([ENGLISH] * 19 + [SPANISH], False),
        ([ENGLISH] * 18 + [SPANISH] * 2, True),
        (["Hola"] * 40, False),
    ],
)
def test_posts_without_a_stated_language_are_judged_by_their_words(texts, is_flagged):
    found = flags_of(texts)
    assert (FLAG in found["question_share"].split(",")) == is_flagged
    assert FLAG not in found["self_link_share"]


def test_what_the_source_says_comes_first():
    assert FLAG not in flags_of([SPANISH] * 30, "en")["question_share"]
    assert FLAG in flags_of([ENGLISH] * 3, "es")["question_share"]


def test_a_post_without_a_word_is_no_small_talk():
    rows = [post("a", "shop", 0, ""), post("b", "shop", 9, "Haha, is it Friday yet?")]
    names = ["content_small_talk_share", "content_other_share"]
    assert tw.measure(annotated(*tables(rows, {"shop": "official"})), names).table["value"].tolist() == [0.5, 0.5]
