"""The echo in plain English: what is said, what was taken by default, what to be careful about."""

from __future__ import annotations

import pytest

from simulator.parameters.library import load_parameters
from simulator.patient.columns import OBSERVED
from simulator.scenario.conditions import care_quantities, quantities
from simulator.scenario.explain import explain
from simulator.scenario.load import scenario_from_dict
from simulator.scenario.phrases import conditions
from simulator.scenario.vocabulary import TESTS, results_of

BASE = {
    "title": "A question",
    "population": {"profile": "us-adults-2018", "size": 100_000},
    "horizon_years": 1,
    "strategies": {"usual care": [], "treat": [{"drug": "pioglitazone"}]},
}


def echo(**changes):
    return explain(scenario_from_dict(BASE | changes))


def step(given, **changes):
    """Return the lines about a single step."""
    lines = echo(strategies={"usual care": [], "treat": [given]}, **changes).sentences
    return [line.strip() for line in lines[lines.index("Strategy 'treat': care as usual and") + 1 :]]


def test_a_scenario_reads_as_a_paragraph():
    scenario = scenario_from_dict(
        BASE
        | {
            "question": "Which is better?",
            "population": {
                "profile": "us-adults-2018",
                "size": 100_000,
                "where": {"age_years": {"min": 40, "max": 70}, "has_diabetes": True},
            },
            "horizon_years": 20,
            "strategies": {
                "usual care": [],
                "pioglitazone": [
                    {
                        "drug": "pioglitazone",
                        "when": {"diagnosed_masld": True, "observed_fib4": {"min": 1.3}},
                        "uptake": 0.5,
                    }
                ],
            },
            "outcomes": ["cirrhosis", "hcc", "qaly"],
        }
    )
    assert explain(scenario).sentences == (
        "A question",
        "Which is better?",
        "",
        "People: 100,000 adults aged 40 to 70 with diabetes, grown from age 18 under the profile "
        "us-adults-2018. What is asked of them is the truth, known to care or not.",
        "They live 20 years, month by month, under two strategies with the same luck (seed 1), each "
        "compared with 'usual care'.",
        "",
        "Strategy 'usual care' (the comparator): care as usual, nothing added.",
        "Strategy 'pioglitazone': care as usual and",
        "  1. From the start, people known to have MASLD and with FIB-4 of at least 1.3 are offered "
        "pioglitazone: 50 % accept; people stop it as often as in practice.",
        "",
        "Compared: cirrhosis, liver cancer and QALYs.",
        "Costs and QALYs are discounted by 3 % a year; a QALY is held to be worth 100,000 USD.",
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"surgery": "bariatric", "uptake": 0.1},
            "From the start, everybody is offered bariatric surgery: 10 % accept.",
        ),
        (
            {"drug": "glp1_ra", "months": 24, "persistence": "full", "adherence": 0.8, "start_year": 0.5},
            "From year 0.5, everybody is offered a GLP-1 receptor agonist for 24 months: all accept; "
            "80 % of it is taken; nobody stops.",
        ),
        (
            {"drug": "vitamin_e", "stop_fraction_per_year": 0.25, "restart_fraction": 0.5, "uptake": 0},
            "From the start, everybody is offered vitamin E: nobody accepts; 25 % stop within a year, "
            "50 % of them start again.",
        ),
        (
            {
                "lifestyle": {"stress_z": 1, "sleep_hours": -1.5, "months": 6},
                "adherence": 0.5,
                "until_year": 1,
            },
            "From the start until year 1, everybody is offered a programme of 6 months (-1.5 h of sleep a "
            "night and stress +1 SD): all accept; 50 % of it is followed.",
        ),
        (
            {
                "screen": {"tests": ["fib4"]},
                "when": {"sex": "female", "age_years": {"min": 50}},
                "uptake": 0.6,
            },
            "From the start, women aged 50 or more are tested once for FIB-4: 60 % come.",
        ),
        (
            {"monitor": {"tests": ["alt", "genotype"], "every_months": 6}},
            "From the start, everybody is tested every 6 months for ALT and PNPLA3 and TM6SF2 genotype: all "
            "come.",
        ),
    ],
)
def test_each_kind_of_step_has_its_sentence(given, said):
    assert step(given)[0] == f"1. {said}"


