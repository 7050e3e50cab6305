"""Prepared tables of what organizations post, by what it does to the public: models, principles, functions, content."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from ..engine import Frame
from ..text.profiles import PROFILED, profiles_kernel
from .coded_tables import begun, spoken
from .marks import flag
from .unit_marks import answering, left_alone, linking, naming_own, promoted, taken_up

__all__ = ["CONTENT", "MODEL_TABLES"]

#: The classes of the codebook `content`, in the order of their precedence.
CONTENT = (
    *("answer_care", "service_notice", "award_praise", "promotion", "how_to", "product_news", "behind_scenes"),
    *("community", "small_talk", "other"),
)


def _any(*names: str) -> nw.Expr:
    """Say whether one of some columns is 1."""
    return flag(nw.sum_horizontal(*[nw.col(name) for name in names]) > 0)


def models(talk: Any, by: Any) -> Frame:
    """Units with the model of public relations each follows; solicitations too late to be judged follow none.

    Returns
    -------
    Frame
        `unit, cluster, at_s, one, judged, late`, exactly one of `symmetric, asymmetric, agentry, informing` where
        judged, `two_way`, and what could be of the late ones (`high_*`).
    """
    within, end = talk.definitions.horizon_s, talk.corpus.window_s[1]
    units = promoted(talk, answering(talk, spoken(talk, by, "pr_model")))
    asks = nw.col("pr_model__solicits") * (1 - nw.col("answers"))
    units = talk.engine.materialize(units.with_columns(_asks=asks))
    asked = units.filter(nw.col("_asks") == 1).select("row", "root", "org_ix", "at_s").unique()
    units = units.join(taken_up(talk, asked, within), on="row", how="left")
    late = nw.col("_asks") * flag(nw.col("at_s") > end - within)
    units = units.with_columns(late=late, _up=nw.col("_asks") * nw.col("is_taken_up").fill_null(0))
    sells = _any("pr_model__promotional", "paid") * (1 - nw.col("is_directed"))
    rest = (1 - nw.col("answers")) * (1 - nw.col("_asks"))
    units = units.with_columns(
        judged=1 - nw.col("late"),
        symmetric=nw.col("answers") + nw.col("_up") * (1 - nw.col("late")),
        asymmetric=(nw.col("_asks") - nw.col("_up")) * (1 - nw.col("late")),
        agentry=rest * sells,
        informing=rest * (1 - sells),
    )
    units = units.with_columns(two_way=nw.col("symmetric") + nw.col("asymmetric"))
    return units.with_columns(
        **{f"high_{name}": nw.col(name) + nw.col("late") for name in ("symmetric", "asymmetric", "two_way")}
    )


def dialogic(talk: Any, by: Any) -> Frame:
    """Units with the dialogic principles each serves: `loop, useful, returns, conserves`, and `principles`, their mean.

    `high_conserves` and `high_principles` take links of unknown target for links to the organization's own site.
    """
    units = naming_own(talk, linking(talk, answering(talk, spoken(talk, by, "dialogic"))))
    parts = {
        "loop": ("dialogic__asks_question", "dialogic__answers_question", "answers"),
        "useful": ("dialogic__names_contact", "dialogic__gives_facts", "dialogic__customer_news"),
        "returns": ("dialogic__dated_event", "dialogic__series", "dialogic__follow_for"),
        "conserves": ("dialogic__own_profile", "links_own", "names_own"),
        "high_conserves": ("dialogic__own_profile", "links_own", "names_own", "links_unknown"),
    }
    units = units.with_columns(**{name: _any(*marks) for name, marks in parts.items()})
    rest = nw.col("loop") + nw.col("useful") + nw.col("returns")
    return units.with_columns(
        principles=(rest + nw.col("conserves")) / 4, high_principles=(rest + nw.col("high_conserves")) / 4
    )


def profiles(talk: Any, by: Any) -> Frame:
    """Accounts that posted, one row a unit and account: `oriented` where any of their units answers a person."""
    said = by.put(talk.said_frame.filter(nw.col("is_repost") == 0))
    said = answering(talk, said).group_by("unit", "account_ix")
    table = said.agg(nw.col("answers").max().alias("oriented"), nw.col("at_s").min())
    return table.with_columns(one=nw.lit(1), cluster=nw.col("account_ix"))


def faces(talk: Any, by: Any) -> Frame:
    """Accounts that posted, with what their profiles show: `has_bio, has_link, names_author, interface` (any of these).

    There is no row where the source tells of no profile at all.
    """
    told = talk.corpus.account_frame.select("account_ix", "bio", "website")
    texts = told.select(nw.col("bio"), row=nw.col("account_ix").cast(nw.Int64))
    authors = talk.engine.map_batches(texts, profiles_kernel, PROFILED)
    authors = authors.select("names_author", account_ix=nw.col("row").cast(talk.engine.index))
    shown = {"has_bio": nw.col("bio"), "has_link": nw.col("website")}
    known = told.with_columns(**{name: flag(column.fill_null("") != "") for name, column in shown.items()})
    known = known.join(authors, on="account_ix", how="left")
    known = known.with_columns(interface=_any("has_bio", "has_link", "names_author"))
    # A source that tells of some profiles tells of all.
    some = known.select(is_told=nw.col("interface").max())
    table = profiles(talk, by).join(known, on="account_ix", how="inner").join(some, how="cross")
    return table.filter(nw.col("is_told") == 1)


def functions(talk: Any, by: Any) -> Frame:
    """Units with their primary function: exactly one of `acting, tying, informing`; replies tie unless they call."""
    units = answering(talk, spoken(talk, by, "ica"))
    units = units.with_columns(acting=nw.col("ica__action"))
    units = units.with_columns(tying=(1 - nw.col("acting")) * _any("ica__community", "answers"))
    return units.with_columns(informing=1 - nw.col("acting") - nw.col("tying"))


def content(talk: Any, by: Any) -> Frame:
    """Units with their class of content: exactly one of `is_*`; whatever answers a person is of `answer_care`."""
    units = answering(talk, spoken(talk, by, "content"))
    units = units.with_columns(is_answer_care=_any("content__answer_care", "answers"))
    rest = 1 - nw.col("is_answer_care")
    return units.with_columns(**{f"is_{name}": nw.col(f"content__{name}") * rest for name in CONTENT[1:]})


def content_days(talk: Any, by: Any) -> Frame:
    """Count each class on each day of a unit: `unit, cluster` (the day)`, kind` (from 0)`, n, at_s`."""
    kind = nw.sum_horizontal(*[nw.col(f"is_{name}") * i for i, name in enumerate(CONTENT)])
    counted = content(talk, by).with_columns(kind=kind).group_by("unit", "cluster", "kind")
    return counted.agg(nw.col("one").sum().alias("n"), nw.col("at_s").min())


def originals(talk: Any, by: Any) -> Frame:
    """Original units: where they link to, and what became of the replies to them.

    Returns
    -------
    Frame
        `unit, cluster, at_s, one, links_own, high_links, pushes` (undirected, links to the own site, asks nothing)`,
        high_pushes, is_due` (early enough to be judged)`, drawn` (and a person replied within a day)`, left` (drawn,
        nobody came back in time)`, drawn_s, back_s`.
    """
    within, end = talk.definitions.horizon_s, talk.corpus.window_s[1]
    units = linking(talk, spoken(talk, by, "pr_model").join(begun(talk), on="row", how="semi"))
    units = talk.engine.materialize(units)
    bare = (1 - nw.col("is_directed")) * (1 - nw.col("pr_model__solicits"))
    units = left_alone(talk, units, within).with_columns(
        high_links=nw.col("links_own") + nw.col("links_unknown"), is_due=flag(nw.col("at_s") <= end - within)
    )
    return units.with_columns(
        pushes=bare * nw.col("links_own"),
        high_pushes=bare * nw.col("high_links"),
        drawn=nw.col("is_due") * nw.col("is_drawn"),
        left=nw.col("is_due") * nw.col("is_left"),
    )


MODEL_TABLES = {
    "models": models,
    "dialogic": dialogic,
    "profiles": profiles,
    "faces": faces,
    "functions": functions,
    "originals": originals,
    "content": content,
    "content_days": content_days,
}
