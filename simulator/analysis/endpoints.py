"""What a trial reports: endpoints of each person, from what was measured at entry and at the end.

An endpoint is one function of two readings and one row of the table below. Readings are what tests
showed, never the truth. A share is 1 or 0 for a person, a change is a number; NaN where a test failed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from simulator.patient import columns as c

Reading = Mapping[str, np.ndarray]
"""What the tests of one visit showed: column name (without `observed_`) to float32 (n,)."""

READ = (
    "fibrosis_stage", "steatosis_grade", "ballooning_grade", "inflammation_grade", "nas",
    "liver_fat_percent", "alt_u_l", "ast_u_l", "lsm_kpa", "cap_db_per_m", "hba1c_percent", "homa_ir",
)  # fmt: skip
"""Observed columns an endpoint may use; `bmi` and `weight_kg` are weighed too."""


@dataclass(frozen=True)
class Endpoint:
    """One endpoint.

    Attributes
    ----------
    name : as a scenario asks for it.
    is_share : whether it is yes or no for a person, so that its mean is a proportion.
    unit : of its mean.
    needs_biopsy : whether a missing biopsy leaves it unknown.
    label : for tables and axes.
    meaning : the definition, in words.
    of : function of the reading at entry and the reading at the end, float (n,).
    """

    name: str
    is_share: bool
    unit: str
    needs_biopsy: bool
    label: str
    meaning: str
    of: Callable[[Reading, Reading], np.ndarray]


def reading_of(state: np.ndarray) -> dict[str, np.ndarray]:
    """Return what the last tests showed, from a state (N_COLUMNS, n)."""
    shown = {name: state[c.INDEX[f"observed_{name}"]] for name in READ}
    return shown | {"bmi": state[c.BMI], "weight_kg": state[c.BMI] * (state[c.HEIGHT_CM] / 100) ** 2}


def _is_calm(end: Reading) -> np.ndarray:
    return (end["ballooning_grade"] == 0) & (end["inflammation_grade"] <= 1)


def _no_more_scar(entry: Reading, end: Reading) -> np.ndarray:
    return end["fibrosis_stage"] <= entry["fibrosis_stage"]


def _less(name: str) -> Callable[[Reading, Reading], np.ndarray]:
    return lambda entry, end: end[name] < entry[name]


def _resolved(entry: Reading, end: Reading) -> np.ndarray:
    return _is_calm(end) & _no_more_scar(entry, end)


def _resolved_with_fall(entry: Reading, end: Reading) -> np.ndarray:
    return _resolved(entry, end) & (end["nas"] <= entry["nas"] - 2)


def _not_definite(entry: Reading, end: Reading) -> np.ndarray:
    return (end["steatosis_grade"] == 0) | (end["ballooning_grade"] == 0) | (end["inflammation_grade"] == 0)


def _less_scar_no_worse(entry: Reading, end: Reading) -> np.ndarray:
    grades = ("steatosis_grade", "ballooning_grade", "inflammation_grade")
    no_worse = np.logical_and.reduce([end[grade] <= entry[grade] for grade in grades])
    return (end["fibrosis_stage"] < entry["fibrosis_stage"]) & no_worse


def _less_scar_no_higher(entry: Reading, end: Reading) -> np.ndarray:
    return (end["fibrosis_stage"] < entry["fibrosis_stage"]) & (end["nas"] <= entry["nas"])


def _fall_of_two(entry: Reading, end: Reading) -> np.ndarray:
    return (end["nas"] <= entry["nas"] - 2) & _no_more_scar(entry, end)


def _improved(entry: Reading, end: Reading) -> np.ndarray:
    calmer = (end["nas"] <= entry["nas"] - 2) | (end["nas"] <= 3)
    return calmer & (end["ballooning_grade"] < entry["ballooning_grade"]) & _no_more_scar(entry, end)


def _change(name: str) -> Callable[[Reading, Reading], np.ndarray]:
    return lambda entry, end: end[name] - entry[name]


def _change_percent(name: str) -> Callable[[Reading, Reading], np.ndarray]:
    return lambda entry, end: 100 * (end[name] / entry[name] - 1)


def _share(
    name: str,
    label: str,
    meaning: str,
    of: Callable[[Reading, Reading], np.ndarray],
    needs_biopsy: bool = True,
) -> Endpoint:
    return Endpoint(name, True, "%", needs_biopsy, label, meaning, of)


def _mean(
    name: str, unit: str, label: str, of: Callable[[Reading, Reading], np.ndarray], needs_biopsy: bool = False
) -> Endpoint:
    return Endpoint(name, False, unit, needs_biopsy, label, f"{label}, end less entry", of)


ENDPOINTS = {
    endpoint.name: endpoint
    for endpoint in (
        _share("resolution", "MASH resolved",
               "no ballooning, inflammation 0 or 1, stage not worse", _resolved),
        _share("resolution_with_nas_fall", "MASH resolved and NAS down 2",
               "no ballooning, inflammation 0 or 1, NAS down 2 or more, stage not worse",
               _resolved_with_fall),
        _share("resolution_any_stage", "MASH resolved, any stage",
               "no ballooning, inflammation 0 or 1", lambda entry, end: _is_calm(end)),
        _share("not_definite", "No longer definite MASH",
               "steatosis, ballooning or inflammation no longer seen", _not_definite),
        _share("fibrosis_improved", "Fibrosis down a stage, MASH not worse",
               "stage down 1 or more, no component of NAS up", _less_scar_no_worse),
        _share("fibrosis_improved_nas_not_up", "Fibrosis down a stage, NAS not up",
               "stage down 1 or more, NAS not up", _less_scar_no_higher),
        _share("fibrosis_down", "Fibrosis down a stage", "stage down 1 or more", _less("fibrosis_stage")),
        _share("fibrosis_up", "Fibrosis up a stage", "stage up 1 or more",
               lambda entry, end: end["fibrosis_stage"] > entry["fibrosis_stage"]),
        _share("fibrosis_gone", "No fibrosis", "stage 0 at the end",
               lambda entry, end: end["fibrosis_stage"] == 0),
        _share("cirrhosis_read", "Cirrhosis", "stage 4 at the end",
               lambda entry, end: end["fibrosis_stage"] == 4),
        _share("nas_down_2", "NAS down 2, fibrosis not worse", "NAS down 2 or more, stage not worse",
               _fall_of_two),
        _share("histological_improvement", "Histology improved",
               "ballooning down, NAS down 2 or more or at most 3, stage not worse", _improved),
        _share("nas_down_2_any_stage", "NAS down 2", "NAS down 2 or more",
               lambda entry, end: end["nas"] <= entry["nas"] - 2),
        _share("steatosis_improved", "Steatosis improved", "grade down 1 or more", _less("steatosis_grade")),
        _share("ballooning_improved", "Ballooning improved", "grade down 1 or more",
               _less("ballooning_grade")),
        _share("inflammation_improved", "Inflammation improved", "grade down 1 or more",
               _less("inflammation_grade")),
        _share("fat_down_30_percent", "Liver fat down 30 %", "liver fat down 30 % or more of itself",
               lambda entry, end: end["liver_fat_percent"] <= 0.7 * entry["liver_fat_percent"], False),
        _share("weight_down_5_percent", "Weight down 5 %", "weight down 5 % or more of itself",
               lambda entry, end: end["bmi"] <= 0.95 * entry["bmi"], False),
        _mean("nas_change", "points", "NAS change", _change("nas"), True),
        _mean("stage_change", "stages", "Stage change", _change("fibrosis_stage"), True),
        _mean("weight_change_percent", "%", "Weight change", _change_percent("bmi")),
        _mean("weight_change_kg", "kg", "Weight change", _change("weight_kg")),
        _mean("bmi_change", "kg/m2", "BMI change", _change("bmi")),
        _mean("liver_fat_change_percent", "%", "Relative liver fat change",
              _change_percent("liver_fat_percent")),
        _mean("liver_fat_change", "points", "Liver fat change", _change("liver_fat_percent")),
        _mean("alt_change_u_l", "U/L", "ALT change", _change("alt_u_l")),
        _mean("ast_change_u_l", "U/L", "AST change", _change("ast_u_l")),
        _mean("alt_change_percent", "%", "Relative ALT change", _change_percent("alt_u_l")),
        _mean("ast_change_percent", "%", "Relative AST change", _change_percent("ast_u_l")),
        _mean("lsm_change_percent", "%", "Relative stiffness change", _change_percent("lsm_kpa")),
        _mean("hba1c_change", "%", "HbA1c change", _change("hba1c_percent")),
        _mean("homa_ir_change", "1", "HOMA-IR change", _change("homa_ir")),
        _mean("homa_ir_change_percent", "%", "Relative HOMA-IR change", _change_percent("homa_ir")),
    )
}  # fmt: skip
"""Every endpoint a trial may ask for, by name."""


def endpoint_values(name: str, entry: Reading, end: Reading) -> np.ndarray:
    """Return an endpoint of everybody, float64 (n,): 1 or 0 for a share; NaN where it cannot be known."""
    endpoint = ENDPOINTS[name]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(endpoint.of(entry, end), np.float64)
