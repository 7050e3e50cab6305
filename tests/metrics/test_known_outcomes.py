"""What became of matters: values worked on paper (B6, B7, B8, B9)."""

from __future__ import annotations

import math

import pytest
from handmade import DAY, HOUR, MINUTE, NAN, SAYINGS, annotated, post, tables

import twoway as tw
from twoway.analysis.competing import cumulative_incidence

H = HOUR / MINUTE
#: Twelve episodes: 4 open, 1 passed on and taken up, 1 passed on, 3 deflected, 1 acknowledged, 2 ignored.
TWELVE = [
    *[["open_answer"]] * 4,
    ["escalate", "acknowledge"],
    ["escalate"],
    ["dm"],
    ["dm"],
    ["form"],
    ["acknowledge"],
    [],
    [],
]
CLASSES = {
    "open": 4,
    "escalate_closed": 1,
    "escalate_open": 1,
    "deflected": 3,
    "stalled": 0,
    "acknowledged": 1,
    "ignored": 2,
}


def corpus_of(episodes, asks=None, *, apart=H):
    """Give every episode a person of its own, who asks; the shop says one thing an hour."""
    rows, roles = [], {"shop": "official"}
    for i, sayings in enumerate(episodes):
        person = f"person{i:02d}"
        roles[person] = "public"
        rows.append(post(f"q{i:02d}", person, i, (asks or {}).get(i, "@shop why is it dark here?")))
        for j, name in enumerate(sayings):
            text = name if name not in SAYINGS else SAYINGS[name][0]
            rows.append(post(f"a{i:02d}{j}", "shop", i + apart * (j + 1), f"@{person} {text}", f"q{i:02d}"))
    # The window ends long after the last of them.
    rows.append(post("end", "shop", 20 * DAY / MINUTE, "Good night"))
    return tables(rows, roles)


def values_of(episodes, asks=None, names=None, definitions=None, apart=H):
    talk = annotated(*corpus_of(episodes, asks, apart=apart), definitions=definitions)
    table = tw.measure(talk, names, by="organization").table
    return dict(zip(table["metric"], table["value"], strict=True))


def test_twelve_episodes_of_the_catalogue():
    names = [f"outcome_{name}_share" for name in CLASSES] + ["open_resolution_rate", "deflection_rate"]
    got = values_of(TWELVE, names=names)
    assert {name: got[f"outcome_{name}_share"] for name in CLASSES} == pytest.approx(
        {name: n / 12 for name, n in CLASSES.items()}
    )
    assert got["open_resolution_rate"] == pytest.approx(5 / 12)
    assert got["deflection_rate"] == pytest.approx(3 / 10)


def test_replies_that_say_nothing_or_that_nobody_can_read():
    """Thanks, a handle alone, a text that was not collected, a deflection, nothing: five episodes, one of them unread.

    An empty reply does none of what replies can do; of a text that is not known nobody can say.
    """
    posts, accounts = corpus_of([["acknowledge"], [""], ["unknown"], ["dm"], []])
    posts.loc[posts["text"].str.endswith("unknown"), "text"] = None
    talk = annotated(posts, accounts)
    table = tw.measure(talk, by="organization").table
    got = dict(zip(table["metric"], table["value"], strict=True))
    expected = {
        "outcome_acknowledged_share": 1 / 4,
        "outcome_deflected_share": 1 / 4,
        "outcome_open_share": 0,
        "outcome_ignored_share": 1 / 5,
        "open_resolution_rate": 0,
        "first_acknowledge_share": 1 / 3,
        "deflection_rate": 1 / 3,
        "deflection_first_rate": 1 / 3,
        "deflection_rate_all": 1 / 4,
        "avoidable_deflection_rate": 1 / 3,
        "reply_acknowledge_share": 1 / 3,
        "reply_deflect_share": 1 / 3,
        # Four of five were answered within a day: by thanks, by a deflection, and twice without words.
        "cif_acknowledge_24h": 1 / 5,
        "cif_deflect_24h": 1 / 5,
        "cif_open_24h": 0,
        "answered_within_24h": 4 / 5,
        # Three directed units are known to deflect or to converse; the last post speaks to nobody.
        "url_share": 0,
    }
    assert {name: got[name] for name in expected} == pytest.approx(expected)
    flags = dict(zip(table["metric"], table["flags"], strict=True))
    assert "texts_missing" in flags["deflection_rate"]
    assert "texts_missing" not in flags["response_rate"]
    assert talk.episodes["outcome"].astype(object).where(lambda x: x.notna(), None).tolist() == [
        "acknowledge", "none", None, "deflect", "ignored",
    ]  # fmt: skip
    curves = cumulative_incidence(talk)
    assert str(curves).endswith("1 by acknowledge, 2 by unread.")
    ended = curves.table.groupby("cause")["incidence"].max()
    assert ended.to_dict() == pytest.approx(
        {"open_answer": 0, "escalate": 0, "deflect": 0.2, "acknowledge": 0.2, "unread": 0.4}
    )
    assert talk.turns["cause"].dropna().tolist() == ["acknowledge", "unread", "unread", "deflect"]


