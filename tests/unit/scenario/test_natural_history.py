"""The key `natural_history`: the library, then the set, then the scenario's own numbers."""

from __future__ import annotations

import pytest

from simulator.analysis.foundations import foundations
from simulator.base.errors import InputError
from simulator.parameters.library import load_parameters
from simulator.parameters.natural_history import natural_history
from simulator.scenario.explain import explain
from simulator.scenario.load import scenario_from_dict
from simulator.scenario.numbers import parameters_of

SET = "singh-2015-net"


def scenario(**more):
    return scenario_from_dict(
        {
            "title": "A question",
            "population": {"profile": "us-adults-2018"},
            "horizon_years": 1,
            "strategies": {"usual care": []},
        }
        | more
    )


def test_left_out_it_is_the_librarys_own():
    assert scenario().natural_history == "hepatica"
    assert parameters_of(scenario()) == load_parameters()
    assert "natural_history: hepatica, the library's calibrated values" in explain(scenario()).defaults
    assert scenario().digest() != scenario(natural_history=SET).digest()


def test_the_scenarios_own_numbers_have_the_last_word():
    asked = scenario(natural_history=SET, parameters={"deposition_per_injury": 0.4})
    numbers = parameters_of(asked)
    assert numbers.value("deposition_per_injury") == 0.4
    assert numbers.value("healing_per_year") == natural_history(SET).entries["healing_per_year"].value
    assert numbers.warnings == ()


def test_a_set_is_said_with_its_caution():
    asked = scenario(natural_history=SET, parameters={"deposition_per_injury": 0.4})
    echo = explain(asked, load_parameters())
    assert any(line.startswith(f"Natural history: {SET}") for line in echo.sentences)
    usual = natural_history(SET).entries["deposition_per_injury"].value
    assert f"Changed for this scenario: deposition_per_injury is 0.4 instead of {usual:g}." in echo.sentences
    assert natural_history(SET).caution in echo.warnings


def test_a_run_rests_on_its_set():
    asked = scenario(natural_history=SET, parameters={"deposition_per_injury": 0.4})
    found = foundations(asked, parameters_of(asked))
    rows = {row["name"]: row for row in found.assumptions}
    assert rows["healing_per_year"]["value"] == 0
    usual = load_parameters().entries["healing_per_year"].value
    assert rows["healing_per_year"]["note"].startswith(
        f"Set by the natural history {SET}. The library has {usual:g}. "
    )
    assert rows["deposition_per_injury"]["note"].startswith(f"Set by the scenario. {SET} has ")
    used = {row["key"]: row["used_for"] for row in found.sources}
    assert "healing_per_year" in used["singh_2015"] and "lassailly_2020" in used
    assert found.natural_history["name"] == SET and "healing_per_year" in found.natural_history["changes"]


def test_an_unknown_set_is_refused_with_the_nearest():
    with pytest.raises(InputError, match=r"a natural history has to come from its list.*'le-2023-gross'"):
        scenario(natural_history="le-2023")
