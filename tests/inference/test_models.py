"""Regressions: worked examples, second computations from the formulas, edge cases, recovery of known coefficients."""

import time

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog, minimize
from scipy.special import expit
from scipy.stats import t as student

from twoway.errors import SchemaError, TwowayError, UnknownName
from twoway.inference import modelfit, results
from twoway.inference.design import make_design
from twoway.inference.linear import newey_west, ols_clustered
from twoway.inference.logistic import fit_firth
from twoway.inference.models import gee_logit, logit_clustered, negative_binomial

SIX = [1, 1, 0, 1, 0, 0, 1, 1, 1, 1, 0, 1]
PAIRS = np.repeat(range(6), 2)
AFTER = {"after": [0, 1] * 6}
CLUSTERED = [logit_clustered, gee_logit, ols_clustered]


def people(seed=1, n=1500, m=200, b=(-0.5, 0.6, -0.4)):
    """Rows of persons who are alike; the effects are those of the whole population, not of one person."""
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, m, n)
    x = np.column_stack([rng.normal(size=m)[groups], rng.random(n) < 0.4]).astype(float)
    u = 0.6 * rng.normal(size=m)[groups] + 0.8 * rng.normal(size=n)
    y = (pd.Series(u).rank(pct=True) < expit(b[0] + x @ b[1:])).to_numpy(dtype=float)
    return y, x, groups


def coefficients(fit):
    return fit.table["coefficient"].to_numpy()


# --- worked examples ---------------------------------------------------------------------------------------------


def test_u7():
    fit = gee_logit(SIX, AFTER, PAIRS)
    assert coefficients(fit) == pytest.approx([0, 1.60944], abs=5e-6)
    assert fit.table["se"].tolist() == pytest.approx([0.81650, 1.03280], abs=5e-6)
    assert (fit.n, fit.n_clusters, fit.method, fit.flags) == (12, 6, "gee_exchangeable", "few_clusters")
    assert fit.ratio("after").value == pytest.approx(5)


def test_u8():
    t = np.arange(1, 9)
    columns = {"t": t, "post": t >= 5, "since": np.maximum(t - 5, 0)}
    fit = newey_west([1, 2.5, 2.8, 4.2, 10.1, 11, 11.8, 13.3], columns, lag=2)
    assert coefficients(fit) == pytest.approx([0.15, 0.99, 4.89, 0.05], abs=1e-9)
    assert fit.table["se"].tolist() == pytest.approx([0.12557, 0.04097, 0.13914, 0.07484], abs=5e-6)


def test_b13_odds_ratio():
    y, x = [1] * 6 + [0] * 4 + [1] * 9 + [0], [0] * 10 + [1] * 10
    assert logit_clustered(y, {"famous": x}).interval("famous").value == pytest.approx(1.7918, abs=5e-5)


def test_g1_counts():
    fit = negative_binomial([0, 1, 2, 3, 5, 8, 0, 1, 1, 2, 4, 12], {"late": [0] * 6 + [1] * 6})
    assert coefficients(fit) == pytest.approx([1.152680, 0.051293], abs=1e-6)
    assert fit.details["theta"] == pytest.approx(1.254174, abs=1e-6)


# --- second computations -----------------------------------------------------------------------------------------


def test_estimating_equations_with_matrices_written_out():
    y, x, groups = people(n=300, m=60)
    fit = gee_logit(y, x, groups)
    beta, alike = coefficients(fit), fit.details["correlation"]
    z = np.column_stack([np.ones(300), x])
    score, bread, meat = np.zeros(3), np.zeros((3, 3)), np.zeros((3, 3))
    for g in np.unique(groups):
        zg, yg = z[groups == g], y[groups == g]
        mean = expit(zg @ beta)
        half = np.diag(np.sqrt(mean * (1 - mean)))
        working = half @ ((1 - alike) * np.eye(len(yg)) + alike) @ half
        slope = np.diag(mean * (1 - mean)) @ zg
        pull = slope.T @ np.linalg.solve(working, yg - mean)
        score, bread = score + pull, bread + slope.T @ np.linalg.solve(working, slope)
        meat += np.outer(pull, pull)
    inverse = np.linalg.inv(bread)
    assert score == pytest.approx(np.zeros(3), abs=1e-7)
    assert fit.table["se"].to_numpy() == pytest.approx(np.sqrt(np.diag(inverse @ meat @ inverse)), rel=1e-8)
    residual = (y - expit(z @ beta)) / np.sqrt(expit(z @ beta) * (1 - expit(z @ beta)))
    products = [
        np.outer(residual[groups == g], residual[groups == g])[np.triu_indices((groups == g).sum(), 1)]
        for g in np.unique(groups)
    ]
    assert alike == pytest.approx(np.concatenate(products).mean() / (residual**2).mean(), rel=1e-6)


