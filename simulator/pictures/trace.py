"""The effect trace: from people reached to QALYs gained, so that a null result explains itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.pictures import style
from simulator.pictures.lettering import short_names, wrapped
from simulator.pictures.labels import LINK_GROUPS, link_kind, link_label, links_of, unit_text
from simulator.pictures.layout import MARGIN, Frame, add_axes, aligned_limits, framed
from simulator.pictures.tables import Facts, Manifest, Tables, effect, facts_of, per_thousand
from simulator.pictures.wording import (
    DASH,
    clear_sign,
    count,
    decimals,
    interval,
    number,
    thousand_decimals,
    years,
)

NAMES = 2.55
"""Inches left of the columns for the names of the links."""
NUMBER = 0.75
"""Inches of the numbers at the right of every column."""
ROW, HEADING = 0.222, 0.25
MOST_COLUMNS = 4
"""Strategies side by side; more go into a second block below."""


@dataclass(frozen=True)
class Cell:
    """A link of one strategy in the units shown.

    Attributes
    ----------
    value, low, high : value and its 95 % interval.
    places : decimals shown.
    kind : kind of the link; levels of care carry no sign.
    """

    value: float
    low: float
    high: float
    places: int
    kind: str

    @property
    def text(self) -> str:
        """The value as written."""
        if self.kind == "care":
            return f"{number(self.value, self.places)} %"
        return "0" if self.is_same else number(self.value, self.places, signed=True)

    @property
    def between(self) -> str:
        """The interval as written; empty when there is none, or none worth saying."""
        ends = {number(end, self.places) for end in (self.value, self.low, self.high)}
        if self.is_same or (self.kind == "care" and len(ends) == 1):
            return ""
        return interval(self.low, self.high, self.places, signed=self.kind != "care")

    @property
    def is_same(self) -> bool:
        """Whether there is no difference at all."""
        return self.kind != "care" and self.value == self.low == self.high == 0

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out zero; a level of care always does."""
        return self.kind == "care" or clear_sign(self.low, self.high) != 0


@style.styled
def effect_trace(tables: Tables, manifest: Manifest) -> Figure:
    """Draw every link of the effect trace as bars with intervals, a column per strategy."""
    facts = facts_of(tables, manifest)
    strategies = traced_strategies(facts)
    blocks = [strategies[first : first + MOST_COLUMNS] for first in range(0, len(strategies), MOST_COLUMNS)]
    groups = {kind: links for kind in LINK_GROUPS if (links := recorded_links(tables, facts, kind))}
    n_rows = sum(len(links) for links in groups.values())
    column = (style.WIDTH - 2 * MARGIN - NAMES) / min(len(strategies), MOST_COLUMNS)
    names = short_names(strategies, column - 0.15, 2, weight="bold")
    head = 0.22 + style.LINE_HEIGHT * any("\n" in name for name in names.values())
    fixed = len(groups) * HEADING + head
    frame = framed(
        f"Effect trace over {years(facts.horizon)}: from people reached to QALYs gained",
        f"Against {facts.comparator}; n = {count(facts.n_people)}. From 2 on, each row has its own scale; "
        "pale: the interval includes zero.",
        f"Thin lines: {facts.band}.",
        len(blocks) * (n_rows * ROW + fixed) + (len(blocks) - 1) * HEADING,
    )
    body = frame.top - frame.bottom - (len(blocks) - 1) * HEADING
    step = (body / len(blocks) - fixed) / n_rows
    top = frame.top
    for block in blocks:
        _write_columns(frame, facts, {name: names[name] for name in block}, column, top)
        _draw_block(frame, tables, facts, groups, Columns(block, column, step), top - head)
        top -= fixed + n_rows * step + HEADING
    return frame.figure


@dataclass(frozen=True)
class Columns:
    """Strategies drawn side by side, with the inches of a column and of a row."""

    strategies: tuple[str, ...]
    width: float
    step: float


def _draw_block(
    frame: Frame, tables: Tables, facts: Facts, groups: Mapping[str, list[str]], columns: Columns, top: float
) -> None:
    for order, (kind, links) in enumerate(groups.items(), start=1):
        top -= HEADING
        _write(frame, MARGIN, top + 0.12, f"{order}  {LINK_GROUPS[kind]}", weight="bold")
        _draw_group(frame, tables, facts, kind, links, columns, top)
        top -= columns.step * len(links)


def traced_strategies(facts: Facts) -> tuple[str, ...]:
    """Return the strategies of the trace: all but the comparator, or it alone when there are no others."""
    return facts.others or facts.strategies


