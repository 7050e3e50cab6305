"""Prepared tables of matters handed on and of where persons were sent: taken up, heard there, or back in anger."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..engine import Frame
from ..interactions.episodes import EPISODE, OUTCOMES
from ..text.patterns import LEADING_HANDLES
from .marks import DAY, flag
from .outcome_tables import reactions

__all__ = ["ANGER_S", "PRIVATE", "handoffs", "pointers", "returns", "unobserved_units"]

#: Destinations where nobody else can read along.
PRIVATE = ("dm", "form", "email", "phone", "chat")

#: How long after a private destination a public post counts as a return, in seconds.
ANGER_S = 7 * DAY

_OPEN, _PASSED, _SENT = (OUTCOMES[name] for name in ("open_answer", "escalate", "deflect"))
_WAY = ("org_ix", "person_ix", "target_ix")


def pointers(talk: Any, by: Any) -> Frame:
    """Give the persons whom an organization sent to another handle, once each, with what became of it there.

    Returns
    -------
    Frame
        `unit, cluster` (the person)`, unobserved` (the corpus holds nothing by that account)`, due, complied` (wrote
        there in time)`, asked_24h, answered_24h, asked, unheard` (no post of that account's organization to the person
        in time).
    """
    end, horizon = talk.corpus.window_s[1], talk.definitions.horizon_s
    ways = by.put(_first_pointers(talk))
    ways = ways.join(_went(talk, ways), on=list(_WAY), how="left")
    ways = talk.engine.materialize(ways.join(_heard(talk, ways), on=list(_WAY), how="left"))
    seen = 1 - nw.col("unobserved")
    went = seen * flag(~nw.col("went_s").is_null())
    waited = nw.col("heard_s") - nw.col("went_s")
    ways = ways.with_columns(
        cluster=nw.col("person_ix"),
        due=seen * flag(nw.col("at_s") <= end - horizon),
        asked_24h=went * flag(nw.col("went_s") <= end - DAY),
        asked=went * flag(nw.col("went_s") <= end - horizon),
    )
    return ways.with_columns(
        complied=nw.col("due") * flag(~nw.col("went_s").is_null()),
        answered_24h=nw.col("asked_24h") * flag(waited <= DAY),
        unheard=nw.col("asked") * (1 - flag(waited <= horizon)),
    )


def _teams(talk: Any) -> Frame:
    """Give the side each account of an organization answers for: `account_ix, team`; alone where it has none."""
    accounts = talk.corpus.account_frame.filter(nw.col("is_brand"))
    alone = -1 - nw.col("account_ix").cast(nw.Int64)
    return accounts.select("account_ix", team=nw.coalesce(nw.col("org_ix").cast(nw.Int64), alone))


def _first_pointers(talk: Any) -> Frame:
    """List the first time that an organization sent a person to a handle, beside an answer or instead of one.

    Where it is known from context only, the pair is left out.

    Returns
    -------
    Frame
        `org_ix, person_ix, target_ix, pointed_row, account_ix, at_s, team, unobserved`.
    """
    units = reactions(talk).filter(nw.col("to_handle") == 1)
    known = talk.corpus.account_frame.select("account_ix", "is_brand")
    named = _named(talk, units).rename({"target_ix": "named_ix"})
    rows = units.select("org_ix", "person_ix", "unit_row", "row", "account_ix", "at_s", "is_own")
    rows = rows.join(named, on="unit_row", how="inner")
    rows = rows.join(known.rename({"account_ix": "named_ix"}), on="named_ix", how="left")
    stranger = nw.col("is_brand").is_null()
    # Handles in front are those of whom the post answers; a person who never posted may be among them.
    apart = (nw.col("named_ix") != nw.col("account_ix")) & (nw.col("named_ix") != nw.col("person_ix"))
    rows = rows.filter(apart & (nw.col("is_brand").fill_null(value=False) | (stranger & (nw.col("is_ahead") == 0))))
    rows = rows.with_columns(target_ix=nw.col("named_ix"), unobserved=flag(stranger))
    first = rows.group_by(*_WAY).agg(nw.col("row").min())
    rows = rows.join(first, on=[*_WAY, "row"], how="inner").filter(nw.col("is_own") == 1)
    rows = rows.rename({"row": "pointed_row"})
    columns = [*_WAY, "pointed_row", "account_ix", "at_s", "unobserved"]
    teams = _teams(talk).rename({"account_ix": "target_ix"})
    return talk.engine.materialize(rows.select(*columns).unique().join(teams, on="target_ix", how="left"))


def _named(talk: Any, units: Frame) -> Frame:
    """List the handles that units name: `unit_row, target_ix, is_ahead` (only in front of the text)."""
    posts = talk.corpus.post_frame.select("row", "text").join(talk.merged_frame, on="row", how="left")
    posts = posts.with_columns(unit_row=nw.coalesce("unit_row", "row"))
    posts = posts.join(units.select("unit_row").unique(), on="unit_row", how="semi")
    rest = nw.col("text").str.replace_all(LEADING_HANDLES, "")
    ahead = _count_at(nw.col("text")) - _count_at(rest)
    posts = posts.select("row", "unit_row", ahead=ahead)
    named = talk.mention_frame.filter(~nw.col("target_ix").is_null()).join(posts, on="row", how="inner")
    return named.group_by("unit_row", "target_ix").agg(
        flag(nw.col("position") < nw.col("ahead")).min().alias("is_ahead")
    )


def _count_at(text: nw.Expr) -> nw.Expr:
    return text.str.len_chars().cast(nw.Int64) - text.str.replace_all("@", "", literal=True).str.len_chars().cast(
        nw.Int64
    )


def _went(talk: Any, ways: Frame) -> Frame:
    """Find when persons first wrote to the account they were sent to, within the horizon: `went_row, went_s`."""
    posts = talk.links.posts.select("row", "created_s")
    keys = ways.select(*_WAY, "pointed_row", "at_s").unique()
    sent = talk.address_frame.select("row", "target_ix", person_ix="source_ix")
    sent = sent.join(keys, on=["person_ix", "target_ix"], how="inner").join(posts, on="row", how="inner")
    end = talk.corpus.window_s[1]
    in_time = (nw.col("row") > nw.col("pointed_row")) & (nw.col("created_s") <= end)
    sent = sent.filter(in_time & (nw.col("created_s") - nw.col("at_s") <= talk.definitions.horizon_s))
    sums = sent.group_by(*_WAY).agg(nw.col("row").min().alias("went_row"), nw.col("created_s").min().alias("went_s"))
    return talk.engine.materialize(sums)


def _heard(talk: Any, ways: Frame) -> Frame:
    """Find when the account's organization first wrote to those who went there: `heard_s`."""
    posts = talk.links.posts.select("row", "created_s")
    keys = ways.filter(~nw.col("went_row").is_null()).select(*_WAY, "team", "went_row").unique()
    said = talk.address_frame.select("row", account_ix="source_ix", person_ix="target_ix")
    said = said.join(_teams(talk), on="account_ix", how="inner").join(keys, on=["team", "person_ix"], how="inner")
    said = said.filter(nw.col("row") > nw.col("went_row")).join(posts, on="row", how="inner")
    said = said.filter(nw.col("created_s") <= talk.corpus.window_s[1])
    return talk.engine.materialize(said.group_by(*_WAY).agg(nw.col("created_s").min().alias("heard_s")))


