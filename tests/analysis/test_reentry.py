"""Who goes on after which reply: as it is, and for like cases."""

from __future__ import annotations

import math

import numpy as np
import pytest
from handmade import DAY, HOUR, MINUTE, annotated, post, tables

import twoway as tw
from twoway.errors import NotEnoughEvidence, TwowayError
from twoway.inference.intervals import newcombe
from twoway.inference.weighted_differences import weighted_difference

H = HOUR / MINUTE
ASK, SENT = "Which version of it are you using?", "Please send us a DM."
PLAIN, BITTER = "@shop why is it dark here?", "@shop this is the worst service ever"
BLUE, ANGRY, GLAD = "@shop It is blue.", "@shop The worst service ever, I am furious.", "@shop Thanks, that fixed it!"


def talk_of(cases):
    """Each case is a person: what they said, what the shop said, and what they said an hour later, or None."""
    rows, roles = [], {"shop": "official", "mall": "official"}
    for i, (brand, asked, said, back) in enumerate(cases):
        person = f"p{i:03d}"
        roles[person] = "public"
        rows.append(post(f"q{i:03d}", person, i, asked.replace("@shop", f"@{brand}")))
        rows.append(post(f"a{i:03d}", brand, i + H, f"@{person} {said}", f"q{i:03d}"))
        if back:
            rows.append(post(f"z{i:03d}", person, i + 2 * H, back, f"a{i:03d}"))
    return annotated(*tables([*rows, post("end", "shop", 20 * DAY / MINUTE, "Good night")], roles))


def row(found, first, second):
    return found.differences.set_index(["first", "second"]).loc[(first, second)]


@pytest.fixture(scope="module")
def twenty():
    """Ten were asked, of whom six went on; ten were sent away, of whom two did, one of them glad and one angry."""
    asked = [("shop", PLAIN, ASK, BLUE if i < 6 else None) for i in range(10)]
    sent = [("shop", PLAIN, SENT, [GLAD, ANGRY][i] if i < 2 else None) for i in range(10)]
    return tw.reentry(talk_of(asked + sent))


def test_the_example_of_the_catalogue(twenty):
    found, want = row(twenty, "clarify", "deflect"), newcombe(6, 10, 2, 10)
    assert found["difference"] == pytest.approx(0.40)
    assert (found["low"], found["high"]) == pytest.approx((want.low, want.high))
    assert found["adjusted"] == pytest.approx(0.40)
    assert found["n"] == found["n_adjusted"] == 20


def test_shares_are_those_of_the_metrics_and_split_by_what_follows(twenty):
    table = twenty.table.set_index("type")
    assert table.loc["clarify", ["n", "share"]].tolist() == [10, 0.6]
    assert table.loc["deflect", ["n", "share", "thanks", "renewed"]].tolist() == [10, 0.2, 0.5, 0.5]
    assert table.loc["clarify", "median_minutes"] == pytest.approx(60)
    assert math.isnan(table.loc["open_answer", "share"])
    assert "undefined" in table.loc["open_answer", "flags"]
    assert "clarify 60% of 10" in str(twenty)


def test_weights_undo_what_only_hard_cases_do():
    """Bitter persons are sent away more often and go on more often; the kind of reply does nothing."""
    cases = []
    for asked, n_sent, n_asked, share in ((BITTER, 40, 10, 0.8), (PLAIN, 10, 40, 0.2)):
        for text, n in ((SENT, n_sent), (ASK, n_asked)):
            cases += [("shop", asked, text, BLUE if i < round(share * n) else None) for i in range(n)]
    found = row(tw.reentry(talk_of(cases)), "clarify", "deflect")
    assert found["difference"] == pytest.approx(0.32 - 0.68)
    assert found["adjusted"] == pytest.approx(0, abs=0.02)
    assert found["adjusted_low"] < 0 < found["adjusted_high"]


def test_organizations_with_one_kind_only_cannot_be_compared():
    cases = [("shop", PLAIN, ASK, BLUE)] * 12 + [("mall", PLAIN, SENT, None)] * 12
    found = row(tw.reentry(talk_of(cases)), "clarify", "deflect")
    assert found["difference"] == 1
    assert math.isnan(found["adjusted"])
    assert found["flags"].split(",") == ["organizations_left_out", "not_adjusted"]


