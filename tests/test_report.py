"""The report: self-contained, the same bytes every time, honest about what is missing, and safe with any text."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser

import pandas as pd
import pytest

import twoway as tw
from twoway.metrics.flags import FLAG_MEANINGS
from twoway.report.build import build, main, run_notebooks
from twoway.report.findings import find
from twoway.report.methods import METHODS, methods_note
from twoway.report.words import gaps, highlights, rejections, setting_words, summary

#: Elements without an end, in HTML.
VOID = {"meta", "br", "hr", "img", "input", "link", "wbr"}

#: Attributes from which a browser would fetch something.
LOADING = {"src", "srcset", "href", "xlink:href", "data", "poster", "action", "style", "background"}


class Page(HTMLParser):
    """Collects what a test asks of a page, and notes elements that are closed in the wrong order."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.targets, self.headings, self.labels, self.stack, self.wrong = (
            [],
            [],
            [],
            [],
            [],
            [],
            [],
        )
        self.loads, self.svgs, self.titles, self.words = [], [], 0, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.labels += found.get("aria-labelledby", "").split()
        self.targets += [found["href"][1:]] if found.get("href", "").startswith("#") else []
        self.loads += [
            value
            for name, value in attributes
            # A picture that stands in the page as data is not fetched, whatever its letters spell.
            if name in LOADING and re.search(r"^(?!data:image/png;base64,).*(//|url\((?!#))", value or "", re.DOTALL)
        ]
        self.headings += [int(tag[1])] if re.fullmatch(r"h[1-6]", tag) else []
        self.svgs += [found] if tag == "svg" else []
        self.titles += tag == "title" and "svg" in self.stack
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.stack or self.stack[-1] != tag:
            self.wrong.append((tag, self.stack[-3:]))
        else:
            self.stack.pop()

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.stack.pop()

    def handle_data(self, data):
        self.words.append(data)


def corpus_of(rows, accounts, **more):
    posts = pd.DataFrame(rows, columns=["post_id", "account_id", "created_at", "text", "parent_id"])
    return tw.Corpus(posts, pd.DataFrame(accounts), **more)


#: A corpus in which everything that can be a name or a text tries to break out of the page.
HOSTILE = "<script>alert(1)</script>\"'&</title>"


@pytest.fixture(scope="module")
def hostile():
    rows = [
        ("1", "b", 0, "good morning", None),
        ("2", "a", 60, f"@{HOSTILE} why?", "1"),
        ("3", "b", 120, f"{HOSTILE} please DM us", "2"),
    ]
    accounts = {
        "account_id": ["a", "b"],
        "handle": ["ann", HOSTILE],
        "organization": [None, HOSTILE],
        "role": ["public", "care"],
    }
    rejected = pd.DataFrame({"file": [HOSTILE], "line": [3], "reason": [HOSTILE]})
    return corpus_of(rows, accounts, source=HOSTILE, rejected=rejected, repairs={HOSTILE: 2})


@pytest.fixture(scope="module")
def card(town_talk):
    return tw.measure(town_talk, by="organization")


@pytest.fixture(scope="module")
def town(card, tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    tw.report(card, folder, title="A town")
    return folder


@pytest.fixture(scope="module")
def page(town):
    return Page((town / "index.html").read_text(encoding="utf-8"))


# -- the page ----------------------------------------------------------------------------------------------------------


def test_a_report_is_three_files(town):
    assert sorted(path.name for path in town.iterdir()) == ["index.html", "methods.txt", "scorecard.csv"]
    assert (town / "index.html").stat().st_size < 2_500_000


def test_the_page_is_well_formed_and_loads_nothing(page, town):
    assert page.wrong == []
    assert page.stack == []
    assert page.loads == []
    assert not {"script", "link", "img", "iframe", "object", "embed", "form"} & set(page.tags)
    text = (town / "index.html").read_text(encoding="utf-8")
    assert "@import" not in text
    assert not re.search(r"\son\w+=", text)


def test_the_page_can_be_navigated(page, town):
    text = (town / "index.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in text
    assert text.index('class="skip" href="#main"') < text.index("<header>")
    assert len(page.ids) == len(set(page.ids))
    assert set(page.targets) | set(page.labels) <= set(page.ids)
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))


