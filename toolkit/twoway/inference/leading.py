"""Who leads and who follows: vector autoregressions of two sides' daily topic shares, and how each answers the other.

statsmodels chooses the lag. Responses are those to a shock of one unit in one side alone, added up over the days after
it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..errors import TwowayError
from .nulls.summary import null_summary
from .results import FloatArray
from .shown import Shown

__all__ = ["Lead", "lead_index", "logit_shares", "phase_randomized"]

MAX_LAG, DAYS_AFTER = 7, 7

#: Days below which nothing is fitted.
MIN_DAYS = 56


@dataclass(frozen=True)
class Lead(Shown):
    """Whether one side follows the other.

    Attributes
    ----------
    value
        (follows - leads) / (|follows| + |leads|): 1 where the first side only follows the second, -1 where it only
        leads it.
    follows, leads
        Response of the first side to the second over seven days, and of the second to the first; means over topics.
    null_mean, z, p
        Of follows - leads, against series of the second side with their phases drawn anew, which keep its memory and
        lose its timing. Of the index itself there is no test: without any response it is close to 1 or -1 as often as
        not.
    lag
        Days of memory of the regressions, by Akaike's criterion.
    n_days, n_topics
        What it rests on.
    flags
        Empty, or `undefined`.
    """

    SHOWN = ("value", "follows", "leads", "null_mean", "z", "p", "lag", "n_days", "n_topics", "flags")

    value: float
    follows: float
    leads: float
    null_mean: float
    z: float
    p: float
    lag: int
    n_days: int
    n_topics: int
    flags: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Write one sentence."""
        if np.isnan(self.value):
            return "Who leads is undefined: too few days, or topics that never vary."
        side = "follows" if self.value > 0 else "leads"
        rest = f"{self.n_topics} topics, lag {self.lag}, p {self.p:.2g}"
        return f"The first side {side} the second: {self.value:.2f} ({rest})."


def logit_shares(counts: ArrayLike) -> FloatArray:
    """Give the logits of each day's topic shares, days drawn towards the whole period's mix by one post's weight.

    Parameters
    ----------
    counts
        (days, topics).

    Returns
    -------
    array
        (days, topics); a topic with nothing, or with everything, over the whole period is NaN throughout. A day
        without a post has the mix of the period.

    Examples
    --------
    >>> logit_shares([[1, 1], [0, 0], [3, 1]]).round(3).tolist()
    [[0.223, -0.223], [0.693, -0.693], [1.012, -1.012]]
    """
    table = np.asarray(counts, dtype=float)
    mix = table.sum(axis=0) / max(float(table.sum()), 1e-300)
    share = (table + mix) / (table.sum(axis=1, keepdims=True) + 1)
    usable = (mix > 0) & (mix < 1 - 1e-12)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(usable, np.log(share / (1 - share)), np.nan)


