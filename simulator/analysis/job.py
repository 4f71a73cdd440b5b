"""A scenario with all that decides its result, and who starts in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from simulator.analysis.manifest import file_digest, run_digest
from simulator.base.errors import input_error
from simulator.cohort.grown import GrownSource
from simulator.cohort.matched import MatchedSource, matched_source
from simulator.cohort.profile import load_profile
from simulator.parameters.library import ParameterSet
from simulator.patient.derived import ALL_NAMES
from simulator.scenario.load import with_changes
from simulator.scenario.numbers import parameters_of
from simulator.scenario.plan import compile_conditions
from simulator.scenario.schema import DEFAULT_SIZE, Scenario

MOST_DRAWS = 1_000


@dataclass(frozen=True)
class Job:
    """What is to be run.

    Attributes
    ----------
    scenario : as it runs.
    parameters : the library with the scenario's natural history and own numbers in place.
    draws : probabilistic draws of the parameters; 1 runs with the numbers as they stand.
    """

    scenario: Scenario
    parameters: ParameterSet
    draws: int = 1

    def parameters_of(self, draw: int) -> ParameterSet:
        """Return the numbers that hold in a draw."""
        return self.parameters if self.draws == 1 else self.parameters.draw(self.scenario.seed, draw)

    def digest(self) -> str:
        """Return the digest of scenario, cohort, parameters, code and number of draws."""
        cohort = self.scenario.population.cohort
        inputs = [] if cohort is None else [file_digest(Path(cohort)).encode()]
        return run_digest(self.scenario.digest().encode(), str(self.draws).encode(), *inputs)


@dataclass(frozen=True)
class Start:
    """Who starts.

    Attributes
    ----------
    source : gives people by their numbers.
    size : how many they are.
    sentences : how a cohort was completed; none for grown people, like the following.
    imputed : what was measured and what filled in, a row a column.
    warnings : what to know about how a cohort was completed.
    match : all of that as plain data.
    """

    source: GrownSource | MatchedSource
    size: int
    sentences: tuple[str, ...] = ()
    imputed: list[dict[str, str]] = field(default_factory=list)
    warnings: tuple[str, ...] = ()
    match: dict[str, Any] = field(default_factory=dict)


def job_of(
    scenario: Scenario,
    size: int | None = None,
    years: int | None = None,
    seed: int | None = None,
    draws: int = 1,
) -> Job:
    """Return the job of a scenario with some of its numbers replaced.

    Raises
    ------
    InputError
        For numbers out of their range.
    """
    if not 1 <= draws <= MOST_DRAWS:
        rule = "parameters are drawn a number of times"
        raise input_error("draws", rule, draws, f"a whole number from 1 to {MOST_DRAWS:,}")
    if (size, years, seed) != (None, None, None):
        scenario = with_changes(scenario, size=size, horizon_years=years, seed=seed)
    return Job(scenario, parameters_of(scenario), draws)


def start_of(scenario: Scenario, record: np.record, *, surveyed: bool = False) -> Start:
    """Return who starts a scenario under a parameter record.

    Grown people start with the results that the conditions looked at; `surveyed` ones have had
    every test, as a survey's participants have.

    Raises
    ------
    InputError
        For a cohort that cannot be read, or when hardly anybody meets the conditions.
    """
    people = scenario.population
    conditions = compile_conditions(people.where)
    if people.cohort is not None:
        return _start_of_cohort(people.cohort, people.size, record, scenario.seed, conditions)
    source = GrownSource(
        load_profile(str(people.profile)),
        record,
        scenario.seed,
        conditions,
        people.sibship_size,
        examined=surveyed or any(ALL_NAMES[row["code"]].startswith("observed_") for row in conditions),
        remembers=surveyed,
    )
    return Start(source, people.size or DEFAULT_SIZE)


def _start_of_cohort(
    path: str, size: int | None, record: np.record, seed: int, conditions: np.ndarray
) -> Start:
    source, report = matched_source(path, record=record, seed=seed, conditions=conditions, size=size)
    rows = [
        {
            "what": row["label"],
            "unit": row["unit"],
            "measured": f"{row['measured']:.0%}",
            "filled in": f"{row['imputed']:.0%}",
            "how": row["how"],
        }
        for row in report.table.to_dict("records")
    ]
    return Start(source, len(source), report.sentences, rows, report.warnings, report.as_dict())
