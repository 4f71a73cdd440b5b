"""The work of a run: everybody lives under every strategy, in every draw, and is counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from simulator.analysis.checkpoint import Checkpoint, Sums, held_interrupts
from simulator.analysis.compare import differences, summarise, trajectories
from simulator.analysis.economics import cost_effectiveness
from simulator.analysis.effects import effects
from simulator.analysis.job import Job, Start, start_of
from simulator.analysis.trial_sums import TrialSums, tried
from simulator.analysis.trial_tables import trial_tables
from simulator.analysis.uncertainty import combined
from simulator.base.jit import IS_COMPILED, cache_folder
from simulator.cohort.grown import GrownSource
from simulator.cohort.profile import load_profile, profile_names
from simulator.engine.numbers import parameter_record
from simulator.engine.people import People
from simulator.engine.recorder import Record
from simulator.engine.simulation import NO_PLAN, Course, in_threads, live_through
from simulator.parameters.library import ParameterSet
from simulator.scenario.plan import PRACTICE, compile_strategy
from simulator.scenario.schema import Scenario
from simulator.scenario.trial import Trial

COMPILING = "The engine is being compiled for this machine, once; that takes half a minute to two minutes."

LONGEST = {"kernel.advance", "examination.examine"}
"""File and name of the kernels that take nearly all of the compiler's time."""

LARGEST_LOT, FEWEST_LOTS = 20 * PRACTICE, 12
"""People move in lots of whole practices, enough lots to share among threads."""


@dataclass(frozen=True)
class Watch:
    """Who is told how it goes.

    Attributes
    ----------
    progress : told what is being done, how much of it is done, and how much there is to do.
    say : told what a person should know, in sentences.
    """

    progress: Callable[[str, int, int], None] = lambda stage, done, total: None
    say: Callable[[str], None] = lambda sentence: None


def is_engine_compiled() -> bool:
    """Whether nothing that takes long is left to compile, as a stopped compilation would leave it."""
    kept = {path.name.split("-")[0] for path in cache_folder().rglob("*.nbc")} if IS_COMPILED else LONGEST
    return kept >= LONGEST


def compile_engine(parameters: ParameterSet, watch: Watch) -> None:
    """Compile the engine if this machine has not done so, saying so, here where Ctrl-C is heard."""
    if not is_engine_compiled():
        watch.say(COMPILING)
        watch.progress("Compiling the engine", 0, 1)
        record = parameter_record(parameters)
        one = GrownSource(load_profile(profile_names()[0]), record, seed=0)(0, 1)
        live_through(one, {NO_PLAN.name: Course(NO_PLAN, record)}, 1)


def lot_size(size: int) -> int:
    """Return how many people move together.

    It follows from the size alone, so that a stopped run goes on with any number of threads.
    """
    return max(1, min(LARGEST_LOT // PRACTICE, size // (FEWEST_LOTS * PRACTICE))) * PRACTICE


def tables_of(
    scenario: Scenario, records: Mapping[str, Record], trial: TrialSums | None = None
) -> dict[str, pd.DataFrame]:
    """Return every table of a run.

    `economics` is there where the scenario asks for both QALYs and cost, `endpoints` and `entry` where it
    has a trial.
    """
    rate, usual = scenario.economics.discount_rate_per_year, str(scenario.comparator)
    tables = {
        "summary": summarise(records, scenario.outcomes, rate),
        "differences": differences(records, usual, scenario.outcomes, rate),
        "trajectories": trajectories(records, rate),
        "effects": effects(records, usual, rate),
    }
    if {"qaly", "cost"} <= set(scenario.outcomes):
        worth = scenario.economics.willingness_to_pay_per_qaly
        tables["economics"] = cost_effectiveness(records, usual, rate, worth)
    if scenario.trial is not None and trial is not None:
        tables |= trial_tables(scenario, trial)
    return tables


def worked_out(
    job: Job, checkpoint: Checkpoint, threads: int | None, watch: Watch
) -> tuple[dict[str, pd.DataFrame], Start]:
    """Return the tables of a job, going on from what its checkpoint keeps, and who started.

    Raises
    ------
    InputError
        For people who cannot be had.
    """
    compile_engine(job.parameters, watch)
    parts, described = [], None
    for draw in range(job.draws):
        tables = checkpoint.tables(draw) if job.draws > 1 else None
        if tables is None or described is None:
            parameters = job.parameters_of(draw)
            record = parameter_record(parameters)
            if job.scenario.population.cohort is not None:
                watch.progress("Completing the people of the cohort", 0, 1)
            start = start_of(job.scenario, record)
            described = described or start
        if tables is None:
            courses = _courses(job.scenario, parameters, record)
            sums = _lived(job, draw, start, courses, checkpoint, threads, watch)
            tables = tables_of(job.scenario, sums.records, sums.trial)
            if job.draws > 1:
                checkpoint.keep(draw, tables)
        parts.append(tables)
    assert described is not None, "there is at least one draw"
    return (combined(parts) if job.draws > 1 else parts[0]), described


def _courses(scenario: Scenario, parameters: ParameterSet, record: np.record) -> dict[str, Course]:
    return {
        name: Course(compile_strategy(scenario.strategy(name), parameters), record)
        for name in scenario.strategies
    }


def _lived(
    job: Job,
    draw: int,
    start: Start,
    courses: Mapping[str, Course],
    checkpoint: Checkpoint,
    threads: int | None,
    watch: Watch,
) -> Sums:
    """Return what every strategy did to everybody in a draw, going on from what is kept."""
    trial = job.scenario.trial
    years, size, lot = job.scenario.horizon_years, start.size, lot_size(start.size)
    bounds = [(first, min(first + lot, size)) for first in range(0, size, lot)]
    nobody = None if trial is None else TrialSums.empty(trial, len(courses))
    sums = checkpoint.begin(draw, list(courses), years, nobody)
    rest = [bound for number, bound in enumerate(bounds) if number not in sums.lots]
    if checkpoint.is_resumed(draw):
        watch.say(f"Going on from what was done before: {so_far(job, sums, size)}.")

    def tick() -> None:
        watch.progress("People living", draw * size + sums.people, job.draws * size)

    def work(bound: tuple[int, int]) -> tuple[dict[str, Record], TrialSums | None]:
        return _gone_through(start.source(*bound), courses, years, trial)

    tick()
    if rest:
        # what is not compiled yet is compiled here, where Ctrl-C is heard, and not in a worker
        _gone_through(start.source(0, 1), courses, 1, trial)
    with (
        held_interrupts() as let_through,
        closing(cast(Any, in_threads(cast(Any, work), rest, threads))) as finished,
    ):
        for (first, _), (records, read) in finished:
            sums.add(first // lot, records, read)
            checkpoint.save_when_due()
            tick()
            let_through()
    return sums


def _gone_through(
    people: People, courses: Mapping[str, Course], years: int, trial: Trial | None
) -> tuple[dict[str, Record], TrialSums | None]:
    """Return what every strategy did to some people, and what a trial read of them."""
    read = None if trial is None else tried(people, trial, courses)
    return live_through(people, courses, years), read


def so_far(job: Job, sums: Sums, size: int) -> str:
    """Phrase how much of a job is done.

    >>> so_far(Job(None, None), Sums(0, set(), {"usual care": Record.empty(1)}), 1000)
    '0 of 1,000 people'
    """
    people = f"{sums.people:,} of {size:,} people"
    return people if job.draws == 1 else f"{sums.draw} of {job.draws} draws, and {people} of the next"
