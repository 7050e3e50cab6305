"""The figure of the content diet says what is posted, how mixed it is, and of how many posts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import twoway as tw
from twoway import figures
from twoway.errors import NotEnoughEvidence, UnknownName

NAMES = [*figures.DIET_COLORS, "content_classes_effective", "content_classes_dominant"]


@pytest.fixture(scope="module")
def card(town_talk):
    return tw.measure(town_talk, NAMES, by="organization")


def test_bars_add_up_and_stand_in_order_of_mix(card):
    ax = figures.plot_content_diet(card)
    n_units = card.table["unit_id"].nunique()
    widths = np.array([bar.get_width() for bar in ax.patches]).reshape(10, n_units)
    assert widths.sum(axis=0) == pytest.approx(np.ones(n_units))
    values = card.table[card.table["metric"] == "content_classes_effective"].set_index("unit_id")["value"]
    names = [label.get_text() for label in ax.get_yticklabels()]
    order = values.sort_values(ascending=False).index
    assert all(name.startswith(unit[:20]) for name, unit in zip(names, order, strict=True))
    assert "n = " in names[0]
    texts = " ".join(text.get_text() for text in ax.texts)
    assert figures.canvas.number(values.max()) in texts
    assert order[0] in figures.alt_text(ax)


def test_it_comes_out_the_same(card):
    once, again = (figures.svg_text(figures.plot_content_diet(card)) for _ in range(2))
    assert once == again
    assert "<title" in once


def test_few_posts_are_marked_and_none_are_not_drawn(card):
    table = card.table.copy()
    first = table["unit_id"].iloc[0]
    table.loc[table["unit_id"] == first, "value"] = np.nan
    table["flags"] = "small_n"
    ax = figures.plot_content_diet(table)
    assert len(ax.get_yticklabels()) == card.table["unit_id"].nunique() - 1
    assert any("reporting floor" in text.get_text() for text in ax.texts)
    with pytest.raises(NotEnoughEvidence, match="no diet to draw"):
        figures.plot_content_diet(table.assign(value=np.nan))


def test_what_is_missing_is_named(card):
    with pytest.raises(UnknownName, match="content_other_share"):
        figures.plot_content_diet(pd.DataFrame(card.table[card.table["metric"] != "content_other_share"]))
