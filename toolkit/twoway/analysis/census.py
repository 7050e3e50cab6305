"""The whole graph of who addresses whom: mutual, one-sided and empty pairs, and a matrix between groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

__all__ = ["DyadCensus", "dyad_census"]

_PERSONS = "persons"


@dataclass(frozen=True)
class DyadCensus:
    """The pairs of all accounts by whether one, both or neither addressed the other.

    Attributes
    ----------
    table
        One row: `n_accounts, mutual, asymmetric, null, arcs, arc_reciprocity, dyadic_reciprocity, density, rho,
        weight, weighted_reciprocity`.
    matrix
        Posts from each group (rows) to each group (columns); an organization is a group, all persons are one, accounts
        of no side are `others`.
    """

    table: pd.DataFrame
    matrix: pd.DataFrame

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw the matrix of posts between groups."""
        from ..figures.matrix import plot_dyad_matrix

        return plot_dyad_matrix(self, ax=ax, **options)

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Write one sentence."""
        row = self.table.iloc[0]
        return (
            f"Of {int(row['arcs']):,} arcs between {int(row['n_accounts']):,} accounts,"
            f" {row['arc_reciprocity']:.1%} are returned ({int(row['mutual']):,} mutual pairs,"
            f" {int(row['asymmetric']):,} one-sided); chance would give {row['density']:.2%} (rho {row['rho']:.3f})."
        )

    def _repr_html_(self) -> str:
        return self.table.round(4).to_html(index=False) + self.matrix.to_html()


def dyad_census(talk: Any) -> DyadCensus:
    """Count the pairs of accounts by who addressed whom, by reply or mention, in the whole corpus.

    Every account that posted (context left out) or was addressed is counted; so are pairs of persons, and of accounts
    of one organization.

    Parameters
    ----------
    talk
        From `annotate`.

    Returns
    -------
    DyadCensus
        NaN where there is no arc.

    References
    ----------
    Garlaschelli & Loffredo 2004; Squartini et al. 2013.

    Examples
    --------
    >>> import twoway as tw
    >>> census = tw.dyad_census(tw.annotate(tw.load_corpus("twelve_posts")))
    >>> census.table.loc[0, ["mutual", "asymmetric", "arcs"]].astype(int).tolist()
    [2, 3, 7]
    """
    arcs, n = _arcs(talk)
    pairs = arcs.group_by("a", "b").agg(nw.col("up").sum(), nw.col("down").sum())
    both, low, high = nw.col("up") * nw.col("down") > 0, nw.col("up"), nw.col("down")
    less = nw.when(low < high).then(low).otherwise(high)
    sums = talk.engine.collect(
        pairs.select(
            nw.len().alias("pairs"),
            nw.when(both).then(1).otherwise(0).sum().alias("mutual"),
            (low + high).sum().alias("weight"),
            less.sum().alias("least"),
        )
    ).to_pylist()[0]
    return DyadCensus(_census(n, **{name: int(value or 0) for name, value in sums.items()}), _matrix(talk))


def _arcs(talk: Any) -> tuple[Any, int]:
    """List the addresses with the account of the lower number first, and count the accounts."""
    said = talk.address_frame.filter((nw.col("is_reply") == 1) | (nw.col("is_mention") == 1))
    own = talk.links.posts.filter(~nw.col("is_context") & ~nw.col("is_private")).select("row", "account_ix")
    said = said.join(own.select("row"), on="row", how="semi")
    first = nw.col("source_ix") < nw.col("target_ix")
    arcs = said.select(
        a=nw.when(first).then(nw.col("source_ix")).otherwise(nw.col("target_ix")),
        b=nw.when(first).then(nw.col("target_ix")).otherwise(nw.col("source_ix")),
        up=nw.when(first).then(1).otherwise(0),
        down=nw.when(first).then(0).otherwise(1),
    )
    there = nw.concat([own.select("account_ix"), said.select(account_ix="target_ix")])
    n = talk.engine.collect(there.unique().select(nw.len().alias("n")))["n"][0].as_py()
    return talk.engine.materialize(arcs), int(n)


def _census(n: int, *, pairs: int, mutual: int, weight: int, least: int) -> pd.DataFrame:
    arcs = pairs + mutual
    nothing = float("nan")
    density = arcs / (n * (n - 1)) if n > 1 else nothing
    r = 2 * mutual / arcs if arcs else nothing
    row = {
        "n_accounts": n,
        "mutual": mutual,
        "asymmetric": pairs - mutual,
        "null": n * (n - 1) // 2 - pairs,
        "arcs": arcs,
        "arc_reciprocity": r,
        "dyadic_reciprocity": mutual / pairs if pairs else nothing,
        "density": density,
        "rho": (r - density) / (1 - density) if arcs and density < 1 else nothing,
        "weight": weight,
        "weighted_reciprocity": 2 * least / weight if weight else nothing,
    }
    return pd.DataFrame([row])


def _matrix(talk: Any) -> pd.DataFrame:
    accounts = talk.engine.collect(
        talk.corpus.account_frame.select("account_ix", "organization", "is_brand", "is_public")
    ).to_pandas()
    persons = np.where(accounts["is_public"].fillna(value=False), _PERSONS, "others")
    group = accounts["organization"].where(accounts["is_brand"].fillna(value=False), pd.Series(persons))
    names = group.astype(object).set_axis(accounts["account_ix"])
    if talk.corpus.sides == "mutual":
        names = names.map(lambda _: _PERSONS)
    said = talk.address_frame.filter((nw.col("is_reply") == 1) | (nw.col("is_mention") == 1))
    counts = talk.engine.collect(said.group_by("source_ix", "target_ix").agg(nw.len().alias("n"))).to_pandas()
    counts = counts.assign(source=counts["source_ix"].map(names), target=counts["target_ix"].map(names))
    table = counts.pivot_table(index="source", columns="target", values="n", aggfunc="sum", fill_value=0)
    ranked = [name for name in sorted(set(names)) if name not in (_PERSONS, "others")]
    order = [name for name in (*ranked, _PERSONS, "others") if name in table.index or name in table.columns]
    return (
        table.reindex(index=order, columns=order, fill_value=0).astype("int64").rename_axis(index="from", columns="to")
    )
