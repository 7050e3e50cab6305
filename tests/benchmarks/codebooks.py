"""All codebooks over a stored corpus, against one pass of the same regexes over the same texts on one core.

    python codebooks.py FILE.parquet

Prints CPU seconds of both and their ratio; fails where the ratio is above the goal.
"""

from __future__ import annotations

import os

os.environ["POLARS_MAX_THREADS"] = "1"

import resource
import sys
from pathlib import Path

import polars as pl

import twoway as tw
from twoway.codebooks.kernel import said

GOAL = 3.0


def cpu() -> float:
    """CPU seconds of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def limit(talk: tw.Interactions, names: list[str]) -> float:
    """CPU seconds of every different regex, once over each text that a codebook which names it applies to."""
    posts = talk.engine.collect(talk.corpus.post_frame.select("row", "text").sort("row"))
    texts = pl.from_arrow(posts).with_columns(said=said(pl.col("text")))
    start, done = cpu(), set()
    for name in names:
        book = talk.coding.book(name)
        column = f"{name}__{book.label_names[0]}"
        coded = pl.from_arrow(talk.engine.collect(talk.coding.codes(name).select("row", column).sort("row")))
        own = texts.filter(coded[column].is_not_null())
        for kind, rules in (("said", book.patterns), ("text", book.written)):
            for rule in rules.values():
                if (kind, rule, book.applies_to) not in done:
                    own.select(pl.col(kind).str.contains(rule).sum())
                    done.add((kind, rule, book.applies_to))
    return cpu() - start


def main(path: Path) -> int:
    """Print both, and return 1 if the goal is missed."""
    corpus = tw.Corpus(pl.scan_parquet(path), pl.read_parquet(path.with_suffix(".accounts.parquet")))
    talk = tw.annotate(corpus)
    names = tw.list_codebooks()
    start = cpu()
    talk.coding.codes(*names)
    all_books = cpu() - start
    least = limit(talk, names)
    sys.stdout.write(f"{len(names)} codebooks {all_books:.1f} s, their regexes {least:.1f} s, ")
    sys.stdout.write(f"ratio {all_books / least:.2f} (goal {GOAL})\n")
    return int(all_books / least > GOAL)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
