"""The month, timed: the engine on one core and on several, and the same month in Mesa."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from simulator.analysis.work import Watch, compile_engine, lot_size
from simulator.base.errors import RunFailed
from simulator.cohort.grown import GrownSource
from simulator.cohort.profile import load_profile, profile_names
from simulator.engine.numbers import parameter_record
from simulator.engine.people import People
from simulator.engine.simulation import LOT_SIZE, NO_PLAN, Course, live, simulate
from simulator.parameters.library import load_parameters
from simulator.speed.agreement import mesa_departures
from simulator.speed.clock import Taken, alternated
from simulator.speed.mesa_month import CohortModel
from simulator.speed.people import numbers, quantities

MONTHS_PER_YEAR = 12

BARE, COUNTED, SHARED, GROWN, MESA = "bare", "counted", "shared", "grown", "Mesa"


@dataclass(frozen=True)
class Size:
    """How much is timed.

    Attributes
    ----------
    people, years : who lives in the engine, and how long.
    threads : workers when the cores share the work.
    repeats : timings of each job; medians are reported.
    mesa_people, mesa_months : who lives in Mesa, and how long.
    checked_people, checked_months : who lives in both with the same luck before anything is timed.
    grown_people : who is grown from age 18.
    """

    people: int = 65_536
    years: int = 20
    threads: int = os.cpu_count() or 1
    repeats: int = 5
    mesa_people: int = 1_000
    mesa_months: int = 12
    checked_people: int = 1_000
    checked_months: int = 24
    grown_people: int = 7_680

    @property
    def patient_months(self) -> int:
        """Months lived in the engine in one timing; the dead are counted in."""
        return self.people * self.years * MONTHS_PER_YEAR

    @property
    def n_timings(self) -> int:
        """Runs of `Race.timed`, the first to warm up."""
        return 5 * (self.repeats + 1)


class Race:
    """People ready to live in the engine and in Mesa, under usual care.

    Parameters
    ----------
    size : how much is timed.
    watch : told how it goes.
    """

    def __init__(self, size: Size, watch: Watch) -> None:
        self.size = size
        parameters = load_parameters()
        compile_engine(parameters, watch)
        self.record = parameter_record(parameters)
        self.course = Course(NO_PLAN, self.record)
        self.source = GrownSource(load_profile(profile_names()[0]), self.record, seed=1)
        self.people = self._grown(watch)
        self.few = self._some(size.mesa_people)

    def _grown(self, watch: Watch) -> People:
        """Return everybody at the start, grown in lots."""
        size, lot, parts = self.size.people, lot_size(self.size.people), []
        for first in range(0, size, lot):
            watch.progress("Growing people", first, size)
            parts.append(self.source(first, min(first + lot, size)))
        return People.together(parts)

    def _some(self, most: int) -> People:
        return self.people.take(np.arange(min(most, len(self.people))))

    def check(self) -> None:
        """Prove that Mesa does the engine's work.

        Raises
        ------
        RunFailed : when it leads people elsewhere with the same luck.
        """
        checked = self._some(self.size.checked_people)
        if found := mesa_departures(self.record, checked, self.size.checked_months):
            names = ", ".join(found)
            raise RunFailed(
                f"the month in Mesa does not do what the engine does, so no ratio is known: {names}"
            )

    def _lot(self, first: int, last: int) -> People:
        return self.people.take(np.arange(first, last))

    def _shared(self, threads: int) -> object:
        """Let everybody live all years, every year counted, as a run does."""
        size, courses = self.size.people, {NO_PLAN.name: self.course}
        return simulate(self._lot, courses, size, self.size.years, threads, lot_size(size))

    def _bare(self) -> None:
        """Let everybody live all years on one core, with nothing counted."""
        for first in range(0, self.size.people, LOT_SIZE):
            lot = self._lot(first, min(first + LOT_SIZE, self.size.people))
            live(lot, self.course, 0, self.size.years * MONTHS_PER_YEAR)

    def _in_mesa(self, model: CohortModel) -> None:
        for _ in range(self.size.mesa_months):
            model.step()

    def timed(self, tick: Callable[[], None]) -> dict[str, Taken]:
        """Return what each job takes; `tick` is called after every one, `Size.n_timings` times in all."""
        plain, start = numbers(self.record), quantities(numbers(self.record), self.few)
        models = iter([CohortModel(plain, start) for _ in range(self.size.repeats + 1)])
        jobs: dict[str, Callable[[], object]] = {
            BARE: self._bare,
            MESA: lambda: self._in_mesa(next(models)),
            COUNTED: partial(self._shared, 1),
            SHARED: partial(self._shared, self.size.threads),
            GROWN: partial(self.source, 0, self.size.grown_people),
        }
        return alternated(jobs, self.size.repeats, tick)

    def figures(self, times: dict[str, Taken]) -> dict[str, float]:
        """Return what the timings say: name, with its unit, to number."""
        size, threads = self.size, self.size.threads
        of_mesa = len(self.few) * size.mesa_months
        bare, counted = (times[job].processor / size.patient_months * 1e9 for job in (BARE, COUNTED))
        shared = times[SHARED].wall / size.patient_months * 1e9
        mesa = times[MESA].processor / of_mesa * 1e9
        grown = times[GROWN].processor / size.grown_people * 1e6
        held = (self.people.state, self.people.keys, self.people.index, self.people.family)
        return {
            "ns per patient-month, 1 core": counted,
            "ns per patient-month, 1 core, nothing counted": bare,
            f"ns per patient-month, {_cores(threads)}": shared,
            "million patient-months a second, 1 core": 1e3 / counted,
            f"million patient-months a second, {_cores(threads)}": 1e3 / shared,
            "microseconds to grow a person from age 18, 1 core": grown,
            "bytes per patient": sum(column.nbytes for column in held) // size.people,
            "ns per patient-month, Mesa, an object a patient": mesa,
            "Mesa, times the engine": mesa / bare,
        }


def _cores(threads: int) -> str:
    """Phrase how many workers shared the work.

    >>> _cores(2)
    '2 threads'
    """
    return f"{threads} thread{'' if threads == 1 else 's'}"
