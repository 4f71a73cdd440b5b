"""Growing people: who they are does not depend on how many are asked for, and they are whom was asked for."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.base.errors import InputError
from simulator.cohort.grown import note_family_history
from simulator.engine.people import People
from simulator.patient import columns as c
from tests.unit.engine.worlds import (
    columns_that_differ,
    grown,
    is_alive,
    profile,
    quantity,
    shipped_record,
    source,
)


@pytest.mark.parametrize("sibship", [1, 2, 3])
def test_adding_a_person_changes_nobody_else(sibship: int):
    one, more = source(131, sibship=sibship)(0, 100), source(131, sibship=sibship)(0, 101)
    assert columns_that_differ(one.state, more.state[:, :100]) == []
    assert (one.keys == more.keys[:, :100]).all()


@pytest.mark.parametrize("sibship", [1, 3])
def test_people_are_the_same_in_whatever_portions_they_are_grown(sibship: int):
    from_source = source(132, {"bmi": {"min": 25}}, sibship)
    whole = from_source(0, 120)
    parts = People.together([from_source(first, min(first + 37, 120)) for first in range(0, 120, 37)])
    assert columns_that_differ(whole.state, parts.state) == []
    assert (whole.index == parts.index).all()
    assert (whole.family == parts.family).all()
    assert columns_that_differ(from_source(40, 60).state, whole.state[:, 40:60]) == []


@pytest.mark.parametrize(
    ("where", "least", "most"),
    [
        ({"age_years": {"min": 40, "max": 45}}, 40, 45),
        ({"bmi": {"min": 35}}, 35, 200),
        ({"has_diabetes": True}, 1, 1),
        ({"pnpla3_g": 2}, 2, 2),
        ({"ethnicity": {"is": "asian"}}, 4, 4),
        ({"fibrosis_stage": {"min": 3}}, 3, 4),
        ({"observed_alt_u_l": {"min": 40}}, 40, 3000),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_everybody_meets_the_question(where: dict, least: float, most: float):
    state = grown(80, 133, where).state
    values = quantity(state, next(iter(where)))
    assert values.min() >= least
    assert values.max() <= most
    assert is_alive(state).all()


def test_people_come_in_the_shares_of_the_profile():
    state = grown(6000, 134).state
    shares = np.bincount(state[c.ETHNICITY].astype(int), minlength=6) / 6000
    expected = np.diff(profile().ethnicity, prepend=0)
    assert shares == pytest.approx(expected, abs=4 * 0.5 / np.sqrt(6000))
    women = (profile().women * expected).sum()
    assert state[c.SEX].mean() == pytest.approx(women, abs=0.026)


def test_ages_are_those_of_the_profile_although_people_died_on_the_way():
    state = grown(6000, 134).state
    months = -state[c.BIRTH_MONTH] - 216
    mix = np.diff(profile().ethnicity, prepend=0)
    women = profile().women
    cumulative = sum(
        mix[k] * (women[k] * profile().age[k, 1] + (1 - women[k]) * profile().age[k, 0]) for k in range(6)
    )
    for share in (0.1, 0.25, 0.5, 0.75, 0.9):
        age = np.searchsorted(cumulative, share)
        assert (months <= age).mean() == pytest.approx(
            share, abs=4 * np.sqrt(share * (1 - share) / 6000) + 0.003
        )


def test_a_run_starts_without_costs_and_without_a_strategy():
    state = grown(200, 135).state
    for column in (c.COST_USD, c.QALYS, c.OFFERS_MADE, c.N_VISITS, c.N_TESTS):
        assert (state[column] == 0).all()
    assert (state[c.TREATED_MONTH] == c.NEVER).all()
    assert (state[c.DIABETES_MONTH][quantity(state, "has_diabetes") == 1] <= 0).all()


def test_adult_life_begins_the_month_after_the_eighteenth_birthday():
    people = grown(300, 139, {"age_years": {"min": 18, "max": 19}})
    months = -people.state[c.BIRTH_MONTH] - 216
    has_lived = people.state[c.LN_LIVER_FAT] != shipped_record().first_ln_liver_fat
    assert set(months) == set(range(13))
    assert (has_lived == (months > 0)).all()


def test_people_who_are_not_examined_have_no_results():
    from_source = source(136)
    from_source.examined = False
    state = from_source(0, 50).state
    assert np.isnan(state[c.OBSERVED_ALT_U_L]).all()
    assert np.isnan(state[c.FIRST_BMI]).all()


def test_a_question_nobody_meets_is_an_error_that_says_so():
    with pytest.raises(InputError, match="age_years from 118"):
        source(137, {"age_years": {"min": 118}})(0, 2)


def test_brothers_and_sisters_share_their_group():
    people = source(138, sibship=3)(0, 300)
    groups = people.state[c.ETHNICITY].reshape(-1, 3)
    assert (groups == groups[:, :1]).all()
    assert len(np.unique(people.family)) == 100
    assert len(np.unique(people.state[c.BIRTH_MONTH].reshape(-1, 3)[0])) > 1


def test_family_history_is_what_the_others_have():
    people = People.nobody(np.arange(6), sibship=3)
    people.state[c.DIABETES_MONTH] = [-5, c.NEVER, c.NEVER, 0, -1, c.NEVER]
    people.state[c.CIRRHOSIS_MONTH] = c.NEVER
    note_family_history(people)
    assert people.state[c.FAMILY_HISTORY_DIABETES].tolist() == [0, 1, 1, 1, 1, 1]
    assert people.state[c.FAMILY_HISTORY_CIRRHOSIS].tolist() == [0] * 6


def test_only_children_have_no_family_history():
    assert (grown(200, 135).state[c.FAMILY_HISTORY_DIABETES] == 0).all()
