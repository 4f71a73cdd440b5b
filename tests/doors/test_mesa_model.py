"""The Mesa model: the engine's own months, Mesa's own manners."""

from __future__ import annotations

import copy
import gc
import pickle
import time
import tracemalloc
import weakref
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pytest

from simulator.base.errors import InputError
from simulator.cohort.grown import GrownSource
from simulator.cohort.profile import load_profile
from simulator.engine.numbers import parameter_record
from simulator.engine.people import People
from simulator.engine.simulation import Course, live, simulate
from simulator.model import Patient, PatientModel, Patients
from simulator.parameters.library import load_parameters
from simulator.patient.columns import N_COLUMNS
from simulator.scenario.load import scenario_from_dict
from simulator.scenario.plan import compile_conditions, compile_strategy

CASE: dict[str, Any] = {
    "title": "Treat and look again",
    "population": {
        "profile": "us-adults-2018",
        "size": 120,
        "where": {"bmi": {"min": 28}},
        "sibship_size": 2,
    },
    "horizon_years": 2,
    "seed": 12,
    "strategies": {
        "usual care": [],
        "treat": [
            {"drug": "pioglitazone", "uptake": 0.7, "adherence": 0.8},
            {"lifestyle": {"weight_loss_percent": 5, "months": 6}, "uptake": 0.5},
            {"monitor": {"tests": ["alt", "fasting_insulin"], "every_months": 6}},
        ],
    },
    "parameters": {"liver_fat_time_constant_months": 3.0},
}


def model_of(size: int = 60, **arguments: Any) -> PatientModel:
    return PatientModel(**{"size": size, "seed": 7, **arguments})


def stepped(model: PatientModel, months: int) -> PatientModel:
    for _ in range(months):
        model.step()
    return model


def states_agree(first: PatientModel, second: PatientModel) -> bool:
    return np.array_equal(first.people.state, second.people.state, equal_nan=True)


def bare_engine(case: dict[str, Any], strategy: str) -> tuple[GrownSource, Course]:
    """The same question put to the engine without Mesa."""
    scenario = scenario_from_dict(case)
    parameters = load_parameters().override(scenario.parameters)
    record = parameter_record(parameters)
    conditions = compile_conditions(scenario.population.where)
    profile = load_profile(scenario.population.profile)
    source = GrownSource(
        profile, record, scenario.seed, conditions, scenario.population.sibship_size, remembers=False
    )
    return source, Course(compile_strategy(scenario.strategy(strategy), parameters), record)


@pytest.mark.parametrize("strategy", ["usual care", "treat"])
def test_steps_are_the_engines_months_bit_for_bit(strategy: str) -> None:
    source, course = bare_engine(CASE, strategy)
    people = source(0, 120)
    model = PatientModel(case=CASE, strategy=strategy)
    assert np.array_equal(model.people.state, people.state, equal_nan=True)
    live(people, course, 0, 24)
    stepped(model, 24)
    assert np.array_equal(model.people.state, people.state, equal_nan=True)
    assert model.month == model.steps == 24


def test_the_table_counts_as_a_run_of_the_engine_does() -> None:
    source, course = bare_engine(CASE, "treat")
    record = simulate(source, {"treat": course}, 120, 2, threads=1)["treat"]
    model = PatientModel(case=CASE, strategy="treat")
    model.run_model()
    assert model.month == 24
    assert model.datacollector.model_vars["alive"] == record.monthly[:, 0].tolist()


def test_lots_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = PatientModel(case=CASE)
    monkeypatch.setattr("simulator.model.case.lot_size", lambda size: 50)
    assert states_agree(PatientModel(case=CASE), whole)
    assert whole.agents.array("family_history_diabetes").any()


