"""Compare groups: how far apart are they, how sure is that, and is it more than chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from ..errors import NotEnoughEvidence, TwowayError, unknown_name
from ..inference.bounds import difference_bounds
from ..inference.differences import (
    CORRECTIONS,
    adjust_p,
    is_equivalent,
    paired_difference,
    ratio_of_two,
    tost_level,
)
from ..inference.effect_sizes import cohens_h, log_ratio, standardized_difference
from ..inference.regrouping import Regrouped
from ..inference.results import Interval
from ..metrics.registry import Metric, get_metric
from ..metrics.scorecard import Scorecard
from ..talks import talk_of, wanted_names
from .compare_groups import Groups, find_groups, leveled
from .compare_refusals import refuse_circular
from .compare_result import COLUMNS, FLAGS, Comparison
from .compare_values import Measured, measured_values

__all__ = ["COLUMNS", "FLAGS", "Comparison", "compare"]


def compare(
    card_or_talk: Any,
    metric: str | Iterable[str],
    by: Any = "role",
    *,
    groups: Iterable[str] | None = None,
    reference: str | None = None,
    equivalence: float | Mapping[str, float] | None = None,
    correction: str = "bh",
    draws: int = 2000,
    seed: int | None = None,
    level: float | None = None,
    circular_ok: bool = False,
) -> Comparison:
    """Compare metrics between groups: difference, ratio, effect size, interval, and a test corrected for their number.

    Intervals are built from the groups' own (MOVER). The test deals persons (or days, conversations) to the groups
    anew; organizations, where every group holds at least five. A group of several organizations is measured as if
    they were one.

    Parameters
    ----------
    card_or_talk
        A scorecard, or what `annotate` returns.
    metric
        A name, or several.
    by
        `"role"`, `"organization"`, `"account"` or `"month"`; `"strategy"` for the labels of `tw.strategy`; or a
        mapping or series from organizations, or accounts, to groups.
    groups
        Compare these groups only.
    reference
        Compare each other group with this one, instead of all pairs.
    equivalence
        The largest difference that does not matter, in the unit of the metric: one number, or one a metric. Groups
        are called equivalent if the interval at twice the error (90 % for 95 %) lies within it.
    correction
        `"bh"`, `"holm"` or `"none"`, over everything asked in one call.
    draws, seed
        Of the test; the seed of the definitions by default.
    level
        Confidence level; that of the definitions by default.
    circular_ok
        Compare even where the groups seem to be made from the metric itself.

    Returns
    -------
    Comparison
        One row a metric and pair of groups. Units of a level without a value are left out, and named.

    Raises
    ------
    UnknownName
        If a metric, level, group, organization, account or correction does not exist.
    TwowayError
        If the groups are made from what is compared, or a number is out of range.
    SchemaError
        If it is given no talk, or groups in a form that cannot be read.
    NotEnoughEvidence
        If no metric is named, a group that was asked for has no value, or fewer than two have one.

    Examples
    --------
    >>> import twoway as tw
    >>> from twoway.analysis.compare import compare
    >>> talk = tw.annotate(tw.load_corpus("town_square"))
    >>> found = compare(talk, "deflection_rate", groups=["care", "official"], draws=200)
    >>> found.table[["group_a", "group_b", "difference", "low", "high"]].round(2).to_numpy().tolist()
    [['care', 'official', 0.27, 0.21, 0.32]]
    """
    talk, card = talk_of(card_or_talk, "compare"), card_or_talk if isinstance(card_or_talk, Scorecard) else None
    metrics = {name: get_metric(name) for name in wanted_names(metric, "metric", "compare")}
    _check_draws(draws)
    if correction not in CORRECTIONS:
        raise unknown_name(correction, CORRECTIONS, "correction for many comparisons")
    margins = _margins(equivalence, metrics)
    wide = talk.definitions.level if level is None else level
    found = find_groups(leveled(talk, wide), by, _with_reference(groups, reference))
    if not circular_ok:
        refuse_circular(found, metrics)
    if reference is not None and reference not in found.names:
        raise unknown_name(reference, found.names, "group to refer to")
    values = measured_values(found, metrics, card if wide == talk.definitions.level else None)
    narrow = measured_values(found.at_level(tost_level(wide)), metrics, None) if margins else None
    names, left_out = _with_values(
        found, metrics, values, reference, is_asked=groups is not None or bool(found.members)
    )
    asked = [(one, a, b) for name, one in metrics.items() for a, b in _pairs(names[name], reference)]
    tests = [values.test(*each, draws=draws, seed=talk.definitions.seed if seed is None else seed) for each in asked]
    rows = [_row(*each, values, test) for each, test in zip(asked, tests, strict=True)]
    if narrow is not None:
        for row, each, test in zip(rows, asked, tests, strict=True):
            row |= _equivalence(*each, narrow, test, margins[each[0].name])
    table = _table(rows, correction, wide)
    return Comparison(table, found.label, wide, correction, draws, left_out, talk.definitions)


def _check_draws(draws: int) -> None:
    if not isinstance(draws, Integral) or draws < 1:
        msg = f"draws={draws!r} is no number of draws. It was given to compare. Give a whole number, such as 2000."
        raise TwowayError(msg)


def _with_reference(groups: Iterable[str] | None, reference: str | None) -> list[str] | None:
    if groups is None:
        return None
    listed = [groups] if isinstance(groups, str) else list(groups)
    return [*listed, reference] if reference is not None and reference not in listed else listed


def _margins(equivalence: float | Mapping[str, float] | None, metrics: Mapping[str, Metric]) -> dict[str, float]:
    if equivalence is None:
        return {}
    given = equivalence if isinstance(equivalence, Mapping) else dict.fromkeys(metrics, equivalence)
    for name in metrics:
        if name not in given:
            raise unknown_name(name, given, "metric with a margin of equivalence")
        if not isinstance(given[name], Real) or not given[name] > 0:
            msg = (
                f"equivalence={given[name]!r} is no margin for {name}. It was given to compare. Give a number above 0,"
                " the largest difference that does not matter."
            )
            raise TwowayError(msg)
    return {name: float(given[name]) for name in metrics}


def _with_values(
    found: Groups, metrics: Mapping[str, Metric], values: Measured, reference: str | None, *, is_asked: bool
) -> tuple[dict[str, list[str]], dict[str, tuple[str, ...]]]:
    """Keep for each metric the groups that have a value; refuse if one was asked for by name, or too few are left."""
    kept, left_out = {}, {}
    for name in metrics:
        known = [group for group in found.names if not np.isnan(values.interval(group, name).value)]
        blank = tuple(group for group in found.names if group not in known)
        if (blank and is_asked) or reference in blank or len(known) < 2:
            flags = {flag for group in blank for flag in values.flags(group, name)}
            why = "the curve never falls that far" if "not_reached" in flags else metrics[name].undefined
            msg = (
                f"{name} has no value for {', '.join(blank[:5])}{' and others' if len(blank) > 5 else ''}:"
                f" {why}. It was to be compared by '{found.label}'. Leave these groups out with"
                " groups=[...], or compare another metric."
            )
            raise NotEnoughEvidence(msg)
        kept[name] = known
        if blank:
            left_out[name] = blank
    return kept, left_out


def _pairs(names: list[str], reference: str | None) -> list[tuple[str, str]]:
    if reference is None:
        return list(combinations(names, 2))
    return [(name, reference) for name in names if name != reference]


def _row(metric: Metric, a: str, b: str, values: Measured, test: Regrouped | None) -> dict[str, Any]:
    one, other = values.interval(a, metric.name), values.interval(b, metric.name)
    correlation = test.correlation if test is not None else 0.0
    gap = paired_difference(one, other, correlation)
    ratio = _ratio(metric, one, other, correlation)
    bounds = difference_bounds(values.bounds(a, metric.name), values.bounds(b, metric.name))
    effect, size = _effect(metric, one, other)
    flags = [*values.flags(a, metric.name), *values.flags(b, metric.name)]
    if test is None or np.isnan(test.p):
        flags.append("no_permutation")
    else:
        flags += ["shared_clusters"] if test.shared > 0 else []
        flags += ["fewest_draws"] if test.is_floor else []
    return {
        "metric": metric.name,
        "group_a": a,
        "group_b": b,
        "value_a": one.value,
        "value_b": other.value,
        "difference": gap.value,
        "low": gap.low,
        "high": gap.high,
        "lower_bound": bounds.low,
        "upper_bound": bounds.high,
        "ratio": ratio.value,
        "ratio_low": ratio.low,
        "ratio_high": ratio.high,
        "effect_size": size,
        "effect": effect,
        "p": np.nan if test is None else test.p,
        "margin": np.nan,
        "equivalent": None,
        "n_a": values.n(a, metric.name),
        "n_b": values.n(b, metric.name),
        "n_clusters_a": one.n_clusters,
        "n_clusters_b": other.n_clusters,
        "shared": np.nan if test is None else test.shared,
        "method": f"{gap.method}; {values.words(metric, is_tested='no_permutation' not in flags)}",
        "flags": ",".join(dict.fromkeys(flags)),
    }


def _table(rows: list[dict[str, Any]], correction: str, level: float) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=COLUMNS)
    table["p_adjusted"] = adjust_p(table["p"].astype(float), correction)
    table["equivalent"] = table["equivalent"].astype("boolean")
    table["flags"] = [_with_disagreement(row, level) for row in table.itertuples()]
    return table


def _with_disagreement(row: Any, level: float) -> str:
    """Flag a test that finds a difference where the interval holds zero, or none where it does not."""
    by_p, by_interval = row.p_adjusted <= 1 - level, not row.low <= 0 <= row.high
    is_blank = pd.isna(row.p_adjusted) or pd.isna(row.low) or pd.isna(row.high)
    return row.flags if is_blank or by_p == by_interval else ",".join(filter(None, [row.flags, "test_disagrees"]))


def _equivalence(
    metric: Metric, a: str, b: str, narrow: Measured, test: Regrouped | None, margin: float
) -> dict[str, Any]:
    pair = narrow.interval(a, metric.name), narrow.interval(b, metric.name)
    gap = paired_difference(*pair, test.correlation if test is not None else 0.0)
    return {"margin": margin, "equivalent": is_equivalent(gap, margin)}


def _ratio(metric: Metric, one: Interval, other: Interval, correlation: float) -> Interval:
    """Give the ratio of two values of a metric that cannot be negative."""
    if metric.span[0] < 0:
        return Interval(np.nan, np.nan, method="none", level=one.level)
    return ratio_of_two(one, other, correlation)


def _effect(metric: Metric, one: Interval, other: Interval) -> tuple[str, float]:
    """Choose the effect size that fits the metric: shares, other values above 0, values that can be negative."""
    if metric.unit == "share" and metric.span == (0.0, 1.0):
        return "cohens_h", cohens_h(one.value, other.value)
    if metric.span[0] >= 0:
        return "log_ratio", log_ratio(one.value, other.value)
    return "standardized_difference", standardized_difference(one, other)
