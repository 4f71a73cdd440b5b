"""Jobs run in turn, the machine is described without naming it, and failing processes are said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulator.base.errors import RunFailed
from simulator.speed import clock, machine, starting


def test_jobs_run_in_turn_and_the_first_turn_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    now = 0.0

    def job(name: str, lasts: list[float]) -> None:
        nonlocal now
        order.append(name)
        now += lasts.pop(0)

    monkeypatch.setattr(clock, "perf_counter", lambda: now)
    monkeypatch.setattr(clock, "process_time", lambda: now / 2)
    slow, quick = [100.0, 3.0, 9.0, 4.0], [50.0, 1.0, 1.0, 2.0]
    ticks: list[None] = []
    jobs = {"slow": lambda: job("slow", slow), "quick": lambda: job("quick", quick)}
    taken = clock.alternated(jobs, 3, lambda: ticks.append(None))
    assert order == ["slow", "quick"] * 4 and len(ticks) == 8
    assert taken == {"slow": clock.Taken(4.0, 2.0), "quick": clock.Taken(1.0, 0.5)}


def test_a_stored_benchmark_has_the_parts_that_are_compared() -> None:
    stored = machine.stored("The month", {"ns": 3.0})
    assert stored["title"] == "The month" and stored["figures"] == {"ns": 3.0}
    described = stored["machine"]
    assert described["cores"] == os.cpu_count() and described["processor"]
    assert described["versions"].keys() == set(machine.PACKAGES)


def test_a_package_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "PACKAGES", ("numpy", "no-such-package-here"))
    assert machine.description()["versions"]["no-such-package-here"] == "not installed"


def test_caches_and_processor_as_the_system_lists_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for k, (level, kind, size) in enumerate([("1", "Data", "32K"), ("2", "Unified", "1024K")]):
        folder = tmp_path / f"index{k}"
        folder.mkdir()
        for name, text in (("level", level), ("type", kind), ("size", size)):
            (folder / name).write_text(text + "\n", encoding="utf-8")
    listed = tmp_path / "cpuinfo"
    listed.write_text("processor : 0\nmodel name\t: Some: Processor\n", encoding="utf-8")
    monkeypatch.setattr(machine, "_CACHES", tmp_path)
    monkeypatch.setattr(machine, "_PROCESSORS", listed)
    described = machine.description()
    assert described["caches"] == {"L1 data": "32K", "L2": "1024K"}
    assert described["processor"] == "Some: Processor"


def test_a_system_that_lists_nothing_is_described_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_CACHES", tmp_path / "none")
    monkeypatch.setattr(machine, "_PROCESSORS", tmp_path / "none")
    described = machine.description()
    assert described["caches"] == {} and described["processor"]


def test_a_process_that_fails_is_said_with_its_last_words(tmp_path: Path) -> None:
    assert starting.seconds(tmp_path, "-c", "pass") > 0
    with pytest.raises(RunFailed, match="ended with 3: out of luck"):
        starting.seconds(tmp_path, "-c", "import sys; print('out of luck', file=sys.stderr); sys.exit(3)")


def test_a_process_compiles_where_it_is_told_and_finds_this_package(tmp_path: Path) -> None:
    program = (
        "import simulator, sys; from simulator.base.jit import cache_folder\n"
        "from pathlib import Path\n"
        f"assert Path(simulator.__file__).parent == Path({str(starting.PACKAGE)!r})\n"
        f"assert cache_folder().parent == Path({str(tmp_path)!r}), cache_folder()"
    )
    assert starting.seconds(tmp_path, "-c", program) > 0


def test_every_process_is_counted_before_and_after(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[str, ...]] = []

    def counted(cache: Path | None, *words: str) -> float:
        started.append(words)
        return float(len(started))

    monkeypatch.setattr(starting, "seconds", counted)
    for compiles in (True, False):
        started.clear()
        ticks: list[None] = []
        figures = starting.start_up(2, compiles, lambda: ticks.append(None))  # noqa: B023
        assert len(started) == len(ticks) == starting.n_processes(2, compiles)
        assert (starting.FIRST in figures) is compiles
        assert {starting.READY, starting.HELP, starting.CHECK, starting.RUN} <= figures.keys()
