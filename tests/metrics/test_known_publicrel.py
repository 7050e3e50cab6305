"""Models of public relations, principles of dialogue, functions, self-links and the content diet, worked on paper."""

from __future__ import annotations

import math

import pytest
from handmade import DAY, MINUTE, annotated, post, tables

import twoway as tw

DAYS = DAY / MINUTE
ROLES = {"shop": "official", "ann": "public", "bob": "public"}
SELLS, INFORMS, ASKS = (
    "20% off all lamps this weekend only!",
    "The north bridge is made of oak.",
    "Which lamp do you like?",
)


def measured(rows, names, roles=None, by="organization", **settings):
    """Measure a few metrics of the first unit: {metric: row}."""
    talk = annotated(*tables(rows, roles or ROLES), definitions=tw.Definitions(draws=1, **settings))
    return {row.metric: row for row in tw.measure(talk, names, by=by).table.itertuples()}


def values(found):
    return {name: row.value for name, row in found.items()}


# --- A4 ---

MODELS = [
    *("press_agentry_share", "public_information_share", "two_way_asymmetrical_share", "two_way_symmetrical_share"),
    *("two_way_share", "pr_symmetry"),
]


def of_models():
    """Sell 3 times, inform 4 times, ask twice in vain, and answer once; the window ends long after."""
    rows = [post(f"s{i}", "shop", 100 * i, SELLS) for i in range(3)]
    rows += [post(f"i{i}", "shop", 1_000 + 100 * i, INFORMS) for i in range(4)]
    rows += [post(f"a{i}", "shop", 2_000 + 100 * i, ASKS) for i in range(2)]
    rows += [post("q", "ann", 3_000, "@shop hello"), post("r", "shop", 3_010, "@ann Hello to you.", "q")]
    return [*rows, post("end", "ann", 30 * DAYS, "what a day")]


def test_models_of_the_catalogue():
    found = values(measured(of_models(), MODELS))
    assert [found[name] for name in MODELS] == pytest.approx([0.3, 0.4, 0.2, 0.1, 0.3, 1 / 3])


@pytest.mark.parametrize(
    ("late", "symmetric"), [(7 * DAYS, 2), (7 * DAYS + 1, 1)], ids=["within the horizon", "after the horizon"]
)
def test_a_question_that_is_taken_up_in_time_is_symmetrical(late, symmetric):
    rows = [*of_models(), post("b", "bob", 2_010, "the red one", "a0"), post("t", "shop", 2_000 + late, "Noted.", "b")]
    found = measured(rows, MODELS)
    # The late reply is itself an answer to a person.
    assert found["two_way_symmetrical_share"].value == pytest.approx((symmetric + 1) / 11)


def test_who_answers_the_shop_itself_takes_nothing_up():
    rows = [*of_models(), post("b", "bob", 2_010, "the red one", "a0"), post("t", "shop", 2_900, "Red it is.", "a0")]
    found = values(measured(rows, MODELS))
    assert found["two_way_symmetrical_share"] == pytest.approx(1 / 11)


def test_solicitations_too_late_to_be_judged_are_left_out_and_bound_the_shares():
    rows = [*of_models(), post("late", "shop", 29 * DAYS, ASKS)]
    found = measured(rows, MODELS)
    assert found["two_way_share"].n == 10
    assert found["two_way_share"].value == pytest.approx(0.3)
    assert found["two_way_share"].upper_bound == pytest.approx(4 / 11)
    assert found["two_way_symmetrical_share"].upper_bound == pytest.approx(2 / 11)
    assert found["press_agentry_share"].lower_bound == pytest.approx(3 / 11)
    assert (found["pr_symmetry"].lower_bound, found["pr_symmetry"].upper_bound) == pytest.approx((1 / 4, 2 / 4))


def test_what_is_paid_for_is_press_agentry_and_what_names_somebody_is_not():
    rows = [post("p", "shop", 0, INFORMS, is_promoted=True), post("m", "shop", 500, f"{SELLS} @ann", is_promoted=False)]
    found = values(measured([*rows, post("end", "ann", 30 * DAYS, "hm", is_promoted=False)], MODELS))
    assert (found["press_agentry_share"], found["public_information_share"]) == (0.5, 0.5)


def test_symmetry_is_undefined_where_nothing_is_two_way():
    found = measured([post("i", "shop", 0, INFORMS), post("end", "ann", 30 * DAYS, "hm")], MODELS)
    assert found["two_way_share"].value == 0
    assert math.isnan(found["pr_symmetry"].value)
    assert "undefined" in found["pr_symmetry"].flags


def test_a_rhetorical_question_asks_nothing():
    rows = [post("i", "shop", 0, "Did you know? The north bridge is made of oak."), post("end", "ann", 30 * DAYS, "hm")]
    assert values(measured(rows, MODELS))["two_way_share"] == 0


# --- A5 ---

PRINCIPLES = [f"dialogic_{name}" for name in ("loop_share", "useful_share", "return_share", "conservation_share")]


