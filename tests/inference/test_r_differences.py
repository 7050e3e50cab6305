"""Differences, ratios, corrected p-values and the log-rank test by persons, as R finds them."""

import json
from pathlib import Path

import numpy as np
import pytest

from twoway.inference.differences import adjust_p, paired_difference, ratio_of_two
from twoway.inference.intervals import wilson
from twoway.inference.regrouped_curves import count_waits, waits_statistic
from twoway.inference.regrouping import deal_of

GOLDEN = json.loads((Path(__file__).parents[1] / "oracles_r" / "differences.json").read_text())
CLOSE = {"rel": 1e-6, "abs": 1e-9}


def cases():
    many = GOLDEN["many"]
    rows = [dict(zip(many, values, strict=True)) for values in zip(*many.values(), strict=True)]
    return [GOLDEN["worked"]["at_95"], GOLDEN["worked"]["at_90"], *rows]


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case['k1']}/{case['n1']}-{case['k2']}/{case['n2']}")
def test_differences_and_ratios_of_shares(case):
    pair = (wilson(case[f"k{i}"], case[f"n{i}"], case["level"]) for i in (1, 2))
    one, other = pair
    gap, ratio = paired_difference(one, other), ratio_of_two(one, other)
    assert (gap.value, gap.low, gap.high) == pytest.approx((case["difference"], case["low"], case["high"]), **CLOSE)
    assert (ratio.low, ratio.high) == pytest.approx((case["ratio_low"], case["ratio_high"]), **CLOSE)


@pytest.mark.parametrize("correction", ["bh", "holm"])
def test_corrected_p_values(correction):
    assert adjust_p(GOLDEN["p"], correction) == pytest.approx(GOLDEN[correction], **CLOSE)


def test_the_log_rank_test_by_persons():
    waits = {name: np.array(values) for name, values in GOLDEN["waits"].items()}
    groups = [waits["first"] == 1, waits["first"] == 0]
    names = [np.unique(waits["id"][rows]) for rows in groups]
    deal, order = deal_of(*names)
    assert deal.n_shared == 24
    piece_of = {}
    for piece, row in enumerate(order):
        side, place = (0, row) if row < len(names[0]) else (1, row - len(names[0]))
        piece_of[side, names[side][place]] = piece
    pieces = [piece_of[1 - first, who] for first, who in zip(waits["first"], waits["id"], strict=True)]
    counted = count_waits(waits["time"], waits["status"], pieces, deal.n_pieces)
    spread = waits_statistic(counted, deal, "logrank")(deal.found())
    assert spread.differences[0] == pytest.approx(GOLDEN["observed"] - GOLDEN["expected"], **CLOSE)
    assert spread.studentized()[0] ** 2 == pytest.approx(GOLDEN["robust_score"][0][0], **CLOSE)
