"""Customer Support on Twitter and the table of pairs made from it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from twoway.errors import SchemaError
from twoway.readers import load

HEADER = "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id"
AT = "Tue Oct 31 22:10:47 +0000 2017"
PAIRS = (
    "customer_tweet_id,customer_id,created_at_customer,reply_tweet_id,agent_id,created_at_reply,response_time_seconds"
)


def test_brands_care_and_customers_are_the_public(write, csv_of):
    rows = [f"1,Acme,False,{AT},@115712 sorry,2,3", f'3,115712,True,{AT},"@Acme, why?",1,', f"4,Acme,False,{AT},,,1"]
    loaded = load(write("a.csv", csv_of(*rows, header=HEADER)))
    assert loaded.posts.columns == ["post_id", "account_id", "created_at", "text", "parent_id"]
    assert loaded.posts.row(0) == ("1", "Acme", datetime(2017, 10, 31, 22, 10, 47, tzinfo=UTC), "@115712 sorry", "3")
    assert loaded.posts["parent_id"].to_list() == ["3", None, "1"]
    assert loaded.accounts.rows() == [("Acme", "Acme", "Acme", "care"), ("115712", "115712", None, "public")]
    assert loaded.repairs == {}


def test_an_index_column_and_parents_that_were_floats_are_tolerated(write, csv_of):
    loaded = load(write("a.csv", csv_of(f"0,1,Acme,FALSE,{AT},x,,3.0", header=f",{HEADER}")))
    assert loaded.posts["parent_id"].to_list() == ["3"]
    assert loaded.accounts["role"].to_list() == ["care"]
    assert loaded.repairs == {"id_decimal_point_removed": 1}


def test_further_columns_are_ignored_but_the_thread(write):
    header = "main_tweet_id,tweet_id,in_response_to_tweet_id,created_at,author_id,inbound,text,company,Apologize"
    loaded = load(write("a.csv", f"{header}\n1,2,1,2017-10-31 22:10:47,Acme,False,x,Acme,1\n"))
    assert loaded.posts["conversation_id"].to_list() == ["1"]
    assert loaded.repairs == {"time_without_zone_read_as_utc": 1}


def test_one_side_may_lack_the_parents(write, csv_of):
    loaded = load(write("a.csv", csv_of(f"1,Acme,False,{AT},x", header="tweet_id,author_id,inbound,created_at,text")))
    assert "parent_id" not in loaded.posts.columns


def test_roles_hold_over_all_files(write, csv_of):
    inbound = write("in.csv", csv_of(f"1,Acme,True,{AT},x,,", f"2,7,True,{AT},x,,", header=HEADER))
    outbound = write("out.csv", csv_of(f"3,Acme,False,{AT},x,,2", header=HEADER))
    loaded = load([inbound, outbound])
    assert loaded.accounts.rows() == [("Acme", "Acme", "Acme", "care"), ("7", "7", None, "public")]
    assert loaded.repairs == {"account_on_both_sides_taken_as_care": 1}


def test_a_side_that_cannot_be_read_is_public_and_counted(write, csv_of):
    loaded = load(write("a.csv", csv_of(f"1,7,perhaps,{AT},x,,", header=HEADER)))
    assert loaded.accounts["role"].to_list() == ["public"]
    assert loaded.repairs == {"inbound_unreadable": 1}


def test_malformed_rows_are_set_aside(write, csv_of):
    rows = [f"1,Acme,False,{AT},x,,", "2,Acme", f"3,Acme,False,{AT},x,,", ",Acme,False,never,x,,"]
    loaded = load(write("a.csv", csv_of(*rows, header=HEADER)))
    assert loaded.posts["post_id"].to_list() == ["1", "3"]
    assert loaded.rejected.rows() == [
        ("a.csv", 3, "2 cells where 7 were expected"),
        ("a.csv", 5, "created_at 'never' is not a time in a form that is known"),
    ]


def test_pairs_become_two_posts_a_row(write, csv_of):
    rows = [
        "3,115712,2017-10-31 22:08:27+00:00,1,Acme,2017-10-31 22:10:47+00:00,140.0",
        "3,115712,2017-10-31 22:08:27+00:00,2,Acme,2017-10-31 22:11:47+00:00,200.0",
    ]
    loaded = load(write("a.csv", csv_of(*rows, header=PAIRS)))
    assert loaded.posts.select("post_id", "account_id", "parent_id").rows() == [
        ("3", "115712", None), ("1", "Acme", "3"), ("2", "Acme", "3")
    ]  # fmt: skip
    assert loaded.accounts.rows() == [("115712", "115712", None, "public"), ("Acme", "Acme", "Acme", "care")]
    assert loaded.repairs == {"post_of_several_pairs_kept_once": 1}


def test_of_a_pair_one_post_may_be_unusable(write, csv_of):
    row = "3,115712,never,1,Acme,2017-10-31 22:10:47+00:00,140.0"
    loaded = load(write("a.csv", csv_of(row, header=PAIRS)))
    assert loaded.posts.select("post_id", "parent_id").rows() == [("1", "3")]
    assert loaded.rejected["line"].to_list() == [2]


def test_pairs_without_a_column(write, csv_of):
    with pytest.raises(SchemaError) as caught:
        load(write("a.csv", csv_of("1,2", header="customer_tweet_id,customer_id")), format="reply_pairs")
    assert str(caught.value) == (
        "a.csv has no column 'created_at_customer', which the format 'reply_pairs' needs. "
        "Found: customer_tweet_id, customer_id. Read it as format='table' with columns={...}."
    )
