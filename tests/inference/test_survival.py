"""Kaplan-Meier curves, their questions, clusters and the log-rank test."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from twoway.errors import TwowayError
from twoway.inference import clustered_kaplan_meier, count_times, kaplan_meier, logrank, wilson, wilson_limits
from twoway.inference.bands import log_log_limits

PRINTED = {"abs": 6e-5}

waits = st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=40)


@pytest.fixture
def five():
    return kaplan_meier([5, 10, 15, 30, 60], [1, 0, 1, 1, 0], [0, 1, 0, 0, 1])


def by_loop(durations, ended):
    """Write the product-limit estimate from its formula, one time after the other."""
    s, out = 1.0, []
    for t in sorted({d for d, e in zip(durations, ended, strict=True) if e}):
        at_risk = sum(d >= t for d in durations)
        events = sum(d == t and e for d, e in zip(durations, ended, strict=True))
        s *= 1 - events / at_risk
        out.append((t, s))
    return out


def test_the_catalogue_example(five):
    assert five.survival == pytest.approx([0.8, 0.5333, 0.2667], **PRINTED)
    assert five.se == pytest.approx([0.1789, 0.2483, 0.2257], **PRINTED)
    assert (five.low[1], five.high[1]) == pytest.approx((0.0683, 0.8631), **PRINTED)
    assert five.quantile().value == 30
    mean = five.rmst(60)
    assert (mean.value, mean.se) == pytest.approx((29.0, 10.172), abs=6e-4)


@given(waits)
def test_curve_is_that_of_a_plain_loop(subjects):
    durations, ended = zip(*subjects, strict=True)
    curve = kaplan_meier(*count_times(durations, ended))
    expected = by_loop(durations, ended)
    assert curve.times.tolist() == [t for t, _ in expected]
    assert curve.survival == pytest.approx([s for _, s in expected], abs=1e-12)


@given(waits)
def test_curve_is_that_of_statsmodels(subjects):
    durations, ended = (np.array(column) for column in zip(*subjects, strict=True))
    if not ended.any():
        return
    curve = kaplan_meier(*count_times(durations, ended))
    theirs = SurvfuncRight(durations, ended.astype(int))
    alive = curve.survival > 0
    assert curve.survival == pytest.approx(theirs.surv_prob, abs=1e-12)
    assert curve.se[alive] == pytest.approx(theirs.surv_prob_se[alive], abs=1e-12)
    assert np.isnan(curve.se[~alive]).all()


def test_statsmodels_is_wrong_with_weights_hence_own_code():
    times, events, censored = [1.0, 2.0, 3.0], [4, 2, 1], [0, 1, 2]
    ours = kaplan_meier(times, events, censored)
    theirs = SurvfuncRight(np.repeat(times, 2), np.tile([1, 0], 3), freq_weights=np.c_[events, censored].ravel())
    assert ours.survival == pytest.approx(theirs.surv_prob)
    assert ours.se[-1] < 0.7 * theirs.surv_prob_se[-1]


@given(waits)
def test_grouping_order_and_units_do_not_matter(subjects):
    durations, ended = (np.array(column, dtype=float) for column in zip(*subjects, strict=True))
    times, events, censored = count_times(durations, ended)
    plain = kaplan_meier(times, events, censored)
    shuffled = kaplan_meier(60 * durations[::-1], ended[::-1], 1 - ended[::-1])
    assert shuffled.times == pytest.approx(60 * plain.times)
    assert shuffled.low == pytest.approx(plain.low, nan_ok=True)
    assert shuffled.last_time == pytest.approx(60 * plain.last_time)


def test_events_come_before_censoring_at_equal_times():
    tied = kaplan_meier([4, 9], [1, 0], [1, 1])
    assert tied.survival.tolist() == [pytest.approx(2 / 3)]


def test_nobody_watched():
    nothing = kaplan_meier([], [], [])
    for answer in (nothing.at(5), nothing.quantile(), nothing.rmst(5), nothing.event_share_at(5)):
        assert np.isnan([answer.value, answer.low, answer.high]).all()
        assert answer.flags == ("undefined",)
    assert kaplan_meier([3], [0], [0]).n == 0


def test_nobody_answered():
    silent = kaplan_meier([10, 20], [0, 0], [4, 6])
    assert len(silent.times) == 0
    late, early = silent.at(20), silent.at(5)
    assert (late.value, early.value) == (1, 1)
    # at 20 four had been censored before, so six are known to have waited
    assert (late.low, early.low) == pytest.approx((wilson(6, 6).low, wilson(10, 10).low))
    assert late.flags == ("at_boundary",)
    assert silent.at(21).flags == ("beyond_follow_up",)
    median = silent.quantile()
    assert np.isnan(median.value)
    assert (median.low, median.high, median.flags) == (np.inf, np.inf, ("not_reached", "open_ended"))
    assert (silent.rmst(15).value, silent.rmst(15).se) == (15, 0)


def test_everybody_answered():
    prompt = kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 0, 0])
    assert prompt.survival[-1] == 0
    assert np.isnan([prompt.low[-1], prompt.high[-1], prompt.se[-1]]).all()
    end = prompt.at(100)
    assert (end.value, end.low) == (0, 0)
    assert end.high == pytest.approx(wilson(0, 4).high)
    assert prompt.event_share_at(100).low == pytest.approx(1 - end.high)
    assert prompt.quantile().value == 2.5  # the usual median of 1, 2, 3, 4
    mean = prompt.rmst(100)
    assert mean.value == pytest.approx(2.5)
    assert mean.se == pytest.approx(np.std([1, 2, 3, 4]) / np.sqrt(4))


def test_all_answers_at_once_pin_the_median():
    at_once = kaplan_meier([7], [100], [0])
    median = at_once.quantile()
    assert (median.low, median.value, median.high) == (7, 7, 7)


def test_one_subject():
    assert kaplan_meier([7], [1], [0]).quantile().high == np.inf
    assert kaplan_meier([7], [0], [1]).quantile().flags == ("not_reached", "open_ended")


def test_a_flat_stretch_at_one_half_gives_its_middle():
    flat = kaplan_meier([2, 8], [2, 2], [0, 0])
    assert flat.quantile().value == 5
    ends_flat = kaplan_meier([2, 8], [2, 0], [0, 2])
    assert ends_flat.quantile().value == 2


def test_questions_beyond_what_was_watched(five):
    assert five.at(61).flags == ("beyond_follow_up",)
    assert five.rmst(61).flags == ("beyond_follow_up",)
    assert five.at(60).value == pytest.approx(0.2667, **PRINTED)
    assert five.quantile(0.9).flags == ("not_reached", "open_ended")
    assert np.isnan(five.at(float("nan")).value)


@given(waits, st.integers(1, 12))
def test_restricted_mean_is_the_area_by_small_steps(subjects, tau):
    curve = kaplan_meier(*count_times(*zip(*subjects, strict=True)))
    mean = curve.rmst(tau)
    if np.isnan(mean.value):
        assert mean.flags == ("beyond_follow_up",)
        return
    steps = [curve.at(t + 0.5).value if t + 0.5 <= curve.last_time else 0 for t in range(tau)]
    assert mean.value == pytest.approx(sum(steps))
    assert 0 <= mean.low <= mean.value <= mean.high <= tau


@given(waits)
def test_one_wait_a_cluster_gives_greenwood(subjects):
    durations, ended = zip(*subjects, strict=True)
    plain = kaplan_meier(*count_times(durations, ended))
    clustered = clustered_kaplan_meier(durations, ended, range(len(durations)))
    assert clustered.se == pytest.approx(plain.se, nan_ok=True)
    assert clustered.n_clusters == len(durations)
    tau = float(plain.last_time)
    assert clustered.rmst(tau).se == pytest.approx(plain.rmst(tau).se)
    for t in plain.times:
        assert clustered.at(t).se == pytest.approx(plain.at(t).se, nan_ok=True)


def test_repeating_every_wait_of_a_person_adds_no_certainty():
    rng = np.random.default_rng(2)
    time, ended, person = rng.integers(1, 60, 80), rng.random(80) < 0.7, np.arange(80)
    once = clustered_kaplan_meier(time, ended, person)
    thrice = clustered_kaplan_meier(np.tile(time, 3), np.tile(ended, 3), np.tile(person, 3))
    assert thrice.se == pytest.approx(once.se, nan_ok=True)
    assert thrice.rmst(30).se == pytest.approx(once.rmst(30).se)
    assert (thrice.quantile().low, thrice.quantile().high) == (once.quantile().low, once.quantile().high)
    assert thrice.at(0.5).low == pytest.approx(once.at(0.5).low)
    assert thrice.rmst(30).method == "wilson_clustered"


def test_limits_of_the_restricted_mean_are_those_of_a_share_of_the_horizon():
    # Everybody waits the whole horizon or not at all, so that the mean is a share times the horizon.
    mean = kaplan_meier([0, 100], [3, 0], [0, 9]).rmst(60)
    assert (mean.value, mean.method) == (45, "wilson")
    assert (mean.low / 60, mean.high / 60) == pytest.approx((wilson(9, 12).low, wilson(9, 12).high))


def test_a_mean_without_spread_still_has_limits():
    silent = kaplan_meier([10, 20], [0, 0], [4, 6]).rmst(15)
    assert (silent.low, silent.high) == pytest.approx((15 * wilson(6, 6).low, 15))
    assert silent.flags == ("at_boundary",)
    at_once = kaplan_meier([7], [12], [0]).rmst(20)
    assert at_once.low < at_once.value == 7 < at_once.high
    assert at_once.flags == ("no_variation",)


def test_a_mean_that_rests_on_one_person_is_hardly_known():
    person = np.r_[np.zeros(30), np.arange(1, 31)]
    alike = clustered_kaplan_meier(np.r_[np.full(30, 5.0), np.full(30, 90.0)], np.ones(60, dtype=bool), np.arange(60))
    one_carries_it = clustered_kaplan_meier(np.r_[np.full(30, 5.0), np.full(30, 90.0)], np.ones(60, dtype=bool), person)
    narrow, wide = alike.rmst(90), one_carries_it.rmst(90)
    assert narrow.value == wide.value
    assert wide.high - wide.low > 2.5 * (narrow.high - narrow.low)


def test_limits_without_any_certainty_span_the_scale_and_do_not_overflow():
    # One person out of two decides: Student's t has one degree of freedom, and the curve has hardly left 1.
    person = np.r_[np.zeros(900), np.arange(1, 101)]
    curve = clustered_kaplan_meier(np.arange(1000) + 1.0, np.arange(1000) == 450, person)
    hardly = log_log_limits([1 - 1e-12], [1e-6], 12.7)
    assert (hardly[0][0], hardly[1][0]) == (0, 1)
    assert 0 <= curve.low[0] < curve.survival[0] < curve.high[0] <= 1


def test_many_times_are_read_off_a_grid():
    rng = np.random.default_rng(4)
    person = rng.integers(0, 400, 3000)
    time = rng.exponential(rng.gamma(2, 2, 400)[person])
    curve = clustered_kaplan_meier(time, np.ones(3000, dtype=bool), person)
    some = slice(50, 2900, 77)
    exact = [curve.at(t).se for t in curve.times[some]]
    assert curve.se[some] == pytest.approx(exact, rel=0.03)


def test_few_clusters_are_flagged():
    few = clustered_kaplan_meier([1, 2, 3], [1, 1, 0], ["a", "a", "b"])
    assert few.at(1).flags == ("few_clusters",)
    assert few.at(1).n_clusters == 2
    nobody = clustered_kaplan_meier([], [], [])
    assert nobody.at(1).flags == ("few_clusters", "undefined")


@given(waits, waits)
def test_logrank_is_that_of_statsmodels(one, other):
    time, ended = (np.array(column) for column in zip(*(one + other), strict=True))
    group = np.r_[np.zeros(len(one)), np.ones(len(other))]
    ours = logrank(*(count_times(time[group == g], ended[group == g]) for g in (0, 1)))
    if ours.df == 0:
        assert np.isnan([ours.statistic, ours.p_value]).all()
        return
    statistic, p_value = survdiff(time, ended.astype(int), group)
    assert (ours.statistic, ours.p_value) == pytest.approx((statistic, p_value), abs=1e-9)


def test_logrank_of_three_groups_with_one_empty():
    groups = [([1, 2, 5], [1, 1, 1], [0, 0, 0]), ([3, 4], [1, 1], [0, 1]), ([], [], [])]
    assert logrank(*groups).df == 1
    assert logrank(*groups).statistic == pytest.approx(logrank(*groups[:2]).statistic)
    assert sum(logrank(*groups).expected) == pytest.approx(sum(logrank(*groups).observed))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: kaplan_meier([1, 2], [1], [0]), r"\(2,\) times, \(1,\) events and \(1,\) censored do not fit"),
        (lambda: kaplan_meier([-1], [1], [0]), "Some times or counts are negative, NaN or infinite"),
        (lambda: kaplan_meier([np.nan], [1], [0]), "Some times or counts are negative, NaN or infinite"),
        (lambda: kaplan_meier([1], [-1], [0]), "Some times or counts are negative, NaN or infinite"),
        (lambda: count_times([1, 2], [True]), r"\(2,\) durations do not fit \(1,\) endings"),
        (lambda: clustered_kaplan_meier([1], [1], [1, 2]), r"\(2,\) clusters do not fit \(1,\) durations"),
        (lambda: kaplan_meier([1], [1], [0]).quantile(1), "q=1 is not a quantile"),
        (lambda: kaplan_meier([1], [1], [0]).rmst(0), "tau=0 is no horizon"),
        (lambda: logrank(([1], [1], [0])), "1 group is not enough to compare"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(TwowayError, match=message):
        call()


def test_a_million_times_take_seconds():
    rng = np.random.default_rng(0)
    curve = kaplan_meier(*count_times(rng.exponential(size=1_000_000), rng.random(1_000_000) < 0.9))
    assert curve.quantile().value == pytest.approx(np.log(2) / 0.9 * 0.9, abs=0.15)
    assert curve.survival[-1] >= 0


@pytest.mark.parametrize(
    ("times", "persons", "effective"), [([1, 2, 3, 4], [1] * 4, 1), ([1, 2, 3, 4] * 2, [1] * 4 + [2] * 4, 2)]
)
def test_clusters_that_cannot_differ_do_not_make_a_curve_certain(times, persons, effective):
    curve = clustered_kaplan_meier(times, [1] * len(times), persons)
    low, high = wilson_limits(np.array([0.75, 0.5, 0.25]) * effective, effective)
    assert curve.low[:3] == pytest.approx(low)
    assert curve.high[:3] == pytest.approx(high)
    assert np.isnan(curve.se).all()
    half, median, mean = curve.at(2), curve.quantile(), curve.rmst(3)
    assert (half.low, half.high) == pytest.approx((low[1], high[1]))
    assert median.low < median.value < median.high
    assert mean.low < mean.value < mean.high
    assert all("no_variation" in one.flags for one in (half, median, mean))


def test_an_ending_that_is_unknown_is_no_event():
    with pytest.raises(TwowayError, match="1 of 2 endings are NaN or neither 0 nor 1"):
        count_times([1, 2], [1, np.nan])
    with pytest.raises(TwowayError, match="given to clustered_kaplan_meier"):
        clustered_kaplan_meier([1, 2], [1, np.nan], [1, 2])
