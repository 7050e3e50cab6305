"""A corpus: posts and accounts of one collection, checked once, never changed in place."""

from __future__ import annotations

import copy
import hashlib
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd
import polars as pl

from .coverage import Coverage, count_coverage
from .engine import engine_of
from .errors import NotEnoughEvidence, SchemaError
from .schema import ACCOUNTS, POSTS
from .tables import build_accounts, build_posts

__all__ = ["Corpus"]


class Corpus:
    """Posts and accounts of one collection, with what is known of how it came about.

    Parameters
    ----------
    posts
        A pandas, Polars, Arrow, DuckDB or PySpark frame with at least `post_id`, `account_id`, `created_at`; see
        `twoway.schema.describe_schema()`. A column left out is *unknown*; a null in it means *none*,
        but of a text and of `is_promoted`, where it is unknown too.
    accounts
        The same for accounts: `account_id`, and where known `handle`, `organization`, `role`, ... Accounts that only
        posted are added.
    focus
        Handles or ids of the accounts to measure. Without it, accounts with a brand role are measured; without
        roles, everyone is
        measured against everyone else.
    window
        Start and end of the period in which both sides were collected; by default the first and the last post of the
        sample. Posts outside it are context: they show what was answered, and count nowhere themselves.
    source, repairs, rejected
        What a reader says about where the posts come from, what it mended by which rule, and which rows it set aside.

    Raises
    ------
    SchemaError
        If a required column is missing, or accounts contradict one another.
    UnknownName
        If a role or a handle in `focus` does not exist.
    NotEnoughEvidence
        If no usable post is left.

    Examples
    --------
    >>> import pandas as pd
    >>> posts = pd.DataFrame({"post_id": ["1", "2"], "account_id": ["ann", "bakery"], "created_at": [0, 60],
    ...                       "text": ["@bakery open?", "@ann yes, until six"], "parent_id": [None, "1"]})
    >>> Corpus(posts, focus=["bakery"])
    <Corpus of 2 posts by 2 accounts, 1970-01-01 to 1970-01-01>
    """

    def __init__(
        self,
        posts: Any,
        accounts: Any = None,
        *,
        focus: list[str] | None = None,
        window: tuple[Any, Any] | None = None,
        source: str = "",
        repairs: pd.DataFrame | dict[str, int] | None = None,
        rejected: pd.DataFrame | None = None,
    ) -> None:
        self.engine = engine_of(posts)
        self.post_frame, self.known, mended, set_aside = build_posts(self.engine, posts)
        self._facts = self._count()
        self.window_s = self._window(window)
        self._leave_out_others()
        self.account_frame, self.sides, unknown_zones = build_accounts(self.engine, accounts, self.post_frame, focus)
        mended |= unknown_zones
        self.source = source or f"a {self.engine.name} table"
        self.repairs = _repairs_table(repairs, mended)
        own = pd.DataFrame(set_aside, columns=["file", "line", "reason"])
        self.rejected = (
            own
            if rejected is None or not len(rejected)
            else pd.concat([rejected, own], ignore_index=True)
            if len(own)
            else rejected
        )
        self._coverage: Coverage | None = None
        self._fingerprint: str | None = None

    def _count(self) -> dict[str, Any]:
        """Count the posts, and find the first and last ones."""
        return self.engine.collect(
            self.post_frame.select(
                nw.len().alias("n_posts"),
                nw.col("is_context").cast(nw.Int64).sum().alias("n_context"),
                nw.when(~nw.col("is_context")).then(nw.col("created_s")).min().alias("first_s"),
                nw.when(~nw.col("is_context")).then(nw.col("created_s")).max().alias("last_s"),
                nw.col("created_s").min().alias("earliest_s"),
                nw.col("created_s").max().alias("latest_s"),
            )
        ).to_pylist()[0]

    def _leave_out_others(self) -> None:
        """Make context of what was posted outside the window: both sides were collected inside it only."""
        start, end = self.window_s
        if start <= self._facts["first_s"] and self._facts["last_s"] <= end:
            return
        outside = (nw.col("created_s") < start) | (nw.col("created_s") > end)
        marked = self.post_frame.with_columns(is_context=nw.col("is_context") | outside)
        self.post_frame = self.engine.materialize(marked)
        self._facts = self._count()

    def _window(self, window: tuple[Any, Any] | None) -> tuple[int, int]:
        if self._facts["first_s"] is None:
            msg = (
                "Every post is marked is_context, so nothing was collected. They were given as posts. Mark only the"
                " posts that others refer to."
            )
            raise NotEnoughEvidence(msg)
        found = [self._facts["first_s"], self._facts["last_s"]]
        for side, value in enumerate(window or (None, None)):
            if value is not None:
                found[side] = _seconds(value)
        if found[0] > found[1]:
            msg = f"The window ends before it starts ({window}). It was given as window=(start, end). Swap the two."
            raise SchemaError(msg)
        return found[0], found[1]

    @property
    def span_s(self) -> tuple[int, int]:
        """First and last second of any post, context included."""
        return self._facts["earliest_s"], self._facts["latest_s"]

    def knows(self, column: str) -> bool:
        """Say whether the source has a column at all."""
        return column in self.known

    @property
    def window(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """The period in which both sides were collected, UTC."""
        start, end = (pd.Timestamp(second, unit="s", tz="UTC") for second in self.window_s)
        return start, end

    @property
    def n_posts(self) -> int:
        """Posts of the sample, those known only as context left out."""
        return int(self._facts["n_posts"] - self._facts["n_context"])

    @property
    def posts(self) -> pd.DataFrame:
        """The posts as a pandas table of their own (a copy), with the columns the source knows."""
        table = pl.from_arrow(self.engine.collect(self.post_frame.drop("row")))
        table = table.with_columns(
            pl.from_epoch(f"{name}_s", time_unit="s").dt.replace_time_zone("UTC").alias(f"{name}_at")
            for name in ("created", "deleted")
        )
        kept = [c.name for c in POSTS if c.name in self.known]
        return table.select(kept).sort("created_at", "post_id").to_pandas()

    @property
    def accounts(self) -> pd.DataFrame:
        """The accounts as a pandas table of their own (a copy), sorted by id."""
        table = pl.from_arrow(self.engine.collect(self.account_frame))
        return table.drop("account_ix", "org_ix", "role_ix", "handle_key").sort("account_id").to_pandas()

    def coverage(self) -> Coverage:
        """Count what the collection holds, and say in words what it cannot show."""
        if self._coverage is None:
            self._coverage = count_coverage(self)
        return self._coverage

    def fingerprint(self) -> str:
        """Return a sha256 of the posts that does not depend on the order of rows or the engine."""
        if self._fingerprint is None:
            columns = [
                "post_id",
                "account_id",
                "created_s",
                "parent_id",
                "conversation_id",
                "repost_of_id",
                "quote_of_id",
                "text",
            ]
            table = pl.from_arrow(self.engine.collect(self.post_frame.select(*columns))).sort("post_id")
            digest = hashlib.sha256()
            for piece in table.iter_slices(50_000):
                digest.update(piece.write_csv(include_header=False).encode())
            self._fingerprint = digest.hexdigest()
        return self._fingerprint

    def between(self, start: Any = None, end: Any = None) -> Corpus:
        """Keep the posts from `start` to `end`, both included, as a new corpus with that window."""
        first = self.window_s[0] if start is None else _seconds(start)
        last = self.window_s[1] if end is None else _seconds(end)
        return self._again(self.posts_between(first, last), window=(first, last))

    def posts_between(self, first: int, last: int) -> pd.DataFrame:
        """Return the posts of a span of seconds as pandas."""
        posts = self.posts
        at = posts["created_at"].astype("datetime64[s, UTC]").astype("int64")
        return posts[(at >= first) & (at <= last)]

    def filter(self, account_ids: list[str]) -> Corpus:
        """Keep the posts by some accounts, as a new corpus with the same window."""
        posts = self.posts
        return self._again(posts[posts["account_id"].isin(set(account_ids))], window=self.window_s)

    def with_focus(self, focus: list[str]) -> Corpus:
        """Measure other accounts, as a new corpus."""
        return self._again(self.posts, window=self.window_s, focus=focus)

    def with_accounts(self, accounts: Any) -> Corpus:
        """Describe the accounts anew, as a new corpus."""
        return Corpus(
            self.posts,
            accounts,
            window=self.window_s,
            source=self.source,
            repairs=self.repairs,
            rejected=self.rejected,
        )

    def _again(self, posts: pd.DataFrame, *, window: tuple[Any, Any], focus: list[str] | None = None) -> Corpus:
        accounts = self.accounts
        if focus is None and self.sides == "focus":
            focus = accounts.loc[accounts["is_focal"], "account_id"].tolist()
        accounts = accounts[[column.name for column in ACCOUNTS]]
        if self.sides == "mutual":
            accounts = accounts.drop(columns="organization")
        return Corpus(
            posts,
            accounts,
            focus=focus,
            window=window,
            source=self.source,
            repairs=self.repairs,
            rejected=self.rejected,
        )

    def has_bots(self) -> bool:
        """Say whether an account with the role `bot` posted."""
        bots = self.account_frame.filter((nw.col("role") == "bot") & (nw.col("n_posts") > 0))
        return bool(self.engine.collect(bots.select(nw.len().alias("n")))["n"][0].as_py())

    def counting_bots(self) -> Corpus:
        """Return the same corpus, sharing its tables, in which bots count as persons."""
        twin = copy.copy(self)
        person = nw.col("is_public") | (nw.col("role") == "bot")
        twin.account_frame = self.engine.materialize(self.account_frame.with_columns(is_public=person))
        return twin

    def __repr__(self) -> str:
        """Write one line."""
        start, end = (stamp.strftime("%Y-%m-%d") for stamp in self.window)
        n_accounts = int(
            self.engine.collect(self.account_frame.filter(nw.col("n_posts") > 0).select(nw.len().alias("n")))["n"][
                0
            ].as_py()
        )
        return f"<Corpus of {self.n_posts:,} posts by {n_accounts:,} accounts, {start} to {end}>"

    def _repr_html_(self) -> str:
        """Show the coverage."""
        return self.coverage()._repr_html_()


def _repairs_table(given: pd.DataFrame | dict[str, int] | None, mended: dict[str, int]) -> pd.DataFrame:
    rules = (
        dict(given)
        if isinstance(given, dict)
        else dict(given.itertuples(index=False))
        if given is not None and len(given)
        else {}
    )
    for rule, n in mended.items():
        rules[rule] = rules.get(rule, 0) + n
    return pd.DataFrame({"rule": list(rules), "n": list(rules.values())}).astype({"rule": "str", "n": "int64"})


def _seconds(value: Any) -> int:
    if isinstance(value, int):
        return value
    stamp = pd.Timestamp(value)
    stamp = stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp
    return int(stamp.timestamp())
