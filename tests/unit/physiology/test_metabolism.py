"""Weight, insulin resistance, beta cell and glucose, by hand from the fitted equations."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.physiology import metabolism as m
from tests.unit.engine.worlds import record, value

MG_DL_PER_MMOL_L = 18.016


@pytest.fixture(scope="module")
def p() -> np.record:
    """Give the documented numbers, whatever the shipped ones are calibrated to."""
    return record(
        weight_gain_young_kg_per_year=0.75,
        weight_gain_peak_kg_per_year_men=0.60,
        weight_gain_peak_kg_per_year_women=0.96,
        weight_gain_missing_before=0.5,
        bmi_spread_fall_men=0.0045,
        bmi_spread_fall_women=0.0086,
        homa_intercept=0.75,
        homa_women=-0.0855,
        homa_young_women=0.302,
        homa_per_year_of_age=0.00613,
        homa_per_ln_adiposity=1.10,
        homa_per_ln_weight=3.35,
        homa_per_ln_liver_fat=0.07,
        homa_per_hour_short_sleep=0.13,
        homa_per_stress=0.03,
        homa_per_activity_uptake=0.40,
        homa_per_diet_quality=0.20,
        homa_lifelong_sd=0.444,
        homa_lifelong_skew=0.194,
        ln_liver_fat_reference=math.log(4),
        homa_per_glucotoxicity=0.60,
        glucotoxicity_scale_mmol_l=60 / MG_DL_PER_MMOL_L,
        beta_cell_loss_per_year=0.0337,
        demand_per_ln_homa=0.8,
        demand_per_ln_liver_fat=1.9,
        demand_per_ln_adiposity=1.2,
        demand_per_fibrosis_stage=0.3,
        demand_per_ln_weight=8.0,
        demand_per_stress=0.2,
        reserve_scale=4.5,
        ln_diabetes_hazard=-9.40,
        ln_glucose_intercept=4.618 - math.log(MG_DL_PER_MMOL_L),
        glucose_women=-0.040,
        glucose_per_year_of_age=0.00155,
        glucose_per_ln_homa=0.0593,
        glucose_per_strain=0.012,
        glucose_lifelong_sd=0.035,
        ln_glucose_excess=2.9 - math.log(MG_DL_PER_MMOL_L),
        glucose_excess_sd=1.5,
        glucose_excess_per_ln_homa=0.284,
        hba1c_intercept=5.22,
        hba1c_per_year_of_age=0.0053,
        hba1c_per_ln_glucose=0.229,
        ln_glucose_reference=4.62 - math.log(MG_DL_PER_MMOL_L),
        hba1c_per_strain=0.11,
        hba1c_per_glucose_excess=0.025 * MG_DL_PER_MMOL_L,
        hba1c_per_bmi=0.010,
    )


def test_weight_gain_is_steady_to_33_then_fades_to_nothing_earlier_in_men(p):
    """At 33: 0.75 x 15 = 11.25 kg. Woman of 54: 11.25 + 0.96 (21 - 21^2/84) = 26.37 kg, at 75 31.41 kg."""
    assert value(m.kilograms_gained, p, 18, 0) == 0
    assert value(m.kilograms_gained, p, 33, 0) == pytest.approx(11.25)
    assert value(m.kilograms_gained, p, 54, 1) == pytest.approx(26.37)
    assert value(m.kilograms_gained, p, 75, 1) == pytest.approx(31.41)
    assert value(m.kilograms_gained, p, 64, 0) == pytest.approx(11.25 + 0.60 * 31 / 2)
    for age, female in ((64, 0), (75, 1)):
        assert value(m.kilograms_gained, p, 95, female) == value(m.kilograms_gained, p, age, female)


def test_generations_gained_half_as_much_before_the_epidemic(p):
    """Woman born in 1990 at 54: 26.37 kg. Born in 1952, 33 in 1985: 26.37 - 0.5 x 11.25 kg."""
    assert value(m.excess_bmi_drift, p, 54, 1, 1990) == pytest.approx(26.37 / 1.62**2)
    assert value(m.excess_bmi_drift, p, 54, 1, 1952) == pytest.approx((26.37 - 5.625) / 1.62**2)
    assert value(m.excess_bmi_drift, p, 33, 1, 1930) == pytest.approx(5.625 / 1.62**2)
    assert value(m.excess_bmi_drift, p, 18, 0, 1930) == 0


def test_median_excess_bmi_adds_the_drift_and_scales_with_ancestry(p):
    """0.9 x (16 + 11.25 kg at 1.76 m)."""
    assert value(m.median_excess_bmi, p, 16, 0.9, 33, 0, 1990) == pytest.approx(0.9 * (16 + 11.25 / 1.76**2))


def test_the_spread_of_bmi_narrows_from_50_to_80(p):
    """Woman of 70: 0.39 exp(-0.0086 x 20)."""
    assert value(m.adiposity_spread, p, 0.39, 40, 1) == pytest.approx(0.39)
    assert value(m.adiposity_spread, p, 0.39, 70, 1) == pytest.approx(0.39 * math.exp(-0.172))
    assert value(m.adiposity_spread, p, 0.308, 70, 0) == pytest.approx(0.308 * math.exp(-0.09))
    assert value(m.adiposity_spread, p, 0.39, 95, 1) == value(m.adiposity_spread, p, 0.39, 80, 1)


def test_the_median_person_has_the_reference_adiposity_and_a_bmi_of_28(p):
    """Excess 18.6 over 9.5; one SD of lifelong tendency counts sqrt(0.65), of wandering sqrt(0.35)."""
    assert value(m.ln_relative_adiposity, p, 18.6, 0.3, 0, 0) == pytest.approx(0, abs=1e-6)
    assert value(m.ln_relative_adiposity, p, 18.6, 0.3, 1, 0) == pytest.approx(0.3 * math.sqrt(0.65))
    assert value(m.ln_relative_adiposity, p, 18.6, 0.3, 0, 1) == pytest.approx(0.3 * math.sqrt(0.35))
    assert value(m.natural_bmi, p, 0) == pytest.approx(28.1)
    assert value(m.natural_bmi, p, math.log(2)) == pytest.approx(46.7)


def test_a_programme_takes_its_loss_off_over_six_months_then_some_comes_back(p):
    """10 % over six months, then 1.3 % of it a month: 10 x 0.987^12 = 8.55 after a year."""
    loss = 0.0
    for _ in range(6):
        loss = value(m.programme_loss_after_step, p, loss, 0.10 / 6, 0)
    assert loss == pytest.approx(0.10)
    for _ in range(12):
        loss = value(m.programme_loss_after_step, p, loss, 0, 0.013)
    assert loss == pytest.approx(0.10 * 0.987**12, rel=1e-5)


def test_weight_kept_adds_losses_and_is_guarded(p):
    assert value(m.weight_kept, p, 0.10, 0.05) == pytest.approx(0.85)
    assert value(m.weight_kept, p, 0, -0.035) == pytest.approx(1.035)
    assert value(m.weight_kept, p, 0.5, 0.5) == pytest.approx(0.4)
    assert value(m.weight_kept, p, -0.5, 0) == pytest.approx(1.16)


def test_uptake_by_muscle_saturates(p):
    """1 - exp(-0.6) - 0.45 is nearly nothing at the usual 600 MET-min; doubling them adds 0.25."""
    assert value(m.activity_uptake, p, 600) == pytest.approx(0.00119, abs=1e-5)
    assert value(m.activity_uptake, p, 1200) == pytest.approx(0.24881, abs=1e-5)
    assert value(m.activity_uptake, p, 0) == pytest.approx(-0.45)


def test_lifelong_insulin_resistance_is_skewed(p):
    """Woman, z 2, stress 1, ancestry 0.24: 0.75 - 0.0855 + 0.24 + 0.444 (2 + 0.194 x 3) + 0.03."""
    expected = 0.75 - 0.0855 + 0.24 + 0.444 * 2.582 + 0.03
    assert value(m.lifelong_insulin_resistance, p, 1, 0.24, 2, 1) == pytest.approx(expected)


def test_weight_acts_gently_between_people_and_steeply_within_one(p):
    """1.10 x 0.2 + 3.35 ln 0.9."""
    expected = 0.22 + 3.35 * math.log(0.9)
    assert value(m.insulin_resistance_by_weight, p, 0.2, math.log(0.9)) == pytest.approx(expected)


def test_short_nights_stress_idleness_and_diet_each_have_a_term(p):
    """6 h: 0.13; stress 2: 0.06; uptake +0.1: -0.04; diet 0.6: -0.2 x 0.2 = -0.04."""
    assert value(m.insulin_resistance_by_habits, p, 6, 2, 0.1, 0.6) == pytest.approx(0.11)
    assert value(m.insulin_resistance_by_habits, p, 9.0, 0, 0, 0.4) == pytest.approx(0, abs=1e-7)


def test_young_women_resist_insulin_more(p):
    """Woman of 22: 0.00613 x (22 - 45) + 0.302; man of 65: 0.00613 x 20."""
    assert value(m.insulin_resistance_by_age, p, 22, 1) == pytest.approx(-0.14099 + 0.302)
    assert value(m.insulin_resistance_by_age, p, 65, 0) == pytest.approx(0.1226)
    assert value(m.insulin_resistance_by_age, p, 34, 1) == pytest.approx(-0.06743, abs=1e-5)


def test_fat_and_glucose_feed_back_on_insulin_resistance(p):
    """8 % instead of 4 % fat: 0.07 ln 2; an excess of 60 mg/dL: 0.60 ln 2."""
    excess = 60 / MG_DL_PER_MMOL_L
    said = value(m.insulin_resistance_by_fat_and_glucose, p, math.log(8), excess)
    assert said == pytest.approx(0.67 * math.log(2), rel=1e-5)


def test_insulin_resistance_covers_63_percent_of_its_way_in_a_month(p):
    assert value(m.insulin_resistance_after_step, p, 1, 2) == pytest.approx(1 + 1 - 1 / math.e)


def test_the_beta_cell_margin_is_reserve_less_ageing_less_demand(p):
    """Reserve 0, age 55: -0.337. Demand 0.509 + 0.4 + 1.9 ln 2 + 0.24 + 8 ln 0.95 + 0.3 x 2 + 0.2 x 1.5."""
    demand = 0.509 + 0.4 + 1.9 * math.log(2) + 0.24 + 8 * math.log(0.95) + 0.6 + 0.3
    said = value(m.beta_cell_margin, p, 0, 55, 0.509, 1.288, math.log(8), 0.2, math.log(0.95), 2, 1.5)
    assert said == pytest.approx(-0.337 - demand / 4.5, rel=1e-5)


def test_the_beta_cell_ages_from_18_to_61_only_and_the_margin_has_ends(p):
    calm = (0, 0.788, 2 * math.log(2), 0, 0, 0, 0)
    at = {age: value(m.beta_cell_margin, p, 0, age, *calm) for age in (18, 45, 61.5, 90)}
    assert at[18] == pytest.approx(0.0337 * 27)
    assert at[45] == pytest.approx(0, abs=1e-6)
    assert at[90] == at[61.5] == pytest.approx(-0.0337 * 16.5)
    assert value(m.beta_cell_margin, p, 6, 18, *calm) == 4
    assert value(m.beta_cell_margin, p, -6, 60, *calm) == pytest.approx(-2.2)


def test_strain_is_one_without_a_margin(p):
    assert value(m.beta_cell_strain, p, 0) == 1
    assert value(m.beta_cell_strain, p, -1) == pytest.approx(math.exp(1.2))


def test_basal_glucose_of_a_woman_of_55(p):
    """ln mg/dL: 4.618 - 0.040 + 0.0155 + 0.0593 x 0.5 + 0.012 + 0.035 - 0.03 = 4.64015, or 103.6 mg/dL."""
    said = value(m.ln_basal_glucose, p, 1, 55, 1.288, 1, 1, -0.03)
    assert math.exp(said) * MG_DL_PER_MMOL_L == pytest.approx(math.exp(4.64015), rel=1e-5)


def test_hazard_of_diabetes_is_log_linear_in_the_margin_and_capped(p):
    """Margin -0.8: exp(-9.4 + 3.6) = 3 in a thousand a year."""
    assert value(m.diabetes_hazard_per_year, p, -0.8) == pytest.approx(math.exp(-5.8), rel=1e-5)
    assert value(m.diabetes_hazard_per_year, p, -2.6) == pytest.approx(math.exp(1.5), rel=1e-5)


def test_glucose_excess_moves_towards_the_persons_level_on_an_18_month_clock(p):
    """Target exp(2.9) = 18.2 mg/dL at z 0 and ln HOMA 1.4; none without diabetes."""
    step = 1 - math.exp(-1 / 18)
    level = math.exp(2.9) / MG_DL_PER_MMOL_L
    said = value(m.glucose_excess_after_step, p, 0, 1, 0, 1.4)
    assert said == pytest.approx(step * level, rel=1e-4)
    assert value(m.glucose_excess_after_step, p, 2, 0, 0, 1.4) == pytest.approx(2 * (1 - step), rel=1e-5)


def test_usual_care_and_drugs_each_remove_a_share_of_the_excess_the_other_left(p):
    """0.5 by care, 0.4 by drugs: 0.5 x 0.6 of it is left."""
    assert float(m.uncontrolled_share(np.float32(0.5), np.float32(0.4))) == pytest.approx(0.3)


def test_hba1c_follows_glucose_strain_excess_and_weight(p):
    """5.22 + 0.053 + 0.11 + 0.025 x 60 + 0.05 = 6.933 at 55, strain 1, excess 60 mg/dL, BMI 34."""
    step = 1 - math.exp(-1 / 2)
    ln_glucose = 4.62 - math.log(MG_DL_PER_MMOL_L)
    said = value(m.hba1c_after_step, p, 5.0, 55, ln_glucose, 1, 60 / MG_DL_PER_MMOL_L, 34)
    assert said == pytest.approx(5 + step * (6.933 - 5), rel=1e-5)


def test_half_of_women_are_past_the_menopause_at_fifty(p):
    assert value(m.after_menopause, p, 50) == pytest.approx(0.5)
    assert value(m.after_menopause, p, 53) == pytest.approx(1 / (1 + math.exp(-1)))


def test_a_wandering_keeps_a_share_and_renews_the_rest(p):
    """0.8 x 2 + 0.6 x 1.5; the shipped clock of adiposity keeps exp(-1/144) a month."""
    assert value(m.wander_after_step, 2, 0.8, 0.6, 1.5) == pytest.approx(2.5)
    assert p.adiposity_wander_persistence == pytest.approx(
        math.exp(-1 / float(p.adiposity_wander_time_constant_months))
    )
