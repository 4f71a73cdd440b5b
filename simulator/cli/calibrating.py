"""`hepatica calibrate`: numbers that nobody measured, fitted to what was published, and what stays open."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli import options
from simulator.cli.options import Numbers
from simulator.cli.running import AsJson, Out, Threads
from simulator.cli.voice import NOTICE, Voice, columns, put, put_json

if TYPE_CHECKING:
    import pandas as pd

    from simulator.analysis.work import Watch
    from simulator.validation.calibration import Calibration
    from simulator.validation.definition import Definition

BEST, PAGE, TRIED = "best.yaml", "calibration.md", "tried.jsonl"
FILES = {
    "posterior": "posterior.csv",
    "parameters": "diagnostics.csv",
    "identified": "identified_by.csv",
    "targets": "targets.csv",
    "attempts": "attempts.csv",
}
PICTURES = {"How the calibration went": "trace.svg", "What the targets tell": "identifiability.svg"}
FEWEST_PEOPLE, MOST_TRIALS = 100, 100_000

DefinitionFile = Annotated[
    Path | None,
    typer.Option(
        "--definition",
        metavar="FILE",
        help="What is fitted to what (YAML).",
        show_default="the shipped calibration of the liver",
    ),
]
Trials = Annotated[
    str | None,
    typer.Option(
        metavar="N",
        help="Parameter sets tried, instead of the definition's number; 1 "
        "searches nothing and tells what is open about the numbers as they stand.",
    ),
]
Size = Annotated[
    str | None, typer.Option(metavar="N", help="People an arm, instead of the definition's number.")
]
Seed = Annotated[str | None, typer.Option(metavar="N", help="Seed, instead of the definition's.")]


def calibrate(
    definition: DefinitionFile = None,
    trials: Trials = None,
    size: Size = None,
    seed: Seed = None,
    threads: Threads = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Fit the numbers that nobody measured to published studies, and say what stays open about them.

    Only targets of the role calibration are fitted. The same definition and seed find the same numbers. It
    takes hours: stopped with Ctrl-C, it keeps what was tried, and the same command goes on from there.
    Needs Optuna and cmaes, which come with the extra `calibrate`.
    """
    began = time.perf_counter()
    numbers = Numbers()
    given = {
        "trials": numbers.whole("--trials", trials, 1, MOST_TRIALS, "parameter sets"),
        "size": numbers.whole("--size", size, FEWEST_PEOPLE, options.MOST_PEOPLE, "people"),
        "seed": numbers.whole("--seed", seed, 0, options.LARGEST_SEED),
    }
    workers = numbers.whole("--threads", threads, 1, options.MOST_THREADS, "threads")
    numbers.check()
    asked = _asked(definition, {key: number for key, number in given.items() if number is not None})
    with Voice() as voice:
        from simulator.analysis.work import Watch

        found, folder, tables = _fitted(asked, workers, out, Watch(voice.progress, voice.say))
    seconds = time.perf_counter() - began
    if as_json:
        put_json(_for_programs(found, tables, folder, seconds))
    else:
        _tell(found, tables, folder, seconds)


def _asked(file: Path | None, given: dict[str, Any]) -> Definition:
    from simulator.parameters.library import load_parameters
    from simulator.validation.definition import SHIPPED, load_definition
    from simulator.validation.search import optimiser
    from simulator.validation.targets import load_targets

    optimiser()
    return dataclasses.replace(load_definition(file or SHIPPED, load_parameters(), load_targets()), **given)


def _fitted(
    asked: Definition, threads: int | None, out: Path | None, watch: Watch
) -> tuple[Calibration, Path, dict[str, pd.DataFrame]]:
    """Calibrate, write the folder, and return what was found, where it lies and its tables."""
    import shutil

    from simulator.analysis.store import check_folder, default_folder, write_folder
    from simulator.analysis.work import compile_engine
    from simulator.parameters.library import load_parameters
    from simulator.validation import calibration, identified
    from simulator.validation.search import Memory

    library = load_parameters()
    readings = calibration.model_readings(asked, threads)
    digest = calibration.calibration_digest(asked, library)
    folder = out or default_folder("calibration", digest)
    check_folder(folder)
    name = digest[:8] if out is None else folder.resolve().name
    unfinished = folder.resolve().with_name(f"{name}.partial")
    compile_engine(library, watch)
    memory = Memory(unfinished / digest[:16] / TRIED)
    found = calibration.calibrate(asked, library, readings, memory, watch)
    tables = {
        "posterior": identified.numbers_table(found),
        "parameters": identified.parameters_table(found),
        "identified": identified.identified_table(found),
        "targets": identified.targets_table(found),
        "attempts": identified.attempts_table(found),
    }
    write_folder(folder, lambda path: _write(path, found, tables))
    shutil.rmtree(unfinished, ignore_errors=True)
    return found, folder, tables


