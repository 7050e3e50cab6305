"""Two shares compared among rows alike: each predicted for all rows that both groups could have, then averaged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ..errors import SchemaError
from .design import Design, make_design
from .differences import paired_difference
from .intervals import effective_clusters, wilson_limits
from .logistic import fit_firth, fit_plain, predicted
from .results import REFUSE_BELOW, WARN_BELOW, FloatArray, Interval, check_level, normal_quantile, t_quantile
from .sandwich import effects_df, left_out

__all__ = ["MIN_ALIKE", "rows_alike", "standardized_difference"]

#: Clusters that a stratum needs of either group, for the two to be compared in it.
MIN_ALIKE = 5


def rows_alike(first: ArrayLike, strata: ArrayLike, groups: ArrayLike) -> NDArray[np.bool_]:
    """Say which rows lie in strata that hold at least `MIN_ALIKE` clusters of either group.

    Parameters
    ----------
    first
        (n,): 1 for the rows of the first group, 0 for those of the second.
    strata
        (n,): what kind of row it is.
    groups
        (n,): cluster of each row.

    Examples
    --------
    >>> first, kind = [1] * 5 + [0] * 5 + [1] * 5, ["asks"] * 10 + ["tells"] * 5
    >>> int(rows_alike(first, kind, range(15)).sum())
    10
    """
    kind, who = (np.unique(np.asarray(x), return_inverse=True)[1] for x in (strata, groups))
    side = np.asarray(first, dtype=int)
    seen = np.unique(np.column_stack([kind, side, who]), axis=0)
    n_kinds = int(kind.max(initial=-1)) + 1
    counts = np.bincount(2 * seen[:, 0] + seen[:, 1], minlength=2 * n_kinds).reshape(-1, 2)
    return np.asarray(counts.min(axis=1, initial=len(who)) >= MIN_ALIKE)[kind]


def standardized_difference(
    hit: ArrayLike,
    first: ArrayLike,
    strata: ArrayLike,
    groups: ArrayLike,
    columns: ArrayLike | None = None,
    level: float = 0.95,
) -> Interval:
    """Give the difference of two shares of hits as it would be if both groups held the same kinds of rows.

    Only rows alike count (`rows_alike`). In each group by itself a logistic regression on strata and columns says how
    likely a hit is; averaged over the rows of both groups, these are the two shares (g-computation). Without columns
    that is direct standardization: the share in each stratum, weighted by all its rows. The groups get regressions of
    their own, so that nothing has to set them apart by the same odds in every stratum.

    Each share gets Wilson's interval with the n at which a simple share would be as uncertain as the jackknife over
    clusters finds this one; the two are joined with the correlation that shared clusters bring about.

    Parameters
    ----------
    hit
        (n,): 0 or 1.
    first, strata, groups
        As in `rows_alike`.
    columns
        (n, k): numbers that may also make a hit likelier.
    level
        Confidence level.

    Returns
    -------
    Interval
        Share of the first less share of the second. NaN where no stratum holds enough clusters of both; flag
        ``separated`` where a group's strata and columns tell its hits without error, so that Firth's penalty keeps
        its shares off 0 and 1.

    Raises
    ------
    SchemaError
        If the lengths differ, or a row is in neither group.

    References
    ----------
    Robins 1986; Newcombe 1998; Zou & Donner 2008; Crump et al. 2009.

    Examples
    --------
    The first group asks twice as often, and who asks gets an answer in three cases of four, whichever the group; who
    does not, in one of four. Nothing but asking sets the groups apart.

    >>> hit = [1] * 30 + [0] * 10 + [1] * 5 + [0] * 15 + [1] * 15 + [0] * 5 + [1] * 10 + [0] * 30
    >>> asks = [1] * 40 + [0] * 20 + [1] * 20 + [0] * 40
    >>> found = standardized_difference(hit, [1] * 60 + [0] * 60, asks, range(120))
    >>> print(f"{abs(found.value):.3f} ({found.low:.3f} to {found.high:.3f})")
    0.000 (-0.169 to 0.169)
    """
    y, a = np.asarray(hit, dtype=float), np.asarray(first, dtype=float)
    kind, who = np.asarray(strata), np.asarray(groups)
    more = np.empty((len(y), 0))
    if columns is not None and len(y):
        more = np.asarray(columns, dtype=float).reshape(len(y), -1)
    if not len(y) == len(a) == len(kind) == len(who) or not np.isin(a, (0, 1)).all():
        msg = (
            "Rows have no group of the two, or lengths differ. They were given to standardized_difference. Pass 1 or 0"
            " for every row."
        )
        raise SchemaError(msg)
    use = rows_alike(a, kind, who)
    if not use.any():
        return Interval(np.nan, np.nan, np.nan, "none", ("undefined",), np.nan, level=check_level(level))
    y, a, cluster = y[use], a[use], np.unique(who[use], return_inverse=True)[1]
    x = np.column_stack([pd.get_dummies(pd.Series(kind[use]), dtype=float).to_numpy()[:, 1:], more[use]])
    one, other = (_standardized(y, a == side, x, cluster) for side in (1, 0))
    size = float(np.sqrt((one.pulls**2).sum() * (other.pulls**2).sum()))
    alike = float(np.clip((one.pulls * other.pulls).sum() / size, -1, 1)) if size > 0 else 0.0
    m = int(cluster.max()) + 1
    found = paired_difference(one.interval(level), other.interval(level), alike)
    reasons = {"few_clusters": m < WARN_BELOW, "separated": one.is_separated or other.is_separated}
    flags = tuple(name for name, holds in reasons.items() if holds)
    return Interval(found.low, found.high, found.se, "standardized", flags, found.value, m, level=level)


@dataclass(frozen=True, slots=True, eq=False)
class _Share:
    """Hold the share of one group over the rows of both, and what leaving out each cluster would take off it."""

    value: float
    pulls: FloatArray
    df: float
    se: float
    n: float
    n_effective: float
    is_separated: bool = False

    def interval(self, level: float) -> Interval:
        # As for a raw share: where nothing varies, or too few clusters do, only their number says how sure it is.
        z2 = (normal_quantile(level) / float(t_quantile(np.asarray(self.df), level))) ** 2
        varies = np.isfinite(self.se) and self.se > 0 and 0 < self.value < 1
        n = min(self.value * (1 - self.value) / self.se**2, self.n) * z2 if varies else self.n_effective
        low, high = wilson_limits(self.value * n, n, level)
        return Interval(float(low), float(high), self.se, "wilson_clustered", (), self.value, level=level)


def _standardized(y: FloatArray, mine: NDArray[np.bool_], x: FloatArray, cluster: NDArray[np.intp]) -> _Share:
    """Predict the share of hits over all rows from the rows of one group."""
    m, n = int(cluster.max()) + 1, float(mine.sum())
    effective = float(effective_clusters(np.bincount(cluster[mine])))
    if y[mine].min() == y[mine].max():
        return _Share(float(y[mine][0]), np.zeros(m), effective - 1, 0.0, n, effective)
    design = make_design(y[mine], x[mine], cluster[mine], what="standardized_difference")
    fit = fit_plain(design.y, design.z, design.groups)
    fit = fit_firth(design.y, design.z, design.groups) if fit.is_separated else fit
    inverse = np.asarray(np.linalg.pinv(fit.pulls.information), dtype=float)
    home, effects = design.back(fit.coefficients, fit.pulls.scores @ inverse)
    rows = np.column_stack([np.ones(len(x)), x[:, _kept(design)]])
    chance = predicted(rows, home)
    value = float(chance.mean())
    slope = (rows.T @ (chance * (1 - chance))) / len(x)
    pulls = np.bincount(cluster, chance - value, m) / (len(x) - np.bincount(cluster, minlength=m)).clip(1)
    order = pd.unique(cluster[mine])
    pulls[order] += left_out(design, fit.pulls, effects)[0] @ slope
    se = float(np.sqrt((pulls**2).sum() * (m - 1) / m))
    if fit.is_separated:  # residuals vanish where hits are told without error
        se = max(se, float(np.sqrt(slope @ design.back_covariance(inverse) @ slope)))
    few = len(order) < REFUSE_BELOW or len(order) <= design.z.shape[1]
    df = float(effects_df(pulls[order][:, None], design.groups)[0])
    return _Share(value, pulls, df, np.nan if few else se, n, effective, fit.is_separated)


def _kept(design: Design) -> list[int]:
    """Number the columns that a design kept, which `make_design` called x1, x2 and so on."""
    return [int(name.removeprefix("x")) - 1 for name in design.terms[1:]]
