"""The truth of a simulation row by row: turns owed, labels of posts, and the counts that were realized."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from .answers import NEVER
from .approaches import ASKS, CHANNELS
from .laws import DESTINATIONS, REACTIONS
from .ledger import KINDS, NONE
from .process import CONTENTS, Event
from .roster import Roster
from .truth import law_table

__all__ = ["account_table", "label_table", "organization_table", "turn_table"]

WEEK = 7 * 86_400
_REPLIES = [*REACTIONS, "fulfill", "orphan_reply"]


def _words(options: Iterable[str], codes: np.ndarray) -> np.ndarray:
    """Turn positions into words, NONE into None."""
    return np.array([*options, None], dtype=object)[codes]


def _numbered(letter: str, codes: np.ndarray) -> np.ndarray:
    """Name things by their position: t00001, ...; NONE stays None."""
    return np.array([None if k == NONE else f"{letter}{k + 1:05d}" for k in codes.tolist()], dtype=object)


def turn_table(roster: Roster, event: Event, new: np.ndarray, post_id: np.ndarray) -> pd.DataFrame:
    """Write down the turns that began inside the window; of answers after its end nothing is known.

    Parameters
    ----------
    roster, event
        Who and what there was.
    new
        The row of the posts table of every post of the ledger.
    post_id
        The posts' names.
    """
    turns, contacts = event.turns, event.contacts
    inside = turns.time <= event.end
    pick = {name: getattr(turns, name)[inside] for name in turns.__slots__}
    contact = pick["contact"]
    seen = pick["answered"] <= event.end
    shared = contacts.post[~contacts.is_first]
    return pd.DataFrame(
        {
            "turn_id": _numbered("t", np.flatnonzero(inside)),
            "organization": _words([sheet.name for sheet in roster.sheets], contacts.org[contact]),
            "account_id": roster.account_id[pick["account"]],
            "person_id": roster.account_id[contacts.person[contact]],
            "contact_id": _numbered("c", contact),
            "round": pick["round"],
            "kind": _words(ASKS, contacts.kind[contact]),
            "is_bystander": np.isin(contacts.post, shared)[contact],
            "post_id": post_id[new[pick["post"]]],
            "started_at": pd.to_datetime(pick["time"], unit="s", utc=True),
            "n_chases": _chases(event)[inside],
            "is_due": pick["time"] <= event.end - WEEK,
            "is_answered": seen,
            "latency_s": np.where(seen, np.where(seen, pick["answered"], NEVER) - pick["time"], np.nan),
            "answer_id": _words(post_id, np.where(seen, new[pick["answer"]], NONE)),
            "answered_by": _words(roster.account_id, np.where(seen, pick["by"], NONE)),
            "reaction": _words(REACTIONS, np.where(seen, pick["reaction"], NONE)),
            "destination": _words(DESTINATIONS, np.where(seen, pick["destination"], NONE)),
        }
    )


def _chases(event: Event) -> np.ndarray:
    """Count the chases of every turn inside the window."""
    raw = event.ledger.columns()
    is_chase = (raw["kind"] == KINDS.index("chase")) & (raw["time"] <= event.end)
    return np.bincount(raw["turn"][is_chase], minlength=len(event.turns.time))


def label_table(
    roster: Roster, event: Event, columns: dict[str, np.ndarray], posts: pd.DataFrame, turns: pd.DataFrame
) -> pd.DataFrame:
    """Say of every post what it is by construction."""
    kind = _words(KINDS, columns["kind"])
    is_ask = np.isin(kind, ASKS)
    opened = turns.drop_duplicates("post_id").set_index("post_id")["turn_id"]
    return pd.DataFrame(
        {
            "post_id": posts["post_id"].to_numpy(object),
            "kind": kind,
            "organization": _words([sheet.name for sheet in roster.sheets], columns["org"]),
            "is_approach": is_ask | np.isin(kind, ("chase", "followup")),
            "channel": _words(CHANNELS, np.where(is_ask, columns["content"], NONE)),
            "content": _words(CONTENTS, np.where(kind == "original", columns["content"], NONE)),
            "destination": _words(DESTINATIONS, columns["destination"]),
            "template_id": _scripts(roster, event, columns),
            "has_assist_link": (kind == "answer") & (columns["detail"] == 1),
            "contact_id": _numbered("c", columns["contact"]),
            "opens_turn": opened.reindex(posts["post_id"]).to_numpy(object),
            "round": np.maximum(columns["round"], 0),
            "is_deleted": columns["deleted"] == 1,
        }
    )


def _scripts(roster: Roster, event: Event, columns: dict[str, np.ndarray]) -> np.ndarray:
    """Name the entry of the organization's bank that a scripted reply repeats: equal names, equal words."""
    contact = columns["contact"]
    praised = (contact != NONE) & (event.contacts.kind[contact] == ASKS.index("praise"))
    case = _words((*DESTINATIONS, "praise", "trouble"), np.where(praised, 7, 8))
    case = np.where(columns["destination"] != NONE, _words(DESTINATIONS, columns["destination"]), case)
    names = np.full(len(contact), None, dtype=object)
    for i in np.flatnonzero(columns["template"] != NONE):
        slug = roster.sheets[columns["org"][i]].slug
        names[i] = f"{slug}-{KINDS[columns['kind'][i]]}-{case[i]}-{columns['template'][i] + 1}"
    return names


