"""`hepatica cohort` and `doctor`."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.doors.command_line import hepatica, written


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_cohort_is_people_with_what_tests_show(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    said = hepatica("cohort", "--size", "300", "--seed", "5", "--out", path)
    assert said.code == 0 and "300 people (seed 5)" in said.out
    people = rows(path)
    assert len({person["id"] for person in people}) == 300
    markers = {"observed_homa_ir", "observed_hba1c_percent", "observed_alt_u_l", "observed_lsm_kpa"}
    assert markers < people[0].keys() and "liver_fat_percent" not in people[0]
    for marker in markers:
        assert sum(person[marker] != "" for person in people) > 250, marker
    assert {path.name for path in tmp_path.iterdir()} == {"people.csv"}


def test_a_person_does_not_depend_on_how_many_there_are(tmp_path: Path) -> None:
    for size in ("40", "80"):
        hepatica("cohort", "--size", size, "--truth", "--out", tmp_path / f"{size}.csv")
    few, many = rows(tmp_path / "40.csv"), rows(tmp_path / "80.csv")
    assert few == many[:40] and "liver_fat_percent" in few[0]


def test_a_cohort_can_be_read_back(tmp_path: Path) -> None:
    assert hepatica("cohort", "--size", "60", "--out", tmp_path / "people.csv").code == 0
    text = """\
title: Our own people
population: {cohort: people.csv}
horizon_years: 1
strategies: {usual care: []}
outcomes: [death]
"""
    scenario = written(tmp_path, text)
    said = hepatica("run", scenario, "--out", tmp_path / "out")
    assert said.code == 0 and "60 people, 1 year, 1 strategy" in said.out
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["digests"]["inputs"].keys() == {"small.yaml", "people.csv"}
    assert manifest["imputed"][0].startswith("people.csv holds 60 people.")
    again = hepatica("cohort", "--scenario", scenario, "--out", tmp_path / "completed.csv")
    assert again.code == 0 and "people.csv holds 60 people." in again.err
    pairs = zip(rows(tmp_path / "people.csv"), rows(tmp_path / "completed.csv"), strict=True)
    for given, kept in pairs:
        for column in ("age_years", "sex", "bmi", "observed_alt_u_l", "observed_lsm_kpa", "pnpla3_g"):
            assert not given[column] or given[column] == kept[column]


def test_a_broken_cohort_is_said_with_its_lines(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("age_years,sex,bmi\n50,male,900\n-3,female,30\n", encoding="utf-8")
    text = "title: T\npopulation: {cohort: people.csv}\nhorizon_years: 1\nstrategies: {usual care: []}\n"
    for words in (("check",), ("run", "--out", tmp_path / "out")):
        said = hepatica(*words, written(tmp_path, text))
        assert said.code == 2
        assert [problem["where"].split(":")[1] for problem in said.problems] == ["2", "3"]


@pytest.mark.parametrize(
    ("words", "right"),
    [
        (["--profile", "us-adults-2019"], "'us-adults-2018'"),
        (["--profile", "us-adults-2018", "--scenario", "x.yaml"], "one of them"),
        (["--scenario", "x.yaml"], "a .yaml file"),
        (["--size", "0"], "1 to 10,000,000"),
        (["--out", "."], "a file name"),
    ],
)
def test_a_cohort_that_cannot_be(
    words: list[str], right: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = hepatica("cohort", "--out", "people.csv", *words)
    assert said.code == 2 and right in said.problems[0]["right"]
    assert not list(tmp_path.iterdir())


def test_an_existing_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("mine", encoding="utf-8")
    assert hepatica("cohort", "--size", "5", "--out", path).code == 2
    assert path.read_text(encoding="utf-8") == "mine"
    assert hepatica("cohort", "--size", "5", "--out", path, "--overwrite").code == 0
    assert len(rows(path)) == 5


def test_doctor_tests_the_engine() -> None:
    said = hepatica("doctor", "--json")
    found = json.loads(said.out)
    assert said.code == 0 and found["healthy"] is True
    assert len(found["tests"]) == 4 and all(found["tests"].values())


def test_doctor_says_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.cli.doctor._can_write", lambda folder: False)
    said = hepatica("doctor")
    assert said.code == 1
    assert "can write compiled code  no" in said.out and "Something is wrong" in said.out
