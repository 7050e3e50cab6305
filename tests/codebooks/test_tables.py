"""Which codebooks the tables of metrics read, so that one pass over the texts does for all."""

from __future__ import annotations

import pytest

import twoway as tw
from twoway.interactions.coding import MARKING, Coding
from twoway.metrics.coded_tables import BOOKS, read_for
from twoway.metrics.prepared import TABLES, Grouping, prepare


@pytest.fixture(scope="module")
def corpus():
    return tw.load_corpus("twelve_posts")


@pytest.fixture
def read(monkeypatch):
    """The names of the codebooks that were asked for."""
    asked = set()
    plain = Coding.codes

    def codes(self, *names):
        asked.update(names)
        return plain(self, *names)

    monkeypatch.setattr(Coding, "codes", codes)
    return asked


def test_every_table_says_which_codebooks_it_reads(corpus, read):
    found = {}
    for table in TABLES:
        read.clear()
        talk = tw.annotate(corpus)
        prepare(talk, table, Grouping(talk, "account"))
        if read:
            found[table] = sorted(read)
    assert found == {table: sorted(books) for table, books in BOOKS.items()}


def test_no_book_is_applied_twice_for_all_tables(corpus, monkeypatch):
    passes = []
    plain = Coding._keep
    monkeypatch.setattr(
        Coding,
        "_keep",
        lambda self, books, coded: passes.append({b.name for b in books}) or plain(self, books, coded),
    )
    talk = tw.annotate(corpus)
    read_for(talk, TABLES)
    tw.measure(talk)
    # The marks of posts take a pass of their own, and leave the codes they rest on.
    assert passes[0] == set(MARKING)
    assert passes[1:] == [{book for books in BOOKS.values() for book in books} - set(MARKING)]


def test_books_of_one_pass_and_of_several_say_the_same(corpus):
    together, apart = tw.annotate(corpus).coding, tw.annotate(corpus).coding
    names = ("tone", "care", "resolution")
    for name in names:
        apart.read(name)
    tables = [
        coding.engine.collect(coding.codes(*names)).to_pandas().sort_values("row") for coding in (together, apart)
    ]
    assert tables[0].reset_index(drop=True).equals(tables[1].reset_index(drop=True))
