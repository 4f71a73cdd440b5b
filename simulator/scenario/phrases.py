"""Parts of a scenario in plain English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simulator.patient.columns import CODES, Column
from simulator.scenario.conditions import quantities
from simulator.scenario.fields import Condition
from simulator.scenario.steps import Action, Course, DrugStep, Lifestyle, Response, kind_of

_TEST_WORDS = {
    "hba1c": "HbA1c",
    "alt": "ALT",
    "ast": "AST",
    "fib4": "FIB-4",
    "nfs": "the NAFLD fibrosis score",
    "cap": "CAP",
    "lsm": "liver stiffness",
    "genotype": "PNPLA3 and TM6SF2 genotype",
}
_DRUG_WORDS = {
    "glp1_ra": "a GLP-1 receptor agonist",
    "sglt2_inhibitor": "an SGLT2 inhibitor",
    "vitamin_e": "vitamin E",
    "thr_beta_agonist": "a THR-beta agonist",
    "fgf21_analogue": "an FGF21 analogue",
    "fxr_agonist": "an FXR agonist",
}
_OUTCOME_WORDS = {
    "hcc": "liver cancer",
    "qaly": "QALYs",
    "bmi": "BMI",
    "homa_ir": "HOMA-IR",
    "hba1c": "HbA1c",
    "masld": "MASLD",
    "mash": "MASH",
    "life_years": "life-years",
}
_CONCLUSIONS = {"masld": "MASLD", "fibrosis": "significant fibrosis", "diabetes": "diabetes"}
_COUNTS = ("alleles", "visits", "tests")
_UNITLESS = ("index", "0..1", "z", "stage")
_HABIT_WORDS = {
    "weight_loss_percent": "{:g} % of weight lost",
    "activity_met_min_per_week": "{:+g} MET-min of activity a week",
    "diet_quality": "diet quality {:+g} on a scale of 0 to 1",
    "sleep_hours": "{:+g} h of sleep a night",
    "stress_z": "stress {:+g} SD",
}


def listed(words: Iterable[str], last: str = "and") -> str:
    """Join words as a sentence does.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    items = list(words)
    return (
        items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else "nothing"
    )


def number(value: float) -> str:
    """Write a number as a sentence does.

    >>> number(100000.0), number(1.3)
    ('100,000', '1.3')
    """
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:g}"


def share(value: float) -> str:
    """Write a share as a percentage."""
    return f"{100 * value:.3g} %"


def drug_words(drug: str) -> str:
    """Name a drug class in a sentence."""
    return _DRUG_WORDS.get(drug, drug.replace("_", " "))


def tests_listed(tests: Iterable[str]) -> str:
    """List tests in a sentence."""
    return listed(_TEST_WORDS.get(test, test.replace("_", " ")) for test in tests)


def outcome_words(outcome: str) -> str:
    """Name an outcome in a sentence."""
    is_stage = outcome[0] == "f" and outcome[1:].isdigit()
    return _OUTCOME_WORDS.get(outcome, outcome.upper() if is_stage else outcome.replace("_", " "))


def conditions(when: Mapping[str, Condition], *, everybody: str = "everybody", people: str = "people") -> str:
    """Phrase whom conditions pick out.

    >>> conditions({"diagnosed_masld": Condition(**{"is": True}), "observed_fib4": Condition(min=1.3)})
    'people known to have MASLD and with FIB-4 of at least 1.3'
    """
    if not when:
        return everybody
    rest = dict(when)
    noun = {"female": "women", "male": "men"}[str(rest.pop("sex").is_)] if "sex" in rest else people
    age = [_age_range(rest.pop("age_years"))] if "age_years" in rest else []
    others = [listed(_condition(quantities()[name], asked) for name, asked in rest.items())] if rest else []
    return " ".join([noun, *age, *others])


def _condition(column: Column, condition: Condition) -> str:
    exactly = condition.is_
    if column.name in CODES:
        return f"whose {column.label.lower()} is {str(exactly).replace('_', ' ')}"
    if isinstance(exactly, bool):
        return _flag(column, exactly)
    if column.unit in _COUNTS:
        label = _inner_label(column)
        is_one = 1 in (condition.is_, condition.min, condition.max)
        return f"with {_range(condition, '')} {label.removesuffix('s') if is_one else label}"
    unit = "" if column.unit in _UNITLESS else f" {column.unit}"
    return f"with {_inner_label(column)} of {_range(condition, unit)}"


def _age_range(condition: Condition) -> str:
    if condition.is_ is not None:
        return f"aged exactly {number(float(condition.is_))}"
    if condition.min is None:
        return f"aged at most {number(condition.max or 0)}"
    to = " or more" if condition.max is None else f" to {number(condition.max)}"
    return f"aged {number(condition.min)}{to}"


def _range(condition: Condition, unit: str) -> str:
    if condition.is_ is not None:
        return f"exactly {number(float(condition.is_))}{unit}"
    if condition.min is None:
        return f"at most {number(condition.max or 0)}{unit}"
    if condition.max is None:
        return f"at least {number(condition.min)}{unit}"
    return f"{number(condition.min)} to {number(condition.max)}{unit}"


