"""Lines with bands over time, named at their ends: the parts that figures of curves share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from simulator.pictures import style
from simulator.pictures.layout import size_inches, spread
from simulator.pictures.lettering import wrapped

LEADER = 0.2
"""Inches of the leader from the end of a line to its name."""


@dataclass(frozen=True)
class Line:
    """A curve to draw: a frame with year, mean, low and high, its look, and the label at its end."""

    curve: pd.DataFrame
    look: style.Look
    label: str


def draw_lines(axes: Axes, lines: Sequence[Line]) -> None:
    """Draw lines with their bands; markers stand at different years, so that dots do not hide each other."""
    for position, line in enumerate(lines):
        curve, look = line.curve, line.look
        every = max(1, len(curve) // 4)
        axes.fill_between(
            curve["year"], curve["low"], curve["high"], color=look.colour, alpha=0.16, linewidth=0, zorder=2
        )
        axes.plot(
            curve["year"],
            curve["mean"],
            color=look.colour,
            linestyle=look.dashes,
            linewidth=look.width,
            marker=look.marker or None,
            markersize=6,
            clip_on=False,
            markevery=((every // 2 + position) % every, every) if len(curve) > 4 else 1,
            zorder=4 if not look.marker else 3,
        )


def label_ends(axes: Axes, lines: Sequence[Line]) -> None:
    """Write every line's label right of the axes beside its last value, kept apart, with a leader."""
    width, height = size_inches(axes)
    low, high = axes.get_ylim()
    ends = [float(line.curve["mean"].iloc[-1]) for line in lines]
    wanted = [(end - low) / (high - low) * height for end in ends]
    heights = [style.LINE_HEIGHT * (line.label.count("\n") + 1) + 0.03 for line in lines]
    for line, start, centre in zip(lines, wanted, spread(wanted, heights, -0.05, height + 0.02), strict=True):
        end_year = float(line.curve["year"].iloc[-1])
        first, last = axes.get_xlim()
        axes.plot(
            [(end_year - first) / (last - first) + 0.04 / width, 1 + (LEADER - 0.03) / width],
            [start / height, centre / height],
            transform=axes.transAxes,
            color=line.look.colour,
            linewidth=0.9,
            clip_on=False,
            zorder=1,
        )
        axes.text(
            1 + LEADER / width,
            centre / height,
            line.label,
            transform=axes.transAxes,
            va="center",
            ha="left",
            color=line.look.text_colour,
            linespacing=1.1,
        )


def labels_height(labels: Sequence[str]) -> float:
    """Return the inches a column of labels needs."""
    return sum(style.LINE_HEIGHT * (label.count("\n") + 1) + 0.03 for label in labels)


def say_empty(axes: Axes, text: str) -> None:
    """Write in the middle of a panel why it shows no lines, and leave only zero on its y axis."""
    width, _ = size_inches(axes)
    axes.set_ylim(0, 1)
    axes.set_yticks([0], ["0"])
    axes.text(
        0.5,
        0.5,
        wrapped(text, width - 0.2, 3),
        transform=axes.transAxes,
        ha="center",
        va="center",
        color=style.SOFT_INK,
    )
