"""Agents as numbers, and their wording as 3-grams."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.errors import TwowayError
from twoway.text.agents import SIGNED, agents_kernel, gram_features


def kernel(texts, accounts=None, salt=7):
    accounts = [0] * len(texts) if accounts is None else accounts
    columns = {"text": pa.array(texts, pa.string()), "account": pa.array(accounts, pa.int64())}
    return agents_kernel(
        pa.RecordBatch.from_pydict({"row": pa.array(range(len(texts)), pa.int64()), **columns}), salt=salt
    )


def test_agents_are_told_apart_within_accounts():
    texts = ["Yes ^JB", "No! ^jb", "Ok 12 /MC", "Yes ^JB", "unsigned", None]
    found = kernel(texts, [1, 1, 1, 2, 1, 1])
    a, b, c, d, *unsigned = found["agent"].to_pylist()
    assert a == b
    assert len({a, c, d}) == 3
    assert unsigned == [None, None]
    assert found["body"].to_pylist() == ["Yes", "No!", "Ok 00", "Yes", "unsigned", ""]
    assert found["n_exclamations"].to_pylist() == [0, 1, 0, 0, 0, 0]
    assert found["n_words"].to_pylist() == [1, 1, 2, 1, 1, 0]
    assert found["row"].to_pylist() == list(range(6))
    assert kernel([]).schema.names == SIGNED.names


def test_nothing_that_leaves_names_an_agent():
    found = kernel(["Try this. ^Quentin", "Try that. ^Quentin"])
    assert "uentin" not in str(found.to_pydict())
    assert found["agent"].to_pylist() == kernel(["Try this. ^Quentin"] * 2)["agent"].to_pylist(), "one salt, one number"
    other = kernel(["Try this. ^Quentin"], salt=8)["agent"].to_pylist()[0]
    assert other != found["agent"].to_pylist()[0], "another salt, another number"


def test_a_salt_is_a_whole_number_from_0():
    with pytest.raises(TwowayError, match="is below 0"):
        kernel(["Yes ^JB"], salt=-1)


@given(st.lists(st.text(alphabet="ab c🙂é", max_size=9), max_size=8))
def test_features_are_roots_of_counts_of_3_grams(bodies):
    counts = [Counter(body[i : i + 3] for i in range(len(body) - 2)) for body in bodies]
    found = gram_features(bodies, 1_000).toarray()
    assert found.shape[0] == len(bodies)
    for row, grams in zip(found, counts, strict=True):
        total = sum(grams.values())
        expected = sorted((n / total) ** 0.5 for n in grams.values())
        assert sorted(row[row > 0]) == pytest.approx(expected, rel=1e-6)
    likeness = found @ found.T
    for i, one in enumerate(counts):
        for j, two in enumerate(counts):
            both = sum((one[g] * two[g]) ** 0.5 for g in one)
            size = (sum(one.values()) * sum(two.values())) ** 0.5
            assert likeness[i, j] == pytest.approx(both / size if size else 0.0, abs=1e-6)


def test_the_most_frequent_grams_are_kept():
    found = gram_features(["aaaaaa", "aaab", "xyz"], 1).toarray()
    assert found.ravel().tolist() == [1.0, 1.0, 0.0]
    assert np.isfinite(gram_features(["", "ab"], 5).toarray()).all()
