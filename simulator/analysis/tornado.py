"""Which number moves an answer most: each at both ends of its interval, the rest as they stand.

Every run has the same seed, so people share their luck with those of the scenario as it stands. People
are grown again only under numbers that change how they grow up (seen in a small sample of them). What
is left in a swing besides the parameter is chance: the interval of the result as it stands gives its size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

import numpy as np
import pandas as pd

from simulator.analysis.checkpoint import Interrupted, held_interrupts
from simulator.analysis.compare import differences, summarise
from simulator.analysis.foundations import names_behind, value_text
from simulator.analysis.job import job_of, start_of
from simulator.analysis.outcomes import chosen
from simulator.analysis.work import Watch, compile_engine
from simulator.base.errors import input_error, nearest
from simulator.engine.numbers import parameter_record
from simulator.engine.people import People
from simulator.engine.recorder import Record
from simulator.engine.simulation import Course, in_threads, live_through
from simulator.parameters.library import ParameterSet
from simulator.parameters.schema import EVIDENCE, Entry
from simulator.scenario.plan import PRACTICE, compile_strategy
from simulator.scenario.schema import Scenario

SIZE, YEARS = 10_000, 10
LOT, PROBED = 2 * PRACTICE, 512
STAGE = "Parameters moved"
LEVEL, DIFFERENCE = "level", "difference"
"""Results looked at: an outcome under the comparator, and the other strategies' difference from it."""

COLUMNS = (
    *("parameter", "meaning", "evidence", "unit", "value", "low", "high"),
    *("outcome", "result", "strategy", "base", "base_low", "base_high", "at_low", "at_high", "swing"),
    *("outcome_unit", "n", "years", "beyond_chance"),
)
"""Columns of the result, a row for a parameter and a result; `swing` is the larger change from `base`."""

_MONEY_AND_UTILITY = ("cost_", "utility_")
_VALUED = ("qaly", "cost")


