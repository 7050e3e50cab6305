"""The library says what the loops say: on random corpora, on the bundled ones, and on real data."""

from __future__ import annotations

import pandas as pd
import pytest
from handmade import DAY, HOUR, disagreements
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from random_corpora import corpora

import twoway as tw

UNITS = ["account", "organization", "corpus"]

# The same examples on every machine: a failure here must be a failure everywhere. They are not made smaller, which
# takes longer than finding them.
fixed = settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)

other_definitions = st.sampled_from(
    [
        tw.Definitions(draws=1),
        tw.Definitions(draws=1),
        tw.Definitions(draws=1, attribution="strict"),
        tw.Definitions(draws=1, horizon_s=HOUR, turn_gap_s=HOUR, episode_gap_s=HOUR, thread_gap_s=60, rmst_s=HOUR),
        tw.Definitions(
            draws=1, wash_in_s=HOUR, follow_up_s=DAY, silence_end_s=DAY, return_gap_s=HOUR, episode_gap_s=60
        ),
        tw.Definitions(draws=1, business_hours="mon-fri 09:00-18:00", give_up_s=DAY, contact_memory_s=DAY, rarefy_n=3),
    ]
)


def check(made, by, definitions):
    posts, accounts, focus = made
    corpus = tw.Corpus(posts, accounts, focus=focus)
    assert disagreements(corpus, posts, accounts, by=by, focus=focus, definitions=definitions) == []


@settings(fixed, max_examples=24)
@given(made=corpora(), by=st.sampled_from(UNITS), definitions=other_definitions)
def test_random_corpora(made, by, definitions):
    check(made, by, definitions)


@pytest.mark.parametrize("column", ["parent_id", "repost_of_id", "text"])
@settings(fixed, max_examples=5)
@given(made=corpora(), by=st.sampled_from(UNITS))
def test_sources_that_lack_a_column(column, made, by):
    posts, accounts, focus = made
    check((posts.drop(columns=[column]), accounts, focus), by, None)


@settings(fixed, max_examples=6)
@given(made=corpora(), by=st.sampled_from(UNITS))
def test_a_window_inside_the_posts(made, by):
    posts, accounts, focus = made
    times = posts["created_at"].sort_values().tolist()
    window = [pd.Timestamp(times[i], unit="s", tz="UTC") for i in (len(times) // 4, 3 * len(times) // 4)]
    corpus = tw.Corpus(posts, accounts, focus=focus, window=window)
    assert disagreements(corpus, posts, accounts, by=by, focus=focus, window=window) == []


# The tests above take a sample of what this one goes through at length.
@pytest.mark.slow
@pytest.mark.parametrize("by", UNITS)
@settings(fixed, max_examples=300)
@given(made=corpora(), definitions=other_definitions)
def test_many_random_corpora(by, made, definitions):
    check(made, by, definitions)


@pytest.mark.parametrize("by", UNITS)
@pytest.mark.parametrize("name", ["twelve_posts", "town_square"])
def test_bundled_corpora(name, by):
    corpus = slice_of(tw.load_corpus(name))
    assert disagreements(corpus, corpus.posts, corpus.accounts, by=by, window=corpus.window) == []


@pytest.mark.parametrize("by", UNITS)
def test_real_threads(shared_data, by):
    corpus = tw.read(shared_data("twcs/head_threads.csv.gz"))
    assert disagreements(corpus, corpus.posts, corpus.accounts, by=by, window=corpus.window) == []


def slice_of(corpus, n_posts=1_500):
    """Keep the first posts of a corpus, so that plain loops end soon; later parents are then missing."""
    posts = corpus.posts
    if len(posts) <= n_posts:
        return corpus
    return corpus.between(end=posts["created_at"].iloc[n_posts])
