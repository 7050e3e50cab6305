"""Whether persons feel better at the end of an episode, by what they heard in between (B16)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import NotEnoughEvidence, unknown_name
from ..inference.affect_change import mean_change
from ..inference.linear import ols_clustered
from ..inference.results import check_level
from ..metrics.feeling_tables import affected
from ..metrics.grouping import Grouping
from ..talks import needs_text, reading_flags, talk_of, with_flags
from ..text.sentiment import THANKS_WORDS, vader_version

__all__ = ["KINDS", "AffectChange", "affect_change"]

#: What a person heard before the last post of an episode, and what each is held against.
KINDS = ("answered", "deflected", "ignored")
CONTRASTS = (("answered", "ignored"), ("deflected", "ignored"), ("answered", "deflected"))

#: How posts are scored: columns of the table of episodes.
SCORED = {"all words": "", "without thanks": "_plain"}

FEWEST_PERSONS = 10

#: Limits nearer to each other than this differ by rounding alone.
STILL = 1e-9


@dataclass(frozen=True)
class AffectChange:
    """Hold how sentiment changes within episodes, by what the person heard.

    Attributes
    ----------
    table
        One row a unit, scoring (`all words`, `without thanks`) and contrast: `unit_id, scored, contrast, effect, low,
        high, p, n` (episodes)`, n_clusters` (persons)`, flags`; the effect is the difference of last sentiment at equal
        first sentiment. No limits, and the flag `no_variation`, where persons do not differ beyond it.
    means
        One row a unit, scoring and kind (`all` first): `unit_id, scored, kind, n, first, last, change, low, high,
        flags`; the change is that from a person's first post of an episode to the last, from -2 to 2.
    single_share
        Share of episodes with one post of the person, which say nothing.
    level, version
        Confidence level; name of the scores.
    flags
        Whether the lexicon fits the language of the corpus.
    """

    table: pd.DataFrame
    means: pd.DataFrame
    single_share: float
    level: float
    version: str
    flags: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Write a sentence a unit."""
        plain = (frame[frame["scored"] == "without thanks"] for frame in (self.means, self.table))
        means, contrasts = plain
        changes = means[means["kind"] == "all"].set_index("unit_id")
        effects = contrasts[contrasts["contrast"] == "answered - ignored"].set_index("unit_id")
        said = [
            f"{unit}: words of thanks left out, persons' last posts are {_told(row, 'change')} from their first; "
            f"{_compared(effects.loc[unit])}."
            for unit, row in changes.iterrows()
        ]
        return "\n".join([*said, f"{self.single_share:.0%} of episodes hold one post and are left out."])

    def _repr_html_(self) -> str:
        return self.table.round(3).to_html(index=False)


def _told(row: pd.Series, name: str) -> str:
    limits = "" if np.isnan(row["low"]) else f" ({row['low']:+.3f} to {row['high']:+.3f})"
    return f"{row[name]:+.3f}{limits}"


def _compared(row: pd.Series) -> str:
    if np.isnan(row["effect"]):
        return "answered and ignored persons cannot be compared"
    told = f"at equal first sentiment the last post after an answer is {_told(row, 'effect')}"
    return f"{told} from that of persons who were ignored and posted again"


