"""What Reddit's interface returns: threads, listings, expanded comments, bare items of archives."""

from __future__ import annotations

import json
import zipfile
from typing import Any

import pytest

from twoway.corpus import Corpus
from twoway.errors import FormatError, SchemaError, TwowayError
from twoway.interactions.annotate import annotate
from twoway.readers import load
from twoway.reading import read_activity_streams, read_reddit, read_twitter_v1

TEN = 1_714_557_600


def submission(name: str, by: str | None = "ann", **more: Any) -> dict[str, Any]:
    data = {
        "id": name, "name": f"t3_{name}", "author": by, "created_utc": float(TEN), "title": f"title {name}",
        "selftext": "", "score": 5, "num_comments": 2, "subreddit": "town",
    }  # fmt: skip
    return {"kind": "t3", "data": data | more}


def comment(name: str, to: str, by: str | None = "ben", replies: Any = "", **more: Any) -> dict[str, Any]:
    data = {
        "id": name, "name": f"t1_{name}", "author": by, "created_utc": TEN + 60.0, "body": f"text {name}",
        "link_id": "t3_a", "parent_id": to, "score": 1, "replies": replies, "subreddit": "town",
    }  # fmt: skip
    return {"kind": "t1", "data": data | more}


def listing(*children: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"modhash": "", "children": list(children), "after": None, "before": None}}


def more(to: str, *children: str) -> dict[str, Any]:
    return {
        "kind": "more",
        "data": {"parent_id": to, "children": list(children), "id": children[0] if children else "_"},
    }


def expanded(*things: dict[str, Any]) -> dict[str, Any]:
    return {"json": {"errors": [], "data": {"things": list(things)}}}


def test_a_thread_with_all_its_columns(write):
    body = submission("a", title="Who bakes?", selftext="Ask u/Cy\\_Baker, not reddit.com/u/dan.", score=-2)
    deep = comment("b", "t3_a", replies=listing(comment("c", "t1_b", by="cy_baker", body="/u/ben and u/ben: me!")))
    loaded = load(write("a.json", json.dumps([listing(body), listing(deep)])))
    assert loaded.posts.drop("created_at").rows(named=True) == [
        {"post_id": "t3_a", "account_id": "ann", "text": "Who bakes?\n\nAsk u/Cy\\_Baker, not reddit.com/u/dan.",
         "parent_id": None, "conversation_id": "t3_a", "mentions": "cy_baker", "n_likes": -2, "n_replies": 2},
        {"post_id": "t1_b", "account_id": "ben", "text": "text b", "parent_id": "t3_a", "conversation_id": "t3_a",
         "mentions": "", "n_likes": 1, "n_replies": None},
        {"post_id": "t1_c", "account_id": "cy_baker", "text": "/u/ben and u/ben: me!", "parent_id": "t1_b",
         "conversation_id": "t3_a", "mentions": "ben", "n_likes": 1, "n_replies": None},
    ]  # fmt: skip
    assert loaded.posts["created_at"].dt.epoch("s").to_list() == [TEN, TEN + 60, TEN + 60]
    assert loaded.accounts.rows() == [("ann", "ann"), ("ben", "ben"), ("cy_baker", "cy_baker")]
    assert loaded.repairs == {}


def test_who_and_what_was_deleted_is_not_made_up(write):
    items = [
        submission("a", by="[deleted]", selftext="[removed]"),
        comment("b", "t3_a", by=None, body="[deleted]"),
        comment("c", "t3_a", body="[removed]"),
    ]
    loaded = load(write("a.json", json.dumps([listing(items[0]), listing(*items[1:])])))
    assert loaded.posts.select("account_id", "text").rows() == [
        ("deleted:t3_a", "title a"), ("deleted:t1_b", None), ("ben", None)
    ]  # fmt: skip
    assert loaded.repairs == {"author_deleted_given_own_id": 2, "text_deleted_or_removed": 3}


def test_comments_behind_more_are_counted_until_they_are_there(write):
    thread = [
        listing(submission("a")),
        listing(comment("b", "t3_a", replies=listing(more("t1_b"))), more("t3_a", "c", "d"), more("t3_a", "d")),
    ]
    path = write("a.json", json.dumps(thread))
    assert load(path).repairs == {"more_not_expanded": 3}
    answers = write("b.json", json.dumps(expanded(comment("c", "t3_a"), comment("e", "t1_b"))))
    assert load([path, answers]).repairs == {"more_not_expanded": 1}
    answers = write("c.json", json.dumps([thread, expanded(comment("c", "t3_a"), comment("e", "t1_b")), expanded()]))
    loaded = load(answers)
    assert loaded.repairs == {"more_not_expanded": 1}
    assert loaded.posts["post_id"].to_list() == ["t3_a", "t1_b", "t1_c", "t1_e"]


