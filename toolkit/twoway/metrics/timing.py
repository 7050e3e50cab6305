"""When accounts post: bursts and memory (E1)."""

from __future__ import annotations

from typing import Any

import numpy as np

from .registry import Smooth, metric

_BURST: dict[str, Any] = {
    "table": "gaps",
    "catalog": "E1",
    "direction": "0",
    "unit": "index",
    "span": (-1.0, 1.0),
    "min_n": 20,
    "traits": ("signed",),
    "references": ("GohBar08", "KimJo16"),
    "undefined": "fewer than two gaps between units, or all at one moment",
    "misleads": "nights and weekends alone make any account bursty; not a measure of two-way talk by itself",
}
_FORMULA = r"B_n = \frac{\sqrt{n+1}\,r - \sqrt{n-1}}{(\sqrt{n+1} - 2)\,r + \sqrt{n-1}},\ r = \sigma/\mu"


def burstiness_of(n: np.ndarray, total: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """Give the finite-size burstiness from the number, sum and sum of squares of the gaps.

    Examples
    --------
    >>> round(float(burstiness_of(np.float64(5), np.float64(10), np.float64(40))), 5)
    0.1835
    """
    with np.errstate(all="ignore"):
        mean = total / n
        r = np.sqrt(np.maximum(squares / n - mean**2, 0.0)) / mean
        up, down = np.sqrt(n + 1), np.sqrt(n - 1)
        value = (up * r - down) / ((up - 2) * r + down)
    return np.where((n >= 2) & (total > 0), value, np.nan)


def memory_of(
    n: np.ndarray, x: np.ndarray, y: np.ndarray, xx: np.ndarray, yy: np.ndarray, xy: np.ndarray
) -> np.ndarray:
    """Give the correlation of successive gaps from sums; NaN where either series is constant."""
    with np.errstate(all="ignore"):
        a, b = xx - x**2 / n, yy - y**2 / n
        value = (xy - x * y / n) / np.sqrt(a * b)
        flat = (a <= 1e-12 * np.abs(xx)) | (b <= 1e-12 * np.abs(yy))
    return np.where((n >= 2) & ~flat, value, np.nan)


@metric(**_BURST, formula=_FORMULA)
def burstiness() -> Smooth:
    """Burstiness of the account's units: -1 a clock, 0 chance, 1 all at once."""
    return Smooth(("all_n", "all_s", "all_q"), burstiness_of, count="all_n")


@metric(**_BURST, formula=_FORMULA + r"\ \text{over undirected units}")
def burstiness_originals() -> Smooth:
    """Burstiness of the units that speak to nobody in particular."""
    return Smooth(("originals_n", "originals_s", "originals_q"), burstiness_of, count="originals_n")


@metric(**_BURST, formula=_FORMULA + r"\ \text{over directed units}")
def burstiness_replies() -> Smooth:
    """Burstiness of the units that speak to a person."""
    return Smooth(("replies_n", "replies_s", "replies_q"), burstiness_of, count="replies_n")


@metric(**_BURST, formula=r"M = \mathrm{corr}(\tau_i, \tau_{i+1})")
def memory() -> Smooth:
    """Correlation of successive gaps: whether short waits follow short ones."""
    return Smooth(tuple(f"memory_{c}" for c in ("n", "x", "y", "xx", "yy", "xy")), memory_of, count="memory_n")
