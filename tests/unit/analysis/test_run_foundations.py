"""What a run rests on: only what its people and strategies use, the scenario's own numbers first."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.analysis.foundations import foundations, names_behind, value_text
from simulator.parameters.library import load_parameters
from simulator.scenario.load import scenario_from_dict
from simulator.scenario.schema import Scenario


def scenario(*steps: dict[str, Any], **more: Any) -> Scenario:
    plain = {
        "title": "T",
        "population": {"profile": "us-adults-2018"},
        "horizon_years": 1,
        "strategies": {"usual care": [], "other": list(steps)},
    }
    return scenario_from_dict(plain | more)


MONITOR = {
    "monitor": {"tests": ["alt"], "every_months": 6},
    "respond": [{"when": {"observed_alt_u_l": {"min": 40}}, "do": {"test": ["lsm"]}},
                {"when": {"observed_lsm_kpa": {"min": 8}}, "do": {"add": "vitamin_e"}}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "there", "absent"),
    [
        ([], "injury_intercept", "metformin_glucose"),
        ([{"drug": "metformin"}], "metformin_glucose", "pioglitazone_glucose"),
        ([{"drug": "metformin"}], "restart_pause_months", "programme_ramp_months"),
        ([{"surgery": "bariatric"}], "cost_surgery_usd", "restart_pause_months"),
        ([{"lifestyle": {"sleep_hours": 1, "months": 6}}], "programme_ramp_months", "surgery_weight_loss"),
        ([MONITOR], "cost_test_lsm_usd", "cost_test_cap_usd"),
        ([MONITOR], "vitamin_e_injury", "metformin_glucose"),
    ],
)
def test_only_what_is_used_counts(steps: list[dict[str, Any]], there: str, absent: str) -> None:
    names = names_behind(scenario(*steps), load_parameters())
    assert there in names and absent not in names
    assert absent in load_parameters()


def test_the_scenarios_own_numbers_come_first() -> None:
    asked = scenario(parameters={"deposition_per_year": 0.1})
    library = load_parameters()
    found = foundations(asked, library.override(asked.parameters))
    first = found.assumptions[0]
    assert first["name"] == "deposition_per_year" and first["value"] == 0.1
    assert first["note"].startswith("Set by the scenario. The library has ")
    assert len({row["name"] for row in found.assumptions}) == len(found.assumptions)


def test_every_source_is_used_and_every_use_is_sourced() -> None:
    asked = scenario({"drug": "pioglitazone"})
    found = foundations(asked, load_parameters())
    names = names_behind(asked, load_parameters())
    assert sum(found.counts.values()) == len(names)
    assert all(row["citation"] and set(row["used_for"]) <= set(names) for row in found.sources)
    sourced = {name for row in found.sources for name in row["used_for"]}
    assert sourced == {name for name in names if load_parameters().entry(name).source}


def test_values_are_written_short() -> None:
    assert value_text(0.1 + 0.2) == "0.3"
    assert value_text({"male": 1.0, "female": 0.25}) == "male 1, female 0.25"
