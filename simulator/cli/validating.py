"""`hepatica validate`: the model beside what was published, as a table, a picture and a page."""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli import options
from simulator.cli.options import Numbers
from simulator.cli.running import AsJson, Draws, Out, Threads
from simulator.cli.voice import NOTICE, Voice, columns, put, put_json

if TYPE_CHECKING:
    import pandas as pd

    from simulator.analysis.work import Watch
    from simulator.validation.sitting import Sitting

CSV, PICTURE, PAGE = "validation.csv", "forest.svg", "validation.md"
SIZE, SEED, FEWEST_PEOPLE = 20_000, 2018, 100
WIDEST_QUANTITY = 56
"""Characters of a quantity that a terminal shows; a pipe or file gets the whole."""


Only = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="A target, study, file of targets or part of a measure; repeatable."),
]
Role = Annotated[
    str | None,
    typer.Option(metavar="ROLE", help="calibration (may be fitted), validation (held back) or context."),
]
Without = Annotated[
    str | None,
    typer.Option(metavar="MECHANISM", help="Take a mechanism out first: genes, frailty, reading_error..."),
]
Size = Annotated[
    str | None, typer.Option(metavar="N", help="People an arm or cohort.", show_default="20,000")
]
Seed = Annotated[str | None, typer.Option(metavar="N", help="Seed.", show_default="2018")]