def test_statsmodels_finds_the_same():
    from statsmodels.api import GEE, GLM, OLS, add_constant, cov_struct, families

    y, x, groups = people(n=400, m=80)
    order = np.argsort(groups, kind="stable")
    y, z, x, groups = y[order], add_constant(x[order]), x[order], groups[order]
    robust = {"cov_type": "cluster", "cov_kwds": {"groups": groups}}
    theirs = [
        GLM(y, z, family=families.Binomial()).fit(tol=1e-14, **robust),
        GEE(y, z, groups, family=families.Binomial(), cov_struct=cov_struct.Exchangeable()).fit(
            ddof_scale=0, ctol=1e-12, maxiter=200
        ),
        OLS(y, z).fit(**robust),
    ]
    for function, other in zip(CLUSTERED, theirs, strict=True):
        fit = function(y, x, groups)
        assert coefficients(fit) == pytest.approx(other.params, rel=1e-7)
        assert fit.table["se"].to_numpy() == pytest.approx(other.bse, rel=1e-7)


def test_firth_is_the_top_of_the_penalized_likelihood():
    y = np.array([0, 0, 0, 0, 1, 1, 1, 1.0])
    z = np.column_stack([np.ones(8), [0.1, 0.5, 0.9, 1.4, 1.5, 2, 2.2, 3], [0, 1, 0, 1, 0, 1, 1, 0]])

    def depth(beta):
        mean = expit(z @ beta)
        likelihood = (y * np.log(mean) + (1 - y) * np.log(1 - mean)).sum()
        return -likelihood - np.linalg.slogdet((z.T * (mean * (1 - mean))) @ z)[1] / 2

    top = minimize(depth, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 9000})
    fit = fit_firth(y, z, np.arange(8))
    assert fit.is_settled
    assert fit.coefficients == pytest.approx(top.x, abs=1e-5)


def test_limits_and_p_follow_from_student():
    y, x, groups = people()
    for function in CLUSTERED:
        table = function(y, x, groups, level=0.9).table
        half = student.ppf(0.95, table["df"]) * table["se_limits"]
        assert table["high"].to_numpy() == pytest.approx((table["coefficient"] + half).to_numpy())
        assert table["low"].to_numpy() == pytest.approx((table["coefficient"] - half).to_numpy())
        p = 2 * student.sf(abs(table["coefficient"]) / table["se_limits"], table["df"])
        assert table["p"].to_numpy() == pytest.approx(p)
        assert (table["df"] <= len(set(groups)) - 1).all()
        assert (table["se_limits"] / table["se"]).between(1, 1.06).all()


def test_limits_of_least_squares_are_those_of_the_jackknife():
    y, x, groups = people(n=150, m=15)
    fit = ols_clustered(y, x, groups)
    left_out = [coefficients(ols_clustered(y[groups != g], x[groups != g])) for g in range(15)]
    jackknife = np.sqrt(((np.array(left_out) - coefficients(fit)) ** 2).sum(axis=0) * 14 / 15)
    assert fit.table["se_limits"].to_numpy() == pytest.approx(jackknife, rel=1e-9)


def test_limits_of_estimating_equations_are_those_of_mancl_and_derouen():
    from statsmodels.api import GEE, add_constant, cov_struct, families

    y, x, groups = people(n=150, m=15)
    order = np.argsort(groups, kind="stable")
    model = GEE(
        y[order],
        add_constant(x[order]),
        groups[order],
        family=families.Binomial(),
        cov_struct=cov_struct.Exchangeable(),
    )
    theirs = model.fit(ddof_scale=0, ctol=1e-12, maxiter=200, cov_type="bias_reduced").bse
    ours = gee_logit(y, x, groups).table["se_limits"].to_numpy()
    assert ours == pytest.approx(theirs * np.sqrt(14 / 15), rel=1e-6)


def test_limits_of_clustered_logits_are_close_to_those_of_the_jackknife():
    y, x, groups = people(n=3000, m=40)
    fit = logit_clustered(y, x, groups)
    left_out = [coefficients(logit_clustered(y[groups != g], x[groups != g])) for g in range(40)]
    jackknife = np.sqrt(((np.array(left_out) - coefficients(fit)) ** 2).sum(axis=0) * 39 / 40)
    assert fit.table["se_limits"].to_numpy() == pytest.approx(jackknife, rel=0.02)


