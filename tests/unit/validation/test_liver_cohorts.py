"""Counting as epidemiologists do, and the cohorts that studies of the liver share."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.parameters.library import load_parameters
from simulator.patient import columns as c
from simulator.validation.liver_cohorts import (
    FEMALE,
    biopsied,
    cirrhotic,
    is_sent,
    is_spared,
    population,
    rate_ratio,
    read_cirrhotic,
    reads_definite_mash,
    reads_fat,
    reads_mash,
    reads_simple_steatosis,
    rebiopsied,
    risk_ratio,
    scaled,
    sent_again,
    stage,
    survival,
    time_until,
)
from simulator.validation.studies import complications, mortality, natural_history
from simulator.validation.targets import load_targets
from simulator.validation.world import Estimate, World

MODULES = {
    "natural_history": natural_history.STUDIES,
    "complications": complications.STUDIES,
    "mortality": mortality.STUDIES,
}


@pytest.fixture(scope="module")
def world() -> World:
    return World(load_parameters(), size=900, seed=5)


def test_survival_is_the_product_over_the_months_of_death() -> None:
    months, died = np.array([2, 3, 3, 5, 8]), np.array([True, True, False, True, False])
    assert survival(months, died, 1).value == 1
    assert survival(months, died, 3).value == pytest.approx(4 / 5 * 3 / 4)
    assert survival(months, died, 10).value == pytest.approx(4 / 5 * 3 / 4 * 1 / 2)


def test_people_who_count_twice_are_as_two():
    months, died = np.array([2, 3, 5, 8, 12]), np.array([True, False, True, False, False])
    weights = np.array([2.0, 1, 1, 2, 1])
    twice = np.repeat(np.arange(5), weights.astype(int))
    weighted, repeated = survival(months, died, 10, weights), survival(months[twice], died[twice], 10)
    assert weighted.value == pytest.approx(repeated.value)
    assert weighted.standard_error == pytest.approx(repeated.standard_error)
    assert survival(months, died, 10, np.ones(5)) == survival(months, died, 10)


def test_survival_without_censoring_is_the_share_alive_with_its_binomial_error() -> None:
    months = np.repeat([6.0, 60.0], [300, 700])
    alive = survival(months, months < 60, 12)
    assert alive.value == pytest.approx(0.7)
    assert alive.standard_error == pytest.approx(np.sqrt(0.7 * 0.3 / 1000))


def test_a_ratio_of_rates_is_not_fooled_by_age() -> None:
    rng = np.random.default_rng(1)
    old = rng.random(40_000) < 0.5
    exposed = rng.random(40_000) < np.where(old, 0.8, 0.2)
    events = rng.random(40_000) < np.where(old, 0.2, 0.02) * np.where(exposed, 1.5, 1)
    ratio = rate_ratio(events, np.ones(40_000), exposed, old.astype(np.int64))
    assert ratio.value == pytest.approx(1.5, rel=0.1)
    assert 0.02 < ratio.standard_error < 0.12
    crude = rate_ratio(events, np.ones(40_000), exposed, np.zeros(40_000, np.int64))
    assert crude.value > 3


def test_a_ratio_of_rates_without_events_on_one_side_is_crude_and_finite() -> None:
    events, exposed = np.array([True, False, False, False]), np.array([True, True, False, False])
    ratio = rate_ratio(events, np.ones(4), exposed, np.array([0, 0, 1, 1]))
    assert ratio.value == pytest.approx(3)


def test_a_ratio_of_shares() -> None:
    happened = np.repeat([True, False, True, False], [30, 70, 20, 180])
    ratio = risk_ratio(happened, np.arange(300) < 100)
    assert ratio.value == pytest.approx(3)
    assert ratio.standard_error == pytest.approx(3 * np.sqrt(0.7 / 30 + 0.9 / 20))


def test_another_unit_scales_both_numbers() -> None:
    assert scaled(Estimate(0.2, 0.01), 100) == Estimate(20, 1)


def test_time_ends_with_the_event_death_or_the_horizon(world: World) -> None:
    people = population(world).take(np.arange(3))
    people.state[c.DEATH_MONTH] = [c.NEVER, 6, c.NEVER]
    happened, years = time_until(people, np.array([3, 9, c.NEVER]), 24)
    assert happened.tolist() == [True, False, False]
    assert years == pytest.approx([0.25, 0.5, 2])


def test_a_clinic_biopsies_those_whose_tests_are_raised(world: World) -> None:
    people = biopsied(world)
    s = people.state
    raised = s[c.OBSERVED_ALT_U_L] >= np.where(s[c.SEX] == FEMALE, 33, 40)
    assert np.all(raised | (s[c.OBSERVED_LSM_KPA] >= 8))
    assert np.all(s[c.OBSERVED_STEATOSIS_GRADE] >= 1) and np.all(is_spared(people))
    assert 0.03 < len(people) / len(population(world)) < 0.3
    assert reads_mash(people).mean() > 2 * reads_mash(population(world)).mean()


def test_the_cirrhotic_are_cirrhotic_and_trials_find_stiff_ones(world: World) -> None:
    assert np.all(cirrhotic(world).state[c.FIBROSIS] >= 4)
    found = read_cirrhotic(world)
    assert np.all(stage(found) == 4) and np.all(found.state[c.OBSERVED_LSM_KPA] >= 13.6)


def test_a_second_biopsy_is_a_new_one_in_the_same_people(world: World) -> None:
    before, later = rebiopsied(world, biopsied(world), 12)
    assert np.array_equal(before.index, later.index) and np.all(is_spared(later, 12))
    changed = np.mean(stage(before) != stage(later))
    assert 0.1 < changed < 0.6
    same_day = world.tested(before, -1)
    assert 0.1 < np.mean(stage(before) != stage(same_day)) < 0.6


def test_whoever_is_well_again_is_not_biopsied_again(world: World) -> None:
    everybody, _ = rebiopsied(world, biopsied(world), 60)
    before, later = sent_again(world, 60)
    assert np.all(is_sent(later)) and np.array_equal(before.index, later.index)
    assert 0.4 < len(before) / len(everybody) < 0.95
    assert set(before.index) < set(everybody.index)


def test_definite_simple_and_borderline_readings_part_the_fatty_biopsies(world: World) -> None:
    people = biopsied(world)
    definite, simple = reads_definite_mash(people), reads_simple_steatosis(people)
    assert not np.any(definite & simple)
    assert np.all(reads_mash(people)[definite]) and not np.any(reads_mash(people)[simple])
    borderline = reads_fat(people) & ~definite & ~simple
    assert borderline.any() and definite.any() and simple.any()


def test_studies_return_every_quantity_that_targets_ask_for(world: World) -> None:
    wanted = [target for target in load_targets().values() if target.group in MODULES]
    assert len(wanted) >= 50
    found = {
        f"{module}.{name}.{quantity}": estimate
        for module, studies in MODULES.items()
        for name, study in studies.items()
        for quantity, estimate in study(world).items()
    }
    assert {target.measure for target in wanted} == set(found)
    assert np.mean([np.isfinite(estimate.value) for estimate in found.values()]) > 0.9


def test_whole_studies_are_held_back() -> None:
    roles: dict[str, set[str]] = {}
    for target in load_targets().values():
        if target.group in MODULES and target.role != "context":
            roles.setdefault(target.study, set()).add(target.role)
    assert all(len(role) == 1 for role in roles.values())
    held = [target.role for target in load_targets().values() if target.group in MODULES]
    assert 0.25 < held.count("validation") / len(held) < 0.5


def test_second_biopsies_lie_as_the_registry_published_them():
    """Median 3.3 years, quartiles 1.8 and 6.1, the first after a year and none after the registry's end."""
    years = np.array(natural_history._second_biopsies()) / 12
    assert np.quantile(years, (0.25, 0.5, 0.75)) == pytest.approx((1.8, 3.3, 6.1), rel=0.07)
    assert years.min() >= 1 and years.max() < natural_history.REGISTRY_YEARS