def _flag(column: Column, value: bool) -> str:
    label = _inner_label(column)
    if column.name.startswith("diagnosed_"):
        known = label.removeprefix("diagnosed ")
        return f"known to have {known}" if value else f"not known to have {known}"
    if column.name.startswith("on_"):
        taken = f"on {drug_words(column.name.removeprefix('on_'))}"
        return taken if value else f"not {taken}"
    if column.name in ("is_alive", "had_surgery", "in_programme", "programme_is_on"):
        return f"who are {'' if value else 'not '}{label}"
    return f"{'with' if value else 'without'} {label}"


def _inner_label(column: Column) -> str:
    """Return a label as it stands inside a sentence: a capital is kept where the word is an abbreviation."""
    label = column.label
    for seen in ("measured", "tested"):
        if label.endswith(f", {seen}"):
            label = f"{seen} {label.removesuffix(f', {seen}')}"
    words = [word.lower() if word.isalpha() and word[1:].islower() else word for word in label.split()]
    return " ".join(words)


def programme(lifestyle: Lifestyle) -> str:
    """Phrase what a programme changes and for how long."""
    habits = [(words, getattr(lifestyle, habit)) for habit, words in _HABIT_WORDS.items()]
    changes = listed(words.format(change) for words, change in habits if change is not None)
    after = ", with support that goes on" if lifestyle.supported else ""
    return f"a programme of {lifestyle.months} months ({changes}{after})"


def course(given: Course | DrugStep) -> str:
    """Phrase a drug, the length of its course and how people stay on it."""
    length = "" if given.months is None else f" for {given.months} months"
    return f"{drug_words(given.drug)}{length}"


def staying(given: Course | DrugStep) -> str:
    """Phrase how people stay on a drug and how much of it they take."""
    if given.persistence == "full":
        stop = "nobody stops"
    elif given.stop_fraction_per_year is not None:
        stop = f"{share(given.stop_fraction_per_year)} stop within a year"
    else:
        stop = "people stop it as often as in practice"
    if given.restart_fraction is not None:
        stop += f", {share(given.restart_fraction)} of them start again"
    return stop if given.adherence == 1 else f"{share(given.adherence)} of it is taken; {stop}"


def accepting(uptake: float | None) -> str:
    """Phrase uptake; none given means everybody."""
    if uptake is None or uptake == 1:
        return "all accept"
    return f"{share(uptake)} accept" if uptake else "nobody accepts"


def step(given: Any) -> str:
    """Phrase one step: when, to whom, what, and how it is taken up."""
    whom = conditions(given.when)
    start = f"{_period(given.start_year, given.until_year)}, {whom} {'is' if whom == 'everybody' else 'are'}"
    kind = kind_of(given)
    end = f"{_places(given.starts_per_month_per_1000)}."
    if kind in ("screen", "monitor"):
        come = {0.0: "nobody comes", 1.0: "all come"}.get(given.uptake, f"{share(given.uptake)} come")
        return f"{start} tested {_tests(given)}: {come}{end}"
    taken = accepting(given.uptake)
    if kind == "drug":
        return f"{start} offered {course(given)}: {taken}; {staying(given)}{end}"
    if kind == "surgery":
        return f"{start} offered {given.surgery} surgery: {taken}{end}"
    followed = "" if given.adherence == 1 else f"; {share(given.adherence)} of it is followed"
    return f"{start} offered {programme(given.lifestyle)}: {taken}{followed}{end}"


def _places(starts: float | None) -> str:
    return "" if starts is None else f"; {number(starts)} of 1000 can start each month, others wait"


def _tests(given: Any) -> str:
    if kind_of(given) == "screen":
        return f"once for {tests_listed(given.screen.tests)}"
    return f"every {given.monitor.every_months} months for {tests_listed(given.monitor.tests)}"


def _period(start_year: float, until_year: float | None) -> str:
    start = "From the start" if start_year == 0 else f"From year {number(start_year)}"
    return start if until_year is None else f"{start} until year {number(until_year)}"


def response(given: Response) -> str:
    """Phrase one response: for whom, and what is done."""
    whom = conditions(given.when, everybody="all of them", people="those")
    return f"{whom[0].upper()}{whom[1:]}: {_action(given.do)}."


def _action(do: Action) -> str:
    if do.add is not None:
        return f"start {course(do.add)} ({accepting(do.add.uptake)}; {staying(do.add)})"
    if do.stop is not None:
        return "stop all drugs" if do.stop == "all" else f"stop {drug_words(do.stop)}"
    if do.test is not None:
        return f"test {tests_listed(do.test)} at once"
    if do.diagnose is not None:
        return f"conclude {_CONCLUSIONS[do.diagnose]}"
    if do.lifestyle is not None:
        return f"offer {programme(do.lifestyle)} ({accepting(do.uptake)})"
    return f"offer {do.surgery} surgery ({accepting(do.uptake)})"
