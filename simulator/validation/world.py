"""What a study may do with the model: find people, let them live, test them, ask what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from simulator.cohort.grown import GrownSource
from simulator.cohort.profile import Profile, load_profile
from simulator.engine.examination import examine
from simulator.engine.numbers import parameter_record
from simulator.engine.people import People
from simulator.engine.simulation import NO_PLAN, Course, in_threads, live, scratch
from simulator.parameters.library import ParameterSet
from simulator.patient import columns as c
from simulator.patient.derived import CODE, values
from simulator.scenario.load import scenario_from_dict
from simulator.scenario.plan import Plan, compile_conditions, compile_strategy
from simulator.scenario.schema import Scenario
from simulator.validation.clinic import ClinicSource

LOT = 4096
CLINIC_PER_ARM = 15
"""Adults from whom the clinic's people come, for each person in an arm."""
LEAST_LN_FAT, LEAST_INJURY = np.float32(1.2), np.float32(-1.6)
"""A fatty, inflamed liver on biopsy is all but excluded below these."""


@dataclass(frozen=True)
class Estimate:
    """What the model says: a mean and the standard error that the number of people leaves."""

    value: float
    standard_error: float


@dataclass
class World:
    """The model under one parameter set, as a study sees it.

    Attributes
    ----------
    parameters : the numbers the laws read.
    size : people in an arm or cohort, unless a study asks for another number.
    seed : names the luck.
    threads : workers; all cores by default. They do not change results.
    profile_name : who the people are.
    """

    parameters: ParameterSet
    size: int = 20_000
    seed: int = 2018
    threads: int | None = None
    profile_name: str = "us-adults-2018"
    _kept: dict[Any, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def record(self) -> np.record:
        """The parameter record the engine reads."""
        return parameter_record(self.parameters)

    @cached_property
    def profile(self) -> Profile:
        """The population people are drawn from."""
        return load_profile(self.profile_name)

    def adults(self, size: int | None = None, where: Mapping[str, Any] | None = None) -> People:
        """Return people who meet conditions today, with what every test shows; the same ones every time.

        Parameters
        ----------
        size : people; the world's size when None.
        where : conditions as in a scenario file, on any column or derived quantity.
        """
        size = size or self.size
        key = self._key(size, where or {})
        if key not in self._kept:
            source = GrownSource(self.profile, self.record, self.seed, self.conditions(where or {}))
            bounds = [(first, min(first + LOT, size)) for first in range(0, size, LOT)]
            lots = dict(in_threads(lambda bound: source(*bound), bounds, self.threads))
            self._kept[key] = People.together([lots[bound] for bound in bounds])
        return self._kept[key]

    @staticmethod
    def _key(size: int, where: Mapping[str, Any]) -> tuple[Any, ...]:
        return ("adults", size, repr(sorted(where.items())))

    @cached_property
    def clinic(self) -> People:
        """People of a large population who might have steatohepatitis, from whom trials choose."""
        population = CLINIC_PER_ARM * self.size
        everybody = self.adults(population)
        fat, injury = everybody.state[c.LN_LIVER_FAT], everybody.state[c.INJURY]
        pool = everybody.take((fat > LEAST_LN_FAT) & (injury > LEAST_INJURY))
        del self._kept[self._key(population, {})]
        return pool

    def clinic_source(self, where: Mapping[str, Any], size: int | None = None) -> ClinicSource:
        """Return the people of a trial with these entry criteria, written as in a scenario file."""
        return ClinicSource(self.clinic, self.record, self.conditions(where), size or self.size, self.threads)

    def conditions(self, where: Mapping[str, Any]) -> np.ndarray:
        """Return conditions written as in a scenario file as the engine reads them."""
        scenario = self._scenario({"usual care": []}, where)
        return compile_conditions(scenario.population.where)

    def plan(self, steps: Sequence[Mapping[str, Any]]) -> Plan:
        """Return the plan of steps written as in a scenario file."""
        scenario = self._scenario({"plan": list(steps)}, {})
        return compile_strategy(scenario.strategy("plan"), self.parameters)

    def follow(
        self,
        people: People,
        months: int,
        steps: Sequence[Mapping[str, Any]] = (),
        begin: int = 0,
    ) -> People:
        """Return what people have become after the months from `begin` to `months` under a strategy.

        The given people stay as they were. Follow-up in stretches (0 to 12, then 12 to 24) equals
        follow-up in one go.
        """
        course = Course(self.plan(steps) if steps else NO_PLAN, self.record)
        later = people.copy()
        bounds = [(first, min(first + LOT, len(later))) for first in range(0, len(later), LOT)]

        def work(bound: tuple[int, int]) -> Any:
            part = later.take(np.arange(*bound))
            live(part, course, begin, months)
            later.state[:, bound[0] : bound[1]] = part.state

        for _ in in_threads(work, bounds, self.threads):
            pass
        return later

    def tested(self, people: People, month: int) -> People:
        """Return the same people after every test has been done on them in a month (fresh noise)."""
        after = people.copy()
        examine(self.record, after.state, after.keys, *scratch(), month)
        return after

    def values(self, people: People, name: str, month: int = 0) -> np.ndarray:
        """Return a column or derived quantity of everybody by its name, float32 (n,)."""
        return values(self.record, people.state, CODE[name], month)

    def _scenario(self, strategies: Mapping[str, Any], where: Mapping[str, Any]) -> Scenario:
        return scenario_from_dict(
            {
                "title": "a study",
                "population": {"profile": self.profile_name, "where": dict(where)},
                "horizon_years": 1,
                "strategies": dict(strategies),
            }
        )


def share(happened: np.ndarray, among: np.ndarray | None = None) -> Estimate:
    """Return the share (0 to 1) of those `among` for whom something holds."""
    chosen = happened if among is None else happened[among]
    n = max(len(chosen), 1)
    mean = float(np.mean(chosen)) if len(chosen) else float("nan")
    return Estimate(mean, float(np.sqrt(max(mean * (1 - mean), 0.25 / n) / n)))


def mean(amounts: np.ndarray) -> Estimate:
    """Return the mean of what is known (NaN is left out) with its standard error."""
    known = np.asarray(amounts, float)
    known = known[~np.isnan(known)]
    return Estimate(float(known.mean()), float(known.std(ddof=1) / np.sqrt(len(known))))


def rate(events: np.ndarray, years: np.ndarray, per: float = 100.0) -> Estimate:
    """Return events per `per` person-years; NaN where nobody lived any."""
    total, time = float(np.sum(events)), float(np.sum(years))
    if not time:
        return Estimate(float("nan"), float("nan"))
    return Estimate(per * total / time, per * float(np.sqrt(max(total, 1.0))) / time)


def difference(first: Estimate, second: Estimate) -> Estimate:
    """Return first less second, as if independent (an upper bound of the error for paired arms)."""
    return Estimate(first.value - second.value, float(np.hypot(first.standard_error, second.standard_error)))


def odds_ratio(case: np.ndarray, exposed: np.ndarray) -> Estimate:
    """Return the odds ratio of `case` for those `exposed` against the others (half added to each cell)."""
    table = [float(np.sum(case & exposed)), float(np.sum(~case & exposed)),
             float(np.sum(case & ~exposed)), float(np.sum(~case & ~exposed))]  # fmt: skip
    a, b, c, d = (cell + 0.5 for cell in table)
    ratio = a * d / (b * c)
    return Estimate(ratio, ratio * float(np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)))
