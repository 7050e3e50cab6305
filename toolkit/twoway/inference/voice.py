"""Individual voice: how well an account's agents can be told apart by their wording, beyond chance.

Every result is of the account as a whole. Nothing gives a value for an agent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse

from ..errors import TwowayError
from .intervals import effective_clusters, wilson_limits
from .leave_week_out import LeaveWeekOut
from .nulls.shuffles import Strata, permute_labels, strata_of
from .nulls.summary import null_summary
from .resampling import jackknife_df
from .results import WARN_BELOW, normal_quantile, t_quantile
from .shown import Shown

__all__ = ["LEAST_WEEKS", "Voice", "above_chance", "agent_voice"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FLAGS = {
    "few_agents": "fewer agents than asked for signed enough replies: nothing can be told apart",
    "one_week": "all replies are of one week: no week can be left out",
    "nothing_moves": "in each week a single agent signs: labels cannot be exchanged",
    "few_weeks": "fewer than 30 weeks: read the interval with care; of fewer than 8 there is none",
}

#: Weeks that it takes to say how far their voices lie apart.
LEAST_WEEKS = 8


@dataclass(frozen=True, slots=True)
class Voice(Shown):
    """How far the wording of one account's agents tells who wrote.

    Attributes
    ----------
    value
        (accuracy - null_mean) / (1 - null_mean): 1, always told apart; 0, no better than with exchanged signatures. NaN
        where it cannot be said; `flags` names why.
    low, high, se
        How far the voice of other weeks might be from it: limits of the accuracy, set against the same chance. NaN
        where there are fewer than `LEAST_WEEKS`.
    accuracy, accuracy_low, accuracy_high
        Share of replies whose agent the wording of all other weeks names right. Its limits are Wilson's at the n at
        which a simple share would be as unsure: by how much weeks differ, and by what pairs of weeks owe to each other,
        for the wording of one makes the agents of the other known.
    null_mean, null_sd, z, p
        Of the accuracy with signatures exchanged within weeks; p is one-sided.
    n_agents, n_replies, n_weeks
        Behind the value; replies whose agent signs in no other week are left out.
    """

    SHOWN = (
        "value", "low", "high", "se", "accuracy", "accuracy_low", "accuracy_high", "null_mean", "null_sd", "z", "p",
        "n_agents", "n_replies", "n_weeks", "flags", "level",
    )  # fmt: skip

    value: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    se: float = float("nan")
    accuracy: float = float("nan")
    accuracy_low: float = float("nan")
    accuracy_high: float = float("nan")
    null_mean: float = float("nan")
    null_sd: float = float("nan")
    z: float = float("nan")
    p: float = float("nan")
    n_agents: int = 0
    n_replies: int = 0
    n_weeks: int = 0
    flags: tuple[str, ...] = ()
    level: float = 0.95

    def __str__(self) -> str:
        """Write one sentence."""
        if np.isnan(self.value):
            return f"Voices cannot be told apart or confused: {', '.join(self.flags)}."
        return (
            f"Wording names the right one of {self.n_agents} agents for {self.accuracy:.1%} of {self.n_replies:,} "
            f"replies, {self.null_mean:.1%} with exchanged signatures: voice {self.value:.3f}{self._limits()},"
            f" p {self.p:.2g}."
        )

    def _limits(self) -> str:
        if np.isnan(self.low):
            return ""
        return f" ({100 * self.level:g} % interval over weeks {self.low:.3f} to {self.high:.3f})"


def above_chance(n_right: int, n: int, n_agents: int) -> float:
    """Give the one-sided p of naming so many agents right by guessing among all with equal chances.

    Only for replies that agents signed equally often; else compare with exchanged signatures.

    Examples
    --------
    >>> f"{above_chance(14, 20, 4):.2e}"
    '2.95e-05'
    """
    from scipy.stats import binom

    if not (0 <= n_right <= n and n_agents >= 1):
        msg = f"{n_right} of {n} named right among {n_agents} agents is no count. It was given to above_chance. "
        msg += "Give whole numbers, the first at most the second."
        raise TwowayError(msg)
    return float(binom.sf(n_right - 1, n, 1 / n_agents)) if n else np.nan


def agent_voice(
    features: Any,
    agent: ArrayLike,
    week: ArrayLike,
    rng: np.random.Generator,
    *,
    strata: Strata | None = None,
    min_replies: int = 50,
    min_agents: int = 3,
    draws: int = 200,
    level: float = 0.95,
) -> Voice:
    """Measure how well the replies of one account tell which agent wrote them.

    A reply goes to the agent whose mean of all other weeks is nearest in angle, after the mean of all replies is taken
    off. The same is done with signatures exchanged within weeks (N4), which keeps how much who signed when.

    Parameters
    ----------
    features
        (replies, features), dense or sparse, such as frequent character 3-grams. Signatures must be taken off before.
    agent
        Number of each reply's agent; below 0, unsigned, which is left out.
    week
        Week of each reply.
    rng
        For the draws.
    strata
        What signatures are exchanged within; weeks by default. Add bands of hours or topics where agents work different
        shifts or queues: what agents write about is no voice.
    min_replies, min_agents
        Agents with fewer replies are left out; with fewer agents there is no value.
    draws
        Of the null model.
    level
        Of the interval, which says how sure the voice is given that these weeks might have been others.

    Raises
    ------
    TwowayError
        If the lengths differ, or there are fewer than two draws.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> agent, week = np.arange(400) % 4, np.arange(400) // 80
    >>> wording = rng.normal(size=(400, 10)) + 2 * np.eye(4, 10)[agent]
    >>> voice = agent_voice(wording, agent, week, rng, draws=20)
    >>> voice.n_agents, voice.value > 0.5, round(voice.p, 3)
    (4, True, 0.048)
    """
    who, when = np.asarray(agent, dtype=np.int64), np.asarray(week)
    codes = strata_of(when) if strata is None else strata
    n = features.shape[0]
    if not (who.shape == when.shape == (n,) and len(codes.codes) == n) or draws < 2:
        msg = (
            f"{n} replies, {who.shape} agents, {when.shape} weeks, {len(codes.codes)} strata and {draws} draws do not "
        )
        msg += "fit. They were given to agent_voice. Give one of each a reply, and two draws or more."
        raise TwowayError(msg)
    kept = _kept(who, min_replies)
    model = LeaveWeekOut(_centered(features, kept), when[kept])
    labels = np.unique(who[kept], return_inverse=True)[1].astype(np.int64)
    n_agents = int(labels.max(initial=-1)) + 1
    flags = _lacks(n_agents < min_agents, model.n_weeks < 2)
    nothing = Voice(n_agents=n_agents, n_replies=int(kept.sum()), n_weeks=model.n_weeks, flags=flags, level=level)
    if flags:
        return nothing
    within = strata_of(codes.codes[kept], when[kept])
    drawn = np.array([model.hits(permute_labels(labels, within, rng)) for _ in range(draws)])
    return _heard(model, labels, drawn, nothing)


def _heard(model: LeaveWeekOut, labels: IntArray, drawn: IntArray, nothing: Voice) -> Voice:
    """Hold the replies named right against those with exchanged signatures."""
    right, judged = (counts.astype(float) for counts in model.hits(labels))
    accuracy = _share(right, judged)
    found = null_summary([accuracy], [[_share(*one)] for one in drawn], "greater")
    mean, sd, z, p = (float(getattr(found, name)[0]) for name in ("mean", "sd", "z", "p"))
    voice = replace(
        nothing, accuracy=accuracy, null_mean=mean, null_sd=sd, z=z, p=p, n_replies=int(judged.sum()),
        flags=("nothing_moves",) if np.isnan(z) else (),
    )  # fmt: skip
    if voice.flags:
        return voice
    voice = replace(voice, value=(accuracy - mean) / (1 - mean))
    if model.n_weeks < WARN_BELOW:
        voice = replace(voice, flags=("few_weeks",))
    if model.n_weeks < LEAST_WEEKS:
        return voice
    parts = zip((right, judged), model.without(labels), strict=True)
    owed = [np.asarray(known[:, None] - without, dtype=float) for known, without in parts]
    least, most, se = _limits(right, judged, owed, voice.level)
    # Signatures are exchanged within weeks: what chance names right hardly hangs on which weeks these are.
    low, high = ((limit - mean) / (1 - mean) for limit in (least, most))
    return replace(voice, low=low, high=high, se=se / (1 - mean), accuracy_low=least, accuracy_high=most)


def _share(right: NDArray[Any], judged: NDArray[Any]) -> float:
    return float(right.sum() / judged.sum()) if judged.sum() else np.nan


def _limits(right: FloatArray, judged: FloatArray, owed: list[FloatArray], level: float) -> tuple[float, float, float]:
    """Give limits and standard error of the share named right, over weeks that make one another's agents known.

    Parameters
    ----------
    right, judged
        (m,): by week.
    owed
        (m, m) each: how much right replies, and judged ones, of a week (rows) owe to another's being known (columns).
    level
        Confidence level.
    """
    m, total, value = len(right), float(judged.sum()), _share(right, judged)
    own = (right - value * judged) / total
    others = (owed[0] - value * owed[1]) / total
    np.fill_diagonal(others, 0.0)
    # What a week does for all others alike is left aside; what is left is between two weeks.
    between = others - np.outer(judged, others.sum(axis=0) / (total - judged))
    np.fill_diagonal(between, 0.0)
    # Each week's own deviation holds what others did for it, but not that two weeks serve, or fail, each other.
    together = 2 * float(np.triu(between * between.T).sum())
    variance = m / (m - 1) * float((own**2).sum()) + max(together, 0.0)
    effective = float(effective_clusters(judged))
    # As for any share: where all, or none, are right only the number of weeks says how sure that is.
    varies = variance > 0 and 0 < value < 1
    n = min(value * (1 - value) / variance, total) if varies else effective
    z, t = normal_quantile(level), float(t_quantile(jackknife_df(own, m, effective), level))
    trials = n * (z / t) ** 2 if varies else n
    low, high = (float(limit) for limit in wilson_limits(value * trials, trials, level))
    return low, high, float(np.sqrt(variance))


def _lacks(few_agents: bool, one_week: bool) -> tuple[str, ...]:
    return tuple(name for name, lacks in (("few_agents", few_agents), ("one_week", one_week)) if lacks)


def _kept(agent: IntArray, min_replies: int) -> NDArray[np.bool_]:
    """Mark the replies of agents with enough of them."""
    _, code, n = np.unique(agent, return_inverse=True, return_counts=True)
    return np.asarray((agent >= 0) & (n[code.reshape(-1)] >= min_replies))


def _centered(features: Any, kept: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Take the mean of all replies off, and bring each to length one."""
    rows = features[np.flatnonzero(kept)]
    x = np.asarray(rows.toarray() if issparse(rows) else rows, dtype=np.float32)
    x = x - x.mean(axis=0, keepdims=True) if len(x) else x
    return np.asarray(x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12))