def test_principles_of_the_catalogue():
    """Of ten posts two keep the loop, six are useful, one brings back, five link home."""
    useful = "How to clean a lamp in three steps"
    texts = [f"{useful} https://shop.example/lamps"] * 4 + ["Lamps here https://shop.example/lamps", useful, useful]
    rows = [post(f"p{i}", "shop", 100 * i, text) for i, text in enumerate(texts)]
    rows += [post("a0", "shop", 1_000, ASKS), post("s0", "shop", 1_100, "Stay tuned, there is more to come.")]
    rows += [post("q", "ann", 1_200, "@shop hello"), post("r", "shop", 1_210, "@ann Hello to you.", "q")]
    found = values(measured(rows, [*PRINCIPLES, "dialogic_score", "dialogic_orientation"]))
    assert [found[name] for name in PRINCIPLES] == pytest.approx([0.2, 0.6, 0.1, 0.5])
    assert found["dialogic_score"] == pytest.approx(0.35)
    assert found["dialogic_orientation"] == 1


def test_orientation_counts_accounts():
    rows = [post("i", "shop", 0, INFORMS), post("q", "ann", 10, "@help hi"), post("r", "help", 20, "@ann Hi.", "q")]
    roles = {"shop": "official", "help": "care", "ann": "public"}
    posts, accounts = tables(rows, roles, {"shop": "Shop", "help": "Shop"})
    card = tw.measure(annotated(posts, accounts), "dialogic_orientation", by="organization").table
    assert card[["value", "n"]].values.tolist() == [[0.5, 2]]


def test_a_link_to_a_sister_account_keeps_visitors():
    rows = [post("i", "shop", 0, "More of it at @help"), post("h", "help", 5, INFORMS)]
    posts, accounts = tables(rows, {"shop": "official", "help": "care"}, {"shop": "Shop", "help": "Shop"})
    card = tw.measure(annotated(posts, accounts), "dialogic_conservation_share", by="account").table
    assert dict(zip(card["unit_id"], card["value"], strict=True)) == {"shop": 1, "help": 0}


SISTERS = {"shop": "S", "help": "S"}
FACE = ["dialogic_interface_share", "profile_bio_share", "profile_link_share", "profile_author_share"]


def faces(bios, links):
    rows = [post("i", "shop", 0, INFORMS), post("h", "help", 5, INFORMS), post("q", "ann", 10, "hello")]
    posts, accounts = tables(rows, {"shop": "official", "help": "care", "ann": "public"}, SISTERS)
    card = tw.measure(annotated(posts, accounts.assign(bio=bios, website=links)), FACE, by="organization").table
    return card.set_index("metric")


def test_profiles_of_the_accounts_that_posted():
    found = faces(["Lamps and more. Tweets by Ann.", None, "I live here"], [None, None, "https://ann.example"])
    assert found["value"].tolist() == [0.5, 0.5, 0, 0.5]
    assert found["n"].tolist() == [2] * 4
    linked = faces([None] * 3, [None, "https://shop.example", None])
    assert linked["value"].tolist() == [0.5, 0, 0.5, 0]
    # The source tells of profiles, those of the organization are empty.
    assert faces([None, None, "I live here"], [None] * 3)["value"].tolist() == [0] * 4


def test_profiles_that_no_source_tells_of_are_unknown():
    found = faces([None] * 3, [None] * 3)
    assert found["value"].isna().all()
    assert found["flags"].str.contains("undefined").all()


# --- A6 ---


def test_functions_come_in_order():
    rows = [post("i", "shop", 0, INFORMS), post("c", "shop", 100, "Thank you all for a wonderful night!")]
    rows += [post("a", "shop", 200, "Sign the petition for a safer bridge. Which bridge do you like?")]
    rows += [post("q", "ann", 300, "@shop of what is it?"), post("r", "shop", 310, INFORMS, "q")]
    found = values(measured(rows, ["information_share", "community_share", "action_share"]))
    assert list(found.values()) == [0.25, 0.5, 0.25]


# --- A7 ---

SOCIAL = ["self_link_share", "push_and_link_share", "post_and_leave_rate"]
HOME = "https://shop.example/blog"


def of_originals():
    """Post 12 originals, 9 with a link home, 2 of these with a question; 5 are replied to, one is come back to."""
    texts = [f"{INFORMS} {HOME}"] * 7 + [f"Tell us what you think of it {HOME}"] * 2 + [INFORMS] * 3
    rows = [post(f"o{i:02d}", "shop", 100 * i, text) for i, text in enumerate(texts)]
    rows += [post(f"r{i}", "ann", 100 * i + 10, "nice", f"o{i:02d}") for i in range(5)]
    return [*rows, post("b", "shop", 20, "Is it not?", "r0"), post("end", "ann", 30 * DAYS, "hm")]


def test_acting_social_of_the_catalogue():
    found = measured(of_originals(), SOCIAL)
    assert list(values(found).values()) == pytest.approx([0.75, 7 / 12, 0.8])
    assert (found["self_link_share"].n, found["post_and_leave_rate"].n) == (12, 5)


