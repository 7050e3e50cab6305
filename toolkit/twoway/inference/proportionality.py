"""Whether hazard ratios stay the same as time goes by: the score test of Grambsch and Therneau on Schoenfeld residuals.

Own code: statsmodels has none. The test of waits that stand for themselves is that of `survival::cox.zph` of R (3.0 and
later); with clusters the variance of the score is taken over clusters, which R does not do: a person's waits are
answered alike, and the model's own variance would find violations everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .hazards import CoxFit, _sum_rows
from .results import REFUSE_BELOW, FloatArray
from .shown import Shown
from .survival import count_times, kaplan_meier

__all__ = ["Proportionality", "proportionality"]


@dataclass(frozen=True, slots=True, eq=False)
class Proportionality(Shown):
    """Hold the tests of proportional hazards.

    Parameters
    ----------
    table
        One row a term, and last `all`: `term, statistic` (chi-square)`, df, p, p_holm` (by Holm, over the terms).
    residuals
        One row an event, in order of time: `time` and, for each column, the scaled Schoenfeld residual, whose course
        over time is that of the log hazard ratio.
    is_robust
        Whether the variance was taken over clusters.
    """

    table: pd.DataFrame
    residuals: pd.DataFrame
    is_robust: bool

    def violated(self, alpha: float = 0.05) -> list[str]:
        """Name the terms whose hazard ratio changes over time, by Holm's adjusted p-values."""
        rows = self.table[(self.table["term"] != "all") & (self.table["p_holm"] < alpha)]
        return list(rows.sort_values("p", kind="stable")["term"])

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Write one sentence."""
        names = self.violated()
        p = float(self.table["p"].iloc[-1])
        if not names:
            return f"No term's hazard ratio is seen to change over time (all terms together: p = {p:.2g})."
        return f"Hazards are not proportional for {', '.join(names)} (all terms together: p = {p:.2g})."


def proportionality(fit: CoxFit, terms: Sequence[str] | None = None) -> Proportionality:
    """Test whether each hazard ratio changes over time.

    Each covariate is given a slope against time, measured as one minus the Kaplan-Meier curve just before, so that
    early and late events weigh alike; the test asks whether the slopes are 0.

    Parameters
    ----------
    fit
        From `cox`.
    terms
        For each of the fit's columns the term it belongs to, such as the variable behind several dummies; by default
        every column is a term.

    Returns
    -------
    Proportionality
        Robust to clusters if the fit is; with fewer than 10 of them p is NaN. So it is for a separated term.

    References
    ----------
    Grambsch & Therneau 1994.

    Examples
    --------
    >>> import numpy as np
    >>> from twoway.inference.hazards import cox
    >>> rng = np.random.default_rng(1)
    >>> x = np.repeat([0.0, 1.0], 200)
    >>> crossing = np.where(x == 1, rng.weibull(3, 400), rng.weibull(0.7, 400))
    >>> print(proportionality(cox(crossing, np.ones(400), x[:, None])))
    Hazards are not proportional for x1 (all terms together: p = ...).
    """
    names = list(fit.columns) if terms is None else list(terms)
    peak, sets = fit.likelihood, fit.likelihood.sets
    clock = _clock(fit)[sets.slot]
    clock = clock - clock.mean()
    p = len(fit.columns)
    blocks = [peak.information(clock**power) for power in range(3)]
    own = np.linalg.inv(blocks[0] + np.diag(fit.penalty))
    score = peak.score(clock)
    # What the slopes say once the coefficients have had their say.
    variance = blocks[2] + np.diag(fit.penalty) - blocks[1] @ own @ blocks[1]
    if fit.clusters is not None:
        moved = peak.effects(clock) - peak.effects() @ own @ blocks[1]
        by_cluster = _sum_rows(fit.clusters, moved)
        # The statistic cannot exceed the number of clusters: with a handful it could find nothing.
        variance = by_cluster.T @ by_cluster * (1.0 if len(by_cluster) >= REFUSE_BELOW else np.nan)
    # A ratio that a penalty holds back has no course over time that could be tested.
    held = set(fit.table.loc[fit.table["flags"] == "separated", "term"])
    free = [k for k in range(p) if fit.columns[k] not in held]
    groups = {name: [k for k in free if names[k] == name] for name in dict.fromkeys(names)}
    groups["all"] = free
    rows = [{"term": name, **_test(score, variance, columns)} for name, columns in groups.items()]
    table = pd.DataFrame(rows)
    table["p_holm"] = np.append(_holm(table["p"].to_numpy()[:-1]), np.nan)
    scaled = peak.residuals @ own * sets.n_events + peak.coefficients
    residuals = pd.DataFrame({"time": sets.times[sets.slot], **dict(zip(fit.columns, scaled.T, strict=True))})
    residuals = residuals.sort_values("time", kind="stable", ignore_index=True)
    return Proportionality(table, residuals, fit.clusters is not None)


def _clock(fit: CoxFit) -> FloatArray:
    """Give one minus the Kaplan-Meier curve of all strata together, just before each moment."""
    sets = fit.likelihood.sets
    curve = kaplan_meier(*count_times(sets.durations, sets.event))
    return np.asarray(1 - np.concatenate([[1.0], curve.survival])[np.searchsorted(curve.times, sets.times)])


def _test(score: FloatArray, variance: FloatArray, columns: list[int]) -> dict[str, float]:
    from scipy.special import chdtrc

    if not columns:
        return {"statistic": np.nan, "df": 0, "p": np.nan}
    part, u = variance[np.ix_(columns, columns)], score[columns]
    size = np.sqrt(np.maximum(np.diag(part), 1e-300))
    if np.isnan(part).any() or np.linalg.matrix_rank(part / np.outer(size, size), tol=1e-8, hermitian=True) < len(
        columns
    ):
        return {"statistic": np.nan, "df": len(columns), "p": np.nan}
    statistic = float(u @ np.linalg.solve(part, u))
    return {"statistic": statistic, "df": len(columns), "p": float(chdtrc(len(columns), statistic))}


def _holm(p: FloatArray) -> FloatArray:
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    out = np.full(len(p), np.nan)
    out[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)), 1.0)
    return out
