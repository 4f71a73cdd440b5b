"""What a cohort file may say about a person: its columns, other names for them, and what a cell holds.

Columns carry the names that `hepatica cohort` writes. A few have friendlier or unit-bearing other
names: `age`, `alt_u_l`, `fasting_glucose_mg_dl`. A name the model knows but cannot take from a file
(a lifelong tendency, a month, a treatment) is passed over, and the report says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulator.patient.columns import BY_NAME, CODES
from simulator.patient.derived import ALL_NAMES, DERIVED

NUMBER, WHOLE, LABEL, FLAG, NAME = "number", "whole number", "label", "0 or 1", "id"

REQUIRED = ("age_years", "sex")
"""What must be known of everybody."""

YOUNGEST, OLDEST = 18, 105
"""Ages in years that the model lives: adults, up to the oldest of the life tables."""

GENES = ("pnpla3_g", "tm6sf2_t", "hsd17b13_ta")
HABITS = (
    "usual_activity_met_min_per_week", "usual_diet_quality", "usual_sleep_hours", "usual_stress_z",
    "social_connectedness_z", "alcohol_g_per_day",
)  # fmt: skip
MARKERS = (
    "observed_fasting_glucose_mmol_l", "observed_fasting_insulin_miu_l", "observed_homa_ir",
    "observed_hba1c_percent", "observed_alt_u_l", "observed_ast_u_l", "observed_platelets_10e9_l",
    "observed_albumin_g_l", "observed_fib4", "observed_nfs", "observed_cap_db_per_m", "observed_lsm_kpa",
    "observed_ultrasound_steatosis",
)  # fmt: skip
DIAGNOSES = ("diagnosed_diabetes", "diagnosed_masld", "diagnosed_fibrosis")
INVASIVE = ("liver_fat_percent", "fibrosis_stage")
"""Truths that magnetic resonance and biopsy can show."""

EVENTS = ("has_diabetes", "has_decompensation", "has_hcc", "has_transplant")

_MG_DL_PER_MMOL_L = 18.016
_OTHER_NAMES = f"""
age | age_years
gender | sex
race, ancestry, ethnic_group, race_ethnicity | ethnicity
weight | weight_kg
height | height_cm
height_m | height_cm | 100
pnpla3, observed_pnpla3_g | pnpla3_g
tm6sf2, observed_tm6sf2_t | tm6sf2_t
hsd17b13 | hsd17b13_ta
activity_met_min_per_week | usual_activity_met_min_per_week
diet_quality | usual_diet_quality
sleep_hours | usual_sleep_hours
stress_z | usual_stress_z
fasting_glucose_mmol_l | observed_fasting_glucose_mmol_l
fasting_glucose_mg_dl | observed_fasting_glucose_mmol_l | {1 / _MG_DL_PER_MMOL_L}
fasting_insulin_miu_l, fasting_insulin_uu_ml | observed_fasting_insulin_miu_l
homa, homa_ir | observed_homa_ir
hba1c, hba1c_percent | observed_hba1c_percent
hba1c_mmol_mol | observed_hba1c_percent | 0.09148 | 2.152
alt, alt_u_l | observed_alt_u_l
ast, ast_u_l | observed_ast_u_l
platelets, platelets_10e9_l | observed_platelets_10e9_l
albumin_g_l | observed_albumin_g_l
albumin_g_dl | observed_albumin_g_l | 10
fib4 | observed_fib4
nfs | observed_nfs
cap, cap_db_per_m, cap_db_m | observed_cap_db_per_m
lsm, lsm_kpa | observed_lsm_kpa
ultrasound_steatosis | observed_ultrasound_steatosis
mri_pdff_percent | liver_fat_percent
"""
"""Other names, the column they stand for, and where units differ a factor and what is added.

