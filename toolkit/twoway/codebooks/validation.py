"""How well rules code what people code: precision, recall and F1 of each label, beside how far people agree at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import NotEnoughEvidence, SchemaError, unknown_name
from ..inference.linearized import delta_interval
from ..inference.ratios import ratio_intervals
from ..inference.results import FloatArray, check_level
from ..inference.shown import Shown
from .agreement import ALL_LABELS
from .alpha import alpha_of, label_sets, value_counts
from .codes import WEIGHT, check_codes

__all__ = ["CONSENSUS", "FLAGS", "Validation", "validation"]

CONSENSUS = {
    "unanimous": "what all people who coded the post say; posts on which they differ are left out",
    "majority": "what most of them say; ties are left out",
}

FLAGS = {
    "undefined": "nobody gave the label, or the rules never did: a score divides by zero",
    "not_compared": "only people, or only the rules, coded the label",
    "few_positives": "fewer than 10 posts have the label by people: the scores rest on a handful",
    "versions_differ": "rules and people used different versions of the codebook",
    "labels_left_out": "labels without F1 are left out of the macro average",
}
FEW_POSITIVES = 10

SCORES = ("precision", "recall", "f1")
_COLUMNS = [
    "codebook", "label", *(name + end for name in SCORES for end in ("", "_low", "_high")), "support", "n_predicted",
    "n", "n_disputed", "n_uncoded", "alpha_rules", "alpha_people", "flags",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Validation(Shown):
    """Hold the scores of rules against people.

    Attributes
    ----------
    table
        One row for each codebook and label:

        - `precision, recall, f1`, each with `_low` and `_high`: of the posts that rules gave the label, the share to
          which people gave it; of those to which people gave it, the share that rules found; their harmonic mean;
        - `support, n_predicted, n`: posts with the label by people, by rules, and compared, each counted once;
        - `n_disputed`: posts left out because people do not agree; `n_uncoded`: because the rules did not code them;
        - `alpha_rules`: Krippendorff's alpha of the rules with people (without weights); `alpha_people`: of people
          among themselves, the most that rules can be asked for; NaN where one person coded;
        - `flags`: names out of `FLAGS`.

        Codebooks of which each post has exactly one label also have a row `(all labels)` with the unweighted means of
        the scores over labels (macro averages).
    consensus
        How several people were brought to one code.
    level
        Confidence level of the limits.
    """

    table: pd.DataFrame
    consensus: str = "unanimous"
    level: float = 0.95

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Say how good the rules are."""
        single = self.table[self.table["label"] != ALL_LABELS]
        known = single["f1"].dropna()
        means = self.table[self.table["label"] == ALL_LABELS]
        macro = "".join(f"; macro-F1 of {row.codebook} {row.f1:.2f}" for row in means.itertuples())
        worst = f", lowest for {single.loc[known.idxmin(), 'label']}" if len(known) > 1 else ""
        ends = f"F1 from {known.min():.2f} to {known.max():.2f}{worst}" if len(known) else "F1 of none is defined"
        posts = f"up to {self.table['n'].max():,} posts"
        return f"Rules against people on {len(single)} labels and {posts} ({self.consensus}): {ends}{macro}."