def affect_change(talk: Any, by: str = "corpus", *, level: float | None = None) -> AffectChange:
    """Compare the last sentiment of persons who were answered, sent elsewhere, or ignored, at equal first sentiment.

    Whoever starts furious ends closer to the middle whatever happens, so the first sentiment is held equal (ANCOVA).

    Parameters
    ----------
    talk
        From `annotate`.
    by
        `"corpus"` (all together), `"organization"` or `"account"`.
    level
        Confidence level; default that of the definitions.

    Returns
    -------
    AffectChange
        Of episodes in which the person posted twice or more. What an organization wrote after the person's last post
        counts as not heard. Errors are robust to persons. Persons who left are missing: this is no effect of answers on
        all who asked.

    Raises
    ------
    UnknownName
        If `by` is none of the three.
    NotEnoughEvidence
        If the source has no text, or no unit has ten persons who posted twice in an episode.

    References
    ----------
    Herhausen and others 2023.

    Examples
    --------
    >>> import twoway as tw
    >>> found = tw.affect_change(tw.annotate(tw.load_corpus("town_square")))
    >>> found.table["contrast"].unique().tolist()
    ['answered - ignored', 'deflected - ignored', 'answered - deflected']
    """
    talk = talk_of(talk, "affect_change")
    needs_text(talk, "affect_change")
    if by not in {"corpus", "organization", "account"}:
        raise unknown_name(by, ["corpus", "organization", "account"], "level to compare by")
    width = check_level(talk.definitions.level if level is None else level)
    grouping = Grouping(talk, by)
    names = grouping.unit_names()
    episodes = _episodes(talk, grouping)
    tables, means = [], []
    for unit, rows in episodes[episodes["has_two"] == 1].groupby("unit"):
        if unit not in names or rows["cluster"].nunique() < FEWEST_PERSONS:
            continue
        for scored, suffix in SCORED.items():
            means += _means(str(names[unit]), scored, rows, suffix, width)
            tables += _contrasts(str(names[unit]), scored, rows, suffix, width)
    if not tables:
        msg = f"No unit has {FEWEST_PERSONS} persons who posted twice in an episode. It was asked of affect_change. "
        msg += "Take by='corpus', or a corpus that keeps what persons write later."
        raise NotEnoughEvidence(msg)
    flags = reading_flags(talk)
    return AffectChange(
        with_flags(pd.DataFrame(tables), flags),
        pd.DataFrame(means),
        float(episodes["is_single"].mean()),
        width,
        f"{vader_version()}; {vader_version(THANKS_WORDS)}",
        flags,
    )


def _episodes(talk: Any, grouping: Grouping) -> pd.DataFrame:
    scores = [f"{end}{suffix}" for suffix in SCORED.values() for end in ("first", "last")]
    columns = ["unit", "cluster", "at_s", "has_two", "is_single", "is_heard", "is_deflected", *scores]
    table = talk.engine.collect(affected(talk, grouping).select(*columns)).to_pandas()
    kind = np.where(table["is_heard"] == 0, "ignored", np.where(table["is_deflected"] == 1, "deflected", "answered"))
    return table.assign(kind=kind).sort_values(columns, ignore_index=True)


def _means(unit: str, scored: str, rows: pd.DataFrame, suffix: str, level: float) -> list[dict[str, Any]]:
    out = []
    for kind in ("all", *KINDS):
        mine = rows if kind == "all" else rows[rows["kind"] == kind]
        first, last = mine[f"first{suffix}"], mine[f"last{suffix}"]
        found = mean_change(first, last, mine["cluster"], level)
        about = {"unit_id": unit, "scored": scored, "kind": kind, "n": len(mine)}
        numbers = {"first": first.mean(), "last": last.mean(), "change": found.value}
        out.append({**about, **numbers, "low": found.low, "high": found.high, "flags": ",".join(found.flags)})
    return out


def _contrasts(unit: str, scored: str, rows: pd.DataFrame, suffix: str, level: float) -> list[dict[str, Any]]:
    """Fit the last sentiment to the first and to what was heard, with each kind in turn as the reference."""
    fits = {}
    for reference in dict.fromkeys(other for _, other in CONTRASTS):
        columns = {"first": rows[f"first{suffix}"]}
        columns |= {kind: (rows["kind"] == kind).astype(float) for kind in KINDS if kind != reference}
        fits[reference] = ols_clustered(rows[f"last{suffix}"], pd.DataFrame(columns), rows["cluster"], level)
    out = []
    for kind, reference in CONTRASTS:
        fit = fits[reference]
        has_both = {kind, reference} <= set(rows["kind"])
        found = fit.table.set_index("term").reindex([kind]).iloc[0]
        effect = float(found["coefficient"]) if has_both else np.nan
        is_still = has_both and found["high"] - found["low"] <= STILL
        limits = [float(found[name]) if has_both and not is_still else np.nan for name in ("low", "high", "p")]
        reasons = [fit.flags, "no_variation" if is_still else "", "undefined" if np.isnan(effect) else ""]
        about = {"unit_id": unit, "scored": scored, "contrast": f"{kind} - {reference}", "effect": effect}
        counts = {"n": int(fit.n), "n_clusters": int(fit.n_clusters)}
        flags = ",".join(dict.fromkeys(flag for reason in reasons for flag in reason.split(",") if flag))
        out.append({**about, **dict(zip(("low", "high", "p"), limits, strict=True)), **counts, "flags": flags})
    return out
