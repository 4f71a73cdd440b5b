"""A published number and the model's, side by side: does it pass, and by how much do they differ.

The model passes when its mean lies inside the published 95 % interval. Where none was published it
has to come within 20 % of the number, or within 5 percentage points of a proportion. An interval computed
from a published number of people or P value counts as published. Ratios are compared on the log scale,
as their intervals are made.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.parameters.draws import Z95
from simulator.validation.targets import Target
from simulator.validation.world import Estimate

RELATIVE, PERCENTAGE_POINTS = 0.20, 5.0
PASS, FAIL, CONTEXT = "pass", "fail", "context"
LARGEST_LOG = 700.0

SHARES_ASKED = {"calibration": 0.90, "validation": 0.80}
"""Share of the targets of each role that the model is asked to pass; the role context is not judged."""

RULE = (
    "The model passes a target when its mean lies inside the published 95 % interval or, where none was "
    f"published, within {RELATIVE:.0%} of the published number ({PERCENTAGE_POINTS:g} percentage points for "
    "a proportion). An interval that follows from the number of people (Wilson, or Greenwood for a curve) or "
    "from a P value counts as published, and the note of the target says so; how many pass where printed "
    "intervals alone count, and 20 % or 5 points elsewhere, is told beside. The standardised difference is "
    "the model less the published number, in standard errors of both together, on the log scale for ratios; "
    "it is left out where no interval was published. Targets of the role context rest on numbers that were "
    "recalled and not confirmed in their source: they are shown and not judged."
).replace("20%", "20 %")


@dataclass(frozen=True)
class Verdict:
    """What the model says of a target.

    Attributes
    ----------
    model, low, high : its mean and 95 % interval, in the unit of the target; NaN where it has none.
    verdict : PASS or FAIL; CONTEXT where the target is not judged.
    standardised_difference : NaN where it cannot be given.
    """

    model: float
    low: float
    high: float
    verdict: str
    standardised_difference: float


def accepted(target: Target) -> tuple[float, float]:
    """Return the lowest and highest mean that pass."""
    if target.interval is not None:
        return target.interval
    if target.kind == "proportion":
        return max(0.0, target.value - PERCENTAGE_POINTS), min(100.0, target.value + PERCENTAGE_POINTS)
    room = RELATIVE * abs(target.value)
    return target.value - room, target.value + room


def combined(kind: str, estimates: Sequence[Estimate]) -> Estimate:
    """Return the estimates of several parameter draws as one, on the scale the kind is compared on.

    The variance is that between draws and the mean of what chance leaves in each. For a ratio value
    and standard error are those of its logarithm.
    """
    scaled = [_scaled(kind, estimate) for estimate in estimates]
    values = np.array([estimate.value for estimate in scaled])
    chance = float(np.mean([estimate.standard_error**2 for estimate in scaled]))
    between = float(values.var(ddof=1)) if len(values) > 1 else 0.0
    return Estimate(float(values.mean()), math.sqrt(between + chance))


def _scaled(kind: str, estimate: Estimate) -> Estimate:
    if kind != "ratio":
        return estimate
    if not estimate.value > 0:
        return Estimate(math.nan, math.nan)
    return Estimate(math.log(estimate.value), estimate.standard_error / estimate.value)


def verdict(target: Target, estimates: Sequence[Estimate]) -> Verdict:
    """Hold what the model says, in one or more parameter draws, against a target."""
    scaled = combined(target.kind, estimates)
    spread = Z95 * scaled.standard_error
    model, low, high = (
        _unscaled(target.kind, end) for end in (scaled.value, scaled.value - spread, scaled.value + spread)
    )
    least, most = accepted(target)
    # sums of decimals such as 20.1 + 5 fall short of the limit they name by the last bit
    room = 1e-9 * max(abs(least), abs(most))
    passes = least - room <= model <= most + room
    said = CONTEXT if target.role == "context" else PASS if passes else FAIL
    return Verdict(model, low, high, said, _difference(target, scaled))


def _unscaled(kind: str, value: float) -> float:
    return math.exp(min(value, LARGEST_LOG)) if kind == "ratio" else value


def _difference(target: Target, scaled: Estimate) -> float:
    if target.interval is None:
        return math.nan
    value, low, high = (
        math.log(end) if target.kind == "ratio" else end for end in (target.value, *target.interval)
    )
    error = math.hypot((high - low) / (2 * Z95), scaled.standard_error)
    return (scaled.value - value) / error
