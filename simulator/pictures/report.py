"""The report of a run: one HTML file that opens offline, prints on A4 and can be read aloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from simulator.pictures.answer import answer_rows, answer_sentences, outcomes_left_out
from simulator.pictures.captions import caption, describe
from simulator.pictures.figures import FIGURES, reasons_not_drawn
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
from simulator.pictures.wording import count, years

CONTENTS = (
    ("scenario", "What was simulated"),
    ("answer", "The answer"),
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
    tables : data frames by name: summary, differences, trajectories, effects, economics; any may be missing.
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
    reasons = reasons_not_drawn(tables, manifest)
    return environment.get_template("report.html.j2").render(
        facts=facts,
        notice=DISCLAIMER,
        contents=CONTENTS,
        explanation=_without_headline(explanation, facts),
        sentences=answer_sentences(tables, manifest, facts),
        answers=answer_rows(tables, manifest, facts),
        left_out=outcomes_left_out(tables, manifest),
        economics=economics_table(tables),
        span=years(facts.horizon),
        people=count(facts.n_people),
        assumptions=assumption_rows(assumptions),
        figures=[_figure(name, svg, tables, facts) for name, svg in _ordered(figures)],
        not_drawn=[(FIGURES[name].title, reason) for name, reason in reasons.items() if name not in figures],
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
