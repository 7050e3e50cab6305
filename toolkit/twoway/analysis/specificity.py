"""Whether replies are made for what they answer: beyond topic, and in how far the topic picks the wording (D8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pyarrow as pa

from ..codebooks.topics import MASKS, check_topics, topics_kernel
from ..errors import NotEnoughEvidence
from ..inference.information import InformationNull, entropies
from ..inference.nulls.shuffles import strata_of, week_of
from ..inference.nulls.summary import null_summary
from ..metrics.digits import settled
from ..metrics.grouping import Grouping
from ..metrics.marks import once
from ..metrics.measure import values_of
from ..metrics.voice_tables import answered_pairs, clustered
from ..talks import needs_text, talk_of
from ..text.specificity import length_terciles
from ..text.specificity import specificity as auc_of
from .audience_posts import find_topics

__all__ = ["Specificity", "specificity"]


@dataclass(frozen=True)
class Specificity:
    """Hold how well the replies of each unit fit their posts, and how much the topic of a post tells of the reply.

    Attributes
    ----------
    table
        One row a unit: `unit_id, n` (replies)`, specificity` (`reply_specificity` of `measure`)`, within_topic` (the
        same against posts of one topic, NaN where too few are)`, n_within, information` (bits that the topic of a post
        and the wording of its reply share)`, null_mean, null_sd, z, p` (two-sided; replies exchanged among posts of one
        organization, week and third of length)`, excess` ((information - null_mean) / (topic_entropy - null_mean): 1
        where the topic picks the wording, 0 where it says nothing of it)`, topic_entropy` (bits)`, n_wordings`.
    topics
        Words of each topic.
    by, draws
        Level, and draws of the null model.
    """

    table: pd.DataFrame
    topics: dict[str, tuple[str, ...]]
    by: str
    draws: int

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the table."""
        return self.table.copy()

    def __str__(self) -> str:
        """Write one sentence."""
        known = self.table[self.table["p"].notna()]
        told = known[(known["p"] < 0.05) & (known["z"] > 0)]
        return (
            f"Over {len(self.topics)} topics, what a post is about tells more of the wording of its reply than chance"
            f" for {len(told)} of {len(known)} units (p < 0.05, each tested by itself)."
        )

    def _repr_html_(self) -> str:
        return self.table.round(3).to_html(index=False)


def specificity(
    talk: Any,
    topics: Mapping[str, Sequence[str]] | None = None,
    by: str = "organization",
    *,
    k: int = 8,
    draws: int = 200,
) -> Specificity:
    """Say how well replies fit their posts within one topic, and how much the topic tells of the wording.

    A post that names several topics is of a topic of its own kind, and so is one that names none. Wordings are the
    clusters of `template_share`.

    Parameters
    ----------
    talk
        From `annotate`.
    topics
        Name to words, as in codebooks; found in the posts of both sides if left out.
    by
        Level, as in `measure`.
    k
        How many topics to find.
    draws
        Of the null model.

    Returns
    -------
    Specificity
        Information grows with the number of wordings: read it beside its null model only.

    Raises
    ------
    NotEnoughEvidence
        If no topics are given and the posts are too few to find any.

    References
    ----------
    Demszky and others 2021.

    Examples
    --------
    >>> import twoway as tw
    >>> topics = {"time": ["open*", "late", "hour*"], "money": ["price*", "pay*", "bill*"]}
    >>> found = tw.specificity(tw.annotate(tw.load_corpus("town_square")), topics, draws=20)
    >>> bool((found.table["information"] <= found.table["topic_entropy"] + 1e-9).all())
    True
    """
    talk = talk_of(talk, "specificity")
    needs_text(talk, "specificity")
    words = check_topics(topics) if topics is not None else find_topics(talk, k, talk.definitions.seed)
    if not words:
        msg = "Too few words come back in the posts of both sides to find topics in them. They were looked for by "
        msg += "specificity. Give topics={'name': ['word', ...], ...}."
        raise NotEnoughEvidence(msg)
    grouping = Grouping(talk, by)
    names = grouping.unit_names()
    rows = _rows(talk, grouping, words)
    rows = rows[rows["unit"].isin(list(names))].reset_index(drop=True)
    units = sorted(names, key=lambda unit: str(names[unit]))
    fits = values_of(grouping, ["reply_specificity"])
    table = _informed(rows, units, draws, talk.definitions.seed)
    table.insert(0, "unit_id", [str(names[unit]) for unit in units])
    table.insert(2, "specificity", [settled(fits.get((unit, "reply_specificity"), np.nan)) for unit in units])
    return Specificity(table, dict(words), by, draws)


