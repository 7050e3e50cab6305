"""Measure what VADER's scores cost: CPU microseconds a text on one core, beside those of NLTK in the same run.

    python tests/benchmarks/sentiment.py [FILE.csv ...]

Reads the column `text` of each file; without files, texts of the made corpus. Words are learned anew in each pass, the
first thousand texts are scored by NLTK as well and compared. Fails where a text costs more than 30 microseconds, or
where a score differs.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pandas as pd

from twoway.text import sentiment

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

GOAL_US, PASSES, COMPARED = 30.0, 5, 1_000


def texts_of(files: list[str]) -> list[str]:
    """Read the texts of the files, or make some."""
    if not files:
        from corpus import build

        return build(40_000)["text"].to_list()
    return [text for file in files for text in pd.read_csv(file, usecols=["text"], dtype=str)["text"].dropna()]


def cost(score, texts: list[str]) -> float:
    """Give CPU microseconds a text."""
    start = time.process_time()
    score(texts)
    return (time.process_time() - start) / len(texts) * 1e6


def main(files: list[str]) -> int:
    """Print the figures; return 1 if the goal is missed."""
    from vader_salads import nltk_analyzer, parted

    texts = texts_of(files)
    sentiment.vader(texts[:1])
    cold = []
    for _ in range(PASSES):
        sentiment._rules.cache_clear()
        cold.append(cost(sentiment.vader, texts))
    warm = min(cost(sentiment.vader, texts) for _ in range(PASSES))
    analyzer, some = nltk_analyzer(), texts[:: max(len(texts) // COMPARED, 1)]
    theirs = cost(lambda sample: [analyzer.polarity_scores(text) for text in sample], some)
    differ = len(parted(analyzer, some, sentiment.vader(some).to_numpy().tolist()))
    sys.stdout.write(f"{len(texts):,} texts, {sum(map(len, texts)) / len(texts):.0f} characters each\n")
    sys.stdout.write(f"words unknown before  {min(cold):6.1f} us a text, median {sorted(cold)[PASSES // 2]:.1f}\n")
    sys.stdout.write(f"words known           {warm:6.1f} us a text\n")
    sys.stdout.write(f"NLTK                  {theirs:6.1f} us a text; {differ} of {len(some):,} scores differ\n")
    return int(min(cold) > GOAL_US or differ > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
