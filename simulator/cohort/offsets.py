"""What a measurement says about the body behind it, beyond the donor it was matched with.

A donor rarely shows exactly what was measured. The gap is shared between the lifelong tendencies
that a test sees, the passing wandering of liver fat and the noise of the day, in proportion to their
variances: the regression of what is hidden on what is measured, linear on the scale of each test and
around each donor (the adjustment of Beaumont, Zhang and Balding 2002 for matched draws). So an ALT far
above the donor's raises the lifelong enzyme level, liver fat and injury partly; the rest was noise
and will not be seen again.
"""

from __future__ import annotations

import numpy as np

from simulator.patient import columns as c
from simulator.patient.derived import shown_glucose_excess

HIDDEN = (
    "z_insulin_resistance", "z_liver_fat", "z_glucose", "z_hyperglycaemia", "z_glycation", "z_injury",
    "z_enzymes", "z_ast", "z_platelets", "z_albumin", "z_cap", "z_lsm", "liver_fat_wander",
)  # fmt: skip
"""What may move: lifelong tendencies, and last the passing departure of liver fat."""

TESTS = (
    "observed_fasting_glucose_mmol_l", "observed_fasting_insulin_miu_l", "observed_homa_ir",
    "observed_hba1c_percent", "observed_alt_u_l", "observed_ast_u_l", "observed_platelets_10e9_l",
    "observed_albumin_g_l", "observed_cap_db_per_m", "observed_lsm_kpa", "liver_fat_percent",
)  # fmt: skip

MOST_SHIFT = 2.5
"""Nothing hidden moves by more than this (SD) from the donor's."""

ROUNDED = 6
"""Decimals kept, so that machines whose libraries differ in the last bit complete the same people."""

_NEVER_MEASURED = 1e12
"""Variance that stands for a test that was not done."""

_LINEAR = ("observed_hba1c_percent", "observed_albumin_g_l", "observed_cap_db_per_m")


def on_test_scale(record: np.record, name: str, x: np.ndarray) -> np.ndarray:
    """Return what a test showed on the scale on which its noise is normal."""
    if name in _LINEAR:
        return x
    floors = {"observed_alt_u_l": record.alt_floor_u_l, "observed_ast_u_l": record.ast_floor_u_l}
    return np.log(np.maximum(x - floors.get(name, 0.0), 1e-3))


def _gain(p: np.record) -> float:
    """Return by how much insulin resistance and liver fat amplify each other."""
    return float(1 / (1 - p.homa_per_ln_liver_fat * p.liver_fat_per_ln_homa))


def _fat_slope(p: np.record, state: np.ndarray) -> np.ndarray:
    """Return by how much of a change of its causes a liver's ln fat moves, less the fuller it is, (n,)."""
    filled = np.exp(state[c.LN_LIVER_FAT].astype(float) - p.ln_liver_fat_ceiling)
    return np.maximum(1 - filled**2, 0.2)


def _skews(p: np.record) -> dict[str, float]:
    return {"z_insulin_resistance": float(p.homa_lifelong_skew), "z_lsm": float(p.lsm_lifelong_skew)}


def _cap_slope(p: np.record, state: np.ndarray) -> np.ndarray:
    """Return by how much attenuation (dB/m) rises per ln liver fat around each person, float64 (n, 1)."""
    toward = 1 / (1 + np.exp(-(state[c.LN_LIVER_FAT].astype(float) - p.cap_ln_fat_half) / p.cap_width))
    return (p.cap_rise / p.cap_width * toward * (1 - toward))[:, None]


