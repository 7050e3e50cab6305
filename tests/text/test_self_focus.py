"""Words for oneself and for the other, and praise near oneself, by a loop over words."""

from __future__ import annotations

import re
import tomllib
from importlib import resources

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twoway.text.self_focus import FOCUS, praise_version, self_focus_kernel

LIST = tomllib.loads(resources.files("twoway.text").joinpath("praise_words.toml").read_text(encoding="utf-8"))


def batch(texts, names="Acme"):
    columns = {"text": pa.array(texts, pa.string()), "own_names": pa.array([names] * len(texts), pa.string())}
    return pa.RecordBatch.from_pydict({"row": pa.array(range(len(texts)), pa.int64()), **columns})


def focus(text, names="Acme"):
    """Count in one text: we, own names, you, handles, praised."""
    return list(self_focus_kernel(batch([text], names)).to_pylist()[0].values())[1:6]


def test_the_example_worked_on_paper():
    n_we, n_own, n_you, _, _ = focus(
        "We mend what we make. Ask us: our Acme team, Acme shop. You call, your kettle sings."
    )
    assert (n_we, n_own, n_you) == (4, 2, 2)
    assert (n_we + n_own) / (n_we + n_own + n_you) == 0.75


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We're yours, let's go", [2, 0, 1, 0, 0]),
        ("in the US, ask US", [0, 0, 0, 0, 0]),
        ("ASK US", [1, 0, 0, 0, 0]),
        ("I am myself, my dear", [0, 0, 0, 0, 0]),
        ("Acme's kettle is great @ann @ben", [0, 1, 0, 2, 1]),
        ("our kettle is not great", [1, 0, 0, 0, 0]),
        ("our kettle isn't that great", [1, 0, 0, 0, 0]),
        ("our one two three four great", [1, 0, 0, 0, 1]),
        ("our one two three four five great", [1, 0, 0, 0, 0]),
        ("great one two three four our", [1, 0, 0, 0, 1]),
        ("your photo is great", [0, 0, 1, 0, 0]),
        ("mail us@acme.example", [0, 0, 0, 0, 0]),
        ("", [0, 0, 0, 0, 0]),
    ],
)
def test_words_are_told_apart(text, expected):
    assert focus(text) == expected


def naive(text):
    words = re.findall(r"[a-z']+", text.lower())
    praise = {
        i
        for i, word in enumerate(words)
        if word in LIST["words"].split() and not any(w in LIST["negations"].split() for w in words[max(i - 2, 0) : i])
    }
    own = [i for i, word in enumerate(words) if word in ("we", "us", "our", "ours", "acme")]
    return sum(any(abs(i - j) <= 5 for j in praise) for i in own)


SOME = st.sampled_from(["we", "our", "acme", "you", "great", "best", "not", "kettle", "tea"])


@given(st.lists(st.lists(SOME, max_size=15)))
def test_praise_is_that_of_a_loop_over_words_and_stays_within_its_text(lists):
    texts = [" ".join(words) for words in lists]
    found = self_focus_kernel(batch(texts))
    assert found["n_self_praised"].to_pylist() == [naive(text) for text in texts]


def test_rows_come_back_in_order_one_each():
    found = self_focus_kernel(batch(["we", None, "@ann", "you you"], None))
    assert found.schema.names == FOCUS.names
    assert (found["row"].to_pylist(), found["n_you"].to_pylist()) == ([0, 1, 2, 3], [0, 0, 0, 2])
    assert self_focus_kernel(batch([])).num_rows == 0
    assert re.fullmatch(r"praise-words-en-\d+\.\d+-[0-9a-f]{8}", praise_version())