def phase_randomized(series: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Draw series with the same spectrum, and so the same memory, and phases at random: (days, topics).

    The same phases are added to all columns, which keeps how topics go together.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=(64, 1))
    >>> drawn = phase_randomized(x, rng)
    >>> bool(np.isclose(drawn.std(), x.std())), bool(np.isclose(drawn.mean(), x.mean()))
    (True, True)
    """
    n = len(series)
    waves = np.fft.rfft(series, axis=0)
    turn = np.exp(2j * np.pi * rng.random(len(waves)))
    turn[0] = 1.0
    if n % 2 == 0:
        # The fastest wave of an even number of days is real: it can only be turned over.
        turn[-1] = rng.choice([-1.0, 1.0])
    return np.fft.irfft(waves * turn[:, None], n=n, axis=0)


def lead_index(brand: ArrayLike, public: ArrayLike, draws: int = 100, seed: int = 20_260_101) -> Lead:
    """Say which of two sides follows the other in what it talks about.

    For each topic a vector autoregression of both sides' logit shares, all of one lag of 1 to 7 days.

    Parameters
    ----------
    brand, public
        (days, topics): counts of posts by day, without gaps.
    draws
        Draws of the null model; 0 for none.
    seed
        Of the draws.

    Returns
    -------
    Lead
        NaN with flag `undefined` below 56 days, or where no topic varies on both sides.

    Raises
    ------
    TwowayError
        If the shapes differ.

    References
    ----------
    Barbera et al. 2019.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> public = rng.poisson(30, size=(200, 2)) + 20 * rng.integers(0, 2, size=(200, 2))
    >>> brand = np.vstack([public[:1], public[:-1]])
    >>> found = lead_index(brand, public, draws=20)
    >>> found.value > 0.5, found.p < 0.1
    (True, True)
    """
    one, other = np.asarray(brand, dtype=float), np.asarray(public, dtype=float)
    if one.shape != other.shape or one.ndim != 2:
        msg = (
            f"Counts of shapes {one.shape} and {other.shape} do not fit. They were given to lead_index. Pass (days,"
            " topics)."
        )
        raise TwowayError(msg)
    x, y = logit_shares(one), logit_shares(other)
    used = ~(np.isnan(x).any(axis=0) | np.isnan(y).any(axis=0)) & (x.std(axis=0) > 0) & (y.std(axis=0) > 0)
    n_days, n_topics = len(x), int(used.sum())
    # Of two topics one mirrors the other: one says it all.
    used = used if one.shape[1] != 2 else used & np.array([True, False])
    if n_days < MIN_DAYS or not used.any():
        nan = float("nan")
        return Lead(nan, nan, nan, nan, nan, nan, 0, n_days, n_topics, ("undefined",))
    x, y = x[:, used], y[:, used]
    lag = _common_lag(x, y)
    follows, leads = _responses(x, y, lag)
    rng = np.random.default_rng(seed)
    pairs = [_responses(x, phase_randomized(y, rng), lag) for _ in range(draws)]
    sample = np.array([one_way - other_way for one_way, other_way in pairs]).reshape(-1, 1)
    found = null_summary([follows - leads], sample)
    mean, z, p = (float(column[0]) for column in (found.mean, found.z, found.p))
    return Lead(_index(follows, leads), follows, leads, mean, z, p, lag, n_days, n_topics)


def _index(follows: float, leads: float) -> float:
    size = abs(follows) + abs(leads)
    return (follows - leads) / size if size > 0 else float("nan")


def _common_lag(x: FloatArray, y: FloatArray) -> int:
    """Choose the lag with the least sum of Akaike's criteria over topics."""
    topics = range(x.shape[1])
    sums = [sum(_aic(x[:, k], y[:, k], lag) for k in topics) for lag in range(1, MAX_LAG + 1)]
    return int(np.argmin(sums)) + 1


def _aic(x: FloatArray, y: FloatArray, lag: int) -> float:
    from statsmodels.tsa.api import VAR

    # All lags are judged on the same days.
    skipped = MAX_LAG - lag
    return float(VAR(np.column_stack([x[skipped:], y[skipped:]])).fit(lag, trend="c").aic)


def _responses(x: FloatArray, y: FloatArray, lag: int) -> tuple[float, float]:
    """Add up how each side answers a shock of one unit in the other over the days after it; means over topics.

    The same least squares as statsmodels' `VAR.fit` and `ma_rep`, for all topics at once.
    """
    both = np.stack([x.T, y.T], axis=2)
    n = both.shape[1]
    before = [both[:, lag - i : n - i] for i in range(1, lag + 1)]
    z = np.concatenate([np.ones((*before[0].shape[:2], 1)), *before], axis=2)
    turned = np.swapaxes(z, 1, 2)
    effects = np.linalg.solve(turned @ z, turned @ both[:, lag:])[:, 1:]
    # (topics, lag, answering side, moving side)
    steps = np.swapaxes(effects.reshape(len(both), lag, 2, 2), 2, 3)
    moves = [np.broadcast_to(np.eye(2), (len(both), 2, 2))]
    for day in range(1, DAYS_AFTER + 1):
        parts = [steps[:, i] @ moves[day - 1 - i] for i in range(min(lag, day))]
        moves.append(np.sum(parts, axis=0))
    total = np.mean(np.sum(moves[1:], axis=0), axis=0)
    return float(total[0, 1]), float(total[1, 0])
