"""Courses of treatment: what they set, how long they last, what they cost; programmes and operations."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.care.treatment import DRUG_TERMS
from simulator.patient import columns as c
from simulator.patient.derived import shown_glucose_excess
from tests.unit.engine.worlds import (
    after,
    grown,
    is_alive,
    on,
    parameters,
    plan,
    record,
    shipped_record,
)

ADULTS = {"age_years": {"min": 30, "max": 60}}
FULL = {"persistence": "full"}


def test_effects_are_the_terms_scaled_by_adherence():
    people = grown(100, 101, ADULTS)
    p = record(weight_response_sd=0)
    for share in (1.0, 0.5):
        state = after(people, 1, plan({"drug": "pioglitazone", "adherence": share, **FULL}), p)
        alive = is_alive(state)
        for term, column in (
            ("weight_loss", c.EFFECT_WEIGHT_LOSS_TARGET),
            ("insulin_resistance", c.EFFECT_INSULIN_RESISTANCE),
            ("hepatic_glucose_output", c.EFFECT_HEPATIC_GLUCOSE_OUTPUT),
            ("glucose", c.EFFECT_GLUCOSE),
            ("liver_fat", c.EFFECT_LIVER_FAT),
            ("injury", c.EFFECT_INJURY),
            ("antifibrotic_stages_per_year", c.EFFECT_ANTIFIBROTIC),
        ):
            expected = p.drug_terms[c.DRUGS.index("pioglitazone"), DRUG_TERMS.index(term)] * share
            assert state[column][alive] == pytest.approx(expected), term


def test_terms_add_up_over_drugs():
    people = grown(100, 101, ADULTS)
    both = after(people, 1, plan({"drug": "pioglitazone", **FULL}, {"drug": "sglt2_inhibitor", **FULL}))
    p, fat = shipped_record(), DRUG_TERMS.index("liver_fat")
    expected = sum(p.drug_terms[c.DRUGS.index(drug), fat] for drug in ("pioglitazone", "sglt2_inhibitor"))
    assert both[c.EFFECT_LIVER_FAT] == pytest.approx(expected)


def test_a_course_of_six_months_ends_after_six_months():
    people = grown(200, 102, ADULTS)
    strategy = plan({"drug": "metformin", "months": 6, **FULL})
    during, ended = after(people, 5, strategy), after(people, 6, strategy)
    assert on(during, "metformin", 5).all()
    assert (ended[c.METFORMIN_STOP_MONTH] == 6).all()
    assert (ended[c.EFFECT_HEPATIC_GLUCOSE_OUTPUT][is_alive(ended)] == 0).all()
    assert not on(after(people, 60, strategy), "metformin", 60).any()


def test_half_stop_within_a_year_and_a_quarter_are_left_after_two():
    people = grown(4000, 103, ADULTS)
    strategy = plan({"drug": "metformin", "stop_fraction_per_year": 0.5, "restart_fraction": 0})
    for years in (1, 2):
        state = after(people, 12 * years, strategy)
        alive = is_alive(state)
        assert on(state, "metformin", 12 * years)[alive].mean() == pytest.approx(0.5**years, abs=0.03)


def test_people_whose_diabetes_is_known_stay_longer_on_a_class_with_numbers_for_them():
    """Within a year 64.8 % stop without known diabetes and 46.5 % with it."""
    for known, share in ((False, 0.648), (True, 0.465)):
        people = grown(3000, 107, {"diagnosed_diabetes": known})
        state = after(people, 12, plan({"drug": "glp1_ra"}))
        stopped = (state[c.GLP1_RA_STOP_MONTH] <= 12) | (state[c.GLP1_RA_START_MONTH] > 0)
        assert stopped[is_alive(state)].mean() == pytest.approx(share, abs=0.04)


@pytest.mark.parametrize("pause", [5, 5.3])
def test_some_of_those_who_stop_take_it_up_again_after_a_pause(pause: float):
    """Everybody restarts, and stops again: with a hazard of ln 10 a year courses are short."""
    people = grown(500, 104, ADULTS)
    p = record(restart_pause_months=pause)
    strategy = plan({"drug": "metformin", "stop_fraction_per_year": 0.9, "restart_fraction": 1})
    first_stop = after(people, 1, strategy, p)[c.METFORMIN_STOP_MONTH]
    months = np.unique(first_stop)
    one = months[months > 3][0]
    who = first_stop == one
    assert not on(after(people, int(one) + 4, strategy, p), "metformin", one + 4)[who].any()
    restart = int(one) + math.ceil(pause)
    again = after(people, restart, strategy, p)
    assert (again[c.METFORMIN_START_MONTH][who & is_alive(again)] == restart).all()
    assert on(again, "metformin", restart)[who & is_alive(again)].all()
    late = after(people, 240, strategy, p)
    alive = is_alive(late)
    assert 0.2 < on(late, "metformin", 240)[alive].mean() < 0.75


def test_nobody_restarts_when_told_so_and_nobody_stops_with_full_persistence():
    people = grown(500, 104, ADULTS)
    for step, share in (({"stop_fraction_per_year": 0.9, "restart_fraction": 0}, 0), (FULL, 1)):
        state = after(people, 240, plan({"drug": "metformin", **step}))
        assert on(state, "metformin", 240)[is_alive(state)].mean() == share


@pytest.mark.parametrize(("months", "loss"), [(6, 10.0), (18, 8.6), (30, 7.3)])
def test_weight_lost_in_a_programme_comes_back_slowly(months: int, loss: float):
    """10 % after the ramp, then 1.3 % of it a month: 10 exp(-0.013 t)."""
    people = grown(300, 105, ADULTS)
    p = record(programme_ramp_months=6, programme_regain_per_month=0.013, weight_response_sd=0)
    state = after(people, months, plan({"lifestyle": {"weight_loss_percent": 10, "months": 12}}), p)
    usual = after(people, months, p=p)
    alive = is_alive(state, usual)
    change = 100 * (1 - state[c.BMI] / usual[c.BMI])[alive]
    assert change == pytest.approx(loss, abs=0.06)


def test_support_halves_the_regain():
    people = grown(300, 105, ADULTS)
    lost = {
        supported: after(
            people, 60, plan({"lifestyle": {"weight_loss_percent": 10, "months": 12, "supported": supported}})
        )[c.PROGRAMME_WEIGHT_LOSS].mean()
        for supported in (False, True)
    }
    assert lost[True] > 1.2 * lost[False] > 0


@pytest.mark.parametrize("ramp", [6, 6.3])
def test_a_programme_takes_off_what_it_says_and_no_more(ramp: float):
    people = grown(50, 106, ADULTS)
    p = record(programme_ramp_months=ramp, weight_response_sd=0)
    strategy = plan({"lifestyle": {"weight_loss_percent": 10, "months": 12}})
    most = max(after(people, month, strategy, p)[c.PROGRAMME_WEIGHT_LOSS].max() for month in range(1, 12))
    assert most == pytest.approx(0.10, rel=1e-5)


@pytest.mark.parametrize("ramp", [12, 10.4])
def test_an_operation_takes_off_what_it_says(ramp: float):
    people = grown(50, 106, ADULTS)
    p = record(surgery_ramp_months=ramp, surgery_weight_loss=0.28, surgery_weight_response_sd=0)
    state = after(people, math.ceil(ramp), plan({"surgery": "bariatric"}), p)
    assert state[c.PROGRAMME_WEIGHT_LOSS][is_alive(state)] == pytest.approx(0.28, rel=1e-5)
    assert (state[c.SURGERY_MONTH] == 0).all()


def test_habits_of_a_programme_last_while_it_runs_and_fade_after():
    people = grown(50, 107, ADULTS)
    p = record(programme_habit_time_constant_months=12)
    strategy = plan(
        {"lifestyle": {"activity_met_min_per_week": 400, "sleep_hours": 0.5, "months": 24}, "adherence": 0.5}
    )
    for month, share in ((1, 1), (24, 1), (36, 1 / math.e)):
        state = after(people, month, strategy, p)
        alive = is_alive(state)
        assert state[c.PROGRAMME_ACTIVITY_MET_MIN_PER_WEEK][alive] == pytest.approx(200 * share, rel=1e-3)
        assert state[c.PROGRAMME_SLEEP_HOURS][alive] == pytest.approx(0.25 * share, rel=1e-3)
        assert (state[c.PROGRAMME_IS_ON][alive] == (month < 24)).all()


def test_treatment_is_paid_for_while_it_is_taken():
    people = grown(50, 108, ADULTS)
    p = record(metformin_cost_usd_per_month=10)
    priced = parameters(metformin_cost_usd_per_month=10)
    strategy = plan({"drug": "metformin", "months": 12, **FULL}, numbers=priced)
    null = {f"metformin_{term}": 0 for term in ("weight_loss", "hepatic_glucose_output", "glucose")}
    p = record(metformin_cost_usd_per_month=10, **null)
    spent = after(people, 24, strategy, p)[c.COST_USD] - after(people, 24, p=p)[c.COST_USD]
    assert spent == pytest.approx(120, rel=2e-3)


def test_each_drug_has_an_adherence_of_its_own():
    people = grown(100, 101, ADULTS)
    p, fat = shipped_record(), DRUG_TERMS.index("liver_fat")
    programme = {"lifestyle": {"weight_loss_percent": 5, "months": 12}, "adherence": 0.3}
    strategy = plan(
        {"drug": "pioglitazone", "adherence": 0.5, **FULL}, {"drug": "sglt2_inhibitor", **FULL}, programme
    )
    state = after(people, 1, strategy)
    terms = {drug: p.drug_terms[c.DRUGS.index(drug), fat] for drug in ("pioglitazone", "sglt2_inhibitor")}
    expected = 0.5 * terms["pioglitazone"] + terms["sglt2_inhibitor"]
    assert state[c.EFFECT_LIVER_FAT] == pytest.approx(expected)


def test_stopping_calls_off_what_was_to_be_taken_up_again():
    """Everybody gives up within weeks and would start again; told to stop at month 12, nobody does."""
    people = grown(500, 104, ADULTS)
    come_and_go = {"drug": "metformin", "stop_fraction_per_year": 0.99, "restart_fraction": 1}
    stop = {"when": {"n_visits": {"min": 2}}, "do": {"stop": "metformin"}}
    watch = {"monitor": {"tests": ["alt"], "every_months": 12}, "respond": [stop]}
    before, later = after(people, 11, plan(come_and_go, watch)), after(people, 30, plan(come_and_go, watch))
    alive = is_alive(later)
    assert 0.1 < on(before, "metformin", 11)[alive].mean() < 0.9
    assert not on(later, "metformin", 30)[alive].any()
    assert (later[c.METFORMIN_START_MONTH][alive] <= 12).all()


def test_a_programme_does_not_undo_an_operation():
    people = grown(100, 106, ADULTS)
    p = record(
        surgery_ramp_months=12, surgery_weight_loss=0.28, surgery_weight_response_sd=0, weight_response_sd=0
    )
    programme = {"lifestyle": {"weight_loss_percent": 7, "months": 12}}
    for steps in (({"surgery": "bariatric"}, programme), (programme, {"surgery": "bariatric"})):
        state = after(people, 12, plan(*steps), p)
        lost = state[c.PROGRAMME_WEIGHT_LOSS][is_alive(state)]
        assert lost.min() >= 0.279
        assert lost.max() <= 0.36


def test_drugs_control_glucose_in_those_who_have_diabetes_only():
    people = grown(1500, 109, {"age_years": {"min": 40, "max": 60}})
    no_weight = {"glp1_ra_weight_loss": 0, "glp1_ra_glucose_control": 0.3}
    p = record(**no_weight)
    usual, treated = after(people, 36, p=p), after(people, 36, plan({"drug": "glp1_ra", **FULL}), p)
    alive = is_alive(usual, treated)
    had = people.state[c.DIABETES_MONTH] <= -60
    never = treated[c.DIABETES_MONTH] == c.NEVER
    usual_excess, treated_excess = shown_glucose_excess(usual), shown_glucose_excess(treated)
    lower = usual_excess - treated_excess
    assert (lower[alive & never & (usual[c.DIABETES_MONTH] == c.NEVER)] == 0).all()
    assert lower[alive & had].mean() / usual_excess[alive & had].mean() == pytest.approx(0.3, abs=0.05)


def test_hba1c_answers_a_drug_within_months():
    """Four fifths of what it does to HbA1c in three years is there after four months (two-month clock)."""
    people = grown(1500, 109, {"diagnosed_diabetes": True})
    p, drug = record(glp1_ra_weight_loss=0, glp1_ra_glucose_control=0.3), plan({"drug": "glp1_ra", **FULL})
    fall = {}
    for months in (4, 36):
        usual, treated = after(people, months, p=p), after(people, months, drug, p)
        alive = is_alive(usual, treated)
        fall[months] = (usual - treated)[c.HBA1C_PERCENT][alive].mean()
    assert fall[36] > 0.2
    assert 0.7 < fall[4] / fall[36] < 1.1


def test_people_keep_their_response_of_weight():
    """Who loses much on a drug loses much in a programme too, and no two lose quite alike."""
    people = grown(200, 105, ADULTS)
    p = record(weight_response_sd=0.5)
    drug = after(people, 1, plan({"drug": "glp1_ra", **FULL}), p)[c.EFFECT_WEIGHT_LOSS_TARGET]
    programme = after(people, 1, plan({"lifestyle": {"weight_loss_percent": 6, "months": 12}}), p)
    rate = programme[c.PROGRAMME_LOSS_PER_MONTH]
    alive = is_alive(programme)
    assert np.corrcoef(drug[alive], rate[alive])[0, 1] > 0.999
    assert 0.3 < drug[alive].std() / drug[alive].mean() < 0.7
