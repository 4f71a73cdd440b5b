"""The figures of a run: one table of names, drawing them all, and saving them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from simulator.base.errors import input_error, nearest
from simulator.pictures import style
from simulator.pictures.curves import INCIDENCE, MARKERS, cumulative_incidence, markers_over_time
from simulator.pictures.forest import LIFE, LIVER_EVENTS, forest_of_life, forest_of_liver_events
from simulator.pictures.genotype import QUANTITIES, by_genotype
from simulator.pictures.labels import wording
from simulator.pictures.plane import cost_effectiveness_plane, plane_points
from simulator.pictures.stages import EVERYONE, LIVER_ONLY, Layer, late_stages, stage_mix
from simulator.pictures.tables import Facts, Manifest, Tables, facts_of, has_quantity, has_trial, table
from simulator.pictures.trace import effect_trace
from simulator.pictures.trial import trial_endpoints
from simulator.pictures.wording import listed

FORMATS = ("svg", "png", "pdf")
ALONE = "the run has a single strategy, so there is nothing to compare"

WhyNot = Callable[[Tables, Facts], str]


@dataclass(frozen=True)
class Entry:
    """A figure of the house.

    Attributes
    ----------
    draw : from tables and manifest to a figure.
    title : what it is called in lists and reports.
    why_not : from tables and facts to the reason why it cannot be drawn, empty when it can.
    """

    draw: Callable[[Tables, Manifest], Figure]
    title: str
    why_not: WhyNot


def _needs_any(quantities: Sequence[str], stratified_by: str = "all") -> WhyNot:
    def why_not(tables: Tables, facts: Facts) -> str:
        if any(has_quantity(tables, name, stratified_by) for name in quantities):
            return ""
        by = "" if stratified_by == "all" else " by PNPLA3 genotype"
        return f"the run recorded neither {listed([wording(name).name for name in quantities], 'nor')}{by}"

    return why_not


def _needs_layers(layers: Sequence[Layer]) -> WhyNot:
    def why_not(tables: Tables, facts: Facts) -> str:
        missing = [layer.name for layer in layers if not has_quantity(tables, layer.quantity)]
        return f"the run did not record {listed(missing, 'or')}" if missing else ""

    return why_not


def _needs_differences(outcomes: Sequence[str]) -> WhyNot:
    def why_not(tables: Tables, facts: Facts) -> str:
        frame = table(tables, "differences")
        if not facts.others:
            return ALONE
        if (frame["outcome"].isin(outcomes) & (frame["year"] == facts.horizon)).any():
            return ""
        return f"the run compared neither {listed([wording(name).name for name in outcomes], 'nor')}"

    return why_not


def _needs_effects(tables: Tables, facts: Facts) -> str:
    if not facts.others:
        return ALONE
    return "" if len(table(tables, "effects")) else "the run kept no effect trace"


def _needs_economics(tables: Tables, facts: Facts) -> str:
    if not facts.others:
        return ALONE
    return "" if plane_points(tables, facts) else "the scenario did not ask for both qaly and cost"


def _needs_trial(tables: Tables, facts: Facts) -> str:
    return "" if has_trial(tables) else "the scenario has no trial"


OF_TRIAL = "trial_endpoints"

FIGURES = {
    OF_TRIAL: Entry(trial_endpoints, "Endpoints of the trial", _needs_trial),
    "stage_mix": Entry(stage_mix, "Stage mix over time", _needs_layers(EVERYONE)),
    "late_stages": Entry(late_stages, "Cirrhosis and beyond, enlarged", _needs_layers(LIVER_ONLY)),
    "cumulative_incidence": Entry(
        cumulative_incidence, "Cumulative incidence of liver outcomes", _needs_any(INCIDENCE)
    ),
    "differences_liver": Entry(
        forest_of_liver_events, "Paired differences in liver events", _needs_differences(LIVER_EVENTS)
    ),
    "differences_life": Entry(
        forest_of_life, "Paired differences in deaths, diabetes and life", _needs_differences(LIFE)
    ),
    "effect_trace": Entry(effect_trace, "Effect trace", _needs_effects),
    "by_genotype": Entry(by_genotype, "By PNPLA3 genotype", _needs_any(QUANTITIES, "pnpla3_g")),
    "markers": Entry(markers_over_time, "Markers over time", _needs_any(MARKERS)),
    "cost_effectiveness": Entry(cost_effectiveness_plane, "Cost-effectiveness plane", _needs_economics),
}
"""Every figure of a run, in the order of the report."""


def draw_figures(tables: Tables, manifest: Manifest) -> dict[str, Figure]:
    """Draw every figure the tables allow, by name; `reasons_not_drawn` tells why others are missing."""
    left_out = reasons_not_drawn(tables, manifest)
    return {name: entry.draw(tables, manifest) for name, entry in FIGURES.items() if name not in left_out}


def draw_figure(name: str, tables: Tables, manifest: Manifest) -> Figure:
    """Draw one figure.

    Raises
    ------
    InputError
        When there is no figure of this name, or the run lacks what it shows.
    """
    if name not in FIGURES:
        raise input_error("figure", "the name must be a figure of the house", name, nearest(name, FIGURES))
    left_out = reasons_not_drawn(tables, manifest)
    if name in left_out:
        drawable = ", ".join(other for other in FIGURES if other not in left_out)
        right = f"a run that recorded it, or one of: {drawable or 'no figure of this run'}"
        raise input_error(f"figure {name}", "the run must hold what it shows", left_out[name], right)
    return FIGURES[name].draw(tables, manifest)


def reasons_not_drawn(tables: Tables, manifest: Manifest) -> dict[str, str]:
    """Return, for every figure that cannot be drawn from these tables, the reason."""
    facts = facts_of(tables, manifest)
    reasons = {name: entry.why_not(tables, facts) for name, entry in FIGURES.items()}
    return {name: reason for name, reason in reasons.items() if reason}


def save_figures(
    figures: Mapping[str, Figure], folder: Path | str, formats: Sequence[str] = ("svg",)
) -> list[Path]:
    """Write every figure in every format as `folder/<name>.<format>` and return the paths.

    Raises
    ------
    InputError
        When a format is not one of svg, png and pdf.
    """
    for chosen in formats:
        if chosen not in FORMATS:
            raise input_error("figure format", "the format must be known", chosen, nearest(chosen, FORMATS))
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, figure in figures.items():
        for chosen in formats:
            path = folder / f"{name}.{chosen}"
            path.write_bytes(style.picture_bytes(figure, chosen))
            paths.append(path)
    return paths


def figure_svgs(figures: Mapping[str, Figure]) -> dict[str, str]:
    """Return every figure as SVG text, ready for the report."""
    return {name: style.svg_text(figure) for name, figure in figures.items()}
