"""The effect trace: from people reached to QALYs gained, so that a null result explains itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.pictures import style
from simulator.pictures.labels import LINK_GROUPS
from simulator.pictures.layout import MARGIN, add_axes, aligned_limits, framed
from simulator.pictures.lettering import short_names, wrapped
from simulator.pictures.links import Cell, cells_of, recorded_links, row_text, traced_strategies
from simulator.pictures.tables import Facts, Manifest, Tables, facts_of
from simulator.pictures.wording import DASH, count, years

NAMES = 2.55
"""Inches left of the columns for the names of the links."""
NUMBER = 0.75
"""Inches of the numbers at the right of every column."""
ROW, HEADING = 0.222, 0.25
MOST_COLUMNS = 4
"""Strategies side by side; more go into a second block below."""


@dataclass(frozen=True)
class Sheet:
    """The whole figure as one pair of axes in inches, and what is drawn on it.

    Attributes
    ----------
    page : axes whose data coordinates are inches from the lower left corner.
    column, step : inches of a column and of a row.
    names : strategies with their shortened names.
    """

    page: Axes
    tables: Tables
    facts: Facts
    names: Mapping[str, str]
    column: float
    step: float

    def write(self, left: float, bottom: float, text: str, **look: Any) -> None:
        """Write text at a place, centred in height unless told otherwise."""
        self.page.text(left, bottom, text, **{"va": "center", **look})


@style.styled
def effect_trace(tables: Tables, manifest: Manifest) -> Figure:
    """Draw every link of the effect trace as bars with intervals, a column per strategy."""
    facts = facts_of(tables, manifest)
    strategies = traced_strategies(facts)
    abreast = _abreast(len(strategies))
    blocks = [strategies[first : first + abreast] for first in range(0, len(strategies), abreast)]
    groups = {kind: links for kind in LINK_GROUPS if (links := recorded_links(tables, facts, kind))}
    n_rows = sum(len(links) for links in groups.values())
    column = (style.WIDTH - 2 * MARGIN - NAMES) / abreast
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
    width, height = frame.figure.get_size_inches()
    page = add_axes(frame, 0, 0, width, height)
    page.set(xlim=(0, width), ylim=(0, height))
    page.set_axis_off()
    sheet = Sheet(page, tables, facts, names, column, step)
    for position, block in enumerate(blocks):
        _draw_block(sheet, block, groups, frame.top - position * (fixed + n_rows * step + HEADING), head)
    return frame.figure


def _abreast(n: int) -> int:
    """Return how many of n strategies stand side by side: as many in every block, at most MOST_COLUMNS."""
    n_blocks = -(-n // MOST_COLUMNS)
    return -(-n // n_blocks)


def _draw_block(
    sheet: Sheet, strategies: Sequence[str], groups: Mapping[str, list[str]], top: float, head: float
) -> None:
    """Draw some strategies side by side: their names, then every group of links from `top` down."""
    looks = style.looks(sheet.facts.strategies, sheet.facts.comparator)
    for position, strategy in enumerate(strategies):
        left = MARGIN + NAMES + position * sheet.column
        look = {"weight": "bold", "color": looks[strategy].text_colour, "linespacing": 1.1}
        sheet.write(left, top, sheet.names[strategy], va="top", **look)
    top -= head
    for order, (kind, links) in enumerate(groups.items(), start=1):
        top -= HEADING
        sheet.write(MARGIN, top + 0.12, f"{order}  {LINK_GROUPS[kind]}", weight="bold")
        _draw_group(sheet, strategies, kind, links, top)
        top -= sheet.step * len(links)


def _draw_group(sheet: Sheet, strategies: Sequence[str], kind: str, links: Sequence[str], top: float) -> None:
    """Draw the rows of one group: link names, then a bar, an interval and a number per strategy."""
    everyone = traced_strategies(sheet.facts)
    looks = style.looks(sheet.facts.strategies, sheet.facts.comparator)
    cells = {link: dict(zip(everyone, cells_of(sheet.tables, link, everyone), strict=True)) for link in links}
    ranges = [_range(row.values()) for row in cells.values()]
    limits = [(0.0, 100.0)] * len(links) if kind == "care" else aligned_limits(ranges)
    for row, (link, limit) in enumerate(zip(links, limits, strict=True)):
        middle = top - (row + 0.5) * sheet.step
        name = wrapped(row_text(sheet.tables, link, everyone), NAMES - 0.3, 1)
        sheet.write(MARGIN + 0.22, middle, name)
        for position, strategy in enumerate(strategies):
            left = MARGIN + NAMES + position * sheet.column
            cell = cells[link][strategy]
            _draw_cell(sheet, cell, looks[strategy].colour, limit, left, middle)
            sheet.write(left + sheet.column - 0.15, middle, cell.text if cell else DASH, ha="right")


def _range(cells: Iterable[Cell | None]) -> tuple[float, float]:
    ends = [end for cell in cells if cell for end in (cell.value, cell.low, cell.high) if end == end]
    return min([0.0, *ends]), max([0.0, *ends])


def _draw_cell(
    sheet: Sheet, cell: Cell | None, colour: str, limit: tuple[float, float], left: float, middle: float
) -> None:
    """Draw zero, a bar from zero to the value, and the interval, in the room left of the number."""
    low, high = limit
    inches = (sheet.column - NUMBER - 0.2) / (high - low)
    zero = left - low * inches
    half = sheet.step / 2
    sheet.page.plot([zero, zero], [middle - half, middle + half], color=style.SOFT_INK, linewidth=0.9)
    if cell is None or cell.value != cell.value:
        return
    alpha = 1.0 if cell.is_clear else 0.3
    sheet.page.barh(
        middle, cell.value * inches, left=zero, height=0.62 * sheet.step, color=colour, alpha=alpha
    )
    if cell.high > cell.low:
        ends = [zero + cell.low * inches, zero + cell.high * inches]
        sheet.page.plot(ends, [middle, middle], color=style.INK, linewidth=1.3)
