"""Prepared tables of words of grammar: who takes them up, how alike both sides use them, how formal replies are."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import pyarrow as pa

from ..engine import Frame
from ..text.function_words import COORDINATION_CLASSES, COUNTS, MATCHING_CLASSES, function_words_kernel
from ..text.statement_cues import STATEMENT_CUES
from .exchanges import answers, approaches, reactions, replies_to_persons
from .marks import DAY, flag

__all__ = ["COUNTED", "FORMAL", "SIDES", "coordinated", "exchanged_words", "matched", "registered", "styled", "worded"]

_N = len(COORDINATION_CLASSES)

#: Who replies: the organization, or persons to it.
SIDES = ("brand", "public")

#: What coordination counts of a direction, in the order of `mean_coordination`.
COUNTED = ("n", *(f"{what}_{i}" for what in ("post", "reply", "both") for i in range(_N)))

#: The classes of the closed-class formality score, with their signs.
FORMAL = {
    **dict.fromkeys(("articles", "prepositions"), 1),
    **dict.fromkeys(("personal_pronouns", "indefinite_pronouns", "auxiliaries", "interjections"), -1),
}

#: Fewest words of each side of a pair that is matched, and of a piece of text that has a formality.
MATCHED_WORDS, PIECE_WORDS = 50, 20


def coordinated(talk: Any, by: Any) -> Frame:
    """Exchanges, a post and its reply, with the word classes that either holds.

    Returns
    -------
    Frame
        `unit, cluster` (the person) and, of each direction (`brand_`, replies of the organization; `public_`, of
        persons to it), the columns of `COUNTED`: 1 where post, reply or both hold the class.
    """
    sides = []
    for side in SIDES:
        other = "public" if side == "brand" else "brand"
        joined = exchanged_words(talk, side)
        joined = joined.with_columns(**_exchange(side), **{f"{other}_{name}": nw.lit(0) for name in COUNTED})
        names = [f"{s}_{name}" for s in SIDES for name in COUNTED]
        sides.append(joined.select("row", "parent_row", "account_ix", "org_ix", "at_s", "person_ix", *names))
    return by.put(nw.concat(sides)).with_columns(cluster=nw.col("person_ix"))


def exchanged_words(talk: Any, side: str) -> Frame:
    """List the exchanges of one side: who replied when, words of post and reply, and which classes they hold.

    `n_had` and `n_has` are the words of post and reply; `had_0, ...` says whether the post holds a class, `has_0, ...`
    whether the reply does, with classes numbered as in `COORDINATION_CLASSES`.
    """
    counts = talk.wording.function_words()
    kinds = {f"has_{i}": flag(nw.col(f"n_{name}") > 0) for i, name in enumerate(COORDINATION_CLASSES)}
    holds = counts.select("row", n_has="n_tokens", **kinds)
    renamed = {f"had_{i}": flag(nw.col(f"n_{name}") > 0) for i, name in enumerate(COORDINATION_CLASSES)}
    parents = counts.select(parent_row="row", n_had="n_tokens", **renamed)
    pairs = answers(talk) if side == "brand" else reactions(talk)
    return pairs.join(holds, on="row", how="inner").join(parents, on="parent_row", how="inner")


def _exchange(side: str) -> dict[str, nw.Expr]:
    out: dict[str, nw.Expr] = {f"{side}_n": nw.lit(1)}
    for i in range(_N):
        post, reply = nw.col(f"had_{i}"), nw.col(f"has_{i}")
        out |= {f"{side}_post_{i}": post, f"{side}_reply_{i}": reply, f"{side}_both_{i}": post * reply}
    return out


def matched(talk: Any, by: Any) -> Frame:
    """Months of persons in which both sides wrote fifty words or more.

    Returns
    -------
    Frame
        `unit, cluster` (the person)`, at_s, one` (all months in which both wrote)`, has` (of enough words)`, lsm,
        unused` (the share of classes neither uses)`, has_used, lsm_used` (over the classes either uses).
    """
    words = talk.wording.function_words()
    counts = [f"n_{name}" for name in MATCHING_CLASSES]
    sides = []
    for side, posts in (("b", replies_to_persons(talk)), ("p", approaches(talk))):
        rows = _in_months(by, by.put(posts.join(words, on="row", how="inner")))
        sums = [nw.col(name).sum().alias(f"{side}_{name}") for name in ("n_tokens", *counts)]
        sides.append(rows.group_by("unit", "org_ix", "person_ix", "month").agg(nw.col("at_s").min(), *sums))
    both = sides[0].join(sides[1].drop("at_s"), on=["unit", "org_ix", "person_ix", "month"], how="inner")
    enough = (nw.col("b_n_tokens") >= MATCHED_WORDS) & (nw.col("p_n_tokens") >= MATCHED_WORDS)
    both = both.with_columns(one=nw.lit(1), has=flag(enough), **_percents(counts))
    found = {name: _alike(name) for name in counts}
    used = {name: flag(nw.col(f"b_{name}") + nw.col(f"p_{name}") > 0) for name in counts}
    n_used = nw.sum_horizontal(*used.values())
    over_used = nw.sum_horizontal(*[found[name] * used[name] for name in counts])
    both = both.with_columns(
        cluster=nw.col("person_ix"),
        lsm=nw.sum_horizontal(*found.values()) / len(counts) * nw.col("has"),
        unused=(len(counts) - n_used).cast(nw.Float64) / len(counts) * nw.col("has"),
        has_used=nw.col("has") * flag(n_used > 0),
        _over_used=over_used / nw.when(n_used > 0).then(n_used).otherwise(1),
    )
    return both.with_columns(lsm_used=nw.col("_over_used") * nw.col("has_used"))


def _percents(counts: list[str]) -> dict[str, nw.Expr]:
    out: dict[str, nw.Expr] = {}
    for side in ("b", "p"):
        words = nw.when(nw.col(f"{side}_n_tokens") > 0).then(nw.col(f"{side}_n_tokens")).otherwise(1)
        out |= {f"{side}_%{name}": 100.0 * nw.col(f"{side}_{name}") / words for name in counts}
    return out


def _alike(name: str) -> nw.Expr:
    """Match two percents as `inference.style_matching.matched_percents` does."""
    p, q = nw.col(f"b_%{name}"), nw.col(f"p_%{name}")
    return 1.0 - (p - q).abs() / (p + q + 0.0001)


def _in_months(by: Any, rows: Frame) -> Frame:
    days = by.month_of_days()
    table = by.talk.engine.from_arrow(pa.table({"_day": list(days), "month": list(days.values())}))
    return rows.with_columns(_day=nw.col("at_s") // DAY).join(table, on="_day", how="inner").drop("_day")


def worded(talk: Any, by: Any) -> Frame:
    """Replies to persons with what formality and cues of the press statement count.

    Returns
    -------
    Frame
        `unit, cluster` (the day)`, n_tokens, n_parts, formal` (of which the sum per part is the score)`, n_words,
        n_corporate, n_self_naming, ..., n_cues`.
    """
    rows = replies_to_persons(talk).join(talk.wording.function_words(), on="row", how="inner")
    rows = by.put(rows.join(talk.wording.cues(), on="row", how="inner"))
    cues = nw.sum_horizontal(*[nw.col(f"n_{cue}") for cue in STATEMENT_CUES])
    return rows.with_columns(cluster=nw.col("at_s") // DAY, formal=_formal(), n_cues=cues)


def _formal() -> nw.Expr:
    signed = nw.sum_horizontal(*[sign * nw.col(f"n_{name}") for name, sign in FORMAL.items()])
    return 50.0 * (signed + nw.col("n_parts"))


def styled(talk: Any, by: Any) -> Frame:
    """Replies to persons, and what the same accounts post of themselves, with what formality counts of each side.

    Returns
    -------
    Frame
        `unit, cluster` (the day)`, reply_formal, reply_parts, original_formal, original_parts`, 0 on the other side.
    """
    replies = replies_to_persons(talk).join(talk.wording.function_words(), on="row", how="inner")
    sides = []
    for side, other, rows in (("reply", "original", replies), ("original", "reply", _originals(talk))):
        counted = {f"{side}_formal": _formal(), f"{side}_parts": nw.col("n_parts")}
        blank = {f"{other}_formal": nw.lit(0.0), f"{other}_parts": nw.lit(0).cast(nw.Int64)}
        rows = rows.with_columns(**counted, **blank)
        names = [f"{s}_{what}" for s in ("reply", "original") for what in ("formal", "parts")]
        sides.append(rows.select("row", "account_ix", "org_ix", "at_s", *names))
    return by.put(nw.concat(sides)).with_columns(cluster=nw.col("at_s") // DAY)


def _originals(talk: Any) -> Frame:
    """Count the words of grammar of what organizations post that answers nobody."""
    own = talk.corpus.account_frame.filter(nw.col("is_brand")).select("account_ix", "org_ix")
    said = talk.links.posts.filter(~nw.col("is_context") & ~nw.col("is_private") & ~nw.col("is_repost"))
    said = said.join(talk.coding.scope("originals"), on="row", how="semi").join(own, on="account_ix", how="inner")
    said = said.select("row", "account_ix", "org_ix", at_s="created_s")
    texts = talk.corpus.post_frame.filter(~nw.col("text").is_null()).select("row", "text")
    words = talk.engine.map_batches(texts.join(said.select("row"), on="row", how="semi"), function_words_kernel, COUNTS)
    return said.join(words.with_columns(nw.col("row").cast(talk.engine.index)), on="row", how="inner")


def registered(talk: Any, by: Any) -> Frame:
    """Pieces of twenty words or more, of replies and of the posts they answer, with their formality.

    A post of twenty words is a piece of its own; what an account replied on a day in shorter ones is one piece, and so
    is what persons were answered by it on that day.

    Returns
    -------
    Frame
        `unit, cluster` (the day)`, one, is_reply, is_asked, f_reply, f_asked` (the score, 0 on the other side)`, f, ff`
        (the score and its square).
    """
    words, pairs = talk.wording.function_words(), by.put(answers(talk))
    asked = pairs.select("unit", "account_ix", "at_s", row="parent_row", side=nw.lit(0))
    # A post answered twice by one account is one post.
    asked = asked.group_by("unit", "account_ix", "row", "side").agg(nw.col("at_s").min())
    columns = ["unit", "account_ix", "row", "side", "at_s"]
    replies = pairs.with_columns(side=nw.lit(1)).select(*columns)
    rows = nw.concat([asked.select(*columns), replies]).join(words, on="row", how="inner")
    rows = rows.with_columns(cluster=nw.col("at_s") // DAY, formal=_formal())
    alone = nw.col("n_tokens") >= PIECE_WORDS
    rows = rows.with_columns(_piece=nw.when(alone).then(nw.col("row").cast(nw.Int64)).otherwise(-1))
    pieces = rows.group_by("unit", "account_ix", "side", "cluster", "_piece").agg(
        *[nw.col(name).sum() for name in ("n_tokens", "n_parts", "formal")], nw.col("at_s").min()
    )
    pieces = pieces.filter(nw.col("n_tokens") >= PIECE_WORDS)
    # On a grid of powers of two sums do not depend on the order in which they are made.
    pieces = pieces.with_columns(f=_on_grid(nw.col("formal") / nw.col("n_parts"), 30))
    return pieces.with_columns(
        one=nw.lit(1),
        is_reply=nw.col("side"),
        is_asked=1 - nw.col("side"),
        f_reply=nw.col("f") * nw.col("side"),
        f_asked=nw.col("f") * (1 - nw.col("side")),
        ff=_on_grid(nw.col("f") * nw.col("f"), 26),
    )


def _on_grid(values: nw.Expr, bits: int) -> nw.Expr:
    """Round to whole numbers of the given power of one half."""
    return (values * 2.0**bits).round(0) / 2.0**bits
