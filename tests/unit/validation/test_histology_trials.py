"""Studies of trials: files, what is asked of them, targets, and the sums that turn a table into a number."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import yaml

from simulator.analysis.endpoints import ENDPOINTS
from simulator.analysis.trial import TrialResult
from simulator.scenario.load import load_scenario
from simulator.validation.studies.histology_trials import (
    FOLDERS,
    STUDIES,
    TRIALS,
    Asked,
    answer,
    file_of,
)

TARGETS = yaml.safe_load(
    (Path(__file__).parents[3] / "simulator/validation/data/histology_trials.yaml").read_text("utf-8")
)
ASKED = [(study, name, asked) for study, trial in TRIALS.items() for name, asked in trial.asked.items()]


def test_every_target_is_asked_and_every_number_asked_is_a_target():
    measures = [target["measure"] for target in TARGETS.values()]
    assert set(measures) == {f"histology_trials.{study}.{name}" for study, name, _ in ASKED}


@pytest.mark.parametrize(
    ("study", "name", "asked"), ASKED, ids=[f"{study}.{name}" for study, name, _ in ASKED]
)
def test_what_is_asked_is_in_the_file(study, name, asked):
    scenario = load_scenario(file_of(TRIALS[study]))
    arms = [asked.arm] if isinstance(asked.arm, str) else list(asked.arm)
    assert set(arms) <= set(scenario.strategies)
    if asked.way == "at entry":
        return
    assert asked.endpoint in scenario.trial.endpoints
    assert asked.month is None or asked.month in scenario.trial.reading_months
    if asked.way == "difference":
        assert asked.arm != scenario.comparator
    if asked.way == "odds ratio":
        assert ENDPOINTS[asked.endpoint].is_share
    if asked.way == "ratio of what is left":
        assert ENDPOINTS[asked.endpoint].unit == "%" and not ENDPOINTS[asked.endpoint].is_share


def test_shares_of_arms_put_together_leave_out_whom_vilar_gomez_never_read_again():
    sums = {
        f"{study}.{name}": sum(asked.arm.values())
        for study, name, asked in ASKED
        if not isinstance(asked.arm, str)
    }
    assert sums == pytest.approx(
        {
            "vilar_gomez.resolution_under_5": 173 / 205,
            "vilar_gomez.resolution_5": 1,
            "vilar_gomez.nas_5": 1,
            "vilar_gomez.resolution_all": 261 / 293,
            "vilar_gomez.fibrosis_all": 261 / 293,
        }
    )


@pytest.mark.parametrize("path", sorted(FOLDERS[0].glob("*.yaml")), ids=lambda path: path.stem)
def test_entry_reads_a_test_and_everybody_stays_on_a_trial_drug(path):
    scenario = load_scenario(path)
    assert any(name.startswith("observed_") for name in scenario.population.where)
    drugs = [step for steps in scenario.strategies.values() for step in steps if hasattr(step, "drug")]
    assert all(step.persistence == "full" for step in drugs)


def test_units_of_targets_agree_with_endpoints():
    for target in TARGETS.values():
        _, study, name = target["measure"].split(".")
        asked = TRIALS[study].asked[name]
        if asked.way == "level":
            assert target["unit"] == ENDPOINTS[asked.endpoint].unit
            assert (target["kind"] == "proportion") == ENDPOINTS[asked.endpoint].is_share
        elif asked.way == "difference":
            percent = ENDPOINTS[asked.endpoint].unit == "%"
            assert target["kind"] == "difference"
            assert (target["unit"] == "percentage points") == percent
        else:
            assert target["kind"] == ("level" if asked.way == "at entry" else "ratio")


def test_no_study_is_partly_fitted_without_a_word():
    roles: dict[str, set[str]] = {}
    for target in TARGETS.values():
        if target["role"] != "context":
            roles.setdefault(target["study"], set()).add(target["role"])
    mixed = {study for study, found in roles.items() if len(found) > 1}
    for target in TARGETS.values():
        if target["study"] in mixed and target["role"] == "calibration":
            assert "was derived from this" in target["note"]


@pytest.fixture
def result():
    columns = [
        "strategy",
        "endpoint",
        "month",
        "mean",
        "standard_error",
        "difference",
        "difference_standard_error",
    ]
    nan = float("nan")
    endpoints = pd.DataFrame(
        [
            ("placebo", "resolution", 6, 8.0, 1.0, nan, nan),
            ("placebo", "resolution", 12, 10.0, 1.0, nan, nan),
            ("drug", "resolution", 6, 20.0, 2.0, 12.0, 1.5),
            ("drug", "resolution", 12, 40.0, 2.0, 30.0, 1.5),
            ("placebo", "liver_fat_change_percent", 12, -10.0, 1.0, nan, nan),
            ("drug", "liver_fat_change_percent", 12, -55.0, 1.0, -45.0, 1.0),
        ],
        columns=columns,
    )
    entry = pd.DataFrame({"quantity": ["liver_fat"], "mean": [20.0], "sd": [8.0], "n": [400]})
    return TrialResult(endpoints=endpoints, entry=entry)


@pytest.mark.parametrize(
    ("asked", "value", "error"),
    [
        (Asked("drug", "resolution"), 40, 2),
        (Asked("drug", "resolution", "level", 6), 20, 2),
        (Asked("drug", "resolution", "difference"), 30, 1.5),
        (Asked("drug", "resolution", "difference", 6), 12, 1.5),
        (Asked({"drug": 0.25, "placebo": 0.75}, "resolution"), 17.5, 1.25),
        (
            Asked("drug", "liver_fat_change_percent", "ratio of what is left"),
            0.5,
            0.5 * (45**-2 + 90**-2) ** 0.5,
        ),
        (Asked("drug", "liver_fat", "at entry"), 20, 0.4),
    ],
)
def test_answers(result, asked, value, error):
    estimate = answer(result, "placebo", asked)
    assert estimate.value == pytest.approx(value)
    assert estimate.standard_error == pytest.approx(error)


def test_odds_ratio(result):
    estimate = answer(result, "placebo", Asked("drug", "resolution", "odds ratio"))
    assert estimate.value == pytest.approx((0.4 / 0.6) / (0.1 / 0.9))
    relative = ((0.02 / (0.4 * 0.6)) ** 2 + (0.01 / (0.1 * 0.9)) ** 2) ** 0.5
    assert estimate.standard_error == pytest.approx(estimate.value * relative)


def test_every_trial_is_a_study():
    assert set(STUDIES) == set(TRIALS)
