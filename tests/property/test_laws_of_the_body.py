"""Laws of the body keep their bounds and move the way biology says, over everything a person can be."""

from __future__ import annotations

from typing import Any

import hypothesis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.physiology import behaviour, complications, liver, metabolism, mortality
from tests.property.claims import Claim, Law, check_direction, check_sensitivity, circumstances, each, said_by
from tests.unit.engine.worlds import record, value

CAN_BE: dict[Any, tuple[float, float]] = {
    "age_years": (18, 110), "birth_year": (1910, 2005), "female": (0, 1),
    "bmi": (12, 110), "habitual": (12, 110),
    "ln_adiposity": (-2, 1.6), "ln_weight_kept": (-0.9, 0.14), "programme_loss": (-0.5, 0.5),
    "drug_loss": (-0.2, 0.5), "loss": (-0.5, 0.5), "gained_per_month": (-0.1, 0.1),
    "regain_per_month": (0, 0.1), "activity": (0, 9000), "uptake": (-0.45, 0.55), "diet": (0, 1),
    "sleep": (3, 12), "chronic": (-7, 7), "chronic_stress": (-7, 7), "stress": (-7, 7),
    "usual_stress": (-7, 7), "connectedness": (-7, 7), "leverage": (0.5, 1.5), "is_on": (0, 1),
    "programme_stress": (-4, 4), "z": (-2.5, 7), "z_lifelong": (-7, 7), "z_severity": (-7, 4),
    "z_frailty": (-7, 7), "z_portal_pressure": (-7, 7), "wander": (-7, 7),
    "ethnic_term": (-0.6, 0.6), "ethnic_factor": (0.8, 1.2),
    "excess_at_18": (9, 18), "spread_at_18": (0.25, 0.45), "median_excess": (8, 30), "spread": (0.2, 0.45),
    "ln_homa": (-3, 5.5), "ln_fat": (-1.2, 3.9), "ln_metabolic_fat": (-2, 3.9), "glucose_excess": (0, 20),
    "excess": (0, 20), "margin": (-2.2, 4), "strain": (0.008, 14.1), "has_diabetes": (0, 1),
    "diabetes": (0, 1), "control": (0, 1), "drug_control": (0, 1), "ln_glucose": (1.3, 2.5),
    "hba1c": (3.5, 16), "drug_term": (-2.2, 0.2), "drug": (-1, 0.2), "dosage": (0, 2), "amplifier": (0, 1),
    "pnpla3_g": (0, 2), "tm6sf2_t": (0, 2), "hsd17b13_ta": (0, 2),
    "alcohol_g_per_day": (0, 170), "menopause": (0, 1), "lifelong": (-2, 4), "by_age": (-0.5, 1),
    "genes": (0, 2), "flare": (-1.5, 1.5), "injury": (-6, 6), "weight_departure": (-30, 30),
    "fibrosis": (0, 6), "postmenopausal": (0, 1), "antifibrotic": (0, 3), "deposition_per_year": (0, 5),
    "healing_per_year": (0, 5), "is_decompensated": (0, 1), "has_hcc": (0, 1), "has_transplant": (0, 1),
    "has_steatosis": (0, 1), "background": (0, 1), "ratio": (1, 4), "months_since_worst_event": (0, 700),
    "target": (-6, 6),
    "normal_draw": (-6.5, 6.5), "demanded": (-6, 6),
}  # fmt: skip
"""Range of every argument, by its name."""

CAN_BE |= {
    (behaviour.sleep_hours, "usual"): (4, 11),
    (behaviour.sleep_hours, "programme"): (-4, 4),
    (behaviour.diet_quality, "usual"): (0, 1),
    (behaviour.diet_quality, "programme"): (-1, 1),
    (behaviour.activity, "usual"): (0, 6000),
    (behaviour.activity, "programme"): (-3000, 3000),
}
"""Arguments whose range depends on the law."""

