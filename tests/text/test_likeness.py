"""Scripts among chosen replies: those of a table of these alone, and those of a plain loop."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from twoway.text.duplicates import near_duplicates, rarefied_duplicates
from twoway.text.likeness import Likeness
from twoway.text.masking import masked_kernel
from twoway.text.templates import template_clusters

WORDS = [*("we", "are", "very", "sorry", "that", "your", "parcel", "has", "not", "come", "to", "the", "door", "yet")]


def replies_of(rng, n=120, n_groups=2, n_persons=25):
    """Write replies that drift from a few templates by a word or two, some of them short."""
    texts = []
    for _ in range(n):
        words = WORDS[int(rng.integers(2)) * 3 :][: int(rng.choice([2, 3, 9, 11]))]
        for _ in range(int(rng.integers(3))):
            words[int(rng.integers(len(words)))] = str(rng.choice(["oak", "elm", "fir"]))
        texts.append(" ".join(words))
    table = pa.Table.from_batches([masked_kernel(pa.record_batch({"row": range(n), "text": texts}))])
    table = table.append_column("group", [rng.integers(n_groups, size=n)])
    return table.append_column("person", [rng.integers(n_persons, size=n)])


def put(table, group):
    return table.set_column(table.column_names.index("group"), "group", pa.array(group))


@pytest.mark.parametrize("seed", range(6))
def test_a_choice_has_the_scripts_of_a_table_of_its_own(seed):
    rng = np.random.default_rng(seed)
    table = put(replies_of(rng), np.zeros(120, dtype=int))
    chosen, group = np.concatenate([rng.permutation(120)[:70], rng.permutation(120)[:60]]), np.repeat([3, 5], [70, 60])
    alike = Likeness(table)
    alone = put(table.take(chosen), group)
    partners = alike.partners(chosen, group)
    assert (partners > 0).tolist() == near_duplicates(alone)["is_duplicate"].to_pylist()
    long = np.asarray(alone["tokens"]) >= 5
    assert partners[long].tolist() == rarefied_duplicates(alone)["partners"].drop_null().to_pylist()
    found = alike.scripts(chosen, group)
    wanted = template_clusters(alone)
    assert found.is_template.tolist() == [n >= 3 for n in wanted["n_persons"].to_pylist()]
    same = wanted["cluster"].to_numpy()
    assert ((found.number[:, None] == found.number) == (same[:, None] == same)).all()
    assert not found.is_unknown.any()


@pytest.mark.parametrize("seed", range(6))
def test_a_choice_has_the_complete_links_of_a_table_of_its_own(seed):
    # Of one group: where distances are alike, complete links depend on the order, and groups change it.
    rng = np.random.default_rng(seed)
    table = put(replies_of(rng), np.zeros(120, dtype=int))
    chosen = rng.permutation(120)[:90]
    found = Likeness(table).scripts(chosen, np.zeros(90, dtype=int))
    wanted = [n >= 3 for n in template_clusters(table.take(chosen), linkage="complete")["n_persons"].to_pylist()]
    assert found.is_complete.tolist() == wanted
    assert 0 < found.is_complete.sum() < found.is_template.sum()


@pytest.mark.parametrize("seed", range(3))
def test_partners_are_those_of_a_plain_loop(seed):
    rng = np.random.default_rng(seed)
    table = replies_of(rng, n=60, n_groups=1)
    chosen = rng.permutation(60)[:40]
    rows = [table.slice(int(i), 1).to_pylist()[0] for i in chosen]
    wanted = [sum(is_like(one, other) for other in rows if other["person"] != one["person"]) for one in rows]
    assert max(wanted) > 1
    assert Likeness(table).partners(chosen, np.zeros(40, dtype=int)).tolist() == wanted


def is_like(one, other):
    if min(one["tokens"], other["tokens"]) < 5:
        return one["wording"] == other["wording"]
    a, b = set(one["shingles"]), set(other["shingles"])
    return one["wording"] == other["wording"] or len(a & b) >= 0.8 * len(a | b)


def test_groups_share_nothing():
    table = put(replies_of(np.random.default_rng(1), n=40), np.zeros(40, dtype=int))
    alike = Likeness(table)
    assert alike.partners(np.arange(40), np.arange(40)).sum() == 0
    assert not alike.scripts(np.arange(40), np.arange(40)).is_template.any()


def test_nothing_chosen_is_nothing_found():
    alike = Likeness(replies_of(np.random.default_rng(1), n=10))
    nothing = np.zeros(0, dtype=np.int64)
    assert len(alike.partners(nothing, nothing)) == len(alike.scripts(nothing, nothing).number) == 0


def test_no_reply_at_all_is_no_script():
    alike = Likeness(replies_of(np.random.default_rng(1), n=10).slice(0, 0))
    nothing = np.zeros(0, dtype=np.int64)
    assert len(alike.partners(nothing, nothing)) == len(alike.scripts(nothing, nothing).number) == 0
