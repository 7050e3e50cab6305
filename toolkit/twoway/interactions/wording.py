"""How the posts of exchanges are worded: sentiment and words of grammar, read once and only where they are needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import narwhals.stable.v2 as nw
import pyarrow as pa

from ..engine import Engine, Frame, Kernel
from ..text.function_words import COUNTS, function_words_kernel
from ..text.masking import MASKED, masked_kernel
from ..text.sentiment import SENTIMENT, sentiment_kernel
from ..text.statement_cues import CUES, statement_cues_kernel

__all__ = ["Wording"]


class Wording:
    """Readings of the posts that organizations and persons address to each other.

    Each reading is made when first asked for, over those posts alone, and kept. Posts whose text is unknown have none.

    Parameters
    ----------
    engine, posts, accounts
        Of the corpus.
    rows
        Gives the posts to read: `row`, and `is_ours`, 1 for posts of organizations.
    own_names
        More names by which organizations speak of themselves, separated by `|`.
    older
        Readings of some of the same posts, which are not read again.
    """

    def __init__(
        self,
        engine: Engine,
        posts: Frame,
        accounts: Frame,
        rows: Callable[[], Frame],
        own_names: str = "",
        older: Wording | None = None,
    ) -> None:
        self._engine, self._posts, self._accounts, self._rows, self._older = engine, posts, accounts, rows, older
        self._more_names = own_names
        self._kept: dict[str, Frame] = {}

    def sentiment(self, without: Sequence[str] = ()) -> Frame:
        """Score the posts by VADER: `row, compound, pos, neg, neu`.

        Parameters
        ----------
        without
            Words that count as having no sentiment; see `twoway.vader`.
        """
        words = tuple(sorted(without))
        plain = self.sentiment() if words else None
        kernel = partial(sentiment_kernel, without=words)
        return self._read(f"sentiment {words}", kernel, SENTIMENT, beside=plain)

    def function_words(self) -> Frame:
        """Count the words of grammar of the posts: `row, n_tokens, n_articles`, ..."""
        return self._read("function words", function_words_kernel, COUNTS)

    def masked(self) -> Frame:
        """Mask the posts of organizations: `row, slotted, agent, tokens, wording, shingles`."""
        return self._read("masked", masked_kernel, MASKED, ours=True)

    def cues(self) -> Frame:
        """Count the cues of the press statement in posts of organizations: `row, n_words, n_corporate`, ..."""
        return self._read("cues", statement_cues_kernel, CUES, ours=True, named=True)

    def _read(
        self,
        name: str,
        kernel: Kernel,
        schema: pa.Schema,
        *,
        ours: bool = False,
        named: bool = False,
        beside: Frame | None = None,
    ) -> Frame:
        if name not in self._kept:
            rows = self._rows()
            rows = rows.filter(nw.col("is_ours") == 1) if ours else rows
            known = self._older._kept.get(name) if self._older is not None else None
            new = rows.select("row") if known is None else rows.select("row").join(known, on="row", how="anti")
            texts = self._posts.select("row", "text", "account_id").join(new, on="row", how="semi")
            texts = texts.filter(~nw.col("text").is_null())
            texts = texts.join(self._own_names(), on="account_id", how="left") if named else texts
            texts = texts.select("row", "text", *(["own_names"] if named else []))
            texts = texts if beside is None else texts.join(beside, on="row", how="left")
            done = self._engine.map_batches(texts, kernel, schema)
            done = done.with_columns(nw.col("row").cast(self._engine.index))
            if known is not None:
                done = nw.concat([known.join(rows.select("row"), on="row", how="semi"), done])
            self._kept[name] = self._engine.materialize(done)
        return self._kept[name]

    def _own_names(self) -> Frame:
        """Give the names under which each account speaks of itself, separated by `|`."""
        names = [*(nw.col(name).fill_null("") for name in ("organization", "name")), nw.lit(self._more_names)]
        return self._accounts.select("account_id", own_names=nw.concat_str(names, separator="|"))
