"""Formality: the example worked on paper, sums by hand, and what short posts and missing sides do."""

from __future__ import annotations

import numpy as np
import pytest

from twoway.errors import SchemaError, TwowayError, UnknownName
from twoway.text.formality import (
    PARTS,
    closed_class_formality,
    formality_score,
    pool_short,
    register_distance,
    tag_counts,
)

CLOSED = ("articles", "prepositions", "personal_pronouns", "indefinite_pronouns", "auxiliaries", "interjections")
WORKED = {"nouns": 6, "adjectives": 2, "prepositions": 3, "articles": 2}
WORKED |= {"pronouns": 2, "verbs": 3, "adverbs": 1, "interjections": 0}


def test_the_example_worked_on_paper():
    assert formality_score(WORKED, 20) == pytest.approx(67.5)


def test_shares_instead_of_counts_give_another_number():
    as_percent = {name: 5 * n for name, n in WORKED.items()}
    assert formality_score(as_percent, 100) == pytest.approx(67.5)
    assert formality_score({name: n / 20 for name, n in WORKED.items()}, 20) != pytest.approx(67.5, abs=10)


def test_no_words_have_no_formality():
    assert np.isnan(formality_score(dict.fromkeys(PARTS, [0]), [0])).all()
    assert np.isnan(closed_class_formality(dict.fromkeys(CLOSED, [0]), [0])).all()


@pytest.mark.parametrize("seed", range(3))
def test_closed_classes_are_weighed_as_written(seed):
    rng = np.random.default_rng(seed)
    counts = {name: rng.integers(0, 5, 6) for name in CLOSED}
    tokens = sum(counts.values()) + rng.integers(1, 9, 6)
    found = closed_class_formality({f"n_{name}": values for name, values in counts.items()}, tokens)
    for i in range(6):
        formal = counts["articles"][i] + counts["prepositions"][i]
        deictic = sum(counts[name][i] for name in CLOSED[2:])
        expected = (100 * formal / tokens[i] - 100 * deictic / tokens[i] + 100) / 2
        assert found[i] == pytest.approx(expected)


def test_a_part_left_out_is_an_error():
    with pytest.raises(SchemaError, match="lack interjections"):
        formality_score({name: n for name, n in WORKED.items() if name != "interjections"}, 20)
    with pytest.raises(SchemaError, match="lack auxiliaries"):
        closed_class_formality({name: 1 for name in CLOSED if name != "auxiliaries"}, 20)


def test_tags_of_both_versions_are_counted():
    words = ["The", "this", "Old", "cats", "Mia", "has", "seen", "you", "here", "on", "wow", "3", "and", "."]
    tags = ["DET", "DET", "ADJ", "NOUN", "PROPN", "AUX", "VERB", "PRON", "ADV", "ADP", "INTJ", "NUM", "CCONJ", "PUNCT"]
    counts, tokens = tag_counts(words, tags, [0] * 13 + [1], 2)
    expected = {"nouns": 2, "adjectives": 1, "prepositions": 1, "articles": 1}
    expected |= {"pronouns": 1, "verbs": 2, "adverbs": 1, "interjections": 1}
    assert {name: values[0] for name, values in counts.items()} == expected
    assert tokens.tolist() == [13, 0]


def test_tags_of_another_set_are_refused():
    with pytest.raises(UnknownName, match="'NNS' is not a known universal tag"):
        tag_counts(["cats"], ["NNS"], [0], 1)


@pytest.mark.parametrize("seed", range(4))
def test_short_posts_are_pooled_as_a_loop_would(seed):
    rng = np.random.default_rng(seed)
    n, pool, articles = rng.integers(0, 30, 40), rng.integers(0, 6, 40), rng.integers(0, 4, 40)
    counts, words, piece = pool_short({"articles": articles}, n, pool)
    pieces = {}
    for i in range(40):
        pieces.setdefault(("post", i) if n[i] >= 20 else ("pool", pool[i]), []).append(i)
    kept = [rows for rows in pieces.values() if sum(n[i] for i in rows) >= 20]
    assert len(kept) == len(words)
    for number, rows in enumerate(sorted(kept, key=min)):
        assert piece[rows].tolist() == [number] * len(rows)
        assert (words[number], counts["articles"][number]) == (n[rows].sum(), articles[rows].sum())
    assert (piece < 0).sum() == 40 - sum(map(len, kept))


def test_pools_have_to_fit():
    with pytest.raises(TwowayError, match="do not fit"):
        pool_short({}, [1, 2], [1])


def test_register_distance_is_in_standard_deviations_of_all_pieces():
    scores = [60.0, 64.0, 50.0, 52.0, 40.0, np.nan, 70.0]
    side, unit = [True, True, False, False, True, True, False], [0, 0, 0, 0, 1, 1, -1]
    found = register_distance(scores, side, unit, 3)
    spread = np.std([60, 64, 50, 52, 40, 70], ddof=1)
    assert found[0] == pytest.approx(((60 + 64) / 2 - (50 + 52) / 2) / spread)
    assert np.isnan(found[1:]).all(), "no post answered, or nothing at all"
    assert np.isnan(register_distance([50, 50], [True, False], [0, 0], 1)).all()
