"""Dealing persons to two groups anew: the statistics by plain loops, and how often chance is called more."""

from itertools import combinations

import numpy as np
import pytest

from twoway.errors import TwowayError, UnknownName
from twoway.inference.intervals import newcombe
from twoway.inference.regrouped_curves import count_waits, waits_statistic
from twoway.inference.regrouped_sums import ratio_of_sums, ratio_statistic, sums_statistic
from twoway.inference.regrouping import deal_of, regroup
from twoway.inference.survival import clustered_kaplan_meier, count_times, logrank


def ratios(first, second, keys=None, *, own=False, **options):
    """Test the ratio of sums of two groups, given as lists of (num, den)."""
    keys = keys or (range(len(first)), range(len(first), len(first) + len(second)))
    deal, order = deal_of(*keys)
    table = np.array([*first, *second], dtype=float).reshape(-1, 2)[order]
    about_own = sums_statistic(table, ratio_of_sums, deal)
    return regroup(about_own if own else ratio_statistic(table, deal), deal, errors=about_own, **options)


def by_loops(rows, *, own=False, middle=0.0):
    """Give the studentized difference of two groups from (in first, person, num, den) alone."""
    common = sum(r[2] for r in rows) / sum(r[3] for r in rows)
    rate, effect = {}, {}
    for side in (True, False):
        mine = [row for row in rows if row[0] is side]
        size = sum(r[3] for r in mine)
        rate[side] = sum(r[2] for r in mine) / size
        for _, who, num, den in mine:
            step = (num - (rate[side] if own else common) * den) / size * np.sqrt(len(mine) / (len(mine) - 1))
            effect[who] = effect.get(who, 0) + (step if side else -step)
    return (rate[True] - rate[False] - middle) / np.sqrt(sum(v**2 for v in effect.values()))


FIRST, SECOND = [(2, 2), (1, 3), (0, 1), (2, 4)], [(0, 2), (1, 4), (0, 1), (1, 2), (0, 3)]


@pytest.mark.parametrize("own", [False, True])
def test_the_statistic_by_loops_without_and_with_shared_persons(own):
    rows = [(True, i, *pair) for i, pair in enumerate(FIRST)] + [(False, 10 + i, *p) for i, p in enumerate(SECOND)]
    assert ratios(FIRST, SECOND, own=own, draws=1).statistic == pytest.approx(by_loops(rows, own=own), rel=1e-6)
    keys = ["ann", "bob", "cy", "dee"], ["cy", "ann", "eve", "flo", "gil"]
    rows = [(True, who, *pair) for who, pair in zip(keys[0], FIRST, strict=True)]
    rows += [(False, who, *pair) for who, pair in zip(keys[1], SECOND, strict=True)]
    test = ratios(FIRST, SECOND, keys, own=own, draws=1)
    assert test.statistic == pytest.approx(by_loops(rows, own=own), rel=1e-6)
    assert test.shared == pytest.approx(2 / 4)


def test_p_comes_close_to_that_of_all_deals():
    pairs = FIRST + SECOND
    found, as_large, n = None, 0, 0
    for chosen in combinations(range(9), 4):
        rows = [(i in chosen, i, *pair) for i, pair in enumerate(pairs)]
        value = abs(by_loops(rows))
        found = value if found is None else found
        as_large += value >= found * (1 - 1e-9)
        n += 1
    assert ratios(FIRST, SECOND, draws=20_000).p == pytest.approx(as_large / n, abs=0.012)


def test_p_for_shared_persons_alone_comes_from_swaps():
    keys = (range(5), range(5))
    second = [*SECOND[:4], (0, 1)]
    first = [*FIRST, (1, 1)]
    found, as_large = None, 0
    for swaps in np.ndindex(*(2,) * 5):
        rows = [(not s, i, *pair) for i, (s, pair) in enumerate(zip(swaps, first, strict=True))]
        rows += [(bool(s), i, *pair) for i, (s, pair) in enumerate(zip(swaps, second, strict=True))]
        value = abs(by_loops(rows))
        found = value if found is None else found
        as_large += value >= found * (1 - 1e-9)
    test = ratios(first, second, keys, draws=20_000)
    assert test.p == pytest.approx(as_large / 32, abs=0.012)
    assert test.shared == 1


def test_one_turn_a_person_gives_about_newcombes_answer():
    first, second = [(int(i < 60), 1) for i in range(100)], [(int(i < 18), 1) for i in range(60)]
    test = ratios(first, second)
    assert test.difference == pytest.approx(0.3)
    assert newcombe(60, 100, 18, 60).low > 0
    assert test.p < 0.005


