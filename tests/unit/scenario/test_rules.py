"""Rules that span keys: conditions, who may look at what, and what makes sense together."""

from __future__ import annotations

import pytest

from simulator.patient.columns import TRUTH
from simulator.scenario.conditions import SEEN_AS, care_quantities, interval, quantities
from simulator.scenario.fields import Condition
from simulator.scenario.load import load_scenario

SCENARIO = """\
title: A question
population: {population}
horizon_years: 5
strategies:
  usual care: []
  treat:
    - {step}
"""
STEP = "strategies > treat > step 1"


@pytest.fixture
def of_where(problems):
    """Return a function that gives the problems of conditions on the population."""
    return lambda where: problems(
        SCENARIO.format(population=f"{{profile: us-adults-2018, where: {where}}}", step="drug: metformin")
    )


@pytest.fixture
def of_step(problems):
    """Return a function that gives the problems of a step."""
    return lambda step: problems(SCENARIO.format(population="{profile: us-adults-2018}", step=step))


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        (
            "{agee: {min: 40}}",
            "a condition names a known quantity; given: 'agee'; right would be: 'age_years'",
        ),
        ("{xyzzy: 1}", "given: 'xyzzy'; right would be: a quantity listed in scenarios/reference.md"),
        ("{bmi: {min: 40, max: 30}}", "min is at most max; given: min 40, max 30; right would be: the two"),
        (
            "{bmi: {min: 300}}",
            "bmi has to lie in its range; given: 300 kg/m2; right would be: 12 to 160 kg/m2",
        ),
        (
            "{hba1c_percent: 48}",
            "hba1c_percent has to lie in its range; given: 48 %; right would be: 3.5 to 18 %",
        ),
        ("{bmi: {}}", "a condition has one value, or min, max or both; given: neither a value nor a range"),
        (
            "{bmi: {min: }}",
            "a condition has one value, or min, max or both; given: neither a value nor a range",
        ),
        (
            "{bmi: {is: }}",
            "a condition has one value, or min, max or both; given: neither a value nor a range",
        ),
        ("{bmi: {is: 30, min: 20}}", "one value, or min, max or both; given: both a value and a range"),
        ("{bmi: {mim: 30}}", "a key has to be one that is known here; given: 'mim'; right would be: 'min'"),
        (
            "{bmi: obese}",
            "bmi is a number; given: 'obese'; right would be: {min: ..., max: ...} within 12 to 160",
        ),
        ("{bmi: true}", "bmi is a number; given: true"),
        ("{bmi: [20, 30]}", "a mapping of keys is needed; given: a list of 2"),
        ("{bmi: {min: '30'}}", "a number is needed; given: '30'; right would be: 30, without quotes or unit"),
        (
            "{bmi: {max: .inf}}",
            "a finite number is needed; given: inf; right would be: a number, or no such key",
        ),
        ("{bmi: {is: .nan}}", "one value is needed; given: nan"),
        ("{has_diabetes: 1}", "has_diabetes is true or false; given: 1; right would be: true."),
        ("{has_diabetes: 'no'}", "has_diabetes is true or false; given: 'no'; right would be: false."),
        (
            "{has_diabetes: {min: 1}}",
            "has_diabetes has no range; given: a mapping with min; right would be: has_dia",
        ),
        (
            "{sex: femal}",
            "sex is given by one label; given: 'femal'; right would be: 'female', one of: male, female",
        ),
        ("{sex: 1}", "sex is given by one label; given: 1; right would be: one of: male, female"),
        ("{ethnicity: [white, asian]}", "a mapping of keys is needed; given: a list of 2"),
        ("{ethnicity: {min: 1}}", "ethnicity has no range; given: a mapping with min"),
        ("[sex]", "a mapping of keys is needed; given: a list of 1"),
    ],
)
def test_conditions_on_the_population_are_checked(of_where, where, sentence):
    found = of_where(where)
    assert len(found) == 1
    assert sentence in str(found[0])
    assert found[0].where.startswith("my.yaml:2:")