def test_short_links_bound_the_share_from_above():
    rows = [*of_originals(), post("x", "shop", 2_000, f"{INFORMS} https://bit.ly/abc")]
    row = measured(rows, SOCIAL)["self_link_share"]
    assert (row.value, row.lower_bound, row.upper_bound) == pytest.approx((9 / 13, 9 / 13, 10 / 13))
    assert {"own_domains_inferred", "unknown_links"} <= set(row.flags.split(","))


def test_own_domains_can_be_told():
    rows = [*of_originals(), post("x", "shop", 2_000, f"{INFORMS} https://lamps.example.org/abc")]
    row = measured(rows, SOCIAL, own_domains="shop=example.org")["self_link_share"]
    assert (row.value, row.upper_bound) == pytest.approx((1 / 13, 1 / 13))
    assert "own_domains_inferred" not in row.flags
    with pytest.raises(tw.FormatError, match="'shop' is no domain"):
        tw.Definitions(own_domains="shop")


@pytest.mark.parametrize(
    ("replied", "back", "expected"),
    [
        (10, 7 * DAYS, 0.0),
        (10, 7 * DAYS + 1, 1.0),
        (DAYS, None, 1.0),
        (DAYS + 1, None, math.nan),
        (10, 5, 1.0),
    ],
    ids=["back in time", "back too late", "never back", "drew no reply in time", "back before the reply"],
)
def test_leaving(replied, back, expected):
    rows = [post("o", "shop", 0, INFORMS), post("r", "ann", replied, "nice", "o"), post("end", "bob", 30 * DAYS, "hm")]
    rows += [] if back is None else [post("b", "shop", back, "Thanks to all.", "o")]
    found = values(measured(rows, SOCIAL, thread_gap_s=1))["post_and_leave_rate"]
    assert found == pytest.approx(expected, nan_ok=True)


def test_an_original_of_the_last_days_is_not_judged():
    rows = [post("o", "shop", 0, INFORMS), post("r", "ann", 10, "nice", "o"), post("end", "bob", 6 * DAYS, "hm")]
    assert math.isnan(values(measured(rows, SOCIAL))["post_and_leave_rate"])


# --- A8 ---

DIET = [
    *("content_entropy", "content_evenness", "content_classes_effective", "content_classes_dominant"),
    "content_classes_seen",
]


def of_content(n_promotion=6, n_howto=3, n_award=1):
    texts = ["20% off all lamps!"] * n_promotion + ["How to clean a lamp in three steps."] * n_howto
    texts += ["We are proud to have won the award for best bakery."] * n_award
    return [post(f"p{i}", "shop", 1_000 * i, text) for i, text in enumerate(texts)]


def test_diet_of_the_catalogue():
    found = values(measured(of_content(), [*DIET, "content_entropy_corrected"]))
    assert found["content_entropy"] == pytest.approx(0.89795, abs=1e-5)
    # The catalogue's evenness is over three classes; the codebook has ten.
    assert found["content_evenness"] == pytest.approx(0.89795 / math.log(10), abs=1e-5)
    assert found["content_classes_effective"] == pytest.approx(2.4546, abs=1e-4)
    assert found["content_classes_dominant"] == pytest.approx(2.1739, abs=1e-4)
    assert found["content_classes_seen"] == 3
    assert found["content_entropy_corrected"] == pytest.approx(0.99795, abs=1e-5)


def test_a_reply_is_care_whatever_it_says():
    rows = [post("q", "ann", 0, "@shop a lamp?"), post("r", "shop", 10, "20% off all lamps!", "q")]
    found = values(measured(rows, ["content_answer_share", "content_promotion_share"]))
    assert found == {"content_answer_share": 1, "content_promotion_share": 0}


def test_one_class_only_is_not_mixed():
    found = measured(of_content(12, 0, 0), DIET)
    assert [row.value for row in found.values()] == [0, 0, 1, 1, 1]
    assert math.isnan(found["content_classes_seen"].high)


def test_rarefied_classes_need_as_many_posts():
    few = values(measured(of_content(), ["content_classes_rarefied"]))
    assert math.isnan(few["content_classes_rarefied"])
    some = values(measured(of_content(), ["content_classes_rarefied"], rarefy_n=2))
    # Of 45 pairs 15 and 3 are of one kind.
    assert some["content_classes_rarefied"] == pytest.approx(2 - (15 + 3) / 45)


def test_who_posted_nothing_has_no_values():
    names = [name for name, m in tw.all_metrics().items() if m.catalog in {"A4", "A5", "A6", "A7", "A8"}]
    found = measured([post("q", "ann", 0, "hello")], names, by="account")
    assert all(math.isnan(row.value) and "undefined" in row.flags for row in found.values())


def test_a_codebook_in_the_place_of_the_bundled_one_has_all_its_labels(tmp_path):
    file = tmp_path / "ica.toml"
    file.write_text(
        'name = "ica"\nversion = "2"\napplies_to = "brand"\n'
        '[[labels]]\nname = "action"\ndefinition = "x"\nrule = "True"\n'
    )
    with pytest.raises(tw.SchemaError, match="lacks the labels community, information"):
        tw.annotate(tw.load_corpus("twelve_posts"), codebooks=[file])
