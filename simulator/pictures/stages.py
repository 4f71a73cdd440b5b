"""Stage mix over time: what everyone who started has become, year by year, as stacked areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from simulator.pictures import style
from simulator.pictures.layout import Gaps, framed, panels, size_inches, spread, value_axis, year_axis
from simulator.pictures.lettering import short_names, text_width
from simulator.pictures.lines import say_empty
from simulator.pictures.tables import Facts, Manifest, Tables, curve, facts_of, has_quantity
from simulator.pictures.wording import count, number, percent, years

NAMES_WIDTH = 2.25
"""Inches right of each row of panels for the names of the layers."""


@dataclass(frozen=True)
class Layer:
    """One layer of the stack: recorded quantity, name, fill colour and hatch."""

    quantity: str
    name: str
    colour: str
    hatch: str = ""


ALIVE = (
    Layer("stage_f0", "F0 (no scar)", "#e3f1fa"),
    Layer("stage_f1", "F1", "#a8d3ee"),
    Layer("stage_f2", "F2", "#5ba7d8"),
    Layer("stage_f3", "F3", "#1f74b1"),
)
LATE = (
    Layer("stage_f4", "F4 (cirrhosis)", "#003a66"),
    Layer("stage_decompensated", "Decompensated", "#f0a35e"),
    Layer("stage_hcc", "Liver cancer", "#8c3b00"),
    Layer("stage_transplanted", "Transplanted", "#009e73"),
)
DEAD = (
    Layer("stage_death_liver", "Liver death", "#1a1a1a", "xxx"),
    Layer("stage_death_cardiovascular", "Cardiovascular death", "#8f8f8f", "///"),
    Layer("stage_death_other", "Other death", "#d9d9d9", "\\\\\\"),
)
EVERYONE = ALIVE + LATE + DEAD
LIVER_ONLY = LATE + DEAD[:1]


@style.styled
def stage_mix(tables: Tables, manifest: Manifest) -> Figure:
    """Draw the shares of F0 to F4, later liver disease and death by cause, a panel per strategy."""
    facts = facts_of(tables, manifest)
    return _stacked(
        tables,
        facts,
        EVERYONE,
        f"Stage mix over {years(facts.horizon)} by strategy (n = {count(facts.n_people)} in each)",
        "Everyone who started: fibrosis stage while alive, then death by cause (hatched).",
        full=True,
    )


@style.styled
def late_stages(tables: Tables, manifest: Manifest) -> Figure:
    """Draw cirrhosis, its consequences and liver deaths alone, so that thin layers can be seen."""
    facts = facts_of(tables, manifest)
    return _stacked(
        tables,
        facts,
        LIVER_ONLY,
        f"Cirrhosis and beyond, enlarged (n = {count(facts.n_people)} in each)",
        "The thin layers of the stage mix; death from other causes is left out.",
        full=False,
    )


def _stacked(
    tables: Tables, facts: Facts, layers: Sequence[Layer], title: str, subtitle: str, full: bool
) -> Figure:
    shown = [layer for layer in layers if has_quantity(tables, layer.quantity)]
    columns = min(4, len(facts.strategies))
    rows = -(-len(facts.strategies) // columns)
    room = (style.WIDTH - NAMES_WIDTH - 0.9) / columns - 0.2
    titles = list(short_names(facts.strategies, room, 2, weight="bold").values())
    above = 0.3 + 0.2 * any("\n" in text for text in titles)
    frame = framed(title, subtitle, _precision(tables, facts, shown), rows * (2.55 + above) + 0.55)
    gaps = Gaps(left=0.8, right=NAMES_WIDTH, above=above, shared_y=True, between_columns=0.26)
    axes = panels(frame, rows, columns, gaps, len(titles))
    stacks = [_stack(tables, name, shown) for name in facts.strategies]
    top = 1.0 if full else 1.05 * max(float(stack[1][-1].max()) for stack in stacks)
    for position, (panel, text, (at, edges)) in enumerate(zip(axes, titles, stacks, strict=True)):
        panel.set_title(text)
        panel.set_ylim(0, top or 1)
        year_axis(panel, 0, facts.horizon, position + columns >= len(titles))
        value_axis(panel, 100)
        panel.set_ylabel("People (%)" if position % columns == 0 else "")
        panel.tick_params(labelleft=position % columns == 0)
        if top <= 0:
            say_empty(panel, "No events")
        else:
            _fill(panel, at, edges, shown)
        if position % columns == columns - 1 or position == len(titles) - 1:
            _name_layers(panel, edges[:, -1], shown)
    return frame.figure


def _stack(tables: Tables, strategy: str, layers: Sequence[Layer]) -> tuple[np.ndarray, np.ndarray]:
    """Return years, shape (years,), and upper edges of the layers, shape (layers + 1, years), from 0."""
    curves = [curve(tables, layer.quantity, strategy) for layer in layers]
    at = max((found["year"].to_numpy() for found in curves), key=len)
    values = [
        np.interp(at, found["year"], found["mean"]) if len(found) else np.zeros(len(at)) for found in curves
    ]
    return at, np.vstack([np.zeros(len(at)), np.cumsum(values, axis=0)])


def _fill(panel: Axes, at: np.ndarray, edges: np.ndarray, layers: Sequence[Layer]) -> None:
    panel.grid(False)
    height = size_inches(panel)[1] / panel.get_ylim()[1]
    for layer, low, high in zip(layers, edges, edges[1:], strict=False):
        edge = "white" if style.luminance(layer.colour) < 0.6 else style.SOFT_INK
        panel.fill_between(
            at, low, high, facecolor=layer.colour, edgecolor=edge, hatch=layer.hatch, linewidth=0
        )
        if (high - low).max() * height > 0.06:
            panel.plot(at, high, color="white", linewidth=0.6)
    for layer, low, high in zip(layers, edges, edges[1:], strict=False):
        _write_share(panel, at, low, high, layer)


def _write_share(panel: Axes, at: np.ndarray, low: np.ndarray, high: np.ndarray, layer: Layer) -> None:
    """Write the last year's share inside a layer where the text fits between its sloping edges."""
    width, height = size_inches(panel)
    first, last = panel.get_xlim()
    text = percent(high[-1] - low[-1], 0 if panel.get_ylim()[1] > 0.3 else 1)
    right = at[-1] - 0.06 * (last - first) / width
    inside = np.linspace(right - text_width(text) * (last - first) / width, right, 9)
    floor, ceiling = np.interp(inside, at, low).max(), np.interp(inside, at, high).min()
    if (ceiling - floor) * height / panel.get_ylim()[1] < 0.17:
        return
    panel.text(
        right,
        (floor + ceiling) / 2,
        text,
        ha="right",
        va="center_baseline",
        color=style.on_colour(layer.colour),
        bbox={"facecolor": layer.colour, "edgecolor": "none", "pad": 0.8} if layer.hatch else None,
    )


