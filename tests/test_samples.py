"""The sample corpora: as registered, as described, and found where they should be."""

from __future__ import annotations

import functools
import http.server
import importlib.util
import shutil
import threading
from pathlib import Path

import pandas as pd
import pytest
from simulated_turns import count_turns_by_hand

import twoway as tw
from twoway import samples
from twoway.errors import CorpusNotFound, FormatError, UnknownName

DATA = Path(__file__).resolve().parents[1] / "data"
MEGABYTE = 1_000_000
#: What lies in data/ beside the registered files.
UNREGISTERED = {"README.md", ".gitattributes", "corpora.csv", "registry.csv", "make.py", "town_square/v1/recipe.toml"}


@pytest.fixture(scope="module")
def make():
    """The script that makes town_square, as a module."""
    spec = importlib.util.spec_from_file_location("make_data", DATA / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def _no_other_folder(monkeypatch):
    monkeypatch.delenv("TWOWAY_DATA", raising=False)


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A data folder with the lists but without any corpus file."""
    for name in ("corpora.csv", "registry.csv"):
        shutil.copy(DATA / name, tmp_path / name)
    monkeypatch.setattr(samples, "_data_folder", lambda: tmp_path)
    return tmp_path


# The registry


def test_registry_describes_the_files_as_they_are(make):
    registered = pd.read_csv(DATA / "registry.csv")
    pd.testing.assert_frame_equal(registered, make.register().astype({"address": "float64"}), check_dtype=False)


def test_every_file_is_registered():
    found = {path.relative_to(DATA).as_posix() for path in DATA.rglob("*") if path.is_file()}
    found = {path for path in found if "__pycache__" not in path}
    assert found == set(pd.read_csv(DATA / "registry.csv")["file"]) | UNREGISTERED


def test_corpora_are_small():
    sizes = samples.list_corpora().set_index("name")["n_bytes"]
    assert sizes["twelve_posts"] < 0.01 * MEGABYTE
    assert sizes["town_square"] < 5 * MEGABYTE


@pytest.mark.parametrize("name", ["twelve_posts", "town_square"])
def test_card_counts_what_is_loaded(name):
    card = samples.list_corpora().set_index("name").loc[name]
    corpus = samples.load_corpus(name)
    assert card["posts"] == corpus.n_posts == len(corpus.posts)
    assert card["accounts"] == len(corpus.accounts)
    assert corpus.window == (pd.Timestamp(card["start"]), pd.Timestamp(card["end"]))
    assert card["is_here"]
    assert card["license"] == "CC0-1.0"
    assert corpus.repairs.empty
    assert corpus.rejected.empty


def test_data_cards_cover_every_corpus():
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    for card in samples.list_corpora().itertuples():
        assert f"## {card.name}" in readme
        assert card.citation in readme
        assert f"{card.posts:,} posts" in readme
        assert f"{card.accounts:,} accounts" in readme


# twelve_posts


def test_twelve_posts_hold_one_of_everything():
    posts = samples._read_file("twelve_posts", "v1", "posts").set_index("post_id")
    author = posts["account_id"]
    at = pd.to_datetime(posts["created_at"])
    parent = posts["parent_id"]
    assert posts.index.tolist() == [f"p{k:02d}" for k in range(1, 13)]
    assert at.is_monotonic_increasing
    assert author[parent["p02"]] == author["p02"]
    assert at["p02"] - at["p01"] <= pd.Timedelta(minutes=30)
    assert [parent[post] for post in ("p03", "p04", "p05")] == ["p01", "p03", "p04"]
    assert author[parent["p09"]] == "cleo"
    assert parent["p11"] == "p08"
    assert posts.loc["p10", "quote_of_id"] == "p01"
    assert parent["p12"] not in posts.index


def test_twelve_posts_turns_by_plain_loops():
    read = functools.partial(samples._read_file, "twelve_posts", "v1")
    posts, accounts = read("posts"), read("accounts")
    named = posts["text"].str.findall(r"@(\w+)").str.join(" ")
    posts = posts.assign(mentions=named.where(named != ""), created_at=pd.to_datetime(posts["created_at"]))
    found = count_turns_by_hand(posts, accounts).set_index("post_id").sort_index()
    assert found["n_approaches"].to_dict() == {"p03": 1, "p05": 1, "p06": 1, "p08": 2, "p10": 1}
    assert found["strict_answer"].dropna().to_dict() == {"p03": "p04", "p06": "p07"}
    assert found["mention_answer"].dropna().to_dict() == {"p03": "p04", "p06": "p07"}


def test_twelve_posts_worked_values_are_what_the_library_finds():
    truth = samples.load_truth("twelve_posts")
    talk = tw.annotate(samples.load_corpus("twelve_posts"), tw.Definitions(draws=50))
    table = tw.measure(talk, by="organization").table.set_index(["unit_id", "metric"])["value"]
    found = [table[row.organization, row.parameter] for row in truth.itertuples()]
    assert found == pytest.approx(truth["value"].tolist(), abs=1e-9)


# town_square


def test_town_square_comes_out_again(make):
    made = make.tables_of(make.make_town_square())
    for name, table in made.items():
        stored = samples.load_truth("town_square", name)
        again = make.frame_hash(table)
        assert make.frame_hash(stored.replace({"": None})) == again, f"{name} has changed: make a new version of it"


def test_town_square_is_half_a_year_of_sixteen_organizations():
    truth = samples.load_truth("town_square", "organizations")
    assert len(truth) == 16
    assert truth["strategy"].value_counts().eq(4).all()
    first, last = samples.load_corpus("town_square").window
    assert (last - first).days == 182


def test_town_square_shows_its_truth():
    counts = samples.load_truth("town_square", "organizations")
    turns = samples.load_truth("town_square", "turns")
    due = turns[turns["is_due"]].groupby("organization")["is_answered"].agg(["mean", "size"])
    p = counts.set_index("organization")["p_answer"]
    # Turns of one person hang together, which widens the binomial error a little.
    z = (due["mean"] - p) / (p * (1 - p) / due["size"] * 1.2) ** 0.5
    assert z.abs().max() < 4


def test_town_square_turns_are_what_the_library_finds(town_talk):
    talk = town_talk
    keys = ["organization", "person_id", "turn_id"]
    found = talk.turns[[*keys, "reply_id", "n_units"]]
    known = samples.load_truth("town_square", "turns").drop(columns="turn_id").rename(columns={"post_id": "turn_id"})
    both = found.merge(known, on=keys, how="outer", indicator=True)
    assert (both["_merge"] == "both").all()
    assert (both["reply_id"].fillna("") == both["answer_id"].fillna("")).all()
    assert (both["n_units"] == 1 + both["n_chases"]).all()


# Finding files


def test_data_folder_named_by_the_user_comes_first(elsewhere, tmp_path_factory, monkeypatch):
    own = tmp_path_factory.mktemp("own")
    shutil.copytree(DATA / "twelve_posts", own / "twelve_posts")
    (elsewhere / "twelve_posts" / "v1").mkdir(parents=True)
    (elsewhere / "twelve_posts" / "v1" / "posts.csv").write_text("not this one")
    monkeypatch.setenv("TWOWAY_DATA", str(own))
    assert samples.load_corpus("twelve_posts").n_posts == 12


def test_changed_file_is_refused_word_for_word(tmp_path, monkeypatch):
    shutil.copytree(DATA / "twelve_posts", tmp_path / "twelve_posts")
    path = tmp_path / "twelve_posts" / "v1" / "posts.csv"
    path.write_text("post_id\np01\n")
    monkeypatch.setenv("TWOWAY_DATA", str(tmp_path))
    known = pd.read_csv(DATA / "registry.csv").set_index("file")["sha256"]["twelve_posts/v1/posts.csv"]
    with pytest.raises(FormatError) as caught:
        samples.load_corpus("twelve_posts")
    assert str(caught.value) == (
        "The file 'twelve_posts/v1/posts.csv' is not the registered one: its sha256 is "
        f"{make_hash(path)[:12]}..., registered is {known[:12]}.... It was found at {path}. "
        "Restore it, or register it under a version of its own."
    )


def make_hash(path):
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_missing_file_says_where_it_was_looked_for(elsewhere, monkeypatch):
    with pytest.raises(CorpusNotFound) as caught:
        samples.load_corpus("twelve_posts")
    assert str(caught.value) == (
        "The file 'twelve_posts/v1/posts.csv' of the corpus 'twelve_posts' is not there. It was looked for in "
        f"{elsewhere} (TWOWAY_DATA is not set). Set TWOWAY_DATA to the folder that holds it."
    )
    monkeypatch.setenv("TWOWAY_DATA", "nowhere")
    with pytest.raises(CorpusNotFound, match="It was looked for in nowhere .TWOWAY_DATA. and"):
        samples.load_corpus("twelve_posts")
    assert not samples.list_corpora()["is_here"].any()


def test_missing_registry_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(samples, "_data_folder", lambda: tmp_path)
    with pytest.raises(CorpusNotFound, match="Install twoway from a clone of its repository"):
        samples.list_corpora()


def test_file_with_an_address_is_fetched_once(elsewhere, monkeypatch):
    handler = functools.partial(QuietHandler, directory=str(DATA))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        registry = pd.read_csv(elsewhere / "registry.csv")
        base = f"http://127.0.0.1:{server.server_port}/"
        registry.assign(address=base + registry["file"]).to_csv(elsewhere / "registry.csv", index=False)
        monkeypatch.setattr("pooch.os_cache", lambda _: elsewhere / "cache")
        assert samples.load_corpus("twelve_posts").n_posts == 12
        server.shutdown()
    # The server is gone: what is loaded now comes from the cache.
    assert samples.load_corpus("twelve_posts").n_posts == 12


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("town_sqare",),
            "'town_sqare' is not a known corpus. Did you mean 'town_square'? Known: town_square, twelve_posts. "
            "See tw.list_corpora().",
        ),
        (("twelve_posts", "v9"), "'v9' is not a known version of the corpus 'twelve_posts'. Known: v1."),
    ],
)
def test_unknown_corpora_are_refused_word_for_word(arguments, message):
    with pytest.raises(CorpusNotFound) as caught:
        samples.load_corpus(*arguments)
    assert str(caught.value) == message


def test_unknown_truth_table_is_refused():
    with pytest.raises(
        UnknownName, match="'label' is not a known table of the corpus 'town_square'. Did you mean 'labels'"
    ):
        samples.load_truth("town_square", "label")
