"""A strategy as the engine reads it: numpy records in which nothing is looked up by name.

Steps keep the order of the file; steps that only a response can start follow them and are marked
as not offered. A step, a response and the range of conditions each refer to the others by
position. Months are whole and count from the start of the run; an offer without an end ends at `NEVER`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from simulator.base.rates import hazard_of_probability
from simulator.care.markers import TESTS as SINGLE_TESTS
from simulator.patient.columns import DRUGS, NEVER
from simulator.patient.derived import CODE
from simulator.scenario.conditions import interval
from simulator.scenario.fields import Condition
from simulator.scenario.schema import Scenario, Strategy
from simulator.scenario.steps import Action, Course, DrugStep, Lifestyle, Response, kind_of
from simulator.scenario.vocabulary import DIAGNOSES, KINDS, single_tests

LIFESTYLE, DRUG, SURGERY, SCREEN, MONITOR = range(len(KINDS))
"""Kinds of step."""

ADD, STOP, TEST, DIAGNOSE = range(4)
"""Actions of a response. Argument: hidden step; drug or -1 for all; mask of tests; position in DIAGNOSES."""

PRACTICE = 768
"""People of a practice, who wait for each other: neighbours by number, whole families of one to four."""

ALL_DRUGS = -1
MONTHS_PER_YEAR = 12

CONDITION = np.dtype([("code", "i4"), ("low", "f4"), ("high", "f4")])
"""A quantity (code of `simulator.patient.derived.CODE`) and the inclusive range it must lie in."""

RESPONSE = np.dtype([("first_condition", "i4"), ("n_conditions", "i4"), ("action", "i4"), ("argument", "i4")])

STEP = np.dtype(
    [("kind", "i4")]
    + [(name, "f4") for name in ("start_month", "end_month", "every_months", "uptake", "adherence", "months")]
    + [("drug", "i4")]
    + [(name, "f4") for name in ("weight_loss", "activity", "diet", "sleep", "stress", "supported")]
    + [("stop_hazard_per_year", "f4"), ("stop_hazard_with_diabetes", "f4")]
    + [("restart_fraction", "f4"), ("restart_with_diabetes", "f4"), ("tests", "i4")]
    + [(name, "i4") for name in ("first_condition", "n_conditions", "first_response", "n_responses")]
    + [("offered", "f4"), ("starts", "f4")]
)
"""One step. Weight loss is a share of weight; habits carry the units of their programme columns;
`every_months` is 0 for what is done once, `months` is 0 for a course without an end; `tests` has bit
k for single test k; `offered` is 0 for a step that only a response starts; `starts` is how many of 1000
people can start it each month, -1 for as many as come."""


class Parameters(Protocol):
    """What a plan needs of a parameter set."""

    def value(self, name: str) -> Any:
        """Return the current number of a parameter."""

    def __contains__(self, name: object) -> bool:
        """Whether there is a parameter of this name."""


@dataclass(frozen=True)
class Plan:
    """A compiled strategy; the arrays are read-only.

    Attributes
    ----------
    name : the strategy.
    steps : STEP (n_steps,).
    responses : RESPONSE (n_responses,).
    conditions : CONDITION (n_conditions,).
    """

    name: str
    steps: np.ndarray
    responses: np.ndarray
    conditions: np.ndarray

    @property
    def is_limited(self) -> bool:
        """Whether some step can be started by so many a month only, so that people wait for each other."""
        return bool((self.steps["starts"] >= 0).any())


def compile_strategy(strategy: Strategy, parameters: Parameters) -> Plan:
    """Return the plan of a validated strategy.

    Parameters
    ----------
    strategy : see `Scenario.strategy`.
    parameters : gives `<drug>_stop_probability_year_one` and `<drug>_restart_fraction` where a drug
        step takes real-world persistence from the library; a class in which people with diabetes
        differ has both names again, with `_with_diabetes`.
    """
    tables = _Tables(parameters)
    for step in strategy.steps:
        tables.steps.append(_shared_fields(step) | _own_fields(step, parameters))
    for position, step in enumerate(strategy.steps):
        tables.refer(tables.steps[position], step.when, getattr(step, "respond", ()))
    return Plan(
        strategy.name,
        _records(tables.steps, STEP),
        _records(tables.responses, RESPONSE),
        _records(tables.conditions, CONDITION),
    )


def compile_scenario(scenario: Scenario, parameters: Parameters) -> tuple[Plan, ...]:
    """Return the plans of every strategy, in the order of the file."""
    return tuple(compile_strategy(scenario.strategy(name), parameters) for name in scenario.strategies)


def compile_conditions(when: Mapping[str, Condition]) -> np.ndarray:
    """Return validated conditions as CONDITION (n,); all of them must hold."""
    return _records(_condition_rows(when), CONDITION)


def mask_of(tests: tuple[str, ...]) -> int:
    """Return the mask of the single tests that are done when `tests` are asked for."""
    return sum(1 << SINGLE_TESTS.index(test) for test in single_tests(tests))


@dataclass
class _Tables:
    """Rows gathered so far."""

    parameters: Parameters
    steps: list[dict[str, Any]] = field(default_factory=list)
    responses: list[dict[str, Any]] = field(default_factory=list)
    conditions: list[dict[str, Any]] = field(default_factory=list)

    def refer(
        self, row: dict[str, Any], when: Mapping[str, Condition], responses: tuple[Response, ...]
    ) -> None:
        """Append the conditions and responses of a step and note in its row where they stand."""
        row |= self.placed(when)
        rows = [self.placed(response.when) | self.act(response.do) for response in responses]
        row |= {"first_response": len(self.responses), "n_responses": len(rows)}
        self.responses += rows

    def placed(self, when: Mapping[str, Condition]) -> dict[str, int]:
        rows = _condition_rows(when)
        place = {"first_condition": len(self.conditions), "n_conditions": len(rows)}
        self.conditions += rows
        return place

    def act(self, action: Action) -> dict[str, int]:
        if action.stop is not None:
            return {
                "action": STOP,
                "argument": ALL_DRUGS if action.stop == "all" else DRUGS.index(action.stop),
            }
        if action.test is not None:
            return {"action": TEST, "argument": mask_of(action.test)}
        if action.diagnose is not None:
            return {"action": DIAGNOSE, "argument": DIAGNOSES.index(action.diagnose)}
        self.steps.append(_hidden_fields(action, self.parameters))
        return {"action": ADD, "argument": len(self.steps) - 1}


def _records(rows: list[dict[str, Any]], dtype: np.dtype) -> np.ndarray:
    records = np.zeros(len(rows), dtype)
    for record, row in zip(records, rows, strict=True):
        for name, value in row.items():
            record[name] = value
    records.setflags(write=False)
    return records.view(np.recarray)


def _condition_rows(when: Mapping[str, Condition]) -> list[dict[str, Any]]:
    ranges = ((name, interval(name, condition)) for name, condition in when.items())
    return [{"code": CODE[name], "low": low, "high": high} for name, (low, high) in ranges]


def _shared_fields(step: Any) -> dict[str, Any]:
    """Return the fields every step of a file has."""
    end = NEVER if step.until_year is None else round(step.until_year * MONTHS_PER_YEAR)
    return {
        "start_month": round(step.start_year * MONTHS_PER_YEAR),
        "end_month": end,
        "uptake": step.uptake,
        "adherence": getattr(step, "adherence", 1.0),
        "drug": -1,
        "offered": 1.0,
        "starts": -1.0 if step.starts_per_month_per_1000 is None else step.starts_per_month_per_1000,
    }


def _own_fields(step: Any, parameters: Parameters) -> dict[str, Any]:
    """Return the fields of a step's kind."""
    kind = kind_of(step)
    if kind == "lifestyle":
        return _programme(step.lifestyle)
    if isinstance(step, DrugStep):
        return _course(step, parameters)
    if kind == "surgery":
        return {"kind": SURGERY}
    if kind == "screen":
        return {"kind": SCREEN, "tests": mask_of(step.screen.tests)}
    tests, every = step.monitor.tests, step.monitor.every_months
    return {"kind": MONITOR, "tests": mask_of(tests), "every_months": every}


