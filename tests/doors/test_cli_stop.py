"""Ctrl-C: a run says what is on disk, and the same command goes on to the very same result."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.doors.command_line import hepatica, process, written

EAGER = """
from simulator.analysis import checkpoint
checkpoint.SECONDS = 0
from simulator.cli import main
main()
"""
"""The command, writing its progress to disk at every opportunity."""

SIZE = "8_000"


def stopped(running: subprocess.Popen[str], home: Path) -> tuple[int, str]:
    """Press Ctrl-C once there is progress on disk; return the exit code and what was said."""
    deadline = time.monotonic() + 120
    while not list(home.glob("*.partial/*/*.npz")):
        assert running.poll() is None and time.monotonic() < deadline, "no progress was written"
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    _, complaint = running.communicate(timeout=60)
    return running.returncode, complaint


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to send")
def test_a_stopped_run_goes_on_with_the_same_command(tmp_path: Path) -> None:
    words = ["run", written(tmp_path), "--size", SIZE, "--out", tmp_path / "out", "--threads", "1"]
    listening = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.default_int_handler)}
    code, complaint = stopped(process(*words, program=EAGER, cwd=tmp_path, **listening), tmp_path)
    assert code == 130
    (sentence,) = complaint.splitlines()
    assert sentence.startswith("Stopped: ") and f"of 8,000 people are done and kept in {tmp_path}" in sentence
    assert "the same command goes on" in sentence
    assert not (tmp_path / "out").exists()

    other = hepatica("run", written(tmp_path), "--size", "200", "--out", tmp_path / "out", "--json")
    assert other.code == 0 and "unfinished work of another run ('A small question'" in other.err
    assert list(tmp_path.glob("out.partial/*/*.npz"))
    (tmp_path / "out").rename(tmp_path / "elsewhere")

    resumed = process(*words, cwd=tmp_path)
    _, remarks = resumed.communicate(timeout=120)
    assert resumed.returncode == 0 and remarks.startswith("Going on from what was done before: ")
    assert not (tmp_path / "out.partial").exists()
    whole = hepatica("run", written(tmp_path), "--size", SIZE, "--out", tmp_path / "whole", "--threads", "2")
    assert whole.code == 0 and whole.err == ""
    for name in ("summary.csv", "differences.csv", "effects.csv", "economics.csv", "trajectories.parquet"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