def unobserved_units(talk: Any, by: Any) -> set[int]:
    """List the units that sent somebody to an account of which the corpus holds nothing."""
    lost = by.put(_first_pointers(talk).filter(nw.col("unobserved") == 1)).select("unit").unique()
    return {int(unit) for unit in talk.engine.collect(lost)["unit"].to_pylist()}


def returns(talk: Any, by: Any) -> Frame:
    """Give the episodes in which a person was sent to a private place without an answer, and who came back in anger.

    Returns
    -------
    Frame
        `unit, cluster` (the person)`, due, angry` (posted criticism to the organization in public within `ANGER_S`).
    """
    end = talk.corpus.window_s[1]
    places = nw.sum_horizontal(*[nw.col(f"to_{place}") for place in PRIVATE])
    units = reactions(talk).filter((places > 0) & (nw.col("rank") != _OPEN))
    first = units.group_by(*EPISODE).agg(nw.col("row").min())
    sent = units.join(first, on=[*EPISODE, "row"], how="inner").filter(nw.col("is_own") == 1)
    sent = sent.select(*EPISODE, "account_ix", "at_s", sent_row="row")
    # To name what is good as well takes nothing from the anger.
    bitter = nw.col("tone__criticism") | nw.col("tone__mixed")
    codes = talk.coding.codes("tone").filter(bitter).select("row")
    theirs = talk.stream_frame.filter(nw.col("is_approach") == 1).join(codes, on="row", how="semi")
    back = theirs.select("org_ix", "person_ix", "row", "created_s").join(
        sent.select(*EPISODE, "sent_row", "at_s"), on=["org_ix", "person_ix"], how="inner"
    )
    soon = (nw.col("row") > nw.col("sent_row")) & (nw.col("created_s") - nw.col("at_s") <= ANGER_S)
    angry = back.filter(soon).select(*EPISODE).unique().with_columns(angry=nw.lit(1))
    rows = by.put(sent.join(angry, on=list(EPISODE), how="left"))
    rows = rows.with_columns(cluster=nw.col("person_ix"), due=flag(nw.col("at_s") <= end - ANGER_S))
    return rows.with_columns(angry=nw.col("due") * nw.col("angry").fill_null(0))


def handoffs(talk: Any, by: Any) -> Frame:
    """Give the time from each hand-off in public to the organization's next unit to the person in that matter.

    A hand-off is a unit that passes the matter on, or sends the person to another account.

    Returns
    -------
    Frame
        `unit, time, event, cluster` (the person)`, most`: the greatest share of the unit's hand-offs that may have been
        settled, be it out of sight: one less the share of persons back in anger; 1 where nobody was sent out of sight.
    """
    end = talk.corpus.window_s[1]
    units = reactions(talk).filter(nw.col("is_own") == 1)
    rows = units.filter((nw.col("rank") == _PASSED) | ((nw.col("rank") == _SENT) & (nw.col("to_handle") == 1)))
    came = ~nw.col("next_s").is_null()
    time = nw.when(came).then(nw.col("next_s")).otherwise(end) - nw.col("at_s")
    rows = by.put(rows).select("unit", time=time, event=flag(came), cluster="person_ix")
    sums = returns(talk, by).group_by("unit").agg(nw.col("angry").sum(), nw.col("due").sum())
    calm = sums.filter(nw.col("due") > 0).select("unit", most=1 - nw.col("angry") / nw.col("due"))
    return rows.join(calm, on="unit", how="left").with_columns(most=nw.col("most").fill_null(1.0))
