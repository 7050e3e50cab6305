"""The choices that decide what a number means, printed with every number."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from .cleaning.domains import parse_domains
from .cleaning.hours import parse_hours
from .errors import SchemaError, unknown_name

__all__ = ["Definitions"]

MINUTE, HOUR, DAY = 60, 3_600, 86_400

#: What can be said of how posts were chosen.
COLLECTIONS = ("unknown", "complete", "answered")


def _setting(default: Any, meaning: str) -> Any:
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True, slots=True)
class Definitions:
    """Say what counts as a turn, an answer, an episode and a label.

    None of the defaults is a norm; each is a setting with a line in every output. Durations are in seconds.

    Examples
    --------
    >>> Definitions(horizon_s=86_400).horizon_s
    86400
    >>> Definitions().short_hash() == Definitions().short_hash()
    True
    """

    horizon_s: int = _setting(7 * DAY, "a turn counts as answered when the reply comes within this time")
    thread_gap_s: int = _setting(30 * MINUTE, "self-replies closer than this are one unit")
    turn_gap_s: int = _setting(
        24 * HOUR, "approaches closer than this, with no post to the person between, are one turn owed"
    )
    episode_gap_s: int = _setting(72 * HOUR, "a longer silence ends an episode, unless the conversation goes on")
    skew_s: int = _setting(
        5, "a reply at most this much before its turn is a clock error and is set to 1 s; earlier ones are dropped"
    )
    attribution: str = _setting("inferred", "'strict': by reply link only; 'inferred': else by a mention of the person")
    crowd_weight: str = _setting(
        "each", "a turn to m organizations counts in shares of turns: 'each': once for each, 'split': 1/m for each"
    )
    auto_s: int = _setting(60, "an answer quicker than this, in words the account repeats, is an automatic one")
    business_hours: str = _setting(
        "inferred", "opening hours: 'inferred' from when the organization answers, or a text like 'mon-fri 09:00-18:00'"
    )
    own_domains: str = _setting(
        "inferred",
        "an organization's own sites: 'inferred' from its name and its links, or a list like 'acme.com acme.org', or by"
        " organization like 'Acme=acme.com'",
    )
    hours_posts: int = _setting(50, "opening hours are inferred from at least so many posts to persons")
    give_up_s: int = _setting(90 * DAY, "a person left unanswered who is silent for so long has given up")
    contact_memory_s: int = _setting(
        30 * DAY, "talk to a person who has not addressed the organization for so long is proactive"
    )
    repeat_s: int = _setting(
        30 * DAY, "an original like one that its account posted at most this long before is a repeat"
    )
    wash_in_s: int = _setting(90 * DAY, "relationships begun this early in the window may be older: they are left out")
    return_gap_s: int = _setting(7 * DAY, "a person who comes back after so long has returned")
    follow_up_s: int = _setting(30 * DAY, "a person has to be watched for so long before a return is missed")
    silence_end_s: int = _setting(90 * DAY, "a relationship has ended after so long a silence")
    rarefy_n: int = _setting(50, "breadth is compared at this many addressed posts")
    unseen_share: float = _setting(
        1.0, "at most this share of answers that could be hidden are taken to exist (bounds)"
    )
    kept_share: float = _setting(1.0, "share of replies that the collection is known to hold (bounds)")
    kept_n: int = _setting(
        0, "size of the sample collected again that kept_share rests on; 0: it is known exactly (bounds)"
    )
    handoff_s: int = _setting(72 * HOUR, "a matter that was handed on has to be taken up again within this time")
    rmst_s: int = _setting(24 * HOUR, "the restricted mean latency looks this far")
    broadcast_cut: float = _setting(0.6, "share of undirected posts from which an account is called broadcast")
    deflect_cut: float = _setting(0.4, "share of deflections from which, if above open talk, it is called deflect")
    conversational_cut: float = _setting(0.5, "share of open talk from which it is called conversational")
    selected_cut: float = _setting(
        0.98, "answered share above which the collection is taken to be chosen by its answers"
    )
    collection: str = _setting(
        "unknown",
        "how posts were chosen: 'complete', 'answered' (by their answers), or 'unknown': judged by selected_cut",
    )
    orphan_cut: float = _setting(0.10, "share of replies without parent above which conversation measures are flagged")
    own_names: str = _setting(
        "", "names of products and services that count as naming oneself (self_focus, statement_self_naming_rate), by |"
    )
    censored_cut: float = _setting(
        0.20, "share of waits not watched for as long as a metric looks above which it is flagged censored_share"
    )
    level: float = _setting(0.95, "confidence level of intervals")
    draws: int = _setting(2000, "bootstrap draws")
    seed: int = _setting(20_260_101, "seed of all random draws")

    def __post_init__(self) -> None:
        """Refuse values that no measure could be computed with."""
        if self.attribution not in {"strict", "inferred"}:
            raise unknown_name(self.attribution, ["strict", "inferred"], "attribution")
        if self.crowd_weight not in {"each", "split"}:
            raise unknown_name(self.crowd_weight, ["each", "split"], "crowd_weight")
        if self.collection not in COLLECTIONS:
            raise unknown_name(self.collection, COLLECTIONS, "collection")
        for given, parse in ((self.business_hours, parse_hours), (self.own_domains, parse_domains)):
            if given != "inferred":
                parse(given)
        if not 0 < self.level < 1:
            msg = (
                f"level={self.level} is not a confidence level. It stands in Definitions(level=...). Give a number"
                " between 0 and 1, such as 0.95."
            )
            raise SchemaError(msg)
        for name in ("unseen_share", "kept_share", "censored_cut"):
            if not 0 <= getattr(self, name) <= 1 or (name == "kept_share" and not self.kept_share):
                msg = (
                    f"{name}={getattr(self, name)} is not a share. It stands in Definitions({name}=...). Give a number"
                    " between 0 and 1."
                )
                raise SchemaError(msg)
        for name in ("skew_s", "kept_n"):
            if getattr(self, name) < 0:
                msg = (
                    f"{name}={getattr(self, name)} is below 0. It stands in Definitions({name}=...). Give 0 or a number"
                    " above it."
                )
                raise SchemaError(msg)
        for name in (
            *("horizon_s", "thread_gap_s", "turn_gap_s", "episode_gap_s", "rmst_s", "draws", "give_up_s", "handoff_s"),
            *("contact_memory_s", "return_gap_s", "silence_end_s", "rarefy_n", "hours_posts", "repeat_s"),
        ):
            if getattr(self, name) <= 0:
                msg = (
                    f"{name}={getattr(self, name)} is not positive. It stands in Definitions({name}=...). Give a"
                    " number above 0."
                )
                raise SchemaError(msg)

    def replace(self, **changes: Any) -> Definitions:
        """Return a copy with some settings changed; text is converted to the setting's kind.

        Raises
        ------
        UnknownName
            If there is no such setting.
        SchemaError
            If the value is not of the setting's kind.

        Examples
        --------
        >>> Definitions().replace(horizon_s="3600").horizon_s
        3600
        """
        kinds = {f.name: type(f.default) for f in dataclasses.fields(self)}
        clean = {}
        for name, value in changes.items():
            if name not in kinds:
                raise unknown_name(name, kinds, "setting", do="See Definitions().to_text().")
            clean[name] = _convert(name, value, kinds[name])
        return dataclasses.replace(self, **clean)

    def to_dict(self) -> dict[str, Any]:
        """Return all settings by name."""
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}

    def to_rows(self) -> list[tuple[str, Any, str]]:
        """Return (name, value, meaning) of every setting."""
        return [(f.name, getattr(self, f.name), f.metadata["meaning"]) for f in dataclasses.fields(self)]

    def to_text(self) -> str:
        """Write one line a setting."""
        return "\n".join(f"{name} = {value}: {meaning}" for name, value, meaning in self.to_rows())

    def short_hash(self) -> str:
        """Return eight hex digits that change when any setting does."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()[:8]


def _convert(name: str, value: Any, kind: type) -> Any:
    if kind is str:
        return str(value)
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if kind is int and number == int(number if number == number else 0):
        return int(number)
    if kind is float and number == number:
        return number
    msg = (
        f"{name}={value!r} is not {'a whole number' if kind is int else 'a number'}. It stands in the settings. Give"
        f" for instance {name}={getattr(Definitions(), name)}."
    )
    raise SchemaError(msg)
