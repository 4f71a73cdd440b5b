"""Time the month against the same month in Mesa, NumPy, Starsim and C, alternated, on one core."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import TypeVar

import numpy as np
from machine import alternated, options, report
from rivals import agreement, c_rival, starsim_door
from rivals.mesa_rival import CohortModel
from rivals.numpy_rival import Population
from rivals.people import LIVED, numbers, quantities

from simulator.cohort.grown import GrownSource
from simulator.cohort.profile import load_profile
from simulator.engine.numbers import parameter_record
from simulator.engine.people import People
from simulator.engine.simulation import NO_PLAN, Course, live
from simulator.parameters.library import load_parameters

PEOPLE, MESA_PEOPLE, CHECKED = 16_384, 1_000, 600
YEARS, MONTHS = 10, 12
"""The engine and C live ten years each time, the others one: long enough to time, short enough to repeat."""

_Ready = TypeVar("_Ready")
ENGINE = "engine"


def prepared(
    make: Callable[[], _Ready], live_on: Callable[[_Ready], object], times: int
) -> Callable[[], None]:
    """Return a job that lets the next of `times` starts live on, so that making them is not timed."""
    ready = iter([make() for _ in range(times)])
    return lambda: live_on(next(ready)) and None


def step_mesa(model: CohortModel, months: int) -> None:
    for _ in range(months):
        model.step()


def step_numpy(population: Population, months: int) -> None:
    rng = np.random.default_rng(1)
    for month in range(1, months + 1):
        population.live(month, population.draw(rng))


class Contest:
    """The same people, ready for everybody."""

    def __init__(self, times: int, folder: Path) -> None:
        self.times, self.folder = times, folder
        self.record = parameter_record(load_parameters())
        self.course = Course(NO_PLAN, self.record)
        self.people = GrownSource(load_profile("us-adults-2018"), self.record, seed=1)(0, PEOPLE)
        self.numbers = numbers(self.record)
        self.start = quantities(self.numbers, self.people)
        self.few = {name: values[:MESA_PEOPLE] for name, values in self.start.items()}
        self.c_months = {name: c_rival.CMonth(self.record, flags) for name, flags in c_rival.BUILDS.items()}
        self.starsim = starsim_door.door(self.folder, self.numbers, self.start)
        self.patient_months = {ENGINE: PEOPLE * YEARS * MONTHS}

    def population(self, dtype: type = np.float64) -> Population:
        """Return everybody as arrays of their own."""
        return Population(self.numbers, {name: x.astype(dtype) for name, x in self.start.items()}, dtype)

    def check(self) -> dict[str, float]:
        """Check that everybody does the same work; return the largest z score of each rival's means."""
        few = self.people.take(np.arange(CHECKED))
        for name, c_month in self.c_months.items():
            if c_rival.UNFUSED in c_month.flags:
                agreement.check_bits(c_month, few, YEARS * MONTHS)
        agreement.check_same_luck(self.record, few, 2 * MONTHS)
        engine = agreement.engine_lives(self.record, self.people, YEARS * MONTHS)
        model, population = CohortModel(self.numbers, self.few), self.population()
        step_mesa(model, YEARS * MONTHS)
        step_numpy(population, YEARS * MONTHS)
        lived = {"Mesa": model.lived(), "NumPy": {name: getattr(population, name) for name in LIVED}}
        if self.starsim:
            lived["Starsim"] = self.starsim.live(YEARS * MONTHS)
        return {name: self._worst(name, columns, engine) for name, columns in lived.items()}

    def _worst(self, name: str, columns: dict[str, np.ndarray], engine: People) -> float:
        same = engine.take(np.arange(len(columns["bmi"])))
        return max(abs(z) for z in agreement.check_means(name, columns, same).values())

    def jobs(self) -> dict[str, Callable[[], object]]:
        """Return what is timed, and note how many patient-months each job is."""
        years, year = YEARS * MONTHS, MONTHS
        jobs = {ENGINE: prepared(self.people.copy, lambda x: live(x, self.course, 0, years), self.times)}
        for name, c_month in self.c_months.items():
            self._add(jobs, name, PEOPLE * years, self.people.copy, lambda x, c=c_month: c.live(x, 0, years))
        for name, dtype in (("NumPy", np.float64), ("NumPy, single precision", np.float32)):
            make = lambda dtype=dtype: self.population(dtype)  # noqa: E731
            self._add(jobs, name, PEOPLE * year, make, lambda x: step_numpy(x, year))
        make_model = lambda: CohortModel(self.numbers, self.few)  # noqa: E731
        self._add(jobs, "Mesa", MESA_PEOPLE * year, make_model, lambda x: step_mesa(x, year))
        if self.starsim:
            starsim = self.starsim
            self._add(jobs, "Starsim", PEOPLE * year, lambda: None, lambda _: starsim.time(year))
        return jobs

    def _add(
        self,
        jobs: dict[str, Callable[[], object]],
        name: str,
        patient_months: int,
        make: Callable[[], object],
        live_on: Callable[[object], object],
    ) -> None:
        self.patient_months[name] = patient_months
        jobs[name] = prepared(make, live_on, self.times)


def main() -> None:
    """Check, then time."""
    chosen = options(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        contest = Contest(chosen.repeats + 1, Path(folder))
        scores = contest.check()
        times = alternated(contest.jobs(), chosen.repeats)
        seconds = {name: taken["processor_seconds"] for name, taken in times.items()}
        if contest.starsim:
            seconds["Starsim"] = median(contest.starsim.seconds[1:])
            contest.starsim.close()
    nanoseconds = {name: seconds[name] / contest.patient_months[name] * 1e9 for name in seconds}
    engine = nanoseconds[ENGINE]
    figures: dict[str, object] = {f"ns per patient-month, {name}": x for name, x in nanoseconds.items()}
    for name, x in nanoseconds.items():
        if name in c_rival.BUILDS:
            figures[f"engine, times {name}"] = engine / x
        elif name != ENGINE:
            figures[f"{name}, times the engine"] = x / engine
    figures |= {f"largest z of a mean after {YEARS} years, {name}": z for name, z in scores.items()}
    report("The same month, one core, processor time", figures, chosen)
    if not contest.starsim:
        sys.stdout.write(f"  Starsim left out: {starsim_door.HOW}\n")


if __name__ == "__main__":
    main()
