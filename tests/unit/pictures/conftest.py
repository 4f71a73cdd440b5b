"""Invented runs with the shape and the order of magnitude of real ones, for drawing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from simulator.analysis.endpoints import ENDPOINTS
from simulator.analysis.tables import COLUMNS
from simulator.pictures.figures import draw_figures

Run = tuple[dict[str, pd.DataFrame], dict[str, Any]]

STRATEGIES = ("usual care", "lifestyle programme", "pioglitazone", "watch and step up")
YEARLY_HAZARD = {
    "diabetes": 0.012,
    "cirrhosis": 0.0040,
    "decompensation": 0.0014,
    "hcc": 0.0005,
    "transplant": 0.0001,
    "liver_death": 0.0011,
    "cardiovascular_death": 0.0090,
    "death": 0.0190,
}
FREE_AT_START = {"diabetes": 0.0, "cirrhosis": 0.981, "decompensation": 0.996, "hcc": 0.9995}
MEANS = {
    "bmi": (34.1, "kg/m2", -1.6),
    "homa_ir": (4.6, "index", -0.9),
    "hba1c": (7.2, "%", -0.25),
    "liver_fat": (11.8, "%", -3.4),
    "injury": (-0.35, "ln units", -0.4),
    "fibrosis": (1.05, "stages", -0.22),
}
GENOTYPES = {"CC": (0.56, 0.7, 0.93), "CG": (0.36, 1.1, 1.06), "GG": (0.08, 2.3, 1.22)}


def strength(position: int) -> float:
    """Return how much a strategy does: nothing for the comparator, then more with each."""
    return (0.0, 0.12, 0.3, 0.45, -0.1, 0.02, 0.2, 0.6)[position % 8]


def invented_run(
    strategies: Sequence[str] = STRATEGIES,
    horizon: int = 20,
    n: int = 25_000,
    events: bool = True,
    endpoints: Sequence[str] = (),
) -> Run:
    """Return the tidy tables and the manifest of an invented run, with a trial where endpoints are named."""
    tables = {
        "trajectories": _trajectories(strategies, horizon, n, events),
        "effects": _effects(strategies, horizon, n, events),
    }
    tables["summary"] = _summary(tables["trajectories"], strategies, horizon, n)
    tables["differences"] = _differences(tables["summary"], strategies)
    manifest = _manifest(strategies, horizon, n)
    if endpoints:
        tables["endpoints"] = _endpoints(strategies, endpoints, n)
        tables["entry"] = _entry(n)
        manifest["scenario"]["trial"] = {"months": 22, "missing_fraction": 0.12, "missing": "failure"}
    return tables, manifest


def _endpoints(strategies: Sequence[str], endpoints: Sequence[str], n: int) -> pd.DataFrame:
    rows = []
    for position, strategy in enumerate(strategies):
        for month in (12, 22):
            for name in endpoints:
                endpoint = ENDPOINTS[name]
                base, gain = (18.0, 40.0) if endpoint.is_share else (-1.6, -30.0)
                mean = (base + gain * strength(position)) * month / 22
                error = 60.0 / np.sqrt(n)
                gap = np.nan if position == 0 else gain * strength(position) * month / 22
                rows.append(
                    (strategy, name, month, mean, error, mean - 2 * error, mean + 2 * error,
                     gap, gap - error, gap + error, error / 2, endpoint.unit, n)
                )  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS["endpoints"]))


def _entry(n: int) -> pd.DataFrame:
    rows = [("age", 51.2, 11.9, "years", n), ("women", 61.0, 48.8, "%", n), ("nas", 5.1, 1.2, "points", n)]
    rows += [(f"stage_f{stage}", share, 40.0, "%", n) for stage, share in enumerate((18, 32, 28, 22, 0))]
    return pd.DataFrame(rows, columns=list(COLUMNS["entry"]))


def _share_rows(years: np.ndarray, share: np.ndarray, n: int) -> pd.DataFrame:
    error = 1.96 * np.sqrt(np.maximum(share * (1 - share), 0) / max(n, 1))
    return pd.DataFrame(
        {"year": years, "mean": share, "low": np.maximum(share - error, 0), "high": share + error, "n": n}
    ).assign(unit="share")


def _incidence(name: str, position: int, years: np.ndarray, factor: float, events: bool) -> np.ndarray:
    hazard = YEARLY_HAZARD[name] * factor * (1 - strength(position) * (0.15 if "cardio" in name else 1))
    return (1 - np.exp(-hazard * years * (0.6 + 0.03 * years))) * float(events)


def _means(name: str, position: int, years: np.ndarray, factor: float, n: int) -> pd.DataFrame:
    start, unit, change = MEANS[name]
    change = -0.6 * change if name == "bmi" and position == 2 else change
    path = start * factor + change * strength(position) * 2 * (1 - np.exp(-years)) * np.exp(-years / 30)
    path = path + 0.01 * start * years * (name != "bmi")
    path = path if n else np.full(len(years), np.nan)
    error = 0.9 * abs(start) / np.sqrt(max(n, 1))
    return pd.DataFrame(
        {"year": years, "mean": path, "low": path - error, "high": path + error, "n": n}
    ).assign(unit=unit)


def _trajectories(strategies: Sequence[str], horizon: int, n: int, events: bool) -> pd.DataFrame:
    years, rows = np.arange(horizon + 1), []
    for position, strategy in enumerate(strategies):
        strata = [("all", "all", n, 1.0, 1.0)]
        strata += [("pnpla3_g", k, int(n * part), risk, fat) for k, (part, risk, fat) in GENOTYPES.items()]
        for stratified_by, stratum, size, risk, fat in strata:
            found = _quantities(position, years, size, risk, fat, events)
            rows.append(found.assign(strategy=strategy, stratified_by=stratified_by, stratum=stratum))
    return pd.concat(rows, ignore_index=True)[list(COLUMNS["trajectories"])]


def _quantities(
    position: int, years: np.ndarray, n: int, risk: float, fat: float, events: bool
) -> pd.DataFrame:
    rows = []
    for name in YEARLY_HAZARD:
        if name != "diabetes":
            share = _incidence(name, position, years, risk, events)
            rows.append(
                _share_rows(years, share, round(n * FREE_AT_START.get(name, 1.0))).assign(quantity=name)
            )
    for name in MEANS:
        rows.append(
            _means(name, position, years, fat if name == "liver_fat" else 1.0, n).assign(quantity=name)
        )
    for name, share in _mix(position, years, risk, events).items():
        rows.append(_share_rows(years, share, n).assign(quantity=name))
    return pd.concat(rows)


def _mix(position: int, years: np.ndarray, risk: float, events: bool) -> dict[str, np.ndarray]:
    dead = {
        name: _incidence(name, position, years, risk, events)
        for name in ("liver_death", "cardiovascular_death")
    }
    everyone = np.maximum(_incidence("death", position, years, 1.0, events), sum(dead.values()))
    late = {
        "decompensated": 0.5 * _incidence("decompensation", position, years, risk, events),
        "hcc": 0.4 * _incidence("hcc", position, years, risk, events),
        "transplanted": 0.8 * _incidence("transplant", position, years, risk, events),
    }
    alive = 1 - everyone
    better = strength(position) * (1 - np.exp(-years / 3))
    weights = np.array(
        [
            4.2 + 3 * better - 0.03 * years,
            3 + 0 * years,
            1.7 + 0.02 * years - better,
            0.8 + 0.03 * years - 0.8 * better,
            0.2 + 0.03 * years - 0.3 * better,
        ]
    )
    stages = weights / weights.sum(0) * (alive - sum(late.values()))
    return {
        "alive": alive,
        **{f"stage_f{k}": stages[k] for k in range(5)},
        **{f"stage_{name}": share for name, share in late.items()},
        "stage_death_liver": dead["liver_death"],
        "stage_death_cardiovascular": dead["cardiovascular_death"],
        "stage_death_other": everyone - sum(dead.values()),
    }


def _summary(trajectories: pd.DataFrame, strategies: Sequence[str], horizon: int, n: int) -> pd.DataFrame:
    everyone = trajectories[trajectories["stratified_by"] == "all"]
    outcomes = [*YEARLY_HAZARD, *MEANS]
    rows = [everyone[everyone["quantity"].isin(outcomes)].rename(columns={"quantity": "outcome"})]
    years = np.arange(horizon + 1)
    for position, strategy in enumerate(strategies):
        for name, rate, unit, gain in (
            ("life_years", 0.97, "years per person", 0.0021),
            ("qaly", 0.74, "QALYs per person", 0.0026),
            ("cost", 8600.0, "USD per person", -21.0),
        ):
            mean = rate * years * (1 - 0.012 * years) + gain * strength(position) * 6 * years
            if name == "cost":
                mean = mean + (0.0, 2600.0, 300.0, 5100.0, 900.0, 100.0, 800.0, 9000.0)[position % 8] * (
                    years > 0
                )
            frame = pd.DataFrame({"year": years, "mean": mean, "low": 0.993 * mean, "high": 1.007 * mean})
            rows.append(frame.assign(strategy=strategy, outcome=name, unit=unit, n=n))
    return pd.concat(rows, ignore_index=True)[list(COLUMNS["summary"])]


def _differences(summary: pd.DataFrame, strategies: Sequence[str]) -> pd.DataFrame:
    base = summary[summary["strategy"] == strategies[0]].set_index(["outcome", "year"])
    rows = []
    for position, strategy in enumerate(strategies[1:], start=1):
        other = summary[summary["strategy"] == strategy].set_index(["outcome", "year"])
        gap = other["mean"] - base["mean"]
        half = (
            (0.1 + 0.25 * (base["unit"] == "share"))
            * (other["high"] - other["low"])
            * (0.6 + 0.2 * (position % 3))
        )
        frame = pd.DataFrame({"difference": gap, "low": gap - half, "high": gap + half, "unit": base["unit"]})
        is_share = frame["unit"] == "share"
        is_clear = is_share & ((frame["low"] > 0) | (frame["high"] < 0))
        frame["number_needed"] = (1 / gap.abs().replace(0, np.nan)).where(is_clear)
        rows.append(frame.reset_index().assign(strategy=strategy, comparator=strategies[0]))
    columns = list(COLUMNS["differences"])
    return (
        pd.concat(rows, ignore_index=True)[columns] if rows else pd.DataFrame({name: [] for name in columns})
    )


def _effects(strategies: Sequence[str], horizon: int, n: int, events: bool) -> pd.DataFrame:
    rows = []
    for position, strategy in enumerate(strategies):
        for year in range(horizon + 1):
            for link, (value, half, unit) in _links(position, year / max(horizon, 1), events).items():
                rows.append((strategy, link, year, value, value - half, value + half, unit, n))
    return pd.DataFrame(rows, columns=list(COLUMNS["effects"]))


def _links(position: int, elapsed: float, events: bool) -> dict[str, tuple[float, float, str]]:
    does, offered = strength(position) * elapsed, float(position > 0 and elapsed > 0)
    links = {
        "reached": (offered, 0.0, "share"),
        "accepted": (0.6 * offered, 0.006, "share"),
        "tested": (offered * (position % 4 == 3), 0.004 * offered, "share"),
        "treated": (min(1.0, 0.3 + does) * offered, 0.006 * offered, "share"),
    }
    if position == 0:
        return links
    links |= {
        "change_in_bmi": ((0.9 if position == 2 else -2.2 * does) * offered, 0.06, "kg/m2"),
        "change_in_homa_ir": (-1.4 * does, 0.04, "index"),
        "change_in_liver_fat": (-5.0 * does, 0.09, "%"),
        "change_in_injury": (-0.8 * does, 0.02, "ln units"),
        "change_in_fibrosis": (-0.4 * does, 0.012, "stages"),
    }
    for name in ("cirrhosis", "decompensation", "hcc", "liver_death", "death"):
        averted = 1000 * YEARLY_HAZARD[name] * 14 * does * events * (0.2 if name == "death" else 1)
        links[f"averted_{name}"] = (averted, 0.9 * events, "events per 1000 people")
    return links | {"gained_qaly": (360 * does * events, 50.0 * events, "QALYs per 1000 people")}


def _manifest(strategies: Sequence[str], horizon: int, n: int) -> dict[str, Any]:
    return {
        "scenario": {
            "title": "Lifestyle, a drug, or both?",
            "question": "Which strategy averts the most cirrhosis in adults with diabetes, and at what cost?",
            "population": {"profile": "us-adults-2018", "size": n},
            "horizon_years": horizon,
            "seed": 2018,
            "comparator": strategies[0],
            "strategies": {name: [] for name in strategies},
            "outcomes": ["cirrhosis", "decompensation", "hcc", "liver_death", "death", "qaly", "cost"],
            "economics": {"discount_rate_per_year": 0.03, "willingness_to_pay_per_qaly": 50_000},
        },
        "n_people": n,
        "seed": 2018,
        "command": "hepatica run scenarios/lifestyle-drug-or-both.yaml --seed 2018",
        "versions": {"hepatica": "0.1.0", "python": "3.11.9", "numpy": "2.4.6", "numba": "0.68.1"},
        "digests": {
            "scenario": "sha256:9f2c0d51ab",
            "parameters": "sha256:77e1c6220f",
            "code": "sha256:01bb45e0c3",
        },
        "machine": {"system": "Linux", "cores": 2, "threads": 2},
        "wall_seconds": 24.8,
        "warnings": ["Parameter lifestyle_dropout_per_year was set to 0.9, above its 95 % range 0.1 to 0.5."],
        "imputed": [
            {"column": "liver fat", "measured": 0, "imputed": n, "how": "grown with the population"},
            {"column": "BMI", "measured": n, "imputed": 0, "how": "taken from the cohort file"},
        ],
    }


@pytest.fixture(scope="session")
def make_run() -> Callable[..., Run]:
    return invented_run


@pytest.fixture(scope="session")
def run() -> Run:
    return invented_run(endpoints=("resolution", "nas_change"))


@pytest.fixture(scope="session")
def drawn(run: Run) -> dict[str, Figure]:
    """Every figure of the usual run, drawn once."""
    return draw_figures(*run)