def test_what_the_person_said_has_to_be_known_for_a_deflection_to_be_avoidable():
    asks = {2: "@shop my order 12345 is lost, anna@example.com"}
    posts, accounts = corpus_of([["dm"], ["acknowledge"], ["dm"]], asks)
    assert tw.measure(annotated(posts, accounts), ["avoidable_deflection_rate"]).table["value"].tolist() == [0.5]
    posts["parent_id"] = posts["parent_id"].fillna("")
    posts["mentions"] = posts["post_id"].map(lambda name: "shop" if name.startswith("q") else None)
    posts.loc[posts["post_id"] == "q00", "text"] = None
    assert tw.measure(annotated(posts, accounts), ["avoidable_deflection_rate"]).table["value"].tolist() == [0.0]


def test_the_weights_of_destinations_are_a_setting():
    """Two private messages and a form: (2 * .9 + 1) / 3, or with other weights (2 * .6 + .3) / 3."""
    names = ["accountability_loss"]
    assert values_of(TWELVE, names=names)["accountability_loss"] == pytest.approx(2.8 / 3)
    other = tw.Definitions(draws=1, destination_loss="dm=0.6, form=0.3")
    assert values_of(TWELVE, names=names, definitions=other)["accountability_loss"] == pytest.approx(0.5)
    with pytest.raises(tw.TwowayError, match="'dm=2' is no weight"):
        tw.Definitions(destination_loss="dm=2")
    with pytest.raises(tw.UnknownName, match="destination"):
        tw.Definitions(destination_loss="moon=0.5")


def test_first_reactions_are_shares_of_replied_episodes():
    names = ["first_open_share", "first_escalate_share", "first_clarify_share", "first_acknowledge_share"]
    got = values_of(TWELVE, names=names)
    assert [got[name] for name in names] == pytest.approx([0.4, 0.2, 0.0, 0.1])


def test_what_is_said_at_once_is_one_reaction():
    """The second half of the first reaction, a minute later, sends the person elsewhere."""
    rows = [
        post("q", "ann", 0, "@shop why is it dark here?"),
        post("a", "shop", H, f"@ann {SAYINGS['acknowledge'][0]}", "q"),
        post("b", "shop", H + 1, f"@ann {SAYINGS['dm'][0]}", "a"),
        post("end", "shop", 20 * DAY / MINUTE, "Good night"),
    ]
    talk = annotated(*tables(rows, {"shop": "official", "ann": "public"}))
    names = ["first_acknowledge_share", "deflection_first_rate"]
    assert tw.measure(talk, names, by="organization").table["value"].tolist() == [0, 1]


def test_an_apology_with_a_private_message_and_nothing_more_is_deflected():
    got = values_of([["We are sorry! Please send us a DM."]], names=["outcome_deflected_share"])
    assert got["outcome_deflected_share"] == 1


def test_an_answer_with_a_link_is_open_and_assisted():
    said = (
        "Restart the router by holding the small reset button on its back for ten seconds until the lamp turns green,"
        " more at https://example.org/reset"
    )
    got = values_of([[said]], names=["outcome_open_share", "assisted_open_share"])
    assert got == {"outcome_open_share": 1, "assisted_open_share": 1}


def test_a_question_that_nothing_follows_is_stalled_and_thanks_after_it_are_not():
    ask = "Which version of it are you using?"
    got = values_of([[ask], [ask, "acknowledge"]], names=["outcome_stalled_share", "outcome_acknowledged_share"])
    assert got == {"outcome_stalled_share": 0.5, "outcome_acknowledged_share": 0.5}


