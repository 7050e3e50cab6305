"""Picking among options with uniform numbers, vectorized over posts."""

from __future__ import annotations

import numpy as np

from ..schema import BRAND_ROLES
from .ledger import NONE
from .roster import Roster

__all__ = ["pick", "pick_account", "pick_onlooker", "pick_partner", "pick_person", "pick_recent"]

#: Larger than any second since 1970 that is used, so that organization and time fit in one sortable number.
_SPAN = 10**11


def pick(u: np.ndarray, weights: tuple[float, ...]) -> np.ndarray:
    """Pick among options by weight, one for every uniform number."""
    edges = np.cumsum(weights)
    return np.searchsorted(edges / edges[-1], u, side="right").clip(max=len(weights) - 1)


def pick_account(
    roster: Roster, org: np.ndarray, u: np.ndarray, share: float, roles: tuple[str, ...] = BRAND_ROLES
) -> np.ndarray:
    """Pick an account of each organization: the official one with probability `share`, else another of such a role."""
    own = [roster.accounts_of(o) for o in range(len(roster.sheets))]
    own = [accounts[np.isin(roster.role[accounts], roles)] for accounts in own]
    size = np.array([len(accounts) for accounts in own])[org]
    other = 1 + np.floor((u - share) / (1 - share) * np.maximum(size - 1, 1)).astype(int)
    slot = np.where((u < share) | (size == 1), 0, other.clip(0, np.maximum(size - 1, 0)))
    return np.array([accounts[0] for accounts in own])[org] + slot


def pick_person(roster: Roster, u: np.ndarray) -> np.ndarray:
    """Pick any person."""
    return roster.first_person + (u * (roster.n_accounts - roster.first_person)).astype(int)


def pick_onlooker(roster: Roster, u: np.ndarray) -> np.ndarray:
    """Pick a person who never approaches anybody: they talk, are passed on, and are mentioned.

    What organizations say of their own accord goes to these, so that it never falls between somebody's approach and
    its answer.
    """
    first = roster.first_person + roster.n_askers
    return first + (u * (roster.n_accounts - first)).astype(int)


def pick_partner(roster: Roster, u: np.ndarray) -> np.ndarray:
    """Pick a partner account; NONE where there are none."""
    partners = np.flatnonzero(roster.role == "partner")
    return partners[(u * len(partners)).astype(int)] if len(partners) else np.full(len(u), NONE)


def pick_recent(
    pool: dict[str, np.ndarray], org: np.ndarray, time: np.ndarray, u: np.ndarray, *, lag: int, reach: int
) -> np.ndarray:
    """Pick a post of the same organization, `lag` to `reach` seconds old, mostly the latest; NONE if there is none."""
    if not len(pool["at"]):
        return np.full(len(org), NONE)
    order = np.lexsort((pool["time"], pool["org"]))
    keys = pool["org"][order] * _SPAN + pool["time"][order]
    back = np.floor(np.log(np.maximum(u, 1e-9)) / np.log(0.4)).astype(int)
    slot = np.searchsorted(keys, org * _SPAN + time - lag, side="right") - 1 - back
    found = order[slot.clip(min=0)]
    age = time - pool["time"][found]
    good = (slot >= 0) & (pool["org"][found] == org) & (age <= reach) & (age >= lag)
    return np.where(good, pool["at"][found], NONE)
