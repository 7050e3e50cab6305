"""The heart of the simulation: turns owed, whether and when they are answered, and what the answer does.

In every round each open turn is chased while it waits, answered or not, and the answer is followed by the person or
not. A turn is answered with the organization's own probability whatever came before: that is the share answered among
all turns.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from scipy.special import betaincinv, ndtr, ndtri

from .approaches import Contacts
from .laws import REACTIONS, answer_by_kind, later_reactions, reactions_by_kind
from .ledger import KINDS, NONE, Clock, Ledger
from .roster import Roster

__all__ = ["NEVER", "Turns", "play_contacts"]

MINUTE, HOUR, DAY = 60, 3_600, 86_400
NEVER = 2**62
#: The tone of an approach, which decides the words of a chase: positions in ASKS.
_ASKING, _PROTEST, _THANKS = 0, 1, 2
_DEFLECT, _CLARIFY, _, _ESCALATE, _OPEN = range(5)


@dataclass(slots=True)
class Turns:
    """Turns owed as columns; `answered` is NEVER and the columns after it are NONE where no answer came."""

    contact: np.ndarray
    round: np.ndarray
    time: np.ndarray
    post: np.ndarray
    account: np.ndarray
    answered: np.ndarray
    answer: np.ndarray
    by: np.ndarray
    reaction: np.ndarray
    destination: np.ndarray


Round = dict[str, np.ndarray]


def play_contacts(
    ledger: Ledger, roster: Roster, rng: np.random.Generator, contacts: Contacts, start: int, end: int
) -> Turns:
    """Play all rounds of all contacts, adding posts to the ledger, and return the turns owed."""
    clocks = {
        o: Clock(law.hours, roster.sheets[o].time_zone, start, end + 60 * DAY)
        for o, law in enumerate(roster.laws)
        if law.hours
    }
    n = len(contacts.org)
    turn: Round = {"contact": np.arange(n), "time": contacts.time, "post": contacts.post, "account": contacts.account}
    turn |= {"reaction": np.full(n, NONE), "destination": np.full(n, NONE), "tone": contacts.kind}
    rounds: list[Round] = []
    for step in range(roster.town.rounds + 1):
        first_id = sum(len(done["contact"]) for done in rounds)
        _decide(roster, rng, contacts, turn, step, clocks)
        turn["id"] = first_id + np.arange(len(turn["contact"]))
        _wait(ledger, roster, rng, contacts, turn)
        _post_answers(ledger, roster, rng, contacts, turn)
        rounds.append(turn)
        turn = _come_back(ledger, roster, rng, contacts, turn)
    return Turns(*(np.concatenate([done[f.name] for done in rounds]) for f in fields(Turns)))


def _decide(
    roster: Roster, rng: np.random.Generator, contacts: Contacts, turn: Round, step: int, clocks: dict[int, Clock]
) -> None:
    """Decide whether, when, by whom and how each turn is answered."""
    contact = turn["contact"]
    org = contacts.org[contact]
    u = rng.random((5, len(contact)))
    p = roster.law_array("p_answer")[org] if step else _opening_chances(roster, rng, contacts)[contact]
    hit = u[0] < p
    reaction = _react(roster, org, contacts.kind[contact], turn["reaction"], u[2], step)
    place = turn["destination"] if step else _where_to(roster, org, u[3])
    sister = np.array([roster.sister_of(o) for o in range(len(roster.sheets))])[org]
    takes_over = (u[4] < roster.law_array("care_takeover")[org]) & (roster.role[turn["account"]] == "official")
    by = np.where(takes_over & (sister != NONE), sister, turn["account"])
    turn["round"], turn["org"], turn["hit"] = np.full(len(contact), step), org, hit
    turn["answered"] = np.where(hit, turn["time"] + _delays(roster, clocks, org, turn["time"], u[1]), NEVER)
    turn["reaction"] = np.where(hit, reaction, NONE)
    turn["destination"] = np.where(hit & (reaction == _DEFLECT), place, NONE)
    turn["by"] = np.where(hit, by, NONE)


def _opening_chances(roster: Roster, rng: np.random.Generator, contacts: Contacts) -> np.ndarray:
    """Return every opening's probability of an answer: one draw for person and organization, on the kind's beta law."""
    pairs, inverse = np.unique(contacts.person * len(roster.sheets) + contacts.org, return_inverse=True)
    luck = rng.random(len(pairs))[inverse]
    by_kind = np.array([answer_by_kind(law, roster.town) for law in roster.laws])
    mean = by_kind[contacts.org, contacts.kind]
    if roster.town.person_sd <= 0:
        return mean
    size = 1 / roster.town.person_sd**2 - 1
    inner = np.clip(mean, 1e-9, 1 - 1e-9)
    return np.where((mean <= 0) | (mean >= 1), mean, betaincinv(inner * size, (1 - inner) * size, luck))


def _delays(roster: Roster, clocks: dict[int, Clock], org: np.ndarray, time: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Draw delays in whole seconds, at least one."""
    median, sigma = roster.law_array("delay_median_min") * 60.0, roster.law_array("delay_sigma")
    limit = np.array([law.delay.limit_s for law in roster.laws])
    mass = ndtr(np.log(limit / median) / sigma)
    seconds = median[org] * np.exp(sigma[org] * ndtri(np.maximum(u, 1e-12) * mass[org]))
    for o, clock in clocks.items():
        own = org == o
        seconds[own] = clock.advance(time[own], seconds[own]) - time[own]
    return np.maximum(np.rint(seconds), 1).astype(np.int64)


