"""Every result has a table, one sentence, and a view for notebooks; comparing two never fails."""

import numpy as np
import pandas as pd
import pytest

from twoway.inference import Intervals, clustered_kaplan_meier, composition, kaplan_meier, logrank, wilson
from twoway.inference.ebayes import shrink_shares
from twoway.inference.gray import gray
from twoway.inference.hazards import cox
from twoway.inference.incidence import aalen_johansen
from twoway.inference.nulls.summary import null_summary
from twoway.inference.proportionality import proportionality
from twoway.inference.ranks import rank_sets
from twoway.inference.regrouping import Regrouped

ONE, TWO = ([1, 2, 3], [1, 1, 1], [0, 0, 0]), ([4, 5, 6], [1, 1, 1], [0, 0, 0])
DAYS, ENDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1, 1, 2, 1, 0, 2, 2, 1, 2, 0]


def fit():
    return cox(DAYS, [1] * 10, [[x] for x in (1, 0, 1, 1, 0, 0, 1, 0, 0, 1)])


RESULTS = {
    "interval": (lambda: wilson(8, 10), 1),
    "intervals": (lambda: Intervals(low=np.zeros(2), high=np.ones(2), value=np.full(2, 0.5)), 2),
    "curve": (lambda: kaplan_meier(*ONE), 3),
    "clustered curve": (lambda: clustered_kaplan_meier([1, 2, 2], [1, 1, 0], [1, 2, 3]), 2),
    "incidence": (lambda: aalen_johansen([1, 2, 3], [1, 2, 0]), 4),
    "log-rank": (lambda: logrank(ONE, TWO), 2),
    "gray": (lambda: gray(DAYS, ENDS, [0] * 5 + [1] * 5), 1),
    "composition": (lambda: composition([5, 3, 2]), 3),
    "null": (lambda: null_summary([5.0], [[1.0], [2.0], [3.0]]), 1),
    "regrouped": (lambda: Regrouped(0.04, 2.1, 0.3, 0.0, 0.0, 2000), 1),
    "shrunken": (lambda: shrink_shares([1, 8], [1, 10], prior=(2, 2)), 2),
    "ranks": (lambda: rank_sets([0.9, 0.6, 0.58], [0.02, 0.05, 0.05]), 3),
    "cox": (fit, 1),
    "proportionality": (lambda: proportionality(fit()), 2),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_shows_itself(name):
    make, n_rows = RESULTS[name]
    result = make()
    frame = result.to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) == n_rows
    frame["more"] = 1
    assert "more" not in result.to_frame()
    assert "\n" not in str(result)
    assert "(" not in str(result).split()[0]
    view = result._repr_html_()
    assert view.startswith("<p>")
    assert "<table" in view
    assert isinstance(result == make(), bool)


def test_long_tables_are_cut_in_the_view_alone():
    long = Intervals(low=np.zeros(25), high=np.ones(25), value=np.full(25, 0.5))
    assert "5 more rows" in long._repr_html_()
    assert len(long.to_frame()) == 25


def test_all_events_at_one_time_are_flagged_and_said():
    test = gray([1, 1, 1, 1], [1, 1, 1, 1], [0, 0, 1, 1])
    assert np.isnan(test.p_value)
    assert test.flags == ("undefined",)
    assert "cannot tell the groups apart" in str(test)
