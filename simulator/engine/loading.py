"""Moving people between the state matrix and the scratch of a block."""

import numpy as np

from simulator.base.jit import routine
from simulator.base.mathematics import ZERO
from simulator.engine.block import (
    BLOCK,
    ENTRY_MONTH,
    ETHNIC_BMI,
    ETHNIC_DEMAND,
    EXCESS_AT_18,
    LIFELONG_FAT,
    LIFELONG_INJURY,
    LIFELONG_INSULIN,
    N_DRAWS,
    SPREAD_AT_18,
)
from simulator.patient import columns as c
from simulator.patient import constitution
from simulator.physiology import liver, metabolism

N_COLUMNS = c.N_COLUMNS
KEY_0, KEY_1 = N_DRAWS * BLOCK, (N_DRAWS + 1) * BLOCK
_MONTHS_PER_YEAR = np.float32(12)
_DEAD = np.float32(0)


@routine
def load(p, state, keys, b, words, first, n):
    """Copy people first .. first + n into the scratch; the rest of the block is marked dead."""
    for column in range(N_COLUMNS):
        for j in range(n):
            b[column, j] = state[column, first + j]
    for j in range(n):
        words[KEY_0 + j] = keys[0, first + j]
        words[KEY_1 + j] = keys[1, first + j]
    for j in range(n, BLOCK):
        b[c.DEATH_MONTH, j] = _DEAD
    for j in range(n):
        constitute(p, b, j)


@routine
def constitute(p, b, j):
    """Compute the lifelong terms of one person."""
    female, ethnicity = b[c.SEX, j], int(b[c.ETHNICITY, j])
    birth_year = b[c.BIRTH_YEAR, j]
    survey_age = max(p.survey_year - birth_year, p.adult_age)
    b[EXCESS_AT_18, j] = constitution.excess_bmi_at_18(
        p, birth_year, female, metabolism.excess_bmi_drift(p, survey_age, female, birth_year)
    )
    b[ETHNIC_BMI, j] = constitution.ethnic_bmi_factor(p, ethnicity, female)
    b[SPREAD_AT_18, j] = constitution.bmi_spread_at_18(p, ethnicity, female)
    b[LIFELONG_INSULIN, j] = metabolism.lifelong_insulin_resistance(
        p, female, p.homa_ethnicity[ethnicity], b[c.Z_INSULIN_RESISTANCE, j], b[c.USUAL_STRESS_Z, j]
    )
    b[LIFELONG_FAT, j] = liver.lifelong_liver_fat(
        p, p.liver_fat_ethnicity[ethnicity], b[c.Z_LIVER_FAT, j], b[c.ALCOHOL_G_PER_DAY, j]
    )
    b[ETHNIC_DEMAND, j] = p.demand_ethnicity[ethnicity]
    b[LIFELONG_INJURY, j] = liver.lifelong_injury(
        p, female, b[c.PNPLA3_G, j], b[c.TM6SF2_T, j], b[c.HSD17B13_TA, j], b[c.Z_INJURY, j]
    )
    b[ENTRY_MONTH, j] = b[c.BIRTH_MONTH, j] + p.adult_age * _MONTHS_PER_YEAR


@routine
def unload(state, b, first, n):
    """Copy the block back to the state matrix."""
    for column in range(N_COLUMNS):
        for j in range(n):
            state[column, first + j] = b[column, j]


@routine
def someone_lives(b, n):
    """Whether anyone in the block is alive."""
    for j in range(n):
        if b[c.DEATH_MONTH, j] >= np.float32(c.NEVER):
            return True
    return False


@routine
def first_entry(b, n):
    """Return the earliest month in which someone of the block turned adult."""
    earliest = b[ENTRY_MONTH, 0]
    for j in range(n):
        earliest = min(earliest, b[ENTRY_MONTH, j])
    return max(earliest, -np.float32(c.NEVER)) + ZERO
