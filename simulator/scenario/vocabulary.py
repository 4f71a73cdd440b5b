"""The closed lists of words a scenario may use, beside the table of columns."""

from __future__ import annotations

import functools
from importlib.resources import files

from simulator.care.markers import PANELS
from simulator.care.markers import TESTS as SINGLE_TESTS
from simulator.patient.columns import DRUGS

KINDS = ("lifestyle", "drug", "surgery", "screen", "monitor")
"""What a step does, in the order of the codes of a plan."""

ACTIONS = ("add", "stop", "test", "diagnose", "lifestyle", "surgery")
"""What a response may do; lifestyle and surgery are started like an added drug."""

DIAGNOSES = ("masld", "fibrosis", "diabetes")
"""What a response may conclude, in the order of the codes of a plan."""

OPERATIONS = ("bariatric",)

STOPPABLE = (*DRUGS, "all")

CLASS_OF = {
    "semaglutide": "glp1_ra",
    "liraglutide": "glp1_ra",
    "dulaglutide": "glp1_ra",
    "empagliflozin": "sglt2_inhibitor",
    "dapagliflozin": "sglt2_inhibitor",
    "resmetirom": "thr_beta_agonist",
    "efruxifermin": "fgf21_analogue",
    "pegozafermin": "fgf21_analogue",
    "obeticholic_acid": "fxr_agonist",
}
"""Agent -> the class a scenario names it by, for whoever writes the agent."""

TESTS = tuple(SINGLE_TESTS) + tuple(PANELS)
"""Tests a scenario may ask for; the bit of a single test is its position, a panel is its components."""

TEST_RESULTS = {
    "fasting_glucose": ("observed_fasting_glucose_mmol_l",),
    "fasting_insulin": (
        "observed_fasting_insulin_miu_l",
        "observed_fasting_insulin_change_percent",
        "first_fasting_insulin_miu_l",
    ),
    "hba1c": ("observed_hba1c_percent",),
    "alt": ("observed_alt_u_l", "observed_alt_change_percent", "first_alt_u_l"),
    "ast": ("observed_ast_u_l",),
    "platelets": ("observed_platelets_10e9_l",),
    "albumin": ("observed_albumin_g_l",),
    "cap": ("observed_cap_db_per_m",),
    "lsm": ("observed_lsm_kpa", "observed_lsm_change_percent", "first_lsm_kpa"),
    "ultrasound": ("observed_ultrasound_steatosis", "observed_ultrasound_marked_steatosis"),
    "genotype": ("observed_pnpla3_g", "observed_tm6sf2_t"),
    "mri_pdff": ("observed_liver_fat_percent",),
    "biopsy": (
        "observed_fibrosis_stage",
        "observed_steatosis_grade",
        "observed_ballooning_grade",
        "observed_inflammation_grade",
        "observed_nas",
    ),
}
"""The columns each single test fills."""

SEEN_AT_VISITS = ("observed_weight_change_percent", "first_bmi")
"""Columns every visit fills."""

COMPUTED = {
    "observed_fib4": PANELS["fib4"],
    "observed_nfs": PANELS["nfs"],
    "observed_homa_ir": ("fasting_glucose", "fasting_insulin"),
}
"""Columns that follow once several tests are done together."""

OUTCOMES = (
    "diabetes", "cirrhosis", "decompensation", "hcc", "transplant", "liver_death", "cardiovascular_death",
    "death", "masld", "mash", "f0", "f1", "f2", "f3", "f4", "advanced_fibrosis",
    "bmi", "homa_ir", "hba1c", "liver_fat", "fibrosis", "life_years", "qaly", "cost",
)  # fmt: skip
"""Outcomes a scenario may ask for."""

DEFAULT_OUTCOMES = (
    "diabetes", "cirrhosis", "decompensation", "hcc", "liver_death", "death", "life_years", "qaly", "cost"
)  # fmt: skip
"""Outcomes of a scenario that asks for none."""

READ_BY_BIOPSY = {
    "resolution": "MASH resolved without more fibrosis",
    "resolution_with_nas_fall": "MASH resolved without more fibrosis and NAS down by 2",
    "resolution_any_stage": "MASH resolved whatever the stage",
    "not_definite": "no longer definite MASH",
    "fibrosis_improved": "fibrosis down a stage without worse MASH",
    "fibrosis_improved_nas_not_up": "fibrosis down a stage without a higher NAS",
    "fibrosis_down": "fibrosis down a stage",
    "fibrosis_up": "fibrosis up a stage",
    "fibrosis_gone": "no fibrosis left",
    "cirrhosis_read": "cirrhosis at the end",
    "nas_down_2": "NAS down by 2 without more fibrosis",
    "nas_down_2_any_stage": "NAS down by 2",
    "histological_improvement": "less ballooning, NAS down by 2 or at most 3, no more fibrosis",
    "steatosis_improved": "steatosis down a grade",
    "ballooning_improved": "ballooning down a grade",
    "inflammation_improved": "inflammation down a grade",
    "nas_change": "change of NAS",
    "stage_change": "change of stage",
}
"""Endpoints that need a biopsy, in words."""

ENDPOINT_WORDS = READ_BY_BIOPSY | {
    "fat_down_30_percent": "liver fat down by 30 % of itself",
    "weight_down_5_percent": "weight down by 5 %",
    "weight_change_percent": "change of weight",
    "weight_change_kg": "change of weight in kg",
    "bmi_change": "change of BMI",
    "liver_fat_change_percent": "relative change of liver fat",
    "liver_fat_change": "change of liver fat",
    "alt_change_u_l": "change of ALT",
    "ast_change_u_l": "change of AST",
    "alt_change_percent": "relative change of ALT",
    "ast_change_percent": "relative change of AST",
    "lsm_change_percent": "relative change of liver stiffness",
    "hba1c_change": "change of HbA1c",
    "homa_ir_change": "change of HOMA-IR",
    "homa_ir_change_percent": "relative change of HOMA-IR",
}
"""Every endpoint a trial may ask for, in words."""


@functools.cache
def profiles() -> tuple[str, ...]:
    """Return the names of the shipped population profiles."""
    folder = files("simulator.parameters") / "data" / "profiles"
    names = (entry.name for entry in folder.iterdir())
    stems = (name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))
    return tuple(sorted(stem for stem in stems if not stem.endswith("-targets")))


def single_tests(tests: tuple[str, ...]) -> tuple[str, ...]:
    """Return the single tests that are done when `tests` are asked for, in canonical order.

    >>> single_tests(("fib4", "cap"))
    ('alt', 'ast', 'platelets', 'cap')
    """
    done = {single for test in tests for single in PANELS.get(test, (test,))}
    return tuple(test for test in SINGLE_TESTS if test in done)


def results_of(tests: tuple[str, ...]) -> frozenset[str]:
    """Return the observed columns that doing `tests` fills; weight is seen at every visit."""
    done = set(single_tests(tests))
    columns = {column for test in done for column in TEST_RESULTS[test]}
    columns |= {column for column, needed in COMPUTED.items() if done.issuperset(needed)}
    return frozenset(columns.union(SEEN_AT_VISITS))
