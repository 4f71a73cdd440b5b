"""A run from scenario to folder: stopped anywhere, on any disk, it comes to the same numbers."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.analysis import checkpoint, run, work
from simulator.analysis.checkpoint import Interrupted
from simulator.analysis.store import StoredRun
from simulator.analysis.tables import as_written, csv_text
from simulator.analysis.work import Watch
from simulator.base.errors import InputError, RunFailed
from simulator.scenario.load import scenario_from_dict
from simulator.scenario.schema import Scenario

TABLES = ("summary.csv", "differences.csv", "trajectories.parquet", "effects.csv", "economics.csv")


def scenario(size: int = 2_000, **changes: Any) -> Scenario:
    plain = {
        "title": "A small question",
        "population": {"profile": "us-adults-2018", "size": size},
        "horizon_years": 2,
        "strategies": {"usual care": [], "surgery": [{"surgery": "bariatric"}]},
        "outcomes": ["diabetes", "bmi", "qaly", "cost"],
    }
    return scenario_from_dict(plain | changes)


def drawn(tables: object, manifest: object) -> tuple[dict[str, str], str]:
    """Stand for the pictures, which are not asked here."""
    return {"mix": "<svg/>"}, "<html/>"


def go(out: Path, size: int = 2_000, **options: Any) -> StoredRun:
    return run.run_scenario(scenario(size), illustrate=drawn, out=out, **options)


def interrupting(after: int) -> Watch:
    """Return a watch that behaves like a user who presses Ctrl-C once so many people are done."""

    def progress(stage: str, done: int, total: int) -> None:
        if stage == "People living" and done >= after:
            signal.raise_signal(signal.SIGINT)

    return Watch(progress)


@pytest.fixture(autouse=True)
def _listening(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> StoredRun:
    return go(tmp_path_factory.mktemp("whole") / "out", threads=2)


def assert_same(first: StoredRun, second: StoredRun) -> None:
    for table in TABLES:
        assert (first.folder / table).read_bytes() == (second.folder / table).read_bytes(), table


@pytest.mark.parametrize("after", [1, 768, 1_536, 2_000])
def test_stopped_anywhere_it_goes_on_to_the_same_bytes(after: int, whole: StoredRun, tmp_path: Path) -> None:
    with pytest.raises(Interrupted, match=r"of 2,000 people are done and kept in .*out\.partial"):
        go(tmp_path / "out", threads=1, watch=interrupting(after))
    assert not (tmp_path / "out").exists()
    said: list[str] = []
    assert_same(go(tmp_path / "out", threads=2, watch=Watch(say=said.append)), whole)
    assert said[-1].startswith("Going on from what was done before: ")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_stopped_at_every_lot_it_arrives(whole: StoredRun, tmp_path: Path) -> None:
    for after in (1, 769, 1_537):
        with pytest.raises(Interrupted):
            go(tmp_path / "out", threads=1, watch=interrupting(after))
    assert_same(go(tmp_path / "out", threads=1), whole)


def test_stopped_before_anything_is_finished_it_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Interrupted, match="nothing was kept"):
        go(tmp_path / "out", watch=interrupting(0))
    assert not list(tmp_path.iterdir())


def test_stopped_while_drawing_it_keeps_everybody(whole: StoredRun, tmp_path: Path) -> None:
    def stop(tables: object, manifest: object) -> tuple[dict[str, str], str]:
        raise KeyboardInterrupt

    with pytest.raises(Interrupted, match=r"2,000 of 2,000 people"):
        run.run_scenario(scenario(), illustrate=stop, out=tmp_path / "out")
    assert_same(go(tmp_path / "out"), whole)


def test_a_failure_keeps_what_was_done(whole: StoredRun, tmp_path: Path) -> None:
    def fail(tables: object, manifest: object) -> tuple[dict[str, str], str]:
        raise RunFailed("no ink")

    said: list[str] = []
    with pytest.raises(RunFailed, match="no ink"):
        run.run_scenario(scenario(), illustrate=fail, out=tmp_path / "out", watch=Watch(say=said.append))
    assert said[-1].startswith("What was done so far is kept in ")
    assert_same(go(tmp_path / "out"), whole)


@pytest.mark.parametrize("other", [{"size": 1_999}, {"draws": 2}])
def test_work_of_another_run_is_left_alone(other: dict[str, int], whole: StoredRun, tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        go(tmp_path / "out", threads=1, watch=interrupting(1), **other)
    kept = list(tmp_path.glob("out.partial/*/*.npz"))
    said: list[str] = []
    assert_same(go(tmp_path / "out", watch=Watch(say=said.append)), whole)
    assert said == [sentence for sentence in said if "unfinished work of another run" in sentence] != []
    assert kept and all(path.is_file() for path in kept)


def test_damaged_work_is_done_again(whole: StoredRun, tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        go(tmp_path / "out", threads=1, watch=interrupting(1))
    (path,) = tmp_path.glob("out.partial/*/*.npz")
    content = path.read_bytes()
    path.write_bytes(content[:5000] + b"\0" * 100 + content[5100:])
    assert_same(go(tmp_path / "out"), whole)


def test_a_disk_that_keeps_nothing_does_not_stop_the_run(
    whole: StoredRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, write: Callable[[Any], object]) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoint, "SECONDS", 0.0)
    monkeypatch.setattr(checkpoint, "_put", refuse)
    with pytest.raises(Interrupted, match=r"could not be kept in .*: No space left on device"):
        go(tmp_path / "first", threads=1, watch=interrupting(1))
    assert_same(go(tmp_path / "out"), whole)


def test_draws_stopped_between_and_within_arrive(tmp_path: Path) -> None:
    whole = go(tmp_path / "whole", size=900, draws=3, threads=2)
    for after in (1, 900, 1_700):
        with pytest.raises(Interrupted, match=r"of 3 draws"):
            go(tmp_path / "out", size=900, draws=3, threads=1, watch=interrupting(after))
    assert_same(go(tmp_path / "out", size=900, draws=3), whole)
    assert whole.manifest["draws"] == 3 and "3 draws" in whole.manifest["interval"]


def test_draws_widen_intervals(whole: StoredRun, tmp_path: Path) -> None:
    uncertain = go(tmp_path / "out", draws=4).tables["summary"].query("outcome == 'bmi' and year == 2")
    certain = whole.tables["summary"].query("outcome == 'bmi' and year == 2")
    widths = [(table["high"] - table["low"]).to_numpy() for table in (uncertain, certain)]
    assert (widths[0] > 2 * widths[1]).all()


def test_the_manifest_tells_what_the_report_needs(whole: StoredRun) -> None:
    manifest = whole.manifest
    assert manifest["n_people"] == 2_000 and manifest["scenario"]["seed"] == 1
    assert "They live 2 years" in manifest["explanation"]
    assert manifest["assumptions"] and manifest["sources"] and manifest["warnings"]
    assert json.dumps(manifest)


def test_what_has_run_is_compiled(whole: StoredRun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert work.is_engine_compiled()
    (tmp_path / "kernel.matching-1.py311.1.nbc").touch()
    monkeypatch.setattr(work, "cache_folder", lambda: tmp_path)
    assert work.is_engine_compiled() is not work.IS_COMPILED


def test_pictures_see_the_numbers_of_the_files(whole: StoredRun) -> None:
    for name, table in whole.tables.items():
        assert as_written(name, table).equals(table)
        assert csv_text(as_written(name, table)) == csv_text(table)


def test_compare_is_the_same_without_a_folder(whole: StoredRun, tmp_path: Path) -> None:
    table = run.compare(scenario(), threads=2)
    assert as_written("differences", table).equals(whole.tables["differences"])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "options", [{"size": 0}, {"years": 61}, {"seed": -1}, {"draws": 0}, {"draws": 1_001}, {"threads": 0}]
)
def test_numbers_out_of_range_are_refused(options: dict[str, int], tmp_path: Path) -> None:
    with pytest.raises(InputError):
        go(tmp_path / "out", **options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("size", [1, 767, 20_000, 100_000, 10_000_000])
def test_lots_hold_whole_blocks_and_families(size: int) -> None:
    lot = work.lot_size(size)
    assert lot % 256 == 0 and all(lot % siblings == 0 for siblings in (1, 2, 3, 4))
    assert lot <= work.LARGEST_LOT


def test_families_of_three_do_not_depend_on_threads(tmp_path: Path) -> None:
    population = {"profile": "us-adults-2018", "size": 1_600, "sibship_size": 3}
    text = []
    for threads in (1, 3):
        table = run.compare(scenario(population=population), threads=threads)
        text.append(csv_text(table))
    assert text[0] == text[1]
