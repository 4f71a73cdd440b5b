"""The cost-effectiveness plane: extra cost against QALYs gained, per person."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from simulator.pictures import style
from simulator.pictures.layout import add_axes, framed, plain, size_inches, spread, value_axis
from simulator.pictures.lettering import short_names
from simulator.pictures.tables import Facts, Manifest, Tables, difference, facts_of, table
from simulator.pictures.wording import clear_sign, count, interval, number, years

NAMES = 2.75
"""Inches right of the plane for the strategies' names."""


Ends = tuple[float, float, float]
"""A value with the low and high end of its 95 % interval."""


@dataclass(frozen=True)
class Point:
    """A strategy on the plane: QALYs gained and extra cost per person, and the cost of a QALY gained."""

    strategy: str
    gain: Ends
    cost: Ends
    ratio: Ends


@style.styled
def cost_effectiveness_plane(tables: Tables, manifest: Manifest) -> Figure:
    """Draw each strategy's extra cost against its QALYs gained per person, with both intervals."""
    facts = facts_of(tables, manifest)
    points = plane_points(tables, facts)
    pays, currency = willingness_to_pay(manifest), currency_of(tables)
    frame = framed(
        f"Cost and QALYs against {facts.comparator} over {years(facts.horizon)}",
        f"Per person, discounted; the same {count(facts.n_people)} people under every strategy. "
        f"{facts.comparator[:1].upper()}{facts.comparator[1:]} is where the lines cross.",
        f"Bars: {facts.band}."
        + (f" Dashed: willingness to pay, {currency} {number(pays, 0)} per QALY." if pays else ""),
    )
    width = style.WIDTH - 1.3 - NAMES - 0.25
    axes = add_axes(frame, 1.3, frame.bottom + 0.58, width, frame.top - frame.bottom - 0.68)
    _limits(axes, points)
    axes.axhline(0, color=style.INK, linewidth=1.0, zorder=1)
    axes.axvline(0, color=style.INK, linewidth=1.0, zorder=1)
    if pays:
        _willingness_line(axes, pays)
    _draw_points(axes, facts, points)
    _name_points(axes, facts, points, currency)
    axes.set_xlabel("QALYs gained per person (discounted)")
    axes.set_ylabel(f"Extra cost per person ({currency}, discounted)")
    value_axis(axes)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
    return frame.figure


def plane_points(tables: Tables, facts: Facts) -> list[Point]:
    """Return the strategies for which both a QALY and a cost difference are known."""
    economics = tables.get("economics")
    if economics is not None and len(economics):
        rows = economics[economics["strategy"].isin(facts.others)]
        found: dict[str, Point | None] = {str(row["strategy"]): _point_of(row) for _, row in rows.iterrows()}
    else:
        found = {name: _point_from_differences(tables, name, facts.horizon) for name in facts.others}
    return [point for name in facts.others if (point := found.get(name)) is not None]


def _point_of(row: pd.Series) -> Point:
    return Point(
        str(row["strategy"]),
        ends_of(row, "qaly_difference"),
        ends_of(row, "cost_difference_usd"),
        ends_of(row, "comparator_icer_usd_per_qaly"),
    )


def ends_of(row: pd.Series, name: str) -> Ends:
    """Return a value of the table `economics` with both ends of its interval."""
    return float(row[name]), float(row[f"{name}_low"]), float(row[f"{name}_high"])


def _point_from_differences(tables: Tables, name: str, year: int) -> Point | None:
    gain, cost = (difference(tables, outcome, name, year) for outcome in ("qaly", "cost"))
    if gain is None or cost is None:
        return None
    both = [(float(row["difference"]), float(row["low"]), float(row["high"])) for row in (gain, cost)]
    ratio = both[1][0] / both[0][0] if both[0][0] else math.nan
    return Point(name, both[0], both[1], (ratio, math.nan, math.nan))


