"""The tables of a report, by great-tables: value over interval and number of observations, flags as letters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from ..figures.canvas import percent
from ..figures.rows import Scale, scale_of, split_flags
from ..figures.style import STRATEGY_COLORS
from ..metrics.registry import all_metrics, get_metric
from .findings import Findings
from .words import bound_words, hidden_words, interval_words

__all__ = ["MOST_ROWS", "family_tables", "metric_table", "plain_table", "strategy_table"]

#: Most organizations in a table; the scorecard's file has all.
MOST_ROWS = 500

_COLUMNS_A_TABLE = 6

_SHOWN = ["value", "low", "high", "n", "lower_bound", "upper_bound", "flags"]

_FAMILIES = {
    "A": "What the accounts post", "B": "How they answer", "C": "The shape of the exchange", "D": "Voice",
    "E": "Timing", "F": "The organization behind the handle", "G": "What comes of it", "H": "Crisis and change",
    "I": "Strategy",
}  # fmt: skip

_ARROWS = {"+": "higher is more two-way", "-": "higher is less two-way", "0": "context"}


def plain_table(
    rows: pd.DataFrame, name: str, label: str, *, headings: Mapping[str, str], markup: Sequence[str] = ()
) -> Markup:
    """Write a table whose first column names the rows.

    Parameters
    ----------
    rows
        The cells, as text.
    name
        Id of the table in the page.
    label
        What it is, for those who hear it.
    headings
        Words over each column; HTML is kept, so it must be our own.
    markup
        Columns whose cells are HTML of our own making; all others are escaped.
    """
    from great_tables import GT, html

    stub = rows.columns[0]
    safe = {column: f"c{position}" for position, column in enumerate(rows.columns)}
    # great-tables reads cell by cell, which takes many times as long from strings of Arrow.
    table = GT(rows.astype(object).rename(columns=safe), rowname_col=safe[stub], id=name).tab_stubhead(
        html(headings[stub])
    )
    table = table.cols_label({safe[column]: html(words) for column, words in headings.items() if column != stub})
    if markup:
        table = table.fmt_passthrough(columns=[safe[column] for column in markup], escape=False)
    return _scrolling(table.as_raw_html(), name, label)


def _scrolling(made: str, name: str, label: str) -> Markup:
    """Leave out great-tables' style, since the page has its own, and let the table scroll by keyboard."""
    bare = re.sub(r"<style>.*?</style>\s*", "", made, flags=re.DOTALL)
    return Markup(re.sub(rf'<div id="{name}"[^>]*>', lambda _: _box(name, label), bare, count=1).strip())


def _box(name: str, label: str) -> str:
    return f'<div id="{name}" class="scroll" role="region" tabindex="0" aria-label="{escape(label)}">'


def metric_table(found: Findings, metrics: Sequence[str], name: str, label: str) -> Markup:
    """Write some metrics of all organizations, a row each.

    Parameters
    ----------
    found
        From `find`.
    metrics
        Names of metrics, a column each.
    name, label
        As in `plain_table`.
    """
    cells, headings = _metric_cells(found, metrics)
    return plain_table(pd.DataFrame(cells), name, label, headings=headings, markup=metrics)


def _metric_cells(found: Findings, metrics: Sequence[str]) -> tuple[dict[str, list[str]], dict[str, str]]:
    letters, units = found.flags, _units(found)
    cells: dict[str, list[str]] = {"unit": units}
    headings = {"unit": "organization"}
    for metric in metrics:
        rows = found.rows[metric].reindex(units)
        shared, scale = _shared(rows), scale_of(metric)
        cells[metric] = [_cell(row, scale, letters, shared) for row in rows[_SHOWN].astype(object).to_dict("records")]
        headings[metric] = _heading(metric, [letters[flag] for flag in sorted(shared)], _hidden(rows, scale))
    return cells, headings


def _units(found: Findings) -> list[str]:
    units = sorted(found.card.table["unit_id"].unique())
    if len(units) <= MOST_ROWS:
        return units
    evidence = found.card.table.groupby("unit_id")["n"].sum().nlargest(MOST_ROWS)
    return sorted(evidence.index)


def _shared(rows: pd.DataFrame) -> set[str]:
    each = [set(split_flags(flags)) for flags in rows["flags"].unique()]
    return set.intersection(*each) if len(rows) > 1 else set()