@pytest.mark.parametrize(
    ("response", "said"),
    [
        ({"do": {"stop": "all"}}, "All of them: stop all drugs."),
        ({"do": {"stop": "glp1_ra"}}, "All of them: stop a GLP-1 receptor agonist."),
        ({"do": {"test": ["lsm"]}}, "All of them: test liver stiffness at once."),
        ({"do": {"diagnose": "masld"}}, "All of them: conclude MASLD."),
        (
            {"do": {"surgery": "bariatric", "uptake": 0.5}},
            "All of them: offer bariatric surgery (50 % accept).",
        ),
        (
            {"when": {"observed_alt_u_l": {"min": 40}, "on_metformin": False}, "do": {"add": "metformin"}},
            "Those with measured ALT of at least 40 U/L and not on metformin: start metformin (all accept; "
            "people stop it as often as in practice).",
        ),
        (
            {"when": {"n_visits": {"max": 1}}, "do": {"lifestyle": {"weight_loss_percent": 5, "months": 6}}},
            "Those with at most 1 visit: offer a programme of 6 months (5 % of weight lost) (all accept).",
        ),
    ],
)
def test_each_response_has_its_sentence(response, said):
    assert step({"screen": {"tests": ["alt"]}, "respond": [response]})[1] == f"- {said}"


def test_every_quantity_can_be_said():
    for name, column in quantities().items():
        asked = {"sex": "male", "ethnicity": "asian", "death_cause": "liver"}.get(name)
        if asked is None:
            asked = True if column.unit == "0/1" else {"min": column.low, "max": column.high}
        scenario = scenario_from_dict(
            BASE | {"population": {"profile": "us-adults-2018", "where": {name: asked}}}
        )
        said = conditions(scenario.population.where)
        assert said.startswith(("people ", "men")) and "_" not in said


def test_defaults_are_told_and_what_was_written_is_not():
    defaults = echo().defaults
    assert "seed: 1" in defaults
    assert "comparator: usual care, the first strategy" in defaults
    assert any(default.startswith("outcomes: diabetes, cirrhosis") for default in defaults)
    assert "stopping and restarting of pioglitazone: the library's values for practice" in defaults
    assert not any(default.startswith("size") for default in defaults)
    spelt_out = echo(
        population={"profile": "us-adults-2018"},
        seed=1,
        comparator="usual care",
        natural_history="hepatica",
        outcomes=["qaly"],
        economics={"discount_rate_per_year": 0.03, "willingness_to_pay_per_qaly": 5},
        strategies={"usual care": []},
    )
    assert spelt_out.defaults == ("size: 10,000 people",)


def warnings(*steps, **changes):
    return " ".join(echo(strategies={"usual care": [], "treat": list(steps)}, **changes).warnings)


@pytest.mark.parametrize(
    ("given", "warning"),
    [
        ({"drug": "metformin", "uptake": 0}, "step 1: nobody accepts (uptake 0), so it changes nothing"),
        ({"drug": "metformin", "adherence": 0}, "nobody takes what they accepted (adherence 0)"),
        ({"screen": {"tests": ["alt"]}}, "tests are done and nobody acts on them"),
        ({"drug": "metformin", "months": 24}, "the course goes on beyond the horizon"),
        (
            {"drug": "metformin", "when": {"observed_lsm_kpa": {"min": 8}}},
            "no test of this strategy shows observed_lsm_kpa",
        ),
        (
            {"drug": "metformin", "when": {"bmi": 30}},
            "bmi is hardly ever exactly 30: a range was probably meant",
        ),
        (
            {"drug": "metformin", "when": {"age_years": {"min": 52}}},
            "nobody in the population ever has the age_years",
        ),
        (
            {"drug": "metformin", "when": {"age_years": {"max": 39}}},
            "nobody in the population ever has the age_years",
        ),
        (
            {"drug": "metformin", "when": {"sex": "female"}},
            "nobody in the population ever has the sex it asks for",
        ),
    ],
)
def test_what_makes_a_step_idle_is_warned_about(given, warning):
    people = {"profile": "us-adults-2018", "where": {"age_years": {"min": 40, "max": 50}, "sex": "male"}}
    assert warning in warnings(given, population=people)
    assert warning not in warnings(
        {"drug": "metformin", "when": {"age_years": {"min": 51}}}, population=people
    )


