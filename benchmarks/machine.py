"""What every benchmark says about the machine, and how it reports."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time


def description() -> dict[str, object]:
    """Return processor, cores and versions."""
    model = platform.processor()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    packages = ("numpy", "numba", "llvmlite", "mesa")
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "versions": {name: importlib.metadata.version(name) for name in packages},
    }


def alternated(jobs: dict[str, Callable[[], object]], repeats: int) -> dict[str, dict[str, float]]:
    """Return the median wall and processor seconds of each job, run in turn so that drift is shared."""
    for job in jobs.values():
        job()
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
    for _ in range(repeats):
        for name, job in jobs.items():
            wall, processor = perf_counter(), process_time()
            job()
            times[name].append((perf_counter() - wall, process_time() - processor))
    return {
        name: {
            "wall_seconds": statistics.median(wall for wall, _ in taken),
            "processor_seconds": statistics.median(processor for _, processor in taken),
        }
        for name, taken in times.items()
    }


def options(text: str | None) -> argparse.Namespace:
    """Return the command line of a benchmark."""
    parser = argparse.ArgumentParser(description=text)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", type=Path, help="also write the figures here")
    return parser.parse_args()


def report(title: str, figures: dict[str, object], chosen: argparse.Namespace) -> None:
    """Print figures as a table and write them as JSON when asked."""
    sys.stdout.write(f"{title}\n")
    for name, value in figures.items():
        shown = f"{value:,.3g}" if isinstance(value, float) else str(value)
        sys.stdout.write(f"  {name:<44}{shown:>12}\n")
    if chosen.json:
        content = {"title": title, "machine": description(), "figures": figures}
        chosen.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
