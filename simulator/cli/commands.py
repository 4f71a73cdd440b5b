"""The commands of `hepatica`, in the order in which help lists them."""

from __future__ import annotations

from collections.abc import Callable
from inspect import cleandoc
from typing import Annotated

import typer

from simulator.cli import calibrating, doctor, people, results, running, scenarios, swings, timing, validating
from simulator.cli.door import Door

app = typer.Typer(
    cls=Door,
    name="hepatica",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["--help", "-h"]},
    epilog="Example: hepatica demo. Add --debug to any command to see where an error happened. "
    "A teaching and research model, not medical advice.",
)

EXAMPLES: dict[Callable[..., None], str] = {
    running.demo: "hepatica demo",
    running.run: "hepatica run my.yaml --size 100_000 --out results/my-first",
    people.cohort: "hepatica cohort --profile us-adults-2018 --size 1000 --out people.csv",
    scenarios.check: "hepatica check my.yaml",
    scenarios.schema: "hepatica schema > scenario.schema.json",
    scenarios.sources: "hepatica sources my.yaml",
    swings.tornado: "hepatica tornado my.yaml --outcome cirrhosis --out tornado.svg",
    results.report: "hepatica report results/my-first",
    results.figure: "hepatica figure results/my-first stage_mix --out stages.pdf",
    validating.validate: "hepatica validate --only PIVENS --size 5_000",
    calibrating.calibrate: "hepatica calibrate --trials 200 --size 2_000 --out results/fitted",
    timing.bench: "hepatica bench --quick",
    doctor.doctor: "hepatica doctor",
}
"""Every command, by the function that does it, with the example its help shows."""


def _help(function: Callable[..., None]) -> str:
    """Return a docstring with a line per paragraph, for any width of terminal."""
    return "\n\n".join(" ".join(part.split()) for part in cleandoc(function.__doc__ or "").split("\n\n"))


for _function, _example in EXAMPLES.items():
    app.command(_function.__name__, help=_help(_function), epilog=f"Example: {_example}")(_function)


@app.callback(invoke_without_command=True)
def hepatica(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version and leave.")] = False,
) -> None:
    """Grow a population with genes, habits and livers, and compare what different choices do to it."""
    if version:
        from simulator.analysis.manifest import versions

        typer.echo(f"hepatica {versions()['hepatica']}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
