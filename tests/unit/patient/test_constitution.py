"""What stays the same for life: interpolation, generation, ancestry."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.patient import constitution as k
from tests.unit.engine.worlds import record, value

KNOTS, VALUES = np.array([20.0, 30.0, 40.0]), np.array([16.0, 18.0, 17.0])


@pytest.mark.parametrize(
    ("x", "expected"), [(10, 16), (20, 16), (25, 17), (30, 18), (37.5, 17.25), (40, 17), (80, 17)]
)
def test_between_knots_the_line_outside_the_ends(x: float, expected: float):
    assert value(k.interpolate, KNOTS, VALUES, x) == pytest.approx(expected)


def test_todays_old_were_slim_when_young():
    """A man born in 1958 was 60 in the survey of 2018: the median of 60-year-olds less his gain since 18."""
    p = record()
    now = dict(zip(p.median_excess_bmi_men_knots, p.median_excess_bmi_men, strict=True))
    assert value(k.excess_bmi_at_18, p, 2018 - 60, 0, 6.0) == pytest.approx(now[60] - 6.0, rel=1e-5)
    women = dict(zip(p.median_excess_bmi_women_knots, p.median_excess_bmi_women, strict=True))
    assert value(k.excess_bmi_at_18, p, 2018 - 45, 1, 0) == pytest.approx(
        (women[40] + women[50]) / 2, rel=1e-5
    )


def test_ancestry_scales_excess_bmi_by_sex():
    p = record(ln_bmi_ethnicity_women={"black": 0.156}, ln_bmi_ethnicity_men={"black": -0.044})
    plain = getattr(k.ethnic_bmi_factor, "py_func", k.ethnic_bmi_factor)
    assert float(plain(p, 1, np.float32(1))) == pytest.approx(math.exp(0.156), rel=1e-5)
    assert float(plain(p, 1, np.float32(0))) == pytest.approx(math.exp(-0.044), rel=1e-5)
    assert float(plain(p, 0, np.float32(1))) == pytest.approx(1)


def test_spread_differs_by_sex_and_ancestry():
    p = record(bmi_spread_men=0.30, bmi_spread_women=0.40, bmi_spread_ethnicity={"asian": 0.87})
    plain = getattr(k.bmi_spread_at_18, "py_func", k.bmi_spread_at_18)
    assert float(plain(p, 0, np.float32(0))) == pytest.approx(0.30)
    assert float(plain(p, 4, np.float32(1))) == pytest.approx(0.40 * 0.87)
