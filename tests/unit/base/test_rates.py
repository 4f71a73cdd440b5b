"""Hazards, time constants and steps: the one place where time units change."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.base import rates

F = np.float32


@pytest.mark.parametrize("hazard", [1e-9, 1e-6, 1e-3, 0.024, 0.2, 1.0, 4.0, 11.9])
@pytest.mark.parametrize("steps_per_year", [12, 24])
def test_probability_is_one_less_the_exponential(hazard: float, steps_per_year: int):
    exact = -math.expm1(-float(F(hazard)) * float(F(1 / steps_per_year)))
    assert rates.probability(F(hazard), F(1 / steps_per_year)) == pytest.approx(exact, rel=4e-5)


def test_probability_of_no_hazard_is_nothing():
    assert rates.probability(F(0), F(1 / 12)) == 0


@given(st.floats(0, 100, width=32), st.floats(0, 100, width=32))
def test_probability_rises_with_the_hazard_and_stays_below_one(one: float, other: float):
    less, more = sorted((one, other))
    low, high = (rates.probability(F(hazard), F(1 / 12)) for hazard in (less, more))
    assert 0 <= low <= high < 1


def test_a_year_of_months_is_a_year():
    """Surviving twelve months at 0.3 a year is surviving a year: exp(-0.3)."""
    month = float(rates.probability(F(0.3), F(1 / 12)))
    assert (1 - month) ** 12 == pytest.approx(math.exp(-0.3), rel=1e-5)


def test_relaxing_covers_the_share_of_the_distance():
    assert rates.relax(F(10), F(20), F(0.25)) == 12.5


@given(
    st.floats(-100, 100, width=32),
    st.floats(-100, 100, width=32),
    st.floats(0, 1, width=32),
)
def test_relaxing_never_overshoots(value: float, target: float, step: float):
    moved = rates.relax(F(value), F(target), F(step))
    room = 1e-5 * max(1, abs(value), abs(target))
    assert min(value, target) - room <= moved <= max(value, target) + room


@given(st.floats(0.25, 200), st.floats(-5, 5, width=32), st.floats(-5, 5, width=32))
def test_two_half_steps_are_one_step(time_constant: float, value: float, target: float):
    whole = rates.relaxation_step(time_constant, 1.0)
    half = rates.relaxation_step(time_constant, 0.5)
    once = rates.relax(value, target, whole)
    twice = rates.relax(rates.relax(value, target, half), target, half)
    assert once == pytest.approx(twice, abs=1e-9)


def test_time_constants_in_numbers():
    """Two months: 1 - exp(-1/2) = 0.3935 a month; eight months keep exp(-1/8) = 0.8825."""
    assert rates.relaxation_step(2, 1) == pytest.approx(0.39346934)
    assert rates.persistence(8, 1) == pytest.approx(0.88249690)
    assert rates.noise_share(8, 1) == pytest.approx(math.sqrt(1 - math.exp(-2 / 8)))


@given(st.floats(0.5, 500), st.sampled_from([1.0, 0.5, 0.25]))
def test_what_is_kept_and_what_is_new_leave_the_spread_as_it_was(time_constant: float, months: float):
    kept, new = rates.persistence(time_constant, months), rates.noise_share(time_constant, months)
    assert kept**2 + new**2 == pytest.approx(1)
    assert kept == pytest.approx(1 - rates.relaxation_step(time_constant, months))


@given(st.floats(0, 0.999), st.floats(0.1, 20))
def test_hazard_and_probability_undo_each_other(share: float, years: float):
    hazard = rates.hazard_of_probability(share, years)
    assert -math.expm1(-hazard * years) == pytest.approx(share, abs=1e-12)


def test_stopping_half_within_a_year_is_a_hazard_of_ln_two():
    assert rates.hazard_of_probability(0.5) == pytest.approx(math.log(2))
