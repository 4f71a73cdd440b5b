"""A scenario in plain English, with what was taken by default and what to be careful about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.parameters.natural_history import DEFAULT, natural_history, under
from simulator.patient.columns import TRUTH
from simulator.scenario.conditions import quantities
from simulator.scenario.doubts import doubts
from simulator.scenario.phrases import (
    conditions,
    drug_words,
    listed,
    number,
    outcome_words,
    response,
    share,
    step,
)
from simulator.scenario.schema import Scenario
from simulator.scenario.steps import DrugStep
from simulator.scenario.trial_rules import trial_defaults, trial_sentences


@dataclass(frozen=True)
class Echo:
    """What a scenario says, for a person to check before it runs.

    Attributes
    ----------
    sentences : the scenario, one line each; steps and responses are indented under their strategy.
    defaults : what was left out of the file and is taken as.
    warnings : what makes the answer weaker, or a part of the scenario idle.
    """

    sentences: tuple[str, ...]
    defaults: tuple[str, ...]
    warnings: tuple[str, ...]

    def __str__(self) -> str:
        lines = [*self.sentences]
        if self.defaults:
            lines += ["", "Taken by default:", *(f"  {default}" for default in self.defaults)]
        if self.warnings:
            lines += ["", "Be careful:", *(f"  {warning}" for warning in self.warnings)]
        return "\n".join(lines)


def explain(scenario: Scenario, parameters: Any = None) -> Echo:
    """Return the scenario in plain English.

    Parameters
    ----------
    scenario : a valid one.
    parameters : a `ParameterSet`; with it, changed parameters are shown beside the library's value,
        and those outside their interval are warned about.
    """
    sentences = [
        scenario.title,
        *([scenario.question] if scenario.question else []),
        "",
        _people(scenario),
        _run(scenario),
        *_natural_history(scenario),
        "",
    ]
    for name, steps in scenario.strategies.items():
        sentences += _strategy(scenario, name, steps)
    if scenario.trial is not None:
        sentences += ["", *trial_sentences(scenario.trial)]
    sentences += [
        "",
        f"Compared: {listed(outcome_words(name) for name in scenario.outcomes)}.",
        _economics(scenario),
    ]
    if parameters is not None:
        parameters = under(parameters, scenario.natural_history)
    sentences += _changes(scenario, parameters)
    warnings = list(dict.fromkeys(doubts(scenario)))
    if caution := natural_history(scenario.natural_history).caution:
        warnings.append(caution)
    if parameters is not None and scenario.parameters:
        warnings += parameters.override(scenario.parameters).warnings
    return Echo(tuple(sentences), tuple(_defaults(scenario)), tuple(warnings))


def _people(scenario: Scenario) -> str:
    people = scenario.population
    if people.profile is not None:
        origin = f"grown from age 18 under the profile {people.profile}"
    else:
        origin = f"taken from {Path(str(people.cohort)).name}"
    noun = "adults" if people.profile is not None else "people"
    whom = conditions(people.where, everybody=noun, people=noun)
    size = "All the" if people.size is None else number(people.size)
    families = f", in families of {people.sibship_size} who share genes" if people.sibship_size > 1 else ""
    truths = [name for name in people.where if quantities()[name].kind == TRUTH]
    chosen = " What is asked of them is the truth, known to care or not." if people.where else ""
    if people.where and scenario.trial is not None and not truths:
        chosen = " They are chosen by what is known and what the tests at entry showed."
    return f"People: {size} {whom}, {origin}{families}.{chosen}"


def _run(scenario: Scenario) -> str:
    others = len(scenario.strategies) - 1
    years = f"{scenario.horizon_years} year{'s' if scenario.horizon_years > 1 else ''}"
    compared = {0: "under one strategy", 1: "under two strategies with the same luck"}
    under = compared.get(others, f"under {others + 1} strategies with the same luck")
    against = f", each compared with '{scenario.comparator}'" if others else ""
    return f"They live {years}, month by month, {under} (seed {scenario.seed}){against}."


def _natural_history(scenario: Scenario) -> Iterator[str]:
    if scenario.natural_history != DEFAULT:
        chosen = natural_history(scenario.natural_history)
        changed = f"It changes {listed(chosen.entries)}."
        yield f"Natural history: {chosen.name}, in place of the library's. {chosen.meaning} {changed}"


def _strategy(scenario: Scenario, name: str, steps: tuple[Any, ...]) -> Iterator[str]:
    is_comparator = name == scenario.comparator and len(scenario.strategies) > 1
    role = " (the comparator)" if is_comparator else ""
    if not steps:
        yield f"Strategy '{name}'{role}: care as usual, nothing added."
        return
    yield f"Strategy '{name}'{role}: care as usual and"
    for position, given in enumerate(steps, start=1):
        yield f"  {position}. {step(given)}"
        for answer in getattr(given, "respond", ()):
            yield f"     - {response(answer)}"


def _economics(scenario: Scenario) -> str:
    rate = share(scenario.economics.discount_rate_per_year)
    worth = number(scenario.economics.willingness_to_pay_per_qaly)
    return f"Costs and QALYs are discounted by {rate} a year; a QALY is held to be worth {worth} USD."


def _changes(scenario: Scenario, parameters: Any) -> Iterator[str]:
    for name, value in scenario.parameters.items():
        usual = f" instead of {_shown(parameters.value(name))}" if parameters is not None else ""
        yield f"Changed for this scenario: {name} is {_shown(value)}{usual}."


def _shown(value: Any) -> str:
    if isinstance(value, int | float):
        return f"{value:g}"
    labels = (f"{label:g}" if isinstance(label, float) else label for label in value)
    return listed(f"{label} {cell:g}" for label, cell in zip(labels, value.values(), strict=True))


def _defaults(scenario: Scenario) -> Iterator[str]:
    """Yield what the file left out and the scenario takes."""
    written = scenario.model_fields_set
    people = scenario.population
    if people.size is None:
        yield "size: everybody in the cohort"
    elif "size" not in people.model_fields_set:
        yield f"size: {number(people.size)} people"
    if "seed" not in written:
        yield f"seed: {scenario.seed}"
    if "comparator" not in written and len(scenario.strategies) > 1:
        yield f"comparator: {scenario.comparator}, the first strategy"
    if "natural_history" not in written:
        yield f"natural_history: {scenario.natural_history}, the library's calibrated values"
    if "outcomes" not in written:
        yield f"outcomes: {', '.join(scenario.outcomes)}"
    for key, meaning in (("discount_rate_per_year", "a year"), ("willingness_to_pay_per_qaly", "USD")):
        if key not in scenario.economics.model_fields_set:
            yield f"{key}: {number(getattr(scenario.economics, key))} {meaning}"
    if scenario.trial is not None:
        yield from trial_defaults(scenario.trial)
    courses = [step for steps in scenario.strategies.values() for step in steps if isinstance(step, DrugStep)]
    open_ended = (c for c in courses if c.persistence != "full" and c.stop_fraction_per_year is None)
    drugs = {drug_words(course.drug) for course in open_ended}
    if drugs:
        yield f"stopping and restarting of {listed(sorted(drugs))}: the library's values for practice"
