"""What a report says of what posts say: the numbers of a corpus counted by hand, and why another cannot carry them."""

from __future__ import annotations

import pandas as pd
import pytest
from handmade import DAY, MINUTE, annotated, post, tables

import twoway as tw
from twoway.figures import MODEL_PARTS, OUTCOME_PARTS, plot_corrected, plot_outcomes, plot_pr_models
from twoway.report.answer import Shown, answer_of
from twoway.report.captions import methods_words, with_interval
from twoway.report.findings import find
from twoway.report.methods import methods_note
from twoway.report.said import SAID
from twoway.samples import is_bundled

#: What the shop answers to each of six complaints; the name and the number are slots of one wording.
SENT = "Hi {}, we are so sorry about this trouble, please send us a DM with order number {}."
CRITICISM = "@shop this is terrible, the worst service ever, I am so angry"
PRAISE = "@shop great service, thank you so much, I love it"
MORNING = "Our store opens at nine on Monday."


def rows_of(*, n=6, answers=True, asks=True):
    """Return posts and roles: complaints that are all sent elsewhere, and praise that nobody answers."""
    rows, roles = [], {"shop": "official"}
    for i in range(n):
        rows.append(post(f"m{i}", "shop", 2_000 * i, MORNING))
        if not asks:
            continue
        roles |= {f"c{i}": "public", f"p{i}": "public"}
        rows.append(post(f"q{i}", f"c{i}", 2_000 * i + 10, CRITICISM))
        rows.append(post(f"t{i}", f"p{i}", 2_000 * i + 20, PRAISE))
        if answers:
            name = ("Ann", "Bob", "Cleo", "Dan", "Eve", "Fay")[i % 6]
            rows.append(post(f"a{i}", "shop", 2_000 * i + 40, f"@c{i} {SENT.format(name, 4711 + i)}", f"q{i}"))
            rows.append(post(f"r{i}", f"c{i}", 2_000 * i + 90, "@shop ok, I have sent you a message", f"a{i}"))
    return [*rows, post("end", "shop", 40 * DAY / MINUTE, MORNING)], roles


def asked(rows, roles, *, is_own=False, **more):
    posts, accounts = tables(rows, roles)
    talk = tw.annotate(tw.Corpus(posts, accounts), **more)
    found = find(talk, is_own=is_own)
    return {question.id: answer_of(found, question) for question in SAID}


@pytest.fixture(scope="module")
def told():
    return asked(*rows_of())


@pytest.fixture(scope="module")
def quiet():
    """Nobody is answered, since nobody asks."""
    return asked(*rows_of(asks=False))


@pytest.fixture(scope="module")
def wordless():
    rows, roles = rows_of()
    return asked([{name: value for name, value in row.items() if name != "text"} for row in rows], roles)


def words(answer):
    return " ".join((*answer.sentences, *answer.more))


# -- a corpus that carries them ----------------------------------------------------------------------------------------


def test_every_question_has_a_picture_with_a_caption(told):
    for answer in told.values():
        assert not answer.reason, answer
        assert str(answer.figure).startswith("<svg")
        assert "n = " in answer.caption
        assert "interval" in answer.caption
        assert answer.misleads


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # Two matters a round: a complaint that is sent elsewhere, praise that gets no reply; nothing is settled.
        ("outcomes", ["Of 12 matters 0 %", "50 %"]),
        ("replies", ["Of 6 replies to persons 0 %", "100 % (", "only send the person elsewhere", "Nobody coded"]),
        ("destinations", ["Of 6 places", "private message 100 %"]),
        ("parity", ["100 % of 6 turns of criticism were answered, 0 % of 6 of praise; +100 points", "Of 1 organiz"]),
        ("parity", ["; among 12 turns alike +100 points (+45 to +100), treated differently."]),
        ("tone-flow", ["Of 6 episodes that began with criticism, 0% ended with criticism, 100% ended with neutral"]),
        ("feeling", ["Fewer than ten persons posted twice in an episode"]),
        ("voice", ["in 6 replies"]),
        ("templates", ["shop: 100 %", "of 6 replies follow such a wording"]),
        # Seven notes to all and six replies: two classes, of which the larger is the less dominant.
        ("diet", ["Most mixed: shop", "in 13 posts"]),
        # Six of the thirteen posts reply to a person, and none asks for anything.
        ("models", ["Of 13 posts 46 %", "of these 100 %"]),
    ],
)
def test_sentences_say_what_was_counted_by_hand(told, name, expected):
    for part in expected:
        assert part in words(told[name])


def test_captions_name_the_codebooks_by_their_hash(told):
    for name, book in [("outcomes", "resolution"), ("parity", "tone"), ("voice", "voice"), ("diet", "content")]:
        assert tw.load_codebook(book).stamp in told[name].caption
    assert tw.load_codebook("pr_model").stamp in told["models"].caption


def test_no_word_of_a_post_is_shown_unless_the_posts_may_be(told):
    assert "send us a DM with order number" not in str([*told.values()])
    assert "sorry about this" not in str([*told.values()])
    assert "--own" in told["templates"].caption
    # Whoever may show them sees slots in place of names and numbers.
    shown = asked(*rows_of(), is_own=True)["templates"]
    assert "we are so sorry about this trouble" in shown.figure
    assert not any(name in shown.figure for name in ("Cleo", "4713"))
    assert "--own" not in shown.caption


def coded_by_hand(n, n_escalated):
    """Code the first replies, a few of them as passed on, though they all say the same."""
    labels = tw.load_codebook("resolution").label_names
    made = [(f"a{i}", "escalate" if i < n_escalated else "deflect", label) for i in range(n) for label in labels]
    rows = [{"post_id": name, "label": label, "value": int(label == truth)} for name, truth, label in made]
    return pd.DataFrame(rows).assign(codebook="resolution", coder="hand")


