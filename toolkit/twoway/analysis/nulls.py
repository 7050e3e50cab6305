"""Measured values against null models: is it more than chance would give, with the same people as active as they are.

A reciprocity of 0.4, or a conversation four steps deep, says little by itself. A null model keeps who is how active and
shuffles the rest, or puts posts of others in the place of one's own; the value is given with what the null model gives,
and never alone. The draws are made in numpy, all posts at once: scipy's permutation test knows no strata, and networkx
builds its configuration models arc by arc.
"""

from __future__ import annotations

import html
import sys
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from ..errors import TwowayError
from ..figures.nulls import distances, is_above
from ..inference.nulls.summary import null_summary
from ..metrics.prepared import Grouping
from ..metrics.registry import get_metric
from ..talks import talk_of, wanted_names
from .null_pieces import FloatArray, MatchedNull, UnitIndex, Values
from .null_registry import NULLS, Null, null_of

__all__ = ["FLAGS", "NullTest", "null_test"]

COLUMNS = ["unit_id", "metric", "null", "observed", "null_mean", "null_sd", "z", "p", "excess", "flags"]

#: Flags of null tests, beside those of measured values.
FLAGS = {
    "nothing_moves": "the null model changes nothing here (one organization, or nothing to exchange): no z and no p",
    "coarse_null": "the null model gives fewer than ten different values: read p with care",
    "undefined_null": "the value is undefined in some draws of the null model, which were left out",
    "fewer_posts": "the null model has too few posts for all of the unit's: both are read at fewer, the value here too",
    "small_pool": "too few posts, or none as long, stand in the null model to hold the unit's against: no z and no p",
}

#: Below this p, a value counts as a finding in the sentences of a result.
_NOTABLE = 0.05

_COARSE = 10


@dataclass(frozen=True, eq=False)
class NullTest:
    """Values of metrics beside their null models.

    Attributes
    ----------
    table
        One row a unit and metric: `unit_id, metric, null` (the null model)`, observed, null_mean, null_sd, z, p,
        excess` ((observed - null mean) / (1 - null mean), for reciprocities)`, flags`. Each p is of that test alone.
    ranges
        `unit_id, metric, low, high`: the middle 95 % of the draws.
    by, draws, seed, alternative
        How it was tested.
    """

    table: pd.DataFrame
    ranges: pd.DataFrame
    by: str
    draws: int
    seed: int
    alternative: str

    def plot(self, metric: str | None = None, ax: Any = None, **options: Any) -> Any:
        """Draw one metric of all units against the null's range, or z of all metrics."""
        from ..figures.nulls import plot_null_test

        return plot_null_test(self, metric, ax=ax, **options)

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    @property
    def sentences(self) -> tuple[str, ...]:
        """One sentence a metric."""
        return tuple(_sentence(rows, self.by) for _, rows in self.table.groupby("metric", sort=False))

    def __str__(self) -> str:
        """Write one sentence; `sentences` has one a metric."""
        if len(self.sentences) == 1:
            return self.sentences[0]
        tested = self.table[self.table["p"].notna()]
        telling = tested[tested["p"] <= _NOTABLE]
        above = int(is_above(telling).sum())
        metrics, units = self.table["metric"].nunique(), self.table["unit_id"].nunique()
        return (
            f"Of {len(tested)} values of {metrics} metrics for {units} unit{'' if units == 1 else 's'}, {above} are"
            f" above their null model and {len(telling) - above} below, each tested by itself."
        )

    def _repr_html_(self) -> str:
        rounded = self.table.round(dict.fromkeys(COLUMNS[3:9], 4))
        caption = (
            f"{self.draws:,} draws, seed {self.seed}, p {self.alternative}; each p is of that test alone, "
            "and counts the observed value among the draws."
        )
        return f"<p>{html.escape(caption)}</p>{rounded.to_html(index=False, na_rep='–')}"


