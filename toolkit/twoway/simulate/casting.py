"""Putting the town together: which organizations follow which law, and how all accounts are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
from scipy.special import expit, logit

from ..errors import TwowayError, unknown_name
from .checks import check_law, check_town
from .laws import STRATEGIES, OrganizationLaw, TownLaw, strategy_law
from .roster import Roster, Sheet, read_sheets, read_wordings

__all__ = ["Strategies", "build_roster"]

#: Strategy names in turn, or how many organizations follow each.
Strategies = Sequence[str] | Mapping[str, int] | None
_Row = tuple[str, str, str, str, int, str | None]
_WHERE = "See twoway.simulate.TownLaw and OrganizationLaw."


def _namesake(sheet: Sheet, town: str) -> Sheet:
    """Move an organization to another town, under a new name and with its official account only."""
    slug = f"{town.lower()}_{sheet.sector.replace(' ', '_')}"
    handle = (town + sheet.sector.title().replace(" ", ""))[:15]
    name = f"{town} {sheet.sector.title()}"
    return replace(sheet, slug=slug, name=name, handle=handle, care=None, regional=(), staff=(), hours="")


def _pick_sheets(n: int) -> list[Sheet]:
    listed, towns = read_sheets(), read_wordings()["names"]["towns"]
    most = len(listed) * (len(towns) + 1)
    if not 1 <= n <= most:
        msg = (
            f"n_organizations={n} cannot be simulated. It was given to the simulation. Give a number from 1 to {most}."
        )
        raise TwowayError(msg)
    laps = [divmod(i, len(listed)) for i in range(n)]
    return [_namesake(listed[k], towns[lap - 1]) if lap else listed[k] for lap, k in laps]


def build_roster(
    rng: np.random.Generator,
    *,
    n_organizations: int,
    n_people: int,
    strategies: Strategies = None,
    parameters: Mapping[str, Any] | None = None,
) -> Roster:
    """Draw the organizations' laws and name all accounts.

    Parameters
    ----------
    rng
        Source of the differences between organizations of one strategy.
    n_organizations, n_people
        How many of each.
    strategies
        Strategy names in turn, or how many organizations follow each; by default what the sheets say.
    parameters
        Changes of the laws: fields of `TownLaw` or `OrganizationLaw` for all, or a strategy or an organization's slug
        with changes of its own.

    Raises
    ------
    UnknownName
        If a strategy or a parameter does not exist.
    TwowayError
        If a value is out of range.
    """
    sheets = _pick_sheets(n_organizations)
    plan = _plan_strategies(sheets, strategies)
    town, common, own = _split_parameters(parameters or {}, sheets)
    laws = []
    for sheet, strategy in zip(sheets, plan, strict=True):
        changes = {**common, **own.get(strategy, {}), **own.get(sheet.slug, {})}
        laws.append(_vary(strategy_law(strategy, hours=sheet.hours), rng, town.spread, changes))
    return _with_accounts(sheets, laws, town, n_people)


def _plan_strategies(sheets: list[Sheet], strategies: Strategies) -> list[str]:
    if strategies is None:
        return [sheet.strategy for sheet in sheets]
    if isinstance(strategies, Mapping):
        named = [name for name, count in strategies.items() for _ in range(int(count))]
    else:
        named = [strategies] if isinstance(strategies, str) else list(strategies)
    for name in named:
        if name not in STRATEGIES:
            raise unknown_name(name, STRATEGIES, "strategy")
    return [named[i % len(named)] for i in range(len(sheets))]


def _split_parameters(
    given: Mapping[str, Any], sheets: list[Sheet]
) -> tuple[TownLaw, dict[str, Any], dict[str, dict[str, Any]]]:
    """Sort changes into those of the town, of all organizations, and of some."""
    of_town = {f.name for f in fields(TownLaw)}
    of_law = {f.name for f in fields(OrganizationLaw)} - {"strategy"}
    groups = {*STRATEGIES, *(sheet.slug for sheet in sheets)}
    town: dict[str, Any] = {}
    common: dict[str, Any] = {}
    own: dict[str, dict[str, Any]] = {}
    for key, value in given.items():
        if key in groups and isinstance(value, Mapping):
            own[key] = dict(value)
        elif key in of_town:
            town[key] = value
        elif key in of_law:
            common[key] = value
        else:
            raise unknown_name(key, of_town | of_law | groups, "parameter", do=_WHERE)
    for name in {name for changes in own.values() for name in changes} - of_law:
        raise unknown_name(name, of_law, "parameter of an organization", do=_WHERE)
    return check_town(TownLaw(**town)), common, own


def _vary(law: OrganizationLaw, rng: np.random.Generator, spread: float, changes: dict[str, Any]) -> OrganizationLaw:
    """Move an organization a little away from its strategy's usual law, then apply the changes that were asked for."""
    moves = (2 * rng.random(10) - 1) * spread
    # Opening time is shorter than the day: the same promptness is a smaller median on that clock.
    slow = 0.4 if law.hours else 1.0
    weights = np.array(law.destinations) * np.exp(0.4 * moves[3:])
    moved = {
        "p_answer": round(float(expit(logit(law.p_answer) + 0.5 * moves[0])), 3),
        "delay_median_min": round(float(law.delay_median_min * slow * np.exp(0.5 * moves[1])), 1),
        "deflect": round(float(expit(logit(law.deflect) + 0.4 * moves[2])), 3),
        "destinations": tuple(np.round(weights, 3).tolist()),
    }
    return check_law(replace(law, **{**moved, **changes}))


