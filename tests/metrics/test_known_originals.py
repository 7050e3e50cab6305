"""Which posts count as originals, and what counts of them: dots before handles, threads, runs of self-replies."""

from __future__ import annotations

import pytest
from handmade import DAY, MINUTE, annotated, post, tables

import twoway as tw

D = DAY / MINUTE
SHOP = {"shop": "official", "ann": "public", "ben": "public"}
RECALL = "We are recalling all jars of plum jam from batch 17."
PLAIN = "The river walk is open from nine to six."
SALE = "Our summer sale starts on Friday."
ASKS = "Which cake should we bake on Sunday?"
SHARES = ["promotional_share", "question_share", "meformer_share", "self_link_share"]


def values(rows, names, roles=SHOP):
    """Measure the shop: {metric: row of the scorecard}."""
    table = tw.measure(annotated(*tables(rows, roles)), names).table
    return table[table["unit_id"] == "shop"].set_index("metric")


def test_a_dot_before_the_handle_makes_a_post_to_everybody():
    texts = [f".@ann {SALE}", PLAIN, f"@ann {SALE}"]
    rows = [post(f"p{i}", "shop", i * D, text) for i, text in enumerate(texts)]
    found = values(rows, SHARES)
    assert found["n"].tolist() == [2] * 4
    assert found.loc["promotional_share", "value"] == 0.5


def test_a_thread_has_what_any_of_its_posts_has():
    rows = [post("a", "shop", 0, "Big news, in two parts"), post("b", "shop", 5, f"{SALE} {RECALL} {ASKS}", "a")]
    found = values([*rows, post("c", "shop", D, PLAIN)], [*SHARES, "candour_ratio"])
    assert found.loc[SHARES, "n"].tolist() == [2] * 4
    assert found.loc[["promotional_share", "question_share", "meformer_share"], "value"].tolist() == [0.5] * 3
    assert found.loc["candour_ratio", "value"] == 1


@pytest.mark.parametrize(("opening", "n"), [(PLAIN, 2), ("@ann " + PLAIN, 0)], ids=["to everybody", "to somebody"])
def test_a_post_that_goes_on_with_ones_own_is_what_that_one_is(opening, n):
    rows = [post("a", "shop", 0, opening), post("b", "shop", D, f"@shop {SALE}", "a")]
    found = values(rows, SHARES)
    assert found["n"].tolist() == [n] * 4


def test_a_later_word_to_a_customer_is_no_original():
    rows = [post("q", "ann", 0, "@shop hello"), post("r", "shop", 10, "Hello", "q"), post("s", "shop", D, SALE, "r")]
    found = values(rows, SHARES)
    assert found["n"].tolist() == [0] * 4


def test_what_is_passed_on_with_a_comment_has_words_of_its_own():
    rows = [post("a", "shop", 0, SALE, repost_of_id="x", quote_of_id="x")]
    rows += [post("b", "shop", D, PLAIN, repost_of_id=None, quote_of_id=None)]
    found = values(rows, [*SHARES, "public_information_share", "self_focus"])
    assert found.loc["promotional_share", ["value", "n"]].tolist() == [0.5, 2]
    assert found.loc["public_information_share", "n"] == 2
    assert found.loc["self_focus", "n"] == 1


def test_the_handle_of_a_reply_to_a_missing_post_is_no_address():
    known = [post("q", "ann", 0, "@shop hello"), post("r", "shop", 9, "@ann our baker knows you, ask @ben", "q")]
    lost = [post("r", "shop", 9, "@ann our baker knows you, ask @ben", "gone"), post("x", "ben", 20, "hm")]
    # our; you, @ben.
    for rows in (known, lost):
        assert values(rows, ["self_focus_replies"])["value"].item() == pytest.approx(1 / 3)


def test_a_question_late_in_a_thread_is_taken_up_there():
    rows = [post("a", "shop", 0, PLAIN), post("x", "ben", 5, "early", "a"), post("b", "shop", D, ASKS, "a")]
    rows += [post("y", "ann", D + 5, "plum", "b"), post("z", "shop", D + 9, "plum it is", "y")]
    found = values([*rows, post("end", "ben", 40 * D, "bye")], ["question_share", "genuine_question_rate"])
    assert found[["value", "n"]].values.tolist() == [[0.5, 2], [1, 1]]
