"""All metrics: importing this registers the families."""

from . import (
    answering,
    asking,
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
    strategies,
    structure,
    telling,
    timing,
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
    "asking",
    "relating",
    "resolving",
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
    "telling",
    "timing",
]
