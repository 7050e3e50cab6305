"""The acted-social gap: accounts that sound human but whose replies would fit anyone (D12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import NotEnoughEvidence, SchemaError
from ..inference.ranks import RankSets, rank_sets
from ..inference.results import normal_quantile
from ..metrics.measure import measure
from ..metrics.scorecard import Scorecard
from ..talks import needs_text, talk_of

__all__ = ["FEWEST_UNITS", "ActedSocialGap", "acted_social_gap"]

#: Fewer units make no ranks to speak of.
FEWEST_UNITS = 10

_PARTS = ("human_voice", "reply_specificity", "template_share")


@dataclass(frozen=True)
class ActedSocialGap:
    """Hold the gap between how human each unit sounds and how personal its replies are.

    Attributes
    ----------
    table
        One row a unit: `unit_id, gap, low, high, human_voice, substance` (the mean of 2 * specificity - 1, 1 - template
        share and, where given, voice)`, voice_rank, substance_rank` (0 last, 1 first) and the ends of both rank sets,
        `voice_low, ..., substance_high`; the largest gap first.
    left_out
        Units without a value, by name.
    by, level, parts
        Level; confidence that all gaps lie in their limits; what substance is made of.
    """

    table: pd.DataFrame
    left_out: tuple[str, ...]
    by: str
    level: float
    parts: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Write one sentence."""
        sure = self.table[self.table["low"] > 0]["unit_id"].tolist()
        named = f": {', '.join(map(str, sure))}" if sure else ""
        return (
            f"Of {len(self.table)} units, {len(sure)} surely rank higher in human voice than in personal replies"
            f"{named}."
        )

    def _repr_html_(self) -> str:
        return self.table.round(3).to_html(index=False)


def acted_social_gap(
    card_or_talk: Any, by: str = "organization", *, voices: Any = None, level: float | None = None
) -> ActedSocialGap:
    """Compare the rank of each unit in human voice with its rank in replies that are personal and no script.

    Parameters
    ----------
    card_or_talk
        From `measure`, with `human_voice`, `reply_specificity` and `template_share`, or from `annotate`.
    by
        Level, as in `measure`, if a talk is given.
    voices
        From `agent_voice` at the same level, to let individual voice count too; without it, that part is dropped.
    level
        Confidence that all gaps lie in their limits; default that of the definitions.

    Returns
    -------
    ActedSocialGap
        -1 to 1; above 0, a unit sounds more human than its replies are personal. Limits come from the simultaneous
        rank sets of both sides, so they are wide. The parts of substance are taken to err independently.

    Raises
    ------
    SchemaError
        If the card lacks a metric.
    NotEnoughEvidence
        If fewer than ten units have all values: `marker_in_template_share` says it of a single one.

    Examples
    --------
    >>> import twoway as tw
    >>> found = tw.acted_social_gap(tw.annotate(tw.load_corpus("town_square")))
    >>> len(found.table) >= 10, bool((found.table["low"] <= found.table["gap"]).all())
    (True, True)
    """
    is_card = isinstance(card_or_talk, Scorecard)
    if not is_card or card_or_talk.talk is not None:
        needs_text(_talk(card_or_talk), "acted_social_gap")
    card = card_or_talk if is_card else measure(_talk(card_or_talk), list(_PARTS), by=by)
    values = _values(card, voices)
    known = values[values[["chv", "chv_se", "sub", "sub_se"]].notna().all(axis=1)]
    if len(known) < FEWEST_UNITS:
        msg = f"{len(known)} units have human voice, specificity and templates with limits; ranks need {FEWEST_UNITS}. "
        msg += "It was asked of acted_social_gap. Read marker_in_template_share, which needs no ranks."
        raise NotEnoughEvidence(msg)
    told = card.definitions.level if card.definitions is not None else 0.95
    width = told if level is None else level
    # Both families of rank sets have to hold at once.
    each = 1 - (1 - width) / 2
    voice = rank_sets(known["chv"], known["chv_se"], level=each)
    substance = rank_sets(known["sub"], known["sub_se"], level=each)
    parts = ("specificity", "free of templates", *(("agents' voice",) if voices is not None else ()))
    left_out = tuple(map(str, values.index.difference(known.index)))
    return ActedSocialGap(_table(known, voice, substance), left_out, card.by, width, parts)


def _talk(given: Any) -> Any:
    return talk_of(given, "acted_social_gap")


def _values(card: Scorecard, voices: Any) -> pd.DataFrame:
    """Give each unit its human voice and substance, with standard errors from their limits."""
    missing = [name for name in _PARTS if name not in set(card.table["metric"])]
    if missing:
        msg = f"The card lacks {', '.join(missing)}. It was given to acted_social_gap. Measure {', '.join(_PARTS)}."
        raise SchemaError(msg)
    value = card.select(*_PARTS).wide()
    base = card.definitions.level if card.definitions is not None else 0.95
    width = 2 * float(normal_quantile(base))
    spread = card.table.assign(se=(card.table["high"] - card.table["low"]) / width)
    se = spread.pivot_table(index="unit_id", columns="metric", values="se").reindex(value.index, columns=list(_PARTS))
    parts = pd.DataFrame(
        {"spec": 2 * value["reply_specificity"] - 1, "free": 1 - value["template_share"]}, index=value.index
    )
    errors = pd.DataFrame({"spec": 2 * se["reply_specificity"], "free": se["template_share"]}, index=value.index)
    if voices is not None:
        # Its spread under exchanged signatures stands for its error.
        told = voices.table.set_index("unit_id").reindex(value.index)
        parts["voice"] = told["voice"]
        errors["voice"] = ((told["accuracy"] - told["null_mean"]) / told["z"]).abs() / (1 - told["null_mean"])
    n = parts.notna().sum(axis=1)
    needed = parts[["spec", "free"]].notna().any(axis=1)
    return pd.DataFrame(
        {
            "chv": value["human_voice"],
            "chv_se": se["human_voice"],
            "sub": parts.mean(axis=1).where(needed),
            "sub_se": np.sqrt((errors.where(parts.notna()) ** 2).sum(axis=1, min_count=1)) / n,
        }
    )


def _table(known: pd.DataFrame, voice: RankSets, substance: RankSets) -> pd.DataFrame:
    size = len(known)

    def share(place: Any) -> Any:
        return (size - np.asarray(place, dtype=float)) / (size - 1)

    ranks = {name: share(known[column].rank(ascending=False)) for name, column in (("v", "chv"), ("s", "sub"))}
    ends = {
        "voice_low": share(voice.high),
        "voice_high": share(voice.low),
        "substance_low": share(substance.high),
        "substance_high": share(substance.low),
    }
    table = pd.DataFrame(
        {
            "unit_id": known.index.astype(str),
            "gap": ranks["v"] - ranks["s"],
            "low": ends["voice_low"] - ends["substance_high"],
            "high": ends["voice_high"] - ends["substance_low"],
            "human_voice": known["chv"].to_numpy(),
            "substance": known["sub"].to_numpy(),
            "voice_rank": ranks["v"],
            "substance_rank": ranks["s"],
            **ends,
        }
    )
    return table.sort_values(["gap", "unit_id"], ascending=[False, True], ignore_index=True)
