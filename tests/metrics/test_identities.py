"""Relations that hold between metrics, and changes of a corpus that must not change a value."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from handmade import HOUR, annotated, by_library, card_values, post, same, tables
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from random_corpora import corpora, renamed_posts, twin_of

import twoway as tw

WEEK = 7 * 24 * HOUR
MONTH = 30 * 24 * 60  # minutes
UNITS = ["account", "organization", "corpus"]
LITTLE = 1e-9  # room for the order of floating-point sums

fixed = settings(
    max_examples=4, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
by_unit = st.sampled_from(UNITS)


def wide(values):
    """Return {(unit, metric): value} as {unit: {metric: value}}."""
    found = {}
    for (unit, metric), value in values.items():
        found.setdefault(unit, {})[metric] = value
    return found


def assert_same(first, second):
    different = [key for key in {*first, *second} if not same(first.get(key, np.nan), second.get(key, np.nan))]
    assert {key: (first.get(key), second.get(key)) for key in different} == {}


# --- relations between metrics ---


@settings(fixed, max_examples=6)
@given(made=corpora(), by=by_unit)
def test_relations_and_ranges(made, by):
    posts, accounts, focus = made
    found = by_library(posts, accounts, by=by, focus=focus)
    for unit, m in wide(found).items():
        assert_related(unit, m)
    for (unit, metric), value in found.items():
        assert_in_range(unit, metric, value)


def assert_related(unit, m):
    kinds = [m[f"{kind}_share"] for kind in ("original", "mention", "reply", "repost", "quote", "intra_brand")]
    legacy = [m[f"legacy_{kind}_share"] for kind in ("original", "reply", "repost")]
    parts = [m[f"{part}_part"] for part in ("broadcast", "deflect", "conversation")]
    for shares in (kinds, legacy, parts):
        assert np.isnan(sum(shares)) or sum(shares) == pytest.approx(1), unit
    assert not m["answered_within_15min"] > m["answered_within_1h"] + LITTLE, unit
    assert not m["answered_within_1h"] > m["answered_within_24h"] + LITTLE, unit
    assert not m["response_rate_strict"] > m["response_rate"] + LITTLE, unit
    assert same(m["silence_rate"], 1 - m["response_rate"]), unit
    assert not m["dyadic_reciprocity"] > m["arc_reciprocity"] + LITTLE, unit
    assert not m["inbound_reciprocity_ordered"] > m["inbound_reciprocity"] + LITTLE, unit
    assert not m["deflection_rate_all"] > m["deflection_rate"] + LITTLE, unit
    assert not m["broadcast_index"] > m["broadcast_index_reply"] + LITTLE, unit
    assert not m["broadcast_strategy_score"] > m["broadcast_index"] + LITTLE, unit
    assert not m["conversation_size_median"] > m["conversation_size_p90"] + LITTLE, unit


def assert_in_range(unit, metric, value):
    if metric.endswith(("_share", "_part")) or (metric.endswith("_rate") and metric != "new_tie_rate"):
        assert np.isnan(value) or -LITTLE <= value <= 1 + LITTLE, (unit, metric)
    if metric in {"burstiness", "burstiness_originals", "burstiness_replies", "memory", "external_internal_index"}:
        assert np.isnan(value) or -1 - LITTLE <= value <= 1 + LITTLE, (unit, metric)
    if metric == "structural_virality":
        assert np.isnan(value) or value >= 1 - LITTLE, (unit, metric)


@settings(fixed, max_examples=8)
@given(parents=st.lists(st.integers(0, 30), min_size=3, max_size=30))
def test_virality_lies_between_star_and_path(parents):
    n = len(parents) + 1
    rows = [post("n00", "brand", 0, "what do you think")]
    for i, parent in enumerate(parents, start=1):
        rows.append(post(f"n{i:02}", f"person{i}", i, "well", f"n{parent % i:02}"))
    roles = {"brand": "official", **{f"person{i}": "public" for i in range(1, n)}}
    found = by_library(*tables(rows, roles))
    star, path = 2 * (n - 1) / n, (n + 1) / 3
    assert star - LITTLE <= found["brand", "structural_virality"] <= path + LITTLE
    assert -LITTLE <= found["brand", "structural_virality_normalized"] <= 1 + LITTLE


def asked(n_answered, n_silent):
    """Return a corpus in which some turns are answered after 10, 20, 30 ... minutes and some never."""
    n = n_answered + n_silent
    rows = [post(f"q{i:02}", f"person{i}", i, "@brand open?") for i in range(n)]
    rows += [post(f"p{i:02}", "brand", i + 10 * (i + 1), "yes", f"q{i:02}") for i in range(n_answered)]
    rows += [post("zz", "brand", MONTH, "good night")]
    return tables(rows, {"brand": "official", **{f"person{i}": "public" for i in range(n)}})


def test_unanswered_posts_show_in_the_rate_and_the_censored_median_only():
    before, after = asked(n_answered=5, n_silent=1), asked(n_answered=5, n_silent=3)
    few, many = by_library(*before), by_library(*after)
    assert few["brand", "response_rate"] == pytest.approx(5 / 6)
    assert many["brand", "response_rate"] == pytest.approx(5 / 8)
    # Answered only, the median is 30 minutes however many were ignored.
    medians = [annotated(*both).turns["latency_s"].median() / 60 for both in (before, after)]
    assert medians == [30, 30]
    # Of six the third answer brings S to 1/2, of eight only the fourth does; it stays there until the next one.
    assert few["brand", "latency_median"] == pytest.approx((30 + 40) / 2)
    assert many["brand", "latency_median"] == pytest.approx((40 + 50) / 2)


# --- changes that change nothing ---


@settings(fixed, max_examples=5)
@given(made=corpora(), by=by_unit, shuffle=st.integers(0, 9), weeks=st.sampled_from([-52, 1, 1_000]))
def test_row_order_names_of_posts_and_whole_weeks_do_not_matter(made, by, shuffle, weeks):
    # All at once, since every change costs a measurement: one that matters shows whatever is changed beside it.
    posts, accounts, focus = made
    again = renamed_posts(posts, lambda name: f"x{name}y").sample(frac=1, random_state=shuffle)
    times = [name for name in ("created_at", "deleted_at") if name in posts]
    again = again.assign(**{name: again[name] + weeks * WEEK for name in times})
    assert_same(by_library(posts, accounts, by=by, focus=focus), by_library(again, accounts, by=by, focus=focus))


def test_splitting_a_file_does_not_matter(tmp_path):
    posts, accounts = asked(n_answered=5, n_silent=3)
    posts["created_at"] = pd.to_datetime(posts["created_at"], unit="s", utc=True).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    accounts.to_csv(tmp_path / "accounts.csv", index=False)
    values = []
    for name, cuts in {"whole": [(0, 99)], "split": [(7, 99), (0, 7)]}.items():
        paths = [tmp_path / f"{name}{i}.csv" for i in range(len(cuts))]
        for path, (start, end) in zip(paths, cuts, strict=True):
            posts.iloc[start:end].to_csv(path, index=False)
        corpus = tw.read(paths).with_accounts(accounts)
        values.append(by_library(corpus.posts, corpus.accounts))
    assert_same(*values)
    assert values[0]["brand", "response_rate"] == pytest.approx(5 / 8)


@fixed
@given(made=corpora())
def test_a_second_town_like_the_first_leaves_rates_alone(made):
    posts, accounts, focus = made
    assume(focus is None)
    once = by_library(posts, accounts, by="corpus")
    twice = by_library(*twin_of(posts, accounts), by="corpus")
    kept = ("_share", "_part", "_rate", "_mean", "_reciprocity", "_index", "_entropy", "_gini", "_imbalance")
    kept += ("within_15min", "within_1h", "within_24h", "latency_median", "latency_rmst_24h", "_loss", "_per_turn")
    one, two = ({k: v for k, v in values.items() if k[1].endswith(kept)} for values in (once, twice))
    for values in (one, two):
        values.pop(("all", "new_tie_rate"), None)  # counted per week, so it doubles
    assert_same({k[1]: v for k, v in one.items()}, {k[1]: v for k, v in two.items()})


# --- corpora with little in them ---


def bare(**columns):
    """Return three posts by two accounts with other columns put in."""
    rows = [post("1", "brand", 0, "news"), post("2", "ann", 60, "hello"), post("3", "brand", 120, "more news")]
    posts, accounts = tables(rows, {"brand": "official", "ann": "public"})
    return posts.assign(**columns), accounts


@pytest.mark.parametrize(
    "corpus",
    [
        pytest.param(bare(), id="no reply at all"),
        pytest.param(bare(account_id="brand"), id="one author"),
        pytest.param(bare(parent_id=["gone1", "gone2", "gone3"]), id="all parents missing"),
        pytest.param(bare(repost_of_id="gone"), id="only reposts"),
        pytest.param(bare(text=""), id="no words"),
        pytest.param(bare(created_at=0), id="all at once"),
        pytest.param((bare()[0].iloc[:1], bare()[1]), id="one post"),
        pytest.param((bare()[0].drop(columns=["parent_id"]), bare()[1]), id="no reply ids"),
        pytest.param((bare()[0].drop(columns=["text"]), bare()[1]), id="no text"),
    ],
)
def test_thin_corpora_run_every_metric_without_a_warning(corpus):
    # Warnings are errors in this suite, so running is the test; nothing here can be answered, so no rate exists.
    # The other levels are a test of their own.
    found = card_values(tw.measure(annotated(*corpus), by="organization"))
    assert len({metric for _, metric in found}) == len(tw.catalog())
    assert all(np.isnan(value) for (_, metric), value in found.items() if metric.startswith("response_rate"))