def _rows(talk: Any, grouping: Any, words: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """Bring home the replies with the topic of their post, their wording, and how they fit within the topic."""
    pairs, weights = once(grouping, "pairs", lambda: answered_pairs(talk))
    topic = _topics(talk, pairs, words)
    found = auc_of(pairs.append_column("topic", pa.array(topic)), weights, seed=talk.definitions.seed)
    auc = pd.Series(np.asarray(found["auc"]), index=np.asarray(found["row"]))
    thirds = length_terciles(np.asarray(pairs["parent_words"]), np.asarray(pairs["organization"]))
    names = ("row", "time", "organization")
    table = pd.DataFrame({name: np.asarray(pairs[name]) for name in names})
    table = table.assign(
        topic=topic, third=thirds, auc=auc[table["row"]].to_numpy(), week=week_of(table["time"].to_numpy())
    )
    masked, clusters = clustered(talk, grouping)
    wording = pd.Series(np.asarray(clusters["cluster"].fill_null(-1)), index=np.asarray(masked["row"]))
    table["wording"] = table["row"].map(wording).fillna(-1).astype(int)
    placed = talk.stream_frame.filter(nw.col("is_approach") == 0).select(
        "row", "account_ix", "org_ix", at_s="created_s"
    )
    put = talk.engine.collect(grouping.put(placed.unique()).select("row", "unit").unique()).to_pandas()
    return table[table["wording"] >= 0].merge(put, on="row", how="inner")


def _topics(talk: Any, pairs: pa.Table, words: Mapping[str, tuple[str, ...]]) -> Any:
    """Number the topic of each post: 0 for none, one more than its place for one topic, the last for several."""
    posts = talk.engine.from_arrow(pa.table({"row": pairs["parent_row"]}).group_by("row").aggregate([]))
    texts = talk.corpus.post_frame.select("row", "text")
    texts = texts.join(posts.with_columns(nw.col("row").cast(talk.engine.index)), on="row", how="semi")
    found = talk.engine.collect(talk.engine.map_batches(texts, partial(topics_kernel, topics=words), MASKS)).to_pandas()
    mask = pd.Series(found["mask"].to_numpy(), index=found["row"].to_numpy()).reindex(np.asarray(pairs["parent_row"]))
    bits = (mask.to_numpy(np.int64)[:, None] >> np.arange(len(words))) & 1
    named = bits.sum(axis=1)
    return np.where(named > 1, len(words) + 1, np.where(named == 1, bits.argmax(axis=1) + 1, 0))


def _informed(rows: pd.DataFrame, units: Sequence[int], draws: int, seed: int) -> pd.DataFrame:
    """Measure what topics tell of wordings in each unit, beside the null model."""
    unit = np.searchsorted(sorted(units), rows["unit"].to_numpy())
    order = np.searchsorted(sorted(units), list(units))
    n = len(units)
    labels = [rows[name].to_numpy(np.int64) for name in ("topic", "wording")]
    strata = strata_of(rows["organization"].to_numpy(), rows["week"].to_numpy(), rows["third"].to_numpy())
    null = InformationNull(labels[0], labels[1], unit, n, strata)
    rng = np.random.default_rng(seed)
    found = null_summary(null.observed(), np.array([null.draw(rng) for _ in range(draws)]), "two-sided")
    topic = entropies(labels[0], unit, n)
    room = topic - found.mean
    with np.errstate(all="ignore"):
        excess = np.where(room > 1e-9, (found.observed - found.mean) / room, np.nan)
    known = rows["auc"].notna().to_numpy()
    n_within = np.bincount(unit[known], minlength=n)
    total = np.bincount(unit[known], weights=rows["auc"].to_numpy()[known], minlength=n)
    wordings = pd.Series(labels[1]).groupby(unit).nunique().reindex(range(n)).fillna(0).to_numpy(np.int64)
    columns = {
        "n": np.bincount(unit, minlength=n),
        "within_topic": total / np.where(n_within > 0, n_within, np.nan),
        "n_within": n_within,
        "information": found.observed,
        **{"null_mean": found.mean, "null_sd": found.sd, "z": found.z, "p": found.p},
        "excess": excess,
        "topic_entropy": topic,
        "n_wordings": wordings,
    }
    return pd.DataFrame({name: values[order] for name, values in columns.items()})
