"""`hepatica cohort`: a population as a table that other programs, and `cohort:` in a scenario, can read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.base.errors import input_error
from simulator.cli import options
from simulator.cli.options import Numbers
from simulator.cli.voice import NOTICE, Voice, put, put_json

if TYPE_CHECKING:
    from simulator.analysis.job import Job

PROFILE = "us-adults-2018"


def cohort(
    out: Annotated[Path, typer.Option(metavar="FILE", help="CSV file to write.")],
    profile: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose population to grow.", show_default=PROFILE)
    ] = None,
    scenario: Annotated[
        Path | None,
        typer.Option(
            metavar="SCENARIO", help="Take the people of a scenario file: profile or cohort, 'where'."
        ),
    ] = None,
    size: Annotated[
        str | None, typer.Option(metavar="N", help="People.", show_default="10,000, or the scenario's")
    ] = None,
    seed: Annotated[str | None, typer.Option(metavar="N", help="Seed: names the people.")] = None,
    truth: Annotated[bool, typer.Option("--truth", help="Add the truth behind the tests.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Write over a file that exists.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result for programs.")] = False,
) -> None:
    """Write a population as a CSV file: who people are, and what every test would show.

    The file can be read back as the 'cohort' of a scenario.
    """
    numbers = Numbers()
    people = numbers.whole("--size", size, 1, options.MOST_PEOPLE, "people")
    luck = numbers.whole("--seed", seed, 0, options.LARGEST_SEED)
    numbers.check()
    if profile is not None and scenario is not None:
        rule = "people come from a profile or from a scenario"
        raise input_error("hepatica cohort", rule, "--profile and --scenario", "one of them")
    options.file_to_write(out, overwrite=overwrite)
    job = _job(profile or PROFILE, scenario, people, luck)
    n_people = _write(job, out, truth)
    if as_json:
        put_json({"file": str(out), "n_people": n_people, "seed": job.scenario.seed, "notice": NOTICE})
        return
    put(f"{n_people:,} people (seed {job.scenario.seed}) in {out}")
    put(f"A scenario reads them back with  population: {{cohort: {out.name}}}")
    put(NOTICE)


def _job(profile: str, scenario: Path | None, size: int | None, seed: int | None) -> Job:
    from simulator.analysis.job import job_of
    from simulator.scenario.load import load_scenario, scenario_from_dict
    from simulator.scenario.vocabulary import profiles

    if scenario is not None:
        return job_of(load_scenario(scenario), size=size, seed=seed)
    name = options.one_of("--profile", profile, profiles())
    plain = {
        "title": f"People of {name}",
        "population": {"profile": name},
        "horizon_years": 1,
        "strategies": {"usual care": []},
    }
    return job_of(scenario_from_dict(plain), size=size, seed=seed)


def _write(job: Job, out: Path, truth: bool) -> int:
    """Write the people a job starts with and return how many they are."""
    from simulator.analysis.job import start_of
    from simulator.analysis.work import Watch, compile_engine
    from simulator.cohort.table import write_cohort
    from simulator.engine.numbers import parameter_record

    with Voice() as voice:
        compile_engine(job.parameters, Watch(voice.progress, voice.say))
        voice.progress("Finding people", 0, 1)
        start = start_of(job.scenario, parameter_record(job.parameters), surveyed=True)
        for sentence in (*start.sentences, *start.warnings):
            voice.say(sentence)
        done = 0

        def tick(more: int) -> None:
            nonlocal done
            done += more
            voice.progress("Writing people", done, start.size)

        write_cohort(start.source, start.size, out, truth, tick)
    return start.size
