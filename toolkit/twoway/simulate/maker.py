"""The door to a simulation: arguments in, tables or a corpus with its truth out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..errors import TwowayError
from .casting import Strategies, build_roster
from .process import simulate_events
from .roster import Roster
from .tables import SimulatedTables, build_tables
from .truth import Truth, replies_per_contact

if TYPE_CHECKING:
    from ..corpus import Corpus

__all__ = ["simulate_corpus", "simulate_tables"]


def simulate_tables(
    seed: int = 0,
    *,
    n_organizations: int = 16,
    n_people: int = 4_000,
    days: float = 182,
    posts: int | None = None,
    start: str = "2024-01-08",
    strategies: Strategies = None,
    parameters: Mapping[str, Any] | None = None,
) -> SimulatedTables:
    """Simulate a town whose answers follow known laws, as plain tables.

    Persons approach organizations by mention, reply or quote. Each approach opens a **turn owed**; it is answered
    with the organization's `p_answer`, after a delay of its law, by a reply whose parent is the turn's first post.
    While it waits the person may continue the post within 10 minutes and chase it (2 to 11 hours apart). After an
    answer the person may come back, which opens the next turn owed of the same **contact**, answered with `p_answer`
    again. Three facts make the truth exact:

    - a person's next contact with the same organization starts only after a time that covers the longest possible
      contact and more
      (`separation_s`: above seven days), so contacts are the episodes, turns never merge, and answers found by
      mention equal those found by parent;
    - whom a contact involves, and when, never depends on whether anybody was answered;
    - persons differ only in the first turn of a contact, by a beta law whose mean is the stated probability, and a
      contact that is
      deflected first is deflected until its end, while others never become so.

    Organizations with opening hours delay on their own clock; of them only the values that do not depend on it are in
    `truth.long`.

    Parameters
    ----------
    seed
        Same seed and arguments, same tables.
    n_organizations, n_people
        How many of each. The first 16 organizations have sheets of their own, later ones are namesakes in other towns.
    days
        Length of the window in days, from `start` (midnight UTC).
    posts
        About how many posts there should be; without it every organization posts as often as its law says.
    start
        First day.
    strategies
        Strategy names, used in turn (`["broadcast", "mixed"]`), or how many of each (`{"broadcast": 3}`); by default
        those of the sheets.
    parameters
        Changes of the laws by name, see `OrganizationLaw` and `TownLaw`: for all (`{"p_answer": 0.5}`), for a strategy
        (`{"deflect": {"p_answer": 0.9}}`) or for an organization's slug (`{"ostrel": {"hours": "shop"}}`).

    Returns
    -------
    SimulatedTables
        `posts`, `accounts`, `truth`, `window`.

    Raises
    ------
    UnknownName
        If a strategy or a parameter does not exist.
    TwowayError
        If a number is out of range.

    Examples
    --------
    >>> made = simulate_tables(seed=1, n_organizations=2, n_people=50, days=30, posts=200)
    >>> made.truth.organizations["strategy"].tolist()
    ['conversational', 'deflect']
    """
    _check(days=days, n_people=n_people, posts=posts)
    streams = np.random.default_rng(seed).spawn(3)
    roster = build_roster(
        streams[0], n_organizations=n_organizations, n_people=n_people, strategies=strategies, parameters=parameters
    )
    first = int(pd.Timestamp(start, tz="UTC").timestamp())
    last = first + int(days * 86_400)
    scale = 1.0 if posts is None else posts / _expected_posts(roster, days)
    event = simulate_events(roster, streams[1], first, last, scale)
    design: dict[str, Any] = {"seed": seed, "n_organizations": n_organizations, "n_people": n_people, "days": days}
    design |= {"posts": posts, "start": start, "strategies": strategies, "parameters": dict(parameters or {})}
    design["scale"] = scale
    return build_tables(roster, event, streams[2], design)


def simulate_corpus(seed: int = 0, **arguments: Any) -> tuple[Corpus, Truth]:
    """Simulate a town whose answers follow known laws, as a corpus and the truth about it.

    Parameters
    ----------
    seed
        Same seed and arguments, same corpus.
    **arguments
        As in `simulate_tables`, which also states the laws.

    Returns
    -------
    tuple
        The `Corpus`, whose window is the whole simulated period, and its `Truth`.

    Examples
    --------
    >>> corpus, truth = simulate_corpus(seed=1, n_organizations=2, n_people=50, days=30, posts=200)
    >>> truth.long.query("parameter == 'response_rate'")["value"].between(0, 1).all()
    np.True_
    """
    from ..corpus import Corpus

    made = simulate_tables(seed, **arguments)
    corpus = Corpus(made.posts, made.accounts, window=made.window, source=f"simulated, seed {seed}")
    return corpus, made.truth


def _check(*, days: float, n_people: int, posts: int | None) -> None:
    if days < 1:
        msg = f"days={days} is too short. It was given to the simulation. Give at least 1."
        raise TwowayError(msg)
    if n_people < 10:
        msg = f"n_people={n_people} is too few. It was given to the simulation. Give at least 10."
        raise TwowayError(msg)
    if posts is not None and posts < 1:
        msg = (
            f"posts={posts} is not a number of posts. It was given to the simulation. Give at least 1, or leave it out."
        )
        raise TwowayError(msg)


def _expected_posts(roster: Roster, days: float) -> float:
    """Return about how many posts the laws yield at scale 1."""
    town, weeks, total = roster.town, days / 7, 0.0
    quiet = max(0.0, 1 - town.tail_days / days)
    for law in roster.laws:
        per_contact = 1 + 2 * replies_per_contact(law, town) - law.p_answer * 0.8
        per_contact += (
            town.chase_share * (1 - law.p_answer * 0.8) * 1.2
            + town.split_share
            + town.chat_share * 1.4
            + town.orphan_share / 2
        )
        per_contact += town.talk_per_approach * (1 + town.chat_share * 1.4)
        total += law.approaches_per_week * weeks * quiet * per_contact
        total += law.initiatives_per_week * weeks * (1 + law.thread_share * 1.4 + town.reposts_per_initiative)
    return total + weeks * (1.5 * town.n_partners + 7 * town.n_bots)
