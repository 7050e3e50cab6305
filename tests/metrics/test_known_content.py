"""What accounts say unasked: values worked on paper (A9, A10, A11, A12)."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from handmade import DAY, HOUR, MINUTE, annotated, post, tables

import twoway as tw
from twoway.inference.linear import newey_west

D, H = DAY / MINUTE, HOUR / MINUTE
SHOP = {"shop": "official", "ann": "public", "ben": "public"}
RECALL = "We are recalling all jars of plum jam from batch 17."
OUTAGE = "Our website is currently down, engineers are on it."
PRIDE = "We are proud of our new bakers."
PLAIN = "The river walk is open from nine to six."
SALE = "Our summer sale starts on Friday."
ASKS = "Which cake should we bake on Sunday?"


def values(rows, names, roles=SHOP, definitions=None, by="account", **columns):
    """Measure the shop: {metric: row of the scorecard}."""
    posts, accounts = tables(rows, roles)
    for name, column in columns.items():
        accounts[name] = column
    table = tw.measure(annotated(posts, accounts, definitions=definitions), names, by=by).table
    return table[table["unit_id"].isin(["shop", "all"])].set_index("metric")


def said(texts, gap=D):
    """Let the shop post one text after the other."""
    return [post(f"p{i:03d}", "shop", i * gap, text) for i, text in enumerate(texts)]


# --- A9 ---


def test_two_recalls_and_six_boasts():
    found = values(said([RECALL, OUTAGE, *[PRIDE] * 6, PLAIN, PLAIN]), ["candour_ratio", "candour_log_odds"])
    ratio = found.loc["candour_ratio"]
    assert ratio["value"] == pytest.approx(0.25)
    assert (ratio["low"], ratio["high"]) == pytest.approx((0.0715, 0.5907), abs=1e-4)
    assert ratio["n"] == 8
    assert "small_n" in ratio["flags"]
    assert found.loc["candour_log_odds", "value"] == pytest.approx(-0.9555, abs=1e-4)


def test_neither_faults_nor_boasts_is_undefined_and_replies_do_not_count():
    rows = [*said([PLAIN]), post("q", "ann", 5, "@shop where is it"), post("r", "shop", 9, f"@ann {OUTAGE}", "q")]
    found = values(rows, ["candour_ratio", "candour_log_odds"])
    assert found["value"].isna().all()
    assert found["flags"].str.contains("undefined").all()
    assert (found["n"] == 0).all()


def test_a_unit_that_does_both_counts_in_both_classes():
    found = values(said([f"{RECALL} {PRIDE}", PRIDE]), ["candour_ratio"]).loc["candour_ratio"]
    assert (found["value"], found["n"]) == (pytest.approx(1 / 3), 3)


def test_only_boasts_have_finite_log_odds():
    found = values(said([PRIDE] * 3), ["candour_ratio", "candour_log_odds"])["value"]
    assert found["candour_ratio"] == 0
    assert found["candour_log_odds"] == pytest.approx(math.log(0.5 / 3.5))


def test_limits_of_the_log_odds_are_those_of_the_ratio():
    names = ["candour_ratio", "candour_log_odds"]
    mixed = values(said([*[RECALL] * 5, *[PRIDE] * 20, PLAIN]), names)
    ratio, odds = (mixed.loc[name, ["low", "high"]].to_numpy(dtype=float) for name in names)
    assert odds == pytest.approx(np.log(ratio / (1 - ratio)))
    assert mixed.loc["candour_log_odds", "value"] == pytest.approx(math.log(5.5 / 20.5))
    # Without one fault it cannot be told how rare they are: no lower limit, and an upper one far above the value.
    boasts = values(said([PRIDE] * 40), names)
    low, high = boasts.loc["candour_log_odds", ["low", "high"]]
    assert low == -math.inf
    assert high == pytest.approx(
        math.log(boasts.loc["candour_ratio", "high"] / (1 - boasts.loc["candour_ratio", "high"]))
    )


# --- A10 ---


def test_promotional_share_by_month_rises_by_a_tenth_a_month():
    days = [pd.Timestamp(2024, month, day).timestamp() / MINUTE for month in (1, 2, 3, 4) for day in range(1, 11)]
    sells = [day <= n for n in (2, 3, 4, 5) for day in range(1, 11)]
    texts = [SALE if sell else PLAIN for sell in sells]
    rows = [post(f"p{i:02d}", "shop", at, text) for i, (at, text) in enumerate(zip(days, texts, strict=True))]
    table = tw.measure(annotated(*tables(rows, SHOP)), ["promotional_share"], by="month").table
    assert table["value"].tolist() == pytest.approx([0.2, 0.3, 0.4, 0.5])
    slope = newey_west(table["value"], {"month": [0, 1, 2, 3]}).table["coefficient"]
    assert slope.iloc[1] == pytest.approx(0.1)


def test_what_was_paid_for_promotes_whatever_it_says():
    rows = said([SALE, PLAIN, PLAIN, PLAIN])
    unknown = values(rows, ["promotional_share", "paid_share"])
    assert unknown["value"].tolist() == [0.25, pytest.approx(float("nan"), nan_ok=True)]
    assert "promoted_unknown" in unknown.loc["promotional_share", "flags"]
    # A null is unknown: the fourth is judged by its words, and is none of those known to be paid for or not.
    cases = {
        (True, True, False, False): ([0.5, 0.5], False),
        (True, True, False, None): ([0.5, 2 / 3], True),
        (None, None, None, None): ([0.25, float("nan")], True),
    }
    for marks, (expected, is_flagged) in cases.items():
        for row, paid in zip(rows, marks, strict=True):
            row["is_promoted"] = paid
        known = values(rows, ["promotional_share", "paid_share"])
        assert known["value"].tolist() == pytest.approx(expected, nan_ok=True)
        assert [("promoted_unknown" in flags) for flags in known["flags"]] == [is_flagged] * 2


def test_what_is_said_of_one_organization_says_nothing_of_another():
    """The baker says of two posts that one was paid for; of the shop's posts it is never said."""
    rows = [{**row, "is_promoted": None} for row in said([SALE, PLAIN])]
    rows += [post(f"b{i}", "baker", i + 10, PLAIN, is_promoted=bool(i)) for i in range(2)]
    talk = annotated(*tables(rows, {**SHOP, "baker": "official"}))
    table = tw.measure(talk, ["promotional_share", "paid_share"]).table.set_index(["unit_id", "metric"])["value"]
    assert table.unstack().loc["baker"].to_dict() == {"promotional_share": 0.5, "paid_share": 0.5}
    assert table.unstack().loc["shop"].to_dict() == pytest.approx(
        {"promotional_share": 0.5, "paid_share": float("nan")}, nan_ok=True
    )


