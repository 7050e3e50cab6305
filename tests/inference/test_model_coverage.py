"""How often the intervals of regressions, concentration indices and series hold the truth, in simulated corpora.

Persons ask a geometric number of times (mean 3.3). Whether they are answered follows a logistic law in their followers
(lognormal, as skewed as real ones), a question, and whether others were addressed too; a latent trait of the person
(correlation 0.4) makes their turns alike. Least squares and counts have a skewed covariate and a level of each person
or account. Coverage in percent by number of clusters, nominal 95, over 2000 corpora (600 of 1000 persons for the
regressions); fits told apart without error (one in twenty at 20 persons) are not counted:

==========================================  ====  =====  =====
method, term                                  20    100   1000
==========================================  ====  =====  =====
logit_clustered, followers                  96.7   96.1   93.7
logit_clustered, bystander                  98.5   95.6   95.0
logit_clustered, question                   97.0   95.2   95.2
gee_logit, followers                        96.3   96.0   94.5
gee_logit, bystander                        97.6   95.3   95.0
gee_logit, question                         96.5   95.3   95.0
ols_clustered                               95.9   95.2
negative_binomial                           94.7   96.0
concentration index                         94.9   94.9   94.4
Erreygers' index                            95.1   95.2   94.5
------------------------------------------  ----  -----  -----
logit, sandwich and normal quantile         90.1   93.5   93.7
least squares, the same                     82.2   89.7
counts, the same                            84.8   92.9
logit, rows as independent                  86.8   82.2   79.8
concentration index, rows as independent    82.6   80.8   79.0
==========================================  ====  =====  =====
"""

import numpy as np
import pytest
from scipy.special import expit, ndtr

from twoway.inference.blocks import block_interval
from twoway.inference.concentration import concentration_index, erreygers_index
from twoway.inference.linear import newey_west, ols_clustered
from twoway.inference.models import gee_logit, logit_clustered, negative_binomial
from twoway.inference.results import normal_quantile

pytestmark = pytest.mark.slow

EFFECTS = {"followers": 0.5, "bystander": -0.5, "question": 0.4}
SIZES = (20, 100, 1000)


def corpus(rng, m):
    """Draw answers, covariates and persons."""
    person = np.repeat(np.arange(m), rng.geometric(0.3, m))
    n = len(person)
    x = {
        "followers": np.log10(1 + np.floor(rng.lognormal(5, 2, m)))[person],
        "bystander": (rng.random(n) < 0.15).astype(float),
        "question": (rng.random(n) < 0.4).astype(float),
    }
    chance = expit(-1.5 + sum(EFFECTS[name] * column for name, column in x.items()))
    trait = np.sqrt(0.4) * rng.normal(size=m)[person] + np.sqrt(0.6) * rng.normal(size=n)
    return (ndtr(trait) < chance).astype(float), x, person


def corpora(m, number):
    rng = np.random.default_rng([20260105, m])
    for _ in range(number):
        yield corpus(rng, m)


def holds(interval, truth):
    return interval.low <= truth <= interval.high


def model_coverage(function, m, *, alone=False):
    hits = {term: [] for term in EFFECTS}
    for y, x, person in corpora(m, 1000 if m < 1000 else 500):
        fit = function(y, x, np.arange(len(y)) if alone else person)
        if "separated" not in fit.flags and "undefined" not in fit.flags:
            for term in EFFECTS:
                if term not in fit.dropped:
                    hits[term].append(holds(fit.interval(term), EFFECTS[term]))
    return {term: 100 * np.mean(hit) for term, hit in hits.items()}


@pytest.mark.parametrize("m", SIZES)
@pytest.mark.parametrize("function", [logit_clustered, gee_logit])
def test_odds_ratios(function, m):
    found = model_coverage(function, m)
    assert all(92 <= share <= 99 for share in found.values()), found
    assert found["followers"] == pytest.approx(95, abs=3), found


