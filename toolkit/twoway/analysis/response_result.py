"""What goes with an answer: odds ratios of the covariates, in a table, in words and in a picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any

import pandas as pd

from ..errors import TwowayError, unknown_name
from ..inference.modelfit import ModelFit
from ..metrics.flags import FLAG_MEANINGS

__all__ = ["COLUMNS", "FLAGS", "ResponseFit", "term_words"]

COLUMNS = ["unit_id", "term", "ratio", "low", "high", "coefficient", "se", "p", "n", "n_clusters", "flags"]

FLAGS = {
    "units_left_out": "organizations that answered all of their turns, or none, say nothing about what goes with an"
    " answer; those addressed by fewer than 10 persons cannot be fitted on their own: both were left out",
}

_WORDS = {
    "log10_followers": "ten times as many followers",
    "is_bystander": "several organizations addressed at once",
    "has_question": "a question in the turn",
    "log_words": "2.7 times as many words",
    "is_weekend": "the weekend",
    "is_first_contact": "a first contact",
}

_MOST_NAMED = 8

# Flags that concern every reader; the others are in the table.
_BEWARE = {
    "few_clusters": "there are fewer than 30 persons",
    "separated": "some terms tell answers without error, so their size means little",
    "reply_selected": FLAG_MEANINGS["reply_selected"],
    "not_converged": "the fit did not come to rest and should not be used",
}


@dataclass(frozen=True, eq=False)
class ResponseFit:
    """Hold what goes with an answer within the horizon.

    Attributes
    ----------
    table
        One row a unit and term: `unit_id` (`all` where organizations were fitted together)`, term, ratio, low, high`
        (odds ratio with limits)`, coefficient, se, p, n` (turns)`, n_clusters` (persons)`, flags`.
    fits
        The whole fit of each unit, intercept and organizations included.
    by
        `organization` or `account` where each was fitted on its own, else None.
    level
        Confidence level.
    horizon_s
        Within how many seconds a turn had to be answered.
    flags
        Flags of any fit, separated by commas.
    left_out
        Covariates left out of any fit, each with the reason (`constant`, `collinear` or `unknown`), and of several
        fits in how many.
    units_left_out
        Units that could not be fitted, each with the reason.
    references
        For covariates in words (`hour_band`), the word that the others are compared with.
    """

    table: pd.DataFrame
    fits: dict[str, ModelFit]
    by: str | None
    level: float
    horizon_s: int
    flags: str = ""
    left_out: dict[str, str] = field(default_factory=dict)
    units_left_out: dict[str, str] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)

    def plot(self, ax: Any = None, *, unit_id: str | None = None, term: str | None = None) -> Any:
        """Draw odds ratios with their limits: all terms of one unit, or one term of all units.

        Raises
        ------
        UnknownName
            If there is no such unit or term.
        TwowayError
            If there are several units, and neither a unit nor a term was named.
        """
        if term is not None:
            rows = self._rows("term", term)
            return self._drawn(rows.assign(term=rows["unit_id"]), ax, {})
        if unit_id is None and len(self.fits) > 1:
            msg = (
                f"{len(self.fits)} units were fitted, each on its own. They were given to ResponseFit.plot. "
                "Name one with unit_id, or a term to compare them by, such as term='has_question'."
            )
            raise TwowayError(msg)
        rows = self._rows("unit_id", unit_id or next(iter(self.fits)))
        return self._drawn(rows, ax, {name: self._named(name) for name in rows["term"]})

    def _drawn(self, rows: pd.DataFrame, ax: Any, labels: dict[str, str]) -> Any:
        from ..figures.coefficients import plot_ratios

        rows = rows.rename(columns={"ratio": "odds_ratio"})
        return plot_ratios(rows, ax=ax, labels=labels, less="fewer answers", more="more answers")

    def _rows(self, column: str, value: str) -> pd.DataFrame:
        if value not in set(self.table[column]):
            raise unknown_name(value, self.table[column].unique(), "unit" if column == "unit_id" else "term")
        return self.table[self.table[column] == value].reset_index(drop=True)

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Write one sentence: which terms go with more or fewer answers; `sentences` says more."""
        sides = self.table.apply(_side, axis=1)
        units = f" of {len(self.fits)} {self.by}s, each on its own" if self.by else ""
        found = []
        for side in ("More answers", "Fewer answers"):
            terms = self.table.loc[sides == side, "term"]
            counts = terms.value_counts(sort=False)
            named = [self._named(term) + (f" ({n})" if self.by else "") for term, n in counts.items()]
            found += [f"{side.lower()} go with {', '.join(named)}"] if named else []
        words = "; ".join(found) or "nothing clearly goes with an answer"
        cautions = [meaning for flag, meaning in _BEWARE.items() if flag in self.flags.split(",")]
        n = sum(fit.n for fit in self.fits.values())
        within = f"Within {self.horizon_s / 86_400:.3g} days, in {n:,} turns owed{units}"
        return f"{'; '.join([f'{within}, {words}', *cautions])}."

    @property
    def sentences(self) -> tuple[str, ...]:
        """What goes with more or fewer answers, with the ratios, and what that does not show."""
        fits = self.fits.values()
        lines = [
            f"What goes with an answer within {self.horizon_s / 86_400:.3g} days, in "
            f"{sum(fit.n for fit in fits):,} turns owed (odds ratios, {100 * self.level:g} % intervals):"
        ]
        lines += self._one_unit() if self.by is None else self._many_units()
        out = self.left_out | self.units_left_out
        if out:
            named = [f"{name} ({why})" for name, why in list(out.items())[:_MOST_NAMED]]
            more = f" and {len(out) - _MOST_NAMED} more" if len(out) > _MOST_NAMED else ""
            lines.append(f"Left out: {', '.join(named)}{more}.")
        beware = [words for flag, words in _BEWARE.items() if flag in self.flags.split(",")]
        lines += [f"Beware: {'; '.join(beware)}."] if beware else []
        return *lines, "This is what goes together, not what causes what."

    def _one_unit(self) -> list[str]:
        found: dict[str, list[str]] = {"More answers": [], "Fewer answers": [], "No clear difference": []}
        for row in self.table.to_dict("records"):
            ends = "no interval" if pd.isna(row["low"]) else f"{row['low']:.2f} to {row['high']:.2f}"
            found[_side(row)].append(f"{self._named(row['term'])} ({row['ratio']:.2f}, {ends})")
        return [f"{side}: {', '.join(terms)}." for side, terms in found.items() if terms]

    def _many_units(self) -> list[str]:
        lines = []
        for term, rows in self.table.groupby("term", sort=False):
            sides = rows.apply(_side, axis=1).value_counts()
            more, fewer = sides.get("More answers", 0), sides.get("Fewer answers", 0)
            lines.append(
                f"{self._named(str(term))}: more answers at {more} of {len(rows)} {self.by}s, fewer at {fewer}, "
                f"unclear at {len(rows) - more - fewer}."
            )
        return lines

    def _named(self, term: str) -> str:
        return term_words(term, self.references)

    def _repr_html_(self) -> str:
        shown = self.table.assign(**{name: self.table[name].map(escape) for name in ("unit_id", "term")})
        lines = "<br>".join(escape(line) for line in self.sentences)
        return f"<p>{lines}</p>{shown.round(3).to_html(index=False, escape=False)}"


def term_words(term: str, references: dict[str, str]) -> str:
    """Say in words what a term of the model compares.

    Examples
    --------
    >>> term_words("log10_followers", {}), term_words("hour_band[night]", {"hour_band": "morning"})
    ('ten times as many followers', 'night rather than morning')
    """
    name, _, word = term.rstrip("]").partition("[")
    return f"{word} rather than {references[name]}" if word else _WORDS.get(name, name)


def _side(row: Any) -> str:
    if row["low"] > 1:
        return "More answers"
    return "Fewer answers" if row["high"] < 1 else "No clear difference"
