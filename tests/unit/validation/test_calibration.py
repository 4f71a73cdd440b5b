"""A calibration finds a known optimum and posterior, and goes on where it stopped."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from simulator.analysis.checkpoint import Interrupted
from simulator.analysis.work import Watch
from simulator.base.errors import InputError, RunFailed
from simulator.parameters.library import ParameterSet
from simulator.validation.calibration import CHECKED, DRAWS, Calibration, calibrate, calibration_digest
from simulator.validation.identified import (
    IDENTIFIED,
    NOT_IDENTIFIABLE,
    attempts_table,
    coverage,
    identified_table,
    numbers_table,
    parameters_table,
    targets_table,
)
from simulator.validation.misfit import BEND, bent, leverage, yardstick
from simulator.validation.search import DRAWN, START, Memory, search
from simulator.validation.world import Estimate
from tests.unit.validation.examples import target
from tests.unit.validation.fitted import (
    NAMES,
    SLOPES,
    TRUTH,
    answers,
    definition,
    model,
    published,
    small_library,
)

PRECISION = SLOPES.T @ SLOPES + np.eye(4)
MODE = np.linalg.solve(PRECISION, SLOPES.T @ SLOPES @ TRUTH)
"""Of the posterior, exactly: linear answers, normal errors, normal priors."""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ParameterSet:
    return small_library(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def found(library) -> Calibration:
    return calibrate(definition(), library, model([]))


def test_the_optimum_is_found(found) -> None:
    assert np.allclose(found.best.z, MODE, atol=0.02)
    assert found.start.stage == START and np.all(found.start.z == 0)
    assert found.best.loss < found.start.loss


def test_a_single_trial_searches_nothing_and_tells_the_posterior_around_the_numbers_as_they_stand(
    library,
) -> None:
    asked: list[np.ndarray] = []
    stayed = calibrate(definition(trials=1), library, model(asked))
    assert stayed.best is stayed.start and np.all(stayed.normal.mean == 0)
    assert len(asked) == 1 + 2 * len(NAMES) + 2 + CHECKED
    assert np.linalg.eigvalsh(stayed.normal.covariance).max() < 1.1
    assert np.allclose(stayed.draws.mean(axis=0), 0, atol=4 / np.sqrt(DRAWS))


def test_the_posterior_has_the_variance_it_should(found) -> None:
    exact = np.linalg.inv(PRECISION)
    assert np.allclose(found.normal.covariance, exact, atol=0.01)
    assert found.normal.excess == 1.0
    drawn = found.draws
    assert drawn.shape == (DRAWS, 4)
    assert np.allclose(drawn.mean(axis=0), MODE, atol=4 / np.sqrt(DRAWS))
    assert np.allclose(np.cov(drawn.T), exact, atol=0.3)


def test_what_no_target_sees_is_not_identifiable(found) -> None:
    table = parameters_table(found).set_index("parameter")
    assert table.loc["idle", "verdict"] == NOT_IDENTIFIABLE and table.loc["idle", "identified_by"] == ""
    assert table.loc["idle", "posterior_sd"] == pytest.approx(1, abs=0.02)
    assert (table.loc[["slope", "pace", "spread"], "verdict"] == IDENTIFIED).all()
    assert table.loc["slope", "best"] == pytest.approx(1 + MODE[0], abs=0.02)
    assert table.loc["pace", "shrinkage"] == pytest.approx(1 - np.linalg.inv(PRECISION)[1, 1], abs=0.02)


def test_every_parameter_names_the_target_that_identified_it(found) -> None:
    table = identified_table(found)
    first = table[table["rank"] == 1].set_index("parameter")["target"]
    assert dict(first) == {"slope": "q0", "pace": "q1", "spread": "q2"}
    slope = table[(table["parameter"] == "pace") & (table["target"] == "q1")].iloc[0]
    assert slope["slope"] == pytest.approx(2, abs=0.01)
    assert slope["share"] == pytest.approx(4 / (1 + 4 + 0.25), abs=0.01)


def test_parameters_that_a_target_ties_together_are_told(library) -> None:
    targets = published([22.0])
    sums = lambda parameters: {"a.b.q0": Estimate(float(model([])(parameters)["a.b.q0"].value), 0.0)}  # noqa: E731
    asked = definition(targets=targets, weights={"q0": 9.0}, free={"slope": 1.0, "pace": 1.0})
    tied = parameters_table(calibrate(asked, library, sums)).set_index("parameter")
    correlation = np.linalg.inv(9 * np.array([[9, 3], [3, 1]]) + np.eye(2))
    correlation = correlation[0, 1] / np.sqrt(correlation[0, 0] * correlation[1, 1])
    assert correlation < -0.7
    assert tied.loc["slope", "correlated_with"] == f"pace ({correlation:+.2f})"


def test_the_posterior_is_checked_in_the_model(found) -> None:
    table = targets_table(found)
    assert len(found.checked) == CHECKED and coverage(table) == 1.0
    assert table["passes_at_best"].all()
    assert table["residual_at_start"].abs().max() > 1.5 > table["residual_at_best"].abs().max()
    assert (table["predicted_low"] < table["best"]).all() and (table["best"] < table["predicted_high"]).all()
    attempts = attempts_table(found)
    assert list(attempts.columns[:4]) == ["number", "stage", "loss", "passed"]
    assert (attempts["stage"] == DRAWN).sum() == CHECKED and attempts["passed"].max() == 4


def test_draws_are_written_as_numbers(found, library) -> None:
    table = numbers_table(found)
    assert list(table.columns) == ["draw", *NAMES] and len(table) == DRAWS
    assert np.allclose(table[list(NAMES)] - np.arange(1, 5), found.draws)


def test_the_same_seed_finds_the_same_and_another_does_not(library, found) -> None:
    again = calibrate(definition(), library, model([]))
    assert np.array_equal(again.draws, found.draws)
    assert not np.array_equal(calibrate(definition(seed=8), library, model([])).draws, found.draws)


def test_it_goes_on_where_it_was_stopped(library, found, tmp_path: Path) -> None:
    asked: list[np.ndarray] = []
    inner = model(asked)

    def stopping(parameters: ParameterSet) -> dict[str, Estimate]:
        if len(asked) == 50:
            raise KeyboardInterrupt
        return dict(inner(parameters))

    memory = tmp_path / "small.partial" / "tried.jsonl"
    with pytest.raises(
        Interrupted, match=r"Stopped: 50 of 1\d\d parameter sets are tried .*same command goes on"
    ):
        calibrate(definition(), library, stopping, Memory(memory))
    memory.write_text(memory.read_text() + '["half a li')
    said: list[str] = []
    more: list[np.ndarray] = []
    resumed = calibrate(definition(), library, model(more), Memory(memory), Watch(say=said.append))
    assert said == ["Going on from 50 parameter sets that were tried before."]
    assert np.array_equal(resumed.draws, found.draws)
    assert 50 + len(more) == len(found.attempts)


def test_stopped_at_once_nothing_is_kept(library, tmp_path: Path) -> None:
    def stop(parameters: ParameterSet) -> dict[str, Estimate]:
        raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="nothing was written"):
        calibrate(definition(), library, stop, Memory(tmp_path / "x" / "tried.jsonl"))
    assert not (tmp_path / "x").exists()


def test_it_goes_on_when_nothing_can_be_kept(library, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    memory = Memory(tmp_path / "file" / "tried.jsonl")
    calibrate(definition(trials=4), library, model([]), memory)
    assert memory.trouble


def test_parameters_nobody_can_live_with_do_not_stop_it(library) -> None:
    inner = model([])

    def fragile(parameters: ParameterSet) -> dict[str, Estimate]:
        if parameters.value("pace") > 2.0:
            raise RunFailed("nobody meets the conditions")
        return dict(inner(parameters))

    found = calibrate(definition(), library, fragile)
    assert found.best.z == pytest.approx(MODE, abs=0.1)
    assert any(not one.said for one in found.attempts)
    with pytest.raises(RunFailed):
        calibrate(
            definition(free={"pace": 1.0, "slope": 1.0}), library.override({"pace": 2.5}), fragile_at_start
        )


def fragile_at_start(parameters: ParameterSet) -> dict[str, Estimate]:
    raise RunFailed("nobody meets the conditions")


def test_a_target_out_of_reach_does_not_drag_the_others(library) -> None:
    values = answers(TRUTH)
    values[3] += 40
    found = calibrate(definition(targets=published(values)), library, model([]))
    assert np.abs(found.best.residuals[:2]).max() < 1
    assert 1 < found.normal.excess < BEND**2
    assert not targets_table(found)["covered"].iloc[3]


def test_chance_in_the_answers_is_not_taken_for_knowledge(library) -> None:
    luck = np.random.default_rng(3)
    inner = model([])
    targets = published([20.0] * 40)

    def shaken(parameters: ParameterSet) -> dict[str, Estimate]:
        seen = float(inner(parameters)["a.b.q1"].value)
        return {
            f"a.b.q{k}": Estimate(seen * (k < 2) + 20 * (k > 1) + luck.normal() / 2, 0.5) for k in range(40)
        }

    asked = definition(targets=targets, weights={one.name: 1.0 for one in targets}, trials=40)
    sd = parameters_table(calibrate(asked, library, shaken)).set_index("parameter")["posterior_sd"]
    # two targets of error 1 and chance 0.5 see `pace` with slope 2, and nothing sees the others
    assert sd["pace"] == pytest.approx(1 / np.sqrt(1 + 2 * 4 / 1.25), abs=0.05)
    assert (sd[["slope", "spread", "idle"]] > 0.88).all()


def test_a_wider_prior_holds_less(library) -> None:
    narrow, wide = (
        calibrate(definition(free={"slope": 1.0, "spread": width}), library, model([]))
        for width in (1.0, 3.0)
    )
    sd = [parameters_table(one).set_index("parameter").loc["spread"] for one in (narrow, wide)]
    assert sd[1]["prior_high"] - 3 == pytest.approx(3 * (sd[0]["prior_high"] - 3))
    assert sd[1]["posterior_sd"] < sd[0]["posterior_sd"]


def test_a_quantity_the_model_lacks_is_a_sentence(library) -> None:
    with pytest.raises(InputError, match=r"a.b returns; given: q9; .*'q3'"):
        calibrate(definition(targets=(target(measure="a.b.q9"),), weights={"x": 1.0}), library, model([]))


def test_a_missing_optimiser_is_a_sentence(library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cmaes", None)
    with pytest.raises(
        InputError, match=r"needs Optuna and cmaes; given: .*pip install 'hepatica\[calibrate\]'"
    ):
        calibrate(definition(), library, model([]))


def test_residuals_are_published_standard_errors() -> None:
    targets = [
        *published([20.0]),
        target(name="r", kind="ratio", value=2.0, low=1.0, high=4.0, measure="a.b.r"),
        target(name="p", kind="proportion", value=2.0, measure="a.b.p"),
    ]
    start = {"a.b.q0": Estimate(20, 0.0), "a.b.r": Estimate(2, 0.0), "a.b.p": Estimate(2, 0.0)}
    measured = yardstick(targets, {"q0": 1.0, "r": 2.0, "p": 1.0}, start)
    said = {"a.b.q0": Estimate(23, 9.0), "a.b.r": Estimate(4, 1.0), "a.b.p": Estimate(7, 0.1)}
    assert measured.residuals(said) == pytest.approx([3, 1.96, 1.96], abs=1e-3)
    assert measured.residuals({}) == pytest.approx([10, 10, 10])
    assert measured.misfit(np.array([1.0, 1.0, 0.0])) == 3
    assert bent(np.array([1.0, -BEND, 5.0])) == pytest.approx([1, BEND**2, BEND * (10 - BEND)])
    assert leverage(np.array([-1.0, 4.0])) == pytest.approx([1, 0.5])


def test_chance_in_the_model_makes_a_target_count_less() -> None:
    (one,) = published([20.0])
    vague = yardstick([one], {"q0": 1.0}, {"a.b.q0": Estimate(20, np.sqrt(3))})
    assert vague.residuals({"a.b.q0": Estimate(24, 0.0)}) == pytest.approx([2])


def test_the_digest_follows_what_decides(library) -> None:
    plain = calibration_digest(definition(), library)
    assert plain == calibration_digest(definition(trials=9), library)
    for change in (
        {"seed": 8},
        {"size": 301},
        {"free": {"slope": 1.0}},
        {"targets": published([1, 2, 3, 4])},
    ):
        assert calibration_digest(definition(**change), library) != plain
    assert search.__doc__
