"""An examination at the start: what every test shows, how it goes with the truth, what it costs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.engine.simulation import examine_at_entry
from simulator.patient import columns as c
from tests.unit.engine.worlds import (
    BODY_COLUMNS,
    columns_that_differ,
    grown,
    quantity,
    record,
    shipped_record,
)


@pytest.fixture(scope="module")
def state() -> np.ndarray:
    """Give 3,000 people who were examined at the start."""
    return grown(3000, 111).state


def ratio_sd(one: np.ndarray, other: np.ndarray) -> float:
    """Return the spread of the logarithm of a ratio."""
    return float(np.std(np.log(one / other)))


def test_everybody_has_every_result_but_failed_elastography(state):
    for column in c.COLUMNS:
        if column.kind == c.OBSERVED:
            missing = np.isnan(state[c.INDEX[column.name]])
            can_fail = any(word in column.name for word in ("cap", "lsm"))
            assert not missing.any() or (can_fail and missing.mean() < 0.15), column.name


def test_stiffness_and_cap_fail_together_and_more_often_in_obesity(state):
    failed = np.isnan(state[c.OBSERVED_LSM_KPA])
    assert (failed == np.isnan(state[c.OBSERVED_CAP_DB_PER_M])).all()
    obese = state[c.BMI] >= 35
    assert failed[obese].mean() > failed[~obese].mean()


def test_measured_sugar_scatters_around_the_truth(state):
    p = record()
    glucose = state[c.FASTING_GLUCOSE_MMOL_L]
    assert ratio_sd(state[c.OBSERVED_FASTING_GLUCOSE_MMOL_L], glucose) == pytest.approx(
        float(p.glucose_test_log_sd), rel=0.08
    )
    insulin = quantity(state, "fasting_insulin_miu_l")
    assert ratio_sd(state[c.OBSERVED_FASTING_INSULIN_MIU_L], insulin) == pytest.approx(
        float(p.insulin_test_log_sd), rel=0.08
    )


def test_measured_homa_is_made_of_measured_glucose_and_insulin(state):
    product = state[c.OBSERVED_FASTING_GLUCOSE_MMOL_L] * state[c.OBSERVED_FASTING_INSULIN_MIU_L] / 22.5
    assert state[c.OBSERVED_HOMA_IR] == pytest.approx(product, rel=1e-5)


def test_fib4_is_made_of_its_measured_components(state):
    age = quantity(state, "age_years")
    score = (
        age
        * state[c.OBSERVED_AST_U_L]
        / (state[c.OBSERVED_PLATELETS_10E9_L] * np.sqrt(state[c.OBSERVED_ALT_U_L]))
    )
    assert state[c.OBSERVED_FIB4] == pytest.approx(score, rel=1e-5)


def test_genotypes_are_reported_as_they_are(state):
    assert (state[c.OBSERVED_PNPLA3_G] == state[c.PNPLA3_G]).all()
    assert (state[c.OBSERVED_TM6SF2_T] == state[c.TM6SF2_T]).all()


def test_results_follow_the_truth_they_are_results_of(state):
    scanned = ~np.isnan(state[c.OBSERVED_CAP_DB_PER_M])
    for seen, truth, least in (
        (c.OBSERVED_CAP_DB_PER_M, c.LN_LIVER_FAT, 0.7),
        (c.OBSERVED_LSM_KPA, c.FIBROSIS, 0.3),
        (c.OBSERVED_ALT_U_L, c.LN_LIVER_FAT, 0.2),
        (c.OBSERVED_HBA1C_PERCENT, c.HBA1C_PERCENT, 0.7),
    ):
        assert np.corrcoef(state[seen][scanned], state[truth][scanned])[0, 1] > least, c.COLUMNS[seen].name


def test_first_results_are_the_ones_of_the_start(state):
    for first, seen in (
        (c.FIRST_ALT_U_L, c.OBSERVED_ALT_U_L),
        (c.FIRST_FASTING_INSULIN_MIU_L, c.OBSERVED_FASTING_INSULIN_MIU_L),
        (c.FIRST_LSM_KPA, c.OBSERVED_LSM_KPA),
        (c.FIRST_BMI, c.BMI),
    ):
        assert np.array_equal(state[first], state[seen], equal_nan=True)
    change = state[c.OBSERVED_ALT_CHANGE_PERCENT]
    assert (change == 0).all()


def test_an_examination_is_free_and_changes_no_body():
    people = grown(200, 112)
    before = people.state.copy()
    examine_at_entry(people, shipped_record())
    assert columns_that_differ(before, people.state, BODY_COLUMNS) == []
    assert columns_that_differ(before, people.state) == []
    assert (people.state[c.N_TESTS] == 0).all()
    assert (people.state[c.COST_USD] == 0).all()


def test_without_noise_a_test_shows_the_truth_and_the_lifelong_offset():
    people = grown(200, 112)
    still = record(
        glucose_test_log_sd=0, insulin_test_log_sd=0, hba1c_test_sd=0, hba1c_gap_sd=0, cap_test_sd=0,
        hba1c_ethnicity=dict.fromkeys(("white", "black", "mexican", "other_hispanic", "asian", "other"), 0),
    )  # fmt: skip
    examine_at_entry(people, still)
    state = people.state
    assert state[c.OBSERVED_FASTING_GLUCOSE_MMOL_L] == pytest.approx(
        state[c.FASTING_GLUCOSE_MMOL_L], rel=1e-6
    )
    assert state[c.OBSERVED_HBA1C_PERCENT] == pytest.approx(state[c.HBA1C_PERCENT], rel=1e-6)
    assert np.log(state[c.OBSERVED_HOMA_IR]) == pytest.approx(state[c.LN_HOMA_IR], abs=1e-5)
    assert not math.isnan(np.nanmean(state[c.OBSERVED_CAP_DB_PER_M]))
