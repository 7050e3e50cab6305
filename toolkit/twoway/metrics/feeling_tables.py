"""Prepared tables of sentiment: the range of what both sides show, and how persons feel at the end of an episode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw

from ..engine import Frame
from ..interactions.episodes import EPISODE, OUTCOMES, outcome_rank
from ..text.sentiment import APOLOGY_WORDS, THANKS_WORDS
from .exchanges import answers, approaches, reacting, replies_to_persons
from .marks import DAY, flag

__all__ = ["CLASSES", "FLAT", "STRONG", "affected", "felt", "upset"]

#: From here a text is not neutral, and from here its feeling is strong.
FLAT, STRONG = 0.05, 0.5

CLASSES = ("strong_negative", "weak_negative", "neutral", "weak_positive", "strong_positive")


def _classes(compound: nw.Expr) -> dict[str, nw.Expr]:
    """Say which of the five classes a score lies in; both cuts belong to the stronger side."""
    return {
        "strong_negative": flag(compound <= -STRONG),
        "weak_negative": flag((compound <= -FLAT) & (compound > -STRONG)),
        "neutral": flag((compound > -FLAT) & (compound < FLAT)),
        "weak_positive": flag((compound >= FLAT) & (compound < STRONG)),
        "strong_positive": flag(compound >= STRONG),
    }


def _in_words(talk: Any, without: Sequence[str]) -> Frame:
    """Give the sentiment of the posts that say or feel anything: `row, compound`; a picture alone is not neutral."""
    words = talk.wording.function_words().select("row", "n_tokens")
    scores = talk.wording.sentiment(without).select("row", "compound").join(words, on="row", how="inner")
    return scores.filter((nw.col("n_tokens") > 0) | (nw.col("compound") != 0)).select("row", "compound")


def felt(talk: Any, by: Any) -> Frame:
    """Replies of organizations to persons, and posts of persons to organizations, with their sentiment.

    Returns
    -------
    Frame
        `unit, cluster` (of replies the day, of posts the person), `compound`, and of each side (`brand_`, words of
        apology left out; `public_`) `n, s, q` (1, the score and its square) and one column a class, 0 on the other.
    """
    sides = []
    for side, posts, without in (
        ("brand", replies_to_persons(talk), APOLOGY_WORDS),
        ("public", approaches(talk), ()),
    ):
        rows = posts.join(_in_words(talk, without), on="row", how="inner")
        x = nw.col("compound")
        own = {"n": nw.lit(1), "s": x, "q": x * x, **_classes(x)}
        other = "public" if side == "brand" else "brand"
        zero = {name: nw.lit(0.0) if name in {"s", "q"} else nw.lit(0) for name in own}
        columns = {f"{side}_{k}": v for k, v in own.items()} | {f"{other}_{k}": v for k, v in zero.items()}
        # Persons have numbers from 0, days lie below it here: no day is a person.
        cluster = -1 - nw.col("at_s") // DAY if side == "brand" else nw.col("person_ix").cast(nw.Int64)
        rows = rows.with_columns(**columns, cluster=cluster)
        names = [f"{s}_{k}" for s in ("brand", "public") for k in own]
        sides.append(rows.select("row", "account_ix", "org_ix", "at_s", "cluster", "compound", *names))
    return by.put(nw.concat(sides))


def upset(talk: Any, by: Any) -> Frame:
    """Replies to strongly negative posts: `unit, cluster` (the person)`, one, is_moved` (the reply is not flat)."""
    theirs = talk.wording.sentiment().select(parent_row="row", asked="compound")
    rows = answers(talk).join(_in_words(talk, APOLOGY_WORDS), on="row", how="inner")
    rows = rows.join(theirs, on="parent_row", how="inner").filter(nw.col("asked") <= -STRONG)
    return by.put(rows).with_columns(
        cluster=nw.col("person_ix"), one=nw.lit(1), is_moved=flag(nw.col("compound").abs() >= FLAT)
    )


def affected(talk: Any, by: Any) -> Frame:
    """Episodes in which the person posted, with the sentiment of the person's first and last post.

    Returns
    -------
    Frame
        Keys, `unit, cluster` (the person)`, at_s, one, has_two, is_single, is_heard` (the organization replied before
        the person's last post)`, is_deflected` (and until then did no more than send the person elsewhere)`, first,
        last, first_plain, last_plain` (without words of thanks) and `change, change_plain`, 0 with a single post.
    """
    posts = talk.stream_frame.filter((nw.col("is_approach") == 1) & ~nw.col("is_context"))
    ends = posts.group_by(*EPISODE).agg(nw.col("row").min().alias("_first"), nw.col("row").max().alias("_last"))
    ends = talk.engine.materialize(ends.join(_heard(talk, ends), on=list(EPISODE), how="left"))
    scored = ends
    for name, without in (("", ()), ("_plain", THANKS_WORDS)):
        scores = talk.wording.sentiment(without).select("row", "compound").filter(~nw.col("compound").is_null())
        for end in ("first", "last"):
            mine = scores.select(**{f"_{end}": nw.col("row"), f"{end}{name}": nw.col("compound")})
            scored = scored.join(mine, on=f"_{end}", how="inner")
    told = talk.episode_frame.select(*EPISODE, "account_ix", "at_s")
    rows = by.put(scored.join(told, on=list(EPISODE), how="inner"))
    two = flag(nw.col("_first") != nw.col("_last"))
    heard = flag(~nw.col("_best").is_null())
    return rows.with_columns(
        cluster=nw.col("person_ix"),
        one=nw.lit(1),
        has_two=two,
        is_single=1 - two,
        is_heard=heard,
        is_deflected=flag(nw.col("_best") == OUTCOMES["deflect"]),
        change=(nw.col("last") - nw.col("first")) * two,
        change_plain=(nw.col("last_plain") - nw.col("first_plain")) * two,
    )


def _heard(talk: Any, ends: Frame) -> Frame:
    """Find the best that the organization did in each episode before the person's last post: `_best`.

    What is said after it cannot have moved it.
    """
    deeds = talk.deed_frame.select("row", "resolution")
    ours = reacting(talk).select(*EPISODE, "row").join(deeds, on="row", how="left")
    ours = ours.join(ends.select(*EPISODE, "_last"), on=list(EPISODE), how="inner")
    ours = ours.filter(nw.col("row") < nw.col("_last")).with_columns(_rank=outcome_rank())
    return ours.group_by(*EPISODE).agg(nw.col("_rank").max().alias("_best"))
