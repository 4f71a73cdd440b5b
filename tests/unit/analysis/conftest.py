"""Records made by hand and from invented lives, so that every answer can be worked out from persons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from simulator.engine.quantities import N_CELLS, N_GROUPS, N_QUANTITIES, QUANTITIES, QUANTITY_INDEX
from simulator.engine.recorder import Record

LIVER_STATES = ("f0", "f1", "f2", "f3", "f4", "decompensated", "hcc", "transplanted")


@dataclass(frozen=True)
class Lives:
    """What happened to every person: `values[quantity]` of shape (years + 1, people), in units."""

    groups: np.ndarray
    cells: np.ndarray
    values: dict[str, np.ndarray]

    def record(self) -> Record:
        """Count the lives as the recorder does."""
        n_years = len(self.values["alive"])
        yearly = np.zeros((n_years, N_GROUPS, N_CELLS, N_QUANTITIES), np.int64)
        for name, value in self.values.items():
            position = QUANTITY_INDEX[name]
            scaled = np.floor(value * QUANTITIES[position].scale + 0.5).astype(np.int64)
            for year in range(n_years):
                np.add.at(yearly[year, :, :, position], (self.groups, self.cells), scaled[year])
        sizes = np.zeros((N_GROUPS, N_CELLS), np.int64)
        np.add.at(sizes, (self.groups, self.cells), 1)
        return Record(yearly, np.zeros((12 * (n_years - 1) + 1, 4), np.int64), len(self.groups), sizes)


def lived(n_people: int = 2000, years: int = 6, seed: int = 1, benefit: float = 0.0) -> Lives:
    """Invent lives whose luck depends on the seed alone, so that strategies are paired.

    `benefit` (0..1) takes that share off the hazards of cirrhosis and death of a random half and
    off everybody's liver fat.
    """
    rng = np.random.default_rng(seed)
    groups = np.arange(n_people) % N_GROUPS
    cells = rng.integers(0, N_CELLS, n_people)
    treated = (rng.random(n_people) < 0.5) & (benefit > 0)
    hazard = 1 - benefit * treated
    at = np.arange(years + 1)[:, None]
    death = np.ceil(rng.exponential(12, n_people) / hazard)
    scarred = np.ceil(rng.exponential(25, n_people) / hazard)
    had = rng.random(n_people) < 0.05
    alive = at < death
    cause = rng.integers(0, 3, n_people)
    reached = np.where(had, False, (scarred <= at) & (scarred < death))
    stage = np.where(had | reached, 4, rng.integers(0, 4, n_people))
    fat = rng.lognormal(2, 0.6, n_people) * (1 - 0.4 * benefit * treated)
    lifetime = np.minimum(at, death - 0.5)
    values = {
        "alive": alive,
        "had_cirrhosis": np.broadcast_to(had, alive.shape),
        "new_cirrhosis": reached,
        "sum_liver_fat": fat * alive,
        "masld": (fat >= 5) & alive,
        "life_years": lifetime,
        "qalys": 0.8 * lifetime,
        "cost_usd": np.round(1000 * lifetime + 400 * treated * np.minimum(at, 1)),
        "offered": np.broadcast_to(benefit > 0, alive.shape),
        "accepted": treated & (at > 0),
        "treated": treated & (at > 0),
    }
    for number, name in enumerate(("death_liver", "death_cardiovascular", "death_other")):
        values[name] = ~alive & (cause == number)
    for number, name in enumerate(LIVER_STATES):
        values[name] = alive & (stage == number)
    return Lives(groups, cells, values)


def by_group(**quantities: list[list[float]]) -> Record:
    """Return a record from sums by year and group, all in the first cell; `people` gives group sizes."""
    sizes = np.zeros((N_GROUPS, N_CELLS), np.int64)
    people = np.asarray(quantities.pop("people"), np.int64)
    sizes[: len(people), 0] = people
    n_years = len(next(iter(quantities.values()))) if quantities else 1
    yearly = np.zeros((n_years, N_GROUPS, N_CELLS, N_QUANTITIES), np.int64)
    if "alive" not in quantities:
        yearly[:, : len(people), 0, QUANTITY_INDEX["alive"]] = people
    for name, sums in quantities.items():
        position = QUANTITY_INDEX[name]
        yearly[:, : len(people), 0, position] = np.asarray(sums) * QUANTITIES[position].scale
    return Record(yearly, np.zeros((12 * (n_years - 1) + 1, 4), np.int64), int(people.sum()), sizes)


@pytest.fixture(name="lived")
def lived_fixture() -> Callable[..., Lives]:
    """Give tests the maker of invented lives."""
    return lived


@pytest.fixture(name="by_group")
def by_group_fixture() -> Callable[..., Record]:
    """Give tests the maker of records from sums by group."""
    return by_group


@pytest.fixture(scope="session")
def records() -> dict[str, Record]:
    """Give usual care, a drug that helps, and a copy of usual care, for the same 2,000 people."""
    usual = lived().record()
    return {"usual care": usual, "drug": lived(benefit=0.6).record(), "nothing new": lived().record()}
