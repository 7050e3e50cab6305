"""Cumulative incidences of several causes: the catalogue's example, plain loops, statsmodels, edges."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight

from twoway.errors import TwowayError, UnknownName
from twoway.inference import clustered_kaplan_meier, ratio_interval, wilson
from twoway.inference.gray import gray
from twoway.inference.incidence import aalen_johansen

waits = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3), st.integers(0, 5)), min_size=1, max_size=40)


@pytest.fixture
def five():
    return aalen_johansen([1, 2, 3, 4, 5], [1, 2, 0, 1, 2], causes=("answer", "deflect"))


def by_loop(durations, causes, cause, time, weights=None):
    """Write the estimate from its formula, one time after the other."""
    weights = np.ones(len(durations)) if weights is None else weights
    waiting, ended = 1.0, 0.0
    for t in sorted({d for d, c in zip(durations, causes, strict=True) if c > 0 and d <= time}):
        at_risk = sum(w for d, w in zip(durations, weights, strict=True) if d >= t)
        rows = [(c, w) for d, c, w in zip(durations, causes, weights, strict=True) if d == t and c > 0]
        ended += waiting * sum(w for c, w in rows if c == cause) / at_risk
        waiting *= 1 - sum(w for _, w in rows) / at_risk
    return ended


def of_statsmodels(durations, causes):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # its standard errors divide by zero
        return CumIncidenceRight(durations, causes)


def sample(n=300, persons=60, seed=3):
    rng = np.random.default_rng(seed)
    person = rng.integers(0, persons, n)
    time = np.ceil(rng.exponential(rng.gamma(2, 10, persons)[person]))
    return time, rng.integers(0, 4, n), person


def test_the_catalogue_example(five):
    times = (1, 2, 3, 4, 5)
    assert [five.at("answer", t).value for t in times] == pytest.approx([0.2, 0.2, 0.2, 0.5, 0.5])
    assert [five.at("deflect", t).value for t in times] == pytest.approx([0, 0.2, 0.2, 0.2, 0.5])
    assert five.survival_at(5) == 0
    # The textbook slip, deflections taken for censoring, overstates how many are answered.
    slip = clustered_kaplan_meier([1, 2, 3, 4, 5], [1, 0, 0, 1, 0], range(5))
    assert slip.event_share_at(4).value > five.at("answer", 4).value


def test_an_error_is_known_where_nobody_waits_any_more(five):
    theirs = of_statsmodels(np.arange(1, 6), np.array([1, 2, 0, 1, 2]))
    assert np.isnan(theirs.cinc_se[0][-1])
    assert five.se[-1] == pytest.approx([0.2550, 0.2550], abs=6e-5)  # as from survfit of R


@given(waits)
def test_curves_are_those_of_a_plain_loop_and_add_up(rows):
    durations, causes, persons = zip(*rows, strict=True)
    curves = aalen_johansen(durations, causes, persons, causes="abc")
    for i, t in enumerate(curves.times):
        ours = curves.incidence[i]
        assert ours == pytest.approx([by_loop(durations, causes, k, t) for k in (1, 2, 3)], abs=1e-12)
        assert ours.sum() + curves.survival[i] == pytest.approx(1)
        for k, name in enumerate("abc"):
            one = curves.at(name, t)
            assert 0 <= one.low <= one.value <= one.high <= 1
            assert 0 <= curves.low[i, k] <= ours[k] + 1e-12
            assert ours[k] - 1e-12 <= curves.high[i, k] <= 1


@given(waits)
def test_curves_are_those_of_statsmodels(rows):
    durations, causes, _ = (np.array(column) for column in zip(*rows, strict=True))
    if not (causes > 0).any():
        return
    theirs = of_statsmodels(durations, causes)
    ours = aalen_johansen(durations, causes)
    at = np.searchsorted(theirs.times, ours.times)
    for k, curve in enumerate(theirs.cinc):
        assert ours.incidence[:, k] == pytest.approx(curve[at], abs=1e-12)


@given(waits)
def test_the_error_at_all_times_is_the_one_at_each(rows):
    durations, causes, persons = zip(*rows, strict=True)
    curves = aalen_johansen(durations, causes, persons, causes="abc")
    for i, t in enumerate(curves.times):
        each = [np.sqrt((curves.influence.effects(k, t) ** 2).sum()) for k in (1, 2, 3)]
        assert curves.se[i] == pytest.approx(each, abs=1e-7)


def test_effects_are_the_slopes_of_the_estimate():
    time, cause, person = sample(80, 12)
    curves = aalen_johansen(time, cause, person)
    step, slopes = 1e-6, np.zeros(12)
    for i in range(len(time)):
        up, down = (np.where(np.arange(len(time)) == i, 1 + s, 1.0) for s in (step, -step))
        slopes[person[i]] += (by_loop(time, cause, 2, 15, up) - by_loop(time, cause, 2, 15, down)) / (2 * step)
    assert curves.influence.effects(2, 15) == pytest.approx(slopes, abs=1e-8)


def test_one_cause_alone_is_one_minus_kaplan_meier():
    time, cause, person = sample()
    ended = cause == 1
    curves = aalen_johansen(time, ended, person)
    plain = clustered_kaplan_meier(time, ended, person)
    alive = plain.survival > 0
    assert 1 - curves.incidence[:, 0] == pytest.approx(plain.survival)
    assert curves.se[alive, 0] == pytest.approx(plain.se[alive], rel=1e-6)


def test_without_censoring_it_is_a_share_of_waits():
    time, cause, person = sample()
    cause = 1 + cause % 3
    hit = (cause == 2) & (time <= 20)
    share = ratio_interval(np.bincount(person, hit), np.bincount(person), proportion=True)
    ours = aalen_johansen(time, cause, person).at(2, 20)
    assert ours.value == pytest.approx(share.value)
    assert (ours.low, ours.high) == pytest.approx((share.low, share.high), abs=0.003)


def test_repeating_every_wait_of_a_person_adds_no_certainty():
    time, cause, person = sample(100, 100)
    once = aalen_johansen(time, cause, person)
    thrice = aalen_johansen(np.tile(time, 3), np.tile(cause, 3), np.tile(person, 3))
    assert thrice.se == pytest.approx(once.se)
    for one, three in [(once.at(1, 12), thrice.at(1, 12)), (once.share_at(1, 2, 9), thrice.share_at(1, 2, 9))]:
        assert (three.low, three.value, three.high) == pytest.approx((one.low, one.value, one.high), abs=1e-6)


def test_order_units_and_labels_do_not_matter():
    time, cause, person = sample()
    plain = aalen_johansen(time, cause, person)
    other = aalen_johansen(60 * time[::-1], cause[::-1], [f"p{p}" for p in person[::-1]])
    assert other.times == pytest.approx(60 * plain.times)
    assert other.low == pytest.approx(plain.low)
    assert other.share_at(3, 1, 600).high == pytest.approx(plain.share_at(3, 1, 10).high)


def test_share_of_two_causes(five):
    share = five.share_at("answer", "deflect", 4)
    assert share.value == pytest.approx(0.5 / 0.7)
    time, cause, person = sample()
    curves = aalen_johansen(time, cause, person)
    one, other = curves.share_at(1, 2, 15), curves.share_at(2, 1, 15)
    assert one.value + other.value == pytest.approx(1)
    assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low))
    assert one.se == pytest.approx(_jackknife_of_share(time, cause, person, 15), rel=0.05)


def _jackknife_of_share(time, cause, person, at):
    left = []
    for p in np.unique(person):
        rest = person != p
        one, two = (by_loop(time[rest], cause[rest], k, at) for k in (1, 2))
        left.append(one / (one + two))
    m = len(left)
    return np.sqrt((m - 1) / m * ((np.array(left) - np.mean(left)) ** 2).sum())


def test_at_the_edges_the_limits_are_wilsons():
    all_one = aalen_johansen([3] * 40, [1] * 40, causes=("open", "deflect"))
    assert (all_one.at("open", 3).low, all_one.at("open", 3).high) == pytest.approx((wilson(40, 40).low, 1))
    none = all_one.at("deflect", 3)
    assert (none.value, none.low, none.high) == pytest.approx((0, 0, wilson(0, 40).high))
    assert none.flags == ("at_boundary",)
    assert all_one.at("open", 2).high == pytest.approx(wilson(0, 40).high)
    assert all_one.share_at("open", "deflect", 3).low == pytest.approx(wilson(40, 40).low)
    assert (all_one.low[0], all_one.high[0]) == (pytest.approx([wilson(40, 40).low, 0]), pytest.approx([1, none.high]))


def test_nothing_is_said_beyond_what_was_watched():
    open_end = aalen_johansen([3, 4, 9], [1, 0, 0], causes=("open", "deflect"))
    assert open_end.at("open", 9).value == pytest.approx(1 / 3)
    for late in (open_end.at("open", 10), open_end.share_at("open", "deflect", 10), open_end.at("open", np.nan)):
        assert np.isnan([late.value, late.low, late.high]).all()
        assert late.flags == ("few_clusters", "beyond_follow_up")
    assert np.isnan(open_end.survival_at(10))
    # Once all have ended, the curves stand still for ever.
    assert aalen_johansen([3, 4], [1, 2]).at(2, 1e9).value == 0.5


def test_nobody_watched_or_nobody_ended():
    nobody = aalen_johansen([], [])
    assert nobody.at(1, 3).flags == ("few_clusters", "undefined")
    silent = aalen_johansen([3, 4], [0, 0], causes=("open", "deflect"))
    assert silent.at("open", 4).value == 0
    assert silent.share_at("open", "deflect", 4).flags == ("few_clusters", "undefined")
    assert silent.incidence.shape == (0, 2)


def test_events_come_before_censoring_and_causes_share_a_time():
    tied = aalen_johansen([4, 4, 4, 9], [1, 2, 0, 0])
    assert tied.incidence.tolist() == [[0.25, 0.25]]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: aalen_johansen([1, 2], [1]), TwowayError, r"\(2,\) durations, \(1,\) causes and \(2,\) clusters"),
        (lambda: aalen_johansen([-1], [1]), TwowayError, "Some durations are negative, NaN or infinite"),
        (lambda: aalen_johansen([1], [3], causes=("a", "b")), TwowayError, r"none of 0 \(censored\) to 2"),
        (lambda: aalen_johansen([1], [np.nan]), TwowayError, r"none of 0 \(censored\) to 1"),
        (lambda: aalen_johansen([1], [1]).at("open", 1), UnknownName, "'open' is not a known cause"),
        (lambda: aalen_johansen([1], [1]).at(0, 1), UnknownName, "'0' is not a known cause"),
        (lambda: gray([1, 2], [1, 1], ["a", "a"]), TwowayError, "1 group is not enough to compare"),
        (lambda: gray([1, 2], [1], ["a", "a"]), TwowayError, r"\(2,\) durations, \(1,\) causes"),
        (lambda: gray([np.inf], [1], ["a"]), TwowayError, "Some durations are negative, NaN or infinite"),
    ],
)
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()


def gray_by_loop(durations, causes, groups, cause):
    """Write the score of two groups from Gray's formula, one time after the other."""
    names = sorted(set(groups))
    score = 0.0
    for t in sorted({d for d, c in zip(durations, causes, strict=True) if c == cause}):
        weight, events = {}, {}
        for name in names:
            own = [(d, c) for d, c, g in zip(durations, causes, groups, strict=True) if g == name]
            at_risk = sum(d >= t for d, _ in own)
            waiting = np.prod([1 - c_at / n_at for c_at, n_at in _steps(own, t)])
            ended = by_loop([d for d, _ in own], [c for _, c in own], cause, t - 0.5)
            weight[name] = at_risk * (1 - ended) / waiting if at_risk else 0.0
            events[name] = sum(d == t and c == cause for d, c in own)
        score += events[names[0]] - sum(events.values()) * weight[names[0]] / sum(weight.values())
    return score


