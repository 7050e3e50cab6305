"""Prepared tables of how settled matters end, and of how much of an organization's care is open substance."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..codebooks.kernel import column_of
from ..engine import Frame
from ..interactions.episodes import EPISODE, OUTCOMES, outcome_rank
from ..text.sentiment import SENTIMENT, sentiment_kernel
from .exchanges import reacting
from .marks import flag
from .outcome_tables import kept_promise, outcomes, reactions

__all__ = ["CLOSING_VALENCE", "closures", "spent_words"]

#: From this VADER compound on, a post with a word of thanks or of success closes a matter.
CLOSING_VALENCE = 0.3

_OPEN = OUTCOMES["open_answer"]


def closures(talk: Any, by: Any) -> Frame:
    """Give the episodes settled in the open, and what the person said last after that.

    Returns
    -------
    Frame
        `unit, cluster` (the person)`, one, heard` (the person posted again, and the text of the last post is known)`,
        confirmed` (with thanks, or word that it is solved, as the last post)`, at_most` (confirmed or not heard).
    """
    settled = outcomes(talk, by).filter(nw.col("settled") == 1).select(*EPISODE, "unit", "at_s", "cluster", "one")
    last = _last_words(talk)
    rows = settled.join(last, on=list(EPISODE), how="left").join(_closing(talk, last), on="last_row", how="left")
    heard = flag(~nw.col("confirmed").is_null())
    rows = rows.with_columns(heard=heard, confirmed=nw.col("confirmed").fill_null(0))
    return rows.with_columns(at_most=nw.col("confirmed") + 1 - nw.col("heard"))


def _last_words(talk: Any) -> Frame:
    """Find the person's last post to the organization after the first reply that settled the matter: `last_row`."""
    units = reactions(talk)
    answer = nw.when(nw.col("rank") == _OPEN).then(nw.col("row"))
    kept = nw.when(kept_promise(talk.definitions.handoff_s)).then(nw.col("next_row"))
    first = units.group_by(*EPISODE).agg(answer.min().alias("_answer"), kept.min().alias("_kept"))
    first = first.select(*EPISODE, _settled=nw.min_horizontal("_answer", "_kept"))
    theirs = talk.stream_frame.filter((nw.col("is_approach") == 1) & ~nw.col("is_context"))
    later = theirs.join(first, on=list(EPISODE), how="inner").filter(nw.col("row") > nw.col("_settled"))
    return talk.engine.materialize(later.group_by(*EPISODE).agg(nw.col("row").max().alias("last_row")))


def _closing(talk: Any, last: Frame) -> Frame:
    """Say of last posts whose text is known whether they close the matter: `last_row, confirmed`."""
    book = talk.coding.book("closing")
    codes = talk.coding.codes("closing").select("row", _cue=column_of(book, "confirms"))
    rows = last.select(row="last_row").unique()
    texts = talk.corpus.post_frame.filter(~nw.col("text").is_null()).select("row", "text")
    texts = texts.join(rows, on="row", how="semi")
    scores = talk.engine.map_batches(texts, sentiment_kernel, SENTIMENT)
    scores = scores.select(nw.col("row").cast(talk.engine.index), "compound").join(codes, on="row", how="left")
    closes = nw.col("_cue").fill_null(value=False) & (nw.col("compound") >= CLOSING_VALENCE)
    return talk.engine.materialize(scores.select(last_row="row", confirmed=flag(closes)))


def spent_words(talk: Any, by: Any) -> Frame:
    """Give the words of an organization's care by unit: all, and those of answers of substance in public.

    Care is what it replies to persons, or says to those who asked; its private posts, where the corpus has some, are
    care too.

    Returns
    -------
    Frame
        `unit, cluster` (the person)`, words, open_words`.
    """
    # Engines are strict about the types of what is stacked.
    types = {"account_ix": nw.Int64, "org_ix": nw.Int64, "at_s": nw.Int64, "cluster": nw.Int64, "words": nw.Int64}
    types["rank"] = nw.Int64
    casts = [nw.col(name).cast(kind) for name, kind in types.items()]
    units = nw.concat([care.select(*casts) for care in (_public_care(talk), _private_care(talk))])
    indices = {name: nw.col(name).cast(talk.engine.index) for name in ("account_ix", "org_ix")}
    units = units.with_columns(**indices)
    return by.put(units).with_columns(open_words=nw.col("words") * flag(nw.col("rank") == _OPEN))


def _public_care(talk: Any) -> Frame:
    ours = reacting(talk).filter(~nw.col("is_context"))
    # A post to several persons is written once.
    posts = ours.group_by("row", "account_ix", "org_ix").agg(
        nw.col("created_s").min().alias("at_s"), nw.col("person_ix").min().alias("cluster")
    )
    posts = posts.join(talk.marks.select("row", "n_words"), on="row", how="left")
    posts = posts.join(talk.deed_frame.select("row", "resolution"), on="row", how="left")
    posts = posts.join(talk.merged_frame, on="row", how="left")
    posts = posts.with_columns(unit_row=nw.coalesce("unit_row", "row"), rank=outcome_rank())
    units = posts.group_by("unit_row", "account_ix", "org_ix").agg(
        nw.col("at_s").min(), nw.col("cluster").min(), nw.col("n_words").sum().alias("words"), nw.col("rank").max()
    )
    return units.select("account_ix", "org_ix", "at_s", "cluster", "words", "rank")


def _private_care(talk: Any) -> Frame:
    focal = talk.corpus.account_frame.filter(nw.col("is_focal")).select("account_ix", "org_ix")
    posts = talk.links.posts.filter(nw.col("is_private") & ~nw.col("is_context")).join(
        focal, on="account_ix", how="inner"
    )
    posts = posts.join(talk.marks.select("row", "n_words"), on="row", how="left")
    return posts.select(
        "account_ix",
        "org_ix",
        at_s="created_s",
        cluster=nw.coalesce("parent_ix", "account_ix"),
        words=nw.col("n_words"),
        rank=nw.lit(0),
    )
