"""Half-month steps tell the same story as monthly ones: growing up and ten years on."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.cohort.grown import GrownSource
from simulator.engine import quantities as q
from simulator.engine.recorder import Record
from simulator.engine.simulation import Course, simulate
from simulator.patient import columns as c
from tests.unit.engine.worlds import plan, profile, record

pytestmark = [pytest.mark.statistical, pytest.mark.slow]
N = 16_000
MEANS = (
    "bmi", "ln_homa_ir", "ln_liver_fat", "fasting_glucose_mmol_l", "hba1c_percent", "injury", "fibrosis",
    "habitual_bmi", "chronic_stress", "sleep_hours", "observed_cap_db_per_m", "observed_lsm_kpa",
)  # fmt: skip
EVENTS = (
    "alive",
    "new_diabetes",
    "new_cirrhosis",
    "new_decompensation",
    "death_liver",
    "masld",
    "mash",
    "treated",
)


def origin(steps_per_year: int) -> GrownSource:
    """Return where people come from, at a length of step."""
    return GrownSource(profile(), record(steps_per_year), 221, steps_per_year=steps_per_year)


@pytest.fixture(scope="module")
def states() -> dict[int, np.ndarray]:
    """Give people at the start of a run who grew up in monthly and in half-monthly steps."""
    return {steps: origin(steps)(0, N).state for steps in (12, 24)}


@pytest.fixture(scope="module")
def records() -> dict[int, Record]:
    """Give ten years under a strategy in monthly and in half-monthly steps."""
    strategy = plan(
        {"drug": "pioglitazone", "when": {"bmi": {"min": 30}}, "uptake": 0.5},
        {"lifestyle": {"weight_loss_percent": 7, "months": 12}},
    )
    return {
        steps: simulate(origin(steps), {"s": Course(strategy, record(steps), steps)}, N, 10)["s"]
        for steps in (12, 24)
    }


@pytest.mark.parametrize("name", MEANS)
def test_people_grow_up_alike(states: dict[int, np.ndarray], name: str):
    monthly, twice = (state[c.INDEX[name]].astype(float) for state in states.values())
    spread = np.nanstd(monthly)
    assert np.nanmean(twice) == pytest.approx(np.nanmean(monthly), abs=(4 * math.sqrt(2 / N) + 0.01) * spread)
    # four standard errors of a difference of two spreads, which the fourth moment of a heavy tail widens
    tail = np.nanmean((monthly - np.nanmean(monthly)) ** 4) / spread**4
    assert np.nanstd(twice) == pytest.approx(spread, rel=4 * math.sqrt((tail - 1) / (2 * N)) + 0.01)


@pytest.mark.parametrize("name", EVENTS)
def test_ten_years_bring_the_same(records: dict[int, Record], name: str):
    monthly, twice = (record.yearly[-1, ..., q.QUANTITY_INDEX[name]].sum() for record in records.values())
    error = 4 * math.sqrt(2 * max(monthly * (1 - monthly / N), 10))
    assert twice == pytest.approx(monthly, abs=error + 0.01 * monthly)


@pytest.mark.parametrize("name", ["life_years", "qalys", "cost_usd", "visits"])
def test_totals_are_the_same(records: dict[int, Record], name: str):
    monthly, twice = (record.yearly[-1, ..., q.QUANTITY_INDEX[name]].sum() for record in records.values())
    assert twice == pytest.approx(monthly, rel=0.02)