def _react(roster: Roster, org: np.ndarray, kind: np.ndarray, last: np.ndarray, u: np.ndarray, step: int) -> np.ndarray:
    """Return positions in REACTIONS: by the kind of approach at first, by the last reaction later."""
    if step:
        edges = np.cumsum(later_reactions(), axis=1)[last]
    else:
        edges = np.cumsum(np.array([reactions_by_kind(law) for law in roster.laws]), axis=2)[org, kind]
    return (u[:, None] >= edges[:, :-1]).sum(axis=1)


def _where_to(roster: Roster, org: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return positions in DESTINATIONS."""
    edges = np.cumsum([roster.destination_weights(o) for o in range(len(roster.sheets))], axis=1)[org]
    return (u[:, None] >= edges[:, :-1]).sum(axis=1)


def _wait(ledger: Ledger, roster: Roster, rng: np.random.Generator, contacts: Contacts, turn: Round) -> None:
    """Add what persons post while they wait: continuations of the opening, then chases."""
    town, n = roster.town, len(turn["contact"])
    u = rng.random((2 + 3 * town.max_chases, n))
    root = ledger.columns()["root"][turn["post"]]
    common = {"author": contacts.person[turn["contact"]], "turn": turn["id"]}
    common |= {name: turn[name] for name in ("org", "contact", "round")}
    later = turn["time"] + MINUTE + (u[1] * 9 * MINUTE).astype(int)
    opens = (turn["round"] == 0) & contacts.is_first[turn["contact"]]
    split = opens & (u[0] < town.split_share) & (later < turn["answered"])
    picked = {name: values[split] for name, values in (common | {"parent": turn["post"], "root": root}).items()}
    ledger.add(int(split.sum()), "split", time=later[split], **picked)
    tip, time, going = turn["post"].copy(), turn["time"], np.ones(n, bool)
    for j in range(town.max_chases):
        coin, gap, anew = u[2 + 3 * j : 5 + 3 * j]
        time = time + 2 * HOUR + (gap * 9 * HOUR).astype(int)
        going = going & (coin < town.chase_share) & (time < turn["answered"])
        at, threaded = ledger.n + np.arange(int(going.sum())), (anew < 0.6)[going]
        picked = {name: values[going] for name, values in common.items()}
        picked |= {"target": turn["account"][going], "detail": turn["tone"][going]}
        root[going] = np.where(threaded, root[going], at)
        parent = np.where(threaded, tip[going], NONE)
        ledger.add(len(at), "chase", time=time[going], parent=parent, root=root[going], **picked)
        tip[going] = at


def _post_answers(ledger: Ledger, roster: Roster, rng: np.random.Generator, contacts: Contacts, turn: Round) -> None:
    """Add the answers, and what follows some escalations."""
    hit, reaction, org = turn["hit"], turn["reaction"], turn["org"]
    u = rng.random((5, len(hit)))
    scripted = (u[0] < roster.law_array("template_share")[org]) & (reaction != _OPEN)
    common = {
        "author": turn["by"],
        "target": contacts.person[turn["contact"]],
        "turn": turn["id"],
        "parent": turn["post"],
    }
    common |= {name: turn[name] for name in ("org", "contact", "round")}
    common["root"] = ledger.columns()["root"][turn["post"]]
    own = common | {"time": turn["answered"], "destination": turn["destination"], "content": turn["tone"]}
    own["template"] = np.where(scripted, (u[1] * 2).astype(int), NONE)
    own["detail"] = (u[2] < 0.2).astype(int)
    kind = np.array([KINDS.index(name) for name in REACTIONS])[reaction[hit]]
    turn["answer"] = np.full(len(hit), NONE)
    turn["answer"][hit] = ledger.add(int(hit.sum()), kind, **{name: values[hit] for name, values in own.items()})
    kept = hit & (reaction == _ESCALATE) & (u[3] < roster.law_array("p_fulfill")[org])
    time = np.where(kept, turn["answered"], 0) + 2 * HOUR + (u[4] * 58 * HOUR).astype(int)
    ledger.add(int(kept.sum()), "fulfill", time=time[kept], **{name: values[kept] for name, values in common.items()})


def _come_back(ledger: Ledger, roster: Roster, rng: np.random.Generator, contacts: Contacts, turn: Round) -> Round:
    """Add the persons' follow-ups, each of which opens the next turn owed."""
    step = int(turn["round"][0]) if len(turn["round"]) else 0
    u = rng.random((3, len(turn["hit"])))
    org, reaction = turn["org"], turn["reaction"]
    chance = np.array([law.returns for law in roster.laws])[org, reaction]
    back = turn["hit"] & (u[0] < chance) & (step < roster.town.rounds)
    time = (np.where(back, turn["answered"], 0) + MINUTE + (u[1] ** 2 * (12 * HOUR - 2 * MINUTE)).astype(int))[back]
    tone = np.where(reaction == _DEFLECT, _PROTEST, np.where((reaction != _CLARIFY) & (u[2] < 0.55), _THANKS, _ASKING))[
        back
    ]
    contact, parent = turn["contact"][back], turn["answer"][back]
    more = {"author": contacts.person[contact], "target": turn["by"][back], "org": org[back], "contact": contact}
    more |= {"parent": parent, "root": ledger.columns()["root"][parent], "content": reaction[back], "detail": tone}
    post = ledger.add(int(back.sum()), "followup", time=time, round=step + 1, **more)
    kept = {"reaction": reaction[back], "destination": turn["destination"][back], "tone": tone}
    return {"contact": contact, "time": time, "post": post, "account": turn["by"][back], **kept}
