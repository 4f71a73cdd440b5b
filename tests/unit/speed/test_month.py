"""The month in Mesa does the engine's work, and timings become figures."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.analysis.work import Watch
from simulator.base.errors import RunFailed
from simulator.patient.columns import INDEX
from simulator.speed import month
from simulator.speed.agreement import (
    PARTED,
    departures,
    engine_lives,
    eventful,
    in_every_state,
    mesa_departures,
)
from simulator.speed.clock import Taken
from simulator.speed.mesa_month import CohortModel
from simulator.speed.people import LIVED, numbers, quantities

SMALL = month.Size(
    people=600, years=1, threads=2, repeats=1, mesa_people=20, mesa_months=2,
    checked_people=300, checked_months=3, grown_people=10,
)  # fmt: skip


@pytest.fixture(scope="module")
def race() -> month.Race:
    return month.Race(SMALL, Watch())


def test_the_same_luck_leads_to_the_same_lives_in_mesa(race: month.Race) -> None:
    assert mesa_departures(race.record, race.people, 36) == {}


def test_people_in_every_state_are_compared(race: month.Race) -> None:
    mixed = in_every_state(race.people)
    lived = engine_lives(race.record, mixed, 36)
    assert (lived.state != mixed.state).any(axis=1).sum() > len(LIVED) / 2
    assert lived.state.shape == mixed.state.shape


@pytest.mark.parametrize(
    ("number", "column"),
    [
        ("stress_persistence", "stress_state"),
        ("homa_per_ln_adiposity", "ln_homa_ir"),
        ("deposition_per_year", "fibrosis"),
        ("hcc_per_scar", "hcc_month"),
        ("cost_diabetes_usd_per_year", "cost_usd"),
    ],
)
def test_another_number_in_a_law_is_noticed(race: month.Race, number: str, column: str) -> None:
    right, changed = eventful(race.record), eventful(race.record)
    changed[number] *= 0.8
    mixed = in_every_state(race.people)
    engine = engine_lives(right, mixed, 36)
    assert column in departures(
        {name: engine_lives(changed, mixed, 36).state[INDEX[name]] for name in LIVED}, engine
    )


def test_departures_count_people_beyond_the_few_whom_rounding_parts(race: month.Race) -> None:
    engine = engine_lives(race.record, race.people, 1)
    lived = {name: engine.state[INDEX[name]].astype(float) for name in LIVED}
    assert departures(lived, engine) == {}
    few = int(PARTED * len(race.people))
    lived["bmi"][:few] += 1
    assert departures(lived, engine) == {}
    lived["bmi"][: few + 1] = np.nan
    assert departures(lived, engine) == {"bmi": few + 1}


def test_a_mesa_that_does_other_work_gives_no_ratio(
    race: month.Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(month, "mesa_departures", lambda *_: {"fibrosis": 12})
    with pytest.raises(RunFailed, match="fibrosis"):
        race.check()


def test_mesa_removes_the_dead_and_remembers_them(race: month.Race) -> None:
    few = race.people.take(np.arange(20))
    model = CohortModel(numbers(race.record), quantities(numbers(race.record), few))
    model.everyone[0].meets_death = lambda: True
    model.step()
    assert len(model.agents) < 20 and len(model.lived()["bmi"]) == 20


def test_every_job_is_run_and_counted(race: month.Race) -> None:
    ticks: list[None] = []
    times = race.timed(lambda: ticks.append(None))
    assert len(ticks) == SMALL.n_timings
    assert all(taken.wall > 0 for taken in times.values())


def test_figures_follow_from_the_timings(race: month.Race) -> None:
    patient_months = 600 * 12
    assert SMALL.patient_months == patient_months
    times = {
        month.BARE: Taken(wall=9, processor=40e-9 * patient_months),
        month.COUNTED: Taken(wall=9, processor=50e-9 * patient_months),
        month.SHARED: Taken(wall=25e-9 * patient_months, processor=9),
        month.GROWN: Taken(wall=9, processor=20e-6 * 10),
        month.MESA: Taken(wall=9, processor=8000e-9 * 20 * 2),
    }
    figures = race.figures(times)
    people = race.people
    held = people.state.nbytes + people.keys.nbytes + people.index.nbytes + people.family.nbytes
    assert figures == pytest.approx(
        {
            "ns per patient-month, 1 core": 50,
            "ns per patient-month, 1 core, nothing counted": 40,
            "ns per patient-month, 2 threads": 25,
            "million patient-months a second, 1 core": 20,
            "million patient-months a second, 2 threads": 40,
            "microseconds to grow a person from age 18, 1 core": 20,
            "bytes per patient": held / 600,
            "ns per patient-month, Mesa, an object a patient": 8000,
            "Mesa, times the engine": 200,
        }
    )
