"""What a fitted regression is here: one row a term, with limits, and what to beware of."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

import numpy as np
import pandas as pd

from ..errors import TwowayError, unknown_name
from .design import INTERCEPT, Design
from .results import WARN_BELOW, Interval, check_level, t_quantile
from .sandwich import Robust

__all__ = ["FLAGS", "ModelFit", "make_fit", "undefined_fit"]

FLAGS = {
    "columns_dropped": "columns that never vary, or repeat what earlier ones say, were left out by name",
    "columns_unknown": "columns that are unknown everywhere were left out by name",
    "rows_left_out": "rows in which something is unknown were left out",
    "outcome_constant": "the outcome is always the same, so no term can go with more or less of it",
    "separated": "terms tell the outcome without error: a penalty keeps the estimates finite, their size means little",
    "not_converged": "the search for the estimates did not come to rest: do not use them",
    "no_overdispersion": "the counts vary no more than chance makes them, so Poisson's law was fitted",
    "correlation_limited": "the correlation within clusters was kept inside what is possible",
    "saturated": "as many terms as rows or clusters: nothing is left to show how uncertain the estimates are",
    "one_cluster": "a term rests on one cluster alone: it has no interval",
    "short_series": "fewer than 30 points in time: read the intervals with care",
}

#: Flags that a sentence already says in better words.
SAID = {"columns_dropped", "columns_unknown"}

#: What the exponential of a coefficient is called, by the link of the model.
RATIOS = {"logit": "odds ratio", "log": "ratio", "identity": ""}


@dataclass(frozen=True)
class ModelFit:
    """Hold a fitted regression.

    Attributes
    ----------
    table
        One row a term: `term, coefficient, se, low, high, p, df, se_limits`, and, where coefficients are logarithms,
        `ratio, ratio_low, ratio_high`, their exponentials. The first term is the intercept. `se` is what R gives;
        limits and p-values use `se_limits`, which does not fall short where clusters are few or uneven, and Student's
        t with `df` degrees of freedom.
    n, n_clusters
        Rows and clusters fitted to.
    method
        Name of the method, fit for a table.
    flags
        Words out of `FLAGS` here and in `results`, separated by commas; empty if there is nothing to beware of.
    dropped
        Columns left out, each with the reason: `constant`, `collinear` or `unknown`.
    details
        Further numbers of the method: `correlation` within clusters, `theta` and `alpha` of counts, `lag` of series.
    link
        `logit`, `log` or `identity`.
    title
        What was fitted, in words.
    level
        Confidence level.
    """

    table: pd.DataFrame
    n: int
    n_clusters: int
    method: str
    flags: str = ""
    dropped: dict[str, str] = field(default_factory=dict)
    details: dict[str, float] = field(default_factory=dict)
    link: str = "identity"
    title: str = "Regression"
    level: float = 0.95

    def interval(self, term: str) -> Interval:
        """Take out one term's coefficient with its limits; NaN with flag `undefined` if the term was left out.

        Raises
        ------
        UnknownName
            If there never was such a term.
        """
        return self._interval(term, "coefficient", "low", "high")

    def ratio(self, term: str) -> Interval:
        """Take out the exponential of one term's coefficient (odds ratio, ratio of rates) with its limits.

        Raises
        ------
        UnknownName
            If there never was such a term.
        TwowayError
            If coefficients are no logarithms.
        """
        if "ratio" not in self.table:
            msg = f"Coefficients of {self.method} are no logarithms. A ratio was asked of them. Use interval instead."
            raise TwowayError(msg)
        return self._interval(term, "ratio", "ratio_low", "ratio_high")

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Say in plain English what was fitted, each term, and what to beware of."""
        clusters = f" in {self.n_clusters:,} clusters" if 0 < self.n_clusters < self.n else ""
        lines = [f"{self.title} of {self.n:,} rows{clusters} ({self.method}, {100 * self.level:g} % intervals)."]
        lines += [self._sentence(row) for row in self.table.to_dict("records") if row["term"] != INTERCEPT]
        if self.dropped:
            lines.append("Left out: " + ", ".join(f"{name} ({why})" for name, why in self.dropped.items()) + ".")
        lines += [f"Beware: {FLAGS[flag]}." for flag in self.flags.split(",") if flag in FLAGS.keys() - SAID]
        return "\n".join(lines)

    def _sentence(self, row: dict[str, float]) -> str:
        named = RATIOS[self.link]
        value, low, high = (row[c] for c in (("ratio", "ratio_low", "ratio_high") if named else _LIMITS))
        if np.isnan(value):
            return f"{row['term']}: cannot be estimated."
        ends = "no interval" if np.isnan(low) else f"{low:.3g} to {high:.3g}"
        return f"{row['term']}: {named or 'coefficient'} {value:.3g} ({ends}), {p_words(row['p'])}."

    def _interval(self, term: str, value: str, low: str, high: str) -> Interval:
        if term in self.dropped:
            m = self.n_clusters
            return Interval(np.nan, np.nan, method="none", flags=("undefined",), n_clusters=m, level=self.level)
        if term not in set(self.table["term"]):
            raise unknown_name(term, [*self.table["term"], *self.dropped], "term")
        row = self.table.set_index("term").loc[term]
        # On the scale of ratios a standard error would suggest limits that are symmetric.
        se = float(row["se"]) if value == "coefficient" else np.nan
        flags = tuple(self.flags.split(",")) if self.flags else ()
        ends = float(row[low]), float(row[high])
        return Interval(*ends, se, self.method, flags, float(row[value]), self.n_clusters, level=self.level)

    def _repr_html_(self) -> str:
        shown = self.table.assign(term=[escape(str(term)) for term in self.table["term"]])
        head = escape(str(self).split("\n", maxsplit=1)[0])
        notes = f"<p>{escape(self.flags.replace(',', ', ').replace('_', ' '))}</p>" if self.flags else ""
        return f"<p>{head}</p>{shown.round(4).to_html(index=False, escape=False)}{notes}"


