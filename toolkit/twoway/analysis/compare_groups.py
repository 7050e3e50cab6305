"""Who is compared with whom: groups from a level of measurement, from strategy labels, or from the user's own table."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd
import pyarrow as pa

from ..errors import NotEnoughEvidence, SchemaError, unknown_name
from ..inference.posterior import LabelCuts, label_parts
from ..metrics.measure import measure
from ..metrics.prepared import LEVELS, Grouping

__all__ = ["GroupedTalk", "Groups", "find_groups", "leveled"]

#: From so many organizations in every group on, organizations and not persons are what is drawn.
ENOUGH_ORGANIZATIONS = 5


class GroupedTalk:
    """A talk whose roles are the user's groups, so that whatever can be measured by role can be measured by group.

    All tables stay those of the talk; only accounts' roles are read anew, and those of other accounts are set to none.
    """

    def __init__(self, talk: Any, group_of: Mapping[int, int], names: Iterable[str]) -> None:
        self.talk, self.group_of, self.names = talk, dict(group_of), list(names)
        self.corpus = copy.copy(talk.corpus)
        ix, group = list(self.group_of), list(self.group_of.values())
        table = pa.table(
            {
                "account_ix": pa.array(ix, pa.int64()),
                "_group": pa.array(group, pa.int64()),
                "_name": pa.array([self.names[i] for i in group], pa.string()),
            }
        )
        mapped = talk.engine.from_arrow(table).with_columns(nw.col("account_ix").cast(talk.engine.index))
        frame = talk.corpus.account_frame.join(mapped, on="account_ix", how="left").with_columns(
            role_ix=nw.when(nw.col("is_focal")).then(nw.col("_group").fill_null(-1)).otherwise(nw.col("role_ix")),
            role=nw.when(nw.col("is_focal")).then(nw.col("_name").fill_null("")).otherwise(nw.col("role")),
        )
        self.corpus.account_frame = talk.engine.materialize(frame.drop("_group", "_name"))

    def __getattr__(self, name: str) -> Any:
        """Ask the talk itself for everything else."""
        return getattr(self.talk, name)

    def counting_bots(self) -> GroupedTalk:
        """Return the same with bots counted as persons."""
        return GroupedTalk(self.talk.counting_bots(), self.group_of, self.names)


@dataclass(frozen=True)
class Groups:
    """Hold the groups of a comparison.

    Attributes
    ----------
    talk, level
        Measured by this level, the talk gives one unit a group.
    names
        The groups.
    members
        Group to the organizations or accounts in it; empty where groups are units of a level.
    base
        What the members are: `"organization"` or `"account"`.
    label
        What the groups are called: the level, `"strategy"`, or the name of the user's series.
    """

    talk: Any
    level: str
    names: tuple[str, ...]
    members: dict[str, tuple[str, ...]]
    base: str
    label: str

    @property
    def by_organization(self) -> bool:
        """Whether organizations, not persons, are what chance draws: at least five in every group."""
        sizes = [len(self.members.get(name, ())) for name in self.names]
        return self.base == "organization" and bool(sizes) and min(sizes) >= ENOUGH_ORGANIZATIONS

    def at_level(self, level: float) -> Groups:
        """Return the same groups with intervals at another confidence level."""
        if level == self.talk.definitions.level:
            return self
        talk = self.talk
        if isinstance(talk, GroupedTalk):
            talk = GroupedTalk(leveled(talk.talk, level), talk.group_of, talk.names)
        else:
            talk = leveled(talk, level)
        return Groups(talk, self.level, self.names, self.members, self.base, self.label)


def leveled(talk: Any, level: float) -> Any:
    """Return a talk that shares all tables of another one, with intervals at another confidence level."""
    if level == talk.definitions.level:
        return talk
    twin = copy.copy(talk)
    twin.definitions = talk.definitions.replace(level=level)
    return twin


def find_groups(talk: Any, by: Any, wanted: Iterable[str] | None = None) -> Groups:
    """Find the groups that are to be compared.

    Parameters
    ----------
    talk
        From `annotate`.
    by
        A level of `measure`; `"strategy"`; or a mapping of organizations, or of accounts, to groups.
    wanted
        Keep these groups only.

    Raises
    ------
    UnknownName
        If a level, a group, an organization or an account does not exist.
    SchemaError
        If the mapping holds both organizations and accounts, or is no mapping.
    NotEnoughEvidence
        If fewer than two groups are left.
    """
    if isinstance(by, str) and by in LEVELS:
        names = sorted(set(Grouping(talk, by).unit_names().values()))
        found = Groups(talk, by, _kept(names, wanted, by), {}, by, by)
    else:
        if isinstance(by, str):
            if by != "strategy":
                do = "Or give a mapping of organizations or accounts to groups."
                raise unknown_name(by, [*LEVELS, "strategy"], "grouping to compare by", do=do)
            by = strategy_labels(talk)
        found = _mapped(talk, by, wanted)
    if len(found.names) < 2:
        msg = (
            f"There is only one group, {', '.join(found.names) or 'or none'}. It was found by '{found.label}'. Compare"
            " by another level, or give a mapping with at least two groups."
        )
        raise NotEnoughEvidence(msg)
    return found


def _kept(names: list[str], wanted: Iterable[str] | None, label: str) -> tuple[str, ...]:
    if wanted is None:
        return tuple(names)
    chosen = [wanted] if isinstance(wanted, str) else [str(name) for name in wanted]
    for name in chosen:
        if name not in names:
            raise unknown_name(name, names, f"group of '{label}'")
    return tuple(dict.fromkeys(chosen))


def strategy_labels(talk: Any, by: str = "organization") -> pd.Series:
    """Label each organization, or account, as `tw.strategy` does; those that posted nothing are left out."""
    parts = ["broadcast_part", "deflect_part", "conversation_part"]
    wide = measure(talk, parts, by=by).wide()[parts].dropna()
    d = talk.definitions
    cuts = LabelCuts(broadcast=d.broadcast_cut, deflect=d.deflect_cut, conversational=d.conversational_cut)
    labels = [str(label) for label in label_parts(wide.to_numpy(dtype=float), cuts)] if len(wide) else []
    return pd.Series(labels, index=wide.index, name="strategy", dtype="object")


def _mapped(talk: Any, by: Any, wanted: Iterable[str] | None) -> Groups:
    if not isinstance(by, Mapping | pd.Series):
        msg = (
            f"A {type(by).__name__} says not which unit is in which group. It was given to compare(by=...). Give the"
            " name of a level, 'strategy', or a dict or pandas Series from organizations or accounts to groups."
        )
        raise SchemaError(msg)
    given = pd.Series(dict(by) if isinstance(by, Mapping) else by, dtype="object").dropna()
    label = str(given.name) if given.name is not None else "groups"
    if given.index.has_duplicates:
        twice = given.index[given.index.duplicated()][0]
        msg = (
            f"'{twice}' stands in the mapping twice. It was given to compare(by=...). Give each organization or"
            " account one group."
        )
        raise SchemaError(msg)
    given.index, given = given.index.astype(str), given.astype(str)
    accounts = talk.engine.collect(
        talk.corpus.account_frame.filter(nw.col("is_focal")).select("account_ix", "account_id", "organization")
    ).to_pandas()
    base = _base(given, accounts)
    names = _kept(sorted(set(given)), wanted, label)
    given = given[given.isin(names)]
    place = {name: i for i, name in enumerate(names)}
    column = accounts["organization"] if base == "organization" else accounts["account_id"]
    group = column.map(given).map(place)
    mapped = {int(ix): int(g) for ix, g in zip(accounts["account_ix"], group, strict=True) if g == g}
    members = {name: tuple(sorted(given.index[given == name])) for name in names}
    return Groups(GroupedTalk(talk, mapped, names), "role", names, members, base, label)


def _base(given: pd.Series, accounts: pd.DataFrame) -> str:
    organizations, ids = set(accounts["organization"].dropna()), set(accounts["account_id"])
    for base, known in (("organization", organizations), ("account", ids)):
        if set(given.index) <= known:
            return base
    strangers = [name for name in given.index if name not in organizations | ids]
    if strangers:
        raise unknown_name(strangers[0], organizations | ids, "measured organization or account")
    msg = (
        "The mapping names organizations and accounts side by side. It was given to compare(by=...). Name only one of"
        " the two."
    )
    raise SchemaError(msg)
