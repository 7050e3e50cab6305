"""The tool that holds codebooks against people: ratings beside labels, by plain arithmetic."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from statistics import mean
from typing import Any

import pandas as pd
import pytest
from scipy.stats import t

TOOL = Path(__file__).resolve().parents[1] / "tools" / "validate.py"


def _load() -> Any:
    if str(TOOL.parent) not in sys.path:
        # Run as a script, the tool finds its neighbor there.
        sys.path.append(str(TOOL.parent))
    spec = importlib.util.spec_from_file_location("validate_tool", TOOL)
    module = importlib.util.module_from_spec(spec)
    # Its dataclass looks its module up by name.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path):
    """Forty requests, twelve of which thank: the ratings of these are 1.5, 2.5, ..., of the others 0, 1, 0, 1, ..."""
    thanks = ["Thank you so much! Could you move the page?"] * 12
    plain = ["Could you move the page?"] * 28
    ratings = [1.5 + i for i in range(12)] + [float(i % 2) for i in range(28)]
    table = pd.DataFrame({"Id": range(40), "Request": thanks + plain, "Normalized Score": ratings})
    (tmp_path / "politeness_corpus").mkdir()
    table.to_csv(tmp_path / "politeness_corpus/wikipedia.annotated.csv.gz", index=False)
    return tmp_path, ratings


def test_ratings_with_a_label_are_held_against_those_without_it(folder):
    path, ratings = folder
    table = _load().politeness(path)
    # No other label has ten requests.
    assert table[["codebook", "label"]].values.tolist() == [
        ["voice", "thanks"],
        ["care", "gratitude"],
        ["acts", "thanks"],
    ]
    row = table.iloc[0]
    assert (row["n"], row["mean"]) == (12, pytest.approx(mean(ratings[:12])))
    assert row["difference"] == pytest.approx(7 - 0.5)
    # A quarter of forty are ten: those rated 3.5 and above; half of the others are rated 0, and none that thanks.
    assert (row["top"], row["bottom"]) == (pytest.approx(10 / 12), 0)
    # Welch: s2 / n of both, and as many degrees of freedom as stand beside it.
    a, b = 13 / 12, (28 / 4 / 27) / 28
    df = (a + b) ** 2 / (a**2 / 11 + b**2 / 27)
    assert row["low"] == pytest.approx(6.5 - t.ppf(0.975, df) * (a + b) ** 0.5)
    assert row["high"] == pytest.approx(6.5 + t.ppf(0.975, df) * (a + b) ** 0.5)


def test_the_section_on_ratings_says_what_was_expected(folder):
    lines = list(_load().rated_lines(folder[0]))
    assert lines[-3].startswith("| voice | thanks | higher | 12 | +7.00 | +6.50 [")
    assert lines[-3].endswith("| 83% | 0% |")
    assert not any("move the page" in line for line in lines)
