"""A scenario as data, as text, changed, and named by its digest."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from pydantic import ValidationError

from simulator.base.errors import InputError
from simulator.scenario.dump import dump_scenario
from simulator.scenario.load import load_scenario, scenario_from_dict, with_changes
from simulator.scenario.schema import DEFAULT_SIZE

FULL = {
    "title": "yes",
    "question": "1e5: is this a number?\nNo.",
    "population": {
        "profile": "us-adults-2018",
        "size": 50,
        "sibship_size": 2,
        "where": {
            "sex": "female",
            "age_years": {"min": 40, "max": 70.5},
            "fibrosis_stage": 2,
            "has_mash": False,
        },
    },
    "horizon_years": 7,
    "seed": 0,
    "comparator": "no",
    "strategies": {
        "no": [],
        "2018-01-01": [
            {
                "lifestyle": {"stress_z": -0.5, "months": 6, "supported": True},
                "uptake": 1e-05,
                "until_year": 3,
            },
            {"surgery": "bariatric", "when": {"bmi": {"min": 40}}, "start_year": 0.5},
            {"drug": "vitamin_e", "months": 24, "stop_fraction_per_year": 0.1, "restart_fraction": 0},
        ],
        "watch": [
            {
                "monitor": {"tests": ["fib4", "lsm"], "every_months": 6},
                "respond": [
                    {"do": {"test": ["cap"]}},
                    {"when": {"observed_lsm_kpa": {"min": 8}}, "do": {"add": "glp1_ra"}},
                    {"do": {"add": {"drug": "metformin", "uptake": 0.5}}},
                    {"do": {"lifestyle": {"sleep_hours": 1, "months": 3}, "uptake": 0.2, "adherence": 0.9}},
                    {"do": {"stop": "all"}},
                    {"do": {"diagnose": "masld"}},
                    {"do": {"surgery": "bariatric"}},
                ],
            }
        ],
    },
    "outcomes": ["cirrhosis", "f4", "qaly"],
    "parameters": {"stress_sd": 0.5, "allele_pnpla3_g": {"asian": 0.4}},
    "economics": {"discount_rate_per_year": 0, "willingness_to_pay_per_qaly": 50000},
}


@pytest.fixture
def scenario():
    return scenario_from_dict(FULL)


def test_data_and_text_come_back_equal(scenario, write):
    assert scenario_from_dict(scenario.to_dict()) == scenario
    assert scenario_from_dict(scenario.to_dict(with_defaults=True)) == scenario
    assert load_scenario(write(scenario.to_yaml())) == scenario
    assert load_scenario(write(scenario.to_yaml(with_defaults=True))) == scenario
    assert pickle.loads(pickle.dumps(scenario)) == scenario


def test_what_was_written_is_kept_and_nothing_added(scenario):
    plain = scenario.to_dict()
    assert plain["population"] == FULL["population"]
    assert plain["strategies"]["2018-01-01"] == FULL["strategies"]["2018-01-01"]
    assert list(plain["strategies"]) == ["no", "2018-01-01", "watch"]
    assert "persistence" not in plain["strategies"]["2018-01-01"][2]
    assert scenario.to_dict(with_defaults=True)["strategies"]["2018-01-01"][2]["persistence"] == "real_world"


def test_a_file_written_elsewhere_still_finds_its_cohort(tmp_path, small, write):
    write("age_years\n50\n", "people.csv")
    scenario = load_scenario(
        write(small.replace("profile: us-adults-2018, size: 1000", "cohort: people.csv"))
    )
    target = tmp_path / "far" / "away.yaml"
    target.parent.mkdir()
    dump_scenario(scenario, target)
    assert "cohort: ../people.csv" in target.read_text()
    assert load_scenario(target) == scenario


def test_the_digest_names_what_is_asked(scenario, write, small):
    assert len(scenario.digest()) == 64
    assert load_scenario(write(scenario.to_yaml(with_defaults=True))).digest() == scenario.digest()
    assert with_changes(scenario, seed=5).digest() != scenario.digest()
    spelt_out = small.replace("horizon_years: 5", "horizon_years: 5\nseed: 1\ncomparator: usual care")
    assert load_scenario(write(spelt_out)).digest() == load_scenario(write(small)).digest()
    reordered = FULL | {"strategies": dict(reversed(FULL["strategies"].items()))}
    assert scenario_from_dict(reordered).digest() != scenario.digest()


def test_the_digest_does_not_depend_on_where_the_cohort_lies(tmp_path, small):
    digests = set()
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "people.csv").write_text("age_years\n50\n")
        (folder / "s.yaml").write_text(
            small.replace("profile: us-adults-2018, size: 1000", "cohort: people.csv")
        )
        digests.add(load_scenario(folder / "s.yaml").digest())
    assert len(digests) == 1


def test_defaults_are_filled_in(load, small):
    scenario = load(small.replace(", size: 1000", ""))
    assert scenario.population.size == DEFAULT_SIZE
    assert scenario.comparator == "usual care"
    assert scenario.seed == 1
    assert scenario.strategy("treat").steps == scenario.strategies["treat"]


def test_nothing_changes_afterwards(scenario):
    with pytest.raises(ValidationError):
        scenario.seed = 3
    with pytest.raises(ValidationError):
        scenario.strategies["2018-01-01"][0].uptake = 0.5


def test_size_horizon_and_seed_can_be_changed(scenario):
    changed = with_changes(scenario, size=9, horizon_years=4, seed=3)
    assert (changed.population.size, changed.horizon_years, changed.seed) == (9, 4, 3)
    assert changed.strategies == scenario.strategies
    assert with_changes(scenario) == scenario


def test_a_change_is_checked_like_a_new_scenario(scenario):
    with pytest.raises(InputError) as refused:
        with_changes(scenario, size=0, horizon_years=100, source="--size")
    assert {problem.where for problem in refused.value.problems} == {
        "--size, population > size",
        "--size, horizon_years",
    }


def test_numbers_of_numpy_are_numbers(scenario):
    data = FULL | {"horizon_years": np.int64(7), "seed": np.array(0), "outcomes": np.array(FULL["outcomes"])}
    assert scenario_from_dict(data) == scenario


def _endless() -> list:
    circle: list = []
    circle.append(circle)
    return circle


@pytest.mark.parametrize(
    "junk",
    [
        None,
        True,
        "x",
        b"x",
        [],
        {},
        object(),
        {1, 2},
        3 + 4j,
        math.nan,
        10**400,
        -(10**400),
        _endless(),
        {None: {1: 2}},
        "\ud800",
    ],
)
@pytest.mark.parametrize(
    "key", ["title", "population", "horizon_years", "strategies", "parameters", "economics"]
)
def test_data_that_make_no_sense_are_refused_in_sentences(key, junk):
    if key in ("parameters", "economics") and junk == {}:
        assert scenario_from_dict(FULL | {key: junk})
        return
    if key == "title" and junk == "x":
        assert scenario_from_dict(FULL | {key: junk}).title == "x"
        return
    with pytest.raises(InputError) as refused:
        scenario_from_dict(FULL | {key: junk})
    for problem in refused.value.problems:
        assert problem.where.startswith("scenario")
        assert problem.rule and problem.given and problem.right
        str(problem).encode()


@pytest.mark.parametrize("data", [None, [], "title: x", 3])
def test_only_a_mapping_is_a_scenario(data):
    with pytest.raises(InputError, match="a scenario is a mapping of keys"):
        scenario_from_dict(data)


def test_problems_of_data_name_their_key_and_source():
    with pytest.raises(InputError) as refused:
        scenario_from_dict(FULL | {"seed": -1}, source="the slider")
    assert refused.value.problems[0].where == "the slider, seed"
