"""Luck is addressed, not consumed.

A draw is Threefry2x32 with 20 rounds (Salmon et al. 2011, Parallel random numbers: as easy as 1,
2, 3) of a counter (month, purpose) under a key made from the seed and the person. Two strategies
share every draw until treatment parts them, adding a person changes nobody else's luck, and the
order of work does not matter. Purposes are an enumeration that is never renumbered.
"""

from __future__ import annotations

import numpy as np

from simulator.base.jit import law, wrapping_law
from simulator.base.mathematics import HALF, normal_quantile_of_lower_half, select

MONTH_OFFSET = 1 << 20
"""Added to months so that those before the start of the run are positive counters."""

# Monthly purposes: one Threefry block, two words, a month.
WANDERING = 0
STRESS_AND_FLARE = 1
DIABETES = 2
RECOGNITION = 3
LIVER_EVENTS = 4
DEATH = 5
N_MONTHLY = 6

# Purposes of a person's founding, drawn once.
CELL = 16
GENES = 17  # to 24
LIFELONG = 32  # to 47
HABITS = 48  # to 55
FIRST_STATE = 56  # to 59

# Purposes of care, drawn when something is done.
TESTS = 64  # to 79
BIOPSY = 80  # to 83
MISSING = 84
ULTRASOUND_BODY = 88
UPTAKE = 96
DISCONTINUATION = 128  # to 159, one a drug

_WORD_BITS = np.uint32(32)
_EVEN = tuple(np.uint32(bits) for bits in (13, 15, 26, 6))
_ODD = tuple(np.uint32(bits) for bits in (17, 29, 16, 24))
_SEED_BITS = 28
_PARITY = np.uint32(0x1BD11BDA)
_UNIT = np.float32(2.0**-32)
_LOW_31, _NO_BITS = np.int32(0x7FFFFFFF), np.int32(0)


@wrapping_law
def _rotate(x, bits):
    return np.uint32(np.uint32(x << bits) | np.uint32(x >> np.uint32(_WORD_BITS - bits)))


@wrapping_law
def _mix(x0, x1, bits):
    x0 = np.uint32(x0 + x1)
    return x0, np.uint32(_rotate(x1, bits) ^ x0)


@wrapping_law
def _four_rounds(x0, x1, a, b, c, d):
    x0, x1 = _mix(x0, x1, a)
    x0, x1 = _mix(x0, x1, b)
    x0, x1 = _mix(x0, x1, c)
    return _mix(x0, x1, d)


@wrapping_law
def threefry(key0, key1, counter0, counter1):
    """Return two 32-bit words for a key and a counter, all uint32."""
    key2 = np.uint32(_PARITY ^ key0 ^ key1)
    x0, x1 = np.uint32(counter0 + key0), np.uint32(counter1 + key1)
    x0, x1 = _four_rounds(x0, x1, *_EVEN)
    x0, x1 = np.uint32(x0 + key1), np.uint32(x1 + key2 + np.uint32(1))
    x0, x1 = _four_rounds(x0, x1, *_ODD)
    x0, x1 = np.uint32(x0 + key2), np.uint32(x1 + key0 + np.uint32(2))
    x0, x1 = _four_rounds(x0, x1, *_EVEN)
    x0, x1 = np.uint32(x0 + key0), np.uint32(x1 + key1 + np.uint32(3))
    x0, x1 = _four_rounds(x0, x1, *_ODD)
    x0, x1 = np.uint32(x0 + key1), np.uint32(x1 + key2 + np.uint32(4))
    x0, x1 = _four_rounds(x0, x1, *_EVEN)
    return np.uint32(x0 + key2), np.uint32(x1 + key0 + np.uint32(5))


@wrapping_law
def words(key0, key1, month, purpose):
    """Return the two words addressed by a person's key, a month (int, may be negative) and a purpose."""
    return threefry(key0, key1, np.uint32(month + MONTH_OFFSET), np.uint32(purpose))


@law
def uniform(word):
    """Return a uniform in (0, 1] with full resolution near 0, so that rare events can be compared."""
    return (np.float32(word) + HALF) * _UNIT


@wrapping_law
def normal(word):
    """Return a standard normal: 31 bits choose the magnitude, the top bit the sign."""
    bits = np.int32(word)
    u = (np.float32(np.int32(bits & _LOW_31)) + HALF) * _UNIT
    magnitude = normal_quantile_of_lower_half(u)
    return select(bits < _NO_BITS, -magnitude, magnitude)


@wrapping_law
def derived_key(key0, key1, index, attempt):
    """Return the key of the `attempt`-th life of person `index` under a seed's key (two uint32)."""
    return threefry(key0, key1, np.uint32(index), np.uint32(attempt))


def seed_key(seed: int) -> tuple[np.uint32, np.uint32]:
    """Return the key of a run's seed, a whole number from 0 to 2^60 - 1.

    The four highest bits of the first half stay free: parents, cells and cohorts each turn one of them,
    so no two seeds share a key in any role.
    """
    return np.uint32(seed & (2**_SEED_BITS - 1)), np.uint32(seed >> _SEED_BITS)
