"""What tests show, care concludes and a year costs move the right way, whatever a person is."""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.care import economics, markers, pathway, treatment
from tests.property.claims import Claim, Law, check_direction, check_sensitivity, each
from tests.unit.engine.worlds import record, value

CAN_BE: dict[Any, tuple[float, float]] = {
    "true_mmol_l": (2.5, 30), "true_glucose_mmol_l": (2.5, 30), "noise": (-5, 5), "alt_noise": (-5, 5),
    "ln_homa": (-3, 5.5), "true_percent": (3.5, 16), "ethnic_term": (-0.3, 0.3), "z_glycation": (-5, 5),
    "ln_fat": (-1.2, 3.9), "leaking": (0, 6), "injury": (-6, 6), "age_years": (18, 110),
    "female": (0, 1), "drinks": (0, 12), "level": (-5, 5), "ln_adiposity": (-2, 1.6),
    "fibrosis": (0, 6), "z_platelets": (-5, 5), "bmi": (12, 110), "is_decompensated": (0, 1),
    "z_albumin": (-4, 4), "ast_u_l": (5, 2000), "alt_u_l": (5, 2000), "platelets_10e9_l": (20, 800),
    "has_raised_glucose": (0, 1), "albumin_g_l": (15, 60), "ln_current_adiposity": (-2, 1.6),
    "z_cap": (-5, 5), "z_lsm": (-2.5, 5), "now": (1, 1000), "first": (1, 1000), "glucose_mmol_l": (2, 40),
    "insulin_miu_l": (0.1, 1000), "diabetes": (0, 1), "has_cirrhosis": (0, 1), "has_hcc": (0, 1),
    "has_transplant": (0, 1), "hba1c_percent": (3, 20), "cap_db_per_m": (100, 400),
    "ultrasound_steatosis": (0, 1), "lsm_kpa": (1, 75), "is_diagnosed": (0, 1), "has_diabetes": (0, 1),
    "stress": (-7, 7),
    "has_masld": (0, 1), "months": (0.5, 60), "fat_percent": (0, 50), "steatosis_grade": (0, 3),
    "biopsy_stage": (0, 4), "sampling": (-5, 5), "reading": (-5, 5), "tail": (-3, 3), "core": (-5, 5),
    "own": (-5, 5), "ta": (0, 2), "lifelong": (-5, 5), "wandering": (-5, 5), "before": (-5, 5),
    "beyond_scar": (-3, 3), "z_portal_pressure": (-7, 7),
    "after": (-5, 5), "along": (0.01, 0.99), "amount": (-5, 5), "threshold": (-3, 3),
}  # fmt: skip
"""Range of every argument, by its name."""

RISES_WITH: list[Claim] = [
    (markers.fasting_glucose, "true_mmol_l noise"),
    (markers.fasting_insulin, "ln_homa noise"),
    (markers.homa_ir, "glucose_mmol_l insulin_miu_l"),
    (markers.hba1c, "true_percent ethnic_term z_glycation noise"),
    (markers.leaking_injury, "injury"),
    (markers.alt, "ln_fat ln_homa leaking drinks level noise"),
    (markers.ast, "leaking drinks level own alt_noise noise"),
    (markers.enzyme_level, "lifelong wandering"),
    (markers.between_knots, "before after"),
    (markers.pressure_beyond_scar, "z_portal_pressure"),
    (markers.platelets, "z_platelets noise"),
    (markers.albumin, "z_albumin noise"),
    (markers.fib4, "age_years ast_u_l"),
    (markers.nfs, "age_years bmi has_raised_glucose ast_u_l"),
    (markers.cap, "ln_fat ln_current_adiposity z_cap noise"),
    (markers.lsm, "fibrosis beyond_scar injury bmi z_lsm noise"),
    (markers.elastography_failure_probability, "bmi"),
    (markers.ultrasound_positive_probability, "ln_fat own"),
    (markers.ultrasound_marked_probability, "ln_fat own"),
    (markers.mri_pdff, "ln_fat noise"),
    (markers.biopsy_stage, "fibrosis injury sampling reading"),
    (markers.biopsy_steatosis, "ln_fat noise"),
    (markers.activity_seen, "injury core own"),
    (markers.biopsy_ballooning, "injury core own"),
    (markers.biopsy_inflammation, "injury core own"),
    (markers.exceeds, "amount"),
    (markers.change_percent, "now"),
    (markers.ln_adiposity_of_bmi, "bmi"),
    (pathway.concludes_diabetes, "hba1c_percent glucose_mmol_l"),
    (pathway.concludes_masld, "cap_db_per_m ultrasound_steatosis fat_percent steatosis_grade"),
    (pathway.concludes_fibrosis, "lsm_kpa biopsy_stage"),
    (pathway.glucose_control, "is_diagnosed"),
    (pathway.diabetes_recognition_per_year, "has_diabetes"),
    (pathway.masld_recognition_per_year, "has_masld"),
    (economics.care_cost_usd_per_year, "diabetes has_cirrhosis is_decompensated has_hcc has_transplant"),
]