@dataclass
class _Bench:
    """A scenario to run again and again with other numbers.

    Attributes
    ----------
    scenario : at the size and horizon of the runs.
    usual : its numbers as they stand.
    outcomes : looked at.
    threads : workers.
    """

    scenario: Scenario
    usual: ParameterSet
    outcomes: Sequence[str]
    threads: int | None = None
    _kept: list[People] = field(default_factory=list)

    @cached_property
    def probe(self) -> People:
        """Some of the people as they stand, to see whether other numbers make others of them."""
        return self._source(self.usual)(0, PROBED)

    def _source(self, numbers: ParameterSet) -> Any:
        return start_of(self.scenario, parameter_record(numbers)).source

    def results(self, numbers: ParameterSet) -> pd.DataFrame:
        """Return every level and difference at the horizon, with its interval and unit."""
        records = self._lived(numbers)
        rate, usual = self.scenario.economics.discount_rate_per_year, str(self.scenario.comparator)
        levels = summarise(records, self.outcomes, rate).rename(columns={"mean": "value"})
        levels = levels[levels["strategy"] == usual].assign(result=LEVEL)
        parted = differences(records, usual, self.outcomes, rate).rename(columns={"difference": "value"})
        both = pd.concat([levels, parted.assign(result=DIFFERENCE)], ignore_index=True)
        both = both[both["year"] == self.scenario.horizon_years]
        return both[["outcome", "result", "strategy", "value", "low", "high", "unit"]].reset_index(drop=True)

    def _lived(self, numbers: ParameterSet) -> dict[str, Record]:
        record, size = parameter_record(numbers), int(self.scenario.population.size or SIZE)
        courses = {
            name: Course(compile_strategy(self.scenario.strategy(name), numbers), record)
            for name in self.scenario.strategies
        }
        years = self.scenario.horizon_years
        totals = {name: Record.empty(years) for name in courses}
        bounds = [(first, min(first + LOT, size)) for first in range(0, size, LOT)]
        source = self._source(numbers)
        if numbers is not self.usual and self._kept:
            grown = source(0, min(PROBED, size))
            same = self.probe if len(self.probe) == len(grown) else None
            if same is not None and np.array_equal(same.state, grown.state, equal_nan=True):
                source = self._again
        keeps: dict[int, People] = {}

        def work(bound: tuple[int, int]) -> dict[str, Record]:
            people = source(*bound)
            if numbers is self.usual:
                keeps[bound[0]] = people
            return live_through(people, courses, years)

        with (
            held_interrupts() as let_through,
            closing(cast(Any, in_threads(work, bounds, self.threads))) as done,
        ):
            for _, records in done:
                for name, part in records.items():
                    totals[name].add(part)
                let_through()
        if numbers is self.usual:
            self._kept = [keeps[first] for first, _ in bounds]
        return totals

    def _again(self, first: int, last: int) -> People:
        return self._kept[first // LOT]


def tornado(
    scenario: Scenario,
    *,
    outcomes: Sequence[str] = ("cirrhosis", "liver_death"),
    only: Sequence[str] = ("assumed",),
    size: int | None = None,
    years: int | None = None,
    threads: int | None = None,
    watch: Watch | None = None,
) -> pd.DataFrame:
    """Return how far each parameter moves each result of a scenario between the ends of its interval.

    A table of numbers moves as a whole; parameters that are drawn together move one at a time here.

    Parameters
    ----------
    scenario : a valid one.
    outcomes : looked at.
    only : kinds of evidence whose parameters are moved.
    size, years : of every run; 10,000 people and 10 years, or the scenario's own if that is less.
    threads : workers; they do not change the results.
    watch : told how it goes.

    Returns
    -------
    COLUMNS, the largest swing of the first outcome's differences first. Parameters without an interval,
    and those the scenario does not reach, are left out; those set by the scenario too.

    Raises
    ------
    InputError : for unknown outcomes or kinds of evidence, numbers out of range, no parameter to move.
    Interrupted : after Ctrl-C.
    """
    chosen(outcomes)
    for kind in only:
        if kind not in EVIDENCE:
            raise input_error("only", "a kind of evidence has to exist", repr(kind), nearest(kind, EVIDENCE))
    size = size or min(SIZE, scenario.population.size or SIZE)
    job = job_of(scenario, size, years or min(YEARS, scenario.horizon_years))
    watch, bench = watch or Watch(), _Bench(job.scenario, job.parameters, outcomes, threads)
    moved = movable(job.scenario, job.parameters, outcomes, only)
    if not moved:
        right = "a kind of evidence that some parameter with an interval has"
        raise input_error("only", "some parameter has to be there to move", ", ".join(only), right)
    rows: list[dict[str, Any]] = []
    try:
        compile_engine(job.parameters, watch)
        base = bench.results(job.parameters)
        for done, entry in enumerate(moved):
            watch.progress(STAGE, done, len(moved))
            ends = [bench.results(numbers) for numbers in _ends(entry, job.parameters)]
            rows += _rows(entry, base, *ends, n=size, years=job.scenario.horizon_years)
    except KeyboardInterrupt:
        done = len({row["parameter"] for row in rows})
        said = f"Stopped: {done} of {len(moved)} parameters were moved; nothing was written."
        raise Interrupted(said) from None
    watch.progress(STAGE, len(moved), len(moved))
    return _ordered(pd.DataFrame(rows, columns=list(COLUMNS)), outcomes[0])


def movable(
    scenario: Scenario, parameters: ParameterSet, outcomes: Sequence[str], only: Sequence[str]
) -> list[Entry]:
    """Return the parameters of these kinds of evidence that have an interval and that the scenario reads."""
    idle = () if set(outcomes) & set(_VALUED) else _MONEY_AND_UTILITY
    found = []
    for name in names_behind(scenario, parameters):
        entry = parameters.entry(name)
        has_room = any(low < high for _, _, low, high in entry.cells())
        is_money = name.startswith(tuple(idle)) or (bool(idle) and "USD" in entry.unit)
        if entry.evidence in only and has_room and not is_money and name not in parameters.overridden:
            found.append(entry)
    return found


def _ends(entry: Entry, parameters: ParameterSet) -> Iterator[ParameterSet]:
    """Yield the numbers with a parameter at its low end, then at its high end."""
    for end in (2, 3):
        cells = {cell[0]: cell[end] for cell in entry.cells()}
        yield parameters.override({entry.name: cells if entry.is_table else cells[None]})


def _rows(
    entry: Entry, base: pd.DataFrame, low: pd.DataFrame, high: pd.DataFrame, *, n: int, years: int
) -> Iterator[dict[str, Any]]:
    passport = {
        "parameter": entry.name, "meaning": entry.meaning, "evidence": entry.evidence, "unit": entry.unit,
        **{end: value_text(getattr(entry, end)) for end in ("value", "low", "high")},
    }  # fmt: skip
    for position, result in base.iterrows():
        at_low, at_high = (float(cast(float, ends.at[position, "value"])) for ends in (low, high))
        value, least, most = (float(result[key]) for key in ("value", "low", "high"))
        swing = max(abs(at_low - value), abs(at_high - value))
        yield passport | {
            "outcome": result["outcome"], "result": result["result"], "strategy": result["strategy"],
            "base": value, "base_low": least, "base_high": most, "at_low": at_low, "at_high": at_high,
            "swing": swing, "outcome_unit": result["unit"], "n": n, "years": years,
            "beyond_chance": not (least <= at_low <= most and least <= at_high <= most),
        }  # fmt: skip


def _ordered(table: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Return the rows by the largest swing each parameter gives the outcome's differences, or its level."""
    of_outcome = table[table["outcome"] == outcome]
    parted = of_outcome[of_outcome["result"] == DIFFERENCE]
    ranking = (parted if len(parted) else of_outcome).groupby("parameter")["swing"].max()
    rank: Mapping[Any, float] = ranking.to_dict()
    order = sorted(range(len(table)), key=lambda k: (-rank[table["parameter"].iat[k]], k))
    return table.iloc[order].reset_index(drop=True)