def validation(
    codes_rules: pd.DataFrame,
    codes_people: pd.DataFrame,
    *,
    consensus: str = "unanimous",
    clusters: Mapping[str, str] | None = None,
    level: float = 0.95,
) -> Validation:
    """Hold the codes of rules against those of people, label by label.

    Parameters
    ----------
    codes_rules, codes_people
        Long tables with values 0 and 1; one coder in the first, any number in the second. Where the second has a
        `weight`, scores and limits are those of the posts that the sample stands for.
    consensus
        How several people are brought to one code: one of `CONSENSUS`. In a codebook of which each post has exactly
        one label, a post is left out whole.
    clusters
        Cluster of each post by its id, such as the organization, where posts of one are alike.
    level
        Confidence level.

    Returns
    -------
    Validation
        Scores are NaN where they divide by zero. Limits are Wilson's with an effective n from the jackknife over posts
        or clusters (`ratio_intervals`); of macro averages, the jackknife's on the scale of log-odds.

    Raises
    ------
    SchemaError
        If a table is none of codes, the rules have several coders, or values are neither 0 nor 1.
    NotEnoughEvidence
        If no post was coded by both.
    UnknownName
        If there is no such consensus.

    Examples
    --------
    >>> def codes(who, said):
    ...     rows = [(str(i), "marks", "1", "sorry", value, who) for i, value in enumerate(said)]
    ...     return pd.DataFrame(rows, columns=["post_id", "codebook", "version", "label", "value", "coder"])
    >>> found = validation(codes("rules", [1, 1, 1, 0, 0, 0]), codes("ann", [1, 1, 0, 1, 0, 0]))
    >>> found.table[["label", "precision", "recall", "f1", "support"]].round(3).values.tolist()
    [['sorry', 0.667, 0.667, 0.667, 3]]
    """
    if consensus not in CONSENSUS:
        raise unknown_name(consensus, CONSENSUS, "consensus")
    rules, people = (_binary(table, name) for table, name in ((codes_rules, "rules"), (codes_people, "people")))
    coders = rules["coder"].unique()
    if len(coders) > 1:
        msg = f"The rules have {len(coders)} coders. They were given to validation. Pass the codes of one."
        raise SchemaError(msg)
    shared = [book for book in people["codebook"].unique() if (rules["codebook"] == book).any()]
    books = [
        _Book(book, rules[rules["codebook"] == book], people[people["codebook"] == book], consensus) for book in shared
    ]
    if not any((book.truth.notna() & book.rules.notna()).any(axis=None) for book in books):
        msg = (
            "No post was coded by rules and people in one codebook. They were given to validation. Check ids and names."
        )
        raise NotEnoughEvidence(msg)
    rows = [row for book in books for row in _rows(book, clusters, check_level(level))]
    return Validation(pd.DataFrame(rows, columns=_COLUMNS), consensus, level)


def _binary(codes: pd.DataFrame, name: str) -> pd.DataFrame:
    table = check_codes(codes).dropna(subset=["value"])
    if not table["value"].isin([0, 1]).all():
        msg = (
            f"Some values of {name} are neither 0 nor 1. They were given to validation. Compare scales by agreement()."
        )
        raise SchemaError(msg)
    return table


class _Book:
    """The codes of one codebook, posts by labels, by rules and by people."""

    def __init__(self, name: str, rules: pd.DataFrame, people: pd.DataFrame, consensus: str) -> None:
        self.name, self.people = name, people
        self.versions_differ = set(rules["version"]) != set(people["version"])
        labels = pd.Index(sorted({*rules["label"], *people["label"]}))
        by_post = people.groupby(["post_id", "label"])["value"].mean().unstack().reindex(columns=labels)  # noqa: PD010
        found = rules.pivot_table(index="post_id", columns="label", values="value").reindex(columns=labels)
        self.coded, self.rules = by_post, found.reindex(by_post.index)
        is_open = by_post == 0.5 if consensus == "majority" else (by_post > 0) & (by_post < 1)
        self.is_exclusive = len(labels) > 1 and all(
            len(sets) and (sets["size"] == 1).all() for sets in (label_sets(rules), label_sets(people))
        )
        if self.is_exclusive:
            # Three people with three labels have a majority against each, and no label.
            is_open = is_open.where(by_post.round().sum(axis=1) == 1, True)
            is_open = is_open | np.repeat(is_open.any(axis=1).to_numpy()[:, None], len(labels), axis=1)
        self.disputed = is_open
        self.truth = by_post.round().mask(is_open)
        weights = people.groupby("post_id")[WEIGHT].first() if WEIGHT in people else pd.Series(1.0, index=by_post.index)
        self.weights = (weights / weights.mean()).reindex(by_post.index).to_numpy(dtype=float)

    def cells(self, label: str) -> FloatArray:
        """Give for each post whether it is a hit, a false alarm, or a miss; NaN where it is not compared."""
        y, f = self.truth[label].to_numpy(dtype=float), self.rules[label].to_numpy(dtype=float)
        return np.column_stack([y * f, (1 - y) * f, y * (1 - f)])


def _rows(book: _Book, clusters: Mapping[str, str] | None, level: float) -> Iterator[dict[str, object]]:
    posts = book.truth.index
    names = posts if clusters is None else posts.map(lambda post: clusters.get(post, post))
    cluster = pd.factorize(names)[0]
    singles = [_label_row(book, str(label), cluster, level) for label in book.truth.columns]
    if book.is_exclusive:
        yield _macro_row(book, singles, cluster, level)
    yield from singles


