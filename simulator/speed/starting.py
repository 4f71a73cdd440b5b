"""Whole processes: how long until the engine is ready, the first time on a machine and ever after.

Each is a process of its own. Compiled code goes to an empty folder made for the purpose, so nothing that a
user has compiled before helps, and nothing of theirs is touched.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from simulator.base.errors import RunFailed

PACKAGE = Path(__file__).resolve().parents[1]

FIRST = "seconds to a living person, compiling first"
READY = "seconds to a living person, compiled before"
HELP = "seconds, hepatica --help"
CHECK = "seconds, hepatica check"
RUN = "seconds, hepatica run, 1,000 people, 10 years"

LIVE_ONE = "from simulator.speed.starting import live_one; live_one()"

SCENARIO = """\
title: Nobody has started yet
population: {profile: us-adults-2018, size: 1000, where: {age_years: {min: 40}}}
horizon_years: 10
strategies:
  usual care: []
  lifestyle:
    - lifestyle: {weight_loss_percent: 7, months: 12}
"""


def live_one() -> None:
    """Make the engine ready and let one person live a year."""
    from simulator.analysis.work import Watch, compile_engine
    from simulator.cohort.grown import GrownSource
    from simulator.cohort.profile import load_profile, profile_names
    from simulator.engine.numbers import parameter_record
    from simulator.engine.simulation import NO_PLAN, Course, live_through
    from simulator.parameters.library import load_parameters

    parameters = load_parameters()
    compile_engine(parameters, Watch())
    record = parameter_record(parameters)
    one = GrownSource(load_profile(profile_names()[0]), record, seed=0)(0, 1)
    live_through(one, {NO_PLAN.name: Course(NO_PLAN, record)}, 1)


def start_up(repeats: int, compiles: bool, tick: Callable[[], None] = lambda: None) -> dict[str, float]:
    """Return wall seconds of whole processes: compiling once, then medians with everything compiled.

    Parameters
    ----------
    repeats : how often each process is started once everything is compiled.
    compiles : whether compiling is timed, in an empty folder; otherwise what is compiled already is used.
    tick : called after every process, `n_processes` times in all.

    Raises
    ------
    RunFailed : when one of the processes fails.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        question = folder / "question.yaml"
        question.write_text(SCENARIO, encoding="utf-8")
        cache, figures = (folder / "compiled" if compiles else None), {}
        if compiles:
            figures[FIRST] = seconds(cache, "-c", LIVE_ONE)
            tick()
        jobs = {
            READY: ("-c", LIVE_ONE),
            HELP: ("-m", "simulator", "--help"),
            CHECK: ("-m", "simulator", "check", str(question)),
            RUN: ("-m", "simulator", "run", str(question), "--out"),
        }
        times: dict[str, list[float]] = {name: [] for name in jobs}
        for turn in range(repeats):
            for job, words in jobs.items():
                last = [str(folder / f"results-{turn}")] if job == RUN else []
                times[job].append(seconds(cache, *words, *last))
                tick()
    return figures | {job: statistics.median(taken) for job, taken in times.items()}


def n_processes(repeats: int, compiles: bool) -> int:
    """Return how many processes `start_up` starts."""
    return compiles + 4 * repeats


def seconds(cache: Path | None, *words: str) -> float:
    """Return how long a Python process takes from start to end.

    Compiled code is kept in the folder `cache`, or where this process keeps it.

    Raises
    ------
    RunFailed : when it fails, with the last line of what it said.
    """
    began = perf_counter()
    said = subprocess.run(
        [sys.executable, "-P", *words], env=environment(cache), capture_output=True, text=True, check=False
    )
    taken = perf_counter() - began
    if said.returncode:
        last = (said.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise RunFailed(f"a process started to be timed ended with {said.returncode}: {last}")
    return taken


def environment(cache: Path | None) -> dict[str, str]:
    """Return the environment in which this very package is found and keeps compiled code in a folder."""
    paths = [str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    kept = {} if cache is None else {"NUMBA_CACHE_DIR": str(cache)}
    return {**os.environ, **kept, "PYTHONPATH": os.pathsep.join(paths)}
