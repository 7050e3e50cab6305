"""Scripts against the public's own replies: who is drawn, how many, the same persons' rule, and what cannot be told."""

from __future__ import annotations

import numpy as np
import pytest
from chance_corpora import DAY, HOUR, START, crowd, talk_of
from worded_corpora import OF_MANY_REPLIES, repeaters, text_of

import twoway as tw
from twoway.analysis.null_pieces import UnitIndex
from twoway.analysis.null_registry import null_of
from twoway.analysis.null_scripts import PublicReplies, class_of_lengths, sample_sizes
from twoway.analysis.nulls import null_test
from twoway.inference.nulls.summary import null_summary
from twoway.metrics.prepared import Grouping
from twoway.metrics.voice_tables import public_replies

METRICS = null_of("template_share").metrics


def model_of(talk, by="organization"):
    return PublicReplies(talk, UnitIndex(talk, Grouping(talk, by)))


def rows_of(talk, metrics=METRICS, draws=39):
    return null_test(talk, metrics, draws=draws, progress=False).table.set_index("metric")


# -- how many are compared --------------------------------------------------------------------------------------------


def test_all_are_compared_where_the_public_wrote_ten_times_as_much():
    assert sample_sizes(np.array([3, 10, 0]), np.array([30, 100, 0])).tolist() == [3, 10, 0]


def test_the_class_the_public_wrote_least_of_decides_for_all():
    own, public = np.array([60, 20]), np.array([100, 20])
    # 20 / (20 + 2 * 20) of each class, less than 100 / (100 + 2 * 60).
    assert sample_sizes(own, public).tolist() == [20, 7]
    assert sample_sizes(own, np.array([100, 0])).tolist() == [0, 0]


def test_fewer_than_twenty_say_too_little():
    assert sample_sizes(np.array([57]), np.array([57])).tolist() == [0]
    assert sample_sizes(np.array([60]), np.array([60])).tolist() == [20]


@pytest.mark.parametrize(("n", "pool"), [(100, 100), (400, 150), (60, 500)])
def test_draws_spread_at_least_as_much_as_the_difference_that_is_tested(n, pool, rng):
    m = sample_sizes(np.array([n]), np.array([pool]))[0]
    own, public = rng.random((4_000, n)) < 0.3, rng.random((4_000, pool)) < 0.3
    p = public.mean(axis=1)
    spread = np.sqrt(p * (1 - p) * pool / (pool - 1) / m * (1 - m / pool))
    z = (own.mean(axis=1) - p) / spread
    assert abs(z.mean()) < 0.05
    assert 0.93 < z.std() < 1.05


def repeated_share(wordings):
    each, n = np.unique(wordings, return_inverse=True, return_counts=True)[1:]
    return float((n[each] > 1).mean())


def test_rare_repetitions_of_one_side_are_no_finding():
    # Both sides repeat themselves by one law, in three of a hundred replies: most draws hold no repetition at all.
    found = []
    for seed in range(80):
        rng = np.random.default_rng(seed)
        own, public = (
            np.where(rng.random(n) < 0.03, rng.integers(20, size=n), 100 + rng.integers(2**60, size=n))
            for n in (129, 150)
        )
        m = sample_sizes(np.array([129]), np.array([150]))[0]
        samples, draws = (
            np.array([[repeated_share(rng.choice(side, m, replace=False))] for _ in range(times)])
            for side, times in ((own, 50), (public, 99))
        )
        found.append(null_summary(samples.mean(axis=0), draws, moves=[True], samples=samples).p[0])
    assert (np.array(found) <= 0.05).mean() <= 0.05
    assert not np.isnan(found).any()


def test_lengths_are_classes_of_their_own_below_five_words_and_terciles_above():
    public = np.array([2, 5, 6, 7, 8, 9, 10])
    assert class_of_lengths(np.arange(1, 12), public).tolist() == [0, 1, 2, 3, 4, 4, 5, 5, 6, 6, 6]
    assert class_of_lengths(np.array([1, 9]), np.zeros(0, dtype=int)).tolist() == [0, 4]


# -- who is drawn -----------------------------------------------------------------------------------------------------


