"""One pass of codebooks over texts: every regex once a text, however many rules name it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial, reduce
from typing import Any

import polars as pl
import pyarrow as pa

from ..engine import one_batch
from ..text import patterns as p
from .book import Codebook, Term
from .said import in_sentences, said

__all__ = ["SCOPED", "code_schema", "codes_kernel", "column_of", "scope_kernel"]

#: What `scope_kernel` gives.
SCOPED = pa.schema([pa.field("row", pa.int64()), pa.field("is_in", pa.bool_())])


def column_of(book: Codebook, label: str) -> str:
    """Name the column that holds a label: `tone__criticism`."""
    # No dot: Spark takes what follows one for a part of a record.
    return f"{book.name}__{label}"


def code_schema(books: Sequence[Codebook]) -> pa.Schema:
    """Return the columns of the kernel's answer: `row` and one a label, true, false, or null where not applied."""
    labels = [pa.field(column_of(book, name), pa.bool_()) for book in books for name in book.label_names]
    return pa.schema([pa.field("row", pa.int64()), *labels])


def codes_kernel(
    batch: pa.RecordBatch, books: Sequence[Codebook], numbers: Mapping[str, float] | None = None
) -> pa.RecordBatch:
    """Code a batch of posts.

    Parameters
    ----------
    batch
        Columns `row`, `text`, `opening` (of a self-reply: the text of the post that its run of self-replies began
        with; else null), `is_brand`, `is_public`, `is_repost`, `has_parent`, `answers` (another account: that post has
        a parent), `has_names`.
    books
        The codebooks; each codes only the posts it applies to.
    numbers
        Numbers that replace those of the codebooks.

    Returns
    -------
    pyarrow.RecordBatch
        Columns of `code_schema(books)`.
    """
    return one_batch(code_frame(pl.from_arrow(pa.Table.from_batches([batch])), books, numbers or {}))


def scope_kernel(batch: pa.RecordBatch, scope: str) -> pa.RecordBatch:
    """Say of a batch of posts, with the columns that `codes_kernel` takes, which are in one of `SCOPES`."""
    frame = pl.from_arrow(pa.Table.from_batches([batch]))
    return one_batch(frame.with_columns(scopes()).select("row", pl.col(f"is_{scope}").alias("is_in")))


def code_frame(frame: pl.DataFrame, books: Sequence[Codebook], numbers: Mapping[str, float]) -> pl.DataFrame:
    """Code the posts of a frame, each book those it applies to; other posts, and those without a text, get nulls.

    What a text that was not collected says is not known: it is not the same as a text in which nothing stands.
    """
    frame = frame.with_columns(scopes())
    for scope in dict.fromkeys(book.applies_to for book in books):
        chosen = [book for book in books if book.applies_to == scope]
        texts = frame.filter(pl.col(f"is_{scope}") & pl.col("text").is_not_null()).select("row", "text")
        frame = frame.join(coded(texts, chosen, numbers), on="row", how="left", maintain_order="left")
    return frame.select(code_schema(books).names)


def scopes() -> list[pl.Expr]:
    """Say to which of `SCOPES` a post belongs; reposts to none."""
    # Some sources list the handles a post names apart from its text; a quote names whom it quotes.
    names = pl.col("has_names").fill_null(value=False) | pl.col("text").fill_null("").str.contains(p.MENTION)
    # A post that goes on with one of its own author is what that one is.
    opens = pl.coalesce("opening", "text", pl.lit("")).str.contains(p.OPENS_WITH_HANDLE)
    brand = pl.col("is_brand")
    holds = {
        "is_brand": brand,
        "is_replies": brand & (pl.col("has_parent") | names),
        "is_originals": brand & ~(pl.col("answers") | opens),
        "is_public": pl.col("is_public"),
        "is_all": pl.lit(value=True),
    }
    return [(rule & ~pl.col("is_repost")).alias(name) for name, rule in holds.items()]


def coded(texts: pl.DataFrame, books: Sequence[Codebook], numbers: Mapping[str, float]) -> pl.DataFrame:
    """Give every text every label of every book.

    Parameters
    ----------
    texts
        Columns `row`, `text`.
    """
    texts = texts.with_columns(_composed(texts["text"]))
    texts = texts.with_columns(said=said(pl.col("text")))
    found = _of_sentences(texts, books, numbers)
    wide = texts.with_columns(n_words=pl.col("said").str.count_matches(p.WORD))
    wide = wide.with_columns(_text_columns(books)).drop("text", "said")
    if found is not None:
        wide = wide.join(found, on="row", how="left", maintain_order="left")
    wide = in_layers(wide, [column for book in books for column in _labels(book, {**book.numbers, **numbers})])
    return wide.select("row", *[column_of(book, name) for book in books for name in book.label_names])