def _steps(own, t):
    for u in sorted({d for d, c in own if c > 0 and d < t}):
        yield sum(d == u and c > 0 for d, c in own), sum(d >= u for d, _ in own)


def test_the_score_of_gray_is_that_of_a_plain_loop():
    from twoway.inference.gray import _count, _score

    time, cause, person = sample()
    group = person % 2
    ours, variance = _score(_count(time, cause, group, 2, 2))
    assert ours[0] == pytest.approx(gray_by_loop(time, cause, group, 2))
    assert gray(time, cause, group, 2).statistic == pytest.approx(ours[0] ** 2 / variance[0, 0])


def test_gray_where_nothing_can_be_told():
    assert np.isnan(gray([1, 2], [1, 1], ["a", "b"], cause=2).statistic)
    apart = gray([1, 1, 5, 6], [0, 0, 1, 1], ["a", "a", "b", "b"])
    assert np.isnan([apart.statistic, apart.p_value]).all()
    assert (apart.df, apart.n_events) == (1, 2)


def test_gray_is_right_as_often_as_it_says():
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(500):
        time, cause = rng.exponential(1, 120), rng.integers(1, 3, 120)
        watched = rng.uniform(0.2, 3, 120)
        ends = np.where(time <= watched, cause, 0)
        hits += gray(np.minimum(time, watched), ends, np.arange(120) % 3).p_value < 0.05
    assert 0.03 <= hits / 500 <= 0.075


def test_a_million_waits_take_seconds():
    rng = np.random.default_rng(0)
    n = 1_000_000
    time = np.ceil(rng.exponential(20_000, n))
    curves = aalen_johansen(time, rng.integers(0, 5, n), rng.integers(0, n // 3, n))
    day = curves.at(1, 86_400)
    place = np.searchsorted(curves.times, 86_400, side="right") - 1
    assert curves.se[place, 0] == pytest.approx(day.se, rel=1e-6)


def test_one_person_gets_no_narrow_band():
    curves = aalen_johansen([1, 2, 3, 4] * 5, [1, 2, 1, 2] * 5, clusters=["ann"] * 20)
    at = curves.at(1, 2)
    assert (curves.low[1, 0], curves.high[1, 0]) == pytest.approx((at.low, at.high))
    assert at.high - at.low > 0.8
