"""Facts of units by measured accounts that several tables join: what answers, links home, is paid, draws replies."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..engine import Frame
from .marks import DAY, flag

__all__ = [
    "answering",
    "drawn",
    "is_payment_unknown",
    "left_alone",
    "linking",
    "naming_own",
    "payments",
    "promoted",
    "taken_up",
]


def _of_units(talk: Any, posts: Frame) -> Frame:
    """Put on posts (`row`, ...) the unit they belong to, as `unit_row`."""
    return posts.join(talk.merged_frame, on="row", how="left").with_columns(unit_row=nw.coalesce("unit_row", "row"))


def _units_with(talk: Any, posts: Frame, name: str) -> Frame:
    """List the units of some posts, with 1 in a column."""
    units = _of_units(talk, posts.select("row")).select(row="unit_row").unique()
    return units.with_columns(nw.lit(1).alias(name))


def answering(talk: Any, units: Frame) -> Frame:
    """Add `answers`: 1 for units that reply to a person, by reply link or, as far as the definitions go, by mention."""
    found = units.join(_units_with(talk, talk.answer_frame, "_answers"), on="row", how="left")
    answers = flag((nw.col("is_directed_reply") == 1) | (nw.col("_answers") == 1).fill_null(value=False))
    return found.with_columns(answers=answers).drop("_answers")


def payments(talk: Any) -> Frame:
    """Say of posts whether they were paid for: `row, paid, told_paid` (0 where that is not known)`, open_paid`.

    `open_paid` is 1 where it is not known of the post, but of others of its organization, or of other persons. Where it
    is never said, posts count as unpaid: what is known of some is not held against the others.
    """
    posts = talk.corpus.post_frame.select("row", "account_id", "is_promoted")
    posts = posts.join(talk.corpus.account_frame.select("account_id", "org_ix"), on="account_id", how="left")
    told = flag(~nw.col("is_promoted").is_null())
    posts = posts.with_columns(_side=nw.col("org_ix").fill_null(-1), paid=flag(nw.col("is_promoted")), told_paid=told)
    sides = posts.group_by("_side").agg(nw.col("told_paid").max().alias("_said"))
    posts = posts.join(sides, on="_side", how="inner")
    open_paid = (1 - nw.col("told_paid")) * nw.col("_said")
    return talk.engine.materialize(posts.select("row", "paid", "told_paid", open_paid=open_paid))


def promoted(talk: Any, units: Frame) -> Frame:
    """Add `paid`, 1 for units with a post that was paid for, and of the others `told_paid` and `open_paid`."""
    posts = payments(talk).filter((nw.col("paid") == 1) | (nw.col("told_paid") == 0))
    sums = _of_units(talk, posts).group_by("unit_row").agg(nw.col("paid").max(), nw.col("open_paid").max())
    found = units.join(sums.rename({"unit_row": "row"}), on="row", how="left")
    return found.with_columns(
        paid=nw.col("paid").fill_null(0),
        told_paid=nw.col("paid").fill_null(1),
        open_paid=nw.col("open_paid").fill_null(0) * (1 - nw.col("paid").fill_null(0)),
    )


def is_payment_unknown(talk: Any) -> bool:
    """Say whether the source leaves open of some posts of the measured accounts whether they were paid for."""
    if not talk.corpus.knows("is_promoted"):
        return True
    focal = talk.corpus.account_frame.filter(nw.col("is_focal")).select("account_id")
    own = talk.corpus.post_frame.filter(~nw.col("is_context") & nw.col("repost_of_id").is_null())
    own = own.join(focal, on="account_id", how="semi").select(some=nw.col("is_promoted").is_null().any())
    return bool(talk.engine.collect(own)["some"][0].as_py())


def linking(talk: Any, units: Frame) -> Frame:
    """Add `links_own`, and `links_unknown` (of links the corpus cannot follow)."""
    of_unit = _of_units(talk, talk.own_link_frame).group_by("unit_row")
    linked = of_unit.agg(nw.col("links_own").max(), nw.col("links_unknown").max()).rename({"unit_row": "row"})
    found = units.join(linked, on="row", how="left")
    found = found.with_columns(**{name: nw.col(name).fill_null(0) for name in ("links_own", "links_unknown")})
    return found.with_columns(links_unknown=nw.col("links_unknown") * (1 - nw.col("links_own")))


def naming_own(talk: Any, units: Frame) -> Frame:
    """Add `names_own`: 1 for units that name another account of their own organization."""
    accounts = talk.account_frame.filter(~nw.col("org_ix").is_null()).select("account_ix", "org_ix")
    named = talk.mention_frame.join(talk.links.posts.select("row", "account_ix"), on="row", how="inner")
    named = named.join(accounts.rename({"org_ix": "_own"}), on="account_ix", how="inner")
    sisters = accounts.select(target_ix="account_ix", _of="org_ix")
    named = named.join(sisters, on="target_ix", how="inner").filter(
        (nw.col("_own") == nw.col("_of")) & (nw.col("target_ix") != nw.col("account_ix"))
    )
    found = units.join(_units_with(talk, named, "names_own"), on="row", how="left")
    return found.with_columns(names_own=nw.col("names_own").fill_null(0))


def _thread_units(talk: Any) -> Frame:
    """Give what everybody can see in threads: `root, row, true_parent, created_s, _org, _public`."""
    who = talk.corpus.account_frame.select("account_ix", _org=nw.col("org_ix").fill_null(-1), _public="is_public")
    said = talk.tree_frame.filter(nw.col("is_visible")).join(who, on="account_ix", how="inner")
    return said.select("root", "true_parent", "created_s", "_org", "_public", _row="row")


def taken_up(talk: Any, asked: Frame, within: int) -> Frame:
    """List the units in whose thread their organization replies, within some seconds, to a person who came after them.

    Parameters
    ----------
    asked
        `row, root, org_ix, at_s`.
    within
        Seconds from the unit.

    Returns
    -------
    Frame
        `row, is_taken_up` (1).
    """
    said = _thread_units(talk)
    persons = said.filter(nw.col("_public")).select(true_parent="_row", _person_org="_org")
    ours = said.filter(nw.col("_org") >= 0).join(persons, on="true_parent", how="inner")
    ours = ours.filter(nw.col("_org") != nw.col("_person_org")).select(
        "root", "true_parent", "created_s", org_ix="_org"
    )
    pairs = asked.select("row", "root", "org_ix", "at_s").join(ours, on=["root", "org_ix"], how="inner")
    is_later = (nw.col("true_parent") > nw.col("row")) & (nw.col("created_s") - nw.col("at_s") <= within)
    return pairs.filter(is_later).select("row").unique().with_columns(is_taken_up=nw.lit(1))


def drawn(talk: Any, asked: Frame, within: int) -> Frame:
    """List the units after which a person spoke in the thread, within some seconds: `row, is_drawn` (1).

    Parameters
    ----------
    asked
        `row, root, org_ix, at_s`.
    within
        Seconds from the unit.
    """
    found = _by_persons(_later(talk, asked), within)
    return found.select("row").unique().with_columns(is_drawn=nw.lit(1))


def _later(talk: Any, units: Frame) -> Frame:
    """Join to units what was said in their threads after them, and how many seconds after (`_waited`)."""
    later = units.select("row", "root", "org_ix", "at_s").join(_thread_units(talk), on="root", how="inner")
    return later.filter(nw.col("_row") > nw.col("row")).with_columns(_waited=nw.col("created_s") - nw.col("at_s"))


def _by_persons(later: Frame, within: int) -> Frame:
    return later.filter(nw.col("_public") & (nw.col("_org") != nw.col("org_ix")) & (nw.col("_waited") <= within))


def left_alone(talk: Any, units: Frame, within: int) -> Frame:
    """Add `is_drawn` (a person replied in the thread within a day) and `is_left` (drawn, and nobody came back in time).

    Coming back is any unit of the organization in the thread after that first reply. `drawn_s` and `back_s` are the
    seconds to that reply and to the last such unit in time, null without one.

    Parameters
    ----------
    units
        `row, root, org_ix, at_s`, ...
    within
        Seconds from the unit.
    """
    later = _later(talk, units)
    by_person = _by_persons(later, DAY).group_by("row")
    first = by_person.agg(nw.col("_row").min().alias("_drawn"), nw.col("_waited").min().alias("drawn_s"))
    own = later.filter((nw.col("_org") == nw.col("org_ix")) & (nw.col("_waited") <= within))
    back = own.group_by("row").agg(nw.col("_row").max().alias("_back"), nw.col("_waited").max().alias("back_s"))
    found = units.join(first, on="row", how="left").join(back, on="row", how="left")
    is_drawn = ~nw.col("_drawn").is_null()
    came = (nw.col("_back") > nw.col("_drawn")).fill_null(value=False)
    return found.with_columns(is_drawn=flag(is_drawn), is_left=flag(is_drawn & ~came)).drop("_drawn", "_back")