def _hidden_fields(action: Action, parameters: Parameters) -> dict[str, Any]:
    """Return the fields of a step that a response starts: open from first to last month."""
    row = {"start_month": 0.0, "end_month": NEVER, "drug": -1, "offered": 0.0, "starts": -1.0}
    if action.add is not None:
        course = action.add
        return row | {"uptake": course.uptake, "adherence": course.adherence} | _course(course, parameters)
    for key, share in (("uptake", action.uptake), ("adherence", action.adherence)):
        row[key] = 1.0 if share is None else share
    return row | (_programme(action.lifestyle) if action.lifestyle is not None else {"kind": SURGERY})


def _programme(lifestyle: Lifestyle) -> dict[str, Any]:
    return {
        "kind": LIFESTYLE,
        "months": lifestyle.months,
        "weight_loss": (lifestyle.weight_loss_percent or 0.0) / 100,
        "activity": lifestyle.activity_met_min_per_week or 0.0,
        "diet": lifestyle.diet_quality or 0.0,
        "sleep": lifestyle.sleep_hours or 0.0,
        "stress": lifestyle.stress_z or 0.0,
        "supported": float(lifestyle.supported),
    }


def _course(course: Course | DrugStep, parameters: Parameters) -> dict[str, Any]:
    stop, restart = course.stop_fraction_per_year, course.restart_fraction
    if course.persistence == "full":
        stop = restart = 0.0
    stops = _without_and_with_diabetes(stop, f"{course.drug}_stop_probability_year_one", parameters)
    restarts = _without_and_with_diabetes(restart, f"{course.drug}_restart_fraction", parameters)
    hazards = [hazard_of_probability(share) for share in stops]
    return {
        "kind": DRUG,
        "drug": DRUGS.index(course.drug),
        "months": course.months or 0,
        "stop_hazard_per_year": hazards[0],
        "stop_hazard_with_diabetes": hazards[1],
        "restart_fraction": restarts[0],
        "restart_with_diabetes": restarts[1],
    }


def _without_and_with_diabetes(given: float | None, name: str, parameters: Parameters) -> tuple[float, float]:
    """Return what holds without and with diabetes: the number given for both, or the library's."""
    if given is not None:
        return given, given
    with_diabetes = f"{name}_with_diabetes"
    names = name, with_diabetes if with_diabetes in parameters else name
    return float(parameters.value(names[0])), float(parameters.value(names[1]))
