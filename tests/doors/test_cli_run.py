"""`hepatica run`, `report` and `figure`: a scenario in, a folder out, pictures again from the folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.doors.command_line import SCENARIO, Said, hepatica, written

TABLES = ("summary.csv", "differences.csv", "trajectories.parquet", "effects.csv", "economics.csv")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Said, Path]:
    """Give what a run said, and its folder."""
    home = tmp_path_factory.mktemp("run")
    return hepatica("run", written(home), "--out", home / "first", "--threads", "1"), home / "first"


def test_a_run_says_the_answer_and_where_to_look(done: tuple[Said, Path]) -> None:
    said, folder = done
    assert said.code == 0
    assert said.out.startswith("A small question\n  In this model, by year 3,")
    assert str(folder / "report.html") in said.out
    assert "800 people, 3 years, 2 strategies" in said.out
    assert said.out.endswith("not medical advice.\n")


def test_a_run_writes_every_file(done: tuple[Said, Path]) -> None:
    _, folder = done
    assert {path.name for path in folder.iterdir()} == {*TABLES, "manifest.json", "report.html", "figures"}
    assert not list(folder.parent.glob("*.partial"))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["n_people"] == 800 and manifest["digests"]["inputs"].keys() == {"small.yaml"}
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "hepatica run small.yaml" in page and "not medical advice" in page


def test_any_number_of_threads_writes_the_same_bytes(done: tuple[Said, Path], tmp_path: Path) -> None:
    said = hepatica("run", written(tmp_path), "--out", tmp_path / "again", "--threads", "4", "--json")
    assert said.code == 0
    answer = json.loads(said.out)
    assert Path(answer["report"]) == tmp_path / "again" / "report.html"
    for table in TABLES:
        assert (done[1] / table).read_bytes() == (tmp_path / "again" / table).read_bytes()


def test_options_take_the_place_of_the_scenarios_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = hepatica("run", written(tmp_path), "--size", "1_00", "--years", "1", "--seed", "7")
    assert said.code == 0 and "100 people, 1 year," in said.out
    (folder,) = (tmp_path / "results" / "small").iterdir()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["seed"] == 7 and manifest["scenario"]["horizon_years"] == 1
    assert manifest["command"] == "hepatica run small.yaml --size 100 --years 1 --seed 7"


def test_results_are_never_written_over(done: tuple[Said, Path]) -> None:
    _, folder = done
    before = (folder / "manifest.json").read_bytes()
    for place in (folder, folder / "summary.csv", folder / "summary.csv" / "below"):
        said = hepatica("run", written(folder.parent), "--out", place)
        assert said.code == 2 and len(said.problems) == 1
    assert (folder / "manifest.json").read_bytes() == before


def test_nobody_to_simulate_is_a_wrong_input(tmp_path: Path) -> None:
    text = SCENARIO.replace("min: 40", "min: 119")
    said = hepatica("run", written(tmp_path, text), "--out", tmp_path / "out")
    assert said.code == 2
    assert said.problems[0]["where"] == "population.where"
    assert not (tmp_path / "out").exists()


def test_report_draws_the_very_same_again(done: tuple[Said, Path], tmp_path: Path) -> None:
    _, folder = done
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    shutil.rmtree(copy / "figures")
    (copy / "report.html").unlink()
    assert hepatica("report", copy).code == 0
    for path in (path for path in folder.rglob("*") if path.is_file()):
        assert path.read_bytes() == (copy / path.relative_to(folder)).read_bytes(), path.name


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_figure_draws_a_file(done: tuple[Said, Path], kind: str, tmp_path: Path) -> None:
    target = tmp_path / f"mix.{kind}"
    assert hepatica("figure", done[1], "stage_mix", "--out", target).code == 0
    assert target.stat().st_size > 1000
    again = hepatica("figure", done[1], "stage_mix", "--out", target)
    assert again.code == 2 and "--overwrite" in again.problems[0]["right"]
    assert hepatica("figure", done[1], "stage_mix", "--out", target, "--overwrite").code == 0
    assert {path.name for path in tmp_path.iterdir()} == {target.name}


@pytest.mark.parametrize(
    ("words", "right"),
    [
        (["stage_mx"], "'stage_mix'"),
        (["stage_mix", "--out", "mix.gif"], "png"),
        (["stage_mix", "--out", "no/such/folder/mix.png"], "mkdir"),
        (["stage_mix", "--out", "."], "svg"),
    ],
)
def test_a_figure_that_cannot_be(
    done: tuple[Said, Path], words: list[str], right: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = hepatica("figure", done[1], *words)
    assert said.code == 2 and right in said.problems[0]["right"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["manifest.json", *TABLES])
@pytest.mark.parametrize("damage", [None, b"", b"\xff\x00 junk"], ids=["missing", "empty", "junk"])
def test_a_damaged_folder_is_said(
    done: tuple[Said, Path], name: str, damage: bytes | None, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(done[1], tmp_path / "copy"))
    (copy / name).unlink() if damage is None else (copy / name).write_bytes(damage)
    for words in (["report", copy], ["figure", copy, "stage_mix", "--out", tmp_path / "mix.svg"]):
        said = hepatica(*words)
        assert said.code == 2
        assert all(name in problem["where"] for problem in said.problems)


@pytest.mark.parametrize("place", ["nowhere", "."])
def test_a_folder_that_is_no_run(place: str, tmp_path: Path) -> None:
    assert hepatica("report", tmp_path / place).code == 2
    assert hepatica("figure", tmp_path / place, "stage_mix", "--out", tmp_path / "x.svg").code == 2
