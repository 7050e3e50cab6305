"""What stands around VADER's rules: unknown texts, words left out, batches, engines, memory, names and errors."""

from __future__ import annotations

import math
import pickle
from functools import partial

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from vader_salads import salads

from twoway.engine import engine_of
from twoway.errors import FormatError, SchemaError, TwowayError
from twoway.text import lexicon, vader_rules
from twoway.text.lexicon import APOLOGY_WORDS, THANKS_WORDS, vader_lexicon
from twoway.text.sentiment import SCORES, SENTIMENT, sentiment_kernel, vader, vader_version
from twoway.text.vader_rules import Rules


def batch(texts, rows=None, kind=None):
    rows = range(len(texts)) if rows is None else rows
    return pa.RecordBatch.from_arrays(
        [pa.array(rows, pa.int64()), pa.array(texts, kind or pa.string())], ["row", "text"]
    )


# --- worked examples ---------------------------------------------------------------------------------------------


def test_b16_and_the_first_example_of_the_method():
    found = vader(["Worst service ever.", "Thanks, that fixed it!", "VADER is smart, handsome, and funny."])
    assert found["compound"].tolist() == [-0.6249, 0.4926, 0.8316]


def test_one_text_by_hand():
    # great 3.1, three marks of 0.292: 3.976 / sqrt(3.976^2 + 15) = 0.7163; up (3.1 + 1 + .876) / (4.976 + 2).
    row = vader(["we're great people!!!"]).iloc[0]
    assert row["compound"] == round(3.976 / math.sqrt(3.976**2 + 15), 4)
    assert row[["pos", "neg", "neu"]].tolist() == [round(4.976 / 6.976, 3), 0.0, round(2 / 6.976, 3)]


def test_a_plain_apology_reads_as_negative_or_positive_until_it_is_left_out():
    texts = ["We are sorry for that.", "We do apologise for that.", "SORRY, really sorry!"]
    assert (vader(texts)["compound"] < 0).tolist() == [True, False, True]
    assert (vader(texts, without=APOLOGY_WORDS)["compound"] == 0).all()


def test_thanks_left_out():
    both = [vader(["Thanks, it is still broken"], without=words)["compound"].item() for words in ((), THANKS_WORDS)]
    assert both[0] > both[1] < 0


def test_words_of_the_lists_are_lower_case_and_distinct():
    for words in (APOLOGY_WORDS, THANKS_WORDS):
        assert len(set(words)) == len(words)
        assert all(word == word.lower() for word in words)
        assert sum(word in vader_lexicon() for word in words) >= len(words) - 2


# --- tables ------------------------------------------------------------------------------------------------------


def test_unknown_texts_stay_unknown():
    found = vader([None, "good", float("nan"), pd.NA, ""])
    assert found["compound"].isna().tolist() == [True, False, True, True, False]
    assert found.loc[4].tolist() == [0, 0, 0, 0]


def test_a_series_keeps_its_index():
    series = pd.Series(["good", "bad"], index=["x", "y"], name="text")
    assert vader(series).index.tolist() == ["x", "y"]
    assert vader(series.iloc[:0]).shape == (0, 4)
    assert vader([]).dtypes.tolist() == [np.dtype(float)] * 4


def test_shares_add_up_to_one():
    found = vader([text for text in salads(500, seed=3) if text.strip()])
    total = found[["pos", "neg", "neu"]].sum(axis=1)
    assert total.between(0.9985, 1.0015).mean() > 0.9
    assert found["compound"].between(-1, 1).all()


def test_the_kernel_gives_the_same_numbers():
    texts = [*salads(300, seed=5), None, ""]
    texts = [text and text.encode("utf-8", "ignore").decode() for text in texts]
    wanted = vader(texts, without=APOLOGY_WORDS)
    for kind in (pa.string(), pa.large_string(), pa.string_view()):
        found = sentiment_kernel(batch(texts, range(5, 5 + len(texts)), kind), without=APOLOGY_WORDS)
        assert found.schema == SENTIMENT
        assert found.column("row").to_pylist() == list(range(5, 5 + len(texts)))
        assert found.column("compound").null_count == 1
        pd.testing.assert_frame_equal(found.to_pandas()[list(SCORES)], wanted)


@pytest.mark.parametrize("words", [APOLOGY_WORDS, THANKS_WORDS])
def test_known_scores_are_kept_only_where_no_word_left_out_stands(words):
    texts = [text.encode("utf-8", "ignore").decode() for text in salads(2_000, seed=9)]
    mixed = [f"{text} {words[i % len(words)].upper()}!" if i % 3 else text for i, text in enumerate(texts)] + [None]
    rows = batch(mixed)
    plain = sentiment_kernel(rows)
    for name in SCORES:
        rows = rows.append_column(name, plain.column(name))
    assert sentiment_kernel(rows, without=words).equals(sentiment_kernel(batch(mixed), without=words))
    assert not sentiment_kernel(rows, without=words).equals(plain)


def test_an_empty_batch():
    assert sentiment_kernel(batch([])).equals(pa.RecordBatch.from_pylist([], schema=SENTIMENT))


@pytest.mark.parametrize("kind", ["polars", "duckdb"])
def test_engines_run_the_kernel(kind):
    frame = pl.DataFrame({"row": [0, 1, 2], "text": ["GREAT stuff", None, "not great"]})
    native = frame if kind == "polars" else duckdb.from_arrow(frame.to_arrow())
    engine = engine_of(native)
    found = engine.collect(engine.map_batches(engine.adopt(native), sentiment_kernel, SENTIMENT)).to_pandas()
    wanted = vader(["GREAT stuff", None, "not great"])["compound"]
    pd.testing.assert_series_equal(found.sort_values("row")["compound"].reset_index(drop=True), wanted)


def test_the_kernel_travels_to_other_processes():
    kernel = pickle.loads(pickle.dumps(partial(sentiment_kernel, without=APOLOGY_WORDS)))
    assert kernel(batch(["so sorry"])).column("compound").to_pylist() == [0.0]


# --- memory, names, errors ---------------------------------------------------------------------------------------


def test_memory_of_words_is_bounded_and_forgetting_changes_nothing(monkeypatch):
    texts = list(salads(300, seed=8))
    wanted = list(map(Rules(vader_lexicon()).scores, texts))
    monkeypatch.setattr(vader_rules, "MOST_WORDS", 7)
    small = Rules(vader_lexicon())
    assert list(map(small.scores, texts)) == wanted
    assert len(small) <= 7


def test_the_version_names_rules_lexicon_and_what_was_left_out():
    assert vader_version() == f"vader (nltk 3.10 rules), lexicon sha256:{lexicon.LEXICON_SHA256[:8]}"
    assert vader_version(["Sorry", "apology"]).endswith(" without apology, sorry")
    assert lexicon.lexicon_sha256(vader_lexicon()) == lexicon.LEXICON_SHA256


def test_another_lexicon_is_refused(monkeypatch):
    monkeypatch.setattr(lexicon, "_AS_IN_NLTK", {})
    with pytest.raises(FormatError, match=r"read from the installed package vaderSentiment\. Install version 3\.3\.2"):
        vader_lexicon.__wrapped__()


def test_what_is_no_text_is_refused():
    with pytest.raises(SchemaError, match=r"7 \(int\) is not a text\. It stands at position 1"):
        vader(["good", 7])
    with pytest.raises(SchemaError, match="Pass a list or a series"):
        vader("good")
    with pytest.raises(TwowayError, match=r"Pass the words as a list: without=\['sorry'\]"):
        vader(["good"], without="sorry")
