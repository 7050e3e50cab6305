"""Broadcast, deflect or converse: the composition of each unit's posts, with the probability of each label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .errors import NotEnoughEvidence
from .inference.composition import composition
from .inference.posterior import LabelCuts, dirichlet_draws, effective_counts, label_parts, label_probabilities
from .metrics.prepared import Grouping, prepare
from .metrics.sums import cluster_sums
from .metrics.values import PARTS

__all__ = ["Strategy", "strategy"]


@dataclass(frozen=True)
class Strategy:
    """The strategies of all units.

    Attributes
    ----------
    table
        One row a unit: `unit_id, n, broadcast, deflect, conversation` (shares of units posted)`, z1, z2` (balances
        of logarithms)`, label,
        p_broadcast, p_deflect, p_conversational, p_mixed` (probabilities of the labels).
    counts
        Posts in each part, by unit, as many as they are worth where busy days bring many at once.
    cuts
        Where one label ends and the next begins: settings, not norms.
    """

    table: pd.DataFrame
    counts: dict[str, np.ndarray]
    cuts: LabelCuts
    by: str

    def draws(self, unit_id: str, draws: int = 500, seed: int = 1) -> np.ndarray:
        """Draw compositions of one unit from its posterior: (draws, 3)."""
        return dirichlet_draws(self.counts[unit_id], draws, seed)

    def plot(self, ax: Any = None) -> Any:
        """Draw the triangle of strategies."""
        from .figures.triangle import plot_strategy_triangle

        return plot_strategy_triangle(self, ax=ax)

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Write one sentence."""
        found = self.table["label"].value_counts()
        listed = ", ".join(f"{n} {label}" for label, n in found.items())
        return f"Of {len(self.table)} units, {listed}."

    def _repr_html_(self) -> str:
        return self.table.round(3).to_html(index=False)


def strategy(talk: Any, by: str = "organization") -> Strategy:
    """Say for each unit whether it broadcasts, deflects or converses, and how sure that is.

    Every unit posted by the account, plain reposts left out, is undirected (broadcast), a directed one that sends
    the person elsewhere
    (deflect), or another directed one (conversation).

    Parameters
    ----------
    talk
        From `annotate`.
    by
        Level, as in `measure`.

    Returns
    -------
    Strategy
        Units without posts are left out.

    Raises
    ------
    NotEnoughEvidence
        If the source has no text, or nobody measured posted anything.
    """
    if not talk.corpus.knows("text"):
        msg = (
            "The source has no text, so deflections cannot be found. It was given to strategy. Map the text column"
            " when reading."
        )
        raise NotEnoughEvidence(msg)
    grouping, d = Grouping(talk, by), talk.definitions
    sums = cluster_sums(talk.engine, prepare(talk, "posted", grouping), "cluster", list(PARTS))
    counts, rows = {}, []
    cuts = LabelCuts(broadcast=d.broadcast_cut, deflect=d.deflect_cut, conversational=d.conversational_cut)
    for unit, name in sorted(grouping.unit_names().items(), key=lambda item: item[1]):
        by_day = sums[unit].table(PARTS) if unit in sums else np.zeros((0, 3))
        if by_day.any():
            counts[name] = effective_counts(by_day, d.level)
            rows.append(_row(name, by_day.sum(axis=0), counts[name], cuts, d))
    if not counts:
        msg = (
            "No measured account posted anything but plain reposts. They were given to strategy. Name other accounts"
            " with focus."
        )
        raise NotEnoughEvidence(msg)
    return Strategy(pd.DataFrame(rows), counts, cuts, by)


def _row(name: str, found: np.ndarray, worth: np.ndarray, cuts: LabelCuts, d: Any) -> dict[str, Any]:
    seen = composition(found)
    chances = label_probabilities(dirichlet_draws(worth, d.draws, d.seed), cuts)
    parts = dict(zip(("broadcast", "deflect", "conversation"), seen.parts, strict=True))
    label = str(np.asarray(label_parts(seen.parts, cuts)).item())
    return {
        "unit_id": name,
        "n": int(found.sum()),
        **parts,
        "z1": seen.z1,
        "z2": seen.z2,
        "label": label,
        **{f"p_{k}": v for k, v in chances.items()},
    }
