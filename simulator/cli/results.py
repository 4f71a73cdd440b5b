"""`hepatica report` and `figure`: pictures of a finished run, drawn again from its tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulator.cli import options
from simulator.cli.voice import put, put_json

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that 'hepatica run' has written.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result for programs.")]


def report(folder: Folder, as_json: AsJson = False) -> None:
    """Draw figures and report of a finished run again from its tables, in their old place."""
    from simulator.analysis.store import read_run, replace_pictures
    from simulator.pictures.illustrate import illustrated

    stored = read_run(folder, with_pictures=False)
    figures, page = illustrated(stored.tables, stored.manifest)
    stored = replace_pictures(stored, figures, page)
    if as_json:
        put_json({"report": str(stored.report), "figures": [str(path) for path in stored.figures.values()]})
        return
    put(f"Report   {stored.report}  (open it in a browser)")
    put(f"Figures  {len(stored.figures)} in {stored.folder / 'figures'}")


def figure(
    folder: Folder,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A figure, such as stage_mix.")],
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File to write: .svg, .png or .pdf.", show_default="NAME.svg"),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Write over a file that exists.")] = False,
) -> None:
    """Draw one figure of a finished run as a picture file for a paper or a slide."""
    target = out or Path(f"{name}.svg")
    kind = target.suffix.lower().removeprefix(".")
    from simulator.analysis.store import read_run
    from simulator.pictures.figures import FORMATS, draw_figure
    from simulator.pictures.style import picture_bytes

    options.one_of(f"--out {target}", kind, FORMATS)
    stored = read_run(folder, with_pictures=False)
    drawn = draw_figure(name, stored.tables, stored.manifest)
    options.file_to_write(target, overwrite=overwrite)
    options.write_whole(target, picture_bytes(drawn, kind))
    put(f"Figure   {target}")
