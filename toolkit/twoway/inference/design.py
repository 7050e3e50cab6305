"""Bring an outcome, columns and clusters into the shape that a regression needs, and say what had to be left out.

Rows with an unknown (or infinite) value are left out and counted. Columns that never vary, are unknown everywhere, or
repeat what earlier columns say are left out by name. The rest is centered and scaled, so that a column of seconds since
1970 is no harder to fit than one of zeros and ones; `Design.back` brings estimates home to the units they came in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ..errors import SchemaError
from .results import FloatArray

__all__ = ["INTERCEPT", "Design", "make_design", "standardize"]

INTERCEPT = "intercept"

# A column is taken as a repetition if less than this share of its length is left beside the columns before it.
REPEATS = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Hold what a regression is fitted to: the rows that are known, the columns that say something.

    Parameters
    ----------
    y
        (n,): the outcome.
    z
        (n, k): a column of ones, then the columns kept, each with mean 0 and standard deviation 1.
    terms
        (k,): names of the columns, the first `intercept`.
    groups
        (n,): cluster of each row, numbered from 0.
    center, scale
        (k,): what was taken off each column, and by what it was then divided.
    dropped
        Columns left out, each with the reason: `constant`, `collinear` or `unknown`.
    n_left_out
        Rows left out because something in them is unknown.
    exposure
        (n,): the size of the opportunity behind each row; ones if none was given.
    """

    y: FloatArray
    z: FloatArray
    terms: tuple[str, ...]
    groups: NDArray[np.intp]
    center: FloatArray
    scale: FloatArray
    dropped: dict[str, str] = field(default_factory=dict)
    n_left_out: int = 0
    exposure: FloatArray = field(default_factory=lambda: np.ones(0))

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.y)

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return int(self.groups.max()) + 1 if self.n else 0

    @property
    def flags(self) -> tuple[str, ...]:
        """Say what was left out, as flags."""
        repeats = bool(set(self.dropped.values()) - {"unknown"})
        unknown = "unknown" in self.dropped.values()
        found = {"columns_dropped": repeats, "columns_unknown": unknown, "rows_left_out": self.n_left_out > 0}
        return tuple(flag for flag, is_found in found.items() if is_found)

    def back(self, coefficients: FloatArray, effects: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Bring coefficients (k,) and rows of small changes in them (m, k) to the units of the columns."""
        return self._unscale(coefficients[None, :])[0], self._unscale(effects)

    def back_covariance(self, covariance: FloatArray) -> FloatArray:
        """Bring a covariance matrix (k, k) to the units of the columns."""
        return self._unscale(self._unscale(covariance).T)

    def _unscale(self, rows: FloatArray) -> FloatArray:
        out = rows / self.scale
        out[:, 0] -= out[:, 1:] @ self.center[1:]
        return np.asarray(out)


def make_design(
    y: ArrayLike, x: Any, groups: ArrayLike | None = None, exposure: ArrayLike | None = None, *, what: str
) -> Design:
    """Check and arrange an outcome, the columns that may explain it, and the clusters of its rows.

    Parameters
    ----------
    y
        (n,): the outcome.
    x
        Data frame, mapping of columns, table (n, k) or single column (n,); numbers or truth values, unknown ones NaN.
        None: no columns.
    groups
        (n,): cluster of each row, any labels. Default: each row is its own.
    exposure
        (n,): sizes of the opportunities, above 0.
    what
        Name of the function that was called, for messages.

    Returns
    -------
    Design
        With an intercept as its first column.

    Raises
    ------
    SchemaError
        If lengths differ, a column holds no numbers, or an exposure is not above 0.

    Examples
    --------
    >>> made = make_design([1, 0, 1, 0], {"a": [1, 2, 3, 4], "b": [2, 4, 6, 8], "c": [7, 7, 7, 7]}, what="example")
    >>> made.terms, made.dropped
    (('intercept', 'a'), {'c': 'constant', 'b': 'collinear'})
    """
    outcome, columns = _column(y, "y", what), _columns(x, what)
    n = len(outcome)
    table = np.column_stack([_sized(values, name, n, what) for name, values in columns.items()] or [np.empty((n, 0))])
    labels = pd.Series(np.arange(n) if groups is None else _sized(np.asarray(groups), "groups", n, what))
    size = np.ones(n) if exposure is None else _sized(_column(exposure, "exposure", what), "exposure", n, what)
    if not (size[~np.isnan(size)] > 0).all():
        msg = f"Some exposures are not above 0. They were given to {what}. Leave out rows without any opportunity."
        raise SchemaError(msg)
    unknown = np.isnan(table).all(axis=0) if n else np.zeros(table.shape[1], dtype=bool)
    kept = ~(
        np.isnan(outcome)
        | np.isnan(size)
        | pd.Series(labels).isna().to_numpy()
        | np.isnan(table[:, ~unknown]).any(axis=1)
    )
    dropped = {name: "unknown" for name, is_unknown in zip(columns, unknown, strict=True) if is_unknown}
    z, center, scale = standardize(np.ascontiguousarray(table[kept]))
    use = _telling(z, list(columns), dropped)
    names = list(columns)
    return Design(
        y=outcome[kept],
        z=np.ascontiguousarray(np.column_stack([np.ones(int(kept.sum())), z[:, use]])),
        terms=(INTERCEPT, *(names[j] for j in use)),
        groups=pd.factorize(labels[kept])[0],
        center=np.concatenate([[0.0], center[use]]),
        scale=np.concatenate([[1.0], scale[use]]),
        dropped=dropped,
        n_left_out=int((~kept).sum()),
        exposure=size[kept],
    )


def standardize(table: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Center and scale columns; a column that never varies becomes all zeros, with scale 1.

    Examples
    --------
    >>> import numpy as np
    >>> z, center, scale = standardize(np.array([[1.0, 5.0], [3.0, 5.0]]))
    >>> z.tolist(), center.tolist(), scale.tolist()
    ([[-1.0, 0.0], [1.0, 0.0]], [2.0, 5.0], [1.0, 1.0])
    """
    if not len(table):
        return table, np.zeros(table.shape[1]), np.ones(table.shape[1])
    center = table.mean(axis=0)
    away = table - center
    spread = np.sqrt((away**2).mean(axis=0))
    # Rounding of the mean alone leaves a trace in a constant column.
    varies = (np.ptp(table, axis=0) > 0) & (spread > 1e-13 * np.abs(center))
    scale = np.where(varies, spread, 1.0)
    return np.where(varies, away / scale, 0.0), center, scale


def _telling(z: FloatArray, names: list[str], dropped: dict[str, str]) -> list[int]:
    """Find the columns that vary and do not repeat earlier ones; note the others with the reason."""
    use: list[int] = []
    basis = np.empty(z.shape, order="F")
    varies = np.asarray((z != 0).sum(axis=0) > 0) | (len(z) == 0)
    for j, name in enumerate(names):
        if name not in dropped and not varies[j]:
            dropped[name] = "constant"
    for j, name in enumerate(names):
        if name in dropped:
            continue
        left = z[:, j].copy()
        for _ in range(2):  # once more, because a single projection leaves rounding behind
            left -= basis[:, : len(use)] @ (basis[:, : len(use)].T @ left)
        size = np.linalg.norm(left)
        if len(z) and size <= REPEATS * np.linalg.norm(z[:, j]):
            dropped[name] = "collinear"
            continue
        basis[:, len(use)] = left / (size or 1.0)
        use.append(j)
    return use


def _columns(x: Any, what: str) -> dict[str, FloatArray]:
    if x is None:
        return {}
    if isinstance(x, pd.Series):
        x = x.to_frame(x.name if isinstance(x.name, str) else "x1")
    if isinstance(x, pd.DataFrame) or hasattr(x, "keys"):
        return {str(name): _column(x[name], str(name), what) for name in x.keys()}  # noqa: SIM118 (data frames)
    table = np.asarray(x, dtype=float)
    table = table[:, None] if table.ndim == 1 else table
    return {f"x{j + 1}": _column(table[:, j], f"x{j + 1}", what) for j in range(table.shape[1])}


def _column(values: Any, name: str, what: str) -> FloatArray:
    array = np.asarray(values)
    if array.dtype.kind in "biuf":
        return np.where(np.isfinite(array), array, np.nan)
    try:
        column = np.asarray(pd.to_numeric(pd.Series(array.astype(object))), dtype=float)
    except (TypeError, ValueError) as error:
        msg = (
            f"Column '{name}' holds something that is not a number. It was given to {what}. "
            "Turn words into columns of 0 and 1, one for each word but one."
        )
        raise SchemaError(msg) from error
    return np.where(np.isfinite(column), column, np.nan)


def _sized(values: Any, name: str, n: int, what: str) -> Any:
    if len(values) != n:
        msg = (
            f"Column '{name}' has {len(values)} rows, the outcome has {n}. They were given to {what}. "
            "Pass columns of one table."
        )
        raise SchemaError(msg)
    return values
