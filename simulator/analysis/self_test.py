"""A quick look at whether this installation computes what it should: a small world lived three times."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.analysis.job import start_of
from simulator.engine.numbers import parameter_record
from simulator.engine.recorder import Record
from simulator.engine.simulation import Course, simulate
from simulator.parameters.library import load_parameters
from simulator.scenario.load import scenario_from_dict
from simulator.scenario.plan import compile_strategy

PEOPLE, YEARS = 1_000, 5

_WORLD = {
    "title": "Self-test",
    "population": {"profile": "us-adults-2018", "size": PEOPLE},
    "horizon_years": YEARS,
    "seed": 1,
    "strategies": {
        "usual care": [],
        "offered to no avail": [{"drug": "metformin", "uptake": 0}],
        "treated": [{"drug": "pioglitazone"}, {"lifestyle": {"weight_loss_percent": 10, "months": 12}}],
    },
}


@dataclass(frozen=True)
class Check:
    """Something that must be true: `claim`, and whether it `holds`."""

    claim: str
    holds: bool


def self_test() -> tuple[list[Check], float]:
    """Return what was checked, and the seconds a run of the small world takes once compiled."""
    scenario = scenario_from_dict(_WORLD)
    parameters = load_parameters()
    record = parameter_record(parameters)
    source = start_of(scenario, record).source
    courses = {
        name: Course(compile_strategy(scenario.strategy(name), parameters), record)
        for name in scenario.strategies
    }
    whole = simulate(source, courses, PEOPLE, YEARS, threads=1)
    began = time.perf_counter()
    pieces = simulate(source, courses, PEOPLE, YEARS, threads=4, lot_size=256)
    seconds = time.perf_counter() - began
    usual, idle, treated = whole.values()
    everybody = all(np.all(part.monthly.sum(axis=1) == PEOPLE) for part in whole.values())
    return [
        Check("every month, the living and the dead add up to everybody", bool(everybody)),
        Check("four threads and small lots give the same bits as one thread", _same(whole, pieces)),
        Check("a drug nobody takes changes nobody's body", _same_lives(usual, idle)),
        Check("a treatment changes bodies", not _same_lives(usual, treated)),
    ], seconds


def _same(first: Mapping[str, Record], second: Mapping[str, Record]) -> bool:
    pairs = zip(first.values(), second.values(), strict=True)
    return all(np.array_equal(a.yearly, b.yearly) and _same_lives(a, b) for a, b in pairs)


def _same_lives(first: Record, second: Record) -> bool:
    """Whether the same people died in the same months of the same causes, with the same livers."""
    from simulator.engine.quantities import QUANTITY_INDEX

    bodies = [QUANTITY_INDEX[name] for name in ("sum_bmi", "sum_liver_fat", "sum_fibrosis", "qalys")]
    return bool(
        np.array_equal(first.monthly, second.monthly)
        and np.array_equal(first.yearly[..., bodies], second.yearly[..., bodies])
    )
