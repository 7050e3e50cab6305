"""Rules held against people: scores by plain counting, posts that are left out, and how sure the scores are."""

import numpy as np
import pandas as pd
import pytest

from twoway.codebooks.agreement import ALL_LABELS, agreement
from twoway.codebooks.codes import COLUMNS, read_codes
from twoway.codebooks.validation import validation
from twoway.errors import NotEnoughEvidence, SchemaError, UnknownName
from twoway.inference.intervals import wilson_limits

NAN = np.nan
NAMES = ["answer", "deflect", "thanks"]


def codes(coder, said, label="sorry", codebook="marks", version="1"):
    rows = [(str(i), codebook, version, label, float(value), coder) for i, value in enumerate(said)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def exclusive(coder, said, codebook="does"):
    said = np.asarray(said)
    parts = [codes(coder, np.where(said < 0, NAN, said == i), name, codebook) for i, name in enumerate(NAMES)]
    return pd.concat(parts, ignore_index=True)


def row_of(found, label):
    return found.table.set_index("label").loc[label]


def test_scores_are_counts_of_hits_alarms_and_misses(rng):
    for _ in range(10):
        truth, rules = rng.random(80) < 0.4, rng.random(80) < 0.4
        weights = rng.choice([1.0, 3.0], 80)
        people = codes("ann", truth).assign(weight=weights)
        row = row_of(validation(codes("rules", rules), people), "sorry")
        hit = alarm = miss = 0.0
        for y, f, w in zip(truth, rules, weights, strict=True):
            hit, alarm, miss = hit + w * (y and f), alarm + w * (f and not y), miss + w * (y and not f)
        assert row["precision"] == pytest.approx(hit / (hit + alarm))
        assert row["recall"] == pytest.approx(hit / (hit + miss))
        assert row["f1"] == pytest.approx(2 * hit / (2 * hit + alarm + miss))
        assert (row["support"], row["n_predicted"], row["n"]) == (truth.sum(), rules.sum(), 80)
        for score in ("precision", "recall", "f1"):
            assert 0 <= row[f"{score}_low"] < row[score] < row[f"{score}_high"] <= 1
        pair = pd.concat([codes("rules", rules), codes("ann", truth)], ignore_index=True)
        assert row["alpha_rules"] == pytest.approx(agreement(pair, n_boot=0).table["alpha"].item())
        assert np.isnan(row["alpha_people"]), "one person has nobody to agree with"


def limits(k, n):
    return tuple(float(limit) for limit in wilson_limits(k, n))


def test_limits_of_unweighted_scores_are_nearly_wilson_s():
    truth, rules = [1] * 320 + [0] * 80 + [0] * 200, [1] * 400 + [0] * 200
    row = row_of(validation(codes("rules", rules), codes("ann", truth)), "sorry")
    # Student's t with some hundred degrees of freedom stands where Wilson has the normal.
    assert (row["precision_low"], row["precision_high"]) == pytest.approx(limits(320, 400), abs=0.001)
    low, high = limits(320, 320)
    assert (row["recall"], row["recall_low"], row["recall_high"]) == pytest.approx((1.0, low, high))


def test_posts_on_which_people_differ_are_left_out():
    ann, ben, cat = [1, 1, 0, 0, 1, 0], [1, 0, 0, 0, 1, 1], [1, 1, 0, 1, 1, NAN]
    people = pd.concat([codes(who, x) for who, x in (("ann", ann), ("ben", ben), ("cat", cat))], ignore_index=True)
    rules = codes("rules", [1, 0, 0, 1, NAN, 1])
    row = row_of(validation(rules, people), "sorry")
    assert (row["n"], row["n_disputed"], row["n_uncoded"]) == (2, 3, 1)
    assert row["alpha_people"] == pytest.approx(agreement(people, n_boot=0).table["alpha"].item())
    row = row_of(validation(rules, people, consensus="majority"), "sorry")
    assert (row["n"], row["n_disputed"], row["n_uncoded"]) == (4, 1, 1)
    assert (row["precision"], row["recall"]) == (0.5, 0.5)


def test_an_exclusive_codebook_has_macro_scores():
    truth = [0] * 10 + [1] * 10 + [2] * 10
    rules = [0] * 8 + [1] * 2 + [1] * 9 + [2] * 1 + [2] * 6 + [0] * 4
    found = validation(exclusive("rules", rules), exclusive("ann", truth))
    assert found.table["label"].tolist() == [ALL_LABELS, *NAMES]
    # answer: 8 hits, 4 alarms, 2 misses; deflect: 9, 2, 1; thanks: 6, 1, 4.
    f1 = [16 / 22, 18 / 21, 12 / 17]
    assert found.table["f1"].tolist() == pytest.approx([np.mean(f1), *f1])
    whole = row_of(found, ALL_LABELS)
    assert whole["precision"] == pytest.approx(np.mean([8 / 12, 9 / 11, 6 / 7]))
    assert whole["recall"] == pytest.approx(np.mean([0.8, 0.9, 0.6]))
    assert whole["f1_low"] < whole["f1"] < whole["f1_high"]
    assert str(found) == (
        "Rules against people on 3 labels and up to 30 posts (unanimous): F1 from 0.71 to 0.86, lowest for thanks; "
        "macro-F1 of does 0.76."
    )
    both = pd.concat([exclusive("ann", truth), exclusive("rules", rules)], ignore_index=True)
    assert whole["alpha_rules"] == pytest.approx(row_of(agreement(both, n_boot=0), ALL_LABELS)["alpha"])


def test_a_disputed_post_of_an_exclusive_codebook_is_left_out_whole():
    people = pd.concat([exclusive("ann", [0, 1, 2, 0]), exclusive("ben", [0, 1, 2, 1])], ignore_index=True)
    found = validation(exclusive("rules", [0, 1, 2, 2]), people)
    assert found.table["n"].tolist() == [3] * 4
    assert found.table["n_disputed"].tolist() == [1] * 4
    assert row_of(found, "thanks")["precision"] == 1.0
    third = pd.concat([people, exclusive("cat", [0, 1, 2, 2])], ignore_index=True)
    split = validation(exclusive("rules", [0, 1, 2, 2]), third, consensus="majority")
    assert split.table["n_disputed"].tolist() == [1] * 4, "three people, three labels: no majority"


def test_what_divides_by_zero_is_missing():
    found = validation(codes("rules", [0] * 20), codes("ann", [1] * 5 + [0] * 15))
    row = row_of(found, "sorry")
    assert np.isnan(row["precision"])
    assert (row["recall"], row["f1"]) == (0.0, 0.0)
    assert row["flags"] == "undefined,few_positives"
    none = row_of(validation(codes("rules", [0] * 20), codes("ann", [0] * 20)), "sorry")
    assert np.isnan([none["precision"], none["recall"], none["f1"], none["alpha_rules"]]).all()
    assert "F1 of none" in str(validation(codes("rules", [0] * 20), codes("ann", [0] * 20)))


def test_labels_of_one_side_are_said():
    rules = pd.concat([codes("rules", [1, 0]), codes("rules", [1, 1], "thanks")], ignore_index=True)
    found = validation(rules, codes("ann", [1, 0], version="2"))
    assert row_of(found, "thanks")["flags"] == "not_compared,versions_differ"
    assert row_of(found, "thanks")["n"] == 0


def test_clusters_widen_the_limits(rng):
    organization = np.repeat(np.arange(20), 15)
    truth = rng.random(300) < 0.5
    is_bad = (organization % 4 == 0) & (rng.random(300) < 0.9)
    rules = np.where(is_bad, ~truth, truth)
    by_post = {str(i): str(group) for i, group in enumerate(organization)}
    plain = row_of(validation(codes("rules", rules), codes("ann", truth)), "sorry")
    wide = row_of(validation(codes("rules", rules), codes("ann", truth), clusters=by_post), "sorry")
    assert wide["f1"] == plain["f1"]
    assert wide["f1_high"] - wide["f1_low"] > 1.5 * (plain["f1_high"] - plain["f1_low"])


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(UnknownName, match="consensus"):
        validation(codes("rules", [1]), codes("ann", [1]), consensus="all")
    with pytest.raises(SchemaError, match="The rules have 2 coders"):
        validation(pd.concat([codes("rules", [1]), codes("others", [1])]), codes("ann", [1]))
    with pytest.raises(SchemaError, match="values of people are neither 0 nor 1"):
        validation(codes("rules", [1]), codes("ann", [2]))
    with pytest.raises(NotEnoughEvidence, match="No post was coded by rules and people"):
        validation(codes("rules", [1]), codes("ann", [1], codebook="other"))
    with pytest.raises(NotEnoughEvidence, match="No post was coded by rules and people"):
        validation(codes("rules", [1]).assign(post_id="9"), codes("ann", [1]))


def test_a_result_shows_itself():
    found = validation(codes("rules", [1, 0, 1, 0]), codes("ann", [1, 0, 0, 1]))
    assert found._repr_html_().startswith("<p>Rules against people on 1 labels")
    frame = found.to_frame()
    frame["f1"] = 0.0
    assert found.table["f1"].item() == 0.5


def test_one_coder_of_real_replies_against_the_other(shared_data):
    path = shared_data("coded_replies/codes.csv")
    first, second = (
        read_codes(path, coder=who, post_id="reply_tweet_id", codebooks={"resolution": f"{who}_resolution"})
        for who in ("a", "b")
    )
    found = validation(first, second)
    whole = row_of(found, ALL_LABELS)
    assert (whole["n"], whole["alpha_rules"]) == (350, pytest.approx(0.98, abs=0.0051))
    assert whole["f1"] > 0.95
    raw = pd.read_csv(path)
    a, b = raw["a_resolution"] == "deflect", raw["b_resolution"] == "deflect"
    assert row_of(found, "deflect")["f1"] == pytest.approx(2 * (a & b).sum() / (a.sum() + b.sum()))


def covered(n, share, hit, alarm, samples, seed=1):
    """How often limits hold precision, recall, F1 of the population, and macro-F1 of label and rest."""
    rng = np.random.default_rng([seed, n])
    found_share = share * hit + (1 - share) * alarm
    truths = {"precision": share * hit / found_share, "recall": hit, "f1": 2 * share * hit / (share + found_share)}
    rest = 2 * (1 - share) * (1 - alarm) / ((1 - share) + (1 - found_share))
    hits = {name: [] for name in (*truths, "macro")}
    for _ in range(samples):
        truth = rng.random(n) < share
        rules = rng.random(n) < np.where(truth, hit, alarm)
        table = validation(exclusive("rules", rules), exclusive("ann", truth)).table.set_index("label")
        for name, value in truths.items():
            hits[name].append(table.loc["deflect", f"{name}_low"] <= value <= table.loc["deflect", f"{name}_high"])
        macro = table.loc[ALL_LABELS]
        hits["macro"].append(macro["f1_low"] <= (truths["f1"] + rest) / 2 <= macro["f1_high"])
    return {name: float(np.mean(held)) for name, held in hits.items()}


def test_limits_hold_the_truth_at_a_glance():
    assert min(covered(150, 0.3, 0.8, 0.1, 40).values()) >= 0.87


@pytest.mark.slow
@pytest.mark.parametrize(("n", "share"), [(100, 0.3), (350, 0.1)])
def test_limits_hold_the_truth(n, share):
    assert min(covered(n, share, 0.8, 0.08, 500).values()) >= 0.92
