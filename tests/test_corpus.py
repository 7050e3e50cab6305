"""A corpus: checked once, never changed, and honest about what it holds."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import twoway as tw
from twoway.definitions import Definitions
from twoway.errors import NotEnoughEvidence, SchemaError, UnknownName
from twoway.schema import POSTS, describe_schema

LONG = "988888888888888888"


def posts(**columns):
    """Make a table of posts with the required columns filled in."""
    n = len(next(iter(columns.values())))
    base = {"post_id": [str(i) for i in range(n)], "account_id": ["ann"] * n, "created_at": [i * 60 for i in range(n)]}
    return pd.DataFrame({**base, **columns})


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (f"{LONG}.0", LONG),
        (LONG, LONG),
        ("nan", None),
        ("NaN", None),
        ("None", None),
        ("", None),
        (None, None),
        (float("nan"), None),
        ("17,18", "17"),
        ("0", "0"),
        (" 7 ", "7"),
        (7.0, "7"),
        (2**60, str(2**60)),
    ],
)
def test_ids_come_out_right(given, kept):
    corpus = tw.Corpus(posts(post_id=["a", "b"], parent_id=pd.Series([given, None], dtype=object)))
    assert corpus.posts["parent_id"].iloc[0] == kept or (kept is None and pd.isna(corpus.posts["parent_id"].iloc[0]))


def test_numeric_ids_of_floats_that_lost_digits_are_counted():
    corpus = tw.Corpus(posts(post_id=[1.0, float(LONG)]))
    assert corpus.posts["post_id"].tolist()[0] == "1"
    assert corpus.repairs.set_index("rule")["n"].to_dict() == {"id_precision_lost": 1}


@pytest.mark.parametrize(
    "time",
    [
        "2017-10-31T22:10:47Z",
        "2017-10-31 22:10:47",
        "Tue Oct 31 22:10:47 +0000 2017",
        1_509_487_847,
        1_509_487_847_000,
        pd.Timestamp("2017-10-31 23:10:47+01:00"),
    ],
)
def test_times_come_out_right(time):
    corpus = tw.Corpus(pd.DataFrame({"post_id": ["1"], "account_id": ["a"], "created_at": [time]}))
    assert corpus.posts["created_at"].iloc[0] == pd.Timestamp("2017-10-31 22:10:47", tz="UTC")


def test_rows_that_cannot_be_used_are_set_aside_with_the_reason():
    corpus = tw.Corpus(
        posts(
            post_id=["1", None, "3", "4"],
            account_id=["a", "a", None, "a"],
            created_at=["2024-01-01", "2024-01-01", "2024-01-01", "soon"],
        )
    )
    assert corpus.n_posts == 1
    assert corpus.rejected["reason"].tolist() == [
        "post_id is missing (post_id None)",
        "account_id is missing (post_id 3)",
        "created_at cannot be read as a time (post_id 4)",
    ]
    assert corpus.coverage().rejected == 3


def test_a_missing_column_is_named_with_the_ones_that_are_there():
    with pytest.raises(SchemaError) as caught:
        tw.Corpus(pd.DataFrame({"author": ["a"], "post_id": ["1"], "created_at": [0]}))
    assert str(caught.value) == (
        "posts has no column 'account_id' (who posted). Found: author, post_id, created_at. "
        "Rename yours, for instance tw.read(path, columns={'account_id': '...'}) or --map account_id=..."
    )


def test_nothing_usable_is_an_error_not_an_empty_corpus():
    with pytest.raises(NotEnoughEvidence, match="No usable post is left of 1 rows"):
        tw.Corpus(posts(created_at=["never"]))
    with pytest.raises(NotEnoughEvidence, match="Every post is marked is_context"):
        tw.Corpus(posts(is_context=[True]))


def test_an_unknown_role_is_answered_with_the_nearest():
    with pytest.raises(UnknownName, match=r"'oficial' is not a known role\. Did you mean 'official'\?"):
        tw.Corpus(posts(text=["x"]), pd.DataFrame({"account_id": ["ann"], "role": ["oficial"]}))


def test_accounts_that_contradict_one_another_are_refused():
    with pytest.raises(SchemaError, match="2 different rows for account_id 'ann'"):
        tw.Corpus(posts(text=["x"]), pd.DataFrame({"account_id": ["ann", "ann"], "role": ["public", "care"]}))


def test_a_focus_that_does_not_exist_is_answered_with_the_nearest():
    with pytest.raises(UnknownName, match=r"'anne' is not a known account in this corpus\. Did you mean 'ann'\?"):
        tw.Corpus(posts(text=["x"]), focus=["anne"])


def test_duplicates_are_dropped_the_same_way_in_any_order():
    table = posts(post_id=["1", "1", "2"], text=["later", "first", "x"], created_at=[60, 0, 120])
    for order in (table, table.iloc[::-1]):
        corpus = tw.Corpus(order)
        assert corpus.posts["text"].tolist() == ["first", "x"]
        assert corpus.coverage().duplicates == 1


def test_cycles_and_self_loops_end_and_are_counted():
    people = ["ann", "bob", "cyd", "dee", "eve"]
    table = posts(post_id=["1", "2", "3", "4", "5"], account_id=people, parent_id=["2", "1", "3", "1", None])
    corpus = tw.Corpus(table)
    found = corpus.coverage()
    assert found.cycles == 2
    assert corpus.repairs.set_index("rule")["n"]["parent_is_itself"] == 1
    assert tw.annotate(corpus).conversations["size"].sum() == 5


def test_coverage_counts_what_is_there():
    table = posts(
        post_id=["1", "2", "3", "4", "5"],
        account_id=["ann", "shop", "shop", "bob", "bob"],
        parent_id=[None, "1", "2", "99", None],
        text=["@shop hi", "@ann hello", "more", "@shop yes", None],
        lang=["en", "en", None, "de", None],
        created_at=[100, 50, 120, 130, 140],
    )
    found = tw.Corpus(table, focus=["shop"]).coverage()
    expected = {
        "posts": 5,
        "accounts": 3,
        "replies": 3,
        "parents_present": 2,
        "orphans": 1,
        "self_replies": 1,
        "replies_before_parent": 1,
        "text_missing": 1,
        "languages": 2,
        "accounts_without_role": 2,
        "measured_accounts": 1,
        "persons": 2,
        "conversations": 3,
    }
    assert {name: getattr(found, name) for name in expected} == expected
    assert found.window_from == "1970-01-01T00:00:50+00:00"
    assert any("33% of replies have no parent" in remark for remark in found.remarks)
    assert "posts of the sample" in found._repr_html_()


def test_a_collection_of_answered_threads_is_called_so():
    n = 40
    table = pd.DataFrame(
        {
            "post_id": [f"q{i}" for i in range(n)] + [f"a{i}" for i in range(n)],
            "account_id": [f"person{i}" for i in range(n)] + ["shop"] * n,
            "created_at": [i * 1000 for i in range(n)] + [i * 1000 + 60 for i in range(n)],
            "text": ["@shop hello?"] * n + ["hi"] * n,
            "parent_id": [None] * n + [f"q{i}" for i in range(n)],
        }
    )
    corpus = tw.Corpus(table, focus=["shop"], window=(0, 40_000 + 8 * 86_400))
    assert any(
        remark.startswith("100.0% of the 40 approaches that open a thread are answered")
        for remark in corpus.coverage().remarks
    )
    card = tw.measure(tw.annotate(corpus), "response_rate").table
    assert card["value"].item() == 1.0
    assert "reply_selected" in card["flags"].item()


def test_a_corpus_is_never_changed_in_place():
    table = posts(text=["a", "b", "c"])
    before = table.copy()
    corpus = tw.Corpus(table)
    mine = corpus.posts
    mine["text"] = "changed"
    assert corpus.posts["text"].tolist() == ["a", "b", "c"]
    pd.testing.assert_frame_equal(table, before)
    part = corpus.between(60, 120)
    assert (part.n_posts, corpus.n_posts) == (2, 3)
    assert part.window_s == (60, 120)
    assert corpus.filter(["nobody-here", "ann"]).n_posts == 3
    assert corpus.with_focus(["ann"]).sides == "focus"


def test_a_fingerprint_depends_on_the_posts_alone():
    table = posts(text=["a", "b"])
    one = tw.Corpus(table).fingerprint()
    assert one == tw.Corpus(table.iloc[::-1]).fingerprint()
    assert one != tw.Corpus(table.assign(text=["a", "c"])).fingerprint()
    assert len(one) == 64


def test_sides_follow_focus_then_roles_then_all_against_all():
    table = posts(account_id=["ann", "shop"], text=["@shop hi", "@ann hi"])
    everyone = tw.Corpus(table)
    assert everyone.sides == "mutual"
    assert everyone.accounts["is_focal"].tolist() == [True, True]
    roles = tw.Corpus(table, pd.DataFrame({"account_id": ["shop"], "role": ["care"]}))
    assert roles.accounts.set_index("account_id")["is_focal"].to_dict() == {"ann": False, "shop": True}
    focus = tw.Corpus(table, pd.DataFrame({"account_id": ["shop"], "role": ["care"]}), focus=["@Ann"])
    assert focus.accounts.set_index("account_id")["is_focal"].to_dict() == {"ann": True, "shop": False}


def test_definitions_refuse_what_cannot_be_computed_with():
    with pytest.raises(UnknownName, match="'loose' is not a known attribution"):
        Definitions(attribution="loose")
    with pytest.raises(SchemaError, match="level=95 is not a confidence level"):
        Definitions(level=95)
    with pytest.raises(SchemaError, match="horizon_s=0 is not positive"):
        Definitions(horizon_s=0)
    with pytest.raises(UnknownName, match="'horizon' is not a known setting"):
        Definitions().replace(horizon=1)
    with pytest.raises(SchemaError, match="draws='many' is not a whole number"):
        Definitions().replace(draws="many")
    assert Definitions().replace(level="0.9").level == 0.9
    assert Definitions(seed=1).short_hash() != Definitions(seed=2).short_hash()


def test_the_schema_describes_itself():
    assert len(describe_schema().splitlines()) > len(POSTS)


def test_counts_are_kept_as_numbers():
    corpus = tw.Corpus(posts(n_likes=["3", None], is_promoted=["yes", "no"], text=["a", "b"]))
    assert corpus.posts["n_likes"].tolist()[0] == 3
    assert corpus.posts["is_promoted"].tolist() == [True, False]
    assert math.isnan(corpus.posts["n_likes"].tolist()[1])
    assert np.dtype(corpus.posts["n_likes"].dtype).kind in "fi"


def test_names_that_look_like_guarded_numbers_are_kept_in_all_columns():
    """Every id of posts has an x here, but one parent has none: both columns keep theirs."""
    posts = pd.DataFrame(
        {
            "post_id": ["x1", "x2", "x3"],
            "account_id": ["x8", "x9", "x9"],
            "created_at": [0, 1, 2],
            "text": ["@x9 open?", "yes", "no"],
            "parent_id": [None, "x1", "gone"],
        }
    )
    accounts = pd.DataFrame({"account_id": ["x9", "shop"], "role": ["official", "official"]})
    corpus = tw.Corpus(posts, accounts)
    assert corpus.posts["post_id"].tolist() == ["x1", "x2", "x3"]
    assert corpus.coverage().parents_present == 1
    assert dict(zip(corpus.accounts["account_id"], corpus.accounts["role"], strict=True))["x9"] == "official"