def _sentence(rows: pd.DataFrame, by: str) -> str:
    metric, null = rows["metric"].iloc[0], rows["null"].iloc[0]
    tested = rows[rows["p"].notna()]
    if tested.empty:
        return f"{metric} cannot be compared with {null}: it is undefined, or nothing could move."
    if len(tested) == 1:
        row = tested.iloc[0]
        place = "within the range of" if row["p"] > _NOTABLE else "above" if is_above(row) else "below"
        return f"{metric} of {row['unit_id']} is {place} {null}: {_numbers(row)}."
    telling = tested[tested["p"] <= _NOTABLE]
    above = int(is_above(telling).sum())
    many = {"corpus": "units"}.get(by, f"{by}s")
    counts = f"{metric} is above {null} for {above} of {len(tested)} {many} and below for {len(telling) - above}"
    if telling.empty:
        return f"{counts}, each tested by itself."
    far = telling.loc[distances(telling).idxmax()]
    return f"{counts}, each tested by itself; farthest for {far['unit_id']}: {_numbers(far)}."


def _numbers(row: pd.Series) -> str:
    # Where no two draws differ in value there is no z.
    z = "" if np.isnan(row["z"]) else f"z {row['z']:.3g}, "
    return f"{row['observed']:.3g} against {row['null_mean']:.3g}, {z}p {row['p']:.2g}"


def null_test(
    talk: Any,
    metrics: Iterable[str] | str | None = None,
    by: str = "organization",
    draws: int = 200,
    seed: int | None = None,
    *,
    alternative: str = "two-sided",
    progress: bool = True,
) -> NullTest:
    """Compare metrics with what their null models give.

    Parameters
    ----------
    talk
        From `annotate`.
    metrics
        Names; all that have a null model by default (`twoway.analysis.null_registry.NULLS` says what each keeps and
        destroys).
    by
        Level, as in `measure`.
    draws
        Draws of each null model. The smallest p that can be found is 1 / (draws + 1), twice that if two-sided.
    seed
        Of the draws; that of the definitions if left out. A metric's draws do not depend on which others are tested.
    alternative
        `"two-sided"` (twice the smaller tail), `"greater"` (the share of draws at or above the value) or `"less"`.
    progress
        Show a bar on standard error where it takes long.

    Returns
    -------
    NullTest
        One row a unit and metric; values are those of `measure`, but for rows flagged `fewer_posts`.

    Raises
    ------
    UnknownName
        If a metric has no null model, or the level or alternative does not exist.
    SchemaError
        If it is given no talk.
    TwowayError
        If no metric is named, or not at least two draws are asked for.

    Examples
    --------
    >>> import twoway as tw
    >>> from twoway.analysis.nulls import null_test
    >>> talk = tw.annotate(tw.load_corpus("twelve_posts"))
    >>> found = null_test(talk, "interactive_share", draws=50)
    >>> found.table[["unit_id", "metric", "null", "observed"]].values.tolist()
    [['Marrowick Bakery', 'interactive_share', 'N5 shuffled authors', 0.3333333333333333]]
    """
    talk = talk_of(talk, "null_test")
    if not isinstance(draws, Integral) or draws < 2:
        msg = f"draws={draws} says nothing of chance. It was given to null_test. Draw at least twice, better 200 times."
        raise TwowayError(msg)
    every = [name for null in NULLS for name in null.metrics]
    wanted = every if metrics is None else wanted_names(metrics, "metric", "null_test")
    chosen = dict.fromkeys(null_of(name).name for name in wanted)
    units = UnitIndex(talk, Grouping(talk, by))
    root = talk.definitions.seed if seed is None else int(seed)
    tables: dict[str, pd.DataFrame] = {}
    with tqdm(total=draws * len(chosen), desc="null models", delay=2, file=sys.stderr, disable=not progress) as bar:
        for null in NULLS:
            if null.name in chosen:
                samples = _samples(null, talk, units, draws, root, bar)
                for name in (name for name in null.metrics if name in wanted):
                    tables[name] = _table(name, null, samples, units, _lack(name, talk), alternative)
    table = pd.concat([tables[name] for name in dict.fromkeys(wanted)], ignore_index=True)
    ranges = table[["unit_id", "metric", "low", "high"]].copy()
    return NullTest(table[COLUMNS].copy(), ranges, by, draws, root, alternative)


