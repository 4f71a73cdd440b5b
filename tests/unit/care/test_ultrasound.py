"""What ultrasound shows, by hand from its two limits."""

from __future__ import annotations

import math

import pytest

from simulator.care import markers as t
from tests.unit.engine.worlds import record, value


def test_ultrasound_sees_half_of_livers_at_its_threshold():
    p = record(ultrasound_ln_fat_half=1.6, ultrasound_width=0.4, ultrasound_lifelong_sd=0.5)
    assert value(t.ultrasound_positive_probability, p, 1.6, 0) == pytest.approx(0.5)
    assert value(t.ultrasound_positive_probability, p, 2.4, 0) == pytest.approx(
        1 / (1 + math.exp(-2)), rel=1e-5
    )
    assert value(t.ultrasound_positive_probability, p, 1.1, 1) == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize(("ln_fat", "own", "widths"), [(2.8, 0, 1), (1.6, 0, -2), (1.9, 1, 0)])
def test_ultrasound_calls_marked_what_is_fatter(ln_fat, own, widths):
    p = record(ultrasound_ln_fat_marked_half=2.4, ultrasound_width=0.4, ultrasound_lifelong_sd=0.5)
    probability = value(t.ultrasound_marked_probability, p, ln_fat, own)
    assert probability == pytest.approx(1 / (1 + math.exp(-widths)), rel=1e-5)
