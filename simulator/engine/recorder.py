"""What is kept of a run: integer sums by month and year, by group and cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.engine import quantities as q
from simulator.patient import columns as c

_MONTHS_PER_YEAR = np.float32(12)
_BAND_2, _BAND_3 = (np.float32(start) for start in q.AGE_BAND_STARTS[1:])


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
    return ((sex * 3 + pnpla3) * 2 + (state[c.TM6SF2_T] > 0)) * 3 + band
