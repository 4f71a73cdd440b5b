"""The shipped scenarios, and the schema and reference beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.parameters.library import load_parameters
from simulator.scenario.explain import explain
from simulator.scenario.json_schema import json_schema, schema_text
from simulator.scenario.load import load_scenario, scenario_from_dict
from simulator.scenario.plan import compile_scenario
from simulator.scenario.reference import reference_text
from tests.unit.scenario.schema_check import faults

FOLDER = Path(__file__).parents[3] / "scenarios"
FILES = sorted(FOLDER.glob("*.yaml"))
TRIALS = sorted((FOLDER / "trials").glob("*.yaml"))
EVERY_FILE = FILES + TRIALS
SECONDS_PER_PATIENT_MONTH = 40e-9


def test_the_questions_of_the_project_are_there():
    assert {path.stem for path in FILES} >= {
        "demo",
        "diabetes-strategies",
        "natural-history-by-genotype",
        "weight-loss-5-7-10",
        "stress-and-sleep",
        "watch-and-respond",
        "screening-fib4-then-lsm",
        "genotype-guided",
        "fibroscan-places",
    }


@pytest.mark.parametrize("path", EVERY_FILE, ids=lambda path: path.stem)
def test_every_shipped_scenario_loads_explains_and_compiles(path):
    scenario = load_scenario(path)
    assert scenario.question and scenario.question.endswith("?")
    parameters = load_parameters()
    told = explain(scenario, parameters)
    assert scenario.title in told.sentences
    plans = compile_scenario(scenario, parameters)
    assert [plan.name for plan in plans] == list(scenario.strategies)
    assert scenario_from_dict(scenario.to_dict()) == scenario


@pytest.mark.parametrize("path", EVERY_FILE, ids=lambda path: path.stem)
def test_every_shipped_scenario_is_kind_to_its_reader(path):
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    schema = Path("scenario.schema.json") if path in FILES else Path("..", "scenario.schema.json")
    assert first == f"# yaml-language-server: $schema={schema.as_posix()}"
    assert any("#" in line for line in rest)
    assert all(len(line) <= 120 for line in rest)
    name = path.relative_to(FOLDER).as_posix()
    assert f"[{name}]({name})" in (FOLDER / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", EVERY_FILE, ids=lambda path: path.stem)
def test_every_shipped_scenario_runs_well_under_a_minute(path):
    scenario = load_scenario(path)
    months = 12 * scenario.horizon_years * len(scenario.strategies)
    assert scenario.population.size * months * SECONDS_PER_PATIENT_MONTH < 10


@pytest.mark.parametrize("path", EVERY_FILE, ids=lambda path: path.stem)
def test_no_step_of_a_shipped_scenario_is_idle(path):
    for idle in ("changes nothing", "never true", "no test of this strategy", "a range was probably meant"):
        assert idle not in " ".join(explain(load_scenario(path)).warnings)


@pytest.mark.parametrize("path", TRIALS, ids=lambda path: path.stem)
def test_a_shipped_trial_has_arms_and_chooses_people_by_what_can_be_seen(path):
    scenario = load_scenario(path)
    assert scenario.trial is not None and len(scenario.strategies) > 1
    warnings = " ".join(explain(scenario).warnings)
    for doubt in (
        "the truth, which no trial can see",
        "Nobody is chosen by biopsy",
        "stop the drug as they do",
    ):
        assert doubt not in warnings


def test_the_demonstration_has_four_strategies_and_a_hundred_thousand_people():
    demo = load_scenario(FOLDER / "demo.yaml")
    assert len(demo.strategies) == 4
    assert demo.population.size == 100_000
    assert demo.horizon_years == 20


def test_the_schema_beside_the_scenarios_is_up_to_date():
    shipped = (FOLDER / "scenario.schema.json").read_text(encoding="utf-8")
    assert shipped == schema_text(), (
        "run: python -m simulator.scenario.json_schema > scenarios/scenario.schema.json"
    )


def test_the_reference_beside_the_scenarios_is_up_to_date():
    shipped = (FOLDER / "reference.md").read_text(encoding="utf-8")
    assert shipped == reference_text(), "run: python -m simulator.scenario.reference > scenarios/reference.md"


def test_the_schema_is_plain_json():
    assert json.loads(schema_text()) == json_schema()


@pytest.mark.parametrize("path", EVERY_FILE, ids=lambda path: path.stem)
def test_the_schema_accepts_every_shipped_scenario(path):
    schema = json_schema()
    plain = load_scenario(path).to_dict()
    assert list(faults(plain, schema, schema)) == []
    with_defaults = load_scenario(path).to_dict(with_defaults=True)
    assert list(faults(with_defaults, schema, schema)) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("horizon_years", 300),
        ("horizon_years", "5"),
        ("title", ""),
        ("outcomes", ["deth"]),
        ("outcomes", []),
        ("population", {"profile": "us-adults-2018", "cohort": "x.csv"}),
        ("population", {"profile": "mars-2050"}),
        ("population", {"profile": "us-adults-2018", "where": {"agee": 3}}),
        ("population", {"profile": "us-adults-2018", "where": {"sex": "femal"}}),
        ("strategies", {}),
        ("strategies", {"a": [{"drgu": "metformin"}]}),
        ("strategies", {"a": [{"drug": "metformin", "when": {"fibrosis": {"min": 2}}}]}),
        ("strategies", {"a": [{"drug": "metformin", "when": {"diagnosed_masld": 1}}]}),
        ("strategies", {"a": [{"drug": "metformin", "when": {"bmi": {"mim": 2}}}]}),
        ("strategies", {"a": [{"lifestyle": {"months": 3}}]}),
        ("strategies", {"a": [{"screen": {"tests": []}}]}),
        ("strategies", {"a": [{"screen": {"tests": ["alt"]}, "respond": [{"do": {}}]}]}),
        ("strategies", {"a": [{"screen": {"tests": ["alt"]}, "respond": [{"do": {"add": "x"}}]}]}),
        ("nonsense", 1),
    ],
)
def test_the_schema_refuses_what_loading_refuses(key, value):
    schema = json_schema()
    demo = load_scenario(FOLDER / "demo.yaml").to_dict()
    assert list(faults(demo | {key: value}, schema, schema))


@pytest.mark.parametrize("missing", ["title", "population", "horizon_years", "strategies"])
def test_the_schema_needs_what_a_scenario_needs_unless_it_extends_another(missing):
    schema = json_schema()
    partial = load_scenario(FOLDER / "demo.yaml").to_dict()
    del partial[missing]
    assert list(faults(partial, schema, schema))
    assert not list(faults(partial | {"extends": "demo.yaml"}, schema, schema))
