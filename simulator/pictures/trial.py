"""Endpoints of a trial by arm at its last reading: levels drawn, differences in numbers."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulator.analysis.endpoints import ENDPOINTS
from simulator.pictures import style
from simulator.pictures.layout import MARGIN, Frame, add_axes, framed, plain
from simulator.pictures.lettering import short_names, wrapped
from simulator.pictures.tables import Facts, Manifest, Tables, facts_of, last_reading
from simulator.pictures.wording import clear_sign, count, decimals, interval, number

MOST_ENDPOINTS = 8
"""Endpoints drawn; the report's table holds all of them."""

ROW = 0.232
"""Inches from one row to the next; an endpoint takes one an arm below its name and its scale."""

HEADING = 2.4
"""Rows of an endpoint above its arms: its name, its scale, and air that parts it from the one before."""

NAMES, LEVELS, DIFFERENCES, PEOPLE = 2.05, 2.3, 2.35, 0.75
"""Inches of the columns: arms, level with interval, difference with interval, people counted."""

HEAD, FOOT = 0.1, 0.1
_WIDTH = style.WIDTH - 2 * MARGIN - NAMES - LEVELS - DIFFERENCES - PEOPLE


@style.styled
def trial_endpoints(tables: Tables, manifest: Manifest) -> Figure:
    """Draw each endpoint of a trial: every arm's level with its interval, and its difference."""
    facts, rows = facts_of(tables, manifest), last_reading(tables)
    endpoints = list(dict.fromkeys(rows["endpoint"]))[:MOST_ENDPOINTS]
    arms = [name for name in facts.strategies if (rows["strategy"] == name).any()]
    left_out = rows["endpoint"].nunique() - len(endpoints)
    more = f" {left_out} more {'endpoint is' if left_out == 1 else 'endpoints are'} in the table."
    n_rows = len(endpoints) * (len(arms) + HEADING)
    frame = framed(
        f"The trial at month {int(rows['month'].max())}",
        f"As readers and tests showed it. Differences from {facts.comparator} are paired: the same people in "
        f"every arm. Hollow: no clear difference.{more if left_out else ''}",
        f"Lines: {facts.band}.",
        n_rows * ROW + HEAD + FOOT,
    )
    step = min((frame.top - frame.bottom - HEAD - FOOT) / n_rows, 1.6 * ROW)
    top = frame.top - HEAD
    for endpoint in endpoints:
        found = rows[rows["endpoint"] == endpoint].set_index("strategy").loc[arms]
        axes = _block(frame, endpoint, found, top, step)
        if endpoint == endpoints[0]:
            _head(axes, len(arms))
        _fill(axes, facts, found)
        top -= (len(arms) + HEADING) * step
    return frame.figure


def _block(frame: Frame, endpoint: str, found: pd.DataFrame, top: float, step: float) -> Axes:
    """Return axes for one endpoint, a row an arm, below its name and its scale."""
    height = len(found) * step
    axes = add_axes(frame, MARGIN + NAMES, top - HEADING * step - height, _WIDTH, height)
    axes.set_ylim(len(found) - 0.5, -0.5)
    axes.set_yticks([])
    axes.grid(False)
    axes.grid(True, axis="x")
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_xlim(*_limits(found, ENDPOINTS[endpoint].is_share))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=3, min_n_ticks=2, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
    axes.tick_params(top=False, bottom=False, labeltop=True, labelbottom=False, pad=0)
    title = f"{ENDPOINTS[endpoint].label} ({ENDPOINTS[endpoint].unit})"
    name = wrapped(title, style.WIDTH - 2 * MARGIN - 0.1, 1, weight="bold")
    axes.text(
        -NAMES / _WIDTH, 1 + 1.5 * step / height, name, weight="bold", va="center", transform=axes.transAxes
    )
    return axes


def _limits(found: pd.DataFrame, is_share: bool) -> tuple[float, float]:
    ends = [end for key in ("mean", "low", "high") for end in found[key] if end == end]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    spare = 0.06 * (high - low) or 1.0
    if is_share:
        return 0.0, min(high + spare, 104.0)
    return low - spare * (low < 0), high + spare * (high > 0 or low == 0)


def _fill(axes: Axes, facts: Facts, found: pd.DataFrame) -> None:
    axes.axvline(0, color=style.INK, linewidth=1.2, zorder=1)
    looks = style.looks(facts.strategies, facts.comparator)
    names = short_names(list(found.index), NAMES - 0.25, 1)
    for position, (arm, row) in enumerate(found.iterrows()):
        look = looks[str(arm)]
        is_clear = arm == facts.comparator or clear_sign(row["difference_low"], row["difference_high"]) != 0
        axes.plot(
            [row["low"], row["high"]], [position] * 2, color=look.colour, linewidth=2.4, solid_capstyle="butt"
        )
        axes.plot(
            [row["mean"]],
            [position],
            marker=look.marker or "o",
            color=look.colour,
            markersize=7.5,
            markerfacecolor=look.colour if is_clear else "white",
            markeredgewidth=1.6,
            zorder=4,
            clip_on=False,
        )
        _write(axes, position, names[str(arm)], row, _places(found))


def _places(found: pd.DataFrame) -> int:
    """Return the decimals that suit all numbers of an endpoint."""
    sizes = found[["mean", "difference"]].abs().max().max()
    return min(decimals(float(sizes)) if sizes == sizes else 1, 2)


def _write(axes: Axes, position: int, name: str, row: pd.Series, places: int) -> None:
    place: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center"}
    axes.text((0.12 - NAMES) / _WIDTH, position, name, **place)
    _number(axes, position, 0.0, (row["mean"], row["low"], row["high"]), places, False)
    gap = row["difference"], row["difference_low"], row["difference_high"]
    if gap[0] == gap[0]:
        _number(axes, position, LEVELS, gap, places, True)
    axes.text(1 + (LEVELS + DIFFERENCES + PEOPLE) / _WIDTH, position, count(row["n"]), ha="right", **place)


def _number(
    axes: Axes, position: int, left: float, ends: tuple[float, float, float], places: int, signed: bool
) -> None:
    """Write a number and its interval, `left` inches beyond the plot."""
    place: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center"}
    value, low, high = ends
    between = interval(low, high, places, signed)
    if value == low == high == 0:
        places, between = 0, "no difference at all" if signed else ""
    axes.text(1 + (left + 0.66) / _WIDTH, position, number(value, places, signed), ha="right", **place)
    axes.text(1 + (left + 0.72) / _WIDTH, position, f"({between})" if between else "", ha="left", **place)


def _head(axes: Axes, n_arms: int) -> None:
    """Write the columns' headers on the first endpoint's scale row."""
    place: dict[str, Any] = {"transform": axes.transAxes, "va": "center", "color": style.SOFT_INK}
    level = 1 + 0.5 / n_arms
    axes.text(1 + 0.25 / _WIDTH, level, "Level (95 % interval)", ha="left", **place)
    axes.text(1 + (LEVELS + 0.25) / _WIDTH, level, "Difference", ha="left", **place)
    axes.text(1 + (LEVELS + DIFFERENCES + PEOPLE) / _WIDTH, level, "n", ha="right", **place)
