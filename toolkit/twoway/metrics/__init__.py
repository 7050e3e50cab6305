"""All metrics: importing this registers the families."""

from . import (
    answering,
    attention,
    breadth,
    competing,
    deflecting,
    discussing,
    hazard,
    hosting,
    opening,
    posting,
    reciprocity,
    relating,
    resolving,
    scripting,
    strategies,
    structure,
    timing,
    voicing,
)
from .measure import measure
from .registry import Metric, Ratio, all_metrics, get_metric, metric
from .scorecard import Scorecard

__all__ = [
    "Metric",
    "Ratio",
    "Scorecard",
    "all_metrics",
    "answering",
    "relating",
    "resolving",
    "scripting",
    "voicing",
    "opening",
    "hosting",
    "discussing",
    "competing",
    "attention",
    "breadth",
    "deflecting",
    "get_metric",
    "hazard",
    "measure",
    "metric",
    "posting",
    "reciprocity",
    "strategies",
    "structure",
    "timing",
]
