"""Keys and values of the wrong kind: each has its place and its sentence."""

from __future__ import annotations

import pytest

from simulator.patient.columns import DRUGS
from simulator.scenario.vocabulary import CLASS_OF

SCENARIO = {
    "title": "A question",
    "population": "{profile: us-adults-2018}",
    "horizon_years": "5",
    "step": "drug: metformin",
    "rest": "",
}


def scenario(**parts: str) -> str:
    """Write a small scenario of eight lines, some of its parts replaced."""
    p = SCENARIO | parts
    return (
        f"title: {p['title']}\npopulation: {p['population']}\nhorizon_years: {p['horizon_years']}\n"
        f"strategies:\n  usual care: []\n  treat:\n    - {p['step']}\n{p['rest']}\n"
    )


STEP = "strategies > treat > step 1"
NOT_IN_RANGE = "the number has to lie in its range"

FAULTS = [
    ("title", "2018", "1:8, title: text is needed; given: 2018; right would be: text in quotes: '2018'."),
    ("title", "", "1:7, title: text is needed; given: nothing; right would be: text."),
    ("title", "[a]", "1:1, title: text is needed; given: a list of 1; right would be: text."),
    ("title", "'  '", "1:8, title: text has to have a length that can be shown; given: '  '; right would"),
    ("title", r'"a\eb"', r"1:8, title: text has to be printable; given: 'a\x1bb'; right would be: text"),
    ("horizon_years", "300", f"3:16, horizon_years: {NOT_IN_RANGE}; given: 300 years; right would be: 1"),
    ("horizon_years", "0", f"3:16, horizon_years: {NOT_IN_RANGE}; given: 0 years; right would be: 1 to 60"),
    ("horizon_years", "-.inf", f"3:16, horizon_years: {NOT_IN_RANGE}; given: -inf years; right would be:"),
    ("horizon_years", ".nan", f"3:16, horizon_years: {NOT_IN_RANGE}; given: nan years; right would be: 1"),
    ("horizon_years", "2.5", "3:16, horizon_years: a whole number of years is needed; given: 2.5; right"),
    ("horizon_years", "'5'", "3:16, horizon_years: a whole number of years is needed; given: '5'; right"),
    ("horizon_years", "true", "3:16, horizon_years: a whole number of years is needed; given: true; right"),
    ("horizon_years", "[5]", "3:1, horizon_years: a whole number of years is needed; given: a list of 1;"),
    (
        "population",
        "{profile: us-adults-2018, size: '100,000'}",
        "2:45, population > size: a whole number of people is needed; given: '100,000'; right would be:",
    ),
    (
        "population",
        "{profile: us-adult-2018}",
        "2:23, population > profile: a profile has to come from its list; given: 'us-adult-2018'; right",
    ),
    ("population", "all", "2:13, population: a mapping of keys is needed; given: 'all'; right would be:"),
    ("population", "[1]", "2:1, population: a mapping of keys is needed; given: a list of 1; right would"),
    (
        "step",
        "drgu: metformin",
        f"7:7, {STEP} > drgu: a key has to be one that is known here; given: 'drgu'; right would be:",
    ),
    (
        "step",
        "{drug: metformin, uptke: 0.5}",
        f"7:25, {STEP} > uptke: a key has to be one that is known here; given: 'uptke'; right would be:",
    ),
    (
        "step",
        "{drug: metformin, uptake: 60 %}",
        f"7:33, {STEP} > uptake: a number is needed; given: '60 %'; right would be: 0.6, a number from 0",
    ),
    ("step", "{drug: metformin, uptake: 60}", f"7:33, {STEP} > uptake: {NOT_IN_RANGE}; given: 60; right"),
    (
        "step",
        "drug: metfromin",
        f"7:13, {STEP} > drug: a drug has to come from its list; given: 'metfromin'; right would be:",
    ),
    (
        "step",
        "drug: Resmetirom",
        f"7:13, {STEP} > drug: a drug has to come from its list; given: 'Resmetirom'; right would be: "
        "'thr_beta_agonist', which stands for Resmetirom.",
    ),
    (
        "step",
        "{drug: metformin, persistence: always}",
        f"7:38, {STEP} > persistence: a persistence has to come from its list; given: 'always'; right",
    ),
    (
        "step",
        "monitor: {tests: [altt], every_months: 6}",
        f"7:25, {STEP} > monitor > tests > test 1: a test has to come from its list; given: 'altt'; right",
    ),
    (
        "step",
        "monitor: {tests: [], every_months: 6}",
        f"7:17, {STEP} > monitor > tests: the number of entries has to lie in its range; given: an empty",
    ),
    (
        "step",
        "monitor: {tests: alt, every_months: 6}",
        f"7:24, {STEP} > monitor > tests: a list is needed; given: 'alt'; right would be: items that begin",
    ),
    (
        "step",
        "monitor: {tests: [alt]}",
        f"7:7, {STEP} > monitor > every_months: the key 'every_months' is needed; given: no such key;",
    ),
    (
        "step",
        "lifestyle: {weight_loss_percent: 50, months: 12}",
        f"7:40, {STEP} > lifestyle > weight_loss_percent: {NOT_IN_RANGE}; given: 50 % of weight; right",
    ),
    (
        "step",
        "lifestyle: {sleep_hours: 6, months: 12}",
        f"7:32, {STEP} > lifestyle > sleep_hours: {NOT_IN_RANGE}; given: 6 h/night; right would be: -4 to",
    ),
    (
        "step",
        "lifestyle: {sleep_hours: 1, months: 12, supported: yes}",
        f"7:58, {STEP} > lifestyle > supported: true or false is needed; given: 'yes'; right would be:",
    ),
    (
        "step",
        "give: nothing",
        f"7:7, {STEP}: a step is one of lifestyle, drug, surgery, screen, monitor; given: a mapping with",
    ),
    ("step", "metformin", f"7:7, {STEP}: a step is one of lifestyle, drug, surgery, screen, monitor;"),
    ("rest", "outcomes: [cirosis]", "8:12, outcomes > outcome 1: an outcome has to come from its list;"),
    ("rest", "sede: 3", "8:1, sede: a key has to be one that is known here; given: 'sede'; right would"),
    ("rest", "seed: -1", f"8:7, seed: {NOT_IN_RANGE}; given: -1; right would be: 0 to"),
    (
        "rest",
        "parameters: {stress_sdd: 1}",
        "8:14, parameters > stress_sdd: a parameter has to exist; given: 'stress_sdd'; right would be:",
    ),
    (
        "rest",
        "parameters: {stress_sd: high}",
        "8:25, parameters > stress_sd: a parameter is a finite number, or label: number; given: 'high';",
    ),
    ("rest", "parameters: {stress_sd: {male: 1}}", "8:14, parameters > stress_sd: the value is a number;"),
    (
        "rest",
        "economics: {discount_rate_per_year: 3}",
        f"8:37, economics > discount_rate_per_year: {NOT_IN_RANGE}; given: 3 per year; right would be: 0",
    ),
]


