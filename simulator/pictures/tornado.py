"""A tornado: how far each parameter moves a result between the ends of its interval, the largest on top."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from simulator.pictures import style
from simulator.pictures.labels import wording
from simulator.pictures.layout import MARGIN, add_axes, framed, plain
from simulator.pictures.lettering import wrapped
from simulator.pictures.tables import per_thousand
from simulator.pictures.wording import MINUS, count, is_share, years

LOW_END, HIGH_END = "#0072b2", "#d55e00"
NAMES, GAP, ROW = 3.35, 0.35, 0.33
HEAD, FOOT = 0.55, 0.55
MOST_ROWS = 25


@style.styled
def draw_tornado(table: pd.DataFrame, outcome: str, strategy: str | None = None, top: int = 15) -> Figure:
    """Draw the parameters that move an outcome most.

    Parameters
    ----------
    table : as `analysis.tornado.tornado` returns it.
    outcome : one of its outcomes.
    strategy : whose difference from the comparator is drawn; the one with the largest when None.
    top : parameters shown, at most 25.
    """
    rows = table[table["outcome"] == outcome]
    parted, levels = rows[rows["result"] == "difference"], rows[rows["result"] == "level"]
    panels = [("level", levels)]
    if len(parted):
        strategy = strategy or str(parted["strategy"].iat[int(parted["base"].abs().to_numpy().argmax())])
        panels.append(("difference", parted[parted["strategy"] == strategy]))
    leading = panels[-1][1].sort_values("swing", ascending=False, kind="stable")
    names = list(leading["parameter"].head(min(top, MOST_ROWS)))
    frame = framed(
        f"What moves {wording(outcome).name.lower()} after {years(int(rows['years'].iloc[0]))} most",
        "Each parameter at the low and at the high end of its interval, everything else as it stands. "
        "Grey: 95 % interval of the result as it stands, from chance among people alone.",
        f"n = {count(rows['n'].iloc[0])} people, the same luck in every run. Parameters move one at a time.",
        len(names) * ROW + HEAD + FOOT,
    )
    width = (style.WIDTH - 2 * MARGIN - NAMES - GAP * (len(panels) - 1)) / len(panels)
    height = frame.top - frame.bottom - HEAD - FOOT
    for position, (result, part) in enumerate(panels):
        left = MARGIN + NAMES + position * (width + GAP)
        axes = add_axes(frame, left, frame.bottom + FOOT, width, height)
        title = _title(result, part, strategy)
        axes.set_title(wrapped(title, width, 2), loc="left", size=style.TEXT_SIZE, weight="bold")
        _fill(axes, part.set_index("parameter").loc[names])
        if position == 0:
            _names(axes, leading.set_index("parameter").loc[names])
    handles = [
        Patch(facecolor=LOW_END, hatch="////", edgecolor="white", label="parameter low"),
        Patch(facecolor=HIGH_END, label="parameter high"),
    ]
    frame.figure.legend(
        handles=handles, loc="lower left", frameon=False, handlelength=1.6,
        bbox_to_anchor=(MARGIN / style.WIDTH, frame.bottom / frame.figure.get_size_inches()[1]),
    )  # fmt: skip
    return frame.figure


def _title(result: str, part: pd.DataFrame, strategy: str | None) -> str:
    if result == "level":
        return f"Under {part['strategy'].iloc[0]}"
    return f"{strategy}: difference from the comparator"


def _fill(axes: Axes, part: pd.DataFrame) -> None:
    unit = str(part["outcome_unit"].iloc[0])
    base, low, high = (
        per_thousand(float(part[key].iloc[0]), unit) for key in ("base", "base_low", "base_high")
    )
    axes.axvspan(low, high, color=style.INK, alpha=0.08, linewidth=0)
    for position, (_, row) in enumerate(part.iterrows()):
        ends = [per_thousand(float(row[key]), unit) - base for key in ("at_low", "at_high")]
        same_side = ends[0] * ends[1] > 0
        for k, (end, colour, hatch) in enumerate(zip(ends, (LOW_END, HIGH_END), ("////", ""), strict=True)):
            shift, thick = ((k - 0.5) * 0.36, 0.34) if same_side else (0.0, 0.68)
            axes.barh(position + shift, end, thick, base, color=colour, hatch=hatch, edgecolor="white")
    axes.axvline(base, color=style.INK, linewidth=1.2)
    axes.set_ylim(len(part) - 0.5, -0.5)
    axes.set_yticks([])
    axes.grid(False)
    axes.grid(True, axis="x")
    axes.spines[["left"]].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, min_n_ticks=3))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
    axes.set_xlabel("per 1,000 people" if is_share(unit) else unit)


def _names(axes: Axes, part: pd.DataFrame) -> None:
    """Write name and interval of each parameter left of the first panel."""
    box = axes.get_position()
    width = box.width * style.WIDTH
    for position, (name, row) in enumerate(part.iterrows()):
        interval = (
            f"{row['low']} to {row['high']}".replace("-", MINUS)
            if len(f"{row['low']}{row['high']}") < 16
            else "all labels"
        )
        place: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "ha": "right"}
        text = wrapped(str(name).replace("_", " "), NAMES - 0.15, 1)
        axes.text(-0.1 / width, position - 0.14, text, va="center", **place)
        axes.text(-0.1 / width, position + 0.29, interval, va="center", size=7, color=style.SOFT_INK, **place)