def test_posts_delivered_twice_are_one_post_of_the_corpus(write):
    thread = [listing(submission("a")), listing(comment("b", "t3_a"))]
    loaded = load(write("a.json", json.dumps([thread, thread])))
    assert loaded.posts.height == 4
    corpus = Corpus(loaded.posts, loaded.accounts, focus=["ann"])
    assert corpus.n_posts == 2
    assert len(annotate(corpus).turns) == 1


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(listing(submission("a"), submission("b"))),
        json.dumps([submission("a"), submission("b")]),
        "\n".join(json.dumps(item) for item in (submission("a"), submission("b"))),
        "\n".join(json.dumps(item["data"]) for item in (submission("a"), submission("b"))),
    ],
)
def test_listings_lists_lines_and_bare_items(write, content):
    assert load(write("a.json", content)).posts["post_id"].to_list() == ["t3_a", "t3_b"]


def test_bare_comments_of_an_archive(write):
    lines = [comment("b", "t3_a")["data"], comment("c", "t1_b")["data"]]
    for line in lines:
        del line["name"], line["replies"]
    posts = load(write("a.jsonl", "\n".join(json.dumps(line) for line in lines))).posts
    assert posts.select("post_id", "parent_id", "conversation_id").rows() == [
        ("t1_b", "t3_a", "t3_a"), ("t1_c", "t1_b", "t3_a")
    ]  # fmt: skip


def test_a_score_that_is_hidden_is_unknown(write):
    thread = [listing(submission("a")), listing(comment("b", "t3_a", score_hidden=True))]
    assert load(write("a.json", json.dumps(thread))).posts["n_likes"].to_list() == [5, None]


def test_an_archive_with_a_file_for_each_item(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("a/source-tweet/a.json", json.dumps(listing(submission("a"))))
        archive.writestr("a/replies/b.json", json.dumps(comment("b", "t3_a")))
        archive.writestr("a/replies/c.json", json.dumps(comment("c", "t1_b", created_utc=None)))
        archive.writestr("a/structure.json", json.dumps({"a": {"b": []}}))
    loaded = load(tmp_path / "all.zip")
    assert loaded.posts["post_id"].sort().to_list() == ["t1_b", "t3_a"]
    assert loaded.rejected.rows() == [("all.zip/c.json", 1, "created_at is missing")]
    assert loaded.source.endswith("3 files in it); left out: structure.json")


def test_comments_count_the_replies_that_were_not_opened(write):
    more = {"kind": "more", "data": {"children": ["y", "z"], "parent_id": "t1_b"}}
    things = [submission("a"), comment("b", "t3_a"), comment("c", "t1_b"), comment("d", "t3_a"), more]
    posts = load(write("a.json", json.dumps(listing(*things)))).posts
    counted = dict(posts.select("post_id", "n_replies").iter_rows())
    assert (counted["t1_b"], counted["t1_c"], counted["t1_d"]) == (3, None, None)


def test_answers_without_posts_are_set_aside_with_what_they_say(write):
    lines = [
        listing(submission("a")),
        listing(),
        expanded(),
        {"json": {"errors": [["RATELIMIT", "too often", "x"]]}},
        {"message": "Forbidden", "error": 403},
        {"kind": "t5", "data": {"id": "q", "display_name": "town"}},
        7,
    ]
    loaded = load(write("a.jsonl", "\n".join(json.dumps(line) for line in lines)))
    assert loaded.posts.height == 1
    assert loaded.rejected.rows() == [
        ("a.jsonl", 4, "Reddit answered with an error: [['RATELIMIT', 'too often', 'x']]"),
        ("a.jsonl", 5, "Reddit answered with an error: 403"),
        ("a.jsonl", 6, "no post in it"),
        ("a.jsonl", 7, "no post in it"),
    ]


def test_nothing_but_empty_answers(write):
    with pytest.raises(FormatError, match=r"^There are no posts in a.json: a header perhaps, but no rows"):
        load(write("a.json", json.dumps(listing())))


def test_only_posts_that_cannot_be_used(write):
    with pytest.raises(SchemaError) as caught:
        load(write("a.json", json.dumps(listing(submission("a", created_utc=None)))), "reddit")
    assert str(caught.value).startswith(
        "No row of a.json can be used; 1 set aside. The first: a.json, line 1: created_at"
    )


def test_a_format_of_its_own_name(write):
    path = write("a.json", json.dumps([listing(submission("a")), listing(comment("b", "t3_a"))]))
    corpus = read_reddit(path, focus=["ANN"])
    assert (corpus.n_posts, corpus.accounts["is_focal"].sum()) == (2, 1)
    assert corpus.source.startswith("reddit: a.json")
    for reader in (read_twitter_v1, read_activity_streams):
        with pytest.raises(TwowayError):
            reader(path)


def test_a_table_is_not_reddit(write, csv_of):
    with pytest.raises(FormatError) as caught:
        load(write("a.csv", csv_of("1,ada,2024-05-01,x")), "reddit")
    assert str(caught.value) == (
        "a.csv holds delimited text, but the format 'reddit' is JSON. "
        "Leave out format= to have it told from the content."
    )
