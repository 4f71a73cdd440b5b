"""Calibration: from priors and targets to the numbers that fit best and to what is left open about them.

1. The search tries parameter sets, the numbers as they stand first.
2. Points spread around the best one tell how every target moves with every parameter.
3. A few steps go where the lines through all of that point.
4. Around the best one a normal posterior follows from slopes, published errors and priors.
5. Some of its draws live in the model, to see whether their answers surround what was published.

With a single trial nothing is searched: the posterior is told around the numbers as they stand.

Everything follows from the definition, the library and the code; the same people share their luck in
every attempt. `docs/calibration.md` says more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.analysis.checkpoint import Interrupted
from simulator.analysis.work import Watch
from simulator.parameters.library import ParameterSet
from simulator.validation.definition import Definition
from simulator.validation.kept import world_digest
from simulator.validation.laplace import LocalModel, Normal, fit_locally, posterior, step_towards_best
from simulator.validation.misfit import Yardstick
from simulator.validation.registry import find_studies, studies_for
from simulator.validation.search import (
    DRAWN,
    NEAR,
    REACH,
    SEARCH,
    STAGE,
    STEP,
    Attempt,
    Attempts,
    Memory,
    Readings,
    search,
    spread_near,
)
from simulator.validation.targets import Target
from simulator.validation.world import Estimate, World

DRAWS, CHECKED = 200, 20
"""Posterior draws written, and those of them that live in the model."""

RADIUS = 0.5
"""Spread of the points around the best attempt, in prior standard deviations."""

STEPS = 6
"""Steps to where the lines point, with the lines drawn anew after each."""


@dataclass(frozen=True)
class Calibration:
    """What a calibration found.

    Attributes
    ----------
    definition : what was fitted.
    library : the numbers as they stood, and the priors.
    yardstick : what residuals are counted in.
    attempts : every parameter set tried, in order.
    best : the one that fits best; with a single trial the numbers as they stand.
    local : how the targets move with the parameters around it.
    normal : the posterior, in prior standard deviations.
    draws : of the posterior, (DRAWS, parameters), in prior standard deviations.
    """

    definition: Definition
    library: ParameterSet
    yardstick: Yardstick
    attempts: Sequence[Attempt]
    best: Attempt
    local: LocalModel
    normal: Normal
    draws: np.ndarray

    @property
    def start(self) -> Attempt:
        """The numbers as they stood."""
        return self.attempts[0]

    @property
    def checked(self) -> list[Attempt]:
        """The posterior draws that lived in the model."""
        return [one for one in self.attempts if one.stage == DRAWN]


def calibrate(
    definition: Definition,
    library: ParameterSet,
    readings: Readings,
    memory: Memory | None = None,
    watch: Watch | None = None,
) -> Calibration:
    """Fit the free parameters of a definition to its targets.

    Parameters
    ----------
    definition : what is fitted, and how.
    library : the numbers as they stand, and the priors.
    readings : what the model says under a parameter set; `model_readings` asks the real one.
    memory : of earlier attempts; nothing is kept when None.
    watch : told how it goes.

    Raises
    ------
    InputError
        When the optimiser is not installed, or the model lacks a quantity that a target asks for.
    Interrupted
        After Ctrl-C, with what is kept and how to go on.
    """
    memory, watch = Memory(None) if memory is None else memory, watch or Watch()
    near, stays = 2 * len(definition.free) + 2, definition.trials == 1
    total = definition.trials + near + (0 if stays else STEPS) + CHECKED
    attempts = Attempts(definition, library, readings, memory, watch, total)
    if len(memory):
        watch.say(f"Going on from {len(memory)} parameter sets that were tried before.")
    try:
        search(attempts, definition.trials, definition.seed)
        centre = attempts.best.z
        for place in spread_near(centre, near, definition.seed, RADIUS):
            attempts.at(place, NEAR)
        if not stays:
            _go_where_lines_point(attempts)
        best = attempts.made[0] if stays else attempts.best
        local = _local_model(attempts, best.z)
        normal = posterior(local, attempts.yardstick)
        draws = normal.draws(DRAWS, definition.seed)
        for place in draws[:CHECKED]:
            attempts.at(place, DRAWN)
        watch.progress(STAGE, total, total)
    except KeyboardInterrupt:
        raise Interrupted(_farewell(memory, total)) from None
    return Calibration(definition, library, attempts.yardstick, attempts.made, best, local, normal, draws)


def _local_model(attempts: Attempts, centre: np.ndarray) -> LocalModel:
    """Fit lines around a place to the better half of the search and to all that was tried near its best."""
    lived = [one for one in attempts.made if one.said]
    found = sorted((one for one in lived if one.stage == SEARCH), key=lambda one: one.loss)
    chosen = found[: len(found) // 2] + [one for one in lived if one.stage in (NEAR, STEP)]
    z, residuals = (np.array([getattr(one, name) for one in chosen]) for name in ("z", "residuals"))
    return fit_locally(z, residuals, centre)


def _go_where_lines_point(attempts: Attempts) -> None:
    """Step to the least loss of the local model, half as far after a step that did not help."""
    length = 1.0
    for _ in range(STEPS):
        best = attempts.best
        step = step_towards_best(_local_model(attempts, best.z), attempts.yardstick)
        found = attempts.at(np.clip(best.z + length * step, -REACH, REACH), STEP)
        length = 1.0 if found.loss < best.loss else length / 2


def _farewell(memory: Memory, total: int) -> str:
    if memory.trouble:
        return f"Stopped, and what was done could not be kept in {memory.file}: {memory.trouble}."
    if not len(memory) or memory.file is None:
        return "Stopped before anything was finished; nothing was kept and nothing was written."
    done = f"{len(memory)} of {total} parameter sets"
    return f"Stopped: {done} are tried and kept in {memory.file.parent}; the same command goes on from there."


def model_readings(definition: Definition, threads: int | None = None) -> Readings:
    """Return what asks the real model: all studies of the targets, in a world of the definition's size.

    Raises
    ------
    InputError : naming every target whose study does not exist.
    """
    studies = studies_for(definition.targets, find_studies())

    def readings(parameters: ParameterSet) -> dict[str, Estimate]:
        world = World(parameters, definition.size, definition.seed, threads)
        return {
            f"{name}.{quantity}": estimate
            for name, study in studies.items()
            for quantity, estimate in study(world).items()
        }

    return readings


def calibration_digest(definition: Definition, library: ParameterSet) -> str:
    """Return the digest of all that decides which attempts are made, but for how many there are."""
    world = World(library, definition.size, definition.seed)
    parts = [
        world_digest(world),
        repr(sorted(definition.free.items())),
        *(_told(target, definition) for target in definition.targets),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _told(target: Target, definition: Definition) -> str:
    decisive = (target.measure, target.kind, target.value, target.low, target.high)
    return repr((*decisive, definition.weights[target.name]))
