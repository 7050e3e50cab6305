"""What the tests of metrics share."""

from __future__ import annotations

import pytest
from handmade import by_library, by_loops


@pytest.fixture(params=[by_loops, by_library], ids=["loops", "library"])
def measured(request):
    """Measure a corpus in one of two ways that share no code: as {(unit_id, metric): value}."""
    return request.param