def test_replies_that_sell_are_no_originals():
    rows = [*said([PLAIN]), post("q", "ann", 5, "@shop hello"), post("r", "shop", 9, f"@ann {SALE}", "q")]
    assert values(rows, ["promotional_share"])["value"].tolist() == [0]


NOTICE = "Our summer sale of lamps and chairs starts on Friday at nine."


@pytest.mark.parametrize(("days", "share"), [(30, 0.5), (31, 0.0)])
def test_an_original_like_one_of_the_last_thirty_days_is_a_repeat(days, share):
    rows = [post("a", "shop", 0, NOTICE), post("b", "shop", days * D, f"{NOTICE} https://shop.example/sale")]
    found = values(rows, ["repeated_share"])
    assert found[["value", "n"]].values.tolist() == [[share, 2]]


def test_repeats_of_replies_and_of_others_are_none():
    rows = [post("a", "shop", 0, "We open at nine"), post("q", "ann", 5, "@shop hello")]
    rows += [post("r", "shop", 9, "@ann We open at nine", "q"), post("b", "stall", 20, "We open at nine")]
    roles = {**SHOP, "stall": "official"}
    assert values(rows, ["repeated_share"], roles=roles)[["value", "n"]].values.tolist() == [[0, 1]]
    # Four words are a repeat only word for word.
    rows += [post("c", "shop", D, "we open at nine!"), post("d", "shop", 2 * D, "We open at ten")]
    found = values(rows, ["repeated_share"], roles=roles)
    assert found[["value", "n"]].values.tolist() == [[pytest.approx(1 / 3), 3]]
    soon = tw.Definitions(repeat_s=DAY - 1)
    assert values(rows, ["repeated_share"], roles=roles, definitions=soon)["value"].item() == 0


# --- A11 ---


def test_six_words_for_oneself_and_two_for_the_reader():
    text = "We bake our bread ourselves at Marrow: ours is for us. You and your friends know."
    found = values(said([text]), ["self_focus", "self_focus_replies"], name=["Marrow", None, None])
    # we, our, ourselves, Marrow, ours, us; you, your.
    assert found.loc["self_focus", "value"] == pytest.approx(0.75)
    assert found.loc["self_focus", "n"] == 8
    assert "undefined" in found.loc["self_focus_replies", "flags"]


