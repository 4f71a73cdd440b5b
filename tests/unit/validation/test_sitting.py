"""An examination asks each study once, keeps what is finished, and makes one row a target."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.analysis.checkpoint import Interrupted
from simulator.analysis.work import Watch
from simulator.base.errors import InputError
from simulator.parameters.library import load_parameters
from simulator.validation import sitting
from simulator.validation.kept import Kept, world_digest
from simulator.validation.sitting import COLUMNS, Sitting, examine_model, totals, unjudged
from simulator.validation.world import Estimate, World, mean
from tests.unit.validation.examples import SAID, pretended


@pytest.fixture(autouse=True)
def compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Studies that only pretend need no engine."""
    monkeypatch.setattr(sitting, "compile_engine", lambda parameters, watch: None)


@pytest.fixture
def asked() -> list[str]:
    """Give the studies asked so far, in order."""
    return []


@pytest.fixture
def exam(targets, asked) -> Sitting:
    """Give an examination on four targets."""
    return Sitting(list(targets.values()), pretended(asked), load_parameters(), size=300)


def test_a_row_a_target(exam, asked) -> None:
    told: list[tuple[int, int]] = []
    table = examine_model(exam, watch=Watch(progress=lambda stage, done, total: told.append((done, total))))
    assert tuple(table.columns) == COLUMNS
    assert dict(zip(table.name, table.verdict, strict=True)) == {
        "scar_share": "pass", "diabetes_hazard": "pass", "pivens_resolution": "pass", "pivens_weight": "fail",
    }  # fmt: skip
    assert totals(table) == {"calibration": (1, 2), "validation": (2, 2)}
    assert table.source[0] == "allen_2022; aithal_2008"
    assert table.standardised_difference.isna().tolist() == [True, False, False, True]
    assert asked == list(SAID)
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_by_printed_intervals_alone_one_that_was_computed_counts_as_none(exam) -> None:
    """26 (11 to 41) passes at any number inside; without its interval it has to come within 20 %."""
    targets = list(exam.targets)
    (k,) = [k for k, target in enumerate(targets) if target.name == "pivens_resolution"]
    computed = targets[k].model_copy(update={"interval_from": "people", "value": 40.0})
    assert computed.as_printed.interval is None and targets[k].as_printed is targets[k]
    table = examine_model(replace(exam, targets=[*targets[:k], computed, *targets[k + 1 :]]))
    assert table.verdict[k] == "pass" and table.verdict_as_printed[k] == "fail"
    assert totals(table)["calibration"] == (1, 2)
    assert totals(table, "verdict_as_printed")["calibration"] == (0, 2)
    assert totals(table, "verdict_as_printed")["validation"] == totals(table)["validation"]


def test_context_counts_in_no_role(exam) -> None:
    """Of the two fitted targets one passes and one fails; whichever is shown only leaves the other."""
    for k, left in ((2, (0, 1)), (3, (1, 1))):
        targets = list(exam.targets)
        targets[k] = targets[k].model_copy(update={"role": "context"})
        table = examine_model(replace(exam, targets=targets))
        assert totals(table) == {"calibration": left, "validation": (2, 2)}
        assert unjudged(table) == 1 and table.verdict[k] == "context" and table.model[k] > 0


def test_what_is_finished_is_not_done_again(exam, asked, tmp_path: Path) -> None:
    remarks: list[str] = []
    first = examine_model(exam, Kept(tmp_path / "home"))
    again = examine_model(exam, Kept(tmp_path / "home"), Watch(say=remarks.append))
    assert asked == list(SAID) and again.equals(first)
    assert remarks == ["Going on from the studies that were finished before."]
    examine_model(replace(exam, seed=7), Kept(tmp_path / "home"))
    assert asked == list(SAID) * 2
    Kept(tmp_path / "home").clear(exam.digests())
    assert len(list((tmp_path / "home").iterdir())) == 1
    Kept(tmp_path / "home").clear(replace(exam, seed=7).digests())
    assert not (tmp_path / "home").exists()


def test_damaged_work_is_done_again(exam, asked, tmp_path: Path) -> None:
    examine_model(exam, Kept(tmp_path))
    for path in tmp_path.glob("*/trials.*.json"):
        path.write_text('{"weight": [1]}')
    examine_model(exam, Kept(tmp_path))
    assert asked == [*SAID, "trials.pivens"]


def test_ctrl_c_keeps_finished_studies(exam, asked, tmp_path: Path) -> None:
    def stop(world: World) -> dict[str, Estimate]:
        raise KeyboardInterrupt

    stopped = replace(exam, studies={**exam.studies, "cohorts.registry": stop})
    with pytest.raises(Interrupted, match=r"2 of 3 studies are done and kept in .*the same command goes on"):
        examine_model(stopped, Kept(tmp_path))
    examine_model(exam, Kept(tmp_path))
    assert asked == list(SAID)
    with pytest.raises(Interrupted, match="nothing was kept"):
        examine_model(stopped)


def test_an_examination_goes_on_when_nothing_can_be_kept(exam, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = Kept(tmp_path / "file")
    assert len(examine_model(exam, kept)) == 4
    assert kept.trouble


def test_draws_are_other_parameters_and_widen_the_interval(exam) -> None:
    def study(world: World) -> dict[str, Estimate]:
        value = float(world.parameters.value("liver_fat_time_constant_months"))  # type: ignore[arg-type]
        return {"stiff": Estimate(value, 0.0)}

    one = replace(exam, targets=exam.targets[:1], studies={"cohorts.survey": study})
    alone, drawn = examine_model(one).iloc[0], examine_model(replace(one, draws=8)).iloc[0]
    assert alone.model_low == alone.model_high
    assert drawn.model_low < drawn.model < drawn.model_high
    assert len(set(replace(one, draws=8).digests())) == 8


def test_a_quantity_that_no_study_returns_is_said_at_the_end(exam, asked, tmp_path: Path) -> None:
    wrong = exam.targets[0].model_copy(update={"measure": "cohorts.survey.stif"})
    with pytest.raises(InputError, match=r"cohorts.yaml:1: scar_share.measure: .*given: stif; .*'stiff'"):
        examine_model(replace(exam, targets=[wrong, *exam.targets[1:]]), Kept(tmp_path))
    examine_model(exam, Kept(tmp_path))
    assert asked == list(SAID)


def test_threads_do_not_change_what_is_kept(exam) -> None:
    assert replace(exam, threads=1).digests() == replace(exam, threads=4).digests()
    (world,) = exam.worlds()
    assert world_digest(world) != world_digest(World(exam.parameters, 301, exam.seed))


def test_a_study_of_grown_people(exam) -> None:
    def study(world: World) -> dict[str, Estimate]:
        return {"stiff": mean(world.values(world.adults(), "observed_lsm_kpa"))}

    real = replace(exam, targets=exam.targets[:1], studies={"cohorts.survey": study})
    row = examine_model(real).iloc[0]
    assert 3 < row.model < 9 and row.model_low < row.model < row.model_high
