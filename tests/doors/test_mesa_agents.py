"""`model.agents` does what Mesa's AgentSet does, and agrees with it person by person."""

from __future__ import annotations

import copy
import inspect
import operator
from typing import Any

import numpy as np
import pytest
from mesa.agent import AgentSet

from simulator.base.errors import InputError
from simulator.model import Patient, PatientModel, Patients
from simulator.model import patients as patients_module

SIZE = 120


@pytest.fixture
def model() -> PatientModel:
    model = PatientModel(size=SIZE, seed=7)
    for _ in range(2):
        model.step()
    model.people.state[0, :3] = 1
    return model


@pytest.fixture
def agents(model: PatientModel) -> Patients:
    return model.agents


class Plain:
    """What Mesa's own AgentSet says of the same people, who are held so that it does not lose them."""

    def __init__(self, agents: Patients) -> None:
        self.held = list(agents)
        self.set = AgentSet(self.held, agents.model.random)


@pytest.fixture
def plain(agents: Patients) -> Plain:
    return Plain(agents)


def ids(agents: Any) -> list[int]:
    return [agent.unique_id for agent in agents]


def test_nothing_of_mesas_own_storage_is_used() -> None:
    """Whatever reads the weak dictionary of Mesa's sets is replaced, in this release of Mesa."""
    for kind in AgentSet.__mro__:
        if not kind.__module__.startswith("mesa"):
            continue
        for name, member in vars(kind).items():
            function = getattr(member, "fget", member)
            if name in ("__getstate__", "__setstate__") or not inspect.isfunction(function):
                continue  # `__reduce__` goes first
            if "_agents" in inspect.getsource(function):
                assert getattr(Patients, name) is not getattr(AgentSet, name), name


def test_length_order_membership(model: PatientModel, agents: Patients) -> None:
    assert isinstance(agents, AgentSet) and len(agents) == SIZE
    assert ids(agents) == ids(agents.to_list()) == list(range(1, SIZE + 1))
    assert agents[5] in agents and agents[5] in agents.select(at_most=6)
    assert agents[5] not in agents.select(at_most=5)
    assert PatientModel(size=10, seed=7).agents[5] not in agents and 5 not in agents
    assert repr(agents) == "<Patients: 120 patients>"


def test_indexing(agents: Patients) -> None:
    last = agents.select(lambda patient: patient.unique_id > 100)
    assert last[0].unique_id == 101 and last[-1].unique_id == 120 and agents[-1] is last[-1]
    assert ids(last[1:4]) == [102, 103, 104] and ids(agents[::60]) == [1, 61]
    with pytest.raises(IndexError):
        agents[SIZE]
    with pytest.raises(IndexError):
        last[20]


@pytest.mark.parametrize(
    "name", ["bmi", "sex", "pnpla3_g", "is_alive", "diabetes_month", "homa_ir", "unique_id"]
)
def test_get_agrees_with_mesa(agents: Patients, plain: Plain, name: str) -> None:
    assert agents.get(name) == plain.set.get(name)
    few = agents.select(at_most=7)
    assert few.get(name) == plain.set.get(name)[:7]
    assert agents.get([name, "age_years"]) == plain.set.get([name, "age_years"])


def test_get_of_what_is_missing(agents: Patients) -> None:
    with pytest.raises(AttributeError, match="'fibrosis'"):
        agents.get("fibrosiss")
    assert agents.get("mood", handle_missing="default", default_value=0) == [0] * SIZE
    assert agents.get(["bmi", "mood"], handle_missing="default")[0] == [agents[0].bmi, None]
    with pytest.raises(InputError, match="'error' or 'default'"):
        agents.get("bmi", handle_missing="ignore")


def test_arrays_have_fitting_types(agents: Patients) -> None:
    kinds = {name: agents.array(name).dtype.kind for name in ("bmi", "sex", "pnpla3_g", "has_masld", "row")}
    assert kinds == {"bmi": "f", "sex": "U", "pnpla3_g": "i", "has_masld": "b", "row": "i"}
    months = agents.array("diabetes_month")
    assert np.isnan(months).tolist() == [month is None for month in agents.get("diabetes_month")]
    agents[0].observed_lsm_kpa = None
    assert np.isnan(agents.array("observed_lsm_kpa")[0])


