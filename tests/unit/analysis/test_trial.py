"""A trial: what it adds up is what one gets person by person, whoever is missing, however it is weighted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulator.analysis import trial as trial_module
from simulator.analysis.endpoints import ENDPOINTS, endpoint_values, reading_of
from simulator.analysis.job import start_of
from simulator.analysis.trial import TrialResult, run_trial
from simulator.analysis.trial_sums import TrialSums, read, tried
from simulator.analysis.trial_tables import endpoint_table, entry_table, weights
from simulator.base.errors import InputError
from simulator.engine.missing import luck_of_missing
from simulator.engine.numbers import parameter_record
from simulator.engine.people import People
from simulator.engine.simulation import Course, live
from simulator.parameters.library import load_parameters
from simulator.patient import columns as c
from simulator.scenario.load import scenario_from_dict
from simulator.scenario.plan import compile_strategy
from simulator.scenario.schema import Scenario
from simulator.scenario.vocabulary import ENDPOINT_WORDS, READ_BY_BIOPSY

SIZE = 400
PARAMETERS = load_parameters()


def scenario(where: dict[str, Any] | None = None, **trial: Any) -> Scenario:
    plain = {
        "title": "A small trial",
        "population": {"profile": "us-adults-2018", "size": SIZE, "where": where or {}},
        "horizon_years": 2,
        "strategies": {
            "placebo": [],
            "drug": [{"drug": "pioglitazone", "persistence": "full"}],
            "placebo again": [],
        },
        "trial": {
            "months": 18,
            "readings": [6, 18],
            "endpoints": ["fibrosis_down", "fat_down_30_percent", "weight_change_percent", "nas_change"],
            **trial,
        },
    }
    return scenario_from_dict(plain)


def courses(asked: Scenario) -> dict[str, Course]:
    record = parameter_record(PARAMETERS)
    return {
        name: Course(compile_strategy(asked.strategy(name), PARAMETERS), record) for name in asked.strategies
    }


def people_of(asked: Scenario) -> People:
    return start_of(asked, parameter_record(PARAMETERS)).source(0, SIZE)


def row(result: TrialResult, strategy: str, endpoint: str, month: int = 18) -> pd.Series:
    table = result.endpoints
    found = table[
        (table["strategy"] == strategy) & (table["endpoint"] == endpoint) & (table["month"] == month)
    ]
    assert len(found) == 1
    return found.iloc[0]


@pytest.fixture(scope="module")
def plain() -> TrialResult:
    return run_trial(scenario(), PARAMETERS)


def test_the_grammar_knows_every_endpoint_and_which_need_a_biopsy() -> None:
    assert set(ENDPOINT_WORDS) == set(ENDPOINTS)
    assert set(READ_BY_BIOPSY) == {name for name, endpoint in ENDPOINTS.items() if endpoint.needs_biopsy}


def test_means_are_those_of_persons_read_one_by_one(plain: TrialResult) -> None:
    asked = scenario()
    people, course = people_of(asked), courses(asked)["drug"]
    entry = reading_of(read(people, course.record, 0).state)
    later = people.copy()
    live(later, course, 0, 18)
    end, is_alive = reading_of(read(later, course.record, 18).state), later.state[c.DEATH_MONTH] > 18
    for name in ("fibrosis_down", "fat_down_30_percent", "weight_change_percent", "nas_change"):
        value = endpoint_values(name, entry, end)
        found = row(plain, "drug", name)
        if name == "fibrosis_down":
            assert found["n"] == SIZE and found["mean"] == pytest.approx(100 * value[is_alive].sum() / SIZE)
        else:
            factor = 100 if ENDPOINTS[name].is_share else 1
            assert found["n"] == is_alive.sum()
            assert found["mean"] == pytest.approx(factor * value[is_alive].mean(), abs=1e-4)


def test_the_same_arm_twice_makes_no_difference_and_a_drug_does(plain: TrialResult) -> None:
    for endpoint in ("fibrosis_down", "weight_change_percent"):
        same = row(plain, "placebo again", endpoint)
        assert same["difference"] == same["difference_low"] == same["difference_high"] == 0
        assert np.isnan(row(plain, "placebo", endpoint)["difference"])
    gain = row(plain, "drug", "weight_change_percent")
    assert gain["difference_low"] > 1
    assert gain["difference"] == pytest.approx(
        gain["mean"] - row(plain, "placebo", "weight_change_percent")["mean"]
    )


def test_errors_are_those_of_the_people_and_pairing_makes_differences_surer(plain: TrialResult) -> None:
    usual, drug = (row(plain, arm, "weight_change_percent") for arm in ("placebo", "drug"))
    assert usual["low"] < usual["mean"] < usual["high"]
    assert drug["difference_standard_error"] < 0.3 * np.hypot(usual["standard_error"], drug["standard_error"])
    share = row(plain, "placebo", "fibrosis_down")
    p = share["mean"] / 100
    assert share["standard_error"] == pytest.approx(100 * np.sqrt(p * (1 - p) / SIZE), rel=0.4)


def test_threads_and_lots_change_nothing(plain: TrialResult, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial_module, "LOT_SIZE", 130)
    for threads in (1, 3):
        again = run_trial(scenario(), PARAMETERS, threads=threads)
        pd.testing.assert_frame_equal(again.endpoints, plain.endpoints, check_exact=True)
        pd.testing.assert_frame_equal(again.entry, plain.entry, check_exact=True)


def test_an_earlier_reading_is_that_of_a_trial_that_ends_there(plain: TrialResult) -> None:
    short = run_trial(scenario(months=6, readings=[6]), PARAMETERS).endpoints
    there = plain.endpoints[plain.endpoints["month"] == 6].reset_index(drop=True)
    pd.testing.assert_frame_equal(short, there, check_exact=True)


def test_people_are_left_as_they_were() -> None:
    asked = scenario()
    people = people_of(asked)
    before = people.state.copy()
    tried(people, asked.trial, courses(asked))
    assert np.array_equal(before, people.state, equal_nan=True)


def test_the_missing_fail_or_are_left_out_and_are_the_same_in_every_arm(plain: TrialResult) -> None:
    failing = run_trial(scenario(missing_fraction=0.3), PARAMETERS)
    leaving = run_trial(scenario(missing_fraction=0.3, missing="left_out"), PARAMETERS)
    known = row(leaving, "placebo", "fibrosis_down")["n"]
    assert known == pytest.approx(0.7 * SIZE, abs=4 * np.sqrt(0.21 * SIZE))
    for arm in ("placebo", "drug"):
        counted, left = (row(result, arm, "fibrosis_down") for result in (failing, leaving))
        assert abs(left["n"] - known) <= 2, "but for who died in one arm alone"
        assert counted["n"] == SIZE
        assert counted["mean"] == pytest.approx(left["mean"] * left["n"] / SIZE)
        for endpoint in ("fat_down_30_percent", "weight_change_percent"):
            pd.testing.assert_series_equal(row(failing, arm, endpoint), row(leaving, arm, endpoint))
    early, late = (row(leaving, "placebo", "fibrosis_down", month)["n"] for month in (6, 18))
    assert SIZE - early == pytest.approx((SIZE - late) / 3, abs=4 * np.sqrt(0.09 * SIZE))


def test_who_is_missing_is_luck_of_its_own() -> None:
    people = people_of(scenario())
    luck = luck_of_missing(people.keys)
    assert luck.min() > 0 and luck.max() <= 1 and len(np.unique(luck)) == SIZE
    assert luck.mean() == pytest.approx(0.5, abs=0.06)
    for column in (c.Z_FIBROSIS, c.Z_LIVER_FAT, c.FIBROSIS):
        assert abs(np.corrcoef(luck, people.state[column])[0, 1]) < 0.2


def test_the_reading_at_entry_is_the_one_people_were_chosen_by() -> None:
    asked = scenario({"observed_nas": {"min": 3}, "observed_fibrosis_stage": {"max": 1}})
    people = start_of(asked, parameter_record(PARAMETERS)).source(0, 60)
    seen = read(people, parameter_record(PARAMETERS), 0)
    assert (seen.state[c.OBSERVED_NAS] >= 3).all() and (seen.state[c.OBSERVED_FIBROSIS_STAGE] <= 1).all()
    assert np.array_equal(seen.state[c.OBSERVED_NAS], people.state[c.OBSERVED_NAS])
    assert np.isnan(people.state[c.OBSERVED_ALT_U_L]).all(), "care does not learn what the trial saw"


def test_what_a_source_knows_counts_as_the_reading_at_entry() -> None:
    asked = scenario(months=1, readings=[1], endpoints=["cirrhosis_read", "fibrosis_down"])
    people = people_of(asked)
    people.state[c.OBSERVED_FIBROSIS_STAGE] = 4
    result = run_trial(asked, PARAMETERS, source=lambda first, last: people.take(np.arange(first, last)))
    entry = result.entry.set_index("quantity")["mean"]
    assert entry["stage_f4"] == 100 and entry["stage_f0"] == 0
    assert row(result, "placebo", "fibrosis_down", 1)["mean"] > 90


def test_people_are_weighted_to_the_stages_read_at_entry() -> None:
    mix = {"f0": 0.25, "f1": 0.5, "f2": 0.25}
    asked, plain = scenario(stage_mix=mix), scenario()
    people, arms = people_of(asked), courses(asked)
    sums = tried(people, asked.trial, arms)
    entry = entry_table(sums, asked.trial).set_index("quantity")["mean"]
    assert [entry[f"stage_f{stage}"] for stage in range(5)] == pytest.approx([25, 50, 25, 0, 0])
    table = endpoint_table(sums, asked.trial, list(arms), "placebo")
    totals, counts = (part[1, 1, 0].sum(axis=-1) for part in (sums.totals, sums.counts))
    by_stage = totals[:3] / counts[:3] / 10_000
    found = table[(table["strategy"] == "drug") & (table["endpoint"] == "fibrosis_down")].iloc[-1]
    assert found["mean"] == pytest.approx(100 * float(by_stage @ [0.25, 0.5, 0.25]))
    alone = endpoint_table(sums, plain.trial, list(arms), "placebo")
    assert alone.iloc[-1]["mean"] != table.iloc[-1]["mean"]


def test_a_stage_nobody_entered_with_gives_its_share_to_the_others() -> None:
    asked = scenario(stage_mix={"f0": 0.5, "f4": 0.5})
    assert asked.trial is not None
    sums = TrialSums.empty(asked.trial, 3)
    sums.sizes[0, :4] = 5
    assert weights(sums, asked.trial)[4] == 0
    shares = entry_table(sums, asked.trial).set_index("quantity")["mean"]
    assert shares["stage_f0"] == 100


def test_a_share_nobody_reached_still_has_an_interval() -> None:
    asked = scenario(months=1, readings=[1], endpoints=["resolution"])
    people = people_of(asked)
    people.state[c.OBSERVED_FIBROSIS_STAGE] = 0
    people.state[c.LN_LIVER_FAT], people.state[c.INJURY], people.state[c.FIBROSIS] = 2.5, 5.0, 3.9
    result = run_trial(asked, PARAMETERS, source=lambda first, last: people.take(np.arange(first, last)))
    found = row(result, "placebo", "resolution", 1)
    assert found["mean"] == found["low"] == 0 and 0.3 < found["high"] < 3


def test_readers_of_another_quality_are_a_parameter_of_the_scenario() -> None:
    plain = scenario().to_dict()
    blurred = scenario_from_dict(plain | {"parameters": {"biopsy_reading_factor": 3}})
    by_hand = run_trial(scenario(), PARAMETERS.override({"biopsy_reading_factor": 3}))
    pd.testing.assert_frame_equal(run_trial(blurred, PARAMETERS).endpoints, by_hand.endpoints)


def test_only_a_trial_can_be_tried() -> None:
    without = {key: value for key, value in scenario().to_dict().items() if key != "trial"}
    with pytest.raises(InputError, match="only a trial has endpoints"):
        run_trial(scenario_from_dict(without), PARAMETERS)


def test_size_and_seed_take_the_place_of_the_scenarios() -> None:
    small, other = (run_trial(scenario(), PARAMETERS, size=90, seed=seed) for seed in (1, 2))
    assert set(small.entry["n"]) >= {90}
    assert not small.endpoints.equals(other.endpoints)
