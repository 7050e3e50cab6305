"""Linguistic coordination against its null model: who takes up whose words of grammar, beyond length and habit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..inference.coordination import Coordination, mean_known
from ..inference.coordination_null import CoordinationNull, compare_directions, length_left, length_matched
from ..inference.nulls.shuffles import strata_of, week_of
from ..metrics.grouping import Grouping
from ..metrics.measure import measure
from ..metrics.style_tables import SIDES, exchanged_words
from ..talks import talk_of
from ..text.function_words import COORDINATION_CLASSES, words_version

__all__ = ["CoordinationTest", "coordination"]

_DIRECTIONS = ("brand", "public", "difference")


@dataclass(frozen=True)
class CoordinationTest:
    """Hold how far each side takes up the other's words of grammar, beside what chance makes of it.

    Attributes
    ----------
    table
        One row a unit and direction (`brand`: replies to persons; `public`: persons' replies to the account;
        `difference`: the first less the second)`: unit_id, direction, observed, low, high, null_mean, null_sd, z, p`
        (two-sided)`, n` (exchanges)`, length_left` (the correlation of the lengths of post and reply that matching
        left)`, scp` (P(class in reply | in post) - P(class in reply | not in post), the mean over classes)`, flags`.
        Where no reply can be exchanged, as where weeks hold one each, the null model and what follows from it are NaN,
        with the flag `nothing_moves`.
    aggregates
        Means over units, `brand` and `public` apart: `direction, agg1` (of units with all eight classes)`, agg2`
        (missing classes take the mean of the other units)`, agg3` (they take the unit's own mean)`, n_agg1, n_agg3`
        (units behind the first, and behind the others). Which one is chosen can change the sign where data are sparse.
    by, draws, words
        Level, draws of the null model, and the name of the word lists.
    """

    table: pd.DataFrame
    by: str
    draws: int
    words: str
    aggregates: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Write one sentence."""
        rows = self.table[(self.table["direction"] == "difference") & self.table["p"].notna()]
        if rows.empty:
            return "No unit has both directions and replies that can be exchanged: nothing is known beyond chance."
        far = rows[rows["p"] < 0.05]
        defer, units = int((far["z"] > 0).sum()), "1 unit" if len(rows) == 1 else f"{len(rows)} units"
        return (
            f"Of {units} with both directions, {defer} take up persons' words of grammar more than persons take up"
            f" theirs, {len(far) - defer} less, beyond chance (p < 0.05, not corrected for many units)."
        )

    def _repr_html_(self) -> str:
        return self.table.round(3).to_html(index=False)


def coordination(talk: Any, by: str = "organization", *, draws: int = 200) -> CoordinationTest:
    """Hold linguistic coordination of accounts and persons against replies exchanged among posts of like length.

    Parameters
    ----------
    talk
        From `annotate`.
    by
        Level, as in `measure`.
    draws
        Of the null model: replies of one unit and week are exchanged among posts of about the same number of words, so
        style and length stay, and taking up does not.

    Returns
    -------
    CoordinationTest
        Observed values are those of `coordination_brand`, `coordination_public` and `coordination_difference`, with
        their intervals. English only; `lexicon_language_mismatch` says where it is not.

    References
    ----------
    Danescu-Niculescu-Mizil and others 2012.

    Examples
    --------
    >>> import twoway as tw
    >>> found = tw.coordination(tw.annotate(tw.load_corpus("town_square")), draws=20)
    >>> found.table["direction"].unique().tolist(), bool(abs(found.table["null_mean"]).max() < 0.2)
    (['brand', 'public', 'difference'], True)
    """
    talk = talk_of(talk, "coordination")
    grouping = Grouping(talk, by)
    names = grouping.unit_names()
    units = np.array(sorted(names), dtype=np.int64)
    rng = np.random.default_rng(talk.definitions.seed)
    models, left = {}, {}
    for side in SIDES:
        models[side], left[side] = _null_of(talk, grouping, side, units)
    wholes = {side: models[side].found() for side in SIDES}
    taken = {side: _mean_scp(whole) for side, whole in wholes.items()}
    found = compare_directions(models["brand"], models["public"], rng, draws=draws)
    card = measure(talk, [f"coordination_{name}" for name in _DIRECTIONS], by=by).table
    told = card.set_index(["unit_id", "metric"])
    rows = []
    for i, unit in enumerate(units):
        for direction in _DIRECTIONS:
            null, seen = getattr(found, direction), told.loc[(str(names[unit]), f"coordination_{direction}")]
            is_still = any(
                getattr(found, side).sd[i] == 0 for side in (SIDES if direction == "difference" else [direction])
            )
            chance = [np.nan] * 4 if is_still else [null.mean[i], null.sd[i], null.z[i], null.p[i]]
            flags = ",".join(filter(None, [seen["flags"], "nothing_moves" if is_still else ""]))
            numbers = (null.observed[i], seen["low"], seen["high"], *chance)
            lengths, scp = (given[direction][i] if direction in given else np.nan for given in (left, taken))
            told_of = (*map(float, numbers), int(seen["n"]), lengths, scp, flags)
            rows.append((str(names[unit]), direction, *told_of))
    columns = ["unit_id", "direction", "observed", "low", "high", "null_mean", "null_sd", "z", "p", "n"]
    table = pd.DataFrame(rows, columns=[*columns, "length_left", "scp", "flags"])
    table = table.sort_values(["unit_id"], kind="stable", ignore_index=True)
    return CoordinationTest(table, by, draws, words_version(), _aggregates(wholes))


def _aggregates(wholes: dict[str, Coordination]) -> pd.DataFrame:
    names = ("agg1", "agg2", "agg3", "n_agg1", "n_agg3")
    rows = [{"direction": side, **{name: getattr(whole, name) for name in names}} for side, whole in wholes.items()]
    return pd.DataFrame(rows)


def _mean_scp(whole: Coordination) -> Any:
    return mean_known(whole.scp, ~np.isnan(whole.scp))


def _null_of(talk: Any, grouping: Grouping, side: str, units: Any) -> tuple[CoordinationNull, list[float]]:
    """Build the null model of one side, and say for each unit what matching left of the lengths."""
    classes = range(len(COORDINATION_CLASSES))
    columns = [f"{what}_{i}" for what in ("had", "has") for i in classes]
    frame = grouping.put(exchanged_words(talk, side)).select(
        "unit", "row", "parent_row", "at_s", "n_had", "n_has", *columns
    )
    table = talk.engine.collect(frame).sort_by([("row", "ascending"), ("parent_row", "ascending")])
    inside = np.isin(table["unit"].to_numpy(), units)
    speaker = np.searchsorted(units, table["unit"].to_numpy()[inside])
    had, has = (
        np.column_stack([table[f"{what}_{i}"].to_numpy()[inside] > 0 for i in classes]) for what in ("had", "has")
    )
    words, sizes = (table[name].to_numpy()[inside] for name in ("n_had", "n_has"))
    week = week_of(table["at_s"].to_numpy()[inside])
    weeks = np.unique(np.column_stack([speaker, week]), axis=0, return_inverse=True)[1].reshape(-1)
    strata = length_matched(weeks, words)
    model = CoordinationNull(had, has, speaker, strata, n_speakers=len(units))
    return model, [_left(words, sizes, strata, speaker == i) for i in range(len(units))]


def _left(words: Any, sizes: Any, strata: Any, mine: Any) -> float:
    return length_left(words[mine], sizes[mine], strata_of(strata.codes[mine])) if mine.sum() > 1 else float("nan")
