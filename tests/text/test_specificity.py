"""D8: replies that fit their own parent, against loops; one half where they are dealt at random."""

import math

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from scipy.sparse import csr_array

from twoway.errors import SchemaError
from twoway.text.specificity import length_terciles, mean_rank, reply_auc, specificity
from twoway.text.terms import cosines, term_weights, terms_kernel, weighted_terms

DAY = 86_400


def terms(texts):
    return pa.Table.from_batches([terms_kernel(pa.record_batch({"row": range(len(texts)), "text": texts}))])


def grams(text):
    words = text.split()
    return words + list(zip(words, words[1:], strict=False))


def slow_cosine(one, other, public):
    df = {}
    for text in public:
        for gram in set(grams(text)):
            df[gram] = df.get(gram, 0) + 1

    def vector(text):
        return {
            g: grams(text).count(g) * (math.log((1 + len(public)) / (1 + df.get(g, 0))) + 1) for g in set(grams(text))
        }

    a, b = vector(one), vector(other)
    lengths = math.hypot(*a.values()) * math.hypot(*b.values())
    return sum(a[g] * b.get(g, 0) for g in a) / lengths if lengths else 0.0


def random_texts(rng, n, vocabulary=12):
    return [" ".join(f"w{i}" for i in rng.integers(0, vocabulary, rng.integers(0, 9))) for _ in range(n)]


def test_worked_example():
    own = np.repeat([0.4, 0.1], 3)
    away = np.array([0.1, 0.2, 0.0, 0.1, 0.3, 0.0])
    auc = mean_rank(own, away, np.repeat([0, 1], 3), 2, fewest=3)
    assert auc.tolist() == [1.0, 0.5]
    assert auc.mean() == 0.75
    assert np.isnan(mean_rank(own, away, np.repeat([0, 1], 3), 2)).all()


def test_similarities_against_loops(rng):
    public, replies, parents = (random_texts(rng, n) for n in (40, 25, 25))
    replies[3] += " never seen before"
    weights = term_weights(terms(public)["terms"])
    said, asked = terms(replies)["terms"], terms(parents)["terms"]
    shared = np.intersect1d(*(np.asarray(t.combine_chunks().flatten()) for t in (said, asked)))
    rows, columns = (side.ravel() for side in np.indices((25, 25)))
    expected = [slow_cosine(a, b, public) for a in replies for b in parents]
    matrices = [weighted_terms(t, weights, shared) for t in (said, asked)]
    assert cosines(*matrices, rows, columns) == pytest.approx(expected)
    assert np.std(expected) > 0.05


def test_terms_leave_out_who_and_where():
    one, other = terms(["@brand Hi Ann, my bag is lost https://a.example", "hi bob, my bag is lost ^JB"])[
        "terms"
    ].to_pylist()
    assert sorted(one) == sorted(other)
    assert len(one) == 2 * 5 - 1


def unit_rows(rng, n, m=6):
    dense = rng.random((n, m)) * (rng.random((n, m)) < 0.5)
    norms = np.linalg.norm(dense, axis=1, keepdims=True)
    return csr_array(dense / np.where(norms > 0, norms, 1))


def test_all_parents_of_a_stratum_against_loops(rng):
    """With as many draws as there are others, nothing is left to chance."""
    n = 60
    replies, parents, strata, persons = (
        unit_rows(rng, n),
        unit_rows(rng, n),
        rng.integers(0, 4, n),
        rng.integers(0, 20, n),
    )
    sims = (replies @ parents.T).toarray().round(12)
    expected = []
    for i in range(n):
        others = [j for j in range(n) if j != i and strata[j] == strata[i] and persons[j] != persons[i]]
        expected.append(np.mean([(sims[i, i] > sims[i, j]) + (sims[i, i] == sims[i, j]) / 2 for j in others]))
    found = reply_auc(replies, parents, strata, persons=persons, drawn=n)
    assert found == pytest.approx(np.array(expected))


def test_draws_are_of_the_stratum_without_replacement_and_seeded(rng):
    replies, parents, strata = unit_rows(rng, 300), unit_rows(rng, 300), np.arange(300) % 3
    one, again, other = (reply_auc(replies, parents, strata, seed=s) for s in (1, 1, 2))
    assert (one == again).all()
    assert (one != other).any()
    whole = reply_auc(replies, parents, strata, drawn=99)
    assert np.abs(one - whole).mean() < 0.1
    draws = np.mean([reply_auc(replies, parents, strata, seed=s) for s in range(300)], axis=0)
    assert np.abs(draws - whole).max() < 5 * 0.5 / np.sqrt(20 * 300)