def test_edges():
    same = ratios([(1, 1)] * 5, [(1, 1)] * 6, draws=50)
    assert (same.p, same.statistic) == (1, 0)
    apart = ratios([(1, 1)] * 12, [(0, 1)] * 12, draws=500)
    assert apart.p == 1 / 501
    assert apart.is_floor
    assert np.isnan(ratios([], SECOND, draws=5).p)
    assert np.isnan(ratios([(0, 0)], SECOND, draws=5).p)
    assert not np.isnan(ratios(FIRST[:1], SECOND, draws=5).p)
    with pytest.raises(TwowayError, match="draws=0 are no draws. They were given to regroup. Use at least 1"):
        ratios(FIRST, SECOND, draws=0)


def test_the_same_seed_gives_the_same_p():
    assert ratios(FIRST, SECOND, seed=5) == ratios(FIRST, SECOND, seed=5)


def test_the_correlation_of_two_values_of_the_same_persons():
    rng = np.random.default_rng(3)
    kind = rng.normal(size=4000)
    first, second = (((kind + rng.normal(size=4000) > 0).astype(int), np.ones(4000)) for _ in range(2))
    test = ratios(list(zip(*first, strict=True)), list(zip(*second, strict=True)), (range(4000),) * 2, draws=1)
    assert test.correlation == pytest.approx(np.corrcoef(first[0], second[0])[0, 1], abs=1e-6)
    few = ratios([(1, 1), (0, 1), (1, 1)], [(1, 1), (0, 1), (1, 1)], (range(3),) * 2, draws=1)
    assert few.correlation == 0  # too few shared persons to make an interval shorter


@pytest.fixture(scope="module")
def waits():
    rng = np.random.default_rng(8)
    who = np.repeat(np.arange(60), 4)
    time = np.ceil(rng.exponential(30, 240) * np.repeat(rng.gamma(3, 1 / 3, 60), 4))
    return who, np.minimum(time, 70), time <= rng.integers(40, 80, 240)


def statistics(waits, question, at=np.nan):
    who, time, event = waits
    deal, order = deal_of(range(25), range(25, 60))
    place = np.empty(60, dtype=int)
    place[order] = np.arange(60)
    counted = count_waits(time, event, place[who], 60, keep=at)
    return waits_statistic(counted, deal, question, at, own=True)(deal.found()), who < 25


@pytest.mark.parametrize("at", [7.0, 20.0, 55.5])
def test_shares_and_means_are_those_of_the_curves(waits, at):
    who, time, event = waits
    share, first = statistics(waits, "share", at)
    mean, _ = statistics(waits, "mean", at)
    curves = [clustered_kaplan_meier(time[rows], event[rows], who[rows]) for rows in (first, ~first)]
    asked = [curve.event_share_at(at) for curve in curves]
    areas = [curve.rmst(at) for curve in curves]
    assert share.differences[0] == pytest.approx(asked[0].value - asked[1].value)
    assert mean.differences[0] == pytest.approx(areas[0].value - areas[1].value)
    sizes = np.array([25, 35])
    for spread, answers in ((share, asked), (mean, areas)):
        known = [answer.se**2 * m / (m - 1) for answer, m in zip(answers, sizes, strict=True)]
        assert [spread.first[0], spread.second[0]] == pytest.approx(known)


def test_the_log_rank_numerator_is_that_of_the_test_of_single_waits(waits):
    who, time, event = waits
    spread, first = statistics(waits, "logrank")
    known = logrank(count_times(time[first], event[first]), count_times(time[~first], event[~first]))
    assert spread.differences[0] == pytest.approx(known.observed[0] - known.expected[0])


def test_many_times_are_joined_and_the_asked_one_is_kept():
    rng = np.random.default_rng(2)
    time, event = rng.exponential(100, 3000), rng.random(3000) < 0.8
    counted = count_waits(time, event, np.arange(3000) % 50, 50, keep=80.0)
    assert len(counted.times) <= 162
    assert counted.ended.sum() == event.sum()
    deal, _ = deal_of(range(20), range(20, 50))
    spread = waits_statistic(counted, deal, "share", 80.0)(deal.found())
    rows = np.arange(3000) % 50 < 20
    values = [
        clustered_kaplan_meier(time[r], event[r], np.arange(r.sum())).event_share_at(80).value for r in (rows, ~rows)
    ]
    assert spread.differences[0] == pytest.approx(values[0] - values[1], abs=0.01)


