"""The generator's words by address, walked in the orders in which the model spends them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np

from simulator.base import randomness
from simulator.base.jit import kernel, wrapping_law

AXES = ("seed", "person", "month", "purpose")
TYPES = (np.uint64, np.uint32, np.int64, np.uint32)
OLDEST = -1300
"""The month in which the oldest people of a run are founded; a run ends within 720 months of its start."""

_SHIFT, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
_PEOPLE_IN_A_ROW, _ATTEMPTS = 1 << 18, 16


@kernel
def fill(seeds, people, months, purposes, out):
    """Write the words of every address into out, uint32 (seeds, people, months, purposes, 2)."""
    for s in range(len(seeds)):
        seed0, seed1 = np.uint32(seeds[s] & _LOW), np.uint32(seeds[s] >> _SHIFT)
        for i in range(len(people)):
            key0, key1 = randomness.derived_key(seed0, seed1, people[i], 0)
            for m in range(len(months)):
                for k in range(len(purposes)):
                    first, second = randomness.words(key0, key1, months[m], purposes[k])
                    out[s, i, m, k, 0] = first
                    out[s, i, m, k, 1] = second


@kernel
def fill_keys(seed, people, attempts, out):
    """Write the keys of people under a seed into out, uint32 (attempts, people, 2)."""
    seed0, seed1 = np.uint32(seed & _LOW), np.uint32(seed >> _SHIFT)
    for a in range(len(attempts)):
        for i in range(len(people)):
            key0, key1 = randomness.derived_key(seed0, seed1, people[i], attempts[a])
            out[a, i, 0] = key0
            out[a, i, 1] = key1


@wrapping_law
def _scrambled(x):
    x = np.uint32(np.uint32(x ^ np.uint32(x >> np.uint32(16))) * np.uint32(0x85EBCA6B))
    x = np.uint32(np.uint32(x ^ np.uint32(x >> np.uint32(13))) * np.uint32(0xC2B2AE35))
    return np.uint32(x ^ np.uint32(x >> np.uint32(16)))


@kernel
def fill_control(first, out):
    """Write a counter put through MurmurHash3's 32-bit finaliser: a permutation, so no word repeats."""
    for i in range(len(out)):
        out[i] = _scrambled(np.uint32(first + i))


@dataclass(frozen=True)
class Order:
    """A walk through addresses.

    Attributes
    ----------
    axes : the four axes, slowest first.
    lengths : how far each goes in a block, in that order; the slowest goes on in the next block.
    """

    axes: tuple[str, ...]
    lengths: tuple[int, ...]

    def blocks(self, seed: int) -> Iterator[np.ndarray]:
        """Yield the words of block after block, uint32, from a seed on."""
        starts = {"seed": seed, "person": 0, "month": OLDEST, "purpose": 0}
        places = [self.axes.index(axis) for axis in AXES]
        block = np.empty((*self.lengths, 2), np.uint32)
        for number in count():
            ranges = []
            for axis, place, kind in zip(AXES, places, TYPES, strict=True):
                first = starts[axis] + (number * self.lengths[0] if place == 0 else 0)
                ranges.append(np.arange(first, first + self.lengths[place], dtype=kind))
            fill(*ranges, block.transpose(*places, 4))
            yield block.reshape(-1)


def key_blocks(seed: int) -> Iterator[np.ndarray]:
    """Yield the keys of people side by side, attempt after attempt, seed after seed."""
    people, attempts = np.arange(_PEOPLE_IN_A_ROW, dtype=np.uint32), np.arange(_ATTEMPTS, dtype=np.uint32)
    block = np.empty((_ATTEMPTS, _PEOPLE_IN_A_ROW, 2), np.uint32)
    for number in count():
        fill_keys(np.uint64(seed + number), people, attempts, block)
        yield block.reshape(-1)


def control_blocks(seed: int) -> Iterator[np.ndarray]:
    """Yield words of a generator that a battery must reject, to see that it does."""
    block = np.empty(1 << 20, np.uint32)
    for number in count():
        fill_control(seed + number * len(block), block)
        yield block


ORDERS = {
    "life": Order(("person", "seed", "month", "purpose"), (64, 1, 2048, 6)).blocks,
    "months": Order(("person", "seed", "purpose", "month"), (64, 1, 6, 2048)).blocks,
    "people": Order(("month", "seed", "purpose", "person"), (1, 1, 6, _PEOPLE_IN_A_ROW)).blocks,
    "purposes": Order(("person", "seed", "month", "purpose"), (256, 1, 16, 192)).blocks,
    "seeds": Order(("person", "month", "purpose", "seed"), (1, 4, 6, 1 << 16)).blocks,
    "keys": key_blocks,
    "control": control_blocks,
}
"""Name of an order to its blocks of words: most are named for what runs fastest."""
