"""A seeded corpus of millions of posts in the layout of customer-support threads, for the benchmarks.

Brands follow Zipf's law, customers a Pareto law; threads alternate between a customer and a brand, some with other
customers; depths reach
about fifty; one parent in twelve is missing. Texts are put together from many slots, so that hardly two are alike.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

OPENERS = (
    "hi there, my order",
    "why is the train",
    "your app",
    "I have been waiting and my parcel",
    "the new update",
    "great service today,",
    "can anybody tell me if my card",
    "so the wifi at home",
    "still no answer, the refund",
    "love the new menu but the queue",
)
MIDDLES = (
    "has not arrived since monday",
    "is late again",
    "keeps crashing on my phone",
    "was charged twice",
    "does not open",
    "shows the wrong address",
    "made my day",
    "is broken and nobody answers",
    "cannot be found in the list",
    "stopped working after the storm",
)
CLOSERS = (
    "please help",
    "thanks",
    "any idea?",
    "what should I do?",
    "not happy at all!",
    "cheers",
    "is this normal?",
    "😡",
    "ok",
    "see https://t.co/",
)
ANSWERS = (
    "We're sorry to hear that. Please send us a DM with your order number so we can take a look.",
    "Thanks for letting us know, we have passed this on to the depot team and will come back to you here.",
    (
        "Please hold the reset button for ten seconds, then sign in again and choose the second entry of the settings"
        " list."
    ),
    "Which station was it, and at what time?",
    "Thank you for your kind words!",
    "You can reach our colleagues on 0800 555 0142 or at https://t.co/",
    "The line reopened at nine this morning and trains now run every twenty minutes until the last service tonight.",
    "Please fill in the form at https://t.co/ and we will get back to you.",
)


def build(n_posts: int, seed: int = 7) -> pl.DataFrame:
    """Make about `n_posts` posts in the seven columns of the layout."""
    rng = np.random.default_rng(seed)
    n_threads = n_posts // 4
    length = np.minimum(rng.geometric(0.25, n_threads), 52)
    n = int(length.sum())
    thread = np.repeat(np.arange(n_threads), length)
    first = np.concatenate([[0], np.cumsum(length)[:-1]])
    step = np.arange(n) - first[thread]
    brands = 1 / np.arange(1, 101) ** 0.9
    brand = rng.choice(100, n_threads, p=brands / brands.sum())
    people = rng.pareto(1.2, max(n_posts // 4, 50)) + 0.2
    customer = rng.choice(len(people), n_threads, p=people / people.sum())
    is_brand = (step % 2 == 1) | ((step > 0) & (rng.random(n) < 0.05))
    other = rng.random(n) < 0.03
    who = np.where(other, rng.integers(0, len(people), n), customer[thread])
    gap = np.where(step == 0, 0, rng.lognormal(6.5, 1.6, n)).astype(np.int64)
    total = np.cumsum(gap)
    start = rng.integers(1_506_800_000, 1_514_600_000, n_threads)
    created = start[thread] + total - total[first][thread]
    back = np.where((step > 1) & (rng.random(n) < 0.08), 2, 1)
    parent = np.where(step > 0, np.arange(n) - back + 1, 0)
    lost = rng.random(n) < 0.04
    parent = np.where((step > 0) & lost, 10**9 + np.arange(n), parent)
    return _frame(rng, n, brand[thread], who, is_brand, created, parent)


def _frame(rng, n, brand, who, is_brand, created, parent) -> pl.DataFrame:
    ask = [rng.integers(0, len(slot), n) for slot in (OPENERS, MIDDLES, CLOSERS)]
    reply = rng.integers(0, len(ANSWERS), n)
    number = rng.integers(1000, 9_999_999, n)
    frame = pl.DataFrame(
        {
            "tweet_id": np.arange(1, n + 1),
            "b": brand,
            "w": who,
            "inbound": ~is_brand,
            "t": created,
            "p": parent,
            "r": reply,
            "k": number,
        }
        | {f"a{i}": values for i, values in enumerate(ask)}
    )
    pick = {
        name: pl.Series(values) for name, values in (("o", OPENERS), ("m", MIDDLES), ("c", CLOSERS), ("r", ANSWERS))
    }
    frame = frame.with_columns(
        handle=pl.concat_str(pl.lit("Brand"), pl.col("b").cast(pl.String)),
        person=pl.concat_str(pl.lit("1"), (pl.col("w") + 100_000).cast(pl.String)),
        o=pick["o"].gather(frame["a0"]),
        m=pick["m"].gather(frame["a1"]),
        c=pick["c"].gather(frame["a2"]),
        s=pick["r"].gather(frame["r"]),
    )
    said = pl.concat_str(
        pl.lit("@"),
        "handle",
        pl.lit(" "),
        "o",
        pl.lit(" "),
        "m",
        pl.lit(" "),
        "c",
        pl.lit(" "),
        pl.col("k").cast(pl.String),
    )
    answer = pl.concat_str(
        pl.lit("@"),
        "person",
        pl.lit(" "),
        "s",
        pl.lit(" ref "),
        pl.col("k").cast(pl.String),
        pl.lit(" ^"),
        pl.col("handle").str.slice(0, 2),
    )
    text = pl.when("inbound").then(said).otherwise(answer)
    when = pl.from_epoch("t", time_unit="s").dt.strftime("%a %b %d %H:%M:%S +0000 %Y")
    return frame.select(
        pl.col("tweet_id").cast(pl.String),
        author_id=pl.when("inbound").then("person").otherwise("handle"),
        inbound=pl.when("inbound").then(pl.lit("True")).otherwise(pl.lit("False")),
        created_at=when,
        text=text,
        response_tweet_id=pl.lit(None, dtype=pl.String),
        in_response_to_tweet_id=pl.when(pl.col("p") > 0).then(pl.col("p").cast(pl.String)),
    ).sample(fraction=1.0, shuffle=True, seed=1)


def write(path: Path, n_posts: int, seed: int = 7) -> Path:
    """Write the corpus as CSV, unless it is there."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        build(n_posts, seed).write_csv(path)
    return path