def test_what_is_passed_on_is_kept_only_in_time():
    names = ["outcome_escalate_closed_share", "outcome_escalate_open_share"]
    late = values_of([["escalate", "acknowledge"]], names=names, definitions=tw.Definitions(handoff_s=HOUR // 2))
    assert late == {"outcome_escalate_closed_share": 0, "outcome_escalate_open_share": 1}


def test_deflection_that_data_called_for_is_no_choice():
    asks = {0: "@shop my order 4711234 has not arrived", 1: "@shop when do you open?"}
    got = values_of([["dm"], ["dm"], ["open_answer"]], asks, names=["avoidable_deflection_rate", "deflection_rate"])
    assert got["deflection_rate"] == pytest.approx(2 / 3)
    assert got["avoidable_deflection_rate"] == pytest.approx(1 / 2)


def test_outcomes_of_matters_that_have_to_go_private_are_told_apart():
    asks = {0: "@shop my order 4711234 has not arrived", 1: "@shop when do you open?", 2: "@shop I was charged twice"}
    names = [f"outcome_{name}_share_private" for name in CLASSES]
    got = values_of([["dm"], ["dm"], ["open_answer"], []], asks, names=names)
    assert got == {name: 0.5 if name.split("_")[1] in {"open", "deflected"} else 0 for name in names}
    assert all(math.isnan(value) for value in values_of([["dm"]], names=names).values())


def test_answers_that_could_be_hidden_could_be_open():
    """Two of four persons are not answered, one of them by a post that others answered."""
    posts, accounts = corpus_of([["open_answer"], ["dm"], [], []])
    posts["n_replies"] = (posts["post_id"] == "q02").astype(int)
    names = ["outcome_open_share", "open_resolution_rate", "outcome_ignored_share"]
    names += ["outcome_deflected_share", "deflection_rate_all"]
    table = tw.measure(annotated(posts, accounts), names, by="organization").table.set_index("metric")
    limits = table[["value", "lower_bound", "upper_bound"]].T
    assert limits["outcome_open_share"].tolist() == [0.25, 0.25, 0.5]
    assert limits["open_resolution_rate"].tolist() == [0.25, 0.25, 0.5]
    assert limits["outcome_deflected_share"].tolist() == limits["deflection_rate_all"].tolist() == [0.25, 0.25, 0.5]
    assert limits["outcome_ignored_share"].tolist() == [0.5, 0.25, 0.5]


def test_a_collection_chosen_by_its_answers_says_little_of_what_became_of_matters():
    names = ["open_resolution_rate", "deflection_rate_all", "outcome_deflected_share", "outcome_ignored_share"]
    talk = annotated(*corpus_of(TWELVE), definitions=tw.Definitions(draws=1, collection="answered"))
    table = tw.measure(talk, names, by="organization").table.set_index("metric")
    assert table["flags"].str.contains("reply_selected").all()
    assert table.loc["open_resolution_rate", "lower_bound"] == 0
    assert table.loc["outcome_ignored_share", "upper_bound"] == 1


def test_follow_through_of_the_catalogue():
    """Done at 3 h and 20 h, one watched for 10 h only, two not within 72 h: 1 - 4/5 * 2/3."""
    end = 100 * H
    said = SAYINGS["escalate"][0]
    rows, roles = [], {"shop": "official"}
    for i, (start, done) in enumerate([(0, 3), (0, 20), (90, None), (0, None), (0, None)]):
        person = f"person{i}"
        roles[person] = "public"
        rows.append(post(f"q{i}", person, start * H - 1 + 60, "@shop it is dark"))
        rows.append(post(f"a{i}", "shop", start * H + 60, f"@{person} {said}", f"q{i}"))
        if done is not None:
            rows.append(post(f"b{i}", "shop", (start + done) * H + 60, f"@{person} all done", f"q{i}"))
    rows.append(post("end", "shop", end + 60, "Good night"))
    talk = annotated(*tables(rows, roles))
    row = tw.measure(talk, "follow_through", by="organization").table.iloc[0]
    assert row["value"] == pytest.approx(1 - 4 / 5 * 2 / 3)
    assert row["n"] == 5


def test_without_episodes_nothing_is_said():
    rows = [post("p0", "shop", 0, "Good morning"), post("p1", "person", 1, "What a day")]
    talk = annotated(*tables(rows, {"shop": "official", "person": "public"}))
    names = [name for name, m in tw.all_metrics().items() if m.table in {"outcomes", "handoffs"}]
    table = tw.measure(talk, names, by="organization").table
    assert all(math.isnan(value) for value in table["value"])
    assert all("undefined" in flags for flags in table["flags"])
    assert NAN != 0
