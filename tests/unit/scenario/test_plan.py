"""Compiled strategies: every number the engine will read, from what was written."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.base.rates import hazard_of_probability
from simulator.care.markers import TESTS as SINGLE_TESTS
from simulator.parameters.library import load_parameters
from simulator.patient.columns import DRUGS, INDEX, N_COLUMNS, NEVER
from simulator.patient.derived import DERIVED
from simulator.scenario import plan
from simulator.scenario.load import scenario_from_dict
from simulator.scenario.plan import compile_conditions, compile_scenario, compile_strategy


@pytest.fixture(scope="module")
def parameters():
    return load_parameters()


@pytest.fixture
def compiled(parameters):
    """Return a function that compiles a list of steps."""

    def compile_steps(*steps):
        scenario = scenario_from_dict(
            {
                "title": "x",
                "population": {"profile": "us-adults-2018"},
                "horizon_years": 20,
                "strategies": {"s": list(steps)},
            }
        )
        return compile_strategy(scenario.strategy("s"), parameters)

    return compile_steps


def bits(*tests: str) -> int:
    return sum(1 << SINGLE_TESTS.index(test) for test in tests)


def test_usual_care_has_no_steps(compiled):
    empty = compiled()
    assert (len(empty.steps), len(empty.responses), len(empty.conditions)) == (0, 0, 0)
    assert empty.steps.dtype == plan.STEP


def test_a_programme_keeps_its_numbers_and_units(compiled):
    (step,) = compiled(
        {
            "lifestyle": {
                "weight_loss_percent": 7,
                "activity_met_min_per_week": 450,
                "diet_quality": 0.2,
                "sleep_hours": -1.5,
                "stress_z": -0.5,
                "months": 12,
                "supported": True,
            },
            "uptake": 0.6,
            "adherence": 0.8,
            "start_year": 2,
            "until_year": 4.5,
        }
    ).steps
    assert step["kind"] == plan.LIFESTYLE
    assert step["weight_loss"] == np.float32(0.07)
    assert (step["activity"], step["sleep"], step["stress"]) == (450, -1.5, -0.5)
    assert step["diet"] == np.float32(0.2)
    assert (step["months"], step["supported"], step["every_months"]) == (12, 1, 0)
    assert (step["uptake"], step["adherence"]) == (np.float32(0.6), np.float32(0.8))
    assert (step["start_month"], step["end_month"]) == (24, 54)
    assert (step["drug"], step["tests"], step["offered"]) == (-1, 0, 1)


def test_a_drug_takes_what_it_leaves_out_from_the_library(compiled, parameters):
    (step,) = compiled({"drug": "pioglitazone"}).steps
    stop = parameters.value("pioglitazone_stop_probability_year_one")
    assert step["kind"] == plan.DRUG
    assert step["drug"] == DRUGS.index("pioglitazone")
    assert step["stop_hazard_per_year"] == np.float32(hazard_of_probability(stop))
    assert 1 - np.exp(-step["stop_hazard_per_year"]) == pytest.approx(stop, rel=1e-5)
    assert step["restart_fraction"] == np.float32(parameters.value("pioglitazone_restart_fraction"))
    assert (step["months"], step["end_month"], step["uptake"]) == (0, NEVER, 1)


def test_every_drug_has_its_persistence_in_the_library(compiled):
    hazards = [compiled({"drug": drug}).steps["stop_hazard_per_year"][0] for drug in DRUGS]
    assert all(0 < hazard < 5 for hazard in hazards)


def test_a_class_may_have_its_own_persistence_in_diabetes(compiled, parameters):
    (step,) = compiled({"drug": "glp1_ra"}).steps
    stop = parameters.value("glp1_ra_stop_probability_year_one_with_diabetes")
    assert step["stop_hazard_with_diabetes"] == np.float32(hazard_of_probability(stop))
    assert step["stop_hazard_with_diabetes"] < step["stop_hazard_per_year"]
    assert step["restart_with_diabetes"] > step["restart_fraction"]
    (other,) = compiled({"drug": "metformin"}).steps
    assert other["stop_hazard_with_diabetes"] == other["stop_hazard_per_year"]
    (given,) = compiled({"drug": "glp1_ra", "stop_fraction_per_year": 0.5, "restart_fraction": 0.1}).steps
    assert given["stop_hazard_with_diabetes"] == given["stop_hazard_per_year"]
    assert given["restart_with_diabetes"] == given["restart_fraction"] == np.float32(0.1)


def test_full_persistence_means_that_nobody_stops(compiled):
    (step,) = compiled({"drug": "metformin", "persistence": "full", "months": 24}).steps
    assert (step["stop_hazard_per_year"], step["restart_fraction"], step["months"]) == (0, 0, 24)


def test_stopping_may_be_given_in_numbers(compiled):
    (step,) = compiled({"drug": "metformin", "stop_fraction_per_year": 0.5, "restart_fraction": 0.25}).steps
    assert step["stop_hazard_per_year"] == pytest.approx(np.log(2), rel=1e-6)
    assert step["restart_fraction"] == 0.25


def test_tests_are_bits_and_scores_are_their_components(compiled):
    screened, watched = compiled(
        {"screen": {"tests": ["fib4"]}, "uptake": 0.4},
        {"monitor": {"tests": ["nfs", "lsm"], "every_months": 6}},
    ).steps
    assert (screened["kind"], screened["tests"]) == (plan.SCREEN, bits("alt", "ast", "platelets"))
    assert (screened["every_months"], screened["uptake"]) == (0, np.float32(0.4))
    components = ("alt", "ast", "platelets", "albumin", "fasting_glucose", "lsm")
    assert (watched["kind"], watched["tests"]) == (plan.MONITOR, bits(*components))
    assert watched["every_months"] == 6


def test_conditions_carry_codes_and_ranges(compiled):
    result = compiled(
        {"surgery": "bariatric", "when": {"bmi": {"min": 35}, "sex": "female", "diagnosed_masld": True}},
        {"drug": "metformin", "when": {"observed_pnpla3_g": 2}},
    )
    first, second = result.steps
    assert (first["first_condition"], first["n_conditions"]) == (0, 3)
    assert (second["first_condition"], second["n_conditions"]) == (3, 1)
    masld = N_COLUMNS + list(DERIVED).index("diagnosed_masld")
    assert result.conditions["code"].tolist() == [
        INDEX["bmi"],
        INDEX["sex"],
        masld,
        INDEX["observed_pnpla3_g"],
    ]
    assert result.conditions["low"].tolist() == [35, 1, 1, 2]
    assert result.conditions["high"].tolist() == [np.inf, 1, 1, 2]


def test_responses_point_at_what_they_start(compiled):
    result = compiled(
        {"drug": "vitamin_e"},
        {
            "monitor": {"tests": ["lsm"], "every_months": 12},
            "when": {"bmi": {"min": 30}},
            "respond": [
                {"when": {"observed_lsm_kpa": {"min": 8}}, "do": {"add": "glp1_ra"}},
                {"do": {"test": ["fib4"]}},
                {"do": {"stop": "vitamin_e"}},
                {"do": {"stop": "all"}},
                {"do": {"diagnose": "fibrosis"}},
                {"do": {"lifestyle": {"sleep_hours": 1, "months": 6}, "uptake": 0.25}},
                {"do": {"surgery": "bariatric", "uptake": 0}},
            ],
        },
    )
    assert result.steps["offered"].tolist() == [1, 1, 0, 0, 0]
    assert result.steps["kind"].tolist() == [plan.DRUG, plan.MONITOR, plan.DRUG, plan.LIFESTYLE, plan.SURGERY]
    assert result.steps["uptake"].tolist() == [1, 1, 1, 0.25, 0]
    assert result.steps["end_month"].tolist() == [NEVER] * 5
    monitor = result.steps[1]
    assert (monitor["first_response"], monitor["n_responses"]) == (0, 7)
    assert result.responses["action"].tolist() == [
        plan.ADD, plan.TEST, plan.STOP, plan.STOP, plan.DIAGNOSE, plan.ADD, plan.ADD,
    ]  # fmt: skip
    assert result.responses["argument"].tolist() == [
        2, bits("alt", "ast", "platelets"), DRUGS.index("vitamin_e"), plan.ALL_DRUGS, 1, 3, 4,
    ]  # fmt: skip
    assert result.responses["n_conditions"].tolist() == [1, 0, 0, 0, 0, 0, 0]
    lsm = result.conditions[result.responses["first_condition"][0]]
    assert (lsm["code"], lsm["low"]) == (INDEX["observed_lsm_kpa"], 8)


def test_responses_of_two_visits_do_not_mix(compiled):
    visit = {"screen": {"tests": ["alt"]}, "respond": [{"do": {"add": "metformin"}}, {"do": {"stop": "all"}}]}
    result = compiled(visit, visit)
    assert result.steps["first_response"][:2].tolist() == [0, 2]
    assert result.responses["argument"].tolist() == [2, plan.ALL_DRUGS, 3, plan.ALL_DRUGS]


def test_a_plan_cannot_be_changed(compiled):
    with pytest.raises(ValueError, match="read-only"):
        compiled({"drug": "metformin"}).steps["uptake"] = 0


def test_a_scenario_compiles_in_the_order_of_its_file(parameters, load, small):
    plans = compile_scenario(load(small), parameters)
    assert [compiled.name for compiled in plans] == ["usual care", "treat"]


def test_conditions_of_the_population_compile_alone(load, small):
    scenario = load(small.replace("size: 1000", "where: {age_years: {min: 40, max: 70}, has_mash: false}"))
    rows = compile_conditions(scenario.population.where)
    assert rows.dtype == plan.CONDITION
    assert rows["low"].tolist() == [40, 0] and rows["high"].tolist() == [70, 0]
