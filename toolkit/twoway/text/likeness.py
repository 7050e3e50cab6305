"""Which replies are alike, found once: scripts of any choice of them are then a matter of counting.

What `near_duplicates`, `rarefied_duplicates` and `template_clusters` find among all replies is found here among those
that are chosen, each put into a group. Pairs of similar wordings are kept, so that many choices cost little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .banks import FEWEST_PERSONS
from .pairs import ShingleSets, jaccard, similar_pairs
from .shingles import Places
from .templates import complete_links
from .wordings import wordings_of

__all__ = ["Likeness", "Scripts"]

#: Jaccard similarities from which two wordings are near-duplicates, and of one template.
NEAR, LINKED = 0.8, 0.7

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Scripts:
    """Templates of chosen replies, one entry a reply.

    Attributes
    ----------
    number
        Of the cluster.
    is_template
        Three persons or more of the group got it.
    is_complete
        The same of clusters in which every pair of wordings is alike.
    is_unknown
        More wordings hang together than complete links are sought for.
    """

    number: Places
    is_template: Flags
    is_complete: Flags
    is_unknown: Flags


class Likeness:
    """Replies with their wordings, and the pairs of wordings that are similar.

    Parameters
    ----------
    replies
        Columns `row`, `group`, `person`, `tokens`, `wording`, `shingles`; see `wordings_of`. Every reply has a word and
        a known person.

    Examples
    --------
    >>> from twoway.text.masking import masked_kernel
    >>> texts = ["Hi Ann, we are sorry to hear that", "Hi Bob, we are sorry to hear that", "It leaves at noon, gate A"]
    >>> table = pa.Table.from_batches([masked_kernel(pa.record_batch({"row": [0, 1, 2], "text": texts}))])
    >>> table = table.append_column("group", [["x"] * 3]).append_column("person", [["ann", "bob", "eve"]])
    >>> alike = Likeness(table)
    >>> alike.partners(np.array([0, 1, 2]), np.zeros(3, dtype=int)).tolist()
    [1, 1, 0]
    >>> alike.partners(np.array([0, 1, 2]), np.array([0, 1, 1])).tolist()
    [0, 0, 0]
    """

    def __init__(self, replies: pa.Table) -> None:
        words = wordings_of(replies)
        self._wording, self._person, self._sets = words.of_reply, words.person, words.sets
        self._n_persons = int(words.person.max(initial=0)) + 1
        found = [np.concatenate(parts) for parts in zip(*similar_pairs(words.sets, LINKED), strict=True)]
        first, second = found or (np.zeros(0, dtype=np.int64),) * 2
        near = jaccard(words.sets, first, second) >= NEAR
        one, other = np.concatenate([first, second]), np.concatenate([second, first])
        order = np.argsort(one, kind="stable")
        self._other, self._near = other[order], np.concatenate([near, near])[order]
        self._start = np.searchsorted(one[order], np.arange(len(words.sets) + 1))

    def partners(self, chosen: Places, group: Places) -> Places:
        """Count for each chosen reply its near-duplicates to other persons among those of its group.

        Parameters
        ----------
        chosen
            (k,): places of replies, each once in a group.
        group
            (k,): number of the group of each, from 0.
        """
        node, keys = self._nodes(chosen, group)
        first, second = self._edges(keys, near=True)
        n = np.bincount(node, minlength=len(keys))
        everyone = n.copy()
        np.add.at(everyone, first, n[second])
        cells, cell = np.unique(node * self._n_persons + self._person[chosen], return_inverse=True)
        sent = np.bincount(cell)
        again = sent.copy()
        # What the same person got in other words is no duplicate.
        edge, mine = _ranges(cells // self._n_persons, first)
        theirs = second[edge] * self._n_persons + cells[mine] % self._n_persons
        place, is_there = _places(theirs, cells)
        np.add.at(again, mine[is_there], sent[place[is_there]])
        return np.asarray(everyone[node] - again[cell])

    def scripts(self, chosen: Places, group: Places) -> Scripts:
        """Find the templates among the chosen replies of each group; parameters as of `partners`."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        node, keys = self._nodes(chosen, group)
        first, second = self._edges(keys, near=False)
        links = coo_array((np.ones(len(first), dtype=np.int8), (first, second)), shape=(len(keys), len(keys)))
        label = connected_components(links, directed=False)[1].astype(np.int64)
        person = self._person[chosen]
        several = self._by_several(label[node], person)
        wide = np.zeros(len(keys), dtype=bool)
        wide[node] = several
        wording = keys % len(self._sets)
        sets = ShingleSets(self._sets.matrix[wording], self._sets.sizes[wording])
        parts = complete_links(sets, np.where(wide, label, -1), LINKED)[node]
        return Scripts(label[node], several, self._by_several(parts, person) & (parts >= 0), several & (parts < 0))

    def _nodes(self, chosen: Places, group: Places) -> tuple[Places, Places]:
        """Number the wordings of each group: the number of each reply, and group and wording of each as one key."""
        keys, node = np.unique(group * len(self._sets) + self._wording[chosen], return_inverse=True)
        return node, keys

    def _edges(self, keys: Places, *, near: bool) -> tuple[Places, Places]:
        """List the pairs of similar wordings within groups, either way round."""
        size = len(self._sets)
        wording = keys % max(size, 1)
        n = self._start[wording + 1] - self._start[wording]
        first = np.repeat(np.arange(len(keys)), n)
        at = np.arange(n.sum()) + np.repeat(self._start[wording] - (np.cumsum(n) - n), n)
        if near:
            first, at = first[self._near[at]], at[self._near[at]]
        second, is_there = _places(keys[first] - wording[first] + self._other[at], keys)
        return first[is_there], second[is_there]

    def _by_several(self, label: Places, person: Places) -> Flags:
        """Say of each reply whether its cluster went to three persons or more."""
        pairs = np.unique((label + 1) * self._n_persons + person) // self._n_persons
        return np.asarray(np.bincount(pairs, minlength=int(label.max(initial=-1)) + 2)[label + 1] >= FEWEST_PERSONS)


def _places(values: Places, known: Places) -> tuple[Places, Flags]:
    """Find numbers in a sorted array: their places, and whether they are in it."""
    place = np.minimum(np.searchsorted(known, values), max(len(known) - 1, 0))
    return place, known[place] == values if len(known) else np.zeros(len(values), dtype=bool)


def _ranges(sorted_keys: Places, wanted: Places) -> tuple[Places, Places]:
    """List all places of each wanted key in a sorted array: which of the wanted, and the place."""
    start, stop = (np.searchsorted(sorted_keys, wanted, side) for side in ("left", "right"))
    n = stop - start
    return np.repeat(np.arange(len(wanted)), n), np.arange(n.sum()) + np.repeat(start - (np.cumsum(n) - n), n)
