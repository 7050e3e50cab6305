"""What happens in the town, in order: talk, initiatives, approaches, answers, and what goes on around them.

Every function appends posts to a `Ledger`; all choices are made from uniform numbers, vectorized over posts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .answers import Turns, play_contacts
from .approaches import Contacts, open_contacts
from .choices import pick, pick_account, pick_onlooker, pick_partner, pick_person, pick_recent
from .ledger import KINDS, NONE, Ledger, draw_times, hour_profile
from .roster import Roster

__all__ = ["CONTENTS", "Event", "simulate_events"]

MINUTE, HOUR, DAY = 60, 3_600, 86_400
#: What originals are about, and the weights for organizations that broadcast and for the others.
CONTENTS = ("notice", "promotion", "award", "question", "story")
_MIX_BROADCAST = (0.2, 0.4, 0.25, 0.05, 0.1)
_MIX_OTHERS = (0.3, 0.15, 0.05, 0.25, 0.25)
#: What an initiative turns out to be, in the order in which `_initiatives` tries.
_INITIATIVES = ("repost", "quote", "mention", "partner_mention", "original")

Columns = dict[str, np.ndarray]


@dataclass(slots=True)
class Event:
    """All that happened between `start` and `end`, and a little after: the ledger, the contacts, the turns owed."""

    ledger: Ledger
    contacts: Contacts
    turns: Turns
    start: int
    end: int


def simulate_events(roster: Roster, rng: np.random.Generator, start: int, end: int, scale: float) -> Event:
    """Play the whole town from start to end, in seconds since 1970; `scale` multiplies all volumes."""
    ledger, span = Ledger(), (start, end)
    streams = rng.spawn(6)
    weeks = (end - start) / (7 * DAY)
    last = max(end - int(roster.town.tail_days * DAY), start + HOUR)
    n_initiatives = np.rint(roster.law_array("initiatives_per_week") * weeks * scale).astype(int)
    n_contacts = np.rint(roster.law_array("approaches_per_week") * (last - start) / (7 * DAY) * scale).astype(int)
    talk = _talk(ledger, roster, streams[0], span, n_contacts)
    own = _initiatives(ledger, roster, streams[1], span, n_initiatives, talk)
    contacts = open_contacts(ledger, roster, streams[2], (start, last), n_contacts, own)
    turns = play_contacts(ledger, roster, streams[3], contacts, start, end)
    _chat(ledger, roster, streams[4], np.concatenate([contacts.post[contacts.is_first], talk["at"]]))
    _reposts(ledger, roster, streams[5], own)
    _sister_replies(ledger, roster, streams[5], own)
    _orphan_replies(ledger, roster, streams[5], span, n_contacts)
    _partners_and_bots(ledger, roster, streams[5], span)
    return Event(ledger, contacts, turns, start, end)


def _talk(ledger: Ledger, roster: Roster, rng: np.random.Generator, span: tuple[int, int], n: np.ndarray) -> Columns:
    """Add posts about organizations that address nobody."""
    org = np.repeat(np.arange(len(n)), np.rint(n * roster.town.talk_per_approach).astype(int))
    u = rng.random((2, len(org)))
    time = draw_times(u[0], *span, hour_profile(1.0, 1.6, 0.2, 1.2))
    author = pick_onlooker(roster, u[1])
    at = ledger.add(len(org), "talk", time=time, author=author, org=org)
    return {"at": at, "time": time, "org": org, "author": author}


def _initiatives(
    ledger: Ledger, roster: Roster, rng: np.random.Generator, span: tuple[int, int], n: np.ndarray, talk: Columns
) -> Columns:
    """Add what organizations post of their own accord; return their plain originals."""
    org = np.repeat(np.arange(len(n)), n)
    u = rng.random((7, len(org)))
    broadcast = (roster.law_array("strategy") == "broadcast")[org]
    planned = u[1] < np.where(broadcast, 0.8, 0.15)
    time = draw_times(u[0], span[0], span[1] - HOUR, hour_profile(1.0, 0.25, 0.02, 0.35))
    # Planning tools post on the quarter of an hour.
    time = np.where(planned, np.maximum(time // (15 * MINUTE) * 15 * MINUTE, span[0]), time)
    author = pick_account(roster, org, u[2], share=0.7)
    source = pick_recent(talk, org, time, u[3], lag=HOUR, reach=span[1] - span[0])
    choice = _choose_initiative(roster, org, u[4], source)
    target = np.where(choice == 2, pick_onlooker(roster, u[5]), np.where(choice == 3, pick_partner(roster, u[5]), NONE))
    content = np.where(broadcast, pick(u[6], _MIX_BROADCAST), pick(u[6], _MIX_OTHERS))
    plain = choice == 4
    more = {"quote": np.where(choice == 1, source, NONE), "repost": np.where(choice == 0, source, NONE)}
    more |= {"content": np.where(plain, content, NONE), "detail": planned.astype(int)}
    code = np.array([KINDS.index(kind) for kind in _INITIATIVES])[choice]
    at = ledger.add(len(org), code, time=time, author=author, org=org, target=target, **more)
    own = {"at": at[plain], "time": time[plain], "org": org[plain], "author": author[plain]}
    _threads(ledger, roster, rng, own)
    return own


def _choose_initiative(roster: Roster, org: np.ndarray, u: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Return positions in `_INITIATIVES`; what would pass on talk becomes an original while there is none."""
    directed, shared = roster.law_array("directed_share")[org], roster.law_array("repost_share")[org]
    named = 0.03 if roster.town.n_partners else 0.0
    edges = np.stack([shared, shared + directed / 2, shared + directed, shared + directed + named])
    choice = (u >= edges).sum(axis=0)
    choice[(choice <= 1) & (source == NONE)] = 4
    return choice


