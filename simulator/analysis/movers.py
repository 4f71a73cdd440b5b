"""The assumed numbers that move the demonstration most, from the shipped table of `hepatica tornado`.

`make tornado` writes the table again. It is about the demonstration; in other scenarios the same numbers
usually lead, since the livers are the same, but only `hepatica tornado SCENARIO` tells.
"""

from __future__ import annotations

import csv
import functools

from simulator.parameters.library import DATA

FILE = DATA / "tornado.csv"
MOST = 10
"""Numbers named for the size of their swing; whatever goes beyond chance is named besides."""


@functools.cache
def movers() -> dict[str, str]:
    """Return name -> sentence of each such number, the largest swing first; empty without a table."""
    try:
        with FILE.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError:
        return {}
    order = list(dict.fromkeys(row["parameter"] for row in rows))
    beyond = {row["parameter"] for row in rows if row["beyond_chance"] == "True"}
    return {name: _sentence(rows, name) for name in order if name in beyond or name in order[:MOST]}


def _sentence(rows: list[dict[str, str]], name: str) -> str:
    """Say the largest change, for its size, that a number makes in a result."""
    own = [row for row in rows if row["parameter"] == name]
    row = max(own, key=lambda row: (row["beyond_chance"] == "True", _relative(row)))
    whose = row["strategy"] if row["result"] == "level" else f"the difference {row['strategy']} makes"
    base, low, high = (_number(row, key) for key in ("base", "at_low", "at_high"))
    words = row["outcome"].replace("_", " ")
    return (
        f"Among the assumptions that move the demonstration most: {words}, {whose}, goes from {base} "
        f"to {low} at {row['low']} and to {high} at {row['high']}."
    )


def _relative(row: dict[str, str]) -> float:
    width = float(row["base_high"]) - float(row["base_low"])
    return float(row["swing"]) / width if width > 0 else 0.0


def _number(row: dict[str, str], key: str) -> str:
    value = float(row[key])
    return f"{1000 * value:.1f} per 1,000" if row["outcome_unit"] == "share" else f"{value:.3g}"
