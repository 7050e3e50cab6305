"""Figures say what they show: points, intervals, numbers of observations, flags, and words for those who cannot see."""

from __future__ import annotations

import subprocess
import sys

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex, to_rgb

import twoway as tw
from twoway import figures
from twoway.errors import UnknownName
from twoway.figures.canvas import duration, waiting_axis
from twoway.figures.hours import hour_table

NAN, INF = float("nan"), float("inf")


def long_table(rows, metric="response_rate", unit="organization"):
    columns = ["unit_id", "value", "low", "high", "n", "lower_bound", "upper_bound", "flags"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(unit=unit, metric=metric, n_clusters=table["n"], method="wilson")


RATES = long_table(
    [
        ("Adder", 0.2, 0.1, 0.3, 1_200, 0.05, 0.6, ""),
        ("Boa", 0.8, 0.7, 0.9, 60, NAN, NAN, "small_n,few_clusters"),
        ("Cobra", NAN, NAN, NAN, 0, NAN, NAN, "undefined"),
        ("Daboia", 0.5, NAN, NAN, 7, NAN, NAN, "small_n"),
    ]
)

PARTS = pd.DataFrame(
    {
        "unit_id": ["Adder", "Boa", "Cobra", "Empty"],
        "n": [100, 50, 10, 0],
        "broadcast": [0.9, 0.1, 0.4, NAN],
        "deflect": [0.05, 0.7, 0.3, NAN],
        "conversation": [0.05, 0.2, 0.3, NAN],
        "label": ["broadcast", "deflect", "mixed", "mixed"],
        "p_broadcast": [1.0, 0.0, 0.1, NAN],
        "p_deflect": [0.0, 0.98, 0.1, NAN],
        "p_conversational": [0.0, 0.0, 0.1, NAN],
        "p_mixed": [0.0, 0.02, 0.7, NAN],
    }
)

WAITS = pd.DataFrame(
    {
        "unit_id": ["Adder"] * 4 + ["Boa"] * 2,
        "minutes": [0.0, 10.0, 30.0, 90.0, 0.0, 600.0],
        "survival": [1.0, 0.75, 0.5, 0.25, 1.0, 0.9],
        "low": [1.0, 0.4, 0.2, 0.1, 1.0, 0.5],
        "high": [1.0, 0.9, 0.8, 0.6, 1.0, 1.0],
        "n_at_risk": [4, 4, 3, 2, 10, 10],
    }
)


@pytest.fixture(scope="module")
def talk():
    return tw.annotate(tw.load_corpus("twelve_posts"))


def words(ax):
    """All words drawn on an axes, ticks included."""
    ticks = [label.get_text() for axis in (ax.xaxis, ax.yaxis) for label in axis.get_ticklabels()]
    return [text.get_text() for text in ax.texts] + ticks + [ax.get_title(loc="left"), ax.get_title(), ax.get_xlabel()]


def says(ax, piece):
    return any(piece in text for text in words(ax))


DRAWN = {
    "scorecard": lambda _: figures.plot_scorecard(RATES, "response_rate"),
    "triangle": lambda _: figures.plot_strategy_triangle(PARTS),
    "silence": lambda _: figures.plot_silence_curve(WAITS),
    "hours": lambda talk: figures.plot_hour_map(talk, what="approaches"),
    "conversation": lambda talk: figures.plot_conversation(talk, "p01"),
}


@pytest.mark.parametrize("kind", DRAWN)
def test_every_figure_has_words_and_comes_out_the_same(kind, talk):
    ax = DRAWN[kind](talk)
    assert len(figures.alt_text(ax)) > 40
    assert figures.alt_text(ax) == figures.alt_text(ax.figure)
    once, again = figures.svg_text(ax), figures.svg_text(DRAWN[kind](talk))
    assert once == again
    assert once.startswith("<svg")
    assert "<title" in once
    assert "<script" not in once
    assert "<metadata" not in once


@pytest.mark.parametrize("kind", DRAWN)
def test_no_figure_touches_global_settings(kind, talk):
    before = dict(matplotlib.rcParams)
    DRAWN[kind](talk)
    assert dict(matplotlib.rcParams) == before


def test_importing_figures_imports_no_matplotlib():
    check = "import sys, twoway.figures; sys.exit('matplotlib' in sys.modules or 'seaborn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_axes_that_are_given_are_drawn_on():
    ax = plt.subplots()[1]
    assert figures.plot_scorecard(RATES, "response_rate", ax=ax) is ax
    assert figures.plot_strategy_triangle(PARTS, ax=plt.subplots()[1]).lines
    given = plt.subplots(1, 2)[1]
    assert list(figures.plot_scorecard(RATES, ["response_rate"] * 2, ax=given)) == list(given)


def test_use_style_is_asked_for_and_deterministic():
    with matplotlib.rc_context():
        tw.use_style()
        assert matplotlib.rcParams["svg.hashsalt"] == "twoway"
        assert matplotlib.rcParams["svg.fonttype"] == "none"


def lightness(color):
    """L* of a color: what is left of it on a gray printer, from 0 to 100."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def test_strategies_are_told_apart_in_gray_and_by_shape():
    light = sorted(lightness(color) for color in figures.STRATEGY_COLORS.values())
    # 10 steps of lightness out of 100 are a clear difference for patches of this size.
    assert min(np.diff(light)) > 10
    assert len(set(figures.STRATEGY_MARKERS.values())) == len(figures.STRATEGY_MARKERS) == 4


# -- the scorecard ---------------------------------------------------------------------------------------------------


def test_scorecard_prints_n_sorts_and_marks_flags():
    ax = figures.plot_scorecard(RATES, "response_rate")
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["Boa", "Daboia", "Adder", "Cobra"]
    assert says(ax, "n = 60  [a b]")
    assert says(ax, "n = 1,200")
    assert says(ax, "undefined")
    assert says(ax, "[a] few clusters   [b] small n   [c] undefined")
    hollow = [line.get_ydata()[0] for line in ax.lines if to_hex(line.get_markerfacecolor()) == "#ffffff"]
    assert hollow == [0, 1]
    assert "Highest: Boa, 80 %; lowest: Adder, 20 %. Undefined for 1." in figures.alt_text(ax)


def test_scorecard_draws_intervals_and_bounds_where_there_are_any():
    ax = figures.plot_scorecard(RATES, "response_rate")
    spans = {tuple(np.round(line.get_xdata(), 2)) for line in ax.lines if len(line.get_xdata()) == 2}
    assert {(0.1, 0.3), (0.7, 0.9), (0.05, 0.6)} <= spans
    assert ax.get_xlim() == (0, 1)


def test_scorecard_uses_the_colors_of_strategies():
    ax = figures.plot_scorecard(RATES, "response_rate", labels={"Adder": "broadcast"})
    colors = {line.get_ydata()[0]: to_hex(line.get_color()) for line in ax.lines if len(line.get_xdata()) == 1}
    assert colors[2] == figures.STRATEGY_COLORS["broadcast"]


def test_scorecard_closes_an_open_interval_with_an_arrow_and_writes_durations():
    table = long_table(
        [("Adder", 20.0, 5.0, INF, 50, NAN, NAN, ""), ("Boa", 2_000.0, 900.0, 4_000.0, 60, NAN, NAN, "")],
        "latency_median",
    )
    ax = figures.plot_scorecard(table, "latency_median")
    assert [line.get_marker() for line in ax.lines].count(">") == 1
    assert says(ax, "15 min")
    assert says(ax, "24 h")
    assert "Highest: Boa, 33 h; lowest: Adder, 20 min." in figures.alt_text(ax)


def test_scorecard_notes_flags_of_all_rows_once():
    table = RATES.assign(flags="rules")
    ax = figures.plot_scorecard(table, "response_rate")
    assert says(ax, "[all] rules")
    assert not says(ax, "[a]")


def test_scorecard_keeps_the_largest_units_and_counts_the_rest():
    ax = figures.plot_scorecard(RATES, "response_rate", n_max=2)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Boa", "Adder"]
    assert says(ax, "2 more with fewer observations are not drawn")


def test_scorecard_keeps_months_in_order():
    table = long_table(
        [("2024-02", 0.9, 0.8, 1.0, 5, NAN, NAN, ""), ("2024-01", 0.1, 0.0, 0.2, 5, NAN, NAN, "")], unit="month"
    )
    ax = figures.plot_scorecard(table, "response_rate")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["2024-01", "2024-02"]


@pytest.mark.parametrize("metric", ["latency_median", "burstiness", "an_own_measure"])
def test_scorecard_without_any_value_says_so(metric):
    ax = figures.plot_scorecard(long_table([("Adder", NAN, NAN, NAN, 0, NAN, NAN, "undefined")], metric), metric)
    assert says(ax, "undefined")
    assert figures.alt_text(ax).endswith("It is undefined for all of them.")


def test_scorecard_of_signed_values_shows_zero():
    ax = figures.plot_scorecard(long_table([("Adder", -0.5, -0.6, -0.4, 40, NAN, NAN, "")], "burstiness"), "burstiness")
    low, high = ax.get_xlim()
    assert low <= -0.6
    assert high >= 0
    assert "lowest: Adder, −0.500" in figures.alt_text(ax)


def test_scorecard_of_several_metrics_shares_the_order():
    both = pd.concat([RATES, RATES.assign(metric="deflection_rate", value=RATES["value"][::-1].to_numpy())])
    axes = figures.plot_scorecard(both, ["response_rate", "deflection_rate"])
    assert [ax.get_title(loc="left") or ax.get_title() for ax in axes] == ["response_rate", "deflection_rate"]
    assert [label.get_text() for label in axes[0].get_yticklabels()] == ["Boa", "Daboia", "Adder", "Cobra"]
    assert {label.get_text() for label in axes[1].get_yticklabels()} == {""}


def test_names_are_taken_literally_and_in_any_script():
    table = RATES.assign(unit_id=["$a_$b", "東京", "a" * 60, "x_y"])
    svg = figures.svg_text(figures.plot_scorecard(table, "response_rate"))
    assert "$a_$b" in svg
    assert "東京" in svg
    assert "a" * 27 + "…" in svg


WRONG = {
    "metric": (
        lambda: figures.plot_scorecard(RATES, "respons_rate"),
        "'respons_rate' is not a known metric of this scorecard. Did you mean 'response_rate'? Known: response_rate.",
    ),
    "by": (
        lambda: figures.plot_scorecard(RATES, "response_rate", by="account"),
        "'account' is not a known kind of unit in this scorecard. Known: organization.",
    ),
    "several kinds": (
        lambda: figures.plot_scorecard(pd.concat([RATES, RATES.assign(unit="role")]), "response_rate"),
        "The table holds several kinds of units (organization, role). It was given to a plot of metrics. "
        "Say which to draw, by='organization'.",
    ),
    "no scorecard": (
        lambda: figures.plot_scorecard(PARTS, "response_rate"),
        "The table has no column 'unit'. It was given to a plot of metrics. "
        "Give what tw.measure returns, or its .table.",
    ),
    "no strategy": (
        lambda: figures.plot_strategy_triangle(RATES),
        "The table has no column 'broadcast'. It was given to plot_strategy_triangle. "
        "Give what tw.strategy(talk) returns, or its .table.",
    ),
    "no curve": (
        lambda: figures.plot_silence_curve(RATES),
        "The table has no column 'minutes'. It was given to a plot of silence. "
        "Give what tw.silence_curve(talk) returns, or its .table.",
    ),
    "unit of curve": (
        lambda: figures.plot_silence_curve(WAITS, units=["Adderr"]),
        "'Adderr' is not a known unit of these curves. Did you mean 'Adder'? Known: Adder, Boa.",
    ),
    "hours": (
        lambda: figures.plot_hour_map(RATES),
        "The table has no column 'weekday'. It was given to plot_hour_map. Give the interactions, or hour_table(talk).",
    ),
    "what": (
        lambda: figures.plot_hour_map(RATES, what="answers"),
        "'answers' is not a known map of hours. Known: approaches, both, replies.",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_mistakes_are_told_in_three_parts(case):
    draw, message = WRONG[case]
    with pytest.raises(tw.TwowayError) as caught:
        draw()
    assert str(caught.value) == message


# -- triangle, silence, hours ----------------------------------------------------------------------------------------


def test_corners_of_the_triangle():
    assert figures.corner_points([[1, 0, 0], [0, 1, 0]]).tolist() == [[0, 0], [1, 0]]
    assert figures.corner_points([0, 0, 1])[0] == 0.5


def test_triangle_names_units_with_n_and_leaves_out_the_empty():
    ax = figures.plot_strategy_triangle(PARTS)
    assert says(ax, "Adder  n = 100")
    assert not says(ax, "Empty")
    assert says(ax, "1 without posts to classify are not drawn")
    for corner in ("all broadcast", "all deflection", "all conversation"):
        assert says(ax, corner)
    assert "1 broadcast, 1 deflect, 0 conversational, 1 mixed" in figures.alt_text(ax)
    shown = [text.get_text() for text in ax.get_legend().get_texts()]
    assert shown == list(figures.STRATEGY_COLORS)


def test_names_beside_the_triangle_never_overlap():
    crowd = pd.concat([PARTS.head(1).assign(unit_id=f"unit {i:02}") for i in range(20)])
    ax = figures.plot_strategy_triangle(crowd)
    named = [text for text in ax.texts if "unit" in text.get_text()]
    left = sorted(text.get_position()[1] for text in named if text.get_ha() == "right")
    assert len(named) == 20
    assert min(np.diff(left)) > 0.06


def test_triangle_outlines_draws():
    class Drawn:
        table = PARTS

        @staticmethod
        def draws(unit_id):
            return np.random.default_rng(1).dirichlet([9, 2, 2], size=200) if unit_id == "Adder" else None

    filled = figures.plot_strategy_triangle(Drawn).patches
    assert len(filled) == 1


def test_silence_curve_has_readable_ticks_and_numbers_still_waiting():
    ax = figures.plot_silence_curve(WAITS)
    ticks = [label.get_text() for label in ax.get_xticklabels()]
    assert ticks[0] == "0"
    assert {"15 min", "1 h", "6 h", "24 h", "7 d"} <= set(ticks)
    assert says(ax, "still waiting")
    assert "10" in words(ax)
    assert [line.get_label() for line in ax.lines] == ["Boa", "Adder"]
    assert "Adder: 4 turns, half were answered within 30 min, 25 % still waiting after 7 d" in figures.alt_text(ax)
    assert "Boa: 10 turns, fewer than half were seen answered" in figures.alt_text(ax)


def test_silence_curve_asks_the_curve_how_many_are_watched(talk):
    curve = tw.silence_curve(talk)
    unit = curve.table["unit_id"].iloc[0]
    ax = figures.plot_silence_curve(curve, units=[unit])
    expected = [f"{n:,}" for n in curve.at_risk(unit, list(ax.get_xticks()))]
    assert [text.get_text() for text in ax.texts][1:] == expected


def test_silence_panels_draw_the_largest_units():
    axes = figures.plot_silence_panels(WAITS, n_units=1, labels={"Boa": "deflect"})
    assert len(axes) == 1
    assert says(axes[0], "Boa  (n = 10)")
    assert to_hex(axes[0].lines[-1].get_color()) == figures.STRATEGY_COLORS["deflect"].lower()


def test_silence_panels_hide_the_panels_they_do_not_need():
    crowd = pd.concat([WAITS[WAITS["unit_id"] == "Boa"].assign(unit_id=f"unit {i}") for i in range(4)])
    axes = figures.plot_silence_panels(crowd)
    assert [ax.get_visible() for ax in axes[0].figure.get_axes()] == [True] * 4 + [False] * 2
    # The lowest panel of each column names its ticks, also above a spare one.
    assert [ax.xaxis.get_tick_params()["labelbottom"] for ax in axes] == [False, True, True, True]


def test_a_figure_that_leaves_units_out_says_so():
    crowd = pd.concat([WAITS[WAITS["unit_id"] == "Boa"].assign(unit_id=f"unit {i:02d}") for i in range(16)])
    assert says(figures.plot_silence_curve(crowd), "6 of 16 shown: the most addressed")
    panels = figures.plot_silence_panels(crowd)
    assert "12 of 16 shown: the most addressed" in panels[0].figure.get_supxlabel()
    assert not says(figures.plot_silence_curve(WAITS), "shown")
    # Units that were named were not chosen for how often they are addressed.
    assert not says(figures.plot_silence_curve(crowd, units=["unit 03"]), "shown")


def test_silence_words_end_with_the_watch(talk):
    curve = tw.silence_curve(talk)
    (unit,) = curve.curves
    last = curve.curves[unit].last_time / 60
    ax = figures.plot_silence_curve(curve, longest=10 * last)
    assert f"still waiting after {duration(last)}" in figures.alt_text(ax)


# -- what became of turns, over time ---------------------------------------------------------------------------------


class Ended:
    """A unit with known steps and a known end of its watch, in minutes."""

    def __init__(self, steps, last):
        rows = [
            {"unit_id": unit, "cause": cause, "minutes": t, "incidence": y, "low": 0.0, "high": 1.0, "n_at_risk": 4}
            for unit, cause, t, y in steps
        ]
        self.table = pd.DataFrame(rows)
        self.curves = {unit: type("Curve", (), {"last_time": 60.0 * end}) for unit, end in last.items()}


def tops(ax):
    """Height and right end of each area that is drawn; flat ones left out."""
    areas = [area.get_paths()[0].get_extents() for area in ax.collections]
    return [(round(area.y1, 3), area.x1) for area in areas if area.height > 0]


def test_the_last_event_is_drawn_even_where_the_watch_ends_with_it():
    steps = [("A", "open_answer", t, y) for t, y in ((0, 0.0), (10, 0.25), (600, 0.5))]
    ax = figures.plot_incidence(Ended(steps, {"A": 600}))
    ((height, end),) = tops(ax)
    assert height == pytest.approx(0.5)
    assert end > 600
    assert [patch.get_x() for patch in ax.patches] == [pytest.approx(end)]
    assert "not watched any longer" in [text.get_text() for text in ax.get_legend().get_texts()]


def test_where_nobody_waits_any_more_the_curve_goes_on():
    steps = [("A", "open_answer", t, y) for t, y in ((0, 0.0), (10, 0.5), (600, 1.0))]
    ax = figures.plot_incidence(Ended(steps, {"A": 600}))
    assert tops(ax) == [(1.0, pytest.approx(10_080))]
    assert not ax.patches


def test_a_panel_without_any_event_says_so():
    steps = [("A", "open_answer", 0, 0.0), ("B", "open_answer", 0, 0.0), ("B", "open_answer", 5, 0.5)]
    axes = figures.plot_incidence(Ended(steps, {"A": 20_000, "B": 20_000}), units=["A", "B"])
    assert says(axes[0], "nobody answered")
    assert not says(axes[1], "nobody answered")


def test_incidence_says_how_many_units_it_leaves_out():
    steps = [(f"unit {i:02d}", "deflect", t, y) for i in range(14) for t, y in ((0, 0.0), (5, 0.5))]
    crowd = Ended(steps, {f"unit {i:02d}": 9_000 for i in range(14)})
    assert "12 of 14 shown" in figures.plot_incidence(crowd)[0].figure.get_supxlabel()
    assert says(figures.plot_incidence(crowd, plt.subplots()[1]), "1 of 14 shown")


# -- waits by the time of day ----------------------------------------------------------------------------------------


class Bands:
    """Waits of some units by the time of day; the second was asked once, and never in the evening."""

    bands = pd.DataFrame(
        {
            "unit_id": ["A", "A", "B"],
            "band": ["morning", "evening", "morning"],
            "n": [86, 40, 1],
            "rmst": [120.0, 60.0 * 40, 30.0],
        }
    )


def test_hour_bands_have_a_panel_a_unit_with_counts_and_hollow_marks():
    large, small = figures.plot_hour_bands(Bands)
    assert large.get_title() == "A" or large.get_title(loc="left") == "A"
    assert {"86", "40"} <= set(words(large))
    assert "1" in words(small)
    assert [line.get_markerfacecolor() for line in small.lines] == ["white"]
    assert "white" not in [line.get_markerfacecolor() for line in large.lines]
    assert large.get_ylim()[1] >= 40  # a horizon of more than a day
    assert "UTC where its zone is unknown" in large.figure.get_supxlabel()
    assert "evening 40 h (n = 40)" in figures.alt_text(large)
    assert len(small.lines) == 1  # no mark where nobody asked


def test_hour_bands_draw_one_unit_on_a_given_axes():
    ax = plt.subplots()[1]
    assert figures.plot_hour_bands(Bands, ax) is ax
    assert says(ax, "1 of 2 shown: the most addressed")
    with pytest.raises(UnknownName, match="unit with waits by the time of day"):
        figures.plot_hour_bands(Bands, units=["Aa"])


@pytest.mark.parametrize("longest", [3, 40, 700, 10_080, 4_000_000])
def test_a_waiting_axis_always_has_ticks_that_do_not_touch(longest):
    ax = plt.subplots()[1]
    waiting_axis(ax, longest)
    places = [ax.transAxes.inverted().transform(ax.transData.transform((tick, 0)))[0] for tick in ax.get_xticks()]
    assert len(places) >= 2
    assert min(np.diff(places)) > 0.1


def test_hour_table_counts_posts_by_hour_in_utc(talk):
    table = hour_table(talk)
    assert len(table) == 168
    # 4 March 2024 was a Monday. The approaches are p03, p05, p06, p08, p10 and p11 of the data card; p09 stays out,
    # since it answers a person and names nobody of the bakery.
    monday = table[table["weekday"] == 0].set_index("hour")
    assert monday.loc[[9, 10, 12, 13, 15], "approaches"].tolist() == [1, 2, 1, 1, 1]
    assert monday.loc[[9, 11], "replies"].tolist() == [1, 1]
    assert table["approaches"].sum() == 6


def test_hour_maps_share_one_scale_and_print_n(talk):
    axes = figures.plot_hour_map(talk)
    assert len(axes) == 2
    assert axes[0].collections[0].get_clim() == axes[1].collections[0].get_clim()
    assert says(axes[0], "n = 6")
    assert "Busiest hour: Mon 10:00" in figures.alt_text(axes[0])


def test_hour_maps_are_drawn_on_given_axes_and_may_be_empty(talk):
    given = plt.subplots(1, 2)[1]
    assert list(figures.plot_hour_map(talk, given)) == list(given)
    nothing = hour_table(talk).assign(approaches=0, replies=0)
    assert figures.alt_text(figures.plot_hour_map(nothing, what="replies")).endswith("There are none.")


# -- conversations ---------------------------------------------------------------------------------------------------


def test_conversation_numbers_persons_and_names_organizations(talk):
    posts = figures.conversation_posts(talk, "p01")
    assert posts["post_id"].tolist() == ["p01", "p02", "p03", "p04", "p05"]
    assert posts["level"].tolist() == [0, 1, 1, 2, 3]
    assert posts["who"].tolist()[2] == posts["who"].tolist()[4] == "person 1"
    ax = figures.plot_conversation(talk, "p04")
    assert not says(ax, "ana")
    assert says(ax, "@")
    assert "5 posts by 2 accounts, up to 3 steps deep: 3 posts by organizations, 2 by persons" in figures.alt_text(ax)


def test_conversation_shows_texts_only_when_asked(talk):
    said = talk.corpus.posts.set_index("post_id").loc["p03", "text"]
    start = " ".join(said.split()[:3])
    assert not says(figures.plot_conversation(talk, "p01"), start)
    assert says(figures.plot_conversation(talk, "p01", text=True), start)


def test_conversation_needs_posts_but_no_texts(talk):
    posts = figures.conversation_posts(talk, "p01")
    assert figures.plot_conversation(posts.assign(text=None), "p01", text=True).texts
    with pytest.raises(tw.SchemaError, match="The conversation 'p01' has no posts."):
        figures.plot_conversation(posts.head(0), "p01")


def test_conversation_is_cut_with_a_remark(talk):
    ax = figures.plot_conversation(talk, "p01", n_max=2)
    assert says(ax, "3 more posts are not drawn")


def test_an_orphan_is_a_conversation_of_its_own(talk):
    assert figures.conversation_posts(talk, "p12")["level"].tolist() == [0]


def test_where_all_are_measured_nobody_is_named():
    posts = pd.DataFrame(
        {
            "post_id": ["1", "2"],
            "account_id": ["ann", "bob"],
            "created_at": [0, 60],
            "text": ["", ""],
            "parent_id": [None, "1"],
        }
    )
    shown = figures.conversation_posts(tw.annotate(tw.Corpus(posts)), "1")
    assert shown["who"].tolist() == ["person 1", "person 2"]


def test_an_unknown_post_is_told(talk):
    with pytest.raises(tw.UnknownName, match="'p99' is not a known post of this corpus"):
        figures.plot_conversation(talk, "p99")


# -- pictures --------------------------------------------------------------------------------------------------------


def test_show_gives_a_picture_with_words_and_closes_the_figure(talk):
    open_before = plt.get_fignums()
    picture = figures.show(figures.plot_conversation(talk, "p01"))
    assert plt.get_fignums() == open_before
    data, metadata = picture._repr_mimebundle_()
    assert metadata["image/png"]["alt"] == picture.alt == data["text/plain"]
    assert picture.png.startswith(b"\x89PNG")
    assert b"Software" not in picture.png
    assert figures.show(figures.plot_conversation(talk, "p01"), alt="mine").alt == "mine"


def test_ids_of_two_svgs_do_not_meet(talk):
    first = figures.svg_text(figures.plot_hour_map(talk), prefix="a-")
    assert 'id="a-' in first
    assert 'href="#a-' in first or "url(#a-" in first
    assert 'id="figure' not in first


def test_alternative_text_is_escaped_in_svg():
    ax = plt.subplots()[1]
    figures.describe_figure(ax, 'one < two & "three"')
    assert "one &lt; two &amp; &quot;three&quot;</title>" in figures.svg_text(ax)
