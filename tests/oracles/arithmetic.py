"""Formulas on plain lists of numbers."""

from __future__ import annotations

import math
from fractions import Fraction

NAN = float("nan")


def ratio(part, whole):
    return (float(part) / float(whole) if whole else NAN, whole)


def share(rows, test):
    rows = list(rows)
    return ratio(sum(1 for row in rows if test(row)), len(rows))


def mean(values):
    values = [value for value in values if value == value]
    return (math.fsum(values) / len(values) if values else NAN, len(values))


def quantile(values, level):
    """Return the quantile by linear interpolation between the sorted values."""
    ordered = sorted(values)
    if not ordered:
        return (NAN, 0)
    place = level * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return (ordered[below] + (place - below) * (ordered[above] - ordered[below]), len(ordered))


def not_exceeded_by(values, level):
    """Return the value that just this part of the values do not exceed; the mean of two where the cut is between."""
    ordered = sorted(values)
    if not ordered:
        return (NAN, 0)
    rank = level * len(ordered)
    first = ordered[max(math.ceil(rank), 1) - 1]
    second = ordered[int(rank)] if rank == int(rank) and rank < len(ordered) else first
    return ((first + second) / 2, len(ordered))


def entropy(counts, base=math.e):
    total = sum(counts)
    if not total:
        return NAN
    return -math.fsum(c / total * math.log(c / total, base) for c in counts if c)


def kaplan_meier(durations):
    """Return [(time, survival)] for (time, answered) pairs, as exact fractions."""
    steps, survival = [], Fraction(1)
    for time in sorted({t for t, answered in durations if answered}):
        at_risk = sum(1 for t, _ in durations if t >= time)
        deaths = sum(1 for t, answered in durations if answered and t == time)
        survival *= Fraction(at_risk - deaths, at_risk)
        steps.append((time, survival))
    return steps


def survival_at(durations, time):
    """Return S(time); NaN where nobody was followed that long and somebody was still waiting."""
    steps = kaplan_meier(durations)
    value = Fraction(1)
    if follow_up_ends(durations, steps) < time:
        return NAN
    for t, survival in steps:
        if t <= time:
            value = survival
    return value


def follow_up_ends(durations, steps):
    if steps and steps[-1][1] == 0:
        return math.inf
    return max(t for t, _ in durations)


def median_time(durations):
    """Return where S falls to one half; the middle of the stretch where it is one half exactly."""
    steps = kaplan_meier(durations)
    for i, (t, survival) in enumerate(steps):
        if survival == Fraction(1, 2) and i + 1 < len(steps):
            return (t + steps[i + 1][0]) / 2
        if survival <= Fraction(1, 2):
            return t
    return NAN


def restricted_mean(durations, limit):
    steps = kaplan_meier(durations)
    if follow_up_ends(durations, steps) < limit:
        return NAN
    area, before, level = Fraction(0), 0, Fraction(1)
    for t, survival in steps:
        if t >= limit:
            break
        area += level * Fraction(t - before)
        before, level = t, survival
    return area + level * Fraction(limit - before)


def gaps(times):
    return [later - earlier for earlier, later in zip(times, times[1:], strict=False)]


def burstiness(taus):
    """B_n for open ends: n is the number of intervals."""
    n = len(taus)
    if n < 2 or sum(taus) == 0:
        return NAN
    mu = sum(taus) / n
    r = math.sqrt(math.fsum((tau - mu) ** 2 for tau in taus) / n) / mu
    return (math.sqrt(n + 1) * r - math.sqrt(n - 1)) / ((math.sqrt(n + 1) - 2) * r + math.sqrt(n - 1))


def correlation(pairs):
    """Return Pearson's correlation; NaN for fewer than two pairs or a constant half."""
    n = len(pairs)
    if n < 2:
        return NAN
    sx, sy = sum(x for x, _ in pairs), sum(y for _, y in pairs)
    xx = n * sum(x * x for x, _ in pairs) - sx * sx
    yy = n * sum(y * y for _, y in pairs) - sy * sy
    xy = n * sum(x * y for x, y in pairs) - sx * sy
    if xx <= 0 or yy <= 0:
        return NAN
    return xy / math.sqrt(xx) / math.sqrt(yy)


def wiener(children, root):
    """Sum the distances over all unordered pairs of nodes of a tree, by walking from every node."""
    near = {root: []}
    for parent, offspring in children.items():
        for child in offspring:
            near.setdefault(parent, []).append(child)
            near.setdefault(child, []).append(parent)
    total = 0
    for start in near:
        seen, edge, distance = {start}, [start], 0
        while edge:
            total += distance * len(edge)
            edge = [n for node in edge for n in near[node] if n not in seen]
            seen.update(edge)
            distance += 1
    return total // 2


def composition(counts):
    """Close counts to shares with zeros replaced by .5/n, at most 1/6 (multiplicative replacement)."""
    n = sum(counts)
    delta = 0.5 / n
    if delta * sum(c == 0 for c in counts) >= 1:
        delta = 1 / 6
    zeros = sum(1 for c in counts if c == 0)
    return [delta if c == 0 else c / n * (1 - zeros * delta) for c in counts]
