"""Curves over time by strategy: cumulative incidence of liver outcomes, and markers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.pictures import style
from simulator.pictures.labels import unit_text, wording
from simulator.pictures.layout import Gaps, framed, panels, value_axis, year_axis
from simulator.pictures.lettering import short_names
from simulator.pictures.lines import Line, draw_lines, label_ends, labels_height, say_empty
from simulator.pictures.tables import Facts, Manifest, Tables, curve, facts_of, has_quantity
from simulator.pictures.wording import count, listed, number, percent

INCIDENCE = ("cirrhosis", "decompensation", "hcc", "liver_death")
MARKERS = ("bmi", "homa_ir", "hba1c", "liver_fat")
END_LABEL = 1.86
"""Inches kept for the labels at the ends of lines."""


@style.styled
def cumulative_incidence(tables: Tables, manifest: Manifest) -> Figure:
    """Draw the share of people an outcome has happened to, by year and strategy, with 95 % bands."""
    facts = facts_of(tables, manifest)
    shown = [name for name in INCIDENCE if has_quantity(tables, name)]
    lines = {name: _lines(tables, facts, name, _event_label) for name in shown}
    subtitle = "At line ends: share of people and, in brackets, how many it is."
    figure, axes = _strategy_panels(
        facts,
        lines,
        "Cumulative incidence of liver outcomes by strategy",
        subtitle + absent_text(INCIDENCE, shown),
    )
    for panel, name in zip(axes, shown, strict=True):
        label = wording(name)
        panel.set_title(f"{label.name}, n = {_number_at_start(lines[name])}")
        panel.set_ylabel("People affected (%)")
        if not lines[name]:
            say_empty(panel, "Nobody was free of it at the start")
        elif all(line.curve["mean"].max() <= 0 for line in lines[name]):
            say_empty(panel, "No events under any strategy")
        else:
            draw_lines(panel, lines[name])
            panel.set_ylim(0, 1.04 * max(line.curve[["mean", "high"]].max().max() for line in lines[name]))
            label_ends(panel, lines[name])
            value_axis(panel, 100)
    return figure


@style.styled
def markers_over_time(tables: Tables, manifest: Manifest) -> Figure:
    """Draw mean BMI, HOMA-IR, HbA1c and liver fat of the living by year and strategy, with bands."""
    facts = facts_of(tables, manifest)
    shown = [name for name in MARKERS if has_quantity(tables, name)]
    lines = {name: _lines(tables, facts, name, _mean_label) for name in shown}
    subtitle = f"Means among the living (n = {count(facts.n_people)} per strategy at the start)."
    figure, axes = _strategy_panels(
        facts, lines, "Markers over time by strategy", subtitle + absent_text(MARKERS, shown)
    )
    for panel, name in zip(axes, shown, strict=True):
        panel.set_title(wording(name).name)
        panel.set_ylabel(_axis_label(lines[name], name))
        draw_lines(panel, lines[name])
        _loosen(panel, lines[name])
        label_ends(panel, lines[name])
        value_axis(panel)
    return figure


def _lines(tables: Tables, facts: Facts, name: str, label: Callable[[pd.DataFrame], str]) -> list[Line]:
    looks = style.looks(facts.strategies, facts.comparator)
    names = short_names(facts.strategies, END_LABEL, 2)
    curves = {strategy: curve(tables, name, strategy) for strategy in facts.strategies}
    return [
        Line(found, looks[strategy], f"{names[strategy]}\n{label(found)}")
        for strategy, found in curves.items()
        if len(found)
    ]


def _event_label(found: pd.DataFrame) -> str:
    last = found.iloc[-1]
    return f"{percent(last['mean'])} ({count(last['mean'] * last['n'])})"


def _mean_label(found: pd.DataFrame) -> str:
    return number(found["mean"].iloc[-1])


def _number_at_start(lines: Sequence[Line]) -> str:
    sizes = sorted({int(line.curve["n"].iloc[0]) for line in lines}) or [0]
    return count(sizes[0]) if len(sizes) == 1 else f"{count(sizes[0])} to {count(sizes[-1])}"


def _axis_label(lines: Sequence[Line], name: str) -> str:
    short = {"bmi": "BMI", "homa_ir": "HOMA-IR"}.get(name, wording(name).name)
    return f"{short} ({unit_text(lines[0].curve['unit'].iloc[0], name)})"


def absent_text(wanted: Sequence[str], shown: Sequence[str]) -> str:
    """Say which of the wanted quantities a run did not record."""
    missing = [wording(name).name for name in wanted if name not in shown]
    return f" Not recorded in this run: {listed(missing)}." if missing else ""


def _loosen(panel: Axes, lines: Sequence[Line]) -> None:
    low = min(float(line.curve[["mean", "low"]].min().min()) for line in lines)
    high = max(float(line.curve[["mean", "high"]].max().max()) for line in lines)
    spare = 0.08 * (high - low) or 0.05 * abs(high) or 1.0
    panel.set_ylim(low - spare, high + spare)


def _strategy_panels(
    facts: Facts, lines: Mapping[str, list[Line]], title: str, subtitle: str
) -> tuple[Figure, list[Axes]]:
    """Return a figure with a panel for each quantity, tall enough for the labels at the ends of its lines."""
    columns = min(2, len(lines))
    rows = -(-len(lines) // columns)
    needed = max(labels_height([line.label for line in group]) for group in lines.values())
    frame = framed(title, subtitle, f"Bands: {facts.band}.", rows * (max(needed - 0.1, 1.3) + 0.42) + 0.5)
    axes = panels(frame, rows, columns, Gaps(left=0.72, right=END_LABEL + 0.24), len(lines))
    for position, panel in enumerate(axes):
        year_axis(panel, 0, facts.horizon, position + columns >= len(lines))
    return frame.figure, axes
