"""Corpora whose replies are worded without any effect, one kind for each null model of words, and with the effect."""

from __future__ import annotations

import numpy as np
from chance_corpora import BRANDS, DAY, HOUR, START, WEEK, crowd, talk_of

#: Replies that do different things: answer, ask, pass on, send elsewhere, apologize.
ACTS = (
    "Hold the reset button for ten seconds to restart the router, then the light turns green.",
    "Which store was it, and when?",
    "We have passed this on to our team and will get back to you.",
    "Please DM us.",
    "We are sorry.",
)

#: Replies that show all markers of a human voice between them, and some that show none.
VOICES = (
    "Hi Ann, I'm so sorry about that! ^JB",
    "Oh wow, thanks lol :)",
    "That must be frustrating. Could you tell me which store it was?",
    "Thank you, Ann. Good luck ^KL",
    "The lamp is sold in our shop.",
    "It is made of oak.",
)

#: Words of grammar, and what else stands in a text.
GRAMMAR = ("we", "the", "and", "of", "is", "very", "not", "some", "someone")


def returns(rng, *, decides=False, n=80):
    """Brands reply in five ways, and half of the persons go on; with the effect, those who are sent nowhere."""
    people, rows = crowd(n), []
    for i, person in enumerate(people):
        at, brand, act = START + int(rng.integers(3 * WEEK)), BRANDS[i % 2], int(rng.integers(len(ACTS)))
        rows.append((f"q{i:03}", person, at, f"@{brand} why" + " please" * int(rng.integers(9)), None))
        rows.append((f"r{i:03}", brand, at + HOUR, f"@{person} {ACTS[act]}", f"q{i:03}"))
        if act < 2 if decides else rng.random() < 0.5:
            rows.append((f"z{i:03}", person, at + 2 * HOUR, "hm", f"r{i:03}"))
    rows.append(("z", people[0], START + 5 * WEEK, "the end", None))
    return talk_of(rows, people, brands=BRANDS[:2])


def partners(rng, *, have_style=False, n=24):
    """Brands and persons write sixty words to each other in a month; with the effect each pair has a style."""
    people, rows = crowd(n), []
    for i, person in enumerate(people):
        brand, styles = BRANDS[i % 2], rng.dirichlet(np.ones(len(GRAMMAR)), 2)
        texts = [
            " ".join(np.where(rng.random(60) < 0.5, rng.choice(GRAMMAR, 60, p=style), "lamp"))
            for style in (styles[:1].repeat(2, 0) if have_style else styles)
        ]
        rows.append((f"q{i:03}", person, START + i * HOUR, f"@{brand} {texts[0]}", None))
        rows.append((f"r{i:03}", brand, START + DAY + i * HOUR, texts[1], f"q{i:03}"))
    return talk_of(rows, people, brands=BRANDS[:2])


def voices(rng, *, of_their_own=False, n=40):
    """Brands reply in the same ways; with the effect one is human at all times, and one at none."""
    rows = [(f"q{j:03}", "p000", START + j * DAY, "why", None) for j in range(n)]
    for i, brand in enumerate(BRANDS[:2]):
        for j in range(n):
            text = VOICES[int(rng.integers(3)) + 3 * i if of_their_own else int(rng.integers(len(VOICES)))]
            rows.append((f"{brand}{j:03}", brand, START + j * DAY + (i + 5) * HOUR, text, f"q{j:03}"))
    return talk_of(rows, crowd(1), brands=BRANDS[:2])


def text_of(rng, repeats, n):
    """Write a reply of n words, one of six that come again or one in new words."""
    if rng.random() < repeats:
        return " ".join(["it", *["abcdef"[int(rng.integers(6))]] * (n - 1)])
    return " ".join("".join(rng.choice(list("abcdefghijklmnop"), 7)) for _ in range(n))


def repeaters(rng, *, is_scripted=False, n=60, n_people=60):
    """Brands repeat themselves to persons as often as these do to each other; with the effect far more often."""
    people = crowd(n_people)
    rows = [(f"q{j:03}", person, START + j * HOUR, "why", None) for j, person in enumerate(people)]
    for i, who in enumerate([*BRANDS[:2], *["public"] * 6]):
        for j in range(n):
            to, by = rng.choice(n_people, 2, replace=False)
            text = text_of(rng, 0.9 if is_scripted and who != "public" else 0.3, 2 if j % 2 else 8)
            author = people[by] if who == "public" else who
            rows.append((f"r{i}{j:03}", author, START + (j + 9) * DAY + i * HOUR, text, f"q{to:03}"))
    return talk_of(rows, people, brands=BRANDS[:2])


#: Null model to a corpus without the effect, and one with it.
WORDED_CASES = {
    "N1 shuffled returns": (returns, lambda rng: returns(rng, decides=True)),
    "N1 shuffled partners": (partners, lambda rng: partners(rng, have_style=True)),
    "replies of the sector": (voices, lambda rng: voices(rng, of_their_own=True)),
    "public replies": (repeaters, lambda rng: repeaters(rng, is_scripted=True)),
}

#: Metrics of samples of 200 replies, which these corpora are too small for.
OF_MANY_REPLIES = ("near_duplicate_share_rarefied", "near_duplicate_share_monthly")
