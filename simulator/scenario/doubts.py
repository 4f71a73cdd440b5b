"""What a reader of a valid scenario should be warned about before trusting its answer."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulator.parameters.natural_history import DEFAULT as CALIBRATED
from simulator.patient.columns import OBSERVED
from simulator.scenario.conditions import interval, quantities
from simulator.scenario.phrases import drug_words, listed, number, outcome_words
from simulator.scenario.plan import PRACTICE
from simulator.scenario.schema import Scenario
from simulator.scenario.steps import kind_of
from simulator.scenario.trial_rules import trial_doubts
from simulator.scenario.vocabulary import results_of

LONGEST_TRIAL_MONTHS = {
    "metformin": (34, "Diabetes Prevention Program"),
    "pioglitazone": (22, "PIVENS"),
    "glp1_ra": (17, "ESSENCE"),
    "sglt2_inhibitor": (6, "trials pooled by Mantovani 2021"),
    "vitamin_e": (22, "PIVENS"),
    "thr_beta_agonist": (12, "MAESTRO-NASH"),
    "fgf21_analogue": (6, "HARMONY, week 24"),
    "fxr_agonist": (18, "REGENERATE"),
    "lifestyle": (34, "Diabetes Prevention Program"),
    "surgery": (60, "Lassailly 2020"),
}
"""Follow-up in months, and the study, that the effect of each treatment rests on."""

LONGEST_COHORT_YEARS = 14
"""Longest median follow-up among the cohorts of biopsied people behind the natural history."""

HARD_OUTCOMES = {
    "cirrhosis",
    "decompensation",
    "hcc",
    "transplant",
    "liver_death",
    "death",
    "life_years",
    "qaly",
}
"""What no trial of these treatments has counted in MASLD."""

RARE_OUTCOMES = {"decompensation", "hcc", "transplant", "liver_death"}
FEW_PEOPLE = 5_000
"""Below this many people the rare outcomes are a handful."""

CERTIFICATES = (
    "The model has about three times the deaths of the liver that US death certificates of 2017 put down to "
    "this disease (Paik 2020), and as many as a county whose records were read (Allen 2022): compare "
    "strategies, and do not read totals as vital statistics."
)
"""What the examination of the model says of absolute numbers."""

MORE_STILL = (
    "This natural-history set comes from people chosen for biopsy and makes several times the deaths of "
    "the liver that US death certificates or records of a county show: compare strategies, and do not "
    "read totals as vital statistics."
)

LEAST_LOSS_PERCENT = 0.5
"""Below this a programme's loss of weight is likelier a fraction than per cent."""

WHOLE_UNITS = ("alleles", "stage", "visits", "tests", "month", "months", "year", "bits")
"""Units whose values are whole, so that asking for exactly one of them makes sense."""


def doubts(scenario: Scenario) -> Iterator[str]:
    """Yield warnings as sentences, the ones that concern the whole scenario first."""
    yield from _about_people(scenario)
    yield from _about_evidence(scenario)
    if scenario.trial is not None:
        yield from trial_doubts(scenario.trial, scenario.population.where, scenario.strategies)
    for name, steps in scenario.strategies.items():
        if not steps and name != scenario.comparator and not scenario.strategies[str(scenario.comparator)]:
            yield f"Strategy '{name}' has no steps, like its comparator: no difference can appear."
        measured = _measured_by(steps)
        for position, step in enumerate(steps, start=1):
            where = f"Strategy '{name}', step {position}"
            yield from (f"{where}: {doubt}" for doubt in _about_step(step, scenario))
            for when in (step.when, *(response.when for response in getattr(step, "respond", ()))):
                yield from (f"{where}: {doubt}" for doubt in _about_conditions(when, measured, scenario))


def _about_people(scenario: Scenario) -> Iterator[str]:
    people = scenario.population
    if people.cohort is not None and (header := _header(people.cohort)) is not None:
        measured = listed(name for name in header if name in quantities())
        yield (
            f"{Path(people.cohort).name} brings {measured}; everything else about a person is imputed from "
            "the grown person who matches best."
        )
    rare = RARE_OUTCOMES.intersection(scenario.outcomes)
    if people.size is not None and people.size < FEW_PEOPLE and rare:
        names = listed(sorted(map(outcome_words, rare)))
        yield f"With {number(people.size)} people, {names} will be few and their intervals wide."
    yield from _about_conditions(people.where, None, scenario)


def _header(path: str) -> list[str] | None:
    """Return the columns of a cohort file; None when it is no CSV text, of which its own reader will tell."""
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            return [name.strip() for name in next(csv.reader(file), [])]
    except (OSError, ValueError, csv.Error):
        return None