def _precision(tables: Tables, facts: Facts, layers: Sequence[Layer]) -> str:
    """Say how wide the widest 95 % interval of the shares is in the last year."""
    halves = []
    for strategy in facts.strategies:
        for layer in layers:
            last = curve(tables, layer.quantity, strategy).tail(1)
            halves += list((last["high"].to_numpy() - last["low"].to_numpy()) / 2)
    widest = max((half for half in halves if np.isfinite(half)), default=0.0)
    places = 1 if widest >= 0.001 else 2
    return (
        f"95 % intervals in year {facts.horizon}: within ±{number(100 * widest, places)} percentage points."
    )


def _name_layers(panel: Axes, edges: np.ndarray, layers: Sequence[Layer]) -> None:
    """Write the layers' names right of a panel, each with a swatch and a leader to its layer."""
    width, height = size_inches(panel)
    top = panel.get_ylim()[1]
    wanted = [(low + high) / 2 / top * height for low, high in pairwise(edges)]
    step = style.LINE_HEIGHT + 0.015
    centres = spread(wanted, [step] * len(layers), -0.1, height + 0.1)
    for layer, start, centre in zip(layers, wanted, centres, strict=True):
        panel.plot(
            [1 + 0.02 / width, 1 + 0.17 / width],
            [start / height, centre / height],
            transform=panel.transAxes,
            color=style.SOFT_INK,
            linewidth=0.7,
            clip_on=False,
        )
        panel.add_patch(
            Rectangle(
                (1 + 0.19 / width, (centre - 0.065) / height),
                0.16 / width,
                0.13 / height,
                transform=panel.transAxes,
                facecolor=layer.colour,
                edgecolor="white" if style.luminance(layer.colour) < 0.6 else style.SOFT_INK,
                hatch=layer.hatch * 2,
                linewidth=0.5,
                clip_on=False,
            )
        )
        panel.text(1 + 0.41 / width, centre / height, layer.name, transform=panel.transAxes, va="center")
