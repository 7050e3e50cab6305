"""What makes an answer come sooner: a proportional hazards model of turns owed, and what to do where it fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ..errors import NotEnoughEvidence, unknown_name
from ..inference.hazards import FLAGS as MODEL_FLAGS
from ..inference.hazards import CoxFit, cox
from ..inference.proportionality import Proportionality, proportionality
from ..inference.restricted_means import rmst_difference
from ..inference.results import FLAGS as INTERVAL_FLAGS
from ..metrics.flags import FLAG_MEANINGS
from ..talks import answering_flags, talk_of
from .covariates import turn_covariates
from .latency_design import COVARIATES, baseline_of, choose_covariates, design, is_number, sides

__all__ = ["COVARIATES", "FLAGS", "LatencyFit", "fit_latency"]

FLAGS = {
    **MODEL_FLAGS,
    "few_clusters": INTERVAL_FLAGS["few_clusters"],
    "not_proportional": "some hazard ratio changes as time goes by: the one number is an average over time",
    "reply_selected": FLAG_MEANINGS["reply_selected"],
    "unknown_covariates": "turns for which some covariate is unknown were left out",
}

_STRATA = {"organization": "unit_id", "account": "account_id", "month": "month"}


@dataclass(frozen=True, eq=False)
class LatencyFit:
    """By what factor each covariate speeds up the answer.

    Attributes
    ----------
    table
        One row a term: `term, hazard_ratio, low, high, coefficient, se` (of the coefficient)`, p, flags`. Above 1 means
        answered sooner. A term of a covariate with several values is written `covariate: value`.
    proportionality
        The test of each covariate's ratio staying the same as time goes by; counts persons, as the errors do.
    model
        The fitted model.
    flags
        Names out of `FLAGS`, and ``few_clusters``.
    turns
        The turns that were used, with their covariates.
    n_left_out
        Turns left out because a covariate was unknown.
    baselines
        For each covariate with several values the one that the others are compared with.
    """

    table: pd.DataFrame
    proportionality: Proportionality
    model: CoxFit
    flags: tuple[str, ...]
    turns: pd.DataFrame = field(repr=False)
    covariates: tuple[str, ...]
    strata: str | None
    n_left_out: int
    baselines: dict[str, str]

    @property
    def not_proportional(self) -> list[str]:
        """Covariates whose hazard ratio changes over time, the clearest first."""
        return self.proportionality.violated(1 - self.model.level)

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw the hazard ratios with their intervals."""
        from ..figures.coefficients import plot_ratios

        return plot_ratios(self, ax=ax, **{"less": "answered later", "more": "answered sooner", **options})

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def rmst_difference(self, covariate: str | None = None, minutes: float = 1_440.0) -> pd.DataFrame:
        """Compare mean waiting times, which asks for no proportional hazards: the first remedy where they are not.

        No wait counts for more than `minutes`. Values are compared with the baseline, yes with no, and a covariate that
        is a quantity above its median with the rest. Turns are compared within strata, the differences then averaged;
        other covariates are not held equal.

        Parameters
        ----------
        covariate
            One covariate; those that violate proportionality if left out, or all if none does.
        minutes
            Horizon of the mean.

        Returns
        -------
        pandas.DataFrame
            `covariate, first, second, difference` (minutes; negative: the first waits less)`, low, high, flags`.

        Raises
        ------
        UnknownName
            If the covariate is not in the model.
        """
        rows = []
        for name in self._named(covariate):
            for first, second, use, is_first in sides(self.turns[name], self.baselines.get(name)):
                part = self.turns[use]
                blocks = None if self.strata is None else part[_STRATA[self.strata]]
                gap = rmst_difference(
                    part["time_s"] / 60,
                    part["event"],
                    is_first[use],
                    part["person_id"],
                    minutes,
                    strata=blocks,
                    level=self.model.level,
                )
                found = {"difference": gap.value, "low": gap.low, "high": gap.high, "flags": ",".join(gap.flags)}
                rows.append({"covariate": name, "first": first, "second": second, **found})
        return pd.DataFrame(rows)

    def split(self, minutes: float = 60.0) -> pd.DataFrame:
        """Fit the model apart for answers up to a time and after it: the second remedy.

        Parameters
        ----------
        minutes
            Where time is cut. Turns still open then are those of the second part.

        Returns
        -------
        pandas.DataFrame
            `period` (`early` or `late`)`, term, hazard_ratio, low, high, p, flags`.

        Raises
        ------
        NotEnoughEvidence
            If no answer came before, or after, that time.
        """
        cut = minutes * 60
        early = self.turns.assign(
            event=self.turns["event"] * (self.turns["time_s"] <= cut), time_s=np.minimum(self.turns["time_s"], cut)
        )
        late = self.turns[self.turns["time_s"] > cut]
        pieces = []
        for period, turns in (("early", early), ("late", late)):
            x, _ = design(turns, self.covariates, self.baselines)
            piece = _fit(turns, x, self.strata, self.model.level).table
            pieces.append(piece.assign(period=period))
        columns = ["period", "term", "hazard_ratio", "low", "high", "p", "flags"]
        return pd.concat(pieces, ignore_index=True)[columns]

    def _named(self, covariate: str | None) -> list[str]:
        if covariate is None:
            return self.not_proportional or list(self.covariates)
        if covariate not in self.covariates:
            raise unknown_name(covariate, self.covariates, "covariate of this model")
        return [covariate]

    def __str__(self) -> str:
        """Write what was found, and say plainly where the model does not fit."""
        m, level = self.model, 100 * self.model.level
        within = "" if self.strata is None else f" within each {self.strata}"
        told = self.table.dropna(subset=["hazard_ratio"])
        listed = "; ".join(f"{r.term} {r.hazard_ratio:.3g} ({r.low:.3g} to {r.high:.3g})" for r in told.itertuples())
        words = f"Of {m.n:,} turns owed, {m.n_events:,} were answered. "
        words += f"Hazard ratios{within} (above 1: answered sooner; {level:g} % intervals): {listed}."
        broken = self.not_proportional
        if broken:
            words += (
                f" Hazards are not proportional for {', '.join(broken)}: the ratio changes as time goes by, and the "
                "one number is an average. Use .rmst_difference() or .split() for what holds."
            )
        notes = [FLAGS[flag] for flag in self.flags if flag in FLAGS and flag != "not_proportional"]
        return words + "".join(f" {note[0].upper()}{note[1:]}." for note in notes)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(str(self))}</p>" + self.table.round(4).to_html(index=False)