RISES_WITH: list[Claim] = [
    (behaviour.stress_after_step, "stress normal_draw"),
    (behaviour.chronic_stress_after_step, "chronic stress programme_stress"),
    (behaviour.sleep_hours, "usual programme"),
    (behaviour.diet_quality, "usual programme"),
    (behaviour.activity, "usual programme"),
    (metabolism.kilograms_gained, "age_years"),
    (metabolism.excess_bmi_drift, "age_years birth_year"),
    (metabolism.median_excess_bmi, "age_years excess_at_18 ethnic_factor"),
    (metabolism.ln_relative_adiposity, "median_excess z_lifelong wander"),
    (metabolism.natural_bmi, "ln_adiposity"),
    (metabolism.programme_loss_after_step, "loss gained_per_month"),
    (metabolism.activity_uptake, "activity"),
    (metabolism.lifelong_insulin_resistance, "z ethnic_term usual_stress"),
    (metabolism.insulin_resistance_by_weight, "ln_adiposity ln_weight_kept"),
    (metabolism.insulin_resistance_by_habits, "chronic_stress"),
    (metabolism.insulin_resistance_by_fat_and_glucose, "ln_metabolic_fat glucose_excess"),
    (metabolism.insulin_resistance_after_step, "ln_homa target"),
    (metabolism.beta_cell_margin, "z"),
    (metabolism.ln_basal_glucose, "age_years ln_homa strain drug_term"),
    (metabolism.glucose_excess_after_step, "excess has_diabetes z_severity ln_homa"),
    (metabolism.hba1c_after_step, "hba1c age_years ln_glucose strain excess bmi"),
    (metabolism.after_menopause, "age_years"),
    (liver.adiposity_amplifier, "bmi"),
    (liver.pnpla3_fat, "dosage amplifier"),
    (liver.tm6sf2_fat, "dosage amplifier"),
    (liver.ln_metabolic_fat, "ln_fat"),
    (liver.lifelong_liver_fat, "ethnic_term z alcohol_g_per_day"),
    (liver.liver_fat_by_age, "menopause"),
    (
        liver.liver_fat_target,
        "lifelong by_age ln_adiposity ln_weight_kept ln_homa genes wander diabetes drug",
    ),
    (liver.liver_fat_held, "demanded"),
    (liver.liver_fat_after_step, "ln_fat target"),
    (liver.lifelong_injury, "pnpla3_g tm6sf2_t z"),
    (liver.injury_target, "lifelong ln_fat ln_homa weight_departure flare drug_term"),
    (liver.injury_after_step, "injury target"),
    (liver.habitual_bmi_after_step, "habitual bmi"),
    (liver.scar_deposition_per_year, "injury z_frailty diabetes postmenopausal"),
    (liver.scar_healing_per_year, "antifibrotic"),
    (liver.fibrosis_after_step, "fibrosis deposition_per_year"),
    (complications.portal_pressure, "fibrosis z_portal_pressure"),
    (complications.decompensation_hazard_per_year, "fibrosis z_portal_pressure diabetes"),
    (
        complications.hcc_hazard_per_year,
        "fibrosis age_years diabetes pnpla3_g is_decompensated",
    ),
    (complications.transplant_hazard_per_year, "is_decompensated"),
    (mortality.modelled_liver_share, "female"),
    (mortality.background_mortality_per_year, "age_years"),
    (mortality.cardiovascular_mortality_per_year, "background has_diabetes has_steatosis fibrosis"),
    (mortality.other_mortality_per_year, "background has_diabetes"),
    (mortality.excess_of_diabetes, "has_diabetes"),
]

