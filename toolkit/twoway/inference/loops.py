"""Feedback between two series: whether less of one brings more of the other, and more of that again less of the first.

Two regressions of weekly series on each other's week before, with Newey-West errors; statsmodels fits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ..errors import TwowayError
from .linear import newey_west
from .modelfit import ModelFit
from .results import FloatArray, Interval
from .shown import Shown

__all__ = ["LoopGain", "gain_of", "loop_gain"]


@dataclass(frozen=True)
class LoopGain(Shown):
    """The loop of two series x and y, each on the other of the week before.

    Attributes
    ----------
    beta
        Effect of y on x a week later.
    gamma
        Effect of x on y a week later.
    gain
        beta times gamma: above 0 each pushes the other on.
    n
        Weeks whose values and values before are known.
    flags
        Of the regressions.
    of_x, of_y
        The fitted regressions.
    """

    SHOWN = ("gain", "n", "flags")

    beta: Interval
    gamma: Interval
    gain: float
    n: int
    flags: tuple[str, ...]
    of_x: ModelFit
    of_y: ModelFit

    @property
    def is_spiral(self) -> bool:
        """Whether both effects are below 0 with intervals that leave 0 out."""
        return bool(self.beta.high < 0 and self.gamma.high < 0)

    def __str__(self) -> str:
        """Write one sentence."""
        verdict = "a downward spiral" if self.is_spiral else "no downward spiral can be told"
        return (
            f"Loop gain {self.gain:.3g} over {self.n} weeks (beta {self.beta.value:.3g}, {self.beta.low:.3g} to"
            f" {self.beta.high:.3g}; gamma {self.gamma.value:.3g}, {self.gamma.low:.3g} to {self.gamma.high:.3g}):"
            f" {verdict}."
        )


def loop_gain(x: ArrayLike, y: ArrayLike, steps: ArrayLike | None = None, level: float = 0.95) -> LoopGain:
    """Fit x on last week's y, y on last week's x, each with its own last week and a trend (Newey-West errors).

    Parameters
    ----------
    x, y
        (n,): one value a week, in order. NaN where a week has none: it is left out with the week after.
    steps
        (n, k): columns that are 0 before a break and 1 from it on. Default: no breaks.
    level
        Confidence level.

    Returns
    -------
    LoopGain
        NaN where too little varies.

    Raises
    ------
    TwowayError
        If lengths differ.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x, y = [0.0], [0.0]
    >>> for e, u in rng.normal(size=(400, 2)):
    ...     x, y = [*x, -0.2 * y[-1] + e], [*y, -0.5 * x[-1] + u]
    >>> found = loop_gain(x, y)
    >>> found.is_spiral, round(found.gain, 2)
    (True, 0.09)
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    breaks = np.empty((len(x), 0)) if steps is None else np.asarray(steps, dtype=float).reshape(len(x), -1)
    if x.shape != y.shape or x.ndim != 1:
        msg = (
            f"Series of shapes {x.shape} and {y.shape} do not fit. They were given to loop_gain. Pass one value a week."
        )
        raise TwowayError(msg)
    columns = {"x_before": x[:-1], "y_before": y[:-1], "trend": np.arange(1.0, len(x))}
    columns |= {f"step_{j + 1}": breaks[1:, j] for j in range(breaks.shape[1])}
    known = ~(np.isnan(x[1:]) | np.isnan(y[1:]) | np.isnan(x[:-1]) | np.isnan(y[:-1]))
    table = pd.DataFrame(columns)[known]
    of_x, of_y = (newey_west(side[1:][known], table, level=level) for side in (x, y))
    beta, gamma = of_x.interval("y_before"), of_y.interval("x_before")
    flags = tuple(dict.fromkeys(f for fit in (of_x, of_y) for f in fit.flags.split(",") if f))
    return LoopGain(beta, gamma, beta.value * gamma.value, int(known.sum()), flags, of_x, of_y)


def gain_of(x: FloatArray, y: FloatArray, breaks: FloatArray) -> float:
    """Give the loop gain alone, for many draws of a null model; NaN where too little varies."""
    lagged = np.column_stack([np.ones(len(x) - 1), x[:-1], y[:-1], np.arange(1.0, len(x)), breaks[1:]])
    known = ~np.isnan(np.column_stack([lagged, x[1:], y[1:]])).any(axis=1)
    z, both = lagged[known], np.column_stack([x[1:], y[1:]])[known]
    if len(z) <= z.shape[1] or np.linalg.matrix_rank(z[:, :4]) < 4:
        return float("nan")
    found = np.linalg.lstsq(z, both, rcond=None)[0]
    return float(found[2, 0] * found[1, 1])
