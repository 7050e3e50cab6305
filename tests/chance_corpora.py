"""Corpora without any effect, one kind for each null model, and the same with the effect put in."""

from __future__ import annotations

import numpy as np
import pandas as pd

import twoway as tw

MINUTE, HOUR, DAY, WEEK = 60, 3_600, 86_400, 604_800
START = 1_704_067_200  # Monday, 1 January 2024
BRANDS = ["acme", "brio", "corsa", "delta"]


def talk_of(rows, people, followers=None, brands=BRANDS):
    """Annotate a corpus of brands, each an organization, and people."""
    posts = pd.DataFrame(rows, columns=["post_id", "account_id", "created_at", "text", "parent_id"])
    accounts = pd.DataFrame({"account_id": [*brands, *people]})
    accounts["role"] = ["official"] * len(brands) + ["public"] * len(people)
    if followers is not None:
        accounts["n_followers"] = [0] * len(brands) + list(followers)
    return tw.annotate(tw.Corpus(posts, accounts))


def crowd(n):
    return [f"p{i:03}" for i in range(n)]


def mentions(rng, *, is_mutual=False, n=160, n_people=40):
    """Persons and brands name each other at random times; with the effect, brands name those who named them."""
    people, rows = crowd(n_people), []
    at = np.sort(rng.integers(0, 20 * WEEK, n))
    named = [[] for _ in BRANDS]
    for i in range(n):
        brand, person = rng.integers(len(BRANDS)), people[rng.integers(n_people)]
        if rng.random() < 0.5:
            rows.append((f"m{i:04}", person, START + at[i], f"hello @{BRANDS[brand]}", None))
            named[brand].append(person)
        else:
            if is_mutual and named[brand]:
                person = named[brand][-1]
            rows.append((f"m{i:04}", BRANDS[brand], START + at[i], f"hello @{person}", None))
    return talk_of(rows, people)


def exchanges(rng, *, alternates=False, n=60):
    """One person and one brand name each other in runs of a few days; with the effect, they take turns."""
    people, rows = crowd(n), []
    for i, person in enumerate(people):
        start, first = START + i * WEEK // 4, rng.integers(2)
        for j in range(rng.integers(2, 7)):
            speaks = (first + j) % 2 if alternates else rng.integers(2)
            who, to = (person, BRANDS[i % 4]) if speaks else (BRANDS[i % 4], person)
            rows.append((f"e{i:03}{j}", who, start + 2 * HOUR * j, f"hello @{to}", None))
    return talk_of(rows, people)


def conversations(rng, *, shape="recursive", speaks="anyone", n=70, step=HOUR):
    """Trees of replies: each reply to any earlier post or the last one; by any of three accounts or alternating.

    Posts come a step apart: where it is short, an account that answers itself has not spoken twice.
    """
    people, rows = crowd(2 * n), []
    for i in range(n):
        cast = [BRANDS[i % 4], people[2 * i], people[2 * i + 1]]
        for j in range(rng.integers(3, 11)):
            parent = j - 1 if shape == "path" else rng.integers(j) if j else 0
            who = cast[j % 2] if speaks == "two" else cast[rng.integers(3)]
            rows.append((f"c{i:03}{j:02}", who, START + i * DAY + j * step, "", f"c{i:03}{parent:02}" if j else None))
    return talk_of(rows, people)