FALLS_WITH: list[Claim] = [
    (behaviour.stress_leverage, "connectedness"),
    (behaviour.sleep_hours, "chronic"),
    (behaviour.diet_quality, "chronic"),
    (behaviour.activity, "chronic"),
    (metabolism.adiposity_spread, "age_years"),
    (metabolism.weight_kept, "programme_loss drug_loss"),
    (metabolism.insulin_resistance_by_habits, "sleep uptake diet"),
    (
        metabolism.beta_cell_margin,
        "age_years ethnic_term ln_homa ln_metabolic_fat ln_adiposity ln_weight_kept fibrosis stress",
    ),
    (metabolism.beta_cell_strain, "margin"),
    (metabolism.diabetes_hazard_per_year, "margin"),
    (metabolism.uncontrolled_share, "control drug_control"),
    (liver.ln_metabolic_fat, "pnpla3_g tm6sf2_t amplifier"),
    (liver.liver_fat_by_age, "female"),
    (liver.liver_fat_target, "uptake diet"),
    (liver.lifelong_injury, "female hsd17b13_ta"),
    (liver.scar_deposition_per_year, "fibrosis"),
    (liver.scar_healing_per_year, "injury"),
    (liver.fibrosis_after_step, "healing_per_year"),
    (complications.hcc_hazard_per_year, "female"),
    (complications.transplant_hazard_per_year, "age_years"),
    (mortality.background_mortality_per_year, "female"),
    (mortality.liver_mortality_per_year, "months_since_worst_event"),
]

STAYS_WITHIN = [
    (behaviour.stress_leverage, 0.5, 1.5),
    (behaviour.sleep_hours, 3, 12),
    (behaviour.diet_quality, 0, 1),
    (behaviour.activity, 0, 9000),
    (metabolism.excess_bmi_drift, 0, 20),
    (metabolism.weight_kept, 0.4, 1.16),
    (metabolism.programme_loss_after_step, -0.5, 0.5),
    (metabolism.activity_uptake, -0.45, 0.55),
    (metabolism.beta_cell_margin, -2.2, 4),
    (metabolism.beta_cell_strain, 0, 14.1),
    (metabolism.diabetes_hazard_per_year, 0, 4.5),
    (metabolism.glucose_excess_after_step, 0, 20),
    (metabolism.uncontrolled_share, 0, 1),
    (metabolism.after_menopause, 0, 1),
    (liver.adiposity_amplifier, 0, 1),
    (liver.liver_fat_after_step, -1.2, 3.9),
    (liver.injury_after_step, -6, 6),
    (liver.habitual_bmi_after_step, 12, 110),
    (liver.scar_deposition_per_year, 0, np.inf),
    (liver.scar_healing_per_year, 0, 5),
    (liver.fibrosis_after_step, 0, 6),
    (complications.decompensation_hazard_per_year, 0, 12),
    (complications.hcc_hazard_per_year, 0, 12),
    (complications.transplant_hazard_per_year, 0, 0.1),
    (mortality.modelled_liver_share, 0, 0.2),
    (mortality.background_mortality_per_year, 0, 1),
    (mortality.cardiovascular_mortality_per_year, 0, 2),
    (mortality.other_mortality_per_year, 0, 2),
    (mortality.excess_of_diabetes, 0, 10),
    (mortality.liver_mortality_per_year, 0, 2),
]

AT_WORK: dict[Law, dict[str, float]] = {
    metabolism.beta_cell_margin: {
        "z": 1, "age_years": 45, "ethnic_term": 0, "ln_homa": 0.8, "ln_metabolic_fat": 1.4, "ln_adiposity": 0,
        "ln_weight_kept": 0, "fibrosis": 0.5, "stress": 0,
    },
    metabolism.adiposity_spread: {"female": 1},
    metabolism.glucose_excess_after_step: {
        "has_diabetes": 1, "z_severity": 0, "ln_homa": 1.4,
    },
    liver.lifelong_liver_fat: {"alcohol_g_per_day": 14},
    liver.liver_fat_by_age: {"female": 1},
    liver.fibrosis_after_step: {"fibrosis": 3},
    liver.scar_healing_per_year: {"injury": -2, "fibrosis": 2},
    complications.decompensation_hazard_per_year: {"fibrosis": 4.5, "z_portal_pressure": 0},
    complications.hcc_hazard_per_year: {"fibrosis": 4},
    complications.transplant_hazard_per_year: {"age_years": 60, "has_hcc": 0, "is_decompensated": 1},
    mortality.liver_mortality_per_year: {"is_decompensated": 1, "has_hcc": 0, "has_transplant": 0},
}  # fmt: skip
"""Middles in which a law is at work at all."""


