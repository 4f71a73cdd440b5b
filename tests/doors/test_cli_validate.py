"""`hepatica validate`: what it prints and writes, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from simulator.cli import validating
from simulator.validation import registry, targets
from simulator.validation.sitting import COLUMNS
from simulator.validation.world import Estimate, World, difference, mean, share
from tests.doors.command_line import hepatica
from tests.unit.validation.examples import COHORTS, TRIALS, pretended, written


def survey(world: World) -> dict[str, Estimate]:
    """Ask a few grown people, so that the engine has been asked once."""
    people = world.adults()
    found = share(world.values(people, "observed_lsm_kpa") >= 8)
    years = mean(world.values(people, "age_years"))
    return {
        "stiff": Estimate(100 * found.value, 100 * found.standard_error),
        "none": difference(years, years),
    }


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Put four targets and their studies in the place of the shipped ones; give the studies asked so far."""
    asked: list[str] = []
    studies = {**pretended(asked), "cohorts.survey": survey}
    monkeypatch.setattr(targets, "DATA", written(tmp_path / "targets"))
    monkeypatch.setattr(registry, "find_studies", lambda: studies)
    monkeypatch.chdir(tmp_path)
    return asked


def test_it_prints_and_writes_an_examination(asked, tmp_path: Path) -> None:
    said = hepatica("validate", "--size", "400", "--threads", "2", "--out", tmp_path / "out")
    assert said.code == 0 and asked == ["trials.pivens", "cohorts.registry"]
    assert "Trials: 1 of 2 pass" in said.out and "FAIL" in said.out
    assert "Calibration  1 of 2 targets pass (50 %)" in said.out
    assert "Validation " in said.out and "3 studies, 400 people an arm, in " in said.out
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "validation.csv", "forest.svg", "validation.md",
    }  # fmt: skip
    table = pd.read_csv(tmp_path / "out" / "validation.csv")
    assert tuple(table.columns) == COLUMNS and len(table) == 4
    page = (tmp_path / "out" / "validation.md").read_text(encoding="utf-8")
    assert "The appetite of the treated is not modelled." in page and "](forest.svg)" in page
    assert not list(tmp_path.glob("*.partial"))


def test_a_long_quantity_is_cut_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    quantity = "liver fat after six weeks at the same weight, Mediterranean less low-fat diet"
    numbers = ("published", "published_low", "published_high", "model", "model_low", "model_high")
    row = dict.fromkeys((*numbers, "standardised_difference"), 1.0)
    row |= {"quantity": quantity, "verdict": "pass", "study": "a trial", "unit": "%"}
    shown = {}
    for is_terminal in (True, False):
        monkeypatch.setattr("sys.stdout", SimpleNamespace(isatty=lambda is_terminal=is_terminal: is_terminal))
        shown[is_terminal] = validating._cells(row)[2]
    assert shown == {True: "liver fat after six weeks at the same weight, Mediterra…", False: quantity}


def test_by_default_results_lie_in_a_new_folder(asked, tmp_path: Path) -> None:
    words = ["validate", "--only", "pivens_weight", "--only", "a registry", "--size", "300", "--json"]
    first, second = (json.loads(hepatica(*words).out) for _ in range(2))
    assert first["folder"] != second["folder"] and Path(first["folder"]).parts[:2] == (
        "results",
        "validation",
    )
    assert first["targets"] == second["targets"] and len(first["targets"]) == 2
    assert first["totals"] == {
        "calibration": {"pass": 0, "pass_as_printed": 0, "targets": 1},
        "validation": {"pass": 1, "pass_as_printed": 1, "targets": 1},
        "context": {"targets": 0},
    }
    weight = next(row for row in first["targets"] if row["name"] == "pivens_weight")
    assert weight["published_low"] is None and weight["standardised_difference"] is None
    assert len(list((tmp_path / "results" / "validation").iterdir())) == 2


def test_what_is_for_context_is_shown_and_not_counted(asked, tmp_path: Path) -> None:
    written(tmp_path / "targets", TRIALS.replace("role: calibration", "role: context", 1))
    some = hepatica("validate", "--only", "PIVENS", "--size", "300", "--out", "some")
    assert "Trials: 0 of 1 pass, 1 for context" in some.out and "Context      1 shown, not judged" in some.out
    assert "Calibration  0 of 1 targets pass (0 %)" in some.out
    alone = hepatica("validate", "--role", "context", "--size", "300", "--out", "alone")
    assert alone.code == 0 and "Trials: 1 for context" in alone.out and "Calibration" not in alone.out
    page = (tmp_path / "alone" / "validation.md").read_text(encoding="utf-8")
    assert "| context | shown, not judged | 1 |" in page and "## What fails" not in page


def test_a_role_chooses_targets(asked, tmp_path: Path) -> None:
    said = hepatica(
        "validate", "--role", "calibration", "--draws", "3", "--size", "300", "--out", "o", "--json"
    )
    assert asked == ["trials.pivens"] * 3
    assert {row["role"] for row in json.loads(said.out)["targets"]} == {"calibration"}


def test_what_was_taken_out_is_told(asked, tmp_path: Path) -> None:
    words = ["validate", "--only", "PIVENS", "--size", "300", "--seed", "5", "--without", "genes"]
    said = hepatica(*words, "--out", "o")
    assert "Taken out    genes" in said.out
    assert "`genes` was taken out" in (tmp_path / "o" / "validation.md").read_text(encoding="utf-8")
    told = json.loads(hepatica(*words, "--out", "p", "--json").out)
    assert [told[name] for name in ("without", "size", "seed", "draws")] == ["genes", 300, 5, 1]


@pytest.mark.parametrize(
    ("words", "where", "right"),
    [
        (["--only", "PIVENTS"], "only", "'PIVENS'"),
        (["--only", "pivens_wieght"], "only", "'pivens_weight'"),
        (["--role", "fitted"], "--role", "calibration"),
        (["--size", "3"], "--size", "100 to"),
        (["--draws", "0"], "--draws", "1 to"),
        (["--only", "PIVENS", "--role", "validation"], "targets", "wider"),
        (["--out", "targets"], "targets", "does not exist yet"),
    ],
)
def test_wrong_input_is_said_in_four_parts(asked, words: list[str], where: str, right: str) -> None:
    said = hepatica("validate", *words)
    assert said.code == 2 and not asked
    (problem,) = said.problems
    assert problem["where"] == where and right in problem["right"]


def test_a_malformed_file_of_targets_is_a_sentence(asked, tmp_path: Path) -> None:
    written(tmp_path / "targets", TRIALS.replace("role: calibration", "role: fitted"))
    said = hepatica("validate")
    assert said.code == 2 and not asked
    places = [f"{problem['where']}: {problem['rule']}" for problem in said.problems]
    assert [place.partition(": `role`")[0] for place in places] == [
        "trials.yaml:10: pivens_resolution.role",
        "trials.yaml:22: pivens_weight.role",
    ]


def test_a_study_that_is_not_there_is_a_sentence(asked, tmp_path: Path) -> None:
    written(tmp_path / "targets", cohorts=COHORTS.replace("cohorts.registry", "cohorts.register"))
    said = hepatica("validate")
    assert said.code == 2 and not asked
    (problem,) = said.problems
    assert (
        problem["rule"].startswith("diabetes_hazard.measure: ") and "'cohorts.registry'" in problem["right"]
    )
