"""Deaths as those who follow people up write them down."""

import numpy as np
import pytest

from simulator.engine.people import People
from simulator.patient import columns as c
from simulator.validation.liver_cohorts import CARDIOVASCULAR, LIVER
from simulator.validation.studies.mortality import OTHER_LIVER_DEATHS, _written_as


@pytest.fixture
def three() -> People:
    """Give people dead of the liver, dead of the heart, and alive after ten years."""
    people = People.nobody(np.arange(3))
    people.state[c.DEATH_MONTH] = [30, 60, c.NEVER]
    people.state[c.DEATH_CAUSE] = [LIVER, CARDIOVASCULAR, 0]
    return people


def test_some_deaths_of_other_causes_are_put_down_to_the_liver(three):
    assert _written_as(three, 10, LIVER) == pytest.approx([1, OTHER_LIVER_DEATHS, 0])
    assert abs(OTHER_LIVER_DEATHS - 0.0144) < 0.0001


def test_other_causes_are_written_as_they_are(three):
    assert _written_as(three, 10, CARDIOVASCULAR) == pytest.approx([0, 1, 0])
    assert _written_as(three, 10, None) == pytest.approx([1, 1, 0])
    assert _written_as(three, 2, None) == pytest.approx([0, 0, 0])
