"""From what happened to tables: posts and accounts in the form a corpus is made of, with the truth beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .ledger import KINDS, MISSING, NONE
from .process import CONTENTS, Event
from .records import account_table, label_table, organization_table, turn_table
from .roster import Roster
from .texts import Writer
from .truth import Truth, long_table

__all__ = ["SimulatedTables", "build_tables"]

#: Missing text is NaN in a text column, as pandas reads it from files.
_TEXT = pd.StringDtype(na_value=np.nan)


@dataclass(frozen=True, slots=True)
class SimulatedTables:
    """A simulated corpus as plain tables.

    Attributes
    ----------
    posts, accounts
        The tables a corpus is made of.
    truth
        What is true of them.
    window
        First and last moment of the collection, UTC.
    """

    posts: pd.DataFrame
    accounts: pd.DataFrame
    truth: Truth
    window: tuple[pd.Timestamp, pd.Timestamp]


def build_tables(roster: Roster, event: Event, rng: np.random.Generator, design: dict[str, Any]) -> SimulatedTables:
    """Cut the ledger at the end of the window, name the posts in order of time, and write everything down."""
    words, marks, fame = rng.spawn(3)
    columns, new = _cut_and_sort(event)
    posts = _posts(roster, columns, Writer(roster, event.contacts, words, columns), marks)
    turns = turn_table(roster, event, new, posts["post_id"].to_numpy(object))
    labels = label_table(roster, event, columns, posts, turns)
    organizations = organization_table(roster, event, columns, turns)
    accounts = account_table(roster, organizations, turns)
    known = (organizations, accounts, long_table(roster, organizations), labels, turns)
    organizations, accounts, long, labels, turns = (_worded(table) for table in known)
    truth = Truth(organizations, accounts, long, labels, turns, design)
    start, end = (pd.Timestamp(second, unit="s", tz="UTC") for second in (event.start, event.end))
    return SimulatedTables(posts, _accounts(roster, fame), truth, (start, end))


def _cut_and_sort(event: Event) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Keep the posts inside the window, sorted by time; also return each old position's new one."""
    raw = event.ledger.columns()
    order = np.argsort(raw["time"], kind="stable")
    order = order[raw["time"][order] <= event.end]
    new = np.full(event.ledger.n, NONE)
    new[order] = np.arange(len(order))
    columns = {name: values[order] for name, values in raw.items()}
    for name in ("parent", "root", "quote", "repost"):
        links = columns[name]
        columns[name] = np.where(links >= 0, new[links.clip(min=0)], links)
    return columns, new


def _ids(positions: np.ndarray) -> np.ndarray:
    """Name posts p00001, ... in order of time, and posts outside the sample m00001, ...; NONE is None."""
    names = [f"p{k + 1:05d}" if k >= 0 else f"m{MISSING - k + 1:05d}" for k in positions.tolist()]
    return _without(np.array(names, dtype=object), positions == NONE)


def _without(values: np.ndarray, gone: np.ndarray) -> np.ndarray:
    """Put None where values are gone."""
    values[gone] = None
    return values


def _posts(roster: Roster, columns: dict[str, np.ndarray], writer: Writer, rng: np.random.Generator) -> pd.DataFrame:
    """Write the posts; also adds the column `deleted` to the ledger's columns."""
    n = len(columns["time"])
    u = rng.random((4, n))
    is_person = columns["author"] >= roster.first_person
    columns["deleted"] = (is_person & (u[0] < roster.town.deleted_share)).astype(np.int64)
    texts = np.array(writer.write(), dtype=object) if roster.town.has_text else np.full(n, None, dtype=object)
    is_promotion = (columns["kind"] == KINDS.index("original")) & (columns["content"] == CONTENTS.index("promotion"))
    counts = _counts(columns, is_person, u[1])
    frame = pd.DataFrame(
        {
            "post_id": _ids(np.arange(n)),
            "account_id": roster.account_id[columns["author"]],
            "created_at": pd.to_datetime(columns["time"], unit="s", utc=True),
            "text": _without(texts, columns["deleted"] == 1),
            "parent_id": _ids(columns["parent"]),
            "conversation_id": _ids(columns["root"]),
            "repost_of_id": _ids(columns["repost"]),
            "quote_of_id": _ids(columns["quote"]),
            "mentions": np.array(writer.mentions(), dtype=object),
            "lang": np.full(n, "en", dtype=object),
            "client": _clients(columns, is_person, u[3]),
            "is_promoted": is_promotion & (u[2] < 0.15),
            **counts,
        }
    )
    return _worded(frame)


def _worded(frame: pd.DataFrame) -> pd.DataFrame:
    """Give all columns of words the same kind, as pandas reads it from files."""
    words = [
        name for name in frame.columns if frame[name].dtype == object or isinstance(frame[name].dtype, pd.StringDtype)
    ]
    return frame.astype(dict.fromkeys(words, _TEXT))


def _counts(columns: dict[str, np.ndarray], is_person: np.ndarray, u: np.ndarray) -> dict[str, np.ndarray]:
    """Count shares and replies at least as often as they are in the sample, and likes by a heavy-tailed law."""
    n = len(is_person)
    fame = np.where(is_person, 0.6, 8.0) * (1 - u) ** (-1 / 1.5)
    shared = np.bincount(columns["repost"][columns["repost"] >= 0], minlength=n)
    replied = np.bincount(columns["parent"][columns["parent"] >= 0], minlength=n)
    return {"n_shares": shared + (fame * 0.2).astype(int), "n_likes": fame.astype(int), "n_replies": replied}


def _clients(columns: dict[str, np.ndarray], is_person: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Name the application: persons use phone or web, organizations a desk, and a planner for what was scheduled."""
    planned = (columns["kind"] == KINDS.index("original")) & (columns["detail"] == 1)
    names = np.where(is_person, np.where(u < 0.7, "Phone", "Web"), np.where(planned, "Planner", "Desk"))
    return names.astype(object)


def _accounts(roster: Roster, rng: np.random.Generator) -> pd.DataFrame:
    names = np.array([*(sheet.name for sheet in roster.sheets), None], dtype=object)
    base = np.where(np.arange(roster.n_accounts) < roster.first_person, 4_000.0, 40.0)
    followers = (base * (1 - rng.random(roster.n_accounts)) ** (-1 / 1.2)).clip(max=2e6).astype(int)
    return _worded(
        pd.DataFrame(
            {
                "account_id": roster.account_id,
                "handle": roster.handle,
                "name": roster.name,
                "organization": names[roster.organization],
                "role": roster.role,
                "time_zone": roster.zone,
                "n_followers": followers,
            }
        )
    )