@pytest.mark.parametrize("function", CLUSTERED)
def test_a_term_that_rests_on_one_cluster_has_no_interval(function):
    y, x, groups = people(n=400, m=40)
    only = ((groups == 7) & (np.arange(400) % 2 == 0)).astype(float)
    y[groups == 7] = np.arange((groups == 7).sum()) % 3 == 0
    fit = function(y, {"x": x[:, 0], "only": only}, groups)
    assert fit.flags == "one_cluster"
    assert np.isfinite(fit.interval("only").value)
    assert np.isnan(fit.table.set_index("term").loc["only", ["low", "high", "p"]].tolist()).all()
    plain = function(y, {"x": x[:, 0]}, groups).interval("x")
    assert fit.interval("x").high - fit.interval("x").low == pytest.approx(plain.high - plain.low, rel=0.1)
    assert fit.table.loc[0, ["low", "high"]].notna().all()
    assert "a term rests on one cluster alone" in str(fit)


def test_units_of_columns_do_not_matter():
    y, x, groups = people()
    for function in CLUSTERED:
        plain = function(y, x, groups)
        stretched = function(y, np.column_stack([1.7e9 + 1e6 * x[:, 0], x[:, 1]]), groups)
        factor = np.array([1, 1e6, 1])
        for column in ("coefficient", "se", "low", "high"):
            ours = (stretched.table[column] * factor).to_numpy()[1:]
            assert ours == pytest.approx(plain.table[column].to_numpy()[1:], rel=1e-6)


def test_rows_in_any_order_and_clusters_by_any_name():
    y, x, groups = people(n=300, m=50)
    order = np.random.default_rng(2).permutation(300)
    named = [f"person {g}" for g in groups[order]]
    for function in CLUSTERED:
        one, other = function(y, x, groups), function(y[order], x[order], named)
        assert np.allclose(one.table.drop(columns="term"), other.table.drop(columns="term"))


# --- recovery of known coefficients ------------------------------------------------------------------------------


def test_known_coefficients_come_back():
    y, x, groups = people(seed=4, n=60_000, m=20_000)
    for function in (logit_clustered, gee_logit):
        assert coefficients(function(y, x, groups)) == pytest.approx([-0.5, 0.6, -0.4], abs=0.06)
    rng = np.random.default_rng(5)
    exposure = np.exp(rng.normal(size=40_000))
    mean = exposure * np.exp(0.5 + x[:40_000] @ [0.3, -0.7])
    fit = negative_binomial(rng.negative_binomial(2.5, 2.5 / (2.5 + mean)), x[:40_000], exposure)
    assert coefficients(fit) == pytest.approx([0.5, 0.3, -0.7], abs=0.04)
    assert fit.details["theta"] == pytest.approx(2.5, rel=0.06)


def test_alike_clusters_widen_the_limits():
    y, x, groups = people(seed=6)
    alone, together = (logit_clustered(y, x, g).interval("x1") for g in (None, groups))
    assert together.se > 1.2 * alone.se
    assert together.n_clusters == len(set(groups))


@pytest.mark.parametrize("function", CLUSTERED)
def test_large_tables_are_fast(function):
    y, x, groups = people(n=50_000, m=30_000)
    x = np.column_stack([x, np.random.default_rng(1).normal(size=(50_000, 3))])
    function(y[:100], x[:100], groups[:100])  # the first call imports what it needs
    start = time.perf_counter()
    fit = function(y, x, groups)
    assert time.perf_counter() - start < 2  # 0.2 to 0.4 s where nothing else runs
    assert fit.n == 50_000


# --- what cannot be fitted ---------------------------------------------------------------------------------------


def has_separation(y, z):
    """Whether some direction tells the outcome without error, ties allowed, but not for nothing."""
    signed = z * (2 * y - 1)[:, None]
    found = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(y)), bounds=(-1, 1))
    return -found.fun > 1e-7


def test_separation_is_found_where_a_linear_program_finds_it():
    rng = np.random.default_rng(7)
    kinds = set()
    for _ in range(150):
        n = int(rng.integers(8, 40))
        x = np.column_stack([rng.normal(size=n), rng.random(n) < 0.2, rng.integers(0, 3, n)]).astype(float)
        y = (rng.random(n) < expit(2 * x[:, 0] - 1)).astype(float)
        design = make_design(y, x, what="test")
        if y.min() == y.max():
            continue
        fit = logit_clustered(y, x)
        truth = has_separation(design.y, design.z)
        kinds.add(truth)
        assert ("separated" in fit.flags.split(",")) == truth
        assert fit.method == ("logit_firth" if truth else "logit_cr1")
        assert np.isfinite(coefficients(fit)).all()
    assert kinds == {True, False}


