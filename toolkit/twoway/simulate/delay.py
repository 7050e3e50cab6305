"""How long an organization takes to answer, and when it is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

__all__ = ["HOURS", "Delay", "OpeningHours"]


class OpeningHours(NamedTuple):
    """Open weekdays (Monday is 0), first and last hour of the local day, and the longest delay in open seconds."""

    weekdays: tuple[int, ...]
    first: int
    last: int
    limit_s: int


#: Opening hours by name. The limits keep every answer within 72 hours of the calendar, weekends and clock changes
#: included.
HOURS = {
    "office": OpeningHours((0, 1, 2, 3, 4), 9, 18, 8 * 3_600),
    "shop": OpeningHours((0, 1, 2, 3, 4, 5), 8, 18, 10 * 3_600),
}


@dataclass(frozen=True, slots=True)
class Delay:
    """A lognormal delay cut off at a limit: the time an organization takes, given that it answers.

    Parameters
    ----------
    median_s
        Median of the lognormal before the cut, in seconds.
    sigma
        Standard deviation of the logarithm.
    limit_s
        No delay is longer.

    Examples
    --------
    >>> delay = Delay(median_s=3_600, sigma=1.0, limit_s=172_800)
    >>> float(round(delay.cdf(3_600), 3))
    0.5
    """

    median_s: float
    sigma: float
    limit_s: float

    def _z(self, seconds: np.ndarray | float) -> np.ndarray:
        return (np.log(np.maximum(seconds, 1e-9)) - np.log(self.median_s)) / self.sigma

    @property
    def _mass(self) -> float:
        return float(ndtr(self._z(self.limit_s)))

    def cdf(self, seconds: np.ndarray | float) -> np.ndarray:
        """Return the share of delays of at most so many seconds."""
        return ndtr(self._z(np.minimum(seconds, self.limit_s))) / self._mass

    def quantile(self, share: np.ndarray | float) -> np.ndarray:
        """Return the delay in seconds that a share of all delays stays below."""
        return self.median_s * np.exp(self.sigma * ndtri(np.asarray(share) * self._mass))

    def area(self, seconds: np.ndarray | float) -> np.ndarray:
        """Integrate the distribution function from 0, in seconds."""
        inside = np.minimum(seconds, self.limit_s)
        below = self.median_s * np.exp(self.sigma**2 / 2) * ndtr(self._z(inside) - self.sigma) / self._mass
        return inside * self.cdf(inside) - below + np.maximum(np.asarray(seconds) - self.limit_s, 0.0)
