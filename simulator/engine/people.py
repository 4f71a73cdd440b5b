"""People on their way through a run: their columns, keys and numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.patient.columns import N_COLUMNS


@dataclass
class People:
    """Some people, as the engine moves them.

    Attributes
    ----------
    state : float32 (N_COLUMNS, n), one row a column of `patient.columns`.
    keys : uint32 (2, n), each person's key to luck.
    index : int64 (n,), each person's number in the population (families side by side).
    family : int64 (n,), number of the family; people of a family share a group for intervals.
    """

    state: np.ndarray
    keys: np.ndarray
    index: np.ndarray
    family: np.ndarray

    @staticmethod
    def nobody(index: np.ndarray, sibship: int = 1) -> People:
        """Return unfilled people with the given numbers."""
        n = len(index)
        numbers = np.asarray(index, np.int64)
        return People(
            np.zeros((N_COLUMNS, n), np.float32), np.zeros((2, n), np.uint32), numbers, numbers // sibship
        )

    def __len__(self) -> int:
        return self.state.shape[1]

    def copy(self) -> People:
        """Return the same people with columns of their own; keys and numbers never change and are shared."""
        return People(self.state.copy(), self.keys, self.index, self.family)

    def take(self, rows: np.ndarray) -> People:
        """Return the people at the given positions, or where a mask is true."""
        places = np.flatnonzero(rows) if rows.dtype == bool else rows
        return People(
            np.take(self.state, places, axis=1),
            np.take(self.keys, places, axis=1),
            self.index[places],
            self.family[places],
        )

    @staticmethod
    def together(parts: list[People]) -> People:
        """Return several lots of people as one."""
        return People(
            np.concatenate([part.state for part in parts], axis=1),
            np.concatenate([part.keys for part in parts], axis=1),
            np.concatenate([part.index for part in parts]),
            np.concatenate([part.family for part in parts]),
        )