def test_names_of_products_are_given_by_the_user():
    rows = said(["Crumbly is back, and you know it"])
    assert values(rows, ["self_focus"])["value"].tolist() == [0]
    named = tw.Definitions(own_names="Crumbly|Marrow Rye")
    assert values(rows, ["self_focus"], definitions=named)["value"].tolist() == [0.5]


def test_an_agent_who_says_i_is_not_self_focused_and_the_handle_of_a_reply_is_no_address():
    rows = [post("q", "ann", 0, "@shop where is it"), post("r", "shop", 5, "@ann I sent it to you, ask our @ben", "q")]
    found = values(rows, ["self_focus", "self_focus_replies"])["value"]
    # our; you, @ben.
    assert found["self_focus_replies"] == pytest.approx(1 / 3)
    assert np.isnan(found["self_focus"])


def test_praise_of_oneself_is_counted_close_to_oneself():
    rows = said(["Our bread is simply the best", "We open at nine, and that is all there is to say of the best"])
    found = values(rows, ["self_praise_share", "meformer_share"])["value"]
    assert found["self_praise_share"] == pytest.approx(0.5)
    assert found["meformer_share"] == 1


# --- A12 ---


def threads(*, back_after=H, window_end=40 * D):
    """Twenty originals a quarter of an hour apart, six of them questions, four answered, one taken up."""
    rows = [post(f"p{i:02d}", "shop", i * H, ASKS if i < 6 else PLAIN) for i in range(20)]
    rows += [post(f"a{i}", "ann", i * H + 10, "the plum one", f"p{i:02d}") for i in range(4)]
    rows += [post("x", "ann", 7 * H, "nice", "p06"), post("y", "shop", 7 * H + 5, "thanks", "x")]
    rows += [post("back", "shop", 10 + back_after, "plum it is", "a0"), post("end", "ben", window_end, "bye")]
    return rows


def test_twenty_originals_six_questions_four_answered_one_taken_up():
    found = values(threads(), ["question_share", "genuine_question_rate", "reply_question_share"])
    assert found["value"].tolist() == pytest.approx([0.30, 0.25, 0.0])
    assert found["n"].tolist() == [20, 4, 2]


def test_coming_back_counts_within_the_horizon_only():
    assert values(threads(back_after=8 * D), ["genuine_question_rate"])["value"].tolist() == [0]
    longer = tw.Definitions(horizon_s=9 * DAY)
    assert values(threads(back_after=8 * D), ["genuine_question_rate"], definitions=longer)["value"].tolist() == [0.25]


def test_questions_too_late_to_be_judged_are_left_out():
    found = values(threads(window_end=5 * D), ["genuine_question_rate"]).loc["genuine_question_rate"]
    assert np.isnan(found["value"])
    assert "undefined" in found["flags"]


def test_a_reply_to_oneself_is_no_coming_back():
    rows = [post("p", "shop", 0, ASKS), post("a", "ann", 10, "plum", "p"), post("b", "shop", 2 * H, "so?", "p")]
    rows.append(post("end", "ben", 40 * D, "bye"))
    assert values(rows, ["genuine_question_rate"])["value"].tolist() == [0]


RHETORICAL = (
    "You did what?!",
    "Is coffee good for you? https://example.org/study",
    "How do bees sleep? They hold each other by the feet.",
    "Did you know that bees sleep?",
)
REAL = (
    "What did you have for lunch?",
    "Where should we go next? Tell us below!",
    "Tea or coffee? #morning",
    "Share your photos of the storm with us.",
    "Quick poll: tea or coffee?",
    "Look at https://example.org/?q=1 first. Which one do you like?",
)


def test_rhetorical_questions_do_not_ask():
    found = values(said([*RHETORICAL, *REAL]), ["question_share"])
    assert found["value"].tolist() == pytest.approx([0.6])


def test_replies_that_end_in_a_question():
    rows = [post("q1", "ann", 0, "@shop help"), post("q2", "ben", 1, "@shop help")]
    rows += [post("r1", "shop", 9, "@ann Sorry! Which version is it? ^JB", "q1")]
    rows += [post("r2", "shop", 9, "@ben Which version is it? We will look.", "q2")]
    assert values(rows, ["reply_question_share"])["value"].tolist() == [0.5]
