"""Everything a report shows, computed once from the interactions of a corpus."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from ..errors import NotEnoughEvidence
from ..figures.corrected import REPLY_SHARES
from ..figures.destinations import DESTINATION_WORDS
from ..figures.hours import hour_table
from ..figures.rows import split_flags
from ..metrics.grouping import Grouping
from ..metrics.measure import measure
from ..metrics.registry import all_metrics
from ..metrics.scorecard import Scorecard
from ..silence import SilenceCurve, silence_curve
from ..strategy import Strategy, strategy
from ..talks import talk_of

__all__ = ["HEADLINES", "HIGHLIGHTS", "LEVEL", "WHOLE", "Findings", "find"]

#: What the rows of a report are.
LEVEL = "organization"

#: The metrics of the first table: the ones most questions start from.
HEADLINES = (
    "broadcast_index", "response_rate", "response_rate_24h", "latency_median", "deflection_rate", "inbound_reciprocity",
)  # fmt: skip

#: The four numbers at the top of the page.
HIGHLIGHTS = ("response_rate", "latency_median", "deflection_rate", "broadcast_index")

#: The metrics given for all organizations together: those four, and what sentences of the page say of all.
WHOLE = (
    *HIGHLIGHTS, "open_resolution_rate", "outcome_ignored_share", "cif_open_24h", "cif_deflect_24h",
    *REPLY_SHARES, *DESTINATION_WORDS, "two_way_share", "pr_symmetry",
)  # fmt: skip


@dataclass(frozen=True)
class Findings:
    """The results behind one report.

    Attributes
    ----------
    talk
        The interactions they come from.
    card
        All metrics by organization.
    whole
        Rows of the `WHOLE` metrics for all organizations together, by metric.
    strategy
        Strategies by organization; None where the corpus cannot show them.
    no_strategy
        Why not, in that case.
    curve
        Silence curves by organization.
    hours
        Posts by hour of the week.
    is_own
        Whether wordings of posts may be shown.
    """

    talk: Any
    card: Scorecard
    whole: pd.DataFrame
    strategy: Strategy | None
    no_strategy: str
    curve: SilenceCurve
    hours: pd.DataFrame
    is_own: bool = False

    @property
    def labels(self) -> dict[str, str]:
        """Strategy of each organization that has one."""
        if self.strategy is None:
            return {}
        return dict(zip(self.strategy.table["unit_id"], self.strategy.table["label"], strict=True))

    @property
    def n_units(self) -> int:
        """How many organizations were measured."""
        return int(self.card.table["unit_id"].nunique())

    @cached_property
    def rows(self) -> dict[str, pd.DataFrame]:
        """Rows of each metric, indexed by organization."""
        table = self.card.table.set_index("unit_id")
        return {str(metric): rows for metric, rows in table.groupby("metric", sort=False)}

    @cached_property
    def flags(self) -> dict[str, str]:
        """Letter of each flag that occurs, in alphabetic order of the flags."""
        found = sorted({flag for cell in self.card.table["flags"] for flag in split_flags(cell)})
        return {flag: _letter(position) for position, flag in enumerate(found)}


def _letter(position: int) -> str:
    return chr(ord("a") + position % 26) * (position // 26 + 1)


def _is_whole(given: Any) -> bool:
    """Say whether this is a scorecard of all metrics of all organizations, as a report shows them."""
    if not isinstance(given, Scorecard) or (given.by, given.interval) != (LEVEL, "closed"):
        return False
    pairs = {(unit, metric) for unit in Grouping(given.talk, LEVEL).unit_names().values() for metric in all_metrics()}
    return set(zip(given.table["unit_id"], given.table["metric"], strict=True)) == pairs


def find(given: Any, *, is_own: bool = False) -> Findings:
    """Compute everything a report shows.

    Parameters
    ----------
    given
        From `annotate`; or a scorecard, which is not measured again if it holds all that a report shows.
    is_own
        Whether wordings of posts may be shown.
    """
    talk = talk_of(given, "report")
    found, reason = None, ""
    try:
        found = strategy(talk, by=LEVEL)
    except NotEnoughEvidence as error:
        reason = str(error)
    whole = measure(talk, list(WHOLE), by="corpus").table.set_index("metric")
    card = given if _is_whole(given) else measure(talk, by=LEVEL)
    return Findings(talk, card, whole, found, reason, silence_curve(talk, by=LEVEL), hour_table(talk), is_own)