def fit_latency(
    talk: Any,
    covariates: str | Sequence[str] | None = None,
    *,
    strata: str | None = "organization",
    level: float | None = None,
) -> LatencyFit:
    """Fit what makes answers come sooner: Cox's model of turns owed, the unanswered kept as censored.

    Errors count persons, not turns (Lin and Wei). Whether each ratio stays the same over time is tested, and said.

    Parameters
    ----------
    talk
        From `annotate`.
    covariates
        Columns of `turn_covariates`; those in `COVARIATES` that vary if left out.
    strata
        `organization`, `account` or `month`: turns are compared only within one, each with its own pace. None compares
        all with all.
    level
        Confidence level; that of the definitions if left out.

    Returns
    -------
    LatencyFit
        Flags: ``separated`` (a ratio would run to infinity: a penalty holds it), ``few_events`` (fewer than 10 answers
        for each term), ``not_proportional``, ``unknown_covariates``, ``few_clusters``, and those of the corpus that
        concern answers, such as ``reply_selected``.

    Raises
    ------
    UnknownName
        If a covariate or the strata are not known.
    SchemaError
        If it is given no talk.
    TwowayError
        If an outcome is named as a covariate, or an empty list is given.
    NotEnoughEvidence
        If no turn was answered, nothing is known of a named covariate, or none varies.

    References
    ----------
    Cox 1972; Lin & Wei 1989; Grambsch & Therneau 1994.

    Examples
    --------
    >>> import twoway as tw
    >>> from twoway.analysis.latency import fit_latency
    >>> fit = fit_latency(tw.annotate(tw.load_corpus("town_square")), ["has_question", "is_weekend"])
    >>> fit.table["term"].tolist(), fit.model.n
    (['has_question', 'is_weekend'], 6284)
    """
    if strata is not None and strata not in _STRATA:
        raise unknown_name(strata, _STRATA, "strata")
    talk = talk_of(talk, "fit_latency")
    turns = turn_covariates(talk)
    chosen = choose_covariates(turns, covariates)
    known = turns[list(chosen)].notna().all(axis=1)
    used = turns[known].reset_index(drop=True)
    if not used["event"].any():
        msg = "No turn was answered while it was watched. They were given to fit_latency. Take a longer window."
        raise NotEnoughEvidence(msg)
    baselines = {name: baseline_of(used[name], name) for name in chosen if not is_number(used[name])}
    x, owners = design(used, chosen, baselines)
    model = _fit(used, x, strata, talk.definitions.level if level is None else level)
    test = proportionality(model, [owners[column] for column in model.columns])
    extra = {"not_proportional": bool(test.violated(1 - model.level)), "unknown_covariates": not known.all()}
    flags = model.flags + tuple(name for name, hit in extra.items() if hit) + answering_flags(talk)
    columns = ["term", "hazard_ratio", "low", "high", "coefficient", "se", "p", "flags"]
    table = model.table[columns]
    return LatencyFit(table, test, model, flags, used, tuple(chosen), strata, int((~known).sum()), baselines)


def _fit(turns: pd.DataFrame, x: pd.DataFrame, strata: str | None, level: float) -> CoxFit:
    blocks = None if strata is None else turns[_STRATA[strata]]
    return cox(turns["time_s"], turns["event"] == 1, x, strata=blocks, clusters=turns["person_id"], level=level)