def _label_row(book: _Book, label: str, cluster: np.ndarray, level: float) -> dict[str, object]:
    cells = book.cells(label)
    used = ~np.isnan(cells).any(axis=1)
    sums = _by_cluster(cells[used] * book.weights[used, None], cluster[used])
    hit, alarm, miss = sums.T
    found = ratio_intervals(
        np.column_stack([hit, hit, 2 * hit]),
        np.column_stack([hit + alarm, hit + miss, 2 * hit + alarm + miss]),
        proportion=True,
        level=level,
    )
    support, n_predicted = int(cells[used][:, [0, 2]].sum()), int(cells[used][:, [0, 1]].sum())
    some = bool(used.any())
    flags = {
        "not_compared": not some,
        "undefined": some and not (support and n_predicted),
        "few_positives": some and 0 < support < FEW_POSITIVES,
        "versions_differ": book.versions_differ,
    }
    truth, rules = (
        pd.DataFrame({"post_id": table.index[used], "value": table.loc[used, label].to_numpy()})
        for table in (book.truth, book.rules)
    )
    disputed = book.disputed[label] & book.coded[label].notna()
    return {
        "codebook": book.name,
        "label": label,
        **_named({name: (found.value[i], found.low[i], found.high[i]) for i, name in enumerate(SCORES)}),
        "support": support,
        "n_predicted": n_predicted,
        "n": int(used.sum()),
        "n_disputed": int(disputed.sum()),
        "n_uncoded": int((book.truth[label].notna() & book.rules[label].isna()).sum()),
        "alpha_rules": _alpha(pd.concat([truth, rules])),
        "alpha_people": _alpha(book.people[book.people["label"] == label]),
        "flags": _joined(flags),
    }


def _named(scores: dict[str, tuple[float, float, float]]) -> dict[str, float]:
    ends = ("", "_low", "_high")
    return {name + end: float(x) for name, limits in scores.items() for end, x in zip(ends, limits, strict=True)}


def _joined(flags: Mapping[str, bool]) -> str:
    return ",".join(flag for flag, holds in flags.items() if holds)


def _alpha(codes: pd.DataFrame) -> float:
    domain, counts = value_counts(codes)
    return alpha_of(counts, domain, "nominal")


def _macro_row(book: _Book, singles: list[dict[str, object]], cluster: np.ndarray, level: float) -> dict[str, object]:
    """Give the means of the scores over labels, those without an F1 left out."""
    labels = [str(row["label"]) for row in singles if not np.isnan(float(str(row["f1"])))]
    cells = np.concatenate([book.cells(label) for label in labels], axis=1)
    used = ~np.isnan(cells).any(axis=1)
    sums = _by_cluster(cells[used] * book.weights[used, None], cluster[used])

    def macro(score: str) -> tuple[float, float, float]:
        found = delta_interval(sums, lambda totals: _macro(totals, score), level=level, bounds=(0, 1))
        return found.value, found.low, found.high

    truth, rules = (
        pd.DataFrame({"post_id": table.index[used], "value": table[labels].to_numpy()[used].argmax(axis=1)})
        for table in (book.truth, book.rules)
    )
    n = int(used.sum())
    return {
        "codebook": book.name,
        "label": ALL_LABELS,
        **_named({score: macro(score) for score in SCORES}),
        "support": n,
        "n_predicted": n,
        "n": n,
        "n_disputed": int(book.disputed.any(axis=1).sum()),
        "n_uncoded": int((book.truth.notna().all(axis=1) & book.rules.isna().any(axis=1)).sum()),
        "alpha_rules": _alpha(pd.concat([truth, rules])),
        "alpha_people": _alpha(label_sets(book.people)),
        "flags": _joined({"labels_left_out": len(labels) < len(singles), "versions_differ": book.versions_differ}),
    }


def _macro(totals: FloatArray, score: str) -> FloatArray:
    hit, alarm, miss = np.moveaxis(totals.reshape(*totals.shape[:-1], -1, 3), -1, 0)
    below = {"precision": hit + alarm, "recall": hit + miss, "f1": hit + (alarm + miss) / 2}[score]
    return np.asarray((hit / below).mean(axis=-1))


def _by_cluster(cells: FloatArray, cluster: np.ndarray) -> FloatArray:
    sums = np.zeros((cluster.max(initial=-1) + 1, cells.shape[1]))
    np.add.at(sums, cluster, cells)
    return sums
