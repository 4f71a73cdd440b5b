"""What makes sense together: rules that span more than one key of a scenario.

They read the scenario as written, not as validated, and pass over whatever has the wrong shape
(the schema reports that), so that one reading of a file reports everything at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.base.errors import nearest
from simulator.scenario.conditions import check_conditions
from simulator.scenario.findings import Finding, Path, shown
from simulator.scenario.schema import LONGEST_NAME
from simulator.scenario.steps import Action, Lifestyle
from simulator.scenario.trial_rules import check_trial
from simulator.scenario.vocabulary import ACTIONS, KINDS

MOST_STEPS = 24
"""Steps of a strategy, counting what its responses may start: one bit each in a person's row."""

MOST_ENTRIES = 1000
"""Entries of a list that are looked at: beyond them a list is junk and refused for its length."""

HABITS = tuple(name for name in Lifestyle.model_fields if name not in ("months", "supported"))
SHARED_BY_FAMILIES = (
    *("ethnicity", "pnpla3_g", "tm6sf2_t", "hsd17b13_ta"),
    *("observed_pnpla3_g", "observed_tm6sf2_t"),
)
"""What brothers and sisters have in common, wholly or in part, from birth."""

STARTING = ("add", "lifestyle", "surgery")
"""Actions that start a step of their own."""


