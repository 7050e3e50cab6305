"""What a metric is: a declaration, from which value, interval, grouping, catalogue and report follow."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any

from ..errors import SchemaError, unknown_name
from .kinds import Competing, Composite, Distribution, Posterior, Ratio, Rows, Smooth, Statistic, Survival

__all__ = [
    "Competing",
    "Composite",
    "Distribution",
    "Metric",
    "Posterior",
    "Ratio",
    "Rows",
    "Smooth",
    "Survival",
    "all_metrics",
    "get_metric",
    "metric",
]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: its name, what it means, and how it is computed."""

    name: str
    table: str
    catalog: str
    direction: str
    formula: str
    undefined: str
    misleads: str
    references: tuple[str, ...]
    unit: str
    span: tuple[float, float]
    min_n: int
    cluster: str
    needs: tuple[str, ...]
    needs_one: tuple[str, ...]
    traits: frozenset[str]
    scales_with: str
    horizon: str | float
    coded: str
    composed: str
    declare: Callable[[], Ratio | Statistic]
    doc: str = field(repr=False, default="")

    @property
    def title(self) -> str:
        """The one-sentence claim."""
        return self.doc.strip().splitlines()[0] if self.doc else self.name

    def missing_columns(self, knows: Callable[[str], bool]) -> list[str]:
        """List the columns without which a source cannot give it; empty where it can."""
        either = [column for column in self.needs_one if not knows(column)]
        missing = [column for column in self.needs if not knows(column)]
        return missing + (either if len(either) == len(self.needs_one) else [])

    def span_under(self, definitions: Any) -> tuple[float, float]:
        """Return the least and the greatest value it can take under other definitions than the defaults."""
        if not self.scales_with:
            return self.span
        usual = {f.name: f.default for f in fields(definitions)}[self.scales_with]
        k = getattr(definitions, self.scales_with) / usual
        return self.span[0] * k, self.span[1] * k

    def horizon_under(self, definitions: Any) -> float:
        """Return the seconds that are waited before a case is judged; NaN for metrics that wait for nothing."""
        if isinstance(self.horizon, str):
            return float(getattr(definitions, self.horizon)) if self.horizon else float("nan")
        return self.horizon

    def attribution_under(self, definitions: Any) -> str:
        """Return how answers are found, `strict` or `inferred`; empty for metrics that look for none."""
        if "response" not in self.traits:
            return ""
        return "strict" if "strict" in self.traits else str(definitions.attribution)

    @property
    def family(self) -> str:
        """The part of the catalogue it belongs to."""
        return self.catalog[0]


_METRICS: dict[str, Metric] = {}


def metric(
    *,
    table: str,
    catalog: str,
    direction: str,
    formula: str,
    undefined: str,
    misleads: str,
    references: tuple[str, ...] = (),
    unit: str = "share",
    span: tuple[float, float] = (0.0, 1.0),
    min_n: int = 30,
    cluster: str = "",
    needs: tuple[str, ...] = (),
    needs_one: tuple[str, ...] = (),
    traits: tuple[str, ...] = (),
    scales_with: str = "",
    horizon: str | float = "",
    coded: str = "",
    composed: str = "",
) -> Callable[[Callable[[], Ratio | Statistic]], Callable[[], Ratio | Statistic]]:
    r"""Declare a metric; the function's name is its name, its docstring its explanation.

    Parameters
    ----------
    table
        The prepared table it reads (`twoway.metrics.prepared`).
    catalog
        Its number in the catalogue of measures, such as `B1`.
    direction
        `"+"` more two-way, `"-"` less, `"0"` context.
    formula
        In TeX.
    undefined
        When it has no value, in words.
    misleads
        How it can mislead, in words.
    references
        Keys of `references.bib`.
    unit
        Of the value: share, minutes, ...
    span
        The least and the greatest value it can take.
    min_n
        Reporting floor: below it the value is flagged `small_n`.
    cluster
        What is resampled, if not the table's own choice.
    needs
        Columns of posts without which it is undefined.
    needs_one
        Columns of posts of which at least one is needed; where one is missing the value is too low.
    traits
        `"response"`: flagged where the collection was chosen by its answers, and where reply links or parents are
        missing; `"selected"`: by the first of these only; `"conversation"`: flagged where parents are missing;
        `"crowd"`: flagged where only posts to measured accounts were collected;
        `"rules"`: rests on text rules; `"words"`: compares words, which not all writing parts by spaces;
        `"signed"`: can be negative; `"hours"`: depends on opening hours;
        `"destinations"`: flagged where persons were sent to accounts outside the corpus;
        `"followers"`: on counts of followers; `"links"`: on which links lead to an own site;
        `"paid"`: on what was paid for;
        `"thinned"`: too low where only a share of replies was kept;
        `"strict"`: counts answers by reply link only;
        `"diluted"`, `"delayed"`: a share that falls, a wait or silence that grows, with all that was not answered.
    scales_with
        The setting that stretches the span: `span` holds at its default.
    horizon
        How long is waited before a case is judged: a setting, or seconds.
    coded
        For a share of posts with a label: codebook and label, such as `resolution.deflect`; of posts with any of
        several, these with strokes between. Where people coded some of the posts, the share is corrected for the errors
        of the rules.
    composed
        For a ratio of what several labels, or labels and facts of threads, make together: codebook and labels, all that
        it rests on. It is corrected by the units all of whose posts people coded for all these labels.

    Raises
    ------
    SchemaError
        If a metric of that name exists, or the docstring or direction is missing.
    """
    # The fields of `Metric` bear the names of the arguments.
    told = {**locals(), "traits": frozenset(traits)}
    return partial(_register, told)


def _register(told: dict[str, Any], declare: Callable[[], Ratio | Statistic]) -> Callable[[], Ratio | Statistic]:
    name, doc = declare.__name__, declare.__doc__
    if name in _METRICS or not doc or told["direction"] not in {"+", "-", "0"}:
        msg = (
            f"The metric '{name}' cannot be declared: its name is taken, its docstring missing, or its direction"
            f" not one of + - 0. It stands in {declare.__module__}. Give it a name of its own, a docstring and a"
            " direction."
        )
        raise SchemaError(msg)
    _METRICS[name] = Metric(name=name, declare=declare, doc=inspect.cleandoc(doc), **told)
    return declare


def all_metrics() -> dict[str, Metric]:
    """Return every declared metric by name, in order of the catalogue."""
    return dict(sorted(_METRICS.items(), key=lambda item: (item[1].catalog[0], int(item[1].catalog[1:]))))


def get_metric(name: str) -> Metric:
    """Return one metric.

    Raises
    ------
    UnknownName
        If there is none of that name.
    """
    if name not in _METRICS:
        raise unknown_name(name, _METRICS, "metric", do="tw.catalog() lists all.")
    return _METRICS[name]
