"""From a file, or plain data, to a scenario: everything that is wrong is said at once, with its place."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from simulator.base.errors import InputError, Problem, input_error
from simulator.scenario.fields import checked_override
from simulator.scenario.files import read_scenario_tree
from simulator.scenario.findings import Finding, closest, in_words, shown
from simulator.scenario.nodes import locate
from simulator.scenario.reading import MOST_LEVELS
from simulator.scenario.rules import check_rules
from simulator.scenario.schema import Scenario
from simulator.scenario.sentences import translate

MOST_PROBLEMS = 50
"""Problems reported at once; more would bury the first."""

MOST_LOOKED_AT = 500
"""Problems of one kind that are put into words before the rest is left; junk may hold many thousands."""


def load_scenario(path: str | os.PathLike[str]) -> Scenario:
    """Return the scenario a YAML file describes.

    A file with `extends: other.yaml` (relative to itself) starts from the other: mappings are
    merged key by key, anything else is replaced, and a key set to nothing (`key:`) is removed.
    A relative `cohort` is taken from the folder of the file that names it.

    Raises
    ------
    InputError : with every problem found: unreadable files, YAML syntax, repeated or unknown keys,
        wrong types, values out of range, conditions on what care cannot see, and so on. Each says
        file, line, column and key, and shows the line.
    """
    root, placed = read_scenario_tree(Path(path))
    scenario, findings = _examine(root.plain())
    for finding in findings:
        place = locate(root, finding.path, at_key=finding.at_key)
        placed.append((place, _problem(str(place), finding, place.source)))
    if placed or scenario is None:
        placed.sort(key=lambda item: (item[0].file, item[0].line, item[0].column))
        raise InputError(*_not_too_many([problem for _, problem in placed]))
    return scenario


def scenario_from_dict(data: Mapping[str, Any], source: str = "scenario") -> Scenario:
    """Return the scenario that plain data describe, in the grammar of the files.

    Parameters
    ----------
    data : mappings, lists, numbers, text and booleans; numpy scalars and arrays count as numbers
        and lists. A relative `cohort` is taken from the working directory.
    source : what to call the data in problems.

    Raises
    ------
    InputError : with every problem found; each says at which key.
    """
    if not isinstance(data, Mapping):
        right = "a dict such as {'title': ...}"
        raise input_error(source, "a scenario is a mapping of keys", type(data).__name__, right)
    scenario, findings = _examine(_plain(data, source))
    if findings or scenario is None:
        raise InputError(*_not_too_many([_problem(source, finding) for finding in findings]))
    return scenario


def with_changes(
    scenario: Scenario,
    *,
    size: int | None = None,
    horizon_years: int | None = None,
    seed: int | None = None,
    source: str = "options",
) -> Scenario:
    """Return the scenario with another size, horizon or seed, checked like a new one.

    Raises
    ------
    InputError : naming `source` and the key.
    """
    data = scenario.to_dict()
    if size is not None:
        data["population"]["size"] = size
    data |= {
        key: value for key, value in (("horizon_years", horizon_years), ("seed", seed)) if value is not None
    }
    return scenario_from_dict(data, source)


def _problem(where: str, finding: Finding, source: str = "") -> Problem:
    path = in_words(finding.path)
    return Problem(f"{where}, {path}" if path else where, finding.rule, finding.given, finding.right, source)


def _not_too_many(problems: list[Problem]) -> list[Problem]:
    if len(problems) <= MOST_PROBLEMS:
        return problems
    rule = f"the first {MOST_PROBLEMS} problems are shown"
    rest = Problem(
        "further on", rule, f"{len(problems):,} problems or more", "the ones above put right first"
    )
    return [*problems[:MOST_PROBLEMS], rest]


def _plain(given: Any, source: str, depth: int = 0) -> Any:
    """Return data with mappings as dicts with text keys, sequences as tuples, numpy as Python numbers."""
    if depth > MOST_LEVELS:
        raise input_error(
            source, "a scenario is nested a few levels deep", "more", f"at most {MOST_LEVELS} levels"
        )
    if isinstance(given, Mapping):
        return {str(key): _plain(value, source, depth + 1) for key, value in given.items()}
    if hasattr(given, "tolist"):
        given = given.tolist()
    if isinstance(given, list | tuple):
        return tuple(_plain(item, source, depth + 1) for item in given)
    is_beyond_floats = isinstance(given, int) and abs(given) > sys.float_info.max
    return (math.inf if given > 0 else -math.inf) if is_beyond_floats else given


def _examine(data: dict[str, Any]) -> tuple[Scenario | None, list[Finding]]:
    """Return the scenario, if its shape allows one, and every finding."""
    scenario, findings = None, []
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        findings = translate(error.errors(include_url=False)[:MOST_LOOKED_AT])
    known = {finding.path for finding in findings}
    for check in (check_rules, _check_cohort_file, _check_parameters):
        findings += [finding for finding in islice(check(data), MOST_LOOKED_AT) if finding.path not in known]
    return scenario, findings


def _check_cohort_file(data: Mapping[str, Any]) -> Iterator[Finding]:
    population = data.get("population")
    cohort = population.get("cohort") if isinstance(population, Mapping) else None
    if not isinstance(cohort, str) or not cohort.strip():
        return
    try:
        exists = Path(cohort).is_file()
    except (OSError, ValueError):
        exists = False
    if not exists:
        right = "the path of a CSV file, relative to the scenario's folder"
        yield Finding(("population", "cohort"), "the cohort file has to exist", shown(cohort), right)


def _check_parameters(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what the library says against the overrides; values of the wrong shape are passed over."""
    overrides = data.get("parameters")
    if not isinstance(overrides, Mapping) or not overrides:
        return
    from simulator.parameters.library import load_parameters

    library = load_parameters()
    for name, given in overrides.items():
        path = ("parameters", name)
        if name not in library:
            right = closest(name, library.entries, "a name in the library of parameters")
            yield Finding(path, "a parameter has to exist", shown(name), right, at_key=True)
            continue
        try:
            library.override({name: checked_override(given)})
        except PydanticCustomError:
            continue
        except InputError as error:
            for problem in error.problems:
                yield Finding(path, problem.rule, problem.given, problem.right)
