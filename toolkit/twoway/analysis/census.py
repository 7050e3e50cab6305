"""The whole graph of who addresses whom: mutual, one-sided and empty pairs, and a matrix between groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from ..metrics.arcs import in_sample
from ..talks import talk_of
from .census_null import census_null

__all__ = ["DyadCensus", "dyad_census"]

_PERSONS = "persons"


@dataclass(frozen=True)
class DyadCensus:
    """The pairs of all accounts by whether one, both or neither addressed the other.

    Attributes
    ----------
    table
        One row: `n_accounts, mutual, asymmetric, null, arcs, arc_reciprocity, dyadic_reciprocity, density, rho,
        weight, weighted_reciprocity, arc_reciprocity_ordered` (arcs returned after they first came)`,
        dyadic_reciprocity_ordered` (pairs in which each addressed the other after being addressed).
    matrix
        Posts from each group (rows) to each group (columns); an organization is a group, all persons are one, accounts
        of no side are `others`.
    arcs
        `source, target` (numbers of accounts)`, n` (posts), one row an arc.
    seed
        Of the draws of `null_test`, if none is given.
    """

    table: pd.DataFrame
    matrix: pd.DataFrame
    arcs: pd.DataFrame
    seed: int

    def null_test(self, draws: int = 200, seed: int | None = None, *, alternative: str = "two-sided") -> pd.DataFrame:
        """Compare reciprocity, rho and weighted reciprocity with the graph rewired (N2).

        For reciprocity and rho every account keeps how many accounts it addressed and was addressed by; for weighted
        reciprocity, how many posts it sent and got. Nobody comes to address themselves.

        Parameters
        ----------
        draws
            Rewired graphs. The time a draw takes grows with the arcs.
        seed
            Of the draws; that of the definitions if left out.
        alternative
            `"two-sided"`, `"greater"` or `"less"`.

        Returns
        -------
        pandas.DataFrame
            One row a measure: `measure, observed, null_mean, null_sd, z, p, excess` ((observed - null mean) / (1 -
            null mean): of weighted reciprocity the rho_w of Squartini et al.). NaN where nothing can move.

        Examples
        --------
        >>> import twoway as tw
        >>> census = tw.dyad_census(tw.annotate(tw.load_corpus("twelve_posts")))
        >>> found = census.null_test(draws=50)
        >>> found["measure"].tolist(), found["observed"].round(3).tolist()
        (['arc_reciprocity', 'rho', 'weighted_reciprocity'], [0.571, 0.486, 0.444])
        """
        row = self.table.iloc[0]
        root = self.seed if seed is None else int(seed)
        return census_null(self.arcs, int(row["n_accounts"]), draws, root, alternative)

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

    Every account that posted (context left out) or was addressed is counted, those too that are only named and have no
    account in the corpus; so are pairs of persons, and of accounts of one organization.

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
    talk = talk_of(talk, "dyad_census")
    said = talk.address_frame.filter((nw.col("is_reply") == 1) | (nw.col("is_mention") == 1))
    said = talk.engine.materialize(in_sample(talk, said).select("source_ix", "target_ix", "moment"))
    counts = talk.engine.collect(said.group_by("source_ix", "target_ix").agg(nw.len().alias("n"))).to_pandas()
    counts = counts.sort_values(["source_ix", "target_ix"], ignore_index=True).astype("int64")
    sums = talk.engine.collect(_pair_sums(said)).to_pylist()[0]
    table = _census(_n_accounts(talk, said), **{name: int(value or 0) for name, value in sums.items()})
    arcs = counts.rename(columns={"source_ix": "source", "target_ix": "target"})
    return DyadCensus(table, _matrix(talk, counts), arcs, talk.definitions.seed)


def _pair_sums(said: Any) -> Any:
    """Add up the pairs: how many there are, mutual ones, posts, those returned, and what was returned later."""
    first = nw.col("source_ix") < nw.col("target_ix")
    pairs = said.with_columns(
        a=nw.when(first).then(nw.col("source_ix")).otherwise(nw.col("target_ix")),
        b=nw.when(first).then(nw.col("target_ix")).otherwise(nw.col("source_ix")),
        up=nw.when(first).then(1).otherwise(0),
    )
    up, down = nw.col("up") == 1, nw.col("up") == 0
    pairs = pairs.group_by("a", "b").agg(
        nw.col("up").sum(),
        nw.len().alias("both"),
        nw.when(up).then(nw.col("moment")).min().alias("up_first"),
        nw.when(up).then(nw.col("moment")).max().alias("up_last"),
        nw.when(down).then(nw.col("moment")).min().alias("down_first"),
        nw.when(down).then(nw.col("moment")).max().alias("down_last"),
    )
    low, high = nw.col("up"), nw.col("both") - nw.col("up")
    up_back = nw.when(nw.col("down_last") > nw.col("up_first")).then(1).otherwise(0)
    down_back = nw.when(nw.col("up_last") > nw.col("down_first")).then(1).otherwise(0)
    return pairs.select(
        nw.len().alias("pairs"),
        nw.when((low > 0) & (high > 0)).then(1).otherwise(0).sum().alias("mutual"),
        nw.col("both").sum().alias("weight"),
        nw.when(low < high).then(low).otherwise(high).sum().alias("least"),
        (up_back + down_back).sum().alias("later"),
        (up_back * down_back).sum().alias("both_later"),
    )


def _n_accounts(talk: Any, said: Any) -> int:
    own = talk.links.posts.filter(~nw.col("is_context") & ~nw.col("is_private")).select("account_ix")
    there = nw.concat([own, said.select(account_ix="target_ix")])
    return int(talk.engine.collect(there.unique().select(nw.len().alias("n")))["n"][0].as_py())


def _census(n: int, *, pairs: int, mutual: int, weight: int, least: int, later: int, both_later: int) -> pd.DataFrame:
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
        "arc_reciprocity_ordered": later / arcs if arcs else nothing,
        "dyadic_reciprocity_ordered": both_later / pairs if pairs else nothing,
    }
    return pd.DataFrame([row])


def _matrix(talk: Any, counts: pd.DataFrame) -> pd.DataFrame:
    accounts = talk.engine.collect(
        talk.account_frame.select("account_ix", "organization", "is_brand", "is_public")
    ).to_pandas()
    persons = np.where(accounts["is_public"].fillna(value=False), _PERSONS, "others")
    group = accounts["organization"].where(accounts["is_brand"].fillna(value=False), pd.Series(persons))
    names = group.astype(object).set_axis(accounts["account_ix"])
    if talk.corpus.sides == "mutual":
        names = names.map(lambda _: _PERSONS)
    counts = counts.assign(source=counts["source_ix"].map(names), target=counts["target_ix"].map(names))
    table = counts.pivot_table(index="source", columns="target", values="n", aggfunc="sum", fill_value=0)
    ranked = [name for name in sorted(set(names)) if name not in (_PERSONS, "others")]
    order = [name for name in (*ranked, _PERSONS, "others") if name in table.index or name in table.columns]
    return (
        table.reindex(index=order, columns=order, fill_value=0).astype("int64").rename_axis(index="from", columns="to")
    )
