"""Every pair of similar sets is found, against loops over all pairs."""

import itertools

import numpy as np
import pyarrow as pa
import pytest

from twoway.errors import SchemaError
from twoway.text import pairs
from twoway.text.pairs import jaccard, shingle_sets, similar_pairs, similar_to


def families(rng, n=240):
    """Sets in families that share most of their elements, of very different sizes."""
    bases = [rng.integers(0, 10_000, rng.integers(1, 30)) for _ in range(12)]
    made = []
    for _ in range(n):
        base = bases[rng.integers(12)]
        kept = base[rng.random(len(base)) < rng.choice([0.7, 0.9, 1.0])]
        made.append(sorted({*kept.tolist(), *rng.integers(0, 10_000, rng.integers(0, 4)).tolist()}))
    return made


def similar(a, b):
    return len(set(a) & set(b)) / len(set(a) | set(b)) if a or b else float("nan")


@pytest.mark.parametrize("threshold", [0.05, 0.5, 0.7, 0.8, 1.0])
@pytest.mark.parametrize("block", [50, 1_000_000])
def test_all_pairs_against_loops(rng, monkeypatch, threshold, block):
    monkeypatch.setattr(pairs, "BLOCK_PAIRS", block)
    monkeypatch.setattr(pairs, "COMPARED", max(block // 10, 1))
    made = families(rng)
    sets = shingle_sets(pa.array(made, pa.list_(pa.int64())))
    truth = {
        frozenset((i, j))
        for (i, a), (j, b) in itertools.combinations(enumerate(made), 2)
        if (a or b) and similar(a, b) >= threshold
    }
    found = [frozenset(p) for a, b in similar_pairs(sets, threshold) for p in zip(a.tolist(), b.tolist(), strict=True)]
    assert len(found) == len(set(found))
    assert set(found) == truth
    assert len(truth) > 20
    rows = np.arange(len(made)) % 3 == 0
    ways = [
        p for a, b in similar_to(sets, threshold, lambda r: rows[r]) for p in zip(a.tolist(), b.tolist(), strict=True)
    ]
    assert sorted(ways) == sorted((i, j) for pair in truth for i, j in itertools.permutations(pair) if rows[i])


def test_similarity_at_the_threshold_itself_counts():
    """7 of 10, 14 of 20 and 21 of 30 are .7 each, whatever the rounding of .7 times the size."""
    for size in (10, 20, 30):
        small = list(range(size * 7 // 10))
        sets = shingle_sets(pa.array([small, list(range(size))]))
        assert len(list(similar_pairs(sets, 0.7))) == 1, size


def test_similarity_against_loops(rng):
    made = families(rng, 60)
    sets = shingle_sets(pa.array(made, pa.list_(pa.int64())))
    first, second = (side.ravel() for side in np.indices((60, 60)))
    assert jaccard(sets, first, second) == pytest.approx([similar(a, b) for a in made for b in made], nan_ok=True)


def test_groups_share_nothing():
    sets = shingle_sets(pa.array([[1, 2], [1, 2], [1, 2]]), np.array([0, 1, 0]))
    assert [(a.tolist(), b.tolist()) for a, b in similar_pairs(sets, 0.5)] == [([2], [0])]


def test_pairs_that_do_not_matter_are_left_out():
    sets = shingle_sets(pa.array([[1, 2], [1, 2], [1, 2]]))
    found = list(similar_pairs(sets, 0.5, matters=lambda a, b: (a + b) == 1))
    assert [(a.tolist(), b.tolist()) for a, b in found] == [([1], [0])]


@pytest.mark.parametrize("threshold", [0, -1, 1.1])
def test_a_threshold_that_is_none(threshold):
    sets = shingle_sets(pa.array([[1]]))
    with pytest.raises(SchemaError, match="above 0"):
        list(similar_pairs(sets, threshold))
    with pytest.raises(SchemaError, match="above 0"):
        list(similar_to(sets, threshold, lambda rows: rows >= 0))


def test_nothing_at_all():
    sets = shingle_sets(pa.array([], pa.list_(pa.int64())))
    assert list(similar_pairs(sets, 0.5)) == []
    assert len(sets) == 0