def test_a_cohort_comes_with_what_was_measured(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    rows = [f"p{i},{40 + i},{'female' if i % 2 else 'male'},{25 + i}" for i in range(12)]
    path.write_text("\n".join(["id,age_years,sex,bmi", *rows]), encoding="utf-8")
    case = {**CASE, "population": {"cohort": str(path)}}
    model = PatientModel(case=case, strategy="treat")
    assert model.agents.get("bmi") == pytest.approx([25 + i for i in range(12)])
    assert model.agents.get("sex") == ["male", "female"] * 6
    stepped(model, 2)
    assert model.month == 2
    assert len(PatientModel(case=case, profile="us-adults-2018", size=8).agents) == 8


def test_a_seed_names_the_people() -> None:
    assert states_agree(model_of(), model_of(seed=None, rng=7))
    assert states_agree(model_of(), model_of(seed=7.0))
    assert not states_agree(model_of(), model_of(seed=8))
    assert not states_agree(model_of(seed=None), model_of(seed=None))
    assert PatientModel(case=CASE).seed == 12
    assert PatientModel(case=CASE, rng=3).case.seed == 3


def test_mesas_own_luck_follows_the_seed() -> None:
    first, second = model_of(), model_of(seed=None, rng=7)
    assert first.random.random() == second.random.random()
    assert first.rng.random() == second.rng.random()
    generator = np.random.default_rng(5)
    shared = model_of(seed=None, rng=generator)
    assert shared.rng is generator
    assert states_agree(shared, model_of(seed=None, rng=np.random.default_rng(5)))


def test_a_child_seed_of_numpy_is_luck_too() -> None:
    children = np.random.SeedSequence(1).spawn(2)
    models = [model_of(20, seed=None, rng=child) for child in children]
    assert not states_agree(*models)


def test_a_number_too_large_for_a_scenario_is_luck_too() -> None:
    models = [model_of(20, seed=None, rng=np.int64(2**62 + k)) for k in (0, 0, 1)]
    assert states_agree(models[0], models[1]) and not states_agree(models[0], models[2])
    assert models[0].seed < 2**53


def test_a_case_is_a_file_a_scenario_or_data(tmp_path: Path) -> None:
    scenario = scenario_from_dict(CASE)
    path = tmp_path / "case.yaml"
    path.write_text(scenario.to_yaml(), encoding="utf-8")
    models = [PatientModel(case=case, size=20) for case in (CASE, scenario, path, str(path))]
    assert all(states_agree(models[0], model) for model in models[1:])
    assert models[0].case.population.size == 20
    assert (models[0].agents.array("bmi") >= 28).all()
    assert models[0].strategy == "usual care"


def test_a_case_can_be_written_down_and_run_again(tmp_path: Path) -> None:
    model = PatientModel(case=CASE, size=30, seed=4, parameters={"cost_visit_usd": 90.0})
    path = tmp_path / "again.yaml"
    path.write_text(model.case.to_yaml(), encoding="utf-8")
    again = PatientModel(case=path)
    assert states_agree(stepped(model, 2), stepped(again, 2))
    assert again.parameters.value("cost_visit_usd") == 90.0


def test_steps_in_place_of_a_case() -> None:
    steps = [{"drug": "pioglitazone", "persistence": "full"}]
    treated, usual = stepped(model_of(strategy=steps), 12), stepped(model_of(), 12)
    assert treated.agents.agg("on_pioglitazone", np.mean) > 0.9
    assert treated.agents.agg("liver_fat_percent", np.mean) < usual.agents.agg("liver_fat_percent", np.mean)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"strategy": "pioglitazon"}, "usual care"),
        ({"case": CASE, "strategy": "treet"}, "'treat'"),
        ({"case": 5}, "path of a scenario file"),
        ({"profile": "us-adult-2018"}, "us-adults-2018"),
        ({"size": 0}, "size"),
        ({"parameters": {"liver_fat_time_constant_month": 3}}, "liver_fat_time_constant_months"),
        ({"seed": 1, "rng": 2}, "one of them"),
        ({"seed": -1}, "from 0 on"),
        ({"seed": "seven"}, "whole number"),
        ({"rng": object()}, "default_rng"),
        ({"strategy": [{"drug": "aspirin"}]}, "metformin"),
    ],
)
def test_wrong_arguments_are_said_kindly(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        PatientModel(**{"size": 10, **arguments})


def test_arguments_have_names() -> None:
    with pytest.raises(TypeError):
        PatientModel(10)  # type: ignore[misc]


def test_a_patient_can_live_ahead_of_the_others() -> None:
    model, usual = model_of(), model_of()
    model.agents[5].step()
    assert not states_agree(model, usual)
    with pytest.raises(InputError, match="once"):
        model.agents[5].step()
    stepped(model, 1)
    stepped(usual, 1)
    assert states_agree(model, usual)
    model.agents[5].step()


class StepsOneByOne(PatientModel):
    """The idiom of Mesa's tutorials."""

    def step(self) -> None:
        self.agents.shuffle_do("step")
        super().step()


class Quiet(Patient):
    """A patient with a step of its own, which Mesa calls person by person."""

    def step(self) -> None:
        super().step()


class StepsWithHandles(StepsOneByOne):
    patient_type = Quiet


@pytest.mark.parametrize("kind", [StepsOneByOne, StepsWithHandles])
def test_people_stepping_one_by_one_live_the_same_months(kind: type[PatientModel]) -> None:
    one_by_one = stepped(kind(size=40, seed=7), 3)
    assert states_agree(one_by_one, stepped(model_of(40), 3))
    assert type(one_by_one.agents[0]) is kind.patient_type


def test_who_leaves_is_gone_and_stays_as_they_were() -> None:
    model = model_of()
    gone, before = model.agents[3], model.agents.copy()
    bmi = gone.bmi
    gone.remove()
    gone.remove()
    stepped(model, 2)
    assert gone not in model.agents and len(model.agents) == 59
    assert gone in before and gone.bmi == bmi
    assert before.map(lambda patient: patient.row).count(3) == 0
    with pytest.raises(InputError, match="leaving"):
        gone.step()
    usual = stepped(model_of(), 2)
    others = np.arange(60) != 3
    assert np.array_equal(model.people.state[:, others], usual.people.state[:, others], equal_nan=True)


def test_everybody_can_leave() -> None:
    model = model_of(20)
    model.remove_all_agents()
    assert len(model.agents) == 0 and not list(model.agents)
    model.step()
    assert not model.running
    assert model.datacollector.model_vars["alive"] == [20, 0]


def test_other_agents_are_refused() -> None:
    with pytest.raises(InputError, match="own that holds"):
        PatientModel.register_agent(model_of(5), mesa.Agent)


def test_a_model_survives_pickle_and_copy() -> None:
    model = stepped(PatientModel(case=CASE, strategy="treat", size=40), 3)
    model.favourite = model.agents[4]
    for twin in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert twin.favourite == twin.agents[4] and twin.favourite.model is twin
        assert twin.agents.get("bmi") == model.agents.get("bmi")
        assert twin.random.random() == copy.deepcopy(model.random).random()
        stepped(twin, 3)
        assert twin.month == twin.steps == 6 and model.month == 3
        assert states_agree(twin, stepped(PatientModel(case=CASE, strategy="treat", size=40), 6))


def test_a_handle_and_a_set_survive_pickle() -> None:
    model = model_of(20)
    handle = pickle.loads(pickle.dumps(model.agents[6]))
    assert handle.bmi == model.agents[6].bmi and handle.model is not model
    assert handle.model.agents[6] is handle
    older = pickle.loads(pickle.dumps(model.agents.sort("age_years").select(at_most=5)))
    assert older.get("unique_id") == model.agents.sort("age_years").get("unique_id")[:5]


def test_a_deleted_model_is_freed() -> None:
    model = stepped(model_of(20), 1)
    handles = list(model.agents)
    model.agents.shuffle_do(lambda patient: patient.bmi)
    seen, columns = weakref.ref(model), weakref.ref(model.people)
    del model, handles
    gc.collect()
    assert seen() is None and columns() is None


def test_a_million_people_cost_no_handles() -> None:
    model = model_of(5)
    model.people = People.nobody(np.arange(1_000_000))
    assert model.people.state.shape == (N_COLUMNS, 1_000_000)
    tracemalloc.start()
    began = time.perf_counter()
    model._patients = Patients(model)
    assert len(model.agents) == 1_000_000 and model.agents[999_999].unique_id == 1_000_000
    assert next(iter(model.agents)).sex == "male"
    took, (_, peak) = time.perf_counter() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 0.5
    assert peak < 50_000
    assert len(model._handles) == 0
