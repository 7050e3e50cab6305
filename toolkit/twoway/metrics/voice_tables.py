"""Prepared tables of how replies are worded: human voice, scripts, specificity."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..codebooks.kernel import column_of
from ..engine import Frame
from ..text.duplicates import near_duplicates, rarefied_duplicates
from ..text.masking import MASKED, masked_kernel
from ..text.specificity import specificity
from ..text.templates import template_clusters
from ..text.terms import TERMS, term_weights, terms_kernel
from .exchanges import replies_to_persons
from .marks import DAY, flag, kept, once

__all__ = [
    "FAMILIES",
    "answered_pairs",
    "clustered",
    "in_templates",
    "markers_of",
    "public_replies",
    "scripted",
    "specific",
    "voiced",
]

#: The markers of a human voice, by family.
FAMILIES = {
    "personalization": ("greeting", "first_name", "you_form", "i_form", "signature"),
    "informality": ("contraction", "emoticon", "interjection", "slang", "expressive"),
    "invitation": ("thanks", "apology", "empathy", "invitation", "wishes"),
}

#: From so many persons who got it, a wording is a template.
TEMPLATE_PERSONS = 3


def markers_of(talk: Any) -> Frame:
    """Give the markers of a human voice of each reply: `row, is_*`, one column a family, and `chv`, their mean."""
    book = talk.coding.book("voice")
    codes = talk.coding.codes("voice")
    names = [name for family in FAMILIES.values() for name in family]
    known = codes.filter(~nw.col(column_of(book, names[0])).is_null())
    marks = known.select("row", **{f"is_{name}": flag(nw.col(column_of(book, name))) for name in names})
    families = {
        family: nw.sum_horizontal(*[nw.col(f"is_{name}") for name in names]) / len(names)
        for family, names in FAMILIES.items()
    }
    chv = nw.sum_horizontal(*[nw.col(family) for family in FAMILIES]) / len(FAMILIES)
    return marks.with_columns(**families).with_columns(chv=chv)


def voiced(talk: Any, by: Any) -> Frame:
    """Replies with the markers of a human voice (`is_*`), the share of each family, and `chv`, their mean."""
    rows = by.put(replies_to_persons(talk).join(markers_of(talk), on="row", how="inner"))
    return rows.with_columns(one=nw.lit(1), cluster=nw.col("at_s") // DAY)


def _texts(talk: Any, rows: Frame) -> Frame:
    texts = talk.corpus.post_frame.filter(~nw.col("text").is_null()).select("row", "text")
    return texts.join(rows.select("row"), on="row", how="semi")


def _masked(talk: Any) -> pa.Table:
    """Mask the replies: one row a reply, with its organization, person and time."""
    replies = replies_to_persons(talk).select("row", group="org_ix", person="person_ix", time="at_s")
    return talk.engine.collect(talk.wording.masked().join(replies, on="row", how="inner")).sort_by("row")


def public_replies(talk: Any, most: int) -> pa.Table:
    """Mask the replies of persons to other persons: one row a reply that says a word, and the person replied to.

    Of more than `most`, a random part.
    """
    people = talk.account_frame.filter(nw.col("is_public")).select("account_ix")
    own = talk.links.posts.filter(~nw.col("is_context")).select("row")
    replies = talk.address_frame.filter(nw.col("is_reply") == 1).join(own, on="row", how="semi")
    for side in ("source_ix", "target_ix"):
        replies = replies.join(people.rename({"account_ix": side}), on=side, how="semi")
    found = talk.engine.collect(replies.select("row", person="target_ix")).sort_by("row")
    if len(found) > most:
        rng = np.random.default_rng(talk.definitions.seed)
        found = found.take(np.sort(rng.choice(len(found), most, replace=False)))
    index = {name: nw.col(name).cast(talk.engine.index) for name in ("row", "person")}
    drawn = talk.engine.from_arrow(found).with_columns(**index)
    masked = talk.engine.map_batches(_texts(talk, drawn), masked_kernel, MASKED)
    masked = masked.with_columns(nw.col("row").cast(talk.engine.index)).filter(nw.col("tokens") > 0)
    table = talk.engine.collect(masked.join(drawn, on="row", how="inner")).sort_by("row")
    return table.append_column("group", pa.array(np.zeros(len(table), dtype=np.int64)))


def clustered(talk: Any, by: Any) -> tuple[pa.Table, pa.Table]:
    """Mask the replies and find the template of each; both tables in one order."""

    def make() -> tuple[pa.Table, pa.Table]:
        masked = _masked(talk)
        return masked, template_clusters(masked)

    found: tuple[pa.Table, pa.Table] = once(by, "clustered", make)
    return found


def in_templates(talk: Any, by: Any) -> Frame:
    """List the replies of five words or more that follow a template: `row`."""
    _, clusters = clustered(talk, by)
    known = pc.invert(clusters["is_short"])
    table = pa.table({"row": clusters["row"]}).filter(_by_several(clusters, known))
    return talk.engine.from_arrow(table).with_columns(nw.col("row").cast(talk.engine.index))


def scripted(talk: Any, by: Any) -> Frame:
    """Replies of five words or more, with whether they follow a script.

    Returns
    -------
    Frame
        `unit, cluster` (the day)`, one, known` (said in words)`, duplicate` (another person got nearly the same)`,
        rarefied` (the chance of that among 200 replies)`, has_rarefied, monthly` (among 200 of the month)`,
        has_monthly, short, short_duplicate, template` (three persons got it)`, complete` (the same with complete
        links)`, has_complete, template_no, top10, signed, cross_agent` (two who sign use it)`, markers,
        scripted_markers`.
    """
    masked, clusters = clustered(talk, by)
    alike = near_duplicates(masked)
    long = pc.invert(alike["is_short"])
    known = pc.and_(long, pc.is_valid(alike["is_duplicate"]))
    tight = template_clusters(masked, linkage="complete")
    columns = {
        "row": masked["row"],
        "known": known,
        "duplicate": pc.and_(known, pc.fill_null(alike["is_duplicate"], False)),
        **_chances("rarefied", masked, known),
        **_chances("monthly", _by_month(masked, by), known),
        "short": pc.and_(alike["is_short"], pc.is_valid(alike["is_duplicate"])),
        "template": _by_several(clusters, known),
        "complete": _by_several(tight, known),
        "has_complete": _all_linked(masked["group"], tight, known),
        "template_no": pc.fill_null(clusters["cluster"], -1),
        "cross_agent": pc.and_(known, pc.fill_null(pc.greater_equal(clusters["n_agents"], 2), False)),
        "signed": pc.and_(known, _signing(masked)),
        "was_duplicate": pc.fill_null(alike["is_duplicate"], False),
    }
    found = talk.engine.from_arrow(pa.table(columns)).with_columns(nw.col("row").cast(talk.engine.index))
    rows = by.put(
        replies_to_persons(talk).join(found, on="row", how="inner").join(markers_of(talk), on="row", how="left")
    )
    chances = ("has_rarefied", "has_monthly")
    names = ("known", "duplicate", *chances, "short", "template", "complete", "has_complete", "cross_agent", "signed")
    rows = rows.with_columns(**{name: flag(nw.col(name)) for name in names})
    markers = nw.sum_horizontal(*[nw.col(f"is_{m}").fill_null(0) for family in FAMILIES.values() for m in family])
    rows = rows.with_columns(markers=markers * nw.col("known"), cluster=nw.col("at_s") // DAY, one=nw.lit(1))
    rows = rows.join(_largest(talk, rows), on=["unit", "template_no"], how="left")
    return rows.with_columns(
        top10=nw.col("top10").fill_null(0) * nw.col("known"),
        short_duplicate=nw.col("short") * flag(nw.col("was_duplicate")),
        cross_agent=nw.col("cross_agent") * nw.col("signed"),
        scripted_markers=nw.col("markers") * nw.col("template"),
    )


def _chances(name: str, masked: pa.Table, known: Any) -> dict[str, Any]:
    """Give the chance of each reply to have a near-duplicate among 200 of its group, 0 where there are fewer."""
    chance = pc.fill_null(rarefied_duplicates(masked)["chance"], float("nan"))
    has = pc.and_(known, pc.invert(pc.is_nan(chance)))
    return {name: pc.if_else(has, chance, 0.0), f"has_{name}": has}


def _by_month(masked: pa.Table, by: Any) -> pa.Table:
    """Let the months of each organization be groups of their own."""
    months = by.month_of_days()
    day, place = np.unique(np.asarray(masked["time"]) // DAY, return_inverse=True)
    month = np.array([months[int(d)] for d in day], dtype=np.int64)[place.reshape(-1)]
    group = np.asarray(masked["group"]).astype(np.int64) * 1_000_000 + month
    return masked.set_column(masked.column_names.index("group"), "group", pa.array(group))


def _all_linked(group: Any, clusters: pa.Table, known: Any) -> Any:
    """Say of each reply whether clusters were found for all of its organization: to leave some out would mislead."""
    code = np.unique(np.asarray(group), return_inverse=True)[1].reshape(-1)
    lost = np.asarray(pc.and_(known, pc.is_null(clusters["cluster"]))).astype(float)
    return pc.and_(known, pa.array(np.bincount(code, weights=lost)[code] == 0))


def _by_several(clusters: pa.Table, known: Any) -> Any:
    return pc.and_(known, pc.fill_null(pc.greater_equal(clusters["n_persons"], TEMPLATE_PERSONS), False))


def _largest(talk: Any, rows: Frame, n: int = 10) -> Frame:
    """Name the wordings of each unit that most of its replies use: `unit, template_no, top10`."""
    counts = (
        rows.filter((nw.col("known") == 1) & (nw.col("template_no") >= 0))
        .group_by("unit", "template_no")
        .agg(nw.len().alias("_n"))
    )
    counts = talk.engine.materialize(counts.with_columns(_less=-nw.col("_n").cast(nw.Int64), _one=nw.lit(1)))
    place = nw.col("_one").cum_sum().over("unit", order_by=["_less", "template_no"])
    ranked = counts.with_columns(_place=place)
    return ranked.filter(nw.col("_place") <= n).select("unit", "template_no", top10=nw.lit(1))


def _signing(masked: pa.Table) -> pa.Array:
    """Say of each reply whether anybody in its organization signs."""
    signs = np.asarray(pc.is_valid(masked["agent"]))
    group = np.asarray(masked["group"]).astype(np.int64)
    any_signs = np.bincount(group, weights=signs, minlength=int(group.max(initial=-1)) + 1) > 0
    return pa.array(any_signs[group])


def specific(talk: Any, by: Any) -> Frame:
    """Replies with how much better each fits the post it answers than posts others wrote that week.

    Returns
    -------
    Frame
        `unit, cluster` (the person)`, auc, has_auc, is_specific`.
    """
    # Terms fill memory, so that only who reads them again keeps them.
    pairs, weights = kept(by, "pairs", lambda: answered_pairs(talk))
    found = specificity(pairs, weights, seed=talk.definitions.seed)
    auc = np.asarray(found["auc"])
    has = ~np.isnan(auc)
    columns = {
        "row": found["row"],
        "auc": pa.array(np.where(has, auc, 0.0)),
        "has_auc": pa.array(has.astype(np.int64)),
        "is_specific": pc.cast(pc.fill_null(found["is_specific"], False), pa.int64()),
    }
    frame = talk.engine.from_arrow(pa.table(columns)).with_columns(nw.col("row").cast(talk.engine.index))
    return by.put(replies_to_persons(talk).join(frame, on="row", how="inner")).with_columns(cluster=nw.col("person_ix"))


def answered_pairs(talk: Any) -> tuple[pa.Table, Any]:
    """Join replies to the posts of the public they answer, and weigh terms by all posts of the public."""
    engine = talk.engine
    links = talk.links.posts.select("row", "parent_row")
    replies = replies_to_persons(talk).join(links, on="row", how="inner").filter(~nw.col("parent_row").is_null())
    people = talk.corpus.account_frame.filter(nw.col("is_public")).select("account_id")
    asked = talk.corpus.post_frame.filter(~nw.col("text").is_null()).join(people, on="account_id", how="semi")
    asked = asked.select("row", "text", "created_s")
    terms = engine.map_batches(asked.select("row", "text"), terms_kernel, TERMS)
    terms = engine.materialize(terms.with_columns(nw.col("row").cast(engine.index)))
    weights = term_weights(engine.collect(terms.select("terms"))["terms"])
    own = engine.map_batches(_texts(talk, replies), terms_kernel, TERMS)
    own = own.with_columns(nw.col("row").cast(engine.index)).select("row", reply_terms="terms")
    parents = terms.join(asked.select("row", "created_s"), on="row", how="inner").select(
        parent_row="row", time="created_s", parent_words="words", parent_terms="terms"
    )
    table = replies.join(parents, on="parent_row", how="inner").join(own, on="row", how="inner")
    table = table.select(
        *("row", "parent_row", "time", "parent_words", "parent_terms", "reply_terms"),
        organization="org_ix",
        person="person_ix",
    )
    return engine.collect(table.sort("row")), weights
