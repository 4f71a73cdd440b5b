"""Whatever can be said in a scenario survives being written, read, explained and compiled."""

from __future__ import annotations

import pickle
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given

from simulator.parameters.library import load_parameters
from simulator.patient.derived import ALL_NAMES
from simulator.scenario import plan
from simulator.scenario.conditions import care_quantities
from simulator.scenario.explain import explain
from simulator.scenario.load import load_scenario, scenario_from_dict
from simulator.scenario.plan import compile_conditions, compile_scenario
from tests.property.scenarios import scenarios


@given(scenarios)
def test_a_scenario_comes_back_equal_from_data_text_and_pickle(data):
    scenario = scenario_from_dict(data)
    assert scenario_from_dict(scenario.to_dict()) == scenario
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    for with_defaults in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "s.yaml")
            path.write_text(scenario.to_yaml(with_defaults=with_defaults), encoding="utf-8")
            again = load_scenario(path)
        assert again == scenario
        assert again.digest() == scenario.digest()


@given(scenarios)
def test_a_scenario_has_an_echo_without_code_in_it(data):
    told = explain(scenario_from_dict(data))
    shown = [
        line for line in told.sentences if data["title"] not in line and data.get("question", "") != line
    ]
    for word in ("None", "Condition(", "min=", "{", "<"):
        own_words = " ".join(data["strategies"])
        assert word in own_words or not any(word in line for line in shown), word


@given(scenarios)
def test_a_plan_refers_to_what_exists(data):
    scenario = scenario_from_dict(data)
    for compiled in compile_scenario(scenario, load_parameters()):
        steps, responses, conditions = compiled.steps, compiled.responses, compiled.conditions
        written = scenario.strategies[compiled.name]
        assert steps["offered"].tolist() == [1] * len(written) + [0] * (len(steps) - len(written))
        assert steps["n_responses"].sum() == len(responses)
        assert steps["n_conditions"].sum() + responses["n_conditions"].sum() == len(conditions)
        for table, first, count in (
            (conditions, steps["first_condition"], steps["n_conditions"]),
            (conditions, responses["first_condition"], responses["n_conditions"]),
            (responses, steps["first_response"], steps["n_responses"]),
        ):
            assert np.all(first >= 0) and np.all(first + count <= len(table))
        added = responses["argument"][responses["action"] == plan.ADD]
        assert sorted(added) == list(range(len(written), len(steps)))
        assert np.all(np.isfinite(np.stack([steps[name] for name in plan.STEP.names])))


@given(scenarios)
def test_care_never_meets_a_truth_in_a_plan(data):
    for compiled in compile_scenario(scenario_from_dict(data), load_parameters()):
        assert all(ALL_NAMES[code] in care_quantities() for code in compiled.conditions["code"])


@given(scenarios)
def test_conditions_are_never_empty_ranges(data):
    rows = compile_conditions(scenario_from_dict(data).population.where)
    assert np.all(rows["low"] <= rows["high"])
