"""What posts say, by codebooks: marks of every post, what a reply does and where it sends the person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial, reduce
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd
import pyarrow as pa

from ..codebooks.book import Codebook
from ..codebooks.chosen import chosen, resting_on
from ..codebooks.kernel import SCOPED, code_schema, codes_kernel, scope_kernel
from ..codebooks.load import list_codebooks, load_codebook
from ..codebooks.marks import MARKS, check_marks, marks_kernel
from ..engine import Engine, Frame
from ..errors import TwowayError
from .given import by_row, given_codes, given_weights, over_rules, with_destinations, with_resolution

__all__ = ["Coding"]

#: The codebooks that marks rest on.
MARKING = ("resolution", "destination")


class Coding:
    """The codebooks a talk is read with, and the codes that people or models gave.

    Parameters
    ----------
    engine, posts, accounts
        Of the corpus.
    runs
        Lists the posts that go on with one of their own author: `row`, `first` (where that began).
    own
        Codebooks of the user's; one that bears the name of a bundled one takes its place, also in those that use it.
    numbers
        Numbers that replace those of the codebooks.
    given
        Codes by people or models as a long table; they take the place of those of the rules.
    """

    def __init__(
        self,
        engine: Engine,
        posts: Frame,
        accounts: Frame,
        runs: Callable[[], Frame],
        own: Any = (),
        numbers: Mapping[str, float] | None = None,
        given: pd.DataFrame | None = None,
    ) -> None:
        self.engine, self.posts, self.accounts = engine, posts, accounts
        self.numbers = dict(numbers or {})
        self.given, self._runs = given, runs
        self.own = {book.name: book for book in chosen(own, "annotate(codebooks=...)")}
        for book in self.own.values():
            check_marks(book)
        self._books: dict[str, Codebook] = {}
        # What cannot stand together is told before anything is measured.
        for name in dict.fromkeys((*self.own, *list_codebooks())) if self.own else ():
            self.book(name)
        self._frames: dict[str, Frame] = {}
        self._marks: Frame | None = None
        self._scopes: dict[str, Frame] = {}
        self._told: dict[str, Frame | None] = {}
        self._weights: dict[str, Frame | None] = {}

    def book(self, name: str) -> Codebook:
        """Return the codebook in force under a name."""
        if name not in self._books:
            self._books[name] = resting_on(self._chosen(name), self.own)
        return self._books[name]

    def knows(self, name: str) -> bool:
        """Whether there is a codebook under a name."""
        return name in self.own or name in list_codebooks()

    def with_books(self, own: Iterable[Codebook]) -> Coding:
        """Return a coding in which other codebooks take the places of those of their names, or itself."""
        new = {book.name: book for book in own if not self._has(book)}
        if not new:
            return self
        books = {**self.own, **new}.values()
        return Coding(self.engine, self.posts, self.accounts, self._runs, books, self.numbers, self.given)

    def _has(self, book: Codebook) -> bool:
        return self.knows(book.name) and self._chosen(book.name) == book

    def _chosen(self, name: str) -> Codebook:
        """Return the codebook of a name as its file says it."""
        return self.own.get(name) or load_codebook(name)

    def with_given(self, given: pd.DataFrame) -> Coding:
        """Return a coding in which given codes take the place of those of the rules."""
        own = self.own.values()
        return Coding(self.engine, self.posts, self.accounts, self._runs, own, self.numbers, given)

    def without_given(self) -> Coding:
        """Return a coding by the rules alone."""
        return Coding(self.engine, self.posts, self.accounts, self._runs, self.own.values(), self.numbers)

    def people(self, name: str) -> Frame | None:
        """Return the given codes of a book: `row` and `book__label`, 1, 0 or null; None where there are none."""
        return self._theirs(self.book(name))

    def weights(self, name: str) -> Frame | None:
        """Return what each post coded by a book stands for: `row` and `weight`; None where the sample names none."""
        if name not in self._weights:
            found = None if self.given is None else given_weights(self.engine, self.given, name)
            self._weights[name] = found if found is None else self.engine.materialize(by_row(found, self.posts))
        return self._weights[name]

    def marks(self) -> Frame:
        """Mark every post, and code what each reply of a measured account does."""
        if self._marks is None:
            resolution, destination = books = [self.book(name) for name in MARKING]
            kernel = partial(marks_kernel, resolution=resolution, destination=destination, numbers=self.numbers)
            schema = pa.schema([*MARKS, *list(code_schema(books))[1:]])
            done = self.engine.map_batches(self._texts(), kernel, schema)
            done = done.with_columns(nw.col("row").cast(self.engine.index))
            # Whoever asks for the codes of these books later gets those that the marks rest on.
            self._keep(books, done.select(code_schema(books).names))
            marks = done.select(MARKS.names)
            for book, put in ((resolution, with_resolution), (destination, with_destinations)):
                theirs = self._theirs(book)
                marks = marks if theirs is None else put(marks, theirs)
            self._marks = self.engine.materialize(marks)
        return self._marks

    def scope(self, name: str) -> Frame:
        """List the posts in one of the scopes of codebooks, such as `originals`: column `row`."""
        if name not in self._scopes:
            self._scopes[name] = self.engine.materialize(self._within(self._texts(), name))
        return self._scopes[name]

    def read(self, *names: str) -> None:
        """Apply the books that were not applied before, all in one pass over the texts."""
        if any(name in MARKING and name not in self._frames for name in names):
            self.marks()
        new = [self.book(name) for name in names if name not in self._frames]
        if new:
            kernel = partial(codes_kernel, books=new, numbers=self.numbers)
            coded = self.engine.map_batches(self._texts(), kernel, code_schema(new))
            self._keep(new, coded.with_columns(nw.col("row").cast(self.engine.index)))

    def codes(self, *names: str) -> Frame:
        """Return the codes of books: `row` and one column `book__label` a label, true, false or null."""
        if not names:
            msg = "No codebook was named. The codes of posts were asked for. Name one or several, such as 'tone'."
            raise TwowayError(msg)
        self.read(*names)
        together: dict[int, list[str]] = defaultdict(list)
        for name in names:
            together[id(self._frames[name])].append(name)
        # Books of one pass stand side by side; those of several have to be joined.
        parts = [
            self._frames[group[0]].select("row", *code_schema([self.book(name) for name in group]).names[1:])
            for group in together.values()
        ]
        return reduce(lambda one, other: one.join(other, on="row", how="left"), parts)

    def _keep(self, books: Sequence[Codebook], coded: Frame) -> None:
        """Keep the codes of books, those that were given before those of the rules."""
        for book in books:
            theirs = self._theirs(book)
            coded = coded if theirs is None else over_rules(coded, theirs, code_schema([book]).names[1:])
        self._frames |= dict.fromkeys([book.name for book in books], self.engine.materialize(coded))

    def outside(self, name: str) -> int:
        """Count the posts of the corpus that have given codes of a book but are none of those it applies to."""
        book = self.book(name)
        told, theirs = self._in_corpus(book), self._theirs(book)
        return (
            0 if told is None or theirs is None else len(self.engine.collect(told)) - len(self.engine.collect(theirs))
        )

    def _theirs(self, book: Codebook) -> Frame | None:
        """Return the given codes of a book by row, of the posts it applies to; None where there are none."""
        if book.name not in self._told:
            told = self._in_corpus(book)
            self._told[book.name] = told if told is None else self._in_scope(told, book.applies_to)
        return self._told[book.name]

    def _in_corpus(self, book: Codebook) -> Frame | None:
        if self.given is None:
            return None
        given = given_codes(self.engine, self.given, book.name, book.label_names, is_exclusive=book.exclusive)
        return given if given is None else by_row(given, self.posts)

    def _in_scope(self, told: Frame, scope: str) -> Frame:
        texts = self._texts().join(told.select("row"), on="row", how="semi")
        return self.engine.materialize(told.join(self._within(texts, scope), on="row", how="semi"))

    def _within(self, texts: Frame, scope: str) -> Frame:
        marked = self.engine.map_batches(texts, partial(scope_kernel, scope=scope), SCOPED)
        return marked.filter(nw.col("is_in")).select(nw.col("row").cast(self.engine.index))

    def _texts(self) -> Frame:
        sides = self.accounts.select("account_id", "is_brand", "is_public")
        texts = self.posts.select("row", "account_id", "text", "repost_of_id", "parent_id", "quote_of_id", "mentions")
        texts = texts.join(sides, on="account_id", how="left").join(self._begun(), on="row", how="left")
        has_parent = ~nw.col("parent_id").is_null()
        return texts.select(
            "row",
            "text",
            "opening",
            nw.col("is_brand").fill_null(value=False),
            nw.col("is_public").fill_null(value=False),
            # What is passed on with a comment has words of its own.
            is_repost=~nw.col("repost_of_id").is_null() & nw.col("quote_of_id").is_null(),
            has_parent=has_parent,
            answers=nw.when(nw.col("opening").is_null()).then(has_parent).otherwise(nw.col("_answers") == 1),
            has_names=(~nw.col("mentions").is_null() & (nw.col("mentions") != "")) | ~nw.col("quote_of_id").is_null(),
        )

    def _begun(self) -> Frame:
        """Say how runs of self-replies began: `row, opening` (the first post's text)`, _answers` (it has a parent)."""
        answers = nw.when(~nw.col("parent_id").is_null()).then(1).otherwise(0)
        first = self.posts.select(first="row", opening=nw.col("text").fill_null(""), _answers=answers)
        return self._runs().join(first, on="first", how="inner").drop("first")
