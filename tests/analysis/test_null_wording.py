"""Who goes on, style and voice against their null models: what is kept, known means, and what cannot move."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from chance_corpora import HOUR, START, WEEK, crowd, talk_of
from worded_corpora import ACTS, VOICES, partners, returns, voices

from twoway.analysis.null_pieces import UnitIndex
from twoway.analysis.null_replies import ShuffledReturns
from twoway.analysis.nulls import null_test
from twoway.inference.style_matching import style_matching
from twoway.metrics.prepared import Grouping, prepare
from twoway.text.function_words import MATCHING_CLASSES


def row_of(talk, metric, unit="acme", draws=400):
    table = null_test(talk, metric, draws=draws, progress=False).table
    return table[table["unit_id"] == unit].iloc[0]


# -- who goes on ------------------------------------------------------------------------------------------------------


def replied(acts, weeks=None, words=None):
    """Let one brand reply to one question a person, by the number of an act, with a plus where the person goes on."""
    rows = []
    for i, act in enumerate(acts):
        at = START + (weeks[i] if weeks else 0) * WEEK + i * 10
        asked = "@acme why" + " please" * (words[i] if words else 0)
        rows.append((f"q{i:02}", f"p{i:03}", at, asked, None))
        rows.append((f"r{i:02}", "acme", at + HOUR, f"@p{i:03} {ACTS[int(act[0])]}", f"q{i:02}"))
        if act.endswith("+"):
            rows.append((f"z{i:02}", f"p{i:03}", at + 2 * HOUR, "hm", f"r{i:02}"))
    rows.append(("z", "p000", START + 20 * WEEK, "the end", None))
    return talk_of(rows, crowd(len(acts)), brands=["acme"])


def test_going_on_is_held_against_that_after_all_replies():
    # Six of ten after open answers and two of ten after deflections: eight of twenty after either, by chance.
    talk = replied(["0+"] * 6 + ["0"] * 4 + ["3+"] * 2 + ["3"] * 8)
    for metric, share in (("continuation_open", 0.6), ("continuation_deflect", 0.2)):
        found = row_of(talk, metric, draws=2_000)
        assert found["observed"] == share
        # A hypergeometric share: 8 of 20 go on, 10 are drawn.
        sd = np.sqrt(0.4 * 0.6 * 10 / 19 / 10)
        assert found["null_mean"] == pytest.approx(0.4, abs=4 * sd / np.sqrt(2_000))
        assert found["null_sd"] == pytest.approx(sd, rel=0.1)
    assert row_of(talk, "continuation_clarify", draws=5)["flags"] == "undefined"


@pytest.mark.parametrize("apart", [{"weeks": [0, 0, 1, 1]}, {"words": [0, 0, 9, 9]}])
def test_who_goes_on_stays_in_week_and_length(apart):
    # All that asked early (or briefly) go on and none of the others: within both, nothing differs.
    found = row_of(replied(["0+", "3+", "0", "3"], **apart), "continuation_open", draws=9)
    assert found["flags"] == "nothing_moves"
    assert (found["observed"], found["null_mean"]) == (0.5, 0.5)


def test_every_week_and_length_keeps_how_many_go_on(rng):
    talk = returns(rng)
    model = ShuffledReturns(talk, UnitIndex(talk, Grouping(talk, "organization")))
    drawn = []
    model._measure = lambda back: drawn.append(back) or {}
    model.draw(rng)
    strata = model._strata.codes
    assert Counter(strata[drawn[0] == 1].tolist()) == Counter(strata[model._back == 1].tolist())
    assert (drawn[0] != model._back).any()
    assert model._back.sum() == pytest.approx(40, abs=15)


# -- style ------------------------------------------------------------------------------------------------------------


def test_style_is_held_against_all_pairs_of_about_a_length():
    talk = partners(np.random.default_rng(2))
    by = Grouping(talk, "organization")
    frame = talk.engine.collect(prepare(talk, "matched", by)).to_pandas()
    rows = frame[frame["unit"] == frame["unit"].min()]
    # All texts are sixty words long, so that each person may stand with each other one.
    sides = [[rows[f"{side}_n_{name}"].to_numpy() for name in MATCHING_CLASSES] for side in "bp"]
    ours, theirs = (np.stack(side, axis=1) for side in sides)
    words = [rows[f"{side}_n_tokens"].to_numpy() for side in "bp"]
    assert len(set(words[1].tolist())) == 1
    n, pairs = len(rows), []
    for i in range(n):
        for j in range(n):
            pairs.append(style_matching(ours[[i]], words[0][[i]], theirs[[j]], words[1][[j]]))
    for metric, name in (("style_matching", "value"), ("style_matching_used", "value_used")):
        found = row_of(talk, metric)
        wanted = np.mean([getattr(pair, name)[0] for pair in pairs])
        assert found["null_mean"] == pytest.approx(wanted, abs=4 * found["null_sd"] / np.sqrt(400))


def test_a_single_pair_has_nobody_to_change_places_with():
    talk = partners(np.random.default_rng(2), n=2)
    assert row_of(talk, "style_matching", draws=5)["flags"] == "nothing_moves"


# -- voice ------------------------------------------------------------------------------------------------------------


def test_voice_is_held_against_that_of_all():
    talk = voices(np.random.default_rng(2), of_their_own=True)
    means = {}
    for brand in ("acme", "brio"):
        means[brand] = row_of(talk, "human_voice", brand)
    pooled = np.mean([row["observed"] for row in means.values()])
    for row in means.values():
        assert row["null_mean"] == pytest.approx(pooled, abs=4 * row["null_sd"] / np.sqrt(400))
    assert means["acme"]["z"] > 3
    assert means["brio"]["z"] < -3


def test_one_organization_alone_has_no_sector():
    rows = [("q", "p000", START, "why", None)]
    rows += [(f"r{j}", "acme", START + (j + 1) * HOUR, text, "q") for j, text in enumerate(VOICES)]
    found = row_of(talk_of(rows, crowd(1), brands=["acme"]), "human_voice", draws=5)
    assert found["flags"] == "nothing_moves"
    assert found["null_mean"] == pytest.approx(found["observed"])
