"""The parameter record: every number by name, and what follows from them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.care.markers import TESTS
from simulator.engine.numbers import parameter_record
from simulator.parameters.library import load_parameters
from tests.unit.engine.worlds import parameters, record, shipped_record


def test_every_scalar_of_the_library_is_in_the_record():
    library = load_parameters()
    for name, number in library.numbers.items():
        if isinstance(number, float | int):
            assert getattr(shipped_record(), name) == np.float32(number), name


def test_every_table_of_the_library_is_in_the_record_in_its_order():
    library = load_parameters()
    tables = {name: table for name, table in library.numbers.items() if not isinstance(table, float | int)}
    assert len(tables) > 5
    for name, table in tables.items():
        assert getattr(shipped_record(), name).tolist() == [
            np.float32(number) for number in table.values()
        ], name


def test_numeric_labels_are_kept_as_knots():
    p = shipped_record()
    assert (np.diff(p.median_excess_bmi_men_knots) > 0).all()
    assert len(p.median_excess_bmi_men_knots) == len(p.median_excess_bmi_men)


def test_everything_is_single_precision():
    dtypes = {field[0].base for field in shipped_record().dtype.fields.values()}
    assert dtypes == {np.dtype(np.float32)}


@pytest.mark.parametrize("steps_per_year", [12, 24, 48])
def test_clocks_are_turned_into_steps(steps_per_year: int):
    p = record(steps_per_year)
    months = 12 / steps_per_year
    clock = float(p.liver_fat_time_constant_months)
    assert p.months_per_step == np.float32(months)
    assert p.years_per_step == np.float32(1 / steps_per_year)
    assert p.liver_fat_step == pytest.approx(1 - math.exp(-months / clock), rel=1e-6)
    assert p.liver_fat_persistence == pytest.approx(math.exp(-months / clock), rel=1e-6)
    assert p.liver_fat_noise == pytest.approx(math.sqrt(1 - math.exp(-2 * months / clock)), rel=1e-6)


def test_costs_of_tests_are_in_the_order_of_their_bits():
    p = shipped_record()
    assert p.test_costs.tolist() == [getattr(p, f"cost_test_{test}_usd") for test in TESTS]


def test_an_override_changes_its_number_and_what_follows_from_it():
    p = parameter_record(parameters(liver_fat_time_constant_months=4))
    assert p.liver_fat_time_constant_months == 4
    assert p.liver_fat_step == pytest.approx(1 - math.exp(-1 / 4), rel=1e-6)
    assert p.injury_step == shipped_record().injury_step


def test_probabilistic_draws_have_the_same_layout():
    drawn = parameter_record(load_parameters().draw(1, 0))
    assert drawn.dtype == shipped_record().dtype
    assert drawn.liver_fat_per_ln_homa != shipped_record().liver_fat_per_ln_homa
