"""Keys and values of the wrong kind: every error kind, with its place and its sentence."""

from __future__ import annotations

import pytest

SCENARIO = """\
title: {title}
population: {population}
horizon_years: {horizon}
strategies:
  usual care: []
  treat:
    - {step}
{rest}
"""


def scenario(
    title="A question",
    population="{profile: us-adults-2018}",
    horizon="5",
    step="drug: metformin",
    rest="",
) -> str:
    return SCENARIO.format(title=title, population=population, horizon=horizon, step=step, rest=rest)


@pytest.mark.parametrize(
    ("changes", "where", "rule", "given", "right"),
    [
        pytest.param(
            {"title": "2018"}, "1:8, title", "text is needed", "2018", "text, in quotes", id="number for text"
        ),
        pytest.param({"title": ""}, "1:8, title", "text is needed", "nothing", "text", id="nothing for text"),
        pytest.param({"title": "'  '"}, "1:8, title", "text has to have a length", "'  '", "1 to 200", id="blank"),
        pytest.param({"title": r'"a\eb"'}, "1:8, title", "text has to be printable", r"'a\x1bb'", "control", id="escape"),
        pytest.param(
            {"horizon": "300"}, "3:16, horizon_years", "the number has to lie in its range", "300 years",
            "1 to 60 years", id="too large",
        ),
        pytest.param({"horizon": "0"}, "3:16, horizon_years", "range", "0 years", "1 to 60 years", id="too small"),
        pytest.param({"horizon": "-.inf"}, "3:16, horizon_years", "range", "-inf years", "1 to 60", id="infinite"),
        pytest.param({"horizon": ".nan"}, "3:16, horizon_years", "range", "nan years", "1 to 60", id="not a number"),
        pytest.param(
            {"horizon": "2.5"}, "3:16, horizon_years", "a whole number of years", "2.5", "2 or 3", id="not whole"
        ),
        pytest.param(
            {"horizon": "'5'"}, "3:16, horizon_years", "a whole number of years", "'5'", "5, a number from 1 to 60",
            id="number in quotes",
        ),
        pytest.param({"horizon": "true"}, "3:16, horizon_years", "a whole number", "true", "1 to 60", id="truth for number"),
        pytest.param({"horizon": "[5]"}, "3:1, horizon_years", "a whole number", "a list of 1", "1 to 60", id="list for number"),
        pytest.param(
            {"population": "{profile: us-adults-2018, size: '100,000'}"}, "2:42, population > size",
            "a whole number of people", "'100,000'", "100000, a number", id="thousands with a comma",
        ),
        pytest.param(
            {"population": "{profile: us-adult-2018}"}, "2:23, population > profile", "a profile has to come from",
            "'us-adult-2018'", "'us-adults-2018'", id="unknown profile",
        ),
        pytest.param({"population": "everybody"}, "2:13, population", "a mapping of keys", "'everybody'", "key: value", id="word for mapping"),
        pytest.param({"population": "[1]"}, "2:1, population", "a mapping of keys", "a list of 1", "key: value", id="list for mapping"),
        pytest.param(
            {"step": "drgu: metformin"}, "7:7, strategies > treat > step 1 > drgu", "a key has to be one that is known",
            "'drgu'", "'drug'", id="misspelt kind",
        ),
        pytest.param(
            {"step": "{drug: metformin, uptke: 0.5}"}, "7:26, strategies > treat > step 1 > uptke", "known here",
            "'uptke'", "'uptake'", id="misspelt key",
        ),
        pytest.param(
            {"step": "{drug: metformin, uptake: 60 %}"}, "7:34, strategies > treat > step 1 > uptake", "a number is needed",
            "'60 %'", "0.6, a number from 0 to 1", id="percentage",
        ),
        pytest.param(
            {"step": "{drug: metformin, uptake: 60}"}, "7:34, strategies > treat > step 1 > uptake", "range", "60",
            "0 to 1", id="share above one",
        ),
        pytest.param(
            {"step": "drug: metfromin"}, "7:13, strategies > treat > step 1 > drug", "a drug has to come from its list",
            "'metfromin'", "'metformin'", id="unknown drug",
        ),
        pytest.param(
            {"step": "{drug: metformin, persistence: always}"}, "7:39, strategies > treat > step 1 > persistence",
            "a persistence has to come from its list", "'always'", "full, real_world", id="unknown persistence",
        ),
        pytest.param(
            {"step": "monitor: {tests: [altt], every_months: 6}"}, "7:25, strategies > treat > step 1 > monitor > tests > test 1",
            "a test has to come from its list", "'altt'", "'alt'", id="unknown test",
        ),
        pytest.param(
            {"step": "monitor: {tests: [], every_months: 6}"}, "7:17, strategies > treat > step 1 > monitor > tests",
            "the number of entries has to lie in its range", "an empty list", "at least 1", id="empty list",
        ),
        pytest.param(
            {"step": "monitor: {tests: alt, every_months: 6}"}, "7:24, strategies > treat > step 1 > monitor > tests",
            "a list is needed", "'alt'", "[a, b]", id="word for list",
        ),
        pytest.param(
            {"step": "monitor: {tests: [alt]}"}, "7:7, strategies > treat > step 1 > monitor > every_months",
            "the key 'every_months' is needed", "no such key", "Months between visits", id="missing key",
        ),
        pytest.param(
            {"step": "lifestyle: {weight_loss_percent: 50, months: 12}"},
            "7:40, strategies > treat > step 1 > lifestyle > weight_loss_percent", "range", "50 % of weight", "0 to 40 % of weight",
            id="unit in the sentence",
        ),
        pytest.param(
            {"step": "lifestyle: {sleep_hours: 6, months: 12}"}, "7:32, strategies > treat > step 1 > lifestyle > sleep_hours",
            "range", "6 h/night", "-4 to 4 h/night", id="bounds of the column",
        ),
        pytest.param(
            {"step": "lifestyle: {sleep_hours: 1, months: 12, supported: yes}"},
            "7:58, strategies > treat > step 1 > lifestyle > supported", "true or false is needed", "'yes'", "true or false",
            id="yes for true",
        ),
        pytest.param(
            {"step": "give: nothing"}, "7:7, strategies > treat > step 1", "a step is one of lifestyle, drug, surgery",
            "a mapping with give", "- drug: metformin", id="no kind of step",
        ),
        pytest.param({"step": "metformin"}, "7:7, strategies > treat > step 1", "a step is one of", "'metformin'", "drug", id="word for step"),
        pytest.param({"rest": "outcomes: [cirosis]"}, "8:12, outcomes > outcome 1", "an outcome has to come", "'cirosis'", "'cirrhosis'", id="unknown outcome"),
        pytest.param({"rest": "sede: 3"}, "8:1, sede", "a key has to be one that is known here", "'sede'", "'seed'", id="unknown key at the top"),
        pytest.param(
            {"rest": "parameters: {stress_sdd: 1}"}, "8:14, parameters > stress_sdd", "a parameter has to exist",
            "'stress_sdd'", "'stress_sd'", id="unknown parameter",
        ),
        pytest.param(
            {"rest": "parameters: {stress_sd: high}"}, "8:25, parameters > stress_sd", "a parameter is a finite number", "'high'",
            "a number such as 0.2", id="word for parameter",
        ),
        pytest.param(
            {"rest": "parameters: {stress_sd: {male: 1}}"}, "8:14, parameters > stress_sd", "the value is a number",
            "male", "a number", id="table for number",
        ),
        pytest.param(
            {"rest": "economics: {discount_rate_per_year: 3}"}, "8:37, economics > discount_rate_per_year", "range",
            "3 per year", "0 to 0.2 per year", id="discount in percent",
        ),
    ],
)  # fmt: skip
def test_each_fault_has_its_sentence(problems, changes, where, rule, given, right):
    (problem,) = problems(scenario(**changes))
    assert problem.where == f"my.yaml:{where}"
    assert rule in problem.rule
    assert given in problem.given
    assert right in problem.right
    assert problem.source


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
        horizon="300",
        step="{drug: x, uptake: 2, when: {fibrosis: {min: 2}}}",
        rest="comparator: nobody\nseed: 1\nseed: 2",
    )
    found = problems(text)
    lines = [int(problem.where.split(":")[1]) for problem in found]
    assert lines == [1, 2, 2, 3, 7, 7, 7, 8, 10]
    assert all(problem.rule and problem.given and problem.right and problem.source for problem in found)


def test_a_misspelt_needed_key_is_one_problem_not_two(problems, small):
    (problem,) = problems(small.replace("title:", "titel:"))
    assert problem.right.startswith("'title'")


def test_no_words_of_the_validation_library_reach_the_reader(problems):
    text = scenario(title="[]", population="3", horizon="{}", step="{lifestyle: 3, when: 3, uptake: []}", rest="outcomes: 3")
    sentences = " ".join(str(problem) for problem in problems(text))
    for jargon in ("Input should", "pydantic", "dict", "tuple", "model", "instance", "None", "int_", "float"):
        assert jargon not in sentences


def test_thousands_of_problems_are_cut_short(problems, small):
    many = "\n".join(f"key{number}: 1" for number in range(3000))
    found = problems(small + many)
    assert len(found) == 51
    assert found[-1].rule == "the first 50 problems are shown"
