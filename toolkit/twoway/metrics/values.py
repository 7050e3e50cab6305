"""Values of metrics alone, for whoever compares values and shows no interval."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..definitions import Definitions
from ..inference.composition import composition
from ..inference.linearized import cluster_moments
from ..inference.results import Interval
from .evaluate import Outcome
from .kinds import Posterior, Ratio, Smooth
from .sums import UnitSums

__all__ = ["PARTS", "value_outcomes"]

#: Columns of which balances are made, by day.
PARTS = ("undirected", "part_deflect", "part_open")

#: What a balance can ask of them, in their order.
_ASKED = ("broadcast", "deflect", "conversation")


def value_outcomes(sums: UnitSums, specs: dict[str, Any], d: Definitions) -> dict[str, Outcome]:
    """Evaluate the metrics over the sums of one unit: the values that come with intervals elsewhere, to the last digit.

    Parameters
    ----------
    sums
        Of the unit.
    specs
        Metrics that are read off sums.
    """
    ratios = {name: spec for name, spec in specs.items() if isinstance(spec, Ratio) and sums.total(spec.den) > 0}
    found = dict.fromkeys(specs, np.nan) | _ratios(sums, ratios)
    counts = sums.table(PARTS).sum(axis=0) if any(isinstance(spec, Posterior) for spec in specs.values()) else None
    for name, spec in specs.items():
        if isinstance(spec, Smooth):
            with np.errstate(all="ignore"):
                found[name] = float(spec.combine(*sums.table(spec.columns).sum(axis=0)))
        elif isinstance(spec, Posterior) and counts is not None and counts.sum() > 0:
            seen = composition(counts)
            found[name] = float(seen.parts[_ASKED.index(spec.ask)] if spec.ask in _ASKED else getattr(seen, spec.ask))
    return {name: _told(value, d) for name, value in found.items()}


def _ratios(sums: UnitSums, ratios: dict[str, Ratio]) -> dict[str, float]:
    if not ratios:
        return {}
    num, den = (sums.table(tuple(getattr(ratio, side) for ratio in ratios.values())) for side in ("num", "den"))
    values = cluster_moments(num, den).value
    return {name: float(value * ratio.scale) for (name, ratio), value in zip(ratios.items(), values, strict=True)}


def _told(value: float, d: Definitions) -> Outcome:
    return Outcome(Interval(np.nan, np.nan, method="none", flags=(), value=value, level=d.level), 0, 0)