FALLS_WITH: list[Claim] = [
    (pathway.glucose_control, "stress"),
    (markers.fasting_insulin, "true_glucose_mmol_l"),
    (markers.alt, "fibrosis ta"),
    (markers.ast, "fibrosis ta"),
    (markers.platelets, "fibrosis beyond_scar"),
    (markers.albumin, "is_decompensated bmi"),
    (markers.fib4, "alt_u_l platelets_10e9_l"),
    (markers.nfs, "platelets_10e9_l albumin_g_l alt_u_l"),
    (markers.lsm, "female"),
    (markers.exceeds, "threshold"),
    (markers.change_percent, "first"),
    (
        economics.utility,
        "age_years bmi diabetes has_cirrhosis is_decompensated has_hcc has_transplant",
    ),
    (treatment.step_of_months, "months"),
]
OUT_OF_THE_WAY: dict[Law, dict[str, float]] = {
    pathway.concludes_diabetes: {"hba1c_percent": 5, "glucose_mmol_l": 5},
    pathway.concludes_masld: {
        "cap_db_per_m": 200,
        "ultrasound_steatosis": 0,
        "fat_percent": 2,
        "steatosis_grade": 0,
    },
    pathway.concludes_fibrosis: {"lsm_kpa": 5, "biopsy_stage": 0},
    markers.lsm: {"z_lsm": 0},
}
"""Middles in which the argument decides alone."""


@pytest.mark.parametrize(("law", "name", "sign"), each(RISES_WITH, FALLS_WITH))
@hypothesis.settings(max_examples=25)
@given(data=st.data())
def test_a_law_moves_the_right_way(law, name, sign, data):
    check_direction(data, CAN_BE, law, name, sign)


@pytest.mark.parametrize(("law", "name", "sign"), each(RISES_WITH, FALLS_WITH))
def test_a_law_does_not_ignore_what_moves_it(law, name, sign):
    check_sensitivity(CAN_BE, law, name, sign, OUT_OF_THE_WAY.get(law))


@given(
    fat=st.floats(-1.25, 4, width=32),
    adiposity=st.floats(-2, 1.5, width=32),
    z=st.floats(-6, 6, width=32),
    noise=st.floats(-6, 6, width=32),
)
def test_cap_stays_on_its_scale(fat, adiposity, z, noise):
    assert 100 <= value(markers.cap, record(), fat, adiposity, z, noise) <= 400


errors = st.floats(-6, 6, width=32)


@given(fibrosis=st.floats(0, 6, width=32), injury=errors, luck=st.tuples(errors, errors, errors))
def test_a_stage_read_is_a_stage(fibrosis, injury, luck):
    assert value(markers.biopsy_stage, record(), fibrosis, injury, *luck) in range(5)


@given(
    ln_fat=st.floats(-1.25, 4, width=32), injury=errors, core=errors, own=st.tuples(errors, errors, errors)
)
def test_grades_read_are_grades_and_no_ballooning_without_inflammation_of_the_same_luck(
    ln_fat, injury, core, own
):
    assert value(markers.biopsy_steatosis, record(), ln_fat, own[0]) in range(4)
    ballooning = value(markers.biopsy_ballooning, record(), injury, core, own[1])
    inflammation = value(markers.biopsy_inflammation, record(), injury, core, own[2])
    assert ballooning in range(3) and inflammation in range(4)
    assert value(markers.biopsy_inflammation, record(), injury, core, own[1]) >= min(ballooning, 1)


@given(ln_fat=st.floats(-1.25, 4, width=32), noise=errors)
def test_fat_by_resonance_is_a_percentage(ln_fat, noise):
    assert 0 <= value(markers.mri_pdff, record(), ln_fat, noise) <= 55


@given(bmi=st.floats(12, 110, width=32), ln_fat=st.floats(-1.25, 4, width=32))
def test_probabilities_are_probabilities(bmi, ln_fat):
    assert 0 <= value(markers.elastography_failure_probability, record(), bmi) <= 1
    steatotic = value(markers.ultrasound_positive_probability, record(), ln_fat, 1.0)
    assert 0 <= value(markers.ultrasound_marked_probability, record(), ln_fat, 1.0) <= steatotic <= 1


@given(
    age=st.floats(18, 110, width=32),
    bmi=st.floats(12, 110, width=32),
    states=st.lists(st.integers(0, 1), min_size=5, max_size=5),
)
def test_a_year_is_worth_between_nothing_and_one(age, bmi, states):
    assert 0 <= value(economics.utility, record(), age, 1, bmi, *states) <= 1
    assert value(economics.care_cost_usd_per_year, record(), *states) > 0