def _composed(texts: pl.Series) -> pl.Series:
    """Write a letter and its accent as one character, as codebooks do; some keyboards send them apart."""
    apart = texts.str.contains(p.ACCENT).arg_true()
    return texts.scatter(apart, texts.gather(apart).str.normalize("NFC")) if len(apart) else texts


def _asked(book: Codebook) -> tuple[set[str], set[str], set[tuple[str, str]]]:
    """List what is asked of the whole text, what of sentences, and how."""
    of_text: set[str] = set()
    calls: set[tuple[str, str]] = set()
    for rule in book.rules_of_texts:
        of_text |= rule.names
        calls |= rule.calls
    counted = {name for call, name in calls if call == "matches"}
    of_sentences = {name for call, name in calls if call != "matches"} | (of_text & set(book.sentences))
    elsewhere = set(book.sentences) | set(book.numbers) | set(book.scores)
    return (of_text | counted) - elsewhere, of_sentences, calls


def _text_columns(books: Iterable[Codebook]) -> list[pl.Expr]:
    """Match each different regex once; books that share one share its column."""
    out: dict[str, pl.Expr] = {}
    for book in books:
        asked, _, calls = _asked(book)
        counted = {name for call, name in calls if call == "matches"}
        named = {name for rule in book.rules_of_texts for name in rule.names}
        for kind, source in (("said", book.patterns), ("text", book.written)):
            for name in sorted(asked & set(source)):
                pattern = source[name]
                if name in named:
                    out[f"{kind}?{pattern}"] = pl.col(kind).str.contains(pattern).alias(f"{kind}?{pattern}")
                if name in counted:
                    out[f"{kind}#{pattern}"] = pl.col(kind).str.count_matches(pattern).alias(f"{kind}#{pattern}")
    return list(out.values())


def _needed_rules(book: Codebook) -> list[str]:
    _, wanted, _ = _asked(book)
    needed = set(wanted)
    for name in reversed(list(book.sentences)):
        if name in needed:
            needed |= book.sentences[name].names
    return [name for name in book.sentences if name in needed]


def _of_sentences(texts: pl.DataFrame, books: Sequence[Codebook], numbers: Mapping[str, float]) -> pl.DataFrame | None:
    """Apply the rules of sentences, and sum up for each text what labels ask of them."""
    if not any(_asked(book)[1] for book in books):
        return None
    lines = texts.select("row", in_sentences(pl.col("said")).alias("s"))
    lines = lines.explode("s").with_columns(pl.col("s").fill_null(""))
    # Organizations repeat themselves: each different sentence is read once.
    cases = _read(lines.select("s").unique(maintain_order=True), books, numbers)
    sums: dict[str, pl.Expr] = {}
    for book in books:
        sums |= _sums(book)
    read = sorted({name for value in sums.values() for name in value.meta.root_names()} - {"s"})
    lines = lines.join(cases.select("s", *read), on="s", how="left", maintain_order="left")
    return lines.group_by("row", maintain_order=True).agg(list(sums.values()))


def _read(lines: pl.DataFrame, books: Sequence[Codebook], numbers: Mapping[str, float]) -> pl.DataFrame:
    """Apply the rules of sentences to sentences, column `s`."""
    lines = lines.with_columns(_core(books)).with_columns(_sentence_columns(books))
    rules = []
    for book in books:
        look_up = partial(_in_sentence, book, {**book.numbers, **numbers})
        rules += [book.sentences[name].expression(look_up).alias(f"{book.name}/{name}") for name in _needed_rules(book)]
    return in_layers(lines, rules)


def in_layers(frame: pl.DataFrame, columns: Iterable[pl.Expr]) -> pl.DataFrame:
    """Add columns, each of which may rest on those before it, as many at once as do not rest on each other."""
    place: dict[str, int] = {}
    layers: dict[int, list[pl.Expr]] = defaultdict(list)
    for column in columns:
        below = [place.get(name, 0) for name in column.meta.root_names()]
        place[column.meta.output_name()] = at = 1 + max(below, default=0)
        layers[at].append(column)
    return reduce(lambda done, at: done.with_columns(layers[at]), sorted(layers), frame)


