"""How often intervals hold the truth of a population, by numbers of clusters: all metrics, one way of asking.

One large simulated corpus is the population, and the value of a metric over all of it the truth. A sample is a number
of the metric's own clusters (persons, days, conversations) drawn with replacement; its sums or rows go through the same
functions as those of a measured corpus (`metrics.evaluate`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from calibration import plain_words

import twoway as tw
from twoway.metrics.evaluate import (
    Outcome,
    competing_outcomes,
    posterior_outcomes,
    ratio_outcomes,
    rows_outcomes,
    smooth_outcome,
    survival_outcomes,
)
from twoway.metrics.kinds import Competing, Composite, Distribution, Posterior, Ratio, Rows, Smooth, Survival
from twoway.metrics.prepared import Grouping, prepare
from twoway.metrics.registry import Metric, all_metrics
from twoway.metrics.sums import UnitSums
from twoway.simulate import simulate_tables

SIZES = (20, 100, 1_000)
SAMPLES = 500
DAY = 86_400

#: Why a metric is not judged here.
EXCEPTIONS = {
    "effective_templates": "grows with the number of replies sampled: no fixed truth",
    "effective_templates_dominant": "grows with the number of replies sampled: no fixed truth",
    "effective_persons": "grows with the number of persons sampled: no fixed truth",
    "effective_size": "grows with the number of persons sampled: no fixed truth",
    "new_tie_rate": "grows with the number of persons sampled: no fixed truth",
    "relative_compression": "judged over at most twenty groups of days: fewer than the smallest sample asks for",
    "burstiness": "its correction for few gaps depends on how many weeks are sampled: no fixed truth",
    "burstiness_originals": "its correction for few gaps depends on how many weeks are sampled: no fixed truth",
    "burstiness_replies": "its correction for few gaps depends on how many weeks are sampled: no fixed truth",
    "near_duplicate_share_monthly": "no organization of the population writes 200 replies in a month",
    "persons_per_100_directed": "a day drawn twice brings the same persons twice: no fixed truth",
    "persons_rarefied": "a day drawn twice brings the same persons twice: no fixed truth",
    "conversation_size_median": "a quantile of single conversations: judged in tests/inference/test_coverage.py",
    "conversation_size_p90": "a quantile of single conversations: judged in tests/inference/test_coverage.py",
    "conversation_duration_median": "a quantile of single conversations: judged in tests/inference/test_coverage.py",
    "content_classes_seen": "has no interval: more units can only add to it",
    "dialogic_interface_share": "the town's accounts have no profiles",
    "amplification_asymmetry": "the town's accounts pass nothing on: judged in tests/inference/test_parity_effects.py",
    "profile_bio_share": "the town's accounts have no profiles",
    "profile_link_share": "the town's accounts have no profiles",
    "profile_author_share": "the town's accounts have no profiles",
    "top_followed_share": "who is in the top tenth is set by the persons sampled: no fixed truth",
}

_PARTS = ("undirected", "part_deflect", "part_open")


#: Metrics of the catalogue that read what was said: judged in the town's own words, of which plain ones have too few.
READ = (
    "A4",
    "A5",
    "A6",
    "A7",
    "A8",
    "A9",
    "A10",
    "A11",
    "A12",
    "B6",
    "B8",
    "B9",
    "B11",
    "B14",
    "B15",
    "B16",
    "C10",
    "C14",
)


def reads_words(metric: Metric) -> bool:
    """Whether a metric rests on what was said rather than on who answered whom."""
    return metric.catalog.startswith("D") or metric.catalog in READ


def population(seed: int = 20_260_101, *, own_words: bool = False) -> tw.Interactions:
    """Make the population: months of a town in plain words or its own, with threads that were limited."""
    made = simulate_tables(
        seed,
        n_organizations=8,
        n_people=3_000,
        days=330,
        posts=30_000,
        parameters={"person_sd": 0.5, "n_bots": 0, "rounds": 3},
    )
    posts = made.posts if own_words else plain_words(made)
    limited = np.random.default_rng(seed).random(len(posts)) < 0.03
    people = made.accounts.copy()
    corpus = tw.Corpus(posts.assign(is_restricted=limited), people, window=made.window)
    definitions = tw.Definitions(wash_in_s=30 * DAY, give_up_s=30 * DAY, silence_end_s=60 * DAY, draws=400)
    return tw.annotate(corpus, definitions)


@dataclass(frozen=True)
class Pool:
    """The rows of one prepared table, by cluster, and the metrics that are read off them."""

    metrics: dict[str, Metric]
    columns: dict[str, np.ndarray]
    starts: np.ndarray
    ends: np.ndarray
    is_summed: bool

    def sample(self, rng: np.random.Generator | None, m: int) -> dict[str, Any]:
        """Draw clusters with replacement; all of them, once, without a generator."""
        n = len(self.starts)
        drawn = np.arange(n) if rng is None else rng.integers(0, n, m)
        if self.is_summed:
            return {name: values[drawn] for name, values in self.columns.items()}
        lengths = (self.ends - self.starts)[drawn]
        place = np.repeat(self.starts[drawn] - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
        rows = {name: values[place] for name, values in self.columns.items()}
        return {**rows, "cluster": np.repeat(np.arange(len(drawn)), lengths)}


def pools(talk: tw.Interactions, *, read: bool = False) -> Iterator[Pool]:
    """Prepare every table once, and group its metrics by what is drawn and how they are evaluated.

    Those that read what was said, or the others.
    """
    groups: dict[tuple[str, str, bool], dict[str, Metric]] = defaultdict(dict)
    for name, metric in all_metrics().items():
        spec = metric.declare()
        if name in EXCEPTIONS or isinstance(spec, Composite | Distribution) or reads_words(metric) != read:
            continue
        groups[metric.table, metric.cluster or "cluster", isinstance(spec, Ratio | Smooth | Posterior)][name] = metric
    for (table, cluster, is_summed), metrics in groups.items():
        rows = talk.engine.collect(prepare(talk, table, Grouping(talk, "corpus"))).to_pandas()
        wanted = dict.fromkeys(c for m in metrics.values() for c in _columns(m.declare()) if c in rows)
        yield _pool(rows, cluster, list(wanted), metrics, is_summed=is_summed)


def _columns(spec: Any) -> tuple[str, ...]:
    if isinstance(spec, Ratio):
        return spec.columns
    if isinstance(spec, Smooth):
        return (*spec.columns, spec.count, *spec.low, *spec.high)
    if isinstance(spec, Posterior):
        return _PARTS
    if isinstance(spec, Rows):
        return spec.columns
    return ("time", "event" if isinstance(spec, Survival) else "cause", "could_hide", "could_drop")


def _pool(rows: pd.DataFrame, cluster: str, columns: list[str], metrics: dict[str, Metric], *, is_summed: bool) -> Pool:
    if is_summed:
        sums = rows.groupby(cluster)[columns].sum().astype(float)
        n = np.arange(len(sums))
        return Pool(metrics, {c: sums[c].to_numpy() for c in columns}, n, n + 1, is_summed)
    rows = rows.sort_values(cluster, kind="stable")
    starts = np.flatnonzero(np.r_[True, rows[cluster].to_numpy()[1:] != rows[cluster].to_numpy()[:-1]])
    return Pool(metrics, {c: rows[c].to_numpy() for c in columns}, starts, np.r_[starts[1:], len(rows)], is_summed)


def evaluate(pool: Pool, sample: dict[str, Any], d: tw.Definitions) -> dict[str, Outcome]:
    """Evaluate all metrics of a pool as `measure` does."""
    out: dict[str, Outcome] = {}
    specs = {name: metric.declare() for name, metric in pool.metrics.items()}
    if not pool.is_summed:
        for kind, ask in ((Survival, survival_outcomes), (Competing, competing_outcomes), (Rows, rows_outcomes)):
            mine = {name: pool.metrics[name] for name, spec in specs.items() if isinstance(spec, kind)}
            out |= ask(sample, mine, d) if mine else {}
        return out
    sums = UnitSums(sample, {c: int((v != 0).sum()) for c, v in sample.items()})
    ratios = {name: spec for name, spec in specs.items() if isinstance(spec, Ratio)}
    out |= ratio_outcomes(sums, ratios, d, bootstrap=False) if ratios else {}
    for name, spec in specs.items():
        if isinstance(spec, Smooth):
            out[name] = smooth_outcome(sums, pool.metrics[name], spec, d, bootstrap=False)
    parts = {name: pool.metrics[name] for name, spec in specs.items() if isinstance(spec, Posterior)}
    return out | (posterior_outcomes(sums.table(_PARTS), parts, d) if parts else {})


def count(
    talk: tw.Interactions,
    samples: int = SAMPLES,
    sizes: tuple[int, ...] = SIZES,
    seed: int = 1,
    *,
    read: bool = False,
) -> pd.DataFrame:
    """Count for every metric and number of clusters how often the interval holds the truth.

    Returns
    -------
    pandas.DataFrame
        `metric, clusters, truth, samples, undefined, without, covered, below, above, open, width, methods`.
    """
    d = talk.definitions
    rows = []
    for pool in pools(talk, read=read):
        truth = evaluate(pool, pool.sample(None, 0), d)
        for m in sizes:
            rng = np.random.default_rng([seed, m])
            found = [evaluate(pool, pool.sample(rng, m), d) for _ in range(samples)]
            rows += [_tally(name, m, pool.metrics[name], truth[name].value, found) for name in pool.metrics]
    return pd.DataFrame(rows).sort_values(["metric", "clusters"], ignore_index=True)


def _tally(name: str, m: int, metric: Metric, truth: float, found: list[dict[str, Outcome]]) -> dict[str, Any]:
    outcomes = [one[name] for one in found if name in one]
    value = np.array([o.value for o in outcomes])
    low, high = (np.clip([getattr(o.interval, side) for o in outcomes], *metric.span) for side in ("low", "high"))
    has = ~(np.isnan(low) | np.isnan(high)) & ~np.isnan(value)
    is_open = has & (np.isinf(low) | np.isinf(high))
    below, above = has & (truth < low), has & (truth > high)
    closed = has & ~is_open
    return {
        "metric": name,
        "clusters": m,
        "truth": truth,
        "samples": len(found),
        "undefined": len(found) - int((~np.isnan(value)).sum()),
        "without": len(found) - int(has.sum()),
        "covered": int((has & ~below & ~above).sum()),
        "below": int(below.sum()),
        "above": int(above.sum()),
        "open": int(is_open.sum()),
        "width": float((high - low)[closed].mean()) if closed.any() else np.nan,
        "methods": " ".join(sorted({o.interval.method for o in outcomes if o.interval.method not in ("", "none")})),
    }
