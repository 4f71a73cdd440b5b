"""The scratch of a block: rows of BLOCK numbers, one row a column, a lifelong term or a draw."""

from __future__ import annotations

import numpy as np

from simulator.base.jit import law
from simulator.base.mathematics import select
from simulator.patient.columns import N_COLUMNS
from simulator.scenario.plan import PRACTICE

BLOCK = 256
"""People in a block; their scratch of about 160 kB fits the second-level cache of any recent processor."""

BLOCKS_TOGETHER = PRACTICE // BLOCK
"""Blocks of a practice, which live side by side where people wait for each other."""

# Terms that stay the same for life, computed when a block is loaded.
EXCESS_AT_18 = N_COLUMNS
ETHNIC_BMI = N_COLUMNS + 1
SPREAD_AT_18 = N_COLUMNS + 2
LIFELONG_INSULIN = N_COLUMNS + 3
LIFELONG_FAT = N_COLUMNS + 4
ETHNIC_DEMAND = N_COLUMNS + 5
LIFELONG_INJURY = N_COLUMNS + 6

# What several passes of the same month share.
ACTIVE = N_COLUMNS + 7
AGE = N_COLUMNS + 8
MENOPAUSE = N_COLUMNS + 9
LN_ADIPOSITY = N_COLUMNS + 10
LN_WEIGHT_KEPT = N_COLUMNS + 11
UPTAKE = N_COLUMNS + 12
AMPLIFIER = N_COLUMNS + 13
ENTRY_MONTH = N_COLUMNS + 14

# This month's draws: four normals, then eight uniforms.
DRAW_ADIPOSITY = N_COLUMNS + 15
DRAW_LIVER_FAT = N_COLUMNS + 16
DRAW_STRESS = N_COLUMNS + 17
DRAW_FLARE = N_COLUMNS + 18
DRAW_DIABETES = N_COLUMNS + 19
DRAW_DIABETES_FOUND = N_COLUMNS + 20
DRAW_MASLD_FOUND = N_COLUMNS + 21
DRAW_TRANSPLANT = N_COLUMNS + 22
DRAW_DECOMPENSATION = N_COLUMNS + 23
DRAW_HCC = N_COLUMNS + 24
DRAW_DEATH = N_COLUMNS + 25
DRAW_CAUSE = N_COLUMNS + 26
N_NORMALS, N_DRAWS = 4, 12

N_ROWS = N_COLUMNS + 27


def new_scratch() -> tuple[np.ndarray, np.ndarray]:
    """Return the scratch of a thread, for the blocks of one practice.

    Float32 (BLOCKS_TOGETHER, N_ROWS * BLOCK), and uint32 words and keys (BLOCKS_TOGETHER, 14 * BLOCK).
    """
    shape = BLOCKS_TOGETHER, N_ROWS * BLOCK
    return np.zeros(shape, np.float32), np.zeros((BLOCKS_TOGETHER, (N_DRAWS + 2) * BLOCK), np.uint32)


@law
def at(row, j):
    """Return the position of person j's number in a row."""
    return row * BLOCK + j


@law
def put(b, row, j, is_active, value):
    """Write a new value for a person who is alive and adult; others keep what they had."""
    b[row * BLOCK + j] = select(is_active, value, b[row * BLOCK + j])