def test_codes_by_people_correct_the_shares_and_are_counted():
    answer = asked(*rows_of(n=40), codes=coded_by_hand(32, 8))["replies"]
    # The rules find a deflection in all forty; people in 24 of 32.
    assert "Corrected for the errors of the rules by codes of 32 replies: 0 %" in words(answer)
    assert " and 75 % (" in words(answer)
    assert "codes given for 32 posts take their place" in answer.caption


def test_too_few_codes_are_said_to_be_too_few():
    answer = asked(*rows_of(), codes=coded_by_hand(5, 1))["replies"]
    assert "Codes by hand of 5 replies are too few" in words(answer)
    assert "Nobody coded" not in words(answer)


# -- corpora that do not -----------------------------------------------------------------------------------------------


def test_without_text_every_section_says_that_there_is_none(wordless):
    for answer in wordless.values():
        assert answer.reason == "The source has no text.", answer
        assert not answer.figure
        assert not answer.sentences


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("outcomes", "There was no episode."),
        ("replies", "The account replied to nobody."),
        ("destinations", "No episode was deflected."),
        ("parity", "Nobody criticized, or nobody praised."),
        ("tone-flow", "No episode has two posts by the person. Read longer conversations."),
        ("feeling", "No person posted twice in an episode."),
        ("voice", "The account replied to nobody."),
        ("templates", "The organization wrote no reply of five words or more."),
    ],
)
def test_where_nobody_asks_each_section_says_what_is_missing(quiet, name, reason):
    assert quiet[name].reason == reason
    assert not quiet[name].figure


def test_where_nobody_asks_the_posts_are_still_told_apart(quiet):
    # One class of content, and nothing two-way.
    assert "Most mixed: shop, as mixed as 1.00" in words(quiet["diet"])
    assert "Of 7 posts 0 %" in words(quiet["models"])


def test_wordings_that_fewer_than_three_persons_got_are_no_templates():
    answer = asked(*rows_of(n=2))["templates"]
    assert answer.reason == "No organization sent a wording to three persons or more."


# -- words and pictures ------------------------------------------------------------------------------------------------


def test_intervals_are_written_with_their_methods():
    assert methods_words(["none", ""], "95 %") == "Too few cases for intervals."
    assert methods_words(["log_log", "wilson", "wilson"], "90 %").startswith("90 % intervals: Wilson's")
    assert with_interval({"value": 2.0, "low": 1.0, "high": 3.0}, lambda x: f"{x:.0f}") == "2 (1 to 3)"


def test_only_corpora_that_come_with_the_project_may_be_shown():
    assert is_bundled(tw.load_corpus("town_square"))
    posts, accounts = tables(*rows_of())
    assert not is_bundled(tw.Corpus(posts, accounts, source="town_square.csv"))


def test_a_report_shows_wordings_of_bundled_corpora_and_of_those_it_may(monkeypatch, tmp_path):
    asked_for = []

    def stop(_talk, *, is_own):
        asked_for.append(is_own)
        msg = "enough"
        raise tw.TwowayError(msg)

    monkeypatch.setattr("twoway.report.page.find", stop)
    ours, theirs = tw.annotate(tw.load_corpus("twelve_posts")), annotated(*tables(*rows_of()))
    for talk, own in ((ours, None), (theirs, None), (theirs, True), (ours, False)):
        with pytest.raises(tw.TwowayError, match="enough"):
            tw.report(talk, tmp_path, corpus_is_own=own)
    assert asked_for == [True, False, True, False]


@pytest.fixture(scope="module")
def card():
    names = [*OUTCOME_PARTS, *MODEL_PARTS, "two_way_share", "pr_symmetry", "reply_open_share", "reply_deflect_share"]
    return tw.measure(annotated(*tables(*rows_of())), names, by="organization")


def widths(ax):
    return [round(bar.get_width(), 4) for bar in ax.patches]


def test_bars_are_as_long_as_what_was_counted(card):
    # Of twelve episodes six are sent elsewhere and six get no reply; of thirteen posts six reply.
    assert widths(plot_outcomes(card)) == [0, 0, 0, 0.5, 0, 0, 0.5]
    lengths = widths(plot_pr_models(card))
    assert lengths[3] == round(6 / 13, 4)
    assert sum(lengths) == pytest.approx(1, abs=1e-3)


def test_labels_of_units_stand_beside_their_names(card):
    names = [label.get_text() for label in plot_outcomes(card, labels={"shop": "deflect"}).get_yticklabels()]
    assert names == ["shop (deflect)  n = 12"]


def test_nothing_is_drawn_of_nothing(card):
    empty = card.table.assign(value=float("nan"))
    for plot in (plot_outcomes, plot_pr_models, plot_corrected):
        with pytest.raises(tw.NotEnoughEvidence):
            plot(empty)


def test_corrected_shares_stand_beside_those_of_the_rules(card):
    rows = card.table.assign(corrected=0.25, corrected_low=0.1, corrected_high=0.5, correction="ppi++", n_labeled=5)
    drawn = [line.get_xdata()[0] for line in plot_corrected(rows)[1].lines if len(line.get_xdata()) == 1]
    assert drawn == [1.0, 0.25]
    plain = plot_corrected(card)
    assert [line.get_xdata()[0] for line in plain[1].lines if len(line.get_xdata()) == 1] == [1.0]
    assert "errors are not taken off" in " ".join(text.get_text() for text in plain[0].texts)


def test_the_methods_name_every_codebook_in_force(card):
    note = methods_note(card)
    assert all(tw.load_codebook(name).stamp in note for name in tw.list_codebooks())


def test_what_is_shown_needs_no_caption():
    assert Shown((), lambda: None).caption == ""
