"""From a value with a 95 % interval to a distribution: one standard normal in, one number out.

Every distribution is entered through the same standard normal, so the cells of a table, drawn
with one of them, move together and keep their order.
"""

from __future__ import annotations

import hashlib
import math
from statistics import NormalDist

import numpy as np

Z95 = NormalDist().inv_cdf(0.975)
"""Standard normal quantile at the upper end of a 95 % interval."""


def luck(seed: int, number: int, name: str) -> float:
    """Return the standard normal of entry `name` in draw `number` under `seed`.

    Depends on nothing else, so adding, removing or reordering entries changes no other draw.
    """
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")
    return float(np.random.Generator(np.random.PCG64([seed, number, key])).standard_normal())


def row_of_draw(seed: int, number: int, name: str, count: int) -> int:
    """Return the row, of `count`, that draw `number` under `seed` takes of the ensemble `name`.

    Rows are shuffled by seed and name, and draws go through them in that order: any `count` draws in
    succession take every row once.
    """
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")
    return int(np.random.Generator(np.random.PCG64([seed, key])).permutation(count)[number % count])


def quantile(distribution: str, value: float, low: float, high: float, z: float) -> float:
    """Return the drawn number that sits where `z` sits in the standard normal.

    Parameters
    ----------
    distribution : `normal` and `lognormal` have the value as median and reach `low` and `high` at
        2.5 % and 97.5 % exactly, with a different spread on either side when the interval is
        lopsided; `beta` and `gamma` have the value as mean and a 3.92th of the interval as
        standard deviation; `uniform` lies between `low` and `high`; `fixed` is the value.
    value, low, high : in the unit of the entry.
    z : standard normal.
    """
    if distribution == "fixed" or low == high:
        return value
    if distribution == "uniform":
        return low + (high - low) * NormalDist().cdf(z)
    if distribution == "normal":
        return value + z / Z95 * ((high - value) if z > 0 else (value - low))
    if distribution == "lognormal":
        return value * math.exp(z / Z95 * math.log(high / value if z > 0 else value / low))
    deviation = (high - low) / (2 * Z95)
    return _gamma(value, deviation, z) if distribution == "gamma" else _beta(value, deviation, z)


def _gamma(mean: float, deviation: float, z: float) -> float:
    from scipy.special import gammainccinv, gammaincinv

    shape = (mean / deviation) ** 2
    tail = NormalDist().cdf(-abs(z))
    standard = gammainccinv(shape, tail) if z > 0 else gammaincinv(shape, tail)
    return float(standard) * deviation**2 / mean


def _beta(mean: float, deviation: float, z: float) -> float:
    from scipy.special import betaincinv

    total = mean * (1 - mean) / deviation**2 - 1
    a, b = mean * total, (1 - mean) * total
    tail = NormalDist().cdf(-abs(z))
    return 1 - float(betaincinv(b, a, tail)) if z > 0 else float(betaincinv(a, b, tail))
