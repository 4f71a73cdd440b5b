"""The population, markers and genes: targets agree with the survey file, and studies say what they ask."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from simulator.cohort.survey import load_targets as survey_targets
from simulator.parameters.library import load_parameters
from simulator.patient import columns as c
from simulator.validation.liver_cohorts import population as adults_of
from simulator.validation.liver_cohorts import stage
from simulator.validation.referred import (
    BIOPSIED_STAGES,
    biopsied,
    drinks_little,
    published_mix,
    raised_alt,
    retested,
)
from simulator.validation.studies import genetics, liver_surveys, markers, population
from simulator.validation.studies.genetics import pairs_of_siblings
from simulator.validation.studies.population import is_share, survey_key
from simulator.validation.targets import Target, load_targets
from simulator.validation.world import World

MODULES = {
    "population": population,
    "liver_surveys": liver_surveys,
    "markers": markers,
    "genetics": genetics,
}
Z95 = 1.96
SIZE = 1200
RARE = {"genetics.cirrhosis.gg_lean"}
"""A world this small has nobody lean with cirrhosis."""


@pytest.fixture(scope="module")
def targets() -> Mapping[str, Target]:
    return {name: t for name, t in load_targets().items() if t.measure.split(".")[0] in MODULES}


@pytest.fixture(scope="module")
def world() -> World:
    return World(load_parameters(), size=SIZE)


def stored() -> dict[str, tuple[float, float, float]]:
    """Return value and interval of every survey statistic by the name of its quantity, shares in percent."""
    found = {}
    for statistic, groups in survey_targets()["statistics"].items():
        unit = 100 if is_share(statistic) else 1
        for group, numbers in groups.items():
            reach = Z95 * numbers["standard_error"]
            ends = (numbers["value"], numbers["value"] - reach, numbers["value"] + reach)
            found[survey_key(statistic, group)] = tuple(unit * end for end in ends)
    return found


def test_survey_targets_are_the_numbers_of_the_survey_file(targets):
    numbers, checked = stored(), 0
    for target in targets.values():
        module, study, quantity = target.measure.split(".")
        if (module, study) == ("population", "survey"):
            assert (target.value, target.low, target.high) == pytest.approx(numbers[quantity], rel=2e-3)
            checked += 1
    assert checked >= 25


def test_statistics_of_the_survey_have_names_of_their_own():
    statistics = survey_targets()["statistics"]
    assert len(stored()) == sum(len(groups) for groups in statistics.values())


def test_whole_studies_are_held_back(targets):
    roles: dict[str, set[str]] = {}
    for target in targets.values():
        if target.role != "context":
            roles.setdefault(target.study, set()).add(target.role)
    assert not {study: found for study, found in roles.items() if len(found) > 1}
    assert sum(target.role == "validation" for target in targets.values()) >= 35


def test_held_back_studies_inform_no_parameter(targets):
    used = {key for entry in load_parameters() for key in entry.source}
    held = {key for target in targets.values() if target.role == "validation" for key in target.source}
    assert not held & used


@pytest.mark.parametrize("module", MODULES)
def test_studies_say_a_finite_number_for_every_target(module, targets, world):
    said = {
        f"{module}.{study}.{quantity}": estimate
        for study, measure in MODULES[module].STUDIES.items()
        for quantity, estimate in measure(world).items()
    }
    asked = [target.measure for target in targets.values() if target.measure.startswith(f"{module}.")]
    assert asked
    for measure in asked:
        assert measure in said
        assert measure in RARE or np.isfinite(said[measure].value), measure
        assert measure in RARE or said[measure].standard_error >= 0, measure


def test_a_second_reading_has_the_same_body_and_other_noise(world):
    people = adults_of(world)
    again = retested(world, people, 1)
    measured = [column.name.startswith(("observed_", "first_")) for column in c.COLUMNS]
    assert np.array_equal(again.state[~np.array(measured)], people.state[~np.array(measured)])
    assert (again.state[c.OBSERVED_ALT_U_L] != people.state[c.OBSERVED_ALT_U_L]).mean() > 0.99


def test_an_exam_that_fails_leaves_no_earlier_value(world):
    people = adults_of(world)
    again = retested(world, people, 1)
    failed = [np.isnan(group.state[c.OBSERVED_LSM_KPA]) for group in (people, again)]
    assert failed[0].mean() == pytest.approx(failed[1].mean(), abs=0.02)
    assert (failed[1] & ~failed[0]).any()


def test_the_biopsied_are_chosen_by_what_tests_showed_and_weighted_to_published_stages(world):
    first, second = biopsied(world)
    everybody = adults_of(world)
    chosen = everybody.take(np.isin(everybody.index, first.index))
    s = chosen.state
    assert (s[c.OBSERVED_ULTRASOUND_STEATOSIS] == 1).all()
    assert (raised_alt(chosen) | (s[c.OBSERVED_LSM_KPA] >= 8)).all()
    assert np.array_equal(first.keys, second.keys)
    assert (first.state[c.OBSERVED_NAS] != second.state[c.OBSERVED_NAS]).any()
    weights = published_mix(first)
    for read, share in BIOPSIED_STAGES.items():
        of_stage = weights[stage(first) == read].sum()
        assert 100 * of_stage / weights.sum() == pytest.approx(share, abs=0.01)


def test_little_drinking_means_less_for_women(world):
    people = adults_of(world)
    between = (people.state[c.ALCOHOL_G_PER_DAY] > 20) & (people.state[c.ALCOHOL_G_PER_DAY] <= 30)
    assert between.any()
    assert np.array_equal(drinks_little(people)[between], people.state[c.SEX][between] == 0)


def test_siblings_stand_two_by_two_and_share_alleles(world):
    people = pairs_of_siblings(world)
    assert np.array_equal(people.family[::2], people.family[1::2])
    g = people.state[c.PNPLA3_G] - np.array([people.state[c.PNPLA3_G].mean()])
    assert np.corrcoef(g[::2], g[1::2])[0, 1] > 0.3
