"""The public names, and the README's example, as a stranger would meet them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

import twoway as tw

README = Path(__file__).resolve().parents[1] / "README.md"


def test_every_public_name_is_there_and_documented():
    assert len(tw.__all__) == len(set(tw.__all__))
    for name in tw.__all__:
        assert getattr(tw, name).__doc__, name
    assert set(tw.__all__) <= set(dir(tw))


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'twoway' has no attribute 'mesure'"):
        _ = tw.mesure


def test_the_example_of_the_readme_runs(tmp_path, monkeypatch):
    code = re.search(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL).group(1)
    lines = [line for line in code.splitlines() if line and not line.startswith("#")]
    assert len(lines) <= 13, "twelve lines of use, and the import"
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)  # noqa: S102 - the README is ours
    assert (tmp_path / "page" / "index.html").is_file()
    assert plt.get_fignums(), "the example draws"


def test_results_show_themselves_in_a_notebook():
    talk = tw.annotate(tw.load_corpus("twelve_posts"))
    card = tw.measure(talk, ["response_rate", "latency_median"], by="organization")
    assert "Marrowick Bakery" in card._repr_html_()
    assert "response_rate" in card._repr_html_()
    assert str(tw.strategy(talk)).startswith("Of 1 units")
    assert "turns owed" in str(tw.silence_curve(talk))
    assert "<table>" in talk.corpus._repr_html_()
    assert repr(card) == "<Scorecard of 2 metrics by organization: 1 units, 1 of 2 values defined>"


def test_dyads_count_posts_each_way():
    dyads = tw.annotate(tw.load_corpus("twelve_posts")).dyads.set_index(["account_id", "person_id"])
    assert dyads.loc[("bakery", "ana")].tolist() == [1, 2]
    assert dyads.loc[("help", "ben")].tolist() == [1, 1]


def test_silence_counts_who_is_still_waiting():
    curve = tw.silence_curve(tw.annotate(tw.load_corpus("twelve_posts")))
    # Five turns: answered after 10 and 45 minutes, three still waiting at the window's end nine days later.
    assert curve.at_risk("Marrowick Bakery", [0, 10, 11, 45, 46]) == [5, 5, 4, 4, 3]
    assert curve.table["survival"].tolist() == [1.0, 0.8, pytest.approx(0.6)]


def test_figures_are_there_before_anything_was_drawn():
    code = "import twoway as tw; print(tw.figures.use_style.__name__, tw.inference.kaplan_meier.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["use_style", "kaplan_meier"], done.stderr