def test_missing_parents_cut_conversations_short():
    cases = [("shop", PLAIN, ASK, BLUE)] * 12
    posts = talk_of(cases).corpus.posts
    posts.loc[posts["post_id"].str.startswith("z"), "parent_id"] = "gone"
    talk = tw.annotate(tw.Corpus(posts, focus=["shop"]), tw.Definitions(draws=1))
    assert tw.reentry(talk).flags == ("orphan_share",)
    assert "orphan_share" in tw.measure(talk, "continuation_clarify", by="corpus").table["flags"].item()


def test_many_replies_to_one_person_are_worth_fewer():
    rows = [post("q", "p", 0, PLAIN)]
    rows += [post(f"a{i}", "shop", H * (i + 1) * 100, f"@p {SENT}", "q") for i in range(6)]
    talk = annotated(*tables([*rows, post("end", "shop", 60 * DAY / MINUTE, "x")], {"shop": "official", "p": "public"}))
    assert tw.reentry(talk).table.set_index("type").loc["deflect", ["n", "n_persons"]].tolist() == [6, 1]


def test_a_difference_by_hand():
    """Within each kind of case the weights are one over the share of the group: a mean over kinds of differences."""
    hard = np.repeat([1, 0], [30, 50])
    first = np.concatenate([np.repeat([1, 0], [10, 20]), np.repeat([1, 0], [35, 15])])
    back = np.random.default_rng(3).integers(0, 2, 80)
    want = 0.0
    for kind in (0, 1):
        ours = [y for y, z, x in zip(back, first, hard, strict=True) if x == kind and z == 1]
        others = [y for y, z, x in zip(back, first, hard, strict=True) if x == kind and z == 0]
        want += (hard == kind).mean() * (sum(ours) / len(ours) - sum(others) / len(others))
    assert weighted_difference(back, first, hard).value == pytest.approx(want, abs=1e-6)


def test_groups_that_are_told_apart_are_refused():
    with pytest.raises(NotEnoughEvidence, match="Which group"):
        weighted_difference([1, 0, 1, 0] * 5, [1, 1, 0, 0] * 5, [1, 1, 0, 0] * 5)
    with pytest.raises(TwowayError, match="do not fit"):
        weighted_difference([1, 0], [1, 0], [np.nan, 1])


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 4])
def test_intervals_hold_the_true_difference(size):
    """The groups differ in what they answer; persons have habits; the true difference is .2."""
    rng, hits, n = np.random.default_rng(5), 0, 400
    for _ in range(400):
        person = np.repeat(np.arange(n // size), size)
        x = rng.normal(size=n)
        z = (rng.random(n) < 1 / (1 + np.exp(-x))).astype(int)
        habit = np.repeat(rng.uniform(-0.15, 0.15, n // size), size)
        y = (rng.random(n) < 0.4 + 0.1 * np.tanh(x) + 0.2 * z + habit).astype(int)
        found = weighted_difference(y, z, x, clusters=person)
        hits += found.low <= 0.2 <= found.high
    assert 0.92 <= hits / 400 <= 0.98


@pytest.mark.parametrize("seed", range(3))
def test_the_adjustment_by_another_road(seed):
    """Two shops answer four kinds of posts in two ways: logistic regression by Newton's steps, weighted shares."""
    rng = np.random.default_rng(seed)
    asked = [PLAIN, BITTER, "@shop thank you so much!", "@shop it is dark and cold here and nobody knows why"]
    cases = []
    for _ in range(160):
        brand, text = ("shop", "mall")[rng.integers(2)], asked[rng.integers(4)]
        said = ASK if rng.random() < 0.3 + 0.4 * (text == PLAIN) + 0.2 * (brand == "shop") else SENT
        cases.append((brand, text, said, BLUE if rng.random() < 0.3 + 0.3 * (said == ASK) else None))
    found = row(tw.reentry(talk_of(cases)), "clarify", "deflect")
    z = np.array([said == ASK for _, _, said, _ in cases], dtype=float)
    y = np.array([back is not None for *_, back in cases], dtype=float)
    names = [
        [
            1.0,
            brand == "mall",
            text == BITTER,
            text.startswith("@shop thank"),
            "?" in text,
            math.log1p(len(text.split())),
        ]
        for brand, text, _, _ in cases
    ]
    x, b = np.array(names, dtype=float), np.zeros(6)
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ b))
        b += np.linalg.pinv((x * (p * (1 - p))[:, None]).T @ x) @ (x.T @ (z - p))
    p = 1 / (1 + np.exp(-x @ b))
    shares = [(w * y).sum() / w.sum() for w in (z / p, (1 - z) / (1 - p))]
    assert found["adjusted"] == pytest.approx(shares[0] - shares[1], abs=1e-6)
    assert found["n_adjusted"] == 160
