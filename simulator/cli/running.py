"""`hepatica demo` and `hepatica run`: a scenario file in, a folder with the answer out."""

from __future__ import annotations

import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli import options
from simulator.cli.options import Numbers
from simulator.cli.voice import NOTICE, Voice, put, put_json

if TYPE_CHECKING:
    from simulator.analysis.store import StoredRun

DEMO = "demo.yaml"

Out = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Folder for the results; new or empty.", show_default="results/..."),
]
Size = Annotated[str | None, typer.Option(metavar="N", help="People, instead of the scenario's number.")]
Years = Annotated[str | None, typer.Option(metavar="N", help="Years, instead of the scenario's horizon.")]
Seed = Annotated[str | None, typer.Option(metavar="N", help="Seed, instead of the scenario's: another luck.")]
Draws = Annotated[
    str | None,
    typer.Option(
        metavar="N", help="Draws of the parameters from their uncertainty; 1 takes them as they are."
    ),
]
Threads = Annotated[str | None, typer.Option(metavar="N", help="Threads; one a core when left out.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result for programs.")]


def demo(out: Out = None, threads: Threads = None, as_json: AsJson = False) -> None:
    """Run the shipped demonstration: 100,000 adults with diabetes, 20 years, four strategies."""
    numbers = Numbers()
    workers = numbers.whole("--threads", threads, 1, options.MOST_THREADS, "threads")
    numbers.check()
    _run(shipped(DEMO), out, {"threads": workers}, "hepatica demo", as_json)


def run(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file (YAML).")],
    out: Out = None,
    size: Size = None,
    years: Years = None,
    seed: Seed = None,
    draws: Draws = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Run a scenario and write tables, figures and a report into one folder.

    Stopped with Ctrl-C, it keeps what is done, and the same command goes on from there. The same
    scenario and seed give the same tables, whatever the number of threads.
    """
    numbers = Numbers()
    given = {
        "size": numbers.whole("--size", size, 1, options.MOST_PEOPLE, "people"),
        "years": numbers.whole("--years", years, 1, options.LONGEST_YEARS, "years"),
        "seed": numbers.whole("--seed", seed, 0, options.LARGEST_SEED),
        "draws": numbers.whole("--draws", draws, 1, options.MOST_DRAWS, "draws") or 1,
        "threads": numbers.whole("--threads", threads, 1, options.MOST_THREADS, "threads"),
    }
    numbers.check()
    _run(scenario, out, given, _command(scenario, given), as_json)


def shipped(name: str) -> Path:
    """Return the path of a scenario file that comes with the project, in a checkout or installed."""
    package = Path(__file__).resolve().parents[1]
    folders = (package.parent / "scenarios", package / "scenarios_shipped")
    return next((folder / name for folder in folders if (folder / name).is_file()), folders[0] / name)


def _command(scenario: Path, given: dict[str, int | None]) -> str:
    """Return the command that repeats the run: whatever changes the result, and nothing else."""
    decisive = {"size": None, "years": None, "seed": None, "draws": 1}
    words = [f"--{name} {given[name]}" for name, usual in decisive.items() if given[name] != usual]
    return " ".join(["hepatica run", shlex.quote(scenario.name), *words])


def _run(file: Path, out: Path | None, given: dict[str, Any], command: str, as_json: bool) -> None:
    began = time.perf_counter()
    from simulator.scenario.load import load_scenario

    scenario = load_scenario(file)
    from simulator.analysis.run import run_scenario
    from simulator.analysis.work import Watch
    from simulator.pictures.illustrate import illustrated

    with Voice() as voice:
        stored = run_scenario(
            scenario,
            illustrate=illustrated,
            out=out,
            watch=Watch(voice.progress, voice.say),
            file=file,
            command=command,
            **given,
        )
    seconds = time.perf_counter() - began
    if as_json:
        put_json(_for_programs(stored, seconds))
    else:
        _tell(stored, seconds)


def _for_programs(stored: StoredRun, seconds: float) -> dict[str, Any]:
    return {
        "folder": str(stored.folder),
        "report": str(stored.report),
        "manifest": str(stored.folder / "manifest.json"),
        "tables": {name: str(stored.folder / file) for name, file in _files(stored).items()},
        "figures": {name: str(path) for name, path in stored.figures.items()},
        "n_people": stored.manifest["n_people"],
        "seconds": round(seconds, 3),
        "digests": stored.manifest["digests"],
        "notice": NOTICE,
    }


def _files(stored: StoredRun) -> dict[str, str]:
    from simulator.analysis.tables import FILES

    return {name: FILES[name] for name in stored.tables}


def _tell(stored: StoredRun, seconds: float) -> None:
    from simulator.pictures.answer import answer_sentences
    from simulator.pictures.tables import facts_of

    facts = facts_of(stored.tables, stored.manifest)
    put(facts.title)
    for sentence in answer_sentences(stored.tables, stored.manifest, facts):
        put(f"  {sentence}")
    put()
    put(f"Report   {stored.report}  (open it in a browser)")
    put(f"Tables   {', '.join(_files(stored).values())} in {stored.folder}")
    put(f"Figures  {len(stored.figures)} in {stored.folder / 'figures'}")
    if warnings := stored.manifest.get("warnings"):
        put(f"Caution  {len(warnings)} warning{'s' if len(warnings) > 1 else ''} in the report")
    put()
    strategies = f"{len(facts.strategies)} strateg{'y' if len(facts.strategies) == 1 else 'ies'}"
    years = f"{facts.horizon} year{'' if facts.horizon == 1 else 's'}"
    people = f"{facts.n_people:,} {'person' if facts.n_people == 1 else 'people'}"
    put(f"{people}, {years}, {strategies}, in {seconds:,.0f} s. {NOTICE}")
