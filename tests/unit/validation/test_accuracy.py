"""Areas under the curve, odds ratios and scatter, by hand and against numbers put in."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.validation.accuracy import (
    auroc,
    correlation,
    like_published,
    logistic_odds_ratio,
    mixed_to,
    percent,
    quantile,
    sensitivity,
    specificity,
    weighted_mean,
    within_person_cv,
)
from simulator.validation.world import odds_ratio

NOTHING = np.nan


def test_the_area_is_the_share_of_pairs_in_the_right_order():
    # ill 2 and 3 against healthy 1 and 2: of four pairs three are right and one is a tie
    area = auroc(np.array([1.0, 2.0, 2.0, 3.0]), np.array([False, False, True, True]))
    assert area.value == pytest.approx((3 + 0.5) / 4)


def test_whoever_was_not_measured_does_not_count_in_the_area():
    marker = np.array([1.0, NOTHING, 2.0, NOTHING])
    assert auroc(marker, np.array([False, False, True, True])).value == 1


def test_the_area_of_two_normals_is_as_theory_says():
    rng = np.random.default_rng(1)
    ill = rng.random(40_000) < 0.3
    area = auroc(rng.normal(size=40_000) + 1.4142 * ill, ill)
    # Phi(d / sqrt 2) with d = sqrt 2
    assert area.value == pytest.approx(0.8413, abs=4 * area.standard_error)
    assert 0.001 < area.standard_error < 0.003


def test_a_weight_of_two_counts_like_two_people_in_the_area():
    marker, ill = np.array([1.0, 3.0, 2.0, 2.5]), np.array([False, False, True, True])
    doubled = auroc(np.append(marker, 3.0), np.append(ill, False))
    assert auroc(marker, ill, np.array([1.0, 2.0, 1.0, 1.0])).value == pytest.approx(doubled.value)


def test_sensitivity_and_specificity_count_within_ill_and_healthy():
    ill = np.array([True, True, True, True, False, False])
    positive = np.array([True, True, True, False, True, False])
    assert sensitivity(positive, ill).value == 75
    assert specificity(positive, ill).value == 50


def test_weights_bring_the_published_mix():
    stages = np.array([0, 0, 0, 1, 1, 2, 3])
    weights = mixed_to(stages, {0: 20, 1: 30, 2: 50})
    assert [percent(stages == k, None, weights).value for k in (0, 1, 2, 3)] == pytest.approx([20, 30, 50, 0])
    assert weights[weights > 0].mean() == pytest.approx(1)


def test_one_exposure_gives_the_odds_ratio_of_the_table():
    case = np.repeat([True, True, False, False], [30, 10, 40, 120])
    exposed = np.repeat([True, False, True, False], [30, 10, 40, 120])
    found = logistic_odds_ratio(case, exposed)
    assert found.value == pytest.approx(30 * 120 / (10 * 40))
    assert found.standard_error == pytest.approx(odds_ratio(case, exposed).standard_error, rel=0.1)


def test_adjusting_takes_away_what_ancestry_alone_explains():
    rng = np.random.default_rng(2)
    group = rng.random(60_000) < 0.5
    alleles = rng.binomial(2, np.where(group, 0.5, 0.2))
    case = rng.random(60_000) < np.where(group, 0.2, 0.05)
    assert logistic_odds_ratio(case, alleles).value > 1.4
    adjusted = logistic_odds_ratio(case, alleles, [group])
    assert adjusted.value == pytest.approx(1, abs=4 * adjusted.standard_error)


def test_an_odds_ratio_per_allele_comes_back():
    rng = np.random.default_rng(3)
    alleles = rng.binomial(2, 0.3, 60_000)
    logit = -2 + np.log(1.5) * alleles
    found = logistic_odds_ratio(rng.random(60_000) < 1 / (1 + np.exp(-logit)), alleles)
    assert found.value == pytest.approx(1.5, abs=4 * found.standard_error)


def test_nobody_ill_has_no_odds_ratio():
    assert np.isnan(logistic_odds_ratio(np.zeros(5, bool), np.arange(5)).value)


def test_the_scatter_put_in_comes_back():
    rng = np.random.default_rng(4)
    truth = np.exp(rng.normal(size=40_000))
    readings = [truth * np.exp(0.2 * rng.normal(size=40_000)) for _ in range(2)]
    found = within_person_cv(*readings)
    assert found.value == pytest.approx(100 * np.sqrt(np.expm1(0.04)), abs=4 * found.standard_error)


def test_what_is_missing_is_left_out_of_means_quantiles_and_correlations():
    amounts = np.array([1.0, 2.0, 3.0, NOTHING])
    assert weighted_mean(amounts).value == 2
    assert quantile(amounts, 0.5).value == 2
    assert correlation(amounts, np.array([2.0, 4.0, 6.0, 100.0])).value == pytest.approx(1)
    assert weighted_mean(amounts, np.array([1.0, 0.0, 1.0, 1.0])).value == 2


def test_the_error_of_a_median_is_that_of_theory():
    # 1.2533 / sqrt n for a standard normal
    found = quantile(np.random.default_rng(5).normal(size=10_000), 0.5)
    assert found.standard_error == pytest.approx(0.01253, rel=0.25)


def test_weights_give_every_published_mean_and_stay_near_those_given():
    luck = np.random.default_rng(6)
    bmi, age = luck.normal(29, 6, 5000), luck.normal(50, 12, 5000)
    given = np.where(luck.random(5000) < 0.3, 0.0, 1.0)
    weights = like_published([bmi, age], [26.5, 60], given)
    assert np.average(bmi, weights=weights) == pytest.approx(26.5)
    assert np.average(age, weights=weights) == pytest.approx(60)
    assert (weights[given == 0] == 0).all()
    assert weights.sum() == pytest.approx(given.sum())
    alone = like_published([bmi], [26.5])
    assert (np.diff(alone[np.argsort(bmi)]) <= 0).all()


def test_no_weights_give_a_mean_that_nobody_reaches():
    with pytest.raises(ValueError, match="no weights give means of 70"):
        like_published([np.linspace(20, 60, 50)], [70])


def test_what_nobody_differs_in_is_left_as_it_is():
    age, cancer = np.linspace(20, 60, 50), np.zeros(50)
    weights = like_published([age, cancer], [45, 0.1])
    assert np.average(age, weights=weights) == pytest.approx(45)
    assert like_published([cancer], [0.1]) == pytest.approx(np.ones(50))