@pytest.mark.parametrize(
    ("part", "value", "sentence"), FAULTS, ids=[f"{part}: {value}" for part, value, _ in FAULTS]
)
def test_each_fault_has_its_place_and_its_sentence(problems, part, value, sentence):
    (problem,) = problems(scenario(**{part: value}))
    assert str(problem).startswith(f"my.yaml:{sentence}")
    assert problem.source == scenario(**{part: value}).splitlines()[int(sentence.split(":")[0]) - 1].strip()


@pytest.mark.parametrize("key", ["title", "population", "horizon_years", "strategies"])
def test_needed_keys_are_asked_for(problems, small, key):
    lines = small.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(f"{key}:"))
    last = next((n for n, line in enumerate(lines) if n > first and not line.startswith(" ")), len(lines))
    found = problems("\n".join(lines[:first] + lines[last:]))
    assert [problem.rule for problem in found] == [f"the key '{key}' is needed"]
    assert found[0].where.startswith("my.yaml:1:1")


def test_everything_wrong_is_said_at_once_in_the_order_of_the_file(problems):
    text = scenario(
        title="3",
        population="{profile: x, where: {agee: {min: 3}}}",
        horizon_years="300",
        step="{drug: x, uptake: 2, when: {fibrosis: {min: 2}}}",
        rest="comparator: nobody\nseed: 1\nseed: 2",
    )
    found = problems(text)
    lines = [int(problem.where.split(":")[1].split(",")[0]) for problem in found]
    assert lines == [1, 2, 2, 3, 7, 7, 7, 8, 10]
    assert all(problem.rule and problem.given and problem.right and problem.source for problem in found)


def test_a_misspelt_needed_key_is_one_problem_not_two(problems, small):
    (problem,) = problems(small.replace("title:", "titel:"))
    assert problem.right.startswith("'title'")


def test_no_words_of_the_validation_library_reach_the_reader(problems):
    text = scenario(
        title="[]",
        population="3",
        horizon_years="{}",
        step="{lifestyle: 3, when: 3, uptake: []}",
        rest="outcomes: 3",
    )
    sentences = " ".join(str(problem) for problem in problems(text))
    for jargon in ("Input should", "pydantic", "dict", "tuple", "model", "instance", "None", "int_", "float"):
        assert jargon not in sentences


def test_a_list_of_junk_is_refused_in_a_moment(problems, small):
    junk = ", ".join(f"o{number}" for number in range(40_000))
    found = problems(small + f"outcomes: [{junk}]\n")
    assert found[0].right == "1 to 100 entries"


def test_thousands_of_problems_are_cut_short(problems, small):
    many = "\n".join(f"key{number}: 1" for number in range(3000))
    found = problems(small + many)
    assert len(found) == 51
    assert found[-1].rule == "the first 50 problems are shown"


def test_an_agent_stands_for_a_class_of_the_list() -> None:
    assert set(CLASS_OF.values()) <= set(DRUGS) and not set(CLASS_OF) & set(DRUGS)
