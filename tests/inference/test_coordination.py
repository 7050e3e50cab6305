"""Linguistic coordination: ConvoKit's numbers, the formula as a loop, and the null model that holds length fast."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from twoway.errors import TwowayError
from twoway.inference.bootstrap import smooth_interval
from twoway.inference.coordination import coordination, coordination_scores, coordination_sums, mean_coordination
from twoway.inference.coordination_null import CoordinationNull, compare_directions, length_left, length_matched
from twoway.inference.nulls import null_summary, strata_of, terciles

GOLDEN = json.loads((Path(__file__).parents[1] / "oracles_convokit" / "coordination.json").read_text(encoding="utf-8"))
EXACT = {"rel": 1e-12, "abs": 1e-12}  # the same sums, divided in the same order

#: How often a word is of each of eight classes, about as in English.
RATES = np.array([0.065, 0.08, 0.06, 0.05, 0.10, 0.05, 0.13, 0.03])


def flags(bits):
    return (np.asarray(bits)[:, None] >> np.arange(8)) & 1 == 1


def of_side(case, side):
    """Exchanges in which a side replies to the other, as ConvoKit selects them."""
    names = GOLDEN["sides"]
    kept = [reply for reply in case["replies"] if reply[0] in names[side] and reply[1] not in names[side]]
    speaker, target, post, reply = zip(*kept, strict=True)
    return speaker, target, flags(post), flags(reply)


FOUND = [(name, i) for name, case in GOLDEN["cases"].items() for i in range(len(case["found"]))]


@pytest.mark.parametrize(("name", "i"), FOUND)
def test_coordination_is_convokits(name, i):
    case = GOLDEN["cases"][name]
    theirs = case["found"][i]
    speaker, target, post, reply = of_side(case, theirs["side"])
    by_target = theirs["focus"] == "targets"
    names, who = np.unique(target if by_target else speaker, return_inverse=True)
    least = {"min_posts": theirs.get("target_thresh", 3), "min_replies": theirs.get("speaker_thresh", 0)}
    # ConvoKit lets its thresholds change sides with the focus.
    least = {"min_posts": 0, "min_replies": 3} if by_target else least
    ours = coordination(post, reply, who, **least)
    for method in ("agg1", "agg2", "agg3"):
        expected = np.nan if theirs[method] is None else theirs[method]
        assert getattr(ours, method) == pytest.approx(expected, nan_ok=True, **EXACT)
    assert (ours.n_agg1, ours.n_agg3) == (theirs["count_agg1"], theirs["count_agg3"])
    for k, person in enumerate(names):
        known = theirs["scores"].get(person, {})
        expected = [known.get(marker, np.nan) for marker in GOLDEN["classes"]]
        assert ours.scores[k] == pytest.approx(expected, nan_ok=True, **EXACT)


def test_versions_are_stored_with_the_numbers():
    assert set(GOLDEN["versions"]) == {"convokit", "numpy"}


def test_the_example_worked_on_paper():
    post = [[i < 5] for i in range(10)]
    reply = [[i < 4 or i in (5, 6)] for i in range(10)]
    found = coordination(post, reply, [0] * 10)
    assert (found.scores[0, 0], found.scp[0, 0]) == pytest.approx((0.20, 0.40))


def naive(post, reply, speaker, min_posts):
    """C and SCP from the formula, exchange by exchange."""
    out = {}
    for who in range(max(speaker) + 1):
        for m in range(post.shape[1]):
            mine = [i for i in range(len(speaker)) if speaker[i] == who]
            given = [i for i in mine if post[i, m]]
            other = [i for i in mine if not post[i, m]]
            if len(given) < min_posts:
                out[who, m] = (np.nan, np.nan)
                continue
            p = sum(reply[i, m] for i in given) / len(given)
            c = p - sum(reply[i, m] for i in mine) / len(mine)
            out[who, m] = (c, p - sum(reply[i, m] for i in other) / len(other) if other else np.nan)
    return out


@pytest.mark.parametrize("seed", range(5))
def test_coordination_is_the_formula(seed):
    rng = np.random.default_rng(seed)
    post, reply, speaker = rng.random((60, 3)) < 0.4, rng.random((60, 3)) < 0.5, rng.integers(0, 7, 60)
    post[speaker == 1] = True  # then there is no post without a class
    found = coordination(post, reply, speaker)
    for (who, m), (c, scp) in naive(post, reply, speaker.tolist(), 3).items():
        assert found.scores[who, m] == pytest.approx(c, nan_ok=True, **EXACT)
        assert found.scp[who, m] == pytest.approx(scp, nan_ok=True, **EXACT)


def test_too_few_posts_are_undefined_and_not_zero():
    found = coordination([[True], [True], [False]], [[True]] * 3, [0] * 3)
    assert np.isnan([found.scores[0, 0], found.speaker[0], found.agg1, found.agg2, found.agg3]).all()
    assert np.isnan(coordination(np.empty((0, 2)), np.empty((0, 2)), []).agg3)


def test_counts_of_parts_add_up_to_counts_of_all(rng):
    post, reply, speaker = rng.random((50, 8)) < 0.5, rng.random((50, 8)) < 0.5, rng.integers(0, 4, 50)
    parts = [coordination_sums(post[half], reply[half], speaker[half], 4) for half in (slice(0, 20), slice(20, 50))]
    whole = coordination_sums(post, reply, speaker, 4)
    for name in ("n", "n_post", "n_reply", "n_both"):
        assert (sum(getattr(part, name) for part in parts) == getattr(whole, name)).all()


def test_scores_keep_leading_axes(rng):
    post, reply = rng.random((40, 2)) < 0.5, rng.random((40, 2)) < 0.5
    sums = coordination_sums(post, reply, np.zeros(40, dtype=int))
    stacked = type(sums)(*(np.stack([getattr(sums, name)] * 3) for name in ("n", "n_post", "n_reply", "n_both")))
    assert (coordination_scores(stacked)[0] == coordination_scores(sums)[0]).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: coordination([[True]], [[True, False]], [0]), "do not fit"),
        (lambda: CoordinationNull([[True]], [[True]], [0], strata_of([1, 1])), "Give every exchange a stratum"),
        (lambda: mean_coordination([1, 2, 3]), "three counts of every class"),
        (lambda: length_matched([1, 1], [1, 2], size=1), "leave nothing to exchange"),
    ],
)
def test_what_does_not_fit_is_refused(call, words):
    with pytest.raises(TwowayError, match=words):
        call()


def independent(rng, like_length, n=4_000, brands=10):
    """Invent exchanges in which nobody takes anything up, with replies as long as their posts, or of any length."""
    brand = rng.integers(0, brands, n)
    post_words = np.clip(rng.lognormal(2.3, 0.6, n).astype(int), 1, 60)
    reply_words = post_words if like_length else rng.permutation(post_words)
    post, reply = (rng.random((n, 8)) < 1 - (1 - RATES) ** words[:, None] for words in (post_words, reply_words))
    return brand, post, reply, post_words, reply_words


def against_null(rng, brand, post, reply, strata, draws=60):
    null = CoordinationNull(post, reply, brand, strata)
    drawn = [[null.draw(rng).mean()] for _ in range(draws)]
    return null_summary([null.observed().mean()], drawn)


def test_equal_lengths_look_like_coordination_and_matching_takes_it_away():
    excess, observed, rejected = [], [], 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        brand, post, reply, words, reply_words = independent(rng, like_length=True)
        strata = length_matched(brand, words)
        found = against_null(rng, brand, post, reply, strata)
        observed.append(found.observed[0])
        excess.append(found.observed[0] - found.mean[0])
        rejected += found.p[0] < 0.05
        assert length_left(words, reply_words, strata) < 0.01
    assert np.mean(observed) > 0.05, "the naive value sees coordination where there is none"
    # Standard error of the mean of 12 runs: about .0025 / sqrt(12).
    assert abs(np.mean(excess)) < 3 * 0.0025 / 12**0.5
    assert rejected <= 3


def test_thirds_of_length_leave_a_false_coordination():
    excess = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        brand, post, reply, words, reply_words = independent(rng, like_length=True)
        thirds = strata_of(brand, terciles(words, brand))
        found = against_null(rng, brand, post, reply, thirds)
        assert length_left(words, reply_words, thirds) > 0.1
        excess.append(found.observed[0] - found.mean[0])
    assert np.mean(excess) > 0.008


@pytest.mark.slow
def test_chance_is_called_coordination_as_often_as_the_level_says():
    p = []
    for seed in range(120):
        rng = np.random.default_rng(1_000 + seed)
        brand, post, reply, words, _ = independent(rng, like_length=True, n=2_000, brands=3)
        null = CoordinationNull(post, reply, brand, length_matched(brand, words))
        p.extend(null_summary(null.observed(), [null.draw(rng) for _ in range(99)]).p)
    # Three standard errors of 360 tests are .035.
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.035)


def test_coordination_that_is_there_is_found_beyond_length():
    rng = np.random.default_rng(7)
    brand, post, reply, words, _ = independent(rng, like_length=True, n=2_000)
    reply |= post & (rng.random(post.shape) < 0.15)
    found = against_null(rng, brand, post, reply, length_matched(brand, words))
    assert found.z[0] > 5
    assert found.p[0] == pytest.approx(2 / 61)


def test_replies_stay_with_their_speaker(rng):
    post, reply = rng.random((30, 8)) < 0.5, np.zeros((30, 8), dtype=bool)
    speaker = np.arange(30) % 2
    reply[speaker == 1] = True
    null = CoordinationNull(post, reply, speaker, strata_of(np.zeros(30)))
    assert null.draw(rng) == pytest.approx([0.0, 0.0])


def test_strata_are_about_as_large_as_wished_and_keep_equal_lengths_together():
    lengths = np.repeat(np.arange(20), 6)
    strata = length_matched(np.zeros(120), lengths, size=12)
    assert set(np.bincount(strata.codes)) == {12}
    assert all(len(set(strata.codes[lengths == n])) == 1 for n in range(20))


def test_length_left_is_the_covariance_within_strata(rng):
    strata, x = strata_of(np.repeat([0, 1, 2], 50)), rng.integers(1, 40, 150)
    y = x + rng.integers(1, 9, 150)
    total = 0.0
    for s in range(3):
        a, b = (np.log(1 + v[strata.codes == s]) for v in (x, y))
        total += sum((a[i] - a.mean()) * (b[i] - b.mean()) for i in range(50))
    assert length_left(x, y, strata) == pytest.approx(total / 150 / np.log1p(x).std() / np.log1p(y).std())
    assert np.isnan(length_left([1, 1, 1], [1, 2, 3], strata_of([0, 0, 0])))


def by_person(post, reply, person, n_persons):
    sums = coordination_sums(post, reply, person, n_persons)
    return np.column_stack([sums.n, sums.n_post, sums.n_reply, sums.n_both])


def test_totals_in_a_row_give_the_mean_over_known_classes(rng):
    post, reply, person = rng.random((80, 5)) < 0.5, rng.random((80, 5)) < 0.5, rng.integers(0, 9, 80)
    post[2:, 4] = False  # a class with too few posts
    whole = coordination(post, reply, np.zeros(80, dtype=int))
    assert mean_coordination(by_person(post, reply, person, 9).sum(axis=0)) == pytest.approx(whole.speaker[0], **EXACT)


@pytest.mark.slow
def test_intervals_by_person_hold_as_often_as_they_say():
    """Persons differ in the classes they use and in how far their words are taken up; the mean person is the truth."""

    def exchanges_of(rng, n_persons):
        person = np.repeat(np.arange(n_persons), 1 + rng.poisson(3, n_persons))
        rate, echo = rng.beta(4, 6, (n_persons, 8))[person], rng.beta(2, 8, n_persons)[person, None]
        post = rng.random((len(person), 8)) < rate
        return post, np.where(rng.random(post.shape) < echo, post, rng.random(post.shape) < 0.4), person

    post, reply, _ = exchanges_of(np.random.default_rng(1), 100_000)
    truth = coordination(post, reply, np.zeros(len(post), dtype=int)).agg3
    held = 0
    for seed in range(400):
        found = smooth_interval(by_person(*exchanges_of(np.random.default_rng(seed), 60), 60), mean_coordination)
        held += found.low <= truth <= found.high
    # Three standard errors of 400 trials are .033.
    assert held / 400 == pytest.approx(0.95, abs=0.033)


def test_the_direction_that_takes_words_up_is_the_one_above_chance(rng):
    brand, post, reply, words, _ = independent(rng, like_length=True, n=2_000, brands=3)
    strata = length_matched(brand, words)
    echo = reply | (post & (rng.random(post.shape) < 0.2))
    one, two = (CoordinationNull(post, said, brand, strata, n_speakers=4) for said in (echo, reply))
    found = compare_directions(one, two, rng, draws=99)
    assert (found.brand.p[:3] == 0.02).all()
    assert (np.abs(found.public.z[:3]) < 3).all()
    assert (found.difference.z[:3] > 2).all()
    assert found.difference.observed == pytest.approx(found.brand.observed - found.public.observed, nan_ok=True)
    assert np.isnan(found.difference.observed[3]), "a brand without exchanges"
    with pytest.raises(TwowayError, match="are no pairs"):
        compare_directions(one, CoordinationNull(post, reply, brand, strata), rng)
