"""What a needle and a reader make of a liver, by hand from the equations."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.care import markers as t
from tests.unit.engine.worlds import record, value


@pytest.fixture(scope="module")
def reader() -> np.record:
    """Give a reader and a needle with round errors."""
    return record(
        biopsy_stage_sampling_sd=0.4,
        biopsy_stage_reading_sd=0.2,
        biopsy_stage_error_tail=0.5,
        biopsy_stage_per_injury=0.1,
        biopsy_stage_1_threshold=0.7,
        biopsy_cirrhosis_agreement=0.5,
        biopsy_cirrhosis_margin=0.6,
        biopsy_reading_factor=1,
        biopsy_ln_fat_grade_1=1.6,
        biopsy_ln_fat_grade_2=2.7,
        biopsy_ln_fat_grade_3=3.0,
        biopsy_steatosis_sd=0.3,
        biopsy_activity_sampling_sd=0.5,
        biopsy_activity_reading_sd=0.4,
        biopsy_ballooning_grade_1=0.0,
        biopsy_ballooning_grade_2=0.5,
        biopsy_inflammation_grade_1=-2.0,
        biopsy_inflammation_grade_2=0.5,
        biopsy_inflammation_grade_3=2.5,
    )


@pytest.mark.parametrize(
    ("fibrosis", "injury", "luck", "stage"),
    [
        (0.0, 0.0, (0, 0, 0), 0),
        (0.69, 0.0, (0, 0, 0), 0),
        (0.71, 0.0, (0, 0, 0), 1),
        (1.99, 0.0, (0, 0, 0), 1),
        (2.0, 0.0, (0, 0, 0), 2),
        (1.95, 1.0, (0, 0, 0), 2),
        (2.5, 0.0, (1, 1, 0), 3),
        (2.5, 0.0, (1, 0, 0), 2),
        (2.5, 0.0, (1, 0, 1), 3),
        (2.5, 0.0, (-1, -1, 0), 1),
        (5.8, 3.0, (2, 2, 1), 4),
        (0.2, -3.0, (-3, -3, 1), 0),
    ],
)
def test_a_stage_is_the_scar_a_sample_and_a_reader_show(reader, fibrosis, injury, luck, stage):
    """Errors add 0.4 and 0.2 stages; a tail of +1 makes both e^0.5 times as large."""
    assert value(t.biopsy_stage, reader, fibrosis, injury, *luck) == stage


def test_a_cirrhotic_liver_is_read_with_half_the_error(reader):
    """Two sampling errors down: 0.8 stages off 3 are 2, and half as much off 4.7 leaves 4 instead of 3."""
    assert value(t.biopsy_stage, reader, 3.0, 0, -2, 0, 0) == 2
    assert value(t.biopsy_stage, reader, 4.7, 0, -2, 0, 0) == 4
    unsure = record(biopsy_stage_sampling_sd=0.4, biopsy_cirrhosis_agreement=0)
    assert value(t.biopsy_stage, unsure, 4.7, 0, -2, 0, 0) == 3


def test_a_liver_that_is_not_cirrhotic_is_seldom_called_so(reader):
    """At 3.5 an eighth of the rebuilding is there: 4.3 falls short of 4 + 0.6 x 0.88, 4.7 does not."""
    assert value(t.biopsy_stage, reader, 3.5, 0, 2.2, 0, 0) == 3
    assert value(t.biopsy_stage, reader, 3.5, 0, 3.2, 0, 0) == 4
    assert value(t.biopsy_stage, reader, 4.5, 0, 0, 0, 0) == 4
    lenient = record(biopsy_stage_sampling_sd=0.4, biopsy_cirrhosis_agreement=0.5, biopsy_cirrhosis_margin=0)
    assert value(t.biopsy_stage, lenient, 3.5, 0, 2.2, 0, 0) == 4


def test_readers_may_be_worse_and_needles_are_as_they_are(reader):
    worse = record(
        biopsy_stage_sampling_sd=0.4, biopsy_stage_reading_sd=0.2, biopsy_activity_reading_sd=0.4,
        biopsy_ballooning_grade_1=0.0, biopsy_ballooning_grade_2=0.5, biopsy_reading_factor=4,
    )  # fmt: skip
    assert value(t.biopsy_stage, reader, 2.5, 0, 0, 1, 0) == 2
    assert value(t.biopsy_stage, worse, 2.5, 0, 0, 1, 0) == 3
    assert value(t.biopsy_stage, worse, 2.5, 0, 1, 0, 0) == 2
    assert value(t.biopsy_ballooning, reader, -1.2, 0, 1) == 0
    assert value(t.biopsy_ballooning, worse, -1.2, 0, 1) == 1


@pytest.mark.parametrize(("fat", "grade"), [(4, 0), (5.5, 1), (14, 1), (16, 2), (25, 3), (45, 3)])
def test_steatosis_has_three_thresholds(reader, fat, grade):
    assert value(t.biopsy_steatosis, reader, math.log(fat), 0) == grade


def test_ballooning_and_inflammation_share_what_the_core_hit(reader):
    """A core one deviation up adds half a unit of injury to both; a reader's own error is one feature's."""
    assert value(t.activity_seen, reader, 0.3, 1, -1) == pytest.approx(0.3 + 0.5 - 0.4, rel=1e-5)
    assert [value(t.biopsy_ballooning, reader, 0.2, core, 0) for core in (-1, 0, 1)] == [0, 1, 2]
    assert [value(t.biopsy_inflammation, reader, 0.2, core, 0) for core in (-4, 0, 1, 5)] == [1, 1, 2, 3]
    assert value(t.biopsy_inflammation, reader, -2.4, 0, 0) == 0
    assert value(t.biopsy_ballooning, reader, 0.2, 0, 1) == 2