def test_every_figure_has_alternative_text(page):
    assert len(page.svgs) == 22
    assert page.titles == 22
    assert all(svg["role"] == "img" and svg["aria-labelledby"] in page.ids for svg in page.svgs)


def test_tables_name_their_rows_and_columns(town):
    text = (town / "index.html").read_text(encoding="utf-8")
    assert text.count("<table") == text.count("<tbody")
    assert not re.search(r"<th(?![^>]*scope=)(?!ead)", text)
    assert text.count('tabindex="0" aria-label=') == text.count("<table")


def test_the_page_shows_every_number_with_its_evidence(page, town):
    words = " ".join(page.words)
    table = pd.read_csv(town / "scorecard.csv")
    assert set(table["unit_id"]) == {unit for unit in table["unit_id"] if unit in words}
    assert {metric for metric in table["metric"] if metric not in words.replace("_ ", "_")} == set()
    row = table[(table["unit_id"] == "Pagewren Books") & (table["metric"] == "response_rate")].iloc[0]
    assert f"{100 * row['value']:.0f} %" in words
    assert f"{100 * row['low']:.0f}–{100 * row['high']:.0f} % · n {row['n']}" in words
    for flags in table["flags"].dropna().unique():
        for flag in flags.split(","):
            assert FLAG_MEANINGS[flag] in words


def test_the_scorecard_beside_the_page_has_every_digit(town, card):
    assert (town / "scorecard.csv").read_text(encoding="utf-8") == card.table.to_csv(index=False, lineterminator="\n")


def test_no_post_is_quoted(page):
    words = " ".join(" ".join(page.words).split())
    texts = tw.load_corpus("town_square").posts["text"].dropna()
    assert [text for text in texts[texts.str.len() > 40] if text in words] == []


@pytest.mark.parametrize("part", ["a metric", "an organization", "nothing"])
def test_a_card_is_measured_again_only_if_it_lacks_something(card, part, monkeypatch):
    again = []

    def measured(_talk, _metrics=None, *, by):
        again.append(by)
        return card

    monkeypatch.setattr("twoway.report.findings.measure", measured)
    lost = {
        "a metric": card.table["metric"] == "chase_rate",
        "an organization": card.table["unit_id"] == "Pagewren Books",
    }
    table = card.table[~lost[part]] if part in lost else card.table
    found = find(tw.Scorecard(table, talk=card.talk, by="organization"))
    assert again == ["corpus", *["organization"] * (part in lost)]
    assert len(found.card.table) == len(card.table)


AGAIN = """
import sys, twoway as tw
tw.report(tw.annotate(tw.load_corpus("town_square")), sys.argv[1], title="A town")
"""


def test_a_report_is_the_same_in_another_process(town, tmp_path):
    seed = "1" if os.environ.get("PYTHONHASHSEED") == "22" else "22"
    environment = {**os.environ, "PYTHONHASHSEED": seed, "MPLBACKEND": "Agg"}
    subprocess.run([sys.executable, "-c", AGAIN, str(tmp_path)], check=True, env=environment)
    for name in ("index.html", "scorecard.csv", "methods.txt"):
        assert (tmp_path / name).read_bytes() == (town / name).read_bytes()


def test_nothing_breaks_out_of_the_page_and_figures_of_the_caller_keep_their_look(hostile, tmp_path):
    import matplotlib
    from matplotlib import pyplot as plt

    before, n_open = dict(matplotlib.rcParams), len(plt.get_fignums())
    path = tw.report(tw.annotate(hostile), tmp_path, title=HOSTILE)
    assert dict(matplotlib.rcParams) == before
    assert len(plt.get_fignums()) == n_open
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert "script" not in page.tags
    assert page.wrong == []
    assert "<script" not in text
    assert page.tags.count("title") == 1 + len(page.svgs)


# -- what a corpus cannot show -----------------------------------------------------------------------------------------


