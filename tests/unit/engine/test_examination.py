"""An examination at the start: what every test shows, how it goes with the truth, what it costs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.engine.examination import examine
from simulator.engine.people import People
from simulator.engine.simulation import examine_at_entry, scratch
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


def test_enzymes_wander_over_months_and_keep_their_spread():
    """Without noise ALT of one body differs little a month later and by two whole spreads after two years."""
    people = grown(3000, 111)
    only = {"alt_test_log_sd": 0, "enzyme_lifelong_loading": 0, "enzyme_wander_loading": 1}
    now, soon, late, years = (
        np.log(core(people, month, **only)[c.OBSERVED_ALT_U_L] - record().alt_floor_u_l)
        for month in (0, 1, 30, 54)
    )
    spread = float(record().alt_level_sd)
    assert np.std(soon - now) < 0.35 * spread
    for other in (late, years):
        assert np.std(other - now) == pytest.approx(math.sqrt(2) * spread, rel=0.08)
    assert np.corrcoef(late - now, people.state[c.Z_ENZYMES])[0, 1] == pytest.approx(0, abs=0.06)


BIOPSY = (
    c.OBSERVED_FIBROSIS_STAGE, c.OBSERVED_STEATOSIS_GRADE, c.OBSERVED_BALLOONING_GRADE,
    c.OBSERVED_INFLAMMATION_GRADE, c.OBSERVED_NAS,
)  # fmt: skip


@pytest.fixture(scope="module")
def scarred() -> People:
    """Give 3,000 people whose livers are scarred, fat and inflamed to every degree, as in a clinic."""
    people, luck = grown(3000, 111), np.random.default_rng(7)
    people.state[c.FIBROSIS] = luck.uniform(0.2, 4.4, 3000)
    people.state[c.LN_LIVER_FAT] = luck.uniform(1.2, 3.4, 3000)
    people.state[c.INJURY] = luck.uniform(-1.5, 2, 3000)
    return people


def core(people: People, month: int, **numbers: float) -> np.ndarray:
    """Return the state of the same bodies examined in a month, with some numbers changed."""
    seen = people.copy()
    examine(record(**numbers), seen.state, seen.keys, *scratch(), month)
    return seen.state


def test_a_biopsy_reads_grades_and_their_sum(scarred):
    state = core(scarred, 0)
    for column, top in zip(BIOPSY, (4, 3, 2, 3, 8), strict=True):
        assert set(np.unique(state[column])) <= set(range(top + 1)), c.COLUMNS[column].name
        assert len(np.unique(state[column])) > 2
    assert (state[c.OBSERVED_NAS] == state[list(BIOPSY[1:4])].sum(axis=0)).all()


def test_two_cores_of_one_liver_often_differ_by_a_stage_and_seldom_by_more(scarred):
    """Of pairs of cores taken on one day about four in ten differ in stage (Ratziu 2005: 41 %)."""
    one, other = (core(scarred, month)[c.OBSERVED_FIBROSIS_STAGE] for month in (0, 1))
    apart = np.abs(one - other)
    assert 0.25 < (apart > 0).mean() < 0.55
    assert 0.01 < (apart > 1).mean() < 0.12


def test_a_biopsy_shows_the_same_again_in_its_month_and_shares_no_luck_with_others(scarred):
    again = [core(scarred, month) for month in (5, 5, 6)]
    assert columns_that_differ(again[0], again[1]) == []
    exact = {"biopsy_stage_per_injury": 0.0}
    truth = scarred.state[c.FIBROSIS]
    errors = [core(scarred, month, **exact)[c.OBSERVED_FIBROSIS_STAGE] - np.floor(truth) for month in (5, 6)]
    middle = (truth % 1 > 0.4) & (truth % 1 < 0.6) & (truth > 1) & (truth < 4)
    assert errors[0][middle].std() > 0.2
    assert abs(np.corrcoef(errors[0][middle], errors[1][middle])[0, 1]) < 0.15
    ln_fat = scarred.state[c.LN_LIVER_FAT]
    first, second = (np.log(core(scarred, month)[c.OBSERVED_LIVER_FAT_PERCENT]) - ln_fat for month in (5, 6))
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.06
    assert first.std() == pytest.approx(float(record().pdff_test_log_sd), rel=0.08)


def test_without_errors_a_biopsy_shows_the_stage_and_grades_of_the_liver(scarred):
    still = {
        "biopsy_stage_sampling_sd": 0.0, "biopsy_stage_reading_sd": 0.0, "biopsy_stage_per_injury": 0.0,
        "biopsy_stage_1_threshold": 1.0, "biopsy_cirrhosis_margin": 0.0, "biopsy_steatosis_sd": 0.0,
        "biopsy_activity_sampling_sd": 0.0, "biopsy_activity_reading_sd": 0.0, "pdff_test_log_sd": 0.0,
    }  # fmt: skip
    state = core(scarred, 0, **still)
    assert (state[c.OBSERVED_FIBROSIS_STAGE] == quantity(scarred.state, "fibrosis_stage")).all()
    assert (core(scarred, 9, **still)[list(BIOPSY)] == state[list(BIOPSY)]).all()
    by_injury = np.argsort(scarred.state[c.INJURY])
    for column in (c.OBSERVED_BALLOONING_GRADE, c.OBSERVED_INFLAMMATION_GRADE):
        assert (np.diff(state[column][by_injury]) >= 0).all()
    assert state[c.OBSERVED_LIVER_FAT_PERCENT] == pytest.approx(
        np.exp(scarred.state[c.LN_LIVER_FAT]), rel=1e-5
    )


def test_ballooning_and_inflammation_err_together_because_they_share_the_core(scarred):
    flat = scarred.copy()
    flat.state[c.INJURY] = 0.3
    shared, apart = (
        core(flat, 0, biopsy_activity_sampling_sd=core_sd, biopsy_activity_reading_sd=own_sd)
        for core_sd, own_sd in ((1.0, 0.1), (0.0, 1.0))
    )
    together, separate = (
        np.corrcoef(state[c.OBSERVED_BALLOONING_GRADE], state[c.OBSERVED_INFLAMMATION_GRADE])[0, 1]
        for state in (shared, apart)
    )
    assert together > 0.6 and abs(separate) < 0.08
