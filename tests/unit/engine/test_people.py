"""People on their way through a run."""

from __future__ import annotations

import numpy as np

from simulator.engine.people import People
from simulator.patient.columns import N_COLUMNS
from tests.unit.engine.worlds import columns_that_differ, grown


def test_nobody_is_a_place_for_people_with_numbers():
    people = People.nobody(np.arange(4, 10), sibship=3)
    assert people.state.shape == (N_COLUMNS, 6)
    assert people.state.dtype == np.float32
    assert people.family.tolist() == [1, 1, 2, 2, 2, 3]
    assert len(people) == 6


def test_taking_people_keeps_their_keys_and_numbers():
    people = grown(20, 81)
    some = people.take(np.array([5, 2, 19]))
    assert some.index.tolist() == [5, 2, 19]
    assert columns_that_differ(some.state, people.state[:, [5, 2, 19]]) == []
    assert (some.keys == people.keys[:, [5, 2, 19]]).all()
    assert some.state.flags.c_contiguous


def test_taking_by_a_mask_takes_those_it_marks():
    people = grown(20, 81)
    mask = people.index % 2 == 0
    assert people.take(mask).index.tolist() == list(range(0, 20, 2))


def test_lots_put_together_are_one():
    people = grown(20, 81)
    halves = [people.take(np.arange(10)), people.take(np.arange(10, 20))]
    whole = People.together(halves)
    assert columns_that_differ(whole.state, people.state) == []
    assert (whole.index == people.index).all()
    assert (whole.family == people.family).all()
    assert (whole.keys == people.keys).all()
