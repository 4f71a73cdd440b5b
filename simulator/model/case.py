"""From the arguments of a model to a scenario, and from a scenario to the people who start it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from simulator.analysis.job import start_of
from simulator.analysis.work import lot_size
from simulator.base.errors import input_error, nearest
from simulator.engine.people import People
from simulator.scenario.load import load_scenario, scenario_from_dict
from simulator.scenario.schema import LARGEST_SEED, Scenario

DEFAULT_PROFILE = "us-adults-2018"
DEFAULT_SIZE = 1000
DEFAULT_YEARS = 20
USUAL_CARE = "usual care"
OWN_STRATEGY = "strategy"
WHERE = "PatientModel"

Case = str | os.PathLike[str] | Scenario | Mapping[str, Any] | None
Steps = list[Mapping[str, Any]]


def scenario_of(
    case: Case,
    size: int | None,
    seed: int | None,
    profile: str | None,
    strategy: str | Steps | None,
    parameters: Mapping[str, Any] | None,
) -> tuple[Scenario, str]:
    """Return the scenario a model lives, and the strategy it follows.

    Parameters
    ----------
    case : path of a scenario file, a scenario, its plain data, or None for a profile under usual care.
    size, seed, profile : replace those of the scenario when given.
    strategy : one of the scenario's by name (its comparator when None), or a list of steps in the
        grammar of scenario files, which is added as `OWN_STRATEGY`.
    parameters : name -> number, added to those of the scenario.

    Raises
    ------
    InputError : with everything that is wrong.
    """
    data = _plain(case)
    population = data["population"]
    if profile is not None:
        population.pop("cohort", None)
        population["profile"] = profile
    if size is not None:
        population["size"] = size
    if seed is not None:
        data["seed"] = seed
    if parameters:
        data["parameters"] = {**(data.get("parameters") or {}), **parameters}
    if isinstance(strategy, list | tuple):
        data["strategies"] = {**data["strategies"], OWN_STRATEGY: list(strategy)}
        strategy = OWN_STRATEGY
    scenario = scenario_from_dict(data, WHERE)
    name = scenario.comparator if strategy is None else strategy
    if name not in scenario.strategies:
        right = nearest(str(name), scenario.strategies)
        raise input_error(f"{WHERE}, strategy", "a strategy is one of the scenario's, or steps", name, right)
    return scenario, str(name)


def _plain(case: Case) -> dict[str, Any]:
    if case is None:
        return {
            "title": "People in Mesa",
            "population": {"profile": DEFAULT_PROFILE, "size": DEFAULT_SIZE},
            "horizon_years": DEFAULT_YEARS,
            "strategies": {USUAL_CARE: []},
        }
    if isinstance(case, str | os.PathLike):
        case = load_scenario(case)
    if isinstance(case, Mapping):
        case = scenario_from_dict(case, f"{WHERE}, case")
    if isinstance(case, Scenario):
        return case.to_dict()
    right = "the path of a scenario file, a Scenario, or its plain data"
    raise input_error(f"{WHERE}, case", "a case is a scenario", type(case).__name__, right)


def grow(scenario: Scenario, record: np.record, *, surveyed: bool) -> People:
    """Return the people of a scenario at the start, in lots on all cores.

    `surveyed` people have had every test once, as in a survey; otherwise care knows what the
    scenario's conditions looked at, as in a run.

    Raises
    ------
    InputError : for a cohort that cannot be read, and when too few people meet the conditions.
    """
    start = start_of(scenario, record, surveyed=surveyed)
    lot = lot_size(start.size)
    bounds = [(first, min(first + lot, start.size)) for first in range(0, start.size, lot)]
    with ThreadPoolExecutor(min(len(bounds), os.cpu_count() or 1)) as pool:
        return People.together(list(pool.map(lambda pair: start.source(*pair), bounds)))


def luck(seed: Any, rng: Any) -> tuple[int | None, Any]:
    """Return the number that names a model's luck, if any was asked for, and what Mesa is to be given.

    Parameters
    ----------
    seed, rng : Mesa's two names for it, of which one may be given: a whole number from 0 on, or
        anything else `numpy.random.default_rng` takes. What is no number that a scenario could carry
        names one: the first that it draws.

    Raises
    ------
    InputError : for both at once, or something that is neither.
    """
    if seed is not None and rng is not None:
        raise input_error(f"{WHERE}, seed and rng", "they are two names for one thing", "both", "one of them")
    given = rng if seed is None else seed
    if given is None:
        return None, None
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if isinstance(given, int | np.integer) and not isinstance(given, bool) and 0 <= given <= LARGEST_SEED:
        return int(given), int(given)
    try:
        generator = np.random.default_rng(None if isinstance(given, bool | str | bytes) else given)
    except (TypeError, ValueError):
        generator = None
    if generator is None or isinstance(given, bool | str | bytes):
        right = "a whole number from 0 on, or what numpy.random.default_rng takes"
        raise input_error(f"{WHERE}, {'rng' if seed is None else 'seed'}", "it names the luck", given, right)
    return int(generator.integers(2**32)), generator
