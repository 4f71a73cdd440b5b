"""What must hold bit for bit: shared luck, nulls that do nothing, and no trace of how the work was cut up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.base.errors import InputError
from simulator.care.treatment import DRUG_TERMS, N_EFFECTS
from simulator.engine.people import People
from simulator.engine.recorder import Record, cells
from simulator.engine.simulation import NO_PLAN, Course, live, simulate
from simulator.patient import columns as c
from tests.unit.engine.worlds import (
    BODY_COLUMNS,
    after,
    columns_that_differ,
    counted,
    grown,
    parameters,
    plan,
    record,
    shipped_record,
    source,
)

WATCH_AND_RESPOND: tuple[dict[str, Any], ...] = (
    {
        "monitor": {"tests": ["fib4", "fasting_insulin", "cap", "lsm"], "every_months": 6},
        "uptake": 0.8,
        "respond": [
            {"when": {"observed_alt_change_percent": {"min": -17}}, "do": {"add": "pioglitazone"}},
            {"when": {"observed_lsm_kpa": {"max": 5}, "on_pioglitazone": True}, "do": {"stop": "all"}},
        ],
    },
    {"drug": "metformin", "when": {"diagnosed_diabetes": True}, "uptake": 0.6, "adherence": 0.8},
    {"lifestyle": {"weight_loss_percent": 7, "months": 12}, "when": {"bmi": {"min": 30}}, "start_year": 2},
)
APPOINTMENTS = {c.INDEX["next_due_month"], c.INDEX["next_visit_month"]}


def same(one: Record, other: Record) -> bool:
    """Whether two records agree in every count."""
    pairs = ((one.yearly, other.yearly), (one.monthly, other.monthly), (one.group_sizes, other.group_sizes))
    return one.n_people == other.n_people and all(np.array_equal(a, b) for a, b in pairs)


@pytest.mark.parametrize(
    "step",
    [
        {"drug": "pioglitazone", "start_year": 3},
        {"lifestyle": {"weight_loss_percent": 10, "months": 12}, "start_year": 3},
        {"surgery": "bariatric", "start_year": 3, "uptake": 0.5},
        {"monitor": {"tests": ["alt"], "every_months": 6}, "start_year": 3},
    ],
    ids=lambda step: next(iter(step)),
)
def test_arms_are_identical_every_month_until_the_first_intervention(step: dict[str, Any]):
    people = grown(300, 41)
    usual, treated = people.copy(), people.copy()
    strategy = Course(plan(step), shipped_record())
    everything = set(range(c.N_COLUMNS)) - APPOINTMENTS
    for month in range(36):
        live(usual, Course(NO_PLAN, shipped_record()), month, month + 1)
        live(treated, strategy, month, month + 1)
        among = everything if month + 1 < 36 else BODY_COLUMNS
        assert columns_that_differ(usual.state, treated.state, among) == []
    live(usual, Course(NO_PLAN, shipped_record()), 36, 60)
    live(treated, strategy, 36, 60)
    assert columns_that_differ(usual.state, treated.state, everything)


def test_a_drug_that_does_nothing_changes_nobody():
    p = record(**{f"metformin_{term}": 0 for term in DRUG_TERMS[:N_EFFECTS]})
    inert = plan({"drug": "metformin", "persistence": "full"})
    people = grown(500, 42)
    usual, treated = after(people, 120, p=p), after(people, 120, inert, p)
    assert (treated[c.METFORMIN_START_MONTH] == 0).all()
    assert (treated[c.COST_USD] > usual[c.COST_USD]).all()
    known = [c.INDEX[f"diagnosed_{what}_month"] for what in ("diabetes", "masld", "fibrosis")]
    assert columns_that_differ(usual, treated, [*BODY_COLUMNS, *known, c.INDEX["qalys"]]) == []


@pytest.mark.parametrize(
    "step",
    [
        {"lifestyle": {"weight_loss_percent": 0, "activity_met_min_per_week": 0, "months": 24}},
        {"drug": "pioglitazone", "adherence": 0},
        {"drug": "pioglitazone", "uptake": 0},
        {"drug": "pioglitazone", "when": {"age_years": {"min": 118}}},
    ],
    ids=["a programme of nothing", "nobody adheres", "nobody accepts", "nobody is eligible"],
)
def test_an_offer_that_changes_nothing_leaves_bodies_as_they_were(step: dict[str, Any]):
    people = grown(300, 43)
    assert columns_that_differ(after(people, 60), after(people, 60, plan(step)), BODY_COLUMNS) == []


@pytest.mark.parametrize("piece", [12, 1])
def test_240_months_are_the_same_in_one_go_and_in_pieces(piece: int):
    people = grown(150, 44)
    course = Course(plan(*WATCH_AND_RESPOND), shipped_record())
    whole, parts = people.copy(), people.copy()
    at_once, in_pieces = (Record.of(people.family, cells(people.state), 20) for _ in range(2))
    live(whole, course, 0, 240, at_once)
    for first in range(0, 240, piece):
        live(parts, course, first, first + piece, in_pieces)
    assert columns_that_differ(whole.state, parts.state) == []
    assert same(at_once, in_pieces)


def courses() -> dict[str, Course]:
    """Return two strategies to run side by side."""
    shipped = parameters()
    return {
        "usual care": Course(NO_PLAN, shipped_record()),
        "watch and respond": Course(plan(*WATCH_AND_RESPOND, numbers=shipped), shipped_record()),
    }


@pytest.fixture(scope="module", params=[1, 3], ids=["unrelated", "siblings"])
def reference(request: pytest.FixtureRequest) -> tuple[int, dict[str, Record]]:
    """Give the records of 1,500 people moved in one lot on one thread."""
    people = source(45, sibship=request.param)
    return request.param, simulate(people, courses(), 1500, 5, threads=1, lot_size=1500)


@pytest.mark.parametrize(("threads", "lot_size"), [(2, 1024), (8, 37), (2, 10_000), (1, 128)])
def test_threads_and_lots_leave_no_trace(
    reference: tuple[int, dict[str, Record]], threads: int, lot_size: int
):
    sibship, expected = reference
    records = simulate(source(45, sibship=sibship), courses(), 1500, 5, threads=threads, lot_size=lot_size)
    assert list(records) == list(expected)
    assert all(same(records[name], expected[name]) for name in expected)


def test_the_order_of_strategies_and_their_company_do_not_matter(reference: tuple[int, dict[str, Record]]):
    sibship, expected = reference
    alone = {"watch and respond": courses()["watch and respond"]}
    records = simulate(source(45, sibship=sibship), alone, 1500, 5, threads=2, lot_size=512)
    assert same(records["watch and respond"], expected["watch and respond"])


def test_neighbours_in_a_block_leave_no_trace():
    """The same people in another order, and a person alone, live the same lives."""
    people = grown(300, 46)
    strategy = plan(*WATCH_AND_RESPOND)
    state = after(people, 60, strategy)
    order = np.random.default_rng(1).permutation(300)
    assert columns_that_differ(after(people.take(order), 60, strategy), state[:, order]) == []
    alone = people.take(np.array([123]))
    assert columns_that_differ(after(alone, 60, strategy), state[:, [123]]) == []


def test_living_changes_only_the_people_asked_to_live():
    people = grown(50, 47)
    before = people.state.copy()
    after(people, 24, plan(*WATCH_AND_RESPOND))
    counted(people, 2)
    assert columns_that_differ(people.state, before) == []


def test_the_dead_stay_as_they_died():
    people = grown(600, 48, {"age_years": {"min": 75}})
    early, late = after(people, 60), after(people, 240)
    dead = early[c.DEATH_MONTH] < c.NEVER
    assert 50 < dead.sum() < 550
    assert columns_that_differ(early[:, dead], late[:, dead]) == []


def test_another_seed_is_another_population():
    one, other = grown(200, 49), grown(200, 50)
    assert not (one.keys == other.keys).all(axis=0).any()
    assert np.mean(one.state[c.BMI] == other.state[c.BMI]) < 0.02


def test_progress_counts_everybody_once():
    seen: list[int] = []
    simulate(
        source(45),
        {"usual care": courses()["usual care"]},
        300,
        1,
        threads=2,
        lot_size=64,
        progress=seen.append,
    )
    assert sum(seen) == 300


def test_what_a_source_cannot_give_stops_the_run():
    with pytest.raises(InputError, match=r"population\.where"):
        simulate(source(45, {"age_years": {"min": 118}}), courses(), 200, 1, threads=2, lot_size=50)


def test_a_copy_of_people_shares_keys_but_not_state():
    people = grown(10, 51)
    copy = people.copy()
    copy.state[c.BMI] = 99
    assert not np.isin(99, people.state[c.BMI])
    assert isinstance(copy, People)
    assert copy.keys is people.keys
