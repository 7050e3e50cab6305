"""A customer-care corpus drawn at random: 100,000 posts of 20 brands in which each post is or is not answered.

Two laws make it: a brand answers a person's post with probability .519 after a lognormal delay (median 30 minutes,
sigma 1.5), a person goes on after a brand's post with probability .668 after an exponential one. 85 % of the 42,414
conversations are opened by persons; 2 % of the opening posts reply to a post that is missing.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

N_BRANDS, N_PERSONS, N_TALKS = 20, 15_490, 42_414
P_ANSWER, P_GO_ON, P_OPENED_BY_PERSON, P_LOST = 0.519, 0.668, 0.85, 0.02
BRAND_MEDIAN_S, BRAND_SIGMA, PERSON_MEAN_S = 1_800, 1.5, 4_600
DAYS, WATCHED_DAYS = 80, 100
START = 1_506_816_000


def draw_threads(seed=20_260_101):
    """Return (posts, accounts) as tables of the library, with `talk` and `turn`, the place within its conversation."""
    rng = np.random.default_rng(seed)
    talk = np.arange(N_TALKS)
    brand, person = rng.integers(N_BRANDS, size=N_TALKS), rng.integers(N_PERSONS, size=N_TALKS)
    is_person = rng.random(N_TALKS) < P_OPENED_BY_PERSON
    at = START + rng.uniform(0, DAYS * 86_400, N_TALKS)
    rounds = []
    while len(talk):
        rounds.append(pd.DataFrame({"talk": talk, "turn": len(rounds), "at": at, "is_person": is_person[talk]}))
        goes_on = rng.random(len(talk)) < np.where(is_person[talk], P_ANSWER, P_GO_ON)
        brand_delay = rng.lognormal(np.log(BRAND_MEDIAN_S), BRAND_SIGMA, len(talk))
        delay = np.where(is_person[talk], brand_delay, rng.exponential(PERSON_MEAN_S, len(talk)))
        is_person = ~is_person
        talk, at = talk[goes_on], (at + delay)[goes_on]
    table = pd.concat(rounds, ignore_index=True).sort_values(["at", "talk"], ignore_index=True)
    return posts_of(table, brand, person, rng), accounts_of()


def posts_of(table, brand, person, rng):
    """Turn drawn rounds into posts; each replies to the one before it in its conversation."""
    names = pd.Series(table.index, name="post_id").map("p{:06}".format)
    by_brand, by_person = (
        table["talk"].map(lambda t: f"brand{brand[t]}"),
        table["talk"].map(lambda t: f"c{person[t]:05}"),
    )
    posts = pd.DataFrame({"post_id": names, "created_at": table["at"].astype("int64")})
    posts["account_id"] = by_person.where(table["is_person"], by_brand)
    posts["text"] = np.where(table["is_person"], "it does not work", "try again")
    opens = table["turn"] == 0
    posts["parent_id"] = names.groupby(table["talk"]).shift()
    lost = opens & (rng.random(len(table)) < P_LOST)
    posts.loc[lost, "parent_id"] = "lost" + names[lost]
    posts["mentions"] = by_brand.where(opens & table["is_person"])
    return posts.assign(talk=table["talk"], turn=table["turn"], is_person=table["is_person"])


def accounts_of():
    """Return the brands; everybody else is a person."""
    names = [f"brand{i}" for i in range(N_BRANDS)]
    return pd.DataFrame({"account_id": names, "role": "care"})
