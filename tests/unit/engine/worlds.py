"""Small worlds to test in: numbers, people who have grown up, strategies, and what became of them."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from simulator.cohort.grown import GrownSource
from simulator.cohort.profile import Profile, load_profile
from simulator.engine.numbers import parameter_record
from simulator.engine.people import People
from simulator.engine.recorder import Record, cells
from simulator.engine.simulation import NO_PLAN, Course, live
from simulator.parameters.library import ParameterSet, load_parameters
from simulator.patient import columns as c
from simulator.patient.derived import CODE, values
from simulator.scenario.load import scenario_from_dict
from simulator.scenario.plan import Plan, compile_conditions, compile_strategy
from simulator.scenario.schema import Scenario

PROFILE = "us-adults-2018"
BODY = ("founders", "behaviour", "metabolism", "liver", "complications", "mortality")
"""Owners of the columns that say how a body is, whatever care does and knows."""

BODY_COLUMNS = [k for k, column in enumerate(c.COLUMNS) if column.owner in BODY]
TO_ANYONE: Mapping[str, Any] = {}


def parameters(**overrides: Any) -> ParameterSet:
    """Return the shipped parameters with some numbers changed."""
    return load_parameters().override(overrides)


@functools.cache
def shipped_record(steps_per_year: int = 12) -> np.record:
    """Return the record of the shipped parameters."""
    return parameter_record(load_parameters(), steps_per_year)


def record(steps_per_year: int = 12, **overrides: Any) -> np.record:
    """Return a parameter record with some numbers changed."""
    if not overrides:
        return shipped_record(steps_per_year)
    return parameter_record(parameters(**overrides), steps_per_year)


def value(law: Callable[..., Any], *numbers: Any) -> float:
    """Return what a law says in single precision, run as plain Python: compiling each alone takes too long.

    A parameter record goes in as it is. Another test shows that compiled and plain laws give the same bits.
    """
    given = [n if isinstance(n, np.record) else np.float32(n) for n in numbers]
    try:
        return float(getattr(law, "py_func", law)(*given))
    except NotImplementedError:  # it calls an intrinsic directly, which exists only when compiled
        return float(law(*given))


@functools.cache
def profile() -> Profile:
    """Return the shipped profile."""
    return load_profile(PROFILE)


def scenario(
    strategies: Mapping[str, Iterable[Mapping[str, Any]]], where: Mapping[str, Any] = TO_ANYONE
) -> Scenario:
    """Return a scenario of the shipped profile; its size, horizon and seed are for the test to ignore."""
    plain = {name: list(steps) for name, steps in strategies.items()}
    population = {"profile": PROFILE, "size": 1000, **({"where": dict(where)} if where else {})}
    return scenario_from_dict(
        {"title": "A test", "population": population, "horizon_years": 20, "strategies": plain}
    )


def plan(*steps: Mapping[str, Any], numbers: ParameterSet | None = None) -> Plan:
    """Return the plan of a strategy written as in a scenario file."""
    one = scenario({"the strategy": steps})
    return compile_strategy(one.strategy("the strategy"), numbers or load_parameters())


def source(
    seed: int, where: Mapping[str, Any] = TO_ANYONE, sibship: int = 1, p: np.record | None = None
) -> GrownSource:
    """Return where people of the shipped profile come from."""
    conditions = compile_conditions(scenario({"none": []}, where).population.where)
    return GrownSource(profile(), shipped_record() if p is None else p, seed, conditions, sibship)


@functools.cache
def _grown(n: int, seed: int, where: str) -> People:
    return source(seed, json.loads(where))(0, n)


def grown(n: int, seed: int, where: Mapping[str, Any] = TO_ANYONE) -> People:
    """Return people at the start of a run, grown once and copied for each caller."""
    return _grown(n, seed, json.dumps(dict(where))).copy()


def after(
    people: People,
    months: int,
    strategy: Plan = NO_PLAN,
    p: np.record | None = None,
    counted: Record | None = None,
) -> np.ndarray:
    """Return the state of people who lived some months under a strategy; the people stay as they were."""
    lived = people.copy()
    live(lived, Course(strategy, shipped_record() if p is None else p), 0, months, counted)
    return lived.state


def counted(people: People, years: int, strategy: Plan = NO_PLAN, p: np.record | None = None) -> Record:
    """Return the record of people who lived some years under a strategy."""
    counts = Record.of(people.family, cells(people.state), years)
    after(people, 12 * years, strategy, p, counts)
    return counts


def quantity(state: np.ndarray, name: str, month: float = 0) -> np.ndarray:
    """Return a column or derived quantity of everybody."""
    return values(shipped_record(), state, CODE[name], np.float32(month))


def is_alive(*states: np.ndarray) -> np.ndarray:
    """Return who is alive in all of the states."""
    return np.logical_and.reduce([state[c.DEATH_MONTH] >= c.NEVER for state in states])


def columns_that_differ(one: np.ndarray, other: np.ndarray, among: Iterable[int] | None = None) -> list[str]:
    """Return the names of columns in which two states differ in any bit."""
    positions = range(c.N_COLUMNS) if among is None else among
    return [c.COLUMNS[k].name for k in positions if one[k].tobytes() != other[k].tobytes()]


def on(state: np.ndarray, drug: str, month: float) -> np.ndarray:
    """Return who takes a drug."""
    return quantity(state, f"on_{drug}", month) == 1
