"""The pictures of a calibration: how the search went, and what the targets left open about each number."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from simulator.pictures import style
from simulator.pictures.layout import MARGIN, add_axes, framed
from simulator.pictures.lettering import wrapped
from simulator.pictures.wording import count
from simulator.validation.identified import LOOSE, NOT_IDENTIFIABLE
from simulator.validation.search import DRAWN, NEAR, SEARCH, START, STEP

KNOWN, OPEN = "#0072b2", "#d55e00"
MARKS = {
    START: ("D", style.INK),
    SEARCH: (".", "#56a5d8"),
    NEAR: ("x", "#b87b00"),
    STEP: ("^", "#009e73"),
    DRAWN: ("+", "#b8578f"),
}
"""Marker and colour of an attempt, by the reason it was made."""

NAMES, ROW, HEAD, FOOT = 3.6, 0.3, 0.35, 0.95
CEILING = 3.0
"""Losses further above the best than the first attempt's, this many times, are drawn at the edge."""


@style.styled
def draw_trace(table: pd.DataFrame, targets: int) -> Figure:
    """Draw the loss of every attempt with the best so far, and how many targets pass.

    Parameters
    ----------
    table : as `validation.identified.attempts_table` returns it.
    targets : how many there are.
    """
    fitted = table[table["stage"] != DRAWN]
    frame = framed(
        "How the calibration went",
        "Loss: misfit to all targets and distance from the priors. The line is the best so far.",
        f"{count(len(table))} parameter sets tried; posterior draws are tried last and are not chosen from.",
    )
    width = style.WIDTH - 2 * MARGIN - 0.75
    height = (frame.top - frame.bottom - 1.6) / 2
    upper = add_axes(frame, MARGIN + 0.7, frame.bottom + 1.15 + height, width, height)
    lower = add_axes(frame, MARGIN + 0.7, frame.bottom + 0.85, width, height)
    best, first = float(fitted["loss"].min()), float(fitted["loss"].iloc[0])
    edge = best + CEILING * max(first - best, 0.05 * abs(best), 1e-9)
    _points(upper, table, table["loss"].clip(upper=edge))
    upper.plot(fitted["number"], fitted["loss"].cummin(), color=style.INK, linewidth=2)
    upper.set_title("Loss", loc="left")
    upper.tick_params(labelbottom=False)
    _points(lower, table, table["passed"])
    lower.set_title(f"Targets that pass, of {targets}", loc="left")
    lower.set_ylim(top=min(targets, float(table["passed"].max())) + 1)
    lower.set_xlabel("Parameter set")
    for axes in (upper, lower):
        axes.set_xlim(-1, len(table))
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=axes is lower))
    _legend(frame.figure, frame.bottom, list(dict.fromkeys(table["stage"])))
    return frame.figure


def _points(axes: Axes, table: pd.DataFrame, values: pd.Series) -> None:
    for stage, (marker, colour) in MARKS.items():
        chosen = table["stage"] == stage
        axes.plot(
            table["number"][chosen], values[chosen], linestyle="", marker=marker, color=colour, markersize=6
        )


def _legend(figure: Figure, bottom: float, stages: list[str]) -> None:
    handles = [
        Line2D([], [], linestyle="", marker=MARKS[stage][0], color=MARKS[stage][1], label=stage)
        for stage in stages
    ]
    place = (MARGIN / style.WIDTH, bottom / figure.get_size_inches()[1])
    figure.legend(handles=handles, loc="lower left", frameon=False, ncols=5, bbox_to_anchor=place)


@style.styled
def draw_identifiability(table: pd.DataFrame) -> Figure:
    """Draw how much of each prior the targets left open, the best known on top.

    Parameters
    ----------
    table : as `validation.identified.parameters_table` returns it.
    """
    rows = table.sort_values("posterior_sd", kind="stable").reset_index(drop=True)
    loose = int((rows["verdict"] == NOT_IDENTIFIABLE).sum())
    frame = framed(
        "What the targets tell of each number",
        f"Width of the posterior as a share of the prior's. Beyond {LOOSE:g} a number is not identifiable: "
        f"its prior is all that is known of it. That is so for {loose} of {len(rows)}.",
        "In grey: the target that tells most of it.",
        len(rows) * ROW + HEAD + FOOT,
    )
    width = style.WIDTH - 2 * MARGIN - NAMES
    bottom, height = frame.bottom + FOOT, frame.top - frame.bottom - HEAD - FOOT
    axes = add_axes(frame, MARGIN + NAMES, bottom, width, height)
    is_open = (rows["verdict"] == NOT_IDENTIFIABLE).to_numpy()
    for at, row in rows.iterrows():
        colour, hatch = (OPEN, "////") if is_open[int(str(at))] else (KNOWN, "")
        axes.barh(int(str(at)), row["posterior_sd"], 0.62, color=colour, hatch=hatch, edgecolor="white")
    _write_names(axes, rows, width)
    axes.axvline(LOOSE, color=style.INK, linewidth=1.2, linestyle=(0, (4, 2)))
    axes.set_xlim(0, max(1.0, float(rows["posterior_sd"].max())))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.grid(False)
    axes.grid(True, axis="x")
    axes.spines[["left"]].set_visible(False)
    axes.set_xlabel("Posterior standard deviation, prior = 1")
    handles = [
        Patch(facecolor=KNOWN, edgecolor="white", label="identified"),
        Patch(facecolor=OPEN, hatch="////", edgecolor="white", label="not identifiable"),
    ]
    place = (MARGIN / style.WIDTH, frame.bottom / frame.figure.get_size_inches()[1])
    frame.figure.legend(handles=handles, loc="lower left", frameon=False, ncols=2, bbox_to_anchor=place)
    return frame.figure


def _write_names(axes: Axes, rows: pd.DataFrame, width: float) -> None:
    """Write each number's name, and below it the target that tells most of it, left of the bars."""
    across = axes.get_yaxis_transform()
    for at, (name, told) in enumerate(zip(rows["parameter"], rows["identified_by"], strict=True)):
        text = wrapped(str(name).replace("_", " "), NAMES - 0.15, 1)
        axes.text(-0.1 / width, at - 0.16, text, transform=across, ha="right", va="center", size=9)
        below = wrapped(str(told).replace("_", " "), NAMES - 0.15, 1)
        axes.text(
            -0.1 / width, at + 0.26, below, transform=across, ha="right", va="center", size=7,
            color=style.SOFT_INK,
        )  # fmt: skip


def passes(table: pd.DataFrame) -> tuple[int, int]:
    """Return how many targets pass at the start and at best, from `validation.identified.targets_table`."""
    return int(np.sum(table["passes_at_start"])), int(np.sum(table["passes_at_best"]))
