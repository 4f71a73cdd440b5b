"""What is counted at the end of every year: the table of recorded quantities.

Each is an integer sum over people (value times `scale`, rounded), so totals do not depend on
the order of addition. Sums are kept apart by group (for intervals) and by cell of baseline
sex, PNPLA3 genotype, TM6SF2 carriage and age band (for results by stratum).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.patient.columns import DRUGS

N_GROUPS = 32
"""People are dealt into this many groups; intervals come from leaving out one group at a time."""

AGE_BAND_STARTS = (18, 40, 60)
AGE_BAND_LABELS = ("18-39", "40-59", "60+")
STRATA = {
    "sex": ("male", "female"),
    "pnpla3_g": ("CC", "CG", "GG"),
    "tm6sf2_t": ("CC", "CT or TT"),
    "age_band": AGE_BAND_LABELS,
}
"""Stratifications by baseline characteristics, in the order of the cell index (last runs fastest)."""
N_CELLS = 2 * 3 * 2 * 3


@dataclass(frozen=True)
class Quantity:
    """A recorded sum.

    Attributes
    ----------
    name : identifier.
    scale : integers per unit.
    among : "alive" (people alive at the year's end) or "all" (everyone who started).
    meaning : what is summed.
    """

    name: str
    scale: int
    among: str
    meaning: str


_TABLE = """
alive | 1 | all | alive at the end of the year
death_liver | 1 | all | died of liver disease since the start
death_cardiovascular | 1 | all | died of cardiovascular disease since the start
death_other | 1 | all | died of another cause since the start
had_diabetes | 1 | all | had diabetes at the start
had_cirrhosis | 1 | all | had cirrhosis at the start
had_decompensation | 1 | all | had decompensated at the start
had_hcc | 1 | all | had liver cancer at the start
new_diabetes | 1 | all | developed diabetes since the start
new_cirrhosis | 1 | all | first reached cirrhosis since the start
new_decompensation | 1 | all | first decompensated since the start
new_hcc | 1 | all | developed liver cancer since the start
new_transplant | 1 | all | received a liver transplant since the start
diabetes | 1 | alive | have diabetes
masld | 1 | alive | have liver fat of 5 % or more
mash | 1 | alive | have liver fat of 5 % or more and injury at or above 0
f0 | 1 | alive | fibrosis stage 0, native liver
f1 | 1 | alive | fibrosis stage 1, native liver
f2 | 1 | alive | fibrosis stage 2, native liver
f3 | 1 | alive | fibrosis stage 3, native liver
f4 | 1 | alive | fibrosis stage 4, neither decompensated nor with cancer, native liver
decompensated | 1 | alive | decompensated, no cancer, native liver
hcc | 1 | alive | liver cancer, native liver
transplanted | 1 | alive | after a liver transplant
sum_bmi | 1024 | alive | body mass index, kg/m2
sum_homa_ir | 1024 | alive | true HOMA-IR
sum_hba1c | 4096 | alive | true HbA1c, %
sum_liver_fat | 1024 | alive | true liver fat, %
sum_injury | 4096 | alive | liver injury, ln units
sum_fibrosis | 4096 | alive | continuous fibrosis, stages
diagnosed_diabetes | 1 | alive | diabetes known to care
diagnosed_masld | 1 | alive | steatotic liver disease known to care
diagnosed_fibrosis | 1 | alive | significant fibrosis known to care
offered | 1 | all | offered at least one step of the strategy
accepted | 1 | all | accepted at least one step of the strategy
tested | 1 | all | tested at least once under the strategy
visits | 1 | all | visits since the start
tests | 1 | all | tests since the start
treated | 1 | all | ever on a drug, a programme or operated on since the start
in_programme | 1 | alive | in a lifestyle, stress or sleep programme
waiting | 1 | alive | waiting to start a step that is full
life_years | 1024 | all | life-years since the start
qalys | 1024 | all | quality-adjusted life-years since the start
cost_usd | 1 | all | health-care cost since the start, USD
"""


def _parse() -> tuple[Quantity, ...]:
    rows = []
    for line in _TABLE.strip().splitlines():
        name, scale, among, meaning = (part.strip() for part in line.split("|"))
        rows.append(Quantity(name, int(scale), among, meaning))
    rows += [Quantity(f"on_{drug}", 1, "alive", f"on {drug.replace('_', ' ')}") for drug in DRUGS]
    return tuple(rows)


QUANTITIES = _parse()
N_QUANTITIES = len(QUANTITIES)
QUANTITY_INDEX = {quantity.name: position for position, quantity in enumerate(QUANTITIES)}
"""Position of each quantity; a recorded array has the shape (years + 1, N_GROUPS, N_CELLS, N_QUANTITIES)."""

globals().update({name.upper(): np.int64(position) for name, position in QUANTITY_INDEX.items()})


def __getattr__(name: str) -> int:
    raise AttributeError(f"simulator.engine.quantities has no quantity {name.lower()!r}")
