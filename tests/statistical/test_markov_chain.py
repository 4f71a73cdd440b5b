"""With the body frozen the model is a Markov chain, which a matrix exponential solves exactly."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.linalg import expm

from simulator.engine.people import People
from simulator.patient import columns as c
from tests.unit.engine.worlds import after, grown, record

pytestmark = pytest.mark.statistical
N = 40_000
COMPENSATED, DECOMPENSATED, CANCER, GRAFT, LIVER_DEATH, VASCULAR_DEATH, OTHER_DEATH = range(7)
STATES = (
    "compensated",
    "decompensated",
    "cancer",
    "graft",
    "liver death",
    "cardiovascular death",
    "other death",
)

DECOMPENSATION, HCC, HCC_RATIO = 0.10, 0.03, 2.0
TRANSPLANT_DECOMPENSATED, TRANSPLANT_HCC = 0.06, 0.05
DEATH_DECOMPENSATED, DEATH_HCC, DEATH_GRAFT, BACKGROUND, VASCULAR_SHARE = 0.20, 0.50, 0.03, 0.02, 0.33
NOBODY_DIES_OF_THE_FIRST_MONTHS = {
    f"{state}_death_early_per_year": 0 for state in ("decompensated", "hcc", "transplant")
}


@pytest.fixture(scope="module")
def frozen() -> np.record:
    """Give numbers under which scar stands still and every hazard is constant."""
    flat = {f"life_table_{sex}_{k}": 0 for sex in ("men", "women") for k in (1, 2, 3)}
    return record(
        deposition_per_year=0, healing_per_year=0, ln_diabetes_hazard=-80,
        decompensation_per_year=DECOMPENSATION, decompensation_per_scar=0, decompensation_diabetes=0,
        ln_hcc_hazard=math.log(HCC), hcc_per_scar=0, hcc_per_late_scar=0, hcc_per_year_of_age=0, hcc_women=0,
        hcc_diabetes=0, hcc_per_pnpla3_g=0, hcc_decompensated=math.log(HCC_RATIO),
        transplant_decompensated_per_year=TRANSPLANT_DECOMPENSATED, transplant_hcc_per_year=TRANSPLANT_HCC,
        transplant_decompensated_age=1000, transplant_hcc_age=1000,
        decompensated_death_late_per_year=DEATH_DECOMPENSATED, hcc_death_late_per_year=DEATH_HCC,
        transplant_death_late_per_year=DEATH_GRAFT, liver_share_of_deaths_men=0,
        liver_share_of_deaths_women=0,
        cardiovascular_death_ratio_steatosis=1, cardiovascular_death_ratio_scar=1,
        cardiovascular_death_ratio_diabetes=1, other_death_ratio_diabetes=1,
        cardiovascular_share_of_deaths=VASCULAR_SHARE,
        life_table_men_0=math.log(BACKGROUND), life_table_women_0=math.log(BACKGROUND),
        **flat, **NOBODY_DIES_OF_THE_FIRST_MONTHS,
    )  # fmt: skip


@pytest.fixture(scope="module")
def cirrhotic() -> People:
    """Give 40,000 people with the same compensated cirrhosis and luck of their own."""
    few = grown(1000, 211)
    people = few.take(np.arange(N) % 1000)
    people.keys = np.random.default_rng(1).integers(0, 2**32, (2, N), dtype=np.uint32)
    people.index, people.family = np.arange(N), np.arange(N)
    people.state[c.FIBROSIS], people.state[c.CIRRHOSIS_MONTH] = 4.25, 0
    for column in (c.DIABETES_MONTH, c.DECOMPENSATION_MONTH, c.HCC_MONTH, c.TRANSPLANT_MONTH):
        people.state[column] = c.NEVER
    return people


def rates(*moves: tuple[int, int, float]) -> np.ndarray:
    """Return the generator of a chain from its moves: from, to, rate a year."""
    generator = np.zeros((7, 7))
    for origin, target, rate in moves:
        generator[origin, target] += rate
        generator[origin, origin] -= rate
    return generator


COMPLICATE = rates((COMPENSATED, DECOMPENSATED, DECOMPENSATION))
GROW_CANCER = rates((COMPENSATED, CANCER, HCC), (DECOMPENSATED, CANCER, HCC * HCC_RATIO))
TRANSPLANT = rates((DECOMPENSATED, GRAFT, TRANSPLANT_DECOMPENSATED), (CANCER, GRAFT, TRANSPLANT_HCC))
DIE = rates(
    (DECOMPENSATED, LIVER_DEATH, DEATH_DECOMPENSATED),
    (CANCER, LIVER_DEATH, DEATH_HCC),
    (GRAFT, LIVER_DEATH, DEATH_GRAFT),
    *((state, VASCULAR_DEATH, BACKGROUND * VASCULAR_SHARE) for state in range(4)),
    *((state, OTHER_DEATH, BACKGROUND * (1 - VASCULAR_SHARE)) for state in range(4)),
)


def month_by_month(years: int) -> np.ndarray:
    """Return the exact shares in each state when a month passes in the model's order of events."""
    month = np.linalg.multi_dot([expm(part / 12) for part in (COMPLICATE, GROW_CANCER, TRANSPLANT, DIE)])
    return np.linalg.matrix_power(month, 12 * years)[COMPENSATED]


def continuous(years: int) -> np.ndarray:
    """Return the exact shares in each state when everything can happen at any time."""
    return expm((COMPLICATE + GROW_CANCER + TRANSPLANT + DIE) * years)[COMPENSATED]


def simulated(people: People, p: np.record, years: int) -> np.ndarray:
    """Return the shares in each state after some years in the model."""
    state = after(people, 12 * years, p=p)
    where = np.full(N, COMPENSATED)
    for column, place in (
        (c.DECOMPENSATION_MONTH, DECOMPENSATED),
        (c.HCC_MONTH, CANCER),
        (c.TRANSPLANT_MONTH, GRAFT),
    ):
        where[state[column] < c.NEVER] = place
    dead = state[c.DEATH_CAUSE] > 0
    where[dead] = LIVER_DEATH - 1 + state[c.DEATH_CAUSE][dead].astype(int)
    return np.bincount(where, minlength=7) / N


@pytest.mark.parametrize("years", [1, 5, 15])
def test_the_model_is_the_exact_chain_within_monte_carlo_error(
    cirrhotic: People, frozen: np.record, years: int
):
    exact, got = month_by_month(years), simulated(cirrhotic, frozen, years)
    error = np.sqrt(exact * (1 - exact) / N)
    assert (np.abs(got - exact) < 4.5 * error).all(), dict(zip(STATES, (got - exact) / error, strict=True))


@pytest.mark.parametrize("years", [1, 5, 15])
def test_the_month_stands_for_continuous_time(cirrhotic: People, frozen: np.record, years: int):
    """A month of discreteness moves no share by more than half a percentage point."""
    exact, got = continuous(years), simulated(cirrhotic, frozen, years)
    assert np.abs(month_by_month(years) - exact).max() < 0.005
    assert np.abs(got - exact).max() < 0.005 + 4.5 * math.sqrt(0.25 / N)


def test_frozen_bodies_do_not_move(cirrhotic: People, frozen: np.record):
    state = after(cirrhotic, 60, p=frozen)
    never_grafted = state[c.TRANSPLANT_MONTH] >= c.NEVER
    assert (state[c.FIBROSIS][never_grafted] == 4.25).all()
    assert (state[c.FIBROSIS][~never_grafted] == 0).all()
    assert (state[c.DIABETES_MONTH] == c.NEVER).all()
