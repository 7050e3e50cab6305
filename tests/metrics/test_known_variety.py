"""Lexical variety and compressibility of replies: values worked on paper, and plain loops over a town (D7)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from exchanged import by_unit, replies
from handmade import annotated, post, same, tables

import twoway as tw
from twoway.metrics.varying import _per_factor
from twoway.text.token_lists import bare_kernel
from twoway.text.variety import mattr, mtld, mtld_factors

WEEK = 7 * 24 * 60  # minutes


def values_of(replies, names, asks=None, apart=30):
    rows, roles = [], {"shop": "official"}
    for i, said in enumerate(replies):
        roles[f"person{i % 50}"] = "public"
        rows.append(post(f"q{i:04d}", f"person{i % 50}", apart * i, asks[i] if asks else "@shop hm"))
        rows.append(post(f"a{i:04d}", "shop", apart * i + 1, said, f"q{i:04d}"))
    table = tw.measure(annotated(*tables(rows, roles)), names, by="organization").table
    return table.set_index("metric")


def test_words_per_factor_of_the_catalogue():
    """Of a b a b a b c d: 8 words over 2 factors forward, over none but 8/28 + ... of one backward."""
    words = list("abababcd")
    assert float(_per_factor(8, mtld_factors(words), mtld_factors(words[::-1]))) == pytest.approx(6.0)
    assert math.isnan(_per_factor(0, 0, 0))
    assert float(_per_factor(8, 0.2, 0.2)) == 8, "without a factor it is capped at the words there are"


def test_weeks_are_put_together_and_start_anew():
    rng = np.random.default_rng(2)
    vocabulary = [f"{a}{b}{c}en" for a in "bdfgklm" for b in "aeiou" for c in "lmnrst"]
    replies = [" ".join(rng.choice(vocabulary, 30)) for _ in range(12)]
    # Weeks begin on Thursday, 1 January 1970 was one: six replies in each of two weeks.
    found = values_of(replies, ["reply_mtld", "reply_mattr"], apart=WEEK // 6)
    weeks = [" ".join(replies[i : i + 6]).split() for i in (0, 6)]
    factors = [[mtld_factors(week), mtld_factors(week[::-1])] for week in weeks]
    expected = np.mean([360 / (factors[0][i] + factors[1][i]) for i in (0, 1)])
    assert found.loc["reply_mtld", "value"] == pytest.approx(expected)
    assert found.loc["reply_mattr", "value"] == pytest.approx(np.mean([mattr(week) for week in weeks]))
    assert found.loc["reply_mtld", "n"] == 360
    one = values_of(replies[:6], ["reply_mtld"], apart=WEEK // 6)
    assert one.loc["reply_mtld", "value"] == pytest.approx(mtld(weeks[0]).value)


def test_words_without_a_whole_factor_are_flagged():
    rng = np.random.default_rng(2)
    words = [f"{a}{b}{c}en" for a in "bdfgklm" for b in "aeiou" for c in "lmnrst"]
    varied = values_of([" ".join(rng.permutation(words)[:110])], ["reply_mtld"])
    assert (varied.loc["reply_mtld", "value"], varied.loc["reply_mtld", "n"]) == (110, 110)
    assert "capped" in varied.loc["reply_mtld", "flags"].split(",")
    plain = values_of(["the lamp is on the desk and on " * 20], ["reply_mtld", "reply_mattr"])
    assert not plain["flags"].str.contains("capped").any()


def test_short_weeks_say_nothing():
    found = values_of(["the lamp is on the desk"] * 5, ["reply_mtld", "reply_mattr", "relative_compression"])
    assert found["value"].isna().all()
    assert found["flags"].str.contains("undefined").all()


def test_scripts_compress_better_than_what_persons_say():
    rng = np.random.default_rng(4)
    letters = np.array(list("abcdefghijklmnoprstuvw"))

    def babble():
        return " ".join("".join(rng.choice(letters, 6)) for _ in range(14))

    free = [f"@shop {babble()}" for _ in range(700)]
    scripted = [f"we have sent you a message about the matter of {babble()[:20]} and wait for your word" for _ in free]
    told = values_of(scripted, ["relative_compression"], free)
    assert told.loc["relative_compression", "value"] < 0.6
    open_ = [f"well {babble()}" for _ in free]
    assert values_of(open_, ["relative_compression"], free).loc["relative_compression", "value"] == pytest.approx(
        1, abs=0.05
    )


@pytest.mark.parametrize("level", ["account", "organization"])
def test_loops_say_the_same_of_a_town(level):
    import pyarrow as pa

    corpus = tw.load_corpus("town_square")
    talk = tw.annotate(corpus, tw.Definitions(draws=1))
    answers = replies(corpus)
    texts = [a["post"]["text"] for a in answers]
    bare = bare_kernel(pa.record_batch({"row": range(len(texts)), "text": texts}))["text"].to_pylist()
    order = {name: i for i, name in enumerate(corpus.posts["post_id"])}
    for a, text in zip(answers, bare, strict=True):
        a["text"] = text
    expected = {unit: variety(rows, order) for unit, rows in by_unit(answers, level).items()}
    values = tw.measure(talk, ["reply_mtld", "reply_mattr"], by=level).wide()
    assert values["reply_mtld"].notna().sum() >= 10
    for unit, row in values.iterrows():
        told = expected.get(unit, (math.nan, math.nan))
        assert same(row["reply_mtld"], told[0]), unit
        assert same(row["reply_mattr"], told[1]), unit


def variety(rows, order):
    """Count factors word by word, and the different words of every window."""
    import polars as pl

    from twoway.text import patterns

    pools = {}
    for a in sorted(rows, key=lambda a: order[a["post"]["post_id"]]):
        week = int(a["post"]["created_at"].timestamp()) // 604_800
        words = pl.select(pl.lit(a["text"]).str.extract_all(patterns.WORD)).item().to_list()
        pools.setdefault((a["account"], week), []).extend(words)
    long = [words for words in pools.values() if len(words) >= 100]
    if not long:
        return math.nan, math.nan
    n = sum(map(len, long))
    ends = [n / max(sum(factors_by_hand(w[::step]) for w in long), 1) for step in (1, -1)]
    windows = [len(set(w[i : i + 50])) / 50 for w in long for i in range(len(w) - 49)]
    return sum(ends) / 2, sum(windows) / len(windows)


def factors_by_hand(words):
    factors, seen, n = 0, set(), 0
    for word in words:
        seen.add(word)
        n += 1
        if len(seen) / n < 0.72:
            factors, seen, n = factors + 1, set(), 0
    return factors + ((1 - len(seen) / n) / (1 - 0.72) if n else 0)
