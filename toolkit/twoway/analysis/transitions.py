"""Which dialogue act follows which, by side, against turns in random order (N5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import SchemaError
from ..inference.nulls.shuffles import Strata
from ..inference.nulls.summary import null_summary
from ..metrics.act_tables import ACTS
from ..metrics.coded_tables import coded_units
from ..talks import needs_text, reading_flags, talk_of

__all__ = ["SIDES", "ActTransitions", "act_transitions"]

#: The two sides of a conversation.
SIDES = ("organization", "person")

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class ActTransitions:
    """Which act follows which in the conversations of organizations with persons.

    Attributes
    ----------
    table
        One row a pair of acts: `side, act, next_side, next_act, n_from` (units with the act that another one follows)`,
        n` (of these, followed by the next act)`, share, null_mean, null_sd, z, p`. Units hold several acts, so shares
        of one act need not add up to 1.
    shares
        `side, act, n_units, n, share`: how many units of a side hold each act.
    draws, seed
        How it was tested.
    flags
        Whether the rules of acts fit the language of the corpus.
    """

    table: pd.DataFrame
    shares: pd.DataFrame
    draws: int
    seed: int
    flags: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def matrix(self, side: str = "person", next_side: str = "organization", value: str = "share") -> pd.DataFrame:
        """Give one column of the table as a matrix: acts of one side by acts of the other that follow."""
        rows = self.table[(self.table["side"] == side) & (self.table["next_side"] == next_side)]
        wide = rows.pivot_table(value, "act", "next_act", dropna=False)
        return wide.reindex(index=list(ACTS), columns=list(ACTS))

    def __str__(self) -> str:
        """Write one sentence."""
        told = self.table[self.table["p"] <= 0.05]
        if told.empty:
            return "No act follows another more, or less, often than in random order."
        row = told.loc[told["z"].abs().idxmax()]
        acts = (row["act"].replace("_", " "), row["next_act"].replace("_", " "))
        return (
            f"Farthest from random order: {acts[0]} of the {row['side']} is followed by {acts[1]} of the"
            f" {row['next_side']} in {row['share']:.0%} of {row['n_from']:,} cases, against {row['null_mean']:.0%}"
            f" (z {row['z']:.3g})."
        )

    def _repr_html_(self) -> str:
        return self.table.round(3).to_html(index=False)


def act_transitions(talk: Any, *, draws: int = 200, seed: int | None = None) -> ActTransitions:
    """Count which dialogue act follows which, and compare with turns in random order.

    Parameters
    ----------
    talk
        From `annotate`.
    draws
        Random orders: the units of each conversation change places, with their sides and acts.
    seed
        Of the draws; that of the definitions if left out.

    Returns
    -------
    ActTransitions
        Over the conversations in which an organization and a person both speak, unit by unit in time.

    Raises
    ------
    SchemaError
        If the number of draws is not positive.
    NotEnoughEvidence
        If the source has no text.

    References
    ----------
    Oraby et al. 2017.

    Examples
    --------
    >>> import twoway as tw
    >>> found = tw.act_transitions(tw.annotate(tw.load_corpus("twelve_posts")), draws=20)
    >>> found.shares.query("side == 'person' and act == 'thanks'")["n"].tolist()
    [1]
    """
    talk = talk_of(talk, "act_transitions")
    needs_text(talk, "act_transitions")
    if draws < 1:
        msg = f"draws={draws} is not positive. It was given to act_transitions. Give a whole number above 0."
        raise SchemaError(msg)
    seed = int(talk.definitions.seed if seed is None else seed)
    conversation, side, acts = _turns(talk)
    wide = np.concatenate([acts * (side == i)[:, None] for i in range(len(SIDES))], axis=1)
    n, n_from = _counts(wide, conversation)
    strata, rng = Strata(conversation), np.random.default_rng(seed)
    drawn = [_shares(*_counts(wide[strata.shuffle(rng)], conversation)) for _ in range(draws)]
    share = _shares(n, n_from)
    found = null_summary(share.ravel(), np.array([one.ravel() for one in drawn]), "two-sided")
    names = [(name, act) for name in SIDES for act in ACTS]
    rows = [(*one, *other) for one in names for other in names]
    table = pd.DataFrame(rows, columns=["side", "act", "next_side", "next_act"])
    table["n_from"] = np.repeat(n_from, len(names)).astype(int)
    table["n"], table["share"] = n.ravel().astype(int), share.ravel()
    table["null_mean"], table["null_sd"] = found.mean, found.sd
    table["z"], table["p"] = found.z, found.p
    return ActTransitions(table, _act_shares(side, acts), draws, seed, reading_flags(talk))


def _turns(talk: Any) -> tuple[Any, Any, FloatArray]:
    """Bring home the units of conversations of both sides, in time: conversation, side, and acts."""
    accounts = talk.corpus.account_frame.select("account_ix", "is_brand", "is_public")
    tree = talk.tree_frame.filter(nw.col("is_visible")).select("row", "root", "account_ix", "created_s", "n_above")
    units = tree.join(accounts, on="account_ix", how="inner").filter(nw.col("is_brand") | nw.col("is_public"))
    units = units.join(coded_units(talk, "acts"), on="row", how="inner")
    table = talk.engine.collect(units).to_pandas().sort_values(["root", "created_s", "n_above", "row"])
    # Where everybody is measured everybody is on the side of organizations.
    side = np.where(table["is_brand"], 0, 1)
    root = np.unique(table["root"].to_numpy(), return_inverse=True)[1].ravel()
    n_roots = int(root.max(initial=-1)) + 1
    both = (np.bincount(root, side == 0, n_roots) > 0) & (np.bincount(root, side == 1, n_roots) > 0)
    kept = both[root] if n_roots else np.zeros(0, dtype=bool)
    acts = table[[f"acts__{act}" for act in ACTS]].to_numpy(dtype=float)
    return root[kept].astype(np.int64), side[kept], acts[kept]


def _counts(wide: FloatArray, conversation: Any) -> tuple[FloatArray, FloatArray]:
    """Count the steps from each act to each, and the steps from each act to any unit."""
    goes_on = conversation[1:] == conversation[:-1]
    before, after = wide[:-1][goes_on], wide[1:][goes_on]
    return before.T @ after, before.sum(axis=0)


def _shares(n: FloatArray, n_from: FloatArray) -> FloatArray:
    return np.asarray(n / np.where(n_from > 0, n_from, np.nan)[:, None])


def _act_shares(side: Any, acts: FloatArray) -> pd.DataFrame:
    rows = []
    for i, name in enumerate(SIDES):
        mine = acts[side == i]
        for j, act in enumerate(ACTS):
            n = int(mine[:, j].sum())
            share = n / len(mine) if len(mine) else np.nan
            rows.append({"side": name, "act": act, "n_units": len(mine), "n": n, "share": share})
    return pd.DataFrame(rows)
