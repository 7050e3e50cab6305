"""Any table of posts."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import polars as pl
import pytest

from twoway.errors import FormatError, SchemaError, UnknownName
from twoway.readers import load
from twoway.readers.columns import match_columns
from twoway.readers.jsonio import key_paths

TEN = datetime(2024, 5, 1, 10, tzinfo=UTC)
AT = "2024-05-01T10:00:00Z"


def parquet(**columns: object) -> bytes:
    stream = io.BytesIO()
    pl.DataFrame(columns).write_parquet(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (["tweet_id", "username", "created_at", "text"], {"post_id": "tweet_id", "handle": "username"}),
        (["id", "user_id", "screen_name", "date", "body"],
         {"post_id": "id", "account_id": "user_id", "handle": "screen_name", "created_at": "date", "text": "body"}),
        (["status_id", "author_id", "author", "timestamp", "content"],
         {"post_id": "status_id", "account_id": "author_id", "created_at": "timestamp", "text": "content"}),
        (["id", "created", "screenName", "replyToSID", "isRetweet", "statusSource", "favoriteCount"],
         {"created_at": "created", "handle": "screenName", "parent_id": "replyToSID", "is_repost": "isRetweet",
          "client": "statusSource", "n_likes": "favoriteCount"}),
        (["id", "author.username", "author.id", "referenced_tweets.replied_to.id", "public_metrics.like_count",
          "author.public_metrics.followers_count", "author.name"],
         {"handle": "author.username", "account_id": "author.id", "parent_id": "referenced_tweets.replied_to.id",
          "n_likes": "public_metrics.like_count", "n_followers": "author.public_metrics.followers_count",
          "name": "author.name"}),
        (["id_str", "user.id_str", "user.screen_name", "user.name", "full_text", "text"],
         {"post_id": "id_str", "account_id": "user.id_str", "handle": "user.screen_name", "name": "user.name",
          "text": "full_text"}),
        (["tweet_id", "name"], {"handle": "name"}),
        (["tweet_id", "user_id", "name"], {"name": "name"}),
        (["in_reply_to_status_id", "in_reply_to_status_id_str"], {"parent_id": "in_reply_to_status_id_str"}),
    ],
)  # fmt: skip
def test_common_names_are_recognized(found, expected):
    matched = match_columns(found)
    assert {name: matched[name] for name in expected} == {name: [column] for name, column in expected.items()}


@pytest.mark.parametrize(
    "name", ["retweeted", "favorited", "reply_to_screen_name", "in_reply_to_user_id", "user_timezone"]
)
def test_names_that_mean_something_else_are_not_recognized(name):
    assert match_columns([name]) == {}


def test_what_is_chosen_comes_first_and_none_switches_recognition_off():
    found = ["id", "author", "when", "text", "mentions"]
    matched = match_columns(found, {"created_at": "when", "account_id": "author", "mentions": None})
    assert matched == {"created_at": ["when"], "account_id": ["author"], "post_id": ["id"], "text": ["text"]}


def test_an_account_alone_is_also_the_handle(write, csv_of):
    loaded = load(write("a.csv", csv_of(f"1,@ada,{AT},hello")))
    assert loaded.posts.rows() == [("1", "ada", TEN, "hello")]
    assert loaded.accounts.rows(named=True) == [{"account_id": "ada", "handle": "ada"}]


def test_ids_that_are_numbers_are_no_handles(write, csv_of):
    loaded = load(write("a.csv", csv_of(f"1,77,{AT},hello", header="id,user_id,created_at,text")))
    assert loaded.accounts.columns == ["account_id"]


def test_id_and_handle_make_an_account_with_its_followers(write, csv_of):
    header = "id,user_id,screen_name,name,created_at,followers_count"
    loaded = load(write("a.csv", csv_of(f'1,77,ada,Ada L.,{AT},"1,200"', f"2,77,ada,Ada L.,{AT},x", header=header)))
    assert loaded.accounts.rows(named=True) == [
        {"account_id": "77", "handle": "ada", "name": "Ada L.", "n_followers": 1200}
    ]
    assert loaded.repairs == {"n_followers_is_no_number": 1}


def test_columns_can_be_named(write):
    path = write("a.csv", f"nr;wer;wann;was\n1;ada;{AT};hello\n")
    loaded = load(path, columns={"post_id": "nr", "account_id": "wer", "created_at": "wann", "text": "was"})
    assert loaded.posts.rows() == [("1", "ada", TEN, "hello")]


def test_constants_hold_for_all_rows_and_the_stem_names_the_file(write, tmp_path):
    for name in ("acme", "initech"):
        write(f"data/{name}.csv.txt", f"id,date,text\n{name}1,{AT},hello\n")
    constants = {"account_id": "{stem}", "organization": "{stem} Inc.", "role": "official"}
    loaded = load(tmp_path / "data", constants=constants)
    assert loaded.posts["account_id"].to_list() == ["acme", "initech"]
    assert loaded.accounts.rows(named=True)[0] == {
        "account_id": "acme", "handle": "acme", "organization": "acme Inc.", "role": "official"
    }  # fmt: skip


def test_files_without_a_header(write):
    path = write("cbc.txt", f'1|{AT}|text with | in it\n2|{AT}|"quoted" word\n')
    loaded = load(path, header=["post_id", "created_at", "text"], constants={"account_id": "{stem}"})
    assert loaded.posts["text"].to_list() == ["text with | in it", '"quoted" word']
    assert loaded.posts["account_id"].unique().to_list() == ["cbc"]
    assert loaded.repairs == {"delimiter_kept_in_text": 1}


def test_the_text_takes_the_rest_under_its_chosen_name_too(write):
    path = write("a.txt", f"id|author|created_at|was\n1|ada|{AT}|so | it is\n")
    assert load(path, columns={"text": "was"}).posts["text"].to_list() == ["so | it is"]


@pytest.mark.parametrize("option", ["columns", "constants"])
def test_unknown_canonical_names_are_an_error(write, csv_of, option):
    with pytest.raises(UnknownName, match=f"^'acount_id' is not a known column .*'account_id'.*Write {option}="):
        load(write("a.csv", csv_of()), **{option: {"acount_id": "author"}})


def test_a_chosen_column_must_exist(write, csv_of):
    with pytest.raises(SchemaError) as caught:
        load(write("a.csv", csv_of(f"1,ada,{AT},x")), columns={"text": "body"})
    assert str(caught.value) == (
        "columns= asks for 'body' as text, but the table has no such column. "
        "Found: id, author, created_at, text. Check the spelling."
    )


def test_rows_that_cannot_be_used_are_set_aside_with_their_lines(write, csv_of):
    rows = [f'1,ada,{AT},"two\nlines"', f",ada,{AT},x", f"3,,{AT},x", "4,ada,,x", "5,ada,soon,x", f"9.8e+17,ada,{AT},x"]
    loaded = load(write("a.csv", csv_of(*rows)))
    assert loaded.posts["post_id"].to_list() == ["1"]
    assert loaded.rejected.rows() == [
        ("a.csv", 4, "post_id is missing"),
        ("a.csv", 5, "account_id is missing"),
        ("a.csv", 6, "created_at is missing"),
        ("a.csv", 7, "created_at 'soon' is not a time in a form that is known"),
        ("a.csv", 8, "post_id '9.8e+17' is in scientific notation: its last digits are lost"),
    ]


def test_a_parent_in_scientific_notation_stays_a_parent(write, csv_of):
    header = "id,author,created_at,text,in_reply_to_status_id"
    loaded = load(write("a.csv", csv_of(f"1,ada,{AT},x,9.88e+17", f'2,ada,{AT},x,"3,4"', header=header)))
    assert loaded.posts["parent_id"].to_list() == ["9.88e+17", "3"]
    assert loaded.repairs == {"id_first_of_several_taken": 1, "parent_id_in_scientific_notation": 1}


def test_empty_cells_are_null_and_text_may_say_na(write, csv_of):
    loaded = load(write("a.csv", csv_of(f'1,ada,{AT},"",NA', f"2,ada,{AT},NA,en", header="id,author,date,text,lang")))
    assert loaded.posts["text"].to_list() == [None, "NA"]
    assert loaded.posts["lang"].to_list() == [None, "en"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a b", "a b"),
        ("@a @b", "a b"),
        ("['a', 'b']", "a b"),
        ('["a", "b"]', "a b"),
        ("{'a'}", "a"),
        ("a,b", "a b"),
        ("[]", None),
        ("", None),
        ("[{'screen_name': 'a', 'name': 'An A'}, {'name': 'B', 'screen_name': 'b'}]", "a b"),
    ],
)
def test_mentions_in_all_their_forms(write, written, expected):
    cell = '"' + written.replace('"', '""') + '"'
    loaded = load(write("a.csv", f"id,author,date,mentions\n1,ada,{AT},{cell}\n2,ada,{AT},x\n"))
    assert loaded.posts["mentions"].to_list() == [expected, "x"]


def test_mentions_by_id_are_given_their_handles(write):
    content = parquet(
        uri=["1", "2"],
        author_did=["did:a", "did:b"],
        author_handle=["ada.example", "bob.example"],
        created_at=[TEN, TEN],
        mentions=[["did:b", "did:c"], []],
    )
    loaded = load(write("a.parquet", content))
    assert loaded.posts["mentions"].to_list() == ["bob.example did:c", None]
    assert loaded.repairs == {"mention_by_id_given_its_handle": 1}


@pytest.mark.parametrize(
    ("flag", "target"), [("is_retweet", "repost_of_id"), ("is_reply", "parent_id"), ("is_quote", "quote_of_id")]
)
def test_a_flag_without_an_id_still_tells_what_the_post_is(write, csv_of, flag, target):
    header = f"id,author,created_at,text,{flag}"
    loaded = load(write("a.csv", csv_of(f"1,ada,{AT},x,TRUE", f"2,ada,{AT},x,FALSE", header=header)))
    assert loaded.posts[target].to_list() == ["unknown:1", None]
    assert loaded.repairs == {f"{target}_unknown_but_flagged": 1}


def test_a_flag_never_overrides_an_id(write, csv_of):
    header = "id,author,created_at,text,is_reply,reply_to_id"
    loaded = load(write("a.csv", csv_of(f"1,ada,{AT},x,TRUE,7", f"2,ada,{AT},x,FALSE,8", header=header)))
    assert loaded.posts["parent_id"].to_list() == ["7", "8"]


@pytest.mark.parametrize(
    "written",
    [
        "{(12, 'quoted'), (13, 'replied_to')}",
        "[{'type': 'quoted', 'id': '12'}, {'type': 'replied_to', 'id': '13'}]",
        '[{"id": "12", "type": "quoted"}, {"id": "13", "type": "replied_to"}]',
    ],
)
def test_printed_lists_of_referenced_posts(write, written):
    cell = '"' + written.replace('"', '""') + '"'
    loaded = load(write("a.csv", f"id,author,date,referenced_tweets\n1,ada,{AT},{cell}\n2,ada,{AT},\n"))
    assert loaded.posts["parent_id"].to_list() == ["13", None]
    assert loaded.posts["quote_of_id"].to_list() == ["12", None]
    assert loaded.posts["repost_of_id"].to_list() == [None, None]


def test_a_column_of_its_own_comes_before_the_list_of_references(write):
    content = f"id,author,date,reply_to_id,referenced_tweets\n1,ada,{AT},7,\"[{{'type': 'replied_to', 'id': '13'}}]\"\n"
    assert load(write("a.csv", content)).posts["parent_id"].to_list() == ["7"]


def test_rows_passed_on_by_others_are_context(write):
    content = (
        f"tweet_id,username,created_at,is_quoted_tweet,is_retweeted_tweet\n1,a,{AT},False,True\n2,b,{AT},False,False\n"
    )
    assert load(write("a.csv", content)).posts["is_context"].to_list() == [True, False]


def test_the_client_is_taken_out_of_its_link(write, csv_of):
    row = f'1,ada,{AT},"<a href=""http://x.org"" rel=""nofollow"">Sprinklr</a>"'
    loaded = load(write("a.csv", csv_of(row, header="id,author,created_at,source")))
    assert loaded.posts["client"].to_list() == ["Sprinklr"]


def test_ids_from_addresses_and_times_in_a_given_form(write):
    path = write("a.csv", "created_at,url,user\n10/16/17 22:59,https://twitter.com/ada/status/920061541986250758,ada\n")
    loaded = load(path, columns={"post_id": "url"}, time_format="%m/%d/%y %H:%M")
    assert loaded.posts["post_id"].to_list() == ["920061541986250758"]
    assert loaded.posts["created_at"].to_list() == [datetime(2017, 10, 16, 22, 59, tzinfo=UTC)]


def test_texts_read_in_the_wrong_encoding_are_repaired(write, csv_of):
    loaded = load(write("a.csv", csv_of(f"1,ada,{AT},Itâ€™s", f"2,ada,{AT},São Paulo")))
    assert loaded.posts["text"].to_list() == ["It’s", "São Paulo"]
    assert loaded.repairs == {"utf8_read_as_cp1252_undone": 1}


def test_parquet_with_nested_columns_and_float_ids(write):
    content = parquet(
        id=[988888888888888888.0, 7.0],
        user=[{"screen_name": "ada", "id": 1}, {"screen_name": "bob", "id": 2}],
        created_at=[TEN, None],
        langs=[["en", "de"], []],
        favorite_count=[1, 2],
    )
    loaded = load(write("a.parquet", content))
    assert loaded.posts.rows(named=True) == [
        {"post_id": "988888888888888832", "account_id": "1", "created_at": TEN, "lang": "en", "n_likes": 1}
    ]
    assert loaded.repairs == {"id_precision_lost": 1}
    assert loaded.rejected.rows() == [("a.parquet", None, "created_at is missing (record 2)")]


def test_parquet_without_nested_columns(write):
    loaded = load(write("a.parquet", parquet(id=[2**60 + 1], author=["ada"], created_at=[1_714_557_600])))
    assert loaded.posts.rows() == [("1152921504606846977", "ada", TEN)]


def test_parquet_that_is_damaged_inside(write):
    content = bytearray(parquet(id=list(range(1000)), author=["ada"] * 1000, created_at=[TEN] * 1000))
    content[8:600] = bytes(592)
    with pytest.raises(FormatError, match=r"^a.parquet starts like Parquet but is damaged \(.*Fetch the file again.$"):
        load(write("a.parquet", bytes(content)))


POSTS = [
    {"id": 988888888888888888, "user": {"screen_name": "ada"}, "created_at": AT, "text": "a\u2028b"},
    {"id": 2, "user": {"screen_name": "bob"}, "created_at": AT, "text": "\u00e9", "tags": ["x"], "is_retweet": True},
]


@pytest.mark.parametrize("as_text", [json.dumps, lambda posts: json.dumps(posts, indent=2)])
def test_a_json_array(write, as_text):
    loaded = load(write("a.json", as_text(POSTS)))
    assert loaded.posts["post_id"].to_list() == ["988888888888888888", "2"]
    assert loaded.posts["repost_of_id"].to_list() == [None, "unknown:2"]


def test_a_single_json_object(write):
    assert load(write("a.json", json.dumps(POSTS[0], indent=2))).posts["account_id"].to_list() == ["ada"]


def test_json_lines_end_at_newlines_only_and_bad_lines_are_set_aside(write):
    lines = [json.dumps(post, ensure_ascii=False) for post in POSTS]
    lines = [lines[0], "not JSON", "[1]", "", lines[1], '{"id": 988888888888888888.0, "user": {"screen_name": "cy"}}']
    loaded = load(write("a.jsonl", "\n".join(lines)))
    assert loaded.posts["text"].to_list() == ["a\u2028b", "é"]
    assert loaded.rejected.rows() == [
        ("a.jsonl", 2, "not valid JSON: Expecting value: line 1 column 1 (char 0)"),
        ("a.jsonl", 3, "a JSON list where an object was expected"),
        ("a.jsonl", 6, "created_at is missing"),
    ]
    assert loaded.repairs["id_decimal_point_removed"] == 1


def test_json_lines_whose_first_line_is_broken(write):
    loaded = load(write("a.jsonl", '{"id": 1, "tex\n' + json.dumps(POSTS[1]) + "\n"))
    assert loaded.posts["post_id"].to_list() == ["2"]
    assert loaded.rejected["line"].to_list() == [1]


def test_half_a_surrogate_pair_is_replaced(write):
    line = '{"id": "1", "author": "ada", "date": "2024-05-01", "text": "\\ud83d and \\ud83d\\ude00 and \\ude00"}'
    assert load(write("a.jsonl", line)).posts["text"].to_list() == ["\ufffd and 😀 and \ufffd"]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ('[{"a": 1}, {"b": [1, {"c": "}"}], "d": {}}]', {"a", "b", "b.c", "d"}),
        ('{"x": "\\"y\\": 1", "z": {"w": nu', {"x", "z", "z.w"}),
        ("]}", set()),
        ('{"a": [], "b": 1}', {"a", "b"}),
    ],
)
def test_paths_of_keys_in_the_beginning_of_json(text, paths):
    assert key_paths(text) == paths


@pytest.mark.parametrize(
    ("marks", "expected", "n_filled"),
    [
        ("true  ", [True, False, False], 2),
        ("true false ", [True, False, None], None),
        ("  false", [None, None, False], None),
        ("  ", [None, None, None], None),
    ],
)
def test_posts_beside_those_marked_as_paid_are_unpaid_unless_others_are_marked_so(write, marks, expected, n_filled):
    cells = marks.split(" ")
    cells += [""] * (3 - len(cells))
    lines = [f"{i},ann,{AT},hm,{cell}" for i, cell in enumerate(cells[:3])]
    loaded = load(write("a.csv", "\n".join(["id,author,date,body,is_promoted", *lines]) + "\n"))
    found = loaded.posts["is_promoted"].to_list() if "is_promoted" in loaded.posts.columns else [None] * 3
    assert found == expected
    assert loaded.repairs.get("not_marked_as_paid_taken_for_unpaid") == n_filled
