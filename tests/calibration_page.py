"""The page about how often intervals hold the truth, written from the counts and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from calibration import SETTINGS, WORDINGS, coverage

from twoway.metrics.registry import all_metrics

CLASSES = {"10-29": "10 to 29", "30-99": "30 to 99", "100+": "100 and more"}
ENOUGH = ("30-99", "100+")
STRATEGIES = ("conversational", "mixed", "deflect", "broadcast")
LOW, HIGH = 0.93, 0.97
#: A share of fewer intervals has an error above two points and is not shown.
LEAST = 100

OPENING = """# Do the intervals keep their promise?

A 95 % interval promises to hold the truth 95 times in a hundred. In simulated corpora the truth is known, so the
promise can be kept or broken in the open. `make calibrate` writes this page and the counts behind it,
[tests/calibration.csv](tests/calibration.csv); `make coverage` runs a shorter form of it as a test.

{made_by}. Metrics are measured by organization under the default definitions.

A cell says in how many percent of the intervals the truth lies, ± the standard error of that share in this simulation.
**Bold** is what lies outside 93 to 97 by more than two such errors. A dash stands for fewer than 100 intervals. Columns
count clusters: persons, or days for what organizations post. `width` is the mean distance between the limits at 30
clusters and more, and `undefined` how many percent of all organizations had no value.
"""

KINDS = """## The corpora

Conditions under which a truth is exact are met in these settings, or the metric is left out. Persons differ: whether
two turns of one person are answered is correlated by 0.25. All settings but the last use one plain wording for each
thing a post can do, so that the text rules cannot err and the interval alone is judged.

"""

RULES = """## What the text rules add

The same corpora twice, in the wordings of all 16 simulated organizations and in plain words. `shift` is by how much the
rules move the value on average, in points of a hundred; then the coverage at 30 persons and more.

"""


REASONS = """## What lies outside, and why

- `accountability_loss` is on the safe side. Its cases lie between 0.25 and 1 and differ less than those of a share can,
  but the effective number of cases is held at the number seen: let free, the interval of an account that sends nearly
  everybody to one place would hold the truth in only 80 of 100 corpora.
- Where something is hardly ever seen (staff's replies among posts; answers within minutes by those who answer one turn
  in ten; a destination that gets one deflection in twenty; anything rare among few persons), counts are 0, 1 or 2 and
  coverage can only jump. The default interval errs on the wide side; percentiles of a bootstrap err on either.
- `deflect_part` and `strategy_z2` are on the safe side: the three parts of a composition share one number of cases they
  are worth, that of the least sure part, and deflections come more evenly than the rest.
- Percentiles of a bootstrap are a little too narrow for shares near 0 or 1 and for skewed means such as
  `chases_per_turn`. This is why they are not the default.
- `latency_median` is undefined where fewer than half of an organization's turns are seen to be answered; its interval
  is then open above and is judged like any other.
- Destinations are undefined for organizations that deflected nobody in the corpus.
- `broadcast_index` and `broadcast_strategy_score` are judged where volumes vary. The other settings fix how many posts
  and contacts there are, so that intervals, which allow for other volumes as well, would cover too often (99 in 100).

Measures without a stated truth (the shapes of conversations, reciprocity where persons come back, rhythm) are not
judged here; their intervals come from the same functions, whose own coverage is in `tests/inference/test_coverage.py`.

