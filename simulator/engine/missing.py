"""Who is missing at a reading: a person's own luck, the same in every strategy."""

import numpy as np

from simulator.base import randomness
from simulator.base.jit import kernel


@kernel
def draw_missing(keys, luck):
    """Write a uniform in (0, 1] of each person (keys uint32 (2, n)); the first to go has the lowest."""
    for i in range(keys.shape[1]):
        word, _ = randomness.words(keys[0, i], keys[1, i], 0, randomness.MISSING)
        luck[i] = randomness.uniform(word)


def luck_of_missing(keys: np.ndarray) -> np.ndarray:
    """Return a uniform of everybody, float32 (n,): a share f is missing where it is at most f."""
    luck = np.empty(keys.shape[1], np.float32)
    draw_missing(keys, luck)
    return luck