def test_the_public_are_persons_who_reply_to_other_persons():
    rows = [
        ("q0", "p000", START, "why is that so for all of us", None),
        ("r0", "acme", START + HOUR, "this is the brand that replies now", "q0"),
        ("r1", "p001", START + 2 * HOUR, "this is a person who replies now", "q0"),
        ("r2", "p001", START + 3 * HOUR, "this goes to the brand and not to one", "r0"),
        ("r3", "p000", START + 4 * HOUR, "this is said to oneself after some hours", "q0"),
        ("r4", "p001", START + 5 * HOUR, "@p000", "q0"),
        ("r5", "p001", START + 6 * HOUR, "@p000 this only names a person by handle", None),
    ]
    talk = talk_of(rows, crowd(2), brands=["acme"])
    pool = public_replies(talk, 99)
    assert pool["slotted"].to_pylist() == ["this is a person who replies now"]
    assert len(public_replies(repeaters(np.random.default_rng(1)), 50)) == 50


def test_replies_are_drawn_once_each_and_are_as_long(rng):
    model = model_of(repeaters(rng))
    drawn = []
    model._measure = lambda *given: drawn.append(given) or {}
    model.draw(rng)
    _, chosen, places = drawn[0]
    tokens = np.asarray(model._table["tokens"])[model._at][places]
    kind = np.concatenate([np.full(len(rows), i) for i, rows in enumerate(model._pools)])
    kind_of = dict(zip(np.concatenate(model._pools).tolist(), kind.tolist(), strict=True))
    assert [kind_of[row] < 4 for row in chosen.tolist()] == (tokens < 5).tolist()
    for org in (0, 1):
        of_org = model._org[places] == org
        assert len(set(chosen[of_org].tolist())) == of_org.sum() >= 40


def repeated(n_told, n=260):
    """Let persons send one text to some persons, and a brand other texts to as many."""
    people = crowd(n_told + 1)
    rows = [(f"q{j:03}", person, START + j * HOUR, "why", None) for j, person in enumerate(people[1:])]
    for j in range(n):
        at = START + 9 * DAY + j * HOUR
        rows.append((f"p{j:03}", people[0], at, "buy the very best oak lamps of all", f"q{j % n_told:03}"))
        if j < 25:
            rows.append((f"b{j:03}", "acme", at, f"{chr(97 + j)} is what we have for you today", f"q{j % n_told:03}"))
    return talk_of(rows, people, brands=["acme"])


def test_what_one_person_got_again_and_again_is_no_script():
    found = rows_of(repeated(1), ["near_duplicate_share", "template_share"], draws=5)
    assert found["null_mean"].tolist() == [0, 0]
    found = rows_of(repeated(2), ["near_duplicate_share", "template_share"], draws=5)
    assert found["null_mean"].tolist() == [1, 0]
    found = rows_of(repeated(3), ["near_duplicate_share", "template_share"], draws=5)
    assert found["null_mean"].tolist() == [1, 1]


def test_a_draw_is_what_a_plain_loop_finds(rng):
    model = model_of(repeaters(rng))
    drawn = []
    measure = model._measure
    model._measure = lambda *given: drawn.append(given) or measure(*given)
    found = model.draw(rng)
    _, chosen, places = drawn[0]
    wording, person = model._public._wording, model._public._person
    long = model._kinds["long"][places]
    for org in (0, 1):
        rows = chosen[(model._org[places] == org) & long].tolist()
        # Texts repeat word for word or not at all.
        told = [{person[other] for other in rows if wording[other] == wording[row]} for row in rows]
        assert found["near_duplicate_share"][org] == pytest.approx(np.mean([len(t) > 1 for t in told]))
        assert found["template_share"][org] == pytest.approx(np.mean([len(t) > 2 for t in told]))
        uses = np.unique([wording[row] for row in rows], return_counts=True)[1]
        assert found["template_top10_share"][org] == pytest.approx(np.sort(uses)[::-1][:10].sum() / len(rows))
        p = uses / len(rows)
        assert found["effective_templates"][org] == pytest.approx(np.exp(-(p * np.log(p)).sum()))