"""


def page(counts_file: Path) -> str:
    """Write the page."""
    with counts_file.open(encoding="utf-8") as lines:
        made_by = next(lines).removeprefix("# ").strip()
    counts = pd.read_csv(counts_file, comment="#", dtype={"size": str})
    plain = counts[counts["setting"] != WORDINGS.name]
    closed, bootstrap = (plain[plain["interval"] == kind] for kind in ("closed", "bootstrap"))
    parts = [
        OPENING.format(made_by=made_by),
        "## Default intervals\n\n" + by_size(closed),
        '## Bootstrap intervals\n\nOf ratios, with `interval="bootstrap"`.\n\n' + by_size(bootstrap),
        "## Default intervals by strategy\n\nAt 30 clusters and more.\n\n" + by_strategy(closed),
        REASONS + KINDS + kinds_of_corpora(counts),
        RULES + rules(counts),
    ]
    return "\n".join(parts)


def in_order(counts: pd.DataFrame) -> list[str]:
    """List the metrics that were judged in order of the catalogue."""
    return [name for name in all_metrics() if name in set(counts["parameter"])]


def cell(found: pd.DataFrame) -> str:
    """Write one share, or a dash."""
    if not len(found) or not found["judged"].iloc[0] >= LEAST:
        return "–"
    share, se = found["share"].iloc[0], found["se"].iloc[0]
    words = f"{100 * share:.1f} ± {100 * se:.1f}"
    return words if LOW - 2 * se <= share <= HIGH + 2 * se else f"**{words}**"


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a table."""
    headings = list(headings)
    lines = ["| " + " | ".join(headings) + " |", "|---" + "|---:" * (len(headings) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def by_size(counts: pd.DataFrame) -> str:
    """Tabulate coverage by number of clusters."""
    shares = coverage(counts, ["parameter", "size"])
    whole = coverage(counts, ["parameter"]).set_index("parameter")
    wide = coverage(counts[counts["size"].isin(ENOUGH)], ["parameter"]).set_index("parameter")["width"]
    rows = []
    for name in in_order(counts):
        own = shares[shares["parameter"] == name]
        cells = [cell(own[own["size"] == size]) for size in CLASSES]
        undefined = 100 * whole.loc[name, "undefined"] / whole.loc[name, "n"]
        rows.append([f"`{name}`", *cells, f"{wide.get(name, float('nan')):.3g}", f"{undefined:.1f}"])
    return table(["metric", *CLASSES.values(), "width", "undefined"], rows)


def by_strategy(counts: pd.DataFrame) -> str:
    """Tabulate coverage by the strategy of the organization."""
    shares = coverage(counts[counts["size"].isin(ENOUGH)], ["parameter", "strategy"])
    rows = []
    for name in in_order(counts):
        own = shares[shares["parameter"] == name]
        rows.append([f"`{name}`", *[cell(own[own["strategy"] == strategy]) for strategy in STRATEGIES]])
    return table(["metric", *STRATEGIES], rows)


def kinds_of_corpora(counts: pd.DataFrame) -> str:
    """Tabulate coverage over all metrics by setting."""
    own = counts[counts["size"].isin(ENOUGH)]
    shares = coverage(own[own["interval"] == "closed"], ["setting"])
    rows = []
    for setting in (*SETTINGS, WORDINGS):
        found = shares[shares["setting"] == setting.name]
        n = f"{int(found['judged'].iloc[0]):,}" if len(found) else "0"
        rows.append([f"`{setting.name}`: {setting.about}", n, cell(found).split(" ±")[0].replace("*", "")])
    return table(["setting", "intervals at 30 clusters and more", "hold the truth"], rows)


def rules(counts: pd.DataFrame) -> str:
    """Tabulate what the text rules move, by strategy, and what coverage is left."""
    own = counts[counts["setting"] == WORDINGS.name]
    shares = coverage(own[own["size"].isin(ENOUGH)], ["parameter"])
    shift = own.drop_duplicates(["parameter", "strategy"]).set_index(["parameter", "strategy"])["shift"]
    rows = []
    for name in in_order(own):
        moved = [f"{100 * shift.get((name, strategy), float('nan')):+.2f}" for strategy in STRATEGIES]
        rows.append([f"`{name}`", *moved, cell(shares[shares["parameter"] == name])])
    return table(["metric", *[f"shift, {strategy}" for strategy in STRATEGIES], "hold the truth"], rows)