def loadings(record: np.record, state: np.ndarray) -> np.ndarray:
    """Return how far each test moves per SD of what is hidden, float64 (n, tests, hidden).

    Parameters
    ----------
    record : the parameter record.
    state : float32 (N_COLUMNS, n), around whom: the slopes of skewed tendencies, and what the
        severity of diabetes does, differ between people.
    """
    p, n = record, state.shape[1]
    unit = dict(zip(HIDDEN, np.eye(len(HIDDEN))[:, None, :], strict=True))
    for name, skew in _skews(p).items():
        unit[name] = unit[name] * np.maximum(1 + 2 * skew * state[c.INDEX[name]], 0)[:, None]
    own_homa = p.homa_lifelong_sd * unit["z_insulin_resistance"]
    own_fat = p.liver_fat_lifelong_sd * unit["z_liver_fat"] + p.liver_fat_wander_sd * unit["liver_fat_wander"]
    kept = _fat_slope(p, state)[:, None]
    homa = _gain(p) * (own_homa + p.homa_per_ln_liver_fat * kept * own_fat)
    fat = _gain(p) * kept * (own_fat + p.liver_fat_per_ln_homa * own_homa)
    injury = p.injury_per_ln_liver_fat * fat + p.injury_per_ln_homa * homa
    injury = injury + p.injury_lifelong_sd * unit["z_injury"]
    leaking = injury * (state[c.INJURY] > p.enzyme_injury_threshold)[:, None]
    excess = shown_glucose_excess(state).astype(float)[:, None]
    basal = state[c.FASTING_GLUCOSE_MMOL_L].astype(float)[:, None] - excess
    ln_basal = p.glucose_lifelong_sd * unit["z_glucose"] + p.glucose_per_ln_homa * homa
    more_excess = excess * p.glucose_excess_sd * unit["z_hyperglycaemia"]
    glucose = (basal * ln_basal + more_excess) / (basal + excess)
    enzymes = p.ast_alt_loading * unit["z_enzymes"] + p.ast_own_loading * unit["z_ast"]
    rows = {
        "observed_fasting_glucose_mmol_l": glucose,
        "observed_fasting_insulin_miu_l": homa - glucose,
        "observed_homa_ir": homa,
        "observed_hba1c_percent": p.hba1c_per_ln_glucose * ln_basal
        + p.hba1c_per_glucose_excess * more_excess
        + p.hba1c_gap_sd * unit["z_glycation"],
        "observed_alt_u_l": p.alt_per_ln_liver_fat * fat
        + p.alt_per_ln_homa * homa
        + p.alt_per_injury * leaking
        + p.alt_level_sd * p.enzyme_lifelong_loading * unit["z_enzymes"],
        "observed_ast_u_l": p.ast_per_ln_liver_fat * fat
        + p.ast_per_injury * leaking
        + p.ast_level_sd * p.enzyme_lifelong_loading * enzymes,
        "observed_platelets_10e9_l": p.platelets_lifelong_sd * unit["z_platelets"],
        "observed_albumin_g_l": p.albumin_lifelong_sd * unit["z_albumin"],
        "observed_cap_db_per_m": _cap_slope(p, state) * fat + p.cap_lifelong_sd * unit["z_cap"],
        "observed_lsm_kpa": p.lsm_per_injury * injury + p.lsm_lifelong_sd * unit["z_lsm"],
        "liver_fat_percent": fat,
    }
    return np.stack([np.broadcast_to(rows[name], (n, len(HIDDEN))) for name in TESTS], axis=1).astype(float)


def noise(record: np.record) -> np.ndarray:
    """Return the covariance of the noise of the tests, float64 (tests, tests).

    What wanders in enzymes is noise here: it says little about the years to come. Liver fat seen by
    magnetic resonance is taken as it is.
    """
    p, passing = record, record.enzyme_wander_loading
    sd = {
        "observed_fasting_glucose_mmol_l": p.glucose_test_log_sd,
        "observed_fasting_insulin_miu_l": p.insulin_test_log_sd,
        "observed_homa_ir": np.hypot(p.glucose_test_log_sd, p.insulin_test_log_sd),
        "observed_hba1c_percent": p.hba1c_test_sd,
        "observed_alt_u_l": np.hypot(p.alt_test_log_sd, passing * p.alt_level_sd),
        "observed_ast_u_l": np.hypot(p.ast_test_log_sd, passing * p.ast_level_sd),
        "observed_platelets_10e9_l": p.platelets_test_log_sd,
        "observed_albumin_g_l": p.albumin_test_sd,
        "observed_cap_db_per_m": p.cap_test_sd,
        "observed_lsm_kpa": p.lsm_test_log_sd,
        "liver_fat_percent": 0.0,
    }
    covariance = np.diag([float(sd[name]) ** 2 for name in TESTS])
    alt, ast = TESTS.index("observed_alt_u_l"), TESTS.index("observed_ast_u_l")
    shared = p.alt_test_log_sd * p.ast_test_log_sd * p.ast_alt_noise_loading
    shared += passing**2 * p.alt_level_sd * p.ast_level_sd * p.ast_alt_loading
    covariance[alt, ast] = covariance[ast, alt] = shared
    return covariance


