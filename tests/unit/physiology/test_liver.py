"""Fat, injury and scar, by hand from the fitted equations."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.physiology import liver
from tests.unit.engine.worlds import record, value


@pytest.fixture(scope="module")
def p() -> np.record:
    """Give the documented numbers, whatever the shipped ones are calibrated to."""
    return record(
        ln_liver_fat_injury_reference=math.log(10),
        liver_fat_per_pnpla3_g=0.60,
        liver_fat_per_tm6sf2_t=0.42,
        gene_amplifier_bmi=29,
        gene_amplifier_width=3.5,
        pnpla3_silent_share=0.7,
        tm6sf2_silent_share=0.3,
        liver_fat_intercept=0.591,
        liver_fat_women=0.434,
        liver_fat_menopause=0.204,
        liver_fat_age_gain=0.905,
        liver_fat_decline_per_year=0.0082,
        liver_fat_per_ln_adiposity=0.95,
        liver_fat_per_ln_weight=3.4,
        liver_fat_per_ln_homa=0.50,
        liver_fat_per_activity_uptake=0.40,
        liver_fat_per_diet_quality=0.25,
        liver_fat_per_drink=0.08,
        liver_fat_diabetes=0.25,
        liver_fat_lifelong_sd=0.40,
        liver_fat_wander_sd=0.38,
        liver_fat_time_constant_months=2,
        ln_liver_fat_ceiling=math.log(45),
        injury_intercept=-0.57,
        injury_per_ln_liver_fat=1.06,
        injury_per_ln_homa=0.25,
        injury_per_bmi_departure=0.22,
        injury_per_pnpla3_g=0.17,
        injury_per_tm6sf2_t=0.10,
        injury_women=-0.15,
        injury_per_hsd17b13_ta=-0.09,
        injury_lifelong_sd=0.65,
        injury_flare_sd=0.25,
        injury_flare_time_constant_months=8,
        injury_time_constant_months=6,
        habitual_bmi_time_constant_months=60,
        deposition_per_year=0.165,
        fibrosis_frailty_sd=0.90,
        deposition_per_injury=0.40,
        deposition_diabetes=0.525,
        deposition_postmenopausal=0.25,
        deposition_per_fibrosis=0.26,
        healing_per_year=1.06,
        healing_ln_half_injury=math.log(0.40),
        healing_steepness=2.1,
        healing_half_fibrosis=1.15,
        healing_lost_in_cirrhosis=1 - 1 / 3.1,
    )


def sigma(x: float) -> float:
    """Return the logistic function."""
    return 1 / (1 + math.exp(-x))


def test_adiposity_lets_risk_genes_store_fat(p):
    """BMI 29: half; BMI 36: sigma(2) = 0.88; BMI 22: sigma(-2) = 0.12."""
    assert value(liver.adiposity_amplifier, p, 29) == pytest.approx(0.5)
    assert value(liver.adiposity_amplifier, p, 36) == pytest.approx(sigma(2), rel=1e-5)
    assert value(liver.adiposity_amplifier, p, 22) == pytest.approx(sigma(-2), rel=1e-5)


def test_risk_alleles_add_up(p):
    """GG at half amplification: 0.60 x 2 / 2; one TM6SF2 T: 0.42 / 2."""
    assert value(liver.pnpla3_fat, p, 2, 0.5) == pytest.approx(0.60)
    assert value(liver.tm6sf2_fat, p, 1, 0.5) == pytest.approx(0.21)


def test_seven_tenths_of_pnpla3_fat_and_three_of_tm6sf2_fat_are_metabolically_silent(p):
    """GG at half amplification: 0.7 x 0.60; with one TM6SF2 T also 0.3 x 0.21."""
    assert value(liver.ln_metabolic_fat, p, math.log(10), 2, 0, 0.5) == pytest.approx(math.log(10) - 0.42)
    assert value(liver.ln_metabolic_fat, p, math.log(10), 2, 1, 0.5) == pytest.approx(math.log(10) - 0.483)


def test_lifelong_liver_fat_counts_at_most_four_drinks(p):
    """0.591 + 0.212 + 0.40 x 1 + 0.08 x 2 (28 g a day); 100 g a day count as four drinks."""
    assert value(liver.lifelong_liver_fat, p, 0.212, 1, 28) == pytest.approx(1.363)
    assert value(liver.lifelong_liver_fat, p, 0, 0, 100) == pytest.approx(0.591 + 0.32)


def test_women_lose_half_their_advantage_at_the_menopause(p):
    """At 45: 0.905 (1 - exp(-27/15)) = 0.7554 in a man. Woman before and after: -0.434 and -0.230."""
    man = 0.905 * (1 - math.exp(-27 / 15))
    assert value(liver.liver_fat_by_age, p, 45, 0, 0) == pytest.approx(man, rel=1e-5)
    assert value(liver.liver_fat_by_age, p, 45, 1, 0) == pytest.approx(man - 0.434, rel=1e-5)
    assert value(liver.liver_fat_by_age, p, 45, 1, 1) == pytest.approx(man - 0.230, rel=1e-5)


def test_liver_fat_declines_after_sixty(p):
    expected = 0.905 * (1 - math.exp(-62 / 15)) - 0.0082 * 20
    assert value(liver.liver_fat_by_age, p, 80, 0, 1) == pytest.approx(expected, rel=1e-5)


def test_liver_fat_target_adds_every_cause(p):
    """Term by term: adiposity, weight lost, insulin, genes, wandering, activity, diet, diabetes, drug."""
    expected = (
        0.591 + 0.7554 + 0.95 * 0.3 + 3.4 * math.log(0.93) + 0.50 * (1.288 - 0.788)
        + 0.3 + 0.38 * -1 - 0.40 * 0.25 - 0.25 * (0.6 - 0.4) + 0.25 - 0.72
    )  # fmt: skip
    said = value(
        liver.liver_fat_target, p, 0.591, 0.7554, 0.3, math.log(0.93), 1.288, 0.3, -1, 0.25, 0.6, 1, -0.72
    )
    assert said == pytest.approx(expected, rel=1e-5)


def test_losing_a_tenth_of_weight_takes_about_45_percent_of_liver_fat(p):
    """Directly 3.4 ln 0.9 = -0.358; through insulin 0.5 x 3.35 ln 0.9 = -0.176: a ratio of 0.586."""
    nothing = (0.591, 0.7554, 0, 0, 0.788, 0, 0, 0, 0.4, 0, 0)
    lost = (0.591, 0.7554, 0, math.log(0.9), 0.788 + 3.35 * math.log(0.9), 0, 0, 0, 0.4, 0, 0)
    ratio = math.exp(value(liver.liver_fat_target, p, *lost) - value(liver.liver_fat_target, p, *nothing))
    assert ratio == pytest.approx(0.9 ** (3.4 + 0.5 * 3.35), rel=1e-4)


def test_a_liver_holds_less_than_is_asked_the_fuller_it_is(p):
    """What asks for 5, 20, 45 and 200 % of fat leaves 5, 18.3, 31.8 and 43.9 %: below a ceiling of 45 %."""
    for asked, held in ((5, 4.969), (20, 18.276), (45, 31.820), (200, 43.903)):
        assert math.exp(value(liver.liver_fat_held, p, math.log(asked))) == pytest.approx(held, rel=1e-3)


def test_liver_fat_follows_on_a_two_month_clock_within_its_bounds(p):
    expected = 1 + math.exp(-0.5)
    assert value(liver.liver_fat_after_step, p, 2.0, 1.0) == pytest.approx(expected, abs=0.002)
    assert value(liver.liver_fat_after_step, p, 3.9, 9) < math.log(49)
    assert value(liver.liver_fat_after_step, p, -1.2, -9) == pytest.approx(-1.2)


def test_genes_shift_injury_beyond_fat(p):
    """-0.57 + 0.17 x 2 + 0.10 - 0.09 x 2 + 0.65, and 0.15 less in women."""
    assert value(liver.lifelong_injury, p, 0, 2, 1, 2, 1) == pytest.approx(0.34)
    assert value(liver.lifelong_injury, p, 1, 2, 1, 2, 1) == pytest.approx(0.19)


def test_a_flare_fades_over_eight_months(p):
    expected = math.exp(-1 / 8) * 0.4 + 0.25 * math.sqrt(1 - math.exp(-2 / 8)) * 1.5
    assert value(liver.injury_flare_after_step, p, 0.4, 1.5) == pytest.approx(expected, rel=1e-5)


def test_injury_target_of_a_liver_of_twenty_percent_fat(p):
    """-0.57 + 1.06 ln 2 + 0.25 x 0.5 + 0.22 x -3 + 0.1 - 0.54 = -0.810."""
    expected = -0.57 + 1.06 * math.log(2) + 0.125 - 0.66 + 0.1 - 0.54
    said = value(liver.injury_target, p, -0.57, math.log(20), 1.5, -3, 0.1, -0.54)
    assert said == pytest.approx(expected, rel=1e-4)


def test_injury_follows_on_a_six_month_clock_within_its_bounds(p):
    assert value(liver.injury_after_step, p, 1, 0) == pytest.approx(math.exp(-1 / 6), rel=1e-5)
    assert value(liver.injury_after_step, p, 6, 50) == 6
    assert value(liver.injury_after_step, p, -6, -50) == -6


def test_a_body_gets_used_to_its_weight_over_five_years(p):
    assert value(liver.habitual_bmi_after_step, p, 30, 27) == pytest.approx(
        27 + 3 * math.exp(-1 / 60), rel=1e-6
    )


def test_the_average_person_at_the_threshold_scars_by_a_sixth_of_a_stage_a_year(p):
    """Average over frailty is 0.165; the median person has 0.165 exp(-0.9^2 / 2) = 0.110."""
    assert value(liver.scar_deposition_per_year, p, 0, 0, 0, 0, 0) == pytest.approx(
        0.165 * math.exp(-0.405), rel=1e-5
    )
    frail = np.random.default_rng(1).normal(size=200_000)
    assert np.mean(0.165 * np.exp(0.9 * frail - 0.405)) == pytest.approx(0.165, rel=0.02)


def test_injury_diabetes_menopause_and_scar_change_deposition(p):
    """F 2, A = e, frailty 1, diabetes, past menopause: exp(0.9 - 0.405 + 0.4 + 0.525 + 0.25 - 0.52) 2/3."""
    expected = 0.165 * math.exp(0.9 - 0.405 + 0.4 + 0.525 + 0.25 - 0.52) * (1 - 2 / 6)
    assert value(liver.scar_deposition_per_year, p, 2, 1, 1, 1, 1) == pytest.approx(expected, rel=1e-5)


def test_no_scar_is_laid_down_in_a_liver_full_of_it(p):
    assert value(liver.scar_deposition_per_year, p, 6, 3, 2, 1, 1) == 0


def test_healing_runs_at_half_speed_at_two_fifths_of_the_threshold(p):
    """J = ln 0.40: 1.06 / 2, times F / (F + 1.15) = 1/2 at F 1.15: 0.265 stages a year."""
    said = value(liver.scar_healing_per_year, p, 1.15, math.log(0.4), 0)
    assert said == pytest.approx(0.265, rel=1e-4)


def test_healing_is_three_times_slower_deep_in_cirrhosis(p):
    free = 1.06 / (1 + (0.1 / 0.4) ** 2.1)
    expected = free * 6 / 7.15 / 3.1
    assert value(liver.scar_healing_per_year, p, 6, math.log(0.1), 0) == pytest.approx(expected, rel=2e-3)


def test_an_antifibrotic_heals_whatever_the_injury(p):
    """0.27 x 2 / 3.15 stages a year more at F 2, where cirrhosis is sigma(-8) away."""
    with_drug = value(liver.scar_healing_per_year, p, 2, 2, 0.27)
    without = value(liver.scar_healing_per_year, p, 2, 2, 0)
    assert with_drug - without == pytest.approx(0.27 * 2 / 3.15, rel=1e-3)


def test_nothing_heals_where_there_is_no_scar(p):
    assert value(liver.scar_healing_per_year, p, 0, -6, 1) == 0


def test_a_month_of_scarring_is_a_twelfth_of_a_year(p):
    """2 + (0.20 - 0.05) / 12, never below 0 or above 6."""
    assert value(liver.fibrosis_after_step, p, 2, 0.20, 0.05) == pytest.approx(2.0125, rel=1e-6)
    assert value(liver.fibrosis_after_step, p, 0.01, 0, 5) == 0
    assert value(liver.fibrosis_after_step, p, 5.99, 5, 0) == 6