Glucose: molar mass 180.16 g/mol. HbA1c: the master equation between IFCC and NGSP units (Hoelzel 2004).
"""

_LABELS = {
    "sex": {"m": "male", "man": "male", "f": "female", "woman": "female"},
    "ethnicity": {
        "non_hispanic_white": "white", "caucasian": "white", "non_hispanic_black": "black",
        "african_american": "black", "mexican_american": "mexican", "non_hispanic_asian": "asian",
    },
}  # fmt: skip
_YES_NO = {"0": 0.0, "1": 1.0, "no": 0.0, "yes": 1.0, "false": 0.0, "true": 1.0, "0.0": 0.0, "1.0": 1.0}
BLANKS = frozenset(("", "na", "n/a", "nan", "null", "none", ".", "-"))
"""Cells that say a thing was not measured, in lower case."""


@dataclass(frozen=True)
class Field:
    """How a column of the file becomes one of the model.

    Attributes
    ----------
    name : the model's name.
    kind : NUMBER, WHOLE, LABEL, FLAG or NAME.
    unit : unit of the model's column; empty for plain numbers.
    low, high : inclusive bounds in that unit.
    factor, offset : what turns the file's number into that unit.
    """

    name: str
    kind: str
    unit: str
    low: float
    high: float
    factor: float = 1.0
    offset: float = 0.0

    @property
    def right(self) -> str:
        """What a cell may hold, in the file's unit."""
        if self.kind == LABEL:
            return f"one of: {', '.join(CODES[self.name])}"
        if self.kind == FLAG:
            return "0 or 1 (or no, yes)"
        low, high = ((bound - self.offset) / self.factor for bound in (self.low, self.high))
        if self.factor == 1 and self.offset == 0:
            return f"a {self.kind} from {low:g} to {high:g} {self.unit}".rstrip()
        return f"a {self.kind} from {low:.4g} to {high:.4g} ({self.low:g} to {self.high:g} {self.unit})"


def _field(name: str) -> Field:
    column = BY_NAME.get(name) or DERIVED[name]
    unit = "" if column.unit in ("code", "0/1", "index", "0..1", "z") else column.unit
    if name in CODES:
        return Field(name, LABEL, unit, column.low, column.high)
    if column.unit == "0/1":
        return Field(name, FLAG, unit, 0, 1)
    if name == "age_years":
        return Field(name, NUMBER, unit, YOUNGEST, OLDEST)
    return Field(name, WHOLE if name in (*GENES, "fibrosis_stage") else NUMBER, unit, column.low, column.high)


FIELDS = {"id": Field("id", NAME, "", 0, 0)} | {
    name: _field(name)
    for name in (
        *REQUIRED, "ethnicity", "height_cm", "weight_kg", "bmi", *GENES, *HABITS, *MARKERS, *DIAGNOSES,
        *INVASIVE, *EVENTS,
    )
}  # fmt: skip
"""Every column a file may bring, by its name."""


def _aliases() -> dict[str, Field]:
    found = {}
    for line in _OTHER_NAMES.strip().splitlines():
        names, column, *numbers = (part.strip() for part in line.split("|"))
        field = FIELDS[column]
        factor, offset = (*map(float, numbers), *(1.0, 0.0)[len(numbers) :])
        for name in names.split(","):
            found[name.strip()] = Field(
                field.name, field.kind, field.unit, field.low, field.high, factor, offset
            )
    return found


ALIASES = _aliases()
"""Other names a file may use, by name."""

PASSED_OVER = frozenset(ALL_NAMES) - set(FIELDS) - set(ALIASES)
"""Names the model knows and cannot take from a file."""


def plain(name: str) -> str:
    """Return a column's name, or a label, as it is compared: lower case, with underscores.

    >>> plain(" Non-Hispanic white ")
    'non_hispanic_white'
    """
    return "_".join(name.strip().lower().replace("-", " ").replace("_", " ").split())


def number_of(text: str) -> float:
    """Return the number in a cell, NaN for a blank one.

    Raises
    ------
    ValueError : when it is neither.
    """
    text = text.strip()
    if text.lower() in BLANKS:
        return math.nan
    if "_" in text:
        raise ValueError(text)
    return float(text)


def code_of(field: Field, text: str) -> float:
    """Return the code of a label or flag, NaN for a blank cell.

    Raises
    ------
    ValueError : when it is neither.
    """
    word = plain(text)
    if word in BLANKS or text.strip() in BLANKS:
        return math.nan
    if field.kind == FLAG:
        if word not in _YES_NO:
            raise ValueError(text)
        return _YES_NO[word]
    return float(CODES[field.name].index(_LABELS[field.name].get(word, word)))
