"""Agreement of coders: published values, a naive count of pairs, and what is undefined."""

import itertools

import numpy as np
import pandas as pd
import pytest

import twoway as tw
from twoway.codebooks.agreement import ALL_LABELS, LEVELS, agreement
from twoway.codebooks.alpha import Draws, alpha_limits, alpha_of, value_counts
from twoway.codebooks.codes import COLUMNS, read_codes
from twoway.codebooks.validation import validation
from twoway.errors import FormatError, SchemaError, TwowayError, UnknownName

NAN = np.nan
#: Krippendorff's table of four coders and twelve units.
CANONICAL = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
        [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
    ]
)
PUBLISHED = {"nominal": 0.7434, "ordinal": 0.8154, "interval": 0.8491, "ratio": 0.7974}


def coded(table, codebook="tone", label="score", posts=None):
    """Turn a table (coders, posts) into long codes."""
    posts = [str(i) for i in range(np.shape(table)[1])] if posts is None else posts
    rows = [
        (post, codebook, "1", label, float(value), f"coder {j}")
        for j, row in enumerate(table)
        for post, value in zip(posts, row, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def naive_alpha(table, level):
    """Count pairs as the definition says: 1 - mean distance within units / mean distance of all."""
    units = [[x for x in column if x == x] for column in np.asarray(table, dtype=float).T]
    units = [unit for unit in units if len(unit) > 1]
    everyone = [x for unit in units for x in unit]

    def distance(a, b):
        if level == "nominal":
            return float(a != b)
        if level == "interval":
            return (a - b) ** 2
        if level == "ratio":
            return 0.0 if a == b else ((a - b) / (a + b)) ** 2
        low, high = min(a, b), max(a, b)
        between = sum(1 for x in everyone if low <= x <= high)
        ends = (sum(1 for x in everyone if x == low) + sum(1 for x in everyone if x == high)) / 2
        return 0.0 if a == b else (between - ends) ** 2

    observed = sum(
        sum(distance(a, b) for a, b in itertools.permutations(unit, 2)) / (len(unit) - 1) for unit in units
    ) / len(everyone)
    expected = sum(distance(a, b) for a, b in itertools.permutations(everyone, 2)) / (
        len(everyone) * (len(everyone) - 1)
    )
    return 1 - observed / expected


def row_of(found, label):
    return found.table.set_index("label").loc[label]


@pytest.mark.parametrize("level", LEVELS)
def test_the_canonical_table(level):
    found = agreement(coded(CANONICAL), level=level)
    row = row_of(found, "score")
    assert row["alpha"] == pytest.approx(PUBLISHED[level], abs=5e-5)
    assert (row["n_units"], row["n_single"], row["n_coders"]) == (11, 1, 4)
    assert row["low"] < row["alpha"] < row["high"]
    assert "few_units" in row["flags"].split(",")


def test_two_coders_beside_cohen():
    first, second = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    row = row_of(agreement(coded([first, second])), "score")
    assert row["alpha"] == pytest.approx(0.5333, abs=5e-5)
    assert row["agreement_share"] == 0.75
    by_chance = sum(np.mean(first == x) * np.mean(second == x) for x in (0, 1))
    kappa = (0.75 - by_chance) / (1 - by_chance)
    # Alpha knows only one distribution of codes, and corrects for few units; for two coders both say nearly the same.
    assert kappa == pytest.approx(0.5)
    assert np.isnan(row["low"])


@pytest.mark.parametrize("level", LEVELS)
def test_alpha_is_that_of_counted_pairs(level, rng):
    for _ in range(10):
        truth = rng.integers(0, 4, 15)
        table = np.where(rng.random((4, 15)) < 0.6, truth, rng.integers(0, 5, (4, 15))).astype(float)
        table[rng.random(table.shape) < 0.25] = NAN
        row = row_of(agreement(coded(table), level=level, n_boot=0), "score")
        assert row["alpha"] == pytest.approx(naive_alpha(table, level))
        # Values that no unit left has, as in bootstrap draws, change nothing.
        domain, counts = value_counts(coded(table).dropna())
        wider = np.append(domain, 9.0), np.column_stack([counts, np.zeros(len(counts), dtype=int)])
        assert alpha_of(wider[1], wider[0], level) == pytest.approx(row["alpha"])


def test_agreement_shares_count_codes_in_line_with_another():
    table = np.array([[1, 0, 1, 1], [1, 1, 1, NAN], [1, 1, NAN, NAN]])
    row = row_of(agreement(coded(table)), "score")
    # Three codes alike; one of the three pairs of the second post alike; two codes alike.
    assert row["agreement_share"] == pytest.approx((3 * 1 + 3 * (1 / 3) + 2 * 1) / 8)
    assert (row["n_units"], row["n_single"], row["n_coders"]) == (3, 1, 3)


def test_no_variation_is_undefined_and_not_perfect():
    row = row_of(agreement(coded(np.zeros((2, 50)))), "score")
    assert np.isnan([row["alpha"], row["low"], row["high"]]).all()
    assert (row["reading"], row["flags"], row["agreement_share"]) == ("undefined", "undefined", 1.0)


def test_posts_coded_once_say_nothing():
    codes = pd.concat([coded([[0, 1]], posts=["1", "2"]), coded([[0, 1]], posts=["3", "4"])], ignore_index=True)
    row = row_of(agreement(codes), "score")
    assert (row["n_units"], row["n_single"], row["n_coders"], row["flags"]) == (0, 4, 0, "no_pairs")
    assert np.isnan(row["agreement_share"])
    assert str(agreement(codes)) == "Agreement on 1 variable, nominal: no post was coded by two coders."


def test_people_and_rules_are_compared_whatever_they_call_the_version():
    ann, rules = coded([[0, 1, 1, 0]]), coded([[0, 1, 1, 1]]).assign(coder="rules", version="1.0+e07ce6d9")
    row = row_of(agreement(pd.concat([ann, rules], ignore_index=True)), "score")
    assert row["version"] == "1, 1.0+e07ce6d9"
    assert row["flags"] == "few_units,versions_differ"
    assert row["alpha"] == pytest.approx(naive_alpha([[0, 1, 1, 0], [0, 1, 1, 1]], "nominal"))


def test_versions_stay_apart_where_no_post_or_no_coder_is_between_them():
    first, second = coded([[0, 1], [0, 1]]), coded([[0, 1], [0, 0]], posts=["8", "9"]).assign(version="2")
    rounds = agreement(pd.concat([first, second], ignore_index=True)).table
    assert rounds["version"].tolist() == ["1", "2"]
    assert not rounds["flags"].str.contains("versions_differ").any()
    again = agreement(pd.concat([coded([[0, 1]]), coded([[0, 1]]).assign(version="2")], ignore_index=True)).table
    assert again["version"].tolist() == ["1", "2"], "who codes anew is no second coder"
    assert set(again["flags"]) == {"no_pairs,versions_differ"}


def test_a_value_that_is_no_number_is_refused_with_its_row():
    with pytest.raises(
        FormatError, match=r"column 'value': a number \(or nothing\) expected, but found row 1 \('perhaps'\)"
    ):
        agreement(coded([[0, 1], [0, 1]]).assign(value=["1", "perhaps", "0", None]))


def test_a_sheet_pairs_with_the_rules(tmp_path):
    corpus = tw.load_corpus("twelve_posts")
    made = tw.coding_sheet(corpus, 3, tmp_path / "sheet.csv", codebooks="resolution")
    sheet = pd.read_csv(made.sheet, dtype=str, encoding="utf-8-sig").assign(**{"resolution.deflect": "1"})
    people = tw.read_sheet(sheet, key=made.key, coder="ann")
    rules = tw.code(corpus, "resolution")
    assert set(people["version"]) == set(rules["version"])
    found = tw.agreement(pd.concat([people, rules])).table
    assert (found["n_units"] == 3).all()
    assert not found["flags"].str.contains("versions_differ").any()
    assert not validation(rules, people).table["flags"].str.contains("versions_differ").any()


def test_perfect_agreement_has_no_limits(rng):
    codes = rng.integers(0, 2, 60)
    row = row_of(agreement(coded([codes, codes])), "score")
    assert (row["alpha"], row["reading"], row["flags"]) == (1.0, "firm", "no_variation")
    assert np.isnan(row["low"])


def test_a_codebook_as_a_whole_compares_sets_of_labels(rng):
    names = np.array(["answer", "deflect", "thanks"])
    first = rng.integers(0, 3, 40)
    second = np.where(rng.random(40) < 0.8, first, rng.integers(0, 3, 40))
    codes = pd.concat(
        [coded([first == i, second == i], "resolution", name) for i, name in enumerate(names)], ignore_index=True
    )
    found = agreement(codes)
    assert found.table["label"].tolist() == [ALL_LABELS, "answer", "deflect", "thanks"]
    whole = row_of(found, ALL_LABELS)
    assert whole["alpha"] == pytest.approx(naive_alpha([first, second], "nominal"))
    assert "label_sets" not in whole["flags"]
    assert agreement(codes, by_label=False).table["label"].tolist() == [ALL_LABELS]
    both = codes.copy()
    both.loc[(both["post_id"] == "0") & (both["label"] != "answer"), "value"] = 1.0
    assert "label_sets" in row_of(agreement(both), ALL_LABELS)["flags"]


def test_a_reading_near_a_cut_is_uncertain(rng):
    truth = rng.integers(0, 2, 60)
    second = np.where(np.arange(60) < 6, 1 - truth, truth)
    row = row_of(agreement(coded([truth, second])), "score")
    assert row["low"] < 0.8 < row["high"]
    assert "reading_uncertain" in row["flags"]


def test_the_same_seed_gives_the_same_limits():
    table = np.tile(CANONICAL, 4)
    one, two, other = (agreement(coded(table), seed=seed, n_boot=200).table["low"].item() for seed in (1, 1, 2))
    assert one == two != other


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(UnknownName, match="level of measurement"):
        agreement(coded(CANONICAL), level="nominals")
    with pytest.raises(TwowayError, match="Take 'interval'"):
        agreement(coded(-CANONICAL), level="ratio")
    with pytest.raises(TwowayError, match="n_boot=-1"):
        agreement(coded(CANONICAL), n_boot=-1)
    with pytest.raises(SchemaError, match="more than once"):
        agreement(pd.concat([coded(CANONICAL)] * 2))


def test_a_result_shows_itself():
    found = agreement(coded(CANONICAL), level="ordinal")
    assert str(found) == "Agreement on 1 variable, ordinal: 1 firm; alpha 0.82, over 11 posts."
    assert found._repr_html_().startswith("<p>Agreement on 1")
    frame = found.to_frame()
    frame["alpha"] = 0
    assert found.table["alpha"].item() > 0.8
    nothing = agreement(coded(CANONICAL).assign(value=NAN))
    assert len(nothing) == 0
    assert str(nothing) == "Agreement on 0 variables, nominal: no post was coded by two coders."


def test_the_agreement_on_real_replies_is_the_published_one(shared_data):
    path = shared_data("coded_replies/codes.csv")
    codes = pd.concat(
        [
            read_codes(
                path,
                coder=who,
                post_id="reply_tweet_id",
                blank_means_none=["destination"],
                codebooks={
                    "resolution": f"{who}_resolution",
                    "tone": f"{who}_tone",
                    "destination": f"{who}_destination",
                    "marks": {x: f"{who}_{x}" for x in ("needs_private", "is_question", "is_signed")},
                },
            )
            for who in ("a", "b")
        ],
        ignore_index=True,
    )
    table = agreement(codes, n_boot=100).table.set_index(["codebook", "label"])["alpha"]
    told = {("resolution", ALL_LABELS): 0.98, ("tone", ALL_LABELS): 0.95, ("destination", "dm"): 0.98}
    told |= {("destination", "web_page"): 0.95, ("marks", "needs_private"): 0.87, ("marks", "is_question"): 0.92}
    told |= {("marks", "is_signed"): 0.99}
    for key, alpha in told.items():
        assert table[key] == pytest.approx(alpha, abs=0.0051), key


def drawn(rng, n, share, error, coders=2):
    truth = rng.random(n) < share
    return truth ^ (rng.random((coders, n)) < error)


def true_alpha(share, error):
    """Limit of alpha for coders who err independently of each other and of the truth."""
    p = share * (1 - error) + (1 - share) * error
    observed = 2 * error * (1 - error)
    return 1 - observed / (2 * p * (1 - p))


def covered(n, share, error, samples, coders=2, n_boot=400):
    rng = np.random.default_rng([n, round(100 * share), round(100 * error)])
    truth, hits = true_alpha(share, error), []
    for _ in range(samples):
        said = drawn(rng, n, share, error, coders).sum(axis=0)
        counts = np.column_stack([coders - said, said])
        domain = np.array([0.0, 1.0])
        low, high, _ = alpha_limits(counts, domain, "nominal", alpha_of(counts, domain, "nominal"), Draws(n_boot))
        if not np.isnan(low):
            hits.append(low <= truth <= high)
    return float(np.mean(hits))


def test_limits_hold_the_truth_at_a_glance():
    assert covered(100, 0.4, 0.1, 60, n_boot=200) >= 0.88


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "share", "error", "least"), [(50, 0.4, 0.1, 0.92), (100, 0.4, 0.05, 0.92), (200, 0.2, 0.1, 0.93)]
)
def test_limits_hold_the_truth(n, share, error, least):
    assert least <= covered(n, share, error, 600, n_boot=200) <= 0.985
