"""Individual voice: how well an account's agents can be told apart by their wording, beyond chance.

Every result is of the account as a whole. Nothing gives a value for an agent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array, issparse

from ..errors import TwowayError
from .nulls.shuffles import Strata, permute_labels, strata_of
from .nulls.summary import null_summary
from .shown import Shown

__all__ = ["Voice", "agent_voice", "above_chance"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FLAGS = {
    "few_agents": "fewer agents than asked for signed enough replies: nothing can be told apart",
    "one_week": "all replies are of one week: no week can be left out",
    "nothing_moves": "in each week a single agent signs: labels cannot be exchanged",
}


@dataclass(frozen=True, slots=True)
class Voice(Shown):
    """How far the wording of one account's agents tells who wrote.

    Attributes
    ----------
    value
        (accuracy - null_mean) / (1 - null_mean): 1, always told apart; 0, no better than with exchanged signatures. NaN
        where it cannot be said; `flags` names why.
    accuracy
        Share of replies whose agent the wording of all other weeks names right.
    null_mean, null_sd, z, p
        Of the accuracy with signatures exchanged within weeks; p is one-sided.
    n_agents, n_replies, n_weeks
        Behind the value; replies whose agent signs in no other week are left out.
    """

    SHOWN = ("value", "accuracy", "null_mean", "null_sd", "z", "p", "n_agents", "n_replies", "n_weeks", "flags")

    value: float
    accuracy: float
    null_mean: float
    null_sd: float
    z: float
    p: float
    n_agents: int
    n_replies: int
    n_weeks: int
    flags: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Write one sentence."""
        if np.isnan(self.value):
            return f"Voices cannot be told apart or confused: {', '.join(self.flags)}."
        return (
            f"Wording names the right one of {self.n_agents} agents for {self.accuracy:.1%} of {self.n_replies:,} "
            f"replies, {self.null_mean:.1%} with exchanged signatures: voice {self.value:.3f}, p {self.p:.2g}."
        )


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
    model = _LeaveWeekOut(_centered(features, kept), when[kept])
    labels = np.unique(who[kept], return_inverse=True)[1].astype(np.int64)
    n_agents = int(labels.max(initial=-1)) + 1
    flags = _lacks(n_agents < min_agents, model.n_weeks < 2)
    if flags:
        blank = (np.nan, np.nan, np.nan, np.nan, np.nan, np.nan)
        return Voice(*blank, n_agents, int(kept.sum()), model.n_weeks, flags)
    within = strata_of(codes.codes[kept], when[kept])
    drawn = [[model.accuracy(permute_labels(labels, within, rng))[0]] for _ in range(draws)]
    accuracy, n_judged = model.accuracy(labels)
    found = null_summary([accuracy], drawn, "greater")
    mean = float(found.mean[0])
    flags = ("nothing_moves",) if np.isnan(found.z[0]) else ()
    value = np.nan if flags else (accuracy - mean) / (1 - mean)
    numbers = (float(found.sd[0]), float(found.z[0]), float(found.p[0]))
    return Voice(value, accuracy, mean, *numbers, n_agents, n_judged, model.n_weeks, flags)


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


class _LeaveWeekOut:
    """Replies sorted by week, ready to be given to the agents under any labels."""

    def __init__(self, x: NDArray[np.float32], week: NDArray[Any]) -> None:
        code = np.unique(week, return_inverse=True)[1].reshape(-1)
        self._order = np.argsort(code, kind="stable")
        self._x, self._week = x[self._order], code[self._order]
        self.n_weeks = int(code.max(initial=-1)) + 1
        self._ends = np.searchsorted(self._week, np.arange(self.n_weeks + 1))

    def accuracy(self, labels: IntArray) -> tuple[float, int]:
        """Give the share named right, and of how many replies whose agent signs in another week too."""
        named = labels[self._order]
        n_agents = int(named.max(initial=-1)) + 1
        cell = self._week * n_agents + named
        shape = (self.n_weeks * n_agents, len(named))
        pick = csr_array((np.ones(len(named), dtype=np.float32), (cell, np.arange(len(named)))), shape=shape)
        sums = (pick @ self._x).reshape(self.n_weeks, n_agents, -1)
        n = np.bincount(cell, minlength=shape[0]).reshape(self.n_weeks, n_agents)
        whole, n_whole = sums.sum(axis=0), n.sum(axis=0)
        right = judged = 0
        for week, (start, end) in enumerate(zip(self._ends[:-1], self._ends[1:], strict=True)):
            is_known = n_whole > n[week]
            centers = whole - sums[week]
            centers = centers / np.maximum(np.linalg.norm(centers, axis=1, keepdims=True), 1e-12)
            likeness = np.where(is_known, self._x[start:end] @ centers.T, -np.inf)
            fair = is_known[named[start:end]]
            right += int((likeness.argmax(axis=1) == named[start:end])[fair].sum())
            judged += int(fair.sum())
        return (right / judged if judged else np.nan), judged