def test_a_far_outlier_is_no_separation():
    x = np.r_[np.linspace(-3, 3, 60), 2.9]
    y = np.r_[np.linspace(-3, 3, 60) > 0, 0.0]
    fit = logit_clustered(y, x)
    assert fit.flags == ""
    assert fit.method == "logit_cr1"


@pytest.mark.parametrize("function", [logit_clustered, gee_logit])
def test_perfect_prediction(function):
    y = np.tile([0, 0, 1, 1], 10)
    fit = function(y, {"told": y, "other": np.tile([0, 1], 20)}, np.repeat(range(20), 2))
    assert "separated" in fit.flags
    told, other = fit.ratio("told"), fit.ratio("other")
    assert told.value > 50
    assert other.low < 1 < other.high
    assert told.low > 1
    assert "without error" in str(fit)


def test_counts_told_apart_without_error():
    rng = np.random.default_rng(8)
    seen = np.repeat([0, 1], 50)
    fit = negative_binomial(seen * rng.negative_binomial(2, 0.3, 100), {"seen": seen})
    assert "separated" in fit.flags
    assert fit.method == "nb2_firth"
    assert 50 < fit.ratio("seen").value < np.inf


def test_counts_that_vary_no_more_than_chance():
    fit = negative_binomial([2, 3, 2, 3, 2, 3, 3, 2], {"late": [0, 0, 0, 0, 1, 1, 1, 1]})
    assert fit.flags == "few_clusters,no_overdispersion"
    assert (fit.details["theta"], fit.details["alpha"], fit.method) == (np.inf, 0, "poisson_cr1")
    assert coefficients(fit) == pytest.approx([np.log(2.5), 0], abs=1e-9)


def test_columns_that_say_nothing_are_named():
    y, x, groups = people(n=200)
    table = pd.DataFrame({"a": x[:, 0], "one": 1.0, "twice": 2 * x[:, 0] + 3, "b": x[:, 1], "gone": np.nan})
    fit = logit_clustered(y, table, groups)
    assert fit.dropped == {"gone": "unknown", "one": "constant", "twice": "collinear"}
    assert fit.flags == "columns_dropped,columns_unknown"
    assert np.allclose(coefficients(fit), coefficients(logit_clustered(y, x, groups)))
    assert "Left out: gone (unknown), one (constant), twice (collinear)." in str(fit)
    assert np.isnan(fit.ratio("one").value)
    assert fit.ratio("one").flags == ("undefined",)


def test_unknown_rows_are_left_out_and_counted():
    y, x, groups = people(n=200)
    groups = groups.astype(float)
    x[3, 0], y[5], groups[7], x[9, 1] = np.nan, np.nan, np.nan, np.inf
    fit = logit_clustered(y, x, groups)
    known = np.setdiff1d(np.arange(200), [3, 5, 7, 9])
    assert (fit.n, fit.flags) == (196, "rows_left_out")
    assert fit.table.equals(logit_clustered(y[known], x[known], groups[known]).table)


def test_truth_values_and_missing_marks_of_pandas():
    x = pd.DataFrame({"a": pd.array([1, 2, None, 3, 1, 4], dtype="Int64"), "b": [True, False, True, True, False, True]})
    fit = ols_clustered([1, 2, 3, 4, 5, 6], x)
    assert (fit.n, list(fit.table["term"])) == (5, ["intercept", "a", "b"])


@pytest.mark.parametrize("function", [logit_clustered, gee_logit, negative_binomial, ols_clustered, newey_west])
def test_nothing_to_fit(function):
    fit = function([], {"a": []}, *([[]] if function is gee_logit else []))
    assert fit.table["coefficient"].isna().all()
    assert (fit.n, fit.flags) == (0, "undefined")
    assert "cannot be estimated" in str(fit)


@pytest.mark.parametrize("function", [logit_clustered, gee_logit])
@pytest.mark.parametrize("y", [[1, 1, 1, 1], [0, 0, 0, 0]])
def test_outcome_without_variation(function, y):
    fit = function(y, {"a": [1, 2, 3, 5]}, [1, 1, 2, 2])
    assert fit.flags == "undefined,outcome_constant"
    assert fit.table[["coefficient", "se", "low", "high", "p"]].isna().all(axis=None)


def test_counts_all_zero():
    assert negative_binomial([0, 0, 0], {"a": [1, 2, 4]}).flags == "undefined,outcome_constant"


