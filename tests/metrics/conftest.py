"""What the tests of metrics share."""

from __future__ import annotations

from functools import partial

import pytest
from handmade import by_library, by_loops


@pytest.fixture(params=[by_loops, by_library], ids=["loops", "library"])
def measured(request):
    """Measure a corpus in one of two ways that share no code: as {(unit_id, metric): value}."""
    return request.param


@pytest.fixture
def measured_by_month():
    """Measure by month, which the loops cannot: as {(month, metric): value}."""
    return partial(by_library, by="month")
