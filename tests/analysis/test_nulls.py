"""Null tests: observed values are those of measure, nulls centre where there is no effect, effects are found."""

from __future__ import annotations

from collections import Counter
from functools import cache

import chance_corpora
import numpy as np
import pandas as pd
import pytest
from chance_corpora import BRANDS, SPEEDS, conversations, mentions, questions, schedules, talk_of
from handmade import DAY
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from random_corpora import corpora
from scipy.stats import kstest
from worded_corpora import OF_MANY_REPLIES, WORDED_CASES, repeaters

import twoway as tw
from twoway.analysis.null_arcs import RewiredArcs
from twoway.analysis.null_order import ShuffledAuthors, ShuffledSides
from twoway.analysis.null_pieces import UnitIndex
from twoway.analysis.null_registry import NULLS, null_of
from twoway.analysis.null_scripts import PublicReplies
from twoway.analysis.null_shifts import ShuffledSpeakers
from twoway.analysis.nulls import COLUMNS, FLAGS, null_test
from twoway.errors import TwowayError, UnknownName
from twoway.interactions.shifts import FAMILIES, SHIFTS
from twoway.metrics.prepared import LEVELS, Grouping

CASES = {**chance_corpora.CASES, **WORDED_CASES}
EVERY = [name for null in NULLS for name in null.metrics]
SHIFT_KINDS = ("receiving", "claiming", "usurping", "continuing")


@cache
def stored(name):
    return tw.annotate(tw.load_corpus(name))


def differences(talk, by):
    """Return a line for each observed value that is not the one measured."""
    table = null_test(talk, EVERY, by, draws=2, progress=False).table
    # These are read at fewer posts than are measured; the model knows the values of all.
    for row in table.index[table["flags"].str.contains("fewer_posts")]:
        unit, metric = table.loc[row, ["unit_id", "metric"]]
        table.loc[row, "observed"] = of_all_posts(talk, by)[unit, metric]
    card = tw.measure(talk, EVERY, by=by).table
    pairs = table.merge(card, on=["unit_id", "metric"], how="outer")
    # Measured values that add up fractions are rounded to eleven digits.
    same = np.isclose(pairs["observed"], pairs["value"], rtol=1e-10, atol=1e-12, equal_nan=True)
    assert len(pairs) == len(table) == len(card)
    return pairs.loc[~same, ["unit_id", "metric", "observed", "value"]].values.tolist()


@cache
def of_all_posts(talk, by):
    """Return what the public's replies are held against, of all units by name and metric."""
    units = UnitIndex(talk, Grouping(talk, by))
    found = PublicReplies(talk, units).observed()
    return {(unit, name): values[i] for name, values in found.items() for i, unit in enumerate(units.names)}


@pytest.mark.parametrize("by", LEVELS)
@pytest.mark.parametrize("name", ["twelve_posts", "town_square"])
def test_observed_values_are_those_of_measure(name, by):
    assert differences(stored(name), by) == []