def test_agg_agrees_with_mesa(agents: Patients, plain: Plain) -> None:
    for func in (min, max, sum, np.mean, np.median):
        assert agents.agg("bmi", func) == pytest.approx(plain.set.agg("bmi", func), rel=1e-6)
    assert agents.agg("has_masld", [sum, np.mean]) == plain.set.agg("has_masld", [sum, np.mean])
    assert type(agents.agg("bmi", np.mean)) is float


def test_set_writes_the_columns(agents: Patients) -> None:
    assert agents.set("sleep_hours", 6) is agents
    assert set(agents.get("sleep_hours")) == {6.0}
    women = agents.select(lambda patient: patient.sex == "female")
    women.set("sleep_hours", 8)
    assert agents.groupby("sex").agg("sleep_hours", np.mean) == {"male": 6.0, "female": 8.0}
    agents.set("bmi", np.linspace(20, 40, SIZE))
    assert (agents[0].bmi, agents[-1].bmi) == (20, 40)
    agents.set("diabetes_month", None)
    assert not any(agents.get("has_diabetes"))


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("bmi", 900, "160"),
        ("bmi", np.full(SIZE, 5.0), "first of 120"),
        ("bmi", np.ones(3) * 30, "120 of them"),
    ],
)
def test_set_keeps_to_the_bounds(agents: Patients, name: str, value: Any, says: str) -> None:
    before = agents.get(name)
    with pytest.raises(InputError, match=says):
        agents.set(name, value)
    assert agents.get(name) == before


def test_select_by_function_agrees_with_mesa(agents: Patients, plain: Plain) -> None:
    def is_old(patient: Patient) -> bool:
        return patient.age_years > 50

    for at_most in (float("inf"), 5, 0.25, 0.0, 1.0, 1):
        assert ids(agents.select(is_old, at_most=at_most)) == ids(plain.set.select(is_old, at_most=at_most))
        assert ids(agents.select(at_most=at_most)) == ids(plain.set.select(at_most=at_most))
    assert len(agents.select(agent_type=Patient)) == SIZE
    assert len(agents.select(agent_type=Plain)) == 0


def test_select_stops_asking_when_it_has_enough(agents: Patients) -> None:
    asked: list[int] = []
    agents.select(lambda patient: asked.append(patient.row) or True, at_most=4)
    assert asked == [0, 1, 2, 3]


def test_select_by_mask_and_by_name(agents: Patients) -> None:
    by_function = ids(agents.select(lambda patient: patient.bmi > 30))
    assert ids(agents.select(agents.array("bmi") > 30)) == by_function
    assert ids(agents.select((agents.array("bmi") > 30).tolist())) == by_function
    assert ids(agents.select(agents.array("bmi") > 30, at_most=3)) == by_function[:3]
    assert ids(agents.select("has_masld")) == ids(agents.select(lambda patient: patient.has_masld))
    for wrong in ("bmi", np.ones(3, bool), np.arange(SIZE)):
        with pytest.raises(InputError, match="yes or no"):
            agents.select(wrong)


def test_select_in_place(agents: Patients) -> None:
    some = agents.copy()
    assert some.select(lambda patient: patient.bmi > 30, inplace=True) is some
    assert len(some) < SIZE == len(agents)
    assert all(patient.bmi > 30 for patient in some)


@pytest.mark.parametrize("ascending", [True, False])
@pytest.mark.parametrize("key", ["bmi", "sex", "age_years", "pnpla3_g", "unique_id", "ethnicity"])
def test_sort_agrees_with_mesa(agents: Patients, plain: Plain, key: str, ascending: bool) -> None:
    expected = ids(plain.set.sort(key, ascending=ascending))
    assert ids(agents.sort(key, ascending=ascending)) == expected
    assert ids(agents.sort(operator.attrgetter(key), ascending=ascending)) == expected


def test_sort_puts_those_without_a_value_last(agents: Patients) -> None:
    for ascending in (True, False):
        months = agents.sort("diabetes_month", ascending=ascending).get("diabetes_month")
        known = [month for month in months if month is not None]
        assert 0 < len(known) < SIZE and months[len(known) :] == [None] * (SIZE - len(known))
        assert known == sorted(known, reverse=not ascending)


def test_sort_and_shuffle_in_place(model: PatientModel, agents: Patients) -> None:
    assert agents.sort("bmi", inplace=True) is model.agents
    assert model.agents[0].bmi == max(model.agents.get("bmi"))
    assert agents.shuffle(inplace=True) is model.agents
    assert sorted(ids(model.agents)) == list(range(1, SIZE + 1)) != ids(model.agents)
    before = model.people.state[:, 17].copy()
    assert model.agents[ids(model.agents).index(18)].bmi == before[patients_module.ATTRIBUTES["bmi"].code]


