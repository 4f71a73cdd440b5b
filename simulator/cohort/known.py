"""Writing what is known of people into their state, exactly as it was given.

`given` holds float64 (n,) by column, NaN where nothing is known; `state` is float32 (N_COLUMNS, n).
"""

from __future__ import annotations

import numpy as np

from simulator.cohort import offsets
from simulator.cohort.csv_fields import GENES, HABITS, MARKERS
from simulator.patient import columns as c
from simulator.patient.derived import shown_glucose_excess

AS_GIVEN = ("sex", "ethnicity", "height_cm", *GENES, *HABITS)
"""Columns of a whole life that are written as the file gives them."""

MONTHS_PER_YEAR = 12
_STAGE_WIDTH, _CIRRHOSIS = 0.999, 4.0


def write_for_life(state: np.ndarray, given: dict[str, np.ndarray], calendar_year: int) -> None:
    """Write birth, body height, genes and habits."""
    for name in AS_GIVEN:
        if name in given:
            write(state, c.INDEX[name], given[name])
    write_birth(state, given["age_years"], calendar_year)


def write_birth(state: np.ndarray, age_years: np.ndarray, calendar_year: int) -> None:
    """Write month and year of birth of people of an age at the start, in `calendar_year`."""
    state[c.BIRTH_MONTH] = -age_years * MONTHS_PER_YEAR
    state[c.BIRTH_YEAR] = calendar_year - age_years


