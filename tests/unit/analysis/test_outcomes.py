"""Outcomes are the ratios the table says, computed from sums as they would be from persons."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.analysis import outcomes
from simulator.analysis.outcomes import OUTCOMES, STAGE_MIX, TRAJECTORIES
from simulator.base.errors import InputError, RunFailed
from simulator.engine.quantities import QUANTITIES, QUANTITY_INDEX, STRATA
from simulator.scenario.vocabulary import OUTCOMES as ALLOWED


def value(record, name, rate=0.0, stratified_by="all"):
    sums = outcomes.tally(record, stratified_by)
    outcome = TRAJECTORIES[name]
    top = outcomes.numerator(sums, outcome, rate).sum(axis=-1)
    return top / outcomes.denominator(sums, outcome).sum(axis=-1)


def test_a_scenario_may_ask_for_exactly_these():
    assert tuple(OUTCOMES) == ALLOWED


def test_the_tables_name_recorded_quantities():
    for outcome in TRAJECTORIES.values():
        assert set(outcome.numerator) <= set(QUANTITY_INDEX), outcome
        assert outcome.denominator in ("started", "alive") or outcome.denominator.startswith("had_"), outcome
        assert outcome.better in ("lower", "higher", "neither"), outcome
        assert outcome.kind in ("cumulative_incidence", "prevalence", "mean", "per_person_total"), outcome
        assert outcome.is_proportion == (outcome.unit == "share"), outcome


def test_people_are_counted_among_those_who_can_be_counted():
    """A quantity of the living is never held against everybody, except where death is a part of the mix."""
    among = {quantity.name: quantity.among for quantity in QUANTITIES}
    for name, outcome in TRAJECTORIES.items():
        if name not in STAGE_MIX and name != "alive":
            needs_living = {among[quantity] for quantity in outcome.numerator} == {"alive"}
            assert needs_living == (outcome.denominator == "alive"), outcome


def test_cumulative_incidence_leaves_out_those_who_had_it_at_the_start(by_group):
    # 20 people, 4 of whom had cirrhosis; after a year 2 of the other 16 have reached it
    record = by_group(people=[10, 10], had_cirrhosis=[[3, 1], [3, 1]], new_cirrhosis=[[0, 0], [2, 0]])
    assert value(record, "cirrhosis")[:, 0].tolist() == [0, 2 / 16]


def test_death_adds_up_the_causes(by_group):
    record = by_group(
        people=[10],
        alive=[[10], [5]],
        death_liver=[[0], [1]],
        death_cardiovascular=[[0], [3]],
        death_other=[[0], [1]],
    )
    assert value(record, "death")[:, 0].tolist() == [0, 0.5]
    assert value(record, "cardiovascular_death")[:, 0].tolist() == [0, 0.3]


def test_advanced_fibrosis_counts_what_comes_after_it(by_group):
    record = by_group(people=[20], alive=[[16]], f3=[[3]], f4=[[2]], decompensated=[[1]], hcc=[[2]], f2=[[8]])
    assert value(record, "advanced_fibrosis")[0, 0] == 8 / 16


def test_means_are_over_the_living_and_unscaled(by_group):
    record = by_group(people=[2, 2], alive=[[2, 1]], sum_bmi=[[70.5, 30]])
    assert value(record, "bmi")[0, 0] == pytest.approx(100.5 / 3)


def test_outcomes_equal_those_of_the_persons(lived):
    lives = lived(n_people=500)
    record, alive = lives.record(), lives.values["alive"]
    free = ~lives.values["had_cirrhosis"][0]
    expected = {
        "cirrhosis": lives.values["new_cirrhosis"][:, free].mean(axis=1),
        "masld": [row[living].mean() for row, living in zip(lives.values["masld"], alive, strict=True)],
        "death": 1 - alive.mean(axis=1),
        "life_years": lives.values["life_years"].mean(axis=1),
    }
    for name, truth in expected.items():
        assert value(record, name)[:, 0] == pytest.approx(np.asarray(truth), abs=1e-9), name
    fat = [row[living].mean() for row, living in zip(lives.values["sum_liver_fat"], alive, strict=True)]
    assert value(record, "liver_fat")[:, 0] == pytest.approx(fat, abs=1 / 1024)


def test_the_stage_mix_adds_up_to_everyone(lived):
    record = lived().record()
    shares = sum(value(record, name) for name in STAGE_MIX)
    assert shares[:, 0] == pytest.approx(np.ones(7), abs=1e-12)


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        (0, ("male", "CC", "CC", "18-39")),
        (35, ("female", "GG", "CT or TT", "60+")),
        (18 + 2 * 6 + 0 * 3 + 1, ("female", "GG", "CC", "40-59")),
        (0 + 1 * 6 + 1 * 3 + 2, ("male", "CG", "CT or TT", "60+")),
    ],
)
def test_a_person_falls_into_the_right_strata(lived, cell, labels):
    lives = lived(n_people=1, years=1)
    record = type(lives)(lives.groups, np.array([cell]), lives.values).record()
    for (stratified_by, all_labels), label in zip(STRATA.items(), labels, strict=True):
        sums = outcomes.tally(record, stratified_by)
        assert sums.labels == all_labels
        assert sums.sizes.sum(axis=-1).tolist() == [int(one == label) for one in all_labels]


@pytest.mark.parametrize("stratified_by", STRATA)
def test_strata_add_up_to_all(lived, stratified_by):
    record = lived().record()
    whole, parts = outcomes.tally(record), outcomes.tally(record, stratified_by)
    assert np.array_equal(parts.sums.sum(axis=1), whole.sums[:, 0])
    assert np.array_equal(parts.sizes.sum(axis=0), whole.sizes[0])


def test_years_count_less_the_later_they_come(by_group):
    # one QALY a year at 3 %: 1 / 1.03^0.5 = 0.985329 in the first year, 1 / 1.03^1.5 = 0.956630 in the second
    record = by_group(people=[1], qalys=[[0], [1], [2]])
    assert value(record, "qaly", 0.03)[:, 0] == pytest.approx([0, 0.985329, 1.941959], abs=1e-6)
    assert value(record, "qaly")[:, 0].tolist() == [0, 1, 2]


def test_life_years_are_never_discounted(by_group):
    record = by_group(people=[1], life_years=[[0], [1], [2]])
    assert value(record, "life_years", 0.03)[:, 0].tolist() == [0, 1, 2]


def test_what_is_spent_at_once_is_not_discounted(by_group):
    record = by_group(people=[1], cost_usd=[[100], [100]])
    assert value(record, "cost", 0.1)[:, 0].tolist() == [100, 100]


def test_outcomes_come_in_the_order_asked_for_and_once():
    assert [one.id for one in outcomes.chosen(["qaly", "cirrhosis", "qaly"])] == ["qaly", "cirrhosis"]
    assert [one.id for one in outcomes.chosen()] == list(OUTCOMES)


def test_an_unknown_outcome_is_answered_with_the_nearest():
    with pytest.raises(InputError) as error:
        outcomes.chosen(["cirrhosys", "death", "lifeyears"])
    first, second = error.value.problems
    assert first.given == "'cirrhosys'" and first.right.startswith("'cirrhosis'")
    assert second.right.startswith("'life_years'")


def test_strategies_of_different_people_are_not_compared(lived):
    with pytest.raises(RunFailed, match="'b' did not start with the same people"):
        outcomes.tallies({"a": lived().record(), "b": lived(seed=2).record()})