def test_shuffle_follows_the_models_luck(model: PatientModel, agents: Patients) -> None:
    model.random.seed(1)
    first = ids(agents.shuffle())
    model.random.seed(1)
    assert ids(agents.shuffle()) == first != ids(agents.shuffle())
    assert ids(agents) == list(range(1, SIZE + 1))


def test_do_map_and_shuffle_do(agents: Patients, plain: Plain) -> None:
    def heavier(patient: Patient, by: float, *, twice: bool = False) -> float:
        patient.bmi = min(patient.bmi + by * (1 + twice), 100)
        return patient.bmi

    before = agents.array("bmi")
    assert agents.do(heavier, 1, twice=True) is agents
    assert agents.array("bmi") == pytest.approx(np.minimum(before + 2, 100))
    assert agents.map(heavier, 0) == agents.get("bmi")
    called: list[int] = []
    assert agents.shuffle_do(lambda patient: called.append(patient.unique_id)) is agents
    assert sorted(called) == ids(agents) != called
    assert agents.map("__hash__") == plain.set.map("__hash__")


def test_who_leaves_while_the_others_are_called_is_not_called(agents: Patients) -> None:
    def push_out_the_next(patient: Patient) -> None:
        following = patient.model.patient((patient.row + 1) % SIZE)
        following.remove()

    agents.do(push_out_the_next)
    assert ids(agents) == list(range(1, SIZE + 1, 2))


def test_leaving_inside_a_loop(agents: Patients) -> None:
    for patient in agents:
        if patient.sex == "female":
            patient.remove()
    assert set(agents.get("sex")) == {"male"}


@pytest.mark.parametrize(
    "by", ["sex", "pnpla3_g", "is_alive", "ethnicity", "diabetes_month", "fibrosis_stage"]
)
def test_groupby_agrees_with_mesa(agents: Patients, plain: Plain, by: str) -> None:
    groups, expected = agents.groupby(by), plain.set.groupby(by)
    assert groups.count() == expected.count() and len(groups) == len(expected)
    assert {value: ids(group) for value, group in groups} == {value: ids(group) for value, group in expected}
    assert groups.agg("bmi", np.mean) == pytest.approx(expected.agg("bmi", np.mean))
    assert groups.map(len) == expected.map(len)
    assert all(isinstance(group, Patients) for _, group in groups)
    lists = agents.groupby(by, result_type="list")
    assert {value: ids(group) for value, group in lists} == {value: ids(group) for value, group in expected}


def test_groupby_a_function(agents: Patients) -> None:
    groups = agents.groupby(lambda patient: int(patient.age_years // 20))
    assert sum(groups.count().values()) == SIZE
    groups.do("set", "sleep_hours", 5)
    assert set(agents.get("sleep_hours")) == {5.0}


def test_sets_can_be_added_to_and_taken_from(agents: Patients) -> None:
    some = agents.select(at_most=3)
    some.add(agents[9])
    some.add(agents[1])
    some.discard(agents[0])
    some.discard(agents[50])
    assert ids(some) == [2, 3, 10] and agents[9] in some and agents[0] not in some
    some.remove(agents[2])
    with pytest.raises(KeyError):
        some.remove(agents[2])
    assert ids(some) == [2, 10] and len(agents) == SIZE
    with pytest.raises(InputError, match="same model"):
        some.add(PatientModel(size=5, seed=7).agents[0])


def test_pythons_set_operators(agents: Patients) -> None:
    first, second = agents.select(at_most=4), agents.select(lambda patient: patient.unique_id in (3, 4, 5, 6))
    assert ids(first & second) == [3, 4] and ids(first | second) == [1, 2, 3, 4, 5, 6]
    assert ids(first - second) == [1, 2] and sorted(ids(first ^ second)) == [1, 2, 5, 6]
    assert first != second and first == agents.select(at_most=4) and first <= agents
    assert isinstance(first & second, Patients)


def test_copies_are_their_own(agents: Patients) -> None:
    for twin in (agents.copy(), copy.copy(agents)):
        twin.discard(twin[0])
        assert len(twin) == SIZE - 1 and len(agents) == SIZE
        assert twin.model is agents.model
