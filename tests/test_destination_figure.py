"""The bars of destinations say in words, and in lengths, what was measured."""

from __future__ import annotations

import pytest
from handmade import DAY, MINUTE, SAYINGS, annotated, post, tables

import twoway as tw
from twoway.errors import NotEnoughEvidence
from twoway.figures import DESTINATION_WORDS, alt_text, plot_destinations


@pytest.fixture(scope="module")
def card():
    """Three persons are sent to private messages, one to a form."""
    rows, roles = [], {"shop": "official", "mall": "official"}
    for i, name in enumerate(["dm", "dm", "dm", "form"]):
        roles[f"p{i}"] = "public"
        rows.append(post(f"q{i}", f"p{i}", i, "@shop why is it dark here?"))
        rows.append(post(f"a{i}", "shop", i + 60, f"@p{i} {SAYINGS[name][0]}", f"q{i}"))
    rows += [post("m", "mall", 5, "Good morning"), post("end", "shop", 20 * DAY / MINUTE, "Good night")]
    return tw.measure(annotated(*tables(rows, roles)), list(DESTINATION_WORDS), by="organization")


def test_every_destination_metric_has_words():
    assert set(DESTINATION_WORDS) == {name for name in tw.all_metrics() if name.startswith("destination_")} - {
        "destination_response_rate"
    }


def test_bars_are_as_long_as_the_shares(card):
    ax = plot_destinations(card)
    names = [label.get_text() for label in ax.get_yticklabels()]
    lengths = {name: bar.get_width() for name, bar in zip(names, ax.patches, strict=True)}
    assert lengths["private message"] == pytest.approx(0.75)
    assert lengths["a form"] == pytest.approx(0.25)
    assert lengths["a web page"] == 0
    assert "private message 75 %" in alt_text(ax) or "private message 75%" in alt_text(ax)


def test_public_places_are_filled_and_private_ones_hatched(card):
    ax = plot_destinations(card, unit="shop")
    bars = dict(zip([label.get_text() for label in ax.get_yticklabels()], ax.patches, strict=True))
    assert bars["another account"].get_hatch() is None
    assert bars["private message"].get_hatch()


def test_what_cannot_be_drawn_is_refused(card):
    with pytest.raises(tw.UnknownName, match="mall"):
        plot_destinations(card, unit="mall")
    with pytest.raises(NotEnoughEvidence):
        plot_destinations(card.table[card.table["unit_id"] == "mall"])
    with pytest.raises(tw.SchemaError, match="destination"):
        plot_destinations(card.table.iloc[:0])
