"""A trial as an ordinary scenario: the people enter by what tests show, live in every arm, and are read.

People of all arms are the same people with the same luck until treatment parts them, and the same ones
go missing.
"""

from __future__ import annotations

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
    trial = scenario.trial
    assert trial is not None, "changes of size and seed keep the trial"
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
    people = source
    sums = TrialSums.empty(trial, len(courses))
    bounds = [(first, min(first + LOT_SIZE, n_people)) for first in range(0, n_people, LOT_SIZE)]
    for _, part in in_threads(
        cast(Any, lambda bound: tried(people(*bound), trial, courses)), bounds, threads
    ):
        sums.add(cast(TrialSums, part))
    return TrialResult(**trial_tables(scenario, sums))
