"""Everyone stays within the table of columns, whatever is done to them, and everyone is counted once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.engine import quantities as q
from simulator.engine.numbers import parameter_record
from simulator.engine.recorder import Record
from simulator.parameters.library import load_parameters
from simulator.patient import columns as c
from tests.unit.engine.worlds import after, counted, grown, is_alive, plan, record, source

ALL_TESTS = [
    "nfs",
    "fib4",
    "cap",
    "lsm",
    "ultrasound",
    "genotype",
    "hba1c",
    "fasting_insulin",
    "fasting_glucose",
]
EVERY_SIX_MONTHS = {"monitor": {"tests": ALL_TESTS, "every_months": 6}}
STRATEGIES: dict[str, tuple[dict[str, Any], ...]] = {
    "usual care": (),
    "every drug at once": tuple({"drug": drug, "persistence": "full"} for drug in c.DRUGS),
    "every drug, come and go": tuple(
        {"drug": drug, "stop_fraction_per_year": 0.9, "restart_fraction": 0.9} for drug in c.DRUGS
    ),
    "surgery and drugs": (
        {"surgery": "bariatric", "when": {"bmi": {"min": 35}}},
        {"drug": "glp1_ra", "when": {"bmi": {"min": 27}}},
        {"lifestyle": {"weight_loss_percent": 15, "months": 24}, "when": {"bmi": {"min": 30}}},
        EVERY_SIX_MONTHS,
    ),
    "a better life": (
        {
            "lifestyle": {
                "weight_loss_percent": 10, "activity_met_min_per_week": 3000, "diet_quality": 1,
                "sleep_hours": 4, "stress_z": -4, "months": 240, "supported": True,
            }
        },
        EVERY_SIX_MONTHS,
    ),
    "a worse life": (
        {
            "lifestyle": {
                "activity_met_min_per_week": -3000, "diet_quality": -1, "sleep_hours": -4, "stress_z": 4,
                "months": 240,
            }
        },
        {"drug": "pioglitazone", "persistence": "full"},
        EVERY_SIX_MONTHS,
    ),
}  # fmt: skip


def out_of_bounds(state: np.ndarray) -> list[str]:
    """Return what lies outside the table of columns; what was not measured has no bounds."""
    found = []
    for column, row in zip(c.COLUMNS, state, strict=True):
        measured = row[~np.isnan(row)] if column.kind == c.OBSERVED else row
        rounding = 1e-5 * max(abs(column.low), abs(column.high))
        if column.is_month:
            rounding = 0
        if len(measured) and not (
            column.low - rounding <= measured.min() <= measured.max() <= column.high + rounding
        ):
            found.append(f"{column.name}: {measured.min():g} to {measured.max():g}")
    return found


def test_grown_people_are_within_bounds_and_alive():
    state = grown(3000, 61).state
    assert out_of_bounds(state) == []
    assert is_alive(state).all()


@pytest.mark.parametrize("name", STRATEGIES)
def test_everyone_is_within_bounds_for_twenty_years(name: str):
    people, strategy = grown(800, 62), plan(*STRATEGIES[name])
    for month in (1, 12, 60, 240):
        assert out_of_bounds(after(people, month, strategy)) == []


def test_people_of_every_probabilistic_draw_are_within_bounds():
    for number in range(4):
        drawn = load_parameters().draw(5, number)
        p = parameter_record(drawn)
        people = source(66, p=p)(0, 300)
        steps = STRATEGIES["every drug, come and go"] + STRATEGIES["surgery and drugs"]
        assert out_of_bounds(people.state) == []
        assert out_of_bounds(after(people, 120, plan(*steps, numbers=drawn), p)) == []


def test_what_happened_is_dated_within_the_run_and_in_order():
    state = after(grown(1000, 63, {"fibrosis_stage": {"min": 3}}), 240)
    month = {
        name: state[c.INDEX[f"{name}_month"]] for name in ("cirrhosis", "decompensation", "hcc", "death")
    }
    for name, when in month.items():
        assert ((when <= 240) | (when == c.NEVER)).all(), name
        assert (when <= 240).sum() > 20, name
    assert (month["decompensation"] >= month["cirrhosis"]).all()
    assert (month["hcc"][month["hcc"] < c.NEVER] <= month["death"][month["hcc"] < c.NEVER]).all()


def test_a_graft_neither_decompensates_nor_grows_cancer():
    """With transplants made certain, the decompensated are grafted within months and then left in peace."""
    p = record(
        transplant_decompensated_per_year=12, transplant_decompensated_age=150,
        decompensation_per_year=0.5, ln_hcc_hazard=-2.5, hcc_per_scar=0, hcc_per_late_scar=0,
        hcc_decompensated=0.6,
    )  # fmt: skip
    state = after(grown(1000, 63, {"fibrosis_stage": {"min": 3}}), 240, p=p)
    graft = state[c.TRANSPLANT_MONTH]
    grafted = graft < c.NEVER
    assert grafted.sum() > 200
    for event in (c.DECOMPENSATION_MONTH, c.HCC_MONTH):
        before = state[event][grafted & (state[event] < c.NEVER)]
        assert len(before) > 10
        assert (before <= graft[grafted & (state[event] < c.NEVER)]).all()


def test_the_dead_have_a_cause_and_the_living_none():
    state = after(grown(2000, 64, {"age_years": {"min": 60}}), 240)
    dead = state[c.DEATH_MONTH] < c.NEVER
    assert (state[c.DEATH_CAUSE][dead] > 0).all()
    assert (state[c.DEATH_CAUSE][~dead] == 0).all()
    assert set(np.unique(state[c.DEATH_CAUSE])) <= {0, 1, 2, 3}


def test_only_livers_with_a_clock_running_die_of_the_liver():
    state = after(grown(1000, 63, {"fibrosis_stage": {"min": 3}}), 240)
    of_liver = state[c.DEATH_CAUSE] == c.CAUSES_OF_DEATH.index("liver")
    ever = [state[c.INDEX[f"{name}_month"]] < c.NEVER for name in ("decompensation", "hcc", "transplant")]
    assert of_liver.sum() > 40
    assert (np.logical_or.reduce(ever) >= of_liver).all()


@pytest.fixture(scope="module")
def old_people() -> Record:
    """Give twenty years of 3,000 people past fifty, under a strategy with visits."""
    people = grown(3000, 65, {"age_years": {"min": 50}})
    return counted(people, 20, plan(*STRATEGIES["surgery and drugs"]))


def test_every_month_the_living_and_the_dead_add_up(old_people: Record):
    assert (old_people.monthly.sum(axis=1) == 3000).all()
    assert (np.diff(old_people.monthly[:, 1:], axis=0) >= 0).all()
    assert (np.diff(old_people.monthly[:, 0]) <= 0).all()
    assert old_people.monthly[0].tolist() == [3000, 0, 0, 0]


def test_every_year_agrees_with_its_month(old_people: Record):
    yearly = old_people.yearly.sum(axis=(1, 2))
    monthly = old_people.monthly[::12]
    for position, name in enumerate(("alive", "death_liver", "death_cardiovascular", "death_other")):
        assert yearly[:, q.QUANTITY_INDEX[name]].tolist() == monthly[:, position].tolist()


def test_every_year_in_every_group_and_cell_the_counts_conserve(old_people: Record):
    count = {name: old_people.yearly[..., position] for name, position in q.QUANTITY_INDEX.items()}
    deaths = sum(count[f"death_{cause}"] for cause in ("liver", "cardiovascular", "other"))
    assert np.array_equal(count["alive"] + deaths, np.broadcast_to(old_people.group_sizes, deaths.shape))
    states = ("f0", "f1", "f2", "f3", "f4", "decompensated", "hcc", "transplanted")
    assert np.array_equal(sum(count[name] for name in states), count["alive"])
    assert (count["mash"] <= count["masld"]).all()
    assert (count["masld"] <= count["alive"]).all()
    assert (count["accepted"] <= count["offered"]).all()


def test_cumulative_counts_never_fall(old_people: Record):
    total = old_people.yearly.sum(axis=(1, 2))
    rising = [name for name in q.QUANTITY_INDEX if name.startswith(("new_", "death_"))]
    for name in [
        *rising,
        "offered",
        "accepted",
        "tested",
        "visits",
        "tests",
        "life_years",
        "qalys",
        "cost_usd",
    ]:
        assert (np.diff(total[:, q.QUANTITY_INDEX[name]]) >= 0).all(), name
    had = [name for name in q.QUANTITY_INDEX if name.startswith("had_")]
    for name in had:
        assert len(np.unique(total[:, q.QUANTITY_INDEX[name]])) == 1, name


def test_life_years_are_the_months_alive(old_people: Record):
    """A person who dies in month m has lived m/12 years; the monthly counts say how many did."""
    dying = -np.diff(old_people.monthly[:, 0])
    months = np.arange(1, 241)
    expected = (dying * months).sum() / 12 + old_people.monthly[-1, 0] * 20
    index = q.QUANTITY_INDEX["life_years"]
    scale = q.QUANTITIES[index].scale
    assert old_people.yearly[-1, ..., index].sum() / scale == pytest.approx(expected, rel=1e-3)