def independent(given: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return what is given without what follows from the rest of it: HOMA-IR and scores of their parts."""
    result = dict(given)
    for name, parts in _PARTS.items():
        if name in given and all(part in given for part in parts):
            follows = np.logical_and.reduce([np.isfinite(given[part]) for part in parts])
            result[name] = np.where(follows, np.nan, given[name])
    return result


_BLOOD = ("observed_alt_u_l", "observed_ast_u_l", "observed_platelets_10e9_l")
_PARTS = {
    "observed_homa_ir": ("observed_fasting_glucose_mmol_l", "observed_fasting_insulin_miu_l"),
    "observed_fib4": _BLOOD,
    "observed_nfs": (*_BLOOD, "observed_albumin_g_l"),
}


def write(state: np.ndarray, row: int, given: np.ndarray) -> None:
    """Write a row of the state where something is given."""
    state[row] = np.where(np.isnan(given), state[row], given)


def keep_diabetes(past: np.ndarray, first: np.ndarray, now: np.ndarray, given: dict[str, np.ndarray]) -> None:
    """Give diabetes to those who have it but lost it in the measured body: as long as the donor had it."""
    lost = _has(given, "diagnosed_diabetes", 1) | _has(given, "has_diabetes", 1)
    lost &= first[c.DIABETES_MONTH] >= c.NEVER
    past[c.DIABETES_MONTH] = np.where(lost, now[c.DIABETES_MONTH], past[c.DIABETES_MONTH])


def write_results(record: np.record, state: np.ndarray, given: dict[str, np.ndarray]) -> None:
    """Write what tests showed in place of what they would show now; unmeasured results follow from it."""
    _follow_alt(record, state, given)
    for name in MARKERS:
        if name in given:
            write(state, c.INDEX[name], given[name])
    _agree_on_sugar(record, state, given)
    marked = c.OBSERVED_ULTRASOUND_MARKED_STEATOSIS
    state[marked] = np.minimum(state[marked], state[c.OBSERVED_ULTRASOUND_STEATOSIS])


def _has(given: dict[str, np.ndarray], name: str, flag: int) -> np.ndarray:
    return given[name] == flag if name in given else np.zeros(len(given["sex"]), bool)


def write_liver(state: np.ndarray, given: dict[str, np.ndarray]) -> None:
    """Write the stage of scar that was seen directly, and complications that are known."""
    if "fibrosis_stage" in given:
        stage = given["fibrosis_stage"]
        top = np.where(stage >= _CIRRHOSIS, c.BY_NAME["fibrosis"].high, stage + _STAGE_WIDTH)
        write(state, c.FIBROSIS, np.clip(state[c.FIBROSIS], stage, top))
        is_early = stage < _CIRRHOSIS
        state[c.CIRRHOSIS_MONTH] = np.where(is_early, c.NEVER, state[c.CIRRHOSIS_MONTH])
        is_new = (stage >= _CIRRHOSIS) & (state[c.CIRRHOSIS_MONTH] >= c.NEVER)
        state[c.CIRRHOSIS_MONTH] = np.where(is_new, 0, state[c.CIRRHOSIS_MONTH])
    for name in ("decompensation", "hcc", "transplant"):
        _write_flag(state, c.INDEX[f"{name}_month"], given, f"has_{name}")


def write_diagnoses(record: np.record, state: np.ndarray, given: dict[str, np.ndarray]) -> None:
    """Write what care knows, and diabetes that is known to be there or not."""
    absent = _has(given, "has_diabetes", 0)
    state[c.DIABETES_MONTH] = np.where(absent, c.NEVER, state[c.DIABETES_MONTH])
    state[c.FASTING_GLUCOSE_MMOL_L] -= np.where(absent, shown_glucose_excess(state), 0)
    state[c.GLUCOSE_EXCESS_MMOL_L] = np.where(absent, 0, state[c.GLUCOSE_EXCESS_MMOL_L])
    for name in ("diabetes", "masld", "fibrosis"):
        _write_flag(state, c.INDEX[f"diagnosed_{name}_month"], given, f"diagnosed_{name}")
    has = _has(given, "diagnosed_diabetes", 1) | _has(given, "has_diabetes", 1)
    state[c.DIABETES_MONTH] = np.where(has, np.minimum(state[c.DIABETES_MONTH], 0), state[c.DIABETES_MONTH])
    stress = state[c.USUAL_STRESS_Z] + state[c.STRESS_STATE] + state[c.PROGRAMME_STRESS_Z]
    care = np.clip(record.usual_glucose_control - record.self_care_loss_per_stress * stress, 0, 1)
    state[c.GLUCOSE_CONTROL] = care * (state[c.DIAGNOSED_DIABETES_MONTH] < c.NEVER)


def _write_flag(state: np.ndarray, row: int, given: dict[str, np.ndarray], name: str) -> None:
    """Write a month: never where the flag is 0, the start at the latest where it is 1."""
    state[row] = np.where(_has(given, name, 0), c.NEVER, state[row])
    state[row] = np.where(_has(given, name, 1), np.minimum(state[row], 0), state[row])


def _follow_alt(record: np.record, state: np.ndarray, given: dict[str, np.ndarray]) -> None:
    """Let AST share the noise of the day on which ALT was measured."""
    if "observed_alt_u_l" not in given:
        return
    tested = offsets.on_test_scale(record, "observed_alt_u_l", state[c.OBSERVED_ALT_U_L])
    measured = offsets.on_test_scale(record, "observed_alt_u_l", given["observed_alt_u_l"])
    noise = np.nan_to_num((measured - tested) / record.alt_test_log_sd)
    above = (state[c.OBSERVED_AST_U_L] - record.ast_floor_u_l) * np.exp(
        record.ast_test_log_sd * record.ast_alt_noise_loading * noise
    )
    column = c.BY_NAME["observed_ast_u_l"]
    ast = np.clip(record.ast_floor_u_l + above, column.low, column.high)
    state[c.OBSERVED_AST_U_L] = np.round(ast, offsets.ROUNDED)


def _agree_on_sugar(record: np.record, state: np.ndarray, given: dict[str, np.ndarray]) -> None:
    """Make unmeasured insulin or HOMA-IR agree with the measured ones: HOMA-IR = glucose x insulin / 22.5."""
    glucose, k = state[c.OBSERVED_FASTING_GLUCOSE_MMOL_L].astype(float), float(record.homa_constant)
    homa = given.get("observed_homa_ir", np.full(len(glucose), np.nan))
    insulin = given.get("observed_fasting_insulin_miu_l", np.full(len(glucose), np.nan))
    write(state, c.OBSERVED_FASTING_INSULIN_MIU_L, np.where(np.isnan(insulin), k * homa / glucose, np.nan))
    product = glucose * state[c.OBSERVED_FASTING_INSULIN_MIU_L] / k
    state[c.OBSERVED_HOMA_IR] = np.where(np.isnan(homa), product, homa)