@pytest.mark.parametrize(
    ("truth", "seen"),
    [
        ("fibrosis: {min: 2}", "observed_lsm_kpa, observed_fib4 or diagnosed_fibrosis"),
        ("has_diabetes: true", "diagnosed_diabetes"),
        ("liver_fat_percent: {min: 5}", "observed_cap_db_per_m"),
        ("homa_ir: {min: 3}", "observed_homa_ir"),
        ("hba1c_percent: {min: 6.5}", "observed_hba1c_percent"),
        ("pnpla3_g: 2", "observed_pnpla3_g"),
        ("injury: {min: 0}", "observed_alt_u_l"),
    ],
)
@pytest.mark.parametrize(
    "step",
    [
        "{{drug: metformin, when: {{{truth}}}}}",
        "{{screen: {{tests: [alt]}}, respond: [{{when: {{{truth}}}, do: {{stop: all}}}}]}}",
    ],
)
def test_care_never_reads_truth(of_step, step, truth, seen):
    (problem,) = of_step(step.format(truth=truth))
    assert problem.rule == "care never reads truth, only what a test showed or what is known"
    assert problem.given == f"{truth.split(':')[0]}, the truth about a body"
    assert seen in problem.right


def test_the_population_may_be_chosen_by_truth(load):
    where = "{fibrosis: {min: 2}, pnpla3_g: 2, sex: {is: female}, has_mash: {is: true}}"
    text = SCENARIO.format(population=f"{{profile: us-adults-2018, where: {where}}}", step="drug: metformin")
    conditions = load(text).population.where
    assert {name: interval(name, condition) for name, condition in conditions.items()} == {
        "fibrosis": (2, float("inf")),
        "pnpla3_g": (2, 2),
        "sex": (1, 1),
        "has_mash": (1, 1),
    }


def test_every_advice_for_a_truth_names_quantities_care_may_look_at():
    for truth, advice in SEEN_AS.items():
        named = advice.replace(" or ", ", ").split(", ")
        assert quantities()[truth].kind == TRUTH
        assert all(name in care_quantities() for name in named), truth


@pytest.mark.parametrize(
    ("name", "condition", "expected"),
    [
        ("bmi", {"min": 30.0}, (30, float("inf"))),
        ("bmi", {"max": 30.0}, (-float("inf"), 30)),
        ("bmi", {"min": 20.0, "max": 30.0}, (20, 30)),
        ("ethnicity", {"is": "asian"}, (4, 4)),
        ("diagnosed_masld", {"is": False}, (0, 0)),
    ],
)
def test_conditions_become_inclusive_ranges(name, condition, expected):
    assert interval(name, Condition(**condition)) == expected


@pytest.mark.parametrize(
    ("population", "sentence"),
    [
        ("{size: 5}", "people come either from a profile or from a cohort; given: neither"),
        (
            "{profile: us-adults-2018, cohort: {here}}",
            "people come either from a profile or from a cohort; given: both",
        ),
        ("{cohort: nowhere.csv}", "the cohort file has to exist; given: "),
        (
            "{cohort: {here}, sibship_size: 2}",
            "families are grown with a profile; a cohort is taken as it is",
        ),
        ("{}", "people come either from a profile or from a cohort; given: neither"),
    ],
)
def test_people_come_from_one_place(problems, population, sentence):
    text = SCENARIO.replace("{population}", population.replace("{here}", "my.yaml"))
    (problem,) = problems(text.replace("{step}", "drug: metformin"))
    assert sentence in str(problem)


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (
            "{drug: metformin, surgery: bariatric}",
            f"7:7, {STEP}: a step does one thing; given: drug and surgery; right would be: 2 steps",
        ),
        (
            "{drug: metformin, start_year: 5}",
            f"7:37, {STEP} > start_year: a step starts before the run ends; given: year 5 of 5",
        ),
        (
            "{drug: metformin, start_year: 2, until_year: 2}",
            f"7:52, {STEP} > until_year: a step ends after it starts; given: year 2",
        ),
        (
            "lifestyle: {months: 6}",
            f"7:7, {STEP} > lifestyle: a programme changes at least one habit; given: none",
        ),
        (
            "{drug: metformin, persistence: full, stop_fraction_per_year: 0.1}",
            f"{STEP} > stop_fraction_per_year: nobody stops a drug with full persistence",
        ),
        (
            "screen: {tests: [alt, ast, alt]}",
            "tests > test 3: a list names each thing once; given: 'alt' again",
        ),
        (
            "{surgery: bariatric, adherence: 0.5}",
            f"{STEP} > adherence: a key has to be one that is known here",
        ),
        ("{drug: metformin, respond: []}", f"{STEP} > respond: a key has to be one that is known here"),
    ],
)
def test_steps_make_sense(of_step, step, sentence):
    (problem,) = of_step(step)
    assert sentence in str(problem)