_LIMITS = ("coefficient", "low", "high")


def p_words(p: float) -> str:
    """Write a p-value without false precision.

    Examples
    --------
    >>> p_words(0.0321), p_words(1e-9), p_words(float("nan"))
    ('p = 0.032', 'p < 0.001', 'p unknown')
    """
    if np.isnan(p):
        return "p unknown"
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def make_fit(
    design: Design,
    found: Robust,
    *,
    link: str,
    method: str,
    title: str,
    level: float,
    flags: tuple[str, ...] = (),
    details: dict[str, float] | None = None,
) -> ModelFit:
    """Make the result of a regression from its estimates.

    Parameters
    ----------
    design
        What was fitted to.
    found
        Estimates in the units of the columns, with standard errors and degrees of freedom.
    link, method, title, level, details
        As in `ModelFit`.
    flags
        Beyond those of the design and of few clusters.
    """
    from scipy.special import stdtr

    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        value, df = found.coefficients, np.maximum(found.df, 1.0)
        se, se_limits = (np.where(x > 0, x, np.nan) for x in (found.se, found.se_limits))
        half = t_quantile(df, check_level(level)) * se_limits
        low, high = value - half, value + half
        p = 2 * stdtr(df, -np.abs(value / se_limits))
        columns = {"term": list(design.terms), "coefficient": value, "se": se, "low": low, "high": high, "p": p}
        columns |= {"df": df, "se_limits": se_limits}
        if link != "identity":
            columns |= {name: np.exp(v) for name, v in zip(_RATIO_COLUMNS, (value, low, high), strict=True)}
    found_flags = (*flags, *design.flags)
    if np.isnan(se).all() and "outcome_constant" not in found_flags and design.n:
        found_flags = ("saturated", *found_flags)
    return ModelFit(
        table=pd.DataFrame(columns),
        n=design.n,
        n_clusters=design.n_clusters,
        method=method,
        flags=",".join(dict.fromkeys(found_flags)),
        dropped=dict(design.dropped),
        details=dict(details or {}),
        link=link,
        title=title,
        level=level,
    )


_RATIO_COLUMNS = ("ratio", "ratio_low", "ratio_high")


def few(design: Design) -> tuple[str, ...]:
    """Flag a design of fewer than 30 clusters."""
    return ("few_clusters",) if design.n_clusters < WARN_BELOW else ()


def undefined_fit(design: Design, *, link: str, title: str, level: float) -> ModelFit:
    """Make the result of a regression that cannot be fitted: every term NaN, and the reason as a flag."""
    nothing = np.full(len(design.terms), np.nan)
    flags = ("undefined", *(("outcome_constant",) if design.n else ()))
    found = Robust(nothing, nothing, nothing, nothing)
    return make_fit(design, found, link=link, method="none", title=title, level=level, flags=flags)