def test_a_test_earlier_in_the_strategy_silences_the_warning():
    treat = {"drug": "metformin", "when": {"observed_fib4": {"min": 1.3}}}
    visit = {"screen": {"tests": ["fib4"]}, "respond": [{"do": {"test": ["lsm"]}}]}
    assert "observed_fib4" in warnings(treat)
    assert "observed_fib4" not in warnings(visit, treat)
    assert "observed_lsm_kpa" not in warnings(
        visit, {"drug": "metformin", "when": {"observed_lsm_kpa": {"min": 8}}}
    )


def test_every_observed_column_is_shown_by_some_test():
    observed = {name for name, column in care_quantities().items() if column.kind == OBSERVED}
    assert results_of(TESTS) == observed


def test_extrapolation_is_named():
    assert "pioglitazone 22 months (PIVENS)" in warnings({"drug": "pioglitazone"}, horizon_years=10)
    assert "PIVENS" not in warnings({"drug": "pioglitazone"})
    assert "effects on cirrhosis are extrapolated through liver fat" in warnings(
        {"drug": "pioglitazone"}, outcomes=["cirrhosis", "bmi"]
    )
    assert "extrapolated" not in warnings({"drug": "pioglitazone"}, outcomes=["bmi"])
    assert "followed for up to 14 years" in warnings(horizon_years=15)


def test_a_fraction_in_the_place_of_per_cent_is_named():
    assert "per cent, not a fraction" in warnings({"lifestyle": {"weight_loss_percent": 0.07, "months": 12}})
    assert "fraction" not in warnings({"lifestyle": {"weight_loss_percent": 7, "months": 12}})


def test_who_counts_liver_deaths_hears_of_death_certificates():
    assert "death certificates" in warnings(outcomes=["liver_death"])
    assert "death certificates" not in warnings(outcomes=["cirrhosis"])
    other = warnings(outcomes=["liver_death"], natural_history="singh-2015-net")
    assert "several times the deaths" in other and "three times" not in other


def test_strategies_that_cannot_differ_and_small_numbers_are_named():
    assert "Strategy 'treat' has no steps, like its comparator" in warnings()
    few = {"profile": "us-adults-2018", "size": 500}
    assert "With 500 people, liver cancer will be few" in warnings(population=few, outcomes=["hcc"])
    assert "will be few" not in warnings(outcomes=["hcc"])


def test_a_cohort_says_what_it_brings(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("id,age_years,sex,bmi,observed_alt_u_l\n1,50,female,31,40\n")
    told = echo(population={"cohort": str(path)})
    assert "mine.csv brings age_years, sex, bmi and observed_alt_u_l; everything else" in " ".join(
        told.warnings
    )
    assert "size: everybody in the cohort" in told.defaults
    assert "All the people, taken from mine.csv" in " ".join(told.sentences)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'"unclosed\n\n', b"\x00" * 100])
def test_a_cohort_that_cannot_be_read_is_left_to_its_reader(tmp_path, content):
    path = tmp_path / "mine.csv"
    path.write_bytes(content)
    assert "All the people" in str(echo(population={"cohort": str(path)}))


def test_changed_parameters_are_shown_beside_the_usual_value():
    library = load_parameters()
    usual = library.value("stress_sd")
    scenario = scenario_from_dict(BASE | {"parameters": {"stress_sd": 9, "allele_pnpla3_g": {"asian": 0.4}}})
    told = explain(scenario, library)
    assert f"Changed for this scenario: stress_sd is 9 instead of {usual:g}." in told.sentences
    assert any("allele_pnpla3_g is asian 0.4 instead of" in line for line in told.sentences)
    assert any("stress_sd = 9 lies outside" in warning for warning in told.warnings)
    assert "Changed for this scenario: stress_sd is 9." in explain(scenario).sentences


def test_a_knot_of_a_table_can_be_changed(load, small):
    library = load_parameters()
    knots = library.value("median_excess_bmi_men")
    first = next(iter(knots))
    scenario = load(small + f"parameters: {{median_excess_bmi_men: {{{first:g}: 11}}}}\n")
    assert scenario.parameters == {"median_excess_bmi_men": {first: 11.0}}
    assert f"median_excess_bmi_men is {first:g} 11 instead of {first:g} {knots[first]:g}, " in str(
        explain(scenario, library)
    )


def test_the_echo_is_one_text():
    text = str(echo())
    assert "\nTaken by default:\n  " in text and "\nBe careful:\n  " in text
