"""What every test may ask for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Set before anything imports pyplot: a test must not need a screen.
os.environ["MPLBACKEND"] = "Agg"

# Set before anything imports the engines: processes that share the cores disturb each other with threads of their own.
if "PYTEST_XDIST_WORKER" in os.environ:
    for threads in ("POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(threads, "1")

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Find real data kept beside the repository, or skip the test and say what was missing."""

    def find(name: str) -> Path:
        path = SHARED_DATA / name
        if not path.exists():
            pytest.skip(f"needs real data that is not part of the repository: ../shared/data/{name}")
        return path

    return find


@pytest.fixture(scope="session")
def town_talk() -> Any:
    """The talk of town_square for all tests that only ask it, so that its tables are made once; none may change it."""
    import twoway as tw

    return tw.annotate(tw.load_corpus("town_square"))


@pytest.fixture
def rng() -> np.random.Generator:
    """The same stream of random numbers for every test that asks."""
    return np.random.default_rng(20260101)


@pytest.fixture(autouse=True)
def _figures_closed() -> Iterator[None]:
    """Leave no figure open for the next test, without importing pyplot for tests that draw nothing."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
