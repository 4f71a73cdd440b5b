"""Running people through a plan: one lot at a time, on as many threads as there are cores.

A source grows (or reads) a lot of people; every strategy starts from the same people and shares
their luck until treatment parts them. Totals are integers, so the order in which lots finish does
not matter, and nothing but the totals is kept.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from simulator.engine.block import new_scratch
from simulator.engine.examination import examine
from simulator.engine.kernel import advance
from simulator.engine.people import People
from simulator.engine.quantities import N_CELLS, N_GROUPS, N_QUANTITIES
from simulator.engine.recorder import Record, cells
from simulator.scenario.plan import CONDITION, PRACTICE, RESPONSE, STEP, Plan

MONTHS_PER_YEAR = 12
LOT_SIZE = 4096
"""People moved together: small enough to balance threads, large enough to hide the cost of Python."""

NO_PLAN = Plan("no strategy", *(np.frombuffer(b"", dtype) for dtype in (STEP, RESPONSE, CONDITION)))
"""Usual care and nothing else."""

Done = TypeVar("Done")
"""What a piece of work returns."""

_local = threading.local()


def scratch() -> tuple[np.ndarray, np.ndarray]:
    """Return this thread's scratch, made on first use."""
    if not hasattr(_local, "scratch"):
        _local.scratch = new_scratch()
    return _local.scratch


class Source(Protocol):
    """Where people come from."""

    def __call__(self, first: int, last: int) -> People:
        """Return people number first .. last - 1 at the start of the run; the same ones whenever asked."""


@dataclass(frozen=True)
class Course:
    """A plan with the numbers that hold under it.

    Attributes
    ----------
    plan : what care does.
    record : the parameter record, see `numbers.parameter_record`.
    steps_per_year : steps a year the record was made for.
    """

    plan: Plan
    record: np.record
    steps_per_year: int = MONTHS_PER_YEAR


def live(
    people: People, course: Course, first_step: int, last_step: int, record: Record | None = None
) -> None:
    """Let people live the steps after `first_step` up to `last_step`, in place.

    Parameters
    ----------
    people : changed in place.
    course : what care does, and the numbers.
    first_step, last_step : steps since the start of the run; from before the start, people join at 18.
    record : counts are added to it when given; it must span `last_step`.
    """
    counts = (
        (np.zeros((0, N_GROUPS, N_CELLS, N_QUANTITIES), np.int64), np.zeros((0, 4), np.int64))
        if record is None
        else (record.yearly, record.monthly)
    )
    plan = (course.plan.steps, course.plan.responses, course.plan.conditions)
    block, words = scratch()
    advance(
        course.record, people.state, people.keys, people.family, block, words, plan,
        first_step, last_step, course.steps_per_year, *counts,
    )  # fmt: skip


def examine_at_entry(people: People, record: np.record) -> None:
    """Measure every marker once at the start of the run, at no cost, in place."""
    examine(record, people.state, people.keys, *scratch(), 0)


def live_through(people: People, courses: Mapping[str, Course], years: int) -> dict[str, Record]:
    """Return the record of each strategy for some people, who are left as they were.

    They are set in the order of their cells, in which counting costs least; where they wait for each other
    they keep the order of their numbers.
    """
    records = {}
    cell = cells(people.state)
    if not any(course.plan.is_limited for course in courses.values()):
        order = np.argsort((people.family % N_GROUPS) * N_CELLS + cell, kind="stable")
        people, cell = people.take(order), cell[order]
    for name, course in courses.items():
        record = Record.of(people.family, cell, years)
        live(people.copy(), course, 0, years * course.steps_per_year, record)
        records[name] = record
    return records


def simulate(
    source: Source,
    courses: Mapping[str, Course],
    size: int,
    years: int,
    threads: int | None = None,
    lot_size: int = 5 * PRACTICE,
    progress: Callable[[int], None] | None = None,
) -> dict[str, Record]:
    """Return what every strategy did to `size` people over a number of years.

    Parameters
    ----------
    source : gives people by their numbers.
    courses : strategy name to its course.
    size : people.
    years : horizon.
    threads : workers; all cores by default. It does not change the results.
    lot_size : people moved together. It does not change the results, as long as practices stay whole where a
        step has limited places.
    progress : called with the number of people who have finished since the last call.

    Raises
    ------
    InputError : whatever the source raises, for instance when too few people match.
    """
    totals = {name: Record.empty(years) for name in courses}

    def work(bounds: tuple[int, int]) -> dict[str, Record]:
        return live_through(source(*bounds), courses, years)

    bounds = [(first, min(first + lot_size, size)) for first in range(0, size, lot_size)]
    for (first, last), records in in_threads(work, bounds, threads):
        for name, record in records.items():
            totals[name].add(record)
        if progress is not None:
            progress(last - first)
    return totals


def in_threads(
    work: Callable[[tuple[int, int]], Done],
    bounds: Sequence[tuple[int, int]],
    threads: int | None = None,
) -> Iterator[tuple[tuple[int, int], Done]]:
    """Yield (bounds, work(bounds)) as they finish, with no more lots in flight than needed."""
    workers = max(1, min(threads or os.cpu_count() or 1, len(bounds)))
    with ThreadPoolExecutor(workers) as pool:
        waiting = iter(bounds)
        flying: dict[Future[Done], tuple[int, int]] = {}
        try:
            for bound in waiting:
                flying[pool.submit(work, bound)] = bound
                if len(flying) > workers:
                    yield from _landed(flying)
            while flying:
                yield from _landed(flying)
        finally:
            for future in flying:
                future.cancel()


def _landed(
    flying: dict[Future[Done], tuple[int, int]],
) -> Iterator[tuple[tuple[int, int], Done]]:
    done, _ = wait(flying, return_when=FIRST_COMPLETED)
    for future in done:
        yield flying.pop(future), future.result()
