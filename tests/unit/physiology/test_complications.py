"""Decompensation, liver cancer and transplant: hazards a year, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.physiology import complications as k
from tests.unit.engine.worlds import record, value


@pytest.fixture(scope="module")
def p() -> np.record:
    """Give the documented numbers."""
    return record(
        portal_pressure_lifelong_sd=0.90,
        portal_hypertension_scar=4.1,
        decompensation_per_year=0.024,
        decompensation_per_scar=2.05,
        decompensation_diabetes=0.40,
        ln_hcc_hazard=-9.6,
        hcc_per_scar=0.50,
        hcc_per_late_scar=1.30,
        hcc_per_year_of_age=0.04,
        hcc_women=-0.50,
        hcc_diabetes=0.40,
        hcc_per_pnpla3_g=0.256,
        hcc_decompensated=0.6,
        transplant_decompensated_per_year=0.05,
        transplant_hcc_per_year=0.04,
    )


def test_only_cirrhosis_decompensates(p):
    assert value(k.decompensation_hazard_per_year, p, 3.99, 3, 1) == 0
    assert value(k.decompensation_hazard_per_year, p, 4.0, -3, 1) > 0


def test_pressure_adds_the_own_distance_to_scar(p):
    """At F 4.2 a person two spreads above the others has the pressure of 4.2 + 2 x 0.9."""
    assert value(k.portal_pressure, p, 4.2, 2) == pytest.approx(6.0)
    assert value(k.decompensation_hazard_per_year, p, 4.2, 0.5, 1) == pytest.approx(
        value(k.decompensation_hazard_per_year, p, 4.65, 0, 1), rel=1e-5
    )


@pytest.mark.parametrize(
    ("fibrosis", "z", "has"), [(4.0, 0, 0), (4.11, 0, 1), (4.0, 0.2, 1), (4.9, -1, 0), (3.9, 3, 0)]
)
def test_portal_hypertension_needs_cirrhosis_and_pressure(p, fibrosis, z, has):
    assert bool(value(k.has_portal_hypertension, p, fibrosis, z)) == bool(has)


def test_decompensation_rises_with_scar_up_to_five_and_a_half(p):
    """At F 4 with diabetes 0.024 exp(0.4 x 0.4) = 0.0282; at F 5 e^2.05 times as much."""
    at_four = 0.024 * math.exp(0.16)
    assert value(k.decompensation_hazard_per_year, p, 4, 0, 1) == pytest.approx(at_four, rel=1e-5)
    assert value(k.decompensation_hazard_per_year, p, 5, 0, 1) == pytest.approx(
        at_four * math.exp(2.05), rel=1e-5
    )
    assert value(k.decompensation_hazard_per_year, p, 6, 0, 1) == value(
        k.decompensation_hazard_per_year, p, 5.5, 0, 1
    )


def test_without_diabetes_decompensation_is_rarer_so_that_the_average_holds(p):
    """exp(0.40 (0 - 0.6))."""
    assert value(k.decompensation_hazard_per_year, p, 4, 0, 0) == pytest.approx(
        0.024 * math.exp(-0.24), rel=1e-5
    )


def test_cancer_without_scar_is_seven_in_a_hundred_thousand(p):
    assert value(k.hcc_hazard_per_year, p, 0, 60, 0, 0, 0, 0) == pytest.approx(math.exp(-9.6), rel=1e-5)


def test_cancer_in_cirrhosis_adds_every_term(p):
    """Woman of 70, F 4, diabetes, GG, decompensated: -9.6 + 2 + 1.3 x 1.8 + 0.4 - 0.5 + 0.4 + 0.512 + 0.6."""
    expected = math.exp(-9.6 + 2 + 2.34 + 0.4 - 0.5 + 0.4 + 0.512 + 0.6)
    assert value(k.hcc_hazard_per_year, p, 4, 70, 1, 1, 2, 1) == pytest.approx(expected, rel=1e-5)


def test_cancer_rises_no_further_beyond_scar_of_five(p):
    assert value(k.hcc_hazard_per_year, p, 6, 60, 0, 0, 0, 0) == value(
        k.hcc_hazard_per_year, p, 5, 60, 0, 0, 0, 0
    )


def test_transplant_fades_out_around_its_age_limit(p):
    """Half of 0.05 at 70 for decompensation, half of 0.04 at 65 for cancer, none for a compensated liver."""
    assert value(k.transplant_hazard_per_year, p, 70, 1, 0) == pytest.approx(0.025)
    assert value(k.transplant_hazard_per_year, p, 65, 0, 1) == pytest.approx(0.020)
    assert value(k.transplant_hazard_per_year, p, 50, 1, 0) == pytest.approx(0.05, rel=1e-5)
    assert value(k.transplant_hazard_per_year, p, 90, 1, 1) < 1e-10
    assert value(k.transplant_hazard_per_year, p, 50, 0, 0) == 0
