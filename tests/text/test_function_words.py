"""Words of grammar, counted by a loop over words and rules written out by hand."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.text.function_words import (
    COUNTS,
    MATCHING_CLASSES,
    WORD_CLASSES,
    function_words_kernel,
    word_classes,
    words_version,
)


def batch(*texts):
    return pa.RecordBatch.from_pydict(
        {"row": pa.array(range(len(texts)), pa.int64()), "text": pa.array(texts, pa.string())}
    )


def counted(text):
    found = function_words_kernel(batch(text)).to_pylist()[0]
    return {name.removeprefix("n_"): n for name, n in found.items() if n and name not in {"row", "n_parts"}}


@pytest.mark.parametrize(
    ("text", "parts"), [("", 0), ("It's here", 3), ("dont", 2), ("I'd've", 3), ("Mia's bread", 3), ("y'all cannot", 2)]
)
def test_what_an_apostrophe_ties_is_a_part_of_its_own(text, parts):
    assert function_words_kernel(batch(text))["n_parts"].to_pylist() == [parts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don't", {"tokens": 1, "auxiliaries": 1, "negations": 1}),
        ("don’t dont", {"tokens": 2, "auxiliaries": 2, "negations": 2}),
        ("can't won't shan't ain't cannot", {"tokens": 5, "auxiliaries": 5, "negations": 5}),
        ("we'll im I'd've", {"tokens": 3, "auxiliaries": 3, "personal_pronouns": 3}),
        ("it's that's", {"tokens": 2, "auxiliaries": 2, "indefinite_pronouns": 2}),
        ("Mia's bread", {"tokens": 2}),
        ("the cook's", {"tokens": 2, "articles": 1}),
        ("let's go", {"tokens": 2, "personal_pronouns": 1}),
        ("The cat and a dog", {"tokens": 5, "articles": 2, "conjunctions": 1}),
        ("@you https://the.example/a it@is.example", {}),
        ("Sorry. ^AN", {"tokens": 1}),
        ("In the US", {"tokens": 3, "prepositions": 1, "articles": 1}),
        ("CALL US", {"tokens": 2, "personal_pronouns": 1}),
        ("an IT job", {"tokens": 3, "articles": 1}),
        ("no", {"tokens": 1, "quantifiers": 1, "negations": 1, "interjections": 1}),
        ("hell well were its theta", {"tokens": 5, "adverbs": 1, "auxiliaries": 1, "indefinite_pronouns": 1}),
        ("R&amp;D", {"tokens": 2}),
        ("", {}),
    ],
)
def test_words_are_counted_in_the_classes_they_are_in(text, expected):
    assert counted(text) == expected


# Rules written out: what an apostrophe adds, and nothing taken from the module but the lists themselves.
ADDS = {"n't": {"auxiliaries", "negations"}, **dict.fromkeys(["'ll", "'ve", "'re", "'m", "'d"], {"auxiliaries"})}
SIMPLE = word_classes()


def naive(text):
    counts = dict.fromkeys(("tokens", *WORD_CLASSES), 0)
    for word in re.findall(r"[a-z]+(?:'[a-z]+)*", text.lower()):
        counts["tokens"] += 1
        classes, stem = set(), word
        for _ in range(2):
            for clitic, added in ADDS.items():
                if stem.endswith(clitic):
                    classes |= added
                    stem = stem[: -len(clitic)]
                    break
        for name in WORD_CLASSES:
            counts[name] += name in classes or stem in SIMPLE[name]
    return counts


VOCABULARY = sorted(set().union(*SIMPLE.values())) + ["bread", "oven", "tea", "mend"]
CLITICS = ["", "", "", *ADDS]


@given(st.lists(st.tuples(st.sampled_from(VOCABULARY), st.sampled_from(CLITICS)), max_size=12))
def test_counts_are_those_of_a_loop_over_words(parts):
    words = [word + clitic for word, clitic in parts if word.isalpha() and not word.endswith("n't")]
    words = [word for word in words if not word.endswith(("can't", "cannotn't"))]
    text = " ".join(words)
    found = function_words_kernel(batch(text)).to_pylist()[0]
    expected = naive(text)
    assert {name: found[f"n_{name}"] for name in expected} == expected


def test_rows_come_back_in_order_one_each():
    texts = ["the", None, "", "a a", "@ann", "the the the"]
    found = function_words_kernel(batch(*texts))
    assert found.schema.names == COUNTS.names
    assert found["row"].to_pylist() == list(range(6))
    assert found["n_articles"].to_pylist() == [1, 0, 0, 2, 0, 3]
    assert function_words_kernel(batch()).num_rows == 0


def test_lists_are_lower_case_words_that_the_tokenizer_can_find():
    for words in word_classes().values():
        assert all(re.fullmatch(r"[a-z]+(?:'[a-z]+)?", word) for word in words)
    assert set(word_classes()) == set(WORD_CLASSES)
    assert len(MATCHING_CLASSES) == 9
    assert re.fullmatch(r"closed-classes-en-\d+\.\d+-[0-9a-f]{8}", words_version())


def test_a_third_to_a_half_of_real_words_are_words_of_grammar(shared_data):
    import polars as pl

    table = pl.read_csv(shared_data("twcs/brand_SpotifyCares_inbound.csv.gz"), infer_schema_length=0)
    found = function_words_kernel(batch(*table["text"].to_list()))
    n = {name: sum(found[name].to_pylist()) for name in found.schema.names}
    shares = np.array([n[f"n_{name}"] / n["n_tokens"] for name in MATCHING_CLASSES])
    assert 0.4 < shares.sum() < 0.65
    assert (shares > 0.01).all()
