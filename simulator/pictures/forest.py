"""Paired differences of every strategy from the comparator at the horizon, as forest plots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulator.pictures import style
from simulator.pictures.labels import better, is_event, wording
from simulator.pictures.layout import MARGIN, Frame, add_axes, aligned_limits, framed, plain, size_inches
from simulator.pictures.lettering import short_names, wrapped
from simulator.pictures.tables import Facts, Manifest, Tables, difference, facts_of, per_thousand
from simulator.pictures.wording import DASH, clear_sign, count, interval, number, thousand_decimals, years

LIVER_EVENTS = ("cirrhosis", "decompensation", "hcc", "liver_death")
LIFE = ("death", "cardiovascular_death", "diabetes", "life_years", "qaly")

ROW = 0.232
"""Inches from one row to the next; an outcome takes one row for its name and one per strategy."""
NAMES, NUMBERS, NEEDED = 2.35, 2.75, 1.25
"""Inches of the columns: strategy names, difference with its interval, number needed."""
HEAD, FOOT = 0.24, 0.36


@dataclass(frozen=True)
class Row:
    """A strategy, its short name, its difference per 1,000 people, and the number needed as text."""

    strategy: str
    name: str
    value: float
    low: float
    high: float
    needed: str


@style.styled
def forest_of_liver_events(tables: Tables, manifest: Manifest) -> Figure:
    """Draw differences in cirrhosis, decompensation, liver cancer and liver death per 1,000 people."""
    return _forest(tables, manifest, LIVER_EVENTS, "Liver events: difference from {} after {}")


@style.styled
def forest_of_life(tables: Tables, manifest: Manifest) -> Figure:
    """Draw differences in deaths, diabetes, life-years and QALYs per 1,000 people."""
    return _forest(tables, manifest, LIFE, "Deaths, diabetes and life: difference from {} after {}")


def _forest(tables: Tables, manifest: Manifest, outcomes: Sequence[str], title: str) -> Figure:
    facts = facts_of(tables, manifest)
    blocks = {outcome: rows for outcome in outcomes if (rows := _rows(tables, facts, outcome))}
    n_rows = sum(len(rows) + 1 for rows in blocks.values())
    frame = framed(
        title.format(facts.comparator, years(facts.horizon)),
        f"Paired: the same {count(facts.n_people)} people under every strategy. Hollow: no clear difference "
        "(interval includes zero). Number needed: people per event averted.",
        f"Lines: {facts.band}.",
        n_rows * ROW + HEAD + FOOT,
    )
    step = min((frame.top - frame.bottom - HEAD - FOOT) / n_rows, 1.8 * ROW)
    limits = aligned_limits([_range(rows) for rows in blocks.values()])
    top = frame.top - HEAD
    for (outcome, rows), limit in zip(blocks.items(), limits, strict=True):
        axes = _block_axes(frame, outcome, rows, limit, top, step)
        if top == frame.top - HEAD:
            _head(axes, outcomes)
        _fill(axes, facts, rows)
        top -= (len(rows) + 1) * step
    axes.xaxis.set_label_position("bottom")
    axes.set_xlabel("Difference per 1,000 people (scales differ)")
    return frame.figure


def _rows(tables: Tables, facts: Facts, outcome: str) -> list[Row]:
    rows = []
    short = short_names(facts.others, NAMES - 0.25, 1)
    for name in facts.others:
        found = difference(tables, outcome, name, facts.horizon)
        if found is not None:
            value, low, high = (
                per_thousand(found[key], found["unit"]) for key in ("difference", "low", "high")
            )
            rows.append(
                Row(
                    name,
                    short[name],
                    value,
                    low,
                    high,
                    _needed(found["number_needed"], value, low, high, outcome),
                )
            )
    return rows


def _needed(needed: float, value: float, low: float, high: float, outcome: str) -> str:
    """Return the number needed, marked when the strategy does harm; a dash when nothing is clear."""
    if not is_event(outcome):
        return ""
    if not clear_sign(low, high) or not needed or needed != needed:
        return DASH
    return f"{count(abs(needed))}{' (harm)' if better(outcome) == 'lower' and value > 0 else ''}"


def _range(rows: Sequence[Row]) -> tuple[float, float]:
    ends = [end for row in rows for end in (row.low, row.high, row.value) if end == end]
    return min([0.0, *ends]), max([0.0, *ends])


def _plot_width() -> float:
    return style.WIDTH - 2 * MARGIN - NAMES - NUMBERS - NEEDED


def _block_axes(
    frame: Frame, outcome: str, rows: Sequence[Row], limit: tuple[float, float], top: float, step: float
) -> Axes:
    """Return axes for one outcome: its name and tick labels on the first row, strategies below."""
    width = _plot_width()
    height = len(rows) * step
    axes = add_axes(frame, MARGIN + NAMES, top - step - height, width, height)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.grid(False)
    axes.grid(True, axis="x")
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_xlim(*limit)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4, min_n_ticks=2, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
    axes.tick_params(top=False, bottom=False, labeltop=True, labelbottom=False, pad=0)
    name = wrapped(wording(outcome).name, NAMES - 0.1, 1, weight="bold")
    axes.text(
        -NAMES / width, 1 + step / 2 / height, name, weight="bold", va="center", transform=axes.transAxes
    )
    return axes


def _fill(axes: Axes, facts: Facts, rows: Sequence[Row]) -> None:
    axes.axvline(0, color=style.INK, linewidth=1.2, zorder=1)
    looks = style.looks(facts.strategies, facts.comparator)
    places = thousand_decimals(max(max(abs(row.low), abs(row.high), abs(row.value)) for row in rows))
    for position, row in enumerate(rows):
        look = looks[row.strategy]
        axes.plot(
            [row.low, row.high], [position] * 2, color=look.colour, linewidth=2.4, solid_capstyle="butt"
        )
        axes.plot(
            [row.value],
            [position],
            marker=look.marker or "o",
            color=look.colour,
            markersize=7.5,
            markerfacecolor=look.colour if clear_sign(row.low, row.high) else "white",
            markeredgewidth=1.6,
            zorder=4,
            clip_on=False,
        )
        _write_row(axes, position, row, places)


def _write_row(axes: Axes, position: int, row: Row, places: int) -> None:
    width = _plot_width()
    place: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center"}
    axes.text((0.12 - NAMES) / width, position, row.name, **place)
    between = interval(row.low, row.high, places, signed=True)
    if row.value == row.low == row.high == 0:
        places, between = 0, "no difference at all"
    axes.text(1 + 0.8 / width, position, number(row.value, places, signed=True), ha="right", **place)
    axes.text(1 + 0.87 / width, position, f"({between})" if between else "", ha="left", **place)
    axes.text(1 + (NUMBERS + NEEDED) / width, position, row.needed, ha="right", **place)


def _head(axes: Axes, outcomes: Sequence[str]) -> None:
    """Write the columns' headers, and which way is fewer, above the first block."""
    width = _plot_width()
    height = size_inches(axes)[1]
    rows = abs(axes.get_ylim()[0] - axes.get_ylim()[1])
    above: dict[str, Any] = {"transform": axes.transAxes, "va": "bottom", "color": style.SOFT_INK}
    level = 1 + (height / rows + 0.02) / height
    less = "fewer" if outcomes is LIVER_EVENTS else "less"
    axes.text(0, level, f"◂ {less}", ha="left", **above)
    axes.text(1, level, "more ▸", ha="right", **above)
    axes.text(1 + 0.25 / width, level, "Per 1,000 (95 % interval)", ha="left", **above)
    axes.text(1 + (NUMBERS + NEEDED) / width, level, "Number needed", ha="right", **above)