def without(column):
    return tw.Corpus(tw.load_corpus("twelve_posts").posts.drop(columns=column), tw.load_corpus("twelve_posts").accounts)


def text_of(corpus, folder):
    return " ".join(" ".join(Page(tw.report(tw.annotate(corpus), folder).read_text(encoding="utf-8")).words).split())


def test_a_corpus_without_text_says_so(tmp_path):
    words = text_of(without("text"), tmp_path)
    assert "There is no text: deflection, questions and strategies cannot be measured." in words
    assert "Strategies cannot be shown. The source has no text" in words


def test_a_corpus_without_reply_links_says_so(tmp_path):
    words = text_of(without("parent_id"), tmp_path)
    assert "The source has no reply links" in words
    assert "conversation_depth_mean nowhere" in words


def test_a_corpus_in_which_nobody_asks_says_so(tmp_path):
    rows = [(str(i), "b", 60 * i, "good morning", None) for i in range(3)]
    accounts = {"account_id": ["b"], "role": ["official"]}
    words = text_of(corpus_of(rows, accounts), tmp_path)
    assert "Nobody addresses the measured accounts in this sample, so there is no waiting to show." in words
    assert "Nobody addresses anybody across the two sides in this sample." in words
    assert "response_rate nowhere nobody addressed the account" in words


def test_a_corpus_without_roles_says_so(tmp_path):
    corpus = tw.Corpus(tw.load_corpus("twelve_posts").posts)
    assert "No account has a brand role, so every account was measured against all others." in text_of(corpus, tmp_path)


def test_a_corpus_of_answered_threads_is_warned_of(tmp_path):
    rows = []
    for i in range(40):
        rows.append((f"q{i}", f"person{i}", 6_000 * i, "@b why?", None))
        rows.append((f"r{i}", "b", 6_000 * i + 60, "because", f"q{i}"))
    words = text_of(corpus_of(rows, {"account_id": ["b"], "role": ["official"]}), tmp_path)
    assert "Take care: this collection seems to be made of answered threads" in words
    assert "reply selected" in words


def test_a_table_too_long_to_read_says_what_it_leaves_out(monkeypatch, tmp_path):
    monkeypatch.setattr("twoway.report.tables.MOST_ROWS", 2)
    monkeypatch.setattr("twoway.report.page.MOST_ROWS", 2)
    words = text_of(tw.Corpus(tw.load_corpus("twelve_posts").posts), tmp_path)
    assert "The 2 organizations with most evidence of 6; the file has all." in words


def test_gaps_give_reasons_in_words():
    missing = gaps(find(tw.annotate(without("parent_id")))).set_index("metric")
    assert missing.loc["conversation_depth_mean", "reason"] == FLAG_MEANINGS["no_reply_ids"]
    assert (missing["n_undefined"] <= missing["n_units"]).all()


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_measured(tmp_path, monkeypatch):
    monkeypatch.setattr("twoway.report.page.find", lambda _: pytest.fail("the corpus was measured"))
    (tmp_path / "taken").write_text("", encoding="utf-8")
    talk = tw.annotate(tw.load_corpus("twelve_posts"))
    with pytest.raises(
        tw.TwowayError, match=r"cannot be written \(.+\). It was named as the place for a report. Name another"
    ):
        tw.report(talk, tmp_path / "taken")


# -- words -------------------------------------------------------------------------------------------------------------


def test_the_numbers_at_the_top_agree_with_the_data_card():
    found = find(tw.annotate(tw.load_corpus("twelve_posts")))
    tiles = {tile["metric"]: tile for tile in highlights(found)}
    # Two of five turns owed are answered; the working is in the data card.
    assert tiles["response_rate"]["value"] == "40 %"
    # The reply to a post that is missing may have answered a sixth.
    assert tiles["response_rate"]["detail"].endswith("n = 5, could be 40–50 %")
    assert summary(found)[0] == (
        "1 organization with 2 accounts was measured in 12 posts by 6 accounts. People were owed 5 turns."
    )


