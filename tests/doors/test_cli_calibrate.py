"""`hepatica calibrate`: what it prints and writes, that what it writes can be used, and how it refuses."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from simulator.parameters.library import load_parameters
from simulator.validation import registry, targets
from simulator.validation.world import Estimate, World
from tests.doors.command_line import hepatica
from tests.unit.validation.examples import written

DEFINITION = """\
about: {title: A small calibration, meaning: For a test., size: 300, seed: 7, trials: 6}
targets:
  studies: [trials]
free:
  injury_intercept: 1
  injury_lifelong_sd: 2
"""


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[World]:
    """Put a study that answers at once in the place of the shipped ones; give the worlds it was asked in."""
    worlds: list[World] = []

    def pivens(world: World) -> dict[str, Estimate]:
        worlds.append(world)
        level, spread = (
            float(world.parameters.value(name)) for name in ("injury_intercept", "injury_lifelong_sd")
        )  # type: ignore[arg-type]
        return {"resolution": Estimate(50 + 30 * level, 1.0), "weight": Estimate(5 * spread, 0.1)}

    monkeypatch.setattr(targets, "DATA", written(tmp_path / "targets"))
    monkeypatch.setattr("simulator.validation.calibration.find_studies", lambda: {"trials.pivens": pivens})
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(DEFINITION)
    assert registry.find_studies
    return worlds


def test_it_prints_and_writes_a_calibration(asked, tmp_path: Path) -> None:
    said = hepatica("calibrate", "--definition", "small.yaml", "--out", "out")
    assert said.code == 0, said.err
    assert {world.size for world in asked} == {300} and {world.seed for world in asked} == {7}
    assert "A small calibration" in said.out and "of 2 pass" in said.out
    assert f"{len(asked)} parameter sets, 300 people an arm" in said.out
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "best.yaml", "posterior.csv", "diagnostics.csv", "identified_by.csv", "targets.csv", "attempts.csv",
        "trace.svg", "identifiability.svg", "calibration.md",
    }  # fmt: skip
    assert not list(tmp_path.glob("*.partial"))
    diagnostics = pd.read_csv(tmp_path / "out" / "diagnostics.csv", index_col="parameter")
    assert list(diagnostics.index) == ["injury_intercept", "injury_lifelong_sd"]
    assert len(pd.read_csv(tmp_path / "out" / "attempts.csv")) == len(asked)


def test_what_it_writes_can_be_used(asked, tmp_path: Path) -> None:
    hepatica("calibrate", "--definition", "small.yaml", "--out", "out")
    best = yaml.safe_load((tmp_path / "out" / "best.yaml").read_text())["parameters"]
    assert load_parameters().override(best).value("injury_intercept") == best["injury_intercept"]
    from simulator.parameters.ensembles import read_ensembles

    (ensemble,) = (
        read_ensembles(tmp_path / "out", load_parameters().entries) if _alone(tmp_path / "out") else ()
    )
    assert ensemble.parameters == ("injury_intercept", "injury_lifelong_sd") and len(ensemble.rows) == 200


def _alone(folder: Path) -> bool:
    """Leave only the ensemble in a folder."""
    for path in folder.glob("*.csv"):
        if path.name != "posterior.csv":
            path.unlink()
    return True


def test_options_take_the_place_of_the_definition(asked, tmp_path: Path) -> None:
    words = ["--definition", "small.yaml", "--trials", "9", "--size", "400", "--seed", "3", "--json"]
    said = json.loads(hepatica("calibrate", *words).out)
    assert {(world.size, world.seed) for world in asked} == {(400, 3)}
    assert said["attempts"] == len(asked) and Path(said["folder"]).parts[:2] == ("results", "calibration")
    assert set(said["best"]) == {"injury_intercept", "injury_lifelong_sd"}
    assert said["targets"]["of"] == 2 and said["loss"]["best"] <= said["loss"]["start"]
    again = json.loads(hepatica("calibrate", *words).out)
    assert again["best"] == said["best"] and again["folder"] != said["folder"]


def test_stopped_it_goes_on(asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from simulator.validation import calibration

    (study,) = calibration.find_studies().values()

    def stopping(world: World) -> dict[str, Estimate]:
        if len(asked) == 5:
            raise KeyboardInterrupt
        return study(world)

    with monkeypatch.context() as patched:
        patched.setattr("simulator.validation.calibration.find_studies", lambda: {"trials.pivens": stopping})
        stopped = hepatica("calibrate", "--definition", "small.yaml", "--out", "out")
    assert stopped.code == 130 and "Stopped: 5 of" in stopped.err and not (tmp_path / "out").exists()
    done = hepatica("calibrate", "--definition", "small.yaml", "--out", "out")
    assert done.code == 0 and "Going on from 5 parameter sets" in done.err
    assert f"{len(asked)} parameter sets" in done.out


@pytest.mark.parametrize(
    ("words", "where", "right"),
    [
        (["--definition", "nothing.yaml"], "nothing.yaml", "a YAML file"),
        (["--definition", "small.yaml", "--trials", "0"], "--trials", "from 1 to"),
        (["--definition", "small.yaml", "--size", "9"], "--size", "from 100 to"),
        (["--definition", "small.yaml", "--out", "targets"], "targets", "does not exist yet"),
    ],
)
def test_wrong_input_is_said_in_four_parts(asked, words: list[str], where: str, right: str) -> None:
    said = hepatica("calibrate", *words)
    assert said.code == 2 and not asked
    (problem,) = said.problems
    assert problem["where"] == where and right in problem["right"]


def test_a_missing_optimiser_is_a_sentence(asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    said = hepatica("calibrate", "--definition", "small.yaml")
    assert said.code == 2 and not asked
    (problem,) = said.problems
    assert problem["right"] == "pip install 'hepatica[calibrate]'"
