"""Steps with limited places: who starts, who waits, and that nothing else changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.base.errors import InputError
from simulator.engine.practice import free_places
from simulator.engine.quantities import QUANTITY_INDEX
from simulator.engine.simulation import Course, live, live_through, simulate
from simulator.model import PatientModel
from simulator.patient import columns as c
from simulator.scenario.explain import explain
from simulator.scenario.load import scenario_from_dict
from simulator.scenario.plan import PRACTICE
from tests.unit.engine.worlds import after, counted, grown, is_alive, plan, scenario, shipped_record, source

N = PRACTICE
TESTED, WAITING = QUANTITY_INDEX["tested"], QUANTITY_INDEX["waiting"]


def screened(starts: float | None, **more: Any) -> dict[str, Any]:
    """Return a step that screens everybody, and treats who has a raised score."""
    respond = [{"when": {"observed_fib4": {"min": 1.3}}, "do": {"add": "glp1_ra"}}]
    limit = {} if starts is None else {"starts_per_month_per_1000": starts}
    return {"screen": {"tests": ["fib4"]}, "respond": respond, **limit, **more}


def places(step: dict[str, Any], n: int, months: int) -> list[int]:
    """Return the places of each month for a practice of n."""
    one, found = plan(step), []
    left = np.empty(len(one.steps), np.int64)
    for month in range(months):
        getattr(free_places, "py_func", free_places)(
            (one.steps, one.responses, one.conditions), n, month, left
        )
        found.append(int(left[0]))
    return found


@pytest.mark.parametrize(("starts", "n"), [(2, 768), (0.1, 768), (7.3, 500), (1000, 256), (0, 768)])
def test_places_add_up_to_the_rate(starts: float, n: int) -> None:
    each = places(screened(starts), n, 120)
    assert sum(each) == pytest.approx(starts * n / 1000 * 120, abs=1)
    assert max(each) - min(each) <= 1


def test_there_are_places_only_while_the_step_is_offered() -> None:
    each = places(screened(100, start_year=1, until_year=2), 100, 36)
    assert each == [0] * 12 + [10] * 12 + [0] * 12


@given(starts=st.floats(0, 60), months=st.integers(1, 24))
@settings(max_examples=12, deadline=None)
def test_never_more_start_than_there_are_places(starts: float, months: int) -> None:
    people = grown(N, seed=5)
    state = after(people, months, plan(screened(starts)))
    was_tested = state[c.N_TESTS] > 0
    assert was_tested.sum() <= sum(places(screened(starts), N, months + 1))
    waits = state[c.WAITING_SINCE_MONTH] < c.NEVER
    assert not (was_tested & waits).any()
    assert (was_tested | waits | ~is_alive(state)).all()


def test_with_a_place_for_everybody_nothing_changes_by_a_bit() -> None:
    people = grown(2 * N, seed=6)
    assert (
        after(people, 60, plan(screened(1000))).tobytes() == after(people, 60, plan(screened(None))).tobytes()
    )


def test_with_a_place_for_everybody_a_monitor_keeps_its_rounds() -> None:
    people, limit = grown(N, seed=15), {"starts_per_month_per_1000": 1000}
    pill = {"drug": "metformin", "months": 7}
    watch = {"monitor": {"tests": ["hba1c"], "every_months": 12}, "when": {"age_years": {"min": 45}}}
    free, limited = (after(people, 60, plan(pill, step)) for step in (watch, watch | limit))
    assert free.tobytes() == limited.tobytes()


def test_who_came_first_is_called_first() -> None:
    """Those invited from the start go before those who become eligible later, whatever their numbers."""
    people = grown(N, seed=7)
    step = screened(10, when={"age_years": {"min": 50}})
    state = after(people, 24, plan(step))
    since, tested = state[c.WAITING_SINCE_MONTH], state[c.N_TESTS] > 0
    is_fifty = -people.state[c.BIRTH_MONTH] >= 600
    from_start, later = is_fifty & is_alive(state), ~is_fifty & (since < c.NEVER)
    assert later.any() and (since[later] > 0).all() and not tested[later].any()
    waiting = np.flatnonzero(from_start & (since < c.NEVER))
    assert waiting.min() > np.flatnonzero(from_start & tested).max()


def test_who_declines_takes_no_place() -> None:
    people = grown(N, seed=8)
    state = after(people, 11, plan(screened(20, uptake=0.5)))
    offered = (state[c.OFFERS_MADE] > 0).sum()
    tested = (state[c.N_TESTS] > 0).sum()
    assert tested == sum(places(screened(20), N, 12))
    assert offered == pytest.approx(2 * tested, abs=5 * np.sqrt(tested))


def test_who_no_longer_fits_leaves_the_line() -> None:
    people = grown(N, seed=9)
    state = after(people, 60, plan(screened(5, when={"age_years": {"max": 60}})))
    since = state[c.WAITING_SINCE_MONTH] < c.NEVER
    ages = (60 - people.state[c.BIRTH_MONTH]) / 12
    assert since.any() and (ages[since & is_alive(state)] <= 61).all()


def test_two_full_steps_have_places_of_their_own() -> None:
    people = grown(N, seed=10)
    lifestyle = {"lifestyle": {"weight_loss_percent": 5, "months": 6}, "starts_per_month_per_1000": 30}
    state = after(people, 11, plan(screened(10), lifestyle))
    assert (state[c.N_TESTS] > 0).sum() == sum(places(screened(10), N, 12))
    assert (state[c.TREATED_MONTH] < c.NEVER).sum() >= sum(places(lifestyle, N, 12))


def test_month_by_month_is_the_same_as_all_at_once() -> None:
    people = grown(N + 300, seed=11)
    course = Course(plan(screened(8), screened(3, when={"bmi": {"min": 30}})), shipped_record())
    at_once, by_month = people.copy(), people.copy()
    live(at_once, course, 0, 36)
    for month in range(36):
        live(by_month, course, month, month + 1)
    live(people, course, 0, 0)
    assert at_once.state.tobytes() == by_month.state.tobytes()


def test_lots_of_whole_practices_and_threads_do_not_show() -> None:
    courses = {"limited": Course(plan(screened(4)), shipped_record())}
    totals = [
        simulate(source(12), courses, 3 * N + 100, 4, threads, lot)["limited"]
        for threads, lot in ((1, N), (2, 2 * N), (2, 10 * N))
    ]
    for other in totals[1:]:
        assert np.array_equal(totals[0].yearly, other.yearly)


def test_those_waiting_are_counted() -> None:
    people = grown(N, seed=13)
    record = counted(people, 3, plan(screened(2)))
    waiting, tested = (record.yearly[:, :, :, k].sum((1, 2)) for k in (WAITING, TESTED))
    assert waiting[0] == 0 and waiting[1] > 0.9 * N
    assert tested[1] == sum(places(screened(2), N, 12))
    together = live_through(people, {"limited": Course(plan(screened(2)), shipped_record())}, 3)["limited"]
    assert np.array_equal(together.yearly, record.yearly)


def test_a_monitored_person_keeps_the_appointments() -> None:
    people = grown(N, seed=14)
    step = {"monitor": {"tests": ["hba1c"], "every_months": 6}, "starts_per_month_per_1000": 10}
    state = after(people, 30, plan(step))
    started = (state[c.OFFERS_ACCEPTED] > 0).sum()
    assert started == sum(places(step, N, 31))
    assert state[c.N_VISITS].max() == 6  # months 0, 6, 12, 18, 24 and 30


def test_the_limit_is_said() -> None:
    told = explain(scenario({"few": [screened(4)]}))
    assert "4 of 1000 can start each month, others wait" in " ".join(told.sentences)
    none = explain(scenario({"none": [screened(0)]}))
    assert "no place within the horizon" in " ".join(none.warnings)
    all_at_once = explain(scenario({"all": [screened(1000)]}))
    assert "nobody waits" in " ".join(all_at_once.warnings)


@pytest.mark.parametrize("starts", [-1, 1001, "few", True])
def test_a_limit_is_a_number_of_places(starts: Any) -> None:
    with pytest.raises(InputError, match="starts_per_month_per_1000"):
        plan(screened(starts))


def test_nobody_steps_alone_where_people_wait() -> None:
    model = PatientModel(size=20, seed=3, strategy=[screened(100)])
    with pytest.raises(InputError, match="wait for each other"):
        model.agents[0].step()


def test_who_has_left_a_model_takes_no_place() -> None:
    model = PatientModel(size=20, seed=3, strategy=[screened(100)])
    for agent in list(model.agents)[:5]:
        agent.remove()
    for _ in range(8):
        model.step()
    tested = model.people.state[c.N_TESTS] > 0
    assert not tested[:5].any() and tested[5:].sum() >= 14


def test_nobody_waits_in_a_trial() -> None:
    written = scenario({"usual care": [], "few": [screened(4)]}).to_dict()
    written["trial"] = {"months": 12, "endpoints": ["alt_change"]}
    with pytest.raises(InputError, match="nobody waits in a trial") as refused:
        scenario_from_dict(written)
    assert "strategies > few > step 1 > starts_per_month_per_1000" in str(refused.value)
