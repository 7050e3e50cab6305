"""The commands that look things up: `metrics` and `sample`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import click
import pandas as pd

from ..errors import TwowayError
from ..metrics.catalog import catalog, explain, metrics_of
from ..metrics.registry import get_metric
from ..samples import list_corpora, registered_files
from .constructs import CONSTRUCTS
from .formulas import plain_formula
from .words import many

__all__ = ["metrics_command", "sample_command"]

METRICS_EXAMPLES = """\b
Examples:
  twoway metrics
  twoway metrics response_rate
  twoway metrics B7
  twoway metrics --json"""

SAMPLE_EXAMPLES = """\b
Examples:
  twoway sample
  twoway sample twelve_posts -o data/
  twoway sample town_square -o data/"""


@click.command("metrics", epilog=METRICS_EXAMPLES, short_help="All metrics, or what one means and how it misleads.")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Write JSON instead of text.")
def metrics_command(name: str | None, as_json: bool) -> None:
    """List all metrics, or explain one: formula, when it is undefined, how it misleads.

    NAME is a metric, or a number of the catalogue such as B7 for all metrics of that construct. Some numbers stand for
    no metric but for bounds, ranks, null models or intervals (I4, J1, J4, N1 to N6, U1 to U10): for these it says what
    they are.
    """
    construct = CONSTRUCTS.get((name or "").upper())
    if construct is not None and not list(metrics_of(str(name).upper())):
        row = {"catalog": str(name).upper(), "title": construct}
        click.echo(json.dumps([row], indent=1, ensure_ascii=False) if as_json else f"{row['catalog']}: {construct}")
        return
    if name is not None and list(metrics_of(name.upper())):
        name = name.upper()
    table = catalog()
    chosen = list(metrics_of(name)) or [name] if name else list(table.index)
    told = [] if name is None else [_explained(metric) for metric in chosen]
    if as_json:
        click.echo(table.loc[chosen].reset_index().to_json(orient="records", indent=1, force_ascii=False))
    elif name is not None:
        click.echo("\n\n".join(told))
    else:
        click.echo(_overview(table))


def _explained(metric: str) -> str:
    """Explain a metric with its formula as a line of plain text: a terminal sets no LaTeX."""
    formula = get_metric(metric).formula
    return str(explain(metric)).replace(f"Formula: {formula}", f"Formula: {plain_formula(formula)}")


def _overview(table: pd.DataFrame) -> str:
    width = max(len(str(name)) for name in table.index)
    lines = [f"{row.catalog:>3}  {row.Index:<{width}}  {row.title}" for row in table.itertuples()]
    return "\n".join([*lines, "", f"{many(len(table), 'metric')}. 'twoway metrics NAME' explains one."])


@click.command("sample", epilog=SAMPLE_EXAMPLES, short_help="Copy a bundled corpus with its known truth.")
@click.argument("name", required=False)
@click.option("-o", "--output", metavar="DIR", help="Folder to copy to; made if it is not there.")
def sample_command(name: str | None, output: str | None) -> None:
    """Copy the files of a bundled corpus, with what is known to be true of it; without NAME, list what there is."""
    if name is None:
        for card in list_corpora().itertuples():
            click.echo(f"{card.name} {card.version}: {many(card.posts, 'post')}. {card.description}")
        return
    files = registered_files(name)
    if output is None:
        msg = f"There is no folder to copy '{name}' to. It was left out after 'twoway sample {name}'. "
        msg += f"Name one, -o {name}/"
        raise TwowayError(msg)
    for file in files:
        click.echo(str(_copy(file, Path(output) / file.name)))


def _copy(file: Path, target: Path) -> Path:
    """Copy a file, but never over one that says something else."""
    if target.exists() and target.read_bytes() != file.read_bytes():
        msg = f"'{target}' is there already and holds something else. It was named as the place for a sample. "
        msg += "Name another folder."
        raise TwowayError(msg)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, target)
    return target
