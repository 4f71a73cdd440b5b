"""The command `hepatica` as a user types it: in this process, or in one of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from simulator.cli.commands import app

ROOT = Path(__file__).resolve().parents[2]

FOUR_PARTS = re.compile(
    r"^(?P<where>.+?): (?P<rule>.+); given: (?P<given>.+); right would be: (?P<right>.+)\.$"
)

SCENARIO = """\
title: A small question
population: {profile: us-adults-2018, size: 800, where: {age_years: {min: 40}}}
horizon_years: 3
strategies:
  usual care: []
  lifestyle:
    - lifestyle: {weight_loss_percent: 10, months: 12}
outcomes: [cirrhosis, death, qaly, cost]
"""


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def problems(self) -> list[re.Match[str]]:
        """The four-part sentences among its errors; anything else there fails."""
        lines = [line for line in self.err.splitlines() if not line.startswith("    |")]
        found = [FOUR_PARTS.match(line) for line in lines]
        assert all(found) and "Traceback" not in self.err, self.err
        return [match for match in found if match is not None]


def hepatica(*words: str | Path) -> Said:
    """Run a command in this process."""
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    return Said(result.exit_code, result.stdout, result.stderr)


def process(*words: str | Path, program: str = "", **options: object) -> subprocess.Popen[str]:
    """Start a command in a process of its own; `program` takes the place of `python -m simulator`."""
    start = ["-c", program] if program else ["-m", "simulator"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    return subprocess.Popen(
        [sys.executable, *start, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment,
        **options,  # type: ignore[call-overload]
    )


def written(folder: Path, text: str = SCENARIO, name: str = "small.yaml") -> Path:
    """Write a scenario file and return its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
