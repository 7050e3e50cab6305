"""Who approaches which organization, when, how and with what: the public's contacts, well apart by construction."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np

from .choices import pick, pick_account, pick_recent
from .laws import OrganizationLaw
from .ledger import KINDS, NONE, Ledger, draw_times, hour_profile
from .roster import Roster

__all__ = ["ASKS", "CHANNELS", "Contacts", "open_contacts", "separation_s"]

MINUTE, HOUR, DAY = 60, 3_600, 86_400
#: What an opening approach is, and how it is made.
ASKS = ("question", "complaint", "praise")
CHANNELS = ("mention", "reply", "quote")


@dataclass(slots=True)
class Contacts:
    """One row for every person and organization brought together by an opening approach.

    `kind` and `channel` are positions in `ASKS` and `CHANNELS`. A post that names a second organization has a second
    row, below those of the first ones, with `is_first` false.
    """

    org: np.ndarray
    person: np.ndarray
    time: np.ndarray
    kind: np.ndarray
    channel: np.ndarray
    account: np.ndarray
    post: np.ndarray
    is_first: np.ndarray


def separation_s(law: OrganizationLaw, rounds: int) -> int:
    """Return the least time between two contacts of one person with one organization, in seconds.

    It covers the longest contact plus what keeps the next one apart under every rule of the definitions: 72 hours for
    episodes, seven days for answers found by mention only.
    """
    last_turn = rounds * (law.max_delay_s + 12 * HOUR)
    return last_turn + max(7 * DAY, law.max_delay_s + 60 * HOUR + 72 * HOUR) + HOUR


def open_contacts(
    ledger: Ledger,
    roster: Roster,
    rng: np.random.Generator,
    span: tuple[int, int],
    n: np.ndarray,
    own: dict[str, np.ndarray],
) -> Contacts:
    """Open n contacts with each organization between two moments, adding the opening posts to the ledger.

    Parameters
    ----------
    ledger, roster, rng
        Where the posts go, who there is, and the source of all choices.
    span
        First and last second.
    n
        Contacts an organization.
    own
        The organizations' originals that can be replied to or quoted: `at, time, org, author`.
    """
    town = roster.town
    org = np.repeat(np.arange(len(n)), n)
    u = rng.random((8, len(org)))
    time = draw_times(u[0], span[0], span[1], hour_profile(1.0, 0.9, 0.15, 0.8))
    person = _assign_persons(roster, rng, org, time)
    kept = person != NONE
    org, time, person, u = org[kept], time[kept], person[kept], u[:, kept]
    kind = pick(u[1], (town.question_share, town.complaint_share, town.praise_share))
    source = pick_recent(own, org, time, u[2], lag=20 * MINUTE, reach=3 * DAY)
    channel = pick(u[3], (town.mention_share, town.reply_share, 1 - town.mention_share - town.reply_share))
    is_orphan = (channel == 1) & (u[4] < town.orphan_share)
    channel = np.where((source == NONE) & ~is_orphan, 0, channel)
    account = pick_account(roster, org, u[5], share=0.75, roles=("official", "care", "regional"))
    account = np.where((channel > 0) & ~is_orphan, ledger.columns()["author"][source], account)
    second = _second_organizations(roster, org, person, channel, u[6], u[7])
    official = np.array([roster.accounts_of(o)[0] for o in range(len(roster.sheets))])
    columns = {"time": time, "author": person, "org": org, "target": account, "content": channel}
    columns["second"] = np.where(second == NONE, NONE, official[second])
    code = np.array([KINDS.index(ask) for ask in ASKS])[kind]
    post = _post_openings(ledger, code, source, is_orphan, columns)
    facts = {"org": org, "person": person, "time": time, "kind": kind, "channel": channel, "account": account}
    return _with_seconds(facts | {"post": post}, second, official)


def _post_openings(
    ledger: Ledger, kind: np.ndarray, source: np.ndarray, is_orphan: np.ndarray, columns: dict[str, np.ndarray]
) -> np.ndarray:
    """Add the opening posts: replies below their original or below a post outside the sample, quotes beside it."""
    n, channel = len(source), columns["content"]
    parent = np.where(channel == 1, source, NONE)
    root = np.where(channel == 1, ledger.columns()["root"][source], ledger.n + np.arange(n))
    gone = ledger.missing(int(is_orphan.sum()))
    parent[is_orphan], root[is_orphan] = gone, gone
    quote = np.where(channel == 2, source, NONE)
    return ledger.add(n, kind, parent=parent, root=root, quote=quote, contact=np.arange(n), round=0, **columns)


def _with_seconds(columns: dict[str, np.ndarray], second: np.ndarray, official: np.ndarray) -> Contacts:
    """Put the contacts with second organizations below the first ones; both share the opening post."""
    twin, n = second != NONE, len(second)
    both = {name: np.concatenate([values, values[twin]]) for name, values in columns.items()}
    both["org"][n:], both["account"][n:] = second[twin], official[second[twin]]
    return Contacts(**both, is_first=np.arange(len(both["org"])) < n)


def _second_organizations(
    roster: Roster, org: np.ndarray, person: np.ndarray, channel: np.ndarray, u: np.ndarray, v: np.ndarray
) -> np.ndarray:
    """Choose a second organization for some mentions, one that the person meets nowhere else; NONE for most."""
    n_org = len(roster.sheets)
    wanted = (channel == 0) & (u < roster.town.second_share) & (n_org > 1)
    other = (org + 1 + (v * (n_org - 1)).astype(int)) % n_org
    met = set(zip(person.tolist(), org.tolist(), strict=True))
    chosen = np.full(len(org), NONE)
    for i in np.flatnonzero(wanted):
        pair = (int(person[i]), int(other[i]))
        if pair not in met:
            met.add(pair)
            chosen[i] = other[i]
    return chosen


def _assign_persons(roster: Roster, rng: np.random.Generator, org: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Give every contact a person who has not approached that organization for long enough; NONE where nobody is free.

    Active persons come first to mind; who approaches never depends on whether anybody was answered.
    """
    n, tries = roster.n_askers, 12
    activity = (1 - rng.random(n)) ** (-1 / roster.town.activity_tail)
    ladder = np.cumsum(activity) / activity.sum()
    drawn = np.searchsorted(ladder, rng.random((len(org), tries)), side="right").clip(max=n - 1)
    gap = [separation_s(law, roster.town.rounds) for law in roster.laws]
    busy_until: dict[tuple[int, int], int] = {}
    person = np.full(len(org), NONE)
    for i in np.argsort(time, kind="stable"):
        o, now, first = int(org[i]), int(time[i]), int(drawn[i, 0])
        for who in chain(drawn[i].tolist(), ((first + step) % n for step in range(1, n))):
            if busy_until.get((who, o), 0) <= now:
                busy_until[who, o] = now + gap[o]
                person[i] = roster.first_person + who
                break
    return person
