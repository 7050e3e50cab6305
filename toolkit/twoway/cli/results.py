"""The commands that measure: `measure`, `describe`, `report`."""

from __future__ import annotations

import json

import click
import pandas as pd

from ..definitions import Definitions
from ..metrics.measure import measure
from ..metrics.prepared import LEVELS
from ..metrics.registry import get_metric
from ..metrics.scorecard import Scorecard
from ..report.page import report
from .coding_options import CodingOptions, coding_options
from .options import Reading, listed, reading_options
from .sources import open_corpus, open_talk
from .words import many
from .writing import FILE_HELP, writer

__all__ = ["describe_command", "measure_command", "report_command"]

MEASURE_EXAMPLES = """\b
Examples:
  twoway measure town_square
  twoway measure town_square --by role --metric response_rate,latency_median
  twoway measure twcs.csv --by organization -o scorecard.csv
  twoway measure posts.csv --map created_at=when --map account_id=author --focus cityhall
  twoway measure 'timelines/*.txt' --header post_id,created_at,text --delimiter '|' --set 'account_id={stem}'
  twoway measure twcs.csv --codebook my.toml --codes hand_codes.csv
  twoway measure posts.parquet --accounts accounts.csv --set horizon_s=24h --set seed=1

The table has one row a unit and metric: unit, unit_id, metric, value, low, high, n, n_clusters, lower_bound,
upper_bound, method, flags, horizon_s, attribution, bot_shift; with --codes also corrected, corrected_low,
corrected_high, correction, n_labeled: shares corrected for the errors of the rules.
Values without evidence are empty, never 0. 'twoway metrics' lists the metrics.

"""

SETTINGS = (
    "\b\nDefinitions that --set can change, with their defaults (durations also as 30min, 24h, 7d):\n"
    + "\n".join(f"  {name}={value}  {meaning}" for name, value, meaning in Definitions().to_rows())
)

DESCRIBE_EXAMPLES = """\b
Examples:
  twoway describe town_square
  twoway describe twcs.csv
  twoway describe noflat.jsonl --json
  twoway describe inbound.csv outbound.csv

Read this before you measure: it says what the sample cannot show."""

REPORT_EXAMPLES = """\b
Examples:
  twoway report town_square -o report/
  twoway report twcs.csv -o report/ --title 'Forty care accounts'
  twoway report posts.csv --focus cityhall,mayor -o report/ --own

Writes index.html (one self-contained page), scorecard.csv (every number) and methods.txt (how they came about)."""


@click.command("measure", epilog=MEASURE_EXAMPLES + SETTINGS, short_help="Every metric with its interval, as a table.")
@reading_options
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    metavar="NAME",
    help="Metric to compute; repeat it, or separate by commas. All if left out.",
)
@coding_options
@click.option("--by", default="account", show_default=True, type=click.Choice(LEVELS), help="What the rows are.")
@click.option("-o", "--output", metavar="FILE", help=FILE_HELP)
def measure_command(
    reading: Reading, coding: CodingOptions, metrics: tuple[str, ...], by: str, output: str | None
) -> None:
    """Measure two-way interaction and give a table of numbers with intervals.

    SOURCE is a file, a folder, a pattern, a zip archive, or the name of a bundled corpus such as town_square.
    """
    # Ask for what may be misspelled before anything is read, so that a slip costs no time.
    write, wanted = writer(output), listed(metrics)
    for name in wanted:
        get_metric(name)
    card = measure(open_talk(reading, coding), wanted or None, by=by)
    write(card.table)
    click.echo(_summary(card), err=True)


def _summary(card: Scorecard) -> str:
    corpus = card.talk.corpus
    defined = int(card.table["value"].notna().sum())
    n_metrics, n_units = len(card.metrics), card.table["unit_id"].nunique()
    return (
        f"twoway: {many(corpus.n_posts, 'post')}; {many(n_metrics, 'metric')} by {card.by} for "
        f"{many(n_units, 'unit')}; {defined:,} of {many(len(card), 'value')} defined; "
        f"definitions {card.talk.definitions.short_hash()}"
    )


@click.command("describe", epilog=DESCRIBE_EXAMPLES, short_help="What a collection holds, and what it cannot show.")
@reading_options
@click.option("--json", "as_json", is_flag=True, help="Write JSON instead of text.")
def describe_command(reading: Reading, as_json: bool) -> None:
    """Count what a collection holds, and say what it cannot show.

    SOURCE is a file, a folder, a pattern, a zip archive, or the name of a bundled corpus such as town_square.
    """
    corpus = open_corpus(reading)
    coverage = corpus.coverage()
    repairs = dict(zip(corpus.repairs["rule"], (int(n) for n in corpus.repairs["n"]), strict=True))
    if as_json:
        facts = coverage.to_dict() | {"source": corpus.source, "fingerprint": corpus.fingerprint(), "repairs": repairs}
        click.echo(json.dumps(facts, indent=1, ensure_ascii=False))
        return
    lines = [f"Source: {corpus.source}", "", str(coverage)]
    lines += (
        ["", "Repaired:", *[f"  {rule.replace('_', ' ')}: {n:,}" for rule, n in repairs.items()]] if repairs else []
    )
    lines += ["", "Set aside:", *_set_aside(corpus.rejected)] if len(corpus.rejected) else []
    click.echo("\n".join(lines))


def _set_aside(rejected: pd.DataFrame, most: int = 10) -> list[str]:
    shown = []
    for row in rejected.head(most).to_dict("records"):
        line = "" if pd.isna(row["line"]) else f", line {row['line']:.0f}"
        shown.append(f"  {row['file']}{line}: {row['reason']}")
    return [*shown, f"  and {len(rejected) - most:,} more"] if len(rejected) > most else shown


@click.command("report", epilog=REPORT_EXAMPLES, short_help="A self-contained page to read and to send on.")
@reading_options
@coding_options
@click.option("-o", "--output", required=True, metavar="DIR", help="Folder to write to; made if it is not there.")
@click.option("--title", metavar="WORDS", help="Heading of the page.")
@click.option("--own", is_flag=True, help="The posts are yours to show: write out wordings that replies share.")
def report_command(reading: Reading, coding: CodingOptions, output: str, title: str | None, *, own: bool) -> None:
    """Write a self-contained page about a corpus, with the numbers and the methods beside it.

    SOURCE is a file, a folder, a pattern, a zip archive, or the name of a bundled corpus such as town_square.
    """
    talk = open_talk(reading, coding)
    page = report(talk, output, title=title, corpus_is_own=own or None)
    click.echo(str(page))
    click.echo(f"twoway: {many(talk.corpus.n_posts, 'post')}; open the page in any browser", err=True)