def test_one_half_where_replies_are_dealt_at_random(rng):
    """N1: whatever the texts, each reply is as likely to meet one parent of its stratum first as another."""
    n, deals = 90, 400
    replies, parents, strata = unit_rows(rng, n), unit_rows(rng, n), np.sort(np.arange(n) % 3)
    means = []
    for seed in range(deals):
        dealt = np.concatenate([rng.permutation(np.flatnonzero(strata == s)) for s in range(3)])
        means.append(reply_auc(replies[dealt], parents, strata, seed=seed).mean())
    assert np.mean(means) == pytest.approx(0.5, abs=4 * np.std(means) / math.sqrt(deals))
    assert np.std(means) < 0.05


def test_words_taken_up_make_replies_specific():
    nouns = [f"noun{i}" for i in range(300)]
    parents = [f"my {noun} is late and no one answers" for noun in nouns]
    specific = [f"we are sorry that the {noun} is late" for noun in nouns]
    means = [spec(said, parents)["auc"].to_numpy().mean() for said in (specific, ["we are sorry for the wait"] * 300)]
    assert means == [1.0, 0.5]


def spec(said, parents, **changes):
    n = len(said)
    asked = terms(parents)
    columns = {
        "row": range(n),
        "organization": ["x"] * n,
        "person": [f"p{i}" for i in range(n)],
        "time": [i % 7 * DAY + 4 * DAY for i in range(n)],
        "parent_words": asked["words"],
        "parent_terms": asked["terms"],
        "reply_terms": terms(said)["terms"],
    }
    return specificity(pa.table({**columns, **changes}), term_weights(asked["terms"]))


def test_only_posts_of_the_same_week_topic_and_length_are_drawn():
    parents = [f"my noun{i} is late" for i in range(12)]
    said = [f"your noun{i} is late" for i in range(12)]
    assert spec(said, parents)["auc"].to_pylist() == [1.0] * 12
    halves = [0] * 6 + [1] * 6
    in_two = {"time": [4 * DAY + 7 * DAY * h - 1 for h in halves]}
    assert spec(said, parents, **in_two)["auc"].to_pylist() == [1.0] * 12
    in_three = {"time": [4 * DAY + 7 * DAY * (i % 3) for i in range(12)]}
    few = spec(said, parents, **in_three)
    assert np.isnan(few["auc"].to_numpy()).all()
    assert few["is_specific"].null_count == 12
    topics = spec(said, parents, topic=[str(i % 3) for i in range(12)])
    assert np.isnan(topics["auc"].to_numpy()).all()
    alone = spec(said, parents, person=["p"] * 12)
    assert np.isnan(alone["auc"].to_numpy()).all()
    unknown = spec(said, parents, person=pa.nulls(12, pa.string()))
    assert unknown["auc"].to_pylist() == [1.0] * 12


def test_nothing_in_common_is_one_half():
    done = spec(["yes, both"] * 10, [f"my noun{i} is late" for i in range(10)])
    assert done["auc"].to_pylist() == [0.5] * 10
    assert done["is_specific"].to_pylist() == [False] * 10
    assert spec([""] * 10, [""] * 10)["auc"].to_pylist() == [0.5] * 10


def test_terciles():
    assert length_terciles(range(9), [0] * 9).tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert length_terciles([4] * 5, [0] * 5).tolist() == [0] * 5
    assert length_terciles([1, 2, 3, 10, 20, 30], [0, 0, 0, 1, 1, 1]).tolist() == [0, 1, 2, 0, 1, 2]


def test_lengths_that_do_not_fit_and_missing_columns():
    with pytest.raises(SchemaError, match="do not fit"):
        reply_auc(csr_array(np.eye(3)), csr_array(np.eye(3)), [0, 0])
    with pytest.raises(SchemaError, match="parent_terms"):
        specificity(pa.table({"row": [1]}), term_weights(terms(["a"])["terms"]))


def test_weights_against_counts(rng):
    texts = random_texts(rng, 30)
    weights = term_weights(terms(texts)["terms"])
    distinct = {g for text in texts for g in grams(text)}
    uses = sorted(sum(g in grams(text) for text in texts) for g in distinct)
    assert sorted(weights.weight) == pytest.approx(sorted(math.log(31 / (1 + n)) + 1 for n in uses))
    assert len(weights.terms) == len(distinct)
    assert pl.Series(weights.terms).is_sorted()
