"""What follows from the columns: by hand for one person, and conditions on them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.patient import columns as c
from simulator.patient.derived import ALL_NAMES, CODE, DERIVED, matching, values
from simulator.scenario.plan import CONDITION, compile_conditions
from tests.unit.engine.worlds import quantity, record, scenario, shipped_record


@pytest.fixture
def person() -> np.ndarray:
    """Give one man of 50, 180 cm, BMI 30, HOMA-IR 3 at 5 mmol/L, 8 % liver fat, scar 2.7."""
    state = np.zeros((c.N_COLUMNS, 1), np.float32)
    for position, column in enumerate(c.COLUMNS):
        if column.is_month:
            state[position] = c.NEVER
        if column.name.startswith(("observed_", "first_")):
            state[position] = math.nan
    state[c.BIRTH_MONTH] = -600
    state[c.HEIGHT_CM], state[c.BMI] = 180, 30
    state[c.LN_HOMA_IR], state[c.FASTING_GLUCOSE_MMOL_L] = math.log(3), 5
    state[c.LN_LIVER_FAT], state[c.INJURY], state[c.FIBROSIS] = math.log(8), -0.5, 2.7
    return state


HEALTHY = {
    "age_years": 50, "weight_kg": 97.2, "is_alive": 1, "diagnosed_diabetes": 0, "diagnosed_masld": 0,
    "diagnosed_fibrosis": 0, "had_surgery": 0, "in_programme": 0, "homa_ir": 3, "fasting_insulin_miu_l": 13.5,
    "liver_fat_percent": 8, "fibrosis_stage": 2, "has_diabetes": 0, "has_masld": 1, "has_mash": 0,
    "has_advanced_fibrosis": 0, "has_cirrhosis": 0, "has_portal_hypertension": 0, "has_decompensation": 0,
    "has_hcc": 0, "has_transplant": 0, **{f"on_{drug}": 0 for drug in c.DRUGS},
}  # fmt: skip


@pytest.mark.parametrize("name", DERIVED)
def test_every_derived_quantity_of_a_man_of_fifty(person: np.ndarray, name: str):
    """97.2 kg = 30 x 1.8^2; insulin 22.5 x 3 / 5; F 2.7 is stage 2."""
    assert quantity(person, name)[0] == pytest.approx(HEALTHY[name], rel=1e-5)


@pytest.mark.parametrize(
    ("fibrosis", "stage", "advanced", "cirrhosis", "portal"),
    [
        (0.99, 0, 0, 0, 0),
        (1, 1, 0, 0, 0),
        (3, 3, 1, 0, 0),
        (4, 4, 1, 1, 0),
        (4.19, 4, 1, 1, 0),
        (4.21, 4, 1, 1, 1),
        (6, 4, 1, 1, 1),
    ],
)
def test_stages_are_floors_and_end_at_four(person, fibrosis, stage, advanced, cirrhosis, portal):
    person[c.FIBROSIS] = fibrosis
    names = ("fibrosis_stage", "has_advanced_fibrosis", "has_cirrhosis", "has_portal_hypertension")
    assert [quantity(person, name)[0] for name in names] == [stage, advanced, cirrhosis, portal]


@pytest.mark.parametrize(
    ("fat", "injury", "masld", "mash"), [(4.9, 1, 0, 0), (5.01, -0.01, 1, 0), (5.01, 0, 1, 1), (30, 2, 1, 1)]
)
def test_mash_needs_fat_and_injury(person, fat, injury, masld, mash):
    person[c.LN_LIVER_FAT], person[c.INJURY] = math.log(fat), injury
    assert quantity(person, "has_masld")[0] == masld
    assert quantity(person, "has_mash")[0] == mash


@pytest.mark.parametrize(
    ("column", "name"),
    [
        (c.DIABETES_MONTH, "has_diabetes"),
        (c.DECOMPENSATION_MONTH, "has_decompensation"),
        (c.HCC_MONTH, "has_hcc"),
        (c.TRANSPLANT_MONTH, "has_transplant"),
        (c.DIAGNOSED_DIABETES_MONTH, "diagnosed_diabetes"),
        (c.DIAGNOSED_MASLD_MONTH, "diagnosed_masld"),
        (c.DIAGNOSED_FIBROSIS_MONTH, "diagnosed_fibrosis"),
        (c.SURGERY_MONTH, "had_surgery"),
    ],
)
def test_what_has_happened_is_so_from_its_month_on(person, column, name):
    person[column] = 7
    assert quantity(person, name, 6)[0] == 0
    assert quantity(person, name, 7)[0] == 1
    assert quantity(person, name, 200)[0] == 1


def test_the_dead_are_not_alive_from_the_month_of_death_on(person):
    person[c.DEATH_MONTH] = 7
    assert quantity(person, "is_alive", 6)[0] == 1
    assert quantity(person, "is_alive", 7)[0] == 0


@pytest.mark.parametrize("drug", c.DRUGS)
def test_a_drug_is_taken_from_its_first_month_to_before_its_last(person, drug):
    first = c.INDEX[f"{drug}_start_month"]
    person[first], person[c.INDEX[f"{drug}_stop_month"]] = 3, 9
    assert [quantity(person, f"on_{drug}", month)[0] for month in (2, 3, 8, 9)] == [0, 1, 1, 0]
    assert sum(quantity(person, f"on_{other}", 5)[0] for other in c.DRUGS) == 1


def test_codes_run_through_columns_then_derived_quantities():
    assert list(CODE.values()) == list(range(len(ALL_NAMES)))
    assert ALL_NAMES[: c.N_COLUMNS] == tuple(column.name for column in c.COLUMNS)
    assert ALL_NAMES[c.N_COLUMNS :] == tuple(DERIVED)


def test_a_column_is_its_own_quantity(person):
    people = np.repeat(person, 3, axis=1)
    people[c.BMI] = 20, 30, 40
    assert values(shipped_record(), people, CODE["bmi"], np.float32(0)).tolist() == [20, 30, 40]


def conditions(**where: object) -> np.ndarray:
    """Return compiled conditions."""
    return compile_conditions(scenario({"none": []}, where).population.where)


def test_conditions_hold_together_and_include_their_ends(person):
    people = np.repeat(person, 4, axis=1)
    people[c.BMI] = 24.9, 25, 30, 30.1
    where = conditions(bmi={"min": 25, "max": 30}, age_years={"min": 40})
    assert matching(shipped_record(), people, where, 0).tolist() == [False, True, True, False]
    assert matching(shipped_record(), people, where, -240).tolist() == [False] * 4


def test_what_was_never_measured_meets_no_condition(person):
    where = np.zeros(1, CONDITION)
    where["code"], where["low"], where["high"] = CODE["observed_alt_u_l"], -np.inf, np.inf
    assert not matching(record(), person, where, 0)[0]
    person[c.OBSERVED_ALT_U_L] = 30
    assert matching(record(), person, where, 0)[0]


def test_no_condition_is_met_by_everybody(person):
    assert matching(shipped_record(), person, conditions(), 0).all()