def check_rules(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield every rule that `data`, a scenario as plain data, breaks."""
    if isinstance(data.get("population"), Mapping):
        yield from _check_population(data["population"])
    yield from _check_comparator(data)
    yield from _check_repeats(data.get("outcomes"), ("outcomes",))
    yield from _check_repeats(_mapping(data.get("trial")).get("endpoints"), ("trial", "endpoints"))
    yield from check_trial(data)
    horizon = data.get("horizon_years")
    for name, steps in _mapping(data.get("strategies")).items():
        path = ("strategies", name)
        yield from _check_name(name, path)
        yield from _check_number_of_steps(steps, path)
        for position, step in enumerate(_list(steps)):
            if isinstance(step, Mapping):
                yield from _check_step(step, (*path, position), horizon)


def _mapping(given: Any) -> Mapping[str, Any]:
    return given if isinstance(given, Mapping) else {}


def _list(given: Any) -> tuple[Any, ...]:
    return tuple(given[:MOST_ENTRIES]) if isinstance(given, list | tuple) else ()


def _check_population(population: Mapping[str, Any]) -> Iterator[Finding]:
    path: Path = ("population",)
    named = [key for key in ("profile", "cohort") if population.get(key) is not None]
    if len(named) != 1:
        given = "both" if named else "neither"
        right = "'profile: us-adults-2018' for grown people, or 'cohort: file.csv' for people of your own"
        yield Finding(path, "people come either from a profile or from a cohort", given, right)
    if named == ["cohort"] and population.get("sibship_size", 1) != 1:
        rule = "families are grown with a profile; a cohort is taken as it is"
        yield Finding(
            (*path, "sibship_size"),
            rule,
            f"sibship_size {population['sibship_size']}",
            "no such key, or a profile",
        )
    yield from _check_families(population, path)
    yield from check_conditions(population.get("where"), (*path, "where"), in_care=False)


def _check_families(population: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    """Yield conditions on what a family shares: its members could never all meet them."""
    size = population.get("sibship_size", 1)
    if not isinstance(size, int) or size <= 1:
        return
    for name in _mapping(population.get("where")):
        if name in SHARED_BY_FAMILIES:
            rule = "families keep their group and genes, so people cannot be chosen by them"
            right = "sibship_size 1, or a condition on something else"
            given = f"a condition on {name} and sibship_size {size}"
            yield Finding((*path, "where", name), rule, given, right)


def _check_comparator(data: Mapping[str, Any]) -> Iterator[Finding]:
    comparator, strategies = data.get("comparator"), _mapping(data.get("strategies"))
    if isinstance(comparator, str) and strategies and comparator not in strategies:
        rule = "the comparator is one of the strategies"
        shown_names = [name for name in strategies if name.isprintable()]
        yield Finding(("comparator",), rule, shown(comparator), nearest(comparator, shown_names))


def _check_name(name: str, path: Path) -> Iterator[Finding]:
    if not name.strip() or name != name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        right = f"1 to {LONGEST_NAME} printable characters, no blanks around them"
        yield Finding(path, "a strategy has a name that can be shown", shown(name), right, at_key=True)


def _check_number_of_steps(steps: Any, path: Path) -> Iterator[Finding]:
    listed = [_mapping(step) for step in _list(steps)]
    answers = [_mapping(answer) for step in listed for answer in _list(step.get("respond"))]
    started = sum(any(key in _mapping(answer.get("do")) for key in STARTING) for answer in answers)
    if len(listed) + started > MOST_STEPS:
        given = f"{len(listed)} steps and {started} started by responses"
        yield Finding(
            path,
            "a strategy has a limited number of steps",
            given,
            f"at most {MOST_STEPS} together",
            at_key=True,
        )


def _check_repeats(given: Any, path: Path) -> Iterator[Finding]:
    seen = []
    for position, item in enumerate(_list(given)):
        if item in seen:
            yield Finding(
                (*path, position), "a list names each thing once", f"{shown(item)} again", "one of the two"
            )
        seen.append(item)


def _check_step(step: Mapping[str, Any], path: Path, horizon: Any) -> Iterator[Finding]:
    kinds = [kind for kind in KINDS if kind in step]
    if len(kinds) > 1:
        yield Finding(path, "a step does one thing", " and ".join(kinds), f"{len(kinds)} steps, one for each")
    yield from check_conditions(step.get("when"), (*path, "when"), in_care=True)
    yield from _check_years(step, path, horizon)
    yield from _check_habits(step.get("lifestyle"), (*path, "lifestyle"))
    yield from _check_persistence(step, path)
    for kind in ("screen", "monitor"):
        yield from _check_repeats(_mapping(step.get(kind)).get("tests"), (*path, kind, "tests"))
    for position, response in enumerate(_list(step.get("respond"))):
        here = (*path, "respond", position)
        yield from check_conditions(_mapping(response).get("when"), (*here, "when"), in_care=True)
        if isinstance(_mapping(response).get("do"), Mapping):
            yield from _check_action(_mapping(response)["do"], (*here, "do"))


def _check_years(step: Mapping[str, Any], path: Path, horizon: Any) -> Iterator[Finding]:
    start, until = step.get("start_year", 0), step.get("until_year")
    if _is_number(start) and _is_number(horizon) and start >= horizon > 0:
        rule = "a step starts before the run ends"
        yield Finding((*path, "start_year"), rule, f"year {start} of {horizon}", f"less than {horizon} years")
    if _is_number(start) and _is_number(until) and until <= start:
        rule = "a step ends after it starts"
        yield Finding(
            (*path, "until_year"), rule, f"year {until}, starting in year {start}", f"more than {start} years"
        )


def _is_number(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool)


def _check_habits(lifestyle: Any, path: Path) -> Iterator[Finding]:
    if isinstance(lifestyle, Mapping) and not any(lifestyle.get(habit) is not None for habit in HABITS):
        yield Finding(
            path, "a programme changes at least one habit", "none", f"one or more of: {', '.join(HABITS)}"
        )


def _check_persistence(course: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    for key in ("stop_fraction_per_year", "restart_fraction"):
        if course.get("persistence") == "full" and course.get(key) is not None:
            rule = "nobody stops a drug with full persistence"
            yield Finding((*path, key), rule, f"persistence: full and {key}", "one of the two")


def _check_action(action: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    named = [key for key in ACTIONS if action.get(key) is not None]
    unknown = set(action) - set(Action.model_fields)
    if len(named) > 1 or (not named and not unknown):
        given = " and ".join(named) or "nothing"
        yield Finding(path, "a response does one thing", given, f"one of: {', '.join(ACTIONS)}")
    for key in ("uptake", "adherence"):
        if key in action and not any(kind in action for kind in ("lifestyle", "surgery")):
            right = "'add: {drug: ..., uptake: ...}' for a drug; nothing for a test, a diagnosis or a stop"
            yield Finding(
                (*path, key),
                f"{key} beside an action goes with lifestyle or surgery",
                key,
                right,
                at_key=True,
            )
    yield from _check_repeats(action.get("test"), (*path, "test"))
    yield from _check_habits(action.get("lifestyle"), (*path, "lifestyle"))
    yield from _check_persistence(_mapping(action.get("add")), (*path, "add"))
