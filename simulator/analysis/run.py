"""From a scenario to its answer: the people live, the tables are made, the folder is written.

A run can be stopped at any moment and goes on with the same command, see `checkpoint`. Neither the
number of threads nor how often a run was stopped changes a byte of its tables.

Pictures stand a floor higher, so whoever asks for a whole folder brings the function that draws it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from simulator.analysis.checkpoint import Checkpoint, Interrupted
from simulator.analysis.foundations import foundations
from simulator.analysis.job import Job, Start, job_of
from simulator.analysis.manifest import build_manifest
from simulator.analysis.store import StoredRun, check_folder, default_folder, read_run, write_run
from simulator.analysis.tables import as_written
from simulator.analysis.uncertainty import wording_of_intervals
from simulator.analysis.work import Watch, so_far, worked_out
from simulator.base.errors import input_error
from simulator.parameters.library import load_parameters
from simulator.scenario.explain import explain
from simulator.scenario.schema import Scenario

MOST_THREADS = 1_024

Illustrate = Callable[[Mapping[str, pd.DataFrame], Mapping[str, Any]], tuple[dict[str, str], str]]
"""From tables and manifest to figures (SVG text by name) and the report (HTML)."""


def run_scenario(
    scenario: Scenario,
    *,
    illustrate: Illustrate,
    out: Path | None = None,
    size: int | None = None,
    years: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    draws: int = 1,
    watch: Watch | None = None,
    file: Path | None = None,
    command: str = "",
) -> StoredRun:
    """Run a scenario and write its folder, complete or not at all.

    Parameters
    ----------
    scenario : a valid one.
    illustrate : draws figures and report.
    out : folder for the results; results/<scenario>/<time>-<digest> when None.
    size, years, seed : take the place of the scenario's own.
    threads : workers; one a core by default.
    draws : probabilistic draws of the parameters; `uncertainty` tells how they are joined.
    watch : told how it goes.
    file : the scenario's file, for the manifest and for the name of the default folder.
    command : what was typed, for the report.

    Raises
    ------
    InputError
        For numbers out of range, a folder that cannot be written, a cohort that cannot be read.
    RunFailed
        If the disk refuses the results.
    Interrupted
        After Ctrl-C, with what is on disk and how to go on.
    """
    job = job_of(scenario, size, years, seed, draws)
    _check_threads(threads)
    digest = job.digest()
    folder = out or default_folder(file.stem if file else scenario.title, digest)
    check_folder(folder)
    checkpoint = Checkpoint(_home(folder, digest, is_default=out is None), digest, _about(job))
    watch = watch or Watch()
    _mention_others(checkpoint, watch)
    try:
        tables, start = worked_out(job, checkpoint, threads, watch)
        tables = {name: as_written(name, table) for name, table in tables.items()}
        watch.progress("Drawing figures and report", 0, 1)
        manifest = _manifest(job, start, checkpoint.elapsed(), file, command)
        figures, report = illustrate(tables, manifest)
        write_run(folder, tables, manifest, figures, report)
    except KeyboardInterrupt:
        raise Interrupted(_farewell(job, checkpoint, checkpoint.save())) from None
    except Exception:
        if checkpoint.save():
            watch.say(
                f"What was done so far is kept in {checkpoint.home}; the same command goes on from there."
            )
        raise
    checkpoint.clear()
    return read_run(folder)


def compare(
    scenario: Scenario,
    *,
    size: int | None = None,
    years: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    draws: int = 1,
) -> pd.DataFrame:
    """Return the paired differences of every strategy from the comparator; writes nothing.

    Parameters are those of `run_scenario`.

    Returns
    -------
    Columns strategy, comparator, outcome, year, difference, low, high, unit, number_needed.
    """
    job = job_of(scenario, size, years, seed, draws)
    _check_threads(threads)
    tables, _ = worked_out(job, Checkpoint(None, ""), threads, Watch())
    return tables["differences"]


def _check_threads(threads: int | None) -> None:
    if threads is not None and not 1 <= threads <= MOST_THREADS:
        right = f"a whole number from 1 to {MOST_THREADS:,}, or nothing for one a core"
        raise input_error("threads", "people live on a number of threads", threads, right)


def _home(folder: Path, digest: str, *, is_default: bool) -> Path:
    """Return where unfinished work lies: beside the results, under a name the same command finds again."""
    whole = folder.resolve()
    return whole.with_name(f"{digest[:8] if is_default else whole.name}.partial")


def _about(job: Job) -> dict[str, Any]:
    scenario = job.scenario
    return {"title": scenario.title, "size": scenario.population.size, "years": scenario.horizon_years,
            "seed": scenario.seed, "draws": job.draws}  # fmt: skip


def _mention_others(checkpoint: Checkpoint, watch: Watch) -> None:
    others = [str(state.get("title")) for state in checkpoint.others()]
    if others:
        watch.say(
            f"{checkpoint.home} holds unfinished work of another run ('{others[0]}', with another scenario, "
            "size, seed or version); it is left alone. Delete that folder when it is no longer needed."
        )


def _manifest(job: Job, start: Start, seconds: float, file: Path | None, command: str) -> dict[str, Any]:
    """Describe the run, with everything its report says beside the tables."""
    scenario, library = job.scenario, load_parameters()
    echo = explain(scenario, library)
    rest = foundations(scenario, job.parameters)
    more: dict[str, Any] = {
        "draws": job.draws,
        "command": command,
        "warnings": [*echo.warnings, *start.warnings],
        "imputed": [*start.sentences, *start.imputed],
        "explanation": "\n".join(echo.sentences),
        "natural_history": rest.natural_history,
        "assumptions": rest.assumptions,
        "sources": rest.sources,
    }
    if start.match:
        more["cohort"] = start.match
    if job.draws > 1:
        more["interval"] = wording_of_intervals(job.draws)
    cohort = scenario.population.cohort
    inputs = [path for path in (file, Path(cohort) if cohort else None) if path is not None]
    return build_manifest(
        scenario.to_dict(with_defaults=True),
        seed=scenario.seed,
        n_people=start.size,
        wall_seconds=seconds,
        inputs=inputs,
        more=more,
    )


def _farewell(job: Job, checkpoint: Checkpoint, is_kept: bool) -> str:
    """Say what is on disk and how to go on."""
    sums = checkpoint.current
    if is_kept and sums is not None:
        size = job.scenario.population.size
        done = so_far(job, sums, size) if size else f"{sums.people:,} people"
        return f"Stopped: {done} are done and kept in {checkpoint.home}; the same command goes on from there."
    if checkpoint.trouble:
        return f"Stopped, and what was done could not be kept in {checkpoint.home}: {checkpoint.trouble}."
    return "Stopped before anything was finished; nothing was kept and nothing was written."
