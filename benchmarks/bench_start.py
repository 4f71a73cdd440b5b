"""Time whole processes: help, check and a small run with everything compiled and cached."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from machine import alternated, options, report

DEMO = Path(__file__).resolve().parents[1] / "scenarios" / "demo.yaml"


def hepatica(*arguments: str) -> None:
    """Run the command in a process of its own, quietly."""
    subprocess.run([sys.executable, "-m", "simulator", *arguments], check=True, capture_output=True)


def main() -> None:
    """Time each command several times, in turn."""
    chosen = options(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        runs = iter(range(10_000))

        def small_run() -> None:
            hepatica("run", str(DEMO), "--size", "1000", "--out", f"{folder}/{next(runs)}")

        times = alternated(
            {
                "hepatica --help": lambda: hepatica("--help"),
                "hepatica check": lambda: hepatica("check", str(DEMO)),
                "hepatica run, 1,000 people": small_run,
            },
            chosen.repeats,
        )
    figures: dict[str, object] = {f"seconds, {name}": taken["wall_seconds"] for name, taken in times.items()}
    report("Whole processes, wall time, compiled code cached", figures, chosen)


if __name__ == "__main__":
    main()
