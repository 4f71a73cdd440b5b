"""Where things stand on a figure, in inches: header, footer, panels and labels kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulator.pictures import style
from simulator.pictures.lettering import wrapped
from simulator.pictures.wording import number

MARGIN = 0.2
TITLE_LINE = 0.26
"""Inches of one line of the figure's title."""


@dataclass(frozen=True)
class Frame:
    """A figure with its header and footer, and the room left between them (inches from below)."""

    figure: Figure
    bottom: float
    top: float


def framed(title: str, subtitle: str, note: str, body: float | None = None) -> Frame:
    """Start a figure: bold title, plain subtitle, and a footer with a note and the disclaimer.

    Parameters
    ----------
    title, subtitle, note : texts, wrapped to the width of the figure.
    body : inches wanted between header and footer; the figure is 16:9 unless it needs more height.
    """
    room = style.WIDTH - 2 * MARGIN
    title = wrapped(title, room, 3, style.TITLE_SIZE, "bold")
    subtitle = wrapped(subtitle, room, 3)
    footer = wrapped(f"{note} {style.DISCLAIMER}".strip(), room, 4)
    title_inches = TITLE_LINE * (title.count("\n") + 1)
    header = MARGIN / 2 + title_inches + _lines(subtitle) * style.LINE_HEIGHT + 0.06
    below = MARGIN / 2 + _lines(footer) * style.LINE_HEIGHT + 0.06
    height = max(style.HEIGHT, header + below + (body or 0))
    figure = Figure(figsize=(style.WIDTH, height))
    left = MARGIN / style.WIDTH
    figure.text(
        left, 1 - MARGIN / 2 / height, title, size=style.TITLE_SIZE, weight="bold", va="top", linespacing=1.15
    )
    figure.text(left, 1 - (MARGIN / 2 + title_inches) / height, subtitle, va="top", color=style.SOFT_INK)
    figure.text(left, MARGIN / 2 / height, footer, va="bottom", color=style.SOFT_INK)
    return Frame(figure, below, height - header)


def _lines(text: str) -> int:
    return text.count("\n") + 1 if text else 0


def add_axes(frame: Frame, left: float, bottom: float, width: float, height: float) -> Axes:
    """Add axes at a place given in inches from the lower left corner of the figure."""
    full_width, full_height = frame.figure.get_size_inches()
    return frame.figure.add_axes(
        (left / full_width, bottom / full_height, width / full_width, height / full_height)
    )


def size_inches(axes: Axes) -> tuple[float, float]:
    """Return the width and height of axes in inches."""
    box = axes.get_position()
    figure = axes.get_figure(root=True)
    assert figure is not None
    width, height = figure.get_size_inches()
    return box.width * width, box.height * height


@dataclass(frozen=True)
class Gaps:
    """Inches kept free around panels: for tick labels, titles and end labels.

    With `shared_y`, left and right are kept once around a whole row, not around every panel.
    """

    left: float = 0.75
    right: float = 0.2
    above: float = 0.3
    below: float = 0.5
    between_rows: float = 0.12
    shared_y: bool = False
    between_columns: float = 0.2


def panels(frame: Frame, rows: int, columns: int, gaps: Gaps, n: int | None = None) -> list[Axes]:
    """Fill the frame with n panels, row by row; room for x labels is kept below the lowest row only."""
    room = style.WIDTH - MARGIN
    if gaps.shared_y:
        step = (room - gaps.left - gaps.right + gaps.between_columns) / columns
        width = step - gaps.between_columns
    else:
        step = room / columns
        width = step - gaps.left - gaps.right
    rise = (frame.top - frame.bottom - gaps.below) / rows
    placed = []
    for position in range(rows * columns if n is None else n):
        row, column = divmod(position, columns)
        left = MARGIN / 2 + gaps.left + column * step
        bottom = frame.bottom + gaps.below + (rows - 1 - row) * rise
        placed.append(
            add_axes(frame, left, bottom, width, rise - gaps.above - gaps.between_rows * (rows > 1))
        )
    return placed


def year_axis(axes: Axes, first: int, last: int, label: bool) -> None:
    """Set whole years on the x axis from first to last, with a label or without tick labels."""
    axes.set_xlim(first, max(last, first + 1))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, min_n_ticks=2))
    if label:
        axes.set_xlabel("Years since the start" if size_inches(axes)[0] > 1.95 else "Years")
    else:
        axes.tick_params(labelbottom=False)


def value_axis(axes: Axes, scale: float = 1.0, unit: str = "") -> None:
    """Write the ticks of the y axis as numbers times `scale` followed by a unit."""
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, min_n_ticks=3, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{plain(value * scale)}{unit}"))


def plain(value: float) -> str:
    """Write a tick's value with as many decimals as it needs."""
    rounded = round(value, 6)
    for places in range(5):
        if abs(rounded - round(rounded, places)) < 1e-9:
            return number(rounded, places)
    return number(rounded, 5)


def aligned_limits(ranges: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return limits that show each range with zero at the same place in all of them.

    Parameters
    ----------
    ranges : lowest and highest value of each row or panel, zero included (low <= 0 <= high).
    """
    parts = [-low / (high - low) for low, high in ranges if high > low]
    left = min(
        (candidate / 100 for candidate in range(6, 95)),
        key=lambda at: max((max(part / at, (1 - part) / (1 - at)) for part in parts), default=abs(at - 0.5)),
    )
    limits = []
    for low, high in ranges:
        span = 1.06 * max(-low / left, high / (1 - left)) or 1.0
        limits.append((-left * span, (1 - left) * span))
    return limits


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Move the centres of labels as little as needed so that none overlap, between low and high.

    Parameters
    ----------
    wanted : where each label would stand, in inches.
    heights : height of each label, in inches.
    low, high : bounds; where the labels need more room they run on below `low`.

    Returns
    -------
    Centres in the order given.
    """
    low = min(low, high - sum(heights))
    order = sorted(range(len(wanted)), key=lambda k: (wanted[k], k))
    blocks: list[list[float]] = []
    for k in order:
        blocks.append([wanted[k] - heights[k] / 2, heights[k], 1.0])
        while len(blocks) > 1 and blocks[-2][0] + blocks[-2][1] > blocks[-1][0]:
            start, height, members = blocks.pop()
            before, tall, others = blocks.pop()
            share = members / (members + others)
            blocks.append([(1 - share) * before + share * (start - tall), tall + height, members + others])
    return _placed(order, heights, blocks, low, high)


def _placed(
    order: list[int], heights: Sequence[float], blocks: list[list[float]], low: float, high: float
) -> list[float]:
    floor = low
    for block in blocks:
        block[0] = max(block[0], floor)
        floor = block[0] + block[1]
    ceiling = high
    for block in reversed(blocks):
        block[0] = max(low, min(block[0], ceiling - block[1]))
        ceiling = block[0]
    centres, waiting = [0.0] * len(order), iter(order)
    for start, _, members in blocks:
        for _ in range(int(members)):
            k = next(waiting)
            centres[k] = start + heights[k] / 2
            start += heights[k]
    return centres