def _threads(ledger: Ledger, roster: Roster, rng: np.random.Generator, own: Columns) -> None:
    """Continue some originals once or twice, each time within eight minutes."""
    u = rng.random((4, len(own["at"])))
    first = u[0] < roster.law_array("thread_share")[own["org"]]
    tip, time = own["at"].copy(), own["time"]
    for step, more in enumerate((first, first & (u[1] < 0.4))):
        time = time + MINUTE + (u[2 + step] * 7 * MINUTE).astype(int)
        who = {"author": own["author"][more], "org": own["org"][more]}
        n = int(more.sum())
        tip[more] = ledger.add(n, "thread", time=time[more], parent=tip[more], root=own["at"][more], **who)


def _chat(ledger: Ledger, roster: Roster, rng: np.random.Generator, at: np.ndarray) -> None:
    """Let other people answer approaches and talk, and the first author answer them."""
    columns = ledger.columns()
    u = rng.random((5, len(at)))
    hit = u[0] < roster.town.chat_share
    at, u = at[hit], u[:, hit]
    author, who = columns["author"][at], pick_person(roster, u[1])
    neighbor = roster.first_person + (who - roster.first_person + 1) % (roster.n_accounts - roster.first_person)
    who = np.where(who == author, neighbor, who)
    time = columns["time"][at] + 30 * MINUTE + (u[2] ** 2 * 20 * HOUR).astype(int)
    shared = {name: columns[name][at] for name in ("org", "contact", "root")}
    first = ledger.add(len(at), "chat", time=time, author=who, target=author, parent=at, detail=0, **shared)
    later = time + 5 * MINUTE + (u[4] * 6 * HOUR).astype(int)
    back = (u[3] < 0.4) & ~_is_crowded(columns, shared["root"], later)
    shared = {name: values[back] for name, values in shared.items()}
    shared |= {"author": author[back], "target": who[back], "parent": first[back]}
    ledger.add(int(back.sum()), "chat", time=later[back], detail=1, **shared)


def _is_crowded(columns: Columns, root: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Say whether a conversation has another post within half an hour, so that two could be taken for one unit."""
    era, span = 10**11, 31 * MINUTE
    keys = np.sort(columns["root"] * era + columns["time"])
    asked = root * era + time
    return np.searchsorted(keys, asked + span) > np.searchsorted(keys, asked - span)


def _reposts(ledger: Ledger, roster: Roster, rng: np.random.Generator, own: Columns) -> None:
    """Let persons pass on originals, a few of them much more often than the rest."""
    n = int(round(len(own["at"]) * roster.town.reposts_per_initiative))
    u = rng.random((3, n))
    rank = np.argsort(rng.random(len(own["at"])), kind="stable")
    source = rank[(u[0] ** 1.5 * len(rank)).astype(int)]
    time = own["time"][source] + 5 * MINUTE + (u[2] ** 3 * 2 * DAY).astype(int)
    who = pick_person(roster, u[1])
    ledger.add(n, "repost", time=time, author=who, org=own["org"][source], repost=own["at"][source])


def _sister_replies(ledger: Ledger, roster: Roster, rng: np.random.Generator, own: Columns) -> None:
    """Let employees and executives answer some originals of their organization."""
    u = rng.random((2, len(own["at"])))
    staff = np.full(len(roster.sheets), NONE)
    for i in np.flatnonzero(np.isin(roster.role, ("employee", "executive"))):
        staff[roster.organization[i]] = i
    hit = (u[0] < 0.05) & (staff[own["org"]] != NONE) & (staff[own["org"]] != own["author"])
    org, at = own["org"][hit], own["at"][hit]
    time = own["time"][hit] + HOUR + (u[1][hit] * 8 * HOUR).astype(int)
    who = {"author": staff[org], "org": org, "target": own["author"][hit]}
    ledger.add(len(at), "sister_reply", time=time, parent=at, root=at, **who)


def _orphan_replies(
    ledger: Ledger, roster: Roster, rng: np.random.Generator, span: tuple[int, int], n_contacts: np.ndarray
) -> None:
    """Add replies of organizations to posts outside the sample."""
    org = np.repeat(np.arange(len(n_contacts)), np.rint(n_contacts * roster.town.orphan_share / 2).astype(int))
    u = rng.random((2, len(org)))
    time = draw_times(u[0], *span, hour_profile(1.0, 0.3, 0.02, 0.3))
    official = np.array([roster.accounts_of(o)[0] for o in range(len(roster.sheets))])
    gone, target = ledger.missing(len(org)), pick_onlooker(roster, u[1])
    who = {"author": official[org], "org": org, "target": target}
    ledger.add(len(org), "orphan_reply", time=time, parent=gone, root=gone, **who)


def _partners_and_bots(ledger: Ledger, roster: Roster, rng: np.random.Generator, span: tuple[int, int]) -> None:
    """Add partners, who post by themselves, and bots, who name an organization every day."""
    weeks = (span[1] - span[0]) / (7 * DAY)
    official = np.array([roster.accounts_of(o)[0] for o in range(len(roster.sheets))])
    partner = np.repeat(np.flatnonzero(roster.role == "partner"), round(1.5 * weeks))
    time = draw_times(rng.random(len(partner)), *span, hour_profile(1.0, 0.2, 0.01, 1.0))
    ledger.add(len(partner), "original", time=time, author=partner)
    bot = np.repeat(np.flatnonzero(roster.role == "bot"), round(7 * weeks))
    u = rng.random((2, len(bot)))
    org = (u[1] * len(official)).astype(int)
    time = draw_times(u[0], *span, hour_profile(1.0, 1.0, 0.2, 1.0))
    ledger.add(len(bot), "digest", time=time, author=bot, org=org, target=official[org])