def shifts(record: np.record, state: np.ndarray, gaps: np.ndarray) -> np.ndarray:
    """Return how far what is hidden moves for gaps between what was measured and what the donor shows.

    Parameters
    ----------
    record : the parameter record.
    state : float32 (N_COLUMNS, n), the donors in the measured bodies.
    gaps : float64 (tests, n), on the scale of each test; NaN where not measured.

    Returns
    -------
    SD, float64 (hidden, n), within MOST_SHIFT.
    """
    loads = loadings(record, state)
    total = loads @ loads.transpose(0, 2, 1) + noise(record)
    for test, gap in enumerate(gaps):
        total[:, test, test] += np.where(np.isnan(gap), _NEVER_MEASURED, 0)
    weights = np.linalg.solve(total, np.nan_to_num(gaps).T[:, :, None])
    moved = (loads.transpose(0, 2, 1) @ weights)[:, :, 0].T
    return np.round(np.clip(moved, -MOST_SHIFT, MOST_SHIFT), ROUNDED)


def move_lifelong(record: np.record, state: np.ndarray, moved: np.ndarray) -> None:
    """Add shifts to the lifelong tendencies, in place; a curved effect moves by what its slope says.

    Past the turn of a curved effect a test says nothing of the tendency, which stays.
    """
    skews = _skews(record)
    for name, shift in zip(HIDDEN[:-1], moved[:-1], strict=True):
        column, z = c.BY_NAME[name], state[c.INDEX[name]].astype(float)
        skew = skews.get(name, 0.0)
        if skew:
            slope = 1 + 2 * skew * z
            effect = z + skew * z * z + slope * shift
            there = (np.sqrt(np.maximum(1 + 4 * skew * effect, 0)) - 1) / (2 * skew)
            z = np.where(slope > 0, there, z)
        elif name == "z_hyperglycaemia":
            z = z + np.log(np.maximum(1 + record.glucose_excess_sd * shift, 0.1)) / record.glucose_excess_sd
        else:
            z = z + shift
        state[c.INDEX[name]] = np.round(np.clip(z, column.low, column.high), ROUNDED)


def move_passing(record: np.record, state: np.ndarray, shift: np.ndarray) -> None:
    """Move the passing departure of liver fat, and with it fat and insulin resistance, in place.

    Parameters
    ----------
    record : the parameter record.
    state : float32 (N_COLUMNS, n), at the start of the run.
    shift : float64 (n,), SD.
    """
    column = c.BY_NAME["ln_liver_fat"]
    ln_fat = _gain(record) * _fat_slope(record, state) * record.liver_fat_wander_sd * shift
    state[c.LIVER_FAT_WANDER] += shift
    state[c.LN_LIVER_FAT] = np.clip(state[c.LN_LIVER_FAT] + ln_fat, column.low, column.high)
    state[c.LN_HOMA_IR] += record.homa_per_ln_liver_fat * ln_fat


def move_fat_to(record: np.record, state: np.ndarray, liver_fat_percent: np.ndarray) -> None:
    """Make liver fat what was seen where it is given (not NaN), as a passing departure, in place."""
    column = c.BY_NAME["ln_liver_fat"]
    gap = np.nan_to_num(np.clip(np.log(liver_fat_percent), column.low, column.high) - state[c.LN_LIVER_FAT])
    slope = _gain(record) * _fat_slope(record, state)
    move_passing(record, state, gap / (slope * record.liver_fat_wander_sd))
