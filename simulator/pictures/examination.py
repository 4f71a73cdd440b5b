"""What was published and what the model says, as one forest plot over all targets.

Every row has a scale of its own: the published 95 % interval, or the accepted range where none was
published, reaches from one dotted line to the other, so a marker between the lines is a pass
whatever the unit. Ratios are drawn on the log scale. Targets for context are grey: shown, not judged.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from simulator.pictures import style
from simulator.pictures.layout import MARGIN, TITLE_LINE
from simulator.pictures.lettering import wrapped
from simulator.pictures.wording import decimals, interval, number

WIDTH, ROW = 16.0, 0.245
STUDY, QUANTITY, PLOT, PUBLISHED, MODEL = 2.3, 6.1, 2.6, 2.3, 2.3
"""Inches of the columns; together with both margins they fill the width."""

SHOWN = 2.6
"""Half the width of a row's scale, where the accepted range has half a width of 1."""

SECOND_LINE, BETWEEN_GROUPS = 0.85, 0.5
"""Rows that a second line of a quantity takes, and the space before a group."""

HEADER, LEGEND, FOOT = 0.9, 0.4, 0.3
BAND, PASSES, FAILS = "#e4e4e4", style.STRATEGY_LOOKS[0].colour, style.STRATEGY_LOOKS[1].colour
PUBLISHED_LINE, UNJUDGED = "#8c8c8c", "#767676"
LOOKS = {"pass": ("o", PASSES), "fail": ("X", FAILS), "context": ("D", UNJUDGED)}
NAMES = {"calibration": "fitted", "validation": "held back", "context": "for context"}


@dataclass(frozen=True)
class Place:
    """Where a row's numbers stand on its own scale: accepted range from -1 to 1."""

    published: float
    model: float
    low: float
    high: float
    is_interval: bool


@style.styled
def draw_examination(table: pd.DataFrame) -> Figure:
    """Draw every target of an examination, grouped by the file it stands in.

    Parameters
    ----------
    table : what `validation.sitting.examine_model` returns; at least one row.
    """
    groups = {str(name): rows.to_dict("records") for name, rows in table.groupby("group", sort=False)}
    rooms = {name: [_room(row) for row in rows] for name, rows in groups.items()}
    lines = sum(1 + BETWEEN_GROUPS + sum(room) for room in rooms.values())
    height = HEADER + LEGEND + lines * ROW + FOOT + MARGIN
    figure = Figure(figsize=(WIDTH, height))
    _write_header(figure, table, height)
    axes = _axes(figure, height, lines)
    top = 0.0
    for name, rows in groups.items():
        _write_group(axes, top + 0.5, f"{title_of(name)}: {counted(table[table.group == name])}")
        top += 1.0
        _band(axes, top, sum(rooms[name]))
        for row, room in zip(rows, rooms[name], strict=True):
            _draw_row(axes, top + room / 2, row)
            top += room
        top += BETWEEN_GROUPS
    _legend(figure, height)
    return figure


def _room(row: dict[Any, Any]) -> float:
    """Return how many rows a target takes."""
    return 1 + SECOND_LINE * _quantity(row).count("\n")


def _quantity(row: dict[Any, Any]) -> str:
    return wrapped(f"{row['quantity']} ({row['unit']})", QUANTITY - 0.2, 2)


def _write_header(figure: Figure, table: pd.DataFrame, height: float) -> None:
    judged = table[table.verdict != "context"]
    title = f"{counted(judged)} within what was published" if len(judged) else counted(table)
    roles = [
        f"{NAMES[role]}: {counted(table[table.role == role])}"
        for role in ("calibration", "validation")
        if (table.role == role).any()
    ]
    if len(judged) < len(table):
        roles.append(f"{counted(table[table.verdict == 'context'])}: not confirmed, not judged")
    rule = (
        "Every row has its own scale: dotted lines bound the published 95 % interval or, where none was "
        "published, 20 % around the number (5 points for a proportion)."
    )
    left = MARGIN / WIDTH
    figure.text(left, 1 - MARGIN / 2 / height, title, size=style.TITLE_SIZE, weight="bold", va="top")
    at = 1 - (MARGIN / 2 + TITLE_LINE) / height
    figure.text(left, at, f"{'; '.join(roles)}.\n{rule}", va="top", color=style.SOFT_INK)
    figure.text(left, MARGIN / 2 / height, style.DISCLAIMER, va="bottom", color=style.SOFT_INK)


def counted(table: pd.DataFrame, word: str = "") -> str:
    """Say how many targets pass of those that are judged, and how many are shown for context.

    Parameters
    ----------
    table : what `validation.sitting.examine_model` returns, or some of its rows.
    word : what the count is of; "targets" when empty.
    """
    unjudged, passed = int((table.verdict == "context").sum()), int((table.verdict == "pass").sum())
    of = len(table) - unjudged
    words = [f"{passed} of {of} {word or ('target' if of == 1 else 'targets')}"] if of or not unjudged else []
    return ", ".join([*words, *([f"{unjudged} for context"] if unjudged else [])])


def _axes(figure: Figure, height: float, lines: float) -> Axes:
    left = MARGIN + STUDY + QUANTITY
    bottom = MARGIN + FOOT
    axes = figure.add_axes((left / WIDTH, bottom / height, PLOT / WIDTH, lines * ROW / height))
    axes.set_xlim(-SHOWN, SHOWN)
    axes.set_ylim(lines, 0)
    axes.set_axis_off()
    return axes


