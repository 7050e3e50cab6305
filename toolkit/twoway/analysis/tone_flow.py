"""How the tone of persons changes within an episode: from the first to the last post."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd

from ..errors import NotEnoughEvidence
from ..interactions.episodes import EPISODE
from ..metrics.prepared import Grouping
from ..metrics.tone_tables import tones
from ..talks import needs_text, reading_flags, talk_of

__all__ = ["ToneFlow", "tone_flow"]

_TONES = ("criticism", "neutral", "praise")


@dataclass(frozen=True, eq=False)
class ToneFlow:
    """Tones of first and last posts.

    Attributes
    ----------
    table
        `unit_id, first, last, n, share` (of the episodes that began so)`: nine rows a unit.
    by
        What the units are.
    flags
        Whether the rules of tone fit the language of the corpus.
    """

    table: pd.DataFrame
    by: str
    flags: tuple[str, ...] = ()

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw the flow between two columns."""
        from ..figures.tone_flow import plot_tone_flow

        return plot_tone_flow(self, ax=ax, **options)

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Say what became of episodes that began with criticism."""
        critical = self.table[self.table["first"] == "criticism"].groupby("last")["n"].sum()
        if not critical.sum():
            return "No episode with two posts or more by the person began with criticism."
        parts = ", ".join(f"{critical[tone] / critical.sum():.0%} ended with {tone}" for tone in _TONES)
        return f"Of {critical.sum():,} episodes that began with criticism, {parts}."

    def _repr_html_(self) -> str:
        return self.table.round(3).to_html(index=False)


def tone_flow(talk: Any, by: str = "corpus") -> ToneFlow:
    """Compare the tone of a person's first and last post of an episode.

    Posts that hold praise and criticism count as criticism. Episodes with one post by the person are left out.

    Parameters
    ----------
    talk
        From `annotate`.
    by
        `"account"`, `"organization"`, `"role"`, `"month"` or `"corpus"`.

    Returns
    -------
    ToneFlow

    Raises
    ------
    SchemaError
        If it is given no talk.
    UnknownName
        If there is no such level.
    NotEnoughEvidence
        If the source has no text, or no episode has two posts by the person.

    Examples
    --------
    >>> import twoway as tw
    >>> flow = tw.tone_flow(tw.annotate(tw.load_corpus("town_square")))
    >>> len(flow.table), bool(flow.table["n"].sum() > 100)
    (9, True)
    """
    talk = talk_of(talk, "tone_flow")
    needs_text(talk, "tone_flow")
    grouping = Grouping(talk, by)
    theirs = talk.stream_frame.filter((nw.col("is_approach") == 1) & ~nw.col("is_context"))
    theirs = theirs.join(tones(talk, grouping), on="row", how="inner")
    tone = nw.col("is_critical") + 2 * nw.col("is_praising")
    theirs = talk.engine.materialize(theirs.select(*EPISODE, "row", tone=tone))
    ends = theirs.group_by(*EPISODE).agg(nw.col("row").min().alias("_first"), nw.col("row").max().alias("_last"))
    ends = ends.filter(nw.col("_first") != nw.col("_last"))
    for end in ("first", "last"):
        said = theirs.select(*EPISODE, _row="row", **{end: nw.col("tone")})
        ends = ends.join(said, left_on=[*EPISODE, f"_{end}"], right_on=[*EPISODE, "_row"], how="inner")
    keyed = talk.episode_frame.select(*EPISODE, "account_ix", "at_s").join(ends, on=list(EPISODE), how="inner")
    counts = grouping.put(keyed).group_by("unit", "first", "last").agg(nw.len().alias("n"))
    found = talk.engine.collect(counts).to_pandas()
    if found.empty:
        msg = "No episode has two posts by the person. It was asked for by tone_flow. Read longer conversations."
        raise NotEnoughEvidence(msg)
    return ToneFlow(_filled(found, grouping.unit_names()), by, reading_flags(talk))


def _filled(found: pd.DataFrame, names: dict[int, str]) -> pd.DataFrame:
    """Write all nine ways for every unit that has any."""
    order = ("neutral", "criticism", "praise")
    kept = [unit for unit in names if unit in set(found["unit"])]
    whole = pd.MultiIndex.from_product([kept, range(3), range(3)], names=["unit", "first", "last"])
    wide = found.set_index(["unit", "first", "last"])["n"].reindex(whole, fill_value=0).reset_index()
    begun = wide.groupby(["unit", "first"])["n"].transform("sum")
    return pd.DataFrame(
        {
            "unit_id": wide["unit"].map(names),
            "first": [order[i] for i in wide["first"]],
            "last": [order[i] for i in wide["last"]],
            "n": wide["n"].astype(int),
            "share": (wide["n"] / begun).where(begun > 0),
        }
    )
