"""A small library, targets and a model of a few lines that answers at once, for tests of calibration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from simulator.parameters.draws import Z95
from simulator.parameters.library import ParameterSet, load_parameters
from simulator.validation.definition import Definition
from simulator.validation.misfit import Said
from simulator.validation.targets import Target
from simulator.validation.world import Estimate
from tests.unit.validation.examples import target

NAMES = ("slope", "pace", "spread", "idle")

ENTRY = """\
{name}:
  meaning: One of the numbers.
  value: {value}
  low: {low}
  high: {high}
  distribution: {distribution}
  unit: "1"
  evidence: assumed
  note: For a test.
"""

REFERENCES = "someone_2020: {authors: Someone A, year: 2020, journal: J Things, taken: all}\n"

SLOPES = np.array([[3.0, 1.0, 0.0, 0.0], [0.0, 2.0, 0.0, 0.0], [1.0, 0.0, 1.5, 0.0], [0.0, 0.5, 0.5, 0.0]])
"""Of four quantities over four parameters, per prior standard deviation, in published standard errors."""

TRUTH = np.array([0.8, -0.5, 0.4, 0.0])


def small_library(folder: Path) -> ParameterSet:
    """Write and load a library of four numbers, normal and symmetric: z is a line away from the number."""
    folder.mkdir(exist_ok=True)
    entries = [
        ENTRY.format(name=name, value=k + 1.0, low=k + 1 - Z95, high=k + 1 + Z95, distribution="normal")
        for k, name in enumerate(NAMES)
    ]
    fixed = ENTRY.format(name="exponent", value=3, low=3, high=3, distribution="fixed")
    flat = ENTRY.format(name="flat", value=0.5, low=0, high=1, distribution="uniform")
    (folder / "numbers.yaml").write_text("".join([*entries, fixed, flat]))
    (folder / "references.yaml").write_text(REFERENCES)
    return load_parameters(folder)


def published(values: Sequence[float]) -> tuple[Target, ...]:
    """Return a target for every value, with a published standard error of 1."""
    return tuple(
        target(
            name=f"q{k}", quantity=f"quantity {k}", measure=f"a.b.q{k}", study=f"STUDY {k}",
            value=float(value), low=float(value) - Z95, high=float(value) + Z95,
        )
        for k, value in enumerate(values)
    )  # fmt: skip


def place(parameters: ParameterSet) -> np.ndarray:
    """Return the standard normals of the four numbers."""
    return np.array([float(parameters.value(name)) - k - 1 for k, name in enumerate(NAMES)])  # type: ignore[arg-type]


def answers(z: np.ndarray) -> np.ndarray:
    """Return the four quantities."""
    return 20 + SLOPES @ z


def model(asked: list[np.ndarray]) -> Callable[[ParameterSet], Said]:
    """Return a model that answers at once and notes what it was asked."""

    def readings(parameters: ParameterSet) -> Said:
        asked.append(place(parameters))
        return {f"a.b.q{k}": Estimate(float(one), 0.0) for k, one in enumerate(answers(asked[-1]))}

    return readings


def definition(**changes: object) -> Definition:
    """Return a calibration of the four numbers to what the truth answers."""
    plain: dict[str, object] = {
        "name": "small", "title": "A small calibration", "meaning": "For a test.", "size": 300, "seed": 7,
        "trials": 120, "free": dict.fromkeys(NAMES, 1.0), "targets": published(answers(TRUTH)),
        "weights": {f"q{k}": 1.0 for k in range(4)},
    }  # fmt: skip
    return Definition(**(plain | changes))  # type: ignore[arg-type]
