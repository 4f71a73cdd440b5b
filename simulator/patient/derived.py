"""Quantities that follow from the columns: age, stages, what a person has, takes and is known to have.

They need no storage, but conditions, exports and Mesa attributes use them by name like columns. A
code below `N_COLUMNS` means a column; from there on, a derived quantity in the order of `DERIVED`.
"""

from __future__ import annotations

import numpy as np

from simulator.base.jit import kernel, law, routine
from simulator.base.mathematics import ONE, ZERO, exp, select
from simulator.patient import columns as c
from simulator.patient.columns import DRUGS, KNOWN, N_COLUMNS, NEVER, TRUTH, Column
from simulator.physiology import complications

_TABLE = """
age_years | years | 0 120 | known | Age | Age this month
weight_kg | kg | 20 600 | known | Weight | Body weight
is_alive | 0/1 | 0 1 | known | Alive | Alive this month
diagnosed_diabetes | 0/1 | 0 1 | known | Diagnosed diabetes | Diabetes is known to care
diagnosed_masld | 0/1 | 0 1 | known | Diagnosed MASLD | Steatotic liver disease is known to care
diagnosed_fibrosis | 0/1 | 0 1 | known | Diagnosed fibrosis | Significant fibrosis is known to care
had_surgery | 0/1 | 0 1 | known | Operated | Has had bariatric surgery
in_programme | 0/1 | 0 1 | known | In a programme | A lifestyle, stress or sleep programme is running
homa_ir | index | 0.05 1100 | truth | HOMA-IR | True insulin resistance
fasting_insulin_miu_l | mIU/L | 0.1 3000 | truth | Fasting insulin | True fasting insulin
liver_fat_percent | % | 0.3 50 | truth | Liver fat | True liver fat (MRI-PDFF)
fibrosis_stage | stage | 0 4 | truth | Fibrosis stage | True stage, min(4, floor(scar))
has_diabetes | 0/1 | 0 1 | truth | Diabetes | Has type 2 diabetes, known or not
has_masld | 0/1 | 0 1 | truth | MASLD | Liver fat of 5 % or more
has_mash | 0/1 | 0 1 | truth | MASH | Liver fat of 5 % or more and injury at or above 0
has_advanced_fibrosis | 0/1 | 0 1 | truth | Advanced fibrosis | Stage 3 or 4
has_cirrhosis | 0/1 | 0 1 | truth | Cirrhosis | Stage 4
has_portal_hypertension | 0/1 | 0 1 | truth | Portal hypertension | Clinically significant portal hypertension
has_decompensation | 0/1 | 0 1 | truth | Decompensated | Has decompensated
has_hcc | 0/1 | 0 1 | truth | Liver cancer | Has hepatocellular carcinoma
has_transplant | 0/1 | 0 1 | truth | Transplanted | Has had a liver transplant
"""


def _parse() -> dict[str, Column]:
    rows = {}
    for line in _TABLE.strip().splitlines():
        name, unit, bounds, kind, label, meaning = (part.strip() for part in line.split("|"))
        low, high = (float(bound) for bound in bounds.split())
        rows[name] = Column(
            name, unit, low, high, "derived", KNOWN if kind == KNOWN else TRUTH, label, meaning
        )
    for drug in DRUGS:
        words = drug.replace("_", " ")
        rows[f"on_{drug}"] = Column(
            f"on_{drug}", "0/1", 0, 1, "derived", KNOWN, f"On {words}", f"Takes {words} this month"
        )
    return rows


DERIVED = _parse()
"""Name to description of every derived quantity, in the order of their codes."""

ALL_NAMES = tuple(c.INDEX) + tuple(DERIVED)
CODE = {name: code for code, name in enumerate(ALL_NAMES)}
"""Code of every column and derived quantity."""

_CM_PER_M = np.float32(100)
_MONTHS_PER_YEAR = np.float32(12)
_NEVER = np.float32(NEVER)
_FIRST_ON = len(DERIVED) - len(DRUGS)
(
    _AGE, _WEIGHT, _ALIVE, _DIAGNOSED_DIABETES, _DIAGNOSED_MASLD, _DIAGNOSED_FIBROSIS, _OPERATED, _PROGRAMME,
    _HOMA, _INSULIN, _FAT, _STAGE, _DIABETES, _MASLD, _MASH, _ADVANCED, _CIRRHOSIS, _PORTAL, _DECOMPENSATED,
    _HCC, _TRANSPLANT,
) = range(_FIRST_ON)  # fmt: skip


@law
def _flag(condition):
    return select(condition, ONE, ZERO)


@law
def _happened(people, i, column, month):
    return _flag(people[column, i] <= month)


