"""Counting a block: monthly who lives and what others died of, yearly every recorded quantity.

A year is counted in two passes: what each person adds to each quantity, row by row so that the
compiler treats many people at once, then one addition per person and quantity to the person's cell.
"""

import numpy as np

from simulator.base.jit import law
from simulator.base.mathematics import ZERO, exp, nearest_integer
from simulator.engine import quantities as q
from simulator.engine.block import BLOCK, at
from simulator.patient import columns as c

NEVER = np.float32(c.NEVER)
_MONTHS_PER_YEAR = np.float32(12)
_FIRST_ON = q.QUANTITY_INDEX[f"on_{c.DRUGS[0]}"]
_N_DRUGS = len(c.DRUGS)
_LIVER, _CARDIOVASCULAR, _OTHER = (
    np.float32(c.CAUSES_OF_DEATH.index(cause)) for cause in ("liver", "cardiovascular", "other")
)
_BAND_2, _BAND_3 = (np.float32(start) for start in q.AGE_BAND_STARTS[1:])
_YES, _NO = np.int32(1), np.int32(0)
_NOWHERE = -1

_F1, _F2, _F3, _F4 = (np.float32(stage) for stage in (1, 2, 3, 4))
_SCALES = {quantity.name: np.float32(quantity.scale) for quantity in q.QUANTITIES}
_FINE, _FINER = _SCALES["sum_bmi"], _SCALES["sum_hba1c"]


@law
def _mark(amounts, quantity, j, is_so):
    amounts[at(quantity, j)] = _YES if is_so else _NO


@law
def _sum(amounts, quantity, j, is_counted, value, scale):
    amounts[at(quantity, j)] = np.int32(nearest_integer(value * scale)) if is_counted else _NO


@law
def _had_and_new(amounts, had, new, j, month, now):
    _mark(amounts, had, j, month <= ZERO)
    _mark(amounts, new, j, (month > ZERO) & (month <= now))


@law
def count_events(b, amounts, now):
    """Note what everyone who started has lived through, dead or alive."""
    for j in range(BLOCK):
        cause = b[at(c.DEATH_CAUSE, j)]
        _mark(amounts, q.DEATH_LIVER, j, cause == _LIVER)
        _mark(amounts, q.DEATH_CARDIOVASCULAR, j, cause == _CARDIOVASCULAR)
        _mark(amounts, q.DEATH_OTHER, j, cause == _OTHER)
        _had_and_new(amounts, q.HAD_DIABETES, q.NEW_DIABETES, j, b[at(c.DIABETES_MONTH, j)], now)
        _had_and_new(amounts, q.HAD_CIRRHOSIS, q.NEW_CIRRHOSIS, j, b[at(c.CIRRHOSIS_MONTH, j)], now)
        decompensation = b[at(c.DECOMPENSATION_MONTH, j)]
        _had_and_new(amounts, q.HAD_DECOMPENSATION, q.NEW_DECOMPENSATION, j, decompensation, now)
        _had_and_new(amounts, q.HAD_HCC, q.NEW_HCC, j, b[at(c.HCC_MONTH, j)], now)
        graft = b[at(c.TRANSPLANT_MONTH, j)]
        _mark(amounts, q.NEW_TRANSPLANT, j, (graft > ZERO) & (graft <= now))


@law
def count_use(b, amounts, now):
    """Note what everyone who started was offered, has used and has gained."""
    for j in range(BLOCK):
        _mark(amounts, q.OFFERED, j, b[at(c.OFFERS_MADE, j)] > ZERO)
        _mark(amounts, q.ACCEPTED, j, b[at(c.OFFERS_ACCEPTED, j)] > ZERO)
        _mark(amounts, q.TESTED, j, b[at(c.N_TESTS, j)] > ZERO)
        _mark(amounts, q.TREATED, j, b[at(c.TREATED_MONTH, j)] <= now)
        amounts[at(q.VISITS, j)] = np.int32(b[at(c.N_VISITS, j)])
        amounts[at(q.TESTS, j)] = np.int32(b[at(c.N_TESTS, j)])
        lived = min(now, b[at(c.DEATH_MONTH, j)]) / _MONTHS_PER_YEAR
        _sum(amounts, q.LIFE_YEARS, j, True, lived, _FINE)
        _sum(amounts, q.QALYS, j, True, b[at(c.QALYS, j)], _FINE)
        amounts[at(q.COST_USD, j)] = np.int32(nearest_integer(b[at(c.COST_USD, j)]))