def test_rejections_are_counted_by_reason():
    table = pd.DataFrame({"file": ["b", "a", "a"], "line": [1, 2, None], "reason": ["x", "y", "y"]})
    assert rejections(table) == (
        [{"file": "a", "reason": "y", "n": 2, "lines": "2"}, {"file": "b", "reason": "x", "n": 1, "lines": "1"}],
        0,
    )
    assert rejections(table, most=1)[1] == 1


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("turn_gap_s", 86_400, "1 d (86,400 s)"),
        ("turn_gap_s", 5_400, "1.5 h (5,400 s)"),
        ("attribution", "strict", "strict"),
        ("broadcast_cut", 0.6, "0.6"),
    ],
)
def test_settings_are_written_for_people(name, value, words):
    assert setting_words(name, value) == words


# -- methods -----------------------------------------------------------------------------------------------------------


def test_the_methods_note_holds_what_a_stranger_needs():
    talk = tw.annotate(tw.load_corpus("twelve_posts"), tw.Definitions(horizon_s=3_600, seed=7))
    note = methods_note(tw.measure(talk, ["response_rate", "latency_median"], by="organization"))
    assert f"sha256 of the posts: {talk.corpus.fingerprint()}" in note
    assert "horizon_s = 1 h (3,600 s): a turn counts as answered" in note
    assert "seed 7" in note
    assert "12 posts by 6 accounts, observed from 2024-03-04 09:00 to 2024-03-13 09:00 UTC" in note
    for package in ("twoway", "python", "numpy", "polars", "narwhals", "statsmodels", "text rules"):
        assert re.search(rf"\b{package} \S+", note)
    assert tw.cite("latency_median").splitlines()[0] in note
    assert tw.cite("burstiness").splitlines()[0] not in note


def test_every_method_of_intervals_is_explained(town):
    used = set(pd.read_csv(town / "scorecard.csv", keep_default_na=False)["method"])
    talk = tw.annotate(tw.load_corpus("twelve_posts"))
    for interval in ("closed", "bootstrap"):
        used |= set(tw.measure(talk, by="organization", interval=interval).table["method"])
    assert used - {"none"} <= set(METHODS)


def test_a_bare_table_has_no_methods():
    card = tw.measure(tw.annotate(tw.load_corpus("twelve_posts")), "response_rate")
    card.talk = None
    with pytest.raises(tw.TwowayError, match="The scorecard does not know its corpus."):
        methods_note(card)


# -- all bundled corpora -----------------------------------------------------------------------------------------------


def test_build_writes_an_index_over_the_bundled_corpora(monkeypatch, tmp_path, capsys):
    listed = tw.list_corpora()
    assert set(listed["name"]) == {"twelve_posts", "town_square"}
    monkeypatch.setattr("twoway.report.build.list_corpora", lambda: listed[listed["name"] == "twelve_posts"])
    assert main([str(tmp_path), "--no-notebooks"]) == 0
    assert capsys.readouterr().err == f"Wrote {tmp_path / 'index.html'}\n"
    index = Page((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert index.wrong == []
    assert (tmp_path / "twelve_posts" / "index.html").is_file()
    assert "twelve_posts" in index.words


def test_build_tells_a_mistake_in_one_line(tmp_path, capsys):
    (tmp_path / "taken").write_text("", encoding="utf-8")
    assert main([str(tmp_path / "taken"), "--no-notebooks"]) == 2
    assert capsys.readouterr().err.startswith("Error: '")


def test_notebooks_run_only_where_there_is_a_runner(monkeypatch, tmp_path):
    monkeypatch.setattr("twoway.report.build.__file__", str(tmp_path / "a" / "b" / "c" / "build.py"))
    assert run_notebooks() is None
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "run_notebooks.py").write_text("raise SystemExit(3)", encoding="utf-8")
    assert run_notebooks() == 3


def test_build_leaves_out_corpora_that_are_not_here(monkeypatch, tmp_path):
    listed = tw.list_corpora().assign(is_here=False)
    monkeypatch.setattr("twoway.report.build.list_corpora", lambda: listed)
    build(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
