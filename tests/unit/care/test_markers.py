"""What a test shows, by hand from the marker equations."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.care import markers as t
from tests.unit.engine.worlds import record, value


@pytest.fixture(scope="module")
def p() -> np.record:
    """Give round numbers near the documented ones, whatever the shipped ones are calibrated to."""
    return record(
        glucose_test_log_sd=0.05,
        insulin_test_log_sd=0.28,
        hba1c_gap_sd=0.27,
        hba1c_test_sd=0.10,
        ln_liver_fat_reference=math.log(4),
        injury_usual=-1.35,
        enzyme_injury_threshold=-0.5,
        alt_floor_u_l=5,
        ln_alt_intercept=2.92,
        alt_women=-0.359,
        alt_per_ln_liver_fat=0.263,
        alt_per_ln_homa=0.1,
        ln_homa_reference=0.8,
        alt_per_injury=0.15,
        alt_per_year_older=0.0138,
        alt_per_year_younger=0.0051,
        alt_per_drink=0.02,
        alt_per_scar=0.12,
        enzymes_per_hsd17b13_ta=0.02,
        enzyme_lifelong_loading=0.8,
        enzyme_wander_loading=0.6,
        alt_level_sd=0.548,
        alt_test_log_sd=0.22,
        ast_floor_u_l=10.4,
        ast_alt_loading=0.818,
        ast_own_loading=0.575,
        ln_ast_intercept=2.29,
        ast_women=-0.312,
        ast_per_ln_liver_fat=0.101,
        ast_per_injury=0.20,
        ast_per_year=0.00066,
        ast_per_ln_adiposity=-0.195,
        ast_per_drink=0.06,
        ast_per_scar=0.06,
        ast_level_sd=0.644,
        ast_test_log_sd=0.18,
        ln_platelets_intercept=5.50,
        platelets_women=0.06,
        platelets_per_year=-0.0022,
        platelets_per_late_scar=0.16,
        platelets_per_portal_pressure=0.1,
        platelets_lifelong_sd=0.22,
        platelets_test_log_sd=0.07,
        albumin_intercept_g_l=41.9,
        albumin_women=-1.59,
        albumin_per_year=-0.040,
        albumin_per_bmi=-0.111,
        albumin_decompensated=-8,
        albumin_lifelong_sd=2.7,
        albumin_test_sd=1.0,
        cap_intercept=200.5,
        cap_rise=140,
        cap_ln_fat_half=1.5,
        cap_width=0.5,
        cap_per_ln_adiposity=18.6,
        cap_lifelong_sd=19.9,
        cap_test_sd=30,
        ln_lsm_intercept=1.518,
        lsm_per_fibrosis=0.059,
        lsm_per_fibrosis_cubed=0.0115,
        lsm_per_injury=0.03,
        lsm_per_portal_pressure=0.2,
        portal_pressure_lifelong_sd=0.9,
        cirrhosis_stage=4,
        lsm_women=0.145,
        lsm_per_bmi=0.004,
        lsm_per_high_bmi=0.0255,
        lsm_lifelong_sd=0.236,
        lsm_lifelong_skew=0.19,
        lsm_test_log_sd=0.22,
    )


def test_a_glucose_test_is_off_by_five_percent_per_sd(p):
    assert value(t.fasting_glucose, p, 5.5, 1) == pytest.approx(5.5 * math.exp(0.05))


def test_insulin_homa_and_glucose_hold_together(p):
    """HOMA-IR 3 at 5 mmol/L is an insulin of 22.5 x 3 / 5 = 13.5 mIU/L; and back."""
    insulin = value(t.fasting_insulin, p, math.log(3), 5, 0)
    assert insulin == pytest.approx(13.5, rel=1e-5)
    assert value(t.homa_ir, p, 5, insulin) == pytest.approx(3, rel=1e-5)
    assert value(t.fasting_insulin, p, math.log(3), 5, 2) == pytest.approx(13.5 * math.exp(0.56), rel=1e-5)


def test_measured_hba1c_adds_gap_ancestry_and_noise(p):
    """5.6 + 0.27 x 2 + 0.142 - 0.10."""
    assert value(t.hba1c, p, 5.6, 0.142, 2, -1) == pytest.approx(6.182)


def test_enzymes_leak_only_above_a_threshold_of_injury(p):
    """0.5 above a threshold of -0.5 is 1; calm livers leak nothing."""
    assert value(t.leaking_injury, p, 0.5) == pytest.approx(1.0)
    assert value(t.leaking_injury, p, -2.0) == 0


def test_alt_of_an_average_man_of_45(p):
    """4 % fat, nothing leaking, no scar, no drink: 5 + exp(2.92) = 23.5 U/L."""
    said = value(t.alt, p, math.log(4), 0.8, 0, 0, 0, 45, 0, 0, 0, 0, 0)
    assert said == pytest.approx(5 + math.exp(2.92), rel=1e-5)


def test_alt_adds_fat_insulin_injury_scar_gene_age_sex_ancestry_drink_person_and_day(p):
    """Woman of 65, 8 % fat, ln HOMA-IR 0.5 more, leaking 1, scar 3, one TA, two drinks, level 1, noise -1."""
    ln = (
        2.92
        - 0.359
        + 0.263 * math.log(2)
        + 0.1 * 0.5
        + 0.15
        - 0.12 * 3
        - 0.02
        - 0.0138 * 20
        + 0.051
        + 0.04
        + 0.548
        - 0.22
    )
    said = value(t.alt, p, math.log(8), 1.3, 1, 3, 1, 65, 1, 0.051, 2, 1, -1)
    assert said == pytest.approx(5 + math.exp(ln), rel=1e-5)


def test_alt_is_lower_in_the_young_too_and_age_counts_within_limits(p):
    man = (math.log(4), 0.8, 0, 0, 0)
    assert value(t.alt, p, *man, 25, 0, 0, 0, 0, 0) == pytest.approx(
        5 + math.exp(2.92 - 0.0051 * 20), rel=1e-5
    )
    assert value(t.alt, p, *man, 99, 0, 0, 0, 0, 0) == value(t.alt, p, *man, 85, 0, 0, 0, 0, 0)


def test_ast_shares_its_person_and_its_day_with_alt(p):
    """Man of 45, scar 2, two TA, level 1, own -1, ALT noise 1, own noise 2, adiposity +0.2, one drink."""
    ln = 2.29 - 0.06 * 2 - 0.02 * 2 - 0.195 * 0.2 + 0.06 + 0.644 * (0.818 - 0.575) + 0.18 * (0.6 + 0.8 * 2)
    said = value(t.ast, p, math.log(4), 0, 2, 2, 45, 0, 0.2, 1, 1, -1, 1, 2)
    assert said == pytest.approx(10.4 + math.exp(ln), rel=1e-5)


def test_heavy_drinking_counts_no_more_than_six_drinks(p):
    man = (math.log(4), 0, 0, 0, 45, 0)
    alt = [value(t.alt, p, man[0], 0.8, *man[1:], 0, drinks, 0, 0) for drinks in (12, 6)]
    assert alt[0] == alt[1]
    assert value(t.ast, p, *man, 0, 12, 0, 0, 0, 0) == value(t.ast, p, *man, 0, 6, 0, 0, 0, 0)


def test_scar_raises_the_ratio_of_ast_to_alt(p):
    alt = [value(t.alt, p, math.log(4), 0.8, 2, scar, 0, 55, 0, 0, 0, 0, 0) for scar in (0, 4)]
    ast = [value(t.ast, p, math.log(4), 2, scar, 0, 55, 0, 0, 0, 0, 0, 0, 0) for scar in (0, 4)]
    assert alt[1] < alt[0] and ast[1] / alt[1] > ast[0] / alt[0]


def test_a_level_is_lifelong_and_wandering(p):
    """0.8 x 1 + 0.6 x (-2) = -0.4."""
    assert value(t.enzyme_level, p, 1, -2) == pytest.approx(-0.4, abs=1e-6)


@pytest.mark.parametrize(("along", "expected"), [(0, 1.0), (1, -2.0), (0.36, 0.8 - 1.2)])
def test_wandering_passes_from_knot_to_knot(along, expected):
    """At 0.36 of the way: sqrt(0.64) x 1 + sqrt(0.36) x (-2); the squares of both weights add to one."""
    assert value(t.between_knots, 1, -2, along) == pytest.approx(expected, abs=1e-6)


def test_portal_pressure_shows_as_scar_becomes_late(p):
    """0.9 x z in cirrhosis, an eighth of it at F 2, nothing without scar; no more past stage 4."""
    assert value(t.pressure_beyond_scar, p, 4, 2) == pytest.approx(1.8)
    assert value(t.pressure_beyond_scar, p, 6, -1) == pytest.approx(-0.9)
    assert value(t.pressure_beyond_scar, p, 2, 2) == pytest.approx(1.8 / 8)
    assert value(t.pressure_beyond_scar, p, 0, 2) == 0


def test_platelets_fall_with_late_scar_and_its_pressure_only(p):
    """exp(5.5) = 245; at F 4 two stages beyond 2: exp(-0.32) as many; a stage of pressure: exp(-0.1)."""
    assert value(t.platelets, p, 45, 0, 2, 0, 0, 0) == pytest.approx(math.exp(5.5), rel=1e-5)
    assert value(t.platelets, p, 45, 0, 4, 0, 0, 0) == pytest.approx(math.exp(5.5 - 0.32), rel=1e-5)
    assert value(t.platelets, p, 45, 0, 4, 1, 0, 0) == pytest.approx(math.exp(5.5 - 0.42), rel=1e-5)
    assert value(t.platelets, p, 65, 1, 0, 0, 1, -1) == pytest.approx(
        math.exp(5.5 + 0.06 - 0.044 + 0.22 - 0.07), rel=1e-5
    )


def test_albumin_falls_with_age_weight_and_decompensation(p):
    """41.9 - 1.59 - 0.040 x 20 - 0.111 x 6 - 8 + 2.7 - 1.0."""
    assert value(t.albumin, p, 65, 1, 35, 1, 1, -1) == pytest.approx(
        41.9 - 1.59 - 0.8 - 0.666 - 8 + 2.7 - 1.0
    )


def test_fib4_of_a_patient(p):
    """60 years, AST 50, ALT 64, platelets 200: 60 x 50 / (200 x 8) = 1.875."""
    assert value(t.fib4, p, 60, 50, 64, 200) == pytest.approx(1.875)


def test_the_fibrosis_score_of_a_patient(p):
    """-1.675 + 0.037 x 60 + 0.094 x 32 + 1.13 + 0.99 x 0.8 - 0.013 x 200 - 0.66 x 4.0 g/dL = 0.235."""
    expected = -1.675 + 0.037 * 60 + 0.094 * 32 + 1.13 + 0.99 * 0.8 - 0.013 * 200 - 0.66 * 4.0
    assert value(t.nfs, p, 60, 32, 1, 40, 50, 200, 40) == pytest.approx(expected, abs=1e-4)


def test_cap_of_a_liver_with_ten_percent_fat_and_its_ends(p):
    """200.5 + 140 / (1 + e^-((ln 10 - 1.5) / 0.5)) + 18.6 x 0.3 + 19.9 - 30."""
    expected = 200.5 + 140 / (1 + math.exp(-(math.log(10) - 1.5) / 0.5)) + 18.6 * 0.3 + 19.9 - 30
    assert value(t.cap, p, math.log(10), 0.3, 1, -1) == pytest.approx(expected, rel=1e-5)
    assert value(t.cap, p, 3.9, 2, 4, 4) == 400
    assert value(t.cap, p, -1.2, -2, -4, -4) == 100


def test_cap_levels_off_in_fat_livers(p):
    """From 5 to 10 % fat it rises by more than from 20 to 40 %."""
    five, ten, twenty, forty = (value(t.cap, p, math.log(fat), 0, 0, 0) for fat in (5, 10, 20, 40))
    assert ten - five > 4 * (forty - twenty) > 0


def test_stiffness_of_a_healthy_man_and_of_a_cirrhotic_woman(p):
    """F 4: 0.059 x 4 + 0.0115 x 64 = 0.972 on the log scale; BMI 40: 0.048 + 0.0255 x 5; injury +1: 0.03.

    Half a stage of pressure beyond scar: 0.2 x 0.5 = 0.1.
    """
    assert value(t.lsm, p, 0, 0, -1.35, 28, 0, 0, 0, 0) == pytest.approx(
        math.exp(1.518 - 0.236 * 0.19), rel=1e-5
    )
    ln = 1.518 + 0.972 + 0.1 + 0.03 - 0.145 + 0.1 + 0.048 + 0.1275 + 0.236 + 0.22
    assert value(t.lsm, p, 4, 0.5, -0.35, 40, 1, 0.1, 1, 1) == pytest.approx(math.exp(ln), rel=1e-4)


def test_the_cubic_of_stiffness_ends_at_five_and_the_device_at_75(p):
    six, five = (value(t.lsm, p, scar, 0, -1.35, 28, 0, 0, 0, 0) for scar in (6, 5))
    from_five_to_six = six / five
    assert from_five_to_six == pytest.approx(math.exp(0.059), rel=1e-4)
    assert value(t.lsm, p, 6, 0, 3, 60, 0, 0, 3, 3) == 75
    assert value(t.lsm, p, 0, 0, -6, 15, 1, -0.3, -2, -4) == 1.5


def test_elastography_fails_in_one_of_twenty_at_bmi_30_and_one_of_eight_at_40(p):
    assert value(t.elastography_failure_probability, p, 30) == pytest.approx(0.052, abs=0.001)
    assert value(t.elastography_failure_probability, p, 40) == pytest.approx(0.119, abs=0.001)


def test_a_fall_from_60_to_45_is_minus_a_quarter():
    assert value(t.change_percent, 45, 60) == pytest.approx(-25)


def test_adiposity_of_a_measured_bmi_is_guarded_near_the_floor(p):
    """BMI 28.1 is the reference; below 11.5 the excess counts as 2."""
    assert value(t.ln_adiposity_of_bmi, p, 28.1) == pytest.approx(0, abs=1e-6)
    assert value(t.ln_adiposity_of_bmi, p, 9) == pytest.approx(math.log(2 / 18.6), rel=1e-5)


def test_fat_by_resonance_is_the_fat_and_an_error_in_proportion():
    p = record(pdff_test_log_sd=0.1, pdff_max=55, ln_liver_fat_min=-1.2)
    assert value(t.mri_pdff, p, math.log(10), 0) == pytest.approx(10, rel=1e-5)
    assert value(t.mri_pdff, p, math.log(10), 2) == pytest.approx(10 * math.exp(0.2), rel=1e-5)
    assert value(t.mri_pdff, p, math.log(0.32), -3) == pytest.approx(math.exp(-1.2), rel=1e-5)
    assert value(t.mri_pdff, p, 4.2, 0) == 55


def test_nothing_exceeds_itself():
    assert [value(t.exceeds, amount, 1) for amount in (0.9, 1.0, 1.1)] == [0, 0, 1]


def test_panels_are_made_of_single_tests():
    assert all(set(parts) <= set(t.TESTS) for parts in t.PANELS.values())
    assert set(t.PANELS["fib4"]) == {"alt", "ast", "platelets"}


def test_tests_keep_their_bits():
    """Plans and results refer to tests by position: add new ones at the end."""
    assert t.TESTS[:11] == (
        "fasting_glucose", "fasting_insulin", "hba1c", "alt", "ast", "platelets", "albumin", "cap", "lsm",
        "ultrasound", "genotype",
    )  # fmt: skip