def _core_of(book: Codebook) -> str:
    return f"core/{book.name}" if book.asides else "s"


def _core(books: Iterable[Codebook]) -> list[pl.Expr]:
    """Cut out of the sentences what the codebook calls asides."""
    # One after the other: a regex of all of them is too big for the engine's fast path.
    cut = [(book, reduce(lambda s, aside: s.str.replace_all(aside, " "), book.asides, pl.col("s"))) for book in books]
    return [core.alias(_core_of(book)) for book, core in cut if book.asides]


def _sentence_columns(books: Sequence[Codebook]) -> list[pl.Expr]:
    """Match each different regex once a sentence, and count the words of content."""
    found: dict[str, pl.Expr] = {}
    for book in books:
        _, wanted, _ = _asked(book)
        names = set().union(*[book.sentences[name].names for name in _needed_rules(book)]) | wanted
        for kind, source in (("s", book.patterns), (_core_of(book), book.core)):
            for name in sorted(names & set(source)):
                found[f"{kind}?{source[name]}"] = pl.col(kind).str.contains(source[name])
        core = _core_of(book)
        found[f"{core}#"] = pl.col(core).str.count_matches(p.CONTENT_WORD)
    return [column.alias(name) for name, column in found.items()]


def _in_sentence(book: Codebook, numbers: Mapping[str, float], _call: str, name: str) -> pl.Expr:
    if name in book.patterns:
        return pl.col(f"s?{book.patterns[name]}")
    if name in numbers:
        return pl.lit(numbers[name])
    if name in book.core:
        return pl.col(f"{_core_of(book)}?{book.core[name]}")
    return pl.col(f"{_core_of(book)}#") if name == "n_words" else pl.col(f"{book.name}/{name}")


def _sums(book: Codebook) -> dict[str, pl.Expr]:
    """Say what is kept of each text: whether a rule holds in any sentence, in how many, ..."""
    _, wanted, calls = _asked(book)
    out = {}
    for name in sorted(wanted):
        rule = pl.col(f"s?{book.patterns[name]}") if name in book.patterns else pl.col(f"{book.name}/{name}")
        kinds = {
            "": rule.any(),
            "words": pl.when(rule).then(pl.col(f"{_core_of(book)}#")).otherwise(0).sum(),
            "sentences": rule.sum(),
            "every": rule.all(),
            "first": rule.first(),
            "last": rule.last(),
        }
        for kind, value in kinds.items():
            if kind == "" or (kind, name) in calls:
                key = f"{book.name}/{kind}({name})"
                out[key] = value.alias(key)
    return out


def _labels(book: Codebook, numbers: Mapping[str, float]) -> Iterator[pl.Expr]:
    """Apply the rules of the labels, each of which may name the scores and the labels above it."""
    look_up = partial(_in_text, book, numbers)
    for name, terms in book.scores.items():
        yield _sum(terms, look_up).alias(f"{book.name}+{name}")
    taken: pl.Expr = pl.lit(value=False)
    for label in book.labels:
        holds = label.rule.expression(look_up).fill_null(value=False)
        if book.exclusive:
            holds = holds & ~taken
        column = column_of(book, label.name)
        yield holds.cast(pl.Boolean).alias(column)
        taken = taken | pl.col(column)


def _sum(terms: Sequence[Term], look_up: Callable[[str, str], Any]) -> pl.Expr:
    """Add up the weights of what holds; what can be counted weighs as often as it is found."""
    parts = [term.weight * term.rule.expression(look_up).cast(pl.Float64).fill_null(0.0) for term in terms]
    return pl.sum_horizontal(parts)


def _in_text(book: Codebook, numbers: Mapping[str, float], call: str, name: str) -> Any:
    if name in numbers:
        return pl.lit(numbers[name])
    if call == "matches":
        kind, source = ("said", book.patterns) if name in book.patterns else ("text", book.written)
        return pl.col(f"{kind}#{source[name]}")
    if name in book.scores:
        return pl.col(f"{book.name}+{name}")
    if name in book.sentences or call:
        return pl.col(f"{book.name}/{call}({name})")
    if name in book.patterns:
        return pl.col(f"said?{book.patterns[name]}")
    if name in book.written:
        return pl.col(f"text?{book.written[name]}")
    return pl.col("n_words") if name == "n_words" else pl.col(column_of(book, name))
