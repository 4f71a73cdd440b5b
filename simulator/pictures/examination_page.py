"""The examination as a page of Markdown: totals, tables, what fails and why, how each study is repeated.

`python -m simulator.pictures.examination_page docs` examines the model on every target with 20,000
people an arm and writes `validation.md` and `img/validation.svg` into that folder.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from simulator.parameters.schema import Reference
from simulator.pictures.examination import NAMES, draw_examination, title_of, with_interval
from simulator.pictures.style import DISCLAIMER, svg_text
from simulator.pictures.wording import number
from simulator.validation.sitting import Sitting, examine_model, totals, unjudged
from simulator.validation.verdict import CONTEXT, FAIL, RULE, SHARES_ASKED

COMMAND = "hepatica validate"
UNEXPLAINED = "Not explained."


def examination_page(
    table: pd.DataFrame, sitting: Sitting, references: Mapping[str, Reference], picture: str
) -> str:
    """Return the page.

    Parameters
    ----------
    table : what `validation.sitting.examine_model` returned.
    sitting : how the model was examined.
    references : key -> source, of all that the targets cite.
    picture : path of the forest plot as seen from the page; no picture when empty.
    """
    parts = [
        _title(sitting),
        _introduction(table, sitting),
        RULE,
        *_totals(table),
        *_by_group(table),
        *_failures(table),
        *_emulations(table),
        *_sources(table, references),
    ]
    if picture:
        parts += ["## The picture", f"![Every target: published interval and model]({picture})"]
    return "\n\n".join([*parts, DISCLAIMER]) + "\n"


def _title(sitting: Sitting) -> str:
    if sitting.taken_out is None:
        return "# The model beside what was published"
    return (
        f"# The model without {sitting.taken_out} beside what was published\n\n"
        f"**The mechanism `{sitting.taken_out}` was taken out: this is not the model as it stands.**"
    )


def _introduction(table: pd.DataFrame, sitting: Sitting) -> str:
    draws = (
        f"Means and intervals are over {sitting.draws} draws of the parameters and the chance in each. "
        if sitting.draws > 1
        else "Intervals of the model are the chance that the number of people leaves. "
    )
    command = COMMAND if sitting.taken_out is None else f"{COMMAND} --without {sitting.taken_out}"
    return (
        f"{len(table)} published numbers, each repeated inside the model with {sitting.size:,} people an arm "
        "or cohort, and more where a population is surveyed or events are rare "
        f"(seed {sitting.seed}). {draws}"
        "Only targets of the role *calibration* may be fitted; those of the role *validation* are held back, "
        "whole studies at a time. Those of the role *context* rest on numbers that were recalled and not "
        f"confirmed in their source: they are shown, count nowhere and are never fitted. `{command}` repeats "
        "it all."
    )


def _totals(table: pd.DataFrame) -> Iterator[str]:
    yield "## Totals"
    rows = []
    as_printed = totals(table, "verdict_as_printed")
    for role, (passed, of) in totals(table).items():
        printed = as_printed[role][0]
        shares = (f"{100 * some / of:.0f} %" if of else number(float("nan")) for some in (passed, printed))
        counts = [f"{some} ({share})" for some, share in zip((passed, printed), shares, strict=True)]
        rows.append((role, f"{NAMES[role]}", str(of), *counts, f"{100 * SHARES_ASKED[role]:.0f} %"))
    if unjudged(table):
        none = number(float("nan"))
        rows.append((CONTEXT, "shown, not judged", str(unjudged(table)), none, none, none))
    yield _table(("role", "numbers are", "targets", "pass", "pass by printed intervals", "asked for"), rows)
    groups = []
    for name, part in table.groupby("group", sort=False):
        cells = [f"{passed} of {of}" for passed, of in totals(part).values()]
        groups.append((title_of(str(name)), *cells, str(unjudged(part))))
    if groups:
        yield _table(("domain", "calibration: pass", "validation: pass", "context"), groups)


def _by_group(table: pd.DataFrame) -> Iterator[str]:
    head = ("study", "quantity", "unit", "role", "published", "model", "verdict", "difference")
    for name, part in table.groupby("group", sort=False):
        yield f"## {title_of(str(name))}"
        yield _table(head, [_cells(row) for row in part.to_dict("records")])


def _cells(row: dict[Any, Any]) -> tuple[str, ...]:
    verdict = f"**{row['verdict']}**" if row["verdict"] == FAIL else row["verdict"]
    difference = number(row["standardised_difference"], 1, signed=True)
    return (row["study"], row["quantity"], row["unit"], row["role"], *_both(row), verdict, difference)


def _both(row: dict[Any, Any]) -> tuple[str, str]:
    published = with_interval(row["published"], row["published_low"], row["published_high"])
    return published, with_interval(row["model"], row["model_low"], row["model_high"])


def _failures(table: pd.DataFrame) -> Iterator[str]:
    failed = table[table.verdict == FAIL].to_dict("records")
    if not failed:
        return
    yield "## What fails, and why"
    lines = []
    for row in failed:
        published, model = _both(row)
        lines.append(
            f"- **{row['study']}, {row['quantity']}** ({row['role']}): published {published}, "
            f"model {model} {row['unit']}. {row['why'] or UNEXPLAINED}"
        )
    yield "\n".join(lines)


def _emulations(table: pd.DataFrame) -> Iterator[str]:
    for name, part in table.groupby("group", sort=False):
        yield f"## How it is repeated: {title_of(str(name)).lower()}"
        lines = []
        for row in part.to_dict("records"):
            note = f" Note: {row['note']}" if row["note"] else ""
            lines.append(
                f"- `{row['name']}` ({row['population']}): {row['emulation']} Source: {row['source']}.{note}"
            )
        yield "\n".join(lines)


def _sources(table: pd.DataFrame, references: Mapping[str, Reference]) -> Iterator[str]:
    keys = sorted({key for text in table.source for key in text.split("; ")})
    if keys:
        yield "## Sources"
        yield "\n".join(f"- {key}: {_citation(references[key])}" for key in keys)


def _citation(reference: Reference) -> str:
    year = f" {reference.year}." if reference.year else ""
    title = f' "{" ".join(reference.title.split())}".' if reference.title else ""
    doi = f" https://doi.org/{reference.doi}" if reference.doi else ""
    return f"{reference.authors.rstrip('.')}.{year}{title} {reference.journal}.{doi}"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)


def mechanisms_page() -> str:
    """Return the page of what breaks when one mechanism at a time is taken out of the model."""
    from simulator.validation.ablation import ablation_markdown, ablation_table

    head = """# What breaks without it

Each mechanism is taken out alone, nothing is fitted again, and the targets that should break are examined
with and without it under the same luck. `make docs-validation` writes this page; `hepatica validate --without
MECHANISM` examines everything without it.

"""
    return head + ablation_markdown(ablation_table())


def main(folder: Path) -> None:
    """Examine the model on every target and write the pages and their picture."""
    from simulator.parameters.library import load_parameters
    from simulator.validation.registry import find_studies, studies_for
    from simulator.validation.targets import load_targets

    targets = list(load_targets().values())
    parameters = load_parameters()
    sitting = Sitting(targets, studies_for(targets, find_studies()), parameters)
    table = examine_model(sitting)
    picture = "img/validation.svg" if len(table) else ""
    page = examination_page(table, sitting, parameters.references, picture)
    if picture:
        (folder / "img").mkdir(parents=True, exist_ok=True)
        (folder / picture).write_text(svg_text(draw_examination(table)), encoding="utf-8", newline="\n")
    (folder / "validation.md").write_text(page, encoding="utf-8", newline="\n")
    (folder / "mechanisms.md").write_text(mechanisms_page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
