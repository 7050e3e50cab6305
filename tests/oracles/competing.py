"""What the first reaction does, where several ends compete: B4."""

from __future__ import annotations

from fractions import Fraction

from .answering import turn_unit, watched_until
from .arithmetic import NAN

DAY = 86_400
CAUSES = {"open_answer": 1, "escalate": 2, "deflect": 3, "acknowledge": 4, "clarify": 4}
NAMES = {"cif_open_24h": 1, "cif_escalate_24h": 2, "cif_deflect_24h": 3, "cif_acknowledge_24h": 4}


def competing(world, exchange, unit):
    turns = [t for t in exchange.turns if turn_unit(world, t) == unit and not t["context"]]
    ends = [end_of(world, turn) for turn in turns if turn["t"] <= world.end]
    n = len(ends)
    if not n:
        return dict.fromkeys([*NAMES, "open_answer_share"], (NAN, 0))
    values = {name: (incidence(ends, cause, DAY), n) for name, cause in NAMES.items()}
    until = min(world.settings.horizon_s, max(time for time, _ in ends))
    opened, sent_away = (incidence(ends, cause, until) for cause in (1, 3))
    total = opened + sent_away
    return {**values, "open_answer_share": (opened / total if total else NAN, n)}


def end_of(world, turn):
    """Return (seconds, cause) of the first answer; cause 0 while nothing was said."""
    until = watched_until(world, turn)
    answers = [a for a in turn["used"] if a[3] <= until]
    if not answers:
        return until - turn["t"], 0
    soonest = min(a[1] for a in answers)
    said = [label for a in answers if a[1] == soonest for label in a[4]["at_once"]]
    return soonest, min(CAUSES.get(label, 5) for label in said)


def incidence(ends, cause, until):
    """Return the share that ended by this cause until a time; NaN where not everybody was watched so long."""
    waiting, reached = Fraction(1), Fraction(0)
    for time in sorted({t for t, c in ends if c and t <= until}):
        at_risk = sum(1 for t, _ in ends if t >= time)
        reached += waiting * Fraction(sum(1 for t, c in ends if t == time and c == cause), at_risk)
        waiting *= 1 - Fraction(sum(1 for t, c in ends if t == time and c), at_risk)
    if waiting and max(t for t, _ in ends) < until:
        return NAN
    return float(reached)
