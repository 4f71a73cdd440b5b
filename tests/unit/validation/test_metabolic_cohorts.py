"""Cohorts of weight and sugar: what is recomputed agrees with the engine, and adjustment adjusts."""

import numpy as np
import pytest

from simulator.parameters.library import load_parameters
from simulator.patient import columns as c
from simulator.patient.derived import shown_glucose_excess
from simulator.validation.clinic import with_new_luck
from simulator.validation.liver_cohorts import population
from simulator.validation.metabolic_cohorts import (
    _margins,
    adjusted_ratio,
    adults_who,
    geometric_ratio,
    months,
    paired,
    standardised,
    two_hour_glucose,
)
from simulator.validation.studies import lifestyle, metabolic_drugs, metabolism, stress_and_sleep
from simulator.validation.targets import load_targets
from simulator.validation.world import World, rate


@pytest.fixture(scope="module")
def world():
    return World(load_parameters(), size=700)


def test_the_margin_of_a_person_is_the_one_behind_the_glucose_of_today(world):
    people, p = population(world), world.record
    margin = np.empty(len(people), np.float32)
    _margins(p, people.state, margin)
    s = people.state
    ln_glucose = (
        p.ln_glucose_intercept
        + p.glucose_women * s[c.SEX]
        + p.glucose_per_year_of_age * (world.values(people, "age_years") - p.reference_age)
        + p.glucose_per_ln_homa * (s[c.LN_HOMA_IR] - p.ln_homa_reference)
        + p.glucose_per_strain * np.exp(-p.strain_per_margin * margin)
        + p.glucose_lifelong_sd * s[c.Z_GLUCOSE]
    )
    lived = world.values(people, "age_years") > 18.5
    expected = np.exp(ln_glucose) + shown_glucose_excess(s)
    np.testing.assert_allclose(s[c.FASTING_GLUCOSE_MMOL_L][lived], expected[lived], rtol=2e-3)


def test_two_hour_glucose_is_read_anew_on_another_day(world):
    people = population(world)
    first, again, other = (two_hour_glucose(world, people, number) for number in (0, 0, 1))
    assert np.array_equal(first, again)
    assert 0.05 < float(np.std(np.log(first / other))) < 0.25
    diabetic = people.state[c.DIABETES_MONTH] < c.NEVER
    assert np.median(first[diabetic]) > np.median(first[~diabetic]) + 20


def test_adjusting_removes_what_another_quantity_explains():
    rng = np.random.default_rng(5)
    n = 40_000
    weight = rng.standard_normal(n)
    exposed = rng.random(n) < 1 / (1 + np.exp(-weight))
    years = rng.uniform(1, 5, n)
    events = rng.random(n) < 1 - np.exp(-0.02 * years * np.exp(0.8 * weight + np.log(1.5) * exposed))
    crude = adjusted_ratio(events, exposed, [], years)
    adjusted = adjusted_ratio(events, exposed, [weight], years)
    assert crude.value > 2
    assert adjusted.value == pytest.approx(1.5, abs=4 * adjusted.standard_error)
    assert adjusted.standard_error < 0.1


def test_odds_without_years_are_those_of_a_table():
    exposed = np.repeat([True, True, False, False], [30, 70, 20, 180])
    events = np.repeat([True, False, True, False], [30, 70, 20, 180])
    said = adjusted_ratio(events, exposed, [])
    assert said.value == pytest.approx(30 * 180 / (70 * 20), rel=1e-6)
    error = np.sqrt(1 / 30 + 1 / 70 + 1 / 20 + 1 / 180)
    assert said.standard_error / said.value == pytest.approx(error, rel=1e-6)


def test_arms_share_everything_but_the_treatment(world):
    people = adults_who(world, {"bmi": {"min": 30}})
    assert len(people) <= world.size
    treated, control = paired(world, people, 6, [{"lifestyle": {"weight_loss_percent": 5, "months": 6}}])
    ratio = geometric_ratio(treated.state[c.BMI], control.state[c.BMI])
    assert ratio.value == pytest.approx(0.95, abs=0.002)
    assert np.array_equal(treated.state[c.ADIPOSITY_WANDER], control.state[c.ADIPOSITY_WANDER])


def test_new_luck_changes_the_future_and_not_the_person(world):
    people = population(world)
    other = with_new_luck(people, 1)
    assert np.array_equal(people.state, other.state, equal_nan=True)
    here, there = world.follow(people, 12), world.follow(other, 12)
    assert not np.array_equal(here.state[c.ADIPOSITY_WANDER], there.state[c.ADIPOSITY_WANDER])


def test_weeks_become_the_nearest_month():
    assert [months(week) for week in (20, 68, 120)] == [5, 16, 28]


def test_a_difference_is_standardised_by_the_control_arm():
    control = np.array([1.0, 3.0, 5.0, 7.0])
    assert standardised(control - np.std(control), control).value == pytest.approx(-1)


@pytest.mark.parametrize("module", [metabolism, metabolic_drugs, lifestyle, stress_and_sleep])
def test_every_target_is_answered_by_a_finite_number(module, world):
    name = module.__name__.rpartition(".")[2]
    wanted = [target.measure for target in load_targets().values() if target.group == name]
    said = {
        f"{name}.{study}.{quantity}": estimate
        for study, repeat in module.STUDIES.items()
        for quantity, estimate in repeat(world).items()
    }
    assert wanted
    assert [measure for measure in wanted if measure not in said] == []
    assert [m for m in wanted if not np.isfinite([said[m].value, said[m].standard_error]).all()] == []


def test_studies_are_held_back_whole():
    groups = ("metabolism", "metabolic_drugs", "lifestyle", "stress_and_sleep")
    mine = [target for target in load_targets().values() if target.group in groups]
    roles: dict[str, set[str]] = {}
    for target in mine:
        if target.role == "context":
            continue
        roles.setdefault(target.study, set()).add(target.role)
    assert {study for study, found in roles.items() if len(found) > 1} == set()
    held_back = sum(target.role == "validation" for target in mine)
    assert 0.2 < held_back / len(mine) < 0.5


def test_too_few_people_give_no_ratio_and_no_rate_rather_than_a_fault():
    """Nobody ill, nobody there, and two columns that say the same: the fewest people a study may have."""
    exposed = np.tile([False, True], 20)
    assert np.isnan(adjusted_ratio(np.zeros(40, bool), exposed, [exposed]).value)
    assert np.isnan(rate(np.zeros(0, bool), np.zeros(0)).value)
    ill = np.arange(40) % 3 == 0
    alone, twice = adjusted_ratio(ill, exposed, []), adjusted_ratio(ill, exposed, [exposed])
    assert twice.value == pytest.approx(np.sqrt(alone.value))
