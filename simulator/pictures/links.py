"""The links of the effect trace as numbers ready to be written: per cent, own unit, or per 1,000 people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from simulator.pictures.labels import link_kind, link_label, links_of, unit_text
from simulator.pictures.tables import Facts, Tables, average_effect, effect, per_thousand
from simulator.pictures.wording import clear_sign, decimals, interval, number, thousand_decimals


@dataclass(frozen=True)
class Cell:
    """A link of one strategy in the units shown.

    Attributes
    ----------
    value, low, high : value and its 95 % interval.
    places : decimals shown.
    kind : kind of the link; levels of care carry no sign.
    """

    value: float
    low: float
    high: float
    places: int
    kind: str

    @property
    def text(self) -> str:
        """The value as written."""
        if self.kind == "care":
            return f"{number(self.value, self.places)} %"
        return "0" if self.is_same else number(self.value, self.places, signed=True)

    @property
    def between(self) -> str:
        """The interval as written; empty when there is none, or none worth saying."""
        ends = {number(end, self.places) for end in (self.value, self.low, self.high)}
        if self.is_same or (self.kind == "care" and len(ends) == 1):
            return ""
        return interval(self.low, self.high, self.places, signed=self.kind != "care")

    @property
    def is_same(self) -> bool:
        """Whether there is no difference at all."""
        return self.kind != "care" and self.value == self.low == self.high == 0

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out zero; a level of care always does."""
        return self.kind == "care" or clear_sign(self.low, self.high) != 0


def traced_strategies(facts: Facts) -> tuple[str, ...]:
    """Return the strategies of the trace: all but the comparator, or it alone when there are no others."""
    return facts.others or facts.strategies


def recorded_links(tables: Tables, facts: Facts, kind: str) -> list[str]:
    """Return the links of a kind that were recorded for at least one traced strategy."""
    strategies = traced_strategies(facts)
    return [
        link for link in links_of(kind) if any(effect(tables, link, name) is not None for name in strategies)
    ]


def cells_of(tables: Tables, link: str, strategies: Sequence[str]) -> list[Cell | None]:
    """Return a link for every strategy, all with the same decimals; None where it was not recorded.

    Care and events are counts by the last year. Changes of the body are averages over the years: what
    a treatment does while it lasts matters, also when it has worn off by the end.
    """
    kind = link_kind(link)
    read = average_effect if kind == "body" else effect
    found = [read(tables, link, name) for name in strategies]
    values = [None if row is None else _shown_values(row, kind) for row in found]
    largest = max((abs(row[0]) for row in values if row and row[0] == row[0]), default=0.0)
    if kind == "care":
        return [row and Cell(*row, 1 if 0 < row[0] < 10 else 0, kind) for row in values]
    places = min(decimals(largest), 3) if kind == "body" else thousand_decimals(largest)
    return [row and Cell(*row, places, kind) for row in values]


def row_text(tables: Tables, link: str, strategies: Sequence[str]) -> str:
    """Return the name of a link, with its unit where its group does not say it."""
    if link_kind(link) != "body":
        return link_label(link)
    units = [row["unit"] for name in strategies if (row := effect(tables, link, name)) is not None]
    return f"{link_label(link)} ({unit_text(units[0] if units else '', link.removeprefix('change_in_'))})"


def _shown_values(row: pd.Series, kind: str) -> tuple[float, float, float]:
    value, low, high = (float(row[key]) for key in ("value", "low", "high"))
    if kind == "body":
        return value, low, high
    if kind == "care":
        return 100 * value, 100 * low, 100 * high
    unit = row["unit"]
    return per_thousand(value, unit), per_thousand(low, unit), per_thousand(high, unit)