# Without shrinking: a line that differs says enough, and looking for a smaller corpus takes minutes.
@settings(
    max_examples=12, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(made=corpora(), by=st.sampled_from(LEVELS))
def test_observed_values_of_random_corpora_are_those_of_measure(made, by):
    posts, accounts, focus = made
    talk = tw.annotate(tw.Corpus(posts, accounts, focus=focus), tw.Definitions(draws=1))
    assert differences(talk, by) == []
    assert shift_differences(talk, by) == []


def test_observed_values_are_those_of_measure_inside_a_window():
    """Three matters: before the window, across its end, and inside it but for the first question."""
    rows = []
    for i, at in enumerate((0, 40 * DAY, 10 * DAY)):
        who = f"p{i}"
        rows += [
            (f"q{i}", who, at, "@shop why?", None),
            (f"a{i}", "shop", at + DAY, f"@{who} so", f"q{i}"),
            (f"z{i}", who, at + 2 * DAY, "@shop and why?", f"a{i}"),
            (f"y{i}", who, at + 3 * DAY, "@shop well?", f"a{i}"),
        ]
    posts = pd.DataFrame(rows, columns=["post_id", "account_id", "created_at", "text", "parent_id"])
    window = [pd.Timestamp(int(day * DAY), unit="s", tz="UTC") for day in (10.5, 41.5)]
    talk = tw.annotate(tw.Corpus(posts, focus=["shop"], window=window), tw.Definitions(draws=1))
    assert tw.measure(talk, "turn_imbalance", by="corpus").table["n"].item() == 2
    assert differences(talk, "corpus") == []
    # Two turns of the matter that goes on after the end, four of the other one.
    assert len(ShuffledSides(talk, UnitIndex(talk, Grouping(talk, "corpus")))._side) == 6


@pytest.mark.parametrize("by", LEVELS)
def test_shifts_are_those_of_the_talk(by):
    assert shift_differences(stored("town_square"), by) == []


def shift_differences(talk, by):
    """Count the talk's own shifts by conversation, sum them by unit, and compare with the model of the null."""
    units = UnitIndex(talk, Grouping(talk, by))
    found = ShuffledSpeakers(talk, units).observed()
    members = conversations_of(talk, units)
    wrong = []
    for deep, kinds in ((False, (*SHIFT_KINDS, "abba")), (True, ("abba_tree",))):
        steps = talk.engine.collect(talk.shift_frame(depth_first=deep)).to_pylist()
        for kind in kinds:
            n, hits = Counter(), Counter()
            for step in steps:
                for unit in members.get(step["root"], ()):
                    n[unit] += 1
                    hits[unit] += is_of(kind, step)
            name = "pshift_abba_share_tree" if deep else f"pshift_{kind}_share"
            wanted = [hits[unit] / n[unit] if n[unit] else np.nan for unit in range(len(units))]
            if not np.allclose(found[name], wanted, rtol=0, atol=1e-12, equal_nan=True):
                wrong.append((name, found[name].tolist(), wanted))
    return wrong


def conversations_of(talk, units):
    from twoway.metrics.prepared import prepare

    rows = talk.engine.collect(prepare(talk, "floors", units.grouping)).to_pandas()
    rows["place"] = units.of(rows["unit"].to_numpy())
    return {root: set(part["place"]) for root, part in rows.groupby("root")}


def is_of(kind, step):
    if kind in {"abba", "abba_tree"}:
        return SHIFTS[step["kind"]] == "AB-BA"
    return FAMILIES[step["kind"]] == kind and (kind != "usurping" or step["by_person"] == 1)


# -- worked examples of the catalogue ---------------------------------------------------------------------------------


def value_of(talk, metric, unit):
    table = null_test(talk, metric, draws=2, progress=False).table.set_index("unit_id")
    return table.loc[unit, "observed"]


def test_weighted_reciprocity_of_the_worked_example():
    arcs = [("b", "p1")] * 3 + [("p1", "b")] + [("b", "p2")] * 2 + [("p3", "b")] * 4
    rows = [(f"w{i}", who, i * 90_000, f"@{to}", None) for i, (who, to) in enumerate(arcs)]
    talk = talk_of(rows, ["p1", "p2", "p3"], brands=["b"])
    assert value_of(talk, "weighted_reciprocity", "b") == pytest.approx(0.2)
    assert value_of(talk, "arc_reciprocity", "b") == pytest.approx(0.5)
    assert value_of(talk, "reciprocity_rho", "b") == pytest.approx((0.5 - 4 / 6) / (1 - 4 / 6))


def test_follower_concentration_of_the_worked_example():
    rows = [(f"q{i}", f"p{i}", i * 1_000, "@b hi", None) for i in range(4)]
    rows += [(f"r{i}", "b", 10_000 + i, f"@p{i} hi", f"q{i}") for i in (2, 3)]
    rows.append(("end", "b", 5_000_000, "bye", None))
    talk = talk_of(rows, ["p0", "p1", "p2", "p3"], [1, 10, 100, 1_000], brands=["b"])
    assert value_of(talk, "follower_concentration", "b") == pytest.approx(0.5)
    assert value_of(talk, "follower_erreygers", "b") == pytest.approx(1.0)


def test_the_h_index_of_the_worked_example():
    parents = {"a": None, "b": "a", "c": "a", "d": "a", "e": "b", "f": "e"}
    rows = [(name, f"p{i}" if i else "z", i * 9_000, "", up) for i, (name, up) in enumerate(parents.items())]
    talk = talk_of(rows, [f"p{i}" for i in range(1, 6)], brands=["z"])
    assert value_of(talk, "h_index_mean", "z") == 1
    assert value_of(talk, "conversation_depth_mean", "z") == 3
    assert value_of(talk, "structural_virality", "z") == pytest.approx(2.1333, abs=1e-4)


def test_shifts_of_a_unit_that_begins_in_private():
    rows = [("1", "p1", 0, "", None), ("2", "b", 60, "", "1"), ("3", "b", 120, "", "2"), ("4", "p1", 180, "", "3")]
    corpus = talk_of(rows, ["p1"], brands=["b"]).corpus
    posts = corpus.posts.assign(is_private=[False, True, False, False])
    talk = tw.annotate(tw.Corpus(posts, corpus.accounts))
    # (p1,0) (b,p1) (p1,b): everybody can see that the brand answered.
    assert value_of(talk, "pshift_abba_share", "b") == pytest.approx(1 / 2)
    assert shift_differences(talk, "organization") == []
    assert differences(talk, "organization") == []


# -- what the nulls keep, in a corpus ---------------------------------------------------------------------------------


def test_rewired_arcs_join_no_account_with_itself(rng):
    names = BRANDS
    rows = [
        (f"x{i}", names[a], i * 90_000, f"@{names[(a + b) % 4]}", None)
        for i, (a, b) in enumerate(zip(rng.integers(0, 4, 200), rng.integers(1, 4, 200), strict=True))
    ]
    posts = pd.DataFrame(rows, columns=["post_id", "account_id", "created_at", "text", "parent_id"])
    talk = tw.annotate(tw.Corpus(posts))
    model = RewiredArcs(talk, UnitIndex(talk, Grouping(talk, "account")))
    seen = []
    model._measure = lambda person: seen.append(model._persons[person]) or {}
    model.draw(rng)
    assert model._houses is not None
    assert (model._houses[0][np.searchsorted(model._persons, seen[0])] != model._houses[1]).all()


def test_accounts_keep_their_number_of_posts(rng):
    talk = conversations(rng)
    model = ShuffledAuthors(talk, UnitIndex(talk, Grouping(talk, "organization")))
    posts, seen = model._posts, []
    model._measure = lambda source: seen.append(source) or {}
    model.draw(rng)
    author = posts.author[seen[0]]
    assert Counter(zip(posts.root, author, strict=True)) == Counter(zip(posts.root, posts.author, strict=True))
    assert (author != posts.author).mean() > 0.3


# -- without an effect, and with one ----------------------------------------------------------------------------------


#: Makers of corpora without the effect of some null model.
WITHOUT_EFFECT = [*dict.fromkeys(CASES[null.name][0] for null in NULLS), *SPEEDS]

#: Corpora of each kind; fewer where words are read, which takes longer.
N_CORPORA, N_WORDED = 40, 12


def metrics_without_effect(make):
    """Return the metrics of all null models that such corpora are without the effect of."""
    kind = conversations if make in SPEEDS else make
    names = [name for null in NULLS if CASES[null.name][0] is kind for name in null.metrics]
    return [name for name in names if name not in OF_MANY_REPLIES]


def runs(make, metrics, n, draws):
    """Test metrics in corpora without the effect; each corpus is made once for all of them, and draws are as alone."""
    tables = []
    for seed in range(n):
        talk = make(np.random.default_rng(seed))
        found = null_test(talk, metrics, draws=draws, seed=seed, alternative="greater", progress=False)
        tables.append(found.table.assign(corpus=seed))
    return pd.concat(tables)


@pytest.mark.parametrize("make", WITHOUT_EFFECT, ids=lambda make: make.__name__)
def test_nulls_centre_without_an_effect_however_quick_the_posts(make):
    metrics = metrics_without_effect(make)
    n = N_WORDED if make in {made for made, _ in WORDED_CASES.values()} else N_CORPORA
    z = runs(make, metrics, n, 25).groupby(["metric", "corpus"])["z"].mean().groupby("metric").mean()
    assert z.index.tolist() == sorted(metrics)
    assert (z.abs() < 0.5).all(), z


@pytest.mark.slow
@pytest.mark.parametrize("null", NULLS, ids=lambda null: null.name)
def test_p_is_uniform_without_an_effect(null):
    make = CASES[null.name][0]
    table = runs(make, metrics_without_effect(make), 150, 59)
    table = table[table["metric"].isin(null.metrics)]
    for metric, rows in table.groupby("metric"):
        by_corpus = rows.groupby("corpus")["z"].mean()
        assert abs(by_corpus.mean()) < 0.2, metric
        # One unit a corpus, since units share their draws. Ties make p larger, never smaller, than uniform.
        p = rows.groupby("corpus")["p"].first().to_numpy()
        assert kstest(p, "uniform", alternative="greater").pvalue > 0.001, metric
        assert (p <= 0.1).mean() < 0.18, metric


@pytest.mark.parametrize("null", NULLS, ids=lambda null: null.name)
def test_effects_are_found(null, rng):
    table = null_test(CASES[null.name][1](rng), null.metrics, draws=99, progress=False).table
    lead = table[table["metric"] == null.metrics[0]]
    assert (lead["p"] <= 0.05).all(), lead
    assert (lead["z"].abs() > 2).all()


def test_one_brand_has_no_null_of_reciprocity():
    rows = [
        ("a", "acme", 0, "@p000 hi", None),
        ("b", "p000", 90_000, "@acme hi", None),
        ("c", "p001", 9, "@acme", None),
    ]
    table = null_test(talk_of(rows, ["p000", "p001"], brands=["acme"]), "arc_reciprocity", progress=False).table
    assert table["flags"].tolist() == ["nothing_moves"]
    assert table[["z", "p", "excess"]].isna().all(axis=None)
    assert table["null_mean"].tolist() == pytest.approx(table["observed"].tolist())


@pytest.mark.parametrize("by", ["month", "role", "corpus"])
def test_reciprocity_has_a_null_at_levels_that_hold_several_organizations(by):
    table = null_test(stored("town_square"), "dyadic_reciprocity", by, draws=9, progress=False).table
    told = table.dropna(subset="observed")
    assert len(told)
    assert (told["z"] > 3).all()


def test_the_whole_graph_against_rewired_graphs():
    # A ring of persons of whom each also answers the last: half of the arcs returned; chance gives hardly any.
    n = 40
    rows = [(f"r{i:02}", f"p{i:03}", i, f"@p{(i + 1) % n:03}", None) for i in range(n)]
    rows += [(f"s{i:02}", f"p{i:03}", 100 + i, f"@p{(i - 1) % n:03}", None) for i in range(0, n, 2)]
    people = [f"p{i:03}" for i in range(n)]
    census = tw.dyad_census(talk_of(rows, people, brands=["acme"]))
    found = census.null_test(draws=99, alternative="greater").set_index("measure")
    assert found["observed"].tolist() == pytest.approx(
        census.table.loc[0, ["arc_reciprocity", "rho", "weighted_reciprocity"]].tolist()
    )
    assert (found["p"] <= 0.01).all()
    wanted = (found["observed"] - found["null_mean"]) / (1 - found["null_mean"])
    assert found["excess"].tolist() == pytest.approx(wanted.tolist())
    assert census.null_test(draws=9, seed=1).equals(census.null_test(draws=9, seed=1))


def test_the_null_of_the_whole_graph_keeps_its_size():
    # With one reply each way there is one graph of these degrees: nothing moves.
    rows = [("a", "p000", 0, "@p001", None), ("b", "p001", 9, "@p000", None)]
    found = tw.dyad_census(talk_of(rows, ["p000", "p001"], brands=["acme"])).null_test(draws=9)
    assert found[["z", "p", "excess"]].isna().all(axis=None)
    assert found["null_mean"].tolist() == pytest.approx([1.0, np.nan, 1.0], nan_ok=True)


# -- the result -------------------------------------------------------------------------------------------------------


def test_the_table_has_one_row_a_unit_and_metric():
    found = null_test(stored("town_square"), draws=20, progress=False)
    assert found.table.columns.tolist() == COLUMNS
    assert found.table["metric"].drop_duplicates().tolist() == EVERY
    assert not found.table.duplicated(["unit_id", "metric"]).any()
    known = {*FLAGS, "undefined", "no_reply_ids", ""}
    assert {flag for cell in found.table["flags"] for flag in cell.split(",")} <= known
    tested = found.table.dropna(subset="z")
    assert tested["z"].to_numpy() == pytest.approx(
        ((tested["observed"] - tested["null_mean"]) / tested["null_sd"]).to_numpy()
    )
    rows = tested[tested["metric"] == "weighted_reciprocity"]
    wanted = (rows["observed"] - rows["null_mean"]) / (1 - rows["null_mean"])
    assert rows["excess"].to_numpy() == pytest.approx(wanted.to_numpy())
    assert found.table.loc[found.table["metric"] == "memory", "excess"].isna().all()
    assert found.to_frame() is not found.table


def test_a_seed_gives_the_same_and_other_metrics_change_nothing(rng):
    talk = mentions(rng)
    one = null_test(talk, ["memory", "arc_reciprocity"], draws=9, seed=4, progress=False).table
    again = null_test(talk, draws=9, seed=4, progress=False).table
    again = again.set_index("metric").loc[["memory", "arc_reciprocity"]].reset_index()[COLUMNS]
    pd.testing.assert_frame_equal(one, again)
    other = null_test(talk, "arc_reciprocity", draws=9, seed=5, progress=False)
    assert other.table["null_mean"].tolist() != one["null_mean"].tolist()[-4:]
    assert null_test(talk, "memory", draws=2, progress=False).seed == talk.definitions.seed


@pytest.mark.parametrize(("make", "metrics"), [(questions, None), (repeaters, null_of("template_share").metrics)])
def test_another_engine_gives_the_same_draws(make, metrics, rng):
    duckdb = pytest.importorskip("duckdb")
    corpus = make(rng).corpus
    posts = corpus.posts
    posts["created_at"] = posts["created_at"].astype("datetime64[s, UTC]").astype("int64")
    accounts = corpus.accounts[["account_id", "role", "n_followers"]]
    found = [
        null_test(tw.annotate(tw.Corpus(table, accounts)), metrics, draws=5, progress=False).table
        for table in (posts, duckdb.connect().from_df(posts))
    ]
    pd.testing.assert_frame_equal(*found, rtol=1e-9)


def test_p_follows_the_alternative(rng):
    talk = mentions(rng, is_mutual=True)
    p = {
        side: null_test(talk, "outbound_reciprocity", draws=99, alternative=side, progress=False).table["p"]
        for side in ("greater", "less", "two-sided")
    }
    assert (p["greater"] == 0.01).all()
    assert (p["two-sided"] == 0.02).all()
    assert (p["less"] == 1).all()


@pytest.mark.parametrize("column", ["parent_id", "text"])
def test_sources_that_lack_a_column_show_what_measure_shows(column, rng):
    corpus = conversations(rng, n=12).corpus
    talk = tw.annotate(tw.Corpus(corpus.posts.drop(columns=column), corpus.accounts))
    assert differences(talk, "organization") == []


def test_sources_without_reply_links_show_no_trees(rng):
    corpus = schedules(rng).corpus
    talk = tw.annotate(tw.Corpus(corpus.posts.drop(columns="parent_id"), corpus.accounts))
    table = null_test(talk, draws=2, progress=False).table.set_index("metric")
    for metric in ("structural_virality", "interactive_share", "pshift_abba_share"):
        assert set(table.loc[metric, "flags"]) == {"undefined,no_reply_ids"}
    assert table.loc["burstiness", "observed"].notna().all()


def test_questions_that_make_no_sense_are_refused():
    talk = stored("twelve_posts")
    with pytest.raises(UnknownName, match=r"'response_rate' is not a known metric with a null model.*Known: arc_reci"):
        null_test(talk, "response_rate")
    with pytest.raises(UnknownName, match="Did you mean 'memory'"):
        null_of("memry")
    with pytest.raises(UnknownName, match="level to measure by"):
        null_test(talk, by="planet")
    with pytest.raises(UnknownName, match="alternative"):
        null_test(talk, "memory", alternative="both", progress=False)
    with pytest.raises(TwowayError, match="draws=1"):
        null_test(talk, draws=1)


def test_every_null_says_what_it_keeps_and_destroys():
    assert len(EVERY) == len(set(EVERY))
    for null in NULLS:
        assert null.keeps
        assert null.destroys
        assert set(null.excess) <= set(null.metrics)
        assert null.name in CASES


def test_the_result_reads_as_sentences():
    found = null_test(stored("town_square"), ["arc_reciprocity", "pshift_usurping_share"], draws=39, progress=False)
    assert str(found).startswith("Of 32 values of 2 metrics for 16 units, ")
    first, second = found.sentences
    assert first.startswith("arc_reciprocity is above N2 rewired arcs for 16 of 16 organizations and below for 0, each")
    assert "farthest for" in first
    assert second.startswith("pshift_usurping_share is above N5 shuffled speakers for ")
    few = null_test(stored("twelve_posts"), ["interactive_share", "arc_reciprocity"], draws=39, progress=False)
    one = " ".join(few.sentences)
    assert "interactive_share of Alder Rail is" in one or "within the range of" in one
    assert "arc_reciprocity cannot be compared with N2 rewired arcs" in one


def test_the_result_shows_itself_and_escapes_names():
    rows = [("a", "<b>", 0, "@p hi", None), ("b", "p", 90_000, "hi", "a"), ("c", "<b>", 200_000, "hi", "b")]
    found = null_test(talk_of(rows, ["p"], brands=["<b>"]), "turn_taking_index", draws=9, progress=False)
    page = found._repr_html_()
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "9 draws" in page


def test_figures_show_values_against_the_null(rng):
    from twoway.figures import alt_text

    found = null_test(mentions(rng, is_mutual=True), ["outbound_reciprocity", "memory"], draws=39, progress=False)
    ax = found.plot("outbound_reciprocity")
    assert len(ax.patches) == len(BRANDS)
    assert sorted(label.get_text() for label in ax.get_yticklabels()) == BRANDS
    assert "4 above the null" in alt_text(ax)
    overview = found.plot()
    assert [label.get_text() for label in overview.get_yticklabels()] == ["outbound_reciprocity", "memory"]
    assert "outbound_reciprocity: 4 above, 0 below" in alt_text(overview)
    with pytest.raises(UnknownName, match="metric of this null test"):
        found.plot("burstiness")


def test_figures_say_what_could_not_be_tested():
    from twoway.errors import NotEnoughEvidence

    found = null_test(stored("twelve_posts"), "arc_reciprocity", draws=9, progress=False)
    with pytest.raises(NotEnoughEvidence, match="column flags"):
        found.plot()
    found = null_test(stored("twelve_posts"), "reciprocity_rho", "account", draws=39, progress=False)
    words = [text.get_text() for text in found.plot().texts]
    assert any("nothing moves" in text or "undefined" in text for text in words)


def test_a_bar_is_shown_only_where_it_takes_long(capsys, rng):
    null_test(schedules(rng), "memory", draws=5)
    assert capsys.readouterr().err == ""
