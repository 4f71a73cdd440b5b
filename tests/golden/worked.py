"""Shipped scenarios, small: what they count, as plain data that can be stored and compared exactly."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from simulator.cohort.grown import GrownSource
from simulator.cohort.profile import load_profile
from simulator.engine.numbers import parameter_record
from simulator.engine.quantities import QUANTITIES
from simulator.engine.recorder import Record
from simulator.engine.simulation import Course, simulate
from simulator.parameters.library import load_parameters
from simulator.scenario.load import load_scenario, with_changes
from simulator.scenario.plan import compile_conditions, compile_strategy

HERE = Path(__file__).parent
SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
SMALL = {"demo": (3000, 5), "watch-and-respond": (2000, 4)}
"""Scenario to people and years: small enough for every run of the tests, large enough to have events."""


def path_of(name: str) -> Path:
    """Return where the golden file of a scenario lies."""
    return HERE / f"{name}.json"


def worked_out(name: str, threads: int | None = None) -> dict[str, Any]:
    """Return the counts of a small version of a shipped scenario, with the digests of what went in."""
    size, years = SMALL[name]
    scenario = with_changes(load_scenario(SCENARIOS / f"{name}.yaml"), size=size, horizon_years=years)
    parameters = load_parameters().override(scenario.parameters)
    record = parameter_record(parameters)
    population = scenario.population
    source = GrownSource(
        load_profile(str(population.profile)), record, scenario.seed,
        compile_conditions(population.where), population.sibship_size,
    )  # fmt: skip
    courses = {
        strategy: Course(compile_strategy(scenario.strategy(strategy), parameters), record)
        for strategy in scenario.strategies
    }
    records = simulate(source, courses, size, years, threads)
    return {
        "digests": {"scenario": scenario.digest(), "parameters": parameters.digest()},
        "records": {strategy: digest_of(counts) for strategy, counts in records.items()},
        "yearly": {strategy: totals(counts) for strategy, counts in records.items()},
    }


def digest_of(record: Record) -> str:
    """Return the SHA-256 of every count of a record."""
    digest = hashlib.sha256(str(record.n_people).encode())
    for counts in (record.yearly, record.monthly, record.group_sizes):
        digest.update(str(counts.shape).encode() + counts.astype("<i8").tobytes())
    return digest.hexdigest()


def totals(record: Record) -> dict[str, list[int]]:
    """Return the sum over everybody of each quantity, year by year, in its integer units."""
    sums = record.yearly.sum(axis=(1, 2))
    return {quantity.name: sums[:, k].tolist() for k, quantity in enumerate(QUANTITIES)}


def differences(stored: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return what changed, in words: strategy, quantity and its years then and now."""
    found = []
    for strategy in sorted(stored["yearly"].keys() | now["yearly"].keys()):
        then, here = (side["yearly"].get(strategy, {}) for side in (stored, now))
        for name in sorted(then.keys() | here.keys()):
            if then.get(name) != here.get(name):
                found.append(f"{strategy}, {name}: {then.get(name)} -> {here.get(name)}")
    return found


if __name__ == "__main__":
    print(json.dumps(worked_out(sys.argv[1])["records"]))
