"""What a year is worth and what it costs, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.care import economics as e
from tests.unit.engine.worlds import record, value


@pytest.fixture(scope="module")
def p() -> np.record:
    """Give round numbers, so that sums can be done in the head."""
    return record(
        utility_norm=0.94,
        utility_women=-0.02,
        utility_per_year=0.001,
        utility_loss_diabetes=0.04,
        utility_loss_per_bmi=0.002,
        utility_bmi_reference=25,
        utility_loss_cirrhosis=0.06,
        utility_loss_decompensated=0.22,
        utility_loss_hcc=0.20,
        utility_loss_transplant=0.08,
        cost_background_usd_per_year=8000,
        cost_diabetes_usd_per_year=12000,
        cost_cirrhosis_usd_per_year=6000,
        cost_decompensated_usd_per_year=135000,
        cost_hcc_usd_per_year=90000,
        cost_transplant_usd_per_year=73000,
    )


def test_utility_of_a_slim_man_of_38(p):
    """0.94 - 0.001 x 20; weight below the reference is no gain."""
    assert value(e.utility, p, 38, 0, 22, 0, 0, 0, 0, 0) == pytest.approx(0.92)


def test_utility_of_an_obese_diabetic_woman_with_decompensated_cirrhosis(p):
    """0.94 - 0.02 - 0.04 (age 58) - 0.04 (diabetes) - 0.02 (BMI 35) - 0.22."""
    assert value(e.utility, p, 58, 1, 35, 1, 0, 1, 0, 0) == pytest.approx(0.60)


def test_utility_stays_between_nothing_and_perfect_health(p):
    assert value(e.utility, p, 100, 1, 110, 1, 1, 1, 1, 1) >= 0
    assert value(e.utility, record(utility_norm=1.0, utility_per_year=0), 18, 0, 22, 0, 0, 0, 0, 0) == 1


def test_costs_add_up(p):
    assert value(e.care_cost_usd_per_year, p, 0, 0, 0, 0, 0) == 8000
    assert value(e.care_cost_usd_per_year, p, 1, 1, 0, 0, 0) == 26000
    assert value(e.care_cost_usd_per_year, p, 0, 0, 1, 0, 0) == 143000
    assert value(e.care_cost_usd_per_year, p, 0, 0, 0, 1, 0) == 98000
    assert value(e.care_cost_usd_per_year, p, 0, 0, 0, 0, 1) == 81000