def organization_table(
    roster: Roster, event: Event, columns: dict[str, np.ndarray], turns: pd.DataFrame
) -> pd.DataFrame:
    """Put the laws and the realized counts side by side, one row an organization."""
    table, n = law_table(roster), len(roster.sheets)
    owner = np.where(columns["author"] < roster.first_person, roster.organization[columns["author"]], NONE)
    counts = pd.DataFrame(0, index=range(n), columns=list(KINDS))
    for code, kind in enumerate(KINDS):
        counts[kind] = np.bincount(owner[(columns["kind"] == code) & (owner != NONE)], minlength=n)
    own = counts[["original", "partner_mention", "sister_reply"]].sum(axis=1)
    directed = counts[["mention", "quote", "orphan_reply"]].sum(axis=1)
    n_contacts = np.bincount(event.contacts.org, minlength=n)
    table["n_posts"] = counts.sum(axis=1)
    table["n_undirected"] = own
    table["n_reposts"] = counts["repost"]
    table["n_replies"] = counts[_REPLIES].sum(axis=1)
    table["n_orphans"] = counts["orphan_reply"]
    table["n_template_replies"] = np.bincount(owner[columns["template"] != NONE], minlength=n)
    table["n_contacts"] = n_contacts
    expected = own + directed + n_contacts * table["replies_per_contact"]
    table["broadcast_share_expected"] = own / expected.where(expected > 0)
    return table.merge(_turn_counts(turns), on="organization", how="left")


def _turn_counts(turns: pd.DataFrame) -> pd.DataFrame:
    """Count turns, episodes and persons by organization."""
    first, answered = turns["round"] == 0, turns["is_answered"]
    flags = pd.DataFrame(
        {
            "organization": turns["organization"],
            "n_turns": 1,
            "n_turns_due": turns["is_due"],
            "n_answered_due": turns["is_due"] & answered,
            "n_turns_chased": turns["n_chases"] > 0,
            "n_episodes": first,
            "n_episodes_replied": first & answered,
            "n_episodes_deflected": first & (turns["reaction"] == "deflect"),
        }
    )
    counts = flags.groupby("organization").sum().astype(int)
    persons = turns.groupby(["organization", "person_id"])["is_answered"].any().groupby("organization")
    return counts.assign(n_persons=persons.size(), n_persons_answered=persons.sum().astype(int)).reset_index()


def account_table(roster: Roster, organizations: pd.DataFrame, turns: pd.DataFrame) -> pd.DataFrame:
    """Write down what is true of each account of an organization."""
    own = np.flatnonzero(roster.organization >= 0)
    law = organizations.iloc[roster.organization[own]].reset_index(drop=True)
    has_sister = np.array([roster.sister_of(o) != NONE for o in range(len(roster.sheets))])[roster.organization[own]]
    given_away = law["care_takeover"] * ((roster.role[own] == "official") & has_sister)
    n_turns = turns["account_id"].value_counts()
    return pd.DataFrame(
        {
            "account_id": roster.account_id[own],
            "role": roster.role[own],
            "organization": law["organization"],
            "strategy": law["strategy"],
            "p_answer": law["p_answer"],
            "p_answer_self": law["p_answer"] * (1 - given_away),
            "n_turns": n_turns.reindex(roster.account_id[own], fill_value=0).to_numpy(),
        }
    )