def _write_group(axes: Axes, at: float, text: str) -> None:
    place: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center"}
    axes.text(-(STUDY + QUANTITY) / PLOT, at, text, weight="bold", **place)
    for start, words in ((1.0, "Published (95 %)"), (1 + PUBLISHED / PLOT, "Model (95 %)")):
        axes.text(start + 0.15 / PLOT, at, words, color=style.SOFT_INK, **place)


def title_of(group: str) -> str:
    """Return the name of a file of targets as a heading.

    >>> title_of("histology_trials")
    'Histology trials'
    """
    return group.replace("_", " ").capitalize()


def _band(axes: Axes, top: float, rows: float) -> None:
    axes.add_patch(Rectangle((-1, top), 2, rows, facecolor=BAND, edgecolor="none", zorder=0))
    for edge in (-1, 1):
        axes.plot([edge, edge], [top, top + rows], color=style.SOFT_INK, linestyle=":", linewidth=1, zorder=1)


def place_of(row: dict[Any, Any]) -> Place:
    """Return where the numbers of a target stand on its own scale; NaN where there is no number."""
    least, most = float(row["accepted_low"]), float(row["accepted_high"])
    is_log = row["kind"] == "ratio" and least > 0

    def scaled(value: float) -> float:
        value, low, high = (
            (math.log(end) if end > 0 else math.nan) if is_log else end for end in (float(value), least, most)
        )
        return 2 * (value - low) / (high - low) - 1

    published, model, low, high = (
        scaled(row[key]) for key in ("published", "model", "model_low", "model_high")
    )
    return Place(published, model, low, high, not math.isnan(row["published_low"]))


def _draw_row(axes: Axes, at: float, row: dict[Any, Any]) -> None:
    place = place_of(row)
    if place.is_interval:
        axes.plot([-1, 1], [at, at], color=PUBLISHED_LINE, linewidth=4.5, solid_capstyle="butt", zorder=2)
    axes.plot([place.published], [at], "|", color=style.INK, markersize=12, markeredgewidth=2, zorder=3)
    marker, colour = LOOKS[row["verdict"]]
    if not math.isnan(place.model):
        low, high = max(place.low, -SHOWN), min(place.high, SHOWN)
        if low < high:
            axes.plot([low, high], [at, at], color=colour, linewidth=1.8, zorder=4)
        beyond = abs(place.model) > SHOWN
        _mark(axes, at, (_arrow(place.model), SHOWN * 0.985 * math.copysign(1, place.model)) if beyond
              else (marker, place.model), colour, row["role"])  # fmt: skip
    _write_row(axes, at, row)


def _arrow(value: float) -> str:
    return ">" if value > 0 else "<"


def _mark(axes: Axes, at: float, mark: tuple[str, float], colour: str, role: str) -> None:
    """Draw the model's marker, hollow where the target is not fitted."""
    fill = colour if role == "calibration" else "white"
    axes.plot(
        [mark[1]], [at], mark[0], color=colour, markerfacecolor=fill, markersize=8.5, markeredgewidth=1.7,
        zorder=5, clip_on=False,
    )  # fmt: skip


def _write_row(axes: Axes, at: float, row: dict[Any, Any]) -> None:
    place: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center"}
    start = -(STUDY + QUANTITY) / PLOT
    axes.text(start, at, wrapped(row["study"], STUDY - 0.15, 1), color=style.SOFT_INK, **place)
    place["color"] = style.SOFT_INK if row["verdict"] == "context" else style.INK
    axes.text(start + STUDY / PLOT, at, _quantity(row), linespacing=1.15, **place)
    published = with_interval(row["published"], row["published_low"], row["published_high"])
    axes.text(1 + 0.15 / PLOT, at, published, **place)
    weight = "bold" if row["verdict"] == "fail" else "normal"
    model = with_interval(row["model"], row["model_low"], row["model_high"])
    axes.text(1 + (PUBLISHED + 0.15) / PLOT, at, model, weight=weight, **place)


def with_interval(value: float, low: float, high: float) -> str:
    """Write a number with its 95 % interval where it has one, all with the same decimals."""
    known = [abs(end) for end in (value, low, high) if math.isfinite(end)]
    places = decimals(max(known, default=0.0))
    between = interval(low, high, places)
    return number(value, places) + (f" ({between})" if between else "")


def _legend(figure: Figure, height: float) -> None:
    handles = list(_handles())
    bottom = (height - HEADER - LEGEND + 0.05) / height
    figure.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(MARGIN / WIDTH, bottom), ncols=len(handles),
        frameon=False, borderaxespad=0, columnspacing=1.3, handletextpad=0.4, borderpad=0,
    )  # fmt: skip


def _handles() -> Iterator[Line2D]:
    plain: dict[str, Any] = {"linestyle": "none", "markersize": 8.5, "markeredgewidth": 1.7}
    words = {("pass", True): "passes, fitted", ("pass", False): "passes, held back",
             ("fail", True): "fails, fitted", ("fail", False): "fails, held back"}  # fmt: skip
    for (verdict, is_fitted), label in words.items():
        marker, colour = LOOKS[verdict]
        fill = colour if is_fitted else "white"
        yield Line2D([], [], marker=marker, color=colour, markerfacecolor=fill, label=label, **plain)
    marker, colour = LOOKS["context"]
    yield Line2D([], [], marker=marker, color=colour, markerfacecolor="white", label="not judged", **plain)
    yield Line2D([], [], marker=">", color=FAILS, label="beyond the scale", **plain)
    yield Line2D([], [], color=PUBLISHED_LINE, linewidth=4.5, label="published interval")
    yield Line2D([], [], color=style.INK, marker="|", linestyle="none", markersize=12, markeredgewidth=2,
                 label="published value")  # fmt: skip
