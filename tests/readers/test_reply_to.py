"""A column called "reply_to", and other columns that tell more than their names."""

from __future__ import annotations

import warnings

import pytest

from twoway.cli import main
from twoway.errors import TwowayWarning
from twoway.readers import load
from twoway.readers.columns import match_columns

AT = "2024-05-01T10:00:00Z"
HEADER = "id,author,created_at,text,reply_to"
WORDS = (
    "The column 'reply_to' names accounts, not posts of the source ({n} times): it is read as mentions, and who "
    "answered whom is inferred from them. If it does hold ids of posts, say columns={{'parent_id': 'reply_to'}}."
)


@pytest.mark.parametrize("name", ["reply_to", "reply-to", "in_reply_to", "replyTo"])
def test_it_names_posts(write, csv_of, name):
    path = write(
        "a.csv", csv_of(f"1,ada,{AT},x,", f"2,bob,{AT},x,1", f"3,bob,{AT},x,gone", header=f"{HEADER[:26]}{name}")
    )
    loaded = load(path)
    assert loaded.posts["parent_id"].to_list() == [None, "1", "gone"]
    assert loaded.repairs == {"parent_id_taken_from_reply_to": 2}
    assert "reply_to" not in loaded.posts.columns


def test_it_names_a_post_of_another_file(write, csv_of):
    paths = [
        write("a.csv", csv_of(f"1,ada,{AT},x,", header=HEADER)),
        write("b.csv", csv_of(f"2,bob,{AT},x,1", header=HEADER)),
    ]
    assert load(paths).posts["parent_id"].to_list() == [None, "1"]


def test_it_names_accounts(write, csv_of):
    rows = [f"1,ada,{AT},hello @cy,", f"2,bob,{AT},hi @cy,@Ada", f"3,bob,{AT},,ada"]
    with pytest.warns(TwowayWarning) as caught:
        loaded = load(write("a.csv", csv_of(*rows, header=HEADER)))
    assert [str(warning.message) for warning in caught] == [WORDS.format(n=2)]
    assert loaded.posts["mentions"].to_list() == [None, "Ada cy", "ada"]
    assert "parent_id" not in loaded.posts.columns
    assert loaded.repairs == {"reply_to_taken_as_mention": 2}


def test_it_names_accounts_beside_mentions_and_by_their_ids(write, csv_of):
    header = "id,user_id,screen_name,created_at,mentions,reply_to"
    rows = [f"1001,7,ada,{AT},,", f"1002,8,bob,{AT},cy,7"]
    with pytest.warns(TwowayWarning, match="reply_to"):
        loaded = load(write("a.csv", csv_of(*rows, header=header)))
    assert loaded.posts["mentions"].to_list() == [None, "ada cy"]


@pytest.mark.parametrize(("value", "is_post"), [("1009", True), ("77", False), ("someone", False)])
def test_it_names_nothing_that_is_there(write, csv_of, value, is_post):
    path = write("a.csv", csv_of(f"1001,ada,{AT},x,", f"1002,ada,{AT},x,{value}", header=HEADER))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        posts = load(path).posts
    assert ("parent_id" in posts.columns) is is_post
    assert len(told) == (not is_post)


def test_an_empty_one_tells_nothing(write, csv_of):
    loaded = load(write("a.csv", csv_of(f"1,ada,{AT},x,", header=HEADER)))
    assert loaded.posts.columns == ["post_id", "account_id", "created_at", "text"]


def test_a_flag_beside_it_adds_only_what_it_does_not_name(write, csv_of):
    rows = [f"1,ada,{AT},x,,FALSE", f"2,ada,{AT},x,1,TRUE", f"3,ada,{AT},x,,TRUE"]
    loaded = load(write("a.csv", csv_of(*rows, header=HEADER + ",is_reply")))
    assert loaded.posts["parent_id"].to_list() == [None, "1", "unknown:3"]


def test_a_column_that_says_it_better_comes_first():
    assert "reply_to" not in match_columns(["id", "reply_to", "in_reply_to_status_id"])
    assert match_columns(["reply_to"], {"parent_id": "reply_to"}) == {"parent_id": ["reply_to"]}
    assert "reply_settings" not in match_columns(["reply_settings", "is_restricted"])


def test_the_command_line_says_it_in_options(write, csv_of, capsys):
    path = write("a.csv", csv_of(f"1,ada,{AT},x,", f"2,bob,{AT},x,ada", header=HEADER))
    assert main(["describe", str(path)]) == 0
    assert capsys.readouterr().err == (
        "twoway: The column 'reply_to' names accounts, not posts of the source (1 times): it is read as mentions, and "
        "who answered whom is inferred from them. If it does hold ids of posts, say --map parent_id=reply_to.\n"
    )


def test_followers_deletions_and_restrictions_of_posts(write, csv_of):
    header = "id,author,created_at,followers_count,deleted_at,reply_settings"
    rows = [f"1,ada,{AT},5,2024-05-02T10:00:00Z,everyone", f"2,ada,{AT},6,,following", f"3,ada,{AT},6,soon,"]
    loaded = load(write("a.csv", csv_of(*rows, header=header)))
    assert loaded.posts["n_followers"].to_list() == [5, 6, 6]
    assert loaded.posts["deleted_at"].dt.day().to_list() == [2, None, None]
    assert loaded.posts["is_restricted"].to_list() == [False, True, None]
    assert loaded.repairs == {"deleted_at_is_no_time": 1}
    assert loaded.accounts["n_followers"].to_list() == [5]


def test_a_flag_of_restriction_of_its_own(write, csv_of):
    loaded = load(
        write("a.csv", csv_of(f"1,ada,{AT},yes,everyone", header="id,author,date,is_restricted,reply_settings"))
    )
    assert loaded.posts["is_restricted"].to_list() == [True]