def _write(folder: Path, found: Calibration, tables: dict[str, pd.DataFrame]) -> None:
    from simulator.pictures.calibration import draw_identifiability, draw_trace
    from simulator.pictures.calibration_page import calibration_page
    from simulator.pictures.style import svg_text

    for name, file in FILES.items():
        tables[name].to_csv(folder / file, index=False, float_format="%.7g", lineterminator="\n")
    figures = (
        draw_trace(tables["attempts"], len(tables["targets"])),
        draw_identifiability(tables["parameters"]),
    )
    for file, figure in zip(PICTURES.values(), figures, strict=True):
        (folder / file).write_text(svg_text(figure), encoding="utf-8", newline="\n")
    best = zip(tables["parameters"]["parameter"], tables["parameters"]["best"], strict=True)
    lines = [
        f"# {found.definition.title}: the best numbers, as overrides for a scenario.",
        "parameters:",
        *(f"  {name}: {value:.6g}" for name, value in best),
    ]
    (folder / BEST).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    page = calibration_page(found, tables, PICTURES)
    (folder / PAGE).write_text(page, encoding="utf-8", newline="\n")


def _for_programs(
    found: Calibration, tables: dict[str, pd.DataFrame], folder: Path, seconds: float
) -> dict[str, Any]:
    from simulator.pictures.calibration import passes
    from simulator.validation.identified import coverage

    before, after = passes(tables["targets"])
    parameters = tables["parameters"]
    return {
        "folder": str(folder),
        "files": {name: str(folder / file) for name, file in FILES.items()},
        "best": dict(zip(parameters["parameter"], parameters["best"], strict=True)),
        "loss": {"start": found.start.loss, "best": found.best.loss},
        "targets": {"of": len(tables["targets"]), "pass_at_start": before, "pass_at_best": after},
        "coverage": coverage(tables["targets"]),
        "excess": found.normal.excess,
        "parameters": parameters.to_dict("records"),
        "attempts": len(found.attempts),
        "seconds": round(seconds, 3),
        "notice": NOTICE,
    }


def _tell(found: Calibration, tables: dict[str, pd.DataFrame], folder: Path, seconds: float) -> None:
    from simulator.pictures.calibration import passes
    from simulator.pictures.examination import with_interval
    from simulator.validation.identified import coverage

    put(found.definition.title)
    rows = [("", "as it stood", "best (posterior)", "known", "told by")]
    for row in tables["parameters"].to_dict("records"):
        best = with_interval(row["best"], row["posterior_low"], row["posterior_high"])
        known = f"{100 * max(row['shrinkage'], 0.0):.0f} %"
        told = row["identified_by"] if row["verdict"] == "identified" else row["verdict"]
        rows.append((row["parameter"], f"{row['stands']:.4g}", best, known, told))
    for line in columns(rows, indent="  "):
        put(line)
    put()
    before, after = passes(tables["targets"])
    put(f"Loss     {found.start.loss:.1f} as it stood, {found.best.loss:.1f} at best")
    put(f"Targets  {after} of {len(tables['targets'])} pass, {before} did before")
    put(f"Covered  {100 * coverage(tables['targets']):.0f} % of them by {len(found.checked)} posterior draws")
    put()
    put(f"Numbers  {folder / BEST}")
    put(f"Draws    {folder / FILES['posterior']}")
    put(f"Page     {folder / PAGE}")
    put()
    size, tried = found.definition.size, len(found.attempts)
    put(f"{tried:,} parameter sets, {size:,} people an arm, in {seconds:,.0f} s. {NOTICE}")
