"""What a measurement says about lifelong tendencies, beyond the donor it was matched with.

A donor rarely shows exactly what was measured. The gap is shared between the tendencies that a test
sees and the noise of the day, in proportion to their variances: the regression of tendencies on
tests, linear on the scale of each test (the adjustment of Beaumont 2002 for matched draws). So an ALT
far above the donor's raises the person's lifelong enzyme level and liver fat partly; the rest is
noise and will not be seen again.
"""

from __future__ import annotations

import numpy as np

from simulator.patient import columns as c

TENDENCIES = (
    "z_insulin_resistance", "z_liver_fat", "z_glucose", "z_glycation", "z_enzymes", "z_ast", "z_platelets",
    "z_albumin", "z_cap", "z_lsm",
)  # fmt: skip

TESTS = (
    "observed_fasting_glucose_mmol_l", "observed_fasting_insulin_miu_l", "observed_homa_ir",
    "observed_hba1c_percent", "observed_alt_u_l", "observed_ast_u_l", "observed_platelets_10e9_l",
    "observed_albumin_g_l", "observed_cap_db_per_m", "observed_lsm_kpa", "liver_fat_percent",
)  # fmt: skip

MOST_SHIFT = 2.5
"""A tendency moves by no more than this (SD) from the donor's."""


def on_test_scale(record: np.record, name: str, x: np.ndarray) -> np.ndarray:
    """Return what a test showed on the scale on which its noise is normal."""
    if name in ("observed_hba1c_percent", "observed_albumin_g_l", "observed_cap_db_per_m"):
        return x
    floor = {"observed_alt_u_l": record.alt_floor_u_l, "observed_ast_u_l": record.ast_floor_u_l}.get(
        name, 0.0
    )
    return np.log(np.maximum(x - floor, 1e-3))


def loadings(record: np.record) -> np.ndarray:
    """Return how far each test moves per SD of each tendency, float64 (tests, tendencies).

    Insulin resistance and liver fat feed each other, so either moves both.
    """
    p = record
    unit = dict(zip(TENDENCIES, np.eye(len(TENDENCIES)), strict=True))
    gain = 1 / (1 - p.homa_per_ln_liver_fat * p.liver_fat_per_ln_homa)
    own_homa = p.homa_lifelong_sd * unit["z_insulin_resistance"]
    own_fat = p.liver_fat_lifelong_sd * unit["z_liver_fat"]
    homa = gain * (own_homa + p.homa_per_ln_liver_fat * own_fat)
    fat = gain * (own_fat + p.liver_fat_per_ln_homa * own_homa)
    glucose = p.glucose_lifelong_sd * unit["z_glucose"] + p.glucose_per_ln_homa * homa
    enzymes = p.ast_alt_loading * unit["z_enzymes"] + p.ast_own_loading * unit["z_ast"]
    rows = {
        "observed_fasting_glucose_mmol_l": glucose,
        "observed_fasting_insulin_miu_l": homa - glucose,
        "observed_homa_ir": homa,
        "observed_hba1c_percent": p.hba1c_per_ln_glucose * glucose + p.hba1c_gap_sd * unit["z_glycation"],
        "observed_alt_u_l": p.alt_per_ln_liver_fat * fat + p.alt_lifelong_sd * unit["z_enzymes"],
        "observed_ast_u_l": p.ast_per_ln_liver_fat * fat + p.ast_lifelong_sd * enzymes,
        "observed_platelets_10e9_l": p.platelets_lifelong_sd * unit["z_platelets"],
        "observed_albumin_g_l": p.albumin_lifelong_sd * unit["z_albumin"],
        "observed_cap_db_per_m": p.cap_per_ln_liver_fat * fat + p.cap_lifelong_sd * unit["z_cap"],
        "observed_lsm_kpa": p.lsm_lifelong_sd * unit["z_lsm"],
        "liver_fat_percent": fat,
    }
    return np.array([rows[name] for name in TESTS], float)


def noise(record: np.record) -> np.ndarray:
    """Return the covariance of the noise of the tests, float64 (tests, tests).

    Liver fat seen by magnetic resonance is taken as it is.
    """
    p = record
    sd = {
        "observed_fasting_glucose_mmol_l": p.glucose_test_log_sd,
        "observed_fasting_insulin_miu_l": p.insulin_test_log_sd,
        "observed_homa_ir": np.hypot(p.glucose_test_log_sd, p.insulin_test_log_sd),
        "observed_hba1c_percent": p.hba1c_test_sd,
        "observed_alt_u_l": p.alt_test_log_sd,
        "observed_ast_u_l": p.ast_test_log_sd * np.hypot(p.ast_alt_noise_loading, p.ast_own_noise_loading),
        "observed_platelets_10e9_l": p.platelets_test_log_sd,
        "observed_albumin_g_l": p.albumin_test_sd,
        "observed_cap_db_per_m": p.cap_test_sd,
        "observed_lsm_kpa": p.lsm_test_log_sd,
        "liver_fat_percent": 0.0,
    }
    covariance = np.diag([float(sd[name]) ** 2 for name in TESTS])
    alt, ast = TESTS.index("observed_alt_u_l"), TESTS.index("observed_ast_u_l")
    shared = p.alt_test_log_sd * p.ast_test_log_sd * p.ast_alt_noise_loading
    covariance[alt, ast] = covariance[ast, alt] = shared
    return covariance


def shifts(record: np.record, gaps: np.ndarray) -> np.ndarray:
    """Return how far tendencies move for gaps between what was measured and what the donor showed.

    Parameters
    ----------
    record : the parameter record.
    gaps : float64 (tests, n), on the scale of each test; NaN where not measured.

    Returns
    -------
    SD of each tendency, float64 (tendencies, n), within MOST_SHIFT.
    """
    loads, covariance = loadings(record), noise(record)
    moved = np.zeros((len(TENDENCIES), gaps.shape[1]))
    patterns, of_person = np.unique(np.isfinite(gaps), axis=1, return_inverse=True)
    for number, pattern in enumerate(patterns.T):
        people = np.flatnonzero(of_person.ravel() == number)
        seen = loads[pattern]
        if len(seen):
            total = seen @ seen.T + covariance[np.ix_(pattern, pattern)]
            moved[:, people] = seen.T @ np.linalg.solve(total, gaps[np.ix_(pattern, people)])
    return np.clip(moved, -MOST_SHIFT, MOST_SHIFT)


def move(record: np.record, state: np.ndarray, moved: np.ndarray) -> None:
    """Add shifts to the tendencies of people, in place; a skewed tendency moves less where it is steep."""
    skews = {"z_insulin_resistance": record.homa_lifelong_skew, "z_lsm": record.lsm_lifelong_skew}
    for name, shift in zip(TENDENCIES, moved, strict=True):
        column = c.BY_NAME[name]
        z = state[c.INDEX[name]]
        slope = np.maximum(1 + 2 * skews.get(name, 0.0) * z, 0.5)
        state[c.INDEX[name]] = np.clip(z + shift / slope, column.low, column.high)
