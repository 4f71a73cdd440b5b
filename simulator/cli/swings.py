"""`hepatica tornado`: which single number moves the answer of a scenario most."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.cli import options
from simulator.cli.options import Numbers
from simulator.cli.voice import Voice, columns, put, put_json

if TYPE_CHECKING:
    import pandas as pd

MOST_TOP = 25

File = Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file (YAML).")]
Size = Annotated[str | None, typer.Option(metavar="N", help="People in every run.", show_default="10,000")]
Years = Annotated[str | None, typer.Option(metavar="N", help="Years of every run.", show_default="10")]
Outcome = Annotated[
    list[str] | None,
    typer.Option("--outcome", metavar="NAME", help="Outcome looked at; may be given more than once. "
                 "The first ranks.", show_default="cirrhosis and liver_death"),
]  # fmt: skip
Top = Annotated[str | None, typer.Option(metavar="N", help="Parameters shown.", show_default="15")]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="EVIDENCE", help="Kind of evidence whose parameters are moved; may be "
                 "given more than once.", show_default="assumed"),
]  # fmt: skip
Out = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="File to write: .csv for the table; .svg, .png or .pdf for the picture."
    ),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Write over a file that exists.")]
Threads = Annotated[str | None, typer.Option(metavar="N", help="Threads; one a core when left out.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result for programs.")]


def tornado(
    scenario: File,
    size: Size = None,
    years: Years = None,
    outcome: Outcome = None,
    top: Top = None,
    only: Only = None,
    out: Out = None,
    overwrite: Overwrite = False,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Move each assumed number of a scenario to both ends of its interval and see what that changes.

    Two runs a number, a few minutes in all; the same seed throughout, so that people share their luck.
    """
    numbers = Numbers()
    people = numbers.whole("--size", size, 1, options.MOST_PEOPLE, "people")
    horizon = numbers.whole("--years", years, 1, options.LONGEST_YEARS, "years")
    shown = numbers.whole("--top", top, 1, MOST_TOP, "parameters") or 15
    workers = numbers.whole("--threads", threads, 1, options.MOST_THREADS, "threads")
    numbers.check()
    if out is not None:
        options.one_of(f"--out {out}", out.suffix.lower().removeprefix("."), ("csv", "svg", "png", "pdf"))
        options.file_to_write(out, overwrite=overwrite)
    from simulator.scenario.load import load_scenario

    asked = load_scenario(scenario)
    outcomes = outcome or ["cirrhosis", "liver_death"]
    from simulator.analysis.tornado import tornado as swings
    from simulator.analysis.work import Watch

    with Voice() as voice:
        watch = Watch(voice.progress, voice.say)
        table = swings(asked, outcomes=outcomes, only=only or ["assumed"], size=people, years=horizon,
                       threads=workers, watch=watch)  # fmt: skip
    if out is not None:
        options.write_whole(out, _content(table, out, outcomes[0], shown))
    if as_json:
        put_json(table.to_dict("records"))
        return
    _tell(table, asked.title, outcomes[0], shown)
    if out is not None:
        put(f"Written  {out}")


def _content(table: pd.DataFrame, out: Path, outcome: str, top: int) -> bytes:
    kind = out.suffix.lower().removeprefix(".")
    if kind == "csv":
        return table.to_csv(index=False, float_format="%.6g", lineterminator="\n").encode()
    from simulator.pictures.style import picture_bytes
    from simulator.pictures.tornado import draw_tornado

    return picture_bytes(draw_tornado(table, outcome, top=top), kind)


def _tell(table: pd.DataFrame, title: str, outcome: str, top: int) -> None:
    first = table[table["outcome"] == outcome]
    best = first.loc[first.groupby("parameter", sort=False)["swing"].idxmax()].head(top)
    n, years = int(first["n"].iloc[0]), int(first["years"].iloc[0])
    put(f"{title}: {table['parameter'].nunique()} parameters moved, {n:,} people, {years} years.")
    put(f"Largest change in {outcome} that each can make ({first['outcome_unit'].iloc[0]}):")
    put()
    head = ("parameter", "low", "high", "result", "as it stands", "low end", "high end", "")
    rows = [head]
    for _, row in best.iterrows():
        result = str(row["strategy"]) if row["result"] == "level" else f"{row['strategy']}, difference"
        ends = [f"{row[key]:.4g}" for key in ("base", "at_low", "at_high")]
        mark = "beyond chance" if row["beyond_chance"] else ""
        rows.append((row["parameter"], str(row["low"])[:24], str(row["high"])[:24], result, *ends, mark))
    for line in columns(rows):
        put(line)
