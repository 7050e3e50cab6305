"""Whether the agents behind an account can be told apart by how they write (D9): of accounts, never of agents."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import partial
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from ..engine import Frame
from ..errors import NotEnoughEvidence, unknown_name
from ..inference.intraclass import icc_oneway
from ..inference.nulls.shuffles import strata_of, week_of
from ..inference.voice import FLAGS, Voice
from ..inference.voice import agent_voice as told_apart
from ..metrics.exchanges import replies_to_persons
from ..metrics.grouping import Grouping
from ..metrics.style_tables import FORMAL
from ..metrics.voice_tables import markers_of
from ..talks import needs_text, talk_of
from ..text.agents import SIGNED, agents_kernel, gram_features

__all__ = ["FLAGS", "AgentVoice", "agent_voice"]

#: Features whose variation between agents is told: columns of the table of replies.
STYLES = {"icc_human_voice": "chv", "icc_words": "n_words", "icc_formality": "formality", "icc_exclamations": "shouts"}

#: Signatures are exchanged within bands of so many hours, for agents work in shifts.
BAND_S = 6 * 3_600


@dataclass(frozen=True)
class AgentVoice:
    """Hold how far wording tells the agents of each account apart. Nothing here is about one agent.

    Attributes
    ----------
    table
        One row an account: `unit_id, voice` (1: always told apart; 0: no better than with exchanged signatures)`, low,
        high` (how far the voice of other weeks might be from it)`, accuracy, accuracy_low, accuracy_high, null_mean, z,
        p, n_agents, n_replies, n_weeks, icc_human_voice, icc_words, icc_formality,
        icc_exclamations` (how much of each feature's variation lies between agents)`, flags`.
    draws, min_replies, min_agents
        As asked for.
    level
        Of the intervals.
    """

    table: pd.DataFrame
    draws: int
    min_replies: int
    min_agents: int
    level: float = 0.95

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Write one sentence."""
        known = self.table[self.table["voice"].notna()]
        told = int(((known["p"] < 0.05) & (known["voice"] > 0)).sum())
        return (
            f"Of {len(known)} accounts with {self.min_agents} agents or more who signed {self.min_replies} replies"
            f" each, wording tells the agents of {told} apart beyond shifts and chance (p < 0.05){self._widest()}."
        )

    def _widest(self) -> str:
        known = self.table[self.table["low"].notna()]
        if known.empty:
            return ""
        row = known.loc[known["voice"].idxmax()]
        limits = f"{row['voice']:.2f}, {100 * self.level:g} % interval over weeks {row['low']:.2f} to {row['high']:.2f}"
        return f"; most those of {row['unit_id']} (voice {limits})"

    def _repr_html_(self) -> str:
        return self.table.round(3).to_html(index=False)


def agent_voice(
    talk: Any,
    by: str = "account",
    *,
    draws: int = 100,
    min_replies: int = 50,
    min_agents: int = 3,
    most: int = 5_000,
    within_hours: bool = True,
) -> AgentVoice:
    """Measure for each account how well its replies tell which agent wrote them, beyond exchanged signatures.

    Replies are described by character 3-grams, signatures taken off, and given to the agent whose replies of all other
    weeks are nearest. How much more is right in one week than in another says how sure that is: limits count weeks as
    clusters, and know that weeks make one another's agents known. They take eight weeks.

    Parameters
    ----------
    talk
        From `annotate`.
    by
        `"account"`, or `"organization"` to take its accounts together; agents are those of one account in any case.
    draws
        Of the null model (N4).
    min_replies, min_agents
        Agents who signed fewer replies are left out; accounts with fewer agents have no value.
    most
        Replies of an account that are read; of more, so many are drawn.
    within_hours
        Whether signatures are exchanged within bands of six hours of a week, so that shifts count as no voice; False
        exchanges them within weeks.

    Returns
    -------
    AgentVoice
        Of accounts only. Agents' numbers are salted, and the salt is thrown away.

    Raises
    ------
    UnknownName
        If `by` is neither of the two.
    NotEnoughEvidence
        If nobody signed a reply.

    Examples
    --------
    >>> import twoway as tw
    >>> found = tw.agent_voice(tw.annotate(tw.load_corpus("town_square")), draws=10)
    >>> "agent" in found.table.columns, bool((found.table["n_agents"] >= 0).all())
    (False, True)
    """
    talk = talk_of(talk, "agent_voice")
    needs_text(talk, "agent_voice")
    _check_level(by)
    grouping = Grouping(talk, by)
    names = grouping.unit_names()
    replies = _signed(talk, grouping)
    if replies["agent"].notna().sum() == 0:
        msg = "No reply is signed, so there are no agents to tell apart. It was asked of agent_voice. "
        msg += "Give a corpus whose replies end in initials, such as ^AB."
        raise NotEnoughEvidence(msg)
    rows = []
    for unit, mine in replies.groupby("unit"):
        if unit in names and mine["agent"].notna().any():
            rng = np.random.default_rng([talk.definitions.seed, int(unit)])
            kept = mine if len(mine) <= most else mine.iloc[np.sort(rng.permutation(len(mine))[:most])]
            least = {"min_replies": min_replies, "min_agents": min_agents}
            found = _told_apart(kept, rng, draws, within_hours=within_hours, level=talk.definitions.level, **least)
            rows.append({"unit_id": str(names[unit]), **found, **_between(kept, min_replies, min_agents)})
    table = pd.DataFrame(rows).sort_values("unit_id", ignore_index=True)
    table["flags"] = table.pop("flags")
    return AgentVoice(table, draws, min_replies, min_agents, talk.definitions.level)


def _check_level(by: str) -> None:
    if by not in {"account", "organization"}:
        raise unknown_name(by, ["account", "organization"], "level of agents")


def _signed(talk: Any, grouping: Any) -> pd.DataFrame:
    """Bring home the replies with their agent's number, wording and style, in order of time."""
    replies = replies_to_persons(talk)
    texts = talk.corpus.post_frame.select("row", "text").join(replies, on="row", how="inner")
    texts = texts.select("row", "text", account="account_ix")
    signed = talk.engine.map_batches(texts, partial(agents_kernel, salt=secrets.randbits(63)), SIGNED)
    signed = signed.with_columns(nw.col("row").cast(talk.engine.index))
    frame: Frame = replies.join(signed.drop("n_characters"), on="row", how="inner")
    frame = frame.join(markers_of(talk), on="row", how="left")
    frame = frame.join(talk.wording.function_words().select("row", "n_parts", *_NAMES), on="row", how="left")
    frame = grouping.put(frame)
    columns = ["unit", "row", "account_ix", "at_s", "agent", "body", "n_words", "n_exclamations", "chv", "n_parts"]
    table = talk.engine.collect(frame.select(*columns, *_NAMES)).to_pandas().sort_values("row", ignore_index=True)
    formal = sum(sign * table[f"n_{name}"] for name, sign in FORMAL.items())
    score = 50 + 50 * formal / table["n_parts"].where(table["n_parts"] > 0)
    # A number of 64 bits does not fit into a floating-point one: agents are numbered anew.
    code = pd.factorize(table["agent"])[0]
    agent = pd.Series(code, index=table.index).where(code >= 0)
    return table.assign(agent=agent, formality=score, shouts=table["n_exclamations"])


_NAMES = tuple(f"n_{name}" for name in FORMAL)


_COUNTS = ("n_agents", "n_replies", "n_weeks")


def _told_apart(
    rows: pd.DataFrame,
    rng: Any,
    draws: int,
    *,
    min_replies: int,
    min_agents: int,
    within_hours: bool,
    level: float,
) -> dict[str, Any]:
    agent = rows["agent"].fillna(-1).astype(int).to_numpy()
    seconds = rows["at_s"].to_numpy()
    week = week_of(seconds)
    band = seconds % 86_400 // BAND_S if within_hours else np.zeros_like(week)
    found: Voice = told_apart(
        gram_features(rows["body"].tolist()),
        agent,
        week,
        rng,
        strata=strata_of(week, band, rows["account_ix"].to_numpy()),
        min_replies=min_replies,
        min_agents=min_agents,
        draws=draws,
        level=level,
    )
    names = ("low", "high", "accuracy", "accuracy_low", "accuracy_high", "null_mean", "z", "p", *_COUNTS)
    return {"voice": found.value, **{n: getattr(found, n) for n in names}, "flags": ",".join(found.flags)}


def _between(rows: pd.DataFrame, min_replies: int, min_agents: int) -> dict[str, float]:
    """Give the intraclass correlation of each feature between agents with enough replies."""
    sizes = rows["agent"].value_counts()
    kept = rows[rows["agent"].isin(sizes.index[sizes >= min_replies])]
    if kept["agent"].nunique() < max(min_agents, 2):
        return dict.fromkeys(STYLES, float("nan"))
    return {name: icc_oneway(kept[column], kept["agent"]).value for name, column in STYLES.items()}