def test_nobody_answered_is_no_difference():
    counted = count_waits([5, 6, 7, 8], [0, 0, 0, 0], range(4), 4)
    deal, _ = deal_of(range(2), range(2, 4))
    for question in ("share", "mean", "logrank"):
        assert regroup(waits_statistic(counted, deal, question, 10.0), deal, draws=20).p == 1


def test_what_is_refused():
    counted = count_waits([5.0], [1], [0], 1)
    deal, _ = deal_of([1], [])
    with pytest.raises(UnknownName, match="'median' is not a known question about waiting times."):
        waits_statistic(counted, deal, "median")
    with pytest.raises(TwowayError, match="at=nan is no time. It was given to waits_statistic."):
        waits_statistic(counted, deal, "share")


def false_alarms(draw, runs=400, draws=199):
    """Count how often two groups that are alike are called different, at 5 % and at 20 %."""
    found = np.array([draw(np.random.default_rng(i), draws) for i in range(runs)])
    return (found <= 0.05).mean(), (found <= 0.20).mean()


def sums_of(rng, m, p, spread):
    owed = 1 + rng.poisson(spread, m)
    return list(zip(rng.binomial(owed, rng.beta(3 * p, 3 * (1 - p), m)), owed, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize(("m", "k"), [(10, 10), (10, 90), (100, 100), (1000, 1000)])
def test_ratios_that_are_alike_are_rarely_called_different(m, k):
    # The second group asks more often, so its spread differs too: only equal values are to be held for equal.
    runs = 400 if m < 1000 else 150
    five, twenty = false_alarms(
        lambda rng, draws: ratios(sums_of(rng, m, 0.4, 0.5), sums_of(rng, k, 0.4, 3.0), draws=draws).p, runs
    )
    slack = 3 * np.sqrt(0.05 * 0.95 / runs)
    assert five < 0.05 + slack + (0.02 if m == 10 else 0)
    assert 0.10 < twenty < 0.30


@pytest.mark.slow
@pytest.mark.parametrize("shared", [0, 20, 40])
def test_persons_in_both_groups_cause_no_false_alarms(shared):
    def draw(rng, draws):
        kind = rng.beta(1, 1, 80 - shared)
        first, second = np.arange(40), np.arange(40 - shared, 80 - shared)
        sums = [[(int(n), 3) for n in rng.binomial(3, kind[who])] for who in (first, second)]
        return ratios(*sums, (first, second), draws=draws).p

    five, twenty = false_alarms(draw)
    assert 0.02 < five < 0.09
    assert 0.13 < twenty < 0.28


@pytest.mark.slow
def test_values_that_are_equal_by_the_mix_of_persons_are_rarely_called_different():
    # Persons who talk with both are answered less, and make up most of the first group: what is compared are values.
    rest = ((60 * 0.3 + 10 * 0.7) / 70 * 260 - 60 * 0.3) / 200

    def draw(rng, draws):
        rates = np.repeat([0.3, 0.7], [60, 10]), np.repeat([0.3, rest], [60, 200])
        sums = [[(int(n), 3) for n in rng.binomial(3, rate)] for rate in rates]
        return ratios(*sums, (np.r_[:70], np.r_[:60, 100:300]), draws=draws).p

    five, twenty = false_alarms(draw)
    assert 0.02 < five < 0.085
    assert 0.14 < twenty < 0.27


@pytest.mark.slow
@pytest.mark.parametrize("question", ["share", "mean", "logrank"])
@pytest.mark.parametrize("m", [20, 100])
def test_waits_that_are_alike_are_rarely_called_different(question, m):
    def draw(rng, draws):
        who = np.repeat(np.arange(2 * m), 3)
        time = rng.exponential(1.0, 6 * m) * np.repeat(rng.gamma(2, 0.5, 2 * m), 3)
        watched = rng.uniform(0.5, 3, 6 * m)
        deal, _ = deal_of(range(m), range(m, 2 * m))
        counted = count_waits(np.minimum(time, watched), time <= watched, who, 2 * m, keep=1.0)
        return regroup(waits_statistic(counted, deal, question, 1.0), deal, draws=draws).p

    five, twenty = false_alarms(draw, runs=300 if m == 20 else 100)
    assert 0 < five < (0.09 if m == 20 else 0.12)
    assert 0.10 < twenty < 0.32


@pytest.mark.slow
def test_a_real_difference_is_found():
    found = [
        ratios(sums_of(r, 100, 0.6, 1.0), sums_of(r, 100, 0.35, 1.0), draws=199).p
        for r in map(np.random.default_rng, range(100))
    ]
    assert np.mean(np.array(found) <= 0.05) > 0.9