@dataclass(frozen=True, eq=False)
class _Samples:
    """What a null model gives: values, draws and, where it is matched, samples of fewer posts and who lacks them."""

    observed: Values
    drawn: Values
    compared: Values
    lacking: dict[str, Any]


def _samples(null: Null, talk: Any, units: UnitIndex, draws: int, root: int, bar: Any) -> _Samples:
    """Compute the values of all metrics of a null model, and those of its draws."""
    # Each model has a stream of its own, so that leaving one out changes no other.
    rng = np.random.default_rng([root, zlib.crc32(null.name.encode())])
    model = null.build(talk, units)
    compared, lacking = (model.compared(rng), model.lacking()) if isinstance(model, MatchedNull) else ({}, {})
    samples = {name: np.empty((draws, len(units))) for name in null.metrics}
    for i in range(draws):
        drawn = model.draw(rng)
        for name, sample in samples.items():
            sample[i] = drawn[name]
        bar.update()
    return _Samples(model.observed(), samples, compared, lacking)


def _lack(metric: str, talk: Any) -> str:
    """Give the flag of a metric that the source cannot show; empty where it can."""
    missing = get_metric(metric).missing_columns(talk.corpus.knows)
    return "" if not missing else "no_reply_ids" if "parent_id" in missing else "unknown_columns"


def _variety(sample: FloatArray) -> FloatArray:
    """Count the different values of each unit, rounding aside."""
    ordered = np.sort(np.round(sample, 10), axis=0)
    return np.asarray(1 + (np.diff(ordered, axis=0) > 0).sum(axis=0), dtype=float)


def _table(metric: str, null: Null, samples: _Samples, units: UnitIndex, lack: str, alternative: str) -> pd.DataFrame:
    value, sample = np.full(len(units), np.nan) if lack else samples.observed[metric], samples.drawn[metric]
    fewer = samples.compared.get(metric, np.full((1, len(units)), np.nan))
    # A small unit may have no post in some of its samples.
    n = (~np.isnan(fewer)).sum(axis=0)
    is_fewer = ~np.isnan(value) & (n > 0)
    value = np.where(is_fewer, np.nansum(fewer, axis=0) / np.maximum(n, 1), value)
    is_short = samples.lacking.get(metric, np.zeros(len(units), dtype=bool)) & ~np.isnan(value)
    # Draws of other posts differ even where no value does.
    moves = np.full(len(units), bool(samples.lacking))
    found = null_summary(value, sample, alternative, moves=moves, samples=fewer)
    is_blank, is_still = np.isnan(found.observed), np.isnan(found.p)
    room = np.where(is_still | (metric not in null.excess), np.nan, 1 - found.mean)
    columns = {"unit_id": units.names, "metric": metric, "null": null.name, "observed": found.observed}
    columns |= {"null_mean": found.mean, "null_sd": found.sd, "z": found.z, "p": found.p}
    columns |= {"excess": (found.observed - found.mean) / room, "low": found.low, "high": found.high}
    reasons = {
        "undefined": is_blank,
        "nothing_moves": ~is_blank & is_still & ~is_short,
        "coarse_null": ~is_still & (_variety(sample) < _COARSE),
        "undefined_null": ~is_blank & (found.n_draws < len(sample)) & ~is_short,
        "fewer_posts": is_fewer,
        "small_pool": is_short,
        **({lack: is_blank} if lack else {}),
    }
    flags = [",".join(name for name, rule in reasons.items() if rule[i]) for i in range(len(units))]
    return pd.DataFrame({**columns, "flags": flags})
