"""The methods note: what made the numbers, ready to paste into a paper's appendix."""

from __future__ import annotations

from typing import Any

from ..codebooks.load import list_codebooks
from ..errors import TwowayError
from ..metrics.catalog import cite
from ..versions import versions
from .words import setting_words

__all__ = ["METHODS", "methods_note"]

#: What each method of intervals does; the names stand in the column `method`.
METHODS = {
    "wilson": "Wilson's score interval of a share, every case counted as independent",
    "wilson_clustered": "Wilson's score interval of a share, with as many cases as the clusters are worth",
    "wilson_clusters": "Wilson's score interval of a share of exactly 0 or 1, with the number of clusters",
    "newcombe": "Newcombe's interval of a difference of two shares, from Wilson's limits of each",
    "newcombe_clustered": "Newcombe's interval of a difference of shares, with as many cases as the clusters are worth",
    "log_odds_half": "normal limits of a difference of log-odds, half a case added to each cell",
    "inverted_shares": "limits of each quantile, where the curve of shares meets the limits of its share",
    "log_jackknife_t": "jackknife over clusters of the ratio's logarithm, limits from Student's t",
    "jackknife_t": "jackknife over clusters, limits from Student's t",
    "linearized_t": "linearized variance over clusters, limits from Student's t",
    "bootstrap_percentile": "percentiles of a bootstrap over clusters",
    "bootstrap_bca": "bias-corrected and accelerated bootstrap over clusters",
    "log_log": "Kaplan-Meier with Greenwood's variance, limits on the log-log scale",
    "log_log_clustered": "Kaplan-Meier with a variance robust to clusters, limits on the log-log scale",
    "normal": "normal limits with Greenwood's variance",
    "wilson_composite": "Wilson's score interval of a function of shares, its variance from clusters and from the "
    "days the shares have in common",
    "wilson_known": "Wilson's score interval at the edge of a Kaplan-Meier curve",
    "wilson_known_clustered": "Wilson's score interval at the edge of a Kaplan-Meier curve, counted in clusters",
    "rmst_clustered": "difference of two restricted means, its variance from each person's effect on both,"
    " limits from Student's t",
    "cox_clustered": "Cox's model, standard errors robust to clusters, limits from Student's t",
    "logit_cr1": "logistic regression, limits from a jackknife over clusters and Student's t",
    "logit_firth": "logistic regression with Firth's penalty, where the terms tell the outcome without error",
    "influence_t": "squared effects of each cluster on the value, limits from Student's t",
    "order_statistic": "order statistics of the sample",
    "dirichlet": "quantiles of a Dirichlet posterior with half a unit added to each part",
}


def methods_note(card: Any) -> str:
    """Write down how the numbers of a scorecard came about: data, definitions, intervals, versions, references.

    Parameters
    ----------
    card
        A scorecard of `measure`.

    Returns
    -------
    str
        Plain text, the same for the same data, settings and versions.

    Raises
    ------
    TwowayError
        If the scorecard does not know the interactions it was measured from.
    """
    if getattr(card, "talk", None) is None:
        msg = (
            "The scorecard does not know its corpus. It was given to methods_note. Give what tw.measure(talk) returned."
        )
        raise TwowayError(msg)
    parts = [_data(card), _definitions(card), _codebooks(card), _intervals(card), _software(), _references(card)]
    return "\n\n".join(parts) + "\n"


def _data(card: Any) -> str:
    corpus = card.talk.corpus
    counts = corpus.coverage()
    start, end = (stamp.strftime("%Y-%m-%d %H:%M") for stamp in corpus.window)
    set_aside = f"{counts.repaired:,} values were repaired and {counts.rejected:,} rows set aside, by named rules."
    return (
        "Data\n"
        f"{counts.posts:,} posts by {counts.accounts:,} accounts, observed from {start} to {end} UTC. Source: "
        f"{corpus.source}. {set_aside} sha256 of the posts: {corpus.fingerprint()}."
    )


def _definitions(card: Any) -> str:
    rows = [
        f"  {name} = {setting_words(name, value)}: {meaning}" for name, value, meaning in card.definitions.to_rows()
    ]
    return f"Definitions (fingerprint {card.definitions.short_hash()})\n" + "\n".join(rows)


def _codebooks(card: Any) -> str:
    coding = card.talk.coding
    lines = [f"  {coding.book(name).stamp}" for name in list_codebooks()]
    coded = "" if coding.given is None else f"\n{coding.given['post_id'].nunique():,} posts have codes that were given."
    return "Codebooks in force\n" + "\n".join(lines) + coded


def _intervals(card: Any) -> str:
    used = sorted(set(card.table["method"]) - {"", "none"})
    lines = [f"  {name}: {METHODS.get(name, name.replace('_', ' '))}" for name in used]
    d = card.definitions
    head = (
        f"{len(card.metrics)} metrics were measured by {card.by}, with {100 * d.level:g} % intervals "
        f"({d.draws:,} draws where an interval is drawn, seed {d.seed}). "
        "Values without evidence are missing, never zero."
    )
    return "\n".join(["Intervals", head, *lines])


def _software() -> str:
    found = versions()
    return "Software\n" + ", ".join(f"{name} {version}" for name, version in found.items()) + "."


def _references(card: Any) -> str:
    return "References of the metrics\n" + "\n".join(f"  {line}" for line in cite(card).splitlines())
