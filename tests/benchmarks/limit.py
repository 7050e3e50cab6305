"""The least work any reader of these texts must do: bring the text column in, and run the regexes once, on one core."""

from __future__ import annotations

import os

os.environ["POLARS_MAX_THREADS"] = "1"

import resource
import sys
from pathlib import Path

import polars as pl

from twoway.codebooks.load import load_codebook
from twoway.text import patterns as p


def cpu() -> float:
    """CPU seconds of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main(path: Path) -> None:
    """Print the CPU seconds of reading the text column and of one pass of the regex set."""
    books = [load_codebook(name).patterns for name in ("resolution", "destination")]
    coded = list(dict.fromkeys(rule for book in books for rule in book.values()))
    pl.DataFrame({"t": ["warm up"]}).select(pl.col("t").str.contains(coded[0]))
    start = cpu()
    text = pl.read_parquet(path, columns=["text"])
    read = cpu() - start
    rules = [p.URL, p.HASHTAG, p.MENTION, p.LEGACY_REPOST, *coded]
    for rule in rules:
        text.select(pl.col("text").str.contains(rule).sum())
    text.select(
        pl.col("text").str.count_matches(p.WORD).sum(), w=pl.col("text").str.count_matches(p.CONTENT_WORD).sum()
    )
    sys.stdout.write(f"{read:.2f} {cpu() - start - read:.2f} {len(rules) + 2}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
