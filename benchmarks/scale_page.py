"""The picture and the table of how cost grows, from what `scale.py` measured."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from simulator.pictures import style

PEOPLE, YEARS, STRATEGIES, MEMORY = style.STRATEGY_LOOKS[:4]
FLAT = 0.15
"""Share by which the time of a patient-month may differ between population sizes."""

BUSY = 0.3
TABLE = re.compile(r"(?<=<!-- measured -->\n).*?(?=<!-- /measured -->)", re.DOTALL)

Row = dict[str, Any]


def draw(result: dict[str, Any], docs: Path) -> None:
    """Write img/scale.svg and the table of speed.md into the folder of documents."""
    (docs / "img" / "scale.svg").write_text(style.svg_text(picture(result)), encoding="utf-8")
    page = docs / "speed.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(TABLE.sub(lambda _: table(result), text), encoding="utf-8")


def alone(result: dict[str, Any]) -> list[Row]:
    """Return the runs without the command around them, and without those that compare places."""
    return [row for row in result["rows"] if not row["is_whole"] and not row["care"]]


def by_people(rows: list[Row]) -> list[Row]:
    """Return the runs that differ in people only."""
    years = max((row["years"] for row in rows if row["people"] == max(r["people"] for r in rows)), default=0)
    found = [row for row in rows if row["strategies"] == 1 and row["years"] == years]
    return sorted(found, key=lambda row: row["people"])


def few(rows: list[Row]) -> list[Row]:
    """Return the runs of the population in which years and strategies vary."""
    people = next(row["people"] for row in rows if row["strategies"] > 1)
    return [row for row in rows if row["people"] == people]


def by_years(rows: list[Row]) -> list[Row]:
    """Return the runs that differ in years only."""
    return sorted((row for row in few(rows) if row["strategies"] == 1), key=lambda row: row["years"])


def by_strategies(rows: list[Row]) -> list[Row]:
    """Return the runs that differ in strategies only."""
    years = next(row["years"] for row in rows if row["strategies"] > 1)
    found = [row for row in few(rows) if row["years"] == years]
    return sorted(found, key=lambda row: row["strategies"])


def per_patient_month(row: Row) -> float:
    """Return processor nanoseconds a patient-month, growing people included."""
    return row["processor_seconds"] / (row["people"] * row["years"] * 12 * row["strategies"]) * 1e9


def short(number: float, _: object = None) -> str:
    """Return a number of people as on an axis.

    >>> short(300_000), short(1_000_000)
    ('300 k', '1 M')
    """
    return f"{number / 1e6:g} M" if number >= 1e6 else f"{number / 1e3:g} k"


@style.styled
def picture(result: dict[str, Any]) -> Figure:
    """Draw cost against people, years and strategies, and memory against people."""
    rows = alone(result)
    figure = Figure(figsize=(style.WIDTH, 8.2), layout="constrained")
    (people, years), (strategies, memory) = figure.subplots(2, 2)
    _draw_people(people, by_people(rows))
    _draw_years(years, by_years(rows))
    _draw_strategies(strategies, by_strategies(rows))
    _draw_memory(memory, by_people(rows))
    for axes in (people, years, strategies, memory):
        axes.set_ylim(bottom=0)
    figure.suptitle("What a run costs", x=0.01, ha="left", fontsize=style.TITLE_SIZE, fontweight="bold")
    figure.supxlabel(_below(result), x=0.01, ha="left", fontsize=10, color=style.SOFT_INK)
    return figure


def _below(result: dict[str, Any]) -> str:
    machine, threads = result["machine"], int(result["figures"]["threads"])
    load = result.get("load_per_core")
    busy = f"; {load:g} other processes a core: take it as rough" if load is not None and load > BUSY else ""
    where = f"{machine['processor']}, {threads} threads, numba {machine['versions']['numba']}"
    return (
        f"{where}, {result['created'][:10]}{busy}.\n"
        "Processor time of growing people from age 18 and living; every year counted; only sums kept."
    )


def _on_people(axes: Axes, rows: list[Row]) -> None:
    axes.set_xscale("log")
    axes.set_xticks([row["people"] for row in rows])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(short))
    axes.set_xlabel("people")


def _line(axes: Axes, x: list[float], y: list[float], look: style.Look) -> None:
    axes.plot(x, y, color=look.colour, linestyle=look.dashes, marker=look.marker, linewidth=look.width)


def _draw_people(axes: Axes, rows: list[Row]) -> None:
    cost = [per_patient_month(row) for row in rows]
    middle = float(np.median(cost))
    axes.axhspan(middle * (1 - FLAT), middle * (1 + FLAT), color="#e4e4e4", zorder=0)
    _line(axes, [row["people"] for row in rows], cost, PEOPLE)
    for row, value in zip(rows, cost, strict=True):
        axes.annotate(f"{value:.0f}", (row["people"], value), (0, 8), textcoords="offset points", ha="center")
    _on_people(axes, rows)
    axes.set_ylim(top=1.45 * max(cost))
    axes.set_title(f"ns per patient-month ({rows[0]['years']} years)\nband: 15 % around the median")


def _draw_years(axes: Axes, rows: list[Row]) -> None:
    years, cost = ([row[name] for row in rows] for name in ("years", "processor_seconds"))
    slope, start = np.polyfit(years, cost, 1)
    axes.axline((0, start), slope=slope, color=style.SOFT_INK, linewidth=1)
    axes.plot(years, cost, color=YEARS.colour, marker=YEARS.marker, linestyle="none", markersize=8)
    axes.set_xlim(0, max(years) + 2)
    axes.set_ylim(top=1.15 * max(cost))
    axes.set_xlabel("years")
    axes.set_title(f"Processor seconds ({rows[0]['people']:,} people)\nline: least squares; at 0, growing up")


def _draw_strategies(axes: Axes, rows: list[Row]) -> None:
    n = [row["strategies"] for row in rows]
    cost = [row["processor_seconds"] / rows[0]["processor_seconds"] for row in rows]
    axes.axline((1, 1), slope=1, color=style.SOFT_INK, linewidth=1)
    _line(axes, n, cost, STRATEGIES)
    for k, value in zip(n, cost, strict=True):
        axes.annotate(f"{value:.1f}", (k, value), (4, -15), textcoords="offset points")
    axes.set_xticks(n)
    axes.set_ylim(top=5.6)
    axes.set_xlabel("strategies")
    axes.set_title("Times the cost of one strategy\nline: as many runs as strategies")


def _draw_memory(axes: Axes, rows: list[Row]) -> None:
    peak = [row["peak_mib"] for row in rows]
    _line(axes, [row["people"] for row in rows], peak, MEMORY)
    for row, value in zip(rows, peak, strict=True):
        axes.annotate(f"{value:.0f}", (row["people"], value), (0, 8), textcoords="offset points", ha="center")
    _on_people(axes, rows)
    axes.set_ylim(top=1.3 * max(peak))
    axes.set_title("Peak memory, MiB\n(the interpreter and its libraries included)")


def table(result: dict[str, Any]) -> str:
    """Return every run as a table of Markdown, and where it was measured."""
    head = (
        "| people | years | strategies | seconds | processor seconds | ns per patient-month | MiB at most |"
    )
    lines = [_below(result).replace("\n", " "), "", head, "|--:" * 7 + "|"]
    for row in sorted(
        result["rows"], key=lambda row: (row["is_whole"], row["people"], row["years"], row["care"])
    ):
        numbers = (row["wall_seconds"], row["processor_seconds"], per_patient_month(row), row["peak_mib"])
        people = f"{row['people']:,}{', `hepatica run` from start to end' if row['is_whole'] else ''}"
        people += f", {row['care']}" if row["care"] else ""
        cells = [people, str(row["years"]), str(row["strategies"]), *(f"{number:,.1f}" for number in numbers)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
