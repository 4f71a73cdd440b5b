"""`hepatica check`, `schema` and `sources`: what a scenario file says, may say, and rests on."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli.voice import put, put_json

if TYPE_CHECKING:
    from simulator.analysis.foundations import Foundations

WIDTH = 100

File = Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file (YAML).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result for programs.")]


def check(scenario: File, as_json: AsJson = False) -> None:
    """Say in plain English what a scenario means, and what to be careful about; runs nothing.

    The file of a cohort is read through, too, so that its faults are known before a run.
    """
    from simulator.cohort.read import read_cohort
    from simulator.parameters.library import load_parameters
    from simulator.scenario.explain import explain
    from simulator.scenario.load import load_scenario

    loaded = load_scenario(scenario)
    if loaded.population.cohort is not None:
        read_cohort(loaded.population.cohort)
    echo = explain(loaded, load_parameters())
    if as_json:
        put_json({"sentences": echo.sentences, "defaults": echo.defaults, "warnings": echo.warnings})
        return
    for line in str(echo).splitlines():
        _put_wrapped(line)
    put()
    put(f"{scenario} is a valid scenario.")


def schema() -> None:
    """Print the JSON Schema of scenario files, for editors that complete and check as one types."""
    from simulator.scenario.json_schema import schema_text

    print(schema_text(), end="")


def sources(scenario: File, as_json: AsJson = False) -> None:
    """List what a run of a scenario rests on: assumptions first, then published sources."""
    from simulator.analysis.foundations import foundations
    from simulator.scenario.load import load_scenario
    from simulator.scenario.numbers import parameters_of

    loaded = load_scenario(scenario)
    found = foundations(loaded, parameters_of(loaded))
    if as_json:
        put_json(vars(found))
        return
    _put_foundations(loaded.title, found)


def _put_foundations(title: str, found: Foundations) -> None:
    from simulator.analysis.foundations import value_text

    kinds = ", ".join(f"{count} {kind}" for kind, count in found.counts.items())
    put(f"{title} rests on {sum(found.counts.values())} numbers: {kinds}.")
    if (chosen := found.natural_history) and chosen["changes"]:
        _put_wrapped(f"Natural history: {chosen['name']}, {chosen['title']}. {chosen['meaning']}")
    put()
    put(f"Assumptions ({len(found.assumptions)}): if one of these is wrong, so may be the answer.")
    for row in found.assumptions:
        unit = "" if row["unit"] == "1" else f" {row['unit']}"
        put()
        _put_wrapped(f"  {row['name']} = {value_text(row['value'])}{unit}")
        _put_wrapped(f"    {row['meaning']} {row['note']}")
        if row["moves"]:
            _put_wrapped(f"    {row['moves']}")
    put()
    put(f"Sources ({len(found.sources)})")
    for row in found.sources:
        put()
        _put_wrapped(f"  {row['citation']}{_doi(row)}")
        _put_wrapped(f"    for {', '.join(row['used_for'])}")


def _doi(row: dict[str, Any]) -> str:
    return f" https://doi.org/{row['doi']}" if row["doi"] else ""


def _put_wrapped(line: str) -> None:
    indent = line[: len(line) - len(line.lstrip())]
    first = line.split(" ", 1)[0] if not indent else line.split()[0]
    hang = indent + " " * (len(first) + 1) if first == "-" or first.rstrip(".").isdigit() else indent
    wrapped = textwrap.wrap(
        line.strip(), WIDTH, initial_indent=indent, subsequent_indent=hang, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
    for part in wrapped or [""]:
        put(part)
