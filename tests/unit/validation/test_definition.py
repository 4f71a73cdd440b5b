"""The definition of a calibration is read whole, and everything wrong with one is said at once, by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.base.errors import InputError
from simulator.parameters.library import ParameterSet, load_parameters
from simulator.validation.definition import SHIPPED, Definition, load_definition
from simulator.validation.registry import find_studies, studies_for
from simulator.validation.targets import load_targets
from tests.unit.validation.fitted import small_library

TEXT = """\
about:
  title: A small calibration
  meaning: For a test.
  size: 300
  seed: 7
  trials: 50
targets:
  studies: [pivens]
  weights: {pivens_weight: 0.5}
free:
  slope: 1
  pace: 2.5
"""


@pytest.fixture
def library(tmp_path: Path) -> ParameterSet:
    return small_library(tmp_path / "library")


@pytest.fixture
def read(tmp_path: Path, library, targets):
    def read(old: str = "", new: str = "") -> Definition:
        assert old in TEXT
        path = tmp_path / "small.yaml"
        path.write_text(TEXT.replace(old, new, 1) if old else TEXT)
        return load_definition(path, library, targets)

    return read


def test_a_definition_is_read(read) -> None:
    asked = read()
    assert (asked.name, asked.size, asked.seed, asked.trials) == ("small", 300, 7, 50)
    assert asked.free == {"slope": 1.0, "pace": 2.5}
    assert [target.name for target in asked.targets] == ["pivens_resolution", "pivens_weight"]
    assert asked.weights == {"pivens_resolution": 1.0, "pivens_weight": 0.5}


def test_a_prior_is_the_entry_itself_or_wider(read, library) -> None:
    asked = read()
    assert asked.numbers(library, [0.0, 0.0]) == {"slope": 1.0, "pace": 2.0}
    assert asked.numbers(library, [1.0, 1.0]) == pytest.approx({"slope": 2.0, "pace": 4.5})


def test_a_target_may_be_left_out(read) -> None:
    asked = read("weights: {pivens_weight: 0.5}", "leave_out: [pivens_weight]")
    assert [target.name for target in asked.targets] == ["pivens_resolution"]


def test_held_back_targets_are_never_fitted(read) -> None:
    asked = read("studies: [pivens]", "studies: [pivens, trials, cohorts]")
    assert {target.role for target in asked.targets} == {"calibration"}
    with pytest.raises(InputError, match=r"small.yaml:8: targets.studies: at least one target"):
        read("studies: [pivens]", "studies: [cohorts]")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("about:", "abuot:", r"small.yaml:1: abuot: a calibration has three parts; given: abuot; .*'about'"),
        ("free:\n  slope: 1\n  pace: 2.5\n", "", r"small.yaml:1: a calibration says `free`; given: nothing"),
        ("size: 300", "size: 3", r"small.yaml:4: about.size: .*right would be: a whole number"),
        ("size: 300", "size: many", r"small.yaml:4: about.size"),
        ("  seed: 7\n", "", r"about.seed: every entry has `seed`"),
        ("trials: 50", "trails: 50", r"small.yaml:6: about.trails: .*'trials'"),
        ("[pivens]", "[pivnes]", r"small.yaml:8: targets.studies: .*.*right would be: 'PIVENS'"),
        ("[pivens]", "pivens", r"small.yaml:8: targets.studies: .*a list of names"),
        ("pivens_weight: 0.5", "pivens_wieght: 0.5", r"targets.weights: .*'pivens_weight'"),
        ("pivens_weight: 0.5", "pivens_weight: 0", r"the weight of pivens_weight is positive; given: 0"),
        ("slope: 1", "slop: 1", r"small.yaml:11: free.slop: a parameter has to exist; .*'slope'"),
        ("slope: 1", "exponent: 1", r"small.yaml:11: free.exponent: .*exponent, which is fixed"),
        ("slope: 1", "slope: 0.5", r"free.slope: .*given: 0.5; right would be: a number from 1 to 5"),
        ("slope: 1", "slope: wide", r"free.slope: .*given: wide"),
        ("slope: 1", "flat: 2", r"free.flat: a uniform prior ends where its interval does; given: 2"),
        ("  slope: 1\n  pace: 2.5", "  [slope]", r"free: at least one parameter is free; given: \['slope'\]"),
        ("size: 300", "size: [", r"a calibration file is valid YAML"),
    ],
)  # fmt: skip
def test_a_malformed_definition_is_a_sentence(read, old: str, new: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read(old, new)


def test_everything_wrong_is_said_at_once(read) -> None:
    with pytest.raises(InputError) as caught:
        read("size: 300\n  seed: 7", "size: 3\n  seed: -1")
    assert len(caught.value.problems) == 2


def test_a_missing_file_is_a_sentence(tmp_path: Path, library, targets) -> None:
    with pytest.raises(InputError, match="a calibration file is readable"):
        load_definition(tmp_path / "nothing.yaml", library, targets)


def test_the_shipped_definition_can_be_calibrated() -> None:
    asked = load_definition(SHIPPED, load_parameters(), load_targets())
    assert studies_for(asked.targets, find_studies())
    assert len(asked.targets) > len(asked.free) > 10
    assert {target.role for target in asked.targets} == {"calibration"}
    medians = asked.numbers(load_parameters(), [0.0] * len(asked.free))
    assert all(medians[name] == pytest.approx(load_parameters().value(name), rel=0.03) for name in medians)


def test_shared_luck_is_not_torn_apart(read, library, targets, tmp_path: Path) -> None:
    path = tmp_path / "liver.yaml"
    path.write_text(TEXT.replace("slope: 1\n  pace: 2.5", "deposition_per_year: 1"))
    with pytest.raises(InputError) as caught:
        load_definition(path, load_parameters(), targets)
    given = {problem.given for problem in caught.value.problems}
    assert "deposition_per_year without fibrosis_frailty_sd" in given
