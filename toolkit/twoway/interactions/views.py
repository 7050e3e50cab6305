"""The interaction tables for people: pandas, with ids and names instead of row numbers."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd

from ..codebooks.marks import NOTHING
from ..engine import Frame
from .episodes import OUTCOMES
from .turns import ATTRIBUTIONS, ENDS

__all__ = ["PandasViews"]


class PandasViews:
    """What `Interactions` shows of its tables."""

    def _local(self: Any, frame: Frame) -> pd.DataFrame:
        return self.engine.collect(frame).to_pandas()

    @cached_property
    def _names(self: Any) -> tuple[pd.Series, pd.Series, pd.Series]:
        accounts = self._local(self.account_frame.select("account_ix", "account_id", "org_ix", "organization"))
        posts = self._local(self.corpus.post_frame.select("row", "post_id"))
        organizations = accounts.dropna(subset=["org_ix"]).drop_duplicates("org_ix").set_index("org_ix")["organization"]
        return posts.set_index("row")["post_id"], accounts.set_index("account_ix")["account_id"], organizations

    def _named(self: Any, table: pd.DataFrame, renames: dict[str, tuple[str, int]]) -> pd.DataFrame:
        """Replace row numbers by ids: column -> (new name, which of `_names`)."""
        out = pd.DataFrame(index=table.index)
        for column in table.columns:
            if column in renames:
                name, which = renames[column]
                out[name] = table[column].map(self._names[which])
            elif column == "at_s":
                out["started_at"] = pd.to_datetime(table[column], unit="s", utc=True)
            else:
                out[column] = table[column]
        return out

    @property
    def replies(self: Any) -> pd.DataFrame:
        """One row a reply whose parent is in the corpus, self-replies included.

        Who, to whom, and the gap in seconds.
        """
        posts = self.links.posts.filter(~nw.col("parent_row").is_null())
        table = self._local(
            posts.select(
                "row",
                "account_ix",
                "parent_row",
                "parent_ix",
                "created_s",
                "is_self_reply",
                gap_s=nw.col("created_s") - nw.col("parent_s"),
            )
        ).sort_values("row", ignore_index=True)
        table["at_s"] = table.pop("created_s")
        return self._named(
            table,
            {
                "row": ("post_id", 0),
                "account_ix": ("account_id", 1),
                "parent_row": ("parent_id", 0),
                "parent_ix": ("parent_account_id", 1),
            },
        ).rename(columns={"started_at": "created_at"})

    @property
    def turns(self: Any) -> pd.DataFrame:
        """One row a turn owed, with its first answer."""
        table = self._local(self.turn_frame).sort_values(["row", "org_ix"], ignore_index=True)
        table["level"] = table["level"].map(dict(enumerate(ATTRIBUTIONS)))
        table["cause"] = table["cause"].map(dict(enumerate(ENDS, start=1)))
        named = self._named(
            table,
            {
                "row": ("turn_id", 0),
                "org_ix": ("organization", 2),
                "person_ix": ("person_id", 1),
                "account_ix": ("account_id", 1),
                "root": ("root_id", 0),
                "reply_row": ("reply_id", 0),
                "reply_account_ix": ("reply_account_id", 1),
            },
        )
        return named.rename(columns={"level": "attribution"})

    @property
    def episodes(self: Any) -> pd.DataFrame:
        """One row an episode of a person with an organization.

        `outcome` and `first_reaction` are `none` where replies say nothing, and missing where none of their texts is
        known.
        """
        table = self._local(self.episode_frame).sort_values(["row", "org_ix"], ignore_index=True)
        names = {value: name for name, value in OUTCOMES.items()}
        for column, read in (("outcome", "is_read"), ("first_reaction", "is_first_read")):
            named = table[column].map(names).where((table[column] > 0) | (table[read] == 0), NOTHING)
            table[column] = named.where(table["is_replied"] == 1, "ignored")
        return self._named(
            table,
            {
                "row": ("first_post_id", 0),
                "org_ix": ("organization", 2),
                "person_ix": ("person_id", 1),
                "account_ix": ("account_id", 1),
            },
        )

    @property
    def dyads(self: Any) -> pd.DataFrame:
        """One row a pair of an account and a person with a reply or mention between them: posts each way.

        Context is left out. A person who is named but never posted has the handle, with `@`, as id.
        """
        out = nw.col("is_approach") == 0
        arcs = self.arc_frame.filter((nw.col("is_reply") == 1) | (nw.col("is_mention") == 1))
        arcs = arcs.join(self.links.posts.filter(~nw.col("is_context")).select("row"), on="row", how="semi")
        pairs = arcs.group_by("account_ix", "person_ix").agg(
            nw.when(out).then(1).otherwise(0).sum().alias("n_to_person"),
            nw.when(out).then(0).otherwise(1).sum().alias("n_from_person"),
        )
        table = self._local(pairs).sort_values(["account_ix", "person_ix"], ignore_index=True)
        return self._named(table, {"account_ix": ("account_id", 1), "person_ix": ("person_id", 1)})

    @property
    def units(self: Any) -> pd.DataFrame:
        """One row a unit posted by a measured account."""
        table = self._local(self.said_frame).sort_values("row", ignore_index=True)
        table["outcome"] = table["outcome"].map({value: name for name, value in OUTCOMES.items()})
        return self._named(
            table,
            {
                "row": ("unit_id", 0),
                "root": ("root_id", 0),
                "account_ix": ("account_id", 1),
                "org_ix": ("organization", 2),
            },
        )

    @property
    def labels(self: Any) -> pd.DataFrame:
        """One row a post by an organization: what the text rules say it does, and where it sends people."""
        table = self._local(self.marks.filter(~nw.col("resolution").is_null())).sort_values("row", ignore_index=True)
        named = self._named(table, {"row": ("post_id", 0)})
        return named[["post_id", "resolution", *[c for c in named.columns if c.startswith("to_")]]]

    @property
    def conversations(self: Any) -> pd.DataFrame:
        """One row a conversation."""
        table = self._local(self.conversation_frame).sort_values("root", ignore_index=True)
        return self._named(table, {"root": ("root_id", 0)})
