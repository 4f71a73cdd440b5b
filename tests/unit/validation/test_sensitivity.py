"""Which targets tell of which calibrated number: how it is asked, and the table that ships."""

from __future__ import annotations

import math

import pytest

from simulator.parameters.library import load_parameters
from simulator.validation import sensitivity
from simulator.validation.targets import load_targets


def test_only_calibrated_numbers_with_an_interval_are_moved() -> None:
    for entry in sensitivity.calibrated(load_parameters()):
        assert entry.evidence == "calibrated"
        assert any(low < high for _, _, low, high in entry.cells()), entry.name


@pytest.mark.parametrize("name", ["deposition_per_year", "liver_fat_ethnicity"])
def test_a_number_and_every_cell_of_a_table_go_to_the_end_that_is_further_away(name: str) -> None:
    parameters = load_parameters()
    entry = parameters.entry(name)
    changed = sensitivity.moved(parameters, entry).value(name)
    for label, value, low, high in entry.cells():
        now = changed[label] if label is not None else changed  # type: ignore[index]
        assert now in (low, high)
        assert abs(now - value) == max(high - value, value - low)


def test_the_nearer_end_is_the_other_one() -> None:
    parameters = load_parameters()
    entry = parameters.entry("deposition_per_year")
    ends = {sensitivity.moved(parameters, entry, is_near).value(entry.name) for is_near in (False, True)}
    assert ends == {entry.low, entry.high}


def test_a_number_of_which_nothing_tells_keeps_a_row_that_says_so() -> None:
    (row,) = sensitivity.rows("mute", [])
    assert row[:3] == ("mute", 0, "")
    assert math.isnan(row[3])
    assert list(sensitivity.rows("loud", [("one", 2.0), ("two", -1.0)])) == [
        ("loud", 1, "one", 2.0),
        ("loud", 2, "two", -1.0),
    ]


def test_the_shipped_table_names_a_fitted_target_for_every_calibrated_number() -> None:
    table, targets = sensitivity.read_table(), load_targets()
    asked = {entry.name for entry in sensitivity.calibrated(load_parameters())}
    assert set(table["parameter"]) == asked
    named = table[table["rank"] > 0]
    assert {targets[name].role for name in named["target"]} == {"calibration"}
    assert (named["change"].abs() >= sensitivity.NOTICED).all()
    assert (table["rank"] > 0).all(), "every calibrated number is told of by some target"
