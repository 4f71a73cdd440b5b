"""Counting: monthly who lives and what others died of, yearly every quantity by group and cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.base.jit import law, routine
from simulator.base.mathematics import exp
from simulator.engine import quantities as q
from simulator.patient import columns as c
from simulator.patient.derived import is_on

NEVER = np.float32(c.NEVER)
_N_DRUGS = len(c.DRUGS)
_FIRST_ON = q.QUANTITY_INDEX[f"on_{c.DRUGS[0]}"]
_LIVER = c.CAUSES_OF_DEATH.index("liver")
_HALF_UP = np.float32(0.5)
_MONTHS_PER_YEAR = np.float32(12)
_BAND_2, _BAND_3 = (np.float32(start) for start in q.AGE_BAND_STARTS[1:])
_SCALES = np.array([quantity.scale for quantity in q.QUANTITIES], np.float32)


@dataclass
class Record:
    """What a strategy did to a population.

    Attributes
    ----------
    yearly : int64 (years + 1, N_GROUPS, N_CELLS, N_QUANTITIES), scaled sums at each year's end.
    monthly : int64 (months + 1, 4), alive and dead of liver, cardiovascular and other causes.
    n_people : people who started.
    group_sizes : int64 (N_GROUPS, N_CELLS), people who started in each group and cell.
    """

    yearly: np.ndarray
    monthly: np.ndarray
    n_people: int
    group_sizes: np.ndarray

    @staticmethod
    def empty(years: int) -> Record:
        """Return a record of nobody over a number of years, ready to be added to."""
        return Record(
            np.zeros((years + 1, q.N_GROUPS, q.N_CELLS, q.N_QUANTITIES), np.int64),
            np.zeros((12 * years + 1, 4), np.int64),
            0,
            np.zeros((q.N_GROUPS, q.N_CELLS), np.int64),
        )

    @property
    def years(self) -> int:
        """Number of years recorded."""
        return self.yearly.shape[0] - 1

    @staticmethod
    def of(family: np.ndarray, cell: np.ndarray, years: int) -> Record:
        """Return an empty record for people with the given families and cells (int, (n,) each)."""
        record = Record.empty(years)
        record.n_people = len(family)
        np.add.at(record.group_sizes, (family % q.N_GROUPS, cell), 1)
        return record

    def add(self, other: Record) -> None:
        """Add the record of other people over the same years, in place."""
        self.yearly += other.yearly
        self.monthly += other.monthly
        self.n_people += other.n_people
        self.group_sizes += other.group_sizes


def cells(state: np.ndarray) -> np.ndarray:
    """Return the cell of everybody, int64 (n,), from a state (N_COLUMNS, n)."""
    age = -state[c.BIRTH_MONTH] / _MONTHS_PER_YEAR
    band = (age >= _BAND_2).astype(np.int64) + (age >= _BAND_3)
    sex, pnpla3 = state[c.SEX].astype(np.int64), state[c.PNPLA3_G].astype(np.int64)
    return ((sex * 3 + pnpla3) * 2 + (state[c.TM6SF2_T] > 0)) * 3 + band  # type: ignore[no-any-return]


@routine
def cell_of(b, j):
    """Return the cell of baseline sex, PNPLA3, TM6SF2 carriage and age band of a person."""
    age = -b[c.BIRTH_MONTH, j] / _MONTHS_PER_YEAR
    band = (1 if age >= _BAND_2 else 0) + (1 if age >= _BAND_3 else 0)
    carrier = 1 if b[c.TM6SF2_T, j] > 0 else 0
    return ((int(b[c.SEX, j]) * 3 + int(b[c.PNPLA3_G, j])) * 2 + carrier) * 3 + band


@law
def _add(cell, quantity, amount):
    scaled = amount * _SCALES[quantity]
    cell[quantity] += np.int64(np.floor(scaled + _HALF_UP))


@law
def _mark(cell, quantity, is_so):
    cell[quantity] += 1 if is_so else 0


@routine
def _count_events(cell, b, j, now, cell_had, cell_new, column):
    month = b[column, j]
    _mark(cell, cell_had, month <= 0)
    _mark(cell, cell_new, month > 0 and month <= now)


@routine
def _count_since_start(cell, b, j, now):
    """Count what everyone who started has lived through, dead or alive."""
    cause = int(b[c.DEATH_CAUSE, j])
    _mark(cell, q.DEATH_LIVER, cause == _LIVER)
    _mark(cell, q.DEATH_CARDIOVASCULAR, cause == _LIVER + 1)
    _mark(cell, q.DEATH_OTHER, cause == _LIVER + 2)
    _count_events(cell, b, j, now, q.HAD_DIABETES, q.NEW_DIABETES, c.DIABETES_MONTH)
    _count_events(cell, b, j, now, q.HAD_CIRRHOSIS, q.NEW_CIRRHOSIS, c.CIRRHOSIS_MONTH)
    _count_events(cell, b, j, now, q.HAD_DECOMPENSATION, q.NEW_DECOMPENSATION, c.DECOMPENSATION_MONTH)
    _count_events(cell, b, j, now, q.HAD_HCC, q.NEW_HCC, c.HCC_MONTH)
    graft = b[c.TRANSPLANT_MONTH, j]
    _mark(cell, q.NEW_TRANSPLANT, graft > 0 and graft <= now)
    _mark(cell, q.OFFERED, b[c.OFFERS_MADE, j] > 0)
    _mark(cell, q.ACCEPTED, b[c.OFFERS_ACCEPTED, j] > 0)
    _mark(cell, q.TESTED, b[c.N_TESTS, j] > 0)
    _mark(cell, q.TREATED, b[c.TREATED_MONTH, j] <= now)
    _add(cell, q.VISITS, b[c.N_VISITS, j])
    _add(cell, q.TESTS, b[c.N_TESTS, j])
    _add(cell, q.LIFE_YEARS, min(now, b[c.DEATH_MONTH, j]) / _MONTHS_PER_YEAR)
    _add(cell, q.QALYS, b[c.QALYS, j])
    _add(cell, q.COST_USD, b[c.COST_USD, j])


@routine
def _count_liver_state(p, cell, b, j):
    """Count the one liver state a living person is in."""
    stage = min(int(b[c.FIBROSIS, j]), int(p.cirrhosis_stage))
    if b[c.TRANSPLANT_MONTH, j] < NEVER:
        cell[q.TRANSPLANTED] += 1
    elif b[c.HCC_MONTH, j] < NEVER:
        cell[q.HCC] += 1
    elif b[c.DECOMPENSATION_MONTH, j] < NEVER:
        cell[q.DECOMPENSATED] += 1
    else:
        cell[q.F0 + stage] += 1


@routine
def _count_alive(p, cell, b, j, now):
    """Count the state of a person alive at the year's end."""
    cell[q.ALIVE] += 1
    _count_liver_state(p, cell, b, j)
    is_fatty = b[c.LN_LIVER_FAT, j] >= p.ln_masld_threshold
    _mark(cell, q.DIABETES, b[c.DIABETES_MONTH, j] <= now)
    _mark(cell, q.MASLD, is_fatty)
    _mark(cell, q.MASH, is_fatty and b[c.INJURY, j] >= 0)
    _add(cell, q.SUM_BMI, b[c.BMI, j])
    _add(cell, q.SUM_HOMA_IR, exp(b[c.LN_HOMA_IR, j]))
    _add(cell, q.SUM_HBA1C, b[c.HBA1C_PERCENT, j])
    _add(cell, q.SUM_LIVER_FAT, exp(b[c.LN_LIVER_FAT, j]))
    _add(cell, q.SUM_INJURY, b[c.INJURY, j])
    _add(cell, q.SUM_FIBROSIS, b[c.FIBROSIS, j])
    _mark(cell, q.DIAGNOSED_DIABETES, b[c.DIAGNOSED_DIABETES_MONTH, j] <= now)
    _mark(cell, q.DIAGNOSED_MASLD, b[c.DIAGNOSED_MASLD_MONTH, j] <= now)
    _mark(cell, q.DIAGNOSED_FIBROSIS, b[c.DIAGNOSED_FIBROSIS_MONTH, j] <= now)
    _mark(cell, q.IN_PROGRAMME, b[c.PROGRAMME_IS_ON, j] > 0)
    for drug in range(_N_DRUGS):
        _mark(cell, _FIRST_ON + drug, is_on(b, j, drug, now))


@routine
def count_year(p, b, index, first, n, year, yearly):
    """Add a block to the record of a year."""
    if yearly.shape[0] == 0:
        return
    now = np.float32(year) * _MONTHS_PER_YEAR
    for j in range(n):
        cell = yearly[year, index[first + j] % q.N_GROUPS, cell_of(b, j)]
        _count_since_start(cell, b, j, now)
        if b[c.DEATH_MONTH, j] >= NEVER:
            _count_alive(p, cell, b, j, now)


@routine
def count_month(b, n, month, monthly):
    """Add a block to the monthly count of the living and of the dead by cause."""
    if monthly.shape[0] == 0:
        return
    for j in range(n):
        cause = int(b[c.DEATH_CAUSE, j])
        monthly[month, cause] += 1
