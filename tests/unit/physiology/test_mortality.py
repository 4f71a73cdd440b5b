"""Death by cause: hazards a year, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.physiology import mortality as d
from tests.unit.engine.worlds import record, value


@pytest.fixture(scope="module")
def p() -> np.record:
    """Give the documented numbers."""
    return record(
        liver_share_of_deaths_men=0.1,
        liver_share_of_deaths_women=0.16,
        liver_share_age=50,
        liver_share_years=40,
        cardiovascular_share_of_deaths=0.33,
        cardiovascular_death_ratio_steatosis=1.35,
        cardiovascular_steatosis_share=0.43,
        cardiovascular_death_ratio_scar=1.8,
        cardiovascular_late_scar=2,
        cardiovascular_scar_share=0.05,
        adult_age=18,
        cardiovascular_death_ratio_diabetes=2,
        other_death_ratio_diabetes=1.5,
        diabetes_share_of_old=0.3,
        diabetes_share_years=45,
        decompensated_death_late_per_year=0.12,
        decompensated_death_early_per_year=0.20,
        hcc_death_late_per_year=0.13,
        hcc_death_early_per_year=1.20,
        hcc_death_months=9.6,
        transplant_death_late_per_year=0.013,
        transplant_death_early_per_year=0.24,
    )


def test_the_life_table_of_a_man_of_sixty_less_its_liver_deaths(p):
    """exp(-4.5412) = 0.01066, times 1 - 0.1 x (15/16)^2."""
    assert value(d.background_mortality_per_year, p, 60, 0) == pytest.approx(
        math.exp(-4.5412) * (1 - 0.1 * (15 / 16) ** 2), rel=1e-5
    )


def test_the_life_table_of_a_woman_of_eighty(p):
    """x = 1/2: -5.0219 + 3.1143/2 + 0.9005/4 + 0.4832/8 = -3.179225, 4.2 % a year, less 0.16 x (7/16)^2."""
    assert value(d.background_mortality_per_year, p, 80, 1) == pytest.approx(
        math.exp(-3.179225) * (1 - 0.16 * (7 / 16) ** 2), rel=1e-5
    )


@pytest.mark.parametrize(("age", "share"), [(50, 0.1), (30, 0.05625), (70, 0.05625), (90, 0), (100, 0)])
def test_liver_deaths_are_a_bell_over_age(p, age, share):
    """0.1 x (1 - (20/40)^2)^2 twenty years from the peak, and none forty years from it or later.

    Women's is 1.6 times as high.
    """
    assert value(d.modelled_liver_share, p, age, 0) == pytest.approx(share, abs=1e-7)
    assert value(d.modelled_liver_share, p, age, 1) == pytest.approx(1.6 * share, abs=1e-7)


@pytest.mark.parametrize(
    ("age", "men", "women"),
    [
        (20, 0.001235, 0.000441),
        (30, 0.002085, 0.000878),
        (40, 0.003115, 0.001643),
        (50, 0.005126, 0.003030),
        (60, 0.011337, 0.006923),
        (70, 0.022903, 0.014769),
        (80, 0.055633, 0.041183),
        (90, 0.159458, 0.129176),
    ],
)
def test_the_cubic_stays_within_eight_percent_of_the_life_table(p, age: float, men: float, women: float):
    """Probability of dying within a year at each age: US period life table of 2023."""
    for female, expected in ((0, men), (1, women)):
        kept = 1 - value(d.modelled_liver_share, p, age, female)
        hazard = value(d.background_mortality_per_year, p, age, female) / kept
        assert 1 - math.exp(-hazard) == pytest.approx(expected, rel=0.08)


def test_mortality_rises_no_further_beyond_a_hundred(p):
    assert value(d.background_mortality_per_year, p, 110, 0) == value(
        d.background_mortality_per_year, p, 100, 0
    )


def test_steatosis_raises_cardiovascular_death_but_not_its_average(p):
    """0.0033 x 1.35 / 1.1505 against 0.0033 / 1.1505, which average to 0.0033 at a share of 0.43.

    Both are divided by 1.04 for the 5 % with late scar, who have 1.8 times as much.
    """
    fatty = value(d.cardiovascular_mortality_per_year, p, 0.01, 18, 0, 1, 0)
    lean = value(d.cardiovascular_mortality_per_year, p, 0.01, 18, 0, 0, 0)
    assert fatty == pytest.approx(0.0033 * 1.35 / 1.1505 / 1.04, rel=1e-5)
    assert 0.43 * fatty + 0.57 * lean == pytest.approx(0.0033 / 1.04, rel=1e-5)


@pytest.mark.parametrize(("fibrosis", "ratio"), [(0, 1), (2, 1), (2.5, 1.4), (3, 1.8), (6, 1.8)])
def test_late_scar_raises_cardiovascular_death_over_a_stage(p, fibrosis, ratio):
    scarred = value(d.cardiovascular_mortality_per_year, p, 0.01, 18, 0, 0, fibrosis)
    assert scarred == pytest.approx(
        ratio * value(d.cardiovascular_mortality_per_year, p, 0.01, 18, 0, 0, 0), rel=1e-5
    )


@pytest.mark.parametrize(("age", "share"), [(18, 0), (40.5, 0.15), (63, 0.3), (90, 0.3)])
def test_diabetes_kills_without_moving_the_life_table(p, age, share):
    """Twice the hazard with diabetes, and 1 on average over the share that the life table holds."""
    with_diabetes = value(d.excess_of_diabetes, p, 2, age, 1)
    without = value(d.excess_of_diabetes, p, 2, age, 0)
    assert with_diabetes == pytest.approx(2 * without, rel=1e-5)
    assert share * with_diabetes + (1 - share) * without == pytest.approx(1, rel=1e-5)


def test_other_deaths_are_the_rest_and_diabetes_multiplies_both(p):
    """0.0067 in the young; at 80, 2 / 1.3 and 1.5 / 1.15 times as many with diabetes."""
    assert value(d.other_mortality_per_year, p, 0.01, 18, 0) == pytest.approx(0.0067)
    assert value(d.other_mortality_per_year, p, 0.01, 80, 1) == pytest.approx(0.0067 * 1.5 / 1.15, rel=1e-5)
    young = value(d.cardiovascular_mortality_per_year, p, 0.01, 18, 0, 0, 0)
    old = value(d.cardiovascular_mortality_per_year, p, 0.01, 80, 1, 0, 0)
    assert old == pytest.approx(young * 2 / 1.3, rel=1e-5)


def test_a_compensated_liver_does_not_kill(p):
    assert value(d.liver_mortality_per_year, p, 0, 0, 0, 0) == 0


@pytest.mark.parametrize(
    ("months", "state", "expected"),
    [
        (0, (1, 0, 0), 0.32),
        (12, (1, 0, 0), 0.12 + 0.20 / math.e),
        (0, (0, 1, 0), 1.33),
        (9.6, (0, 1, 0), 0.13 + 1.20 / math.e),
        (0, (0, 0, 1), 0.253),
        (6, (0, 0, 1), 0.013 + 0.24 / math.e),
        (240, (1, 0, 0), 0.12),
    ],
)
def test_liver_death_is_likeliest_just_after_the_event(p, months, state, expected):
    assert value(d.liver_mortality_per_year, p, months, *state) == pytest.approx(expected, rel=1e-4)


def test_the_worst_state_rules(p):
    """Cancer rules over decompensation, a graft over both."""
    cancer, graft = (0, 1, 0), (0, 0, 1)
    assert value(d.liver_mortality_per_year, p, 3, 1, 1, 0) == value(
        d.liver_mortality_per_year, p, 3, *cancer
    )
    assert value(d.liver_mortality_per_year, p, 3, 1, 1, 1) == value(d.liver_mortality_per_year, p, 3, *graft)
