"""Shares of coded replies, corrected where people coded some of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import twoway as tw
from twoway.inference.corrected_groups import corrected_by_group
from twoway.metrics.correcting import CORRECTED
from twoway.metrics.exchanges import replies_to_persons

NAMES = ["reply_open_share", "reply_deflect_share"]


@pytest.fixture(scope="module")
def ruled():
    """All codes of the rules on the bundled town."""
    codes = tw.code(tw.load_corpus("town_square"), "resolution")
    return codes.astype({"label": str, "codebook": str})


@pytest.fixture(scope="module")
def people(ruled):
    """Codes of people on a third of the replies, who call one in five deflections an answer."""
    rng = np.random.default_rng(5)
    posts = ruled["post_id"].unique()
    drawn = ruled[ruled["post_id"].isin(rng.choice(posts, len(posts) // 3, replace=False))].copy()
    sent = drawn.loc[(drawn["label"] == "deflect") & (drawn["value"] == 1), "post_id"]
    moved = set(rng.choice(sent, len(sent) // 5, replace=False))
    other = drawn["post_id"].isin(moved)
    drawn.loc[other, "value"] = (drawn.loc[other, "label"] == "open_answer").astype("int8")
    return drawn.assign(coder="ann", value=drawn["value"].astype(float))


@pytest.fixture(scope="module")
def card(people):
    return tw.measure(tw.annotate(tw.load_corpus("town_square"), codes=people), NAMES, by="organization")


def test_without_given_codes_nothing_is_corrected():
    table = tw.measure(tw.annotate(tw.load_corpus("twelve_posts")), NAMES).table
    assert not set(CORRECTED) & set(table.columns)


def test_a_corrected_share_moves_to_what_people_say(card):
    raw = tw.measure(tw.annotate(tw.load_corpus("town_square")), NAMES, by="organization").table
    both = card.table.merge(raw, on=["unit_id", "metric"], suffixes=("", "_rules"))
    large = both[both["n_labeled"] >= 100]
    assert len(large) >= 4
    sent = large[large["metric"] == "reply_deflect_share"]
    assert (sent["corrected"] < sent["value_rules"]).mean() > 0.8
    ratio = (sent["corrected"] * sent["n"]).sum() / (sent["value_rules"] * sent["n"]).sum()
    assert ratio == pytest.approx(0.8, abs=0.08)
    opened = large[large["metric"] == "reply_open_share"]
    assert (opened["corrected"] > opened["value_rules"]).mean() > 0.8


def test_it_is_what_the_formula_says_of_the_posts(card, ruled, people):
    """The same from the table of codes, by another road."""
    corpus = tw.load_corpus("town_square")
    sides = corpus.accounts.set_index("account_id")
    posts = corpus.posts.set_index("post_id")
    author = ruled["post_id"].map(posts["account_id"])
    one = ruled[ruled["label"] == "deflect"].assign(
        organization=author.map(sides["organization"]).fillna(author), account=author
    )
    truth = people[people["label"] == "deflect"].set_index("post_id")["value"]
    talk = tw.annotate(corpus)
    replies = talk.engine.collect(replies_to_persons(talk)).to_pandas()
    rows = talk.engine.collect(corpus.post_frame.select("row", "post_id")).to_pandas().set_index("row")["post_id"]
    counted = one[one["post_id"].isin(set(replies["row"].map(rows)))]
    person = replies.groupby("row")["person_ix"].min()
    person.index = person.index.map(rows)
    found = corrected_by_group(
        counted["value"].to_numpy(dtype=float),
        counted["post_id"].map(truth).to_numpy(dtype=float),
        counted["organization"].to_numpy(),
        clusters=counted["post_id"].map(person).to_numpy(),
    )
    got = card.table[card.table["metric"] == "reply_deflect_share"].set_index("unit_id")["corrected"]
    for name in found.groups:
        assert got[name] == pytest.approx(found[name].corrected, nan_ok=True)


def test_organizations_with_few_coded_posts_borrow_the_error_rates_of_all(people):
    few = people[people["post_id"].isin(people["post_id"].unique()[:60])]
    table = tw.measure(tw.annotate(tw.load_corpus("town_square"), codes=few), NAMES, by="organization").table
    assert table["flags"].str.contains("pooled_errors").any()
    assert set(table.loc[table["correction"] != "", "correction"]) <= {"rogan_gladen", "ppi++"}


def test_the_table_is_written_by_the_command_line(tmp_path, people):
    from twoway.cli import main

    tw.write_codes(people, tmp_path / "codes.csv")
    out = tmp_path / "card.csv"
    asked = ["measure", "town_square", "--by", "organization", "--metric", "reply_deflect_share"]
    assert main([*asked, "--codes", str(tmp_path / "codes.csv"), "-o", str(out)]) == 0
    table = pd.read_csv(out)
    assert table["corrected"].notna().any()


ASKED = ("question", "invitation", "poll")


def test_shares_of_what_is_posted_are_corrected_by_any_of_their_labels():
    """People find that every second question of the rules is none."""
    corpus = tw.load_corpus("town_square")
    ruled = tw.code(corpus, ["questions", "content"]).astype({"label": str, "codebook": str})
    rng = np.random.default_rng(5)
    posts = ruled["post_id"].unique()
    drawn = ruled[ruled["post_id"].isin(rng.choice(posts, len(posts) // 3, replace=False))].copy()
    asked = drawn[drawn["label"].isin(ASKED) & (drawn["value"] == 1)]["post_id"].unique()
    none = drawn["post_id"].isin(set(asked[::2])) & drawn["label"].isin(ASKED)
    drawn.loc[none, "value"] = 0
    talk = tw.annotate(corpus, codes=drawn.assign(coder="ann", value=drawn["value"].astype(float)))
    card = tw.measure(talk, ["question_share", "content_promotion_share", "candour_ratio"], by="corpus").table
    found = card.set_index("metric")
    share = found.loc["question_share"]
    raw = tw.measure(tw.annotate(corpus), "question_share", by="corpus").table["value"].item()
    assert share["corrected"] == pytest.approx(raw / 2, rel=0.15)
    assert 100 < share["n_labeled"] < share["n"]
    same = found.loc["content_promotion_share"]
    assert (same["corrected"], same["correction"]) == (pytest.approx(same["value"], abs=0.01), "ppi++")
    # Several labels on both sides of a ratio: there is no single share to correct.
    assert found.loc["candour_ratio", "correction"] == ""


def test_what_is_coded_is_a_label_of_its_codebook():
    from twoway.codebooks.load import load_codebook

    for name, metric in tw.all_metrics().items():
        book, _, labels = metric.coded.partition(".")
        if book:
            assert set(labels.split("|")) <= set(load_codebook(book).label_names), name
