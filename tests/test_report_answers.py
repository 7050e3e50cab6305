"""The questions of a report beyond the scorecard: a finding and a picture, or a reason; and what could be hidden."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import twoway as tw
from twoway.errors import NotEnoughEvidence
from twoway.figures import plot_dyad_matrix, plot_hour_bands, plot_participation_shifts
from twoway.report import asked
from twoway.report.asked import answers
from twoway.report.findings import find
from twoway.report.reasons import for_readers, lacking, why_missing
from twoway.report.words import highlights
from twoway.simulate import simulate_tables

SAID = [
    "outcomes", "replies", "destinations", "parity", "tone-flow", "feeling", "voice", "templates", "diet", "models",
]  # fmt: skip
QUESTIONS = [
    "places-latency",
    "places-response",
    "incidence",
    *SAID,
    "clock",
    "attention",
    "shifts",
    "chance",
    "census",
]


@pytest.fixture(scope="module")
def tables():
    made = simulate_tables(8, n_organizations=4, n_people=120, days=40, posts=900)
    return made.posts, made.accounts


def persons(accounts):
    return set(accounts.loc[~accounts["role"].isin(["official", "care", "employee", "executive"]), "account_id"])


@pytest.fixture(scope="module")
def talk(tables):
    return tw.annotate(tw.Corpus(*tables))


@pytest.fixture(scope="module")
def findings(talk):
    return find(talk)


@pytest.fixture(scope="module")
def answered(findings):
    return by_id(findings)


@pytest.fixture(scope="module")
def answered_without_followers(tables):
    posts, accounts = tables
    return ask(posts, accounts.assign(n_followers=None))


def ask(posts, accounts):
    return by_id(find(tw.annotate(tw.Corpus(posts, accounts))))


def by_id(findings):
    return {answer.id: answer for answer in answers(findings)}


def test_every_question_is_answered_where_it_can_be(answered):
    found = answered
    assert list(found) == QUESTIONS
    for answer in found.values():
        assert not answer.reason, answer
        assert answer.sentences
        assert str(answer.figure).lstrip().startswith("<svg")
        assert f'id="{answer.id}-' in answer.figure or "id=" not in answer.figure
        assert answer.caption
        assert answer.misleads


@pytest.mark.parametrize(
    ("change", "name", "words"),
    [
        (lambda p, a: (p.drop(columns="parent_id").assign(text="hello"), a), "shifts", "no reply links"),
        (lambda p, a: (p[~p["account_id"].isin(persons(a))], a), "incidence", ""),
    ],
    ids=["no parents", "nobody asks"],
)
def test_a_question_without_an_answer_has_a_reason(tables, change, name, words):
    answer = ask(*change(*tables))[name]
    assert answer.reason
    assert words in answer.reason
    assert not answer.figure


def test_without_followers_the_question_of_attention_has_a_reason(answered_without_followers):
    answer = answered_without_followers["attention"]
    assert "followers" in answer.reason
    assert not answer.figure


def test_null_models_are_left_out_of_the_report_of_a_large_corpus(findings, monkeypatch):
    monkeypatch.setattr(asked, "MOST_POSTS", 10)
    assert "tw.null_test" in by_id(findings)["chance"].reason


def test_the_page_says_what_could_be_hidden(tables, tmp_path):
    posts, accounts = tables
    people = persons(accounts)
    asks = posts["account_id"].isin(people)
    posts = posts.assign(deleted_at=posts["created_at"].where(asks, pd.NaT) + pd.Timedelta(days=6))
    page = tw.report(tw.annotate(tw.Corpus(posts, accounts)), tmp_path).read_text(encoding="utf-8")
    assert "could be" in page


def test_pictures_of_nothing_are_refused():
    posts = pd.DataFrame({"post_id": ["a", "b"], "account_id": ["x", "y"], "created_at": [0, 60]})
    posts = posts.assign(parent_id=None, text="hi")
    talk = tw.annotate(tw.Corpus(posts, pd.DataFrame({"account_id": ["x"], "role": ["official"]})))
    for plot, result in (
        (plot_dyad_matrix, tw.dyad_census(talk)),
        (plot_hour_bands, tw.business_latency(talk)),
        (plot_participation_shifts, tw.participation_shifts(talk)),
    ):
        with pytest.raises(NotEnoughEvidence):
            plot(result)


def test_the_matrix_counts_every_addressed_account(talk):
    census = tw.dyad_census(talk)
    said = talk.engine.collect(talk.address_frame.filter(~_quote_only()))
    assert census.matrix.to_numpy().sum() == said.num_rows
    row = census.table.iloc[0]
    assert row["mutual"] + row["asymmetric"] + row["null"] == row["n_accounts"] * (row["n_accounts"] - 1) / 2


def _quote_only():
    import narwhals.stable.v2 as nw

    return (nw.col("is_reply") == 0) & (nw.col("is_mention") == 0)


def test_shares_of_shifts_add_up_to_one(talk):
    shifts = tw.participation_shifts(talk)
    sums = shifts.table.groupby(["unit_id", "order"])["share"].sum()
    assert np.allclose(sums, 1)


def test_reasons_do_not_speak_of_functions(answered_without_followers):
    reasons = [answer.reason for answer in answered_without_followers.values()]
    assert any(reasons)
    assert not any("asked for by" in reason or "given to" in reason for reason in reasons)
    assert for_readers("No. They were given to rank_sets. Do more.") == "No. Do more."


def test_units_without_a_wait_by_the_clock_are_one_line(answered):
    clock = answered["clock"]
    silent = [line for line in (*clock.sentences, *clock.more) if "no median wait" in line]
    assert len(silent) <= 1


def test_a_crowd_without_a_wait_by_the_clock_is_counted():
    class Three:
        why = "its opening hours are neither stated nor shown by 50 posts to persons"
        table = pd.DataFrame({"business_median": [np.nan] * 3, "reason": [why] * 3})

        def __str__(self):
            return "a\nb\nc"

    assert asked._sentences(Three()) == (f"3 of 3 have no median wait in opening time: {Three.why}.",)


def test_missing_columns_are_named(tables):
    posts, accounts = tables
    found = find(tw.annotate(tw.Corpus(posts.drop(columns="kind", errors="ignore"), accounts)))
    rows = found.card.table
    for name in found.card.metrics:
        columns = lacking(name, found.talk.corpus)
        if columns and set(columns) - {"text", "parent_id"}:
            told = why_missing(name, rows[rows["metric"] == name], found.talk)
            assert "the source does not have" in told
            assert any(column in told for column in columns)


def test_a_horizon_longer_than_the_collection_is_the_reason(tables):
    posts, accounts = tables
    day = posts[posts["created_at"] < posts["created_at"].min() + pd.Timedelta(hours=30)]
    found = find(tw.annotate(tw.Corpus(day, accounts)))
    tile = next(tile for tile in highlights(found) if tile["metric"] == "response_rate")
    assert tile["value"] == "–"
    assert "the horizon of 7 d is longer than the collection" in tile["reason"]
    assert "--set horizon_s=" in tile["reason"]


def test_a_report_shows_on_request_how_far_it_is(tmp_path, capsys):
    talk = tw.annotate(tw.load_corpus("twelve_posts"))
    tw.report(talk, tmp_path, progress=True)
    assert "section" in capsys.readouterr().err
    tw.report(talk, tmp_path)
    assert "section" not in capsys.readouterr().err
