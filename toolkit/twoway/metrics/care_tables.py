"""The prepared table of replies to criticism: whether they care for the person."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..codebooks.kernel import column_of
from ..engine import Frame
from ..text.echoes import CONTENT_WORDS, content_words_kernel
from .exchanges import answers
from .marks import flag, once
from .voice_tables import in_templates

__all__ = ["CARES", "cared", "cared_free"]

CARES = ("empathy", "validation", "apology", "apology_with_cause", "ownership", "gratitude", "well_wishing")

#: Words of content of the complaint that a reply has to take up, and the share of an organization's complaints from
#: which a word is its topic.
ECHOED, TOPIC = 2, 0.05


def cared_free(talk: Any, by: Any) -> Frame:
    """Replies to criticism: the columns of `cared`, and `free`, 1 where the reply follows no template; else 0."""
    scripts = in_templates(talk, by).with_columns(_script=nw.lit(1))
    rows = cared(talk, by).join(scripts, on="row", how="left")
    rows = rows.with_columns(free=1 - nw.col("_script").fill_null(0))
    return rows.with_columns(care=nw.col("care") * nw.col("free"))


def cared(talk: Any, by: Any) -> Frame:
    """Replies of organizations to criticism, with how they care.

    Returns
    -------
    Frame
        `unit, cluster` (the person)`, one, cares_empathy, ...` (labels of the codebook), `paraphrase` (two words of
        content of the complaint or more, beyond those that one in twenty complaints holds)`, substance` (the reply
        answers in the open)`, feels` (empathy, validation or paraphrase)`, acts` (ownership or substance)`, care`
        (both)`, apologized, apologized_for`.
    """
    found: Frame = once(by, "cared", lambda: talk.engine.materialize(_cared(talk, by)))
    return found


def _cared(talk: Any, by: Any) -> Frame:
    tone, care, resolution = (talk.coding.book(name) for name in ("tone", "care", "resolution"))
    critical = talk.coding.codes("tone").filter(nw.col(column_of(tone, "criticism"))).select(parent_row="row")
    codes = talk.coding.codes("care", "resolution")
    known = codes.filter(~nw.col(column_of(care, CARES[0])).is_null())
    marks = {f"cares_{name}": flag(nw.col(column_of(care, name))) for name in CARES}
    coded = known.select("row", **marks, substance=flag(nw.col(column_of(resolution, "open_answer"))))
    rows = answers(talk).join(critical, on="parent_row", how="semi").join(coded, on="row", how="inner")
    rows = talk.engine.materialize(rows)
    rows = by.put(rows.join(_echoes(talk, rows), on=["row", "parent_row", "org_ix"], how="left"))
    rows = rows.with_columns(
        cluster=nw.col("person_ix"), one=nw.lit(1), paraphrase=flag(nw.col("_shared").fill_null(0) >= ECHOED)
    )
    rows = rows.with_columns(
        feels=flag(nw.col("cares_empathy") + nw.col("cares_validation") + nw.col("paraphrase") > 0),
        acts=flag(nw.col("cares_ownership") + nw.col("substance") > 0),
        apologized=nw.col("cares_apology"),
        apologized_for=nw.col("cares_apology") * nw.col("cares_apology_with_cause"),
    )
    return rows.with_columns(care=nw.col("feels") * nw.col("acts"))


def _echoes(talk: Any, rows: Frame) -> Frame:
    """Count the words of content that a reply shares with the complaint: `row, parent_row, org_ix, _shared`."""
    pairs = rows.select("row", "parent_row", "org_ix").unique()
    ends = nw.concat([pairs.select("row"), pairs.select(row="parent_row")]).unique()
    texts = talk.corpus.post_frame.select("row", "text").join(ends, on="row", how="semi")
    words = talk.engine.map_batches(texts, content_words_kernel, CONTENT_WORDS)
    words = talk.engine.materialize(words.with_columns(nw.col("row").cast(talk.engine.index)))
    asked = pairs.select("parent_row", "org_ix").unique()
    held = asked.join(words.rename({"row": "parent_row"}), on="parent_row", how="inner")
    n = asked.group_by("org_ix").agg(nw.len().alias("_n"))
    topics = held.group_by("org_ix", "word").agg(nw.len().alias("_k")).join(n, on="org_ix", how="inner")
    # A word in one of few complaints is no topic.
    topics = topics.filter((nw.col("_k") > 2) & (nw.col("_k") > TOPIC * nw.col("_n")))
    held = held.join(topics.select("org_ix", "word"), on=["org_ix", "word"], how="anti")
    shared = pairs.join(words, on="row", how="inner").join(held, on=["parent_row", "org_ix", "word"], how="inner")
    return shared.group_by("row", "parent_row", "org_ix").agg(nw.len().alias("_shared"))
