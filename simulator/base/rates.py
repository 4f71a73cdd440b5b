"""The only place where time units change: hazards, time constants and steps."""

from __future__ import annotations

import math

import numpy as np

from simulator.base.jit import law
from simulator.base.mathematics import ONE, fma

_MOST_PER_STEP = np.float32(1.0)
_P2, _P3, _P4, _P5, _P6, _P7 = (np.float32((-1) ** (n + 1) / math.factorial(n)) for n in (2, 3, 4, 5, 6, 7))


@law
def probability(hazard_per_year, years):
    """Return 1 - exp(-hazard x years), accurate for hazards as small as one in 10^9.

    The exponent is kept within [0, 1], which no monthly hazard of this model exceeds; the series
    is then right within 3e-5 relative.
    """
    x = min(hazard_per_year * years, _MOST_PER_STEP)
    series = fma(_P7, x, _P6)
    series = fma(series, x, _P5)
    series = fma(series, x, _P4)
    series = fma(series, x, _P3)
    series = fma(series, x, _P2)
    series = fma(series, x, ONE)
    return x * series


@law
def relax(value, target, step):
    """Return a value moved towards its target by the share `step` of the distance."""
    return value + step * (target - value)


def relaxation_step(time_constant_months: float, months: float) -> float:
    """Return the share of the distance covered in a step: 1 - exp(-months / time constant)."""
    return -math.expm1(-months / time_constant_months)


def persistence(time_constant_months: float, months: float) -> float:
    """Return what an AR(1) process keeps over a step: exp(-months / time constant)."""
    return math.exp(-months / time_constant_months)


def noise_share(time_constant_months: float, months: float) -> float:
    """Return the innovation, in units of its standing SD, that keeps an AR(1) process stationary."""
    return math.sqrt(-math.expm1(-2 * months / time_constant_months))


def hazard_of_probability(probability_in_period: float, years: float = 1.0) -> float:
    """Return the yearly hazard that gives a probability over a period of `years`."""
    return -math.log1p(-probability_in_period) / years
