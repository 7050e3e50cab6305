"""Simulate corpora, count how often the intervals hold the truth, and write `CALIBRATION.md`.

Everything takes about a quarter of an hour with two processes; with `--corpora 0` only clusters are sampled. With
`--tables-only` the page is written anew from the counts in `tests/calibration.csv` and its neighbor.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

# Set before the engines are loaded, here and in every process: else the threads of two processes get in their way.
os.environ.setdefault("POLARS_MAX_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import pandas as pd  # noqa: E402
from calibration import SETTINGS, WORDINGS, Setting, judge, judge_rules, tally  # noqa: E402
from calibration_clusters_page import section  # noqa: E402
from calibration_page import page  # noqa: E402
from calibration_sampling import SAMPLES, count, population  # noqa: E402

KEYS = ["setting", "parameter", "interval", "strategy", "size"]
CLUSTERS = ROOT / "tests" / "calibration_clusters.csv"
COUNTS, PAGE = ROOT / "tests" / "calibration.csv", ROOT / "CALIBRATION.md"
CORPORA, IN_WORDS, BLOCK = 200, 60, 10


def main() -> None:
    """Read the arguments, count, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=int, default=CORPORA, help="simulated corpora of each setting")
    parser.add_argument("--samples", type=int, default=SAMPLES, help="samples of clusters for each metric and size")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--tables-only", action="store_true", help="write the page from the counts there are")
    options = parser.parse_args()
    if not options.tables_only:
        CLUSTERS.write_text(sampled(options.samples), encoding="utf-8")
    if not options.tables_only and options.corpora:
        rows = judge_all(options.corpora, options.processes)
        COUNTS.write_text(about(options.corpora) + counts_of(rows), encoding="utf-8")
    PAGE.write_text(page(COUNTS) + section(CLUSTERS), encoding="utf-8")
    print(f"wrote {PAGE.name}")


def sampled(samples: int) -> str:
    """Draw samples of clusters from one population, and give the counts as CSV."""
    talk = population()
    persons = talk.corpus.coverage().persons
    made_by = (
        f"{talk.corpus.n_posts:,} posts, {persons:,} persons; twoway {version('twoway')}, numpy {version('numpy')}"
    )
    said = count(population(own_words=True), samples, read=True)
    table = pd.concat([count(talk, samples), said]).sort_values(["metric", "clusters"], ignore_index=True)
    return f"# {made_by}\n" + table.to_csv(index=False, float_format="%.6g")


def about(corpora: int) -> str:
    """Say in a line what made the counts."""
    made_by = [f"{name} {version(name)}" for name in ("twoway", "numpy", "pandas", "polars", "scipy")]
    made_by.append(f"Python {platform.python_version()}")
    seeds = f"{corpora} corpora of each setting, seeds 0 to {corpora - 1}"
    return f"# {seeds} ({min(IN_WORDS, corpora)} of '{WORDINGS.name}'); {', '.join(made_by)}\n"


def judge_all(corpora: int, processes: int) -> pd.DataFrame:
    """Simulate all settings and put what was measured beside the truth."""
    blocks = [(judge, setting, start, corpora) for setting in SETTINGS for start in range(0, corpora, BLOCK)]
    in_words = min(IN_WORDS, corpora)
    blocks = [(judge_rules, WORDINGS, start, in_words) for start in range(0, in_words, BLOCK)] + blocks
    # Fresh processes: a copy of one that already runs threads may hang.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(judge_block, *block) for block in blocks]
        tables = []
        for k, future in enumerate(running, start=1):
            tables.append(future.result())
            print(f"\r{k} of {len(running)} blocks of corpora", end="", flush=True)
    print()
    return pd.concat(tables, ignore_index=True)


def counts_of(rows: pd.DataFrame) -> str:
    """Count, and give the counts as CSV."""
    shift = (rows["value"] - rows["plain"]).groupby([rows[key] for key in KEYS[:-1]]).mean().rename("shift")
    counts = tally(rows, KEYS).merge(shift.reset_index(), on=KEYS[:-1])
    return counts.to_csv(index=False, float_format="%.6g")


def judge_block(judged: Callable[[Setting, int], pd.DataFrame], setting: Setting, start: int, end: int) -> pd.DataFrame:
    """Judge the corpora of the next seeds."""
    seeds = range(start, min(start + BLOCK, end))
    return pd.concat([judged(setting, seed) for seed in seeds], ignore_index=True)


if __name__ == "__main__":
    main()
