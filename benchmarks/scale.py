"""How cost grows: with people, with years, with strategies; and the memory it takes.

python benchmarks/scale.py

measures every run in a process of its own (ten minutes or so of a quiet machine), writes scale.json beside
this file with the machine described, and draws docs/img/scale.svg and the table of docs/speed.md from it.
`--most` leaves out larger populations, `--horizon` shortens their years, `--redraw` draws what is stored.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import monotonic, perf_counter, process_time
from typing import Any

from scale_page import draw

from simulator.analysis.manifest import peak_memory_mib
from simulator.speed.machine import load_per_core, stored

HERE = Path(__file__).resolve().parent
STORED = HERE / "scale.json"

PEOPLE = (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
YEARS = (5, 10, 15, 20, 25, 30)
STRATEGIES = (1, 2, 3, 4, 5)
FEW, HORIZON, SOME_YEARS = 300_000, 30, 20
"""People where years or strategies vary; years where people do; years where strategies do."""

WHOLE_PEOPLE = 1_000_000
"""People of the whole command: start, people, tables, figures, report."""

CARE: dict[str, list[dict[str, Any]]] = {
    "usual care": [],
    "lifestyle": [{"lifestyle": {"weight_loss_percent": 7, "months": 12}, "uptake": 0.6}],
    "drug": [{"drug": "pioglitazone", "uptake": 0.6}],
    "screen and treat": [
        {
            "screen": {"tests": ["fib4"]},
            "respond": [
                {"when": {"observed_fib4": {"min": 1.3}}, "do": {"test": ["lsm", "cap"]}},
                {"when": {"observed_lsm_kpa": {"min": 8}}, "do": {"add": "glp1_ra"}},
            ],
        }
    ],
    "watch": [{"monitor": {"tests": ["fib4", "hba1c"], "every_months": 12}, "uptake": 0.8}],
}
SCREENED = "screen and treat"
LIMITED = "screen and treat, 5 of 1000 a month"
PLACES: dict[str, list[dict[str, Any]]] = {
    SCREENED: CARE[SCREENED],
    LIMITED: [step | {"starts_per_month_per_1000": 5} for step in CARE[SCREENED]],
}
"""The same care without and with places, for which people wait month by month."""


@dataclass(frozen=True)
class Run:
    """A run to measure: people, years, and how many strategies they live through; or one strategy by name."""

    people: int
    years: int
    strategies: int = 1
    is_whole: bool = False
    care: str = ""

    @property
    def work(self) -> float:
        """Patient-months, and about as many again for growing up; for the time left."""
        return self.people * (self.years * self.strategies + 30)

    def scenario(self) -> dict[str, Any]:
        """Return the question as plain data."""
        chosen = {self.care: PLACES[self.care]} if self.care else dict(list(CARE.items())[: self.strategies])
        return {
            "title": "How cost grows",
            "population": {"profile": "us-adults-2018", "size": self.people},
            "horizon_years": self.years,
            "seed": 1,
            "strategies": chosen,
        }


def lived(run: Run, threads: int | None) -> dict[str, float]:
    """Return what growing people and living their years takes in this process, once it has started."""
    from simulator.analysis.job import job_of, start_of
    from simulator.analysis.work import Watch, compile_engine, lot_size
    from simulator.engine.numbers import parameter_record
    from simulator.engine.simulation import Course, simulate
    from simulator.scenario.load import scenario_from_dict
    from simulator.scenario.plan import compile_strategy

    job = job_of(scenario_from_dict(run.scenario()))
    compile_engine(job.parameters, Watch())
    record = parameter_record(job.parameters)
    start = start_of(job.scenario, record)
    courses = {
        name: Course(compile_strategy(job.scenario.strategy(name), job.parameters), record)
        for name in job.scenario.strategies
    }
    simulate(start.source, courses, 1_000, 1, threads)
    wall, processor = perf_counter(), process_time()
    simulate(start.source, courses, run.people, run.years, threads, lot_size(run.people))
    wall, processor = perf_counter() - wall, process_time() - processor
    return {"wall_seconds": wall, "processor_seconds": processor, "peak_mib": peak_memory_mib() or 0.0}


def whole(run: Run, threads: int | None) -> dict[str, float]:
    """Return what `hepatica run` takes from its start to its end."""
    with tempfile.TemporaryDirectory() as folder:
        question = Path(folder) / "question.yaml"
        question.write_text(json.dumps(run.scenario()), encoding="utf-8")
        words = ["run", str(question), "--out", f"{folder}/out", "--json"]
        words += [] if threads is None else ["--threads", str(threads)]
        began = perf_counter()
        said = subprocess.run(
            [sys.executable, "-m", "simulator", *words], check=True, capture_output=True, text=True
        )
        wall = perf_counter() - began
        manifest = json.loads(Path(json.loads(said.stdout)["manifest"]).read_text(encoding="utf-8"))
    times = os.times()
    processor = times.children_user + times.children_system
    return {
        "wall_seconds": wall,
        "processor_seconds": processor,
        "peak_mib": manifest["peak_memory_mib"] or 0.0,
    }


def plan(most: int, horizon: int, few: int) -> Iterator[Run]:
    """Yield the runs, each once."""
    runs = [Run(n, horizon) for n in PEOPLE if n <= most]
    runs += [Run(min(few, most), years) for years in YEARS]
    runs += [Run(min(few, most), SOME_YEARS, strategies) for strategies in STRATEGIES]
    runs += [Run(min(few, most), SOME_YEARS, care=care) for care in PLACES]
    runs += [Run(min(WHOLE_PEOPLE, most), horizon, is_whole=True)]
    yield from dict.fromkeys(runs)


def measured(runs: list[Run], threads: int | None, repeats: int) -> list[dict[str, Any]]:
    """Return every run with the medians of what it took; large ones are repeated less."""
    turns = [run for turn in range(repeats) for run in runs if turn == 0 or run.people <= FEW]
    found: dict[Run, list[dict[str, float]]] = {run: [] for run in runs}
    total, done, began = sum(run.work for run in turns), 0.0, monotonic()
    for run in turns:
        left = f", {(monotonic() - began) * (total - done) / done / 60:.0f} min left" if done else ""
        what = f"{run.people:,} people, {run.years} years, strategies: {run.care or run.strategies}"
        sys.stderr.write(f"{'hepatica run, ' if run.is_whole else ''}{what}{left}\n")
        command = [sys.executable, str(HERE / "scale.py"), "--one", json.dumps([asdict(run), threads])]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        found[run].append(json.loads(said.stdout))
        done += run.work
    return [
        {**asdict(run), **{name: median(one[name] for one in taken) for name in taken[0]}}
        for run, taken in found.items()
    ]


def named(rows: list[dict[str, Any]], threads: int) -> dict[str, float]:
    """Return the figures by which two such benchmarks are compared."""
    figures: dict[str, float] = {}
    for row in rows:
        what = f"{row['people']:,} people, {row['years']} years, {row['strategies']} strategies"
        if row["care"]:
            what += f", {row['care']}"
        if row["is_whole"]:
            what += ", hepatica run from start to end"
        figures[f"seconds, {what}"] = row["wall_seconds"]
        figures[f"processor seconds, {what}"] = row["processor_seconds"]
        figures[f"MiB at most, {what}"] = row["peak_mib"]
    return {**figures, "threads": threads}


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--most", type=int, default=PEOPLE[-1], help="people at most")
    parser.add_argument("--horizon", type=int, default=HORIZON, help="years where people vary")
    parser.add_argument("--few", type=int, default=FEW, help="people where years or strategies vary")
    parser.add_argument("--threads", type=int, help="one a core when left out")
    parser.add_argument("--repeats", type=int, default=3, help="of the smaller runs")
    parser.add_argument("--json", type=Path, default=STORED, help="where the figures are kept")
    parser.add_argument("--docs", type=Path, default=HERE.parent / "docs", help="where picture and table go")
    parser.add_argument("--redraw", action="store_true", help="measure nothing")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Measure, store, draw; or be one of the measured processes."""
    chosen = options()
    if chosen.one:
        plain, threads = json.loads(chosen.one)
        run = Run(**plain)
        json.dump((whole if run.is_whole else lived)(run, threads), sys.stdout)
        return
    if not chosen.redraw:
        load = load_per_core()
        rows = measured(list(plan(chosen.most, chosen.horizon, chosen.few)), chosen.threads, chosen.repeats)
        threads = chosen.threads or os.cpu_count() or 1
        result = {**stored("How cost grows", named(rows, threads)), "load_per_core": load, "rows": rows}
        chosen.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    draw(json.loads(chosen.json.read_text(encoding="utf-8")), chosen.docs)


if __name__ == "__main__":
    main()
