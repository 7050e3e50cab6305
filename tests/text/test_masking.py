"""What is masked, what is not, and hashes that stay the same."""

import itertools

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from twoway.text.masking import MASKED, bare_text, masked_kernel
from twoway.text.shingles import SHINGLE, gram_hashes, sequence_hashes, shingle_hashes, token_hashes


def masked(*texts):
    done = masked_kernel(pa.record_batch({"row": range(len(texts)), "text": pa.array(texts, pa.string())}))
    assert done.schema.names == MASKED.names
    return done.to_pylist()


@pytest.mark.parametrize(
    ("text", "slotted", "agent"),
    [
        # slots
        ("@ann @bob So sorry. Ask @helpdesk!", "So sorry. Ask {handle}!", None),
        ("Write to help@shop.example or see www.shop.example/a?b=1", "Write to {mail} or see {link}", None),
        ("Booking KR2TUX, 48 hours, +44 20 7946 0000", "Booking {number}, {number} hours, {number}", None),
        ("Seats 12/13 &amp; more &lt;3", "Seats {number}   more", None),
        # names
        ("Hi Ann, it's here", "Hi {name}, it's here", None),
        ("Hey there! It’s here", "Hey {name}! It's here", None),
        ("Hey, help's here! Tell us more", "Hey, help's here! Tell us more", None),
        ("Hi, thanks! It left", "Hi, thanks! It left", None),
        ("hi ann. it left", "hi {name}. it left", None),
        ("1: Hello Ann Lee! It leaves", "{number}: Hello {name}! It leaves", None),
        ("Enjoy the ride, Ann!", "Enjoy the ride, {name}!", None),
        ("Thanks Ann, see you", "Thanks {name}, see you", None),
        ("It is done, Thanks", "It is done Thanks", None),
        ("Is it on a phone, a tablet or both?", "Is it on a phone, a tablet or both?", None),
        # signatures
        ("We are on it ^AB", "We are on it", "ab"),
        ("We are on it. *Ab", "We are on it.", "ab"),
        ("We are on it /J https://a.example", "We are on it", "j"),
        ("We are on it.-Ann", "We are on it.", "ann"),
        ("We are on it. Thanks-Ann 2/2", "We are on it. Thanks", "ann"),
        ("See you soon- Ann", "See you soon", "ann"),
        ("We are on it - ann", "We are on it", "ann"),
        ("We are on it =) Ann", "We are on it", "ann"),
        ("We are on it - Thanks", "We are on it - Thanks", None),
        ("Is it this and/or that", "Is it this and/or that", None),
        ("Do you use Wi-Fi", "Do you use Wi-Fi", None),
        ("", "", None),
        (None, "", None),
    ],
)
def test_what_is_masked(text, slotted, agent):
    (found,) = masked(text)
    assert (found["slotted"], found["agent"]) == (slotted, agent)


def test_slots_count_as_tokens_and_case_and_marks_do_not_matter():
    one, other = masked("Hi Ann! See https://a.example, ORDER 7", "hi bob, see www.b.example order 123 !!")
    assert one["tokens"] == other["tokens"] == 6
    assert one["wording"] == other["wording"]
    assert one["shingles"] == other["shingles"]
    assert len(one["shingles"]) == 4


def test_a_slot_is_not_its_letter():
    one, other = masked("we wrote to 12 again", "we wrote to N again")
    assert one["wording"] != other["wording"]


def test_what_a_reply_is_compared_by_keeps_numbers():
    mail = "> you said 7\n@ann Hi Ann, order 12 left, see https://a.example ^JB"
    text = pl.select(bare_text(pl.lit(mail))).item()
    assert text.split() == ["hi", ",", "order", "12", "left,", "see"]


def test_hashes_are_fixed_for_ever():
    """Written down once: another number means that stored shingles no longer fit."""
    (found,) = masked("we are sorry")
    assert found["shingles"] == [6349184059939325339]


def test_runs_against_loops(rng):
    texts = [[f"w{i}" for i in rng.integers(0, 4, rng.integers(0, 9))] for _ in range(300)]
    hashes, starts = token_hashes(pa.array(texts, pa.list_(pa.string())))
    runs, text = gram_hashes(hashes, starts, 2)
    pairs = [(n, pair) for n, words in enumerate(texts) for pair in itertools.pairwise(words)]
    assert text.tolist() == [n for n, _ in pairs]
    number = {}
    for run, (_, pair) in zip(runs.tolist(), pairs, strict=True):
        assert number.setdefault(pair, run) == run
    assert len(set(number.values())) == len(number) == 16
    shingles, cuts = shingle_hashes(hashes, starts, SHINGLE)
    distinct = [len({tuple(words[i : i + 3]) for i in range(len(words) - 2)}) for words in texts]
    assert np.diff(cuts).tolist() == distinct
    sequences = sequence_hashes(hashes, starts)
    assert len(set(sequences.tolist())) == len({tuple(words) for words in texts})
    known = {}
    for words, code in zip(texts, sequences.tolist(), strict=True):
        assert known.setdefault(tuple(words), code) == code


def test_batches_cut_anywhere_agree():
    texts = ["Hi Ann, we are sorry ^JB", "", "so sorry to hear this from you", "we are sorry"]
    whole = pa.record_batch({"row": range(4), "text": texts})
    pieces = [row for part in (whole.slice(0, 1), whole.slice(1, 3)) for row in masked_kernel(part).to_pylist()]
    assert pieces == masked_kernel(whole).to_pylist()
    assert masked_kernel(whole.slice(0, 0)).num_rows == 0
