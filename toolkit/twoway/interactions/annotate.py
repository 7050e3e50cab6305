"""From a corpus to its interaction tables, each computed once, when first asked for."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd

from ..codebooks.cells import Cells
from ..definitions import Definitions
from ..engine import Frame
from ..links import Links, link_posts
from ..threads import preorder, subtree_sizes
from .addresses import address_table, exchange_events, mention_table, person_arcs, with_strangers
from .coding import Coding
from .conversations import conversation_table, membership_table, unit_links
from .deeds import deed_table
from .episodes import episode_table
from .given_checks import check_given, read_given
from .hidden import hidden_turns
from .orders import interactivity_orders
from .own_links import own_link_table
from .said import said_table
from .shifts import shift_sums, shift_table, spoken_units
from .stream import event_stream
from .turns import answer_table, crowd_table, turn_table
from .units import merge_map, self_runs, unit_tree
from .views import PandasViews
from .wording import Wording

__all__ = ["Interactions", "annotate"]


def annotate(
    corpus: Any,
    definitions: Definitions | None = None,
    *,
    codebooks: Any = (),
    codes: str | Path | pd.DataFrame | Cells | None = None,
) -> Interactions:
    """Find out who answered whom, under stated definitions.

    Parameters
    ----------
    corpus
        A `Corpus`.
    definitions
        What counts as a turn, an answer, an episode; the defaults if left out.
    codebooks
        Codebooks of your own, one or several; one of a bundled one's name takes its place, also where others use it.
    codes
        Codes by people or by a model of yours, as a long table (`twoway.read_codes`) or a file of one: 1 or 0; NaN or
        nothing is not coded. They take the place of what the rules say. A warning tells which are left out.

    Returns
    -------
    Interactions
        The tables; nothing in the corpus changes.

    Raises
    ------
    UnknownName, CorpusNotFound, FormatError, SchemaError
        If codebooks or given codes cannot be used: which entry, label, value or row.
    """
    given = None if codes is None else read_given(codes)
    talk = Interactions(corpus, definitions or Definitions(), codebooks, None if given is None else given.frame)
    if given is not None:
        check_given(talk.coding, given)
    return talk


class Interactions(PandasViews):
    """The interaction tables of a corpus: replies, turns owed, units, episodes, conversations, dyads.

    The tables that end in `_frame` live in the corpus' engine; `turns`, `replies`, ... give them as pandas, with ids
    instead of row numbers.
    """

    def __init__(
        self, corpus: Any, definitions: Definitions, codebooks: Any = (), codes: pd.DataFrame | None = None
    ) -> None:
        self.corpus, self.definitions, self.engine = corpus, definitions, corpus.engine
        posts, accounts = corpus.post_frame, corpus.account_frame
        self.coding = Coding(self.engine, posts, accounts, lambda: self.self_run_frame, codebooks, given=codes)

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
        return self.coding.marks()

    @cached_property
    def wording(self) -> Wording:
        """How the posts that organizations and persons address to each other are worded."""
        return self._wording()

    def _wording(self, older: Wording | None = None) -> Wording:
        corpus, names = self.corpus, self.definitions.own_names
        return Wording(self.engine, corpus.post_frame, corpus.account_frame, self._exchanged, names, older)

    def _exchanged(self) -> Frame:
        """List the posts of exchanges, those they reply to, and all replies of organizations: which are by these."""
        ours = 1 - nw.col("is_approach").cast(nw.Int64)
        said = self.stream_frame.filter(~nw.col("is_context")).with_columns(_ours=ours)
        asked = said.filter((nw.col("is_reply") == 1) & ~nw.col("parent_row").is_null())
        asked = asked.select(row="parent_row", _ours=1 - nw.col("_ours"))
        # Replies to posts that were not collected are in no exchange.
        brands = self.corpus.account_frame.filter(nw.col("is_brand")).select("account_ix")
        lost = self.links.posts.filter(~nw.col("is_context") & ~nw.col("parent_id_given").is_null())
        lost = lost.join(brands, on="account_ix", how="semi").select("row", _ours=nw.lit(1).cast(nw.Int64))
        both = nw.concat([said.select("row", "_ours"), asked, lost])
        return self.engine.materialize(both.group_by("row").agg(nw.col("_ours").max().alias("is_ours")))

    @cached_property
    def self_run_frame(self) -> Frame:
        """Posts that go on with one of their own author, however late."""
        return self_runs(self.engine, self.links)

    @cached_property
    def merged_frame(self) -> Frame:
        """Posts that belong to an earlier post's unit."""
        return merge_map(self.engine, self.links, self.definitions)

    @cached_property
    def tree_frame(self) -> Frame:
        """Reply trees over units."""
        return unit_tree(self.engine, self.links, self.merged_frame)

    @cached_property
    def _mentions(self) -> tuple[Frame, Frame]:
        return mention_table(self.engine, self.corpus.post_frame, self.corpus.account_frame)

    @property
    def mention_frame(self) -> Frame:
        """Handles named in posts."""
        return self._mentions[0]

    @cached_property
    def account_frame(self) -> Frame:
        """The accounts, and persons who are named but never posted."""
        return with_strangers(self.engine, self.corpus.account_frame, self._mentions[1])

    @cached_property
    def address_frame(self) -> Frame:
        """Who addresses whom, all accounts."""
        return address_table(self.engine, self.links, self.mention_frame)

    @cached_property
    def arc_frame(self) -> Frame:
        """Addresses between measured organizations and persons."""
        return person_arcs(self.engine, self.address_frame, self.account_frame)

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
        return answer_table(self.engine, self.stream_frame, self.merged_frame, self.definitions)

    @cached_property
    def deed_frame(self) -> Frame:
        """What organizations' posts to persons do."""
        until = self.corpus.window_s[1]
        return deed_table(self.engine, self.marks, self.arc_frame, self.links.posts, self.merged_frame, until)

    @cached_property
    def turn_frame(self) -> Frame:
        """Turns owed."""
        marks = self.marks.join(self.links.posts.select("row", _author="account_ix"), on="row", how="left")
        crowd = crowd_table(self.engine, self.address_frame, self.corpus.account_frame)
        answers = self.answer_frame.join(self.deed_frame.select("row", "resolution"), on="row", how="left")
        answers = answers.join(self.merged_frame, on="row", how="left")
        return turn_table(self.engine, self.stream_frame, answers, marks, crowd, self.corpus.window_s, self.definitions)

    @cached_property
    def shift_sum_frame(self) -> Frame:
        """Participation shifts of each conversation, counted in both orders."""
        said = self._spoken()
        in_time = shift_sums(self._shifts(said))
        in_tree = shift_sums(self._shifts(said, depth_first=True), "_tree")
        # Where speakers and targets stay the same in one order they may shift in the other.
        both = nw.concat([frame.select("root") for frame in (in_time, in_tree)]).unique()
        return self.engine.materialize(both.join(in_time, on="root", how="left").join(in_tree, on="root", how="left"))

    @cached_property
    def hidden_frame(self) -> Frame:
        """Turns owed whose answer the collection could hide."""
        posts = self.corpus.post_frame.select("row", "deleted_s", "n_replies")
        marks, links = self.marks.select("row", "to_dm"), self.links.posts.select("row", "parent_row")
        return hidden_turns(self.engine, self.stream_frame, marks, posts, links, self.definitions)

    @cached_property
    def order_frame(self) -> Frame:
        """Interactivity orders of units."""
        return interactivity_orders(self.engine, self.tree_frame)

    def orders_of(self, events: Frame) -> Frame:
        """Join to events of the stream the order of the unit they belong to, context left out."""
        merged = self.merged_frame.select("row", "unit_row")
        events = events.filter(~nw.col("is_context")).join(merged, on="row", how="left")
        events = events.with_columns(unit_row=nw.coalesce("unit_row", "row"))
        return events.join(self.order_frame.rename({"row": "unit_row"}), on="unit_row", how="inner")

    @cached_property
    def said_frame(self) -> Frame:
        """Units posted by measured accounts."""
        return said_table(
            self.engine,
            self.links.posts,
            self.account_frame,
            self.mention_frame,
            self.tree_frame,
            self.merged_frame,
            self.marks,
            self.order_frame,
        )

    @cached_property
    def own_link_frame(self) -> Frame:
        """Posts of measured accounts, with whether they link to their organization's own site."""
        return own_link_table(
            self.engine, self.corpus.post_frame, self.corpus.account_frame, self.definitions.own_domains
        )

    @cached_property
    def episode_frame(self) -> Frame:
        """Episodes."""
        stream = self.stream_frame.filter(nw.col("created_s") <= self.corpus.window_s[1])
        words = self.marks.select("row", "n_words", "has_question")
        return episode_table(self.engine, stream, self.deed_frame, words, self.merged_frame)

    @cached_property
    def conversation_frame(self) -> Frame:
        """Conversations."""
        named = self.corpus.post_frame.filter(~nw.col("conversation_id").is_null()).select("row")
        return conversation_table(self.engine, self.tree_frame, self.corpus.account_frame, self.size_frame, named)

    @cached_property
    def size_frame(self) -> Frame:
        """Sizes of the subtrees of units, for units below another."""
        return subtree_sizes(self.engine, unit_links(self.tree_frame))

    def shift_frame(self, *, depth_first: bool = False) -> Frame:
        """Participation shifts within conversations, in time order or in depth-first order of the tree."""
        return self._shifts(self._spoken(), depth_first=depth_first)

    def _spoken(self) -> Frame:
        return spoken_units(self.engine, self.tree_frame, self.corpus.account_frame)

    def _shifts(self, said: Frame, *, depth_first: bool = False) -> Frame:
        places = None
        if depth_first:
            places = preorder(self.engine, unit_links(self.tree_frame), self.size_frame).rename({"node": "row"})
        return shift_table(self.engine, said, places)

    @cached_property
    def member_frame(self) -> Frame:
        """Which measured account takes part in which conversation."""
        return membership_table(self.engine, self.tree_frame, self.stream_frame, self.corpus.account_frame)

    def by_rules(self) -> Interactions:
        """Return the same talk coded by the rules alone, sharing what does not depend on codes."""
        twin = Interactions(self.corpus, self.definitions)
        twin.coding = self.coding.without_given()
        shared: tuple[str, ...] = ("links", "merged_frame", "tree_frame", "size_frame", "_mentions", "account_frame")
        shared += ("address_frame", "arc_frame", "stream_frame", "answer_frame", "order_frame")
        shared += ("wording",)
        twin.__dict__.update({name: getattr(self, name) for name in shared})
        return twin

    def counting_bots(self) -> Interactions:
        """Return the same talk with bots counted as persons, sharing what does not depend on it."""
        twin = Interactions(self.corpus.counting_bots(), self.definitions)
        twin.coding = self.coding
        shared: tuple[str, ...] = ("links", "marks", "merged_frame", "tree_frame", "size_frame")
        shared += ("_mentions", "address_frame", "order_frame")
        # What only some metrics read is not computed for the sake of the twin.
        shared += ("own_link_frame",) if "own_link_frame" in self.__dict__ else ()
        twin.__dict__.update({name: getattr(self, name) for name in shared})
        twin.__dict__["wording"] = twin._wording(self.wording)
        return twin
