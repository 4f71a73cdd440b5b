"""How far the model is from what was published, all targets together, as one number to be made small.

A residual is model less published number in published standard errors: 1.96 of them are the edge of what
`verdict` accepts, whether that is a published interval or the room it gives where none was published.
Far residuals count in proportion to their size and not to its square (Huber 1964, Ann Math Stat
35:73), so that no target that the model cannot meet drags the others along.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.parameters.draws import Z95
from simulator.validation.targets import Target
from simulator.validation.verdict import accepted, combined
from simulator.validation.world import Estimate

Said = Mapping[str, Estimate]
"""Measure -> what the model says."""

BEND = 2.0
"""Residuals beyond this count in proportion."""

MISSING = 10.0
"""Residual of a target of which the model says nothing."""


@dataclass(frozen=True)
class Yardstick:
    """The targets, and what a residual of 1 is for each; arrays (targets,), of ratios the logarithms.

    Attributes
    ----------
    targets : what is fitted.
    weights : how much each counts.
    published : the numbers.
    below, above : standard error on either side of the number.
    chance : standard error of the model that the number of people leaves, taken once, so that no
        parameter set looks better for being vague.
    """

    targets: Sequence[Target]
    weights: np.ndarray
    published: np.ndarray
    below: np.ndarray
    above: np.ndarray
    chance: np.ndarray

    def residuals(self, said: Said) -> np.ndarray:
        """Return the residual of every target."""
        off = np.array([scaled(target, said).value for target in self.targets]) - self.published
        error = np.hypot(np.where(off > 0, self.above, self.below), self.chance)
        return np.nan_to_num(off / error, nan=MISSING, posinf=MISSING, neginf=-MISSING)

    def misfit(self, residuals: np.ndarray) -> float:
        """Return the weighted sum of bent squares."""
        return float(self.weights @ bent(residuals))

    def excess(self, residuals: np.ndarray) -> float:
        """Return by how much squares exceed what errors explain, at least 1 (Birge 1932, Phys Rev 40:207).

        Squares are cut where they bend: a target far out of reach is doubted by itself, not the others.
        """
        cut = np.minimum(residuals**2, BEND**2)
        return max(1.0, float(self.weights @ cut) / float(self.weights.sum()))


def yardstick(targets: Sequence[Target], weights: Mapping[str, float], start: Said) -> Yardstick:
    """Return the yardstick of targets.

    Parameters
    ----------
    targets : what is fitted.
    weights : target -> how much it counts.
    start : what the model says with its numbers as they stand.
    """
    ends = np.array([_on_scale(target, (*accepted(target), target.value)) for target in targets])
    low, high, published = ends.T
    below, above = (published - low) / Z95, (high - published) / Z95
    chance = np.nan_to_num([scaled(target, start).standard_error for target in targets])
    return Yardstick(
        targets,
        np.array([weights[target.name] for target in targets]),
        published,
        np.where(below > 0, below, above),
        np.where(above > 0, above, below),
        chance,
    )


def scaled(target: Target, said: Said) -> Estimate:
    """Return what the model says of a target, of a ratio the logarithm; NaN where it says nothing."""
    nothing = Estimate(math.nan, math.nan)
    return combined(target.kind, [said.get(target.measure, nothing)])


def bent(residuals: np.ndarray) -> np.ndarray:
    """Return squares of residuals, which go on as straight lines beyond `BEND`."""
    size = np.abs(residuals)
    return np.where(size <= BEND, size**2, BEND * (2 * size - BEND))


def leverage(residuals: np.ndarray) -> np.ndarray:
    """Return the share of its square that each residual still counts for, 1 up to `BEND`."""
    return BEND / np.maximum(np.abs(residuals), BEND)


def _on_scale(target: Target, ends: Sequence[float]) -> list[float]:
    return [math.log(end) for end in ends] if target.kind == "ratio" else list(ends)
