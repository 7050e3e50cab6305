"""Comparisons of groups: differences, tests, what is refused, and what is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import twoway as tw
from twoway.analysis.compare import COLUMNS, FLAGS, Comparison, compare
from twoway.analysis.compare_circular import ingredients, is_known_fact
from twoway.analysis.compare_cuts import is_cut
from twoway.analysis.compare_groups import strategy_labels
from twoway.errors import NotEnoughEvidence, SchemaError, TwowayError, UnknownName
from twoway.inference.differences import adjust_p, paired_difference, ratio_of_two
from twoway.inference.ratios import ratio_interval
from twoway.inference.regrouped_sums import ratio_statistic
from twoway.inference.regrouping import deal_of, regroup
from twoway.inference.results import Interval
from twoway.metrics.registry import all_metrics

FEW = {"draws": 99}


@pytest.fixture(scope="module")
def town(town_talk):
    return town_talk


@pytest.fixture(scope="module")
def small():
    return tw.annotate(tw.load_corpus("twelve_posts"))


@pytest.fixture(scope="module")
def organizations(town):
    accounts = town.corpus.accounts
    return sorted(accounts.loc[accounts["is_focal"], "organization"].unique())


@pytest.fixture(scope="module")
def halves(organizations):
    """Split the organizations by their place in the alphabet: nothing to find."""
    return pd.Series({name: "even" if i % 2 else "odd" for i, name in enumerate(organizations)}, name="place")


def only(comparison):
    assert len(comparison) == 1
    return comparison.table.iloc[0]


# -- values, intervals, tests -----------------------------------------------------------------------------------------


def test_values_are_those_of_the_scorecard_and_limits_come_from_theirs(town):
    card = tw.measure(town, ["deflection_rate", "hashtag_share"], by="role")
    found = compare(card, ["deflection_rate", "hashtag_share"], **FEW).table
    assert list(found.columns) == COLUMNS
    assert len(found) == 2 * 10
    rows = card.table.set_index(["unit_id", "metric"])
    for row in found.itertuples():
        a, b = (rows.loc[(group, row.metric)] for group in (row.group_a, row.group_b))
        assert (row.value_a, row.value_b) == (a["value"], b["value"])
        assert row.difference == pytest.approx(a["value"] - b["value"])
        assert (row.n_a, row.n_clusters_b) == (a["n"], b["n_clusters"])
        if row.method.startswith("mover;"):
            pair = [Interval(one["low"], one["high"], value=one["value"]) for one in (a, b)]
            gap, ratio = paired_difference(*pair), ratio_of_two(*pair)
            assert (row.low, row.high) == pytest.approx((gap.low, gap.high))
            assert [row.ratio_low, row.ratio_high] == pytest.approx([ratio.low, ratio.high], nan_ok=True)
    assert found["p_adjusted"].to_numpy() == pytest.approx(adjust_p(found["p"]))
    again = compare(town, ["deflection_rate", "hashtag_share"], **FEW).table
    pd.testing.assert_frame_equal(found, again)


def sums_by_hand(talk, groups):
    """Count answered and owed of each person from the table of turns, by plain pandas."""
    turns, d = talk.turns, talk.definitions
    end = talk.corpus.window[1]
    due = turns[(turns["started_at"] <= end - pd.Timedelta(seconds=d.horizon_s)) & ~turns["is_context"].astype(bool)]
    due = due.assign(answered=(due["latency_s"] <= d.horizon_s).astype(float), owed=1.0)
    role = talk.corpus.accounts.set_index("account_id")["role"]
    due = due.assign(role=due["account_id"].map(role))
    sums = due.groupby(["role", "person_id"])[["answered", "owed"]].sum()
    return [sums.loc[group] for group in groups]


def test_a_response_rate_by_hand(town):
    row = only(compare(town, "response_rate", groups=["care", "regional"]))
    care, regional = sums_by_hand(town, ["care", "regional"])
    rates = [one["answered"].sum() / one["owed"].sum() for one in (care, regional)]
    assert (row.value_a, row.value_b) == pytest.approx(rates)
    assert (row.n_clusters_a, row.n_clusters_b) == (len(care), len(regional))
    both = care.index.intersection(regional.index)
    assert row.shared == pytest.approx(len(both) / min(len(care), len(regional)))
    deal, order = deal_of(care.index.to_numpy(), regional.index.to_numpy())
    test = regroup(ratio_statistic(np.vstack([care, regional])[order], deal), deal, draws=2000, seed=1)
    assert row.p == pytest.approx(test.p, abs=0.01)
    official = compare(town, "response_rate", groups=["executive", "care"]).table.iloc[0]
    deal, order = deal_of(*[one.index.to_numpy() for one in sums_by_hand(town, ["executive", "care"])])
    sums = np.vstack(sums_by_hand(town, ["executive", "care"]))[order]
    assert official["p"] == pytest.approx(regroup(ratio_statistic(sums, deal), deal, seed=2).p, abs=0.05)


def test_accounts_grouped_by_their_role_are_the_roles(town):
    accounts = town.corpus.accounts
    roles = accounts[accounts["is_focal"]].set_index("account_id")["role"].to_dict()
    metrics = ["response_rate", "latency_rmst_24h", "conversation_size_median", "inbound_reciprocity", "broadcast_part"]
    by_role = compare(town, metrics, "role", **FEW).table
    by_map = compare(town, metrics, roles, circular_ok=True, **FEW).table
    pd.testing.assert_frame_equal(by_role, by_map)


def test_many_organizations_are_pooled_and_dealt_as_wholes(town, halves):
    row = only(compare(town, "response_rate", halves))
    assert row["method"] == "mover; organizations pooled; organizations permuted"
    turns = sums_by_hand_by_organization(town)
    limits = []
    for group in ("even", "odd"):
        own = turns.loc[[name for name in halves.index[halves == group] if name in turns.index]]
        found = ratio_interval(own["answered"], own["owed"], proportion=True)
        limits.append(found)
        assert row[f"n_clusters_{'ab'[group == 'odd']}"] == len(own) == 8
    assert (row["value_a"], row["value_b"]) == pytest.approx([one.value for one in limits])
    gap = paired_difference(*limits)
    assert (row["low"], row["high"]) == pytest.approx((gap.low, gap.high))
    assert row["p"] > 0.2
    assert "few_clusters" in row["flags"].split(",")


def sums_by_hand_by_organization(talk):
    turns, d = talk.turns, talk.definitions
    due = turns[turns["started_at"] <= talk.corpus.window[1] - pd.Timedelta(seconds=d.horizon_s)]
    due = due.assign(answered=(due["latency_s"] <= d.horizon_s).astype(float), owed=1.0)
    return due.groupby("organization")[["answered", "owed"]].sum()


def test_few_organizations_leave_persons_as_what_is_dealt(town, organizations):
    some = dict(zip(organizations[:8], ["x", "x", "x", "x", "y", "y", "y", "y"], strict=True))
    row = only(compare(town, "chase_rate", some, circular_ok=True, **FEW))
    assert row["method"].endswith("; persons permuted")
    assert (
        row["n_a"] == tw.measure(town, "chase_rate", by="organization").wide("n")["chase_rate"][organizations[:4]].sum()
    )


def test_pooled_waits_ratios_smooths_and_parts_have_intervals_where_they_should(town, halves):
    metrics = ["latency_rmst_24h", "burstiness", "broadcast_part", "conversation_size_median"]
    found = compare(town, metrics, halves, circular_ok=True, **FEW).table.set_index("metric")
    assert found["n_clusters_a"][["latency_rmst_24h", "burstiness", "broadcast_part"]].tolist() == [8, 8, 8]
    assert found["low"].notna().tolist() == [True, False, True, True]
    assert "no_permutation" in found.loc["conversation_size_median", "flags"]
    assert (found["p"].dropna() > 0.05).all()


def test_months_and_strategies(town):
    months = compare(town, "response_rate", "month", groups=["2024-02", "2024-05"], **FEW)
    assert only(months)["group_a"] == "2024-02"
    assert "shared_clusters" in only(months)["flags"]
    found = compare(town, "hashtag_share", "strategy", **FEW)
    assert set(found.table["group_a"]) | set(found.table["group_b"]) == set(tw.strategy(town).table["label"])
    labels = tw.strategy(town).table.set_index("unit_id")["label"]
    assert strategy_labels(town).to_dict() == labels.to_dict()
    assert found.by == "strategy"


def test_each_kind_of_metric_can_be_compared(town):
    kinds = {}
    for name, metric in all_metrics().items():
        kinds.setdefault(type(metric.declare()).__name__, name)
    found = compare(town, list(kinds.values()), groups=["care", "official"], draws=19).table.set_index("metric")
    assert found["difference"].notna().all()
    exchangeable = {kinds[kind] for kind in ("Ratio", "Survival", "Posterior") if kind in kinds}
    assert found.loc[list(exchangeable), "p"].notna().all()
    for name in found.index[found["p"].isna()]:
        assert "no_permutation" in found.loc[name, "flags"].split(",")
        assert found.loc[name, "method"].endswith("no test")


def test_what_grows_with_the_number_of_persons_is_not_dealt(town):
    found = compare(town, ["effective_persons", "new_tie_rate", "reciprocity_rho"], groups=["care", "official"], **FEW)
    assert found.table["p"].isna().tolist() == [True, True, False]


def test_effect_sizes_fit_the_metric(town):
    metrics = ["response_rate", "latency_rmst_24h", "external_internal_index"]
    found = compare(town, metrics, groups=["care", "official"], **FEW).table.set_index("metric")
    assert found["effect"].tolist() == ["cohens_h", "log_ratio", "standardized_difference"]
    a, b = found.loc["latency_rmst_24h", ["value_a", "value_b"]]
    assert found.loc["latency_rmst_24h", "effect_size"] == pytest.approx(np.log(a / b))
    assert np.isnan(found.loc["external_internal_index", "ratio"])


# -- options ----------------------------------------------------------------------------------------------------------


def test_a_reference_and_groups(town):
    found = compare(town, "response_rate", reference="official", **FEW).table
    assert set(found["group_b"]) == {"official"}
    assert found["group_a"].tolist() == ["care", "employee", "executive", "regional"]
    few = compare(town, "response_rate", groups=["regional", "care"], reference="official", **FEW).table
    assert few["group_a"].tolist() == ["regional", "care"]


def test_one_correction_over_everything_asked(town):
    metrics = ["response_rate_1h", "chase_rate", "url_share"]
    for correction in ("bh", "holm", "none"):
        found = compare(town, metrics, correction=correction, **FEW).table
        assert found["p_adjusted"].to_numpy() == pytest.approx(adjust_p(found["p"], correction))
    single = compare(town, "chase_rate", correction="none", **FEW).table
    assert single["p"].tolist() == found.loc[found["metric"] == "chase_rate", "p"].tolist()


def test_equivalence_uses_the_ninety_percent_interval(town):
    pair = {"groups": ["2024-02", "2024-05"], **FEW}
    narrow = only(compare(town, "response_rate", "month", level=0.90, **pair))
    edge = max(abs(narrow["low"]), abs(narrow["high"]))
    for margin, expected in ((edge * 1.001, True), (edge * 0.999, False)):
        row = only(compare(town, "response_rate", "month", equivalence=margin, **pair))
        assert (bool(row["equivalent"]), row["margin"]) == (expected, margin)
    assert only(compare(town, "response_rate", "month", **pair))["equivalent"] is pd.NA
    both = {"response_rate": 0.2, "chases_per_turn": 0.2}
    found = compare(town, list(both), "month", equivalence=both, **pair).table
    assert found["margin"].tolist() == [0.2, 0.2]
    with pytest.raises(UnknownName, match="'chase_rate' is not a known metric with a margin of equivalence"):
        compare(town, "chase_rate", "month", equivalence=both, **pair)


def test_level_and_seed(town):
    wide, narrow = (only(compare(town, "chase_rate", groups=["care", "regional"], level=x, **FEW)) for x in (0.99, 0.8))
    assert wide["high"] - wide["low"] > narrow["high"] - narrow["low"]
    assert wide["p"] == narrow["p"]
    assert town.definitions.level == 0.95
    one, other = (only(compare(town, "chase_rate", groups=["care", "regional"], seed=s, **FEW))["p"] for s in (1, 2))
    assert one != other
    assert abs(one - other) < 0.25


def test_flags_of_the_values_are_kept(small):
    found = compare(small, ["response_rate", "broadcast_index"], **FEW).table
    assert {"few_clusters", "at_boundary", "small_n", "orphan_share"} <= set(found["flags"][0].split(","))
    assert set(FLAGS) == {"shared_clusters", "no_permutation", "fewest_draws", "test_disagrees"}


def test_the_worked_example_of_twelve_posts(small):
    row = only(compare(small, "response_rate"))
    assert (row["group_a"], row["value_a"], row["group_b"], row["value_b"]) == ("care", 1.0, "official", 0.25)
    assert row["difference"] == 0.75
    assert row["low"] < 0 < row["high"]
    assert row["p"] > 0.2


def test_units_without_a_value_are_left_out_and_named(town):
    found = compare(town, "response_rate", "month", draws=9)
    assert found.left_out == {"response_rate": ("2024-07",)}
    assert str(found).endswith("response_rate has no value for 2024-07.")
    assert "2024-07" not in set(found.table["group_b"])


# -- what is refused --------------------------------------------------------------------------------------------------


def test_strategies_cannot_be_told_apart_by_what_made_them(town):
    with pytest.raises(TwowayError) as caught:
        compare(town, "silence_rate", "strategy")
    assert str(caught.value) == (
        "silence_rate cannot be compared between strategies: the labels count which of its posts speak to a person, the"
        " answers among them, and silence_rate counts the same, so groups that differ by luck alone would seem to"
        " differ in earnest. It was given to compare. Take labels from outside (a role, a coder who has not seen the"
        " numbers), or split time: label by the first half of the weeks, compare in the second. circular_ok=True"
        " compares all the same."
    )
    assert len(compare(town, "silence_rate", "strategy", groups=["deflect", "mixed"], circular_ok=True, draws=9)) == 1


@pytest.mark.parametrize(
    "name",
    [
        *("broadcast_index", "broadcast_index_reply", "broadcast_strategy_score", "broadcast_part", "strategy_z2"),
        *("deflection_rate", "deflection_rate_all", "original_share", "reply_share", "response_rate", "latency_median"),
        *("arc_reciprocity", "interactive_share"),
    ],
)
def test_all_that_strategy_labels_count_is_refused(town, name):
    with pytest.raises(TwowayError, match=f"{name} cannot be compared between strategies"):
        compare(town, name, "strategy")


@pytest.mark.parametrize("name", ["hashtag_share", "url_share", "chase_rate", "destination_dm_share", "burstiness"])
def test_other_metrics_are_not(name):
    assert not ingredients(name) & {"replies", "deflections"}


def test_a_series_named_after_a_metric_made_of_the_same_is_refused(town, halves):
    with pytest.raises(TwowayError) as caught:
        compare(town, "answered_within_24h", halves.rename("response_rate"))
    assert str(caught.value).startswith(
        "answered_within_24h cannot be compared between groups made from response_rate: the labels count which of its"
        " posts speak to a person, the answers among them, and answered_within_24h counts the same, so groups"
    )
    with pytest.raises(TwowayError, match="between groups made from url_share: the labels count the same columns"):
        compare(town, "url_share", halves.rename("url_share"))
    assert len(compare(town, "url_share", halves.rename("hashtag_share"), draws=9)) == 1


@pytest.fixture(scope="module")
def rates(town):
    """Response rates of the organizations, the lowest first."""
    return tw.measure(town, "response_rate", by="organization").wide()["response_rate"].sort_values()


def test_labels_of_strategies_are_refused_under_any_name(town):
    labels = tw.strategy(town).table.set_index("unit_id")["label"]
    numbered = labels.map({"broadcast": "1", "deflect": "2", "mixed": "3", "conversational": "4"})
    almost = labels.mask(labels.index == "Skerrow Air", "mixed")
    of_accounts = tw.strategy(town, by="account").table.set_index("unit_id")["label"]
    places = town.corpus.accounts.set_index("account_id")["organization"]
    spread = places[places.isin(labels.index)].map(labels)
    for by in (labels, dict(labels), labels.rename("kind"), numbered, almost, labels == "broadcast"):
        with pytest.raises(TwowayError, match=r"groups that are strategies by another name \((94|100)% of the units"):
            compare(town, "response_rate", by)
    for by in (of_accounts, spread):
        with pytest.raises(TwowayError, match="strategies by another name"):
            compare(town, "broadcast_index", by)
    assert len(compare(town, "hashtag_share", labels, draws=9)) == 6
    for by, kind in ((tw.strategy(town), "Strategy"), (list(labels), "list")):
        with pytest.raises(SchemaError) as caught:
            compare(town, "response_rate", by)
        assert str(caught.value).startswith(
            f"A {kind} says not which unit is in which group. It was given to compare(by=...)."
        )


def test_a_cut_through_the_metric_is_refused(town):
    values = tw.measure(town, "url_share", by="organization").wide()["url_share"]
    cut = {name: "many links" if value > values.median() else "few links" for name, value in values.items()}
    with pytest.raises(TwowayError) as caught:
        compare(town, "url_share", cut)
    assert str(caught.value) == (
        "The groups look like a cut through url_share itself: by it, all or nearly all of the 16 units lie in the order"
        " of their groups. They were given to compare. If the groups were made by looking at url_share, their"
        " difference proves nothing: make them from something else, or from other weeks. If they come from outside and"
        " really lie so far apart, say circular_ok=True."
    )
    row = only(compare(town, "url_share", cut, circular_ok=True, **FEW))
    assert row["difference"] < 0


def test_a_cut_in_disguise_is_refused(town, rates):
    names = list(rates.index)
    halved = (rates > rates.median()).map({True: "high", False: "low"}).rename("kind")
    moved, swapped = halved.copy(), halved.copy()
    moved[names[0]] = "high"
    swapped[names[6]], swapped[names[8]] = "high", "low"
    accounts = tw.measure(town, "response_rate", by="account").wide()["response_rate"].sort_values().index
    disguises = [
        moved,
        swapped,
        {name: "ab"[i // 4 % 2] for i, name in enumerate(names)},
        {name: "best" if name == names[-1] else "other" for name in names},
        {name: "best" if name == accounts[-1] else "other" for name in accounts},
        dict(zip([*accounts[:2], *accounts[-2:]], ["low", "low", "high", "high"], strict=True)),
        dict(zip([*names[:3], *names[-2:]], ["low"] * 3 + ["high"] * 2, strict=True)),
    ]
    for by in disguises:
        with pytest.raises(TwowayError, match="The groups look like a cut through response_rate itself"):
            compare(town, "response_rate", by)


@pytest.mark.parametrize("source", ["response_rate_24h", "latency_median", "silence_rate"])
def test_bins_of_a_metric_made_of_the_same_are_refused(town, source):
    values = tw.measure(town, source, by="organization").wide()[source].dropna()
    bins = pd.qcut(values, 3, labels=["low", "middle", "high"]).astype(str).rename("tier")
    with pytest.raises(TwowayError, match="The groups look like a cut through "):
        compare(town, "response_rate", bins)


@pytest.mark.parametrize("label", ["response_rate_bin", "High response rate", "binned_response_rate_24h"])
def test_a_name_taken_from_a_metric_gives_it_away(town, halves, label):
    with pytest.raises(TwowayError, match="between groups made from response_rate"):
        compare(town, "answered_within_24h", halves.rename(label))


def test_facts_of_the_accounts_are_not_refused_though_they_separate():
    index = list("abcdefgh")
    accounts = pd.DataFrame(
        {"account_id": index, "organization": list("stuvwxyz"), "role": ["care"] * 4 + ["official"] * 4}
    )
    roles = accounts.set_index("account_id")["role"]
    assert is_known_fact(roles, "account", accounts)
    assert is_known_fact(roles.map({"care": "x", "official": "y"}), "account", accounts)
    assert not is_known_fact(roles.mask(roles.index == "a", "official"), "account", accounts)
    by_organization = roles.set_axis(accounts["organization"])
    assert is_known_fact(by_organization, "organization", accounts)
    lone = pd.Series(["best", *["other"] * 7], index=index)
    assert not is_known_fact(lone, "account", accounts)
    assert is_cut(range(8), roles.factorize()[0], below=0.01, perfect_below=0.2)


def test_a_large_difference_is_no_cut():
    mixed = list("aaaabaabbabbabbb")
    refused = is_cut(range(16), [one == "b" for one in mixed], below=0.01, perfect_below=0.2)
    assert not refused
    rng = np.random.default_rng(5)
    some = [rng.permutation([0] * 8 + [1] * 8) for _ in range(200)]
    assert sum(is_cut(range(16), groups, below=0.01, perfect_below=0.2) for groups in some) <= 10


def test_roles_that_cut_through_a_metric_can_be_compared(town):
    accounts = town.corpus.accounts
    focal = accounts[accounts["is_focal"] & accounts["role"].isin(["care", "official"])].set_index("account_id")
    values = tw.measure(town, "response_rate", by="account").wide()["response_rate"].reindex(focal.index)
    far = pd.concat([values[focal["role"] == "care"].nlargest(4), values[focal["role"] == "official"].nsmallest(4)])
    assert far[:4].min() > far[4:].max()
    assert len(compare(town, "response_rate", focal.loc[far.index, "role"], draws=9)) == 1


def test_groups_without_a_value_are_refused_where_they_were_asked_for(town):
    with pytest.raises(NotEnoughEvidence) as caught:
        compare(town, "response_rate", "month", groups=["2024-02", "2024-07"])
    assert str(caught.value) == (
        "response_rate has no value for 2024-07: no turn was owed early enough to be judged. It was to be compared by"
        " 'month'. Leave these groups out with groups=[...], or compare another metric."
    )
    with pytest.raises(NotEnoughEvidence, match="response_rate has no value for 2024-07"):
        compare(town, "response_rate", "month", reference="2024-07")
    with pytest.raises(NotEnoughEvidence, match="There is only one group, all. It was found by 'corpus'."):
        compare(town, "response_rate", "corpus")


def test_names_that_do_not_exist(town, organizations):
    with pytest.raises(UnknownName, match="'respons_rate' is not a known metric. Did you mean 'response_rate'?"):
        compare(town, "respons_rate")
    with pytest.raises(UnknownName, match="'roles' is not a known grouping to compare by. Did you mean 'role'?"):
        compare(town, "response_rate", "roles")
    with pytest.raises(UnknownName, match="'carer' is not a known group of 'role'. Did you mean 'care'?"):
        compare(town, "response_rate", groups=["carer", "official"])
    with pytest.raises(UnknownName, match="'carer' is not a known group to refer to. Did you mean 'care'?"):
        compare(town, "response_rate", reference="carer")
    with pytest.raises(UnknownName, match="'Nobody' is not a known measured organization or account."):
        compare(town, "response_rate", {"Nobody": "x", organizations[0]: "y"})
    with pytest.raises(UnknownName, match="'fdr' is not a known correction for many comparisons."):
        compare(town, "response_rate", correction="fdr")
    with pytest.raises(SchemaError, match="The mapping names organizations and accounts side by side."):
        compare(town, "response_rate", {organizations[0]: "x", "ostrel_care": "y"})
    twice = pd.Series(["x", "y"], index=[organizations[0]] * 2)
    with pytest.raises(SchemaError, match="stands in the mapping twice. It was given to compare"):
        compare(town, "response_rate", twice)
    with pytest.raises(SchemaError, match="This is no talk. It was given to compare. Pass what tw.annotate"):
        compare(town.corpus.posts, "response_rate")
    lost = tw.Scorecard(tw.measure(town, "response_rate", by="role").table)
    with pytest.raises(SchemaError, match="The scorecard has lost the talk it was measured on."):
        compare(lost, "response_rate")


# -- what is said and drawn -------------------------------------------------------------------------------------------


def test_one_sentence_a_comparison(town):
    found = compare(town, ["chase_rate", "latency_rmst_24h"], "role", groups=["care", "regional"], draws=199)
    sentences = found.sentences
    assert len(sentences) == 2
    assert str(found).startswith("2 pairs compared by role in 2 metrics: ")
    assert "\n" not in str(found)
    row = found.table.iloc[0]
    way = "higher" if row["difference"] > 0 else "lower"
    assert sentences[0].startswith("chase_rate is ")
    assert f"points {way} for care (" in sentences[0]
    assert "% interval" in sentences[0]
    assert "adjusted p" in sentences[0]
    assert "of the smaller group's persons are in both groups" in sentences[0]
    for sentence, p, flags in zip(sentences, found.table["p_adjusted"], found.table["flags"], strict=True):
        if "test_disagrees" in flags:
            assert "a hint at most" in sentence
        elif p <= 0.05:
            assert "more than chance makes, but it does not show why the groups differ" in sentence
        else:
            assert "this shows no difference, nor that there is none" in sentence
    equal = str(compare(town, "response_rate", "month", groups=["2024-02", "2024-05"], equivalence=0.3, **FEW))
    assert "the two are equal up to 30 points" in equal


def made_up(**changes):
    """A comparison of one pair, with some cells changed."""
    row = dict.fromkeys(COLUMNS, np.nan) | {
        **{"metric": "response_rate", "group_a": "care", "group_b": "official", "flags": "", "method": "mover"},
        **{"value_a": 0.6, "value_b": 0.4, "difference": 0.2, "low": -0.2, "high": 0.6, "equivalent": None},
        **{"p": 0.02, "p_adjusted": 0.02, "shared": 0.0, **changes},
    }
    return Comparison(pd.DataFrame([row]), "role", 0.95, "bh", 99, {}, None)


def test_a_test_and_an_interval_that_disagree_are_said_to(town):
    words = str(made_up(flags="test_disagrees"))
    assert words.endswith(
        "(95 % interval −20 to +60 points, adjusted p = 0.020): the test finds more than chance makes, but the interval"
        " holds zero: a hint at most."
    )
    assert "the interval leaves zero out" in str(made_up(low=0.1, p_adjusted=0.2, flags="test_disagrees"))
    found = compare(town, ["chase_rate", "url_share", "response_rate_1h"], **FEW).table
    apart = (found["p_adjusted"] <= 0.05) != ~((found["low"] <= 0) & (found["high"] >= 0))
    assert (found["flags"].str.contains("test_disagrees") == apart).all()


def test_bounds_of_the_difference_stand_beside_its_interval(town):
    found = compare(town, ["response_rate", "url_share"], groups=["care", "official"], **FEW)
    rates, links = found.table.set_index("metric").loc[["response_rate", "url_share"]].itertuples()
    card = tw.measure(town, "response_rate", by="role").table.set_index("unit_id")
    care, official = (card.loc[name] for name in ("care", "official"))
    assert rates.lower_bound == pytest.approx(care["lower_bound"] - official["upper_bound"])
    assert rates.upper_bound == pytest.approx(care["upper_bound"] - official["lower_bound"])
    assert np.isnan(links.lower_bound)
    wide = made_up(lower_bound=-0.5, upper_bound=0.7)
    assert "with what the collection could hide it may be −50 to +70 points" in str(wide)
    assert "−50 to +70 points" in wide._repr_html_()
    assert "could hide" not in str(made_up(lower_bound=-0.1, upper_bound=0.5))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"metric": []}, "No metric is named. An empty list was given to compare."),
        ({"draws": 2.5}, "draws=2.5 is no number of draws. It was given to compare."),
        ({"draws": 0}, "draws=0 is no number of draws. It was given to compare."),
        ({"equivalence": "a"}, "equivalence='a' is no margin for url_share. It was given to compare."),
        ({"equivalence": -1}, "equivalence=-1 is no margin for url_share. It was given to compare."),
    ],
)
def test_options_that_make_no_sense(small, options, words):
    with pytest.raises(TwowayError) as caught:
        compare(small, **{"metric": "url_share", **options})
    assert str(caught.value).startswith(words)


def test_a_frame_a_line_and_a_page(small):
    found = compare(small, "response_rate", {"bakery": "<b>shop</b>", "help": "help"}, **FEW)
    page = found._repr_html_()
    assert "<b>shop" not in page
    assert "&lt;b&gt;shop" in page
    assert repr(found) == "<Comparison of 1 metrics by groups: 1 pairs>"
    copy = found.to_frame()
    copy["p"] = 0
    assert found.table["p"].iloc[0] != 0
    with pytest.raises(AttributeError):
        found.table = copy


def test_the_forest_of_differences(town):
    from twoway.figures.picture import alt_text

    found = compare(
        town, ["chase_rate", "latency_rmst_24h"], equivalence={"chase_rate": 0.02, "latency_rmst_24h": 30.0}, **FEW
    )
    top, bottom = found.plot()
    assert [axis.get_title(loc="left") or axis.get_title() for axis in (top, bottom)] == [
        "chase_rate",
        "latency_rmst_24h",
    ]
    assert len(top.get_yticklabels()) == 10
    assert top.get_yticklabels()[0].get_text() == "care − employee"
    assert "Forest plot of 10 differences of chase_rate" in alt_text(top)
    assert top.get_xlim()[0] < 0 < top.get_xlim()[1]
    one = found.plot(metric="chase_rate", n_max=3)
    assert len(one.get_yticklabels()) == 3
    assert any("7 smaller differences are not drawn" in text.get_text() for text in one.texts)
    with pytest.raises(UnknownName, match="'url_share' is not a known metric of this comparison."):
        found.plot(metric="url_share")


# -- chance and truth -------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_p_is_even_where_nothing_differs_and_small_where_something_does():
    even, apart = [], []
    for seed in range(24):
        for rates, found in (((0.5, 0.5), even), ((0.35, 0.75), apart)):
            strategies = {"conversational": 1, "deflect": 1}
            parameters = {"conversational": {"p_answer": rates[0]}, "deflect": {"p_answer": rates[1]}}
            corpus, _ = tw.simulate_corpus(
                seed=seed,
                n_organizations=2,
                n_people=300,
                days=60,
                posts=900,
                strategies=strategies,
                parameters=parameters,
            )
            found.append(only(compare(tw.annotate(corpus), "response_rate", "organization", draws=199))["p"])
    even, apart = np.array(even), np.array(apart)
    assert (even <= 0.05).mean() <= 0.17
    assert 0.3 < even.mean() < 0.7
    assert (apart <= 0.05).mean() > 0.9
