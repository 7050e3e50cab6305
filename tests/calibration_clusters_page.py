"""The part of the calibration page about samples of clusters, written from their counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from calibration_sampling import EXCEPTIONS

from twoway.metrics.kinds import Composite
from twoway.metrics.registry import all_metrics

LOW, HIGH, LEAST = 0.93, 0.97, 100

OPENING = """
## Every metric, by number of clusters

The same promise asked another way, of every metric alike. One large simulated corpus ({made_by}) is the
population, the value of a metric over all of it the truth. A sample is 20, 100 or 1,000 of the metric's own clusters
(persons, days or conversations) drawn with replacement; its sums or rows go through the functions that measure a
corpus. {samples} samples each. A cell says in how many percent of the intervals the truth lies, ± the standard error of
that share in this simulation, and below it the mean width. **Bold** is what lies outside 93 to 97 by more than two such
errors, from 100 clusters on. A dash stands for fewer than 100 intervals (below 10 clusters with any evidence most
metrics get none).

| metric | method | 20 | 100 | 1,000 |
|---|---|---:|---:|---:|
"""

REASONS = """
Why some lie outside:

- Shares of what is hardly ever seen (an account's staff, quotes, links, answers within minutes, a rare destination) are
  0 or a few cases in most samples: coverage can only jump, and errs on the wide side.
- `accountability_loss` and the parts of a composition are wide for the reasons given above.
- What is exactly 0 or 1 in the whole population is covered by every interval.
"""


def section(counts: Path) -> str:
    """Write the section from the counts."""
    with counts.open(encoding="utf-8") as lines:
        made_by = lines.readline().lstrip("# ").strip()
    table = pd.read_csv(counts, comment="#")
    parts = [OPENING.format(made_by=made_by, samples=f"{int(table['samples'].max()):,}")]
    order = [name for name in all_metrics() if name in set(table["metric"])]
    parts += [_line(name, table[table["metric"] == name].set_index("clusters")) for name in order]
    return "".join([*parts, "\n", _outside(table), REASONS, _exceptions()])


def _line(name: str, rows: pd.DataFrame) -> str:
    methods = " ".join(dict.fromkeys(" ".join(rows["methods"].fillna("").astype(str)).split()))
    cells = " | ".join(_cell(rows.loc[m], is_judged=m >= 100) for m in (20, 100, 1_000))
    return f"| `{name}` | {methods.replace('_', ' ')} | {cells} |\n"


def _judged(row: pd.Series) -> tuple[float, float, int]:
    n = int(row["samples"] - row["without"])
    if n < LEAST:
        return np.nan, np.nan, n
    smoothed = (row["covered"] + 1) / (n + 2)
    return row["covered"] / n, float(np.sqrt(smoothed * (1 - smoothed) / n)), n


def _is_outside(share: float, se: float) -> bool:
    return bool(share < LOW - 2 * se or share > HIGH + 2 * se)


def _cell(row: pd.Series, *, is_judged: bool) -> str:
    share, se, _ = _judged(row)
    if np.isnan(share):
        return "–"
    words = f"{100 * share:.1f} ± {100 * se:.1f}"
    words = f"**{words}**" if is_judged and _is_outside(share, se) else words
    return words if np.isnan(row["width"]) else f"{words}<br>{row['width']:.3g}"


def _outside(table: pd.DataFrame) -> str:
    below = []
    for row in table[table["clusters"] >= 100].to_dict("records"):
        share, se, _ = _judged(pd.Series(row))
        if share < LOW - 2 * se:
            below.append(f"`{row['metric']}` at {row['clusters']:,} ({100 * share:.1f})")
    listed = ", ".join(below) if below else "none"
    return f"Too narrow by more than two errors, from 100 clusters on: {listed}.\n"


def _exceptions() -> str:
    composites = [name for name, m in all_metrics().items() if isinstance(m.declare(), Composite)]
    lines = [f"- `{name}`: {why}" for name, why in EXCEPTIONS.items()]
    lines += [f"- `{name}`: combines metrics of different clusters: judged in whole corpora" for name in composites]
    return "\nNot judged this way:\n\n" + "\n".join(lines) + "\n"