def validate(
    only: Only = None,
    role: Role = None,
    without: Without = None,
    size: Size = None,
    seed: Seed = None,
    draws: Draws = None,
    threads: Threads = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Repeat published studies inside the model and hold its answers beside what was published.

    A target passes when the model's mean lies inside the published 95 % interval, or within 20 %
    (5 percentage points for a proportion) where none was published. What fails is a finding, not an
    error. Targets for context rest on numbers that are not confirmed: shown, not judged. Stopped with
    Ctrl-C, it keeps the studies that are done, and the same command goes on from there.
    """
    began = time.perf_counter()
    numbers = Numbers()
    given = {
        "size": numbers.whole("--size", size, FEWEST_PEOPLE, options.MOST_PEOPLE, "people") or SIZE,
        "seed": _or(numbers.whole("--seed", seed, 0, options.LARGEST_SEED), SEED),
        "draws": numbers.whole("--draws", draws, 1, options.MOST_DRAWS, "draws") or 1,
        "threads": numbers.whole("--threads", threads, 1, options.MOST_THREADS, "threads"),
    }
    numbers.check()
    sitting = _sitting(only or [], role, without, given)
    with Voice() as voice:
        from simulator.analysis.work import Watch

        table, folder = _examined(sitting, out, Watch(voice.progress, voice.say))
    seconds = time.perf_counter() - began
    if as_json:
        put_json(_for_programs(table, sitting, folder, seconds))
    else:
        _tell(table, sitting, folder, seconds)


def _or(number: int | None, usual: int) -> int:
    return usual if number is None else number


def _sitting(only: list[str], role: str | None, mechanism: str | None, given: dict[str, Any]) -> Sitting:
    from simulator.parameters.library import load_parameters
    from simulator.validation.ablation import without
    from simulator.validation.registry import find_studies, studies_for
    from simulator.validation.sitting import Sitting
    from simulator.validation.targets import ROLES, chosen, load_targets

    if role is not None:
        options.one_of("--role", role, ROLES)
    targets = chosen(load_targets(), only, role)
    parameters = load_parameters() if mechanism is None else without(mechanism)
    return Sitting(targets, studies_for(targets, find_studies()), parameters, **given, taken_out=mechanism)


def _examined(sitting: Sitting, out: Path | None, watch: Watch) -> tuple[pd.DataFrame, Path]:
    """Examine the model, write the folder, and return the table and where it lies."""
    from simulator.analysis.store import check_folder, default_folder, write_folder
    from simulator.parameters.library import load_parameters
    from simulator.pictures.examination import draw_examination
    from simulator.pictures.examination_page import examination_page
    from simulator.pictures.style import svg_text
    from simulator.validation.kept import Kept
    from simulator.validation.sitting import examine_model

    digests = sitting.digests()
    folder = out or default_folder("validation", digests[0])
    check_folder(folder)
    name = digests[0][:8] if out is None else folder.resolve().name
    kept = Kept(folder.resolve().with_name(f"{name}.partial"))
    table = examine_model(sitting, kept, watch)
    watch.progress("Drawing the picture", 0, 1)
    picture = svg_text(draw_examination(table))
    page = examination_page(table, sitting, load_parameters().references, PICTURE)

    def write_content(path: Path) -> None:
        table.to_csv(path / CSV, index=False, lineterminator="\n")
        (path / PICTURE).write_text(picture, encoding="utf-8", newline="\n")
        (path / PAGE).write_text(page, encoding="utf-8", newline="\n")

    write_folder(folder, write_content)
    kept.clear(digests)
    return table, folder


def _for_programs(table: pd.DataFrame, sitting: Sitting, folder: Path, seconds: float) -> dict[str, Any]:
    from simulator.validation.sitting import totals, unjudged

    rows = [
        {
            key: None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in row.items()
        }
        for row in table.to_dict("records")
    ]
    printed = totals(table, "verdict_as_printed")
    counts = {
        role: {"pass": passed, "pass_as_printed": printed[role][0], "targets": of}
        for role, (passed, of) in totals(table).items()
    }
    counts["context"] = {"targets": unjudged(table)}
    files = {"table": str(folder / CSV), "picture": str(folder / PICTURE), "page": str(folder / PAGE)}
    asked = {"size": sitting.size, "seed": sitting.seed, "draws": sitting.draws, "without": sitting.taken_out}
    return {"folder": str(folder), **files, **asked, "totals": counts, "targets": rows,
            "seconds": round(seconds, 3), "notice": NOTICE}  # fmt: skip


def _tell(table: pd.DataFrame, sitting: Sitting, folder: Path, seconds: float) -> None:
    from simulator.pictures.examination import counted, title_of
    from simulator.validation.sitting import totals, unjudged

    rows = [_cells(row) for row in table.to_dict("records")]
    lines = columns(
        [("", "study", "quantity", "published", "model", "unit", "difference"), *rows], indent="  "
    )
    head, rest = lines[0], iter(lines[1:])
    for group, part in table.groupby("group", sort=False):
        put(f"{title_of(str(group))}: {counted(part, 'pass')}")
        put(head)
        for _ in range(len(part)):
            put(next(rest))
        put()
    printed = totals(table, "verdict_as_printed")
    for role, (passed, of) in totals(table).items():
        if of:
            fewer = f"; {printed[role][0]} by printed intervals alone" if printed[role][0] != passed else ""
            put(f"{role.capitalize():<11}  {passed} of {of} targets pass ({100 * passed / of:.0f} %){fewer}")
    if unjudged(table):
        put(f"{'Context':<11}  {unjudged(table)} shown, not judged")
    if sitting.taken_out is not None:
        put(f"{'Taken out':<11}  {sitting.taken_out}: this is not the model as it stands")
    put()
    put(f"Table    {folder / CSV}")
    put(f"Picture  {folder / PICTURE}")
    put(f"Page     {folder / PAGE}")
    put()
    draws = f", {sitting.draws} draws of the parameters" if sitting.draws > 1 else ""
    studies = f"{len(sitting.studies)} {'study' if len(sitting.studies) == 1 else 'studies'}"
    put(f"{studies}, {sitting.size:,} people an arm{draws}, in {seconds:,.0f} s. {NOTICE}")


def _cells(row: dict[Any, Any]) -> tuple[str, ...]:
    from simulator.pictures.examination import with_interval
    from simulator.pictures.wording import number

    quantity = row["quantity"]
    if sys.stdout.isatty() and len(quantity) > WIDEST_QUANTITY:
        quantity = f"{quantity[: WIDEST_QUANTITY - 1].rstrip()}…"
    return (
        "FAIL" if row["verdict"] == "fail" else row["verdict"],
        row["study"],
        quantity,
        with_interval(row["published"], row["published_low"], row["published_high"]),
        with_interval(row["model"], row["model_low"], row["model_high"]),
        row["unit"],
        number(row["standardised_difference"], 1, signed=True),
    )
