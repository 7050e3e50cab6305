"""Who lives in the simulated town: organizations as their sheets describe them, their laws, and all accounts."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from .laws import DESTINATIONS, OrganizationLaw, TownLaw

__all__ = ["Roster", "Sheet", "read_sheets", "read_wordings"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One organization as its sheet describes it: names, accounts, and what it and its public say."""

    slug: str
    name: str
    handle: str
    sector: str
    strategy: str
    time_zone: str
    team: str
    initials: tuple[str, ...]
    things: tuple[str, ...]
    places: tuple[str, ...]
    lines: Mapping[str, tuple[str, ...]]
    hours: str = ""
    care: Mapping[str, str] | None = None
    regional: tuple[Mapping[str, str], ...] = ()
    staff: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Roster:
    """Organizations, their laws, and all accounts as parallel arrays; persons follow the organizations' accounts."""

    sheets: tuple[Sheet, ...]
    laws: tuple[OrganizationLaw, ...]
    town: TownLaw
    account_id: np.ndarray
    handle: np.ndarray
    name: np.ndarray
    role: np.ndarray
    organization: np.ndarray
    zone: np.ndarray
    first_person: int
    n_askers: int

    @property
    def n_accounts(self) -> int:
        """How many accounts there are, persons included."""
        return len(self.account_id)

    def accounts_of(self, organization: int) -> np.ndarray:
        """Return the positions of an organization's accounts, the official one first."""
        return np.flatnonzero(self.organization == organization)

    def sister_of(self, organization: int) -> int:
        """Return the account people are sent to: care, else regional, else -1."""
        accounts = self.accounts_of(organization)
        for role in ("care", "regional"):
            found = accounts[self.role[accounts] == role]
            if len(found):
                return int(found[0])
        return -1

    def destination_weights(self, organization: int) -> np.ndarray:
        """Return the shares of destinations; without a sister account nobody is sent to one."""
        weights = np.array(self.laws[organization].destinations, dtype=float)
        if self.sister_of(organization) < 0:
            page, handle = DESTINATIONS.index("page"), DESTINATIONS.index("handle")
            weights[page] += weights[handle]
            weights[handle] = 0.0
        return weights / weights.sum()

    def law_array(self, field: str) -> np.ndarray:
        """Return one number of the law for every organization."""
        return np.array([getattr(law, field) for law in self.laws])


@lru_cache(maxsize=1)
def read_sheets() -> tuple[Sheet, ...]:
    """Read the organizations that ship with the package, in the order of their file names."""
    folder = files(__package__).joinpath("sheets")
    sheets = []
    for path in sorted((p for p in folder.iterdir() if p.name.endswith(".toml")), key=lambda p: p.name):
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        own = {f.name: raw.pop(f.name) for f in fields(Sheet) if f.name in raw}
        own = {key: tuple(value) if isinstance(value, list) else value for key, value in own.items()}
        sheets.append(Sheet(**own, lines={key: tuple(value) for key, value in raw.items()}))
    return tuple(sheets)


@lru_cache(maxsize=1)
def read_wordings() -> dict[str, Any]:
    """Read the wordings that all organizations and persons share."""
    return tomllib.loads(files(__package__).joinpath("wordings.toml").read_text(encoding="utf-8"))
