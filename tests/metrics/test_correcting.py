"""Shares of coded replies, corrected where people coded some of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from handmade import post, tables

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


def test_acts_of_units_are_corrected_where_people_coded_all_their_posts():
    """The rules miss thanks in eight of forty posts; each person wrote two, and the shop two at once to every tenth."""
    rows, codes = [], []
    for i in range(40):
        text = "Thank you!" if i < 20 else "Many tanks!" if i < 28 else "It is night."
        rows += [post(f"q{i:02}", f"p{i:02}", i, "@shop hello"), post(f"a{i:02}", "shop", 100 + i, text, f"q{i:02}")]
        codes.append((f"a{i:02}", float(i < 28)))
        if i % 10 == 0:
            rows.append(post(f"b{i:02}", "shop", 100 + i, "It is night.", f"a{i:02}"))
            codes += [(f"b{i:02}", 0.0)] if i else []
    corpus = tw.Corpus(*tables(rows, {"shop": "official", **{f"p{i:02}": "public" for i in range(40)}}))
    given = pd.DataFrame(codes, columns=["post_id", "value"]).assign(
        codebook="acts", version="1", label="thanks", coder="ann"
    )
    row = tw.measure(tw.annotate(corpus, codes=given), "act_thanks_share", by="corpus").table.iloc[0]
    assert (row["n"], row["n_labeled"]) == (40, 39), "of one unit only half was coded"
    assert row["corrected"] == pytest.approx(0.7, abs=0.02)


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
    assert (same["corrected"], same["correction"]) == (pytest.approx(same["value"], abs=0.01), "ppi")
    # Several labels on both sides of a ratio: there is no single share to correct.
    assert found.loc["candour_ratio", "correction"] == ""


def test_what_answers_a_person_is_no_error_of_the_rules():
    """People who read the words alone call replies small talk; they answer a person all the same."""
    corpus = shop()
    posts = corpus.posts.query("account_id == 'shop'").set_index("post_id")["text"]
    said = {post_id: "small_talk" if text.startswith("@p") else "other" for post_id, text in posts.items()}
    labels = tw.load_codebook("content").label_names
    codes = hand("content", [(post_id, label, label == of) for post_id, of in said.items() for label in labels])
    names = ["content_answer_share", "content_small_talk_share", "content_other_share"]
    found = corrected(corpus, codes, names)
    assert found["corrected"].tolist() == [pytest.approx(30 / 70), 0, pytest.approx(40 / 70)]
    assert found["n_labeled"].tolist() == [70, 70, 70]


def test_what_is_coded_is_a_label_of_its_codebook():
    from twoway.codebooks.load import load_codebook

    for name, metric in tw.all_metrics().items():
        for coded in filter(None, (metric.coded, metric.composed)):
            book, _, labels = coded.partition(".")
            assert set(labels.split("|")) <= set(load_codebook(book).label_names), name


# -- what several labels and facts of threads make ---------------------------------------------------------------------

MODELS = ["press_agentry_share", "public_information_share", "two_way_asymmetrical_share", "two_way_symmetrical_share"]
PRINCIPLES = ["dialogic_loop_share", "dialogic_useful_share", "dialogic_return_share", "dialogic_conservation_share"]


def shop(n=60):
    """Post in turn a question, news, and a reply; the shop takes up every second question. Each post is a unit."""
    rows = []
    for i in range(n):
        kind, at = i % 3, 700 * i
        text = ("What do you think of our plan?", "Our new hall is open.", f"@p{i:02} it is dark")[kind]
        rows += [post(f"q{i:02}", f"p{i:02}", at, "@shop hello")] if kind == 2 else []
        rows.append(post(f"a{i:02}", "shop", at + 10, text, f"q{i:02}" if kind == 2 else None))
        if kind == 0:
            rows.append(post(f"w{i:02}", f"p{i:02}", at + 20, "good", f"a{i:02}"))
        if i % 6 == 0:
            rows.append(post(f"u{i:02}", "shop", at + 30, f"@p{i:02} thanks", f"w{i:02}"))
    rows.append(post("zz", "p00", 60 * 24 * 60, "bye"))
    return tw.Corpus(*tables(rows, {"shop": "official", **{f"p{i:02}": "public" for i in range(n)}}))


def hand(book, told):
    """Write codes of people: post, label, value."""
    made = pd.DataFrame(told, columns=["post_id", "label", "value"])
    return made.assign(value=made["value"].astype(float), codebook=book, version="1", coder="ann")


def corrected(corpus, codes, names):
    card = tw.measure(tw.annotate(corpus, codes=codes), names, by="corpus").table
    return card.set_index("metric")


def test_models_of_public_relations_are_corrected_by_what_people_call_a_question():
    """Of twenty questions people see fourteen, and one more in news: the rest of the twenty informs."""
    corpus = shop()
    raw = tw.measure(tw.annotate(corpus), [*MODELS, "two_way_share", "pr_symmetry"], by="corpus").table
    raw = raw.set_index("metric")["value"]
    # Twenty questions, ten of them taken up by a reply; twenty news; twenty replies. 70 units in all.
    assert raw["two_way_share"] == pytest.approx(50 / 70)
    assert raw["pr_symmetry"] == pytest.approx(40 / 50)
    no_question = {f"a{i:02}" for i in (0, 6, 12, 18, 3, 9)}
    told = [(f"a{i:02}", "solicits", i % 3 == 0 and f"a{i:02}" not in no_question or i == 1) for i in range(60)]
    told += [(f"u{i:02}", "solicits", False) for i in range(0, 60, 6)]
    found = corrected(corpus, hand("pr_model", told), [*MODELS, "two_way_share", "pr_symmetry"])
    # Four of six that are none had been taken up; the one more question was not.
    assert found.loc["two_way_share", "corrected"] == pytest.approx(45 / 70)
    assert found.loc["pr_symmetry", "corrected"] == pytest.approx(36 / 45)
    assert found.loc["two_way_asymmetrical_share", "corrected"] == pytest.approx(9 / 70)
    assert found.loc["two_way_share", ["correction", "n_labeled"]].tolist() == ["ppi", 70]
    # What sells was not coded, and press agentry rests on it.
    assert found.loc["press_agentry_share", ["correction", "n_labeled"]].tolist() == ["", 0]


def test_codes_like_those_of_the_rules_change_no_composite():
    corpus = shop()
    ruled = tw.code(corpus, ["pr_model", "dialogic"]).astype({"label": str, "codebook": str})
    names = [*MODELS, "two_way_share", "pr_symmetry", *PRINCIPLES, "dialogic_score"]
    drawn = ruled[ruled["post_id"].isin(ruled["post_id"].drop_duplicates().sample(60, random_state=3))]
    found = corrected(corpus, drawn.assign(coder="ann", value=drawn["value"].astype(float)), names)
    raw = tw.measure(tw.annotate(corpus), names, by="corpus").table.set_index("metric")["value"]
    assert found["corrected"].to_numpy() == pytest.approx(raw[found.index].to_numpy())
    assert found["flags"].str.contains("no_errors_seen").all()
    assert (found["corrected_low"] < found["corrected_high"]).all()


def test_the_dialogic_score_is_the_mean_of_its_corrected_parts():
    """People take every other post that the rules call useful for none, and count three of every five as a series."""
    corpus = tw.load_corpus("town_square")
    ruled = tw.code(corpus, ["dialogic"]).astype({"label": str, "codebook": str})
    rng = np.random.default_rng(3)
    posts = ruled["post_id"].unique()
    drawn = ruled[ruled["post_id"].isin(rng.choice(posts, len(posts) // 4, replace=False))].copy()
    useful = ["names_contact", "gives_facts", "customer_news"]
    drawn["value"] = drawn["value"].astype(float)
    number = drawn["post_id"].rank(method="dense").astype(int)
    drawn.loc[drawn["label"].isin(useful) & (number % 2 == 0), "value"] = 0.0
    drawn.loc[(drawn["label"] == "series") & (number % 5 < 3), "value"] = 1.0
    found = corrected(corpus, drawn.assign(coder="ann"), [*PRINCIPLES, "dialogic_score"])["corrected"]
    raw = tw.measure(tw.annotate(corpus), PRINCIPLES, by="corpus").table.set_index("metric")["value"]
    assert found["dialogic_score"] == pytest.approx(found[PRINCIPLES].mean())
    assert found["dialogic_useful_share"] == pytest.approx(raw["dialogic_useful_share"] / 2, rel=0.2)
    assert found["dialogic_return_share"] == pytest.approx(0.6 + 0.4 * raw["dialogic_return_share"], rel=0.05)
    assert found["dialogic_loop_share"] == pytest.approx(raw["dialogic_loop_share"])


def test_composites_of_organizations_with_few_coded_posts_are_left_as_they_are():
    told = [(f"a{i:02}", "solicits", i % 3 == 0) for i in range(29)]
    row = corrected(shop(), hand("pr_model", told), ["two_way_share", "reply_deflect_share"]).loc["two_way_share"]
    assert (row["n_labeled"], row["correction"]) == (29, "ppi")
    assert np.isnan([row["corrected"], row["corrected_low"]]).all()
    assert "too_few_labels" in row["flags"]


def test_questions_of_either_form_are_corrected_together():
    """The rules find a question in forty units; people find none in every fourth of them."""
    rows, told = [], []
    for i in range(60):
        text = "Is it dark there?" if i < 20 else "Where is it dark?" if i < 40 else "It is night."
        rows += [post(f"q{i:02}", f"p{i:02}", i, "@shop hello"), post(f"a{i:02}", "shop", 100 + i, text, f"q{i:02}")]
        label = "yes_no_question" if i < 20 else "wh_question"
        told += [
            (f"a{i:02}", name, name == label and i < 40 and i % 4 > 0) for name in ("yes_no_question", "wh_question")
        ]
    corpus = tw.Corpus(*tables(rows, {"shop": "official", **{f"p{i:02}": "public" for i in range(60)}}))
    row = corrected(corpus, hand("acts", told), ["act_question_share"]).iloc[0]
    assert (row["n_labeled"], row["corrected"]) == (60, pytest.approx(0.5))
