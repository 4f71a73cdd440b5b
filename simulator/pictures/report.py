"""The report of a run: one HTML file that opens offline, prints on A4 and can be read aloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from simulator.pictures.answer import answer_rows, answer_sentences, outcomes_left_out
from simulator.pictures.captions import caption, describe
from simulator.pictures.figures import FIGURES, OF_TRIAL, reasons_not_drawn
from simulator.pictures.inline import inline_svg
from simulator.pictures.sections import (
    assumption_rows,
    economics_table,
    imputed_block,
    repeat_block,
    source_rows,
    trace_table,
)
from simulator.pictures.style import DISCLAIMER
from simulator.pictures.tables import Facts, Manifest, Tables, facts_of
from simulator.pictures.trial_table import trial_block
from simulator.pictures.wording import count, years

CONTENTS = (
    ("scenario", "What was simulated"),
    ("answer", "The answer"),
    ("trial", "The trial"),
    ("assumptions", "What is assumed"),
    ("figures", "Figures"),
    ("trace", "Effect trace"),
    ("filled", "Filled in, and warnings"),
    ("sources", "Sources"),
    ("repeat", "How to repeat it"),
    ("limits", "Limits"),
)
NOTHING_MEASURED = (
    "Nothing was filled in: the whole population was grown by the model, and none of it measured."
)
NOTHING_KEPT = "The people come from a file; no record was kept of what was filled in for them."


def render_report(
    tables: Tables,
    manifest: Manifest,
    explanation: str,
    assumptions: Sequence[Mapping[str, Any]],
    sources: Sequence[Mapping[str, Any]],
    figures: Mapping[str, str],
) -> str:
    """Return the report as one HTML page with everything inside it.

    Parameters
    ----------
    tables : data frames by name, see `analysis.tables`; any may be missing.
    manifest : what was run; see `analysis.manifest`. Read where there: scenario, n_people, seed, draws,
        interval, command, versions, digests, machine, wall_seconds, warnings, imputed.
    explanation : the scenario in plain English; line breaks are kept.
    assumptions : mappings with name, meaning, value, unit, note.
    sources : mappings with key, citation, doi, used_for.
    figures : SVG text by the names of `figures.FIGURES`.

    Raises
    ------
    InputError
        When a figure is not SVG or carries a script, or a table lacks a column.
    """
    facts = facts_of(tables, manifest)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    trial = trial_block(tables, manifest, facts)
    contents = [part for part in CONTENTS if part[0] != "trial" or trial is not None]
    return environment.get_template("report.html.j2").render(
        facts=facts,
        notice=DISCLAIMER,
        contents=contents,
        number={part: position for position, (part, _) in enumerate(contents, start=1)},
        trial=trial,
        explanation=_without_headline(explanation, facts),
        sentences=answer_sentences(tables, manifest, facts),
        answers=answer_rows(tables, manifest, facts),
        left_out=outcomes_left_out(tables, manifest),
        economics=economics_table(tables),
        span=years(facts.horizon),
        people=count(facts.n_people),
        assumptions=assumption_rows(assumptions),
        **_pictures(figures, tables, manifest, facts),
        trace=trace_table(tables, facts),
        imputed=imputed_block(manifest.get("imputed")),
        nothing_imputed=NOTHING_KEPT if _has_cohort(manifest) else NOTHING_MEASURED,
        warnings=[str(line) for line in manifest.get("warnings") or ()],
        sources=source_rows(sources),
        **repeat_block(manifest),
    )


def _without_headline(explanation: str, facts: Facts) -> str:
    """Drop title and question from the beginning: the report has just said them."""
    lines = explanation.strip().splitlines()
    while lines and lines[0].strip() in ("", facts.title.strip(), facts.question.strip()):
        lines.pop(0)
    return "\n".join(lines).replace(" %", "\u00a0%")


def _has_cohort(manifest: Manifest) -> bool:
    return bool(((manifest.get("scenario") or {}).get("population") or {}).get("cohort"))


def _pictures(figures: Mapping[str, str], tables: Tables, manifest: Manifest, facts: Facts) -> dict[str, Any]:
    """Return the figures in order, that of the trial apart, and why others are missing."""
    drawn = {name: _figure(name, svg, tables, facts) for name, svg in _ordered(figures)}
    reasons = reasons_not_drawn(tables, manifest)
    missing = [name for name in reasons if name not in figures and name != OF_TRIAL]
    return {
        "trial_figure": drawn.pop(OF_TRIAL, None),
        "figures": list(drawn.values()),
        "not_drawn": [(FIGURES[name].title, reasons[name]) for name in missing],
    }


def _ordered(figures: Mapping[str, str]) -> list[tuple[str, str]]:
    known = [name for name in FIGURES if name in figures]
    return [(name, figures[name]) for name in known + [name for name in figures if name not in FIGURES]]


def _figure(name: str, svg: str, tables: Tables, facts: Facts) -> dict[str, Any]:
    title = FIGURES[name].title if name in FIGURES else name.replace("_", " ").capitalize()
    known = name in FIGURES
    described = describe(name, tables, facts) if known else title
    return {
        "name": name,
        "title": title,
        "caption": caption(name, facts) if known else "",
        "svg": inline_svg(name, svg, f"{title}. {described}"),
    }
