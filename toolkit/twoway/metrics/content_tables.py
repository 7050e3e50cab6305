"""Prepared tables of what accounts say unasked: news against themselves, offers, themselves, questions."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..engine import Frame
from ..text.masking import MASKED, masked_kernel
from ..text.repeats import repeats
from ..text.self_focus import FOCUS, self_focus_kernel
from .coded_tables import begun, spoken
from .marks import DAY, flag
from .unit_marks import drawn, promoted, taken_up

__all__ = ["ADVERSE", "CONTENT", "FAVORABLE", "SELLING", "candid", "selling"]

#: Labels of the codebook `candour` that speak against the account, and for it.
ADVERSE = ("recall", "outage", "delay", "known_fault", "correction", "apology_to_all")
FAVORABLE = ("award", "ranking", "pride", "record")

#: Labels of the codebook `offers`.
SELLING = ("offer", "buy", "price", "coupon", "contest")


def _any(book: str, labels: tuple[str, ...]) -> nw.Expr:
    """Say whether a unit has any of some labels."""
    return nw.max_horizontal(*[nw.col(f"{book}__{label}") for label in labels])


def candid(talk: Any, by: Any) -> Frame:
    """Give original units: whether they tell what speaks against the account, and what speaks for it.

    A unit that does both counts in both classes: `in_classes` is then 2.
    """
    units = spoken(talk, by, "candour")
    units = units.with_columns(adverse=_any("candour", ADVERSE), favorable=_any("candour", FAVORABLE))
    return units.with_columns(in_classes=nw.col("adverse") + nw.col("favorable"))


def selling(talk: Any, by: Any) -> Frame:
    """Give original units: whether they sell by what they say (`sells`), were paid for, or either (`promotes`).

    `told_paid` is 0 for those of which nobody can say whether they were paid for, and `open_paid` 1 if it is said of
    others of the organization.
    """
    units = promoted(talk, spoken(talk, by, "offers")).with_columns(sells=_any("offers", SELLING))
    return units.with_columns(promotes=nw.max_horizontal("sells", "paid"))


def repeated(talk: Any, by: Any) -> Frame:
    """Give original units: whether the account posted nearly the same not long before (`repeats`), by first posts.

    Units of which that text is not known are left out.
    """
    units = talk.said_frame.filter(nw.col("is_repost") == 0).join(begun(talk), on="row", how="semi")
    units = talk.engine.materialize(units)
    known = talk.corpus.post_frame.filter(~nw.col("text").is_null()).select("row", "text")
    texts = known.join(units.select("row"), on="row", how="semi")
    masked = talk.engine.map_batches(texts, masked_kernel, MASKED).with_columns(nw.col("row").cast(talk.engine.index))
    masked = masked.join(units.select("row", "at_s", group="account_ix"), on="row", how="inner")
    marks = repeats(talk.engine.collect(masked).sort_by("row"), talk.definitions.repeat_s)
    found = talk.engine.from_arrow(marks).with_columns(nw.col("row").cast(talk.engine.index))
    units = by.put(units.join(found, on="row", how="inner")).with_columns(repeats=flag(nw.col("is_repeat")))
    return units.with_columns(cluster=nw.col("at_s") // DAY, one=nw.lit(1))


def self_told(talk: Any, by: Any) -> Frame:
    """Give original units: whether they are about the account itself, and whether they praise it."""
    return spoken(talk, by, "self_reference").rename(
        {"self_reference__about_itself": "about_itself", "self_reference__self_praise": "praises_itself"}
    )


def _own_names(talk: Any) -> Frame:
    """Give each measured account the names that stand for its organization: `account_ix`, `own_names`."""
    accounts = talk.corpus.account_frame.filter(nw.col("is_focal"))
    more = nw.lit(talk.definitions.own_names)
    names = [nw.col("name").fill_null(""), nw.col("organization").fill_null(""), more]
    return accounts.select("account_ix", own_names=nw.concat_str(names, separator="|"))


def _addressed(talk: Any) -> Frame:
    """Count the persons each post names by handle, whom it replies to left out: platforms put that handle there.

    Of a reply to a post that is missing, `is_lost` says that this handle is still among them.
    """
    people = talk.account_frame.select(target_ix="account_ix", _public="is_public")
    named = talk.mention_frame.join(people, on="target_ix", how="left")
    parents = talk.links.posts.select("row", _author="account_ix", _to="parent_ix", is_lost=flag(nw.col("is_orphan")))
    named = named.join(parents, on="row", how="inner")
    person = nw.col("_public").fill_null(value=True)
    other = nw.col("target_ix").fill_null(-3) != nw.col("_to").fill_null(-2)
    counted = named.filter(person & other & (nw.col("target_ix").fill_null(-3) != nw.col("_author")))
    return counted.group_by("row").agg(nw.len().cast(nw.Int64).alias("n_addressed"), nw.col("is_lost").max())


def _counted_words(talk: Any) -> Frame:
    """Count in each post of the measured accounts the words for oneself and for the other, by unit."""
    posts = talk.corpus.post_frame.select("row", "account_id", "text")
    posts = posts.join(talk.links.posts.filter(~nw.col("is_repost")).select("row"), on="row", how="semi")
    accounts = talk.corpus.account_frame.filter(nw.col("is_focal")).select("account_id", "account_ix")
    posts = posts.join(accounts, on="account_id", how="inner").join(_own_names(talk), on="account_ix", how="left")
    texts = posts.select("row", "text", "own_names")
    words = talk.engine.map_batches(texts, self_focus_kernel, FOCUS)
    words = words.with_columns(nw.col("row").cast(talk.engine.index)).join(_addressed(talk), on="row", how="left")
    to_lost = nw.col("is_lost") * nw.col("opens_with_handle")
    words = words.with_columns(n_addressed=(nw.col("n_addressed") - to_lost).fill_null(0))
    words = words.join(talk.merged_frame, on="row", how="left").with_columns(unit=nw.coalesce("unit_row", "row"))
    names = ("n_we", "n_own_names", "n_you", "n_addressed", "n_self_praised")
    sums = words.group_by("unit").agg(*[nw.col(name).sum() for name in names]).rename({"unit": "row"})
    return talk.engine.materialize(sums)


def focused(talk: Any, by: Any) -> Frame:
    """Give units with their words for oneself and for the other, those of originals and of replies apart."""
    units = talk.said_frame.filter(nw.col("is_repost") == 0)
    units = units.join(_counted_words(talk), on="row", how="inner").join(begun(talk), on="row", how="left")
    units = by.put(units).with_columns(cluster=nw.col("at_s") // DAY, is_original=nw.col("is_original").fill_null(0))
    own, other = nw.col("n_we") + nw.col("n_own_names"), nw.col("n_you") + nw.col("n_addressed")
    sides = {"originals": nw.col("is_original"), "replies": nw.col("kind_reply").cast(nw.Int64)}
    columns: dict[str, nw.Expr] = {}
    for name, here in sides.items():
        columns |= {f"self_{name}": own * here, f"both_{name}": (own + other) * here}
        columns[f"praised_{name}"] = nw.col("n_self_praised") * here
    return units.with_columns(**columns)


def asked(talk: Any, by: Any) -> Frame:
    """Give units that are no reposts: whether they ask, what came of it, and whether replies end in a question."""
    units = spoken(talk, by, "questions").join(begun(talk), on="row", how="left")
    asks = _any("questions", ("question", "invitation", "poll"))
    is_original = nw.col("is_original").fill_null(0)
    units = units.with_columns(is_original=is_original, asks=asks * is_original, is_reply=nw.col("kind_reply"))
    units = units.with_columns(reply_asks=nw.col("is_reply") * nw.col("questions__ends_in_question"))
    end, horizon = talk.corpus.window_s[1], talk.definitions.horizon_s
    is_due = (nw.col("asks") == 1) & (nw.col("at_s") <= end - horizon)
    units = talk.engine.materialize(units)
    due = talk.engine.materialize(units.filter(is_due).select("row", "root", "org_ix", "at_s").unique())
    for found in (drawn(talk, due, horizon), taken_up(talk, due, horizon)):
        units = units.join(found, on="row", how="left")
    units = units.with_columns(drew=nw.col("is_drawn").fill_null(0))
    return units.with_columns(returned=nw.col("drew") * nw.col("is_taken_up").fill_null(0))


#: The tables of this module by their names.
CONTENT = {
    "candid": candid,
    "selling": selling,
    "repeated": repeated,
    "self_told": self_told,
    "focused": focused,
    "asked": asked,
}
