"""Habits under stress and in programmes, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.physiology import behaviour as b
from tests.unit.engine.worlds import record, value


@pytest.fixture(scope="module")
def p() -> np.record:
    """Give the documented numbers of stress and habits."""
    return record(
        stress_sd=0.6,
        stress_time_constant_months=-1 / math.log(0.97),
        chronic_stress_time_constant_months=12,
        sleep_loss_per_stress=0.10,
        diet_loss_per_stress=0.03,
        activity_loss_per_stress=0.06,
        social_buffering=0.15,
        programme_habit_time_constant_months=12,
    )


def test_stress_keeps_97_percent_of_a_departure_and_adds_luck(p):
    """0.97 x 1 + 0.6 x sqrt(1 - 0.97^2) x 1 = 0.97 + 0.6 x 0.2431 = 1.1159."""
    assert value(b.stress_after_step, p, 1, 1) == pytest.approx(1.11586, abs=1e-4)


def test_chronic_stress_remembers_a_year(p):
    """From 0 towards 1 + 0.5: the first month covers 1 - exp(-1/12) = 0.07996 of it."""
    assert value(b.chronic_stress_after_step, p, 0, 1, 0.5) == pytest.approx(0.07996 * 1.5, abs=1e-5)


def test_company_damps_and_isolation_amplifies_within_bounds(p):
    assert value(b.stress_leverage, p, 0) == 1
    assert value(b.stress_leverage, p, 2) == pytest.approx(0.70)
    assert value(b.stress_leverage, p, -2) == pytest.approx(1.30)
    assert value(b.stress_leverage, p, 6) == pytest.approx(0.5)
    assert value(b.stress_leverage, p, -6) == pytest.approx(1.5)


def test_two_sd_of_chronic_stress_cost_twelve_minutes_of_sleep(p):
    """7.1 - 0.10 x 2 = 6.9 h; isolation with leverage 1.5 makes it 6.8 h; a programme adds its own."""
    assert value(b.sleep_hours, p, 7.1, 2, 1, 0) == pytest.approx(6.9)
    assert value(b.sleep_hours, p, 7.1, 2, 1.5, 0) == pytest.approx(6.8)
    assert value(b.sleep_hours, p, 7.1, 2, 1, 0.6) == pytest.approx(7.5)


def test_sleep_stays_between_three_and_twelve_hours(p):
    assert value(b.sleep_hours, p, 4, 6, 1.5, -4) == 3
    assert value(b.sleep_hours, p, 11, -6, 1, 4) == 12


def test_stress_costs_diet_quality(p):
    """0.40 - 0.03 x 2 + 0.20 = 0.54, and never leaves 0..1."""
    assert value(b.diet_quality, p, 0.40, 2, 1, 0.20) == pytest.approx(0.54)
    assert value(b.diet_quality, p, 0.95, 0, 1, 0.20) == 1
    assert value(b.diet_quality, p, 0.05, 3, 1, 0) == 0


def test_stress_costs_a_share_of_activity_and_programmes_add_minutes(p):
    """600 exp(-0.06 x 2) + 450 = 532.15 + 450."""
    assert value(b.activity, p, 600, 2, 1, 450) == pytest.approx(600 * math.exp(-0.12) + 450)
    assert value(b.activity, p, 600, 0, 1, -3000) == 0
    assert value(b.activity, p, 8000, 0, 1, 3000) == 9000


def test_a_habit_of_a_programme_is_kept_while_it_runs_and_fades_after(p):
    """A year after the end exp(-12/12) = 37 % is left."""
    assert value(b.programme_habit_after_step, p, 450, 1) == 450
    left = 450.0
    for _ in range(12):
        left = value(b.programme_habit_after_step, p, left, 0)
    assert left == pytest.approx(450 / math.e, rel=1e-4)
