"""What a report asks of what posts say, as codebooks read them: replies, destinations, tone, voice, content, models.

Each question has a sentence on what is read and one on what misleads; wordings of posts stay out, but for corpora that
may be shown.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..analysis.affect import affect_change
from ..analysis.templates import templates
from ..analysis.tone_flow import tone_flow
from ..errors import NotEnoughEvidence
from ..figures.canvas import number, percent
from ..figures.corrected import REPLY_SHARES, plot_corrected
from ..figures.destinations import DESTINATION_WORDS, plot_destinations
from ..figures.diet import plot_content_diet
from ..figures.forest import plot_scorecard
from ..figures.models import plot_pr_models
from ..figures.outcomes import plot_outcomes
from ..figures.voice import plot_templates, plot_voice_profile
from .alike import parity_shown
from .answer import Question, Shown
from .captions import evidence, known_rows, level_words, methods_words, read_by, with_interval
from .findings import Findings

__all__ = ["SAID"]

# How many destinations a sentence names.
_PLACES = 3


def _outcomes(found: Findings) -> Shown:
    rows = known_rows(found, "outcome_open_share")
    whole = found.whole.loc
    settled, ignored = whole["open_resolution_rate"], whole["outcome_ignored_share"]
    said = (
        f"Of {settled['n']:,} matters {with_interval(settled, percent)} were settled in the open, and"
        f" {with_interval(ignored, percent)} got no reply that is in the collection."
    )
    caption = (
        f"n = {rows['n'].sum():,} episodes of {len(rows):,} organizations. Bars are drawn without intervals; of the"
        f" sentence, {methods_words([settled['method'], ignored['method']], level_words(found))}"
        f" {read_by(found, 'resolution')}"
    )
    return Shown((said,), lambda: plot_outcomes(found.card, labels=found.labels), caption)


def _replies(found: Findings) -> Shown:
    rows = known_rows(found, "reply_open_share")
    opened, sent = (found.whole.loc[metric] for metric in REPLY_SHARES)
    said = (
        f"Of {opened['n']:,} replies to persons {with_interval(opened, percent)} answer in public and"
        f" {with_interval(sent, percent)} only send the person elsewhere.",
        _correction(opened, sent),
    )
    caption = f"{evidence(found, rows, 'replies to persons')} {read_by(found, 'resolution')}"
    return Shown(said, lambda: plot_corrected(found.card), caption)


def _correction(opened: Any, sent: Any) -> str:
    n = min(row.get("n_labeled", 0) for row in (opened, sent))
    if not n:
        return (
            "Nobody coded such replies by hand, so the errors of the rules are not taken off. Hand codes in (--codes,"
            " or codes= of tw.annotate) to see shares corrected for them."
        )
    if pd.isna(opened["corrected"]) or pd.isna(sent["corrected"]):
        return f"Codes by hand of {n:,} replies are too few, or too much alike, to take off the errors of the rules."
    names = ("corrected", "corrected_low", "corrected_high")
    limits = [dict(zip(("value", "low", "high"), row[list(names)], strict=True)) for row in (opened, sent)]
    both = " and ".join(with_interval(row, percent) for row in limits)
    return f"Corrected for the errors of the rules by codes of {n:,} replies: {both}."


def _destinations(found: Findings) -> Shown:
    known_rows(found, "destination_dm_share")
    rows = found.whole.loc[list(DESTINATION_WORDS)]
    most = rows.sort_values("value", ascending=False, kind="stable").head(_PLACES)
    listed = ", ".join(f"{DESTINATION_WORDS[str(name)]} {with_interval(row, percent)}" for name, row in most.iterrows())
    n = rows["n"].max()
    said = f"Of {n:,.0f} places that deflections name the most frequent are: {listed}."
    caption = (
        f"All organizations together, n = {n:,.0f} places. {methods_words(rows['method'], level_words(found))}"
        f" {read_by(found, 'resolution', 'destination')}"
    )
    return Shown((said,), lambda: plot_destinations(rows.reset_index()), caption)


def _tone(found: Findings) -> Shown:
    if not found.talk.corpus.knows("text"):
        known_rows(found, "response_rate_criticism")
    flow = tone_flow(found.talk)
    caption = (
        f"n = {flow.table['n'].sum():,} episodes with two posts or more by the person; widths are counts of them, so"
        f" there are no intervals. {read_by(found, 'tone')}"
    )
    return Shown((str(flow),), flow.plot, caption)


def _feeling(found: Findings) -> Shown:
    metric = "affect_change_without_thanks"
    rows = known_rows(found, metric)
    try:
        result = affect_change(found.talk)
        said = tuple(str(result).replace("all: at equal", "At equal").splitlines())
        version = f" Scored by {result.version.split(';')[0]}, words of thanks left out."
    except NotEnoughEvidence:
        said, version = ("Fewer than ten persons posted twice in an episode, so what they heard is not compared.",), ""
    caption = f"{evidence(found, rows, 'episodes with two posts or more by the person')}{version}"
    return Shown(said, lambda: plot_scorecard(found.card, metric, labels=found.labels), caption)


def _voice(found: Findings) -> Shown:
    rows = known_rows(found, "human_voice").sort_values("value", ascending=False, kind="stable")
    ends = [("Most", rows.iloc[0]), ("Fewest", rows.iloc[-1])][: len(rows)]
    said = tuple(
        f"{word} markers a reply: {row.name}, a mean share of {with_interval(row, number)} of the fifteen over three"
        f" families, in {row['n']:,} replies."
        for word, row in ends
    )
    caption = f"Of the mean over all markers: {evidence(found, rows, 'replies to persons')} {read_by(found, 'voice')}"
    return Shown(said, lambda: plot_voice_profile(found.card), caption)


def _templates(found: Findings) -> Shown:
    rows = known_rows(found, "template_share")
    bank = templates(found.talk, corpus_is_own=found.is_own)
    if bank.table.empty:
        msg = "No organization sent a wording to three persons or more."
        raise NotEnoughEvidence(msg)
    used = rows[rows["value"] > 0].sort_values("value", ascending=False, kind="stable")
    said = [
        f"{name}: {with_interval(row, percent)} of {row['n']:,} replies follow such a wording."
        for name, row in used.iterrows()
    ]
    none = len(rows) - len(used)
    said += [f"{none:,} of {len(rows):,} organizations sent no wording to three persons."] if none else []
    hidden = (
        "Names, numbers and links are masked by slots."
        if found.is_own
        else "Wordings are counted and not shown, since they can be searched for and lead to persons; if the posts are"
        " yours to show, ask for them (--own, or corpus_is_own=True)."
    )
    caption = f"Of the shares: {evidence(found, rows, 'replies of five words or more')} {hidden}"
    return Shown(tuple(said), lambda: plot_templates(bank), caption)


def _diet(found: Findings) -> Shown:
    rows = known_rows(found, "content_classes_effective").sort_values("value", ascending=False, kind="stable")
    ends = [("Most mixed", rows.iloc[0]), ("Least mixed", rows.iloc[-1])][: len(rows)]
    said = tuple(
        f"{word}: {row.name}, as mixed as {with_interval(row, number)} equally frequent classes, in {row['n']:,} posts."
        for word, row in ends
    )
    caption = f"Of ¹D: {evidence(found, rows, 'posts')} {read_by(found, 'content')}"
    return Shown(said, lambda: plot_content_diet(found.card), caption)


def _models(found: Findings) -> Shown:
    rows = known_rows(found, "two_way_share")
    two_way, symmetry = (found.whole.loc[metric] for metric in ("two_way_share", "pr_symmetry"))
    said = (
        f"Of {two_way['n']:,} posts {with_interval(two_way, percent)} follow a two-way model; of these"
        f" {with_interval(symmetry, percent)} are symmetrical."
    )
    caption = f"Of the two-way share: {evidence(found, rows, 'posts')} {read_by(found, 'pr_model')}"
    return Shown((said,), lambda: plot_pr_models(found.card), caption)


SAID = (
    Question(
        "outcomes",
        "What became of each matter",
        "All that one person and one organization said about a matter is taken together, and the best that happened in"
        " it counts.",
        "What was settled in private is not seen, and an answer in public need not be a good one.",
        _outcomes,
    ),
    Question(
        "replies",
        "Open answers and deflections",
        "Each reply to a person is read by what it does; shown are the two that matter most, raw and, where people"
        " coded some replies, corrected for the errors of the rules.",
        "Rules see better that somebody is sent elsewhere than that an answer has substance; a correction is only as"
        " good as the sample that people coded.",
        _replies,
    ),
    Question(
        "destinations",
        "Where people are sent",
        "Of the places that deflections name, the share of each; only another account or a web page lets others read"
        " along.",
        "A short link may lead to a form or a chat, and some matters have to go private for safety.",
        _destinations,
    ),
    Question(
        "parity",
        "Criticism answered like praise",
        "Whether turns that begin with criticism are answered as often as turns of praise; that they are alike is only"
        " said where the narrower interval of the difference lies within ten points either way (two one-sided tests).",
        "Praise often needs no answer, and rules miss sarcasm; where nothing can be told, that is no sign of being"
        " alike.",
        parity_shown,
    ),
    Question(
        "tone-flow",
        "How tone changes",
        "The tone of a person's first post of an episode against that of the last, all organizations together.",
        "Only those who posted again are seen, and who gave up complaining looks neutral.",
        _tone,
    ),
    Question(
        "feeling",
        "Whether people feel better",
        "The change of sentiment from a person's first to last post of an episode, words of thanks left out.",
        "Only those who posted again are seen, extremes move to the middle by themselves, and VADER reads words, not"
        " irony.",
        _feeling,
    ),
    Question(
        "voice",
        "The voice of replies",
        "The share of replies to persons that show each of fifteen markers of a human voice.",
        "Markers can be templated, so read them with the templates below; how human replies feel is asked of people.",
        _voice,
    ),
    Question(
        "templates",
        "The template bank",
        "Wordings that three persons or more got from one organization, names, numbers and links masked.",
        "The share grows with the number of replies, and wordings that change little by little chain into one.",
        _templates,
    ),
    Question(
        "diet",
        "The content diet",
        "Each post belongs to the first of ten classes of content that applies; the Hill numbers ¹D and ²D say how many"
        " equally frequent classes would be as mixed, ²D giving rare ones less weight.",
        "Coarse classes hide monotony, errors of the rules make a mix look more even, and “other” holds what no rule"
        " knows.",
        _diet,
    ),
    Question(
        "models",
        "Models of public relations",
        "Each post sells (press agentry), informs (public information), asks people and leaves it at that (two-way"
        " asymmetrical), or answers them or takes up what they say (two-way symmetrical).",
        "Rules confuse informing with selling, and whoever replies counts as symmetrical, also with a formula or a"
        " deflection.",
        _models,
    ),
)