def _about_evidence(scenario: Scenario) -> Iterator[str]:
    used = {treatment for steps in scenario.strategies.values() for treatment in _treatments(steps)}
    horizon = 12 * scenario.horizon_years
    short = [
        name for name in LONGEST_TRIAL_MONTHS if name in used and LONGEST_TRIAL_MONTHS[name][0] < horizon
    ]
    if short:
        yield (
            f"People are followed for {scenario.horizon_years} years, longer than the studies behind the "
            f"effects: {listed(map(_trial, short))}. What comes later is extrapolated."
        )
    if scenario.horizon_years > LONGEST_COHORT_YEARS:
        yield (
            f"The cohorts behind the natural history were followed for up to {LONGEST_COHORT_YEARS} years "
            "at the median (Simon 2021): what comes later is extrapolated."
        )
    if used and (hard := HARD_OUTCOMES.intersection(scenario.outcomes)):
        names = listed(outcome_words(name) for name in scenario.outcomes if name in hard)
        yield (
            "No trial of these treatments was long or large enough to show fewer liver events in MASLD: "
            f"effects on {names} are extrapolated through liver fat, inflammation and fibrosis."
        )
    if scenario.trial is None and "liver_death" in scenario.outcomes:
        yield CERTIFICATES if scenario.natural_history == CALIBRATED else MORE_STILL


def _trial(treatment: str) -> str:
    months, study = LONGEST_TRIAL_MONTHS[treatment]
    programmes = {"lifestyle": "lifestyle programmes", "surgery": "bariatric surgery"}
    return f"{programmes.get(treatment, drug_words(treatment))} {months} months ({study})"


def _treatments(steps: tuple[Any, ...]) -> Iterator[str]:
    """Yield the drugs, and the kinds of other treatment, that steps or their responses may start."""
    for step in steps:
        kind = kind_of(step)
        if kind in ("lifestyle", "surgery"):
            yield kind
        elif kind == "drug":
            yield step.drug
        for response in getattr(step, "respond", ()):
            if response.do.add is not None:
                yield response.do.add.drug
            yield from (
                other for other in ("lifestyle", "surgery") if getattr(response.do, other) is not None
            )


def _measured_by(steps: tuple[Any, ...]) -> frozenset[str]:
    tests: list[str] = []
    for step in steps:
        for kind in ("screen", "monitor"):
            if hasattr(step, kind):
                tests += getattr(step, kind).tests
        for response in getattr(step, "respond", ()):
            tests += response.do.test or ()
    return results_of(tuple(tests)) if tests else frozenset()


def _about_step(step: Any, scenario: Scenario) -> Iterator[str]:
    if step.uptake == 0:
        yield "nobody accepts (uptake 0), so it changes nothing."
    elif getattr(step, "adherence", 1) == 0:
        yield "nobody takes what they accepted (adherence 0), so it changes nothing but costs."
    yield from _about_places(step, scenario)
    kind = kind_of(step)
    if kind in ("screen", "monitor") and not step.respond:
        yield "tests are done and nobody acts on them: no 'respond'."
    if kind == "lifestyle" and 0 < (step.lifestyle.weight_loss_percent or 0) < LEAST_LOSS_PERCENT:
        yield (
            f"weight_loss_percent of {number(step.lifestyle.weight_loss_percent)} is hardly any: per cent, "
            "not a fraction, was probably meant."
        )
    months = step.lifestyle.months if kind == "lifestyle" else getattr(step, "months", None)
    if months is not None and 12 * step.start_year + months > 12 * scenario.horizon_years:
        yield "the course goes on beyond the horizon, so its full effect is not seen."


def _about_places(step: Any, scenario: Scenario) -> Iterator[str]:
    starts = step.starts_per_month_per_1000
    if starts is None:
        return
    people = min(scenario.population.size or PRACTICE, PRACTICE)
    if starts * people / 1000 * 12 * (scenario.horizon_years - step.start_year) < 1:
        yield (
            f"starts_per_month_per_1000 of {number(starts)} gives the {people} people of a practice no place "
            "within the horizon: everybody waits."
        )
    elif starts == 1000:
        yield "starts_per_month_per_1000 has a place for everybody every month: nobody waits."


def _about_conditions(when: Any, measured: frozenset[str] | None, scenario: Scenario) -> Iterator[str]:
    """Yield doubts about conditions of care (`measured`: what its tests show) or of the population (None)."""
    for name, condition in when.items():
        column = quantities()[name]
        if isinstance(condition.is_, float) and column.unit not in WHOLE_UNITS:
            yield f"{name} is hardly ever exactly {number(condition.is_)}: a range was probably meant."
        if measured is not None and column.kind == OBSERVED and name not in measured:
            yield (
                f"no test of this strategy shows {name}: the condition holds only where usual care, "
                "or the cohort, has measured it."
            )
        if measured is not None and _is_never_true(name, interval(name, condition), scenario):
            yield f"nobody in the population ever has the {name} it asks for: the condition is never true."


def _is_never_true(name: str, asked: tuple[float, float], scenario: Scenario) -> bool:
    """Whether the population was chosen so that nobody can meet what care asks of a fixed trait or of age."""
    within = scenario.population.where.get(name)
    if within is None or name not in ("age_years", "sex", "ethnicity"):
        return False
    low, high = interval(name, within)
    if name == "age_years":
        high += scenario.horizon_years
    return asked[0] > high or asked[1] < low