def verdict(point: Point, currency: str) -> str:
    """Say what a strategy's place on the plane means, without reading more into it than is clear."""
    gains, costs = clear_sign(*point.gain[1:]), clear_sign(*point.cost[1:])
    if gains == 0:
        return "no clear QALY difference"
    if gains > 0 and costs > 0:
        return f"{currency} {rounded_ratio(point.ratio)}"
    if gains > 0:
        return "gains QALYs, saves money" if costs < 0 else "gains QALYs, cost unclear"
    if costs > 0:
        return "loses QALYs, costs more"
    return "loses QALYs, saves money" if costs < 0 else "loses QALYs, cost unclear"


def rounded_ratio(ratio: Ends) -> str:
    """Write a cost per QALY to three figures, with its interval on a line of its own when known."""
    value, low, high = (float(f"{end:.3g}") for end in ratio)
    between = interval(low, high, 0)
    return f"{number(value, 0)} per QALY" + (f"\n({between})" if between else "")


def willingness_to_pay(manifest: Manifest) -> float:
    """Return the scenario's willingness to pay per QALY, 0 when it names none."""
    economics: Mapping[str, Any] = (manifest.get("scenario") or {}).get("economics") or {}
    return float(economics.get("willingness_to_pay_per_qaly") or 0)


def currency_of(tables: Tables) -> str:
    """Return the currency costs are written in."""
    frame = table(tables, "differences")
    units = frame.loc[frame["outcome"] == "cost", "unit"]
    return str(units.iloc[0]).split(" per ")[0].strip() if len(units) else "USD"


def _limits(axes: Axes, points: Sequence[Point]) -> None:
    for setter, values in (
        (axes.set_xlim, [end for point in points for end in point.gain]),
        (axes.set_ylim, [end for point in points for end in point.cost]),
    ):
        finite = [value for value in values if value == value]
        low, high = min([0.0, *finite]), max([0.0, *finite])
        spare = 0.1 * (high - low) or 1.0
        setter(low - spare, high + spare)


def _willingness_line(axes: Axes, pays: float) -> None:
    low, high = axes.get_xlim()
    bottom, top = axes.get_ylim()
    axes.plot(
        [low, high], [low * pays, high * pays], color=style.SOFT_INK, linewidth=1.2, linestyle=(0, (4, 3))
    )
    axes.set_xlim(low, high)
    axes.set_ylim(bottom, top)


def _draw_points(axes: Axes, facts: Facts, points: Sequence[Point]) -> None:
    looks = style.looks(facts.strategies, facts.comparator)
    for point in points:
        look = looks[point.strategy]
        axes.plot(point.gain[1:], [point.cost[0]] * 2, color=look.colour, linewidth=1.8)
        axes.plot([point.gain[0]] * 2, point.cost[1:], color=look.colour, linewidth=1.8)
        axes.plot(
            [point.gain[0]],
            [point.cost[0]],
            marker=look.marker or "o",
            color=look.colour,
            markersize=9,
            zorder=4,
        )


def _name_points(axes: Axes, facts: Facts, points: Sequence[Point], currency: str) -> None:
    """Write names and verdicts right of the plane, a marker before each, in the order of the costs."""
    looks = style.looks(facts.strategies, facts.comparator)
    width, height = size_inches(axes)
    low, high = axes.get_ylim()
    names = short_names(facts.others, NAMES - 0.4, 2)
    texts = [f"{names[point.strategy]}\n{verdict(point, currency)}" for point in points]
    wanted = [(point.cost[0] - low) / (high - low) * height for point in points]
    heights = [style.LINE_HEIGHT * (text.count("\n") + 1) + 0.08 for text in texts]
    for point, text, centre in zip(points, texts, spread(wanted, heights, 0.0, height), strict=True):
        look = looks[point.strategy]
        axes.plot(
            [1 + 0.2 / width],
            [centre / height],
            marker=look.marker or "o",
            color=look.colour,
            markersize=8,
            transform=axes.transAxes,
            clip_on=False,
        )
        axes.text(
            1 + 0.35 / width,
            centre / height,
            text,
            transform=axes.transAxes,
            va="center",
            color=look.text_colour,
            linespacing=1.1,
        )