# -- fewer, too few, and no spread ------------------------------------------------------------------------------------


def test_values_at_fewer_replies_are_means_over_samples(rng):
    talk = repeaters(rng, is_scripted=True)
    found, card = rows_of(talk, draws=5), tw.measure(talk, METRICS).table.set_index("metric")
    fewer = found["flags"].str.contains("fewer_posts")
    assert set(found.index[fewer]) == set(METRICS) - set(OF_MANY_REPLIES)
    share = found.loc["template_share", "observed"].to_numpy()
    # One of six templates in nine of ten: at 22 replies a few are met but twice.
    assert ((share > 0.6) & (share < card.loc["template_share", "value"])).all()


def test_too_small_a_public_is_told():
    rows = [("q", "p000", START, "why", None), ("p", "p001", START + HOUR, "so it is for all of us", "q")]
    rows += [(f"b{j:02}", "acme", START + j * DAY, "so it is for all of you", "q") for j in range(1, 31)]
    found = rows_of(talk_of(rows, crowd(2), brands=["acme"]), draws=5)
    told = found.loc[["near_duplicate_share", "template_share", "effective_templates"]]
    assert told["flags"].tolist() == ["small_pool"] * 3
    assert told["observed"].tolist() == [0, 0, 1]
    assert found[["null_mean", "z", "p"]].isna().all(axis=None)
    assert found.loc["short_duplicate_share", "flags"] == "undefined"


def test_a_public_that_never_repeats_itself_gives_a_p_but_no_z(rng):
    from twoway.figures import alt_text

    people = crowd(30)
    rows = [(f"q{j:03}", person, START + j * HOUR, "why", None) for j, person in enumerate(people)]
    rows += [
        (f"p{j:03}", people[j % 30], START + (j + 9) * DAY, text_of(rng, 0, 8), f"q{(j + 7) % 30:03}")
        for j in range(120)
    ]
    for brand, n in (("acme", 30), ("brio", 20)):
        said = "it is kept in the hall for now"
        rows += [(f"{brand}{j:03}", brand, START + 9 * DAY + j, said, f"q{j:03}") for j in range(n)]
    found = null_test(talk_of(rows, people, brands=["acme", "brio"]), "template_share", draws=39, progress=False)
    row = found.table.iloc[0]
    assert (row["observed"], row["null_mean"], row["null_sd"], row["p"]) == (1, 0, 0, 0.05)
    assert np.isnan(row["z"])
    assert found.table["flags"].tolist() == ["coarse_null,fewer_posts", "small_pool"]
    assert str(found) == "template_share of acme is above public replies: 1 against 0, p 0.05."
    ax = found.plot()
    assert "1 above the null, 0 below, 0 within it, 1 not tested" in alt_text(ax)
    assert {"all draws alike", "no null: too few posts"} <= {text.get_text() for text in ax.texts}


def many(rng, repeats, n=400, n_public=1_200):
    """Let a brand write many replies in one month, and persons three times as many to each other."""
    people = crowd(90)
    rows = [(f"q{j:03}", person, START + j, "why", None) for j, person in enumerate(people)]
    for j in range(n + n_public):
        to, by = rng.choice(90, 2, replace=False)
        who, share = ("acme", repeats) if j < n else (people[by], 0.1)
        at = START + DAY + int(rng.integers(20 * DAY))
        rows.append((f"r{j:04}", who, at, text_of(rng, share, 8), f"q{to:03}"))
    return talk_of(rows, people, brands=["acme"])


def test_samples_of_two_hundred_are_compared_as_they_are_measured(rng):
    talk = many(rng, 0.5)
    found = rows_of(talk, OF_MANY_REPLIES)
    card = tw.measure(talk, OF_MANY_REPLIES).table.set_index("metric")
    assert found["observed"].tolist() == pytest.approx(card.loc[list(found.index), "value"].tolist(), rel=1e-10)
    assert (found["z"] > 5).all()
    assert found["null_mean"].to_numpy() == pytest.approx(0.1, abs=0.03)
    same = rows_of(many(rng, 0.1), OF_MANY_REPLIES)
    assert (same["z"].abs() < 3).all()