@routine
def _of_body(p, people, i, which):
    """Return a derived quantity of the living body."""
    fibrosis, ln_fat = people[c.FIBROSIS, i], people[c.LN_LIVER_FAT, i]
    is_fatty = ln_fat >= p.ln_masld_threshold
    stage = min(np.float32(int(fibrosis)), p.cirrhosis_stage)
    if which == _HOMA:
        return exp(people[c.LN_HOMA_IR, i])
    if which == _INSULIN:
        return p.homa_constant * exp(people[c.LN_HOMA_IR, i]) / people[c.FASTING_GLUCOSE_MMOL_L, i]
    if which == _FAT:
        return exp(ln_fat)
    if which == _STAGE:
        return stage
    if which == _MASLD:
        return _flag(is_fatty)
    if which == _MASH:
        return _flag(is_fatty and people[c.INJURY, i] >= ZERO)
    if which == _ADVANCED:
        return _flag(stage >= p.cirrhosis_stage - ONE)
    if which == _CIRRHOSIS:
        return _flag(stage >= p.cirrhosis_stage)
    return _flag(complications.has_portal_hypertension(p, fibrosis, people[c.Z_PORTAL_PRESSURE, i]))


@routine
def _of_record(p, people, i, which, month):
    """Return a derived quantity that follows from months or from body size."""
    if which == _AGE:
        return (month - people[c.BIRTH_MONTH, i]) / _MONTHS_PER_YEAR
    if which == _WEIGHT:
        metres = people[c.HEIGHT_CM, i] / _CM_PER_M
        return people[c.BMI, i] * metres * metres
    if which == _ALIVE:
        return ONE - _happened(people, i, c.DEATH_MONTH, month)
    if which == _DIAGNOSED_DIABETES:
        return _happened(people, i, c.DIAGNOSED_DIABETES_MONTH, month)
    if which == _DIAGNOSED_MASLD:
        return _happened(people, i, c.DIAGNOSED_MASLD_MONTH, month)
    if which == _DIAGNOSED_FIBROSIS:
        return _happened(people, i, c.DIAGNOSED_FIBROSIS_MONTH, month)
    if which == _OPERATED:
        return _happened(people, i, c.SURGERY_MONTH, month)
    if which == _PROGRAMME:
        return people[c.PROGRAMME_IS_ON, i]
    if which == _DIABETES:
        return _happened(people, i, c.DIABETES_MONTH, month)
    if which == _DECOMPENSATED:
        return _happened(people, i, c.DECOMPENSATION_MONTH, month)
    if which == _HCC:
        return _happened(people, i, c.HCC_MONTH, month)
    return _happened(people, i, c.TRANSPLANT_MONTH, month)


@routine
def is_on(people, i, drug, month):
    """Whether person i takes drug class `drug` this month."""
    start = c.FIRST_DRUG + c.DRUG_COLUMNS * drug
    stop = start + 1
    return people[start, i] <= month and month < people[stop, i]


@routine
def value_of(p, people, i, code, month):
    """Return a column or derived quantity of person i.

    Parameters
    ----------
    p : the parameter record.
    people : float32 (rows, n), the columns in their order; further rows are ignored.
    i : position of the person in a row.
    code : column index, or N_COLUMNS plus the position in `DERIVED`.
    month : current month.
    """
    which = code - N_COLUMNS
    if which < 0:
        return people[code, i]
    if which >= _FIRST_ON:
        return _flag(is_on(people, i, which - _FIRST_ON, month))
    if which in (_HOMA, _INSULIN, _FAT, _STAGE, _MASLD, _MASH, _ADVANCED, _CIRRHOSIS, _PORTAL):
        return _of_body(p, people, i, which)
    return _of_record(p, people, i, which, month)


@routine
def all_hold(p, people, i, conditions, first, count, month):
    """Whether every condition of a range holds for person i; what was never measured fails."""
    for k in range(first, first + count):
        value = value_of(p, people, i, conditions[k].code, month)
        if not (value >= conditions[k].low and value <= conditions[k].high):
            return False
    return True


@kernel
def values(p, state, code, month):
    """Return a column or derived quantity of everybody, float32 (n,)."""
    n = state.shape[1]
    result = np.empty(n, np.float32)
    for i in range(n):
        result[i] = value_of(p, state, i, code, month)
    return result


@kernel
def matching(p, state, conditions, month):
    """Return who meets all conditions, bool (n,)."""
    n = state.shape[1]
    result = np.empty(n, np.bool_)
    for i in range(n):
        result[i] = all_hold(p, state, i, conditions, 0, len(conditions), month)
    return result


def shown_glucose_excess(state: np.ndarray) -> np.ndarray:
    """Return what usual care and drugs leave of the glucose excess of diabetes (mmol/L), float32 (n,)."""
    uncontrolled = (1 - state[c.GLUCOSE_CONTROL]) * (1 - state[c.EFFECT_GLUCOSE_CONTROL])
    return state[c.GLUCOSE_EXCESS_MMOL_L] * uncontrolled
