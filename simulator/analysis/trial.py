"""A trial as an ordinary scenario: the people enter by what tests show, live in every arm, and are read.

People of all arms are the same people with the same luck until treatment parts them, and the same ones
go missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import pandas as pd

from simulator.analysis.job import start_of
from simulator.analysis.trial_sums import TrialSums, tried
from simulator.analysis.trial_tables import trial_tables
from simulator.base.errors import input_error
from simulator.engine.numbers import parameter_record
from simulator.engine.simulation import LOT_SIZE, Course, Source, in_threads
from simulator.parameters.library import ParameterSet
from simulator.scenario.load import with_changes
from simulator.scenario.plan import compile_strategy
from simulator.scenario.schema import DEFAULT_SIZE, Scenario
from simulator.scenario.trial import Trial


@dataclass(frozen=True)
class TrialResult:
    """What a trial found.

    Attributes
    ----------
    endpoints : columns strategy, endpoint, month, mean, standard_error, low, high, difference,
        difference_low, difference_high, difference_standard_error, unit, n. Shares are in percent, a
        difference is the arm less the comparator (blank for the comparator) with a paired error.
    entry : columns quantity, mean, sd, unit, n: who entered.
    """

    endpoints: pd.DataFrame
    entry: pd.DataFrame


def run_trial(
    scenario: Scenario,
    parameters: ParameterSet,
    *,
    source: Source | None = None,
    size: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
) -> TrialResult:
    """Run the trial of a scenario and return its tables; writes nothing.

    Parameters
    ----------
    scenario : one with a trial.
    parameters : the numbers to run with; those the scenario sets itself are laid over them.
    source : who enters, people number 0 to size - 1; the scenario's own people when None. What a source's
        people know of their tests counts as their reading at entry.
    size, seed : take the place of the scenario's own.
    threads : workers; one a core by default. They do not change the results.

    Raises
    ------
    InputError
        For a scenario without a trial, numbers out of range, or when too few people can enter.
    """
    if scenario.trial is None:
        right = "a scenario with 'trial: {months: ...}'"
        raise input_error("scenario", "only a trial has endpoints", "a scenario without a trial", right)
    if (size, seed) != (None, None):
        scenario = with_changes(scenario, size=size, seed=seed)
    parameters = parameters.override(scenario.parameters)
    record = parameter_record(parameters)
    courses = {
        name: Course(compile_strategy(scenario.strategy(name), parameters), record)
        for name in scenario.strategies
    }
    n_people = scenario.population.size or DEFAULT_SIZE
    if source is None:
        start = start_of(scenario, record)
        source, n_people = start.source, start.size
    tables = trial_tables(scenario, _summed(scenario, source, n_people, courses, threads))
    return TrialResult(tables["endpoints"], tables["entry"])


def _summed(
    scenario: Scenario, source: Source, size: int, courses: Mapping[str, Course], threads: int | None
) -> TrialSums:
    trial = cast(Trial, scenario.trial)
    sums = TrialSums.empty(trial, len(courses))
    bounds = [(first, min(first + LOT_SIZE, size)) for first in range(0, size, LOT_SIZE)]

    def work(bound: tuple[int, int]) -> TrialSums:
        return tried(source(*bound), trial, courses)

    for _, part in in_threads(cast(Any, work), bounds, threads):
        sums.add(cast(TrialSums, part))
    return sums
