"""From a corpus to its interaction tables, each computed once, when first asked for."""

from __future__ import annotations

from functools import cached_property, partial
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd

from ..definitions import Definitions
from ..engine import Frame
from ..links import Links, link_posts
from ..text.features import FEATURES, features_kernel
from .addresses import address_table, exchange_events, mention_table, person_arcs
from .conversations import conversation_table, membership_table
from .episodes import OUTCOMES, episode_table
from .orders import interactivity_orders
from .said import said_table
from .stream import event_stream
from .turns import ATTRIBUTIONS, answer_table, turn_table
from .units import merge_map, unit_tree

__all__ = ["Interactions", "annotate"]


def annotate(corpus: Any, definitions: Definitions | None = None) -> Interactions:
    """Find out who answered whom, under stated definitions.

    Parameters
    ----------
    corpus
        A `Corpus`.
    definitions
        What counts as a turn, an answer, an episode; the defaults if left out.

    Returns
    -------
    Interactions
        The tables; nothing in the corpus changes.
    """
    return Interactions(corpus, definitions or Definitions())


class Interactions:
    """The interaction tables of a corpus: replies, turns owed, units, episodes, conversations, dyads.

    The tables that end in `_frame` live in the corpus' engine; `turns`, `replies`, ... give them as pandas, with ids
    instead of row numbers.
    """

    def __init__(self, corpus: Any, definitions: Definitions) -> None:
        self.corpus = corpus
        self.definitions = definitions
        self.engine = corpus.engine

    def __repr__(self) -> str:
        """Write one line."""
        return f"<Interactions of {self.corpus!r}, definitions {self.definitions.short_hash()}>"

    @cached_property
    def links(self) -> Links:
        """Parents, roots and depths of all posts."""
        return link_posts(self.engine, self.corpus.post_frame, self.corpus.account_frame)

    @cached_property
    def marks(self) -> Frame:
        """Marks of the text kernel, a row a post."""
        brand = self.corpus.account_frame.filter(nw.col("is_brand")).select("account_id", is_brand=nw.lit(1))
        texts = self.corpus.post_frame.select("row", "account_id", "text").join(brand, on="account_id", how="left")
        texts = texts.select("row", "text", is_brand=~nw.col("is_brand").is_null())
        kernel = partial(features_kernel, substance_words=self.definitions.substance_words)
        marks = self.engine.map_batches(texts, kernel, FEATURES)
        return self.engine.materialize(marks.with_columns(nw.col("row").cast(self.engine.index)))

    @cached_property
    def merged_frame(self) -> Frame:
        """Posts that belong to an earlier post's unit."""
        return merge_map(self.engine, self.links, self.definitions)

    @cached_property
    def tree_frame(self) -> Frame:
        """Reply trees over units."""
        return unit_tree(self.engine, self.links, self.merged_frame)

    @cached_property
    def mention_frame(self) -> Frame:
        """Handles named in posts."""
        return mention_table(self.engine, self.corpus.post_frame, self.corpus.account_frame)

    @cached_property
    def address_frame(self) -> Frame:
        """Who addresses whom, all accounts."""
        return address_table(self.engine, self.links, self.mention_frame)

    @cached_property
    def arc_frame(self) -> Frame:
        """Addresses between measured organizations and persons."""
        return person_arcs(self.engine, self.address_frame, self.corpus.account_frame)

    @cached_property
    def stream_frame(self) -> Frame:
        """The exchange of each person with each organization in time."""
        events = exchange_events(self.engine, self.arc_frame)
        return event_stream(
            self.engine, events, self.links.posts, self.links.threads, self.merged_frame, self.definitions
        )

    @cached_property
    def answer_frame(self) -> Frame:
        """Posts of organizations, by the turn they answer."""
        return answer_table(self.engine, self.stream_frame, self.definitions)

    @cached_property
    def turn_frame(self) -> Frame:
        """Turns owed."""
        return turn_table(
            self.engine, self.stream_frame, self.answer_frame, self.marks, self.corpus.window_s, self.definitions
        )

    @cached_property
    def order_frame(self) -> Frame:
        """Interactivity orders of units."""
        return interactivity_orders(self.engine, self.tree_frame)

    @cached_property
    def said_frame(self) -> Frame:
        """Units posted by measured accounts."""
        return said_table(
            self.engine,
            self.links.posts,
            self.corpus.account_frame,
            self.mention_frame,
            self.tree_frame,
            self.merged_frame,
            self.marks,
            self.order_frame,
        )

    @cached_property
    def episode_frame(self) -> Frame:
        """Episodes."""
        marks = self.marks.drop("has_url", "has_hashtag", "has_at", "is_legacy_repost", "has_question", "n_words")
        return episode_table(self.engine, self.stream_frame, marks, self.marks.select("row", "n_words"))

    @cached_property
    def conversation_frame(self) -> Frame:
        """Conversations."""
        return conversation_table(self.engine, self.tree_frame, self.corpus.account_frame)

    @cached_property
    def member_frame(self) -> Frame:
        """Which measured account takes part in which conversation."""
        return membership_table(self.engine, self.tree_frame, self.stream_frame, self.corpus.account_frame)

    def counting_bots(self) -> Interactions:
        """Return the same talk with bots counted as persons, sharing what does not depend on it."""
        twin = Interactions(self.corpus.counting_bots(), self.definitions)
        shared = ("links", "marks", "merged_frame", "tree_frame", "mention_frame", "address_frame", "order_frame")
        twin.__dict__.update({name: getattr(self, name) for name in shared})
        return twin

    # -- the same for people ------------------------------------------------------------------------------------------

    def _local(self, frame: Frame) -> pd.DataFrame:
        return self.engine.collect(frame).to_pandas()

    @cached_property
    def _names(self) -> tuple[pd.Series, pd.Series, pd.Series]:
        accounts = self._local(self.corpus.account_frame.select("account_ix", "account_id", "org_ix", "organization"))
        posts = self._local(self.corpus.post_frame.select("row", "post_id"))
        organizations = accounts.dropna(subset=["org_ix"]).drop_duplicates("org_ix").set_index("org_ix")["organization"]
        return posts.set_index("row")["post_id"], accounts.set_index("account_ix")["account_id"], organizations

    def _named(self, table: pd.DataFrame, renames: dict[str, tuple[str, int]]) -> pd.DataFrame:
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
    def replies(self) -> pd.DataFrame:
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
    def turns(self) -> pd.DataFrame:
        """One row a turn owed, with its first answer."""
        table = self._local(self.turn_frame).sort_values(["row", "org_ix"], ignore_index=True)
        table["level"] = table["level"].map(dict(enumerate(ATTRIBUTIONS)))
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
    def episodes(self) -> pd.DataFrame:
        """One row an episode of a person with an organization."""
        table = self._local(self.episode_frame).sort_values(["row", "org_ix"], ignore_index=True)
        names = {value: name for name, value in OUTCOMES.items()}
        for column in ("outcome", "first_reaction"):
            table[column] = table[column].map(names).fillna("ignored")
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
    def dyads(self) -> pd.DataFrame:
        """One row a pair of an account and a person with a reply or mention between them: posts each way."""
        out = nw.col("is_approach") == 0
        arcs = self.arc_frame.filter((nw.col("is_reply") == 1) | (nw.col("is_mention") == 1))
        pairs = arcs.group_by("account_ix", "person_ix").agg(
            nw.when(out).then(1).otherwise(0).sum().alias("n_to_person"),
            nw.when(out).then(0).otherwise(1).sum().alias("n_from_person"),
        )
        table = self._local(pairs).sort_values(["account_ix", "person_ix"], ignore_index=True)
        return self._named(table, {"account_ix": ("account_id", 1), "person_ix": ("person_id", 1)})

    @property
    def units(self) -> pd.DataFrame:
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
    def labels(self) -> pd.DataFrame:
        """One row a post by an organization: what the text rules say it does, and where it sends people."""
        table = self._local(self.marks.filter(~nw.col("resolution").is_null())).sort_values("row", ignore_index=True)
        named = self._named(table, {"row": ("post_id", 0)})
        return named[["post_id", "resolution", *[c for c in named.columns if c.startswith("to_")]]]

    @property
    def conversations(self) -> pd.DataFrame:
        """One row a conversation."""
        table = self._local(self.conversation_frame).sort_values("root", ignore_index=True)
        return self._named(table, {"root": ("root_id", 0)})
