"""The catalogue of metrics, explanations and citations: everything read from the declarations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import pandas as pd

from ..errors import unknown_name
from .flags import FLAG_MEANINGS
from .registry import Metric, all_metrics, get_metric

__all__ = ["Explanation", "catalog", "cite", "explain", "flag_meanings", "references"]


def catalog() -> pd.DataFrame:
    """List all metrics with what they mean, one row each.

    Returns
    -------
    pandas.DataFrame
        Indexed by name: `catalog, title, unit, range, direction, formula, undefined, misleads, min_n, table, needs,
        references`.

    Examples
    --------
    >>> catalog().loc["response_rate", "catalog"]
    'B1'
    """
    rows = [
        {
            "name": m.name,
            "catalog": m.catalog,
            "title": m.title,
            "unit": m.unit,
            "range": f"{m.span[0]:g} to {m.span[1]:g}",
            "direction": m.direction,
            "formula": m.formula,
            "undefined": m.undefined,
            "misleads": m.misleads,
            "min_n": m.min_n,
            "table": m.table or "other metrics",
            "needs": ", ".join(m.needs),
            "references": ", ".join(m.references),
        }
        for m in all_metrics().values()
    ]
    return pd.DataFrame(rows).set_index("name")


class Explanation(str):
    """Text that shows itself line by line."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Show the text as it is."""
        return str(self)


def explain(name: str) -> Explanation:
    """Say what a metric means, when it is undefined, and how it can mislead.

    Raises
    ------
    UnknownName
        If there is no such metric.

    Examples
    --------
    >>> print(explain("burstiness").splitlines()[0])
    burstiness (E1): Burstiness of the account's units: -1 a clock, 0 chance, 1 all at once.
    """
    m = get_metric(name)
    direction = {"+": "higher is more two-way", "-": "higher is less two-way", "0": "context, neither good nor bad"}[
        m.direction
    ]
    lines = [
        f"{m.name} ({m.catalog}): {m.title}",
        f"Formula: {m.formula}",
        f"Unit: {m.unit}, from {m.span[0]:g} to {m.span[1]:g}; {direction}.",
        f"Undefined when {m.undefined}. Flagged small_n below {m.min_n}.",
        f"How it can mislead: {m.misleads}.",
        *[f"Reference: {line}" for line in cite(name).splitlines()],
    ]
    return Explanation("\n".join(lines))


def references() -> dict[str, dict[str, str]]:
    """Read the bibliography: key to fields.

    Examples
    --------
    >>> references()["Avidar13"]["year"]
    '2013'
    """
    text = files("twoway").joinpath("references.bib").read_text(encoding="utf-8")
    out = {}
    for entry in re.finditer(r"@(\w+)\{(\w+),\n(.*?)\n\}", text, re.DOTALL):
        pairs = re.findall(r"^\s*(\w+)\s*=\s*\{(.*)\},?$", entry.group(3), re.MULTILINE)
        out[entry.group(2)] = {"type": entry.group(1).lower(), **dict(pairs)}
    return out


def cite(what: str | Iterable[str] | Any) -> str:
    """Write the references behind a metric, several metrics, or a scorecard, one a line.

    Raises
    ------
    UnknownName
        If a metric does not exist.
    """
    names = [what] if isinstance(what, str) else list(getattr(what, "metrics", what))
    keys = dict.fromkeys(key for name in names for key in get_metric(name).references)
    books = references()
    return "\n".join(sorted(_line(key, books) for key in keys))


def _line(key: str, books: dict[str, dict[str, str]]) -> str:
    if key not in books:
        raise unknown_name(key, books, "reference")
    b = books[key]
    tail = b.get("journal") or b.get("booktitle") or b.get("publisher") or ""
    place = " ".join(part for part in (b.get("volume", ""), f"({b['number']})" if "number" in b else "") if part)
    pages = f", {b['pages'].replace('--', '–')}" if "pages" in b else ""
    doi = f", doi:{b['doi']}" if "doi" in b else ""
    return (
        f"{b['author'].replace(' and ', ', ')} ({b['year']}). {b['title']}."
        f" {tail}{' ' + place if place else ''}{pages}{doi}."
    )


def flag_meanings() -> dict[str, str]:
    """Say what each flag of a scorecard means."""
    return dict(FLAG_MEANINGS)


def metrics_of(catalog_id: str) -> dict[str, Metric]:
    """Return the metrics of one construct of the catalogue, such as `B1`."""
    return {name: m for name, m in all_metrics().items() if m.catalog == catalog_id}
