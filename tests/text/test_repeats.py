"""Repeats against a loop over all pairs of posts."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twoway.text.duplicates import resemblance
from twoway.text.masking import masked_kernel
from twoway.text.repeats import repeats

WORDS = ("sale", "lamp", "now", "our", "new")
TEXTS = st.one_of(
    st.lists(st.sampled_from(WORDS), min_size=5, max_size=9).map(" ".join),
    st.sampled_from(["", "good morning", "Good morning!", "hello there", "a b c d e f g h i j", "a b c d e f g h i k"]),
)


def table_of(rows):
    """Mask (account, time, text), given in order of time."""
    batch = pa.record_batch({"row": range(len(rows)), "text": pa.array([text for *_, text in rows], pa.string())})
    table = pa.Table.from_batches([masked_kernel(batch)])
    columns = {"group": 0, "at_s": 1}
    for name, at in columns.items():
        table = table.append_column(name, pa.array([row[at] for row in rows], pa.int64()))
    return table


def by_loops(rows, within):
    out = []
    for i, (account, at, text) in enumerate(rows):
        earlier = [t for a, s, t in rows[:i] if a == account and at - s <= within]
        out.append(any(alike(text, other) for other in earlier))
    return out


def alike(one, other):
    a, b = (text.lower().replace("!", "").split() for text in (one, other))
    if min(len(a), len(b)) < 5:
        return bool(a) and a == b
    return resemblance(one, other) >= 0.8


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 20), TEXTS), max_size=14))
def test_repeats_are_those_of_a_loop_over_pairs(found):
    rows = sorted(found, key=lambda row: row[1])
    assert repeats(table_of(rows), 5)["is_repeat"].to_pylist() == by_loops(rows, 5)


@pytest.mark.parametrize(("at", "is_repeat"), [(5, True), (6, False)], ids=["in time", "too late"])
def test_a_near_duplicate_counts_within_the_time_only(at, is_repeat):
    rows = [(0, 0, "a b c d e f g h i j"), (0, at, "a b c d e f g h i k"), (1, at, "a b c d e f g h i j")]
    # 7 of 9 shingles are shared, .78; with two words more in front 9 of 11.
    assert repeats(table_of(rows), 5)["is_repeat"].to_pylist() == [False, False, False]
    longer = [(account, time, "z y " + text) for account, time, text in rows]
    assert repeats(table_of(longer), 5)["is_repeat"].to_pylist() == [False, is_repeat, False]


def test_a_post_like_several_others_is_a_repeat_if_one_of_them_is_near():
    ends = ("k", "l", "m", "n")
    rows = [(0, 0, f"z y x a b c d e f g h i {ends[0]}"), (0, 99, f"z y x a b c d e f g h i {ends[1]}")]
    rows += [(0, 200, f"z y x a b c d e f g h i {end}") for end in ends]
    assert repeats(table_of(rows), 5)["is_repeat"].to_pylist() == by_loops(rows, 5) == [False] * 3 + [True] * 3
    assert repeats(table_of(rows), 101)["is_repeat"].to_pylist() == by_loops(rows, 101)


def test_nothing_repeats_nothing():
    assert repeats(table_of([]), 5)["is_repeat"].to_pylist() == []
    assert repeats(table_of([(0, 0, ""), (0, 1, "")]), 5)["is_repeat"].to_pylist() == [False, False]
