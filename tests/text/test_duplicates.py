"""D5: near-duplicates to other persons, against loops; their chance in samples, against sampling."""

import numpy as np
import pytest
from masked_replies import likeness, random_replies, table

from twoway.errors import SchemaError
from twoway.text.duplicates import chance_among, near_duplicates, rarefied_duplicates, resemblance


def test_worked_example():
    assert resemblance("we are sorry to hear that", "we are sorry to hear this") == 0.6
    assert np.isnan(resemblance("thanks!", "ok"))
    texts = ["we are sorry to hear that", "we are sorry to hear this"]
    flags = [near_duplicates(table(texts, ["a", "b"]), threshold=t)["is_duplicate"].to_pylist() for t in (0.6, 0.61)]
    assert flags == [[True, True], [False, False]]


def test_repeats_to_one_person_are_no_duplicates():
    texts = ["we are sorry to hear that"] * 2 + ["the train leaves from gate one"] * 3
    done = near_duplicates(table(texts, ["a", "a", "b", "b", "c"]))
    assert done["is_duplicate"].to_pylist() == [False, False, True, True, True]
    assert done["row"].to_pylist() == [0, 10, 20, 30, 40]


def test_names_and_numbers_do_not_tell_replies_apart():
    texts = ["@ann Hi Ann, your order 12 has left us ^JB", "@bob Hi Bob, your order 9 has left us ^KL"]
    assert near_duplicates(table(texts, ["a", "b"]))["is_duplicate"].to_pylist() == [True, True]


def test_short_replies_are_compared_word_for_word_and_marked():
    texts = ["Thanks so very much", "thanks so very much!", "thanks so very many", "👍", "👍"]
    done = near_duplicates(table(texts, ["a", "b", "c", "d", "e"]), threshold=0.1)
    assert done["is_short"].to_pylist() == [True] * 5
    assert done["is_duplicate"].to_pylist() == [True, True, False, None, None]


def test_other_groups_and_unknown_persons_do_not_count():
    texts = ["we are sorry to hear that"] * 4
    done = near_duplicates(table(texts, ["a", "b", None, "c"], ["x", "y", "x", "z"]))
    assert done["is_duplicate"].to_pylist() == [False, False, None, False]


@pytest.mark.parametrize("threshold", [0.3, 0.6, 0.8])
def test_duplicates_and_partners_against_loops(rng, threshold):
    replies = random_replies(rng)
    rows = replies.to_pylist()
    flags, partners = [], []
    for a in rows:
        others = [b for b in rows if b["person"] not in (None, a["person"]) and likeness(a, b) >= threshold]
        unknown = a["person"] is None or not a["tokens"]
        flags.append(None if unknown else bool(others))
        partners.append(None if a["person"] is None or a["tokens"] < 5 else len(others))
    assert near_duplicates(replies, threshold=threshold)["is_duplicate"].to_pylist() == flags
    assert rarefied_duplicates(replies, threshold=threshold)["partners"].to_pylist() == partners
    assert {True, False, None} == set(flags)


def test_the_chance_is_the_mean_over_samples(rng):
    """Draw samples and count, as the formula says without drawing."""
    replies = random_replies(rng, 160)
    done = rarefied_duplicates(replies, size=40, threshold=0.6).to_pylist()
    for group in ("x", "y"):
        rows = [(r, d["chance"]) for r, d in zip(replies.to_pylist(), done, strict=True) if r["group"] == group]
        rows = [(r, chance) for r, chance in rows if chance is not None]
        alike = np.array([[likeness(a, b) >= 0.6 and a["person"] != b["person"] for b, _ in rows] for a, _ in rows])
        shares = []
        for _ in range(4000):
            sample = rng.choice(len(rows), 40, replace=False)
            shares.append(alike[np.ix_(sample, sample)].any(axis=1).mean())
        assert np.mean([chance for _, chance in rows]) == pytest.approx(np.mean(shares), abs=4 * np.std(shares) / 60)
        assert np.std(shares) > 0


def test_all_drawn_is_no_sample_and_too_few_is_undefined():
    texts = ["we are sorry to hear that"] * 2 + ["the train leaves from gate one"]
    replies = table(texts, ["a", "b", "c"])
    assert rarefied_duplicates(replies, size=3)["chance"].to_pylist() == [1.0, 1.0, 0.0]
    assert np.isnan(rarefied_duplicates(replies, size=4)["chance"].to_numpy()).all()
    assert rarefied_duplicates(replies, size=1)["chance"].to_pylist() == [0.0, 0.0, 0.0]


def test_chance_against_products():
    for partners, whole, size in [(3, 20, 5), (1, 300, 200), (150, 400, 200), (0, 9, 3), (5, 6, 2)]:
        missed = 1.0
        for step in range(size - 1):
            missed *= max(whole - 1 - partners - step, 0) / (whole - 1 - step)
        assert chance_among(np.array([partners]), np.array([whole]), size)[0] == pytest.approx(1 - missed)


def test_no_replies_and_missing_columns():
    empty = table(["we are sorry to hear that"], ["a"]).slice(0, 0)
    assert near_duplicates(empty).num_rows == rarefied_duplicates(empty).num_rows == 0
    with pytest.raises(SchemaError, match="person"):
        near_duplicates(empty.drop_columns(["person"]))
    assert near_duplicates(table(["we are sorry to hear that"] * 2, [None, None]))["is_duplicate"].null_count == 2