def test_rows_taken_as_independent_are_too_sure():
    assert model_coverage(logit_clustered, 100, alone=True)["followers"] < 90


def test_the_sandwich_with_the_normal_quantile_would_be_too_sure():
    hits = []
    for y, x, person in corpora(20, 1000):
        fit = logit_clustered(y, x, person)
        if "separated" not in fit.flags and "followers" not in fit.dropped:
            found = fit.interval("followers")
            hits.append(abs(found.value - 0.5) <= normal_quantile(0.95) * found.se)
    assert np.mean(hits) < 0.92


@pytest.mark.parametrize("m", SIZES)
def test_concentration(m):
    rng = np.random.default_rng(1)
    y, x, person = corpus(rng, 1_000_000)
    truth = [index(y, x["followers"], groups=person).value for index in (concentration_index, erreygers_index)]
    hits, alone = [], []
    for y, x, person in corpora(m, 2000):
        famous = x["followers"]
        found = [index(y, famous, groups=person) for index in (concentration_index, erreygers_index)]
        if not np.isnan(found[0].low):
            hits.append([holds(one, value) for one, value in zip(found, truth, strict=True)])
            alone.append(holds(concentration_index(y, famous), truth[0]))
    shares = 100 * np.mean(hits, axis=0)
    assert shares == pytest.approx(95, abs=1.7), shares
    assert np.mean(alone) < 0.90


@pytest.mark.parametrize("m", [20, 100])
def test_least_squares(m):
    hits = []
    rng = np.random.default_rng(m)
    for _ in range(1000):
        person = np.repeat(np.arange(m), rng.geometric(0.3, m))
        x = rng.lognormal(0, 0.7, m)[person]
        y = 0.5 * x + rng.normal(size=m)[person] + rng.normal(size=len(person))
        hits.append(holds(ols_clustered(y, {"x": x}, person).interval("x"), 0.5))
    assert 100 * np.mean(hits) == pytest.approx(95, abs=2.5), np.mean(hits)


@pytest.mark.parametrize("m", [20, 100])
def test_counts(m):
    hits = []
    rng = np.random.default_rng(m)
    for _ in range(1000):
        account = np.repeat(np.arange(m), rng.geometric(0.2, m))
        x = rng.normal(size=m)[account]
        level = np.exp(0.5 * rng.normal(size=m) - 0.125)[account]
        mean = 5 * level * np.exp(0.3 * x)
        fit = negative_binomial(rng.negative_binomial(2, 2 / (2 + mean)), {"x": x}, groups=account)
        hits.append(holds(fit.interval("x"), 0.3))
    assert 100 * np.mean(hits) == pytest.approx(95, abs=2.5), np.mean(hits)


def memory(rng, n, keeps):
    out = np.empty(n)
    out[0] = rng.normal() / np.sqrt(1 - keeps**2)
    noise = rng.normal(size=n)
    for t in range(1, n):
        out[t] = keeps * out[t - 1] + noise[t]
    return out


@pytest.mark.parametrize(("keeps", "least"), [(0.0, 93), (0.3, 92), (0.6, 87)])
@pytest.mark.parametrize("n", [120, 365])
def test_series_summaries(n, keeps, least):
    rng = np.random.default_rng([n, round(10 * keeps)])
    found = [block_interval(memory(rng, n, keeps), lambda s: s.mean(axis=-1), draws=800) for _ in range(800)]
    assert least <= 100 * np.mean([holds(one, 0) for one in found]) <= 97.5


@pytest.mark.parametrize(("keeps", "least"), [(0.3, 90), (0.6, 86)])
def test_series_regressions(keeps, least):
    rng = np.random.default_rng(9)
    late = (np.arange(365) > 220).astype(float)
    found = [newey_west(memory(rng, 365, keeps), {"late": late}).interval("late") for _ in range(600)]
    assert least <= 100 * np.mean([holds(one, 0) for one in found]) <= 96
