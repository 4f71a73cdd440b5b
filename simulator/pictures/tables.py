"""Reading the tidy tables of a run: what a figure or a report needs to find in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from simulator.analysis.tables import COLUMNS
from simulator.base.errors import input_error
from simulator.pictures.wording import is_share

Tables = Mapping[str, pd.DataFrame]
Manifest = Mapping[str, Any]

NAMES = ("summary", "differences", "trajectories", "effects")
"""Tables every run has; `economics` is there when the scenario asks for it."""


def table(tables: Tables, name: str) -> pd.DataFrame:
    """Return a table, empty when the run has none.

    Raises
    ------
    InputError
        When the table is there but lacks a column.
    """
    frame = tables.get(name)
    if frame is None:
        return pd.DataFrame({column: [] for column in COLUMNS[name]})
    missing = [column for column in COLUMNS[name] if column not in frame.columns]
    if missing:
        raise input_error(
            f"table {name}",
            "every column of the tidy table is needed",
            f"no column {', '.join(missing)}",
            f"the columns {', '.join(COLUMNS[name])}",
        )
    return frame


def has_trial(tables: Tables) -> bool:
    """Whether a run had a trial."""
    return len(table(tables, "endpoints")) > 0


def last_reading(tables: Tables) -> pd.DataFrame:
    """Return the rows of `endpoints` of the last reading."""
    frame = table(tables, "endpoints")
    return frame[frame["month"] == frame["month"].max()]


@dataclass(frozen=True)
class Facts:
    """What every figure says about the run it shows.

    Attributes
    ----------
    title, question : as the scenario has them.
    comparator : the strategy others are compared with.
    strategies : all strategies, comparator first.
    horizon : last year of the run.
    n_people : people in each strategy at the start, 0 when unknown.
    band : what an interval stands for.
    """

    title: str
    question: str
    comparator: str
    strategies: tuple[str, ...]
    horizon: int
    n_people: int
    band: str

    @property
    def others(self) -> tuple[str, ...]:
        """Strategies other than the comparator."""
        return tuple(name for name in self.strategies if name != self.comparator)


def facts_of(tables: Tables, manifest: Manifest) -> Facts:
    """Gather the facts of a run from its tables and its manifest (which may leave things out)."""
    scenario = manifest.get("scenario") or {}
    names = _strategies(tables, scenario)
    comparator = _comparator(tables, scenario, names)
    ordered = ([comparator] if comparator in names else []) + [name for name in names if name != comparator]
    return Facts(
        title=str(scenario.get("title") or manifest.get("title") or "Untitled scenario"),
        question=str(scenario.get("question") or manifest.get("question") or ""),
        comparator=comparator,
        strategies=tuple(ordered),
        horizon=_horizon(tables, scenario),
        n_people=_people(tables, manifest),
        band=_band(manifest),
    )


def _strategies(tables: Tables, scenario: Mapping[str, Any]) -> list[str]:
    named = [str(name) for name in scenario.get("strategies") or {}]
    seen: list[str] = []
    for name in NAMES:
        seen += [str(strategy) for strategy in table(tables, name)["strategy"].unique()]
    known = set(seen)
    kept = [name for name in named if name in known] if known else named
    return kept + [name for name in dict.fromkeys(seen) if name not in kept]


def _comparator(tables: Tables, scenario: Mapping[str, Any], names: list[str]) -> str:
    if scenario.get("comparator"):
        return str(scenario["comparator"])
    differences = table(tables, "differences")
    if len(differences):
        return str(differences["comparator"].iloc[0])
    return names[0] if names else ""


def _horizon(tables: Tables, scenario: Mapping[str, Any]) -> int:
    last = [int(table(tables, name)["year"].max()) for name in NAMES if len(table(tables, name))]
    return max(last) if last else int(scenario.get("horizon_years") or 0)


def _people(tables: Tables, manifest: Manifest) -> int:
    if manifest.get("n_people"):
        return int(manifest["n_people"])
    everyone = table(tables, "trajectories").query("stratified_by == 'all' and year == 0")
    frame = everyone if len(everyone) else table(tables, "summary")
    return int(frame["n"].max()) if len(frame) else 0


def _band(manifest: Manifest) -> str:
    if manifest.get("interval"):
        return str(manifest["interval"])
    draws = int(manifest.get("draws") or 0)
    if draws > 1:
        return f"95 % intervals over {draws:,} draws of the parameters"
    return "95 % intervals, parameters held fixed"


def curve(
    tables: Tables, quantity: str, strategy: str, stratified_by: str = "all", stratum: str = "all"
) -> pd.DataFrame:
    """Return a quantity by year, with mean, low, high, unit and n; empty when not recorded.

    Years in which nobody is left to count have no row.
    Trajectories hold every quantity; the summary is used when a run kept no trajectories.
    """
    frame = table(tables, "trajectories")
    keep = (
        (frame["quantity"] == quantity)
        & (frame["strategy"] == strategy)
        & (frame["stratified_by"] == stratified_by)
    )
    if stratified_by != "all":
        keep &= frame["stratum"].astype(str) == stratum
    found = frame[keep]
    if found.empty and stratified_by == "all":
        summary = table(tables, "summary")
        found = summary[(summary["outcome"] == quantity) & (summary["strategy"] == strategy)]
    return found[found["mean"].notna()].sort_values("year").reset_index(drop=True)


def has_quantity(tables: Tables, quantity: str, stratified_by: str = "all") -> bool:
    """Whether a quantity was recorded for at least one strategy."""
    frame = table(tables, "trajectories")
    if ((frame["quantity"] == quantity) & (frame["stratified_by"] == stratified_by)).any():
        return True
    return stratified_by == "all" and bool((table(tables, "summary")["outcome"] == quantity).any())


def strata(tables: Tables, stratified_by: str) -> list[str]:
    """Return the labels of the strata of one stratification, sorted."""
    frame = table(tables, "trajectories")
    return sorted(
        str(label) for label in frame.loc[frame["stratified_by"] == stratified_by, "stratum"].unique()
    )


def difference(tables: Tables, outcome: str, strategy: str, year: int) -> pd.Series | None:
    """Return the row of differences for an outcome of a strategy in a year, or None."""
    frame = table(tables, "differences")
    found = frame[(frame["outcome"] == outcome) & (frame["strategy"] == strategy) & (frame["year"] == year)]
    return None if found.empty else found.iloc[0]


def effect(tables: Tables, link: str, strategy: str) -> pd.Series | None:
    """Return the last row of the effect trace for a link of a strategy, or None."""
    frame = table(tables, "effects")
    found = frame[(frame["link"] == link) & (frame["strategy"] == strategy)]
    return None if found.empty else found.sort_values("year").iloc[-1]


def average_effect(tables: Tables, link: str, strategy: str) -> pd.Series | None:
    """Return the average of a link over the years after the start, or None.

    The ends of its interval are averaged too. That makes it too wide rather than too narrow: an average
    never spreads more than its parts do on average.
    """
    frame = table(tables, "effects")
    found = frame[(frame["link"] == link) & (frame["strategy"] == strategy)]
    if found.empty:
        return None
    later = found[found["year"] > 0]
    row = found.sort_values("year").iloc[-1].copy()
    if len(later):
        row[["value", "low", "high"]] = later[["value", "low", "high"]].mean()
    return row


def per_thousand(value: float, unit: str) -> float:
    """Return a value per 1,000 people: shares and amounts per person times 1,000."""
    text = str(unit).lower()
    if "1,000" in text or "1000" in text or "1_000" in text:
        return float(value)
    return float(value) * (10.0 if text.startswith("%") and not is_share(unit) else 1000.0)
