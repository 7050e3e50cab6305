"""Masked replies for tests: random ones of a few templates, and the sets of their shingles for loops."""

import pyarrow as pa

from twoway.text.masking import masked_kernel

TEXT = "the train leaves from gate one and we will tell you more when our team has looked into it today"
WORDS = TEXT.split()


def table(texts, persons, groups=None, agents=None):
    """Mask texts and join persons and groups to them."""
    n = len(texts)
    masked = pa.Table.from_batches([masked_kernel(pa.record_batch({"row": [10 * i for i in range(n)], "text": texts}))])
    if agents is not None:
        masked = masked.set_column(2, "agent", pa.array(agents, pa.string()))
    masked = masked.append_column("group", pa.array(groups or ["x"] * n))
    return masked.append_column("person", pa.array(persons, pa.string())).append_column("time", pa.array(range(n)))


def random_replies(rng, n=250):
    """Replies by two groups to few persons, some unknown; some short, some without a word."""
    bases = [rng.permutation(WORDS)[: rng.integers(2, 16)].tolist() for _ in range(10)]
    texts, persons = [], []
    for _ in range(n):
        words = list(bases[rng.integers(10)])
        if rng.random() < 0.5:
            words[rng.integers(len(words))] = str(rng.choice(WORDS))
        texts.append(" ".join(words) if rng.random() > 0.03 else "!")
        persons.append(None if rng.random() < 0.05 else f"p{rng.integers(40)}")
    groups = rng.choice(["x", "y"], n).tolist()
    agents = [None if rng.random() < 0.3 else str(rng.choice(["a", "b", "c"])) for _ in range(n)]
    return table(texts, persons, groups, agents)


def likeness(a, b):
    """Give the similarity of two replies (rows as dicts): of the words if short, of shingles otherwise."""
    if a["group"] != b["group"] or not a["tokens"] or not b["tokens"]:
        return 0.0
    if a["wording"] == b["wording"]:
        return 1.0
    if min(a["tokens"], b["tokens"]) < 5:
        return 0.0
    one, other = set(a["shingles"]), set(b["shingles"])
    return len(one & other) / len(one | other)
