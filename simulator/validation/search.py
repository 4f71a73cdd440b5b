"""Looking for numbers that fit: attempts, each remembered on disk, and the search that proposes them.

The search is CMA-ES (Hansen 2016, arXiv:1604.00772) as Optuna has it. It sees each free parameter as a
standard normal of its prior, starts from the numbers as they stand with the spread of the priors, and
depends on its seed and on earlier attempts alone. What was attempted is remembered, so a search that is
begun again repeats itself up to where it was stopped without asking the model, and goes on.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from simulator.analysis.work import Watch
from simulator.base.errors import HepaticaError, input_error
from simulator.parameters.library import ParameterSet
from simulator.validation.definition import Definition
from simulator.validation.misfit import Said, Yardstick, yardstick
from simulator.validation.registry import check_measured
from simulator.validation.world import Estimate

Readings = Callable[[ParameterSet], Said]
"""From parameters to what the model says: measure -> estimate."""

REACH = 3.0
"""Standard normals are looked for within this; the spread of the first proposals is a third of it."""

START, SEARCH, NEAR, STEP, DRAWN = "start", "search", "near the best", "step", "posterior draw"
STAGE = "Parameter sets tried"


@dataclass(frozen=True)
class Attempt:
    """A parameter set and what came of it.

    Attributes
    ----------
    stage : why it was tried.
    z : standard normals of the priors, in the order of the free parameters.
    said : what the model said; empty where it could not live with these numbers.
    residuals : of the targets.
    loss : misfit and distance from the priors together.
    """

    stage: str
    z: np.ndarray
    said: Said
    residuals: np.ndarray
    loss: float


@dataclass
class Memory:
    """What the model said of parameter sets, kept in a file, a line each.

    Attributes
    ----------
    file : where; nothing is kept when None.
    trouble : why the last writing failed, empty when it did not.
    """

    file: Path | None
    trouble: str = ""
    _said: dict[str, Said] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.file is None or not self.file.is_file():
            return
        for line in self.file.read_text(encoding="utf-8", errors="replace").splitlines():
            # a process that was killed leaves its last line unfinished
            with contextlib.suppress(ValueError, TypeError, AttributeError):
                digest, rows = json.loads(line)
                self._said[digest] = {name: Estimate(*map(float, row)) for name, row in rows.items()}

    def read(self, digest: str) -> Said | None:
        """Return what the model said of the parameter set of this digest, None where it was not asked."""
        return self._said.get(digest)

    def write(self, digest: str, said: Said) -> None:
        """Remember what the model said; a search goes on when the disk refuses."""
        self._said[digest] = said
        if self.file is None:
            return
        rows = {name: [float(one.value), float(one.standard_error)] for name, one in said.items()}
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.file.open("a", encoding="utf-8", newline="\n") as file:
                file.write(json.dumps([digest, rows]) + "\n")
            self.trouble = ""
        except OSError as error:
            self.trouble = error.strerror or str(error)

    def __len__(self) -> int:
        return len(self._said)


@dataclass
class Attempts:
    """Every parameter set tried so far, the numbers as they stand first.

    Attributes
    ----------
    definition : what is fitted.
    library : the numbers as they stand, and the priors.
    readings : what the model says.
    memory : of earlier attempts.
    watch : told how it goes.
    total : attempts there will be, for whoever watches.
    """

    definition: Definition
    library: ParameterSet
    readings: Readings
    memory: Memory
    watch: Watch
    total: int
    made: list[Attempt] = field(default_factory=list)
    _measured: Yardstick | None = None

    @property
    def yardstick(self) -> Yardstick:
        """What residuals are counted in; there once the first attempt is made."""
        assert self._measured is not None, "the first attempt comes first"
        return self._measured

    @property
    def best(self) -> Attempt:
        """The attempt with the least loss; posterior draws do not take part."""
        return min((one for one in self.made if one.stage != DRAWN), key=lambda one: one.loss)

    def at(self, z: Sequence[float] | np.ndarray, stage: str) -> Attempt:
        """Try a parameter set and return what came of it.

        Raises
        ------
        InputError : when the first attempt lacks a quantity that a target asks for.
        """
        place = np.asarray(z, dtype=float)
        said = self._asked(self.definition.numbers(self.library, place.tolist()))
        if self._measured is None:
            check_returned(self.definition, said)
            self._measured = yardstick(self.definition.targets, self.definition.weights, said)
        residuals = self._measured.residuals(said)
        loss = self._measured.misfit(residuals) + float(place @ place)
        self.made.append(Attempt(stage, place, said, residuals, loss))
        self.watch.progress(STAGE, len(self.made), self.total)
        return self.made[-1]

    def _asked(self, numbers: Mapping[str, float]) -> Said:
        try:
            parameters = self.library.override(numbers)
            digest = parameters.digest()
            said = self.memory.read(digest)
            if said is None:
                said = self.readings(parameters)
                self.memory.write(digest, said)
        except HepaticaError:
            # numbers far from their priors may leave nobody to study; those as they stand may not
            if not self.made:
                raise
            return {}
        return said


def check_returned(definition: Definition, said: Said) -> None:
    """Raise an `InputError` naming every target whose quantity the model did not return."""
    measured: dict[str, dict[str, Estimate]] = {target.study_measured: {} for target in definition.targets}
    for measure, one in said.items():
        study, _, quantity = measure.rpartition(".")
        measured.setdefault(study, {})[quantity] = one
    check_measured(definition.targets, measured)


def optimiser() -> Any:
    """Return Optuna with its CMA-ES.

    Raises
    ------
    InputError : when it is not installed.
    """
    try:
        import cmaes  # noqa: F401 - Optuna looks for it only when it proposes
        import optuna
    except ImportError as missing:
        rule, right = "calibration needs Optuna and cmaes", "pip install 'hepatica[calibrate]'"
        raise input_error("hepatica calibrate", rule, str(missing), right) from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def search(attempts: Attempts, trials: int, seed: int) -> None:
    """Make `trials` attempts, each where CMA-ES proposes; the numbers as they stand are the first."""
    optuna = optimiser()
    names = list(attempts.definition.free)
    space = {name: optuna.distributions.FloatDistribution(-REACH, REACH) for name in names}
    study = optuna.create_study(sampler=optuna.samplers.CmaEsSampler(seed=seed % 2**32))
    study.enqueue_trial(dict.fromkeys(names, 0.0))
    for number in range(trials):
        trial = study.ask(space)
        z = [trial.params[name] for name in names]
        study.tell(trial, attempts.at(z, SEARCH if number else START).loss)


def spread_near(centre: np.ndarray, count: int, seed: int, radius: float) -> np.ndarray:
    """Return points that fill the space around a centre evenly, (count, parameters), within `REACH`.

    Parameters
    ----------
    centre : standard normals.
    count : points.
    seed : of the Latin hypercube.
    radius : standard deviation of the points in each direction.
    """
    from scipy.special import ndtri
    from scipy.stats import qmc

    cube = qmc.LatinHypercube(len(centre), seed=np.random.default_rng(seed)).random(count)
    return np.clip(centre + radius * ndtri(cube), -REACH, REACH)
