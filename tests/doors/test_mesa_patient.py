"""A patient's attributes: the columns under their names, in the values people expect."""

from __future__ import annotations

import math
from typing import Any

import mesa
import numpy as np
import pytest

from simulator.base.errors import InputError
from simulator.model import Patient, PatientModel
from simulator.patient.columns import COLUMNS, DRUGS, INDEX, KNOWN, NEVER, OBSERVED, TRUTH
from simulator.patient.derived import ALL_NAMES, CODE, values


@pytest.fixture
def model() -> PatientModel:
    model = PatientModel(size=50, seed=7)
    model.step()
    return model


def put(model: PatientModel, **stored: float) -> Patient:
    """Write into the columns of the first patient, past the door."""
    for name, value in stored.items():
        model.people.state[INDEX[name], 0] = value
    return model.agents[0]


def test_it_is_one_of_mesas_agents(model: PatientModel) -> None:
    patient = model.agents[0]
    assert isinstance(patient, mesa.Agent) and patient.model is model
    assert (patient.unique_id, patient.row, patient.pos) == (1, 0, None)
    assert patient.random is model.random and patient.rng is model.rng


def test_every_column_and_derived_quantity_is_an_attribute(model: PatientModel) -> None:
    record, state = model.course.record, model.people.state
    assert {column.kind for column in COLUMNS} == {TRUTH, OBSERVED, KNOWN}
    for name in ALL_NAMES:
        expected = float(values(record, state, CODE[name], 1)[9])
        shown = getattr(model.agents[9], name)
        if isinstance(shown, str):
            continue
        assert shown is None if math.isnan(expected) or expected == NEVER else shown == expected, name
    assert set(ALL_NAMES) <= set(dir(model.agents[9]))


def test_codes_are_labels(model: PatientModel) -> None:
    patient = put(model, sex=1, ethnicity=2, death_cause=2)
    assert (patient.sex, patient.ethnicity, patient.death_cause) == ("female", "mexican", "cardiovascular")


def test_flags_are_booleans_and_counts_are_whole(model: PatientModel) -> None:
    patient = put(model, pnpla3_g=2, birth_month=-600, n_visits=3, metformin_start_month=1)
    assert patient.is_alive is True and patient.had_surgery is False and patient.on_metformin is True
    assert (repr(patient.pnpla3_g), repr(patient.birth_month), repr(patient.n_visits)) == ("2", "-600", "3")
    assert patient.age_years == pytest.approx(601 / 12)
    assert put(model, pnpla3_g=0.5).pnpla3_g == 0.5


def test_what_never_was_is_none(model: PatientModel) -> None:
    patient = put(model, diabetes_month=NEVER, observed_lsm_kpa=np.nan, observed_ultrasound_steatosis=np.nan)
    assert patient.diabetes_month is None and patient.has_diabetes is False
    assert patient.observed_lsm_kpa is None and patient.observed_ultrasound_steatosis is None
    assert repr(put(model, diabetes_month=-24).diabetes_month) == "-24"


def test_a_new_month_shows_at_once(model: PatientModel) -> None:
    patient = model.agents[0]
    age, bmi = patient.age_years, patient.bmi
    model.step()
    assert patient.age_years == pytest.approx(age + 1 / 12) and patient.bmi != bmi


def test_handles_are_the_same_while_held_and_equal_by_row(model: PatientModel) -> None:
    first = model.agents[4]
    assert model.agents[4] is first and model.patient(4) is first
    other = PatientModel(size=5, seed=7)
    assert first != other.agents[4] and first != model.agents[3] and first != 4
    assert Patient(model, 4) == first and len({first, Patient(model, 4)}) == 1
    assert repr(first).startswith("<Patient 5: ") and "years" in repr(first)


@pytest.mark.parametrize(
    ("name", "given", "stored"),
    [
        ("bmi", 30, 30.0),
        ("sex", "female", 1.0),
        ("sex", 0, 0.0),
        ("diabetes_month", None, NEVER),
        ("diabetes_month", 12, 12.0),
        ("observed_fib4", None, math.nan),
        ("observed_fib4", 1.5, 1.5),
        ("programme_is_on", True, 1.0),
        ("pnpla3_g", np.int64(2), 2.0),
        (f"{DRUGS[0]}_start_month", 3, 3.0),
    ],
)
def test_columns_can_be_set(model: PatientModel, name: str, given: Any, stored: float) -> None:
    setattr(model.agents[0], name, given)
    assert model.people.state[INDEX[name], 0] == pytest.approx(stored, nan_ok=True)


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("bmi", 900, "12 to 160 kg/m2"),
        ("bmi", "fat", "12 to 160"),
        ("bmi", None, "12 to 160"),
        ("bmi", math.nan, "12 to 160"),
        ("bmi", [30, 31], "30 of them|one value"),
        ("sex", "woman", "one of: female, male"),
        ("sex", 0.5, "one of: male, female"),
        ("programme_is_on", 0.5, "True or False"),
        ("pnpla3_g", 3, "0 to 2 alleles"),
        ("diabetes_month", -5000, "or None for never"),
        ("observed_fib4", 1000, "or None for not measured"),
        ("homa_ir", 2, "'ln_homa_ir'"),
        ("has_mash", True, "read only"),
    ],
)
def test_what_cannot_be_is_refused(model: PatientModel, name: str, given: Any, says: str) -> None:
    before = model.people.state.copy()
    with pytest.raises(InputError, match=says):
        setattr(model.agents[0], name, given)
    assert np.array_equal(before, model.people.state, equal_nan=True)


def test_unknown_names_are_refused_with_the_nearest(model: PatientModel) -> None:
    patient = model.agents[0]
    with pytest.raises(AttributeError, match="'fibrosis'"):
        _ = patient.fibrosiss
    with pytest.raises(AttributeError, match="'bmi'"):
        patient.bmii = 3
    with pytest.raises(AttributeError, match="who a patient is"):
        patient.row = 3
    assert not hasattr(patient, "mood") and getattr(patient, "mood", "good") == "good"
    patient.pos = (1, 2)
    assert patient.pos == (1, 2)


def test_patients_are_not_made_one_by_one(model: PatientModel) -> None:
    with pytest.raises(InputError, match="size="):
        Patient.create_agents(model, 3)
    with pytest.raises(InputError, match="size="):
        Patient.from_dataframe(model, None)


class Walker(Patient):
    """A subclass adds methods and properties."""

    @property
    def is_heavy(self) -> bool:
        return self.bmi >= 30

    @property
    def sleep_hours(self) -> str:
        return "enough"

    @property
    def waist(self) -> float:
        return self.bmi * 3

    @waist.setter
    def waist(self, waist: float) -> None:
        self.bmi = waist / 3


class WalkerModel(PatientModel):
    patient_type = Walker


def test_a_subclass_may_add_and_replace_attributes() -> None:
    model = WalkerModel(size=20, seed=7)
    heavy = [patient.is_heavy for patient in model.agents]
    assert model.agents.get("is_heavy") == heavy == (model.agents.array("bmi") >= 30).tolist()
    assert model.agents.groupby("is_heavy").count() == {value: heavy.count(value) for value in set(heavy)}
    assert set(model.agents.get("sleep_hours")) == {"enough"}
    model.agents.set("waist", 90)
    assert set(model.agents.get("bmi")) == {30.0}
    assert model.agent_types == [Walker] and model.agents_by_type[Walker] is model.agents
