"""What care does, person by person: who is offered what, who accepts, what tests lead to."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.care.markers import PANELS, TESTS
from simulator.patient import columns as c
from tests.unit.engine.worlds import (
    after,
    grown,
    is_alive,
    on,
    plan,
    record,
    shipped_record,
)

ADULTS = {"age_years": {"min": 30, "max": 60}}
FULL = {"persistence": "full"}


def test_an_offer_is_made_to_those_it_concerns_and_to_nobody_else():
    people = grown(1000, 91)
    state = after(people, 1, plan({"drug": "metformin", "when": {"bmi": {"min": 30, "max": 40}}, **FULL}))
    concerned = (people.state[c.BMI] >= 30) & (people.state[c.BMI] <= 40)
    alive = is_alive(state)
    assert 200 < concerned.sum() < 800
    assert (on(state, "metformin", 1)[alive] == concerned[alive]).all()
    assert ((state[c.OFFERS_MADE] == 1)[alive] == concerned[alive]).all()


def test_who_becomes_eligible_later_is_offered_it_at_a_routine_visit():
    """Routine visits come once a year, so after each of them nobody who is known to be eligible waits."""
    people = grown(3000, 92, {"age_years": {"min": 50}})
    p = record(routine_visit_months=12)
    strategy = plan({"drug": "metformin", "when": {"diagnosed_diabetes": True}, **FULL})
    start, late = after(people, 1, strategy, p), after(people, 36, strategy, p)
    known = late[c.DIAGNOSED_DIABETES_MONTH] <= 36
    assert known.sum() > (start[c.DIAGNOSED_DIABETES_MONTH] <= 1).sum() + 50
    alive = is_alive(late)
    assert (on(late, "metformin", 36)[alive] == known[alive]).all()
    later = alive & (late[c.DIAGNOSED_DIABETES_MONTH] > 0) & known
    assert set(late[c.METFORMIN_START_MONTH][later]) == {12, 24, 36}


def test_uptake_is_the_share_who_accept_and_the_willing_are_the_same_people():
    people = grown(4000, 93)
    started = {
        share: after(people, 1, plan({"drug": "metformin", "uptake": share}))[c.METFORMIN_START_MONTH] == 0
        for share in (0.3, 0.6)
    }
    assert started[0.3].mean() == pytest.approx(0.3, abs=0.03)
    assert started[0.6].mean() == pytest.approx(0.6, abs=0.03)
    assert (started[0.6] | ~started[0.3]).all()


def test_those_who_refuse_are_not_asked_again():
    people = grown(1000, 94, ADULTS)
    state = after(people, 120, plan({"drug": "metformin", "uptake": 0.4, **FULL}))
    alive = is_alive(state)
    assert (state[c.OFFERS_MADE][alive] == 1).all()
    assert (on(state, "metformin", 120) == (state[c.OFFERS_ACCEPTED] == 1))[alive].all()
    assert set(state[c.METFORMIN_START_MONTH]) == {0, c.NEVER}


def test_uptake_counts_in_responses_too():
    people = grown(2000, 93)
    watch = {"monitor": {"tests": ["alt"], "every_months": 6}}
    add = {**watch, "respond": [{"do": {"add": {"drug": "metformin", "uptake": 0.3}}}]}
    offer = after(people, 1, plan({"drug": "metformin", "uptake": 0.3}))
    response = after(people, 1, plan(add))
    assert (response[c.METFORMIN_START_MONTH] == offer[c.METFORMIN_START_MONTH]).all()


def test_steps_start_and_end_when_they_say():
    people = grown(500, 95, ADULTS)
    strategy = plan(
        {"drug": "metformin", "start_year": 2, "until_year": 3, "when": {"bmi": {"max": 28}}, **FULL}
    )
    state = after(people, 60, strategy)
    assert set(state[c.METFORMIN_START_MONTH]) <= {24, c.NEVER}
    assert 50 < (state[c.METFORMIN_START_MONTH] == 24).sum() < 450


def test_monitoring_tests_every_six_months_and_counts_and_charges_them():
    people = grown(300, 96, ADULTS)
    tests = ["fib4", "cap", "fasting_insulin"]
    state, usual = (
        after(people, 24, plan({"monitor": {"tests": tests, "every_months": 6}})),
        after(people, 24),
    )
    alive = is_alive(state)
    done = len(PANELS["fib4"]) + 2
    assert (state[c.N_VISITS][alive] == 5).all()
    assert (state[c.N_TESTS][alive] == 5 * done).all()
    p = shipped_record()
    names = [*PANELS["fib4"], "cap", "fasting_insulin"]
    price = p.cost_visit_usd + sum(p.test_costs[TESTS.index(name)] for name in names)
    assert (state[c.COST_USD] - usual[c.COST_USD])[alive] == pytest.approx(5 * price, rel=1e-3)


def test_screening_tests_once():
    people = grown(300, 96, ADULTS)
    state = after(people, 60, plan({"screen": {"tests": ["fib4"]}}))
    assert (state[c.N_VISITS] == 1).all()
    assert (state[c.N_TESTS] == 3).all()


def test_treatment_steps_up_where_alt_has_not_fallen():
    people = grown(2000, 97, {"age_years": {"min": 30, "max": 60}, "has_masld": True})
    rule = {
        "when": {"n_visits": {"min": 2}, "observed_alt_change_percent": {"min": -17}},
        "do": {"add": "pioglitazone"},
    }
    watch = {"monitor": {"tests": ["alt"], "every_months": 6}, "respond": [rule]}
    state = after(people, 6, plan(watch))
    alive = is_alive(state)
    has_not_fallen = state[c.OBSERVED_ALT_CHANGE_PERCENT] >= -17
    assert 0.5 < has_not_fallen[alive].mean() < 0.95
    assert (on(state, "pioglitazone", 6)[alive] == has_not_fallen[alive]).all()
    later = after(people, 18, plan(watch))
    assert (later[c.PIOGLITAZONE_START_MONTH] < c.NEVER).sum() > (
        state[c.PIOGLITAZONE_START_MONTH] < c.NEVER
    ).sum()


def test_treatment_stops_when_told_and_stays_stopped():
    people = grown(1000, 97, {"age_years": {"min": 30, "max": 60}, "has_masld": True})
    rule = {
        "when": {"observed_alt_change_percent": {"max": -30}, "on_pioglitazone": True},
        "do": {"stop": "pioglitazone"},
    }
    watch = {"monitor": {"tests": ["alt"], "every_months": 6}, "respond": [rule]}
    strategy = plan({"drug": "pioglitazone", **FULL}, watch)
    month_6, month_7 = after(people, 6, strategy), after(people, 7, strategy)
    told = (month_6[c.OBSERVED_ALT_CHANGE_PERCENT] <= -30) & is_alive(month_7)
    others = (month_6[c.OBSERVED_ALT_CHANGE_PERCENT] > -30) & is_alive(month_7)
    assert told.sum() > 50
    assert not on(month_6, "pioglitazone", 6)[told].any()
    assert (month_7[c.EFFECT_LIVER_FAT][told] == 0).all()
    assert on(month_7, "pioglitazone", 7)[others].all()
    late = after(people, 60, strategy)
    assert not on(late, "pioglitazone", 60)[told].any()
    assert (late[c.PIOGLITAZONE_STOP_MONTH][told] == 6).all()


def test_stopping_everything_stops_every_drug():
    people = grown(200, 98, ADULTS)
    stop = {"when": {"n_visits": {"min": 2}}, "do": {"stop": "all"}}
    watch = {"monitor": {"tests": ["alt"], "every_months": 12}, "respond": [stop]}
    state = after(people, 13, plan({"drug": "metformin", **FULL}, {"drug": "glp1_ra", **FULL}, watch))
    alive = is_alive(state)
    for drug in ("metformin", "glp1_ra"):
        assert (state[c.INDEX[f"{drug}_stop_month"]][alive] == 12).all()


def test_a_response_tests_further_and_diagnoses():
    """CAP first, stiffness only for those above the cut-off, and care notes what it concluded."""
    people = grown(1000, 99, ADULTS)
    people.state[c.OBSERVED_LSM_KPA] = math.nan
    second = {"when": {"observed_cap_db_per_m": {"min": 274}}, "do": {"test": ["lsm"]}}
    third = {"when": {"observed_cap_db_per_m": {"min": 300}}, "do": {"diagnose": "fibrosis"}}
    state = after(people, 1, plan({"screen": {"tests": ["cap"]}, "respond": [second, third]}))
    high = state[c.OBSERVED_CAP_DB_PER_M] >= 274
    assert 0.2 < high.mean() < 0.8
    assert (np.isnan(state[c.OBSERVED_LSM_KPA]) >= ~high).all()
    assert (state[c.N_TESTS] == 1 + high).all()
    assert (state[c.DIAGNOSED_FIBROSIS_MONTH][state[c.OBSERVED_CAP_DB_PER_M] >= 300] <= 0).all()
    assert (state[c.DIAGNOSED_MASLD_MONTH][high] <= 0).all()


def test_tests_teach_care_what_they_show():
    people = grown(3000, 100, {"age_years": {"min": 45}})
    state = after(people, 0, plan({"screen": {"tests": ["hba1c", "lsm", "cap"]}}))
    untouched = after(people, 1)
    state = after(people, 1, plan({"screen": {"tests": ["hba1c", "lsm", "cap"]}}))
    p = shipped_record()
    shown = (
        state[c.OBSERVED_HBA1C_PERCENT] >= p.diagnosis_hba1c_percent,
        state[c.OBSERVED_LSM_KPA] >= p.diagnosis_lsm_kpa,
        state[c.OBSERVED_CAP_DB_PER_M] >= p.diagnosis_cap_db_per_m,
    )
    for learnt, what in zip(shown, ("diabetes", "fibrosis", "masld"), strict=True):
        month = c.INDEX[f"diagnosed_{what}_month"]
        assert (state[month][learnt] <= 0).all()
        assert (untouched[month] > 0).sum() > (state[month] > 0).sum()
