"""The worked example of Cox's model, from posts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import twoway as tw


def test_questions_answered_sooner_have_the_hazard_ratio_of_the_catalogue():
    minutes, asks = [1, 2, 3, 4], [1, 0, 1, 0]
    rows = []
    for i, (minute, ask) in enumerate(zip(minutes, asks, strict=True)):
        at = i * 86_400
        rows.append((f"q{i}", f"person{i}", at, "@brand open now" + "?" * ask, None))
        rows.append((f"a{i}", "brand", at + minute * 60, "yes", f"q{i}"))
    posts = pd.DataFrame(rows, columns=["post_id", "account_id", "created_at", "text", "parent_id"])
    corpus = tw.Corpus(posts, pd.DataFrame({"account_id": ["brand"], "role": ["care"]}))
    row = tw.measure(tw.annotate(corpus), ["question_hazard_ratio"]).table.iloc[0]
    assert row["value"] == pytest.approx((1 + np.sqrt(17)) / 2, abs=1e-6)
    assert row["n"] == 4


def test_turns_that_never_wait_at_the_same_time_cannot_be_compared():
    # The one question is answered after 40 minutes; by then nobody else is waiting: the window ends.
    rows = [
        ("q1", "asker", 0, "@brand open now?", None),
        ("a1", "brand", 2_400, "yes", "q1"),
        ("q2", "other", 2_400, "@brand good to know", None),
    ]
    posts = pd.DataFrame(rows, columns=["post_id", "account_id", "created_at", "text", "parent_id"])
    corpus = tw.Corpus(posts, pd.DataFrame({"account_id": ["brand"], "role": ["care"]}))
    row = tw.measure(tw.annotate(corpus), ["question_hazard_ratio"]).table.iloc[0]
    assert np.isnan(row["value"])
    assert "undefined" in row["flags"]
