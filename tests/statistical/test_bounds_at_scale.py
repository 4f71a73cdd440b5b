"""A hundred thousand people stay within the table of columns, not only a few thousand."""

from __future__ import annotations

import pytest

from tests.unit.engine.test_bounds import out_of_bounds
from tests.unit.engine.worlds import source

pytestmark = [pytest.mark.statistical, pytest.mark.slow]


def test_a_hundred_thousand_grown_people_are_within_bounds():
    from_source = source(77)
    found = [
        fault
        for first in range(0, 100_000, 20_000)
        for fault in out_of_bounds(from_source(first, first + 20_000).state)
    ]
    assert found == []