@pytest.mark.parametrize("function", CLUSTERED)
@pytest.mark.parametrize("m", [1, 2])
def test_no_more_clusters_than_columns(function, m):
    y, x, _ = people(n=200)
    fit = function(y, x[:, 0], np.arange(200) % m)
    assert np.isfinite(coefficients(fit)).all()
    assert fit.table[["se", "low", "high", "p"]].isna().all(axis=None)
    assert fit.flags.startswith("saturated,few_clusters")


def test_series_as_short_as_its_terms():
    assert newey_west([1, 2], {"t": [1, 2]}).flags == "saturated,short_series"
    assert newey_west([5.0], {"t": [1]}).dropped == {"t": "constant"}


def test_without_columns_the_intercept_is_the_mean():
    assert ols_clustered([1, 2, 6, 7], None, [1, 1, 2, 3]).interval("intercept").value == pytest.approx(4)
    assert expit(logit_clustered([1, 0, 0, 0], None).interval("intercept").value) == pytest.approx(0.25)


def test_lag_rule():
    for n, lag in [(8, 2), (100, 4), (300, 5), (1000, 6)]:
        assert newey_west(np.sin(np.arange(n) ** 2), np.arange(n)).details["lag"] == lag


# --- errors and words --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: logit_clustered([0, 1, 2], [1, 2, 3]), "Some outcomes are neither 0 nor 1. They were given to"),
        (lambda: logit_clustered([0, 1], [1, 2, 3]), "Column 'x1' has 3 rows, the outcome has 2. They were given to"),
        (lambda: logit_clustered([0, 1], [1, 2], ["a"]), "Column 'groups' has 1 rows, the outcome has 2."),
        (
            lambda: ols_clustered([0, 1], {"hour": ["night", "day"]}),
            "Column 'hour' holds something that is not a number. It was given to ols_clustered. Turn words into",
        ),
        (lambda: negative_binomial([0, -1], [1, 2]), "Some counts are negative or not whole. They were given to"),
        (lambda: negative_binomial([0, 0.5], [1, 2]), "Some counts are negative or not whole. They were given to"),
        (lambda: negative_binomial([0, 1], [1, 2], [1, 0]), "Some exposures are not above 0. They were given to"),
    ],
)
def test_what_is_refused(call, words):
    with pytest.raises(SchemaError) as error:
        call()
    assert str(error.value).startswith(words)


def test_other_refusals():
    with pytest.raises(TwowayError, match="lag=-1 is negative"):
        newey_west([1, 2, 3], [1, 2, 3], lag=-1)
    with pytest.raises(TwowayError, match="level=95 is not a confidence level"):
        logit_clustered(SIX, AFTER, PAIRS, level=95)
    fit = ols_clustered([1, 2, 4], [1, 2, 3])
    with pytest.raises(UnknownName, match="'x2' is not a known term. Known: intercept, x1."):
        fit.interval("x2")
    with pytest.raises(TwowayError, match="Coefficients of ols_cr1 are no logarithms"):
        fit.ratio("x1")


def test_words_and_tables():
    y, x, groups = people(n=400)
    fit = logit_clustered(y, {"<b>bold</b>": x[:, 0]}, groups)
    clusters = len(set(groups))
    assert str(fit).startswith(f"Logistic regression of 400 rows in {clusters} clusters (logit_cr1, 95 % intervals).")
    assert "<b>bold</b>" not in fit._repr_html_()
    assert "&lt;b&gt;bold" in fit._repr_html_()
    assert "columns dropped" in ols_clustered([1, 2, 4], {"a": [1, 2, 4], "b": [1, 1, 1]})._repr_html_()
    copy = fit.to_frame()
    copy.loc[0, "coefficient"] = 99.0
    assert fit.table.loc[0, "coefficient"] != 99.0
    row = fit.table.iloc[1]
    assert fit.ratio("<b>bold</b>").high == pytest.approx(np.exp(row["high"]))
    shared = ["term", "coefficient", "se", "low", "high", "p", "df", "se_limits"]
    assert list(fit.table) == [*shared, "ratio", "ratio_low", "ratio_high"]
    assert list(ols_clustered([1, 2, 4], [1, 2, 3]).table) == shared


def test_every_flag_is_explained():
    explained = results.FLAGS | modelfit.FLAGS
    assert {"few_clusters", "undefined", "separated"} <= set(explained)
    assert not set(results.FLAGS) & set(modelfit.FLAGS)


@pytest.mark.parametrize("fit", [newey_west, ols_clustered])
def test_an_outcome_that_never_varies_is_flagged_and_not_tested(fit):
    found = fit([1.0] * 20, {"week": range(20)})
    assert found.table[["coefficient", "se", "low", "high", "p"]].isna().all(axis=None)
    assert "outcome_constant" in found.flags