def schedules(rng, *, in_bursts=False, n=60):
    """Accounts post in daytime on working days, at random or in bursts; some posts are to persons."""
    rows = []
    for brand in BRANDS:
        days = rng.integers(0, 12, n) * 7 + rng.integers(0, 5, n)
        at = days * DAY + rng.integers(8 * HOUR, 20 * HOUR, n)
        if in_bursts:
            at = (at[: n // 10, None] + 120 * np.arange(10)).ravel()
        for j, second in enumerate(np.sort(at)):
            text = "hello @p000" if rng.random() < 0.5 else "good day"
            rows.append((f"{brand}{j:03}", brand, START + second, text, None))
    return talk_of(rows, crowd(1))


def questions(rng, *, by_rank=False, n=240):
    """Persons ask once, each third two brands at a time; half are answered, at random or those with most followers."""
    people, rows = crowd(n), []
    followers = rng.permutation(n) * 10
    for i, person in enumerate(people):
        at, words = START + int(rng.integers(0, 6 * WEEK)), " please" * int(rng.integers(0, 12))
        asked = [BRANDS[(i + step) % 4] for step in range(1 + (i % 3 == 0))]
        rows.append((f"q{i:03}", person, at, f"{' '.join('@' + brand for brand in asked)} why{words}?", None))
        for brand in asked:
            if followers[i] > 5 * n if by_rank else rng.random() < 0.5:
                rows.append((f"r{i:03}{brand}", brand, at + HOUR, f"@{person} so", f"q{i:03}"))
    rows.append(("z", BRANDS[0], START + 8 * WEEK, "the end", None))
    return talk_of(rows, people, followers)


def quick_conversations(rng):
    """Trees of replies a minute apart."""
    return conversations(rng, step=MINUTE)


def mixed_conversations(rng):
    """Trees of replies twelve minutes apart: whether an account has spoken twice depends on what it answers."""
    return conversations(rng, step=12 * MINUTE)


def posters(rng, *, comes_back=False, n=25):
    """Brands post, a person replies within a day to half, another one after it to some, whom the brand answers.

    With the effect the brand answers the first person instead.
    """
    rows = []
    for brand in BRANDS:
        for j in range(n):
            post, at = f"{brand}{j:03}", START + j * DAY + int(rng.integers(HOUR))
            rows.append((post, brand, at, "good day", None))
            is_drawn, is_late = rng.random(2) < 0.5
            if is_drawn:
                rows.append((f"{post}d", "p000", at + HOUR, "why", post))
            if is_late:
                rows.append((f"{post}l", "p001", at + DAY + HOUR, "why", post))
            if is_drawn if comes_back else is_late:
                asked = f"{post}d" if comes_back else f"{post}l"
                rows.append((f"{post}b", brand, at + DAY + 2 * HOUR, "so", asked))
    rows.append(("z", "p001", START + (n + 9) * DAY, "the end", None))
    return talk_of(rows, crowd(2))


SAID = (
    "20% off all lamps this weekend!",
    "How to clean our lamp in three steps.",
    "Thank you all for your visit.",
    "Hm",
    "Our new lamp is here: meet the Nova.",
    "Service disruption: our phone lines are down this morning.",
    "Behind the scenes at our workshop",
    "We won the best award, our great lamp.",
    "Our lamps are made of oak.",
)


def diets(rng, *, of_one_kind=False, n=25):
    """Brands post of nine kinds, and reply with we or you, by chance; with the effect each has a kind of its own."""
    odds = np.array([4, 3, 2, *[1] * 6]) / 15
    rows = [(f"q{j:03}", "p000", START + j * DAY, "why", None) for j in range(n)]
    for i, brand in enumerate(BRANDS):
        for j in range(n):
            text = SAID[i if of_one_kind else rng.choice(len(SAID), p=odds)]
            rows.append((f"{brand}{j:03}", brand, START + j * DAY + i * HOUR, text, None))
            said = "we know" if (i % 2 if of_one_kind else rng.random() < 0.5) else "you know"
            rows.append((f"{brand}{j:03}r", brand, START + j * DAY + (i + 5) * HOUR, said, f"q{j:03}"))
    return talk_of(rows, crowd(1))


#: Null models of who answers whom to corpora without any effect, at other speeds.
SPEEDS = [quick_conversations, mixed_conversations]

#: Null model to a corpus without the effect, and one with it.
CASES = {
    "N1 shuffled answers": (questions, lambda rng: questions(rng, by_rank=True)),
    "N2 rewired arcs": (mentions, lambda rng: mentions(rng, is_mutual=True, n=400, n_people=80)),
    "random recursive trees": (conversations, lambda rng: conversations(rng, shape="path")),
    "N5 shuffled authors": (conversations, lambda rng: conversations(rng, shape="path", speaks="two")),
    "N5 shuffled speakers": (conversations, lambda rng: conversations(rng, shape="path", speaks="two")),
    "N5 shuffled sides": (exchanges, lambda rng: exchanges(rng, alternates=True)),
    "N3 redrawn times": (schedules, lambda rng: schedules(rng, in_bursts=True)),
    "permuted replies": (posters, lambda rng: posters(rng, comes_back=True)),
    "posts of the sector": (diets, lambda rng: diets(rng, of_one_kind=True)),
}
