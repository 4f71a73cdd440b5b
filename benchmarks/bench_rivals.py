"""Time the month against the same month in Mesa, NumPy, Starsim and C, alternated, on one core.

Before anything is timed, everybody must have done the same work: C gives the engine's bits, the NumPy and
Mesa rivals lead each person to the same place with the engine's luck, and all agree on average with
their own. See rivals/README.md.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from machine import options, report
from rivals import agreement, c_rival, starsim_door
from rivals.numpy_rival import Population

from simulator.cohort.grown import GrownSource
from simulator.cohort.profile import load_profile
from simulator.engine.numbers import parameter_record
from simulator.engine.people import People
from simulator.engine.simulation import NO_PLAN, Course, live
from simulator.parameters.library import load_parameters
from simulator.speed.clock import alternated
from simulator.speed.mesa_month import CohortModel
from simulator.speed.people import LIVED, numbers, quantities

PEOPLE, MESA_PEOPLE, CHECKED = 16_384, 1_000, 1_000
YEAR, LUSTRUM, DECADE = 12, 60, 120
"""Months: the engine and C live a decade each time, the others a year."""

ENGINE, NUMPY, SINGLE, MESA, STARSIM = "engine", "NumPy", "NumPy, single precision", "Mesa", "Starsim"


def step_mesa(model: CohortModel, months: int) -> None:
    for _ in range(months):
        model.step()


def step_numpy(population: Population, months: int) -> None:
    rng = np.random.default_rng(1)
    for month in range(1, months + 1):
        population.live(month, population.draw(rng))


class Contest:
    """The same people, ready for everybody.

    Parameters
    ----------
    times : how often each job will run.
    folder : where the Starsim process finds people.
    """

    def __init__(self, times: int, folder: Path) -> None:
        self.times = times
        self.record = parameter_record(load_parameters())
        self.course = Course(NO_PLAN, self.record)
        self.people = GrownSource(load_profile("us-adults-2018"), self.record, seed=1)(0, PEOPLE)
        self.numbers = numbers(self.record)
        self.start = quantities(self.numbers, self.people)
        builds = c_rival.BUILDS if c_rival.is_available() else {}
        self.c_months = {name: c_rival.CMonth(self.record, flags) for name, flags in builds.items()}
        self.starsim = starsim_door.door(folder, self.numbers, self.start)
        self.jobs: dict[str, Callable[[], object]] = {}
        self.patient_months: dict[str, int] = {}

    def population(self, dtype: Any = np.float64) -> Population:
        """Return everybody as arrays of their own."""
        return Population(self.numbers, {name: x.astype(dtype) for name, x in self.start.items()}, dtype)

    def model(self) -> CohortModel:
        """Return the first people as Mesa agents."""
        return CohortModel(self.numbers, {name: x[:MESA_PEOPLE] for name, x in self.start.items()})

    def check(self) -> dict[str, float]:
        """Check that everybody does the same work; return the largest z score of each rival's means."""
        few = self.people.take(np.arange(CHECKED))
        for c_month in self.c_months.values():
            if c_rival.UNFUSED in c_month.flags:
                agreement.check_bits(c_month, few, DECADE)
        agreement.check_same_luck(self.record, few, LUSTRUM)
        engine = agreement.engine_lives(self.record, self.people, DECADE)
        model, population = self.model(), self.population()
        step_mesa(model, DECADE)
        step_numpy(population, DECADE)
        lived = {MESA: model.lived(), NUMPY: {name: getattr(population, name) for name in LIVED}}
        if self.starsim:
            lived[STARSIM] = self.starsim.live(DECADE)
        return {name: largest_score(name, columns, engine) for name, columns in lived.items()}

    def enter(
        self, name: str, make: Callable[[], Any], go: Callable[[Any], object], months: int, n: int = PEOPLE
    ) -> None:
        """Add a job that lets its next start live some months; starts are made here, and not timed."""
        starts = iter([make() for _ in range(self.times)])
        self.jobs[name] = lambda: go(next(starts))
        self.patient_months[name] = n * months

    def enter_all(self) -> None:
        """Add everybody's job."""
        self.enter(ENGINE, self.people.copy, lambda x: live(x, self.course, 0, DECADE), DECADE)
        for name, c_month in self.c_months.items():
            self.enter(name, self.people.copy, partial(c_month.live, first_step=0, last_step=DECADE), DECADE)
        self.enter(NUMPY, self.population, partial(step_numpy, months=YEAR), YEAR)
        self.enter(SINGLE, lambda: self.population(np.float32), partial(step_numpy, months=YEAR), YEAR)
        self.enter(MESA, self.model, partial(step_mesa, months=YEAR), YEAR, MESA_PEOPLE)
        if self.starsim:
            self.enter(STARSIM, lambda: YEAR, self.starsim.time, YEAR)

    def timed(self, repeats: int) -> dict[str, float]:
        """Return the processor nanoseconds of a patient-month in each job."""
        self.enter_all()
        times = alternated(self.jobs, repeats)
        seconds = {name: taken.processor for name, taken in times.items()}
        if self.starsim:
            seconds[STARSIM] = median(self.starsim.seconds[-repeats:])
        return {name: seconds[name] / self.patient_months[name] * 1e9 for name in seconds}


def largest_score(name: str, columns: dict[str, np.ndarray], engine: People) -> float:
    """Return the largest z score of a rival's means against the engine's for the same people."""
    same = engine.take(np.arange(len(columns["bmi"])))
    return max(abs(z) for z in agreement.check_means(name, columns, same).values())


def main() -> None:
    """Check, then time."""
    chosen = options(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        contest = Contest(chosen.repeats + 1, Path(folder))
        scores = contest.check()
        nanoseconds = contest.timed(chosen.repeats)
        if contest.starsim:
            contest.starsim.close()
    engine = nanoseconds[ENGINE]
    figures: dict[str, object] = {f"ns per patient-month, {name}": x for name, x in nanoseconds.items()}
    for name, x in nanoseconds.items():
        if name in c_rival.BUILDS:
            figures[f"engine, times {name}"] = engine / x
        elif name != ENGINE:
            figures[f"{name}, times the engine"] = x / engine
    figures |= {f"largest z of a mean, ten years, {name}": z for name, z in scores.items()}
    if contest.starsim:
        figures["Starsim version"] = contest.starsim.version
    report("The same month, one core, processor time", figures, chosen)
    if not contest.starsim:
        sys.stdout.write(f"  Starsim left out: {starsim_door.HOW}\n")
    if not contest.c_months:
        sys.stdout.write(f"  C left out: there is no {c_rival.COMPILER}\n")


if __name__ == "__main__":
    main()