@law
def count_states(p, b, amounts, now):
    """Note the one liver state of everyone alive, and their other conditions."""
    for j in range(BLOCK):
        alive = b[at(c.DEATH_MONTH, j)] >= NEVER
        fibrosis, is_fatty = b[at(c.FIBROSIS, j)], b[at(c.LN_LIVER_FAT, j)] >= p.ln_masld_threshold
        has_graft = alive & (b[at(c.TRANSPLANT_MONTH, j)] < NEVER)
        has_cancer = alive & (b[at(c.HCC_MONTH, j)] < NEVER) & (not has_graft)
        failing = alive & (b[at(c.DECOMPENSATION_MONTH, j)] < NEVER) & (not has_graft) & (not has_cancer)
        staged = alive & (not has_graft) & (not has_cancer) & (not failing)
        _mark(amounts, q.ALIVE, j, alive)
        _mark(amounts, q.TRANSPLANTED, j, has_graft)
        _mark(amounts, q.HCC, j, has_cancer)
        _mark(amounts, q.DECOMPENSATED, j, failing)
        _mark(amounts, q.F0, j, staged & (fibrosis < _F1))
        _mark(amounts, q.F1, j, staged & (fibrosis >= _F1) & (fibrosis < _F2))
        _mark(amounts, q.F2, j, staged & (fibrosis >= _F2) & (fibrosis < _F3))
        _mark(amounts, q.F3, j, staged & (fibrosis >= _F3) & (fibrosis < _F4))
        _mark(amounts, q.F4, j, staged & (fibrosis >= _F4))
        _mark(amounts, q.DIABETES, j, alive & (b[at(c.DIABETES_MONTH, j)] <= now))
        _mark(amounts, q.MASLD, j, alive & is_fatty)
        _mark(amounts, q.MASH, j, alive & is_fatty & (b[at(c.INJURY, j)] >= ZERO))
        _mark(amounts, q.DIAGNOSED_DIABETES, j, alive & (b[at(c.DIAGNOSED_DIABETES_MONTH, j)] <= now))
        _mark(amounts, q.DIAGNOSED_MASLD, j, alive & (b[at(c.DIAGNOSED_MASLD_MONTH, j)] <= now))
        _mark(amounts, q.DIAGNOSED_FIBROSIS, j, alive & (b[at(c.DIAGNOSED_FIBROSIS_MONTH, j)] <= now))
        _mark(amounts, q.IN_PROGRAMME, j, alive & (b[at(c.PROGRAMME_IS_ON, j)] > ZERO))
        _mark(amounts, q.WAITING, j, alive & (b[at(c.WAITING_SINCE_MONTH, j)] < NEVER))


@law
def count_levels(b, amounts, now):
    """Note the levels of everyone alive, and the drugs they take."""
    for j in range(BLOCK):
        alive = b[at(c.DEATH_MONTH, j)] >= NEVER
        _sum(amounts, q.SUM_BMI, j, alive, b[at(c.BMI, j)], _FINE)
        _sum(amounts, q.SUM_HOMA_IR, j, alive, exp(b[at(c.LN_HOMA_IR, j)]), _FINE)
        _sum(amounts, q.SUM_HBA1C, j, alive, b[at(c.HBA1C_PERCENT, j)], _FINER)
        _sum(amounts, q.SUM_LIVER_FAT, j, alive, exp(b[at(c.LN_LIVER_FAT, j)]), _FINE)
        _sum(amounts, q.SUM_INJURY, j, alive, b[at(c.INJURY, j)], _FINER)
        _sum(amounts, q.SUM_FIBROSIS, j, alive, b[at(c.FIBROSIS, j)], _FINER)
    for drug in range(_N_DRUGS):
        for j in range(BLOCK):
            row = c.FIRST_DRUG + c.DRUG_COLUMNS * drug
            start, stop = b[at(row, j)], b[at(row + 1, j)]
            alive = b[at(c.DEATH_MONTH, j)] >= NEVER
            _mark(amounts, _FIRST_ON + drug, j, alive & (start <= now) & (now < stop))


@law
def cell_of(b, j):
    """Return the cell of baseline sex, PNPLA3, TM6SF2 carriage and age band of a person."""
    age = -b[at(c.BIRTH_MONTH, j)] / _MONTHS_PER_YEAR
    band = (1 if age >= _BAND_2 else 0) + (1 if age >= _BAND_3 else 0)
    carrier = 1 if b[at(c.TM6SF2_T, j)] > ZERO else 0
    return ((int(b[at(c.SEX, j)]) * 3 + int(b[at(c.PNPLA3_G, j)])) * 2 + carrier) * 3 + band


@law
def _place(b, family, first, j):
    """Return where the sums of a person's group and cell begin."""
    return ((family[first + j] % q.N_GROUPS) * q.N_CELLS + cell_of(b, j)) * q.N_QUANTITIES


@law
def add_to_cells(b, amounts, family, first, n, sums):
    """Add what each person adds to the sums of their group and cell, flat int64.

    Neighbours of one group and cell are added up first, so people sorted by them cost least.
    """
    start, place = 0, _place(b, family, first, 0)
    for end in range(1, n + 1):
        following = _place(b, family, first, end) if end < n else _NOWHERE
        if following != place:
            for quantity in range(q.N_QUANTITIES):
                total = np.int64(0)
                for j in range(start, end):
                    total += amounts[at(quantity, j)]
                sums[place + quantity] += total
            start, place = end, following


@law
def count_year(p, b, amounts, family, first, n, year, yearly):
    """Add a block to the record of a year; nothing when no years are recorded."""
    if yearly.shape[0] > 0:
        now = np.float32(year) * _MONTHS_PER_YEAR
        count_events(b, amounts, now)
        count_use(b, amounts, now)
        count_states(p, b, amounts, now)
        count_levels(b, amounts, now)
        add_to_cells(b, amounts, family, first, n, yearly[year].reshape(-1))


@law
def count_month(b, n, month, monthly):
    """Add a block to the monthly count of the living and of the dead by cause."""
    if monthly.shape[0] > 0:
        for cause in range(len(c.CAUSES_OF_DEATH)):
            total = _NO
            for j in range(n):
                total += _YES if b[at(c.DEATH_CAUSE, j)] == np.float32(cause) else _NO
            monthly[month, cause] += total