@pytest.mark.parametrize(
    ("action", "sentence"),
    [
        ("{}", "do: a response does one thing; given: nothing; right would be: one of: add, stop, test"),
        ("{add: metformin, stop: all}", "do: a response does one thing; given: add and stop"),
        (
            "{add: metfromin}",
            "do > add > drug: a drug has to come from its list; given: 'metfromin'; right would be: 'metf",
        ),
        (
            "{add: {drug: metformin, when: {bmi: 3}}}",
            "do > add > when: a key has to be one that is known here",
        ),
        ("{stop: aspirin}", "do > stop: a drug has to come from its list; given: 'aspirin'"),
        ("{test: [lsm, lsm]}", "do > test > test 2: a list names each thing once"),
        (
            "{diagnose: gout}",
            "do > diagnose: a diagnosis has to come from its list; given: 'gout'; right would be: one of",
        ),
        (
            "{add: metformin, uptake: 0.5}",
            "do > uptake: uptake beside an action goes with lifestyle or surgery",
        ),
        ("{lifestyle: {months: 6}}", "do > lifestyle: a programme changes at least one habit"),
        (
            "{lifestlye: {months: 6}}",
            "do > lifestlye: a key has to be one that is known here; given: 'lifestlye'; right would be",
        ),
    ],
)
def test_responses_make_sense(of_step, action, sentence):
    (problem,) = of_step(f"{{screen: {{tests: [alt]}}, respond: [{{do: {action}}}]}}")
    assert f"{STEP} > respond > response 1 > {sentence}" in str(problem)


def test_a_response_needs_something_to_do(of_step):
    (problem,) = of_step("{screen: {tests: [alt]}, respond: [{when: {bmi: {min: 30}}}]}")
    assert problem.rule == "the key 'do' is needed"


@pytest.mark.parametrize(
    ("n_steps", "n_added", "refused"), [(24, 0, False), (25, 0, True), (1, 23, False), (1, 24, True)]
)
def test_a_strategy_has_at_most_24_steps_with_those_its_responses_start(
    small, write, n_steps, n_added, refused, request
):
    responses = ", ".join(["{do: {add: metformin}}"] * n_added)
    step = f"{{screen: {{tests: [alt]}}, respond: [{responses}]}}"
    steps = "\n".join(f"    - {step if number == 0 else '{drug: vitamin_e}'}" for number in range(n_steps))
    text = small[: small.index("    - drug")] + steps
    if refused:
        (problem,) = request.getfixturevalue("problems")(text)
        assert problem.rule == "a strategy has a limited number of steps"
        assert problem.right == "at most 24 together"
    else:
        assert len(request.getfixturevalue("load")(text).strategies["treat"]) == n_steps


def test_the_comparator_is_one_of_the_strategies(problems, small):
    (problem,) = problems(small + "comparator: usual car\n")
    assert str(problem).startswith(
        "my.yaml:9:13, comparator: the comparator is one of the strategies; given: 'usual car'; "
        "right would be: 'usual care'"
    )


@pytest.mark.parametrize("name", ["' a'", "''", "'  '", r'"a\nb"', "x" * 61])
def test_strategies_have_names_that_can_be_shown(problems, small, name):
    found = problems(small.replace("  treat:", f"  {name}:"))
    assert [problem.rule for problem in found] == ["a strategy has a name that can be shown"]


@pytest.mark.parametrize("strategies", ["{}", "[]", "usual care", "{usual care: }"])
def test_strategies_are_named_lists(problems, small, strategies):
    text = small[: small.index("strategies:")] + f"strategies: {strategies}\n"
    (problem,) = problems(text)
    assert problem.where.startswith("my.yaml:4:")


@pytest.mark.parametrize("where", ["{ethnicity: black}", "{pnpla3_g: 2}"])
def test_families_cannot_be_chosen_by_what_they_share(problems, write, where):
    population = f"{{profile: us-adults-2018, sibship_size: 2, where: {where}}}"
    (found,) = problems(SCENARIO.format(population=population, step="drug: metformin"))
    assert "families keep their group and genes" in str(found)
    alone = population.replace("sibship_size: 2", "sibship_size: 1")
    allowed = write(SCENARIO.format(population=alone, step="drug: metformin"), "alone.yaml")
    assert load_scenario(allowed).population.sibship_size == 1