@pytest.mark.parametrize(("law", "name", "sign"), each(RISES_WITH, FALLS_WITH))
@hypothesis.settings(max_examples=25)
@given(data=st.data())
def test_a_law_moves_the_way_biology_says(law, name, sign, data):
    check_direction(data, CAN_BE, law, name, sign)


@pytest.mark.parametrize(("law", "name", "sign"), each(RISES_WITH, FALLS_WITH))
def test_a_law_does_not_ignore_what_moves_it(law, name, sign):
    check_sensitivity(CAN_BE, law, name, sign, AT_WORK.get(law))


@pytest.mark.parametrize(
    ("law", "low", "high"), [pytest.param(*row, id=row[0].__name__) for row in STAYS_WITHIN]
)
@hypothesis.settings(max_examples=40)
@given(data=st.data())
def test_a_law_stays_within_its_bounds(law, low, high, data):
    said = said_by(law, data.draw(circumstances(CAN_BE, law)))
    assert low - 1e-5 * max(1, abs(low)) <= said <= high + 1e-5 * high


@given(dosage=st.integers(0, 1), lean=st.floats(15, 60, width=32), more=st.floats(0.5, 30, width=32))
def test_a_pnpla3_allele_stores_more_fat_on_the_same_diet_and_more_so_when_obese(dosage, lean, more):
    p = record()

    def gain(bmi: float) -> float:
        amplifier = value(liver.adiposity_amplifier, p, bmi)
        return value(liver.pnpla3_fat, p, dosage + 1, amplifier) - value(
            liver.pnpla3_fat, p, dosage, amplifier
        )

    assert gain(lean) > 0
    assert gain(lean + more) >= gain(lean) - 1e-6
    assert gain(40) > 3 * gain(22)


@given(
    kept=st.floats(0.5, 1.125, width=32),
    less=st.floats(0.0625, 0.25, width=32),
    bmi=st.floats(20, 60, width=32),
)
def test_losing_weight_never_raises_insulin_resistance_fat_or_injury(kept, less, bmi):
    """The whole chain: weight lost acts on insulin, on fat directly and through insulin, and on injury."""
    p = record()

    def chain(share: float) -> tuple[float, float, float]:
        ln_kept = np.log(share)
        homa = value(metabolism.insulin_resistance_by_weight, p, 0, ln_kept) + 0.788
        fat = value(liver.liver_fat_target, p, 0.6, 0.75, 0, ln_kept, homa, 0, 0, 0, 0.4, 0, 0)
        injury = value(liver.injury_target, p, -0.5, fat, homa, bmi * share - bmi, 0, 0)
        return homa, fat, injury

    heavier, lighter = chain(kept), chain(max(kept - less, 0.4))
    assert all(after < before for before, after in zip(heavier, lighter, strict=True))


@given(injury=st.floats(-6, 6, width=32), fibrosis=st.floats(0, 6, width=32), z=st.floats(-4, 4, width=32))
def test_scar_moves_little_in_a_month(injury, fibrosis, z):
    """Stages change over years: even the fastest month of the frailest person moves a fraction of a stage."""
    p = record()
    deposition = value(liver.scar_deposition_per_year, p, fibrosis, injury, z, 1, 1)
    healing = value(liver.scar_healing_per_year, p, fibrosis, injury, 0)
    later = value(liver.fibrosis_after_step, p, fibrosis, deposition, healing)
    assert 0 <= later <= 6
    assert later - fibrosis <= deposition / 12 + 1e-5
    assert fibrosis - later <= healing / 12 + 1e-5


@given(uptake=st.floats(0, 9000, width=32), more=st.floats(1, 3000, width=32))
def test_the_first_minutes_of_activity_count_most(uptake, more):
    p = record()
    at_rest = value(metabolism.activity_uptake, p, more) - value(metabolism.activity_uptake, p, 0)
    later = value(metabolism.activity_uptake, p, uptake + more) - value(metabolism.activity_uptake, p, uptake)
    assert later <= at_rest + 1e-6