def recorded_links(tables: Tables, facts: Facts, kind: str) -> list[str]:
    """Return the links of a kind that were recorded for at least one traced strategy."""
    strategies = traced_strategies(facts)
    return [
        link for link in links_of(kind) if any(effect(tables, link, name) is not None for name in strategies)
    ]


def cells_of(tables: Tables, link: str, strategies: Sequence[str]) -> list[Cell | None]:
    """Return a link for every strategy in the units shown: per cent, own unit, or per 1,000 people."""
    kind = link_kind(link)
    found = [effect(tables, link, name) for name in strategies]
    values = [None if row is None else _shown_values(row, kind) for row in found]
    largest = max((abs(row[0]) for row in values if row and row[0] == row[0]), default=0.0)
    if kind == "care":
        return [row and Cell(*row, 1 if 0 < row[0] < 10 else 0, kind) for row in values]
    places = decimals(largest) if kind == "body" else thousand_decimals(largest)
    return [row and Cell(*row, places, kind) for row in values]


def row_text(tables: Tables, link: str, strategies: Sequence[str]) -> str:
    """Return the name of a link with the unit it is shown in."""
    if link_kind(link) != "body":
        return link_label(link)
    units = [row["unit"] for name in strategies if (row := effect(tables, link, name)) is not None]
    return f"{link_label(link)} ({unit_text(units[0] if units else '', link.removeprefix('change_in_'))})"


def _shown_values(row: pd.Series, kind: str) -> tuple[float, float, float]:
    value, low, high = (float(row[key]) for key in ("value", "low", "high"))
    if kind == "body":
        return value, low, high
    if kind == "care":
        return 100 * value, 100 * low, 100 * high
    unit = row["unit"]
    return per_thousand(value, unit), per_thousand(low, unit), per_thousand(high, unit)


def _draw_group(
    frame: Frame, tables: Tables, facts: Facts, kind: str, links: Sequence[str], columns: Columns, top: float
) -> None:
    """Draw the rows of one group: link names, then a bar, an interval and a number per strategy."""
    everyone = traced_strategies(facts)
    looks = style.looks(facts.strategies, facts.comparator)
    cells = {link: dict(zip(everyone, cells_of(tables, link, everyone), strict=True)) for link in links}
    ranges = [_range(row.values()) for row in cells.values()]
    limits = [(0.0, 100.0)] * len(links) if kind == "care" else aligned_limits(ranges)
    for row, (link, limit) in enumerate(zip(links, limits, strict=True)):
        middle = top - (row + 0.5) * columns.step
        name = wrapped(row_text(tables, link, everyone), NAMES - 0.3, 1)
        _write(frame, MARGIN + 0.22, middle, name)
        for position, strategy in enumerate(columns.strategies):
            cell, left = cells[link][strategy], MARGIN + NAMES + position * columns.width
            width = columns.width - NUMBER - 0.2
            axes = add_axes(frame, left, middle - columns.step / 2, width, columns.step)
            _draw_cell(axes, cell, looks[strategy].colour, limit)
            text = cell.text if cell else DASH
            _write(frame, left + columns.width - 0.15, middle, text, ha="right")


def _range(cells: Iterable[Cell | None]) -> tuple[float, float]:
    ends = [end for cell in cells if cell for end in (cell.value, cell.low, cell.high) if end == end]
    return min([0.0, *ends]), max([0.0, *ends])


def _draw_cell(axes: Axes, cell: Cell | None, colour: str, limit: tuple[float, float]) -> None:
    axes.set_axis_off()
    axes.set_xlim(*limit)
    axes.set_ylim(0, 1)
    axes.plot([0, 0], [0, 1], color=style.SOFT_INK, linewidth=0.9)
    if cell is None or cell.value != cell.value:
        return
    axes.barh(0.5, cell.value, height=0.62, color=colour, alpha=1.0 if cell.is_clear else 0.3)
    if cell.high > cell.low:
        axes.plot([cell.low, cell.high], [0.5, 0.5], color=style.INK, linewidth=1.3)


def _write_columns(frame: Frame, facts: Facts, names: Mapping[str, str], column: float, top: float) -> None:
    looks = style.looks(facts.strategies, facts.comparator)
    for position, (strategy, name) in enumerate(names.items()):
        left = MARGIN + NAMES + position * column
        _write(
            frame,
            left,
            top,
            name,
            va="top",
            weight="bold",
            color=looks[strategy].text_colour,
            linespacing=1.1,
        )


def _write(frame: Frame, left: float, bottom: float, text: str, va: str = "center", **look: Any) -> None:
    """Write text at a place given in inches."""
    width, height = frame.figure.get_size_inches()
    frame.figure.text(left / width, bottom / height, text, va=va, **look)
