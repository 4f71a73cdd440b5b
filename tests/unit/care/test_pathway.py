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
    assert value(w.glucose_control, p, 0) == 0
    assert value(w.glucose_control, p, 1) == pytest.approx(0.3)


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
    ("cap", "ultrasound", "concluded"),
    [(274, math.nan, 1), (273, 0, 0), (200, 1, 1), (math.nan, 1, 1), (math.nan, math.nan, 0)],
)
def test_a_steatotic_liver_is_concluded_from_cap_or_ultrasound(p, cap, ultrasound, concluded):
    assert value(w.concludes_masld, p, cap, ultrasound) == concluded


@pytest.mark.parametrize(("lsm", "concluded"), [(8.0, 1), (7.9, 0), (math.nan, 0)])
def test_fibrosis_is_concluded_from_stiffness(p, lsm, concluded):
    assert value(w.concludes_fibrosis, p, lsm) == concluded
