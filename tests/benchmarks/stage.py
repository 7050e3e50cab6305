"""One stage of the benchmark in a process of its own, so that its memory peak is its own.

    python stage.py read FILE.csv OUT.parquet      read the CSV into a corpus, store it as Parquet
    python stage.py turns FILE.parquet             annotate and measure a stored corpus, intervals on: what rests on
                                                   links and times (turns, attention, structure)
    python stage.py measure FILE.parquet           the same with all metrics

Prints one line of JSON: CPU seconds of each step, after the import, and the peak of resident memory.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

import polars as pl

import twoway as tw

#: Prepared tables that rest on links, times and the marks of replies alone.
TURNS = {
    "addressed", "attended", "balances", "bonds", "business", "competing", "conversations", "dyads", "episodes",
    "floors", "gaps", "given_up", "hosted", "insiders", "live_waiting", "outreach", "persons", "posted",
    "public_units", "raced", "received", "relationships", "relationships_asked", "relationships_unasked", "waiting",
}  # fmt: skip


def turns() -> list[str]:
    """Name the metrics of those tables, and the scores made of them."""
    return [name for name, metric in tw.all_metrics().items() if not metric.table or metric.table in TURNS]


def cpu() -> float:
    """CPU seconds of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main(stage: str, source: Path, target: Path | None) -> dict[str, float]:
    """Run a stage."""
    out: dict[str, float] = {}
    start = cpu()
    if stage != "read":
        care = source.with_suffix(".accounts.parquet")
        corpus = tw.Corpus(pl.scan_parquet(source), pl.read_parquet(care))
    else:
        corpus = tw.read(source, progress=False)
    out["read"] = cpu() - start
    if target is not None:
        known = ["created_s" if name == "created_at" else name for name in corpus.known]
        frame = corpus.post_frame.select(*known).rename({"created_s": "created_at"})
        frame.to_native().collect().write_parquet(target)
        pl.from_pandas(corpus.accounts[["account_id", "handle", "role"]]).write_parquet(
            target.with_suffix(".accounts.parquet")
        )
    if stage != "read":
        start = cpu()
        talk = tw.annotate(corpus)
        card = tw.measure(talk, turns() if stage == "turns" else None)
        out["annotate_and_measure"] = cpu() - start
        out["values"] = int(card.table["value"].notna().sum())
    out["posts"] = corpus.n_posts
    out["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return out


if __name__ == "__main__":
    arguments = sys.argv[1:]
    result = main(arguments[0], Path(arguments[1]), Path(arguments[2]) if len(arguments) > 2 else None)
    sys.stdout.write(json.dumps({name: round(value, 2) for name, value in result.items()}) + "\n")
