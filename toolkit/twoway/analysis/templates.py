"""The template bank of an organization: its wordings as used, slots shown, for corpora of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..errors import TwowayError
from ..metrics.grouping import Grouping
from ..metrics.voice_tables import clustered
from ..talks import talk_of
from ..text.banks import summarize_templates, template_bank

__all__ = ["TemplateBank", "templates"]


@dataclass(frozen=True)
class TemplateBank:
    """Hold the wordings that three persons or more got from an organization.

    Attributes
    ----------
    table
        One row a wording, most used first: `unit_id` (organization)`, wording` (slots such as {name} shown; left out
        where the corpus is not one's own)`, n_replies, share, n_persons, n_agents, n_wordings, diameter, first_use,
        last_use`.
    summary
        One row an organization: `unit_id, n, n_short, n_clusters, template_share, effective_templates,
        effective_templates_dominant, top10_share, cross_agent_share, largest_diameter`.
    """

    table: pd.DataFrame
    summary: pd.DataFrame

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw the shares of the most used wordings of one organization."""
        from ..figures.voice import plot_templates

        return plot_templates(self, ax=ax, **options)

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Write a sentence an organization."""
        said = "\n".join(
            f"{r.unit_id}: {r.template_share:.0%} of {int(r.n):,} replies follow a wording that three persons or more"
            f" got; as many as {r.effective_templates_dominant:.1f} wordings used alike."
            for r in self.summary.dropna(subset=["template_share"]).itertuples()
        )
        return said or "No organization wrote a reply of five words or more: there are no wordings to compare."

    def _repr_html_(self) -> str:
        return self.table.round(3).to_html(index=False)


def templates(talk: Any, *, corpus_is_own: bool | None = None) -> TemplateBank:
    """List the wordings that an organization sends to three persons or more.

    Parameters
    ----------
    talk
        From `annotate`.
    corpus_is_own
        Whether the posts may be shown: True shows the wordings, names and numbers as slots, False counts them only. It
        has to be said: a wording can be searched for, and leads to whoever got it.

    Returns
    -------
    TemplateBank

    Raises
    ------
    TwowayError
        If nobody says whether the corpus is one's own.

    Examples
    --------
    >>> import twoway as tw
    >>> bank = tw.templates(tw.annotate(tw.load_corpus("town_square")), corpus_is_own=False)
    >>> "wording" in bank.table.columns, bool((bank.table["n_persons"] >= 3).all())
    (False, True)
    """
    talk = talk_of(talk, "templates")
    if corpus_is_own is None:
        msg = "Wordings can be searched for and lead to persons. templates was not told whether it may show them. "
        msg += "Say corpus_is_own=True if the posts are your own to show, else False: then they are only counted."
        raise TwowayError(msg)
    grouping = Grouping(talk, "organization")
    names = grouping.unit_names()
    masked, clusters = clustered(talk, grouping)
    bank = template_bank(masked, clusters).to_pandas()
    bank = bank.assign(group=bank["group"].map(names), **_dates(bank)).drop(columns="cluster")
    bank = bank.rename(columns={"group": "unit_id"}).dropna(subset="unit_id")
    if not corpus_is_own:
        bank = bank.drop(columns="wording")
    summary = summarize_templates(clusters).to_pandas()
    summary = summary.assign(group=summary["group"].map(names)).rename(columns={"group": "unit_id"})
    return TemplateBank(
        bank.sort_values(["unit_id", "n_replies"], ascending=[True, False], kind="stable", ignore_index=True),
        summary.dropna(subset="unit_id").sort_values("unit_id", ignore_index=True),
    )


def _dates(bank: pd.DataFrame) -> dict[str, Any]:
    return {name: pd.to_datetime(bank[name], unit="s", utc=True) for name in ("first_use", "last_use")}