def _with_accounts(sheets: list[Sheet], laws: list[OrganizationLaw], town: TownLaw, n_people: int) -> Roster:
    """Name all accounts: organizations, partners, bots, persons."""
    rows = [row for i, sheet in enumerate(sheets) for row in _own_accounts(sheet, i)]
    for k in range(1, town.n_partners + 1):
        rows.append((f"partner{k}", f"TernPartner{k}", f"Tern Valley Partners {k}", "partner", -1, None))
    for k in range(1, town.n_bots + 1):
        rows.append((f"bot{k}", f"DigestBot{k}", f"Quillmere Digest {k}", "bot", -1, None))
    first = len(rows)
    rows += [(f"u{k + 1:05d}", *_person_name(k), "public", -1, None) for k in range(n_people)]
    account_id, handle, name, role, owner, zone = (np.array(c, dtype=object) for c in zip(*rows, strict=True))
    return Roster(
        sheets=tuple(sheets),
        laws=tuple(laws),
        town=town,
        account_id=account_id,
        handle=handle,
        name=name,
        role=role,
        organization=owner.astype(np.int64),
        zone=zone,
        first_person=first,
        n_askers=round(n_people * 0.85),
    )


def _own_accounts(sheet: Sheet, i: int) -> list[_Row]:
    """List an organization's accounts, the official one first."""
    others = [("care", sheet.care)] if sheet.care else []
    others += [("regional", entry) for entry in sheet.regional]
    others += [(entry["role"], entry) for entry in sheet.staff]
    rows: list[_Row] = [(sheet.slug, sheet.handle, sheet.name, "official", i, sheet.time_zone)]
    rows += [(f"{sheet.slug}_{role}", e["handle"], e["name"], role, i, sheet.time_zone) for role, e in others]
    return rows


def _person_name(k: int) -> tuple[str, str]:
    """Make the handle and the name of the k-th person: 900 pairs of words, then the same pairs with a number."""
    names = read_wordings()["names"]
    size = len(names["first"]) * len(names["second"])
    lap, rest = divmod(k, size)
    # A stride prime to the number of pairs: neighbors do not share a word.
    i, j = divmod(rest * 307 % size, len(names["second"]))
    first, second, suffix = names["first"][i], names["second"][j], str(lap + 1) if lap else ""
    return f"{first}_{second}{suffix}", f"{first.title()} {second.title()} {suffix}".strip()
