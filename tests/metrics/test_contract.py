"""What every metric promises, checked over the registry: a new metric is tested by being declared."""

from __future__ import annotations

import re
import warnings

import matplotlib.mathtext
import numpy as np
import pandas as pd
import pytest

import twoway as tw
from twoway.errors import SchemaError, UnknownName
from twoway.metrics import registry
from twoway.metrics.catalog import references
from twoway.metrics.flags import FLAG_MEANINGS
from twoway.metrics.prepared import LEVELS, TABLES
from twoway.metrics.scorecard import COLUMNS
from twoway.simulate import simulate_tables

METRICS = tw.all_metrics()
NAMES = sorted(METRICS)

#: What a value may differ by when only the order of summing changed.
RELATIVE = 1e-9


@pytest.fixture(scope="module")
def tables():
    """Posts and accounts of a small town."""
    made = simulate_tables(11, n_organizations=4, n_people=120, days=40, posts=900)
    return made.posts, made.accounts


def measured(posts, accounts, by="organization"):
    """Measure all metrics, with warnings as errors."""
    return measured_in(tw.annotate(tw.Corpus(posts, accounts)), by)


def measured_in(talk, by="organization"):
    """Measure all metrics of a talk, with warnings as errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return tw.measure(talk, by=by)


@pytest.fixture(scope="module")
def town(tables):
    return tw.annotate(tw.Corpus(*tables))


@pytest.fixture(scope="module")
def card(town):
    return measured_in(town)


def assert_same_values(one, other, columns=("value", "n", "n_clusters")):
    """Compare two cards of the same units."""
    keys = ["unit_id", "metric"]
    left, right = (c.table.set_index(keys)[list(columns)].sort_index() for c in (one, other))
    pd.testing.assert_frame_equal(left, right, rtol=RELATIVE, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_a_declaration_is_complete(name):
    m = METRICS[name]
    assert m.doc.splitlines()[0].endswith("."), "the docstring opens with one sentence"
    assert all((m.formula, m.undefined, m.misleads, m.references))
    assert re.fullmatch(r"[A-J]\d+", m.catalog)
    assert m.table in {*TABLES, ""}
    assert m.span[0] < m.span[1]
    assert m.min_n > 0
    assert set(m.references) <= set(references()), "every key resolves in references.bib"
    assert set(m.needs) <= {c.name for c in tw.schema.POSTS}


@pytest.mark.parametrize("name", NAMES)
def test_a_formula_can_be_typeset(name):
    # Commands that matplotlib's mathtext does not know, but every TeX does, are put in its words first.
    text = METRICS[name].formula
    words = {r"\\text\{([^}]*)\}": r"\\mathrm{\1}", r"\\(?:Bigl|Bigr)": "", r"\\[,;]": " "}
    words |= {rf"\\{short}\b": rf"\\{short}q " for short in ("ge", "le", "ne")}
    for command, plain in words.items():
        text = re.sub(command, plain, text)
    text = re.sub(r"\\mathrm\{([^}]*)\}", lambda m: r"\mathrm{" + re.sub(r"[^A-Za-z0-9.]", "", m.group(1)) + "}", text)
    matplotlib.mathtext.MathTextParser("agg").parse(f"${text}$")


@pytest.mark.parametrize("name", NAMES)
def test_an_explanation_says_what_the_declaration_says(name):
    text = tw.explain(name)
    m = METRICS[name]
    for part in (m.title, m.formula, m.undefined, m.misleads):
        assert part in text


def test_the_card_has_the_long_form(card):
    assert list(card.table.columns) == COLUMNS
    assert len(card) == len(NAMES) * 4
    assert card.wide().shape == (4, len(NAMES))
    assert not card.table.duplicated(["unit_id", "metric"]).any()


def test_values_stay_in_their_range_and_inside_their_interval(card):
    for row in card.table.itertuples():
        low, high = METRICS[row.metric].span
        if row.value == row.value:
            assert low - 1e-9 <= row.value <= high + 1e-9, row
        if row.value == row.value and row.low == row.low and row.high == row.high:
            assert row.low <= row.high, row
            if row.method not in {"bootstrap_percentile", "dirichlet"}:
                assert row.low - 1e-9 <= row.value <= row.high + 1e-9, row
        if row.lower_bound == row.lower_bound and row.value == row.value:
            assert row.lower_bound - 1e-9 <= row.value <= row.upper_bound + 1e-9, row


def test_flags_are_known_words(card):
    words = {word for flags in card.table["flags"] for word in flags.split(",") if word}
    assert words <= set(FLAG_MEANINGS)
    assert tw.flag_meanings().keys() >= FLAG_MEANINGS.keys()


def test_most_metrics_are_defined_where_there_is_much_to_see(card):
    defined = card.table.groupby("metric")["value"].apply(lambda v: v.notna().any())
    # Returns and giving up need months, gates a column that few sources have.
    months = {name for name in METRICS if METRICS[name].table.startswith(("bonds", "relationships", "given_up"))}
    # What takes 200 replies, fifty words of each side in a month, 20,000 bytes, or an account that others are sent to.
    more = {"near_duplicate_share_rarefied", "style_matching", "style_matching_used", "style_unused_share"}
    more |= {"destination_response_rate", "black_hole_rate", "relative_compression", "near_duplicate_share_monthly"}
    # What accounts say of themselves, which the bundled corpora have no columns for.
    more |= {name for name in METRICS if METRICS[name].table == "faces"}
    assert set(defined[~defined].index) <= {"intra_brand_share", "host_gate_share"} | months | more


@pytest.mark.parametrize("by", LEVELS)
def test_every_level_has_every_metric(town, by):
    table = measured_in(town, by).table
    assert set(table["metric"]) == set(NAMES)
    assert (table["unit"] == by).all()


@pytest.mark.parametrize("table", sorted({metric.table for metric in METRICS.values()}))
def test_a_metric_does_not_depend_on_what_is_measured_with_it(table, town, card):
    names = [name for name in METRICS if METRICS[name].table == table]
    whole = card.table[card.table["metric"].isin(names)].reset_index(drop=True)
    # What is made of other metrics has no table, and needs those that it is made of.
    for chosen in [names] if table else [[name] for name in names]:
        alone = tw.measure(town, chosen, by="organization").table
        same = whole[whole["metric"].isin(chosen)].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone, same, rtol=RELATIVE)


def test_the_order_of_rows_does_not_matter(tables, card):
    posts, accounts = tables
    shuffled = measured(posts.sample(frac=1, random_state=3), accounts.sample(frac=1, random_state=4))
    pd.testing.assert_frame_equal(shuffled.table, card.table, rtol=RELATIVE)


def test_doubling_the_corpus_leaves_shares_alone(tables, town):
    posts, accounts = tables
    ids = [
        c
        for c in ("post_id", "account_id", "parent_id", "conversation_id", "repost_of_id", "quote_of_id")
        if c in posts
    ]
    twin = posts.copy()
    for column in ids:
        twin[column] = twin[column].where(twin[column].isna(), "twin-" + twin[column].astype(str))
    twin["text"] = twin["text"].str.replace("@", "@twin_", regex=False)
    if "mentions" in twin:
        twin["mentions"] = twin["mentions"].str.replace(r"(\S+)", r"twin_\1", regex=True)
    others = accounts.assign(
        account_id="twin-" + accounts["account_id"].astype(str),
        handle="twin_" + accounts["handle"],
        organization=accounts["organization"].where(
            accounts["organization"].isna(), "twin " + accounts["organization"].astype(str)
        ),
    )
    both = measured(pd.concat([posts, twin]), pd.concat([accounts, others]), by="corpus").table.set_index("metric")
    one = measured_in(town, "corpus").table.set_index("metric")
    # Texts that name the organization name the twin's no more.
    named = {"self_focus", "self_focus_replies", "self_praise_share"}
    # Ten wordings are a smaller part of twice as many.
    named |= {"template_top10_share"}
    shares = [n for n in NAMES if n not in named and isinstance(METRICS[n].declare(), registry.Ratio)]
    np.testing.assert_allclose(both.loc[shares, "value"], one.loc[shares, "value"], rtol=RELATIVE)
    assert (both.loc[shares, "n"] == 2 * one.loc[shares, "n"]).all()


def test_no_evidence_gives_no_value_and_no_warning():
    posts = pd.DataFrame(
        {
            "post_id": ["1"],
            "account_id": ["b"],
            "created_at": ["2024-01-01T00:00:00Z"],
            "text": ["hi"],
            "parent_id": [None],
            "repost_of_id": ["0"],
            "quote_of_id": [None],
        }
    )
    accounts = pd.DataFrame({"account_id": ["b", "c"], "role": ["official", "official"]})
    table = measured(posts, accounts, by="account").table
    silent = table[table["unit_id"] == "c"]
    assert silent["value"].isna().all()
    assert silent["flags"].str.contains("undefined").all()
    assert (silent["n"] == 0).all()


def test_a_source_without_reply_ids_says_so():
    posts = pd.DataFrame(
        {"post_id": ["1", "2"], "account_id": ["ann", "b"], "created_at": [0, 60], "text": ["@b open?", "@ann yes"]}
    )
    accounts = pd.DataFrame({"account_id": ["b"], "role": ["official"]})
    table = measured(posts, accounts, by="account").table.set_index("metric")
    assert np.isnan(table.loc["reply_share", "value"])
    assert "no_reply_ids" in table.loc["reply_share", "flags"]
    assert table.loc["answered_within_1h", "value"] == 1.0, "the answer is inferred from the mention"
    assert "no_reply_ids" in table.loc["answered_within_1h", "flags"]


def test_one_metric_needs_one_function():
    before = set(tw.all_metrics())

    @tw.metric(
        table="posted",
        catalog="A1",
        direction="0",
        formula=r"\frac{w}{n}",
        undefined="no posts",
        misleads="long is not good",
        unit="words",
        span=(0.0, float("inf")),
        references=("BruStie13",),
    )
    def words_per_unit():
        """Mean number of words of a unit."""
        return tw.Ratio("n_words", "one", share=False)

    try:
        table = tw.measure(tw.annotate(tw.load_corpus("twelve_posts")), "words_per_unit", by="corpus").table
        assert table["value"].item() == pytest.approx((21 + 24 + 14 + 6) / 4)
        assert set(tw.all_metrics()) == before | {"words_per_unit"}
        with pytest.raises(SchemaError, match="its name is taken"):
            tw.metric(table="posted", catalog="A1", direction="0", formula="x", undefined="x", misleads="x")(
                words_per_unit
            )
    finally:
        registry._METRICS.pop("words_per_unit")


def test_unknown_names_are_answered_with_the_nearest():
    talk = tw.annotate(tw.load_corpus("twelve_posts"))
    with pytest.raises(UnknownName, match=r"'respons_rate' is not a known metric\. Did you mean 'response_rate'\?"):
        tw.measure(talk, "respons_rate")
    with pytest.raises(
        UnknownName, match=r"'organisation' is not a known level to measure by\. Did you mean 'organization'\?"
    ):
        tw.measure(talk, by="organisation")
    with pytest.raises(UnknownName, match="kind of interval"):
        tw.measure(talk, interval="guess")


def test_the_bootstrap_agrees_with_the_closed_form(town, card):
    """The two intervals of a ratio are made from other principles; their widths agree where there are many clusters."""
    boot = tw.measure(town, by="organization", interval="bootstrap").table
    both = card.table.merge(boot, on=["unit_id", "metric"], suffixes=("", "_boot"))
    both = both[
        (both["method_boot"] == "bootstrap_percentile")
        & (both["n_clusters"] >= 30)
        & both["method"].str.startswith("wilson_cl")
    ]
    ratio = (both["high_boot"] - both["low_boot"]) / (both["high"] - both["low"])
    assert len(ratio) > 20, "enough to judge"
    assert 0.8 < ratio.median() < 1.1
