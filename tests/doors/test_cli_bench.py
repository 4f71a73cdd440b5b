"""`hepatica bench`: figures with units, the stored form that is compared, wrong options in sentences."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.speed import starting
from tests.doors.command_line import ROOT, hepatica

SMALL = ("bench", "--quick", "--people", "300", "--years", "1", "--threads", "2")
FIGURES = (
    "ns per patient-month, 1 core",
    "ns per patient-month, 2 threads",
    "million patient-months a second, 2 threads",
    "bytes per patient",
    "Mesa, times the engine",
    starting.READY,
    starting.CHECK,
)


@pytest.fixture
def no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer for processes that would be started: they have a test of their own."""
    monkeypatch.setattr(starting, "seconds", lambda cache, *words: 0.5)


def test_a_table_names_every_figure_and_the_machine(no_processes: None) -> None:
    said = hepatica(*SMALL)
    assert said.code == 0
    assert said.out.startswith("Hepatica, 300 people, 1 year\n")
    assert all(f"\n  {name}" in said.out for name in FIGURES)
    assert f"{os.cpu_count()} core" in said.out and "numba" in said.out
    assert starting.FIRST not in said.out


def test_for_programs_it_is_what_two_benchmarks_are_compared_by(no_processes: None, tmp_path: Path) -> None:
    said = hepatica(*SMALL, "--json")
    assert said.code == 0
    result = json.loads(said.out)
    assert set(FIGURES) <= result["figures"].keys()
    assert all(number > 0 for number in result["figures"].values())
    path = tmp_path / "bench.json"
    path.write_text(said.out, encoding="utf-8")
    compared = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "compare.py"), str(path), str(path)],
        capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert compared.returncode == 0, compared.stderr
    assert "1.000" in compared.stdout and "machines differ" not in compared.stdout


def test_a_busy_machine_is_pointed_out(no_processes: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for load, is_said in ((2.0, True), (0.1, False), (None, False)):
        monkeypatch.setattr("simulator.speed.machine.load_per_core", lambda load=load: load)
        assert ("busy" in hepatica(*SMALL).err) is is_said


def test_every_wrong_number_is_said_at_once() -> None:
    options = ["--people", "1e9", "--years", "0", "--threads", "many"]
    said = hepatica("bench", *options)
    assert said.code == 2
    assert {problem["where"] for problem in said.problems} == set(options[::2])
    assert "1 to 1,000,000" in said.err


def test_a_process_that_fails_fails_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "LIVE_ONE", "raise SystemExit('no engine here')")
    said = hepatica(*SMALL)
    assert said.code == 1 and "no engine here" in said.err
