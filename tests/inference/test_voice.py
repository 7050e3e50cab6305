"""Individual voice: weeks left out as a loop would, exchanged signatures, and nothing about any one agent."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.stats import t as student

from twoway.errors import TwowayError
from twoway.inference.intervals import wilson
from twoway.inference.leave_week_out import LeaveWeekOut
from twoway.inference.nulls import strata_of
from twoway.inference.resampling import jackknife_df
from twoway.inference.voice import LEAST_WEEKS, Voice, above_chance, agent_voice


def wording(rng, strength, n=600, agents=4, weeks=6, features=12):
    """Invent replies whose agents differ by so much."""
    agent, week = rng.integers(0, agents, n), rng.integers(0, weeks, n)
    return rng.normal(size=(n, features)) + strength * rng.normal(size=(agents, features))[agent], agent, week


def naive(x, agent, week):
    """Accuracy of the nearest centroid in angle, each week left out in turn, reply by reply."""
    x = x - x.mean(axis=0)
    x = x / np.linalg.norm(x, axis=1, keepdims=True)
    right = judged = 0
    for i in range(len(x)):
        rest = week != week[i]
        centers = {a: x[rest & (agent == a)].sum(axis=0) for a in set(agent[rest].tolist())}
        if agent[i] not in centers:
            continue
        likeness = {a: x[i] @ center / np.linalg.norm(center) for a, center in centers.items()}
        right += max(likeness, key=likeness.get) == agent[i]
        judged += 1
    return right / judged, judged


@pytest.mark.parametrize("seed", range(4))
def test_accuracy_is_that_of_a_loop(seed):
    rng = np.random.default_rng(seed)
    x, agent, week = wording(rng, 0.5, n=150, agents=5)
    week[agent == 4] = 2  # signs in one week alone, so cannot be known from the others
    found = agent_voice(x, agent, week, rng, min_replies=5, draws=2)
    assert (found.accuracy, found.n_replies) == pytest.approx(naive(x, agent, week))


def test_weeks_not_known_are_those_of_a_loop(rng):
    x, agent, week = wording(rng, 0.5, n=120, agents=3, weeks=4)
    x = (x - x.mean(axis=0)).astype(np.float32)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    right, judged = LeaveWeekOut(x, week).without(agent)
    for out in range(4):
        for tested in range(4):
            if tested == out:
                continue
            rest, mine = (week != out) & (week != tested), np.flatnonzero(week == tested)
            centers = np.array([x[rest & (agent == a)].sum(axis=0) for a in range(3)])
            likeness = x[mine] @ (centers / np.linalg.norm(centers, axis=1, keepdims=True)).T
            assert right[tested, out] == (likeness.argmax(axis=1) == agent[mine]).sum()
            assert judged[tested, out] == len(mine)


def test_limits_are_those_of_loops_over_weeks_and_pairs(rng):
    x, agent, week = wording(rng, 0.5, n=400, weeks=10)
    found = agent_voice(x, agent, week, np.random.default_rng(1), draws=2)
    x = x - x.mean(axis=0)
    model = LeaveWeekOut((x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32), week)
    (right, judged), (less, _) = model.hits(agent), model.without(agent)
    total, variance = judged.sum(), 0.0
    owed = [[0.0 if i == j else (right[i] - less[i, j]) / total for j in range(10)] for i in range(10)]
    for i in range(10):
        variance += 10 / 9 * ((right[i] - found.accuracy * judged[i]) / total) ** 2
    alike = [sum(owed[i][j] for i in range(10)) / (total - judged[j]) for j in range(10)]
    pairs = [
        2 * (owed[i][j] - judged[i] * alike[j]) * (owed[j][i] - judged[j] * alike[i])
        for i in range(10)
        for j in range(i)
    ]
    own = (right - found.accuracy * judged) / total
    df = float(jackknife_df(own, 10, judged.sum() ** 2 / (judged**2).sum()))
    variance += max(sum(pairs), 0.0)
    p, z = found.accuracy, student.ppf(0.975, 1e9)
    n = min(p * (1 - p) / variance, total) * (z / student.ppf(0.975, df)) ** 2
    limits = wilson(p * n, n)
    assert (found.accuracy_low, found.accuracy_high) == pytest.approx((limits.low, limits.high), abs=1e-6)
    assert found.low == pytest.approx((limits.low - found.null_mean) / (1 - found.null_mean), abs=1e-6)
    assert found.low < found.value < found.high
    assert found.flags == ("few_weeks",)
    assert f"interval over weeks {found.low:.3f} to {found.high:.3f}" in str(found)


def test_where_all_is_right_the_number_of_weeks_says_how_sure_that_is(rng):
    x, agent, week = wording(rng, 50.0, weeks=12)
    found = agent_voice(x, agent, week, rng, draws=5)
    assert (found.value, found.high, found.se) == (1, 1, 0)
    assert found.accuracy_low == pytest.approx(wilson(12, 12).low, abs=0.02)


def test_of_few_weeks_there_is_no_interval(rng):
    found = agent_voice(*wording(rng, 1.0, weeks=LEAST_WEEKS - 1), rng, draws=5)
    assert np.isnan([found.low, found.high, found.se, found.accuracy_low]).all()
    assert found.value > 0.5
    assert found.flags == ("few_weeks",)


def share_held(n, strength, weeks, draws=6):
    """Say how often limits hold the mean voice of accounts whose weeks have topics and moods of their own."""
    centers, found = np.random.default_rng(0).normal(size=(4, 10)), []
    for seed in range(n):
        rng = np.random.default_rng(seed)
        week = np.repeat(np.arange(weeks), 4 + rng.poisson(rng.gamma(3, 5, weeks)))
        agent = rng.integers(0, 4, len(week))
        moods = 0.3 * rng.normal(size=(weeks, 1, 10)) + 0.3 * rng.normal(size=(weeks, 4, 10))
        x = rng.normal(size=(len(week), 10)) + strength * centers[agent] + moods[week, agent]
        found.append(agent_voice(x, agent, week, rng, min_replies=5, draws=draws))
    value, low, high = (np.array([getattr(one, name) for one in found]) for name in ("value", "low", "high"))
    return float(((low <= value.mean()) & (value.mean() <= high)).mean())


def test_limits_mostly_hold_the_voice():
    assert share_held(30, 0.4, 10) >= 0.8


@pytest.mark.slow
@pytest.mark.parametrize(("strength", "weeks"), [(0.0, 10), (0.4, 8), (0.4, 16), (1.5, 16)])
def test_limits_hold_the_voice_as_often_as_they_claim(strength, weeks):
    assert 0.9 <= share_held(300, strength, weeks) <= 0.98


def test_the_example_worked_on_paper():
    assert above_chance(14, 20, 4) == pytest.approx(2.95e-05, abs=5e-8)
    assert above_chance(0, 20, 4) == 1.0
    assert np.isnan(above_chance(0, 0, 4))
    with pytest.raises(TwowayError, match="is no count"):
        above_chance(21, 20, 4)


def test_voices_are_heard_where_they_are(rng):
    found = agent_voice(*wording(rng, 1.0), rng, draws=99)
    assert found.value == pytest.approx((found.accuracy - found.null_mean) / (1 - found.null_mean))
    assert found.value > 0.5
    assert found.p == 0.01
    assert str(found).startswith("Wording names the right one of 4 agents for")


def test_agents_who_write_alike_cannot_be_told_apart():
    found = [agent_voice(*wording(rng, 0.0), rng, draws=39) for rng in map(np.random.default_rng, range(30))]
    assert abs(np.mean([voice.value for voice in found])) < 0.02
    assert np.mean([voice.p <= 0.05 for voice in found]) <= 0.17  # 30 tests of level .05


def test_topics_of_shifts_are_no_voice_once_shifts_are_held_fast():
    rng = np.random.default_rng(4)
    n = 1_200
    shift = rng.integers(0, 2, n)
    agent, week = 2 * shift + rng.integers(0, 2, n), rng.integers(0, 6, n)
    x = rng.normal(size=(n, 8)) + 2 * np.eye(2, 8)[shift]
    naive_voice = agent_voice(x, agent, week, rng, draws=39)
    held = agent_voice(x, agent, week, rng, strata=strata_of(week, shift), draws=39)
    assert naive_voice.value > 0.2
    assert abs(held.value) < 0.05


def test_sparse_and_dense_features_are_one(rng):
    x, agent, week = wording(rng, 0.7)
    dense, sparse = (agent_voice(form, agent, week, np.random.default_rng(1), draws=5) for form in (x, csr_array(x)))
    assert dense == sparse


@pytest.mark.parametrize(
    ("change", "flag"),
    [
        ({"agent": lambda a: a % 2}, "few_agents"),
        ({"agent": lambda a: np.full_like(a, -1)}, "few_agents"),
        ({"week": lambda w: np.zeros_like(w)}, "one_week"),
        ({"week": lambda w: np.arange(len(w))}, "nothing_moves"),
    ],
)
def test_what_cannot_be_said_is_missing_and_named(rng, change, flag):
    x, agent, week = wording(rng, 1.0)
    parts = {"agent": agent, "week": week}
    parts |= {name: rule(parts[name]) for name, rule in change.items()}
    found = agent_voice(x, parts["agent"], parts["week"], rng, draws=3)
    assert np.isnan(found.value)
    assert flag in found.flags
    assert flag in str(found)


def test_rare_and_unsigned_agents_are_left_out(rng):
    x, agent, week = wording(rng, 1.0)
    agent[:20], agent[20:30] = -1, 99
    assert agent_voice(x, agent, week, rng, draws=3).n_agents == 4


def test_nothing_in_a_result_is_about_one_agent():
    assert {field.name for field in dataclasses.fields(Voice)} == {*Voice.SHOWN}
    assert all("agent" not in name or name == "n_agents" for name in Voice.SHOWN)


def test_lengths_have_to_fit(rng):
    with pytest.raises(TwowayError, match="Give one of each a reply"):
        agent_voice(np.ones((3, 2)), [0, 1], [0, 1, 2], rng)


def test_voices_differ_between_a_scripted_and_an_unscripted_account(shared_data):
    import polars as pl
    import pyarrow as pa

    from twoway.text.agents import agents_kernel, gram_features

    def voice(name):
        table = pl.read_csv(shared_data(f"twcs/brand_{name}_outbound.csv.gz"), infer_schema_length=0).head(3_000)
        n = pa.array(range(len(table)), pa.int64())
        columns = {
            "row": n,
            "text": table["text"].to_arrow().cast(pa.string()),
            "account": n.take(pa.array([0] * len(n))),
        }
        signed = agents_kernel(pa.RecordBatch.from_pydict(columns), salt=1)
        agent = np.unique(signed["agent"].fill_null(0).to_numpy(), return_inverse=True)[1]
        agent[signed["agent"].is_null().to_numpy(zero_copy_only=False)] = -1
        week = table["created_at"].str.slice(4, 3).to_numpy().astype(str)
        day = table["created_at"].str.slice(8, 2).cast(pl.Int64).to_numpy() // 8
        features = gram_features(signed["body"].to_pylist(), 300)
        return agent_voice(features, agent, np.char.add(week, day.astype(str)), np.random.default_rng(1), draws=9)

    scripted, free = voice("SpotifyCares"), voice("AirAsiaSupport")
    assert scripted.n_agents > 10
    assert free.n_agents > 10
    assert free.value > scripted.value + 0.1
