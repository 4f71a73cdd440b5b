"""The search for each person's first fitting cell, many tries at a time.

When few people are still missing, several cells of each, and several lives of each cell, are tried at once,
so that the engine's blocks stay full. The lowest fitting cell wins, and in a cell the first life that
survives, whatever was tried beside it.
"""

from __future__ import annotations

import numpy as np

from simulator.engine.block import BLOCK

FULL = 512
"""Tries worth making together."""

MOST_AHEAD = 64
LIVES_PER_CELL = 256
"""Numbers set aside for the lives of a cell; more than half of adults reach any age of a profile."""


class Tries:
    """Open tries, each a (person, cell, life).

    Parameters
    ----------
    n_people : people looked for.
    every_cell_fits : whether whoever survives in a cell is taken, so that no cell beyond the first is needed.
    lives_are_alike : whether all lives of a cell are worth growing; not where genes are asked for, since the
        first life with other genes closes the cell.

    Attributes
    ----------
    person : int64 (n,), position of the person looked for.
    cell, life : uint32 (n,), numbers of the cell and of the life in it.
    """

    def __init__(self, n_people: int, *, every_cell_fits: bool = False, lives_are_alike: bool = True) -> None:
        self._most_cells = 1 if every_cell_fits else MOST_AHEAD
        self._most_lives = MOST_AHEAD if lives_are_alike else 1
        self._best = np.full(n_people, np.iinfo(np.int64).max)
        self._next = np.zeros(n_people, np.int64)
        self._is_missing = np.ones(n_people, bool)
        self.person = np.zeros(0, np.int64)
        self.cell = self.life = np.zeros(0, np.uint32)
        self._open()

    def __len__(self) -> int:
        return len(self.person) or int(self._is_missing.sum())

    def life_number(self) -> np.ndarray:
        """Return the number of each try's life among all lives of the person, uint32 (n,)."""
        return self.cell * np.uint32(LIVES_PER_CELL) + self.life

    def most_cells(self) -> int:
        """Return the most cells opened for anyone still missing."""
        return int(self._next[self._is_missing].max(initial=0))

    def side_by_side(self) -> None:
        """Try several lives of each cell at once, as many as fill one block; `first_lives` must follow."""
        n = min(max(BLOCK // max(len(self.person), 1), 1), self._most_lives)
        further = np.tile(np.arange(n, dtype=np.uint32), len(self.person))
        self.person, self.cell = np.repeat(self.person, n), np.repeat(self.cell, n)
        self.life = np.repeat(self.life, n) + further

    def first_lives(self, is_alive: np.ndarray) -> np.ndarray:
        """Keep of each cell the first life that is alive, else the last, and return their positions."""
        n = len(self.person)
        if n == 0:
            return np.zeros(0, np.int64)
        is_first = np.ones(n, bool)
        is_first[1:] = (self.person[1:] != self.person[:-1]) | (self.cell[1:] != self.cell[:-1])
        start = np.flatnonzero(is_first)
        last = np.append(start[1:], n) - 1
        alive = np.minimum.reduceat(np.where(is_alive, np.arange(n), n), start)
        kept = np.where(alive < n, alive, last)
        self.drop(kept)
        return kept

    def drop(self, keep: np.ndarray) -> None:
        """Keep only some tries, by mask or position; the cells of the others do not fit."""
        self.person, self.cell, self.life = self.person[keep], self.cell[keep], self.life[keep]

    def are_best(self, fits: np.ndarray) -> np.ndarray:
        """Note the fitting tries, and return which of them are their person's lowest so far, bool."""
        person, cell = self.person[fits], self.cell[fits].astype(np.int64)
        lowest = self._best.copy()
        np.minimum.at(lowest, person, cell)
        is_best = cell == lowest[person]
        is_best &= cell < self._best[person]
        self._best = lowest
        return is_best

    def go_on(self, is_alive: np.ndarray, fits: np.ndarray) -> None:
        """Close what is decided, give the dead another life, and open new cells for those missing."""
        died = ~is_alive
        self.life = np.where(died, self.life + np.uint32(1), self.life).astype(np.uint32)
        self.drop(died)
        self.drop(self.cell < self._best[self.person])
        lowest_open = np.full(len(self._best), np.iinfo(np.int64).max)
        np.minimum.at(lowest_open, self.person, self.cell.astype(np.int64))
        self._is_missing &= (self._best == np.iinfo(np.int64).max) | (lowest_open < self._best)
        self._open()

    def _open(self) -> None:
        """Open the next cells of people without a fitting one, enough to fill the engine's blocks."""
        has_none = np.flatnonzero(self._is_missing & (self._best == np.iinfo(np.int64).max))
        if not len(has_none):
            return
        busy = np.bincount(self.person, minlength=len(self._best))[has_none]
        width = min(max(FULL // len(has_none), 1), self._most_cells)
        ahead = np.maximum(width - busy, 0)
        person = np.repeat(has_none, ahead)
        offset = np.arange(len(person)) - np.repeat(np.cumsum(ahead) - ahead, ahead)
        self.person = np.concatenate([self.person, person])
        self.cell = np.concatenate([self.cell, (self._next[person] + offset).astype(np.uint32)])
        self.life = np.concatenate([self.life, np.zeros(len(person), np.uint32)])
        self._next[has_none] += ahead