def _hidden(rows: pd.DataFrame, scale: Scale) -> str:
    """Say once over the column what holds for all of its values; where they differ, the cells say it."""
    valued = rows[rows["value"].notna()]
    low, high = (valued[side].to_numpy(dtype=float) for side in ("lower_bound", "upper_bound"))
    unknown, same = np.isnan(low) | np.isnan(high), low == high
    one_for_all = len(valued) and (unknown.all() or same.all())
    return hidden_words(valued.iloc[0], scale) if one_for_all else ""


def _heading(metric: str, marks: Sequence[str], hidden: str) -> str:
    below = f'<span class="way">hidden: {hidden}</span>' if hidden else ""
    raised = f"<sup>{' '.join(marks)}</sup>" if marks else ""
    way = f'<span class="way">{_ARROWS[get_metric(metric).direction]}</span>'
    return f"{metric.replace('_', '_<wbr>')}{raised}{way}{below}"


def _cell(row: dict[Any, Any], scale: Scale, letters: Mapping[str, str], shared: set[str]) -> str:
    marks = " ".join(letters[flag] for flag in split_flags(row["flags"]) if flag not in shared)
    raised = f"<sup>{marks}</sup>" if marks else ""
    if pd.isna(row["value"]):
        return f'<span class="none" title="undefined">–{raised}</span>'
    interval = interval_words(row, scale)
    below = " · ".join(part for part in (interval, f"n {row['n']:,.0f}") if part)
    lines = "".join(f"<small>{escape(line)}</small>" for line in (below, bound_words(row, scale)) if line)
    return f"<b>{escape(scale.text(row['value']))}</b>{raised}{lines}"


def _light_table(found: Findings, metrics: Sequence[str], name: str, label: str) -> Markup:
    """Write the same as `metric_table` without great-tables, which would take minutes for all metrics of many."""
    cells, headings = _metric_cells(found, metrics)
    head = "".join(f'<th scope="col">{words}</th>' for words in headings.values())
    body = "".join(
        f'<tr><th scope="row">{escape(unit)}</th>{"".join(f"<td>{cell}</td>" for cell in row)}</tr>\n'
        for unit, *row in zip(*cells.values(), strict=True)
    )
    table = f'<table class="gt_table"><thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table>'
    return Markup(f"{_box(name, label)}{table}</div>")


def family_tables(found: Findings) -> list[dict[str, Any]]:
    """Write all metrics of all organizations, a few columns a table, by part of the catalogue.

    Parameters
    ----------
    found
        From `find`.

    Returns
    -------
    list of dict
        `title` and `tables` of each part.
    """
    families: dict[str, list[str]] = {}
    for metric in found.card.metrics:
        families.setdefault(all_metrics()[metric].family, []).append(metric)
    out = []
    for family, metrics in sorted(families.items()):
        title = _FAMILIES[family]
        tables = []
        n_tables = -(-len(metrics) // _COLUMNS_A_TABLE)
        size = -(-len(metrics) // n_tables)
        for part in range(n_tables):
            chosen = metrics[part * size : (part + 1) * size]
            label = f"{title}, table {part + 1} of {n_tables}: {', '.join(chosen)}"
            tables.append(_light_table(found, chosen, f"table-{family.lower()}{part + 1}", label))
        out.append({"id": f"part-{family.lower()}", "title": title, "tables": tables})
    return out


def strategy_table(table: pd.DataFrame) -> Markup:
    """Write the strategies: shares of each part, label, and the probability of every label.

    Parameters
    ----------
    table
        `Strategy.table`.
    """
    rows = table.sort_values("unit_id").head(MOST_ROWS)
    cells: dict[str, Any] = {"unit": list(rows["unit_id"]), "label": [_chip(label) for label in rows["label"]]}
    headings = {"unit": "organization", "label": "label"}
    for part in ("broadcast", "deflect", "conversation"):
        cells[part] = [percent(share) for share in rows[part]]
        headings[part] = f"{part}<span class='way'>share of posts</span>"
    for label in STRATEGY_COLORS:
        cells[f"p_{label}"] = [percent(chance) for chance in rows[f"p_{label}"]]
        headings[f"p_{label}"] = f"{label}<span class='way'>probability</span>"
    cells["n"] = [f"{n:,.0f}" for n in rows["n"]]
    headings["n"] = "n<span class='way'>posts</span>"
    return plain_table(
        pd.DataFrame(cells), "table-strategy", "Strategies by organization", headings=headings, markup=["label"]
    )


def _chip(label: str) -> str:
    return f'<span class="chip {escape(label)}">{escape(label)}</span>'
