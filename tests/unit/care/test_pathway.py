"""What care finds out and concludes, by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.care import pathway as w
from tests.unit.engine.worlds import record, value


@pytest.fixture(scope="module")
def p() -> np.record:
    """Give the documented thresholds."""
    return record(
        diabetes_recognition_per_year=0.22,
        masld_recognition_per_year=0.0034,
        usual_glucose_control=0.3,
        self_care_loss_per_stress=0.12,
        diagnosis_hba1c_percent=6.5,
        diagnosis_glucose_mmol_l=7.0,
        diagnosis_cap_db_per_m=274,
        diagnosis_lsm_kpa=8.0,
    )


def test_only_what_is_there_is_found(p):
    assert value(w.diabetes_recognition_per_year, p, 0) == 0
    assert value(w.diabetes_recognition_per_year, p, 1) == pytest.approx(0.22)
    assert value(w.masld_recognition_per_year, p, 0) == 0
    assert value(w.masld_recognition_per_year, p, 1) == pytest.approx(0.0034)


def test_glucose_is_controlled_once_diabetes_is_known(p):
    assert value(w.glucose_control, p, 0, 0) == 0
    assert value(w.glucose_control, p, 1, 0) == pytest.approx(0.3)


def test_stress_takes_from_the_care_of_diabetes_until_nothing_is_left(p):
    assert value(w.glucose_control, p, 1, 1) == pytest.approx(0.18)
    assert value(w.glucose_control, p, 1, -1) == pytest.approx(0.42)
    assert value(w.glucose_control, p, 1, 4) == 0
    assert value(w.glucose_control, p, 0, -1) == 0


@pytest.mark.parametrize(
    ("hba1c", "glucose", "concluded"),
    [
        (6.5, 5.0, 1),
        (6.4, 6.9, 0),
        (5.0, 7.0, 1),
        (math.nan, 7.5, 1),
        (7.0, math.nan, 1),
        (math.nan, math.nan, 0),
    ],
)
def test_diabetes_is_concluded_from_either_test_and_never_from_none(p, hba1c, glucose, concluded):
    assert value(w.concludes_diabetes, p, hba1c, glucose) == concluded


@pytest.mark.parametrize(
    ("cap", "ultrasound", "fat", "grade", "concluded"),
    [
        (274, math.nan, math.nan, math.nan, 1),
        (273, 0, 4.9, 0, 0),
        (200, 1, math.nan, math.nan, 1),
        (math.nan, 1, math.nan, math.nan, 1),
        (math.nan, math.nan, 5.1, math.nan, 1),
        (200, 0, 4.0, 1, 1),
        (math.nan, math.nan, math.nan, math.nan, 0),
    ],
)
def test_a_steatotic_liver_is_concluded_from_any_test_that_shows_one(
    p, cap, ultrasound, fat, grade, concluded
):
    assert value(w.concludes_masld, p, cap, ultrasound, fat, grade) == concluded


@pytest.mark.parametrize(
    ("lsm", "stage", "concluded"),
    [(8.0, math.nan, 1), (7.9, math.nan, 0), (math.nan, 2, 1), (7.9, 1, 0), (math.nan, math.nan, 0)],
)
def test_fibrosis_is_concluded_from_stiffness_or_a_biopsy(p, lsm, stage, concluded):
    assert value(w.concludes_fibrosis, p, lsm, stage) == concluded
